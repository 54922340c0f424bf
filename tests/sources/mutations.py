"""Good files of every kind made by code, and a thousand seeded ways to spoil each of them."""

import csv
import io
import json
import random
import sqlite3
import struct
import warnings
import zipfile
import zlib
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import numpy as np
import openpyxl
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pyogrio
import shapely
from pyogrio.errors import DataLayerError, DataSourceError, FeatureError, FieldError, GeometryError

from oi_geo.pipeline import example_files
from tests.sources.mapfiles import OLD, buurten, gemeenten, wijken

# What may stand in a cell of a table by mistake or on purpose.
CELLS = (
    "", " ", "-", "?", "n.v.t.", "0", "-1", "1,5", "1.5", "2.095", "1e308", "9" * 400, "NaN", "inf",
    "#N/B", "=1+1", "2-95", "1 jan", "2022-01-01", "WK000199", "GM0001", "0001", "1", "01", "ja",
    "nee", "Totaal", "\u200b", "é", "İ", "𝟙", "٣", "²", "½", "\ufeff", "\x1f", "a;b", "a,b", '"',
    "a\nb", "WK0001AA; WK0001BB", "groep 1", "'", "x" * 5000, "01000001", "100001", "3584CJ",
    "3584", "999999", "150000", "5,1", "52.1", "None", "True", "WAAR", "[]", "{}", "\\", "/", "%",
)  # fmt: skip
VALUES = (
    None, "", "a", 0, -1, 1.5, 1e308, True, [], {}, [1, 2], "WK0001AA", "GM0001", -99997, 2**63,
    "2022", "x" * 3000, [[0, 0]], {"type": "Point"}, 3401,
)  # fmt: skip
SHAPES = (
    None, shapely.Polygon(), shapely.Point(150_000, 450_000), shapely.LineString([(0, 0), (1, 1)]),
    shapely.box(0, 0, 1, 1), shapely.box(150_000, 450_000, 150_000, 450_000),
    shapely.Polygon([(150_000, 450_000), (151_000, 451_000), (151_000, 450_000),
                     (150_000, 451_000)]),
    shapely.GeometryCollection([shapely.box(150_000, 450_000, 151_000, 451_000),
                                shapely.Point(0, 0)]),
    shapely.GeometryCollection(), shapely.MultiPolygon(), shapely.box(-1e300, -1e300, 1e300, 1e300),
    shapely.Polygon([(150_000, 450_000, 3), (151_000, 450_000, np.nan), (151_000, 451_000, 1)]),
    shapely.box(5.1, 52.0, 5.2, 52.1), shapely.box(150_000, 450_000, 150_000.001, 450_000.001),
)  # fmt: skip


# What writing a spoiled file a second time may run into; the file then stays as it is.
_UNWRITABLE = (
    ValueError, TypeError, LookupError, AttributeError, ArithmeticError, OSError, RuntimeError,
    SyntaxError, zipfile.BadZipFile, zlib.error, struct.error, sqlite3.Error, pa.ArrowException,
    shapely.errors.ShapelyError, DataLayerError, DataSourceError, FeatureError, FieldError,
    GeometryError,
)  # fmt: skip


@dataclass(frozen=True)
class Seed:
    """A good file: what it is used as, its ending, and its content."""

    role: str
    ending: str
    content: bytes


def seeds(folder: Path) -> list[Seed]:
    """Make a small good file for every role and every format in which it is read."""
    units = wijken()
    drawn = gpd.GeoDataFrame(
        {"naam": ["Noord", "Zuid"], "groep": ["N", "Z"]},
        geometry=[shapely.box(150_000, 450_000, 154_000, 451_500),
                  shapely.box(150_000, 451_500, 154_000, 453_000)],
        crs=28992,
    )  # fmt: skip
    found = [
        Seed(
            "grenzen", "gpkg", _gpkg(folder, wijken=units, gemeenten=gemeenten(), buurten=buurten())
        ),
        Seed("grenzen", "geojson", _geojson(units.to_crs(4326))),
        Seed("grenzen", "parquet", _parquet(units)),
        Seed("grenzen", "zip", _shapefile(folder, units.rename(columns=OLD))),
        Seed("voorstel", "gpkg", _gpkg(folder, voorstel=drawn)),
        Seed("voorstel", "geojson", _geojson(drawn.to_crs(4326))),
        Seed("voorstel", "parquet", _parquet(drawn)),
    ]  # fmt: skip
    for role, frame in tables().items():
        found += [Seed(role, "csv", _csv(frame)), Seed(role, "xlsx", _xlsx(frame))]
    return found


