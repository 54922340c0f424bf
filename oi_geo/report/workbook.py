"""All tables of a test as one Excel workbook, safe to open: text is never run as a formula."""

import io
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, NamedStyle, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from oi_geo.pipeline import Toets
from oi_geo.plan import LEVEL_WORDS, UNASSIGNED
from oi_geo.report.conclusion import conclusion
from oi_geo.report.people import PeopleTable
from oi_geo.report.tables import TABLES, neutral
from oi_geo.report.terms import TERMS
from oi_geo.report.totals import ion_text, known_and_unknown
from oi_geo.study_area import Source
from oi_geo.text import dutch_date, nl_list

HEAD = PatternFill("solid", fgColor="DDE6EC")
WIDEST, WIDEST_HEAD = 70, 22
# Excel refuses these in a cell; they can only come from a damaged file.
CONTROL = {code: None for code in range(32) if chr(code) not in "\t\n\r"}


def workbook_bytes(toets: Toets) -> bytes:
    """Write the conclusion and one sheet per table; unknown is an empty cell.

    Returns
    -------
    bytes
        An XLSX file.
    """
    tables = {name.removesuffix(".csv"): table(toets) for name, table in TABLES.items()}
    return book_bytes(_conclusion_lines(toets), tables)


def book_bytes(lines: Sequence[tuple[str, str]], tables: Mapping[str, PeopleTable]) -> bytes:
    """Write a workbook: a first sheet `conclusie` of heads and texts, and one sheet per table.

    Parameters
    ----------
    lines : sequence of (str, str)
        Head and text; what the words of the field mean stands below them.
    tables : mapping of str to PeopleTable
        By the name of their sheet.
    """
    book = Workbook()
    book.remove(book.active)
    styles = _styles(book, tables.values())
    told = [*lines, *((f"Uitleg: {word}", text) for word, text in TERMS.items())]
    _write_lines(book.create_sheet("conclusie"), told)
    for name, table in tables.items():
        _fill(book.create_sheet(name), table, styles)
    book.properties.creator = "oi_geo"
    now = datetime.now(tz=UTC)
    book.properties.created = book.properties.modified = now.replace(tzinfo=None)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def today_text() -> str:
    """Write the day of today, where this computer stands."""
    return dutch_date(datetime.now(tz=UTC).astimezone().date())


def source_lines(sources: Sequence[Source]) -> list[tuple[str, str]]:
    """Write a line per file that was read."""
    return [(f"Bron: {one.naam}", _source(one)) for one in sources]


def _conclusion_lines(toets: Toets) -> list[tuple[str, str]]:
    """Say what the test comes down to, of which day it is and what it rests on."""
    told, area = conclusion(toets), toets.area
    lines = [
        ("Toets van", toets.sources[-1].bestand if toets.sources else "een voorstel"),
        ("Conclusie", told.sentence),
        ("Eerst doen", told.next_step or "Niets"),
        *(("Let op", note) for note in told.notes),
        ("Datum van de toets", today_text()),
        *((("Peildatum", dutch_date(area.practice_list.day)),) if area.practice_list.day else ()),
        ("Niveau", LEVEL_WORDS[toets.plan.level][0].capitalize()),
        ("Toetsingskaders", nl_list([kader.titel for kader in toets.kaders])),
        *_people_lines(toets),
        ("ION van de hele lijst", ion_text(area)),
        *source_lines(toets.sources),
    ]
    if area.is_example:
        lines.insert(0, ("Let op", "Fictief voorbeeldgebied: namen en aantallen zijn verzonnen."))
    return lines


def _people_lines(toets: Toets) -> list[tuple[str, str]]:
    """Say how many people live in the groups, and on the map where that is more."""
    people, placed = toets.area.units["inwoners"], toets.plan.labels != UNASSIGNED
    told = known_and_unknown(people[placed], "eenheid", "eenheden")
    lines = [("Inwoners van de groepen samen", told)]
    if not placed.all():
        whole = known_and_unknown(people, "eenheid", "eenheden")
        lines.append(("Inwoners op de hele kaart", whole))
    return lines


def _write_lines(sheet: Worksheet, lines: Sequence[tuple[str, str]]) -> None:
    for head, text in lines:
        sheet.append([_cell(neutral(head)), _cell(neutral(text))])
    for head_cell, text_cell in sheet.iter_rows():
        head_cell.font = Font(bold=True)
        head_cell.alignment = text_cell.alignment = Alignment(wrap_text=True, vertical="top")
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 26, 100


def _source(source: Source) -> str:
    """Write a source with its year, where it is known, and its checksum."""
    year = f", jaar {source.jaar}" if source.jaar else ""
    return f"{source.bestand}{year} (sha256 {source.sha256})"


def _fill(sheet: Worksheet, table: PeopleTable, styles: Mapping[str, str]) -> None:
    """Write a table with a head that stays in view and columns as wide as what they hold."""
    frame = table.frame
    sheet.append([_cell(neutral(name)) for name in frame.columns])
    for row in frame.itertuples(index=False):
        sheet.append([_cell(neutral(value)) for value in row])
    for number, name in enumerate(frame.columns, 1):
        longest = max((len(str(x)) for x in frame.iloc[:, number - 1] if x is not None), default=0)
        width = min(max(longest + 2, min(len(str(name)) + 2, WIDEST_HEAD)), WIDEST)
        sheet.column_dimensions[get_column_letter(number)].width = width
    for cell in sheet[1]:
        cell.font, cell.fill = Font(bold=True), HEAD
        cell.alignment = Alignment(wrap_text=True, vertical="top")
    for position, line in enumerate(sheet.iter_rows(min_row=2)):
        for head, cell in zip(frame.columns, line, strict=True):
            text = isinstance(cell.value, str)
            cell.style = styles["" if text else table.format_of(position, head)]
    sheet.freeze_panes = "B2"
    sheet.auto_filter.ref = sheet.dimensions


def _styles(book: Workbook, tables: Iterable[PeopleTable]) -> dict[str, str]:
    """Add a style for each number format of tables; return their names (of none: of text).

    A cell with a style by name costs far less than one with a style of its own.
    """
    written = sorted({"", *(text for table in tables for text in table.written)})
    names = {text: f"oi_geo {number}" for number, text in enumerate(written)}
    wrapped = Alignment(wrap_text=True, vertical="top")
    for text, name in names.items():
        style = NamedStyle(name, number_format=text or "General", alignment=wrapped)
        book.add_named_style(style)
    return names


def _cell(value: object) -> object:
    """Write a value as Excel takes it: no control characters, text stays text."""
    return value.translate(CONTROL) if isinstance(value, str) else value
