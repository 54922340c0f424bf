"""Every layout of areas, made by code, reads back to the same units."""

import numpy as np
import pandas as pd
import pyogrio
import pytest
import shapely

from oi_geo.errors import UnusableFile
from oi_geo.sources.cbs import available_levels, read_boundaries
from oi_geo.study_area import UNIT_COLUMNS
from tests.sources.mapfiles import (
    SECRET,
    bestuurlijk,
    buurten,
    gemeenten,
    old_names,
    stat,
    wijken,
    write,
)

FORMATS = ["gpkg", "zip", "shp", "geojson", "parquet"]
CODES = ["WK0001AA", "WK0001BB", "WK0001CC", "WK0002AA", "WK0002BB"]
# As written in mapfiles.wijken: one secret number, and percentages of which two are secret.
PEOPLE = [1000.0, 2500.0, np.nan, 400.0, 75.0]
OLDER = [200.0, 1000.0, np.nan, np.nan, 0.0]


def texts(bounds) -> str:
    return "\n".join(m.melding for m in bounds.report.messages)


def same_people(units: pd.DataFrame) -> bool:
    return np.array_equal(units["inwoners"], PEOPLE, equal_nan=True) and np.array_equal(
        units["inwoners_65plus"], OLDER, equal_nan=True
    )


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("layout", ["2022", "WATER", "H2O"])
def test_wijken_in_every_format(tmp_path, form, layout):
    frame = wijken()
    if layout != "2022":
        frame = old_names(frame).rename(columns={"WATER": layout})
    elif form in {"shp", "zip"}:
        # A shapefile cuts names at ten letters, so that the percentages cannot be told apart.
        frame = frame.rename(columns={"percentage_personen_65_jaar_en_ouder": "P_65_EO_JR"})
    bounds = read_boundaries(write({"x": frame}, tmp_path, form))
    units = bounds.units
    assert bounds.level == "wijk"
    assert units.index.to_list() == CODES
    assert units.index.name == "code"
    assert list(units.columns) == [*UNIT_COLUMNS, "geometry"]
    assert units["naam"].to_list() == ["Wijk A", "Wijk B", "Wijk C", "Wijk a", "Wijk b"]
    assert units["gemeentenaam"].to_list() == ["Bovendam"] * 3 + ["Onderdam"] * 2
    assert same_people(units)
    drawn = wijken().query("water == 'NEE'").geometry.to_numpy()
    assert shapely.hausdorff_distance(units.geometry.to_numpy(), drawn).max() < 1e-3
    assert shapely.coverage_is_valid(units.geometry.to_numpy())
    assert bounds.report.jaar == (2023 if layout == "2022" else None)
    assert (bounds.report.gelezen, bounds.report.behouden) == (6, 5)
    assert "1 rij met water is apart gezet" in texts(bounds)
    assert texts(bounds).count("zijn geschat") == 1
    assert not bounds.has_gemeenten
    assert bounds.gemeenten["naam"].to_dict() == {"GM0001": "Bovendam", "GM0002": "Onderdam"}


@pytest.mark.parametrize("form", ["gpkg", "zip"])
@pytest.mark.parametrize("old", [False, True])
def test_three_layers(tmp_path, form, old):
    layers = {"p": gemeenten(), "q": buurten(), "r": wijken()}
    if old:
        layers = {name: old_names(frame) for name, frame in layers.items()}
    path = write(layers, tmp_path, form)
    assert available_levels(path) == ("buurt", "wijk", "gemeente")
    default, buurt, gemeente = (read_boundaries(path, level=x) for x in (None, "buurt", "gemeente"))
    assert default.level == "wijk"
    assert default.units.index.to_list() == CODES
    assert buurt.units.index.to_list() == [f"BU{code[2:]}01" for code in CODES]
    # The layer of buurten has no gemeentenaam: it comes from the layer of gemeenten.
    assert buurt.units["gemeentenaam"].to_list() == ["Bovendam"] * 3 + ["Onderdam"] * 2
    assert gemeente.units.index.to_list() == ["GM0001", "GM0002"]
    assert gemeente.units["gemeentecode"].to_list() == ["GM0001", "GM0002"]
    for bounds in (default, buurt, gemeente):
        assert bounds.has_gemeenten
        assert bounds.gemeenten["inwoners"].to_dict() == {"GM0001": 5123, "GM0002": 480}
        # Land only: 8 and 4 cells of 1 km² (the picture of mapfiles).
        assert bounds.gemeenten.area.to_list() == pytest.approx([8e6, 4e6])
        assert "Belgisch grondgebied" in texts(bounds)


