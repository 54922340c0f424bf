"""Exports: formulas are neutralised, numbers are not, and the tables say what the test found."""

import io

import numpy as np
import openpyxl
import pandas as pd
import pytest

from oi_geo.criteria.kader import load_kader
from oi_geo.pipeline import assess_plan
from oi_geo.placement import ELSEWHERE
from oi_geo.plan import Plan
from oi_geo.report.document import document, plain
from oi_geo.report.markdown import to_markdown
from oi_geo.report.people import MOST_NAMED, SHARE, people_table
from oi_geo.report.tables import (
    TABLES,
    csv_text,
    neutralised,
    plan_table,
    table_csv,
    unit_table,
    write_tables,
)
from oi_geo.report.totals import elsewhere_text, group_measures, measured_text
from oi_geo.sources.proposals import read_proposal
from oi_geo.study_area import study_area
from oi_geo.text import nl_number
from tests.conftest import draw, practice_table


@pytest.fixture
def toets():
    area = study_area(
        draw("""
            AAb
            CCb
        """),
        practices=practice_table(
            [
                {"naam": "=1+1", "ion": 2000, "eenheid": "WK0001AA", "regio_organisatie": "@RO"},
                {"naam": "Dorp", "ion": 500, "eenheid": None},
            ]
        ),
    )
    plan = Plan.from_mapping({"WK0001AA": "=cmd|'/c calc'!A1", "WK0001CC": "-1"}, area.units.index)
    return assess_plan(area, plan, [])


@pytest.mark.parametrize(
    "start",
    ["=", "+", "-", "@", "\t", "\r", " =", "\u200b=", "\uff1d", "\uff0b", "\xa0@", "\ufeff-"],
)
def test_text_that_a_spreadsheet_would_run_gets_an_apostrophe(start):
    frame = pd.DataFrame({f"{start}kop": [f"{start}1+1", "gewoon", -5, -0.5, None]}, dtype=object)
    safe = neutralised(frame)
    assert safe.columns.tolist() == [f"'{start}kop"]
    assert safe.iloc[:4, 0].tolist() == [f"'{start}1+1", "gewoon", -5, -0.5]


def test_every_exported_cell_is_safe(toets, tmp_path):
    for path in write_tables(toets, tmp_path):
        sep = "," if path.name == "indeling.csv" else ";"
        frame = pd.read_csv(path, sep=sep, dtype=str, keep_default_na=False, encoding="utf-8-sig")
        cells = pd.Series([*frame.columns, *frame.to_numpy().ravel()])
        risky = cells[cells.str.match(r"^[=+@\t\r]|^-(?![\d.]+$)")]
        assert risky.empty, f"{path.name}: {risky.tolist()}"
    assert {p.name for p in tmp_path.iterdir()} == set(TABLES)


def test_unit_table_is_a_proposal_again(toets):
    frame = pd.read_csv(io.StringIO(csv_text(unit_table(toets))))
    assert frame.columns[:2].tolist() == ["eenheid", "groep"]
    assert frame.set_index("eenheid")["groep"].to_dict() == {
        "WK0001AA": "'=cmd|'/c calc'!A1",
        "WK0001CC": "'-1",
        "WK0002BB": pytest.approx(np.nan, nan_ok=True),
    }


def test_a_unit_in_two_groups_stands_in_both_and_reads_back(toets, tmp_path):
    index = toets.area.units.index
    double = {"WK0001CC": ("Oost", "West")}
    plan = Plan("regio", index, ("Oost", "West"), np.array([1, 0, -1], np.int32), (), double)
    path = tmp_path / "indeling.csv"
    path.write_text(csv_text(unit_table(assess_plan(toets.area, plan, []))))
    again, _ = read_proposal(path, toets.area, "regio")
    assert again.double == double
    assert [again.members(group).tolist() for group in ("Oost", "West")] == [
        plan.members(group).tolist() for group in ("Oost", "West")
    ]
    assert plan_table(plan).values.tolist() == [
        ["WK0001AA", "West"],
        ["WK0001CC", "Oost"],
        ["WK0001CC", "West"],
        ["WK0002BB", ""],
    ]


