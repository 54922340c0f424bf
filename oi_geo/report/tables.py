"""The results as tables: per group, findings, grensproblematiek, units and read report."""

import io
import unicodedata
from pathlib import Path

import pandas as pd

from oi_geo.pipeline import Toets
from oi_geo.plan import UNASSIGNED, Plan
from oi_geo.report.document import finding_row
from oi_geo.sources.report import messages_frame

# A cell that starts with one of these is run as a formula by a spreadsheet program; some programs
# look past white space and marks without width, and fold full-width signs to plain ones.
FORMULA_STARTS = ("=", "+", "-", "@")


def group_table(toets: Toets) -> pd.DataFrame:
    """One row per group with all measures."""
    return toets.measures.map(_joined).reset_index()


def finding_table(toets: Toets) -> pd.DataFrame:
    """One row per finding, worst first."""
    frame = pd.DataFrame([finding_row(finding) for finding in toets.findings]).map(_joined)
    frame.insert(1, "kader", [finding.kader for finding in toets.findings])
    return frame


def border_table(toets: Toets) -> pd.DataFrame:
    """One row per part of a cut gemeente."""
    return toets.border.gemeenten.map(_joined)


def other_ro_table(toets: Toets) -> pd.DataFrame:
    """One row per practice that names another RO than the group it stands in."""
    return toets.border.practices.map(_joined)


def double_table(toets: Toets) -> pd.DataFrame:
    """One row per practice or WSV that names more than one RO."""
    return toets.border.double.map(_joined)


def remainder_table(toets: Toets) -> pd.DataFrame:
    """One row per connected remainder outside all groups."""
    return pd.DataFrame(toets.border.remainders.drop(columns="geometry")).map(_joined)


def unit_table(toets: Toets) -> pd.DataFrame:
    """One row per unit with its group: readable again as a proposal (`eenheid,groep`)."""
    groups = pd.Series([*toets.plan.groups, None], dtype="object")
    labels = toets.plan.labels
    frame = toets.area.units[["naam", "gemeentecode", "gemeentenaam", "inwoners"]].reset_index(
        names="eenheid"
    )
    frame.insert(1, "groep", groups.take([x if x >= 0 else len(groups) - 1 for x in labels]).array)
    return frame


def plan_table(plan: Plan) -> pd.DataFrame:
    """One row per unit, `eenheid` and `groep`: readable as a proposal; empty without a group."""
    groups = ["" if x == UNASSIGNED else plan.groups[x] for x in plan.labels]
    return pd.DataFrame({"eenheid": plan.units, "groep": groups})


def report_table(toets: Toets) -> pd.DataFrame:
    """One row per message of the read reports."""
    return messages_frame(toets.reports)


TABLES = {
    "groepen.csv": group_table,
    "bevindingen.csv": finding_table,
    "grensproblematiek.csv": border_table,
    "praktijken_andere_ro.csv": other_ro_table,
    "in_meer_ros.csv": double_table,
    "resten.csv": remainder_table,
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
    if not isinstance(cell, str) or not cell:
        return cell
    seen = unicodedata.normalize("NFKC", cell)
    first = next((c for c in seen if unicodedata.category(c)[0] not in "ZC"), "")
    return "'" + cell if first in FORMULA_STARTS or cell[0] in "\t\r\n" else cell


def _joined(cell: object) -> object:
    """Write a list as one text; leave everything else as it is."""
    if isinstance(cell, list | tuple):
        return "; ".join("" if x is None else str(x) for x in cell)
    return cell
