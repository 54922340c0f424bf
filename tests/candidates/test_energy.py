"""The objective against a twin that counts it in plain Python from the units."""

import itertools
from collections.abc import Sequence

import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from oi_geo.candidates.arrays import HARD
from oi_geo.candidates.candidate import figures_of
from oi_geo.candidates.energy import FORBIDDEN, PARTS, plan_parts
from oi_geo.candidates.problem import Problem, build_problem
from oi_geo.candidates.wishes import Weights, Whole, Wishes
from oi_geo.plan import Plan
from tests.candidates.toy import (
    code,
    plan_by_letters,
    random_area,
    random_groups,
    toy,
    unit_labels,
)
from tests.effort import tries

SEEDS = st.integers(0, 2**32 - 1)


def random_problem(rng: np.random.Generator) -> Problem:
    """Draw a problem in which every part of the objective counts."""
    area = random_area(rng)
    units = list(area.units.index)
    low = int(rng.integers(1, 40))

    def some_of(share: float, names: Sequence[str]) -> pd.Series:
        found = {c: str(rng.choice(list(names))) for c in units if rng.random() < share}
        return pd.Series(found, dtype="str")

    def pairs(count: int) -> tuple[tuple[str, str], ...]:
        found = [tuple(rng.choice(units, 2, replace=False)) for _ in range(count)]
        return tuple((str(a), str(b)) for a, b in found)

    flows = pd.DataFrame(
        [(*rng.choice(units, 2), int(rng.integers(1, 30))) for _ in range(12)],
        columns=["woont", "praktijk", "aantal"],
    )
    wishes = Wishes(
        "regio",
        low,
        low + int(rng.integers(10, 120)),
        counted="ion" if rng.random() < 0.3 else "inwoners",
        groups=None,
        gemeente=str(rng.choice(["hard", "voorkeur", "nee"])),
        whole=(
            Whole("kern", some_of(0.5, "pq"), "voorkeur", 3.0),
            Whole("wsv", some_of(0.3, "rs")),
        ),
        within=some_of(0.3, "o") if rng.random() < 0.3 else None,
        apart=pairs(2),
        locks=some_of(0.2, ["Noord", "Zuid"]).to_dict(),
        today=some_of(0.8, "uvw"),
        flows=flows,
        weights=Weights(*(float(x) for x in rng.integers(0, 5, 6))),
    )
    return build_problem(area, wishes)


def contradicts(problem: Problem) -> bool:
    """Tell whether one node holds two locks, or a pair that should be apart: no plan is made."""
    wishes = problem.wishes
    node = pd.Series(problem.node, problem.area.units.index)
    locks = {(node[c], name) for c, name in wishes.locks.items() if node[c] >= 0}
    return len(locks) > len({n for n, _ in locks}) or any(
        node[a] == node[b] >= 0 for a, b in wishes.apart
    )


def split(problem: Problem, labels: np.ndarray) -> pd.Series:
    """Return the group of each unit that is in the search."""
    units = pd.Series(unit_labels(problem, labels), problem.area.units.index)
    return units[units >= 0]


