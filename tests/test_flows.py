"""Flows: both ends of each row in a unit, and every patient either placed or counted as not."""

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from oi_geo.errors import ImpossibleWishes
from oi_geo.flows import flows_of
from oi_geo.study_area import study_area
from tests.conftest import draw, practice_table
from tests.effort import tries

# A and B in the lower row, C above both; one cell is 1.000 m from RD (150000, 450000) on.
PICTURE = """
    CC
    AB
"""
PRACTICES = [
    {"praktijk_id": "P1", "agb": "01000001", "ion": 100, "eenheid": "WK0001AA"},
    {"praktijk_id": "P2", "agb": "01000002", "ion": 50, "eenheid": "WK0001BB"},
    {"praktijk_id": "P2", "agb": "01000003", "ion": 900, "eenheid": "WK0001CC"},
    {"praktijk_id": "P3", "agb": "01000004", "ion": 10},
]
POSTCODES = pd.DataFrame(
    {"x_rd": [150_500, 151_500, 151_000, 1.0], "y_rd": [450_500, 450_500, 450_500, 1.0]},
    index=["1000", "1000AB", "2000", "3000"],
)


@pytest.fixture
def flows(tmp_path):
    area = study_area(draw(PICTURE), practices=practice_table(PRACTICES))

    def reader(*rows: str, postcodes=POSTCODES, area=area):
        path = tmp_path / "herkomst.csv"
        path.write_text("\n".join(rows) + "\n", encoding="utf-8")
        table, reports = flows_of(area, path, postcodes)
        return {(a, b): n for a, b, n in table.itertuples(index=False)}, reports

    return reader


def lost(reports, ernst="fout") -> str:
    return " ".join(m.melding for m in reports[1].messages if m.ernst == ernst)


def test_a_practice_stands_where_most_of_its_ion_stands(flows):
    found, reports = flows("praktijk_id;eenheid;aantal", "P1;WK0001BB;7", "P2;WK0001AA;5")
    assert found == {("WK0001BB", "WK0001AA"): 7, ("WK0001AA", "WK0001CC"): 5}
    assert lost(reports) == ""


def test_an_agb_code_finds_its_own_row(flows):
    found, _ = flows("agb;eenheid;aantal", "01000002;WK0001AA;3", "1000003;WK0001AA;4")
    assert found == {("WK0001AA", "WK0001BB"): 3, ("WK0001AA", "WK0001CC"): 4}


def test_buurten_lie_in_their_wijk_and_are_added_up(flows):
    found, _ = flows("praktijk_id;eenheid;aantal", "P1;BU0001BB01;3", "P1;BU0001BB02;4")
    assert found == {("WK0001BB", "WK0001AA"): 7}


def test_postcodes_by_their_point_the_full_one_first_and_the_lower_code_on_a_border(flows):
    found, reports = flows(
        "praktijk_id;postcode;aantal", "P1;1000AB;1", "P1;1000ZZ;2", "P1;2000;4", "P1;3000;8"
    )
    assert found == {("WK0001BB", "WK0001AA"): 1, ("WK0001AA", "WK0001AA"): 6}
    assert lost(reports) == ""
    assert "1 rij is niet geplaatst (8 patiënten): van de postcode" in lost(reports, "waarschuwing")


def test_what_cannot_be_placed_is_counted_by_reason(flows):
    found, reports = flows(
        "praktijk_id;eenheid;postcode;aantal",
        "P1;WK0001AA;;1", "P9;WK0001AA;;2", "P3;WK0001AA;;4", "P1;WK0344AD;;8", "P1;;1000;16",
        postcodes=None,
    )  # fmt: skip
    assert found == {("WK0001AA", "WK0001AA"): 1}
    text = lost(reports)
    assert "(2 patiënten): de praktijk staat niet in de praktijkenlijst ('P9'; rij 3)" in text
    assert "(4 patiënten): de praktijk is niet in een eenheid geplaatst ('P3'; rij 4)" in text
    assert "(8 patiënten): de wijk of buurt ligt niet in dit gebied ('WK0344AD'; rij 5)" in text
    assert "postcode" not in text
    assert "(16 patiënten): van de postcode is geen punt" in lost(reports, "waarschuwing")
    assert (reports[1].gelezen, reports[1].behouden) == (5, 1)
    assert "31 patiënten: 1 geplaatst en 30 niet geplaatst" in reports[1].messages[-1].melding


@settings(
    max_examples=tries(40),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["P1", "P2", "P3", "P9"]),
            st.sampled_from(["WK0001AA;", "WK0001BB;", "WK9999AA;", ";1000", ";9999", ";2000"]),
            st.integers(0, 500),
        ),
        min_size=1,
    )
)
def test_no_patient_gets_lost(flows, rows):
    found, reports = flows(
        "praktijk_id;eenheid;postcode;aantal", *(f"{a};{b};{n}" for a, b, n in rows)
    )
    good = [n for a, b, n in rows if a in {"P1", "P2"} and b not in {"WK9999AA;", ";9999"}]
    assert sum(found.values()) == sum(good)
    total, placed = sum(n for *_, n in rows), sum(good)
    line = reports[1].messages[-1].melding.replace(".", "")
    assert line == (
        f"Herkomst van {total} patiënten: {placed} geplaatst en {total - placed} niet geplaatst"
    )


def test_without_practices_it_is_refused(flows):
    with pytest.raises(ImpossibleWishes, match="--praktijken"):
        flows("praktijk_id;eenheid;aantal", "P1;WK0001AA;1", area=study_area(draw(PICTURE)))
