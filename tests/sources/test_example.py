"""The example region: what it promises is there, it is the same each time, and readers take it."""

import hashlib
import re
import time
from dataclasses import astuple
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from oi_geo.codes import area_kind, parse_agb, parse_pc4, parse_pc6
from oi_geo.contiguity import ContiguityGraph, Link, build_contiguity
from oi_geo.sources.cbs import read_boundaries
from oi_geo.sources.example import ExampleFiles, example_wijken, write_example
from oi_geo.sources.example_layers import COLUMNS, SECRET, official_layers
from oi_geo.sources.example_map import draw_ground
from oi_geo.sources.example_practices import DISCIPLINES, SEAT, generate_practices
from oi_geo.sources.example_proposals import (
    GAP_M,
    NORTH,
    OVERLAP_M,
    SLIVER_M,
    SMALL,
    SOUTH,
    UNKNOWN_CODE,
)
from oi_geo.sources.example_regions import GEMEENTEN, Region, make_region
from oi_geo.sources.example_tables import RO_NORTH, RO_SOUTH
from oi_geo.sources.lookups import read_insurers, read_links, read_postcodes
from oi_geo.sources.practices import read_practices
from oi_geo.sources.report import ReadReport
from oi_geo.study_area import PRACTICE_COLUMNS
from tests.conftest import draw

CSV = {"sep": ";", "decimal": ",", "encoding": "utf-8-sig", "dtype": {"agb": "str"}}
# Of the content of the region, coordinates included; changes only if the region is meant to.
EXPECTED_HASH = "fb9ff8408855dbc8d6f304d32b0d3fbfc60cd9d3ac2ee4c6d51a539b0f78f84f"
EXPECTED_PRACTICES_HASH = "dbf2511346ebbf6aab2ce6a7f68c8906a11aef37ac5d2b6622ac7f9d7e4add66"


@pytest.fixture(scope="module")
def region() -> Region:
    return make_region()


@pytest.fixture(scope="module")
def wijken(region: Region) -> gpd.GeoDataFrame:
    return example_wijken(region)


@pytest.fixture(scope="module")
def graph(wijken: gpd.GeoDataFrame) -> ContiguityGraph:
    return build_contiguity(wijken)


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> ExampleFiles:
    return write_example(tmp_path_factory.mktemp("voorbeeld") / "map" / "die nog niet bestaat")


@pytest.fixture(scope="module")
def practices(files: ExampleFiles) -> pd.DataFrame:
    return pd.read_csv(files.praktijken, **CSV)


def layer(files: ExampleFiles, name: str) -> gpd.GeoDataFrame:
    return gpd.read_file(files.grenzen, layer=name)


def content_hash(region: Region) -> str:
    """Hash codes, names, numbers and coordinates, whatever a file would make of them."""
    buurten = region.buurten
    digest = hashlib.sha256(pd.DataFrame(buurten.drop(columns="geometry")).to_csv().encode())
    for shapes in (buurten.geometry, region.water.geometry):
        corners = shapely.get_coordinates(shapely.normalize(shapes.to_numpy()))
        digest.update(corners.astype("<i8").tobytes())
    return digest.hexdigest()


# --- size and determinism -------------------------------------------------------------------


def test_size_of_the_region(region: Region, practices: pd.DataFrame) -> None:
    buurten = region.buurten
    assert buurten["gemeentecode"].nunique() == 12
    assert 85 <= buurten["wijkcode"].nunique() <= 95
    assert 330 <= len(buurten) <= 370
    assert abs(buurten["inwoners"].sum() - 360_000) < 5_000
    assert 165 <= len(practices) <= 175
    assert practices["discipline"].value_counts()["huisarts"] == pytest.approx(85, abs=4)
    assert 500 < buurten.area.sum() / 1e6 < 900


def test_same_content_on_every_machine(region: Region) -> None:
    assert content_hash(region) == EXPECTED_HASH


def test_another_seed_gives_another_region(region: Region) -> None:
    assert content_hash(make_region(seed=7)) != content_hash(region)


