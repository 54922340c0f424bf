"""The rows of a proposed division: which columns count, and what each cell names."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

import pandas as pd
from openpyxl.utils import get_column_letter

from oi_geo.codes import AreaKind, area_kind
from oi_geo.errors import UnusableFile
from oi_geo.plan import PlanLevel
from oi_geo.sources.blanks import single_spaces, without_blanks
from oi_geo.sources.lines import quoted, rows_text
from oi_geo.sources.proposal_areas import KnownAreas, code_candidates, lost_zeros
from oi_geo.sources.report import ReadReport
from oi_geo.sources.tables import match_columns
from oi_geo.text import nl_count, nl_list

# In order of preference: what is most specific goes first, `eenheid` is what this program writes.
UNIT_SYNONYMS: dict[str, tuple[str, ...]] = {
    "eenheid": ("eenheidcode", "eenheidscode"),
    "buurtcode": ("buurtcodes", "bu_code", "bucode"),
    "wijkcode": ("wijkcodes", "wk_code", "wkcode"),
    "buurt": ("buurten",),
    "wijk": ("wijken",),
    "code": ("cbscode", "cbs code", "statcode", "gebiedscode", "codes", "gwb_code"),
    "buurtnaam": ("buurtnamen", "bu_naam", "naam buurt"),
    "wijknaam": ("wijknamen", "wk_naam", "naam wijk"),
    "gemeentecode": ("gemeentecodes", "gm_code", "gmcode", "gemcode", "cbs gemeentecode"),
    "gemeente": ("gemeenten", "gemeentes", "gemeentenaam", "gemeentenamen", "gm_naam"),
}
_LAST_RESORT = {"naam": ("name", "statnaam")}

GROUP_SYNONYMS: dict[str, tuple[str, ...]] = {
    "groep": ("groepen", "groepsnaam", "groepnaam"),
    "regio": ("regionaam", "regio naam", "naam regio", "werkgebied", "regio's"),
    "hub": ("gemeentehub", "hubnaam", "gemeentehubs", "naam hub"),
    "wijkverband": ("wijkverbanden", "naam wijkverband", "wijkteam", "wsv"),
    "cluster": ("clusternaam", "district", "voorstel", "indeling", "rayon", "subregio"),
}
# What the columns of a proposal, or of another division, may be called.
LAYOUT: dict[str, tuple[str, ...]] = {**UNIT_SYNONYMS, **GROUP_SYNONYMS}
_LEVEL_COLUMN: dict[PlanLevel, str] = {"regio": "regio", "hub": "hub", "wijk": "wijkverband"}

_EXPECTED: dict[str, AreaKind] = {
    "buurtcode": "buurt",
    "buurt": "buurt",
    "wijkcode": "wijk",
    "wijk": "wijk",
    "buurtnaam": "buurt",
    "wijknaam": "wijk",
    "gemeentecode": "gemeente",
    "gemeente": "gemeente",
}


@dataclass(frozen=True)
class Columns:
    """The columns of a proposal: of the areas and of the group (None: one group), and the rest.

    `gemeente` tells in which gemeente an area lies, `ignored` means nothing and `spare` only names
    the areas, unless it is the one with the groups.
    """

    unit: str
    group: str | None
    expected: AreaKind | None
    ignored: tuple[str, ...]
    gemeente: str | None = None
    spare: tuple[str, ...] = ()

    @property
    def others(self) -> tuple[str, ...]:
        """The columns that may hold groups as well."""
        return (*self.ignored, *self.spare)


@dataclass(frozen=True)
class Entry:
    """One area named on one row.

    `code` is None where the text is no code and names no (single) gemeente; `groep` is None where
    the row leaves the area without a group. `gemeente` is what the row says of where it lies.
    """

    rij: int
    tekst: str
    code: str | None
    groep: str | None
    gemeente: str | None = None


def group_order(level: PlanLevel) -> dict[str, tuple[str, ...]]:
    """Return the synonyms of the group column, those of the asked level first."""
    first = _LEVEL_COLUMN[level]
    return {first: GROUP_SYNONYMS[first]} | GROUP_SYNONYMS


def choose_columns(
    frame: pd.DataFrame, level: PlanLevel, bestand: str, kolom: str | None = None
) -> Columns:
    """Find the column with areas and the one with groups; `kolom` names that of the groups.

    Raises
    ------
    UnusableFile
        No column holds areas, by its name or by its content, or there is no column `kolom`.
    """
    columns = [str(column) for column in frame.columns]
    units = match_columns(columns, UNIT_SYNONYMS)
    groups = match_columns(columns, group_order(level))
    spare = match_columns(columns, _LAST_RESORT)
    kind = next((k for k in UNIT_SYNONYMS if k in units), None)
    group = next((groups[g] for g in group_order(level) if g in groups), None)
    if kolom is not None:
        group = named_column(columns, kolom, bestand)
        units = {k: column for k, column in units.items() if column != group}
        kind = next((k for k in UNIT_SYNONYMS if k in units), None)
    if kind is not None:
        unit = units[kind]
        if group is None and "naam" in spare and _holds_lists(frame[unit]):
            group = spare["naam"]
    else:
        by_content = [c for c in columns if c != group and _mostly_codes(frame[c])]
        unit = next(iter([*by_content, *spare.values()]), "")
        if not unit:
            raise UnusableFile(
                f"{bestand}: er is geen kolom met wijken, buurten of gemeenten gevonden (wel: "
                f"{nl_list(columns)}); verwacht worden de kolommen 'eenheid' (een CBS-code, of "
                "'gemeente' met een naam) en 'groep'."
            )
    used = {unit, group, *units.values(), *spare.values()}
    ignored = tuple(c for c in columns if c not in used)
    around = (units[k] for k in ("gemeentecode", "gemeente") if k in units and units[k] != unit)
    unused = tuple(column for column in spare.values() if column not in {unit, group})
    return Columns(unit, group, _EXPECTED.get(kind or ""), ignored, next(around, None), unused)


def named_column(columns: Iterable[str], kolom: str, bestand: str) -> str:
    """Find the column that somebody names, without regard to case, spaces and underscores.

    Raises
    ------
    UnusableFile
        Naming the columns there are.
    """
    found = match_columns(columns, {kolom: ()})
    if kolom not in found:
        raise UnusableFile(
            f"{bestand}: er is geen kolom '{kolom}'; gevonden zijn {quoted(columns, 12)}."
        )
    return found[kolom]


def _holds_lists(cells: pd.Series) -> bool:
    """Tell whether some cell names several areas."""
    return bool(cells.str.contains(r"[,;|\n]|/(?!\s*[dD]\b)").any())


def _mostly_codes(cells: pd.Series) -> bool:
    """Tell whether most cells are area codes with their letters."""
    codes = [code_candidates(str(cell)) for cell in cells.dropna().unique()[:200]]
    return bool(codes) and sum(map(bool, codes)) > len(codes) / 2


def with_header(frame: pd.DataFrame, known: KnownAreas | None, report: ReadReport) -> pd.DataFrame:
    """Put a header above a table whose first row already names an area."""
    columns = [str(column) for column in frame.columns]
    area = next(
        (
            at
            for at, text in enumerate(columns)
            if any(code in text.upper() for code in code_candidates(text)[:1])
            or (known is not None and known.gemeenten_named(text))
        ),
        None,
    )
    if area is None:
        return frame
    # Of several other columns each may hold the groups: all are named after them (`ask_which`).
    several = len(columns) > 2  # noqa: PLR2004
    names = [
        "eenheid" if at == area else f"groep (kolom {at + 1})" if several else "groep"
        for at in range(len(columns))
    ]
    row = int(frame.index[0]) - 1
    report.info(
        f"Het bestand heeft geen kolomnamen: '{columns[area]}' is gelezen als eerste rij, en de "
        f"kolommen als {nl_list(names)}.",
        row,
    )
    report.gelezen += 1
    report.behouden += 1
    first = pd.DataFrame([_as_written(columns)], columns=names, index=[row], dtype="str")
    return pd.concat([first, frame.set_axis(names, axis="columns")])


def _as_written(columns: list[str]) -> list[str | None]:
    """Take back what `unique_names` made of a header: no names for empty cells, no numbers."""
    written: list[str | None] = []
    for at, text in enumerate(columns):
        bare = re.sub(r" \(\d+\)$", "", text)
        was_empty = text == f"kolom {get_column_letter(at + 1)}"
        written.append(None if was_empty else bare if bare in columns[:at] else text)
    return written


def read_entries(
    frame: pd.DataFrame, columns: Columns, known: KnownAreas, report: ReadReport, one_group: str
) -> list[Entry]:
    """Read what each row names; one entry per area, so a row may give several.

    Parameters
    ----------
    frame : DataFrame of str
        Index = row in the spreadsheet.
    columns : Columns
        See `choose_columns`.
    known : KnownAreas
        What the study area holds.
    report : ReadReport
        Receives a line about rows without an area and about zeros that were put back.
    one_group : str
        Name of the group where there is no group column.
    """
    cells = frame[columns.unit].fillna("").astype("str")
    empty = cells.index[cells.str.strip() == ""]
    if len(empty):
        count = nl_count(len(empty), "rij is", "rijen zijn")
        report.error(
            f"Kolom '{columns.unit}' is leeg: {count} terzijde gelegd ({rows_text(empty)})."
        )
        report.behouden -= len(empty)
        cells = cells.drop(empty)
    expected = _column_kind(cells, columns, known)
    places = _gemeenten(frame.loc[cells.index], columns)
    codes: dict[tuple[str, str | None], list[tuple[str, str | None]]] = {
        (cell, place): [
            (text, _code(text, expected, known, columns, place))
            for text in known.split(cell, expected, place)
        ]
        for cell, place in dict.fromkeys(zip(cells, places, strict=True))
    }
    if columns.group is None:
        groups = pd.Series(one_group, cells.index, dtype="object")
    else:
        groups = without_blanks(frame.loc[cells.index, columns.group], columns.group, report)
        groups = single_spaces(groups.fillna(""))
    entries = [
        Entry(int(row), text, code, group or None, place)
        for row, cell, place, group in zip(cells.index, cells, places, groups, strict=True)
        for text, code in codes[cell, place]
    ]
    _note_lost_zeros(entries, columns.unit, report)
    return entries


def _column_kind(cells: pd.Series, columns: Columns, known: KnownAreas) -> AreaKind | None:
    """Decide how to read digits without letters: as the kind that makes most of them known."""
    bare = [cell for cell in cells.unique() if cell.strip().isdigit()]
    readings = (code for cell in bare for code in code_candidates(cell, columns.expected))
    counts = Counter(area_kind(code) for code in readings if code in known.members)
    best = max(counts, key=lambda kind: counts[kind], default=None)
    return best if best and counts[best] > counts[columns.expected] else columns.expected


def _gemeenten(frame: pd.DataFrame, columns: Columns) -> list[str | None]:
    """Return what each row says of the gemeente that its area lies in."""
    if columns.gemeente is None:
        return [None] * len(frame)
    return [text if isinstance(text, str) else None for text in frame[columns.gemeente]]


def _code(
    text: str, expected: AreaKind | None, known: KnownAreas, columns: Columns,
    gemeente: str | None,
) -> str | None:  # fmt: skip
    """Read one text as a code, or as the name of one gemeente, wijk or buurt.

    A column of wijken or buurten names no gemeente: wijk Zeist is not gemeente Zeist. Elsewhere a
    gemeente goes first, unless the row says in which gemeente the area lies.
    """
    code = known.code_of(text, expected)
    if code is not None:
        return code
    own = columns.expected in {"wijk", "buurt"}
    gemeenten = () if own or gemeente is not None else known.gemeenten_named(text)
    kind = columns.expected
    units = () if kind == "gemeente" else known.units_named(text, kind, gemeente)
    named = gemeenten or units
    return named[0] if len(named) == 1 else None


def _note_lost_zeros(entries: list[Entry], column: str, report: ReadReport) -> None:
    """Report the codes whose leading zeros a spreadsheet took away."""
    restored = [e for e in entries if e.code and e.tekst.isdigit() and lost_zeros(e.tekst, e.code)]
    if restored:
        first = restored[0]
        count = nl_count(len(restored), "code", "codes")
        report.info(
            f"Kolom '{column}': bij {count} waren nullen vooraan weggevallen, zoals '{first.tekst}'"
            f" voor {first.code}; ze zijn aangevuld ({rows_text(e.rij for e in restored)})."
        )
