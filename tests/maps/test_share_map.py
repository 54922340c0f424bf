"""The map of one regio: every unit in the class of its share, the regio outlined, no requests."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from oi_geo.maps.geometry import simplified, wgs84
from oi_geo.maps.palette import SHARE_COLOURS, UNKNOWN_COLOUR
from oi_geo.maps.share_map import share_map_html
from oi_geo.maps.themes import NO_SHARE, share_theme
from oi_geo.plan import Plan
from oi_geo.study_area import study_area
from tests.conftest import draw, practice_table
from tests.maps.conftest import NASTY, toy_area, toy_plan
from tests.maps.reading import Reader, data_of, layers_of, legend_of
from tests.maps.test_palette import SIGHTS, difference, lab

WEST = "Regio West"


@pytest.fixture
def shares(area) -> pd.Series:
    given = {"WK0001AA": 0.934, "WK0001BB": 0.5, "WK0001EE": 0.4999, "WK0002CC": 0.0}
    return pd.Series(given).reindex(area.units.index)


@pytest.fixture
def html(area, shares) -> str:
    return share_map_html(area, toy_plan(area), WEST, shares)


def units_of(html: str) -> dict[str, dict]:
    return {f["properties"]["code"]: f["properties"] for f in layers_of(html)["eenheden"]}


@given(st.lists(st.one_of(st.just(np.nan), st.floats(0, 1)), min_size=1, max_size=30))
def test_each_unit_lies_in_the_class_that_the_legend_names(values):
    theme = share_theme(pd.Series(values, dtype="float64"))
    assert len(theme.labels) == len(theme.colours) == len(set(theme.labels))
    for value, position in zip(values, theme.index, strict=True):
        label, colour = theme.labels[position], theme.colours[position]
        if np.isnan(value):
            assert (label, colour) == (NO_SHARE, UNKNOWN_COLOUR)
            continue
        numbers = [int(word) / 100 for word in label.split() if word.isdigit()]
        low = 0.0 if label.startswith("minder dan") else numbers[0]
        high = 1.01 if label.endswith("of meer") else numbers[-1]
        assert low <= value < high
        # darker is more often: the same share has the same colour on every map
        below = [0.01, 0.1, 0.25, 0.5, 0.75, 0.9]
        assert colour == SHARE_COLOURS[sum(value >= border for border in below)]


@pytest.mark.parametrize("sight", SIGHTS)
def test_more_often_is_darker_for_every_sight(sight):
    lightness = [lab(colour, sight)[0] for colour in SHARE_COLOURS]
    assert all(a - b > 6 for a, b in pairwise(lightness))
    assert min(difference(UNKNOWN_COLOUR, colour, sight) for colour in SHARE_COLOURS) >= 15


def test_the_tooltip_tells_name_and_share(html):
    units = units_of(html)
    assert units["WK0001AA"]["aandeel"] == "93 %"
    assert units["WK0002CC"]["aandeel"] == "0 %"
    assert units["WK0002DD"]["aandeel"] == NO_SHARE
    assert units["WK0001AA"]["groep"] == WEST
    assert all(unit["naam"] for unit in units.values())


def test_the_colour_of_each_unit_is_that_of_its_share(html):
    theme = next(t for t in data_of(html)["themes"] if t["name"] == "samen")
    colour = dict(zip(units_of(html), (theme["colours"][i] for i in theme["index"]), strict=True))
    assert colour["WK0001AA"] == SHARE_COLOURS[6]
    assert colour["WK0001BB"] == SHARE_COLOURS[4]
    assert colour["WK0001EE"] == SHARE_COLOURS[3]
    assert colour["WK0002CC"] == SHARE_COLOURS[0]
    assert colour["WK0001FF"] == UNKNOWN_COLOUR
    assert legend_of(html, "samen") == [
        "minder dan 1 %", "25 % tot 50 %", "50 % tot 75 %", "90 % of meer", NO_SHARE,
    ]  # fmt: skip


def test_the_proposed_regio_is_outlined_and_named(area, html):
    casing, line = layers_of(html)["Grens van de voorgestelde groep"]
    assert casing["geometry"] == line["geometry"]
    assert casing["properties"]["stijl"]["color"] == "#ffffff"
    drawn = shapely.from_geojson(str(line["geometry"]).replace("'", '"'))
    shapes = wgs84(simplified(area.units.geometry.to_numpy()))
    own = shapely.union_all(shapes[toy_plan(area).labels == 0])
    assert drawn.symmetric_difference(own.boundary).length == pytest.approx(0, abs=1e-9)
    texts = Reader(html).texts
    assert "voorgestelde groep" in texts
    assert f"Wat hoort bij {WEST}?" in texts


def test_the_map_has_no_numbers_and_the_chosen_group_always_its_name(area, shares):
    long = "Regio West met een naam die nergens in past en nog langer wordt 7"
    plan = toy_plan(area)
    for name in (WEST, long):
        named = Plan(plan.level, plan.units, (name, plan.groups[1]), plan.labels)
        (_, short, _), *others = data_of(share_map_html(area, named, name, shares))["labels"]
        assert not short.isdigit()
        assert name.startswith(short.split(" …")[0])
        assert len(short) <= 30
        assert [(lines, number) for lines, number, _ in others] == [(["Regio Oost"], None)]


def test_the_chosen_group_comes_first_among_many_that_have_no_number_before_their_name(area):
    area = study_area(draw("AbCdEfGhIjKlMnOpQrStUvWxYzaBcD"), practices=practice_table([]))
    groups = {code: f"Groep {code[-2:]}" for code in area.units.index}
    plan = Plan.from_mapping(groups, area.units.index)
    chosen = plan.groups[-1]
    html = share_map_html(area, plan, chosen, pd.Series(dtype="float64"))
    first, *others = data_of(html)["labels"]
    assert first[1] == chosen
    assert {number for _, number, _ in others} == {None}
    assert not [lines for lines, _, _ in others if " ".join(lines)[0].isdigit()]


def test_a_fictional_area_says_so(shares):
    example = toy_area(is_example=True)
    assert "Fictief voorbeeldgebied" in Reader(
        share_map_html(example, toy_plan(example), WEST, shares)
    ).texts  # fmt: skip


def test_no_name_from_a_file_does_anything(area, shares):
    for name in NASTY:
        units = area.units.assign(naam=name, gemeentenaam=name)
        plan = toy_plan(area)
        nasty = Plan(plan.level, plan.units, (name, plan.groups[1]), plan.labels)
        html = share_map_html(replace(area, units=units), nasty, name, shares)
        usual = share_map_html(area, plan, WEST, shares)
        assert len(Reader(html).scripts) == len(Reader(usual).scripts)
        assert [tag for tag, _ in Reader(html).tags] == [tag for tag, _ in Reader(usual).tags]
        assert {unit["naam"] for unit in units_of(html).values()} == {name}
        assert "49" not in " ".join(Reader(html).texts)  # {{ 7 * 7 }} was not computed
