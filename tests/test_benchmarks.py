"""The benchmarks still run: a suite that nobody runs rots."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import shapely

from benchmarks.coverage import dense_grid

ROOT = Path(__file__).resolve().parents[1]


def ours(*words: str) -> dict:
    command = [sys.executable, "-m", "benchmarks.ours", *words]
    done = subprocess.run(command, check=True, capture_output=True, text=True, cwd=ROOT)
    return json.loads(done.stdout)


def test_the_large_coverage_is_one():
    units = dense_grid(5, vertices_per_edge=9)
    assert shapely.coverage_is_valid(units.geometry.to_numpy())
    assert len(units) == 25
    # 4 edges of 9 vertices each, and the ring's closing point.
    assert np.unique(shapely.get_num_coordinates(units.geometry)).tolist() == [37]


def test_the_large_measurement_runs():
    row = ours("large", "6")
    assert (row["units"], row["edges"]) == (36, row["expected"])


@pytest.mark.real
def test_the_comparison_runs_on_our_side(shared_folder):
    row = ours("netherlands")
    assert row["edges"] == len(row["pairs"]) == 9212
    assert row["metres"] == pytest.approx(sum(metres for _, metres in row["pairs"]))
