"""A workbook that starts with a note: the sheet with the table is read, and the report says so."""

from pathlib import Path

import openpyxl
import pytest

from oi_geo.errors import UnusableFile
from oi_geo.sources.lookups import read_postcodes
from oi_geo.sources.practices import read_practices
from oi_geo.sources.proposals import read_proposal
from oi_geo.sources.recognise import recognise
from oi_geo.sources.residence import read_residence
from oi_geo.study_area import study_area
from tests.conftest import draw

NOTES = {
    "één regel": [["Voorstel van de werkgroep, versie 3"]],
    "twee kolommen": [["Versie", "3"], ["Datum", "1 oktober"], ["Gemaakt door", "de werkgroep"]],
    "lang": [[f"Regel {number} van de toelichting"] for number in range(60)],
    "met één bekend woord": [["Regio"], ["Dit is een voorstel voor de regio."]],
}
PROPOSAL = [["wijkcode", "groep"], ["WK0001AA", "Noord"], ["WK0001BB", "Zuid"]]
TABLES = {
    "voorstel": PROPOSAL,
    "praktijken": [["AGB-code", "Naam", "ION"], ["01001234", "Dorp", "2000"]],
    "postcodes": [["postcode", "x_rd", "y_rd"], ["3584CJ", "138000", "455000"]],
    "herkomst": [["praktijk", "postcode", "aantal"], ["01001234", "3584CJ", "20"],
                 ["01001234", "3584CK", "30"]],
}  # fmt: skip


def workbook(path: Path, **sheets: list[list[str]]) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(path)
    return path


def read(sort: str, path: Path):
    if sort == "voorstel":
        return read_proposal(path, study_area(draw("AB")), "regio")[1]
    reader = {"praktijken": read_practices, "postcodes": read_postcodes, "herkomst": read_residence}
    return reader[sort](path)[1]


@pytest.mark.parametrize("note", NOTES.values(), ids=NOTES)
@pytest.mark.parametrize("sort", TABLES)
def test_a_note_in_front_is_passed_over(tmp_path, sort, note):
    path = workbook(tmp_path / "v.xlsx", Toelichting=note, Blad2=TABLES[sort])
    assert recognise(path) == sort
    report = read(sort, path)
    assert report.behouden == len(TABLES[sort]) - 1
    said = [m.melding for m in report.messages if "werkblad" in m.melding]
    assert len(said) == 1
    assert "Gelezen is werkblad 'Blad2'" in said[0]
    assert "niet gelezen: 'Toelichting'" in said[0]


def test_of_two_tables_the_first_is_read(tmp_path):
    other = [["wijkcode", "groep"], ["WK0001AA", "Oost"]]
    path = workbook(tmp_path / "v.xlsx", Een=PROPOSAL, Twee=other)
    plan, report = read_proposal(path, study_area(draw("AB")), "regio")
    assert plan.groups == ("Noord", "Zuid")
    assert any("werkblad 'Een'" in m.melding for m in report.messages)


def test_without_known_columns_the_first_sheet_with_data_is_read(tmp_path):
    rows = [["gebied x", "soort y"], ["WK0001AA", "Noord"], ["WK0001BB", "Zuid"]]
    path = workbook(tmp_path / "v.xlsx", Leeg=[], Een=rows, Twee=rows)
    _, report = read_proposal(path, study_area(draw("AB")), "regio", kolom="soort y")
    assert any("werkblad 'Een'" in m.melding for m in report.messages)


@pytest.mark.parametrize(
    "places", [["3584CJ", "3585AB"], ["3584", "3585", "3586"], ["WK034401", "WK034402"]]
)
def test_a_crosstab_of_residence_is_told_how_it_has_to_be(tmp_path, places):
    path = tmp_path / "herkomst.csv"
    counts = ";".join("20" for _ in places)
    path.write_text(f"praktijk;{';'.join(places)}\n01001234;{counts}\n", encoding="utf-8")
    with pytest.raises(UnusableFile) as refusal:
        read_residence(path)
    said = str(refusal.value)
    for word in (
        places[0],
        "één rij per praktijk en plaats",
        "'praktijk'",
        "'postcode'",
        "'aantal'",
    ):
        assert word in said
    assert f"bijvoorbeeld: 01001234; {places[0]}; 250" in said
