"""What is impossible is explained, and the change that is proposed is enough and not too much."""

import re

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oi_geo.candidates.exact import solve_exact
from oi_geo.candidates.infeasible import explain, told_cautiously
from oi_geo.candidates.obstacles import Obstacle
from oi_geo.candidates.problem import Problem, build_problem
from oi_geo.candidates.propose import propose
from oi_geo.candidates.wishes import Wishes
from oi_geo.study_area import StudyArea
from tests.candidates.toy import all_plans, code, codes, random_people, toy


def wishes(low: int, high: int, **other) -> Wishes:
    return Wishes("regio", low, high, **{"gemeente": "nee", **other})


def numbers(obstacle: Obstacle) -> dict[str, int]:
    """Read the limits that a relaxation proposes."""
    found = re.findall(r"een (minimum|maximum) van ([\d.]+)", obstacle.relaxation)
    return {limit: int(number.replace(".", "")) for limit, number in found}


def possible(area: StudyArea, low: int, high: int, **other) -> bool:
    """Tell by a count of all plans whether nothing stands in the way."""
    problem = build_problem(area, wishes(low, high, **other))
    if problem.obstacles:
        return False
    return next(all_plans(problem, other.get("groups")), None) is not None


def check_relaxation(area: StudyArea, obstacle: Obstacle, low: int, high: int, **other) -> None:
    """Each limit that is named makes a plan possible; one person less does not."""
    named = numbers(obstacle)
    assert named
    if "minimum" in named:
        assert possible(area, named["minimum"], high, **other)
        assert not possible(area, named["minimum"] + 1, high, **other)
    if "maximum" in named:
        assert possible(area, low, named["maximum"], **other)
        assert not possible(area, low, named["maximum"] - 1, **other)


def proven(problem: Problem) -> Obstacle:
    assert solve_exact(problem, seconds=20).status == "infeasible"
    return explain(problem, seconds=20)


# --- one drawn map per reason ---


def test_a_unit_above_the_maximum():
    area = toy("ABCD", {"D": 9000})
    (obstacle,) = build_problem(area, wishes(1000, 3000)).obstacles
    check_relaxation(area, obstacle, 1000, 3000)


def test_an_island_below_the_minimum():
    area = toy("ABCD\n....\nE...", {"E": 500})
    (obstacle,) = build_problem(area, wishes(1000, 4000)).obstacles
    check_relaxation(area, obstacle, 1000, 4000)
    van, naar = re.findall(r"Wijk (\w) in Bovendam \(WK", obstacle.relaxation)
    assert possible(toy("ABCD\n....\nE...", {"E": 500}, links=(van + naar,)), 1000, 4000)


def test_a_remainder_between_what_is_too_large_and_the_sea():
    area = toy("ABCDE", {"A": 400, "B": 9000})
    _, rest = build_problem(area, wishes(1000, 4000)).obstacles
    van, naar = re.findall(r"Wijk (\w) in Bovendam \(WK", rest.relaxation)
    linked = toy("ABCDE", {"A": 400, "B": 9000}, links=(van + naar,))
    assert [o.where for o in build_problem(linked, wishes(1000, 4000)).obstacles] == [(code("B"),)]


def test_no_number_of_groups_fits():
    """B counts 250: two groups of 2.250 can be made, so that the arithmetic is the answer."""
    area = toy("ABCDEF", {"A": 1000, "B": 250, "C": 1000, "D": 1000, "E": 250, "F": 1000})
    (obstacle,) = build_problem(area, wishes(2500, 4000)).obstacles
    assert obstacle.fatal
    assert "telt 4.500 inwoners: te veel voor 1 en te weinig voor 2 groepen" in obstacle.reason
    check_relaxation(area, obstacle, 2500, 4000)


def test_a_number_of_groups_that_cannot_be():
    area = toy("ABCDEF")
    (obstacle,) = build_problem(area, wishes(2000, 3000, groups=4)).obstacles
    assert obstacle.relaxation.startswith("3 groepen")
    assert possible(area, 2000, 3000, groups=3)


