"""Compactness against published values and against slow twins."""

import itertools
import math

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from oi_geo.shape import dissolve, enclosing, hull_ratio, polsby_popper, reock
from tests.conftest import draw


def regular(corners: int, radius: float = 5000.0) -> shapely.Polygon:
    """Draw a regular polygon in a circle around Utrecht."""
    angle = 2 * np.pi * np.arange(corners) / corners
    xy = np.c_[136_000 + radius * np.cos(angle), 456_000 + radius * np.sin(angle)]
    return shapely.Polygon(xy)


def compactness(polygon: shapely.Polygon) -> tuple[float, float, float]:
    hull, radius = enclosing(np.array([polygon]), np.array([0]), 1)
    size = np.array([polygon.area])
    return (
        float(polsby_popper(size, np.array([polygon.length]))[0]),
        float(reock(size, radius)[0]),
        float(hull_ratio(size, hull)[0]),
    )


@pytest.mark.parametrize(
    ("polygon", "expected"),
    [
        # The values that Polsby-Popper (1991) and Reock (1961) have for well-known shapes.
        (shapely.box(0, 0, 1000, 1000), (math.pi / 4, 2 / math.pi, 1)),
        (shapely.box(0, 0, 2000, 1000), (2 * math.pi / 9, 8 / (5 * math.pi), 1)),
        (regular(3), (math.pi * math.sqrt(3) / 9, 3 * math.sqrt(3) / (4 * math.pi), 1)),
        (regular(6), (math.pi * math.sqrt(3) / 6, 3 * math.sqrt(3) / (2 * math.pi), 1)),
        # An L of three squares: hull 3.5 squares; its circle has the diagonal of 2x2 as diameter.
        (
            shapely.Polygon([(0, 0), (2, 0), (2, 1), (1, 1), (1, 2), (0, 2)]),
            (4 * math.pi * 3 / 64, 3 / (2 * math.pi), 3 / 3.5),
        ),
    ],
)
def test_published_values(polygon, expected):
    assert compactness(polygon) == pytest.approx(expected, rel=1e-6)


def test_a_circle_is_as_compact_as_can_be():
    pp, circle, hull = compactness(regular(1000))
    assert 0.9999 < pp < 1
    assert 0.9999 < circle <= 1 + 1e-9
    assert hull == pytest.approx(1)


@given(st.floats(0.01, 100), st.floats(0, 2 * math.pi))
def test_compactness_does_not_depend_on_size_or_direction(factor, angle):
    shape = shapely.Polygon([(0, 0), (40, 0), (40, 10), (10, 10), (10, 30), (0, 30)])
    turned = shapely.affinity.rotate(shape, angle, use_radians=True)
    scaled = shapely.affinity.scale(turned, factor, factor)
    assert compactness(scaled) == pytest.approx(compactness(shape), rel=1e-6)


def test_without_area_there_is_no_ratio():
    nothing = np.zeros(2)
    assert np.isnan(polsby_popper(nothing, nothing)).all()
    assert np.isnan(reock(nothing, nothing)).all()
    assert np.isnan(hull_ratio(nothing, nothing)).all()


def smallest_circle(points: list[tuple[float, float]]) -> float:
    """Find the radius by trying every circle through two and three points."""
    xy = np.unique(np.array(points), axis=0)
    best = math.inf
    circles = [((p + q) / 2, math.dist(p, q) / 2) for p, q in itertools.combinations(xy, 2)]
    for p, q, r in itertools.combinations(xy, 3):
        twice = 2 * np.array([q - p, r - p])
        if abs(np.linalg.det(twice)) > 1e-9:
            centre = np.linalg.solve(twice, [q @ q - p @ p, r @ r - p @ p])
            circles.append((centre, math.dist(centre, p)))
    for centre, radius in circles:
        if radius < best and (np.linalg.norm(xy - centre, axis=1) <= radius * (1 + 1e-9)).all():
            best = radius
    return best


@settings(max_examples=60)
@given(
    st.lists(
        st.tuples(st.integers(0, 5), st.integers(0, 5), st.integers(-1, 2)), min_size=1, max_size=8
    )
)
def test_hull_and_circle_equal_those_of_the_dissolved_group(cells):
    boxes = np.array([shapely.box(x, y, x + 1, y + 1) for x, y, _ in cells])
    labels = np.array([label for _, _, label in cells])
    hulls, radii = enclosing(boxes, labels, 3)
    for group in range(3):
        mine = boxes[labels == group]
        if not len(mine):
            assert hulls[group] == radii[group] == 0
            continue
        hull = shapely.union_all(mine).convex_hull
        assert hulls[group] == pytest.approx(hull.area)
        corners = shapely.get_coordinates(hull)
        assert radii[group] == pytest.approx(smallest_circle(corners.tolist()))


NODED = draw("AABBC\nDDBEE\nDFGGG").geometry.to_numpy()
T_JUNCTIONS = shapely.simplify(NODED, 0)


def test_the_maps_of_the_next_test_are_what_their_names_say():
    assert shapely.coverage_is_valid(NODED)
    assert not shapely.coverage_is_valid(T_JUNCTIONS)


@pytest.mark.parametrize("polygons", [NODED, T_JUNCTIONS], ids=["noded", "t-junctions"])
@settings(max_examples=60)
@given(labels=hnp.arrays(np.int32, 7, elements=st.integers(-1, 3)))
def test_dissolving_equals_a_full_union(polygons, labels):
    shapes = dissolve(polygons, labels, 4)
    for group in range(4):
        expected = shapely.union_all(polygons[labels == group])
        assert shapes[group].is_valid
        assert shapes[group].geom_type in {"Polygon", "MultiPolygon"}
        assert shapes[group].equals(expected)
        assert shapes[group].length == pytest.approx(expected.length)
