"""Contraction: units that stay together become one node, so that keeping them whole is structural.

A set that must stay whole but hangs apart (a gemeente with an exclave, two locked units) gives one
node per connected part, and the parts become a block that no plan may split.
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from oi_geo.candidates.wishes import Wishes
from oi_geo.study_area import StudyArea

Ints = NDArray[np.int32]
NOWHERE = -1


@dataclass(frozen=True, eq=False)
class Keep:
    """A division of units whose parts stay whole.

    `labels` (int32 per unit, -1 for none) is the part of each unit, `names` what the parts are
    called, `hard` whether a part may never be split, `wish` whether the user named these units
    themselves (a lock, a pair), so that a contradiction is theirs to solve.
    """

    labels: Ints
    names: tuple[str, ...]
    kind: str
    hard: bool
    weight: float
    wish: bool = False


@dataclass(frozen=True, eq=False)
class Links:
    """All pairs of units that connect, with the border in metres (0 for a registered link)."""

    left: Ints
    right: Ints
    metres: NDArray[np.float64]


def connections(area: StudyArea) -> Links:
    """Return the shared borders and the registered links of a study area together."""
    graph, ends = area.graph, area.graph.link_positions()
    return Links(
        np.r_[graph.left, ends[:, 0]].astype(np.int32),
        np.r_[graph.right, ends[:, 1]].astype(np.int32),
        np.r_[graph.border_m, np.zeros(len(ends))],
    )


def keeps(area: StudyArea, wishes: Wishes) -> list[Keep]:
    """List what stays whole: gemeenten first, then other divisions, then locks and pairs."""
    codes, names = pd.factorize(area.units["gemeentecode"], sort=True)
    price = wishes.weights.gemeenten if wishes.gemeente != "nee" else 0.0
    found = [
        Keep(codes.astype(np.int32), tuple(names), "gemeente", wishes.gemeente == "hard", price)
    ]
    for whole in wishes.whole:
        parts = whole.parts.reindex(area.units.index)
        labels, names = pd.factorize(parts)
        hard = whole.firm == "hard"
        found.append(Keep(labels.astype(np.int32), tuple(names), whole.kind, hard, whole.weight))
    ties = _ties(area, wishes)
    if (ties != NOWHERE).any():
        names = tuple(str(i) for i in range(int(ties.max()) + 1))
        found.append(Keep(ties, names, "wens", True, 0.0, wish=True))
    return found


def colours(area: StudyArea, wishes: Wishes) -> tuple[Ints, tuple[str, ...]]:
    """Return the locked group of each unit (-1 for none) and the names of those groups."""
    names = tuple(dict.fromkeys(wishes.locks.values()))
    labels = np.full(len(area.units), NOWHERE, np.int32)
    for code, name in wishes.locks.items():
        labels[area.units.index.get_loc(code)] = names.index(name)
    return labels, names


def _ties(area: StudyArea, wishes: Wishes) -> Ints:
    """Give a number to each set of units that locks and pairs bind together."""
    if not (wishes.together or wishes.locks):
        return np.full(len(area.units), NOWHERE, np.int32)
    position = area.units.index.get_indexer
    colour, names = colours(area, wishes)
    pairs = [position(list(pair)) for pair in wishes.together]
    for group in range(len(names)):
        locked = np.flatnonzero(colour == group)
        pairs += [np.array(pair) for pair in pairwise(locked)]
    n = len(area.units)
    ends = np.array(pairs, np.int64).reshape(-1, 2)
    matrix = coo_array((np.ones(len(ends), np.int8), (ends[:, 0], ends[:, 1])), shape=(n, n))
    _, part = connected_components(matrix, directed=False)
    bound = np.bincount(part, minlength=n)[part] > 1
    labels = np.full(n, NOWHERE, np.int32)
    labels[bound] = pd.factorize(part[bound])[0]
    return labels


def widened(kept: list[Keep], parts: list[Ints], included: NDArray[np.bool_]) -> list[Ints]:
    """Let what the user ties carry along what must stay whole with it.

    A pair of units of two whole gemeenten ties the gemeenten: which of their units it names makes
    no difference to the nodes, and so none to the points.

    Parameters
    ----------
    kept, parts
        What stays whole, and the parts of each hard division of it that can.
    included : ndarray of bool, shape (n_units,)
        Units that the search divides; others carry nothing along.

    Returns
    -------
    list of ndarray of int32, shape (n_units,)
        As `parts`, with the whole bound sets for those of the user.
    """
    wish = [keep.wish for keep in kept if keep.hard]
    if not any(wish):
        return parts
    n, ends = len(included), []
    for named, labels in zip(wish, parts, strict=True):
        units = np.flatnonzero((labels != NOWHERE) & (named | included))
        _, first, part = np.unique(labels[units], return_index=True, return_inverse=True)
        ends.append(np.column_stack([units, units[first][part]]))
    pairs = np.concatenate(ends)
    matrix = coo_array((np.ones(len(pairs), np.int8), (pairs[:, 0], pairs[:, 1])), shape=(n, n))
    _, bound = connected_components(matrix, directed=False)

    def carried(labels: Ints) -> Ints:
        inside = np.isin(bound, bound[labels != NOWHERE])
        wider = np.full(n, NOWHERE, np.int32)
        wider[inside] = pd.factorize(bound[inside])[0]
        return wider

    return [carried(labels) if named else labels for named, labels in zip(wish, parts, strict=True)]


def within_limits(keep: Keep, division: Ints, people: NDArray[np.int64], high: int) -> Ints:
    """Give each part of a hard division that can stay whole a number, -1 for units in none.

    A part that a higher division cuts is cut by necessity, and stays whole on either side; what
    exceeds the maximum is cut by necessity as well.
    """
    labels = by_division(keep, division)
    inside = labels != NOWHERE
    total = np.bincount(labels[inside], people[inside])
    return np.where(np.r_[total <= high, False][labels], labels, NOWHERE).astype(np.int32)


def by_division(keep: Keep, division: Ints) -> Ints:
    """Give each part of what stays whole, on each side of a higher division, its own number."""
    inside = keep.labels != NOWHERE
    pair = keep.labels.astype(np.int64) * (int(division.max(initial=0)) + 2) + division + 1
    labels = np.full(len(pair), NOWHERE, np.int32)
    labels[inside] = pd.factorize(pair[inside])[0]
    return labels


def node_labels(
    links: Links, division: Ints, parts: list[Ints], included: NDArray[np.bool_]
) -> Ints:
    """Give each node a number: connected units that share a part of any hard division.

    Returns
    -------
    ndarray of int32, shape (n_units,)
        Node of each unit in order of first appearance; -1 for units that are not included.
    """
    left, right = links.left, links.right
    usable = included[left] & included[right] & (division[left] == division[right])
    same = np.zeros(len(left), bool)
    for labels in parts:
        same |= (labels[left] == labels[right]) & (labels[left] != NOWHERE)
    same &= usable
    n = len(included)
    matrix = coo_array((np.ones(int(same.sum()), np.int8), (left[same], right[same])), shape=(n, n))
    _, part = connected_components(matrix, directed=False)
    node = np.full(n, NOWHERE, np.int32)
    node[included] = pd.factorize(part[included])[0]
    return node
