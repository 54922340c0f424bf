"""The one door for untrusted files.

Every file from outside is opened here first: copied into a temporary folder of our own, recognised
by its content and inspected, so that what follows reads this one file and nothing else. No reader
sees a path that the user chose, and GDAL never has to guess a format: pyogrio cannot be told which
driver to use for reading, so a format that GDAL would recognise by its text (GeoJSON) is opened by
`CheckedFile.source`, which names the driver; the binary formats are settled by their first bytes.
"""

import hashlib
import os
import re
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from oi_geo.errors import UnsafeFile, UnusableFile, is_full
from oi_geo.sources.archives import is_workbook, unpack
from oi_geo.sources.inspect_geojson import inspect_geojson
from oi_geo.sources.inspect_gpkg import inspect_gpkg
from oi_geo.sources.inspect_shp import copy_siblings, inspect_shapefile
from oi_geo.sources.inspect_tables import inspect_csv, inspect_parquet, inspect_xlsx
from oi_geo.sources.limits import LIMITS, Limits, too_large
from oi_geo.sources.sniff import EITHER, Found, recognise

__all__ = ["LIMITS", "CheckedFile", "Kind", "Limits", "checked_file"]

Kind = Literal["gpkg", "shp", "geojson", "parquet", "csv", "xlsx"]

_DRIVERS: dict[Kind, str] = {"gpkg": "GPKG", "shp": "ESRI Shapefile", "geojson": "GeoJSON"}
_CHUNK = 1 << 20
_HEAD = 1 << 16
_NAME_LENGTH = 80

# GDAL and pyogrio take these for a connection or a virtual file system instead of a file.
_CONNECTION = re.compile(r"^/vsi|^[A-Za-z][A-Za-z0-9+_]+:|^<|^\{")


@dataclass(frozen=True)
class CheckedFile:
    """A file that was inspected and is safe to read.

    Attributes
    ----------
    name : str
        What the user calls the file, for messages (no path).
    path : Path
        Local copy in a temporary folder; the folder itself for a zip with several shapefiles.
    kind : {'gpkg', 'shp', 'geojson', 'parquet', 'csv', 'xlsx'}
        What the content is, whatever the file is called.
    sha256 : str
        Checksum of the file as it was given (of the `.shp` for a bare shapefile).
    """

    name: str
    path: Path
    kind: Kind
    sha256: str

    @property
    def driver(self) -> str | None:
        """The one GDAL driver that may read the file; None where pyarrow or openpyxl reads it."""
        return _DRIVERS.get(self.kind)

    @property
    def source(self) -> str:
        """What to hand to pyogrio: the path, with the driver's name where GDAL needs it.

        Without the prefix GDAL executes a JSON text that holds `gdal_streamed_alg` as a pipeline.
        """
        return f"GEOJSON:{self.path}" if self.kind == "geojson" else str(self.path)


@contextmanager
def checked_file(
    path: Path, *, name: str | None = None, limits: Limits = LIMITS, expected: str = EITHER
) -> Iterator[CheckedFile]:
    """Open a file from outside: copy it, recognise it by content, inspect it, remove the copy.

    Parameters
    ----------
    path : Path
        A regular file: not a symbolic link, folder, pipe or device. For a bare shapefile the
        `.shx` and `.dbf` (and `.prj`, `.cpg`) beside it are copied too.
    name : str, optional
        What the user calls the file; the last part of `path` if left out.
    limits : Limits
        Largest sizes and counts.
    expected : str
        What is expected, for the sentence that refuses a file: `MAPS`, `TABLES` or `EITHER` of
        `oi_geo.sources.sniff`.

    Yields
    ------
    CheckedFile
        Valid inside the `with` block only.

    Raises
    ------
    UnsafeFile
        The file reaches outside itself, hides something or exceeds a limit.
    UnusableFile
        The file is missing, damaged or of another kind.
    """
    shown = display_name(name if name is not None else path.name)
    label = f"‘{shown}’"
    with _temporary_folder(label) as folder:
        try:
            sha256, usable, kind = _taken_in(path, folder, shown, limits, expected)
        except OSError as error:
            raise _no_copy(label, error) from error
        yield CheckedFile(shown, usable, kind, sha256)


@contextmanager
def _temporary_folder(label: str) -> Iterator[Path]:
    """Make a folder that goes afterwards; a disk without room for it gets a sentence."""
    try:
        folder = tempfile.TemporaryDirectory(prefix="oi_geo_", ignore_cleanup_errors=True)
    except OSError as error:
        raise _no_copy(label, error) from error
    with folder as name:
        yield Path(name)


def _no_copy(label: str, error: OSError) -> UnusableFile:
    """Say that a file could not be copied to be looked at."""
    if is_full(error):
        why = "de tijdelijke map is vol; maak ruimte op de schijf"
    else:
        why = "de tijdelijke map is niet te gebruiken; controleer of u er mag schrijven"
    return UnusableFile(f"{label} kan niet worden gelezen: {why} en probeer het opnieuw.")


def _taken_in(
    path: Path, inside: Path, shown: str, limits: Limits, expected: str
) -> tuple[str, Path, Kind]:
    """Copy a file into a folder and inspect it there: its checksum, what to read, its kind."""
    label = f"‘{shown}’"
    with _regular_file(path, label) as descriptor:
        head = os.read(descriptor, _HEAD)
        os.lseek(descriptor, 0, os.SEEK_SET)
        found = recognise(head, label, expected)
        copy = inside / f"{_plain_stem(shown)}.{found}"
        sha256 = _copy(descriptor, copy, label, _largest(found, limits))
    if found == "shp":
        copy_siblings(path, copy, label, limits)
    return (sha256, *_inspect(copy, found, label, limits, expected))


