"""Why no plan exists where that has been proven, and the smallest change that allows one."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from oi_geo.candidates.clock import Clock
from oi_geo.candidates.exact import possible_groups
from oi_geo.candidates.obstacles import Obstacle
from oi_geo.candidates.partition import uncovered
from oi_geo.candidates.problem import Problem, build_problem
from oi_geo.candidates.relaxation import codes_of, relaxations, widest, without_place
from oi_geo.candidates.rng import states
from oi_geo.candidates.starts import first_plan
from oi_geo.candidates.wishes import Wishes
from oi_geo.text import nl_count, nl_list, nl_number


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
    change, breaching = _smallest_change(problem, clock)
    where = breaching or ()
    band = f"{nl_number(low)} tot {nl_number(high)}"
    if len(lost):
        where = codes_of(problem, np.isin(np.arange(len(problem.arrays.pop)), lost))
        can = "kan" if len(where) == 1 else "kunnen"
        return Obstacle(
            f"{_names(problem, where)} {can} in geen enkele aaneengesloten groep van {band} die "
            "aan de wensen voldoet.",
            where,
            change,
            fatal=True,
        )
    asked = problem.wishes.groups
    number = f" in {nl_count(asked, 'groep', 'groepen')}" if asked is not None else ""
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
        served = not (without_place(trial) & ~without_place(problem)).any()
        if trial.solvable and served and first_plan(trial, states(0, 1)[0], over=lambda: clock.out):
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
    text, where = _smallest_change(problem, Clock.of(seconds, stop))
    if where is None:  # it is not known to be wrong either
        return replace(obstacle, relaxation=f"{obstacle.relaxation} (niet nagerekend)")
    return replace(obstacle, relaxation=text, estimated=False)


def _smallest_change(problem: Problem, clock: Clock) -> tuple[str, tuple[str, ...] | None]:
    """Write what would allow a plan, each by itself, and what there was no time for.

    Returns
    -------
    text : str
    where : tuple of str or None
        Units of the groups that then leave the band; None where nothing is found nor excluded.
    """
    changes, left_open = relaxations(problem, clock)
    wishes, all_tried = wishes_in_the_way(problem, clock)
    texts = [change.text for change in changes] + wishes
    text = ", of ".join(texts) or (
        "niet gevonden"
        if left_open
        else "niet gevonden met alleen een lager minimum of alleen een maximum tot "
        f"{nl_number(widest(problem.wishes))}"
    )
    text += _not_looked_into([*left_open, *([] if all_tried else ["het loslaten van wensen"])])
    if left_open and not texts:
        return text, None
    return text, changes[0].where if changes else ()


def _not_looked_into(what: list[str]) -> str:
    """Say what may still be a smaller relaxation, because there was no time to find out."""
    return f" ({nl_list(what)} niet tot het einde uitgezocht)" if what else ""


def _names(problem: Problem, codes: tuple[str, ...]) -> str:
    units = problem.area.units.loc[list(codes)]
    few = 4
    column = "naam" if len(units) <= few else "gemeentenaam"
    return nl_list(dict.fromkeys(units[column]))