def test_practices_and_their_patients_are_the_same_on_every_machine(files: ExampleFiles) -> None:
    content = files.praktijken.read_bytes() + files.herkomst.read_bytes()
    assert hashlib.sha256(content).hexdigest() == EXPECTED_PRACTICES_HASH


def test_files_are_replaced_byte_for_byte_and_quickly(files: ExampleFiles, tmp_path: Path) -> None:
    for path in astuple(files):
        (tmp_path / path.name).write_text("iets van vroeger")
    # Past the two seconds in which a zip counts, so that a stamp of the clock would show.
    time.sleep(max(0.0, files.praktijken_xlsx.stat().st_mtime + 2.1 - time.time()))
    start = time.process_time()
    again = write_example(tmp_path)
    assert time.process_time() - start < 1.5
    for one, other in zip(astuple(files), astuple(again), strict=True):
        assert one.name == other.name
        assert one.read_bytes() == other.read_bytes(), one.name


# --- the map --------------------------------------------------------------------------------


def test_coverage_is_valid_at_each_level(files: ExampleFiles) -> None:
    for name in ("gemeenten", "wijken", "buurten"):
        shapes = layer(files, name).geometry.to_numpy()
        assert shapely.is_valid(shapes).all()
        assert shapely.coverage_is_valid(shapes), name  # land and water together
        corners = shapely.get_coordinates(shapes)
        assert np.array_equal(corners, corners.round())


def test_levels_fit_into_each_other(files: ExampleFiles) -> None:
    sums = [layer(files, name).area.sum() for name in ("gemeenten", "wijken", "buurten")]
    assert sums == pytest.approx([sums[0]] * 3, abs=1e-3)


@settings(max_examples=5)
@given(st.integers(0, 10_000))
def test_ground_is_a_coverage_for_any_seed(seed: int) -> None:
    kernen = np.array([[138_000.0, 452_000.0], [142_000.0, 444_000.0]])
    ground = draw_ground(kernen, np.array([2_000.0, 1_500.0]), np.random.default_rng(seed))
    shapes = np.r_[ground.land.geometry.to_numpy(), ground.water.geometry.to_numpy()]
    assert shapely.coverage_is_valid(shapes)
    assert set(ground.land["oever"]) == {"noord", "zuid", "eiland"}


def test_river_separates_the_banks_and_the_island(
    wijken: gpd.GeoDataFrame, graph: ContiguityGraph
) -> None:
    parts = pd.Series(graph.parts(), wijken.index)
    assert parts.groupby(wijken["oever"]).nunique().to_dict() == dict.fromkeys(
        ("noord", "zuid", "eiland"), 1
    )
    assert parts.nunique() == 3


def test_bridge_and_ferry_join_the_parts(
    files: ExampleFiles, wijken: gpd.GeoDataFrame, graph: ContiguityGraph
) -> None:
    table = pd.read_csv(files.verbindingen, **CSV)
    assert list(table.columns) == ["van", "naar", "soort", "reden"]
    links = [Link(*row) for row in table.itertuples(index=False)]
    assert graph.with_links(links).parts(links=True).max() == 0
    bridge = [link for link in links if link.soort == "brug"]
    assert len(np.unique(graph.with_links(bridge).parts(links=True))) == 2
    ferry = next(link for link in links if link.soort == "veer")
    assert wijken.loc[ferry.naar, "oever"] == "eiland"
    assert wijken.geometry[ferry.van].distance(wijken.geometry[ferry.naar]) < 1_000


def test_links_exist_between_buurten_too(files: ExampleFiles, region: Region) -> None:
    table = pd.read_csv(files.verbindingen, **CSV)
    ends = table.loc[table["van"].str.startswith("BU"), ["van", "naar"]].to_numpy().ravel()
    assert len(ends) == 4
    assert set(ends) <= set(region.buurten.index)


def test_island_lies_in_the_water(region: Region, wijken: gpd.GeoDataFrame) -> None:
    island = shapely.union_all(wijken.geometry[wijken["oever"] == "eiland"].to_numpy())
    water = shapely.union_all(region.water.geometry.to_numpy())
    assert shapely.length(island.boundary & water.boundary) == pytest.approx(island.boundary.length)


