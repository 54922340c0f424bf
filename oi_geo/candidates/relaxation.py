"""The smallest change of a limit, or of the number of groups, with which a plan exists.

Another limit can change what the plan is made of: a unit that was above the maximum takes part, a
gemeente that was cut stays whole, an island becomes a group. Between two such turning points the
nodes are the same, so that all groups can be enumerated and the limit found with proof; the
stretches between them are gone through one by one, the smallest change first.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from oi_geo.candidates.arrays import Longs
from oi_geo.candidates.clock import Clock
from oi_geo.candidates.contract import NOWHERE, by_division, keeps
from oi_geo.candidates.exact import possible_groups
from oi_geo.candidates.least_violation import smallest_high, smallest_low
from oi_geo.candidates.partition import choose
from oi_geo.candidates.problem import Problem, build_problem, count_people, divisions
from oi_geo.candidates.sets import Sets, keep_sets, set_totals
from oi_geo.candidates.wishes import Wishes
from oi_geo.text import nl_count, nl_number

# How much wider than the band is looked, step by step: wider means many more groups.
WIDER = (0.25, 0.5, 1.0)


@dataclass(frozen=True)
class Change:
    """A limit that allows a plan, and the units of the groups that then leave the band.

    `size` is the change as a share of what was wished.
    """

    text: str
    size: float
    where: tuple[str, ...]


def widest(wishes: Wishes) -> int:
    """Return the largest maximum that is tried."""
    return int(wishes.high * (1 + WIDER[-1]))


def relaxations(problem: Problem, clock: Clock) -> tuple[list[Change], list[str]]:
    """Find the largest smaller minimum, the smallest larger maximum, and the nearest other number.

    Each by itself allows a plan; the number only where one was asked.

    Parameters
    ----------
    problem : Problem
        Without a plan.
    clock : Clock

    Returns
    -------
    changes : list of Change
        The smallest change first.
    left_open : list of str
        In words what was not looked into to the end: there are too many possible groups, or the
        time was over.
    """
    found, left_open = [], []
    asks = [(_minimum, "een lager minimum"), (_maximum, "een hoger maximum")]
    if problem.wishes.groups is not None:
        asks.append((_number, "een ander aantal groepen"))
    for ask, word in asks:
        change, decided = ask(problem, clock)
        if change is not None:
            found.append(change)
        elif not decided:
            left_open.append(word)
    return sorted(found, key=lambda change: change.size), left_open


def codes_of(problem: Problem, nodes: np.ndarray) -> tuple[str, ...]:
    """Return the units of the nodes where `nodes` (bool, shape (n_nodes,)) is true."""
    inside = problem.node >= 0
    inside[inside] = nodes[problem.node[inside]]
    return tuple(problem.area.units.index[inside])


def _maximum(problem: Problem, clock: Clock) -> tuple[Change | None, bool]:
    """Raise the maximum as little as possible; also tells whether the answer is certain."""
    wishes, begin = problem.wishes, problem.wishes.high + 1
    ends = _turning_points(problem) | {int(wishes.high * (1 + wider)) + 1 for wider in WIDER}
    while begin <= widest(wishes):
        if clock.out:
            return None, False
        here = _under(problem, replace(wishes, high=begin))
        turns = ends | {obstacle.maximum for obstacle in here.obstacles}
        end = min(turn for turn in turns if turn > begin)
        stretch, decided = _stretch(problem, replace(wishes, high=end - 1), clock)
        if not decided:
            return None, False
        if stretch is not None:
            trial, sets = stretch
            people = set_totals(sets, trial.arrays.pop)
            limit = smallest_high(
                sets, people, wishes.low, begin, len(trial.arrays.pop),
                groups=trial.asked, seconds=clock.left, stop=clock.stop,
            )  # fmt: skip
            if limit is not None:
                size = (limit - wishes.high) / wishes.high
                where = _breaching(trial, sets, people, wishes.low, limit, wishes, clock)
                return Change(f"een maximum van {nl_number(limit)}", size, where), True
        begin = end
    return None, not clock.out


def _minimum(problem: Problem, clock: Clock) -> tuple[Change | None, bool]:
    """Lower the minimum as little as possible; also tells whether the answer is certain."""
    wishes, top = problem.wishes, problem.wishes.low - 1
    steps = [max(1, int(wishes.low * (1 - wider))) for wider in WIDER]
    while top >= 1:
        if clock.out:
            return None, False
        here = _under(problem, replace(wishes, low=top))
        # Below this minimum something takes part that does not now.
        turn = max((o.minimum for o in here.obstacles if o.minimum <= top), default=0)
        bottom = max(turn + 1, next(step for step in steps if step <= top))
        stretch, decided = _stretch(problem, replace(wishes, low=bottom), clock)
        if not decided:
            return None, False
        if stretch is not None:
            trial, sets = stretch
            people = set_totals(sets, trial.arrays.pop)
            limit = smallest_low(
                sets, people, top, wishes.high, len(trial.arrays.pop),
                groups=trial.asked, seconds=clock.left, stop=clock.stop,
            )  # fmt: skip
            if limit is not None:
                size = (wishes.low - limit) / wishes.low
                where = _breaching(trial, sets, people, limit, wishes.high, wishes, clock)
                return Change(f"een minimum van {nl_number(limit)}", size, where), True
        top = bottom - 1
    return None, not clock.out


def _number(problem: Problem, clock: Clock) -> tuple[Change | None, bool]:
    """Ask for another number of groups, as near as possible; also tells whether it is certain."""
    asked = problem.wishes.groups or 0
    stretch, decided = _stretch(problem, replace(problem.wishes, groups=None), clock)
    if stretch is None or not decided:
        return None, decided
    trial, sets = stretch
    least, most = (
        (-(-trial.people // trial.wishes.high)).sum(),
        (trial.people // trial.wishes.low).sum(),
    )
    held, nothing = len(trial.alone) + len(trial.wishes.finished), np.zeros(sets.count)
    for number in sorted(range(least, most + 1), key=lambda n: (abs(n + held - asked), n)):
        found = choose(
            sets, nothing, len(trial.arrays.pop),
            groups=number, seconds=clock.left, stop=clock.stop,
        )  # fmt: skip
        if len(found.chosen):
            groups = number + held
            text = nl_count(groups, "groep", "groepen")
            return Change(text, abs(groups - asked) / asked, ()), True
        if found.status == "unknown":
            return None, False
    return None, True


def _turning_points(problem: Problem) -> set[int]:
    """Return the maximums from which a unit, or what stays whole, fits in a group."""
    area, wishes = problem.area, problem.wishes
    people, _ = count_people(area, wishes)
    totals, division = [people], divisions(area, wishes)
    for keep in keeps(area, wishes):
        if keep.hard:
            labels = keep.labels if keep.wish else by_division(keep, division)
            inside = labels != NOWHERE
            totals.append(np.bincount(labels[inside], people[inside]).astype(np.int64))
    return set(np.concatenate(totals).tolist())


def _stretch(
    problem: Problem, wishes: Wishes, clock: Clock
) -> tuple[tuple[Problem, Sets] | None, bool]:
    """Enumerate the groups under a wider band; nothing where no plan can serve as many units.

    Also tells whether that could be done to the end.
    """
    trial = _under(problem, wishes)
    if not trial.solvable or (without_place(trial) & ~without_place(problem)).any():
        return None, True
    sets, _ = possible_groups(trial, trial.price, clock)
    return (trial, sets), sets.complete


def _under(problem: Problem, wishes: Wishes) -> Problem:
    """Make the same problem under other wishes."""
    return build_problem(problem.area, wishes, leave_out=problem.left_out)


def without_place(problem: Problem) -> NDArray[np.bool_]:
    """Tell which units (shape (n_units,)) have no group in any plan: they are impossible places."""
    units = problem.area.units.index
    stands = [code for codes in problem.alone for code in codes]
    stands += [code for code, name in problem.wishes.locks.items() if name in problem.wishes.closed]
    return (problem.node == NOWHERE) & ~units.isin(stands)


def _breaching(
    problem: Problem,
    sets: Sets,
    people: Longs,
    low: int,
    high: int,
    wishes: Wishes,
    clock: Clock,
) -> tuple[str, ...]:
    """Return the units of the groups that leave the band of `wishes` in a plan in another band."""
    kept = (people >= low) & (people <= high)
    outside = (people < wishes.low) | (people > wishes.high)
    some, cost = keep_sets(sets, kept), outside[kept].astype(np.float64)
    choice = choose(
        some, cost, len(problem.arrays.pop),
        groups=problem.asked, seconds=clock.left, stop=clock.stop,
    )  # fmt: skip
    nodes = np.zeros(len(problem.arrays.pop), bool)
    for s in choice.chosen[cost[choice.chosen] > 0]:
        nodes[some.node[some.ptr[s] : some.ptr[s + 1]]] = True
    return codes_of(problem, nodes)
