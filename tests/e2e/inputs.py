"""Files that the tests hand to the app, each with a fault that is known beforehand."""

import geopandas as gpd
import pandas as pd

from oi_geo.sources.example import ExampleFiles

LOOSE = "WK900400"  # Hogermeer, in the middle of Noord
NORTH, SOUTH = "Noord", "Zuid"


def table(file: object) -> pd.DataFrame:
    """Read a table of the example region as text."""
    return pd.read_csv(file, sep=";", encoding="utf-8-sig", dtype="str")


def csv_bytes(frame: pd.DataFrame) -> bytes:
    """Write a table as people send it."""
    return frame.to_csv(sep=";", index=False).encode("utf-8-sig")


def two_groups(example: ExampleFiles, north: str = NORTH, south: str = SOUTH) -> bytes:
    """Divide the example in two; one wijk in the middle of the north goes to the south."""
    plan = table(example.voorstel_goed)
    first = plan["groep"].iloc[0]
    plan["groep"] = (plan["groep"] == first).map({True: north, False: south})
    assert plan.loc[plan["eenheid"] == LOOSE, "groep"].tolist() == [north]
    plan.loc[plan["eenheid"] == LOOSE, "groep"] = south
    return csv_bytes(plan)


def wijken(example: ExampleFiles) -> gpd.GeoDataFrame:
    """Return the wijken of the example on land, in WGS84, indexed by code."""
    frame = gpd.read_file(example.grenzen, layer="wijken")
    return frame[frame["water"] == "NEE"].set_index("wijkcode").to_crs(4326)
