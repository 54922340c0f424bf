"""What a session holds of the page Context: its run, and what the questions were about."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from oi_geo.candidates.wishes import Wishes
from oi_geo.ui.cache import Question

if TYPE_CHECKING:  # a run needs compiled code, which loads when the page is opened
    from oi_geo.ui.context_run import ContextRun

Key = tuple[str, ...]
Origin = Literal["kandidaten", "context"]


@dataclass(frozen=True, eq=False)
class Adopted:
    """A plan that was made here and taken over as the proposal, and the wishes it was made with."""

    question: Question
    wishes: Wishes
    origin: Origin

    def is_asked(self, question: Question) -> bool:
        """Tell whether a question is about exactly this plan, on the same files."""
        ours = self.question
        return (ours.inputs, ours.proposal, ours.level) == (
            question.inputs, question.proposal, question.level
        )  # fmt: skip


@dataclass(eq=False)
class Situating:
    """What a session holds of the page Context.

    Attributes
    ----------
    key : tuple of str
        Names the files of the study area that the run is about.
    adopted : Adopted or None
        The plan that was taken over last, from here or from Kandidaten.
    run : ContextRun or None
        The last run.
    taken : str
        Name of the plan that was taken over last.
    """

    key: Key = ()
    adopted: Adopted | None = None
    run: ContextRun | None = None
    taken: str = ""

    def about(self, key: Key) -> None:
        """Forget the run when the files of the study area are others than before."""
        if self.key != key:
            self.replace(None)
            self.key = key

    def replace(self, run: ContextRun | None) -> None:
        """Let a new run take the place of the old one, which stops and removes its files."""
        if self.run is not None:
            self.run.discard()
        self.run, self.taken = run, ""
