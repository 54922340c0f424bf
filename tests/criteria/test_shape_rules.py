"""Rules about shape: contiguity without and with links, whole and cut gemeenten."""

from dataclasses import replace

import numpy as np
import pytest

from oi_geo.contiguity import Link
from oi_geo.criteria.finding import Verdict
from oi_geo.plan import Plan
from oi_geo.study_area import StudyArea
from tests.conftest import draw
from tests.criteria.toy import COMPLETE, A, B, C, area_of, findings, practice

FERRY = Link(A, B, "veer", "vaart elk uur")


def _linked(picture: str, *links: Link) -> StudyArea:
    area = area_of(picture)
    return replace(area, graph=area.graph.with_links(links))


@pytest.mark.parametrize(("rule", "level"), [("Z2", "regio"), ("G5", "hub"), ("G5", "wijk")])
def test_one_part(rule: str, level: str) -> None:
    found = findings(area_of("AB"), {A: "West", B: "West"}, level)[rule, "West"]
    assert (found.verdict, found.value, found.where) == ("voldoet", 1, ())


@pytest.mark.parametrize(
    ("rule", "level", "expected"),
    [("Z2", "regio", "voldoet niet"), ("G5", "hub", "signaal"), ("G5", "wijk", "signaal")],
)
@pytest.mark.parametrize("picture", ["AA.B", "AA.\n..B"])  # apart, and meeting in a point
def test_two_parts(rule: str, level: str, expected: str, picture: str) -> None:
    found = findings(area_of(picture), {A: "West", B: "West"}, level)[rule, "West"]
    assert (found.verdict, found.value) == (expected, 2)
    assert found.where == (B,)  # one unit each: the larger part stays
    assert "2 delen (er zijn geen verbindingen geregistreerd)" in found.explanation


@pytest.mark.parametrize(("rule", "level"), [("Z2", "regio"), ("G5", "hub")])
def test_parts_that_a_link_joins_are_a_signal_that_names_it(rule: str, level: str) -> None:
    area = _linked("AA.B", FERRY)
    found = findings(area, {A: "West", B: "West"}, level)[rule, "West"]
    assert (found.verdict, found.value, found.where) == ("signaal", 2, (B,))
    assert "veer Wijk A – Wijk B (vaart elk uur)" in found.explanation


def test_a_link_that_joins_only_some_parts_is_not_enough() -> None:
    area = _linked("AA.B.C", FERRY)
    found = findings(area, {A: "West", B: "West", C: "West"})["Z2", "West"]
    assert (found.verdict, found.value, found.where) == ("voldoet niet", 3, (C,))
    assert "3 delen (en 2 als" in found.explanation


def test_another_group_in_between_breaks_contiguity() -> None:
    found = findings(area_of("ABC"), {A: "West", B: "Oost", C: "West"})
    assert found["Z2", "West"].verdict == "voldoet niet"
    assert found["Z2", "Oost"].verdict == "voldoet"


def test_u4_one_whole_gemeente() -> None:
    found = findings(area_of("ABc"), {A: "H1", B: "H1", "WK0002CC": "H2"}, "hub")
    assert found["U4", "H1"].verdict == found["U4", "H2"].verdict == "voldoet"
    assert "precies de gemeente Bovendam" in found["U4", "H1"].explanation


def test_u4_a_gemeente_over_two_hubs() -> None:
    found = findings(area_of("ABc"), {A: "H1", B: "H2", "WK0002CC": "H3"}, "hub")
    assert (found["U4", "H1"].verdict, found["U4", "H1"].value) == ("signaal", 2)
    assert found["U4", "H1"].where == (B,)
    assert "de rest ligt in H2" in found["U4", "H1"].explanation
    assert found["U4", "H3"].verdict == "voldoet"


def test_u4_a_hub_of_two_gemeenten() -> None:
    found = findings(area_of("ABc"), {A: "H1", B: "H1", "WK0002CC": "H1"}, "hub")["U4", "H1"]
    assert (found.verdict, found.value) == ("signaal", 2)
    assert "Bovendam en Onderdam" in found.explanation


def test_u4_a_part_of_a_gemeente_of_which_the_rest_is_in_no_hub() -> None:
    found = findings(area_of("ABcde"), {A: "H1"}, "hub")["U4", "H1"]
    assert (found.verdict, found.value, found.where) == ("signaal", 1, (B,))
    assert "de rest hoort bij geen hub" in found.explanation


@pytest.mark.parametrize("level", ["regio", "hub"])
def test_u5_whole_gemeenten(level: str) -> None:
    found = findings(area_of("ABc"), {A: "West", B: "West", "WK0002CC": "Oost"}, level)
    assert (found["U5", "West"].verdict, found["U5", "West"].value) == ("voldoet", 0)


def test_u5_reports_the_parts_and_who_else_is_there() -> None:
    rows = [practice(A), practice(B, regio_organisatie="Beta", verzekeraar="Verzeker Beter")]
    area = area_of("ABcde", rows, inwoners=dict.fromkeys(draw("ABcde").index, 100.0) | {A: 300.0})
    found = findings(area, {A: "West"})["U5", "West"]
    assert (found.verdict, found.value, found.where) == ("signaal", 1, (B,))
    assert "Van Bovendam ligt 75,0 % van de inwoners in deze groep" in found.explanation
    assert "buiten alle groepen (25,0 %, RO Beta, verzekeraar Verzeker Beter)" in found.explanation


def test_u5_counts_every_cut_gemeente_for_each_group() -> None:
    plan = {A: "West", "WK0002CC": "West", B: "Oost", "WK0002DD": "Oost"}
    found = findings(area_of("ABcd"), plan)
    for group in ("West", "Oost"):
        assert found["U5", group].value == 2
    assert found["U5", "West"].where == (B, "WK0002DD")


