"""Shapes from outside made fit for use: in RD, two-dimensional, polygons only, valid."""

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from pyproj import CRS
from pyproj.exceptions import CRSError, ProjError

from oi_geo.errors import MissingCrs, UnsafeFile, UnusableFile
from oi_geo.sources.report import ReadReport
from oi_geo.sources.uploads import LIMITS
from oi_geo.text import nl_count, nl_number

RD = CRS.from_epsg(28992)

# (min x, min y, max x, max y); generous, so that only coordinates of another kind fall outside.
RD_BOX = (-50_000.0, 250_000.0, 350_000.0, 700_000.0)
LON_LAT_BOX = (2.0, 50.0, 8.0, 54.5)
_DEGREES = 360.0

_POLYGON, _MULTIPOLYGON, _COLLECTION = 3, 6, 7

# No coordinate on earth is larger, in metres or degrees; also refuses NaN and infinity.
_LARGEST = 1e8

# Pairs of sides whose boxes meet, as many as an invalid border may have: a sound one has about
# three for each of its sides.
_TANGLE, _TANGLE_PER_VERTEX = 100_000, 50
_PAIRS_AT_ONCE = 4_000_000

# Below this a change of area is rounding of coordinates, in m².
_SAME_AREA_M2 = 0.005


def to_rd(frame: gpd.GeoDataFrame, where: str) -> gpd.GeoDataFrame:
    """Transform to EPSG:28992 (x, y order), after a check that the coordinates fit the CRS.

    Parameters
    ----------
    frame : GeoDataFrame
        In any CRS, or in none.
    where : str
        How a sentence names the file, e.g. `‘wijken.gpkg’ (laag wijken)`.

    Raises
    ------
    MissingCrs
        There are coordinates but no CRS.
    UnusableFile
        The coordinates cannot be of the CRS that the file claims, or lie outside the Netherlands.
    """
    bounds = tuple(float(value) for value in frame.total_bounds)
    if not np.isfinite(bounds).all():
        return frame.set_crs(RD, allow_override=True)
    if frame.crs is None:
        raise MissingCrs(
            f"{where} zegt niet in welk coördinatenstelsel de coördinaten staan "
            f"({_guess(bounds)}): welk stelsel is het? Sla het bestand op met het stelsel erin, "
            "bijvoorbeeld EPSG:28992 (Rijksdriehoek); bij een shapefile in het .prj-bestand."
        )
    crs = _horizontal(frame.crs)
    _check_claim(bounds, crs, where)
    if _is_rd(crs):
        frame = frame.set_crs(RD, allow_override=True)
    else:
        frame = _transformed(frame, crs, where)
    if not _overlaps(tuple(frame.total_bounds), RD_BOX):
        raise UnusableFile(
            f"{where} ligt volgens het eigen coördinatenstelsel ({crs.name}) buiten Nederland; "
            "verwacht worden vlakken in Nederland, met het stelsel dat bij de coördinaten hoort."
        )
    return frame


def _transformed(frame: gpd.GeoDataFrame, crs: CRS, where: str) -> gpd.GeoDataFrame:
    """Transform to RD; a CRS that PROJ knows and cannot transform from is refused."""
    try:
        return frame.set_crs(crs, allow_override=True).to_crs(RD)
    except ProjError:
        raise UnusableFile(
            f"{where} heeft een coördinatenstelsel ({crs.name}) dat niet naar de Rijksdriehoek om "
            "te rekenen is; verwacht wordt bijvoorbeeld EPSG:28992 (Rijksdriehoek)."
        ) from None


def _horizontal(crs: CRS) -> CRS:
    """Return the horizontal part of a CRS that also has heights (RD + NAP)."""
    return crs.sub_crs_list[0] if crs.is_compound else crs


def _is_rd(crs: CRS) -> bool:
    """Tell whether a CRS is RD, also where a .prj file spells it without its EPSG code."""
    if crs.to_epsg(min_confidence=25) == RD.to_epsg():
        return True
    try:
        method, wanted = crs.coordinate_operation, RD.coordinate_operation
    except CRSError:
        return False
    if method is None or wanted is None or method.method_name != wanted.method_name:
        return False
    have, need = ([p.value for p in operation.params] for operation in (method, wanted))
    return len(have) == len(need) and bool(np.allclose(have, need, rtol=1e-9, atol=1e-7))


