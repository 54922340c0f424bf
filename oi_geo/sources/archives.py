"""Zips from outside: looked through before anything is unpacked, counted while unpacking."""

import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from oi_geo.errors import UnsafeFile, UnusableFile, is_full
from oi_geo.sources.limits import Limits, too_large, too_many
from oi_geo.text import nl_list, nl_number

_SHAPEFILE_PARTS = (".shp", ".shx", ".dbf", ".prj", ".cpg")
_SINGLE = (".gpkg", ".geojson", ".json", ".csv", ".parquet")
_ARCHIVES = (".zip", ".7z", ".rar", ".gz", ".tar", ".tgz", ".bz2", ".xz", ".xlsx", ".xlsm")
_EXPECTED = "verwacht wordt een zip met shapefiles of met één GeoPackage, GeoJSON of CSV"
_WORKBOOK = "xl/workbook.xml"
_OTHER_OFFICE = {
    "xl/workbook.bin": "een binaire Excel-werkmap (.xlsb)",
    "word/document.xml": "een Word-document",
    "ppt/presentation.xml": "een presentatie",
    "META-INF/manifest.xml": "een OpenDocument-bestand",
}
_CHUNK = 1 << 20


def is_workbook(path: Path, label: str) -> bool:
    """Tell an XLSX from another zip; other Office documents are refused by name."""
    with open_zip(path, label) as archive:
        names = set(archive.namelist())
    for member, what in _OTHER_OFFICE.items():
        if member in names:
            raise UnusableFile(
                f"{label} is {what}; verwacht wordt een gewone werkmap (.xlsx), een CSV of een zip "
                f"met een kaartbestand."
            )
    return _WORKBOOK in names


def unpack(path: Path, folder: Path, label: str, limits: Limits) -> list[Path]:
    """Unpack the data files of a zip into a flat folder.

    Returns
    -------
    list of Path
        The `.shp` files (their parts stand beside them), or the single other file.

    Raises
    ------
    UnsafeFile
        Names that point outside, links, encryption, a zip in the zip, or more than the limits.
    UnusableFile
        No data file, several of them, or a damaged zip.
    """
    with open_zip(path, label) as archive:
        members = checked_members(archive, label, limits)
        chosen = _choose(members, label)
        budget = Budget(label, path.stat().st_size, limits.unzipped_bytes, limits)
        unpacked = []
        for target_name, member in chosen.items():
            target = folder / target_name
            with target.open("xb") as out:
                for chunk in budget.read(archive, member):
                    out.write(chunk)
            unpacked.append(target)
    shapefiles = [file for file in unpacked if file.suffix == ".shp"]
    return shapefiles or unpacked


@contextmanager
def open_zip(path: Path, label: str) -> Iterator[zipfile.ZipFile]:
    """Open a zip; whatever turns out to be damaged becomes one sentence."""
    try:
        with zipfile.ZipFile(path) as archive:
            yield archive
    except NotImplementedError:  # so zipfile says that it does not know a compression
        raise UnusableFile(
            f"{label} is ingepakt op een manier die het programma niet kent; verwacht wordt een "
            f"gewone zip (deflate)."
        ) from None
    except (zipfile.BadZipFile, zlib.error, struct.error, EOFError, OSError, ValueError) as error:
        if isinstance(error, OSError) and is_full(error):
            raise
        raise UnusableFile(
            f"{label} is beschadigd of afgekapt en kan niet worden uitgepakt; verwacht wordt een "
            f"gave zip of werkmap (download of bewaar het opnieuw)."
        ) from None


def checked_members(archive: zipfile.ZipFile, label: str, limits: Limits) -> list[zipfile.ZipInfo]:
    """Look through the table of contents of a zip; return its files."""
    members = archive.infolist()
    if len(members) > limits.zip_members:
        raise too_many(label, "bestanden", len(members), limits.zip_members)
    seen: set[str] = set()
    for member in members:
        _check_member(member, label)
        if member.filename.casefold() in seen:
            raise UnsafeFile(
                f"{label} bevat twee keer een bestand met de naam ‘{_last(member)}’; verwacht "
                f"wordt elk bestand één keer."
            )
        seen.add(member.filename.casefold())
    claimed = sum(member.file_size for member in members)
    if claimed > limits.unzipped_bytes:
        raise too_large(f"De inhoud van {label}", claimed, limits.unzipped_bytes)
    return [member for member in members if not member.is_dir()]


