"""Tables of names: by unit or gemeente, whole-country tables, unknown and double codes."""

from pathlib import Path

import pandas as pd
import pytest

from oi_geo.errors import UnusableFile
from oi_geo.sources.divisions import (
    BESTAAND,
    HOGERE_GRENS,
    KERNEN,
    VASTE_GROEPEN,
    DivisionKind,
    read_division,
)
from oi_geo.sources.report import ReadReport
from oi_geo.study_area import StudyArea, study_area
from tests.conftest import draw

PICTURE = """
    AAB
    ACb
    cdd
"""


@pytest.fixture(scope="module")
def area() -> StudyArea:
    """Six wijken: A, B, C in Bovendam (GM0001) and b, c, d in Onderdam (GM0002)."""
    return study_area(draw(PICTURE))


@pytest.fixture
def read(area: StudyArea, tmp_path: Path):
    def reader(kind: DivisionKind, *rows: str) -> tuple[dict[str, str], ReadReport]:
        path = tmp_path / "tabel.csv"
        path.write_text("\n".join(rows) + "\n", encoding="utf-8")
        series, report = read_division(path, area, kind)
        assert isinstance(series, pd.Series)
        return series.to_dict(), report

    return reader


def lines(report: ReadReport, ernst: str) -> list[str]:
    return [m.melding for m in report.messages if m.ernst == ernst]


def test_units_and_gemeenten_get_their_name_and_a_unit_goes_before_its_gemeente(read):
    found, report = read(KERNEN, "code;kern", "WK0002BB;Dorp", "GM0002;Stad", "wk0001aa;Dorp")
    assert found == {
        "WK0001AA": "Dorp", "WK0002BB": "Dorp", "WK0002CC": "Stad", "WK0002DD": "Stad",
    }  # fmt: skip
    assert list(found) == ["WK0001AA", "WK0002BB", "WK0002CC", "WK0002DD"], "order of the area"
    assert (report.gelezen, report.behouden) == (3, 3)


def test_the_telling_column_is_found_among_others(read):
    found, report = read(
        HOGERE_GRENS,
        "gemeentecode;gemeentenaam;zorgkantoorcode;zorgkantoor;concessiehouder",
        "GM0001;Bovendam;5501;NOORD;X",
        "GM0002;Onderdam;5502;ZUID;X",
    )
    assert set(found.values()) == {"NOORD", "ZUID"}
    assert found["WK0001AA"] == "NOORD"
    assert "kolom 'zorgkantoor'" in lines(report, "info")[0]


def test_the_only_other_column_needs_no_known_name(read):
    assert read(HOGERE_GRENS, "gemeente;iets", "Bovendam;X")[0] == {
        "WK0001AA": "X", "WK0001BB": "X", "WK0001CC": "X",
    }  # fmt: skip


def test_the_largest_share_of_a_gemeente_counts(read):
    found, report = read(
        HOGERE_GRENS, "gemeentecode;zorgkantoor;aandeel", "GM0001;KLEIN;0,2", "GM0001;GROOT;0,8"
    )
    assert set(found.values()) == {"GROOT"}
    (line,) = lines(report, "waarschuwing")
    assert "rijen 2 t/m 3" in line
    assert "het grootste aandeel telt: 'GROOT'" in line


@pytest.mark.parametrize(
    "rows", [("GM0001;VGZ;", "GM0001;CZ;0,1"), ("GM0001;VGZ;0,5", "GM0001;CZ;0,5")]
)
def test_an_unknown_share_and_equal_ones_choose_nothing_for_certain(read, rows):
    for order in (rows, rows[::-1]):
        found, report = read(HOGERE_GRENS, "gemeentecode;zorgkantoor;aandeel", *order)
        assert set(found.values()) == {"CZ"}
        assert "staat niet vast; gekozen is: 'CZ'" in lines(report, "waarschuwing")[0]


def test_of_two_names_the_order_of_rows_chooses_none_and_locks_have_one(read):
    rows = ("eenheid;groep", "WK0001AA;X", "WK0001BB;Y", "WK0001AA;Y")
    for order in (rows, (rows[0], *rows[:0:-1])):
        found, report = read(BESTAAND, *order)
        assert found == {"WK0001AA": "X", "WK0001BB": "Y"}
        (line,) = lines(report, "waarschuwing")
        assert "staat niet vast; gekozen is: 'X'" in line
    with pytest.raises(UnusableFile, match="rijen 2 en 4: WK0001AA staat in 'X' en 'Y'"):
        read(VASTE_GROEPEN, *rows)


def test_unknown_codes_are_named_with_their_row_and_the_rest_is_kept(read):
    found, report = read(
        VASTE_GROEPEN, "eenheid;groep", "WK0001AA;X", "WK0001ZZ;X", "GM0344;X", "WK999901;X", "?;X"
    )
    assert found == {"WK0001AA": "X"}
    assert (report.gelezen, report.behouden, report.apart) == (5, 1, 4)
    by_row = {m.rij: m.melding for m in report.messages if m.ernst == "fout"}
    assert set(by_row) == {3, 6, None}
    assert by_row[3].startswith("WK0001ZZ bestaat niet in dit gebied")
    assert by_row[6].startswith("'?' is geen code")
    assert "GM0344 (rij 4) en WK999901 (rij 5)" in by_row[None]


def test_an_empty_name_says_nothing(read):
    found, report = read(VASTE_GROEPEN, "eenheid;groep", "WK0001AA;X", "WK0001BB;", "WK0001CC;-")
    assert found == {"WK0001AA": "X"}
    assert any("rijen 3 t/m 4" in line for line in lines(report, "waarschuwing"))


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        (("eenheid;groep", "GM0344;X"), "geen enkele code komt voor in dit gebied"),
        (("eenheid;groep", "BU0001AA01;X"), "rij 2: BU0001AA01 is fijner dan de eenheden"),
        (("eenheid;aap;noot", "WK0001AA;X;Y"), "er is geen kolom met vaste groepen gevonden"),
        (("aap;noot", "X;Y"), "geen kolom met wijken, buurten of gemeenten"),
    ],
)
def test_what_cannot_be_used_gets_one_sentence(read, rows, sentence):
    with pytest.raises(UnusableFile, match=sentence) as refused:
        read(VASTE_GROEPEN, *rows)
    assert "tabel.csv" in str(refused.value)
    assert "\n" not in str(refused.value)
