"""Small drawn maps written by code in every layout and format in which areas are published."""

import json
import warnings
import zipfile
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pyogrio
import shapely

from tests.conftest import draw

PICTURE = """
    AABB
    ACBB
    aabb
"""
SECRET = -99997

# Columns of CBS 2022+ to those of the older shapefiles.
OLD = {
    "buurtcode": "BU_CODE", "buurtnaam": "BU_NAAM", "wijkcode": "WK_CODE", "wijknaam": "WK_NAAM",
    "gemeentecode": "GM_CODE", "gemeentenaam": "GM_NAAM", "water": "WATER",
    "aantal_inwoners": "AANT_INW", "percentage_personen_65_jaar_en_ouder": "P_65_EO_JR",
}  # fmt: skip


def wijken() -> gpd.GeoDataFrame:
    """Five land wijken in two gemeenten and one of water, in the columns of 2022."""
    units = draw(PICTURE)
    land = gpd.GeoDataFrame(
        {
            "wijkcode": units.index,
            "wijknaam": units["naam"].to_numpy(),
            "gemeentecode": units["gemeentecode"].to_numpy(),
            "gemeentenaam": units["gemeentenaam"].to_numpy(),
            "water": "NEE",
            "aantal_inwoners": [1000, 2500, SECRET, 400, 75],
            "percentage_personen_65_jaar_en_ouder": [20.0, 40.0, SECRET, SECRET, 0.0],
            "jaar": 2023,
        },
        geometry=list(units.geometry),
        crs=28992,
    )
    sea = land.iloc[[0]].assign(
        wijkcode="WK000199", wijknaam="", water="JA", aantal_inwoners=SECRET,
        percentage_personen_65_jaar_en_ouder=SECRET,
    )  # fmt: skip
    sea = sea.set_geometry([shapely.box(150_000, 453_000, 154_000, 454_000)])
    return pd.concat([land, sea], ignore_index=True)


def gemeenten() -> gpd.GeoDataFrame:
    """The two gemeenten, the water of one of them, and Belgian land; key (code, water)."""
    land = wijken().query("water == 'NEE'").dissolve("gemeentecode", as_index=False)
    rows = land[["gemeentecode", "gemeentenaam", "water", "geometry"]].assign(
        aantal_inwoners=[5123, 480], percentage_personen_65_jaar_en_ouder=[30, SECRET], jaar=2023
    )
    sea = rows.iloc[[0]].assign(water="JA", aantal_inwoners=SECRET)
    sea = sea.set_geometry([shapely.box(150_000, 453_000, 154_000, 454_000)])
    belgian = rows.iloc[[1]].assign(water="B", aantal_inwoners=SECRET)
    belgian = belgian.set_geometry([shapely.box(150_000, 449_000, 151_000, 450_000)])
    return pd.concat([rows, sea, belgian], ignore_index=True)


def buurten() -> gpd.GeoDataFrame:
    """Each land wijk as one buurt, without wijknaam and gemeentenaam, and one of water."""
    frame = wijken()
    code = "BU" + frame["wijkcode"].str.slice(2)
    frame = frame.assign(
        buurtcode=code.where(frame["water"] == "NEE", "BU00019997").where(
            frame["water"] == "JA", code + "01"
        ),
        buurtnaam="Buurt " + frame["wijkcode"].str.slice(6),
    )
    return frame.drop(columns=["wijknaam", "gemeentenaam"])


def old_names(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Rename to the columns of the older shapefiles, which have no column `jaar`."""
    return frame.rename(columns=OLD).drop(columns="jaar")


def stat(frame: gpd.GeoDataFrame, kind: str) -> gpd.GeoDataFrame:
    """Turn land rows into a layer of the gebiedsindelingen."""
    land = frame[frame["water"] == "NEE"].reset_index(drop=True)
    return gpd.GeoDataFrame(
        {
            "statcode": land[f"{kind}code"],
            "jrstatcode": "2023" + land[f"{kind}code"],
            "statnaam": land[f"{kind}naam"],
            "rubriek": kind,
        },
        geometry=list(land.geometry),
        crs=28992,
    )


def bestuurlijk(*, swapped: bool) -> gpd.GeoDataFrame:
    """Layer gemeentegebied of Bestuurlijke Gebieden, either way round."""
    land = gemeenten().query("water == 'NEE'")
    codes, digits = land["gemeentecode"].to_list(), land["gemeentecode"].str.slice(2).to_list()
    return gpd.GeoDataFrame(
        {
            "identificatie": digits if swapped else codes,
            "naam": land["gemeentenaam"].to_list(),
            "code": codes if swapped else digits,
            "ligt_in_provincie_code": "26",
            "ligt_in_provincie_naam": "Utrecht",
        },
        geometry=list(land.geometry),
        crs=28992,
    )


def write(layers: dict[str, gpd.GeoDataFrame], folder: Path, form: str) -> Path:
    """Write layers as gpkg, zip (of shapefiles), shp, geojson or parquet (one layer)."""
    path = folder / f"kaart.{form}"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # GDAL warns of names cut at ten letters and absent CRSs
        _write(layers, path)
    return path


def _write(layers: dict[str, gpd.GeoDataFrame], path: Path) -> None:
    first = next(iter(layers.values()))
    match path.suffix:
        case ".gpkg":
            for name, frame in layers.items():
                pyogrio.write_dataframe(frame, path, layer=name, append=path.exists())
        case ".zip":
            inner = path.parent / "shp"
            inner.mkdir()
            for name, frame in layers.items():
                pyogrio.write_dataframe(frame, inner / f"{name}.shp", encoding="ISO-8859-1")
            with zipfile.ZipFile(path, "w") as archive:
                for part in sorted(inner.iterdir()):
                    archive.write(part, part.name)
        case ".shp":
            pyogrio.write_dataframe(first, path)
        case ".geojson":
            degrees = first.to_crs(4326)
            pyogrio.write_dataframe(degrees, path, driver="GeoJSON", COORDINATE_PRECISION=11)
        case ".parquet":
            first.to_parquet(path)


def write_geojson(path: Path, shapes: list[object], crs: str | None = None) -> Path:
    """Write GeoJSON with the text of each geometry as it is, and an old-style crs member."""
    features = [
        {"type": "Feature", "properties": {"gemeentecode": f"GM000{i}"}, "geometry": shape}
        for i, shape in enumerate(shapes, start=1)
    ]
    document: dict[str, object] = {"type": "FeatureCollection", "features": features}
    if crs is not None:
        document["crs"] = {"type": "name", "properties": {"name": crs}}
    path.write_text(json.dumps(document), encoding="utf-8")
    return path
