"""Put the arrays of a problem together from units, wishes and the nodes they were contracted to."""

from typing import NamedTuple

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from oi_geo.candidates.arrays import HARD, Arrays, Floats, Ints, Price
from oi_geo.candidates.contract import NOWHERE, Keep, Links
from oi_geo.candidates.wishes import Wishes
from oi_geo.study_area import StudyArea
from oi_geo.tally import HUISARTS

M_PER_POINT = 100.0


class Blocks(NamedTuple):
    """Blocks per node as pairs (`node`, `block`), and the points of each group that touches one."""

    node: Ints
    block: Ints
    weight: Floats
    n_gemeenten: int


def block_nodes(
    kept: list[Keep],
    parts: list[Ints],
    node: Ints,
    people: NDArray[np.int64],
    division: Ints,
    high: int,
) -> tuple[Blocks, Ints]:
    """List what should stay whole per node, with its price and the pieces that are necessary.

    Returns
    -------
    blocks : Blocks
    pieces : ndarray of int32, shape (n_blocks,)
        ⌈people / maximum⌉, and at least one in each higher division that it lies in; 0 where
        nothing of it is in the search.
    """
    inside = node != NOWHERE
    rows, weights, pieces, offset = [], [], [], 0

    def add(labels: Ints, weight: Floats, needed: NDArray) -> None:
        nonlocal offset
        here = inside & (labels != NOWHERE)
        rows.append(np.column_stack([node[here], labels[here] + offset]))
        weights.append(weight)
        pieces.append(needed)
        offset += len(weight)

    hard_parts = iter(parts)
    for keep in kept:
        whole = next(hard_parts) if keep.hard else np.full(len(node), NOWHERE, np.int32)
        here, n = inside & (keep.labels != NOWHERE), len(keep.names)
        total = np.bincount(keep.labels[here], people[here], minlength=n)
        pairs = np.unique(np.column_stack([keep.labels[here], division[here]]), axis=0)
        divided = np.bincount(pairs[:, 0], minlength=n)
        # What the blocks below keep whole needs no price.
        loose = np.bincount(keep.labels[here], whole[here] == NOWHERE, minlength=n) > 0
        price = np.where(loose, keep.weight, 0.0)
        add(keep.labels, price, np.maximum(divided, np.ceil(total / high)))
    for labels in parts:  # what contraction could not make one node, since it hangs apart
        n = int(labels.max(initial=NOWHERE)) + 1
        present = np.bincount(labels[inside & (labels != NOWHERE)], minlength=n) > 0
        add(labels, np.full(n, HARD), present.astype(np.float64))
    pairs = np.unique(np.concatenate(rows), axis=0).astype(np.int32)
    # A block that lies in one node cannot be split, so that its price would only be a constant.
    weight = np.where(np.bincount(pairs[:, 1], minlength=offset) > 1, np.concatenate(weights), 0.0)
    blocks = Blocks(pairs[:, 0], pairs[:, 1], weight, len(kept[0].names))
    return blocks, np.concatenate(pieces).astype(np.int32)


