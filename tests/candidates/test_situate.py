"""A proposal beside an ensemble, on a map whose valid plans can all be written out."""

import math
import re
from functools import cache
from itertools import permutations

import numpy as np
import pandas as pd
import pytest

from oi_geo.candidates.context import compare, withheld
from oi_geo.candidates.ensemble import sample
from oi_geo.candidates.problem import Problem, build_problem
from oi_geo.candidates.situate import COUNTED_AT_ONCE, SPLIT, Context, _Seen, few, situate
from oi_geo.candidates.standing import COMPARED, standing
from oi_geo.candidates.streams import read_plans
from oi_geo.candidates.wishes import Wishes
from oi_geo.plan import UNASSIGNED, Plan
from tests.candidates.smallgraphs import tree_count
from tests.candidates.toy import all_plans, code, codes, groups_of, node_graph, plan_by_letters, toy

# A square of four wijken has four spanning trees and a row of four has one, so that the plan of two
# squares comes out sixteen times as often as that of two rows.
PICTURE = """
    ABCD
    EFGH
"""
PEOPLE = {"A": 900.0, "B": 1100.0, "C": 1000.0, "D": 1200.0, "E": 800.0, "F": 1000.0, "G": 1300.0}
STEPS, CHAINS = 200_000, 2
# Of each chain 1.000 plans are kept, 200 steps apart, when a chain over seven plans has long
# forgotten where it was; 800 are left after burn-in. A mean of 1.600 shares between 0 and 1 has a
# standard error of at most 0.5 / 40 = 0.0125; four of those.
ERROR = 0.05
# Rows lie 10 steps apart, and there are 32.000 of them: no less certain.


@cache
def small_problem() -> Problem:
    wishes = Wishes("wijk", 3000, 5000, gemeente="nee", groups=2)
    return build_problem(toy(PICTURE, PEOPLE), wishes)


@pytest.fixture(scope="module")
def sampled(tmp_path_factory):
    folder = tmp_path_factory.mktemp("ensemble")
    return sample(small_problem(), folder, steps=STEPS, chains=CHAINS, seed=8)


@cache
def every_plan() -> tuple[list[Plan], np.ndarray]:
    """Return all valid plans, and how often each has to come out."""
    problem = small_problem()
    graph, units = node_graph(problem), problem.area.units.index
    plans, weight = [], []
    for parts in all_plans(problem, 2):
        weight.append(np.prod([tree_count(graph, part) for part in parts]))
        where = {i: str(number) for number, part in enumerate(parts) for i in part}
        mapping = {c: where[int(problem.node[u])] for u, c in enumerate(units)}
        plans.append(Plan.from_mapping(mapping, units, "wijk"))
    return plans, np.array(weight) / np.sum(weight)


def people() -> pd.Series:
    return small_problem().area.units["inwoners"]


def expected_share(regio: set[str], unit: str, weight: np.ndarray) -> float:
    """Weigh, plan by plan, the part of the rest of a regio that lies with a unit."""
    rest = sorted(regio - {unit})
    shares = [
        people()[[c for c in rest if c in group]].sum() / people()[rest].sum()
        for plan in every_plan()[0]
        for group in groups_of(plan)
        if unit in group
    ]
    return float(np.dot(weight, shares))


def moved(one: Plan, other: Plan) -> float:
    """Try every way to match the groups of two plans, and take the fewest people that move."""
    kept = [
        sum(people()[sorted(a & b)].sum() for a, b in zip(groups_of(one), order, strict=True))
        for order in permutations(groups_of(other))
    ]
    return 1 - max(kept) / people().sum()


PROPOSAL = ("ABEF", "CDGH")


@pytest.fixture(scope="module")
def context(sampled) -> Context:
    return situate(small_problem(), plan_by_letters(small_problem().area, *PROPOSAL), sampled)


def test_plans_and_draws_are_those_after_burn_in(context):
    assert context.plans == 1600
    assert {name: draws.shape for name, draws in context.draws.items()} == dict.fromkeys(
        COMPARED, (CHAINS, 16_000)
    )
    assert context.converged
    assert not context.cut_short


def test_shares_are_those_of_the_stated_distribution(context):
    _, weight = every_plan()
    uniform = np.full(len(weight), 1 / len(weight))
    worst = 0.0
    assert [one.groep for one in context.together] == list(PROPOSAL)
    for one in context.together:
        regio = {code(letter) for letter in one.groep}
        for unit, share in one.aandeel.items():
            assert share == pytest.approx(expected_share(regio, unit, weight), abs=ERROR)
            worst = max(worst, abs(share - expected_share(regio, unit, uniform)))
    assert worst > 2 * ERROR, "plans in equal shares would not pass"


