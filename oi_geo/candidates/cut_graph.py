"""The graph whose cut border is bounded (`bound`): what a plan cuts, and where it hangs apart.

References
----------
Validi, H., Buchanan, A. & Lykhovyd, E. (2022). Imposing contiguity constraints in political
districting models. Operations Research 70(2), 867-892.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from oi_geo.candidates.sets import Ints, Longs

Floats = NDArray[np.float64]
Cut = tuple[int, int, tuple[int, ...]]

# CP-SAT counts in whole numbers: borders in decimetres, rounded down so that the bound holds.
PER_METRE = 10


@dataclass(frozen=True, eq=False)
class CutGraph:
    """The graph, each edge once; borders in whole decimetres."""

    ptr: Ints
    nbr: Ints
    left: Ints
    right: Ints
    weight: Longs
    pop: Longs

    @classmethod
    def of(cls, ptr: Ints, nbr: Ints, metres: Floats, pop: Longs) -> "CutGraph":
        """Take each edge once from the neighbours of each node; borders rounded down."""
        origin = np.repeat(np.arange(len(pop), dtype=np.int32), np.diff(ptr))
        once = origin < nbr
        weight = np.floor(metres[once] * PER_METRE).astype(np.int64)
        return cls(ptr, nbr, origin[once], nbr[once], weight, pop)

    def cut(self, labels: Ints) -> int:
        """Return the border between groups."""
        return int(self.weight[labels[self.left] != labels[self.right]].sum())

    def holds(self, labels: Ints, low: int, high: int, groups: int) -> bool:
        """Tell whether a plan is contiguous, in the band and of the right number of groups."""
        if set(labels.tolist()) != set(range(groups)):
            return False
        people = np.zeros(groups, np.int64)
        np.add.at(people, labels, self.pop)
        inside = people.min() >= low and people.max() <= high
        return bool(inside) and len(np.unique(self.parts(labels))) == groups

    def parts(self, labels: Ints) -> Ints:
        """Return the connected part of its group that each node lies in."""
        return self._components(labels[self.left] == labels[self.right])

    def _components(self, usable: NDArray[np.bool_]) -> Ints:
        n = len(self.pop)
        ends = (self.left[usable], self.right[usable])
        matrix = coo_array((np.ones(int(usable.sum()), np.int8), ends), shape=(n, n))
        return np.asarray(connected_components(matrix, directed=False)[1])

    def neighbours(self, nodes: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Mark the nodes beside these nodes."""
        beside = np.zeros(len(self.pop), bool)
        beside[self.right[nodes[self.left]]] = True
        beside[self.left[nodes[self.right]]] = True
        return beside & ~nodes

    def separators(self, labels: Ints) -> list[Cut]:
        """List what a plan breaks: two nodes of a group that hang apart, and what separates them.

        Of each group the part with most people is the main one; every node of another part is
        paired with the largest node of it.
        """
        cuts: list[Cut] = []
        part = self.parts(labels)
        people = np.bincount(part, self.pop)
        for group in np.unique(labels):
            numbers = np.unique(part[labels == group])
            main = numbers[np.argmax(people[numbers])]
            inside = np.flatnonzero(part == main)
            end = int(inside[np.argmax(self.pop[inside])])
            for number in numbers[numbers != main]:
                between = self._between(part == number, end)
                cuts += [(int(a), end, between) for a in np.flatnonzero(part == number)]
        return cuts

    def _between(self, apart: NDArray[np.bool_], end: int) -> tuple[int, ...]:
        """Return the nodes beside a part that `end` can reach: a minimal separator."""
        beside = self.neighbours(apart)
        component = self._components(~beside[self.left] & ~beside[self.right])
        reach = self.neighbours(component == component[end])
        return tuple(np.flatnonzero(beside & reach).tolist())