def test_locks_that_contradict():
    locks = {code("A"): "Noord", code("C"): "Zuid"}
    result = propose(
        toy("ABCD"), wishes(1000, 3000, locks=locks, together=((code("A"), code("C")),))
    )
    (obstacle,) = result.obstacles
    assert obstacle.fatal
    assert set(codes("AC")) <= set(obstacle.where)
    assert "deze wensen loslaten" in obstacle.relaxation


def test_an_exclave_that_hangs_with_nothing_of_its_gemeente():
    area = toy("AB..CD", gemeenten={"X": "AD", "Y": "B", "Z": "C"})
    result = propose(area, Wishes("regio", 1000, 4000))
    assert result.candidates == ()
    (obstacle,) = result.obstacles
    assert set(codes("AD")) <= set(obstacle.where)
    assert "verbinding" in obstacle.relaxation
    linked = toy("AB..CD", gemeenten={"X": "AD", "Y": "B", "Z": "C"}, links=("BC",))
    assert propose(linked, Wishes("regio", 1000, 4000)).candidates


def test_a_star_whose_centre_serves_one_arm():
    area = toy(".A.\nBCD\n.E.")
    problem = build_problem(area, wishes(2000, 3000))
    obstacle = proven(problem)
    assert obstacle.fatal
    check_relaxation(area, obstacle, 2000, 3000)
    assert "Bewezen: er is geen verdeling van 2.000 tot 3.000" in obstacle.reason


def test_places_that_fit_in_no_group_are_named_and_the_rest_is_divided():
    """A and B join each other (too small) or C as well (too large)."""
    area = toy("ABCDE", {"A": 500, "B": 500, "C": 3000, "D": 2500, "E": 500})
    problem = build_problem(area, wishes(2000, 3400))
    assert [o.where for o in problem.obstacles] == [(code("A"),), (code("B"),)]
    for obstacle in problem.obstacles:
        assert "past in geen enkele aaneengesloten groep van 2.000 tot 3.400" in obstacle.reason
        assert numbers(obstacle) == {"minimum": 1000}
    assert len(propose(area, wishes(2000, 3400)).candidates[0].plan.groups) == 2
    assert possible(area, 1000, 3400)
    assert not possible(area, 1001, 3400)


def test_a_place_that_fits_after_a_detour_is_not_named():
    """The large neighbours do not go with A, the small ones behind B do."""
    area = toy("ABCD\nE...", {"A": 500, "B": 400, "C": 400, "D": 700, "E": 1900})
    assert build_problem(area, wishes(1900, 2000)).obstacles == ()


def test_the_number_of_groups_is_said_where_it_is_asked():
    area = toy(".A.\nBCD\n.E.")
    obstacle = proven(build_problem(area, wishes(2000, 4000, groups=2)))
    assert "geen verdeling in 2 groepen van" in obstacle.reason
    check_relaxation(area, obstacle, 2000, 4000, groups=2)


def test_where_it_hurts_are_the_groups_that_leave_the_band():
    area = toy(".A.\nBCD\n.E.")
    obstacle = proven(build_problem(area, wishes(2000, 3000)))
    named = numbers(obstacle)
    assert set(obstacle.where) <= set(area.units.index)
    # With a maximum of 5.000 all five form one group; with a minimum of 1.000 two or three arms
    # stand alone. 2.000 to 1.000 is 50 % less, 3.000 to 5.000 67 % more.
    assert named == {"minimum": 1000, "maximum": 5000}
    assert obstacle.relaxation.startswith("een minimum van 1.000")
    assert len(obstacle.where) in {2, 3}
    assert code("C") not in obstacle.where


def test_a_division_that_nobody_may_cross():
    within = pd.Series({c: "w" if c in codes("AB") else "o" for c in codes("ABCDE")})
    problem = build_problem(toy("ABCDE"), wishes(2500, 3500, within=within))
    (obstacle,) = problem.obstacles
    assert set(obstacle.where) == set(codes("AB"))


