"""The invented people and names of the example region: gemeenten, wijken and buurten.

Gemeenten and wijken grow over the cells of `example_map` from their kernen, along shared borders,
so that each is connected except where it is meant not to be: an exclave, an island, and a gemeente
on both banks of the river.
"""

from dataclasses import dataclass
from typing import NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components, dijkstra

from oi_geo.contiguity import build_contiguity
from oi_geo.sources.example_map import Floats, Ground, draw_ground
from oi_geo.sources.example_names import AGES, gemeente_codes, number_cells

SEED = 2024

CELLS_PER_WIJK = 3.7
SECRET_WIJKEN, SECRET_BUURTEN = 2, 6
_TOWN_SHARE = 0.35

_AGES_TOWN, _AGES_LAND = np.array([13, 16, 31, 24, 16]), np.array([16, 11, 20, 30, 23])


class Kern(NamedTuple):
    """A town or village: RD kilometres, inhabitants in thousands, and on which bank it must lie."""

    naam: str
    x: float
    y: float
    inwoners: float
    oever: str


# The gemeenten in order of their code (GM9001, …), each with its kernen. All names are invented.
GEMEENTEN: dict[str, tuple[Kern, ...]] = {
    "Stroomhage": (Kern("Stroomhage", 138.4, 452.0, 64.2, "noord"),),
    "Elzerveen": (Kern("Elzerveen", 129.6, 453.6, 22.1, "noord"),),
    "Wolderum": (
        Kern("Wolderum", 134.2, 460.2, 12.3, "noord"),
        Kern("Nieuw-Wolderum", 130.2, 459.6, 7.9, "noord"),
        Kern("Wolderdijk", 137.3, 462.4, 5.6, "noord"),
    ),
    "Hogermeer": (Kern("Hogermeer", 145.2, 456.3, 31.4, "noord"),),
    "Linderhout": (Kern("Linderhout", 143.0, 461.6, 20.3, "noord"),),
    "Kraaienhorst": (Kern("Kraaienhorst", 152.3, 457.4, 20.9, "noord"),),
    "Merlewaard": (
        Kern("Merlewaard", 150.9, 452.8, 13.2, "noord"),
        Kern("Middelwaard", 149.4, 450.0, 1.1, "eiland"),
    ),
    "Overmerle": (
        Kern("Overmerle", 142.0, 444.2, 45.6, "zuid"),
        Kern("Merleoord", 143.0, 448.6, 11.8, "noord"),
    ),
    "Dorsterwold": (Kern("Dorsterwold", 132.8, 445.2, 34.0, "zuid"),),
    "Ravenmeer": (Kern("Ravenmeer", 150.8, 445.2, 30.7, "zuid"),),
    "Zuiderlaak": (Kern("Zuiderlaak", 137.6, 439.6, 22.4, "zuid"),),
    "Hazeldonk": (Kern("Hazeldonk", 147.0, 439.0, 17.9, "zuid"),),
}
_EXCLAVE = ("Linderhout", (146.9, 453.6), 3)  # owner, RD kilometres, cells


@dataclass(frozen=True, eq=False)
class Region:
    """The invented region.

    Attributes
    ----------
    buurten : GeoDataFrame, EPSG:28992
        Indexed by buurtcode: `naam`, `wijkcode`, `wijknaam`, `gemeentecode`, `gemeentenaam`,
        `oever`, `plaats`, `pc4`, `inwoners` (exact), one column per age class (`AGES`),
        `geheim` (whether the published files keep the numbers secret), geometry.
    water : GeoDataFrame, EPSG:28992
        Large water per gemeente, indexed by gemeentecode: `gemeentenaam`, geometry.
    """

    buurten: gpd.GeoDataFrame
    water: gpd.GeoDataFrame


def make_region(seed: int = SEED) -> Region:
    """Make the example region; the same seed gives the same region on every machine."""
    rng = np.random.default_rng(seed)
    kernen = _kernen()
    ground = draw_ground(kernen[["x", "y"]].to_numpy(), kernen["radius"].to_numpy(), rng)
    distance = _walks(ground.land, rng)
    cells = _grow_gemeenten(ground.land, kernen, distance, rng)
    cells["wijk"] = _grow_wijken(cells, distance)
    cells = _people(cells, kernen, rng)
    return Region(buurten=number_cells(cells, list(GEMEENTEN), rng), water=_water(ground, cells))


def _kernen() -> pd.DataFrame:
    """List the kernen: gemeente, naam, x, y and radius (metres), inwoners, oever."""
    rows = [
        {"gemeente": gemeente, **kern._asdict()}
        for gemeente, kernen in GEMEENTEN.items()
        for kern in kernen
    ]
    frame = pd.DataFrame(rows)
    frame[["x", "y", "inwoners"]] *= 1000
    return frame.assign(radius=np.maximum(11.0 * np.sqrt(frame["inwoners"]), 900.0))


def _walks(land: gpd.GeoDataFrame, rng: np.random.Generator) -> Floats:
    """Return the length of the shortest walk between all cells, shape (n, n); inf over water."""
    graph = build_contiguity(land)
    centre = shapely.get_coordinates(shapely.centroid(land.geometry.to_numpy()))
    step = np.hypot(*(centre[graph.left] - centre[graph.right]).T)
    step *= rng.uniform(0.8, 1.3, len(step))
    links = csr_array((step, (graph.left, graph.right)), shape=(len(land), len(land)))
    return dijkstra(links, directed=False)


