import time

import networkx as nx
import numpy as np
import pytest

from oi_geo.candidates.bound import cut_bound
from tests.candidates.smallgraphs import arrays_of, grid, partitions


def weighted(graph, seed):
    """Draw many short borders and a few long ones, so that the cheapest groups hang apart."""
    rng = np.random.default_rng(seed)
    for edge in graph.edges:
        graph.edges[edge]["metres"] = float(np.ceil(rng.integers(1, 30) ** 3 / 100))
    return graph, rng.integers(1, 5, len(graph)).tolist()


def cut(graph, plan):
    where = {i: g for g, group in enumerate(plan) for i in group}
    return sum(m for a, b, m in graph.edges.data("metres") if where[a] != where[b])


def labels_of(plan, n):
    labels = np.empty(n, np.int32)
    for number, group in enumerate(plan):
        labels[list(group)] = number
    return labels


def bounded(graph, pop, band, groups, start, **options):
    arrays = arrays_of(graph, pop)
    metres = arrays.metres[arrays.eid]
    return cut_bound(
        arrays.ptr, arrays.nbr, metres, arrays.pop, *band, groups, start,
        **{"seconds": 60, "workers": 1} | options,
    )  # fmt: skip


def all_plans(graph, pop, band, groups):
    def people(group):
        return sum(pop[i] for i in group)

    plans = partitions(
        graph, groups, lambda g: people(g) <= band[1], lambda g: band[0] <= people(g) <= band[1]
    )
    return sorted(plans, key=lambda plan: cut(graph, plan))


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize(
    ("shape", "groups", "width"),
    [((3, 4), 3, 0.25), ((4, 4), 4, 0.25), ((2, 7), 2, 0.1), ((2, 7), 3, 0.2), ((4, 4), 2, 0.1)],
)
def test_the_bound_is_the_best_of_all_plans(seed, shape, groups, width):
    graph, pop = weighted(grid(*shape), seed)
    average = sum(pop) / groups
    band = (int(average * (1 - width)), int(average * (1 + width)) + 1)
    plans = all_plans(graph, pop, band, groups)
    assert plans, "an empty test proves nothing"
    best, worst = cut(graph, plans[0]), cut(graph, plans[-1])
    found = bounded(graph, pop, band, groups, labels_of(plans[-1], len(graph)))
    assert found.optimal
    assert found.bound_m == best
    if found.labels is None:
        assert best == worst
    else:
        plan = {frozenset(np.flatnonzero(found.labels == g).tolist()) for g in range(groups)}
        assert plan in [set(p) for p in plans]
        assert cut(graph, plan) == best


def path_of_eight():
    """Draw a path whose cheapest plan of two groups, apart from contiguity, hangs apart."""
    graph = nx.path_graph(8)
    for a, b in graph.edges:
        graph.edges[a, b]["metres"] = {1: 1.0, 3: 100.0, 5: 1.0}.get(a, 50.0)
    return graph


def test_contiguity_is_added_where_a_solution_breaks_it():
    start = np.repeat([0, 1], 4).astype(np.int32)
    found = bounded(path_of_eight(), [1] * 8, (4, 4), 2, start)
    assert found.optimal
    assert found.labels is None
    assert found.bound_m == 100


def test_a_link_connects_but_costs_nothing():
    graph = path_of_eight()
    graph.add_edge(1, 6, metres=0.0)
    start = np.repeat([0, 1], 4).astype(np.int32)
    found = bounded(graph, [1] * 8, (4, 4), 2, start)
    assert found.bound_m == 2
    assert found.labels is not None
    assert len(set(found.labels[[0, 1, 6, 7]])) == 1


def test_the_bound_holds_when_the_time_is_over():
    graph, pop = weighted(grid(4, 4), 1)
    plans = all_plans(graph, pop, (7, 14), 4)
    start = labels_of(plans[-1], 16)
    nothing = bounded(graph, pop, (7, 14), 4, start, seconds=0)
    assert (nothing.bound_m, nothing.labels, nothing.optimal) == (0, None, False)
    for seconds in (0.01, 0.03, 0.1):
        some = bounded(graph, pop, (7, 14), 4, start, seconds=seconds)
        assert some.bound_m <= cut(graph, plans[0])


def test_the_bound_stops_when_it_should():
    graph, pop = weighted(grid(12, 12), 3)
    start = np.repeat(np.arange(6, dtype=np.int32), 24)
    band = (min(sum(pop[i] for i in range(g * 24, g * 24 + 24)) for g in range(6)), sum(pop))
    began = time.process_time()
    found = bounded(graph, pop, band, 6, start, stop=lambda: time.process_time() - began > 1)
    assert not found.optimal
    assert time.process_time() - began < 20


@pytest.mark.parametrize(
    "start",
    [
        [0, 1, 0, 1, 0, 1, 0, 1],  # not contiguous
        [0, 0, 0, 1, 1, 1, 1, 1],  # not in the band
        [0, 0, 0, 0, 0, 0, 0, 0],  # one group
        [1, 1, 1, 1, 2, 2, 2, 2],  # not numbered from 0
    ],
)
def test_a_start_that_is_no_plan_is_refused(start):
    with pytest.raises(ValueError, match="start"):
        bounded(path_of_eight(), [1] * 8, (4, 4), 2, np.array(start, np.int32))
