"""Practice lists: every fault is named with its row, and no patient is lost without a line."""

import re
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from oi_geo.errors import UnusableFile
from oi_geo.sources.column_names import match_columns
from oi_geo.sources.disciplines import DISCIPLINES, parse_discipline
from oi_geo.sources.practices import SYNONYMS, read_practices
from oi_geo.sources.report import ReadReport
from oi_geo.sources.same_patients import same_rows
from oi_geo.study_area import PRACTICE_COLUMNS, no_practices
from tests.effort import tries

HEADER = "agb;naam;discipline;postcode;x_rd;y_rd;ion;huisartsen;fte;deelnemer"
Read = tuple[pd.DataFrame, ReadReport]


@pytest.fixture
def read(tmp_path: Path):
    def reader(*rows: str, header: str = HEADER) -> Read:
        path = tmp_path / "praktijken.csv"
        path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
        return read_practices(path)

    return reader


def lines(report: ReadReport, *, row: int | None = None, ernst: str | None = None) -> list[str]:
    return [
        m.melding
        for m in report.messages
        if (row is None or m.rij == row) and (ernst is None or m.ernst == ernst)
    ]


def test_a_sound_list_is_read_without_a_fault(read):
    frame, report = read(
        "01001234;De Brug;huisarts;3584 cj;136012;455000;2095;2;1,8;ja",
        "02001234;Apotheek Oost;apotheek;3584;136500;455500;;;;nee",
    )
    assert list(frame.columns) == PRACTICE_COLUMNS
    expected = no_practices()[PRACTICE_COLUMNS].dtypes
    assert frame.dtypes.astype(str).to_dict() == expected.astype(str).to_dict()
    assert frame.loc[2].dropna().to_dict() == {
        "praktijk_id": "01001234", "agb": "01001234", "naam": "De Brug", "discipline": "huisarts",
        "postcode": "3584CJ", "x_rd": 136012.0, "y_rd": 455000.0, "ion": 2095.0, "huisartsen": 2.0,
        "fte": 1.8, "deelnemer": True,
    }  # fmt: skip
    assert frame.loc[3, "postcode"] == "3584"
    assert frame.loc[3, ["ion", "huisartsen", "fte"]].isna().all()
    assert not frame.loc[3, "deelnemer"]
    assert (report.gelezen, report.behouden) == (2, 2)
    assert not lines(report, ernst="fout")
    assert not lines(report, ernst="waarschuwing")


@pytest.mark.parametrize(
    ("column", "canonical"),
    [
        ("AGB-code", "agb"), ("AGB code praktijk", "agb"), ("Praktijknaam", "naam"),
        ("Naam praktijk", "naam"), ("ingeschreven patiënten", "ion"), ("Aantal patiënten", "ion"),
        ("ION-aantal", "ion"), ("ION per 1-1", "ion"), ("ION per 1 januari 2022", "ion"),
        ("RO", "regio_organisatie"), ("Wijksamenwerkingsverband", "wsv"),
        ("Preferente verzekeraar", "verzekeraar"), ("Beroepsgroep", "discipline"),
        ("Huisnr.", "huisnummer"), ("Postcode praktijk", "postcode"), ("Woonplaats", "plaats"),
        ("Straatnaam", "straat"), ("Aantal huisartsen", "huisartsen"),
        ("Huisartsen (personen)", "huisartsen"), ("Huisartsen (fte)", "fte"), ("FTE", "fte"),
        ("Deelnemer (ja/nee)", "deelnemer"), ("Praktijk-ID", "praktijk_id"),
    ],
)  # fmt: skip
def test_synonyms_are_accepted_and_shown(read, column, canonical):
    other = "naam" if canonical == "agb" else "agb"
    value = {"agb": "01001234", "discipline": "huisarts", "postcode": "3584CJ"}.get(canonical, "1")
    frame, report = read(f"{value};01001234", header=f"{column};{other}")
    assert frame[canonical].notna().all()
    assert f"Kolom '{column}' is gelezen als '{canonical}'." in lines(report, ernst="info")


def test_synonyms_name_one_column_each():
    keys = [
        re.sub(r"\W|_", "", name.lower()) for c, names in SYNONYMS.items() for name in [c, *names]
    ]
    twice = {key for key in keys if keys.count(key) > 1}
    assert not twice


