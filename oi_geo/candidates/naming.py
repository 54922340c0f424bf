"""From the groups of the search to a plan of units whose groups have names."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from oi_geo.candidates.arrays import Ints
from oi_geo.candidates.problem import Problem
from oi_geo.plan import UNASSIGNED, Plan
from oi_geo.study_area import StudyArea


def plan_of(problem: Problem, labels: Ints) -> Plan:
    """Make a plan of units.

    Parameters
    ----------
    problem : Problem
    labels : ndarray of int32, shape (n_nodes,)
        Group of each node.

    Returns
    -------
    Plan
        A locked group keeps its name; another is called after its largest gemeente, with its
        largest unit there where several share that. Units that are too large by themselves stand
        alone, closed groups are added as they were, and units of impossible places have no group.
    """
    units = problem.area.units
    group = np.where(
        problem.node >= 0, labels[np.maximum(problem.node, 0)] if len(labels) else 0, UNASSIGNED
    ).astype(np.int64)
    n = int(labels.max(initial=-1)) + 1
    names: list[str | None] = [None] * n
    for i in np.flatnonzero(problem.arrays.colour >= 0):
        names[labels[i]] = problem.colours[problem.arrays.colour[i]]
    for codes in problem.alone:
        group[units.index.get_indexer(list(codes))] = len(names)
        names.append(_lock_of(problem, codes))
    for name in sorted(problem.wishes.finished):
        closed = [code for code, lock in problem.wishes.locks.items() if lock == name]
        group[units.index.get_indexer(closed)] = len(names)
        names.append(name)
    return _named(problem, group, names)


def _lock_of(problem: Problem, codes: tuple[str, ...]) -> str | None:
    return next((problem.wishes.locks[c] for c in codes if c in problem.wishes.locks), None)


def _named(problem: Problem, group: NDArray[np.int64], names: list[str | None]) -> Plan:
    """Name the groups that have no name, and number them in the order of their names."""
    units = problem.area.units
    inside = group != UNASSIGNED
    table = _members(units, group)
    gemeente = _largest(table, "gemeente")
    unit = _largest(table[table["gemeente"] == table["group"].map(gemeente)], "unit")
    called = [name or gemeente[i] for i, name in enumerate(names)]
    shared = {name for name in called if called.count(name) > 1}
    called = [
        f"{name}, {unit[i]}" if name in shared and not names[i] and unit[i] != name else name
        for i, name in enumerate(called)
    ]
    final: list[str] = []
    for i in sorted(range(len(called)), key=lambda i: (names[i] is None, called[i])):
        number, name = 1, called[i]
        while name in final:
            number += 1
            name = f"{called[i]} ({number})"
        called[i] = name
        final.append(name)
    groups = tuple(sorted(final))
    position = np.array([groups.index(name) for name in called] or [0], np.int32)
    result = np.where(inside, position[np.maximum(group, 0)], UNASSIGNED).astype(np.int32)
    return Plan(level=problem.wishes.level, units=units.index, groups=groups, labels=result)


def _members(units: pd.DataFrame, group: NDArray[np.int64] | Ints) -> pd.DataFrame:
    """List the units that have a group with what names it, by their codes."""
    table = pd.DataFrame(
        {
            "group": group,
            "gemeente": units["gemeentenaam"],
            "unit": units["naam"],
            "people": units["inwoners"].fillna(0),
        },
        index=units.index,
    )
    return table[group != UNASSIGNED]


def name_givers(area: StudyArea, plan: Plan, group: str) -> tuple[str, tuple[str, ...]]:
    """Return the gemeente that a group of a plan is called after, and its units in the group.

    That is the gemeente of its name, as `plan_of` writes it, or the largest of the group where the
    name is that of no gemeente in it.

    Returns
    -------
    gemeente : str
        Its name.
    codes : tuple of str
    """
    number = plan.groups.index(group)
    table = _members(area.units.loc[plan.units], plan.labels)
    table = table[table["group"] == number]
    starts = {name: (f"{name}, ", f"{name} (") for name in table["gemeente"].unique()}
    named = [name for name, parts in starts.items() if group == name or group.startswith(parts)]
    gemeente = max(named, key=len) if named else _largest(table, "gemeente")[number]
    return gemeente, tuple(table.index[table["gemeente"] == gemeente])


def _largest(table: pd.DataFrame, column: str) -> dict[int, str]:
    """Return per group the name in a column that holds most people."""
    total = table.groupby(["group", column])["people"].sum().reset_index()
    total = total.sort_values(["people", column], ascending=[False, True])
    first = total.drop_duplicates("group")
    return dict(zip(first["group"].astype(int), first[column].astype(str), strict=True))
