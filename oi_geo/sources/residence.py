"""Where registered patients live: a number of patients per practice and wijk, buurt or postcode."""

from pathlib import Path
from typing import Any

import pandas as pd

from oi_geo.codes import AreaKind, area_kind, parse_agb, parse_areas, parse_pc4, parse_pc6
from oi_geo.errors import UnusableFile
from oi_geo.sources.column_names import match_columns, require_columns
from oi_geo.sources.lines import (
    MOST_LINES,
    negative_text,
    number_text,
    quoted,
    rows_text,
    set_aside,
)
from oi_geo.sources.report import ReadReport
from oi_geo.sources.tables import read_numbers, read_table
from oi_geo.sources.total_rows import is_total_name
from oi_geo.text import nl_count, nl_list

SYNONYMS: dict[str, list[str]] = {
    "praktijk_id": [
        "praktijk", "praktijknummer", "praktijk nr", "id praktijk", "praktijknaam",
        "naam praktijk", "naam van de praktijk",
    ],
    "agb": ["agb-code", "agb-code praktijk", "praktijk agb-code", "agb praktijk", "agb-nummer"],
    "eenheid": [
        "buurtcode", "bu_code", "buurt", "woonbuurt", "woonwijk", "wijkcode", "wk_code", "wijk",
        "gebiedscode", "code",
    ],
    "postcode": [
        "pc6", "pc4", "pc", "postcode6", "postcode4", "postcode patiënt", "woonpostcode",
        "postcode woonadres",
    ],
    "aantal": [
        "aantal patiënten", "patiënten", "ion", "aantal ion", "aantal ingeschreven patiënten",
        "ingeschreven patiënten", "ingeschrevenen", "aantal ingeschrevenen", "aantal verzekerden",
    ],
}  # fmt: skip
RESIDENCE_COLUMNS = ["praktijk", "eenheid", "postcode", "aantal", "herhaald"]

# Columns that describe a practice; a list of practices has them, a residence table may repeat them.
_OF_A_PRACTICE: dict[str, list[str]] = {
    "naam": ["praktijknaam", "naam praktijk"],
    "discipline": ["beroepsgroep"],
}
_TIMES = {
    "jaar": [
        "peiljaar", "peildatum", "datum", "kwartaal", "maand", "periode", "boekjaar",
        "verslagjaar", "teljaar",
    ],
}  # fmt: skip
_REPEATED = 0.5
_KINDS: dict[str, AreaKind] = {"buurt": "buurt", "bu_": "buurt", "wijk": "wijk", "wk_": "wijk"}


def looks_like_residence(table: pd.DataFrame) -> bool:
    """Tell whether a table counts patients per practice and place.

    A list of practices can have the same columns (AGB code, postcode, patients), and a name or a
    discipline besides. There a practice has one row, in a residence table many.
    """
    found = match_columns(table.columns, SYNONYMS)
    practice = found.get("praktijk_id") or found.get("agb")
    if practice is None or "aantal" not in found or not {"eenheid", "postcode"} & found.keys():
        return False
    others = [column for column in table.columns if column not in found.values()]
    if match_columns([found["aantal"]], {"aantal": []}) and not match_columns(
        others, _OF_A_PRACTICE
    ):
        return True
    return bool(table[practice].duplicated(keep=False).mean() > _REPEATED)


