"""Outputs appear whole and together, or not at all: also on a full disk, also after a kill."""

import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def together(folder: Path) -> Iterator[Path]:
    """Let a set of files be written aside, and put them in their folder when all are there.

    Where the folder is new or empty it appears at once, with everything in it. Where it holds
    files already, those of the same names are replaced one after another, each of them whole.

    Parameters
    ----------
    folder : Path
        Where the files belong; made where it does not exist.

    Yields
    ------
    Path
        An empty folder to write them in, on the same disk. After an error it goes, with all that
        was written; a program that is killed leaves it behind, under a name that begins with a
        dot.

    Raises
    ------
    OSError
        The folder cannot be made or written to.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    fresh = not folder.exists() or not any(folder.iterdir())
    beside = folder.parent if fresh and os.access(folder.parent, os.W_OK) else folder
    beside.mkdir(exist_ok=True)
    made = beside / f".{folder.name}.{secrets.token_hex(6)}"
    made.mkdir()
    try:
        yield made
        for path in made.iterdir():
            _settle(path)
        _move(made, folder, whole=fresh and beside != folder)
    finally:
        shutil.rmtree(made, ignore_errors=True)


def _settle(path: Path) -> None:
    """Wait until a file is on the disk: a full one may say so only now."""
    with path.open("rb") as stream:
        os.fsync(stream.fileno())


def _move(made: Path, folder: Path, *, whole: bool) -> None:
    """Rename the folder itself where that can be, else every file in it."""
    if whole:
        try:
            made.rename(folder)  # also in the place of an empty folder
        except OSError:  # Windows keeps an empty folder: file by file
            folder.mkdir(exist_ok=True)
        else:
            return
    for path in sorted(made.iterdir()):
        path.replace(folder / path.name)