def test_percentiles_are_those_of_the_stated_distribution(context):
    problem = small_problem()
    plans, weight = every_plan()
    own = standing(problem, plan_by_letters(problem.area, *PROPOSAL))
    for special in compare(own, context.draws, groups=2):
        if special.vast:
            continue
        values = np.array([standing(problem, plan)[special.maat] for plan in plans])
        equal = np.isclose(values, own[special.maat])
        lower = (values < own[special.maat]) & ~equal
        assert special.waarde == own[special.maat]
        assert special.aandeel_lager == pytest.approx(weight[lower].sum(), abs=ERROR)
        assert special.aandeel_gelijk == pytest.approx(weight[equal].sum(), abs=ERROR)
        middle = weight[lower].sum() + weight[equal].sum() / 2
        assert special.percentiel == pytest.approx(middle, abs=ERROR)


@pytest.mark.parametrize("groups", [PROPOSAL, ("ABFG", "CDEH")])
def test_where_few_plans_differ_the_proposal_is_ranked_among_them(sampled, groups):
    problem = small_problem()
    plans, _ = every_plan()
    proposal = plan_by_letters(problem.area, *groups)
    context = situate(problem, proposal, sampled)
    assert (context.few, context.different) == (True, len(plans))
    # A proposal that is no valid plan is held against all of them.
    others = [plan for plan in plans if moved(plan, proposal) > 0]
    assert len(others) == len(plans) - bool(context.drawn)
    own = standing(problem, proposal)
    for special in context.specials:
        assert np.isnan([special.percentiel, special.aandeel_lager, *special.interval]).all()
        assert "%" not in special.zin
        assert "getrokken" not in special.zin
        values = np.array([standing(problem, plan)[special.maat] for plan in others])
        same = np.isclose(values, own[special.maat])
        counts = [((values < own[special.maat]) & ~same).sum(), same.sum()]
        counts.append(len(others) - sum(counts))
        if not special.vast:
            numbers = {int(n) for n in re.findall(r"\d+", special.zin)} - {len(others)}
            assert numbers == {n for n in counts if n} - {len(others)}
    compact = next(one for one in context.specials if one.maat == "polsby_popper")
    if groups == PROPOSAL:  # two squares
        assert compact.zin == (
            "Het voorstel is compacter dan alle 6 geldige plannen die ernaast gevonden zijn."
        )


@pytest.mark.parametrize(
    ("times", "verdict"),
    [
        ([2] * 49, True),
        ([2] * 50, False),
        ([97, 2, 1], True),
        ([96, 2, 1], False),  # one in ninety-nine was new: there may be many more
        ([30, *[1] * 10], False),  # one plan that comes often, and ever new ones beside it
        ([1], False),
        ([], False),
    ],
)
def test_few_plans_are_few_only_where_they_come_back(times, verdict):
    assert few(times) is verdict


def test_a_plan_that_differs_where_nobody_lives_is_the_proposal_itself(tmp_path):
    area = toy("AXBC", {"A": 1000.0, "B": 1000.0, "C": 1000.0, "X": 0.0})
    problem = build_problem(area, Wishes("wijk", 1000, 2000, gemeente="nee", groups=2))
    made = sample(problem, tmp_path, steps=2000, chains=2)
    context = situate(problem, plan_by_letters(area, "A", "XBC"), made)
    # A | XBC, AX | BC and AXB | C: two divisions of the people.
    assert context.different == 2
    (near,) = [one for one in context.nearest if one.distance == pytest.approx(1 / 3)]
    assert context.nearest == (near,)
    cut = {frozenset(codes("A")), frozenset(codes("AX"))}
    assert context.drawn == sum(
        any(frozenset(area.units.index[plan.labels[problem.node] == g]) in cut for g in (0, 1))
        for plan in read_plans(tmp_path)
        if plan.stap > 400
    )


def test_who_stops_gets_what_was_counted_of_every_chain(sampled):
    context = situate(
        small_problem(),
        plan_by_letters(small_problem().area, *PROPOSAL),
        sampled,
        stop=lambda: True,
    )
    assert (context.plans, context.cut_short) == (COUNTED_AT_ONCE, True)
    kept = [
        stored.labels
        for chain in range(CHAINS)
        for stored in [plan for plan in read_plans(sampled.folder, chain) if plan.stap > STEPS / 5][
            : COUNTED_AT_ONCE // CHAINS
        ]
    ]
    order = list(small_problem().area.units.index)
    node = {c: small_problem().node[order.index(c)] for c in order}
    rest = [code(letter) for letter in "BEF"]
    total = people()[rest].sum()
    together = [
        sum(people()[c] for c in rest if labels[node[c]] == labels[node[code("A")]]) / total
        for labels in kept
    ]
    assert context.together[0].aandeel[code("A")] == pytest.approx(np.mean(together))
    # The measures are those of all plans all the same.
    assert context.draws["kleinste"].shape == (CHAINS, 16_000)


