"""A lower bound on the cut border, by CP-SAT, where there are too many sets to enumerate.

Each node gets one of a given number of groups. Contiguity is left out at first and added where a
solution breaks it: two nodes in one group that hang apart need, from now on, a node of the set that
separates them (a minimal a,b-separator) in their group. What is solved is a relaxation at any time,
so its bound always holds.

References
----------
Validi, H., Buchanan, A. & Lykhovyd, E. (2022). Imposing contiguity constraints in political
districting models. Operations Research 70(2), 867-892.
"""

import time
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from ortools.sat.python import cp_model
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from oi_geo.candidates.sets import Ints, Longs

Floats = NDArray[np.float64]
Cut = tuple[int, int, tuple[int, ...]]

# CP-SAT counts in whole numbers: borders in decimetres, rounded down so that the bound holds.
PER_METRE = 10


@dataclass(frozen=True, eq=False)
class Bound:
    """What is proven about the cut border of a plan.

    Attributes
    ----------
    bound_m : float
        No contiguous plan in the band cuts less (metres).
    labels : ndarray of int32, shape (n,) or None
        A contiguous plan in the band that cuts less than the start; None where none was found.
    optimal : bool
        Whether that plan, or without one the start, is proven to be the best (to 1 dm per border).
    """

    bound_m: float
    labels: Ints | None
    optimal: bool


def cut_bound(
    ptr: Ints,
    nbr: Ints,
    metres: Floats,
    pop: Longs,
    low: int,
    high: int,
    groups: int,
    start_labels: Ints,
    *,
    seconds: float,
    workers: int = 2,
    seed: int = 0,
) -> Bound:
    """Bound the border that any contiguous plan cuts, and look for a better plan meanwhile.

    Parameters
    ----------
    ptr, nbr : ndarray of int32, shapes (n + 1,), (2m,)
        Neighbours of node i: `nbr[ptr[i]:ptr[i + 1]]`.
    metres : ndarray of float64, shape (2m,)
        Shared border with each neighbour; 0 for a registered link.
    pop : ndarray of int64, shape (n,)
    low, high : int
        The band, in people, inclusive.
    groups : int
        Number of groups.
    start_labels : ndarray of int32, shape (n,)
        A contiguous plan in the band, groups numbered from 0.
    seconds : float
        Time limit (wall clock).
    workers, seed : int
        Threads and random seed of CP-SAT.

    Returns
    -------
    Bound

    Raises
    ------
    ValueError
        If the start is no contiguous plan in the band with this number of groups.
    """
    problem = _Problem.of(ptr, nbr, metres, pop)
    if not problem.holds(start_labels, low, high, groups):
        raise ValueError("the start must be a contiguous plan in the band")
    deadline = time.monotonic() + seconds
    best, labels = problem.cut(start_labels), None
    model = _Model(problem, low, high, groups)
    bound = 0
    while bound < best and (left := deadline - time.monotonic()) > 0:
        model.hint(start_labels if labels is None else labels, best)
        found, lower = model.solved(left, workers, seed)
        bound = max(bound, min(lower, best))
        cuts: set[Cut] = set()
        for plan in found:
            broken = problem.separators(plan)
            cuts.update(broken)
            if not broken and problem.cut(plan) < best:
                best, labels = problem.cut(plan), plan
        model.forbid(cuts)
    return Bound(bound / PER_METRE, labels, bound >= best)


@dataclass(frozen=True, eq=False)
class _Problem:
    """The graph, each edge once; borders in whole decimetres."""

    ptr: Ints
    nbr: Ints
    left: Ints
    right: Ints
    weight: Longs
    pop: Longs

    @classmethod
    def of(cls, ptr: Ints, nbr: Ints, metres: Floats, pop: Longs) -> "_Problem":
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


