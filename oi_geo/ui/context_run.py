"""A run: an ensemble beside a proposal, made in a thread of its own and stopped from the page.

The thread knows the run and nothing of Streamlit. The session holds the run; when the session goes,
the run is told to stop.
"""

import shutil
import tempfile
import threading
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from oi_geo.candidates.obstacles import Obstacle
from oi_geo.candidates.problem import Problem
from oi_geo.candidates.situate import Context, situate
from oi_geo.candidates.wishes import Wishes
from oi_geo.commands.ensemble import Sampling, problem_for, sample_possible
from oi_geo.commands.ensemble_notes import notes_on
from oi_geo.errors import OiGeoError
from oi_geo.maps.candidate_map import Canvas, PlanDrawing, canvas_of, draw_plan
from oi_geo.maps.marks import Marks, group_marks
from oi_geo.plan import Plan
from oi_geo.report.context_origin import today
from oi_geo.study_area import Source, StudyArea
from oi_geo.ui.turns import STOPPED, TURNS

CHAINS = 4
BROKEN_OFF = "Het rekenen is onverwacht afgebroken. Probeer het met een andere band."
NO_ROOM = "Het ensemble kon niet worden bewaard: is er nog ruimte op de schijf?"


@dataclass(frozen=True, eq=False)
class ContextOrder:
    """What a run is asked: a proposal, what the plans beside it must satisfy, and how many steps.

    `key` names proposal and level by what the files hold, `proposal` is the name of its file,
    `sources` are the files that area and proposal were read from, `marks` is how the groups of the
    proposal are marked on the other pages, where they already are.
    """

    key: tuple[str, ...]
    proposal: str
    area: StudyArea
    plan: Plan
    wishes: Wishes
    steps: int
    sources: tuple[Source, ...] = ()
    seed: int = 0
    marks: Marks | None = None


@dataclass(frozen=True, eq=False)
class ContextOutcome:
    """What a run found: the proposal in its context, what is impossible, what to know, and when."""

    problem: Problem
    context: Context
    obstacles: tuple[Obstacle, ...]
    notes: tuple[str, ...]
    day: date


class ContextRun(threading.Thread):
    """A run and how far it is.

    Parameters
    ----------
    order : ContextOrder
    folder : Path
        Where a folder for the ensemble is made.

    Attributes
    ----------
    folder : Path
        Holds the ensemble; it goes when the run is discarded.
    ended, enough : Event
        Set to end the sampling, and the comparing after it; what was made is kept.
    comparing : bool
        True once the plans are made.
    share : float or None
        Share of the steps that is made (0-1); None until the first of them are.
    outcome : ContextOutcome or None
        Once the run is ready.
    error : str
        Why there is no outcome, in one Dutch sentence.
    """

    def __init__(self, order: ContextOrder, folder: Path) -> None:
        super().__init__(name="ensemble", daemon=True)
        self.order = order
        self.folder = Path(tempfile.mkdtemp(prefix="ensemble_", dir=folder))
        self.ended, self.enough = threading.Event(), threading.Event()
        self.comparing = False
        self.share: float | None = None
        self.outcome: ContextOutcome | None = None
        self.error = ""
        self._unwanted = self._ended = False
        self._lock = threading.Lock()
        self._canvas: Canvas | None = None
        self._drawn: dict[int, PlanDrawing] = {}
        self._marks: tuple[Marks, ...] | None = None

    def run(self) -> None:
        """Sample and compare; whatever happens, the page finds a result or a reason."""
        self.error = BROKEN_OFF
        try:
            with TURNS.turn(self, self.ended.is_set) as mine:
                self.outcome = self._compared() if mine else None
            self.error = "" if mine else STOPPED
        except OiGeoError as error:
            self.error = str(error)
        except OSError:
            self.error = NO_ROOM
        finally:
            with self._lock:
                self._ended = True
                if self._unwanted:
                    self._remove()

    def stop(self) -> None:
        """Stop what is being done; plans that were made are compared with."""
        (self.enough if self.comparing else self.ended).set()

    @property
    def stopping(self) -> bool:
        """Whether what is being done has been told to stop."""
        return (self.enough if self.comparing else self.ended).is_set()

    def discard(self) -> None:
        """Stop, and remove the files."""
        self.ended.set()
        self.enough.set()
        with self._lock:
            self._unwanted = True
            # A run that is under way removes them when it ends; one that never began does not.
            if self._ended or self.ident is None:
                self._remove()

    @property
    def canvas(self) -> Canvas:
        """What plans of this area are drawn on; made when it is first asked for."""
        if self._canvas is None:
            self._canvas = canvas_of(self.order.area)
        return self._canvas

    @property
    def marks(self) -> tuple[Marks, ...]:
        """How the groups of the proposal are marked, and those of the nearest plans after it."""
        if self._marks is None:
            order, outcome = self.order, self.outcome
            near = [] if outcome is None else [near.plan for near in outcome.context.nearest]
            self._marks = group_marks(order.area, [order.plan, *near], order.marks)
        return self._marks

    def near_drawing(self, position: int, plan: Plan) -> PlanDrawing:
        """Draw one of the nearest plans, by its position from 1 on, once."""
        if position not in self._drawn:
            marks = self.marks[position]
            self._drawn[position] = draw_plan(self.canvas, plan, marks=marks)
        return self._drawn[position]

    def _compared(self) -> ContextOutcome:
        order = self.order
        problem = problem_for(order.area, order.wishes, order.plan)
        sampling = Sampling(steps=order.steps, chains=CHAINS, seed=order.seed)
        problem, sampled, beside = sample_possible(
            problem, self.folder, sampling, self.ended, self._told, order.plan
        )
        self.comparing = True
        context = situate(problem, order.plan, sampled, stop=self.enough.is_set)
        return ContextOutcome(
            problem,
            context,
            (*problem.obstacles, *beside),
            tuple(notes_on(problem, order.plan, context)),
            today(),
        )

    def _told(self, share: float) -> None:
        self.share = share

    def _remove(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)
