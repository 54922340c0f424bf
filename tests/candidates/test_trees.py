"""Spanning trees: uniform, and of the right piece of the graph."""

from collections import Counter

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import chi2

from oi_geo.candidates.arrays import Arrays
from oi_geo.candidates.rng import State, below, states
from oi_geo.candidates.trees import Piece, gather, piece, release, spanning_tree, subtree_population
from tests.candidates.smallgraphs import arrays_of, grid, tree_count

# Probability that a right tree sampler fails any of the uniformity tests of this file.
ERROR_RATE = 1e-6
SHAPES = {
    "triangle": nx.cycle_graph(3),
    "diamond": nx.Graph([(0, 1), (1, 2), (2, 3), (3, 0), (0, 2)]),
    "complete 5": nx.complete_graph(5),
    "grid 3x3": grid(3, 3),
    "lollipop": nx.lollipop_graph(4, 3),
}


def gathered(arrays: Arrays, label: np.ndarray, start: int, a: int, b: int) -> tuple[int, Piece]:
    part = piece(len(arrays.pop), len(arrays.left))
    return gather(start, label, a, b, arrays.ptr, arrays.nbr, arrays.eid, part), part


def draw_tree(count: int, part: Piece, rng: State, root: int) -> frozenset[frozenset[int]]:
    spanning_tree(count, root, part, rng)
    return frozenset(
        frozenset((int(part.nodes[i]), int(part.nodes[part.parent[i]])))
        for i in range(count)
        if part.parent[i] >= 0
    )


def tree_frequencies(graph: nx.Graph, draws: int, seed: int) -> Counter[frozenset[frozenset[int]]]:
    arrays = arrays_of(graph)
    count, part = gathered(arrays, np.zeros(len(arrays.pop), np.int32), 0, 0, 0)
    [rng] = states(seed, 1)
    return Counter(draw_tree(count, part, rng, below(rng, count)) for _ in range(draws))


@pytest.mark.parametrize("name", SHAPES)
def test_every_spanning_tree_is_equally_likely(name):
    graph = SHAPES[name]
    trees = tree_count(graph, frozenset(graph.nodes))
    draws = 40 * trees
    seen = tree_frequencies(graph, draws, seed=20240901)
    assert all(nx.is_tree(nx.Graph([tuple(edge) for edge in tree])) for tree in seen)
    assert len(seen) <= trees
    expected = draws / trees
    statistic = sum((x - expected) ** 2 for x in seen.values()) / expected
    statistic += (trees - len(seen)) * expected
    assert statistic < chi2.isf(ERROR_RATE / len(SHAPES), max(trees - 1, 1))


def test_the_chi_square_rejects_trees_by_random_weights():
    # Minimum spanning trees of random weights are not uniform: the test above must see that.
    graph = SHAPES["diamond"]
    draws = 40 * 8 * 40
    rng = np.random.default_rng(1)
    seen: Counter[frozenset[frozenset[int]]] = Counter()
    for _ in range(draws):
        for u, v in graph.edges:
            graph.edges[u, v]["weight"] = rng.random()
        seen[frozenset(frozenset(e) for e in nx.minimum_spanning_edges(graph, data=False))] += 1
    expected = draws / 8
    assert sum((x - expected) ** 2 for x in seen.values()) / expected > chi2.isf(ERROR_RATE, 7)


@st.composite
def labelled_graphs(draw):
    n = draw(st.integers(2, 14))
    graph = nx.gnp_random_graph(n, draw(st.floats(0.1, 0.6)), seed=draw(st.integers(0, 999)))
    graph.add_edges_from((i, i + 1) for i in range(0, n - 1, draw(st.integers(1, 3))))
    label = np.array(draw(st.lists(st.integers(0, 2), min_size=n, max_size=n)), np.int32)
    return graph, label


@settings(max_examples=150)
@given(labelled_graphs(), st.integers(0, 2), st.integers(0, 10**6))
def test_the_piece_is_the_connected_part_of_both_groups(case, b, seed):
    graph, label = case
    arrays = arrays_of(graph, pop=[3 * i + 1 for i in range(len(label))])
    start, a = seed % len(label), int(label[seed % len(label)])
    count, part = gathered(arrays, label, start, a, b)
    wanted = graph.subgraph(i for i in graph.nodes if label[i] in (a, b))
    wanted = wanted.subgraph(nx.node_connected_component(wanted, start))
    nodes = part.nodes[:count].tolist()
    assert set(nodes) == set(wanted.nodes)
    assert [part.local[i] for i in nodes] == list(range(count))
    assert (part.local >= 0).sum() == count
    half = {
        (nodes[i], nodes[part.lnbr[x]], int(part.leid[x]))
        for i in range(count)
        for x in range(part.lptr[i], part.lptr[i + 1])
    }
    assert len(half) == part.lptr[count] == 2 * wanted.number_of_edges()
    assert all({arrays.left[e], arrays.right[e]} == {u, v} for u, v, e in half)

    tree = nx.Graph([tuple(e) for e in draw_tree(count, part, states(seed, 1)[0], seed % count)])
    tree.add_node(start)
    assert nx.is_tree(tree)
    assert set(tree.nodes) == set(nodes)
    assert all(wanted.has_edge(*e) for e in tree.edges)
    place = {int(i): x for x, i in enumerate(part.order[:count])}
    assert sorted(place) == list(range(count))
    assert all(place[part.parent[i]] < place[i] for i in place if part.parent[i] >= 0)

    subtree_population(count, arrays.pop, part)
    for i in range(count):
        if part.parent[i] >= 0:
            cut = tree.copy()
            cut.remove_edge(nodes[i], nodes[part.parent[i]])
            below_i = nx.node_connected_component(cut, nodes[i])
            assert part.sub[i] == sum(arrays.pop[list(below_i)])
        else:
            assert part.sub[i] == arrays.pop[nodes].sum()

    release(count, part)
    assert (part.local == -1).all()