def test_unread_columns_are_named_in_one_line(read):
    _, report = read("a;1;2", header="naam;Opmerking;Telefoon")
    assert "Niet gelezen kolommen: 'Opmerking' en 'Telefoon'." in lines(report)


def test_without_ion_column_the_ion_is_unknown_everywhere(read):
    frame, report = read("a;huisarts", "b;huisarts", header="naam;discipline")
    assert frame["ion"].isna().all()
    assert [m for m in lines(report, ernst="waarschuwing") if "ION" in m]


@pytest.mark.parametrize("header", ["plaats;ion", "WK_CODE;groep"])
def test_a_table_without_name_and_agb_is_no_practice_list(read, header):
    with pytest.raises(UnusableFile, match=r"praktijken\.csv.*'naam' of 'agb'"):
        read("Zeist;5", header=header)


def test_a_list_without_any_practice(read):
    with pytest.raises(UnusableFile, match="geen enkele rij is een praktijk"):
        read(";;huisarts;3584;;;5;;;")


# Each case: the cells of row 3, what the cell must become, part of the sentence, its severity.
# Row 2 is a sound practice, so that a notation or a total is never decided by the bad cell alone.
SOUND = "01009999;Goed;huisarts;3584CJ;136012,5;455000;2095;2;1,8;nee"


@pytest.mark.parametrize(
    ("cells", "column", "value", "sentence", "ernst"),
    [
        ("01001234;A;huisarts;;;;-5;;;", "ion", None, "-5 is negatief", "fout"),
        ("01001234;A;huisarts;;;;2095,5;;;", "ion", None, "2.095,5 is geen geheel aantal", "fout"),
        ("01001234;A;huisarts;;;;2095,0;;;", "ion", 2095.0, None, None),
        ("01001234;A;huisarts;;;;30000;;;", "ion", 30000.0, None, None),
        ("01001234;A;huisarts;;;;30001;;;", "ion", 30001.0, "30.001 patiënten", "waarschuwing"),
        ("02001234;A;apotheek;;;;500;;;", "ion", None, "'apotheek' heeft er 500", "fout"),
        ("02001234;A;apotheek;;;;0;;;", "ion", None, None, None),
        ("01001234;A;huisarts;;;;0;;;", "ion", 0.0, None, None),
        ("01001234;A;huisarts;;;;1-feb;;;", "ion", None, "'1-feb' is een datum", "fout"),
        ("01001234;A;huisarts;;;;2022-03-01;;;", "ion", None, "is een datum", "fout"),
        ("01001234;A;huisarts;;;;ca. 2000;;;", "ion", None, "'ca. 2000' is niet als getal", "fout"),
        ("01001234;A;huisarts;;;;;-1;;", "huisartsen", None, "-1 is negatief", "fout"),
        ("01001234;A;huisarts;;;;;1,5;;", "huisartsen", None, "fte horen in kolom 'fte'", "fout"),
        ("01001234;A;huisarts;;;;;;-0,5;", "fte", None, "-0,5 is negatief", "fout"),
        ("1001234;A;huisarts;;;;;;;", "agb", "01001234", "gelezen als 01001234", "info"),
        ("1,00123E+06;A;huisarts;;;;;;;", "agb", None, "afgerond getal", "fout"),
        ("1.00123E+06;A;huisarts;;;;;;;", "agb", None, "afgerond getal", "fout"),
        ("1234;A;huisarts;;;;;;;", "agb", None, "'1234' is geen AGB-code", "fout"),
        ("01001234;A;huisarts;99;;;;;;", "postcode", None, "'99' is geen postcode", "fout"),
        ("01001234;A;huisarts;;;;;;;misschien", "deelnemer", None, "is geen ja of nee", "fout"),
        ("61001234;A;onzin;;;;;;;", "discipline", None, "'onzin' is onbekend", "waarschuwing"),
        ("01001234;A;huisarts;;136000;;;;;", "x_rd", None, "maar één coördinaat", "fout"),
        ("01001234;A;huisarts;;;455000;;;;", "y_rd", None, "maar één coördinaat", "fout"),
        ("01001234;A;huisarts;;455000;136000;;;;", "x_rd", None, "y lijken verwisseld", "fout"),
        ("01001234;A;huisarts;;5,12;52,09;;;;", "x_rd", None, "lijken lengte- en breedte", "fout"),
        ("01001234;A;huisarts;;52,09;5,12;;;;", "x_rd", None, "lijken breedte- en lengte", "fout"),
        ("01001234;A;huisarts;;136;455;;;;", "x_rd", None, "lijken kilometers", "fout"),
        ("01001234;A;huisarts;;0;0;;;;", "x_rd", None, "voor onbekend", "fout"),
        ("01001234;A;huisarts;;136000;900000;;;;", "x_rd", None, "buiten Nederland", "fout"),
        ("01001234;A;huisarts;;-1;455000;;;;", "x_rd", None, "buiten Nederland", "fout"),
        ("01001234;A;huisarts;;noord;455000;;;;", "y_rd", None, "'noord' is niet", "fout"),
    ],
)  # fmt: skip
def test_one_bad_cell_becomes_unknown_and_the_row_stays(
    read, cells, column, value, sentence, ernst
):
    frame, report = read(SOUND, cells)
    assert frame.index.tolist() == [2, 3]
    assert report.behouden == 2
    assert (None if pd.isna(frame.loc[3, column]) else frame.loc[3, column]) == value
    told = [m for m in report.messages if m.rij == 3]
    if sentence is None:
        assert not told
    else:
        (message,) = told
        assert sentence in message.melding
        assert message.ernst == ernst
    # What is wrong in row 3 leaves row 2 alone.
    assert frame.loc[2, ["ion", "x_rd"]].tolist() == [2095.0, 136012.5]


