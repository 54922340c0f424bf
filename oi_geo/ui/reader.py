"""A process that reads files for the app: started by `oi_geo.ui.reading`.

Work comes in over standard input and answers go out over standard output, pickled by
`oi_geo.ui.reading` at the other end, and by nobody else. The process ends when the other end
closes, when one piece of work takes too long, whatever it is at, and when the system kills it. It
may not take more memory than `MEMORY_BYTES` above what it holds once everything is imported.
Whatever is raised goes back to the app, which deals with it as if it had read the file itself.
"""

import errno
import faulthandler
import os
import pickle
import shutil
import sys
import traceback
from collections.abc import Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

import oi_geo.pipeline  # noqa: F401 (imported before the memory is bounded)
from oi_geo.errors import OiGeoError

# Of address space. Libraries reserve about 1 GB of it (measured) without ever filling it, so this
# leaves some 2 GB for the files.
MEMORY_BYTES = 3_000_000_000
# Said as soon as a question has come in: the work begins now.
BEGUN = b"!"


class TooMuchMemory(Exception):
    """What was asked does not fit in the memory that a reader may use."""


def bound_memory(more: int) -> None:
    """Let this process take so many bytes more, on Linux; elsewhere only time binds."""
    if sys.platform == "linux":
        import resource  # noqa: PLC0415 (there is none on Windows)

        pages = int(Path("/proc/self/statm").read_text().split()[0])
        now = pages * os.sysconf("SC_PAGE_SIZE")
        resource.setrlimit(resource.RLIMIT_AS, (now + more, now + more))


def done(request: bytes) -> bytes:
    """Do what is asked; return the result, pickled."""
    work, args, kwargs = pickle.loads(request)  # noqa: S301 (pickled by the app)
    return pickle.dumps((True, work(*args, **kwargs)), pickle.HIGHEST_PROTOCOL)


def sent(error: BaseException) -> bytes:
    """Pickle an error, of which it is certain that it can be read at the other end."""
    said = pickle.dumps((False, error))
    pickle.loads(said)  # noqa: S301 (our own)
    return said


def causes(error: BaseException | None) -> Iterator[BaseException]:
    """Yield an error, what it came from, and so on."""
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def is_memory(error: BaseException) -> bool:
    """Tell whether an error is about memory; GEOS has only a text for it."""
    return (
        isinstance(error, MemoryError)
        or (isinstance(error, OSError) and error.errno == errno.ENOMEM)
        or "std::bad_alloc" in str(error)
    )


def answer(pool: Executor, request: bytes) -> bytes:
    """Do what is asked; return (True, result) or (False, what went wrong), pickled.

    A future holds whatever was raised, so a fault in the code does not end the process. It takes
    the way that it went along as a note, because a traceback cannot be pickled.
    """
    future = pool.submit(done, request)
    error = future.exception()
    if error is None:
        return future.result()
    if isinstance(error, OiGeoError):
        return sent(error)
    if any(map(is_memory, causes(error))):
        return sent(TooMuchMemory())
    error.add_note("".join(traceback.format_exception(error)))
    sending = pool.submit(sent, error)
    if sending.exception() is None:
        return sending.result()
    return sent(RuntimeError("".join(traceback.format_exception(error))))


def serve(asked: BinaryIO, answers: BinaryIO) -> None:
    """Answer until the other end closes; end where an answer takes more than its seconds."""
    bound_memory(MEMORY_BYTES)
    with Path(os.devnull).open("w") as nowhere, ThreadPoolExecutor(1) as pool:
        while True:
            try:
                seconds, request = pickle.load(asked)  # noqa: S301 (pickled by the app)
            except EOFError:
                return
            answers.write(BEGUN)
            answers.flush()
            # A watch outside Python, that ends the process in the middle of any library.
            faulthandler.dump_traceback_later(seconds, exit=True, file=nowhere)
            said = answer(pool, request)
            faulthandler.cancel_dump_traceback_later()
            answers.write(said)
            answers.flush()
            del request, said  # they may be large, and the next question may be long in coming


def main(folder: str) -> None:
    """Serve with a temporary folder, which goes when the other end closes, however that ended.

    Standard output is kept for the answers: what a library prints must not get between them.
    """
    private = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    with suppress(BrokenPipeError):  # the server was killed meanwhile
        serve(sys.stdin.buffer, private)
    shutil.rmtree(folder, ignore_errors=True)
    os._exit(0)  # what could not be said is still in `private`: nobody is there to hear it
