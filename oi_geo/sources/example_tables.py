"""The small tables of the example region: postcodes, insurers, links, and where patients live."""

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from scipy.spatial.distance import cdist

RO_NORTH, RO_SOUTH = "Eerstelijn Boven-Merle (fictief)", "Merle-Zuid Samen (fictief)"
_INSURERS = {
    "west": ("5591", "MERLE NOORDWEST", "Stroomzorg (fictief)"),
    "oost": ("5592", "MERLE NOORDOOST", "Hoogland Verzekerd (fictief)"),
    "zuid": ("5593", "MERLE ZUID", "Zuidoever Zorgverzekering (fictief)"),
}
_EAST = frozenset({"Hogermeer", "Linderhout", "Kraaienhorst", "Merlewaard"})

_REACH_M = 1_500.0  # how fast patients become rarer with distance
_RIVER_DETOUR_M = 7_000.0
_FEWEST = 8.0  # patients of one practice in one wijk, below which they are counted elsewhere
_RAKING_ROUNDS = 12


def regio_organisaties(buurten: gpd.GeoDataFrame) -> dict[str, str]:
    """Return `{buurtcode: RO}`: the river is the border."""
    return {
        str(code): RO_SOUTH if side == "zuid" else RO_NORTH
        for code, side in buurten["oever"].items()
    }


def insurer_area(buurten: pd.DataFrame) -> pd.Series:
    """Return the insurer's area of each buurt: `west`, `oost` or `zuid`."""
    north = buurten["gemeentenaam"].isin(_EAST).map({True: "oost", False: "west"})
    return north.where(buurten["oever"] != "zuid", "zuid")


def verzekeraars(buurten: gpd.GeoDataFrame) -> dict[str, str]:
    """Return `{buurtcode: insurer}`."""
    areas = insurer_area(buurten)
    return {str(code): _INSURERS[area][2] for code, area in areas.items()}


def postcode_table(buurten: gpd.GeoDataFrame) -> pd.DataFrame:
    """List the postcodes with their point: inside the buurt with the most inhabitants."""
    busiest = buurten.sort_values("inwoners", ascending=False, kind="stable")
    busiest = busiest.drop_duplicates("pc4").sort_values("pc4")
    points = shapely.get_coordinates(shapely.point_on_surface(busiest.geometry.to_numpy()))
    return pd.DataFrame(
        {
            "pc4": busiest["pc4"],
            "plaats": busiest["plaats"],
            "gemeentecode": busiest["gemeentecode"],
            "gemeente": busiest["gemeentenaam"],
            "x_rd": points[:, 0].round().astype(int),
            "y_rd": points[:, 1].round().astype(int),
        }
    )


def insurer_table(buurten: gpd.GeoDataFrame) -> pd.DataFrame:
    """List per gemeente the zorgkantoor and insurer, with their share of the inhabitants."""
    areas = insurer_area(buurten).rename("gebied")
    people = buurten.groupby(["gemeentecode", "gemeentenaam", areas])["inwoners"].sum()
    table = people.reset_index()
    known = pd.DataFrame.from_dict(
        _INSURERS, orient="index", columns=["zorgkantoorcode", "zorgkantoor", "concessiehouder"]
    )
    share = table["inwoners"] / table.groupby("gemeentecode")["inwoners"].transform("sum")
    table = table.join(known, on="gebied").assign(aandeel=share.round(3))
    return table.drop(columns=["gebied", "inwoners"])


def link_table(buurten: gpd.GeoDataFrame, wijken: gpd.GeoDataFrame) -> pd.DataFrame:
    """List the bridge and the ferry, each between wijken and between buurten."""
    rows = []
    for units in (wijken, buurten):
        bridge = _crossing(units, ("Overmerle", "noord"), ("Overmerle", "zuid"))
        ferry = _crossing(units, ("Merlewaard", "noord"), ("Merlewaard", "eiland"))
        rows += [
            (*bridge, "brug", "Verkeersbrug over de Merle, ook voor fietsers en bussen"),
            (*ferry, "veer", "Autoveer naar het eiland Middelwaard, vaart het hele jaar"),
        ]
    return pd.DataFrame(rows, columns=["van", "naar", "soort", "reden"])


