"""Tables as people really save them: encodings, separators, title rows, sheets, notations."""

import csv
import datetime as dt
import io
import time
import zipfile
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from oi_geo.errors import OiGeoError, UnsafeFile, UnusableFile
from oi_geo.sources import table_files
from oi_geo.sources.column_names import unique_names
from oi_geo.sources.limits import LIMITS
from oi_geo.sources.lines import MOST_LINES, per_row, rows_text
from oi_geo.sources.numbers import notation_of, read_numbers
from oi_geo.sources.report import ReadReport
from oi_geo.sources.table_files import sniff_separator
from oi_geo.sources.tables import looks_like_date, match_columns, parse_numbers, read_table

ROWS = [
    ["agb", "naam", "plaats", "ion", "lat"],
    ["01001234", "Café 't Hof; tweede, deur", "IJsselstein", "2095", "52,0907"],
    ["01001235", 'De "Brug" | zuid', "’s-Hertogenbosch", "1850", "51,5"],
    ["01001236", "Één\nregel verder", "", "1200", "50,75"],
]


def save(path: Path, text: str, encoding: str = "utf-8") -> Path:
    path.write_bytes(text.encode(encoding))
    return path


def csv_text(rows: list[list[str]], separator: str) -> str:
    stream = io.StringIO()
    csv.writer(stream, delimiter=separator).writerows(rows)
    return stream.getvalue()


def workbook(path: Path, sheets: dict[str, list[list[object]]]) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    book.save(path)
    return path


def expected(rows: list[list[str]]) -> pd.DataFrame:
    cells = [[cell or None for cell in row] for row in rows[1:]]
    index = pd.RangeIndex(2, len(rows) + 1, name="rij")
    return pd.DataFrame(cells, index=index, columns=rows[0], dtype="str")


def same(frame: pd.DataFrame, other: pd.DataFrame) -> None:
    pd.testing.assert_frame_equal(
        frame, other, check_index_type=False, check_column_type=False, check_names=False
    )


def texts_of(report: ReadReport) -> str:
    return "\n".join(f"{m.rij} {m.ernst} {m.melding}" for m in report.messages)


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize(
    ("encoding", "said"),
    [
        ("utf-8", None),
        ("utf-8-sig", None),
        ("utf-16", "UTF-16"),
        ("cp1252", "Windows-1252"),
    ],
)
def test_every_encoding_and_separator_gives_the_same_frame(tmp_path, separator, encoding, said):
    path = save(tmp_path / "p.csv", csv_text(ROWS, separator), encoding)
    frame, report = read_table(path, "praktijken")
    same(frame, expected(ROWS))
    assert all(str(dtype) == "str" for dtype in frame.dtypes)
    assert (report.bestand, report.soort, report.gelezen) == ("p.csv", "praktijken", 3)
    assert len(report.sha256) == 64
    assert [m.melding for m in report.messages if said and said in m.melding] == (
        [m.melding for m in report.messages]
    )
    assert len(report.messages) == (said is not None)


def test_utf16_big_endian(tmp_path):
    path = tmp_path / "p.csv"
    path.write_bytes(b"\xfe\xff" + csv_text(ROWS, ";").encode("utf-16-be"))
    same(read_table(path, "praktijken")[0], expected(ROWS))


def test_a_workbook_gives_the_same_frame_as_the_csv(tmp_path):
    path = workbook(tmp_path / "p.xlsx", {"Blad1": ROWS})
    frame, report = read_table(path, "praktijken", name="lijst.xlsx")
    same(frame, expected(ROWS))
    assert report.bestand == "lijst.xlsx"
    assert not report.messages


def test_cells_of_a_workbook_read_as_what_they_are(tmp_path):
    rows = [
        ["heel", "deel", "drie", "datum", "moment", "ja", "tekst", "groot"],
        [1234.0, 1234.5, 1.125, dt.date(2022, 3, 1), dt.datetime(2022, 3, 1, 12, 30), True, " a ",  # noqa: DTZ001
         1001234],
    ]  # fmt: skip
    frame, _ = read_table(workbook(tmp_path / "p.xlsx", {"a": rows}), "praktijken")
    assert frame.loc[2].tolist() == [
        "1234", "1234.5", "1.1250", "2022-03-01", "2022-03-01 12:30:00", "WAAR", "a", "1001234",
    ]  # fmt: skip
    assert looks_like_date(frame.loc[2]).tolist() == [False] * 3 + [True, True] + [False] * 3
    # A float of three decimals must not turn into thousands on the way.
    assert parse_numbers(frame["drie"]).tolist() == [1.125]


