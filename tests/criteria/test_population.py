"""Rules that count people: at, just below and just above each limit, and with unknowns."""

import math

import pytest

from oi_geo.criteria import rules_population
from oi_geo.criteria.assess import assess
from oi_geo.criteria.bounds import Interval
from oi_geo.criteria.finding import Finding, Verdict
from oi_geo.criteria.kader import load_kader
from oi_geo.metrics import measure
from oi_geo.plan import Plan
from oi_geo.study_area import PracticeList, study_area
from tests.conftest import draw, practice_table
from tests.criteria.toy import COMPLETE, A, B, area_of, findings, practice, verdict

GOOD, BAD, SIGNAL, UNKNOWN = "voldoet", "voldoet niet", "signaal", "niet te bepalen"


@pytest.mark.parametrize(
    ("rule", "ion", "expected"),
    [
        ("Z1", 99_999, SIGNAL),
        ("Z1", 100_000, GOOD),
        ("Z1", 200_000, GOOD),
        ("Z1", 200_001, SIGNAL),
        ("Z7", 9_999, SIGNAL),
        ("Z7", 10_000, GOOD),
        ("Z7", 20_000, GOOD),
        ("Z7", 20_001, SIGNAL),
        ("U2", 99_999, BAD),
        ("U2", 100_000, GOOD),
        ("U2", 100_001, GOOD),
    ],
)
def test_ion_at_the_limits(rule: str, ion: float, expected: str) -> None:
    found = verdict(rule, [practice(A, ion)])
    assert found.verdict == expected
    assert found.value == ion


@pytest.mark.parametrize(("people", "expected"), [(99_999, BAD), (100_000, GOOD), (100_001, GOOD)])
def test_inhabitants_at_the_limit(people: float, expected: str) -> None:
    found = verdict("K1", [], inwoners=float(people))
    assert found.verdict == expected
    assert (found.value, found.limit, found.unit) == (people, 100_000, "inwoners")


def test_the_sentence() -> None:
    found = verdict("Z1", [practice(A, 93_250.0)])
    assert found.explanation == (
        "De deelnemende praktijken hebben 93.250 ingeschreven patiënten (ION); in principe zijn "
        "dat er 100.000 tot 200.000."
    )
    assert found.limit == (100_000, 200_000)
    assert found.status == "in principe"
    assert found.kader == "zorg-en-zekerheid-2022"


def _share(yes: int, no: int) -> list[dict[str, object]]:
    return [
        practice(A, 140_000.0, huisartsen=float(yes)),
        practice(A, 10_000.0, huisartsen=float(no), deelnemer=False),
    ]


@pytest.mark.parametrize(
    ("yes", "no", "expected"), [(84, 16, BAD), (17, 3, GOOD), (85, 15, GOOD), (86, 14, GOOD)]
)
@pytest.mark.parametrize("rule", ["U1", "K3"])
def test_share_of_huisartsen_at_the_limit(rule: str, yes: int, no: int, expected: str) -> None:
    found = verdict(rule, _share(yes, no), homes={("P0", A): 140_000.0})
    assert found.verdict == expected
    assert found.value == yes / (yes + no)
    assert found.counts == (yes, yes + no)
    assert f"({yes} van {yes + no})" in found.explanation


def test_the_denominator_is_every_huisarts_practice_inside_the_group() -> None:
    rows = [*_share(17, 3), practice(B, 1.0, huisartsen=50.0, deelnemer=False)]
    rows += [practice(A, None, huisartsen=40.0, deelnemer=False, discipline="apotheek")]
    area = area_of("AB", rows)
    assert findings(area, {A: "West", B: "Oost"})["U1", "West"].value == 17 / 20


def test_a_share_that_rounds_to_the_limit_shows_on_which_side_it_lies() -> None:
    found = verdict("U1", _share(8_499, 1_501))
    assert found.verdict == BAD
    assert "84,99 %" in found.explanation


