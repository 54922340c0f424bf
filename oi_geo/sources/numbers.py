"""Numbers as people type them, in Dutch or English notation, decided per column."""

import re
from typing import Literal

import numpy as np
import pandas as pd

from oi_geo.sources.blanks import SHORT, without_blanks
from oi_geo.sources.lines import per_row
from oi_geo.sources.report import ReadReport

Notation = Literal["Nederlands", "Engels", "gemengd", "dubbelzinnig", "eenduidig"]

_SPACES = re.compile(r"(?<=\d)[\s'’](?=\d{3}(?!\d))")
_PLAIN = re.compile(r"[+-]?\d+")
_LONE = re.compile(r"[+-]?[1-9]\d{0,2}([.,])\d{3}")
_DECIMAL = re.compile(r"[+-]?\d*([.,])\d+|[+-]?\d+([.,])")
_GROUPED = re.compile(r"[+-]?[1-9]\d{0,2}(?:\.\d{3}){2,}|[+-]?[1-9]\d{0,2}(?:,\d{3}){2,}")
_BOTH = re.compile(r"[+-]?\d{1,3}(?:(?:\.\d{3})+,|(?:,\d{3})+\.)\d+")

_THOUSAND = 1000

_MONTH = r"(?:jan|feb|mrt|mar|apr|mei|may|jun|jul|aug|sep|okt|oct|nov|dec)[a-z]*\.?"
_DATE = re.compile(
    rf"\d{{4}}-\d{{2}}-\d{{2}}(?:[ T].*)?|\d{{1,2}}([-/.])\d{{1,2}}\1(?:\d{{4}}|\d{{2}})"
    rf"|\d{{1,2}}[-/ ]{_MONTH}(?:[-/ ]\d{{2,4}})?|{_MONTH}[-/ ]\d{{2,4}}",
    re.IGNORECASE,
)


def looks_like_date(texts: pd.Series) -> pd.Series:
    """Tell which cells are a date, as a spreadsheet makes of `2-95` or `1/3`; same index, bool."""
    found = [isinstance(text, str) and _DATE.fullmatch(text) is not None for text in texts]
    return pd.Series(found, texts.index, dtype=bool)


def _clean(text: str) -> str:
    """Drop separating spaces and write the minus sign plainly; `2 095` becomes `2095`."""
    return _SPACES.sub("", text.strip().replace("−", "-"))


def _decimal_mark(text: str) -> str | None:
    """Return the decimal mark that this cell proves, or None where it proves nothing."""
    if _PLAIN.fullmatch(text) or _LONE.fullmatch(text):
        return None
    if _BOTH.fullmatch(text):
        return max(".,", key=text.rfind)
    if _GROUPED.fullmatch(text):
        return "," if "." in text else "."
    found = _DECIMAL.fullmatch(text)
    return (found.group(1) or found.group(2)) if found else None


def notation_of(texts: pd.Series) -> Notation:
    """Decide in which notation a column is written.

    Returns
    -------
    {'Nederlands', 'Engels', 'gemengd', 'dubbelzinnig', 'eenduidig'}
        Dutch or English where a cell proves it (`2.095,5`, `0.5`), mixed where cells prove both,
        ambiguous where the only marks stand before exactly three digits (`2.095`), and plain where
        there are no marks at all.
    """
    cells = [_clean(text) for text in texts.dropna().unique()]
    marks = {mark for cell in cells if (mark := _decimal_mark(cell))}
    if len(marks) == 1:
        return "Nederlands" if marks == {","} else "Engels"
    if marks:
        return "gemengd"
    return "dubbelzinnig" if any(_LONE.fullmatch(cell) for cell in cells) else "eenduidig"


