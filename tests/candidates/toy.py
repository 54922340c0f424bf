"""Drawn study areas for the tests of candidates, and twins of the objective in plain Python."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

import networkx as nx
import numpy as np
import pandas as pd

from oi_geo.candidates.arrays import HARD
from oi_geo.candidates.energy import plan_parts
from oi_geo.candidates.problem import Problem
from oi_geo.candidates.wishes import Wishes
from oi_geo.contiguity import Link
from oi_geo.plan import UNASSIGNED, Plan
from oi_geo.study_area import StudyArea, study_area
from tests.candidates.smallgraphs import Partition, partitions
from tests.conftest import draw, practice_table


def code(letter: str) -> str:
    """Return the unit code that `draw` gives a letter."""
    return f"WK000{2 if letter.islower() else 1}{letter.upper() * 2}"


def codes(letters: str) -> list[str]:
    return [code(letter) for letter in letters]


def toy(
    picture: str,
    people: Mapping[str, float] | float = 1000.0,
    *,
    gemeenten: Mapping[str, str] | None = None,
    links: tuple[str, ...] = (),
    practices: list[dict[str, object]] | None = None,
) -> StudyArea:
    """Draw a study area with inhabitants per letter, 1000 where the mapping does not tell.

    `gemeenten` maps the name of a gemeente to the letters of its units (`GM` plus the name is its
    code); `links` are pairs of letters, such as `'AD'`.
    """
    units = draw(picture)
    number = people if isinstance(people, Mapping) else {}
    usual = 1000.0 if isinstance(people, Mapping) else people
    letters = [name.removeprefix("Wijk ") for name in units["naam"]]
    units["inwoners"] = [float(number.get(letter, usual)) for letter in letters]
    for name, members in (gemeenten or {}).items():
        units.loc[codes(members), ["gemeentecode", "gemeentenaam"]] = [f"GM{name}", name]
    area = study_area(units, practices=practice_table(practices or []))
    if links:
        register = [Link(code(a), code(b), "brug", "in een toets") for a, b in links]
        area = replace(area, graph=area.graph.with_links(register))
    return area


def plan_by_letters(area: StudyArea, *groups: str) -> Plan:
    """Make a plan whose groups are called after their letters."""
    return Plan.from_mapping(
        {code(letter): group for group in groups for letter in group}, area.units.index
    )


def groups_of(plan: Plan) -> set[frozenset[str]]:
    """Return the groups of a plan as sets of unit codes."""
    return {frozenset(plan.members(group)) for group in plan.groups}


def sets_of(labels: np.ndarray) -> Partition:
    """Return a labelling of nodes as a set of groups."""
    return frozenset(
        frozenset(np.flatnonzero(labels == group).tolist()) for group in np.unique(labels)
    )


def labels_of(plan: Partition, n: int) -> np.ndarray:
    """Number the groups of a plan of nodes in the order of their smallest node."""
    labels = np.full(n, -1, np.int32)
    for number, group in enumerate(sorted(plan, key=min)):
        labels[list(group)] = number
    return labels


def node_graph(problem: Problem) -> nx.Graph:
    """Build the graph of nodes from the units, not from the arrays of the problem."""
    graph = nx.Graph()
    graph.add_nodes_from(range(int(problem.node.max(initial=-1)) + 1))
    area, within = problem.area, problem.wishes.within
    where = pd.Series("", area.units.index) if within is None else within
    division = where.reindex(area.units.index).fillna("")
    for a, b in [
        *zip(area.graph.left, area.graph.right, strict=True), *area.graph.link_positions()
    ]:  # fmt: skip
        u, v = int(problem.node[a]), int(problem.node[b])
        if u != v and min(u, v) >= 0 and division.iloc[a] == division.iloc[b]:
            graph.add_edge(u, v)
    return graph


def counted(problem: Problem) -> list[int]:
    """Count the people of each node from the units."""
    area, wishes = problem.area, problem.wishes
    people = area.units["inwoners"].fillna(0)
    if wishes.counted == "ion":
        huisarts = area.practices[area.practices["discipline"] == "huisarts"]
        people = huisarts.groupby("eenheid")["ion"].sum().reindex(area.units.index).fillna(0)
    return [round(people[problem.node == i].sum()) for i in range(problem.node.max(initial=-1) + 1)]


def all_plans(
    problem: Problem, groups: int | None = None, *, low: int | None = None, high: int | None = None
) -> Iterator[Partition]:
    """Yield every plan of the nodes in connected groups within the band that keeps all rules."""
    wishes, graph, people = problem.wishes, node_graph(problem), counted(problem)
    low, high = wishes.low if low is None else low, wishes.high if high is None else high
    kept = must_hold(problem)
    total = sum(people)
    numbers = [groups] if groups is not None else range(-(-total // high), total // low + 1)
    for k in numbers:
        yield from partitions(
            graph,
            k,
            lambda group: sum(people[i] for i in group) <= high,
            lambda group: sum(people[i] for i in group) >= low and kept(group),
        )


def must_hold(problem: Problem) -> Callable[[frozenset[int]], bool]:
    """Return the check of one group against locks, pairs and what must stay whole, by units."""
    area, wishes = problem.area, problem.wishes
    units = list(area.units.index)
    inside = {c for c, node in zip(units, problem.node, strict=True) if node >= 0}
    ties = [set(pair) & inside for pair in wishes.together]
    ties += [
        {c for c, lock in wishes.locks.items() if lock == name} & inside
        for name in set(wishes.locks.values())
    ]
    wholes = [whole.parts for whole in wishes.whole if whole.firm == "hard"]
    if wishes.gemeente == "hard":
        wholes.append(area.units["gemeentecode"])
    people = area.units["inwoners"].fillna(0)
    division = pd.Series("", units)
    if wishes.within is not None:
        division = wishes.within.reindex(units).fillna("")
    for parts in wholes:
        for name in parts.dropna().unique():
            for side in division.unique():
                members = [c for c in units if parts.get(c) == name and division[c] == side]
                if people[members].sum() <= wishes.high:
                    ties.append(set(members) & inside)

    def check(group: frozenset[int]) -> bool:
        here = {c for c, node in zip(units, problem.node, strict=True) if node in group}
        if any(tie & here and not tie <= here for tie in ties):
            return False
        if any(a in here and b in here for a, b in wishes.apart):
            return False
        return len({wishes.locks[c] for c in here if c in wishes.locks}) <= 1

    return check


def random_people(rng: np.random.Generator, letters: str, most: int = 30) -> dict[str, float]:
    return {letter: float(rng.integers(1, most)) for letter in letters}


def unit_labels(problem: Problem, labels: np.ndarray) -> np.ndarray:
    """Carry the groups of nodes over to the units; -1 outside the search."""
    return np.where(problem.node >= 0, np.asarray(labels)[np.maximum(problem.node, 0)], UNASSIGNED)


def random_area(rng: np.random.Generator, rows: int = 3, columns: int = 4) -> StudyArea:
    """Draw a map of random units, some in pieces, in three gemeenten, with practices."""
    cells = rng.choice(list("ABCDEFGHIJ"), (rows, columns))
    used = sorted(set(cells.ravel()))
    names = rng.choice(list("XYZ"), len(used))
    practices = [
        {"eenheid": code(letter), "ion": float(rng.integers(0, 50))}
        for letter in rng.choice(used, 4)
    ]
    return toy(
        "\n".join("".join(row) for row in cells),
        {letter: float(rng.integers(0, 40)) for letter in used},
        gemeenten={
            name: "".join(x for x, y in zip(used, names, strict=True) if x and y == name)
            for name in set(names)
        },
        practices=practices,
    )


def random_groups(rng: np.random.Generator, problem: Problem, count: int) -> np.ndarray:
    """Let random nodes grow into about `count` connected groups in each connected part."""
    graph = node_graph(problem)
    labels = np.full(len(graph), -1, np.int32)
    number = 0
    for part in nx.connected_components(graph):
        seeds = rng.permutation(sorted(part))[:count]
        labels[seeds] = np.arange(number, number + len(seeds))
        number += len(seeds)
    while (labels < 0).any():
        edges = [(u, v) for a, b in graph.edges for u, v in ((a, b), (b, a))]
        u, v = edges[rng.integers(len(edges))]
        if labels[v] < 0 <= labels[u]:
            labels[v] = labels[u]
    return labels


def random_wishes(rng: np.random.Generator, area: StudyArea, **other: object) -> Wishes:
    """Draw a band, and now and then locks, pairs, divisions and whole gemeenten."""
    units = list(area.units.index)
    low = int(rng.integers(1, 60))

    def some_of(share: float, names: str) -> pd.Series:
        found = {c: str(rng.choice(list(names))) for c in units if rng.random() < share}
        return pd.Series(found, dtype="str")

    apart = [rng.choice(units, 2, replace=False) for _ in range(int(rng.integers(0, 2)))]
    return Wishes(
        "regio",
        low,
        low + int(rng.integers(0, 40)),
        gemeente=rng.choice(["hard", "voorkeur", "nee"]),
        within=some_of(0.3, "o") if rng.random() < 0.2 else None,
        apart=tuple((str(a), str(b)) for a, b in apart),
        locks=some_of(0.2, "NZ").to_dict() if rng.random() < 0.3 else {},
        **other,
    )


def energy_of(problem: Problem, plan: Partition) -> float:
    """Return the points of a plan of nodes, without what every plan has."""
    labels = labels_of(plan, len(problem.arrays.pop))
    parts = plan_parts(problem.arrays, problem.price, labels, len(plan)).sum(axis=0)
    assert parts[0] * HARD == (problem.arrays.block_weight >= HARD).sum() * HARD
    return float(parts[0] * HARD + parts[1:].sum() - problem.constant)
