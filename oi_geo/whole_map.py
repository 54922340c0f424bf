"""A work area inside a larger map: what is cut out, and what stays known of the ground around it.

A work area is a `StudyArea` of some of the units of a map; it keeps that map as `whole`, and a plan
on it keeps the proposal as it was read as `Plan.whole`. So whatever the edge of the work area would
hide (the rest of a gemeente, where a remainder goes on, what encloses what) is looked up there.
"""

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from oi_geo.errors import ProposalMismatch
from oi_geo.placement import OUTSIDE
from oi_geo.plan import UNASSIGNED, Plan
from oi_geo.sources.report import ReadReport
from oi_geo.study_area import StudyArea
from oi_geo.text import nl_count, nl_list


def cut_area(area: StudyArea, inside: NDArray[np.bool_]) -> StudyArea:
    """Cut a work area out of a map.

    Parameters
    ----------
    area : StudyArea
        The whole map.
    inside : ndarray of bool, shape (n_units,)
        Which units belong to the work area.

    Returns
    -------
    StudyArea
        In the order of the map, with the map itself as `whole`. Practices that stand in another
        unit keep their row: they surely stand outside (`plaatsing`).
    """
    units = area.units[inside]
    away = area.practices["eenheid"].notna() & ~area.practices["eenheid"].isin(units.index)
    practices = area.practices.assign(
        eenheid=area.practices["eenheid"].mask(away),
        plaatsing=area.practices["plaatsing"].mask(away, OUTSIDE),
    )
    return replace(
        area,
        units=units,
        gemeenten=area.gemeenten[area.gemeenten.index.isin(units["gemeentecode"])],
        practices=practices,
        graph=area.graph.within(inside),
        whole=area,
    )


def cut_plan(plan: Plan, area: StudyArea) -> tuple[Plan, list[str]]:
    """Bring a plan on a whole map back to a work area.

    Parameters
    ----------
    plan : Plan
        On the units of `area.whole`.
    area : StudyArea
        The work area.

    Returns
    -------
    plan : Plan
        On the units of `area`, with the groups that have something to do there; `beyond` names what
        they have outside it, and `whole` is the plan that came in, these groups first.
    notes : list of str
        Dutch sentences on groups that lie outside, wholly or partly.

    Raises
    ------
    ProposalMismatch
        No group has a unit in the work area.
    """
    inside = plan.units.isin(area.units.index)
    kept = _groups_inside(plan, inside)
    if plan.groups and not any(kept.values()):
        raise ProposalMismatch(
            "Geen enkele groep van dit voorstel heeft een eenheid in het werkgebied; verwacht "
            "wordt een voorstel voor dit gebied (--gebied, of Werkgebied op de pagina Gegevens)."
        )
    names = [*(g for g in plan.groups if kept[g]), *(g for g in plan.groups if not kept[g])]
    number = sum(kept.values())
    position = np.array([names.index(group) for group in plan.groups] + [UNASSIGNED], np.int32)
    whole = replace(plan, groups=tuple(names), labels=position[plan.labels])
    beyond = {
        # What it shares with other groups may be its own as well.
        group: tuple(
            plan.units[
                ~inside & ((whole.labels == i) | plan.units.isin(plan.shared_members(group)))
            ]
        )
        for i, group in enumerate(names[:number])
    }
    here = set(area.units.index)
    cut = Plan(
        level=plan.level,
        units=area.units.index,
        groups=tuple(names[:number]),
        labels=whole.labels[plan.units.get_indexer(area.units.index)],
        open_units=plan.open_units & here,
        double={code: groups for code, groups in plan.double.items() if code in here},
        faults=plan.faults[
            np.array([_concerns(units, here) for units in plan.faults["eenheden"]], bool)
        ],
        lost={group: texts for group, texts in plan.lost.items() if kept.get(group, True)},
        stated_scope=plan.stated_scope,
        beyond={group: codes for group, codes in beyond.items() if codes},
        whole=whole,
    )
    return cut, _notes(cut, names[number:])


def _groups_inside(plan: Plan, inside: NDArray[np.bool_]) -> dict[str, bool]:
    """Tell which groups a work area keeps: those with a unit in it, and those without any unit."""
    sides = {True: set(plan.labels[inside]), False: set(plan.labels[~inside])}
    here = set(plan.units[inside])
    double = {group for code, groups in plan.double.items() if code in here for group in groups}
    return {
        group: i in sides[True] or i not in sides[False] or group in double
        for i, group in enumerate(plan.groups)
    }


def _concerns(units: tuple[str, ...], here: set[str]) -> bool:
    """Tell whether a drawing fault lies at a unit of the work area, or at none that is known."""
    return not units or bool(here.intersection(units))


def _notes(cut: Plan, outside: list[str]) -> list[str]:
    notes = []
    if outside:
        lie = nl_count(len(outside), "groep ligt", "groepen liggen")
        notes.append(f"{lie} geheel buiten het werkgebied en telt niet mee: {nl_list(outside)}.")
        if len(outside) > 1:
            notes[-1] = notes[-1].replace(" en telt ", " en tellen ")
    for group, codes in cut.beyond.items():
        units = nl_count(len(codes), "eenheid", "eenheden")
        notes.append(
            f"Groep {group} loopt door buiten het werkgebied, met {units} ({nl_list(codes)}). "
            "Neem de gemeenten waarin zij liggen op in het werkgebied om de groep te toetsen."
        )
    return notes


def note_cut(report: ReadReport, notes: list[str]) -> None:
    """Put the sentences of `cut_plan` in the read report of the proposal."""
    for sentence in notes:
        report.warn(sentence)


@dataclass(frozen=True, eq=False)
class Around:
    """A plan on the whole map around it.

    Attributes
    ----------
    area : StudyArea
        The whole map; the study area itself where it was not cut.
    plan : Plan
        On all its units; the groups of the plan at hand come first, in the same order.
    """

    area: StudyArea
    plan: Plan


def around(area: StudyArea, plan: Plan) -> Around:
    """Put a plan on a work area back on the map that this was cut from."""
    if area.whole is None:
        return Around(area, plan)
    if plan.whole is not None:
        return Around(area.whole, plan.whole)
    units = area.whole.units.index
    return Around(area.whole, replace(plan, units=units, labels=spread(area, plan.labels)))


def spread(area: StudyArea, labels: NDArray[np.int32]) -> NDArray[np.int32]:
    """Carry labels of a work area over to the units of the whole map; -1 outside it."""
    if area.whole is None:
        return labels
    position = pd.Index(area.units.index).get_indexer(area.whole.units.index)
    return np.where(position >= 0, labels[position], UNASSIGNED).astype(np.int32)
