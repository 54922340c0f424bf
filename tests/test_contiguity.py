"""Contiguity against drawn maps, a brute-force twin and the counts of the real map."""

import time

import geopandas as gpd
import networkx as nx
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from oi_geo.contiguity import Link, build_contiguity
from oi_geo.segments import Segments, near_segments
from tests.conftest import draw

LAYER = "wijkenbuurten_2022_gegeneraliseerd.gpkg"


def edges(graph):
    """The graph as {(code, code): metres}."""
    return {
        (graph.codes[a], graph.codes[b]): m
        for a, b, m in zip(graph.left, graph.right, graph.border_m, strict=True)
    }


def brute_force(units, tolerance_m=1e-6):
    """Every pair by an overlay of the two boundaries: slow, and plainly right on exact maps."""
    found = {}
    shapes = list(units.geometry)
    for i, one in enumerate(shapes):
        for j in range(i + 1, len(shapes)):
            length = shapely.intersection(one.boundary, shapes[j].boundary).length
            if length > tolerance_m:
                found[units.index[i], units.index[j]] = length
    return found


def test_neighbours_share_metres_and_a_corner_is_not_contiguity():
    graph = build_contiguity(
        draw("""
            AB
            CD
        """)
    )
    assert edges(graph) == {
        ("WK0001AA", "WK0001BB"): 1000.0,
        ("WK0001AA", "WK0001CC"): 1000.0,
        ("WK0001BB", "WK0001DD"): 1000.0,
        ("WK0001CC", "WK0001DD"): 1000.0,
    }
    corners = {tuple(graph.codes[pair]) for pair in graph.touches}
    assert corners == {("WK0001AA", "WK0001DD"), ("WK0001BB", "WK0001CC")}


def test_t_junction_is_found():
    # C's top edge is one segment of 2 km; A and B each lie along half of it.
    graph = build_contiguity(
        draw("""
            AB
            CC
        """)
    )
    assert edges(graph)["WK0001AA", "WK0001CC"] == pytest.approx(1000)
    assert edges(graph)["WK0001BB", "WK0001CC"] == pytest.approx(1000)


def test_an_enclave_borders_only_what_surrounds_it():
    graph = build_contiguity(
        draw("""
            AAA
            ABA
            AAA
        """)
    )
    assert edges(graph) == {("WK0001AA", "WK0001BB"): 4000.0}
    assert graph.outer_m.tolist() == [12_000.0, 0.0]


def test_parts_with_and_without_links():
    units = draw("""
        AB.C
        ....
        D...
    """)
    ferry = Link("WK0001BB", "WK0001CC", "veer", "Dagelijks veer, het hele jaar")
    outside = Link("WK0001BB", "WK9999ZZ", "brug", "Ligt buiten het gebied")
    graph = build_contiguity(units).with_links([ferry, outside])
    assert graph.links == (ferry,)
    assert graph.parts().tolist() == [0, 0, 1, 2]
    assert graph.parts(links=True).tolist() == [0, 0, 0, 1]


def test_parts_within_groups_and_units_without_a_group():
    graph = build_contiguity(draw("ABCD"))
    labels = np.array([0, 1, 0, -1], np.int32)
    parts = graph.parts(labels)
    assert parts[0] != parts[2], "A and C are in one group but B lies between them"
    assert len(set(parts)) == 4


def test_empty_and_single_maps():
    one = build_contiguity(draw("A"))
    assert len(one.left) == 0
    assert one.outer_m.tolist() == [4000.0]
    none = build_contiguity(draw("A").iloc[:0])
    assert len(none.parts()) == 0


@settings(max_examples=60)
@given(
    st.lists(st.text("ABCDEF.", min_size=5, max_size=5), min_size=4, max_size=4).filter(
        lambda rows: any(c != "." for row in rows for c in row)
    )
)
def test_random_maps_agree_with_the_brute_force_twin(rows):
    # Letters spread at random give units of several parts, holes, enclaves and T-junctions.
    units = draw("\n".join(rows))
    graph = build_contiguity(units)
    assert edges(graph) == pytest.approx(brute_force(units))
    # Conservation: every metre of outline is either shared or outer border.
    shared = np.zeros(len(units))
    np.add.at(shared, graph.left, graph.border_m)
    np.add.at(shared, graph.right, graph.border_m)
    assert shared + graph.outer_m == pytest.approx(units.geometry.length.to_numpy())
    # Every pair that meets is an edge or a touch, never both.
    met = set(edges(graph)) | {tuple(graph.codes[pair]) for pair in graph.touches}
    left, right = shapely.STRtree(units.geometry).query(units.geometry, predicate="intersects")
    assert met == {
        (units.index[a], units.index[b]) for a, b in zip(left, right, strict=True) if a < b
    }
    twin = nx.Graph(list(edges(graph)))
    twin.add_nodes_from(units.index)
    assert graph.parts().max() + 1 == nx.number_connected_components(twin)


