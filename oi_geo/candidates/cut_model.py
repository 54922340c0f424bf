"""The model of the cut border in CP-SAT (`bound`): which group each node lies in."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread

import numpy as np
from ortools.sat.python import cp_model

from oi_geo.candidates.clock import Clock
from oi_geo.candidates.cut_graph import Cut, CutGraph
from oi_geo.candidates.sets import Ints

# How often (seconds) somebody is asked whether to stop.
LOOK = 0.25


class CutModel:
    """The CP-SAT model: node i in group g or not, border e cut or not."""

    def __init__(self, graph: CutGraph, low: int, high: int, groups: int) -> None:
        self.graph, self.groups = graph, groups
        self.model = cp_model.CpModel()
        # Groups are named after their first node in this order, so that a plan is met once and not
        # under every naming of its groups. Nodes with most people first: they exclude each other.
        self.order = np.argsort(-graph.pop, kind="stable")
        n = len(graph.pop)
        self.inside = [
            [self.model.new_bool_var(f"x{i}_{g}") for g in range(groups)] for i in range(n)
        ]
        for row in self.inside:
            self.model.add_exactly_one(row)
        for g in range(groups):
            people = sum(int(graph.pop[i]) * self.inside[i][g] for i in range(n))
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
        graph = self.graph
        for i in np.flatnonzero(graph.pop < low):
            beside = graph.nbr[graph.ptr[i] : graph.ptr[i + 1]]
            for g in range(self.groups):
                near = [self.inside[j][g] for j in beside]
                self.model.add_bool_or([self.inside[i][g].negated(), *near])

    def _cut_length(self) -> cp_model.LinearExpr:
        graph, cut = self.graph, []
        for a, b in zip(graph.left, graph.right, strict=True):
            var = self.model.new_bool_var(f"y{a}_{b}")
            for g in range(self.groups):
                here, there = self.inside[a][g], self.inside[b][g]
                self.model.add_bool_or([here.negated(), there, var])
                self.model.add_bool_or([here, there.negated(), var])
            cut.append(var)
        return cp_model.LinearExpr.weighted_sum(cut, graph.weight.tolist())

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

    def solved(self, clock: Clock, workers: int, seed: int) -> tuple[list[Ints], int]:
        """Return all solutions met, contiguous or not, and a lower bound in decimetres."""
        solver = cp_model.CpSolver()
        solver.parameters.max_time_in_seconds = clock.left
        solver.parameters.num_workers = workers
        solver.parameters.random_seed = seed
        met = _Met(self.inside)
        with _watched(solver, clock):
            status = solver.solve(self.model, met)
        if status == cp_model.MODEL_INVALID:
            raise AssertionError(self.model.validate())
        # Rounded up: no plan cuts a part of a decimetre. The slack is for CP-SAT's own float.
        return met.plans, int(np.ceil(solver.best_objective_bound - 1e-6))


@contextmanager
def _watched(solver: cp_model.CpSolver, clock: Clock) -> Iterator[None]:
    """Stop the solver as soon as the clock has run out or the user asked to stop."""
    ready = Event()

    def watch() -> None:
        while not ready.wait(LOOK):
            if clock.out:
                solver.stop_search()

    thread = Thread(target=watch, name="grens", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ready.set()
        thread.join()


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
