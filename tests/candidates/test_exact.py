"""The proven optimum against all plans of small maps, and every province of the Netherlands."""

import time
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oi_geo.candidates.candidate import exempt
from oi_geo.candidates.clock import NO_LIMIT
from oi_geo.candidates.exact import positions, possible_groups, solve_exact
from oi_geo.candidates.naming import plan_of
from oi_geo.candidates.problem import Problem, build_problem
from oi_geo.candidates.rng import states
from oi_geo.candidates.starts import Found, first_plan
from oi_geo.candidates.verify import breaches
from oi_geo.candidates.wishes import Weights, Wishes
from tests.candidates.toy import (
    all_plans,
    energy_of,
    labels_of,
    random_area,
    random_wishes,
    sets_of,
    toy,
)
from tests.netherlands import gemeente_level, netherlands, part_of, provinces, with_register

SEEDS = st.integers(0, 2**32 - 1)


@given(SEEDS)
@settings(max_examples=50)
def test_the_optimum_is_the_best_of_all_plans(seed: int):
    rng = np.random.default_rng(seed)
    area = random_area(rng, 3, 5)
    weights = Weights(*(float(x) for x in rng.integers(0, 5, 6)))
    groups = int(rng.integers(1, 5)) if rng.random() < 0.4 else None
    today = area.units["inwoners"].map(lambda people: str(people % 3)) if groups else None
    problem = build_problem(
        area, random_wishes(rng, area, groups=groups, weights=weights, today=today)
    )
    if not problem.solvable:
        return
    asked = problem.n_groups if groups else None
    every = {plan: energy_of(problem, plan) for plan in all_plans(problem, asked)}
    proof = solve_exact(problem, seconds=20)
    if not every:
        assert proof.status == "infeasible"
        assert proof.found is None
        return
    assert proof.status == "optimal"
    assert proof.found.energy == pytest.approx(min(every.values()), abs=1e-6)
    assert proof.bound == pytest.approx(min(every.values()), abs=1e-6)
    assert every[sets_of(proof.found.labels)] == pytest.approx(min(every.values()), abs=1e-6)
    assert proof.found.n_groups == len(sets_of(proof.found.labels))


@given(SEEDS)
@settings(max_examples=40)
def test_possible_groups_are_those_of_all_plans_and_no_plan_has_another(seed: int):
    rng = np.random.default_rng(seed)
    area = random_area(rng)
    problem = build_problem(area, random_wishes(rng, area))
    if not problem.solvable:
        return
    sets = possible_groups(problem, problem.price, NO_LIMIT)[0]
    known = {
        frozenset(sets.node[a:b].tolist()) for a, b in zip(sets.ptr[:-1], sets.ptr[1:], strict=True)
    }
    assert len(known) == sets.count
    for plan in all_plans(problem):
        assert plan <= known
        start = positions(sets, labels_of(plan, len(problem.arrays.pop)))
        found = {frozenset(sets.node[sets.ptr[s] : sets.ptr[s + 1]].tolist()) for s in start}
        assert found == plan


def four() -> Problem:
    return build_problem(toy("ABCD\nEFGH"), Wishes("regio", 2000, 2000, gemeente="nee"))


def test_a_plan_with_a_group_that_is_not_possible_is_not_recognised():
    problem = four()
    sets = possible_groups(problem, problem.price, NO_LIMIT)[0]
    assert positions(sets, np.array([0, 0, 1, 1, 2, 2, 3, 3], np.int32)) is not None
    assert positions(sets, np.array([0, 0, 0, 1, 2, 2, 3, 1], np.int32)) is None


def test_the_optimum_does_not_depend_on_the_start():
    problem = build_problem(
        toy("ABCD\nEFGH\nIJKL"), Wishes("regio", 2000, 4000, groups=4, gemeente="nee")
    )
    first = first_plan(problem, states(3, 1)[0])
    with_start, without = (solve_exact(problem, seconds=20, start=s) for s in (first, None))
    assert with_start.status == without.status == "optimal"
    assert with_start.found.energy == pytest.approx(without.found.energy)
    assert with_start.found.energy <= first.energy + 1e-9


def test_a_start_with_another_number_of_groups_is_no_start():
    area = toy("ABCD\nEFGH")
    free = build_problem(area, Wishes("regio", 1000, 8000, gemeente="nee"))
    start = Found(np.array([0, 0, 1, 1, 0, 0, 1, 1], np.int32), 0.0, 2)
    asked = build_problem(area, Wishes("regio", 1000, 8000, groups=4, gemeente="nee"))
    assert solve_exact(asked, seconds=20, start=start).found.n_groups == 4
    assert solve_exact(free, seconds=20, start=start).status == "optimal"


def test_more_groups_than_may_be_enumerated_prove_nothing():
    proof = solve_exact(four(), seconds=20, limit=3)
    assert proof.status == "too many"
    assert proof.found is None
    assert np.isnan(proof.bound)


def test_a_star_is_proven_impossible():
    problem = build_problem(toy(".A.\nBCD\n.E."), Wishes("regio", 2000, 3000, gemeente="nee"))
    assert solve_exact(problem, seconds=20).status == "infeasible"


NAMES = (
    "Drenthe", "Flevoland", "Friesland", "Gelderland", "Groningen", "Limburg", "Noord-Brabant",
    "Noord-Holland", "Overijssel", "Utrecht", "Zeeland", "Zuid-Holland",
)  # fmt: skip


def province(folder: Path, name: str, groups: int | None = None) -> Problem:
    of = provinces(folder)
    area = gemeente_level(part_of(netherlands(folder), set(of.index[of == name])))
    return build_problem(with_register(area), Wishes("regio", 100_000, 200_000, groups=groups))


@pytest.mark.real
@pytest.mark.parametrize("name", NAMES)
def test_every_province_is_decided(shared_data: Path, name: str):
    problem = province(shared_data, name)
    if not problem.solvable:  # no number of groups fits, which is a proof by itself
        assert any(o.fatal for o in problem.obstacles)
        return
    proof = solve_exact(problem, seconds=60)
    assert proof.status in {"optimal", "infeasible"}
    if proof.found is not None:
        assert proof.bound == pytest.approx(proof.found.energy, rel=1e-9)
        plan = plan_of(problem, proof.found.labels)
        assert breaches(problem.area, problem.wishes, plan, exempt=exempt(problem, plan)) == []


@pytest.mark.real
@pytest.mark.timing
@pytest.mark.parametrize("name", NAMES)
def test_every_province_takes_ten_seconds_at_most(
    shared_data: Path, quiet_machine: None, name: str
):
    problem = province(shared_data, name)
    solve_exact(four(), seconds=60)  # loads the compiled code
    began = time.process_time()
    if problem.solvable:
        solve_exact(problem, seconds=60)
    assert time.process_time() - began <= 10


@pytest.mark.real
@pytest.mark.timing
def test_utrecht_in_nine_takes_three_seconds_at_most(shared_data: Path, quiet_machine: None):
    solve_exact(four(), seconds=60)
    problem = province(shared_data, "Utrecht", 9)
    began = time.process_time()
    assert solve_exact(problem, seconds=60).status == "optimal"
    assert time.process_time() - began <= 3
