"""The set partition model in HiGHS: one column per set, one row per node, solved once.

References
----------
Huangfu, Q. & Hall, J. A. J. (2018). Parallelizing the dual revised simplex method. Mathematical
Programming Computation 10(1), 119-142.
"""

from dataclasses import dataclass
from typing import Literal

import highspy
import numpy as np
from numpy.typing import NDArray

from oi_geo.candidates.clock import Clock
from oi_geo.candidates.sets import Longs, Sets

Floats = NDArray[np.float64]
Status = highspy.HighsModelStatus


@dataclass(frozen=True, eq=False)
class Outcome:
    """What HiGHS found.

    Attributes
    ----------
    status : {'optimal', 'infeasible', 'stopped'}
    chosen : ndarray of int64 or None
        The best plan of an integer model, as positions of sets; None without any.
    bound : float
        No plan of an integer model costs less; -inf where nothing is known.
    prices : ndarray of float64, shape (n_rows,) or None
        Dual value of each row of a linear model: what its node costs, then what a group costs.
    """

    status: Literal["optimal", "infeasible", "stopped"]
    chosen: Longs | None
    bound: float
    prices: Floats | None


def covers_once(sets: Sets, chosen: Longs, n_nodes: int, groups: int | None) -> bool:
    """Tell whether these sets cover each node exactly once, in the number of groups asked."""
    members = [sets.node[sets.ptr[i] : sets.ptr[i + 1]] for i in chosen]
    met = np.bincount(np.concatenate([*members, sets.node[:0]]), minlength=n_nodes)
    return bool((met == 1).all()) and groups in {None, len(chosen)}


def solve_linear(
    sets: Sets, cost: Floats, n_nodes: int, groups: int | None, clock: Clock
) -> Outcome:
    """Solve the linear relaxation, in which a part of a set may be chosen, for its prices."""
    solver = _solver(_model(sets, cost, n_nodes, groups), clock)
    solver.run()
    status = _status(solver)
    prices = np.array(solver.getSolution().row_dual) if status == "optimal" else None
    return Outcome(status, None, -np.inf, prices)


def solve_integer(
    sets: Sets,
    cost: Floats,
    n_nodes: int,
    groups: int | None,
    clock: Clock,
    start: Longs | None = None,
) -> Outcome:
    """Choose whole sets; `start` is a plan to improve on, as positions of sets."""
    model = _model(sets, cost, n_nodes, groups)
    model.col_upper_ = np.ones(sets.count)
    model.integrality_ = [highspy.HighsVarType.kInteger] * sets.count
    solver = _solver(model, clock)
    # Without this HiGHS calls a plan optimal that may be 0,01 % from it.
    solver.setOptionValue("mip_rel_gap", 0.0)
    solver.setOptionValue("mip_abs_gap", 0.0)
    solver.setOptionValue("mip_allow_restart", False)  # a restart would presolve, see `_solver`
    if start is not None:
        solution = highspy.HighsSolution()
        solution.col_value = np.isin(np.arange(sets.count), start).astype(float).tolist()
        solver.setSolution(solution)
    solver.run()
    status, info = _status(solver), solver.getInfo()
    found = info.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible
    chosen = None
    if found:
        half = 0.5
        chosen = np.flatnonzero(np.array(solver.getSolution().col_value) > half)
        if not covers_once(sets, chosen, n_nodes, groups):
            raise AssertionError("HiGHS returned a plan that does not cover each node once")
    bound = info.mip_dual_bound if np.isfinite(info.mip_dual_bound) else -np.inf
    return Outcome(status, chosen, bound, None)


def _model(sets: Sets, cost: Floats, n_nodes: int, groups: int | None) -> highspy.HighsLp:
    """Write the model by column: each node is covered once, and the number of groups is right."""
    ptr, row = sets.ptr, sets.node
    demand = np.ones(n_nodes)
    if groups is not None:
        row = np.insert(row, ptr[1:], n_nodes)
        ptr = ptr + np.arange(len(ptr))
        demand = np.r_[demand, float(groups)]
    model = highspy.HighsLp()
    model.num_col_, model.num_row_ = sets.count, len(demand)
    model.col_cost_ = cost
    model.col_lower_ = np.zeros(sets.count)
    model.col_upper_ = np.full(sets.count, highspy.kHighsInf)
    model.row_lower_, model.row_upper_ = demand, demand
    model.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    model.a_matrix_.start_ = ptr
    model.a_matrix_.index_ = row
    model.a_matrix_.value_ = np.ones(len(row))
    return model


def _solver(model: highspy.HighsLp, clock: Clock) -> highspy.Highs:
    solver = highspy.Highs()
    solver.setOptionValue("output_flag", False)
    # HiGHS 1.15's presolve of integer models is not sound on set partitions: it "solved" an
    # infeasible one with a plan that is none. Without presolve these models are as fast.
    solver.setOptionValue("presolve", "off")
    solver.setOptionValue("time_limit", clock.left)
    if clock.stop is not None:
        stop = clock.stop

        def interrupt(event: highspy.highs.HighsCallbackEvent) -> None:
            if stop():
                event.interrupt()

        solver.cbSimplexInterrupt += interrupt
        solver.cbMipInterrupt += interrupt
    solver.passModel(model)
    return solver


def _status(solver: highspy.Highs) -> Literal["optimal", "infeasible", "stopped"]:
    status = solver.getModelStatus()
    if status == Status.kOptimal:
        return "optimal"
    # Costs are finite and every column is bounded by its rows, so the model is never unbounded.
    if status in {Status.kInfeasible, Status.kUnboundedOrInfeasible}:
        return "infeasible"
    if status in {Status.kTimeLimit, Status.kInterrupt}:
        return "stopped"
    raise AssertionError(f"HiGHS stopped with {solver.modelStatusToString(status)}")
