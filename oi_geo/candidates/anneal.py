"""Improvement in compiled code: recombination by spanning trees, boundary moves, and annealing.

A step takes two adjacent groups. Either their nodes are merged and cut anew along a random
spanning tree (ReCom: DeFord, Duchin & Solomon 2021), or one node at their border changes sides.
Energies decide by the Metropolis rule at a falling temperature. A breach of what must hold costs
far more than any gain, so that a plan that starts with breaches loses them, and one without keeps
free of them.
"""

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from oi_geo.candidates.arrays import HARD, Arrays, Floats, Ints, Longs, Price
from oi_geo.candidates.energy import PARTS, Marks, group_parts, marks, plan_parts
from oi_geo.candidates.rng import State, below, uniform
from oi_geo.candidates.trees import (
    Piece,
    gather,
    piece,
    release,
    spanning_tree,
    subtree_population,
)

# Share of the steps that move one node instead of recombining two groups.
MOVES = 0.5


class Walk(NamedTuple):
    """A search under way: the present plan, the best so far, and scratch.

    Attributes
    ----------
    label, best : ndarray of int32, shape (n,)
    energy : ndarray of float64, shape (n_groups,)
        Energy of each group of the present plan.
    total : ndarray of float64, shape (2,)
        Energy of the present plan and of the best.
    rng : ndarray of uint64, shape (4,)
    work, mark : scratch
    side, old : ndarray of uint8, shape (n,)
        New and present side of each local node.
    people : ndarray of int64, shape (2,)
        People on both sides of the proposal.
    parts : ndarray of float64, shape (len(PARTS),)
    """

    label: Ints
    best: Ints
    energy: Floats
    total: Floats
    rng: State
    work: Piece
    mark: Marks
    side: NDArray[np.uint8]
    old: NDArray[np.uint8]
    people: Longs
    parts: Floats


@njit(cache=True, nogil=True)
def start_walk(arrays: Arrays, price: Price, label: Ints, n_groups: int, rng: State) -> Walk:
    """Begin a search at a plan whose groups are contiguous."""
    n = len(arrays.pop)
    parts = plan_parts(arrays, price, label, n_groups)
    energy = HARD * parts[:, 0]
    for part in range(1, len(PARTS)):
        energy += parts[:, part]
    total = energy.sum()
    return Walk(
        label.copy(), label.copy(), energy, np.array([total, total]), rng.copy(),
        piece(n, len(arrays.left)), marks(arrays), np.zeros(n, np.uint8), np.zeros(n, np.uint8),
        np.zeros(2, np.int64), np.zeros(len(PARTS)),
    )  # fmt: skip


@njit(cache=True, nogil=True)
def anneal(arrays: Arrays, price: Price, walk: Walk, steps: int, warm: float, cool: float) -> int:
    """Take a number of steps while the temperature falls geometrically.

    Parameters
    ----------
    arrays, price
        The problem.
    walk : Walk
        Changed in place.
    steps : int
    warm, cool : float
        Temperature (points) at the first and the last step.

    Returns
    -------
    int
        Number of proposals that were accepted.
    """
    m = len(arrays.left)
    accepted = 0
    if m == 0:
        return 0
    factor = (cool / warm) ** (1.0 / max(steps, 1))
    temperature = warm
    for _ in range(steps):
        temperature *= factor
        edge = below(walk.rng, m)
        u, v = arrays.left[edge], arrays.right[edge]
        if walk.label[u] != walk.label[v]:
            accepted += _step(arrays, price, walk, u, v, temperature)
    return accepted


@njit(cache=True, nogil=True)
def _step(arrays: Arrays, price: Price, walk: Walk, u: int, v: int, temperature: float) -> int:
    """Propose a change of the two groups of u and v; return 1 where it was accepted."""
    a, b = walk.label[u], walk.label[v]
    count = gather(u, walk.label, a, b, arrays.ptr, arrays.nbr, arrays.eid, walk.work)
    for i in range(count):
        walk.old[i] = 1 if walk.label[walk.work.nodes[i]] == b else 0
    if uniform(walk.rng) < MOVES:
        found = _move(walk, count, u, v)
    else:
        found = _recombine(arrays, price, walk, count)
    taken = 0
    if found:
        side, parts = walk.side, walk.parts
        e_a = group_parts(arrays, price, walk.work, walk.mark, count, side, 0, parts)
        e_b = group_parts(arrays, price, walk.work, walk.mark, count, side, 1, parts)
        change = e_a + e_b - walk.energy[a] - walk.energy[b]
        if change <= 0 or uniform(walk.rng) < np.exp(-change / temperature):
            taken = 1
            for i in range(count):
                walk.label[walk.work.nodes[i]] = b if side[i] else a
            walk.energy[a], walk.energy[b] = e_a, e_b
            walk.total[0] += change
            if walk.total[0] < walk.total[1] - 1e-9:
                walk.total[1] = walk.total[0]
                walk.best[:] = walk.label
    release(count, walk.work)
    return taken


@njit(cache=True, nogil=True)
def _move(walk: Walk, count: int, u: int, v: int) -> bool:
    """Propose to move u or v over the border; False where its group would fall apart or vanish."""
    node = walk.work.local[u] if below(walk.rng, 2) else walk.work.local[v]
    home = walk.old[node]
    members, first = 0, -1
    for i in range(count):
        walk.side[i] = walk.old[i]
        if walk.old[i] == home and i != node:
            members += 1
            first = i
    if members == 0:
        return False
    walk.side[node] = 1 - home
    return _reached(walk, count, first, home) == members


@njit(cache=True, nogil=True)
def _reached(walk: Walk, count: int, first: int, value: int) -> int:
    """Count the local nodes on one side that are connected with `first`."""
    order, seen, work = walk.work.order, walk.work.seen, walk.work
    for i in range(count):
        seen[i] = 0
    seen[first], order[0] = 1, first
    found, done = 1, 0
    while done < found:
        i = order[done]
        done += 1
        for x in range(work.lptr[i], work.lptr[i + 1]):
            j = work.lnbr[x]
            if not seen[j] and walk.side[j] == value:
                seen[j] = 1
                order[found] = j
                found += 1
    return found


@njit(cache=True, nogil=True)
def _recombine(arrays: Arrays, price: Price, walk: Walk, count: int) -> bool:
    """Cut the merged groups along a random tree; where no edge keeps the band, along any edge."""
    work = walk.work
    spanning_tree(count, below(walk.rng, count), work, walk.rng)
    subtree_population(count, arrays.pop, work)
    total = work.sub[work.order[0]]
    found, root = 0, -1
    for x in range(1, count):
        i = work.order[x]
        part = work.sub[i]
        if price.low <= part <= price.high and price.low <= total - part <= price.high:
            found += 1
            if below(walk.rng, found) == 0:
                root = i
    if root < 0:
        root = work.order[1 + below(walk.rng, count - 1)]
    same = 0
    for x in range(count):
        i = work.order[x]
        above = walk.side[work.parent[i]] if x else 0
        walk.side[i] = 1 if i == root else above
        same += 1 if walk.side[i] == walk.old[i] else -1
    if same < 0:  # the larger part keeps its name
        for i in range(count):
            walk.side[i] = 1 - walk.side[i]
    return True
