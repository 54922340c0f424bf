"""`oi-geo ensemble`: thousands of valid plans, and the place of a proposal among them."""

import re
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Event

import numpy as np

from oi_geo.candidates.context import MEASURES
from oi_geo.candidates.ensemble import Sampled, sample
from oi_geo.candidates.hopeless import hopeless_parts
from oi_geo.candidates.obstacles import Obstacle
from oi_geo.candidates.problem import Problem, build_problem
from oi_geo.candidates.situate import Context, situate
from oi_geo.candidates.verify import breaches
from oi_geo.candidates.wishes import Wishes
from oi_geo.commands.asked import Asked
from oi_geo.commands.long_work import (
    check_files,
    check_folder,
    check_limits,
    first_interrupt,
    unwritable,
)
from oi_geo.commands.toets import GivenFiles, inputs_of
from oi_geo.commands.wishes import WishFiles, unit_level_of, wishes_of
from oi_geo.errors import ImpossibleWishes
from oi_geo.pipeline import load_area, read_plan, unit_level_for
from oi_geo.plan import UNASSIGNED, Plan
from oi_geo.sources.report import ReadReport
from oi_geo.study_area import StudyArea
from oi_geo.text import nl_count, nl_list, nl_number, nl_percentage

ENSEMBLE_FOLDER = "ensemble"
# What is spent on proving which parts of the area cannot be divided at all.
HOPELESS_SECONDS = 30.0
# What the command writes beside the ensemble itself.
REPORTED = re.compile(
    rf"dichtstbij_[1-9]\d*\.csv|samen\.csv|context\.md|({'|'.join(MEASURES)})\.svg"
)
# Fewer different plans than this say little as a distribution.
FEW_PLANS = 50
_MOST_NAMED = 6


@dataclass(frozen=True)
class Sampling:
    """How plans are made: steps of each chain, chains, seed, seconds at most, Dask scheduler."""

    steps: int
    chains: int
    seed: int
    seconds: float | None = None
    scheduler: str | None = None

    def __post_init__(self) -> None:
        if self.steps < 1:
            raise ImpossibleWishes("Het aantal stappen (--stappen) moet ten minste 1 zijn.")
        if self.chains < 1:
            raise ImpossibleWishes("Het aantal ketens (--ketens) moet ten minste 1 zijn.")
        check_limits(self.seconds, self.seed)


@dataclass(frozen=True, eq=False)
class Outcome:
    """A proposal in its context, what is impossible, what was read, and what to know."""

    proposal: str
    plan: Plan
    problem: Problem
    context: Context
    obstacles: tuple[Obstacle, ...]
    reports: tuple[ReadReport, ...]
    notes: tuple[str, ...]
    seconds: float

    @property
    def groups(self) -> int:
        """Number of groups of each plan, with those that stand outside the ensemble."""
        return self.context.sampled.groups + _beside(self.problem)


def run(
    proposal: Path,
    asked: Asked,
    sampling: Sampling,
    *,
    given: GivenFiles,
    files: WishFiles,
    folder: Path,
    progress: Callable[[str], None],
) -> Outcome:
    """Sample plans into a folder and place the proposal; after Ctrl+C what was made counts.

    Raises
    ------
    UnusableFile, ProposalMismatch, ImpossibleWishes
        With one Dutch sentence for the user.
    """
    check_files(proposal, *vars(given).values(), *vars(files).values())
    check_folder(folder)
    inputs = inputs_of(given)
    area = load_area(
        inputs, level=unit_level_for(proposal) or unit_level_of(files), progress=progress
    )
    progress("Voorstel lezen")
    plan, report = read_plan(area, proposal, asked.level, grenzen=inputs.grenzen)
    files = replace(files, postcodes=inputs.postcodes)
    wishes, reports = wishes_of(area, asked, files, grenzen=inputs.grenzen, progress=progress)
    problem = problem_for(area, wishes, plan)
    _clear(folder)
    progress("Beginplannen zoeken")
    started = time.monotonic()

    def step(share: float) -> None:
        progress(_STOPPING if stop.is_set() else f"Plannen maken: {nl_percentage(share, 0)}")

    with first_interrupt(progress, _STOPPING) as stop:
        problem, sampled, beside = sample_possible(
            problem, folder / ENSEMBLE_FOLDER, sampling, stop, step
        )
    progress("Voorstel vergelijken")
    context = situate(problem, plan, sampled)
    return Outcome(
        proposal=proposal.name,
        plan=plan,
        problem=problem,
        context=context,
        obstacles=(*problem.obstacles, *beside),
        reports=(*area.reports, report, *reports),
        notes=tuple(notes_on(problem, plan, context)),
        seconds=time.monotonic() - started,
    )


def exit_status(outcome: Outcome) -> int:
    """Return 1 where something is impossible, else 0."""
    return int(bool(outcome.obstacles))


def _clear(folder: Path) -> None:
    """Remove what an earlier run reported: it is not about the plans that come now."""
    try:
        for path in folder.iterdir():
            if REPORTED.fullmatch(path.name):
                path.unlink()
    except OSError as error:
        raise unwritable(folder) from error


