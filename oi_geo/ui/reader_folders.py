"""Temporary folders of readers, that also go when all who used them were killed.

A folder is locked as long as its reader or the server that started it lives: the system itself
lets go of the lock of who ends, however it ended. So a folder that can be locked is nobody's, and
one of a living reader, also of another server, is never removed. Windows has no such locks; there
nothing is swept.
"""

import os
import shutil
import sys
import tempfile
from contextlib import suppress
from pathlib import Path

PREFIX = "oi_geo_lezer_"

Folder = tempfile.TemporaryDirectory[str]


def make_folder() -> tuple[Folder, tuple[int, ...]]:
    """Make a folder and lock it.

    Returns
    -------
    folder : tempfile.TemporaryDirectory
        The folder.
    locks : tuple of int
        The descriptor that holds the lock, to be passed on to the reader and closed here when the
        folder is removed; none on Windows.

    Raises
    ------
    OSError
        If there is no room for a folder, or if it cannot be locked.
    """
    while True:
        folder = Folder(prefix=PREFIX, ignore_cleanup_errors=True)
        locks: tuple[int, ...] = ()
        # Another server may sweep it in the moment that it is not locked yet.
        with suppress(FileNotFoundError):
            locks = _lock(Path(folder.name), wait=True)
        if Path(folder.name).is_dir():
            return folder, locks
        for lock in locks:
            os.close(lock)
        folder.cleanup()


def remove_stale() -> list[Path]:
    """Remove the folders of this user that no process uses any more; return them."""
    if sys.platform == "win32":
        return []
    gone: list[Path] = []
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        try:
            if folder.lstat().st_uid != os.getuid():
                continue
            [lock] = _lock(folder, wait=False)
        except OSError:  # it is in use, or another server removed it
            continue
        shutil.rmtree(folder, ignore_errors=True)
        os.close(lock)
        gone.append(folder)
    return gone


def _lock(folder: Path, *, wait: bool) -> tuple[int, ...]:
    """Lock a folder, and return the descriptor that holds the lock.

    Raises
    ------
    OSError
        If it cannot be opened, or if it is locked and one does not wait.
    """
    if sys.platform == "win32":
        return ()
    import fcntl  # noqa: PLC0415 (there is none on Windows)

    lock = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
    except OSError:
        os.close(lock)
        raise
    return (lock,)
