"""One proposed regio in the ensemble: what belongs together, which border units are doubtful.

What is said here is said of the sampled plans; whether those may speak for all valid plans is for
`oi_geo.candidates.diagnostics` to judge.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from oi_geo.candidates.distance import least_distance, plan_distance
from oi_geo.candidates.streams import StoredPlan
from oi_geo.errors import OiGeoError
from oi_geo.text import nl_percentage

# A unit of the regio is doubtful when it is more often elsewhere than with the others, and a
# neighbour when it is more often with them than elsewhere.
EVEN_CHANCE = 0.5


class CoAssignment:
    """Count, plan by plan, how much of one regio each node shares a group with.

    Parameters
    ----------
    mask : ndarray of bool, shape (n,)
        The nodes of the regio.
    population : ndarray, shape (n,)
        People per node; known and not negative.

    Raises
    ------
    OiGeoError
        If the regio has no inhabitants.
    """

    def __init__(self, mask: NDArray[np.bool_], population: NDArray) -> None:
        self._weight = np.where(mask, population, 0).astype(np.float64)
        total = self._weight.sum()
        if not total > 0:
            raise OiGeoError(
                "Deze regio heeft geen (bekende) inwoners, dus is niet te zeggen hoe vaak wijken "
                "met haar inwoners samen zitten."
            )
        # A node of the regio is held against the rest of it.
        self._rest = total - self._weight
        self._sum = np.zeros(len(mask))
        self.plans = 0

    def add(self, labels: NDArray[np.int32]) -> None:
        """Add one plan: the group of each node, -1 for none; O(n)."""
        # Nodes without a group share cell 0, and are with nobody.
        in_group = np.bincount(labels + 1, self._weight)
        in_group[0] = 0.0
        others = in_group[labels + 1] - self._weight
        self._sum += np.where(labels >= 0, others, 0.0)
        self.plans += 1

    def result(self) -> NDArray[np.float64]:
        """Return, per node, the mean over the plans of the share of the regio in its group.

        Returns
        -------
        ndarray of float64, shape (n,)
            Share (0-1) of the people of the regio, without the node itself; NaN for a node that is
            all of the regio's people, and for all nodes as long as no plan was added.
        """
        with np.errstate(divide="ignore", invalid="ignore"):
            return self._sum / self._rest / self.plans


@dataclass(frozen=True)
class Doubt:
    """A node at the border of the regio that many plans put on the other side.

    `knoop` is its position, `binnen` whether it lies in the regio, `aandeel` its share as
    `CoAssignment.result` gives it, `zin` the Dutch sentence for the report.
    """

    knoop: int
    binnen: bool
    aandeel: float
    zin: str


def doubtful(
    share: NDArray[np.float64],
    mask: NDArray[np.bool_],
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
    mask : ndarray of bool, shape (n,)
        The nodes of the regio.
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
    across = mask[left] != mask[right]
    border = np.union1d(left[across], right[across])
    # How sure the plans are that a node should be on the other side.
    against = np.where(mask, 1.0 - share, share)[border]
    order = np.argsort(-against, kind="stable")
    chosen = border[order[against[order] > EVEN_CHANCE]][:count]
    return tuple(
        Doubt(int(u), bool(mask[u]), float(share[u]), _sentence(names[u], share[u], bool(mask[u])))
        for u in chosen
    )


def _sentence(name: str, share: float, inside: bool) -> str:
    often = f"gemiddeld over de inwoners, in {nl_percentage(share, 0)} van de geldige plannen bij"
    if inside:
        return f"{name} zit, {often} de rest van deze regio."
    return f"{name} ligt buiten deze regio, maar zit, {often} deze regio."


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
