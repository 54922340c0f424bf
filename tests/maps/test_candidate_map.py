"""Drawings of plans: every group drawn to the square, names escaped, locks and places shown."""

import base64
import re
from xml.etree import ElementTree as ET

import numpy as np
import pytest
import shapely

from oi_geo.maps.candidate_map import WIDTH, canvas_of, places_svg, plan_svg, svg_uri
from oi_geo.maps.geometry import border_lines
from oi_geo.pipeline import example_inputs, load_area
from oi_geo.plan import Plan

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def area():
    return load_area(example_inputs())


@pytest.fixture(scope="module")
def canvas(area):
    return canvas_of(area)


def plan_by_gemeente(area, names=None) -> Plan:
    groups = area.units["gemeentenaam"].map(lambda name: (names or {}).get(name, name))
    return Plan.from_mapping(groups.to_dict(), area.units.index)


def paths(svg: str) -> list[ET.Element]:
    return ET.fromstring(svg).findall(f"{SVG}path")


def drawn_area(path: ET.Element) -> float:
    """Area inside a path whose rings do not overlap but by nesting (even-odd)."""
    rings = [
        shapely.Polygon([tuple(map(float, p.split())) for p in ring.split("L")])
        for ring in re.findall(r"M([^MZ]+)Z", path.get("d"))
    ]
    inside = [sum(other.contains(ring) for other in rings if other is not ring) for ring in rings]
    return sum(r.area * (-1) ** depth for r, depth in zip(rings, inside, strict=True))


def test_every_group_is_drawn_with_all_its_parts(area, canvas):
    plan = plan_by_gemeente(area)
    filled = [p for p in paths(plan_svg(canvas, plan)) if p.get("fill") != "none"]
    assert len(filled) == len(plan.groups)
    x0, _, x1, _ = shapely.total_bounds(area.units.geometry.to_numpy())
    scale = (WIDTH - 16) / (x1 - x0)
    for group, path in zip(plan.groups, filled, strict=True):
        true = area.area_km2[plan.members(group)].sum() * 1e6 * scale**2
        assert drawn_area(path) == pytest.approx(true, rel=0.02)


def test_names_stay_text(area, canvas):
    nasty = '<script>alert("1")</script>&'
    svg = plan_svg(canvas, plan_by_gemeente(area, {"Merlewaard": nasty}))
    texts = [t.text for t in ET.fromstring(svg).findall(f"{SVG}text")]
    assert nasty in texts
    assert "<script" not in svg
    assert "http" not in svg.replace("http://www.w3.org/2000/svg", "")


def test_labels_lie_on_the_drawing_and_clear_of_each_other(area, canvas):
    texts = ET.fromstring(plan_svg(canvas, plan_by_gemeente(area))).findall(f"{SVG}text")
    assert len(texts) >= 8
    places = [(float(t.get("x")), float(t.get("y"))) for t in texts]
    assert all(0 < x < WIDTH and 0 < y <= canvas.height for x, y in places)
    assert len(set(places)) == len(places)


def test_what_is_locked_is_hatched_and_named(area, canvas):
    plan = plan_by_gemeente(area)
    free = plan_svg(canvas, plan)
    fixed = plan_svg(canvas, plan, fixed=plan.members("Elzerveen"))
    assert "(vast)" not in free
    assert "Elzerveen (vast)" in fixed
    assert len(paths(fixed)) == len(paths(free)) + 1
    [hatch] = [p for p in paths(fixed) if p.get("stroke") == "#111"]
    points = shapely.MultiPoint(
        [tuple(map(float, xy.split())) for xy in re.split("[ML]", hatch.get("d")) if xy]
    )
    here = canvas.shapes[area.units.index.isin(list(plan.members("Elzerveen")))]
    assert shapely.union_all(here).buffer(0.2).covers(points)


def test_places_are_outlined_and_numbered(area, canvas):
    svg = places_svg(canvas, [["WK900400"], [], list(area.units.index[:3])])
    assert [t.text for t in ET.fromstring(svg).findall(f"{SVG}text")] == ["1", "3"]
    assert svg.count('fill="#b00020"') == 2


def test_the_address_of_an_image_holds_all_of_it():
    head, data = svg_uri("<svg>é</svg>").split(",")
    assert head == "data:image/svg+xml;base64"
    assert base64.b64decode(data).decode() == "<svg>é</svg>"


def test_borders_of_many_parts_are_drawn_as_well():
    parts = shapely.multipolygons([shapely.box(0, 0, 1, 1), shapely.box(2, 0, 3, 1)])
    [lines] = border_lines(np.array([parts, shapely.box(1, 0, 2, 1)], dtype=object))
    assert shapely.length(lines) == 10  # three squares in a row, shared sides once
