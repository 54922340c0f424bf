"""The Markov chain: every valid plan in its stated frequency, and the same in pieces."""

import copy
import pickle
from collections import Counter
from functools import cache

import numpy as np
import pytest
from scipy.stats import chi2

from oi_geo.candidates.rng import states
from oi_geo.candidates.sampler import STATISTICS, State, run, start_state
from tests.candidates.chaincases import (
    CASES,
    NO_LABELS,
    keys,
    labels_of,
    plans,
)
from tests.candidates.smallgraphs import arrays_of, grid

# Probability that a right sampler fails any of the chi-square tests of this file.
ERROR_RATE = 1e-6
# The least expected count of a cell in a chi-square test; rarer plans are put together.
SMALLEST_CELL = 5.0


def chi_square_p(seen: np.ndarray, share: np.ndarray) -> float:
    """Return the probability of counts at least this far off, with rare cells put together."""
    order = np.argsort(share)
    expected = share[order] * seen.sum()
    cell = np.floor(np.cumsum(expected) / SMALLEST_CELL).astype(int)
    cell = np.unique(cell, return_inverse=True)[1]
    wanted, got = np.bincount(cell, expected), np.bincount(cell, seen[order])
    return float(chi2.sf(((got - wanted) ** 2 / wanted).sum(), len(wanted) - 1))


@cache
def counts_after(name: str, steps: int) -> np.ndarray:
    """Count the plans that independent chains are at, each begun at an exact draw of the target.

    Begun there, a chain whose stationary distribution is the target is at an exact draw after any
    number of steps: the counts are multinomial, without any assumption on how fast it mixes.
    """
    case, arrays = CASES[name], CASES[name].arrays()
    found, share = plans(name)
    rng = np.random.default_rng(20240903)
    start = [labels_of(plan) for plan in found]
    position = {key: x for x, key in enumerate(keys(arrays, np.array(start)).tolist())}
    seen = np.zeros(len(found), np.int64)
    label_row = np.zeros((1, len(arrays.pop)), np.int32)
    out = np.zeros((0, len(STATISTICS)))
    chains = states(11, case.draws)
    for x, chain in zip(rng.choice(len(found), case.draws, p=share), chains, strict=True):
        state = start_state(arrays, start[x], case.band, chain)
        run(arrays, state, case.band, steps, 0, out, steps, label_row)
        seen[position[int(keys(arrays, label_row)[0])]] += 1
    return seen


@pytest.mark.parametrize("name", CASES)
def test_plans_come_out_as_often_as_stated(name):
    _, share = plans(name)
    assert chi_square_p(counts_after(name, 40), share) > ERROR_RATE / (len(CASES) + 2)


@pytest.mark.parametrize("name", ["3x3, three groups", "toy map, three groups"])
def test_one_long_chain_forgets_where_it_began(name):
    # 200 steps between two samples: the chain accepts dozens of plans in between.
    case, arrays = CASES[name], CASES[name].arrays()
    found, share = plans(name)
    state = start_state(arrays, labels_of(found[0]), case.band, states(5, 1)[0])
    rows = np.zeros((5000, len(arrays.pop)), np.int32)
    run(arrays, state, case.band, 200 * 5000, 0, np.zeros((0, 7)), 200, rows)
    name_of = keys(arrays, np.array([labels_of(plan) for plan in found]))
    tally = Counter(keys(arrays, rows).tolist())
    seen = np.array([tally.pop(key, 0) for key in name_of.tolist()])
    assert not tally
    assert chi_square_p(seen, share) > ERROR_RATE / (len(CASES) + 2)


@pytest.mark.parametrize("name", ["3x3, three groups", "5x5, five equal groups"])
def test_the_chi_square_rejects_a_uniform_distribution(name):
    # The number of trees varies between these plans, so uniform is wrong and must be seen to be.
    _, share = plans(name)
    assert share.max() > 2 * share.min()
    uniform = np.full(len(share), 1 / len(share))
    assert chi_square_p(counts_after(name, 40), uniform) < ERROR_RATE


