"""The workbook holds what the tables hold, and nothing that a spreadsheet would run."""

import io
import re

import openpyxl
import pandas as pd
import pytest

from oi_geo.criteria.kader import kader_names, load_kader
from oi_geo.pipeline import assess_plan, example_files, example_inputs, load_area, run_toets
from oi_geo.plan import Plan
from oi_geo.report.conclusion import conclusion
from oi_geo.report.markdown import to_markdown
from oi_geo.report.people import PeopleTable
from oi_geo.report.tables import TABLES, neutralised
from oi_geo.report.workbook import book_bytes, workbook_bytes
from oi_geo.study_area import study_area
from oi_geo.text import nl_number
from tests.conftest import draw, practice_table


@pytest.fixture(scope="module")
def faulty():
    files = example_files()
    return run_toets(load_area(example_inputs()), files.voorstel_fout, "regio", kader_names())


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
    assert [f"{name}.csv" for name in book.sheetnames] == ["conclusie.csv", *TABLES]
    for name, table in TABLES.items():
        sheet = book[name.removesuffix(".csv")]
        frame = neutralised(table(toets).frame)
        assert sheet.max_row == len(frame) + 1
        assert [cell.value for cell in sheet[1]] == frame.columns.tolist()


def test_the_first_sheet_counts_the_people_of_the_groups_and_of_the_map(toets):
    sheet = openpyxl.load_workbook(io.BytesIO(workbook_bytes(toets)))["conclusie"]
    told = dict(sheet.iter_rows(max_col=2, values_only=True))
    people = toets.area.units["inwoners"]
    inside = int(people[["WK0001AA", "WK0001CC"]].sum())
    assert told["Inwoners van de groepen samen"] == nl_number(inside)
    assert told["Inwoners op de hele kaart"] == nl_number(int(people.sum())) != nl_number(inside)


def test_no_cell_is_a_formula(toets):
    book = openpyxl.load_workbook(io.BytesIO(workbook_bytes(toets)))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert not [cell.coordinate for cell in cells if cell.data_type == "f"]
    texts = {cell.value for cell in cells if isinstance(cell.value, str)}
    assert {"'+1", "'-x", "'=HYPERLINK(1)"} <= texts


def test_numbers_stay_numbers(toets):
    sheet = openpyxl.load_workbook(io.BytesIO(workbook_bytes(toets)))["groepen"]
    heads = [cell.value for cell in sheet[1]]
    column = heads.index("ION")
    assert [row[column].value for row in sheet.iter_rows(min_row=2)] == [2000, 0]


def test_the_first_sheet_says_what_it_comes_down_to(toets):
    sheet = openpyxl.load_workbook(io.BytesIO(workbook_bytes(toets))).worksheets[0]
    told = {row[0].value: row[1].value for row in sheet.iter_rows()}
    assert told["Conclusie"] == conclusion(toets).sentence
    assert re.fullmatch(r"\d+ [a-z]+ 20\d\d", told["Datum van de toets"])


def test_no_sheet_approves_of_what_no_kader_tested():
    area = study_area(draw("AAb\nCCb"))
    plan = Plan.from_mapping(dict.fromkeys(area.units.index, "Noord"), area.units.index, "wijk")
    toets = assess_plan(area, plan, [load_kader("zilveren-kruis")])
    book = openpyxl.load_workbook(io.BytesIO(workbook_bytes(toets)))
    told = dict(book["conclusie"].iter_rows(max_col=2, values_only=True))
    assert told["Conclusie"].startswith("Er is aan geen enkel geldend kader getoetst")
    assert told["Eerst doen"].startswith("Kies een kader met regels voor wijkverbanden")
    column = [cell.value for cell in book["groepen"][1]].index("Oordeel")
    assert book["groepen"][2][column].value == "alleen kaart getoetst"
    assert TABLES["groepen.csv"](toets).frame["Oordeel"].tolist() == ["voldoet"]
    text = to_markdown(toets, title="Toets")
    verdicts = text.partition("## Oordelen")[2].partition("## Groepen")[0]
    assert "aan geen geldend kader is getoetst" in verdicts
    assert "voldoet" not in verdicts


@pytest.mark.parametrize(
    ("level", "organisation"),
    [
        ("regio", "de regio-organisatie die"),
        ("hub", "de regio-organisatie die"),
        ("wijk", "het wijksamenwerkingsverband (WSV) dat"),
    ],
)
def test_who_takes_part_depends_on_the_level(level, organisation):
    area = study_area(draw("AAb\nCCb"))
    plan = Plan.from_mapping(dict.fromkeys(area.units.index, "Noord"), area.units.index, level)
    toets = assess_plan(area, plan, [])
    told = f"Een praktijk die meedoet met {organisation} bij haar staat."
    assert f"- **Deelnemer**: {told}" in to_markdown(toets, title="Toets")
    book = openpyxl.load_workbook(io.BytesIO(workbook_bytes(toets)))
    assert (
        dict(book["conclusie"].iter_rows(max_col=2, values_only=True))["Uitleg: Deelnemer"] == told
    )


def test_a_share_is_a_percentage_and_an_area_has_one_decimal(faulty):
    book = openpyxl.load_workbook(io.BytesIO(workbook_bytes(faulty)))
    for sheet, head, written in [
        ("grensproblematiek", "Aandeel van de inwoners", "0.0%"),
        ("groepen", "Oppervlakte (km²)", "#,##0.0"),
    ]:
        column = [cell.value for cell in book[sheet][1]].index(head)
        cells = [row[column] for row in book[sheet].iter_rows(min_row=2)]
        assert cells
        assert {cell.number_format for cell in cells} == {written}
        assert all(isinstance(cell.value, int | float) for cell in cells)


def test_what_is_unknown_is_none_in_every_table(faulty, toets):
    for tested in (faulty, toets):
        for name, table in TABLES.items():
            cells = table(tested).frame.to_numpy().ravel().tolist()
            assert not [c for c in cells if c is not None and pd.isna(c)], name


def test_a_text_longer_than_a_cell_takes_is_cut():
    table = PeopleTable(pd.DataFrame({"Waar": ["x" * 40_000]}, dtype=object), {}, {})
    book = openpyxl.load_workbook(io.BytesIO(book_bytes([], {"resten": table})))
    assert [cell.value for cell in book["resten"]["A"]] == ["Waar", "x" * 32_767]


def test_the_sheets_speak_dutch_and_fold_no_code_without_its_name(faulty):
    book = openpyxl.load_workbook(io.BytesIO(workbook_bytes(faulty)))
    texts = {str(c.value) for sheet in book for row in sheet.iter_rows() for c in row if c.value}
    assert not {"True", "False", "nan", "None", "<NA>"} & texts
    assert not any(re.search(r"[a-z]_[a-z]", str(c.value)) for sheet in book for c in sheet[1])
    gemeenten = book["groepen"][2][[c.value for c in book["groepen"][1]].index("Gemeenten geheel")]
    assert re.fullmatch(r"(.+ \(GM\d+\)(; )?)+", gemeenten.value)


def test_the_division_lists_only_units_of_the_plan(toets):
    sheet = openpyxl.load_workbook(io.BytesIO(workbook_bytes(toets)))["indeling"]
    codes = {row[0].value for row in sheet.iter_rows(min_row=2)}
    plan = toets.plan
    assert codes == {*plan.units[plan.labels >= 0], *plan.unfinished_units}
