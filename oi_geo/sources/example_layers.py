"""The example region in the layout of the CBS Wijk- en Buurtkaart from 2022 on."""

from collections.abc import Mapping
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from oi_geo.sources.example_names import AGES
from oi_geo.sources.example_regions import Region

YEAR = 2024
SECRET = -99_997

_AGE_COLUMNS = [
    "percentage_personen_0_tot_15_jaar",
    "percentage_personen_15_tot_25_jaar",
    "percentage_personen_25_tot_45_jaar",
    "percentage_personen_45_tot_65_jaar",
    "percentage_personen_65_jaar_en_ouder",
]
_MARITAL_COLUMNS = [
    "percentage_ongehuwd", "percentage_gehuwd", "percentage_gescheid", "percentage_verweduwd"
]  # fmt: skip
_HOUSEHOLD_COLUMNS = [
    "percentage_eenpersoonshuishoudens",
    "percentage_huishoudens_zonder_kinderen",
    "percentage_huishoudens_met_kinderen",
]
# Rough shares per age class, only meant to look like the country: unmarried, married, divorced,
# widowed; and households of one, without and with children.
_MARITAL = np.array(
    [[1, 0, 0, 0], [0.98, 0.02, 0, 0], [0.6, 0.36, 0.04, 0], [0.25, 0.58, 0.15, 0.02],
     [0.07, 0.62, 0.11, 0.2]]
)  # fmt: skip
_HOUSEHOLDS = np.array(
    [[0, 0, 1], [0.3, 0.1, 0.2], [0.4, 0.3, 0.4], [0.3, 0.35, 0.35], [0.42, 0.55, 0.03]]
)
_STATISTICS = [
    "omgevingsadressendichtheid", "stedelijkheid_adressen_per_km2",
    "bevolkingsdichtheid_inwoners_per_km2", "aantal_inwoners", "mannen", "vrouwen",
    *_AGE_COLUMNS, *_MARITAL_COLUMNS, "aantal_huishoudens", *_HOUSEHOLD_COLUMNS,
    "gemiddelde_huishoudsgrootte",
]  # fmt: skip
_AREAS = ["oppervlakte_totaal_in_ha", "oppervlakte_land_in_ha", "oppervlakte_water_in_ha"]
_POSTCODE = ["meest_voorkomende_postcode", "dekkingspercentage"]

COLUMNS: dict[str, list[str]] = {
    "gemeenten": [
        "gemeentecode", "gemeentenaam", "water", *_STATISTICS, *_AREAS, "jrstatcode", "jaar"
    ],
    "wijken": [
        "wijkcode", "wijknaam", "gemeentecode", "gemeentenaam",
        "indelingswijziging_wijken_en_buurten", "water", *_STATISTICS, *_AREAS, "jrstatcode",
        "jaar",
    ],
    "buurten": [
        "buurtcode", "buurtnaam", "wijkcode", "gemeentecode", "gemeentenaam",
        "indelingswijziging_wijken_en_buurten", "water", *_POSTCODE, *_STATISTICS, *_AREAS,
        "jrstatcode", "jaar",
    ],
}  # fmt: skip


def official_layers(region: Region) -> dict[str, gpd.GeoDataFrame]:
    """Lay the region out as the layers gemeenten, wijken and buurten, each with its water rows."""
    buurten = region.buurten.reset_index(names="buurtcode").rename(columns={"naam": "buurtnaam"})
    names = buurten.drop_duplicates("gemeentecode").set_index("gemeentecode")["gemeentenaam"]
    water = region.water.join(names).reset_index()
    water["wijkcode"] = "WK" + water["gemeentecode"].str.slice(2) + "99"
    water["buurtcode"] = "BU" + water["gemeentecode"].str.slice(2) + "9997"
    water[["wijknaam", "buurtnaam"]] = "Groot water"
    layers = {}
    for layer, code in (("gemeenten", "gemeentecode"), ("wijken", "wijkcode")):
        layers[layer] = _layer(layer, code, _joined(buurten, code), water)
    layers["buurten"] = _layer("buurten", "buurtcode", buurten, water)
    return layers


