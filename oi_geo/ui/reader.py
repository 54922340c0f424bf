"""A process that reads files for the app: started by `oi_geo.ui.reading`.

Work comes in over standard input and answers go out over standard output, pickled by
`oi_geo.ui.reading` at the other end, and by nobody else. The process ends when the other end
closes, when one piece of work takes too long, whatever it is at, and when the system kills it. It
may not take more memory than `MEMORY_BYTES` above what it holds once everything is imported.
"""

import faulthandler
import os
import pickle
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO

import oi_geo.pipeline  # noqa: F401 (imported before the memory is bounded)
from oi_geo.errors import OiGeoError

# Of address space. Libraries reserve about 1 GB of it (measured) without ever filling it, so this
# leaves some 2 GB for the files.
MEMORY_BYTES = 3_000_000_000


class TooMuchMemory(Exception):
    """What was asked does not fit in the memory that a reader may use."""


def bound_memory(more: int) -> None:
    """Let this process take so many bytes more, on Linux; elsewhere only time binds."""
    if sys.platform == "linux":
        import resource  # noqa: PLC0415 (there is none on Windows)

        pages = int(Path("/proc/self/statm").read_text().split()[0])
        now = pages * os.sysconf("SC_PAGE_SIZE")
        resource.setrlimit(resource.RLIMIT_AS, (now + more, now + more))


def answer(work: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> bytes:
    """Do the work; return what came of it, pickled: (True, result) or (False, what went wrong)."""
    try:
        return pickle.dumps((True, work(*args, **kwargs)), pickle.HIGHEST_PROTOCOL)
    except MemoryError:
        return pickle.dumps((False, TooMuchMemory()))
    except OiGeoError as error:
        return pickle.dumps((False, error))


def serve(asked: BinaryIO, answers: BinaryIO) -> None:
    """Answer until the other end closes; end where an answer takes more than its seconds."""
    bound_memory(MEMORY_BYTES)
    with Path(os.devnull).open("w") as nowhere:
        while True:
            try:
                seconds, work, args, kwargs = pickle.load(asked)  # noqa: S301 (pickled by the app)
            except EOFError:
                return
            # A watch outside Python, that ends the process in the middle of any library.
            faulthandler.dump_traceback_later(seconds, exit=True, file=nowhere)
            said = answer(work, args, kwargs)
            faulthandler.cancel_dump_traceback_later()
            answers.write(said)
            answers.flush()


def main(folder: str) -> None:
    """Serve with a temporary folder, which goes when the other end closes, however that ended.

    Standard output is kept for the answers: what a library prints must not get between them.
    """
    private = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    serve(sys.stdin.buffer, private)
    shutil.rmtree(folder, ignore_errors=True)
