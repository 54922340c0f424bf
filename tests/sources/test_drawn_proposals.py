"""Polygons laid over units: shares, the majority of inhabitants, overlaps, gaps and slivers."""

import string
import time
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from oi_geo.errors import MissingCrs, UnsafeFile, UnusableFile
from oi_geo.plan import Plan
from oi_geo.sources.drawn_faults import (
    NOISE_WIDTH_M,
    SLIT_WIDTH_M,
    SLIVER_WIDTH_M,
    check_overlaps,
    drawing_faults,
    widths,
)
from oi_geo.sources.drawn_layers import Drawing
from oi_geo.sources.drawn_proposals import area_shares
from oi_geo.sources.proposals import read_proposal
from oi_geo.sources.report import ReadReport
from oi_geo.study_area import StudyArea, study_area
from tests.conftest import draw

X0, Y0 = 150_000, 450_000


def box(x0: float, y0: float, x1: float, y1: float) -> shapely.Polygon:
    """A box in metres from the lower left corner of a drawn map."""
    return shapely.box(X0 + x0, Y0 + y0, X0 + x1, Y0 + y1)


def row_of(number: int) -> StudyArea:
    """Units WK0001AA, WK0001BB, … of 1 km² from west to east."""
    return study_area(draw(string.ascii_uppercase[:number]))


def drawn(
    folder: Path, shapes: dict[str, shapely.Geometry], area: StudyArea, **options
) -> tuple[Plan, ReadReport]:
    """Write polygons as a GeoPackage and read them as a proposal."""
    frame = gpd.GeoDataFrame({"naam": list(shapes)}, geometry=list(shapes.values()), crs=28992)
    path = folder / "getekend.gpkg"
    frame.to_file(path, driver="GPKG")
    return read_proposal(path, area, "regio", **options)


def groups_of(plan: Plan) -> dict[str, str]:
    return {
        unit[-1]: plan.groups[label]
        for unit, label in zip(plan.units, plan.labels, strict=True)
        if label >= 0
    }


def cuts(report: ReadReport) -> list[str]:
    return [m.melding for m in report.messages if "wordt doorsneden:" in m.melding]


def text_of(report: ReadReport) -> str:
    return "\n".join(m.melding for m in report.messages)


# --- shares and the majority ---------------------------------------------------------------------


def test_the_group_with_most_area_gets_the_unit_and_the_cut_is_reported(tmp_path):
    area = row_of(3)
    plan, report = drawn(
        tmp_path, {"West": box(0, 0, 1700, 1000), "Oost": box(1700, 0, 3000, 1000)}, area
    )
    assert groups_of(plan) == {"A": "West", "B": "West", "C": "Oost"}
    assert cuts(report) == [
        (
            "WK0001BB (Wijk B) wordt doorsneden: 70,0 % van de oppervlakte in 'West' en 30,0 % in "
            "'Oost'. Ingedeeld bij 'West'."
        )
    ]
    assert plan.faults.empty
    assert (report.gelezen, report.behouden) == (2, 2)
    assert (report.soort, len(report.sha256)) == ("voorstel", 64)


@pytest.mark.parametrize(("reach", "reported"), [(1009, False), (1011, True)])
def test_a_cut_is_reported_above_one_percent(tmp_path, reach, reported):
    _, report = drawn(tmp_path, {"West": box(0, 0, reach, 1000)}, row_of(2))
    assert bool(cuts(report)) == reported


def test_a_unit_mostly_outside_gets_no_group(tmp_path):
    plan, report = drawn(tmp_path, {"West": box(0, 0, 1400, 1000)}, row_of(3))
    assert groups_of(plan) == {"A": "West"}
    assert cuts(report) == [
        (
            "WK0001BB (Wijk B) wordt doorsneden: 60,0 % van de oppervlakte buiten alle groepen en "
            "40,0 % in 'West'. Ingedeeld in geen groep."
        )
    ]


def test_the_largest_part_wins_without_being_half(tmp_path):
    shapes = {"a": box(0, 0, 300, 1000), "b": box(300, 0, 700, 1000)}
    plan, _ = drawn(tmp_path, shapes, row_of(1))
    assert groups_of(plan) == {"A": "b"}


