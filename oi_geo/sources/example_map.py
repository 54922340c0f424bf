"""The drawn ground of the example region: a noded coverage of land cells along a bent river.

Everything is invented, nothing is measured. Cells are Voronoi cells of scattered points, close
together in the kernen and wide apart between them; every shared border is bent once, by midpoint
displacement, so that neighbours keep sharing each vertex. All coordinates are whole metres in RD.
"""

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from scipy.interpolate import CubicSpline
from scipy.spatial import Voronoi

from oi_geo.contiguity import build_contiguity

Floats = NDArray[np.float64]

# Axis of the river from east to west, half its width, and the river island (metres, RD).
_RIVER_AXIS = np.array(
    [
        (166_500, 447_800), (160_500, 450_300), (156_000, 448_200), (151_500, 449_900),
        (147_300, 449_700), (143_300, 446_700), (139_200, 446_300), (135_400, 448_900),
        (130_800, 449_600), (126_500, 447_300), (121_000, 448_400), (115_500, 446_900),
    ],
    float,
)  # fmt: skip
_RIVER_HALF_WIDTH = 150.0
_CHANNEL = 210.0
_ISLAND_CENTRE, _ISLAND_HALF_LENGTH, _ISLAND_HALF_WIDTH = (149_400.0, 449_990.0), 1_750.0, 640.0

# A lake in the north-west and the outline of the region: centre, radius, and its waves (metres).
_LAKE_CENTRE, _LAKE_RADIUS = (133_900.0, 456_300.0), 1_050.0
_HULL_CENTRE, _HULL_RADIUS = (141_200.0, 450_200.0), (15_800.0, 13_400.0)

_SPACING_KERN, _SPACING_LAND = 630.0, 1_610.0
_BEND_STEPS = 4
_SMALLEST_CELL_M2 = 160_000.0


@dataclass(frozen=True, eq=False)
class Ground:
    """Land cells, water cells and which side of the river the land lies.

    Attributes
    ----------
    land : GeoDataFrame, EPSG:28992
        Cells numbered from 0; `oever`: `noord`, `zuid` or `eiland`; geometry.
    water : GeoDataFrame, EPSG:28992
        Pieces of river and lake; `oever_cel`: the land cell they border most; geometry.
    """

    land: gpd.GeoDataFrame
    water: gpd.GeoDataFrame


def draw_ground(kernen: Floats, radius_m: Floats, rng: np.random.Generator) -> Ground:
    """Draw the land and water cells of the example region.

    Parameters
    ----------
    kernen : ndarray, shape (n, 2)
        Centres of towns and villages in RD metres; cells are small around them.
    radius_m : ndarray, shape (n,)
        How far each kern reaches.
    rng : numpy.random.Generator
        Decides on every point and bend; the same state gives the same map.
    """
    shores, river = _river(rng)
    seeds = _scatter(kernen, radius_m, rng)
    borders = _bent(_cell_borders(seeds, _inside_hull(seeds)), rng)
    lines = shapely.union_all([*borders, *shores], grid_size=1.0)
    faces = shapely.get_parts(shapely.polygonize([lines]))
    faces = faces[_reading_order(faces)]
    wet = shapely.contains(river, shapely.point_on_surface(faces))
    land = _merge_small(faces[~wet])
    side = np.where(
        shapely.contains(_island(), shapely.point_on_surface(land)),
        "eiland",
        np.where(_north_of_axis(shapely.point_on_surface(land)), "noord", "zuid"),
    )
    return Ground(
        land=gpd.GeoDataFrame({"oever": side}, geometry=land, crs=28992),
        water=_attach_water(faces[wet], land),
    )


def _spline() -> Floats:
    """Sample the river's axis every 70 m or so, shape (n, 2)."""
    steps = np.r_[0.0, np.hypot(*np.diff(_RIVER_AXIS, axis=0).T).cumsum()]
    return CubicSpline(steps, _RIVER_AXIS)(np.arange(0.0, steps[-1], 70.0))


def _waves(n: int, rng: np.random.Generator) -> Floats:
    """Return a smooth wave along a line of n points, between about -1 and 1."""
    along = np.arange(n)
    turns = rng.uniform(0.02, 0.16, 5)
    phase = rng.uniform(0, 2 * np.pi, 5)
    return np.sin(along[:, None] * turns + phase).mean(axis=1) * 1.6


