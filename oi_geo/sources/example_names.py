"""Codes and invented names for the cells of the example region."""

from collections.abc import Sequence

import geopandas as gpd
import numpy as np
import pandas as pd

AGES = ["0_tot_15", "15_tot_25", "25_tot_45", "45_tot_65", "65_plus"]

_FIRST_PC4 = {"noord": 8942, "eiland": 8942, "zuid": 6746}  # numbers that no place has

_FIRST = (
    "Molen", "Linden", "Water", "Kerk", "Berken", "Haven", "Kasteel", "Wilgen", "Tuin", "Vogel",
    "Burg", "Zonne", "Oever", "Ambachts", "Sterren", "Heide", "Beuken", "Schans", "Wei",
)  # fmt: skip
_LAST_TOWN = ("kwartier", "buurt", "wijk", "park", "hof", "oord", "zicht")
_LAST_LAND = ("polder", "broek", "hoek", "eind", "akkers", "dijk", "veld")


def gemeente_codes(gemeenten: Sequence[str]) -> dict[str, str]:
    """Return `{name: code}`, from GM9001 on: numbers that CBS does not use."""
    return {name: f"GM90{number:02d}" for number, name in enumerate(gemeenten, 1)}


def number_cells(
    cells: gpd.GeoDataFrame, gemeenten: Sequence[str], rng: np.random.Generator
) -> gpd.GeoDataFrame:
    """Give every cell, wijk and gemeente a code and a name, from the middle outwards.

    Parameters
    ----------
    cells : GeoDataFrame
        Cells with `gemeente`, `plaats`, `wijk` (number), `kern_afstand` (m), `stad`, `leeg`,
        `oever`, `inwoners`, `AGES`, `geheim`.
    gemeenten : sequence of str
        Names in the order of their codes; the codes of the first hold letters (WK9001AA).
    rng : numpy.random.Generator
        Picks the names.

    Returns
    -------
    GeoDataFrame
        The buurten as `example_regions.Region` describes them, ordered by code.
    """
    by = cells.groupby("wijk")
    wijken = pd.DataFrame(
        {
            "gemeente": by["gemeente"].first(),
            "plaats": by["plaats"].agg(lambda places: places.mode().iloc[0]),
            "afstand": by["kern_afstand"].min(),
            "stad": by["stad"].mean().round().astype(bool),
            "leeg": by["leeg"].first(),
            "oever": by["oever"].first(),
        }
    )
    wijken["gemeentecode"] = wijken["gemeente"].map(gemeente_codes(gemeenten))
    wijken = wijken.sort_values(["gemeentecode", "afstand"], kind="stable")
    rank = wijken.groupby("gemeente").cumcount()
    letters = rank.map(lambda k: "A" + chr(ord("A") + k))
    digits = rank.map(lambda k: f"{k:02d}")
    wijken["code"] = (
        "WK"
        + wijken["gemeentecode"].str.slice(2)
        + np.where(wijken["gemeente"] == gemeenten[0], letters, digits)
    )
    wijken["naam"] = _wijk_names(wijken, rng)
    wijken["pc4"] = _postcodes(wijken["oever"])
    return _buurten(cells, wijken, rng)


def _wijk_names(wijken: pd.DataFrame, rng: np.random.Generator) -> list[str]:
    """Name the wijken: the first of each kern after the kern, the others as town or countryside."""
    names, used = [], set()
    for wijk in wijken.itertuples():
        name = "Bedrijvenpark Merle" if wijk.leeg else str(wijk.plaats)
        while (wijk.gemeente, name) in used:
            last = _LAST_TOWN if wijk.stad else _LAST_LAND
            name = str(rng.choice(_FIRST)) + str(rng.choice(last))
        used.add((wijk.gemeente, name))
        names.append(name)
    return names


def _postcodes(oever: pd.Series) -> pd.Series:
    """Count the wijken of each bank on from its first postcode."""
    first = oever.map(_FIRST_PC4)
    return (first + first.groupby(first).cumcount()).astype("str")


def _buurten(
    cells: gpd.GeoDataFrame, wijken: pd.DataFrame, rng: np.random.Generator
) -> gpd.GeoDataFrame:
    """Give the buurten a number and a name within their wijk, and order them by code."""
    own = wijken.loc[cells["wijk"]].set_index(cells.index)
    order = own["code"].str.cat(cells["kern_afstand"].round().map("{:09.0f}".format)).argsort()
    cells, own = cells.iloc[order], own.iloc[order]
    rank = own.groupby("code").cumcount()
    first = np.array(_FIRST)[(rng.integers(len(_FIRST)) + 7 * np.arange(len(cells))) % len(_FIRST)]
    last = np.where(
        cells["stad"], rng.choice(_LAST_TOWN, len(cells)), rng.choice(_LAST_LAND, len(cells))
    )
    names = pd.Series(first, own.index) + last
    names = names.where(rank > 0, own["naam"] + "-Centrum")
    frame = gpd.GeoDataFrame(
        {
            "naam": names,
            "wijkcode": own["code"],
            "wijknaam": own["naam"],
            "gemeentecode": own["gemeentecode"],
            "gemeentenaam": cells["gemeente"],
            **{name: cells[name] for name in ["oever", "plaats", "inwoners", *AGES, "geheim"]},
            "pc4": own["pc4"],
        },
        geometry=cells.geometry,
        crs=28992,
    )
    codes = "BU" + own["code"].str.slice(2) + rank.map("{:02d}".format)
    return frame.set_index(pd.Index(codes, name="code"))
