"""What a session holds of the page Context: its run, and what the questions were about."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # a run needs compiled code, which loads when the page is opened
    from oi_geo.ui.context_run import ContextRun

Key = tuple[str, ...]


@dataclass(eq=False)
class Situating:
    """What a session holds of the page Context.

    Attributes
    ----------
    key : tuple of str
        Names the files of the study area that the run is about.
    asked : tuple of str
        Names the proposal, and what is counted, that the questions were filled in for.
    run : ContextRun or None
        The last run.
    taken : str
        Name of the plan that was taken over last.
    """

    key: Key = ()
    asked: Key = ()
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
