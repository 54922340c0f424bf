"""From files to a tested plan: which files are taken, and what happens to what they hold."""

import geopandas as gpd
import pytest
import shapely

from oi_geo.pipeline import (
    Inputs,
    boundary_files,
    default_inputs,
    example_inputs,
    load_area,
    read_plan,
    run_toets,
    year_in_name,
)
from oi_geo.study_area import PracticeList
from tests.conftest import draw


def wijken_file(path, picture="AAb\nCCb", **changes):
    """Write a drawn map in the official layout of wijken."""
    units = draw(picture).reset_index(names="wijkcode")
    units = units.rename(columns={"naam": "wijknaam", "inwoners": "aantal_inwoners"})
    units = units.assign(water="NEE", jaar=2024, **changes)
    columns = ["wijkcode", "wijknaam", "gemeentecode", "gemeentenaam", "water", "aantal_inwoners"]
    units[[*columns, "jaar", "geometry"]].to_file(path, layer="wijken")
    return path


def gemeenten_file(path, picture="AAb\nCCb"):
    """Write the gemeenten of a drawn map in the layout of Bestuurlijke Gebieden."""
    shapes = draw(picture).dissolve("gemeentecode")
    frame = gpd.GeoDataFrame(
        {
            "identificatie": shapes.index,
            "naam": shapes["gemeentenaam"],
            "code": shapes.index.str[2:],
        },
        geometry=shapes.geometry.to_numpy(),
        crs=28992,
    )
    frame.to_file(path, layer="gemeentegebied")
    return path


@pytest.fixture
def project(tmp_path, monkeypatch):
    """An empty project folder with its two data folders, as the current one."""
    for name in ("cbs_wijken", "gemeentegrenzen"):
        (tmp_path / "data" / name).mkdir(parents=True)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_years_in_names():
    from pathlib import Path

    assert year_in_name(Path("wijkenbuurten_2024.gpkg")) == 2024
    assert year_in_name(Path("WijkBuurtkaart_2023_v2.zip")) == 2023
    assert year_in_name(Path("grenzen.gpkg")) is None
    assert year_in_name(Path("bestand12024.gpkg")) is None


def test_the_newest_boundaries_in_data_are_taken(project):
    folder = project / "data" / "cbs_wijken"
    for name in ("wijken_2022.gpkg", "wijken_2024.gpkg", "lees_mij.md"):
        (folder / name).touch()
    assert [p.name for p in boundary_files(folder)] == ["wijken_2024.gpkg", "wijken_2022.gpkg"]
    assert default_inputs().grenzen.name == "wijken_2024.gpkg"
    assert not default_inputs().is_example


def test_without_official_files_the_example_is_taken(project):
    assert default_inputs() == example_inputs()
    assert default_inputs().is_example


def test_gemeenten_alone_are_units(project):
    gemeenten_file(project / "data" / "gemeentegrenzen" / "gemeenten_2024.gpkg")
    area = load_area(default_inputs())
    assert area.level == "gemeente"
    assert area.units.index.tolist() == ["GM0001", "GM0002"]


def test_gemeente_borders_of_their_own_file_are_used(project):
    wijken = wijken_file(project / "data" / "cbs_wijken" / "wijken_2024.gpkg")
    gemeenten = gemeenten_file(project / "data" / "gemeentegrenzen" / "gemeenten_2024.gpkg")
    assert default_inputs() == Inputs(grenzen=wijken, gemeentegrenzen=gemeenten)
    area = load_area(default_inputs())
    assert area.level == "wijk"
    # Conservation: the gemeenten cover the units, and have their inhabitants.
    assert area.gemeenten.area.sum() == pytest.approx(area.units.area.sum())
    assert area.gemeenten["inwoners"].sum() == area.units["inwoners"].sum()


def test_gemeente_borders_of_another_year_are_refused_and_named(project):
    wijken = wijken_file(project / "w.gpkg")
    gemeenten = gemeenten_file(project / "g.gpkg", picture="AAA\nAAA")
    area = load_area(Inputs(grenzen=wijken, gemeentegrenzen=gemeenten))
    assert area.gemeenten.index.tolist() == ["GM0001", "GM0002"]
    assert any("g.gpkg" in m.melding for m in area.reports[0].messages)