def read_residence(path: Path, *, name: str | None = None) -> tuple[pd.DataFrame, ReadReport]:
    """Read a table of where registered patients live.

    Parameters
    ----------
    path : Path
        CSV or XLSX with `praktijk_id` or `agb`, `eenheid` (wijk or buurt code) or `postcode` (PC4
        or PC6), and `aantal` (patients), under these names or one of `SYNONYMS`. Where a table has
        both, the id goes before the AGB code and the eenheid before the postcode.
    name : str, optional
        File name as the user knows it.

    Returns
    -------
    frame : DataFrame
        `praktijk` (the id, or the AGB code of eight digits), `eenheid` and `postcode` (`3584` or
        `3584CJ`; of each row one of the two, the other missing) and `aantal` (persons, float64,
        never missing), index = first row in the file. Each practice and place stands there once:
        rows that say it twice are added up. Of these patients `herhaald` are of rows that repeat
        another in everything, or that count at another time than the one with most patients.
    report : ReadReport
        Rows without a practice, a place or a whole number of patients, and totals rows, are set
        aside; rows that were added up count as kept.

    Raises
    ------
    UnusableFile
        A column is missing, or no row is usable.
    """
    frame, report = read_table(path, "herkomst", name=name, layouts=[SYNONYMS])
    _refuse_crosstab(frame.columns, report.bestand)
    found = match_columns(frame.columns, SYNONYMS)
    require_columns(found, ["aantal"], frame.columns, report.bestand)
    table = pd.DataFrame({canonical: frame[column] for canonical, column in found.items()})
    columns = list(frame.columns)
    if not {"praktijk_id", "agb"} & found.keys():
        require_columns(found, ["praktijk_id"], columns, report.bestand)
    if not {"eenheid", "postcode"} & found.keys():
        require_columns(found, ["eenheid"], columns, report.bestand)
    for canonical, column in found.items():
        if column != canonical:
            report.info(f"Kolom '{column}' is gelezen als '{canonical}'.")
    table = table.reindex(columns=[*SYNONYMS]).astype("str")
    counts = read_numbers(table["aantal"], found["aantal"], report, grouped=True)
    rows = _places(table, found).assign(praktijk=_practices(table), aantal=counts)
    rows = set_aside(rows, _faults(rows, table), "geen herkomst van patiënten", report)
    if rows.empty:
        raise UnusableFile(
            f"‘{report.bestand}’: geen enkele rij heeft een praktijk, een wijk, buurt of postcode "
            "en een aantal patiënten."
        )
    report.behouden = len(rows)
    read, kept = counts[counts >= 0].sum(), rows["aantal"].sum()
    report.info(
        f"Aantal gelezen: {number_text(read)}, waarvan {number_text(kept)} behouden en "
        f"{number_text(read - kept)} apart gezet{negative_text(counts)}."
    )
    # A row that repeats another in everything, also in columns that are not read, may be a copy.
    again = frame.loc[rows.index].duplicated() | _another_time(rows, frame, report)
    rows["herhaald"] = rows["aantal"].where(again, 0.0)
    return _added_up(rows[RESIDENCE_COLUMNS], report), report


def _another_time(rows: pd.DataFrame, frame: pd.DataFrame, report: ReadReport) -> pd.Series:
    """Tell which rows count for another time what the time with most patients counts.

    Of a table of several years nobody can say that its patients are others every year.
    """
    column = match_columns(frame.columns, _TIMES).get("jaar")
    times = frame[column].reindex(rows.index).fillna("") if column else pd.Series(dtype="str")
    named = sorted(set(times) - {""})
    if len(named) <= 1:
        return pd.Series(False, rows.index)
    keys = [rows[name].fillna("") for name in ("praktijk", "eenheid", "postcode")]
    told = rows["aantal"].groupby([*keys, times]).transform("sum")
    order = pd.DataFrame({"told": told, "time": times}).sort_values(["told", "time"])
    most = order["time"].groupby([key.reindex(order.index) for key in keys]).transform("last")
    others = times.ne(most.reindex(rows.index))
    if others.any():
        report.warn(
            f"Kolom '{column}' noemt {nl_count(len(named), 'tijd', 'tijden')} "
            f"({quoted(named, 4)}). Of een praktijk in een gebied steeds dezelfde patiënten telt, "
            "is niet te zeggen: geteld is van de tijd met de meeste tot alle samen. Geef een tabel "
            "van één tijdstip."
        )
    return others


def _refuse_crosstab(columns: pd.Index, bestand: str) -> None:
    """Refuse a table with a column per postcode, wijk or buurt, and show how it has to be.

    Raises
    ------
    UnusableFile
        Two or more columns are called after a place.
    """
    places = [
        name
        for name in columns
        if parse_pc4(name) or parse_pc6(name) or area_kind(name) in {"wijk", "buurt"}
    ]
    if len(places) > 1:
        raise UnusableFile(
            f"‘{bestand}’: de kolommen heten naar postcodes of wijken ({quoted(places, 3)}). "
            "Verwacht wordt één rij per praktijk en plaats, met de kolommen 'praktijk', 'postcode' "
            f"(of 'wijk') en 'aantal'; bijvoorbeeld: 01001234; {places[0]}; 250."
        )