def test_exclave_island_and_two_banks_make_parts(region: Region) -> None:
    shapes = region.buurten.dissolve("gemeentenaam", method="coverage").geometry
    parts = {name: shapely.get_num_geometries(shape) for name, shape in shapes.items()}
    assert {name for name, n in parts.items() if n == 2} == {
        "Linderhout",  # exclave
        "Merlewaard",  # island
        "Overmerle",  # both banks
    }
    assert set(parts.values()) == {1, 2}
    small, large = sorted(shapely.get_parts(shapes["Linderhout"]), key=lambda part: part.area)
    assert small.distance(large) > 1_000


def test_a_gemeente_of_several_kernen(region: Region) -> None:
    wolderum = region.buurten[region.buurten["gemeentenaam"] == "Wolderum"]
    assert wolderum.groupby("plaats")["inwoners"].sum().gt(4_000).sum() == 3
    assert len(GEMEENTEN["Wolderum"]) == 3


def test_wijken_are_connected(region: Region, wijken: gpd.GeoDataFrame) -> None:
    assert (wijken.geom_type == "Polygon").all()
    assert (region.buurten.geom_type == "Polygon").all()


# --- the official layout --------------------------------------------------------------------


def test_columns_are_those_of_cbs(files: ExampleFiles) -> None:
    for name, columns in COLUMNS.items():
        assert [c for c in layer(files, name).columns if c != "geometry"] == columns
    assert {"meest_voorkomende_postcode", "dekkingspercentage"} <= set(COLUMNS["buurten"])
    assert "wijknaam" not in COLUMNS["buurten"]


def test_codes_are_codes_that_do_not_exist(files: ExampleFiles) -> None:
    kinds = {"gemeenten": "gemeente", "wijken": "wijk", "buurten": "buurt"}
    for name, kind in kinds.items():
        codes = layer(files, name)[f"{kind}code"]
        assert {area_kind(code) for code in codes} == {kind}
        assert codes.str.slice(2, 6).astype(int).between(9001, 9012).all()
    letters = layer(files, "wijken")["wijkcode"].str.contains("[A-Z]{2}$")
    assert 5 < letters.sum() < 20


@pytest.mark.real
def test_names_and_numbers_are_not_in_use(shared_data: Path, region: Region) -> None:
    real = pd.read_csv(shared_data / "pc4_2020.csv")
    names = set(real["plaats"].str.upper()) | set(real["gemeente"].str.upper())
    invented = set(region.buurten["gemeentenaam"]) | set(region.buurten["plaats"])
    assert not {name for name in invented if name.upper() in names}
    assert not set(region.buurten["pc4"].astype(int)) & set(real["pc4"])
    known = gpd.read_file(
        shared_data / "wijkenbuurten_2022_gegeneraliseerd.gpkg", layer="gemeenten"
    )["gemeentecode"]
    assert not set(region.buurten["gemeentecode"]) & set(known)


def test_water_rows(files: ExampleFiles) -> None:
    endings = {"gemeenten": ("gemeentecode", ""), "wijken": ("wijkcode", "99")}
    for name, (code, ending) in {**endings, "buurten": ("buurtcode", "9997")}.items():
        rows = layer(files, name)
        assert set(rows["water"]) == {"NEE", "JA"}
        water = rows[rows["water"] == "JA"]
        assert water[code].str.endswith(ending).all()
        assert (water["aantal_inwoners"] == SECRET).all()
        assert not rows[[code, "water"]].duplicated().any()
        assert (rows["oppervlakte_water_in_ha"] > 0).equals(rows["water"] == "JA")


def test_secret_values(files: ExampleFiles) -> None:
    for name, least in {"wijken": 2, "buurten": 6}.items():
        land = layer(files, name).query("water == 'NEE'")
        secret = land["aantal_inwoners"] == SECRET
        assert least <= secret.sum() <= 12
        assert (land.loc[secret, "percentage_personen_65_jaar_en_ouder"] == SECRET).all()
        assert (land.loc[~secret, "aantal_inwoners"] >= 0).all()
    gemeenten = layer(files, "gemeenten").query("water == 'NEE'")
    assert (gemeenten["aantal_inwoners"] > 0).all()


