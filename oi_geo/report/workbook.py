"""All tables of a test as one Excel workbook, safe to open: text is never run as a formula."""

import io
from datetime import UTC, datetime

import pandas as pd
from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from oi_geo.pipeline import Toets
from oi_geo.report.tables import TABLES, neutralised

HEAD = PatternFill("solid", fgColor="DDE6EC")
WIDEST = 70
# Excel refuses these in a cell; they can only come from a damaged file.
CONTROL = {code: None for code in range(32) if chr(code) not in "\t\n\r"}


def workbook_bytes(toets: Toets) -> bytes:
    """Write one sheet per table; unknown is an empty cell.

    Returns
    -------
    bytes
        An XLSX file.
    """
    book = Workbook()
    book.remove(book.active)
    for name, table in TABLES.items():
        _fill(book.create_sheet(name.removesuffix(".csv")), neutralised(table(toets)))
    book.properties.creator = "oi_geo"
    book.properties.created = book.properties.modified = datetime.now(tz=UTC).replace(tzinfo=None)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _fill(sheet: Worksheet, frame: pd.DataFrame) -> None:
    """Write a table with a head that stays in view and columns as wide as what they hold."""
    sheet.append([_cell(name) for name in frame.columns])
    for row in frame.astype("object").itertuples(index=False):
        sheet.append([_cell(value) for value in row])
    for number, name in enumerate(frame.columns, 1):
        texts = [str(name), *frame.iloc[:, number - 1].dropna().astype(str)]
        width = min(max(len(text) for text in texts) + 2, WIDEST)
        sheet.column_dimensions[get_column_letter(number)].width = width
    for cell in sheet[1]:
        cell.font, cell.fill = Font(bold=True), HEAD
    for line in sheet.iter_rows(min_row=2):
        for cell in line:
            cell.alignment = Alignment(wrap_text=True, vertical="top")
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = sheet.dimensions


def _cell(value: object) -> object:
    """Write a value as Excel takes it: no NaN, no control characters, text stays text."""
    if value is None or value is pd.NA or (isinstance(value, float) and pd.isna(value)):
        return None
    return value.translate(CONTROL) if isinstance(value, str) else value
