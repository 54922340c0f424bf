"""Totals say what they leave out and what may stand in them twice, the same wherever shown."""

import json
import math

import numpy as np
import pandas as pd
import pytest

from oi_geo.criteria.kader import load_kader
from oi_geo.maps.layers import unit_layer
from oi_geo.pipeline import Toets, assess_plan
from oi_geo.plan import Plan
from oi_geo.report.document import to_json
from oi_geo.report.markdown import to_markdown
from oi_geo.report.tables import TABLES
from oi_geo.report.totals import (
    group_measures,
    ion_text,
    measured_text,
    practice_notes,
    total_text,
)
from oi_geo.study_area import study_area
from oi_geo.ui.toets import measures_table
from tests.conftest import draw, practice_table


def of_rows(*rows: dict) -> Toets:
    """Test Noord (A) and Zuid (b) on these rows of practices."""
    practices = practice_table(list(rows))
    practices["mogelijk"] = pd.Series([row.get("mogelijk") for row in rows], dtype=object)
    area = study_area(draw("AAb"), practices=practices)
    plan = Plan.from_mapping({"WK0001AA": "Noord", "WK0002BB": "Zuid"}, area.units.index)
    return assess_plan(area, plan, [load_kader("unicum")])


def everywhere(toets: Toets, group: str) -> list[list[str]]:
    """Return ION, practices and huisartsen of a group as the page and the Markdown write them."""
    [page] = [row for row in measures_table(toets).rows if row[0] == group]
    lines = [line.split(" | ") for line in to_markdown(toets, title="x").split("\n")]
    [text] = [x for x in lines if x[0] == f"| {group}" and len(x) == 11]
    return [page[3:6], text[3:6]]


@pytest.mark.parametrize(
    ("known", "unknown", "more", "text"),
    [
        (46, 77, {}, "46 (+ 77 onbekend)"),
        (29_253, 0, {"double": 1_885}, "29.253 (waarvan 1.885 misschien dubbel)"),
        (0, 0, {"unplaced": 2_095}, "0 (+ 2.095 niet geplaatst)"),
        (0, 0, {"unplaced": math.nan}, "0 (+ onbekend niet geplaatst)"),
        (9, 1, {"double": 4, "unplaced": 3},
         "9 (waarvan 4 misschien dubbel; + 1 onbekend; + 3 niet geplaatst)"),
        (math.nan, 0, {"unplaced": 3}, "onbekend"),
        (9, 0, {}, "9"),
    ],
)  # fmt: skip
def test_a_total_with_its_doubts(known, unknown, more, text):
    assert total_text(known, unknown, **more) == text


def test_a_practice_without_a_place_stands_beside_the_nought():
    """It may stand in either group: each says so, and neither counts it."""
    toets = of_rows({"ion": 2_095, "huisartsen": 2, "eenheid": None})
    cells = ["0 (+ 2.095 niet geplaatst)", "0 (+ 1 niet geplaatst)", "0 (+ 2 niet geplaatst)"]
    for group in ("Noord", "Zuid"):
        assert everywhere(toets, group) == [cells, cells]
    table = TABLES["groepen.csv"](toets).frame
    assert table["ION van praktijken zonder plaats, misschien hier"].tolist() == [2_095, 2_095]
    for told in json.loads(to_json(toets))["groepen"]:
        assert (told["ion"], told["ion_niet_geplaatst"]) == (0, 2_095)
        assert (told["praktijken_niet_geplaatst"], told["huisartsen_niet_geplaatst"]) == (1, 2)
    assert practice_notes(group_measures(toets))[0] == (
        "Noord: ION 0 (+ 2.095 niet geplaatst); praktijken 0 (+ 1 niet geplaatst); huisartsen 0 "
        "(+ 2 niet geplaatst)."
    )


def test_a_practice_that_may_stand_in_one_group_only_is_told_there():
    toets = of_rows(
        {"ion": 100, "huisartsen": 1, "eenheid": "WK0001AA"},
        {"ion": 40, "huisartsen": 1, "eenheid": None, "mogelijk": ("WK0002BB", "WK0009ZZ")},
    )
    measures = group_measures(toets)
    assert measures["ion_niet_geplaatst"].to_dict() == {"Noord": 0, "Zuid": 40}
    assert measures["praktijken_niet_geplaatst"].to_dict() == {"Noord": 0, "Zuid": 1}
    assert everywhere(toets, "Noord")[0] == ["100", "1", "1"]
    assert len(practice_notes(measures)) == 1


def test_what_is_unknown_of_a_practice_without_a_place_is_no_nought():
    toets = of_rows({"ion": np.nan, "eenheid": None}, {"ion": 5, "eenheid": "WK0001AA"})
    assert everywhere(toets, "Zuid")[0][0] == "0 (+ onbekend niet geplaatst)"


def test_without_a_list_nothing_is_said_to_be_unplaced():
    toets = of_rows()
    assert everywhere(toets, "Noord") == [["onbekend"] * 3] * 2
    assert practice_notes(group_measures(toets)) == []
    shapes = toets.area.units.geometry.to_numpy()
    for feature in unit_layer(toets.area, shapes, None).features:
        assert feature["properties"]["ion"] == "onbekend"


def test_what_may_stand_twice_is_told_beside_the_total():
    """Two rows with one AGB code: the smaller of the two may be the other's patients."""
    row = {"ion": 1_885, "huisartsen": 1, "agb": "01000001", "eenheid": "WK0001AA"}
    toets = of_rows(
        row, {**row, "ion": 2_000}, {"ion": 300, "huisartsen": 1, "eenheid": "WK0002BB"}
    )
    assert everywhere(toets, "Noord")[0][0] == "3.885 (waarvan 1.885 misschien dubbel)"
    assert everywhere(toets, "Noord")[1][0] == "3.885 (waarvan 1.885 misschien dubbel)"
    assert everywhere(toets, "Zuid")[0] == ["300", "1", "1"]
    assert "totaal 4.185 (waarvan 1.885 misschien dubbel) =" in ion_text(toets.area)
    assert practice_notes(group_measures(toets))[0].startswith("Noord: ION 3.885 (waarvan 1.885")
    noord = group_measures(toets).loc["Noord"]
    assert measured_text(noord, "huisartsen") == "2 (waarvan 1 misschien dubbel)"
    shapes = toets.area.units.geometry.to_numpy()
    tips = {f["properties"]["code"]: f["properties"]["ion"]
            for f in unit_layer(toets.area, shapes, None).features}  # fmt: skip
    assert tips == {"WK0001AA": "3.885 (waarvan 1.885 misschien dubbel)", "WK0002BB": "300"}
