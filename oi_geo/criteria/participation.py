"""Participation: which huisartsen surely, possibly or certainly not count for a group.

What may be unknown of a practice: where it stands, whether it takes part, in which
regio-organisatie (RO), and whether another row says the same patients. Each unknown makes a row
count in the upper end of an interval only. A list of members tells nothing about the others.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from oi_geo.criteria.bounds import Interval, part_of_whole
from oi_geo.criteria.evidence import Evidence
from oi_geo.criteria.names import naming
from oi_geo.placement import BY_POSTCODE, OUTSIDE
from oi_geo.sources.same_patients import Mask, SameRows, least, most
from oi_geo.text import nl_count, nl_list, nl_number, nl_percentage

ION_UNKNOWN = "het aantal ingeschreven patiënten"
# What `Counted.missing` looks at.
_LOOKED_AT = (
    "geplaatst", "hier", "plaatsing", "mogelijk", "ion", "huisartsen", "fte", "deelnemer",
    "discipline", "ros", "meer", "meedoet",
)  # fmt: skip


@dataclass(frozen=True, eq=False)
class Counted:
    """The huisarts rows near a group, and which of them count.

    Attributes
    ----------
    rows : DataFrame
        Rows that stand in the group or may do so.
    same : mapping of str to SameRows
        Per counted column, which rows may be one (see `oi_geo.sources.same_patients`).
    here : ndarray of bool, shape (n_rows,)
        Whether the row surely is a huisarts practice in the group.
    surely, possibly : ndarray of bool, shape (n_rows,)
        Whether the row counts for certain, or only if what is unknown turns out that way.
    complete : bool
        Whether the rows are all huisartsen of the group; else there may be more outside the list.
    ro : str or None
        The RO that they count for; None for participants of any RO.
    """

    rows: pd.DataFrame
    same: Mapping[str, SameRows]
    here: Mask
    surely: Mask
    possibly: Mask
    complete: bool
    ro: str | None = None

    def total(self, column: str) -> Interval:
        """Bound the sum of a column (persons) over the rows that count."""
        return self._sum(column, self.here & self.surely, self.surely | self.possibly)

    def listed(self, column: str) -> Interval:
        """Bound the sum of a column over all huisartsen of the list in the group."""
        return self._sum(column, self.here, np.ones(len(self.rows), bool))

    def whole(self, column: str) -> Interval:
        """Bound the sum of a column over all huisartsen in the group, listed or not."""
        listed = self.listed(column)
        return listed if self.complete else Interval(listed.low, np.inf)

    def share(self, column: str) -> Interval | None:
        """Bound the share of a column that counts, of all huisartsen in the group.

        None where the column is known to be zero in the whole group.
        """
        rest = self._sum(column, self.here & ~self.surely & ~self.possibly, ~self.surely)
        most_else = rest.high if self.complete else np.inf
        return part_of_whole(self.total(column), Interval(rest.low, most_else))

    def _sum(self, column: str, surely: Mask, possibly: Mask) -> Interval:
        values = self.rows[column].to_numpy(np.float64)
        return Interval(least(values, self.same[column], surely), most(values, possibly))

    def missing(self, column: str, *, of_all: bool = False) -> list[str]:
        """Say what is unknown about the rows that may count (`of_all`: about every row near)."""
        relevant = np.ones(len(self.rows), bool) if of_all else self.surely | self.possibly
        rows = {name: self.rows[name].to_numpy()[relevant] for name in _LOOKED_AT}
        placed = rows["geplaatst"]
        elsewhere = placed & ~rows["hier"]
        estimated = rows["plaatsing"] == BY_POSTCODE
        beside = ~placed & pd.notna(rows["mogelijk"])
        cut_away = beside & (rows["plaatsing"] == OUTSIDE)
        unknown = pd.isna(rows[column])
        fte = unknown & pd.notna(rows["fte"]) & (column == "huisartsen")
        noun = {"ion": ION_UNKNOWN, "huisartsen": "het aantal huisartsen"}
        reasons = {
            f"is {noun[column]} onbekend (kolom {column})": unknown & ~fte,
            "zijn alleen fte bekend, niet het aantal huisartsen (personen)": fte,
            "is de deelname onbekend (kolom deelnemer)": pd.isna(rows["deelnemer"]),
            "is de plaats onbekend (niet geplaatst)": ~placed & ~beside,
            "ligt het punt zo dicht buiten de kaart dat zij ook erbinnen kan staan": beside
            & ~cut_away,
            "ligt de plaats zo dicht buiten het werkgebied dat zij er ook binnen kan staan": (
                cut_away
            ),
            "is de plaats geschat uit de postcode, zo dicht bij een grens dat zij ook aan de "
            "andere kant kan staan (coördinaten geven zekerheid)": elsewhere & estimated,
            "ligt de eenheid in meer dan één groep of de plaats precies op een grens": elsewhere
            & ~estimated,
            "is de discipline onbekend (kolom discipline)": pd.isna(rows["discipline"]),
            "is niet zeker of de rijen dezelfde patiënten of huisartsen twee keer noemen "
            "(zelfde AGB-code of praktijk)": self.same[column].size[relevant] > 1,
        }
        if self.ro is not None:
            named = ~rows["ros"].astype(bool) & rows["meedoet"]  # an empty tuple names none
            reasons["is de regio-organisatie onbekend (kolom regio_organisatie)"] = named
            reasons[
                "is meer dan één regio-organisatie genoemd (welk deel bij welke hoort, is onbekend)"
            ] = rows["meer"] & rows["meedoet"]
        found = [
            (f"van {nl_count(int(mask.sum()), 'praktijk', 'praktijken')}", text)
            for text, mask in reasons.items()
            if mask.any()
        ]
        one = bool(found) and found[0][0] == "van 1 praktijk"
        near = " die hier staat of kan staan" if one else " die hier staan of kunnen staan"
        near = "" if rows["hier"].all() else near
        return [
            f"{number}{near if at == 0 else ''} {text}" for at, (number, text) in enumerate(found)
        ]


def has_practices(evidence: Evidence) -> bool:
    """Tell whether the practice table has any huisarts practice at all."""
    return bool(evidence.practices["misschien_huisarts"].any())


def list_is_silent(evidence: Evidence, group: str) -> bool:
    """Tell whether a list that is not complete names nobody in a group: it tells nothing of it."""
    rows = evidence.rows_near(group)
    return not evidence.list_is_complete and not rows["misschien_huisarts"].any()


def participants(evidence: Evidence, group: str) -> Counted:
    """Select the participating huisarts practices of a group, whatever their RO."""
    rows = evidence.rows_near(group)
    chosen = rows["misschien_huisarts"].to_numpy(bool)
    same, everywhere = evidence.same["ion"], evidence.practices
    # Of rows that may be one practice each may say what is so of all of them.
    surely = same.all_of(everywhere["deelneemt"].to_numpy(bool))
    possibly = same.any_of(everywhere["meedoet"].to_numpy(bool)) & ~surely
    rows, at = rows if chosen.all() else rows[chosen], evidence.near(group)[chosen]
    return Counted(
        rows=rows,
        same={column: same.take(at) for column, same in evidence.same.items()},
        here=(rows["hier"] & rows["huisarts"]).to_numpy(bool),
        surely=surely[at],
        possibly=possibly[at],
        complete=evidence.list_is_complete,
    )


def represented(evidence: Evidence, group: str) -> list[Counted]:
    """Select, per RO that may be active in a group, the practices that it represents.

    A participant counts for the RO that it names, possibly for each of several that it names, and
    possibly for any RO where it names none.
    Where no practice in the whole table names an RO, participation alone decides (one entry).
    """
    everyone = participants(evidence, group)
    if not evidence.names_ro:
        return [everyone]
    return list(_per_ro(everyone))


def represented_from_elsewhere(evidence: Evidence, group: str) -> list[Counted]:
    """Give the ROs whose participants all stand outside a group; none of the rows near count."""
    everyone = participants(evidence, group)
    near = everyone.rows.loc[everyone.surely | everyone.possibly, "ros"].explode().dropna()
    nobody = np.zeros(len(everyone.rows), bool)
    others = sorted(evidence.ros_of_participants.difference(near))
    return [replace(everyone, surely=nobody, possibly=nobody, ro=ro) for ro in others]


def _per_ro(everyone: Counted) -> Iterator[Counted]:
    rows, taking_part = everyone.rows, everyone.surely | everyone.possibly
    nameless = ~rows["ros"].astype(bool).to_numpy(bool)
    several = rows["meer"].to_numpy(bool)
    for name in [*sorted(rows.loc[taking_part, "ros"].explode().dropna().unique()), ""]:
        named, alike = naming(rows, name), everyone.same["ion"]
        surely = everyone.surely & alike.all_of(named & ~several)
        possibly = taking_part & alike.any_of(named | nameless) & ~surely
        yield replace(everyone, surely=surely, possibly=possibly, ro=name)


def ro_title(evidence: Evidence, counted: Counted) -> str:
    """Return the RO of a selection as most rows write it: `van Alfa`, or nothing."""
    return f" van {evidence.spelling['regio_organisatie'][counted.ro]}" if counted.ro else ""


def in_fte(counted: Counted) -> str:
    """Say what part of the fte is represented, where the list gives no persons; else nothing."""
    rows = counted.rows
    given = counted.here & rows["fte"].notna().to_numpy(bool)
    if not (given & rows["huisartsen"].isna().to_numpy(bool)).any():
        return ""
    fte = rows["fte"].to_numpy(np.float64)
    part, whole = fte[given & counted.surely].sum(), fte[given].sum()
    share = f" ({nl_percentage(part / whole)})" if whole else ""
    return (
        f"In fte zijn het er {nl_number(part, 1)} van de {nl_number(whole, 1)} op de lijst{share}; "
        "een aandeel van de huisartsen als personen is dat niet."
    )


def lacking(reasons: list[str]) -> str:
    """Write what is missing as a sentence that follows another one; empty without reasons."""
    if not reasons:
        return ""
    text = nl_list(reasons)
    return f" {text[0].upper()}{text[1:]}."
