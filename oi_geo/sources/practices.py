"""Practice lists: one row per AGB code, read from whatever spreadsheet they come in."""

from pathlib import Path

import pandas as pd

from oi_geo.codes import parse_pc4, parse_pc6
from oi_geo.errors import UnusableFile
from oi_geo.sources.blanks import TICKS, without_blanks
from oi_geo.sources.column_names import column_key
from oi_geo.sources.coordinates import COORDINATE_SYNONYMS, read_points
from oi_geo.sources.disciplines import read_disciplines
from oi_geo.sources.limits import LIMITS
from oi_geo.sources.lines import negative_text, number_text, per_row, quoted
from oi_geo.sources.practice_checks import (
    check_numbers,
    double_rows,
    read_agb,
    read_as_fte,
    warn_repeated,
    warn_several,
)
from oi_geo.sources.report import ReadReport
from oi_geo.sources.tables import looks_like_date, match_columns, read_numbers, read_table
from oi_geo.sources.total_rows import no_practice_rows
from oi_geo.study_area import PRACTICE_COLUMNS

SYNONYMS: dict[str, list[str]] = {
    "agb": [
        "agb-code", "agb-code praktijk", "praktijk agb-code", "agb praktijk", "praktijk agb",
        "agb-code vestiging", "vestiging agb-code", "agb vestiging", "vestigings agb", "agb-nummer",
    ],
    "naam": [
        "praktijknaam", "naam praktijk", "naam van de praktijk", "lid", "naam lid", "praktijk",
        "naam vestiging", "vestigingsnaam",
        "naam zorgaanbieder", "zorgaanbieder", "naam organisatie", "organisatie", "organisatienaam",
        "naam instelling", "instelling", "handelsnaam", "bedrijfsnaam",
    ],
    "discipline": [
        "beroepsgroep", "zorgsoort", "soort praktijk", "type praktijk", "soort zorgaanbieder",
        "type zorgaanbieder", "soort zorgverlener", "type zorgverlener", "specialisme", "soort",
    ],
    "straat": ["straatnaam", "adres", "straat praktijk", "bezoekadres"],
    "huisnummer": ["huisnr", "nr", "huisnummer en toevoeging"],
    "postcode": ["postcode praktijk", "postcode vestiging", "pc6", "pc", "pc4"],
    "plaats": ["plaatsnaam", "woonplaats", "vestigingsplaats", "plaats praktijk", "stad"],
    **COORDINATE_SYNONYMS,
    "ion": [
        "ion-aantal", "aantal ion", "ion totaal", "totaal ion", "ingeschreven op naam",
        "ingeschreven patiënten", "aantal ingeschreven patiënten", "aantal patiënten",
        "patiënten", "patiëntenaantal", "ingeschrevenen", "aantal ingeschrevenen",
        "ingeschreven pat", "ingeschreven pat ion", "ingeschreven verzekerden",
        "aantal ingeschreven verzekerden", "praktijkgrootte",
    ],
    "huisartsen": [
        "aantal huisartsen", "huisartsen personen", "aantal huisartsen personen",
        "huisartsen aantal", "aantal ha",
    ],
    "fte": ["aantal fte", "fte's", "fte huisartsen", "huisartsen fte", "fte huisarts"],
    "regio_organisatie": [
        "ro", "rho", "regionale organisatie", "regionale huisartsenorganisatie", "zorggroep",
    ],
    "wsv": ["wijksamenwerkingsverband", "wijkverband", "samenwerkingsverband", "naam wsv"],
    "verzekeraar": [
        "preferente verzekeraar", "zorgverzekeraar", "preferente zorgverzekeraar", "marktleider",
        "concessiehouder",
    ],
    "deelnemer": [
        "deelname", "deelnemend", "neemt deel", "aangesloten", "is deelnemer", "deelnemer o&i",
        "deelname o&i", "neemt deel aan o&i", "deelnemer ro", "deelnemer regio", "lid van de ro",
        "is lid",
    ],
    "praktijk_id": ["praktijknummer", "praktijk nr", "id praktijk"],
}  # fmt: skip

# What is in the name of a column that may hold it, where none was recognised.
_ALIKE = {
    "deelnemer": ["deeln"],
    "huisartsen": ["huisarts"],
    "ion": ["patient", "ingeschr", "verzekerden", "normprakt"],
    "fte": ["fte"],
    "regio_organisatie": ["organisatie", "zorggroep"],
    "postcode": ["postc"],
}

_YES = {"ja", "j", "yes", "y", "x", "v", "1", "1.0", "true", "waar", "✓", "✔"}
_NO = {"nee", "n", "neen", "no", "0", "0.0", "false", "onwaar"}
_NUMBERS = ["ion", "huisartsen", "fte"]
# Rows that are the same in all of these, as far as a list has them, are of one practice.
_SELF = [
    *["naam", "discipline", "straat", "huisnummer", "postcode", "plaats"],
    *["x_rd", "y_rd", "lon", "lat"],
]

