"""Small tables that go with the map: points of postcodes, insurers per gemeente, links."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast, get_args

import pandas as pd

from oi_geo.codes import parse_area, parse_areas, parse_pc4, parse_pc6
from oi_geo.contiguity import Link, LinkKind
from oi_geo.errors import UnusableFile
from oi_geo.sources.column_names import require_columns
from oi_geo.sources.coordinates import COORDINATE_SYNONYMS, read_points
from oi_geo.sources.lines import per_row, rows_text, set_aside
from oi_geo.sources.report import ReadReport
from oi_geo.sources.tables import read_columns, read_numbers
from oi_geo.text import nl_count, nl_list, nl_number

POSTCODE_SYNONYMS = {
    "postcode": ["pc6", "postcode6", "postcode_6", "pc4", "postcode4", "postcode_4", "pc"],
    **COORDINATE_SYNONYMS,
}
INSURER_SYNONYMS = {
    "gemeentecode": ["gm_code", "gemeente code", "gemcode", "statcode", "code", "gemeente"],
    "zorgkantoor": ["zorgkantoornaam", "zorgkantoorregio", "naam zorgkantoor"],
    "verzekeraar": ["concessiehouder", "zorgverzekeraar", "preferente verzekeraar", "marktleider"],
    "aandeel": ["marktaandeel", "aandeel inwoners", "percentage", "share"],
}
LINK_SYNONYMS = {
    "van": ["code1", "code 1", "code_van", "code", "from", "a"],
    "naar": ["code2", "code 2", "code_naar", "to", "b"],
    "soort": ["type", "kind", "soort verbinding"],
    "reden": ["reason", "toelichting", "motivering", "omschrijving"],
}
_PERCENT_SUM = (95.0, 105.0)
_ROUNDING = 0.005


def read_postcodes(path: Path, *, name: str | None = None) -> tuple[pd.DataFrame, ReadReport]:
    """Read a table of postcodes with a point each.

    Parameters
    ----------
    path : Path
        CSV or XLSX with `pc4` or `postcode` (PC4, PC6 or both mixed) and `x_rd`, `y_rd` (metres,
        EPSG:28992) or `lon`, `lat` (degrees).
    name : str, optional
        File name as the user knows it.

    Returns
    -------
    frame : DataFrame of float64, EPSG:28992
        `x_rd`, `y_rd`, indexed by `postcode` (`3584` or `3584CJ`), each once.
    report : ReadReport
        Rows without a readable postcode or a point, and double postcodes, are set aside.

    Raises
    ------
    UnusableFile
        A column is missing, or no row is usable.
    """
    table, found, report = read_columns(
        path, "postcodes", POSTCODE_SYNONYMS, ["postcode"], name=name
    )
    if not ({"x_rd", "y_rd"} <= found.keys() or {"lon", "lat"} <= found.keys()):
        require_columns(found, ["x_rd", "y_rd"], list(found.values()), report.bestand)
    codes = {
        text: parse_pc6(text) or parse_pc4(text) for text in table["postcode"].dropna().unique()
    }
    read = table["postcode"].map(codes).astype("str")
    lines = {
        row: f"Kolom '{found['postcode']}': "
        + ("leeg" if pd.isna(text) else f"'{text}' is geen postcode")
        + "; de rij is apart gezet."
        for row, text in table["postcode"][read.isna()].items()
    }
    table = set_aside(table.assign(postcode=read), lines, "geen postcode", report)
    coordinates = [c for c in ("x_rd", "y_rd", "lon", "lat") if c in table]
    empty = table.index[table[coordinates].isna().all(axis=1)]
    if len(empty):  # as for a postbus: no fault of the table
        report.warn(
            f"{nl_count(len(empty), 'postcode heeft', 'postcodes hebben')} geen coördinaten en "
            f"{'is' if len(empty) == 1 else 'zijn'} apart gezet ({rows_text(empty)})."
        )
    table = table.drop(index=empty)
    points = read_points(table, found, report)
    points = points.assign(postcode=table["postcode"]).dropna()
    points = _first_of_each(points, report)
    if points.empty:
        raise UnusableFile(f"‘{report.bestand}’: geen enkele rij heeft een postcode met een punt.")
    report.behouden = len(points)
    return points.set_index("postcode"), report


def _first_of_each(points: pd.DataFrame, report: ReadReport) -> pd.DataFrame:
    """Keep the first row of each postcode and report the others."""
    again = points["postcode"].duplicated()
    first = points.drop_duplicates("postcode").reset_index().set_index("postcode")["rij"]
    lines = {
        row: f"Postcode {code} staat ook in rij {first[code]}; de eerste telt en deze rij is apart "
        "gezet."
        for row, code in points["postcode"][again].items()
    }
    return set_aside(points, lines, "dubbele postcodes", report)


def read_insurers(path: Path, *, name: str | None = None) -> tuple[pd.DataFrame, ReadReport]:
    """Read which zorgkantoor and insurer goes with each gemeente.

    Parameters
    ----------
    path : Path
        CSV or XLSX with `gemeentecode` and `zorgkantoor`, `verzekeraar` or both (`concessiehouder`
        is read as `verzekeraar`), and optionally `aandeel` (share 0-1 or percentage of the
        inhabitants).
    name : str, optional
        File name as the user knows it.

    Returns
    -------
    frame : DataFrame
        `gemeentecode`, `zorgkantoor`, `verzekeraar` (str, missing where unknown), `aandeel` (0-1,
        NaN where unknown), index = row in the file.
    report : ReadReport
        Rows without a readable gemeentecode are set aside.

    Raises
    ------
    UnusableFile
        A column is missing, or no row is usable.
    """
    table, found, report = read_columns(
        path, "zorgkantoren", INSURER_SYNONYMS, ["gemeentecode"], name=name
    )
    if not {"zorgkantoor", "verzekeraar"} & found.keys():
        require_columns(found, ["verzekeraar"], list(found.values()), report.bestand)
    codes = parse_areas(table["gemeentecode"], "gemeente")
    wrong = codes.isna() | ~codes.str.startswith("GM", na=False)
    lines = {
        row: f"Kolom '{found['gemeentecode']}': "
        + ("leeg" if pd.isna(text) else f"'{text}' is geen gemeentecode zoals GM0344")
        + "; de rij is apart gezet."
        for row, text in table["gemeentecode"][wrong].items()
    }
    table = set_aside(table.assign(gemeentecode=codes), lines, "geen gemeentecode", report)
    if table.empty:
        raise UnusableFile(f"‘{report.bestand}’: geen enkele rij heeft een gemeentecode.")
    for column in ("zorgkantoor", "verzekeraar"):
        if column not in table:
            table[column] = pd.Series(pd.NA, table.index, dtype="str")
    table["aandeel"] = _shares(table, found, report)
    report.behouden = len(table)
    return table[["gemeentecode", "zorgkantoor", "verzekeraar", "aandeel"]], report


def _shares(table: pd.DataFrame, found: dict[str, str], report: ReadReport) -> pd.Series:
    """Read or derive the share of each row; percentages show by their sum per gemeente."""
    gemeente = table["gemeentecode"]
    if "aandeel" not in table:
        alone = ~gemeente.duplicated(keep=False)
        report.info(
            "Er is geen kolom 'aandeel'; een gemeente met één rij telt daar geheel, en waar een "
            "gemeente meer rijen heeft, is het aandeel onbekend."
        )
        return pd.Series(1.0, table.index).where(alone)
    texts = table["aandeel"].str.removesuffix("%").str.strip()
    shares = read_numbers(texts, found["aandeel"], report, grouped=False)
    total = shares.groupby(gemeente).sum(min_count=1)
    if _PERCENT_SUM[0] <= total.median() <= _PERCENT_SUM[1]:
        report.info(f"Kolom '{found['aandeel']}' is gelezen als percentages en door 100 gedeeld.")
        shares, total = shares / 100, total / 100
    wrong = shares.notna() & ~shares.between(0, 1)
    lines = {
        row: f"Kolom '{found['aandeel']}': {nl_number(value, 3)} is geen aandeel tussen 0 en 1; "
        "het is onbekend gelaten."
        for row, value in shares[wrong].items()
    }
    per_row(report.error, lines, "geen aandeel tussen 0 en 1")
    over = total[total > 1 + _ROUNDING]
    if len(over):
        report.warn(f"De aandelen tellen op tot meer dan 1 in {nl_list(over.index)}.")
    return shares.mask(wrong)


def read_links(path: Path, *, name: str | None = None) -> tuple[tuple[Link, ...], ReadReport]:
    """Read the register of links between units.

    Parameters
    ----------
    path : Path
        CSV or XLSX with `van`, `naar` (wijk, buurt or gemeente codes), `soort` (brug, veer, tunnel,
        dijk, overig) and `reden`.
    name : str, optional
        File name as the user knows it.

    Returns
    -------
    links : tuple of Link
        In the order of the file.
    report : ReadReport
        Rows with an unreadable code, an unknown soort or no reden, and links that were given
        before, are set aside.

    Raises
    ------
    UnusableFile
        A column is missing.
    """
    needed = ["van", "naar", "soort", "reden"]
    table, _, report = read_columns(path, "verbindingen", LINK_SYNONYMS, needed, name=name)
    links: dict[frozenset[str], Link] = {}
    for row, cells in zip(table.index, table[needed].fillna("").to_dict("records"), strict=True):
        link = _link(cells)
        if isinstance(link, Link) and frozenset((link.van, link.naar)) in links:
            link = f"de verbinding tussen {link.van} en {link.naar} is al eerder gegeven"
        if isinstance(link, str):
            report.error(f"De verbinding is apart gezet: {link}.", row)
        else:
            links[frozenset((link.van, link.naar))] = link
    report.behouden = len(links)
    return tuple(links.values()), report


def _link(cells: Mapping[Any, str]) -> Link | str:
    """Make a link of one row, or say what is wrong with it."""
    van, naar = parse_area(cells["van"]), parse_area(cells["naar"])
    if van is None or naar is None:
        text = cells["van"] if van is None else cells["naar"]
        return f"'{text}' is geen code van een wijk, buurt of gemeente"
    if van == naar:
        return f"zij loopt van {van} naar zichzelf"
    kinds = get_args(LinkKind)
    soort = cells["soort"].lower()
    if soort not in kinds:
        return f"soort '{cells['soort']}' is onbekend; verwacht wordt {nl_list(kinds)}"
    if not cells["reden"]:
        return "de reden ontbreekt, en zonder reden telt een verbinding niet"
    return Link(van, naar, cast("LinkKind", soort), cells["reden"])
