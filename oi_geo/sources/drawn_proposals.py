"""A drawn proposal: polygons laid over the units; each unit goes where most inhabitants are.

Shares of a unit lie between 0 and 1; those of all groups together, plus what lies outside, minus
what lies in several groups, are 1. Differences of less than a metre are noise of coordinates (see
`oi_geo.sources.drawn_faults`).
"""

from collections.abc import Collection
from dataclasses import dataclass, replace

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from oi_geo.errors import UnusableFile
from oi_geo.plan import UNASSIGNED, Plan, PlanLevel
from oi_geo.sources.drawn_faults import NOISE_WIDTH_M, check_overlaps, drawing_faults
from oi_geo.sources.drawn_layers import Drawing, read_drawing
from oi_geo.sources.report import ReadReport
from oi_geo.sources.uploads import CheckedFile
from oi_geo.study_area import StudyArea
from oi_geo.text import nl_count, nl_list, nl_number, nl_percentage

# A unit is reported as cut where more than this share of its area lies elsewhere.
CUT_SHARE = 0.01
# A unit of which more than half lies in each of several groups is proposed for all of them.
_DOUBLE_SHARE = 0.5
_SHOWN = 0.0005  # smaller shares would be written as 0,0 %
_DECIMALS = 9  # shares equal to this many decimals are equal: ties do not depend on rounding


@dataclass(frozen=True, eq=False)
class Shares:
    """How a set of shapes is divided among groups.

    Attributes
    ----------
    in_group : ndarray of float64, shape (n_shapes, n_groups)
        Share of each shape's area in each group.
    outside : ndarray of float64, shape (n_shapes,)
        Share in no group.
    double : ndarray of float64, shape (n_shapes,)
        Share in more than one group, counted once for each group after the first.
    """

    in_group: NDArray[np.float64]
    outside: NDArray[np.float64]
    double: NDArray[np.float64]


def area_shares(shapes: NDArray[np.object_], groups: NDArray[np.object_]) -> Shares:
    """Lay groups over shapes and measure which share of each shape's area lies where.

    Parameters
    ----------
    shapes, groups : ndarray of polygons, EPSG:28992
        The units (or parts of them), and one (multi)polygon per group.
    """
    area = shapely.area(shapes)
    in_group = np.zeros((len(shapes), len(groups)))
    shapely.prepare(groups)
    g, u = shapely.STRtree(shapes).query(groups, predicate="intersects")
    whole = shapely.covers(groups[g], shapes[u])
    in_group[u[whole], g[whole]] = 1.0
    g, u = g[~whole], u[~whole]
    pieces = shapely.intersection(shapes[u], groups[g])
    in_group[u, g] = shapely.area(pieces) / area[u]
    total = in_group.sum(axis=1)
    covered = np.where((in_group == 1.0).any(axis=1), 1.0, total)
    several = (in_group > 0).sum(axis=1) > 1
    mixed = np.flatnonzero(several & ~(in_group == 1.0).any(axis=1))
    if len(mixed):
        covered[mixed] = _union_area(mixed, u, pieces) / area[mixed]
    return Shares(in_group, np.clip(1.0 - covered, 0.0, 1.0), np.clip(total - covered, 0.0, None))


def _union_area(
    wanted: NDArray[np.intp], unit: NDArray[np.intp], pieces: NDArray[np.object_]
) -> NDArray[np.float64]:
    """Return the area of the pieces of each wanted unit together, overlap counted once."""
    order = np.argsort(unit, kind="stable")
    start = np.searchsorted(unit[order], wanted, side="left")
    end = np.searchsorted(unit[order], wanted, side="right")
    return np.array(
        [
            shapely.area(shapely.union_all(pieces[order[a:b]]))
            for a, b in zip(start, end, strict=True)
        ]
    )


