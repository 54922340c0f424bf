"""Polygons that lie over the same ground, found without laying every polygon over every other.

How many polygons lie over a place changes only at segments that stay alone and at segments that
two polygons have in common while both lie on the same side of it. So ground that several polygons
cover is bounded by such segments; where they tell of no overlap there is none. From a first pair on
the others are found along the borders that run through the ground they have in common.
"""

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from oi_geo.segments import (
    MAX_SLOPE,
    TOUCH_TOLERANCE_M,
    Bools,
    Floats,
    Ints,
    Segments,
    distinct,
    pair_keys,
)

Shapes = NDArray[np.object_]


@dataclass(frozen=True, eq=False)
class Overlaps:
    """Pairs of polygons that lie over the same ground.

    Attributes
    ----------
    keys : ndarray of int64, shape (n_pairs,)
        The pairs, as `oi_geo.segments.pair_keys` writes them, sorted.
    half_outline_m : ndarray of float64, shape (n_pairs,)
        Half the length of the outline of the common ground. That is what two polygons' outlines
        are together longer than the outline of their union, halved, as a shared border is.
    """

    keys: Ints
    half_outline_m: Floats


def overlaps(
    polygons: Shapes,
    segments: Segments,
    mates: Ints,
    alone: Ints,
    near: tuple[Ints, Ints],
    least_m2: float,
) -> Overlaps:
    """Find the pairs of polygons that have more than a little ground in common.

    Parameters
    ----------
    polygons : ndarray of (Multi)Polygon, shape (n,)
        Valid, in metres.
    segments : Segments
        Theirs.
    mates : ndarray of int64, shape (m, 2)
        Equal segments of different polygons.
    alone : ndarray of int64
        Segments without a mate.
    near : tuple of two ndarrays of int64
        Pairs of lone segments that may touch.
    least_m2 : float
        Ground up to this area is rounding.
    """
    n = len(polygons)
    asked = np.empty(0, np.int64)
    new = _suspects(polygons, segments, mates, alone, near)
    keys, half = [asked], [np.empty(0)]
    through: shapely.STRtree | None = None
    while len(new):
        asked = np.union1d(asked, new)
        common = shapely.intersection(*(polygons[at] for at in np.divmod(new, n)))
        real = shapely.area(common) > least_m2
        keys.append(new[real])
        half.append(shapely.length(common[real]) / 2)
        if not real.any():
            break
        through = through or shapely.STRtree(segments.lines(mates[:, 0]))
        ground, mate = through.query(common[real], predicate="intersects")
        new = _also_there(keys[-1][ground], segments.owner[mates[mate]], n)
        new = np.setdiff1d(new, asked, assume_unique=True)
    found = np.concatenate(keys)
    order = np.argsort(found)
    return Overlaps(found[order], np.concatenate(half)[order])


def _suspects(
    polygons: Shapes, segments: Segments, mates: Ints, alone: Ints, near: tuple[Ints, Ints]
) -> Ints:
    """Return the keys of pairs that may overlap.

    Their borders cross, or run together with both polygons on one side, or a border of one of them
    lies inside the other.
    """
    n, owner = len(polygons), segments.owner
    touching = segments.touch(*near)
    first, second = (side[touching] for side in near)
    crossing = _cross(segments.ends(first), segments.ends(second))
    crossing |= _line_up(segments, first, second)
    same_side = mates[_on_same_side(segments, mates)]
    begin = np.sort(alone)
    begin = begin[np.diff(segments.start[begin], prepend=-2) != 1]
    # Between two places where it touches another border a chain of lone segments lies on one side.
    probes = distinct(np.concatenate([begin, first, second]))
    middle = segments.middle(probes)
    # By boxes first: nearly all that a probe lies in is its own polygon.
    probe, inside = shapely.STRtree(polygons).query(middle)
    other = owner[probes[probe]] != inside
    probe, inside = probe[other], inside[other]
    within = shapely.within(middle[probe], polygons[inside])
    probe, inside = probe[within], inside[within]
    edge = shapely.boundary(polygons[inside])
    deep = ~shapely.dwithin(edge, middle[probe], TOUCH_TOLERANCE_M)
    left = np.r_[owner[first[crossing]], owner[same_side[:, 0]], owner[probes[probe[deep]]]]
    right = np.r_[owner[second[crossing]], owner[same_side[:, 1]], inside[deep]]
    return distinct(pair_keys(left, right, n))


def _on_same_side(segments: Segments, mates: Ints) -> Bools:
    """Tell which equal segments have both their polygons on one side."""
    a, b = mates[:, 0], mates[:, 1]
    spot, start = segments.spot, segments.start
    along = spot[start[a]] == spot[start[b]]
    same: Bools = along == (segments.inside_left[a] == segments.inside_left[b])
    return same


def _line_up(segments: Segments, first: Ints, second: Ints) -> Bools:
    """Tell which touching segments run in one line with both their polygons on one side."""
    one, other = segments.ends(first), segments.ends(second)
    way, back = one[:, 2:] - one[:, :2], other[:, 2:] - other[:, :2]
    dot = (way * back).sum(1)
    in_line = np.abs(way[:, 0] * back[:, 1] - way[:, 1] * back[:, 0]) <= MAX_SLOPE * np.abs(dot)
    same = (dot > 0) == (segments.inside_left[first] == segments.inside_left[second])
    step = one[:, :2] - other[:, :2]
    begin = -(step * way).sum(1)
    end = begin + dot
    size = (way**2).sum(1)
    common = np.minimum(np.maximum(begin, end), size) - np.maximum(np.minimum(begin, end), 0.0)
    # Coasts that run on from one polygon to the next only meet.
    lined: Bools = in_line & same & (common > TOUCH_TOLERANCE_M * np.sqrt(size))
    return lined


def _cross(one: Floats, other: Floats) -> Bools:
    """Tell which segments have the ends of each on either side of the other."""
    crossing = np.ones(len(one), bool)
    for line, ends in ((one, other), (other, one)):
        way = line[:, 2:] - line[:, :2]
        p, q = ends[:, :2] - line[:, :2], ends[:, 2:] - line[:, :2]
        side_p = way[:, 0] * p[:, 1] - way[:, 1] * p[:, 0]
        side_q = way[:, 0] * q[:, 1] - way[:, 1] * q[:, 0]
        crossing &= side_p * side_q < 0
    return crossing


def _also_there(keys: Ints, others: Ints, n: int) -> Ints:
    """Return the keys of all pairs of one of two overlapping polygons and one of two others."""
    pairs = np.column_stack(np.divmod(keys, n))
    mixed = pair_keys(pairs[:, [0, 0, 1, 1]], others[:, [0, 1, 0, 1]], n).ravel()
    a, b = np.divmod(mixed, n)
    return distinct(mixed[a != b])
