"""Where sessions are kept: a private folder each, under a key that nobody can guess.

The key is in a cookie of the browser, never in an address or a log. On disk a session is named by
the checksum of its key, so that a listing of the folder opens nothing, and no key, however it is
written, leads out of the folder. Nothing is unpickled: files lie there as they were handed in, with
a JSON document of what was chosen.
"""

import hashlib
import os
import re
import secrets
import shutil
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import TypeGuard

import streamlit as st
from streamlit import config

KEEP_HOURS = 24
KEPT = f"{KEEP_HOURS} uur na het laatste gebruik"
CHOICES = "sessie.json"
# The sessions in memory, by folder: all tabs of a browser share one.
OPEN: dict[Path, object] = {}
_KEY_FORM = re.compile(r"[A-Za-z0-9_-]{43}")


def cookie_name() -> str:
    """Name the cookie; a browser sends the cookies of all ports of a machine."""
    return f"oi_geo_{config.get_option('server.port')}"


def new_key() -> str:
    """Make a key of 256 random bits."""
    return secrets.token_urlsafe(32)


def is_key(text: object) -> TypeGuard[str]:
    """Tell whether a text has the form of a key."""
    return isinstance(text, str) and _KEY_FORM.fullmatch(text) is not None


def sessions_folder() -> Path:
    """Return the folder of all sessions of this user, which only this user may enter."""
    if sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    else:
        base = Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state")
    return base / "oi_geo" / "sessies"


def session_key() -> str | None:
    """Return the key of the browser that is served; None for a program that is no browser."""
    key = st.context.cookies.get(cookie_name())
    return key if is_key(key) else None


def folder_of(key: str) -> Path:
    """Return where the session of a key is kept, whether or not it is there.

    Raises
    ------
    ValueError
        If the text does not have the form of a key.
    """
    if not is_key(key):
        raise ValueError("not a key")
    return sessions_folder() / hashlib.sha256(key.encode()).hexdigest()


def make_folder(key: str) -> Path:
    """Make the folder of a session; only this user may enter it.

    Raises
    ------
    OSError
        If it cannot be made.
    """
    folder = folder_of(key)
    for path in (folder.parent, folder):
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.chmod(0o700)
    return folder


def touch(folder: Path) -> None:
    """Note that a session is used now."""
    if folder.is_dir():
        os.utime(folder)


def write_private(path: Path, content: bytes) -> None:
    """Write a file at once or not at all; only this user may read it."""
    # The name that mkstemp makes is readable for this user only.
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        Path(name).replace(path)
    finally:
        Path(name).unlink(missing_ok=True)


def remove_expired(now: float | None = None) -> list[Path]:
    """Remove the sessions that nobody used for `KEEP_HOURS`; return their folders."""
    limit = (time.time() if now is None else now) - KEEP_HOURS * 3600
    root = sessions_folder()
    gone: list[Path] = []
    for folder in root.iterdir() if root.is_dir() else ():
        try:
            expired = folder.stat().st_mtime < limit
        except FileNotFoundError:  # another server removed it
            continue
        if expired:
            shutil.rmtree(folder, ignore_errors=True)
            OPEN.pop(folder, None)
            gone.append(folder)
    return gone


class Fresh:
    """Keys that were handed out and not yet used: a browser that has one starts anew.

    A key that is neither fresh nor has a folder belonged to a session that is gone.
    """

    MOST = 10_000

    def __init__(self) -> None:
        self._keys: dict[str, None] = {}
        self._lock = threading.Lock()

    def hand_out(self) -> str:
        """Make a key and remember it; of very many the oldest are forgotten."""
        key = new_key()
        with self._lock:
            self._keys[key] = None
            while len(self._keys) > self.MOST:
                del self._keys[next(iter(self._keys))]
        return key

    def take(self, key: str) -> bool:
        """Tell whether a key is used for the first time."""
        with self._lock:
            return self._keys.pop(key, False) is None


FRESH = Fresh()
