"""Bad files that the door refuses for what they are or how they are packed."""

import io
import os
import struct
import zipfile
from pathlib import Path

from oi_geo.sources.uploads import Limits
from tests.sources.badfiles import (
    BadFile,
    Bait,
    Make,
    raw,
    shapefile_parts,
    shapefile_zip,
    spoiled,
    text,
    unsafe,
    xlsx_bytes,
    zipped,
)

SYMLINK, FIFO = 0o120000, 0o010000
XML = "XML- of HTML-bestand"


def outside(path: str) -> BadFile:
    """A path that is no file at all."""
    last = path.rsplit("/", maxsplit=1)[-1]
    return unsafe(last, lambda folder, bait: Path(path), "geen bestand maar een verwijzing")


def _link(path: Path, bait: Bait) -> None:
    path.symlink_to(bait.file)


def _fifo(path: Path, bait: Bait) -> None:
    os.mkfifo(path)


def _folder(path: Path, bait: Bait) -> None:
    path.mkdir()


PATHS = (
    unsafe("grenzen.gpkg", _link, "symbolische koppeling"),
    unsafe("pijp.csv", _fifo, "apparaat of doorgeefluik"),
    unsafe("zero", lambda path, bait: Path("/dev/zero"), "apparaat of doorgeefluik"),
    BadFile("map.gpkg", _folder, "is een map"),
    BadFile("weg.gpkg", lambda path, bait: path, "bestaat niet"),
    outside("/vsicurl/http://127.0.0.1/a.gpkg"),
    outside("/vsizip//etc/a.zip/b.shp"),
    outside("WFS:http://127.0.0.1/wfs"),
    outside("PG:dbname=regio"),
    BadFile("nul\0.csv", lambda path, bait: path, "bestaat niet"),
)

DISGUISED = (
    unsafe(
        "vrt.gpkg",
        text(
            "<OGRVRTDataSource><OGRVRTLayer name='geheim'><SrcDataSource>{file}</SrcDataSource>"
            "</OGRVRTLayer></OGRVRTDataSource>"
        ),
        rf"{XML} \(OGRVRTDataSource\)",
    ),
    unsafe(
        "wfs.gpkg",
        text("<?xml version='1.0'?>\n<OGRWFSDataSource><URL>{url}</URL></OGRWFSDataSource>"),
        rf"{XML} \(OGRWFSDataSource\)",
    ),
    unsafe(
        "gml.geojson",
        text("<!-- a --><gml:FeatureCollection xmlns:gml='{url}'/>"),
        rf"{XML} \(gml:FeatureCollection\)",
    ),
    unsafe(
        "kml.zip",
        text("<kml><NetworkLink><Link><href>{url}</href></Link></NetworkLink></kml>"),
        rf"{XML} \(kml\)",
    ),
    unsafe("raster.shp", text("\ufeff  <VRTDataset><SourceFilename>{file}</SourceFilename>"), XML),
    unsafe("utf16.gpkg", text("<GDAL_WMS><ServerUrl>{url}</ServerUrl>", "utf-16"), XML),
    unsafe("pagina.csv", text("<!DOCTYPE html><html>404</html>"), rf"{XML} \(html\)"),
    BadFile("brief.xlsx", raw(b"%PDF-1.7\n..."), "is een PDF-document"),
    BadFile("foto.gpkg", raw(b"\x89PNG\r\n\x1a\n\0\0"), r"een afbeelding \(PNG\)"),
    BadFile("oud.xls", raw(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)), "oud Office-bestand"),
    BadFile("pak.csv", raw(b"\x1f\x8b\x08\0\0\0\0\0"), "gzip-archief"),
    BadFile("vreemd.gpkg", raw(bytes(range(1, 200))), "binair bestand van een onbekende soort"),
    BadFile("leeg.gpkg", raw(b""), r"is leeg \(0 bytes\)"),
    BadFile("nullen.shp", raw(bytes(4096)), "bestaat uit nul-bytes"),
    BadFile("wit.csv", raw(b" \r\n\t\n"), "alleen witruimte"),
)


def _wrong_length(content: bytes) -> bytes:
    """Claim in the table of contents that a member is small."""
    at = content.rindex(b"PK\x01\x02")
    return content[: at + 24] + struct.pack("<I", 10) + content[at + 28 :]


def _encrypted(content: bytes) -> bytes:
    at = content.rindex(b"PK\x01\x02")
    return content[: at + 8] + b"\x01\0" + content[at + 10 :]


def _double(path: Path, bait: Bait) -> None:
    zipped({"aa.csv": b"a;b", "ab.csv": b"a;b"})(path, bait)
    path.write_bytes(path.read_bytes().replace(b"ab.csv", b"AA.csv"))


def _flipped(content: bytes) -> bytes:
    """Change the last byte of the stored content of the first member."""
    at = content.index(b"PK\x01\x02") - 1
    return content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :]


