"""Uniform spanning trees of a piece of the graph: what search and sampling both stand on.

A piece is the nodes of one group or of two adjacent groups. It gets local node numbers 0, 1, … so
that the work depends on its own size only. All functions write into scratch that the caller makes
once (see `Piece`), and allocate nothing.

References
----------
Wilson, D. B. (1996). Generating random spanning trees more quickly than the cover time. STOC '96,
296-303.
"""

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from oi_geo.candidates.arrays import Ints, Longs
from oi_geo.candidates.rng import State, below


class Piece(NamedTuple):
    """Scratch for one piece of a graph of n nodes and m edges; made once by `piece`.

    Attributes
    ----------
    local : ndarray of int32, shape (n,)
        Local number of each node, -1 outside the piece; `release` makes it all -1 again.
    nodes : ndarray of int32, shape (n,)
        Node by local number.
    lptr, lnbr, leid : ndarray of int32, shapes (n + 1,), (2m,), (2m,)
        Neighbours inside the piece of local node i: `lnbr[lptr[i]:lptr[i + 1]]` (local numbers),
        by edges `leid[…]` (edge numbers of the whole graph).
    parent : ndarray of int32, shape (n,)
        Tree: local parent of each local node, -1 for the root.
    order : ndarray of int32, shape (n,)
        Local nodes, parents before children.
    sub : ndarray of int64, shape (n,)
        Population of each local node and everything below it.
    seen : ndarray of uint8, shape (n,)
        Scratch of `spanning_tree`.
    """

    local: Ints
    nodes: Ints
    lptr: Ints
    lnbr: Ints
    leid: Ints
    parent: Ints
    order: Ints
    sub: Longs
    seen: NDArray[np.uint8]


@njit(cache=True, nogil=True)
def piece(n: int, m: int) -> Piece:
    """Make scratch for pieces of a graph of n nodes and m edges."""
    return Piece(
        np.full(n, -1, np.int32),
        np.empty(n, np.int32),
        np.zeros(n + 1, np.int32),
        np.empty(2 * m, np.int32),
        np.empty(2 * m, np.int32),
        np.empty(n, np.int32),
        np.empty(n, np.int32),
        np.empty(n, np.int64),
        np.empty(n, np.uint8),
    )


@njit(cache=True, nogil=True)
def gather(
    start: int, label: Ints, a: int, b: int, ptr: Ints, nbr: Ints, eid: Ints, part: Piece
) -> int:
    """Collect the nodes labelled a or b that are connected with `start` through such nodes.

    Parameters
    ----------
    start : int
        A node labelled a or b.
    label : ndarray of int32, shape (n,)
        Group of each node.
    a, b : int
        The two groups; the same number twice for one group.
    ptr, nbr, eid : ndarray of int32
        The graph (see `Arrays`).
    part : Piece
        `local` (all -1 before), `nodes`, `lptr`, `lnbr` and `leid` are written.

    Returns
    -------
    int
        Number of nodes found, in breadth-first order from `start`.
    """
    local, nodes = part.local, part.nodes
    lptr, lnbr, leid = part.lptr, part.lnbr, part.leid
    local[start] = 0
    nodes[0] = start
    count, done, slot = 1, 0, 0
    while done < count:
        u = nodes[done]
        lptr[done] = slot
        for x in range(ptr[u], ptr[u + 1]):
            v = nbr[x]
            if label[v] == a or label[v] == b:
                if local[v] < 0:
                    local[v] = count
                    nodes[count] = v
                    count += 1
                lnbr[slot] = local[v]
                leid[slot] = eid[x]
                slot += 1
        done += 1
    lptr[count] = slot
    return count


@njit(cache=True, nogil=True)
def release(count: int, part: Piece) -> None:
    """Make `local` all -1 again after a piece of `count` nodes."""
    local, nodes = part.local, part.nodes
    for i in range(count):
        local[nodes[i]] = -1


@njit(cache=True, nogil=True)
def spanning_tree(count: int, root: int, part: Piece, rng: State) -> None:
    """Draw a uniform spanning tree of a connected piece by Wilson's loop-erased random walks.

    Every root gives the same distribution of the tree without its root; the root with the most
    neighbours is the quickest.

    Parameters
    ----------
    count : int
        Number of nodes of the piece.
    root : int
        Local node; draw it with `below` where the root itself has to be uniform.
    part : Piece
        `lptr` and `lnbr` are read; `parent` and `order` are written.
    rng : ndarray of uint64, shape (4,)
        Moved on.
    """
    lptr, lnbr, parent, order, seen = part.lptr, part.lnbr, part.parent, part.order, part.seen
    for i in range(count):
        seen[i] = 0
    seen[root] = 1
    parent[root] = -1
    order[0] = root
    done = 1
    for start in range(count):
        u = start
        while not seen[u]:
            first = lptr[u]
            v = lnbr[first + below(rng, lptr[u + 1] - first)]
            parent[u] = v
            u = v
        # The walk without its loops is the path by `parent`; it was found from its far end.
        u, end = start, done
        while not seen[u]:
            seen[u] = 1
            order[end] = u
            end += 1
            u = parent[u]
        i, j = done, end - 1
        while i < j:
            order[i], order[j] = order[j], order[i]
            i += 1
            j -= 1
        done = end


@njit(cache=True, nogil=True)
def subtree_population(count: int, pop: Longs, part: Piece) -> None:
    """Write into `part.sub` the population of each local node and everything below it.

    `pop` is by node of the whole graph; `nodes`, `parent` and `order` of the piece are read.
    """
    nodes, parent, order, sub = part.nodes, part.parent, part.order, part.sub
    for i in range(count):
        sub[i] = pop[nodes[i]]
    for x in range(count - 1, 0, -1):
        i = order[x]
        sub[parent[i]] += sub[i]
