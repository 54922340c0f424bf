"""A session as a document on disk: which of its files are in use, and what was chosen.

What was computed is not in it: a run of Kandidaten or Context lives as long as the server.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from oi_geo.errors import OiGeoError
from oi_geo.maps.marks import Marks
from oi_geo.maps.palette import group_colours
from oi_geo.pipeline import example_files
from oi_geo.ui.cache import Question, file_key
from oi_geo.ui.candidate_choices import Lock, Making, Pair
from oi_geo.ui.sessions import CHOICES, write_private

if TYPE_CHECKING:
    from oi_geo.ui.state import Session

EXAMPLE = "voorbeeld:"


def save(session: Session) -> None:
    """Write the document of a session, if it says something else than the one that is there."""
    path = session.folder / CHOICES
    content = json.dumps(document_of(session), ensure_ascii=False, indent=1).encode()
    if not path.is_file() or path.read_bytes() != content:
        write_private(path, content)


def load(session: Session) -> None:
    """Restore a session from its folder; `lapsed` where not all of it is there."""
    path = session.folder / CHOICES
    if not path.is_file():
        return
    try:
        document = json.loads(path.read_bytes())
    except (ValueError, OSError):  # a document that is damaged
        session.lapsed = True
        return
    if isinstance(document, dict):
        restore(session, document)
    session.lapsed |= bool(session.lost) or not isinstance(document, dict)


def document_of(session: Session) -> dict[str, Any]:
    """Return what is kept of a session; files by their place in its folder.

    What another tab may add to while this one writes is copied first.
    """
    question, making = session.question, session.making
    return {
        "own": _names(session, session.own),
        "staged": _names(session, session.staged),
        "on_example": session.on_example,
        "proposal": _name(session, session.proposal),
        "question": question
        and {
            **{name: value for name, value in vars(question).items() if name != "inputs"},
            "proposal": _name(session, question.proposal),
        },
        "choices": dict(session.choices),
        "kaart": _map_key(session) if session.choices.get("gebied") else None,
        "marks": [
            {
                "file": _name(session, path),
                "numbers": dict(marks.numbers),
                "shades": dict(marks.shades),
            }
            for path, marks in dict(session.marks).items()
        ],
        "making": {
            "key": list(making.key),
            "locks": [asdict(lock) for lock in making.locks],
            "pairs": [asdict(pair) for pair in making.pairs],
            "files": _names(session, making.files),
            "attempts": dict(making.attempts),
        },
    }


def restore(session: Session, document: dict[str, Any]) -> None:
    """Put what a document says into a new session, part by part.

    A part that is damaged, or of another version of the app, is told in `Session.lost` and keeps
    no other part from being restored.
    """
    parts: tuple[tuple[str, Callable[[Session, dict[str, Any]], None]], ...] = (
        ("uw bestanden", _restore_files),
        ("uw keuzes op de pagina's", _restore_choices),
        ("de wensen van Kandidaten", _restore_making),
        ("nummers en kleuren van de groepen", _restore_marks),
        ("het voorstel dat u toetste", _restore_question),
    )
    for told, part in parts:
        try:
            part(session, document)
        except (ValueError, KeyError, TypeError, AttributeError, IndexError, OSError, OiGeoError):
            session.lost.append(told)


def _restore_files(session: Session, document: dict[str, Any]) -> None:
    session.on_example = bool(document["on_example"])
    for part in ("own", "staged"):
        getattr(session, part).update(_paths(session, document[part]))
    session.proposal = _path(session, document["proposal"])


def _restore_choices(session: Session, document: dict[str, Any]) -> None:
    """Restore what was chosen; a work area on the map that it was chosen on only."""
    choices = document["choices"]
    if not isinstance(choices, dict):
        raise TypeError("choices are by their keys")
    session.choices.update(choices)
    if not session.choices.get("gebied"):
        return
    # An older document does not say on which map: it is the same where no file was lost.
    before = document.get("kaart")
    same = before == _map_key(session) if before else set(document["own"]) == set(session.own)
    if not same:
        session.forget_area()
        session.lost.append("het werkgebied (de kaart is een andere)")


def _restore_making(session: Session, document: dict[str, Any]) -> None:
    made = document["making"]
    session.making = Making(
        key=tuple(made["key"]),
        locks=[
            Lock(**{**lock, "codes": tuple(lock["codes"]), "beside": tuple(lock["beside"])})
            for lock in made["locks"]
        ],
        pairs=[Pair(**pair) for pair in made["pairs"]],
        files=_paths(session, made["files"]),
        attempts=dict(made["attempts"]),
    )


def _restore_marks(session: Session, document: dict[str, Any]) -> None:
    """Restore how groups are marked; a document of before has none."""
    for kept in document.get("marks", []):
        numbers, shades = dict(kept["numbers"]), dict(kept["shades"])
        path = _path(session, kept["file"])
        if not (
            numbers.keys() == shades.keys()
            and all(type(number) is int and number > 0 for number in numbers.values())
            and len(set(numbers.values())) == len(numbers)
            and all(shade in range(len(group_colours())) for shade in shades.values())
        ):
            raise ValueError("not the marks of a plan")
        if path is not None:
            session.marks[path] = Marks(numbers, shades)


def _restore_question(session: Session, document: dict[str, Any]) -> None:
    asked = document["question"]
    proposal = _path(session, asked["proposal"]) if asked else None
    if proposal is not None:
        session.question = Question(
            session.inputs(),
            **{**asked, "proposal": proposal, "kaders": tuple(asked["kaders"])},
        )


def _map_key(session: Session) -> str:
    """Name the map that a work area is chosen on by what its file holds; empty where it is gone."""
    path = session.inputs().grenzen
    return file_key(path) if path.is_file() else ""


def _name(session: Session, path: Path | None) -> str | None:
    if path is None:
        return None
    if path.is_relative_to(session.folder):
        return path.relative_to(session.folder).as_posix()
    return f"{EXAMPLE}{path.name}"


def _names(session: Session, paths: Mapping[Any, Path]) -> dict[str, str | None]:
    return {kind: _name(session, path) for kind, path in dict(paths).items()}


def _path(session: Session, name: str | None) -> Path | None:
    """Return the file of a name, within the folder of the session or the example only."""
    if name is None:
        return None
    if name.startswith(EXAMPLE):
        files = {path.name: path for path in vars(example_files()).values()}
        path = files.get(name.removeprefix(EXAMPLE))
    else:
        path = session.folder / name
        if not path.resolve().is_relative_to(session.folder.resolve()) or not path.is_file():
            path = None
    if path is not None:
        return path
    if Path(name).name not in session.lost:
        session.lost.append(Path(name).name)
    return None


def _paths(session: Session, names: dict[Any, str]) -> dict[Any, Path]:
    paths = {kind: _path(session, name) for kind, name in names.items()}
    return {kind: path for kind, path in paths.items() if path is not None}
