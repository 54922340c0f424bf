"""Boundaries of wijken, buurten and gemeenten, in every layout that CBS, Kadaster and PDOK use."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import geopandas as gpd
import pandas as pd

from oi_geo.codes import AREA_WORDS, AreaKind, parse_area
from oi_geo.coverage import mend_coverage
from oi_geo.errors import UnusableFile
from oi_geo.sources.areas import read_areas
from oi_geo.sources.cells import texts_of
from oi_geo.sources.completeness import incomplete_gemeenten, warn_contradictions, warn_incomplete
from oi_geo.sources.geofile import list_layers, read_column
from oi_geo.sources.layouts import Layout, kind_of_codes, recognise_layouts, unread_people
from oi_geo.sources.lines import quoted
from oi_geo.sources.report import ReadReport
from oi_geo.sources.sniff import MAPS
from oi_geo.sources.uploads import CheckedFile, checked_file
from oi_geo.study_area import UNIT_COLUMNS, gemeenten_of_units
from oi_geo.text import nl_count, nl_list, nl_number

_FINEST_FIRST: tuple[AreaKind, ...] = ("buurt", "wijk", "gemeente")
_DEFAULT_LEVEL: tuple[AreaKind, ...] = ("wijk", "gemeente", "buurt")
_PLURAL: dict[AreaKind, str] = {kind: plural for kind, (_, plural) in AREA_WORDS.items()}
_GEMEENTE_COLUMNS = ["naam", "inwoners", "geometry"]

# Rows that are looked at first to see whether a column holds codes.
_PEEK = 100
# What stands in a column of codes that is not used.
_NO_CODE = ("", "-", "0")
# Faults of a coverage that get a line of their own in the read report.
_FAULT_LINES = 20


@dataclass(frozen=True, eq=False)
class Boundaries:
    """Boundaries fit for a study area.

    Attributes
    ----------
    level : {'wijk', 'buurt', 'gemeente'}
        What the units are.
    units, gemeenten : GeoDataFrame, EPSG:28992
        As in `oi_geo.study_area.StudyArea`.
    faults : GeoDataFrame, EPSG:28992
        Where the borders of the units did not fit (see `oi_geo.coverage.mend_coverage`).
    report : ReadReport
        What was read, repaired and set aside.
    has_gemeenten : bool
        True where the file has gemeenten of its own; False where they were derived from the units.
    incomplete : dict of str to str
        Gemeenten of which the file holds only a part (see `oi_geo.sources.completeness`).
    """

    level: AreaKind
    units: gpd.GeoDataFrame
    gemeenten: gpd.GeoDataFrame
    faults: gpd.GeoDataFrame
    report: ReadReport
    has_gemeenten: bool
    incomplete: dict[str, str] = field(default_factory=dict)


def available_levels(path: Path, name: str | None = None) -> tuple[AreaKind, ...]:
    """Return which kinds of areas a file holds, finest first.

    Raises
    ------
    UnusableFile
        The file cannot be read, or holds none.
    """
    with checked_file(path, name=name, expected=MAPS) as file:
        found = _choose(file, ReadReport(file.name, "grenzen"))
    return tuple(kind for kind in _FINEST_FIRST if kind in found)


def read_boundaries(
    path: Path,
    *,
    level: AreaKind | None = None,
    gemeenten: Collection[str] | None = None,
    tolerance_m: float = 1.0,
    name: str | None = None,
) -> Boundaries:
    """Read boundaries and make them fit for contiguity.

    Parameters
    ----------
    path : Path
        GeoPackage, shapefile (bare or zipped), GeoJSON or GeoParquet.
    level : {'wijk', 'buurt', 'gemeente'}, optional
        What the units are; by default wijken, else gemeenten, else buurten.
    gemeenten : collection of str, optional
        Codes of the gemeenten of the study area; only their rows are read.
    tolerance_m : float
        No border is moved by more than this, in metres.
    name : str, optional
        What the user calls the file.

    Raises
    ------
    UnusableFile
        No areas in the file, not of this level, or none in these gemeenten.
    """
    wanted = None if gemeenten is None else {_gemeentecode(code) for code in gemeenten}
    with checked_file(path, name=name, expected=MAPS) as file:
        report = ReadReport(file.name, "grenzen", file.sha256)
        found = _choose(file, report)
        level = _level(level, found, file)
        units = read_areas(file, found[level], level, report, gemeenten=wanted)
        if unread := unread_people(found[level]):
            report.warn(
                f"Laag {found[level].layer.name}: {quoted(unread)} lijkt op inwoners, maar is niet "
                "gelezen; het aantal inwoners is onbekend. Noem die kolom 'aantal_inwoners'."
            )
        drawn = None
        if level != "gemeente" and "gemeente" in found:
            drawn = read_areas(file, found["gemeente"], "gemeente", report, gemeenten=wanted)
        names = _gemeente_names(file, found, level, drawn)
    if report.jaar is None:
        _year_from_names(report, found[level])
    _check_found(units, wanted, level, report)
    # From here on in the order of the codes, so that the order of a file never shows.
    units = _complete(units, level, names).sort_index()
    units, faults = mend_coverage(units, tolerance_m)
    _report_faults(faults, report, tolerance_m)
    own = units if level == "gemeente" else drawn
    incomplete: dict[str, str] = {}
    if drawn is not None:
        land = all("water" in found[kind].columns for kind in (level, "gemeente"))
        incomplete = incomplete_gemeenten(units, drawn, land=land)
        warn_incomplete(incomplete, drawn["naam"], report)
        warn_contradictions(units, drawn, report)
    return Boundaries(
        level=level,
        units=units,
        gemeenten=_gemeenten(units, own, report),
        faults=faults,
        report=report,
        has_gemeenten=own is not None,
        incomplete=incomplete,
    )


def _gemeentecode(code: str) -> str:
    return parse_area(code, "gemeente") or code


def _choose(file: CheckedFile, report: ReadReport) -> dict[AreaKind, Layout]:
    """Find per kind of area the layer to read: most known columns, latest year, first in order."""
    candidates: dict[AreaKind, list[tuple[int, int, Layout]]] = {}
    layers = list_layers(file)
    for layer in layers:
        layouts = recognise_layouts(layer) if layer.rows else []
        layout, kind = _that_holds_codes(file, layouts)
        if layout is not None and kind is not None:
            rank = (len(layout.columns), _peek_year(file, layout))
            candidates.setdefault(kind, []).append((*rank, layout))
    if not candidates:
        there = dict.fromkeys(column for layer in layers for column in layer.columns)
        raise UnusableFile(
            f"‘{file.name}’ bevat geen wijken, buurten of gemeenten; verwacht wordt een bestand "
            "van CBS of PDOK met een kolom wijkcode, buurtcode, gemeentecode, statcode of "
            "identificatie (of de oudere namen WK_CODE, BU_CODE, GM_CODE)"
            f"{f'; gevonden zijn {quoted(there, 12)}' if there else ''}."
        )
    chosen = {kind: max(found, key=lambda c: c[:2])[2] for kind, found in candidates.items()}
    for kind, found in candidates.items():
        if len(found) > 1:
            others = nl_list(layout.layer.name for *_, layout in found if layout != chosen[kind])
            report.info(
                f"Er zijn meer lagen met {_PLURAL[kind]}; gelezen is {chosen[kind].layer.name}, "
                f"niet {others}."
            )
    return chosen


def _that_holds_codes(
    file: CheckedFile, layouts: Sequence[Layout]
) -> tuple[Layout | None, AreaKind | None]:
    """Choose the first layout whose column of codes is not empty, and tell its kind of areas."""
    for layout in layouts:
        column = layout.columns["code"]
        for rows in (_PEEK, None):
            codes = texts_of(read_column(file, layout.layer, column, rows)).dropna()
            codes = codes[~codes.isin(_NO_CODE)]
            if len(codes):
                return layout, layout.kind or kind_of_codes(codes)
    first = next(iter(layouts), None)
    return first, first.kind if first else None


def _peek_year(file: CheckedFile, layout: Layout) -> int:
    """Return the year of a layer's first row, 0 where it does not tell."""
    for column in ("jaar", "jrstatcode"):
        if column in layout.columns:
            for value in read_column(file, layout.layer, layout.columns[column], 1).astype("str"):
                if re.match(r"(19|20)\d{2}", str(value)):
                    return int(value[:4])
    return 0


