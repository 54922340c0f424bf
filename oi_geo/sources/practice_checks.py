"""Checks on a practice list: double rows, numbers on several rows, impossible values."""

import re
from collections.abc import Callable

import pandas as pd
import pandera.pandas as pa

from oi_geo.codes import parse_agb
from oi_geo.sources.disciplines import HUISARTS
from oi_geo.sources.lines import number_text, per_row, quoted, rows_text
from oi_geo.sources.report import ReadReport
from oi_geo.text import nl_list

# The largest group practices have some 30.000 patients, fourteen norm practices of 2.095.
IMPLAUSIBLE_ION = 30_000

_SCIENTIFIC = re.compile(r"\d(?:[.,]\d+)?[eE]\+?\d+")


def _whole(values: pd.Series) -> pd.Series:
    return values.mod(1).eq(0)


def _check(test: Callable[[pd.Series], pd.Series], code: str) -> pa.Check:
    return pa.Check(test, error=code)


_SCHEMA = pa.DataFrameSchema(
    {
        "ion": pa.Column(
            float,
            [
                _check(lambda values: values >= 0, "negatief"),
                _check(_whole, "gebroken"),
                _check(lambda values: values <= IMPLAUSIBLE_ION, "groot"),
            ],
            nullable=True,
        ),
        # ION where the discipline is another than huisarts; empty in a sound list.
        "ion_elders": pa.Column(
            float, _check(lambda values: values.isna(), "elders"), nullable=True
        ),
        "huisartsen": pa.Column(
            float,
            [
                _check(lambda values: values >= 0, "negatief"),
                _check(_whole, "personen"),
            ],
            nullable=True,
        ),
        "fte": pa.Column(float, _check(lambda values: values >= 0, "negatief"), nullable=True),
    }
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
    """Find rows whose AGB code stands in an earlier row, report them, and return their numbers."""
    rows = pd.Series(agb.index, agb.index)
    first = rows.groupby(agb).transform("first")
    again = agb.index[agb.notna() & first.ne(rows)]
    fields = table.drop(columns="agb").fillna("")
    differs = fields.loc[again].to_numpy() != fields.loc[first[again]].to_numpy()
    lines: dict[int, str] = {}
    for row, original, other in zip(again, first[again].astype(int), differs, strict=True):
        names = quoted(fields.columns[other])
        what = f"met andere gegevens in {names}" if names else "met dezelfde gegevens"
        lines[row] = (
            f"AGB-code {agb[row]} staat ook in rij {original}, {what}; rij {original} telt en deze "
            f"rij (ION {number_text(ion[row])}) is apart gezet."
        )
    per_row(report.error, lines, "AGB-codes die al eerder stonden")
    return again


def check_numbers(
    numbers: pd.DataFrame, discipline: pd.Series, columns: dict[str, str], report: ReadReport
) -> pd.DataFrame:
    """Set impossible numbers aside and report them.

    Parameters
    ----------
    numbers : DataFrame of float64
        `ion`, `huisartsen`, `fte`, indexed by row.
    discipline : Series of str
        Normalised discipline of each row.
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
    elsewhere = discipline.ne(HUISARTS)
    zero = elsewhere & numbers["ion"].eq(0)
    if zero.any():
        checked["ion"] = checked["ion"].mask(zero)
        report.info(
            f"Een ION van 0 bij een andere discipline dan huisarts is gelezen als niet van "
            f"toepassing ({rows_text(zero.index[zero])})."
        )
    checked["ion_elders"] = checked["ion"].where(elsewhere)
    try:
        _SCHEMA.validate(checked, lazy=True)
    except pa.errors.SchemaErrors as error:
        cases = error.failure_cases
    else:
        return checked[numbers.columns]
    cases = cases.assign(
        column=cases["column"].replace("ion_elders", "ion"),
        value=cases["failure_case"].astype(float),
    )
    cases = cases.drop_duplicates(["column", "index"])
    for (column, code), group in cases.groupby(["column", "check"], sort=False):
        rows = pd.Index(group["index"])
        lines = {
            row: _SENTENCES[code].format(
                column=columns[column], value=number_text(value), discipline=discipline[row]
            )
            for row, value in zip(rows, group["value"], strict=True)
        }
        per_row(report.warn if code in _KEPT else report.error, lines, f"'{columns[column]}'")
        if code not in _KEPT:
            checked.loc[rows, column] = float("nan")
    return checked[numbers.columns]


def warn_repeated(numbers: pd.DataFrame, practice: pd.Series, report: ReadReport) -> None:
    """Warn of practices of several rows that repeat a number: rows of a practice are added up.

    Parameters
    ----------
    numbers : DataFrame of float64
        `ion`, `huisartsen`, `fte`, indexed by row.
    practice : Series of str
        The practice (`praktijk_id`) of each row.
    report : ReadReport
        Receives a line per practice, at its first row.
    """
    several = numbers[practice.duplicated(keep=False)]
    lines: dict[int, str] = {}
    for name, rows in several.groupby(practice[several.index], sort=False):
        told = [
            f"{column} {number_text(values.iloc[0])} ({rows_text(values.index)}; opgeteld tot "
            f"{number_text(rows[column].sum())})"
            for column in numbers.columns
            for _, values in rows[column][rows[column] > 0].groupby(rows[column])
            if len(values) > 1
        ]
        if told:
            lines[rows.index[0]] = (
                f"Praktijk '{name}' herhaalt {nl_list(told)}. Rijen van één praktijk worden bij "
                "elkaar opgeteld. Is het steeds hetzelfde getal van de hele praktijk, zet het dan "
                "op één rij en vul op de andere 0 in."
            )
    per_row(report.warn, lines, "een praktijk die een getal herhaalt")
