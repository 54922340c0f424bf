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
from oi_geo.tally import HUISARTS, count, names, practice_labels, total

# Shorter contact than this (metres) with the edge of the study area is rounding, not a border.
NO_BORDER_M = 1.0


def find_remainders(
    area: StudyArea, plan: Plan, *, minimum: float, on: Literal["inwoners", "ion"]
) -> gpd.GeoDataFrame:
    """Find the connected remainders outside all groups.

    Connected by strict contiguity; registered links (bridge, ferry) do not count.

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

        - `te_klein`: below the minimum; None where what is unknown could lift it over (also for
          `ion` without a single huisarts practice in the study area);
        - `te_klein_door_plan`: as `te_klein`, but False where the connected part of the map that it
          was cut from is below the minimum itself;
        - `ingesloten`: it borders on groups and does not reach the edge of the study area.
    """
    outside = plan.labels == UNASSIGNED
    part = area.graph.parts(np.where(outside, 0, UNASSIGNED).astype(np.int32))
    label = np.full(len(outside), -1, np.int64)
    label[outside] = pd.factorize(part[outside])[0]
    n = int(label.max(initial=-1)) + 1

    sums = _sums(area, label, n)
    listed = bool(area.practices["discipline"].eq(HUISARTS).any())
    small = _below(sums, on, minimum, listed=listed)
    component = area.graph.parts()
    whole = _sums(area, component, int(component.max()) + 1)
    small_whole = _below(whole, on, minimum, listed=listed)
    _, first = np.unique(label[outside], return_index=True)
    origin = component[outside][first]

    shapes = dissolve(area.units.geometry.to_numpy(), label, n)
    return gpd.GeoDataFrame(
        {
            "eenheden": names(label, n, area.units.index.to_series()),
            **sums,
            "te_klein": small,
            "te_klein_door_plan": pd.Series(
                [_blame(a, small_whole[b]) for a, b in zip(small, origin, strict=True)],
                dtype=object,
            ),
            "ingesloten": _enclosed(area, label, n, shapes),
            "gemeenten": names(label, n, area.units["gemeentecode"]),
        },
        geometry=shapes,
        crs=CRS,
    )


def _sums(area: StudyArea, label: NDArray[np.integer], n: int) -> dict[str, NDArray]:
    people = area.units["inwoners"]
    huisarts = area.practices["discipline"].eq(HUISARTS).to_numpy(bool)
    ion = area.practices["ion"][huisarts]
    at = practice_labels(area, label)[huisarts]
    return {
        "inwoners": total(label, n, people),
        "inwoners_onbekend": count(label, n, people.isna()),
        "ion": total(at, n, ion),
        "ion_onbekend": count(at, n, ion.isna()),
    }


def _below(sums: dict[str, NDArray], on: str, minimum: float, *, listed: bool) -> pd.Series:
    """Tell which sums are below the minimum; None where the unknown part could lift them over.

    Without `listed` there are no practices at all, and then every ION is unknown.
    """
    verdict: list[bool | None] = []
    for known, unknown in zip(sums[on], sums[f"{on}_onbekend"], strict=True):
        below = bool(known < minimum)
        open_end = bool(unknown) or (on == "ion" and not listed)
        verdict.append(None if below and open_end else below)
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
