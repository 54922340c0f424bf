"""Problem: a study area and wishes, made ready for search, proof and sampling."""

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from oi_geo.candidates.arrays import HARD, Arrays, Ints, Longs, Price
from oi_geo.candidates.assemble import assemble, block_nodes, pairs_today, price_of
from oi_geo.candidates.contract import (
    NOWHERE,
    Links,
    colours,
    connections,
    keeps,
    node_labels,
    widened,
    within_limits,
)
from oi_geo.candidates.contradictions import contradictions
from oi_geo.candidates.exclaves import exclaves
from oi_geo.candidates.how_many import group_numbers, spread_over
from oi_geo.candidates.obstacles import Obstacle
from oi_geo.candidates.places import Before, beside_of, components, impossible, where_of
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
    left_out : frozenset of str
        Codes of units that were known to fit in no plan.
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
    left_out: frozenset[str]

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
        """Energy that every valid plan has: each block once, necessary pieces, pairs of today."""
        weight = self.arrays.block_weight
        blocks = float((weight * np.where(weight >= HARD, 1, self.pieces)).sum())
        return blocks - self.price.change * pairs_today(self.arrays)

    @property
    def asked(self) -> int | None:
        """Number of groups that is asked of the search, without those that stand already."""
        if self.wishes.groups is None:
            return None
        return self.wishes.groups - len(self.alone) - len(self.wishes.finished)

    @property
    def people(self) -> Longs:
        """People of each connected part, shape (n_components,)."""
        return np.bincount(self.component, self.arrays.pop).astype(np.int64)

    def with_groups(self, number: int) -> "Problem":
        """Return the same problem with another number of groups, spread over the parts."""
        spread = spread_over(self.people, self.groups, self.wishes, number)
        return replace(self, groups=spread.astype(np.int32))


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
    bound = widened(kept, parts, included)
    node, component, alone, found, first = _possible(
        area, wishes, people, links, division, bound, included, leave_out
    )
    colour, names = colours(area, wishes)
    blocks, pieces = block_nodes(kept, bound, node, people, division, wishes.high)
    clashes = contradictions(
        area, wishes, kept, parts, where_of(node, component), node, colour, people,
        division=division, alone=alone, first=first,
    )  # fmt: skip
    # What has no place because of a conflict between wishes is told once: as that conflict.
    told = [set(clash.where) for clash in clashes if clash.fatal]
    found = [o for o in found if o.fatal or not any(set(o.where) <= units for units in told)]
    found += clashes
    found += exclaves(area, wishes, kept, parts, links, division, node, people)
    closed = len(wishes.finished) + len(alone)
    groups, more = group_numbers(area, wishes, people, node, component, closed)
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
        obstacles=tuple({obstacle.reason: obstacle for obstacle in (*found, *more)}.values()),
        notes=notes + standing_flows(area, wishes, node),
        left_out=leave_out,
    )


def _possible(
    area: StudyArea,
    wishes: Wishes,
    people: Longs,
    links: Links,
    division: Ints,
    parts: list[Ints],
    included: NDArray[np.bool_],
    leave_out: frozenset[str],
) -> tuple[Ints, Ints, list[tuple[str, ...]], list[Obstacle], Ints]:
    """Set impossible places apart until none is left, since each may make another one.

    Returns node per unit, connected part per node, the units that stand alone, the obstacles, and
    the connected part of each unit before anything was set apart.
    """
    first: Ints | None = None
    before: Before | None = None
    found: list[Obstacle] = []
    alone: list[tuple[str, ...]] = []
    while True:
        node = node_labels(links, division, parts, included)
        component = components(links, division, node)
        if before is None or first is None:
            first, before = where_of(node, component), Before.of(links, division, node, people)
        beside = beside_of(area, links, division, [*alone, tuple(leave_out)])
        outside, new_alone, new = impossible(
            area, wishes, links, people, node, component, division, beside, before=before
        )
        if not new:
            return node, component, alone, found, first
        included, alone, found = included & ~outside, alone + new_alone, found + new


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


def standing_flows(area: StudyArea, wishes: Wishes, node: Ints) -> tuple[str, ...]:
    """Say how many patients live or go where no plan changes anything, so that they do not count.

    Those who live and go in one unit are in one group in any case.
    """
    if wishes.flows is None or not wishes.weights.stromen:
        return ()
    home, practice = (
        area.units.index.get_indexer(wishes.flows[name]) for name in ("woont", "praktijk")
    )
    use = (home >= 0) & (practice >= 0) & (home != practice)
    stands = use & ((node[home] == NOWHERE) | (node[practice] == NOWHERE))
    patients = int(wishes.flows["aantal"].to_numpy()[stands].sum())
    if not patients:
        return ()
    live, go = ("woont", "gaat") if patients == 1 else ("wonen", "gaan")
    text = (
        f"{nl_count(patients, 'patiënt', 'patiënten')} {live} in, of {go} naar, een gebied dat al "
        "vaststaat of apart staat; daar verandert geen plan iets aan, dus in de punten tellen zij "
        "niet mee."
    )
    return (text,)


def divisions(area: StudyArea, wishes: Wishes) -> Ints:
    """Give each higher division a number; units that the table does not name share one."""
    if wishes.within is None:
        return np.zeros(len(area.units), np.int32)
    labels, _ = pd.factorize(wishes.within.reindex(area.units.index))
    return labels.astype(np.int32)


def _closed(area: StudyArea, wishes: Wishes) -> NDArray[np.bool_]:
    closed = [code for code, name in wishes.locks.items() if name in wishes.closed]
    return area.units.index.isin(closed)
