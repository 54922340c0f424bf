"""Check a plan against the wishes by the measures of part 1, which know nothing of the search."""

from dataclasses import replace

import numpy as np
import pandas as pd

from oi_geo.candidates.wishes import Wishes
from oi_geo.metrics import measure
from oi_geo.plan import UNASSIGNED, Plan
from oi_geo.study_area import StudyArea
from oi_geo.tally import HUISARTS
from oi_geo.text import nl_count, nl_list, nl_number


def breaches(
    area: StudyArea, wishes: Wishes, plan: Plan, *, exempt: frozenset[str] = frozenset()
) -> list[str]:
    """List what a plan breaks of what must hold.

    Parameters
    ----------
    area : StudyArea
    wishes : Wishes
    plan : Plan
        Units without a group are not judged.
    exempt : frozenset of str
        Groups that may leave the band: a unit that is too large by itself, a group that was closed
        by hand.

    Returns
    -------
    list of str
        Dutch sentences; empty for a valid plan.
    """
    measured = measure(area, plan)
    people = measured["inwoners" if wishes.counted == "inwoners" else "ion"].fillna(0)
    found, unit = [], "inwoners" if wishes.counted == "inwoners" else "ION"
    for (group, row), known in zip(measured.iterrows(), people.to_numpy(float), strict=True):
        count = round(known)
        if group not in exempt and not wishes.low <= count <= wishes.high:
            found.append(f"{group} telt {nl_number(count)} {unit} en valt buiten de band.")
        if row["delen_met_verbindingen"] != 1 and group not in exempt:
            found.append(
                f"{group} bestaat uit {nl_count(row['delen_met_verbindingen'], 'deel', 'delen')}."
            )
    if wishes.groups is not None and len(plan.groups) != wishes.groups:
        number = nl_count(len(plan.groups), "groep", "groepen")
        found.append(f"Gevraagd: {nl_count(wishes.groups, 'groep', 'groepen')}; gemaakt: {number}.")
    return found + _split(area, wishes, plan) + _pairs(wishes, plan) + _added(wishes, plan)


def _split(area: StudyArea, wishes: Wishes, plan: Plan) -> list[str]:
    """List what should stay whole and does not, and groups that cross a division."""
    placed = plan.labels != UNASSIGNED
    labels = pd.Series(plan.labels, plan.units)[placed]
    found = []
    if wishes.within is not None:
        division = wishes.within.reindex(labels.index).fillna("")
        crossing = division.groupby(labels).nunique()
        names = [plan.groups[i] for i in crossing.index[crossing > 1]]
        goes = "gaat" if len(names) == 1 else "gaan"
        found += [f"{nl_list(names)} {goes} over een hogere grens."] if names else []
    kept = [("gemeente", area.units["gemeentecode"])] if wishes.gemeente == "hard" else []
    kept += [(whole.kind, whole.parts) for whole in wishes.whole if whole.firm == "hard"]
    for kind, parts in kept:
        # What a higher division cuts stays whole on either side of it.
        sides = parts.reindex(area.units.index).astype("str")
        if wishes.within is not None:
            sides += wishes.within.reindex(area.units.index).map(" in {}".format).astype("str")
        part = sides.reindex(labels.index).dropna()
        groups = labels[part.index].groupby(part).nunique()
        needed = cut_by_necessity(area, replace(wishes, within=None), sides)
        split = set(groups.index[groups > 1]) - needed
        found += [f"Niet heel gebleven ({kind}): {nl_list(sorted(split))}."] if split else []
    return found


def cut_by_necessity(area: StudyArea, wishes: Wishes, parts: pd.Series) -> set[str]:
    """Name the parts that cannot stay whole: above the maximum, in two divisions, or locked apart.

    Parameters
    ----------
    parts : pandas.Series
        Name of the part per unit code.
    """
    part = parts.reindex(area.units.index)
    if wishes.counted == "inwoners":
        people = area.units["inwoners"].fillna(0)
    else:
        huisarts = area.practices[area.practices["discipline"].eq(HUISARTS)]
        people = huisarts.groupby("eenheid")["ion"].sum().reindex(area.units.index).fillna(0)
    total = people.groupby(part).sum()
    large = set(total.index[np.rint(total) > wishes.high])
    if wishes.within is not None:
        divisions = wishes.within.reindex(area.units.index).fillna("").groupby(part).nunique()
        large |= set(divisions.index[divisions > 1])
    locked = pd.Series(dict(wishes.locks), dtype="str").reindex(area.units.index)
    apart = locked.groupby(part).nunique()
    partly = locked.isin(list(wishes.closed)).groupby(part).mean()
    return large | set(apart.index[apart > 1]) | set(partly.index[(partly > 0) & (partly < 1)])


def _pairs(wishes: Wishes, plan: Plan) -> list[str]:
    """List pairs and locks that the plan does not keep."""
    group = dict(zip(plan.units, plan.labels, strict=True))
    found = [
        f"{a} en {b} horen bij elkaar."
        for a, b in wishes.together
        if group[a] != group[b] and UNASSIGNED not in {group[a], group[b]}
    ]
    found += [
        f"{a} en {b} moeten uit elkaar."
        for a, b in wishes.apart
        if group[a] == group[b] != UNASSIGNED
    ]
    found += [
        f"{code} hoort in {name}."
        for code, name in wishes.locks.items()
        if group[code] != UNASSIGNED and plan.groups[group[code]] != name
    ]
    return found


def _added(wishes: Wishes, plan: Plan) -> list[str]:
    """List what was added to a group that was closed by hand."""
    return [
        f"{code} is toegevoegd aan {name}, dat al vaststaat."
        for name in sorted(wishes.closed & set(plan.groups))
        for code in plan.members(name)
        if wishes.locks.get(code) != name
    ]
