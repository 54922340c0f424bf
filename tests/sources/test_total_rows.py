"""Totals rows of every kind are set aside: no patient is counted twice, no practice is lost."""

import re
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from oi_geo.sources.practices import read_practices
from oi_geo.sources.report import ReadReport
from tests.effort import tries

HEADER = "agb;naam;discipline;plaats;ion;huisartsen"
LIST = [
    "01000001;A;huisarts;Zeist;1000;1",
    "01000002;B;huisarts;Zeist;2000;1",
    "01000003;C;huisarts;Bunnik;500;1",
    "01000004;D;huisarts;Bunnik;700;1",
]


@pytest.fixture
def read(tmp_path: Path):
    def reader(*rows: str, header: str = HEADER) -> tuple[pd.DataFrame, ReadReport]:
        path = tmp_path / "praktijken.csv"
        path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
        return read_practices(path)

    return reader


def told(report: ReadReport, row: int, ernst: str) -> list[str]:
    return [m.melding for m in report.messages if m.rij == row and m.ernst == ernst]


def assert_adds_up(report: ReadReport, kept: float) -> None:
    """Assert that the line of the report says: read = kept + set aside."""
    (line,) = [m.melding for m in report.messages if m.melding.startswith("ION gelezen: ")]
    numbers = re.findall(r"-?\d+(?:\.\d{3})*(?:,\d+)?", line)
    values = [float(n.replace(".", "").replace(",", ".")) for n in numbers]
    assert values[0] == pytest.approx(values[1] + values[2])
    assert values[1] == kept


def test_block_subtotals_and_a_grand_total(read):
    """The defect as found: with these rows the ION was doubled, and doubled again."""
    frame, report = read(
        *LIST[:2], ";Totaal Zeist;;Zeist;3000;2", *LIST[2:], ";Totaal Bunnik;;Bunnik;1200;2",
        ";Total;;;4200;4",
    )  # fmt: skip
    assert frame.index.tolist() == [2, 3, 5, 6]
    assert frame["ion"].sum() == 4200
    assert frame["huisartsen"].sum() == 4
    assert (report.gelezen, report.apart) == (7, 3)
    (line,) = told(report, 4, "fout")
    assert line == (
        "Dit is een totaalrij ('Totaal Zeist', ION 3.000) en geen praktijk; de rij is apart gezet. "
        "Is het toch een praktijk, vul dan de AGB-code in."
    )
    assert_adds_up(report, 4200)


@pytest.mark.parametrize(
    "name",
    ["Totaal", "Total", "TOTAAL:", "Subtotaal", "Sub-totaal Zeist", "Sub totaal", "Eindtotaal 2024",
     "Grand total", "Generaal totaal", "Totalen", "Som", "Som van ION", "Gemiddelde", "Gemiddeld",
     "Gemiddelde Zeist", "Mediaan", "Aantal praktijken", "Aantal praktijken Zeist",
     "Totaal aantal patiënten", "* Totaal Zeist"],
)  # fmt: skip
@pytest.mark.parametrize("cells", [";{};;;77;", "{};;;;77;", "-;{};n.v.t.;;77;", ";{};{};;77;"])
def test_a_row_without_code_and_discipline_that_is_called_a_total(read, name, cells):
    frame, report = read(*LIST, cells.replace("{}", name))
    assert frame.index.tolist() == [2, 3, 4, 5]
    (line,) = told(report, 6, "fout")
    assert f"totaalrij ('{name}', ION 77)" in line
    assert_adds_up(report, 4200)


@pytest.mark.parametrize(
    "name",
    ["Sommer Huisartsen", "Eindhoven Zuid", "Totaalzorg Zeist", "Somers", "Aantallenlaan", "Subway",
     "Gemeentepraktijk", "Fysio Totaal"],
)  # fmt: skip
def test_names_that_only_look_alike_stay_without_a_word(read, name):
    frame, report = read(*LIST, f"01000009;{name};huisarts;;77;")
    assert 6 in frame.index
    assert not told(report, 6, "waarschuwing")


@pytest.mark.parametrize(
    "row",
    ["01000009;Totaal Gezond;huisarts;;77;", "01000009;Totaal Gezond;;;4200;",
     ";Totaal Gezond;huisarts;;77;", ";Gezond Totaal;;;77;"],
)  # fmt: skip
def test_a_practice_that_merely_begins_like_a_total_is_kept_with_a_warning(read, row):
    frame, report = read(*LIST, row)
    assert frame["naam"].get(6) in {"Totaal Gezond", "Gezond Totaal"}
    (line,) = told(report, 6, "waarschuwing")
    assert "lijkt die van een totaalrij; de rij is gehouden" in line
    assert not told(report, 6, "fout")


