"""Reading one study area from a large file takes memory for that area only."""

import json
import subprocess
import sys

import geopandas as gpd
import numpy as np
import pyogrio
import pytest
import shapely

# The highest memory of this very program (VmHWM): ru_maxrss would begin at that of pytest.
READ = """
import json, sys
from pathlib import Path
from oi_geo.sources.cbs import read_boundaries

def peak_kb():
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM"))

before = peak_kb()
units = read_boundaries(Path(sys.argv[1]), gemeenten=json.loads(sys.argv[2])).units
print(len(units), peak_kb() - before, peak_kb())
"""


def big_map(path, gemeenten: int, vertices: int) -> None:
    """Write `gemeenten` gemeenten of ten wijken each: discs of `vertices` corners."""
    corners = np.linspace(0, 2 * np.pi, vertices, endpoint=False)
    disc = np.column_stack([np.cos(corners), np.sin(corners)]) * 400
    codes = [f"WK{g:04d}{w:02d}" for g in range(1, gemeenten + 1) for w in range(10)]
    shapes = [
        shapely.Polygon(disc + np.array([20_000 + i % 250 * 1000, 350_000 + i // 250 * 1000]))
        for i in range(len(codes))
    ]
    frame = gpd.GeoDataFrame({"wijkcode": codes, "wijknaam": codes}, geometry=shapes, crs=28992)
    pyogrio.write_dataframe(frame, path, layer="wijken")


@pytest.mark.slow
def test_memory_grows_with_the_rows_wanted(tmp_path):
    path = tmp_path / "groot.gpkg"
    big_map(path, gemeenten=100, vertices=4000)
    assert 60e6 < path.stat().st_size < 80e6

    def grown_mb(codes: list[str]) -> float:
        done = subprocess.run(
            [sys.executable, "-c", READ, str(path), json.dumps(codes)],
            check=True, capture_output=True, text=True,
        )  # fmt: skip
        units, grown, peak = map(int, done.stdout.split())
        assert units == 10 * len(codes)
        assert peak < 1_000_000
        return grown / 1000

    few = grown_mb([f"GM{g:04d}" for g in range(1, 4)])
    many = grown_mb([f"GM{g:04d}" for g in range(1, 101)])
    # All rows hold 4 million corners of 16 bytes, 64 MB; those of three gemeenten 2 MB.
    assert many > 64
    assert few < many / 2
