"""Intervals against brute force: every completion lies inside, and the ends are reached."""

import math
from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from oi_geo.criteria.bounds import Interval, largest, part_of_whole, quotient, smallest

numbers = st.integers(0, 4)
intervals = st.tuples(numbers, numbers).map(lambda x: Interval(float(min(x)), float(max(x))))


def _grid(interval: Interval) -> list[int]:
    return list(range(int(interval.low), int(interval.high) + 1))


@given(intervals, intervals)
def test_part_of_whole_is_tight(part: Interval, rest: Interval) -> None:
    shares = [p / (p + r) for p, r in product(_grid(part), _grid(rest)) if p + r]
    found = part_of_whole(part, rest)
    if not shares:
        assert found is None
        return
    assert found is not None
    assert found.low <= min(shares)
    assert found.high >= max(shares)
    if part.low + rest.low:  # no completion without a share: the ends are reached
        assert (found.low, found.high) == (min(shares), max(shares))


@given(intervals, intervals)
def test_quotient_is_tight(above: Interval, below: Interval) -> None:
    found = quotient(above, below)
    ratios = [a / b for a, b in product(_grid(above), _grid(below)) if b]
    if not ratios:
        assert found is None
        return
    assert found is not None
    assert found.low == min(ratios)
    assert found.high == (max(ratios) if below.low else math.inf)


def test_infinite_parts() -> None:
    unknown = Interval(0.0, math.inf)
    assert part_of_whole(Interval.point(3.0), unknown) == Interval(0.0, 1.0)
    assert part_of_whole(unknown, Interval.point(3.0)) == Interval(0.0, 1.0)
    assert part_of_whole(unknown, Interval.point(0.0)) == Interval(0.0, 1.0)
    assert quotient(Interval(5.0, math.inf), Interval.point(10.0)) == Interval(0.5, math.inf)
    assert quotient(Interval.point(5.0), Interval(10.0, math.inf)) == Interval(0.0, 0.5)


def test_smallest_largest_capped() -> None:
    two = [Interval(1.0, 4.0), Interval(2.0, 3.0)]
    assert smallest(two) == Interval(1.0, 3.0)
    assert largest(two) == Interval(2.0, 4.0)
    assert Interval(0.5, math.inf).capped(1.0) == Interval(0.5, 1.0)
    assert Interval.point(2.0).is_exact
    assert not two[0].is_exact
