"""Faults of a drawn proposal: overlaps, gaps and slivers, with their place, area and width.

Definitions
-----------
width
    Diameter of the largest circle that fits inside: twice the distance over which the shape can be
    eroded before nothing is left.
overlap
    Where two groups lie over each other.
gap
    A part of the study area in no group, that the groups enclose or that is squeezed between two
    of them: narrower than `SLIT_WIDTH_M`, along each of the two at least twice as long as wide,
    inside units that are partly in a group. Whole units outside the groups are no drawing fault
    unless the groups enclose them.
sliver
    An overlap or gap narrower than `SLIVER_WIDTH_M`, or a loose part of a group that narrow.
noise
    Anything narrower than `NOISE_WIDTH_M` or smaller than `NOISE_AREA_M2`: counted, not kept.
"""

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from oi_geo.coverage_faces import grouped
from oi_geo.errors import UnsafeFile
from oi_geo.plan import no_faults
from oi_geo.sources.drawn_layers import Drawing
from oi_geo.sources.report import ReadReport
from oi_geo.text import nl_count, nl_list, nl_number

# Overlaps that a drawing may have. Neighbours that do not quite fit overlap too: about three times
# as many as there are groups.
_OVERLAPS, _OVERLAPS_PER_GROUP = 2_000, 5
_GROUPS_AT_ONCE, _PAIRS_AT_ONCE = 50, 500

SLIVER_WIDTH_M = 25.0
SLIT_WIDTH_M = 250.0
NOISE_WIDTH_M = 2.0  # two borders, each less than a metre off
NOISE_AREA_M2 = 1.0

_TOUCH_M = 0.5  # how near a group must be to count as beside a gap
_PARTLY = 0.99  # a unit with less than this share outside the groups is partly drawn
_LENGTH_TO_WIDTH = 2.0
_HALVINGS = 18
_MOST_LINES = 20
_POLYGON = 3

# What is found: its kind (overlap, gat, los deel), the positions of its groups, and the polygon.
_Fault = tuple[str, tuple[int, ...], shapely.Polygon]
_Shapes = NDArray[np.object_]


def check_overlaps(groups: _Shapes, bestand: str) -> None:
    """Refuse a drawing with more overlaps than the stated number, before work is done on them.

    Everything about n groups that all lie over each other takes n² of work and memory. Groups that
    only touch do not count, so a sound drawing passes however its groups are scattered.

    Parameters
    ----------
    groups : ndarray of (Multi)Polygon
        One per group.
    bestand : str
        The file, for the sentence.

    Raises
    ------
    UnsafeFile
        More overlaps than `_OVERLAPS` and `_OVERLAPS_PER_GROUP` allow.
    """
    allowed = _OVERLAPS + _OVERLAPS_PER_GROUP * len(groups)
    shapely.prepare(groups)
    tree = shapely.STRtree(groups)
    found = 0
    unsure = np.empty((2, 0), dtype=np.intp)
    for start in range(0, len(groups), _GROUPS_AT_ONCE):
        some, others = tree.query(groups[start : start + _GROUPS_AT_ONCE], predicate="intersects")
        pairs = np.stack([some + start, others])
        unsure = np.concatenate([unsure, pairs[:, pairs[0] < pairs[1]]], axis=1)
        # Telling overlap from touch takes long, and is needed only where there is much of either.
        while found + unsure.shape[1] > allowed:
            a, b = unsure[:, :_PAIRS_AT_ONCE]
            found += int(shapely.relate_pattern(groups[a], groups[b], "T********").sum())
            unsure = unsure[:, _PAIRS_AT_ONCE:]
            if found > allowed:
                raise UnsafeFile(
                    f"‘{bestand}’ heeft {nl_count(len(groups), 'groep', 'groepen')} die "
                    f"op meer dan {nl_number(allowed)} plaatsen over elkaar liggen; "
                    "verwacht worden groepen die elkaar hoogstens hier en daar overlappen."
                )


def drawing_faults(
    units: gpd.GeoDataFrame, drawing: Drawing, outside: NDArray[np.float64], report: ReadReport
) -> gpd.GeoDataFrame:
    """Find the faults of a drawing.

    Parameters
    ----------
    units : GeoDataFrame, EPSG:28992
        The units under it.
    drawing : Drawing
        The groups.
    outside : ndarray of float64, shape (n_units,)
        Share of each unit's area in no group.
    report : ReadReport
        Receives a line for the largest faults and one about noise.

    Returns
    -------
    GeoDataFrame, EPSG:28992
        As `Plan.faults`, largest first.
    """
    shapes, groups = units.geometry.to_numpy(), drawing.shapes
    together = shapely.union_all(groups)
    faults = [
        *_overlaps(groups),
        *_enclosed(shapes, groups, together),
        *_squeezed(shapes, groups, together, outside),
        *_loose_parts(shapes, groups),
    ]
    polygons = np.array([polygon for *_, polygon in faults], dtype="object")
    big = _is_real(polygons)
    _note_noise(int((~big).sum()), report)
    if not big.any():
        return no_faults()
    polygons = polygons[big]
    kinds = [fault[0] for fault, keep in zip(faults, big, strict=True) if keep]
    width = widths(polygons)
    frame = gpd.GeoDataFrame(
        {
            "soort": np.where(width < SLIVER_WIDTH_M, "snipper", np.array(kinds)),
            "groepen": [
                tuple(drawing.names[g] for g in fault[1])
                for fault, keep in zip(faults, big, strict=True)
                if keep
            ],
            "oppervlakte_m2": shapely.area(polygons),
            "breedte_m": width,
            "eenheden": _units_under(polygons, units),
            "aard": kinds,
        },
        geometry=polygons,
        crs=28992,
    )
    frame = frame[(frame["aard"] != "los deel") | (frame["soort"] == "snipper")]
    frame = frame.sort_values("oppervlakte_m2", ascending=False, ignore_index=True)
    _note_faults(frame, report)
    return frame.drop(columns="aard")


