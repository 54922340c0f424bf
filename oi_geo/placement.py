"""Placement: in which unit each practice stands; no registered patient is lost on the way."""

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from oi_geo.coverage_faces import grouped
from oi_geo.sources.lines import per_row
from oi_geo.sources.report import ReadReport
from oi_geo.text import nl_count, nl_list, nl_number

BY_COORDINATES = "coördinaten"
BY_POSTCODE = "postcode"
UNPLACED = "niet geplaatst"
OUTSIDE = "buiten het gebied"

# So far (metres) the border of a map may lie from the real one: borders may be generalised. A point
# outside the map that is no farther from a unit may stand in it; one that is, surely does not.
MAP_MARGIN_M = 1_000.0
# Nor does a postcode's point that is farther than this (metres), whatever its reach.
FARTHEST_M = 5_000.0

# A postcode's point stands for all of its addresses. They lie as far away as the third nearest
# point of the same kind (six characters or four), at most this far (metres); where the table has
# fewer points, that is how far they may lie.
REACH_M = {6: 1_000.0, 4: 5_000.0}
NEIGHBOURS = 3
# Ground that belongs to no unit is missing from the map where it holds a circle of this radius
# (metres); two digitisations of one border differ in strips, and a narrow water is no ground. No
# wijk or buurt is so narrow (the narrowest wijk of 2022 holds a circle of about 90 m).
CIRCLE_M = 25.0
# On a map of (nearly) the whole country there is no Dutch ground outside all units.
WHOLE_COUNTRY_GEMEENTEN = 300
# What stands in `mogelijk` for a place outside all units.
ELSEWHERE = ""


@dataclass(frozen=True, eq=False)
class _Hits:
    """Where points fall.

    `unit` is the lowest code (missing outside), `several` all codes of points on a border.
    """

    unit: pd.Series
    several: dict[int, list[str]]


def place(
    practices: pd.DataFrame, units: gpd.GeoDataFrame, postcodes: pd.DataFrame | None = None
) -> tuple[pd.DataFrame, ReadReport]:
    """Put each practice in a unit.

    Coordinates decide; a practice without them goes to the point of its full postcode, else of its
    four digits; otherwise it is unplaced. Coordinates outside all units leave a practice unplaced,
    whatever its postcode says. A point on a border goes to the unit with the lower code. A point
    outside the map may stand in the units nearby (`MAP_MARGIN_M`, and for a postcode its reach
    besides) and in those that its postcode says, or in none; without such a unit it is known to
    stand outside the study area. Without a point a practice could stand anywhere.

    Parameters
    ----------
    practices : DataFrame
        `study_area.PRACTICE_COLUMNS`; `x_rd` and `y_rd` in metres, EPSG:28992. Its index is the row
        number in the file.
    units : GeoDataFrame, EPSG:28992
        Polygons indexed by unit code.
    postcodes : DataFrame, optional
        `x_rd`, `y_rd` (metres, EPSG:28992) indexed by postcode (`3584` or `3584CJ`).

    Returns
    -------
    practices : DataFrame
        A copy with `eenheid` (unit code, missing where unplaced), `plaatsing` (`coördinaten`,
        `postcode`, `niet geplaatst` or `buiten het gebied`) and `mogelijk`: where that is more than
        one, a tuple of the units that it may stand in (`ELSEWHERE` for outside all of them), else
        missing.
    report : ReadReport
        A line for each border point and unplaced practice, and the totals of ION.
    """
    report = ReadReport("plaatsing van de praktijken", "plaatsing")
    report.gelezen = report.behouden = len(practices)
    own = practices[["x_rd", "y_rd"]].to_numpy(dtype="float64")
    derived, reach = _postcode_points(practices["postcode"], postcodes)
    by_point = _locate(own, practices.index, units)
    by_postcode = _locate(derived, practices.index, units)
    has_point = pd.Series(np.isfinite(own).all(axis=1), practices.index)
    has_derived = pd.Series(np.isfinite(derived).all(axis=1), practices.index)

    unit = by_point.unit.where(has_point, by_postcode.unit).astype("str")
    how = pd.Series(UNPLACED, practices.index, dtype="str")
    how = how.mask(unit.notna() & has_point, BY_COORDINATES)
    how = how.mask(unit.notna() & ~has_point, BY_POSTCODE)
    placed = practices.assign(eenheid=unit, plaatsing=how)
    estimated = placed["plaatsing"].eq(BY_POSTCODE).to_numpy(bool)
    possible = _within_reach(np.where(estimated[:, None], derived, np.nan), reach, units)
    for position, codes in by_point.several.items():
        possible[position] = tuple(codes)
    beside = unit.isna().to_numpy(bool)
    near = _beside(own, np.zeros(len(own)), units, beside)
    by_code = _beside(derived, reach, units, beside)
    for position in near.keys() | by_code.keys():
        units_near = {*near.get(position, ()), *by_code.get(position, ())}
        possible[position] = (*sorted(units_near), ELSEWHERE)
    located = (has_point | has_derived).to_numpy(bool)
    nowhere = beside & located & pd.Series(possible).isna().to_numpy(bool)
    placed["plaatsing"] = how.mask(nowhere, OUTSIDE)
    placed["mogelijk"] = pd.Series(possible, placed.index, dtype=object)

    _note_borders(placed, by_point, by_postcode, report)
    _note_unplaced(placed, has_point, has_derived, by_postcode.unit, report)
    _note_totals(placed, report)
    return placed, report


