"""Placement: in which unit each practice stands; no registered patient is lost on the way."""

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from oi_geo.sources.lines import per_row
from oi_geo.sources.report import ReadReport
from oi_geo.text import nl_count, nl_list, nl_number

BY_COORDINATES = "coördinaten"
BY_POSTCODE = "postcode"
UNPLACED = "niet geplaatst"
OUTSIDE = "buiten het gebied"

# From this distance (metres) to the nearest unit on, a point surely lies outside the study area:
# borders may be generalised, and a postcode's point stands for all of its addresses.
SURELY_OUTSIDE_M = {BY_COORDINATES: 1_000.0, BY_POSTCODE: 5_000.0}


@dataclass(frozen=True, eq=False)
class _Hits:
    """Where points fall.

    `unit` is the lowest code (missing outside), `several` all codes of points on a border, `away`
    the distance to the nearest unit in metres (NaN without a point).
    """

    unit: pd.Series
    several: dict[int, list[str]]
    away: NDArray[np.float64]


def place(
    practices: pd.DataFrame, units: gpd.GeoDataFrame, postcodes: pd.DataFrame | None = None
) -> tuple[pd.DataFrame, ReadReport]:
    """Put each practice in a unit.

    Coordinates decide; a practice without them goes to the point of its full postcode, else of its
    four digits; otherwise it is unplaced. Coordinates outside all units leave a practice unplaced,
    whatever its postcode says. A point on a border goes to the unit with the lower code. What lies
    far from every unit (`SURELY_OUTSIDE_M`) is known to stand outside the study area, unless its
    postcode says otherwise; whatever else is unplaced could stand anywhere.

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
        A copy with `eenheid` (unit code, missing where unplaced) and `plaatsing` (`coördinaten`,
        `postcode`, `niet geplaatst` or `buiten het gebied`).
    report : ReadReport
        A line for each border point and unplaced practice, and the totals of ION.
    """
    report = ReadReport("plaatsing van de praktijken", "plaatsing")
    report.gelezen = report.behouden = len(practices)
    own = practices[["x_rd", "y_rd"]].to_numpy(dtype="float64")
    derived = _postcode_points(practices["postcode"], postcodes)
    by_point = _locate(own, practices.index, units)
    by_postcode = _locate(derived, practices.index, units)
    has_point = pd.Series(np.isfinite(own).all(axis=1), practices.index)
    has_derived = pd.Series(np.isfinite(derived).all(axis=1), practices.index)

    unit = by_point.unit.where(has_point, by_postcode.unit).astype("str")
    how = pd.Series(UNPLACED, practices.index, dtype="str")
    how = how.mask(unit.notna() & has_point, BY_COORDINATES)
    how = how.mask(unit.notna() & ~has_point, BY_POSTCODE)
    far = np.where(
        has_point,
        (by_point.away > SURELY_OUTSIDE_M[BY_COORDINATES]) & by_postcode.unit.isna(),
        by_postcode.away > SURELY_OUTSIDE_M[BY_POSTCODE],
    )
    how = how.mask(far, OUTSIDE)
    placed = practices.assign(eenheid=unit, plaatsing=how)

    _note_borders(placed, by_point, by_postcode, report)
    _note_unplaced(placed, has_point, has_derived, by_postcode.unit, report)
    _note_totals(placed, report)
    return placed, report


def _postcode_points(texts: pd.Series, postcodes: pd.DataFrame | None) -> NDArray[np.float64]:
    """Return the point of each postcode, shape (n, 2): six characters first, then four; or NaN."""
    if postcodes is None:
        return np.full((len(texts), 2), np.nan)
    table = postcodes[["x_rd", "y_rd"]]
    full = table.reindex(texts.to_numpy()).to_numpy(dtype="float64")
    short = table.reindex(texts.str.slice(0, 4).to_numpy()).to_numpy(dtype="float64")
    return np.where(np.isfinite(full).all(axis=1)[:, None], full, short)


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
    away = np.full(len(index), np.nan)
    if len(units) and len(usable):
        (nearest, _), metres = tree.query_nearest(points, all_matches=False, return_distance=True)
        away[usable[nearest]] = metres
    return _Hits(found, several, away)


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
    totals = ion.groupby(placed["plaatsing"]).sum()
    counts = placed["plaatsing"].value_counts()
    parts = [
        f"{nl_number(totals.get(way, 0.0))} {label} "
        f"({nl_count(counts.get(way, 0), 'rij', 'rijen')})"
        for way, label in (
            (BY_COORDINATES, "geplaatst op coördinaten"),
            (BY_POSTCODE, "geplaatst op postcode"),
            (UNPLACED, "niet geplaatst"),
            (OUTSIDE, "niet geplaatst omdat ze buiten het gebied liggen"),
        )
        if way != OUTSIDE or way in counts
    ]
    report.info(f"ION in totaal {nl_number(ion.sum())}: {nl_list(parts)}.")
    gps = placed["discipline"].eq("huisarts") & ion.isna()
    if gps.any():
        count = nl_count(int(gps.sum()), "huisartsenpraktijk", "huisartsenpraktijken")
        report.warn(f"Van {count} is het ION onbekend; het zit in geen enkel totaal.")
