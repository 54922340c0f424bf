"""Recognise what a file is by what stands in it, for `gegevens controleer` and mixed uploads."""

from pathlib import Path
from typing import Literal

from oi_geo.errors import UnusableFile
from oi_geo.sources.cbs import available_levels
from oi_geo.sources.column_names import Synonyms
from oi_geo.sources.lookups import INSURER_SYNONYMS, LINK_SYNONYMS, POSTCODE_SYNONYMS
from oi_geo.sources.practices import SYNONYMS as PRACTICE_SYNONYMS
from oi_geo.sources.proposal_rows import LAYOUT
from oi_geo.sources.residence import SYNONYMS as RESIDENCE_SYNONYMS
from oi_geo.sources.residence import looks_like_residence
from oi_geo.sources.tables import match_columns, read_table
from oi_geo.sources.uploads import checked_file

LAYOUTS: list[Synonyms] = [
    LINK_SYNONYMS, RESIDENCE_SYNONYMS, PRACTICE_SYNONYMS, POSTCODE_SYNONYMS, INSURER_SYNONYMS,
    LAYOUT,
]  # fmt: skip
FileSort = Literal[
    "grenzen", "praktijken", "postcodes", "zorgkantoren", "verbindingen", "herkomst", "voorstel"
]


def recognise(path: Path, *, name: str | None = None) -> FileSort:
    """Tell what a file is: boundaries by their codes, a table by its columns, else a proposal.

    Raises
    ------
    UnusableFile
        If the file cannot be opened at all.
    """
    with checked_file(path, name=name) as file:
        is_table = file.kind in {"csv", "xlsx"}
    if not is_table:
        try:
            available_levels(path, name=name)
        except UnusableFile:
            return "voorstel"
        return "grenzen"
    table = read_table(path, "tabel", name=name, layouts=LAYOUTS)[0]
    columns = table.columns

    def has(synonyms: dict[str, list[str]], *wanted: str) -> bool:
        return set(wanted) <= set(match_columns(columns, synonyms))

    if has(LINK_SYNONYMS, "van", "naar", "reden"):
        return "verbindingen"
    if looks_like_residence(table):
        return "herkomst"
    for wanted in (("agb",), ("naam", "ion"), ("naam", "discipline")):
        if has(PRACTICE_SYNONYMS, *wanted):
            return "praktijken"
    if has(POSTCODE_SYNONYMS, "postcode", "x_rd", "y_rd"):
        return "postcodes"
    if has(INSURER_SYNONYMS, "gemeentecode", "verzekeraar", "zorgkantoor"):
        return "zorgkantoren"
    return "voorstel"
