"""All connected sets of nodes whose population lies in a band, each exactly once.

The scheme is ESU (Wernicke 2006): a set grows from its smallest node, and a node that was passed
over stays out of everything that grows after it, so no set is met twice. Populations are never
negative, so a set above the band is never extended, and one that cannot reach the band any more is
left at once.

References
----------
Wernicke, S. (2006). Efficient detection of network motifs. IEEE/ACM Transactions on Computational
Biology and Bioinformatics 3(4), 347-359.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from oi_geo.candidates.clock import NO_LIMIT, Clock

Ints = NDArray[np.int32]
Longs = NDArray[np.int64]

# Work per set that is allowed on average before the enumeration gives up: sets below the band are
# visited as well, and there may be many more of those. Some 4 million are visited in a second.
STATES_PER_SET = 20
# How many of them are visited before the clock is looked at again.
STATES_PER_LOOK = 500_000


@dataclass(frozen=True, eq=False)
class Sets:
    """Sets of nodes, in the form of a sparse matrix by column.

    Attributes
    ----------
    ptr : ndarray of int64, shape (n_sets + 1,)
        Set i is `node[ptr[i]:ptr[i + 1]]`.
    node : ndarray of int32
        Members of each set, ascending.
    complete : bool
        False where the enumeration stopped at its limit or by the clock, so that these are not
        all sets.
    """

    ptr: Longs
    node: Ints
    complete: bool

    @property
    def count(self) -> int:
        """Number of sets."""
        return len(self.ptr) - 1

    @property
    def sizes(self) -> Longs:
        """Number of nodes of each set."""
        return np.diff(self.ptr)


def connected_sets(
    ptr: Ints,
    nbr: Ints,
    pop: Longs,
    low: int,
    high: int,
    *,
    limit: int = 2_000_000,
    clock: Clock = NO_LIMIT,
) -> Sets:
    """Enumerate the connected sets of nodes with a population from `low` to `high`, inclusive.

    Parameters
    ----------
    ptr, nbr : ndarray of int32, shapes (n + 1,), (2m,)
        Neighbours of node i: `nbr[ptr[i]:ptr[i + 1]]`.
    pop : ndarray of int64, shape (n,)
        Never negative; 0 is allowed.
    low, high : int
        The band, in people.
    limit : int
        Most sets that are returned; the work is bounded along with it (`STATES_PER_SET`).
    clock : Clock
        Looked at now and then; the sets so far are returned once it has run out.

    Returns
    -------
    Sets
        Ordered by smallest node; `complete` is False where the limit was reached or the time was
        over.

    Raises
    ------
    ValueError
        If a population is negative, which would make the pruning wrong.
    """
    if len(pop) and pop.min() < 0:
        raise ValueError("populations must not be negative")
    state = _begin(ptr, nbr, pop)
    starts, nodes = np.zeros(1024, np.int64), np.empty(8192, np.int32)
    most, until = STATES_PER_SET * limit, 0
    while state.place[ROOT] < len(pop) and state.place[STATES] == until < most:
        if until and clock.out:
            break
        until = min(until + STATES_PER_LOOK, most)
        starts, nodes = _enumerate(state, low, high, limit, until, starts, nodes)
    count = state.place[COUNT]
    complete = bool(state.place[ROOT] == len(pop))
    return Sets(starts[: count + 1].copy(), nodes[: starts[count]].copy(), complete)


def keep_sets(sets: Sets, mask: NDArray[np.bool_]) -> Sets:
    """Return the sets where `mask` (bool, shape (n_sets,)) is true, in the same order."""
    sizes = sets.sizes
    starts = np.zeros(int(mask.sum()) + 1, np.int64)
    np.cumsum(sizes[mask], out=starts[1:])
    return Sets(starts, sets.node[np.repeat(mask, sizes)], sets.complete)


def set_totals(sets: Sets, values: NDArray) -> NDArray:
    """Sum a value per node (shape (n,)) over the members of each set, in the type of `values`."""
    if sets.count == 0:
        return np.zeros(0, values.dtype)
    # No set is empty, so every reduceat segment is one set.
    return np.add.reduceat(values[sets.node], sets.ptr[:-1])


class _State(NamedTuple):
    """The graph, and how far the enumeration is.

    `front` holds the nodes seen so far in order of discovery. At depth d the set has d members,
    `at[d]` is the next node of `front` to try, `end[d]` where the nodes end that were seen when the
    depth was entered, and `total[d]` the people in the set. `place` holds the root, the depth, how
    many sets were visited, and how many of those lie in the band.
    """

    ptr: Ints
    nbr: Ints
    pop: Longs
    front: Ints
    members: Ints
    at: Longs
    end: Longs
    total: Longs
    seen: Ints
    visited: Longs
    queue: Ints
    place: Longs


ROOT, DEPTH, STATES, COUNT = 0, 1, 2, 3


def _begin(ptr: Ints, nbr: Ints, pop: Longs) -> _State:
    n = len(pop)
    whole = np.ascontiguousarray
    return _State(
        ptr=whole(ptr, np.int32),
        nbr=whole(nbr, np.int32),
        pop=whole(pop, np.int64),
        front=np.empty(n, np.int32),
        members=np.empty(n, np.int32),
        at=np.zeros(n + 1, np.int64),
        end=np.zeros(n + 1, np.int64),
        total=np.zeros(n + 1, np.int64),
        seen=np.zeros(n, np.int32),
        visited=np.zeros(n, np.int64),
        queue=np.empty(n, np.int32),
        place=np.array([-1, -1, 0, 0]),
    )


@njit(cache=True, nogil=True)
def _reaches(state: _State, depth: int, root: int, missing: int, stamp: int) -> bool:
    """Tell whether nodes that may still be added, from the frontier on, count `missing` people."""
    tail = 0
    for i in range(state.at[depth], state.end[depth]):
        state.visited[state.front[i]] = stamp
        state.queue[tail] = state.front[i]
        tail += 1
    head = 0
    while head < tail:
        node = state.queue[head]
        head += 1
        missing -= state.pop[node]
        if missing <= 0:
            return True
        for k in range(state.ptr[node], state.ptr[node + 1]):
            other = state.nbr[k]
            if other > root and not state.seen[other] and state.visited[other] != stamp:
                state.visited[other] = stamp
                state.queue[tail] = other
                tail += 1
    return False


@njit(cache=True, nogil=True)
def _deepened(state: _State, depth: int, node: int, root: int) -> int:
    """Add a node to the set: its neighbours that were not seen before join the frontier."""
    last = state.end[depth]
    for k in range(state.ptr[node], state.ptr[node + 1]):
        other = state.nbr[k]
        if other > root and not state.seen[other]:
            state.seen[other] = 1
            state.front[last] = other
            last += 1
    state.at[depth + 1], state.end[depth + 1] = state.at[depth], last
    state.total[depth + 1] = state.total[depth] + state.pop[node]
    return depth + 1


@njit(cache=True, nogil=True)
def _backed(state: _State, depth: int) -> int:
    """Take the last node out again, and forget what was seen because of it."""
    if depth > 0:
        for i in range(state.end[depth - 1], state.end[depth]):
            state.seen[state.front[i]] = 0
    return depth - 1


@njit(cache=True, nogil=True)
def _appended(
    starts: Longs, nodes: Ints, count: int, members: Ints, size: int
) -> tuple[Longs, Ints]:
    """Write a set, sorted, behind the last one; the buffers double when they are full."""
    begin = starts[count]
    end = begin + size
    if count + 2 > len(starts):
        more = np.empty(2 * len(starts), np.int64)
        more[: count + 1] = starts[: count + 1]
        starts = more
    if end > len(nodes):
        wider = np.empty(max(2 * len(nodes), end), np.int32)
        wider[:begin] = nodes[:begin]
        nodes = wider
    nodes[begin:end] = np.sort(members[:size])
    starts[count + 1] = end
    return starts, nodes


@njit(cache=True, nogil=True)
def _enumerate(
    state: _State, low: int, high: int, limit: int, until: int, starts: Longs, nodes: Ints
) -> tuple[Longs, Ints]:
    """Grow sets depth first from each root, by an explicit stack (the arrays of the state).

    Goes on where the last call ended, until so many sets are visited or `limit` are in the band.
    """
    root, depth, states, count = state.place
    while True:
        if depth < 0:
            if root >= 0:
                state.seen[root] = 0
            root += 1
            if root == len(state.pop):
                break
            state.front[0], state.seen[root] = root, 1
            state.at[0], state.end[0] = 0, 1
            depth = 0
        if state.at[depth] == state.end[depth]:
            depth = _backed(state, depth)
            continue
        node = state.front[state.at[depth]]
        people = state.total[depth] + state.pop[node]
        if people <= high and (states == until or (people >= low and count == limit)):
            break
        state.at[depth] += 1
        if people > high:
            continue
        states += 1
        state.members[depth] = node
        if people >= low:
            starts, nodes = _appended(starts, nodes, count, state.members, depth + 1)
            count += 1
        depth = _deepened(state, depth, node, root)
        if people < low and not _reaches(state, depth, root, low - people, states):
            state.at[depth] = state.end[depth]
    state.place[:] = root, depth, states, count
    return starts, nodes