def _crossing(
    units: gpd.GeoDataFrame, start: tuple[str, str], end: tuple[str, str]
) -> tuple[str, str]:
    """Choose the two units on either side of the narrowest water between two shores."""
    here, there = (
        units[(units["gemeentenaam"] == gemeente) & (units["oever"] == side)]
        for gemeente, side in (start, end)
    )
    width = shapely.distance(
        here.geometry.to_numpy()[:, None], there.geometry.to_numpy()[None, :]
    ).round()
    row, column = np.unravel_index(width.argmin(), width.shape)
    return str(here.index[row]), str(there.index[column])


def residence_table(practices: pd.DataFrame, buurten: gpd.GeoDataFrame) -> pd.DataFrame:
    """Say where the patients of each practice live.

    A gravity model (patients become rarer by `exp(-distance / 1.500 m)`, and few cross the river)
    is raked to the practices' ION and the wijken's inhabitants in turn (iterative proportional
    fitting, Deming & Stephan 1940), and rounded so that every practice keeps its exact ION.

    Parameters
    ----------
    practices : DataFrame
        Practices with `praktijk_id`, `ion`, `x_rd` and `y_rd` (metres, EPSG:28992).
    buurten : GeoDataFrame, EPSG:28992
        `wijkcode`, `inwoners`, `oever` and geometry.

    Returns
    -------
    DataFrame
        `praktijk_id`, `eenheid` (wijkcode) and `aantal` (patients).
    """
    doctors = practices.groupby("praktijk_id").agg(
        ion=("ion", "sum"), x=("x_rd", "first"), y=("y_rd", "first")
    )
    doctors = doctors[doctors["ion"] > 0]
    people = buurten.groupby("wijkcode")["inwoners"].sum()
    nearness = np.exp(-_distances(doctors, buurten) / _REACH_M)
    patients = _raked(nearness, doctors["ion"].to_numpy(), people.to_numpy(float))
    row, column = np.nonzero(patients)
    return pd.DataFrame(
        {
            "praktijk_id": doctors.index[row],
            "eenheid": people.index[column],
            "aantal": patients[row, column],
        }
    )


def _distances(doctors: pd.DataFrame, buurten: gpd.GeoDataFrame) -> NDArray[np.float64]:
    """Measure from practices to the middle of the people of each wijk, in metres; (n, n_wijken)."""
    shapes = buurten.geometry.to_numpy()
    weight = buurten[["inwoners"]].to_numpy() + 1
    sums = np.hstack([shapely.get_coordinates(shapely.centroid(shapes)) * weight, weight])
    x, y, people = pd.DataFrame(sums).groupby(buurten["wijkcode"].to_numpy()).sum().to_numpy().T
    points = doctors[["x", "y"]].to_numpy()
    side = buurten["oever"].to_numpy()
    here = side[shapely.STRtree(shapes).nearest(shapely.points(points))]
    there = buurten.groupby("wijkcode")["oever"].first().to_numpy()
    detour = _RIVER_DETOUR_M * (here[:, None] != there)
    return cdist(points, np.column_stack([x / people, y / people])) + detour


def _raked(
    table: NDArray[np.float64], rows: NDArray[np.float64], columns: NDArray[np.float64]
) -> NDArray[np.int64]:
    """Fit a table to its row and column totals; rows come out exact and in whole patients."""
    for _ in range(_RAKING_ROUNDS):
        table = table * (columns / np.maximum(table.sum(axis=0), 1e-12))
        table = table * (rows / table.sum(axis=1))[:, None]
    table = np.where(table < _FEWEST, 0.0, table)
    table = table * (rows / table.sum(axis=1))[:, None]
    ends = np.round(table.cumsum(axis=1))
    return np.diff(ends, axis=1, prepend=0.0).astype(np.int64)