@settings(max_examples=40)
@given(st.floats(0.0, 0.999), st.integers(0, 2**32 - 1))
def test_hash_and_fallback_agree_up_to_the_tolerance(offset, seed):
    """The same map noded (hash), cut at other places, and shifted by less than the tolerance."""
    noded = gpd.GeoDataFrame(
        geometry=[
            shapely.Polygon([(0, 0), (1000, 0), (1000, 500), (1000, 1000), (0, 1000)]),
            shapely.Polygon([(1000, 0), (2000, 0), (2000, 500), (1000, 500)]),
            shapely.Polygon([(1000, 500), (2000, 500), (2000, 1000), (1000, 1000)]),
        ],
        index=["A", "B", "C"],
        crs=28992,
    )
    rng = np.random.default_rng(seed)
    cuts = np.sort(rng.uniform(100, 900, 3))
    west = shapely.Polygon(
        [(0, 0), (1000, 0), *[(1000.0, y) for y in cuts], (1000, 1000), (0, 1000)]
    )
    loose = noded.copy()
    loose.geometry = [
        west,
        *[shapely.transform(g, lambda xy: xy + np.array([offset, 0])) for g in noded.geometry[1:]],
    ]
    by_hash, by_tree = build_contiguity(noded), build_contiguity(loose)
    assert edges(by_hash) == {("A", "B"): 500.0, ("A", "C"): 500.0, ("B", "C"): 1000.0}
    assert edges(by_tree) == pytest.approx(edges(by_hash), abs=1e-6)


def test_borders_further_apart_than_the_tolerance_are_not_shared():
    two = gpd.GeoDataFrame(
        geometry=[shapely.box(0, 0, 100, 100), shapely.box(101.01, 0, 200, 100)],
        index=["A", "B"],
        crs=28992,
    )
    assert not edges(build_contiguity(two))
    assert edges(build_contiguity(two, tolerance_m=1.02)) == {("A", "B"): 100.0}


def test_the_two_shores_of_an_inlet_do_not_make_neighbours():
    # A and B meet in one point only; from there the shores part at about 11 degrees.
    two = gpd.GeoDataFrame(
        geometry=[
            shapely.Polygon([(0, 0), (100, 10), (100, 200), (0, 200)]),
            shapely.Polygon([(0, 0), (100, -10), (100, -200), (0, -200)]),
        ],
        index=["A", "B"],
        crs=28992,
    )
    graph = build_contiguity(two)
    assert not edges(graph)
    assert graph.touches.tolist() == [[0, 1]]


@settings(max_examples=40)
@given(st.floats(0.1, 0.95), st.floats(2.0, 12.0), st.integers(0, 2**32 - 1))
def test_two_digitisations_of_a_wriggling_border(amplitude, step, seed):
    """Both sides drawn with vertices of their own, nowhere further apart than the tolerance."""
    rng = np.random.default_rng(seed)

    def line():
        y = np.sort(np.r_[0, rng.uniform(0, 600, int(600 / step)), 600])
        return np.c_[rng.uniform(-amplitude / 2, amplitude / 2, len(y)), y]

    west = shapely.Polygon([(-500, 0), *line(), (-500, 600)])
    east = shapely.Polygon([(500, 0), *line(), (500, 600)])
    units = gpd.GeoDataFrame(geometry=[west, east], index=["A", "B"], crs=28992)
    found = edges(build_contiguity(units))
    # A wriggling line has no one length; the straight line between its ends has.
    assert found["A", "B"] == pytest.approx(600, rel=0.12)


