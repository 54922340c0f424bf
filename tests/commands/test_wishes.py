"""Wishes from what is asked and handed in, without a command line around it."""

import pandas as pd
import pytest

from oi_geo.commands.asked import apart_pairs, asked_of, together_pairs, weights_of
from oi_geo.commands.wishes import (
    WishFiles,
    divisions_of,
    left_out,
    unit_level_of,
    wishes_of,
    wsv_of,
)
from oi_geo.errors import ImpossibleWishes, OiGeoError
from oi_geo.sources.divisions import HOGERE_GRENS
from oi_geo.study_area import study_area
from tests.conftest import draw, practice_table

# Two gemeenten of three wijken each.
PICTURE = """
    ABC
    abc
"""
A, B, C = "WK0001AA", "WK0001BB", "WK0001CC"
a, b, c = "WK0002AA", "WK0002BB", "WK0002CC"


def practice(unit, wsv=None, ion=None):
    return {"eenheid": unit, "wsv": wsv, "ion": ion}


@pytest.fixture
def area():
    rows = [practice(A, "Noord", 10), practice(A, "Zuid", 30), practice(B, "noord ", None)]
    rows += [practice(C, None, 99), practice(None, "Zuid", 5)]
    return study_area(draw(PICTURE), practices=practice_table(rows))


@pytest.fixture
def save(tmp_path):
    def writer(name: str, *rows: str):
        path = tmp_path / name
        path.write_text("\n".join(rows) + "\n", encoding="utf-8")
        return path

    return writer


def asked(**options):
    return asked_of("regio", (1000, 3000), **{"counted": "inwoners", **options})


def test_what_is_not_given_stays_as_it_is_by_default(area):
    wishes, reports = wishes_of(area, asked(), WishFiles())
    assert reports == []
    assert (wishes.level, wishes.low, wishes.high) == ("regio", 1000, 3000)
    assert (wishes.gemeente, wishes.whole, wishes.locks) == ("hard", (), {})
    assert wishes.within is wishes.today is wishes.flows is wishes.target is wishes.groups is None


@pytest.mark.parametrize(
    ("whole", "preferred", "firm"),
    [
        (None, None, "hard"),
        (["gemeente"], None, "hard"),
        (["niets"], None, "nee"),
        (["wsv"], None, "nee"),
        (None, ["gemeente"], "voorkeur"),
        (["wsv"], ["gemeente"], "voorkeur"),
        (["gemeente"], ["wsv"], "hard"),
        (None, ["wsv"], "hard"),
    ],
)
def test_how_firmly_a_gemeente_stays_whole(area, whole, preferred, firm):
    wishes, _ = wishes_of(area, asked(whole=whole, preferred=preferred), WishFiles())
    assert wishes.gemeente == firm
    firms = {part.kind: part.firm for part in wishes.whole}
    wanted = {"wsv": "hard"} if "wsv" in (whole or ()) else {}
    assert firms == wanted | ({"wsv": "voorkeur"} if "wsv" in (preferred or ()) else {})


def test_every_file_lands_where_it_belongs(area, save):
    files = WishFiles(
        kernen=save("kernen.csv", "code;kern", f"{A};Dorp", f"{B};Dorp"),
        binnen=save("binnen.csv", "code;zorgkantoor", "GM0001;N", "GM0002;Z"),
        vast=save("vast.csv", "eenheid;groep", "GM0002;Af", f"{A};Open"),
        bestaand=save("nu.csv", "eenheid;groep", f"{A};1", f"{c};2"),
    )
    given = asked(whole=["kern"], closed=[" Af"], weights=["kern=5", "snijlijn=0,5"])
    wishes, reports = wishes_of(area, given, files)
    (kern,) = wishes.whole
    assert (kern.kind, kern.firm, kern.weight) == ("kern", "hard", 5.0)
    assert kern.parts.to_dict() == {A: "Dorp", B: "Dorp"}
    assert wishes.within.to_dict() == {A: "N", B: "N", C: "N", a: "Z", b: "Z", c: "Z"}
    assert wishes.locks == {A: "Open", a: "Af", b: "Af", c: "Af"}
    assert wishes.closed == {"Af"}
    assert wishes.today.to_dict() == {A: "1", c: "2"}
    assert wishes.weights.snijlijn == 0.5
    assert wishes.weights.gemeenten == 2.0, "what is not named keeps its weight"
    names = sorted(report.bestand for report in reports)
    assert names == ["binnen.csv", "kernen.csv", "nu.csv", "vast.csv"]


def test_units_outside_every_division_are_named(area, save):
    path = save("binnen.csv", "code;zorgkantoor", "GM0001;N", f"{a};Z")
    _, (report,) = wishes_of(area, asked(), WishFiles(binnen=path))
    (line,) = [m.melding for m in report.messages if m.ernst == "waarschuwing"]
    assert f"eigen gebied: {b} en {c}" in line