def tables() -> dict[str, pd.DataFrame]:
    """Return a good table for every role that reads one, on the units of `wijken`."""
    codes = wijken()["wijkcode"].tolist()[:5]
    files = example_files()
    practices = pd.read_csv(files.praktijken, sep=";", dtype="str").head(8)
    x = [150_500 + 900 * i for i in range(8)]
    practices = practices.assign(x_rd=list(map(str, x)), y_rd="450500")
    rows = range(5)
    return {
        "praktijken": practices,
        "voorstel": pd.DataFrame({"wijkcode": codes, "regio": list("AABBB")}),
        "postcodes": pd.DataFrame(
            {"postcode": practices["postcode"], "x_rd": practices["x_rd"], "y_rd": "450500"}
        ).dropna(),
        "zorgkantoren": pd.DataFrame(
            {"gemeentecode": ["GM0001", "GM0002"], "zorgkantoor": ["P", "Q"],
             "verzekeraar": ["V", "W"], "aandeel": ["0,6", "0,4"]}
        ),
        "verbindingen": pd.DataFrame(
            {"van": [codes[0]], "naar": [codes[3]], "soort": ["brug"], "reden": ["de brug"]}
        ),
        "herkomst": pd.DataFrame(
            {"praktijk_id": practices["praktijk_id"][:5], "eenheid": codes,
             "aantal": [str(100 * i) for i in rows]}
        ),
        "indeling": pd.DataFrame({"wijkcode": codes, "kern": list("KKLLM")}),
    }  # fmt: skip


def mutated(seed: Seed, rng: random.Random, folder: Path) -> bytes:
    """Spoil a file in one to three ways, chosen by the generator."""
    content = seed.content
    ways = _WAYS[seed.ending]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what is spoiled here may be warned of
        for _ in range(rng.choice((1, 1, 1, 2, 3))):
            content = rng.choice(ways)(content, rng, folder)
    return content


# --- bytes -------------------------------------------------------------------------------------


def _bytes(content: bytes, rng: random.Random, folder: Path) -> bytes:
    """Flip, cut, double, blank or insert bytes."""
    data = bytearray(content)
    if not data:
        return content
    at = rng.randrange(len(data))
    size = rng.choice((1, 1, 4, 64, 1024))
    match rng.randrange(6):
        case 0:
            for _ in range(rng.choice((1, 3, 30))):
                data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
        case 1:
            del data[at:]
        case 2:
            del data[at : at + size]
        case 3:
            data[at:at] = data[at : at + size]
        case 4:
            data[at : at + size] = bytes(len(data[at : at + size]))
        case _:
            data[at:at] = rng.randbytes(size)
    return bytes(data)


# --- tables ------------------------------------------------------------------------------------


def _cells(rows: list[list[str]], rng: random.Random) -> list[list[str]]:
    """Edit cells, rows or columns of a table whose first row holds the names."""
    rows = [list(row) for row in rows]
    column = rng.randrange(max(map(len, rows), default=1) or 1)
    return rng.choice((_some_cells, _some_cells, _one_column, _one_column, _rows))(
        rows, rng, column
    )


def _some_cells(rows: list[list[str]], rng: random.Random, column: int) -> list[list[str]]:
    """Put something else in some cells."""
    for _ in range(rng.choice((1, 2, 10))):
        line = rng.choice(rows)
        if line:
            line[rng.randrange(len(line))] = rng.choice(CELLS)
    return rows


