"""Shapes, gemeenten and remainders against a twin on cells, over every way to finish a plan."""

import math
from dataclasses import replace
from functools import cache

import geopandas as gpd
import numpy as np
import pandas as pd
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from oi_geo.plan import Plan
from oi_geo.study_area import StudyArea
from tests.criteria.drawn_worlds import (
    GROUPS,
    Drawing,
    inhabitants,
    judge_group,
    judge_plan,
    worlds,
)
from tests.criteria.toy import area_of, findings
from tests.effort import tries

PICTURES = ("ABc\nDef", "ABCD\nEfgH\nIJKL", "ABcd", "ABC\nDeF\nGHI")
UNKNOWN = "niet te bepalen"
GROUP_RULES = {"regio": ("Z2", "U5", "K1"), "hub": ("G5", "U4", "U5"), "wijk": ("G5",)}
PLAN_RULES = {"regio": ("G1", "G3", "G4"), "hub": ("G1", "G3"), "wijk": ("G1", "G3")}


@cache
def _bare(picture: str) -> StudyArea:
    return area_of(picture)


def assess(drawing: Drawing, level: str) -> dict[tuple[str, str | None], str]:
    bare = _bare(drawing.picture)
    people = pd.Series({u: math.nan if n is None else n for u, n in drawing.people.items()})
    totals = pd.Series(drawing.gemeente)
    area = replace(
        bare,
        units=bare.units.assign(inwoners=people),
        gemeenten=gpd.GeoDataFrame(bare.gemeenten.assign(inwoners=totals), crs=28992),
    )
    chosen = [sorted(drawing.chosen.get(u, ())) for u in area.units.index]
    labels = np.array([GROUPS.index(c[0]) if c else -1 for c in chosen], np.int32)
    double = {u: tuple(c) for u, c in zip(area.units.index, chosen, strict=True) if len(c) > 1}
    plan = Plan(level, area.units.index, GROUPS, labels, drawing.left, double)
    found = findings(area, plan, scope="werkgebied")
    return {key: str(f.verdict) for key, f in found.items()}


@st.composite
def drawings(draw: st.DrawFn, *, doubtful: bool) -> Drawing:
    picture = draw(st.sampled_from(PICTURES))
    units = list(_bare(picture).units.index)
    kinds = ["een", "twee", ""] + (["both", "open", "secret"] if doubtful else [])
    kind = {u: draw(st.sampled_from(kinds)) for u in units}
    doubt = {u: k for u, k in kind.items() if k in {"both", "open"}}
    for u in list(doubt)[4:]:
        kind[u] = "een"  # the worlds must stay few
    if not any(k in {"een", "secret"} for k in kind.values()):
        kind[units[0]] = "een"
    people = {u: draw(st.sampled_from([0.0, 30_000.0, 60_000.0, 120_000.0])) for u in units}
    gemeente = {
        code: sum(n for u, n in people.items() if u[2:6] == code[2:6])
        for code in _bare(picture).gemeenten.index
    }
    secret = {u for u, k in kind.items() if k == "secret"}
    groups = {
        "both": frozenset(GROUPS), "een": frozenset({"een"}), "twee": frozenset({"twee"}),
        "secret": frozenset({"een"}), "": frozenset(), "open": frozenset(),
    }  # fmt: skip
    return Drawing(
        picture,
        {u: groups[k] for u, k in kind.items() if k != "open"},
        frozenset(u for u, k in kind.items() if k == "open"),
        {u: None if u in secret else n for u, n in people.items()},
        gemeente,
    )


def truths(drawing: Drawing, level: str) -> dict[tuple[str, str | None], set[str]]:
    """Give the verdicts of every world, by rule and group."""
    found: dict[tuple[str, str | None], set[str]] = {}
    hub = level == "hub"
    for world in worlds(drawing):
        for people in inhabitants(drawing):
            own, whole = judge_group(drawing, world, people), judge_plan(drawing, world, people)
            for rule in GROUP_RULES[level]:
                if any("een" in groups for groups in world.values()):
                    verdict = own["U5 hub" if rule == "U5" and hub else rule]
                    found.setdefault((rule, "een"), set()).add(verdict)
            for rule in PLAN_RULES[level]:
                found.setdefault((rule, None), set()).add(whole[rule])
    return found


levels = st.sampled_from(["regio", "hub", "wijk"])
FAST = settings(
    max_examples=tries(60), phases=[Phase.generate], derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)  # fmt: skip


@FAST
@given(drawings(doubtful=False), levels)
def test_finished_plans_are_judged_as_the_twin_does(drawing: Drawing, level: str) -> None:
    found = assess(drawing, level)
    for key, verdicts in truths(drawing, level).items():
        assert {found[key]} == verdicts, (key, drawing)


@FAST
@given(drawings(doubtful=True), levels)
def test_a_verdict_on_an_unfinished_plan_holds_however_it_is_finished(
    drawing: Drawing, level: str
) -> None:
    found = assess(drawing, level)
    for key, verdicts in truths(drawing, level).items():
        if found[key] != UNKNOWN:
            assert {found[key]} == verdicts, (key, drawing)
