"""Faults of a coverage are found with their places, and mended without moving a border too far."""

import time
from itertools import combinations

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from oi_geo.contiguity import build_contiguity
from oi_geo.coverage import mend_coverage
from oi_geo.coverage_faces import fill_slivers
from oi_geo.coverage_faults import GAP_WIDTH_M, find_faults, no_faults, width_m
from tests.conftest import draw
from tests.effort import tries


def boxes(*corners: tuple[float, float, float, float]) -> gpd.GeoDataFrame:
    """Boxes named A, B, ... from their (x0, y0, x1, y1)."""
    index = pd.Index([chr(65 + i) for i in range(len(corners))], name="code")
    shapes = [shapely.box(*corner) for corner in corners]
    return gpd.GeoDataFrame({"naam": index.to_numpy()}, index=index, geometry=shapes, crs=28992)


def fits(units: gpd.GeoDataFrame, gap_width: float = 0.0) -> bool:
    return bool(shapely.coverage_is_valid(units.geometry.to_numpy(), gap_width=gap_width))


def farthest_m(before: gpd.GeoDataFrame, after: gpd.GeoDataFrame) -> float:
    """Hausdorff distance of the boundaries, sampled in a hundred points per edge."""
    old, new = (shapely.boundary(frame.geometry.to_numpy()) for frame in (before, after))
    return float(shapely.hausdorff_distance(old, new, densify=0.01).max())


def test_a_valid_coverage_stays_the_same_objects():
    units = boxes((0, 0, 100, 100), (100, 0, 200, 100))
    mended, faults = mend_coverage(units)
    assert faults.empty
    assert all(a is b for a, b in zip(mended.geometry, units.geometry, strict=True))
    assert list(faults.columns) == list(no_faults().columns)


def test_vertices_are_put_into_edges_that_they_lie_on():
    units = boxes((0, 0, 100, 100), (100, 0, 200, 50), (100, 50, 200, 100))
    mended, faults = mend_coverage(units)
    assert fits(mended)
    assert shapely.equals(mended.geometry.to_numpy(), units.geometry.to_numpy()).all()
    assert shapely.get_num_coordinates(mended.geometry.to_numpy()).tolist() == [6, 5, 5]
    assert set(faults["eenheden"]) == {("A", "B"), ("A", "C")}
    assert set(faults["soort"]) == {"niet geknoopt"}
    assert faults["hersteld"].all()
    assert faults.geometry.iloc[0].equals(shapely.Point(100, 50))
    # What needs no mending keeps its object.
    assert mended.geometry.iloc[1] is units.geometry.iloc[1]


@pytest.mark.parametrize(
    ("second", "soort", "area"),
    [
        ((100.5, 0, 200, 100), "gat", 50.0),
        ((99.5, 0, 200, 100), "overlap", 50.0),
        ((100.2, 0.3, 200, 100.2), "gat", 0.2 * 99.7),
    ],
)
def test_slivers_narrower_than_the_tolerance_are_closed(second, soort, area):
    units = boxes((0, 0, 100, 100), second)
    mended, faults = mend_coverage(units)
    assert fits(mended, gap_width=1.0)
    assert build_contiguity(mended).border_m.tolist() == pytest.approx([100], abs=0.5)
    fault = faults[faults["soort"] == soort].iloc[0]
    assert fault["eenheden"] == ("A", "B")
    assert fault["oppervlakte_m2"] == pytest.approx(area)
    assert fault["breedte_m"] == pytest.approx(abs(second[0] - 100))
    assert faults["hersteld"].all()
    assert farthest_m(units, mended) <= 1.0 + 1e-6


@pytest.mark.parametrize(
    ("second", "soort", "width"),
    [((80, 0, 200, 100), "overlap", 20.0), ((103, 0, 200, 100), "gat", 3.0)],
)
def test_wide_faults_are_left_and_reported(second, soort, width):
    units = boxes((0, 0, 100, 100), second)
    mended, faults = mend_coverage(units)
    assert shapely.equals(mended.geometry.to_numpy(), units.geometry.to_numpy()).all()
    (left,) = faults[~faults["hersteld"]].itertuples()
    assert (left.soort, left.eenheden) == (soort, ("A", "B"))
    assert left.breedte_m == pytest.approx(width)
    assert left.oppervlakte_m2 == pytest.approx(100 * width)


def test_a_unit_inside_another_overlaps_it():
    faults = find_faults(boxes((0, 0, 100, 100), (20, 20, 80, 80)))
    assert faults[["soort", "eenheden"]].to_numpy().tolist() == [["overlap", ("A", "B")]]
    assert faults["oppervlakte_m2"].to_list() == [3600]


