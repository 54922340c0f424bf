"""No ordinary list may crash or be refused: every subset of what is optional, in any order."""

from contextlib import suppress
from itertools import combinations

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from oi_geo.candidates.propose import propose
from oi_geo.candidates.wishes import Wishes
from oi_geo.errors import OiGeoError
from oi_geo.pipeline import Inputs, Toets, example_files, load_area, run_toets
from tests.effort import tries
from tests.sources.mapfiles import wijken
from tests.sources.mutations import tables

FILES = ("praktijken", "postcodes", "zorgkantoren", "verbindingen")
OPTIONAL = (
    "agb", "discipline", "straat", "huisnummer", "postcode", "plaats", "x_rd", "y_rd", "ion",
    "huisartsen", "fte", "regio_organisatie", "wsv", "verzekeraar", "deelnemer", "praktijk_id",
)  # fmt: skip


def write(path, frame: pd.DataFrame):
    frame.to_csv(path, sep=";", index=False)
    return path


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """A small study area with a file of each kind."""
    folder = tmp_path_factory.mktemp("lijsten")
    made = {
        role: write(folder / f"{role}.csv", frame)
        for role, frame in tables().items()
        if role != "praktijken"
    }
    wijken().to_file(folder / "grenzen.gpkg", driver="GPKG")
    return {**made, "grenzen": folder / "grenzen.gpkg", "map": folder}


def use(files, practices: pd.DataFrame | None, others=FILES[1:]) -> Toets:
    """Read, test and make candidates; whatever is missing, there is an outcome."""
    given_files = {role: files[role] for role in others}
    if practices is not None:
        given_files["praktijken"] = write(files["map"] / "lijst.csv", practices)
    area = load_area(Inputs(files["grenzen"], **given_files))
    toets = run_toets(area, files["voorstel"], "regio")
    assert toets.findings
    assert len(toets.measures) == 2
    assert toets.measures["inwoners"].sum() == area.units["inwoners"].sum()
    propose(area, Wishes(level="regio", low=1, high=10**7), count=1)
    by_ion = Wishes(level="regio", low=1, high=10**7, counted="ion")
    if area.practices[["ion", "eenheid"]].notna().all(axis=1).any():
        propose(area, by_ion, count=1)
    else:  # without a number of patients there is nothing to count: a sentence is right as well
        with suppress(OiGeoError):
            propose(area, by_ion, count=1)
    return toets


def assert_honest(toets: Toets) -> None:
    """No patient is lost or made up, and without a list nothing of practices is known."""
    area, ion = toets.area, toets.measures["ion"]
    assert area.ion_total == area.ion_placed + area.ion_unplaced
    if area.practices.empty:
        assert ion.isna().all()
    else:
        assert ion.sum() <= area.ion_placed


@pytest.mark.parametrize("size", range(len(FILES) + 1))
def test_every_subset_of_the_files(files, size):
    for chosen in combinations(FILES, size):
        practices = tables()["praktijken"] if "praktijken" in chosen else None
        assert_honest(use(files, practices, [r for r in chosen if r != "praktijken"]))


@pytest.mark.parametrize("column", OPTIONAL)
@pytest.mark.parametrize("how", ["absent", "empty", "half", "only"])
def test_every_optional_column(files, column, how):
    frame = tables()["praktijken"]
    match how:
        case "absent":
            frame = frame.drop(columns=column)
        case "empty":
            frame = frame.assign(**{column: None})
        case "half":
            frame = frame.assign(**{column: frame[column].where(frame.index % 2 == 0)})
        case "only":
            frame = frame[["naam", column]]
    toets = use(files, frame, ["postcodes"])
    assert_honest(toets)
    assert toets.area.practices["naam"].tolist() == frame["naam"].tolist()


@settings(
    max_examples=tries(25),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    columns=st.lists(st.sampled_from(OPTIONAL), unique=True),
    empty=st.sets(st.sampled_from(OPTIONAL)),
    half=st.sets(st.sampled_from(OPTIONAL)),
    rows=st.integers(1, 8),
)
def test_any_subset_in_any_order(files, columns, empty, half, rows):
    frame = tables()["praktijken"][[*columns, "naam"]].head(rows)
    for name in columns:
        if name in empty:
            frame[name] = None
        elif name in half:
            frame[name] = frame[name].where(frame.index % 2 == 0)
    assert_honest(use(files, frame, ["postcodes"]))


def test_the_example_without_coordinate_columns():
    """The case that ended every toets: a list with addresses only, placed by postcode."""
    example = example_files()
    frame = pd.read_csv(example.praktijken, sep=";", dtype="str").drop(columns=["x_rd", "y_rd"])
    path = example.praktijken.with_name("zonder_xy.csv")
    frame.to_csv(path, sep=";", index=False)
    area = load_area(Inputs(example.grenzen, praktijken=path, postcodes=example.postcodes))
    measures = run_toets(area, example.voorstel_goed, "regio").measures
    assert measures["afstand_km"].notna().all()
    assert measures["ion"].sum() > 0
