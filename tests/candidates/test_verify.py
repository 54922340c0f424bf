"""The check of a plan finds every kind of breach, and nothing in a plan that is valid."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oi_geo.candidates.candidate import exempt
from oi_geo.candidates.naming import plan_of
from oi_geo.candidates.problem import build_problem
from oi_geo.candidates.verify import breaches, cut_by_necessity
from oi_geo.candidates.wishes import Whole, Wishes
from oi_geo.study_area import StudyArea
from tests.candidates.toy import (
    all_plans,
    code,
    codes,
    labels_of,
    plan_by_letters,
    random_area,
    random_groups,
    random_wishes,
    sets_of,
    toy,
)
from tests.effort import tries


def found(area: StudyArea, groups: list[str], low: int, high: int, **other) -> list[str]:
    wishes = Wishes("regio", low, high, **{"gemeente": "nee", **other})
    return breaches(area, wishes, plan_by_letters(area, *groups))


@pytest.mark.parametrize(("low", "high"), [(2000, 3000), (2000, 2999), (2001, 3000)])
def test_a_group_outside_the_band(low, high):
    expected = {
        (2000, 3000): [],
        (2000, 2999): ["CDE telt 3.000 inwoners en valt buiten de band."],
        (2001, 3000): ["AB telt 2.000 inwoners en valt buiten de band."],
    }
    assert found(toy("ABCDE"), ["AB", "CDE"], low, high) == expected[low, high]


def test_the_band_on_ion_counts_huisarts_practices():
    practices = [
        {"eenheid": code("A"), "ion": 2000.0},
        {"eenheid": code("B"), "ion": 900.0, "discipline": "apotheek"},
        {"eenheid": code("C"), "ion": 2500.0},
    ]
    area = toy("ABCD", practices=practices)
    assert found(area, ["AB", "CD"], 2000, 2500, counted="ion") == []
    assert found(area, ["AB", "CD"], 2001, 2500, counted="ion") == [
        "AB telt 2.000 ION en valt buiten de band."
    ]


def test_a_group_that_hangs_apart():
    assert found(toy("ABCD"), ["AC", "BD"], 1000, 4000) == [
        "AC bestaat uit 2 delen.",
        "BD bestaat uit 2 delen.",
    ]
    assert found(toy("AB.CD", links=("BC",)), ["ABCD"], 1000, 4000) == []


def test_a_gemeente_that_is_split():
    assert found(toy("ABcd"), ["A", "Bcd"], 1000, 4000, gemeente="hard") == [
        "Niet heel gebleven (gemeente): GM0001."
    ]
    assert found(toy("ABcd"), ["A", "Bcd"], 1000, 4000, gemeente="voorkeur") == []


def test_a_gemeente_above_the_maximum_may_be_split():
    area = toy("ABCd")
    assert found(area, ["AB", "Cd"], 1000, 2000, gemeente="hard") == []


def test_a_gemeente_is_counted_in_ion_where_the_band_is():
    """Two pharmacies do not make a gemeente too large to stay whole."""
    practices = [
        {"eenheid": code("A"), "ion": 1000.0},
        {"eenheid": code("B"), "ion": 1000.0},
        {"eenheid": code("B"), "ion": 5000.0, "discipline": "apotheek"},
    ]
    area = toy("AB", practices=practices)
    wishes = Wishes("regio", 1000, 3000, counted="ion")
    assert cut_by_necessity(area, wishes, area.units["gemeentecode"]) == set()
    assert found(area, ["A", "B"], 1000, 3000, counted="ion", gemeente="hard") == [
        "Niet heel gebleven (gemeente): GM0001."
    ]


def test_another_division_that_is_split():
    parts = pd.Series({code("A"): "Dorp", code("B"): "Dorp", code("C"): "Stad"})
    for firm, expected in (("hard", ["Niet heel gebleven (kern): Dorp."]), ("voorkeur", [])):
        whole = (Whole("kern", parts, firm),)
        assert found(toy("ABCD"), ["A", "BCD"], 1000, 4000, whole=whole) == expected


def test_a_group_across_a_division():
    within = pd.Series({code("A"): "w", code("B"): "o"})
    assert found(toy("ABCD"), ["AB", "CD"], 1000, 4000, within=within) == [
        "AB gaat over een hogere grens."
    ]
    assert found(toy("ABCD"), ["A", "B", "CD"], 1000, 4000, within=within) == []
    assert found(toy("ABCD"), ["A", "BCD"], 1000, 4000, within=within) == [
        "BCD gaat over een hogere grens."
    ]


def test_pairs_and_locks():
    area = toy("ABCD")
    a, b, c = codes("ABC")
    assert found(area, ["A", "BCD"], 1000, 4000, together=((a, b),)) == [
        f"{a} en {b} horen bij elkaar."
    ]
    assert found(area, ["AB", "CD"], 1000, 4000, apart=((a, b),)) == [
        f"{a} en {b} moeten uit elkaar."
    ]
    assert found(area, ["AB", "CD"], 1000, 4000, locks={c: "AB"}) == [f"{c} hoort in AB."]
    assert found(area, ["AB", "CD"], 1000, 4000, locks={a: "AB", c: "CD"}) == []


def test_a_number_of_groups_that_is_not_the_one_asked():
    area = toy("ABCD")
    plan = plan_by_letters(area, "AB", "CD")
    for groups, expected in ((2, []), (3, ["Gevraagd: 3 groepen; gemaakt: 2 groepen."])):
        wishes = Wishes("regio", 1000, 4000, groups=groups, gemeente="nee")
        assert breaches(area, wishes, plan) == expected


def test_a_unit_that_is_added_to_a_closed_group():
    locks = dict.fromkeys(codes("AB"), "ABC")
    closed = frozenset({"ABC"})
    assert found(toy("ABCD"), ["ABC", "D"], 1000, 4000, locks=locks, closed=closed) == [
        f"{code('C')} is toegevoegd aan ABC, dat al vaststaat."
    ]


def test_groups_that_may_leave_the_band_and_units_without_a_group():
    area = toy("ABCD", {"A": 9000})
    plan = plan_by_letters(area, "A", "BC")
    wishes = Wishes("regio", 2000, 4000, gemeente="nee", together=((code("C"), code("D")),))
    assert breaches(area, wishes, plan) == ["A telt 9.000 inwoners en valt buiten de band."]
    assert breaches(area, wishes, plan, exempt=frozenset({"A"})) == []


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=tries(25))
def test_a_plan_is_found_valid_when_a_count_of_all_plans_has_it(seed: int):
    rng = np.random.default_rng(seed)
    area = random_area(rng)
    problem = build_problem(area, random_wishes(rng, area))
    if not problem.solvable:
        return
    every = set(all_plans(problem))
    drawn = [random_groups(rng, problem, int(rng.integers(1, 5))) for _ in range(5)]
    some = [labels_of(plan, len(problem.arrays.pop)) for plan in sorted(every, key=str)[:5]]
    for labels in [*drawn, *some]:
        plan = plan_of(problem, labels)
        wrong = breaches(area, problem.wishes, plan, exempt=exempt(problem, plan))
        assert (wrong == []) == (sets_of(labels) in every), wrong
