"""Outlines of polygons cut into segments: which are equal, which come near each other.

In a noded coverage a shared border consists of segments that occur twice, vertex for vertex, so
equal segments are found by sorting a hash of their ends. Segments that stay alone are coast, or
borders that do not fit; those that come near each other are found through an STRtree.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

# What is shorter than the rounding of official files is a point: a corner that lies this close to
# a border touches it, and borders no farther apart than this are one.
TOUCH_TOLERANCE_M = 0.001

# Two segments that differ in direction by at most this (about 6 degrees) have one direction.
MAX_SLOPE = 0.1

# The most segments in a run of which the box is looked at first.
_LONGEST_RUN = 8

_MIX = np.array(
    [0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9, 0x27D4EB2F165667C5], np.uint64
)


@dataclass(frozen=True, eq=False)
class Segments:
    """Segments of all rings of a number of polygons.

    Attributes
    ----------
    xy : ndarray of float64, shape (n_vertices, 2)
        The vertices, ring after ring.
    spot : ndarray of uint64, shape (n_vertices,)
        A hash of each vertex.
    start : ndarray of int64, shape (n_segments,)
        First vertex of each segment; the second one is the next vertex.
    owner : ndarray of int64, shape (n_segments,)
        Position of the polygon that each segment belongs to.
    inside_left : ndarray of bool, shape (n_segments,)
        Whether the polygon lies on the left of the segment.
    """

    xy: Floats
    spot: NDArray[np.uint64]
    start: Ints
    owner: Ints
    inside_left: Bools

    @classmethod
    def of(cls, polygons: NDArray[np.object_]) -> "Segments":
        """Cut all rings of (Multi)Polygons into segments."""
        parts, unit = shapely.get_parts(polygons, return_index=True)
        rings, part = shapely.get_rings(parts, return_index=True)
        is_shell = np.r_[True, part[1:] != part[:-1]][: len(part)]
        xy, ring = shapely.get_coordinates(rings, return_index=True)
        xy += 0.0  # minus zero and zero must hash alike
        spot = _hash(xy)
        # A repeated vertex makes no segment, and neither does the step from one ring to the next.
        start = np.flatnonzero((ring[:-1] == ring[1:]) & (spot[:-1] != spot[1:]))
        left = shapely.is_ccw(rings) == is_shell
        ring = ring[start]
        return cls(xy, spot, start, unit[part][ring].astype(np.int64), left[ring])

    def ends(self, which: Ints) -> Floats:
        """Return x1 y1 x2 y2 of some segments, shape (len(which), 4)."""
        begin = self.start[which]
        return np.hstack([self.xy[begin], self.xy[begin + 1]])

    def length(self, which: Ints) -> Floats:
        """Return the length of some segments, shape (len(which),)."""
        begin = self.start[which]
        step = self.xy[begin + 1] - self.xy[begin]
        return np.hypot(step[:, 0], step[:, 1])

    def middle(self, which: Ints) -> NDArray[np.object_]:
        """Return the point halfway each of some segments."""
        begin = self.start[which]
        return shapely.points((self.xy[begin] + self.xy[begin + 1]) / 2)

    def lines(self, which: Ints) -> NDArray[np.object_]:
        """Return some segments as lines."""
        return shapely.linestrings(self.ends(which).reshape(-1, 2, 2))

    def meet(self, first: Ints, second: Ints) -> Bools:
        """Tell which pairs of segments have a vertex in common."""
        a, b = self.start[first], self.start[second]
        spot = self.spot
        at_start = (spot[a] == spot[b]) | (spot[a] == spot[b + 1])
        return at_start | (spot[a + 1] == spot[b]) | (spot[a + 1] == spot[b + 1])

    def equal(self, first: Ints, second: Ints) -> Bools:
        """Tell which pairs of segments have both their vertices in common."""
        a, b, spot = self.start[first], self.start[second], self.spot
        against = (spot[a] == spot[b + 1]) & (spot[a + 1] == spot[b])
        along = (spot[a] == spot[b]) & (spot[a + 1] == spot[b + 1])
        return against | along

    def touch(self, first: Ints, second: Ints) -> Bools:
        """Tell which pairs of segments come within `TOUCH_TOLERANCE_M` of each other."""
        near: Bools = shapely.dwithin(self.lines(first), self.lines(second), TOUCH_TOLERANCE_M)
        return near


def _hash(xy: Floats) -> NDArray[np.uint64]:
    """Mix the bits of each point into 64 bits; equal points have equal hashes."""
    bits = np.ascontiguousarray(xy).view(np.uint64)
    mixed = bits[:, 0] * _MIX[0]
    mixed ^= mixed >> np.uint64(29)
    mixed += bits[:, 1] * _MIX[1]
    mixed ^= mixed >> np.uint64(32)
    mixed *= _MIX[2]
    return mixed ^ (mixed >> np.uint64(29))


def runs(hashes: NDArray[np.uint64]) -> tuple[Ints, Ints]:
    """Sort hashes; return the order and, for each place in it, the number of its run of equals."""
    order = np.argsort(hashes)
    return order, np.cumsum(_changes(hashes[order])) - 1


def _changes(values: NDArray[Any]) -> Bools:
    """Tell which values differ from the one before; the first one does."""
    new = np.ones(len(values), bool)
    new[1:] = values[1:] != values[:-1]
    return new


def equal_segments(segments: Segments) -> tuple[Ints, Ints]:
    """Pair equal segments of different owners; return the pairs and the segments left alone.

    Both in the order of the segments, which keeps what lies together on the map together in memory.
    """
    # The sum of two hashes does not mind which end comes first.
    hashes = segments.spot[segments.start] + segments.spot[segments.start + 1]
    order = np.argsort(hashes)
    begin = np.flatnonzero(_changes(hashes[order]))
    size = np.diff(begin, append=len(order))
    two = begin[size == 2]  # noqa: PLR2004 (a border has two sides)
    mate = np.full(len(order), -1)
    mate[order[two]], mate[order[two + 1]] = order[two + 1], order[two]
    first = np.flatnonzero(mate > np.arange(len(mate)))
    pairs = [np.column_stack([first, mate[first]])]
    for k in np.flatnonzero(size > 2):  # noqa: PLR2004 (overlapping polygons: rare)
        members = order[begin[k] : begin[k] + size[k]]
        i, j = np.triu_indices(len(members), 1)
        pairs.append(np.column_stack([members[i], members[j]]))
    mates = np.concatenate(pairs)
    apart = segments.owner[mates[:, 0]] != segments.owner[mates[:, 1]]
    same = segments.equal(mates[:, 0], mates[:, 1])
    return mates[apart & same], np.sort(order[begin[size == 1]])


def near_segments(segments: Segments, alone: Ints, tolerance_m: float) -> tuple[Ints, Ints]:
    """Find pairs of lone segments of different owners whose boxes come within the tolerance.

    `alone` is sorted.
    """
    if not len(alone):
        return alone, alone
    ends = segments.ends(alone)
    low = np.minimum(ends[:, :2], ends[:, 2:]) - tolerance_m / 2
    high = np.maximum(ends[:, :2], ends[:, 2:]) + tolerance_m / 2
    some = _near_others(segments, alone, low, high)
    first, second = (alone[some[side]] for side in _meeting_boxes(low[some], high[some]))
    keep = segments.owner[first] < segments.owner[second]
    return first[keep], second[keep]


def _near_others(segments: Segments, which: Ints, low: Floats, high: Floats) -> Ints:
    """Return the positions of segments whose boxes meet the box of a run of another owner's.

    Most of a coast has nobody near it: so few boxes are left to be looked at one by one.
    """
    begin = _run_starts(segments, which)
    run_low, run_high = np.minimum.reduceat(low, begin), np.maximum.reduceat(high, begin)
    run, other = _meeting_boxes(run_low, run_high)
    owner = segments.owner[which[begin]]
    apart = owner[run] != owner[other]
    run, other = run[apart], other[apart]
    # Each segment of a run beside each run that the run itself meets.
    size = np.diff(begin, append=len(which))[run]
    before = np.cumsum(size) - size
    position = np.arange(size.sum()) + np.repeat(begin[run] - before, size)
    other = np.repeat(other, size)
    meet = np.ones(len(position), bool)
    for axis in (0, 1):
        meet &= low[position, axis] <= run_high[other, axis]
        meet &= run_low[other, axis] <= high[position, axis]
    near = np.zeros(len(which), bool)
    near[position[meet]] = True
    return np.flatnonzero(near)


def _run_starts(segments: Segments, which: Ints) -> Ints:
    """Cut sorted segments into short runs of one owner and say where each begins."""
    new = np.diff(segments.start[which], prepend=-2) != 1
    new |= _changes(segments.owner[which])
    at = np.arange(len(which))
    since = at - np.maximum.accumulate(np.where(new, at, 0))
    return np.flatnonzero(since % _LONGEST_RUN == 0)


def _meeting_boxes(low: Floats, high: Floats) -> tuple[Ints, Ints]:
    """Return all pairs of boxes that meet, both ways, every box with itself included."""
    # The diagonal of a box has the box for its bounds, and is made faster.
    boxes = shapely.linestrings(np.stack([low, high], axis=1))
    one, other = shapely.STRtree(boxes).query(boxes)
    return one, other


def pair_keys(a: Ints, b: Ints, n: int) -> Ints:
    """Write unordered pairs of polygons as one number each."""
    return np.minimum(a, b).astype(np.int64) * n + np.maximum(a, b)


def totals(keys: Ints, lengths: Floats) -> tuple[Ints, Floats]:
    """Add up the lengths per key; return the distinct keys in order and their totals."""
    # Segments of one border mostly follow each other, so there is less to sort after a first round.
    keys, lengths = _add_runs(keys, lengths)
    order = np.argsort(keys)
    return _add_runs(keys[order], lengths[order])


def _add_runs(keys: Ints, lengths: Floats) -> tuple[Ints, Floats]:
    """Add up the lengths of equal keys that follow each other."""
    if not len(keys):
        return keys, lengths
    first = np.flatnonzero(_changes(keys))
    return keys[first], np.add.reduceat(lengths, first)


def among(numbers: Ints, ordered: Ints) -> Bools:
    """Tell which numbers occur among sorted ones; faster than np.isin where those are many."""
    here = np.searchsorted(ordered, numbers, side="right")
    return here > np.searchsorted(ordered, numbers, side="left")


def distinct(numbers: Ints) -> Ints:
    """Return the distinct numbers in order; faster than np.unique where most are distinct."""
    numbers = np.sort(numbers)
    return numbers[_changes(numbers)]
