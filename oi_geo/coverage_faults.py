"""Where the borders of a coverage do not fit: overlaps, narrow gaps, borders that are not noded."""

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from oi_geo.snapping import Bools, Floats, Ints, Shapes

# A gap narrower than this between two units is a fault of the drawing; wider ones are water or lie
# outside the map. Statistics Netherlands counts water as water from 6 m wide on (Bestand
# Bodemgebruik), so nothing narrower can be a water area that was set aside.
GAP_WIDTH_M = 6.0

# Below this width an overlap or gap is no area but rounding: a border that is not noded.
HAIR_M = 0.001

# An open gap is at least this many times as long as it is wide; a hole is a gap if the part of it
# that is narrow enough makes up this share of its area.
_LONG = 10
_FILLED = 0.99

# Gaps are filled with straight corners, so that a corner of the map itself is no gap.
_MITRE = 5.0

# Kind of fault, positions of the units, and where it is.
Place = tuple[str, tuple[int, ...], shapely.Geometry]

_COLUMNS = ["soort", "eenheden", "oppervlakte_m2", "breedte_m", "hersteld"]


def no_faults() -> gpd.GeoDataFrame:
    """Return an empty table of faults (see `find_faults`)."""
    return _faults_frame([])


def find_faults(units: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Find overlaps, narrow gaps and borders that are not noded.

    Parameters
    ----------
    units : GeoDataFrame, EPSG:28992
        Valid polygons indexed by code.

    Returns
    -------
    GeoDataFrame, EPSG:28992
        A row per place: `soort` (`overlap`; `gat`, longer than wide and narrower than
        `GAP_WIDTH_M`, so that a pond is none; `niet geknoopt`, a
        vertex of one unit on an edge of the other), `eenheden` (tuple of codes), `oppervlakte_m2`,
        `breedte_m` (of the rectangle with the same area and perimeter; 0 where not noded),
        `hersteld` (False), geometry (polygon, or points where not noded).
    """
    shapes = units.geometry.to_numpy()
    edges = shapely.coverage_invalid_edges(shapes, gap_width=GAP_WIDTH_M)
    flagged = np.flatnonzero(~shapely.is_empty(edges))
    if not len(flagged):
        return no_faults()
    tree = shapely.STRtree(shapes)
    rows = [
        *_overlaps(shapes, flagged, tree),
        *_gaps(shapes, flagged, edges, tree),
        *_unnoded(shapes, flagged, edges),
    ]
    names = units.index.to_numpy()
    return _faults_frame([(soort, tuple(names[list(who)]), shape) for soort, who, shape in rows])


def _faults_frame(places: list[tuple[str, tuple[str, ...], shapely.Geometry]]) -> gpd.GeoDataFrame:
    """Put places in a table with their measures."""
    shapes = np.array([shape for *_, shape in places], dtype=object)
    frame = gpd.GeoDataFrame(
        {
            "soort": pd.Series([soort for soort, *_ in places], dtype="str"),
            "eenheden": pd.Series([who for _, who, _ in places], dtype="object"),
            "oppervlakte_m2": pd.Series(shapely.area(shapes), dtype="float64"),
            "breedte_m": pd.Series(width_m(shapes), dtype="float64"),
            "hersteld": pd.Series([False] * len(places), dtype="bool"),
        },
        geometry=gpd.GeoSeries(shapes, crs=28992),
        crs=28992,
    )
    return frame[[*_COLUMNS, "geometry"]]


def width_m(shapes: Shapes) -> Floats:
    """Return the width of thin shapes: that of the rectangle with the same area and perimeter.

    From area A = l·w and half the perimeter s = l + w follows w = (s - sqrt(s² - 4A)) / 2; for
    shapes rounder than a square, s / 2. Zero for points and lines.
    """
    half = np.where(shapely.get_dimensions(shapes) == 2, shapely.length(shapes) / 2, 0.0)  # noqa: PLR2004
    return (half - np.sqrt(np.maximum(half**2 - 4 * shapely.area(shapes), 0.0))) / 2


def _overlaps(shapes: Shapes, flagged: Ints, tree: shapely.STRtree) -> list[Place]:
    """Find where two units cover the same ground."""
    a, b = tree.query(shapes[flagged], predicate="intersects")
    pairs = np.unique(np.sort(np.column_stack([flagged[a], b]), axis=1), axis=0)
    pairs = pairs[pairs[:, 0] < pairs[:, 1]]
    common = shapely.intersection(shapes[pairs[:, 0]], shapes[pairs[:, 1]])
    parts, owner = shapely.get_parts(common, return_index=True)
    real = (shapely.area(parts) > 0) & (width_m(parts) > HAIR_M)
    return [
        ("overlap", (int(pairs[o, 0]), int(pairs[o, 1])), part)
        for part, o in zip(parts[real], owner[real], strict=True)
    ]


def _gaps(shapes: Shapes, flagged: Ints, edges: Shapes, tree: shapely.STRtree) -> list[Place]:
    """Find narrow gaps: what a morphological closing of the units adds, beside flagged edges."""
    near = np.unique(tree.query(shapes[flagged], predicate="dwithin", distance=GAP_WIDTH_M)[1])
    land = shapely.union_all(shapes[near])
    corners = {"join_style": "mitre", "mitre_limit": _MITRE}
    closed = shapely.buffer(
        shapely.buffer(land, GAP_WIDTH_M / 2, **corners), -GAP_WIDTH_M / 2, **corners
    )
    # The grid wipes out the hairs that rounding leaves along every border, far below HAIR_M.
    parts = shapely.get_parts(shapely.difference(closed, land, grid_size=HAIR_M / 10))
    parts = parts[_is_gap(parts, land)]
    part, edge = shapely.STRtree(edges[flagged]).query(parts, predicate="dwithin", distance=HAIR_M)
    places: list[Place] = []
    for number in np.unique(part):
        who = np.unique(flagged[edge[part == number]])
        if len(who) > 1:
            places.append(("gat", tuple(int(w) for w in who), parts[number]))
    return places


def _is_gap(parts: Shapes, land: shapely.Geometry) -> Bools:
    """Tell gaps from the tips of wedges where two borders run apart: long, or a hole as a whole."""
    width = width_m(parts)
    long = shapely.length(parts) / 2 - width > _LONG * width
    polygons = shapely.get_parts(land)
    around = shapely.polygons(shapely.get_exterior_ring(polygons))
    holes = shapely.get_parts(shapely.difference(around, polygons))
    part, hole = shapely.STRtree(holes).query(parts, predicate="intersects")
    filled = shapely.area(parts[part]) > _FILLED * shapely.area(holes[hole])
    long[part[filled]] = True
    return long & (width > HAIR_M)


def _unnoded(shapes: Shapes, flagged: Ints, edges: Shapes) -> list[Place]:
    """Find vertices that lie on a neighbour's edge without being a vertex of that neighbour."""
    xy, owner = shapely.get_coordinates(edges[flagged], return_index=True)
    points = shapely.points(xy)
    vertex, other = shapely.STRtree(edges[flagged]).query(
        points, predicate="dwithin", distance=HAIR_M
    )
    apart = owner[vertex] != other
    vertex, other = vertex[apart], other[apart]
    all_xy, unit = shapely.get_coordinates(shapes[flagged], return_index=True)
    have = pd.MultiIndex.from_arrays([unit, all_xy[:, 0], all_xy[:, 1]])
    asked = pd.MultiIndex.from_arrays([other, xy[vertex, 0], xy[vertex, 1]])
    missing = ~asked.isin(have)
    pairs = np.sort(np.column_stack([owner[vertex], other])[missing], axis=1)
    spots = np.unique(np.column_stack([pairs, xy[vertex[missing]]]), axis=0)
    distinct, group = np.unique(spots[:, :2].astype(np.int64), axis=0, return_inverse=True)
    places = shapely.multipoints(shapely.points(spots[:, 2:]), indices=group)
    return [
        ("niet geknoopt", (int(flagged[a]), int(flagged[b])), place)
        for (a, b), place in zip(distinct, places, strict=True)
    ]