def assemble(
    area: StudyArea,
    wishes: Wishes,
    links: Links,
    division: Ints,
    node: Ints,
    people: NDArray[np.int64],
    blocks: Blocks,
    colour: Ints,
) -> Arrays:
    """Sum units into nodes and lay the neighbours out as arrays."""
    n = int(node.max(initial=-1)) + 1
    inside = node != NOWHERE
    left, right, metres, shared = _borders(links, division, node, n)
    ptr, nbr, eid = _neighbours(left, right, n)
    outer = np.bincount(node[inside], area.graph.outer_m[inside], minlength=n)
    block_ptr, block_id = rows_of(blocks.node, blocks.block, n)
    node_colour = np.full(n, NOWHERE, np.int32)
    locked = inside & (colour != NOWHERE)
    node_colour[node[locked]] = colour[locked]
    ends = node[area.units.index.get_indexer([c for p in wishes.apart for c in p])].reshape(-1, 2)
    ends = ends[(ends != NOWHERE).all(axis=1)]
    apart_ptr, apart_nbr = rows_of(np.r_[ends[:, 0], ends[:, 1]], np.r_[ends[:, 1], ends[:, 0]], n)
    flow_ptr, flow_nbr, flow = _flows(area, wishes, node, n)
    nearness, place_node = _nearness(area, wishes, node, n)
    today_ptr, today_id, today_pop, n_today = _today(area, wishes, node, people, n)
    area_m2 = area.area_km2.to_numpy() * 1e6
    return Arrays(
        pop=np.bincount(node[inside], people[inside], minlength=n).astype(np.int64),
        ptr=ptr, nbr=nbr, eid=eid, left=left, right=right, metres=metres, shared=shared,
        area=np.bincount(node[inside], area_m2[inside], minlength=n).astype(np.float64),
        perimeter=outer + shared,
        block_ptr=block_ptr, block_id=block_id,
        block_weight=blocks.weight, n_gemeenten=blocks.n_gemeenten,
        colour=node_colour, apart_ptr=apart_ptr, apart_nbr=apart_nbr,
        flow_ptr=flow_ptr, flow_nbr=flow_nbr, flow=flow,
        nearness=nearness, place_node=place_node,
        today_ptr=today_ptr, today_id=today_id, today_pop=today_pop, n_today=n_today,
    )  # fmt: skip


def price_of(wishes: Wishes, arrays: Arrays, groups: int, inhabitants: float) -> Price:
    """Turn weights into prices, so that each part of the objective counts in points.

    `inhabitants` are those of the nodes, whatever the band counts: they make the distances.
    """
    weights = wishes.weights
    people = float(arrays.pop.sum())
    average = people / max(groups, 1)
    target = average if wishes.target is None else float(wishes.target)
    patients = 0.0 if wishes.flows is None else float(wishes.flows["aantal"].sum())
    return Price(
        low=wishes.low,
        high=wishes.high,
        target=target,
        border=_per(weights.snijlijn * 100, arrays.shared.sum() / 2),
        off_target=_per(weights.afwijking * 100, people),
        flow=_per(weights.stromen * 100, patients),
        distance=_per(weights.afstand * 1e3 / M_PER_POINT, inhabitants),
        change=_per(weights.wijziging * 100, pairs_today(arrays)),
    )


def pairs_today(arrays: Arrays) -> float:
    """Count the pairs of people who are in one group today, each with everybody and themselves."""
    return float((np.bincount(arrays.today_id, arrays.today_pop) ** 2).sum())


def _per(points: float, whole: float) -> float:
    return float(points / whole) if whole > 0 else 0.0


def rows_of(row: NDArray[np.integer], value: NDArray[np.integer], n: int) -> tuple[Ints, Ints]:
    """Lay pairs (row, value) out as row pointers and values, sorted by row and value."""
    order = np.lexsort((value, row))
    ptr = np.zeros(n + 1, np.int32)
    np.cumsum(np.bincount(row, minlength=n)[:n], out=ptr[1:])
    return ptr, np.asarray(value)[order].astype(np.int32)


