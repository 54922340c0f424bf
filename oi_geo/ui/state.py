"""What one session has chosen: its own files, the proposal, the question that is being asked."""

import re
import shutil
import tempfile
import threading
import weakref
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any, Literal, TypeVar, cast

import streamlit as st

from oi_geo.errors import OiGeoError, disk_sentence
from oi_geo.maps.marks import Marks
from oi_geo.pipeline import Inputs, default_inputs, example_inputs
from oi_geo.sources.uploads import display_name
from oi_geo.study_area import PracticeList
from oi_geo.text import nl_list
from oi_geo.ui import session_file, sessions
from oi_geo.ui.cache import Question
from oi_geo.ui.candidate_choices import Making
from oi_geo.ui.context_choices import Situating
from oi_geo.ui.sessions import session_key
from oi_geo.ui.words import plain

FileKind = Literal["grenzen", "praktijken", "postcodes", "zorgkantoren", "verbindingen", "herkomst"]
# Keys of what is asked about the list of practices (see `oi_geo.ui.practice_list`).
LIST_KEYS = ("lijst", "peildatum", "waarnemers")

_KEY, _PRESSED, _SEEN = "oi_geo", "oi_geo_pressed", "oi_geo_seen"
_opening = threading.Lock()
Value = TypeVar("Value")


