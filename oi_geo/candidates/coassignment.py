"""Proposed regio's in the ensemble: what belongs together, which border units are doubtful.

What is said here is said of the sampled plans; whether those may speak for all valid plans is for
`oi_geo.candidates.diagnostics` to judge.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numba import njit
from numpy.typing import NDArray

from oi_geo.candidates.arrays import Floats, Ints, Longs
from oi_geo.candidates.distance import least_distance, plan_distance
from oi_geo.candidates.streams import StoredPlan
from oi_geo.text import nl_percentage

# A unit of the regio is doubtful when it is more often elsewhere than with the others, and a
# neighbour when it is more often with them than elsewhere.
EVEN_CHANCE = 0.5

# Where the proposal puts a node, as seen from one of its regio's.
Place = Literal["binnen", "buiten", "op zichzelf", "niet ingedeeld"]


class CoAssignment:
    """Count, plan by plan, how much of each regio of a proposal each node shares a group with.

    All regio's are counted in one pass over the nodes: what a group of a plan holds of each regio
    is what a node of that group lies with. Memory is that of one number per node and regio.

    Parameters
    ----------
    own : ndarray of int, shape (n,)
        Regio of each node in the proposal, -1 for none.
    population : ndarray, shape (n,)
        People per node; known and not negative.
    """

    def __init__(self, own: NDArray, population: NDArray) -> None:
        self._own = np.asarray(own, np.int32)
        self._people = np.asarray(population, np.float64)
        self._sum = np.zeros((len(own), int(self._own.max(initial=-1)) + 1))
        self._placed = np.zeros(len(own), np.int64)
        self.plans = 0

    def add(self, labels: NDArray[np.int32]) -> None:
        """Add one plan: the group of each node, -1 for none; O(n) for each regio."""
        overlap = np.zeros((int(labels.max(initial=-1)) + 1, self._sum.shape[1]))
        _tally(self._own, self._people, labels, overlap, self._sum, self._placed)
        self.plans += 1

    def result(self, regio: int) -> NDArray[np.float64]:
        """Return, per node, the mean over the plans of the share of a regio in its group.

        Returns
        -------
        ndarray of float64, shape (n,)
            Share (0-1) of the people of the regio, without the node itself; NaN for a node that is
            all of the regio's people, for all nodes where the regio has no people, and as long as
            no plan was added.
        """
        itself = np.where(self._own == regio, self._people, 0.0)
        # A node of the regio is held against the rest of it.
        others = self._sum[:, regio] - self._placed * itself
        with np.errstate(divide="ignore", invalid="ignore"):
            return others / (itself.sum() - itself) / self.plans


@njit(cache=True, nogil=True)
def _tally(
    own: Ints, people: Floats, labels: Ints, overlap: Floats, total: Floats, placed: Longs
) -> None:
    """Add one plan to the totals; `overlap`, people per group and regio, comes in as zeros."""
    for u in range(len(own)):
        if labels[u] >= 0 and own[u] >= 0:
            overlap[labels[u], own[u]] += people[u]
    for u in range(len(own)):
        if labels[u] >= 0:
            placed[u] += 1
            for regio in range(total.shape[1]):
                total[u, regio] += overlap[labels[u], regio]


@dataclass(frozen=True)
class Doubt:
    """A node at the border of the regio that many plans put on the other side.

    `knoop` is its position, `plaats` where the proposal puts it, `aandeel` its share as
    `CoAssignment.result` gives it, `zin` the Dutch sentence for the report.
    """

    knoop: int
    plaats: Place
    aandeel: float
    zin: str


def doubtful(
    share: NDArray[np.float64],
    own: NDArray,
    regio: int,
    edges: tuple[NDArray[np.int32], NDArray[np.int32]],
    names: Sequence[str],
    *,
    count: int = 10,
) -> tuple[Doubt, ...]:
    """List the nodes on both sides of the border of a regio that the plans doubt.

    Parameters
    ----------
    share : ndarray of float64, shape (n,)
        From `CoAssignment.result`.
    own : ndarray of int, shape (n,)
        Regio of each node in the proposal, -1 for none.
    regio : int
        The one that is asked about.
    edges : tuple of two ndarray of int32, shape (m,)
        The two ends of each pair of neighbours.
    names : sequence of str
        Name of each node, as the sentence starts with it.
    count : int
        At most this many.

    Returns
    -------
    tuple of Doubt
        Most doubtful first: inside the regio those with the lowest share, outside it those with
        the highest, of what lies beyond `EVEN_CHANCE`.
    """
    left, right = edges
    mask = own == regio
    across = mask[left] != mask[right]
    border = np.union1d(left[across], right[across])
    # How sure the plans are that a node should be on the other side.
    against = np.where(mask, 1.0 - share, share)[border]
    order = np.argsort(-against, kind="stable")
    chosen = border[order[against[order] > EVEN_CHANCE]][:count]
    places = {int(u): _place(own, regio, u) for u in chosen}
    return tuple(
        Doubt(u, place, float(share[u]), _sentence(names[u], float(share[u]), place))
        for u, place in places.items()
    )


def _place(own: NDArray, regio: int, node: int) -> Place:
    """Say where the proposal puts a node; a regio of one node is no other regio to lie in."""
    if own[node] == regio:
        return "binnen"
    if own[node] < 0:
        return "niet ingedeeld"
    return "op zichzelf" if (own == own[node]).sum() == 1 else "buiten"


_STANDS = {
    "binnen": "zit in deze groep",
    "buiten": "ligt buiten deze groep",
    "op zichzelf": "staat in het voorstel op zichzelf",
    "niet ingedeeld": "is in het voorstel niet ingedeeld",
}


def _sentence(name: str, share: float, place: Place) -> str:
    with_whom = "de rest van deze groep" if place == "binnen" else "deze groep"
    return (
        f"{name} {_STANDS[place]}; gemiddeld over de geldige plannen ligt "
        f"{nl_percentage(share, 0)} van de mensen van {with_whom} erbij."
    )


@dataclass(frozen=True, eq=False)
class NearPlan:
    """A sampled plan and its `oi_geo.candidates.distance.plan_distance` (share 0-1)."""

    plan: StoredPlan
    afstand: float


def nearest(
    plans: Iterable[StoredPlan],
    labels: NDArray[np.int32],
    population: NDArray,
    *,
    count: int = 3,
) -> tuple[NearPlan, ...]:
    """Find the plans of an ensemble that are nearest to a proposal, each division once.

    Parameters
    ----------
    plans : iterable of StoredPlan
        As `oi_geo.candidates.streams.read_plans` yields them; only `count` are kept.
    labels : ndarray of int32, shape (n,)
        Group of each node in the proposal, -1 for none.
    population : ndarray, shape (n,)
        People per node.
    count : int
        How many.

    Returns
    -------
    tuple of NearPlan
        Nearest first, of equal distances the first in `plans`; fewer where the plans repeat.
    """
    found: list[NearPlan] = []
    for plan in plans:
        limit = found[-1].afstand if len(found) == count else np.inf
        # The bound is quick and spares most plans the assignment.
        if least_distance(plan.labels, labels, population) >= limit:
            continue
        distance = plan_distance(plan.labels, labels, population)
        if distance >= limit or any(_same(plan.labels, near.plan.labels) for near in found):
            continue
        found.append(NearPlan(plan, distance))
        found = sorted(found, key=lambda near: near.afstand)[:count]
    return tuple(found)


def _same(labels_a: NDArray[np.int32], labels_b: NDArray[np.int32]) -> bool:
    """Tell whether two plans are one division under other names, also where nobody lives."""
    return plan_distance(labels_a, labels_b, np.ones(len(labels_a))) == 0
