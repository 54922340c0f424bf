"""All tables of a test as one Excel workbook, safe to open: text is never run as a formula."""

import io
import math
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from xlsxwriter import Workbook

from oi_geo.pipeline import Toets
from oi_geo.plan import LEVEL_WORDS, UNASSIGNED, PlanLevel
from oi_geo.report.conclusion import conclusion
from oi_geo.report.people import PeopleTable
from oi_geo.report.tables import TABLES, group_table_in_words, neutral
from oi_geo.report.terms import terms
from oi_geo.report.totals import ion_text, known_and_unknown
from oi_geo.study_area import Source
from oi_geo.text import dutch_date, nl_list

HEAD = "#DDE6EC"
WRAPPED = {"text_wrap": True, "valign": "top"}
WIDEST, WIDEST_HEAD = 70, 22
LONGEST = 32_767  # characters that Excel takes in a cell
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
    tables["groepen"] = group_table_in_words(toets)
    return book_bytes(_conclusion_lines(toets), tables, toets.plan.level)


def book_bytes(
    lines: Sequence[tuple[str, str]],
    tables: Mapping[str, PeopleTable],
    level: PlanLevel = "regio",
) -> bytes:
    """Write a workbook: a first sheet `conclusie` of heads and texts, and one sheet per table.

    Parameters
    ----------
    lines : sequence of (str, str)
        Head and text; what the words of the field mean stands below them.
    tables : mapping of str to PeopleTable
        By the name of their sheet.
    level : {'regio', 'hub', 'wijk'}
        What the groups are; some words mean something else at another level.
    """
    buffer = io.BytesIO()
    with Workbook(buffer, {"in_memory": True}) as book:
        book.set_properties({"author": "oi_geo", "created": datetime.now(tz=UTC)})
        told = [*lines, *((f"Uitleg: {word}", text) for word, text in terms(level).items())]
        _write_lines(book, told)
        for name, table in tables.items():
            _fill(book, name, table)
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


def _write_lines(book: Workbook, lines: Sequence[tuple[str, str]]) -> None:
    sheet = book.add_worksheet("conclusie")
    head, text = book.add_format({**WRAPPED, "bold": True}), book.add_format(WRAPPED)
    for row, (name, told) in enumerate(lines):
        sheet.write_string(row, 0, _text(name), head)
        sheet.write_string(row, 1, _text(told), text)
    sheet.set_column(0, 0, 26)
    sheet.set_column(1, 1, 100)


def _source(source: Source) -> str:
    """Write a source with its year, where it is known, and its checksum."""
    year = f", jaar {source.jaar}" if source.jaar else ""
    return f"{source.bestand}{year} (sha256 {source.sha256})"


def _fill(book: Workbook, name: str, table: PeopleTable) -> None:
    """Write a table with a head that stays in view and columns as wide as what they hold."""
    frame, sheet = table.frame, book.add_worksheet(name)
    styles = {
        written: book.add_format({**WRAPPED, "num_format": written or "General"})
        for written in ("", *table.written)
    }
    head_style = book.add_format({**WRAPPED, "bold": True, "bg_color": HEAD})
    for column, head in enumerate(frame.columns):
        sheet.write_string(0, column, _text(head), head_style)
        values = frame.iloc[:, column].tolist()
        for row, value in enumerate(values):
            if isinstance(value, str):
                sheet.write_string(row + 1, column, _text(value), styles[""])
            elif value is not None and not math.isnan(value):
                sheet.write_number(row + 1, column, value, styles[table.format_of(row, head)])
        longest = max((len(str(value)) for value in values if value is not None), default=0)
        width = min(max(longest + 2, min(len(str(head)) + 2, WIDEST_HEAD)), WIDEST)
        sheet.set_column(column, column, width)
    sheet.freeze_panes(1, 1)
    sheet.autofilter(0, 0, len(frame), max(len(frame.columns) - 1, 0))


def _text(value: str) -> str:
    """Write a text as Excel takes it: never a formula, no control characters, not too long."""
    return str(neutral(value)).translate(CONTROL)[:LONGEST]