@dataclass(eq=False)
class Session:
    """The choices of one session.

    Attributes
    ----------
    folder : Path
        Private folder for uploaded files.
    kept : bool
        True if a reload of the page finds the session again; else the folder goes with it.
    lapsed : bool
        True where the browser came for a session that is gone, or not all there, until it is told
        and dismissed.
    lost : list of str
        What of a session on disk could not be restored, in words; empty where nothing could.
    own : dict of str to Path
        Uploaded files that are in use, by kind.
    staged : dict of str to Path
        Uploaded files that have not been read yet.
    errors : dict of str to str
        Why a file is not in use, by what it was for: a kind of `own`, or see `keep_for`.
    on_example : bool
        True once the session asked for the example region.
    proposal : Path or None
        The own proposal that is in use: uploaded, or made here.
    handed_in : Path or None
        An uploaded proposal that has not been read yet.
    question : Question or None
        What the Toets page tested last, for the Kaart page.
    choices : dict of str to object
        What was chosen in widgets, by their key: Streamlit forgets a widget when its page closes.
    making : Making
        The run, locks and pairs of the page Kandidaten.
    situating : Situating
        The run of the page Context.
    marks : dict of Path to Marks
        How the groups of a proposal that was made here are marked on every map, by its file.
    """

    folder: Path
    kept: bool = False
    lapsed: bool = False
    lost: list[str] = field(default_factory=list)
    own: dict[FileKind, Path] = field(default_factory=dict)
    staged: dict[FileKind, Path] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    on_example: bool = False
    proposal: Path | None = None
    handed_in: Path | None = None
    question: Question | None = None
    choices: dict[str, object] = field(default_factory=dict)
    making: Making = field(default_factory=Making)
    situating: Situating = field(default_factory=Situating)
    marks: dict[Path, Marks] = field(default_factory=dict)
    # Tabs share a session, and each runs in a thread of its own: what is written last is the last.
    saving: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def start(self, key: str, default: Value, options: Collection[object] | None = None) -> Value:
        """Return what was chosen before a page closed, as far as it is still offered, or a default.

        It belongs in the call that draws the widget. Put in the session state instead, it is lost
        when another answer is given within the time that a browser takes to draw the widget: the
        browser then sends the lowest number or the first option, and what the server says later
        takes the place of what somebody answered meanwhile. So no page ever sets a widget.
        """
        chosen = self.choices.get(key, default)
        if options is not None and isinstance(chosen, list):
            return cast("Value", [item for item in chosen if item in options])
        return cast("Value", chosen) if options is None or chosen in options else default

    def remember(self, *keys: str) -> None:
        """Keep what these widgets show for when their page comes back."""
        shown = {key: st.session_state[key] for key in keys if key in st.session_state}
        self.choices |= shown
        st.session_state[_SEEN] = st.session_state.get(_SEEN, {}) | shown

    def take_answers(self) -> None:
        """Keep what was answered since `remember`, also where its page was not drawn again.

        That is so where somebody went to another page at once (see `oi_geo.ui.answers`), or where
        the next answer came while the page was being drawn. What a widget showed before is left
        alone: something else may have been chosen for it meanwhile, in another tab or by a button.
        """
        state, seen = st.session_state, st.session_state.get(_SEEN, {})
        self.remember(*(key for key, old in seen.items() if key in state and state[key] != old))

    def save(self) -> None:
        """Write down what was chosen, if it is another choice than before."""
        if self.kept and self.folder.is_dir():
            try:
                with self.saving:
                    session_file.save(self)
            # A full disk: what is on the page stays, but not after a reload.
            except (OSError, OiGeoError):
                st.warning(
                    "Wat u koos, kon niet bewaard worden: de schijf is vol of niet te beschrijven."
                )

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
            # Where patients live is about the practices of one list.
            herkomst=own.get("herkomst", None if "praktijken" in own else base.herkomst),
            lijst=self.said_of_list(),
        )

    def said_of_list(self) -> PracticeList:
        """Return what was answered about the list of practices."""
        extent, day, locums = (self.choices.get(key) for key in LIST_KEYS)
        return PracticeList(
            extent="volledig" if extent == "volledig" else "leden" if extent == "leden" else None,
            day=read_day(str(day or "")),
            locums=bool(locums),
        )

    def keep(self, name: str, content: bytes) -> Path:
        """Write an uploaded file into the session's folder, under its own name made harmless."""
        path = Path(tempfile.mkdtemp(dir=self.folder)) / safe_name(name)
        try:
            sessions.write_private(path, content)
        except OSError:
            shutil.rmtree(path.parent, ignore_errors=True)
            raise
        return path

    def keep_for(self, purpose: str, name: str, content: bytes) -> Path | None:
        """Keep a file for a purpose; None where that fails, and `errors` then says why."""
        self.errors.pop(purpose, None)
        try:
            return self.keep(name, content)
        except OSError as error:
            self.errors[purpose] = f"‘{display_name(name)}’ is niet bewaard. {disk_sentence(error)}"
            return None

    def seen(self, purpose: str) -> None:
        """Forget why a file for a purpose is not in use."""
        self.errors.pop(purpose, None)

    def use(self, kind: FileKind, path: Path | None) -> None:
        """Use this file from now on (None: no own file), and remove the one it replaces."""
        if kind == "grenzen":
            self.forget_area()  # another map, another work area
        old = self.own.pop(kind, None)
        if old is not None:
            shutil.rmtree(old.parent, ignore_errors=True)
        if path is not None:
            self.own[kind] = path

    def forget_area(self) -> None:
        """Use the whole map, and forget what was being chosen on it."""
        self.choices.pop("gebied", None)
        self.choices.pop("gebied_bedoeld", None)

    def back_to_example(self) -> None:
        """Forget all own files and use the example region."""
        for kind in list(self.own):
            self.use(kind, None)
        self.staged.clear()
        self.errors.clear()
        self.forget_area()
        self.proposal = self.handed_in = self.question = None
        self.on_example = True


def read_day(text: str) -> date | None:
    """Read a day as people write it (`1-10-2025`, `01-10-2025`); None for anything else."""
    try:
        return datetime.strptime(text.strip(), "%d-%m-%Y").date()  # noqa: DTZ007
    except ValueError:
        return None


def safe_name(name: str) -> str:
    """Return a file name without folders, control characters or a leading dot."""
    clean = re.sub(r"[^\w .()-]", "_", display_name(name)).lstrip(". ")
    return clean[-100:] or "bestand"