def people_shares(
    units: gpd.GeoDataFrame, by_area: Shares, groups: NDArray[np.object_], parts: gpd.GeoDataFrame
) -> tuple[Shares, NDArray[np.bool_]]:
    """Divide the inhabitants of each unit, as far as finer parts with known inhabitants tell.

    Parameters
    ----------
    units : GeoDataFrame, EPSG:28992
        The units.
    by_area : Shares
        Of the units; kept for units whose parts are missing, unknown or uninhabited.
    groups : ndarray of polygons
        One per group.
    parts : GeoDataFrame, EPSG:28992
        `inwoners` (persons, NaN where unknown); a part belongs to the unit that holds a point
        inside it, and its inhabitants are spread evenly over its area.

    Returns
    -------
    shares : Shares
        Of inhabitants where known, else of area.
    counted : ndarray of bool, shape (n_units,)
        Where the shares are those of inhabitants.
    """
    shapes = parts.geometry.to_numpy()
    p, u = shapely.STRtree(units.geometry.to_numpy()).query(
        shapely.point_on_surface(shapes), predicate="within"
    )
    people = parts["inwoners"].to_numpy(dtype="float64")[p]
    total = np.bincount(u, people, minlength=len(units))
    counted = np.isfinite(total) & (total > 0)
    fine = area_shares(shapes[p], groups)
    table = np.column_stack([fine.in_group, fine.outside, fine.double]) * people[:, None]
    sums = np.column_stack([np.bincount(u, column, minlength=len(units)) for column in table.T])
    coarse = np.column_stack([by_area.in_group, by_area.outside, by_area.double])
    merged = np.divide(sums, total[:, None], out=coarse, where=counted[:, None])
    return Shares(merged[:, :-2], merged[:, -2], merged[:, -1]), counted


def read_drawn(
    file: CheckedFile,
    area: StudyArea,
    level: PlanLevel,
    parts: gpd.GeoDataFrame | None,
    kolom: str | None = None,
) -> tuple[Plan, ReadReport]:
    """Read polygons with a name as a plan (see `oi_geo.sources.proposals.read_proposal`)."""
    report = ReadReport(file.name, "voorstel", file.sha256)
    drawing = read_drawing(file, level, report, kolom)
    return plan_from_drawing(drawing, area, level, report, parts), report


def plan_from_drawing(
    drawing: Drawing, area: StudyArea, level: PlanLevel, report: ReadReport,
    parts: gpd.GeoDataFrame | None = None,
) -> Plan:  # fmt: skip
    """Give each unit to the group that holds most of its inhabitants (area where unknown).

    Raises
    ------
    UnusableFile
        No polygon lies over any unit.
    UnsafeFile
        The groups lie over each other in more places than can be worked out.
    """
    check_overlaps(drawing.shapes, report.bestand)
    shapes = area.units.geometry.to_numpy()
    by_area = area_shares(shapes, drawing.shapes)
    if not by_area.in_group.any():
        raise UnusableFile(
            f"{report.bestand}: geen enkel vlak ligt over de geladen grenzen; verwacht worden "
            "vlakken binnen het gebied van de grenzen, in het juiste coördinatenstelsel."
        )
    shares, counted = by_area, np.zeros(len(shapes), bool)
    if parts is not None:
        shares, counted = people_shares(area.units, by_area, drawing.shapes, parts)
    table = np.column_stack([shares.in_group, shares.outside]).round(_DECIMALS)
    best = table.argmax(axis=1)
    labels = np.where(best == len(drawing.names), UNASSIGNED, best)
    _note_cuts(area.units, drawing, by_area, shares, counted, labels, report)
    faults = drawing_faults(area.units, drawing, by_area.outside, report)
    plan = _plan(area, level, drawing, table[:, :-1], labels, faults)
    off = {drawing.names[at] for at in np.flatnonzero(~by_area.in_group.any(axis=0))}
    _note_empty(plan, off, report)
    return replace(plan, lost={name: (f"vlak {name}",) for name in sorted(off)})


def _plan(
    area: StudyArea, level: PlanLevel, drawing: Drawing, table: NDArray[np.float64],
    labels: NDArray[np.intp], faults: gpd.GeoDataFrame,
) -> Plan:  # fmt: skip
    """Put the plan together; a group that holds no unit stays in it, without units."""
    many = np.flatnonzero((table > _DOUBLE_SHARE).sum(axis=1) > 1)
    double = {
        area.units.index[unit]: tuple(
            drawing.names[g] for g in np.flatnonzero(table[unit] > _DOUBLE_SHARE)
        )
        for unit in many
    }
    left = area.units[labels == UNASSIGNED]
    is_open = shapely.intersects(left.geometry.representative_point(), drawing.left_open)
    return Plan(
        level=level,
        units=area.units.index,
        groups=tuple(drawing.names),
        labels=labels.astype(np.int32),
        open_units=frozenset(left.index[is_open]),
        double=double,
        faults=faults,
    )


