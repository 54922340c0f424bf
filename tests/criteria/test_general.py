"""Rules about the plan as a whole: gaps, overlaps, slivers, what is left out and left over."""

from dataclasses import replace

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from oi_geo.border_issues import border_issues
from oi_geo.plan import Plan, PlanLevel
from tests.conftest import draw
from tests.criteria.toy import A, B, area_of, findings

RING = """
    AAA
    AXB
    BBB
"""
X = "WK0001XX"


def _plan(picture: str, groups: dict[str, str], level: PlanLevel = "regio") -> Plan:
    return Plan.from_mapping(groups, draw(picture).index, level)


def _faults(*rows: tuple[str, float]) -> gpd.GeoDataFrame:
    """Drawn faults between West and Oost over unit A: (soort, width in metres), 1 km long."""
    shapes = [shapely.box(0, 0, 1000, width) for _, width in rows]
    return gpd.GeoDataFrame(
        {
            "soort": [soort for soort, _ in rows],
            "groepen": [("West", "Oost")] * len(rows),
            "oppervlakte_m2": [shape.area for shape in shapes],
            "breedte_m": [width for _, width in rows],
            "eenheden": [(A,)] * len(rows),
        },
        geometry=shapes,
        crs=28992,
    )


@pytest.mark.parametrize("level", ["regio", "hub", "wijk"])
def test_a_sound_plan(level: PlanLevel) -> None:
    found = findings(area_of("AB"), {A: "West", B: "Oost"}, level)
    general = {rule for rule, group in found if group is None}
    assert general == {"G1", "G2", "G3", "G6"} | ({"G4"} if level == "regio" else set())
    for rule in general:
        assert (found[rule, None].verdict, found[rule, None].value) == ("voldoet", 0)


def test_g1_an_enclosed_unit_is_a_gap() -> None:
    # The plan covers 2 of 7 units, so what it leaves out is no unfinished work.
    picture = f"{RING.strip()}\n....\ncdef"
    found = findings(area_of(picture), _plan(picture, {A: "West", B: "Oost"}))
    assert (found["G1", None].verdict, found["G1", None].value) == ("signaal", 1)
    assert found["G1", None].where == (X,)
    assert "1 ingesloten gebied zonder groep (Wijk X)" in found["G1", None].explanation
    assert (found["G3", None].verdict, found["G3", None].where) == ("signaal", (X,))


@pytest.mark.parametrize(
    ("soort", "rule", "expected"),
    [("gat", "G1", "signaal"), ("overlap", "G2", "voldoet niet"), ("snipper", "G6", "signaal")],
)
def test_drawn_faults(soort: str, rule: str, expected: str) -> None:
    plan = replace(_plan("AB", {A: "West", B: "Oost"}), faults=_faults((soort, 2.5), (soort, 1.0)))
    found = findings(area_of("AB"), plan)
    assert (found[rule, None].verdict, found[rule, None].value) == (expected, 2)
    assert found[rule, None].where == (A,)
    for other in {"G1", "G2", "G6"} - {rule}:
        assert found[other, None].verdict == "voldoet"


def test_the_sentences_about_drawn_faults() -> None:
    faults = _faults(("overlap", 250.0), ("overlap", 250.0), ("snipper", 2.5))
    plan = replace(_plan("AB", {A: "West", B: "Oost"}), faults=faults)
    found = findings(area_of("AB"), plan)
    assert "2 overlappen van samen 0,50 km²: West en Oost." in found["G2", None].explanation
    assert "1 snipper" in found["G6", None].explanation
    assert "ten hoogste 2,5 m breed" in found["G6", None].explanation


def test_g2_a_unit_in_two_groups() -> None:
    plan = replace(_plan("AB", {A: "West", B: "Oost"}), double={A: ("West", "Oost")})
    found = findings(area_of("AB"), plan)["G2", None]
    assert (found.verdict, found.value, found.where) == ("voldoet niet", 1, (A,))
    assert "Wijk A (West en Oost)" in found.explanation


def test_g3_units_outside_the_work_area() -> None:
    found = findings(area_of("Abcd"), _plan("Abcd", {A: "West"}))["G3", None]
    assert (found.verdict, found.value) == ("voldoet", 3)
    assert "werkgebied binnen een grotere kaart" in found.explanation


def test_g3_a_gemeente_that_is_partly_in_the_plan() -> None:
    found = findings(area_of("ABcde"), _plan("ABcde", {A: "West"}))["G3", None]
    assert (found.verdict, found.value, found.where) == ("signaal", 1, (B,))


def test_g3_unfinished_units_by_name_and_by_half() -> None:
    named = replace(_plan("ABcde", {A: "West"}), open_units=frozenset({B}))
    half = _plan("ABCc", {A: "West", B: "Oost"})
    for picture, plan, left in (("ABcde", named, (B,)), ("ABCc", half, ("WK0001CC", "WK0002CC"))):
        found = findings(area_of(picture), plan)["G3", None]
        assert (found.verdict, found.where) == ("niet te bepalen", left)


@pytest.mark.parametrize(
    ("people", "expected"), [(99_999, "signaal"), (100_000, "voldoet"), (float("nan"), "niet te")]
)
def test_g4_a_remainder_below_the_minimum_because_of_the_plan(people: float, expected: str) -> None:
    # B is left over on the mainland; c, d and e are islands that the plan does not concern.
    inwoners = pd.Series(150_000.0, draw("AB.c.d.e").index)
    inwoners[B] = people
    found = findings(area_of("AB.c.d.e", inwoners=dict(inwoners)), _plan("AB.c.d.e", {A: "West"}))[
        "G4", None
    ]
    assert found.verdict.startswith(expected)
    assert found.where == (() if expected == "voldoet" else (B,))


def test_g4_an_island_that_was_too_small_already_is_not_blamed_on_the_plan() -> None:
    inwoners = dict.fromkeys(draw("A.c.d").index, 500.0) | {A: 200_000.0}
    found = findings(area_of("A.c.d", inwoners=inwoners), _plan("A.c.d", {A: "West"}))
    assert found["G4", None].verdict == "voldoet"


def test_a_secret_unit_of_a_remainder_is_bounded_by_its_gemeente() -> None:
    people = {A: 500_000.0, "WK0002BB": 44_000.0, "WK0002CC": float("nan")}
    for whole, expected in ((44_600.0, "signaal"), (100_100.0, "niet te bepalen")):
        area = area_of("Abc", inwoners=people, gemeenten={"GM0001": 500_000.0, "GM0002": whole})
        found = findings(area, {A: "West"})["G4", None]
        assert found.verdict == expected
        assert ("(ten minste 44.000)" in found.explanation) == (expected == "signaal")


def test_a_far_island_is_no_remainder_of_the_plan() -> None:
    area = area_of("AB.c", inwoners=150_000.0)
    found = findings(area, {A: "West"}, scope="werkgebied")
    assert found["G4", None].where == ()
    rest = border_issues(area, Plan.from_mapping({A: "West"}, area.units.index), minimum=100_000)
    assert rest.remainders["eenheden"].tolist() == [(B,)]
