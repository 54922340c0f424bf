"""The benchmarks still run: a suite that nobody runs rots."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import shapely

from benchmarks import plans
from benchmarks.coverage import dense_grid
from benchmarks.ours_plans import COMMANDS
from tests.netherlands import UNICUM

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


@pytest.fixture
def command(shared_folder, capsys):
    """Run a command of `ours_plans` in this process, which has the map in memory."""

    def run(name: str, *words: str) -> dict:
        COMMANDS[name](*words)
        return json.loads(capsys.readouterr().out.splitlines()[-1])

    return run


@pytest.mark.real
def test_the_commands_run_by_themselves(shared_folder):
    row = plans.ours("exact", "Zeeland", "Flevoland")
    assert [found["name"] for found in row["rows"]] == ["Flevoland", "Zeeland"]
    assert all(plans.exact_ok(found) for found in row["rows"])
    assert row["peak_mb"] > 0


@pytest.mark.real
def test_labels_of_a_peer_are_scored_as_counted_by_hand(command, tmp_path):
    file, labels = tmp_path / "graph.json", tmp_path / "labels.json"
    assert command("export", "utrecht", str(file)) == {"units": 222}
    graph = json.loads(file.read_text())
    assert {len(graph[name]) for name in ("pop", "gemeente", "area", "outer", "x", "y")} == {222}
    assert len(graph["left"]) == len(graph["right"]) == len(graph["metres"])
    # Each gemeente a group: none is cut, and its people are those of its wijken.
    names, gemeente = np.unique(graph["gemeente"], return_inverse=True)
    labels.write_text(json.dumps(gemeente.tolist()))
    people = np.bincount(gemeente, graph["pop"])
    row = command("score", "utrecht", str(labels))
    assert (row["groups"], row["gemeenten_gedeeld"]) == (len(names), 0)
    assert row["in_band"] == sum(100_000 <= n <= 200_000 for n in people)
    assert (row["kleinste"], row["grootste"]) == (people.min(), people.max())
    # One wijk moved from the first gemeente to the second cuts the first.
    gemeente[np.flatnonzero(gemeente == 0)[0]] = 1
    labels.write_text(json.dumps(gemeente.tolist()))
    assert command("score", "utrecht", str(labels))["gemeenten_gedeeld"] == 1


@pytest.mark.real
def test_first_and_best_plans_cut_only_the_city_of_utrecht(command):
    row = command("first", "utrecht", "5")
    assert (row["valid"], row["seeds"], row["cut"]) == (5, 5, [1])
    assert 0 < row["seconds"] <= row["slowest"]
    assert row["prepare"] > 0
    row = command("best", "utrecht", "1")
    assert (row["breaches"], row["gemeenten_gedeeld"]) == ([], 1)


@pytest.mark.real
def test_chain_ensemble_and_start_make_what_is_asked(command):
    row = command("chain", "utrecht", "1000")
    assert 0 < row["accepted"] < 1
    assert row["accepted_per_second"] == pytest.approx(row["per_second"] * row["accepted"])
    row = command("ensemble", "2", "3000")
    assert (row["made"], row["chains"]) == (3000, 2)
    assert command("start")["groups"] == 9


@pytest.mark.real
def test_the_unicum_example_names_ijsselstein(command):
    row = command("proposals", "unicum", "wijk", "10000", "20000", "2")
    assert (row["units"], row["too_large"]) == (62, ["WK035300"])
    assert plans.proposal_ok("unicum", "wijk", row, ["WK035300"])
    row = command("proposals", "unicum", "hub", "20000", "70000", "2")
    assert 2 <= row["groups"] <= len(UNICUM)
    assert plans.proposal_ok("unicum", "hub", row, [])


def exact_row(**other: object) -> dict:
    row = {"kind": "province", "name": "Zeeland", "nodes": 13, "sets": 411, "status": "optimal"}
    return row | {"groups": 3, "gap": 0.0, "alone": 0, "wall": 9.9} | other


@pytest.mark.parametrize(
    "wrong",
    [
        {"status": "infeasible", "gap": None, "groups": None},
        {"status": "bound", "gap": 0.01},
        {"gap": 1e-6},
        {"wall": 10.1},
        {"kind": "nine", "wall": 3.1},
    ],
)
def test_only_a_proven_optimum_in_time_will_do(wrong):
    assert plans.exact_ok(exact_row())
    assert plans.exact_ok(exact_row(kind="country", wall=89.9))
    assert not plans.exact_ok(exact_row(**wrong))


def first_row(**other: object) -> dict:
    row = {"seconds": 0.0029, "slowest": 0.1, "prepare": 1.0, "valid": 100, "seeds": 100}
    return row | {"cut": [1]} | other


def test_the_first_plan_is_judged_without_preparing_and_both_are_printed(capsys):
    assert plans.first_ok("utrecht", first_row())
    said = capsys.readouterr().out
    assert "first plan 2.90 ms" in said
    assert "prepared + first plan 1002.90 ms (prepared in 1000.00): ABOVE" in said
    assert plans.first_ok("utrecht", first_row(prepare=0.0001))
    assert "prepared + first plan 3.00 ms (prepared in 0.10): within" in capsys.readouterr().out
    for wrong in ({"seconds": 0.0031}, {"valid": 99}, {"cut": [1, 2]}):
        assert not plans.first_ok("utrecht", first_row(**wrong))


def test_a_proposal_must_name_what_is_impossible():
    row = {"plans": 1, "groups": 2, "units": 9, "wall": 1.0, "cpu": 1.0, "too_large": ["A"]}
    assert plans.proposal_ok("x", "wijk", row | {"impossible": ["A"]}, ["A"])
    assert not plans.proposal_ok("x", "wijk", row | {"impossible": ["A", "B"]}, ["A"])
    assert not plans.proposal_ok("x", "wijk", row | {"impossible": ["A"], "plans": 0}, ["A"])
    assert plans.proposal_ok("x", "wijk", row | {"impossible": ["A", "B"]}, None)
    assert not plans.proposal_ok("x", "wijk", row | {"impossible": ["B"]}, None)
