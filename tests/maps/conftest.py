"""A toy area with a plan and findings, drawn once."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from oi_geo.border_issues import border_issues
from oi_geo.contiguity import Link
from oi_geo.criteria.finding import Finding, Verdict
from oi_geo.criteria.kader import load_kader
from oi_geo.pipeline import Toets
from oi_geo.plan import Plan
from oi_geo.study_area import StudyArea, study_area
from tests.conftest import draw, practice_table

# What a file may hold in the place of a name.
NASTY = (
    "<script>alert(1)</script>",
    "</script><script>alert(2)</script>",
    '"><img src=x onerror=alert(3)>',
    "`${alert(4)}`",
    "{{ 7 * 7 }}{% if true %}{# x #}",
    "' onmouseover='alert(5)",
    "]]><!--",
    "\u2028\u2029\\",
)


def toy_area(*, is_example: bool = False) -> StudyArea:
    """Four wijken in gemeente GM0001, two in GM0002, a ferry and a bridge, four practices.

    Wijk B has no inhabitants known; its practice has no ION known.
    """
    units = draw(
        """
        AAB.cc
        AABdcc
        EEFdcc
        """
    )
    units.loc["WK0001BB", ["inwoners", "inwoners_65plus"]] = np.nan
    practices = practice_table(
        [
            {"naam": "Noord", "x_rd": 150_500.0, "y_rd": 451_500.0, "ion": 2000.0,
             "eenheid": "WK0001AA"},
            {"naam": "Oost", "x_rd": 152_500.0, "y_rd": 451_500.0, "eenheid": "WK0001BB"},
            {"naam": "Zuid", "x_rd": 150_500.0, "y_rd": 450_500.0, "ion": 500.0,
             "eenheid": "WK0001EE"},
            {"naam": "Apotheek", "x_rd": 152_500.0, "y_rd": 450_500.0,
             "discipline": "apotheek", "eenheid": "WK0001FF"},
        ]
    )  # fmt: skip
    area = study_area(units, practices=practices)
    links = [
        Link("WK0001BB", "WK0002CC", "veer", "Veer over de Merle"),
        Link("WK0001AA", "WK0002DD", "brug", "Brug"),
    ]
    return replace(area, graph=area.graph.with_links(links), is_example=is_example)


def toy_plan(area: StudyArea) -> Plan:
    """West holds A, B and E, Oost holds c; F and d are in no group, so both gemeenten are cut."""
    west, east = "Regio West", "Regio Oost"
    groups = {"WK0001AA": west, "WK0001BB": west, "WK0001EE": west, "WK0002CC": east}
    return Plan.from_mapping(groups, area.units.index)


def finding(verdict: Verdict, where: tuple[str, ...], **change: str) -> Finding:
    """A finding of which only verdict and place matter."""
    texts = {"rule": "K1", "explanation": "Te weinig inwoners.", "group": "Regio West", **change}
    return Finding(
        kader="unicum", verdict=verdict, value=1.0, limit=2.0, unit="inwoners", status="hard",
        source="Document 000", where=where, **texts,
    )  # fmt: skip


def made_toets(area: StudyArea, plan: Plan, findings: list[Finding]) -> Toets:
    """A test with these findings."""
    return Toets(
        area=area,
        plan=plan,
        kaders=(load_kader("unicum"),),
        measures=pd.DataFrame(),
        findings=findings,
        border=border_issues(area, plan, minimum=100_000),
        reports=(),
        sources=(),
    )


@pytest.fixture
def area() -> StudyArea:
    return toy_area()


@pytest.fixture
def toets(area: StudyArea) -> Toets:
    found = [
        finding(Verdict.VOLDOET_NIET, ("WK0001AA",)),
        finding(Verdict.SIGNAAL, ("GM0002",), rule="U5", group="Regio Oost"),
        finding(Verdict.VOLDOET, ("WK0001EE",)),
    ]
    return made_toets(area, toy_plan(area), found)