def test_names_of_gemeenten_from_the_wijken_else_the_code(tmp_path):
    both = read_boundaries(write({"a": buurten(), "b": wijken()}, tmp_path, "gpkg"), level="buurt")
    assert both.units["gemeentenaam"].to_list() == ["Bovendam"] * 3 + ["Onderdam"] * 2
    alone = read_boundaries(write({"a": buurten()}, tmp_path, "shp"))
    assert alone.level == "buurt"
    assert alone.units["gemeentenaam"].to_list() == ["GM0001"] * 3 + ["GM0002"] * 2
    nameless = read_boundaries(
        write({"a": buurten().drop(columns="buurtnaam")}, tmp_path, "parquet")
    )
    assert nameless.units["naam"].to_list() == nameless.units.index.to_list()


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("kind", ["wijk", "gemeente"])
def test_gebiedsindelingen(tmp_path, form, kind):
    frame = stat(wijken() if kind == "wijk" else gemeenten().query("water == 'NEE'"), kind)
    bounds = read_boundaries(write({"gebied": frame}, tmp_path, form))
    assert bounds.level == kind
    assert bounds.units.index.to_list() == (CODES if kind == "wijk" else ["GM0001", "GM0002"])
    assert bounds.report.jaar == 2023
    assert bounds.units["inwoners"].isna().all()


# Kadaster does not publish this as a shapefile: its names are too long for one.
@pytest.mark.parametrize("form", ["gpkg", "geojson", "parquet"])
@pytest.mark.parametrize("swapped", [False, True])
def test_bestuurlijke_gebieden_both_ways_round(tmp_path, form, swapped):
    layers = {"gemeentegebied": bestuurlijk(swapped=swapped)}
    bounds = read_boundaries(write(layers, tmp_path, form))
    assert bounds.level == "gemeente"
    assert bounds.units["naam"].to_dict() == {"GM0001": "Bovendam", "GM0002": "Onderdam"}


def test_layers_are_chosen_by_content_and_named(tmp_path):
    old = stat(wijken(), "wijk").assign(
        jrstatcode=lambda f: "2019" + f["statcode"], statnaam="Vroeger"
    )
    path = write({"a": old, "b": stat(wijken(), "wijk")}, tmp_path, "gpkg")
    bounds = read_boundaries(path)
    assert bounds.report.jaar == 2023
    assert bounds.units["naam"].iloc[0] == "Wijk A"
    assert "gelezen is b, niet a" in texts(bounds)


def test_other_areas_in_the_same_layout_are_left_alone(tmp_path):
    provinces = stat(wijken(), "wijk").assign(statcode="PV26")
    path = write({"p": provinces, "q": stat(wijken(), "wijk")}, tmp_path, "gpkg")
    assert available_levels(path) == ("wijk",)
    assert read_boundaries(path).units.index.to_list() == CODES


def test_year_from_the_name_is_said(tmp_path):
    path = tmp_path / "wijk_2015.gpkg"
    pyogrio.write_dataframe(old_names(wijken()), path, layer="x")
    bounds = read_boundaries(path)
    assert bounds.report.jaar == 2015
    assert "Het jaar 2015 komt uit de naam wijk_2015.gpkg" in texts(bounds)


def test_water_without_a_column_that_says_it(tmp_path):
    frame = wijken().drop(columns="water")
    bounds = read_boundaries(write({"x": frame}, tmp_path, "gpkg"))
    assert bounds.units.index.to_list() == CODES
    assert "te herkennen aan hun code" in texts(bounds)


def test_gemeentecode_follows_the_wijkcode(tmp_path):
    frame = wijken()
    frame.loc[1, "gemeentecode"] = "GM0002"
    bounds = read_boundaries(write({"x": frame}, tmp_path, "gpkg"))
    assert bounds.units.loc["WK0001BB", "gemeentecode"] == "GM0001"
    (message,) = [m for m in bounds.report.messages if m.rij == 2]
    assert message.ernst == "waarschuwing"
    assert "zegt GM0002, maar WK0001BB ligt volgens zijn code in GM0001" in message.melding


def test_unreadable_codes_are_set_aside_by_row(tmp_path):
    frame = wijken()
    frame.loc[2, "wijkcode"] = "CR01"
    bounds = read_boundaries(write({"x": frame}, tmp_path, "gpkg"))
    assert bounds.units.index.to_list() == [c for c in CODES if c != "WK0001CC"]
    assert [(m.rij, m.ernst) for m in bounds.report.messages if "CR01" in m.melding] == [
        (3, "fout")
    ]
    assert bounds.report.apart == 2


