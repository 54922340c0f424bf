"""Number and colour by which a group is known, the same on every map that it stands on.

They follow from the names of the groups, never from the order of rows in a file. Plans that are
shown together, such as candidates, get them together: a group that holds the same units, or has the
same name, is the same group.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from oi_geo.maps.palette import colour_numbers, group_colours
from oi_geo.plan import UNASSIGNED, Plan
from oi_geo.study_area import StudyArea


@dataclass(frozen=True, eq=False)
class Marks:
    """How the groups of a plan are marked, by their names.

    Attributes
    ----------
    numbers : mapping of str to int
        From 1 on; no two groups of a plan share one.
    shades : mapping of str to int
        Position of the colour in `oi_geo.maps.palette.group_colours`.
    """

    numbers: Mapping[str, int]
    shades: Mapping[str, int]

    def colour(self, group: str) -> str:
        """Return the colour of a group."""
        return group_colours()[self.shades[group]]

    def in_order(self, plan: Plan) -> list[int]:
        """Return the positions of the groups of a plan in the order of their numbers."""
        return sorted(range(len(plan.groups)), key=lambda i: self.numbers[plan.groups[i]])

    @property
    def digest(self) -> str:
        """A text that is the same for the same marks."""
        return str(sorted((name, n, self.shades[name]) for name, n in self.numbers.items()))

    def fit(self, plan: Plan) -> bool:
        """Tell whether every group of a plan has its mark."""
        return all(group in self.numbers for group in plan.groups)


def group_neighbours(area: StudyArea, plan: Plan) -> list[tuple[int, int]]:
    """Return the pairs of groups that share a border, by their position in the plan."""
    ends = np.column_stack([plan.labels[area.graph.left], plan.labels[area.graph.right]])
    pairs = np.unique(ends[(ends >= 0).all(axis=1) & (ends[:, 0] != ends[:, 1])], axis=0)
    return [(int(a), int(b)) for a, b in pairs]


def natural_order(name: str) -> tuple[tuple[int, int, str], ...]:
    """Return what puts names in the order of people: `Regio 2` before `Regio 10`."""
    parts = re.findall(r"[0-9]+|[^0-9]+", name.strip().casefold())
    return tuple((0, int(p), "") if p.isascii() and p.isdigit() else (1, 0, p) for p in parts)


def group_marks(
    area: StudyArea, plans: Sequence[Plan], first: Marks | None = None
) -> tuple[Marks, ...]:
    """Mark the groups of plans that are shown together.

    Parameters
    ----------
    area : StudyArea
    plans : sequence of Plan
        On the units of `area`. The groups of the first plan are numbered in the order of their
        names; those of a later one have the number that they had before, and a new group that of
        the place where it lies, as far as it is free.
    first : Marks, optional
        How the first plan is marked elsewhere; it keeps that.

    Returns
    -------
    tuple of Marks, one per plan
        What the first plan gets does not depend on the others. In a plan of at most 24 groups all
        colours differ; in a larger one those of neighbours do, and the numbers tell groups apart.
    """
    if first is not None and not first.fit(plans[0]):
        first = None
    who = _identities(plans)
    number = _numbers(area, plans, who, first)
    own = [[int(number[i]) for i in ids] for ids in who]
    edges = [
        (numbers[a], numbers[b])
        for plan, numbers in zip(plans, own, strict=True)
        for a, b in group_neighbours(area, plan)
    ]
    if first is None and len(plans) > 1:
        [first] = group_marks(area, plans[:1])
    wanted = {}
    if first is not None:
        order = first.in_order(plans[0])
        wanted = {own[0][i]: first.shades[plans[0].groups[i]] for i in order}
    shades = colour_numbers(int(number.max(initial=-1)) + 1, edges, wanted, own)
    return tuple(
        Marks(
            {group: i + 1 for group, i in zip(plan.groups, numbers, strict=True)},
            {group: shades[i] for group, i in zip(plan.groups, numbers, strict=True)},
        )
        for plan, numbers in zip(plans, own, strict=True)
    )


def _identities(plans: Sequence[Plan]) -> list[list[int]]:
    """Tell which groups of the plans are the same: by their units, else by their name.

    Identities count up in the order of the names, plan by plan; groups without units come last.
    """
    by_units: dict[bytes, int] = {}
    by_name: dict[str, int] = {}
    found, count = [], 0
    for plan in plans:
        sizes = np.bincount(plan.labels[plan.labels != UNASSIGNED], minlength=len(plan.groups))
        units = [np.packbits(plan.labels == i).tobytes() for i in range(len(plan.groups))]
        order = sorted(range(len(sizes)), key=lambda i: (not sizes[i], *_by_name(plan.groups[i])))
        ids = dict.fromkeys(order, -1)
        for known in (
            [by_units.get(held, -1) for held in units],
            [by_name.get(name, -1) for name in plan.groups],
        ):
            for i in order:
                same = known[i]
                if ids[i] < 0 <= same and same not in ids.values():
                    ids[i] = same
        for i in order:
            if ids[i] < 0:
                ids[i], count = count, count + 1
            by_name.setdefault(plan.groups[i], ids[i])
            if sizes[i]:
                by_units.setdefault(units[i], ids[i])
        found.append([ids[i] for i in range(len(order))])
    return found


def _by_name(name: str) -> tuple[tuple[tuple[int, int, str], ...], str]:
    """Order names, also those that differ in capitals only."""
    return natural_order(name), name


def _numbers(
    area: StudyArea, plans: Sequence[Plan], who: Sequence[Sequence[int]], first: Marks | None
) -> NDArray[np.int64]:
    """Give the identities numbers from 0 on, so that those that stand in one plan differ."""
    count = max((max(ids, default=-1) for ids in who), default=-1) + 1
    number = np.full(count, -1)
    # Identities count up in the order of the names already.
    number[who[0]] = who[0] if first is None else [first.numbers[g] - 1 for g in plans[0].groups]
    together: list[set[int]] = [set() for _ in number]
    for ids in who:
        for i in ids:
            together[i].update(ids)
    # One for each unit, so that places where nobody lives count as well.
    people = area.units["inwoners"].fillna(0).to_numpy(np.float64) + 1
    for later, plan in enumerate(plans[1:], 1):
        new = [g for g, i in enumerate(who[later]) if number[i] < 0]
        if not new:
            continue
        shared = _shared(plans[:later], [number[ids] for ids in who[:later]], plan, people)
        most = shared.max(axis=1, initial=0)
        for group in sorted(new, key=lambda g: (-most[g], *_by_name(plan.groups[g]))):
            identity = who[later][group]
            barred = {int(number[i]) for i in together[identity]}
            free = [k for k in range(count + shared.shape[1]) if k not in barred]
            score = [shared[group, k] if k < shared.shape[1] else 0 for k in free]
            number[identity] = free[int(np.argmax(score))]
    return number


def _shared(
    before: Sequence[Plan], numbers: Sequence[NDArray], plan: Plan, people: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Count how many people of each group lived in the groups with each number before."""
    wide = max(int(n.max(initial=-1)) for n in numbers) + 1
    most = np.zeros((len(plan.groups), wide))
    for other, number in zip(before, numbers, strict=True):
        both = (plan.labels != UNASSIGNED) & (other.labels != UNASSIGNED)
        cells = plan.labels[both] * wide + number[other.labels[both]]
        found = np.bincount(cells, people[both], minlength=most.size).reshape(most.shape)
        most = np.maximum(most, found)
    return most
