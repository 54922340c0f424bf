"""The names of groups, and which units a plan holds."""

from dataclasses import replace

import numpy as np
import pytest

from oi_geo.candidates.naming import name_givers, plan_of
from oi_geo.candidates.problem import Problem, build_problem
from oi_geo.candidates.wishes import Wishes
from oi_geo.plan import Plan
from tests.candidates.toy import code, codes, plan_by_letters, toy


def made(problem: Problem, *groups: str) -> Plan:
    """Make the plan of groups of letters; each letter's node gets the number of its group."""
    labels = np.full(len(problem.arrays.pop), -1, np.int32)
    for number, group in enumerate(groups):
        for letter in group:
            labels[problem.node[problem.area.units.index.get_loc(code(letter))]] = number
    assert (labels >= 0).all()
    return plan_of(problem, labels)


def members(plan: Plan) -> dict[str, list[str]]:
    return {group: sorted(plan.members(group)) for group in plan.groups}


def wishes(**other) -> Wishes:
    return Wishes("hub", 1000, 4000, **{"gemeente": "nee", **other})


def test_a_group_is_called_after_its_largest_gemeente():
    area = toy("ABcd", {"A": 1500, "B": 1000, "c": 1100, "d": 1200})
    plan = made(build_problem(area, wishes()), "A", "Bcd")
    assert members(plan) == {"Bovendam": codes("A"), "Onderdam": codes("Bcd")}
    assert plan.level == "hub"


def test_groups_of_one_gemeente_are_called_after_their_largest_unit_as_well():
    area = toy("ABCD", {"A": 1500, "D": 1200})
    plan = made(build_problem(area, wishes()), "AB", "CD")
    assert members(plan) == {"Bovendam, Wijk A": codes("AB"), "Bovendam, Wijk D": codes("CD")}


def test_the_wijk_in_a_name_lies_in_the_gemeente_of_that_name():
    # C and D are of another gemeente, and the larger of the units that they share a group with.
    people = {"A": 1300, "B": 1200, "C": 1500, "D": 1400, "E": 1100, "F": 1000}
    area = toy("ABC\nEFD", people, gemeenten={"Stad": "ABEF", "Dorp": "CD"})
    plan = made(build_problem(area, wishes()), "ABC", "EFD")
    assert members(plan) == {"Stad, Wijk A": codes("ABC"), "Stad, Wijk E": codes("DEF")}


@pytest.mark.parametrize(
    ("group", "gemeente", "letters"),
    [
        ("Dorp", "Dorp", "CD"),
        ("Dorp, Wijk C", "Dorp", "CD"),
        ("Dorp (2)", "Dorp", "CD"),
        ("Dorpstad", "Stad", "AB"),
        ("Noord", "Stad", "AB"),
    ],
)
def test_what_a_group_is_called_after(group, gemeente, letters):
    """The gemeente of its name, or the largest; never what lies in another group."""
    area = toy("ABCDEF", gemeenten={"Stad": "ABE", "Dorp": "CDF"})
    plan = plan_by_letters(area, "ABCD", "EF")
    names = {"ABCD": group, "EF": "Rest"}
    plan = replace(plan, groups=tuple(names[name] for name in plan.groups))
    area.units.loc[codes("AB"), "inwoners"] = 1500.0
    assert name_givers(area, plan, group) == (gemeente, tuple(codes(letters)))


def test_a_locked_group_keeps_its_name():
    area = toy("ABCD")
    problem = build_problem(area, wishes(locks={code("A"): "Noord", code("B"): "Noord"}))
    assert members(made(problem, "AB", "CD")) == {"Noord": codes("AB"), "Bovendam": codes("CD")}


def test_a_lock_that_is_called_as_a_gemeente_keeps_its_name():
    problem = build_problem(toy("ABCD"), wishes(locks={code("A"): "Bovendam"}))
    assert members(made(problem, "AB", "CD")) == {
        "Bovendam": codes("AB"),
        "Bovendam, Wijk C": codes("CD"),
    }


def test_names_that_stay_the_same_get_a_number():
    area = toy("ABCD")
    area.units["naam"] = "Kern"
    plan = made(build_problem(area, wishes()), "A", "B", "CD")
    assert len(set(plan.groups)) == 3
    assert sorted(plan.groups) == ["Bovendam, Kern", "Bovendam, Kern (2)", "Bovendam, Kern (3)"]


def test_a_gemeente_and_a_unit_of_one_name():
    area = toy("ABCD")
    area.units["naam"] = "Bovendam"
    plan = made(build_problem(area, wishes()), "AB", "CD")
    assert sorted(plan.groups) == ["Bovendam", "Bovendam (2)"]


def test_units_that_are_too_large_stand_alone_under_their_lock_or_name():
    area = toy("ABcd", {"A": 9000, "d": 9000})
    problem = build_problem(area, wishes(locks={code("A"): "Noord"}))
    assert members(made(problem, "Bc")) == {
        "Noord": codes("A"),
        "Bovendam": codes("Bc"),
        "Onderdam": codes("d"),
    }


def test_closed_groups_are_added_as_they_were():
    locks = {**dict.fromkeys(codes("AB"), "Klaar"), code("C"): "Open"}
    problem = build_problem(toy("ABCDEF"), wishes(locks=locks, closed=frozenset({"Klaar"})))
    assert members(made(problem, "CD", "EF")) == {
        "Klaar": codes("AB"),
        "Open": codes("CD"),
        "Bovendam": codes("EF"),
    }


def test_a_closed_group_without_units_is_no_group():
    problem = build_problem(toy("ABCD"), wishes(closed=frozenset({"Niemand"}), groups=2))
    assert members(made(problem, "AB", "CD")).keys() == {"Bovendam, Wijk A", "Bovendam, Wijk C"}
    assert problem.n_groups == 2


def test_units_of_impossible_places_have_no_group():
    area = toy("ABCD\n....\nE...", {"E": 500})
    plan = made(build_problem(area, wishes()), "AB", "CD")
    assert list(plan.unassigned) == codes("E")


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_names_do_not_depend_on_the_numbers_of_the_groups(order):
    problem = build_problem(toy("ABCD"), wishes())
    labels = np.array(order, np.int32)[[0, 0, 1, 1]]
    plan = plan_of(problem, labels)
    assert plan.groups == ("Bovendam, Wijk A", "Bovendam, Wijk C")
    assert plan.labels.tolist() == [0, 0, 1, 1]
