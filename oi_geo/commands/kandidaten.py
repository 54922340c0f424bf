"""`oi-geo kandidaten`: make plans within wishes, write them, and say what is impossible and why."""

import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Event

from oi_geo.candidates.propose import Proposals, propose
from oi_geo.candidates.search import Progress
from oi_geo.commands.asked import Asked
from oi_geo.commands.long_work import (
    check_files,
    check_folder,
    check_limits,
    first_interrupt,
    unwritable,
)
from oi_geo.commands.toets import GivenFiles, inputs_of
from oi_geo.commands.wishes import WishFiles, left_out, unit_level_of, wishes_of
from oi_geo.errors import ImpossibleWishes
from oi_geo.pipeline import load_area
from oi_geo.plan import Plan
from oi_geo.report.tables import csv_text, plan_table
from oi_geo.sources.report import ReadReport
from oi_geo.study_area import StudyArea
from oi_geo.text import nl_number, nl_percentage
from oi_geo.together import together

# What a run writes, and what it removes of an earlier one.
WORKBOOK = "kandidaten.xlsx"
_OWN_FILE = re.compile(rf"plan_[1-9]\d*\.csv|{re.escape(WORKBOOK)}")


@dataclass(frozen=True)
class Effort:
    """How the search is done: plans wanted, seconds at most, seed, and whether to prove it."""

    count: int
    seconds: float | None
    seed: int
    exact: bool

    def __post_init__(self) -> None:
        if self.count < 1:
            raise ImpossibleWishes("Het aantal plannen (--aantal) moet ten minste 1 zijn.")
        check_limits(self.seconds, self.seed)


@dataclass(frozen=True, eq=False)
class Outcome:
    """What came out: proposals with the file of each candidate, what was read, and what to know."""

    area: StudyArea
    proposals: Proposals
    files: tuple[str, ...]
    reports: tuple[ReadReport, ...]
    notes: tuple[str, ...]
    seconds: float


def run(
    asked: Asked,
    effort: Effort,
    *,
    given: GivenFiles,
    files: WishFiles,
    folder: Path,
    progress: Callable[[str], None],
    gebied: Sequence[str] = (),
) -> Outcome:
    """Make candidates and write them; the first Ctrl+C keeps the best so far.

    Raises
    ------
    UnusableFile, ProposalMismatch, ImpossibleWishes
        With one Dutch sentence for the user.
    """
    check_files(*vars(given).values(), *vars(files).values())
    check_folder(folder)
    inputs = inputs_of(given, gebied)
    area = load_area(inputs, level=unit_level_of(files), progress=progress)
    files = replace(files, postcodes=inputs.postcodes)
    wishes, reports = wishes_of(area, asked, files, grenzen=inputs.grenzen, progress=progress)
    progress("Rekenkern klaarmaken (de allereerste keer ongeveer een halve minuut)")
    started = time.monotonic()
    with first_interrupt(progress, _STOPPING) as stop:
        proposals = propose(
            area, wishes, count=effort.count, exact=effort.exact, seed=effort.seed,
            seconds=effort.seconds, stop=stop.is_set, progress=lambda p: progress(_step(p, stop)),
        )  # fmt: skip
    seconds = time.monotonic() - started
    names = write_plans([candidate.plan for candidate in proposals.candidates], folder)
    notes = [*left_out(area, wishes, asked, files), *proposals.notes]
    return Outcome(
        area, proposals, names, (*area.reports, *reports), tuple(dict.fromkeys(notes)), seconds
    )


def write_plans(plans: list[Plan], folder: Path) -> tuple[str, ...]:
    """Write each plan as `plan_1.csv` (`eenheid,groep`), and remove those of an earlier run.

    A unit without a group gets an empty cell, which `toets` reads as still open.

    Returns
    -------
    tuple of str
        The file names, in the order of the plans.

    Raises
    ------
    UnusableFile
        The folder cannot be written to.
    """
    names = tuple(f"plan_{number}.csv" for number in range(1, len(plans) + 1))
    try:
        with together(folder) as made:
            for name, plan in zip(names, plans, strict=True):
                text = csv_text(plan_table(plan))
                (made / name).write_text(text, encoding="utf-8", newline="\n")
        for path in folder.iterdir():
            if _OWN_FILE.fullmatch(path.name) and path.name not in names:
                path.unlink()
    except OSError as error:
        raise unwritable(folder) from error
    return names


def write_workbook(made: bytes, folder: Path) -> None:
    """Write the candidates for a spreadsheet beside the plan files.

    Raises
    ------
    UnusableFile
        The folder cannot be written to.
    """
    try:
        with together(folder) as place:
            (place / WORKBOOK).write_bytes(made)
    except OSError as error:
        raise unwritable(folder) from error


def exit_status(outcome: Outcome) -> int:
    """Return 1 where something is impossible, else 0."""
    return int(bool(outcome.proposals.obstacles))


_STOPPING = "Stoppen met het beste tot nu toe (nog eens Ctrl+C breekt af)"


def _step(progress: Progress, stop: Event) -> str:
    """Say how far the search is."""
    if stop.is_set():
        return _STOPPING
    best = progress.best
    points = "nog geen plan" if best is None else f"beste plan {nl_number(best.energy, 1)} punten"
    return f"Zoeken: {nl_percentage(min(progress.done, 1.0), 0)}, {points}"