def _river(rng: np.random.Generator) -> tuple[list[shapely.Geometry], shapely.Geometry]:
    """Draw the shores and the middle of the river as lines, and all water as one shape."""
    axis = _spline()
    along = np.gradient(axis, axis=0)
    normal = np.column_stack([along[:, 1], -along[:, 0]]) / np.hypot(*along.T)[:, None]
    right, left = (
        axis + side * normal * (_RIVER_HALF_WIDTH + 45 * _waves(len(axis), rng))[:, None]
        for side in (1, -1)
    )
    lake, island = _lake(rng), _island()
    ribbon = shapely.make_valid(shapely.Polygon(np.concatenate([right, left[::-1]])))
    stream = shapely.union(ribbon, shapely.buffer(island, _CHANNEL))
    # Round off the corners where the two arms around the island meet.
    stream = shapely.buffer(shapely.buffer(stream, 2 * _CHANNEL), -2 * _CHANNEL)
    stream = shapely.set_precision(stream, 1.0)
    # Open lines, so that no piece of river is closed off outside the region.
    ends = shapely.buffer(shapely.multipoints(axis[[0, -1]]), 4 * _RIVER_HALF_WIDTH)
    shores = [shapely.difference(stream.boundary, ends), island.exterior, lake.exterior]
    middle = shapely.difference(shapely.linestrings(np.round(axis)), island)
    river = shapely.union(shapely.difference(stream, island), lake)
    return [*shores, middle], river


def _island() -> shapely.Polygon:
    """Draw the river island: a bent oval with whole-metre coordinates."""
    turn = np.linspace(0, 2 * np.pi, 61)[:-1]
    wobble = 1 + 0.05 * np.sin(3 * turn + 1) + 0.035 * np.sin(7 * turn)
    x = _ISLAND_HALF_LENGTH * np.cos(turn) * wobble
    y = _ISLAND_HALF_WIDTH * np.sin(turn) * wobble - 0.10 * x
    return shapely.Polygon(np.round(np.column_stack([x, y]) + _ISLAND_CENTRE))


def _lake(rng: np.random.Generator) -> shapely.Polygon:
    """Draw the lake: a wobbly round shape with whole-metre coordinates."""
    turn = np.linspace(0, 2 * np.pi, 91)[:-1]
    phase = rng.uniform(0, 2 * np.pi, 4)
    wobble = 1 + (np.sin(turn[:, None] * [2, 3, 5, 9] + phase) * [0.25, 0.12, 0.06, 0.03]).sum(1)
    shape = _LAKE_RADIUS * wobble[:, None] * np.column_stack([np.cos(turn), 0.8 * np.sin(turn)])
    return shapely.Polygon(np.round(shape + _LAKE_CENTRE))


def _north_of_axis(points: NDArray[np.object_]) -> NDArray[np.bool_]:
    """Tell which points lie north of the river's axis."""
    axis = _spline()[::-1]
    return shapely.get_y(points) > np.interp(shapely.get_x(points), axis[:, 0], axis[:, 1])


def _inside_hull(points: Floats) -> NDArray[np.bool_]:
    """Tell which points lie inside the wavy outline of the region."""
    arm = (points - _HULL_CENTRE) / _HULL_RADIUS
    turn = np.arctan2(arm[:, 1], arm[:, 0])
    edge = 1 + 0.08 * np.sin(3 * turn + 0.6) + 0.06 * np.sin(5 * turn + 2) + 0.03 * np.sin(9 * turn)
    return np.hypot(*arm.T) < edge


def _scatter(kernen: Floats, radius_m: Floats, rng: np.random.Generator) -> Floats:
    """Scatter points, no two closer than the spacing of the place, shape (n, 2)."""
    near = np.repeat(kernen, 60, axis=0) + rng.normal(0, 0.8, (60 * len(kernen), 2)) * np.repeat(
        radius_m, 60
    ).reshape(-1, 1)
    wide = np.multiply(_HULL_RADIUS, 1.35)
    far = rng.uniform(-wide, wide, (5_000, 2)) + _HULL_CENTRE
    points: Floats = np.concatenate([near, far]).round()
    reach = np.hypot(*(points[:, None] - kernen).transpose(2, 0, 1)) / radius_m
    spacing = _SPACING_KERN + (_SPACING_LAND - _SPACING_KERN) * np.clip(reach.min(1) - 0.8, 0, 1)
    spacing *= rng.uniform(0.85, 1.2, len(points))
    kept: Floats = np.empty((0, 2))
    for point, room in zip(points, spacing, strict=True):
        if not len(kept) or np.square(kept - point).sum(1).min() > room * room:
            kept = np.concatenate([kept, point[None]])
    return kept


