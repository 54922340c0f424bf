"""All wijken of the Netherlands of 2022 as a study area, for the tests marked real."""

from collections.abc import Collection
from dataclasses import replace
from functools import cache
from pathlib import Path

import geopandas as gpd
import pandas as pd

from oi_geo.contiguity import Link
from oi_geo.study_area import StudyArea, study_area

# The illustration of ../shared/data/README.md: 62 wijken, 361.805 inhabitants.
UNICUM = {f"GM{n:04}" for n in (312, 310, 321, 353, 331, 356, 1581, 352, 355)}


@cache
def netherlands(shared_data: Path) -> StudyArea:
    """Read the wijken straight from the file with geopandas, past the readers of oi_geo."""
    path = shared_data / "wijkenbuurten_2022_gegeneraliseerd.gpkg"
    wijken = gpd.read_file(path, layer="wijken").rename(
        columns={"wijknaam": "naam", "aantal_inwoners": "inwoners"}
    )
    share = wijken["percentage_personen_65_jaar_en_ouder"] / 100
    wijken = wijken.assign(
        inwoners=wijken["inwoners"].astype(float), inwoners_65plus=wijken["inwoners"] * share
    ).set_index("wijkcode")
    gemeenten = gpd.read_file(path, layer="gemeenten").rename(
        columns={"gemeentenaam": "naam", "aantal_inwoners": "inwoners"}
    )
    gemeenten = gemeenten.astype({"inwoners": float}).set_index("gemeentecode")
    return study_area(wijken, gemeenten)


# Islands and Zeeuws-Vlaanderen hang together with the rest by six links; gemeente to gemeente.
REGISTER = (
    ("GM0448", "GM0400", "veer"),  # Texel - Den Helder
    ("GM0096", "GM0072", "veer"),  # Vlieland - Harlingen
    ("GM0093", "GM0072", "veer"),  # Terschelling - Harlingen
    ("GM0060", "GM1970", "veer"),  # Ameland - Noardeast-Fryslân
    ("GM0088", "GM1970", "veer"),  # Schiermonnikoog - Noardeast-Fryslân
    ("GM0715", "GM0654", "tunnel"),  # Terneuzen - Borsele
)

# Gemeenten of 2022 that the list of postcodes of 2020 does not know: mergers.
MERGED = {
    "GM1991": "Noord-Brabant",
    "GM1982": "Noord-Brabant",
    "GM1979": "Groningen",
    "GM1980": "Noord-Holland",
}


def with_register(area: StudyArea) -> StudyArea:
    """Add the six links, each from the first unit of a gemeente to the first of the other."""
    first = area.units.index.to_series().groupby(area.units["gemeentecode"].to_numpy()).first()
    links = [
        Link(first[van], first[naar], soort, "veerdienst of tunnel")
        for van, naar, soort in REGISTER
        if van in first and naar in first
    ]
    return replace(area, graph=area.graph.with_links(links))


def provinces(shared_data: Path) -> pd.Series:
    """Return the province of each gemeente."""
    table = pd.read_csv(shared_data / "pc4_2020.csv", dtype=str)
    known = table.groupby("gemeentecode")["provincie"].agg(lambda names: names.mode()[0])
    return pd.concat([known, pd.Series(MERGED)[lambda new: ~new.index.isin(known.index)]])


def part_of(area: StudyArea, gemeenten: Collection[str]) -> StudyArea:
    """Cut an area down to some gemeenten, with the links between them."""
    units = area.units[area.units["gemeentecode"].isin(gemeenten)]
    part = study_area(units, area.gemeenten[area.gemeenten.index.isin(gemeenten)], level=area.level)
    return replace(part, graph=part.graph.with_links(area.graph.links))


def gemeente_level(area: StudyArea) -> StudyArea:
    """Make the gemeenten themselves the units; their inhabitants are those of the wijken."""
    shapes = area.gemeenten
    people = area.units.groupby("gemeentecode")["inwoners"].sum()
    old = area.units.groupby("gemeentecode")["inwoners_65plus"].sum()
    units = gpd.GeoDataFrame(
        {
            "naam": area.units.groupby("gemeentecode")["gemeentenaam"].first(),
            "gemeentecode": people.index,
            "gemeentenaam": area.units.groupby("gemeentecode")["gemeentenaam"].first(),
            "inwoners": people,
            "inwoners_65plus": old,
        },
        geometry=shapes.geometry.reindex(people.index),
        crs=shapes.crs,
    ).rename_axis("code")
    return study_area(units, shapes, level="gemeente")