def _practices(table: pd.DataFrame) -> pd.Series:
    """Take the id of the practice, else its AGB code; missing where neither can be read."""
    agb = table["agb"].map(lambda text: parse_agb(text)[0], na_action="ignore").astype("str")
    return table["praktijk_id"].fillna(agb)


def _places(table: pd.DataFrame, found: dict[str, str]) -> pd.DataFrame:
    """Read wijk and buurt codes, and postcodes where there is no such code.

    A column that says to hold wijken or buurten gets its stripped zeros back.
    """
    header = found.get("eenheid", "").lower()
    kinds = {kind for word, kind in _KINDS.items() if word in header}
    expected = kinds.pop() if len(kinds) == 1 else None
    codes = parse_areas(table["eenheid"], expected)
    fine = codes.map(lambda code: area_kind(code) in {"wijk", "buurt"}, na_action="ignore")
    postcodes = table["postcode"].map(
        lambda text: parse_pc6(text) or parse_pc4(text), na_action="ignore"
    )
    return pd.DataFrame(
        {
            "eenheid": codes.where(fine.eq(True)),
            "postcode": postcodes.astype("str").where(table["eenheid"].isna()),
        }
    )


def _faults(rows: pd.DataFrame, table: pd.DataFrame) -> dict[Any, str]:
    """Write a line for each row that cannot be used: what is wrong, and how many it counted."""
    aantal = rows["aantal"]
    reasons = {
        "de praktijk is leeg of onleesbaar": rows["praktijk"].isna(),
        "dit is een totaalrij": is_total_name(table["praktijk_id"].fillna(table["agb"])),
        "{place} is geen code van een wijk of buurt": table["eenheid"].notna()
        & rows["eenheid"].isna(),
        "{place} is geen postcode": table["eenheid"].isna()
        & table["postcode"].notna()
        & rows["postcode"].isna(),
        "de wijk, buurt of postcode is leeg": table["eenheid"].isna() & table["postcode"].isna(),
        "het aantal is onbekend, en onbekend is geen nul": aantal.isna(),
        "het aantal is negatief": aantal < 0,
        "het aantal is geen geheel getal": aantal.notna() & aantal.mod(1).ne(0),
    }
    told = pd.DataFrame(reasons)
    place = table["eenheid"].fillna(table["postcode"])
    lines: dict[Any, str] = {}
    bad = told.any(axis=1)
    fields = zip(told.index[bad], told.to_numpy()[bad], aantal[bad], place[bad], strict=True)
    for row, wrong, value, where in fields:
        why = nl_list(told.columns[wrong]).format(place=f"'{where}'")
        lines[row] = f"De rij (aantal {number_text(value)}) is apart gezet: {why}."
    return lines


def _added_up(rows: pd.DataFrame, report: ReadReport) -> pd.DataFrame:
    """Add up the rows that name the same practice and place, and warn of them."""
    keys = [rows["praktijk"], rows["eenheid"].fillna(rows["postcode"]).rename("plaats")]
    again = pd.concat(keys, axis=1).duplicated()
    groups = rows["aantal"].groupby(keys, sort=False)
    double = pd.concat(keys, axis=1)[again].drop_duplicates()
    for practice, where in double.head(MOST_LINES).itertuples(index=False):
        counts = groups.get_group((practice, where))
        report.warn(
            f"Praktijk '{practice}' met {where} staat in {rows_text(counts.index)}; de aantallen "
            f"({nl_list(map(number_text, counts))}) zijn opgeteld tot {number_text(counts.sum())}.",
            counts.index[0],
        )
    rest = len(double) - MOST_LINES
    if rest > 0:
        others = nl_count(rest, "andere combinatie", "andere combinaties")
        report.warn(
            f"Hetzelfde geldt voor {others} van praktijk en plaats: hun aantallen zijn opgeteld."
        )
    repeated = rows["herhaald"].groupby(keys, sort=False).transform("sum")
    return rows.assign(aantal=groups.transform("sum"), herhaald=repeated)[~again]