@pytest.mark.parametrize(("ion", "expected"), [(84_999, BAD), (85_000, GOOD), (85_001, GOOD)])
def test_share_of_inhabitants_at_the_limit(ion: float, expected: str) -> None:
    homes = {("P0", A): ion}
    found = verdict("K3", [practice(A, ion)], inwoners=100_000.0, said=COMPLETE, homes=homes)
    assert found.verdict == expected
    assert found.value == ion / 100_000


@pytest.mark.parametrize(
    ("homes", "expected", "low", "high"),
    [
        # Without a table the ION bounds the share from above: it rejects and never approves.
        (None, UNKNOWN, 0.0, 1.0),
        ({("P0", A): 90_000.0, ("P0", ""): 30_000.0}, GOOD, 0.9, 0.9),
        ({("P0", A): 80_000.0, ("P0", ""): 40_000.0}, BAD, 0.8, 0.8),
        # Patients whose home nobody knows may live here, those that the table leaves out as well.
        ({("P0", A): 80_000.0, ("P0", None): 40_000.0}, UNKNOWN, 0.8, 1.0),
        ({("P0", A): 80_000.0, ("P0", ""): 36_000.0}, BAD, 0.8, 0.84),
        ({("P0", A): 80_000.0, ("P0", ""): 30_000.0}, UNKNOWN, 0.8, 0.9),
        # A practice that is not in the list takes part in nothing.
        ({("P0", ""): 120_000.0, ("P9", A): 90_000.0}, BAD, 0.0, 0.0),
    ],
)
def test_residence_decides_k3(homes, expected, low, high) -> None:
    found = verdict("K3", [practice(A, 120_000.0)], inwoners=100_000.0, said=COMPLETE, homes=homes)
    assert found.verdict == expected
    assert found.bounds == pytest.approx((low, high))
    assert (found.value is None) == (expected == UNKNOWN)
    estimate = homes is None
    assert ("een schatting" in found.explanation) == estimate
    assert ("--herkomst" in found.explanation) == estimate


def test_without_residence_patients_elsewhere_may_live_here() -> None:
    """80.000 here and 10.000 at a practice next door: 90 % may live here."""
    for outside, expected in ((4_999.0, BAD), (10_000.0, UNKNOWN)):
        rows = [practice(A, 80_000.0), practice(B, outside)]
        area = area_of("AB", rows, inwoners=100_000.0, said=COMPLETE)
        assert findings(area, {A: "West", B: "Oost"})["K3", "West"].verdict == expected


def test_k3_names_both_shares_and_takes_the_smaller() -> None:
    rows = [practice(A, 90_000.0, huisartsen=19.0), practice(A, 5.0, deelnemer=False)]
    found = verdict("K3", rows, inwoners=100_000.0, homes={("P0", A): 90_000.0})
    assert found.value == 0.9
    assert "95,0 % van de huisartsen" in found.explanation
    assert "90,0 % van de inwoners" in found.explanation


def test_the_localisation_index() -> None:
    """Of 120.000 patients who live in West, 90.000 are registered there."""
    rows = [practice(A, 100_000.0), practice(B, 40_000.0)]
    homes = {("P0", A): 90_000.0, ("P0", B): 10_000.0, ("P1", A): 30_000.0, ("P1", B): 10_000.0}
    area = area_of("AB", rows, said=COMPLETE, homes=homes)
    found = findings(area, {A: "West", B: "Oost"})["K3", "West"]
    assert "de localisatie-index is 75,0 %" in found.explanation
    members = area_of("AB", rows, said=PracticeList(extent="leden"), homes=homes)
    told = findings(members, {A: "West", B: "Oost"})["K3", "West"].explanation
    assert "localisatie-index" not in told  # members alone would give 100 %


