"""Any geographical file: which layers it has, and one layer read as polygons in RD."""

import json
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pyogrio
import shapely
from pyogrio.errors import DataLayerError, DataSourceError, FeatureError, FieldError, GeometryError
from pyproj.exceptions import CRSError

from oi_geo.errors import UnsafeFile, UnusableFile
from oi_geo.sources.report import ReadReport
from oi_geo.sources.row_filter import Prefixes
from oi_geo.sources.shapes import check_vertices, keep_polygons, repair, to_rd
from oi_geo.sources.uploads import LIMITS, CheckedFile
from oi_geo.text import nl_count, nl_list, nl_number

_DAMAGED = (
    DataSourceError,
    DataLayerError,
    FeatureError,
    FieldError,
    GeometryError,
    shapely.errors.ShapelyError,
    pa.ArrowException,
    CRSError,
    OSError,
    UnboundLocalError,  # of pyogrio 0.13, for a CRS that GDAL cannot write as WKT
    # What geopandas, pyarrow and pyogrio run into where content is not what its label says.
    ValueError,
    TypeError,
    LookupError,
    AttributeError,
    ArithmeticError,
)
# What a shapefile without a .cpg is taken for.
_LATIN = "ISO-8859-1"


@dataclass(frozen=True)
class Layer:
    """A layer of a geographical file.

    Attributes
    ----------
    name : str
        Name inside the file; the file's own name where the format knows one layer only.
    columns : tuple of str
        Column names as they are spelled, without the geometry.
    rows : int
        Number of features.
    geometry_type : str or None
        `MultiPolygon`, `Unknown`, …; None for a table without shapes.
    crs : str or None
        Reference system as the file gives it.
    """

    name: str
    columns: tuple[str, ...]
    rows: int
    geometry_type: str | None
    crs: str | None


def list_layers(file: CheckedFile) -> list[Layer]:
    """List the layers of a geographical file, tables without shapes included.

    Raises
    ------
    UnusableFile
        The file is damaged or is no geographical file.
    """
    with _readable(file):
        if file.kind == "parquet":
            return [_parquet_layer(file)]
        if file.driver is None:
            raise UnusableFile(
                f"‘{file.name}’ is geen kaart maar een tabel; verwacht wordt een GeoPackage, "
                "shapefile, GeoJSON of GeoParquet."
            )
        names = sorted(str(name) for name, _ in pyogrio.list_layers(file.source))
        return [_gdal_layer(file, name) for name in names]


def _gdal_layer(file: CheckedFile, name: str) -> Layer:
    info = pyogrio.read_info(file.source, layer=name, force_feature_count=True)
    columns = tuple(str(field) for field in info["fields"] if field != "geometry")
    return Layer(name, columns, int(info["features"]), info["geometry_type"], info["crs"])


def _parquet_layer(file: CheckedFile) -> Layer:
    opened = pq.ParquetFile(file.path)
    schema = opened.schema_arrow
    meta = json.loads((schema.metadata or {}).get(b"geo", b"{}"))
    shape = meta.get("columns", {}).get(meta.get("primary_column"), {})
    kinds = shape.get("geometry_types") or ["Unknown"]
    crs = shape.get("crs", "OGC:CRS84")
    return Layer(
        name=file.name,
        columns=tuple(c for c in schema.names if c not in meta.get("columns", {})),
        rows=opened.metadata.num_rows,
        geometry_type=kinds[-1] if meta.get("columns") else None,
        crs=json.dumps(crs) if isinstance(crs, dict) else crs,
    )


def read_layer(
    file: CheckedFile,
    layer: Layer,
    report: ReadReport,
    *,
    columns: Sequence[str] | None = None,
    where: Prefixes | None = None,
) -> gpd.GeoDataFrame:
    """Read one layer as valid two-dimensional polygons in RD.

    Parameters
    ----------
    file, layer
        From `checked_file` and `list_layers`.
    report : ReadReport
        Counts rows read and kept; gets a message for each row set aside or repaired.
    columns : sequence of str, optional
        Columns to read, as they are spelled in the layer; all of them by default.
    where : Prefixes, optional
        Rows to read; what is not wanted stays on disk (GeoPackage, shapefile, GeoParquet).

    Returns
    -------
    GeoDataFrame, EPSG:28992
        The columns and `geometry` (Polygon or MultiPolygon), indexed by feature number: 1-based
        position, in a GeoPackage the feature id.

    Raises
    ------
    MissingCrs
        The layer does not say in which reference system its coordinates are.
    UnsafeFile
        More rows or vertices than the stated limit.
    UnusableFile
        No shapes, damaged, or coordinates that cannot be of the CRS that the file claims.
    """
    label = f"‘{file.name}’" if layer.name == file.name else f"‘{file.name}’ (laag {layer.name})"
    if layer.geometry_type is None:
        raise UnusableFile(f"{label} heeft geen vormen; verwacht wordt een laag met vlakken.")
    if layer.rows > LIMITS.rows:
        raise UnsafeFile(
            f"{label} telt {nl_number(layer.rows)} rijen; de grens is {nl_number(LIMITS.rows)}."
        )
    wanted = list(layer.columns if columns is None else columns)
    with _readable(file, report):
        if file.kind == "parquet":
            frame = _read_parquet(file, wanted, where)
        else:
            frame = _read_gdal(file, layer, wanted, where)
    if where is None and len(frame) < layer.rows:
        report.warn(
            f"Laag {layer.name} zegt {nl_count(layer.rows, 'rij', 'rijen')} te hebben, maar "
            f"er zijn er {nl_number(len(frame))} gelezen; klopt dat niet, download of bewaar het "
            "bestand dan opnieuw."
        )
    check_vertices(frame, label)
    report.gelezen += len(frame)
    frame = repair(to_rd(keep_polygons(frame, report), label), report)
    report.behouden += len(frame)
    return frame


