"""One proposal of the Markov chain: join two groups, split them anew, and weigh both ways.

The formulas stand in `oi_geo.candidates.sampler`. All functions write into `Work`; nothing is
allocated. "Old" is the forest as it is, "new" the forest that is proposed.

The functions are inlined and name their arrays first: numba counts references for each array of a
tuple that is passed, which would make a step a third longer.
"""

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from oi_geo.candidates.arrays import Arrays, Floats, Ints, Longs
from oi_geo.candidates.rng import State as Rng
from oi_geo.candidates.rng import below
from oi_geo.candidates.sampler_state import State
from oi_geo.candidates.trees import Piece, piece


class Seam(NamedTuple):
    """Edges between two sides of a piece: local ends and edge numbers, the first `length[0]`."""

    one: Ints
    other: Ints
    edge: Ints
    length: Longs


class Work(NamedTuple):
    """Scratch of the chain; made once per run by `work`.

    Attributes
    ----------
    part : Piece
        The union of the two groups: first the nodes of one, then of the other, each in the order
        of its old tree; `parent`, `order` and `sub` are those of the new trees.
    old_parent, old_order : ndarray of int32
        The old trees, in local numbers.
    old_side, side : ndarray of uint8
        In which of the two groups each local node is.
    detour : ndarray of int32
        d(i) of the module docstring of `sampler`.
    balanced : ndarray of int32
        Local nodes whose edge to their parent is balanced.
    inverse : ndarray of float64, shape (n + 1,)
        1 / b.
    old_seam, seam : Seam
        Edges between the two groups.
    block_side : ndarray of int8, shape (n_blocks,)
        Side of each hard block of the piece, -1 for none.
    """

    part: Piece
    old_parent: Ints
    old_order: Ints
    old_side: NDArray[np.uint8]
    side: NDArray[np.uint8]
    detour: Ints
    balanced: Ints
    inverse: Floats
    old_seam: Seam
    seam: Seam
    block_side: NDArray[np.int8]


@njit(cache=True, nogil=True)
def _seam(m: int) -> Seam:
    return Seam(
        np.empty(m, np.int32), np.empty(m, np.int32), np.empty(m, np.int32), np.zeros(1, np.int64)
    )


@njit(cache=True, nogil=True)
def work(n: int, m: int, n_blocks: int) -> Work:
    """Make scratch for a graph of n nodes and m edges."""
    inverse = np.zeros(n + 1)
    for b in range(1, n + 1):
        inverse[b] = 1.0 / b
    return Work(
        piece(n, m),
        np.empty(n, np.int32),
        np.arange(n).astype(np.int32),
        np.empty(n, np.uint8),
        np.empty(n, np.uint8),
        np.empty(n, np.int32),
        np.empty(n, np.int32),
        inverse,
        _seam(m + 1),
        _seam(m + 1),
        np.full(n_blocks, -1, np.int8),
    )


@njit(cache=True, nogil=True, inline="always")
def join(arrays: Arrays, state: State, a: int, b: int, w: Work) -> tuple[int, int]:
    """Give local numbers to the nodes of groups a and b; write neighbours, old trees and old seam.

    Returns
    -------
    tuple of int
        Number of nodes, and the local node with the most neighbours.
    """
    local, nodes, old_parent, old_side = w.part.local, w.part.nodes, w.old_parent, w.old_side
    head, follow, parents = state.head, state.follow, state.parent
    count, first_b = 0, 0
    for turn in range(2):
        first_b = count
        node = head[b if turn else a]
        while node >= 0:
            local[node] = count
            nodes[count] = node
            parent = parents[node]
            old_parent[count] = local[parent] if parent >= 0 else -1
            old_side[count] = turn
            count += 1
            node = follow[node]
    return count, _link(arrays, first_b, count, w)


