"""The door for untrusted files: what comes in, as what, and what it leaves outside."""

import hashlib
import json
import os
import sqlite3
from pathlib import Path

import geopandas as gpd
import openpyxl
import pyogrio
import pytest

from oi_geo.errors import UnsafeFile, UnusableFile
from oi_geo.sources.practices import read_practices
from oi_geo.sources.uploads import CheckedFile, Limits, checked_file, display_name
from tests.sources.badfiles import (
    KINDS,
    NO_BAIT,
    as_json,
    boundaries,
    geojson,
    gpkg_bytes,
    gpkg_with,
    shapefile_parts,
    shapefile_zip,
    zip_bytes,
)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("ending", [".gpkg", ".csv", ".xlsx", ".dat", ""])
def test_content_decides_not_the_name(tmp_path: Path, kind: str, ending: str) -> None:
    path = tmp_path / f"bestand{ending}"
    path.write_bytes(KINDS[kind])
    with checked_file(path) as file:
        assert file.kind == kind
        assert file.name == path.name
        assert file.sha256 == hashlib.sha256(KINDS[kind]).hexdigest()


@pytest.mark.parametrize("kind", ["gpkg", "geojson", "shp"])
def test_the_one_driver_reads_it(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "bestand"
    path.write_bytes(KINDS[kind])
    with checked_file(path) as file:
        assert pyogrio.read_info(file.source)["driver"] == file.driver


@pytest.mark.parametrize("kind", ["gpkg", "csv", "geojson"])
def test_zip_of_one_file_is_that_file(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "a.zip"
    path.write_bytes(zip_bytes({"map/": b"", f"map/grenzen.{kind}": KINDS[kind], "LEES.pdf": b"%"}))
    with checked_file(path) as file:
        assert (file.kind, file.path.name) == (kind, f"grenzen.{kind}")
        assert file.path.read_bytes() == KINDS[kind]
        assert file.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()


def test_cbs_zip_of_three_shapefiles_is_a_folder_of_layers(tmp_path: Path) -> None:
    stems = ["buurt_2015", "wijk_2015", "gem_2015"]
    members = {f"shape 2015/{m}{s.upper()}": c for m in stems for s, c in shapefile_parts().items()}
    path = tmp_path / "a.zip"
    path.write_bytes(zip_bytes({**members, "__MACOSX/._x.shp": b"", "shape 2015/x.qix": b"x"}))
    with checked_file(path) as file:
        assert file.kind == "shp"
        assert file.path.is_dir()
        assert {name for name, _ in pyogrio.list_layers(file.source)} == set(stems)
        assert len(list(file.path.iterdir())) == 3 * len(shapefile_parts())
        assert len(pyogrio.read_dataframe(file.source, layer="wijk_2015")) == len(boundaries())


def test_bare_shapefile_takes_only_its_own_parts_along(tmp_path: Path) -> None:
    for suffix, content in shapefile_parts().items():
        (tmp_path / f"Wijken{suffix.upper()}").write_bytes(content)
    for other in ("Wijken.shp.xml", "Wijken.qix", "Wijken.vrt", "Wijken.dbt", "ander.dbf"):
        (tmp_path / other).write_bytes(b"<OGRVRTDataSource/>")
    with checked_file(tmp_path / "Wijken.SHP") as file:
        assert {p.suffix for p in file.path.parent.iterdir()} == set(shapefile_parts())
        assert len(pyogrio.read_dataframe(file.source)) == len(boundaries())


def test_nothing_stays_behind_and_nothing_moves_underneath(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(KINDS["csv"])
    with checked_file(path) as file:
        path.write_bytes(b"iets anders")
        assert file.path.read_bytes() == KINDS["csv"]
        inside = file.path.parent
    assert not inside.exists()
    assert path.read_bytes() == b"iets anders"


@pytest.mark.parametrize(
    ("there", "absent"),
    [("O_BINARY", ("O_NOFOLLOW", "O_NONBLOCK")), ("O_NOFOLLOW", ("O_BINARY",))],
)
def test_opened_as_bytes_on_every_system(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, there: str, absent: tuple[str, ...]
) -> None:
    # Windows has the first only; a bit that Linux knows and that changes nothing stands for it.
    monkeypatch.setattr(os, there, os.O_CLOEXEC, raising=False)
    for name in absent:
        monkeypatch.delattr(os, name, raising=False)
    used: list[int] = []
    real = os.open

    def spy(path: Path, flags: int, *more: int) -> int:
        if Path(path).name == "a.csv":
            used.append(flags)
        return real(path, flags, *more)

    monkeypatch.setattr(os, "open", spy)
    (tmp_path / "a.csv").write_bytes(b"a;b\r\n1;2\r\n")
    with checked_file(tmp_path / "a.csv") as file:
        assert file.path.read_bytes() == b"a;b\r\n1;2\r\n"
    assert [flags & os.O_CLOEXEC for flags in used] == [os.O_CLOEXEC]


def test_sqlite_journal_beside_a_geopackage_is_not_followed(tmp_path: Path) -> None:
    """A write-ahead log left beside the file may hold other rows than were checked."""
    path = tmp_path / "a.gpkg"
    path.write_bytes(gpkg_bytes())
    writer = sqlite3.connect(path)
    writer.execute("PRAGMA journal_mode = WAL")
    writer.execute("CREATE TABLE elders (a)")
    writer.commit()
    assert (tmp_path / "a.gpkg-wal").stat().st_size > 0
    with checked_file(path) as file:
        layers = {name for name, _ in pyogrio.list_layers(file.source)}
    writer.close()
    assert layers == {"wijken"}


def test_pipeline_in_a_property_is_read_as_text(tmp_path: Path) -> None:
    """The GeoJSON driver alone opens a GeoJSON; GDAL would try others on a plain path."""
    secret = tmp_path / "geheim.csv"
    secret.write_text("naam\ngeheim\n")
    pipeline = {
        "type": "gdal_streamed_alg",
        "command_line": f"gdal vector pipeline ! read {secret}",
    }
    feature = {"type": "Feature", "properties": pipeline, "geometry": None}
    path = tmp_path / "a.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}))
    with checked_file(path) as file:
        assert file.source == f"GEOJSON:{file.path}"
        frame = pyogrio.read_dataframe(file.source)
    assert frame["command_line"].to_list() == [pipeline["command_line"]]


def test_driver_prefix_stops_a_pipeline_by_itself(tmp_path: Path) -> None:
    """Even if the inspection missed it, the source names the driver."""
    secret = tmp_path / "geheim.csv"
    secret.write_text("naam\ngeheim\n")
    pipeline = {
        "type": "gdal_streamed_alg",
        "command_line": f"gdal vector pipeline ! read {secret}",
    }
    path = tmp_path / "a.geojson"
    path.write_text(json.dumps(pipeline))
    assert len(pyogrio.read_dataframe(path)) == 1
    with pytest.raises(pyogrio.errors.DataSourceError):
        pyogrio.read_dataframe(CheckedFile("a", path, "geojson", "").source)


@pytest.mark.parametrize("layer", ["wijken", "wij ken", "l'eau", 'a"b', "Wijken_2024", "été"])
def test_what_gdal_writes_passes(tmp_path: Path, layer: str) -> None:
    path = tmp_path / "a.gpkg"
    boundaries().to_file(path, layer=layer, engine="pyogrio")
    boundaries().to_file(path, layer="tweede", engine="pyogrio")
    pyogrio.write_dataframe(boundaries().drop(columns="geometry"), path, layer="tabel")
    with checked_file(path) as file:
        assert {name for name, _ in pyogrio.list_layers(file.source)} == {layer, "tweede", "tabel"}


def test_standard_views_and_web_mercator_pass(tmp_path: Path) -> None:
    path = tmp_path / "a.gpkg"
    view = (
        "CREATE VIEW st_spatial_ref_sys AS SELECT srs_name, srs_id, organization "
        "FROM gpkg_spatial_ref_sys"
    )
    null_grid = (
        "INSERT INTO gpkg_spatial_ref_sys VALUES "
        "('x', 3857, 'EPSG', 3857, 'PROJCS[EXTENSION[\"PROJ4\",\"+nadgrids=@null\"]]', '')"
    )
    gpkg_with(view, null_grid)(path, NO_BAIT)
    with checked_file(path) as file:
        assert file.kind == "gpkg"


def test_geometry_collection_passes(tmp_path: Path) -> None:
    ring = geojson()["features"][0]["geometry"]
    feature = {
        "type": "Feature",
        "properties": {},
        "geometry": {"type": "GeometryCollection", "geometries": [ring]},
    }
    path = tmp_path / "a.geojson"
    as_json(geojson(features=[feature]))(path, NO_BAIT)
    with checked_file(path) as file:
        assert file.kind == "geojson"


@pytest.mark.parametrize(
    "name",
    [
        "urn:ogc:def:crs:EPSG::28992",
        "EPSG:28992",
        "http://www.opengis.net/def/crs/EPSG/0/28992",
        "urn:ogc:def:crs:OGC:1.3:CRS84",
    ],
)
def test_reference_systems_by_name_pass(tmp_path: Path, name: str) -> None:
    path = tmp_path / "a.geojson"
    as_json(geojson(crs={"type": "name", "properties": {"name": name}}))(path, NO_BAIT)
    with checked_file(path) as file:
        crs = pyogrio.read_info(file.source)["crs"]
    assert crs == ("EPSG:4326" if "CRS84" in name else "EPSG:28992")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_text_encodings_of_spreadsheets_pass(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes("agb;naam\n01000001;Café ’t Één\n".encode(encoding))
    with checked_file(path) as file:
        assert file.kind == "csv"


def test_hyperlinks_in_cells_pass(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(["agb", "naam"])
    book.active.append(["01000001", "De Linde"])
    book.active["B2"].hyperlink = "https://voorbeeld.nl/"
    book.save(tmp_path / "a.xlsx")
    frame, _ = read_practices(tmp_path / "a.xlsx")
    assert frame["naam"].to_list() == ["De Linde"]


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("C:\\Users\\Ada\\grenzen.gpkg", "grenzen.gpkg"),
        ("/home/ada/grenzen.gpkg", "grenzen.gpkg"),
        ("a\nb\x1b[31m.csv", "a�b�[31m.csv"),
        ("x" * 200, "x" * 79 + "…"),
    ],
)
def test_name_fit_for_a_sentence(name: str, shown: str, tmp_path: Path) -> None:
    assert display_name(name) == shown
    with pytest.raises(UnusableFile) as caught, checked_file(tmp_path / "weg", name=name):
        pass
    assert str(caught.value).startswith(f"‘{shown}’ bestaat niet")


@pytest.mark.parametrize(
    ("kind", "limit"),
    [
        ("gpkg", "geo_bytes"),
        ("shp", "geo_bytes"),
        ("parquet", "geo_bytes"),
        ("geojson", "geojson_bytes"),
        ("csv", "table_bytes"),
        ("xlsx", "table_bytes"),
    ],
)
def test_size_limit_is_exact(tmp_path: Path, kind: str, limit: str) -> None:
    path = tmp_path / "a"
    path.write_bytes(KINDS[kind])
    size = len(KINDS[kind])
    with checked_file(path, limits=Limits(**{limit: size})) as file:
        assert file.kind == kind
    with pytest.raises(UnsafeFile), checked_file(path, limits=Limits(**{limit: size - 1})):
        pass


@pytest.mark.real
def test_real_geopackage_passes(shared_data: Path) -> None:
    path = shared_data / "wijkenbuurten_2022_gegeneraliseerd.gpkg"
    with checked_file(path) as file:
        assert file.kind == "gpkg"
        assert len(gpd.read_file(file.source, layer="wijken", rows=5)) == 5


def test_shapefile_without_prj_and_cpg_passes(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    shapefile_zip(".prj", ".cpg")(path, NO_BAIT)
    with checked_file(path) as file:
        assert file.kind == "shp"