def problem_for(area: StudyArea, wishes: Wishes, plan: Plan) -> Problem:
    """Make the problem; a division of the whole area is compared with as many groups as it has."""
    problem = build_problem(area, wishes)
    if wishes.groups is None and plan.scope == "geheel" and problem.solvable:
        number = _divided(problem, plan) + _beside(problem)
        problem = build_problem(area, replace(wishes, groups=number))
    if not problem.solvable:
        reasons = " ".join(obstacle.reason for obstacle in problem.obstacles if obstacle.fatal)
        raise ImpossibleWishes(
            f"Er is geen ensemble te maken. {reasons}"
            if reasons
            else "Er is geen ensemble te maken: buiten wat vaststaat of onmogelijk is, blijft er "
            "niets te verdelen over."
        )
    return problem


def _divided(problem: Problem, plan: Plan) -> int:
    """Count the groups of a plan that hold anything which the ensemble divides."""
    labels = plan.labels[problem.node >= 0]
    return len(np.unique(labels[labels != UNASSIGNED]))


def _beside(problem: Problem) -> int:
    """Count the groups that stand outside the ensemble: too large by themselves, or closed."""
    return len(problem.alone) + len(problem.wishes.finished)


def sample_possible(
    problem: Problem,
    folder: Path,
    sampling: Sampling,
    stop: Event,
    progress: Callable[[float], None],
) -> tuple[Problem, Sampled, list[Obstacle]]:
    """Sample; where no plan to start from is found, without the parts that have none at all.

    Returns
    -------
    problem : Problem
        Without the parts that have no plan.
    sampled : Sampled
    beside : list of Obstacle
        Those parts, and why.

    Raises
    ------
    ImpossibleWishes
        If no valid plan was found to start from.
    """
    deadline = time.monotonic() + (sampling.seconds or float("inf"))

    def over() -> bool:
        return stop.is_set() or time.monotonic() > deadline

    def make(of: Problem) -> Sampled:
        return sample(
            of, folder, steps=sampling.steps, chains=sampling.chains, seed=sampling.seed,
            scheduler=sampling.scheduler, stop=over, progress=progress,
        )  # fmt: skip

    try:
        return problem, make(problem), []
    except ImpossibleWishes:
        if len(problem.groups) == 1:
            raise
        lost, beside = hopeless_parts(problem, seconds=HOPELESS_SECONDS, stop=stop.is_set)
        if not lost:
            raise
    rest = build_problem(problem.area, problem.wishes, leave_out=lost)
    return rest, make(rest), beside


_STOPPING = "Stoppen met wat er al is (nog eens Ctrl+C breekt af)"


def notes_on(problem: Problem, plan: Plan, context: Context) -> list[str]:
    """Say what the user should know about the proposal and the numbers, in Dutch sentences."""
    wishes = problem.wishes
    notes = [*problem.notes, *_about(problem, plan, context.sampled)]
    if 0 < context.different < FEW_PLANS:
        different = nl_count(context.different, "verschillend plan", "verschillende plannen")
        notes.append(
            f"Onder de {nl_number(context.plans)} bewaarde plannen na de inloop zijn maar "
            f"{different}. Een percentage zegt dan alleen welke daarvan vaker getrokken worden; "
            "een ruimere band geeft er meer."
        )
    if any(one.maat == "snijlijn_km" and one.waarde == 0 for one in context.specials):
        notes.append(
            "De snijlijn is de landgrens tussen groepen; waar water de groepen scheidt, telt zij "
            "als nul."
        )
    alone = {code for codes in problem.alone for code in codes}
    exempt = frozenset(
        name for name in plan.groups if name in wishes.closed or set(plan.members(name)) <= alone
    )
    # The number of groups has a sentence of its own.
    wrong = breaches(problem.area, replace(wishes, groups=None), plan, exempt=exempt)
    if wrong:
        rest = len(wrong) - _MOST_NAMED
        more = f" En zo nog {nl_count(rest, 'punt', 'punten')}." if rest > 0 else ""
        notes.append(
            "Het voorstel houdt zich niet aan de wensen; het is vergeleken met plannen die dat wel "
            f"doen. {' '.join(wrong[:_MOST_NAMED])}{more}"
        )
    if context.sampled.made < context.sampled.steps:
        notes.append(
            "Het rekenen is ingekort door de tijdslimiet of door u; wat er al was, telt. Een "
            "volgende keer kan er iets anders uitkomen."
        )
    if not context.converged:
        notes.append(
            "De ketens zijn het nog niet over elke maat eens. Daarom staat er niet welke eenheden "
            "hoe vaak samen in een groep zitten."
        )
    return notes


def _about(problem: Problem, plan: Plan, sampled: Sampled) -> list[str]:
    """Say where the proposal is no plan of the same kind as those of the ensemble."""
    if plan.scope == "werkgebied":
        sentence = (
            "Het voorstel verdeelt niet het hele gebied; de maten van hele plannen zijn er daarom "
            "niet van te bepalen, wel welke eenheden hoe vaak samen in een groep zitten."
        )
        return [sentence]
    found = []
    unplaced = plan.units[(plan.labels == UNASSIGNED) & (problem.node >= 0)]
    if len(unplaced):
        count = nl_count(len(unplaced), "eenheid", "eenheden")
        found.append(
            f"Het voorstel laat {count} zonder groep ({nl_list(unplaced, _MOST_NAMED)}); de maten "
            "van hele plannen zijn er daarom niet van te bepalen."
        )
    own = _divided(problem, plan)
    if own != sampled.groups:
        found.append(
            f"Het voorstel telt {nl_count(own, 'groep', 'groepen')} waar de plannen er "
            f"{sampled.groups} tellen; een verschil kan ook daarvan komen."
        )
    return found
