"""A session as a document on disk: which of its files are in use, and what was chosen.

What was computed is not in it: a run of Kandidaten or Context lives as long as the server.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from oi_geo.pipeline import example_files
from oi_geo.ui.cache import Question
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
        restore(session, json.loads(path.read_bytes()))
    except (ValueError, KeyError, TypeError, AttributeError, OSError):
        # A document that is damaged, or of another version of the app.
        session.lapsed = True


def document_of(session: Session) -> dict[str, Any]:
    """Return what is kept of a session; files by their place in its folder."""
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
        "choices": session.choices,
        "making": {
            "key": list(making.key),
            "locks": [asdict(lock) for lock in making.locks],
            "pairs": [asdict(pair) for pair in making.pairs],
            "files": _names(session, making.files),
            "attempts": making.attempts,
        },
    }


def restore(session: Session, document: dict[str, Any]) -> None:
    """Put what a document says into a new session."""
    for kind in ("own", "staged"):
        getattr(session, kind).update(_paths(session, document[kind]))
    session.on_example = bool(document["on_example"])
    session.proposal = _path(session, document["proposal"])
    session.choices.update(document["choices"])
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
    asked = document["question"]
    proposal = _path(session, asked["proposal"]) if asked else None
    if proposal is not None:
        session.question = Question(
            session.inputs(),
            **{**asked, "proposal": proposal, "kaders": tuple(asked["kaders"])},
        )


def _name(session: Session, path: Path | None) -> str | None:
    if path is None:
        return None
    if path.is_relative_to(session.folder):
        return path.relative_to(session.folder).as_posix()
    return f"{EXAMPLE}{path.name}"


def _names(session: Session, paths: Mapping[Any, Path]) -> dict[str, str | None]:
    return {kind: _name(session, path) for kind, path in paths.items()}


def _path(session: Session, name: str | None) -> Path | None:
    """Return the file of a name, within the folder of the session or the example only."""
    if name is None:
        return None
    if name.startswith(EXAMPLE):
        files = {path.name: path for path in vars(example_files()).values()}
        return files[name.removeprefix(EXAMPLE)]
    path = session.folder / name
    inside = path.resolve().is_relative_to(session.folder.resolve())
    if inside and path.is_file():
        return path
    session.lapsed = True
    return None


def _paths(session: Session, names: dict[Any, str]) -> dict[Any, Path]:
    paths = {kind: _path(session, name) for kind, name in names.items()}
    return {kind: path for kind, path in paths.items() if path is not None}
