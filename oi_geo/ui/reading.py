"""Heavy reading for the app, in a process of its own with a bound on time and memory.

Reading holds Python for long stretches, and all sessions share one Python: a heavy file would stop
every page until it was read. So maps and large tables are read by a process beside the server
(`oi_geo.ui.reader`). A reader serves again after each file; one that took too long or died is
replaced. Ordinary tables are read here: that takes less time than asking somebody else.

What a file takes cannot be seen beforehand: a map of a few kilobytes may be heavy and one of a
hundred megabytes light. So nothing here depends on size, and a heavy file does not hold up those
of others by three simple rules:

- Of each browser one file is read at a time; its other tabs wait for it. So nobody can take all
  places with one session, and two sessions with heavy files leave the others two of the `AT_ONCE`.
- Reading that takes longer than `LONG_SECONDS` goes on at a lower priority: the cores go to the
  pages and to what others hand in first. A priority cannot be raised again, so such a reader is
  replaced, which also gives back its memory.
- At most `AT_ONCE` files are read at a time, because each may take 2 GB.

This is fair among visitors, and no defence against one who opens `AT_ONCE` browsers at once: then
the others wait, at most `TIME_SECONDS` for the first of these files.
"""

import atexit
import os
import pickle
import subprocess
import sys
import threading
import weakref
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any, TypeVar, cast

from oi_geo.errors import OiGeoError, UnsafeFile, UnusableFile
from oi_geo.pipeline import is_of_example
from oi_geo.sources.archives import is_workbook, open_zip
from oi_geo.sources.sniff import recognise
from oi_geo.sources.uploads import display_name
from oi_geo.text import nl_list
from oi_geo.ui.reader import BEGUN, TooMuchMemory
from oi_geo.ui.reader_folders import make_folder
from oi_geo.ui.sessions import session_key

# Tables of less than this, unpacked, are read in the process of the app.
LIGHT_BYTES = 250_000
TIME_SECONDS = 120.0  # also on a machine that is busy with something else
AT_ONCE = 4
IDLE = 2  # so many readers are kept when there is nothing to read
LONG_SECONDS = 3.0  # a map of all wijken of the country takes about one
LOWER = 5  # by so much that it gets a third of what another one on the same core gets

_HEAD = 1 << 16
# Ctrl+C is for the server, which ends its readers.
_READER = (
    "import signal, sys; signal.signal(signal.SIGINT, signal.SIG_IGN); "
    "from oi_geo.ui.reader import main; main(sys.argv[1])"
)

Result = TypeVar("Result")
Answer = tuple[bool, Any]


class Gone(OSError):
    """A reader was no longer there when it was asked: nothing has been read."""


class Reader:
    """A process that reads, with a temporary folder that goes with it.

    It has a process group of its own: Ctrl+C in a terminal is for the server, which ends it.

    Attributes
    ----------
    lowered : bool
        Whether it gave way to others.
    """

    def __init__(self) -> None:
        self.lowered = False
        self.folder, locks = make_folder()
        self._unlock = [weakref.finalize(self, os.close, lock) for lock in locks]
        root = str(Path(__file__).resolve().parents[2])
        paths = [root, *filter(None, [os.environ.get("PYTHONPATH")])]
        temporary = dict.fromkeys(["TMPDIR", "TEMP", "TMP"], self.folder.name)
        try:
            self.process = subprocess.Popen(  # noqa: S603 (our own words)
                [sys.executable, "-P", "-c", _READER, self.folder.name],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                env={**os.environ, **temporary, "PYTHONPATH": os.pathsep.join(paths)},
                process_group=0,
                pass_fds=locks,
            )
        except OSError:
            self._remove_folder()
            raise

    def ask(self, question: bytes) -> Answer | None:
        """Return (True, result) or (False, what went wrong); None if it died or took too long.

        Raises
        ------
        Gone
            If it died before it began, as an idle one does that the system killed.
        """
        asked = cast("IO[bytes]", self.process.stdin)
        answers = cast("IO[bytes]", self.process.stdout)
        try:
            asked.write(question)
            asked.flush()
        except OSError as error:
            raise Gone from error
        if answers.read(len(BEGUN)) != BEGUN:
            raise Gone
        giving_way = threading.Timer(LONG_SECONDS, self._give_way)
        giving_way.daemon = True
        giving_way.start()
        try:
            answer: Answer = pickle.load(answers)  # noqa: S301 (our reader)
        except (OSError, EOFError, pickle.UnpicklingError):
            return None
        finally:
            giving_way.cancel()
            giving_way.join()
        return answer

    def _give_way(self) -> None:
        """Let others go first, with all threads; Windows does not know it."""
        if sys.platform != "win32":
            ours = os.getpriority(os.PRIO_PROCESS, os.getpid())
            with suppress(ProcessLookupError):  # it has just died
                os.setpriority(os.PRIO_PGRP, self.process.pid, ours + LOWER)
        self.lowered = True

    def kill(self) -> None:
        """End the process; whoever waits for its answer hears that it died."""
        self.process.kill()
        self.process.wait()
        self._remove_folder()

    def _remove_folder(self) -> None:
        """Remove the folder, and then its lock; also a second time."""
        self.folder.cleanup()
        for unlock in self._unlock:
            unlock()

    def close(self) -> None:
        """End the process, and let go of what it was asked through."""
        self.kill()
        for pipe in (self.process.stdin, self.process.stdout):
            try:
                cast("IO[bytes]", pipe).close()
            except OSError:  # a question that it never read
                continue


