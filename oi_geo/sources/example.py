"""The fictional example region, written as files in the official layouts.

Nothing in it exists: no gemeente, practice or insurer, and no code that CBS, PostNL or Vektis
has given out. It is made by code and the same on every machine, so that a verdict on it can be
checked. It holds what makes real regions hard: a river with a bridge and a ferry, an island, an
exclave, a gemeente of several kernen, one that the work area cuts, secret numbers, practices
that cannot be placed.
"""

import errno
import io
import re
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import shapely
from pyogrio.errors import DataLayerError, DataSourceError

from oi_geo.sources import example_tables as tables
from oi_geo.sources.example_layers import YEAR, official_layers
from oi_geo.sources.example_practices import SEAT, generate_practices
from oi_geo.sources.example_proposals import drawn_proposal, faulty_proposal, sound_proposal
from oi_geo.sources.example_regions import SEED, Region, make_region

README = f"""Fictief voorbeeldgebied
=======================

Alles in deze map is verzonnen: de gemeenten, wijken, buurten en inwoners, de praktijken met hun
AGB-codes en patiënten, de regio-organisaties en de zorgverzekeraars. De kaart ligt op een
willekeurige plek in Nederland (EPSG:28992) en de codes GM9001 t/m GM9012 bestaan niet bij het CBS.
Gebruik deze bestanden om het programma te leren kennen, nooit als gegevens.

wijkenbuurten_voorbeeld_fictief.gpkg   gemeenten, wijken en buurten, in de indeling van de
                                       CBS Wijk- en Buurtkaart (als jaar staat er {YEAR})
praktijken.csv, praktijken.xlsx        praktijken met ION, huisartsen, RO, WSV en verzekeraar
postcodes.csv                          een punt per postcode
zorgkantoren.csv                       zorgkantoor en verzekeraar per gemeente
verbindingen.csv                       de brug en het veer over de Merle
herkomst.csv                           waar de ingeschreven patiënten van elke praktijk wonen
voorstel_goed.csv                      een voorstel voor twee regio's dat klopt
voorstel_fout.csv                      een voorstel met alle fouten die een toets moet vinden
voorstel_getekend.geojson              dat foute voorstel als tekening, met een overlap, een gat
                                       en een snipper
"""

_DESCRIPTION = "Fictief voorbeeldgebied: gemeenten, wijken en inwoners zijn verzonnen"


@dataclass(frozen=True)
class ExampleFiles:
    """The files of the example region."""

    grenzen: Path
    praktijken: Path
    praktijken_xlsx: Path
    postcodes: Path
    zorgkantoren: Path
    verbindingen: Path
    herkomst: Path
    voorstel_goed: Path
    voorstel_fout: Path
    voorstel_getekend: Path
    leesmij: Path


def example_files_in(folder: Path) -> ExampleFiles:
    """Name the files that `write_example` writes in a folder."""
    return ExampleFiles(
        grenzen=folder / "wijkenbuurten_voorbeeld_fictief.gpkg",
        praktijken=folder / "praktijken.csv",
        praktijken_xlsx=folder / "praktijken.xlsx",
        postcodes=folder / "postcodes.csv",
        zorgkantoren=folder / "zorgkantoren.csv",
        verbindingen=folder / "verbindingen.csv",
        herkomst=folder / "herkomst.csv",
        voorstel_goed=folder / "voorstel_goed.csv",
        voorstel_fout=folder / "voorstel_fout.csv",
        voorstel_getekend=folder / "voorstel_getekend.geojson",
        leesmij=folder / "LEESMIJ.txt",
    )


def write_example(folder: Path) -> ExampleFiles:
    """Write the example region; existing files of the same names are replaced.

    Parameters
    ----------
    folder : Path
        Where to write; it is made where it does not exist.

    Returns
    -------
    ExampleFiles
        The paths of what was written.

    Raises
    ------
    OSError
        The folder cannot be made or written to.
    """
    folder.mkdir(parents=True, exist_ok=True)
    files = example_files_in(folder)
    region = make_region()
    wijken = example_wijken(region)
    practices = _example_practices(region)
    files.leesmij.write_text(README, encoding="utf-8", newline="\n")
    with _same_bytes(), _room_for(files.grenzen):
        for layer, frame in official_layers(region).items():
            _write_layer(frame, layer, files.grenzen)
    _write_csv(tables.residence_table(practices, region.buurten), files.herkomst)
    table = _practice_rows(_with_loose_ends(practices))
    _write_csv(table, files.praktijken)
    _write_xlsx(table, files.praktijken_xlsx)
    _write_csv(tables.postcode_table(region.buurten), files.postcodes)
    _write_csv(tables.insurer_table(region.buurten), files.zorgkantoren)
    _write_csv(tables.link_table(region.buurten, wijken), files.verbindingen)
    _write_csv(sound_proposal(wijken), files.voorstel_goed)
    faulty = faulty_proposal(wijken, _seat_wijken(practices, wijken))
    _write_csv(faulty, files.voorstel_fout)
    assigned = faulty[faulty["groep"] != ""].drop_duplicates("eenheid")
    drawn = drawn_proposal(wijken, dict(zip(assigned["eenheid"], assigned["groep"], strict=True)))
    _write_geojson(drawn.to_crs(4326), files.voorstel_getekend)
    return files


def example_wijken(region: Region) -> gpd.GeoDataFrame:
    """Join the buurten to wijken: `wijknaam`, `gemeentenaam`, `oever`, `inwoners`, geometry."""
    first = dict.fromkeys(["wijknaam", "gemeentecode", "gemeentenaam", "oever"], "first")
    return region.buurten.dissolve(
        "wijkcode", aggfunc={**first, "inwoners": "sum"}, method="coverage"
    )


