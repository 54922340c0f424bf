"""What hangs from one node only: it must join that node's group, and together they may be too many.

An island with one ferry is such a pendant. A pendant below the minimum can be no group by itself,
nor can a part of it, so that it lies in the group of the node that it hangs from.

References
----------
Tarjan, R. E. (1972). Depth-first search and linear graph algorithms. SIAM Journal on Computing
1(2), 146-160.
"""

import numpy as np
from numba import njit
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from oi_geo.candidates import obstacles as say
from oi_geo.candidates.arrays import Ints, Longs
from oi_geo.candidates.obstacles import Obstacle
from oi_geo.candidates.problem import Problem, build_problem


@njit(cache=True, nogil=True)
def forced_people(ptr: Ints, nbr: Ints, pop: Longs, low: int) -> Longs:
    """Count for each node the people who must be in one group with it, itself included.

    Those are the people of every part below `low` that hangs together with the rest only through
    the node: the cut nodes of the graph, by depth-first search (Tarjan 1972).

    Parameters
    ----------
    ptr, nbr : ndarray of int32
        Neighbours of node i: `nbr[ptr[i]:ptr[i + 1]]`.
    pop : ndarray of int64, shape (n,)
    low : int

    Returns
    -------
    ndarray of int64, shape (n,)
    """
    order, parent = _depth_first(ptr, nbr)
    n = len(pop)
    found, root = np.empty(n, np.int64), np.arange(n)
    for x in range(n):
        found[order[x]] = x
        if parent[order[x]] >= 0:
            root[order[x]] = root[parent[order[x]]]
    reach, below, apart, must = found.copy(), pop.copy(), np.zeros(n, np.int64), pop.copy()
    for x in range(n - 1, -1, -1):
        node, above = order[x], parent[order[x]]
        for y in range(ptr[node], ptr[node + 1]):
            reach[node] = min(reach[node], found[nbr[y]])
        if above < 0:
            continue
        reach[above] = min(reach[above], reach[node])
        below[above] += below[node]
        if reach[node] >= found[above]:
            apart[above] += below[node]
            must[above] += below[node] if below[node] < low else 0
    for node in range(n):
        rest = below[root[node]] - pop[node] - apart[node]
        must[node] += rest if rest < low else 0
    return must


@njit(cache=True, nogil=True)
def _depth_first(ptr: Ints, nbr: Ints) -> tuple[Ints, Ints]:
    """Return the nodes in the order of a depth-first search, and from which each was reached."""
    n = len(ptr) - 1
    order, parent = np.empty(n, np.int32), np.full(n, -1, np.int32)
    at, seen, count = ptr[:n].copy(), np.zeros(n, np.bool_), 0
    for root in range(n):
        node = np.int32(-1 if seen[root] else root)
        while node >= 0:
            if not seen[node]:
                seen[node] = True
                order[count] = node
                count += 1
            if at[node] == ptr[node + 1]:
                node = parent[node]
                continue
            other = nbr[at[node]]
            at[node] += 1
            if not seen[other]:
                parent[other] = node
                node = other
    return order, parent


def pendant_to_drop(
    ptr: Ints, nbr: Ints, pop: Longs, component: Ints, node: int, low: int, high: int
) -> tuple[Ints, int]:
    """Choose which pendant of an overfull node to do without: as few people as will do.

    Parameters
    ----------
    ptr, nbr, pop, low
        See `forced_people`.
    component : ndarray of int32, shape (n,)
        Connected part of each node.
    node : int
        A node with which more than `high` people must be in one group.

    Returns
    -------
    nodes : ndarray of int32
        Those of the smallest pendant that is enough; of the largest where none is.
    minimum : int
        The largest minimum with which one pendant can be a group by itself and that is enough; 0
        where none is.
    """
    n = len(pop)
    row = np.repeat(np.arange(n), np.diff(ptr))
    use = (row != node) & (nbr != node)
    ends = (np.ones(int(use.sum()), np.int8), (row[use], nbr[use]))
    _, part = connected_components(coo_array(ends, shape=(n, n)), directed=False)
    total = np.bincount(part, pop).astype(np.int64)
    beside = np.unique(
        part[np.flatnonzero((component == component[node]) & (np.arange(n) != node))]
    )
    small = beside[total[beside] < low]
    excess = pop[node] + total[small].sum() - high
    enough = small[total[small] >= excess]
    chosen = enough[np.argmin(total[enough])] if len(enough) else small[np.argmax(total[small])]
    nodes = np.flatnonzero(part == chosen).astype(np.int32)
    return nodes, int(total[enough].max(initial=0))


def overfull(problem: Problem) -> int | None:
    """Return a node whose group would be above the maximum with what hangs from it; None without.

    Where there is one, no plan exists.
    """
    arrays, wishes = problem.arrays, problem.wishes
    forced = forced_people(arrays.ptr, arrays.nbr, arrays.pop, wishes.low)
    full = np.flatnonzero(forced > wishes.high)
    return int(full[0]) if len(full) else None


def without_pendants(problem: Problem) -> tuple[Problem, list[Obstacle]]:
    """Leave out what hangs from overfull nodes until there are none, and say so of each."""
    found = []
    while problem.solvable and (full := overfull(problem)) is not None:
        arrays, area, wishes = problem.arrays, problem.area, problem.wishes
        drop, minimum = pendant_to_drop(
            arrays.ptr, arrays.nbr, arrays.pop, problem.component, full, wishes.low, wishes.high
        )
        forced = forced_people(arrays.ptr, arrays.nbr, arrays.pop, wishes.low)
        left, centre = (area.units.index[np.isin(problem.node, nodes)] for nodes in (drop, full))
        people = int(arrays.pop[drop].sum()), int(forced[full])
        found.append(say.overfull(area, wishes, list(left), list(centre), people, minimum))
        problem = build_problem(area, wishes, leave_out=problem.left_out | frozenset(left))
    return problem, found
