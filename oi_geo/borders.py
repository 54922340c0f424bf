"""Shared borders of polygons: which pairs share how many metres.

Where a coverage fits, neighbours have their segments in common and the length is the sum of those.
Segments that stay alone are coast, or borders that do not fit (a T-junction, two digitisations, an
overlap): they count over the length within which they run within a stated tolerance of each other.
Ground that two polygons both cover joins them as well.
"""

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from oi_geo.overlaps import overlaps
from oi_geo.segments import (
    MAX_SLOPE,
    TOUCH_TOLERANCE_M,
    Bools,
    Floats,
    Ints,
    Segments,
    distinct,
    equal_segments,
    near_segments,
    pair_keys,
    runs,
    totals,
)

# Segments that differ more than 60 degrees in direction do not run together. Those that differ
# more than MAX_SLOPE may be two digitisations of one wriggling border, or two shores of an inlet;
# shores part from each other, so such pairs count only where the two polygons run together for
# longer than tolerance / MAX_SLOPE in all.
_LEAST_COSINE = 0.5

# Two corners that should meet in a point and lie within the tolerance of each other run together
# for at most 1.4 times the tolerance, and overlap over at most its square.
_CORNERS = 2.0


@dataclass(frozen=True, eq=False)
class SharedBorders:
    """Pairs of polygons that meet.

    Attributes
    ----------
    pairs : ndarray of int64, shape (n_pairs, 2)
        Positions of the polygons, lower one first, sorted.
    length_m : ndarray of float64, shape (n_pairs,)
        Length of the border that they share, in the units of the coordinates; positive. For
        polygons that overlap at least half the length of the outline of what both cover.
    outline_m : ndarray of float64, shape (n_polygons,)
        Length of each polygon's whole outline, holes included.
    """

    pairs: Ints
    length_m: Floats
    outline_m: Floats


@dataclass(frozen=True, eq=False)
class _Stretches:
    """Where lone segments run together, one per pair of segments.

    `key` is the pair of polygons, `length` in metres; `fits` tells where the two lie on each other,
    `parallel` where they have one direction, `wedge` where they part from a common vertex.
    """

    key: Ints
    length: Floats
    fits: Bools
    parallel: Bools
    wedge: Bools


def shared_borders(polygons: NDArray[np.object_], tolerance_m: float) -> SharedBorders:
    """Find the borders that polygons share.

    Parameters
    ----------
    polygons : ndarray of shapely (Multi)Polygon, shape (n,)
        Valid, in a metric reference system (EPSG:28992).
    tolerance_m : float
        Borders that are not noded count as shared where they run within this distance.

    Returns
    -------
    SharedBorders
    """
    n = len(polygons)
    segments = Segments.of(polygons)
    mates, alone = equal_segments(segments)
    near = near_segments(segments, alone, tolerance_m)
    ground = overlaps(polygons, segments, mates, alone, near, tolerance_m**2)
    if len(ground.keys):
        # A border that two polygons share may run along a third one that lies over one of them.
        over = np.isin(segments.owner[mates], np.divmod(ground.keys, n)).any(axis=1)
        near = near_segments(segments, np.union1d(alone, mates[over]), tolerance_m)
    stretches = _stretches(segments, *near, n, tolerance_m)
    left, right = (segments.owner[side] for side in mates.T)
    keys, length = totals(pair_keys(left, right, n), segments.length(mates[:, 0]))
    count = _counting(stretches, keys, tolerance_m)
    keys, length = totals(np.r_[keys, stretches.key[count]], np.r_[length, stretches.length[count]])
    if len(ground.keys):
        keys, length = _largest(np.r_[keys, ground.keys], np.r_[length, ground.half_outline_m])
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
    segments = Segments.of(polygons)
    _, alone = equal_segments(segments)
    corners = _corner_pairs(segments, *near_segments(segments, alone, TOUCH_TOLERANCE_M), n)
    meeting = distinct(np.concatenate([_vertex_pairs(segments, n), corners]))
    apart = np.setdiff1d(meeting, pair_keys(pairs[:, 0], pairs[:, 1], n), assume_unique=True)
    return np.column_stack(np.divmod(apart, n)) if n else np.empty((0, 2), np.int64)


def _stretches(
    segments: Segments, first: Ints, second: Ints, n: int, tolerance_m: float
) -> _Stretches:
    """Measure where pairs of segments run together, as far as they are within the tolerance."""
    twin = segments.equal(first, second)
    first, second = first[~twin], second[~twin]
    length, apart, slope = _together(segments.ends(first), segments.ends(second), tolerance_m)
    run = length > TOUCH_TOLERANCE_M
    first, second = first[run], second[run]
    return _Stretches(
        key=pair_keys(segments.owner[first], segments.owner[second], n),
        length=length[run],
        fits=apart[run] <= TOUCH_TOLERANCE_M,
        parallel=slope[run] <= MAX_SLOPE,
        wedge=segments.meet(first, second),
    )


