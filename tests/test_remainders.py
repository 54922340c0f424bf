"""Remainders outside all groups: small because of the plan, and enclosed."""

import math

import networkx as nx
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from oi_geo.contiguity import Link
from oi_geo.plan import Plan
from oi_geo.remainders import find_remainders
from oi_geo.study_area import study_area
from tests.conftest import draw, practice_table
from tests.netherlands import UNICUM, netherlands


def remainders(picture, group, *, minimum=1500, on="inwoners", practices=(), **changes):
    """Find what is left of a drawn map (1.000 inhabitants per letter) beside one group."""
    units = draw(picture).assign(**changes)
    area = study_area(units, practices=practice_table(list(practices)))
    letters = [c[-1].lower() if c.startswith("WK0002") else c[-1] for c in units.index]
    labels = np.array([0 if letter in group else -1 for letter in letters], np.int32)
    plan = Plan("regio", units.index, ("Regio",), labels)
    return find_remainders(area, plan, minimum=minimum, on=on)


def test_a_remainder_at_the_edge_and_one_inside():
    found = remainders("AAAAA\nABBBA\nABcBA\nABBBA\nAAAAA", "B")
    assert found.crs == "EPSG:28992"
    assert found.columns.tolist() == [
        *["eenheden", "inwoners", "inwoners_onbekend", "ion", "ion_onbekend", "te_klein"],
        *["te_klein_door_plan", "ingesloten", "gemeenten", "geometry"],
    ]
    assert found["eenheden"].tolist() == [("WK0001AA",), ("WK0002CC",)]
    assert found["gemeenten"].tolist() == [("GM0001",), ("GM0002",)]
    assert found["inwoners"].tolist() == [1000, 1000]
    assert found["ingesloten"].tolist() == [False, True]
    assert (found.area / 1e6).tolist() == pytest.approx([16, 1])


@pytest.mark.parametrize(
    ("picture", "enclosed"),
    [
        ("AAAA\nAB.A\nAAAA", True),  # B has the shore of a lake inside the group
        ("AAA\nAB.\nAAA", False),  # B lies on the coast
        ("BAA", False),  # B lies at the end
        ("A.B", False),  # an island has no neighbours at all
        (".A.\nCBD\n.E.", True),  # B's corners are open, its borders are not
        ("AAAAA\nA.B.A\nA...A\nAAAAA", True),  # a peninsula in a lake
        ("AAAAAA\nA....A\nA.CB.A\nA....A\nAAAAAA", True),  # half of an island in a lake
        ("AAAAA\nA...A\nA.B.A\nA...A\nAAAAA", False),  # an island in a lake has no neighbours
    ],
)
def test_enclosed_means_groups_around_it_and_no_outer_edge(picture, enclosed):
    found = remainders(picture, "ACDE")
    assert found["eenheden"].tolist() == [("WK0001BB",)]
    assert found["ingesloten"].tolist() == [enclosed]


@pytest.mark.parametrize(
    ("minimum", "small", "by_plan"),
    [
        (1000, [False, False], [False, False]),  # exactly the minimum is enough
        (1500, [True, True], [True, False]),  # C was an island of 1.000 already
        (2500, [True, True], [False, False]),  # A and B together were too small already
    ],
)
def test_too_small_because_of_the_plan(minimum, small, by_plan):
    found = remainders("AB.C", "A", minimum=minimum)
    assert found["eenheden"].tolist() == [("WK0001BB",), ("WK0001CC",)]
    assert found["te_klein"].tolist() == small
    assert found["te_klein_door_plan"].tolist() == by_plan


@pytest.mark.parametrize(
    ("inwoners", "minimum", "small", "by_plan"),
    [
        # A is the group, B and C are left.
        ([9000, 1000, np.nan], 900, False, False),  # what is known is enough
        ([9000, 1000, np.nan], 1500, None, None),  # C could lift it over the minimum
        ([np.nan, 500, 500], 1500, True, None),  # too small, but perhaps the whole map is too
        ([0, 500, np.nan], 1500, None, None),
        ([9000, 500, 500], 1500, True, True),
        ([200, 500, 500], 1500, True, False),
    ],
)
def test_unknown_inhabitants_leave_it_open(inwoners, minimum, small, by_plan):
    found = remainders("ABC", "A", minimum=minimum, inwoners=np.array(inwoners, float))
    assert found["te_klein"].tolist() == [small]
    assert found["te_klein_door_plan"].tolist() == [by_plan]
    assert found["inwoners_onbekend"].tolist() == [int(np.isnan(inwoners[1:]).sum())]


