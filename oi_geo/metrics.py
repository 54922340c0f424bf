"""What can be measured of a plan, per group: people, practices, shape, borders and gemeenten.

Everything is counted on arrays: labels of the units and the arrays of the contiguity graph. The
definitions and their sources stand in docs/methode.md.
"""

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from oi_geo.contiguity import ContiguityGraph
from oi_geo.plan import Plan
from oi_geo.shape import enclosing, hull_ratio, polsby_popper, reock
from oi_geo.sources.same_patients import COUNTED, least, same_rows
from oi_geo.study_area import StudyArea
from oi_geo.tally import (
    HUISARTS,
    REGIO_ORGANISATIE,
    count,
    distinct,
    estimated,
    practice_labels,
    total,
    uncounted,
)
from oi_geo.whole_map import Around, around, spread

PRACTICE_MEASURES = (
    "ion", "ion_onbekend", "ion_dubbel", "ion_deelnemers", "ion_deelname_onbekend", "praktijken",
    "praktijken_geschat", "huisartsenpraktijken", "huisartsenpraktijken_geschat",
    "huisartsen", "huisartsen_onbekend", "huisartsen_dubbel",
    "huisartsen_deelnemers", "huisartsen_deelname_onbekend",
)  # fmt: skip


def measure(area: StudyArea, plan: Plan) -> pd.DataFrame:
    """Measure every group of a plan.

    Parameters
    ----------
    area : StudyArea
        Units in EPSG:28992, with their graph and the placed practices.
    plan : Plan
        On the units of `area`.

    Returns
    -------
    DataFrame
        One row per group, index `groep` in the order of `plan.groups`. A sum (`inwoners`, `ion`,
        `huisartsen`, …) covers what is known; the column that ends in `_onbekend` beside it counts
        the rows that are unknown, also where nobody knows whether a row is of a huisarts.
        What units in several groups hold is in no sum of people and practices but in
        `inwoners_gedeeld`; `ion_dubbel` and `huisartsen_dubbel` are what rows may say twice, and
        part of the sum; `praktijken_geschat` counts those of `praktijken` whose place is an
        estimate and that may stand in another group or in none. Without any list of practices all
        that is counted of them (`PRACTICE_MEASURES`) is NaN. `oppervlakte_km2` in km², `omtrek_km`,
        `snijlijn_km` and `afstand_km` in km; `polsby_popper`, `reock` and `convex_hull` are ratios
        from 0 to 1, NaN for a group without units; `gemeenten_geheel`, `gemeenten_gedeeld` and
        `gemeenten_onbekend` hold tuples of gemeentecodes: all of it in the group, a part, or all
        that the map holds of it where that is known to be only a part. Borders and gemeenten of a
        work area are looked at on the whole map that it was cut from.

    Raises
    ------
    ValueError
        If the plan was made for other units than those of `area`.
    """
    if not plan.units.equals(area.units.index):
        raise ValueError("the plan's units must be the area's units, in the same order")
    groups = pd.Index(plan.groups, dtype="str", name="groep")
    columns = {
        **_people(area, plan.sure_labels, len(groups)),
        "inwoners_gedeeld": [_shared_people(area, plan, group) for group in groups],
        **_practices(area, plan.sure_labels, len(groups)),
        **_shape(area.whole or area, spread(area, plan.labels), len(groups)),
        **_gemeenten(around(area, plan), len(groups)),
        "afstand_km": _distance_km(area, plan.labels, len(groups)),
    }
    return pd.DataFrame(columns, index=groups)


def _people(area: StudyArea, labels: NDArray[np.int32], n: int) -> dict[str, NDArray]:
    inwoners, ouderen = area.units["inwoners"], area.units["inwoners_65plus"]
    return {
        "eenheden": count(labels, n),
        "inwoners": total(labels, n, inwoners),
        "inwoners_onbekend": count(labels, n, inwoners.isna()),
        "inwoners_65plus": total(labels, n, ouderen),
        "inwoners_65plus_onbekend": count(labels, n, ouderen.isna()),
    }