def _joined(buurten: gpd.GeoDataFrame, code: str) -> gpd.GeoDataFrame:
    """Join buurten to wijken or gemeenten: shapes along shared borders, people added up."""
    sums: Mapping[str, Any] = dict.fromkeys(["inwoners", *AGES], "sum")
    first = dict.fromkeys(["wijkcode", "wijknaam", "gemeentecode", "gemeentenaam"], "first")
    first.pop(code)
    how: Any = {**sums, **first, "geheim": "all"}
    return buurten.dissolve(code, aggfunc=how, method="coverage").reset_index()


def _layer(
    layer: str, code: str, land: gpd.GeoDataFrame, water: gpd.GeoDataFrame
) -> gpd.GeoDataFrame:
    """Add the columns of one layer to its land rows, and put its water rows below them."""
    land = land.assign(water="NEE", **_statistics(land, exact=layer == "gemeenten"))
    if layer == "buurten":
        land = land.assign(meest_voorkomende_postcode=land["pc4"], dekkingspercentage=1)
    land.loc[land["geheim"], _STATISTICS] = SECRET
    lakes = water.assign(water="JA", **dict.fromkeys(_STATISTICS, SECRET))
    lakes = lakes.assign(meest_voorkomende_postcode="", dekkingspercentage=SECRET)
    rows = pd.concat([land, lakes], ignore_index=True)
    hectares = (shapely.area(rows.geometry.to_numpy()) / 1e4).round().astype(int)
    wet = rows["water"] == "JA"
    rows = rows.assign(
        indelingswijziging_wijken_en_buurten=1,
        oppervlakte_totaal_in_ha=hectares,
        oppervlakte_land_in_ha=np.where(wet, 0, hectares),
        oppervlakte_water_in_ha=np.where(wet, hectares, 0),
        jrstatcode=f"{YEAR}" + rows[code],
        jaar=YEAR,
    )
    return rows[[*COLUMNS[layer], "geometry"]]


def _statistics(rows: gpd.GeoDataFrame, *, exact: bool) -> dict[str, Any]:
    """Derive the published numbers from people by age; wijken and buurten are rounded to 5."""
    people = rows["inwoners"].to_numpy()
    ages = rows[AGES].to_numpy(float)
    adults = np.maximum(ages[:, 1:].sum(axis=1), 1)
    men = np.round(people * (0.508 - 0.04 * ages[:, 4] / np.maximum(people, 1)))
    households = np.round(adults / 1.85)
    km2 = shapely.area(rows.geometry.to_numpy()) / 1e6
    addresses = np.round(households / km2 * 1.05).astype(int)
    step = 1 if exact else 5
    counts = {
        "aantal_inwoners": people,
        "mannen": men,
        "vrouwen": people - men,
        "aantal_huishoudens": households,
    }
    return {
        "omgevingsadressendichtheid": addresses,
        "stedelijkheid_adressen_per_km2": 5 - np.digitize(addresses, [500, 1000, 1500, 2500]),
        "bevolkingsdichtheid_inwoners_per_km2": np.round(people / km2).astype(int),
        **{name: (np.round(n / step) * step).astype(int) for name, n in counts.items()},
        "gemiddelde_huishoudsgrootte": np.round(people / households, 1),
        **_percentages(_AGE_COLUMNS, ages),
        **_percentages(_MARITAL_COLUMNS, ages @ _MARITAL),
        **_percentages(_HOUSEHOLD_COLUMNS, ages @ _HOUSEHOLDS),
    }


def _percentages(names: list[str], parts: NDArray[np.float64]) -> dict[str, NDArray[np.int64]]:
    """Turn parts of a whole, shape (n, k), into whole percentages that add up to 100."""
    exact = 100 * parts / np.maximum(parts.sum(axis=1, keepdims=True), 1e-9)
    floor = np.floor(exact)
    missing = np.round(exact.sum(axis=1) - floor.sum(axis=1))
    rank = (exact - floor).round(6).argsort(axis=1, kind="stable")[:, ::-1].argsort(axis=1)
    whole = floor + (rank < missing[:, None])
    return dict(zip(names, whole.astype(int).T, strict=True))
