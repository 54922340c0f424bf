"""Rules about regio-organisaties and wijksamenwerkingsverbanden."""

import math

import pytest

from oi_geo.study_area import PracticeList
from tests.criteria.toy import COMPLETE, A, B, C, area_of, findings, practice, verdict

GOOD, BAD, UNKNOWN = "voldoet", "voldoet niet", "niet te bepalen"
BETA = {"regio_organisatie": "Beta"}
ALFA_SEAT = {"discipline": "regio-organisatie", "naam": "Alfa", "regio_organisatie": None}


def seat(eenheid: str | None, **more: object) -> dict[str, object]:
    return practice(eenheid, None, huisartsen=None, wsv=None, **{**ALFA_SEAT, **more})


ALFA_OUT_BETA_IN = [seat(B), seat(A, naam="Beta")]


@pytest.mark.parametrize(
    ("rows", "expected", "value"),
    [
        ([practice(A)], GOOD, 1),
        ([practice(A), practice(A, regio_organisatie="alfa ")], GOOD, 1),
        ([practice(A), practice(A, **BETA)], BAD, 2),
        # Every RO that a practice here names is active here, whatever it takes part in.
        ([practice(A), practice(A, deelnemer=False, **BETA)], BAD, 2),
        ([practice(A), practice(B, **BETA)], GOOD, 1),
        # A WSV counts by any of its disciplines; a pharmacy without WSV does not.
        ([practice(A), practice(A, None, discipline="apotheek", **BETA)], BAD, 2),
        ([practice(A), practice(A, None, discipline="apotheek", wsv=None, **BETA)], GOOD, 1),
        ([practice(A), practice(A, None, discipline="apotheek", regio_organisatie=None)], GOOD, 1),
        # Unknown: RO, participation, place. Two known ROs stay two, whatever else is unknown.
        ([practice(A), practice(A, regio_organisatie=None)], UNKNOWN, None),
        ([practice(A), practice(A, deelnemer=None)], GOOD, 1),
        ([practice(A), practice(A, deelnemer=None, **BETA)], BAD, 2),
        ([practice(A), practice(None, **BETA)], UNKNOWN, None),
        ([practice(A), practice(None)], GOOD, 1),
        ([practice(A), practice(A, **BETA), practice(A, regio_organisatie=None)], BAD, 2),
        # A participant without patients may be of another RO as well as one with patients.
        ([practice(A), practice(A, 0.0, regio_organisatie=None)], UNKNOWN, None),
        ([practice(A), practice(A, 0.0, **BETA)], BAD, 2),
        # No RO at all is not one RO.
        ([practice(A, deelnemer=False), practice(B)], GOOD, 1),
        ([practice(A, deelnemer=False, regio_organisatie=None), practice(B)], BAD, 0),
    ],
)
def test_z4(rows: list[dict[str, object]], expected: str, value: float | None) -> None:
    area = area_of("AB", rows, said=COMPLETE)
    found = findings(area, {A: "West", B: "Oost"})["Z4", "West"]
    assert (found.verdict, found.value) == (expected, value)


@pytest.mark.parametrize("said", [PracticeList(), PracticeList("leden")])
@pytest.mark.parametrize("rule", ["Z4", "Z11"])
def test_a_list_that_is_not_complete_cannot_show_that_there_is_one_ro(rule, said) -> None:
    """One who is not on the list may be of another RO; two that are stay two."""
    one = verdict(rule, [practice(A)], said=said)
    assert (one.verdict, one.value) == (UNKNOWN, None)
    assert "de lijst is niet volledig" in one.explanation.casefold()
    assert verdict(rule, [practice(A), practice(A, **BETA)], said=said).verdict == BAD
    # A non-participant makes the list complete where nothing is said of it.
    others = [practice(A), practice(A, deelnemer=False, regio_organisatie=None)]
    assert verdict(rule, others, said=said).verdict == (UNKNOWN if said.extent else GOOD)


@pytest.mark.parametrize("said", [PracticeList(), PracticeList("leden")])
def test_z11_of_a_group_that_the_list_does_not_tell_of(said) -> None:
    found = findings(area_of("AB", [practice(B)], said=said), {A: "West", B: "Oost"}, "wijk")
    assert found["Z11", "West"].verdict == UNKNOWN
    assert "noemt geen huisarts in deze groep" in found["Z11", "West"].explanation