@pytest.mark.parametrize(
    ("lon", "lat", "sentence"),
    [
        ("52,09", "5,12", "lengte- en breedtegraad lijken verwisseld"),
        (
            "136000",
            "455000",
            "lijken RD-coördinaten in meters; zet ze in kolommen 'x_rd' en 'y_rd'",
        ),
        ("455000", "136000", "RD-coördinaten in meters, y voor x"),
        ("51214000", "520907000", "decimaalteken lijkt weggevallen"),
        ("0", "0", "voor onbekend"),
        ("12,5", "41,9", "buiten Nederland"),
    ],
)
def test_mixed_up_degrees_are_named(read, lon, lat, sentence):
    header = "naam;longitude;latitude"
    frame, report = read(f"a;{lon};{lat}", "b;5,3872;52,1552", header=header)
    (message,) = lines(report, row=2, ernst="fout")
    assert sentence in message
    assert frame["x_rd"].isna().tolist() == [True, False]


def test_degrees_are_transformed_to_rd(read):
    # The origin of RD: the tower of Amersfoort, 52° 9' 18.62" N 5° 23' 13.93" E in WGS 84.
    frame, report = read("Toren;5,38720621;52,15517440", header="naam;lengtegraad;breedtegraad")
    np.testing.assert_allclose(
        frame.loc[2, ["x_rd", "y_rd"]].astype(float), [155_000, 463_000], atol=1
    )
    assert not lines(report, ernst="fout")


def test_degrees_fill_in_where_rd_is_missing(read):
    header = "naam;x_rd;y_rd;lon;lat"
    frame, _ = read("a;136000;455000;5,3872;52,1552", "b;;;5,3872;52,1552", header=header)
    assert frame.loc[2, "x_rd"] == 136000
    assert frame.loc[3, "x_rd"] == pytest.approx(155_000, abs=5)


def test_half_a_pair_of_columns_is_warned_about(read):
    frame, report = read("a;136000", header="naam;x_rd")
    assert frame["x_rd"].isna().all()
    assert any(
        "'y_rd' die er bij hoort ontbreekt" in m for m in lines(report, ernst="waarschuwing")
    )


@pytest.mark.parametrize(
    ("text", "value"),
    [("ja", True), ("X", True), ("1", True), ("WAAR", True), ("true", True), ("Nee", False),
     ("0", False), ("ONWAAR", False), ("no", False)],
)  # fmt: skip
def test_yes_and_no_in_the_ways_people_write_them(read, text, value):
    frame, _ = read(f"a;{text}", header="naam;deelnemer")
    assert frame["deelnemer"].tolist() == [value]


def test_a_column_of_crosses_leaves_empty_cells_unknown_and_says_so(read):
    frame, report = read("a;x", "b;", header="naam;deelnemer")
    assert frame["deelnemer"].isna().tolist() == [False, True]
    assert any("zegt nergens 'nee'" in m for m in lines(report, ernst="waarschuwing"))


