"""Inhabitants that CBS keeps secret, and practices whose point lies just outside the map."""

import math
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oi_geo.border_issues import border_issues
from oi_geo.criteria.evidence import Evidence
from oi_geo.metrics import measure
from oi_geo.plan import Plan
from oi_geo.sources.completeness import warn_contradictions
from oi_geo.sources.report import ReadReport
from oi_geo.study_area import PracticeList, study_area
from oi_geo.whole_map import cut_area, cut_plan
from tests.conftest import draw, practice_table
from tests.criteria.toy import A, B, area_of, findings, practice

GOOD, UNKNOWN = "voldoet", "niet te bepalen"
_FIVE = area_of("ABCDE")
BORDER = border_issues(_FIVE, Plan.from_mapping({A: "West"}, _FIVE.units.index), minimum=0)


def test_a_point_just_outside_the_map_widens_the_group_beside_it_only() -> None:
    """600 m east of B: it may stand in B or outside, never in A."""
    rows = [practice(A, 110_000.0), practice(B, 95_000.0), practice(None, 10_000.0)]
    units = draw("AB")
    practices = practice_table(rows)
    practices["mogelijk"] = pd.Series([None, None, (B, "")], practices.index, dtype=object)
    practices.loc[2, "plaatsing"] = "niet geplaatst"
    area = study_area(units, practices=practices)
    found = findings(area, {A: "West", B: "Oost"})
    assert (found["U2", "West"].verdict, found["Z1", "West"].verdict) == (GOOD, GOOD)
    assert found["U2", "Oost"].bounds == (95_000, 105_000)
    assert found["U2", "Oost"].verdict == UNKNOWN
    assert "ligt het punt zo dicht buiten de kaart" in found["U2", "Oost"].explanation


@given(
    people=st.lists(st.integers(0, 60_000), min_size=5, max_size=5),
    secret=st.lists(st.booleans(), min_size=5, max_size=5),
    inside=st.lists(st.sampled_from(["West", "Oost", "both", ""]), min_size=5, max_size=5),
    unknown_wijk=st.floats(0, 0.008),
)
@settings(max_examples=60, derandomize=True)
def test_secret_inhabitants_lie_between_what_their_gemeente_leaves(
    people: list[int], secret: list[bool], inside: list[str], unknown_wijk: float
) -> None:
    """The true numbers, rounded to 5 and some hidden, always lie within the bounds of K1."""
    published = {u: 5.0 * round(n / 5) for u, n in zip(_FIVE.units.index, people, strict=True)}
    hidden = {u for u, is_secret in zip(published, secret, strict=True) if is_secret}
    true = dict(zip(published, people, strict=True))
    whole = 5.0 * round(sum(people) * (1 + unknown_wijk) / 5)
    gemeenten = _FIVE.gemeenten.assign(inwoners=whole)
    units = _FIVE.units.assign(inwoners=pd.Series(published).mask(lambda s: s.index.isin(hidden)))
    area = replace(_FIVE, units=units, gemeenten=gemeenten)
    where = dict(zip(published, inside, strict=True))
    labels = [0 if g in {"West", "both"} else 1 if g else -1 for g in inside]
    double = {u: ("West", "Oost") for u, g in where.items() if g == "both"}
    plan = Plan("regio", units.index, ("West", "Oost"), np.array(labels, np.int32), double=double)
    evidence = Evidence(area, plan, measure(area, plan), BORDER)
    for group in plan.groups:
        mine = [u for u, g in where.items() if g == group]
        found = evidence.inhabitants(group)
        # What is shared belongs to it or not.
        for more in (set(), set(double)):
            truth = sum(true[u] if u in hidden else published[u] for u in {*mine, *more})
            assert found.low <= truth <= found.high
    if hidden and all(g == "West" for g in inside):
        known = sum(n for u, n in published.items() if u not in hidden)
        slack = 2.5 * (5 - len(hidden) + 1) + 0.01 * whole
        assert evidence.inhabitants("West").low == known + max(0, whole - known - slack)