# No AGB code and no id: what a spreadsheet makes of a cell that was meant to be empty.
_ZEROS = frozenset("0" * length for length in range(1, 9))
# Columns in which a word for an empty cell is one, with what else says nothing in them. Not the
# name: a row is no less a practice where its name is `onbekend`.
_BLANK_ABLE: dict[str, frozenset[str]] = {
    **dict.fromkeys(
        ["discipline", "straat", "huisnummer", "postcode", "plaats", "verzekeraar"], frozenset()
    ),
    **dict.fromkeys(["regio_organisatie", "wsv"], TICKS),
    **dict.fromkeys(["agb", "praktijk_id"], _ZEROS),
}


def read_practices(path: Path, *, name: str | None = None) -> tuple[pd.DataFrame, ReadReport]:
    """Read a list of practices.

    A practice is never lost for one bad cell: the cell becomes unknown and the report says so. Only
    rows that repeat another row, totals rows and rows without name and AGB code are set aside.

    Parameters
    ----------
    path : Path
        CSV or XLSX. A column with a name or an AGB code is needed; every other column of
        `study_area.PRACTICE_COLUMNS` (or `lon` and `lat`) is read where it is found, under its own
        name or one of `SYNONYMS`.
    name : str, optional
        File name as the user knows it.

    Returns
    -------
    frame : DataFrame
        `study_area.PRACTICE_COLUMNS`, index = row in the file; `x_rd`, `y_rd` in metres
        (EPSG:28992), `ion` and `huisartsen` persons, unknown where missing.
    report : ReadReport
        How each column was read, and a line for every cell or row that was not.

    Raises
    ------
    UnusableFile
        No column with a name or AGB code, or no row that is a practice.
    """
    frame, report = read_table(
        path, "praktijken", name=name, layouts=[SYNONYMS], most=LIMITS.listed_rows
    )
    columns = match_columns(frame.columns, SYNONYMS)
    _note_columns(list(frame.columns), columns, report)
    labels = {canonical: columns.get(canonical, canonical) for canonical in SYNONYMS}
    cells = pd.DataFrame({canonical: frame[column] for canonical, column in columns.items()})
    cells = cells.reindex(columns=[*SYNONYMS]).astype("str")
    for column, also in _BLANK_ABLE.items():
        cells[column] = without_blanks(cells[column], labels[column], report, also)
    numbers = read_as_fte(_read_numbers(cells, labels, report), columns, report)
    unread = frame.drop(columns=[*columns.values()])
    agb = _practice_rows(cells, unread, numbers["ion"], labels, report)
    practices = _read_cells(cells.loc[agb.index], numbers.loc[agb.index], agb, columns, report)
    if "ion" in columns:
        _note_conservation(numbers["ion"], practices["ion"].sum(), report)
    report.behouden = len(practices)
    return practices, report


def _read_numbers(cells: pd.DataFrame, labels: dict[str, str], report: ReadReport) -> pd.DataFrame:
    """Read ION, huisartsen and fte of every row; a point before three digits of fte is decimal."""
    return pd.DataFrame(
        {
            column: read_numbers(cells[column], labels[column], report, grouped=column != "fte")
            for column in _NUMBERS
        }
    )


def _practice_rows(
    cells: pd.DataFrame,
    unread: pd.DataFrame,
    ion: pd.Series,
    labels: dict[str, str],
    report: ReadReport,
) -> pd.Series:
    """Set the rows aside that are no practice, or one that was there before.

    Returns
    -------
    Series of str
        The AGB code of each row that stays, missing where unreadable.
    """
    cells = cells.drop(index=no_practice_rows(cells, ion, report))
    agb = read_agb(cells["agb"], labels["agb"], report)
    agb = agb.drop(index=double_rows(cells.join(unread), agb, ion, report))
    if agb.empty:
        raise UnusableFile(
            f"‘{report.bestand}’: geen enkele rij is een praktijk met naam of AGB-code."
        )
    return agb


def _read_cells(
    cells: pd.DataFrame,
    numbers: pd.DataFrame,
    agb: pd.Series,
    columns: dict[str, str],
    report: ReadReport,
) -> pd.DataFrame:
    """Read the cells of the practices, each column as what it holds."""
    labels = {canonical: columns.get(canonical, canonical) for canonical in SYNONYMS}
    given = cells["discipline"] if "discipline" in columns else None
    discipline = read_disciplines(given, agb, numbers["ion"], report, cells["naam"])
    checked = check_numbers(numbers, discipline, labels, report)
    practice = _practice_ids(cells["praktijk_id"], agb, cells)
    warn_repeated(checked.assign(praktijk_id=practice), report)
    points = read_points(cells, columns, report)
    texts = {
        "agb": agb,
        "discipline": discipline,
        "postcode": _postcodes(cells["postcode"], labels["postcode"], report),
        "huisnummer": _house_numbers(cells["huisnummer"], labels["huisnummer"], report),
        "deelnemer": _yes_or_no(cells["deelnemer"], labels["deelnemer"], report),
        "praktijk_id": practice,
    }
    for column in ("regio_organisatie", "wsv"):
        warn_several(cells[column], labels[column], report)
    read = pd.concat([pd.DataFrame(texts), points, checked], axis=1)
    return read.join(cells.drop(columns=read.columns))[PRACTICE_COLUMNS]