def _check_member(member: zipfile.ZipInfo, label: str) -> None:
    """Refuse a member that points outside the zip or hides what it is."""
    name = member.orig_filename.replace("\\", "/")
    if name.startswith("/") or ".." in name.split("/") or re.match("[A-Za-z]:", name):
        raise UnsafeFile(
            f"{label} bevat een bestand met een pad naar buiten de zip (‘{_last(member)}’); "
            f"verwacht worden namen zonder ‘..’ en zonder begin bij de wortel."
        )
    if "\0" in name:
        raise UnsafeFile(f"{label} bevat een bestandsnaam met een nul-byte; {_EXPECTED}.")
    mode = member.external_attr >> 16
    if stat.S_IFMT(mode) not in {0, stat.S_IFREG, stat.S_IFDIR}:
        raise UnsafeFile(
            f"{label} bevat een symbolische koppeling of bijzonder bestand (‘{_last(member)}’); "
            f"verwacht worden gewone bestanden."
        )
    if member.flag_bits & 0x1:
        raise UnusableFile(
            f"{label} is met een wachtwoord versleuteld; verwacht wordt een zip zonder wachtwoord."
        )


class Budget:
    """Counts the bytes that come out of a zip, so that a bomb stops at the limit."""

    def __init__(self, label: str, packed: int, most: int, limits: Limits) -> None:
        self._label = label
        self._packed = packed
        self._most = most
        self._limits = limits
        self._unpacked = 0

    def read(self, archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> Iterator[bytes]:
        """Yield the content of one member in pieces; sizes in the headers are not believed."""
        limits = self._limits
        with archive.open(member) as stream:
            while chunk := stream.read(_CHUNK):
                self._unpacked += len(chunk)
                if self._unpacked > self._most:
                    raise too_large(f"De inhoud van {self._label}", self._unpacked, self._most)
                ratio = self._unpacked / self._packed
                if self._unpacked > limits.zip_ratio_from and ratio > limits.zip_ratio:
                    raise UnsafeFile(
                        f"{self._label} wordt bij het uitpakken meer dan "
                        f"{nl_number(limits.zip_ratio)} keer zo groot (een zipbom); verwacht wordt "
                        f"een zip die hoogstens {nl_number(limits.zip_ratio)} keer zo groot wordt."
                    )
                yield chunk


def _choose(members: list[zipfile.ZipInfo], label: str) -> dict[str, zipfile.ZipInfo]:
    """Choose the data files of a zip; keys are the plain names to unpack them under."""
    kept = [m for m in members if not m.filename.startswith("__MACOSX/")]
    for member in kept:
        if _suffix(member) in _ARCHIVES:
            raise UnsafeFile(
                f"{label} bevat weer een ingepakt bestand (‘{_last(member)}’); {_EXPECTED}."
            )
    stems = [_stem(m) for m in kept if _suffix(m) == ".shp"]
    single = [m for m in kept if _suffix(m) in _SINGLE]
    if (stems and single) or len(single) > 1:
        names = [_last(m) for m in kept if _suffix(m) in {".shp", *_SINGLE}]
        raise UnusableFile(
            f"{label} bevat {nl_number(len(names))} kaart- of tabelbestanden ({nl_list(names)}); "
            "zet er één in de zip (of alleen shapefiles)."
        )
    if single:
        return {_plain(single[0]): single[0]}
    if not stems:
        inside = nl_list([_last(m) for m in kept]) or "niets"
        raise UnusableFile(
            f"{label} bevat geen kaart- of tabelbestand (wel: {inside}); {_EXPECTED}."
        )
    chosen: dict[str, zipfile.ZipInfo] = {}
    for member in kept:
        if _stem(member) in stems and _suffix(member) in _SHAPEFILE_PARTS:
            target = _plain(member)
            if target in chosen:
                raise UnusableFile(
                    f"{label} bevat in verschillende mappen een ‘{_last(member)}’; verwacht worden "
                    f"shapefiles met verschillende namen."
                )
            chosen[target] = member
    return chosen


def _last(member: zipfile.ZipInfo) -> str:
    """Return the file name of a member without its folders, fit for a sentence."""
    last = re.split(r"[/\\]", member.filename.rstrip("/\\"))[-1][:80]
    return "".join(c if c.isprintable() else "�" for c in last)


def _suffix(member: zipfile.ZipInfo) -> str:
    return PurePosixPath(member.filename).suffix.lower()


def _stem(member: zipfile.ZipInfo) -> str:
    """Return the path without its ending: what the parts of one shapefile have in common."""
    return str(PurePosixPath(member.filename).with_suffix("")).casefold()


def _plain(member: zipfile.ZipInfo) -> str:
    """Return the name to unpack under: lower case, no folders, no signs with a meaning."""
    stem = re.sub(r"[^a-z0-9_-]+", "_", PurePosixPath(member.filename).stem.lower())
    return f"{stem[:60] or 'bestand'}{_suffix(member)}"