def test_z4_names_the_ros_with_their_share_and_place() -> None:
    rows = [practice(A, 750.0), practice(B, 250.0, **BETA)]
    found = findings(area_of("AB", rows), {A: "West", B: "West"})["Z4", "West"]
    assert "Alfa (75,0 % van de ION) en Beta (25,0 % van de ION)" in found.explanation
    assert found.where == (B,)


@pytest.mark.parametrize("rule", ["Z4", "Z11", "K4"])
def test_without_the_ro_column_nothing_is_decided(rule: str) -> None:
    found = verdict(rule, [practice(A, regio_organisatie=None), seat(A)])
    assert found.verdict == UNKNOWN
    assert "kolom regio_organisatie" in found.explanation


def test_z11_a_wsv_in_two_ros_shows_in_each_group_where_it_stands() -> None:
    rows = [practice(A), practice(B, **BETA), practice(C, wsv="W2")]
    plan = {A: "West", B: "Midden", C: "Oost"}
    found = findings(area_of("ABC", rows, said=COMPLETE), plan)
    for group, unit in (("West", A), ("Midden", B)):
        assert (found["Z11", group].verdict, found["Z11", group].value) == (BAD, 2)
        assert found["Z11", group].where == (unit,)
        assert "WSV W1 neemt deel in Alfa en Beta" in found["Z11", group].explanation
    assert (found["Z11", "Oost"].verdict, found["Z11", "Oost"].value) == (GOOD, 1)


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([practice(A), practice(A)], GOOD),
        ([practice(A), practice(A, **BETA)], BAD),
        ([practice(A), practice(A, deelnemer=False, **BETA)], GOOD),
        ([practice(A), practice(A, deelnemer=None, **BETA)], UNKNOWN),
        ([practice(A), practice(A, regio_organisatie=None)], UNKNOWN),
        ([practice(A), practice(None, **BETA)], BAD),  # the WSV is here, its other practice is not
        ([practice(None), practice(None, **BETA)], UNKNOWN),  # is that WSV here?
        ([practice(A), practice(A, wsv=None)], GOOD),  # whatever its WSV, it is in the same RO
        ([practice(A), practice(A, wsv=None, **BETA)], UNKNOWN),
        ([practice(A, wsv=None), practice(B)], UNKNOWN),
        # Who takes part in no patients may still take part in another RO.
        ([practice(A), practice(A, 0.0, regio_organisatie=None)], UNKNOWN),
        # Neither its place nor its WSV is known: it may be of the WSV here.
        ([practice(A), practice(None, wsv=None, **BETA)], UNKNOWN),
        ([practice(A), practice(None, wsv=None)], GOOD),
        ([practice(A), practice(B, wsv=None, **BETA)], GOOD),  # no WSV of its own group
        # The WSV of West stands in Oost as well, and one in Oost may bring it into another RO.
        ([practice(A), practice(B), practice(B, wsv=None, **BETA)], UNKNOWN),
        # A WSV stands where any practice of it stands, whoever takes part.
        ([practice(A, deelnemer=False), practice(B), practice(B, **BETA)], BAD),
        ([practice(B)], GOOD),
        ([practice(A, wsv=None)], UNKNOWN),
        ([practice(A), practice(A, None, discipline="apotheek", **BETA)], BAD),
    ],
)
@pytest.mark.parametrize("level", ["regio", "wijk"])
def test_z11(rows: list[dict[str, object]], expected: str, level: str) -> None:
    area = area_of("AB", rows, said=COMPLETE)
    found = findings(area, {A: "West", B: "Oost"}, level)["Z11", "West"]
    assert found.verdict == expected


def test_z11_texts_of_groups_agree() -> None:
    """What one group says of a WSV, another where that WSV may stand does not deny."""
    rows = [practice(A), practice(B, wsv="W2"), practice(None, **BETA)]
    found = findings(area_of("AB", rows, said=COMPLETE), {A: "West", B: "Oost"}, "wijk")
    assert found["Z11", "West"].verdict == BAD
    east = found["Z11", "Oost"]
    assert east.verdict == UNKNOWN
    assert east.explanation.startswith(
        "WSV W1 neemt deel in Alfa en Beta; of dat WSV in deze groep staat, is onbekend."
    )
    assert east.bounds == (1, 2)


def test_z11_without_the_wsv_column() -> None:
    found = verdict("Z11", [practice(A, wsv=None)])
    assert "kolom wsv" in found.explanation


