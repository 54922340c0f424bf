"""A disk that fills up under a page: one sentence, and what was in use stays in use."""

import errno
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest
import streamlit as st

from oi_geo.candidates.wishes import Wishes
from oi_geo.pipeline import example_files, example_inputs, load_area, read_plan
from oi_geo.ui import candidate_files, candidate_run, context, gegevens, toets
from oi_geo.ui.candidate_run import Order, Run
from oi_geo.ui.context_run import NO_ROOM
from oi_geo.ui.state import Session
from oi_geo.ui.taking_over import propose_plan
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
