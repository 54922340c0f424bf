"""The results as tables: per group, findings, grensproblematiek, units and read report."""

import io
import unicodedata
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from oi_geo.criteria.finding import WHOLE_PLAN
from oi_geo.pipeline import Toets
from oi_geo.plan import Plan
from oi_geo.remainders import in_view
from oi_geo.report.conclusion import NOT_TESTED, group_results
from oi_geo.report.document import finding_row
from oi_geo.report.people import PeopleTable, findings_for_people, people_csv, people_table
from oi_geo.report.totals import group_measures
from oi_geo.sources.report import WORST_FIRST, messages_frame

# A cell that starts with one of these is run as a formula by a spreadsheet program; some programs
# look past white space and marks without width, and fold full-width signs to plain ones.
FORMULA_STARTS = ("=", "+", "-", "@")


def group_table(toets: Toets) -> PeopleTable:
    """One row per group with its verdict and all measures."""
    frame = group_measures(toets).reset_index()
    worst = {result.group: result.verdict for result in group_results(toets)}
    said = [NOT_TESTED if (v := worst[name]) is None else v.value for name in frame["groep"]]
    frame.insert(1, "oordeel", said)
    return people_table(toets.area, frame)


def group_table_in_words(toets: Toets) -> PeopleTable:
    """Return `group_table` for people: its verdict approves of no group that no kader tested.

    The CSV keeps the plain verdicts, which programs read.
    """
    table = group_table(toets)
    words = {result.group: result.word for result in group_results(toets)}
    said = table.frame["Groep"].map(words)
    return replace(table, frame=table.frame.assign(Oordeel=said))


def finding_table(toets: Toets) -> PeopleTable:
    """One row per finding, worst first."""
    frame = pd.DataFrame([finding_row(finding) for finding in toets.findings])
    if frame.empty:
        return people_table(
            toets.area, pd.DataFrame(columns=["oordeel", "kader", "regel", "groep"])
        )
    frame.insert(0, "kader", [finding.kader for finding in toets.findings])
    frame["groep"] = [finding.group or WHOLE_PLAN for finding in toets.findings]
    first = ["oordeel", "kader", "regel", "groep", "toelichting"]
    return findings_for_people(toets, frame[[*first, *frame.columns.difference(first, sort=False)]])


def border_table(toets: Toets) -> PeopleTable:
    """One row per part of a cut gemeente."""
    return people_table(toets.area, toets.border.gemeenten)


def other_ro_table(toets: Toets) -> PeopleTable:
    """One row per practice that names another RO than the group it stands in."""
    return people_table(toets.area, toets.border.practices)


def outsider_table(toets: Toets) -> PeopleTable:
    """One row per huisarts practice that stands in a group and does not take part."""
    return people_table(toets.area, toets.border.outsiders)


def double_table(toets: Toets) -> PeopleTable:
    """One row per practice or WSV that names more than one RO."""
    return people_table(toets.area, toets.border.double)


def remainder_table(toets: Toets) -> PeopleTable:
    """One row per connected remainder outside all groups."""
    frame = in_view(toets.area, toets.border.remainders)
    frame.insert(0, "aantal_eenheden", frame["eenheden"].map(len))
    if toets.area.whole is None:
        frame = frame.drop(columns="eenheden_daarbuiten")
    return people_table(toets.area, frame)


def division_table(toets: Toets) -> PeopleTable:
    """One row per unit that the plan speaks about, with its group."""
    frame = unit_table(toets)
    keep = frame["groep"].notna() | frame["eenheid"].isin(list(toets.plan.unfinished_units))
    frame = frame[keep].rename(columns={"eenheid": "code", "naam": toets.area.level})
    return people_table(toets.area, frame)


def unit_table(toets: Toets) -> pd.DataFrame:
    """One row per unit with its group: readable again as a proposal (`eenheid,groep`).

    A unit that the proposal puts in several groups has a row for each; without a group it is None.
    """
    at, groups = _members(toets.plan)
    columns = ["naam", "gemeentecode", "gemeentenaam", "inwoners"]
    frame = toets.area.units[columns].iloc[at].reset_index(names="eenheid")
    frame.insert(1, "groep", groups)
    return frame


def plan_table(plan: Plan) -> pd.DataFrame:
    """One row per unit, `eenheid` and `groep`: readable as a proposal; empty without a group.

    A unit that the plan puts in several groups has a row for each.
    """
    at, groups = _members(plan)
    return pd.DataFrame(
        {"eenheid": plan.units[at], "groep": ["" if g is None else g for g in groups]}
    )


def _members(plan: Plan) -> tuple[NDArray[np.intp], NDArray[np.object_]]:
    """Pair the position of every unit with the name of its group or groups, in order of units."""
    at, group = plan.memberships()
    order = np.lexsort([group, at])
    names = np.array([*plan.groups, None], dtype=object)
    return at[order], names[group[order]]


def report_table(toets: Toets) -> PeopleTable:
    """One row per message of the read reports, worst first."""
    frame = messages_frame(toets.reports)
    first = ["ernst", "bestand", "rij", "melding"]
    rank = frame["ernst"].map(WORST_FIRST)
    return people_table(toets.area, frame.loc[rank.sort_values(kind="stable").index, first])


TABLES: dict[str, Callable[[Toets], PeopleTable]] = {
    "groepen.csv": group_table,
    "bevindingen.csv": finding_table,
    "grensproblematiek.csv": border_table,
    "praktijken_andere_ro.csv": other_ro_table,
    "praktijken_niet_deelnemend.csv": outsider_table,
    "in_meer_ros.csv": double_table,
    "resten.csv": remainder_table,
    "indeling.csv": division_table,
    "leesverslag.csv": report_table,
}


def table_csv(name: str, toets: Toets) -> str:
    """Write one of `TABLES` as CSV: for people, but the division as a plan file."""
    if name == "indeling.csv":
        units = unit_table(toets)
        return csv_text(units.assign(inwoners=units["inwoners"].convert_dtypes()))
    return people_csv(TABLES[name](toets), neutral)


def neutralised(frame: pd.DataFrame) -> pd.DataFrame:
    """Put an apostrophe before text cells (and headers) that a spreadsheet would run as a formula.

    Numbers are left alone: only text can come from somebody's file.
    """
    return frame.map(neutral).rename(columns=neutral)


def csv_text(frame: pd.DataFrame) -> str:
    """Write a table as CSV, safe to open in a spreadsheet; unknown is an empty cell."""
    buffer = io.StringIO()
    neutralised(frame).to_csv(buffer, index=False, lineterminator="\n")
    return buffer.getvalue()


def write_tables(toets: Toets, folder: Path) -> list[Path]:
    """Write all tables as CSV (UTF-8 with BOM, so that Excel reads the accents) into a folder."""
    paths = []
    for name in TABLES:
        path = folder / name
        path.write_text(table_csv(name, toets), encoding="utf-8-sig")
        paths.append(path)
    return paths


def neutral(cell: object) -> object:
    """Put an apostrophe before a text that a spreadsheet would run as a formula."""
    if not isinstance(cell, str) or not cell:
        return cell
    seen = unicodedata.normalize("NFKC", cell)
    first = next((c for c in seen if unicodedata.category(c)[0] not in "ZC"), "")
    return "'" + cell if first in FORMULA_STARTS or cell[0] in "\t\r\n" else cell
