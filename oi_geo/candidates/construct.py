"""A first plan: recursive bisection by spanning trees, with a way back out of dead ends.

A region that needs k groups is cut in two along an edge of a random spanning tree, where both
sides can still hold a whole number of groups within the band. Where no tree gives such an edge the
region is merged with a neighbouring one, now and then with more, and cut anew: bisection without
that fails on a map with large gemeenten, since a bad early cut cannot be mended lower down.
"""

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from oi_geo.candidates.arrays import Arrays, Ints
from oi_geo.candidates.rng import State, below
from oi_geo.candidates.trees import (
    Piece,
    gather,
    piece,
    release,
    spanning_tree,
    subtree_population,
)

TREES = 12
# One in so many times a region in a dead end takes one more neighbour than it has taken.
ONE_IN = 4
# Nodes that trees may be drawn over, per node of the map; far above what a map that can be divided
# takes, and a fraction of a second on the largest.
MOST_WORK = 4_000


class Regions(NamedTuple):
    """Regions on their way to becoming groups.

    Attributes
    ----------
    label : ndarray of int32, shape (n,)
        Region of each node.
    wanted, seed : ndarray of int32, shape (n_groups,)
        Groups that a region still has to become, and one of its nodes.
    queue : ndarray of int32, shape (n_groups,)
        Regions that have to be cut.
    number : ndarray of int32, shape (2,)
        How many regions there are, and how many wait in `queue`.
    """

    label: Ints
    wanted: Ints
    seed: Ints
    queue: Ints
    number: Ints


COUNT, WAITING = 0, 1


