"""The objective in compiled code: what one group costs, part by part.

Every part is a sum over groups, so that search, proof and report use the one function here: the
search prices the two groups it changes, the exact part prices each possible group once.
"""

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from oi_geo.candidates.arrays import HARD, Arrays, Floats, Ints, Price
from oi_geo.candidates.trees import Piece, gather, piece, release

PARTS = (
    "verboden", "snijlijn", "afwijking", "gemeenten", "gehelen", "stromen", "afstand", "wijziging",
)  # fmt: skip
(FORBIDDEN, BORDER, OFF_TARGET, GEMEENTEN, WHOLES, FLOW, DISTANCE, CHANGE) = range(len(PARTS))


class Marks(NamedTuple):
    """Scratch of `group_parts`: marks by block, colour and present group, zero between calls."""

    block: NDArray[np.uint8]
    colour: NDArray[np.uint8]
    today: Floats
    place: Ints


@njit(cache=True, nogil=True)
def marks(arrays: Arrays) -> Marks:
    """Make scratch for `group_parts`."""
    colours = 0
    for c in arrays.colour:
        colours = max(colours, c + 1)
    return Marks(
        np.zeros(len(arrays.block_weight), np.uint8),
        np.zeros(colours, np.uint8),
        np.zeros(arrays.n_today),
        np.empty(len(arrays.place_node), np.int32),
    )


@njit(cache=True, nogil=True)
def group_parts(
    arrays: Arrays,
    price: Price,
    work: Piece,
    mark: Marks,
    count: int,
    side: NDArray[np.uint8],
    value: int,
    out: Floats,
) -> float:
    """Price the group of the local nodes whose `side` is `value`.

    Parameters
    ----------
    arrays, price
        The problem.
    work : Piece
        Holds a gathered piece of `count` nodes that the group is part of.
    mark : Marks
        Scratch.
    count : int
    side : ndarray of uint8, shape (at least count,)
        Side of each local node.
    value : int
    out : ndarray of float64, shape (len(PARTS),)
        Written: the points of each part; the first counts breaches (see `HARD`).

    Returns
    -------
    float
        The energy: the parts together, each breach counting `HARD`.
    """
    out[:] = 0.0
    people, ends = 0, 0.0
    for i in range(count):
        if side[i] == value:
            people += arrays.pop[work.nodes[i]]
            ends += _open_border(arrays, work, i, side)
    out[BORDER] = price.border * ends / 2
    out[OFF_TARGET] = price.off_target * abs(people - price.target)
    if people < price.low:
        out[FORBIDDEN] += 1.0 + (price.low - people) / price.high
    elif people > price.high:
        out[FORBIDDEN] += 1.0 + (people - price.high) / price.high
    _blocks(arrays, work, mark, count, side, value, out)
    _locks(arrays, work, mark, count, side, value, out)
    if price.flow > 0:
        out[FLOW] = price.flow * _crossing(arrays, work, count, side, value) / 2
    if price.distance > 0:
        out[DISTANCE] = price.distance * _person_km(arrays, work, mark, count, side, value)
    if price.change > 0:
        out[CHANGE] = price.change * _moved(arrays, work, mark, count, side, value)
    energy = HARD * out[FORBIDDEN]
    for part in range(1, len(PARTS)):
        energy += out[part]
    return energy


@njit(cache=True, nogil=True)
def _open_border(arrays: Arrays, work: Piece, i: int, side: NDArray[np.uint8]) -> float:
    """Measure the border (m) of a local node with what is not in its own group."""
    metres = arrays.shared[work.nodes[i]]
    for x in range(work.lptr[i], work.lptr[i + 1]):
        if side[work.lnbr[x]] == side[i]:
            metres -= arrays.metres[work.leid[x]]
    return metres


@njit(cache=True, nogil=True)
def _blocks(
    arrays: Arrays,
    work: Piece,
    mark: Marks,
    count: int,
    side: NDArray[np.uint8],
    value: int,
    out: Floats,
) -> None:
    """Charge each block once that the group touches."""
    for clear in range(2):
        for i in range(count):
            if side[i] != value:
                continue
            node = work.nodes[i]
            for x in range(arrays.block_ptr[node], arrays.block_ptr[node + 1]):
                block = arrays.block_id[x]
                if clear:
                    mark.block[block] = 0
                elif not mark.block[block]:
                    mark.block[block] = 1
                    weight = arrays.block_weight[block]
                    if weight >= HARD:
                        out[FORBIDDEN] += 1.0
                    elif block < arrays.n_gemeenten:
                        out[GEMEENTEN] += weight
                    else:
                        out[WHOLES] += weight


