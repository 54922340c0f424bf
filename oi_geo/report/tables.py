"""The results as tables: per group, findings, grensproblematiek, units and read report."""

import io
from pathlib import Path

import pandas as pd

from oi_geo.pipeline import Toets
from oi_geo.report.document import finding_row
from oi_geo.sources.report import messages_frame

# A cell that starts with one of these is run as a formula by a spreadsheet program.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def group_table(toets: Toets) -> pd.DataFrame:
    """One row per group with all measures."""
    return toets.measures.map(_joined).reset_index()


def finding_table(toets: Toets) -> pd.DataFrame:
    """One row per finding, worst first."""
    columns = [
        "regel", "kader", "groep", "oordeel", "waarde", "grens", "eenheid", "status", "bron",
        "toelichting", "waar",
    ]  # fmt: skip
    rows = [finding_row(finding) for finding in toets.findings]
    return pd.DataFrame(rows, columns=columns).map(_joined)


def border_table(toets: Toets) -> pd.DataFrame:
    """One row per part of a cut gemeente."""
    return toets.border.gemeenten.map(_joined)


def unit_table(toets: Toets) -> pd.DataFrame:
    """One row per unit with its group: readable again as a proposal (`eenheid,groep`)."""
    groups = pd.Series([*toets.plan.groups, None], dtype="object")
    labels = toets.plan.labels
    frame = toets.area.units[["naam", "gemeentecode", "gemeentenaam", "inwoners"]].reset_index(
        names="eenheid"
    )
    frame.insert(1, "groep", groups.take([x if x >= 0 else len(groups) - 1 for x in labels]).array)
    return frame


def report_table(toets: Toets) -> pd.DataFrame:
    """One row per message of the read reports."""
    return messages_frame(toets.reports)


TABLES = {
    "groepen.csv": group_table,
    "bevindingen.csv": finding_table,
    "grensproblematiek.csv": border_table,
    "indeling.csv": unit_table,
    "leesverslag.csv": report_table,
}


def neutralised(frame: pd.DataFrame) -> pd.DataFrame:
    """Put an apostrophe before text cells (and headers) that a spreadsheet would run as a formula.

    Numbers are left alone: only text can come from somebody's file.
    """
    return frame.map(_neutral).rename(columns=_neutral)


def csv_text(frame: pd.DataFrame) -> str:
    """Write a table as CSV, safe to open in a spreadsheet; unknown is an empty cell."""
    buffer = io.StringIO()
    neutralised(frame).to_csv(buffer, index=False, lineterminator="\n")
    return buffer.getvalue()


def write_tables(toets: Toets, folder: Path) -> list[Path]:
    """Write all tables as CSV (UTF-8 with BOM, so that Excel reads the accents) into a folder."""
    paths = []
    for name, table in TABLES.items():
        path = folder / name
        path.write_text(csv_text(table(toets)), encoding="utf-8-sig")
        paths.append(path)
    return paths


def _neutral(cell: object) -> object:
    if isinstance(cell, str) and cell.startswith(FORMULA_STARTS):
        return "'" + cell
    return cell


def _joined(cell: object) -> object:
    """Write a list of codes as one text; leave everything else as it is."""
    if isinstance(cell, list | tuple):
        return " ".join("" if x is None else str(x) for x in cell)
    return cell
