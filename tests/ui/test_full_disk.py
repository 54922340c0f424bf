"""A disk that fills up under a page: one sentence, and what was in use stays in use."""

import errno
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import geopandas as gpd
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from oi_geo import pipeline
from oi_geo.candidates.wishes import Wishes
from oi_geo.cli import UNUSABLE, main
from oi_geo.errors import UnusableFile
from oi_geo.pipeline import example_files, example_inputs, load_area, read_plan
from oi_geo.sources.example import _write_geojson, write_example
from oi_geo.ui import (
    candidate_files,
    candidate_run,
    context,
    gegevens,
    kaart,
    kandidaten,
    toets,
)
from oi_geo.ui.candidate_run import Order, Run
from oi_geo.ui.context_run import NO_ROOM
from oi_geo.ui.reading import is_light
from oi_geo.ui.state import Session
from oi_geo.ui.taking_over import propose_plan
from tests.effort import HANGS_SECONDS
from tests.ui.conftest import run_page


@dataclass
class Upload:
    """What a browser hands in."""

    name: str
    content: bytes

    def getvalue(self) -> bytes:
        return self.content


@contextmanager
def no_room(size: int = 10) -> Iterator[None]:
    """Let no file become larger, as on a disk that fills up."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.fixture
def session(tmp_path) -> Session:
    return Session(tmp_path / "sessie")


@pytest.fixture
def upload(monkeypatch, tmp_path):
    """Hand something in by a function that a page calls when it comes."""
    (tmp_path / "sessie").mkdir()

    def hand_in(content, take, *args):
        handed = None if content is None else Upload("nieuw.csv", content)
        monkeypatch.setattr(st, "session_state", {"sleutel": handed})
        take(*args, "sleutel")

    return hand_in


@pytest.fixture
def nothing_written(monkeypatch, tmp_path) -> Path:
    """A process that has not written the example, with a temporary folder of its own."""
    folder = tmp_path / "tijdelijk"
    folder.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    monkeypatch.setattr(pipeline, "_written_example", cache(pipeline._written_example.__wrapped__))
    return folder


# Sizes at which another file, or another part of one, is the first that does not fit.
@pytest.mark.parametrize("size", [0, 1_000, 3_000, 20_000, 190_000, 600_000])
def test_an_example_that_does_not_fit_is_a_sentence(nothing_written, size):
    with no_room(size), pytest.raises(UnusableFile, match="tijdelijke map"):
        example_inputs()
    assert not list(nothing_written.iterdir())
    assert example_inputs().grenzen.exists()  # once there is room


def test_a_drawing_of_the_example_is_whole_or_an_error(tmp_path):
    """GDAL itself says nothing where the last bytes of a GeoJSON do not fit."""
    files = write_example(tmp_path)
    whole = files.voorstel_getekend.read_bytes()
    drawn = gpd.read_file(files.voorstel_getekend)
    other = tmp_path / "voorstel_getekend.geojson"
    with no_room(len(whole) - 100), pytest.raises(OSError, match="large"):
        _write_geojson(drawn, other)
    _write_geojson(drawn, other)
    assert other.read_bytes() == whole


def test_own_files_need_no_example(nothing_written, tmp_path):
    own = tmp_path / "eigen.csv"
    own.write_bytes(b"a;b")
    with no_room():
        assert is_light(own)
    assert not list(nothing_written.iterdir())


def test_the_command_line_says_that_the_example_does_not_fit(nothing_written, capsys):
    with no_room(20_000), pytest.raises(SystemExit) as ended:
        main(["gegevens", "lijst"])
    assert ended.value.code == UNUSABLE
    assert "De schijf is vol" in capsys.readouterr().err


def test_the_command_that_writes_the_example_says_that_it_does_not_fit(tmp_path, capsys):
    with no_room(20_000), pytest.raises(SystemExit) as ended:
        main(["voorbeeld", "--uit", str(tmp_path / "uit")])
    assert ended.value.code == UNUSABLE
    assert "kan niet geschreven worden" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("page", [gegevens, toets, kandidaten, context, kaart])
def test_a_page_without_room_for_the_example_says_so(nothing_written, page):
    tested = AppTest.from_string(
        f"from {page.__name__} import page\npage()", default_timeout=HANGS_SECONDS
    )
    with no_room(20_000):
        tested.run()
    assert not tested.exception
    [told] = tested.error
    assert "De schijf is vol" in told.value
    tested.run()
    assert not tested.exception
    assert not tested.error


# Where a file is handed in: what takes it, how the session names it, and where it is then.
PLACES = {
    "gegevens": (
        gegevens.stage, ("praktijken",), "praktijken", lambda s: s.staged.get("praktijken"),
    ),
    "toets": (toets.keep_proposal, (), "voorstel", lambda s: s.handed_in),
    "kandidaten": (
        candidate_files._keep, ("herkomst",), "wens_herkomst",
        lambda s: s.making.handed_in.get("herkomst"),
    ),
}  # fmt: skip


@pytest.mark.parametrize("place", PLACES)
def test_an_upload_that_does_not_fit_is_told_and_loses_nothing(session, upload, place):
    take, more, purpose, where = PLACES[place]
    upload(b"a;b\n1;2\n", take, session, *more)
    old = where(session)
    assert old.read_bytes() == b"a;b\n1;2\n"
    with no_room():
        upload(b"x" * 100, take, session, *more)
    assert session.errors[purpose].startswith("‘nieuw.csv’ is niet bewaard. ")
    assert where(session) == old
    assert old.read_bytes() == b"a;b\n1;2\n"
    assert list(session.folder.iterdir()) == [old.parent]
    upload(b"past", take, session, *more)
    assert session.errors == {}
    assert where(session).read_bytes() == b"past"
    upload(None, take, session, *more)
    assert session.errors == {}


@pytest.mark.parametrize("origin", ["kandidaten", "context"])
def test_a_plan_that_cannot_be_kept_is_not_taken_over(session, upload, origin):
    area = load_area(example_inputs())
    plan, _ = read_plan(area, example_files().voorstel_goed, "regio")
    session.proposal = old = session.keep("oud.csv", b"eenheid,groep\n")
    before = dict(session.choices)
    ask = {"wishes": Wishes("regio", 1, 2), "origin": origin}
    with no_room():
        assert propose_plan(session, plan, "Voorstel A", ("unicum",), **ask) is None
    assert session.errors[origin].startswith("‘voorstel_a.csv’ is niet bewaard. ")
    assert (session.proposal, session.choices, session.question) == (old, before, None)
    assert session.situating.adopted is None
    kept = propose_plan(session, plan, "Voorstel A", ("unicum",), **ask)
    assert session.proposal == kept != old
    assert session.errors == {}


def test_the_pages_say_it():
    def page() -> None:
        from oi_geo.ui import gegevens, toets
        from oi_geo.ui.state import current

        session = current()
        session.choices["voorstel"] = toets.OWN
        session.errors |= {"voorstel": "Vol *toets*.", "praktijken": "Vol *gegevens*."}
        toets.page()
        gegevens.show_uploads(session)

    told = [error.value for error in run_page(page).error]
    assert told == [r"Vol \*toets\*.", r"Vol \*gegevens\*."]


def test_context_without_room_for_plans_says_so_and_starts_nothing(session, upload):
    session.folder.rmdir()
    session.folder.write_text("in the way")
    context.begin(session, None)
    assert session.errors == {"context": NO_ROOM}
    assert session.situating.run is None


@pytest.mark.parametrize(
    ("number", "text"),
    [(errno.ENOSPC, "De schijf is vol"), (errno.EACCES, "kan niet worden gelezen of geschreven")],
)
def test_a_search_without_room_says_so(monkeypatch, number, text):
    def full(*_args, **_kwargs):
        raise OSError(number, "no room")

    monkeypatch.setattr(candidate_run, "propose", full)
    run = Run(Order(("x",), load_area(example_inputs()), Wishes("regio", 1, 2), ("unicum",)))
    run.start()
    run.join(60)
    assert run.outcome is None
    assert run.error.startswith("De voorstellen zijn niet gemaakt.")
    assert text in run.error
