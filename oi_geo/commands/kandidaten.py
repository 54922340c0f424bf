"""`oi-geo kandidaten`: make plans within wishes, write them, and say what is impossible and why."""

import re
import signal
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Event
from types import FrameType

import pandas as pd

from oi_geo.candidates.propose import Proposals, propose
from oi_geo.candidates.search import Progress
from oi_geo.commands.asked import Asked
from oi_geo.commands.toets import GivenFiles, inputs_of
from oi_geo.commands.wishes import WishFiles, left_out, unit_level_of, wishes_of
from oi_geo.errors import ImpossibleWishes, UnusableFile
from oi_geo.pipeline import load_area
from oi_geo.plan import UNASSIGNED, Plan
from oi_geo.report.tables import csv_text
from oi_geo.sources.report import ReadReport
from oi_geo.study_area import StudyArea
from oi_geo.text import nl_number, nl_percentage

_PLAN_FILE = re.compile(r"plan_[1-9]\d*\.csv")


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
        if self.seconds is not None and not 0 < self.seconds < float("inf"):
            raise ImpossibleWishes("De tijd (--tijd) is een aantal seconden groter dan nul.")
        if self.seed < 0:
            raise ImpossibleWishes("Het zaad (--seed) kan niet kleiner dan nul zijn.")


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
) -> Outcome:
    """Make candidates and write them; the first Ctrl+C keeps the best so far.

    Raises
    ------
    UnusableFile, ProposalMismatch, ImpossibleWishes
        With one Dutch sentence for the user.
    """
    for path in (*vars(given).values(), *vars(files).values()):
        if path is not None and not path.exists():
            raise UnusableFile(f"Het bestand {path} bestaat niet.")
    _check_folder(folder)
    inputs = inputs_of(given)
    area = load_area(inputs, level=unit_level_of(files), progress=progress)
    files = replace(files, postcodes=inputs.postcodes)
    wishes, reports = wishes_of(area, asked, files, grenzen=inputs.grenzen, progress=progress)
    progress("Zoeken")
    started = time.monotonic()
    with _first_interrupt(progress) as stop:
        proposals = propose(
            area, wishes, count=effort.count, exact=effort.exact, seed=effort.seed,
            seconds=effort.seconds, stop=stop.is_set, progress=lambda p: progress(_step(p, stop)),
        )  # fmt: skip
    seconds = time.monotonic() - started
    names = write_plans([candidate.plan for candidate in proposals.candidates], folder)
    notes = [*left_out(area, wishes, asked, files), *proposals.notes]
    if not proposals.candidates and not proposals.obstacles:
        notes.append("Er is geen plan gevonden; dat is geen bewijs dat het niet kan.")
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
        for name, plan in zip(names, plans, strict=True):
            groups = ["" if x == UNASSIGNED else plan.groups[x] for x in plan.labels]
            table = pd.DataFrame({"eenheid": plan.units, "groep": groups})
            (folder / name).write_text(csv_text(table), encoding="utf-8", newline="\n")
        for path in folder.iterdir():
            if _PLAN_FILE.fullmatch(path.name) and path.name not in names:
                path.unlink()
    except OSError as error:
        raise _unwritable(folder) from error
    return names


def exit_status(outcome: Outcome) -> int:
    """Return 1 where something is impossible, else 0."""
    return int(bool(outcome.proposals.obstacles))


def _check_folder(folder: Path) -> None:
    """Refuse a folder that cannot be written to, before the search takes its time."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise _unwritable(folder) from error


def _unwritable(folder: Path) -> UnusableFile:
    return UnusableFile(
        f"In de map {folder} kan niet geschreven worden: bestaat de plaats, is er ruimte en mag u "
        "er schrijven?"
    )


@contextmanager
def _first_interrupt(progress: Callable[[str], None]) -> Iterator[Event]:
    """Set the event at the first Ctrl+C; the second one ends the program as it always does."""
    event = Event()

    def interrupted(number: int, frame: FrameType | None) -> None:
        if event.is_set():
            signal.default_int_handler(number, frame)
        event.set()
        progress(_STOPPING)

    before = signal.signal(signal.SIGINT, interrupted)
    try:
        yield event
    finally:
        signal.signal(signal.SIGINT, before)


_STOPPING = "Stoppen met het beste tot nu toe (nog eens Ctrl+C breekt af)"


def _step(progress: Progress, stop: Event) -> str:
    """Say how far the search is."""
    if stop.is_set():
        return _STOPPING
    best = progress.best
    points = "nog geen plan" if best is None else f"beste plan {nl_number(best.energy, 1)} punten"
    return f"Zoeken: {nl_percentage(min(progress.done, 1.0), 0)}, {points}"
