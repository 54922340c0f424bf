"""First plans: contiguous, within the band, and found where there are any."""

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oi_geo.candidates.construct import _share, construct
from oi_geo.candidates.problem import Problem, build_problem
from oi_geo.candidates.rng import states
from oi_geo.candidates.wishes import Wishes
from tests.candidates.smallgraphs import arrays_of, connected_sets, grid
from tests.candidates.toy import all_plans, node_graph, random_area, sets_of, toy

SEEDS = st.integers(0, 2**32 - 1)


def made(problem: Problem, seed: int, groups: np.ndarray | None = None) -> np.ndarray:
    wishes = problem.wishes
    return construct(
        problem.arrays,
        problem.component,
        problem.groups if groups is None else groups,
        wishes.low,
        wishes.high,
        states(seed, 1)[0],
    )


def check(graph: nx.Graph, people: np.ndarray, labels: np.ndarray, low: int, high: int) -> None:
    for group in sets_of(labels):
        assert nx.is_connected(graph.subgraph(group))
        assert low <= sum(int(people[i]) for i in group) <= high


@given(SEEDS)
@settings(max_examples=80)
def test_a_plan_is_contiguous_and_in_the_band(seed: int):
    rng = np.random.default_rng(seed)
    low = int(rng.integers(1, 60))
    band = Wishes("regio", low, low + int(rng.integers(0, 60)), gemeente="nee")
    problem = build_problem(random_area(rng), band)
    labels = made(problem, seed) if problem.solvable else []
    if len(labels):
        check(node_graph(problem), problem.arrays.pop, labels, band.low, band.high)
        assert len(sets_of(labels)) == problem.n_groups
        for part in range(len(problem.groups)):
            assert len(set(labels[problem.component == part])) == problem.groups[part]


@given(
    sub=st.integers(0, 60), rest=st.integers(0, 60), k=st.integers(2, 6),
    low=st.integers(1, 25), more=st.integers(0, 15),
)  # fmt: skip
@settings(max_examples=400)
def test_a_side_gets_a_number_of_groups_that_fits_both_sides(sub, rest, k, low, more):
    high = low + more
    fits = [
        x
        for x in range(1, k)
        if x * low <= sub <= x * high and (k - x) * low <= rest <= (k - x) * high
    ]
    found = _share(sub, sub + rest, k, low, high)
    if fits:
        fair = k * sub / (sub + rest)
        assert found in fits
        assert abs(found - fair) <= min(abs(x - fair) for x in fits) + 0.5
    else:
        assert found == 0


def test_a_band_of_one_number_is_kept_to_the_person():
    problem = build_problem(toy("ABCD\nEFGH"), Wishes("regio", 2000, 2000, gemeente="nee"))
    for seed in range(20):
        labels = made(problem, seed)
        assert np.bincount(labels, problem.arrays.pop).tolist() == [2000.0] * 4


@pytest.mark.parametrize(("low", "high"), [(2999, 3000), (3000, 3001), (3000, 3000)])
def test_a_group_of_exactly_a_limit_is_in_the_band(low, high):
    problem = build_problem(toy("ABC\nDEF"), Wishes("regio", low, high, gemeente="nee"))
    for seed in range(10):
        assert np.bincount(made(problem, seed), problem.arrays.pop).tolist() == [3000.0, 3000.0]


def naive(graph: nx.Graph, people: list[int], k: int, low: int, high: int, rng) -> bool:
    """Bisect by random cuts with the same test of both sides, and without a way back."""
    if k == 1:
        return True
    total = sum(people[i] for i in graph.nodes)
    options = []
    for group in connected_sets(graph, min(graph.nodes), frozenset(graph.nodes), lambda _: True):
        rest = frozenset(graph.nodes) - group
        if rest and nx.is_connected(graph.subgraph(rest)):
            share = _share(sum(people[i] for i in group), total, k, low, high)
            options += [(group, rest, share)] if share else []
    if not options:
        return False
    group, rest, share = options[rng.integers(len(options))]
    return naive(graph.subgraph(group), people, share, low, high, rng) and naive(
        graph.subgraph(rest), people, k - share, low, high, rng
    )


def test_the_way_back_saves_what_bisection_alone_loses():
    """A grid of 3 by 4 with large and small units in groups of nearly equal size."""
    graph, people = grid(3, 4), [4, 1, 3, 2, 5, 1, 4, 2, 1, 3, 5, 5]
    low, high, k = 8, 10, 4
    rng = np.random.default_rng(5)
    lost = sum(not naive(graph, people, k, low, high, rng) for _ in range(40))
    assert lost >= 10
    arrays = arrays_of(graph, people)
    whole, groups = np.zeros(12, np.int32), np.array([k], np.int32)
    for rng_state in states(5, 40):
        labels = construct(arrays, whole, groups, low, high, rng_state)
        assert len(labels)
        check(graph, arrays.pop, labels, low, high)


def test_no_plan_gives_nothing_and_ends():
    """A star whose centre can serve one arm only."""
    area = toy(".A.\nBCD\n.E.")
    problem = build_problem(area, Wishes("regio", 2000, 3000, gemeente="nee"))
    assert not list(all_plans(problem))
    assert len(made(problem, 0)) == 0


def test_the_same_numbers_give_the_same_plan():
    problem = build_problem(toy("ABCD\nEFGH\nIJKL"), Wishes("regio", 2000, 4000, gemeente="nee"))
    plans = [made(problem, seed) for seed in (3, 3, 4, 5, 6)]
    assert (plans[0] == plans[1]).all()
    assert len({sets_of(labels) for labels in plans}) > 1


def test_a_part_that_is_one_group_is_left_whole():
    problem = build_problem(toy("AB..CD"), Wishes("regio", 1000, 2000, gemeente="nee"))
    labels = made(problem, 0, np.array([1, 2], np.int32))
    assert sets_of(labels) == {frozenset({0, 1}), frozenset({2}), frozenset({3})}
