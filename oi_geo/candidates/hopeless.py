"""Connected parts of an area that are proven to have no plan, so that the rest can be divided."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from oi_geo.candidates.aim import Aim
from oi_geo.candidates.clock import Clock
from oi_geo.candidates.exact import solve_exact
from oi_geo.candidates.infeasible import explain, sharpened
from oi_geo.candidates.obstacles import Obstacle
from oi_geo.candidates.problem import Problem, build_problem

# Possible groups per part that are enumerated at most: a part is small, or the proof takes long.
MOST_SETS = 200_000


def hopeless_parts(
    problem: Problem, *, seconds: float, stop: Callable[[], bool]
) -> tuple[frozenset[str], list[Obstacle]]:
    """Prove of each connected part whether it can be divided at all.

    Parameters
    ----------
    problem : Problem
        Of several connected parts, for which no plan was found.
    seconds : float
        Time limit of all proofs together.
    stop : callable

    Returns
    -------
    units : frozenset of str
        Codes of the units of the parts that are proven to have no plan.
    obstacles : list of Obstacle
        One for each of those parts.
    """
    clock = Clock.of(seconds, stop)
    units = problem.area.units.index
    where = np.r_[problem.component, -1][problem.node]
    lost: set[str] = set(problem.left_out)
    hopeless: list[tuple[Problem, list[Obstacle]]] = []
    for part in range(int(problem.component.max(initial=-1)) + 1):
        if clock.out:
            break
        others = frozenset(units[(where >= 0) & (where != part)]) | problem.left_out
        alone = build_problem(problem.area, replace(problem.wishes, groups=None), leave_out=others)
        fatal = [obstacle for obstacle in alone.obstacles if obstacle.fatal]
        if not fatal:
            proof = solve_exact(alone, seconds=clock.left, limit=MOST_SETS, stop=stop)
            if proof.status != "infeasible":
                continue
        lost |= set(units[where == part])
        hopeless.append((alone, fatal))
    # What is hopeless elsewhere is known only now, and a relaxation is of the whole area.
    rest = build_problem(problem.area, problem.wishes, leave_out=frozenset(lost))
    found, base = [], Aim.of(rest)
    for alone, fatal in hopeless:
        if not fatal:
            aim = base.about(rest, units[alone.node >= 0])
            found.append(explain(alone, seconds=clock.left, stop=stop, aim=aim))
        found += [
            sharpened(o, base.about(rest, o.where), seconds=clock.left, stop=stop) for o in fatal
        ]
    return frozenset(lost), [replace(obstacle, fatal=False) for obstacle in found]