@pytest.mark.parametrize(
    ("whole", "bounds"),
    [
        (139_000.0, (95_000 + 44_000 - 5 - 1_390, 95_000 + 44_005)),
        (94_995.0, (95_000, 95_000)),  # as far below as rounding can be
        (94_990.0, (95_000, math.inf)),
        (0.0, (95_000, math.inf)),
        (math.nan, (95_000, math.inf)),
    ],
)
def test_a_gemeente_that_counts_less_than_its_units_bounds_nothing(whole, bounds) -> None:
    area = area_of("AB", inwoners={A: 95_000.0, B: math.nan}, gemeenten={"GM0001": whole})
    found = findings(area, {A: "West", B: "West"})["K1", "West"]
    assert found.bounds == pytest.approx(bounds)
    assert found.verdict == {139_000.0: GOOD, 94_995.0: "voldoet niet"}.get(whole, UNKNOWN)


def test_numbers_that_contradict_are_told() -> None:
    units = draw("AB").assign(inwoners=[50_000.0, 40_000.0])
    gemeenten = study_area(units).gemeenten
    for whole, told in ((90_000.0, False), (89_995.0, False), (80_000.0, True), (math.nan, False)):
        report = ReadReport("kaart.gpkg", "grenzen")
        warn_contradictions(units, gemeenten.assign(inwoners=whole), report)
        assert bool(report.messages) == told
    report = ReadReport("kaart.gpkg", "grenzen")
    warn_contradictions(units, gemeenten.assign(inwoners=80_000.0), report)
    assert "80.000 tegen 90.000" in report.messages[0].melding


def test_a_part_of_a_gemeente_leaves_no_lower_end() -> None:
    """What the map does not hold of a gemeente may have all that its secret units could have."""
    area = area_of("AB", inwoners={A: 95_000.0, B: math.nan}, gemeenten={"GM0001": 139_000.0})
    plan = {A: "West", B: "West"}
    assert findings(area, plan)["K1", "West"].verdict == GOOD
    part = findings(replace(area, incomplete={"GM0001": "0,5 km² ervan ontbreekt"}), plan)
    assert (part["K1", "West"].verdict, part["K1", "West"].bounds[0]) == (UNKNOWN, 95_000)


def test_a_waarnemer_has_no_patients_that_could_be_missing() -> None:
    """An empty ION of a waarnemer is no unknown; a waarnemer that counts is a person."""
    rows = [practice(A, 150_000.0), practice(A, None, discipline="waarnemer")]
    for locums, doctors in ((True, 2), (False, 1)):
        said = PracticeList(extent="volledig", locums=locums)
        found = findings(area_of("A", rows, said=said), {A: "West"})
        assert (found["Z1", "West"].verdict, found["Z1", "West"].value) == (GOOD, 150_000)
        assert found["U1", "West"].counts == (doctors, doctors)
        way = "tellen mee" if locums else "tellen niet mee"
        assert f"waarnemers (1) {way}" in found["U1", "West"].explanation


def test_a_place_beside_the_work_area_is_told_as_such() -> None:
    """Cut B away: who is placed there by postcode, near A, may stand in A; who surely is not."""
    practices = practice_table([practice(A, 95_000.0), practice(B, 10_000.0), practice(B, 1.0)])
    practices["mogelijk"] = pd.Series([None, (A, B), None], practices.index, dtype=object)
    practices.loc[1, "plaatsing"] = "postcode"
    whole = study_area(draw("AB"), practices=practices)
    cut = cut_area(whole, np.array([True, False]))
    plan, _ = cut_plan(Plan.from_mapping({A: "West"}, whole.units.index), cut)
    found = findings(cut, plan)["U2", "West"]
    assert found.bounds == (95_000, 105_000)
    assert "ligt de plaats zo dicht buiten het werkgebied" in found.explanation
    assert "niet geplaatst" not in found.explanation
