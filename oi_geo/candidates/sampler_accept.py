"""An accepted step of the Markov chain: write the new trees, labels and measures in the state."""

import numpy as np
from numba import njit
from numpy.typing import NDArray

from oi_geo.candidates.arrays import Arrays
from oi_geo.candidates.sampler_state import CUT, SPLIT, State, roundness
from oi_geo.candidates.sampler_step import Seam, Work


@njit(cache=True, nogil=True, inline="always")
def accept(arrays: Arrays, state: State, a: int, b: int, count: int, side_1: int, w: Work) -> None:
    """Put the new trees in the state; most nodes keep their label."""
    side, old_side = w.side, w.old_side
    staying = 0
    for i in range(count):
        staying += 1 if side[i] == old_side[i] else 0
    zero, one = (a, b) if 2 * staying >= count else (b, a)
    total = state.pop[a] + state.pop[b]
    state.pop[zero], state.pop[one] = total - side_1, side_1
    _move_cut(state, w.old_seam, w.seam, w.side)
    _relabel(arrays, state, zero, one, count, w)
    _replant(state, zero, one, count, w)
    _measure(arrays, state, zero, one, count, w)


@njit(cache=True, nogil=True, inline="always")
def _move_cut(state: State, old: Seam, new: Seam, side: NDArray[np.uint8]) -> None:
    """Take the edges that are no longer cut from the list, and add the new ones."""
    cut, place = state.cut, state.place
    one, other, gone, added = old.one, old.other, old.edge, new.edge
    length = state.counts[CUT]
    for x in range(old.length[0]):
        if side[one[x]] == side[other[x]]:
            edge = gone[x]
            length -= 1
            last = cut[length]
            cut[place[edge]] = last
            place[last] = place[edge]
            place[edge] = -1
    for x in range(new.length[0]):
        edge = added[x]
        if place[edge] < 0:
            cut[length] = edge
            place[edge] = length
            length += 1
    state.counts[CUT] = length


@njit(cache=True, nogil=True, inline="always")
def _relabel(arrays: Arrays, state: State, zero: int, one: int, count: int, w: Work) -> None:
    """Give the nodes their new labels; keep count of the groups that each gemeente lies in."""
    nodes, side, labels = w.part.nodes, w.side, state.labels
    block_ptr, block_id, n_gemeenten = arrays.block_ptr, arrays.block_id, arrays.n_gemeenten
    here, spread = state.here, state.spread
    split = 0
    for i in range(count):
        node = nodes[i]
        old, new = labels[node], one if side[i] else zero
        if old == new:
            continue
        labels[node] = new
        for x in range(block_ptr[node], block_ptr[node + 1]):
            block = block_id[x]
            if block < n_gemeenten:
                before = spread[block]
                here[block, old] -= 1
                after = before - (1 if here[block, old] == 0 else 0)
                after += 1 if here[block, new] == 0 else 0
                here[block, new] += 1
                spread[block] = after
                split += (1 if after > 1 else 0) - (1 if before > 1 else 0)
    state.counts[SPLIT] += split


@njit(cache=True, nogil=True, inline="always")
def _replant(state: State, zero: int, one: int, count: int, w: Work) -> None:
    """Write the new trees and chain the nodes of each group in their order."""
    nodes, order, parent, side = w.part.nodes, w.part.order, w.part.parent, w.side
    parents, head, follow = state.parent, state.head, state.follow
    next_0, next_1 = -1, -1
    for x in range(count - 1, -1, -1):
        i = order[x]
        node = nodes[i]
        parents[node] = nodes[parent[i]] if parent[i] >= 0 else -1
        follow[node] = next_1 if side[i] else next_0
        next_0, next_1 = (next_0, node) if side[i] else (node, next_1)
    head[zero], head[one] = next_0, next_1


@njit(cache=True, nogil=True, inline="always")
def _measure(arrays: Arrays, state: State, zero: int, one: int, count: int, w: Work) -> None:
    """Measure the two new groups afresh, so that no rounding adds up over the steps."""
    lptr, lnbr, leid, nodes, side = w.part.lptr, w.part.lnbr, w.part.leid, w.part.nodes, w.side
    areas, perimeters, metres = arrays.area, arrays.perimeter, arrays.metres
    area_0, area_1, outline_0, outline_1, twice_0, twice_1 = 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
    for i in range(count):
        here, within = side[i], 0.0
        # Multiplying by 0 or 1 is quicker than a branch that cannot be foreseen.
        for x in range(lptr[i], lptr[i + 1]):
            within += metres[leid[x]] * (side[lnbr[x]] == here)
        area_1 += areas[nodes[i]] * here
        area_0 += areas[nodes[i]] * (1 - here)
        outline_1 += perimeters[nodes[i]] * here
        outline_0 += perimeters[nodes[i]] * (1 - here)
        twice_1 += within * here
        twice_0 += within * (1 - here)
    state.inside[zero], state.inside[one] = twice_0 / 2.0, twice_1 / 2.0
    state.roundness[zero] = roundness(area_0, outline_0 - twice_0)
    state.roundness[one] = roundness(area_1, outline_1 - twice_1)
