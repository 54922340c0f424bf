"""How many groups: the number with the fewest points, where it is free."""

from collections.abc import Callable

import numpy as np

from oi_geo.candidates.anneal import Walk, anneal, start_walk
from oi_geo.candidates.construct import construct
from oi_geo.candidates.problem import Problem
from oi_geo.candidates.rng import State
from oi_geo.candidates.starts import COOL, WARM, WIDER, valid

# Steps of the short search that a number of groups is judged by.
STEPS_PER_NODE, FEWEST_STEPS, MOST_STEPS = 200, 20_000, 100_000
# The first stride, as a share of the number of groups.
STRIDE = 0.1


def best_number(problem: Problem, rng: State, over: Callable[[], bool]) -> Problem:
    """Walk to the number of groups that a short search gives the fewest points.

    Strides halve where neither more nor fewer groups are better. A plan with fewer groups has less
    border, one with more may come nearer to the target, so that there is one valley to go down.

    Parameters
    ----------
    problem : Problem
        Its number of groups is where the walk begins; where it is not free nothing is changed.
    rng : ndarray of uint64, shape (4,)
        Every number is judged with these same random numbers; not moved on.
    over : callable
        Asked whether time is over.
    """
    if problem.wishes.groups is not None or not problem.solvable:
        return problem
    people = problem.people
    least = int((-(-people // problem.wishes.high)).sum())
    most = int((people // problem.wishes.low).sum())
    tried: dict[int, float] = {}

    def points(number: int) -> float:
        if not least <= number <= most:
            return np.inf
        if number not in tried:
            tried[number] = _judge(problem.with_groups(number), rng.copy(), over)
        return tried[number]

    best, stride = problem.n_groups, max(1, round(problem.n_groups * STRIDE))
    while stride and not over():
        lower, here, higher = (points(best + step) for step in (-stride, 0, stride))
        if min(lower, higher) < here:
            best += -stride if lower <= higher else stride
        else:
            stride //= 2
    return problem.with_groups(best)


def _judge(problem: Problem, rng: State, over: Callable[[], bool]) -> float:
    """Return the points of the best plan of a short search with this number of groups."""
    n = len(problem.arrays.pop)
    steps = int(np.clip(STEPS_PER_NODE * n, FEWEST_STEPS, MOST_STEPS))
    walk = _begin(problem, rng, over)
    if walk is None:
        return np.inf
    anneal(problem.arrays, problem.price, walk, steps, WARM, COOL)
    found = valid(problem, walk)
    return np.inf if found is None else found.energy


def _begin(problem: Problem, rng: State, over: Callable[[], bool]) -> Walk | None:
    """Start at a plan with exactly this number of groups, if need be one outside the band."""
    for wider in WIDER:
        low = max(1, int(problem.wishes.low * (1 - wider)))
        high = int(problem.wishes.high * (1 + wider))
        label = construct(problem.arrays, problem.component, problem.groups, low, high, rng)
        if len(label):
            return start_walk(problem.arrays, problem.price, label, problem.n_groups, rng)
        if over():
            break
    return None