def twin(problem: Problem, labels: np.ndarray) -> dict[str, float]:
    """Count every part of the objective from the units."""
    area, wishes, weights = problem.area, problem.wishes, problem.wishes.weights
    group = split(problem, labels)
    node = pd.Series(problem.node, area.units.index)
    people = people_of(problem)[group.index]
    each = people.groupby(group).sum()
    n_groups = int(problem.groups.sum())
    target = people.sum() / n_groups
    points = {
        "snijlijn": snijlijn(problem, group) * weights.snijlijn,
        "afwijking": share((each - target).abs().sum(), people.sum()) * weights.afwijking,
        "stromen": stromen(problem, group) * weights.stromen,
        "wijziging": wijziging(problem, group, people) * weights.wijziging,
        "gemeenten": 0.0,
        "gehelen": 0.0,
        "verboden": 0.0,
    }
    points["verboden"] += sum(
        1 + (max(wishes.low - p, p - wishes.high)) / wishes.high
        for p in each
        if not wishes.low <= p <= wishes.high
    )
    everyone, side = people_of(problem), pd.Series("", area.units.index)
    if wishes.within is not None:
        side = wishes.within.reindex(side.index).fillna("")
    for kind, parts, firm, price in divisions_of(problem):
        for name in sorted(parts.dropna().unique()):
            everywhere = parts.index[parts == name]
            members = [c for c in everywhere if c in group.index]
            loose = not firm
            for one in set(side[everywhere]):
                whole = everywhere[side[everywhere] == one]
                here = [c for c in whole if c in group.index]
                if not firm or everyone[whole].sum() > wishes.high:
                    loose |= bool(here)
                elif len(set(node[here])) > 1:
                    points["verboden"] += len(set(group[here]))
            if loose and len(set(node[members])) > 1:
                met = len(set(group[members]))
                points["gemeenten" if kind == "gemeente" else "gehelen"] += met * price
    locked = {(group[c], name) for c, name in wishes.locks.items() if c in group.index}
    points["verboden"] += len(locked) - len({g for g, _ in locked})
    for a, b in wishes.apart:
        if a in group.index and b in group.index and group[a] == group[b]:
            points["verboden"] += 1
    points["verboden"] += ties(problem, group, node)
    return points


def people_of(problem: Problem) -> pd.Series:
    area = problem.area
    if problem.wishes.counted == "inwoners":
        return area.units["inwoners"]
    return area.practices.groupby("eenheid")["ion"].sum().reindex(area.units.index).fillna(0)


def share(part: float, whole: float) -> float:
    """Return a percentage; 0 of nothing."""
    return 100 * part / whole if whole else 0.0


def divisions_of(problem: Problem):
    wishes = problem.wishes
    price = wishes.weights.gemeenten if wishes.gemeente != "nee" else 0.0
    yield "gemeente", problem.area.units["gemeentecode"], wishes.gemeente == "hard", price
    for whole in wishes.whole:
        yield whole.kind, whole.parts, whole.firm == "hard", whole.weight


def ties(problem: Problem, group: pd.Series, node: pd.Series) -> int:
    """Count the groups that each set of units locked together lies in, where it is not one node.

    A set carries along what must stay whole with it: other sets and hard divisions that it meets.
    """
    locks = problem.wishes.locks
    sets = [{c for c in locks if locks[c] == name} for name in set(locks.values())]
    sets = [members for members in sets if len(members) > 1]
    firm = [set(part) for part in firm_parts(problem)]
    total = 0
    while sets:
        bound = sets.pop()
        while met := [x for x in (*sets, *firm) if x & bound and not x <= bound]:
            bound = bound.union(*met)
            sets = [x for x in sets if not x <= bound]
        sets = [x for x in sets if not x <= bound]
        here = [c for c in bound if c in group.index]
        if len(set(node[here])) > 1:
            total += len(set(group[here]))
    return total


def firm_parts(problem: Problem):
    """Give the units of each part that must stay whole and can.

    Those that stand outside the search too: a lock that holds one of them meets the others by it.
    """
    area, wishes, people = problem.area, problem.wishes, people_of(problem)
    side = pd.Series("", area.units.index)
    if wishes.within is not None:
        side = wishes.within.reindex(side.index).fillna("")
    for _, parts, firm, _ in divisions_of(problem):
        for _, units in parts.groupby([parts, side]) if firm else ():
            if people[units.index].sum() <= wishes.high:
                yield list(units.index)


def snijlijn(problem: Problem, group: pd.Series) -> float:
    """Return how much of the borders between nodes is cut; half counts where one is left out."""
    graph, inside = problem.area.graph, problem.node >= 0
    cut, whole = 0.0, 0.0
    for a, b, metres in zip(graph.left, graph.right, graph.border_m, strict=True):
        counts = (int(inside[a]) + int(inside[b])) / 2 * metres
        if counts and problem.node[a] != problem.node[b]:
            whole += counts
            same = inside[a] and inside[b] and group[graph.codes[a]] == group[graph.codes[b]]
            cut += 0.0 if same else counts
    return share(cut, whole)