def _borders(links: Links, division: Ints, node: Ints, n: int) -> tuple[Ints, Ints, Floats, Floats]:
    """Sum the borders between each pair of nodes; `shared` also counts what no group can cross."""
    a, b = node[links.left], node[links.right]
    apart = a != b
    shared = np.zeros(n)
    for ends in (a, b):
        here = apart & (ends != NOWHERE)
        shared += np.bincount(ends[here], links.metres[here], minlength=n)
    use = apart & (a != NOWHERE) & (b != NOWHERE)
    use &= division[links.left] == division[links.right]
    low, high = np.minimum(a, b)[use].astype(np.int64), np.maximum(a, b)[use]
    pair, position = np.unique(low * max(n, 1) + high, return_inverse=True)
    metres = np.bincount(position, links.metres[use], minlength=len(pair))
    return (
        (pair // max(n, 1)).astype(np.int32),
        (pair % max(n, 1)).astype(np.int32),
        metres.astype(np.float64),
        shared,
    )


def neighbours_of(links: Links, division: Ints, node: Ints) -> tuple[Ints, Ints]:
    """Return the neighbours of each node: pointers and nodes (see `Arrays`)."""
    n = int(node.max(initial=NOWHERE)) + 1
    left, right, _, _ = _borders(links, division, node, n)
    ptr, nbr, _ = _neighbours(left, right, n)
    return ptr, nbr


def _neighbours(left: Ints, right: Ints, n: int) -> tuple[Ints, Ints, Ints]:
    """Lay the neighbours of each node out, sorted, with the edge to each."""
    row, value = np.r_[left, right], np.r_[right, left]
    edge = np.tile(np.arange(len(left), dtype=np.int32), 2)
    order = np.lexsort((value, row))
    ptr, nbr = rows_of(row, value, n)
    return ptr, nbr, edge[order]


def _flows(area: StudyArea, wishes: Wishes, node: Ints, n: int) -> tuple[Ints, Ints, Floats]:
    """Sum patients between pairs of nodes, in both directions; inside a node nothing flows."""
    empty = np.zeros(0, np.int32)
    if wishes.flows is None or not wishes.weights.stromen:
        return np.zeros(n + 1, np.int32), empty, np.zeros(0)
    position = area.units.index.get_indexer
    here, there = (position(wishes.flows[name]) for name in ("woont", "praktijk"))
    a = np.where(here >= 0, node[here], NOWHERE)
    b = np.where(there >= 0, node[there], NOWHERE)
    use = (a != b) & (a != NOWHERE) & (b != NOWHERE)
    count = wishes.flows["aantal"].to_numpy(np.float64)[use]
    row, value = np.r_[a[use], b[use]], np.r_[b[use], a[use]]
    table = pd.DataFrame({"row": row, "value": value, "count": np.r_[count, count]})
    table = table.groupby(["row", "value"])["count"].sum().reset_index()
    ptr, nbr = rows_of(table["row"].to_numpy(), table["value"].to_numpy(), n)
    # A copy: pandas gives a read-only view, for which everything would be compiled once more.
    return ptr, nbr, table["count"].to_numpy(np.float64, copy=True)


def _nearness(
    area: StudyArea, wishes: Wishes, node: Ints, n: int
) -> tuple[NDArray[np.float32], Ints]:
    """Measure person-km from the inhabitants of each node to each node with a huisarts practice."""
    nothing = np.zeros((n, 0), np.float32), np.zeros(0, np.int32)
    if not wishes.weights.afstand:
        return nothing
    placed = area.practices[area.practices["discipline"].eq(HUISARTS)]["eenheid"].dropna()
    if placed.empty:
        return nothing
    point = shapely.get_coordinates(shapely.point_on_surface(area.units.geometry.to_numpy()))
    places = np.unique(area.units.index.get_indexer(placed))
    people = area.units["inwoners"].fillna(0).to_numpy(np.float64)
    km = np.hypot(*(point[:, None, :] - point[None, places, :]).transpose(2, 0, 1)) / 1e3
    # Inhabitants of a node with practices never go further than to the nearest of those.
    own = np.where(node[:, None] == node[None, places], km, np.inf).min(axis=1, initial=np.inf)
    km = np.minimum(km, own[:, None])
    nearness = np.zeros((n, len(places)))
    inside = node != NOWHERE
    np.add.at(nearness, node[inside], (km * people[:, None])[inside])
    return nearness.astype(np.float32), node[places]


def _today(
    area: StudyArea, wishes: Wishes, node: Ints, people: NDArray[np.int64], n: int
) -> tuple[Ints, Ints, Floats, int]:
    """Sum the people of each node by their present group."""
    if wishes.today is None or not wishes.weights.wijziging:
        return np.zeros(n + 1, np.int32), np.zeros(0, np.int32), np.zeros(0), 0
    labels, names = pd.factorize(wishes.today.reindex(area.units.index))
    use = (node != NOWHERE) & (labels != NOWHERE)
    table = pd.DataFrame({"node": node[use], "group": labels[use], "people": people[use]})
    table = table.groupby(["node", "group"])["people"].sum().reset_index()
    ptr, group = rows_of(table["node"].to_numpy(), table["group"].to_numpy(), n)
    return ptr, group, table["people"].to_numpy(np.float64), len(names)