@pytest.mark.parametrize(
    ("rows", "expected", "where"),
    [
        ([practice(A), seat(A)], GOOD, (A,)),
        ([practice(A), seat(A, naam=None, regio_organisatie="ALFA")], GOOD, (A,)),
        ([practice(A), seat(B)], BAD, (B,)),
        ([practice(A), seat(B), seat(A)], GOOD, (A,)),
        ([practice(A), seat(None)], UNKNOWN, ()),
        ([practice(A), seat(A, naam="Gamma")], UNKNOWN, ()),
        ([practice(A)], UNKNOWN, ()),
        ([practice(A, deelnemer=False), practice(B), seat(A)], UNKNOWN, ()),
        # The RO with most patients counts; a tie, or patients without RO, leaves it open.
        ([practice(A, 600.0), practice(A, 400.0, **BETA), *ALFA_OUT_BETA_IN], BAD, (B,)),
        ([practice(A, 400.0), practice(A, 600.0, **BETA), *ALFA_OUT_BETA_IN], GOOD, (A,)),
        ([practice(A, 500.0), practice(A, 500.0, **BETA), *ALFA_OUT_BETA_IN], UNKNOWN, ()),
        ([practice(A, 600.0), practice(A, None, **BETA), *ALFA_OUT_BETA_IN], UNKNOWN, ()),
        ([practice(A, deelnemer=None), seat(A)], UNKNOWN, ()),
        ([practice(A, 600.0), practice(A, None, **BETA), seat(B), seat(B, naam="Beta")], BAD, (B,)),
        ([practice(A, 600.0), practice(A, 500.0, regio_organisatie=None), seat(A)], GOOD, (A,)),
        ([practice(A, 600.0), practice(A, 700.0, regio_organisatie=None), seat(A)], UNKNOWN, ()),
    ],
)  # fmt: skip
def test_k4(rows: list[dict[str, object]], expected: str, where: tuple[str, ...]) -> None:
    found = findings(area_of("AB", rows), {A: "West", B: "Oost"})["K4", "West"]
    assert (found.verdict, found.where) == (expected, where)


def test_k4_sentences() -> None:
    inside = verdict("K4", [practice(A), seat(A)])
    assert inside.explanation == "De zetel van Alfa ligt in deze groep (Wijk A)."
    missing = verdict("K4", [practice(A)])
    assert "geen rij met discipline regio-organisatie" in missing.explanation


SEVERAL = ["Alfa; Beta", "Beta | alfa", "Alfa\nBeta"]


@pytest.mark.parametrize("cell", SEVERAL)
@pytest.mark.parametrize("others", [[], [practice(A, 100.0, deelnemer=False)]])
def test_a_practice_that_names_two_ros_is_of_both(cell: str, others: list[dict[str, object]]):
    """Z4 sees two; of what each represents the practice is nothing to all, and of no other RO."""
    both = practice(A, 160_000.0, regio_organisatie=cell, huisartsen=20.0)
    area = area_of("A", [both, *others], said=COMPLETE)
    found = findings(area, {A: "West"})
    z4 = found["Z4", "West"]
    assert (z4.verdict, z4.value, z4.bounds) == (BAD, 2, (2, 2))
    assert "2 regio-organisaties" in z4.explanation
    assert {"alfa", "beta"} < set(z4.explanation.casefold().split())
    for rule in ("U1", "U2", "K3"):
        assert found[rule, "West"].verdict == UNKNOWN
        assert "meer dan één regio-organisatie" in found[rule, "West"].explanation
    assert found["U2", "West"].bounds == (0, 160_000)
    assert found["Z1", "West"].verdict == GOOD  # it takes part, whatever its RO
    assert found["Z11", "West"].verdict == BAD  # its WSV takes part in two


def test_a_practice_of_two_ros_cannot_be_of_a_third() -> None:
    both = practice(A, 160_000.0, regio_organisatie="Alfa; Beta")
    rest = [practice(A, 10.0, regio_organisatie="Gamma"), practice(A, 10.0, deelnemer=False)]
    assert verdict("U2", [both, *rest]).bounds == (10, 160_000)
    assert verdict("U2", [{**both, "deelnemer": False}, *rest]).bounds == (10, 10)


