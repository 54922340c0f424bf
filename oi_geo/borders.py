"""Shared borders of polygons: which pairs share how many metres, found without an overlay.

In a noded coverage a shared border consists of segments that occur twice, vertex for vertex, so
equal segments are found by sorting a hash of their ends. Segments that stay alone are coast, or
borders that are not noded (a T-junction, two digitisations): they are compared in pairs through an
STRtree, within a stated tolerance.
"""

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

# Two segments that run together within the tolerance and differ in direction by at most MAX_SLOPE
# (about 6 degrees) are one border. Steeper pairs, up to LOOSE_SLOPE, may be two digitisations of
# one wriggling border, or two shores that meet in a point; shores part from each other, so such
# pairs count only where the two polygons run together for longer than tolerance / MAX_SLOPE in all.
MAX_SLOPE = 0.1
LOOSE_SLOPE = 1.7

# What is shorter than the rounding of official files is a point: a corner that lies this close to
# a border touches it, and borders that run together over no more than this only touch.
TOUCH_TOLERANCE_M = 0.001

_MIX = np.array(
    [0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9, 0x27D4EB2F165667C5], np.uint64
)


@dataclass(frozen=True, eq=False)
class SharedBorders:
    """Pairs of polygons that meet.

    Attributes
    ----------
    pairs : ndarray of int64, shape (n_pairs, 2)
        Positions of the polygons, lower one first, sorted.
    length_m : ndarray of float64, shape (n_pairs,)
        Length of the border that they share, in the units of the coordinates; positive.
    outline_m : ndarray of float64, shape (n_polygons,)
        Length of each polygon's whole outline, holes included.
    """

    pairs: Ints
    length_m: Floats
    outline_m: Floats


@dataclass(frozen=True, eq=False)
class _Segments:
    """Segments of all rings.

    `xy` (m, 2) holds the vertices ring after ring, `spot` (m,) a hash of each; segment k runs from
    vertex `start[k]` to the next one and belongs to polygon `owner[k]`.
    """

    xy: Floats
    spot: NDArray[np.uint64]
    start: Ints
    owner: Ints

    def ends(self, which: Ints) -> Floats:
        """Return x1 y1 x2 y2 of some segments, shape (len(which), 4)."""
        begin = self.start[which]
        return np.hstack([self.xy[begin], self.xy[begin + 1]])

    def length(self, which: Ints) -> Floats:
        """Return the length of some segments, shape (len(which),)."""
        begin = self.start[which]
        step = self.xy[begin + 1] - self.xy[begin]
        return np.hypot(step[:, 0], step[:, 1])


def shared_borders(polygons: NDArray[np.object_], tolerance_m: float) -> SharedBorders:
    """Find the borders that polygons share.

    Parameters
    ----------
    polygons : ndarray of shapely (Multi)Polygon, shape (n,)
        In a metric reference system (EPSG:28992).
    tolerance_m : float
        Borders that are not noded count as shared where they run within this distance.

    Returns
    -------
    SharedBorders
    """
    n = len(polygons)
    segments = _segments(polygons)
    mates, alone = _equal_segments(segments)
    first, second = _candidates(segments, alone, tolerance_m)
    overlap, parallel = _overlap(segments.ends(first), segments.ends(second), tolerance_m)
    pair_keys = _keys(segments.owner[first], segments.owner[second], n)
    run = parallel | _run_long(pair_keys, overlap, tolerance_m / MAX_SLOPE)
    run &= overlap > 0
    left = segments.owner[np.r_[mates[:, 0], first[run]]]
    right = segments.owner[np.r_[mates[:, 1], second[run]]]
    keys, length = _totals(_keys(left, right, n), np.r_[segments.length(mates[:, 0]), overlap[run]])
    return SharedBorders(
        pairs=np.column_stack(np.divmod(keys, n)) if n else np.empty((0, 2), np.int64),
        length_m=length,
        outline_m=shapely.length(polygons),
    )


def point_touches(polygons: NDArray[np.object_], pairs: Ints) -> Ints:
    """Find the polygons that meet in points only.

    Parameters
    ----------
    polygons : ndarray of shapely (Multi)Polygon, shape (n,)
        In a metric reference system (EPSG:28992).
    pairs : ndarray of int, shape (n_pairs, 2)
        The pairs that share a border, lower position first.

    Returns
    -------
    ndarray of int64, shape (n_touches, 2)
        Pairs of positions, lower one first, sorted.
    """
    n = len(polygons)
    segments = _segments(polygons)
    _, alone = _equal_segments(segments)
    corners = _corner_pairs(segments, *_candidates(segments, alone, TOUCH_TOLERANCE_M), n)
    meeting = _distinct(np.concatenate([_vertex_pairs(segments, n), corners]))
    apart = np.setdiff1d(meeting, _keys(pairs[:, 0], pairs[:, 1], n), assume_unique=True)
    return np.column_stack(np.divmod(apart, n)) if n else np.empty((0, 2), np.int64)


def _segments(polygons: NDArray[np.object_]) -> _Segments:
    """Cut all rings into segments."""
    parts, unit = shapely.get_parts(polygons, return_index=True)
    rings, part = shapely.get_rings(parts, return_index=True)
    xy, ring = shapely.get_coordinates(rings, return_index=True)
    xy += 0.0  # minus zero and zero must hash alike
    spot = _hash(xy)
    # A repeated vertex makes no segment, and neither does the step from one ring to the next.
    start = np.flatnonzero((ring[:-1] == ring[1:]) & (spot[:-1] != spot[1:]))
    return _Segments(xy, spot, start, unit[part][ring[start]].astype(np.int64))


