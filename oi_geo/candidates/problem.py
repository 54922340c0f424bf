"""Problem: a study area and wishes, made ready for search, proof and sampling."""

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from oi_geo.candidates import obstacles as say
from oi_geo.candidates.arrays import HARD, Arrays, Ints, Price
from oi_geo.candidates.assemble import assemble, block_nodes, price_of
from oi_geo.candidates.contract import (
    NOWHERE,
    Links,
    colours,
    connections,
    keeps,
    node_labels,
    within_limits,
)
from oi_geo.candidates.contradictions import contradictions
from oi_geo.candidates.obstacles import Obstacle
from oi_geo.candidates.wishes import Wishes, check_codes
from oi_geo.study_area import StudyArea
from oi_geo.tally import HUISARTS
from oi_geo.text import nl_count, nl_number


@dataclass(frozen=True, eq=False)
class Problem:
    """What search, proof and sampling work on.

    Attributes
    ----------
    area : StudyArea
    wishes : Wishes
    arrays : Arrays
        The nodes that have to be divided.
    price : Price
        What each part of the objective costs, and the band.
    node : ndarray of int32, shape (n_units,)
        Node of each unit; -1 for units that stand outside the search.
    component : ndarray of int32, shape (n_nodes,)
        Connected part of the graph that each node lies in.
    groups : ndarray of int32, shape (n_components,)
        Number of groups that each connected part gets.
    alone : tuple of tuple of str
        Units that exceed the maximum by themselves; each tuple is a group of its own.
    colours : tuple of str
        Names of the locked groups, by the number in `arrays.colour`.
    pieces : ndarray of int32, shape (n_blocks,)
        Pieces of each block that are necessary: 1, or more for a gemeente above the maximum.
    obstacles : tuple of Obstacle
        What is impossible and why.
    notes : tuple of str
        What the user should know about the numbers.
    """

    area: StudyArea
    wishes: Wishes
    arrays: Arrays
    price: Price
    node: Ints
    component: Ints
    groups: Ints
    alone: tuple[tuple[str, ...], ...]
    colours: tuple[str, ...]
    pieces: Ints
    obstacles: tuple[Obstacle, ...]
    notes: tuple[str, ...]

    @property
    def n_groups(self) -> int:
        """Number of groups that the search makes."""
        return int(self.groups.sum())

    @property
    def solvable(self) -> bool:
        """Whether anything is left to divide, and no obstacle forbids every plan."""
        return len(self.arrays.pop) > 0 and not any(o.fatal for o in self.obstacles)

    @property
    def constant(self) -> float:
        """Energy that every valid plan has: one for each block, and the necessary pieces."""
        weight = self.arrays.block_weight
        return float((weight * np.where(weight >= HARD, 1, self.pieces)).sum())

    def with_groups(self, groups: Ints) -> "Problem":
        """Return the same problem with another number of groups per connected part."""
        return replace(self, groups=groups)


