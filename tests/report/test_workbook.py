"""The workbook holds what the tables hold, and nothing that a spreadsheet would run."""

import io

import openpyxl
import pytest

from oi_geo.pipeline import assess_plan
from oi_geo.plan import Plan
from oi_geo.report.tables import TABLES, neutralised
from oi_geo.report.workbook import workbook_bytes
from oi_geo.study_area import study_area
from tests.conftest import draw, practice_table


@pytest.fixture(scope="module")
def toets():
    units = draw("""
        AAb
        CCb
    """)
    units.loc["WK0001AA", "naam"] = "=HYPERLINK(1)\x07"
    practices = practice_table([{"naam": "@dorp", "ion": 2000, "eenheid": "WK0001AA"}])
    area = study_area(units, practices=practices)
    return assess_plan(
        area, Plan.from_mapping({"WK0001AA": "+1", "WK0001CC": "-x"}, units.index), []
    )


def test_every_table_is_a_sheet_with_its_rows(toets):
    book = openpyxl.load_workbook(io.BytesIO(workbook_bytes(toets)))
    assert [f"{name}.csv" for name in book.sheetnames] == list(TABLES)
    for name, table in TABLES.items():
        sheet = book[name.removesuffix(".csv")]
        frame = neutralised(table(toets))
        assert sheet.max_row == len(frame) + 1
        assert [cell.value for cell in sheet[1]] == frame.columns.tolist()


def test_no_cell_is_a_formula(toets):
    book = openpyxl.load_workbook(io.BytesIO(workbook_bytes(toets)))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert not [cell.coordinate for cell in cells if cell.data_type == "f"]
    texts = {cell.value for cell in cells if isinstance(cell.value, str)}
    assert {"'+1", "'-x", "'=HYPERLINK(1)"} <= texts


def test_numbers_stay_numbers(toets):
    sheet = openpyxl.load_workbook(io.BytesIO(workbook_bytes(toets)))["groepen"]
    heads = [cell.value for cell in sheet[1]]
    column = heads.index("ion")
    assert [row[column].value for row in sheet.iter_rows(min_row=2)] == [2000, 0]
