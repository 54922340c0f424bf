"""Where pairs of segments run together, and how much of a border that makes when counted once."""

from dataclasses import dataclass

import numpy as np

from oi_geo.segments import Floats, Ints

# Segments that differ more than 60 degrees in direction do not run together.
_LEAST_COSINE = 0.5

# Intervals that have less than this in common only meet.
_ROUNDING_M = 1e-6


@dataclass(frozen=True, eq=False)
class Together:
    """How n pairs of segments run together, seen along the line halfway their directions.

    Attributes
    ----------
    length : ndarray of float64, shape (n,)
        Of the stretch that both pass and where they are within the tolerance of each other; 0 for
        segments that differ more than 60 degrees in direction.
    apart : ndarray of float64, shape (n,)
        Their largest distance on that stretch.
    slope : ndarray of float64, shape (n,)
        Tangent of the angle between them.
    spans : ndarray of float64, shape (2, n, 2)
        From where to where the stretch lies on the one and on the other segment, in metres.
    """

    length: Floats
    apart: Floats
    slope: Floats
    spans: Floats


def within(one: Floats, other: Floats, tolerance_m: float) -> Floats:
    """Find from where to where segments lie within the tolerance of others, shape (n, 2).

    The points within a distance of a segment are a rectangle with half a disc at either end; what a
    line has in common with each is one interval, and so is all of it together. Empty where the end
    lies before the begin.
    """
    way, back = one[:, 2:] - one[:, :2], other[:, 2:] - other[:, :2]
    size, reach = np.hypot(way[:, 0], way[:, 1]), np.hypot(back[:, 0], back[:, 1])
    way, back = way / size[:, None], back / reach[:, None]
    begin, end = np.full(len(one), np.inf), np.full(len(one), -np.inf)
    for centre in (other[:, :2], other[:, 2:]):
        step = centre - one[:, :2]
        at, off = (step * way).sum(1), step[:, 1] * way[:, 0] - step[:, 0] * way[:, 1]
        half = np.sqrt(np.maximum(tolerance_m**2 - off**2, 0.0))
        hit = np.abs(off) <= tolerance_m
        begin = np.where(hit, np.minimum(begin, at - half), begin)
        end = np.where(hit, np.maximum(end, at + half), end)
    step = one[:, :2] - other[:, :2]
    along, rate = (step * back).sum(1), (way * back).sum(1)
    off, rise = step[:, 1] * back[:, 0] - step[:, 0] * back[:, 1], way[:, 1] * back[:, 0]
    rise = rise - way[:, 0] * back[:, 1]
    beside = _between(off, rise, -tolerance_m, np.full(len(one), tolerance_m))
    passing = _between(along, rate, 0.0, reach)
    low, high = np.maximum(beside[0], passing[0]), np.minimum(beside[1], passing[1])
    hit = low <= high
    begin = np.where(hit, np.minimum(begin, low), begin)
    end = np.where(hit, np.maximum(end, high), end)
    return np.column_stack([np.maximum(begin, 0.0), np.minimum(end, size)])


def _between(value: Floats, rate: Floats, low: float, high: Floats) -> tuple[Floats, Floats]:
    """Return from where to where `value + rate * t` lies between two bounds."""
    still = rate == 0
    slope = np.where(still, 1.0, rate)
    turns = np.sort(np.stack([(low - value) / slope, (high - value) / slope]), axis=0)
    inside = (value >= low) & (value <= high)
    begin = np.where(still, np.where(inside, -np.inf, np.inf), turns[0])
    return begin, np.where(still, np.where(inside, np.inf, -np.inf), turns[1])


def new_ground(places: Ints, spans: Floats) -> Floats:
    """Tell of each interval how much of it no earlier one of its place covers, shape (n,).

    Parameters
    ----------
    places : ndarray of int64, shape (n,)
        What each interval lies on.
    spans : ndarray of float64, shape (n, 2)
        Begin and end, in metres.
    """
    if not len(places):
        return np.empty(0)
    order = np.lexsort((spans[:, 0], places))
    # Every place gets a stretch of its own on one long line.
    rank = np.cumsum(np.diff(places[order], prepend=places[order[0]]) != 0)
    line = spans[order] - spans[:, :1].min()
    line += (rank * (line.max() + 1.0))[:, None]
    covered = np.r_[-1.0, np.maximum.accumulate(line[:, 1])[:-1]]
    fresh = np.empty(len(places))
    fresh[order] = np.maximum(line[:, 1] - np.maximum(line[:, 0], covered), 0.0)
    return fresh


def share_once(places: Ints, spans: Floats) -> Floats:
    """Return by which part each interval counts, so that nothing on its place counts twice."""
    if not len(places):
        return np.empty(0)
    _, place = np.unique(places, return_inverse=True)
    size = spans[:, 1] - spans[:, 0]
    laid = np.bincount(place, size)
    once = np.bincount(place, new_ground(places, spans))
    part = np.where(laid - once > _ROUNDING_M, once / np.maximum(laid, _ROUNDING_M), 1.0)
    return part[place]


def together(one: Floats, other: Floats, tolerance_m: float) -> Together:
    """Measure how two segments run together, seen along the line halfway their directions."""
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
    reach = at[..., 1] - at[..., 0]
    spans = (np.stack([low + begin, low + end], axis=-1) - at[..., :1]) / reach[..., None]
    sizes = np.stack([np.hypot(v[:, 2] - v[:, 0], v[:, 3] - v[:, 1]) for v in (one, other)])
    return Together(
        length=length,
        apart=apart,
        slope=np.abs(cross) / np.maximum(np.abs(cosine), _LEAST_COSINE),
        spans=np.sort(spans * sizes[..., None], axis=-1),
    )


def _along(segments: Floats, origin: Floats, axis: Floats) -> tuple[Floats, Floats]:
    """Return how far along an axis and beside it the ends of segments lie, shape (..., 2)."""
    way = segments.reshape(*segments.shape[:-1], 2, 2) - origin[:, None, :]
    at = (way * axis[:, None, :]).sum(-1)
    return at, way[..., 1] * axis[:, None, 0] - way[..., 0] * axis[:, None, 1]