def test_a_house_number_that_became_a_date(read):
    frame, report = read("a;12-14", "b;3-mrt", header="naam;huisnummer")
    assert frame["huisnummer"].fillna("?").tolist() == ["12-14", "?"]
    assert "'3-mrt' is een datum" in lines(report, row=3, ernst="fout")[0]


@pytest.mark.parametrize("mark", [".", ","])
def test_three_digits_are_thousands_of_patients_and_decimals_of_fte(read, mark):
    frame, _ = read(f"a;2{mark}095;1{mark}125", header="naam;ion;fte")
    assert frame.loc[2, ["ion", "fte"]].tolist() == [2095, 1.125]


def test_the_same_row_twice(read):
    frame, report = read(SOUND, SOUND.replace("Goed", "Goed"))
    assert frame.index.tolist() == [2]
    (message,) = lines(report, row=3, ernst="fout")
    assert "rij 2, met dezelfde gegevens" in message
    assert report.apart == 1


@pytest.mark.parametrize("turned", [False, True])
def test_the_same_agb_code_with_other_data_stays_and_is_warned_about(read, turned):
    """Whether it is one practice or two, the list does not tell: no row goes before the other."""
    other = SOUND.replace("Goed", "Beter").replace("2095", "1000")
    frame, report = read(*[SOUND, other][:: -1 if turned else 1])
    assert sorted(frame["naam"]) == ["Beter", "Goed"]
    assert frame["ion"].sum() == 3095
    (message,) = [m for m in lines(report, row=2) if "AGB-code" in m]
    assert "staat in rijen 2 t/m 3, met andere gegevens in 'naam' en 'ion'" in message
    assert report.apart == 0


def test_a_restored_code_can_be_a_double_one(read):
    frame, report = read(SOUND, SOUND.replace("01009999", "1009999"))
    assert frame.index.tolist() == [2]
    assert any("staat ook in rij 2" in m for m in lines(report, row=3, ernst="fout"))


@pytest.mark.parametrize(
    ("row", "aside"),
    [
        (";Totaal;;;;;3095;;;", True),
        (";TOTAAL:;;;;;3000;;;", True),
        ("Totaal;;;;;;3095;;;", True),
        (";Totaal aantal patiënten;;;;;3095;;;", True),
        (";Totaal Vitaal;fysiotherapie;;;;;;;", False),
        ("04001234;Totaal;fysiotherapie;;;;3095;;;", False),
        (";;;;;;3095;;;", True),
        (";;huisarts;3584CJ;;;;;;", True),
    ],
)
def test_totals_rows_and_nameless_rows_are_set_aside(read, row, aside):
    second = "01001235;B;huisarts;;;;1000;;;"
    frame, report = read(SOUND, second, row)
    assert (4 not in frame.index) == aside
    assert report.apart == int(aside)
    assert frame["ion"].sum() == 3095
    assert bool(lines(report, row=4, ernst="fout")) == (aside or "3095" in row)


def test_a_total_that_does_not_add_up_says_so(read):
    _, report = read(SOUND, ";Totaal;;;;;9999;;;")
    assert "tellen op tot 2.095" in lines(report, row=3, ernst="fout")[0]


def test_practices_are_joined_by_their_id(read):
    frame, _ = read(
        "01001234;A;P1", "01001235;B;P1", "01001236;C;", ";D;", header="agb;naam;praktijk_id"
    )
    assert frame["praktijk_id"].tolist() == ["P1", "P1", "01001236", "rij-5"]


IDS = "agb;naam;praktijk_id;ion;huisartsen;fte"


def test_a_number_repeated_on_the_rows_of_one_practice_is_warned_about(read):
    frame, report = read(
        "01001234;A;P1;2000;2;1,5",
        "01001235;B;P2;1000;2;1,5",
        "01001236;A;P1;1000;2;1,5",
        "01001237;A;P1;;1;",
        header=IDS,
    )
    (warning,) = lines(report, row=2)
    assert warning.startswith(
        "Praktijk 'P1' herhaalt huisartsen 2 (rijen 2 en 4; samen 5 als elke rij apart telt) en "
        "fte 1,5 (rijen 2 en 4; samen 3 als elke rij apart telt)."
    )
    assert "op één rij en vul op de andere 0 in" in warning
    assert not lines(report, row=3)
    # Nothing is guessed: the numbers stay as they were given.
    assert frame["huisartsen"].tolist() == [2, 2, 2, 1]


