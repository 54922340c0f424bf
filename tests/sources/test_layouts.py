"""Layouts are recognised by their columns, whatever files and layers are called."""

import numpy as np
import pandas as pd
import pytest

from oi_geo.sources.geofile import Layer
from oi_geo.sources.layouts import gemeentecodes, kind_of_codes, known_numbers, recognise_layouts


def layer(columns: str, geometry: str | None = "MultiPolygon") -> Layer:
    return Layer("onbekend", tuple(columns.split()), 1, geometry, "EPSG:28992")


@pytest.mark.parametrize(
    ("columns", "kind", "code"),
    [
        ("wijkcode buurtcode buurtnaam gemeentecode water aantal_inwoners", "buurt", "buurtcode"),
        ("gemeentecode gemeentenaam wijkcode wijknaam water jaar", "wijk", "wijkcode"),
        ("GEMEENTECODE gemeentenaam water", "gemeente", "GEMEENTECODE"),
        ("BU_CODE BU_NAAM WK_CODE GM_CODE GM_NAAM WATER AANT_INW P_65_EO_JR", "buurt", "BU_CODE"),
        ("WK_CODE WK_NAAM GM_CODE GM_NAAM H2O AANT_INW", "wijk", "WK_CODE"),
        ("GM_CODE GM_NAAM H2O AANT_INW", "gemeente", "GM_CODE"),
        ("gemeenteco gemeentena water aantal_inw", "gemeente", "gemeenteco"),
        ("statcode jrstatcode statnaam rubriek", None, "statcode"),
        (
            "identificatie naam code ligt_in_provincie_code ligt_in_provincie_naam",
            "gemeente",
            "identificatie",
        ),
    ],
)
def test_recognised(columns, kind, code):
    layout = recognise_layouts(layer(columns))[0]
    assert layout is not None
    assert (layout.kind, layout.columns["code"]) == (kind, code)


def test_water_under_both_names():
    assert recognise_layouts(layer("WK_CODE WATER"))[0].columns["water"] == "WATER"
    assert recognise_layouts(layer("WK_CODE h2o"))[0].columns["water"] == "h2o"


@pytest.mark.parametrize(
    "columns",
    ["naam regio", "code naam", "identificatie naam code", "postcode aantal_inwoners", ""],
)
def test_other_layers_are_none(columns):
    assert recognise_layouts(layer(columns)) == []


def test_a_table_without_shapes_is_none():
    assert recognise_layouts(layer("wijkcode wijknaam", geometry=None)) == []


def test_kind_from_the_letters_of_the_code():
    assert kind_of_codes(["CR01", None, "wk0344AD", "GM0344"]) == "wijk"
    assert kind_of_codes(["BU03440107"]) == "buurt"
    assert kind_of_codes(["GM0344"]) == "gemeente"
    assert kind_of_codes(["PV26", "CR17"]) is None


def test_special_values_are_missing_and_zero_is_not():
    values = pd.Series([-99997, -99995, -99991, -99990, -99999999, -99989, 0, "12", None, "x"])
    numbers = known_numbers(values)
    assert numbers.isna().to_list() == [True] * 5 + [False] * 3 + [True] * 2
    assert numbers.iloc[5:8].to_list() == [-99989.0, 0.0, 12.0]
    assert numbers.dtype == np.float64


def test_bestuurlijke_gebieden_both_ways_round():
    frame = pd.DataFrame(
        {"code": ["GM0363", "0014", "NL.1"], "andere_code": ["0363", "GM0014", "37"]}
    )
    assert gemeentecodes(frame).to_list() == ["GM0363", "GM0014", "GM0037"]
