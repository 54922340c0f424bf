"""Slivers between polygons given to one of them, by way of the faces that all borders cut out.

Borders that were drawn twice cross each other every few metres. All borders together cut the plane
into faces. A face that is covered by several polygons and is narrow enough is left to the first of
them; one that none covers goes to the last of those around it. So of two polygons the first keeps
its border and the second takes it over, vertex for vertex.
"""

import numpy as np
import shapely

from oi_geo.snapping import Bools, Ints, Shapes

_POLYGON = 3
_SHARES_EDGE = "F***1****"


def fill_slivers(shapes: Shapes, movable: Bools, tolerance_m: float) -> tuple[Shapes, Bools]:
    """Make the borders of polygons one where they lie within the tolerance of each other.

    Parameters
    ----------
    shapes : ndarray of Polygon or MultiPolygon, shape (n,)
        Valid, in metres.
    movable : ndarray of bool, shape (n,)
        Which polygons may gain or lose ground; the others get vertices of their neighbours only.
    tolerance_m : float
        Faces that reach farther than this from one of their sides are left.

    Returns
    -------
    shapes : ndarray, shape (n,)
        The same objects where nothing changed. The caller checks that they are valid and how far
        their borders moved.
    changed : ndarray of bool, shape (n,)
    """
    borders = shapely.boundary(shapes)
    shapely.prepare(borders)
    faces = shapely.get_parts(shapely.polygonize(shapely.get_parts(shapely.union_all(borders))))
    inside, unit = shapely.STRtree(shapes).query(
        shapely.point_on_surface(faces), predicate="intersects"
    )
    owners = _grouped(unit, inside, len(faces))
    # The unmovable ones come first: they keep what they have.
    rank = np.argsort(np.lexsort((np.arange(len(shapes)), movable)))
    for face in np.flatnonzero([len(who) > 1 for who in owners]):
        keeper = owners[face][np.argmin(rank[owners[face]])]
        losers = owners[face][owners[face] != keeper]
        if movable[losers].all() and _along(faces[face], borders[owners[face]], tolerance_m).all():
            owners[face] = np.array([keeper])
    _give_gaps(faces, owners, borders, movable, rank, tolerance_m)
    return _joined(shapes, faces, owners)


def _grouped(values: Ints, group: Ints, n_groups: int) -> list[Ints]:
    """Return the values of each group, from 0 to `n_groups`."""
    ordered = values[np.argsort(group, kind="stable")]
    return np.split(ordered, np.cumsum(np.bincount(group, minlength=n_groups))[:-1])


def _along(face: shapely.Geometry, borders: Shapes, tolerance_m: float) -> Bools:
    """Tell which spots on the outline of a face lie near which borders, shape (borders, spots).

    The spots lie so close together that what holds at all of them holds in between as well.
    """
    step = tolerance_m / 10
    spots = shapely.points(shapely.get_coordinates(shapely.segmentize(face, step)))
    near: Bools = shapely.dwithin(borders[:, None], spots, tolerance_m - step / 2)
    return near


def _give_gaps(
    faces: Shapes,
    owners: list[Ints],
    borders: Shapes,
    movable: Bools,
    rank: Ints,
    tolerance_m: float,
) -> None:
    """Give faces without an owner to the last unit around them that may have them."""
    empty = np.flatnonzero([len(who) == 0 for who in owners])
    if not len(empty):
        return
    gap, beside = shapely.STRtree(faces).query(faces[empty], predicate="touches")
    share = shapely.relate_pattern(faces[empty[gap]], faces[beside], _SHARES_EDGE)
    given = []
    for face, others in zip(empty, _grouped(beside[share], gap[share], len(empty)), strict=True):
        around = np.unique(np.concatenate([empty[:0], *(owners[other] for other in others)]))
        takers = around[movable[around]]
        if len(around) > 1 and len(takers):
            taker = takers[np.argmax(rank[takers])]
            near = _along(faces[face], borders[around], tolerance_m)
            if near[around == taker].all() and near[around != taker].any(axis=0).all():
                given.append((face, taker))
    for face, taker in given:
        owners[face] = np.array([taker])


def _joined(shapes: Shapes, faces: Shapes, owners: list[Ints]) -> tuple[Shapes, Bools]:
    """Put each polygon together from its faces; the untouched ones stay the same objects."""
    face = np.repeat(np.arange(len(faces)), [len(who) for who in owners])
    unit = np.concatenate([np.empty(0, np.int64), *owners])
    result = shapes.copy()
    for u, own in enumerate(_grouped(face, unit, len(shapes))):
        parts = shapely.get_parts(shapely.coverage_union_all(faces[own]))
        single = len(parts) == 1 and shapely.get_type_id(shapes[u]) == _POLYGON
        joined = parts[0] if single else shapely.MultiPolygon(list(parts))
        if shapely.normalize(joined) != shapely.normalize(shapes[u]):
            result[u] = joined
    changed = np.array([new is not old for new, old in zip(result, shapes, strict=True)], bool)
    return result, changed