def test_a_tie_goes_to_the_first_group_in_the_file(tmp_path):
    west, east = box(0, 0, 500, 1000), box(500, 0, 1000, 1000)
    assert groups_of(drawn(tmp_path, {"w": west, "o": east}, row_of(1))[0]) == {
        "A": "o"
    }  # as much of both: the first name
    assert groups_of(drawn(tmp_path, {"o": east, "w": west}, row_of(1))[0]) == {"A": "o"}


def parts(*rows: tuple[shapely.Polygon, float]) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(
        {"inwoners": [people for _, people in rows]},
        geometry=[shape for shape, _ in rows],
        crs=28992,
    )


def test_inhabitants_go_before_area_where_finer_parts_tell(tmp_path):
    # West has 70 % of the area; the town of 900 stands in the eastern 20 %.
    shapes = {"West": box(0, 0, 700, 1000), "Oost": box(700, 0, 1000, 1000)}
    finer = parts((box(0, 0, 800, 1000), 80.0), (box(800, 0, 1000, 1000), 920.0))
    plan, report = drawn(tmp_path, shapes, row_of(1), parts=finer)
    assert groups_of(plan) == {"A": "Oost"}
    # West: 7/8 of 80 = 70 of 1000 inhabitants.
    assert cuts(report) == [
        (
            "WK0001AA (Wijk A) wordt doorsneden: 70,0 % van de oppervlakte in 'West' en 30,0 % in "
            "'Oost'; 93,0 % van de inwoners in 'Oost' en 7,0 % in 'West'. Ingedeeld bij 'Oost'."
        )
    ]
    assert "1 daarvan ingedeeld naar de inwoners" in text_of(report)


@pytest.mark.parametrize("people", [float("nan"), -0.0])
def test_area_decides_where_inhabitants_are_unknown_or_none(tmp_path, people):
    shapes = {"West": box(0, 0, 700, 1000), "Oost": box(700, 0, 1000, 1000)}
    finer = parts((box(0, 0, 800, 1000), 0.0), (box(800, 0, 1000, 1000), people))
    plan, report = drawn(tmp_path, shapes, row_of(1), parts=finer)
    assert groups_of(plan) == {"A": "West"}
    assert "0 daarvan ingedeeld naar de inwoners" in text_of(report)
    assert "1 naar oppervlakte" in text_of(report)


def test_parts_of_one_unit_leave_the_others_to_area(tmp_path):
    area = row_of(2)
    shapes = {"West": box(0, 0, 700, 1000), "Oost": box(700, 0, 2000, 1000)}
    plan, _ = drawn(tmp_path, shapes, area, parts=parts((box(800, 0, 1000, 1000), 10.0)))
    assert groups_of(plan) == {"A": "Oost", "B": "Oost"}


GRID = st.tuples(*[st.integers(0, 12)] * 4).map(
    lambda c: (min(c[0], c[2]), min(c[1], c[3]), max(c[0], c[2]) + 1, max(c[1], c[3]) + 1)
)


@settings(max_examples=60)
@given(boxes=st.lists(GRID, min_size=1, max_size=4))
def test_shares_equal_those_counted_cell_by_cell(boxes):
    # Units of 4 x 4 cells on a raster of 12 x 12; each group is a box of whole cells.
    units = draw("ABC\nDEF\nGHI", size_m=400)
    shapes = np.array([box(*(100 * c for c in corners)) for corners in boxes])
    shares = area_shares(units.geometry.to_numpy(), shapes)
    cover = np.zeros((len(boxes), 13, 13))
    for layer, (x0, y0, x1, y1) in zip(cover, boxes, strict=True):
        layer[y0:y1, x0:x1] = 1
    cover = cover[:, :12, :12]
    for at, unit in enumerate(units.geometry):
        x, y = int(unit.bounds[0] - X0) // 100, int(unit.bounds[1] - Y0) // 100
        cells = cover[:, y : y + 4, x : x + 4]
        assert shares.in_group[at] == pytest.approx(cells.mean(axis=(1, 2)))
        assert shares.outside[at] == pytest.approx((cells.sum(axis=0) == 0).mean())
        assert shares.double[at] == pytest.approx(np.clip(cells.sum(axis=0) - 1, 0, None).mean())
    together = shares.in_group.sum(axis=1) + shares.outside - shares.double
    assert together == pytest.approx(np.ones(9))