def test_u5_falls_back_on_area_where_inhabitants_are_unknown() -> None:
    people = dict.fromkeys(draw("ABBcde").index, float("nan"))
    found = findings(area_of("ABBcde", inwoners=people), {A: "West"})["U5", "West"]
    assert "33,3 % van de oppervlakte" in found.explanation


def test_an_empty_group_is_undetermined_under_every_group_rule() -> None:
    area = area_of("AB", [practice(A)])
    plan = Plan.from_mapping({A: "West", B: "West"}, area.units.index)
    full, found = findings(area, plan), findings(area, replace(plan, groups=("West", "Leeg")))
    rules = {rule for rule, group in full if group == "West"}
    assert rules == {"Z1", "Z2", "Z4", "Z11", "U1", "U2", "U5", "K1", "K3", "K4"}
    for rule in rules:
        assert found[rule, "Leeg"].verdict is Verdict.NIET_TE_BEPALEN
        assert "geen eenheden" in found[rule, "Leeg"].explanation
        assert found[rule, "West"] == full[rule, "West"]


@pytest.mark.parametrize("picture", ["ABA", "ABA\n..C"])
def test_a_unit_of_several_pieces_is_named_with_them(picture: str) -> None:
    # A lies on both sides of B: with B it is one area, alone it is one unit of two pieces.
    area = area_of(picture)
    for plan in ({A: "West"}, {A: "West", B: "West"}):
        finding = findings(area, plan)["Z2", "West"]
        assert finding.verdict is Verdict.VOLDOET
        assert "WK0001AA" in finding.where
        assert "bestaat uit 2 losse stukken (1,0 km² en 1,0 km²)" in finding.explanation
    assert "stukken" not in findings(area, {B: "West"})["Z2", "West"].explanation


@pytest.mark.parametrize(
    ("rule", "level", "failing"),
    [
        ("Z2", "regio", "voldoet niet"),
        ("U1", "regio", "voldoet niet"),
        ("G5", "hub", "signaal"),
        ("G5", "wijk", "signaal"),
    ],
)
@pytest.mark.parametrize("alone", [False, True])  # the unit in pieces is the smaller part, or not
def test_pieces_are_named_where_a_group_hangs_together_and_where_not(
    rule: str, level: str, failing: str, *, alone: bool
) -> None:
    # A is four cells in two pieces; C lies across the water, with a neighbour D or without.
    picture = "AA.A.A.C" if not alone else "AA.A.A.CD"
    plan = {A: "West", C: "West"} | ({"WK0001DD": "West"} if alone else {})
    rows = [practice(A), practice(C)]
    apart = area_of(picture, rows, said=COMPLETE)
    named = "Wijk A bestaat uit 3 losse stukken (2,0 km², 1,0 km² en 1,0 km²)"
    found = findings(apart, plan, level)[rule, "West"]
    assert found.verdict == failing
    assert named in found.explanation
    assert "2 delen (er zijn geen verbindingen geregistreerd)" in found.explanation
    assert set(found.where) >= {A} | (set() if alone else {C})
    # With a link it is a signal, and the pieces are named still: the link is none of theirs.
    link = Link(A, C, "brug", "fietsbrug")
    joined = replace(apart, graph=apart.graph.with_links([link]))
    found = findings(joined, plan, level)[rule, "West"]
    assert found.verdict == "signaal"
    assert "brug Wijk A – Wijk C (fietsbrug)" in found.explanation
    assert named in found.explanation
    assert A in found.where


@pytest.mark.parametrize("linked", [False, True])
def test_pieces_of_a_shared_unit_are_named_in_each_group(*, linked: bool) -> None:
    area = _linked("A.A.B", *([FERRY] if linked else []))
    double = {A: ("West", "Oost")}
    plan = Plan("regio", area.units.index, ("West", "Oost"), np.array([0, 1], np.int32), (), double)
    for group in ("West", "Oost"):
        found = findings(area, plan)["Z2", group]
        assert "Wijk A bestaat uit 2 losse stukken (1,0 km² en 1,0 km²)" in found.explanation
        assert A in found.where


def test_u5_of_a_hub_looks_at_the_outer_border_of_the_work_area_only() -> None:
    halves = findings(area_of("ABc"), {A: "H1", B: "H2"}, "hub", scope="werkgebied")
    for hub in ("H1", "H2"):  # U4 tells of the division
        assert (halves["U5", hub].verdict, halves["U5", hub].value) == ("voldoet", 0)
        assert halves["U4", hub].verdict == "signaal"
    outside = findings(area_of("ABC"), {A: "H1", B: "H2"}, "hub", scope="werkgebied")
    for hub in ("H1", "H2"):
        assert (outside["U5", hub].verdict, outside["U5", hub].where) == ("signaal", (C,))
    regio = findings(area_of("ABc"), {A: "H1", B: "H2"}, "regio", scope="werkgebied")
    assert regio["U5", "H1"].verdict == "signaal"


@pytest.mark.parametrize("level", ["regio", "hub"])
def test_open_units_beside_a_shared_one_may_still_make_it_whole(level: str) -> None:
    """B in two groups and C open: with both, West is the whole gemeente."""
    area = area_of("ABCd")
    labels = np.array([0, 0, -1, 1], np.int32)
    double = {B: ("West", "Oost")}
    plan = Plan(level, area.units.index, ("West", "Oost"), labels, double=double)
    found = findings(area, plan, scope="geheel")
    for rule in ("U4", "U5"):
        if (rule, "West") in found:
            assert found[rule, "West"].verdict is Verdict.NIET_TE_BEPALEN
