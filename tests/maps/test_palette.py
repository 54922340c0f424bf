"""Colours stay apart, also for colour-blind eyes, and neighbours never share one.

Oracles: Machado, Oliveira and Fernandes (2009), matrices for full protanopia and deuteranopia in
linear RGB; CIE 1976 colour difference in Lab (D65).
"""

from itertools import combinations, pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oi_geo.maps.palette import (
    CLASS_COLOURS,
    GROUP_COLOURS,
    NO_GROUP_COLOUR,
    UNKNOWN_COLOUR,
    ZERO_COLOUR,
    colour_numbers,
    colours_for,
    group_colours,
    mix,
)

SIGHTS = {
    "normal": np.eye(3),
    "protanopia": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216],
         [-0.003882, -0.048116, 1.051998]]
    ),
    "deuteranopia": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413],
         [-0.011820, 0.042940, 0.968881]]
    ),
}  # fmt: skip
XYZ = np.array(
    [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750],
     [0.0193339, 0.1191920, 0.9503041]]
)  # fmt: skip


def lab(colour: str, sight: str) -> np.ndarray:
    rgb = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    x = XYZ @ np.clip(SIGHTS[sight] @ linear, 0, 1) / np.array([0.95047, 1.0, 1.08883])
    f = np.where(x > 216 / 24389, np.cbrt(x), (24389 / 27 * x + 16) / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def difference(a: str, b: str, sight: str) -> float:
    return float(np.linalg.norm(lab(a, sight) - lab(b, sight)))


def test_the_oracle_gives_published_values():
    assert lab("#FFFFFF", "normal") == pytest.approx([100, 0, 0], abs=0.02)
    assert lab("#FF0000", "normal") == pytest.approx([53.24, 80.09, 67.20], abs=0.05)
    # pure red and a dark olive are nearly one colour without red cones
    assert (
        difference("#FF0000", "#6E5A00", "protanopia")
        < 12
        < difference("#FF0000", "#6E5A00", "normal")
    )


@pytest.mark.parametrize("sight", SIGHTS)
def test_any_two_group_colours_differ(sight):
    colours = [*GROUP_COLOURS, NO_GROUP_COLOUR]
    assert min(difference(a, b, sight) for a, b in combinations(colours, 2)) >= 17


@pytest.mark.parametrize("sight", SIGHTS)
def test_classes_grow_darker_and_differ(sight):
    lightness = [lab(colour, sight)[0] for colour in (ZERO_COLOUR, *CLASS_COLOURS)]
    assert all(a - b > 6 for a, b in pairwise(lightness))
    assert min(difference(UNKNOWN_COLOUR, c, sight) for c in (*CLASS_COLOURS, ZERO_COLOUR)) >= 15


def planar(width: int, cells: list[int]) -> tuple[int, set[tuple[int, int]]]:
    """Groups on a grid of cells, neighbours where cells share an edge."""
    names = {name: i for i, name in enumerate(dict.fromkeys(cells))}
    grid = np.array([names[c] for c in cells[: len(cells) // width * width]]).reshape(-1, width)
    pairs = [*zip(grid[:, 1:].flat, grid[:, :-1].flat, strict=True),
             *zip(grid[1:].flat, grid[:-1].flat, strict=True)]  # fmt: skip
    return len(names), {(int(a), int(b)) for a, b in pairs if a != b}


@settings(max_examples=150, deadline=None)
@given(st.integers(2, 9), st.lists(st.integers(0, 24), min_size=9, max_size=90))
def test_neighbours_differ_whatever_the_map(width, cells):
    n, pairs = planar(width, cells)
    colours = colours_for(n, pairs)
    assert len(colours) == n
    assert all(colours[a] != colours[b] for a, b in pairs)


@settings(max_examples=100, deadline=None)
@given(
    st.integers(2, 9),
    st.lists(st.integers(0, 24), min_size=9, max_size=90),
    st.dictionaries(st.integers(0, 24), st.integers(0, 30), max_size=25),
)
def test_a_wanted_colour_is_given_unless_an_earlier_neighbour_has_it(width, cells, wanted):
    n, pairs = planar(width, cells)
    wanted = {group: colour for group, colour in wanted.items() if group < n}
    colours = colour_numbers(n, pairs, wanted)
    assert len(colours) == n
    assert all(colours[a] != colours[b] for a, b in pairs)
    around = {group: {b for pair in pairs for b in pair if group in pair} for group in range(n)}
    before: list[int] = []
    for group, colour in wanted.items():
        barred = any(b in around[group] and colours[b] == colour == wanted[b] for b in before)
        assert barred or colours[group] == colour
        before.append(group)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_25_connected_regions_need_only_colours_that_stay_apart(seed):
    """Cells of a 25-point Voronoi on a grid are connected, as regio's are."""
    rng = np.random.default_rng(seed)
    seeds = rng.random((25, 2))
    y, x = np.mgrid[0:1:40j, 0:1:40j]
    nearest = np.argmin((x[..., None] - seeds[:, 0]) ** 2 + (y[..., None] - seeds[:, 1]) ** 2, -1)
    n, pairs = planar(40, list(nearest.flat))
    colours = colours_for(n, pairs)
    assert set(colours) <= set(GROUP_COLOURS)
    for sight in SIGHTS:
        assert all(difference(colours[a], colours[b], sight) >= 17 for a, b in pairs)


def test_25_groups_that_all_touch_each_other_still_differ():
    pairs = list(combinations(range(25), 2))
    assert len(set(colours_for(25, pairs))) == 25
    assert len(set(group_colours())) == len(group_colours()) == 36


def test_a_small_plan_shows_as_many_colours_as_it_has_groups():
    assert len(set(colours_for(4, []))) == 4


def test_mix_goes_from_one_colour_to_the_other():
    assert mix("#102030", "#FFFFFF", 0) == "#102030"
    assert mix("#102030", "#FFFFFF", 1) == "#FFFFFF"
    assert mix("#000000", "#FF8800", 0.5) == "#804400"
