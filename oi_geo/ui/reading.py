"""Heavy reading for the app, in a process of its own with a bound on time and memory.

Reading holds Python for long stretches, and all sessions share one Python: a heavy file would stop
every page until it was read. So files that are larger together than `SMALL_BYTES` are read by a
process beside the server (`oi_geo.ui.reader`). A reader serves again after each file; one that
took too long or died is replaced. At most `AT_ONCE` files are read at a time; the others wait.
Small files are read here: that takes less time than asking somebody else.
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

from oi_geo.errors import UnsafeFile, UnusableFile
from oi_geo.sources.uploads import display_name
from oi_geo.text import nl_list
from oi_geo.ui.reader import TooMuchMemory

SMALL_BYTES = 250_000
TIME_SECONDS = 60.0
AT_ONCE = 2

_READER = "from oi_geo.ui.reader import main; main()"

Result = TypeVar("Result")


class Reader:
    """A process that reads, with a temporary folder that goes with it."""

    def __init__(self) -> None:
        self.folder = tempfile.TemporaryDirectory(prefix="oi_geo_", ignore_cleanup_errors=True)
        root = str(Path(__file__).resolve().parents[2])
        paths = [root, *filter(None, [os.environ.get("PYTHONPATH")])]
        temporary = dict.fromkeys(["TMPDIR", "TEMP", "TMP"], self.folder.name)
        self.process = subprocess.Popen(  # noqa: S603 (our own words)
            [sys.executable, "-P", "-c", _READER],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, **temporary, "PYTHONPATH": os.pathsep.join(paths)},
        )

    def ask(self, work: bytes, seconds: float) -> tuple[bool, Any] | None:
        """Return (True, result) or (False, what went wrong); None if it died or took too long."""
        asked = cast("IO[bytes]", self.process.stdin)
        answers = cast("IO[bytes]", self.process.stdout)
        late = threading.Timer(seconds, self.process.kill)
        late.daemon = True
        late.start()
        try:
            asked.write(work)
            asked.flush()
            answer: tuple[bool, Any] = pickle.load(answers)  # noqa: S301 (our reader)
        except (OSError, EOFError, pickle.UnpicklingError):
            return None
        finally:
            late.cancel()
        return answer

    def close(self) -> None:
        """End the process, and remove what it left behind."""
        self.process.kill()
        self.process.communicate()
        self.folder.cleanup()


class Readers:
    """The readers of this server; they start when the first heavy file comes."""

    def __init__(self, at_once: int = AT_ONCE) -> None:
        self._idle: list[Reader] = []
        self._places = threading.BoundedSemaphore(at_once)

    def ask(self, work: bytes, seconds: float) -> tuple[bool, Any] | None:
        """Let a reader do the work once one is free; see `Reader.ask`."""
        with self._places:
            reader = self._idle.pop() if self._idle else Reader()
            answer = reader.ask(work, seconds)
            if answer is None or isinstance(answer[1], TooMuchMemory):
                reader.close()
            else:
                self._idle.append(reader)
        return answer

    def close(self) -> None:
        """End the readers that wait for work."""
        while self._idle:
            self._idle.pop().close()


READERS = Readers()
atexit.register(READERS.close)


def read(
    files: Sequence[Path | None], work: Callable[..., Result], *args: object, **kwargs: object
) -> Result:
    """Read files by `work(*args, **kwargs)`: here if they are small, else beside the server.

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
    if sum(path.stat().st_size for path in named) < SMALL_BYTES:
        return work(*args, **kwargs)
    try:
        answer = READERS.ask(pickle.dumps((work, args, kwargs), -1), TIME_SECONDS)
    except OSError as error:  # no room for a folder or a process
        raise UnusableFile(
            "Het bestand kan nu niet worden gelezen: op de computer waarop de app draait is geen "
            "ruimte meer op de schijf of in het geheugen; maak ruimte en probeer het opnieuw."
        ) from error
    if answer is None or isinstance(answer[1], TooMuchMemory):
        raise too_heavy(named)
    done, outcome = answer
    if not done:
        raise outcome
    return outcome


def too_heavy(files: Sequence[Path]) -> UnsafeFile:
    """Make the refusal of files that take too much time or memory, the largest first."""
    largest = sorted(files, key=lambda path: -path.stat().st_size)
    names = nl_list([f"‘{display_name(path.name)}’" for path in largest])
    return UnsafeFile(
        f"{names}: lezen kost meer dan {TIME_SECONDS:.0f} seconden of 2 GB geheugen en is "
        "afgebroken; verwacht wordt een kleiner bestand: laat rijen, kolommen en lagen weg die "
        "niet nodig zijn, of vereenvoudig de grenzen."
    )
