"""What a session holds of the page Kandidaten: its run, its locks and its pairs."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:  # a run needs compiled code, which loads when the page is opened
    from oi_geo.ui.candidate_run import Run

WishKind = Literal["binnen", "kernen", "bestaand", "herkomst"]


@dataclass(frozen=True)
class Lock:
    """Units that keep the group they have.

    `closed` tells that the group is finished and gets no other unit; `label` is what the list of
    locks says. `beside` are the units that `codes` stay with: those that the group is called after.
    """

    group: str
    codes: tuple[str, ...]
    label: str
    closed: bool = False
    beside: tuple[str, ...] = ()

    def clashes(self, other: Lock) -> bool:
        """Tell whether two locks cannot both hold.

        In one group that is where both speak of a unit or one says that the group is finished; in
        two groups where they share any unit.
        """
        if self.group == other.group:
            return self.closed or other.closed or not set(self.codes).isdisjoint(other.codes)
        return not {*self.codes, *self.beside}.isdisjoint((*other.codes, *other.beside))


@dataclass(frozen=True)
class Pair:
    """Two units or gemeenten that belong together, or must not share a group."""

    first: str
    second: str
    together: bool


@dataclass(eq=False)
class Making:
    """What a session holds of the page Kandidaten.

    Attributes
    ----------
    key : tuple of str
        Names the files of the study area that all of it is about.
    run : Run or None
        The last run.
    locks : list of Lock
    pairs : list of Pair
    files : dict of str to Path
        Uploaded tables that say something about the wishes, by kind.
    handed_in : dict of str to Path
        Uploaded tables that have not been read yet.
    attempts : dict of str to int
        How many runs there were with the same wishes, by the fingerprint of those.
    taken : str
        Name of the candidate that was taken over last.
    """

    key: tuple[str, ...] = ()
    run: Run | None = None
    locks: list[Lock] = field(default_factory=list)
    pairs: list[Pair] = field(default_factory=list)
    files: dict[WishKind, Path] = field(default_factory=dict)
    handed_in: dict[WishKind, Path] = field(default_factory=dict)
    attempts: dict[str, int] = field(default_factory=dict)
    taken: str = ""

    def about(self, key: tuple[str, ...]) -> None:
        """Forget everything when the files of the study area are others than before."""
        if self.key == key:
            return
        self.replace(None)
        self.locks.clear()
        self.pairs.clear()
        self.files.clear()
        self.handed_in.clear()
        self.attempts.clear()
        self.key = key

    def replace(self, run: Run | None) -> None:
        """Let a new run take the place of the old one, which stops."""
        if self.run is not None:
            self.run.stop()
        self.run, self.taken = run, ""

    def drop_file(self, kind: WishKind) -> None:
        """Stop using an uploaded table."""
        self.files.pop(kind, None)

    def next_seed(self, wishes: str) -> int:
        """Return the seed of the next run with the wishes of this fingerprint, from 0 up."""
        seed = self.attempts.get(wishes, 0)
        self.attempts[wishes] = seed + 1
        return seed

    def lock(self, new: Lock) -> None:
        """Add a lock; earlier ones that it contradicts give way to it."""
        self.locks = [*(old for old in self.locks if not old.clashes(new)), new]

    def unlock(self, lock: Lock) -> None:
        """Take a lock off."""
        self.locks = [other for other in self.locks if other != lock]

    def add_pair(self, pair: Pair) -> None:
        """Add a pair; what was said of the same two before gives way to it."""
        ends = {pair.first, pair.second}
        self.pairs = [old for old in self.pairs if {old.first, old.second} != ends]
        self.pairs.append(pair)

    def drop_pair(self, pair: Pair) -> None:
        """Forget a pair."""
        self.pairs = [other for other in self.pairs if other != pair]

    @property
    def locked(self) -> dict[str, str]:
        """Group name per locked unit code."""
        return {code: lock.group for lock in self.locks for code in (*lock.codes, *lock.beside)}

    @property
    def closed(self) -> frozenset[str]:
        """Names of the groups that are finished."""
        return frozenset(lock.group for lock in self.locks if lock.closed)
