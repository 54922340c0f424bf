"""Candidate: a plan with its figures, its points and what is proven about it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from oi_geo.candidates.arrays import HARD
from oi_geo.candidates.assemble import pairs_today
from oi_geo.candidates.energy import PARTS, plan_parts
from oi_geo.candidates.exact import Exact
from oi_geo.candidates.naming import plan_of
from oi_geo.candidates.problem import Problem
from oi_geo.candidates.starts import Found
from oi_geo.candidates.verify import cut_by_necessity
from oi_geo.metrics import measure
from oi_geo.plan import UNASSIGNED, Plan
from oi_geo.text import nl_percentage

# What sums of points may differ by when they are added up in another order.
ROUNDING = 1e-6

# What the side of the band that a group lies on is called, with its sign.
ABOVE, BELOW = "boven het maximum", "onder het minimum"
SIGNS = {ABOVE: "▲", BELOW: "▼"}

Proof = Literal["optimaal", "grens", "geen"]


@dataclass(frozen=True)
class Figures:
    """What is measured of a candidate: counts of gemeenten, km of border, people per group."""

    gemeenten_gedeeld: int
    gemeenten_noodzakelijk_gedeeld: int
    snijlijn_km: float
    polsby_popper: float
    kleinste: int
    grootste: int


@dataclass(frozen=True, eq=False)
class Candidate:
    """A plan that is proposed.

    Attributes
    ----------
    plan : Plan
    figures : Figures
        Measured on the units by `oi_geo.metrics`.
    points : dict of str to float
        Parts of the objective; less is better. `energy` is their sum.
    proof : {'optimaal', 'grens', 'geen'}
        Whether no plan scores better, how much better one could be at most, or nothing is proven.
    gap : float or None
        Share of the points (0-1) by which another plan could be better; None without proof.
    """

    plan: Plan
    figures: Figures
    points: dict[str, float]
    proof: Proof
    gap: float | None

    @property
    def energy(self) -> float:
        """All points together."""
        return sum(self.points.values())


def describe(problem: Problem, found: Found, proof: Exact | None = None) -> Candidate:
    """Measure a plan and say what is proven about it."""
    plan = plan_of(problem, found.labels)
    parts = plan_parts(problem.arrays, problem.price, found.labels, found.n_groups).sum(axis=0)
    points = dict(zip(PARTS[1:], parts[1:].tolist(), strict=True))
    constant = problem.arrays.block_weight * problem.pieces
    soft = problem.arrays.block_weight < HARD
    gemeente = np.arange(len(constant)) < problem.arrays.n_gemeenten
    points["gemeenten"] -= float(constant[soft & gemeente].sum())
    points["gehelen"] -= float(constant[soft & ~gemeente].sum())
    points["wijziging"] += problem.price.change * pairs_today(problem.arrays)
    kind: Proof = "geen"
    gap = None
    if proof is not None and np.isfinite(proof.bound):
        lost = found.energy - proof.bound
        gap = lost / abs(found.energy) if lost > ROUNDING else 0.0
        kind = "optimaal" if gap == 0.0 else "grens"
    return Candidate(plan, figures_of(problem, plan), points, kind, gap)


def behind_best(candidates: Sequence[Candidate], position: int) -> str | None:
    """Say in Dutch how far a candidate lies behind one that is proven to be the best.

    Parameters
    ----------
    candidates : sequence of Candidate
        All of one run, best first.
    position : int
        Which of them to speak of.

    Returns
    -------
    str or None
        With its extra points as a share of the points of the best, where those are not zero; None
        where the first is not proven, or this one is proven as well.
    """
    best, mine = candidates[0], candidates[position]
    if best.proof != "optimaal" or mine.proof == "optimaal":
        return None
    if best.energy <= ROUNDING:
        return "meer punten dan het bewezen beste plan"
    more = nl_percentage((mine.energy - best.energy) / best.energy)
    return f"{more} meer punten dan het bewezen beste plan"


def figures_of(problem: Problem, plan: Plan) -> Figures:
    """Measure a plan of the units of a problem."""
    area, wishes = problem.area, problem.wishes
    measured = measure(area, plan)
    graph, labels = area.graph, plan.labels
    cut = labels[graph.left] != labels[graph.right]
    placed = pd.Series(labels, plan.units)[labels != UNASSIGNED]
    pieces = placed.groupby(area.units["gemeentecode"].reindex(placed.index)).nunique()
    divided = set(pieces.index[pieces > 1])
    needed = cut_by_necessity(area, wishes, area.units["gemeentecode"])
    people = measured["inwoners" if wishes.counted == "inwoners" else "ion"].fillna(0)
    return Figures(
        gemeenten_gedeeld=len(divided),
        gemeenten_noodzakelijk_gedeeld=len(divided & needed),
        snijlijn_km=float(graph.border_m[cut].sum() / 1e3),
        polsby_popper=float(measured["polsby_popper"].mean()),
        kleinste=round(people.min()),
        grootste=round(people.max()),
    )


def outside_band(problem: Problem, plan: Plan) -> dict[str, str]:
    """Say in Dutch of each group outside the band on which side it is.

    Those are units that are too large by themselves and groups that were closed by hand; see
    `exempt`.

    Returns
    -------
    dict of str to str
        `ABOVE` or `BELOW` per group name; other groups are not in it.
    """
    wishes = problem.wishes
    people = measure(problem.area, plan)[wishes.counted].fillna(0).round()
    return {
        str(group): ABOVE if count > wishes.high else BELOW
        for group, count in people.items()
        if not wishes.low <= count <= wishes.high
    }


def exempt(problem: Problem, plan: Plan) -> frozenset[str]:
    """Name the groups that may leave the band: too large by themselves, or closed by hand."""
    group = dict(zip(plan.units, plan.labels, strict=True))
    alone = {plan.groups[group[codes[0]]] for codes in problem.alone}
    return frozenset(alone | problem.wishes.closed)
