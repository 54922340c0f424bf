"""How different two plans are, and choosing good plans that are not alike."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from oi_geo.plan import UNASSIGNED

# Rounding in a sum of weights must not decide whether a plan is far enough away.
ROUNDING = 1e-12


def plan_distance(labels_a: NDArray, labels_b: NDArray, weight: NDArray) -> float:
    """Return the smallest share that must change group to make one plan into the other.

    Group names do not matter: the groups of both plans are matched so that as much weight as
    possible stays where it is (a linear assignment). Nodes without a group (-1) only match nodes
    without a group, and a group that finds no partner moves as a whole.

    Parameters
    ----------
    labels_a, labels_b : ndarray of int, shape (n,)
        Group of each node, -1 for none; the numbers need not be consecutive.
    weight : ndarray, shape (n,)
        People per node, or ones to count the nodes.

    Returns
    -------
    float
        Share of the weight, 0 (same division) to 1; symmetric, and the triangle inequality holds.

    Raises
    ------
    ValueError
        If the shapes differ, or the weight is negative, unknown or zero in total.

    References
    ----------
    Gusfield, D. (2002). Partition-distance: a problem and class of perfect graphs arising in
    clustering. Information Processing Letters 82(3), 159-164.
    """
    total = _total(labels_a, labels_b, weight)
    overlap, nowhere = _overlap(labels_a, labels_b, weight)
    kept = overlap[linear_sum_assignment(overlap, maximize=True)].sum() + nowhere
    return float(min(max(1.0 - kept / total, 0.0), 1.0))


def partners(labels_a: NDArray, labels_b: NDArray, weight: NDArray) -> dict[int, int]:
    """Pair the groups of two plans so that as much weight as possible lies in both of a pair.

    Parameters
    ----------
    labels_a, labels_b : ndarray of int, shape (n,)
        Group of each node, -1 for none.
    weight : ndarray, shape (n,)

    Returns
    -------
    dict of int to int
        Group of the second plan by group of the first, pairs that share most first; groups that
        share nothing with their partner are not in it.
    """
    overlap, _ = _overlap(labels_a, labels_b, weight)
    both = (labels_a != UNASSIGNED) & (labels_b != UNASSIGNED)
    names_a, names_b = np.unique(labels_a[both]), np.unique(labels_b[both])
    rows, columns = linear_sum_assignment(overlap, maximize=True)
    shared = overlap[rows, columns]
    return {
        int(names_a[rows[i]]): int(names_b[columns[i]])
        for i in np.argsort(-shared, kind="stable")
        if shared[i] > 0
    }


def least_distance(labels_a: NDArray, labels_b: NDArray, weight: NDArray) -> float:
    """Return a bound that `plan_distance` never goes below, without the assignment.

    Each group keeps at most what it shares with its best partner, taken or not; O(n) instead of
    the cube of the number of groups.
    """
    total = _total(labels_a, labels_b, weight)
    overlap, nowhere = _overlap(labels_a, labels_b, weight)
    if overlap.size == 0:
        return 1.0 - nowhere / total
    kept = min(overlap.max(axis=0).sum(), overlap.max(axis=1).sum()) + nowhere
    return float(max(1.0 - kept / total, 0.0))


def choose_different(
    plans: Sequence[NDArray],
    scores: Sequence[float],
    weight: NDArray,
    *,
    count: int,
    minimum: float,
) -> list[int]:
    """Choose good plans that differ from each other: best first, each far from those before it.

    Parameters
    ----------
    plans : sequence of ndarray of int32, shape (n,)
        Group of each node, per plan.
    scores : sequence of float
        Objective of each plan, lower is better; of equal scores the first plan goes first.
    weight : ndarray, shape (n,)
        People per node.
    count : int
        At most this many are chosen.
    minimum : float
        Smallest `plan_distance` (share 0-1, inclusive) between any two that are chosen.

    Returns
    -------
    list of int
        Positions in `plans`, best first; fewer than `count` where no more are different enough.
    """
    chosen: list[int] = []
    for position in np.argsort(np.asarray(scores, np.float64), kind="stable"):
        if len(chosen) >= count:
            break
        plan = plans[position]
        if all(plan_distance(plan, plans[other], weight) >= minimum - ROUNDING for other in chosen):
            chosen.append(int(position))
    return chosen


def _total(labels_a: NDArray, labels_b: NDArray, weight: NDArray) -> float:
    """Add up the weight, after checking that there is something to compare."""
    if not len(labels_a) == len(labels_b) == len(weight):
        raise ValueError("both plans and the weight must have one value per node")
    total = float(np.sum(weight, dtype=np.float64))
    if not total > 0 or np.min(weight) < 0:
        raise ValueError("the weight must be known, nowhere negative, and positive in total")
    return total


def _overlap(
    labels_a: NDArray, labels_b: NDArray, weight: NDArray
) -> tuple[NDArray[np.float64], float]:
    """Weigh what each pair of groups shares, and what has no group in either plan."""
    open_a, open_b = labels_a == UNASSIGNED, labels_b == UNASSIGNED
    both = ~(open_a | open_b)
    names_a, a = np.unique(labels_a[both], return_inverse=True)
    names_b, b = np.unique(labels_b[both], return_inverse=True)
    shape = (len(names_a), len(names_b))
    cells = np.bincount(a * shape[1] + b, weight[both], minlength=shape[0] * shape[1])
    return cells.astype(np.float64).reshape(shape), float(weight[open_a & open_b].sum())
