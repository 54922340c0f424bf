"""Recognise a file by its first bytes; its name plays no part."""

import re
from typing import Literal

from oi_geo.errors import UnsafeFile, UnusableFile

Found = Literal["gpkg", "zip", "parquet", "shp", "geojson", "csv"]

# What a file may be: a map, a list, or either of them (a proposal).
MAPS = "verwacht wordt een GeoPackage, shapefile (zip), GeoJSON of GeoParquet"
TABLES = "verwacht wordt een CSV of XLSX"
EITHER = "verwacht wordt een GeoPackage, shapefile (zip), GeoJSON, GeoParquet, CSV of XLSX"

_SUPPORTED: dict[bytes, Found] = {
    b"SQLite format 3\0": "gpkg",
    b"PK\x03\x04": "zip",
    b"PK\x05\x06": "zip",
    b"PAR1": "parquet",
    b"\x00\x00\x27\x0a": "shp",
}

# What people hand in by mistake, so that the sentence can name it.
_NAMED: dict[bytes, str] = {
    b"%PDF": "een PDF-document",
    b"\x89PNG": "een afbeelding (PNG)",
    b"\xff\xd8\xff": "een afbeelding (JPEG)",
    b"GIF8": "een afbeelding (GIF)",
    b"\xd0\xcf\x11\xe0": "een oud Office-bestand (.xls of .doc)",
    b"{\\rtf": "een RTF-document",
    b"\x1f\x8b": "een gzip-archief",
    b"7z\xbc\xaf": "een 7z-archief",
    b"Rar!": "een RAR-archief",
    b"fgb\x03": "een FlatGeobuf-bestand",
    b"\x7fELF": "een programma",
    b"MZ": "een programma",
    b"-----BEGIN": "een sleutel of certificaat",
}

UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")
_ROOT_ELEMENT = re.compile(rb"<\s*([A-Za-z_][\w:.-]{0,60})")
# Grids and init files by name; the null grid of Web Mercator names no file.
_CRS_FILE = re.compile(
    r"grids?\s*=\s*(?!@null\b)|\binit\s*=|PARAMETERFILE|difference file|/vsi", re.IGNORECASE
)
_CONTROL = bytes(set(range(32)) - set(b"\t\n\r\f\x1a\x1f\x0b"))


def recognise(head: bytes, label: str, expected: str = EITHER) -> Found:
    """Say what a file is by its first bytes (64 kB is plenty).

    A text that is no JSON and no XML counts as CSV. `expected` ends the sentence of a refusal:
    `MAPS`, `TABLES` or `EITHER`. Raises UnusableFile for anything else, and
    UnsafeFile for XML, whose descriptions (VRT, WFS, GML, KML, …) can point at other files.
    """
    if not head:
        raise UnusableFile(f"{label} is leeg (0 bytes); {expected}.")
    if not head.strip(b"\0"):
        raise UnusableFile(f"{label} bestaat uit nul-bytes en is dus beschadigd; {expected}.")
    for magic, found in _SUPPORTED.items():
        if head.startswith(magic):
            return found
    for magic, what in _NAMED.items():
        if head.startswith(magic):
            raise UnusableFile(f"{label} is {what}; {expected}.")
    return _recognise_text(head, label, expected)


def check_crs_text(text: str, label: str) -> None:
    """Refuse a definition of a reference system that names a file, which PROJ would open."""
    if _CRS_FILE.search(text):
        raise UnsafeFile(
            f"{label} heeft een coördinatenstelsel dat naar een ander bestand verwijst; verwacht "
            f"wordt een stelsel met een EPSG-code, zoals EPSG:28992 (Rijksdriehoek)."
        )


def _recognise_text(head: bytes, label: str, expected: str) -> Found:
    """Tell JSON, XML and CSV apart; refuse what is no text in an encoding that we read."""
    if head.startswith(UTF16_MARKS):
        head = head.decode("utf-16", "ignore").encode("utf-8", "ignore")
    elif b"\0" in head and _looks_utf16(head):
        raise UnusableFile(
            f"{label} is tekst in UTF-16 zonder kenmerk; verwacht wordt UTF-8 of Windows-1252 "
            f"(kies in Excel ‘CSV UTF-8’)."
        )
    if b"\0" in head or len(head.translate(None, _CONTROL)) < len(head):
        raise UnusableFile(f"{label} is een binair bestand van een onbekende soort; {expected}.")
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if not text:
        raise UnusableFile(f"{label} bevat alleen witruimte; {expected}.")
    if text.startswith(b"<"):
        root = _ROOT_ELEMENT.search(text)
        what = root.group(1).decode("ascii", "replace") if root else "zonder element"
        raise UnsafeFile(
            f"{label} is een XML- of HTML-bestand ({what}), dat naar andere bestanden of "
            f"verbindingen kan verwijzen; {expected}."
        )
    return "geojson" if text.startswith((b"{", b"[")) else "csv"


def _looks_utf16(head: bytes) -> bool:
    """Tell whether every other byte is zero, as in Latin text in UTF-16 without a mark."""
    even, odd = head[0:2000:2], head[1:2000:2]
    return not even.strip(b"\0") or not odd.strip(b"\0")
