"""Remainders: what a plan leaves over outside all its groups."""

from typing import Literal

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from oi_geo.plan import UNASSIGNED, Plan
from oi_geo.shape import dissolve
from oi_geo.study_area import CRS, StudyArea
from oi_geo.tally import (
    HUISARTS,
    count,
    least_people,
    most_people,
    names,
    practice_labels,
    total,
    uncounted,
)
from oi_geo.whole_map import around

# Shorter contact than this (metres) with the edge of the study area is rounding, not a border.
NO_BORDER_M = 1.0


def find_remainders(
    area: StudyArea, plan: Plan, *, minimum: float, on: Literal["inwoners", "ion"]
) -> gpd.GeoDataFrame:
    """Find the connected remainders that a plan leaves outside its groups.

    Connected by strict contiguity; registered links (bridge, ferry) do not count. A work area is
    judged on the whole map that it was cut from: a remainder goes on where the work area ends. Only
    what the plan leaves is a remainder of it: ground that borders on one of its groups, shares a
    gemeente with one, or holds units that still have to be put in a group. An island far away is
    none.

    Parameters
    ----------
    area, plan
        See `oi_geo.border_issues.border_issues`.
    minimum : float
        Smallest number of `on` with which a remainder can stand on its own.
    on : {'inwoners', 'ion'}
        What the minimum counts.

    Returns
    -------
    GeoDataFrame, EPSG:28992
        One row per remainder, in the order of its first unit: `eenheden` and `gemeenten` (tuples
        of codes), `inwoners`, `inwoners_onbekend`, `ion`, `ion_onbekend` (known sums, and how many
        units or huisarts rows are unknown), geometry, and

        - `te_klein`: below the minimum; None where what is unknown could lift it over: secret units
          up to what the number of their gemeente leaves them, other unknowns without bound (also
          `ion` without a single huisarts practice in the study area);
        - `te_klein_door_plan`: as `te_klein`, but False where the connected part of the map that it
          was cut from is below the minimum itself;
        - `ingesloten`: it borders on groups and does not reach the edge of the map.
    """
    there = around(area, plan)
    label = _labels(there.area, there.plan, len(plan.groups), plan.unfinished_units)
    area, n = there.area, int(label.max(initial=-1)) + 1
    small = _below(area, label, n, minimum, on)
    component = area.graph.parts()
    small_whole = _below(area, component, int(component.max(initial=-1)) + 1, minimum, on)
    _, first = np.unique(label[label >= 0], return_index=True)
    origin = component[label >= 0][first]
    blamed = [_blame(a, small_whole[b]) for a, b in zip(small, origin, strict=True)]

    shapes = dissolve(area.units.geometry.to_numpy(), label, n)
    return gpd.GeoDataFrame(
        {
            "eenheden": names(label, n, area.units.index.to_series()),
            **_sums(area, label, n),
            "te_klein": small,
            "te_klein_door_plan": pd.Series(blamed, dtype=object),
            "ingesloten": _enclosed(area, label, n, shapes),
            "gemeenten": names(label, n, area.units["gemeentecode"]),
        },
        geometry=shapes,
        crs=CRS,
    )


def in_view(area: StudyArea, remainders: gpd.GeoDataFrame) -> pd.DataFrame:
    """Return the remainders as a reader of this area is told them, without their geometry.

    Of a work area its own units come first in `eenheden`, and `eenheden_daarbuiten` counts the
    others. A remainder that has none of its own is told only where it may be too small to stand on
    its own: else it is the rest of the map.
    """
    frame = pd.DataFrame(remainders.drop(columns="geometry"))
    own = set(area.units.index)
    frame["eenheden"] = [tuple(sorted(c, key=lambda x: x not in own)) for c in frame["eenheden"]]
    beyond = [sum(code not in own for code in codes) for codes in frame["eenheden"]]
    frame.insert(1, "eenheden_daarbuiten", np.array(beyond, np.int64))
    reaches_in = frame["eenheden_daarbuiten"] < frame["eenheden"].map(len)
    return frame[reaches_in | frame["te_klein"].ne(False)]