def _parse(text: str, notation: Notation, *, grouped: bool | None) -> float:
    cell = _clean(text)
    if _PLAIN.fullmatch(cell):
        return float(cell)
    lone = _LONE.fullmatch(cell)
    if lone:
        if notation == "gemengd":
            return float("nan")
        mark = {"Nederlands": ",", "Engels": "."}.get(notation)
        if mark is None and grouped is not None:
            mark = {".": ",", ",": "."}[lone.group(1)] if grouped else lone.group(1)
    else:
        mark = _decimal_mark(cell)
        if mark is None:
            return float("nan")
    mark = mark or ","
    thousands = "." if mark == "," else ","
    return float(cell.replace(thousands, "").replace(mark, "."))


def parse_numbers(texts: pd.Series, *, grouped: bool | None = None) -> pd.Series:
    """Read a column of numbers, in Dutch or English notation.

    Parameters
    ----------
    texts : Series of str
        `1.234`, `1.234,5`, `1,234.5`, `2 095`, `2095.0`; missing stays missing.
    grouped : bool, optional
        How to read a mark before exactly three digits where no other cell of the column proves its
        notation: True for counts and RD coordinates (`2.095` and `2,095` are 2095), False for
        shares, fte and degrees (both are 2.095). Without it the Dutch way: a point separates
        thousands, a comma decimals.

    Returns
    -------
    Series of float64
        Same index; NaN where missing or unreadable, and for the ambiguous cells of a column that
        mixes both notations.
    """
    notation = notation_of(texts)
    unique = {text: _parse(text, notation, grouped=grouped) for text in texts.dropna().unique()}
    numbers = texts.map(unique).astype("float64")
    return numbers.where(np.isfinite(numbers))  # four hundred nines are no number


def read_numbers(
    texts: pd.Series, column: str, report: ReadReport, *, grouped: bool | None = None
) -> pd.Series:
    """Read a column of numbers and report every cell that is none.

    Parameters
    ----------
    texts : Series of str
        Cells, indexed by row number in the file.
    column : str
        The file's column name, for the messages.
    report : ReadReport
        Receives a line for each date and unreadable cell, for placeholders (`n.v.t.`) and for an
        ambiguous or mixed notation.
    grouped : bool, optional
        See `parse_numbers`.

    Returns
    -------
    Series of float64
        Same index; NaN where unknown.
    """
    cells = without_blanks(texts, column, report, also=SHORT)
    dates = looks_like_date(cells)
    others = cells.mask(dates) if dates.any() else cells
    numbers = parse_numbers(others, grouped=grouped)
    _note_notation(others, column, report, grouped=grouped)
    lines = {
        row: f"Kolom '{column}': '{text}' is een datum; een rekenblad heeft er een datum van "
        "gemaakt. Het getal is onbekend gelaten; typ het opnieuw in een cel met opmaak 'Tekst'."
        for row, text in cells[dates].items()
    }
    per_row(report.error, lines, f"datums in kolom '{column}'")
    unreadable = cells[cells.notna() & ~dates & numbers.isna()]
    lines = {
        row: f"Kolom '{column}': '{text}' is niet als getal te lezen en is onbekend gelaten."
        for row, text in unreadable.items()
    }
    per_row(report.error, lines, f"onleesbare getallen in kolom '{column}'")
    return numbers


def _note_notation(
    texts: pd.Series, column: str, report: ReadReport, *, grouped: bool | None
) -> None:
    """Say in the report how the numbers of an ambiguous or mixed column were read."""
    notation = notation_of(texts)
    if notation == "gemengd":
        report.warn(
            f"Kolom '{column}' mengt de Nederlandse en de Engelse schrijfwijze van getallen; elk "
            "getal is gelezen zoals het er staat, en wat op twee manieren te lezen is, is onbekend."
        )
    if notation == "dubbelzinnig":
        lone = pd.Series([text for text in texts.dropna() if _LONE.fullmatch(_clean(text))])
        value = abs(parse_numbers(lone, grouped=grouped).iloc[0])
        how = "tussen de duizendtallen" if value >= _THOUSAND else "voor de decimalen"
        mark = "punt" if "." in lone.iloc[0] else "komma"
        report.info(
            f"Kolom '{column}': '{lone.iloc[0]}' is op twee manieren te lezen; de {mark} is hier "
            f"gelezen als teken {how}."
        )
