"""A unit that a proposal puts in several groups is drawn as none of them, and says all of them."""

from dataclasses import replace

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from oi_geo.criteria.finding import Verdict
from oi_geo.maps.candidate_map import canvas_of, plan_svg
from oi_geo.maps.folium_map import area_map_html, toets_map_html
from oi_geo.maps.layers import cut_gemeenten
from oi_geo.maps.marks import group_marks
from oi_geo.maps.palette import SHARED_COLOUR, group_colours
from oi_geo.maps.themes import group_texts, group_theme
from oi_geo.plan import Plan
from tests.maps.conftest import finding, made_toets, toy_area, toy_plan
from tests.maps.reading import Reader, data_of, layers_of, legend_of, numbered_legend_of

WEST, EAST = "Regio West", "Regio Oost"
LAYER = "In meer dan een groep (gearceerd)"
SIGN = "gebied in meer dan een groep"
AREA = toy_area()


def shared_plan(**double: tuple[str, ...]) -> Plan:
    """The toy plan, with these units in several groups; a unit has the first group of the plan."""
    plan = toy_plan(AREA)
    labels = plan.labels.copy()
    for code, groups in double.items():
        labels[plan.units.get_loc(code)] = min(plan.groups.index(group) for group in groups)
    return replace(plan, labels=labels, double=double)


def map_of(plan: Plan) -> str:
    found = [finding(Verdict.VOLDOET_NIET, ("WK0001AA",))]
    return toets_map_html(made_toets(AREA, plan, found), title="x")


def class_of(html: str, code: str) -> tuple[str, str]:
    """The label and the colour that a unit has on the map."""
    theme = next(t for t in data_of(html)["themes"] if t["name"] == "groepen")
    number = theme["index"][list(AREA.units.index).index(code)]
    return legend_of(html, "groepen")[number], theme["colours"][number]


@pytest.mark.parametrize("groups", [(WEST, EAST), (EAST, WEST)])
def test_it_has_a_class_of_its_own_and_is_hatched_where_it_lies(groups):
    html = map_of(shared_plan(WK0001BB=groups))
    assert class_of(html, "WK0001BB") == ("in twee groepen", SHARED_COLOUR)
    assert class_of(html, "WK0001AA")[0] == WEST
    assert numbered_legend_of(html, "groepen") == [
        ("1", EAST), ("2", WEST), ("", "in twee groepen"), ("", "niet ingedeeld"),
    ]  # fmt: skip
    assert SHARED_COLOUR not in group_colours()
    [hatch] = layers_of(html)[LAYER]
    lines = shapely.from_geojson(str(hatch["geometry"]).replace("'", '"'))
    ground = AREA.units.to_crs(4326).geometry
    assert ground["WK0001BB"].buffer(1e-4).covers(lines)
    assert lines.length > 0
    assert SIGN in Reader(html).texts


def test_its_card_names_every_group():
    told = {
        f["properties"]["code"]: f["properties"]["groep"]
        for f in layers_of(map_of(shared_plan(WK0001BB=(WEST, EAST))))["eenheden"]
    }
    assert told["WK0001BB"] == f"{WEST} en {EAST} (in twee groepen)"
    assert told["WK0001AA"] == WEST
    assert told["WK0001FF"] == "niet ingedeeld"


def test_its_border_is_drawn_and_no_name_stands_on_it():
    """A and B are one group: between them is no border, unless B is in another one as well."""
    ground = AREA.units.to_crs(4326).geometry
    between = ground["WK0001AA"].boundary.intersection(ground["WK0001BB"].boundary)
    here = between.interpolate(0.5, normalized=True).buffer(1e-4)
    for double, drawn in (({}, False), ({"WK0001BB": (WEST, EAST)}, True)):
        html = map_of(shared_plan(**double))
        [lines] = layers_of(html)["Grenzen van de groepen"]
        found = shapely.from_geojson(str(lines["geometry"]).replace("'", '"'))
        assert found.intersects(here) is drawn
        places = [at for _, _, spots in data_of(html)["labels"] for at in spots]
        on_it = [ground["WK0001BB"].covers(shapely.Point(at[1], at[0])) for at in places]
        assert any(on_it) is not drawn


