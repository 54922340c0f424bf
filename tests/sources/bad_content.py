"""Bad files that the door refuses for what they hold: GeoJSON, GeoPackage, tables."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from oi_geo.sources.uploads import Limits
from tests.sources.badfiles import (
    BadFile,
    Bait,
    as_json,
    boundaries,
    geojson,
    gpkg_bytes,
    gpkg_with,
    raw,
    schema_line,
    spoiled,
    text,
    unsafe,
    xlsx_bytes,
    xlsx_with,
)

WORKBOOK_RELS = "xl___rels__workbook_dot_xml_dot_rels"

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


CONTENT = (*JSONS, *GEOPACKAGES, *TABLES)