def _note_empty(plan: Plan, off: Collection[str], report: ReadReport) -> None:
    """Report the groups without units, and which of them lie wholly off the map."""
    used = set(plan.memberships()[1])
    for at, name in enumerate(plan.groups):
        if at not in used:
            why = "houdt van geen enkele eenheid het grootste deel"
            if name in off:
                why = "ligt geheel buiten de geladen grenzen"
            report.warn(f"Groep '{name}' {why}; voor deze groep is niets te bepalen.")


def _note_cuts(
    units: gpd.GeoDataFrame, drawing: Drawing, by_area: Shares, shares: Shares,
    counted: NDArray[np.bool_], labels: NDArray[np.intp], report: ReadReport,
) -> None:  # fmt: skip
    """Report every unit of which more than `CUT_SHARE` of the area lies elsewhere."""
    table = np.column_stack([by_area.in_group, by_area.outside])
    elsewhere = table.sum(axis=1) - table.max(axis=1)
    cut = np.flatnonzero(elsewhere > CUT_SHARE)
    cut = cut[_wide_cuts(units.geometry.to_numpy()[cut], table[cut], drawing.shapes)]
    people = np.column_stack([shares.in_group, shares.outside])
    names = units["naam"].fillna("naam onbekend")
    for unit in cut:
        text = f"{units.index[unit]} ({names.iloc[unit]}) wordt doorsneden: "
        text += _shares_text(table[unit], drawing.names, "van de oppervlakte")
        if counted[unit]:
            text += f"; {_shares_text(people[unit], drawing.names, 'van de inwoners')}"
        label = labels[unit]
        goes = "in geen groep" if label == UNASSIGNED else f"bij '{drawing.names[label]}'"
        report.warn(f"{text}. Ingedeeld {goes}.")
    if len(cut):
        known = int(counted[cut].sum())
        report.info(
            f"{nl_count(len(cut), 'eenheid wordt', 'eenheden worden')} doorsneden; "
            f"{nl_number(known)} daarvan ingedeeld naar de inwoners van kleinere gebieden, "
            f"{nl_number(len(cut) - known)} naar oppervlakte (de inwoners gelijk gespreid)."
        )


def _wide_cuts(
    shapes: NDArray[np.object_], table: NDArray[np.float64], groups: NDArray[np.object_]
) -> NDArray[np.bool_]:
    """Tell for which cut units something wider than coordinate noise lies elsewhere."""
    main = table.argmax(axis=1)
    unit, group = np.nonzero(table[:, :-1] > 0)
    unit, group = unit[group != main[unit]], group[group != main[unit]]
    pieces = shapely.intersection(shapes[unit], groups[group])
    inside = np.flatnonzero(main < len(groups))
    rest = shapely.difference(shapes[inside], groups[main[inside]])
    off, at = np.r_[pieces, rest], np.r_[unit, inside]
    wide = np.zeros(len(shapes), bool)
    wide[at[~shapely.is_empty(shapely.buffer(off, -NOISE_WIDTH_M / 2))]] = True
    return wide


def _shares_text(shares: NDArray[np.float64], names: tuple[str, ...], what: str) -> str:
    """Write shares from large to small: `62,0 % van de oppervlakte in 'A', 38,0 % in 'B'`."""
    shown = np.flatnonzero(shares >= _SHOWN)
    order = shown[np.argsort(-shares[shown], kind="stable")]
    places = [f"in '{names[at]}'" if at < len(names) else "buiten alle groepen" for at in order]
    texts = [f"{nl_percentage(s)} {at}" for s, at in zip(shares[order], places, strict=True)]
    return nl_list(texts, 20).replace(" %", f" % {what}", 1)