def test_what_there_was_no_time_for_is_said():
    """Five in a row in groups of 3.000 to 4.000, and a wish that is not in the way."""
    area = toy("ABCDE")
    problem = build_problem(area, wishes(3000, 4000, together=(tuple(codes("AB")),)))
    hurried = explain(problem, seconds=0)
    assert hurried.relaxation == (
        "niet gevonden (een lager minimum, een hoger maximum en het loslaten van wensen niet tot "
        "het einde uitgezocht)"
    )
    assert "uitgezocht" not in explain(problem, seconds=20).relaxation


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=25)
def test_a_stated_relaxation_is_the_smallest(seed: int):
    rng = np.random.default_rng(seed)
    area = toy("ABC\nDEF\nGHI", random_people(rng, "ABCDEFGHI", 60))
    total = area.units["inwoners"].sum()
    low = int(total / rng.integers(2, 5) * 0.99)
    high = int(low * 1.04)
    problem = build_problem(area, wishes(low, high))
    if problem.solvable and not problem.obstacles:
        if solve_exact(problem, seconds=20).status == "infeasible":
            obstacle = explain(problem, seconds=20)
            if numbers(obstacle):
                check_relaxation(area, obstacle, low, high)
    elif len(problem.obstacles) == 1 and problem.obstacles[0].fatal:
        obstacle = problem.obstacles[0]  # no number of groups fits
        (limit,) = numbers(obstacle).items()
        name, number = limit
        less = {"minimum": (number + 1, high), "maximum": (low, number - 1)}[name]
        assert not possible(area, *less)


@pytest.mark.parametrize("counted", ["inwoners", "ion"])
def test_reasons_count_what_the_band_counts(counted):
    practices = [{"eenheid": code("A"), "ion": 9000.0}, {"eenheid": code("B"), "ion": 2000.0}]
    area = toy("ABC", {"A": 9000}, practices=practices)
    obstacles = build_problem(area, wishes(1000, 4000, counted=counted)).obstacles
    word = "inwoners" if counted == "inwoners" else "ION"
    assert f"telt 9.000 {word}, meer dan het maximum van 4.000" in obstacles[0].reason


# --- wishes that cannot be, whatever is set apart ---


def test_a_pair_across_what_hangs_apart_is_said_also_where_a_part_is_too_small():
    """A and B are 1.000 together, below the minimum: left out, the pair A and D would be gone."""
    area = toy("AB.CD", {"A": 500, "B": 500, "C": 1200, "D": 1200})
    found = propose(area, wishes(2000, 3000, together=(tuple(codes("AD")),)))
    (fatal,) = [o for o in found.obstacles if o.fatal]
    assert fatal.where == tuple(codes("AD"))
    assert "liggen in delen die nergens samenhangen" in fatal.reason
    assert found.candidates == ()
    linked = toy("AB.CD", {"A": 500, "B": 500, "C": 1200, "D": 1200}, links=("BC",))
    assert propose(linked, wishes(2000, 3400, together=(tuple(codes("AD")),))).candidates


def test_a_closed_group_across_a_higher_border():
    area = toy("ABCD\nEFGH")
    side = pd.Series({c: "l" if c in codes("AE") else "r" for c in area.units.index})
    locks = dict.fromkeys(codes("AB"), "Noord")
    closed = {"locks": locks, "closed": frozenset({"Noord"}), "within": side}
    (fatal,) = [o for o in propose(area, wishes(1000, 3000, **closed)).obstacles if o.fatal]
    assert fatal.where == tuple(codes("AB"))
    assert "daar loopt een hogere grens tussendoor" in fatal.reason


def test_a_closed_group_in_pieces_is_told():
    locks = dict.fromkeys(codes("AH"), "Noord")
    found = propose(toy("ABCD\nEFGH"), wishes(2000, 3000, locks=locks, closed=frozenset({"Noord"})))
    assert found.candidates
    assert "Noord staat vast en bestaat uit 2 delen die niet samenhangen." in found.notes


def test_what_must_be_apart_and_together_is_said_once():
    apart = tuple((a, b) for a in codes("AB") for b in codes("CD"))
    together = ((code("A"), code("C")), *((a, b) for a, b in [codes("AB"), codes("CD")]))
    found = build_problem(toy("ABCD"), wishes(1000, 4000, apart=apart, together=together)).obstacles
    (one,) = [o for o in found if "uit elkaar" in o.reason]
    assert set(one.where) == set(codes("ABCD"))