def read_column(file: CheckedFile, layer: Layer, column: str, rows: int | None = None) -> pd.Series:
    """Read the first `rows` values of one column (all by default), without shapes."""
    with _readable(file):
        if file.kind == "parquet":
            table = pq.read_table(file.path, columns=[column])
            return table.slice(0, rows).to_pandas(ignore_metadata=True)[column]
        frame = pyogrio.read_dataframe(
            file.source, layer=layer.name, columns=[column], read_geometry=False, max_features=rows
        )
        return frame[column]


def _read_gdal(
    file: CheckedFile, layer: Layer, columns: list[str], where: Prefixes | None
) -> gpd.GeoDataFrame:
    """Read with GDAL; GeoJSON is filtered afterwards, since its feature ids may be anything."""
    pushed = (
        where.sql(sqlite=file.kind == "gpkg")
        if where is not None and file.kind != "geojson"
        else None
    )

    def read(encoding: str | None) -> gpd.GeoDataFrame:
        return pyogrio.read_dataframe(
            file.source,
            layer=layer.name,
            columns=columns,
            where=pushed,
            encoding=encoding,
            force_2d=True,
            fid_as_index=file.kind != "geojson",
            on_invalid="fix",
        )

    try:
        frame = read(None)
    except UnicodeDecodeError:
        frame = read(_LATIN)
    if not isinstance(frame, gpd.GeoDataFrame):
        raise UnusableFile(f"‘{file.name}’ heeft geen vormen; verwacht wordt een kaart.")
    if file.kind != "gpkg":
        frame.index = frame.index + 1
    if file.kind == "shp":
        frame = _undo_mojibake(frame)
    if file.kind == "geojson" and where is not None:
        frame = frame[where.keeps(pa.chunked_array([pa.array(frame[where.column].astype("str"))]))]
    return frame


def _undo_mojibake(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Read text as UTF-8 where a shapefile without a .cpg made GDAL take it for Latin-1.

    Only where every text with letters beyond ASCII is sound UTF-8; true Latin-1 hardly ever is.
    """
    for column in frame.select_dtypes(["object", "str"]).columns:
        text = frame[column].dropna()
        odd = text[~text.map(str.isascii)]
        if odd.empty:
            continue
        try:
            right = odd.map(lambda value: value.encode(_LATIN).decode("utf-8"))
        except UnicodeError:
            continue
        frame.loc[odd.index, column] = right
    return frame


def _read_parquet(
    file: CheckedFile, columns: list[str], where: Prefixes | None
) -> gpd.GeoDataFrame:
    """Read GeoParquet; the file's own notes on a pandas index are ignored."""
    meta = json.loads((pq.read_schema(file.path).metadata or {})[b"geo"])
    rows, wanted = None, None
    if where is not None:
        values = pq.read_table(file.path, columns=[where.column])[where.column]
        rows, wanted = np.flatnonzero(where.keeps(values)) + 1, where.expression()
    frame = gpd.read_parquet(
        file.path,
        columns=[*columns, meta["primary_column"]],
        filters=wanted,
        to_pandas_kwargs={"ignore_metadata": True},
    )
    frame.index = pd.Index(np.arange(1, len(frame) + 1) if rows is None else rows)
    if frame.geometry.name != "geometry":
        frame = frame.rename_geometry("geometry")
    return frame.set_geometry(shapely.force_2d(frame.geometry.to_numpy()), crs=frame.crs)


@contextmanager
def _readable(file: CheckedFile, report: ReadReport | None = None) -> Iterator[None]:
    """Turn what GDAL, GEOS and Arrow raise into one sentence, and what they warn into messages."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            yield
        except _DAMAGED as error:
            raise UnusableFile(
                f"‘{file.name}’ is beschadigd en kan niet als kaart worden gelezen; verwacht wordt "
                "een gaaf bestand (download of bewaar het opnieuw)."
            ) from error
    said = dict.fromkeys(str(warning.message).partition(".")[0][:120] for warning in caught)
    if said and report is not None:
        report.info(f"De lezer van kaartbestanden merkt op: {nl_list(said, most=3)}.")
