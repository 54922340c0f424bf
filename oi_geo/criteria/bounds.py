"""Interval arithmetic for what is only partly known: a lower and an upper end, nothing guessed."""

import math
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Interval:
    """A quantity that lies between `low` and `high`, both included; `high` may be infinite."""

    low: float
    high: float

    @classmethod
    def point(cls, value: float) -> "Interval":
        """Return an interval that holds one value: the quantity is known."""
        return cls(value, value)

    @property
    def is_exact(self) -> bool:
        """Whether the quantity is known."""
        return self.low == self.high

    def capped(self, most: float) -> "Interval":
        """Return the interval with both ends cut off at `most`."""
        return Interval(min(self.low, most), min(self.high, most))


def smallest(intervals: Sequence[Interval]) -> Interval:
    """Bound the smallest of several quantities."""
    return Interval(min(i.low for i in intervals), min(i.high for i in intervals))


def largest(intervals: Sequence[Interval]) -> Interval:
    """Bound the largest of several quantities."""
    return Interval(max(i.low for i in intervals), max(i.high for i in intervals))


def part_of_whole(part: Interval, rest: Interval) -> Interval | None:
    """Bound `part / (part + rest)`, a share from 0 to 1.

    Returns
    -------
    Interval or None
        None where part and rest are both known to be zero: there is no share. Where only one end
        of the bounds has no share, that end is 0 or 1.
    """
    if part.high == 0 and rest.high == 0:
        return None
    low = _ratio(part.low, part.low + rest.high, none=0.0)
    high = 1.0 if math.isinf(part.high) else _ratio(part.high, part.high + rest.low, none=1.0)
    return Interval(low, high)


def quotient(numerator: Interval, denominator: Interval) -> Interval | None:
    """Bound `numerator / denominator` (both not negative); None if the denominator is zero."""
    if denominator.high == 0:
        return None
    return Interval(
        _ratio(numerator.low, denominator.high, none=0.0),
        _ratio(numerator.high, denominator.low, none=math.inf),
    )


def _ratio(above: float, below: float, *, none: float) -> float:
    if below == 0:
        return none
    return math.inf if math.isinf(above) else above / below
