from itertools import combinations

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oi_geo.candidates import sets as module
from oi_geo.candidates.clock import Clock
from oi_geo.candidates.sets import connected_sets, keep_sets, set_totals
from oi_geo.contiguity import Link, build_contiguity
from tests.candidates.smallgraphs import arrays_of, grid
from tests.netherlands import netherlands

EVERYTHING = 10**9


@st.composite
def small_problems(draw):
    """Draw a graph of at most eight nodes, connected or not, with populations from nought."""
    n = draw(st.integers(1, 8))
    pairs = list(combinations(range(n), 2))
    edges = draw(st.lists(st.sampled_from(pairs), unique=True)) if pairs else []
    graph = nx.empty_graph(n)
    graph.add_edges_from(edges)
    pop = draw(st.lists(st.integers(0, 6), min_size=n, max_size=n))
    low = draw(st.integers(0, 12))
    return graph, pop, low, low + draw(st.integers(0, 10))


def found(graph, pop=None, low=1, high=EVERYTHING, **options):
    arrays = arrays_of(graph, pop)
    return connected_sets(arrays.ptr, arrays.nbr, arrays.pop, low, high, **options)


def members(sets):
    return [tuple(sets.node[a:b].tolist()) for a, b in zip(sets.ptr, sets.ptr[1:], strict=False)]


def by_brute_force(graph, pop, low, high):
    return {
        some
        for size in range(1, len(graph) + 1)
        for some in combinations(range(len(graph)), size)
        if low <= sum(pop[i] for i in some) <= high and nx.is_connected(graph.subgraph(some))
    }


@settings(max_examples=300)
@given(small_problems())
def test_every_connected_set_in_the_band_is_found_once(problem):
    graph, pop, low, high = problem
    sets = found(graph, pop, low, high)
    listed = members(sets)
    assert sets.complete
    assert len(set(listed)) == len(listed) == sets.count
    assert set(listed) == by_brute_force(graph, pop, low, high)


@pytest.mark.parametrize(
    ("graph", "count"),
    [
        (nx.path_graph(9), 9 * 10 // 2),
        (nx.cycle_graph(9), 9 * 8 + 1),
        (nx.complete_graph(9), 2**9 - 1),
        (nx.star_graph(9), 2**9 + 9),
        # OEIS A287151: connected induced subgraphs of the n x n grid.
        (grid(3, 3), 218),
        (grid(4, 4), 11_506),
        (grid(5, 5), 2_301_877),
    ],
)
def test_known_counts(graph, count):
    assert found(graph, limit=3_000_000).count == count


def test_the_limit_on_sets_is_said_and_kept():
    whole = found(grid(3, 3), limit=218)
    cut_short = found(grid(3, 3), limit=217)
    assert whole.complete
    assert not cut_short.complete
    assert members(cut_short) == members(whole)[:217]


@pytest.mark.parametrize("look", [1, 7, 218])
def test_looking_at_the_clock_changes_nothing(monkeypatch: pytest.MonkeyPatch, look):
    whole = members(found(grid(3, 3)))
    monkeypatch.setattr(module, "STATES_PER_LOOK", look)
    assert members(found(grid(3, 3))) == whole
    assert members(found(grid(3, 3), limit=100)) == whole[:100]


def test_what_was_found_in_time_is_said_not_to_be_all(monkeypatch: pytest.MonkeyPatch):
    whole = members(found(grid(3, 3)))
    monkeypatch.setattr(module, "STATES_PER_LOOK", 50)
    looks = iter([False, False, True])
    short = found(grid(3, 3), clock=Clock.of(60, lambda: next(looks)))
    assert not short.complete
    assert members(short) == whole[:150]
    assert found(grid(3, 3), clock=Clock.of(0)).count == len(members(short)) // 3


def test_the_work_is_bounded_where_no_set_is_in_the_band():
    """Pairs of people never make an odd number, so every set below the band is visited."""
    short = found(grid(4, 4), [2] * 16, 15, 15, limit=1)
    enough = found(grid(4, 4), [2] * 16, 15, 15, limit=1000)
    assert (short.count, short.complete) == (0, False)
    assert (enough.count, enough.complete) == (0, True)


def test_what_cannot_reach_the_band_is_left_at_once():
    """Only the whole grid is in the band: of 2.301.877 sets few are grown."""
    only = found(grid(5, 5), [1] * 25, 25, 25, limit=10)
    assert only.complete
    assert members(only) == [tuple(range(25))]


def test_a_negative_population_is_refused():
    with pytest.raises(ValueError, match="negative"):
        found(nx.path_graph(2), [1, -1])


def test_keeping_and_summing():
    sets = found(nx.path_graph(3), [1, 10, 100])
    assert members(sets) == [(0,), (0, 1), (0, 1, 2), (1,), (1, 2), (2,)]
    assert set_totals(sets, np.array([1, 10, 100])).tolist() == [1, 11, 111, 10, 110, 100]
    kept = keep_sets(sets, sets.sizes == 2)
    assert members(kept) == [(0, 1), (1, 2)]
    assert keep_sets(sets, sets.sizes > 9).count == 0
    assert set_totals(keep_sets(sets, sets.sizes > 9), np.ones(3)).shape == (0,)


@pytest.mark.real
def test_the_gemeenten_of_the_netherlands(shared_data):
    """A prototype, with links of its own, found 71.530 sets of 100.000 to 200.000."""
    gemeenten = netherlands(shared_data).gemeenten
    small = gemeenten[gemeenten["inwoners"] <= 200_000]
    ends = {
        "GM0448": "GM0400", "GM0096": "GM0072", "GM0093": "GM0072", "GM0060": "GM1970",
        "GM0088": "GM1970", "GM0715": "GM0654",
    }  # fmt: skip
    links = [Link(van, naar, "veer", "eiland") for van, naar in ends.items()]
    contiguity = build_contiguity(small).with_links(links)
    graph = nx.empty_graph(len(small))
    graph.add_edges_from(zip(contiguity.left.tolist(), contiguity.right.tolist(), strict=True))
    graph.add_edges_from(contiguity.link_positions().tolist())
    pop = small["inwoners"].astype(int).tolist()
    sets = found(graph, pop, 100_000, 200_000)
    listed = members(sets)
    totals = set_totals(sets, np.array(pop))
    assert len(small) == 337
    assert sets.complete
    assert sets.count == pytest.approx(71_530, rel=0.005)
    assert len(set(listed)) == sets.count
    assert totals.min() >= 100_000
    assert totals.max() <= 200_000
    assert all(nx.is_connected(graph.subgraph(some)) for some in listed[::70])
