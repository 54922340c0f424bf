"""Bad files that pass the door and are refused by the reader that they were handed to."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import geopandas as gpd
import openpyxl
import shapely

from oi_geo.errors import MissingCrs, OiGeoError, ProposalMismatch, UnusableFile
from tests.sources.badfiles import (
    BadFile,
    Bait,
    Make,
    as_json,
    boundaries,
    geojson,
    gpkg_with,
    raw,
    shapefile_parts,
    shapefile_zip,
    spoiled,
    text,
    xlsx_bytes,
    zipped,
)

Reader = Literal["boundaries", "practices", "proposal"]


@dataclass(frozen=True)
class Handed:
    """A bad file and the reader that it is handed to."""

    reader: Reader
    bad: BadFile


def boundary(
    name: str, make: Make, sentence: str, error: type[OiGeoError] = UnusableFile
) -> Handed:
    return Handed("boundaries", BadFile(name, make, sentence, error))


def practice(name: str, make: Make, sentence: str) -> Handed:
    return Handed("practices", BadFile(name, make, sentence))


def proposal(
    name: str, make: Make, sentence: str, error: type[OiGeoError] = UnusableFile
) -> Handed:
    return Handed("proposal", BadFile(name, make, sentence, error))


def saved(change: Callable[[gpd.GeoDataFrame], gpd.GeoDataFrame], layer: str = "wijken") -> Make:
    """Write the drawn map, changed, as a GeoPackage (or what the ending says)."""

    def make(path: Path, bait: Bait) -> None:
        frame = change(boundaries())
        if path.suffix == ".parquet":
            frame.to_parquet(path)
        else:
            frame.to_file(path, layer=layer, engine="pyogrio")

    return make


def moved(dx: float, dy: float) -> Make:
    return saved(lambda f: f.set_geometry(f.geometry.translate(dx, dy)))


def points(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    return frame.set_geometry(frame.geometry.centroid)


def degrees(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    return frame.to_crs(4326).set_crs(28992, allow_override=True)


def flipped(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    shapes = shapely.transform(frame.to_crs(4326).geometry.to_numpy(), lambda xy: xy[:, ::-1])
    return frame.set_geometry(gpd.GeoSeries(shapes, crs=4326))


def no_shapes(path: Path, bait: Bait) -> None:
    import pyogrio

    pyogrio.write_dataframe(boundaries().drop(columns="geometry"), path, layer="wijken")


def workbook(*rows: list[object]) -> Make:
    def make(path: Path, bait: Bait) -> None:
        book = openpyxl.Workbook()
        for row in rows:
            book.active.append(row)
        book.save(path)

    return make


def huge_row_number(path: Path, bait: Bait) -> None:
    """A sheet of two rows, the second of which says that it is row 900 billion."""
    import io, zipfile

    with zipfile.ZipFile(io.BytesIO(xlsx_bytes())) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    sheet = members["xl/worksheets/sheet1.xml"]
    members["xl/worksheets/sheet1.xml"] = sheet.replace(b'<row r="2"', b'<row r="900000000000"')
    zipped(members)(path, bait)


def _bad_geo_meta(path: Path) -> None:
    import pyarrow.parquet as pq

    boundaries().to_parquet(path)
    table = pq.read_table(path)
    pq.write_table(table.replace_schema_metadata({"geo": b"{not json"}), path)


CSV = "agb;naam;ion\n01000001;De Linde;2000\n"
SQUARE = [[150000, 450000], [151000, 450000], [151000, 451000], [150000, 450000]]

AT_READER = (
    boundary("tabel.csv", text(CSV), "geen kaart maar een tabel"),
    boundary("map.xlsx", raw(xlsx_bytes()), "geen kaart maar een tabel"),
    boundary(
        "zondercrs.gpkg",
        saved(lambda f: f.set_crs(None, allow_override=True)),
        "welk stelsel is het",
        MissingCrs,
    ),
    boundary("zonderprj.zip", shapefile_zip(".prj"), "welk stelsel is het", MissingCrs),
    boundary("graden.gpkg", saved(degrees), "zegt dat de coördinaten meters zijn .* graden"),
    boundary(
        "meters.gpkg",
        saved(lambda f: f.set_crs(4326, allow_override=True)),
        "zegt dat de coördinaten graden zijn",
    ),
    boundary("verwisseld.gpkg", saved(flipped), "lengte- en breedtegraad verwisseld"),
    boundary("parijs.gpkg", moved(500_000, -400_000), "buiten Nederland"),
    boundary("punten.gpkg", saved(points), "x"),
    boundary("zondervorm.gpkg", no_shapes, "x"),
    boundary(
        "zondercode.gpkg",
        saved(lambda f: f[["wijknaam", "geometry"]]),
        "bevat geen wijken, buurten of gemeenten",
    ),
    boundary("leeg.gpkg", saved(lambda f: f[:0]), "bevat geen wijken, buurten of gemeenten"),
    boundary("water.gpkg", saved(lambda f: f.assign(water="JA")), "geen enkele wijk op land"),
    boundary("onzin.gpkg", saved(lambda f: f.assign(wijkcode="abc")), "x"),
    boundary("leegfc.geojson", as_json(geojson(features=[])), "x"),
    boundary(
        "geenvorm.geojson",
        as_json(
            geojson(
                features=[
                    {"type": "Feature", "properties": {"wijkcode": "WK000101"}, "geometry": None}
                ]
            )
        ),
        "x",
    ),
    boundary(
        "crs.geojson",
        as_json(geojson(crs={"type": "name", "properties": {"name": "EPSG:99999"}})),
        "x",
    ),
    boundary(
        "gewoon.parquet",
        lambda path, bait: boundaries().drop(columns="geometry").to_parquet(path),
        "x",
    ),
    boundary("geometa.parquet", lambda path, bait: _bad_geo_meta(path), "x"),
    boundary(
        "kapot.parquet", spoiled(saved(lambda f: f), lambda b: b[:8] + b"\xff" * 200 + b[208:]), "x"
    ),
    boundary("blob.gpkg", gpkg_with("UPDATE wijken SET geom = x'00112233'"), "x"),
    boundary("kort.gpkg", gpkg_with("UPDATE wijken SET geom = substr(geom, 1, 60)"), "x"),
    boundary("nul.gpkg", gpkg_with("UPDATE wijken SET geom = NULL"), "x"),
    boundary(
        "teveel.zip",
        shapefile_zip(
            shp=shapefile_parts()[".shp"][:108] + b"\xff" * 40 + shapefile_parts()[".shp"][148:]
        ),
        "x",
    ),
    practice("kaart.gpkg", saved(lambda f: f), "dit is geen tabel"),
    practice("kop.csv", text("agb;naam;ion\n"), "geen enkele gevulde rij"),
    practice("anders.csv", text("kleur;vorm\nrood;rond\n"), "geen praktijkenlijst"),
    practice("zonderkop.csv", text("01000001;2000\n01000002;1500\n"), "kolomnamen verwacht"),
    practice("aanhaling.csv", text('agb;naam;ion\n01000001;"De Linde;2000\n'), "aanhalingsteken"),
    practice(
        "tekens.csv", raw(b"agb;naam;ion\n01000001;De\x81 Linde;2000\n"), "UTF-8 noch Windows-1252"
    ),
    practice("totaal.csv", text("agb;naam;ion\n;Totaal;2000\n"), "geen enkele rij is een praktijk"),
    practice("leeg.xlsx", workbook(), "leeg"),
    practice("rij.xlsx", huge_row_number, "x"),
    practice("blad.xlsx", spoiled(raw(xlsx_bytes()), lambda b: b), "x"),
    practice("json.json", as_json(geojson()), "dit is geen tabel"),
    proposal(
        "anderjaar.csv",
        text("wijkcode;groep\nWK999901;A\nWK999902;B\n"),
        "ander CBS-jaar",
        ProposalMismatch,
    ),
    proposal(
        "buurten.csv", text("buurtcode;groep\nBU00010101;A\nBU00010102;B\n"), "grenzen met buurten"
    ),
    proposal(
        "namen.csv",
        text("gemeente;groep\nNergenshuizen;A\nNiksdorp;B\n"),
        "niet die van een gemeente",
    ),
    proposal("zonder.csv", text("kleur;smaak\nrood;zoet\n"), "x"),
    proposal("kop.csv", text("wijkcode;groep\n"), "geen enkele gevulde rij"),
    proposal("ver.gpkg", moved(50_000, 50_000), "geen enkel vlak ligt over"),
    proposal("punten.gpkg", saved(points), "er is geen laag met vlakken"),
    proposal(
        "zondercrs.gpkg",
        saved(lambda f: f.set_crs(None, allow_override=True)),
        "welk stelsel",
        MissingCrs,
    ),
    proposal(
        "plat.geojson",
        as_json(
            geojson(
                features=[
                    {
                        "type": "Feature",
                        "properties": {"naam": "A"},
                        "geometry": {"type": "Polygon", "coordinates": [[SQUARE[0]] * 4]},
                    }
                ]
            )
        ),
        "x",
    ),
    proposal(
        "lijn.geojson",
        as_json(
            geojson(
                features=[
                    {
                        "type": "Feature",
                        "properties": {"naam": "A"},
                        "geometry": {"type": "LineString", "coordinates": SQUARE},
                    }
                ]
            )
        ),
        "x",
    ),
    proposal("legegroep.csv", text("wijkcode;groep\nWK0001AA;\nWK0001BB;\n"), "x"),
    proposal("leeg.gpkg", saved(lambda f: f[:0]), "x"),
)
