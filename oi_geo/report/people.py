"""The tables as people read them: Dutch heads, names beside codes, rounded numbers with a unit.

Programs read the JSON document and the plan files; these tables are for a spreadsheet.
"""

import csv
import io
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from oi_geo.pipeline import Toets
from oi_geo.report.conclusion import lapsed_kaders, rules_of
from oi_geo.study_area import StudyArea
from oi_geo.text import nl_number, nl_percentage

COUNT, SHARE, ONE, TWO = "#,##0", "0.0%", "#,##0.0", "0.00"
DECIMALS = {COUNT: 0, ONE: 1, TWO: 2}
ROUNDED = {**DECIMALS, SHARE: 3}
OUTSIDE = "buiten alle groepen"
# A cell names no more than these; the JSON document names all. A spreadsheet takes 32.767
# characters, and nobody reads 3.000 names.
MOST_NAMED = 50
# What stands for a missing value where that is not simply unknown.
UNKNOWN = {
    "groep": OUTSIDE,
    "te_klein": "niet te bepalen",
    "te_klein_door_plan": "niet te bepalen",
    "ingesloten": "niet te bepalen",
}
# Head and number format of the columns; one that is not named here is called as it is named.
COLUMNS: dict[str, tuple[str, str]] = {
    "inwoners": ("Inwoners", COUNT),
    "inwoners_onbekend": ("Inwoners onbekend (eenheden)", COUNT),
    "inwoners_65plus": ("Inwoners van 65 jaar en ouder", COUNT),
    "inwoners_65plus_onbekend": ("65-plussers onbekend (eenheden)", COUNT),
    "ion": ("ION", COUNT),
    "ion_onbekend": ("ION onbekend (rijen)", COUNT),
    "ion_dubbel": ("ION misschien dubbel", COUNT),
    "huisartsen_dubbel": ("Huisartsen misschien dubbel", ONE),
    "ion_niet_geplaatst": ("ION van praktijken zonder plaats, misschien hier", COUNT),
    "praktijken_niet_geplaatst": ("Praktijken zonder plaats, misschien hier", COUNT),
    "huisartsen_niet_geplaatst": ("Huisartsen zonder plaats, misschien hier", ONE),
    "inwoners_gedeeld": ("Inwoners van gedeelde eenheden", COUNT),
    "eenheden_daarbuiten": ("Eenheden buiten het werkgebied", COUNT),
    "eenheden_gedeeld": ("Eenheden ook in een andere groep", ""),
    "ion_deelnemers": ("ION van deelnemers", COUNT),
    "ion_deelname_onbekend": ("ION waarvan deelname onbekend is", COUNT),
    "praktijken": ("Praktijken", COUNT),
    "praktijken_geschat": ("Praktijken die ook elders kunnen staan", COUNT),
    "huisartsenpraktijken": ("Huisartsenpraktijken", COUNT),
    "huisartsenpraktijken_geschat": ("Huisartsenpraktijken die ook elders kunnen staan", COUNT),
    "huisartsen": ("Huisartsen", ONE),
    "huisartsen_onbekend": ("Huisartsen onbekend (rijen)", COUNT),
    "fte": ("Huisartsen (fte)", ONE),
    "huisartsen_deelnemers": ("Huisartsen die deelnemen", ONE),
    "huisartsen_deelname_onbekend": ("Huisartsen waarvan deelname onbekend is", ONE),
    "oppervlakte_km2": ("Oppervlakte (km²)", ONE),
    "omtrek_km": ("Omtrek (km)", ONE),
    "snijlijn_km": ("Grens met andere groepen (km)", ONE),
    "snijranden": ("Doorgesneden buurgrenzen", COUNT),
    "afstand_km": ("Afstand tot een huisarts (km)", ONE),
    "delen": ("Losse delen", COUNT),
    "delen_met_verbindingen": ("Losse delen, met verbindingen", COUNT),
    "polsby_popper": ("Rondheid (Polsby-Popper; 1 is een cirkel)", TWO),
    "reock": ("Deel van de kleinste cirkel eromheen (Reock; 0-1)", TWO),
    "convex_hull": ("Deel van de bolle omtrek (0-1)", TWO),
    "gemeenten_geheel": ("Gemeenten geheel", ""),
    "gemeenten_gedeeld": ("Gemeenten gedeeld", ""),
    "gemeenten": ("Gemeenten", COUNT),
    "aandeel_oppervlakte": ("Aandeel van de oppervlakte", SHARE),
    "aandeel_inwoners": ("Aandeel van de inwoners", SHARE),
    "aandeel_ion": ("Aandeel van de ION", SHARE),
    "aandeel_praktijken": ("Aandeel van de praktijken", SHARE),
    "gemeentecode": ("Gemeentecode", ""),
    "gemeentenaam": ("Gemeente", ""),
    "regio_organisatie": ("Regio-organisatie", ""),
    "regio_organisaties": ("Regio-organisaties", ""),
    "ro_van_groep": ("Regio-organisatie van de groep", ""),
    "agb": ("AGB-code", ""),
    "praktijk_id": ("Praktijknummer", ""),
    "te_klein": ("Te klein voor een eigen regio", ""),
    "te_klein_door_plan": ("Te klein door dit voorstel", ""),
    "ingesloten": ("Ingesloten door groepen", ""),
    "waar": ("Waar", ""),
    "waarde_laag": ("Laagst mogelijke waarde", ""),
    "waarde_hoog": ("Hoogst mogelijke waarde", ""),
    "teller": ("Deel (aantal)", TWO),
    "noemer": ("Geheel (aantal)", TWO),
    "dekking": ("ION van de lijst per inwoner", SHARE),
}