@pytest.mark.parametrize("name", CASES)
def test_every_valid_plan_is_visited_and_no_other(name):
    case, arrays = CASES[name], CASES[name].arrays()
    found, _ = plans(name)
    state = start_state(arrays, labels_of(found[0]), case.band, states(2, 1)[0])
    wanted = set(keys(arrays, np.array([labels_of(plan) for plan in found])).tolist())
    rows, seen = np.zeros((20_000, len(arrays.pop)), np.int32), set()
    for _ in range(200):
        run(arrays, state, case.band, len(rows), 0, np.zeros((0, 7)), 1, rows)
        seen |= set(np.unique(keys(arrays, rows)).tolist())
        if seen == wanted:
            break
    assert seen == wanted


def test_the_number_of_plans_is_the_published_one():
    # Divisions of a grid in equal groups: OEIS A172477 (1, 2, 10, 117, 4006, …).
    assert len(plans("4x4, four equal groups")[0]) == 117
    assert len(plans("5x5, five equal groups")[0]) == 4006


def test_a_run_in_pieces_on_other_machines_is_the_same_run():
    case = CASES["4x4, two groups"]
    arrays = arrays_of(case.graph, gemeente=[i // 5 for i in range(16)])
    start = start_state(arrays, np.repeat([0, 1], 8).astype(np.int32), case.band, states(9, 1)[0])
    whole, pieces = copy.deepcopy(start), copy.deepcopy(start)
    out, rows = np.zeros((900, 7)), np.zeros((300, 16), np.int32)
    accepted = run(arrays, whole, case.band, 900, 1, out, 3, rows)
    at = 0
    for steps in (3, 297, 600):
        there: State = pickle.loads(pickle.dumps(pieces))
        out_part, rows_part = np.zeros((steps, 7)), np.zeros((steps // 3, 16), np.int32)
        accepted -= run(arrays, there, case.band, steps, 1, out_part, 3, rows_part)
        assert (out_part == out[at : at + steps]).all()
        assert (rows_part == rows[at // 3 : (at + steps) // 3]).all()
        pieces, at = there, at + steps
    assert accepted == 0
    assert all((one == other).all() for one, other in zip(whole, pieces, strict=True))
    assert len(np.unique(rows, axis=0)) > 10


def test_statistics_are_written_at_the_asked_steps_only():
    case = CASES["3x3, two groups"]
    arrays = case.arrays()
    begin = start_state(
        arrays, labels_of(plans("3x3, two groups")[0][0]), case.band, states(1, 1)[0]
    )
    each, tenth = np.zeros((95, 7)), np.zeros((10, 7))
    run(arrays, copy.deepcopy(begin), case.band, 95, 1, each, 0, NO_LABELS)
    run(arrays, copy.deepcopy(begin), case.band, 95, 10, tenth, 0, NO_LABELS)
    assert (tenth[:9] == each[9::10]).all()
    assert (tenth[9] == 0).all()


def test_a_table_that_is_too_short_is_refused():
    case = CASES["2x3, two groups"]
    arrays = case.arrays()
    state = start_state(arrays, np.array([0, 0, 0, 1, 1, 1], np.int32), case.band, states(1, 1)[0])
    with pytest.raises(ValueError, match="out is too short"):
        run(arrays, state, case.band, 10, 1, np.zeros((9, 7)), 0, NO_LABELS)
    with pytest.raises(ValueError, match="out_labels is too short"):
        run(arrays, state, case.band, 10, 0, np.zeros((0, 7)), 2, np.zeros((4, 6), np.int32))


@pytest.mark.parametrize(
    ("labels", "rules", "message"),
    [
        ([0, 1, 0, 1, 1, 1], {}, "not connected"),
        ([0, 0, 0, 2, 2, 2], {}, "empty"),
        ([-1, 0, 0, 1, 1, 1], {}, "every node"),
        ([0, 1, 1, 1, 1, 1], {}, "band"),
        ([0, 0, 0, 1, 1, 1], {"colour": [4, -1, 2, -1, -1, -1]}, "locked"),
        ([0, 0, 0, 1, 1, 1], {"apart": [(3, 5)]}, "apart"),
        ([0, 0, 0, 1, 1, 1], {"hard": [{0, 3}]}, "stay whole"),
    ],
)
def test_a_plan_that_is_not_valid_is_refused_as_start(labels, rules, message):
    arrays = arrays_of(grid(2, 3), **rules)
    with pytest.raises(ValueError, match=message):
        start_state(arrays, np.array(labels, np.int32), (2, 4), states(1, 1)[0])