def test_water_is_no_gap():
    # A lake of 1 km² in the middle, and a wedge of water between A and B that runs out in a point.
    assert find_faults(draw("AAA\nA.B\nBBB")).query("soort == 'gat'").empty
    wedge = gpd.GeoDataFrame(
        geometry=[
            shapely.Polygon([(0, 0), (100, 0), (100, 500), (0, 500)]),
            shapely.Polygon([(100, 0), (200, 0), (200, 500), (150, 500)]),
        ],
        index=["A", "B"],
        crs=28992,
    )
    assert find_faults(wedge).empty


@pytest.mark.parametrize(
    ("wide", "long", "is_gap"),
    [(0.5, 20, True), (3, 10, True), (GAP_WIDTH_M + 3, 30, False), (3, 3, False)],
)
def test_a_narrow_hole_between_units_is_a_gap_and_a_pond_is_not(wide, long, is_gap):
    half = shapely.box(0, 0, 100, 100) - shapely.box(100 - wide / 2, 40, 100, 40 + long)
    other = shapely.transform(half, lambda xy: np.array([200.0, 0]) + xy * np.array([-1.0, 1.0]))
    units = gpd.GeoDataFrame(geometry=[half, other], index=["A", "B"], crs=28992)
    gaps = find_faults(units)
    assert gaps["oppervlakte_m2"].to_list() == pytest.approx([wide * long] if is_gap else [])
    assert gaps["breedte_m"].to_list() == pytest.approx([wide] if is_gap else [])


def test_three_corners_that_miss_each_other():
    units = boxes((0, 0, 100, 100), (100.2, 0, 200, 50), (100.3, 50.3, 200, 100))
    mended, _ = mend_coverage(units)
    assert fits(mended, gap_width=1.0)
    graph = build_contiguity(mended)
    assert list(zip(graph.left, graph.right, strict=True)) == [(0, 1), (0, 2), (1, 2)]


def test_a_thin_spike_of_one_unit_is_not_simplified():
    # Both sides of the spike are A's own: nothing to snap, though they are 0.4 m apart.
    spike = shapely.Polygon(
        [(0, 0), (100, 0), (100, 100), (50.2, 100), (50.2, 200), (49.8, 200), (49.8, 100), (0, 100)]
    )
    units = boxes((0, 0, 1, 1), (100.5, 0, 200, 100)).set_geometry(
        [spike, shapely.box(100.5, 0, 200, 100)]
    )
    mended, _ = mend_coverage(units)
    assert fits(mended, gap_width=1.0)
    assert mended.area["A"] == pytest.approx(spike.area, abs=51)
    assert mended.geometry["A"].bounds[3] == 200


def test_order_index_and_columns_are_kept():
    units = boxes((100.5, 0, 200, 100), (0, 0, 100, 100)).iloc[::-1]
    mended, _ = mend_coverage(units)
    assert mended.index.to_list() == ["B", "A"]
    assert mended["naam"].to_list() == ["B", "A"]
    assert mended.crs == units.crs


def test_width_is_that_of_the_rectangle():
    turned = shapely.affinity.rotate(shapely.box(0, 0, 500, 0.7), 33)
    shapes = np.array([turned, shapely.box(0, 0, 9, 9), shapely.Point(1, 1)], dtype=object)
    assert width_m(shapes).tolist() == pytest.approx([0.7, 9, 0])


def drawn_twice(step_m: float, noise_m: float, seed: int) -> gpd.GeoDataFrame:
    """A west and an east unit of which each drew the winding border of 600 m anew."""
    rng = np.random.default_rng(seed)

    def border() -> np.ndarray:
        y = np.r_[0, np.sort(rng.uniform(0, 600, int(600 / step_m))), 600]
        return np.column_stack([20 * np.sin(y / 60) + rng.uniform(-noise_m, noise_m, len(y)), y])

    west = shapely.Polygon([(-500, 0), *border(), (-500, 600)])
    east = shapely.Polygon([(500, 0), *border(), (500, 600)])
    return gpd.GeoDataFrame(geometry=[west, east], index=["A", "B"], crs=28992)