@dataclass(frozen=True, eq=False)
class PeopleTable:
    """A table for people.

    Attributes
    ----------
    frame : DataFrame
        Dutch heads; texts, numbers, and None for what is unknown.
    formats : dict of str to str
        Number format per head, as spreadsheet programs write it; a share is a number from 0 to 1.
    cells : dict of (int, str) to str
        Number format of single cells (row position, head), over that of their column.
    """

    frame: pd.DataFrame
    formats: dict[str, str]
    cells: dict[tuple[int, str], str]

    @property
    def written(self) -> set[str]:
        """The number formats that occur."""
        return {*self.formats.values(), *self.cells.values()}

    def format_of(self, row: int, head: str) -> str:
        """Return the number format of a cell; empty for text."""
        return self.cells.get((row, head), self.formats.get(head, ""))


def people_table(area: StudyArea, raw: pd.DataFrame) -> PeopleTable:
    """Make a table of results readable.

    Parameters
    ----------
    area : StudyArea
        Knows what codes are called.
    raw : DataFrame
        As the functions of `oi_geo.report.tables` make them, with lists in their cells.
    """
    names = _names(area)
    known = {name: COLUMNS.get(name, (_head(name), "")) for name in raw.columns}
    frame = pd.DataFrame(
        {
            head: [_rounded(_value(value, name, names), written) for value in raw[name]]
            for name, (head, written) in known.items()
        },
        dtype=object,
    )
    return PeopleTable(frame, {head: written for head, written in known.values() if written}, {})


def findings_for_people(toets: Toets, raw: pd.DataFrame) -> PeopleTable:
    """Make the findings readable: what the rule asks, and value and limit in its own unit."""
    table = people_table(toets.area, raw)
    frame, rules = table.frame, rules_of(toets)
    asked = [rules[finding.kader, finding.rule] for finding in toets.findings]
    titles = {kader.naam: kader.titel for kader in toets.kaders}
    titles |= {name: f"{title} (niet van kracht)" for name, title in lapsed_kaders(toets).items()}
    frame["Kader"] = [titles.get(name, "Algemene regels") for name in frame["Kader"]]
    frame.insert(3, "Wat de regel vraagt", [regel.omschrijving for regel in asked])
    limits = [_limit(r.minimum, r.maximum, r.eenheid) for r in asked]
    frame["Grens"] = pd.Series(limits, frame.index, dtype=object)
    is_share = frame["Eenheid"].eq("aandeel")
    frame.loc[is_share, "Eenheid"] = "%"
    cells: dict[tuple[int, str], str] = {}
    for head in ("Waarde", *(COLUMNS[name][0] for name in ("waarde_laag", "waarde_hoog"))):
        values = frame[head].tolist()
        written = [SHARE if share else _plain_format(values[i]) for i, share in enumerate(is_share)]
        frame[head] = pd.Series(map(_rounded, values, written), frame.index, dtype=object)
        cells |= {(i, head): text for i, text in enumerate(written)}
    return PeopleTable(frame, table.formats, cells)