def _counting(stretches: _Stretches, equal: Ints, tolerance_m: float) -> Bools:
    """Tell which stretches are shared border; `equal` holds the pairs with equal segments."""
    key, fits = stretches.key, stretches.fits
    joined = np.isin(key, equal) | np.isin(key, key[fits])
    # Where a drawing fits, borders that part from a common vertex are the shores of water.
    some = fits | ~(joined & stretches.wedge)
    parallel = some & (fits | stretches.parallel)
    enough = joined | _run_long(stretches, parallel, _CORNERS * tolerance_m)
    long = _run_long(stretches, some, tolerance_m / MAX_SLOPE)
    return (parallel & enough) | (some & long)


def _run_long(stretches: _Stretches, some: Bools, least: float) -> Bools:
    """Tell of each stretch whether some of its two polygons' come to more than `least`."""
    if not len(some):
        return some
    keys, total = totals(stretches.key, np.where(some, stretches.length, 0.0))
    longer: Bools = total[np.searchsorted(keys, stretches.key)] > least
    return longer


def _largest(keys: Ints, values: Floats) -> tuple[Ints, Floats]:
    """Return the distinct keys in order, each with the largest of its values."""
    order = np.lexsort((-values, keys))
    first = order[np.flatnonzero(np.diff(keys[order], prepend=-1))]
    return keys[first], values[first]


def _together(one: Floats, other: Floats, tolerance_m: float) -> tuple[Floats, Floats, Floats]:
    """Measure how two segments run together, seen along the line halfway their directions.

    Returns
    -------
    length : ndarray of float64, shape (n,)
        Of the stretch that both pass and where they are within the tolerance of each other; 0 for
        segments that differ more than 60 degrees in direction.
    apart : ndarray of float64, shape (n,)
        Their largest distance on that stretch.
    slope : ndarray of float64, shape (n,)
        Tangent of the angle between them.
    """
    way, back = one[:, 2:] - one[:, :2], other[:, 2:] - other[:, :2]
    way, back = (v / np.hypot(v[:, 0], v[:, 1])[:, None] for v in (way, back))
    cosine = (way * back).sum(1)
    axis = way + np.where(cosine < 0, -1.0, 1.0)[:, None] * back
    axis /= np.hypot(axis[:, 0], axis[:, 1])[:, None]
    at, off = _along(np.stack([one, other]), one[:, :2], axis)
    slope = (off[..., 1] - off[..., 0]) / (at[..., 1] - at[..., 0])
    low = at.min(axis=-1).max(axis=0)
    high = at.max(axis=-1).min(axis=0)
    line = off[..., 0] + slope * (low - at[..., 0])
    gap, opens = line[0] - line[1], slope[0] - slope[1]
    # The distance is gap + opens * t from `low` on; where is it between minus and plus tolerance?
    still = opens == 0
    rate = np.where(still, 1.0, opens)
    turn = np.sort(np.stack([-tolerance_m - gap, tolerance_m - gap]) / rate, axis=0)
    turn[:, still] = np.where(np.abs(gap[still]) <= tolerance_m, [[-np.inf], [np.inf]], 0.0)
    begin, end = np.maximum(turn[0], 0.0), np.minimum(turn[1], high - low)
    apart = np.maximum(np.abs(gap + opens * begin), np.abs(gap + opens * end))
    length = np.where(np.abs(cosine) >= _LEAST_COSINE, np.maximum(end - begin, 0.0), 0.0)
    cross = way[:, 0] * back[:, 1] - way[:, 1] * back[:, 0]
    return length, apart, np.abs(cross) / np.maximum(np.abs(cosine), _LEAST_COSINE)


def _along(segments: Floats, origin: Floats, axis: Floats) -> tuple[Floats, Floats]:
    """Return how far along an axis and beside it the ends of segments lie, shape (..., 2)."""
    way = segments.reshape(*segments.shape[:-1], 2, 2) - origin[:, None, :]
    at = (way * axis[:, None, :]).sum(-1)
    return at, way[..., 1] * axis[:, None, 0] - way[..., 0] * axis[:, None, 1]


def _vertex_pairs(segments: Segments, n: int) -> Ints:
    """Return the keys of polygons that have a vertex in common."""
    order, run = runs(segments.spot[segments.start])
    vertex, owner = np.divmod(distinct(run * n + segments.owner[order]), n)
    keys = [np.empty(0, np.int64)]
    for step in range(1, len(vertex)):
        same = vertex[step:] == vertex[:-step]
        if not same.any():
            break
        keys.append(distinct(owner[:-step][same] * n + owner[step:][same]))
    return np.concatenate(keys)


def _corner_pairs(segments: Segments, first: Ints, second: Ints, n: int) -> Ints:
    """Return the keys of polygons of which a corner lies on the other's border."""
    meet = segments.touch(first, second)
    return distinct(pair_keys(segments.owner[first[meet]], segments.owner[second[meet]], n))