def test_inhabitants_round_to_five_and_gemeenten_are_exact(
    files: ExampleFiles, region: Region
) -> None:
    exact = region.buurten.groupby("gemeentecode")["inwoners"].sum()
    gemeenten = layer(files, "gemeenten").query("water == 'NEE'").set_index("gemeentecode")
    assert gemeenten["aantal_inwoners"].to_dict() == exact.to_dict()
    assert (gemeenten["mannen"] + gemeenten["vrouwen"]).equals(gemeenten["aantal_inwoners"])
    wijken = layer(files, "wijken").query("water == 'NEE' and aantal_inwoners >= 0")
    assert (wijken["aantal_inwoners"] % 5 == 0).all()
    true = region.buurten.groupby("wijkcode")["inwoners"].sum()
    assert (wijken.set_index("wijkcode")["aantal_inwoners"] - true).abs().max() <= 2.5


def test_percentages_add_up(files: ExampleFiles) -> None:
    for name in COLUMNS:
        rows = layer(files, name).query("water == 'NEE' and aantal_inwoners >= 0")
        for words in (
            r"percentage_personen",
            r"ongehuwd|gehuwd|gescheid|verweduwd",
            r"percentage_.*huishoudens",
        ):
            group = rows.filter(regex=words)
            assert group.shape[1] >= 3
            assert (group.sum(axis=1) == 100).all()
            assert (group >= 0).all(axis=None)


def test_age_percentages_follow_the_people(region: Region, files: ExampleFiles) -> None:
    people = region.buurten.groupby("gemeentecode")[["65_plus", "inwoners"]].sum()
    share = 100 * people["65_plus"] / people["inwoners"]
    gemeenten = layer(files, "gemeenten").query("water == 'NEE'").set_index("gemeentecode")
    published = gemeenten["percentage_personen_65_jaar_en_ouder"]
    assert (published - share).abs().max() < 1
    assert published.between(12, 30).all()


def test_it_says_that_it_is_fictional(files: ExampleFiles) -> None:
    assert "fictief" in files.grenzen.name
    assert "verzonnen" in files.leesmij.read_text(encoding="utf-8")
    assert b"Fictief voorbeeldgebied" in files.grenzen.read_bytes()
    for path in astuple(files):
        if path != files.leesmij and path.suffix != ".xlsx":
            assert path.name in files.leesmij.read_text(encoding="utf-8")


# --- practices ------------------------------------------------------------------------------


def test_practices_in_csv_and_xlsx_are_the_same(
    files: ExampleFiles, practices: pd.DataFrame
) -> None:
    assert set(practices.columns) == set(PRACTICE_COLUMNS)
    sheet = pd.read_excel(files.praktijken_xlsx, dtype={"agb": "str"})
    pd.testing.assert_frame_equal(sheet, practices, check_dtype=False)
    raw = files.praktijken.read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    assert re.search(rb";\d,\d;", raw)  # a decimal comma


def test_practice_codes_and_postcodes(practices: pd.DataFrame, region: Region) -> None:
    assert all(parse_agb(code) == (code, False) for code in practices["agb"])
    assert practices["agb"].is_unique
    postcodes = practices["postcode"].dropna()
    assert all(parse_pc6(code) == code for code in postcodes)
    assert set(postcodes.map(parse_pc4)) <= set(region.buurten["pc4"])


def test_loose_ends_of_the_practice_list(practices: pd.DataFrame) -> None:
    no_point = practices["x_rd"].isna()
    assert (no_point & practices["postcode"].notna()).sum() == 4
    assert (no_point & practices["postcode"].isna()).sum() == 1
    doctors = practices[practices["discipline"] == "huisarts"]
    assert doctors["ion"].isna().sum() == 1
    assert doctors.loc[doctors["x_rd"].isna() & doctors["postcode"].isna(), "ion"].notna().all()
    assert practices.loc[practices["discipline"] != "huisarts", "ion"].isna().all()
    codes = practices.groupby("praktijk_id")["agb"].nunique()
    assert (codes == 2).sum() >= 2
    assert codes.max() == 2


