"""How many groups each connected part of the area gets."""

import numpy as np
from numpy.typing import NDArray

from oi_geo.candidates import obstacles as say
from oi_geo.candidates.contract import NOWHERE, Ints
from oi_geo.candidates.obstacles import Obstacle
from oi_geo.candidates.wishes import Wishes
from oi_geo.study_area import StudyArea


def group_numbers(
    area: StudyArea,
    wishes: Wishes,
    people: NDArray[np.int64],
    node: Ints,
    component: Ints,
    held: int,
) -> tuple[Ints, list[Obstacle]]:
    """Divide the number of groups over the connected parts."""
    inside = node != NOWHERE
    total = np.bincount(
        component[node[inside]], people[inside], minlength=int(component.max(initial=-1)) + 1
    ).astype(np.int64)
    least, most = -(-total // wishes.high), total // wishes.low
    found = [
        say.no_number_fits(
            wishes,
            list(area.units.index[inside & (component[np.maximum(node, 0)] == part)]),
            int(total[part]),
            alone=bool(inside.all()),
            area=area,
            asked=None if wishes.groups is None or len(total) > 1 else wishes.groups - held,
        )
        for part in np.flatnonzero(least > most)
    ]
    target = wishes.target or (wishes.low + wishes.high) / 2
    groups = np.clip(np.rint(total / target).astype(np.int64), least, np.maximum(least, most))
    if wishes.groups is None and not found and total.sum():
        nearest = _nearest_average(int(total.sum()), target, int(least.sum()), int(most.sum()))
        groups = spread_over(total, groups, wishes, nearest)
    elif wishes.groups is not None and not found:
        asked = wishes.groups - held
        if not total.sum():
            groups = np.zeros_like(groups)  # what has no place is named elsewhere
            if held and asked > 0:
                found.append(say.wrong_number(wishes, 0, 0, 0, held))
        elif not least.sum() <= asked <= most.sum():
            low, high = int(least.sum()), int(most.sum())
            found.append(say.wrong_number(wishes, low, high, int(total.sum()), held))
        else:
            groups = spread_over(total, groups, wishes, asked)
    return groups.astype(np.int32), found


def _nearest_average(people: int, target: float, least: int, most: int) -> int:
    """Return the number of groups whose average size is nearest to the target; of two the fewer."""
    down = max(int(people / target), 1)
    numbers = [min(max(number, least), most) for number in (down, down + 1)]
    return min(numbers, key=lambda number: (abs(people / max(number, 1) - target), number))


def spread_over(
    total: NDArray[np.int64], groups: NDArray[np.integer], wishes: Wishes, asked: int
) -> NDArray[np.int64]:
    """Add or take groups one by one, where the average size stays nearest to the others'.

    Parameters
    ----------
    total : ndarray of int64, shape (n_parts,)
        People of each connected part.
    groups : ndarray of int, shape (n_parts,)
        Number of groups to begin with.
    wishes : Wishes
        Its band says how few and how many groups a part can have.
    asked : int
        Wanted number of groups of all parts together; it must be possible.
    """
    least, most = -(-total // wishes.high), total // wishes.low
    spread = groups.astype(np.int64)
    if asked == 0:
        return np.zeros_like(spread)
    step = 1 if spread.sum() < asked else -1
    ideal = total.sum() / asked
    while spread.sum() != asked:
        can = spread < most if step > 0 else spread > least
        size = np.where(can, total / np.maximum(spread + step, 1), np.inf)
        spread[int(np.argmin(np.abs(size - ideal)))] += step
    return spread