@pytest.mark.parametrize(
    "second",
    ["01001236;A;P1;1000;3;1,25", "01001236;A;P1;1000;0;0", "01001236;A;P2;2000;2;1,5",
     "01001236;A;P1;;;", "01001236;A;;2000;2;1,5"],
)  # fmt: skip
def test_different_or_absent_numbers_of_one_practice_give_no_warning(read, second):
    _, report = read("01001234;A;P1;2000;2;1,5", second, header=IDS)
    assert not [m for m in lines(report, ernst="waarschuwing") if "herhaalt" in m]


def test_a_repeated_ion_is_warned_about_as_well(read):
    _, report = read("01001234;A;P1;2000;2;", "01001236;A;P1;2000;1;", header=IDS)
    (warning,) = [m for m in lines(report, row=2) if "herhaalt" in m]
    assert "herhaalt ion 2.000 (rijen 2 t/m 3; samen 4.000 als elke rij apart telt)." in warning


@pytest.mark.parametrize(("ion", "warned"), [("2000", True), ("1900", False), ("", False)])
def test_one_huisarts_per_row_is_a_row_per_person(read, ion, warned):
    """Unless the ION is the same as well."""
    _, report = read("01001234;A;P1;2000;1;", f"01001236;A;P1;{ion};1;", header=IDS)
    assert any("herhaalt ion 2.000" in m and "huisartsen 1" in m for m in lines(report)) == warned


def test_broken_numbers_of_huisartsen_are_fte_and_said_once(read):
    rows = [f"010012{i:02};P{i};{1000 + i};1,5" for i in range(30)] + ["01009999;Q;900;2"]
    frame, report = read(*rows, header="agb;naam;ion;huisartsen")
    assert frame["huisartsen"].isna().all()
    assert frame["fte"].tolist() == [1.5] * 30 + [2.0]
    (message,) = [m for m in lines(report) if "fte" in m]
    assert "zoals 1,5 in rij 2" in message


@pytest.mark.parametrize("discipline", ["", "huisarts"])
def test_a_huisartsenpost_and_a_waarnemer_are_told_by_their_name(read, discipline):
    frame, report = read(
        f"01999999;Huisartsenpost A;{discipline};",
        f"01888888;Waarnemer Jansen;{discipline};",
        f"01000001;Huisartsenpraktijk De Post;{discipline};",
        f"01000002;Waarnemer met praktijk;{discipline};2000",
        header="agb;naam;discipline;ion",
    )
    assert frame["discipline"].tolist() == ["overig", "waarnemer", "huisarts", "huisarts"]
    assert any("noemt een huisartsenpost" in m and "rij 2" in m for m in lines(report))


@pytest.mark.parametrize("name", ["Huisartsen Postma", "Huisartsenpraktijk Spoedplein Noord"])
def test_a_practice_that_is_called_nearly_so_is_none(read, name):
    frame, _ = read(f"01999999;{name};huisarts;", header="agb;naam;discipline;ion")
    assert frame["discipline"].tolist() == ["huisarts"]


@pytest.mark.parametrize(
    ("text", "discipline"),
    [
        ("Huisarts en POH", "huisarts"),
        ("apotheker/huisarts", "huisarts"),
        ("praktijkondersteuner huisarts", "overig"),
        ("POH huisartsenpraktijk", "overig"),
        ("huisartsenpost", "overig"),
    ],
)
def test_a_huisarts_among_others_is_one(read, text, discipline):
    frame, _ = read(f"01999999;A;{text};", header="agb;naam;discipline;ion")
    assert frame["discipline"].tolist() == [discipline]


def test_a_locum_with_praktijk_in_its_name_is_one(read):
    frame, _ = read("01999999;Waarnemer praktijk Zuid;huisarts;", header="agb;naam;discipline;ion")
    assert frame["discipline"].tolist() == ["waarnemer"]


@pytest.mark.parametrize("said", ["niet aangesloten", "Nog niet", "niet"])
def test_not_joined_is_no_organisation(read, said):
    frame, _ = read(f"01999999;A;{said}", header="agb;naam;regio_organisatie")
    assert frame["regio_organisatie"].isna().all()


