"""A work area: its groups get the verdicts that they have on the whole map."""

import math
from collections.abc import Mapping

import numpy as np
import pytest

from oi_geo.errors import ProposalMismatch
from oi_geo.plan import Plan, PlanLevel
from oi_geo.study_area import PracticeList, StudyArea
from oi_geo.whole_map import cut_area, cut_plan
from tests.criteria.toy import area_of, findings, practice
from tests.effort import tries

PICTURES = ("ABc\nDef", "ABcd\nEFgh", "ABCd\nefgh", "ABc\nDeF\nGHI", "AB.cd\nEF.gh")
GROUPS = ("een", "twee", "drie")


def code_of(letter: str) -> str:
    return f"WK000{2 if letter.islower() else 1}{letter.upper() * 2}"


def some_area(rng: np.random.Generator, picture: str) -> StudyArea:
    """Draw people and practices with every kind of unknown; capitals are the work area."""
    units = [code_of(letter) for letter in picture if letter.isalpha()]
    rows = [
        practice(
            str(rng.choice(units)) if rng.random() < 0.9 else None,
            float(rng.choice([1_000, 60_000, 120_000])) if rng.random() < 0.9 else None,
            huisartsen=float(rng.choice([1, 5, 20])),
            deelnemer=[True, True, False, None][rng.integers(4)],
            regio_organisatie=["Alfa", "Alfa", "Beta", None][rng.integers(4)],
            wsv=["W1", "W2", None][rng.integers(3)],
            agb=[None, None, "01000001", "01000002"][rng.integers(4)],
        )
        for _ in range(rng.integers(1, 8))
    ]
    people = {u: float(rng.choice([30_000, 60_000, 120_000, math.nan])) for u in units}
    gemeenten = {code: float(rng.choice([300_000, 500_000])) for code in ("GM0001", "GM0002")}
    said = PracticeList(extent=[None, "volledig"][rng.integers(2)])
    return area_of(picture, rows, inwoners=people, gemeenten=gemeenten, said=said)


def some_plan(rng: np.random.Generator, area: StudyArea, level: PlanLevel) -> Plan | None:
    """Put units in one group, in two or in none, and leave some open."""
    chosen: dict[str, list[str]] = {}
    left = set()
    for unit in area.units.index:
        chance = rng.random()
        if chance < 0.7:
            number = 1 if chance < 0.6 else 2
            chosen[unit] = sorted(map(str, rng.choice(GROUPS, number, replace=False)))
        elif chance < 0.85:
            left.add(unit)
    groups = tuple(g for g in GROUPS if any(g in own for own in chosen.values()))
    if not groups:
        return None
    labels = [groups.index(chosen[u][0]) if u in chosen else -1 for u in area.units.index]
    double: Mapping[str, tuple[str, ...]] = {u: tuple(g) for u, g in chosen.items() if len(g) > 1}
    return Plan(
        level, area.units.index, groups, np.array(labels, np.int32), frozenset(left), double,
        stated_scope="werkgebied",
    )  # fmt: skip


@pytest.mark.parametrize("level", ["regio", "hub", "wijk"])
def test_a_group_inside_is_judged_as_on_the_whole_map(level: PlanLevel) -> None:
    rng = np.random.default_rng(4)
    compared = 0
    for _ in range(tries(15)):
        area = some_area(rng, str(rng.choice(PICTURES)))
        plan = some_plan(rng, area, level)
        cut = cut_area(area, area.units.index.str.startswith("WK0001"))
        try:
            own = cut_plan(plan, cut)[0] if plan else None
        except ProposalMismatch:
            continue
        if plan is None or own is None:
            continue
        whole = findings(area, plan)
        for key, found in findings(cut, own).items():
            if key[1] is not None and key[1] not in own.beyond:
                assert found.verdict == whole[key].verdict, (key, found.explanation)
                compared += 1
    assert compared > 20
