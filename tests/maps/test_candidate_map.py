"""Drawings of plans: every group drawn to the square, names escaped, locks and places shown."""

import base64
import re
from dataclasses import replace
from xml.etree import ElementTree as ET

import numpy as np
import pytest
import shapely

from oi_geo.maps.candidate_map import WIDTH, canvas_of, draw_plan, places_svg, plan_svg, svg_uri
from oi_geo.maps.drawing_labels import text_width
from oi_geo.maps.geometry import border_lines
from oi_geo.maps.marks import group_marks
from oi_geo.pipeline import example_inputs, load_area
from oi_geo.plan import Plan
from oi_geo.study_area import study_area
from tests.conftest import draw

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def area():
    return load_area(example_inputs())


@pytest.fixture(scope="module")
def canvas(area):
    return canvas_of(area)


@pytest.fixture(scope="module")
def toy():
    return study_area(draw("ABCD\nEFGH\nabcd\nefgh"))


def plan_by_gemeente(area, names=None) -> Plan:
    groups = area.units["gemeentenaam"].map(lambda name: (names or {}).get(name, name))
    return Plan.from_mapping(groups.to_dict(), area.units.index)


def names(svg: str) -> list[str]:
    """Read the names on a drawing; a long one stands on two lines."""
    return [" ".join(t.itertext()) for t in ET.fromstring(svg).findall(f"{SVG}text")]


def boxes(svg: str) -> list[tuple[float, float, float, float]]:
    """Measure how much room each name takes at most, by the widest font that it may get."""
    found = []
    for text in ET.fromstring(svg).findall(f"{SVG}text"):
        size = float(text.get("font-size"))
        rows = [(float(t.get("x")), float(t.get("y")), t.text) for t in text]
        half = max(text_width(row[2], size) for row in rows) / 2
        x = rows[0][0]
        found.append((x - half, rows[0][1] - size, x + half, rows[-1][1] + size / 4))
    return found


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
    for group, path in zip(sorted(plan.groups), filled, strict=True):
        true = area.area_km2[plan.members(group)].sum() * 1e6 * scale**2
        assert drawn_area(path) == pytest.approx(true, rel=0.02)


def test_names_stay_text(area, canvas):
    nasty = '<b>"&'
    svg = plan_svg(canvas, plan_by_gemeente(area, {"Merlewaard": nasty}))
    assert nasty in names(svg)
    assert "<b>" not in svg
    assert "http" not in svg.replace("http://www.w3.org/2000/svg", "")


def test_numbers_are_those_of_the_list_of_groups(area, canvas):
    plan = plan_by_gemeente(area)
    svg = plan_svg(canvas, plan, labels="nummers")
    assert sorted(names(svg), key=int) == [str(i + 1) for i in range(len(plan.groups))]
    where = dict(zip(names(svg), boxes(svg), strict=True))
    for number, group in enumerate(sorted(plan.groups), 1):
        here = shapely.union_all(canvas.shapes[area.units.index.isin(list(plan.members(group)))])
        assert shapely.box(*where[str(number)]).intersects(here)


def check_labels(canvas, plan, drawing) -> list[str]:
    """Check that labels are clear of each other, and names of all groups but their own."""
    shown, room = names(drawing.svg), boxes(drawing.svg)
    for i, a in enumerate(room):
        for b in room[:i]:
            assert a[2] <= b[0] or b[2] <= a[0] or a[3] <= b[1] or b[3] <= a[1]
    numbers = dict(drawing.numbered)
    written = set(plan.groups) & set(shown)
    assert written.isdisjoint(numbers.values())
    assert written | set(numbers.values()) == set(plan.groups)
    assert set(shown) - written <= set(numbers)
    for text, box in zip(shown, room, strict=True):
        if text in written:
            others = canvas.shapes[~plan.units.isin(list(plan.members(text)))]
            over = shapely.intersection(shapely.box(*box), shapely.union_all(others))
            assert over.buffer(-3).is_empty  # it touches the next group at most
            assert text not in numbers
    return sorted(written)


@pytest.mark.parametrize("count", [1, 2, 4, 12, 25, 46])
@pytest.mark.parametrize("word", ["{}", "Grootstad, Wijk {} Noordwest-Binnenstad", "W {} en meer"])
def test_labels_are_clear_of_each_other_and_of_other_groups(area, canvas, count, word):
    """Whatever the names and numbers of groups: what does not fit is a number, told beside it."""
    label = np.arange(len(area.units)) * count // len(area.units)
    plan = Plan.from_mapping(
        {code: word.format(f"X{n}") for code, n in zip(area.units.index, label, strict=True)},
        area.units.index,
    )
    drawing = draw_plan(canvas, plan)
    check_labels(canvas, plan, drawing)
    every = draw_plan(canvas, plan, labels="nummers")
    assert [name for _, name in every.numbered] == [
        plan.groups[i] for i in group_marks(area, [plan])[0].in_order(plan)
    ]
    assert set(names(every.svg)) <= {number for number, _ in every.numbered}


