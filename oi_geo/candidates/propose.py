"""Candidates: from a study area and wishes to plans with their measures, points and proof."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from oi_geo.candidates.arrays import HARD
from oi_geo.candidates.distance import choose_different
from oi_geo.candidates.energy import PARTS, plan_parts
from oi_geo.candidates.exact import Exact, bounded, solve_exact
from oi_geo.candidates.infeasible import explain
from oi_geo.candidates.naming import plan_of
from oi_geo.candidates.obstacles import Obstacle
from oi_geo.candidates.problem import Problem, build_problem
from oi_geo.candidates.search import DIFFERENT, Found, Progress, SearchResult, search
from oi_geo.candidates.verify import breaches, cut_by_necessity
from oi_geo.candidates.wishes import Wishes
from oi_geo.metrics import measure
from oi_geo.plan import UNASSIGNED, Plan
from oi_geo.study_area import StudyArea
from oi_geo.text import nl_count

Proof = Literal["optimaal", "grens", "geen"]

# Time limit of the exact choice, and the share of the full search that gives it its first plan.
EXACT_SECONDS = 120.0
EXPLAIN_SECONDS = 30.0
HEAD_START = 0.1
# Where the groups cannot be enumerated a bound is sought for so long, on models of at most so many
# nodes times groups.
BOUND_SECONDS, MOST_ASSIGNMENTS = 20.0, 2_000


@dataclass(frozen=True)
class Figures:
    """What is measured of a candidate: counts of gemeenten, km of border, people per group."""

    gemeenten_gedeeld: int
    gemeenten_noodzakelijk_gedeeld: int
    snijlijn_km: float
    polsby_popper: float
    kleinste: int
    grootste: int


@dataclass(frozen=True, eq=False)
class Candidate:
    """A plan that is proposed.

    Attributes
    ----------
    plan : Plan
    figures : Figures
        Measured on the units by `oi_geo.metrics`.
    points : dict of str to float
        Parts of the objective; less is better. `energy` is their sum.
    proof : {'optimaal', 'grens', 'geen'}
        Whether no plan scores better, how much better one could be at most, or nothing is proven.
    gap : float or None
        Share of the points (0-1) by which another plan could be better; None without proof.
    """

    plan: Plan
    figures: Figures
    points: dict[str, float]
    proof: Proof
    gap: float | None

    @property
    def energy(self) -> float:
        """All points together."""
        return sum(self.points.values())


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
    seed, seconds, different, workers, stop, progress
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
    problem = build_problem(area, wishes)
    found = search(
        problem, seed=seed, count=count, different=different, seconds=seconds, workers=workers,
        stop=stop, progress=progress, effort=HEAD_START if exact else 1.0,
    )  # fmt: skip
    proof: Exact | None = None
    if problem.solvable and (exact or not found.plans):
        proof = solve_exact(
            problem, seconds=EXACT_SECONDS, start=next(iter(found.plans), None), stop=stop
        )
    if exact and proof is not None and proof.status == "too many":
        found = search(
            problem, seed=seed, count=count, different=different, seconds=seconds,
            workers=workers, stop=stop, progress=progress,
        )  # fmt: skip
        if found.plans and _boundable(problem):
            progress(Progress(1.0, found.seconds, found.plans[0]))
            proof = bounded(problem, found.plans[0], seconds=BOUND_SECONDS)
    obstacles = list(problem.obstacles)
    if proof is not None and proof.status == "infeasible":
        obstacles.append(explain(problem, seconds=EXPLAIN_SECONDS, stop=stop))
    notes = list(problem.notes) + _notes(found, proof, count, exact=exact)
    candidates = []
    for plan in _ranked(problem, found, proof, count, different):
        candidate = describe(problem, plan, proof)
        wrong = breaches(area, wishes, candidate.plan, exempt=exempt(problem, candidate.plan))
        if wrong:
            notes.append(f"Een plan is niet afgegeven, want bij controle bleek: {' '.join(wrong)}")
        else:
            candidates.append(candidate)
    return Proposals(
        problem, tuple(candidates), tuple(obstacles), tuple(notes), found.interrupted, found.seconds
    )


def _boundable(problem: Problem) -> bool:
    """Tell whether a bound by CP-SAT makes sense: a stated number of groups, and few enough."""
    size = len(problem.arrays.pop) * problem.n_groups
    return problem.wishes.groups is not None and size <= MOST_ASSIGNMENTS


def _ranked(
    problem: Problem, found: SearchResult, proof: Exact | None, count: int, different: float
) -> list[Found]:
    """Put the proven plan before those of the search, each different from the ones before it."""
    plans = list(found.plans)
    if proof is not None and proof.found is not None:
        plans.insert(0, proof.found)
    chosen = choose_different(
        [plan.labels for plan in plans],
        [plan.energy for plan in plans],
        problem.arrays.pop.astype(np.float64),
        count=count,
        minimum=different,
    )
    return [plans[i] for i in chosen]


def describe(problem: Problem, found: Found, proof: Exact | None = None) -> Candidate:
    """Measure a plan and say what is proven about it."""
    plan = plan_of(problem, found.labels)
    parts = plan_parts(problem.arrays, problem.price, found.labels, found.n_groups).sum(axis=0)
    points = dict(zip(PARTS[1:], parts[1:].tolist(), strict=True))
    constant = problem.arrays.block_weight * problem.pieces
    soft = problem.arrays.block_weight < HARD
    gemeente = np.arange(len(constant)) < problem.arrays.n_gemeenten
    points["gemeenten"] -= float(constant[soft & gemeente].sum())
    points["gehelen"] -= float(constant[soft & ~gemeente].sum())
    kind: Proof = "geen"
    gap = None
    if proof is not None and np.isfinite(proof.bound):
        gap = max(0.0, (found.energy - proof.bound) / max(abs(found.energy), 1e-9))
        if proof.status == "optimal" and proof.found is not None:
            gap = 0.0 if np.array_equal(found.labels, proof.found.labels) else gap
        kind = "optimaal" if gap == 0.0 else "grens"
    return Candidate(plan, figures_of(problem, plan), points, kind, gap)


def figures_of(problem: Problem, plan: Plan) -> Figures:
    """Measure a plan of the units of a problem."""
    area, wishes = problem.area, problem.wishes
    measured = measure(area, plan)
    graph, labels = area.graph, plan.labels
    cut = labels[graph.left] != labels[graph.right]
    placed = pd.Series(labels, plan.units)[labels != UNASSIGNED]
    pieces = placed.groupby(area.units["gemeentecode"].reindex(placed.index)).nunique()
    divided = set(pieces.index[pieces > 1])
    needed = cut_by_necessity(area, wishes, area.units["gemeentecode"])
    people = measured["inwoners" if wishes.counted == "inwoners" else "ion"].fillna(0)
    return Figures(
        gemeenten_gedeeld=len(divided),
        gemeenten_noodzakelijk_gedeeld=len(divided & needed),
        snijlijn_km=float(graph.border_m[cut].sum() / 1e3),
        polsby_popper=float(measured["polsby_popper"].mean()),
        kleinste=round(people.min()),
        grootste=round(people.max()),
    )


def exempt(problem: Problem, plan: Plan) -> frozenset[str]:
    """Name the groups that may leave the band: too large by themselves, or closed by hand."""
    group = dict(zip(plan.units, plan.labels, strict=True))
    alone = {plan.groups[group[codes[0]]] for codes in problem.alone}
    return frozenset(alone | problem.wishes.closed)


def _notes(found: SearchResult, proof: Exact | None, count: int, *, exact: bool) -> list[str]:
    """Say what the user should know about the search and the proof."""
    notes = []
    if proof is not None and proof.status == "too many":
        notes.append(
            "Er zijn te veel mogelijke groepen om ze alle na te gaan: "
            + ("dit zijn resultaten van de zoeker, geen bewijs." if found.plans else
               "dat de zoeker niets vond is geen bewijs dat het niet kan.")
        )  # fmt: skip
    if exact and proof is not None and proof.status in {"bound", "unknown"}:
        notes.append(
            "De tijd was op voordat het bewijs rond was."
            if proof.n_sets
            else "Er zijn te veel mogelijke groepen om ze alle na te gaan; de kloof komt van een "
            "ondergrens voor de snijlijn alleen en is daarom ruim."
        )
    if found.interrupted:
        notes.append(
            "Het zoeken is ingekort door de tijdslimiet of door u; dit is het beste tot dan toe, "
            "en een volgende keer kan er iets anders uitkomen."
        )
    if 0 < len(found.plans) < count:
        notes.append(
            f"Er {'is' if len(found.plans) == 1 else 'zijn'} "
            f"{nl_count(len(found.plans), 'plan', 'plannen')} gevonden die genoeg van elkaar "
            "verschillen."
        )
    return notes