def test_double_codes(tmp_path):
    frame = wijken()
    left, right = shapely.box(150_000, 453_000, 151_000, 454_000), frame.geometry.iloc[0]
    same = frame.iloc[[0]].set_geometry([left])
    other = frame.iloc[[1]].assign(aantal_inwoners=7).set_geometry([left])
    bounds = read_boundaries(write({"x": pd.concat([frame, same, other])}, tmp_path, "gpkg"))
    assert bounds.units.index.to_list() == CODES
    assert bounds.units.area.loc["WK0001AA"] == pytest.approx(left.area + right.area)
    assert bounds.units.loc["WK0001BB", "inwoners"] == 2500
    assert "WK0001AA staat in rij 1 en 7: de vormen zijn samengevoegd" in texts(bounds)
    assert [m.rij for m in bounds.report.messages if m.ernst == "fout"] == [8]
    assert bounds.report.apart == 2  # the second WK0001BB and the water


def test_gemeente_rows_of_one_code_are_merged(tmp_path):
    frame = gemeenten()
    island = frame.iloc[[0]].assign(aantal_inwoners=SECRET)
    island = island.set_geometry([shapely.box(149_000, 455_000, 150_000, 456_000)])
    bounds = read_boundaries(write({"g": pd.concat([frame, island])}, tmp_path, "gpkg"))
    assert bounds.units.loc["GM0001", "inwoners"] == 5123
    assert bounds.units.area.to_list() == pytest.approx([9e6, 4e6])


def test_zero_without_any_age_is_unknown_and_plain_zero_is_zero(tmp_path):
    frame = wijken().assign(
        aantal_inwoners=[0, 0, 5, 400, 75, SECRET],
        percentage_personen_65_jaar_en_ouder=[np.nan, 0.0, np.nan, 25.0, 0.0, SECRET],
    )
    units = (bounds := read_boundaries(write({"x": frame}, tmp_path, "gpkg"))).units
    assert np.array_equal(units["inwoners"], [np.nan, 0, 5, 400, 75], equal_nan=True)
    assert (
        "In 1 wijk staat 0 inwoners zonder verdeling naar leeftijd. Het bestand zegt niet of "
        in (texts(bounds))
    )
    assert "geldt als onbekend, niet als nul: WK0001AA." in texts(bounds)
    assert "publiceert" not in texts(bounds)
    without = frame.drop(columns="percentage_personen_65_jaar_en_ouder")
    plain = read_boundaries(write({"x": without}, tmp_path, "parquet")).units
    assert plain["inwoners"].to_list() == [0, 0, 5, 400, 75]
    assert plain["inwoners_65plus"].isna().all()


@pytest.mark.parametrize("form", ["gpkg", "shp", "parquet"])
def test_impossible_numbers_of_people_are_unknown_and_named(tmp_path, form):
    frame = old_names(wijken()).assign(
        AANT_INW=[-5.0, 9e18, -99989.0, 2_000_000.0, 2_000_001.0, SECRET],
        P_65_EO_JR=[20.0, 20.0, 20.0, 100.0, 20.0, SECRET],
    )
    bounds = read_boundaries(write({"x": frame}, tmp_path, form))
    nothing = [np.nan] * 3
    for name in ("inwoners", "inwoners_65plus"):
        assert np.array_equal(bounds.units[name], [*nothing, 2e6, np.nan], equal_nan=True)
    faults = {m.rij: m.melding for m in bounds.report.messages if m.ernst == "fout"}
    assert list(faults) == [1, 2, 3, 5]
    assert "kolom AANT_INW: -5 kan geen aantal inwoners zijn" in faults[1]
    assert "verwacht wordt 0 t/m 2.000.000. Het geldt als onbekend." in faults[1]
    assert "9e+18" in faults[2]
    assert "Van 4 wijken is het aantal inwoners onbekend" in texts(bounds)
    assert bounds.report.apart == 1  # the water; the rows themselves are kept


def test_impossible_percentages_are_unknown_and_named(tmp_path):
    frame = wijken().assign(
        aantal_inwoners=[0, 0, 10, 10, 10, SECRET],
        percentage_personen_65_jaar_en_ouder=[900.0, 100.0, -0.5, 100.5, SECRET, SECRET],
    )
    bounds = read_boundaries(write({"x": frame}, tmp_path, "gpkg"))
    assert bounds.units["inwoners"].to_list() == [0, 0, 10, 10, 10]
    older = [np.nan, 0, np.nan, np.nan, np.nan]
    assert np.array_equal(bounds.units["inwoners_65plus"], older, equal_nan=True)
    faults = {m.rij: m.melding for m in bounds.report.messages if m.ernst == "fout"}
    assert list(faults) == [1, 3, 4]
    name = "percentage_personen_65_jaar_en_ouder"
    assert f"kolom {name}: 900 kan geen percentage zijn; verwacht wordt 0 t/m 100" in faults[1]
    # A percentage stands there, so that this nought is no secret.
    assert "zonder verdeling" not in texts(bounds)