@pytest.mark.parametrize(
    ("rows", "aside"),
    [
        # The block since the last totals row, the whole list above, the list from the top.
        ([*LIST[:2], ";Zeist totaal;;;3000;", *LIST[2:], ";Bunnik totaal;;;1200;"], {4, 7}),
        ([*LIST[:2], ";Totaal A;huisarts;;3000;", *LIST[2:], ";Totaal B;huisarts;;4200;"], {4, 7}),
        ([";Regio totaal;;;4200;", *LIST], {2}),
        # Without any such word: the sum, in a row that alone lacks code and discipline.
        ([*LIST[:2], ";Zeist;;;3000;", *LIST[2:], ";Bunnik;;;1200;", ";Regio;;;4200;"], {4, 7, 8}),
        (["onbekend;Regio;;;4200;", *LIST], {2}),
        ([*LIST, "01000009;Regio;;;4200;"], set()),
        ([*LIST, ";Regio;huisarts;;4200;"], set()),
        ([*LIST, ";Regio;;;4201;"], set()),
        # One practice above it with the same number of patients is chance, unless it says total.
        ([LIST[0], ";E;;;1000;"], set()),
        ([LIST[0], ";Zeist totaal;;;1000;"], {3}),
    ],
)
def test_the_ion_gives_a_totals_row_away(read, rows, aside):
    frame, report = read(*rows)
    assert set(range(2, 2 + len(rows))) - set(frame.index) == aside
    for row in aside:
        assert told(report, row, "fout")
    assert_adds_up(report, frame["ion"].sum())


def test_in_a_list_without_codes_a_sum_is_no_proof(read):
    """A, B and C may well be practices of 1.000, 500 and 1.500 patients: kept, with a warning."""
    frame, report = read("A;1000", "B;500", "C;1500", header="naam;ion")
    assert frame["ion"].sum() == 3000
    (line,) = told(report, 4, "waarschuwing")
    assert "Het ION van 'C' is precies de som van andere rijen" in line


def test_a_subtotal_that_does_not_add_up_says_so(read):
    _, report = read(*LIST[:2], ";Totaal Zeist;;;3100;", *LIST[2:], ";Totaal;;;4200;")
    (line,) = told(report, 4, "fout")
    assert (
        "De rijen erboven tellen op tot 3.000. Alle praktijken samen tellen op tot 4.200." in line
    )
    (line,) = told(report, 7, "fout")
    assert "tellen op" not in line


PLACES = st.lists(st.lists(st.integers(1, 9_000), min_size=1, max_size=4), min_size=1, max_size=4)
NAMES = st.sampled_from(
    ["Totaal {}", "Subtotaal", "subtotaal {}", "Eindtotaal 2024", "Total", "Som {}", "{} totaal"]
)
COUNTED = st.sampled_from(["Gemiddelde {}", "Aantal praktijken {}", "Mediaan"])


@settings(
    max_examples=tries(60),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    places=PLACES,
    name=NAMES,
    counted=COUNTED,
    codes=st.booleans(),
    counts=st.booleans(),
    nested=st.booleans(),
    on_top=st.booleans(),
)
def test_totals_rows_never_change_the_ion(
    read, places, name, counted, codes, counts, nested, on_top
):
    """Subtotals per place, of all places so far, averages and a grand total: the ION stays."""
    rows: list[str] = []
    agb = 1_000_000
    so_far = 0
    for number, patients in enumerate(places):
        for ion in patients:
            agb += 1
            rows.append(f"{agb:08d};Praktijk {agb};{ion}")
        label = f"Plaats {'ABCD'[number]}"
        rows.append(f";{name.format(label)};{sum(patients)}")
        so_far += sum(patients)
        if nested:
            rows.append(f";{name.format('Gebied')};{so_far}")
        if counts:
            mean = f"{sum(patients) / len(patients):.4f}".replace(".", ",")
            rows.append(f";{counted.format(label)};{mean}")
    rows.insert(0 if on_top else len(rows), f";{name.format('Regio')};{so_far}")
    header = "agb;naam;ion"
    if not codes:
        rows, header = [row.partition(";")[2] for row in rows], "naam;ion"
    frame, report = read(*rows, header=header)
    assert frame["naam"].str.startswith("Praktijk").all()
    assert frame["ion"].tolist() == [ion for patients in places for ion in patients]
    assert_adds_up(report, so_far)
