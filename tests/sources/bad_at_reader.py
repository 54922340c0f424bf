"""Bad files that pass the door and are refused by the reader that they were handed to."""

import io
import json
import warnings
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import geopandas as gpd
import openpyxl
import pyarrow.parquet as pq
import pyogrio
import shapely

from oi_geo.errors import MissingCrs, OiGeoError, ProposalMismatch, UnsafeFile, UnusableFile
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


def practice(
    name: str, make: Make, sentence: str, error: type[OiGeoError] = UnusableFile
) -> Handed:
    return Handed("practices", BadFile(name, make, sentence, error))


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

    with zipfile.ZipFile(io.BytesIO(xlsx_bytes())) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    sheet = members["xl/worksheets/sheet1.xml"]
    members["xl/worksheets/sheet1.xml"] = sheet.replace(b'<row r="2"', b'<row r="900000000000"')
    zipped(members)(path, bait)


def _bad_geo_meta(path: Path, bait: Bait) -> None:
    boundaries().to_parquet(path)
    geo = json.dumps({"primary_column": "geometry"}).encode()
    pq.write_table(pq.read_table(path).replace_schema_metadata({"geo": geo}), path)


def _plain_parquet(path: Path, bait: Bait) -> None:
    boundaries().to_parquet(path, compression=None)


def _one_bad_record() -> bytes:
    """A `.shp` whose first record holds nonsense."""
    shp = shapefile_parts()[".shp"]
    return shp[:108] + b"\xff" * 40 + shp[148:]


WKB_START = b"\x01\x03\0\0\0"
CSV = "agb;naam;ion\n01000001;De Linde;2000\n"
SQUARE = [[150000, 450000], [151000, 450000], [151000, 451000], [150000, 450000]]

NO_AREAS = "bevat geen wijken, buurten of gemeenten; verwacht wordt een bestand van CBS of PDOK"
NO_CRS = "welk stelsel is het"


def without_crs(path: Path, bait: Bait) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # pyogrio warns of exactly this
        saved(lambda f: f.set_crs(None, allow_override=True))(path, bait)


def drawn(kind: str, coordinates: object) -> Make:
    """A GeoJSON with one shape named A."""
    shape = {"type": kind, "coordinates": coordinates}
    feature = {"type": "Feature", "properties": {"naam": "A"}, "geometry": shape}
    return as_json(geojson(features=[feature]))


def _no_geometry(path: Path, bait: Bait) -> None:
    boundaries().drop(columns="geometry").to_parquet(path)


BOUNDARIES = (
    boundary("tabel.csv", text(CSV), "geen kaart maar een tabel; verwacht wordt"),
    boundary("map.xlsx", raw(xlsx_bytes()), "geen kaart maar een tabel; verwacht wordt"),
    boundary("zondercrs.gpkg", without_crs, NO_CRS, MissingCrs),
    boundary("zonderprj.zip", shapefile_zip(".prj"), NO_CRS, MissingCrs),
    boundary("graden.gpkg", saved(degrees), "dat de coördinaten meters zijn .* er staan graden"),
    boundary(
        "meters.gpkg",
        saved(lambda f: f.set_crs(4326, allow_override=True)),
        "dat de coördinaten graden zijn .* getallen tot 452.000",
    ),
    boundary("verwisseld.gpkg", saved(flipped), "lengte- en breedtegraad verwisseld"),
    boundary("parijs.gpkg", moved(500_000, -400_000), "buiten Nederland"),
    boundary("punten.gpkg", saved(points), "geen enkele wijk op land.*geen vlak"),
    boundary("zondervorm.gpkg", no_shapes, NO_AREAS),
    boundary("zondercode.gpkg", saved(lambda f: f[["wijknaam", "geometry"]]), NO_AREAS),
    boundary("leeg.gpkg", saved(lambda f: f[:0]), NO_AREAS),
    boundary("leeg.geojson", as_json(geojson(features=[])), NO_AREAS),
    boundary("gewoon.parquet", _no_geometry, NO_AREAS),
    boundary("water.gpkg", saved(lambda f: f.assign(water="JA")), "geen enkele wijk op land"),
    boundary(
        "onzin.gpkg",
        saved(lambda f: f.assign(wijkcode="abc")),
        "in kolom wijkcode staat geen enkele wijkcode; verwacht wordt bijvoorbeeld WK034401",
    ),
    boundary("notitie.parquet", _bad_geo_meta, "beschadigd Parquet-bestand"),
    boundary(
        "kapot.parquet",
        spoiled(_plain_parquet, lambda b: b.replace(WKB_START, b"\x01\x63\0\0\0")),
        "is beschadigd en kan niet als kaart worden gelezen; verwacht wordt een gaaf bestand",
    ),
    boundary(
        "blob.gpkg", gpkg_with("UPDATE wijken SET geom = x'00112233'"), "geen enkele wijk.*leeg"
    ),
    boundary("nul.gpkg", gpkg_with("UPDATE wijken SET geom = NULL"), "geen enkele wijk.*leeg"),
)

