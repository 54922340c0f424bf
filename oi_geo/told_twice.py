"""Rows of a residence table that may tell of the same patients twice.

A table can give a wijk and also buurten inside it (or four digits of a postcode and also full
ones), and name one practice now by its id, now by its AGB code. Whether such rows are the same
patients or others, nobody can say: the largest of the statements is there for certain, all of them
together are the most that there can be.
"""

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from oi_geo.sources.lines import number_text, per_row, rows_text
from oi_geo.sources.report import ReadReport


def told_once(
    table: pd.DataFrame, written: pd.Series, practices: pd.DataFrame, report: ReadReport
) -> pd.DataFrame:
    """Say of every row of a residence table whether it surely adds to the others.

    Parameters
    ----------
    table : DataFrame
        `praktijk`, `eenheid`, `postcode`, `aantal`; index = row in the file.
    written : Series
        The name of the practice as the file has it.
    practices : DataFrame
        `praktijk_id` and `agb`.
    report : ReadReport
        Gets a warning for each practice and place that is told in several ways.

    Returns
    -------
    DataFrame
        The table with `wie`, a label of the practice that is the same whatever its row calls it,
        and `zeker`, False on the rows of the smaller statements.
    """
    who, is_id = _who(table["praktijk"], practices)
    place = table["eenheid"].fillna(table["postcode"])
    area = place.str.slice(2, 8).where(table["eenheid"].notna(), place.str.slice(0, 4))
    fine = place.str.startswith("BU") | (table["eenheid"].isna() & place.str.len().gt(4))
    rows = pd.DataFrame(
        {
            "wie": who,
            "gebied": area,
            "naam": written.where(is_id, "agb"),
            "fijn": fine.astype(bool),
            "aantal": table["aantal"],
        }
    )
    statement = rows.groupby(["wie", "gebied", "naam", "fijn"], sort=False)
    rows = rows.assign(som=statement["aantal"].transform("sum"), nummer=statement.ngroup())
    largest = rows.sort_values(["som", "nummer"], ascending=[False, True], kind="stable")
    first = largest.groupby(["wie", "gebied"])["nummer"].transform("first").reindex(rows.index)
    sure = rows["nummer"].eq(first)
    doubtful = rows[~sure.groupby([who, area], sort=False).transform("all")]
    lines = {}
    for _, here in doubtful.groupby(["wie", "gebied"], sort=False):
        row = here.index[0]
        least, most = float(here["som"].max()), float(here["aantal"].sum())
        lines[row] = (
            f"Patiënten van praktijk '{written[row]}' in {place[row]} staan er op meer manieren "
            f"({rows_text(here.index)}: een gebied en een deel ervan, of dezelfde praktijk onder "
            "een andere naam of code). Of het dezelfde patiënten zijn, is niet te zeggen: geteld "
            f"is van {number_text(least)} tot {number_text(most)}."
        )
    per_row(report.warn, lines, "patiënten die misschien twee keer genoemd zijn")
    return table.assign(wie=who, zeker=sure)


def _who(names: pd.Series, practices: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    """Label the practice of each name, and tell which names are an id; unlisted names are apart."""
    ids, agbs = practices["praktijk_id"], practices["agb"]
    codes, keys = pd.factorize(pd.concat([ids, agbs, names], ignore_index=True).astype("str"))
    n = len(practices)
    both = agbs.notna().to_numpy(bool)
    left, right = codes[:n][both], codes[n : 2 * n][both]
    ends = (np.ones(len(left), np.int8), (left, right))
    _, label = connected_components(coo_array(ends, shape=(len(keys), len(keys))), directed=False)
    found: NDArray[np.intp] = label[codes[2 * n :]]
    # A text that is both an id and a code is an id.
    return pd.Series(found, names.index), ~names.isin(agbs.dropna()) | names.isin(ids)
