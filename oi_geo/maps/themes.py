"""Themes: what the units are coloured by, as classes with a label and a colour.

A theme gives every unit exactly one class, and has no class without a unit: the legend shows what
is on the map. Unknown values are a class of their own, named "onbekend", never the lowest one.
"""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from oi_geo.maps.marks import Marks, group_marks
from oi_geo.maps.palette import (
    CLASS_COLOURS,
    NO_GROUP_COLOUR,
    SHARE_COLOURS,
    SHARED_COLOUR,
    UNKNOWN_COLOUR,
    ZERO_COLOUR,
)
from oi_geo.plan import Plan
from oi_geo.study_area import StudyArea
from oi_geo.tally import count, practice_labels, total, uncounted
from oi_geo.text import nl_count, nl_list, nl_number, nl_percentage

ColourBy = Literal["groepen", "inwoners", "ion", "65plus"]
ThemeName = Literal["groepen", "inwoners", "ion", "65plus", "samen"]

NO_GROUP = "niet ingedeeld"
PAIR, IN_TWO, IN_MORE = 2, "in twee groepen", "in twee of meer groepen"
UNKNOWN = "onbekend"
NO_SHARE = "geen uitspraak"
# Where the classes of a share begin; below the first of them it is hardly ever.
SHARE_BORDERS = (0.01, 0.1, 0.25, 0.5, 0.75, 0.9)


@dataclass(frozen=True, eq=False)
class Theme:
    """One way to colour the units.

    Attributes
    ----------
    name : {'groepen', 'inwoners', 'ion', '65plus', 'samen'}
    title : str
        Dutch title of the legend.
    labels, colours : tuple of str
        Label and colour (`#RRGGBB`) of each class.
    numbers : tuple of str
        What is written in the sign of each class, for classes that are numbered.
    index : ndarray of int, shape (n_units,)
        Class of each unit.
    """

    name: ThemeName
    title: str
    labels: tuple[str, ...]
    colours: tuple[str, ...]
    index: NDArray[np.int64]
    numbers: tuple[str, ...]


def ion_per_unit(area: StudyArea) -> pd.Series:
    """Sum the ION of the placed huisarts practices per unit.

    A unit without a practice has 0; one with a practice whose ION is unknown is unknown (NaN; so
    it is where nobody knows whether it is of a huisarts), and so is every unit of an area without a
    practice list.
    """
    if area.practices.empty:
        return pd.Series(np.nan, area.units.index)
    label = practice_labels(area, np.arange(len(area.units)))
    n, ion = len(area.units), area.practices["ion"]
    unknown = count(label, n, uncounted(area.practices, "ion")) > 0
    return pd.Series(np.where(unknown, np.nan, total(label, n, ion)), area.units.index)


def share_65plus(area: StudyArea) -> pd.Series:
    """Return the share (0-1) of the inhabitants that is 65 or older; NaN where unknown."""
    people = area.units["inwoners"]
    return area.units["inwoners_65plus"] / people.where(people > 0)


def themes_of(area: StudyArea, plan: Plan | None, marks: Marks | None = None) -> list[Theme]:
    """Return all themes of a map: the groups where there is a plan, then the measures.

    `marks` is how the groups are marked, where they already are.
    """
    themes = []
    if plan is not None:
        themes = [group_theme(plan, marks or group_marks(area, [plan])[0])]
    return [
        *themes,
        measure_theme(
            "inwoners", f"Inwoners per {area.level}", area.units["inwoners"], nl_number, 1
        ),
        measure_theme("ion", f"ION per {area.level}", ion_per_unit(area), nl_number, 1),
        measure_theme("65plus", "Aandeel 65 jaar en ouder", share_65plus(area), _percentage, 0.01),
    ]


def _percentage(share: float) -> str:
    """Write a class border that is a share, e.g. `22 %`."""
    return nl_percentage(share, 0)


def group_theme(plan: Plan, marks: Marks) -> Theme:
    """Colour the units by group as they are marked; units without a group are grey.

    The classes stand in the order of their numbers, and say them. A unit that stands in several
    groups has none of their colours: its class comes after theirs.
    """
    order = marks.in_order(plan)
    shared, none = len(order), len(order) + 1
    place = np.argsort([*order, shared, none])
    index = place[np.where(plan.labels >= 0, plan.labels, none)].astype(np.int64)
    index[plan.units.isin(list(plan.double))] = shared
    groups = [plan.groups[i] for i in order]
    return _present(
        "groepen",
        "Groepen",
        [*groups, shared_words(plan), NO_GROUP],
        [*map(marks.colour, groups), SHARED_COLOUR, NO_GROUP_COLOUR],
        index,
        [*(str(marks.numbers[group]) for group in groups), "", ""],
    )