def stromen(problem: Problem, group: pd.Series) -> float:
    """Return how many of all patients go to a practice in another group that is being made."""
    away, whole = 0.0, 0.0
    for woont, praktijk, count in problem.wishes.flows.itertuples(index=False):
        whole += count
        if woont in group.index and praktijk in group.index:
            away += count if group[woont] != group[praktijk] else 0
    return share(away, whole)


def wijziging(problem: Problem, group: pd.Series, people: pd.Series) -> float:
    """Count pairs of people, unit by unit, that are together in only one of the two divisions.

    Less the pairs of today, which every plan has alike and `Problem.constant` holds.
    """
    today = problem.wishes.today.reindex(group.index).dropna()
    changed, now = 0.0, 0.0
    for a, b in itertools.product(today.index, repeat=2):
        pairs = people[a] * people[b]
        now += pairs * (today[a] == today[b])
        changed += pairs * ((today[a] == today[b]) != (group[a] == group[b]))
    return share(changed - now, now)


@given(SEEDS)
@settings(max_examples=tries(80))
def test_every_part_is_that_of_the_twin(seed: int):
    rng = np.random.default_rng(seed)
    problem = random_problem(rng)
    if not len(problem.arrays.pop) or contradicts(problem):
        return
    labels = random_groups(rng, problem, int(rng.integers(1, 4)))
    n_groups = int(labels.max()) + 1
    parts = plan_parts(problem.arrays, problem.price, labels, n_groups)
    found = dict(zip(PARTS, parts.sum(axis=0), strict=True))
    for part, points in twin(problem, labels).items():
        assert found[part] == pytest.approx(points, abs=1e-9), part


@given(SEEDS)
@settings(max_examples=tries(25))
def test_distance_is_that_to_the_nearest_practice_of_the_group(seed: int):
    rng = np.random.default_rng(seed)
    area = random_area(rng)
    weights = Weights(afstand=1.0)
    problem = build_problem(area, Wishes("regio", 1, 500, gemeente="nee", weights=weights))
    if not len(problem.arrays.pop):
        return
    labels = random_groups(rng, problem, int(rng.integers(1, 4)))
    parts = plan_parts(problem.arrays, problem.price, labels, int(labels.max()) + 1)
    point = shapely.point_on_surface(area.units.geometry.to_numpy())
    places = {int(area.units.index.get_loc(c)) for c in area.practices["eenheid"]}
    group = unit_labels(problem, labels)
    total = 0.0
    for i, people in enumerate(area.units["inwoners"]):
        if group[i] >= 0:
            near = [shapely.distance(point[i], point[j]) for j in places if group[j] == group[i]]
            far = max(shapely.distance(point[i], point[j]) for j in places)
            total += people * (min(near) if near else far)
    # One point is 100 m on average.
    people = area.units["inwoners"][group >= 0].sum()
    assert parts[:, PARTS.index("afstand")].sum() == pytest.approx(total / people / 100, rel=1e-5)


def test_distance_in_a_band_on_ion_is_an_average_over_inhabitants():
    """A and B have 1000 inhabitants each, B's live 1 km from the practice: 500 m on average."""
    practices = [{"eenheid": code("A"), "ion": 400.0}]
    problem = build_problem(
        toy("AB", practices=practices),
        Wishes("regio", 1, 400, counted="ion", gemeente="nee", weights=Weights(afstand=1.0)),
    )
    parts = plan_parts(problem.arrays, problem.price, np.zeros(2, np.int32), 1)
    assert parts[0, PARTS.index("afstand")] == pytest.approx(5.0)