PRACTICES = (
    practice("kaart.gpkg", saved(lambda f: f), "geen tabel; verwacht wordt een CSV"),
    practice("kaart.json", as_json(geojson()), "geen tabel; verwacht wordt een CSV"),
    practice("kop.csv", text("agb;naam;ion\n"), "geen enkele gevulde rij"),
    practice("anders.csv", text("kleur;vorm\nrood;rond\n"), "geen kolom 'naam' of 'agb'"),
    practice("zonderkop.csv", text("01000001;2000\n01000002;1500\n"), "rij 1: .*kolomnamen"),
    practice("aanhaling.csv", text('agb;naam\n01000001;"De Linde\n'), "rij 2: .*aanhalingsteken"),
    practice("tekens.csv", raw(b"agb;naam\n01000001;De\x81 Linde\n"), "UTF-8 noch Windows-1252"),
    practice("totaal.csv", text("agb;naam;ion\n;Totaal;2000\n"), "geen enkele rij is een praktijk"),
    practice("leeg.xlsx", workbook(), "is leeg; er staat geen gevulde rij"),
    practice("rij.xlsx", huge_row_number, "hoogstens 500.000 rijen", UnsafeFile),
)

PROPOSALS = (
    proposal(
        "anderjaar.csv",
        text("wijkcode;groep\nWK999901;A\nWK999902;B\n"),
        "ander CBS-jaar .*2 van de 2 codes komen daarin niet voor",
        ProposalMismatch,
    ),
    proposal(
        "buurten.csv", text("buurtcode;groep\nBU00010101;A\n"), r"rij 2: BU00010101\).*met buurten"
    ),
    proposal(
        "namen.csv",
        text("gemeente;groep\nNergenshuizen;A\nNiksdorp;B\n"),
        "in 2 van de 2 rijen is de naam niet .*rij 2: 'Nergenshuizen'",
        ProposalMismatch,
    ),
    proposal("zonder.csv", text("kleur;smaak\nrood;zoet\n"), "geen kolom met wijken, buurten of"),
    proposal("kop.csv", text("wijkcode;groep\n"), "geen enkele gevulde rij"),
    proposal(
        "ver.gpkg",
        saved(lambda f: f.assign(groep="Noord", geometry=f.translate(50_000, 50_000))),
        "geen enkel vlak ligt over de geladen grenzen",
    ),
    proposal("grenzen.gpkg", moved(0, 0), "dit lijkt een bestand met grenzen en geen voorstel"),
    proposal("praktijken.csv", text("agb-code;naam;ion\n01234567;A;10\n"), "een praktijkenlijst"),
    proposal("punten.gpkg", saved(points), "er is geen laag met vlakken"),
    proposal("zondercrs.gpkg", without_crs, NO_CRS, MissingCrs),
    proposal("plat.geojson", drawn("Polygon", [[SQUARE[0]] * 4]), "geen bruikbaar vlak"),
    proposal("lijn.geojson", drawn("LineString", SQUARE), "er is geen laag met vlakken"),
    proposal("leeg.gpkg", saved(lambda f: f[:0]), "geen bruikbaar vlak gevonden"),
)

# Files that are read, with a fault that is reported: (reader, name, make, row, sentence).
REPORTED = (
    ("practices", "zonderion.csv", text("agb;naam\n01000001;A\n"), None, "geen kolom met ingeschr"),
    ("practices", "datum.csv", text("agb;naam;ion\n01000001;A;1-2-2024\n"), 2, "'ion'.*datum"),
    ("practices", "tekst.csv", text("agb;naam;ion\n01000001;A;veel\n"), 2, "'ion'.*'veel'"),
    ("practices", "min.csv", text("agb;naam;ion\n01000001;A;-5\n"), 2, "'ion': -5 is negatief"),
    ("boundaries", "krom.zip", shapefile_zip(shp=_one_bad_record()), 1, "De vorm is leeg"),
    ("proposal", "een.csv", text("wijkcode;groep\nWK0001AA;A\nWK0001BB;A\nWK0001ZZ;A\n"), 4,
     "WK0001ZZ bestaat niet"),
)  # fmt: skip

AT_READER = (*BOUNDARIES, *PRACTICES, *PROPOSALS)