class _Model:
    """The CP-SAT model: node i in group g or not, border e cut or not."""

    def __init__(self, problem: _Problem, low: int, high: int, groups: int) -> None:
        self.problem, self.groups = problem, groups
        self.model = cp_model.CpModel()
        # Groups are named after their first node in this order, so that a plan is met once and not
        # under every naming of its groups. Nodes with most people first: they exclude each other.
        self.order = np.argsort(-problem.pop, kind="stable")
        n = len(problem.pop)
        self.inside = [
            [self.model.new_bool_var(f"x{i}_{g}") for g in range(groups)] for i in range(n)
        ]
        for row in self.inside:
            self.model.add_exactly_one(row)
        for g in range(groups):
            people = sum(int(problem.pop[i]) * self.inside[i][g] for i in range(n))
            self.model.add_linear_constraint(people, low, high)
        self._name_groups()
        self._hold_together(low)
        self.length = self._cut_length()
        self.model.minimize(self.length)

    def _name_groups(self) -> None:
        for rank, i in enumerate(self.order):
            for g in range(1, self.groups):
                before = [self.inside[j][g - 1] for j in self.order[:rank]]
                self.model.add_bool_or([self.inside[i][g].negated(), *before])

    def _hold_together(self, low: int) -> None:
        """Give each node that is below the band by itself a neighbour in its group."""
        problem = self.problem
        for i in np.flatnonzero(problem.pop < low):
            beside = problem.nbr[problem.ptr[i] : problem.ptr[i + 1]]
            for g in range(self.groups):
                near = [self.inside[j][g] for j in beside]
                self.model.add_bool_or([self.inside[i][g].negated(), *near])

    def _cut_length(self) -> cp_model.LinearExpr:
        problem, cut = self.problem, []
        for a, b in zip(problem.left, problem.right, strict=True):
            var = self.model.new_bool_var(f"y{a}_{b}")
            for g in range(self.groups):
                here, there = self.inside[a][g], self.inside[b][g]
                self.model.add_bool_or([here.negated(), there, var])
                self.model.add_bool_or([here, there.negated(), var])
            cut.append(var)
        return cp_model.LinearExpr.weighted_sum(cut, problem.weight.tolist())

    def hint(self, labels: Ints, best: int) -> None:
        """Start from a plan, and look for none that cuts more."""
        _, first, number = np.unique(labels[self.order], return_index=True, return_inverse=True)
        named = np.empty(len(labels), np.int64)
        named[self.order] = np.argsort(np.argsort(first))[number]
        self.model.clear_hints()
        for i, row in enumerate(self.inside):
            for g, var in enumerate(row):
                self.model.add_hint(var, bool(named[i] == g))
        self.model.add(self.length <= best)

    def forbid(self, cuts: set[Cut]) -> None:
        """Require, for every group, that nodes which hang apart are joined by their separator."""
        for a, b, between in sorted(cuts):
            for g in range(self.groups):
                joined = [self.inside[s][g] for s in between]
                apart = [self.inside[a][g].negated(), self.inside[b][g].negated()]
                self.model.add_bool_or([*apart, *joined])

    def solved(self, seconds: float, workers: int, seed: int) -> tuple[list[Ints], int]:
        """Return all solutions met, contiguous or not, and a lower bound in decimetres."""
        solver = cp_model.CpSolver()
        solver.parameters.max_time_in_seconds = seconds
        solver.parameters.num_workers = workers
        solver.parameters.random_seed = seed
        met = _Met(self.inside)
        status = solver.solve(self.model, met)
        if status == cp_model.MODEL_INVALID:
            raise AssertionError(self.model.validate())
        # Rounded up: no plan cuts a part of a decimetre. The slack is for CP-SAT's own float.
        return met.plans, int(np.ceil(solver.best_objective_bound - 1e-6))


class _Met(cp_model.CpSolverSolutionCallback):
    """Remembers every solution that CP-SAT comes across."""

    def __init__(self, inside: list[list[cp_model.IntVar]]) -> None:
        super().__init__()
        self.inside = inside
        self.plans: list[Ints] = []

    def on_solution_callback(self) -> None:
        """Take over the groups of the nodes."""
        found = [[self.boolean_value(var) for var in row] for row in self.inside]
        self.plans.append(np.argmax(found, axis=1).astype(np.int32))