# --- overlaps, gaps, slivers ---------------------------------------------------------------------


def only_fault(plan: Plan) -> pd.Series:
    assert len(plan.faults) == 1
    assert plan.faults.crs.to_epsg() == 28992
    return plan.faults.iloc[0]


def test_an_overlap_has_its_place_area_and_width(tmp_path):
    shapes = {"West": box(0, 0, 1100, 1000), "Oost": box(1000, 0, 2000, 1000)}
    plan, report = drawn(tmp_path, shapes, row_of(2))
    fault = only_fault(plan)
    assert (fault["soort"], fault["groepen"]) == ("overlap", ("Oost", "West"))
    assert fault["eenheden"] == ("WK0001BB",)
    assert fault["oppervlakte_m2"] == pytest.approx(100_000)
    assert fault["breedte_m"] == pytest.approx(100, abs=0.1)
    assert fault["geometry"].equals(box(1000, 0, 1100, 1000))
    assert "Overlap tussen 'Oost' en 'West': 100.000 m², 100,0 m breed" in text_of(report)
    assert len(cuts(report)) == 1
    assert groups_of(plan) == {"A": "West", "B": "Oost"}
    assert plan.double == {}


def test_a_unit_mostly_in_two_groups_is_double(tmp_path):
    shapes = {"West": box(0, 0, 1600, 1000), "Oost": box(1000, 0, 2000, 1000)}
    plan, _ = drawn(tmp_path, shapes, row_of(2))
    assert plan.double == {"WK0001BB": ("Oost", "West")}
    assert groups_of(plan)["B"] == "Oost"


def test_an_enclosed_gap(tmp_path):
    ring = box(0, 0, 3000, 1000) - box(1200, 300, 1600, 700)
    plan, report = drawn(tmp_path, {"Ring": ring}, row_of(3))
    fault = only_fault(plan)
    assert (fault["soort"], fault["groepen"]) == ("gat", ("Ring",))
    assert fault["eenheden"] == ("WK0001BB",)
    assert fault["oppervlakte_m2"] == pytest.approx(160_000)
    assert fault["breedte_m"] == pytest.approx(400, abs=0.1)
    assert "Gat in 'Ring': 160.000 m²" in text_of(report)


def test_a_hole_over_water_is_no_gap(tmp_path):
    area = study_area(draw("AAA\nA.A\nAAA"))
    hole = box(0, 0, 3000, 3000) - box(1000, 1000, 2000, 2000)
    assert drawn(tmp_path, {"Ring": hole}, area)[0].faults.empty


def test_a_hole_is_named_after_the_group_around_it(tmp_path):
    # Water lies between the unit in the hole and the group, so nothing lies beside that unit.
    units = draw("AAAAA\nA...A\nA.B.A\nA...A\nAAAAA")
    x, y = units.total_bounds[:2]
    ring = shapely.box(x, y, x + 5000, y + 5000) - shapely.box(
        x + 1000, y + 1000, x + 4000, y + 4000
    )
    plan, report = drawn(tmp_path, {"Rand": ring}, study_area(units))
    fault = only_fault(plan)
    assert (fault["soort"], fault["groepen"]) == ("gat", ("Rand",))
    assert "Gat in 'Rand': 1.000.000 m²" in text_of(report)


def test_a_whole_unit_enclosed_is_a_gap_and_one_at_the_edge_is_not(tmp_path):
    area = study_area(draw("AAAB\nACAD\nAAAE"))
    a = area.units.geometry.iloc[0]
    plan, _ = drawn(tmp_path, {"Ring": a}, area)
    fault = only_fault(plan)
    assert (fault["soort"], fault["eenheden"]) == ("gat", ("WK0001CC",))
    assert groups_of(plan) == {"A": "Ring"}