def test_a_comma_or_en_parts_names_only_where_each_is_named_elsewhere() -> None:
    alone = practice(A, regio_organisatie="Zorggroep Almere en Omstreken")
    found = findings(area_of("A", [alone], said=COMPLETE), {A: "West"})
    assert found["Z4", "West"].value == 1
    for cell in ("Alfa, Beta", "Alfa en Beta"):
        rows = [practice(A, regio_organisatie=cell), practice(B), practice(B, **BETA)]
        area = area_of("AB", rows, said=COMPLETE)
        assert findings(area, {A: "West", B: "Oost"})["Z4", "West"].value == 2


@pytest.mark.parametrize(
    ("cell", "other", "expected"),
    [
        ("W1; W2", "W2", BAD),  # of both WSVs, and W2 is in Beta as well
        ("W2; W3", "W1", GOOD),
        ("W1", "W2; W3", GOOD),
        ("W1", "W1; W3", BAD),
    ],
)
def test_z11_a_practice_in_two_wsvs_is_in_each(cell: str, other: str, expected: str) -> None:
    rows = [practice(A, wsv=cell), practice(B, wsv=other, **BETA)]
    area = area_of("AB", rows, said=COMPLETE)
    found = findings(area, {A: "West", B: "Oost"})["Z11", "West"]
    assert found.verdict == expected


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        # All ION known: shares. Else what is known of each, and never a share of what is not.
        (
            [practice(A, 750.0), practice(A, 250.0, **BETA)],
            "Alfa (75,0 % van de ION) en Beta (25,0",
        ),
        ([practice(A, 750.0), practice(A, None, **BETA)], "Alfa (750 ION) en Beta (ION onbekend)"),
        (
            [practice(A, None), practice(A, 50.0), practice(A, 20.0, **BETA)],
            "Alfa (ten minste 50 ION) en Beta (20 ION)",
        ),
        (
            [practice(A, 50.0, regio_organisatie="Alfa / Beta"), practice(A, 20.0)],
            "Alfa (20 tot 70 ION) en Beta (0 tot 50 ION)",
        ),
    ],
)
def test_z4_tells_of_ion_what_is_known(rows: list[dict[str, object]], told: str) -> None:
    text = verdict("Z4", rows, said=COMPLETE).explanation
    assert told in text
    assert text.startswith("De praktijken in deze groep noemen 2 regio-organisaties")


def test_z4_says_what_its_shares_are_of_and_that_there_may_be_more() -> None:
    rows = [practice(A, 750.0), practice(A, 250.0, **BETA), practice(None, regio_organisatie="C")]
    found = verdict("Z4", rows, said=COMPLETE)
    assert found.explanation.startswith(
        "De praktijken die zeker in deze groep staan, noemen ten minste 2 regio-organisaties: "
        "Alfa (75,0 % van de ION) en Beta (25,0 % van de ION)"
    )
    assert found.bounds == (2, 3)


def test_z4_tells_no_share_where_some_name_no_ro() -> None:
    rows = [practice(A, 1_000.0), practice(A, 90_000.0, regio_organisatie=None)]
    found = verdict("Z4", rows, said=COMPLETE)
    assert "Alfa (1.000 ION)" in found.explanation


def test_k4_names_the_seat_that_lies_here() -> None:
    seats = [
        practice(unit, None, discipline="regio-organisatie", naam=naam, regio_organisatie="Alfa")
        for unit, naam in ((A, "Alfa kantoor"), (B, "Alfa bestuur"))
    ]
    area = area_of("AB", [practice(A), practice(B), *seats], said=COMPLETE)
    found = findings(area, {A: "West", B: "Oost"})
    assert "De zetel van Alfa kantoor" in found["K4", "West"].explanation
    assert "De zetel van Alfa bestuur" in found["K4", "Oost"].explanation


@pytest.mark.parametrize("rule", ["Z4", "Z11"])
def test_both_ends_of_a_number_of_ros(rule: str) -> None:
    nameless = practice(A, regio_organisatie=None)
    unsure = practice(A, deelnemer=None, **BETA) if rule == "Z11" else practice(None, **BETA)
    assert verdict(rule, [practice(A)], said=COMPLETE).bounds == (1, 1)
    assert verdict(rule, [practice(A), unsure], said=COMPLETE).bounds == (1, 2)
    assert verdict(rule, [practice(A), nameless], said=COMPLETE).bounds == (1, math.inf)
    assert verdict(rule, [practice(A)]).bounds == (1, math.inf)
