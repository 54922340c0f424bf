"""Residence tables that may tell of the same patients twice: at least the largest, at most all."""

from dataclasses import replace
from itertools import permutations

import pandas as pd
import pytest

from oi_geo.flows import flows_of, residence_of
from oi_geo.study_area import PracticeList, study_area
from oi_geo.told_twice import surely_told
from tests.conftest import draw, practice_table
from tests.criteria.toy import findings

A, B = "WK0001AA", "WK0001BB"
PRACTICES = [
    {"praktijk_id": "P1", "agb": "01000001", "naam": "De Linde", "ion": 100_000, "eenheid": A},
    {"praktijk_id": "P2", "agb": "01000002", "naam": "De Iep", "ion": 10_000, "eenheid": B},
    {"praktijk_id": "P2", "agb": "01000003", "naam": "De Iep", "ion": 10_000, "eenheid": B},
]
COLUMNS = {"huisartsen": 1.0, "deelnemer": True, "regio_organisatie": "Alfa"}
POSTCODES = pd.DataFrame(
    {"x_rd": [150_500.0, 150_500.0], "y_rd": 450_500.0}, index=["1000", "1000AB"]
)


@pytest.fixture
def read(tmp_path):
    area = study_area(draw("AB"), practices=practice_table([{**p, **COLUMNS} for p in PRACTICES]))

    def reader(*rows: str):
        path = tmp_path / "herkomst.csv"
        path.write_text("\n".join(["praktijk;eenheid;postcode;aantal", *rows]) + "\n", "utf-8")
        table, reports = residence_of(area, path, POSTCODES)
        told = " ".join(m.melding for m in reports[0].messages if "op meer manieren" in m.melding)
        with_homes = replace(
            area, residence=table, practice_list=PracticeList("volledig"),
            units=area.units.assign(inwoners=100_000.0),
        )  # fmt: skip
        found = findings(with_homes, {A: "West"})["K3", "West"]
        flows, _ = flows_of(area, path, POSTCODES)
        return found.bounds, told, flows["aantal"].sum()

    return reader


@pytest.mark.parametrize(
    ("rows", "least", "most", "says"),
    [
        # A wijk and a buurt inside it, both ways round.
        (("P1;WK0001AA;;80000", "P1;BU0001AA01;;15000"), 0.80, 1.0, "van 80.000 tot 95.000"),
        (("P1;BU0001AA01;;15000", "P1;WK0001AA;;80000"), 0.80, 1.0, "van 80.000 tot 95.000"),
        # Two buurten are added up before they are set beside their wijk.
        (
            ("P1;WK0001AA;;50000", "P1;BU0001AA01;;40000", "P1;BU0001AA02;;30000"),
            0.70, 1.0, "van 70.000 tot 120.000",
        ),
        # One practice by its id, its code and its name.
        (("P1;WK0001AA;;60000", "01000001;WK0001AA;;60000"), 0.60, 1.0, "van 60.000 tot 120.000"),
        (("P1;WK0001AA;;60000", "De Linde;WK0001AA;;20000"), 0.60, 1.0, "van 60.000 tot 80.000"),
        # Four digits and a full postcode.
        (("P1;;1000;30000", "P1;;1000AB;20000"), None, None, "van 30.000 tot 50.000"),
        # A wijk and postcodes, of which the place is known or may be anywhere.
        (("P1;WK0001AA;;50000", "P1;;1000AB;50000"), None, None, "van 50.000 tot 100.000"),
        (("P1;WK0001AA;;50000", "P1;;1000;30000", "P1;;9999;40000"), None, None, "van 70.000 tot"),
        # A row that repeats another may be a copy.
        (("P1;WK0001AA;;40000", "P1;WK0001AA;;40000"), 0.40, 1.0, "van 40.000 tot 80.000"),
        (("P1;WK0001AA;;40000", "P1;WK0001AA;;30000"), 0.70, 1.0, ""),
        # Nothing said twice.
        (("P1;BU0001AA01;;60000", "P1;BU0001AA02;;40000"), 1.0, 1.0, ""),
        (("P1;WK0001AA;;70000", "01000001;WK0001BB;;30000"), 0.70, 0.90, ""),
        (("01000002;WK0001AA;;10000", "01000003;WK0001AA;;10000"), None, None, ""),
    ],
)  # fmt: skip
def test_the_largest_statement_is_sure_and_all_are_possible(read, rows, least, most, says):
    bounds, told, flows = read(*rows)
    assert says in told
    assert bool(told) == bool(says)
    if least is not None:
        # P2 has 20.000 patients of whom nobody says where they live.
        assert bounds == pytest.approx((least, most))
    single = sum(int(row.rsplit(";", 1)[1]) for row in rows)
    # Flows are one number: of an area and a part of it the larger; the rest is added up.
    mixed = len({row.split(";")[1] == "" for row in rows}) > 1
    assert flows < single if says and not mixed and len(set(rows)) > 1 else flows <= single
    assert says or flows == single


@pytest.mark.parametrize(
    "rows",
    [
        ("P1;WK0001AA;;60000", "P1;BU0001AA01;;30000", "P1;BU0001AA02;;30000"),
        ("P1;WK0001AA;;60000", "P1;;1000AB;60000"),
        ("P1;;1000;40000", "P1;;1000AB;40000"),
        ("P1;WK0001AA;;40000", "De Linde;WK0001AA;;40000", "01000001;WK0001AA;;40000"),
    ],
)
def test_equal_statements_count_the_same_in_any_order(read, rows):
    found = {read(*again)[::2] for again in permutations(rows)}
    assert len(found) == 1


def test_each_statement_is_at_least_true_where_it_is_about(tmp_path):
    """On a map of buurten a wijk lies nowhere for certain, but the buurten of it do."""
    units = draw("AB").rename({A: "BU0001AA01", B: "BU0001AA02"})
    practices = practice_table([{**PRACTICES[0], **COLUMNS, "eenheid": units.index[0]}])
    area = study_area(units, level="buurt", practices=practices)
    path = tmp_path / "herkomst.csv"
    lines = ["P1;WK0001AA;;90000", "P1;BU0001AA01;;45000", "P1;BU0001AA02;;45000"]
    for again in permutations(lines):
        path.write_text("\n".join(["praktijk;eenheid;postcode;aantal", *again]), "utf-8")
        table, _ = residence_of(area, path)
        at = [table["eenheid"].eq(unit).fillna(value=False).to_numpy() for unit in units.index]
        assert [surely_told(table, where).sum() for where in at] == [45_000, 45_000]
        assert surely_told(table, at[0] | at[1]).sum() == 90_000
