"""Where patients live: read to the patient, with a line for every row that is set aside."""

import re
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from oi_geo.errors import UnusableFile
from oi_geo.sources.example import write_example
from oi_geo.sources.lines import MOST_LINES
from oi_geo.sources.recognise import recognise
from oi_geo.sources.report import ReadReport
from oi_geo.sources.residence import RESIDENCE_COLUMNS, read_residence

HEADER = "praktijk_id;eenheid;aantal"


@pytest.fixture
def save(tmp_path: Path):
    def writer(*rows: str) -> Path:
        path = tmp_path / "herkomst.csv"
        path.write_text("\n".join(rows) + "\n", encoding="utf-8")
        return path

    return writer


def told(report: ReadReport, row: int | None) -> list[tuple[str, str]]:
    return [(m.ernst, m.melding) for m in report.messages if m.rij == row]


def totals(report: ReadReport) -> list[int]:
    """Return the numbers read, kept and set aside, as the report's line says them."""
    (line,) = [text for _, text in told(report, None) if text.startswith("Aantal gelezen: ")]
    return [int(n.replace(".", "")) for n in re.findall(r"-?\d+(?:\.\d{3})*", line)]


def test_wijken_buurten_and_postcodes(save):
    frame, report = read_residence(
        save(
            "praktijk_id;eenheid;postcode;aantal",
            "P1;WK0344AD;3584;1.200",
            "P1;bu0344ad07;;300",
            "P2;;3584 cj;20",
            "P2;;3584;0",
        )
    )
    assert list(frame.columns) == RESIDENCE_COLUMNS
    assert frame.index.name == "rij"
    assert (frame.pop("herhaald") == 0).all()
    assert frame.fillna("-").to_numpy().tolist() == [
        ["P1", "WK0344AD", "-", 1200.0],
        ["P1", "BU0344AD07", "-", 300.0],
        ["P2", "-", "3584CJ", 20.0],
        ["P2", "-", "3584", 0.0],
    ]
    assert (report.soort, report.gelezen, report.behouden) == ("herkomst", 4, 4)
    assert totals(report) == [1520, 1520, 0]
    assert not [m for m in report.messages if m.ernst != "info"]


def test_agb_codes_and_wijkcodes_that_lost_their_zero(save):
    frame, report = read_residence(save("AGB-code;wijkcode;patiënten", "1001234;34401;10"))
    assert frame.loc[2, ["praktijk", "eenheid", "aantal"]].tolist() == ["01001234", "WK034401", 10]
    assert ("info", "Kolom 'patiënten' is gelezen als 'aantal'.") in told(report, None)


def test_the_agb_code_stands_in_where_the_id_is_empty(save):
    frame, _ = read_residence(
        save("praktijk_id;agb;pc4;aantal", "P1;01001234;3584;10", ";01001235;3584;20")
    )
    assert frame["praktijk"].tolist() == ["P1", "01001235"]


@pytest.mark.parametrize(
    ("row", "why"),
    [
        (";WK0344AD;7", "de praktijk is leeg of onleesbaar"),
        ("P1;;7", "de wijk, buurt of postcode is leeg"),
        ("P1;GM0344;7", "'GM0344' is geen code van een wijk of buurt"),
        ("P1;Utrecht {};7", "'Utrecht {}' is geen code van een wijk of buurt"),
        ("P1;WK0344AD;", "het aantal is onbekend, en onbekend is geen nul"),
        ("P1;WK0344AD;<10", "het aantal is onbekend, en onbekend is geen nul"),
        ("P1;WK0344AD;-7", "het aantal is negatief"),
        ("P1;WK0344AD;7,5", "het aantal is geen geheel getal"),
        ("Totaal;WK0344AD;2007", "dit is een totaalrij"),
    ],
)
def test_a_row_that_cannot_be_used_is_set_aside_with_its_reason(save, row, why):
    frame, report = read_residence(save(HEADER, "P1;WK0344AD;2007", row))
    assert frame.index.tolist() == [2]
    assert frame["aantal"].tolist() == [2007]
    assert (report.gelezen, report.behouden, report.apart) == (2, 1, 1)
    ernst, line = told(report, 3)[-1]
    assert ernst == "fout"
    assert line.endswith(f"is apart gezet: {why}.")


def test_an_unreadable_postcode_and_agb_code(save):
    _, report = read_residence(
        save("agb;postcode;aantal", "01001234;3584;5", "01001234;99;5", "12;3584;5")
    )
    assert "'99' is geen postcode" in told(report, 3)[0][1]
    assert "de praktijk is leeg of onleesbaar" in told(report, 4)[0][1]
    assert totals(report) == [15, 5, 10]


def test_the_same_practice_and_place_are_added_up(save):
    frame, report = read_residence(
        save(HEADER, "P1;WK0344AD;10", "P1;WK0344AE;1", "P1;wk0344ad;20", "P2;WK0344AD;5")
    )
    assert frame["aantal"].to_dict() == {2: 30, 3: 1, 5: 5}
    ((ernst, line),) = told(report, 2)
    assert ernst == "waarschuwing"
    assert line == (
        "Praktijk 'P1' met WK0344AD staat in rijen 2 en 4; de aantallen (10 en 20) zijn opgeteld "
        "tot 30."
    )
    # Added up is not set aside.
    assert (report.gelezen, report.behouden) == (4, 4)
    assert totals(report) == [36, 36, 0]


