"""`oi-geo ensemble`: thousands of valid plans, and the place of a proposal among them."""

import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Event

from oi_geo.candidates.clock import Clock
from oi_geo.candidates.ensemble import Sampled, sample
from oi_geo.candidates.hopeless import hopeless_parts
from oi_geo.candidates.infeasible import told_cautiously
from oi_geo.candidates.measures import MEASURES
from oi_geo.candidates.obstacles import Obstacle
from oi_geo.candidates.pendants import without_pendants
from oi_geo.candidates.problem import Problem, build_problem
from oi_geo.candidates.situate import Context, situate
from oi_geo.candidates.wishes import Wishes
from oi_geo.commands.asked import Asked
from oi_geo.commands.ensemble_notes import divided_groups, notes_on
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
from oi_geo.pipeline import load_area, read_plan, source_of, unit_level_for
from oi_geo.plan import Plan
from oi_geo.report.context_origin import standing_beside
from oi_geo.sources.report import ReadReport
from oi_geo.study_area import Source, StudyArea
from oi_geo.text import nl_percentage

ENSEMBLE_FOLDER = "ensemble"
# What is spent on proving which parts of the area cannot be divided at all.
HOPELESS_SECONDS = 30.0
# What the command writes beside the ensemble itself.
REPORTED = re.compile(
    rf"dichtstbij_[1-9]\d*\.csv|samen\.csv|context\.md|({'|'.join(MEASURES)})\.svg"
)


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
    seed: int
    context: Context
    obstacles: tuple[Obstacle, ...]
    reports: tuple[ReadReport, ...]
    notes: tuple[str, ...]
    seconds: float

    @property
    def groups(self) -> int:
        """Number of groups of each plan, with those that stand outside the ensemble."""
        return self.context.sampled.groups + standing_beside(self.problem)

    @property
    def sources(self) -> tuple[Source, ...]:
        """The files that were read, each once."""
        read = (source_of(report) for report in self.reports if report.sha256)
        return tuple(dict.fromkeys(read))


def run(
    proposal: Path,
    asked: Asked,
    sampling: Sampling,
    *,
    given: GivenFiles,
    files: WishFiles,
    folder: Path,
    kolom: str | None = None,
    progress: Callable[[str], None],
    gebied: Sequence[str] = (),
) -> Outcome:
    """Sample plans into a folder and place the proposal; after Ctrl+C what was made counts.

    Raises
    ------
    UnusableFile, ProposalMismatch, ImpossibleWishes
        With one Dutch sentence for the user.
    """
    check_files(proposal, *vars(given).values(), *vars(files).values())
    check_folder(folder)
    inputs = inputs_of(given, gebied)
    area = load_area(
        inputs, level=unit_level_for(proposal) or unit_level_of(files), progress=progress
    )
    progress("Voorstel lezen")
    plan, report = read_plan(area, proposal, asked.level, grenzen=inputs.grenzen, kolom=kolom)
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
            problem, folder / ENSEMBLE_FOLDER, sampling, stop, step, plan
        )
    progress("Voorstel vergelijken")
    # What was made before a first Ctrl+C is compared in full; a new one cuts the comparing short.
    with first_interrupt(progress, _STOPPING) as enough:
        context = situate(problem, plan, sampled, stop=enough.is_set)
    return Outcome(
        proposal=proposal.name,
        plan=plan,
        problem=problem,
        seed=sampling.seed,
        context=context,
        obstacles=tuple(told_cautiously(o) for o in (*problem.obstacles, *beside)),
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
        number = divided_groups(problem, plan) + standing_beside(problem)
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


def sample_possible(
    problem: Problem,
    folder: Path,
    sampling: Sampling,
    stop: Event,
    progress: Callable[[float], None],
    plan: Plan | None = None,
) -> tuple[Problem, Sampled, list[Obstacle]]:
    """Sample, without what hangs from an overfull place and without parts that have no plan at all.

    With `plan` a chain starts at it, where it is valid.

    Returns
    -------
    problem : Problem
        Without what was left out.
    sampled : Sampled
    beside : list of Obstacle
        What was left out, and why.

    Raises
    ------
    ImpossibleWishes
        If no valid plan was found to start from.
    """
    clock = Clock.of(sampling.seconds or float("inf"), stop.is_set)

    def make(of: Problem) -> Sampled:
        made = sample(
            of, folder, steps=sampling.steps, chains=sampling.chains, seed=sampling.seed,
            scheduler=sampling.scheduler, proposal=plan, stop=lambda: clock.out, progress=progress,
        )  # fmt: skip
        return replace(made, stopped=stop.is_set())

    # What hangs from an overfull place makes every plan impossible: no use to look for one.
    rest, beside = without_pendants(problem)
    if not beside:
        try:
            return problem, make(problem), []
        except ImpossibleWishes:
            if len(problem.groups) == 1 or clock.out:
                raise
    if len(rest.groups) > 1:
        lost, more = hopeless_parts(
            rest, seconds=min(HOPELESS_SECONDS, clock.left), stop=stop.is_set
        )
        if more:
            rest, beside = build_problem(rest.area, rest.wishes, leave_out=lost), beside + more
    return rest, make(rest), beside


_STOPPING = "Stoppen met wat er al is (nog eens Ctrl+C breekt af)"
