"""Any geographical file becomes valid two-dimensional polygons in RD, or one sentence."""

import geopandas as gpd
import numpy as np
import pyogrio
import pytest
import shapely
from pyproj import CRS, Transformer

from oi_geo.errors import MissingCrs, UnsafeFile, UnusableFile
from oi_geo.sources import geofile
from oi_geo.sources.geofile import list_layers, read_column, read_layer
from oi_geo.sources.limits import Limits
from oi_geo.sources.report import ReadReport
from oi_geo.sources.row_filter import Prefixes
from oi_geo.sources.uploads import checked_file
from tests.sources.mapfiles import write, write_geojson

SQUARE = shapely.box(150_000, 450_000, 151_000, 451_000)
BOWTIE = shapely.Polygon(
    [(150_000, 450_000), (151_000, 451_000), (151_000, 450_000), (150_000, 451_000)]
)
FORMATS = ["gpkg", "zip", "shp", "geojson", "parquet"]


def frame(*shapes: object, crs: object = 28992) -> gpd.GeoDataFrame:
    names = [f"GM000{i}" for i in range(1, len(shapes) + 1)]
    return gpd.GeoDataFrame(
        {"code": names, "soms": range(len(shapes))}, geometry=list(shapes), crs=crs
    )


def read(path, **options):
    report = ReadReport(path.name, "grenzen")
    with checked_file(path) as file:
        return read_layer(file, list_layers(file)[0], report, **options), report


@pytest.mark.parametrize("form", FORMATS)
def test_every_format_gives_the_same_polygons(tmp_path, form):
    two = shapely.MultiPolygon([shapely.box(152_000, 450_000, 153_000, 451_000), SQUARE.buffer(9)])
    drawn = frame(SQUARE, two)
    result, report = read(write({"laag": drawn}, tmp_path, form))
    assert result.index.to_list() == [1, 2]
    assert result["code"].to_list() == ["GM0001", "GM0002"]
    assert result.crs == CRS.from_epsg(28992)
    # GeoJSON holds degrees with 11 decimals, a millimetre at most.
    error = shapely.hausdorff_distance(result.geometry.to_numpy(), drawn.geometry.to_numpy())
    assert error.max() < (1e-3 if form == "geojson" else 1e-9)
    assert (report.gelezen, report.behouden) == (2, 2)
    assert report.messages == []


@pytest.mark.parametrize("form", FORMATS)
def test_only_wanted_columns_and_rows(tmp_path, form):
    shapes = [
        shapely.box(150_000 + i * 1000, 450_000, 151_000 + i * 1000, 451_000) for i in range(4)
    ]
    path = write({"laag": frame(*shapes)}, tmp_path, form)
    result, report = read(path, columns=["code"], where=Prefixes("code", ("GM0002", "gm0004")))
    assert list(result.columns) == ["code", "geometry"]
    assert result["code"].to_list() == ["GM0002", "GM0004"]
    assert result.index.to_list() == [2, 4]
    assert report.gelezen == 2


def test_a_filter_on_numbers_and_with_quotes(tmp_path):
    path = write({"laag": frame(SQUARE, SQUARE)}, tmp_path, "gpkg")
    assert read(path, where=Prefixes("soms", ("1",)))[0].index.to_list() == [2]
    assert read(path, where=Prefixes("code", ("GM'; DROP TABLE laag; --",)))[0].empty


def test_layers_of_a_geopackage_and_of_a_zip(tmp_path):
    layers = {"b": frame(SQUARE), "a": frame(SQUARE, SQUARE)}
    for form in ("gpkg", "zip"):
        with checked_file(write(layers, tmp_path, form)) as file:
            found = list_layers(file)
            assert [(x.name, x.rows, x.columns) for x in found] == [
                ("a", 2, ("code", "soms")),
                ("b", 1, ("code", "soms")),
            ]
            assert read_column(file, found[0], "code", 1).to_list() == ["GM0001"]


