"""A lower bound on the cut border, by CP-SAT, where there are too many sets to enumerate.

Each node gets one of a given number of groups. Contiguity is left out at first and added where a
solution breaks it: two nodes in one group that hang apart need, from now on, a node of the set that
separates them (a minimal a,b-separator) in their group. What is solved is a relaxation at any time,
so its bound always holds.

References
----------
Validi, H., Buchanan, A. & Lykhovyd, E. (2022). Imposing contiguity constraints in political
districting models. Operations Research 70(2), 867-892.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from oi_geo.candidates.clock import Clock
from oi_geo.candidates.cut_graph import PER_METRE, Cut, CutGraph
from oi_geo.candidates.cut_model import CutModel
from oi_geo.candidates.sets import Ints, Longs

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Bound:
    """What is proven about the cut border of a plan.

    Attributes
    ----------
    bound_m : float
        No contiguous plan in the band cuts less (metres).
    labels : ndarray of int32, shape (n,) or None
        A contiguous plan in the band that cuts less than the start; None where none was found.
    optimal : bool
        Whether that plan, or without one the start, is proven to be the best (to 1 dm per border).
    """

    bound_m: float
    labels: Ints | None
    optimal: bool


def cut_bound(
    ptr: Ints,
    nbr: Ints,
    metres: Floats,
    pop: Longs,
    low: int,
    high: int,
    groups: int,
    start_labels: Ints,
    *,
    seconds: float,
    workers: int = 2,
    seed: int = 0,
    stop: Callable[[], bool] | None = None,
) -> Bound:
    """Bound the border that any contiguous plan cuts, and look for a better plan meanwhile.

    Parameters
    ----------
    ptr, nbr : ndarray of int32, shapes (n + 1,), (2m,)
        Neighbours of node i: `nbr[ptr[i]:ptr[i + 1]]`.
    metres : ndarray of float64, shape (2m,)
        Shared border with each neighbour; 0 for a registered link.
    pop : ndarray of int64, shape (n,)
    low, high : int
        The band, in people, inclusive.
    groups : int
        Number of groups.
    start_labels : ndarray of int32, shape (n,)
        A contiguous plan in the band, groups numbered from 0.
    seconds : float
        Time limit (wall clock).
    workers, seed : int
        Threads and random seed of CP-SAT.
    stop : callable, optional
        Asked now and then; what is proven so far is returned once it says True.

    Returns
    -------
    Bound

    Raises
    ------
    ValueError
        If the start is no contiguous plan in the band with this number of groups.
    """
    graph = CutGraph.of(ptr, nbr, metres, pop)
    if not graph.holds(start_labels, low, high, groups):
        raise ValueError("the start must be a contiguous plan in the band")
    clock = Clock.of(seconds, stop)
    best, labels = graph.cut(start_labels), None
    model = CutModel(graph, low, high, groups)
    bound = 0
    while bound < best and not clock.out:
        model.hint(start_labels if labels is None else labels, best)
        found, lower = model.solved(clock, workers, seed)
        bound = max(bound, min(lower, best))
        cuts: set[Cut] = set()
        for plan in found:
            broken = graph.separators(plan)
            cuts.update(broken)
            if not broken and graph.cut(plan) < best:
                best, labels = graph.cut(plan), plan
        model.forbid(cuts)
    return Bound(bound / PER_METRE, labels, bound >= best)
