"""Colours stay apart, also for colour-blind eyes, and neighbours never share one.

Oracles: Machado, Oliveira and Fernandes (2009), matrices for full protanopia and deuteranopia in
linear RGB; CIE 1976 colour difference in Lab (D65); CIEDE2000 as in Sharma, Wu and Dalal (2005).
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


def ciede2000(one: np.ndarray, two: np.ndarray) -> float:
    """The colour difference of two Lab colours."""
    (l1, a1, b1), (l2, a2, b2) = one, two
    mean = (np.hypot(a1, b1) + np.hypot(a2, b2)) / 2
    stretch = 1.5 - 0.5 * np.sqrt(mean**7 / (mean**7 + 25.0**7))
    c1, c2 = np.hypot(stretch * a1, b1), np.hypot(stretch * a2, b2)
    h1 = np.degrees(np.arctan2(b1, stretch * a1)) % 360
    h2 = np.degrees(np.arctan2(b2, stretch * a2)) % 360
    turn = (h2 - h1 + 180) % 360 - 180 if c1 * c2 else 0.0
    dh = 2 * np.sqrt(c1 * c2) * np.sin(np.radians(turn) / 2)
    lm, cm = (l1 + l2) / 2, (c1 + c2) / 2
    hm = (h1 + turn / 2) % 360 if c1 * c2 else h1 + h2
    cos = [np.cos(np.radians(k * hm - shift)) for k, shift in ((1, 30), (2, 0), (3, -6), (4, 63))]
    t = 1 - 0.17 * cos[0] + 0.24 * cos[1] + 0.32 * cos[2] - 0.2 * cos[3]
    sl = 1 + 0.015 * (lm - 50) ** 2 / np.sqrt(20 + (lm - 50) ** 2)
    sc, sh = 1 + 0.045 * cm, 1 + 0.015 * cm * t
    rc = 2 * np.sqrt(cm**7 / (cm**7 + 25.0**7))
    rt = -np.sin(np.radians(60 * np.exp(-(((hm - 275) / 25) ** 2)))) * rc
    dl, dc, dh = (l2 - l1) / sl, (c2 - c1) / sc, dh / sh
    return float(np.sqrt(dl**2 + dc**2 + dh**2 + rt * dc * dh))


def apart(a: str, b: str, sight: str) -> float:
    return ciede2000(lab(a, sight), lab(b, sight))


@pytest.mark.parametrize(
    ("one", "two", "known"),
    [
        ((50, 2.6772, -79.7751), (50, 0, -82.7485), 2.0425),
        ((50, -1.3802, -84.2814), (50, 0, -82.7485), 1.0),
        ((50, 2.5, 0), (73, 25, -18), 27.1492),
        ((60.2574, -34.0099, 36.2677), (60.4626, -34.1751, 39.4387), 1.2644),
        ((2.0776, 0.0795, -1.135), (0.9033, -0.0636, -0.5514), 0.9082),
    ],
)
def test_the_difference_has_the_published_values(one, two, known):
    """From the test data of Sharma, Wu and Dalal."""
    assert ciede2000(np.array(one), np.array(two)) == pytest.approx(known, abs=1e-4)


# What 24 light colours can have at most lies not far above; 2 is what a trained eye just sees.
@pytest.mark.parametrize(
    ("sight", "first_six", "first_nine", "all_24"),
    [("normal", 12, 8.5, 6.5), ("deuteranopia", 9, 6.5, 4.5), ("protanopia", 9, 6.0, 4.3)],
)
def test_any_two_group_colours_differ(sight, first_six, first_nine, all_24):
    for colours, least in (
        (GROUP_COLOURS[:6], first_six), (GROUP_COLOURS[:9], first_nine), (GROUP_COLOURS, all_24),
    ):  # fmt: skip
        assert min(apart(a, b, sight) for a, b in combinations(colours, 2)) >= least
    assert min(apart(NO_GROUP_COLOUR, colour, sight) for colour in GROUP_COLOURS) >= 4


def test_group_colours_are_calm_and_a_dark_text_is_read_on_each():
    for colour in GROUP_COLOURS:
        lightness, a, b = lab(colour, "normal")
        assert 65 <= lightness <= 97
        assert np.hypot(a, b) <= 46


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


@settings(max_examples=150)
@given(st.integers(2, 9), st.lists(st.integers(0, 24), min_size=9, max_size=90))
def test_neighbours_differ_whatever_the_map(width, cells):
    n, pairs = planar(width, cells)
    colours = colours_for(n, pairs)
    assert len(colours) == n
    assert all(colours[a] != colours[b] for a, b in pairs)


@settings(max_examples=100)
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
        # on a map of at most 24 groups each has a colour of its own
        must = around[group] if n > len(GROUP_COLOURS) else set(before)
        barred = any(b in must and colours[b] == colour == wanted[b] for b in before)
        assert barred or colours[group] == colour
        before.append(group)


def voronoi(n: int, seed: int) -> tuple[int, set[tuple[int, int]]]:
    """Cells of a Voronoi diagram on a grid are connected, as regio's are."""
    seeds = np.random.default_rng(seed).random((n, 2))
    y, x = np.mgrid[0:1:40j, 0:1:40j]
    nearest = np.argmin((x[..., None] - seeds[:, 0]) ** 2 + (y[..., None] - seeds[:, 1]) ** 2, -1)
    return planar(40, list(nearest.flat))