def test_the_localisation_index_allows_for_homes_that_no_table_tells() -> None:
    """Of P0 50.000 homes are told; of P1 next door none, and all of its 40.000 may live in West."""
    rows = [practice(A, 100_000.0), practice(B, 40_000.0)]
    area = area_of("AB", rows, said=COMPLETE, homes={("P0", A): 30_000.0, ("P0", B): 20_000.0})
    found = findings(area, {A: "West", B: "Oost"})["K3", "West"]
    assert "index is ten minste 42,9 %" in found.explanation


def test_of_two_rows_that_may_be_one_practice_it_is_unknown_whether_it_takes_part() -> None:
    """One code on a row of 1 that does not take part and a row of 9 that does."""
    rows = [
        practice(A, 100_000.0, huisartsen=17.0),
        practice(A, 1_000.0, huisartsen=1.0, agb="01000001", deelnemer=False),
        practice(A, 9_000.0, huisartsen=9.0, agb="01000001"),
    ]
    found = verdict("U1", rows, said=COMPLETE)
    assert found.verdict == UNKNOWN
    low, high = found.bounds
    assert low <= 17 / 26 < 1.0 == high


def test_a_group_without_huisartsen_represents_no_inhabitants() -> None:
    silent = findings(area_of("AB", [practice(B)]), {A: "West", B: "Oost"})
    for rule in ("U2", "K3", "Z1", "Z4"):  # members elsewhere tell nothing of this group
        assert silent[rule, "West"].verdict == UNKNOWN
    area = area_of("AB", [practice(B)], said=COMPLETE)
    found = findings(area, {A: "West", B: "Oost"})
    assert found["K3", "West"].verdict == BAD
    assert "geen huisartsen" in found["K3", "West"].explanation
    assert found["U1", "West"].verdict == UNKNOWN
    assert found["U2", "West"].verdict == BAD


@pytest.mark.parametrize("rule", ["Z1", "Z7", "U1", "U2", "K3"])
def test_without_practice_data_nothing_is_decided(rule: str) -> None:
    found = verdict(rule, [])
    assert (found.verdict, found.value) == (UNKNOWN, None)
    assert "geen praktijkgegevens" in found.explanation
    only_pharmacies = verdict(rule, [practice(A, None, discipline="apotheek")])
    assert only_pharmacies.verdict == UNKNOWN


@pytest.mark.parametrize(
    ("rule", "rows", "expected", "says"),
    [
        # The known part decides, whatever the unknown part turns out to be.
        ("U2", [practice(A, 100_000.0), practice(A, None)], GOOD, "kolom ion"),
        ("Z1", [practice(A, 200_001.0), practice(A, None)], SIGNAL, "kolom ion"),
        ("U2", [practice(A, 60_000.0), practice(None, 39_999.0)], BAD, "niet geplaatst"),
        ("U2", [practice(A, 60_000.0), practice(A, 39_999.0, deelnemer=None)], BAD, "deelnemer"),
        ("U2", [practice(A, 60_000.0), practice(A, None, deelnemer=False)], BAD, "60.000"),
        ("Z1", [practice(A, 150_000.0), practice(None, 50_000.0)], GOOD, "tussen 150.000"),
        # The unknown part could tip the scale.
        ("U2", [practice(A, 60_000.0), practice(A, None)], UNKNOWN, "ten minste 60.000"),
        ("Z1", [practice(A, 100_000.0), practice(A, None)], UNKNOWN, "kolom ion"),
        ("Z1", [practice(A, 150_000.0), practice(None, 50_001.0)], UNKNOWN, "niet geplaatst"),
        ("U2", [practice(A, 60_000.0), practice(None, 40_000.0)], UNKNOWN, "niet geplaatst"),
        ("U2", [practice(A, 60_000.0), practice(A, 40_000.0, deelnemer=None)], UNKNOWN,
         "kolom deelnemer"),
        ("U2", [practice(A, 60_000.0), practice(A, 40_000.0, regio_organisatie=None)], UNKNOWN,
         "regio_organisatie"),
        # Shares: a practice that nobody can place may be in the group, or not.
        ("U1", [*_share(90, 5), practice(None, huisartsen=5.0, deelnemer=False)], GOOD, "90,0 %"),
        ("U1", [*_share(90, 5), practice(None, huisartsen=20.0, deelnemer=False)], UNKNOWN,
         "niet geplaatst"),
        ("U1", [*_share(80, 20), practice(A, huisartsen=5.0, deelnemer=None)], BAD, "deelnemer"),
        ("U1", [*_share(84, 16), practice(A, huisartsen=9.0, deelnemer=None)], UNKNOWN,
         "kolom deelnemer"),
        ("U1", [*_share(84, 16), practice(A, huisartsen=None)], UNKNOWN, "kolom huisartsen"),
        ("U1", [practice(A, huisartsen=None)], UNKNOWN, "kolom huisartsen"),
        # One of the two shares of K3 is enough to fail, never to pass.
        ("K3", [practice(A, 80_000.0, huisartsen=None)], BAD, "kolom huisartsen"),
        ("K3", [practice(A, 150_000.0, huisartsen=None)], UNKNOWN, "kolom huisartsen"),
    ],
)  # fmt: skip
def test_unknowns(rule: str, rows: list[dict[str, object]], expected: str, says: str) -> None:
    found = verdict(rule, rows)
    assert found.verdict == expected
    assert says in found.explanation
    assert (found.value is None) == (expected == UNKNOWN)