def build_problem(
    area: StudyArea, wishes: Wishes, *, leave_out: frozenset[str] = frozenset()
) -> Problem:
    """Make a study area and wishes ready.

    Parameters
    ----------
    area : StudyArea
        Its graph holds the registered links, which connect as borders do.
    wishes : Wishes
    leave_out : frozenset of str
        Codes of units that are known to fit in no plan; they get no group.

    Returns
    -------
    Problem
        Where places are impossible they are left out and named in `obstacles`; the rest can be
        divided.

    Raises
    ------
    ImpossibleWishes
        If a wish names a unit that is not there, or counts what is unknown.
    """
    check_codes(wishes, area)
    people, notes = count_people(area, wishes)
    links, division = connections(area), divisions(area, wishes)
    kept = keeps(area, wishes)
    included = ~_closed(area, wishes) & ~area.units.index.isin(list(leave_out))
    parts = [
        keep.labels if keep.wish else within_limits(keep, division, people, wishes.high)
        for keep in kept
        if keep.hard
    ]
    found: list[Obstacle] = []
    alone: list[tuple[str, ...]] = []
    while True:
        node = node_labels(links, division, parts, included)
        component = _components(links, division, node)
        beside = _beside(area, links, division, alone)
        outside, new_alone, new = _impossible(
            area, wishes, people, node, component, division, beside
        )
        if not new:
            break
        included, alone, found = included & ~outside, alone + new_alone, found + new
    colour, names = colours(area, wishes)
    blocks, pieces = block_nodes(kept, parts, node, people, wishes.high)
    found += contradictions(
        area, wishes, kept, parts, _where(node, component), node, colour, people, alone=alone
    )
    closed = len(wishes.finished) + len(alone)
    groups, more = _numbers(area, wishes, people, node, component, closed)
    arrays = assemble(area, wishes, links, division, node, people, blocks, colour)
    inhabitants = float(area.units["inwoners"][node != NOWHERE].sum())
    return Problem(
        area=area,
        wishes=wishes,
        arrays=arrays,
        price=price_of(wishes, arrays, int(groups.sum()), inhabitants),
        node=node,
        component=component,
        groups=groups,
        alone=tuple(alone),
        colours=names,
        pieces=pieces,
        obstacles=tuple(found + more),
        notes=notes,
    )


def count_people(area: StudyArea, wishes: Wishes) -> tuple[NDArray[np.int64], tuple[str, ...]]:
    """Return what the band counts per unit as whole numbers, and what is unknown about it."""
    if wishes.counted == "inwoners":
        values = area.units["inwoners"]
        unknown = int(values.isna().sum())
        note = (
            f"Van {nl_count(unknown, 'eenheid', 'eenheden')} is het aantal inwoners onbekend; voor "
            "de band tellen die als nul, en Toets noemt ze."
        )
    else:
        practices = area.practices[area.practices["discipline"].eq(HUISARTS)]
        values = practices.groupby("eenheid")["ion"].sum().reindex(area.units.index)
        unknown = int(practices["ion"].isna().sum())
        note = (
            f"Van {nl_count(unknown, 'huisartsenpraktijk', 'huisartsenpraktijken')} is de ION "
            "onbekend; die telt niet mee."
        )
    notes = [note] if unknown else []
    if wishes.counted == "ion" and area.ion_unplaced:
        notes.append(f"{nl_number(area.ion_unplaced)} ION is niet geplaatst en telt niet mee.")
    return np.rint(values.fillna(0).to_numpy(np.float64)).astype(np.int64), tuple(notes)


def divisions(area: StudyArea, wishes: Wishes) -> Ints:
    """Give each higher division a number; units that the table does not name share one."""
    if wishes.within is None:
        return np.zeros(len(area.units), np.int32)
    labels, _ = pd.factorize(wishes.within.reindex(area.units.index))
    return labels.astype(np.int32)


def _closed(area: StudyArea, wishes: Wishes) -> NDArray[np.bool_]:
    closed = [code for code, name in wishes.locks.items() if name in wishes.closed]
    return area.units.index.isin(closed)


def _components(links: Links, division: Ints, node: Ints) -> Ints:
    """Give each connected part of the nodes, within its division, a number."""
    n = int(node.max()) + 1 if len(node) else 0
    left, right = node[links.left], node[links.right]
    usable = (left != NOWHERE) & (right != NOWHERE)
    usable &= division[links.left] == division[links.right]
    left, right = left[usable], right[usable]
    matrix = coo_array((np.ones(len(left), np.int8), (left, right)), shape=(n, n))
    _, part = connected_components(matrix, directed=False)
    return pd.factorize(part)[0].astype(np.int32)


def _where(node: Ints, component: Ints) -> Ints:
    """Return the connected part of each unit, -1 for those outside the search."""
    return np.r_[component, NOWHERE][node].astype(np.int32)