def test_the_shores_of_a_narrow_inlet_drawn_with_many_vertices_do_not_make_neighbours():
    t = np.linspace(0, 100, 101)
    units = gpd.GeoDataFrame(
        geometry=[
            shapely.Polygon([*np.c_[t, 0.15 * t], (100, 200), (0, 200)]),
            shapely.Polygon([*np.c_[t, -0.15 * t], (100, -200), (0, -200)]),
        ],
        index=["A", "B"],
        crs=28992,
    )
    graph = build_contiguity(units)
    assert not edges(graph)
    assert graph.touches.tolist() == [[0, 1]]


def test_three_polygons_on_one_border_are_all_neighbours():
    # Not a coverage: A and B overlap; the checks of the reader report that, the graph survives.
    units = gpd.GeoDataFrame(
        geometry=[shapely.box(0, 0, 1, 1), shapely.box(0, 0, 1, 1), shapely.box(1, 0, 2, 1)],
        index=["A", "B", "C"],
        crs=28992,
    )
    assert edges(build_contiguity(units)) == {("A", "B"): 4.0, ("A", "C"): 1.0, ("B", "C"): 1.0}


def pair(*polygons):
    index = [chr(65 + i) for i in range(len(polygons))]
    return gpd.GeoDataFrame(geometry=list(polygons), index=index, crs=28992)


def within_a_metre(one, other):
    """The twin: metres of one's border within a metre of the other's, and ground in common."""
    near = one.boundary.intersection(other.boundary.buffer(1.0, quad_segs=64))
    return near.length, one.intersection(other).area


@pytest.mark.parametrize(
    ("other", "metres"),
    [
        # The border opens from nothing to 5 m: 200 m of it are within a metre.
        ([(1005, 0), (2000, 0), (2000, 1000), (1000, 1000)], 200.0),
        # It crosses in a lens 5 m deep; half the outline of the lens is what the two share.
        ([(1000, 0), (2000, 0), (2000, 1000), (1000, 1000), (995, 500)], 1000.025),
        # It lies 30 m over the other, on 800 m.
        ([(970, 100), (2000, 100), (2000, 900), (970, 900)], 830.0),
        # It lies wholly inside the other, and wholly over it.
        ([(400, 400), (600, 400), (600, 600), (400, 600)], 400.0),
        ([(-10, -10), (1010, -10), (1010, 1010), (-10, 1010)], 2000.0),
        # It crosses at a vertex of both, and at a vertex on an edge.
        ([(1000, 0), (900, 500), (1000, 1000), (2000, 500)], 1009.9),
        ([(1000, 100), (900, 500), (1000, 900), (2000, 500)], 812.31),
    ],
)
def test_borders_that_do_not_fit(other, metres):
    units = pair(shapely.box(0, 0, 1000, 1000), shapely.Polygon(other))
    assert edges(build_contiguity(units)) == {("A", "B"): pytest.approx(metres, rel=1e-3)}
    assert edges(build_contiguity(units.iloc[::-1])) == {
        ("B", "A"): pytest.approx(metres, rel=1e-3)
    }


@pytest.mark.parametrize("shift", [(0.6, 0.6), (0.6, -0.6), (-0.6, -0.6), (0.05, -0.9)])
def test_corners_that_miss_each_other_are_no_border(shift):
    # Two corners that should meet in a point, drawn within a metre of it.
    units = pair(
        shapely.box(0, 0, 100, 100),
        shapely.box(100 + shift[0], 100 + shift[1], 200, 200),
    )
    assert not edges(build_contiguity(units))


def test_a_unit_laid_over_a_map_that_fits_joins_all_that_it_covers():
    # E lies in the middle: all of its border is shared with others, and X crosses none of it alone.
    units = draw("ABC\nDEF\nGHI")
    for box, covered in (
        (shapely.box(500, 500, 2500, 2500), "ABCDEFGHI"),
        (shapely.box(1200, 1200, 1800, 1800), "E"),
        (shapely.box(-500, -500, 3500, 3500), "ABCDEFGHI"),
        (shapely.box(0, 0, 3000, 3000), "ABCDEFGHI"),
    ):
        over = shapely.affinity.translate(box, *units.total_bounds[:2])
        both = gpd.GeoDataFrame(
            geometry=[*units.geometry, over], index=[*units.index, "X"], crs=28992
        )
        found = {a for a, b in edges(build_contiguity(both)) if b == "X"}
        assert found == {code for code in units.index if code[-1] in covered}


