"""Files that once got past the door or ended in a traceback, made by code."""

import io
import json
import sqlite3
import time
import zipfile
from contextlib import closing
from pathlib import Path

import geopandas as gpd
import numpy as np
import openpyxl
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import shapely

from oi_geo.errors import ProposalMismatch, UnsafeFile, UnusableFile
from oi_geo.pipeline import Inputs, load_area
from oi_geo.sources.cbs import read_boundaries
from oi_geo.sources.practices import read_practices
from oi_geo.sources.proposals import proposal_unit_level, read_proposal
from oi_geo.sources.tables import read_table
from oi_geo.study_area import study_area
from tests.conftest import draw
from tests.sources.mapfiles import gemeenten, wijken


def parquet(path: Path, frame: gpd.GeoDataFrame, **columns: pa.Array) -> Path:
    """Write GeoParquet in which some columns hold something else than the notes say."""
    frame.to_parquet(path)
    table = pq.read_table(path)
    for name, column in columns.items():
        table = table.set_column(table.column_names.index(name), name, column)
    pq.write_table(table, path)
    return path


@pytest.mark.parametrize("kind", [pa.float64(), pa.string(), pa.list_(pa.int8()), pa.null()])
def test_shapes_that_are_no_shapes(tmp_path, kind):
    path = parquet(tmp_path / "w.parquet", wijken(), geometry=pa.nulls(len(wijken()), kind))
    with pytest.raises(UnusableFile, match=r"beschadigd|geen enkele wijk op land"):
        read_boundaries(path)


@pytest.mark.parametrize("key", ["version", "primary_column", "columns"])
def test_notes_without_a_part_of_geoparquet(tmp_path, key):
    path = parquet(tmp_path / "w.parquet", wijken())
    table = pq.read_table(path)
    notes = dict(table.schema.metadata)
    geo = json.loads(notes[b"geo"])
    del geo[key]
    notes[b"geo"] = json.dumps(geo).encode()
    pq.write_table(table.replace_schema_metadata(notes), path)
    with pytest.raises(UnusableFile, match="beschadigd"):
        read_boundaries(path)


def test_a_layer_that_gives_fewer_rows_than_it_counts_is_told(tmp_path):
    path = tmp_path / "w.gpkg"
    wijken().to_file(path, layer="wijken", driver="GPKG")
    with closing(sqlite3.connect(path)) as base:
        base.execute("UPDATE gpkg_ogr_contents SET feature_count = 99")
        base.commit()
    found = read_boundaries(path)
    assert len(found.units) == 5
    said = [m.melding for m in found.report.messages if m.ernst == "waarschuwing"]
    assert any("99 rijen te hebben, maar er zijn er 6 gelezen" in text for text in said)


def test_a_layer_without_rows(tmp_path):
    """Beside a filled one it is passed over, also where the file counts rows in it."""
    path = tmp_path / "w.gpkg"
    wijken().to_file(path, layer="wijken", driver="GPKG")
    gemeenten().iloc[:0].to_file(path, layer="gemeenten", driver="GPKG")
    assert len(read_boundaries(path).gemeenten) == 2
    with closing(sqlite3.connect(path)) as base:
        base.execute("UPDATE gpkg_ogr_contents SET feature_count = 4 WHERE table_name='gemeenten'")
        base.commit()
    assert len(read_boundaries(path).gemeenten) == 2
    wijken().iloc[:0].to_file(tmp_path / "leeg.gpkg", layer="wijken", driver="GPKG")
    with pytest.raises(UnusableFile, match="bevat geen wijken, buurten of gemeenten"):
        read_boundaries(tmp_path / "leeg.gpkg")