@pytest.mark.parametrize(
    ("width", "soort"),
    [(1.9, None), (2.1, "snipper"), (24, "snipper"), (26, "gat"), (200, "gat"), (400, None)],
)
def test_a_slit_between_two_groups_that_is_open_at_both_ends(tmp_path, width, soort):
    shapes = {"West": box(0, 0, 1000, 2000), "Oost": box(1000 + width, 0, 3000, 2000)}
    area = study_area(draw("AAB\nAAB".replace("AAB", "ABB")))
    plan, _ = drawn(tmp_path, shapes, area)
    assert groups_of(plan) == {"A": "West", "B": "Oost"}
    if soort is None:
        assert width > SLIT_WIDTH_M or width < NOISE_WIDTH_M
        assert plan.faults.empty
        return
    fault = only_fault(plan)
    assert (fault["soort"], fault["groepen"]) == (soort, ("Oost", "West"))
    assert fault["eenheden"] == ("WK0001BB",)
    assert fault["oppervlakte_m2"] == pytest.approx(width * 2000, rel=0.01)
    assert fault["breedte_m"] == pytest.approx(width, abs=0.1)
    assert (width < SLIVER_WIDTH_M) == (soort == "snipper")


def test_a_slit_is_found_inside_a_work_area_with_land_around_it(tmp_path):
    # The groups lie in the middle; the units they cut reach far beyond them.
    area = study_area(draw("ABC\nABC\nABC"))
    shapes = {"West": box(500, 500, 1480, 2500), "Oost": box(1500, 500, 2500, 2500)}
    plan, _ = drawn(tmp_path, shapes, area)
    fault = only_fault(plan)
    assert (fault["soort"], fault["eenheden"]) == ("snipper", ("WK0001BB",))
    assert fault["oppervlakte_m2"] == pytest.approx(20 * 2000, rel=0.01)


def test_the_world_outside_is_no_gap(tmp_path):
    # Two groups meet in a corner, with a free quarter beside them and land on all sides.
    area = study_area(draw("ABC\nDEF\nGHI"))
    shapes = {"a": box(500, 500, 1500, 1500), "b": box(1500, 1500, 2500, 2500)}
    shapes["a"] = shapes["a"] | box(1500, 500, 2000, 1500)
    assert drawn(tmp_path, shapes, area)[0].faults.empty


def test_an_inlet_in_one_group_is_no_gap_between_two(tmp_path):
    # It ends at the other group, but lies along one group only.
    west = box(0, 0, 1000, 1000) - box(0, 450, 1000, 550)
    plan, _ = drawn(tmp_path, {"West": west, "Oost": box(1000, 0, 2000, 1000)}, row_of(2))
    assert plan.faults.empty


@pytest.mark.parametrize("width", [10, 40])
def test_slivers_are_told_by_width_not_by_area(tmp_path, width):
    # The narrow overlap is the larger of the two in area.
    small = {10: box(1000, 0, 1010, 2000), 40: box(1000, 0, 1040, 400)}[width]
    shapes = {"West": box(0, 0, 1000, 2000) | small, "Oost": box(1000, 0, 2000, 2000)}
    plan, _ = drawn(tmp_path, shapes, study_area(draw("AB\nAB")))
    fault = only_fault(plan)
    assert fault["soort"] == {10: "snipper", 40: "overlap"}[width]
    assert fault["oppervlakte_m2"] == pytest.approx({10: 20_000, 40: 16_000}[width])


def test_a_loose_narrow_part_of_a_group_is_a_sliver(tmp_path):
    shapes = {"West": box(0, 0, 1000, 1000) | box(1500, 100, 1520, 900)}
    plan, report = drawn(tmp_path, shapes, row_of(3))
    fault = only_fault(plan)
    assert (fault["soort"], fault["groepen"]) == ("snipper", ("West",))
    assert fault["eenheden"] == ("WK0001BB",)
    assert fault["breedte_m"] == pytest.approx(20, abs=0.1)
    assert "Snipper (los deel) van 'West'" in text_of(report)


def test_a_narrow_island_of_a_unit_is_no_sliver(tmp_path):
    units = draw("AB")
    island = box(5000, 0, 5010, 400)
    units = units.set_geometry([units.geometry.iloc[0] | island, units.geometry.iloc[1]])
    area = study_area(units)
    plan, _ = drawn(tmp_path, {"Groep": units.geometry.iloc[0]}, area)
    assert plan.faults.empty


def test_what_is_smaller_than_a_square_metre_is_counted_only(tmp_path):
    shapes = {"West": box(0, 0, 1000, 1000) | box(1000, 0, 1000.9, 1.1)}
    shapes["Oost"] = box(1000, 0, 2000, 1000)
    plan, report = drawn(tmp_path, shapes, row_of(2))
    assert plan.faults.empty
    assert "1 overlap of gat is kleiner dan 1 m²" in text_of(report)


