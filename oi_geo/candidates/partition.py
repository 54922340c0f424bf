"""Choose sets that cover each node exactly once at minimum total cost, with proof.

The linear relaxation gives each node a price. What a set costs above the prices of its nodes (its
reduced cost) is lost on every plan that uses it; so a set that loses more than the distance between
the relaxation and a plan that is known cannot be in a better plan, and is left out. The few sets
that remain make an integer model that HiGHS solves in a moment, and the proof holds for all sets.

References
----------
Validi, H., Buchanan, A. & Lykhovyd, E. (2022). Imposing contiguity constraints in political
districting models. Operations Research 70(2), 867-892.
Balas, E. & Padberg, M. W. (1976). Set partitioning: a survey. SIAM Review 18(4), 710-760.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from oi_geo.candidates.clock import Clock
from oi_geo.candidates.highs import Outcome, covers_once, solve_integer, solve_linear
from oi_geo.candidates.sets import Ints, Longs, Sets, keep_sets, set_totals

Floats = NDArray[np.float64]

# Sets in the first integer model, which only looks for a good plan: a few thousand, or ten for
# each node. Without a plan the next model holds four times as many.
FIRST_SETS, FIRST_SETS_PER_NODE, GROWTH = 2000, 10, 4
# Costs that differ by less than this share are equal: what float64 leaves of a sum of thousands.
ROUNDING = 1e-9


@dataclass(frozen=True, eq=False)
class Choice:
    """The sets that were chosen, and what is proven about them.

    Attributes
    ----------
    status : {'optimal', 'bound', 'infeasible', 'unknown'}
        `bound`: a plan, not proven to be the best; `unknown`: no plan and no proof that none
        exists.
    chosen : ndarray of int64
        Positions of the sets, ascending; empty without a plan.
    cost : float
        Total cost of the chosen sets, NaN without a plan.
    bound : float
        No plan of these sets costs less; NaN where nothing is known.
    """

    status: Literal["optimal", "bound", "infeasible", "unknown"]
    chosen: Longs
    cost: float
    bound: float

    @property
    def gap(self) -> float:
        """Distance between cost and bound as a share of the cost: 0 when optimal, NaN unknown."""
        if self.status == "optimal":
            return 0.0
        return (self.cost - self.bound) / max(abs(self.cost), ROUNDING)


NONE = np.zeros(0, np.int64)
INFEASIBLE = Choice("infeasible", NONE, np.nan, np.nan)


def uncovered(sets: Sets, n_nodes: int) -> Ints:
    """Return the nodes that lie in no set, so that no plan can cover them."""
    return np.flatnonzero(np.bincount(sets.node, minlength=n_nodes) == 0).astype(np.int32)


def choose(
    sets: Sets,
    cost: Floats,
    n_nodes: int,
    *,
    groups: int | None = None,
    start: Sequence[int] | Longs | None = None,
    seconds: float,
    stop: Callable[[], bool] | None = None,
) -> Choice:
    """Choose sets that cover each node exactly once at minimum total cost.

    Parameters
    ----------
    sets : Sets
        Where they are not complete, what is proven holds for these sets only.
    cost : ndarray of float64, shape (n_sets,)
    n_nodes : int
    groups : int, optional
        Number of sets to choose; free without it.
    start : sequence of int, optional
        Positions of sets that form a plan, to improve on.
    seconds : float
        Time limit (wall clock).
    stop : callable, optional
        Asked now and then; the best plan so far is returned once it says True.

    Returns
    -------
    Choice

    Raises
    ------
    ValueError
        If `start` is no plan: it misses a node or meets one twice, or has another number of groups.
    """
    given = None if start is None else np.sort(np.asarray(start, np.int64))
    if given is not None and not covers_once(sets, given, n_nodes, groups):
        raise ValueError("the start must cover each node once, in the number of groups asked")
    if n_nodes == 0:
        return Choice("optimal", NONE, 0.0, 0.0) if groups in {None, 0} else INFEASIBLE
    if len(uncovered(sets, n_nodes)):
        return INFEASIBLE
    clock = Clock.of(seconds, stop)
    if groups is not None:
        return _choose_part(sets, cost, n_nodes, groups, given, clock)
    part, of_set = _parts(sets, n_nodes)
    total = Choice("optimal", NONE, 0.0, 0.0)
    for number in range(int(part.max()) + 1):
        mine = np.flatnonzero(of_set == number)
        local = _renumbered(keep_sets(sets, of_set == number), part == number)
        begin = None if given is None else np.flatnonzero(np.isin(mine, given))
        size = int((part == number).sum())
        found = _choose_part(local, cost[mine], size, None, begin, clock)
        total = _joined(total, found, mine)
        if total.status == "infeasible":
            break
    return total


def _parts(sets: Sets, n_nodes: int) -> tuple[Ints, Ints]:
    """Return the part of each node and each set, where parts share no set."""
    first = np.repeat(sets.node[sets.ptr[:-1]], sets.sizes)
    ends = (np.ones(len(first), np.int8), (first, sets.node))
    _, part = connected_components(coo_array(ends, shape=(n_nodes, n_nodes)), directed=False)
    return part, part[sets.node[sets.ptr[:-1]]]


def _renumbered(sets: Sets, inside: NDArray[np.bool_]) -> Sets:
    new = np.cumsum(inside, dtype=np.int32) - np.int32(1)
    return Sets(sets.ptr, new[sets.node], sets.complete)


def _joined(total: Choice, found: Choice, position: Longs) -> Choice:
    """Add what was found for one part to what was found for the parts before it."""
    states = {total.status, found.status}
    if "infeasible" in states:
        return INFEASIBLE
    bound = total.bound + found.bound
    if "unknown" in states:
        return Choice("unknown", NONE, np.nan, bound)
    chosen = np.sort(np.r_[total.chosen, position[found.chosen]])
    status: Literal["bound", "optimal"] = "bound" if "bound" in states else "optimal"
    return Choice(status, chosen, total.cost + found.cost, bound)


def _choose_part(
    sets: Sets, cost: Floats, n_nodes: int, groups: int | None, plan: Longs | None, clock: Clock
) -> Choice:
    """Choose by linear relaxation, reduced costs and integer models of the sets that matter."""
    relaxed = solve_linear(sets, cost, n_nodes, groups, clock)
    if relaxed.status == "infeasible":
        return INFEASIBLE
    if relaxed.prices is None:
        return _concluded(cost, plan, -np.inf)
    floor, loss = _losses(sets, cost, n_nodes, groups, relaxed.prices)
    margin = _margin(loss, max(FIRST_SETS, FIRST_SETS_PER_NODE * n_nodes))
    bound = floor
    while True:
        if plan is not None:
            known = float(cost[plan].sum())
            margin = min(margin, known - floor + ROUNDING * abs(known))
        kept = np.flatnonzero(loss <= margin)
        found = _solve_kept(sets, cost, n_nodes, groups, kept, plan, clock)
        if found.chosen is not None:
            plan = _cheapest(cost, plan, kept[found.chosen])
        within = _bound_within(cost[kept], found)
        # A plan either consists of the sets kept, or loses more than the margin on one other.
        beyond = np.inf if len(kept) == sets.count else floor + margin
        bound = max(bound, min(within, beyond))
        if bound == np.inf:
            return INFEASIBLE
        if found.status == "stopped" or clock.out or _proven(cost, plan, bound):
            return _concluded(cost, plan, bound)
        margin = np.inf if plan is not None else _margin(loss, GROWTH * len(kept))


def _losses(
    sets: Sets, cost: Floats, n_nodes: int, groups: int | None, prices: Floats
) -> tuple[float, Floats]:
    """Return a valid lower bound on any plan, and what using a set adds to it at least.

    Computed here from the prices, not taken from the solver: any prices give a valid bound, so
    what the solver's tolerances left (a loss just below 0, at most once per group) is set right.
    """
    loss = cost - set_totals(sets, prices[:n_nodes])
    floor = float(prices[:n_nodes].sum())
    if groups is not None:
        loss -= prices[n_nodes]
        floor += float(prices[n_nodes]) * groups
    most = groups if groups is not None else n_nodes
    return floor + most * min(float(loss.min()), 0.0), loss


def _margin(loss: Floats, count: int) -> float:
    """Return the loss that about `count` sets stay within."""
    return np.inf if count >= len(loss) else float(np.partition(loss, count)[count])


def _solve_kept(
    sets: Sets, cost: Floats, n_nodes: int, groups: int | None, kept: Longs, plan: Longs | None,
    clock: Clock,
) -> Outcome:  # fmt: skip
    mask = np.zeros(sets.count, bool)
    mask[kept] = True
    few = keep_sets(sets, mask)
    if len(uncovered(few, n_nodes)):
        return Outcome("infeasible", None, np.inf, None)
    start = np.searchsorted(kept, plan) if plan is not None and mask[plan].all() else None
    return solve_integer(few, cost[kept], n_nodes, groups, clock, start)


def _bound_within(cost: Floats, found: Outcome) -> float:
    """Return what no plan of the sets kept can beat."""
    if found.status == "infeasible":
        return np.inf
    if found.status == "optimal" and found.chosen is not None:
        return float(cost[found.chosen].sum())
    return found.bound


def _cheapest(cost: Floats, plan: Longs | None, other: Longs) -> Longs:
    return other if plan is None or cost[other].sum() < cost[plan].sum() else plan


def _proven(cost: Floats, plan: Longs | None, bound: float) -> bool:
    if plan is None:
        return False
    total = float(cost[plan].sum())
    return total - bound <= ROUNDING * max(abs(total), 1.0)


def _concluded(cost: Floats, plan: Longs | None, bound: float) -> Choice:
    known = bound if np.isfinite(bound) else np.nan
    if plan is None:
        return Choice("unknown", NONE, np.nan, known)
    total = float(cost[plan].sum())
    if _proven(cost, plan, bound):
        return Choice("optimal", plan, total, total)
    return Choice("bound", plan, total, known)