def _note_conservation(read: pd.Series, kept: float, report: ReadReport) -> None:
    """Report what became of the patients read; a negative number is no patients, but is told."""
    total = read[read >= 0].sum()
    report.info(
        f"ION gelezen: {number_text(total)}, waarvan {number_text(kept)} in de praktijkentabel en "
        f"{number_text(total - kept)} apart gezet (totaalrijen, dubbele rijen en onmogelijke "
        f"getallen, elk met een eigen regel in dit verslag){negative_text(read)}."
    )


def _note_columns(names: list[str], columns: dict[str, str], report: ReadReport) -> None:
    """Report how columns were read and which were not; refuse a table without name and AGB code."""
    if not {"naam", "agb"} & columns.keys():
        raise UnusableFile(
            f"‘{report.bestand}’: dit is geen praktijkenlijst, want er is geen kolom 'naam' of "
            f"'agb'; gevonden zijn {quoted(names, 12)}."
        )
    for canonical, column in columns.items():
        if column != canonical:
            report.info(f"Kolom '{column}' is gelezen als '{canonical}'.")
    unread = [column for column in names if column not in columns.values()]
    if unread:
        report.info(f"Niet gelezen kolommen: {quoted(unread, 30)}.")
    for canonical, words in _ALIKE.items():
        alike = [c for c in unread if any(word in column_key(c) for word in words)]
        if alike and canonical not in columns:
            report.warn(
                f"Er is geen kolom '{canonical}' herkend; {quoted(alike)} lijkt erop en is niet "
                f"gelezen. Noem de kolom '{canonical}' als dat zo is bedoeld."
            )
    if "ion" not in columns:
        report.warn(
            "Er is geen kolom met ingeschreven patiënten (ION); het ION is van elke praktijk "
            "onbekend."
        )


def _postcodes(texts: pd.Series, column: str, report: ReadReport) -> pd.Series:
    """Normalise postcodes to `3584CJ` or `3584`; missing where unreadable."""
    read = texts.map(lambda text: parse_pc6(text) or parse_pc4(text), na_action="ignore")
    lines = {
        row: f"Kolom '{column}': '{text}' is geen postcode en is onbekend gelaten."
        for row, text in texts[texts.notna() & read.isna()].items()
    }
    per_row(report.error, lines, "onleesbare postcodes")
    return read.astype("str")


def _house_numbers(texts: pd.Series, column: str, report: ReadReport) -> pd.Series:
    """Take over house numbers, except those of which a spreadsheet made a date (`1-3`)."""
    dates = looks_like_date(texts)
    lines = {
        row: f"Kolom '{column}': '{text}' is een datum; een rekenblad heeft er een datum van "
        "gemaakt. Het huisnummer is onbekend gelaten."
        for row, text in texts[dates].items()
    }
    per_row(report.error, lines, "datums als huisnummer")
    return texts.mask(dates)


def _yes_or_no(texts: pd.Series, column: str, report: ReadReport) -> pd.Series:
    """Read ja and nee in the ways that people write them; empty stays unknown."""
    lower = texts.str.lower()
    read = pd.Series(pd.NA, texts.index, dtype="boolean")
    read = read.mask(lower.isin(_YES), True).mask(lower.isin(_NO), False)
    lines = {
        row: f"Kolom '{column}': '{text}' is geen ja of nee en is onbekend gelaten."
        for row, text in texts[texts.notna() & read.isna()].items()
    }
    per_row(report.error, lines, "geen ja of nee")
    if read.eq(True).any() and not read.eq(False).any() and texts.isna().any():
        report.warn(
            f"Kolom '{column}' zegt nergens 'nee'; een lege cel is onbekend gelaten. Vul 'nee' in "
            "waar een praktijk niet deelneemt."
        )
    return read


def _practice_ids(texts: pd.Series, agb: pd.Series, table: pd.DataFrame) -> pd.Series:
    """Take the given id, else the AGB code, else one made of the row number.

    Rows without an id that have the same name at the same place are of one practice, also where it
    has more than one code.
    """
    by_row = pd.Series([f"rij-{row}" for row in texts.index], texts.index, dtype="str")
    bare = table[texts.isna() & table["naam"].notna()]
    told = [name for name in _SELF if name in table]
    again = bare[bare.duplicated(told, keep=False)]
    by = [again[name] for name in told]
    first = again.index.to_series().groupby(by, dropna=False).transform("first")
    code = agb.reindex(again.index).fillna("")
    needed = code.eq("") | code.groupby(by, dropna=False).transform("nunique").gt(1)
    by_name = (again["naam"] + " (rij " + first.astype("str") + ")")[needed]
    return texts.fillna(by_name.reindex(texts.index)).fillna(agb).fillna(by_row)