def current() -> Session:
    """Return this browser's choices; every tab of it shares them."""
    session: Session | None = st.session_state.get(_KEY)
    key = session_key()
    if session is None:
        session = opened(key) if key is not None else temporary()
    elif session.kept and not session.folder.is_dir():
        session = opened(key) if key is not None else temporary()
        session.lapsed = True
    st.session_state[_KEY] = session
    sessions.touch(session.folder)
    return session


def temporary() -> Session:
    """Make a session that goes with the visit."""
    folder = Path(tempfile.mkdtemp(prefix="oi_geo_"))
    session = Session(folder)
    weakref.finalize(session, shutil.rmtree, folder, ignore_errors=True)
    return session


def opened(key: str) -> Session:
    """Return the session of a key: the one in memory, the one on disk, or a new one.

    A new one says that the old one is gone, unless the key was never used.
    """
    folder = sessions.folder_of(key)
    with _opening:
        fresh, known = sessions.FRESH.take(key), folder.is_dir()
        found = sessions.OPEN.get(folder)
        if known and isinstance(found, Session):
            return found
        try:
            kept = sessions.make_folder(key)
        except OSError:
            st.warning("Deze sessie wordt niet bewaard: er is geen map waarin dat kan.")
            return temporary()
        session = Session(kept, kept=True)
        if known:
            session_file.load(session)
        session.lapsed |= not (fresh or known)
        sessions.OPEN[folder] = session
        return session


def pressed(key: str) -> bool:
    """Tell whether a button drawn with `**on_press(key)` was pressed, once.

    A button acts in the script, on the answers of the same run. Streamlit runs a callback with the
    arguments of the last drawing, which are old where an answer came just before the button; and it
    forgets a press where another answer stops the run before it reaches the button.
    """
    waiting = st.session_state.get(_PRESSED, set())
    if key not in waiting:
        return False
    waiting.discard(key)
    return True


def on_press(key: str) -> dict[str, Any]:
    """Return what a button needs to be asked after by `pressed`."""
    return {"key": key, "on_click": _press, "args": (key,)}


def _press(key: str) -> None:
    st.session_state.setdefault(_PRESSED, set()).add(key)


def tell_error(session: Session, purpose: str) -> bool:
    """Say why a file for a purpose is not in use, until it is seen; tell whether that is so."""
    if purpose not in session.errors:
        return False
    st.error(plain(session.errors[purpose]))
    st.button("Begrepen", key=f"gezien_{purpose}", on_click=session.seen, args=(purpose,))
    return True


def tell_lapsed(session: Session) -> None:
    """Say that an earlier session is gone, so that nobody takes the example for their own."""
    if not session.lapsed:
        return
    with st.container(key="verlopen"):
        st.warning(
            "**Niet alles van uw vorige sessie is teruggezet.** Niet teruggevonden: "
            f"{plain(nl_list(session.lost))}. De rest staat er nog; laad of kies dit opnieuw."
            if session.lost
            else "**Uw vorige sessie is verlopen.** Wat u had geladen en gekozen is verwijderd "
            f"({sessions.KEPT}); wat u hieronder ziet, is opnieuw begonnen. Laad uw bestanden "
            "opnieuw."
        )
        st.button("Begrepen", key="verlopen_gezien", on_click=_dismiss, args=(session,))


def _dismiss(session: Session) -> None:
    session.lapsed = False
    session.lost.clear()


@contextmanager
def taken_away(session: Session) -> Iterator[None]:
    """Say it where another tab took away a file of the session while this one was reading it."""
    try:
        yield
    except FileNotFoundError as error:
        if not Path(str(error.filename)).is_relative_to(session.folder):
            raise
        st.warning(
            "Een bestand dat deze pagina las, is intussen in een ander tabblad vervangen of "
            "weggehaald. Ververs de pagina."
        )
