"""Tables that put areas under a name: kernen, zorgkantoorregio's, Wmo-regio's, locked groups."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from oi_geo.codes import area_kind
from oi_geo.errors import UnusableFile
from oi_geo.sources.column_names import match_columns
from oi_geo.sources.lines import per_row, quoted, rows_text
from oi_geo.sources.numbers import read_numbers
from oi_geo.sources.proposal_areas import KnownAreas, known_areas
from oi_geo.sources.proposal_rows import (
    GROUP_SYNONYMS,
    LAYOUT,
    Columns,
    Entry,
    choose_columns,
    read_entries,
    with_header,
)
from oi_geo.sources.report import ReadReport
from oi_geo.sources.tables import read_table
from oi_geo.study_area import StudyArea
from oi_geo.text import nl_count, nl_list

_COARSE_FIRST = {"gemeente": 0, "wijk": 1, "buurt": 2, None: 3}
_FINER = {"gemeente": ("wijk", "buurt"), "wijk": ("buurt",), "buurt": ()}
_SHARE = {"aandeel": ("marktaandeel", "aandeel inwoners", "percentage", "share")}


@dataclass(frozen=True)
class DivisionKind:
    """What a table of names is for: its word in reports, and what its columns may be called.

    `one_name` refuses a code under two names; without it the first one counts, or the one with the
    largest share where the table has a column `aandeel`.
    """

    soort: str
    columns: Mapping[str, Sequence[str]]
    one_name: bool = False


KERNEN = DivisionKind(
    "kernen",
    {
        "kern": ("kernnaam", "naam kern", "woonkern", "kernen"),
        "woonplaats": ("plaats", "plaatsnaam", "dorp"),
        "groep": (),
    },
)
HOGERE_GRENS = DivisionKind(
    "hogere grens",
    {
        "zorgkantoorregio": ("zorgkantoor", "zorgkantoornaam", "naam zorgkantoor"),
        "wmoregio": ("wmo regio", "wmo-regionaam", "jeugdregio", "ggd-regio", "veiligheidsregio"),
        **GROUP_SYNONYMS,
    },
)
BESTAAND = DivisionKind("bestaande indeling", GROUP_SYNONYMS)
VASTE_GROEPEN = DivisionKind("vaste groepen", GROUP_SYNONYMS, one_name=True)


def read_division(
    path: Path, area: StudyArea, kind: DivisionKind, *, name: str | None = None
) -> tuple[pd.Series, ReadReport]:
    """Read a table that gives units, or the gemeenten around them, a name.

    The most specific row of a unit decides: a wijk's own row goes before that of its gemeente.

    Parameters
    ----------
    path : Path
        CSV or XLSX with a column of codes (or names of gemeenten) and one of names.
    area : StudyArea
        Whose units get a name.
    kind : DivisionKind
        What the table is for.
    name : str, optional
        File name as the user knows it.

    Returns
    -------
    series : Series of str
        Name per unit code, in the order of the area; units that the table does not name are not
        in it.
    report : ReadReport
        Rows that name no known area are set aside, each named with its row.

    Raises
    ------
    UnusableFile
        No column of codes or of names, no known code, codes finer than the units, or a code under
        two names where that cannot be.
    """
    frame, report = read_table(
        path, kind.soort, name=name, layouts=[LAYOUT, {**LAYOUT, **kind.columns}]
    )
    known = known_areas(area)
    frame = with_header(frame, known, report)
    columns = _columns(frame, kind, report)
    entries = read_entries(frame, columns, known, report, "")
    _refuse_finer(entries, known, report)
    kept = _known(entries, known, report)
    unnamed = [entry.rij for entry in kept if entry.groep is None]
    if unnamed:
        report.warn(
            f"Kolom '{columns.group}' is leeg in {rows_text(unnamed)}; die rijen zeggen niets."
        )
    chosen = _one_each(kept, _shares(frame, columns, report), kind, report)
    decided: dict[int, str] = {}
    for code in sorted(chosen, key=lambda code: _COARSE_FIRST[area_kind(code)]):
        for unit in known.members[code]:
            decided[int(unit)] = chosen[code]
    positions = sorted(decided)
    names = [decided[unit] for unit in positions]
    return pd.Series(names, area.units.index[positions], dtype="str", name=kind.soort), report


def _columns(frame: pd.DataFrame, kind: DivisionKind, report: ReadReport) -> Columns:
    """Find the column of codes and that of names; the only other column needs no known name."""
    columns = choose_columns(frame, "regio", report.bestand)
    others = [str(column) for column in frame.columns if column != columns.unit]
    found = match_columns(others, kind.columns)
    spare = [column for column in columns.ignored if column in others]
    fitting = [found[column] for column in kind.columns if column in found]
    if not fitting and len(spare) != 1:
        raise UnusableFile(
            f"‘{report.bestand}’: er is geen kolom met {kind.soort} gevonden; verwacht wordt "
            f"{quoted(kind.columns)}, gevonden zijn {quoted(frame.columns, 12)}."
        )
    chosen = (fitting or spare)[0]
    report.info(f"Gebieden uit kolom '{columns.unit}', {kind.soort} uit kolom '{chosen}'.")
    return replace(columns, group=chosen)


def _refuse_finer(entries: Sequence[Entry], known: KnownAreas, report: ReadReport) -> None:
    """Refuse codes that are parts of units.

    Raises
    ------
    UnusableFile
        Naming the first such row.
    """
    finer = [e for e in entries if e.code and area_kind(e.code) in _FINER[known.level]]
    if finer:
        raise UnusableFile(
            f"‘{report.bestand}’, rij {finer[0].rij}: {finer[0].code} is fijner dan de eenheden "
            f"van dit gebied ({known.level}); geef codes van die eenheden of hun gemeente, of kies "
            "fijnere grenzen."
        )


def _known(entries: Sequence[Entry], known: KnownAreas, report: ReadReport) -> list[Entry]:
    """Keep the entries that the study area knows, and name the others with their row.

    A table may cover the whole country: codes of gemeenten outside the area share one line.

    Raises
    ------
    UnusableFile
        Nothing in the table is known.
    """
    kept = [entry for entry in entries if entry.code in known.members]
    if not kept:
        example = f" (rij {entries[0].rij}: '{entries[0].tekst}')" if entries else ""
        raise UnusableFile(
            f"‘{report.bestand}’: geen enkele code komt voor in dit gebied{example}; verwacht "
            f"worden codes zoals {list(known.members)[-1]}."
        )
    here = {code[2:6] for code in known.members}
    away: dict[str, str] = {}
    lines: dict[int, str] = {}
    for entry in entries:
        if entry.code is None:
            lines[entry.rij] = f"'{entry.tekst}' is geen code in dit gebied; apart gezet."
        elif entry.code not in known.members and entry.code[2:6] in here:
            like = known.nearest(entry.code)
            hint = f" (het meest lijkt {known.describe(like)})" if like else ""
            lines[entry.rij] = f"{entry.code} bestaat niet in dit gebied{hint}; apart gezet."
        elif entry.code not in known.members:
            away.setdefault(entry.code, f"{entry.code} (rij {entry.rij})")
    per_row(report.error, lines, "onbekende codes")
    if away:
        count = nl_count(len(away), "code ligt", "codes liggen")
        report.error(f"{count} buiten dit gebied; niet gebruikt: {nl_list(away.values())}.")
    report.behouden -= len({e.rij for e in entries} - {e.rij for e in kept})
    return kept


def _shares(frame: pd.DataFrame, columns: Columns, report: ReadReport) -> pd.Series | None:
    """Read the share of each row, where the table has such a column."""
    others = [
        str(column) for column in frame.columns if column not in {columns.unit, columns.group}
    ]
    found = match_columns(others, _SHARE).get("aandeel")
    if found is None:
        return None
    return read_numbers(frame[found].str.removesuffix("%"), found, report, grouped=False)


def _one_each(
    entries: Sequence[Entry], shares: pd.Series | None, kind: DivisionKind, report: ReadReport
) -> dict[str, str]:
    """Choose one name for each code that has one; report codes under several names.

    Raises
    ------
    UnusableFile
        A code stands under two names in a table where that cannot be.
    """
    by_code: dict[str, list[Entry]] = {}
    for entry in entries:
        if entry.code is not None and entry.groep is not None:
            by_code.setdefault(entry.code, []).append(entry)
    chosen: dict[str, str] = {}
    lines: dict[int, str] = {}
    for code, rows in by_code.items():
        share = {row.rij: math.nan if shares is None else float(shares[row.rij]) for row in rows}
        # Unknown shares stand last; among equals the alphabet decides, never the order of rows.
        size = {rij: -1.0 if math.isnan(value) else value for rij, value in share.items()}
        rows.sort(key=lambda row: (-size[row.rij], str(row.groep)))
        names = list(dict.fromkeys(str(row.groep) for row in rows))
        largest = {str(row.groep) for row in rows if not share[row.rij] < share[rows[0].rij]}
        which = "het grootste aandeel telt"
        if len(largest) > 1:
            which = "welke hier telt, staat niet vast; gekozen is"
        chosen[code] = names[0]
        where = rows_text(row.rij for row in rows)
        if len(names) > 1 and kind.one_name:
            raise UnusableFile(
                f"‘{report.bestand}’, {where}: {code} staat in {quoted(names)}, en kan maar in één "
                "groep vaststaan."
            )
        if len(names) > 1:
            lines[min(row.rij for row in rows)] = (
                f"{code} staat onder {quoted(names)} ({where}); {which}: '{names[0]}'."
            )
    per_row(report.warn, lines, "codes met meer dan één naam")
    return chosen
