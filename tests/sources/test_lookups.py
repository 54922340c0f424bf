"""Points of postcodes, insurers per gemeente and the register of links."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from oi_geo.contiguity import Link
from oi_geo.errors import UnusableFile
from oi_geo.sources.lookups import read_insurers, read_links, read_postcodes
from oi_geo.sources.report import ReadReport


@pytest.fixture
def save(tmp_path: Path):
    def writer(*rows: str) -> Path:
        path = tmp_path / "tabel.csv"
        path.write_text("\n".join(rows) + "\n", encoding="utf-8")
        return path

    return writer


def told(report: ReadReport) -> list[tuple[int | None, str]]:
    return [(m.rij, m.ernst) for m in report.messages]


def test_postcodes_of_four_and_six_characters(save):
    frame, report = read_postcodes(
        save(
            "Postcode;X;Y", "3584;136000;455000", "3584 cj;136100,5;455100", "3585CJ;137000;456000"
        )
    )
    assert frame.index.name == "postcode"
    assert frame.index.tolist() == ["3584", "3584CJ", "3585CJ"]
    assert frame.loc["3584CJ"].tolist() == [136100.5, 455100.0]
    assert list(frame.columns) == ["x_rd", "y_rd"]
    assert (report.gelezen, report.behouden, report.messages) == (3, 3, [])


def test_postcodes_with_degrees(save):
    frame, _ = read_postcodes(save("pc4,lon,lat", "3811,5.38720621,52.15517440"))
    np.testing.assert_allclose(frame.loc["3811"], [155_000, 463_000], atol=1)


def test_postcodes_that_cannot_be_used_are_reported(save):
    frame, report = read_postcodes(
        save(
            "pc4;x_rd;y_rd",
            "3584;136000;455000",
            "358;136000;455000",
            ";136000;455000",
            "3585;;",
            "3586;;",
            "3584;137000;455000",
            "3587;455000;136000",
            "3588;137000;",
        )
    )
    assert frame.index.tolist() == ["3584"]
    assert frame.loc["3584", "x_rd"] == 136000
    assert sorted(told(report), key=str) == sorted(
        [(3, "fout"), (4, "fout"), (None, "waarschuwing"), (7, "fout"), (8, "fout"), (9, "fout")],
        key=str,
    )
    text = "\n".join(m.melding for m in report.messages)
    assert "2 postcodes hebben geen coördinaten en zijn apart gezet (rijen 5 t/m 6)." in text
    assert "Postcode 3584 staat ook in rij 2" in text
    assert "x en y lijken verwisseld" in text
    assert (report.gelezen, report.behouden) == (8, 1)


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        (["naam;x_rd;y_rd", "a;1;2"], "de kolom 'postcode' ontbreekt"),
        (["pc4;x_rd", "3584;136000"], "de kolom 'y_rd' ontbreekt"),
        (["pc4;plaats", "3584;Utrecht"], "de kolommen 'x_rd' en 'y_rd' ontbreken"),
        (["pc4;x_rd;y_rd", "3584;;"], "geen enkele rij heeft een postcode met een punt"),
    ],
)
def test_a_table_without_points(save, rows, sentence):
    with pytest.raises(UnusableFile, match=sentence):
        read_postcodes(save(*rows))


@pytest.mark.real
def test_the_real_postcode_table(shared_data):
    frame, report = read_postcodes(shared_data / "pc4_2020.csv")
    lines = (shared_data / "pc4_2020.csv").read_text(encoding="utf-8").splitlines()[1:]
    without = sum(line.endswith(",,,") for line in lines)
    assert (report.gelezen, report.behouden) == (len(lines), len(lines) - without)
    assert told(report) == [(None, "waarschuwing")]
    assert f"{without} postcodes hebben geen coördinaten" in report.messages[0].melding
    assert frame.loc["1033"].tolist() == [121125, 491560]
    assert frame.index.is_unique
    assert frame["x_rd"].between(13_000, 279_000).all()
    assert frame["y_rd"].between(306_000, 620_000).all()


def test_insurers_with_shares(save):
    frame, report = read_insurers(
        save("gemeente,Concessiehouder,aandeel", "344,Zilveren Kruis,0.8", "GM0344,VGZ,0.2")
    )
    assert list(frame.columns) == ["gemeentecode", "zorgkantoor", "verzekeraar", "aandeel"]
    assert frame["gemeentecode"].tolist() == ["GM0344", "GM0344"]
    assert frame["verzekeraar"].tolist() == ["Zilveren Kruis", "VGZ"]
    assert frame["zorgkantoor"].isna().all()
    assert frame["aandeel"].tolist() == [0.8, 0.2]
    assert not report.messages


@pytest.mark.parametrize("shares", [("80", "20", "100"), ("80 %", "20%", "100 %")])
def test_percentages_become_shares(save, shares):
    a, b, c = shares
    rows = [f"0344;VGZ;{a}", f"0344;CZ;{b}", f"0310;CZ;{c}"]
    frame, report = read_insurers(save("gemeentecode;verzekeraar;aandeel", *rows))
    assert frame["aandeel"].tolist() == [0.8, 0.2, 1.0]
    assert told(report) == [(None, "info")]


def test_shares_that_cannot_be(save):
    frame, report = read_insurers(
        save(
            "gemeentecode;verzekeraar;aandeel",
            "0344;VGZ;0,7",
            "0344;CZ;0,7",
            "0310;CZ;-0,2",
            "0312;CZ;veel",
            "0313;CZ;1,0",
            "Utrecht;CZ;1,0",
            "WK034401;CZ;1,0",
        )
    )
    assert frame.index.tolist() == [2, 3, 4, 5, 6]
    assert frame["aandeel"].isna().tolist() == [False, False, True, True, False]
    faults = [(m.rij, m.ernst) for m in report.messages]
    assert set(faults) == {
        (7, "fout"), (8, "fout"), (4, "fout"), (5, "fout"), (None, "waarschuwing"),
    }  # fmt: skip
    assert any("meer dan 1 in GM0344." in m.melding for m in report.messages)
    assert (report.gelezen, report.behouden) == (7, 5)


def test_without_shares_only_a_single_row_counts_whole(save):
    frame, report = read_insurers(save("gemeentecode;zorgkantoor", "0344;A", "0344;B", "0310;A"))
    assert frame["aandeel"].fillna(-1).tolist() == [-1, -1, 1]
    assert told(report) == [(None, "info")]


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        (["zorgkantoor;aandeel", "A;1"], "de kolom 'gemeentecode' ontbreekt"),
        (["gemeentecode;aandeel", "0344;1"], "de kolom 'verzekeraar' ontbreekt"),
        (["gemeente;verzekeraar", "Utrecht;CZ"], "geen enkele rij heeft een gemeentecode"),
    ],
)
def test_a_table_without_insurers(save, rows, sentence):
    with pytest.raises(UnusableFile, match=sentence):
        read_insurers(save(*rows))


@pytest.mark.real
def test_the_real_table_of_insurers(shared_data):
    frame, report = read_insurers(shared_data / "gemeente_zorgkantoor_2022.csv")
    assert (len(frame), report.gelezen, report.behouden) == (345, 345, 345)
    assert frame["gemeentecode"].str.fullmatch(r"GM\d{4}").all()
    assert frame["gemeentecode"].is_unique
    assert frame.notna().all(axis=None)
    assert frame["aandeel"].between(0.8, 1).all()
    nuenen = frame.set_index("gemeentecode").loc["GM0820"]
    assert nuenen.tolist() == ["ZUIDOOST-BRABANT", "CZ", 1.0]
    assert not report.messages


def test_links(save):
    links, report = read_links(
        save(
            "Code 1;Code 2;Type;Toelichting",
            "wk0344ad;WK034402;Brug;Dafne Schippersbrug",
            "GM0448;GM0400;veer;TESO, het hele jaar",
        )
    )
    assert links == (
        Link("WK0344AD", "WK034402", "brug", "Dafne Schippersbrug"),
        Link("GM0448", "GM0400", "veer", "TESO, het hele jaar"),
    )
    assert (report.gelezen, report.behouden, report.messages) == (2, 2, [])


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        ("WK03440;WK034402;brug;reden", "'WK03440' is geen code"),
        ("WK034401;;brug;reden", "geen code van een wijk"),
        ("WK034401;WK034401;brug;reden", "van WK034401 naar zichzelf"),
        ("WK034401;WK034402;pont;reden", "soort 'pont' is onbekend; verwacht wordt brug, veer"),
        ("WK034401;WK034402;brug;", "de reden ontbreekt"),
        ("WK034409;WK034408;dijk;andersom", "tussen WK034409 en WK034408 is al eerder gegeven"),
    ],
)
def test_a_bad_link_is_set_aside(save, row, sentence):
    links, report = read_links(save("van;naar;soort;reden", "WK034408;WK034409;dijk;goed", row))
    assert links == (Link("WK034408", "WK034409", "dijk", "goed"),)
    (message,) = report.messages
    assert sentence in message.melding
    assert (message.rij, message.ernst) == (3, "fout")
    assert report.apart == 1


def test_links_need_all_columns(save):
    with pytest.raises(
        UnusableFile, match=r"tabel\.csv.*kolommen 'soort' en 'reden' ontbreken; gevonden"
    ):
        read_links(save("van;naar", "WK034401;WK034402"))


def test_no_row_is_lost_without_a_line(save):
    rows = ["3584;136000;455000", "x;1;1", "3584;1;1", "3590;;"]
    frame, report = read_postcodes(save("pc4;x_rd;y_rd", *rows))
    assert isinstance(frame, pd.DataFrame)
    assert report.apart == sum(m.ernst != "info" for m in report.messages) == 3
