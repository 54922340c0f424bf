"""The kaders against a table copied by hand from design/toetsingskaders.md, and their checks."""

import inspect
import re
from datetime import date
from pathlib import Path

import pytest

from oi_geo.border_issues import border_issues
from oi_geo.criteria.assess import remainder_minimum
from oi_geo.criteria.bounds import Interval
from oi_geo.criteria.finding import Verdict
from oi_geo.criteria.kader import GENERAL, kader_names, load_kader, read_kader
from oi_geo.criteria.rules import GROUP_RULES, PLAN_RULES, RULES
from oi_geo.errors import OiGeoError, UnknownKader, UnusableFile

# id: (kader, levels, minimum, maximum, unit, status, words of the source)
TABLE = {
    "Z1": ("zorg-en-zekerheid-2022", "regio", 100_000, 200_000, "ION", "in principe", "Een regio"),
    "Z2": ("zorg-en-zekerheid-2022", "regio", 1, 1, "delen", "hard", "Een regio"),
    "Z4": ("zorg-en-zekerheid-2022", "regio", 1, 1, "aantal", "hard", "De regio-organisatie"),
    "Z7": ("zorg-en-zekerheid-2022", "wijk", 10_000, 20_000, "ION", "in principe", "Een wijk"),
    "Z11": ("zorg-en-zekerheid-2022", "regio wijk", None, 1, "aantal", "hard", "Bijlage 1"),
    "U1": ("unicum", "regio", 0.85, None, "aandeel", "hard", "Welke voorwaarden"),
    "U2": ("unicum", "regio", 100_000, None, "ION", "hard", "Welke voorwaarden"),
    "U4": ("unicum", "hub", 1, 1, "aantal", "signaal", "Wat is een gemeentehub?"),
    "U5": ("unicum", "regio hub", None, 0, "gemeenten", "signaal", "voetnoot"),
    "K1": ("zilveren-kruis", "regio", 100_000, None, "inwoners", "hard", "Voorwaarden en functies"),
    "K3": ("zilveren-kruis", "regio", 0.85, None, "aandeel", "hard", "Voorwaarden en functies"),
    "K4": ("zilveren-kruis", "regio", 1, None, "aantal", "hard", "Voorwaarden en functies"),
}
DOCUMENTS = {"zorg-en-zekerheid-2022": "002", "unicum": "000", "zilveren-kruis": "004"}
DOCS = Path(__file__).resolve().parents[2] / "docs" / "toetsregels.md"

ALL = {name: load_kader(name) for name in (*kader_names(), GENERAL)}
REGELS = {regel.id: (kader, regel) for kader in ALL.values() for regel in kader.regels}


def test_names() -> None:
    assert kader_names() == ("unicum", "zilveren-kruis", "zorg-en-zekerheid-2022")


@pytest.mark.parametrize("rule", TABLE)
def test_limits_are_those_of_the_documents(rule: str) -> None:
    name, levels, minimum, maximum, unit, status, words = TABLE[rule]
    kader, regel = REGELS[rule]
    assert kader.naam == name
    assert regel.niveaus == tuple(levels.split())
    assert (regel.minimum, regel.maximum) == (minimum, maximum)
    assert (regel.eenheid, regel.status, regel.tolerantie) == (unit, status, 0.0)
    assert f"(document {DOCUMENTS[name]})" in regel.bron
    assert words in regel.bron


def test_no_rule_outside_the_table() -> None:
    assert set(REGELS) == {*TABLE, "G1", "G2", "G3", "G4", "G5", "G6"}
    for name, number in DOCUMENTS.items():
        assert ALL[name].document.startswith(number)
    assert ALL["zorg-en-zekerheid-2022"].geldig_vanaf == date(2022, 1, 1)


def test_the_limit_of_remainders_stands_in_the_kader_alone() -> None:
    needed = inspect.signature(border_issues).parameters["minimum"].default
    assert needed is inspect.Parameter.empty
    assert remainder_minimum() == REGELS["G4"][1].minimum


def test_every_function_is_used_and_every_rule_is_documented() -> None:
    assert {regel.functie for _, regel in REGELS.values()} == {rule.__name__ for rule in RULES}
    assert set(RULES) == {*GROUP_RULES, *PLAN_RULES}
    assert len({rule.__name__ for rule in RULES}) == len(RULES)
    headings = set(re.findall(r"^### ([A-Z]+\d+)", DOCS.read_text(encoding="utf-8"), re.MULTILINE))
    assert headings == set(REGELS)
    for rule in RULES:
        ids = {regel.id for _, regel in REGELS.values() if regel.functie == rule.__name__}
        assert set(re.findall(r"\b[A-Z]+\d+\b", (rule.__doc__ or "").split(":")[0])) == ids