def _hash(xy: Floats) -> NDArray[np.uint64]:
    """Mix the bits of each point into 64 bits; equal points have equal hashes."""
    bits = np.ascontiguousarray(xy).view(np.uint64)
    mixed = bits[:, 0] * _MIX[0]
    mixed ^= mixed >> np.uint64(29)
    mixed += bits[:, 1] * _MIX[1]
    mixed ^= mixed >> np.uint64(32)
    mixed *= _MIX[2]
    return mixed ^ (mixed >> np.uint64(29))


def _runs(hashes: NDArray[np.uint64]) -> tuple[Ints, Ints]:
    """Sort hashes; return the order and, for each place in it, the number of its run of equals."""
    order = np.argsort(hashes)
    ordered = hashes[order]
    new = np.zeros(len(order), np.int64)
    new[1:] = ordered[1:] != ordered[:-1]
    return order, np.cumsum(new)


def _equal_segments(segments: _Segments) -> tuple[Ints, Ints]:
    """Pair equal segments of different owners; return the pairs and the segments left alone."""
    # The sum of two hashes does not mind which end comes first.
    order, run = _runs(segments.spot[segments.start] + segments.spot[segments.start + 1])
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
    a, b = (segments.start[pairs[:, i]] for i in (0, 1))
    spot = segments.spot
    against = (spot[a] == spot[b + 1]) & (spot[a + 1] == spot[b])
    along = (spot[a] == spot[b]) & (spot[a + 1] == spot[b + 1])
    return pairs[against | along], order[begin[size == 1]]


def _totals(keys: Ints, lengths: Floats) -> tuple[Ints, Floats]:
    """Add up the lengths per key; return the distinct keys in order and their totals."""
    if not len(keys):
        return keys, lengths
    order = np.argsort(keys)
    keys, lengths = keys[order], lengths[order]
    first = np.flatnonzero(np.r_[True, keys[1:] != keys[:-1]])
    return keys[first], np.add.reduceat(lengths, first)


def _keys(a: Ints, b: Ints, n: int) -> Ints:
    """Write unordered pairs of polygons as one number each."""
    return np.minimum(a, b).astype(np.int64) * n + np.maximum(a, b)


def _candidates(segments: _Segments, alone: Ints, tolerance_m: float) -> tuple[Ints, Ints]:
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


def _run_long(keys: Ints, overlap: Floats, least: float) -> NDArray[np.bool_]:
    """Tell for each pair of segments whether their polygons run together for `least` or more."""
    if not len(keys):
        return np.empty(0, np.bool_)
    distinct, total = _totals(keys, overlap)
    return total[np.searchsorted(distinct, keys)] >= least


def _overlap(one: Floats, other: Floats, tolerance_m: float) -> tuple[Floats, NDArray[np.bool_]]:
    """Return how far two segments run together, shape (n,), and whether they are parallel.

    The stretch is what their projections on `one` have in common, 0 unless both segments are within
    the tolerance of each other at both of its ends.
    """
    origin, along = one[:, :2], one[:, 2:] - one[:, :2]
    size = np.hypot(along[:, 0], along[:, 1])
    unit = along / size[:, None]
    p, q = other[:, :2] - origin, other[:, 2:] - origin
    at_p, at_q = (p * unit).sum(1), (q * unit).sum(1)
    off_p = p[:, 1] * unit[:, 0] - p[:, 0] * unit[:, 1]
    off_q = q[:, 1] * unit[:, 0] - q[:, 0] * unit[:, 1]
    low = np.maximum(np.minimum(at_p, at_q), 0.0)
    high = np.minimum(np.maximum(at_p, at_q), size)
    stretch = high - low
    rise, reach = np.abs(off_q - off_p), np.abs(at_q - at_p)
    loose = rise <= LOOSE_SLOPE * reach
    slope = np.divide(
        off_q - off_p, at_q - at_p, out=np.zeros_like(size), where=loose & (reach > 0)
    )
    apart = np.maximum(np.abs(off_p + slope * (low - at_p)), np.abs(off_p + slope * (high - at_p)))
    run = loose & (apart <= tolerance_m) & (stretch > TOUCH_TOLERANCE_M)
    return np.where(run, stretch, 0.0), rise <= MAX_SLOPE * reach


def _vertex_pairs(segments: _Segments, n: int) -> Ints:
    """Return the keys of polygons that have a vertex in common."""
    order, run = _runs(segments.spot[segments.start])
    vertex, owner = np.divmod(_distinct(run * n + segments.owner[order]), n)
    keys = [np.empty(0, np.int64)]
    for step in range(1, len(vertex)):
        same = vertex[step:] == vertex[:-step]
        if not same.any():
            break
        keys.append(_distinct(owner[:-step][same] * n + owner[step:][same]))
    return np.concatenate(keys)


def _distinct(numbers: Ints) -> Ints:
    """Return the distinct numbers in order; faster than np.unique where most are distinct."""
    numbers = np.sort(numbers)
    new = np.ones(len(numbers), bool)
    new[1:] = numbers[1:] != numbers[:-1]
    return numbers[new]


def _corner_pairs(segments: _Segments, first: Ints, second: Ints, n: int) -> Ints:
    """Return the keys of polygons of which a corner lies on the other's border."""
    lines = shapely.linestrings(segments.ends(np.r_[first, second]).reshape(-1, 2, 2))
    half = len(first)
    meet = shapely.dwithin(lines[:half], lines[half:], TOUCH_TOLERANCE_M)
    return _distinct(_keys(segments.owner[first[meet]], segments.owner[second[meet]], n))