def _check_claim(bounds: tuple[float, ...], crs: CRS, where: str) -> None:
    """Refuse coordinates of another kind than the CRS says."""
    degrees = max(abs(value) for value in bounds) <= _DEGREES
    if crs.is_geographic and not degrees:
        raise UnusableFile(
            f"{where} zegt dat de coördinaten graden zijn ({crs.name}), maar er staan getallen tot "
            f"{nl_number(max(bounds))} ({_guess(bounds)}); verwacht wordt het stelsel dat bij de "
            "coördinaten hoort."
        )
    if not crs.is_geographic and degrees:
        raise UnusableFile(
            f"{where} zegt dat de coördinaten meters zijn ({crs.name}), maar er staan graden "
            f"({_guess(bounds)}); verwacht wordt het stelsel dat bij de coördinaten hoort."
        )
    if crs.is_geographic and _overlaps(_swapped(bounds), LON_LAT_BOX):
        raise UnusableFile(
            f"In {where} zijn lengte- en breedtegraad verwisseld; verwacht wordt eerst de lengte "
            "(3 tot 8) en dan de breedte (50 tot 54)."
        )


def _guess(bounds: tuple[float, ...]) -> str:
    """Say in words what kind of coordinates these look like."""
    if _inside(bounds, RD_BOX):
        return "het lijken Rijksdriehoekscoördinaten, EPSG:28992"
    if _inside(bounds, LON_LAT_BOX):
        return "het lijken graden lengte en breedte, EPSG:4326"
    if _inside(_swapped(bounds), LON_LAT_BOX):
        return "het lijken graden, met de breedte voor de lengte"
    return "ze passen niet bij Rijksdriehoek en niet bij graden in Nederland"


def _swapped(bounds: tuple[float, ...]) -> tuple[float, ...]:
    return bounds[1], bounds[0], bounds[3], bounds[2]


def _inside(inner: tuple[float, ...], outer: tuple[float, ...]) -> bool:
    return (
        inner[0] >= outer[0]
        and inner[1] >= outer[1]
        and inner[2] <= outer[2]
        and inner[3] <= outer[3]
    )


def _overlaps(a: tuple[float, ...], b: tuple[float, ...]) -> bool:
    return a[0] <= b[2] and a[2] >= b[0] and a[1] <= b[3] and a[3] >= b[1]


def keep_polygons(frame: gpd.GeoDataFrame, report: ReadReport) -> gpd.GeoDataFrame:
    """Set aside what is no polygon, with a message per row; the rest keeps its index.

    Parameters
    ----------
    frame : GeoDataFrame
        Indexed by feature number.
    report : ReadReport
        Gets one `fout` for each row that is set aside.
    """
    shapes = frame.geometry.to_numpy()
    kind = shapely.get_type_id(shapes)
    empty = shapely.is_missing(shapes) | shapely.is_empty(shapes)
    polygon = np.isin(kind, [_POLYGON, _MULTIPOLYGON])
    mixed = (kind == _COLLECTION) & ~empty
    polygon[mixed] = [
        bool(np.isin(shapely.get_type_id(shapely.get_parts(s)), [_POLYGON, _MULTIPOLYGON]).any())
        for s in shapes[mixed]
    ]
    finite = (np.abs(shapely.bounds(shapes)) < _LARGEST).all(axis=1)
    reasons = [
        (empty, "De vorm is leeg; verwacht wordt een vlak. De rij is apart gezet."),
        (~empty & ~polygon, "De vorm is geen vlak (punt of lijn); de rij is apart gezet."),
        (~empty & polygon & ~finite, "De vorm heeft onmogelijke coördinaten; rij apart gezet."),
    ]
    for wrong, sentence in reasons:
        for row in frame.index[wrong]:
            report.error(sentence, int(row))
    return frame[~empty & polygon & finite]


def repair(frame: gpd.GeoDataFrame, report: ReadReport) -> gpd.GeoDataFrame:
    """Make invalid polygons valid and report the change of area per row.

    GEOS' make_valid in its `structure` method: what a ring encloses stays inside, what a hole
    encloses stays outside; lines and points that are left over are dropped. A polygon that has no
    area left is set aside.

    Raises
    ------
    UnsafeFile
        The borders cross themselves so often that mending them has no end.
    """
    shapes = frame.geometry.to_numpy()
    wrong = ~shapely.is_valid(shapes) | (shapely.get_type_id(shapes) == _COLLECTION)
    if not wrong.any():
        return frame
    check_tangle(shapes[wrong], report.bestand)
    reasons = pd.Series(shapely.is_valid_reason(shapes[wrong]), frame.index[wrong])
    before = shapely.area(shapes[wrong])
    mended = shapely.make_valid(shapes[wrong], method="structure", keep_collapsed=False)
    shapes = shapes.copy()
    shapes[wrong] = [_polygon_parts(shape) for shape in mended]
    after = shapely.area(shapes[wrong])
    for row, reason, old, new in zip(frame.index[wrong], reasons, before, after, strict=True):
        if new == 0:
            report.error("De vorm is ongeldig en heeft geen oppervlakte; rij apart gezet.", row)
        else:
            report.info(f"Ongeldige vorm hersteld ({_dutch(reason)}): {_change(old, new)}.", row)
    return frame.set_geometry(gpd.GeoSeries(shapes, frame.index, crs=frame.crs))[
        shapely.area(shapes) > 0
    ]