def _example_practices(region: Region) -> pd.DataFrame:
    """Make the practices, all of them known and placed."""
    return generate_practices(
        region.buurten,
        seed=SEED,
        regio_organisaties=tables.regio_organisaties(region.buurten),
        verzekeraars=tables.verzekeraars(region.buurten),
    )


def _with_loose_ends(practices: pd.DataFrame) -> pd.DataFrame:
    """Take away what practice lists lack: some points, one whole address, one number of patients.

    Four practices keep their postcode only, one huisarts keeps nothing to be placed by, and of
    another the patients are unknown. These two do not take part, so that the sound proposal can
    be judged.
    """
    rows = practices.copy()
    once = ~rows["praktijk_id"].duplicated(keep=False)
    doctor = (rows["discipline"] == "huisarts") & once
    nowhere, unknown = rows.loc[doctor & ~rows["deelnemer"], "ion"].nsmallest(2).index
    others = rows.index[rows["discipline"].isin(["fysiotherapie", "wijkverpleging"])]
    by_postcode = [*rows.index[doctor & rows["deelnemer"]][[3, 40]], *others[[2, -1]]]
    rows.loc[[*by_postcode, nowhere], ["x_rd", "y_rd"]] = np.nan
    rows.loc[nowhere, ["straat", "huisnummer", "postcode", "plaats"]] = None
    rows.loc[unknown, "ion"] = np.nan
    return rows


def _practice_rows(practices: pd.DataFrame) -> pd.DataFrame:
    """Lay the practices out as people keep them: agb first, ja and nee, whole numbers."""
    whole = dict.fromkeys(["x_rd", "y_rd", "ion", "huisartsen"], "Int64")
    rows = practices.astype(whole)
    rows["deelnemer"] = rows["deelnemer"].map({True: "ja", False: "nee"}).astype("str")
    return rows[
        ["agb", *(name for name in rows if name not in {"agb", "praktijk_id"}), "praktijk_id"]
    ]


def _seat_wijken(practices: pd.DataFrame, wijken: gpd.GeoDataFrame) -> tuple[str, str]:
    """Find the wijken in which the northern and the southern RO have their seat."""
    seats = practices[practices["discipline"] == SEAT].set_index("regio_organisatie")
    points = shapely.points(seats[["x_rd", "y_rd"]].to_numpy())
    row, wijk = shapely.STRtree(wijken.geometry.to_numpy()).query(points, predicate="within")
    found = dict(zip(seats.index[row], wijken.index[wijk], strict=True))
    return found[tables.RO_NORTH], found[tables.RO_SOUTH]


@contextmanager
def _same_bytes() -> Iterator[None]:
    """Let GDAL write the same bytes each time: with a fixed date instead of today's."""
    options = {"OGR_CURRENT_DATE": f"{YEAR}-01-01T00:00:00.000Z", "OGR_SQLITE_SYNCHRONOUS": "OFF"}
    pyogrio.set_gdal_config_options(options)
    try:
        yield
    finally:
        pyogrio.set_gdal_config_options(dict.fromkeys(options))


@contextmanager
def _room_for(path: Path) -> Iterator[None]:
    """Let it be an OSError where GDAL cannot write a file, as with all others.

    GDAL does not tell why. The folder was written to just before, so it is full.
    """
    try:
        yield
    except (DataSourceError, DataLayerError) as error:
        raise OSError(errno.ENOSPC, str(error), str(path)) from error


def _write_layer(frame: gpd.GeoDataFrame, layer: str, path: Path) -> None:
    """Write one layer of the GeoPackage; the first one replaces an older file."""
    first = layer == "gemeenten"
    if first:
        path.unlink(missing_ok=True)
    pyogrio.write_dataframe(
        frame, path, layer=layer, driver="GPKG", append=not first, geometry_type="MultiPolygon",
        promote_to_multi=True, layer_options={"GEOMETRY_NAME": "geom", "DESCRIPTION": _DESCRIPTION},
        dataset_metadata={"DESCRIPTION": _DESCRIPTION} if first else None,
    )  # fmt: skip


def _write_geojson(frame: gpd.GeoDataFrame, path: Path) -> None:
    """Write a drawing by way of memory: GDAL does not tell that the end did not fit on a disk."""
    whole = io.BytesIO()
    pyogrio.write_dataframe(
        frame, whole, layer=path.stem, driver="GeoJSON", layer_options={"COORDINATE_PRECISION": 8}
    )
    path.write_bytes(whole.getvalue())


def _write_csv(table: pd.DataFrame, path: Path) -> None:
    """Write a table as a Dutch spreadsheet reads it: semicolons, decimal comma, BOM."""
    table.to_csv(path, sep=";", decimal=",", index=False, encoding="utf-8-sig", lineterminator="\n")


def _write_xlsx(table: pd.DataFrame, path: Path) -> None:
    """Write a workbook that is the same each time: openpyxl stamps its parts with the clock."""
    stamped = io.BytesIO()
    table.to_excel(stamped, sheet_name="praktijken", index=False, engine="openpyxl")
    with zipfile.ZipFile(stamped) as source, zipfile.ZipFile(path, "w") as target:
        for name in source.namelist():
            content = source.read(name)
            if name == "docProps/core.xml":
                moment = f"{YEAR}-01-01T00:00:00Z".encode()
                content = re.sub(rb"\d{4}-\d\d-\d\dT[\d:.]+Z", moment, content)
            part = zipfile.ZipInfo(name, (YEAR, 1, 1, 0, 0, 0))
            part.create_system = 3  # as on Linux, also where it is written on Windows
            target.writestr(part, content, zipfile.ZIP_DEFLATED)
