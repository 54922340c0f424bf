"""What is written in the groups on a map: a name that may be shortened, a number, and where."""

from typing import NamedTuple

import numpy as np
import shapely

from oi_geo.maps.drawing_labels import broken
from oi_geo.maps.geometry import Shapes, inner_circles, wgs84
from oi_geo.maps.marks import Marks
from oi_geo.maps.palette import GROUP_COLOURS
from oi_geo.plan import Plan

# A name on a map has at most two lines of this many letters.
LONGEST_LINE = 22
# How many places in a group are offered for its name: the middle, and its largest units.
MOST_PLACES = 12


class GroupLabel(NamedTuple):
    """The label of a group: lines of its name, its number, the radius (m) and where it may stand.

    `places` are latitudes and longitudes, the best one first: the middle of the largest circle in
    the group, which has the radius.
    """

    lines: tuple[str, ...]
    number: str
    radius: float
    places: list[tuple[float, float]]


def group_labels(plan: Plan, marks: Marks, groups: Shapes, units: Shapes) -> list[GroupLabel]:
    """Return the labels of the groups, the largest first.

    Parameters
    ----------
    plan : Plan
    marks : Marks
    groups : ndarray of Polygon and MultiPolygon, EPSG:28992, one per group
        A group without a shape has no label.
    units : ndarray of Point or None, EPSG:28992, shape (n_units,)
        A point in each unit.

    Returns
    -------
    list of GroupLabel
        Beyond 24 groups colours repeat: the number stands before the name then.
    """
    middles, radii = inner_circles(groups)
    numbered = len(plan.groups) > len(GROUP_COLOURS)
    found = []
    for i in np.argsort(-shapely.area(groups), kind="stable"):
        if middles[i] is None:
            continue
        number = str(marks.numbers[plan.groups[i]])
        name = f"{number} {plan.groups[i]}" if numbered else plan.groups[i]
        inside = [p for p in units[plan.labels == i] if p is not None]
        step = max(1, len(inside) // MOST_PLACES)
        points = np.array([middles[i], *inside[::step][:MOST_PLACES]], dtype=object)
        places = [(float(p.y), float(p.x)) for p in wgs84(points)]
        found.append(GroupLabel(tuple(name_lines(name)), number, round(float(radii[i])), places))
    return found


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
    words = name.split()
    if len(name) <= most or len(words) <= 2:
        return name
    kept: list[str] = [words[0]]
    for word in words[1:-1]:
        if len(" ".join([*kept, word, "…", words[-1]])) > most:
            break
        kept.append(word)
    return " ".join([*kept, "…", words[-1]])