def display_name(name: str) -> str:
    """Reduce a file name to what may stand in a sentence: no path, no control characters."""
    last = re.split(r"[/\\]", name.rstrip("/\\"))[-1]
    clean = "".join(c if c.isprintable() else "�" for c in last)
    return clean if len(clean) <= _NAME_LENGTH else f"{clean[: _NAME_LENGTH - 1]}…"


def _plain_stem(name: str) -> str:
    """Return a file stem that no library reads anything into."""
    return re.sub(r"[^A-Za-z0-9_-]+", "_", name.rpartition(".")[0] or name)[:60] or "bestand"


@contextmanager
def _regular_file(path: Path, label: str) -> Iterator[int]:
    """Open a regular file for reading without following a symbolic link or waiting on a pipe."""
    try:
        mode = os.lstat(path).st_mode
    except (OSError, ValueError):
        if _CONNECTION.match(str(path)):
            raise UnsafeFile(
                f"{label} is geen bestand maar een verwijzing naar een verbinding of een ander "
                f"bestandssysteem; verwacht wordt een gewoon bestand op deze computer."
            ) from None
        raise UnusableFile(
            f"{label} bestaat niet; verwacht wordt een bestand op deze computer."
        ) from None
    if stat.S_ISLNK(mode):
        raise UnsafeFile(
            f"{label} is een symbolische koppeling naar een ander bestand; verwacht wordt het "
            f"bestand zelf."
        )
    if stat.S_ISDIR(mode):
        raise UnusableFile(f"{label} is een map; verwacht wordt één bestand (of een zip).")
    if not stat.S_ISREG(mode):
        raise UnsafeFile(
            f"{label} is een apparaat of doorgeefluik (pipe); verwacht wordt een gewoon bestand."
        )
    try:
        descriptor = os.open(path, _open_flags())
    except OSError:
        raise UnusableFile(
            f"{label} kan niet worden geopend; verwacht wordt een bestand dat u mag lezen."
        ) from None
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _open_flags() -> int:
    """Return how to open a file, with what this system has.

    Only Windows has O_BINARY, and without it reading turns CRLF into LF and stops at 0x1A; the
    other two exist everywhere else.
    """
    flags = os.O_RDONLY
    for name in ("O_BINARY", "O_NOFOLLOW", "O_NONBLOCK"):
        flags |= getattr(os, name, 0)
    return flags


def _largest(found: Found, limits: Limits) -> int:
    """Return the largest size in bytes for what the first bytes say the file is."""
    sizes: dict[str, int] = {"csv": limits.table_bytes, "geojson": limits.geojson_bytes}
    return sizes.get(found, limits.geo_bytes)


def _copy(descriptor: int, copy: Path, label: str, largest: int) -> str:
    """Copy an open file and return its SHA-256; stop at the limit, also for a growing file."""
    digest = hashlib.sha256()
    size = os.fstat(descriptor).st_size
    if size > largest:
        raise too_large(label, size, largest)
    size = 0
    with copy.open("xb") as target:
        while chunk := os.read(descriptor, _CHUNK):
            size += len(chunk)
            if size > largest:
                raise too_large(label, size, largest)
            digest.update(chunk)
            target.write(chunk)
    return digest.hexdigest()


def _inspect(
    copy: Path, found: Found, label: str, limits: Limits, expected: str
) -> tuple[Path, Kind]:
    """Inspect a copied file by its kind; return what to read and what it is."""
    if found == "zip":
        if is_workbook(copy, label):
            inspect_xlsx(copy, label, limits)
            return copy.rename(copy.with_suffix(".xlsx")), "xlsx"
        return _inspect_zip(copy, label, limits, expected)
    match found:
        case "shp":
            inspect_shapefile(copy, label, limits)
        case "gpkg":
            inspect_gpkg(copy, label)
        case "geojson":
            inspect_geojson(copy, label, limits)
        case "parquet":
            inspect_parquet(copy, label, limits)
        case "csv":
            inspect_csv(copy, label, limits)
    return copy, found


def _inspect_zip(copy: Path, label: str, limits: Limits, expected: str) -> tuple[Path, Kind]:
    """Unpack a zip with one file or with shapefiles, and inspect what came out."""
    folder = copy.parent / "uitgepakt"
    folder.mkdir()
    unpacked = unpack(copy, folder, label, limits)
    copy.unlink()
    for file in unpacked:
        inner = f"‘{display_name(file.name)}’ in {label}"
        with file.open("rb") as stream:
            found = recognise(stream.read(_HEAD), inner, expected)
        if found == "zip":
            raise UnsafeFile(
                f"{label} bevat weer een zip of werkmap (‘{display_name(file.name)}’); verwacht "
                f"wordt een zip met shapefiles of met één GeoPackage, GeoJSON of CSV."
            )
        if file.stat().st_size > _largest(found, limits):
            raise too_large(inner, file.stat().st_size, _largest(found, limits))
        if (file.suffix == ".shp") != (found == "shp"):
            raise UnusableFile(
                f"{inner} is van binnen iets anders dan de naam zegt; verwacht wordt een shapefile "
                f"met .shp, .shx en .dbf."
            )
        path, kind = _inspect(file, found, inner, limits, expected)
    return (path, kind) if len(unpacked) == 1 else (folder, "shp")
