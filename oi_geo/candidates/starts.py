"""Starts of the search: valid plans, made as fast as possible."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from oi_geo.candidates.anneal import Walk, anneal, start_walk
from oi_geo.candidates.arrays import HARD, Ints
from oi_geo.candidates.construct import construct
from oi_geo.candidates.distance import choose_different
from oi_geo.candidates.problem import Problem
from oi_geo.candidates.rng import State, states

CHUNK = 25_000
# Temperatures in points; one point is one percent of all borders.
WARM, COOL = 1.0, 0.002
# A start that breaks something is improved in chunks of steps, and given up after so many of them.
REPAIR_CHUNKS, REPAIR_STEPS_PER_NODE = 40, 40
# Other numbers of groups that are tried where the first does not work out, and wider bands from
# which a plan is brought back into the band by improvement.
OFFSETS = (0, 1, -1, 2, -2, 3, -3)
WIDER = (0.0, 0.15, 0.4)
TRIES = 4


@dataclass(frozen=True, eq=False)
class Found:
    """A valid plan: the group of each node, and its energy in points (less is better)."""

    labels: Ints
    energy: float
    n_groups: int


def ready(problem: Problem) -> None:
    """Load the compiled code, or compile it the first time (half a minute), before a clock runs."""
    whole = np.ones(len(problem.groups), np.int32)
    rng = states(0, 1)[0]
    label = construct(problem.arrays, problem.component, whole, 1, 1, rng)
    walk = start_walk(problem.arrays, problem.price, label, len(whole), rng)
    anneal(problem.arrays, problem.price, walk, 0, WARM, COOL)


def never() -> bool:
    """Tell that time is not over."""
    return False


def first_plan(
    problem: Problem, rng: State, *, tries: int = TRIES, over: Callable[[], bool] = never
) -> Found | None:
    """Make one valid plan as fast as possible; None where that fails, which proves nothing.

    Parameters
    ----------
    problem : Problem
    rng : ndarray of uint64, shape (4,)
        Moved on.
    tries : int
        How often the construction is tried per number of groups and width of the band.
    over : callable
        Asked whether time is over; at least one plan is tried.
    """
    for walk in starts(problem, rng, tries, over):
        found = valid(problem, walk)
        if found or over():
            return found
    return None


def best_different(
    problem: Problem, plans: Sequence[Found], count: int, minimum: float
) -> list[Found]:
    """Choose the best plans that differ in at least a share `minimum` (0-1) of the people."""
    chosen = choose_different(
        [plan.labels for plan in plans],
        [plan.energy for plan in plans],
        problem.arrays.pop.astype(np.float64),
        count=count,
        minimum=minimum,
    )
    return [plans[i] for i in chosen]


def starts(
    problem: Problem, rng: State, tries: int = TRIES, over: Callable[[], bool] = never
) -> Iterator[Walk]:
    """Make walks that start at a plan, and improve each until the caller is content with it."""
    low, high = problem.wishes.low, problem.wishes.high
    steps, begun = min(CHUNK, REPAIR_STEPS_PER_NODE * len(problem.arrays.pop)), False
    for wider in WIDER:
        least, most = max(1, int(low * (1 - wider))), int(high * (1 + wider))
        for groups in _numbers_of_groups(problem, least, most, rng, over):
            for _ in range(tries):
                if begun and over():
                    return
                begun = True
                label = construct(problem.arrays, problem.component, groups, least, most, rng)
                if not len(label):
                    break
                walk = start_walk(problem.arrays, problem.price, label, int(groups.sum()), rng)
                yield walk
                for _ in range(REPAIR_CHUNKS):
                    anneal(problem.arrays, problem.price, walk, steps, WARM, WARM)
                    rng[:] = walk.rng
                    yield walk


def _numbers_of_groups(
    problem: Problem, low: int, high: int, rng: State, over: Callable[[], bool]
) -> Iterator[Ints]:
    """Yield the number of groups per connected part: as planned, then others near it.

    Where their total is asked for it stays, and they are spread over the parts in another way.
    """
    yield problem.groups
    people = problem.people
    if problem.wishes.groups is not None:
        if len(people) > 1 and (spread := _spread_by_trial(problem, low, high, rng, over)):
            yield np.array(spread, np.int32)
        return
    least, most = -(-people // problem.wishes.high), people // problem.wishes.low
    near = [np.clip(problem.groups + i, least, most).astype(np.int32) for i in OFFSETS]
    seen = {problem.groups.tobytes()}
    for wanted in near:
        groups = wanted
        if len(people) > 1:
            groups = _for_each_part(problem, [wanted, *near], low, high, rng, over)
        if groups.tobytes() not in seen:
            seen.add(groups.tobytes())
            yield groups


def _for_each_part(
    problem: Problem, near: list[Ints], low: int, high: int, rng: State, over: Callable[[], bool]
) -> Ints:
    """Choose for each connected part the first of some numbers of groups that can be made there."""
    chosen = problem.groups.copy()
    for part in range(len(chosen)):
        for groups in near:
            if over():
                return chosen
            only = np.ones_like(chosen)
            only[part] = groups[part]
            if len(construct(problem.arrays, problem.component, only, low, high, rng)):
                chosen[part] = groups[part]
                break
    return chosen


def _spread_by_trial(
    problem: Problem, low: int, high: int, rng: State, over: Callable[[], bool]
) -> tuple[int, ...]:
    """Spread the asked number of groups over the parts by numbers that can be made in each.

    Of all ways the one whose groups are nearest in size; nothing where there is none.
    """
    people, asked = problem.people, int(problem.groups.sum())
    ideal = people.sum() / asked
    ways: dict[int, tuple[float, tuple[int, ...]]] = {0: (0.0, ())}
    for part, total in enumerate(people.tolist()):
        longer: dict[int, tuple[float, tuple[int, ...]]] = {}
        for number in _makeable(problem, part, low, high, rng, over):
            apart = number * abs(total / number - ideal)
            for groups, (so_far, way) in ways.items():
                here = so_far + apart, (*way, number)
                longer[groups + number] = min(longer.get(groups + number, here), here)
        ways = longer
    return ways.get(asked, (0.0, ()))[1]


def _makeable(
    problem: Problem, part: int, low: int, high: int, rng: State, over: Callable[[], bool]
) -> list[int]:
    """List the numbers of groups, near the planned one, that a part can be divided in."""
    planned, total = int(problem.groups[part]), int(problem.people[part])
    least, most = -(-total // problem.wishes.high), total // problem.wishes.low
    found = []
    for number in sorted({min(max(planned + i, least), most) for i in OFFSETS}):
        if over():
            break
        only = np.ones_like(problem.groups)
        only[part] = number
        if len(construct(problem.arrays, problem.component, only, low, high, rng)):
            found.append(number)
    return found


def valid(problem: Problem, walk: Walk) -> Found | None:
    """Return the best plan of a walk, if nothing that must hold is broken in it."""
    energy = walk.total[1] - problem.constant
    if energy > HARD / 2:
        return None
    return Found(walk.best.copy(), float(energy), len(walk.energy))