def _beside(
    area: StudyArea, links: Links, division: Ints, alone: list[tuple[str, ...]]
) -> NDArray[np.bool_]:
    """Tell which units connect with one that stands alone because it is too large."""
    taken = area.units.index.isin([code for codes in alone for code in codes])
    ends = np.r_[links.left, links.right], np.r_[links.right, links.left]
    near = taken[ends[0]] & (division[ends[0]] == division[ends[1]])
    beside = np.zeros(len(taken), bool)
    beside[ends[1][near]] = True
    return beside


def _impossible(
    area: StudyArea,
    wishes: Wishes,
    people: NDArray[np.int64],
    node: Ints,
    component: Ints,
    division: Ints,
    beside: NDArray[np.bool_],
) -> tuple[NDArray[np.bool_], list[tuple[str, ...]], list[Obstacle]]:
    """Find nodes above the maximum, and when there are none, connected parts below the minimum."""
    inside = node != NOWHERE
    total = np.bincount(node[inside], people[inside], minlength=len(component)).astype(np.int64)
    outside = np.zeros(len(node), bool)
    alone: list[tuple[str, ...]] = []
    new: list[Obstacle] = []
    for large in np.flatnonzero(total > wishes.high):
        codes = tuple(area.units.index[node == large])
        outside |= node == large
        alone.append(codes)
        new.append(say.too_large(area, wishes, codes, int(total[large])))
    if new:
        return outside, alone, new
    size = np.bincount(component, total).astype(np.int64)
    where = _where(node, component)
    for small in np.flatnonzero(size < wishes.low):
        members = where == small
        outside |= members
        others = inside & ~members & (division == division[np.flatnonzero(members)[0]])
        can_take = others & np.isin(where, np.flatnonzero(size >= wishes.low))
        towards = can_take if can_take.any() else others
        cut_off = bool((members & beside).any())
        new.append(say.too_small(area, wishes, members, int(size[small]), towards, cut_off=cut_off))
    return outside, alone, new


def _numbers(
    area: StudyArea,
    wishes: Wishes,
    people: NDArray[np.int64],
    node: Ints,
    component: Ints,
    held: int,
) -> tuple[Ints, list[Obstacle]]:
    """Divide the number of groups over the connected parts."""
    inside = node != NOWHERE
    total = np.bincount(
        component[node[inside]], people[inside], minlength=int(component.max(initial=-1)) + 1
    ).astype(np.int64)
    least, most = -(-total // wishes.high), total // wishes.low
    found = [
        replace(
            say.no_number_fits(
                wishes,
                list(area.units.index[inside & (component[np.maximum(node, 0)] == part)]),
                int(total[part]),
                alone=len(total) == 1 and not held,
                area=area,
            ),
            fatal=True,
        )
        for part in np.flatnonzero(least > most)
    ]
    target = wishes.target or (wishes.low + wishes.high) / 2
    groups = np.clip(np.rint(total / target).astype(np.int64), least, np.maximum(least, most))
    if wishes.groups is not None and not found:
        asked = wishes.groups - held
        if not least.sum() <= asked <= most.sum():
            low, high = int(least.sum()) + held, int(most.sum()) + held
            found.append(say.wrong_number(wishes, low, high, int(total.sum()), held))
        else:
            groups = _spread(total, groups, least, most, asked)
    return groups.astype(np.int32), found


def _spread(
    total: NDArray[np.int64],
    groups: NDArray[np.int64],
    least: NDArray[np.int64],
    most: NDArray[np.int64],
    asked: int,
) -> NDArray[np.int64]:
    """Add or take groups one by one where the average size stays nearest to the others'."""
    groups = groups.copy()
    step = 1 if groups.sum() < asked else -1
    ideal = total.sum() / asked
    while groups.sum() != asked:
        can = groups < most if step > 0 else groups > least
        size = np.where(can, total / np.maximum(groups + step, 1), np.inf)
        groups[int(np.argmin(np.abs(size - ideal)))] += step
    return groups
