"""Context of a proposal: its place in the ensemble, the plans nearest to it, each regio apart."""

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from hashlib import blake2b
from itertools import combinations, islice

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from oi_geo.candidates.coassignment import CoAssignment, Place, doubtful, nearest
from oi_geo.candidates.context import Special, compare, withheld
from oi_geo.candidates.contract import connections
from oi_geo.candidates.diagnostics import BURN_IN_SHARE, after_burn_in
from oi_geo.candidates.ensemble import Sampled
from oi_geo.candidates.naming import plan_of
from oi_geo.candidates.problem import Problem, count_people
from oi_geo.candidates.standing import COMPARED, standing
from oi_geo.candidates.streams import StoredPlan, chains, read_measures, read_plans
from oi_geo.plan import UNASSIGNED, Plan

# Of fewer different plans than this a share of the draws tells how often each was drawn, and little
# of how special a proposal is.
FEW_PLANS = 50
# The chance that a next plan is one not seen before, above which there may well be many more.
NEW_SHARE = 0.01
SPLIT = (
    "De geldige plannen liggen in delen waartussen geen stap van de ketens leidt: wat de ene keten "
    "trekt, trekt een andere nooit. Een plaats van het voorstel tussen alle geldige plannen is "
    "daarom niet te geven; een ruimere band verbindt de delen meestal."
)
# Stored plans that are counted before somebody who wants to stop is listened to.
COUNTED_AT_ONCE = 40


@dataclass(frozen=True, eq=False)
class Near:
    """A sampled plan that resembles the proposal, and the share of the people that would move."""

    plan: Plan
    distance: float