def place_postcodes(
    texts: pd.Series, units: gpd.GeoDataFrame, postcodes: pd.DataFrame | None
) -> pd.DataFrame:
    """Put postcodes in units by their point.

    Returns
    -------
    DataFrame
        Index of `texts`: `eenheid`, `plaatsing` and `mogelijk` as in `place`.
    """
    points, reach = _postcode_points(texts, postcodes)
    hits = _locate(points, texts.index, units)
    how = pd.Series(UNPLACED, texts.index, dtype="str").mask(hits.unit.notna(), BY_POSTCODE)
    possible = _within_reach(points, reach, units)
    lost = hits.unit.isna().to_numpy(bool)
    near = _beside(points, reach, units, lost)
    possible[lost] = np.nan
    for position, codes in near.items():
        possible[position] = (*codes, ELSEWHERE)
    several = pd.Series(possible, texts.index, dtype=object)
    nowhere = lost & np.isfinite(points).all(axis=1) & several.isna().to_numpy(bool)
    how = how.mask(nowhere, OUTSIDE)
    return pd.DataFrame({"eenheid": hits.unit, "plaatsing": how, "mogelijk": several})


def _postcode_points(
    texts: pd.Series, postcodes: pd.DataFrame | None
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the point of each postcode, shape (n, 2), and how far from it its addresses may lie.

    Six characters first, then four; NaN where there is no point.
    """
    if postcodes is None:
        return np.full((len(texts), 2), np.nan), np.full(len(texts), np.nan)
    table = postcodes[["x_rd", "y_rd"]].assign(reach=_reach(postcodes))
    full = table.reindex(texts.to_numpy()).to_numpy(dtype="float64")
    short = table.reindex(texts.str.slice(0, 4).to_numpy()).to_numpy(dtype="float64")
    found = np.where(np.isfinite(full).all(axis=1)[:, None], full, short)
    return found[:, :2], found[:, 2]


def _reach(postcodes: pd.DataFrame) -> pd.Series:
    """Return how far (metres) the addresses of each postcode may lie from its point."""
    reach = pd.Series(np.nan, postcodes.index)
    for length, farthest in REACH_M.items():
        here = postcodes.index.str.len() == length
        xy = postcodes.loc[here, ["x_rd", "y_rd"]].to_numpy("float64")
        points = np.unique(xy, axis=0)
        metres = np.full(len(xy), farthest)
        if len(points) > NEIGHBOURS:
            away, _ = cKDTree(points).query(xy, k=NEIGHBOURS + 1)
            metres = np.minimum(away[:, -1], farthest)
        reach[here] = metres
    return reach


def _within_reach(
    xy: NDArray[np.float64], reach: NDArray[np.float64], units: gpd.GeoDataFrame
) -> NDArray[np.object_]:
    """List the units (sorted codes) within reach of each point; NaN where that is one at most."""
    found = np.full(len(xy), np.nan, dtype=object)
    usable = np.flatnonzero(np.isfinite(xy).all(axis=1))
    discs = shapely.buffer(shapely.points(xy[usable]), reach[usable])
    shapes = units.geometry.to_numpy()
    at, unit = shapely.STRtree(shapes).query(discs, predicate="intersects")
    whole = shapely.covers(shapes[unit], discs[at])
    open_end = ~np.isin(at, at[whole])
    at, unit = at[open_end], unit[open_end]
    beyond = np.empty(0, np.int64)
    if units["gemeentecode"].nunique() < WHOLE_COUNTRY_GEMEENTEN:
        beyond = np.unique(at)
        beyond = beyond[_reach_beyond(xy[usable[beyond]], reach[usable[beyond]], shapes)]
    codes = pd.Series(units.index.to_numpy()[unit])
    for disc, names in codes.groupby(at):
        here = sorted(names)
        if np.isin(disc, beyond):
            here.append(ELSEWHERE)
        if len(here) > 1:
            found[usable[disc]] = tuple(here)
    return found


def _reach_beyond(
    xy: NDArray[np.float64], reach: NDArray[np.float64], shapes: NDArray[np.object_]
) -> NDArray[np.bool_]:
    """Tell which points have ground outside all units within reach, wide enough for a place."""
    points = shapely.points(xy)
    # A circle of which the edge is within reach has its centre and all of itself in here.
    around = shapely.buffer(points, reach + 2 * CIRCLE_M + 1.0)
    at, unit = shapely.STRtree(shapes).query(around, predicate="intersects")
    land = shapely.intersection(shapes[unit], around[at])
    covered = [shapely.union_all(some) for some in grouped(land, at, len(points))]
    free = shapely.difference(around, np.array(covered, dtype=object))
    centres = shapely.buffer(free, -CIRCLE_M)
    near: NDArray[np.bool_] = shapely.distance(points, centres) < reach + CIRCLE_M
    return near


def _beside(
    xy: NDArray[np.float64],
    reach: NDArray[np.float64],
    units: gpd.GeoDataFrame,
    chosen: NDArray[np.bool_],
) -> dict[int, tuple[str, ...]]:
    """List the units (sorted codes) near each chosen point, by its position; none where far away.

    Near is within the margin of the map, beyond the reach (metres) of the point.
    """
    usable = np.flatnonzero(chosen & np.isfinite(xy).all(axis=1))
    metres = np.minimum(reach[usable] + MAP_MARGIN_M, FARTHEST_M)
    tree = shapely.STRtree(units.geometry.to_numpy())
    at, unit = tree.query(shapely.points(xy[usable]), predicate="dwithin", distance=metres)
    codes = pd.Series(units.index.to_numpy()[unit])
    return {int(usable[i]): tuple(sorted(names)) for i, names in codes.groupby(at)}


def _locate(xy: NDArray[np.float64], index: pd.Index, units: gpd.GeoDataFrame) -> _Hits:
    """Find the unit of each point, shape (n, 2); the lowest code where it touches several."""
    usable = np.flatnonzero(np.isfinite(xy).all(axis=1))
    tree = shapely.STRtree(units.geometry.to_numpy())
    points = shapely.points(xy[usable])
    point, unit = tree.query(points, predicate="intersects")
    hits = pd.DataFrame({"position": usable[point], "code": units.index.to_numpy()[unit]})
    hits = hits.sort_values(["position", "code"])
    first = hits.drop_duplicates("position").set_index("position")["code"]
    found = pd.Series(first.reindex(range(len(index))).to_numpy(), index, dtype="str")
    touching = hits[hits["position"].duplicated(keep=False)]
    several: dict[int, list[str]] = {}
    for position, code in zip(touching["position"], touching["code"], strict=True):
        several.setdefault(int(position), []).append(code)
    return _Hits(found, several)


def _title(placed: pd.DataFrame, position: int) -> str:
    """Name a practice by what it has: name, AGB code, or nothing but itself."""
    row = placed.iloc[position]
    known = [row[column] for column in ("naam", "agb") if pd.notna(row[column])]
    return f"Praktijk '{known[0]}'" if known else "Deze praktijk"


def _add(report: ReadReport, placed: pd.DataFrame, lines: dict[int, str], subject: str) -> None:
    """Add warnings given by position, under the row number of the file."""
    numbered = pd.api.types.is_integer_dtype(placed.index)
    rows = {(int(placed.index[i]) if numbered else i + 2): text for i, text in lines.items()}
    per_row(report.warn, rows, subject)


def _note_borders(placed: pd.DataFrame, own: _Hits, derived: _Hits, report: ReadReport) -> None:
    lines: dict[int, str] = {}
    for hits, way in ((own, BY_COORDINATES), (derived, BY_POSTCODE)):
        for position, codes in hits.several.items():
            if placed["plaatsing"].iloc[position] == way:
                what = "staat" if way == BY_COORDINATES else "staat volgens de postcode"
                lines[position] = (
                    f"{_title(placed, position)} {what} precies op de grens van {nl_list(codes)} "
                    f"en is geplaatst in {codes[0]}, de laagste code."
                )
    _add(report, placed, lines, "op een grens")


def _note_unplaced(
    placed: pd.DataFrame,
    has_point: pd.Series,
    has_derived: pd.Series,
    by_postcode: pd.Series,
    report: ReadReport,
) -> None:
    lines: dict[int, str] = {}
    for position in np.flatnonzero(placed["plaatsing"].isin([UNPLACED, OUTSIDE])):
        postcode, unit = placed["postcode"].iloc[position], by_postcode.iloc[position]
        if has_point.iloc[position]:
            reason = "de coördinaten liggen buiten het gebied"
            if pd.notna(unit):
                reason += f" (postcode {postcode} zou {unit} geven)"
        elif has_derived.iloc[position]:
            reason = f"het punt van postcode {postcode} ligt buiten het gebied"
        elif pd.isna(postcode):
            reason = "er zijn geen coördinaten en geen postcode"
        else:
            reason = f"er zijn geen coördinaten, en van postcode {postcode} is geen punt bekend"
        lines[int(position)] = f"{_title(placed, int(position))} is niet geplaatst: {reason}."
    _add(report, placed, lines, "niet geplaatst")


def _note_totals(placed: pd.DataFrame, report: ReadReport) -> None:
    ion = placed["ion"]
    totals = ion.groupby(placed["plaatsing"]).sum(min_count=1)
    counts = placed["plaatsing"].value_counts()
    nothing = np.nan if len(ion) and ion.isna().all() else 0.0
    parts = [
        f"{nl_number(totals.get(way, nothing))} {label} "
        f"({nl_count(counts.get(way, 0), 'rij', 'rijen')})"
        for way, label in (
            (BY_COORDINATES, "geplaatst op coördinaten"),
            (BY_POSTCODE, "geplaatst op postcode"),
            (UNPLACED, "niet geplaatst"),
            (OUTSIDE, "niet geplaatst omdat ze buiten het gebied liggen"),
        )
        if way != OUTSIDE or way in counts
    ]
    whole = float(ion.sum(min_count=1)) if len(ion) else 0.0
    report.info(f"ION in totaal {nl_number(whole)}: {nl_list(parts)}.")
    gps = placed["discipline"].eq("huisarts") & ion.isna()
    if gps.any():
        count = nl_count(int(gps.sum()), "huisartsenpraktijk", "huisartsenpraktijken")
        report.warn(f"Van {count} is het ION onbekend; het zit in geen enkel totaal.")
