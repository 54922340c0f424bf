"""Whose turn it is: heavy runs of all visitors take the cores of the server one after another.

A run uses all cores. Five at once would each take five times as long and be cut off by their time
limit with worse plans, so they wait in line, and each page says how many are before it.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from oi_geo.text import nl_count

LOOK_SECONDS = 0.2
STOPPED = "De berekening is gestopt voordat zij aan de beurt was."


class Turns:
    """A line of runs; the first of it works."""

    def __init__(self) -> None:
        self._line: list[object] = []
        self._moved = threading.Condition()

    def before(self, run: object) -> int:
        """Return how many runs are before this one; 0 for one that works or is not in line."""
        with self._moved:
            return self._line.index(run) if run in self._line else 0

    @contextmanager
    def turn(self, run: object, give_up: Callable[[], bool]) -> Iterator[bool]:
        """Wait until it is this run's turn; afterwards let the next one go.

        Yields whether it is: a run that gave up before gets no turn, and must not work.
        """
        with self._moved:
            self._line.append(run)
            while self._line[0] is not run and not give_up():
                self._moved.wait(LOOK_SECONDS)
        try:
            yield not give_up()
        finally:
            with self._moved:
                self._line.remove(run)
                self._moved.notify_all()

    def text(self, run: object) -> str:
        """Say that a run waits, and how many are before it; empty where it does not wait."""
        before = self.before(run)
        if not before:
            return ""
        runs = nl_count(before, "andere berekening", "andere berekeningen")
        verb = "gaat" if before == 1 else "gaan"
        return f"Wacht op de beurt: er {verb} nog {runs} voor. De tijd gaat pas daarna in."


TURNS = Turns()
