"""Run one measurement in a process of its own; make the peers' environment."""

import json
import subprocess
import venv
from functools import cache
from pathlib import Path

HERE = Path(__file__).resolve().parent
PEERS = HERE.parent / ".bench-venv"


def run(*command: str, seconds: float | None = None) -> dict:
    done = subprocess.run(
        command, capture_output=True, text=True, check=True, cwd=HERE.parent, timeout=seconds
    )
    return json.loads(done.stdout.splitlines()[-1])


@cache
def peers_python() -> str:
    """Make the peers' environment if it is not there, and return its Python."""
    python = PEERS / "bin" / "python"
    if not python.exists():
        venv.create(PEERS, with_pip=True)
    wanted = str(HERE / "requirements-peers.txt")
    subprocess.run([python, "-m", "pip", "install", "-q", "-r", wanted], check=True)
    return str(python)
