"""Shapes for the screen: nothing opens up, nothing moves far."""

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Transformer

from oi_geo.maps.geometry import (
    border_lines,
    bounds_of,
    dissolved,
    hatched,
    label_points,
    simplified,
    units_named,
    wgs84,
)
from tests.conftest import draw
from tests.maps.conftest import toy_area


def wavy_strips(n: int) -> np.ndarray:
    """Two neighbours with a wavy common border of n points, in RD."""
    x = np.linspace(150_000, 190_000, n)
    y = 450_000 + 300 * np.sin(x / 700)
    border = np.column_stack([x, y])
    low = shapely.Polygon([*border, (190_000, 430_000), (150_000, 430_000)])
    high = shapely.Polygon([*border, (190_000, 470_000), (150_000, 470_000)])
    return np.array([low, high], dtype=object)


def test_simplified_neighbours_keep_sharing_their_border():
    shapes = wavy_strips(20_000)
    result = simplified(shapes)
    before, after = shapely.get_num_coordinates(shapes).sum(), shapely.get_num_coordinates(result)
    assert after.sum() < before / 20
    assert shapely.coverage_is_valid(result)
    assert shapely.area(shapely.intersection(*result)) == 0
    extent = np.hypot(40_000, 40_000)
    assert shapely.hausdorff_distance(*shapely.boundary([shapes[0], result[0]])) < extent / 200


def test_simplifying_goes_on_until_the_map_is_small_enough(monkeypatch):
    monkeypatch.setattr("oi_geo.maps.geometry.MOST_VERTICES", 60)
    result = simplified(wavy_strips(20_000))
    assert shapely.get_num_coordinates(result).sum() <= 60
    assert shapely.coverage_is_valid(result)


def test_wgs84_is_lon_lat_of_five_decimals():
    # The tower of Amersfoort, origin of RD: 52°9'22.178"N 5°23'15.500"E on Bessel, and
    # 52.15517 N 5.38720 E on ETRS89 (Kadaster).
    point = wgs84(np.array([shapely.Point(155_000, 463_000)], dtype=object))[0]
    assert (point.x, point.y) == (5.38720, 52.15517)


def test_dissolved_joins_by_label_and_leaves_out_what_has_none():
    units = draw("AABB\nCCDD").geometry.to_numpy()
    west, east, empty = dissolved(units, np.array([0, 1, 0, -1]), 3)
    assert shapely.area(west) == 4e6
    assert shapely.area(east) == 2e6
    assert shapely.is_empty(empty)


def test_a_shared_border_is_drawn_once():
    a, b = shapely.box(0, 0, 10, 10), shapely.box(10, 0, 20, 10)
    lines = border_lines(np.array([a, b], dtype=object))
    assert shapely.length(lines).sum() == 70  # 2 x 40 less the 10 in common
    assert shapely.equals(lines[0], shapely.union_all(shapely.boundary([a, b])))


def test_no_shapes_no_lines():
    assert len(border_lines(np.array([], dtype=object))) == 0


@settings(max_examples=50)
@given(st.floats(100, 40_000), st.floats(100, 40_000), st.floats(50, 5_000))
def test_hatching_stays_inside_and_covers_evenly(width, height, most):
    shape = shapely.box(150_000, 450_000, 150_000 + width, 450_000 + height)
    lines = hatched(np.array([shape], dtype=object), most)[0]
    assert shapely.covers(shape.buffer(1e-3), lines)
    assert len(shapely.get_parts(lines)) >= 7
    # lines at 45 degrees that are `step` apart along x have area / step * sqrt(2) of length
    step = min(most, max(width, height) / 8)
    assert lines.length == pytest.approx(width * height / step * 2**0.5, rel=0.35)


def test_label_stands_inside_the_largest_part():
    small, large = shapely.box(0, 0, 1, 1), shapely.box(10, 0, 20, 10)
    both = shapely.MultiPolygon([small, large])
    point, nothing = label_points(np.array([both, shapely.MultiPolygon()], dtype=object))
    assert point.distance(shapely.Point(15, 5)) < 1
    assert nothing is None


def test_bounds_hold_the_named_units_and_nothing_more():
    area = toy_area()
    (south, west), (north, east) = bounds_of(area, ["WK0001AA"])
    to_rd = Transformer.from_crs(4326, 28992, always_xy=True)
    assert to_rd.transform(west, south) == pytest.approx((150_000, 451_000), abs=40)
    assert to_rd.transform(east, north) == pytest.approx((152_000, 453_000), abs=40)


def test_a_gemeente_is_all_its_units_and_nothing_known_is_the_whole_area():
    area = toy_area()
    assert list(units_named(area, ["GM0002"])) == ["WK0002CC", "WK0002DD"]
    whole = bounds_of(area, [])
    assert bounds_of(area, ["WK9999ZZ"]) == whole
    assert bounds_of(area, ["GM0001", "GM0002"]) == whole
    assert bounds_of(area, ["GM0002"]) != whole