@pytest.mark.parametrize("form", FORMATS)
def test_study_area_of_some_gemeenten(tmp_path, form):
    path = write({"x": old_names(wijken())}, tmp_path, form)
    bounds = read_boundaries(path, gemeenten=["GM0002"])
    assert bounds.units.index.to_list() == ["WK0002AA", "WK0002BB"]
    assert bounds.gemeenten.index.to_list() == ["GM0002"]
    assert bounds.report.gelezen == 2
    some = read_boundaries(path, gemeenten={"2", "GM0999"})
    assert some.units.index.to_list() == ["WK0002AA", "WK0002BB"]
    assert "Van 1 gevraagde gemeente staan geen wijken in het bestand: GM0999" in texts(some)
    with pytest.raises(UnusableFile, match="geen enkele wijk op land in GM0999"):
        read_boundaries(path, gemeenten=["GM0999"])


def test_gemeenten_that_the_layer_lacks_are_derived(tmp_path):
    path = write({"w": wijken(), "g": gemeenten().iloc[[0]]}, tmp_path, "gpkg")
    bounds = read_boundaries(path)
    assert bounds.gemeenten.index.to_list() == ["GM0001", "GM0002"]
    assert bounds.gemeenten.area.to_list() == pytest.approx([8e6, 4e6])
    assert "heeft GM0002 niet" in texts(bounds)


def test_a_level_that_is_not_there(tmp_path):
    path = write({"x": wijken()}, tmp_path, "gpkg")
    with pytest.raises(UnusableFile, match="‘mijn kaart’ bevat geen buurten, alleen wijken"):
        read_boundaries(path, level="buurt", name="mijn kaart")


def test_sloppy_borders_are_mended_and_reported(tmp_path):
    frame = wijken().query("water == 'NEE'").reset_index(drop=True)
    shifted = frame.geometry.to_list()
    shifted[1] = shapely.transform(shifted[1], lambda xy: xy + np.array([0.4, 0.2]))
    bounds = read_boundaries(write({"x": frame.set_geometry(shifted)}, tmp_path, "gpkg"))
    assert shapely.coverage_is_valid(bounds.units.geometry.to_numpy())
    assert bounds.faults["hersteld"].all()
    assert "geen grens is meer dan 1,00 m verschoven" in texts(bounds)
    shifted[1] = shapely.transform(shifted[1], lambda xy: xy - np.array([30.4, 0.2]))
    wide = read_boundaries(write({"x": frame.set_geometry(shifted)}, tmp_path, "parquet"))
    (fault,) = [
        m.melding for m in wide.report.messages if m.melding.startswith("Overlap bij WK0001AA")
    ]
    # The middle of a strip of 30 m west of x = 152.000, as high as the cell of A.
    assert "30,0 m breed, bij x = 151.985 m en y = 452.500 m (Rijksdriehoeksstelsel)." in fault


@pytest.mark.real
def test_the_real_file(shared_data):
    path = shared_data / "wijkenbuurten_2022_gegeneraliseerd.gpkg"
    bounds = read_boundaries(path)
    raw = pyogrio.read_dataframe(path, layer="wijken").set_index("wijkcode")
    assert bounds.units.index.to_list() == raw.index.to_list()
    assert (len(bounds.units), len(bounds.gemeenten)) == (3340, 345)
    assert bounds.units["inwoners"].sum() == raw["aantal_inwoners"].sum()
    assert bounds.units["inwoners"].isna().sum() == 28
    share = raw["percentage_personen_65_jaar_en_ouder"] * raw["aantal_inwoners"] / 100
    assert bounds.units["inwoners_65plus"].sum() == pytest.approx(share.sum())
    assert shapely.equals_identical(bounds.units.geometry.to_numpy(), raw.geometry.to_numpy()).all()
    assert bounds.faults.empty
    assert bounds.report.jaar == 2022
    assert available_levels(path) == ("wijk", "gemeente")


@pytest.mark.real
def test_the_unicum_area(shared_data):
    codes = [
        "GM0312",
        "GM0310",
        "GM0321",
        "GM0353",
        "GM0331",
        "GM0356",
        "GM1581",
        "GM0352",
        "GM0355",
    ]
    bounds = read_boundaries(
        shared_data / "wijkenbuurten_2022_gegeneraliseerd.gpkg", gemeenten=codes
    )
    # Published in the README of the data.
    assert (len(bounds.units), bounds.units["inwoners"].sum()) == (62, 361_805)
    assert sorted(bounds.gemeenten.index) == sorted(codes)