def _zip_of(members: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return out.getvalue()


_BOMB = bytes(30_000_000)
_LAYOUT = {"a.csv": b"a;b\n1;2\n" * 100}

ZIPS = (
    unsafe("omhoog.zip", zipped({"../../a.csv": b"a;b"}), "pad naar buiten de zip"),
    unsafe("wortel.zip", zipped({"/etc/a.csv": b"a;b"}), "pad naar buiten de zip"),
    unsafe("terug.zip", zipped({"..\\a.csv": b"a;b"}), "pad naar buiten de zip"),
    unsafe("schijf.zip", zipped({"C:a.csv": b"a;b"}), "pad naar buiten de zip"),
    unsafe("koppeling.zip", zipped({"a.csv": b"/etc/passwd"}, {"a.csv": SYMLINK}), "koppeling of"),
    unsafe("pijp.zip", zipped({"a.csv": b""}, {"a.csv": FIFO}), "bijzonder bestand"),
    unsafe("nest.zip", zipped({"b.zip": _zip_of(_LAYOUT)}), "weer een ingepakt bestand"),
    unsafe("vermomd.zip", zipped({"a.csv": _zip_of(_LAYOUT)}), "bevat weer een zip"),
    unsafe("werkmap.zip", zipped({"a.csv": xlsx_bytes()}), "bevat weer een zip of werkmap"),
    unsafe("vrt.zip", zipped({"a.gpkg": b"<OGRVRTDataSource/>"}), "‘a.gpkg’ in ‘vrt.zip’ is een X"),
    unsafe("bom.zip", zipped({"a.csv": _BOMB}), "meer dan 200 keer zo groot"),
    unsafe(
        "zwaar.zip",
        zipped({"a.csv": _LAYOUT["a.csv"]}),
        "De inhoud van ‘zwaar.zip’ is .* hoogstens",
        Limits(unzipped_bytes=500),
    ),
    BadFile("leugen.zip", spoiled(zipped(_LAYOUT), _wrong_length), "beschadigd of afgekapt"),
    unsafe(
        "vol.zip",
        zipped({f"{i}.txt": b"" for i in range(201)}),
        "201 bestanden; .* hoogstens 200",
    ),
    unsafe("tweemaal.zip", _double, "twee keer een bestand"),
    BadFile("geheim.zip", spoiled(zipped(_LAYOUT), _encrypted), "wachtwoord versleuteld"),
    BadFile("niets.zip", zipped({"leesmij.txt": b"hoi"}), r"geen kaart.*leesmij\.txt"),
    BadFile("leeg.zip", zipped({}), r"geen kaart.*niets"),
    BadFile("keus.zip", zipped({"a.gpkg": b"x", "b.csv": b"y"}), r"2 kaart.*a\.gpkg en b\.csv"),
    BadFile("half.zip", spoiled(zipped(_LAYOUT), lambda b: b[:-30]), "beschadigd of afgekapt"),
    BadFile("crc.zip", spoiled(zipped(_LAYOUT, None, 0), _flipped), "beschadigd of afgekapt"),
    BadFile("lzma.zip", spoiled(zipped(_LAYOUT), lambda b: b.replace(b"\x08\0", b"\x63\0")),
            "manier die het programma niet kent"),
    BadFile("doc.docx", zipped({"word/document.xml": b"<a/>"}), "een Word-document"),
    BadFile("tabel.ods", zipped({"META-INF/manifest.xml": b"<a/>"}), "OpenDocument-bestand"),
    BadFile("binair.xlsb", zipped({"xl/workbook.bin": b"\0"}), r"\(\.xlsb\)"),
)  # fmt: skip


def _bare(*without: str) -> Make:
    def make(path: Path, bait: Bait) -> None:
        for suffix, content in shapefile_parts().items():
            if suffix not in without:
                path.with_suffix(suffix).write_bytes(content)

    return make


def _bare_with_link(path: Path, bait: Bait) -> None:
    _bare(".dbf")(path, bait)
    path.with_suffix(".dbf").symlink_to(bait.file)


def _two_folders(path: Path, bait: Bait) -> None:
    parts = shapefile_parts()
    zipped({f"{m}/a{s}": c for m in ("noord", "zuid") for s, c in parts.items()})(path, bait)


_GRID = b'GEOGCS["x",EXTENSION["PROJ4","+proj=longlat +nadgrids=/etc/passwd"]]'

SHAPEFILES = (
    BadFile("kaal.shp", _bare(".shx", ".dbf"), r"shapefile zonder \.shx en \.dbf"),
    BadFile("geenshx.shp", _bare(".shx"), r"shapefile zonder \.shx"),
    unsafe("link.shp", _bare_with_link, r"een \.dbf die een symbolische koppeling"),
    BadFile("geendbf.zip", shapefile_zip(".dbf"), r"‘wijk_2015\.shp’ in ‘geendbf\.zip’ .* \.dbf"),
    BadFile("map.zip", _two_folders, "verschillende mappen"),
    BadFile("nepdbf.zip", shapefile_zip(dbf=b"hallo" * 20), r"geen dBase-tabel"),
    BadFile("nepshx.zip", shapefile_zip(shx=b"hallo" * 40), r"\.shx die geen shapefile-onderdeel"),
    BadFile("nepshp.zip", shapefile_zip(shp=b"a;b\n" * 40), "iets anders dan de naam zegt"),
    BadFile(
        "half.zip",
        shapefile_zip(shp=shapefile_parts()[".shp"][:-50]),
        r"afgekapt \(de \.shp is korter",
    ),
    BadFile(
        "halfdbf.zip", shapefile_zip(dbf=shapefile_parts()[".dbf"][:200]), r"afgekapt \(de \.dbf"
    ),
    unsafe(
        "rooster.zip", shapefile_zip(prj=_GRID), "coördinatenstelsel dat naar een ander bestand"
    ),
    BadFile("prj.zip", shapefile_zip(prj=b"RD nieuw"), r"onleesbare \.prj"),
    unsafe("rijen.zip", shapefile_zip(), "bevat 4 rijen; .* hoogstens 3", Limits(rows=3)),
)


PACKED = (*PATHS, *DISGUISED, *ZIPS, *SHAPEFILES)
