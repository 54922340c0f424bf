"""The smallest relaxation: every limit in between is tried by a count of all plans."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oi_geo.candidates import places
from oi_geo.candidates.aim import Aim
from oi_geo.candidates.clock import NO_LIMIT, Clock
from oi_geo.candidates.problem import Problem, build_problem
from oi_geo.candidates.propose import propose
from oi_geo.candidates.relaxation import relaxations, widest
from oi_geo.candidates.wishes import Wishes
from oi_geo.study_area import StudyArea
from tests.candidates.toy import all_plans, code, codes, toy
from tests.effort import tries

STAR = ".A.\nBCD\n.E."


def texts(area: StudyArea, wishes: Wishes) -> list[str]:
    changes, left_open = relaxations(Aim.of(build_problem(area, wishes)), NO_LIMIT)
    assert left_open == []
    return [change.text for change in changes]


def possible(area: StudyArea, wishes: Wishes, beside: Wishes | None = None) -> bool:
    """Tell by a count of all plans whether what has a place can be divided.

    With `beside` no unit may be without a place that has one under those wishes.
    """
    problem = build_problem(area, wishes)
    if beside is not None and not unplaced(problem) <= unplaced(build_problem(area, beside)):
        return False
    return problem.solvable and next(all_plans(problem, problem.asked), None) is not None


def unplaced(problem: Problem) -> set[str]:
    """Return the units that no plan gives a group."""
    out = set(problem.area.units.index[problem.node < 0])
    return out - {code for codes in problem.alone for code in codes}


def test_a_gemeente_that_was_cut_stays_whole_under_a_higher_maximum():
    """Y of 3.000 is cut under 2.500; whole, it leaves no plan under 3.000, so that 5.000 is it."""
    people = {"A": 1000, "B": 500, "C": 500, "D": 2000, "E": 1000}
    area = toy("ABCD\n.E..", people, gemeenten={"X": "A", "Z": "BC", "Y": "DE"})
    wishes = Wishes("regio", 1500, 2500)
    assert "een maximum van 5.000" in texts(area, wishes)
    assert possible(area, replace(wishes, high=5000))
    assert not possible(area, replace(wishes, high=3000))


def test_a_unit_that_stood_alone_takes_part_under_a_higher_maximum():
    area = toy(".A.\nFCDB\n.E..", {"B": 3100})
    wishes = Wishes("regio", 2000, 3000, gemeente="nee")
    assert "een maximum van 4.100" in texts(area, wishes)
    proposals = propose(area, replace(wishes, high=4100), exact=True)
    assert proposals.candidates[0].proof == "optimaal"
    assert not propose(area, replace(wishes, high=4099), exact=True).candidates


def test_the_limits_are_the_same_where_no_maximum_was_sought_for_each_place(
    monkeypatch: pytest.MonkeyPatch,
):
    """Of 8 and 4 neither fits at 9: A is a group from 8 on down, A and B together at 12."""
    area, wishes = toy("AB", {"A": 8, "B": 4}), Wishes("regio", 9, 9, gemeente="nee")
    assert texts(area, wishes) == ["een minimum van 8", "een maximum van 12"]
    monkeypatch.setattr(places, "MOST_STUCK", 0)
    assert texts(area, wishes) == ["een minimum van 8", "een maximum van 12"]


def test_what_must_stay_together_needs_the_maximum_of_all():
    together = (tuple(codes("AB")),)
    wishes = Wishes("regio", 1000, 4000, gemeente="nee", together=together)
    (obstacle,) = propose(toy("ABCD", {"A": 3000, "B": 3000}), wishes).obstacles
    assert obstacle.relaxation == "een maximum van 6.000, of gebieden niet bij elkaar houden"


def test_another_number_of_groups_is_a_relaxation_too():
    """Six in a row in groups of two: three groups, not two."""
    wishes = Wishes("regio", 2000, 2000, gemeente="nee", groups=2)
    (obstacle,) = propose(toy("ABCDEF"), wishes).obstacles
    assert obstacle.relaxation.endswith("3 groepen")
    # A star in groups of 2 or 3 makes no plan at all, whatever people alone would say.
    star = Wishes("regio", 2000, 3000, gemeente="nee", groups=4)
    (obstacle,) = propose(toy(STAR), star).obstacles
    assert "groepen" not in obstacle.relaxation


def test_where_nothing_has_a_place_the_whole_is_explained():
    found = propose(toy("AB", 8000.0), Wishes("regio", 9000, 9500, gemeente="nee")).obstacles
    assert [o.where for o in found] == [(code("A"),), (code("B"),), tuple(codes("AB"))]
    assert found[0].relaxation == "een minimum van 8.000, of een maximum van 16.000"
    assert found[-1].relaxation == "een minimum van 8.000, of een maximum van 16.000"


def test_what_there_was_no_time_for_is_left_open():
    problem = build_problem(toy(STAR), Wishes("regio", 2000, 3000, gemeente="nee"))
    changes, left_open = relaxations(Aim.of(problem), Clock.of(0))
    assert changes == []
    assert left_open == ["een lager minimum", "een hoger maximum"]


@pytest.mark.parametrize("groups", [None, 2])
@given(st.integers(0, 2**32 - 1))
@settings(max_examples=tries(80))
def test_a_limit_that_is_named_is_enough_and_none_before_it_is(groups, seed: int):
    rng = np.random.default_rng(seed)
    letters = "ABCDEF"
    people = {letter: float(n) for letter, n in zip(letters, rng.integers(1, 9, 6), strict=True)}
    owner = rng.integers(0, 4, 6)
    gemeenten = {
        str(number): "".join(np.array(list(letters))[owner == number])
        for number in np.unique(owner)
    }
    area = toy("ABC\nDEF", people, gemeenten=gemeenten)
    low = int(rng.integers(2, 10))
    wishes = Wishes("regio", low, low + int(rng.integers(0, 5)), groups=groups)
    if possible(area, wishes):
        return
    problem = build_problem(area, wishes)
    changes, _ = relaxations(Aim.of(problem), NO_LIMIT)
    named = {c.text.split()[1]: int(c.text.split()[-1]) for c in changes if "groep" not in c.text}
    highest = named.get("maximum", widest(wishes) + 1)
    for high in range(wishes.high + 1, highest):
        assert not possible(area, replace(wishes, high=high), wishes)
    if "maximum" in named:
        assert possible(area, replace(wishes, high=highest), wishes)
    lowest = named.get("minimum", 0)
    for less in range(lowest + 1, wishes.low):
        assert not possible(area, replace(wishes, low=less), wishes)
    if "minimum" in named:
        assert possible(area, replace(wishes, low=lowest), wishes)
    for change in changes:
        if "groep" in change.text:
            assert possible(area, replace(wishes, groups=int(change.text.split()[0])), wishes)