def _level(level: AreaKind | None, found: Mapping[AreaKind, Layout], file: CheckedFile) -> AreaKind:
    if level is None:
        return next(kind for kind in _DEFAULT_LEVEL if kind in found)
    if level not in found:
        there = nl_list(_PLURAL[kind] for kind in _FINEST_FIRST if kind in found)
        raise UnusableFile(
            f"‘{file.name}’ bevat geen {_PLURAL[level]}, alleen {there}; verwacht wordt een "
            f"bestand met een laag {_PLURAL[level]}."
        )
    return level


def _year_from_names(report: ReadReport, layout: Layout) -> None:
    """Take the year from the name of the layer or file, as a last resort, and say so."""
    for text in (layout.layer.name, report.bestand):
        years = re.findall(r"(?<!\d)(?:19|20)\d{2}(?!\d)", text)
        if years:
            report.jaar = int(years[0])
            report.info(f"Het jaar {report.jaar} komt uit de naam {text}, niet uit de gegevens.")
            return


def _gemeente_names(
    file: CheckedFile,
    found: Mapping[AreaKind, Layout],
    level: AreaKind,
    drawn: gpd.GeoDataFrame | None,
) -> pd.Series:
    """Collect names by gemeentecode from the other layers."""
    if drawn is not None:
        return drawn["naam"].dropna()
    layout = found.get("wijk")
    if level != "buurt" or layout is None or "gemeentenaam" not in layout.columns:
        return pd.Series(dtype="str")
    columns = layout.columns
    codes = read_column(file, layout.layer, columns["code"]).map(lambda c: parse_area(c, "wijk"))
    names = texts_of(read_column(file, layout.layer, columns["gemeentenaam"]))
    names.index = pd.Index("GM" + codes.astype("str").str.slice(2, 6))
    return names[~names.index.duplicated()].dropna()