def _secret(**gemeenten: float) -> Finding:
    """K1 of a group of a unit with 95.000 inhabitants and a secret one, in a gemeente of three."""
    area = area_of(
        "ABC",
        inwoners={A: 95_000.0, B: math.nan, "WK0001CC": 40_000.0},
        gemeenten=gemeenten or None,
    )
    plan = Plan.from_mapping({A: "West", B: "West", "WK0001CC": "Oost"}, area.units.index)
    assert measure(area, plan).loc["West", "inwoners_onbekend"] == 1
    return findings(area, plan)["K1", "West"]


def test_secret_inhabitants_are_bounded_by_the_gemeente() -> None:
    # 139.000 - 135.000 = 4.000, and 7,5 for the rounding of three numbers: below 100.000.
    assert _secret(GM0001=139_000.0).verdict == BAD
    assert "tussen 97.602 en 99.008" in _secret(GM0001=139_000.0).explanation
    # 4.992 + 7,5 could just be 5.000: the rounding decides, so nothing is decided.
    assert _secret(GM0001=139_993.0).verdict == UNKNOWN
    assert _secret(GM0001=139_992.0).verdict == BAD
    # Without a number for the gemeente there is no bound.
    unbounded = _secret()
    assert unbounded.verdict == UNKNOWN
    assert "Van 1 eenheid is het aantal inwoners onbekend" in unbounded.explanation


def test_secret_inhabitants_that_do_not_matter() -> None:
    area = area_of("AB", inwoners={A: 100_000.0, B: math.nan})
    found = findings(area, {A: "West", B: "West"})["K1", "West"]
    assert (found.verdict, found.value) == (GOOD, 100_000)
    assert "ten minste 100.000" in found.explanation


def test_the_share_is_that_of_one_regio_organisatie() -> None:
    rows = [
        practice(A, 90_000.0, huisartsen=60.0),
        practice(A, 60_000.0, huisartsen=40.0, regio_organisatie="Beta"),
    ]
    found = findings(area_of("A", rows), {A: "West"})
    assert found["U1", "West"].value == 0.6
    assert "van Alfa" in found["U1", "West"].explanation
    assert found["U2", "West"].value == 90_000
    assert found["K3", "West"].value == 0.6
    assert found["Z1", "West"].value == 150_000  # Z1 asks for participants, whatever their RO


def test_spelling_of_an_ro_does_not_split_it() -> None:
    rows = [practice(A, 60_000.0), practice(A, 60_000.0, regio_organisatie=" ALFA ")]
    assert verdict("U2", rows).value == 120_000


