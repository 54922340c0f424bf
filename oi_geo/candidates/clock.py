"""Until when there is time: one clock for all steps of a piece of work."""

import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Clock:
    """Until when there is time, and whether the user asked to stop."""

    deadline: float
    stop: Callable[[], bool] | None

    @classmethod
    def of(cls, seconds: float, stop: Callable[[], bool] | None = None) -> "Clock":
        """Start a clock that runs out after `seconds`."""
        return cls(time.monotonic() + seconds, stop)

    @property
    def left(self) -> float:
        """Seconds left, at least 0."""
        return max(self.deadline - time.monotonic(), 0.0)

    @property
    def out(self) -> bool:
        """Whether the time is over or the user asked to stop."""
        return self.left <= 0 or (self.stop is not None and self.stop())


NO_LIMIT = Clock(float("inf"), None)