@pytest.mark.parametrize(
    ("shape", "width"),
    [
        (box(0, 0, 5, 4000), 5.0),
        (box(0, 0, 300, 300), 300.0),
        (shapely.Point(X0, Y0).buffer(50, quad_segs=64), 100.0),
        (shapely.Polygon([(0, 0), (400, 0), (0, 300)]), 200.0),  # inradius of 3-4-5 is 1
        (box(0, 0, 100, 100) | box(100, 0, 2000, 10), 100.0),
        (box(0, 0, 100, 100) - box(10, 10, 90, 90), 10.0 * 2 * (2 - 2**0.5)),  # corner circle
    ],
)
def test_width_is_the_diameter_of_the_largest_circle_inside(shape, width):
    assert widths(np.array([shape]))[0] == pytest.approx(width, rel=0.005, abs=0.02)


# --- names, layers, files ------------------------------------------------------------------------


def test_polygons_with_one_name_are_one_group(tmp_path):
    shapes = [box(0, 0, 1000, 1000), box(1000, 0, 2000, 1000), box(2000, 0, 3000, 1000)]
    frame = gpd.GeoDataFrame({"Naam": ["x", "y", " x "]}, geometry=shapes, crs=28992)
    frame.to_file(tmp_path / "v.gpkg")
    plan, report = read_proposal(tmp_path / "v.gpkg", row_of(3), "regio")
    assert groups_of(plan) == {"A": "x", "B": "y", "C": "x"}
    assert "Vlakken met dezelfde naam vormen samen één groep: 'x' (2)" in text_of(report)


def test_polygons_without_a_column_of_names_are_numbered(tmp_path):
    shapes = [box(0, 0, 1000, 1000), box(1000, 0, 2000, 1000)]
    frame = gpd.GeoDataFrame({"kleur": ["rood", "blauw"]}, geometry=shapes, crs=28992)
    frame.to_file(tmp_path / "v.gpkg")
    plan, report = read_proposal(tmp_path / "v.gpkg", row_of(2), "regio")
    assert plan.groups == ("groep 1", "groep 2")
    assert "ze heten groep 1 en groep 2" in text_of(report)


def test_a_polygon_without_a_name_is_numbered_and_a_unit_without_a_group_is_open(tmp_path):
    area = row_of(3)
    frame = gpd.GeoDataFrame({"groep": ["x", None, "geen"]}, geometry=list(area.units.geometry))
    frame.set_crs(28992).to_file(tmp_path / "v.gpkg")
    plan, _ = read_proposal(tmp_path / "v.gpkg", area, "regio")
    assert groups_of(plan) == {"A": "x", "B": "groep 2"}
    assert plan.open_units == {"WK0001CC"}

    frame.assign(eenheid=area.units.index).set_crs(28992).to_file(tmp_path / "e.gpkg")
    plan, report = read_proposal(tmp_path / "e.gpkg", area, "regio")
    assert groups_of(plan) == {"A": "x"}
    assert plan.open_units == {"WK0001BB", "WK0001CC"}
    assert "2 vlakken zijn zonder groep: rijen 2 t/m 3" in text_of(report)


def test_the_layer_with_names_and_the_column_of_the_level_are_read(tmp_path):
    path = tmp_path / "v.gpkg"
    area = row_of(2)
    points = gpd.GeoDataFrame({"naam": ["p"]}, geometry=[shapely.Point(X0, Y0)], crs=28992)
    points.to_file(path, layer="a_praktijken")
    gpd.GeoDataFrame({"kleur": ["r"]}, geometry=[box(0, 0, 9, 9)], crs=28992).to_file(
        path, layer="b_kader"
    )
    columns = {"naam": ["n", "m"], "regio": ["r", "r"], "hub": ["h", "k"]}
    gpd.GeoDataFrame(columns, geometry=list(area.units.geometry), crs=28992).to_file(
        path, layer="c_voorstel"
    )
    plan, report = read_proposal(path, area, "hub")
    assert groups_of(plan) == {"A": "h", "B": "k"}
    assert "Gelezen is laag 'c_voorstel' (2 vlakken); niet gelezen: 'b_kader'" in text_of(report)
    assert read_proposal(path, area, "regio")[0].groups == ("r",)


