"""What commands share that take long: a folder checked beforehand, and Ctrl+C that keeps work."""

import signal
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event
from types import FrameType

from oi_geo.errors import ImpossibleWishes, UnusableFile


def check_files(*paths: Path | None) -> None:
    """Refuse a file that is not there.

    Raises
    ------
    UnusableFile
        Naming the first of them.
    """
    for path in paths:
        if path is not None and not path.exists():
            raise UnusableFile(f"Het bestand {path} bestaat niet.")


def check_limits(seconds: float | None, seed: int) -> None:
    """Refuse a time limit that is no time, and a seed below zero.

    Raises
    ------
    ImpossibleWishes
    """
    if seconds is not None and not 0 < seconds < float("inf"):
        raise ImpossibleWishes("De tijd (--tijd) is een aantal seconden groter dan nul.")
    if seed < 0:
        raise ImpossibleWishes("Het zaad (--seed) kan niet kleiner dan nul zijn.")


def check_folder(folder: Path) -> None:
    """Refuse a folder that cannot be written to, before the work takes its time.

    Raises
    ------
    UnusableFile
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise unwritable(folder) from error


def unwritable(folder: Path) -> UnusableFile:
    """Return the error of a folder that cannot be written to."""
    return UnusableFile(
        f"In de map {folder} kan niet geschreven worden: bestaat de plaats, is er ruimte en mag u "
        "er schrijven?"
    )


@contextmanager
def first_interrupt(progress: Callable[[str], None], stopping: str) -> Iterator[Event]:
    """Set the event at the first Ctrl+C and say so; the second one ends the program."""
    event = Event()

    def interrupted(number: int, frame: FrameType | None) -> None:
        if event.is_set():
            signal.default_int_handler(number, frame)
        event.set()
        progress(stopping)

    before = signal.signal(signal.SIGINT, interrupted)
    try:
        yield event
    finally:
        signal.signal(signal.SIGINT, before)
