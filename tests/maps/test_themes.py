"""Themes: every unit in exactly one class, unknown never in the lowest one."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oi_geo.maps.palette import NO_GROUP_COLOUR, UNKNOWN_COLOUR
from oi_geo.maps.themes import (
    NO_GROUP,
    UNKNOWN,
    class_borders,
    ion_per_unit,
    measure_theme,
    share_65plus,
    themes_of,
)
from oi_geo.text import nl_number
from tests.maps.conftest import toy_area, toy_plan

people = st.one_of(st.just(np.nan), st.just(0.0), st.integers(1, 200_000).map(float))


@settings(max_examples=200)
@given(st.lists(people, min_size=1, max_size=60))
def test_each_unit_lies_in_the_class_that_the_legend_names(values):
    theme = measure_theme("inwoners", "Inwoners", pd.Series(values), nl_number, 1)
    assert len(theme.labels) == len(theme.colours) == len(set(theme.labels))
    assert set(theme.index) == set(range(len(theme.labels)))  # classes present = entries
    for value, position in zip(values, theme.index, strict=True):
        label = theme.labels[position].replace(".", "")
        if np.isnan(value):
            assert label == UNKNOWN
            assert theme.colours[position] == UNKNOWN_COLOUR
        elif value == 0:
            assert label == "0"
        elif label.startswith("minder dan "):
            assert 0 < value < int(label.removeprefix("minder dan "))
        elif label.endswith(" of meer"):
            assert value >= int(label.removesuffix(" of meer"))
        elif " tot " in label:
            low, high = label.split(" tot ")
            assert int(low) <= value < int(high)
        else:
            assert label == "meer dan 0"
            assert value > 0


def test_classes_hold_about_as_many_units():
    theme = measure_theme("inwoners", "x", pd.Series(np.arange(1.0, 1201.0)), nl_number, 1)
    assert list(np.bincount(theme.index)) == pytest.approx([200] * 6, abs=5)


def test_borders_are_rounded_to_two_digits_and_differ():
    borders = class_borders(np.array([1234.0, 2345.0, 3456.0, 4567.0, 98765.0]), 1)
    assert all(float(f"{b:.2g}") == b for b in borders)
    assert (np.diff(borders) > 0).all()
    assert list(class_borders(np.array([5.0, 5.0, 5.0]), 1)) == []
    assert list(class_borders(np.array([]), 1)) == []


def test_group_theme_names_the_groups_and_what_has_none():
    area = toy_area()
    theme = themes_of(area, toy_plan(area))[0]
    assert theme.labels == ("Regio Oost", "Regio West", NO_GROUP)
    assert theme.numbers == ("1", "2", "")
    by_unit = dict(zip(area.units.index, (theme.labels[i] for i in theme.index), strict=True))
    assert by_unit["WK0001FF"] == by_unit["WK0002DD"] == NO_GROUP
    assert by_unit["WK0001BB"] == "Regio West"
    assert theme.colours[2] == NO_GROUP_COLOUR
    assert theme.colours[0] != theme.colours[1]


def test_ion_is_unknown_where_a_practice_does_not_tell_it():
    ion = ion_per_unit(toy_area())
    assert ion["WK0001AA"] == 2000
    assert np.isnan(ion["WK0001BB"])  # a huisarts without ION
    assert ion["WK0001FF"] == 0  # an apotheek has no patients on its name
    assert ion["WK0002CC"] == 0


def test_ion_is_unknown_everywhere_without_a_practice_list():
    area = toy_area()
    bare = area.with_practices(area.practices.iloc[:0])
    assert ion_per_unit(bare).isna().all()
    assert themes_of(bare, None)[1].labels == (UNKNOWN,)


def test_share_of_65_plus():
    share = share_65plus(toy_area())
    assert share["WK0001AA"] == pytest.approx(0.2)
    assert np.isnan(share["WK0001BB"])