def shared_words(plan: Plan) -> str:
    """Say of units that stand in several groups in how many."""
    return IN_MORE if any(len(groups) > PAIR for groups in plan.double.values()) else IN_TWO


def group_texts(plan: Plan) -> NDArray[np.object_]:
    """Write per unit what group it is in; all of them where it stands in several."""
    texts = np.array([*plan.groups, NO_GROUP], dtype=object)[plan.labels]
    for code, groups in plan.double.items():
        many = IN_TWO if len(groups) == PAIR else f"in {nl_count(len(groups), 'groep', 'groepen')}"
        texts[plan.units.get_loc(code)] = f"{nl_list(groups)} ({many})"
    return texts


def measure_theme(
    name: ColourBy, title: str, values: pd.Series, write: Callable[[float], str], step: float
) -> Theme:
    """Colour the units by a measure: zero, up to six classes of about as many units, unknown.

    Parameters
    ----------
    name, title : str
        See `Theme`.
    values : Series of float
        One value per unit, not negative; NaN where unknown.
    write : callable
        Writes a class border in Dutch.
    step : float
        The smallest difference that `write` shows; borders are multiples of it.
    """
    numbers = values.to_numpy(np.float64)
    positive = numbers[numbers > 0]
    borders = class_borders(positive, step)
    labels = ["0", *_class_labels(borders, write), UNKNOWN]
    index = 1 + np.searchsorted(borders, numbers, side="right")
    index = np.where(numbers > 0, index, 0)
    index = np.where(np.isnan(numbers), len(labels) - 1, index)
    colours = [ZERO_COLOUR, *_spread(CLASS_COLOURS, len(borders) + 1), UNKNOWN_COLOUR]
    return _present(name, title, labels, colours, index)


def share_theme(shares: pd.Series) -> Theme:
    """Colour the units by how much of a regio lies with them on average.

    Parameters
    ----------
    shares : Series of float
        One share (0-1) per unit; NaN for units that nothing is said of.

    Returns
    -------
    Theme
        The borders do not depend on the values, so that maps of two regio's read the same way.
    """
    borders = np.array(SHARE_BORDERS)
    numbers = shares.to_numpy(np.float64)
    labels = [*_class_labels(borders, _percentage), NO_SHARE]
    index = np.searchsorted(borders, numbers, side="right")
    index = np.where(np.isnan(numbers), len(labels) - 1, index)
    colours = [*SHARE_COLOURS, UNKNOWN_COLOUR]
    return _present("samen", "Deel van de groep erbij (gemiddeld)", labels, colours, index)


def class_borders(values: NDArray[np.float64], step: float) -> NDArray[np.float64]:
    """Return the inner borders of classes of about equal size, rounded to two digits.

    Borders that coincide after rounding, and a border that would leave the lowest class empty, are
    left out, so there may be fewer than five.
    """
    if not len(values):
        return np.array([])
    inner = np.quantile(values, np.arange(1, len(CLASS_COLOURS)) / len(CLASS_COLOURS))
    scale = np.maximum(10.0 ** (np.floor(np.log10(inner)) - 1), step)
    borders = np.unique(np.round(np.round(inner / scale) * scale, 6))
    return borders[borders > values.min()]


def _class_labels(borders: NDArray[np.float64], write: Callable[[float], str]) -> list[str]:
    """Name the classes between the borders."""
    if not len(borders):
        return ["meer dan 0"]
    text = [write(float(border)) for border in borders]
    between = [f"{a} tot {b}" for a, b in pairwise(text)]
    return [f"minder dan {text[0]}", *between, f"{text[-1]} of meer"]


def _spread(colours: tuple[str, ...], n: int) -> list[str]:
    """Take n colours from a scale, from its first to its last."""
    return [colours[round(i)] for i in np.linspace(0, len(colours) - 1, n)]


def _present(
    name: ThemeName,
    title: str,
    labels: list[str],
    colours: list[str],
    index: NDArray[np.int64],
    numbers: list[str] | None = None,
) -> Theme:
    """Leave out the classes that no unit has."""
    present, where = np.unique(index, return_inverse=True)
    written = numbers or [""] * len(labels)
    return Theme(
        name=name,
        title=title,
        labels=tuple(labels[i] for i in present),
        colours=tuple(colours[i] for i in present),
        index=where.astype(np.int64),
        numbers=tuple(written[i] for i in present),
    )