def test_organisations_and_insurers(practices: pd.DataFrame) -> None:
    seats = practices[practices["discipline"] == SEAT]
    assert sorted(seats["regio_organisatie"]) == sorted([RO_NORTH, RO_SOUTH])
    assert practices["verzekeraar"].nunique() == 3
    assert practices["verzekeraar"].dropna().str.contains("(fictief)", regex=False).all()
    assert 15 <= practices["wsv"].nunique() <= 30
    assert practices.groupby("wsv")["regio_organisatie"].nunique().max() == 1


def test_the_work_area_cuts_one_gemeente(files: ExampleFiles, region: Region) -> None:
    sides = region.buurten["oever"].replace("eiland", "noord")
    banks = sides.groupby(region.buurten["gemeentenaam"]).nunique()
    assert list(banks[banks > 1].index) == ["Overmerle"]
    insurers = pd.read_csv(files.zorgkantoren, **CSV)
    assert insurers["concessiehouder"].nunique() == 3
    assert insurers.groupby("gemeentecode")["aandeel"].sum().tolist() == pytest.approx([1.0] * 12)
    cut = insurers[insurers["gemeentenaam"] == "Overmerle"]
    assert cut["concessiehouder"].nunique() == 2
    assert cut["aandeel"].between(0.1, 0.9).all()


def test_residence_table_adds_up_to_the_ion(region: Region, files: ExampleFiles) -> None:
    rows = pd.read_csv(files.herkomst, **CSV)
    assert list(rows.columns) == ["praktijk_id", "eenheid", "aantal"]
    assert (rows["aantal"] > 0).all()
    assert not rows[["praktijk_id", "eenheid"]].duplicated().any()
    practices = pd.read_csv(files.praktijken, **CSV)
    known = practices.groupby("praktijk_id")["ion"].agg(lambda ion: ion.sum(min_count=len(ion)))
    lived = rows.groupby("praktijk_id")["aantal"].sum()
    assert (lived[known.dropna().index] == known.dropna()).all()
    homes = rows.groupby("eenheid")["aantal"].sum()
    people = region.buurten.groupby("wijkcode")["inwoners"].sum()
    large = people[people > 1_000].index
    assert (homes[large] / people[large]).between(0.8, 1.15).all()


# --- the generator on any units -------------------------------------------------------------


def test_generator_on_a_drawn_map() -> None:
    units = draw("AAB\nCCb", inwoners=20_000)
    rows = generate_practices(units, seed=3, regio_organisaties={"GM0001": "RO Boven"})
    assert list(rows.columns) == PRACTICE_COLUMNS
    assert rows["ion"].sum() == pytest.approx(0.985 * 80_000, abs=1)
    assert (rows["discipline"] == "huisarts").sum() == round(80_000 / 4_250) + 2
    homes = gpd.sjoin(
        gpd.GeoDataFrame(rows, geometry=gpd.points_from_xy(rows["x_rd"], rows["y_rd"]), crs=28992),
        units[["gemeentecode", "gemeentenaam", "geometry"]],
    )
    assert len(homes) == len(rows)
    assert (homes["plaats"] == homes["gemeentenaam"]).all()
    assert set(homes.loc[homes["gemeentecode"] == "GM0002", "regio_organisatie"].dropna()) == set()
    seat = homes[homes["discipline"] == SEAT]
    assert list(seat["gemeentecode"]) == ["GM0001"]