def _labels(area: StudyArea, plan: Plan, own: int, open_units: pd.Index) -> NDArray[np.int64]:
    """Give each remainder that the first `own` groups leave a number from 0; -1 elsewhere."""
    outside = plan.labels == UNASSIGNED
    part = area.graph.parts(np.where(outside, 0, UNASSIGNED).astype(np.int32))
    outside &= _left_by(area, plan, part, own, open_units)
    label = np.full(len(outside), -1, np.int64)
    label[outside] = pd.factorize(part[outside])[0]
    return label


def _left_by(
    area: StudyArea, plan: Plan, part: NDArray[np.int32], own: int, open_units: pd.Index
) -> NDArray[np.bool_]:
    """Tell which units lie in a part that the first `own` groups of a plan leave (see above)."""
    graph, units = area.graph, area.units
    group = (plan.labels >= 0) & (plan.labels < own)
    if not group.any():
        return np.ones(len(group), bool)
    shared = units["gemeentecode"].isin(units["gemeentecode"][group]).to_numpy()
    near = shared | units.index.isin(open_units)
    near[graph.left[group[graph.right]]] = True
    near[graph.right[group[graph.left]]] = True
    return np.isin(part, part[near & (plan.labels == UNASSIGNED)])


def _sums(area: StudyArea, label: NDArray[np.integer], n: int) -> dict[str, NDArray]:
    people = area.units["inwoners"]
    huisarts = area.practices["discipline"].eq(HUISARTS).to_numpy(bool)
    ion, at = area.practices["ion"], practice_labels(area, label)
    return {
        "inwoners": total(label, n, people),
        "inwoners_onbekend": count(label, n, people.isna()),
        "ion": total(at[huisarts], n, ion[huisarts]),
        "ion_onbekend": count(at, n, uncounted(area.practices, "ion")),
    }


def _below(
    area: StudyArea, label: NDArray[np.integer], n: int, minimum: float, on: str
) -> pd.Series:
    """Tell which labels are below the minimum; None where the unknown part could lift them over."""
    sums = _sums(area, label, n)
    if on == "inwoners":
        least, most = least_people(area, label, n), most_people(area, label, n)
    else:
        listed = bool(area.practices["discipline"].eq(HUISARTS).any())
        most = np.where((sums["ion_onbekend"] > 0) | (not listed), np.inf, sums["ion"])
        least = sums["ion"]
    verdict = np.full(n, None, object)
    verdict[most < minimum] = True
    verdict[least >= minimum] = False
    return pd.Series(verdict, dtype=object)


def _blame(small: bool | None, small_whole: bool | None) -> bool | None:
    """Combine 'the remainder is too small' and 'what it was cut from was not' (None: unknown)."""
    if small is False or small_whole is True:
        return False
    if small is None or small_whole is None:
        return None
    return True


def _enclosed(
    area: StudyArea, label: NDArray[np.integer], n: int, shapes: NDArray[np.object_]
) -> NDArray[np.bool_]:
    graph = area.graph
    cut = label[graph.left] != label[graph.right]
    ends = np.r_[label[graph.left[cut]], label[graph.right[cut]]]
    enclosed = count(ends, n) > 0
    open_m = total(label, n, graph.outer_m)
    doubtful = np.flatnonzero(enclosed & (open_m > NO_BORDER_M))
    if len(doubtful):
        # Open border may be the shore of an inland lake: only the outer edge of the map counts.
        edge = _outer_edge(area)
        contact = shapely.length(shapely.intersection(shapely.boundary(shapes[doubtful]), edge))
        enclosed[doubtful] = contact <= NO_BORDER_M
    return enclosed


def _outer_edge(area: StudyArea) -> shapely.Geometry:
    """Return the outer rings of the study area, without the lakes and gaps inside it."""
    polygons = area.units.geometry.to_numpy()
    whole = dissolve(polygons, np.zeros(len(polygons), np.int64), 1)[0]
    rings = shapely.get_exterior_ring(shapely.get_parts(whole))
    return shapely.boundary(shapely.union_all(shapely.polygons(rings)))