def _one_column(rows: list[list[str]], rng: random.Random, column: int) -> list[list[str]]:
    """Fill, drop or rename a column, or shuffle them all."""
    order = list(range(max(map(len, rows))))
    match rng.randrange(4):
        case 0:
            value = rng.choice(CELLS)
            return [rows[0], *([*r[:column], value, *r[column + 1 :]] for r in rows[1:])]
        case 1:
            return [r[:column] + r[column + 1 :] for r in rows]
        case 2:
            new = rng.choice([*CELLS, *rows[0]])
            return [[new if i == column else n for i, n in enumerate(rows[0])], *rows[1:]]
        case _:
            rng.shuffle(order)
            return [[r[i] for i in order if i < len(r)] for r in rows]


def _rows(rows: list[list[str]], rng: random.Random, column: int) -> list[list[str]]:
    """Shuffle, drop or repeat rows, the header among them."""
    at = rng.randrange(len(rows))
    match rng.randrange(3):
        case 0:
            rng.shuffle(rows)
        case 1:
            rows = [*rows[:at], *rows[at + 1 :]] or [[""]]
        case _:
            rows[at:at] = [list(rng.choice(rows)) for _ in range(rng.choice((1, 3)))]
    return rows


def _csv_cells(content: bytes, rng: random.Random, folder: Path) -> bytes:
    text = content.decode("utf-8", "replace").replace("\0", "")
    csv.field_size_limit(10**9)
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=";")) or [[""]]
    except csv.Error:
        return content
    out = io.StringIO()
    separator = rng.choice(";;;,\t|")
    csv.writer(out, delimiter=separator, lineterminator=rng.choice(("\n", "\r\n"))).writerows(
        _cells(rows, rng)
    )
    encoding = rng.choice(("utf-8", "utf-8", "utf-8-sig", "cp1252", "utf-16"))
    return out.getvalue().encode(encoding, "replace")


def _xlsx_cells(content: bytes, rng: random.Random, folder: Path) -> bytes:
    try:
        book = openpyxl.load_workbook(io.BytesIO(content))
        rows = [["" if c is None else str(c) for c in r] for r in book.active.values] or [[""]]
    except _UNWRITABLE:
        return content
    out = openpyxl.Workbook()
    for row in _cells(rows, rng):
        out.active.append([_typed(cell, rng) for cell in row])
    return _saved(out)


def _typed(cell: str, rng: random.Random) -> object:
    """Let a workbook hold a number, truth, date or formula where the text would do."""
    cell = "".join(c for c in cell if c.isprintable())
    chance = rng.random()
    if chance < 0.5 and cell.isascii() and cell.isdigit() and len(cell) < 16:
        return int(cell) if rng.random() < 0.5 else float(cell)
    if chance > 0.99:
        return rng.choice((True, False, 1e-300, pd.Timestamp("2022-03-04"), "=A1+1", None))
    return cell[:32_000]


# --- maps --------------------------------------------------------------------------------------


def _json_node(content: bytes, rng: random.Random, folder: Path) -> bytes:
    """Replace, remove or rename one node of a JSON text."""
    try:
        top = json.loads(content)
    except ValueError:
        return content
    node, path = top, []
    while isinstance(node, dict | list) and node and (not path or rng.random() < 0.8):
        key = rng.choice(list(node)) if isinstance(node, dict) else rng.randrange(len(node))
        path.append((node, key))
        node = node[key]
    if not path:
        return content
    parent, key = path[-1]
    match rng.randrange(4):
        case 0:
            del parent[key]
        case 1 if isinstance(parent, dict):
            parent[str(rng.choice(CELLS))[:50]] = parent.pop(key)
        case 2 if isinstance(parent, list):
            parent.append(parent[key])
        case _:
            parent[key] = rng.choice(VALUES)
    return json.dumps(top, ensure_ascii=rng.random() < 0.5).encode("utf-8", "replace")