def test_a_formula_gives_its_cached_value_and_one_never_calculated_is_reported(tmp_path):
    rows = [["naam", "ion"], ["a", "=1+1"], ["b", "=2000+95"]]
    path = workbook(tmp_path / "p.xlsx", {"a": rows})
    calculated = tmp_path / "q.xlsx"
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(calculated, "w") as new:
        for name in old.namelist():
            part = old.read(name)
            part = part.replace(b"<f>2000+95</f><v />", b"<f>2000+95</f><v>2095</v>")
            new.writestr(name, part.replace(b"<f>2000+95</f><v/>", b"<f>2000+95</f><v>2095</v>"))
    frame, report = read_table(calculated, "praktijken")
    assert frame["ion"].fillna("?").tolist() == ["?", "2095"]
    (message,) = report.messages
    assert message.ernst == "waarschuwing"
    assert "nooit zijn uitgerekend (rij 2)" in message.melding


def test_the_first_sheet_with_data_is_read_and_named(tmp_path):
    sheets = {"Leeg": [], "Lijst": [["naam"], ["a"]], "Uitleg": [["iets"]], "Leeg2": []}
    frame, report = read_table(workbook(tmp_path / "p.xlsx", sheets), "praktijken")
    assert frame["naam"].tolist() == ["a"]
    (message,) = report.messages
    assert "'Lijst'" in message.melding
    assert "niet gelezen: 'Uitleg'." in message.melding


