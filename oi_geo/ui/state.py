"""What one session has chosen: its own files, the proposal, the question that is being asked."""

import re
import shutil
import tempfile
import weakref
from collections.abc import Collection
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal, TypeVar, cast

import streamlit as st

from oi_geo.pipeline import Inputs, default_inputs, example_inputs
from oi_geo.sources.uploads import display_name
from oi_geo.ui.cache import Question
from oi_geo.ui.candidate_choices import Making
from oi_geo.ui.context_choices import Situating

FileKind = Literal["grenzen", "praktijken", "postcodes", "zorgkantoren", "verbindingen"]

_KEY = "oi_geo"
Value = TypeVar("Value")


@dataclass(eq=False)
class Session:
    """The choices of one session.

    Attributes
    ----------
    folder : Path
        Temporary folder for uploaded files; it goes when the session goes.
    own : dict of str to Path
        Uploaded files that are in use, by kind.
    staged : dict of str to Path
        Uploaded files that have not been read yet.
    errors : dict of str to str
        Why an uploaded file is not in use, by kind.
    on_example : bool
        True once the session asked for the example region.
    proposal : Path or None
        The proposal that was uploaded.
    question : Question or None
        What the Toets page tested last, for the Kaart page.
    choices : dict of str to object
        What was chosen in widgets, by their key: Streamlit forgets a widget when its page closes.
    making : Making
        The run, locks and pairs of the page Kandidaten.
    situating : Situating
        The run of the page Context.
    """

    folder: Path
    own: dict[FileKind, Path] = field(default_factory=dict)
    staged: dict[FileKind, Path] = field(default_factory=dict)
    errors: dict[FileKind, str] = field(default_factory=dict)
    on_example: bool = False
    proposal: Path | None = None
    question: Question | None = None
    choices: dict[str, object] = field(default_factory=dict)
    making: Making = field(default_factory=Making)
    situating: Situating = field(default_factory=Situating)

    def start(self, key: str, default: Value, options: Collection[Value] | None = None) -> Value:
        """Return what was chosen before a page closed, as far as it is still offered, or a default.

        It belongs in the call that draws the widget. Put in the session state instead, as `recall`
        does, it is lost when another answer is given within the time that a browser takes to draw
        the widget: the browser then sends the lowest number or the first option.
        """
        chosen = cast("Value", self.choices.get(key, default))
        return chosen if options is None or chosen in options else default

    def recall(self, key: str, default: object, options: Collection[object]) -> None:
        """Give a widget what was chosen before its page closed, as far as that is still offered."""
        if key in st.session_state:
            return
        chosen = self.choices.get(key, default)
        if isinstance(chosen, list):
            chosen = [item for item in chosen if item in options]
        st.session_state[key] = chosen if isinstance(chosen, list) or chosen in options else default

    def remember(self, *keys: str) -> None:
        """Keep what these widgets show for when their page comes back."""
        self.choices.update({key: st.session_state[key] for key in keys if key in st.session_state})

    def inputs(self, extra: dict[FileKind, Path] | None = None) -> Inputs:
        """Return the files in use; own boundaries replace all files of the default area."""
        own = {**self.own, **(extra or {})}
        if "grenzen" in own:
            base = Inputs(grenzen=own["grenzen"])
        else:
            base = example_inputs() if self.on_example else default_inputs()
        return replace(
            base,
            praktijken=own.get("praktijken", base.praktijken),
            postcodes=own.get("postcodes", base.postcodes),
            zorgkantoren=own.get("zorgkantoren", base.zorgkantoren),
            verbindingen=own.get("verbindingen", base.verbindingen),
            gebied=tuple(cast("list[str]", self.choices.get("gebied", []))),
        )

    def keep(self, name: str, content: bytes) -> Path:
        """Write an uploaded file into the session's folder, under its own name made harmless."""
        path = Path(tempfile.mkdtemp(dir=self.folder)) / safe_name(name)
        path.write_bytes(content)
        return path

    def use(self, kind: FileKind, path: Path | None) -> None:
        """Use this file from now on (None: no own file), and remove the one it replaces."""
        if kind == "grenzen":
            self.choices.pop("gebied", None)  # another map, another work area
        old = self.own.pop(kind, None)
        if old is not None:
            shutil.rmtree(old.parent, ignore_errors=True)
        if path is not None:
            self.own[kind] = path

    def back_to_example(self) -> None:
        """Forget all own files and use the example region."""
        for kind in list(self.own):
            self.use(kind, None)
        self.staged.clear()
        self.errors.clear()
        self.choices.pop("gebied", None)
        self.proposal = self.question = None
        self.on_example = True


def safe_name(name: str) -> str:
    """Return a file name without folders, control characters or a leading dot."""
    clean = re.sub(r"[^\w .()-]", "_", display_name(name)).lstrip(". ")
    return clean[-100:] or "bestand"


def current() -> Session:
    """Return this session's choices."""
    if _KEY not in st.session_state:
        folder = Path(tempfile.mkdtemp(prefix="oi_geo_"))
        session = Session(folder)
        weakref.finalize(session, shutil.rmtree, folder, ignore_errors=True)
        st.session_state[_KEY] = session
    return st.session_state[_KEY]