@given(
    step_m=st.sampled_from([2.0, 3.0, 5.0]),
    noise_m=st.sampled_from([0.1, 0.45]),
    seed=st.integers(0, 2**32 - 1),
)
@settings(max_examples=15)
def test_a_border_drawn_twice_becomes_one(step_m, noise_m, seed):
    units = drawn_twice(step_m, noise_m, seed)
    assert units.is_valid.all()
    assert len(find_faults(units)) > 50
    mended, faults = mend_coverage(units)
    assert mended.is_valid.all()
    assert (mended.geom_type == "Polygon").all()
    assert farthest_m(units, mended) <= 1.0 + 1e-6
    # Where random vertices leave a long stretch bare, the border as drawn is over 1 m off there.
    assert faults["hersteld"].mean() > 0.95
    # The outlines have the whole border in common, vertex for vertex, but for a stretch here and
    # there (and the ends, where nothing closes a gap).
    common = shapely.intersection(*mended.boundary)
    assert shapely.bounds(common)[3] - shapely.bounds(common)[1] > 580
    drawn = min(shapely.boundary(shape).length - 1600 for shape in units.geometry)
    assert 0.9 * min(drawn, 600) < common.length
    if faults["hersteld"].all():
        assert fits(mended)
        assert mended.union_all().area == pytest.approx(mended.area.sum())


def test_a_unit_is_not_split_to_close_an_overlap():
    # B's only link between its two halves is a strip of half a metre that A covers as well. A
    # comes first, but gives way: without the strip B would fall apart.
    base = shapely.box(0, 0, 300, 100)
    halves = [shapely.box(0, 99.5, 100, 200), shapely.box(200, 99.5, 300, 200)]
    bow = shapely.union_all([*halves, shapely.box(100, 99.5, 200, 100)])
    lid = shapely.box(100, 100, 200, 200)
    shapes = np.array([base, bow, lid], dtype=object)
    split, _ = fill_slivers(shapes, np.ones(3, bool), 1.0)
    assert split[1].geom_type == "MultiPolygon"
    units = gpd.GeoDataFrame(geometry=shapes, index=["A", "B", "C"], crs=28992)
    mended, faults = mend_coverage(units)
    assert (mended.geom_type == "Polygon").all()
    assert fits(mended, gap_width=1.0)
    assert faults["hersteld"].all()
    assert farthest_m(units, mended) <= 1.0 + 1e-6


def test_of_a_border_drawn_twice_the_first_is_followed():
    units = drawn_twice(3.0, 0.45, seed=1)
    shapes = units.geometry.to_numpy()
    filled, changed = fill_slivers(shapes, np.ones(2, bool), 1.0)
    assert changed.all()  # the first gets vertices where the borders crossed
    assert shapely.symmetric_difference(filled[0], shapes[0]).area < 1e-6
    assert shapely.intersection(*filled).area == 0
    # With the first one unmovable or the last one: the movable one follows.
    filled, _ = fill_slivers(shapes, np.array([False, True]), 1.0)
    assert shapely.symmetric_difference(filled[0], shapes[0]).area < 1e-6
    filled, _ = fill_slivers(shapes, np.array([True, False]), 1.0)
    assert shapely.symmetric_difference(filled[1], shapes[1]).area < 1e-6
    assert shapely.intersection(*filled).area == 0
    filled, _ = fill_slivers(shapes, np.zeros(2, bool), 1.0)
    assert shapely.area(filled).tolist() == pytest.approx(shapely.area(shapes).tolist())
    assert shapely.intersection(*filled).area == pytest.approx(shapely.intersection(*shapes).area)


@pytest.mark.parametrize(("second", "closed"), [(0.9, True), (1.1, False)])
@pytest.mark.parametrize("soort", ["gat", "overlap"])
def test_slivers_as_wide_as_the_tolerance_allows(second, closed, soort):
    # A hole of 10 m long between two units, or ground of that size that both cover.
    west, east = shapely.box(0, 0, 100, 100), shapely.box(100, 0, 200, 100)
    spot = shapely.box(100 - second, 40, 100, 50)
    shapes = (
        np.array([west - spot, east], dtype=object)
        if soort == "gat"
        else np.array([west, east | spot], dtype=object)
    )
    filled, _ = fill_slivers(shapes, np.ones(2, bool), 1.0)
    # The first one keeps its ground, the last one takes what is free.
    area = {"gat": [1e4 - 10 * second, 1e4], "overlap": [1e4, 1e4 + 10 * second]}[soort]
    moved = 10 * second * (1 if soort == "gat" else -1)
    assert shapely.area(filled).tolist() == pytest.approx([area[0], area[1] + closed * moved])


def test_free_ground_inside_one_unit_stays_free():
    west = shapely.box(0, 0, 100, 100) - shapely.box(50, 40, 50.5, 60)
    shapes = np.array([west, shapely.box(100, 0, 200, 100)], dtype=object)
    filled, changed = fill_slivers(shapes, np.ones(2, bool), 1.0)
    assert not changed.any()
    assert all(new is old for new, old in zip(filled, shapes, strict=True))