@settings(max_examples=15)
@given(
    seed=st.integers(0, 2**32 - 1),
    people=st.lists(st.one_of(st.none(), st.integers(0, 60_000)), min_size=4, max_size=4),
)
def test_generator_keeps_its_promises(seed: int, people: list[int | None]) -> None:
    units = draw("ABcd\nABcd")
    units["inwoners"] = pd.Series(people, units.index, dtype="float64")
    rows = generate_practices(units, seed=seed)
    total = units["inwoners"].sum()
    assert rows["ion"].sum() == pytest.approx(0.985 * total if total else 0, abs=1)
    assert rows["agb"].is_unique
    assert (rows["ion"].dropna() >= 0).all()
    assert rows.loc[rows["discipline"] == "huisarts", "huisartsen"].ge(1).all()
    assert rows["regio_organisatie"].isna().all()
    assert shapely.covers(
        shapely.union_all(units.geometry[units["inwoners"] > 0].to_numpy()),
        shapely.points(rows["x_rd"], rows["y_rd"]),
    ).all()
    pd.testing.assert_frame_equal(rows, generate_practices(units[::-1], seed=seed))


def test_generator_prefers_the_unit_to_its_gemeente() -> None:
    units = draw("AB", inwoners=50_000)
    names = {"GM0001": "RO Rest", "WK0001AA": "RO Apart"}
    rows = generate_practices(units, seed=1, regio_organisaties=names, verzekeraars=names)
    west = rows["x_rd"] < 151_000
    for column in ("regio_organisatie", "verzekeraar"):
        assert set(rows.loc[west, column].dropna()) == {"RO Apart"}
        assert set(rows.loc[~west, column].dropna()) == {"RO Rest"}


@pytest.mark.parametrize("share", [1.0, 0.92, 0.5])
def test_share_that_takes_part(region: Region, share: float) -> None:
    names = dict.fromkeys(region.buurten["gemeentecode"], "RO")
    rows = generate_practices(region.buurten, seed=5, regio_organisaties=names, deelname=share)
    doctors = rows[rows["discipline"] == "huisarts"]
    taken = doctors.loc[doctors["deelnemer"], "ion"].sum() / doctors["ion"].sum()
    assert share <= taken < share + 0.03 + 1e-9
    assert rows.loc[~rows["deelnemer"], ["regio_organisatie", "wsv"]].isna().all(axis=None)


@pytest.mark.real
def test_generator_on_real_wijken(shared_data: Path) -> None:
    path = shared_data / "wijkenbuurten_2022_gegeneraliseerd.gpkg"
    units = gpd.read_file(path, layer="wijken", where="water = 'NEE'").set_index("wijkcode")
    units["inwoners"] = units["aantal_inwoners"].where(units["aantal_inwoners"] >= 0)
    rows = generate_practices(units, seed=2022)
    assert rows["ion"].sum() == pytest.approx(0.985 * units["inwoners"].sum(), rel=1e-6)
    assert rows["agb"].is_unique
    assert set(rows["discipline"]) == set(DISCIPLINES)


# --- the readers take it --------------------------------------------------------------------


def faults(report: ReadReport) -> list[str]:
    return [message.melding for message in report.messages if message.ernst == "fout"]


@pytest.mark.parametrize(("level", "count"), [("gemeente", 12), ("wijk", 93), ("buurt", 346)])
def test_boundaries_are_read(files: ExampleFiles, region: Region, level: str, count: int) -> None:
    bounds = read_boundaries(files.grenzen, level=level)
    assert faults(bounds.report) == []
    assert bounds.report.jaar == 2024
    assert len(bounds.units) == count
    assert len(bounds.faults) == 0
    column = {"gemeente": "gemeentecode", "wijk": "wijkcode"}.get(level)
    shapes = region.buurten.dissolve(column, method="coverage") if column else region.buurten
    assert shapely.equals(
        bounds.units.geometry.sort_index().to_numpy(), shapes.geometry.sort_index().to_numpy()
    ).all()


def test_practices_are_read(files: ExampleFiles, practices: pd.DataFrame) -> None:
    for path in (files.praktijken, files.praktijken_xlsx):
        frame, report = read_practices(path)
        assert faults(report) == []
        assert len(frame) == len(practices)
        assert frame["ion"].sum() == practices["ion"].sum()
        assert set(frame["discipline"]) == {*DISCIPLINES, SEAT}