def _shared_people(area: StudyArea, plan: Plan, group: str) -> float:
    """Sum the known inhabitants of units that the proposal puts in this group and in others."""
    if not plan.double:
        return 0.0
    return float(area.units["inwoners"][plan.shared_members(group)].sum())


def _practices(area: StudyArea, labels: NDArray[np.int32], n: int) -> dict[str, NDArray]:
    label = practice_labels(area, labels)
    if area.practices.empty:
        # No list of practices: how many there are, and how many patients, is unknown, not nought.
        return dict.fromkeys(PRACTICE_MEASURES, np.full(n, np.nan))
    practice = area.practices["discipline"].ne(REGIO_ORGANISATIE).to_numpy(bool)
    huisarts = area.practices["discipline"].eq(HUISARTS).to_numpy(bool)
    deelnemer = area.practices["deelnemer"].fillna(value=False).to_numpy(bool)
    onbekend = area.practices["deelnemer"].isna().to_numpy(bool)
    doubt, praktijk = estimated(area, labels), area.practices["praktijk_id"]
    measures: dict[str, NDArray] = {
        "praktijken": distinct(label[practice], n, praktijk[practice]),
        "praktijken_geschat": distinct(label[practice & doubt], n, praktijk[practice & doubt]),
        "huisartsenpraktijken": distinct(label[huisarts], n, praktijk[huisarts]),
        "huisartsenpraktijken_geschat": distinct(
            label[huisarts & doubt], n, praktijk[huisarts & doubt]
        ),
    }
    for column in COUNTED:
        values = np.where(huisarts, area.practices[column].to_numpy(np.float64), 0.0)
        measures |= {
            column: total(label, n, values),
            f"{column}_onbekend": count(label, n, uncounted(area.practices, column)),
            f"{column}_dubbel": perhaps_double(area, huisarts, label, n, column),
            f"{column}_deelnemers": total(label, n, np.where(deelnemer, values, 0.0)),
            f"{column}_deelname_onbekend": total(label, n, np.where(onbekend, values, 0.0)),
        }
    return {name: measures[name] for name in PRACTICE_MEASURES}


def perhaps_double(
    area: StudyArea, huisarts: NDArray[np.bool_], label: NDArray[np.int64], n: int, column: str
) -> NDArray[np.float64]:
    """Sum per label what rows may say twice (see `oi_geo.sources.same_patients`).

    Parameters
    ----------
    area : StudyArea
    huisarts : ndarray of bool, shape (n_practices,)
        Rows of huisartsen, and no others.
    label : ndarray of int, shape (n_practices,)
        From 0 to `n`; rows with -1 are left out.
    n : int
    column : {'ion', 'huisartsen'}
    """
    same = same_rows(area.practices, column)
    values = area.practices[column].to_numpy(np.float64)
    result = np.zeros(n)
    for group in np.unique(label[huisarts & (same.size > 1) & (label >= 0)]):
        here = huisarts & (label == group)
        result[group] = np.nansum(values[here]) - least(values, same, here)
    return result


def _shape(area: StudyArea, labels: NDArray[np.int32], n: int) -> dict[str, NDArray]:
    area_m2 = total(labels, n, area.area_km2) * 1e6
    edges, cut_m = _cut_edges(area.graph, labels, n)
    perimeter_m = total(labels, n, area.graph.outer_m) + cut_m
    hull_m2, radius_m = enclosing(area.units.geometry.to_numpy(), labels, n)
    return {
        "oppervlakte_km2": area_m2 / 1e6,
        "omtrek_km": perimeter_m / 1e3,
        "delen": _part_count(area.graph, labels, n, links=False),
        "delen_met_verbindingen": _part_count(area.graph, labels, n, links=True),
        "polsby_popper": polsby_popper(area_m2, perimeter_m),
        "reock": reock(area_m2, radius_m),
        "convex_hull": hull_ratio(area_m2, hull_m2),
        "snijranden": edges,
        "snijlijn_km": cut_m / 1e3,
    }


