"""The proven optimum, or the proof that no plan exists: all possible groups, and a choice of them.

At the level of gemeenten the band leaves a limited number of connected groups. All of them are
enumerated (`sets`), each is priced by the objective of the search (`energy`), and the cheapest
choice that covers every node once is the best plan there is (`partition`).
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numba import njit
from numpy.typing import NDArray

from oi_geo.candidates.arrays import HARD, Arrays, Floats, Ints, Longs, Price
from oi_geo.candidates.bound import cut_bound
from oi_geo.candidates.clock import Clock
from oi_geo.candidates.energy import FORBIDDEN, PARTS, group_parts, marks
from oi_geo.candidates.partition import choose
from oi_geo.candidates.problem import Problem
from oi_geo.candidates.sets import Sets, connected_sets, keep_sets, set_totals
from oi_geo.candidates.starts import Found
from oi_geo.candidates.trees import gather, piece, release

# More sets than this need more memory and time than a planner has; the search answers instead.
MOST_SETS = 1_000_000
# How many are priced before the clock is looked at again.
PRICED_PER_LOOK = 50_000


@dataclass(frozen=True, eq=False)
class Exact:
    """What was proven.

    Attributes
    ----------
    status : {'optimal', 'bound', 'infeasible', 'unknown', 'too many'}
        `bound`: a plan and a bound below which no plan can come; `unknown`: the time was over
        before anything was proven; `too many`: there are more possible groups than can be
        enumerated, so that nothing is proven.
    found : Found or None
    bound : float
        Energy that no plan goes below, NaN where none is known.
    n_sets : int
        Number of possible groups.
    """

    status: Literal["optimal", "bound", "infeasible", "unknown", "too many"]
    found: Found | None
    bound: float
    n_sets: int


def solve_exact(
    problem: Problem,
    *,
    seconds: float,
    start: Found | None = None,
    limit: int = MOST_SETS,
    stop: Callable[[], bool] | None = None,
) -> Exact:
    """Find the best plan there is, or prove that none exists.

    Parameters
    ----------
    problem : Problem
        With `wishes.groups` the number of groups is kept; else it is free.
    seconds : float
        Time limit of all of it (wall clock).
    start : Found, optional
        A plan to improve on.
    limit : int
        Most possible groups to enumerate.
    stop : callable, optional
        Asked now and then.
    """
    clock = Clock.of(seconds, stop)
    sets, cost = possible_groups(problem, problem.price, clock, limit=limit)
    if not sets.complete:
        return Exact("unknown" if clock.out else "too many", None, np.nan, sets.count)
    asked = problem.asked
    begin = None
    if start is not None and asked in {None, start.n_groups}:
        begin = positions(sets, start.labels)
    choice = choose(
        sets, cost, len(problem.arrays.pop),
        groups=asked, start=begin, seconds=clock.left, stop=stop,
    )  # fmt: skip
    constant = problem.constant - HARD * hard_blocks(problem.arrays)
    found = None
    if len(choice.chosen):
        labels = labels_of(sets, choice.chosen, len(problem.arrays.pop))
        found = Found(labels, choice.cost - constant, len(choice.chosen))
    return Exact(choice.status, found, choice.bound - constant, sets.count)


def bounded(
    problem: Problem,
    found: Found,
    *,
    seconds: float,
    workers: int = 2,
    stop: Callable[[], bool] | None = None,
) -> Exact:
    """Bound the points of any plan with as many groups as `found`, by its cut border alone.

    For where the possible groups cannot be enumerated. No other part of the objective is below
    zero, so that no plan has fewer points than the shortest border costs.

    Parameters
    ----------
    problem : Problem
        With `wishes.groups`: the bound holds for that number of groups.
    found : Found
        The best plan that is known; CP-SAT starts from it.
    seconds : float
    workers : int
        Threads.
    stop : callable, optional
        Asked now and then.
    """
    arrays, price = problem.arrays, problem.price
    proof = cut_bound(
        arrays.ptr, arrays.nbr, arrays.metres[arrays.eid], arrays.pop, price.low, price.high,
        found.n_groups, found.labels, seconds=seconds, workers=workers, stop=stop,
    )  # fmt: skip
    if not proof.bound_m and not proof.optimal:  # that is known without any proof
        return Exact("unknown", found, np.nan, 0)
    always = arrays.shared.sum() / 2 - arrays.metres.sum()
    return Exact("bound", found, float(price.border * (always + proof.bound_m)), 0)


def possible_groups(
    problem: Problem, price: Price, clock: Clock, *, limit: int = MOST_SETS
) -> tuple[Sets, Floats]:
    """Enumerate every connected group within the band of `price` that keeps all other rules.

    Returns
    -------
    sets : Sets
        Not complete where there are more than `limit`, or where the time was over.
    cost : ndarray of float64, shape (n_sets,)
        Points of each as a group.
    """
    arrays = problem.arrays
    sets = connected_sets(
        arrays.ptr, arrays.nbr, arrays.pop, price.low, price.high, limit=limit, clock=clock
    )
    cost, broken = np.zeros(sets.count), np.zeros(sets.count, np.bool_)
    for begin in range(0, sets.count, PRICED_PER_LOOK):
        if not sets.complete or (begin and clock.out):
            return replace(sets, complete=False), cost
        some = slice(begin, begin + PRICED_PER_LOOK)
        ptr = sets.ptr[begin : begin + PRICED_PER_LOOK + 1]
        cost[some], broken[some] = price_sets(arrays, price, ptr, sets.node)
    return keep_sets(sets, ~broken), cost[~broken]


def hard_blocks(arrays: Arrays) -> int:
    """Count the blocks that must stay whole and lie in more than one node."""
    return int((arrays.block_weight >= HARD).sum())


@njit(cache=True, nogil=True)
def price_sets(
    arrays: Arrays, price: Price, ptr: Longs, node: Ints
) -> tuple[Floats, NDArray[np.bool_]]:
    """Price every set as a group.

    Parameters
    ----------
    ptr, node : ndarray
        Connected sets (see `Sets`).

    Returns
    -------
    cost : ndarray of float64, shape (n_sets,)
        Points, without breaches.
    broken : ndarray of bool, shape (n_sets,)
        Whether the group breaks what must hold: it splits a block, or joins what is kept apart.
    """
    n_sets = len(ptr) - 1
    cost, broken = np.zeros(n_sets), np.zeros(n_sets, np.bool_)
    n = len(arrays.pop)
    work, mark = piece(n, len(arrays.left)), marks(arrays)
    side, label, parts = np.zeros(n, np.uint8), np.zeros(n, np.int32), np.zeros(len(PARTS))
    size = np.bincount(arrays.block_id, minlength=len(arrays.block_weight))
    met = np.zeros(len(arrays.block_weight), np.int64)
    for s in range(n_sets):
        members = node[ptr[s] : ptr[s + 1]]
        for i in members:
            label[i] = 1
        count = gather(members[0], label, 1, 1, arrays.ptr, arrays.nbr, arrays.eid, work)
        group_parts(arrays, price, work, mark, count, side, 0, parts)
        release(count, work)
        whole = 0
        for i in members:
            label[i] = 0
            for x in range(arrays.block_ptr[i], arrays.block_ptr[i + 1]):
                block = arrays.block_id[x]
                met[block] += 1
                if met[block] == size[block] and arrays.block_weight[block] >= HARD:
                    whole += 1
        for i in members:
            for x in range(arrays.block_ptr[i], arrays.block_ptr[i + 1]):
                met[arrays.block_id[x]] = 0
        broken[s] = parts[FORBIDDEN] > whole
        cost[s] = parts[1:].sum()
    return cost, broken


def positions(sets: Sets, labels: Ints) -> Longs | None:
    """Find the groups of a plan among the sets; None where one of them is not there.

    A set is recognised by the sum (modulo 2**64) of a random number for each member.
    """
    mark = np.random.default_rng(0).integers(0, 2**63, len(labels), dtype=np.uint64)
    wanted = np.zeros(int(labels.max()) + 1, np.uint64)
    np.add.at(wanted, labels, mark)
    known = set_totals(sets, mark)
    order = np.argsort(known)
    at = np.searchsorted(known[order], wanted)
    if (at >= len(known)).any() or (known[order[at]] != wanted).any():
        return None
    return np.sort(order[at]).astype(np.int64)


def labels_of(sets: Sets, chosen: Longs, n_nodes: int) -> Ints:
    """Return the group of each node in a choice of sets."""
    labels = np.full(n_nodes, -1, np.int32)
    for group, s in enumerate(chosen):
        labels[sets.node[sets.ptr[s] : sets.ptr[s + 1]]] = group
    return labels