def test_rows_of_one_name_at_one_place_are_of_one_practice(read):
    """Without a code of their own: whether they are one or two is unknown, so both ends count."""
    rows = ["Noord;1234AB;5000;10", "Noord;1234AB;5000;10", "Noord;1234AC;5000;10"]
    frame, report = read(*rows, header="naam;postcode;ion;huisartsen")
    assert frame["praktijk_id"].nunique() == 2
    assert same_rows(frame, "ion").size.tolist() == [2, 2, 1]
    assert any("Praktijk 'Noord (rij 2)' herhaalt ion 5.000" in m for m in lines(report))


@pytest.mark.parametrize(("ion", "size"), [(5000, 2), (5100, 1)])
def test_one_name_at_one_place_with_two_codes_may_be_one_practice(read, ion, size):
    rows = ["01000001;Noord;1234AB;5000", f"01000002;Noord;1234AB;{ion}", "01000003;Zuid;1234AB;1"]
    frame, _ = read(*rows, header="agb;naam;postcode;ion")
    assert same_rows(frame, "ion").size.tolist() == [size, size, 1]
    assert frame["praktijk_id"].nunique() == 2


def test_an_advised_zero_ends_the_warning_and_counts_the_huisartsen_once(read):
    frame, report = read("01001234;A;P1;2000;2;1,5", "01001236;A;P1;1000;0;0", header=IDS)
    assert frame[["ion", "huisartsen", "fte"]].sum().tolist() == [3000, 2, 1.5]
    assert frame["huisartsen"].notna().all()
    assert not [m for m in lines(report) if "herhaalt" in m]


@pytest.mark.parametrize(
    ("text", "discipline"),
    [
        ("Huisartsenpraktijk", "huisarts"), ("Huisartsen", "huisarts"), ("HA", "huisarts"),
        ("Apotheekhoudende huisarts", "huisarts"), ("apotheker", "apotheek"),
        ("Openbare apotheek", "apotheek"), ("Fysiotherapeut", "fysiotherapie"),
        ("Oefentherapie Mensendieck", "oefentherapie"), ("Thuiszorg", "wijkverpleging"),
        ("Diëtist", "diëtetiek"), ("dietetiek", "diëtetiek"), ("Logopedist", "logopedie"),
        ("ergotherapeut", "ergotherapie"), ("Podotherapeuten", "podotherapie"),
        ("GGZ", "psychologie"), ("Eerstelijnspsycholoog", "psychologie"),
        ("Verloskundigenpraktijk", "verloskunde"), ("Welzijn", "sociaal domein"),
        ("Sociaal wijkteam", "sociaal domein"), ("RO", "regio-organisatie"),
        ("Regionale huisartsenorganisatie", "regio-organisatie"),
        ("regio organisatie", "regio-organisatie"), ("Huisartsenpost", "overig"),
        ("Praktijkondersteuner huisarts GGZ", "overig"), ("Overig", "overig"), ("HOED", None),
        ("tandarts", "overig"), ("POH", "overig"), ("h.a.", "huisarts"), ("arts", None),
    ],
)  # fmt: skip
def test_disciplines_get_one_name(text, discipline):
    assert parse_discipline(text) == discipline


def test_every_discipline_is_called_by_its_own_name():
    assert {name: parse_discipline(name) for name in DISCIPLINES} == {n: n for n in DISCIPLINES}
    assert len(DISCIPLINES) == 15


def test_a_missing_discipline_is_estimated_and_said(read):
    frame, report = read(
        "01001234;a;5", "02001234;b;", "71001234;c;800", "71001235;d;", header="agb;naam;ion"
    )
    assert frame["discipline"].fillna("?").tolist() == ["huisarts", "apotheek", "huisarts", "?"]
    assert frame["ion"].fillna(-1).tolist() == [5, -1, 800, -1]
    told = "\n".join(lines(report, ernst="waarschuwing"))
    assert "'huisarts' (rijen 2 en 4)" in told
    assert "'apotheek' (rij 3)" in told
    assert "niet te schatten (rij 5)" in told


STRANGE = ["gezondheidscentrum", "HOED", "medisch centrum", "arts", "eerstelijn", "onbekend", "-"]


