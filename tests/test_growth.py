"""Four times as large takes about four times the work: mending maps and laying drawings over them.

Two measures: the vertices and pairs that shapely is given, which are the same on every machine, and
the time of the processor.
"""

import time
from collections.abc import Callable

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from benchmarks.coverage import dense_grid
from oi_geo.contiguity import build_contiguity
from oi_geo.coverage import mend_coverage
from oi_geo.sources.drawn_layers import Drawing
from oi_geo.sources.drawn_proposals import plan_from_drawing
from oi_geo.sources.report import ReadReport
from oi_geo.study_area import study_area

# What is quadratic takes sixteen times as much.
MOST_WORK, MOST_TIME = 5.5, 8.0

# Laid over many units a large polygon is given to shapely whole for each, and clipped there first:
# then the number of its vertices tells nothing of the work.
CLIPPED = ("lakes and units", "tiles")

OF_TWO = ("intersection", "difference", "covered_by", "within", "dwithin", "distance")
OF_ONE = ("buffer", "union_all", "coverage_union_all", "polygonize", "is_valid")


@pytest.fixture
def handed(monkeypatch: pytest.MonkeyPatch) -> dict[str, int]:
    """Count the vertices that the slow functions of shapely get, and the pairs that trees find."""
    seen = {"vertices": 0, "pairs": 0}

    def of_two(wrapped):
        def counted(a, b, *args, **options):
            both = np.broadcast_arrays(
                shapely.get_num_coordinates(a), shapely.get_num_coordinates(b)
            )
            seen["vertices"] += int(sum(array.sum() for array in both))
            return wrapped(a, b, *args, **options)

        return counted

    def of_one(wrapped):
        def counted(geometry, *args, **options):
            seen["vertices"] += int(np.sum(shapely.get_num_coordinates(geometry)))
            return wrapped(geometry, *args, **options)

        return counted

    def query(tree, *args, **options):
        found = asked(tree, *args, **options)
        seen["pairs"] += found.shape[-1]
        return found

    asked = shapely.STRtree.query
    monkeypatch.setattr(shapely.STRtree, "query", query)
    for names, count in ((OF_TWO, of_two), (OF_ONE, of_one)):
        for name in names:
            monkeypatch.setattr(shapely, name, count(getattr(shapely, name)))
    return seen


def rough(side: int, kind: str) -> gpd.GeoDataFrame:
    """A map of which every unit was shifted, or simplified, by itself."""
    rng = np.random.default_rng(7)
    units = dense_grid(side, vertices_per_edge=12)
    shapes = [
        shapely.transform(shape, lambda xy: xy + rng.uniform(-0.3, 0.3, 2))
        if kind == "shifted"
        else shapely.simplify(shape, rng.uniform(5, 60))
        for shape in units.geometry
    ]
    units = units.set_geometry(gpd.GeoSeries(shapes, units.index, crs=28992))
    return units[units.is_valid]


def squares(side: int, size_m: float) -> gpd.GeoDataFrame:
    """`side` by `side` units."""
    y, x = np.divmod(np.arange(side * side), side) * np.array(size_m)
    return gpd.GeoDataFrame(
        {
            "naam": [f"Wijk {i}" for i in range(side * side)],
            "gemeentecode": "GM0001",
            "gemeentenaam": "Bovendam",
            "inwoners": 1000.0,
            "inwoners_65plus": 200.0,
        },
        index=pd.Index([f"WK{i:08d}" for i in range(side * side)], name="code"),
        geometry=shapely.box(x, y, x + size_m, y + size_m),
        crs=28992,
    )


def with_lakes(side: int, extent: float) -> Drawing:
    """Two groups, and `side` by `side` lakes that are cut out of them."""
    step = extent / side
    y, x = (np.divmod(np.arange(side * side), side) + np.array(0.5)) * step
    lake = shapely.box(x - 30, y - 30, x + 30, y + 30)
    halves = []
    for begin in (0.0, extent / 2):
        half = shapely.box(begin, 0, begin + extent / 2, extent)
        inside = (x - 30 > begin) & (x + 30 < begin + extent / 2)
        rings = [ring.exterior for ring in lake[inside]]
        halves.append(shapely.Polygon(half.exterior, rings))
    return Drawing(("Oost", "West"), np.array(halves, dtype=object))


def tiles(side: int, extent: float) -> Drawing:
    """Groups that follow no border of a unit; each lies over one neighbour and leaves a slit."""
    step = extent / side
    y, x = np.divmod(np.arange(side * side), side) * np.array(step)
    shapes = shapely.box(x, y, x + step + 30, y + step - 20)
    return Drawing(tuple(f"{i:05d}" for i in range(side * side)), shapes)


def mend(size: int, kind: str) -> Callable[[], None]:
    units = rough(6 * size, kind)

    def work() -> None:
        _, faults = mend_coverage(units)
        assert len(faults) > 40 * size**2

    return work


def lay(size: int, kind: str) -> Callable[[], None]:
    """Lakes over as many units as before, lakes and units both more, or tiles over units."""
    side = 10 * size
    units = squares(10, 4_000.0) if kind == "lakes" else squares(side, 1_000.0)
    extent = float(units.total_bounds[2])
    area = study_area(units)
    drawing = tiles(side + size, extent) if kind == "tiles" else with_lakes(side, extent)

    def work() -> None:
        report = ReadReport("getekend.gpkg", "voorstel", "0" * 64)
        plan = plan_from_drawing(drawing, area, "regio", report)
        assert len(plan.faults) > 80 * size**2

    return work


def neighbours(size: int, kind: str) -> Callable[[], None]:
    units = dense_grid(10 * size, 12) if kind == "fits" else rough(10 * size, kind)

    def work() -> None:
        # Rows and columns of squares; simplified ones may lie over each other at their corners.
        assert len(build_contiguity(units).left) >= 180 * size**2 * 0.9

    return work


KINDS = [
    (mend, "shifted"),
    (mend, "simplified"),
    (lay, "lakes"),
    (lay, "lakes and units"),
    (lay, "tiles"),
    (neighbours, "fits"),
    (neighbours, "simplified"),
]


@pytest.mark.parametrize(("task", "kind"), KINDS)
def test_four_times_as_large_is_four_times_as_much_work(task, kind, handed):
    counts = []
    for size in (1, 2):
        work = task(size, kind)
        handed.update(vertices=0, pairs=0)
        work()
        counts.append(dict(handed))
    for what in ("pairs",) if kind in CLIPPED else ("pairs", "vertices"):
        assert counts[1][what] <= MOST_WORK * counts[0][what] + 1000, (what, counts)


@pytest.mark.timing
@pytest.mark.parametrize(("task", "kind"), KINDS)
def test_four_times_as_large_takes_about_four_times_as_long(task, kind):
    def seconds(size: int) -> float:
        work = task(size, kind)
        took = []
        for _ in range(3):
            begin = time.process_time()
            work()
            took.append(time.process_time() - begin)
        return min(took)

    few, many = seconds(1), seconds(2)
    assert many <= MOST_TIME * few + 0.02
