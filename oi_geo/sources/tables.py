"""Tables from CSV and XLSX as text: the header found, rows numbered as a spreadsheet does."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd

from oi_geo.errors import UnusableFile
from oi_geo.sources.column_names import (
    Synonyms,
    match_columns,
    require_columns,
    unique_names,
)
from oi_geo.sources.limits import LIMITS, too_many
from oi_geo.sources.lines import per_row, quoted, rows_text
from oi_geo.sources.numbers import looks_like_date, parse_numbers, read_numbers
from oi_geo.sources.report import ReadReport
from oi_geo.sources.sniff import TABLES
from oi_geo.sources.table_files import RawTable, csv_table, xlsx_table
from oi_geo.sources.uploads import checked_file
from oi_geo.text import nl_count, nl_number

__all__ = [
    "looks_like_date", "match_columns", "parse_numbers", "read_columns", "read_numbers",
    "read_table",
]  # fmt: skip

_HEADER_WITHIN = 20

# What a spreadsheet shows where a formula failed, in Dutch and English.
_FORMULA_ERRORS = {
    "#N/B", "#N/A", "#VERW!", "#REF!", "#WAARDE!", "#VALUE!", "#DEEL/0!", "#DIV/0!", "#NAAM?",
    "#NAME?", "#GETAL!", "#NUM!", "#LEEG!", "#NULL!",
}  # fmt: skip
_NUMBER = re.compile(r"[+-]?[\d.,\s]*\d[\d.,\s]*")
_WIDE = 0.7


def read_table(
    path: Path,
    soort: str,
    *,
    name: str | None = None,
    layouts: Sequence[Synonyms] = (),
    most: int = LIMITS.rows,
) -> tuple[pd.DataFrame, ReadReport]:
    """Read a CSV or XLSX table as text.

    Separators `,` `;` tab and `|` and the encodings UTF-8, UTF-16 (with BOM) and Windows-1252 are
    recognised; of a workbook the first sheet is read that names columns of one of the `layouts`,
    else the first with data. Title rows above the header, empty rows, missing or double column
    names and rows of another length are reported.

    Parameters
    ----------
    path : Path
        The file.
    soort : str
        What it is read as, for the report (`praktijken`, `voorstel`, …).
    name : str, optional
        File name as the user knows it; that of `path` by default.
    layouts : sequence of mapping of str to sequence of str
        What the columns may be called, per kind of table that is looked for.
    most : int
        How many rows there may be.

    Returns
    -------
    frame : DataFrame of str
        Stripped cells, missing where empty; index = row number in a spreadsheet, columns = the
        header's texts.
    report : ReadReport
        With `gelezen` and `behouden` set to the number of rows.

    Raises
    ------
    UnusableFile
        No table, no rows, no header.
    UnsafeFile
        More rows than that.
    """
    with checked_file(path, name=name, expected=TABLES) as file:
        report = ReadReport(file.name, soort, file.sha256)
        if file.kind == "csv":
            raw = csv_table(file.path, file.name)
        elif file.kind == "xlsx":
            raw = xlsx_table(file.path, file.name, layouts)
        else:
            raise UnusableFile(
                f"‘{file.name}’: dit is geen tabel; verwacht wordt een CSV- of XLSX-bestand."
            )
    if len(raw.rows) > most:
        raise too_many(f"‘{file.name}’", "rijen", len(raw.rows), most)
    for note in raw.notes:
        report.info(note)
    for doubt in raw.doubts:
        report.warn(doubt)
    header = _find_header(raw, report)
    if header + 1 == len(raw.rows):
        raise UnusableFile(
            f"‘{report.bestand}’: onder de kolomnamen staat geen enkele gevulde rij."
        )
    frame = _frame(raw, header, report)
    report.gelezen = report.behouden = len(frame)
    return frame, report


def read_columns(
    path: Path,
    soort: str,
    synonyms: Mapping[str, Sequence[str]],
    needed: Sequence[str],
    *,
    name: str | None = None,
) -> tuple[pd.DataFrame, dict[str, str], ReadReport]:
    """Read the columns of a table that have a canonical name (see `read_table`, `match_columns`).

    Returns
    -------
    table : DataFrame of str
        The columns that were found, under their canonical names.
    found : dict of str to str
        Canonical name to the file's column.
    report : ReadReport
        That of `read_table`.

    Raises
    ------
    UnusableFile
        One of the `needed` columns is missing, or there is no table.
    """
    frame, report = read_table(path, soort, name=name, layouts=[synonyms])
    found = match_columns(frame.columns, synonyms)
    require_columns(found, needed, frame.columns, report.bestand)
    table = pd.DataFrame({canonical: frame[column] for canonical, column in found.items()})
    return table, found, report


def _find_header(raw: RawTable, report: ReadReport) -> int:
    """Return the position of the header in `raw.rows`; report the title rows above it.

    A header is about as wide as the table and holds no numbers. Where no row is like that (the
    column names are postcodes), it is the first row of at least half the table's width.
    """
    if not raw.rows:
        raise UnusableFile(
            f"‘{report.bestand}’: het bestand is leeg; er staat geen gevulde rij in."
        )
    first = raw.rows[:_HEADER_WITHIN]
    filled = [sum(map(bool, cells)) for _, cells in first]
    width = max(filled)
    wordy = [not any(_NUMBER.fullmatch(cell) for cell in cells) for _, cells in first]
    half = [i for i, n in enumerate(filled) if n >= max(width / 2, min(width, 2))]
    words = [i for i in half if wordy[i]]
    wide = [i for i in words if filled[i] >= _WIDE * width]
    header = next(iter([*wide, *words, *half]))
    number, cells = raw.rows[header]
    start = next(cell for cell in cells if cell)
    if _NUMBER.fullmatch(start):
        raise UnusableFile(
            f"‘{report.bestand}’, rij {number}: hier worden kolomnamen verwacht, maar er staat "
            f"'{start}'; zet boven de gegevens een rij met kolomnamen."
        )
    for row, title in raw.rows[:header]:
        text = quoted(filter(None, title), 3)
        report.info(f"Deze rij staat boven de kolomnamen en is niet gelezen: {text}.", row)
    return header


def _frame(raw: RawTable, header: int, report: ReadReport) -> pd.DataFrame:
    """Put the rows under the header in a frame and report what is irregular about them."""
    number, names = raw.rows[header]
    body = raw.rows[header + 1 :]
    rows = [row for row, _ in body]
    empty = [row for row in raw.empty if number < row < rows[-1]]
    if empty:
        count = nl_count(len(empty), "lege rij is", "lege rijen zijn")
        report.info(f"{count} overgeslagen: {rows_text(empty)}.")
    if raw.ragged:
        _note_ragged(body, len(names), report)
    width = len(names) if raw.ragged else max(len(cells) for _, cells in raw.rows[header:])
    names = names + [""] * (width - len(names))
    data = [[cell or None for cell in [*cells, *[""] * width][:width]] for _, cells in body]
    frame = pd.DataFrame(data, index=pd.Index(rows, name="rij"), dtype="str")
    nameless = [i for i, text in enumerate(names) if not text]
    nothing = [i for i in nameless if frame[i].isna().all()]
    frame.columns = pd.Index(unique_names(names, set(nothing), report), dtype="str")
    return _without_errors(frame.drop(columns=[frame.columns[i] for i in nothing]), report)


def _without_errors(frame: pd.DataFrame, report: ReadReport) -> pd.DataFrame:
    """Make cells missing in which a formula failed (`#N/B`), and report them."""
    failed = frame.isin(_FORMULA_ERRORS)
    if not failed.to_numpy().any():
        return frame
    for column in frame.columns[failed.any()]:
        lines = {
            row: f"Kolom '{column}': '{text}' is een mislukte formule; de cel is onbekend gelaten."
            for row, text in frame.loc[failed[column], column].items()
        }
        per_row(report.error, lines, f"mislukte formules in kolom '{column}'")
    return frame.mask(failed)


def _note_ragged(body: list[tuple[int, list[str]]], width: int, report: ReadReport) -> None:
    expected = nl_count(width, "kolom", "kolommen")
    short = {row: len(cells) for row, cells in body if len(cells) < width}
    long = {row: len(cells) for row, cells in body if any(cells[width:])}
    per_row(
        report.info,
        {
            row: f"De rij heeft {nl_count(n, 'cel', 'cellen')} voor {expected}; de laatste zijn "
            "leeg gelaten."
            for row, n in short.items()
        },
        "te weinig cellen",
    )
    per_row(
        report.warn,
        {
            row: f"De rij heeft {nl_number(n)} cellen voor {expected}; wat te veel is, is niet "
            "gelezen. Staat er een scheidingsteken in een tekst, dan zijn de cellen verschoven."
            for row, n in long.items()
        },
        "te veel cellen",
    )