def test_a_wrong_dimension_in_the_sheet_does_not_hide_cells(tmp_path):
    path = workbook(tmp_path / "p.xlsx", {"a": [["naam", "ion"], ["a", 1], ["b", 2]]})
    lying = tmp_path / "q.xlsx"
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(lying, "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name).replace(b'ref="A1:B3"', b'ref="A1"'))
    frame, _ = read_table(lying, "praktijken")
    assert frame["ion"].tolist() == ["1", "2"]


def test_title_and_empty_rows_keep_the_numbers_of_the_rows(tmp_path):
    top = "Praktijken regio Midden;;\nPeildatum;1-1-2022;\n;;\n"
    text = f"{top}naam;plaats;ion\na;b;1\n;;\n\nc;d;2\n;;\n"
    frame, report = read_table(save(tmp_path / "p.csv", text), "praktijken")
    assert frame.index.tolist() == [5, 8]
    assert list(frame.columns) == ["naam", "plaats", "ion"]
    assert [(m.rij, m.ernst) for m in report.messages] == [
        (1, "info"),
        (2, "info"),
        (None, "info"),
    ]
    assert "'Peildatum' en '1-1-2022'" in report.messages[1].melding
    assert "2 lege rijen zijn overgeslagen: rijen 6 t/m 7." in texts_of(report)


def test_rows_of_another_length_are_reported_with_their_row(tmp_path):
    text = "naam;plaats;ion\na;b\nc;d;2;te veel\ne;f;3;;\n"
    frame, report = read_table(save(tmp_path / "p.csv", text), "praktijken")
    assert frame["ion"].fillna("?").tolist() == ["?", "2", "3"]
    assert [(m.rij, m.ernst) for m in report.messages] == [(2, "info"), (3, "waarschuwing")]
    assert "4 cellen voor 3 kolommen" in report.messages[1].melding


def test_double_and_missing_column_names(tmp_path):
    text = "naam;ion;;ion;ion;\na;1;x;2;3;\n"
    frame, report = read_table(save(tmp_path / "p.csv", text), "praktijken")
    assert frame.loc[2].to_dict() == {
        "naam": "a", "ion": "1", "kolom C": "x", "ion (2)": "2", "ion (3)": "3",
    }  # fmt: skip
    assert "Kolom C heeft geen naam" in texts_of(report)
    assert "kolom D heet hier 'ion (2)'" in texts_of(report)


def test_a_made_name_never_collides_with_a_given_one(tmp_path):
    text = "ion (2);ion;ion;ion;ion (2)\n1;2;3;4;5\n"
    frame, _ = read_table(save(tmp_path / "p.csv", text), "praktijken")
    assert list(frame.columns) == ["ion (2)", "ion", "ion (3)", "ion (4)", "ion (2) (2)"]
    assert frame.loc[2].tolist() == ["1", "2", "3", "4", "5"]


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_a_table_with_too_many_columns_is_refused_in_one_sentence(tmp_path, ending):
    """18.302 columns: more than a spreadsheet has letters for."""
    path = tmp_path / f"breed.{ending}"
    width = 18_302 if ending == "csv" else 1_001
    if ending == "csv":
        save(path, "naam;ion\n" + ";".join(["x"] * width) + "\n")
    else:
        workbook(path, {"a": [["naam", "ion"], ["x"] * width]})
    with pytest.raises(UnsafeFile) as caught:
        read_table(path, "praktijken")
    wide = "18.302" if ending == "csv" else "1.001"
    assert str(caught.value) == (
        f"‘breed.{ending}’, rij 2: de rij is {wide} kolommen breed; verwacht wordt een tabel van "
        "hoogstens 1.000 kolommen."
    )


def test_empty_cells_behind_the_last_column_do_not_count(tmp_path):
    wide = ";" * 20_000
    frame, report = read_table(save(tmp_path / "p.csv", f"naam;ion{wide}\na;1{wide}\n"), "x")
    assert frame.loc[2].to_dict() == {"naam": "a", "ion": "1"}
    assert report.messages == []


def test_a_thousand_equal_names_give_no_flood(tmp_path):
    width = LIMITS.columns
    text = ";".join(["ion"] * width) + "\n" + ";".join(map(str, range(width))) + "\n"
    frame, report = read_table(save(tmp_path / "p.csv", text), "praktijken")
    assert list(frame.columns) == ["ion", *(f"ion ({i})" for i in range(2, width + 1))]
    assert frame.loc[2].tolist() == [str(i) for i in range(width)]
    assert len(report.messages) == MOST_LINES + 1
    assert report.messages[-1].melding == "Hetzelfde geldt voor 979 andere kolommen."


def test_column_names_are_made_in_one_pass():
    """Fifteen thousand equal names took 12 seconds when each looked through all before it."""
    report = ReadReport("p.csv", "praktijken")
    start = time.process_time()
    names = unique_names(["ion"] * 15_000, set(), report)
    assert time.process_time() - start < 2
    assert len(set(names)) == 15_000


def test_a_header_with_a_missing_name_is_still_the_header(tmp_path):
    text = "Lijst van mei\ncode;naam;groep;\nWK034401;Centrum;A;let op\nWK034402;Oost;B;\n"
    frame, report = read_table(save(tmp_path / "p.csv", text), "voorstel")
    assert list(frame.columns) == ["code", "naam", "groep", "kolom D"]
    assert frame.index.tolist() == [3, 4]
    assert [m.rij for m in report.messages] == [1, None]


def test_failed_formulas_are_unknown(tmp_path):
    text = "naam;ion\n#N/B;1\nb;#REF!\n"
    frame, report = read_table(save(tmp_path / "p.csv", text), "praktijken")
    assert frame.isna().to_numpy().tolist() == [[True, False], [False, True]]
    assert [(m.rij, m.ernst) for m in report.messages] == [(2, "fout"), (3, "fout")]


def test_a_single_column_with_commas_in_its_cells(tmp_path):
    text = "gemeente\nZeist\nHouten\nNuenen, Gerwen en Nederwetten\nDe Bilt\n"
    frame, _ = read_table(save(tmp_path / "p.csv", text), "voorstel")
    assert frame["gemeente"].tolist()[2] == "Nuenen, Gerwen en Nederwetten"


def test_excel_own_separator_line_is_no_row(tmp_path):
    frame, _ = read_table(save(tmp_path / "p.csv", "sep=|\nnaam|a,b\nx|1,5\n"), "praktijken")
    assert frame.loc[2].to_dict() == {"naam": "x", "a,b": "1,5"}


def test_column_names_that_are_postcodes(tmp_path):
    frame, _ = read_table(save(tmp_path / "p.csv", "agb;3511;3512\n01001234;5;6\n"), "herkomst")
    assert list(frame.columns) == ["agb", "3511", "3512"]


@pytest.mark.parametrize(
    ("text", "separator"),
    [
        ("naam;x;y\na;1,5;2,5\nb;1,5;2,5\n", ";"),
        ("titel\nnaam;x;y\na;1,5;2,5\nb;1,5;2,5\nc;1,5;2,5\n", ";"),
        ("naam;x;y\na;1,5\nb;1,5;2,5\nc;2,5\nd;2,5\n", ";"),
        ("naam;x;y\na;1,5;\nb;1,5;\nc;2,5\nd;2,5\n", ";"),
        ("naam,adres\na,x; y\nb,x; y\n", ","),
        ("nr,adres\n1,x; y\n2,x; y\n3,a,b; c\n", ","),
        ('naam,adres\n"a, b; c","d, e"\n"f; g",h\n', ","),
        ("naam\tx\na, b\t1,5\nc, d\t2,5\n", "\t"),
        ("naam\nregel\n", ";"),
    ],
)
def test_the_separator_is_found(text, separator):
    assert sniff_separator(text) == separator


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"naam;ion\n", "onder de kolomnamen staat geen enkele gevulde rij"),
        (b";;\n;;\n", "er staat geen gevulde rij in"),
        (b"01001234;Brug;5\n01001235;Zuid;6\n", "rij 1: hier worden kolomnamen verwacht, maar er"),
        (b'naam;ion\na;1\n"b;2\nc;3\n', "rij 3: een aanhalingsteken"),
        (b'naam;ion\n"a" b;1\n', "rij 2: een aanhalingsteken"),
        (b"naam;ion\n\x81\xff;1\n", "UTF-8 noch Windows-1252"),
        (b'{"type": "FeatureCollection", "features": []}', "dit is geen tabel"),
    ],
)
def test_unusable_tables_say_so_in_one_sentence(tmp_path, content, sentence):
    path = tmp_path / "fout.csv"
    path.write_bytes(content)
    with pytest.raises(UnusableFile) as caught:
        read_table(path, "praktijken")
    message = str(caught.value)
    assert sentence in message
    assert "fout.csv" in message
    assert "\n" not in message


