"""Maps, bands and rules for the Markov chain, drawn by hand or by Hypothesis."""

from dataclasses import dataclass, field
from functools import cache
from itertools import pairwise
from typing import Any

import networkx as nx
import numpy as np
from hypothesis import strategies as st

from oi_geo.candidates.arrays import Arrays
from tests.candidates.smallgraphs import Partition, arrays_of, grid, partitions, tree_count

NO_LABELS = np.zeros((0, 0), np.int32)


@dataclass(frozen=True)
class Case:
    """A graph, a band and rules, small enough to count all plans."""

    graph: nx.Graph
    k: int
    band: tuple[int, int]
    pop: list[int] | None = None
    rules: dict[str, Any] = field(default_factory=dict)
    draws: int = 1500

    def arrays(self) -> Arrays:
        return arrays_of(self.graph, self.pop, **self.rules)

    def people(self, group: frozenset[int]) -> int:
        return len(group) if self.pop is None else sum(self.pop[i] for i in group)

    def not_too_large(self, group: frozenset[int]) -> bool:
        return self.people(group) <= self.band[1]

    def valid(self, group: frozenset[int]) -> bool:
        colour = self.rules.get("colour")
        return (
            self.band[0] <= self.people(group) <= self.band[1]
            and (colour is None or len({colour[i] for i in group} - {-1}) <= 1)
            and not any({u, v} <= group for u, v in self.rules.get("apart", []))
            and all(b <= group or not b & group for b in self.rules.get("hard", []))
        )


def toy_map() -> nx.Graph:
    """Two islands of villages, joined by one bridge (3, 4), with borders of unequal length."""
    west = [(0, 1), (0, 2), (1, 2), (1, 3), (2, 3)]
    east = [(4, 5), (4, 6), (5, 6), (5, 7), (6, 7), (6, 8), (7, 8)]
    graph = nx.Graph([*west, *east])
    for x, edge in enumerate(graph.edges):
        graph.edges[edge]["metres"] = 100.0 * (x + 1)
    graph.add_edge(3, 4, metres=0.0)
    return graph


TOY_POP = [3, 1, 4, 1, 5, 2, 6, 2, 4]
RULES: dict[str, Any] = {
    "colour": [7, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, 3],
    "apart": [(2, 10)],
    "hard": [{4, 5}, {6, 10}],
}
CASES = {
    "2x3, two groups": Case(grid(2, 3), 2, (2, 4)),
    "3x3, two groups": Case(grid(3, 3), 2, (3, 6)),
    "3x3, three groups": Case(grid(3, 3), 3, (2, 4)),
    "3x4, three groups": Case(grid(3, 4), 3, (3, 5)),
    "3x4, four equal groups": Case(grid(3, 4), 4, (3, 3)),
    "4x4, two groups": Case(grid(4, 4), 2, (7, 9)),
    "4x4, four equal groups": Case(grid(4, 4), 4, (4, 4)),
    "5x5, five equal groups": Case(grid(5, 5), 5, (5, 5), draws=12_000),
    "toy map, two groups": Case(toy_map(), 2, (9, 19), TOY_POP),
    "toy map, three groups": Case(toy_map(), 3, (5, 13), TOY_POP),
    "rules, three groups": Case(grid(3, 4), 3, (2, 6), rules=RULES),
    "rules, four groups": Case(grid(3, 4), 4, (1, 5), rules=RULES),
}


@cache
def plans(name: str) -> tuple[list[Partition], np.ndarray]:
    """Return all valid plans of a case, and how often each has to come out."""
    case = CASES[name]
    found = list(partitions(case.graph, case.k, case.not_too_large, case.valid))
    weight = np.array([np.prod([tree_count(case.graph, g) for g in plan]) for plan in found])
    return found, weight / weight.sum()


def labels_of(plan: Partition) -> np.ndarray:
    labels = np.zeros(sum(map(len, plan)), np.int32)
    for number, group in enumerate(sorted(plan, key=min)):
        labels[list(group)] = number
    return labels


def keys(arrays: Arrays, labels: np.ndarray) -> np.ndarray:
    """Name each row of labels by its cut edges, which tell plans of connected groups apart."""
    cut = labels[:, arrays.left] != labels[:, arrays.right]
    return cut @ (np.int64(1) << np.arange(len(arrays.left), dtype=np.int64))


@st.composite
def problems(draw):
    """Draw a connected graph with people, gemeenten and rules, and a plan that keeps them."""
    n = draw(st.integers(4, 16))
    seed = draw(st.integers(0, 10**6))
    rng = np.random.default_rng(seed)
    graph = nx.gnp_random_graph(n, draw(st.floats(0.1, 0.5)), seed=seed)
    graph.add_edges_from(pairwise(rng.permutation(n).tolist()))
    for edge in graph.edges:
        graph.edges[edge]["metres"] = float(rng.integers(0, 1000))
    k = draw(st.integers(1, min(5, n)))
    tree = nx.random_spanning_tree(graph, seed=seed)
    cut = rng.choice(n - 1, k - 1, replace=False)
    tree.remove_edges_from([list(tree.edges)[x] for x in cut])
    labels = np.zeros(n, np.int32)
    for number, group in enumerate(nx.connected_components(tree)):
        labels[list(group)] = number
    pop = rng.integers(0, 9, n)
    people = np.bincount(labels, pop, minlength=k).astype(int)
    low = int(people.min()) - draw(st.integers(0, 4))
    high = int(people.max()) + draw(st.integers(0, 6))
    rules = {}
    if draw(st.booleans()):
        split = [(u, v) for u in range(n) for v in range(u) if labels[u] != labels[v]]
        rules = {
            "colour": [int(labels[i]) + 5 if rng.random() < 0.15 else -1 for i in range(n)],
            "apart": [pair for pair in split if rng.random() < 0.05],
            "hard": [
                {i for i in range(n) if labels[i] == g and rng.random() < 0.3} for g in {0, k - 1}
            ],
        }
    gemeente = rng.integers(0, 4, n).tolist()
    case = Case(graph, k, (low, high), pop.tolist(), rules)
    return case, arrays_of(graph, pop.tolist(), gemeente=gemeente, **rules), labels, gemeente