@pytest.mark.parametrize("text", STRANGE)
@pytest.mark.parametrize(("agb", "ion"), [("", "800"), ("", ""), ("", "0"), ("02001235", "")])
def test_a_discipline_that_names_none_tells_as_much_as_an_empty_cell(read, text, agb, ion):
    def row(cell: str) -> tuple[pd.Series, ReadReport]:
        frame, report = read(SOUND, f"{agb};A;{cell};;;;{ion};2;;ja")
        return frame.loc[3].fillna("?"), report

    strange, report = row(text)
    assert strange.equals(row("")[0])
    kind = "apotheek" if agb else "huisarts" if ion == "800" else "?"
    assert strange["discipline"] == kind
    assert strange["ion"] == (float(ion) if ion else "?")
    assert f"'{text}'" in "\n".join(lines(report))


@pytest.mark.parametrize("text", ["POH", "Apotheek", "fysiotherapeut", "Huisartsenpost"])
def test_a_discipline_of_another_kind_stays_that(read, text):
    frame, _ = read(f";A;{text};;;;800;;;", SOUND)
    assert frame.loc[2, "discipline"] == parse_discipline(text) != "huisarts"


@pytest.mark.parametrize(
    "word",
    [
        "-",
        "--",
        "–",
        "?",
        "n.v.t.",
        "NVT",
        "n.v.t",
        "onbekend",
        "Onbekend",
        "(onbekend)",
        "geen",
        "n/a",
        "NULL",
        "niet bekend",
        "Nog niet bekend",
        "(leeg)",
        "zie opm.",
        "geen opgave",
    ],
)
def test_a_word_for_an_empty_cell_is_one_in_every_column_of_texts(read, word):  # fmt: skip
    columns = ["regio_organisatie", "wsv", "verzekeraar", "praktijk_id", "postcode", "huisnummer",
               "plaats", "straat", "agb"]  # fmt: skip

    def rows(cell: str) -> Read:
        cells = ";".join([cell] * len(columns))
        return read(f"A;huisarts;800;{cells}", f"B;huisarts;900;{cells}",
                    header=";".join(["naam", "discipline", "ion", *columns]))  # fmt: skip

    (filled, report), (empty, _) = rows(word), rows("")
    pd.testing.assert_frame_equal(filled, empty)
    assert filled["praktijk_id"].tolist() == ["rij-2", "rij-3"]
    for column in columns:
        line = f"Kolom '{column}': 2 cellen met '{word}' zijn gelezen als leeg (rijen 2 t/m 3)."
        assert lines(report).count(line) == 1
    assert not lines(report, ernst="fout")


@pytest.mark.parametrize(
    ("column", "word"),
    [
        ("regio_organisatie", "geen RO"),
        ("regio_organisatie", "nee"),
        ("regio_organisatie", "0"),
        ("regio_organisatie", "x"),
        ("wsv", "geen WSV"),
        ("wsv", "x"),
        ("agb", "00000000"),
        ("praktijk_id", "0"),
        ("praktijk_id", "00000000"),
    ],
)
def test_what_says_nothing_in_one_column_only(read, column, word):  # fmt: skip
    def rows(cell: str) -> pd.DataFrame:
        return read(f"A;huisarts;{cell}", f"B;huisarts;{cell}", header=f"naam;discipline;{column}")[
            0
        ]

    pd.testing.assert_frame_equal(rows(word), rows(""))


def test_names_that_begin_like_a_word_for_nothing_are_names(read):
    names = ["Geen Zorgen", "Nullijn", "Onbekende Weg", "NB", "Leegkerk", "Bekend"]
    frame, _ = read(*[f"{n};huisarts;{n}" for n in names], header="naam;discipline;wsv")
    assert frame["wsv"].tolist() == names


def test_the_column_decides_where_it_speaks(read):
    frame, _ = read("01001234;a;apotheek", header="agb;naam;discipline")
    assert frame["discipline"].tolist() == ["apotheek"]


def test_a_workbook_and_a_csv_give_the_same_practices(read, tmp_path):
    rows = [
        HEADER.split(";"),
        ["01001234", "De Brug", "huisarts", "3584 CJ", 136012.125, 455000, 2095, 2, 1.125, "ja"],
        [1001235, "Zuid", "Huisartsenpraktijk", 3584, None, None, 1850.0, 1, 0.8, False],
    ]
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    book.save(tmp_path / "p.xlsx")
    from_book, _ = read_practices(tmp_path / "p.xlsx")
    from_text, _ = read(
        "01001234;De Brug;huisarts;3584 CJ;136012,125;455000;2.095;2;1,125;ja",
        "1001235;Zuid;Huisartsenpraktijk;3584;;;1.850;1;0,8;onwaar",
    )
    pd.testing.assert_frame_equal(from_book, from_text)
    assert from_book.loc[2, "x_rd"] == 136012.125


