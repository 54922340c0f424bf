"""In which groups each practice stands: surely, or possibly.

A practice placed by postcode near a border may stand on either side; one that nobody can place may
stand anywhere; a unit that the proposal puts in several groups counts from nothing to all in each.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import csr_array

from oi_geo.placement import ELSEWHERE, OUTSIDE
from oi_geo.plan import Plan
from oi_geo.study_area import StudyArea


@dataclass(frozen=True, eq=False)
class Places:
    """Where practices stand, by group.

    Attributes
    ----------
    surely, possibly : ndarray of bool, shape (n_rows, n_groups)
        Whether the practice stands in the group whatever is unknown, and whether it may.
    """

    surely: NDArray[np.bool_]
    possibly: NDArray[np.bool_]


def places_of(area: StudyArea, plan: Plan, table: pd.DataFrame) -> Places:
    """Find the groups of every row of a table with `eenheid`, `plaatsing` and `mogelijk`.

    See `oi_geo.placement` for these columns; `mogelijk` may be absent.
    """
    table = table.reset_index(drop=True)
    elsewhere = table["plaatsing"].eq(OUTSIDE).fillna(value=False).to_numpy(bool)
    n_units, n_groups = len(area.units), len(plan.groups)
    row, unit = _possible_units(area, table, elsewhere)
    unit_at, group = plan.memberships()
    # One more unit for the world outside, and one more group for everything in no group.
    unit_at, group = np.r_[unit_at, n_units], np.r_[group, n_groups]
    units = incidence(row, unit, (len(table), n_units + 1))
    groups = incidence(unit_at, np.where(group < 0, n_groups, group), (n_units + 1, n_groups + 1))
    possibly = np.asfortranarray((units @ groups).toarray() > 0)
    nowhere = table["eenheid"].isna() & _several(table).isna()
    lost = nowhere.to_numpy(bool) & ~elsewhere
    possibly[lost] = True
    alone = possibly.sum(axis=1) == 1
    return Places(possibly[:, :-1] & alone[:, None], possibly[:, :-1])


def _possible_units(
    area: StudyArea, table: pd.DataFrame, elsewhere: NDArray[np.bool_]
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Pair rows with the positions of the units that they may stand in; past the end is outside."""
    own = table["eenheid"].astype(object).mask(elsewhere, ELSEWHERE)
    several = _several(table)
    codes = several.where(several.notna(), own).explode().dropna()
    unit = area.units.index.get_indexer(codes)
    return codes.index.to_numpy(np.intp), np.where(unit < 0, len(area.units), unit)


def _several(table: pd.DataFrame) -> pd.Series:
    """Return the units that each row may stand in where those are more than one, else missing."""
    return table.get("mogelijk", pd.Series(np.nan, table.index, dtype=object))


def incidence(
    row: NDArray[np.integer], column: NDArray[np.integer], shape: tuple[int, int]
) -> csr_array:
    """Return the matrix that counts how often each pair of positions occurs."""
    return csr_array((np.ones(len(row), np.int32), (row, column)), shape=shape)
