"""Heavy reading for the app, in a process of its own with a bound on time and memory.

Reading holds Python for long stretches, and all sessions share one Python: a heavy file would stop
every page until it was read. So maps and large tables are read by a process beside the server
(`oi_geo.ui.reader`). A reader serves again after each file; one that took too long or died is
replaced. At most `AT_ONCE` files are read at a time; the others wait. Ordinary tables are read
here: that takes less time than asking somebody else, and they need not wait.
"""

import atexit
import os
import pickle
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import IO, Any, TypeVar, cast

from oi_geo.errors import OiGeoError, UnsafeFile, UnusableFile
from oi_geo.pipeline import example_files
from oi_geo.sources.archives import is_workbook, open_zip
from oi_geo.sources.sniff import recognise
from oi_geo.sources.uploads import display_name
from oi_geo.text import nl_list
from oi_geo.ui.reader import TooMuchMemory

# Tables of less than this, unpacked, are read in the process of the app.
LIGHT_BYTES = 250_000
TIME_SECONDS = 120.0  # also on a machine that is busy with something else
AT_ONCE = 2

_HEAD = 1 << 16
# Ctrl+C is for the server, which ends its readers.
_READER = (
    "import signal, sys; signal.signal(signal.SIGINT, signal.SIG_IGN); "
    "from oi_geo.ui.reader import main; main(sys.argv[1])"
)

Result = TypeVar("Result")
Answer = tuple[bool, Any]


class Reader:
    """A process that reads, with a temporary folder that goes with it."""

    def __init__(self) -> None:
        self.folder = tempfile.TemporaryDirectory(prefix="oi_geo_", ignore_cleanup_errors=True)
        root = str(Path(__file__).resolve().parents[2])
        paths = [root, *filter(None, [os.environ.get("PYTHONPATH")])]
        temporary = dict.fromkeys(["TMPDIR", "TEMP", "TMP"], self.folder.name)
        try:
            self.process = subprocess.Popen(  # noqa: S603 (our own words)
                [sys.executable, "-P", "-c", _READER, self.folder.name],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                env={**os.environ, **temporary, "PYTHONPATH": os.pathsep.join(paths)},
            )
        except OSError:
            self.folder.cleanup()
            raise

    def ask(self, work: bytes) -> Answer | None:
        """Return (True, result) or (False, what went wrong); None if it died or took too long."""
        asked = cast("IO[bytes]", self.process.stdin)
        answers = cast("IO[bytes]", self.process.stdout)
        try:
            asked.write(work)
            asked.flush()
            answer: Answer = pickle.load(answers)  # noqa: S301 (our reader)
        except (OSError, EOFError, pickle.UnpicklingError):
            return None
        return answer

    def kill(self) -> None:
        """End the process; whoever waits for its answer hears that it died."""
        self.process.kill()
        self.process.wait()
        self.folder.cleanup()

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

    def __init__(self, at_once: int = AT_ONCE) -> None:
        self._idle: list[Reader] = []
        self._busy: set[Reader] = set()
        self._places = threading.BoundedSemaphore(at_once)
        self._lock = threading.Lock()

    def warm(self) -> None:
        """Start a reader, so that the first file need not wait for it."""
        with self._lock:
            if not self._idle and not self._busy:
                self._idle.append(Reader())

    def ask(self, work: bytes) -> Answer | None:
        """Let a reader do the work once one is free; see `Reader.ask`."""
        with self._places:
            with self._lock:
                reader = self._idle.pop() if self._idle else Reader()
                self._busy.add(reader)
            answer = reader.ask(work)
            with self._lock:
                self._busy.discard(reader)
                keep = answer is not None and not isinstance(answer[1], TooMuchMemory)
                if keep:
                    self._idle.append(reader)
            if not keep:
                reader.close()
        return answer

    def close(self) -> None:
        """End all readers, also those at work."""
        with self._lock:
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
    OiGeoError
        Whatever `work` raises.
    """
    named = [path for path in files if path is not None]
    if all(map(is_light, named)):
        return work(*args, **kwargs)
    try:
        answer = READERS.ask(pickle.dumps((TIME_SECONDS, work, args, kwargs), -1))
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
    if path in vars(example_files()).values():
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