@pytest.mark.parametrize("groups", [PROPOSAL, ("ABCD", "EFGH"), ("AH", "BCDEFG")])
def test_the_nearest_plans_are_the_nearest_of_all(sampled, groups):
    """Every plan is among the kept ones: the rarest has a chance of 1 in 25 at each of 1.600."""
    plans, weight = every_plan()
    assert weight.min() > 0.01
    proposal = plan_by_letters(small_problem().area, *groups)
    context = situate(small_problem(), proposal, sampled)
    found = context.nearest
    # The proposal itself does not resemble itself; how often it was drawn is counted.
    wanted = sorted(moved(plan, proposal) for plan in plans if moved(plan, proposal) > 0)[:3]
    itself = [w for plan, w in zip(plans, weight, strict=True) if moved(plan, proposal) == 0]
    assert context.drawn / context.plans == pytest.approx(sum(itself), abs=ERROR)
    assert bool(context.drawn) == bool(itself)
    assert [near.distance for near in found] == pytest.approx(wanted)
    for near in found:
        assert moved(near.plan, proposal) == pytest.approx(near.distance)
    divisions = [frozenset(groups_of(near.plan)) for near in found]
    assert len(set(divisions)) == 3
    assert set(divisions) <= {frozenset(groups_of(plan)) for plan in plans}


def test_doubtful_units_lie_at_the_border_beyond_an_even_chance(sampled):
    area, (_, weight) = small_problem().area, every_plan()
    (one,) = situate(small_problem(), plan_by_letters(area, "ABEFC"), sampled).together
    regio = {code(letter) for letter in "ABEFC"}
    # C lies with D and G more often than with the rest of this regio; B, F, D and G are certain.
    assert [(doubt.eenheid, doubt.erbij) for doubt in one.twijfel] == [(code("C"), True)]
    (doubt,) = one.twijfel
    assert doubt.aandeel == one.aandeel[code("C")]
    assert doubt.aandeel == pytest.approx(expected_share(regio, code("C"), weight), abs=ERROR)
    assert doubt.zin.startswith("Wijk C (WK0001CC) zit")


def test_a_part_of_the_area_has_no_place_as_a_whole(sampled):
    part = plan_by_letters(small_problem().area, "ABEF")
    context = situate(small_problem(), part, sampled)
    assert all(np.isnan(special.waarde) for special in context.specials)
    assert all(np.isnan(special.percentiel) for special in context.specials)
    # Its four wijken lie together in the plan of squares, and in plans that add to them.
    assert context.nearest[0].distance == 0
    assert context.plans == 1600


def test_units_outside_the_ensemble_have_no_share(tmp_path):
    """X is too large by itself, and gemeente CG is one node; both are seen as units."""
    picture = """
        ABCDX
        EFGHX
    """
    area = toy(picture, {"X": 9000.0, **PEOPLE}, gemeenten={"Samen": "CG", "Groot": "X"})
    area.units.loc[~area.units["gemeentecode"].isin(["GMSamen", "GMGroot"]), "gemeentecode"] = [
        f"GM{i}" for i in range(6)
    ]
    problem = build_problem(area, Wishes("wijk", 3000, 5000, groups=3))
    assert problem.alone == ((code("X"),),)
    proposal = plan_by_letters(area, "ABEF", "CDGH", "X")
    made = sample(problem, tmp_path, steps=2000, chains=2)
    context = situate(problem, proposal, made)
    assert [one.groep for one in context.together] == ["ABEF", "CDGH"]
    for one in context.together:
        assert one.aandeel.index.equals(area.units.index)
        assert one.aandeel.isna().to_list() == [c == code("X") for c in area.units.index]
    # C and G are one node: a plan has both or neither, so that each is with the other always.
    shares = situate(problem, plan_by_letters(area, "CG"), made).together[0].aandeel
    assert shares[code("C")] == shares[code("G")] == 1
    for near in context.nearest:
        assert frozenset({code("X")}) in groups_of(near.plan)
        assert (near.plan.labels != UNASSIGNED).all()


def test_a_proposal_outside_the_ensemble_resembles_nothing(tmp_path):
    area = toy("ABCDX\nEFGHX", {"X": 9000.0, **PEOPLE})
    problem = build_problem(area, Wishes("wijk", 3000, 5000, gemeente="nee", groups=3))
    context = situate(
        problem, plan_by_letters(area, "X"), sample(problem, tmp_path, steps=100, chains=1)
    )
    assert (context.nearest, context.together, context.plans) == ((), (), 0)


def test_chains_that_share_no_plan_tell_nothing():
    """Two chains that each draw plans of their own, though every measure agrees."""
    lived_in = np.ones(4, bool)
    seen = _Seen(np.array([0, 0, 1, 1], np.int32), lived_in)
    seen.add(np.array([0, 0, 1, 1], np.int32), 0)
    seen.add(np.array([1, 1, 0, 0], np.int32), 1)
    assert not seen.split
    seen.add(np.array([0, 1, 0, 1], np.int32), 2)
    assert seen.split


def test_of_what_is_withheld_nothing_is_claimed(context: Context):
    for special in context.specials:
        one = withheld(special, SPLIT)
        assert not one.geconvergeerd
        assert all(map(math.isnan, (one.percentiel, *one.interval, one.aandeel_lager)))
        assert SPLIT in one.zin
