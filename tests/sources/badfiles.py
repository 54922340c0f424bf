"""Files made by code, good ones to start from and the means to spoil them."""

import functools
import io
import json
import sqlite3
import stat
import tempfile
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import geopandas as gpd
import openpyxl

from oi_geo.errors import OiGeoError, UnsafeFile, UnusableFile
from oi_geo.sources.uploads import LIMITS, Limits
from tests.conftest import draw


@dataclass(frozen=True)
class Bait:
    """What no file may make the program touch: a secret file and a listening port."""

    file: Path
    url: str


Make = Callable[[Path, Bait], Path | None]


@dataclass(frozen=True)
class BadFile:
    """A bad file: how to make it at a path (or which other path it is) and what is said of it."""

    name: str
    make: Make
    sentence: str
    error: type[OiGeoError] = UnusableFile
    limits: Limits = field(default=LIMITS)


def unsafe(name: str, make: Make, sentence: str, limits: Limits = LIMITS) -> BadFile:
    return BadFile(name, make, sentence, UnsafeFile, limits)


def boundaries(picture: str = "AAB\nACb") -> gpd.GeoDataFrame:
    """A drawn map in the layout of the CBS wijken of 2022 and later."""
    units = draw(picture)
    return gpd.GeoDataFrame(
        {
            "wijkcode": units.index.to_numpy(),
            "wijknaam": units["naam"].to_numpy(),
            "gemeentecode": units["gemeentecode"].to_numpy(),
            "gemeentenaam": units["gemeentenaam"].to_numpy(),
            "water": "NEE",
            "aantal_inwoners": 1000,
            "percentage_personen_65_jaar_en_ouder": 20,
            "jaar": 2024,
        },
        geometry=units.geometry.to_numpy(),
        crs=units.crs,
    )