def _check_found(
    units: gpd.GeoDataFrame, wanted: set[str] | None, level: AreaKind, report: ReadReport
) -> None:
    """Refuse an empty map, and say which of the wanted gemeenten are not in it."""
    absent = sorted(wanted - set(units["gemeentecode"])) if wanted else []
    if units.empty:
        where = f" in {nl_list(absent)}" if absent else ""
        first = next((m.melding.rstrip(".") for m in report.messages if m.ernst == "fout"), None)
        why = f" (eerste reden om een rij apart te zetten: {first})" if first else ""
        raise UnusableFile(
            f"‘{report.bestand}’ bevat geen enkele {level} op land{where}; verwacht wordt er "
            f"ten minste één{why}."
        )
    if absent:
        count = nl_count(len(absent), "gevraagde gemeente", "gevraagde gemeenten")
        report.warn(f"Van {count} staan geen {_PLURAL[level]} in het bestand: {nl_list(absent)}.")


def _complete(units: gpd.GeoDataFrame, level: AreaKind, names: pd.Series) -> gpd.GeoDataFrame:
    """Fill names that the layer does not give: from the other layers, else the code."""
    codes = units.index.to_series()
    naam = units["naam"].fillna(codes)
    gemeente = naam if level == "gemeente" else units["gemeentenaam"]
    by_code = units["gemeentecode"].map(names).astype("str")
    gemeente = gemeente.fillna(by_code).fillna(units["gemeentecode"])
    return units.assign(naam=naam, gemeentenaam=gemeente)[[*UNIT_COLUMNS, "geometry"]]


def _gemeenten(
    units: gpd.GeoDataFrame, own: gpd.GeoDataFrame | None, report: ReadReport
) -> gpd.GeoDataFrame:
    """Take the file's own gemeenten, and derive those that it lacks from the units."""
    if own is None:
        report.info(
            "De gemeenten zijn afgeleid uit de wijken of buurten: het bestand heeft ze niet."
        )
        return gemeenten_of_units(units)
    own = own[_GEMEENTE_COLUMNS].rename_axis("gemeentecode")
    own = own.assign(naam=own["naam"].fillna(own.index.to_series()))
    lacking = ~units["gemeentecode"].isin(own.index)
    if lacking.any():
        derived = gemeenten_of_units(units[lacking])
        report.warn(
            f"De laag met gemeenten heeft {nl_list(derived.index)} niet; afgeleid uit de wijken of "
            "buurten."
        )
        own = pd.concat([own, derived])
    return own


def _report_faults(faults: gpd.GeoDataFrame, report: ReadReport, tolerance_m: float) -> None:
    """Say where the borders did not fit: a line per kind, and the largest places one by one."""
    for (kind, mended), group in faults.groupby(["soort", "hersteld"], sort=True):
        count = nl_count(len(group), "plek", "plekken")
        if mended:
            report.info(
                f"Grenzen ({kind}): {count} passend gemaakt; geen grens is meer dan "
                f"{nl_number(tolerance_m, 2)} m verschoven."
            )
        else:
            report.warn(
                f"Grenzen ({kind}): {count} zo gelaten; passend maken zou een grens meer dan "
                f"{nl_number(tolerance_m, 2)} m verschuiven."
            )
    left = faults[~faults["hersteld"]].nlargest(_FAULT_LINES, "oppervlakte_m2")
    for fault in left.itertuples():
        at = fault.geometry.representative_point()
        report.warn(
            f"{str(fault.soort).capitalize()} bij {nl_list(fault.eenheden)}: "
            f"{nl_number(fault.oppervlakte_m2)} m², {nl_number(fault.breedte_m, 1)} m breed, bij "
            f"x = {nl_number(at.x)} m en y = {nl_number(at.y)} m (Rijksdriehoeksstelsel)."
        )
