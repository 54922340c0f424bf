"""Bad files that the door itself refuses, each with its sentence."""

import io
import os
import struct
import zipfile
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from oi_geo.sources.uploads import Limits
from tests.sources.badfiles import (
    BadFile,
    Bait,
    Make,
    as_json,
    boundaries,
    geojson,
    gpkg_bytes,
    gpkg_with,
    raw,
    schema_line,
    shapefile_parts,
    shapefile_zip,
    spoiled,
    text,
    unsafe,
    xlsx_bytes,
    xlsx_with,
    zipped,
)

SYMLINK, FIFO = 0o120000, 0o010000
XML = "XML- of HTML-bestand"
WORKBOOK_RELS = "xl___rels__workbook_dot_xml_dot_rels"


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

JSONS = (
    BadFile(
        "pijplijn.geojson",
        as_json(
            {"type": "gdal_streamed_alg", "command_line": "gdal vector pipeline ! read {file}"}
        ),
        "‘type’ is 'gdal_streamed_alg'",
    ),
    unsafe(
        "dubbel.geojson",
        text(
            '{"type": "gdal_streamed_alg", "command_line": "gdal vector convert {file} x", '
            '"type": "FeatureCollection", "features": []}'
        ),
        "een naam twee keer",
    ),
    unsafe(
        "crslink.geojson",
        as_json(geojson(crs={"type": "link", "properties": {"href": "{url}", "type": "ogcwkt"}})),
        "EPSG-naam",
    ),
    unsafe(
        "crsurl.geojson",
        as_json(geojson(crs={"type": "name", "properties": {"name": "{url}"}})),
        "EPSG-naam",
    ),
    unsafe("crsnaam.geojson", as_json(geojson(CRS={"type": "url"})), "EPSG-naam"),
    BadFile(
        "crsvorm.geojson",
        as_json(
            geojson(
                features=[
                    {
                        "type": "Feature",
                        "properties": {},
                        "geometry": {
                            "type": "Point",
                            "coordinates": [1, 2],
                            "\u0063rs": {"type": "link", "properties": {"href": "{url}"}},
                        },
                    }
                ]
            )
        ),
        "feature 1, die heeft een eigen coördinatenstelsel",
    ),
    BadFile(
        "crsnummer.geojson",
        as_json(geojson(crs={"type": "name", "properties": {"name": "EPSG:99999"}})),
        r"stelsel dat niet bestaat \(EPSG:99999\)",
    ),
    BadFile("topo.json", as_json({"type": "Topology", "objects": {}}), "is TopoJSON"),
    BadFile("esri.json", as_json({"rings": [[1, 2]]}), "‘type’ ontbreekt"),
    BadFile("lijst.json", as_json([1, 2]), r"geen geldige JSON|geen GeoJSON"),
    BadFile("half.geojson", spoiled(as_json(geojson()), lambda b: b[:-40]), "geen geldige JSON"),
    BadFile(
        "regels.geojson", spoiled(as_json(geojson()), lambda b: b + b"\n" + b), "geen geldige JSON"
    ),
    BadFile("latin.geojson", text('{"type": "Súd"}', "latin-1"), "geen tekst in UTF-8"),
    BadFile("utf16.geojson", text('{"type": "x"}', "utf-16"), "geen tekst in UTF-8"),
    unsafe("diep.geojson", text('{"features": ' + "[" * 100_000), "te diep genest"),
    BadFile(
        "nan.geojson",
        spoiled(as_json(geojson()), lambda b: b.replace(b"151000", b"NaN")),
        "bevat NaN als getal",
    ),
    BadFile(
        "oneindig.geojson",
        spoiled(as_json(geojson()), lambda b: b.replace(b"151000", b"1e999")),
        "feature 1, die heeft een oneindige coördinaat",
    ),
    BadFile(
        "groot.geojson",
        spoiled(as_json(geojson()), lambda b: b.replace(b"151000", b"9" * 5000)),
        "onleesbaar groot getal",
    ),
    BadFile(
        "tekst.geojson",
        spoiled(as_json(geojson()), lambda b: b.replace(b"151000", b'"x"')),
        "feature 1, die heeft coördinaten die geen getallen zijn",
    ),
    BadFile("los.geojson", as_json(geojson(features=[{"a": 1}])), "feature 1, die is geen Feature"),
    unsafe(
        "veel.geojson",
        as_json(geojson(features=geojson()["features"] * 4)),
        "bevat 4 of meer rijen; verwacht worden er hoogstens 3",
        Limits(rows=3),
    ),
    unsafe(
        "punten.geojson", as_json(geojson()), "4 of meer punten; .* hoogstens 3", Limits(vertices=3)
    ),
    unsafe("zwaar.geojson", as_json(geojson()), "groot; .* hoogstens", Limits(geojson_bytes=100)),
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

_UPKEEP = (
    "CREATE TRIGGER rtree_wijken_geom_{0} AFTER {1} ON wijken BEGIN DELETE FROM gpkg_contents; END"
)
_VIEW = "CREATE VIEW schijn AS SELECT 1 AS fid, geom FROM wijken"
_REGISTER = (
    "INSERT INTO gpkg_contents (table_name, data_type, srs_id) VALUES ('{}', 'features', 28992)"
)


def _corrupt(content: bytes) -> bytes:
    """Overwrite a page in the middle."""
    page = 4096
    middle = len(content) // page // 2 * page
    return content[:middle] + b"\x99" * page + content[middle + page :]


GEOPACKAGES = (
    unsafe(
        "trigger.gpkg",
        gpkg_with("CREATE TRIGGER stil AFTER INSERT ON wijken BEGIN DELETE FROM wijken; END"),
        r"een trigger \(‘stil’\)",
    ),
    unsafe(
        "namaak.gpkg",
        gpkg_with("DROP TRIGGER rtree_wijken_geom_delete", _UPKEEP.format("delete", "DELETE")),
        r"een trigger \(‘rtree_wijken_geom_delete’\)",
    ),
    unsafe(
        "telling.gpkg",
        gpkg_with(
            "CREATE TRIGGER rtree_wijken_geom_update9 AFTER UPDATE ON wijken BEGIN "
            "INSERT INTO rtree_wijken_geom SELECT load_extension('{file}'),0,0,0,0; END"
        ),
        r"een trigger \(‘rtree_wijken_geom_update9’\)",
    ),
    unsafe("schijn.gpkg", gpkg_with(_VIEW, _REGISTER.format("schijn")), r"een view \(‘schijn’\)"),
    unsafe("losseview.gpkg", gpkg_with(_VIEW), r"een view \(‘schijn’\)"),
    unsafe(
        "aanval.gpkg",
        gpkg_with("CREATE VIEW st_spatial_ref_sys AS SELECT load_extension('{file}') AS a"),
        "een view",
    ),
    unsafe(
        "virtueel.gpkg",
        gpkg_with(
            schema_line("table", "x", "x", "CREATE VIRTUAL TABLE x USING VirtualOGR('{file}')")
        ),
        r"een virtuele tabel \(‘x’\)",
    ),
    unsafe(
        "zoek.gpkg",
        gpkg_with("CREATE VIRTUAL TABLE zoek USING fts5(a)"),
        r"een virtuele tabel \(‘zoek’\)",
    ),
    unsafe(
        "som.gpkg",
        gpkg_with(
            "CREATE TABLE som (fid INTEGER PRIMARY KEY, geom BLOB, n AS (fid + 1))",
            _REGISTER.format("som"),
        ),
        "berekende kolommen",
    ),
    unsafe(
        "rooster.gpkg",
        gpkg_with("UPDATE gpkg_spatial_ref_sys SET definition = '+nadgrids={file}'"),
        "coördinatenstelsel dat naar een ander bestand",
    ),
    BadFile("spook.gpkg", gpkg_with(_REGISTER.format("weg")), r"een laag \(‘weg’\) waarvan"),
    BadFile(
        "tekens.gpkg",
        gpkg_with("UPDATE gpkg_contents SET table_name = CAST(x'77fa' AS TEXT)"),
        "beschadigd of afgekapt GeoPackage",
    ),
    BadFile("sqlite.gpkg", gpkg_with("DROP TABLE gpkg_contents"), "geen GeoPackage"),
    BadFile("kort.gpkg", raw(gpkg_bytes()[:5000]), "beschadigd of afgekapt GeoPackage"),
    BadFile("kop.gpkg", raw(gpkg_bytes()[:16] + b"x" * 500), "beschadigd of afgekapt GeoPackage"),
    BadFile("midden.gpkg", raw(_corrupt(gpkg_bytes())), "beschadigd of afgekapt GeoPackage"),
    unsafe(
        "zwaar.gpkg", raw(gpkg_bytes()), "groot; .* hoogstens 0,050 MB", Limits(geo_bytes=50_000)
    ),
)

_LAUGHS = (
    b'<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY a "lol"><!ENTITY b "&a;&a;">]><sst>&b;</sst>'
)
_RELATION = (
    b'<Relationships><Relationship Id="r1" Type="http://x/{}" TargetMode="External" '
    b'Target="file:///etc/passwd"/></Relationships>'
)


def _parquet(path: Path, bait: Bait) -> None:
    boundaries().to_parquet(path)


def _long_parquet(path: Path, bait: Bait) -> None:
    pq.write_table(pa.table({"a": [1] * 1000}), path)


TABLES = (
    unsafe("lach.xlsx", xlsx_with(xl__sharedStrings_dot_xml=_LAUGHS), "XML-entiteiten"),
    unsafe(
        "codering.xlsx",
        xlsx_with(xl__sharedStrings_dot_xml=_LAUGHS.decode().encode("utf-16")),
        "ongewone codering",
    ),
    unsafe(
        "extern.xlsx", xlsx_with(xl__externalLinks__externalLink1_dot_xml=b"<a/>"), "koppelingen"
    ),
    unsafe("query.xlsx", xlsx_with(xl__connections_dot_xml=b"<a/>"), "verbindingen met een"),
    unsafe("macro.xlsm", xlsx_with(xl__vbaProject_dot_bin=b"\0"), "bevat macro’s"),
    unsafe(
        "relatie.xlsx",
        xlsx_with(**{WORKBOOK_RELS: _RELATION.replace(b"{}", b"attachedTemplate")}),
        "koppeling naar buiten de werkmap",
    ),
    unsafe("bom.xlsx", xlsx_with(xl__media__a_dot_xml=b" " * 30_000_000), "een zipbom"),
    unsafe("zwaar.xlsx", raw(xlsx_bytes()), "groot; .* hoogstens", Limits(table_bytes=2000)),
    unsafe("dik.xlsx", raw(xlsx_bytes()), "De inhoud van ‘dik", Limits(workbook_bytes=3000)),
    BadFile("half.xlsx", raw(xlsx_bytes()[:3000]), "beschadigd of afgekapt"),
    BadFile("zonder.csv", raw("agb;naam\n".encode("utf-16-le")), "UTF-16 zonder kenmerk"),
    BadFile(
        "oneven.csv", raw("agb;naam\n".encode("utf-16") + b"\0"), "beschadigde tekst in UTF-16"
    ),
    BadFile("nul.csv", raw(b"agb;naam\n" * 9000 + b"\0"), "bevat nul-bytes"),
    unsafe("breed.csv", raw(b"a;" * 600_000), r"een regel van meer dan 1\.000\.000 tekens"),
    unsafe("zwaar.csv", raw(b"a;b\n" * 999), "groot; .* hoogstens", Limits(table_bytes=1000)),
    BadFile("half.parquet", spoiled(_parquet, lambda b: b[:-30]), "afgekapt of beschadigd Parquet"),
    BadFile(
        "tekens.parquet",
        spoiled(_parquet, lambda b: b.replace(b"Bovendam", b"Boven\xff\xfe\xfd")),
        "afgekapt of beschadigd Parquet",
    ),
    BadFile("kop.parquet", raw(b"PAR1"), "afgekapt of beschadigd Parquet"),
    unsafe("lang.parquet", _long_parquet, r"1\.000 rijen; .* hoogstens 999", Limits(rows=999)),
)

AT_DOOR = (
    *PATHS, *DISGUISED, *JSONS, *ZIPS, *SHAPEFILES, *GEOPACKAGES, *TABLES,
)  # fmt: skip
