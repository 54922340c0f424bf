"""A run: candidates made in a thread of its own, watched and stopped from the page.

The thread knows the run and nothing of Streamlit. The session holds the run; when the session goes,
the run is told to stop, and it has a time limit in any case.
"""

import hashlib
import threading
from collections.abc import Mapping, Set
from dataclasses import dataclass, field, is_dataclass

import pandas as pd

from oi_geo.candidates.naming import plan_of
from oi_geo.candidates.propose import Proposals, propose
from oi_geo.candidates.search import Progress
from oi_geo.candidates.starts import Found
from oi_geo.candidates.wishes import Wishes
from oi_geo.criteria.kader import load_kader
from oi_geo.errors import OiGeoError, disk_sentence
from oi_geo.maps.candidate_map import Canvas, canvas_of, plan_svg
from oi_geo.maps.marks import Marks, group_marks
from oi_geo.pipeline import assess_plan
from oi_geo.plan import Plan
from oi_geo.study_area import StudyArea
from oi_geo.ui.candidate_verdicts import Judged, judged
from oi_geo.ui.turns import STOPPED, TURNS

BROKEN_OFF = "Het maken van voorstellen is onverwacht afgebroken. Probeer het met andere wensen."


@dataclass(frozen=True, eq=False)
class Order:
    """What a run is asked: wishes about an area, how many plans, and how long it may take.

    `key` names the files of the area by what they hold; `kaders` are what the plans are tested
    against; `notes` say which parts of the wishes have nothing to work on.
    """

    key: tuple[str, ...]
    area: StudyArea
    wishes: Wishes
    kaders: tuple[str, ...]
    count: int = 3
    seconds: float = 20.0
    exact: bool = False
    seed: int = 0
    notes: tuple[str, ...] = ()

    @property
    def fingerprint(self) -> str:
        """A text that is the same for the same wishes, whatever the seed."""
        return hashlib.sha256(_text(self.wishes).encode()).hexdigest()


@dataclass(frozen=True, eq=False)
class Outcome:
    """What a run made: the proposals, and per candidate the verdicts and how it is marked."""

    proposals: Proposals
    verdicts: tuple[Judged, ...]
    marks: tuple[Marks, ...] = ()


@dataclass(eq=False)
class Run:
    """A run and how far it is.

    Attributes
    ----------
    order : Order
    ended : Event
        Set to make the run stop; what was found is kept.
    progress : Progress or None
        The last that the search told.
    outcome : Outcome or None
        Once the run is ready.
    error : str
        Why there is no outcome, in one Dutch sentence.
    """

    order: Order
    ended: threading.Event = field(default_factory=threading.Event)
    progress: Progress | None = None
    outcome: Outcome | None = None
    error: str = ""
    _canvas: Canvas | None = None
    _drawn: tuple[Found, str] | None = None
    _first: Plan | None = None
    _thread: threading.Thread | None = None

    def start(self) -> None:
        """Start the thread; it does not keep the program from ending."""
        self._thread = threading.Thread(target=self._work, name="kandidaten", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Stop searching; the best plans so far are kept."""
        self.ended.set()

    def join(self, seconds: float) -> None:
        """Wait for the end of the run, at most so many seconds."""
        if self._thread is not None:
            self._thread.join(seconds)

    @property
    def busy(self) -> bool:
        """Whether the thread still works."""
        return self._thread is not None and self._thread.is_alive()

    @property
    def canvas(self) -> Canvas:
        """What plans of this area are drawn on; made when it is first asked for."""
        if self._canvas is None:
            self._canvas = canvas_of(self.order.area)
        return self._canvas

    @property
    def share(self) -> float:
        """How far the search is (0-1), by its steps or its time, whichever is further."""
        if self.progress is None:
            return 0.0
        return min(1.0, max(self.progress.done, self.progress.seconds / self.order.seconds))

    def best_svg(self) -> str | None:
        """Draw the best plan so far, anew only when it is another one; None before the first.

        Places keep the marks of the first drawing as far as can be, so that changes show.
        """
        progress = self.progress
        best = None if progress is None else progress.best
        if progress is None or best is None:
            return None
        if self._drawn is None or self._drawn[0] is not best:
            plan = plan_of(progress.problem, best.labels)
            self._first = self._first or plan
            marks = group_marks(self.order.area, [self._first, plan])[-1]
            svg = plan_svg(self.canvas, plan, fixed=self.order.wishes.locks, marks=marks)
            self._drawn = (best, svg)
        return self._drawn[1]

    def _work(self) -> None:
        """Make the plans and test them; whatever happens, the page finds a result or a reason."""
        self.error = BROKEN_OFF
        try:
            with TURNS.turn(self, self.ended.is_set) as mine:
                self.outcome = self._made() if mine else None
            self.error = "" if mine else STOPPED
        except OiGeoError as error:
            self.error = str(error)
        except OSError as error:  # what it writes beside itself, such as compiled code
            self.error = f"De voorstellen zijn niet gemaakt. {disk_sentence(error)}"

    def _made(self) -> Outcome:
        order = self.order
        proposals = propose(
            order.area, order.wishes, count=order.count, exact=order.exact, seed=order.seed,
            seconds=order.seconds, stop=self.ended.is_set, progress=self._told,
        )  # fmt: skip
        plans = [candidate.plan for candidate in proposals.candidates]
        marks = group_marks(order.area, plans) if plans else ()
        return Outcome(proposals, tuple(map(self._verdicts, plans)), marks)

    def _told(self, progress: Progress) -> None:
        self.progress = progress

    def _verdicts(self, plan: Plan) -> Judged:
        """Test a plan."""
        kaders = [load_kader(name) for name in self.order.kaders]
        return judged(assess_plan(self.order.area, plan, kaders))


def _text(value: object) -> str:
    """Write a wish out in full, tables and all, the same for what is the same."""
    if isinstance(value, pd.Series | pd.DataFrame):
        return value.to_csv(lineterminator="\n")
    if is_dataclass(value):
        return _text(vars(value))
    if isinstance(value, Mapping):
        return "{" + ";".join(sorted(f"{key!r}={_text(item)}" for key, item in value.items())) + "}"
    if isinstance(value, Set):
        return _text(tuple(sorted(map(repr, value))))
    if isinstance(value, tuple):
        return "(" + ",".join(map(_text, value)) + ")"
    return repr(value)
