"""Candidates: from a study area and wishes to plans with their measures, points and proof."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from oi_geo.candidates.aim import Aim
from oi_geo.candidates.candidate import Candidate, describe, exempt
from oi_geo.candidates.clock import Clock
from oi_geo.candidates.exact import Exact, bounded, solve_exact
from oi_geo.candidates.hopeless import hopeless_parts
from oi_geo.candidates.infeasible import explain, sharpened
from oi_geo.candidates.obstacles import Obstacle
from oi_geo.candidates.pendants import overfull, without_pendants
from oi_geo.candidates.problem import Problem, build_problem
from oi_geo.candidates.search import DIFFERENT, Progress, SearchResult, search
from oi_geo.candidates.starts import Found, best_different, never
from oi_geo.candidates.verify import breaches
from oi_geo.candidates.wishes import Wishes
from oi_geo.metrics import measure
from oi_geo.plan import Plan
from oi_geo.study_area import StudyArea
from oi_geo.text import nl_percentage

# Time limit of the proof where none is given for the search, of the explanation of what is
# impossible, and the share of the full search that gives the proof its first plan.
EXACT_SECONDS, EXPLAIN_SECONDS, HEAD_START = 120.0, 10.0, 0.1
# Where the groups cannot be enumerated a bound is sought for so long, on models of at most so many
# nodes times groups.
BOUND_SECONDS, MOST_ASSIGNMENTS = 20.0, 2_000


NOTHING = SearchResult((), 0.0, interrupted=False)
NOTHING_FOUND = Obstacle(
    "Er is geen plan gevonden; dat bewijst niet dat het niet kan.",
    (),
    "niet bekend; meer tijd of een ruimere wens kan helpen",
    fatal=True,
    estimated=True,
)


@dataclass(frozen=True, eq=False)
class Proposals:
    """What came out of it: candidates (best first), and what is impossible and why.

    `interrupted` tells that a time limit or the user ended the search, so that the same seed may
    give other plans next time.
    """

    problem: Problem
    candidates: tuple[Candidate, ...]
    obstacles: tuple[Obstacle, ...]
    notes: tuple[str, ...]
    interrupted: bool
    seconds: float


def propose(
    area: StudyArea,
    wishes: Wishes,
    *,
    count: int = 3,
    exact: bool = False,
    seed: int = 0,
    seconds: float | None = None,
    different: float = DIFFERENT,
    workers: int | None = None,
    stop: Callable[[], bool] = lambda: False,
    progress: Callable[[Progress], None] = lambda _: None,
) -> Proposals:
    """Make candidates.

    Parameters
    ----------
    area : StudyArea
    wishes : Wishes
    count : int
        How many plans are wanted.
    exact : bool
        Whether to prove the best plan, or that none exists, where the possible groups can all be
        enumerated.
    seconds : float, optional
        Time limit of the search (wall clock). A proof takes as long again at most, without this
        limit two minutes; the explanation of what is impossible ten seconds.
    seed, different, workers, stop, progress
        See `oi_geo.candidates.search.search`.

    Returns
    -------
    Proposals
        Every plan in it has been checked by the measures of part 1.

    Raises
    ------
    ImpossibleWishes
        If a wish contradicts itself or names what is not there.
    """
    problem = whole = build_problem(area, wishes)
    searching = Clock.of(np.inf if seconds is None else seconds, stop)

    def look(problem: Problem, clock: Clock, effort: float = 1.0) -> SearchResult:
        if overfull(problem) is not None:
            return NOTHING
        return search(
            problem, seed=seed, count=count, different=different,
            seconds=None if seconds is None else clock.left,
            workers=workers, stop=stop, progress=progress, effort=effort,
        )  # fmt: skip

    found = look(problem, searching, HEAD_START if exact else 1.0)
    proving = Clock.of(EXACT_SECONDS if seconds is None else seconds, stop)
    problem, beside = (problem, []) if found.plans else _possible_rest(problem, proving)
    if problem is not whole:
        found = look(problem, Clock.of(max(searching.left, proving.left / 2)))
    proof: Exact | None = None
    if problem.solvable and (exact or not found.plans):
        start = next(iter(found.plans), None)
        proof = solve_exact(problem, seconds=proving.left, start=start, stop=stop)
    if proof is not None and proof.status == "too many":
        # Too many to explain what is impossible as a whole; what hangs from one place is.
        problem, pendants = without_pendants(problem)
        beside += pendants
        if exact or pendants:
            found = look(problem, Clock.of(max(searching.left, proving.left / 2)))
        if exact and found.plans and _boundable(problem):
            progress(Progress(1.0, found.seconds, found.plans[0], problem))
            limit = min(proving.left, BOUND_SECONDS)
            proof = bounded(problem, found.plans[0], seconds=limit, stop=stop)
    obstacles = _explained(problem, whole, proof, stop) + beside
    return _checked(problem, found, proof, obstacles, count, different, exact=exact, stopped=stop())


def _possible_rest(problem: Problem, clock: Clock) -> tuple[Problem, list[Obstacle]]:
    """Leave out connected parts that are proven to have no plan, and say so of each.

    Not where wishes contradict each other, which no part can mend, nor where a number of groups is
    asked of all parts together.
    """
    clash = any(obstacle.fatal and not obstacle.estimated for obstacle in problem.obstacles)
    if clash or problem.wishes.groups is not None or len(problem.groups) <= 1:
        return problem, []
    limit = min(clock.left / 2, EXPLAIN_SECONDS)
    lost, found = hopeless_parts(problem, seconds=limit, stop=clock.stop or never)
    if not lost:
        return problem, found
    return build_problem(problem.area, problem.wishes, leave_out=lost), found


def _explained(
    problem: Problem, whole: Problem, proof: Exact | None, stop: Callable[[], bool]
) -> list[Obstacle]:
    """Say what is impossible, with the smallest relaxation as far as the time allows.

    Where nothing has a place, that is of `whole`: the problem before anything was left out.
    """
    clock = Clock.of(EXPLAIN_SECONDS, stop)
    obstacles: list[Obstacle] = []
    base = Aim.of(problem)
    for obstacle in problem.obstacles:
        # What one does not use of its share of the time is for those after it.
        share = clock.left / (len(problem.obstacles) - len(obstacles))
        aim = base.about(problem, obstacle.where)
        obstacles.append(sharpened(obstacle, aim, seconds=share, stop=stop))
    fatal = any(obstacle.fatal for obstacle in obstacles)
    nothing_left = not (len(problem.arrays.pop) or problem.alone or problem.wishes.finished)
    if nothing_left and not fatal:
        obstacles.append(explain(whole, seconds=clock.left, stop=stop))
    elif proof is not None and proof.status == "infeasible":
        obstacles.append(explain(problem, seconds=clock.left, stop=stop, aim=base))
    return obstacles


def _checked(
    problem: Problem,
    found: SearchResult,
    proof: Exact | None,
    obstacles: list[Obstacle],
    count: int,
    different: float,
    *,
    exact: bool,
    stopped: bool,
) -> Proposals:
    """Describe the plans, hand over those that part 1 finds nothing wrong with, and add notes."""
    notes, candidates = list(problem.notes), []
    for plan in _ranked(problem, found, proof, count, different):
        candidate = describe(problem, plan, proof)
        wrong = breaches(
            problem.area, problem.wishes, candidate.plan, exempt=exempt(problem, candidate.plan)
        )
        if wrong:
            notes.append(f"Een plan is niet afgegeven, want bij controle bleek: {' '.join(wrong)}")
        else:
            candidates.append(candidate)
    if not candidates and problem.solvable and not any(o.fatal for o in obstacles):
        obstacles = [*obstacles, NOTHING_FOUND]
    if candidates:
        notes += _closed_in_pieces(problem, candidates[0].plan)
    notes += _notes(found, proof, len(candidates), count, different, exact=exact, stopped=stopped)
    return Proposals(
        problem, tuple(candidates), tuple(obstacles), tuple(notes), found.interrupted, found.seconds
    )


def _closed_in_pieces(problem: Problem, plan: Plan) -> list[str]:
    """Name the groups that were closed by hand and hang apart: that is left to who closed them."""
    closed = sorted(problem.wishes.finished & set(plan.groups))
    if not closed:
        return []
    parts = measure(problem.area, plan)["delen_met_verbindingen"]
    return [
        f"{name} staat vast en bestaat uit {parts[name]} delen die niet samenhangen."
        for name in closed
        if parts[name] > 1
    ]


def _boundable(problem: Problem) -> bool:
    """Tell whether a bound by CP-SAT makes sense: a stated number of groups, and few enough."""
    size = len(problem.arrays.pop) * problem.n_groups
    return problem.wishes.groups is not None and size <= MOST_ASSIGNMENTS


def _ranked(
    problem: Problem, found: SearchResult, proof: Exact | None, count: int, different: float
) -> list[Found]:
    """Put the proven plan before those of the search, each different from the ones before it."""
    fixed = problem.alone or problem.wishes.finished
    if not len(problem.arrays.pop) and fixed and not any(o.fatal for o in problem.obstacles):
        return [Found(np.zeros(0, np.int32), 0.0, 0)]  # nothing is left to choose
    plans = list(found.plans)
    if proof is not None and proof.found is not None:
        plans.insert(0, proof.found)
    return best_different(problem, plans, count, different)


def _notes(
    found: SearchResult,
    proof: Exact | None,
    made: int,
    count: int,
    different: float,
    *,
    exact: bool,
    stopped: bool,
) -> list[str]:
    """Say what the user should know about the search and the proof.

    `stopped` tells that a person ended the work, not the clock.
    """
    notes = []
    if proof is not None and proof.status == "too many":
        notes.append(
            "Er zijn te veel mogelijke groepen om ze alle na te gaan: dit zijn resultaten van de "
            "zoeker, geen bewijs. Met gemeenten als eenheden, een smallere band of een kleiner "
            "gebied is een bewijs vaak wel mogelijk."
            if made
            else "De zoeker vond niets, en er zijn te veel mogelijke groepen om ze alle na te "
            "gaan: dat is geen bewijs dat het niet kan."
        )
    elif not exact and not made and proof is not None and proof.status == "unknown":
        notes.append("De zoeker vond niets, en bewezen is ook niet dat het niet kan.")
    elif exact and proof is not None and proof.status in {"bound", "unknown"}:
        notes.append(
            "U hebt gestopt voordat het bewijs rond was."
            if stopped
            else "De tijd was op voordat het bewijs rond was."
            if proof.n_sets
            else "Er zijn te veel mogelijke groepen om ze alle na te gaan; de kloof komt van een "
            "ondergrens voor de snijlijn alleen, in beperkte tijd, en is daarom ruim."
            if proof.status == "bound"
            else "Er zijn te veel mogelijke groepen om ze alle na te gaan, en de tijd was te kort "
            "voor een ondergrens: dit zijn resultaten van de zoeker, geen bewijs."
        )
    if found.interrupted:
        notes.append(
            f"Het zoeken is ingekort {'omdat u stopte' if stopped else 'door de tijdslimiet'}"
            + ("; dit is het beste tot dan toe" if made else " voordat er een plan was")
            + ". Een volgende keer kan er iets anders uitkomen."
        )
    if 0 < made < count:
        is_made, others = (
            ("is 1", "een ander is") if made == 1 else (f"zijn {made}", "meer zijn er")
        )
        notes.append(
            f"Er {is_made} van de {count} gevraagde plannen gemaakt; {others} niet gevonden waarin "
            f"ten minste {nl_percentage(different, 0)} van de mensen in een andere groep zit."
        )
    return notes
