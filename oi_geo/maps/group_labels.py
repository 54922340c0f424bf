"""What is written in the groups on a map: a name that may be shortened, a number, and where."""

import re
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import shapely

from oi_geo.maps.drawing_labels import broken
from oi_geo.maps.geometry import Shapes, label_points, wgs84
from oi_geo.maps.marks import Marks
from oi_geo.maps.palette import GROUP_COLOURS
from oi_geo.plan import Plan

# A name on a map has at most two lines of this many letters.
LONGEST_LINE = 22
# One that stands there whether it fits or not has one line of this many.
LONGEST_ALONE = 30
# How many places in a group are offered for its name: the middle, and units spread over it.
MOST_PLACES = 12
# Above this number of groups the words that all their names begin with are left out on the map.
FEW_GROUPS = 12


class GroupLabel(NamedTuple):
    """The label of a group: lines of its name, its number, and where it may stand.

    `number` is what stands there where the name does not fit. Without it nothing does: None for a
    group, empty for what is no group and has a quiet name.
    `places` are latitude, longitude and how far the group reaches from there in every direction
    (m), the roomiest first.
    """

    lines: tuple[str, ...]
    number: str | None
    places: list[tuple[float, float, int]]


def group_labels(
    plan: Plan, marks: Marks, groups: Shapes, units: Shapes, chosen: str | None = None
) -> list[GroupLabel]:
    """Return the labels of the groups, the largest first.

    Parameters
    ----------
    plan : Plan
    marks : Marks
    groups : ndarray of Polygon and MultiPolygon, EPSG:28992, one per group
        Of the units that are in it alone; a group without a shape has no label.
    units : ndarray of Point or None, EPSG:28992, shape (n_units,)
        A point in each unit.
    chosen : str, optional
        For a map about this group, whose legend has no numbers: it comes first, and where its name
        does not fit that stands there shortened; the others have a name where it fits, or nothing.

    Returns
    -------
    list of GroupLabel
        Beyond 24 groups colours repeat: the number stands before the name then, unless the name
        says it.
    """
    middles = label_points(groups)
    numbered = chosen is None and len(plan.groups) > len(GROUP_COLOURS)
    names = without_common_words(plan.groups) if len(plan.groups) > FEW_GROUPS else plan.groups
    found = []
    by_area = np.argsort(-shapely.area(groups), kind="stable")
    for i in sorted(by_area, key=lambda i: plan.groups[i] != chosen):
        if middles[i] is None:
            continue
        number: str | None = str(marks.numbers[plan.groups[i]])
        told = re.search(rf"(?<!\d)0*{number}(?!\d)", names[i])
        name = f"{number} {names[i]}" if numbered and not told else names[i]
        inside = [p for p in units[plan.sure_labels == i] if p is not None]
        step = max(1, len(inside) // MOST_PLACES)
        points = np.array([middles[i], *inside[::step][:MOST_PLACES]], dtype=object)
        reach = shapely.distance(points, shapely.boundary(groups[i]))
        degrees = shapely.get_coordinates(wgs84(points))
        places = [
            (float(degrees[k, 1]), float(degrees[k, 0]), round(float(reach[k])))
            for k in np.argsort(-reach, kind="stable")
        ]
        if chosen is not None:
            number = shortened(chosen, LONGEST_ALONE) if plan.groups[i] == chosen else None
        found.append(GroupLabel(tuple(name_lines(name)), number, places))
    return found


def without_common_words(names: Sequence[str]) -> list[str]:
    """Leave out the words that all names begin with, as far as each name keeps a letter."""
    words = [name.split() for name in names]
    common = 0
    while len({tuple(w[: common + 1]) for w in words}) == 1 and common < min(map(len, words)):
        common += 1
    while common and not all(any(map(str.isalpha, " ".join(w[common:]))) for w in words):
        common -= 1
    return [" ".join(w[common:]) for w in words] if common else list(names)


def name_lines(name: str) -> list[str]:
    """Put a name on one line or two, shortened at a word where it is still too long."""
    lines = broken(name)
    if max(map(len, lines)) <= LONGEST_LINE:
        return lines
    return broken(shortened(name, 2 * LONGEST_LINE - 4))


def shortened(name: str, most: int) -> str:
    """Leave out words in the middle of a name that is longer than `most` letters.

    The first words say what it is and the last one which: `Wijkverband Bovendam … 12`. A single
    word is never cut.
    """
    first, *middle, last = name.split() if " " in name.strip() else (name, "")
    if len(name) <= most or not middle:
        return name
    kept = [first]
    for word in middle:
        if len(" ".join([*kept, word, "…", last])) > most:
            break
        kept.append(word)
    return " ".join([*kept, "…", last])
