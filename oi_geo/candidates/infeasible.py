"""Why no plan exists where that has been proven, and the smallest change that allows one."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from oi_geo.candidates.arrays import Longs
from oi_geo.candidates.clock import Clock
from oi_geo.candidates.exact import possible_groups
from oi_geo.candidates.least_violation import smallest_high, smallest_low
from oi_geo.candidates.obstacles import Obstacle
from oi_geo.candidates.partition import choose, uncovered
from oi_geo.candidates.problem import Problem, build_problem
from oi_geo.candidates.rng import states
from oi_geo.candidates.sets import Sets, keep_sets, set_totals
from oi_geo.candidates.starts import first_plan
from oi_geo.candidates.wishes import Wishes
from oi_geo.text import nl_list, nl_number

# How much wider than the band the search for the smallest relaxation looks, step by step.
WIDER = (0.25, 0.5, 1.0)


@dataclass(frozen=True)
class Change:
    """A limit of the band that allows a plan, and the units of the groups that then leave the band.

    `size` is the change as a share of the limit that was wished.
    """

    text: str
    size: float
    where: tuple[str, ...]


def explain(
    problem: Problem, *, seconds: float, stop: Callable[[], bool] | None = None
) -> Obstacle:
    """Explain a proof that no plan exists.

    Parameters
    ----------
    problem : Problem
        For which `solve_exact` has said 'infeasible'.
    seconds : float
        Time limit of all of it.
    stop : callable, optional

    Returns
    -------
    Obstacle
        Where a place is in no possible group at all, that place; else the groups that leave the
        band under the smallest relaxation. What there was no time for is said.
    """
    clock = Clock.of(seconds, stop)
    low, high = problem.wishes.low, problem.wishes.high
    sets, _ = possible_groups(problem, problem.price, clock)
    lost = uncovered(sets, len(problem.arrays.pop)) if sets.complete else sets.node[:0]
    changes, left_open = _relaxations(problem, clock)
    wishes, all_tried = wishes_in_the_way(problem, clock)
    texts = [change.text for change in changes] + wishes
    change = ", of ".join(texts) or (
        "niet gevonden"
        if left_open
        else f"niet gevonden binnen een band van {nl_number(_widest(problem)[0])} tot "
        f"{nl_number(_widest(problem)[1])}"
    )
    change += _not_looked_into([*left_open, *([] if all_tried else ["het loslaten van wensen"])])
    band = f"{nl_number(low)} tot {nl_number(high)}"
    if len(lost):
        where = _codes(problem, np.isin(np.arange(len(problem.arrays.pop)), lost))
        can = "kan" if len(where) == 1 else "kunnen"
        return Obstacle(
            f"{_names(problem, where)} {can} in geen enkele aaneengesloten groep van {band} die "
            "aan de wensen voldoet.",
            where,
            change,
            fatal=True,
        )
    where = changes[0].where if changes else ()
    number = f" in {problem.wishes.groups} groepen" if problem.wishes.groups is not None else ""
    place = f" Het knelt bij {_names(problem, where)}." if where else ""
    return Obstacle(
        f"Bewezen: er is geen verdeling{number} van {band} die alles aaneengesloten houdt en aan "
        f"de andere eisen voldoet.{place}",
        where,
        change,
        fatal=True,
    )


def wishes_in_the_way(problem: Problem, clock: Clock) -> tuple[list[str], bool]:
    """Name the wishes without which a plan exists: each is let go alone, and a plan is made.

    That no plan is found proves nothing, so that the list may be too short, never too long. Also
    tells whether there was time for all of them.
    """
    found: list[str] = []
    for words, fewer in _let_go(problem.wishes):
        if clock.out:
            return found, False
        trial = build_problem(problem.area, fewer, leave_out=problem.left_out)
        if trial.solvable and first_plan(trial, states(0, 1)[0], over=lambda: clock.out):
            found.append(words)
    return found, not clock.out


def _let_go(wishes: Wishes) -> list[tuple[str, Wishes]]:
    """List the wishes that can be let go, in words, with what is left then."""
    trials = []
    if wishes.apart:
        trials.append(("gebieden niet uit elkaar houden", replace(wishes, apart=())))
    if wishes.together:
        trials.append(("gebieden niet bij elkaar houden", replace(wishes, together=())))
    if wishes.locks:
        trials.append(("de vaste groepen loslaten", replace(wishes, locks={}, closed=frozenset())))
    if wishes.within is not None:
        trials.append(("de hogere grens loslaten", replace(wishes, within=None)))
    if wishes.gemeente == "hard":
        trials.append(("gemeenten niet altijd heel laten", replace(wishes, gemeente="nee")))
    for i, whole in enumerate(wishes.whole):
        if whole.firm == "hard":
            others = (*wishes.whole[:i], *wishes.whole[i + 1 :])
            trials.append((f"niet elke {whole.kind} heel laten", replace(wishes, whole=others)))
    return trials


def sharpened(
    problem: Problem, obstacle: Obstacle, *, seconds: float, stop: Callable[[], bool] | None = None
) -> Obstacle:
    """Replace an estimated relaxation by one that is proven, where the groups can be enumerated.

    Parameters
    ----------
    problem : Problem
        Of one connected part, the one that the obstacle is about.
    seconds : float
        Time limit of all of it.
    stop : callable, optional
    """
    if not (obstacle.estimated and obstacle.fatal) or not len(problem.arrays.pop):
        return obstacle
    changes, left_open = _relaxations(problem, Clock.of(seconds, stop))
    if not changes:
        return obstacle
    text = ", of ".join(change.text for change in changes) + _not_looked_into(left_open)
    return replace(obstacle, relaxation=text, estimated=False)


def _not_looked_into(what: list[str]) -> str:
    """Say what may still be a smaller relaxation, because there was no time to find out."""
    return f" ({nl_list(what)} niet tot het einde uitgezocht)" if what else ""


def _widest(problem: Problem) -> tuple[int, int]:
    low, high = problem.wishes.low, problem.wishes.high
    return max(1, int(low * (1 - WIDER[-1]))), int(high * (1 + WIDER[-1]))


def _relaxations(problem: Problem, clock: Clock) -> tuple[list[Change], list[str]]:
    """Find the largest smaller minimum and the smallest larger maximum that allow a plan.

    Returns them, the smallest change first, and in words what was not looked into to the end:
    there are too many possible groups, or the time was over.
    """
    found, left_open = [], []
    for lower, word in ((True, "een lager minimum"), (False, "een hoger maximum")):
        change, decided = _relaxation(problem, clock, lower=lower)
        if change is not None:
            found.append(change)
        elif not decided:
            left_open.append(word)
    return sorted(found, key=lambda change: change.size), left_open


def _relaxation(problem: Problem, clock: Clock, *, lower: bool) -> tuple[Change | None, bool]:
    """Relax one limit as little as possible; also tells whether the answer is certain."""
    low, high = problem.wishes.low, problem.wishes.high
    for wider in WIDER:
        wide = problem.price._replace(
            low=max(1, int(low * (1 - wider))) if lower else low,
            high=high if lower else int(high * (1 + wider)),
        )
        sets, _ = possible_groups(problem, wide, clock)
        if not sets.complete:
            return None, False
        people = set_totals(sets, problem.arrays.pop)
        ask = smallest_low if lower else smallest_high
        limit = ask(
            sets, people, low, high, len(problem.arrays.pop),
            groups=problem.asked, seconds=clock.left, stop=clock.stop,
        )  # fmt: skip
        if limit is not None:
            size = (low - limit) / low if lower else (limit - high) / high
            text = f"een {'minimum' if lower else 'maximum'} van {nl_number(limit)}"
            return Change(text, size, _breaching(problem, sets, people, limit, clock)), True
        if clock.out:
            return None, False
    return None, True


def _breaching(
    problem: Problem, sets: Sets, people: Longs, limit: int, clock: Clock
) -> tuple[str, ...]:
    """Return the units of the groups that leave the band in a plan under a relaxation."""
    low, high = min(problem.wishes.low, limit), max(problem.wishes.high, limit)
    kept = (people >= low) & (people <= high)
    outside = (people < problem.wishes.low) | (people > problem.wishes.high)
    some, cost = keep_sets(sets, kept), outside[kept].astype(np.float64)
    choice = choose(
        some, cost, len(problem.arrays.pop),
        groups=problem.asked, seconds=clock.left, stop=clock.stop,
    )  # fmt: skip
    nodes = np.zeros(len(problem.arrays.pop), bool)
    for s in choice.chosen[cost[choice.chosen] > 0]:
        nodes[some.node[some.ptr[s] : some.ptr[s + 1]]] = True
    return _codes(problem, nodes)


def _codes(problem: Problem, nodes: np.ndarray) -> tuple[str, ...]:
    inside = problem.node >= 0
    inside[inside] = nodes[problem.node[inside]]
    return tuple(problem.area.units.index[inside])


def _names(problem: Problem, codes: tuple[str, ...]) -> str:
    units = problem.area.units.loc[list(codes)]
    few = 4
    column = "naam" if len(units) <= few else "gemeentenaam"
    return nl_list(dict.fromkeys(units[column]))