def test_the_minimum_can_count_ion():
    rows = [
        {"eenheid": "WK0001AA", "ion": 5000},
        {"eenheid": "WK0001BB", "ion": 800},
        {"eenheid": "WK0001BB", "ion": 900},
        {"eenheid": "WK0001BB", "ion": 70_000, "discipline": "apotheek"},
    ]
    found = remainders("AB", "A", minimum=2000, on="ion", practices=rows)
    assert found["ion"].tolist() == [1700]
    assert found["te_klein_door_plan"].tolist() == [True]
    rows[2]["ion"] = math.nan
    found = remainders("AB", "A", minimum=2000, on="ion", practices=rows)
    assert found["te_klein"].tolist() == [None]
    assert found["ion_onbekend"].tolist() == [1]


def test_without_any_practice_ion_is_unknown_and_not_zero():
    found = remainders("AB", "A", on="ion")
    assert found["te_klein"].tolist() == [None]
    assert found["te_klein_door_plan"].tolist() == [None]


def test_links_do_not_join_remainders():
    units = draw("ABC")
    area = study_area(units)
    bridge = Link("WK0001AA", "WK0001CC", "brug", "Over het dorp heen")
    area = study_area(units, graph=area.graph.with_links([bridge]))
    plan = Plan.from_mapping({"WK0001BB": "Regio"}, units.index)
    assert len(find_remainders(area, plan, minimum=1, on="inwoners")) == 2


def test_a_finished_plan_leaves_nothing_and_an_empty_one_everything():
    assert remainders("AB", "AB").empty
    found = remainders("AB.C", "", minimum=1500)
    assert found["eenheden"].tolist() == [("WK0001AA", "WK0001BB"), ("WK0001CC",)]
    assert found["te_klein"].tolist() == [False, True]
    assert found["te_klein_door_plan"].tolist() == [False, False]
    assert found["ingesloten"].tolist() == [False, False]


MAP = study_area(draw("ABCDE\nFGHIJ\nKL.NO\nPQRST\nabcde"))


@settings(max_examples=100)
@given(hnp.arrays(np.int32, len(MAP.units), elements=st.integers(-1, 1)))
def test_the_twin_on_networkx_and_filled_holes(labels):
    plan = Plan("regio", MAP.units.index, ("P", "Q"), labels)
    found = find_remainders(MAP, plan, minimum=2500, on="inwoners")
    graph = nx.Graph(list(zip(MAP.graph.left.tolist(), MAP.graph.right.tolist(), strict=True)))
    graph = graph.subgraph(np.flatnonzero(labels < 0).tolist())
    codes = MAP.units.index
    expected = {tuple(sorted(codes[list(part)])) for part in nx.connected_components(graph)}
    assert set(found["eenheden"]) == expected
    assert found["inwoners"].tolist() == [1000 * len(part) for part in found["eenheden"]]
    assert found["te_klein"].tolist() == [len(part) < 2.5 for part in found["eenheden"]]
    assert found["te_klein_door_plan"].tolist() == found["te_klein"].tolist()
    frame = shapely.box(*MAP.units.total_bounds).exterior
    for _, row in found.iterrows():
        assert row.geometry.equals(shapely.union_all(MAP.units.geometry[[*row["eenheden"]]]))
        touches_frame = shapely.intersection(row.geometry.boundary, frame).length > 0
        assert row["ingesloten"] == (not touches_frame)


@pytest.mark.real
def test_outside_unicum_is_the_mainland_and_no_wadden(shared_data):
    """The Netherlands have 7 components; UNICUM borders on one, the mainland."""
    area = netherlands(shared_data)
    inside = area.units["gemeentecode"].isin(UNICUM)
    plan = Plan.from_mapping(dict.fromkeys(area.units.index[inside], "UNICUM"), area.units.index)
    found = find_remainders(area, plan, minimum=100_000, on="inwoners")
    assert len(found) == 1
    islands = {"GM0448", "GM0096", "GM0093", "GM0060", "GM0088", "GM1714", "GM0715", "GM0677"}
    mainland = ~inside & ~area.units["gemeentecode"].isin(islands)
    assert set(found["eenheden"].iloc[0]) == set(area.units.index[mainland])
    assert found["inwoners"].iloc[0] == area.units["inwoners"][mainland].sum()
    assert found["te_klein"].tolist() == [False]
    # A group of all neighbours of one inland wijk cuts that wijk off.
    left, right = area.graph.left, area.graph.right
    middle = int(np.flatnonzero(~plan.labels.astype(bool) & (area.graph.outer_m < 1))[0])
    around = np.union1d(right[left == middle], left[right == middle])
    labels = np.full(len(plan.labels), -1, np.int32)
    labels[around] = 0
    ring = Plan("regio", area.units.index, ("Ring",), labels)
    found = find_remainders(area, ring, minimum=100_000, on="inwoners").set_index("eenheden")
    row = found.loc[[(area.units.index[middle],)]].iloc[0]
    assert row["te_klein_door_plan"] is True
    assert row["ingesloten"]
    assert row["inwoners"] == area.units["inwoners"].iloc[middle]