def check_tangle(shapes: NDArray[np.object_], bestand: str) -> None:
    """Refuse borders that run through themselves without end, before work is done on them.

    Every crossing becomes a corner, so mending n sides that all cross takes n² of work and memory,
    and laying long spikes side by side over anything takes nearly as much. Counted are the pairs
    of sides whose boxes meet, which no crossing can do without.

    Raises
    ------
    UnsafeFile
        More pairs than the stated number per side.
    """
    shapes = shapes[shapely.get_num_coordinates(shapes) > _TANGLE_PER_VERTEX]
    vertices = shapely.get_num_coordinates(shapes)
    allowed = _TANGLE + _TANGLE_PER_VERTEX * int(vertices.sum())
    pairs = 0
    for shape, n in zip(shapes, vertices, strict=True):
        places, ring = shapely.get_coordinates(_rings(shape), return_index=True)
        same = ring[1:] == ring[:-1]
        sides = shapely.linestrings(np.stack([places[:-1], places[1:]], axis=1)[same])
        tree = shapely.STRtree(sides)
        at_once = max(8, _PAIRS_AT_ONCE // max(n, 1))
        for start in range(0, len(sides), at_once):
            pairs += tree.query(sides[start : start + at_once]).shape[1]
            if pairs > allowed:
                raise UnsafeFile(
                    f"‘{bestand}’ heeft een vlak waarvan de grens zichzelf te vaak kruist of langs "
                    f"zichzelf loopt om mee te rekenen ({nl_number(int(n))} punten); verwacht "
                    "worden vlakken met een gewone grens."
                )


def _rings(shape: shapely.Geometry) -> NDArray[np.object_]:
    """Return all rings of the polygons in a shape."""
    parts = shapely.get_parts(shapely.get_parts(shape))
    return shapely.get_rings(parts[shapely.get_type_id(parts) == _POLYGON])


def _polygon_parts(shape: shapely.Geometry) -> shapely.Geometry:
    """Keep the polygons of a shape."""
    parts = shapely.get_parts(shape)
    flat: NDArray[np.object_] = shapely.get_parts(parts)
    polygons = flat[shapely.get_type_id(flat) == _POLYGON]
    return polygons[0] if len(polygons) == 1 else shapely.union_all(polygons)


def _change(old: float, new: float) -> str:
    """Say how much an area changed."""
    if abs(new - old) <= _SAME_AREA_M2:
        return f"oppervlakte onveranderd ({nl_number(new)} m²)"
    sign = "+" if new > old else "−"
    return (
        f"oppervlakte van {nl_number(old, 2)} naar {nl_number(new, 2)} m² "
        f"({sign}{nl_number(abs(new - old), 2)} m²)"
    )


_REASONS = {
    "Self-intersection": "de grens kruist zichzelf",
    "Ring Self-intersection": "de grens raakt zichzelf",
    "Hole lies outside shell": "een gat ligt buiten het vlak",
    "Nested shells": "een deel ligt binnen een ander deel",
    "Nested holes": "een gat ligt binnen een ander gat",
    "Holes are nested": "een gat ligt binnen een ander gat",
    "Duplicate Rings": "een ring staat er twee keer in",
    "Too few points in geometry component": "te weinig punten",
    "Interior is disconnected": "het vlak valt uiteen",
}


def _dutch(reason: str) -> str:
    """Translate GEOS' reason for an invalid polygon."""
    head = reason.partition("[")[0].strip()
    return _REASONS.get(head, "verzameling van vormen")


def check_vertices(frame: gpd.GeoDataFrame, where: str) -> None:
    """Refuse more vertices than the stated limit."""
    vertices = int(shapely.get_num_coordinates(frame.geometry.to_numpy()).sum())
    if vertices > LIMITS.vertices:
        raise UnsafeFile(
            f"{where} telt {nl_count(vertices, 'hoekpunt', 'hoekpunten')}; "
            f"de grens is {nl_number(LIMITS.vertices)}."
        )