def test_a_small_group_within_a_large_one_keeps_its_place():
    """The long name of a small group is a number; the large one around it has room for its own."""
    ring = study_area(draw("AABBCC\nDDEEFF\nGGHHII"))
    middle = "WK0001EE"
    groups = dict.fromkeys(ring.units.index, "Buitengebied")
    plan = Plan.from_mapping(
        {**groups, middle: "Binnenstad met de singels en hun kaden"}, ring.units.index
    )
    canvas = canvas_of(ring)
    drawing = draw_plan(canvas, plan)
    assert check_labels(canvas, plan, drawing) == ["Buitengebied"]
    [(number, name)] = drawing.numbered
    assert name == "Binnenstad met de singels en hun kaden"
    [box] = [b for text, b in zip(names(drawing.svg), boxes(drawing.svg), strict=True)
             if text == number]  # fmt: skip
    here = shapely.union_all(canvas.shapes[ring.units.index == middle])
    assert here.covers(shapely.box(*box))


def test_a_group_without_units_has_no_number(area, canvas):
    plan = plan_by_gemeente(area)
    more = replace(plan, groups=("Leeg", *plan.groups), labels=plan.labels + 1)
    shown = names(plan_svg(canvas, more, labels="nummers"))
    assert sorted(shown, key=int) == [str(i + 1) for i in range(len(plan.groups))]


def test_the_same_place_keeps_its_mark_in_another_plan(area):
    """Two gemeenten become one group, all under new names: every other group looks as it did."""
    before = plan_by_gemeente(area)
    moved = sorted(before.groups)[:2]
    renamed = {name: f"Groep {n}" for n, name in enumerate(sorted(before.groups, reverse=True))}
    after = plan_by_gemeente(area, {**renamed, moved[0]: renamed[moved[1]]})
    old, new = group_marks(area, [before, after])
    same = [name for name in before.groups if name not in moved]
    assert len(same) >= 8
    assert [new.numbers[renamed[name]] for name in same] == [old.numbers[name] for name in same]
    assert [new.colour(renamed[name]) for name in same] == [old.colour(name) for name in same]
    # what is new lies where one of the two lay, and is known as that one
    assert new.numbers[renamed[moved[1]]] in [old.numbers[name] for name in moved]


def test_a_drawing_uses_the_marks_that_it_is_given(area, canvas):
    plan = plan_by_gemeente(area)
    names_sorted = sorted(plan.groups)
    other = plan_by_gemeente(area, {names_sorted[0]: "Zzz"})
    _, marks = group_marks(area, [plan, other])
    svg = plan_svg(canvas, other, labels="nummers", marks=marks)
    assert sorted(names(svg), key=int) == [str(i + 1) for i in range(len(plan.groups))]
    filled = [p.get("fill") for p in paths(svg) if p.get("fill") != "none"]
    assert filled == [marks.colour(other.groups[i]) for i in marks.in_order(other)]


def test_what_is_locked_is_hatched_and_named(area, canvas):
    plan = plan_by_gemeente(area)
    free = plan_svg(canvas, plan)
    fixed = plan_svg(canvas, plan, fixed=plan.members("Elzerveen"))
    assert "(vast)" not in free
    # Where the word does not fit in the group, the list beside the drawing says it.
    told = draw_plan(canvas, plan, fixed=plan.members("Elzerveen")).numbered
    assert "Elzerveen (vast)" in {*names(fixed), *(name for _, name in told)}
    assert "Groot (vast)" in names(
        plan_svg(
            canvas, plan_by_gemeente(area, dict.fromkeys(plan.groups, "Groot")), fixed=plan.units
        )
    )
    assert len(paths(fixed)) == len(paths(free)) + 1
    [hatch] = [p for p in paths(fixed) if p.get("stroke") == "#111"]
    points = shapely.MultiPoint(
        [tuple(map(float, xy.split())) for xy in re.split("[ML]", hatch.get("d")) if xy]
    )
    here = canvas.shapes[area.units.index.isin(list(plan.members("Elzerveen")))]
    assert shapely.union_all(here).buffer(0.2).covers(points)


def test_places_are_outlined_and_numbered(area, canvas):
    svg = places_svg(canvas, [["WK900400"], [], list(area.units.index[:3])])
    assert names(svg) == ["1", "3"]
    assert svg.count('fill="#b00020"') == 2


def test_the_address_of_an_image_holds_all_of_it():
    head, data = svg_uri("<svg>é</svg>").split(",")
    assert head == "data:image/svg+xml;base64"
    assert base64.b64decode(data).decode() == "<svg>é</svg>"


def test_borders_of_many_parts_are_drawn_as_well():
    parts = shapely.multipolygons([shapely.box(0, 0, 1, 1), shapely.box(2, 0, 3, 1)])
    [lines] = border_lines(np.array([parts, shapely.box(1, 0, 2, 1)], dtype=object))
    assert shapely.length(lines) == 10  # three squares in a row, shared sides once