def test_document_conserves_ion_and_lists_what_is_left_over(toets):
    found = document(toets)
    assert found["ion"] == {
        "totaal": 2500,
        "geplaatst": 2000,
        "niet_geplaatst": 500,
        "waarvan_buiten_het_gebied": 0,
    }
    assert found["niet_toegewezen"] == ["WK0002BB"]
    assert [g["eenheden"] for g in found["groepen"]] == [["WK0001AA"], ["WK0001CC"]]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (np.float64("nan"), None),
        (pd.NA, None),
        (None, None),
        (np.inf, None),
        (np.int64(3), 3),
        (3.0, 3),
        (0.25, 0.25),
        (np.bool_(True), True),
        (("GM0001", None), ["GM0001", None]),
    ],
)
def test_plain_values(value, expected):
    assert plain(value) == expected
    assert type(plain(value)) is type(expected)


def test_openpyxl_sees_no_formula_in_neutralised_text():
    # A spreadsheet decides by the first character: what openpyxl takes for a formula is one.
    book = openpyxl.Workbook()
    book.active.append(neutralised(pd.DataFrame({"a": ["=1+1"]}))["a"].tolist())
    assert book.active["A1"].data_type == "s"


def test_what_is_unknown_is_an_empty_cell_and_never_nought(tmp_path):
    area = study_area(draw("""
        AAb
    """))  # fmt: skip
    toets = assess_plan(area, Plan.from_mapping({"WK0001AA": "Noord"}, area.units.index), [])
    table = TABLES["groepen.csv"](toets)
    for head in ("ION", "Huisartsen", "Praktijken"):
        assert table.frame[head].tolist() == [None]
    write_tables(toets, tmp_path)
    frame = pd.read_csv(tmp_path / "groepen.csv", sep=";", decimal=",")
    assert frame[["ION", "Huisartsen", "Praktijken"]].isna().all(axis=None)


def test_doctors_told_in_fte_are_written_as_fte():
    rows = [
        {"ion": 2000, "fte": 1.5, "deelnemer": True, "eenheid": "WK0001AA"},
        {"ion": 1000, "fte": 0.5, "deelnemer": False, "eenheid": "WK0001AA"},
        {"ion": 1000, "fte": 0.8, "deelnemer": True, "eenheid": "WK0002BB"},
    ]
    area = study_area(draw("AAb"), practices=practice_table(rows))
    plan = Plan.from_mapping({"WK0001AA": "Noord", "WK0002BB": "Zuid"}, area.units.index)
    toets = assess_plan(area, plan, [load_kader("unicum")])
    assert TABLES["groepen.csv"](toets).frame["Huisartsen (fte)"].tolist() == [2.0, 0.8]
    assert "| 2,0 fte (personen onbekend) |" in to_markdown(toets, title="x")
    told = {f.group: f.explanation for f in toets.findings if f.rule == "U1"}
    assert "In fte zijn het er 1,5 van de 2,0 op de lijst (75,0 %)" in told["Noord"]


def noord(*rows):
    """Test a plan whose only group holds wijk A, where all of these practices stand."""
    practices = practice_table([{**row, "eenheid": "WK0001AA"} for row in rows])
    area = study_area(draw("AAb"), practices=practices)
    plan = Plan.from_mapping({"WK0001AA": "Noord"}, area.units.index)
    return assess_plan(area, plan, [load_kader("unicum")])


def test_a_group_without_fte_says_nothing_of_it():
    toets = noord({"ion": 2000, "huisartsen": 2, "deelnemer": True})
    assert TABLES["groepen.csv"](toets).frame["Huisartsen (fte)"].tolist() == [None]
    assert not any("fte" in f.explanation for f in toets.findings)