def test_without_the_ro_column_participation_alone_decides() -> None:
    rows = [practice(A, 120_000.0, regio_organisatie=None)]
    rows.append(practice(A, None, discipline="regio-organisatie", naam="Alfa"))
    for rule in ("U1", "U2"):
        assert verdict(rule, rows, said=COMPLETE).verdict == GOOD


def test_u1_also_needs_one_connected_area() -> None:
    apart = area_of("A.B", [practice(A), practice(B)], said=COMPLETE)
    found = findings(apart, {A: "West", B: "West"})["U1", "West"]
    assert (found.verdict, found.value) == (BAD, 1.0)
    assert "2 delen" in found.explanation
    assert found.where == (B,)


def test_known_parts_are_the_measures() -> None:
    rows = [practice(A, 10.0), practice(A, 20.0, deelnemer=False), practice(A, None)]
    area = area_of("A", [*rows, practice(None, 30.0)])
    plan = Plan.from_mapping({A: "West"}, area.units.index)
    known = measure(area, plan).loc["West", "ion_deelnemers"]
    found = findings(area, plan)["Z1", "West"]
    assert f"ten minste {known:.0f} " in found.explanation


def test_practices_that_surely_stand_elsewhere_do_not_cloud_a_verdict():
    """A national list of practices on one region: only what could stand here is unknown."""
    units = draw("AB")
    here = {"ion": 150_000, "eenheid": "WK0001AA", "deelnemer": True}
    far = {"ion": 90_000, "eenheid": None, "deelnemer": True}
    plan = Plan.from_mapping(dict.fromkeys(units.index, "Regio"), units.index)
    found = {}
    for way in ("niet geplaatst", "buiten het gebied"):
        practices = practice_table([here, far])
        practices.loc[1, "plaatsing"] = way
        area = study_area(units, practices=practices)
        findings = assess(area, plan, [load_kader("zorg-en-zekerheid-2022")])
        found[way] = next(f.verdict for f in findings if f.rule == "Z1")
    # 150.000 known, and 90.000 more that could take it over 200.000 or surely does not.
    assert found == {
        "niet geplaatst": Verdict.NIET_TE_BEPALEN,
        "buiten het gebied": Verdict.VOLDOET,
    }


def test_the_rules_say_why_they_test_an_ro_and_agree_where_nothing_sets_ros_apart() -> None:
    """U1, U2 and K3 take the RO with most ION where the huisartsen of every RO are unknown."""
    rows = [
        practice(A, 100.0, huisartsen=None, fte=1.0),
        practice(A, 900.0, huisartsen=None, fte=1.0, regio_organisatie="Beta"),
        practice(A, 10.0, huisartsen=None, fte=1.0, deelnemer=False),
    ]
    told = {rule: verdict(rule, rows).explanation for rule in ("U1", "U2", "K3")}
    assert all("De deelnemende praktijken van Beta (" in text for text in told.values())
    assert "(de RO met de meeste ION hier)" in told["U2"]
    assert "welke RO hier de meeste huisartsen heeft, is onbekend" in told["U1"]
    alone = verdict("U1", [rows[0], rows[2]]).explanation
    assert "De deelnemende praktijken van Alfa tellen" in alone


def test_practices_that_may_stand_here_are_counted_as_such() -> None:
    rows = [practice(A, huisartsen=None), practice(None, huisartsen=None)]
    assert (
        "van 2 praktijken die hier staan of kunnen staan" in verdict("U1", rows).explanation.lower()
    )
    assert "kunnen staan" not in verdict("U1", rows[:1]).explanation


@pytest.mark.parametrize(
    ("low", "high", "told"),
    [(40, 40, "40"), (40, 41, "40 of 41"), (17, 34, "17 tot 34"), (40, math.inf, "40 of meer"),
     (0, math.inf, "een onbekend aantal")],
)  # fmt: skip
def test_counts_of_huisartsen_are_plain(low: float, high: float, told: str) -> None:
    assert rules_population._count(Interval(low, high)) == told
