"""Checks on a practice list: double rows, numbers on several rows, impossible values."""

import re
from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd

from oi_geo.codes import parse_agb
from oi_geo.several import split_names
from oi_geo.sources.disciplines import HUISARTS
from oi_geo.sources.lines import number_text, per_row, quoted, rows_text
from oi_geo.sources.report import ReadReport
from oi_geo.sources.same_patients import repeated
from oi_geo.study_area import PracticeList
from oi_geo.text import nl_count, nl_list

# The largest group practices have some 30.000 patients, fourteen norm practices of 2.095.
IMPLAUSIBLE_ION = 30_000

_SCIENTIFIC = re.compile(r"\d(?:[.,]\d+)?[eE]\+?\d+")


def _negative(values: pd.Series) -> pd.Series:
    return values.lt(0)


def _broken(values: pd.Series) -> pd.Series:
    return values.notna() & values.mod(1).ne(0)


def _large(values: pd.Series) -> pd.Series:
    return values.gt(IMPLAUSIBLE_ION)


# What may be wrong with a number, by the column that is looked at; a number is told of once.
_FAULTS: tuple[tuple[str, str, Callable[[pd.Series], pd.Series]], ...] = (
    ("ion", "negatief", _negative),
    ("ion", "gebroken", _broken),
    ("ion", "groot", _large),
    ("ion_elders", "elders", pd.Series.notna),
    ("huisartsen", "negatief", _negative),
    ("huisartsen", "personen", _broken),
    ("fte", "negatief", _negative),
)

_SENTENCES = {
    "negatief": "Kolom '{column}': {value} is negatief; het getal is onbekend gelaten.",
    "gebroken": "Kolom '{column}': {value} is geen geheel aantal patiënten; het getal is onbekend "
    "gelaten.",
    "groot": "Kolom '{column}': {value} patiënten is onwaarschijnlijk veel voor één praktijk; het "
    "getal is gehouden, controleer het.",
    "elders": "Kolom '{column}': alleen huisartsen hebben ingeschreven patiënten, maar deze rij "
    "met discipline '{discipline}' heeft er {value}; het getal is onbekend gelaten.",
    "personen": "Kolom '{column}': {value} is geen geheel aantal personen (fte horen in kolom "
    "'fte'); het getal is onbekend gelaten.",
}
_KEPT = {"groot"}
_NUMBERS = ("ion", "huisartsen", "fte")


def read_agb(texts: pd.Series, column: str, report: ReadReport) -> pd.Series:
    """Read AGB codes of eight digits; missing where unreadable, a stripped zero is put back."""
    read = texts.map(lambda text: parse_agb(text)[0], na_action="ignore").astype("str")
    restored = texts.map(lambda text: parse_agb(text)[1], na_action="ignore").eq(True)
    lines = {
        row: f"Kolom '{column}': de nul vooraan was weg; '{text}' is gelezen als {code}."
        for row, text, code in zip(texts.index, texts, read, strict=True)
        if restored[row]
    }
    per_row(report.info, lines, "de nul vooraan was weg")
    lines = {
        row: f"Kolom '{column}': "
        + (
            f"'{text}' is een afgerond getal waaruit de AGB-code niet is terug te halen; maak de "
            "kolom op als 'Tekst' en vul de code opnieuw in. De code is onbekend gelaten."
            if _SCIENTIFIC.fullmatch(text)
            else f"'{text}' is geen AGB-code van acht cijfers; de code is onbekend gelaten."
        )
        for row, text in texts[texts.notna() & read.isna()].items()
    }
    per_row(report.error, lines, "onleesbare AGB-codes")
    return read


