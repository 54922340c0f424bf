"""Wishes that contradict each other, the borders or the band, found before anything is searched."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from oi_geo.candidates import obstacles as say
from oi_geo.candidates.contract import NOWHERE, Ints, Keep
from oi_geo.candidates.obstacles import Obstacle
from oi_geo.candidates.wishes import Wishes
from oi_geo.study_area import StudyArea
from oi_geo.text import nl_count

DROP_ONE = "een van deze wensen loslaten"


def contradictions(
    area: StudyArea,
    wishes: Wishes,
    kept: list[Keep],
    parts: list[Ints],
    where: Ints,
    node: Ints,
    colour: Ints,
    people: NDArray[np.int64],
    *,
    division: Ints,
    alone: Sequence[tuple[str, ...]],
    first: Ints,
) -> list[Obstacle]:
    """Find units that must be together and cannot be, or that must be apart as well.

    Parameters
    ----------
    kept, parts
        What stays whole, and the parts of each hard division of it that can.
    division : ndarray of int32, shape (n_units,)
        Higher division that no group crosses.
    where, node : ndarray of int32, shape (n_units,)
        Connected part and node of each unit, -1 outside the search.
    colour : ndarray of int32, shape (n_units,)
        Locked group of each unit, -1 for none.
    alone : sequence of tuple of str
        Units that are a group of their own because they are too large.
    first : ndarray of int32, shape (n_units,)
        As `where`, before impossible places were set apart.
    """
    home = _homes(area, wishes, where, colour, alone)
    bound = _bound(kept, parts, home, where, alone=area.units.index.isin(_flat(alone)))
    codes, inside = area.units.index, home != NOWHERE
    locked = inside & (colour != NOWHERE)
    apart, pieces = (_several(bound, value, inside) for value in (home, node))
    colours = _several(bound, colour, locked)
    found = _wished_apart(area, kept, first)
    found += _too_many_bound(area, wishes, kept, parts, first, colour, people, found)
    for one in np.flatnonzero(apart | pieces | colours):
        units = inside & (bound == one)
        if any(set(codes[units]) <= set(obstacle.where) for obstacle in found):
            continue
        if apart[one]:
            found.append(_apart_by_nature(area, codes[units], where[units]))
        elif colours[one]:
            why = "staan vast in verschillende groepen, maar moeten bij elkaar blijven"
            found.append(say.contradiction(area, list(codes[units & locked]), why, DROP_ONE))
    found += _closed_across(area, wishes, division)
    standing = len(set(wishes.locks.values())) + len(alone)
    if wishes.groups is not None and standing > wishes.groups:
        number = nl_count(standing, "groep", "groepen")
        why = f"vormen al {number}, en er is plaats voor {wishes.groups}"
        stand = [*wishes.locks, *_flat(alone)]
        found.append(say.contradiction(area, stand, why, f"ten minste {number}"))
    return found + _apart_and_together(area, wishes, home, where, bound)


def _too_many_bound(
    area: StudyArea,
    wishes: Wishes,
    kept: list[Keep],
    parts: list[Ints],
    first: Ints,
    colour: Ints,
    people: NDArray[np.int64],
    told: Sequence[Obstacle],
) -> list[Obstacle]:
    """Find what wishes bind together and is above the maximum, whatever else has no place.

    Looked at before impossible places are set apart: half of a pair that has no place may have
    none because of the pair.
    """
    home = _homes(area, wishes, first, colour, ())
    nobody = np.zeros(len(first), bool)
    bound = _bound(kept, parts, home, first, alone=nobody)
    free, codes = first != NOWHERE, area.units.index
    total = np.zeros(len(bound), np.int64)
    np.add.at(total, bound[free], people[free])
    found = []
    for one in np.unique(bound[free & (total[bound] > wishes.high)]):
        units = free & (bound == one)
        known = any(set(codes[units]) <= set(obstacle.where) for obstacle in told)
        if units.sum() > 1 and not known:
            large = say.too_large(area, wishes, list(codes[units]), int(total[one]))
            found.append(replace(large, fatal=True))
    return found


def _apart_and_together(
    area: StudyArea, wishes: Wishes, home: Ints, where: Ints, bound: Ints
) -> list[Obstacle]:
    """Find units that must be apart and together, once for all pairs within one bound set."""
    clash: dict[int, dict[str, None]] = {}
    for pair in wishes.apart:
        a, b = area.units.index.get_indexer(list(pair))
        fixed = home[a] == home[b] != NOWHERE and where[a] == NOWHERE
        if fixed or (bound[a] == bound[b] and home[a] != NOWHERE and home[b] != NOWHERE):
            clash.setdefault(int(bound[a]), {}).update(dict.fromkeys(pair))
    why = "moeten uit elkaar, maar ook bij elkaar blijven"
    return [say.contradiction(area, list(codes), why, DROP_ONE) for codes in clash.values()]


def _wished_apart(area: StudyArea, kept: list[Keep], first: Ints) -> list[Obstacle]:
    """Find what the user wants together and lies in parts of the area that hang apart."""
    codes, found = area.units.index, []
    for labels in (keep.labels for keep in kept if keep.wish):
        inside = (labels != NOWHERE) & (first != NOWHERE)
        for one in np.unique(labels[inside]):
            units = inside & (labels == one)
            if len(np.unique(first[units])) > 1:
                found.append(_apart_by_nature(area, codes[units], first[units]))
    return found


def _closed_across(area: StudyArea, wishes: Wishes, division: Ints) -> list[Obstacle]:
    """Find groups that were closed by hand across a border that no group crosses."""
    found = []
    for name in sorted(wishes.finished):
        codes = [code for code, group in wishes.locks.items() if group == name]
        if len(np.unique(division[area.units.index.get_indexer(codes)])) > 1:
            why = f"staan samen vast als {name}, maar daar loopt een hogere grens tussendoor"
            found.append(say.contradiction(area, codes, why, DROP_ONE))
    return found


def _several(bound: Ints, value: Ints, among: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Tell of each bound set whether its units `among` these have more than one value."""
    lowest = np.full(len(bound), np.iinfo(np.int32).max)
    highest = np.full(len(bound), np.iinfo(np.int32).min)
    np.minimum.at(lowest, bound[among], value[among])
    np.maximum.at(highest, bound[among], value[among])
    return lowest < highest


