"""One layer of areas, cleaned: land rows, codes, year, inhabitants, one row per code."""

import re
from collections import Counter
from collections.abc import Collection

import geopandas as gpd
import pandas as pd
import shapely

from oi_geo.codes import AreaKind, area_kind, gemeente_of, parse_area
from oi_geo.errors import UnusableFile
from oi_geo.sources.cells import texts_of
from oi_geo.sources.geofile import read_layer
from oi_geo.sources.inhabitants import add_inhabitants
from oi_geo.sources.layouts import KIND_WORD, Layout, gemeentecodes
from oi_geo.sources.report import ReadReport
from oi_geo.sources.row_filter import Prefixes
from oi_geo.sources.uploads import CheckedFile
from oi_geo.study_area import UNIT_COLUMNS
from oi_geo.text import nl_count, nl_list, nl_number

# Codes that CBS keeps for water, for layers without a column that says it.
_WATER_CODE: dict[AreaKind, str] = {"buurt": r"BU\d{4}999[78]", "wijk": r"WK\d{4}99"}
_PREFIX: dict[AreaKind, str] = {"wijk": "WK", "buurt": "BU", "gemeente": "GM"}


def read_areas(
    file: CheckedFile,
    layout: Layout,
    kind: AreaKind,
    report: ReadReport,
    *,
    gemeenten: Collection[str] | None = None,
) -> gpd.GeoDataFrame:
    """Read the land areas of one layer.

    Parameters
    ----------
    file, layout, kind
        The file, the layer's layout and what its rows are.
    report : ReadReport
        Gets what was found; `jaar` is set where the rows tell it.
    gemeenten : collection of str, optional
        Gemeentecodes to read; everything by default.

    Returns
    -------
    GeoDataFrame, EPSG:28992
        Indexed by code, in the order of the file: `UNIT_COLUMNS` and geometry. `naam` and
        `gemeentenaam` are missing where the layer does not give them.

    Raises
    ------
    UnusableFile
        No row has a code of this kind.
    """
    frame = read_layer(
        file,
        layout.layer,
        report,
        columns=list(dict.fromkeys(layout.columns.values())),
        where=_wanted_rows(layout, kind, gemeenten),
    )
    frame = _our_names(frame, layout)
    frame = _with_codes(frame, layout, kind, report)
    if gemeenten is not None:
        outside = ~frame["gemeentecode"].isin(list(gemeenten))
        report.gelezen -= int(outside.sum())
        report.behouden -= int(outside.sum())
        frame = frame[~outside]
    _note_year(frame, report)
    frame = _land(frame, layout, kind, report)
    frame = add_inhabitants(frame, layout, kind, report)
    return _one_per_code(frame, kind, report)


def _wanted_rows(
    layout: Layout, kind: AreaKind, gemeenten: Collection[str] | None
) -> Prefixes | None:
    """Filter on the start of the code, with and without its letters and leading zero."""
    if gemeenten is None or "andere_code" in layout.columns:
        return None
    digits = sorted(code[2:] for code in gemeenten)
    texts = [t for d in digits for t in (_PREFIX[kind] + d, d, d.lstrip("0"))]
    return Prefixes(layout.columns["code"], tuple(dict.fromkeys(texts)))


def _our_names(frame: gpd.GeoDataFrame, layout: Layout) -> gpd.GeoDataFrame:
    """Give the columns our names."""
    data = {ours: frame[theirs] for ours, theirs in layout.columns.items()}
    return gpd.GeoDataFrame(data, index=frame.index, geometry=frame.geometry, crs=frame.crs)


