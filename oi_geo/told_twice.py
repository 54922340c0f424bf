"""Rows of a residence table that may tell of the same patients twice.

A table can give a wijk and also buurten inside it (or four digits of a postcode and also full
ones), a wijk and also postcodes inside it, name one practice now by its id, now by its AGB code, or
hold a row twice. Whether such rows are the same patients or others, nobody can say: each of the
statements is true by itself, so the largest is there for certain, and all of them together are the
most that there can be.
"""

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from oi_geo.sources.lines import number_text, per_row, rows_text
from oi_geo.sources.report import ReadReport
from oi_geo.sources.same_patients import Mask

ANYWHERE = "*"
# From a practice to one statement of it: what lies in one area is in one kind of place, and areas
# of both kinds that may overlap are one bundle.
_LEVELS = ["wie", "bundel", "soort", "gebied", "opgave"]
# The columns that `surely_told` needs.
TOLD = [*_LEVELS, "herhaald"]


def surely_told(table: pd.DataFrame, where: Mask) -> pd.Series:
    """Sum the patients per practice (`wie`) that some rows of a table surely tell of.

    Of statements about one area the largest counts, and so of wijken and postcodes that overlap;
    which rows are the largest statement depends on the rows that are asked for, not on their order.

    Parameters
    ----------
    table : DataFrame
        `aantal` and what `told_once` adds.
    where : ndarray of bool, shape (n_rows,)
        The rows that are asked for.

    Returns
    -------
    Series of float64
        Patients (persons) by `wie`; 0 for a practice of which no row is asked for.
    """
    least = _least(table, where)
    who = np.zeros(len(least), np.intp)
    who[table["bundel"]] = table["wie"]
    return pd.Series(np.bincount(who, least)).rename_axis("wie")


def _least(table: pd.DataFrame, where: Mask) -> NDArray[np.float64]:
    """Sum what some rows surely tell of, by label of bundle.

    A statement is about one area, an area is of one kind and in one bundle: each label tells the
    next ones.
    """
    bundle, kind, area, statement = (table[name].to_numpy(np.intp) for name in _LEVELS[1:])
    told = np.where(where, (table["aantal"] - table["herhaald"]).to_numpy(np.float64), 0.0)
    stated = np.bincount(statement, told)[statement]
    largest = np.zeros(int(area.max(initial=-1)) + 1)
    np.maximum.at(largest, area, stated)
    of_area = np.zeros(len(largest), np.intp)
    of_area[area] = 2 * bundle + kind
    both = np.bincount(of_area, largest, minlength=2 * (int(bundle.max(initial=-1)) + 1))
    return both.reshape(-1, 2).max(axis=1)


def told_once(
    table: pd.DataFrame,
    written: pd.Series,
    practices: pd.DataFrame,
    ground: pd.Series,
    report: ReadReport,
) -> pd.DataFrame:
    """Say of every row of a residence table whether it surely adds to the others.

    Parameters
    ----------
    table : DataFrame
        `praktijk`, `eenheid`, `postcode`, `aantal`, `herhaald`; index = row in the file.
    written : Series
        The name of the practice as the file has it.
    practices : DataFrame
        `praktijk_id` and `agb`.
    ground : Series of list
        The pieces of ground (any key) that each row may be about; `ANYWHERE` among them for all.
    report : ReadReport
        Gets a warning for each practice and place that is told in several ways.

    Returns
    -------
    DataFrame
        The table with `wie`, a label of the practice that is the same whatever its row calls it;
        the labels of `_LEVELS` for `surely_told`; and `zeker`, False on the rows of the smaller
        statements about one area (the finer of equal ones is the larger).
    """
    who, is_id = _who(table["praktijk"], practices)
    by_code = table["eenheid"].notna()
    place = table["eenheid"].fillna(table["postcode"])
    area = place.str.slice(2, 8).where(by_code, place.str.slice(0, 4))
    fine = place.str.startswith("BU") | (~by_code & place.str.len().gt(4))
    table = table.assign(
        wie=who,
        soort=np.where(by_code, 0, 1),
        gebied=pd.factorize(who.astype("str") + by_code.astype("str") + area)[0],
        naam=written.where(is_id, "agb"),
        grof=~fine.astype(bool),
    )
    table["opgave"] = table.groupby(["gebied", "naam", "grof"], sort=False).ngroup()
    table["bundel"] = _bundles(table, ground)
    table["zeker"] = _largest(table)
    _warn(table, written, place, report)
    return table.drop(columns=["naam", "grof"])


def _bundles(table: pd.DataFrame, ground: pd.Series) -> NDArray[np.intp]:
    """Label the areas of a practice that may overlap: of a wijk and of postcodes in it."""
    rows = table[["wie", "soort", "gebied"]].assign(grond=ground).explode("grond")
    rows = rows.drop_duplicates()
    codes, postcodes = (rows[rows["soort"].eq(kind)] for kind in (0, 1))
    pairs = pd.concat(
        [
            codes.merge(postcodes, on=["wie", "grond"]),
            codes[codes["grond"].eq(ANYWHERE)].merge(postcodes, on="wie"),
            codes.merge(postcodes[postcodes["grond"].eq(ANYWHERE)], on="wie"),
        ]
    )
    n = int(table["gebied"].max()) + 1
    ends = (np.ones(len(pairs), np.int8), (pairs["gebied_x"], pairs["gebied_y"]))
    _, label = connected_components(coo_array(ends, shape=(n, n)), directed=False)
    found: NDArray[np.intp] = label[table["gebied"]]
    return found


def _largest(table: pd.DataFrame) -> pd.Series:
    """Choose the rows of the largest statement about each area, whatever their order."""
    statements = table.groupby([*_LEVELS, "naam", "grof"])["aantal"].sum().reset_index()
    order = ["aantal", "grof", "naam"]
    statements = statements.sort_values(order, ascending=[False, True, True], kind="stable")
    return table["opgave"].isin(statements.drop_duplicates("gebied")["opgave"])


def _warn(table: pd.DataFrame, written: pd.Series, place: pd.Series, report: ReadReport) -> None:
    least = _least(table, np.ones(len(table), bool))
    all_told = np.bincount(table["bundel"], table["aantal"])
    doubtful = table[(all_told > least)[table["bundel"]]]
    lines = {}
    for _, here in doubtful.groupby("bundel", sort=False):
        row, surely = here.index[0], least[here["bundel"].to_numpy()[0]]
        lines[row] = (
            f"Patiënten van praktijk '{written[row]}' in {place[row]} staan er op meer manieren "
            f"({rows_text(here.index)}). Zo'n dubbel is een gebied en een deel ervan, een wijk en "
            "een postcode, een rij en haar herhaling, of een praktijk onder een andere naam of "
            "code. Of het dezelfde patiënten zijn, is niet te zeggen: geteld is van "
            f"{number_text(float(surely))} tot {number_text(float(here['aantal'].sum()))}."
        )
    per_row(report.warn, lines, "patiënten die misschien twee keer genoemd zijn")


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