class Readers:
    """The readers of this server; they start when they are needed, and end with it."""

    def __init__(self) -> None:
        self._idle: list[Reader] = []
        self._busy: set[Reader] = set()
        self._askers: set[object] = set()
        self._moved = threading.Condition()
        self._closed = False

    def warm(self) -> None:
        """Start a reader if there is none, so that the next file need not wait for it."""
        with self._moved:
            if not (self._idle or self._busy or self._closed):
                self._idle.append(Reader())

    def ask(self, question: bytes, asker: object) -> Answer | None:
        """Let a reader do the work once it is the turn of who asks; see `Reader.ask`.

        Raises
        ------
        OSError
            If no reader can be started, or if it dies at once.
        """
        with self._place(asker):
            with self._moved:
                reader = self._idle.pop() if self._idle else None
            if reader is not None:
                with suppress(Gone):
                    return self._answer(reader, question)
            return self._answer(Reader(), question)

    @contextmanager
    def _place(self, asker: object) -> Iterator[None]:
        """Wait for a place, and until nothing else is read for who asks."""
        with self._moved:
            self._moved.wait_for(lambda: asker not in self._askers and len(self._askers) < AT_ONCE)
            self._askers.add(asker)
        try:
            yield
        finally:
            with self._moved:
                self._askers.discard(asker)
                self._moved.notify_all()

    def _answer(self, reader: Reader, question: bytes) -> Answer | None:
        """Ask a reader; afterwards keep it, or replace it where it served badly or long."""
        with self._moved:
            self._busy.add(reader)
        answer: Answer | None = None
        try:
            answer = None if self._closed else reader.ask(question)
        finally:
            with self._moved:
                self._busy.discard(reader)
                keep = answer is not None and not isinstance(answer[1], TooMuchMemory)
                keep = keep and not reader.lowered and len(self._idle) < IDLE and not self._closed
                if keep:
                    self._idle.append(reader)
            if not keep:
                reader.close()
        if answer is not None:
            with suppress(OSError):  # whoever needs one will hear it
                self.warm()
        return answer

    def close(self) -> None:
        """End all readers, also those at work; none starts afterwards."""
        with self._moved:
            self._closed = True
            idle, self._idle = self._idle, []
            for reader in self._busy:
                reader.kill()
        for reader in idle:
            reader.close()


READERS = Readers()
atexit.register(READERS.close)


def read(
    files: Sequence[Path | None], work: Callable[..., Result], *args: object, **kwargs: object
) -> Result:
    """Read files by `work(*args, **kwargs)`: here if they are light, else beside the server.

    Parameters
    ----------
    files : sequence of Path or None
        The files that are read; None counts for nothing.
    work : callable
        A function of a module of `oi_geo`; what it takes and returns can be pickled.

    Raises
    ------
    UnsafeFile
        If reading takes more time or memory than it may.
    Exception
        Whatever `work` raises, as if it had been done here.
    """
    named = [path for path in files if path is not None]
    if all(map(is_light, named)):
        return work(*args, **kwargs)
    request = pickle.dumps((work, args, kwargs), -1)
    try:
        # Whoever has no session, such as a test, is somebody else each time.
        answer = READERS.ask(pickle.dumps((TIME_SECONDS, request), -1), session_key() or object())
    except OSError as error:  # no room for a folder or a process
        raise UnusableFile(
            "Het bestand kan nu niet worden gelezen: op de computer waarop de app draait is geen "
            "ruimte meer op de schijf of in het geheugen; maak ruimte en probeer het opnieuw."
        ) from error
    if answer is None or isinstance(answer[1], TooMuchMemory):
        raise too_heavy([path for path in named if not is_light(path)])
    done, outcome = answer
    if not done:
        raise outcome
    return cast("Result", outcome)


def is_light(path: Path) -> bool:
    """Tell whether a file is of the example, an ordinary table, or nothing that will be read.

    What a few kilobytes of a map, or of something packed, come to cannot be seen beforehand.
    """
    if is_of_example(path):
        return True
    try:
        with path.open("rb") as file:
            found = recognise(file.read(_HEAD), path.name)
        if found == "zip" and is_workbook(path, path.name):
            with open_zip(path, path.name) as book:
                return sum(member.file_size for member in book.infolist()) < LIGHT_BYTES
    except OiGeoError:  # refused before it is read
        return True
    return found == "csv" and path.stat().st_size < LIGHT_BYTES


def too_heavy(files: Sequence[Path]) -> UnsafeFile:
    """Make the refusal of files that take too much time or memory, the largest first."""
    largest = sorted(files, key=lambda path: -path.stat().st_size)
    names = nl_list([f"‘{display_name(path.name)}’" for path in largest])
    return UnsafeFile(
        f"{names}: het lezen is afgebroken, omdat het meer dan {TIME_SECONDS:.0f} seconden of 2 GB "
        "geheugen kostte of omdat er iets misging. Verwacht wordt een kleiner bestand: laat rijen, "
        "kolommen en lagen weg die niet nodig zijn, of vereenvoudig de grenzen."
    )
