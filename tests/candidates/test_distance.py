"""The distance between plans against all permutations, and as a metric."""

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from oi_geo.candidates.distance import (
    choose_different,
    least_distance,
    partners,
    plan_distance,
)

NODES = 7
PLANS = hnp.arrays(np.int32, NODES, elements=st.integers(-1, 3))
WEIGHTS = hnp.arrays(np.int64, NODES, elements=st.integers(0, 9)).filter(lambda w: w.sum() > 0)


def by_hand(a: np.ndarray, b: np.ndarray, weight: np.ndarray) -> float:
    """Try every renaming of the four groups of `a`; -1 keeps its name."""
    best = min(weight[np.array([*names, -1])[a] != b].sum() for names in permutations(range(4)))
    return float(best / weight.sum())


@given(a=PLANS, b=PLANS, weight=WEIGHTS)
def test_distance_is_that_of_the_best_renaming(a, b, weight):
    assert plan_distance(a, b, weight) == pytest.approx(by_hand(a, b, weight), abs=1e-12)


@given(a=PLANS, b=PLANS, weight=WEIGHTS)
def test_partners_share_as_much_as_the_best_renaming(a, b, weight):
    pairs = partners(a, b, weight)
    shared = [weight[(a == mine) & (b == theirs)].sum() for mine, theirs in pairs.items()]
    assert len(set(pairs.values())) == len(pairs)
    assert all(shared)
    assert shared == sorted(shared, reverse=True)
    nowhere = weight[(a == -1) & (b == -1)].sum()
    assert (sum(shared) + nowhere) / weight.sum() == pytest.approx(1 - by_hand(a, b, weight))


@given(a=PLANS, b=PLANS, c=PLANS, weight=WEIGHTS)
def test_distance_is_a_metric_and_the_bound_is_below_it(a, b, c, weight):
    ab = plan_distance(a, b, weight)
    assert 0 <= ab <= 1
    assert ab == pytest.approx(plan_distance(b, a, weight), abs=1e-12)
    assert ab <= plan_distance(a, c, weight) + plan_distance(c, b, weight) + 1e-12
    assert plan_distance(a, a, weight) == 0
    assert least_distance(a, b, weight) <= ab + 1e-12


@given(a=PLANS, names=st.permutations(range(4)), weight=WEIGHTS)
def test_names_of_groups_do_not_matter(a, names, weight):
    renamed = np.array([*(7 * np.array(names) + 2), -1])[a]
    assert plan_distance(a, renamed, weight) == pytest.approx(0, abs=1e-12)


def test_moving_one_unit_counts_its_people():
    a, b = np.array([0, 0, 0, 1, 1]), np.array([1, 1, 0, 0, 0])
    assert plan_distance(a, b, np.array([10, 20, 5, 30, 35])) == pytest.approx(0.05)
    assert plan_distance(a, b, np.ones(5)) == pytest.approx(0.2)


def test_no_group_is_no_group_to_match():
    nothing, one = np.full(4, -1), np.zeros(4, int)
    assert plan_distance(nothing, one, np.ones(4)) == 1
    assert plan_distance(nothing, nothing, np.ones(4)) == 0
    assert least_distance(nothing, nothing, np.ones(4)) == 0
    # Two of four people keep having no group.
    assert plan_distance(np.array([-1, -1, 0, 0]), nothing, np.ones(4)) == pytest.approx(0.5)


def test_many_groups_of_different_number():
    # 117 groups of ten, and the same with the last three put together: twenty nodes move.
    a = np.repeat(np.arange(117), 10)
    b = np.minimum(a, 114)
    assert plan_distance(a, b, np.ones(1170)) == pytest.approx(20 / 1170)


@pytest.mark.parametrize("weight", [np.zeros(3), np.array([1, -1, 5]), np.array([1, np.nan, 1])])
def test_a_weight_that_says_nothing_is_refused(weight):
    with pytest.raises(ValueError, match="weight"):
        plan_distance(np.zeros(3, int), np.zeros(3, int), weight)


def test_plans_of_other_units_are_refused():
    with pytest.raises(ValueError, match="per node"):
        plan_distance(np.zeros(3, int), np.zeros(4, int), np.ones(3))


def test_choose_skips_what_is_too_much_like_a_better_plan():
    plans = [
        np.array(x, np.int32) for x in ([0, 0, 1, 1], [1, 1, 0, 0], [0, 1, 1, 1], [0, 1, 0, 1])
    ]
    # 1 is 0 under other names; 2 lies a quarter from 0, 3 a half.
    chosen = choose_different(plans, [2.0, 1.0, 3.0, 4.0], np.ones(4), count=3, minimum=0.25)
    assert chosen == [1, 2, 3]
    assert choose_different(plans, [2, 1, 3, 4], np.ones(4), count=3, minimum=0.5) == [1, 3]
    assert choose_different(plans, [2, 1, 3, 4], np.ones(4), count=1, minimum=0.0) == [1]


@settings(max_examples=50)
@given(plans=st.lists(PLANS, min_size=1, max_size=8), data=st.data())
def test_choice_is_greedy_and_apart(plans, data):
    scores = data.draw(st.lists(st.integers(0, 5), min_size=len(plans), max_size=len(plans)))
    weight = np.ones(NODES)
    chosen = choose_different(plans, scores, weight, count=8, minimum=0.3)
    assert scores[chosen[0]] == min(scores)
    assert [scores[i] for i in chosen] == sorted(scores[i] for i in chosen)
    for i in range(len(plans)):
        near = [j for j in chosen if by_hand(plans[i], plans[j], weight) < 0.3 - 1e-9]
        # Chosen plans are near to themselves only; all others to one that is at least as good.
        assert near == [i] if i in chosen else any(scores[j] <= scores[i] for j in near)
