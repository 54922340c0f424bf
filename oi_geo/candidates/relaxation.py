"""The smallest change of a limit, or of the number of groups, with which a plan exists.

Another limit can change what the plan is made of: a unit that was above the maximum takes part, a
gemeente that was cut stays whole, an island becomes a group. Between two such turning points the
nodes are the same, so that all groups can be enumerated and the limit found with proof; the
stretches between them are gone through one by one, the smallest change first. What is found is run
with once more, on the whole area and with every wish, before it is named.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from oi_geo.candidates.aim import Aim
from oi_geo.candidates.arrays import Longs
from oi_geo.candidates.clock import Clock
from oi_geo.candidates.contract import NOWHERE, by_division, keeps
from oi_geo.candidates.exact import possible_groups
from oi_geo.candidates.least_violation import smallest_high, smallest_low
from oi_geo.candidates.partition import choose
from oi_geo.candidates.problem import Problem, count_people, divisions
from oi_geo.candidates.sets import Sets, keep_sets, set_totals
from oi_geo.candidates.wishes import Wishes
from oi_geo.text import nl_count, nl_number

# How much wider than the band is looked, step by step: wider means many more groups.
WIDER = (0.25, 0.5, 1.0)
MINIMUM, MAXIMUM, NUMBER = "een lager minimum", "een hoger maximum", "een ander aantal groepen"


@dataclass(frozen=True)
class Change:
    """A limit that allows a plan, and the units of the groups that then leave the band.

    `size` is the change as a share of what was wished; `wishes` are those that it leads to.
    """

    text: str
    size: float
    where: tuple[str, ...]
    wishes: Wishes


def widest(wishes: Wishes) -> int:
    """Return the largest maximum that is tried."""
    return int(wishes.high * (1 + WIDER[-1]))


def codes_of(problem: Problem, nodes: np.ndarray) -> tuple[str, ...]:
    """Return the units of the nodes where `nodes` (bool, shape (n_nodes,)) is true."""
    inside = problem.node >= 0
    inside[inside] = nodes[problem.node[inside]]
    return tuple(problem.area.units.index[inside])


def relaxations(aim: Aim, clock: Clock) -> tuple[list[Change], list[str]]:
    """Find the largest smaller minimum, the smallest larger maximum, and the nearest other number.

    Each by itself allows a plan that serves the aim; the number only where one was asked.

    Parameters
    ----------
    aim : Aim
        That no plan serves as things are.
    clock : Clock

    Returns
    -------
    changes : list of Change
        The smallest change first.
    left_open : list of str
        Those of `MINIMUM`, `MAXIMUM` and `NUMBER` that were not looked into to the end: there are
        too many possible groups, or the time was over.
    """
    found, left_open = [], []
    asks = [(_minimum, MINIMUM), (_maximum, MAXIMUM)]
    if aim.wishes.groups is not None:
        asks.append((_number, NUMBER))
    for ask, word in asks:
        change, decided = ask(aim, clock)
        if change is not None:
            found.append(change)
        elif not decided:
            left_open.append(word)
    return sorted(found, key=lambda change: change.size), left_open


def both_at_once(aim: Aim, clock: Clock) -> str:
    """Say with which limit together with another number of groups it can be; empty where none."""
    free = aim.free_number()
    for ask in (_minimum, _maximum):
        limit, _ = ask(free, clock)
        if limit is not None:
            asked = replace(aim, wishes=replace(limit.wishes, groups=aim.wishes.groups), _trials={})
            number, _ = _number(asked, clock)
            if number is not None:
                return f"ten minste twee dingen samen: {number.text} en {limit.text}"
    return ""


def _maximum(aim: Aim, clock: Clock) -> tuple[Change | None, bool]:
    """Raise the maximum as little as possible; also tells whether the answer is certain."""
    wishes, begin = aim.wishes, aim.wishes.high + 1
    ends = _turning_points(aim) | {int(wishes.high * (1 + wider)) + 1 for wider in WIDER}
    while begin <= widest(wishes):
        turn = min(turn for turn in ends if turn > begin)
        last = _last_alike(aim, lambda high: replace(wishes, high=high), begin, turn - 1, clock)
        trial, sets, decided = _stretch(aim, replace(wishes, high=last), clock)
        if not decided:
            return None, False
        if sets is not None:
            people = set_totals(sets, trial.arrays.pop)
            limit = smallest_high(
                sets, people, wishes.low, begin, len(trial.arrays.pop),
                groups=trial.asked, seconds=clock.left, stop=clock.stop,
            )  # fmt: skip
            if limit is not None:
                where = _breaching(trial, sets, people, wishes.low, limit, wishes, clock)
                return _checked(aim, Change(
                    f"een maximum van {nl_number(limit)}", (limit - wishes.high) / wishes.high,
                    where, replace(wishes, high=limit),
                ), clock)  # fmt: skip
        if clock.out:
            return None, False
        begin = last + 1
    return None, True


def _minimum(aim: Aim, clock: Clock) -> tuple[Change | None, bool]:
    """Lower the minimum as little as possible; also tells whether the answer is certain."""
    wishes, top = aim.wishes, aim.wishes.low - 1
    steps = [max(1, int(wishes.low * (1 - wider))) for wider in WIDER]
    while top >= 1:
        step = next(step for step in steps if step <= top)
        bottom = _last_alike(aim, lambda low: replace(wishes, low=low), top, step, clock)
        trial, sets, decided = _stretch(aim, replace(wishes, low=bottom), clock)
        if not decided:
            return None, False
        if sets is not None:
            people = set_totals(sets, trial.arrays.pop)
            limit = smallest_low(
                sets, people, top, wishes.high, len(trial.arrays.pop),
                groups=trial.asked, seconds=clock.left, stop=clock.stop,
            )  # fmt: skip
            if limit is not None:
                where = _breaching(trial, sets, people, limit, wishes.high, wishes, clock)
                return _checked(aim, Change(
                    f"een minimum van {nl_number(limit)}", (wishes.low - limit) / wishes.low,
                    where, replace(wishes, low=limit),
                ), clock)  # fmt: skip
        if clock.out:
            return None, False
        top = bottom - 1
    return None, True


def _number(aim: Aim, clock: Clock) -> tuple[Change | None, bool]:
    """Ask for another number of groups, as near as possible; also tells whether it is certain."""
    asked = aim.wishes.groups or 0
    trial, sets, decided = _stretch(aim, replace(aim.wishes, groups=None), clock)
    if sets is None or not decided:
        return None, decided
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
            change = Change(
                text, abs(groups - asked) / asked, (), replace(aim.wishes, groups=groups)
            )
            return _checked(aim, change, clock)
        if found.status == "unknown":
            return None, False
    return None, True


def _checked(aim: Aim, change: Change, clock: Clock) -> tuple[Change | None, bool]:
    """Run with what was found; it is not named where that gives no plan, or had no time."""
    holds = aim.holds(aim.within(change.wishes), clock)
    return (change, True) if holds else (None, False)


def _last_alike(
    aim: Aim, wished: Callable[[int], Wishes], begin: int, last: int, clock: Clock
) -> int:
    """Return how far from `begin` towards `last` what the plan is made of stays the same.

    Under a wider band places only join, until a turning point, so that the end can be halved.
    """

    def made_of(value: int) -> tuple[bytes, bytes, object]:
        trial = aim.within(wished(value))
        return trial.node.tobytes(), trial.component.tobytes(), trial.alone

    here = made_of(begin)
    if made_of(last) == here:
        return last
    same, other = begin, last
    while abs(other - same) > 1 and not clock.out:
        middle = (same + other) // 2
        if made_of(middle) == here:
            same = middle
        else:
            other = middle
    return same


def _stretch(aim: Aim, wishes: Wishes, clock: Clock) -> tuple[Problem, Sets | None, bool]:
    """Enumerate the groups under a wider band; no sets where no plan can serve the aim.

    Also tells whether that could be done to the end.
    """
    trial = aim.within(wishes)
    if clock.out:
        return trial, None, False
    if not aim.served(trial):
        return trial, None, True
    sets, _ = possible_groups(trial, trial.price, clock)
    return trial, sets, sets.complete


def _turning_points(aim: Aim) -> set[int]:
    """Return the maximums from which a unit, or what stays whole, fits in a group."""
    area, wishes = aim.area, aim.wishes
    people, _ = count_people(area, wishes)
    totals, division = [people], divisions(area, wishes)
    for keep in keeps(area, wishes):
        if keep.hard:
            labels = keep.labels if keep.wish else by_division(keep, division)
            inside = labels != NOWHERE
            totals.append(np.bincount(labels[inside], people[inside]).astype(np.int64))
    return set(np.concatenate(totals).tolist())


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