def test_unknown_kader_lists_the_names() -> None:
    with pytest.raises(UnknownKader) as caught:
        load_kader("../unicum")
    assert str(caught.value) == (
        "Het toetsingskader '../unicum' bestaat niet; kies uit unicum, zilveren-kruis en "
        "zorg-en-zekerheid-2022."
    )


GOOD = """\
naam = "proef"
titel = "Proef"
document = "999: proef"
geldig_vanaf = 2024-01-01

[[regel]]
id = "P1"
niveaus = ["regio"]
omschrijving = "Proef."
functie = "ion_deelnemers"
minimum = 100_000
maximum = 200_000
tolerantie = 0.1
eenheid = "ION"
status = "in principe"
bron = "999, 1"
"""


def _write(folder: Path, text: str) -> Path:
    path = folder / "proef.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_tolerance_widens_the_band_but_not_the_limit(tmp_path: Path) -> None:
    (regel,) = read_kader(_write(tmp_path, GOOD)).regels
    assert regel.limit == (100_000, 200_000)
    expected = {
        89_999: Verdict.SIGNAAL,
        90_000: Verdict.VOLDOET,
        220_000: Verdict.VOLDOET,
        220_001: Verdict.SIGNAAL,
    }
    for value, verdict in expected.items():
        assert regel.judge(Interval.point(float(value))) is verdict
    assert regel.limit_text() == "in principe zijn dat er 100.000 tot 200.000 (met 10,0 % marge)"


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ('titel = "Proef"\n', "", "titel"),
        ('naam = "proef"', 'naam = "ander"', "naam moet 'proef' zijn"),
        ('naam = "proef"', "naam = 1", "naam moet tekst zijn"),
        ("geldig_vanaf = 2024-01-01", 'geldig_vanaf = "2024"', "geldig_vanaf moet een datum"),
        ('niveaus = ["regio"]', 'niveaus = ["land"]', "niveaus moet een lijst zijn van regio, hub"),
        ('niveaus = ["regio"]', "niveaus = []", "niveaus moet een lijst"),
        ('functie = "ion_deelnemers"', 'functie = "bestaat_niet"', "'bestaat_niet' bestaat niet"),
        ("minimum = 100_000", "minimum = 300_000", "minimum is groter dan het maximum"),
        ("minimum = 100_000", 'minimum = "veel"', "minimum moet een getal zijn, niet 'veel'"),
        ("minimum = 100_000", "minimum = true", "minimum moet een getal zijn"),
        ("tolerantie = 0.1", "tolerantie = 1.5", "tolerantie moet ten minste 0"),
        ("tolerantie = 0.1", "tolerantie = -0.1", "tolerantie moet ten minste 0"),
        ('status = "in principe"', 'status = "hard"', "tolerantie hoort bij 'in principe'"),
        ('status = "in principe"', 'status = "zacht"', "hard, in principe of signaal zijn"),
        ('bron = "999, 1"\n', "", "het veld bron ontbreekt"),
        ('bron = "999, 1"\n', 'bron = "999, 1"\nmaximun = 2\n', "onbekend veld: maximun"),
        ("[[regel]]", "[regel]", "[[regel]]"),
        ("[[regel]]", "[[regel", "geen geldig TOML-bestand"),
    ],
)
def test_a_wrong_kader_is_refused_with_the_place(
    tmp_path: Path, old: str, new: str, sentence: str
) -> None:
    assert old in GOOD
    with pytest.raises(UnusableFile) as caught:
        read_kader(_write(tmp_path, GOOD.replace(old, new, 1)))
    assert isinstance(caught.value, OiGeoError)
    assert str(caught.value).startswith("proef.toml")
    assert sentence in str(caught.value)


def test_a_rule_twice_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnusableFile, match="twee keer"):
        read_kader(_write(tmp_path, GOOD + GOOD[GOOD.index("[[regel]]") :]))


@pytest.mark.parametrize(
    ("level", "day", "says"),
    [
        ("regio", date(2022, 12, 31), ""),
        ("regio", date(2023, 1, 1), "gold tot en met 31 december 2022 en op 1 januari 2023 niet"),
        ("regio", date(2021, 12, 31), "geldt vanaf 1 januari 2022 en gold op 31 december 2021 nog"),
        ("regio", None, "gold tot en met 31 december 2022 en vandaag niet meer"),
        ("hub", date(2022, 6, 1), "heeft geen regels voor gemeentehubs"),
    ],
)
def test_a_kader_says_where_and_when_it_does_not_speak(level, day, says) -> None:
    note = load_kader("zorg-en-zekerheid-2022").note(level, day, today=date(2026, 1, 1))
    assert says in note if says else not note
