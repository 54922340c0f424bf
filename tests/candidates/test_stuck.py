"""Nodes that fit in no group, against all connected sets of small random graphs."""

import itertools

import networkx as nx
import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from oi_geo.candidates.stuck import most_around


@st.composite
def graphs(draw: st.DrawFn) -> tuple[nx.Graph, list[int], int, int]:
    n = draw(st.integers(1, 8))
    pairs = list(itertools.combinations(range(n), 2))
    graph = nx.Graph(draw(st.lists(st.sampled_from(pairs), unique=True)) if pairs else [])
    graph.add_nodes_from(range(n))
    high = draw(st.integers(1, 20))
    people = draw(st.lists(st.integers(0, high), min_size=n, max_size=n))
    return graph, people, draw(st.integers(1, high)), high


def best(graph: nx.Graph, people: list[int], node: int, high: int) -> int:
    """Look at every set of nodes with this one that is connected and not above the maximum."""
    others = [i for i in graph if i != node]
    sets = (
        {node, *more} for k in range(len(others) + 1) for more in itertools.combinations(others, k)
    )
    return max(
        sum(people[i] for i in chosen)
        for chosen in sets
        if nx.is_connected(graph.subgraph(chosen)) and sum(people[i] for i in chosen) <= high
    )


@given(graphs())
@settings(max_examples=150)
def test_a_node_is_stuck_exactly_when_no_set_around_it_reaches_the_minimum(case):
    graph, people, low, high = case
    near = [sorted(graph[i]) for i in sorted(graph)]
    ptr = np.cumsum([0, *map(len, near)]).astype(np.int32)
    nbr = np.array([j for row in near for j in row], np.int32)
    found = most_around(ptr, nbr, np.array(people, np.int64), low, high)
    for node in sorted(graph):
        most = best(graph, people, node, high)
        assert (found[node] >= low) == (most >= low)
        if most < low:
            assert found[node] == most