def _with_codes(
    frame: gpd.GeoDataFrame, layout: Layout, kind: AreaKind, report: ReadReport
) -> gpd.GeoDataFrame:
    """Normalise codes, set unreadable ones aside, derive the gemeentecode and cross-check it."""
    given = frame["code"]
    if kind == "gemeente":
        codes = gemeentecodes(frame)
    else:
        codes = given.map(lambda value: parse_area(value, kind)).astype("str")
    good = codes.map(lambda code: area_kind(code) == kind if isinstance(code, str) else False)
    good = good.astype("bool")
    column = layout.columns["code"]
    for row, value in given[~good].items():
        report.error(f"Kolom {column}: ‘{value}’ is geen {kind}code; de rij is apart gezet.", row)
    report.behouden -= int((~good).sum())
    if len(frame) and not good.any():
        raise UnusableFile(
            f"‘{report.bestand}’ (laag {layout.layer.name}): in kolom {column} staat geen enkele "
            f"{kind}code; verwacht wordt bijvoorbeeld {_PREFIX[kind]}0344"
            f"{'' if kind == 'gemeente' else '01' if kind == 'wijk' else '0107'}."
        )
    frame, codes = frame[good], codes[good]
    derived = codes if kind == "gemeente" else gemeente_of(codes)
    if "gemeentecode" in frame:
        column = layout.columns["gemeentecode"]
        written = frame["gemeentecode"].map(lambda v: parse_area(v, "gemeente")).astype("str")
        other = written.notna() & (written != derived)
        for row in frame.index[other]:
            report.warn(
                f"Kolom {column} zegt {written[row]}, maar {codes[row]} ligt volgens zijn code in "
                f"{derived[row]}; de code van de {kind} is gevolgd.",
                row,
            )
    return frame.assign(code=codes, gemeentecode=derived.astype("str"))


def _note_year(frame: gpd.GeoDataFrame, report: ReadReport) -> None:
    """Take the CBS year from column `jaar`, else from jrstatcode (`2022GM0363`)."""
    texts: list[str] = []
    for column in ("jaar", "jrstatcode"):
        if column in frame and not texts:
            cells = frame[column].dropna().astype("str")
            texts = [m.group() for cell in cells if (m := re.match(r"(19|20)\d{2}", cell.strip()))]
    if not texts:
        return
    year = int(Counter(texts).most_common(1)[0][0])
    if len(set(texts)) > 1:
        report.warn(f"Er staan jaren door elkaar ({nl_list(sorted(set(texts)))}): {year} geldt.")
    if report.jaar is not None and report.jaar != year:
        report.warn(f"De lagen zijn niet van hetzelfde jaar: {report.jaar} en {year}.")
    report.jaar = report.jaar or year


def _land(
    frame: gpd.GeoDataFrame, layout: Layout, kind: AreaKind, report: ReadReport
) -> gpd.GeoDataFrame:
    """Set water and Belgian land aside."""
    word, words = KIND_WORD[kind]
    if "water" in frame:
        mark = frame["water"].astype("str").str.strip().str.upper()
        water, belgian = mark == "JA", mark == "B"
    else:
        pattern = _WATER_CODE.get(kind, r"(?!)")
        water = frame["code"].str.fullmatch(pattern)
        belgian = pd.Series(data=False, index=frame.index)
    if water.any():
        how = "" if "water" in frame else ", te herkennen aan hun code,"
        count = nl_count(int(water.sum()), f"rij met water{how} is", f"rijen met water{how} zijn")
        report.info(f"Laag {layout.layer.name}: {count} apart gezet.")
    if belgian.any():
        report.info(
            f"Laag {layout.layer.name}: {nl_count(int(belgian.sum()), word, words)} met water = B "
            "(Belgisch grondgebied bij Baarle-Nassau) apart gezet."
        )
    report.behouden -= int((water | belgian).sum())
    return frame[~(water | belgian)]


def _one_per_code(frame: gpd.GeoDataFrame, kind: AreaKind, report: ReadReport) -> gpd.GeoDataFrame:
    """Merge rows with one code and the same data; of rows that differ the first is kept.

    Gemeenten are always merged: the key of a gemeente row is (code, water), and land may be drawn
    in several rows.
    """
    frame = frame.reindex(columns=["code", *UNIT_COLUMNS, "geometry"])
    frame = frame.assign(**{name: texts_of(frame[name]) for name in ("naam", "gemeentenaam")})
    double = frame["code"].duplicated(keep=False)
    for code, rows in frame[double].groupby("code", sort=False):
        alike = len(rows[["naam", "inwoners", "inwoners_65plus"]].drop_duplicates()) == 1
        first, others = rows.index[0], rows.index[1:]
        numbers = nl_list([nl_number(row) for row in rows.index])
        if alike or kind == "gemeente":
            report.info(f"{code} staat in rij {numbers}: de vormen zijn samengevoegd.", int(first))
            merged = shapely.union_all(rows.geometry.to_numpy())
            frame.loc[[first], "geometry"] = gpd.GeoSeries([merged], [first], crs=frame.crs)
        else:
            for row in others:
                report.error(
                    f"{code} staat al in rij {nl_number(first)}, met andere gegevens; deze rij is "
                    "apart gezet.",
                    int(row),
                )
            report.behouden -= len(others)
    frame = frame[~frame["code"].duplicated()]
    return frame.set_index("code")
