"""All of the country in some 13.300 buurten: candidates from nothing, and the test of one of them.

CBS buurten are not among the data here, so each wijk is cut in four through the middle of its
bounds. Neighbours are cut at other places, which gives T-junctions all along their borders.
"""

import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import geopandas as gpd
import pandas as pd
import shapely

from benchmarks.running import HERE
from benchmarks.timing import wijken_file

# Wall seconds on two cores with nothing else running (../shared/cases/README.md).
PROPOSE_SECONDS, TEST_SECONDS = 120.0, 15.0


def quarters() -> gpd.GeoDataFrame:
    """Cut every wijk in four; a quarter has a fourth of its inhabitants."""
    wijken = gpd.read_file(wijken_file(), layer="wijken").query("water == 'NEE'")
    wijken.columns = [name.lower() for name in wijken.columns]
    shapes = wijken.geometry.to_numpy()
    west, south, east, north = shapely.bounds(shapes).T
    x, y = (west + east) / 2, (south + north) / 2
    found = []
    for number, (left, right, low, high) in enumerate(
        [(west, x, south, y), (x, east, south, y), (west, x, y, north), (x, east, y, north)], 1
    ):
        parts = shapely.intersection(shapes, shapely.box(left, low, right, high))
        found.append(
            wijken.assign(
                buurtcode="BU" + wijken["wijkcode"].str[2:] + f"{number:02}",
                buurtnaam=wijken["wijknaam"] + f" {number}",
                aantal_inwoners=(wijken["aantal_inwoners"].clip(lower=0) / 4).round(),
            ).set_geometry(parts)
        )
    whole = gpd.GeoDataFrame(pd.concat(found, ignore_index=True), crs=wijken.crs)
    columns = ["buurtcode", "buurtnaam", "wijkcode", "gemeentecode", "gemeentenaam", "water"]
    return whole[shapely.area(whole.geometry) > 0][[*columns, "aantal_inwoners", "geometry"]]


def timed(words: list[str], limit: float) -> bool:
    """Run the command line on the buurten, and print how long it took."""
    begin = time.monotonic()
    command = [sys.executable, "-m", "oi_geo", *words]
    done = subprocess.run(command, check=False, capture_output=True, text=True, cwd=HERE.parent)
    wall = time.monotonic() - begin
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    ok = done.returncode in {0, 1} and wall <= limit
    print(
        f"{words[0]:10} {wall:7.1f} s wall (wanted {limit:.0f}), at most {peak:.0f} MB so far, "
        f"exit status {done.returncode} {'ok' if ok else 'MISSED'}"
    )
    return ok


def country() -> bool:
    """Make wijkverbanden of the whole country, and test the first plan that came out."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        boundaries, plans = folder / "buurten.gpkg", folder / "plannen"
        quarters().to_file(boundaries, layer="buurten")
        general = ["--grenzen", str(boundaries), "--niveau", "wijk"]
        made = timed(
            ["kandidaten", *general, "--band", "10000", "20000", "--uit", str(plans)],
            PROPOSE_SECONDS,
        )
        first = sorted(plans.glob("plan_*.csv"))
        if not first:
            print("no plan came out: MISSED")
            return False
        tested = timed(["toets", str(first[0]), *general], TEST_SECONDS)
    return made and tested


if __name__ == "__main__":
    sys.exit(0 if country() else 1)
