"""How large a file from outside may be; every refusal states the limit that was passed."""

from dataclasses import dataclass

from oi_geo.errors import UnsafeFile
from oi_geo.text import nl_number

MB = 1_000_000
GB = 1_000 * MB


@dataclass(frozen=True)
class Limits:
    """Limits on files from outside; sizes in bytes (1 MB is a million bytes).

    Attributes
    ----------
    geo_bytes : int
        A GeoPackage, shapefile, GeoParquet file or zip, as given.
    geojson_bytes : int
        A GeoJSON file, which is read into memory as text to be checked.
    table_bytes : int
        A CSV or XLSX file, as given.
    zip_members : int
        Files in a zip.
    unzipped_bytes : int
        Everything that is unpacked from one zip, counted while unpacking.
    workbook_bytes : int
        Everything in one XLSX, unpacked.
    line_bytes : int
        One line of a CSV.
    zip_ratio : float
        Unpacked size over packed size, judged from `zip_ratio_from` bytes on.
    zip_ratio_from : int
        Unpacked size below which the ratio does not matter.
    rows : int
        Rows in one layer or table.
    listed_rows : int
        Rows of a list of practices or of a proposal; the Netherlands have some 14.000 buurten.
    columns : int
        Columns of one table, empty ones at the end not counted.
    vertices : int
        Vertices of all shapes in one layer.
    """

    geo_bytes: int = 1500 * MB
    geojson_bytes: int = 300 * MB
    table_bytes: int = 50 * MB
    zip_members: int = 200
    unzipped_bytes: int = 2 * GB
    workbook_bytes: int = 300 * MB
    line_bytes: int = 1 * MB
    zip_ratio: float = 200.0
    zip_ratio_from: int = 10 * MB
    rows: int = 500_000
    listed_rows: int = 100_000
    columns: int = 1_000
    vertices: int = 20_000_000


LIMITS = Limits()


def too_large(label: str, size: int, largest: int) -> UnsafeFile:
    """Make the refusal of a file (or what came out of it) of `size` bytes."""
    return UnsafeFile(
        f"{label} is {_megabytes(size)} groot; verwacht wordt een bestand van hoogstens "
        f"{_megabytes(largest)}."
    )


def too_many(label: str, what: str, found: int, most: int) -> UnsafeFile:
    """Make the refusal of a file with too many rows, vertices or members."""
    return UnsafeFile(
        f"{label} bevat {nl_number(found)} {what}; verwacht worden er hoogstens {nl_number(most)}."
    )


def _megabytes(size: int) -> str:
    """Write a size in megabytes, with decimals as far as they say something."""
    return f"{nl_number(size / MB, 0 if size >= 10 * MB else 3)} MB"
