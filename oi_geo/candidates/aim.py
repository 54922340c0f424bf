"""What a relaxation must bring about: a plan that gives a place to what is asked, by every wish."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from oi_geo.candidates.clock import Clock
from oi_geo.candidates.contract import NOWHERE
from oi_geo.candidates.exact import solve_exact
from oi_geo.candidates.problem import Problem, build_problem
from oi_geo.candidates.rng import states
from oi_geo.candidates.starts import first_plan
from oi_geo.candidates.wishes import Wishes
from oi_geo.study_area import StudyArea

Flags = NDArray[np.bool_]

Limits = tuple[int, int, int | None]

# Possible groups up to which a trial is proven; above that a plan that is found is the proof.
MOST_SETS = 100_000


def without_place(problem: Problem) -> Flags:
    """Tell which units (shape (n_units,)) have no group in any plan: they are impossible places."""
    units = problem.area.units.index
    stands = [code for codes in problem.alone for code in codes]
    stands += [code for code, name in problem.wishes.locks.items() if name in problem.wishes.closed]
    return (problem.node == NOWHERE) & ~units.isin(stands)


@dataclass(frozen=True, eq=False)
class Aim:
    """What must hold under other wishes, for them to count as a relaxation.

    Attributes
    ----------
    area : StudyArea
        All of it: what a limit changes elsewhere counts.
    wishes : Wishes
        As they were asked.
    placed : ndarray of bool, shape (n_units,)
        Units that must have a group: those that have one now, and those that it is about.
    joined : ndarray of bool, shape (n_units,)
        Units that must lie in a group within the band, not alone above it.
    hopeless : ndarray of bool, shape (n_units,)
        Units of connected parts that are proven to have no plan; a part of such units alone may
        stay without.
    """

    area: StudyArea
    wishes: Wishes
    placed: Flags
    joined: Flags
    hopeless: Flags
    _trials: dict[Limits, Problem] = field(default_factory=dict)
    _built: dict[Limits, Problem] = field(default_factory=dict)

    @classmethod
    def of(cls, problem: Problem, where: Iterable[str] = ()) -> "Aim":
        """Aim at a place for the units `where`, while no other loses the one it has in a problem.

        What the problem leaves out is taken for parts that have no plan.
        """
        units = problem.area.units.index
        own = units.isin(list(where))
        return cls(
            problem.area,
            problem.wishes,
            placed=~without_place(problem) | own,
            joined=own & ~units.isin(list(_closed(problem.wishes))),
            hopeless=units.isin(list(problem.left_out)) & ~own,
        )

    def about(self, problem: Problem, where: Iterable[str]) -> "Aim":
        """Aim at other units of the same problem, with what was already made of it."""
        return replace(Aim.of(problem, where), _built=self._built)

    def under(self, wishes: Wishes) -> Problem:
        """Make the problem under other wishes, without parts that may stay without a plan."""
        return self._wanted(build_problem(self.area, wishes))

    def _wanted(self, problem: Problem) -> Problem:
        part = np.r_[problem.component, NOWHERE][problem.node]
        inside = part != NOWHERE
        wanted = np.zeros(int(part.max(initial=NOWHERE)) + 1, bool)
        wanted[part[inside & ~self.hopeless]] = True
        spare = inside & ~np.r_[wanted, True][part]
        if not spare.any():
            return problem
        out = frozenset(self.area.units.index[spare])
        return build_problem(self.area, problem.wishes, leave_out=out)

    def within(self, wishes: Wishes) -> Problem:
        """Make the problem under another band or number of groups, once for each."""
        key = wishes.low, wishes.high, wishes.groups
        if key not in self._trials:
            if key not in self._built:
                self._built[key] = build_problem(self.area, wishes)
            self._trials[key] = self._wanted(self._built[key])
        return self._trials[key]

    def served(self, problem: Problem) -> bool:
        """Tell whether nothing is without a place in a problem that must have one."""
        lacking = (without_place(problem) & self.placed).any()
        return problem.solvable and not lacking and bool((problem.node[self.joined] >= 0).all())

    def holds(self, problem: Problem, clock: Clock) -> bool | None:
        """Run with the other wishes: is there a plan? None where that was not found out."""
        if not self.served(problem):
            return False
        proof = solve_exact(problem, seconds=clock.left, limit=MOST_SETS, stop=clock.stop)
        if proof.status in {"optimal", "bound"}:
            return True
        if proof.status == "infeasible":
            return False
        if proof.status == "too many" and not clock.out:
            plan = first_plan(problem, states(0, 1)[0], tries=1, over=lambda: clock.out)
            return None if plan is None else True
        return None

    def free_number(self) -> "Aim":
        """Return the same aim with any number of groups."""
        return replace(self, wishes=replace(self.wishes, groups=None), _trials={})


def _closed(wishes: Wishes) -> set[str]:
    return {code for code, name in wishes.locks.items() if name in wishes.closed}
