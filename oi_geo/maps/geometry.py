"""Shapes for the screen: simplified as one coverage, dissolved, hatched, in degrees.

Measures are never taken on these shapes. Simplification, dissolving and hatching happen in
EPSG:28992 (metres); the last step transforms to WGS84 and rounds to five decimals (about 1 m).
"""

from collections.abc import Iterable, Sequence
from functools import cache
from itertools import pairwise

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from pyproj import Transformer

from oi_geo.study_area import CRS, StudyArea

Shapes = NDArray[np.object_]

DECIMALS = 5
MOST_VERTICES = 90_000
# Visible detail: about a third of a pixel where the whole area fills a screen of 1,000 pixels,
# which leaves detail to see when zooming in.
EXTENT_PER_TOLERANCE = 8_000


@cache
def _to_degrees() -> Transformer:
    """Return the transformation from RD to WGS84 (pyproj's default, accurate to 1 m)."""
    return Transformer.from_crs(CRS, "EPSG:4326", always_xy=True)


def wgs84(shapes: Shapes) -> Shapes:
    """Transform shapes from EPSG:28992 to WGS84 (lon, lat), rounded to five decimals."""

    def transform(points: NDArray[np.float64]) -> NDArray[np.float64]:
        lon, lat = _to_degrees().transform(points[:, 0], points[:, 1])
        return np.round(np.column_stack([lon, lat]), DECIMALS)

    return shapely.transform(shapes, transform)


def simplified(shapes: Shapes) -> Shapes:
    """Simplify polygons as one coverage, so that neighbours keep sharing their border.

    Parameters
    ----------
    shapes : ndarray of Polygon and MultiPolygon, EPSG:28992
        A coverage.

    Returns
    -------
    ndarray of the same shape, EPSG:28992
        The tolerance grows with the extent (10 m for a province, 40 m for the Netherlands), and
        further as long as there are more than `MOST_VERTICES` vertices.
    """
    if not len(shapes):
        return shapes
    x0, y0, x1, y1 = shapely.total_bounds(shapes)
    tolerance = float(np.hypot(x1 - x0, y1 - y0)) / EXTENT_PER_TOLERANCE
    result = shapely.coverage_simplify(shapes, tolerance)
    while shapely.get_num_coordinates(result).sum() > MOST_VERTICES and tolerance < (x1 - x0):
        tolerance *= 1.6
        result = shapely.coverage_simplify(shapes, tolerance)
    return result


def dissolved(shapes: Shapes, labels: NDArray[np.integer], n: int) -> Shapes:
    """Join the shapes per label 0..n-1; label -1 is left out, a label without a shape is empty."""
    order = np.argsort(labels, kind="stable")
    starts = np.searchsorted(labels[order], np.arange(n + 1))
    parts = [shapes[order[a:b]] for a, b in pairwise(starts)]
    return np.array([shapely.union_all(part) for part in parts], dtype=object)


def border_lines(shapes: Shapes) -> Shapes:
    """Return the borders of dissolved shapes as merged lines, a shared border once.

    Parameters
    ----------
    shapes : ndarray of Polygon and MultiPolygon
        Neighbours that share their vertices; where they do not, a border is drawn twice.

    Returns
    -------
    ndarray of shape (1,)
        One MultiLineString; empty array where there are no shapes.
    """
    rings = shapely.get_rings(shapely.get_parts(shapes))
    if not len(rings):
        return np.array([], dtype=object)
    points, ring = shapely.get_coordinates(rings, return_index=True)
    same = ring[1:] == ring[:-1]
    ends = np.stack([points[:-1][same], points[1:][same]], axis=1)
    backwards = (ends[:, 0, 0] > ends[:, 1, 0]) | (
        (ends[:, 0, 0] == ends[:, 1, 0]) & (ends[:, 0, 1] > ends[:, 1, 1])
    )
    ends[backwards] = ends[backwards][:, ::-1]
    unique = np.unique(ends.reshape(-1, 4), axis=0).reshape(-1, 2, 2)
    lines = shapely.line_merge(shapely.multilinestrings(shapely.linestrings(unique)))
    return np.array([lines], dtype=object)


def hatched(shapes: Shapes, most_m: float) -> Shapes:
    """Fill polygons with slanting lines, as geometry, so that they show on any renderer.

    Parameters
    ----------
    shapes : ndarray of Polygon and MultiPolygon, EPSG:28992
    most_m : float
        Greatest distance between the lines; a small polygon gets at least some eight lines.
    """
    result = []
    for shape in shapes:
        x0, y0, x1, y1 = shape.bounds
        step = min(most_m, max(x1 - x0, y1 - y0) / 8)
        c = np.arange(np.floor((x0 + y0) / step) + 1, (x1 + y1) / step) * step
        lines = np.stack(
            [np.column_stack([c - y0, c * 0 + y0]), np.column_stack([c - y1, c * 0 + y1])], 1
        )
        result.append(shapely.intersection(shapely.multilinestrings(lines), shape))
    return np.array(result, dtype=object)


def mirrored(shapes: Shapes) -> Shapes:
    """Turn shapes over, left to right; twice gives what it was."""
    return shapely.transform(shapes, lambda points: points * np.array([-1.0, 1.0]))


def label_points(shapes: Shapes) -> Shapes:
    """Return the middle of the largest circle inside the largest part of each shape.

    In EPSG:28992; an empty shape has no point (None).
    """
    middles: list[shapely.Point | None] = []
    for shape in shapes:
        largest = max(shapely.get_parts(shape), key=shapely.area, default=None)
        if largest is None or largest.is_empty:
            middles.append(None)
        else:
            radius = shapely.maximum_inscribed_circle(largest, np.sqrt(largest.area) / 50)
            middles.append(shapely.get_point(radius, 0))
    return np.array(middles, dtype=object)


def units_named(area: StudyArea, codes: Iterable[str]) -> pd.Index:
    """Return the units that codes name: unit codes themselves, and all units of a gemeente."""
    wanted = list(codes)
    named = area.units.index.isin(wanted) | area.units["gemeentecode"].isin(wanted).to_numpy()
    return area.units.index[named]


def bounds_of(area: StudyArea, codes: Sequence[str]) -> list[list[float]]:
    """Return the WGS84 bounds of units or gemeenten.

    Parameters
    ----------
    area : StudyArea
    codes : sequence of str
        Unit and gemeente codes; without any known code the bounds of the whole area.

    Returns
    -------
    list of list of float
        `[[south, west], [north, east]]` in degrees.
    """
    units = units_named(area, codes)
    shapes = area.units.geometry.loc[units] if len(units) else area.units.geometry
    if shapes.empty:
        return [[50.7, 3.3], [53.6, 7.3]]
    x0, y0, x1, y1 = shapely.total_bounds(shapes.to_numpy())
    corners = np.array([[x0, y0], [x0, y1], [x1, y0], [x1, y1]])
    lon, lat = _to_degrees().transform(corners[:, 0], corners[:, 1])
    south, west, north, east = lat.min(), lon.min(), lat.max(), lon.max()
    return [[round(float(v), DECIMALS) for v in pair] for pair in ((south, west), (north, east))]