@pytest.mark.parametrize(
    ("names", "groups"),
    [
        ([1.0, 2.0], ("1", "2")),
        ([3401, 3402], ("3401", "3402")),
        ([1.5, np.nan], ("1.5", "groep 2")),
        ([np.nan, np.nan], ("groep 1", "groep 2")),
        ([True, False], ("ONWAAR", "WAAR")),
        (pd.to_datetime(["2022-01-01", "2023-01-01"]), ("2022-01-01", "2023-01-01")),
        (pd.Categorical(["a", "b"]), ("a", "b")),
    ],
)
@pytest.mark.parametrize("ending", ["parquet", "gpkg"])
def test_names_of_any_type_are_text(tmp_path, names, groups, ending):
    area = study_area(draw("AB"))
    frame = gpd.GeoDataFrame({"naam": names}, geometry=list(area.units.geometry), crs=28992)
    path = tmp_path / f"v.{ending}"
    if ending == "parquet":
        frame.to_parquet(path)
    else:
        frame.to_file(path, driver="GPKG")
    plan, _ = read_proposal(path, area, "regio")
    # GDAL has no truth column of its own and hands out whole numbers or truths.
    assert plan.groups in {groups, ("0", "1")}


@pytest.mark.parametrize("shape", ["geometry", {"a": 1}, ["Polygon"], 3, None, True])
def test_a_kind_of_shape_that_is_no_text(tmp_path, shape):
    feature = {"type": "Feature", "properties": {}, "geometry": {"type": shape, "coordinates": []}}
    path = tmp_path / "v.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}))
    with pytest.raises(UnusableFile, match="onbekende soort"):
        read_boundaries(path)


def test_a_crs_that_cannot_be_transformed_from(tmp_path):
    frame = wijken().set_crs(4979, allow_override=True)
    frame["geometry"] = shapely.transform(
        frame.geometry.to_numpy(), lambda xy: xy / 1e5 + [3.7, 47.6]
    )
    frame.to_parquet(tmp_path / "w.parquet")
    load_area(Inputs(tmp_path / "w.parquet"))  # a geographical system with heights can be
    assert len(read_boundaries(tmp_path / "w.parquet").units) == 5