def test_a_group_that_wins_nothing_is_reported_and_stays_empty(tmp_path):
    shapes = {"klein": box(0, 0, 300, 1000), "groot": box(300, 0, 1000, 1000)}
    plan, report = drawn(tmp_path, shapes, row_of(1))
    assert plan.groups == ("groot", "klein")
    assert (plan.labels.tolist(), dict(plan.lost)) == ([0], {})
    assert "Groep 'klein' houdt van geen enkele eenheid het grootste deel" in text_of(report)


def test_polygons_elsewhere_are_one_sentence(tmp_path):
    with pytest.raises(UnusableFile, match=r"getekend\.gpkg: geen enkel vlak ligt over"):
        drawn(tmp_path, {"ver": box(50_000, 0, 51_000, 1000)}, row_of(2))


def test_lines_only_are_one_sentence(tmp_path):
    line = gpd.GeoDataFrame({"naam": ["x"]}, geometry=[box(0, 0, 9, 9).boundary], crs=28992)
    line.to_file(tmp_path / "v.gpkg")
    with pytest.raises(UnusableFile, match="geen laag met vlakken"):
        read_proposal(tmp_path / "v.gpkg", row_of(2), "regio")


def test_polygons_without_a_crs_are_refused(tmp_path):
    frame = gpd.GeoDataFrame({"naam": ["x"]}, geometry=[box(0, 0, 900, 900)])
    frame.to_parquet(tmp_path / "v.parquet")
    with pytest.raises(MissingCrs):
        read_proposal(tmp_path / "v.parquet", row_of(2), "regio")


# --- round trip ----------------------------------------------------------------------------------

MAP = study_area(
    draw("""
        AABCd
        AEFCd
        gEFhh
        ggi.k
        llimk
    """)
)


def plan_file(folder: Path, labels: list[str | None], ending: str) -> Path:
    """Write the groups of a plan as dissolved polygons, as this program exports them."""
    frame = MAP.units[["geometry"]].assign(groep=labels).dropna(subset="groep")
    groups = frame.dissolve("groep", sort=False).reset_index()[["groep", "geometry"]]
    path = folder / f"plan.{ending}"
    if ending == "parquet":
        groups.to_parquet(path)
    else:
        (groups.to_crs(4326) if ending == "geojson" else groups).to_file(path)
    return path


@settings(max_examples=40)
@given(
    labels=st.lists(st.sampled_from(["Noord", "Zuid", "Oost"]), min_size=12, max_size=12),
    ending=st.sampled_from(["gpkg", "geojson", "parquet"]),
)
def test_a_drawn_plan_reads_back_as_itself(labels, ending, tmp_path_factory):
    path = plan_file(tmp_path_factory.mktemp("plan"), labels, ending)
    plan, report = read_proposal(path, MAP, "regio")
    assert [plan.groups[label] for label in plan.labels] == labels
    assert set(plan.groups) == set(labels)
    assert plan.faults.empty
    assert not plan.double
    assert not plan.open_units
    assert {m.ernst for m in report.messages} == {"info"}


@settings(max_examples=40)
@given(
    labels=st.lists(st.sampled_from(["Noord", "Zuid", None]), min_size=12, max_size=12).filter(any)
)
def test_an_unfinished_plan_reads_back_and_only_enclosed_units_are_gaps(labels, tmp_path_factory):
    path = plan_file(tmp_path_factory.mktemp("plan"), labels, "gpkg")
    plan, report = read_proposal(path, MAP, "regio")
    assert [plan.groups[at] if at >= 0 else None for at in plan.labels] == labels
    assert not cuts(report)
    left = {unit for unit, label in zip(MAP.units.index, labels, strict=True) if label is None}
    assert set(plan.faults["soort"]) <= {"gat"}
    assert {unit for units in plan.faults["eenheden"] for unit in units} <= left


