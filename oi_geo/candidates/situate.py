"""Context of a proposal: its place in the ensemble, the plans nearest to it, each regio apart."""

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import blake2b

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from oi_geo.candidates.coassignment import CoAssignment, doubtful, nearest
from oi_geo.candidates.context import Special, compare
from oi_geo.candidates.contract import connections
from oi_geo.candidates.diagnostics import BURN_IN_SHARE, after_burn_in
from oi_geo.candidates.ensemble import Sampled
from oi_geo.candidates.naming import plan_of
from oi_geo.candidates.problem import Problem, count_people
from oi_geo.candidates.standing import COMPARED, standing
from oi_geo.candidates.streams import StoredPlan, read_measures, read_plans
from oi_geo.plan import UNASSIGNED, Plan


@dataclass(frozen=True, eq=False)
class Near:
    """A sampled plan that resembles the proposal, and the share of the people that would move."""

    plan: Plan
    distance: float


@dataclass(frozen=True)
class Doubt:
    """A unit at the border of a regio that more often lies on the other side.

    `erbij` tells whether the proposal puts it in the regio, `aandeel` how much (0-1) of the rest of
    the regio lies with it on average, `zin` says so in Dutch.
    """

    eenheid: str
    erbij: bool
    aandeel: float
    zin: str


@dataclass(frozen=True, eq=False)
class Together:
    """How often each unit lies with one proposed regio.

    Attributes
    ----------
    groep : str
    aandeel : pandas.Series of float64
        Per unit code: mean over the plans of the share (0-1) of the people of the regio, the unit
        itself left out, that lies in its group; NaN for units that the ensemble does not divide.
    twijfel : tuple of Doubt
        Border units that more often lie on the other side, the most doubtful first.
    """

    groep: str
    aandeel: pd.Series
    twijfel: tuple[Doubt, ...]


@dataclass(frozen=True, eq=False)
class Context:
    """A proposal beside an ensemble.

    Attributes
    ----------
    sampled : Sampled
    specials : tuple of Special
        The measures of the proposal in the ensemble.
    draws : dict of str to ndarray of float64, shape (chains, draws)
        Measures of the sampled plans after burn-in.
    nearest : tuple of Near
    together : tuple of Together
        One per regio of the proposal that the ensemble divides.
    plans, different : int
        Number of stored plans after burn-in, which `nearest` and `together` are made from, and how
        many different divisions there are among them.
    """

    sampled: Sampled
    specials: tuple[Special, ...]
    draws: dict[str, NDArray[np.float64]]
    nearest: tuple[Near, ...]
    together: tuple[Together, ...]
    plans: int
    different: int

    @property
    def converged(self) -> bool:
        """Whether the chains agree on every measure; only then shares per unit mean something."""
        return all(special.geconvergeerd for special in self.specials)


def situate(problem: Problem, plan: Plan, sampled: Sampled) -> Context:
    """Put a proposal beside an ensemble.

    Parameters
    ----------
    problem : Problem
        What the ensemble was made for.
    plan : Plan
        The proposal, of the same units. A single regio has no measures of the whole; how often its
        units lie together can be told all the same.
    sampled : Sampled

    Raises
    ------
    UnusableFile
        If the files of the ensemble are damaged.
    """
    measured = after_burn_in(read_measures(sampled.folder))
    draws = {name: measured[name] for name in COMPARED}
    inside = problem.node >= 0
    people = count_people(problem.area, problem.wishes)[0][inside].astype(np.float64)
    labels = plan.labels[inside]
    tallies = {
        group: CoAssignment(labels == group, people)
        for group in np.unique(labels[(labels >= 0) & (people > 0)]).tolist()
    }
    seen: set[bytes] = set()
    plans = _counted(problem.node[inside], sampled, tallies, seen)
    # What a part of the area leaves open does not move.
    moving = np.where(labels != UNASSIGNED, people, 0.0)
    near = nearest(plans, labels, moving) if moving.any() else ()
    return Context(
        sampled=sampled,
        specials=compare(
            standing(problem, plan),
            draws,
            groups=sampled.groups,
            own=len(np.unique(labels[labels != UNASSIGNED])),
        ),
        draws=draws,
        nearest=tuple(Near(_plan(problem, one.plan.labels), one.afstand) for one in near),
        together=tuple(
            _together(problem, plan, group, tally, inside) for group, tally in tallies.items()
        ),
        plans=max((tally.plans for tally in tallies.values()), default=0),
        different=len(seen),
    )


def _counted(
    node: NDArray[np.int32],
    sampled: Sampled,
    tallies: dict[int, CoAssignment],
    seen: set[bytes],
) -> Iterator[StoredPlan]:
    """Yield the plans after burn-in by units, and count each of them on the way.

    `seen` collects a digest of each division, whatever its groups are called.
    """
    for stored in read_plans(sampled.folder):
        if stored.stap > sampled.made * BURN_IN_SHARE:
            by_unit = stored.labels[node]
            renamed = pd.factorize(stored.labels)[0].astype(np.int32)
            seen.add(blake2b(renamed.tobytes(), digest_size=16).digest())
            for tally in tallies.values():
                tally.add(by_unit)
            yield stored._replace(labels=by_unit)


def _plan(problem: Problem, by_unit: NDArray[np.int32]) -> Plan:
    """Make a plan of the labels of the units that the ensemble divides."""
    by_node = np.zeros(len(problem.arrays.pop), np.int32)
    by_node[problem.node[problem.node >= 0]] = by_unit
    return plan_of(problem, by_node)


def _together(
    problem: Problem, plan: Plan, group: int, tally: CoAssignment, inside: NDArray[np.bool_]
) -> Together:
    """Carry the shares of one regio over to all units, and find the doubtful ones."""
    units, links = problem.area.units, connections(problem.area)
    share = np.full(len(inside), np.nan)
    share[inside] = tally.result()
    names = [f"{name} ({code})" for code, name in units["naam"].items()]
    found = doubtful(share, plan.labels == group, (links.left, links.right), names)
    return Together(
        plan.groups[group],
        pd.Series(share, units.index),
        tuple(Doubt(units.index[d.knoop], d.binnen, d.aandeel, d.zin) for d in found),
    )