def double_rows(
    table: pd.DataFrame, agb: pd.Series, ion: pd.Series, report: ReadReport
) -> pd.Index:
    """Find rows that say again what an earlier row said, report them, and return their numbers.

    Rows with the same AGB code and other data stay: they may be one practice or several, and what
    is counted over them lies between the two (see `oi_geo.sources.same_patients`).
    """
    rows = pd.Series(agb.index, agb.index)
    known = table.loc[agb.index].drop(columns="agb").assign(agb=agb)
    same = known[agb.notna()].groupby(list(known.columns), dropna=False, sort=False)
    first = rows[agb.notna()].groupby(same.ngroup()).transform("first").reindex(agb.index)
    again = agb.index[first.notna() & first.ne(rows)]
    lines = {
        row: f"AGB-code {agb[row]} staat ook in rij {int(first[row])}, met dezelfde gegevens; die "
        f"rij telt en deze (ION {number_text(ion[row])}) is apart gezet."
        for row in again
    }
    per_row(report.error, lines, "rijen die al eerder stonden")
    _warn_same_agb(known.drop(index=again), report)
    return again


def _warn_same_agb(rows: pd.DataFrame, report: ReadReport) -> None:
    """Warn of AGB codes that stand on several rows with other data."""
    several = rows[rows["agb"].notna() & rows["agb"].duplicated(keep=False)]
    lines: dict[int, str] = {}
    for code, here in several.groupby("agb", sort=False):
        texts = here.fillna("")
        differs = [str(name) for name in texts if len(set(texts[name])) > 1]
        lines[here.index[0]] = (
            f"AGB-code {code} staat in {rows_text(here.index)}, met andere gegevens in "
            f"{quoted(differs)}. Of dat één praktijk is of meer, zegt de lijst niet: wat de rijen "
            "samen tellen, telt als onzeker."
        )
    per_row(report.warn, lines, "een AGB-code op meer dan één rij")


def read_as_fte(
    numbers: pd.DataFrame, columns: Mapping[str, str], report: ReadReport
) -> pd.DataFrame:
    """Read a column of huisartsen with broken numbers as fte: persons are whole.

    Parameters
    ----------
    numbers : DataFrame of float64
        `ion`, `huisartsen`, `fte`.
    columns : mapping of str to str
        Canonical name to the file's column, of the columns that the file has; one of fte of its own
        stays what it is.
    report : ReadReport
        Receives one line about the column.
    """
    persons = numbers["huisartsen"]
    if "fte" in columns or not (persons.mod(1) > 0).any():
        return numbers
    row = persons.index[persons.mod(1) > 0][0]
    report.warn(
        f"Kolom '{columns['huisartsen']}' heeft gebroken getallen (zoals "
        f"{number_text(persons[row])} in rij {row}) en is daarom gelezen als fte: personen zijn "
        "geheel. Het aantal huisartsen is onbekend; een kolom 'huisartsen' met personen geeft het."
    )
    return numbers.assign(fte=persons, huisartsen=np.nan)


def check_numbers(
    numbers: pd.DataFrame, discipline: pd.Series, columns: dict[str, str], report: ReadReport
) -> pd.DataFrame:
    """Set impossible numbers aside and report them.

    Parameters
    ----------
    numbers : DataFrame of float64
        `ion`, `huisartsen`, `fte`, indexed by row.
    discipline : Series of str
        Normalised discipline of each row, missing where unknown.
    columns : dict of str to str
        Canonical name to the file's column, for the messages.
    report : ReadReport
        Receives a line per cell.

    Returns
    -------
    DataFrame of float64
        The same, NaN where a number was set aside.
    """
    checked = numbers.copy()
    elsewhere = discipline.notna() & discipline.ne(HUISARTS)
    zero = elsewhere & numbers["ion"].eq(0)
    if zero.any():
        checked["ion"] = checked["ion"].mask(zero)
        report.info(
            f"Een ION van 0 bij een andere discipline dan huisarts is gelezen als niet van "
            f"toepassing ({rows_text(zero.index[zero])})."
        )
    # ION where the discipline is another than huisarts; empty in a sound list.
    read = checked.assign(ion_elders=checked["ion"].where(elsewhere))
    told = pd.DataFrame(False, index=checked.index, columns=checked.columns)
    for looked_at, code, fault in _FAULTS:
        column = looked_at.removesuffix("_elders")
        faulty = fault(read[looked_at]) & ~told[column]
        if not faulty.any():
            continue
        told[column] |= faulty
        cells = zip(read.index[faulty], read.loc[faulty, column], discipline[faulty], strict=True)
        lines = {
            row: _SENTENCES[code].format(
                column=columns[column], value=number_text(value), discipline=other
            )
            for row, value, other in cells
        }
        per_row(report.warn if code in _KEPT else report.error, lines, f"'{columns[column]}'")
        if code not in _KEPT:
            checked[column] = checked[column].mask(faulty)
    return checked