@settings(max_examples=80)
@given(st.integers(1, 60), st.integers(0, 2**32 - 1))
def test_up_to_24_groups_all_differ_and_neighbours_are_told_apart(groups, seed):
    n, pairs = voronoi(groups, seed)
    colours = colours_for(n, pairs)
    assert set(colours) <= set(GROUP_COLOURS)
    if n <= len(GROUP_COLOURS):
        assert len(set(colours)) == n
    least = {"normal": 7, "deuteranopia": 5, "protanopia": 4.3}
    assert all(apart(colours[a], colours[b], s) >= least[s] for s in least for a, b in pairs)


@settings(max_examples=60)
@given(st.integers(5, 24), st.integers(0, 2**32 - 1))
def test_neighbours_are_further_apart_than_they_would_be_by_chance(groups, seed):
    n, pairs = voronoi(groups, seed)
    colours = colours_for(n, pairs)
    pool = [*combinations(colours, 2)]

    def mean(some) -> float:
        return float(np.mean([min(apart(a, b, s) for s in SIGHTS) for a, b in some]))

    if len(pairs) < len(pool):
        assert mean([(colours[a], colours[b]) for a, b in pairs]) >= mean(pool) - 1e-9


@settings(max_examples=40)
@given(st.integers(2, 40), st.integers(2, 40), st.integers(0, 2**32 - 1))
def test_groups_of_two_maps_differ_on_each_of_them(first, second, seed):
    """The last group of the first map and the first of the second are the same one."""
    n, pairs = voronoi(first, seed)
    m, others = voronoi(second, seed + 1)
    shifted = {(a + n - 1, b + n - 1) for a, b in others}
    maps = [range(n), range(n - 1, n + m - 1)]
    colours = colour_numbers(n + m - 1, pairs | shifted, None, maps)
    assert all(colours[a] != colours[b] for a, b in pairs | shifted)
    for groups in maps:
        if len(groups) <= len(GROUP_COLOURS):
            assert len({colours[g] for g in groups}) == len(groups)


def test_25_groups_that_all_touch_each_other_still_differ():
    pairs = list(combinations(range(25), 2))
    assert len(set(colours_for(25, pairs))) == 25
    assert len(set(group_colours())) == len(group_colours()) == 48


def test_a_small_plan_shows_as_many_colours_as_it_has_groups():
    assert len(set(colours_for(4, []))) == 4


def test_mix_goes_from_one_colour_to_the_other():
    assert mix("#102030", "#FFFFFF", 0) == "#102030"
    assert mix("#102030", "#FFFFFF", 1) == "#FFFFFF"
    assert mix("#000000", "#FF8800", 0.5) == "#804400"
