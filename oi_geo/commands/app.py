"""`oi-geo app`: start the Streamlit app and open it in the browser once it answers."""

import signal
import subprocess
import sys
import time
import urllib.request
import webbrowser
from pathlib import Path

import typer

from oi_geo.errors import UnusableFile

START_SECONDS = 60.0


def run(port: int) -> int:
    """Run the app until it is stopped; return its exit status.

    Raises
    ------
    UnusableFile
        If `app.py` does not stand beside the package.
    """
    script = Path(__file__).resolve().parents[2] / "app.py"
    if not script.exists():
        raise UnusableFile(
            "app.py staat niet naast het pakket; start de app vanuit de map van het project met "
            "`make app` of `streamlit run app.py`."
        )
    command = [sys.executable, "-m", "streamlit", "run", str(script), f"--server.port={port}"]
    address = f"http://localhost:{port}"
    # A terminal sends Ctrl+C to both: until it serves, the server would answer it in English. What
    # it prints itself is English as well; its faults come over standard error.
    heard = signal.signal(signal.SIGINT, signal.SIG_IGN)
    with subprocess.Popen(  # noqa: S603 (our own words)
        command, cwd=script.parent, stdout=subprocess.DEVNULL
    ) as server:
        signal.signal(signal.SIGINT, heard)
        # Whoever stops this process stops the server with it.
        signal.signal(signal.SIGTERM, lambda *_: server.terminate())
        try:
            if _answers(server, f"{address}/_stcore/health"):
                typer.echo(f"De app draait op {address} en stopt met Ctrl+C.")
                webbrowser.open(address)
            return server.wait()
        except KeyboardInterrupt:
            server.terminate()
            typer.echo("De app is gestopt.")
            return 0


def _answers(server: "subprocess.Popen[bytes]", address: str) -> bool:
    """Wait until the app answers; False if it stopped or takes too long."""
    deadline = time.monotonic() + START_SECONDS
    while server.poll() is None and time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(address, timeout=1):  # noqa: S310 (our own address)
                return True
        except OSError:  # also an answer that is broken off
            time.sleep(0.2)
    return False