def test_a_border_that_two_share_runs_along_a_third_that_lies_over_one_of_them():
    units = pair(
        shapely.box(0, 0, 100, 100), shapely.box(100, 0, 200, 100), shapely.box(100.5, 0, 200, 100)
    )
    found = edges(build_contiguity(units))
    assert found["A", "C"] == pytest.approx(100)
    assert set(found) == {("A", "B"), ("A", "C"), ("B", "C")}


def test_shores_that_part_where_a_border_ends_add_nothing_to_it():
    # A border of 100 m that fits; from its end on a narrow inlet opens, 20 m of it within a metre.
    units = pair(
        shapely.Polygon([(0, 0), (100, 0), (100, 100), (97.5, 200), (0, 200)]),
        shapely.Polygon([(200, 0), (100, 0), (100, 100), (102.5, 200), (200, 200)]),
    )
    assert edges(build_contiguity(units)) == {("A", "B"): 100.0}


@settings(max_examples=150)
@given(st.integers(0, 2**32 - 1), st.sampled_from(["cross", "fan", "over", "apart", "wriggle"]))
def test_pairs_that_do_not_fit_agree_with_the_twin(seed, kind):
    rng = np.random.default_rng(seed)
    y = np.sort(np.r_[0, rng.uniform(0, 600, rng.integers(0, 11)), 600])
    off = {
        "cross": lambda: rng.uniform(-3, 3, len(y)),
        "fan": lambda: y * rng.uniform(0, 0.4) + rng.choice([0.0, 0.5]),
        "over": lambda: np.full(len(y), -rng.uniform(0, 40)),
        "apart": lambda: np.full(len(y), rng.uniform(0, 2)),
        "wriggle": lambda: rng.uniform(0, 3, len(y)),
    }[kind]()
    bend = rng.uniform(-20, 20, len(y))
    one = shapely.Polygon([(-500, 0), *np.c_[bend, y], (-500, 600)])
    other = shapely.Polygon([(700, 0), *np.c_[bend + off, y], (700, 600)])
    turn = rng.uniform(0, 360)
    units = pair(*(shapely.affinity.rotate(s, turn, (0, 0)) for s in (one, other)))
    if not units.is_valid.all():
        return
    found = edges(build_contiguity(units))
    metres, ground = within_a_metre(*units.geometry)
    if metres > 10.01 or ground > 1.01:
        assert found, (metres, ground)
    if ground < 0.99 and metres < 2:
        assert not found, (metres, ground)
    if found and ground < 0.99:
        # No piece of a border counts twice, and nothing counts that is farther than a metre.
        assert found["A", "B"] <= metres + 1e-3
        assert found["A", "B"] >= 0.5 * metres - 4
    if ground > 10:
        assert (
            found["A", "B"] >= units.geometry["A"].intersection(units.geometry["B"]).length / 2.01
        )


@pytest.fixture(scope="module")
def wijken(request):
    path = request.getfixturevalue("shared_folder") / LAYER
    return gpd.read_file(path, layer="wijken").set_index("wijkcode")


@pytest.mark.real
def test_the_netherlands(wijken):
    graph = build_contiguity(wijken)
    assert len(graph.left) == 9212
    assert len(graph.touches) == 346
    assert graph.parts().max() + 1 == 7
    assert graph.border_m.min() > 0
    amsterdam = np.where(wijken["gemeentecode"] == "GM0363", 0, -1).astype(np.int32)
    assert len(set(graph.parts(amsterdam)[amsterdam == 0])) == 2


@pytest.mark.real
def test_the_netherlands_with_t_junctions_and_small_shifts(wijken):
    """Taking vertices out of one side of each border leaves the same neighbours and lengths."""
    noded = build_contiguity(wijken)
    part = wijken[wijken["gemeentecode"].isin(["GM0344", "GM0353", "GM0356", "GM0310"])]
    dense = part.copy()
    rng = np.random.default_rng(7)
    dense.geometry = [
        shapely.segmentize(shape, rng.uniform(30, 300)) if i % 2 else shape
        for i, shape in enumerate(part.geometry)
    ]
    expected, found = edges(build_contiguity(part)), edges(build_contiguity(dense))
    assert found == pytest.approx(expected, abs=1e-3)
    assert set(expected) <= set(edges(noded))