def widths(polygons: _Shapes) -> NDArray[np.float64]:
    """Return the diameter in metres of the largest circle inside each polygon.

    By bisection on the distance of erosion: the radius is at least area / perimeter and at most
    that of a circle of the same area. Accurate to a centimetre for shapes up to a kilometre wide.
    """
    area = shapely.area(polygons)
    low = area / np.maximum(shapely.length(polygons), 1e-9)
    high = np.sqrt(area / np.pi)
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        fits = ~shapely.is_empty(shapely.buffer(polygons, -middle, quad_segs=4))
        low, high = np.where(fits, middle, low), np.where(fits, high, middle)
    return low + high


def _is_real(polygons: _Shapes) -> NDArray[np.bool_]:
    """Tell which polygons are more than noise of coordinates."""
    real = shapely.area(polygons) >= NOISE_AREA_M2
    real[real] = ~shapely.is_empty(shapely.buffer(polygons[real], -NOISE_WIDTH_M / 2))
    return real


def _polygons(shapes: _Shapes) -> tuple[_Shapes, NDArray[np.intp]]:
    """Take shapes apart into their polygons, each with the position of its shape."""
    parts, at = shapely.get_parts(shapes, return_index=True)
    parts, inner = shapely.get_parts(parts, return_index=True)
    keep = (shapely.get_type_id(parts) == _POLYGON) & ~shapely.is_empty(parts)
    return parts[keep], at[inner][keep]


def _overlaps(groups: _Shapes) -> list[_Fault]:
    """Find where two groups lie over each other."""
    a, b = shapely.STRtree(groups).query(groups, predicate="intersects")
    a, b = a[a < b], b[a < b]
    polygons, at = _polygons(shapely.intersection(groups[a], groups[b]))
    pairs = [(int(a[i]), int(b[i])) for i in at]
    return [("overlap", pair, p) for pair, p in zip(pairs, polygons, strict=True)]


def _enclosed(shapes: _Shapes, groups: _Shapes, together: shapely.Geometry) -> list[_Fault]:
    """Find the parts of the study area in holes of all groups together."""
    land, _ = _polygons(np.array([together]))
    rings = [r for p in land for r in p.interiors]
    holes = shapely.polygons(np.array(rings, dtype="object"))
    h, island = shapely.STRtree(land).query(holes, predicate="contains_properly")
    islands = [shapely.union_all(land[at]) for at in grouped(island, h, len(holes))]
    open_ground = shapely.difference(holes, np.array(islands, dtype="object"))
    h, u = shapely.STRtree(shapes).query(open_ground, predicate="intersects")
    pieces = shapely.intersection(open_ground[h], shapes[u])
    inside = [shapely.union_all(some) for some in grouped(pieces, h, len(holes))]
    polygons, hole = _polygons(np.array(inside, dtype="object"))
    around = _beside(holes, groups)
    # Water may lie between what a hole leaves out and the groups around it.
    return [
        ("gat", near or around[at], polygon)
        for polygon, near, at in zip(polygons, _beside(polygons, groups), hole, strict=True)
    ]


def _squeezed(
    shapes: _Shapes, groups: _Shapes, together: shapely.Geometry, outside: NDArray[np.float64]
) -> list[_Fault]:
    """Find the slits between two groups that are open to the outside world.

    A slit is what closing (growing and shrinking by half its greatest width) fills.
    """
    cut = shapes[(outside > 0) & (outside < _PARTLY)]
    land, _ = _polygons(np.array([together]))
    filled = shapely.union_all(shapely.polygons(shapely.get_exterior_ring(land)))
    rest = shapely.difference(cut, filled)
    open_parts, _ = _polygons(np.array([shapely.union_all(rest[_is_real(rest)])]))
    faults: list[_Fault] = []
    for part, near in zip(open_parts, _beside(open_parts, groups), strict=True):
        if len(near) > 1:
            x0, y0, x1, y1 = part.bounds
            margin = 2 * SLIT_WIDTH_M
            window = (x0 - margin, y0 - margin, x1 + margin, y1 + margin)
            local = shapely.clip_by_rect(groups[list(near)], *window)
            filled, _ = _polygons(np.array([shapely.intersection(_closing(local), part)]))
            faults += _slits(filled, local, near)
    return faults