def test_small_tables_are_read(files: ExampleFiles, region: Region) -> None:
    postcodes, report = read_postcodes(files.postcodes)
    assert faults(report) == []
    assert set(postcodes.index) == set(region.buurten["pc4"])
    insurers, report = read_insurers(files.zorgkantoren)
    assert faults(report) == []
    assert len(insurers) == 13
    links, report = read_links(files.verbindingen)
    assert faults(report) == []
    assert [link.soort for link in links] == ["brug", "veer"] * 2


def test_postcode_points_lie_in_their_own_wijk(files: ExampleFiles, region: Region) -> None:
    table = pd.read_csv(files.postcodes, **CSV)
    points = gpd.GeoDataFrame(
        table[["pc4"]].astype("str"), geometry=gpd.points_from_xy(table["x_rd"], table["y_rd"]),
        crs=28992,
    )  # fmt: skip
    found = gpd.sjoin(points, region.buurten[["pc4", "geometry"]], lsuffix="own", rsuffix="here")
    assert (found["pc4_own"] == found["pc4_here"]).all()
    assert len(found) == len(table)


# --- the proposals --------------------------------------------------------------------------


def placed(practices: pd.DataFrame, files: ExampleFiles, wijken: gpd.GeoDataFrame) -> pd.DataFrame:
    """Place practices by hand: by their point, else by the point of their postcode."""
    points = pd.read_csv(files.postcodes, **CSV).set_index("pc4")
    pc4 = practices["postcode"].str.slice(0, 4).astype("Float64")
    x = practices["x_rd"].fillna(pc4.map(points["x_rd"]))
    y = practices["y_rd"].fillna(pc4.map(points["y_rd"]))
    where = gpd.GeoDataFrame(practices, geometry=gpd.points_from_xy(x, y), crs=28992)
    return where.sjoin(wijken[["geometry", "oever"]], how="left").rename(
        columns={"wijkcode": "eenheid"}
    )


def test_sound_proposal_is_sound(
    files: ExampleFiles, wijken: gpd.GeoDataFrame, practices: pd.DataFrame, graph: ContiguityGraph
) -> None:
    table = pd.read_csv(files.voorstel_goed, **CSV)
    group = table.set_index("eenheid")["groep"]
    assert sorted(group.index) == sorted(wijken.index)
    assert set(group) == {NORTH, SOUTH}
    rows = placed(practices, files, wijken)
    rows["groep"] = rows["eenheid"].map(group)
    people = wijken["inwoners"].groupby(group).sum()
    doctors = rows[rows["discipline"] == "huisarts"]
    joined = doctors[doctors["deelnemer"] == "ja"]
    ion = joined.groupby("groep")["ion"].sum()
    assert ion.between(100_000, 200_000).all()
    assert (people >= 100_000).all()
    assert (ion / people >= 0.85).all()
    share = (
        joined.groupby("groep")["huisartsen"].sum() / doctors.groupby("groep")["huisartsen"].sum()
    )
    assert (share >= 0.85).all()
    assert rows.groupby("groep")["regio_organisatie"].nunique().to_list() == [1, 1]
    assert set(rows.loc[rows["discipline"] == SEAT, "groep"]) == {NORTH, SOUTH}
    assert rows.groupby("wsv")["groep"].nunique().max() == 1
    labels = group.reindex(graph.codes).map({NORTH: 0, SOUTH: 1}).to_numpy(np.int32)
    links, _ = read_links(files.verbindingen)
    assert graph.parts(labels).max() == 2  # both banks and the island
    assert graph.with_links(links).parts(labels, links=True).max() == 1


