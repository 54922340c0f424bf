"""Look at a shapefile before GDAL does: its parts, their first bytes and their sizes."""

import os
import shutil
import stat
import struct
from pathlib import Path

from pyproj import CRS
from pyproj.exceptions import CRSError

from oi_geo.errors import UnsafeFile, UnusableFile
from oi_geo.sources.limits import Limits, too_large, too_many
from oi_geo.sources.sniff import check_crs_text

_NEEDED = (".shx", ".dbf")
_OPTIONAL = (".prj", ".cpg")
_HEADER = 100
_SHP_CODE = 9994
_DBF_VERSIONS = {0x02, 0x03, 0x30, 0x31, 0x32, 0x43, 0x63, 0x83, 0x8B, 0x8E, 0xCB, 0xF5, 0xFB}
_PRJ_BYTES = 100_000


def copy_siblings(given: Path, copy: Path, label: str, limits: Limits) -> None:
    """Copy the parts of a bare shapefile beside the copy of its `.shp`; nothing else comes along.

    Raises UnsafeFile where a part is a symbolic link or too large.
    """
    parts = {
        Path(entry.name).suffix.lower(): entry
        for entry in os.scandir(given.parent)
        if Path(entry.name).stem.casefold() == given.stem.casefold()
    }
    for suffix in (*_NEEDED, *_OPTIONAL):
        entry = parts.get(suffix)
        if entry is None:
            continue
        status = entry.stat(follow_symlinks=False)
        if not stat.S_ISREG(status.st_mode):
            raise UnsafeFile(
                f"{label} heeft een {suffix} die een symbolische koppeling of bijzonder bestand "
                f"is; verwacht worden gewone bestanden."
            )
        if status.st_size > limits.geo_bytes:
            raise too_large(f"De {suffix} van {label}", status.st_size, limits.geo_bytes)
        shutil.copyfile(entry.path, copy.with_suffix(suffix), follow_symlinks=False)


def inspect_shapefile(shp: Path, label: str, limits: Limits) -> None:
    """Refuse a shapefile that misses a part, is damaged, cut off or too large."""
    missing = [suffix for suffix in _NEEDED if not shp.with_suffix(suffix).exists()]
    if missing:
        raise UnusableFile(
            f"{label} is een shapefile zonder {' en '.join(missing)}; verwacht worden .shp, .shx "
            f"en .dbf (en .prj) naast elkaar, bijvoorbeeld samen in één zip."
        )
    for part in (shp, shp.with_suffix(".shx")):
        with part.open("rb") as stream:
            header = stream.read(_HEADER)
        size = part.stat().st_size
        if len(header) < _HEADER or struct.unpack(">i", header[:4])[0] != _SHP_CODE:
            raise UnusableFile(
                f"{label} heeft een {part.suffix} die geen shapefile-onderdeel is; verwacht worden "
                f"de .shp, .shx en .dbf die bij elkaar horen."
            )
        if struct.unpack(">i", header[24:28])[0] * 2 > size:
            raise UnusableFile(
                f"{label} is afgekapt (de {part.suffix} is korter dan zijn kop zegt); verwacht "
                f"wordt een volledige shapefile."
            )
    _inspect_dbf(shp.with_suffix(".dbf"), label)
    rows = (shp.with_suffix(".shx").stat().st_size - _HEADER) // 8
    if rows > limits.rows:
        raise too_many(label, "rijen", rows, limits.rows)
    prj = shp.with_suffix(".prj")
    if prj.exists():
        if prj.stat().st_size > _PRJ_BYTES:
            raise too_large(f"De .prj van {label}", prj.stat().st_size, _PRJ_BYTES)
        _inspect_prj(prj.read_text("latin-1").strip(), label)


def _inspect_prj(text: str, label: str) -> None:
    """Refuse a `.prj` that names a file or cannot be read; an empty one counts as none."""
    if not text:
        return
    check_crs_text(text, label)
    try:
        CRS.from_wkt(text)
    except CRSError:
        raise UnusableFile(
            f"{label} heeft een onleesbare .prj; verwacht wordt een coördinatenstelsel in WKT, "
            f"zoals dat van EPSG:28992 (Rijksdriehoek)."
        ) from None


def _inspect_dbf(dbf: Path, label: str) -> None:
    """Refuse a `.dbf` that is no dBase table or shorter than it says."""
    with dbf.open("rb") as stream:
        header = stream.read(32)
    size = dbf.stat().st_size
    if len(header) < 32 or header[0] not in _DBF_VERSIONS:  # noqa: PLR2004
        raise UnusableFile(
            f"{label} heeft een .dbf die geen dBase-tabel is; verwacht worden de .shp, .shx en "
            f".dbf die bij elkaar horen."
        )
    rows, header_bytes, row_bytes = struct.unpack("<IHH", header[4:12])
    if header_bytes + rows * row_bytes > size + row_bytes:
        raise UnusableFile(
            f"{label} is afgekapt (de .dbf is korter dan zijn kop zegt); verwacht wordt een "
            f"volledige shapefile."
        )