def agree_with_the_twin(shapes):
    """Compare who are neighbours with the twin, where that leaves no doubt; return the pairs."""
    graph = build_contiguity(gpd.GeoDataFrame(geometry=shapes, crs=28992))
    found = set(zip(graph.left.tolist(), graph.right.tolist(), strict=True))
    line = shapely.boundary(shapes)
    a, b = shapely.STRtree(shapes).query(shapes, predicate="dwithin", distance=1.0)
    a, b = a[a < b], b[a < b]
    near = shapely.length(shapely.intersection(line[a], shapely.buffer(line, 1.0)[b]))
    ground = shapely.area(shapely.intersection(shapes[a], shapes[b]))
    touching = (near > 10.01) | (ground > 1.01)
    assert set(zip(a[touching].tolist(), b[touching].tolist(), strict=True)) <= found
    apart = (near < 2) & (ground < 0.99)
    assert not set(zip(a[apart].tolist(), b[apart].tolist(), strict=True)) & found
    assert found <= set(zip(a.tolist(), b.tolist(), strict=True))
    return found, touching.sum(), apart.sum()


@pytest.mark.real
def test_gemeenten_simplified_one_by_one(request):
    path = request.getfixturevalue("shared_folder") / LAYER
    drawn = gpd.read_file(path, layer="gemeenten")
    for step in (2, 3, 5, 8, 30, 100, 300, 1000):
        shapes = shapely.make_valid(shapely.simplify(drawn.geometry.to_numpy(), step))
        shapes = shapes[np.isin(shapely.get_type_id(shapes), [3, 6]) & ~shapely.is_empty(shapes)]
        found, touching, apart = agree_with_the_twin(shapes)
        assert len(found) >= touching > 0, step
        assert apart + touching > 300, step  # of 345 gemeenten nearly every pair is beyond doubt


@settings(max_examples=20)
@given(st.integers(0, 2**32 - 1), st.floats(2.0, 10.0), st.integers(2, 5))
def test_a_map_simplified_one_by_one_by_two_to_ten_metres(seed, step, side):
    """Borders that wriggle over up to twice the step, each side straightened by itself."""
    rng = np.random.default_rng(seed)
    way = np.linspace(0, 200, 11)[1:-1, None]

    def edge(axis, along, row):
        """One drawn border between two corners; every one has a generator of its own."""
        wriggle = np.random.default_rng([seed, axis, along, row]).uniform(-step, step, (9, 2))
        start = np.array([along, row] if axis == 0 else [row, along]) * 200.0
        middle = start + way * ([1, 0] if axis == 0 else [0, 1]) + wriggle * 0.9
        return np.vstack([start, middle, start + ([200, 0] if axis == 0 else [0, 200])])

    shapes = []
    for y in range(side):
        for x in range(side):
            ring = [edge(0, x, y), edge(1, y, x + 1)]
            ring += [edge(0, x, y + 1)[::-1], edge(1, y, x)[::-1]]
            shape = shapely.Polygon(np.vstack(ring))
            shapes.append(shapely.simplify(shape, rng.uniform(0, step)))
    sound = np.array([s for s in shapes if s.is_valid])
    found, touching, _ = agree_with_the_twin(sound)
    assert touching <= len(found) <= len(sound) * (len(sound) - 1) / 2


MARGIN = st.integers(-100, 100).map(lambda tenths: tenths / 10)


