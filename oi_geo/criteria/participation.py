"""Participation: which huisartsen surely, possibly or certainly not count for a group.

Three things may be unknown of a practice: where it stands, whether it takes part, and in which
regio-organisatie (RO). Each unknown makes a row count in the upper end of an interval only.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from oi_geo.criteria.bounds import Interval, part_of_whole
from oi_geo.criteria.evidence import Evidence
from oi_geo.tally import HUISARTS
from oi_geo.text import nl_count, nl_list

Mask = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Counted:
    """The huisarts rows near a group, and which of them count.

    Attributes
    ----------
    rows : DataFrame
        Rows that stand in the group or may do so.
    here : ndarray of bool, shape (n_rows,)
        Whether the row surely is a huisarts practice in the group.
    surely, possibly : ndarray of bool, shape (n_rows,)
        Whether the row counts for certain, or only if what is unknown turns out that way.
    ro : str or None
        The RO that they count for; None for participants of any RO.
    """

    rows: pd.DataFrame
    here: Mask
    surely: Mask
    possibly: Mask
    ro: str | None = None

    def total(self, column: str) -> Interval:
        """Bound the sum of a column (persons) over the rows that count."""
        return Interval(
            _sum(self.rows[column], self.here & self.surely, unknown=0.0),
            _sum(self.rows[column], self.surely | self.possibly, unknown=np.inf),
        )

    def share(self, column: str) -> Interval | None:
        """Bound the share of a column that counts, of all huisarts rows in the group.

        None where the column is known to be zero in the whole group.
        """
        rest_low = self.here & ~self.surely & ~self.possibly
        rest = Interval(
            _sum(self.rows[column], rest_low, unknown=0.0),
            _sum(self.rows[column], ~self.surely, unknown=np.inf),
        )
        return part_of_whole(self.total(column), rest)

    def missing(self, column: str, *, of_all: bool = False) -> list[str]:
        """Say what is unknown about the rows that may count (`of_all`: about every row near)."""
        relevant = np.ones(len(self.rows), bool) if of_all else self.surely | self.possibly
        rows = self.rows[relevant]
        noun = {"ion": "het aantal ingeschreven patiënten", "huisartsen": "het aantal huisartsen"}
        reasons = {
            f"is {noun[column]} onbekend (kolom {column})": rows[column].isna(),
            "is de deelname onbekend (kolom deelnemer)": rows["deelnemer"].isna(),
            "is de plaats onbekend (niet geplaatst)": ~rows["geplaatst"],
            "is de discipline onbekend (kolom discipline)": rows["discipline"].isna(),
        }
        if self.ro is not None:
            named = rows["ro"].isna() & rows["meedoet"]
            reasons["is de regio-organisatie onbekend (kolom regio_organisatie)"] = named
        return [
            f"van {nl_count(int(mask.sum()), 'praktijk', 'praktijken')} {text}"
            for text, mask in reasons.items()
            if mask.any()
        ]


def has_practices(evidence: Evidence) -> bool:
    """Tell whether the practice table has any huisarts practice at all."""
    discipline = evidence.practices["discipline"]
    return bool((discipline.eq(HUISARTS) | discipline.isna()).any())


def participants(evidence: Evidence, group: str) -> Counted:
    """Select the participating huisarts practices of a group, whatever their RO."""
    rows = evidence.rows_near(group)
    rows = rows[rows["discipline"].eq(HUISARTS) | rows["discipline"].isna()]
    return Counted(
        rows=rows,
        here=(rows["geplaatst"] & rows["discipline"].notna()).to_numpy(bool),
        surely=rows["deelneemt"].to_numpy(bool),
        possibly=rows["deelnemer"].isna().to_numpy(bool),
    )


def represented(evidence: Evidence, group: str) -> list[Counted]:
    """Select, per RO that may be active in a group, the practices that it represents.

    A participant counts for the RO that it names, and possibly for any RO where it names none.
    Where no practice in the whole table names an RO, participation alone decides (one entry).
    """
    everyone = participants(evidence, group)
    if not evidence.names_ro:
        return [everyone]
    ro = everyone.rows["ro"]
    taking_part = everyone.surely | everyone.possibly
    nameless = ro.isna().to_numpy(bool)
    return list(_per_ro(everyone, taking_part, nameless))


def _per_ro(everyone: Counted, taking_part: Mask, nameless: Mask) -> Iterator[Counted]:
    ro = everyone.rows["ro"]
    for name in [*ro[taking_part].dropna().unique(), ""]:
        same = ro.eq(name).fillna(value=False).to_numpy(bool)
        surely = everyone.surely & same
        possibly = (taking_part & (same | nameless)) & ~surely
        yield Counted(everyone.rows, everyone.here, surely, possibly, name)


def ro_title(counted: Counted) -> str:
    """Return the RO of a selection as the table writes it: `van Alfa`, or nothing."""
    if not counted.ro:
        return ""
    named = counted.rows.loc[counted.rows["ro"].eq(counted.ro), "regio_organisatie"]
    return f" van {named.iloc[0].strip()}"


def lacking(reasons: list[str]) -> str:
    """Write what is missing as a sentence that follows another one; empty without reasons."""
    if not reasons:
        return ""
    text = nl_list(reasons)
    return f" {text[0].upper()}{text[1:]}."


def _sum(values: pd.Series, rows: Mask, *, unknown: float) -> float:
    """Sum the selected values, with `unknown` for each that is missing."""
    chosen = values.to_numpy(np.float64)[rows]
    empty = np.isnan(chosen)
    return float(chosen[~empty].sum()) + (unknown if empty.any() else 0.0)
