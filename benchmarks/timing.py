"""How every measurement is taken: process CPU time, median of five, result printed as JSON."""

import gc
import json
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROUNDS = 5


def wijken_file() -> Path:
    return (
        Path(__file__).resolve().parents[2] / "shared/data/wijkenbuurten_2022_gegeneraliseerd.gpkg"
    )


def cpu_seconds(work: Callable[[], Any]) -> tuple[float, Any]:
    """Return the median process CPU time of five runs, and what the last one returned."""
    seconds = []
    for _ in range(ROUNDS):
        gc.collect()
        start = time.process_time()
        result = work()
        seconds.append(time.process_time() - start)
    return statistics.median(seconds), result


def report(**figures: Any) -> None:
    print(json.dumps(figures))
