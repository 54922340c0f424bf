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

from oi_geo.alongside import new_ground, share_once, together, within
from oi_geo.overlaps import overlaps
from oi_geo.segments import (
    MAX_SLOPE,
    TOUCH_TOLERANCE_M,
    Bools,
    Floats,
    Ints,
    Segments,
    among,
    distinct,
    equal_segments,
    near_segments,
    pair_keys,
    runs,
    totals,
)

# Segments that differ more than MAX_SLOPE in direction may be two digitisations of one wriggling
# border, or two shores of an inlet. Of two shores that part by more than MAX_SLOPE from one point
# at most tolerance / MAX_SLOPE lies within the tolerance of the other, so such pairs count only
# where more than that of a border does.

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
    `parallel` where they have one direction, `wedge` where they part from a common vertex. `sides`
    and `spans` (2, ...) say on which two segments, and from where to where on each.
    """

    key: Ints
    length: Floats
    fits: Bools
    parallel: Bools
    wedge: Bools
    sides: Ints
    spans: Floats

    def once(self, some: Bools) -> Floats:
        """Return the length of some stretches, 0 of others; no piece of a border counts twice."""
        length = np.zeros(len(self.key))
        part = np.ones(int(some.sum()))
        for side, span in zip(self.sides, self.spans, strict=True):
            # A segment has one owner, so with the pair it tells the other polygon.
            _, pair = np.unique(self.key[some], return_inverse=True)
            place = side[some] * (pair.max(initial=0) + 1) + pair
            part = np.minimum(part, share_once(place, span[some]))
        length[some] = self.length[some] * part
        return length


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
    count = _counting(segments, near, stretches, keys, n, tolerance_m)
    once = stretches.once(count)[count]
    keys, length = totals(np.r_[keys, stretches.key[count]], np.r_[length, once])
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
    found = together(segments.ends(first), segments.ends(second), tolerance_m)
    run = found.length > TOUCH_TOLERANCE_M
    first, second = first[run], second[run]
    return _Stretches(
        key=pair_keys(segments.owner[first], segments.owner[second], n),
        length=found.length[run],
        fits=found.apart[run] <= TOUCH_TOLERANCE_M,
        parallel=found.slope[run] <= MAX_SLOPE,
        wedge=segments.meet(first, second),
        sides=np.stack([first, second]),
        spans=found.spans[:, run],
    )


def _counting(
    segments: Segments,
    near: tuple[Ints, Ints],
    stretches: _Stretches,
    equal: Ints,
    n: int,
    tolerance_m: float,
) -> Bools:
    """Tell which stretches are shared border; `equal` holds the pairs with equal segments."""
    key, fits = stretches.key, stretches.fits
    if not len(key):
        return fits
    joined = among(key, equal) | among(key, np.unique(key[fits]))
    # Where a drawing fits, borders that part from a common vertex are the shores of water.
    some = fits | ~(joined & stretches.wedge)
    parallel = some & (fits | stretches.parallel)
    keys, total = totals(key, stretches.once(parallel))
    enough = joined | (total[np.searchsorted(keys, key)] > _CORNERS * tolerance_m)
    steep = np.unique(key[some & ~parallel])
    close = _close_for_long(segments, near, steep, n, tolerance_m)
    counting: Bools = (parallel & enough) | (some & np.isin(key, close))
    return counting


def _close_for_long(
    segments: Segments, near: tuple[Ints, Ints], asked: Ints, n: int, tolerance_m: float
) -> Ints:
    """Return which pairs have more border close to each other than two shores that part."""
    key = pair_keys(segments.owner[near[0]], segments.owner[near[1]], n)
    here = np.isin(key, asked)
    first, second, key = near[0][here], near[1][here], key[here]
    longest = np.zeros(len(asked))
    for one, other in ((first, second), (second, first)):
        span = within(segments.ends(one), segments.ends(other), tolerance_m)
        hit = span[:, 1] > span[:, 0]
        row = np.searchsorted(asked, key[hit])
        place = one[hit] * len(asked) + row
        length = np.bincount(row, new_ground(place, span[hit]), minlength=len(asked))
        longest = np.maximum(longest, length)
    return asked[longest > tolerance_m / MAX_SLOPE]


def _largest(keys: Ints, values: Floats) -> tuple[Ints, Floats]:
    """Return the distinct keys in order, each with the largest of its values."""
    order = np.lexsort((-values, keys))
    first = order[np.flatnonzero(np.diff(keys[order], prepend=-1))]
    return keys[first], values[first]


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
