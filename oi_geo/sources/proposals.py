"""Somebody's proposed division: a table of codes, a list of gemeenten, or polygons with a name."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import pandas as pd

from oi_geo.codes import AREA_WORDS, AreaKind, area_kind
from oi_geo.errors import UnusableFile, WhichColumn
from oi_geo.plan import Plan, PlanLevel
from oi_geo.sources.drawn_proposals import read_drawn
from oi_geo.sources.limits import LIMITS
from oi_geo.sources.practices import SYNONYMS as PRACTICE_SYNONYMS
from oi_geo.sources.proposal_areas import (
    KnownAreas,
    code_candidates,
    known_areas,
    name_key,
)
from oi_geo.sources.proposal_plan import plan_from_entries
from oi_geo.sources.proposal_question import ask_which
from oi_geo.sources.proposal_rows import (
    LAYOUT,
    Columns,
    Entry,
    choose_columns,
    read_entries,
    with_header,
)
from oi_geo.sources.proposal_unknown import known_entries
from oi_geo.sources.report import ReadReport
from oi_geo.sources.tables import match_columns, read_table
from oi_geo.sources.uploads import checked_file
from oi_geo.study_area import StudyArea
from oi_geo.text import nl_count, nl_list

_TABLES = frozenset({"csv", "xlsx"})
_SOORT = "voorstel"
_FINEST_FIRST: tuple[AreaKind, ...] = ("buurt", "wijk", "gemeente")


def is_drawn(path: Path, *, name: str | None = None) -> bool:
    """Tell whether a proposal holds polygons rather than a table."""
    with checked_file(path, name=name) as file:
        return file.kind not in _TABLES


def proposal_unit_level(path: Path, *, name: str | None = None) -> AreaKind | None:
    """Tell in which kind of codes a proposal is written, before boundaries are loaded.

    Parameters
    ----------
    path : Path
        The proposal.
    name : str, optional
        File name as the user knows it.

    Returns
    -------
    {'buurt', 'wijk', 'gemeente'} or None
        The finest kind of code in the table; None for names and for polygons.

    Raises
    ------
    UnusableFile
        The file cannot be read at all.
    """
    if is_drawn(path, name=name):
        return None
    frame, report = _table(path, name)
    _refuse_practices(frame.columns, report.bestand)
    frame = with_header(frame, None, report)
    try:
        columns = choose_columns(frame, "regio", report.bestand)
    except UnusableFile:
        return None  # names under unknown headers: only the study area can tell
    cells = frame[columns.unit].dropna().str.split(r"[,;|/\n]", regex=True).explode().unique()
    kinds = {area_kind(code) for c in cells for code in code_candidates(c, columns.expected)[:1]}
    return next((kind for kind in _FINEST_FIRST if kind in kinds), None)


def group_columns(path: Path, level: PlanLevel, *, name: str | None = None) -> tuple[str, ...]:
    """Return the columns of a table that could hold its groups, where none is named after them.

    Returns
    -------
    tuple of str
        Empty where there is nothing to ask.

    Raises
    ------
    UnusableFile
        The file cannot be read at all.
    """
    if is_drawn(path, name=name):
        return ()
    frame, report = _table(path, name)
    try:
        frame = with_header(frame, None, report)
        ask_which(frame, choose_columns(frame, level, report.bestand), level, report.bestand)
    except WhichColumn as question:
        return question.columns
    except UnusableFile:
        return ()  # what is wrong is told where the proposal is read
    return ()


def read_proposal(
    path: Path,
    area: StudyArea,
    level: PlanLevel,
    *,
    name: str | None = None,
    jaar_bestanden: Mapping[int, Path] = {},
    parts: gpd.GeoDataFrame | None = None,
    kolom: str | None = None,
    inside: Collection[str] = frozenset(),
) -> tuple[Plan, ReadReport]:
    """Read a proposal against a study area.

    Parameters
    ----------
    path : Path
        A table (CSV, XLSX) of codes or gemeenten with their group, or polygons with a name
        (GeoPackage, shapefile, GeoJSON, GeoParquet).
    area : StudyArea
        What the proposal divides.
    level : {'regio', 'hub', 'wijk'}
        What the groups are; of several columns with groups that of this level is read.
    name : str, optional
        File name as the user knows it.
    jaar_bestanden : mapping of int to Path
        Boundary files by CBS year, only used to name the year that a proposal does belong to.
    parts : GeoDataFrame, EPSG:28992, optional
        Finer areas with `inwoners`, to divide a unit's inhabitants among polygons that cut it.
    kolom : str, optional
        The column with the groups; otherwise it is found by its name.
    inside : collection of str
        Units of the work area: a name that is not unique on the map means the one in there.

    Returns
    -------
    plan : Plan
        Over all units of the study area.
    report : ReadReport
        What was repaired, doubted and set aside.

    Raises
    ------
    UnusableFile
        The file cannot be read as a proposal, or needs finer boundaries.
    WhichColumn
        Several columns can hold the groups.
    ProposalMismatch
        Most of what it names does not exist within the boundaries.
    """
    with checked_file(path, name=name) as file:
        if file.kind not in _TABLES:
            return read_drawn(file, area, level, parts, kolom)
    frame, report = _table(path, name)
    known = known_areas(area, inside)
    entries = _entries(frame, known, level, kolom, report)
    jaar = next((source.jaar for source in area.sources if source.jaar), None)
    kept = known_entries(entries, known, report, jaar_bestanden, jaar)
    named = list(dict.fromkeys(entry.groep for entry in entries if entry.groep is not None))
    plan = plan_from_entries(kept, area, known, level, report, named)
    return replace(plan, lost=_lost(entries, kept)), report


def _table(path: Path, name: str | None) -> tuple[pd.DataFrame, ReadReport]:
    """Read the table of a proposal as text."""
    return read_table(path, _SOORT, name=name, layouts=[LAYOUT], most=LIMITS.listed_rows)


def _entries(
    frame: pd.DataFrame, known: KnownAreas, level: PlanLevel, kolom: str | None, report: ReadReport
) -> list[Entry]:
    """Choose the columns of a table, and read from each row which areas it puts in which group."""
    _refuse_practices(frame.columns, report.bestand)
    frame = with_header(frame, known, report)
    columns = choose_columns(frame, level, report.bestand, kolom)
    if kolom is None:
        ask_which(frame, columns, level, report.bestand)
    one_group = Path(report.bestand).stem
    _note_columns(columns, one_group, report)
    entries = read_entries(frame, columns, known, report, one_group)
    _note_names(entries, known, report)
    return entries


def _lost(entries: list[Entry], kept: list[Entry]) -> dict[str, tuple[str, ...]]:
    """Collect per group what was not recognised, as it was written."""
    known = {id(entry) for entry in kept}
    lost: dict[str, tuple[str, ...]] = {}
    for entry in entries:
        if id(entry) not in known and entry.groep is not None:
            lost[entry.groep] = (*lost.get(entry.groep, ()), entry.tekst)
    return lost


def _refuse_practices(columns: Iterable[str], bestand: str) -> None:
    """Refuse a list of practices: its AGB codes would pass for codes of buurten.

    Raises
    ------
    UnusableFile
        The table has a column with AGB codes.
    """
    found = match_columns(columns, PRACTICE_SYNONYMS)
    if "agb" in found:
        raise UnusableFile(
            f"{bestand}: dit lijkt een praktijkenlijst (kolom '{found['agb']}') en geen voorstel; "
            "verwacht wordt een tabel met een code en een groep per rij."
        )


def _note_columns(columns: Columns, one_group: str, report: ReadReport) -> None:
    """Report which columns were read, and what a missing group column means."""
    others = _quoted(columns.others)
    if columns.group is not None:
        rest = f"; niet gebruikt: {others}" if others else ""
        report.info(f"Gebieden uit kolom '{columns.unit}', groepen uit '{columns.group}'{rest}.")
        return
    text = (
        f"Er is geen kolom met groepen; alles in kolom '{columns.unit}' vormt samen één groep, "
        f"'{one_group}' (naar de bestandsnaam)"
    )
    rest = f" Staan de groepen in {others}, noem die kolom dan 'groep'." if others else ""
    report.warn(f"{text}.{rest}")


def _note_names(entries: list[Entry], known: KnownAreas, report: ReadReport) -> None:
    """Report short names read as a full one, and groups that differ in capitals only."""
    for text, code in dict.fromkeys((e.tekst, e.code) for e in entries if e.code):
        named = known.gemeenten_named(text)
        if code in named and name_key(text) != name_key(known.names[code]):
            report.info(f"'{text}' is gelezen als gemeente {known.describe(code)}.")
    by_name = {e.code: e for e in entries if e.code in known.unit_names.full and _is_name(e)}
    if by_name:
        first = min(by_name.values(), key=lambda entry: entry.rij)
        count = nl_count(len(by_name), *AREA_WORDS[known.level])
        report.info(
            f"{count} herkend aan de naam, zoals '{first.tekst}' voor "
            f"{known.describe(str(first.code))}.",
            first.rij,
        )
    groups = list(dict.fromkeys(e.groep for e in entries if e.groep))
    by_case: dict[str, list[str]] = {}
    for group in groups:
        by_case.setdefault(group.casefold(), []).append(group)
    for alike in by_case.values():
        if len(alike) > 1:
            report.warn(
                f"De groepen {_quoted(alike)} verschillen alleen in "
                "hoofdletters; ze tellen als verschillende groepen."
            )


def _is_name(entry: Entry) -> bool:
    """Tell whether an entry was read by its name and not by its code."""
    return not code_candidates(entry.tekst)


def _quoted(texts: Iterable[str]) -> str:
    """Write texts between quotes as a Dutch enumeration."""
    return nl_list(f"'{text}'" for text in texts)