@dataclass(frozen=True)
class Doubt:
    """A unit at the border of a regio that more often lies on the other side.

    `plaats` tells where the proposal puts it, `aandeel` how much (0-1) of the rest of the regio
    lies with it on average, `zin` says so in Dutch.
    """

    eenheid: str
    plaats: Place
    aandeel: float
    zin: str

    @property
    def erbij(self) -> bool:
        """Whether the proposal puts it in the regio."""
        return self.plaats == "binnen"


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
        Without the proposal itself.
    together : tuple of Together
        One per regio of the proposal that the ensemble divides.
    plans, different, drawn : int
        Number of stored plans after burn-in, which `nearest` and `together` are made from, how
        many different divisions there are among them, and how many are the proposal itself; what
        differs in units without inhabitants alone does not differ.
    few : bool
        Whether there are so few different plans that no share of the draws is given (see `few`).
    cut_short : bool
        Whether somebody stopped before all stored plans were counted.
    split : bool
        Whether there are few plans, and chains that share none of them: no step leads from the
        plans of the one to those of the other, so that nothing is told.
    """

    sampled: Sampled
    specials: tuple[Special, ...]
    draws: dict[str, NDArray[np.float64]]
    nearest: tuple[Near, ...]
    together: tuple[Together, ...]
    plans: int
    different: int
    drawn: int
    few: bool
    cut_short: bool
    split: bool = False

    @property
    def spread(self) -> tuple[Special, ...]:
        """The measures whose spread over the draws says something: none where plans are few."""
        return () if self.few else tuple(one for one in self.specials if not one.vast)

    @property
    def converged(self) -> bool:
        """Whether the chains agree on every measure; only then shares per unit mean something."""
        return all(special.geconvergeerd for special in self.specials)

    @property
    def tells_shares(self) -> bool:
        """Whether there are shares per unit, and they mean something."""
        return self.converged and bool(self.together)


def few(times: Collection[int]) -> bool:
    """Tell whether so few different plans were drawn, so often, that these are about all.

    Parameters
    ----------
    times : collection of int
        How often each different plan was drawn. The share of draws that came once estimates the
        chance that a next one is new.

    References
    ----------
    Good, I.J. (1953). The population frequencies of species and the estimation of population
    parameters. Biometrika 40(3/4), 237-264.
    """
    once = sum(number == 1 for number in times)
    return 0 < len(times) < FEW_PLANS and once <= NEW_SHARE * sum(times)


def situate(
    problem: Problem,
    plan: Plan,
    sampled: Sampled,
    *,
    stop: Callable[[], bool] = lambda: False,
) -> Context:
    """Put a proposal beside an ensemble.

    Parameters
    ----------
    problem : Problem
        What the ensemble was made for.
    plan : Plan
        The proposal, of the same units. A single regio has no measures of the whole; how often its
        units lie together can be told all the same.
    sampled : Sampled
    stop : callable, optional
        Asked once per `COUNTED_AT_ONCE` plans; the plans counted until then are what `nearest` and
        `together` are made from, as many of each chain. The measures are those of all plans.

    Raises
    ------
    UnusableFile
        If the files of the ensemble are damaged.
    """
    measured = after_burn_in(read_measures(sampled.folder))
    inside = problem.node >= 0
    people = count_people(problem.area, problem.wishes)[0][inside].astype(np.float64)
    labels = plan.labels[inside]
    tally = CoAssignment(labels, people)
    seen = _Seen(labels, problem.area.units["inwoners"].ne(0).to_numpy()[inside])
    plans = _counted(problem.node[inside], sampled, tally, seen, stop)
    # What a part of the area leaves open does not move.
    moving = np.where(labels != UNASSIGNED, people, 0.0)
    near = nearest(plans, labels, moving) if moving.any() else ()
    others = None
    if few(seen.times.values()):
        others = _standings(problem, [_plan(problem, one) for one in seen.others.values()])
    split = others is not None and seen.split
    specials = compare(
        standing(problem, plan),
        {name: measured[name] for name in COMPARED},
        groups=sampled.groups,
        own=len(np.unique(labels[labels != UNASSIGNED])),
        others=others,
    )
    groups = np.unique(labels[(labels != UNASSIGNED) & (people > 0)]).tolist()
    return Context(
        sampled=sampled,
        specials=tuple(withheld(one, SPLIT) for one in specials) if split else specials,
        draws={name: measured[name] for name in COMPARED},
        nearest=tuple(Near(_plan(problem, one.plan.labels), one.afstand) for one in near),
        together=tuple(_together(problem, plan, groups, tally, inside)),
        plans=tally.plans,
        different=len(seen.times),
        drawn=seen.times.get(seen.own, 0),
        few=others is not None,
        cut_short=seen.cut_short,
        split=split,
    )


class _Seen:
    """Which divisions were counted, and how often; the first few others than the proposal.

    Plans that differ only in units where nobody lives are one division to who reads of them.
    """

    def __init__(self, proposal: NDArray[np.int32], lived_in: NDArray[np.bool_]) -> None:
        self.lived_in = lived_in
        self.own = self._digest(proposal)
        self.times: Counter[bytes] = Counter()
        self.others: dict[bytes, NDArray[np.int32]] = {}
        self.of_chain: dict[int, set[bytes]] = {}
        self.cut_short = False

    @property
    def split(self) -> bool:
        """Whether two chains share no division at all."""
        drawn = self.of_chain.values()
        return any(a.isdisjoint(b) for a, b in combinations(drawn, 2))

    def add(self, by_unit: NDArray[np.int32], chain: int) -> bool:
        """Add a plan of a chain; tell whether it is the proposal itself."""
        digest = self._digest(by_unit)
        self.of_chain.setdefault(chain, set()).add(digest)
        self.times[digest] += 1
        if digest != self.own and len(self.others) < FEW_PLANS:
            self.others[digest] = by_unit
        return digest == self.own

    def _digest(self, labels: NDArray[np.int32]) -> bytes:
        """Name a division, whatever its groups are called."""
        renamed = pd.factorize(labels[self.lived_in])[0].astype(np.int32)
        return blake2b(renamed.tobytes(), digest_size=16).digest()


def _counted(
    node: NDArray[np.int32],
    sampled: Sampled,
    tally: CoAssignment,
    seen: _Seen,
    stop: Callable[[], bool],
) -> Iterator[StoredPlan]:
    """Count the plans after burn-in by units; yield those that are not the proposal itself."""
    plans = _in_turn(sampled)
    while batch := list(islice(plans, COUNTED_AT_ONCE)):
        for stored in batch:
            by_unit = stored.labels[node]
            tally.add(by_unit)
            if not seen.add(by_unit, stored.keten):
                yield stored._replace(labels=by_unit)
        seen.cut_short = len(batch) == COUNTED_AT_ONCE and stop()
        if seen.cut_short:
            return


def _in_turn(sampled: Sampled) -> Iterator[StoredPlan]:
    """Read the plans after burn-in, one of each chain in turn."""
    waiting = [read_plans(sampled.folder, chain) for chain in chains(sampled.folder)]
    while waiting:
        for chain in list(waiting):
            stored = next(chain, None)
            if stored is None:
                waiting.remove(chain)
            elif stored.stap > sampled.made * BURN_IN_SHARE:
                yield stored


def _standings(problem: Problem, plans: list[Plan]) -> Mapping[str, NDArray[np.float64]]:
    """Measure some plans, per measure."""
    measured = [standing(problem, plan) for plan in plans]
    return {name: np.array([one[name] for one in measured]) for name in COMPARED}


def _plan(problem: Problem, by_unit: NDArray[np.int32]) -> Plan:
    """Make a plan of the labels of the units that the ensemble divides."""
    by_node = np.zeros(len(problem.arrays.pop), np.int32)
    by_node[problem.node[problem.node >= 0]] = by_unit
    return plan_of(problem, by_node)


def _together(
    problem: Problem, plan: Plan, groups: list[int], tally: CoAssignment, inside: NDArray[np.bool_]
) -> Iterator[Together]:
    """Carry the shares of each regio over to all units, and find the doubtful ones."""
    units, links = problem.area.units, connections(problem.area)
    names = [f"{name} ({code})" for code, name in units["naam"].items()]
    for group in groups:
        share = np.full(len(inside), np.nan)
        share[inside] = tally.result(group)
        found = doubtful(share, plan.labels, group, (links.left, links.right), names)
        yield Together(
            plan.groups[group],
            pd.Series(share, units.index),
            tuple(Doubt(units.index[d.knoop], d.plaats, d.aandeel, d.zin) for d in found),
        )