def _closing(shapes: _Shapes) -> shapely.Geometry:
    """Return what growing and then shrinking adds; square corners stay as they are."""
    half = SLIT_WIDTH_M / 2
    together = shapely.union_all(shapes)
    grown = shapely.buffer(together, half, join_style="mitre")
    return shapely.difference(shapely.buffer(grown, -half, join_style="mitre"), together)


def _slits(filled: _Shapes, local: _Shapes, near: tuple[int, ...]) -> list[_Fault]:
    """Keep what lies along two groups, along each at least twice as long as it is wide."""
    filled = filled[_is_real(filled)]
    if not len(filled):
        return []
    around = shapely.buffer(local, _TOUCH_M)
    f, g = shapely.STRtree(around).query(filled, predicate="intersects")
    along = np.zeros((len(filled), len(around)))
    along[f, g] = shapely.length(shapely.intersection(shapely.boundary(filled[f]), around[g]))
    long = along >= _LENGTH_TO_WIDTH * widths(filled)[:, None]
    return [
        ("gat", tuple(g for g, is_long in zip(near, row, strict=True) if is_long), polygon)
        for polygon, row in zip(filled, long, strict=True)
        if row.sum() > 1
    ]


def _beside(polygons: _Shapes, groups: _Shapes) -> list[tuple[int, ...]]:
    """Return the positions of the groups that lie along each polygon."""
    p, g = shapely.STRtree(groups).query(polygons, predicate="dwithin", distance=_TOUCH_M)
    return [tuple(sorted(int(i) for i in some)) for some in grouped(g, p, len(polygons))]


def _loose_parts(shapes: _Shapes, groups: _Shapes) -> list[_Fault]:
    """Find narrow polygons of a group that are not themselves parts of units."""
    polygons, group = _polygons(groups)
    narrow = shapely.is_empty(shapely.buffer(polygons, -SLIVER_WIDTH_M / 2))
    polygons, group = polygons[narrow], group[narrow]
    unit_parts, _ = _polygons(shapes)
    p, u = shapely.STRtree(unit_parts).query(polygons, predicate="intersects")
    common = shapely.area(shapely.intersection(polygons[p], unit_parts[u]))
    cuts = (common >= NOISE_AREA_M2) & (common < _PARTLY * shapely.area(unit_parts[u]))
    return [("los deel", (int(group[at]),), polygons[at]) for at in np.unique(p[cuts])]


def _units_under(polygons: _Shapes, units: gpd.GeoDataFrame) -> list[tuple[str, ...]]:
    """Return the codes of the units in which each fault lies."""
    shapes = units.geometry.to_numpy()
    shapely.prepare(polygons)
    p, u = shapely.STRtree(shapes).query(polygons, predicate="intersects")
    real = shapely.covers(polygons[p], shapes[u])  # most of what lies under a large fault
    partly = np.flatnonzero(~real)
    common = shapely.intersection(polygons[p[partly]], shapes[u[partly]])
    real[partly] = shapely.area(common) >= NOISE_AREA_M2
    return [tuple(units.index[np.sort(some)]) for some in grouped(u[real], p[real], len(polygons))]


def _note_noise(number: int, report: ReadReport) -> None:
    """Report how many overlaps and gaps are too small to be a fault."""
    if number:
        count = nl_count(number, "overlap of gat is", "overlappen of gaten zijn")
        report.info(
            f"{count} kleiner dan {nl_number(NOISE_AREA_M2)} m² of smaller dan "
            f"{nl_number(NOISE_WIDTH_M)} m: afronding van coördinaten, niet als fout geteld."
        )


def _note_faults(frame: gpd.GeoDataFrame, report: ReadReport) -> None:
    """Report the largest faults, and how many there are beside them."""
    words = {"overlap": "Overlap", "gat": "Gat", "los deel": "Los deel"}
    for fault in frame.head(_MOST_LINES).itertuples():
        what = words[fault.aard]
        if fault.soort == "snipper":
            what = f"Snipper ({what.lower()})"
        between = nl_list(f"'{name}'" for name in fault.groepen)
        link = "tussen" if len(fault.groepen) > 1 else "van" if fault.aard == "los deel" else "in"
        where = nl_list(fault.eenheden) or "geen enkele eenheid"
        report.warn(
            f"{what} {link} {between}: {nl_number(fault.oppervlakte_m2)} m², "
            f"{nl_number(fault.breedte_m, 1)} m breed, in {where}."
        )
    rest = len(frame) - _MOST_LINES
    if rest > 0:
        count = nl_count(rest, "kleinere fout", "kleinere fouten")
        report.warn(f"Daarnaast nog {count} in de tekening; alle staan op de kaart.")