@given(SEEDS)
@settings(max_examples=tries(25))
def test_cut_border_is_that_of_the_graph(seed: int):
    """Where nothing is left out or contracted, points are a percentage of all borders."""
    rng = np.random.default_rng(seed)
    area = random_area(rng)
    problem = build_problem(area, Wishes("regio", 1, 1000, gemeente="nee"))
    graph = area.graph
    if len(problem.arrays.pop) < len(area.units) or not len(graph.border_m):
        return
    labels = random_groups(rng, problem, 2)
    parts = plan_parts(problem.arrays, problem.price, labels, int(labels.max()) + 1)
    names = tuple(str(i) for i in range(int(labels.max()) + 1))
    km = figures_of(problem, Plan("regio", area.units.index, names, labels)).snijlijn_km
    assert parts[:, PARTS.index("snijlijn")].sum() == pytest.approx(
        100 * km * 1e3 / graph.border_m.sum()
    )


def test_a_drawn_plan():
    """AB|CD over EF|GH: 2 of 10 km is cut, both gemeenten are whole, nobody lives too far."""
    area = toy("ABcd\nEFgh")
    problem = build_problem(area, Wishes("regio", 4000, 4000, gemeente="voorkeur"))
    plan = plan_by_letters(area, "ABEF", "cdgh")
    parts = plan_parts(problem.arrays, problem.price, plan.labels, 2)
    assert parts.sum(axis=0).tolist() == pytest.approx([0, 20, 0, 4, 0, 0, 0, 0])
    across = plan_by_letters(area, "ABcd", "EFgh")
    parts = plan_parts(problem.arrays, problem.price, across.labels, 2)
    assert parts.sum(axis=0).tolist() == pytest.approx([0, 40, 0, 8, 0, 0, 0, 0])
    # Both plans have the four points of two gemeenten in one piece each.
    assert problem.constant == 4.0


def test_a_group_above_and_one_below_the_band():
    problem = build_problem(toy("ABCDEF"), Wishes("regio", 2000, 4000, gemeente="nee"))
    labels = np.array([0, 1, 1, 1, 1, 1], np.int32)
    parts = plan_parts(problem.arrays, problem.price, labels, 2)
    assert parts[:, FORBIDDEN].tolist() == [1 + 1000 / 4000, 1 + 1000 / 4000]


def test_a_group_that_hangs_apart_is_a_breach():
    problem = build_problem(toy("ABCD"), Wishes("regio", 1000, 4000, gemeente="nee"))
    labels = np.array([0, 1, 1, 0], np.int32)
    parts = plan_parts(problem.arrays, problem.price, labels, 2)
    assert parts[:, FORBIDDEN].tolist() == [1.0, 0.0]


def test_a_block_that_must_stay_whole_costs_one_breach_per_piece():
    area = toy("ABCD", gemeenten={"X": "AD", "Y": "B", "Z": "C"})
    problem = build_problem(area, Wishes("regio", 1000, 4000))
    whole = plan_parts(problem.arrays, problem.price, np.zeros(4, np.int32), 1)
    cut = plan_parts(problem.arrays, problem.price, np.array([0, 0, 1, 1], np.int32), 2)
    assert HARD * whole[:, FORBIDDEN].sum() == problem.constant
    assert HARD * cut[:, FORBIDDEN].sum() == problem.constant + HARD


def test_parts_are_shares_that_do_not_depend_on_the_size_of_the_map():
    for people, links in itertools.product((1000, 7), ((), ("AD",))):
        area = toy("ABCD", people, links=links)
        problem = build_problem(area, Wishes("regio", people, 4 * people, groups=2, gemeente="nee"))
        labels = np.array([0, 0, 0, 1], np.int32)
        parts = plan_parts(problem.arrays, problem.price, labels, 2).sum(axis=0)
        # A third of the borders is cut; half of the people is away from two groups of two, which
        # counts half.
        assert parts.tolist() == pytest.approx([0, 100 / 3, 25, 0, 0, 0, 0, 0])


def test_a_target_is_kept_also_with_a_number_of_groups():
    area = toy("ABCD")
    for groups in (None, 2):
        wishes = Wishes("regio", 1000, 4000, target=3000, groups=groups, gemeente="nee")
        problem = build_problem(area, wishes)
        assert problem.price.target == 3000
