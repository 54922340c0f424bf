"""A session's files: kept apart, under a harmless name, gone when the session goes."""

import gc
import shutil
import weakref
from pathlib import Path

import pytest

from oi_geo.pipeline import Inputs
from oi_geo.ui import cache, state
from oi_geo.ui.state import Session, safe_name


@pytest.fixture
def session(tmp_path) -> Session:
    return Session(tmp_path)


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Temp\\lijst.csv", "lijst.csv"),
        (".bashrc", "bashrc"),
        ("a\x00b\n.csv", "a_b_.csv"),
        ("", "bestand"),
        ("...", "bestand"),
        ("Praktijken 2024 (def).xlsx", "Praktijken 2024 (def).xlsx"),
    ],
)
def test_a_file_name_cannot_leave_its_folder(session, name, kept):
    assert safe_name(name) == kept
    path = session.keep(name, b"inhoud")
    assert path.name == kept
    assert path.resolve().is_relative_to(session.folder.resolve())
    assert path.read_bytes() == b"inhoud"


def test_long_names_keep_their_extension():
    assert len(safe_name("x" * 300 + ".gpkg")) <= 100


def test_own_boundaries_replace_the_whole_area(session, example):
    assert session.inputs().is_example
    session.use("praktijken", session.keep("p.csv", b"naam"))
    mixed = session.inputs()
    assert mixed.is_example  # places and people are still fictional
    assert mixed.praktijken.name == "p.csv"
    assert mixed.grenzen == example.grenzen
    session.use("grenzen", session.keep("g.gpkg", b"x"))
    assert session.inputs() == Inputs(grenzen=session.own["grenzen"], praktijken=mixed.praktijken)


def test_a_replaced_file_is_removed_and_an_unread_one_is_not_used(session):
    first = session.keep("p.csv", b"1")
    session.use("praktijken", first)
    second = session.keep("p.csv", b"2")
    assert first.exists()  # as long as the second one is not in use
    session.use("praktijken", second)
    assert not first.exists()
    assert session.own == {"praktijken": second}
    session.use("praktijken", None)
    assert not second.exists()
    assert session.own == {}


def test_back_to_the_example_forgets_everything(session):
    session.use("grenzen", session.keep("g.gpkg", b"x"))
    session.errors["praktijken"] = "fout"
    session.proposal = Path("x.csv")
    session.back_to_example()
    assert session.inputs().is_example
    assert (session.own, session.errors, session.proposal) == ({}, {}, None)


def test_the_folder_goes_with_the_session(monkeypatch):
    kept: dict[str, Session] = {}
    monkeypatch.setattr(state.st, "session_state", kept)
    session = state.current()
    assert state.current() is session
    folder = session.folder
    session.keep("x.csv", b"x")
    watch = weakref.ref(session)
    kept.clear()
    del session
    gc.collect()
    assert watch() is None
    assert not folder.exists()


def test_files_are_known_by_what_they_hold(tmp_path, example):
    one = tmp_path / "a" / "grenzen.gpkg"
    other = tmp_path / "b" / "grenzen.gpkg"
    for path in (one, other):
        path.parent.mkdir()
        shutil.copy(example.grenzen, path)
    assert cache.inputs_key(Inputs(grenzen=one)) == cache.inputs_key(Inputs(grenzen=other))
    other.write_bytes(b"anders")
    assert cache.inputs_key(Inputs(grenzen=one)) != cache.inputs_key(Inputs(grenzen=other))
    assert cache.inputs_key(Inputs(grenzen=one)) != cache.inputs_key(
        Inputs(grenzen=one, is_example=True)
    )