def test_too_many_cells(tmp_path, monkeypatch):
    monkeypatch.setattr(table_files, "MOST_CELLS", 100)
    path = save(tmp_path / "p.csv", "a;b\n" + "1;2\n" * 60)
    with pytest.raises(UnsafeFile, match="100 gevulde cellen"):
        read_table(path, "praktijken")


def test_a_broken_workbook(tmp_path):
    path = workbook(tmp_path / "p.xlsx", {"a": [["naam"], ["a"]]})
    broken = tmp_path / "q.xlsx"
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(broken, "w") as new:
        for name in old.namelist():
            part = old.read(name)
            new.writestr(name, part[:80] if name.startswith("xl/worksheets/") else part)
    with pytest.raises(OiGeoError, match=r"q\.xlsx"):
        read_table(broken, "praktijken")


WORDS = st.text("abcdefgËé", min_size=1, max_size=8)
CELLS = st.text("aé 12,.;|'\"-\n", max_size=10).map(str.strip)


@settings(
    max_examples=60,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    names=st.lists(WORDS, min_size=2, max_size=5, unique=True),
    data=st.data(),
    separator=st.sampled_from(",;\t|"),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "cp1252"]),
)
def test_what_was_written_is_read_back(tmp_path, names, data, separator, encoding):
    row = st.tuples(WORDS, *[CELLS] * (len(names) - 1)).map(list)
    rows = [names, *data.draw(st.lists(row, min_size=1, max_size=6))]
    frame, _ = read_table(save(tmp_path / "p.csv", csv_text(rows, separator), encoding), "x")
    empty = [i for i in range(len(names)) if not any(r[i] for r in rows[1:])]
    assert list(frame.columns) == names
    assert frame.fillna("").to_numpy().tolist() == rows[1:]
    assert all(frame[names[i]].isna().all() for i in empty)


def test_columns_are_matched_by_letters_and_digits_only():
    synonyms = {"agb": ["agb-code"], "ion": ["ingeschreven patiënten"], "naam": [], "ro": []}
    columns = ["AGB code", "Ingeschreven Patienten", " NAAM ", "Naam", "iets"]
    assert match_columns(columns, synonyms) == {
        "agb": "AGB code", "ion": "Ingeschreven Patienten", "naam": " NAAM ",
    }  # fmt: skip


@pytest.mark.parametrize(
    "column", ["ION per 1-1", "ION (2022)", "ION 2022", "ION per 1 januari 2022", "ION 1-1-2022"]
)
def test_dates_and_brackets_in_a_column_name_are_forgiven(column):
    assert match_columns([column], {"ion": []}) == {"ion": column}


