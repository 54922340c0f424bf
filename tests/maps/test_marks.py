"""Marks of groups: from their names, the same for the same group, apart on every map."""

from collections import Counter

import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from oi_geo.maps.group_labels import (
    group_labels,
    name_lines,
    shortened,
    without_common_words,
)
from oi_geo.maps.marks import Marks, group_marks, group_neighbours, natural_order
from oi_geo.maps.palette import GROUP_COLOURS
from oi_geo.plan import Plan
from oi_geo.study_area import StudyArea, study_area
from tests.conftest import draw

LETTERS = "ABCDEFGH\nabcdefgh\nIJKLMNOP\nijklmnop\nQRSTUVWX\nqrstuvwx"


@pytest.fixture(scope="module")
def area() -> StudyArea:
    return study_area(draw(LETTERS))


CELLS = st.lists(st.integers(-1, 47), min_size=48, max_size=48)


def plan_of(area: StudyArea, cells: list[int], order: list[int] | None = None) -> Plan:
    """A plan whose groups `Regio 0` … stand in some order; -1 is no group."""
    units = list(area.units.index)
    rows = [units[i] for i in order] if order else units
    group = dict(zip(units, cells, strict=True))
    return Plan.from_mapping(
        {u: f"Regio {group[u]}" for u in rows if group[u] >= 0}, area.units.index
    )


@settings(max_examples=60)
@given(CELLS, st.permutations(range(48)))
def test_the_order_of_rows_never_matters(area, cells, order):
    [one], [two] = (group_marks(area, [plan_of(area, cells, o)]) for o in (None, order))
    assert one.numbers == two.numbers
    assert one.shades == two.shades
    names = sorted(one.numbers, key=natural_order)
    assert [one.numbers[name] for name in names] == list(range(1, len(names) + 1))


@settings(max_examples=100)
@given(st.lists(CELLS, min_size=1, max_size=4))
def test_a_name_has_one_mark_and_no_two_groups_of_a_plan_share_one(area, many):
    plans = [plan_of(area, cells) for cells in many]
    marks = group_marks(area, plans)
    first: dict[str, tuple[int, str]] = {}
    names: dict[frozenset[str], set[str]] = {}
    for plan in plans:
        for group in plan.groups:
            names.setdefault(frozenset(plan.members(group)), set()).add(group)
    renamed = {name for alike in names.values() if len(alike) > 1 for name in alike}
    for plan, found in zip(plans, marks, strict=True):
        assert found.fit(plan)
        assert max(Counter(found.numbers.values()).values(), default=1) == 1
        colours = [found.colour(group) for group in plan.groups]
        assert all(colours[a] != colours[b] for a, b in group_neighbours(area, plan))
        if len(plan.groups) <= len(GROUP_COLOURS):
            assert len(set(colours)) == len(colours)
        for group in plan.groups:
            # the same units under another name are the same group, and that goes first
            mark = (found.numbers[group], found.colour(group))
            if group not in renamed:
                assert first.setdefault(group, mark) == mark
    assert marks[0].numbers == group_marks(area, plans[:1])[0].numbers
    if max(len(plan.groups) for plan in plans) <= len(GROUP_COLOURS):
        assert marks[0].shades == group_marks(area, plans[:1])[0].shades


@settings(max_examples=60)
@given(st.lists(st.integers(0, 11), min_size=48, max_size=48), st.permutations(range(12)))
def test_the_same_units_under_other_names_keep_their_mark(area, cells, names):
    one, two = plan_of(area, cells), plan_of(area, [names[c] + 100 for c in cells])
    a, b = group_marks(area, [one, two])
    for c in set(cells):
        old, new = f"Regio {c}", f"Regio {names[c] + 100}"
        assert (a.numbers[old], a.colour(old)) == (b.numbers[new], b.colour(new))


def test_a_plan_keeps_the_marks_that_it_has_elsewhere(area):
    plan = plan_of(area, [i // 12 for i in range(48)])
    given = Marks({f"Regio {i}": 9 - i for i in range(4)}, {f"Regio {i}": 20 - i for i in range(4)})
    near = plan_of(area, [i // 12 for i in range(40)] + [7] * 8)
    kept, beside = group_marks(area, [plan, near], given)
    assert kept.numbers == given.numbers
    assert kept.shades == given.shades
    assert [beside.numbers[f"Regio {i}"] for i in range(4)] == [9, 8, 7, 6]
    assert beside.numbers["Regio 7"] not in (6, 7, 8, 9)
    other = Marks({"Iets": 1}, {"Iets": 1})  # of another plan
    assert group_marks(area, [plan], other)[0].numbers == group_marks(area, [plan])[0].numbers


def test_a_group_without_units_comes_last(area):
    plan = plan_of(area, [1] * 48)
    more = Plan("regio", plan.units, ("Aa", *plan.groups), plan.labels + 1)
    assert group_marks(area, [more])[0].numbers == {"Regio 1": 1, "Aa": 2}


def test_a_plan_without_groups_and_an_area_where_nobody_lives():
    area = study_area(draw("AB", inwoners=np.nan))
    none = Plan("regio", area.units.index, (), np.full(2, -1, np.int32))
    one = Plan.from_mapping({"WK0001AA": "x"}, pd.Index(area.units.index))
    assert [m.numbers for m in group_marks(area, [none, one])] == [{}, {"x": 1}]


def test_names_are_shortened_at_words_and_keep_what_tells_them_apart():
    long = "Wijkverband Bovendam-Noordoost en alle omstreken daarvan 12"
    assert shortened(long, 40) == "Wijkverband Bovendam-Noordoost en … 12"
    assert shortened("Kort", 40) == "Kort"
    assert shortened("x" * 90, 40) == "x" * 90
    lines = name_lines(long)
    words = " ".join(lines).replace("…", "").split()
    assert set(words) <= set(long.split())
    assert max(map(len, lines)) <= 30
    assert name_lines(" " * 40)


@given(st.lists(st.text("ab 1", max_size=12), min_size=1, max_size=5))
def test_common_words_go_only_where_every_name_keeps_a_letter(names):
    left = without_common_words(names)
    assert len(left) == len(names)
    for name, rest in zip(names, left, strict=True):
        assert rest == name or (name.split()[-len(rest.split()) :] == rest.split())
        assert rest == name or any(map(str.isalpha, rest))
    assert without_common_words(["Regio 1", "Regio 2"]) == ["Regio 1", "Regio 2"]
    assert without_common_words(["Regio Oost", "Regio West"]) == ["Oost", "West"]


@pytest.mark.parametrize(
    ("name", "label"),
    [("G{}", "G2"), ("Regio {}", "Regio 2"), ("Regio {} Oost", "2 Oost"), ("x{}2", "2 x22")],
)
def test_a_number_is_not_written_beside_itself(area, name, label):
    cells = {code: name.format(i + 1) for i, code in enumerate(area.units.index[:30])}
    plan = Plan.from_mapping(cells, area.units.index)
    [marks] = group_marks(area, [plan])
    shapes = area.units.geometry.to_numpy()
    labels = group_labels(plan, marks, shapes[:30], shapely.point_on_surface(shapes))
    assert [" ".join(one.lines) for one in labels if one.number == "2"] == [label]