@pytest.mark.parametrize(
    ("head", "canonical"),
    [
        ("Aantal ingeschr. patiënten", "ion"),
        ("Aantal op naam ingeschreven patiënten", "ion"),
        ("ingeschr. pat.", "ion"),
        ("HA fte", "fte"),
        ("fte HA", "fte"),
        ("FTE's", "fte"),
        ("Regio-org", "regio_organisatie"),
        ("Praktijk nr", "praktijk_id"),
        # A number of a patient is no number of patients, one word may mean many things.
        ("Pat. nr", None),
        ("Patiënt nr", None),
        ("Ingeschreven", None),
        ("Ingeschreven op", None),
        ("HA", None),
        ("Naam huisarts", None),
        ("Opp HA", None),
    ],
)
def test_a_head_in_other_words_is_read_where_it_can_mean_one_thing(head, canonical):
    assert match_columns([head], SYNONYMS) == ({} if canonical is None else {canonical: head})


AGB = st.sampled_from(["01000001", "01000002", "1000003", "02000004", "onzin", ""])
NAME = st.sampled_from(["A", "B", "Totaal", "Totaal Vitaal", ""])
DISCIPLINE = st.sampled_from(["huisarts", "apotheek", "onzin", ""])
ION = st.integers(-3, 40_000)


@settings(
    max_examples=tries(80),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(rows=st.lists(st.tuples(AGB, NAME, DISCIPLINE, ION), max_size=8))
def test_no_patient_and_no_row_is_lost_without_a_line(read, rows):
    """Every row is in the table or has a line; every number that was set aside is in a line."""
    table = [f"{agb};{name};{discipline};{ion}" for agb, name, discipline, ion in rows]
    header = "agb;naam;discipline;ion"
    frame, report = read("01009999;Goed;huisarts;2095", *table, header=header)
    known = {2: 2095, **{i: row[3] for i, row in enumerate(rows, start=3)}}
    aside = {row: ion for row, ion in known.items() if frame["ion"].get(row) != ion}
    assert frame["ion"].sum() + sum(aside.values()) == sum(known.values())
    assert report.gelezen == len(known)
    assert report.apart == len(known) - len(frame)
    for row, ion in aside.items():
        if ion == 0 and row in frame.index:
            assert any(
                "ION van 0" in text and "rij" in text for text in lines(report, ernst="info")
            )
            continue
        text = " ".join(lines(report, row=row, ernst="fout"))
        assert re.search(rf"(?<![\d.])-?{ion:,}(?![\d.]\d)".replace(",", r"\."), text), (ion, text)
    (total,) = [text for text in lines(report) if text.startswith("ION gelezen: ")]
    numbers = [int(n.replace(".", "")) for n in re.findall(r"-?\d+(?:\.\d{3})*", total)]
    # What is below nought is in no sum, and counted.
    given, out = (sum(max(ion, 0) for ion in some.values()) for some in (known, aside))
    below = sum(ion < 0 for ion in known.values())
    assert numbers == [given, frame["ion"].sum(), out, *([below] if below else [])]


@pytest.mark.parametrize("column", ["regio_organisatie", "wsv"])
@pytest.mark.parametrize("cell", ['"Alfa; Beta"', "Alfa / Beta", '"Alfa\nBeta"'])
def test_a_cell_that_names_two_organisations_is_told(read, column, cell):
    rows = ["01001234;Een;" + cell, "01001242;Twee;Alfa", "01001250;Drie;Alfa en Omstreken"]
    _, report = read(*rows, header=f"agb;naam;{column}")
    told = [text for text in lines(report, ernst="waarschuwing") if "'Alfa' en 'Beta'" in text]
    assert len(told) == 1
    assert told[0].startswith(f"Kolom '{column}': 'Alfa")
    assert "2 organisaties" in told[0]
    assert not any("Omstreken" in text for text in lines(report, ernst="waarschuwing"))
