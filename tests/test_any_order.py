"""The order of rows and columns never matters: the document is the same but for row numbers."""

import json
import re
from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

from oi_geo.pipeline import Inputs, example_files, load_area, run_toets
from oi_geo.report.document import to_json
from oi_geo.report.tables import TABLES, table_csv

TABLE_KINDS = ("praktijken", "postcodes", "zorgkantoren", "verbindingen", "herkomst")


@pytest.fixture(scope="module")
def inputs() -> Inputs:
    """The example region with every optional file."""
    files = example_files()
    return Inputs(files.grenzen, **{kind: getattr(files, kind) for kind in TABLE_KINDS})


def shuffled_table(path: Path, folder: Path, rng: np.random.Generator) -> Path:
    """Write a CSV again with its rows and columns in another order; every cell stays as it was."""
    text = path.read_text(encoding="utf-8-sig")
    mark = ";" if ";" in text.splitlines()[0] else ","
    frame = pd.read_csv(path, sep=mark, dtype="str", keep_default_na=False, encoding="utf-8-sig")
    frame = frame.iloc[rng.permutation(len(frame)), rng.permutation(frame.shape[1])]
    frame.to_csv(folder / path.name, sep=mark, index=False)
    return folder / path.name


def shuffled_map(path: Path, folder: Path, rng: np.random.Generator) -> Path:
    """Write every layer again with its features and columns in another order."""
    for layer in gpd.list_layers(path)["name"]:
        frame = gpd.read_file(path, layer=layer)
        columns = [c for c in frame.columns if c != "geometry"]
        order = [columns[i] for i in rng.permutation(len(columns))]
        frame = frame.iloc[rng.permutation(len(frame))][[*order, "geometry"]]
        frame.to_file(folder / path.name, layer=layer)
    return folder / path.name


def outcome(inputs: Inputs, proposal: Path, level: str) -> dict[str, object]:
    """Test a proposal; without row numbers, checksums and the read report."""
    toets = run_toets(load_area(inputs), proposal, level)
    found = json.loads(re.sub(r"rij-\d+", "rij", to_json(toets)))
    del found["bronnen"], found["leesverslag"]
    tables = {name: re.sub(r"rij-\d+", "rij", table_csv(name, toets)) for name in TABLES}
    del tables["leesverslag.csv"]
    return {**found, "tabellen": tables}


@pytest.mark.parametrize("level", ["regio", "wijk"])
@pytest.mark.parametrize("seed", range(3))
def test_no_order_of_rows_or_columns_changes_the_document(inputs, tmp_path, seed, level) -> None:
    rng = np.random.default_rng(seed)
    files = example_files()
    proposal = files.voorstel_fout if seed else files.voorstel_goed
    before = outcome(inputs, proposal, level)
    tables = {kind: shuffled_table(getattr(inputs, kind), tmp_path, rng) for kind in TABLE_KINDS}
    other = replace(inputs, grenzen=shuffled_map(inputs.grenzen, tmp_path, rng), **tables)
    after = outcome(other, shuffled_table(proposal, tmp_path, rng), level)
    assert after.keys() == before.keys()
    for key, value in before.items():
        assert after[key] == value, key


@pytest.mark.parametrize("turned", [False, True])
def test_two_rows_that_swap_change_nothing(inputs, tmp_path, turned) -> None:
    """One unit in two groups: from nothing to all in each of them."""
    area = load_area(Inputs(inputs.grenzen))
    first, second, third = area.units.index[:3]
    rows = [f"{second};A", f"{second};B"]
    rows = rows[::-1] if turned else rows
    path = tmp_path / "voorstel.csv"
    path.write_text("\n".join(["eenheid;groep", f"{first};A", *rows, f"{third};B"]))
    found = json.loads(to_json(run_toets(area, path, "regio", ["zilveren-kruis"])))
    people = area.units["inwoners"]
    for group, own in (("A", first), ("B", third)):
        k1 = next(f for f in found["bevindingen"] if (f["regel"], f["groep"]) == ("K1", group))
        assert k1["waarde_laag"] == people[own]
        assert k1["waarde_hoog"] == people[own] + people[second]