def warn_repeated(practices: pd.DataFrame, report: ReadReport) -> None:
    """Warn of practices of several rows that repeat a number: it may count once or each time.

    Parameters
    ----------
    practices : DataFrame
        `praktijk_id`, `ion`, `huisartsen`, `fte`, indexed by row.
    report : ReadReport
        Receives a line per practice, at its first row.
    """
    if not practices["praktijk_id"].duplicated().any():
        return
    told: dict[str, list[str]] = {}
    for column in _NUMBERS:
        again = repeated(practices, column)
        together = practices.groupby("praktijk_id")[column].sum()
        for _, values in practices[column].groupby(again, sort=False):
            name = practices.loc[values.index[0], "praktijk_id"]
            every = together[name]
            told.setdefault(name, []).append(
                f"{column} {number_text(values.iloc[0])} ({rows_text(values.index)}; samen "
                f"{number_text(every)} als elke rij apart telt)"
            )
    first = practices.reset_index(names="rij").groupby("praktijk_id")["rij"].first()
    lines = {
        int(first[name]): f"Praktijk '{name}' herhaalt {nl_list(texts)}. Is het steeds hetzelfde "
        "getal van de hele praktijk, of telt elke rij apart? Dat zegt de lijst niet, dus het telt "
        "als onzeker. Zet een getal van de hele praktijk op één rij en vul op de andere 0 in."
        for name, texts in told.items()
    }
    per_row(report.warn, lines, "een praktijk die een getal herhaalt")


def doubt_extent(practices: pd.DataFrame, said: PracticeList, report: ReadReport) -> None:
    """Say where a list that is said to hold members only names practices that do not take part.

    Parameters
    ----------
    practices : DataFrame
        `deelnemer`; its index is the row number in the file.
    said : PracticeList
        What the owner says of the list.
    report : ReadReport
        Receives one line.
    """
    rows = practices.index[practices["deelnemer"].eq(False).fillna(value=False)]
    if said.extent != "leden" or rows.empty:
        return
    report.warn(
        f"U gaf op dat de lijst alleen leden noemt, maar bij {rows_text(rows)} "
        f"({nl_count(len(rows), 'rij', 'rijen')}) staat dat de praktijk niet deelneemt. Noemt de "
        "lijst alle praktijken van het gebied, kies dan 'volledig'; klopt 'leden', verbeter dan de "
        "kolom van wie deelneemt."
    )


def warn_several(texts: pd.Series, column: str, report: ReadReport) -> None:
    """Tell which cells of a column of organisations name several, or may do so.

    See `oi_geo.several`.
    """
    names = split_names(texts)
    doubtful = {
        row: f"Kolom '{column}': of '{text}' één organisatie is of meer, is niet te zien; de naam "
        "is onbekend gelaten. Schrijf één naam zonder '/', en meer namen met ';' ertussen."
        for row, text, found in zip(texts.index, texts, names, strict=True)
        if not found and pd.notna(text) and "/" in text
    }
    per_row(report.warn, doubtful, "één of meer organisaties in een cel")
    lines = {
        row: f"Kolom '{column}': '{' '.join(text.split())}' is gelezen als "
        f"{nl_count(len(found), 'organisatie', 'organisaties')}: {quoted(found)}. De praktijk "
        "hoort bij elk; hoeveel van haar patiënten en huisartsen bij welke horen, is onbekend. Is "
        "het één naam, schrijf die dan zonder scheidingsteken."
        for row, text, found in zip(texts.index, texts, names, strict=True)
        if len(found) > 1
    }
    per_row(report.warn, lines, "meer dan één organisatie in een cel")
