"""The arrays that the compiled kernels work on: nodes, edges and what each node counts for.

A node is one unit, or units that stay together (a gemeente that is kept whole). Numba reads a
named tuple of arrays as it is, so this is the one form in which a problem enters compiled code.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int32]
Longs = NDArray[np.int64]
Floats = NDArray[np.float64]


class Arrays(NamedTuple):
    """A problem as arrays; n nodes, m edges (pairs of nodes that make a group contiguous).

    Attributes
    ----------
    pop : ndarray of int64, shape (n,)
        What the band counts: inhabitants or ION.
    ptr, nbr, eid : ndarray of int32, shapes (n + 1,), (2m,), (2m,)
        Neighbours of node i: `nbr[ptr[i]:ptr[i + 1]]`, by edges `eid[…]`; sorted by neighbour.
    left, right : ndarray of int32, shape (m,)
        The two ends of each edge, `left < right`.
    metres : ndarray of float64, shape (m,)
        Shared border; 0 for a registered link.
    shared : ndarray of float64, shape (n,)
        Border (m) that a node shares with any other node, also across a division.
    area : ndarray of float64, shape (n,)
        In m².
    perimeter : ndarray of float64, shape (n,)
        Outline in m: shared and outer border.
    block_ptr, block_id : ndarray of int32, shapes (n + 1,), (…,)
        What should stay whole and lies, in part, in node i. The first `n_gemeenten` are gemeenten.
    block_weight : ndarray of float64, shape (n_blocks,)
        Energy of each group that a block lies in (`HARD` where it must stay whole).
    n_gemeenten : int
    colour : ndarray of int32, shape (n,)
        Group that a node is locked to, -1 for none; two colours never share a group.
    apart_ptr, apart_nbr : ndarray of int32
        Nodes that may not be in the group of node i.
    flow_ptr, flow_nbr : ndarray of int32
    flow : ndarray of float64
        Patients between node i and another node (living in one, practice in the other).
    nearness : ndarray of float32, shape (n, n_places)
        Person-km from the inhabitants of node i to each place with practices.
    place_node : ndarray of int32, shape (n_places,)
        Node of each place, -1 where it lies outside the problem.
    today_ptr, today_id : ndarray of int32
    today_pop : ndarray of float64
        People of node i by the group that they are in today.
    n_today : int
    """

    pop: Longs
    ptr: Ints
    nbr: Ints
    eid: Ints
    left: Ints
    right: Ints
    metres: Floats
    shared: Floats
    area: Floats
    perimeter: Floats
    block_ptr: Ints
    block_id: Ints
    block_weight: Floats
    n_gemeenten: int
    colour: Ints
    apart_ptr: Ints
    apart_nbr: Ints
    flow_ptr: Ints
    flow_nbr: Ints
    flow: Floats
    nearness: NDArray[np.float32]
    place_node: Ints
    today_ptr: Ints
    today_id: Ints
    today_pop: Floats
    n_today: int


class Price(NamedTuple):
    """What each part of the objective costs, in points per unit, and the limits of a group.

    `border` per metre of cut border, `target` (people) with `off_target` per person away from it,
    `flow` per patient registered in another group, `distance` per person-km, `change` per person;
    `low` and `high` are the band, both inclusive.
    """

    low: int
    high: int
    target: float
    border: float
    off_target: float
    flow: float
    distance: float
    change: float


# Energy of one breach of what must hold; far above any sum of points, far below where float64
# would lose a thousandth of a point.
HARD = 1e6
