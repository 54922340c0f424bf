"""Single steps of the Markov chain beside the definitions, worked out the long way."""

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oi_geo.candidates.arrays import Arrays
from oi_geo.candidates.rng import states
from oi_geo.candidates.sampler import STATISTICS, State, run, start_state
from oi_geo.candidates.sampler_step import cut_tree, join, old_populations, seam_weight, work
from oi_geo.candidates.trees import spanning_tree, subtree_population
from tests.candidates.chaincases import NO_LABELS, Case, problems
from tests.effort import tries


def statistics_twin(case: Case, arrays: Arrays, labels: np.ndarray, gemeente: list[int]):
    """Compute a row of statistics from the graph and the labels, by the definitions."""
    groups = [set(np.flatnonzero(labels == g).tolist()) for g in range(case.k)]
    cut = [(u, v) for u, v in case.graph.edges if labels[u] != labels[v]]
    metres = nx.get_edge_attributes(case.graph, "metres")
    shape = []
    for group in groups:
        inside = sum(metres[u, v] for u, v in case.graph.edges if {u, v} <= group)
        outline = sum(arrays.perimeter[i] for i in group) - 2 * inside
        shape.append(4 * np.pi * sum(arrays.area[i] for i in group) / outline**2)
    people = [sum(case.pop[i] for i in group) for group in groups]
    split = sum(
        len({labels[i] for i in range(len(labels)) if gemeente[i] == g}) > 1 for g in range(4)
    )
    mean = sum(people) / case.k
    return [
        len(cut), sum(metres[e] for e in cut) / 1000, np.mean(shape), split,
        min(people), max(people), np.mean([abs(p - mean) for p in people]),
    ]  # fmt: skip


@settings(max_examples=tries(120))
@given(problems(), st.integers(0, 10**6))
def test_each_step_leaves_a_valid_plan_with_right_statistics(problem, seed):
    case, arrays, labels, gemeente = problem
    state = start_state(arrays, labels, case.band, states(seed, 1)[0])
    steps = 60
    out = np.full((steps, len(STATISTICS)), np.nan)
    rows = np.full((steps, len(labels)), -1, np.int32)
    accepted = run(arrays, state, case.band, steps, 1, out, 1, rows)
    changed = int((np.diff(np.vstack([labels[None], rows]), axis=0) != 0).any(axis=1).sum())
    assert changed <= accepted <= steps
    for x, row in enumerate(rows):
        groups = [frozenset(np.flatnonzero(row == g).tolist()) for g in range(case.k)]
        assert all(group and nx.is_connected(case.graph.subgraph(group)) for group in groups)
        assert all(case.valid(group) for group in groups)
        assert out[x] == pytest.approx(statistics_twin(case, arrays, row, gemeente), abs=1e-9)
    assert (state.labels == rows[-1]).all()
    check_forest(case.graph, state)


def check_forest(graph: nx.Graph, state: State) -> None:
    """Check that the state is a spanning forest of its plan, and its lists are complete."""
    chained: list[int] = []
    for group, head in enumerate(state.head.tolist()):
        node = head
        while node >= 0:
            parent = int(state.parent[node])
            assert state.labels[node] == group
            assert parent < 0 or (parent in chained and graph.has_edge(node, parent))
            assert (parent < 0) == (node == head)
            assert parent < 0 or state.labels[parent] == group
            chained.append(node)
            node = int(state.follow[node])
    assert sorted(chained) == list(range(len(state.labels)))
    cut = state.cut[: state.counts[0]]
    assert (state.place[cut] == np.arange(len(cut))).all()
    edges = sorted((min(e), max(e)) for e in graph.edges)
    crossing = [x for x, (u, v) in enumerate(edges) if state.labels[u] != state.labels[v]]
    assert sorted(cut.tolist()) == crossing
    assert (state.place >= 0).sum() == len(cut)


def seam_weight_twin(case: Case, forest: nx.Graph, groups: list[frozenset[int]]) -> float:
    """Sum 1 / b over the edges between two groups, b counted edge by edge (`forest` is theirs)."""
    weight = 0.0
    for u, v in case.graph.edges:
        if (u in groups[0] and v in groups[1]) or (v in groups[0] and u in groups[1]):
            balanced = 0
            tree = nx.Graph([*forest.edges, (u, v)])
            assert nx.is_tree(tree)
            for edge in list(tree.edges):
                tree.remove_edge(*edge)
                sides = [case.people(frozenset(x)) for x in nx.connected_components(tree)]
                balanced += all(case.band[0] <= x <= case.band[1] for x in sides)
                tree.add_edge(*edge)
            weight += 1 / balanced
    return weight


@settings(max_examples=tries(100))
@given(problems(), st.integers(0, 10**6))
def test_both_ways_are_weighed_as_trees_counted_one_by_one(problem, seed):
    case, arrays, labels, _ = problem
    state = start_state(arrays, labels, case.band, states(seed, 1)[0])
    if state.counts[0] == 0:
        return
    run(arrays, state, case.band, 5, 0, np.zeros((0, 7)), 0, NO_LABELS)
    a, b = (state.labels[ends[state.cut[0]]] for ends in (arrays.left, arrays.right))
    w = work(len(labels), len(arrays.left), len(arrays.block_weight))
    people = (int(state.pop[a]), int(state.pop[b]))
    bounds = (
        max(case.band[0], sum(people) - case.band[1]),
        min(case.band[1], sum(people) - case.band[0]),
    )
    count, root = join(arrays, state, a, b, w)
    old_populations(count, arrays.pop, w)
    got = seam_weight(count, bounds, people, w.old_order, w.old_parent, w.old_side, w.old_seam, w)
    groups = [frozenset(np.flatnonzero(state.labels == x).tolist()) for x in (a, b)]
    union = groups[0] | groups[1]
    forest = nx.Graph([(i, int(state.parent[i])) for i in union if state.parent[i] >= 0])
    assert got == pytest.approx(seam_weight_twin(case, forest, groups))

    part, nodes = w.part, w.part.nodes
    spanning_tree(count, root, part, state.rng)
    subtree_population(count, arrays.pop, part)
    side_1 = cut_tree(count, bounds, w, state.rng)
    if side_1 > 0:
        people = (sum(people) - side_1, side_1)
        got = seam_weight(count, bounds, people, part.order, part.parent, w.side, w.seam, w)
        groups = [
            frozenset(int(nodes[i]) for i in range(count) if w.side[i] == side) for side in (0, 1)
        ]
        assert tuple(case.people(group) for group in groups) == people
        kept = [(i, part.parent[i]) for i in range(count) if part.parent[i] >= 0]
        forest = nx.Graph([(int(nodes[i]), int(nodes[j])) for i, j in kept])
        assert got == pytest.approx(seam_weight_twin(case, forest, groups))