def test_a_cell_names_no_more_than_somebody_reads():
    area = study_area(draw("Ab"))
    frame = pd.DataFrame({"eenheden": [tuple(f"WK{i:06d}" for i in range(MOST_NAMED + 3))]})
    cell = people_table(area, frame).frame["Eenheden"].iloc[0]
    assert cell.count(";") == MOST_NAMED
    assert cell.endswith("; en nog 3")
    short = pd.DataFrame({"eenheden": [tuple(f"WK{i:06d}" for i in range(MOST_NAMED))]})
    assert "en nog" not in people_table(area, short).frame["Eenheden"].iloc[0]


def test_the_bounds_of_a_share_are_percentages_as_the_share_is():
    toets = noord(
        {"ion": 2000, "huisartsen": 1, "deelnemer": True},
        {"ion": 1000, "huisartsen": 1, "deelnemer": None},
        {"ion": 1000, "huisartsen": 1, "deelnemer": False},
    )
    table = TABLES["bevindingen.csv"](toets)
    at = table.frame["Regel"].tolist().index("U1")
    for head, value in (("Laagst mogelijke waarde", 0.333), ("Hoogst mogelijke waarde", 0.667)):
        assert table.frame[head].iloc[at] == value
        assert table.format_of(at, head) == SHARE


@pytest.mark.parametrize("people", [[5635.0, None, 0.0], [5635.0, 1.0, 2.0], [None, None, None]])
def test_inhabitants_in_the_division_are_whole_numbers(people):
    units = draw("""
        AAb
        CCb
    """)  # fmt: skip
    area = study_area(units.assign(inwoners=np.array(people, np.float64)))
    plan = Plan.from_mapping(dict.fromkeys(area.units.index, "Noord"), area.units.index)
    lines = table_csv("indeling.csv", assess_plan(area, plan, [])).splitlines()
    assert lines[0] == "eenheid,groep,naam,gemeentecode,gemeentenaam,inwoners"
    written = ["" if n is None else str(int(n)) for n in people]
    assert [line.split(",")[-1] for line in lines[1:]] == written


@pytest.mark.parametrize(
    ("may", "told"),
    [
        ([None, None], ""),
        ([("WK0001AA", "WK0001CC"), None], ""),  # both in the same group
        ([("WK0001AA", "WK0002BB"), None], " (1 van 2 praktijken kan ook buiten deze groep staan)"),
        (
            [("WK0001AA", "WK0002BB"), ("WK0001CC", ELSEWHERE)],
            " (2 van 2 praktijken kunnen ook buiten deze groep staan)",
        ),
    ],
)
def test_a_total_says_that_practices_may_stand_elsewhere(tmp_path, may, told):
    practices = practice_table(
        [{"eenheid": "WK0001AA", "ion": 2000}, {"eenheid": "WK0001CC", "ion": 500}]
    ).assign(mogelijk=pd.Series(may, dtype=object))
    area = study_area(draw("AAb\nCCb"), practices=practices)
    groups = {"WK0001AA": "West", "WK0001CC": "West", "WK0002BB": "Oost"}
    toets = assess_plan(area, Plan.from_mapping(groups, area.units.index), [])
    measured = group_measures(toets).loc["West"]
    for name, total in (("ion", "2.500"), ("praktijken", "2")):
        assert measured_text(measured, name) == total + told
        assert total + told in to_markdown(toets, title="Toets")
    assert measured_text(measured, "inwoners") == nl_number(measured["inwoners"])
    number = sum(units is not None for units in may) if told else 0
    [west, _] = document(toets)["groepen"]
    assert west["praktijken_geschat"] == number
    head = "Praktijken die ook elders kunnen staan"
    assert TABLES["groepen.csv"](toets).frame[head].tolist()[0] == number


def test_a_side_of_a_cut_gemeente_is_no_group():
    side = {"praktijken": 6, "praktijken_geschat": 1}
    told = elsewhere_text(side, "dit deel")
    assert told == " (1 van 6 praktijken kan ook buiten dit deel staan)"
    assert elsewhere_text(side | {"praktijken_geschat": 0}, "dit deel") == ""
