"""Sums, counts and distinct names per label: the arithmetic under every measure.

A label is the position of a group (or of any other division of the units), -1 is none of them.
Every function takes labels of shape (n_rows,), leaves the rows with label -1 out, and returns one
value for each of the `n` labels, also for those without a single row.
"""

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from oi_geo.several import fold
from oi_geo.study_area import StudyArea

HUISARTS = "huisarts"
REGIO_ORGANISATIE = "regio-organisatie"

# CBS rounds the inhabitants of a wijk, buurt or gemeente to 5: each may be 2.5 higher.
ROUNDING = 2.5
# Of this share of a gemeente's inhabitants CBS may not know the wijk: 0,8 % at most in 2022.
WITHOUT_WIJK = 0.01


def total(labels: NDArray[np.integer], n: int, values: ArrayLike) -> NDArray[np.float64]:
    """Sum the known values per label; what is unknown (NaN) is left out."""
    numbers = np.asarray(values, np.float64)
    keep = (labels >= 0) & ~np.isnan(numbers)
    return np.bincount(labels[keep], numbers[keep], minlength=n).astype(np.float64)


def count(labels: NDArray[np.integer], n: int, where: ArrayLike | None = None) -> NDArray[np.int64]:
    """Count the rows per label; with `where` (boolean, same length) only those."""
    keep = labels >= 0
    if where is not None:
        keep &= np.asarray(where, bool)
    return np.bincount(labels[keep], minlength=n)


