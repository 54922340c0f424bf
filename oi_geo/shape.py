"""Shape of groups of units: compactness, dissolved geometry and what encloses it.

Formulas work on arrays of areas and lengths, so that they can be tested on published values; the
functions on geometry never dissolve what a sum or a convex hull can tell.
"""

import numpy as np
import shapely
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def polsby_popper(area: Floats, perimeter: Floats) -> Floats:
    """Return 4πA/P²: 1 for a circle, π/4 for a square, near 0 for a ragged shape.

    Parameters
    ----------
    area, perimeter : ndarray of float64, shape (n,)
        In the same unit of length (m² and m, or km² and km).

    Returns
    -------
    ndarray of float64, shape (n,)
        NaN where there is no area.

    References
    ----------
    Polsby, D.D. & Popper, R.D. (1991). The third criterion: compactness as a procedural safeguard
    against partisan gerrymandering. Yale Law & Policy Review 9(2), 301-353.
    """
    return _ratio(4 * np.pi * area, perimeter**2)


def reock(area: Floats, radius: Floats) -> Floats:
    """Return A/πr² with r the radius of the smallest enclosing circle; NaN without area.

    References
    ----------
    Reock, E.C. (1961). A note: measuring compactness as a requirement of legislative
    apportionment. Midwest Journal of Political Science 5(1), 70-74.
    """
    return _ratio(area, np.pi * radius**2)


def hull_ratio(area: Floats, hull_area: Floats) -> Floats:
    """Return the area as a share of that of its convex hull; NaN without area."""
    return _ratio(area, hull_area)


def _ratio(part: Floats, whole: Floats) -> Floats:
    return np.divide(part, whole, out=np.full(len(whole), np.nan), where=whole > 0)


def enclosing(
    polygons: NDArray[np.object_], labels: NDArray[np.integer], n: int
) -> tuple[Floats, Floats]:
    """Measure the convex hull and the smallest enclosing circle of each group of polygons.

    The hull of a group is the hull of the hulls of its polygons, so nothing is dissolved.

    Parameters
    ----------
    polygons : ndarray of shapely geometries, shape (n_polygons,)
        In a CRS in metres.
    labels : ndarray of int, shape (n_polygons,)
        Group of each polygon, -1 for none.
    n : int
        Number of groups.

    Returns
    -------
    hull_m2, radius_m : ndarray of float64, shape (n,)
        Area of the convex hull and radius of the circle; 0 for a group without polygons.
    """
    xy, polygon = shapely.get_coordinates(shapely.convex_hull(polygons), return_index=True)
    label = np.asarray(labels)[polygon]
    order = np.argsort(label, kind="stable")
    order = order[np.searchsorted(label[order], 0) :]
    hull_m2, radius_m = np.zeros(n), np.zeros(n)
    if len(order):
        present, position = np.unique(label[order], return_inverse=True)
        hulls = shapely.convex_hull(shapely.linestrings(xy[order], indices=position))
        hull_m2[present] = shapely.area(hulls)
        radius_m[present] = shapely.minimum_bounding_radius(hulls)
    return hull_m2, radius_m


def dissolve(
    polygons: NDArray[np.object_], labels: NDArray[np.integer], n: int
) -> NDArray[np.object_]:
    """Merge the polygons of each group into one geometry.

    A group whose polygons form a noded coverage is merged by dropping the lines they share, which
    is fast and moves nothing; otherwise (T-junctions, small overlaps) by a full union.

    Returns
    -------
    ndarray of shapely geometries, shape (n,)
        Polygon or MultiPolygon; an empty polygon for a group without polygons.
    """
    shapes = np.empty(n, object)
    order = np.argsort(labels, kind="stable")
    starts = np.searchsorted(np.asarray(labels)[order], np.arange(n + 1))
    for group in range(n):
        part = polygons[order[starts[group] : starts[group + 1]]]
        if not len(part):
            shapes[group] = shapely.Polygon()
        elif shapely.coverage_is_valid(part):
            shapes[group] = shapely.coverage_union_all(part)
        else:
            shapes[group] = shapely.union_all(part)
    return shapes
