"""Who sits with one regio, counted node by node; doubtful border units; nearest plans."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from oi_geo.candidates.coassignment import CoAssignment, doubtful, nearest
from oi_geo.candidates.distance import plan_distance
from oi_geo.candidates.streams import StoredPlan
from tests.candidates.toy import plan_by_letters, toy

NODES = 6
PLANS = st.lists(hnp.arrays(np.int32, NODES, elements=st.integers(-1, 3)), min_size=1, max_size=6)
PEOPLE = hnp.arrays(np.int64, NODES, elements=st.integers(0, 9))


def count_pairs(plans, mask, people, u):
    """Go through all plans and all others of the regio, one by one."""
    others = [v for v in range(NODES) if mask[v] and v != u]
    rest = sum(people[v] for v in others)
    if rest == 0:
        return np.nan
    shares = [sum(people[v] for v in others if plan[v] == plan[u] >= 0) / rest for plan in plans]
    return sum(shares) / len(plans)


OWN = hnp.arrays(np.int32, NODES, elements=st.integers(-1, 2))


@given(plans=PLANS, people=PEOPLE, own=OWN)
def test_shares_as_counted_pair_by_pair(plans, people, own):
    together = CoAssignment(own, people)
    for plan in plans:
        together.add(plan)
    for regio in range(int(own.max(initial=-1)) + 1):
        expected = [count_pairs(plans, own == regio, people, u) for u in range(NODES)]
        found = together.result(regio)
        np.testing.assert_allclose(found, expected, atol=1e-12)
        known = found[~np.isnan(found)]
        assert ((known >= -1e-12) & (known <= 1 + 1e-12)).all()
    assert together.plans == len(plans)


def alone(mask: np.ndarray, people: np.ndarray) -> CoAssignment:
    """Count for one regio, number 0, that holds the nodes of the mask."""
    return CoAssignment(np.where(mask, 0, -1), people)


def test_without_plans_nothing_is_known():
    assert np.isnan(alone(np.array([True, False]), np.array([1, 1])).result(0)).all()


def test_a_unit_that_is_always_with_its_regio_and_one_that_never_is():
    # The regio is 0, 1, 2; node 3 is always with all of it, node 4 never, node 5 has no group.
    together = alone(np.arange(6) < 3, np.array([5, 0, 7, 1, 2, 3]))
    for name in (0, 3, 1):
        together.add(np.array([name, name, name, name, 2, -1], np.int32))
    np.testing.assert_array_equal(together.result(0), [1, 1, 1, 1, 0, 0])


def test_a_regio_of_one_inhabited_unit_has_no_rest():
    together = alone(np.array([True, True, False]), np.array([9, 0, 4]))
    together.add(np.array([0, 1, 0], np.int32))
    np.testing.assert_array_equal(together.result(0), [np.nan, 0, 1])


def test_doubtful_units_of_a_drawn_map():
    area = toy(
        """
        ABC
        DEF
        """
    )
    # The regio is A, B, D; the plans are the columns A D | B E | C F, A B D | C E F, and the rows.
    plans = [("AD", "BE", "CF"), ("ABD", "CEF"), ("ABC", "DEF")]
    own = plan_by_letters(area, "ABD").labels
    together = CoAssignment(own, area.units["inwoners"].to_numpy())
    for groups in plans:
        together.add(plan_by_letters(area, *groups).labels)
    share = dict(zip("ABCDEF", together.result(0), strict=True))
    # Who of the rest is there, plan by plan. A: D; B and D; B. B: none; A and D; A. C: none; none;
    # A and B. D: A; A and B; none. E: B; none; D. F: none; none; D.
    assert share == pytest.approx(
        {"A": 2 / 3, "B": 1 / 2, "C": 2 / 9, "D": 1 / 2, "E": 2 / 9, "F": 1 / 9}
    )
    names = [f"Wijk {letter}" for letter in "ABCDEF"]
    edges = area.graph.left, area.graph.right
    assert doubtful(together.result(0), own, 0, edges, names) == ()
    together.add(plan_by_letters(area, "A", "BCE", "DF").labels)
    # B: 3 / 8 of the rest, at the border; D likewise; A fell to 1 / 2 and touches no other unit.
    found = doubtful(together.result(0), own, 0, edges, names)
    assert [(doubt.knoop, doubt.aandeel) for doubt in found] == [(1, 0.375), (3, 0.375)]
    assert found[0].zin == (
        "Wijk B zit in deze groep; gemiddeld over de geldige plannen ligt 38 % van de mensen "
        "van de rest van deze groep erbij."
    )


def test_doubtful_units_of_a_row():
    # A row 0-1-2-3-4-5; the regio is 0, 1, 2. In three of four plans 2 sits with 3, in one 3 is in.
    mask = np.arange(6) < 3
    plans = [[0, 0, 1, 1, 1, 1]] * 3 + [[0, 0, 0, 0, 1, 1]]
    together = alone(mask, np.full(6, 10))
    for plan in plans:
        together.add(np.array(plan, np.int32))
    share = together.result(0)
    np.testing.assert_allclose(share, [0.625, 0.625, 0.25, 0.5, 0.25, 0.25])
    edges = np.arange(5, dtype=np.int32), np.arange(1, 6, dtype=np.int32)
    names = [f"Wijk {x}" for x in "ABCDEF"]
    (doubt,) = doubtful(share, np.where(mask, 0, 1), 0, edges, names)
    assert (doubt.knoop, doubt.plaats, doubt.aandeel) == (2, "binnen", 0.25)
    assert doubt.zin == (
        "Wijk C zit in deze groep; gemiddeld over de geldige plannen ligt 25 % van de mensen "
        "van de rest van deze groep erbij."
    )


def test_doubt_is_sorted_over_both_sides_and_only_at_the_border():
    own = np.array([0, 0, 0, 1, 1, 1])
    share = np.array([0.0, 0.4, 0.1, 0.8, 0.6, 1.0])
    edges = np.array([0, 1, 2, 1, 4]), np.array([1, 2, 3, 4, 5])
    found = doubtful(share, own, 0, edges, list("abcdef"))
    # 0 and 5 do not touch the border; 2 (0.9 against), 3 (0.8), then 1 and 4 (both 0.6).
    assert [doubt.knoop for doubt in found] == [2, 3, 1, 4]
    assert [doubt.plaats for doubt in found] == ["binnen", "buiten", "binnen", "buiten"]
    assert found[1].zin.startswith("d ligt buiten deze groep")
    assert "80 % van de mensen van deze groep" in found[1].zin
    assert len(doubtful(share, own, 0, edges, list("abcdef"), count=2)) == 2


def test_a_unit_without_a_group_and_one_that_stands_alone_are_not_called_outside():
    # 0 and 1 are the regio; 2 lies in no group, 3 is a group of its own, 4 and 5 are another regio.
    own = np.array([3, 3, -1, 0, 1, 1])
    edges = np.array([1, 1, 1]), np.array([2, 3, 4])
    found = doubtful(np.full(6, 0.9), own, 3, edges, list("abcdef"))
    assert {doubt.knoop: doubt.plaats for doubt in found} == {
        2: "niet ingedeeld", 3: "op zichzelf", 4: "buiten"
    }  # fmt: skip
    assert found[0].zin.startswith("c is in het voorstel niet ingedeeld; gemiddeld")
    assert found[1].zin.startswith("d staat in het voorstel op zichzelf; gemiddeld")


@settings(max_examples=60)
@given(plans=PLANS, own=hnp.arrays(np.int32, NODES, elements=st.integers(0, 3)))
def test_nearest_against_sorting_all(plans, own):
    people = np.arange(1, NODES + 1)
    stored = [StoredPlan(0, i, plan) for i, plan in enumerate(plans)]
    found = nearest(stored, own, people, count=3)
    distinct = []
    for plan in plans:
        if all(plan_distance(plan, other, people) > 0 for other in distinct):
            distinct.append(plan)
    expected = sorted(plan_distance(plan, own, people) for plan in distinct)[:3]
    assert [near.afstand for near in found] == pytest.approx(expected, abs=1e-12)
    for near in found:
        assert plan_distance(near.plan.labels, own, people) == near.afstand


def test_one_division_under_two_names_is_shown_once():
    labels = [[0, 0, 1, 1], [1, 1, 0, 0], [0, 1, 1, 1], [0, 1, 0, 1]]
    stored = [StoredPlan(2, 10 * i, np.array(x, np.int32)) for i, x in enumerate(labels)]
    found = nearest(stored, stored[0].labels, np.ones(4), count=2)
    assert [(near.plan.stap, near.afstand) for near in found] == [(0, 0.0), (20, 0.25)]
    assert found[0].plan.keten == 2