def distinct(labels: NDArray[np.integer], n: int, keys: pd.Series) -> NDArray[np.int64]:
    """Count the distinct known keys per label."""
    code, found = pd.factorize(keys)
    keep = (labels >= 0) & (code >= 0)
    pairs = np.unique(labels[keep].astype(np.int64) * len(found) + code[keep])
    return np.bincount(pairs // max(len(found), 1), minlength=n)


def names(labels: NDArray[np.integer], n: int, texts: pd.Series) -> list[tuple[str, ...]]:
    """Collect the distinct known texts per label, sorted."""
    known = (labels >= 0) & texts.notna().to_numpy(bool)
    found: list[set[str]] = [set() for _ in range(n)]
    for label, text in zip(labels[known].tolist(), texts.to_numpy(object)[known], strict=True):
        found[label].add(text)
    return [tuple(sorted(texts_here)) for texts_here in found]


def plain(texts: pd.Series) -> pd.Series:
    """Fold case and spaces, so that the same name written twice is one name; empty is missing."""
    folded = texts.astype("str").map(fold, na_action="ignore").astype("str")
    return folded.where(folded.ne(""))


def uncounted(practices: pd.DataFrame, column: str) -> NDArray[np.bool_]:
    """Tell which rows may hold more than a sum over the huisartsen counts.

    Those are huisartsen of which the number is unknown, and rows that may be huisartsen (their
    discipline is unknown), unless they say nought.

    Parameters
    ----------
    practices : DataFrame
        `discipline`, and the column.
    column : {'ion', 'huisartsen'}
        What is summed.

    Returns
    -------
    ndarray of bool, shape (n_practices,)
    """
    value, discipline = practices[column], practices["discipline"]
    unknown = discipline.eq(HUISARTS).fillna(value=False) & value.isna()
    maybe = discipline.isna() & ~value.eq(0.0)
    return (unknown | maybe).to_numpy(bool)


def practice_labels(area: StudyArea, labels: NDArray[np.integer]) -> NDArray[np.int64]:
    """Carry the labels of the units over to the practices.

    Returns
    -------
    ndarray of int64, shape (n_practices,)
        Label of the unit that each row of `area.practices` stands in; -1 where that unit has no
        label or the practice is not placed.
    """
    unit = area.units.index.get_indexer(area.practices["eenheid"])
    return np.where(unit >= 0, np.asarray(labels)[unit], -1).astype(np.int64)


def estimated(area: StudyArea, labels: NDArray[np.integer]) -> NDArray[np.bool_]:
    """Tell which practices may stand under another label than that of the unit they count in.

    Parameters
    ----------
    area : StudyArea
        Its practices may have `mogelijk`: the units that one may stand in, or outside all of them.
    labels : ndarray of int, shape (n_units,)
        As in `practice_labels`.

    Returns
    -------
    ndarray of bool, shape (n_practices,)
    """
    found = np.zeros(len(area.practices), bool)
    if "mogelijk" not in area.practices:
        return found
    several = area.practices["mogelijk"].reset_index(drop=True).dropna().explode()
    row, unit = several.index.to_numpy(np.intp), area.units.index.get_indexer(several)
    there = np.where(unit >= 0, np.asarray(labels)[unit], -1)
    found[row[there != practice_labels(area, labels)[row]]] = True
    return found


def unknown_people(area: StudyArea) -> pd.DataFrame:
    """Bound what the units without known inhabitants hold together, per gemeente.

    Their gemeente's own number is shared by all of its units, so what the known units leave of it
    is theirs: with the rounding of each number, and at the low end less the people of whom CBS does
    not know the wijk. Of a gemeente that the map holds only a part of, others may have it all. A
    gemeente with fewer people than its known units contradicts itself, and tells nothing.

    Returns
    -------
    DataFrame of float64
        By gemeentecode, in persons: `minstens` (0 where nothing is known) and `hoogstens` (infinite
        where the gemeente's own number is unknown or too low); `eenheden`, the number of such
        units. All are counted on the whole map.
    """
    there = area.whole or area
    label, gemeente = pd.factorize(there.units["gemeentecode"], sort=True)
    people = there.units["inwoners"].to_numpy(np.float64)
    n, is_known = len(gemeente), ~np.isnan(people)
    known = np.bincount(label[is_known], minlength=n)
    whole = there.gemeenten["inwoners"].reindex(gemeente).to_numpy(np.float64)
    rest = whole - total(label, n, people)
    slack = ROUNDING * (known + 1)
    part = gemeente.isin(list(there.incomplete))
    least = np.where(part, 0.0, np.maximum(rest - slack - WITHOUT_WIJK * whole, 0.0))
    most = rest + slack
    return pd.DataFrame(
        {
            "minstens": np.where(np.isnan(least), 0.0, least),
            "hoogstens": np.where(most >= 0, most, np.inf),
            "eenheden": np.bincount(label, ~is_known, minlength=n),
        },
        index=gemeente,
    )


def least_people(area: StudyArea, labels: NDArray[np.integer], n: int) -> NDArray[np.float64]:
    """Bound the inhabitants per label from below: what is known, plus what is secret at least.

    Secret units hold people for certain where all of their gemeente have the same label.
    """
    return total(labels, n, area.units["inwoners"]) + _secret(area, labels, n, "minstens")


def most_people(area: StudyArea, labels: NDArray[np.integer], n: int) -> NDArray[np.float64]:
    """Bound the inhabitants per label from above: what is known, plus what is secret at most.

    Each gemeente with secret units under a label gives all that its secret units can hold.
    """
    return total(labels, n, area.units["inwoners"]) + _secret(area, labels, n, "hoogstens")


def _secret(area: StudyArea, labels: NDArray[np.integer], n: int, end: str) -> NDArray[np.float64]:
    """Sum one end of what secret units hold, per label; the least only of whole gemeenten."""
    secret = area.units["inwoners"].isna().to_numpy() & (labels >= 0)
    if not secret.any():
        return np.zeros(n)
    known = unknown_people(area)
    gemeente = known.index.get_indexer(area.units["gemeentecode"][secret])
    pair = labels[secret].astype(np.int64) * len(known) + gemeente
    both, number = np.unique(pair, return_counts=True)
    label, gemeente = np.divmod(both, len(known))
    people = known[end].to_numpy()[gemeente]
    if end == "minstens":
        people = np.where(number == known["eenheden"].to_numpy()[gemeente], people, 0.0)
    return np.bincount(label, people, minlength=n).astype(np.float64)