@given(
    rows=st.integers(2, 4),
    columns=st.integers(2, 4),
    seed=st.integers(0, 2**32 - 1),
    size_m=st.sampled_from([8.0, 50.0, 1000.0]),
    noise_m=st.sampled_from([0.0, 0.01, 0.3, 2.0]),
)
@settings(max_examples=tries(150))
def test_no_border_moves_by_more_than_the_tolerance(rows, columns, seed, size_m, noise_m):
    """Bricks with T-junctions, every corner drawn wrong on its own."""
    rng = np.random.default_rng(seed)
    bricks = [
        shapely.box(
            (c + r % 2 / 2) * size_m, r * size_m, (c + 1 + r % 2 / 2) * size_m, (r + 1) * size_m
        )
        for r in range(rows)
        for c in range(columns)
    ]
    rough = [
        shapely.Polygon(shapely.get_coordinates(b)[:-1] + rng.uniform(-noise_m, noise_m, (4, 2)))
        for b in bricks
    ]
    units = gpd.GeoDataFrame(
        geometry=rough, index=[f"U{i:02d}" for i in range(len(rough))], crs=28992
    )
    units = units[units.is_valid]
    mended, faults = mend_coverage(units, tolerance_m=1.0)
    assert mended.index.equals(units.index)
    assert mended.is_valid.all()
    assert farthest_m(units, mended) <= 1.0 + 1e-6
    if noise_m <= 0.3 and size_m > 8:
        # Corners at most 0,85 m apart: all of it lies within the tolerance.
        assert fits(mended, gap_width=1.0)
        assert faults["hersteld"].all()
        want = build_contiguity(gpd.GeoDataFrame(geometry=bricks, index=units.index, crs=28992))
        have = build_contiguity(mended)
        pairs = set(zip(want.left.tolist(), want.right.tolist(), strict=True))
        assert set(zip(have.left.tolist(), have.right.tolist(), strict=True)) >= pairs


@given(seed=st.integers(0, 2**32 - 1))
@settings(max_examples=tries(60))
def test_overlaps_have_a_brute_force_twin(seed):
    rng = np.random.default_rng(seed)
    corner, size = rng.uniform(0, 100, (6, 2)), rng.uniform(5, 60, (6, 2))
    units = boxes(*np.hstack([corner, corner + size]).tolist())
    shapes = units.geometry.to_dict()
    want = {
        (a, b): shapes[a].intersection(shapes[b]).area
        for a, b in combinations(shapes, 2)
        if shapes[a].intersection(shapes[b]).area > 0
    }
    found = find_faults(units).query("soort == 'overlap'")
    have = found.groupby("eenheden")["oppervlakte_m2"].sum().to_dict()
    wide = {pair: area for pair, area in want.items() if area > 1}
    assert set(wide) <= set(have) <= set(want)
    assert all(have[pair] == pytest.approx(area) for pair, area in wide.items())


@pytest.mark.real
def test_the_real_map_passes_untouched_in_a_moment(shared_data):
    units = pyogrio.read_dataframe(
        shared_data / "wijkenbuurten_2022_gegeneraliseerd.gpkg", layer="wijken"
    ).set_index("wijkcode")
    start = time.process_time()
    mended, faults = mend_coverage(units)
    assert time.process_time() - start < 1.0
    assert faults.empty
    assert all(a is b for a, b in zip(mended.geometry, units.geometry, strict=True))


@pytest.mark.real
def test_the_real_map_drawn_sloppily_gets_its_neighbours_back(shared_data):
    units = pyogrio.read_dataframe(
        shared_data / "wijkenbuurten_2022_gegeneraliseerd.gpkg", layer="wijken"
    ).set_index("wijkcode")
    units = units[units["gemeentecode"].isin(["GM0344", "GM0310", "GM0312", "GM0355", "GM0321"])]
    rng = np.random.default_rng(7)
    moved = [
        shapely.transform(g, lambda xy: xy + rng.uniform(-0.2, 0.2, 2)) for g in units.geometry
    ]
    rough = units.set_geometry(gpd.GeoSeries(moved, units.index, crs=28992))
    assert not fits(rough)
    mended, _ = mend_coverage(rough)
    assert farthest_m(rough, mended) <= 1.0 + 1e-6
    want, have = build_contiguity(units), build_contiguity(mended)
    pairs = [set(zip(g.left.tolist(), g.right.tolist(), strict=True)) for g in (want, have)]
    assert pairs[0] == pairs[1]
    assert have.border_m.sum() == pytest.approx(want.border_m.sum(), rel=1e-3)
