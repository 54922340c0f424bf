"""`oi-geo app` in a terminal: what it says is Dutch, from its start until Ctrl+C."""

import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request

import pytest

from tests.e2e.server import REPO, environment, free_port
from tests.effort import HANGS_SECONDS

# A program that a shell started in the background ignores Ctrl+C, and so do those that it starts.
HEARS_CTRL_C = (
    "import os, signal, sys; signal.signal(signal.SIGINT, signal.SIG_DFL); "
    "os.execv(sys.executable, [sys.executable, *sys.argv[1:]])"
)
ENGLISH = ("Streamlit", "browser.", "URL", "Abort", "Stopping", "Traceback", "Welcome")


def healthy(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://localhost:{port}/_stcore/health", timeout=2):
            return True
    except (urllib.error.URLError, OSError):
        return False


@pytest.mark.e2e
@pytest.mark.parametrize("when", ["starting", "serving"])
@pytest.mark.parametrize("own", [True, False])
def test_the_terminal_hears_dutch_only(tmp_path, when, own):
    """Ctrl+C goes to the whole group of processes, as a terminal sends it."""
    if not own and when == "starting":
        pytest.skip("Streamlit itself has not read our settings yet")
    port = free_port()
    words = (
        ["-m", "oi_geo", "app", "--poort", str(port)]
        if own
        else ["-m", "streamlit", "run", "app.py", f"--server.port={port}"]
    )
    process = subprocess.Popen(
        [sys.executable, "-c", HEARS_CTRL_C, *words], cwd=REPO,
        env={**environment(tmp_path), "BROWSER": "true"},
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True,
    )  # fmt: skip
    try:
        deadline = time.monotonic() + HANGS_SECONDS
        while when == "serving" and not healthy(port) and time.monotonic() < deadline:
            time.sleep(0.1)
        time.sleep(2)
        os.killpg(process.pid, signal.SIGINT)
        said, _ = process.communicate(timeout=HANGS_SECONDS)
    finally:
        process.kill()
    if when == "serving":
        assert said.count(f"De app draait op http://localhost:{port} en stopt met Ctrl+C.") == 1
    assert own is said.rstrip().endswith("De app is gestopt.")
    if own:  # how `streamlit run` itself ends, no setting of ours decides
        assert [word for word in ENGLISH if word in said] == []
    else:
        assert said.startswith("De app draait op")
