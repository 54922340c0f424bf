"""Sessions on disk: keys, expiry, and a document that says the same after writing and reading."""

import json
import os
import pickle
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oi_geo.ui import session_file, sessions, state
from oi_geo.ui.cache import Question
from oi_geo.ui.candidate_choices import Lock, Pair
from oi_geo.ui.sessions import Fresh, folder_of, is_key, new_key, remove_expired


@pytest.fixture(autouse=True)
def root(tmp_path, monkeypatch) -> Path:
    monkeypatch.setattr(sessions, "sessions_folder", lambda: tmp_path / "sessies")
    monkeypatch.setattr(sessions, "OPEN", {})
    return tmp_path / "sessies"


def test_keys_are_long_different_and_of_one_form():
    keys = {new_key() for _ in range(1000)}
    assert len(keys) == 1000
    assert all(map(is_key, keys))


@given(st.text(max_size=60))
def test_only_a_key_has_a_folder(text):
    """Whatever a cookie says, it leads nowhere else."""
    allowed = len(text) == 43 and all(c.isascii() and (c.isalnum() or c in "-_") for c in text)
    assert is_key(text) is allowed
    if not allowed:
        with pytest.raises(ValueError, match="not a key"):
            folder_of(text)


def test_a_folder_lies_in_the_root_and_does_not_tell_its_key(root):
    key = new_key()
    folder = folder_of(key)
    assert folder.parent == root
    assert key not in folder.name


def test_what_is_used_stays_and_what_is_old_goes(root):
    old, used = (sessions.make_folder(new_key()) for _ in range(2))
    (old / "x.csv").write_bytes(b"x")
    sessions.OPEN[old] = object()
    now = time.time()
    os.utime(old, (now - 24 * 3600 - 1,) * 2)
    os.utime(used, (now - 24 * 3600 + 60,) * 2)
    assert remove_expired(now) == [old]
    assert [p.name for p in root.iterdir()] == [used.name]
    assert old not in sessions.OPEN
    assert remove_expired(now) == []


def test_a_key_is_fresh_once_and_only_if_it_was_handed_out():
    fresh = Fresh()
    key = fresh.hand_out()
    assert (fresh.take(key), fresh.take(key), fresh.take(new_key())) == (True, False, False)


def test_a_new_session_says_that_the_old_one_is_gone_unless_there_was_none():
    key = sessions.FRESH.hand_out()
    assert not state.opened(key).lapsed
    assert state.opened(key) is state.opened(key)  # every tab the same
    assert state.opened(new_key()).lapsed


def filled(session: state.Session, example) -> state.Session:
    session.use("praktijken", session.keep("p.csv", b"naam"))
    session.use("grenzen", session.keep("kaart à b.gpkg", b"x"))
    session.proposal = session.keep("v.csv", b"eenheid,groep")
    session.choices |= {"kaders": ["unicum"], "k_aantal": 4, "achtergrond": True, "k_doel": None}
    session.making.key = ("a", "b")
    session.making.lock(Lock("Noord", ("WK1", "WK2"), "Noord", closed=True, beside=("WK3",)))
    session.making.add_pair(Pair("GM1", "GM2", together=False))
    session.making.files["kernen"] = session.keep("k.csv", b"code,kern")
    session.making.attempts["x"] = 2
    session.question = Question(
        session.inputs(), example.voorstel_fout, "hub", ("unicum",), "werkgebied", "wijkverband"
    )
    return session


def test_what_is_written_is_read_back(example):
    key = sessions.FRESH.hand_out()
    before = filled(state.opened(key), example)
    before.save()
    sessions.OPEN.clear()  # as after a crash
    after = state.opened(key)
    assert after is not before
    assert not after.lapsed
    for name in ("own", "proposal", "choices", "question", "on_example"):
        assert getattr(after, name) == getattr(before, name), name
    for name in ("key", "locks", "pairs", "files", "attempts"):
        assert getattr(after.making, name) == getattr(before.making, name), name


def test_a_lost_file_is_told(example):
    key = sessions.FRESH.hand_out()
    before = filled(state.opened(key), example)
    before.save()
    before.own["praktijken"].unlink()
    sessions.OPEN.clear()
    after = state.opened(key)
    assert after.lapsed
    assert set(after.own) == {"grenzen"}


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b"null", b"\xff\xfe", b'{"own": 3}', pickle.dumps({"own": {}}),
     json.dumps({"own": {"grenzen": "../../../etc/passwd"}}).encode()],
)  # fmt: skip
def test_a_damaged_document_opens_nothing_and_is_told(content):
    key = sessions.FRESH.hand_out()
    folder = sessions.make_folder(key)
    (folder / sessions.CHOICES).write_bytes(content)
    session = state.opened(key)
    assert session.lapsed
    assert session.own == {}


def test_a_session_whose_folder_is_removed_under_it_starts_anew(monkeypatch):
    kept: dict[str, object] = {}
    monkeypatch.setattr(state.st, "session_state", kept)
    key = sessions.FRESH.hand_out()
    monkeypatch.setattr(state, "session_key", lambda: key)
    first = state.current()
    assert state.current() is first
    first.choices["x"] = 1
    os.utime(first.folder, (0, 0))
    remove_expired()
    second = state.current()
    assert second is not first
    assert second.lapsed
    assert second.choices == {}
    assert second.folder.is_dir()


def test_nothing_is_written_where_nothing_changed():
    session = state.opened(sessions.FRESH.hand_out())
    session.save()
    document = session.folder / sessions.CHOICES
    before = document.stat().st_mtime_ns, document.stat().st_ino
    session.save()
    assert (document.stat().st_mtime_ns, document.stat().st_ino) == before
    session.choices["x"] = 1
    session.save()
    assert json.loads(document.read_bytes())["choices"] == {"x": 1}
    assert session_file.document_of(session)["choices"] == {"x": 1}