def test_the_change_for_an_asked_number_of_groups():
    """Nine people in one group of 4 need a maximum of 9, not the 5 of two groups."""
    area = toy("ABCDEFGHI", 1.0)
    (obstacle,) = [o for o in build_problem(area, wishes(4, 4, groups=1)).obstacles if o.fatal]
    assert "een maximum van 9" in obstacle.relaxation


def test_where_every_part_is_hopeless_the_relaxation_is_of_the_whole():
    """Twice three in a row, in groups of 2.000 to 2.500: three together, or each by itself."""
    found = propose(toy("ABC.DEF"), wishes(2000, 2500))
    assert found.candidates == ()
    assert found.obstacles[0].fatal
    assert found.obstacles[0].relaxation == "een maximum van 3.000, of een minimum van 1.000"
    assert propose(toy("ABC.DEF"), wishes(2000, 3000)).candidates
    assert propose(toy("ABC.DEF"), wishes(1000, 2500)).candidates


def test_a_wish_that_cannot_be_is_not_taken_for_a_part_without_a_plan():
    """A and B hang apart: no plan keeps that wish, also where D and E could be one group."""
    found = propose(toy("A.BC.DE"), wishes(2000, 2500, together=(tuple(codes("AB")),)))
    assert found.candidates == ()
    assert [o.where for o in found.obstacles if o.fatal] == [tuple(codes("AB"))]


def test_an_estimate_that_is_disproved_is_not_repeated():
    """A, B and C must be one group through B, and A and B apart: no limit helps."""
    wished = wishes(1000, 2500, together=(tuple(codes("AC")),), apart=(tuple(codes("AB")),))
    found = propose(toy("ABC"), wished)
    assert found.candidates == ()
    for obstacle in found.obstacles:
        assert "maximum van 3.000" not in obstacle.relaxation
    assert any("niet uit elkaar houden" in o.relaxation or "niet bij elkaar" in o.relaxation
               for o in found.obstacles)  # fmt: skip


def test_what_stands_already_counts_for_the_number_of_groups():
    """A of 3.000 stands alone, and B of 500 has no place: one group, not two."""
    found = propose(toy("A.B", {"A": 3000, "B": 500}), wishes(1000, 2000, groups=2))
    assert found.candidates == ()
    assert any(o.fatal and "Met 2 groepen kan het niet" in o.reason for o in found.obstacles)
    both = propose(toy("AB.CD", {"A": 3000, "B": 3000}), wishes(1000, 2000, groups=1))
    (fatal,) = [o for o in both.obstacles if "er is plaats voor 1" in o.reason]
    assert fatal.where == tuple(codes("AB"))


# --- what a named relaxation must hold with ---


def test_a_limit_that_another_number_of_groups_would_need_is_not_named():
    """The island E could be a group by itself, but then there are three, and two were asked."""
    area = toy("ABCD\n....\nE...", {"E": 500})
    found = propose(area, wishes(2000, 3000, groups=2), exact=True)
    (island,) = found.obstacles
    assert "minimum" not in island.relaxation
    assert island.relaxation.startswith("een verbinding tussen")
    assert not possible(area, 500, 3000, groups=2)
    assert found.candidates


def test_a_pair_above_the_maximum_is_the_conflict_also_where_half_has_no_place():
    """A of 900 fits nowhere but with B, and A must stay with D: together 2.400."""
    people = {"A": 900, "B": 1400, "C": 1400, "D": 1500}
    found = propose(toy("ABCD", people), wishes(1300, 2000, together=(tuple(codes("AD")),)))
    assert found.candidates == ()
    conflict = next(o for o in found.obstacles if set(o.where) == set(codes("AD")))
    assert conflict.fatal
    assert "moeten bij elkaar blijven en tellen samen 2.400" in conflict.reason
    assert not any(o.where == (code("A"),) for o in found.obstacles)


def test_what_nobody_ran_with_is_told_as_needed_at_least():
    area = toy("ABCD\n....\nE...", {"E": 500})
    (obstacle,) = build_problem(area, wishes(1000, 4000)).obstacles
    text = told_cautiously(obstacle).relaxation
    assert text.startswith("ten minste een verlaging van het minimum tot 500 (niet nagerekend")