def _cut_edges(
    graph: ContiguityGraph, labels: NDArray[np.int32], n: int
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Count and measure (m) the shared borders between a unit in the group and one outside it."""
    cut = labels[graph.left] != labels[graph.right]
    ends = np.r_[labels[graph.left[cut]], labels[graph.right[cut]]]
    return count(ends, n), total(ends, n, np.r_[graph.border_m[cut], graph.border_m[cut]])


def _part_count(
    graph: ContiguityGraph, labels: NDArray[np.int32], n: int, *, links: bool
) -> NDArray[np.int64]:
    """Count the connected parts per group; a part never crosses groups, so one unit stands for it.

    With links, a link counts only when both its ends lie in the group.
    """
    _, first = np.unique(graph.parts(labels, links=links), return_index=True)
    return count(labels[first], n)


def _gemeenten(there: Around, n: int) -> dict[str, object]:
    """Sort the gemeenten of the first `n` groups into whole, cut and undeterminable."""
    gemeente, names = pd.factorize(there.area.units["gemeentecode"], sort=True)
    labels = there.plan.labels
    inside = (labels >= 0) & (labels < n)
    cell = labels[inside].astype(np.int64) * len(names) + gemeente[inside]
    here = np.bincount(cell, minlength=n * len(names)).reshape(n, len(names))
    everywhere = np.bincount(gemeente, minlength=len(names))
    complete = ~names.isin(list(there.area.incomplete))
    whole = (here > 0) & (here == everywhere)
    cut = (here > 0) & ~whole
    return {
        "gemeenten_geheel": [tuple(names[row]) for row in whole & complete],
        "gemeenten_gedeeld": [tuple(names[row]) for row in cut],
        "gemeenten_onbekend": [tuple(names[row]) for row in whole & ~complete],
        "gemeenten": (here > 0).sum(axis=1),
    }


def _distance_km(area: StudyArea, labels: NDArray[np.int32], n: int) -> NDArray[np.float64]:
    """Estimate how far inhabitants are from a huisarts of their group, as the crow flies (km).

    From the point on surface of each unit to the nearest participating huisarts practice of the
    group (any huisarts practice where the whole table does not tell who participates), weighted
    with the inhabitants that are known. A practice placed without coordinates stands at the point
    of its unit.
    """
    point = shapely.get_coordinates(shapely.point_on_surface(area.units.geometry.to_numpy()))
    rows, practice_group = _reachable(area, practice_labels(area, labels))
    given = rows[["x_rd", "y_rd"]].to_numpy(np.float64)
    of_unit = point[area.units.index.get_indexer(rows["eenheid"])]
    xy = np.where(np.isnan(given).any(axis=1)[:, None], of_unit, given)
    people = area.units["inwoners"].fillna(0).to_numpy(np.float64)
    result = np.full(n, np.nan)
    for group in np.unique(practice_group):
        members = np.flatnonzero((labels == group) & (people > 0))
        if len(members):
            metres, _ = cKDTree(xy[practice_group == group]).query(point[members])
            result[group] = np.average(metres, weights=people[members]) / 1e3
    return result


def _reachable(area: StudyArea, label: NDArray[np.int64]) -> tuple[pd.DataFrame, NDArray[np.int64]]:
    """Select the huisarts practices that `_distance_km` goes to, with the group of each."""
    huisarts = area.practices["discipline"].eq(HUISARTS).to_numpy(bool)
    deelnemer = area.practices["deelnemer"]
    keep = huisarts & (label >= 0)
    if deelnemer[huisarts].notna().any():
        keep &= deelnemer.fillna(value=False).to_numpy(bool)
    return area.practices[keep], label[keep]