@functools.cache
def gpkg_bytes() -> bytes:
    """A sound GeoPackage with a layer `wijken`."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.gpkg"
        boundaries().to_file(path, layer="wijken", engine="pyogrio")
        return path.read_bytes()


@functools.cache
def shapefile_parts() -> dict[str, bytes]:
    """The parts of a sound shapefile by their ending."""
    with tempfile.TemporaryDirectory() as folder:
        frame = boundaries().rename(columns={"percentage_personen_65_jaar_en_ouder": "P_65_EO_JR"})
        frame = frame.rename(columns={"wijkcode": "WK_CODE", "wijknaam": "WK_NAAM"})
        frame = frame.rename(columns={"gemeentecode": "GM_CODE", "gemeentenaam": "GM_NAAM"})
        frame = frame.rename(columns={"aantal_inwoners": "AANT_INW", "water": "WATER"})
        frame.to_file(Path(folder) / "wijk_2015.shp", engine="pyogrio")
        return {part.suffix: part.read_bytes() for part in Path(folder).iterdir()}


def geojson(**changes: object) -> dict[str, object]:
    """A sound GeoJSON with one wijk, in RD, with changes to its outer members."""
    ring = [[150000, 450000], [151000, 450000], [151000, 451000], [150000, 450000]]
    feature = {
        "type": "Feature",
        "properties": {"wijkcode": "WK000101", "wijknaam": "Noord"},
        "geometry": {"type": "Polygon", "coordinates": [ring]},
    }
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::28992"}}
    return {"type": "FeatureCollection", "crs": crs, "features": [feature], **changes}


def text(content: str, encoding: str = "utf-8") -> Make:
    """Write a text; `{file}` and `{url}` become the bait."""

    def make(path: Path, bait: Bait) -> None:
        filled = content.replace("{file}", str(bait.file)).replace("{url}", bait.url)
        path.write_bytes(filled.encode(encoding))

    return make


def raw(content: bytes) -> Make:
    return lambda path, bait: path.write_bytes(content) and None


def as_json(content: object) -> Make:
    return text(json.dumps(content))


def zipped(
    members: dict[str, bytes], modes: dict[str, int] | None = None, compression: int = 8
) -> Make:
    """Write a zip; `modes` sets the Unix file type of a member."""

    def make(path: Path, bait: Bait) -> None:
        with zipfile.ZipFile(path, "w", compression) as archive:
            for name, content in members.items():
                info = zipfile.ZipInfo(name)
                info.filename = name  # ZipInfo would tidy up the separators
                info.compress_type = compression
                info.external_attr = ((modes or {}).get(name, stat.S_IFREG) | 0o644) << 16
                archive.writestr(info, content)

    return make


def spoiled(make: Make, spoil: Callable[[bytes], bytes]) -> Make:
    """Make a file and change its bytes."""

    def spoiled_make(path: Path, bait: Bait) -> None:
        make(path, bait)
        path.write_bytes(spoil(path.read_bytes()))

    return spoiled_make


def gpkg_with(*statements: str) -> Make:
    """Make a GeoPackage and run SQL on it; `{file}` becomes the bait."""

    def make(path: Path, bait: Bait) -> None:
        path.write_bytes(gpkg_bytes())
        with sqlite3.connect(path) as database:
            for function in ("ST_IsEmpty", "ST_MinX", "ST_MaxX", "ST_MinY", "ST_MaxY"):
                database.create_function(function, 1, lambda shape: 0)
            database.execute("PRAGMA writable_schema = ON")
            for statement in statements:
                database.execute(statement.replace("{file}", str(bait.file)))
        database.close()

    return make


def schema_line(kind: str, name: str, table: str, sql: str) -> str:
    """SQL that writes a line of the schema without SQLite looking at it."""
    quoted = sql.replace("'", "''")
    return (
        "INSERT INTO sqlite_master (type, name, tbl_name, rootpage, sql) "
        f"VALUES ('{kind}', '{name}', '{table}', 0, '{quoted}')"
    )


@functools.cache
def xlsx_bytes() -> bytes:
    """A sound workbook with one practice."""
    book = openpyxl.Workbook()
    book.active.append(["agb", "naam", "discipline", "postcode", "ion"])
    book.active.append(["01000001", "De Linde", "huisarts", "3584CJ", 2000])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def xlsx_with(**changes: bytes) -> Make:
    """Make a workbook with parts added or replaced; in names `__` is `/` and `_dot_` is `.`."""
    parts = {name.replace("__", "/").replace("_dot_", "."): c for name, c in changes.items()}
    with zipfile.ZipFile(io.BytesIO(xlsx_bytes())) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    return zipped({**members, **parts})


def shapefile_zip(*without: str, stem: str = "wijk_2015", **changes: bytes) -> Make:
    """Make a zipped shapefile without some parts, or with the content of a part changed."""
    parts = {k: v for k, v in shapefile_parts().items() if k not in without}
    parts |= {f".{name}": content for name, content in changes.items()}
    return zipped({f"{stem}{suffix}": content for suffix, content in parts.items()})


NO_BAIT = Bait(Path("geen"), "http://127.0.0.1:9")


def parquet_bytes() -> bytes:
    """A sound GeoParquet file."""
    with tempfile.TemporaryDirectory() as folder:
        boundaries().to_parquet(Path(folder) / "a")
        return (Path(folder) / "a").read_bytes()


def zip_bytes(members: dict[str, bytes]) -> bytes:
    """A zip as bytes."""
    with tempfile.TemporaryDirectory() as folder:
        zipped(members)(Path(folder) / "a", NO_BAIT)
        return (Path(folder) / "a").read_bytes()


SHAPEFILE = {f"wijk_2015{suffix}": part for suffix, part in shapefile_parts().items()}
# One sound file of each kind.
KINDS = {
    "gpkg": gpkg_bytes(),
    "geojson": json.dumps(geojson()).encode(),
    "parquet": parquet_bytes(),
    "xlsx": xlsx_bytes(),
    "csv": b"agb;naam;ion\n01000001;De Linde;2000\n",
    "shp": zip_bytes(SHAPEFILE),
}