def _frame(frame: gpd.GeoDataFrame, rng: random.Random) -> gpd.GeoDataFrame | pd.DataFrame:
    """Change shapes, types, names and rows of a map."""
    names = [c for c in frame.columns if c != frame.geometry.name]
    name = rng.choice(names) if names else None
    n = len(frame)
    match rng.randrange(9):
        case 0:
            shapes = list(frame.geometry)
            for _ in range(rng.choice((1, 1, n))):
                if shapes:
                    shapes[rng.randrange(n)] = rng.choice(SHAPES)
            return frame.set_geometry(gpd.GeoSeries(shapes, frame.index, crs=frame.crs))
        case 1 | 2 | 3 if name is not None:
            return _retyped(frame, name, rng)
        case 4 if name is not None:
            new = str(rng.choice([*CELLS, *(x.upper() for x in names)]))[:60] or "x"
            return frame if new in frame else frame.rename(columns={name: new})
        case 5 if name is not None:
            return frame.drop(columns=[name])
        case 6:
            return frame.iloc[: rng.choice((0, 1, n))]
        case 7:
            return pd.concat([frame, frame.sample(frac=1, random_state=rng.randrange(99))])
        case _:
            crs = rng.choice((None, 4326, 28992, 3857, 7415, 4979, 32631))
            return frame.set_crs(crs, allow_override=True)
    return frame


def _retyped(frame: gpd.GeoDataFrame, name: str, rng: random.Random) -> gpd.GeoDataFrame:
    """Give a column another type, or values that it should not have."""
    n = len(frame)
    column = [
        lambda: np.arange(n, dtype=float),
        lambda: np.arange(n),
        lambda: np.full(n, np.nan),
        lambda: np.full(n, np.inf),
        lambda: np.arange(n) % 2 == 0,
        lambda: pd.date_range("2022-01-01", periods=n),
        lambda: pd.Categorical(frame[name].astype("str")),
        lambda: pd.Series([None] * n, frame.index, dtype="object"),
        lambda: pd.Series([b"\xff\x00"] * n, frame.index, dtype="object"),
        lambda: pd.Series([rng.choice(CELLS) for _ in range(n)], frame.index, dtype="object"),
        lambda: pd.Series([None, *[rng.choice(CELLS)] * (n - 1)][:n], frame.index, dtype="object"),
        lambda: np.full(n, 2**40),
        lambda: np.full(n, -99_995),
    ]  # fmt: skip
    return frame.assign(**{name: rng.choice(column)()})


def _gpkg_frame(content: bytes, rng: random.Random, folder: Path) -> bytes:
    path = folder / "spoil.gpkg"
    path.write_bytes(content)
    try:
        layers = {str(n): gpd.read_file(path, layer=n) for n, _ in pyogrio.list_layers(path)}
        layer = rng.choice(sorted(layers))
        layers[layer] = _frame(layers[layer], rng)
        return _gpkg(folder, **layers)
    except _UNWRITABLE:
        return content


def _gpkg_sql(content: bytes, rng: random.Random, folder: Path) -> bytes:
    """Change what a GeoPackage says of its own layers, columns and cells."""
    path = folder / "spoil.gpkg"
    path.write_bytes(content)
    try:
        with closing(sqlite3.connect(path)) as base:
            base.create_function("ST_IsEmpty", 1, lambda _: 0)
            for name in ("ST_MinX", "ST_MaxX", "ST_MinY", "ST_MaxY"):
                base.create_function(name, 1, lambda _: 0.0)
            found = base.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
            tables = [n for (n,) in found if not n.startswith(("sqlite_", "rtree_"))]
            table = rng.choice(tables)
            columns = [c[1] for c in base.execute(f'PRAGMA table_info("{table}")')]
            column = rng.choice(columns)
            value = rng.choice([v for v in VALUES if isinstance(v, str | int | float | None)])
            value = value if not isinstance(value, int) else min(value, 2**62)
            where = rng.choice(("", " WHERE rowid = 1"))
            if rng.random() < 0.2:
                base.execute(f'DELETE FROM "{table}"{where}')
            else:
                base.execute(f'UPDATE "{table}" SET "{column}" = ?{where}', (value,))
            base.commit()
    except sqlite3.Error:
        return content
    return path.read_bytes()