@njit(cache=True, nogil=True)
def _locks(
    arrays: Arrays,
    work: Piece,
    mark: Marks,
    count: int,
    side: NDArray[np.uint8],
    value: int,
    out: Floats,
) -> None:
    """Count locked groups that share this group, and pairs that should be apart."""
    if len(mark.colour) == 0 and len(arrays.apart_nbr) == 0:
        return
    seen = 0
    for i in range(count):
        if side[i] != value:
            continue
        node = work.nodes[i]
        colour = arrays.colour[node]
        if colour >= 0 and not mark.colour[colour]:
            mark.colour[colour] = 1
            seen += 1
        for x in range(arrays.apart_ptr[node], arrays.apart_ptr[node + 1]):
            other = work.local[arrays.apart_nbr[x]]
            if other >= 0 and side[other] == value:
                out[FORBIDDEN] += 0.5
    mark.colour[:] = 0
    if seen > 1:
        out[FORBIDDEN] += seen - 1


@njit(cache=True, nogil=True)
def _crossing(
    arrays: Arrays, work: Piece, count: int, side: NDArray[np.uint8], value: int
) -> float:
    """Sum the patients between the group and all other groups."""
    total = 0.0
    for i in range(count):
        if side[i] == value:
            node = work.nodes[i]
            for x in range(arrays.flow_ptr[node], arrays.flow_ptr[node + 1]):
                other = work.local[arrays.flow_nbr[x]]
                if other < 0 or side[other] != value:
                    total += arrays.flow[x]
    return total


@njit(cache=True, nogil=True)
def _person_km(
    arrays: Arrays, work: Piece, mark: Marks, count: int, side: NDArray[np.uint8], value: int
) -> float:
    """Sum person-km to the nearest place of the group; without one, to the farthest of all."""
    n_places, here = len(arrays.place_node), 0
    for p in range(n_places):
        node = arrays.place_node[p]
        if node >= 0:
            local = work.local[node]
            if local >= 0 and side[local] == value:
                mark.place[here] = p
                here += 1
    total = 0.0
    for i in range(count):
        if side[i] != value:
            continue
        node = work.nodes[i]
        best = np.inf if here else 0.0
        if here:
            for x in range(here):
                best = min(best, arrays.nearness[node, mark.place[x]])
        else:
            for p in range(n_places):
                best = max(best, arrays.nearness[node, p])
        total += best
    return total


@njit(cache=True, nogil=True)
def _moved(
    arrays: Arrays, work: Piece, mark: Marks, count: int, side: NDArray[np.uint8], value: int
) -> float:
    """Count pairs of people of the group: all of them, less twice those together today.

    Summed over the groups, with the pairs of the present groups added, this is the number of pairs
    that are together in only one of the two divisions (Mirkin's distance).
    """
    total, together = 0.0, 0.0
    for clear in range(2):
        for i in range(count):
            if side[i] != value:
                continue
            node = work.nodes[i]
            for x in range(arrays.today_ptr[node], arrays.today_ptr[node + 1]):
                group = arrays.today_id[x]
                if clear:
                    mark.today[group] = 0.0
                else:
                    here = arrays.today_pop[x]
                    total += here
                    together += here * (2.0 * mark.today[group] + here)
                    mark.today[group] += here
    return total * total - 2.0 * together


@njit(cache=True, nogil=True)
def plan_parts(arrays: Arrays, price: Price, label: Ints, n_groups: int) -> Floats:
    """Price every group of a plan.

    Parameters
    ----------
    label : ndarray of int32, shape (n,)
        Group of each node, 0 to n_groups - 1, each group connected.

    Returns
    -------
    ndarray of float64, shape (n_groups, len(PARTS))
        Points of each part per group, breaches counted in the first. Of a group that hangs apart
        only the piece with its lowest node is priced, and the rest counts as one more breach.
    """
    n = len(arrays.pop)
    work, mark = piece(n, len(arrays.left)), marks(arrays)
    side = np.zeros(n, np.uint8)
    out = np.zeros((n_groups, len(PARTS)))
    size, found = np.zeros(n_groups, np.int64), np.zeros(n_groups, np.int64)
    for node in range(n):
        size[label[node]] += 1
    for node in range(n):
        group = label[node]
        if found[group]:
            continue
        found[group] = gather(node, label, group, group, arrays.ptr, arrays.nbr, arrays.eid, work)
        group_parts(arrays, price, work, mark, found[group], side, 0, out[group])
        release(found[group], work)
        if found[group] < size[group]:
            out[group, FORBIDDEN] += 1.0
    return out
