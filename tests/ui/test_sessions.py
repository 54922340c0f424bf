"""Sessions on disk: keys, expiry, and a document that says the same after writing and reading."""

import json
import os
import pickle
import sys
import threading
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oi_geo.maps.marks import Marks
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
    made = session.keep("gemaakt.csv", b"eenheid,groep")
    session.marks[made] = Marks({"Noord": 2, "Zuid": 1}, {"Noord": 5, "Zuid": 30})
    session.making.key = ("a", "b")
    session.making.lock(Lock("Noord", ("WK1", "WK2"), "Noord", closed=True, beside=("WK3",)))
    session.making.add_pair(Pair("GM1", "GM2", together=False))
    session.making.files["kernen"] = session.keep("k.csv", b"code,kern")
    session.making.attempts["x"] = 2
    session.question = Question(
        session.inputs(), example.voorstel_fout, "hub", ("unicum",), "werkgebied", "wijkverband"
    )
    return session


def said(session: state.Session, name: str) -> object:
    """What a session holds under a name, so that it can be compared."""
    if name == "marks":
        return {path: (m.numbers, m.shades) for path, m in session.marks.items()}
    return getattr(session, name)


def test_what_is_written_is_read_back(example):
    key = sessions.FRESH.hand_out()
    before = filled(state.opened(key), example)
    before.save()
    sessions.OPEN.clear()  # as after a crash
    after = state.opened(key)
    assert after is not before
    assert not after.lapsed
    for name in ("own", "proposal", "choices", "question", "on_example", "marks"):
        assert said(after, name) == said(before, name), name
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
    assert after.lost == [before.own["praktijken"].name]
    assert set(after.own) == {"grenzen"}
    assert after.choices == before.choices  # what else there was is there
    assert after.making.locks == before.making.locks
    assert after.proposal == before.proposal


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


def reopened(key: str, change) -> state.Session:
    """The session of a key after its document was changed, as by another version or a bad disk."""
    path = sessions.folder_of(key) / sessions.CHOICES
    document = json.loads(path.read_bytes())
    change(document)
    path.write_text(json.dumps(document))
    sessions.OPEN.clear()
    return state.opened(key)


DAMAGE = [None, 3, "x", [], [3], {"x": 3}, [{"x": 3}], {"file": "x", "numbers": 3}]


@pytest.mark.parametrize("part", ["own", "proposal", "choices", "making", "marks", "question"])
@pytest.mark.parametrize("damage", ["gone", *DAMAGE])
def test_a_damaged_part_takes_no_other_part_along(example, part, damage):
    key = sessions.FRESH.hand_out()
    before = filled(state.opened(key), example)
    before.save()

    def change(document):
        if damage == "gone":
            del document[part]
        else:
            document[part] = damage

    after = reopened(key, change)
    assert after.lapsed is bool(after.lost)
    names = {"own": ["proposal", "marks"], "proposal": ["own"]}  # these stand in one part
    for name in {"own", "proposal", "choices", "marks"} - {part, *names.get(part, [])}:
        if part == "own" and name == "choices":
            continue
        assert said(after, name) == said(before, name), name
    if part != "making":
        assert after.making.locks == before.making.locks
    kept = part != "making" and said(after, part) == said(before, part)
    # What can also be the document of a session in which nothing of the kind was chosen.
    sound = {"proposal": [None], "question": [None, []], "marks": ["gone", []],
             "choices": [{"x": 3}, {"file": "x", "numbers": 3}]}  # fmt: skip
    assert kept or after.lost or damage in sound.get(part, [])
    session_file.document_of(after)  # what is there can be kept again
    after.inputs()


@pytest.mark.parametrize(
    "marks",
    [{"numbers": {"A": 1, "B": 1}, "shades": {"A": 1, "B": 2}}, {"numbers": {"A": 1}, "shades": {}},
     {"numbers": {"A": 0}, "shades": {"A": 0}}, {"numbers": {"A": 1}, "shades": {"A": 48}},
     {"numbers": {"A": "1"}, "shades": {"A": 0}}, {"numbers": {"A": 1}, "shades": {"A": -1}}],
)  # fmt: skip
def test_marks_that_cannot_be_are_not_used(example, marks):
    key = sessions.FRESH.hand_out()
    filled(state.opened(key), example).save()
    after = reopened(key, lambda document: document["marks"][0].update(marks))
    assert after.marks == {}
    assert after.lost == ["nummers en kleuren van de groepen"]


def test_a_document_of_before_is_read(example):
    """It says nothing of marks, and not on which map a work area was chosen."""
    key = sessions.FRESH.hand_out()
    before = filled(state.opened(key), example)
    before.choices["gebied"] = ["Bovendam"]
    before.save()

    def older(document):
        del document["marks"], document["kaart"]

    after = reopened(key, older)
    assert not after.lapsed
    assert after.marks == {}
    assert after.inputs().gebied == ("Bovendam",)


@pytest.mark.parametrize("how", ["gone", "another", "older and gone"])
def test_a_work_area_is_not_carried_to_another_map(example, how):
    key = sessions.FRESH.hand_out()
    before = filled(state.opened(key), example)
    before.choices |= {"gebied": ["Bovendam"], "gebied_bedoeld": ["Bovendam"]}
    before.save()
    if how == "another":
        before.own["grenzen"].write_bytes(b"een andere kaart")
    else:
        before.own["grenzen"].unlink()
    older = how.startswith("older")
    after = reopened(key, lambda document: document.pop("kaart") if older else None)
    assert after.inputs().gebied == ()
    assert "gebied_bedoeld" not in after.choices
    assert "het werkgebied (de kaart is een andere)" in after.lost
    assert after.choices["k_aantal"] == before.choices["k_aantal"]


def test_tabs_that_answer_while_another_saves_lose_nothing(example):
    """Every save is whole, and the last one says what was answered last."""
    session = filled(state.opened(sessions.FRESH.hand_out()), example)
    failed: list[BaseException] = []

    def answer(tab: int) -> None:
        try:
            for number in range(60):
                session.choices[f"k{tab}_{number}"] = number
                session.save()
                json.loads((session.folder / sessions.CHOICES).read_bytes())
        except BaseException as error:  # noqa: BLE001
            failed.append(error)

    tabs = [threading.Thread(target=answer, args=(tab,)) for tab in range(4)]
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    try:
        for tab in tabs:
            tab.start()
        for tab in tabs:
            tab.join()
    finally:
        sys.setswitchinterval(interval)
    assert failed == []
    kept = json.loads((session.folder / sessions.CHOICES).read_bytes())["choices"]
    assert kept == session.choices


def test_a_file_that_another_tab_took_away_is_told(monkeypatch):
    session = state.opened(sessions.FRESH.hand_out())
    told: list[str] = []
    monkeypatch.setattr(state.st, "warning", told.append)
    path = session.keep("lijst.csv", b"x")
    session.own["praktijken"] = path
    with state.taken_away(session):
        session.use("praktijken", None)
        path.stat()
    assert "ander tabblad" in told[0]
    with pytest.raises(FileNotFoundError), state.taken_away(session):
        Path("/bestaat/niet").stat()