def test_without_such_units_nothing_tells_of_them():
    html = map_of(toy_plan(AREA))
    assert LAYER not in layers_of(html)
    assert "in twee groepen" not in html
    assert SIGN not in Reader(html).texts


def test_three_groups_and_a_group_of_shared_units_only():
    plan = shared_plan(WK0002CC=(WEST, EAST), WK0001AA=(WEST, EAST))
    three = replace(plan, groups=(*plan.groups, "Derde"), double={
        "WK0002CC": (WEST, EAST), "WK0001AA": (WEST, EAST, "Derde")})  # fmt: skip
    html = map_of(three)
    assert class_of(html, "WK0002CC")[0] == "in twee of meer groepen"
    assert group_texts(three)[list(AREA.units.index).index("WK0001AA")] == (
        f"{WEST}, {EAST} en Derde (in 3 groepen)"
    )
    # East and Derde have nothing of their own: their names stand on nobody's ground.
    assert [lines for lines, _, _ in data_of(html)["labels"]] == [["Regio West"]]


def test_a_gemeente_of_which_a_unit_is_shared_is_cut():
    assert cut_gemeenten(AREA, shared_plan(WK0002CC=(WEST, EAST))) == ["GM0001", "GM0002"]
    whole = replace(toy_plan(AREA), labels=np.array([0, 0, 0, 0, 1, 1], np.int32))
    assert cut_gemeenten(AREA, whole) == []
    code = AREA.units.index[AREA.units["gemeentecode"] == "GM0002"][0]
    assert cut_gemeenten(AREA, replace(whole, double={code: (WEST, EAST)})) == ["GM0002"]


def test_small_drawings_and_maps_without_a_test_show_it_too():
    plan = shared_plan(WK0001BB=(WEST, EAST))
    assert f'fill="{SHARED_COLOUR}"' in plan_svg(canvas_of(AREA), plan)
    html = area_map_html(AREA, plan=plan, colour_by="groepen")
    assert class_of(html, "WK0001BB") == ("in twee groepen", SHARED_COLOUR)


@settings(max_examples=60)
@given(
    st.lists(
        st.sets(st.sampled_from(["Aa", "Bb", "Cc"])),
        min_size=len(AREA.units), max_size=len(AREA.units),
    )
)  # fmt: skip
def test_the_class_of_a_unit_is_what_the_proposal_says(said):
    """Whatever stands in how many groups: one class each, and no group gets what is not its own."""
    names = sorted(set().union(*said))
    labels = [min(map(names.index, groups), default=-1) for groups in said]
    double = {
        code: tuple(sorted(groups))
        for code, groups in zip(AREA.units.index, said, strict=True)
        if len(groups) > 1
    }
    plan = Plan("regio", AREA.units.index, tuple(names), np.array(labels, np.int32), double=double)
    [marks] = group_marks(AREA, [plan])
    theme = group_theme(plan, marks)
    for groups, number, text in zip(said, theme.index, group_texts(plan), strict=True):
        label, colour = theme.labels[number], theme.colours[number]
        assert all(group in text for group in groups)
        match sorted(groups):
            case []:
                assert label == text == "niet ingedeeld"
            case [one]:
                assert (label, colour, text) == (one, marks.colour(one), one)
            case _:
                assert label.endswith("groepen")
                assert colour == SHARED_COLOUR


def test_units_in_the_same_groups_have_one_outline():
    """A and B stand in the same two groups: no border runs between them."""
    ground = AREA.units.to_crs(4326).geometry
    between = ground["WK0001AA"].boundary.intersection(ground["WK0001BB"].boundary)
    here = between.interpolate(0.5, normalized=True).buffer(1e-4)
    for other, drawn in (((WEST, EAST), False), ((EAST, "Derde"), True)):
        plan = shared_plan(WK0001AA=(WEST, EAST))
        plan = replace(
            plan, groups=(*plan.groups, "Derde"), double={**plan.double, "WK0001BB": other}
        )
        [lines] = layers_of(map_of(plan))["Grenzen van de groepen"]
        found = shapely.from_geojson(str(lines["geometry"]).replace("'", '"'))
        assert found.intersects(here) is drawn