@settings(max_examples=80)
@given(st.lists(MARGIN, min_size=9, max_size=9), st.floats(0, 360), st.booleans())
def test_squares_drawn_up_to_ten_metres_too_wide_or_too_narrow(margins, turn, backwards):
    """Of squares the ground and the gap between any two follow from how wide they were drawn."""
    squares = [
        shapely.box(x * 200 - m, y * 200 - m, x * 200 + 200 + m, y * 200 + 200 + m)
        for (y, x), m in zip(np.ndindex(3, 3), margins, strict=True)
    ]
    units = pair(*(shapely.affinity.rotate(square, turn, (300, 300)) for square in squares))
    found = edges(build_contiguity(units[::-1] if backwards else units))
    found = {tuple(sorted(key)): metres for key, metres in found.items()}
    for i, one in enumerate(margins):
        for j in range(i + 1, 9):
            steps = sorted([abs(i // 3 - j // 3), abs(i % 3 - j % 3)])
            over = round(one + margins[j], 1)  # metres of overlap, or of a gap where negative
            key = units.index[i], units.index[j]
            if steps == [0, 1] and abs(over) != 1:
                # A strip of ground along the whole side, or a gap that nobody meant.
                assert (key in found) == (over > -1), (key, over)
            if steps == [0, 1] and over > 0.1:
                side = 200 + 2 * min(one, margins[j])
                assert found[key] >= side - 1e-6
            if steps == [1, 1] and abs(over) != 1:
                # Corners meet in ground of `over` squared; a gap leaves them a point at the most.
                assert (key in found) == (over > 1), (key, over)
            if steps[1] > 1:
                assert key not in found


@settings(max_examples=80)
@given(
    st.floats(0.05, 12.0), st.sampled_from(["fits", "gap", "wide gap", "over"]),
    st.floats(0.02, 0.98), st.floats(2.0, 10.0), st.floats(0, 360), st.booleans(),
)  # fmt: skip
def test_two_straight_borders_of_up_to_twelve_metres(length, kind, small, wide, turn, backwards):
    """A border that fits counts whatever its length, one that does not from two metres on."""
    apart = {"fits": 0.0, "gap": small, "wide gap": wide, "over": -wide}[kind]
    units = pair(
        shapely.box(0, 0, 100, 100), shapely.box(100 + apart, 100 - length, 200 + apart, 200)
    )
    if turn > 180:  # coordinates with all their decimals, and whole metres
        units.geometry = units.geometry.rotate(turn, origin=(0, 0))
    found = edges(build_contiguity(units[::-1] if backwards else units))
    if kind == "fits":
        assert list(found.values()) == [pytest.approx(length, abs=1e-6)]
    elif kind == "gap" and abs(length - 2) > 0.01:
        assert bool(found) == (length > 2)
        assert not found or sum(found.values()) == pytest.approx(length, abs=1e-3)
    elif kind == "wide gap":
        assert not found
    elif kind == "over" and wide > 2.01:
        # Ground of more than a square metre, or a strip less than a metre wide along two borders.
        assert sum(found.values()) >= length


@settings(max_examples=100)
@given(st.integers(0, 2**32 - 1), st.integers(0, 40), st.sampled_from([0.001, 1.0, 20.0]))
def test_segments_near_each_other_are_those_of_the_boxes(seed, count, tolerance):
    """Looking at runs of segments first leaves out no pair."""
    rng = np.random.default_rng(seed)
    shapes = [
        shapely.Polygon(rng.uniform(0, 300, 2) + np.c_[np.cos(t), np.sin(t)] * rng.uniform(1, 60))
        for t in (np.sort(rng.uniform(0, 6.28, rng.integers(3, 40))) for _ in range(count))
    ]
    segments = Segments.of(np.array(shapes, dtype=object))
    some = np.flatnonzero(rng.random(len(segments.start)) < 0.7)
    first, second = near_segments(segments, some, tolerance)
    ends = segments.ends(some).reshape(-1, 2, 2)
    low, high = ends.min(axis=1) - tolerance / 2, ends.max(axis=1) + tolerance / 2
    meet = ((low[:, None] <= high) & (low <= high[:, None])).all(axis=2)
    owner = segments.owner[some]
    a, b = np.nonzero(meet & (owner[:, None] < owner))
    have = set(zip(first.tolist(), second.tolist(), strict=True))
    assert have == set(zip(some[a].tolist(), some[b].tolist(), strict=True))
    assert len(have) == len(first)


@pytest.mark.timing
@pytest.mark.usefixtures("quiet_machine")
def test_large_coverages_grow_close_to_linearly():
    """The bench measures 5 million vertices; here a tenth of it guards the growth."""
    from benchmarks.coverage import dense_grid

    seconds = {}
    for side in (32, 96):
        units = dense_grid(side, vertices_per_edge=16)
        start = time.process_time()
        graph = build_contiguity(units)
        seconds[side] = time.process_time() - start
        assert len(graph.left) == 2 * side * (side - 1)
    # Nine times the units; a quadratic method would need 81 times the time.
    assert seconds[96] < 27 * max(seconds[32], 0.05)