def _parquet_frame(content: bytes, rng: random.Random, folder: Path) -> bytes:
    try:
        frame = gpd.read_parquet(io.BytesIO(content))
        return _parquet(_frame(frame, rng))
    except _UNWRITABLE:
        return content


def _parquet_notes(content: bytes, rng: random.Random, folder: Path) -> bytes:
    """Change the notes that make it GeoParquet, or the type of a column under them."""
    try:
        table = pq.read_table(io.BytesIO(content))
        notes = dict(table.schema.metadata or {})
        if rng.random() < 0.5 and b"geo" in notes:
            notes[b"geo"] = _json_node(notes[b"geo"], rng, folder)
        else:
            at = rng.randrange(table.num_columns)
            kind = rng.choice(
                (pa.string(), pa.float64(), pa.int64(), pa.bool_(), pa.list_(pa.int64()), pa.null(),
                 pa.binary(), pa.timestamp("s"), pa.decimal128(10, 2), pa.large_string())
            )  # fmt: skip
            empty = pa.nulls(table.num_rows, kind)
            table = table.set_column(at, table.column_names[at], empty)
        out = io.BytesIO()
        pq.write_table(table.replace_schema_metadata(notes), out)
        return out.getvalue()
    except _UNWRITABLE:
        return content


def _zip_part(content: bytes, rng: random.Random, folder: Path) -> bytes:
    """Spoil the bytes of one member, or take it away."""
    out = io.BytesIO()
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w") as new:
            names = old.namelist()
            victim = rng.choice(names)
            for name in names:
                part = old.read(name)
                if name == victim:
                    if rng.random() < 0.15:
                        continue
                    part = _bytes(part, rng, folder)
                new.writestr(name, part)
    except _UNWRITABLE:
        return content
    return out.getvalue()


def _shp_frame(content: bytes, rng: random.Random, folder: Path) -> bytes:
    path = folder / "spoil.zip"
    path.write_bytes(content)
    try:
        return _shapefile(folder, _frame(gpd.read_file(path), rng))
    except _UNWRITABLE:
        return content


_WAYS: dict[str, list[Callable[[bytes, random.Random, Path], bytes]]] = {
    "csv": [_bytes, _csv_cells, _csv_cells, _csv_cells],
    "xlsx": [_bytes, _zip_part, _xlsx_cells, _xlsx_cells],
    "geojson": [_bytes, _json_node, _json_node, _json_node],
    "gpkg": [_bytes, _gpkg_frame, _gpkg_sql, _gpkg_sql],
    "parquet": [_bytes, _parquet_frame, _parquet_frame, _parquet_notes],
    "zip": [_bytes, _zip_part, _zip_part, _shp_frame],
}


# --- writing -----------------------------------------------------------------------------------


def _gpkg(folder: Path, **layers: gpd.GeoDataFrame) -> bytes:
    path = folder / "maak.gpkg"
    path.unlink(missing_ok=True)
    for number, (name, frame) in enumerate(layers.items()):
        pyogrio.write_dataframe(frame, path, layer=name, driver="GPKG", append=number > 0)
    return path.read_bytes()


def _geojson(frame: gpd.GeoDataFrame) -> bytes:
    return frame.to_json().encode()


def _parquet(frame: gpd.GeoDataFrame) -> bytes:
    out = io.BytesIO()
    frame.to_parquet(out)
    return out.getvalue()


def _shapefile(folder: Path, frame: gpd.GeoDataFrame) -> bytes:
    path = folder / "maak.shz"
    path.unlink(missing_ok=True)
    frame.to_file(path, driver="ESRI Shapefile")
    return path.read_bytes()


def _csv(frame: pd.DataFrame) -> bytes:
    return frame.to_csv(index=False, sep=";").encode()


def _xlsx(frame: pd.DataFrame) -> bytes:
    book = openpyxl.Workbook()
    book.active.append(list(frame.columns))
    for row in frame.itertuples(index=False):
        book.active.append([None if pd.isna(cell) else cell for cell in row])
    return _saved(book)


def _saved(book: openpyxl.Workbook) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