def test_many_double_rows_end_in_one_line(save):
    rows = [f"P{i};WK0344AD;1" for i in range(MOST_LINES + 5)]
    frame, report = read_residence(save(HEADER, *rows, *rows))
    assert len(frame) == MOST_LINES + 5
    assert (frame["aantal"] == 2).all()
    assert (frame["herhaald"] == 1).all()
    warnings = [m.melding for m in report.messages if m.ernst == "waarschuwing"]
    assert len(warnings) == MOST_LINES + 1
    assert "voor 5 andere combinaties" in warnings[-1]


@pytest.mark.parametrize(
    ("header", "row", "sentence"),
    [
        ("praktijk_id;eenheid", "P1;WK0344AD", "de kolom 'aantal' ontbreekt"),
        ("eenheid;aantal", "WK0344AD;5", "de kolom 'praktijk_id' ontbreekt"),
        ("praktijk_id;aantal", "P1;5", "de kolom 'eenheid' ontbreekt"),
        (HEADER, "P1;Utrecht;5", "geen enkele rij heeft een praktijk, een wijk, buurt of postcode"),
    ],
)
def test_an_unusable_table_is_refused_in_one_sentence(save, header, row, sentence):
    with pytest.raises(UnusableFile) as caught:
        read_residence(save(header, row))
    assert sentence in str(caught.value)
    assert "herkomst.csv" in str(caught.value)
    assert "\n" not in str(caught.value)


PRACTICE = st.sampled_from(["P1", "P2", "", "Totaal"])
PLACE = st.sampled_from(["WK0344AD", "wk0344ad", "BU0344AD07", "GM0344", "", "onzin"])
COUNT = st.integers(-3, 5_000)


@settings(
    max_examples=60,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(rows=st.lists(st.tuples(PRACTICE, PLACE, COUNT), max_size=8))
def test_no_patient_is_lost_without_a_line(save, rows):
    """Read = kept + set aside; what is kept is what a plain dictionary adds up to."""
    rows = [("P9", "WK0344AE", 1), *rows]
    expected: dict[tuple[str, str], int] = {}
    aside: list[int] = []
    for number, (practice, place, count) in enumerate(rows, start=2):
        if practice in {"", "Totaal"} or place in {"GM0344", "", "onzin"} or count < 0:
            aside.append(number)
        else:
            key = practice, place.upper()
            expected[key] = expected.get(key, 0) + count
    frame, report = read_residence(save(HEADER, *(";".join(map(str, row)) for row in rows)))
    keys = zip(frame["praktijk"], frame["eenheid"], strict=True)
    assert dict(zip(keys, frame["aantal"], strict=True)) == expected
    read, kept = sum(max(row[2], 0) for row in rows), sum(expected.values())
    below = sum(row[2] < 0 for row in rows)  # in no sum, and counted
    assert totals(report) == [read, kept, read - kept, *([below] if below else [])]
    assert (report.gelezen, report.apart) == (len(rows), len(aside))
    assert [m.rij for m in report.messages if m.ernst == "fout"] == aside


def test_the_table_of_the_example_region_is_read_whole(tmp_path):
    files = write_example(tmp_path)
    frame, report = read_residence(files.herkomst)
    raw = pd.read_csv(files.herkomst, sep=";", dtype={"praktijk_id": str})
    assert frame["praktijk"].tolist() == raw["praktijk_id"].tolist()
    assert frame["eenheid"].tolist() == raw["eenheid"].tolist()
    assert frame["aantal"].tolist() == raw["aantal"].tolist()
    assert (report.apart, len(report.messages)) == (0, 1)


@pytest.mark.parametrize(
    ("rows", "kind"),
    [
        (["praktijk_id;eenheid;aantal", "P1;WK0344AD;5"], "herkomst"),
        (["AGB-code;wijkcode;patiënten", "01001234;WK0344AD;5", "01001234;WK0344AE;5"], "herkomst"),
        (["praktijk;pc4;aantal", "P1;3584;5"], "herkomst"),
        (["agb;praktijknaam;pc4;ion", "01001234;A;3584;5", "01001234;A;3585;5"], "herkomst"),
        # A list of practices with the same columns: one row per practice.
        (["agb;naam;postcode;patiënten", "01001234;A;3584;5", "01001235;B;3584;5"], "praktijken"),
        (["agb;naam;wijkcode;aantal", "01001234;A;WK0344AD;5"], "praktijken"),
        (["wijkcode;groep;aantal", "WK0344AD;A;5", "WK0344AE;A;5"], "voorstel"),
    ],
)
def test_residence_tables_are_told_from_practice_lists(save, rows, kind):
    assert recognise(save(*rows)) == kind


def test_the_same_practice_and_place_at_two_times_may_be_the_same_patients(save):
    rows = ["P1;WK000101;2023;90", "P1;WK000101;2024;100", "P1;WK000102;2024;7"]
    for order in (rows, rows[::-1]):
        frame, report = read_residence(save("praktijk_id;eenheid;jaar;aantal", *order))
        counted = frame.set_index("eenheid")
        assert counted["aantal"].to_dict() == {"WK000101": 190, "WK000102": 7}
        assert counted["herhaald"].to_dict() == {"WK000101": 90, "WK000102": 0}
        (line,) = [text for ernst, text in told(report, None) if "Kolom 'jaar'" in text]
        assert "2 tijden ('2023' en '2024')" in line
    one, _ = read_residence(save("praktijk_id;eenheid;jaar;aantal", rows[1], rows[2]))
    assert (one["herhaald"] == 0).all()