def test_ion_in_is_placed_plus_unplaced_and_every_file_is_a_source():
    area = load_area(example_inputs())
    assert area.is_example
    assert area.ion_total == area.ion_placed + area.ion_unplaced
    assert {s.naam for s in area.sources} == {
        "grenzen",
        "praktijken",
        "postcodes",
        "zorgkantoren",
        "verbindingen",
        "herkomst",
    }


def test_a_cut_wijk_goes_with_most_inhabitants_where_buurten_are_known(tmp_path):
    # Wijk A is drawn in two: the small west has the one inhabited buurt, the large east none.
    wijken = wijken_file(tmp_path / "grenzen.gpkg", "AAAB")
    west, east = (
        shapely.box(150_000, 450_000, 151_000, 451_000),
        shapely.box(151_000, 450_000, 153_000, 451_000),
    )
    buurten = gpd.GeoDataFrame(
        {
            "buurtcode": ["BU0001AA01", "BU0001AA02"],
            "buurtnaam": ["West", "Oost"],
            "wijkcode": "WK0001AA",
            "gemeentecode": "GM0001",
            "gemeentenaam": "Bovendam",
            "water": "NEE",
            "aantal_inwoners": [1000, 0],
        },
        geometry=[west, east],
        crs=28992,
    )
    buurten.to_file(wijken, layer="buurten")
    drawing = tmp_path / "voorstel.gpkg"
    gpd.GeoDataFrame(
        {"naam": ["West", "Oost"]},
        geometry=[west, shapely.box(151_000, 450_000, 154_000, 451_000)],
        crs=28992,
    ).to_file(drawing)
    area = load_area(Inputs(grenzen=wijken))
    by_area, _ = read_plan(area, drawing, "regio")
    assert by_area.members("Oost").tolist() == ["WK0001AA", "WK0001BB"]
    by_people, _ = read_plan(area, drawing, "regio", grenzen=wijken)
    assert by_people.members("West").tolist() == ["WK0001AA"]
    assert by_people.members("Oost").tolist() == ["WK0001BB"]


def test_progress_is_told_in_order(tmp_path):
    steps = []
    area = load_area(example_inputs(), progress=steps.append)
    table = tmp_path / "voorstel.csv"
    code = area.units.index[0]
    table.write_text(f"eenheid,groep\n{code},A\n", encoding="utf-8")
    toets = run_toets(area, table, "regio", progress=steps.append)
    assert steps == [
        "Grenzen lezen",
        "Praktijken lezen en plaatsen",
        "Aaneengeslotenheid bepalen",
        "Herkomst van patiënten lezen",
        "Voorstel lezen",
        "Toetsen",
    ]
    assert toets.sources[-1].bestand == "voorstel.csv"
    assert toets.plan.members("A").tolist() == [code]


@pytest.mark.parametrize("extent", [None, "volledig", "leden"])
@pytest.mark.parametrize("answers", [("nee", "ja", "nee"), ("ja", "ja", "ja"), ("ja", "", "")])
def test_members_only_and_rows_that_do_not_take_part_contradict(project, extent, answers):
    grenzen = wijken_file(project / "kaart.gpkg")
    praktijken = project / "lijst.csv"
    rows = [f"0100000{i},P{i},huisarts,50,50,{said}" for i, said in enumerate(answers)]
    praktijken.write_text("\n".join(["agb,naam,discipline,x_rd,y_rd,deelnemer", *rows]))
    area = load_area(Inputs(grenzen, praktijken=praktijken, lijst=PracticeList(extent=extent)))
    told = [
        m.melding for r in area.reports for m in r.messages
        if m.ernst == "waarschuwing" and "alleen leden" in m.melding
    ]  # fmt: skip
    if extent == "leden" and "nee" in answers:
        [sentence] = told
        assert "bij rijen 2 en 4 (2 rijen)" in sentence
    else:
        assert told == []
