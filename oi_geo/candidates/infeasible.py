"""Why no plan exists where that has been proven, and the smallest change that allows one."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from oi_geo.candidates.arrays import Longs
from oi_geo.candidates.exact import MOST_SETS, possible_groups
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


def explain(
    problem: Problem, *, seconds: float, stop: Callable[[], bool] | None = None
) -> Obstacle:
    """Explain a proof that no plan exists.

    Parameters
    ----------
    problem : Problem
        For which `solve_exact` has said 'infeasible'.
    seconds : float
        Time limit for each step of the search for the smallest relaxation.
    stop : callable, optional

    Returns
    -------
    Obstacle
        Where a place is in no possible group at all, that place; else the groups that leave the
        band under the smallest relaxation.
    """
    low, high = problem.wishes.low, problem.wishes.high
    sets = possible_groups(problem, problem.price)
    lost = uncovered(sets, len(problem.arrays.pop))
    changes = _relaxations(problem, seconds, stop)
    texts = [text for text, _ in changes] + wishes_in_the_way(problem)
    change = ", of ".join(texts) or (
        f"niet gevonden binnen een band van {nl_number(_widest(problem)[0])} tot "
        f"{nl_number(_widest(problem)[1])}"
    )
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
    where = changes[0][1] if changes else ()
    number = f" in {problem.wishes.groups} groepen" if problem.wishes.groups is not None else ""
    place = f" Het knelt bij {_names(problem, where)}." if where else ""
    return Obstacle(
        f"Bewezen: er is geen verdeling{number} van {band} die alles aaneengesloten houdt en aan "
        f"de andere eisen voldoet.{place}",
        where,
        change,
        fatal=True,
    )


def wishes_in_the_way(problem: Problem) -> list[str]:
    """Name the wishes without which a plan exists: each is let go alone, and a plan is made.

    That no plan is found proves nothing, so that the list may be too short, never too long.
    """
    wishes = problem.wishes
    trials: list[tuple[str, Wishes]] = []
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
    found = []
    for words, fewer in trials:
        trial = build_problem(problem.area, fewer, leave_out=problem.left_out)
        if trial.solvable and first_plan(trial, states(0, 1)[0]):
            found.append(words)
    return found


def sharpened(
    problem: Problem, obstacle: Obstacle, *, seconds: float, stop: Callable[[], bool] | None = None
) -> Obstacle:
    """Replace an estimated relaxation by one that is proven, where the groups can be enumerated.

    Parameters
    ----------
    problem : Problem
        Of one connected part, the one that the obstacle is about.
    """
    if not (obstacle.estimated and obstacle.fatal) or not len(problem.arrays.pop):
        return obstacle
    changes = [text for text, _ in _relaxations(problem, seconds, stop)]
    if not changes:
        return obstacle
    return replace(obstacle, relaxation=", of ".join(changes), estimated=False)


def _widest(problem: Problem) -> tuple[int, int]:
    low, high = problem.wishes.low, problem.wishes.high
    return max(1, int(low * (1 - WIDER[-1]))), int(high * (1 + WIDER[-1]))


def _relaxations(
    problem: Problem, seconds: float, stop: Callable[[], bool] | None
) -> list[tuple[str, tuple[str, ...]]]:
    """Find the largest smaller minimum and the smallest larger maximum that allow a plan."""
    found: list[tuple[float, str, tuple[str, ...]]] = []
    low, high = problem.wishes.low, problem.wishes.high
    for lower in (True, False):
        for wider in WIDER:
            wide = problem.price._replace(
                low=max(1, int(low * (1 - wider))) if lower else low,
                high=high if lower else int(high * (1 + wider)),
            )
            sets = possible_groups(problem, wide, limit=MOST_SETS)
            if not sets.complete:
                break
            people = set_totals(sets, problem.arrays.pop)
            ask = smallest_low if lower else smallest_high
            limit = ask(
                sets, people, low, high, len(problem.arrays.pop),
                groups=problem.asked, seconds=seconds, stop=stop,
            )  # fmt: skip
            if limit is not None:
                change = (low - limit) / low if lower else (limit - high) / high
                word = "minimum" if lower else "maximum"
                where = _breaching(problem, sets, people, limit, seconds, lower=lower)
                found.append((change, f"een {word} van {nl_number(limit)}", where))
                break
    return [(text, where) for _, text, where in sorted(found, key=lambda item: item[0])]


def _breaching(
    problem: Problem, sets: Sets, people: Longs, limit: int, seconds: float, *, lower: bool
) -> tuple[str, ...]:
    """Return the units of the groups that leave the band in a plan under a relaxation."""
    kept = people >= limit if lower else people <= limit
    outside = people < problem.wishes.low if lower else people > problem.wishes.high
    some, cost = keep_sets(sets, kept), outside[kept].astype(np.float64)
    choice = choose(some, cost, len(problem.arrays.pop), groups=problem.asked, seconds=seconds)
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