def _flat(alone: Sequence[tuple[str, ...]]) -> list[str]:
    return [code for codes in alone for code in codes]


def _homes(
    area: StudyArea, wishes: Wishes, where: Ints, colour: Ints, alone: Sequence[tuple[str, ...]]
) -> Ints:
    """Return where each unit ends up, as a number: a connected part, or a group that is fixed."""
    home = where.copy()
    number = int(where.max(initial=NOWHERE)) + 1
    for codes in alone:
        home[area.units.index.get_indexer(list(codes))] = number
        number += 1
    closed = area.units.index.isin([c for c, name in wishes.locks.items() if name in wishes.closed])
    home[closed] = number + colour[closed]
    return home


def _bound(
    kept: list[Keep], parts: list[Ints], home: Ints, where: Ints, *, alone: NDArray[np.bool_]
) -> Ints:
    """Return the number of the set that wishes bind each unit into, whether or not it touches.

    A gemeente of which a part is in a closed group is divided by that, so that only what is left
    of it is bound.
    """
    n = len(home)
    ends = []
    for keep, labels in zip((k for k in kept if k.hard), parts, strict=True):
        free = (home != NOWHERE) if keep.wish else (where != NOWHERE) | alone
        units = np.flatnonzero(free & (labels != NOWHERE))
        _, first, part = np.unique(labels[units], return_index=True, return_inverse=True)
        ends.append(np.column_stack([units, units[first][part]]))
    pairs = np.concatenate([*ends, np.zeros((0, 2), np.int64)])
    matrix = coo_array((np.ones(len(pairs), np.int8), (pairs[:, 0], pairs[:, 1])), shape=(n, n))
    _, bound = connected_components(matrix, directed=False)
    return bound.astype(np.int32)


def _apart_by_nature(area: StudyArea, codes: pd.Index, where: Ints) -> Obstacle:
    """Say that units which must be together lie in parts, or in fixed groups, that cannot join."""
    if (where == NOWHERE).any():
        why = "moeten bij elkaar, maar een deel ervan staat al vast of is te groot voor een groep"
        return say.contradiction(area, list(codes), why, DROP_ONE)
    why = "moeten bij elkaar, maar liggen in delen die nergens samenhangen"
    change = "een verbinding tussen deze delen, of deze wens loslaten"
    return say.contradiction(area, list(codes), why, change)