def _cell_borders(seeds: Floats, kept: NDArray[np.bool_]) -> Floats:
    """Return the borders of the Voronoi cells of the kept seeds, shape (n, 2 ends, 2)."""
    cells = Voronoi(seeds)
    ends = np.asarray(cells.ridge_vertices)
    wanted = kept[cells.ridge_points].any(axis=1) & (ends >= 0).all(axis=1)
    borders = np.round(cells.vertices[ends[wanted]])
    # One order and one direction, whatever the library returns: the bends follow the order.
    flip = (borders[:, 0, 0] > borders[:, 1, 0]) | (
        (borders[:, 0, 0] == borders[:, 1, 0]) & (borders[:, 0, 1] > borders[:, 1, 1])
    )
    borders[flip] = borders[flip][:, ::-1]
    return borders[np.lexsort(borders.reshape(-1, 4).T)]


def _bent(borders: Floats, rng: np.random.Generator) -> NDArray[np.object_]:
    """Bend straight borders by midpoint displacement (Fournier e.a. 1982, CACM 25(6):371)."""
    path = borders
    # Some borders follow a straight canal or road, others an old stream.
    bend = rng.uniform(0.02, 0.20, (len(borders), 1))
    for _ in range(_BEND_STEPS):
        start, end = path[:, :-1], path[:, 1:]
        step = end - start
        shift = bend * np.clip(rng.normal(0, 1, step.shape[:2]), -1.3, 1.3)
        across = np.stack([-step[:, :, 1], step[:, :, 0]], axis=2)
        middle = (start + end) / 2 + shift[:, :, None] * across
        longer = np.empty((len(path), 2 * path.shape[1] - 1, 2))
        longer[:, ::2], longer[:, 1::2] = path, middle
        path = longer
    return shapely.linestrings(np.round(path))


def _reading_order(polygons: NDArray[np.object_]) -> NDArray[np.intp]:
    """Return the order of polygons from north to south, then from west to east."""
    bounds = shapely.bounds(polygons)
    return np.lexsort((bounds[:, 0], bounds[:, 1], -bounds[:, 3]))


def _merge_small(cells: NDArray[np.object_]) -> NDArray[np.object_]:
    """Join cells that are too small with the neighbour they share the longest border with."""
    frame = gpd.GeoDataFrame(geometry=cells, crs=28992)
    graph = build_contiguity(frame)
    area = shapely.area(cells)
    target = np.arange(len(cells))
    for cell in np.argsort(area, kind="stable"):
        here = (target[graph.left] == target[cell]) != (target[graph.right] == target[cell])
        joined = area[target == target[cell]].sum()
        if joined >= _SMALLEST_CELL_M2 or not here.any():
            continue
        other = np.where(target[graph.left] == target[cell], graph.right, graph.left)[here]
        shared = np.bincount(target[other], graph.border_m[here], minlength=len(cells))
        target[target == target[cell]] = shared.argmax()
    merged = pd.Series(cells).groupby(target).agg(lambda part: shapely.union_all(part.to_numpy()))
    shapes = merged.to_numpy()
    return shapes[_reading_order(shapes)]


def _attach_water(water: NDArray[np.object_], land: NDArray[np.object_]) -> gpd.GeoDataFrame:
    """Give each piece of water the land cell that it borders most."""
    both = gpd.GeoDataFrame(geometry=np.r_[land, water], crs=28992)
    graph = build_contiguity(both)
    shore = (graph.left < len(land)) & (graph.right >= len(land))
    table = pd.DataFrame(
        {
            "cel": graph.left[shore],
            "water": graph.right[shore] - len(land),
            "border_m": graph.border_m[shore].round(3),
        }
    ).sort_values(["water", "border_m", "cel"], ascending=[True, False, True])
    best = table.drop_duplicates("water").set_index("water")["cel"]
    midstream = pd.Series(shapely.STRtree(land).nearest(shapely.centroid(water)))
    frame = gpd.GeoDataFrame(geometry=water, crs=28992)
    return frame.assign(oever_cel=best.reindex(frame.index).fillna(midstream).astype(int))