def workbook(path: Path, part: str, prologue: bytes, encoding: str = "utf-8") -> Path:
    """Write a workbook whose only sheet is the part of this name and begins with a prologue."""
    book = openpyxl.Workbook()
    book.active.append(["naam", "ion"])
    book.active.append(["Praktijk", 3000])
    stream = io.BytesIO()
    book.save(stream)
    with zipfile.ZipFile(stream) as old, zipfile.ZipFile(path, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            sheet = name == "xl/worksheets/sheet1.xml"
            if sheet:
                body = content[content.index(b"<worksheet") :]
                content = (prologue + body).decode().encode(encoding)
            for where in ("xl/_rels/workbook.xml.rels", "[Content_Types].xml"):
                if name == where:
                    content = content.replace(b"xl/worksheets/sheet1.xml", part.encode()).replace(
                        b"worksheets/sheet1.xml", part.removeprefix("xl/").encode()
                    )
            new.writestr(part if sheet else name, content)
    return path


BOMB = b'<!DOCTYPE x [<!ENTITY a "aaaa">]>'


@pytest.mark.parametrize("part", ["sheet1.xml", "sheet1.dat", "sheet1.png", "sheet1", "sheet1.BIN"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-le", "utf-8-sig"])
def test_entities_are_found_whatever_the_part_is_called(tmp_path, part, encoding):
    name = f"xl/worksheets/{part}"
    path = workbook(tmp_path / "p.xlsx", name, b"  \n" * (encoding == "utf-16-le") + BOMB, encoding)
    with pytest.raises(UnsafeFile, match=r"DTD|ongewone codering"):
        read_table(path, "praktijken")
    frame, _ = read_table(workbook(tmp_path / "q.xlsx", name, b""), "praktijken")
    assert frame["ion"].tolist() == ["3000"]


def star(n: int) -> list[tuple[float, float]]:
    """Return a ring of n sides of which nearly all cross each other."""
    turns = 2 * np.pi * np.arange(n + 1) * (n // 2) / n
    return list(zip(155_000 + 9e3 * np.cos(turns), 455_000 + 9e3 * np.sin(turns), strict=True))


def spikes(n: int) -> list[tuple[float, float]]:
    """Return a sound ring of n long thin spikes side by side, all of them aslant."""
    x = 150_000 + 20_000 * np.arange(n) / n
    tips = [point for a in x for point in ((a, 450_000), (a + 5_000, 470_000))]
    return [*tips, (175_000, 449_000), (150_000, 449_000)]


@pytest.mark.parametrize("rings", [[star(1501)], [star(3001)], [star(301)] * 200, [spikes(7800)]])
@pytest.mark.parametrize("column", ["naam", "wijkcode"])
def test_a_tangle_is_refused_before_work_is_done_on_it(tmp_path, rings, column):
    """1.500 sides took 25 s and 1,1 GB, 3.000 over 3 GB; what may be used is bounded here."""
    names = [f"WK0001{i:02d}" for i in range(len(rings))]
    frame = gpd.GeoDataFrame(
        {column: names}, geometry=[shapely.Polygon(ring) for ring in rings], crs=28992
    )
    frame.to_file(tmp_path / "v.geojson", driver="GeoJSON")
    area = study_area(draw("AB"))
    start = time.process_time()
    if column == "naam":
        with pytest.raises(UnsafeFile, match="kruist of langs zichzelf loopt"):
            read_proposal(tmp_path / "v.geojson", area, "regio")
    elif not frame.is_valid.all():
        with pytest.raises(UnsafeFile, match="kruist of langs zichzelf loopt"):
            read_boundaries(tmp_path / "v.geojson")
    assert time.process_time() - start < 10


def test_a_border_that_crosses_itself_now_and_then_is_mended(tmp_path):
    frame = gpd.GeoDataFrame({"naam": ["a"]}, geometry=[shapely.Polygon(star(101))], crs=28992)
    frame.to_file(tmp_path / "v.gpkg", driver="GPKG")
    _, report = read_proposal(tmp_path / "v.gpkg", study_area(draw("AB")), "regio")
    assert any("Ongeldige vorm hersteld" in m.melding for m in report.messages)


def test_long_lines_are_measured_in_one_pass(tmp_path):
    """A pattern took 23 s for 2 MB in lines of 10.000 characters."""
    path = tmp_path / "p.csv"
    path.write_text("naam;ion\n" + "\n".join(["x" * 9990 + ";5"] * 200))
    start = time.process_time()
    assert len(read_table(path, "praktijken")[0]) == 200
    assert time.process_time() - start < 5
    path.write_text("naam;ion\n" + "x" * 1_000_001 + ";5")
    with pytest.raises(UnsafeFile, match="een regel van meer dan"):
        read_table(path, "praktijken")


@pytest.mark.parametrize("layers", [201, 3000])
def test_a_geopackage_of_very_many_layers_is_refused_before_they_are_read(tmp_path, layers):
    path = tmp_path / "lagen.gpkg"
    wijken().to_file(path, layer="wijken", driver="GPKG")
    with closing(sqlite3.connect(path)) as database, database:
        for number in range(layers - 1):
            name = f"laag_{number}"
            database.execute(f'CREATE TABLE "{name}" (fid INTEGER PRIMARY KEY, a TEXT)')
            database.execute(
                "INSERT INTO gpkg_contents (table_name, data_type, identifier) "
                "VALUES (?, 'attributes', ?)",
                (name, name),
            )
    before = time.process_time()
    with pytest.raises(UnsafeFile, match="lagen; verwacht worden er hoogstens 200"):
        read_boundaries(path)
    assert time.process_time() - before < 20


@pytest.mark.parametrize("read", [read_practices, proposal_unit_level])
def test_a_list_of_more_rows_than_the_country_has_is_refused(tmp_path, read):
    path = tmp_path / "lang.csv"
    rows = [f"WK{number:06d};a" for number in range(100_000)]
    path.write_text("\n".join(["naam;groep", *rows]))
    with pytest.raises(UnsafeFile, match=r"100\.001 rijen; verwacht worden er hoogstens 100\.000"):
        read(path)


def test_the_longest_proposal_that_is_read_takes_little(tmp_path):
    """Its units do not exist, and are told in a few lines."""
    path = tmp_path / "lang.csv"
    rows = [f"WK{number:06d};g{number % 7}" for number in range(99_999)]
    path.write_text("\n".join(["wijkcode;groep", *rows]))
    before = time.process_time()
    assert proposal_unit_level(path) == "wijk"
    with pytest.raises(ProposalMismatch):
        read_proposal(path, study_area(draw("AB")), "regio")
    assert time.process_time() - before < 20
