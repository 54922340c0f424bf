"""The raw rows of a CSV or XLSX file: encodings, separators and sheets; no meaning yet."""

import csv
import io
import warnings
from collections import Counter
from collections.abc import Generator, Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from xml.etree.ElementTree import ParseError
from zipfile import BadZipFile, ZipFile

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.worksheet._read_only import ReadOnlyWorksheet

from oi_geo.errors import UnsafeFile, UnusableFile
from oi_geo.sources.cells import cell_text
from oi_geo.sources.column_names import Synonyms, match_columns
from oi_geo.sources.limits import LIMITS
from oi_geo.sources.lines import quoted, rows_text
from oi_geo.text import nl_count, nl_number

# A table in memory costs about 100 bytes per cell: this is half a gigabyte.
MOST_CELLS = 5_000_000
MOST_ROWS = 1_048_576  # of a worksheet, empty rows included

_SEPARATORS = ";\t|,"
_SAMPLE_ROWS = 100
_TOP_ROWS = 20  # of a sheet, in which its column names stand
_SAMPLE_CHARACTERS = 200_000
_BOMS = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
_XLSX_ERRORS = (InvalidFileException, BadZipFile, ParseError, KeyError, ValueError, TypeError,
                IndexError, AttributeError, EOFError, OSError)  # fmt: skip


@dataclass
class RawTable:
    """Rows of stripped texts as they stand in the file.

    Attributes
    ----------
    rows : list of (int, list of str)
        Row number as a spreadsheet shows it and its cells; empty rows are left out.
    empty : list of int
        Numbers of the empty rows.
    ragged : bool
        True where the number of cells of a row means something (CSV).
    notes, doubts : list of str
        Dutch sentences about assumptions made, and about cells that could not be read.
    """

    ragged: bool
    rows: list[tuple[int, list[str]]] = field(default_factory=list)
    empty: list[int] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)

    def fill(self, cells_by_row: Iterable[list[str]], name: str) -> None:
        """Take over rows from a file, keeping their numbers.

        Raises
        ------
        UnsafeFile
            The table has more than `LIMITS.rows`, `LIMITS.columns` or `MOST_CELLS`.
        """
        total = 0
        for number, given in enumerate(cells_by_row, start=1):
            cells = given if len(given) <= LIMITS.columns else _filled_columns(given, number, name)
            total += len(cells) if any(cells) else 0
            # A workbook may claim a row number without end, and is then empty without end.
            if number > MOST_ROWS or total > MOST_CELLS or len(self.rows) > LIMITS.rows:
                raise UnsafeFile(
                    f"‘{name}’ is te groot: een tabel mag hoogstens {nl_number(LIMITS.rows)} rijen "
                    f"en {nl_number(MOST_CELLS)} gevulde cellen hebben."
                )
            if any(cells):
                self.rows.append((number, cells))
            else:
                self.empty.append(number)


def _filled_columns(cells: list[str], row: int, name: str) -> list[str]:
    """Cut the empty cells behind the last column that a table may have; refuse filled ones."""
    width = max((i for i, cell in enumerate(cells, start=1) if cell), default=0)
    if width > LIMITS.columns:
        raise UnsafeFile(
            f"‘{name}’, rij {row}: de rij is {nl_number(width)} kolommen breed; verwacht wordt een "
            f"tabel van hoogstens {nl_number(LIMITS.columns)} kolommen."
        )
    return cells[: LIMITS.columns]


def _decode(data: bytes, name: str) -> tuple[str, str | None]:
    """Turn bytes into text; also returns a note where the text is not UTF-8."""
    encoding = next((enc for bom, enc in _BOMS.items() if data.startswith(bom)), "utf-8")
    try:
        text = data.decode(encoding)
        note = "De tekens zijn gelezen als UTF-16." if encoding == "utf-16" else None
    except UnicodeDecodeError:
        try:
            text = data.decode("cp1252")
        except UnicodeDecodeError as error:
            raise UnusableFile(
                f"‘{name}’: de tekens zijn UTF-8 noch Windows-1252; bewaar het bestand in een "
                "rekenblad als 'CSV UTF-8' en bied het opnieuw aan."
            ) from error
        note = "De tekens zijn gelezen als Windows-1252, want het bestand is geen geldig UTF-8."
    if "\0" in text:
        raise UnusableFile(
            f"‘{name}’: dit is geen CSV-tekst (er staan nultekens in); bewaar het bestand in een "
            "rekenblad als 'CSV UTF-8' en bied het opnieuw aan."
        )
    return text, note


def _score(rows: list[list[str]], separator: str) -> tuple[bool, float, int]:
    """Rate a separator: a header without other separators, the share of rows of equal width."""
    widths = Counter(len(row) for row in rows if len(row) > 1)
    if not widths:
        return False, 0.0, 1
    width, number = max(widths.items(), key=lambda item: (item[1], item[0]))
    header = next(row for row in rows if len(row) == width)
    others = set(_SEPARATORS) - {separator, ","}
    clean = not any(other in cell for cell in header for other in others)
    clean = clean and not header[0].strip()[:1].isdigit()
    return clean, number / len(rows), width


def sniff_separator(text: str) -> str:
    r"""Find the separator of a CSV text: `;`, tab, `|` or `,` (`;` for a single column).

    The separator wins under which most of the first rows have the same number of cells, quoted
    fields being respected, and whose header holds no other separator: decimal commas vary from row
    to row and do not stand in a header.
    """
    scores: dict[str, tuple[bool, float, int]] = {}
    for separator in _SEPARATORS:
        reader = csv.reader(io.StringIO(text[:_SAMPLE_CHARACTERS], newline=""), delimiter=separator)
        try:
            rows = [row for row in islice(reader, _SAMPLE_ROWS) if any(map(str.strip, row))]
        except csv.Error:
            continue
        scores[separator] = _score(rows, separator)
    best = max(scores, key=lambda separator: scores[separator], default=";")
    return best if scores and scores[best][1] >= 0.5 else ";"  # noqa: PLR2004


