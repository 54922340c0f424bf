"""Whatever files a session has, in whatever state, every page shows ordinary sentences.

Every pair of states of two files stands together at least once, with a work area and without one.
"""

import random
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from itertools import combinations, product
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from oi_geo.ui.state import Session
from oi_geo.ui.toets import OWN
from tests.effort import HANGS_SECONDS
from tests.sources.mapfiles import gemeenten, wijken
from tests.sources.mutations import tables
from tests.ui.conftest import html_tables

TABLES = ("praktijken", "postcodes", "zorgkantoren", "verbindingen", "herkomst")
STATES = ("absent", "shuffled", "half", "blank", "empty")
FACTORS: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(TABLES, STATES),
    "voorstel": ("shuffled", "half", "double", "empty", "absent"),
    "grenzen": ("wijken", "met gemeenten", "zonder inwoners", "half inwoners"),
    "gebied": ("", "GM0001", "waar mijn praktijken staan"),
    "niveau": ("regio", "hub", "wijk"),
}


def page_gegevens() -> None:
    from oi_geo.ui import gegevens

    gegevens.page()


def page_toets() -> None:
    from oi_geo.ui import toets

    toets.page()


def page_kaart() -> None:
    from oi_geo.ui import kaart

    kaart.page()


def page_kandidaten() -> None:
    from oi_geo.ui import kandidaten

    kandidaten.page()


def page_context() -> None:
    from oi_geo.ui import context

    context.page()


PAGES = (page_gegevens, page_toets, page_kaart, page_kandidaten, page_context)


@dataclass(frozen=True)
class Case:
    """A state of every file."""

    states: tuple[tuple[str, str], ...]

    def __str__(self) -> str:
        return " ".join(f"{name}={state}" for name, state in self.states if state)


def pairwise() -> list[Case]:
    """Choose cases so that every pair of states of two factors is in one, the greedy way."""
    rng, names = random.Random(8), list(FACTORS)
    left = {
        ((a, x), (b, y))
        for a, b in combinations(names, 2)
        for x, y in product(FACTORS[a], FACTORS[b])
    }
    found = []
    while left:
        (a, x), (b, y) = min(left)
        best = max(
            ({name: rng.choice(FACTORS[name]) for name in names} | {a: x, b: y} for _ in range(60)),
            key=lambda row: len(left & set(combinations(row.items(), 2))),
        )
        found.append(Case(tuple(best.items())))
        left -= set(combinations(best.items(), 2))
    return found


CASES = pairwise()


def test_every_pair_of_states_is_tried():
    seen = {pair for case in CASES for pair in combinations(case.states, 2)}
    for a, b in combinations(FACTORS, 2):
        for x, y in product(FACTORS[a], FACTORS[b]):
            assert ((a, x), (b, y)) in seen
    assert len(CASES) < 50


def in_state(frame: pd.DataFrame, state: str, rng: random.Random) -> pd.DataFrame:
    """Bring a table in a state; what makes it a table of its kind stays."""
    match state:
        case "shuffled":
            columns = rng.sample(list(frame.columns), frame.shape[1])
            return frame.sample(frac=1, random_state=rng.randrange(2**31))[columns]
        case "half":
            keep = [[rng.random() < 0.5 for _ in row] for row in frame.to_numpy()]
            return frame.where(pd.DataFrame(keep, frame.index, frame.columns))
        case "blank":
            return frame.assign(**dict.fromkeys(frame.columns[1:]))
        case "empty":
            return frame.head(0)
        case "double":
            first = frame.head(1)
            return pd.concat([frame, first.assign(**{frame.columns[1]: frame.iloc[-1, 1]})])
    return frame


@cache
def borders() -> dict[str, gpd.GeoDataFrame]:
    """Return the wijken in each state."""
    whole = wijken()
    people = next(c for c in whole.columns if c.lower() in {"aantal_inwoners", "aant_inw"})
    half = whole.assign(**{people: whole[people].where(whole.index % 2 == 0, -99997)})
    return {
        "wijken": whole, "met gemeenten": whole, "half inwoners": half,
        "zonder inwoners": whole.drop(columns=people),
    }  # fmt: skip


def session_of(case: Case, folder: Path) -> Session:
    """Make the session of a visitor who uploads these files and chooses this."""
    state, rng, given = dict(case.states), random.Random(str(case)), tables()
    session = Session(folder)
    map_file = folder / "grenzen.gpkg"
    borders()[state["grenzen"]].to_file(map_file, layer="wijken", driver="GPKG")
    if state["grenzen"] == "met gemeenten":
        gemeenten().to_file(map_file, layer="gemeenten", driver="GPKG")
    session.staged["grenzen"] = session.keep("grenzen.gpkg", map_file.read_bytes())
    for name in (*TABLES, "voorstel"):
        if state[name] == "absent":
            continue
        text = in_state(given[name], state[name], rng).to_csv(sep=";", index=False)
        path = session.keep(f"{name}.csv", text.encode())
        if name == "voorstel":
            session.proposal = path
        else:
            session.staged[name] = path  # type: ignore[index]
    session.choices |= {"voorstel": OWN, "niveau": state["niveau"], "omvang": "vanzelf"}
    return session


NO_SENTENCE = re.compile(r"Traceback|Error\b|Exception|\bNone\b|\bnan\b|\bNaN\b|\bNaT\b|<NA>")


def read(page: AppTest, case: Case) -> None:
    """Check that nothing failed and that all that is said is said in sentences."""
    assert not page.exception, (str(case), page.exception[0].stack_trace)
    for message in (*page.error, *page.warning, *page.info):
        assert not NO_SENTENCE.search(message.value), (str(case), message.value)
        assert message.value.rstrip("*").endswith((".", "!", "?")), (str(case), message.value)
    cells = [text for t in html_tables(page) for row in t.rows for text in row]
    for text in [*cells, *(c.value for c in page.caption), *(m.value for m in page.metric)]:
        assert not NO_SENTENCE.search(text), (str(case), text)


def visit(show: Callable[[], None], session: Session, case: Case) -> AppTest:
    """Open a page with a session, as somebody who comes from another page."""
    page = AppTest.from_function(show, default_timeout=HANGS_SECONDS)
    page.session_state["oi_geo"] = session
    page.run()
    read(page, case)
    return page


@pytest.mark.parametrize("case", CASES, ids=str)
def test_every_page_is_shown(case, tmp_path):
    session = session_of(case, tmp_path)
    visit(page_gegevens, session, case)
    assert not session.staged
    if (area := dict(case.states)["gebied"]) and "grenzen" in session.own:
        session.choices["gebied"] = [area]
    for show in PAGES:
        visit(show, session, case)
