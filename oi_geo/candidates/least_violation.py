"""The smallest relaxation of the band with which a plan exists, where none exists without.

A plan is sought whose worst breach of one limit is as small as possible (a min-max partition): by
bisection over the breaches that occur, each step a proof that a plan exists or that none does.
"""

from collections.abc import Callable

import numpy as np

from oi_geo.candidates.clock import Clock
from oi_geo.candidates.partition import choose
from oi_geo.candidates.sets import Longs, Sets, keep_sets


def smallest_low(
    sets: Sets,
    set_pop: Longs,
    low: int,
    high: int,
    n_nodes: int,
    *,
    groups: int | None = None,
    seconds: float,
    stop: Callable[[], bool] | None = None,
) -> int | None:
    """Find the largest minimum, at most `low`, with which a plan exists; the maximum stays.

    Parameters
    ----------
    sets : Sets
        Enumerated with a wider band than `low` to `high`.
    set_pop : ndarray of int64, shape (n_sets,)
        Population of each set.
    low, high : int
        The band that is wanted, in people.
    n_nodes : int
    groups : int, optional
        Number of groups; free without it.
    seconds : float
        Time limit (wall clock).
    stop : callable, optional
        Asked now and then; the search ends once it says True.

    Returns
    -------
    int or None
        `low` itself where no relaxation is needed; None where no minimum in the sets is small
        enough, or where the time was over before the answer was proven.
    """
    kept = set_pop <= high
    breach = np.maximum(low - set_pop[kept], 0)
    worst = _smallest_breach(keep_sets(sets, kept), breach, n_nodes, groups, seconds, stop)
    return None if worst is None else low - worst


def smallest_high(
    sets: Sets,
    set_pop: Longs,
    low: int,
    high: int,
    n_nodes: int,
    *,
    groups: int | None = None,
    seconds: float,
    stop: Callable[[], bool] | None = None,
) -> int | None:
    """Find the smallest maximum, at least `high`, with which a plan exists; the minimum stays.

    Parameters and result as in `smallest_low`.
    """
    kept = set_pop >= low
    breach = np.maximum(set_pop[kept] - high, 0)
    worst = _smallest_breach(keep_sets(sets, kept), breach, n_nodes, groups, seconds, stop)
    return None if worst is None else high + worst


def _smallest_breach(
    sets: Sets,
    breach: Longs,
    n_nodes: int,
    groups: int | None,
    seconds: float,
    stop: Callable[[], bool] | None,
) -> int | None:
    """Minimise the largest breach of a plan; each plan found lowers the upper end at once."""
    clock = Clock.of(seconds, stop)
    # A node's best set is a breach that no plan avoids, so nothing below the worst of these fits.
    best = np.full(n_nodes, np.iinfo(np.int64).max)
    np.minimum.at(best, sets.node, np.repeat(breach, sets.sizes))
    levels = np.unique(breach)
    below = int(np.searchsorted(levels, best.max(initial=0))) - 1
    above = len(levels)
    while above - below > 1:
        # First of all: does any plan exist, and how far does the one with the least in total go?
        middle = len(levels) - 1 if above == len(levels) else (below + above) // 2
        kept = breach <= levels[middle]
        few, cost = keep_sets(sets, kept), breach[kept]
        found = choose(
            few, cost.astype(float), n_nodes, groups=groups, seconds=clock.left, stop=stop
        )
        if found.status == "unknown":
            return None
        if found.status == "infeasible":
            below = middle
        else:
            above = int(np.searchsorted(levels, cost[found.chosen].max(initial=0)))
    return int(levels[above]) if above < len(levels) else None
