"""Slivers between polygons given to one of them, by way of the faces that all borders cut out.

Borders that were drawn twice cross each other every few metres. All borders together cut the plane
into faces. A face that is covered by several polygons and is narrow enough is left to the first of
them; one that none covers goes to the last of those around it. So of two polygons the first keeps
its border and the second takes it over, vertex for vertex.
"""

import numpy as np
import shapely

from oi_geo.snapping import Bools, Floats, Ints, Shapes

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
    faces = shapely.get_parts(shapely.polygonize(shapely.get_parts(shapely.union_all(borders))))
    inside, unit = shapely.STRtree(shapes).query(
        shapely.point_on_surface(faces), predicate="intersects"
    )
    owners = grouped(unit, inside, len(faces))
    # The unmovable ones come first: they keep what they have.
    rank = np.argsort(np.lexsort((np.arange(len(shapes)), movable)))
    _give_overlaps(faces, owners, borders, movable, rank, tolerance_m)
    _give_gaps(faces, owners, borders, movable, rank, tolerance_m)
    return _joined(shapes, faces, owners)


def grouped(values: Ints, group: Ints, n_groups: int) -> list[Ints]:
    """Return the values of each group, from 0 to `n_groups`."""
    ordered = values[np.argsort(group, kind="stable")]
    return np.split(ordered, np.cumsum(np.bincount(group, minlength=n_groups))[:-1])[:n_groups]


def _give_overlaps(
    faces: Shapes,
    owners: list[Ints],
    borders: Shapes,
    movable: Bools,
    rank: Ints,
    tolerance_m: float,
) -> None:
    """Leave faces that several units cover to the first of them, where the others may lose them."""
    asked, sets, keepers = [], [], {}
    for face in np.flatnonzero([len(who) > 1 for who in owners]):
        keeper = owners[face][np.argmin(rank[owners[face]])]
        if movable[owners[face][owners[face] != keeper]].all():
            keepers[face] = keeper
            asked += [face] * len(owners[face])
            sets += [np.array([unit]) for unit in owners[face]]
    near = _within_reach(faces[asked], sets, borders, tolerance_m)
    wide = np.unique(np.array(asked, np.int64)[~near])
    for face in np.setdiff1d(np.array(list(keepers), np.int64), wide):
        owners[face] = np.array([keepers[face]])


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
    asked, sets, takers = [], [], []
    for face, others in zip(empty, grouped(beside[share], gap[share], len(empty)), strict=True):
        around = np.unique(np.concatenate([empty[:0], *(owners[other] for other in others)]))
        may = around[movable[around]]
        if len(around) > 1 and len(may):
            taker = may[np.argmax(rank[may])]
            asked.append(face)
            takers.append(taker)
            sets += [np.array([taker]), around[around != taker]]
    near = _within_reach(faces[np.repeat(asked, 2).astype(np.int64)], sets, borders, tolerance_m)
    for at in np.flatnonzero(near[0::2] & near[1::2]):
        owners[asked[at]] = np.array([takers[at]])


def _within_reach(faces: Shapes, sets: list[Ints], borders: Shapes, tolerance_m: float) -> Bools:
    """Tell of which faces the whole outline lies near the borders of a set of units, shape (n,).

    Distance to a straight segment is convex: where both ends of a piece of outline lie within the
    tolerance of one segment, all of it does. Other pieces are halved, down to a tenth of the
    tolerance: a face that is as wide as the tolerance may be refused, one that is wider always is.
    """
    good = np.ones(len(faces), bool)
    lines, unit = _edges(borders)
    tree, n = shapely.STRtree(shapely.linestrings(lines)), len(borders)
    may = np.concatenate([[-1], *(at * n + who for at, who in enumerate(sets))])
    pieces, face = _edges(shapely.boundary(faces))
    while len(face):
        near = []
        for end in (0, 1):
            piece, line = tree.query(
                shapely.points(pieces[:, end]), predicate="dwithin", distance=tolerance_m
            )
            mine = np.isin(face[piece] * n + unit[line], may)
            near.append(piece[mine] * len(lines) + line[mine])
            good[np.delete(face, piece[mine])] = False
        done = np.unique(np.intersect1d(near[0], near[1]) // len(lines))
        left = np.delete(np.arange(len(face)), done)
        step = pieces[left, 1] - pieces[left, 0]
        good[face[left[np.hypot(step[:, 0], step[:, 1]) <= tolerance_m / 10]]] = False
        left = left[good[face[left]]]
        begin, end = pieces[left, 0], pieces[left, 1]
        middle = (begin + end) / 2
        pieces = np.concatenate([np.stack([begin, middle], 1), np.stack([middle, end], 1)])
        face = np.r_[face[left], face[left]]
    return good


def _edges(lines: Shapes) -> tuple[Floats, Ints]:
    """Return the edges of lines, shape (n, 2, 2), and the position of the line of each."""
    rings, owner = shapely.get_parts(lines, return_index=True)
    xy, ring = shapely.get_coordinates(rings, return_index=True)
    start = np.flatnonzero(ring[1:] == ring[:-1])
    return np.stack([xy[start], xy[start + 1]], axis=1), owner[ring[start]]


def _joined(shapes: Shapes, faces: Shapes, owners: list[Ints]) -> tuple[Shapes, Bools]:
    """Put each polygon together from its faces; the untouched ones stay the same objects."""
    face = np.repeat(np.arange(len(faces)), [len(who) for who in owners])
    unit = np.concatenate([np.empty(0, np.int64), *owners])
    result = shapes.copy()
    for u, own in enumerate(grouped(face, unit, len(shapes))):
        parts = shapely.get_parts(shapely.coverage_union_all(faces[own]))
        single = len(parts) == 1 and shapely.get_type_id(shapes[u]) == _POLYGON
        joined = parts[0] if single else shapely.MultiPolygon(list(parts))
        if shapely.normalize(joined) != shapely.normalize(shapes[u]):
            result[u] = joined
    changed = np.array([new is not old for new, old in zip(result, shapes, strict=True)], bool)
    return result, changed
