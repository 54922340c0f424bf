"""What the ensemble measures, measured of any plan of units: so that a proposal can be compared.

The chain counts on nodes, where gemeenten may have been contracted; a proposal may cut them. Both
are measured on what the search divides: units that stand alone because they are too large, units of
impossible places and closed groups are left out of both.
"""

import numpy as np

from oi_geo.candidates.arrays import Floats
from oi_geo.candidates.problem import Problem, count_people, divisions
from oi_geo.plan import UNASSIGNED, Plan
from oi_geo.shape import polsby_popper

# Measures that mean the same on nodes and on units; the number of cut edges does not.
COMPARED = (
    "snijlijn_km", "polsby_popper", "gemeenten_gedeeld", "kleinste", "grootste", "afwijking",
)  # fmt: skip


def standing(problem: Problem, plan: Plan) -> dict[str, float]:
    """Measure a plan as the chain measures its own.

    Parameters
    ----------
    problem : Problem
        What the ensemble was made for.
    plan : Plan
        A plan of the same units.

    Returns
    -------
    dict of str to float
        `COMPARED`; all NaN where the plan leaves units open that the ensemble divides, since a
        part cannot be compared with wholes.
    """
    inside = problem.node >= 0
    if not inside.any() or (plan.labels[inside] == UNASSIGNED).any():
        return dict.fromkeys(COMPARED, np.nan)
    labels, n = _numbered(plan.labels, inside)
    graph, area = problem.area.graph, problem.area
    people = np.bincount(
        labels[inside], count_people(area, problem.wishes)[0][inside], minlength=n
    ).astype(np.float64)
    division = divisions(area, problem.wishes)
    left, right = graph.left, graph.right
    between = inside[left] & inside[right] & (division[left] == division[right])
    cut = between & (labels[left] != labels[right])
    m2 = np.bincount(labels[inside], area.area_km2.to_numpy()[inside] * 1e6, minlength=n)
    outline = _outlines(problem, labels, inside, between & ~cut, n)
    codes, names = area.units["gemeentecode"].factorize()
    pairs = np.unique(np.column_stack([codes[inside], labels[inside]]), axis=0)
    pieces = np.bincount(pairs[:, 0], minlength=len(names))
    return {
        "snijlijn_km": float(graph.border_m[cut].sum() / 1e3),
        "polsby_popper": float(polsby_popper(np.asarray(m2, np.float64), outline).mean()),
        "gemeenten_gedeeld": float((pieces > 1).sum()),
        "kleinste": float(people.min()),
        "grootste": float(people.max()),
        "afwijking": float(np.abs(people - people.mean()).mean()),
    }


def _numbered(labels: np.ndarray, inside: np.ndarray) -> tuple[np.ndarray, int]:
    """Give the groups that hold units of the problem numbers from 0 on; -1 outside it."""
    present, number = np.unique(labels[inside], return_inverse=True)
    result = np.full(len(labels), UNASSIGNED, np.int64)
    result[inside] = number
    return result, len(present)


def _outlines(
    problem: Problem, labels: np.ndarray, inside: np.ndarray, within: np.ndarray, n: int
) -> Floats:
    """Measure the outline of each group (m): its units' outlines without their inner borders."""
    graph = problem.area.graph
    ends = np.r_[graph.left, graph.right]
    shared = np.bincount(ends, np.r_[graph.border_m, graph.border_m], minlength=len(labels))
    whole = np.bincount(labels[inside], (graph.outer_m + shared)[inside], minlength=n)
    inner = np.bincount(labels[graph.left[within]], graph.border_m[within], minlength=n)
    return np.asarray(whole - 2 * inner, np.float64)