@njit(cache=True, nogil=True)
def _share(sub: int, total: int, k: int, low: int, high: int) -> int:
    """Return how many of k groups a side of `sub` people can hold, so that the rest fits too.

    Of the numbers that fit, the one nearest to its share of the people; 0 where none does.
    """
    rest = total - sub
    least = max(1, -(-sub // high), k - rest // low)
    most = min(k - 1, sub // low, k + (-rest // high))
    if least > most:
        return 0
    fair = int(np.rint(k * sub / total)) if total else least
    return min(max(fair, least), most)


@njit(cache=True, nogil=True)
def construct(
    arrays: Arrays, component: Ints, groups: Ints, low: int, high: int, rng: State
) -> Ints:
    """Divide every connected part into its number of groups within the band.

    Parameters
    ----------
    arrays : Arrays
    component : ndarray of int32, shape (n,)
        Connected part of each node.
    groups : ndarray of int32, shape (n_components,)
        Number of groups of each part.
    low, high : int
        The band, both inclusive.
    rng : ndarray of uint64, shape (4,)

    Returns
    -------
    ndarray of int32, shape (n,)
        Group of each node, contiguous; empty where no plan was found within the work allowed.
    """
    regions = _start(component, groups)
    work = piece(len(arrays.pop), len(arrays.left))
    side = np.zeros(len(arrays.pop), np.uint8)
    left = MOST_WORK * len(arrays.pop)
    while regions.number[WAITING] and left > 0:
        region = regions.queue[regions.number[WAITING] - 1]
        count = gather(
            regions.seed[region], regions.label, region, region,
            arrays.ptr, arrays.nbr, arrays.eid, work,
        )  # fmt: skip
        taken = _find_cut(count, regions.wanted[region], arrays, low, high, work, rng, side)
        left -= count if taken else TREES * count
        if taken:
            _divide(region, count, taken, work, side, regions)
            release(count, work)
            continue
        if not _widened(region, count, arrays, work, rng, regions):
            break
    return regions.label[:0] if regions.number[WAITING] else regions.label


@njit(cache=True, nogil=True)
def _start(component: Ints, groups: Ints) -> Regions:
    """Begin with the connected parts as regions."""
    most = groups.sum() + 1
    regions = Regions(
        component.copy(),
        np.zeros(most, np.int32),
        np.zeros(most, np.int32),
        np.empty(most, np.int32),
        np.zeros(2, np.int32),
    )
    for node in range(len(component)):
        regions.seed[component[node]] = node
    for region in range(len(groups)):
        regions.wanted[region] = groups[region]
        _wait(region, regions)
    regions.number[COUNT] = len(groups)
    return regions


@njit(cache=True, nogil=True)
def _wait(region: int, regions: Regions) -> None:
    """Put a region in the queue if it has to be cut."""
    if regions.wanted[region] > 1:
        regions.queue[regions.number[WAITING]] = region
        regions.number[WAITING] += 1


@njit(cache=True, nogil=True)
def _find_cut(
    count: int,
    wanted: int,
    arrays: Arrays,
    low: int,
    high: int,
    work: Piece,
    rng: State,
    side: NDArray[np.uint8],
) -> int:
    """Draw trees until one can be cut; mark one side and return its number of groups (0: none)."""
    for _ in range(TREES):
        spanning_tree(count, below(rng, count), work, rng)
        subtree_population(count, arrays.pop, work)
        total = work.sub[work.order[0]]
        found, root, taken = 0, -1, 0
        for x in range(1, count):
            i = work.order[x]
            k = _share(work.sub[i], total, wanted, low, high)
            if k:
                found += 1
                if below(rng, found) == 0:
                    root, taken = i, k
        if found:
            for x in range(count):
                i = work.order[x]
                above = side[work.parent[i]] if x else 0
                side[i] = 1 if i == root else above
            return taken
    return 0


@njit(cache=True, nogil=True)
def _divide(
    region: int, count: int, taken: int, work: Piece, side: NDArray[np.uint8], regions: Regions
) -> None:
    """Make the marked side a region of its own that becomes `taken` groups."""
    new = regions.number[COUNT]
    for i in range(count):
        part = new if side[i] else region
        regions.label[work.nodes[i]] = part
        regions.seed[part] = work.nodes[i]
    regions.wanted[new] = taken
    regions.wanted[region] -= taken
    regions.number[COUNT] += 1
    regions.number[WAITING] -= 1
    _wait(region, regions)
    _wait(new, regions)


@njit(cache=True, nogil=True)
def _widened(
    region: int, count: int, arrays: Arrays, work: Piece, rng: State, regions: Regions
) -> bool:
    """Merge a gathered region with a neighbour, in one of four cases with one more, and so on.

    One is often not enough: the same dead end would come back again and again. Tells whether
    there was any.
    """
    merged = False
    while True:
        other = _neighbour(count, work, arrays, regions.label, region, rng)
        release(count, work)
        if other < 0:
            return merged
        region, merged = _merge(region, other, regions), True
        if below(rng, ONE_IN):
            return True
        count = gather(
            regions.seed[region], regions.label, region, region,
            arrays.ptr, arrays.nbr, arrays.eid, work,
        )  # fmt: skip


@njit(cache=True, nogil=True)
def _neighbour(
    count: int, work: Piece, arrays: Arrays, label: Ints, region: int, rng: State
) -> int:
    """Draw one of the edges that leave a region and return the region behind it; -1 for none."""
    seen, found = 0, -1
    for i in range(count):
        node = work.nodes[i]
        for x in range(arrays.ptr[node], arrays.ptr[node + 1]):
            other = label[arrays.nbr[x]]
            if other != region:
                seen += 1
                if below(rng, seen) == 0:
                    found = other
    return found


@njit(cache=True, nogil=True)
def _merge(region: int, other: int, regions: Regions) -> int:
    """Merge two regions into the lower number, which is returned; the last gets the higher one."""
    kept, freed, last = min(region, other), max(region, other), regions.number[COUNT] - 1
    label, queue = regions.label, regions.queue
    regions.wanted[kept] = regions.wanted[region] + regions.wanted[other]
    for node in range(len(label)):
        if label[node] == freed:
            label[node] = kept
        elif label[node] == last:
            label[node] = freed
    regions.wanted[freed], regions.seed[freed] = regions.wanted[last], regions.seed[last]
    regions.number[COUNT] = last
    waiting = 0
    for x in range(regions.number[WAITING]):
        if queue[x] != region and queue[x] != other:
            queue[waiting] = freed if queue[x] == last else queue[x]
            waiting += 1
    regions.number[WAITING] = waiting
    _wait(kept, regions)
    return kept
