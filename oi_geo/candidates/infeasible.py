"""Why no plan exists where that has been proven, and the smallest change that allows one.

A change is named as enough only after a run with it, on the whole area and with every other wish,
gave a plan. What was not run with is named with "ten minste", and why.
"""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from oi_geo.candidates.aim import Aim, without_place
from oi_geo.candidates.clock import Clock
from oi_geo.candidates.exact import possible_groups
from oi_geo.candidates.obstacles import Obstacle
from oi_geo.candidates.partition import uncovered
from oi_geo.candidates.problem import Problem
from oi_geo.candidates.relaxation import (
    MAXIMUM,
    MINIMUM,
    Change,
    both_at_once,
    codes_of,
    relaxations,
    widest,
)
from oi_geo.candidates.wishes import Wishes
from oi_geo.contiguity import Link
from oi_geo.text import nl_count, nl_list, nl_number

UNTRIED = "niet nagerekend"


def explain(
    problem: Problem,
    *,
    seconds: float,
    stop: Callable[[], bool] | None = None,
    aim: Aim | None = None,
) -> Obstacle:
    """Explain a proof that no plan exists.

    Parameters
    ----------
    problem : Problem
        For which `solve_exact` has said 'infeasible'.
    seconds : float
        Time limit of all of it.
    stop : callable, optional
    aim : Aim, optional
        What a relaxation must bring about; by default a plan of this problem.

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
    change, where = _smallest_change(aim or Aim.of(problem), clock)
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


def wishes_in_the_way(aim: Aim, clock: Clock) -> tuple[list[str], bool]:
    """Name the wishes without which a plan exists: each is let go alone, and a plan is made.

    The list may be too short, never too long. Also tells whether each was found out.
    """
    found: list[str] = []
    decided = True
    for words, fewer in _let_go(aim.wishes):
        if clock.out:
            return found, False
        holds = aim.holds(aim.under(fewer), clock)
        decided &= holds is not None
        found += [words] if holds else []
    return found, decided


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
    obstacle: Obstacle,
    aim: Aim,
    *,
    seconds: float,
    stop: Callable[[], bool] | None = None,
) -> Obstacle:
    """Say what would take an obstacle away: proven changes, else "ten minste" and why.

    Parameters
    ----------
    obstacle : Obstacle
    aim : Aim
        A place for its units, while no other loses the one it has.
    seconds : float
        Time limit of all of it.
    stop : callable, optional
    """
    clock = Clock.of(seconds, stop)
    if not obstacle.estimated:  # wishes that contradict each other: no limit mends that
        wishes, _ = wishes_in_the_way(aim, clock)
        if not obstacle.fatal:
            return obstacle
        text = f"{obstacle.relaxation}: {', of '.join(wishes)}" if wishes else cautious(obstacle)
        return replace(obstacle, relaxation=text)
    text, _ = _smallest_change(aim, clock, obstacle)
    return replace(obstacle, relaxation=text, estimated=False)


def told_cautiously(obstacle: Obstacle) -> Obstacle:
    """Return an obstacle whose estimated relaxation says that it is one."""
    if not obstacle.estimated:
        return obstacle
    return replace(obstacle, relaxation=cautious(obstacle))


def cautious(obstacle: Obstacle) -> str:
    """Write the relaxation of an obstacle that nobody ran with."""
    if not obstacle.estimated:
        return f"ten minste {obstacle.relaxation} ({UNTRIED} of dat genoeg is)"
    bounds = [_bound_text(word, value) for word, value in _bounds(obstacle, [MINIMUM, MAXIMUM])]
    texts = [text for text in bounds if text]
    if not texts:
        return f"ten minste {obstacle.other or obstacle.relaxation} ({UNTRIED} of dat genoeg is)"
    other = f", of misschien {obstacle.other}" if obstacle.other else ""
    return f"{', of '.join(texts)} ({UNTRIED} of dat genoeg is){other}"


def _bounds(obstacle: Obstacle, open_ones: list[str]) -> list[tuple[str, int]]:
    """List the limits that are needed at least, of those that were not decided."""
    known = {MINIMUM: obstacle.minimum, MAXIMUM: obstacle.maximum}
    return [(word, known[word]) for word in open_ones if known.get(word)]


def _bound_text(word: str, value: int) -> str:
    change = "verlaging van het minimum" if word == MINIMUM else "verhoging van het maximum"
    return f"ten minste een {change} tot {nl_number(value)}"


def _smallest_change(
    aim: Aim, clock: Clock, obstacle: Obstacle | None = None
) -> tuple[str, tuple[str, ...]]:
    """Write what would serve the aim, each by itself, and what was not found out.

    Also returns the units of the groups that leave the band under the smallest change.
    """
    changes, left_open = relaxations(aim, clock)
    needed: list[str] = []
    # Beyond the largest maximum that was gone through, too, a limit may be known to be needed.
    beyond = obstacle is not None and obstacle.maximum > widest(aim.wishes)
    unsettled = [*left_open, *([MAXIMUM] if beyond and MAXIMUM not in left_open else [])]
    for word, value in _bounds(obstacle, unsettled) if obstacle else []:
        change = _limit(aim.wishes, word, value)
        holds = aim.holds(aim.within(change.wishes), clock)
        if holds:  # it is needed in any case, so nothing smaller is enough
            changes.append(change)
        elif not clock.out and holds is False:
            needed.append(f"{_bound_text(word, value)} (met dat getal alleen kan het nog niet)")
        else:
            needed.append(f"{_bound_text(word, value)} ({UNTRIED} of dat genoeg is)")
    named = {change.text.split()[1] for change in changes}
    left_open = [word for word in left_open if word.split()[-1] not in named]
    changes.sort(key=lambda change: change.size)
    texts = [_change_text(aim, change) for change in changes]
    wishes, all_tried = wishes_in_the_way(aim, clock)
    texts += wishes + _link_text(aim, obstacle, clock)
    if not texts and not left_open and aim.wishes.groups is not None:
        needed += [text for text in [both_at_once(aim, clock)] if text]
    nothing = (
        "niet gevonden"
        if left_open
        else "niet gevonden met alleen een lager minimum of alleen een maximum tot "
        f"{nl_number(widest(aim.wishes))}"
    )
    text = ", of ".join([*texts, *needed]) or nothing
    if obstacle is not None and obstacle.other and not obstacle.link:
        text += f", of misschien {obstacle.other}"
    rest = [*left_open, *([] if all_tried else ["het loslaten van wensen"])]
    return text + _not_looked_into(rest), changes[0].where if changes else ()


def _change_text(aim: Aim, change: Change) -> str:
    """Write a change, and whether it leaves other places without a group that have none now."""
    lacking = without_place(aim.within(change.wishes)).any()
    return f"{change.text}{' (elders blijft dan iets zonder groep)' if lacking else ''}"


def _limit(wishes: Wishes, word: str, value: int) -> Change:
    """Make the change to a limit that is needed at least."""
    if word == MINIMUM:
        size, text = (wishes.low - value) / wishes.low, f"een minimum van {nl_number(value)}"
        return Change(text, size, (), replace(wishes, low=value))
    size, text = (value - wishes.high) / wishes.high, f"een maximum van {nl_number(value)}"
    return Change(text, size, (), replace(wishes, high=value))


def _link_text(aim: Aim, obstacle: Obstacle | None, clock: Clock) -> list[str]:
    """Name the link that an obstacle proposes, if a plan exists with it."""
    if obstacle is None or obstacle.link is None:
        return []
    link = Link(*obstacle.link, "brug", "om na te rekenen")
    area = replace(aim.area, graph=aim.area.graph.with_links([*aim.area.graph.links, link]))
    there = replace(aim, area=area, _trials={}, _built={})
    if not clock.out and there.holds(there.within(aim.wishes), clock):
        return [obstacle.other]
    return [f"ten minste {obstacle.other} ({UNTRIED} of dat genoeg is)"] if clock.out else []


def _not_looked_into(what: list[str]) -> str:
    """Say what may still be a smaller relaxation, because there was no time to find out."""
    return f" ({nl_list(what)} niet tot het einde uitgezocht)" if what else ""


def _names(problem: Problem, codes: tuple[str, ...]) -> str:
    units = problem.area.units.loc[list(codes)]
    few = 4
    column = "naam" if len(units) <= few else "gemeentenaam"
    return nl_list(dict.fromkeys(units[column]))
