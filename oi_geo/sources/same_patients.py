"""Rows of a practice list that may say the same patients twice, and sums that allow for it.

An AGB code can stand at two addresses, and a practice with several AGB codes can repeat the figure
of the whole practice on each of its rows. The list does not tell whether such rows are one practice
or several. Of the patients on them, the largest row is there for certain; all rows together are the
most that there can be.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from oi_geo.sources.disciplines import HUISARTSEN

COUNTED = ("ion", "huisartsen")

Mask = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class SameRows:
    """Which rows may be one, for one column of numbers.

    Attributes
    ----------
    label : ndarray of int, shape (n_rows,)
        Rows with the same label may be the same.
    size : ndarray of int, shape (n_rows,)
        How many rows share the label of each row.
    """

    label: NDArray[np.intp]
    size: NDArray[np.intp]

    def any_of(self, mask: Mask) -> Mask:
        """Tell for each row whether it, or any row that may be the same, is in a mask."""
        found: Mask = np.bincount(self.label, mask)[self.label] > 0
        return found

    def all_of(self, mask: Mask) -> Mask:
        """Tell for each row whether it, and all rows that may be the same, are in a mask."""
        return ~self.any_of(~mask)

    def take(self, rows: NDArray[np.intp]) -> "SameRows":
        """Select rows; `size` still counts all rows, also those that are not selected."""
        return SameRows(self.label[rows], self.size[rows])


def same_rows(practices: pd.DataFrame, column: str) -> SameRows:
    """Find the rows whose numbers in a column may be the same persons.

    Rows with the same AGB code may be; so may rows of one practice that repeat a number (see
    `repeated`).

    Parameters
    ----------
    practices : DataFrame
        `agb`, `praktijk_id`, `discipline`, `ion`, `huisartsen`; any index. Rows of another
        discipline than huisarts have no patients, so they are nobody's double.
    column : {'ion', 'huisartsen'}
        What is counted.
    """
    n = len(practices)
    names = practices["agb"].dropna(), practices["praktijk_id"].dropna()
    if not any(name.duplicated().any() for name in names):
        return SameRows(np.arange(n), np.ones(n, np.int64))
    huisarts = practices["discipline"].isin(HUISARTSEN) | practices["discipline"].isna()
    agb = _pairs_in(practices["agb"].where(huisarts))
    first, second = np.concatenate(
        [agb, _pairs_in(repeated(practices, column).where(huisarts))], axis=1
    )
    matrix = coo_array((np.ones(len(first), np.int8), (first, second)), shape=(n, n))
    _, label = connected_components(matrix, directed=False)
    label = label.astype(np.intp)
    return SameRows(label, np.bincount(label, minlength=1)[label] if n else label)


def repeated(practices: pd.DataFrame, column: str) -> pd.Series:
    """Give rows of one practice with the same positive number a label of their own, else NaN.

    One huisarts (or fte) on each row of a practice is a row per person, unless the ION is the same
    as well; of a practice that gives ION on some of its rows, the others may have the same.
    """
    if not practices["praktijk_id"].duplicated().any():
        return pd.Series(np.nan, practices.index, dtype=np.float64)
    value = practices[column].where(practices[column] > 0)
    ion = practices["ion"].where(practices["ion"] > 0)
    given = ion.notna().groupby(practices["praktijk_id"].to_numpy(), dropna=False)
    partly = given.transform("any") & ~given.transform("all")
    per_person = value.eq(1.0) & (column != "ion") & ~partly
    keys = pd.DataFrame(
        {
            "praktijk": practices["praktijk_id"].where(~per_person | ion.notna()),
            "getal": value,
            "ion": ion.where(per_person, 0.0),
        }
    )
    number = keys.groupby(list(keys.columns), sort=False).ngroup().astype("float64")
    number = number.mask(number < 0)
    return number.where(number.duplicated(keep=False))


def _pairs_in(keys: pd.Series) -> NDArray[np.intp]:
    """Pair every row with the first row that has the same known key, shape (2, n_pairs)."""
    codes, _ = pd.factorize(keys.to_numpy())
    rows = np.flatnonzero(codes >= 0)
    _, first, where = np.unique(codes[rows], return_index=True, return_inverse=True)
    return np.stack([rows, rows[first][where]])


def least(values: NDArray[np.float64], same: SameRows, surely: Mask) -> float:
    """Return the smallest sum that the rows that surely count can have; unknown counts as 0.

    Of rows that may be one, the largest counts, and only where all of them surely count: else the
    persons may be those of another row.
    """
    alone = surely & (same.size == 1)
    total = float(np.nansum(values[alone]))
    several = np.flatnonzero(surely & (same.size > 1))
    if not len(several):
        return total
    rows = pd.DataFrame({"size": same.size[several], "value": np.nan_to_num(values[several])})
    by = rows.groupby(same.label[several])
    complete = by.size().eq(by["size"].first())
    return total + float(by["value"].max()[complete].sum())


def most(values: NDArray[np.float64], possibly: Mask) -> float:
    """Return the largest sum that the rows that may count can have; infinite if one is unknown."""
    chosen = values[possibly]
    return np.inf if np.isnan(chosen).any() else float(chosen.sum())
