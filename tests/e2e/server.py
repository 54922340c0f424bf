"""The app as its own process, far from the settings of whoever runs the tests."""

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

REPO = Path(__file__).resolve().parents[2]

# Python runs a module of this name at its start: here it writes down every look-up of a host and
# every connection of the server that is not to this machine.
LISTENER = """
import os, sys

def outside(host):
    host = host.decode() if isinstance(host, bytes) else str(host or "localhost")
    return not (host in ("localhost", "::1", "::", "0.0.0.0") or host.startswith("127."))

def listen(event, args):
    host = None
    if event == "socket.getaddrinfo":
        host = args[0]
    elif event == "socket.connect" and isinstance(args[1], tuple):
        host = args[1][0]
    if host is not None and outside(host):
        with open(os.environ["OI_GEO_CALLS"], "a") as calls:
            calls.write(f"{event} {host}\\n")

sys.addaudithook(listen)
"""


@dataclass(frozen=True)
class Server:
    """A running app."""

    url: str
    calls: Path
    folder: Path
    process: subprocess.Popen[bytes]

    def calls_outside(self) -> list[str]:
        """Return what the server itself asked of other machines."""
        return self.calls.read_text().splitlines() if self.calls.exists() else []

    @property
    def port(self) -> int:
        """The port that the app listens to."""
        return int(self.url.rsplit(":", 1)[1])

    def sessions(self) -> list[Path]:
        """Return the folders of the sessions that are kept."""
        return sorted((self.folder / "home" / ".local" / "state" / "oi_geo" / "sessies").glob("*"))


def environment(folder: Path) -> dict[str, str]:
    """Return the variables of a process with a home of its own that is listened to."""
    for name in ("home", "listener"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    (folder / "listener" / "sitecustomize.py").write_text(LISTENER)
    return {
        **{
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("STREAMLIT_", "XDG_"))
        },
        "HOME": str(folder / "home"),
        "PYTHONPATH": str(folder / "listener"),
        "OI_GEO_CALLS": str(folder / "calls.txt"),
    }


def free_port() -> int:
    """Return a port that nobody listens to."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def served(folder: Path, *, cwd: Path = REPO, port: int | None = None) -> Iterator[Server]:
    """Start the app as a user does and stop it afterwards; `folder` takes what it leaves behind."""
    port = port or free_port()
    variables = environment(folder)
    command = [
        *[sys.executable, "-m", "streamlit", "run", str(REPO / "app.py")],
        *["--server.port", str(port), "--server.headless", "true"],
    ]
    with (folder / "app.log").open("wb") as log:
        process = subprocess.Popen(command, cwd=cwd, env=variables, stdout=log, stderr=log)
        try:
            url = f"http://localhost:{port}"
            wait_until_healthy(process, f"{url}/_stcore/health", folder / "app.log")
            yield Server(url, folder / "calls.txt", folder, process)
        finally:
            process.terminate()
            try:
                process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def wait_until_healthy(process: subprocess.Popen[bytes], url: str, log: Path) -> None:
    """Ask until the app answers; fail with what it printed when it stops or stays silent."""
    deadline = time.monotonic() + 600
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=5) as answer:
                if answer.status == 200:
                    return
        except (urllib.error.URLError, OSError):
            time.sleep(0.05)
    raise RuntimeError(f"the app did not start:\n{log.read_text()}")
