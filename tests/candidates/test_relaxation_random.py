"""Named relaxations of random small cases with every kind of wish, against a count of all plans."""

import re
from dataclasses import replace

import networkx as nx
import numpy as np
import pandas as pd
import pytest

from oi_geo.candidates.aim import without_place
from oi_geo.candidates.problem import Problem, build_problem
from oi_geo.candidates.propose import Proposals, propose
from oi_geo.candidates.relaxation import widest
from oi_geo.candidates.wishes import Wishes
from oi_geo.study_area import StudyArea
from tests.candidates.toy import all_plans, code, node_graph, toy
from tests.effort import tries

LIMIT = re.compile(r"(?<!\w)een (minimum|maximum) van ([\d.]+)")
NUMBER = re.compile(r"(?<![\w.])(\d+) groep(?:en)?\b")


def random_case(seed: int) -> tuple[StudyArea, Wishes]:
    """Draw nine units, some at sea, with gemeenten that may hang apart, a band and some wishes."""
    rng = np.random.default_rng(seed)
    letters = list("ABCDEFGHI")
    cells = np.where(rng.random(9) < 0.12, ".", letters).reshape(3, 3)
    letters = [x for x in cells.ravel() if x != "."]
    owner = rng.integers(0, 6, len(letters))
    gemeenten = {
        str(g): "".join(x for x, o in zip(letters, owner, strict=True) if o == g)
        for g in np.unique(owner)
    }
    people = {x: float(rng.integers(1, 9)) for x in letters}
    link = "".join(rng.choice(letters, 2, replace=False))
    area = toy(
        "\n".join("".join(row) for row in cells), people, gemeenten=gemeenten,
        links=(link,) if rng.random() < 0.3 else (),
    )  # fmt: skip

    def pairs(share: float) -> tuple[tuple[str, str], ...]:
        a, b = rng.choice(letters, 2, replace=False)
        return ((code(str(a)), code(str(b))),) if rng.random() < share else ()

    total = sum(people.values())
    low = max(2, int(total / rng.integers(2, 5) * rng.uniform(0.8, 1.05)))
    within = None
    if rng.random() < 0.25:
        within = pd.Series({code(x): str(rng.choice(list("oow"))) for x in letters})
    locks = {code(str(x)): str(rng.choice(["N", "Z"])) for x in rng.choice(letters, 2)}
    return area, Wishes(
        "regio", low, low + int(rng.integers(0, 5)),
        groups=int(rng.integers(1, 5)) if rng.random() < 0.4 else None,
        gemeente=str(rng.choice(["hard", "nee"], p=[0.7, 0.3])),
        within=within, together=pairs(0.3), apart=pairs(0.3),
        locks=locks if rng.random() < 0.2 else {},
    )  # fmt: skip


def serves(
    area: StudyArea, wishes: Wishes, placed: set[str], joined: set[str], spare: set[str]
) -> bool:
    """Tell by a count of all plans whether these wishes place what they must."""
    problem = _without(area, wishes, spare)
    lacking = set(area.units.index[without_place(problem)])
    outside = set(area.units.index[problem.node < 0])
    if not problem.solvable or lacking & placed or outside & joined:
        return False
    if wishes.groups is not None:
        return next(all_plans(problem, problem.asked), None) is not None
    return next(all_plans(problem), None) is not None


def _without(area: StudyArea, wishes: Wishes, spare: set[str]) -> Problem:
    """Leave out connected parts that may stay without a plan."""
    problem = build_problem(area, wishes)
    out: set[str] = set()
    for part in nx.connected_components(node_graph(problem)):
        units = set(area.units.index[np.isin(problem.node, list(part))])
        out |= units if units <= spare else set()
    return build_problem(area, wishes, leave_out=frozenset(out)) if out else problem


def check(area: StudyArea, wishes: Wishes, found: Proposals) -> int:
    """Check each relaxation that is named as enough: it is, and nothing smaller is."""
    units, checked = set(area.units.index), 0
    lost = set(area.units.index[without_place(found.problem)])
    for obstacle in found.obstacles:
        # Where a proof only says that it hurts, no place is asked for beyond what there is.
        hurts = obstacle.reason.startswith("Bewezen: er is geen verdeling")
        own = set() if hurts else set(obstacle.where)
        about = (units - lost) | own
        spare = set(found.problem.left_out) - own
        for part in re.split(r", of |; ", obstacle.relaxation):
            if "ten minste" in part or "misschien" in part:
                continue
            for kind, text in LIMIT.findall(part):
                named, name = int(text.replace(".", "")), "low" if kind == "minimum" else "high"
                step = -1 if name == "low" else 1
                for value in range(getattr(wishes, name) + step, named, step):
                    other = replace(wishes, **{name: value})
                    assert not serves(area, other, about, own, spare), (obstacle, kind, value)
                other = replace(wishes, **{name: named})
                assert serves(area, other, about, own, spare), (obstacle, part)
                checked += 1
            for text in NUMBER.findall(part):
                other = replace(wishes, groups=int(text))
                assert serves(area, other, about, own, spare), (obstacle, part)
                checked += 1
        if "niet gevonden met alleen" in obstacle.relaxation and wishes.groups is None:
            for value in range(wishes.high + 1, widest(wishes) + 1):
                other = replace(wishes, high=value)
                assert not serves(area, other, about, own, spare), (obstacle, value)
    return checked


@pytest.mark.parametrize("begin", [0, 100, 200])
def test_a_named_relaxation_is_enough_and_the_smallest(begin: int):
    checked = 0
    for seed in range(begin, begin + tries(8)):
        area, wishes = random_case(seed)
        checked += check(area, wishes, propose(area, wishes, exact=True, count=1, seed=0))
    assert checked