@njit(cache=True, nogil=True, inline="always")
def _link(arrays: Arrays, first_b: int, count: int, w: Work) -> int:
    """Write the neighbours inside the piece and the old seam; return the best connected node."""
    local, nodes = w.part.local, w.part.nodes
    lptr, lnbr, leid = w.part.lptr, w.part.lnbr, w.part.leid
    ptr, nbr, eid = arrays.ptr, arrays.nbr, arrays.eid
    one, other, edge = w.old_seam.one, w.old_seam.other, w.old_seam.edge
    slot, crossing, best, most = 0, 0, 0, 0
    for i in range(count):
        node = nodes[i]
        lptr[i] = slot
        first = slot
        for x in range(ptr[node], ptr[node + 1]):
            # What does not belong is overwritten: quicker than a branch that cannot be foreseen.
            j = local[nbr[x]]
            lnbr[slot], leid[slot] = j, eid[x]
            slot += j >= 0
            one[crossing], other[crossing], edge[crossing] = i, j, eid[x]
            crossing += (i < first_b) & (j >= first_b)
        if slot - first > most:
            best, most = i, slot - first
    lptr[count] = slot
    w.old_seam.length[0] = crossing
    return best


@njit(cache=True, nogil=True, inline="always")
def cut_tree(count: int, bounds: tuple[int, int], w: Work, rng: Rng) -> int:
    """Cut the tree of the piece at a balanced edge; return the people of the new side 1.

    `bounds` are the least and the most people that leave a valid remainder, and `part.sub` has to
    hold the populations below each node of the tree. Afterwards `part.parent` and `part.sub`
    are those of the two new trees, and `side` and `seam` are filled. 0 if no edge is balanced.
    """
    parent, order, sub = w.part.parent, w.part.order, w.part.sub
    balanced, side = w.balanced, w.side
    least, most = bounds
    found = 0
    for x in range(1, count):
        i = order[x]
        balanced[found] = i
        found += 1 if least <= sub[i] <= most else 0
    if found == 0:
        return 0
    root = balanced[below(rng, found)]
    people = sub[root]
    above = parent[root]
    parent[root] = -1
    while above >= 0:
        sub[above] -= people
        above = parent[above]
    for x in range(count):
        i = order[x]
        side[i] = side[parent[i]] if parent[i] >= 0 else i == root
    _find_seam(count, w)
    return people


@njit(cache=True, nogil=True, inline="always")
def _find_seam(count: int, w: Work) -> None:
    """Write the new seam."""
    lptr, lnbr, leid, side = w.part.lptr, w.part.lnbr, w.part.leid, w.side
    one, other, edge = w.seam.one, w.seam.other, w.seam.edge
    crossing = 0
    for i in range(count):
        if side[i]:
            for x in range(lptr[i], lptr[i + 1]):
                one[crossing], other[crossing], edge[crossing] = i, lnbr[x], leid[x]
                crossing += 1 - side[lnbr[x]]
    w.seam.length[0] = crossing


@njit(cache=True, nogil=True, inline="always")
def old_populations(count: int, pop: Longs, w: Work) -> None:
    """Write into `part.sub` the populations below each node of the old trees."""
    sub, nodes, parent = w.part.sub, w.part.nodes, w.old_parent
    for i in range(count):
        sub[i] = pop[nodes[i]]
    for i in range(count - 1, 0, -1):
        if parent[i] >= 0:
            sub[parent[i]] += sub[i]


@njit(cache=True, nogil=True, inline="always")
def seam_weight(
    count: int,
    bounds: tuple[int, int],
    people: tuple[int, int],
    order: Ints,
    parent: Ints,
    side: NDArray[np.uint8],
    seam: Seam,
    w: Work,
) -> float:
    """Return the sum over the seam edges e of 1 / b(T1 + e + T2).

    `bounds` are the least and the most people that leave a valid remainder, `people` those of
    sides 0 and 1, and `part.sub` belongs to the trees of `order` and `parent`.
    """
    least, most = bounds
    sub, detour, inverse = w.part.sub, w.detour, w.inverse
    steady = 1
    for x in range(count):
        i = order[x]
        if parent[i] < 0:
            detour[i] = 0
            continue
        below_i = sub[i]
        rest = (people[1] if side[i] else people[0]) - below_i
        there = 1 if least <= below_i <= most else 0
        back = 1 if least <= rest <= most else 0
        steady += there
        detour[i] = detour[parent[i]] + back - there
    one, other = seam.one, seam.other
    weight = 0.0
    for x in range(seam.length[0]):
        weight += inverse[steady + detour[one[x]] + detour[other[x]]]
    return weight
