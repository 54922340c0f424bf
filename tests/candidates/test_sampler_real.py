"""The Markov chain on the wijken of the Netherlands: right measures, and speed."""

import time

import numpy as np
import pytest

from oi_geo.candidates.construct import construct
from oi_geo.candidates.problem import Problem, build_problem
from oi_geo.candidates.rng import states
from oi_geo.candidates.sampler import STATISTICS, State, run, start_state
from oi_geo.candidates.wishes import Wishes
from oi_geo.metrics import measure
from oi_geo.plan import Plan
from tests.candidates.chaincases import NO_LABELS
from tests.netherlands import netherlands, part_of, provinces, with_register

REAL_BAND = (100_000, 200_000)


def real_problem(shared_data, province: str | None, groups: int) -> Problem:
    """Ask for regio's of the wijken of a province, or of the whole country; no other wishes."""
    area = with_register(netherlands(shared_data))
    if province is not None:
        names = provinces(shared_data)
        area = part_of(area, set(names.index[names == province]))
    low, high = REAL_BAND
    return build_problem(area, Wishes("regio", low, high, groups=groups, gemeente="nee"))


def real_start(problem: Problem, seed: int) -> State:
    first, second = states(seed, 2)
    labels = construct(problem.arrays, problem.component, problem.groups, *REAL_BAND, first)
    return start_state(problem.arrays, labels, REAL_BAND, second)


@pytest.mark.real
def test_statistics_are_those_of_the_measures_of_a_plan(shared_data):
    problem = real_problem(shared_data, "Utrecht", 9)
    state = real_start(problem, 4)
    out = np.zeros((1, len(STATISTICS)))
    run(problem.arrays, state, REAL_BAND, 3000, 3000, out, 0, NO_LABELS)
    row = dict(zip(STATISTICS, out[0], strict=True))
    area = problem.area
    names = {code: f"R{label}" for code, label in zip(area.units.index, state.labels, strict=True)}
    assert (problem.node == np.arange(222)).all()
    measured = measure(area, Plan.from_mapping(names, area.units.index))
    split = {code for codes in measured["gemeenten_gedeeld"] for code in codes}
    assert len(measured) == 9
    assert (measured["delen_met_verbindingen"] == 1).all()
    assert measured["inwoners"].between(*REAL_BAND).all()
    assert row["polsby_popper"] == pytest.approx(measured["polsby_popper"].mean(), rel=1e-6)
    assert row["snijlijn_km"] == pytest.approx(measured["snijlijn_km"].sum() / 2, rel=1e-6)
    assert row["snijkanten"] == measured["snijranden"].sum() / 2
    assert row["gemeenten_gedeeld"] == len(split)
    assert row["kleinste"] == measured["inwoners"].min()
    assert row["grootste"] == measured["inwoners"].max()
    off = (measured["inwoners"] - measured["inwoners"].mean()).abs().mean()
    assert row["afwijking"] == pytest.approx(off)


@pytest.mark.real
@pytest.mark.timing
@pytest.mark.parametrize(
    ("province", "groups", "units", "least"),
    [(None, 117, 3340, 50_000), ("Utrecht", 9, 222, 80_000)],
)
def test_steps_per_second_with_all_statistics(
    shared_data, quiet_machine, province, groups, units, least
):
    problem = real_problem(shared_data, province, groups)
    state = real_start(problem, 1)
    assert (len(state.labels), len(state.pop)) == (units, groups)
    steps, seconds = 60_000, []
    out = np.zeros((steps, len(STATISTICS)))
    for _ in range(4):
        begin = time.process_time()
        accepted = run(problem.arrays, state, REAL_BAND, steps, 1, out, 0, NO_LABELS)
        seconds.append(time.process_time() - begin)
        assert accepted > steps / 3
    assert steps / np.median(seconds[1:]) >= least


@pytest.mark.real
@pytest.mark.timing
def test_the_cost_of_a_step_does_not_grow_with_the_map(shared_data, quiet_machine):
    # Fifteen times as many units and groups: only the caches of the processor notice.
    cost = []
    for province, groups in ((None, 117), ("Utrecht", 9)):
        problem = real_problem(shared_data, province, groups)
        state, out = real_start(problem, 1), np.zeros((0, len(STATISTICS)))
        run(problem.arrays, state, REAL_BAND, 20_000, 0, out, 0, NO_LABELS)
        begin = time.process_time()
        run(problem.arrays, state, REAL_BAND, 60_000, 0, out, 0, NO_LABELS)
        cost.append(time.process_time() - begin)
    assert cost[0] < 2 * cost[1]