def test_a_table_has_no_shapes(tmp_path):
    path = tmp_path / "tabel.gpkg"
    pyogrio.write_dataframe(frame(SQUARE).drop(columns="geometry"), path, layer="tabel")
    with pytest.raises(UnusableFile, match=r"‘tabel.gpkg’ \(laag tabel\) heeft geen vormen"):
        read(path)


@pytest.mark.parametrize("crs", [4326, 4258, 3857, 25831, 7415, 28991])
def test_other_reference_systems_are_transformed(tmp_path, crs):
    other = frame(SQUARE).to_crs(crs)
    result, _ = read(write({"laag": other}, tmp_path, "gpkg"))
    # Within the metre that the transformation of RD itself is good for.
    assert shapely.hausdorff_distance(result.geometry.iloc[0], SQUARE) < 1


def test_published_point_lands_where_it_should(tmp_path):
    # Kadaster: the tower of Amersfoort, origin of RD, at 52°09'22.178" N, 5°23'15.500" E (Bessel),
    # is RD (155000, 463000); in ETRS89 52.155172897 N, 5.387203658 E.
    lon, lat = 5.387203658, 52.155172897
    path = write_geojson(
        tmp_path / "t.geojson", [shapely.box(lon, lat, lon + 0.01, lat + 0.01).__geo_interface__]
    )
    result, _ = read(path)
    corner = shapely.Point(155_000, 463_000)
    assert result.geometry.iloc[0].distance(corner) < 0.5


@pytest.mark.parametrize("crs", [CRS(28992).to_wkt("WKT1_ESRI"), (
    "+proj=sterea +lat_0=52.15616055555555 +lon_0=5.38763888888889 +k=0.9999079 +x_0=155000 "
    "+y_0=463000 +ellps=bessel +units=m +no_defs"
)])  # fmt: skip
def test_rd_without_its_code_is_not_shifted(tmp_path, crs):
    # A PROJ string without towgs84 would put the map 112 m off.
    result, _ = read(write({"laag": frame(SQUARE, crs=crs)}, tmp_path, "gpkg"))
    assert result.geometry.iloc[0].equals(SQUARE)


@pytest.mark.parametrize("form", ["shp", "zip", "parquet"])
def test_without_crs_it_asks_which_one(tmp_path, form):
    path = write({"laag": frame(SQUARE, crs=None)}, tmp_path, form)
    with pytest.raises(
        MissingCrs, match=r"‘kaart\.\w+’.*het lijken Rijksdriehoek.*welk stelsel is het\?"
    ):
        read(path)


def test_geojson_with_an_old_crs_member(tmp_path):
    path = write_geojson(
        tmp_path / "k.geojson", [SQUARE.__geo_interface__], crs="urn:ogc:def:crs:EPSG::28992"
    )
    assert read(path)[0].geometry.iloc[0].equals(SQUARE)


@pytest.mark.parametrize(
    ("shape", "crs", "sentence"),
    [
        (SQUARE, None, "graden zijn .* getallen tot 451.000 .*lijken Rijksdriehoek"),
        (shapely.box(5, 52, 6, 53), "urn:ogc:def:crs:EPSG::28992", "meters zijn .* staan graden"),
        (shapely.box(52, 5, 53, 6), None, "lengte- en breedtegraad verwisseld"),
        (shapely.box(2.3, 48.8, 2.4, 48.9), None, "buiten Nederland"),
    ],
)
def test_coordinates_that_cannot_be_what_the_file_says(tmp_path, shape, crs, sentence):
    path = write_geojson(tmp_path / "k.geojson", [shape.__geo_interface__], crs=crs)
    with pytest.raises(UnusableFile, match=f"‘k.geojson’.*{sentence}"):
        read(path)