def test_a_name_that_fits_exactly_goes_before_one_that_fits_without_brackets():
    synonyms = {"huisartsen": [], "fte": ["huisartsen fte"]}
    columns = ["huisartsen (fte)", "huisartsen (personen)"]
    assert match_columns(columns, synonyms) == {
        "fte": "huisartsen (fte)", "huisartsen": "huisartsen (personen)",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("texts", "values", "notation"),
    [
        (["1234", "-5", "+7", "007"], [1234, -5, 7, 7], "eenduidig"),
        (["2 095", "2 095", "2'095"], [2095, 2095, 2095], "eenduidig"),
        (["1.234", "2.095"], [1234, 2095], "dubbelzinnig"),
        (["1,234"], [1.234], "dubbelzinnig"),
        (["1.234", "0,5"], [1234, 0.5], "Nederlands"),
        (["1.234", "0.5"], [1.234, 0.5], "Engels"),
        (["1.234,5", "1.234"], [1234.5, 1234], "Nederlands"),
        (["1,234.5", "1,234"], [1234.5, 1234], "Engels"),
        (["1.234.567", "1,234"], [1234567, 1.234], "Nederlands"),
        (["1,234,567", "1.234"], [1234567, 1.234], "Engels"),
        (["2095.0", "2095,0", "1.234"], [2095, 2095, np.nan], "gemengd"),
        (["0.125", "12.5"], [0.125, 12.5], "Engels"),
        (["136012.123"], [136012.123], "Engels"),
        (["-0,5", "−2"], [-0.5, -2], "Nederlands"),
        (["5.", ",5"], [5, 0.5], "gemengd"),
        (
            ["abc", "1-2", "1.2.3", "1e5", "", "12 34", "1.234,567.8", "."],
            [np.nan] * 8,
            "eenduidig",
        ),
    ],
)
def test_numbers_in_both_notations(texts, values, notation):
    series = pd.Series(texts, index=range(5, 5 + len(texts)), dtype="str")
    assert notation_of(series) == notation
    result = parse_numbers(series)
    assert result.index.equals(series.index)
    np.testing.assert_allclose(result, values)


def test_the_kind_of_number_decides_where_nothing_else_does():
    texts = pd.Series(["2.095", "2,095"], dtype="str")
    assert parse_numbers(texts, grouped=True).tolist() == [2095, 2095]
    assert parse_numbers(texts, grouped=False).tolist() == [2.095, 2.095]
    assert parse_numbers(texts).tolist() == [2095, 2.095]


@given(
    cents=st.lists(st.integers(-(10**9), 10**9), min_size=1, max_size=8),
    dutch=st.booleans(),
    grouped=st.sampled_from([None, True, False]),
)
def test_numbers_written_in_one_notation_are_read_back(cents, dutch, grouped):
    values = [100_000.25, *(value / 100 for value in cents)]
    texts = [f"{value:,.2f}" for value in values]
    if dutch:
        texts = [text.translate(str.maketrans(",.", ".,")) for text in texts]
    result = parse_numbers(pd.Series(texts, dtype="str"), grouped=grouped)
    np.testing.assert_allclose(result, values)


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("2022-03-01", True), ("1-3-2022", True), ("01/03/22", True), ("1-mrt", True),
        ("feb-95", True), ("1 mei 2022", True), ("1.3.2022", True), ("2.095", False),
        ("2095", False), ("12-14", False), ("Meidoorn", False), ("10.12.345", False),
    ],
)  # fmt: skip
def test_dates_are_recognised(text, date):
    assert looks_like_date(pd.Series([text, None], dtype="str")).tolist() == [date, False]


def test_what_is_no_number_gets_a_line_with_row_and_column():
    report = ReadReport("p.csv", "praktijken")
    texts = pd.Series(["1-feb", "veel", "n.v.t.", "2.095", None], index=range(2, 7), dtype="str")
    result = read_numbers(texts, "ION", report, grouped=True)
    np.testing.assert_array_equal(result, [np.nan, np.nan, np.nan, 2095, np.nan])
    found = {(m.rij, m.ernst) for m in report.messages}
    assert found == {(2, "fout"), (3, "fout"), (None, "info")}
    assert all("'ION'" in m.melding for m in report.messages)
    assert "rekenblad heeft er een datum van gemaakt" in texts_of(report)
    assert "gelezen als teken tussen de duizendtallen" in texts_of(report)


def test_a_mixed_column_is_warned_about():
    report = ReadReport("p.csv", "praktijken")
    result = read_numbers(pd.Series(["0.5", "0,5", "1.234"], dtype="str"), "fte", report)
    np.testing.assert_array_equal(result, [0.5, 0.5, np.nan])
    assert [m.ernst for m in report.messages] == ["waarschuwing", "fout"]


@pytest.mark.parametrize(
    ("rows", "text"),
    [
        ([4], "rij 4"),
        ([9, 4, 7, 8], "rijen 4 en 7 t/m 9"),
        (range(2, 40, 2), "rijen 2, 4, 6, 8, 10, 12, 14, 16 en 11 andere"),
    ],
)
def test_rows_are_written_as_runs(rows, text):
    assert rows_text(rows) == text


def test_a_flood_of_lines_ends_in_one_that_counts_the_rest():
    report = ReadReport("p.csv", "praktijken")
    per_row(report.error, {row: f"fout {row}" for row in range(2, 102)}, "iets")
    assert [m.rij for m in report.messages] == [*range(2, 2 + MOST_LINES), None]
    assert "80 andere rijen: rijen 22 t/m 101." in report.messages[-1].melding