def _grow_gemeenten(
    land: gpd.GeoDataFrame, kernen: pd.DataFrame, distance: Floats, rng: np.random.Generator
) -> gpd.GeoDataFrame:
    """Give every cell to the kern from which it is the shortest walk, larger kernen first."""
    centre = shapely.get_coordinates(shapely.centroid(land.geometry.to_numpy()))
    away = np.hypot(*(kernen[["x", "y"]].to_numpy()[:, None] - centre).transpose(2, 0, 1))
    wrong_bank = kernen["oever"].to_numpy()[:, None] != land["oever"].to_numpy()
    source = np.where(wrong_bank, np.inf, away).argmin(axis=1)
    head_start = 0.8 * kernen["radius"].to_numpy() * rng.uniform(0.9, 1.1, len(kernen))
    reach = np.where(wrong_bank, np.inf, distance[source] - head_start[:, None])
    nearest = reach.argmin(axis=0)
    cells = land.assign(
        gemeente=kernen["gemeente"].to_numpy()[nearest],
        plaats=kernen["naam"].to_numpy()[nearest],
        kern_afstand=reach.min(axis=0) + head_start[nearest],
    )
    owner, place, count = _EXCLAVE
    middle = np.hypot(*(centre - np.multiply(place, 1000)).T).argmin()
    exclave = distance[middle].argsort(kind="stable")[:count]
    cells.loc[exclave, ["gemeente", "plaats"]] = owner
    return cells


def _grow_wijken(cells: gpd.GeoDataFrame, distance: Floats) -> pd.Series:
    """Group the cells of each connected part of a gemeente in connected wijken of about four."""
    graph = build_contiguity(cells)
    gemeente = cells["gemeente"].to_numpy()
    same = gemeente[graph.left] == gemeente[graph.right]
    left, right = graph.left[same], graph.right[same]
    links = csr_array((distance[left, right] ** 0.4, (left, right)), shape=(len(cells), len(cells)))
    _, part = connected_components(links, directed=False)
    inside = dijkstra(links, directed=False)
    wijk = np.full(len(cells), -1)
    for number in pd.unique(part):
        members = np.flatnonzero(part == number)
        count = max(1, round(len(members) / CELLS_PER_WIJK))
        wijk[members] = wijk.max() + 1 + _clusters(inside[np.ix_(members, members)], count)
    return pd.Series(wijk, index=cells.index)


def _clusters(distance: Floats, count: int) -> NDArray[np.intp]:
    """Cut one connected part in `count` connected clusters: farthest points, then recentred."""
    centres = [int(distance.sum(axis=0).argmin())]
    while len(centres) < count:
        centres.append(int(distance[centres].min(axis=0).argmax()))
    label = distance[centres].argmin(axis=0)
    for _ in range(6):
        for k in range(count):
            members = np.flatnonzero(label == k)
            centres[k] = int(members[distance[np.ix_(members, members)].sum(axis=0).argmin()])
        label = distance[centres].argmin(axis=0)
    return label


def _people(
    cells: gpd.GeoDataFrame, kernen: pd.DataFrame, rng: np.random.Generator
) -> gpd.GeoDataFrame:
    """Spread the inhabitants of each kern over its cells and give them ages."""
    radius = cells["plaats"].map(kernen.set_index("naam")["radius"]).to_numpy()
    town = np.exp(-((cells["kern_afstand"].to_numpy() / radius) ** 2) * 1.1)
    weight = cells.area.to_numpy() * (town + 0.012) * rng.uniform(0.6, 1.4, len(cells))
    mainland = cells["oever"] != "eiland"
    empty = pd.Series(weight)[mainland].groupby(cells["wijk"]).sum().nsmallest(SECRET_WIJKEN).index
    weight[cells["wijk"].isin(empty)] *= 0.02
    share = weight / pd.Series(weight).groupby(cells["plaats"]).transform("sum")
    persons = share * cells["plaats"].map(kernen.set_index("naam")["inwoners"])
    persons = np.floor(persons.to_numpy() + rng.uniform(0, 1, len(cells))).astype(int)
    profile = town[:, None] * _AGES_TOWN + (1 - town[:, None]) * _AGES_LAND
    profile = rng.gamma(profile * 4)
    ages = np.floor(persons[:, None] * profile / profile.sum(axis=1, keepdims=True)).astype(int)
    ages[:, 2] += persons - ages.sum(axis=1)
    few = pd.Series(persons, cells.index).nsmallest(SECRET_BUURTEN).index
    return cells.assign(
        inwoners=persons,
        stad=town > _TOWN_SHARE,
        leeg=cells["wijk"].isin(empty),
        geheim=cells["wijk"].isin(empty) | cells.index.isin(few),
        **dict(zip(AGES, ages.T, strict=True)),
    )


def _water(ground: Ground, cells: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Join the water of each gemeente, indexed by gemeentecode."""
    owner = cells["gemeente"].map(gemeente_codes(list(GEMEENTEN)))
    shore = owner.to_numpy()[ground.water["oever_cel"]]
    return ground.water[["geometry"]].assign(gemeentecode=shore).dissolve("gemeentecode")