def people_csv(table: PeopleTable, neutral: Callable[[object], object]) -> str:
    """Write a table as CSV for a Dutch spreadsheet: `;`, decimal comma; unknown is empty.

    `neutral` keeps a text from being run as a formula; it gets texts only.
    """
    buffer = io.StringIO()
    lines = csv.writer(buffer, delimiter=";", lineterminator="\n")
    heads = list(table.frame.columns)
    lines.writerow([neutral(head) for head in heads])
    for position, cells in enumerate(table.frame.itertuples(index=False)):
        lines.writerow(
            [
                neutral(cell) if isinstance(cell, str) else _number(cell, table, position, head)
                for head, cell in zip(heads, cells, strict=True)
            ]
        )
    return buffer.getvalue()


def _number(cell: float | None, table: PeopleTable, row: int, head: str) -> str:
    """Write a number with a decimal comma and without dots, which some programs misread."""
    if cell is None:
        return ""
    written = table.format_of(row, head)
    if written == SHARE:
        return nl_percentage(cell)
    decimals = DECIMALS.get(written, 0 if float(cell).is_integer() else 2)
    return nl_number(cell, decimals).replace(".", "")


def _names(area: StudyArea) -> dict[str, str]:
    """Return what units and gemeenten are called, by code."""
    units = area.units
    gemeenten = units.groupby("gemeentecode")["gemeentenaam"].first()
    return {**gemeenten.dropna().to_dict(), **units["naam"].dropna().to_dict()}


def _value(value: object, column: str, names: dict[str, str]) -> object:
    """Write a value as a text or a number; a code with its name, a list as one text."""
    if isinstance(value, list | tuple):
        named = [_named(x, names) for x in value if x is not None]
        rest = len(named) - MOST_NAMED
        return "; ".join(named[:MOST_NAMED] + ([f"en nog {nl_number(rest)}"] if rest > 0 else []))
    if isinstance(value, bool | np.bool_):
        return "ja" if value else "nee"
    if value is None or value is pd.NA or (isinstance(value, float) and pd.isna(value)):
        return UNKNOWN.get(column)
    if column == "soort" and value == "wsv":
        return "WSV"
    if column == "eenheid" or isinstance(value, np.str_):
        return _named(value, names) if column == "eenheid" else str(value)
    return value.item() if isinstance(value, np.generic) else value


def _named(code: object, names: dict[str, str]) -> str:
    return f"{names[code]} ({code})" if isinstance(code, str) and code in names else str(code)


def _rounded(value: object, written: str) -> object:
    """Round a number to what is shown of it; a text stays what it is."""
    if value is None or not written or isinstance(value, str):
        return value
    digits = ROUNDED[written]
    rounded = round(float(value), digits)  # type: ignore[arg-type]
    return int(rounded) if digits == 0 else rounded


def _head(name: str) -> str:
    return name.replace("_", " ").capitalize()


def _plain_format(value: object) -> str:
    whole = value is None or float(value).is_integer()  # type: ignore[arg-type]
    return COUNT if whole else TWO


def _limit(low: float | None, high: float | None, unit: str) -> str | None:
    """Write the limits of a rule: `ten minste 100.000`, `85,0 % tot 100,0 %`, `hoogstens 1`."""
    write = nl_percentage if unit == "aandeel" else nl_number
    if low is None:
        return None if high is None else f"hoogstens {write(high)}"
    if high is None:
        return f"ten minste {write(low)}"
    return write(low) if low == high else f"{write(low)} tot {write(high)}"
