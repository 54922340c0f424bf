"""What hangs from one node only: counted against networkx, and proven against all plans."""

from itertools import combinations

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oi_geo.candidates import propose as module
from oi_geo.candidates.exact import solve_exact
from oi_geo.candidates.pendants import forced_people, overfull, pendant_to_drop, without_pendants
from oi_geo.candidates.problem import build_problem
from oi_geo.candidates.propose import propose
from oi_geo.candidates.rng import states
from oi_geo.candidates.starts import first_plan
from oi_geo.candidates.wishes import Wishes
from tests.candidates.smallgraphs import arrays_of, partitions
from tests.candidates.toy import code, codes, toy
from tests.netherlands import netherlands, with_register


@st.composite
def graphs(draw, most: int = 9):
    """Draw a graph, connected or not, with few edges so that much hangs from one node."""
    n = draw(st.integers(2, most))
    pairs = st.sampled_from(list(combinations(range(n), 2)))
    graph = nx.empty_graph(n)
    graph.add_edges_from(draw(st.lists(pairs, unique=True, min_size=1, max_size=n + 2)))
    pop = draw(st.lists(st.integers(0, 6), min_size=n, max_size=n))
    return graph, pop, draw(st.integers(1, 8))


def by_removal(graph: nx.Graph, pop: list[int], low: int, node: int) -> list[set[int]]:
    """List the parts below `low` that are left around a node when it is taken away."""
    rest = graph.subgraph(nx.node_connected_component(graph, node) - {node})
    return [part for part in nx.connected_components(rest) if sum(pop[i] for i in part) < low]


@settings(max_examples=300)
@given(graphs())
def test_forced_people_are_those_of_the_small_parts_around_a_node(drawn):
    graph, pop, low = drawn
    arrays = arrays_of(graph, pop)
    forced = forced_people(arrays.ptr, arrays.nbr, arrays.pop, low)
    for node in graph:
        around = [i for part in by_removal(graph, pop, low, node) for i in part]
        assert forced[node] == pop[node] + sum(pop[i] for i in around)


@settings(max_examples=150)
@given(graphs(most=7), st.integers(0, 6))
def test_where_more_is_forced_together_than_the_maximum_there_is_no_plan(drawn, wide):
    graph, pop, low = drawn
    high = low + wide
    arrays = arrays_of(graph, pop)
    if forced_people(arrays.ptr, arrays.nbr, arrays.pop, low).max() <= high:
        return

    def people(group: frozenset[int]) -> int:
        return sum(pop[i] for i in group)

    for k in range(1, len(graph) + 1):
        plans = partitions(
            graph, k, lambda g: people(g) <= high, lambda g: low <= people(g) <= high
        )
        assert next(plans, None) is None


@settings(max_examples=200)
@given(graphs(), st.integers(0, 4))
def test_the_smallest_pendant_that_is_enough_is_dropped(drawn, wide):
    graph, pop, low = drawn
    arrays, high = arrays_of(graph, pop), low + wide
    forced = forced_people(arrays.ptr, arrays.nbr, arrays.pop, low)
    component = np.zeros(len(graph), np.int32)
    for number, part in enumerate(nx.connected_components(graph)):
        component[list(part)] = number
    for node in np.flatnonzero((forced > high) & (arrays.pop <= high)):
        small = by_removal(graph, pop, low, int(node))
        nodes, minimum = pendant_to_drop(
            arrays.ptr, arrays.nbr, arrays.pop, component, int(node), low, high
        )
        drop = nodes.tolist()
        assert set(drop) in small
        sizes = [sum(pop[i] for i in part) for part in small]
        enough = [size for size in sizes if size >= forced[node] - high]
        assert sum(pop[i] for i in drop) == (min(enough) if enough else max(sizes))
        assert minimum == max(enough, default=0)


def test_two_islands_that_hang_from_one_harbour(monkeypatch: pytest.MonkeyPatch):
    """Harbour C of 1.500 with the islands V of 300 and T of 400: 2.200 do not fit in 2.000."""
    area = toy("C.V\nD..\nE.T", {"C": 1500, "V": 300, "T": 400}, links=("CV", "CT"))
    wishes = Wishes("wijk", 1000, 2000, gemeente="nee")
    whole = build_problem(area, wishes)
    assert overfull(whole) is not None
    problem, (obstacle,) = without_pendants(whole)
    assert obstacle.where == (code("V"),)
    assert "hangt alleen via Wijk C in Bovendam" in obstacle.reason
    assert "300 inwoners" in obstacle.reason
    assert "2.200" in obstacle.reason
    assert overfull(problem) is None
    # With a minimum of 400 island T can be a group, and V join the harbour.
    assert obstacle.relaxation == (
        "een maximum van 2.200 of meer, een minimum van 400 of minder, of een verbinding met een "
        "andere buur"
    )
    for low, high in ((1000, 2200), (400, 2000)):
        assert overfull(build_problem(area, Wishes("wijk", low, high, gemeente="nee"))) is None
    for low, high in ((1000, 2199), (401, 2000)):
        assert overfull(build_problem(area, Wishes("wijk", low, high, gemeente="nee"))) is not None
    # Where all groups can be enumerated the proof tells more; else the island is left out.
    (proven,) = propose(area, wishes).obstacles
    assert proven.relaxation == "een maximum van 2.200, of een minimum van 400"
    monkeypatch.setattr(module, "solve_exact", lambda *a, **k: solve_exact(*a, **{**k, "limit": 1}))
    result = propose(area, wishes)
    assert [o.reason for o in result.obstacles] == [obstacle.reason]
    plan = result.candidates[0].plan
    groups = {frozenset(plan.members(name)) for name in plan.groups}
    assert groups == {frozenset(codes("CT")), frozenset(codes("DE"))}


@pytest.mark.real
def test_vlieland_does_not_fit_beside_terschelling_in_the_group_of_harlingen(shared_data):
    """Harlingen 14.810, Terschelling 4.960 and Vlieland 1.195 make 20.965 (CBS 2022)."""
    area = with_register(netherlands(shared_data))
    problem = build_problem(area, Wishes("wijk", 10_000, 20_000, gemeente="nee"))
    rest, found = without_pendants(problem)
    named = {o.where: o.reason for o in found}
    assert "20.965" in named[("WK009600",)]
    assert first_plan(rest, states(0, 1)[0]) is not None
