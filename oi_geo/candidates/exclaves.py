"""Parts that must stay together and hang apart: what must join to connect them may be too much."""

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from oi_geo.candidates import obstacles as say
from oi_geo.candidates.arrays import Longs
from oi_geo.candidates.assemble import neighbours_of
from oi_geo.candidates.contract import NOWHERE, Ints, Keep, Links
from oi_geo.candidates.obstacles import Obstacle
from oi_geo.candidates.wishes import Wishes
from oi_geo.study_area import StudyArea

LET_GO = {
    "gemeente": "gemeenten liefst heel laten in plaats van altijd",
    "kern": "kernen liefst heel laten in plaats van altijd",
    "wsv": "gebieden van WSV's liefst heel laten in plaats van altijd",
    "wens": "deze wens loslaten",
}


def exclaves(
    area: StudyArea,
    wishes: Wishes,
    kept: list[Keep],
    parts: list[Ints],
    links: Links,
    division: Ints,
    node: Ints,
    people: NDArray[np.int64],
) -> list[Obstacle]:
    """Find what must stay together, and cannot within the maximum because it hangs apart.

    A group that holds two parts also holds the nodes of a path between them; the path with the
    fewest people is what must join at least.

    Parameters
    ----------
    kept, parts
        What stays whole, and the parts of each hard division of it that can.
    node : ndarray of int32, shape (n_units,)
        Node of each unit, -1 outside the search.
    """
    found: list[Obstacle] = []
    inside = node != NOWHERE
    n = int(node.max(initial=NOWHERE)) + 1
    total = np.bincount(node[inside], people[inside], minlength=n).astype(np.int64)
    ptr, nbr = neighbours_of(links, division, node)
    for keep, labels in zip((k for k in kept if k.hard), parts, strict=True):
        pairs = np.unique(np.column_stack([labels, node])[inside & (labels != NOWHERE)], axis=0)
        label, count = np.unique(pairs[:, 0], return_counts=True)
        for one in label[count > 1]:
            block = pairs[pairs[:, 0] == one, 1]
            cheapest = [_connection(ptr, nbr, total, block, part) for part in block]
            # The part that is hardest to connect; of two that are connected alike the smaller one.
            lost = int(np.lexsort((total[block], [-extra for extra, _ in cheapest]))[0])
            extra, path = cheapest[lost]
            own = int(total[block].sum())
            need = own + extra
            if own > wishes.high or need <= wishes.high:  # too large by itself is said elsewhere
                continue
            apart, rest, via = (
                list(area.units.index[np.isin(node, some)])
                for some in (block[lost], np.delete(block, lost), path)
            )
            wish = LET_GO[keep.kind]
            found.append(say.hangs_apart(area, wishes, apart, rest, via, need, wish))
    return found


def _connection(
    ptr: Ints, nbr: Ints, total: Longs, block: NDArray[np.integer], part: int
) -> tuple[int, list[int]]:
    """Find the path with the fewest people from a part of a block to any other part.

    Returns those people and the nodes between; nothing where there is no path.
    """
    n = len(total)
    # Whole numbers that count people first and then nodes, since a length of nought is no edge.
    price = np.where(np.isin(np.arange(n), block), 0, total) * (2 * n) + 1
    graph = csr_array((price[nbr].astype(np.float64), nbr, ptr), shape=(n, n))
    length, before = dijkstra(graph, indices=part, return_predecessors=True)
    others = block[block != part]
    end = int(others[np.argmin(length[others])])
    if not np.isfinite(length[end]):
        return 0, []
    path = []
    while before[end] != part:
        end = int(before[end])
        path.append(end)
    return int(length[others].min()) // (2 * n), path
