"""Small graphs whose trees and plans can all be counted, by other means than the package's."""

from collections.abc import Callable, Iterator

import networkx as nx
import numpy as np

from oi_geo.candidates.arrays import Arrays

Partition = frozenset[frozenset[int]]


def arrays_of(
    graph: nx.Graph,
    pop: list[int] | None = None,
    *,
    gemeente: list[int] | None = None,
    hard: list[set[int]] | None = None,
    colour: list[int] | None = None,
    apart: list[tuple[int, int]] | None = None,
) -> Arrays:
    """Put a networkx graph on nodes 0..n-1 (edge attribute `metres`, 1 by default) in arrays.

    Node i has the area 1 + i / 10 and an outer border of 1 m besides its shared borders. `hard`
    are blocks that must stay whole; they come after the gemeenten.
    """
    n = graph.number_of_nodes()
    edges = sorted((min(e), max(e)) for e in graph.edges)
    metres = np.array([graph.edges[e].get("metres", 1.0) for e in edges], np.float64)
    left, right = np.array(edges, np.int32).reshape(-1, 2).T
    half = sorted(
        [(u, v, e) for e, (u, v) in enumerate(edges)]
        + [(v, u, e) for e, (u, v) in enumerate(edges)]
    )
    shared = np.bincount(np.r_[left, right], np.r_[metres, metres], minlength=n)
    n_gemeenten = max(gemeente) + 1 if gemeente else 0
    blocks = [[gemeente[i]] if gemeente else [] for i in range(n)]
    for number, block in enumerate(hard or []):
        for i in block:
            blocks[i].append(n_gemeenten + number)
    other: list[list[int]] = [[] for _ in range(n)]
    for u, v in apart or []:
        other[u].append(v)
        other[v].append(u)
    nothing = np.zeros(n + 1, np.int32)
    none = np.zeros(0, np.int32)
    block_ptr, block_id = _csr(blocks)
    apart_ptr, apart_nbr = _csr(other)
    return Arrays(
        pop=np.array(pop if pop is not None else [1] * n, np.int64),
        ptr=np.r_[0, np.cumsum([graph.degree[i] for i in range(n)])].astype(np.int32),
        nbr=np.array([v for _, v, _ in half], np.int32),
        eid=np.array([e for _, _, e in half], np.int32),
        left=np.ascontiguousarray(left),
        right=np.ascontiguousarray(right),
        metres=metres,
        shared=shared,
        area=1 + np.arange(n) / 10,
        perimeter=shared + 1,
        block_ptr=block_ptr,
        block_id=block_id,
        block_weight=np.array([1.0] * n_gemeenten + [1e6] * len(hard or []), np.float64),
        n_gemeenten=n_gemeenten,
        colour=np.array(colour if colour is not None else [-1] * n, np.int32),
        apart_ptr=apart_ptr,
        apart_nbr=apart_nbr,
        flow_ptr=nothing,
        flow_nbr=none,
        flow=np.zeros(0),
        nearness=np.zeros((n, 0), np.float32),
        place_node=none,
        today_ptr=nothing,
        today_id=none,
        today_pop=np.zeros(0),
        n_today=0,
    )


def _csr(rows: list[list[int]]) -> tuple[np.ndarray, np.ndarray]:
    ptr = np.r_[0, np.cumsum([len(row) for row in rows])].astype(np.int32)
    return ptr, np.array([x for row in rows for x in row], np.int32)


def grid(rows: int, columns: int) -> nx.Graph:
    """Draw a grid, its nodes numbered row by row."""
    return nx.convert_node_labels_to_integers(nx.grid_2d_graph(rows, columns), ordering="sorted")


def tree_count(graph: nx.Graph, nodes: frozenset[int]) -> int:
    """Count the spanning trees of the induced subgraph (matrix-tree theorem, Kirchhoff 1847)."""
    inside = sorted(nodes)
    laplacian = nx.laplacian_matrix(graph.subgraph(inside), nodelist=inside).toarray()
    return round(float(np.linalg.det(laplacian[1:, 1:].astype(float))))


def connected_sets(
    graph: nx.Graph, first: int, allowed: frozenset[int], may_hold: Callable[[frozenset[int]], bool]
) -> Iterator[frozenset[int]]:
    """Yield every connected set of allowed nodes that holds `first`, once each.

    A set that fails `may_hold` is left out, with all that contain it.
    """

    def grow(
        inside: frozenset[int], border: frozenset[int], barred: frozenset[int]
    ) -> Iterator[frozenset[int]]:
        if not may_hold(inside):
            return
        yield inside
        for v in sorted(border):
            barred |= {v}
            reach = (frozenset(graph[v]) & allowed) - barred - inside - border
            yield from grow(inside | {v}, (border - barred) | reach, barred)
            border -= {v}

    yield from grow(frozenset({first}), frozenset(graph[first]) & allowed, frozenset({first}))


def partitions(
    graph: nx.Graph,
    k: int,
    may_hold: Callable[[frozenset[int]], bool],
    valid: Callable[[frozenset[int]], bool],
) -> Iterator[Partition]:
    """Yield every division of the nodes in k connected groups that are all valid.

    A set that fails `may_hold` is part of no valid group.
    """

    def fill(rest: frozenset[int], left: int) -> Iterator[list[frozenset[int]]]:
        if not rest or left == 0:
            if not rest and left == 0:
                yield []
            return
        for group in connected_sets(graph, min(rest), rest, may_hold):
            if valid(group):
                for others in fill(rest - group, left - 1):
                    yield [group, *others]

    for groups in fill(frozenset(graph.nodes), k):
        yield frozenset(groups)
