"""Nodes that fit in no group at all: around them everything is too small or too large."""

import numpy as np
from numba import njit
from numpy.typing import NDArray

from oi_geo.candidates.arrays import Ints, Longs

# Sets that are looked at per node at most; a node that is not decided by then is taken to fit.
MOST_TRIALS = 20_000
# And at all nodes together: far more than the whole country takes, and a second at most.
ALL_TRIALS = 1_000_000
OPEN, INSIDE, PASSED = 0, 1, 2


@njit(cache=True, nogil=True)
def most_around(ptr: Ints, nbr: Ints, pop: Longs, low: int, high: int) -> Longs:
    """Find for each node the most people, at most `high`, of a connected set with that node.

    A set grows by one neighbour at a time, first taking it and later passing it over, so that each
    is met once. The search ends as soon as `low` is reached.

    Parameters
    ----------
    ptr, nbr : ndarray of int32
        Neighbours of node i: `nbr[ptr[i]:ptr[i + 1]]`.
    pop : ndarray of int64, shape (n,)
        None above `high`.
    low, high : int

    Returns
    -------
    ndarray of int64, shape (n,)
        Below `low` for a node that is proven to fit in no group; else at least `low`.
    """
    n = len(pop)
    result = np.empty(n, np.int64)
    state = np.zeros(n, np.uint8)
    decided = np.empty(n, np.int32)
    left = ALL_TRIALS
    for start in range(n):
        most = min(MOST_TRIALS, left)
        result[start], trials = _most(start, ptr, nbr, pop, (low, high), most, (state, decided))
        left -= trials
    return result


def most_of_one(node: int, ptr: Ints, nbr: Ints, pop: Longs, low: int, high: int) -> int:
    """Find what `most_around` finds for one node; others may be above `high`."""
    state, decided = np.zeros(len(pop), np.uint8), np.empty(len(pop), np.int32)
    most, _ = _most(node, ptr, nbr, pop, (low, high), MOST_TRIALS, (state, decided))
    return int(most)


def least_around(ptr: Ints, nbr: Ints, pop: Longs, low: int, node: int, top: int) -> int:
    """Find the smallest maximum, at most `top`, at which a node fits in a group.

    At `top` it must fit. The answer is a lower bound where the search is cut short (`MOST_TRIALS`).
    """
    state, decided = np.zeros(len(pop), np.uint8), np.empty(len(pop), np.int32)

    def fits(high: int) -> bool:
        found, _ = _most(node, ptr, nbr, pop, (low, high), MOST_TRIALS, (state, decided))
        return bool(found >= low)

    under = low - 1
    while top - under > 1:
        middle = (under + top) // 2
        if fits(middle):
            top = middle
        else:
            under = middle
    return top


@njit(cache=True, nogil=True)
def _most(
    start: int,
    ptr: Ints,
    nbr: Ints,
    pop: Longs,
    band: tuple[int, int],
    most: int,
    work: tuple[NDArray[np.uint8], Ints],
) -> tuple[int, int]:
    """Search around one node in `most` trials; the states in `work` are OPEN before and after."""
    low, high = band
    state, decided = work
    state[start] = INSIDE
    decided[0] = start
    count, people, best, trials = 1, pop[start], pop[start], 0
    while best < low:
        trials += 1
        if trials > most:
            best = low
            break
        node = _addition(decided[:count], ptr, nbr, pop, high - people, state)
        if node >= 0:
            state[node] = INSIDE
            people += pop[node]
            decided[count] = node
            count += 1
            best = max(best, people)
            continue
        # Nothing can be added: pass over what was taken last, and open what was passed after it.
        while count > 1 and state[decided[count - 1]] == PASSED:
            count -= 1
            state[decided[count]] = OPEN
        if count == 1:
            break
        last = decided[count - 1]
        state[last] = PASSED
        people -= pop[last]
    for x in range(count):
        state[decided[x]] = OPEN
    return best, trials


@njit(cache=True, nogil=True)
def _addition(
    decided: Ints, ptr: Ints, nbr: Ints, pop: Longs, room: int, state: NDArray[np.uint8]
) -> int:
    """Find an open neighbour of the set that fits in the room that is left, the largest first."""
    found = -1
    for node in decided:
        if state[node] == INSIDE:
            for x in range(ptr[node], ptr[node + 1]):
                other = nbr[x]
                fits = state[other] == OPEN and pop[other] <= room
                if fits and (found < 0 or pop[other] > pop[found]):
                    found = other
    return found