def csv_table(path: Path, name: str) -> RawTable:
    """Read the rows of a CSV file.

    Raises
    ------
    UnusableFile
        An unknown encoding, or a quotation mark that is never closed.
    """
    text, note = _decode(path.read_bytes(), name)
    table = RawTable(ragged=True, notes=[note] if note else [])
    first, _, rest = text.partition("\n")
    marked = first.strip().strip('"').lower()
    if marked.startswith("sep=") and len(marked) == len("sep=;"):
        # Excel's own line, which no spreadsheet shows as a row.
        separator, text = marked[-1], rest
    else:
        separator = sniff_separator(text)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        table.fill(([cell.strip() for cell in row] for row in reader), name)
    except csv.Error as error:
        row = max([number for number, _ in table.rows] + table.empty, default=0) + 1
        raise UnusableFile(
            f'{name}, rij {row}: een aanhalingsteken (") wordt niet goed gesloten, zodat niet te '
            "zien is waar de cel eindigt; zet de hele tekst tussen aanhalingstekens of haal het "
            "teken weg."
        ) from error
    return table


def xlsx_table(path: Path, name: str, layouts: Sequence[Synonyms] = ()) -> RawTable:
    """Read the rows of one sheet; formulas give the value last calculated.

    It is the first sheet with two columns of one of the `layouts` side by side (a workbook often
    starts with a note), and where there is none the first sheet with data.

    Raises
    ------
    UnusableFile
        The file is no readable workbook.
    """
    table = RawTable(ragged=False)
    try:
        with warnings.catch_warnings():
            # openpyxl warns of styles and validations that it does not know; cells are unharmed.
            warnings.simplefilter("ignore", UserWarning)
            # openpyxl leaves a path open that it cannot read, so it gets a stream.
            with path.open("rb") as stream:
                book = openpyxl.load_workbook(stream, read_only=True, data_only=True)
                title = _fill_from_book(table, book, name, layouts)
            if title and _has_formulas(path):
                _note_uncalculated(table, path, title)
    except _XLSX_ERRORS as error:
        raise UnusableFile(
            f"‘{name}’: dit is geen leesbare Excel-werkmap (XLSX); bewaar het bestand opnieuw als "
            "XLSX of als 'CSV UTF-8'."
        ) from error
    return table


def _fill_from_book(
    table: RawTable, book: openpyxl.Workbook, name: str, layouts: Sequence[Synonyms]
) -> str | None:
    """Take the rows of the sheet that holds the table; return its title."""
    with_data, known = [], []
    for sheet in book.worksheets:
        sheet.reset_dimensions()
        with closing(_cells_by_row(sheet)) as rows:
            first = list(islice(filter(any, islice(rows, MOST_ROWS)), _TOP_ROWS))
        if first:
            with_data.append(sheet)
            known += [sheet] if any(_is_head(cells, layouts) for cells in first) else []
    if not with_data:
        return None
    chosen = (known or with_data)[0]
    with closing(_cells_by_row(chosen)) as rows:
        table.fill(rows, name)
    if len(with_data) > 1:
        others = quoted([sheet.title for sheet in with_data if sheet is not chosen])
        table.notes.append(
            f"Gelezen is werkblad '{chosen.title}' ({nl_count(len(table.rows), 'rij', 'rijen')}); "
            f"niet gelezen: {others}."
        )
    return str(chosen.title)


def _cells_by_row(sheet: ReadOnlyWorksheet) -> Generator[list[str]]:
    """Yield the rows of a sheet as stripped texts, and close what it reads from."""
    with closing(sheet.iter_rows(values_only=True)) as rows:
        for row in rows:
            yield [cell_text(value) for value in row]


def _is_head(cells: Sequence[str], layouts: Sequence[Synonyms]) -> bool:
    """Tell whether a row names two columns of one layout."""
    named = [cell for cell in cells[: LIMITS.columns] if cell]
    return any(len(match_columns(named, layout)) > 1 for layout in layouts)


def _has_formulas(path: Path) -> bool:
    """Tell whether any sheet holds a formula at all."""
    with ZipFile(path) as archive:
        sheets = [name for name in archive.namelist() if name.startswith("xl/worksheets/sheet")]
        return any(b"<f>" in (part := archive.read(name)) or b"<f " in part for name in sheets)


def _note_uncalculated(table: RawTable, path: Path, title: str) -> None:
    """Note the rows with a formula that was never calculated, so that its cell reads as empty."""
    cells = dict(table.rows)
    rows: list[int] = []
    with path.open("rb") as stream:
        sheet = openpyxl.load_workbook(stream, read_only=True)[title]
        sheet.reset_dimensions()
        for number, values in enumerate(sheet.iter_rows(values_only=True), start=1):
            known = cells.get(number, [])
            empty = [not any(known[i : i + 1]) for i in range(len(values))]
            formula = [isinstance(value, str) and value.startswith("=") for value in values]
            if any(a and b for a, b in zip(empty, formula, strict=True)):
                rows.append(number)
    if rows:
        table.doubts.append(
            f"Er staan formules in die nooit zijn uitgerekend ({rows_text(rows)}); die cellen zijn "
            "leeg gelezen. Open het bestand in een rekenblad en bewaar het opnieuw."
        )