def test_what_is_no_polygon_is_set_aside_by_row(tmp_path):
    shapes = [
        SQUARE,
        None,
        shapely.Polygon(),
        shapely.Point(150_000, 450_000),
        shapely.LineString([(150_000, 450_000), (150_001, 450_000)]),
        shapely.Polygon([(150_000, 450_000), (np.inf, 450_000), (150_001, 450_001)]),
    ]
    result, report = read(write({"laag": frame(*shapes)}, tmp_path, "gpkg"))
    assert result.index.to_list() == [1]
    assert (report.gelezen, report.behouden, report.apart) == (6, 1, 5)
    assert sorted(m.rij for m in report.messages if m.ernst == "fout") == [2, 3, 4, 5, 6]


def test_heights_and_collections(tmp_path):
    high = shapely.force_3d(SQUARE, 5.0)
    mixed = shapely.GeometryCollection([SQUARE, shapely.Point(150_000, 450_000)])
    result, _ = read(write({"laag": frame(high, mixed)}, tmp_path, "gpkg"))
    assert not shapely.has_z(result.geometry.to_numpy()).any()
    assert shapely.equals(result.geometry.to_numpy(), SQUARE).all()


def test_invalid_polygons_are_repaired_with_their_change_of_area(tmp_path):
    # A bow tie counts one wing positive and the other negative: 0 m² as drawn, 500.000 mended.
    result, report = read(write({"laag": frame(SQUARE, BOWTIE)}, tmp_path, "gpkg"))
    assert result.geometry.is_valid.all()
    assert result.geometry.area.to_list() == pytest.approx([1e6, 5e5])
    (message,) = report.messages
    assert (message.rij, message.ernst) == (2, "info")
    assert "kruist zichzelf" in message.melding
    assert "van 0,00 naar 500.000,00 m² (+500.000,00 m²)" in message.melding


def test_a_polygon_without_area_is_set_aside(tmp_path):
    flat = shapely.Polygon([(150_000, 450_000), (151_000, 450_000), (150_500, 450_000)])
    result, report = read(write({"laag": frame(SQUARE, flat)}, tmp_path, "gpkg"))
    assert result.index.to_list() == [1]
    assert [(m.rij, m.ernst) for m in report.messages] == [(2, "fout")]


def test_an_unclosed_ring_is_closed(tmp_path):
    ring = [[5.0, 52.0], [5.1, 52.0], [5.1, 52.1], [5.0, 52.1]]
    path = write_geojson(tmp_path / "k.geojson", [{"type": "Polygon", "coordinates": [ring]}])
    result, report = read(path)
    assert len(result) == 1
    assert any("Non closed ring" in m.melding for m in report.messages)


@pytest.mark.parametrize("encoding", ["UTF-8", "ISO-8859-1"])
@pytest.mark.parametrize("cpg", [True, False])
def test_shapefile_encodings(tmp_path, encoding, cpg):
    drawn = frame(SQUARE, SQUARE).assign(naam=["Súdwest-Fryslân", "'s-Graveland"])
    path = tmp_path / "kaart.shp"
    pyogrio.write_dataframe(drawn, path, encoding=encoding)
    if not cpg:
        path.with_suffix(".cpg").unlink()
    result, _ = read(path)
    assert result["naam"].to_list() == ["Súdwest-Fryslân", "'s-Graveland"]


def test_limits_are_stated(tmp_path, monkeypatch):
    path = write({"laag": frame(SQUARE, SQUARE)}, tmp_path, "gpkg")
    monkeypatch.setattr(geofile, "LIMITS", Limits(rows=1))
    with pytest.raises(UnsafeFile, match=r"telt 2 rijen; de grens is 1\."):
        read(path)
    monkeypatch.setattr(geofile, "LIMITS", Limits())
    monkeypatch.setattr("oi_geo.sources.shapes.LIMITS", Limits(vertices=9))
    with pytest.raises(UnsafeFile, match=r"telt 10 hoekpunten; de grens is 9\."):
        read(path)


def test_transformation_keeps_x_before_y():
    # EPSG:4326 is (latitude, longitude) by its own axes; GIS files write (longitude, latitude).
    lon, lat = Transformer.from_crs(28992, 4326, always_xy=True).transform(155_000, 463_000)
    assert (round(lon, 3), round(lat, 3)) == (5.387, 52.155)
