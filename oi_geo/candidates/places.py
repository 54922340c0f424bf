"""Places of which no group can be made: above the maximum alone, or below the minimum together."""

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from oi_geo.candidates import obstacles as say
from oi_geo.candidates.assemble import neighbours_of
from oi_geo.candidates.contract import NOWHERE, Ints, Links
from oi_geo.candidates.obstacles import Obstacle
from oi_geo.candidates.stuck import least_around, most_around, most_of_one
from oi_geo.candidates.wishes import Wishes
from oi_geo.study_area import StudyArea

# Of so many places that fit nowhere the maximum is sought with which they would fit.
MOST_STUCK = 50


@dataclass(frozen=True, eq=False)
class Before:
    """The nodes before anything was set apart: what one could join, were the limits other.

    Limits set places apart that return under other ones, so that only counted here a limit is
    needed in any case.
    """

    node: Ints
    ptr: Ints
    nbr: Ints
    total: NDArray[np.int64]

    @classmethod
    def of(cls, links: Links, division: Ints, node: Ints, people: NDArray[np.int64]) -> "Before":
        """Lay out the neighbours of the nodes, and count their people."""
        inside = node != NOWHERE
        n = int(node.max(initial=NOWHERE)) + 1
        total = np.bincount(node[inside], people[inside], minlength=n).astype(np.int64)
        return cls(node, *neighbours_of(links, division, node), total)

    def most(self, unit: int, wishes: Wishes, known: int) -> int:
        """Count the most people, below the minimum, of a group with a unit under the maximum."""
        most = most_of_one(
            int(self.node[unit]), self.ptr, self.nbr, self.total, wishes.low, wishes.high
        )
        return known if most >= wishes.low else max(known, most)

    def least(self, unit: int, wishes: Wishes) -> int:
        """Find the smallest maximum at which a unit fits in a group; 0 where none is known."""
        top = int(self.total.sum())
        args = (self.ptr, self.nbr, self.total, wishes.low, int(self.node[unit]))
        if most_of_one(args[4], *args[:3], wishes.low, top) < wishes.low:
            return 0
        return least_around(*args, top)


def components(links: Links, division: Ints, node: Ints) -> Ints:
    """Give each connected part of the nodes, within its division, a number."""
    n = int(node.max()) + 1 if len(node) else 0
    left, right = node[links.left], node[links.right]
    usable = (left != NOWHERE) & (right != NOWHERE)
    usable &= division[links.left] == division[links.right]
    left, right = left[usable], right[usable]
    matrix = coo_array((np.ones(len(left), np.int8), (left, right)), shape=(n, n))
    _, part = connected_components(matrix, directed=False)
    return pd.factorize(part)[0].astype(np.int32)


def where_of(node: Ints, component: Ints) -> Ints:
    """Return the connected part of each unit, -1 for those outside the search."""
    return np.r_[component, NOWHERE][node].astype(np.int32)


def beside_of(
    area: StudyArea, links: Links, division: Ints, alone: list[tuple[str, ...]]
) -> NDArray[np.bool_]:
    """Tell which units connect with one that stands alone because it is too large."""
    taken = area.units.index.isin([code for codes in alone for code in codes])
    ends = np.r_[links.left, links.right], np.r_[links.right, links.left]
    near = taken[ends[0]] & (division[ends[0]] == division[ends[1]])
    beside = np.zeros(len(taken), bool)
    beside[ends[1][near]] = True
    return beside


def impossible(
    area: StudyArea,
    wishes: Wishes,
    links: Links,
    people: NDArray[np.int64],
    node: Ints,
    component: Ints,
    division: Ints,
    beside: NDArray[np.bool_],
    *,
    before: Before,
) -> tuple[NDArray[np.bool_], list[tuple[str, ...]], list[Obstacle]]:
    """Find nodes above the maximum; else connected parts below the minimum; else stuck nodes."""
    inside = node != NOWHERE
    total = np.bincount(node[inside], people[inside], minlength=len(component)).astype(np.int64)
    outside = np.zeros(len(node), bool)
    alone: list[tuple[str, ...]] = []
    new: list[Obstacle] = []
    for large in np.flatnonzero(total > wishes.high):
        codes = tuple(area.units.index[node == large])
        outside |= node == large
        alone.append(codes)
        found = say.too_large(area, wishes, codes, int(total[large]))
        # Of several units it is the wishes that bind them which ask too much.
        new.append(replace(found, fatal=len(codes) > 1))
    if new:
        return outside, alone, new
    size = np.bincount(component, total).astype(np.int64)
    where = where_of(node, component)
    for small in np.flatnonzero(size < wishes.low):
        members = where == small
        outside |= members
        others = inside & ~members & (division == division[np.flatnonzero(members)[0]])
        room = np.r_[total + size[small] <= wishes.high, False][node]
        towards = others & room & np.isin(where, np.flatnonzero(size >= wishes.low))
        cut_off = bool((members & beside).any())
        count, held = int(size[small]), np.flatnonzero(members).tolist()
        minimum = min(before.most(unit, wishes, count) for unit in held)
        new.append(
            say.too_small(
                area, wishes, members, count, towards, cut_off=cut_off, minimum=minimum
            )
        )  # fmt: skip
    if not new:
        ptr, nbr = neighbours_of(links, division, node)
        most = most_around(ptr, nbr, total, wishes.low, wishes.high)
        for rank, stuck in enumerate(np.flatnonzero(most < wishes.low)):
            outside |= node == stuck
            codes = tuple(area.units.index[node == stuck])
            unit = int(np.flatnonzero(node == stuck)[0])
            least = 0  # of many places nobody reads the maximum, and finding it takes long
            if rank < MOST_STUCK:
                least = before.least(unit, wishes)
            count = before.most(unit, wishes, int(most[stuck]))
            new.append(say.fits_nowhere(area, wishes, codes, count, least))
    return outside, alone, new