def test_faulty_proposal_has_every_fault(
    files: ExampleFiles, wijken: gpd.GeoDataFrame, practices: pd.DataFrame, graph: ContiguityGraph
) -> None:
    table = pd.read_csv(files.voorstel_fout, **CSV)
    named = table[table["eenheid"].isin(wijken.index)]
    assert list(table.loc[~table["eenheid"].isin(wijken.index), "eenheid"]) == [UNKNOWN_CODE]
    assert named["groep"].isna().sum() == 1  # left open
    assert named["eenheid"].duplicated().sum() == 1  # in two groups
    missing = wijken.index.difference(named["eenheid"])
    assert len(missing) == 3
    group = named.dropna().drop_duplicates("eenheid").set_index("eenheid")["groep"]
    people = wijken["inwoners"].groupby(group).sum()
    assert people[SMALL] < 100_000
    rows = placed(practices, files, wijken)
    rows["groep"] = rows["eenheid"].map(group)
    assert rows.groupby("groep")["regio_organisatie"].nunique()[SOUTH] == 2
    seats = rows[rows["discipline"] == SEAT].set_index("regio_organisatie")["groep"]
    assert seats[RO_SOUTH] == NORTH
    split = group.groupby(wijken["gemeentenaam"].reindex(group.index)).nunique()
    assert split["Merlewaard"] == 2  # cut without need
    labels = group.reindex(graph.codes).map({NORTH: 0, SOUTH: 1, SMALL: 2}).fillna(-1)
    parts = pd.Series(graph.parts(labels.to_numpy(np.int32)), graph.codes)
    assert parts[group.index[group == SOUTH]].nunique() >= 3
    south = wijken[group.reindex(wijken.index) == SOUTH]
    surrounded = [
        code
        for code, shape in south.geometry.items()
        if set(group.reindex(graph.codes[neighbours(graph, code)])) == {NORTH}
        and graph.outer_m[graph.codes.get_loc(code)] < 1
    ]
    assert len(surrounded) == 1  # the enclave
    enclosed = [code for code in missing if graph.outer_m[graph.codes.get_loc(code)] < 1]
    assert any(
        set(group.reindex(graph.codes[neighbours(graph, code)])) == {NORTH} for code in enclosed
    )


def neighbours(graph: ContiguityGraph, code: str) -> np.ndarray:
    at = graph.codes.get_loc(code)
    return np.r_[graph.right[graph.left == at], graph.left[graph.right == at]]


def test_drawn_proposal_has_faults_of_known_width(
    files: ExampleFiles, wijken: gpd.GeoDataFrame
) -> None:
    drawn = gpd.read_file(files.voorstel_getekend)
    assert drawn.crs == "EPSG:4326"
    shapes = drawn.to_crs(28992).set_index("regio").geometry
    assert shapes.is_valid.all()
    north, small = shapes[NORTH], shapes[SMALL]
    # Where the two only touch, degrees and back leave hairs of a few square metres.
    overlaps = [part for part in shapely.get_parts(north & small) if part.area > 10]
    assert [_width(part) for part in overlaps] == pytest.approx([OVERLAP_M], rel=0.15)
    land = shapely.union_all(wijken.geometry.to_numpy())
    table = pd.read_csv(files.voorstel_fout, **CSV)
    named = wijken.loc[wijken.index.intersection(table.dropna()["eenheid"])]
    meant = shapely.union_all(named.geometry.to_numpy())
    lost = shapely.get_parts(shapely.set_precision(meant - shapely.union_all(shapes.to_numpy()), 1))
    widths = sorted(_width(part) for part in lost if part.area > 1_000)
    assert widths == pytest.approx([SLIVER_M, GAP_M], rel=0.15)
    assert land.area > meant.area


def _width(shape: shapely.Geometry) -> float:
    """Measure the mean width of a long shape: its area over half of its outline without its ends.

    The shape is a strip along a border, so length L and width w follow from area = L w and
    perimeter = 2 L + 2 w.
    """
    half = shape.length / 2
    return float((half - np.sqrt(half**2 - 4 * shape.area)) / 2)


def test_layers_hold_every_buurt_once(region: Region) -> None:
    buurten = official_layers(region)["buurten"]
    land = buurten[buurten["water"] == "NEE"]
    assert sorted(land["buurtcode"]) == sorted(region.buurten.index)
    assert land["wijkcode"].str.slice(2).eq(land["buurtcode"].str.slice(2, 8)).all()