def test_a_table_of_buurten_asks_for_buurten(save):
    buurten = save("vast.csv", "eenheid;groep", "BU0001AA01;X")
    wijken = save("nu.csv", "eenheid;groep", f"{A};X")
    assert unit_level_of(WishFiles(vast=buurten, bestaand=wijken)) == "buurt"
    assert unit_level_of(WishFiles(bestaand=wijken)) is None


def test_a_drawing_gives_units_their_division(area, tmp_path):
    halves = area.units.dissolve("gemeentecode")[["geometry"]].assign(groep=["N", "Z"])
    path = tmp_path / "regios.geojson"
    halves.to_crs(4326).to_file(path, driver="GeoJSON")
    series, _ = divisions_of(area, path, HOGERE_GRENS)
    assert series.to_dict() == {A: "N", B: "N", C: "N", a: "Z", b: "Z", c: "Z"}


def test_a_unit_belongs_to_the_wsv_with_most_ion(area):
    series, report = wsv_of(area)
    assert series.to_dict() == {A: "Zuid", B: "Noord"}, "capitals do not make another WSV"
    said = [m.melding for m in report.messages]
    assert f"{A} bij Zuid" in said[0]
    assert "1 praktijk met een WSV is niet geplaatst" in said[1]
    assert (report.gelezen, report.behouden) == (4, 3)


def test_pairs_of_units_and_of_gemeenten(area):
    assert together_pairs([f"{A} wk0002aa"], area) == ((A, a),)
    chain = together_pairs(["GM0001 GM0002"], area)
    assert {code for pair in chain for code in pair} == {A, B, C, a, b, c}
    assert len(chain) == 5
    assert set(apart_pairs([f"{A} GM0002"], area)) == {(A, a), (A, b), (A, c)}


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (A, "twee verschillende"), (f"{A} {A}", "twee verschillende"),
        (f"{A} GM0001", "twee verschillende"), (f"{A} {B} {C}", "twee verschillende"),
        (f"{A} WK0344AD", "WK0344AD komt"), ("", "verwacht"), (f"{A} dorp", "dorp komt"),
    ],
)  # fmt: skip
def test_a_pair_that_is_none_is_refused(area, text, why):
    for read in (together_pairs, apart_pairs):
        with pytest.raises(ImpossibleWishes, match=why):
            read([text], area)


def test_weights_are_read_in_dutch_and_english():
    assert weights_of(["snijlijn=2", " stromen = 0,5", "wsv=1.25"]) == {
        "snijlijn": 2.0, "stromen": 0.5, "wsv": 1.25,
    }  # fmt: skip


@pytest.mark.parametrize(
    "text", ["snijlijn", "snijlijn=", "snijlijn=veel", "lengte=2", "snijlijn=nan", "snijlijn=-1"]
)
def test_a_weight_that_is_none_is_refused(text):
    with pytest.raises(ImpossibleWishes, match="snijlijn"):
        weights_of([text])


def test_contradictions_and_what_is_missing_are_refused(area, save):
    kern = WishFiles(kernen=save("kernen.csv", "code;kern", f"{A};Dorp"))
    empty = study_area(draw(PICTURE))
    for where, given, files, why in (
        (area, {"whole": ["kern"]}, WishFiles(), "--kernen"),
        (area, {"whole": ["kern"], "preferred": ["kern"]}, kern, "niet allebei"),
        (area, {"closed": ["X"]}, WishFiles(), "X staat daar niet in"),
        (empty, {"whole": ["wsv"]}, WishFiles(), "kolom wsv"),
        (area, {"groups": 0}, WishFiles(), "ten minste 1"),
        (area, {"target": 1}, WishFiles(), "buiten de band"),
    ):
        with pytest.raises(OiGeoError, match=why):
            wishes_of(where, asked(**given), files)
    with pytest.raises(ImpossibleWishes, match="niets"):
        asked(whole=["niets", "kern"])
    with pytest.raises(ImpossibleWishes, match="meer dan eens"):
        asked(weights=["snijlijn=1", "snijlijn=2"])


def test_what_has_nothing_to_work_on_is_said(area, save):
    kernen = save("kernen.csv", "code;kern", f"{A};Dorp")
    given = asked(weights=["wijziging=3"])
    wishes, _ = wishes_of(area, given, WishFiles(kernen=kernen))
    said = " ".join(left_out(area, wishes, given, WishFiles(kernen=kernen)))
    for word in ("geen herkomst", "geen bestaande indeling", "tabel van kernen"):
        assert word in said
    empty = study_area(draw(PICTURE))
    far = asked(weights=["afstand=1"])
    said = left_out(empty, wishes_of(empty, far, WishFiles())[0], far, WishFiles())
    assert "afstand telt niet mee" in said[0]
    moved = wishes_of(area, asked(), WishFiles(bestaand=save("n.csv", "eenheid;groep", f"{A};1")))
    assert len(left_out(area, moved[0], asked(), WishFiles())) == 1
    assert isinstance(moved[0].today, pd.Series)