@settings(max_examples=20)
@given(seed=st.integers(0, 2**32 - 1))
def test_noise_below_a_metre_gives_no_messages(seed, tmp_path_factory):
    # The vertices of each group are moved on their own, by less than a metre.
    labels = ["Noord", "Zuid", "Oost"] * 4
    folder = tmp_path_factory.mktemp("ruis")
    frame = gpd.read_file(plan_file(folder, labels, "gpkg"))
    generator = np.random.default_rng(seed)
    moved = []
    for shape in shapely.segmentize(frame.geometry.to_numpy(), 400):
        waves = generator.uniform(1, 9, (2, 2))
        moved.append(shapely.transform(shape, lambda xy, w=waves: xy + 0.65 * np.sin(xy @ w)))
    frame = frame.set_geometry(shapely.make_valid(moved)).set_crs(28992, allow_override=True)
    frame.to_file(folder / "ruis.gpkg")
    plan, report = read_proposal(folder / "ruis.gpkg", MAP, "regio")
    assert [plan.groups[label] for label in plan.labels] == labels
    assert plan.faults.empty
    assert not cuts(report)
    assert "waarschuwing" not in {m.ernst for m in report.messages}


# --- more than can be worked out ------------------------------------------------------------------


def scattered(groups: int, side: int, seed: int) -> list[shapely.Geometry]:
    """A chessboard of which each field goes to a group by lot: groups touch, and never overlap."""
    lot = np.random.default_rng(seed).integers(groups, size=(side, side))
    x, y = np.indices((side, side)).reshape(2, -1)
    fields = shapely.box(x, y, x + 1, y + 1)
    return [shapely.union_all(fields[lot.ravel() == group]) for group in range(groups)]


def test_two_thousand_groups_over_each_other_are_refused_before_work_is_done(tmp_path):
    shapes = {f"g{i}": box(i, i, 2000 + i, 2000 + i) for i in range(2000)}
    area = row_of(3)
    before = time.process_time()
    with pytest.raises(UnsafeFile, match=r"2\.000 groepen die op meer dan 12\.000 plaatsen"):
        drawn(tmp_path, shapes, area)
    assert time.process_time() - before < 20


def test_what_is_refused_is_overlap_and_not_touch():
    """200 groups touch in some 9.800 places; as many overlaps as allowed pass, one more not."""
    shapes = scattered(200, 60, 0)
    touching = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    assert (touching[0] < touching[1]).sum() > 9_000
    check_overlaps(np.array(shapes), "bord.gpkg")
    # 76 squares of which each overlaps all others, and squares that each overlap one: 2850 + 40.
    pile = [shapely.box(100 + i / 100, 0, 102 + i / 100, 1) for i in range(76)]
    loose = [shapely.box(200 + 3 * i, 0, 202 + 3 * i, 1) for i in range(51)]
    allowed = 2000 + 5 * (len(pile) + 2 * len(loose))
    assert allowed == 2890
    pairs = [shapely.affinity.translate(shape, 1) for shape in loose]
    free = [shapely.affinity.translate(shape, 0, 5) for shape in loose]
    fits = np.array([*pile, *loose, *pairs[:40], *free[40:]])
    check_overlaps(fits, "past.gpkg")
    with pytest.raises(UnsafeFile, match=r"‘net_niet\.gpkg’ heeft 178 groepen"):
        check_overlaps(np.array([*pile, *loose, *pairs[:41], *free[41:]]), "net_niet.gpkg")


def test_more_groups_than_a_table_holds_are_refused(tmp_path):
    shapes = {f"g{i}": box(i / 2, 0, i / 2 + 0.4, 1000) for i in range(5001)}
    with pytest.raises(UnsafeFile, match=r"5\.001 groepen; verwacht worden er hoogstens 5\.000"):
        drawn(tmp_path, shapes, row_of(3))


@settings(max_examples=30)
@given(boxes=st.lists(GRID, min_size=2, max_size=4))
def test_the_units_under_a_fault_are_those_that_it_covers_or_cuts(boxes):
    """By a twin that takes the intersection of every fault with every unit."""
    area = row_of(4)
    shapes = np.array([box(*(300 * value for value in b)) for b in boxes])
    drawing = Drawing(tuple(map(str, range(len(boxes)))), shapes)
    outside = area_shares(area.units.geometry.to_numpy(), shapes).outside
    faults = drawing_faults(area.units, drawing, outside, ReadReport("x", "voorstel"))
    for fault in faults.itertuples():
        common = shapely.area(shapely.intersection(area.units.geometry, fault.geometry))
        assert fault.eenheden == tuple(area.units.index[common >= 1.0])
