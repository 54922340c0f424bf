"""Outlines of polygons cut into segments: which are equal, which come near each other.

In a noded coverage a shared border consists of segments that occur twice, vertex for vertex, so
equal segments are found by sorting a hash of their ends. Segments that stay alone are coast, or
borders that do not fit; those that come near each other are found through an STRtree.
"""

from dataclasses import dataclass

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
        left = _counter_clockwise(xy, ring) == is_shell
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


def _counter_clockwise(xy: Floats, ring: Ints) -> Bools:
    """Tell which closed rings run counter-clockwise, by the sign of their area."""
    if not len(ring):
        return np.empty(0, bool)
    # Around the middle of the map coordinates are small enough for areas far below a square metre.
    x, y = (xy - xy.mean(axis=0)).T
    turn = np.zeros(len(ring))
    turn[:-1] = x[:-1] * y[1:] - x[1:] * y[:-1]
    opens = np.flatnonzero(np.diff(ring, prepend=-1))
    turn[opens[1:] - 1] = 0.0  # the step to the next ring
    anticlockwise: Bools = np.add.reduceat(turn, opens) > 0
    return anticlockwise


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
    ordered = hashes[order]
    new = np.zeros(len(order), np.int64)
    new[1:] = ordered[1:] != ordered[:-1]
    return order, np.cumsum(new)


def equal_segments(segments: Segments) -> tuple[Ints, Ints]:
    """Pair equal segments of different owners; return the pairs and the segments left alone."""
    # The sum of two hashes does not mind which end comes first.
    order, run = runs(segments.spot[segments.start] + segments.spot[segments.start + 1])
    size = np.bincount(run)
    begin = np.cumsum(size) - size
    two = begin[size == 2]  # noqa: PLR2004 (a border has two sides)
    mates = [np.column_stack([order[two], order[two + 1]])]
    for k in np.flatnonzero(size > 2):  # noqa: PLR2004 (overlapping polygons: rare)
        members = order[begin[k] : begin[k] + size[k]]
        i, j = np.triu_indices(len(members), 1)
        mates.append(np.column_stack([members[i], members[j]]))
    pairs = np.concatenate(mates)
    pairs = pairs[segments.owner[pairs[:, 0]] != segments.owner[pairs[:, 1]]]
    return pairs[segments.equal(pairs[:, 0], pairs[:, 1])], order[begin[size == 1]]


def near_segments(segments: Segments, alone: Ints, tolerance_m: float) -> tuple[Ints, Ints]:
    """Find pairs of lone segments of different owners whose boxes come within the tolerance."""
    if len(alone) < 2:  # noqa: PLR2004
        return np.empty(0, np.int64), np.empty(0, np.int64)
    ends = segments.ends(alone)
    low = np.minimum(ends[:, :2], ends[:, 2:]) - tolerance_m / 2
    high = np.maximum(ends[:, :2], ends[:, 2:]) + tolerance_m / 2
    # The diagonal of a box has the box for its bounds, and is made faster.
    boxes = shapely.linestrings(np.stack([low, high], axis=1))
    first, second = shapely.STRtree(boxes).query(boxes)
    first, second = alone[first], alone[second]
    keep = segments.owner[first] < segments.owner[second]
    return first[keep], second[keep]


def pair_keys(a: Ints, b: Ints, n: int) -> Ints:
    """Write unordered pairs of polygons as one number each."""
    return np.minimum(a, b).astype(np.int64) * n + np.maximum(a, b)


def totals(keys: Ints, lengths: Floats) -> tuple[Ints, Floats]:
    """Add up the lengths per key; return the distinct keys in order and their totals."""
    if not len(keys):
        return keys, lengths
    order = np.argsort(keys)
    keys, lengths = keys[order], lengths[order]
    first = np.flatnonzero(np.r_[True, keys[1:] != keys[:-1]])
    return keys[first], np.add.reduceat(lengths, first)


def distinct(numbers: Ints) -> Ints:
    """Return the distinct numbers in order; faster than np.unique where most are distinct."""
    numbers = np.sort(numbers)
    new = np.ones(len(numbers), bool)
    new[1:] = numbers[1:] != numbers[:-1]
    return numbers[new]
