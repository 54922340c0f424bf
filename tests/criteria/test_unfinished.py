"""Unfinished plans: what finishing cannot change is decided, and nothing else is."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oi_geo.contiguity import Link
from oi_geo.plan import Plan
from tests.conftest import draw
from tests.criteria.toy import A, B, C, area_of, findings, practice
from tests.effort import tries

PICTURE = """
    ABcd
    EFgh
    .Ijk
"""
UNITS = draw(PICTURE).index
LINK = Link("WK0001EE", "WK0002KK", "veer", "proef")
GROUPS = ("West", "Oost")
DISCIPLINES = ["huisarts", "huisarts", "regio-organisatie"]
ROWS = [
    practice(
        code,
        30_000.0,
        regio_organisatie="Alfa" if i % 3 else "Beta",
        wsv=f"W{i // 2}",
        naam="Alfa" if i % 2 else "Beta",
        deelnemer=i % 5 > 0,
        discipline=DISCIPLINES[i % 3],
    )
    for i, code in enumerate([*UNITS, *UNITS])
]
_BARE = area_of(PICTURE, ROWS, inwoners=40_000.0)
AREA = replace(_BARE, graph=_BARE.graph.with_links([LINK]))

# A sum with a minimum and no maximum: more units can only raise it.
GROWING = {"K1", "U2"}

labels = st.lists(st.sampled_from([-1, 0, 1]), min_size=len(UNITS), max_size=len(UNITS))
levels = st.sampled_from(["regio", "hub", "wijk"])


def _neighbours() -> dict[str, set[str]]:
    """Neighbours by walking over the drawn cells, and the ends of the link."""
    rows = [line.strip() for line in PICTURE.strip().splitlines()]
    letters = {c for row in rows for c in row if c != "."}
    code = {c: f"WK000{2 if c.islower() else 1}{c.upper() * 2}" for c in letters}
    near: dict[str, set[str]] = {unit: set() for unit in UNITS}
    for y, row in enumerate(rows):
        for x, letter in enumerate(row):
            for other in (row[x + 1 : x + 2], rows[y + 1][x : x + 1] if y + 1 < len(rows) else ""):
                if other and "." not in (letter, other):
                    near[code[letter]].add(code[other])
                    near[code[other]].add(code[letter])
    near[LINK.van].add(LINK.naar)
    near[LINK.naar].add(LINK.van)
    return near


NEAR = _neighbours()


def _waiting(plan: Plan) -> dict[str, set[str]]:
    """Brute force: take each cluster of unfinished units and see which groups it could join."""
    open_units = set(plan.unfinished_units)
    found: dict[str, set[str]] = {group: set() for group in plan.groups}
    while open_units:
        cluster, edge = set(), {min(open_units)}
        while edge:
            cluster |= edge
            edge = {n for unit in edge for n in NEAR[unit]} & open_units - cluster
        open_units -= cluster
        beside = {n for unit in cluster for n in NEAR[unit]}
        gemeenten = {unit[2:6] for unit in cluster}
        near = {
            group
            for group in plan.groups
            for unit in plan.members(group)
            if unit in beside or unit[2:6] in gemeenten
        }
        for group in near or plan.groups:
            found[group] |= cluster
    return found


def _plan(numbers: list[int], level: str, open_all: bool) -> Plan:
    marks = np.array(numbers, np.int32)
    left = frozenset(UNITS[marks == -1]) if open_all else frozenset()
    return Plan(level, UNITS, GROUPS, marks, open_units=left)


@settings(max_examples=tries(40))
@given(labels, levels, st.booleans())
def test_no_group_beside_unfinished_work_passes(
    numbers: list[int], level: str, open_all: bool
) -> None:
    plan = _plan(numbers, level, open_all)
    waiting = _waiting(plan)
    for (rule, group), found in findings(AREA, plan).items():
        if group is None:
            assert not (len(plan.unfinished_units) and found.verdict == "voldoet")
        elif waiting[group]:
            assert found.verdict != "voldoet" or rule in GROWING
            if "niet toegewezen" in found.explanation:
                number = len(waiting[group])
                noun = "eenheid is" if number == 1 else "eenheden zijn"
                assert f"Maar {number} {noun} nog niet toegewezen" in found.explanation
        else:
            assert "niet toegewezen" not in found.explanation


@settings(max_examples=tries(40))
@given(labels, levels, st.data())
def test_what_stays_cannot_be_mended_by_finishing(
    numbers: list[int], level: str, data: st.DataObject
) -> None:
    plan = _plan(numbers, level, open_all=True)
    waiting = _waiting(plan)
    finished = [data.draw(st.sampled_from([0, 1])) if x == -1 else x for x in numbers]
    after = findings(AREA, _plan(finished, level, open_all=False))
    for (rule, group), found in findings(AREA, plan).items():
        if group is not None and waiting[group] and found.verdict in {"voldoet niet", "signaal"}:
            assert after[rule, group].verdict not in {"voldoet", "niet te bepalen"}
        if group is not None and waiting[group] and found.verdict == "voldoet":
            assert after[rule, group].verdict == "voldoet"


@pytest.mark.parametrize(
    ("people", "expected"), [(60_000.0, "niet te bepalen"), (150_000.0, "voldoet")]
)
def test_a_sum_above_its_minimum_stays_above_it(people: float, expected: str) -> None:
    area = area_of("AB", [practice(A, people)], inwoners={A: people, B: 0.0})
    found = findings(area, {A: "West"}, scope="geheel")
    for rule in GROWING:
        assert found[rule, "West"].verdict == expected
    # A share is no sum, and a sum with a maximum may still pass it.
    for rule in ("U1", "K3", "Z1"):
        assert found[rule, "West"].verdict == "niet te bepalen"


@pytest.mark.parametrize(
    ("ion", "expected"),
    [(50_000, "niet te bepalen"), (150_000, "niet te bepalen"), (200_001, "signaal")],
)
def test_only_too_much_stays_too_much(ion: float, expected: str) -> None:
    area = area_of("AB", [practice(A, float(ion))])
    found = findings(area, {A: "West"}, scope="geheel")["Z1", "West"]
    assert found.verdict == expected
    assert found.value == ion
    assert (
        "Maar 1 eenheid is nog niet toegewezen en kan nog bij deze groep" in found.explanation
    ) == (expected == "niet te bepalen")


def test_two_ros_inside_stay_two() -> None:
    area = area_of("AB", [practice(A), practice(A, regio_organisatie="Beta")])
    found = findings(area, {A: "West"})
    assert found["Z4", "West"].verdict == "voldoet niet"
    assert found["Z11", "West"].verdict == "voldoet niet"


def test_parts_may_still_be_joined() -> None:
    area = area_of("ACB", [practice(A)])
    found = findings(area, {A: "West", B: "West"}, scope="geheel")["Z2", "West"]
    assert (found.verdict, found.value) == ("niet te bepalen", 2)


def test_parts_that_no_unfinished_unit_can_join_stay_apart() -> None:
    # Oost (D) lies between the halves of West; the open E could never bridge it.
    area = area_of("ADBE")
    plan = {A: "West", B: "West", "WK0001DD": "Oost"}
    assert findings(area, plan)["Z2", "West"].verdict == "voldoet niet"
    assert findings(area, plan)["Z2", "Oost"].verdict == "niet te bepalen"


def test_an_open_island_in_the_same_gemeente_keeps_the_verdict_open() -> None:
    area = area_of("AB.C")
    plan = Plan.from_mapping({A: "West", B: "West"}, area.units.index)
    found = findings(area, replace(plan, open_units=frozenset({C})))
    assert {found[rule, "West"].verdict for rule in ("Z2", "Z1", "U5")} == {"niet te bepalen"}


def test_what_the_proposal_names_and_nobody_knows_keeps_the_verdict_open() -> None:
    area = area_of("AB.c")
    plan = Plan.from_mapping({A: "West", B: "West"}, area.units.index)
    found = findings(area, replace(plan, lost={"West": ("Nieuwegijn",)}))
    assert found["Z2", "West"].verdict == "niet te bepalen"
    assert "Nieuwegijn" in found["Z2", "West"].explanation
    assert found["G3", None].verdict == "niet te bepalen"
    assert findings(area, plan)["Z2", "West"].verdict == "voldoet"


@pytest.mark.parametrize("rule", ["U4", "U5"])
def test_a_name_that_nobody_knows_may_be_the_rest_of_the_gemeente(rule: str) -> None:
    area = area_of("ABc")
    plan = replace(
        Plan.from_mapping({A: "West"}, area.units.index, "hub"), stated_scope="werkgebied"
    )
    assert findings(area, plan)[rule, "West"].verdict == "signaal"
    lost = findings(area, replace(plan, lost={"West": ("Wijk Bq",)}))
    assert lost[rule, "West"].verdict == "niet te bepalen"


def test_an_open_unit_beside_a_shared_one_may_come_to_each_of_its_groups() -> None:
    area, c, d = area_of("DBA\n.c."), "WK0002CC", "WK0001DD"
    for groups in (("een", "twee"), ("twee", "een")):
        own = {A: "een", B: groups[0], d: "twee"}
        labels = [groups.index(own[u]) if u in own else -1 for u in area.units.index]
        plan = Plan(
            "regio", area.units.index, groups, np.array(labels, np.int32), double={B: groups},
            stated_scope="werkgebied",
        )  # fmt: skip
        for left, expected in ((frozenset(), "voldoet"), (frozenset({c}), "niet te bepalen")):
            found = findings(area, replace(plan, open_units=left))
            assert {found["Z2", group].verdict for group in groups} == {expected}


def test_one_group_is_a_work_area_unless_somebody_says_otherwise() -> None:
    area = area_of("ABCd")
    plan = dict.fromkeys([A, B, C], "West")
    assert findings(area, plan)["Z2", "West"].verdict == "voldoet"
    assert findings(area, plan, scope="geheel")["Z2", "West"].verdict == "niet te bepalen"
    halves = {A: "West", B: "Oost", C: "Oost"}
    assert findings(area, halves)["Z2", "Oost"].verdict == "niet te bepalen"
    assert findings(area, halves, scope="werkgebied")["Z2", "Oost"].verdict == "voldoet"


def test_a_finished_group_elsewhere_keeps_its_verdict() -> None:
    # c lies in another gemeente, and only against b.
    area = area_of("A.bc")
    b, c = "WK0002BB", "WK0002CC"
    found = findings(area, {A: "West", b: "Oost"})
    assert found["Z2", "West"].verdict == "voldoet"
    assert found["Z2", "Oost"].verdict == "niet te bepalen"
    assert found["G3", None].where == (c,)
