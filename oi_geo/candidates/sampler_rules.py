"""Rules that no plan of the Markov chain breaks: locked colours, pairs apart, hard blocks."""

import numpy as np
from numba import njit
from numpy.typing import NDArray

from oi_geo.candidates.arrays import HARD, Arrays, Ints
from oi_geo.candidates.trees import Piece

Bytes = NDArray[np.uint8]


@njit(cache=True, nogil=True)
def has_rules(arrays: Arrays) -> bool:
    """Whether any hard rule besides the band holds: locked colours, pairs apart, hard blocks."""
    return bool(
        (arrays.colour >= 0).any()
        or len(arrays.apart_nbr) > 0
        or (arrays.block_weight >= HARD).any()
    )


def check_rules(arrays: Arrays, labels: Ints) -> None:
    """Raise ValueError where a group breaks a rule that the chain never breaks."""
    node = np.arange(len(labels))
    locked = arrays.colour >= 0
    pairs = np.unique(np.column_stack([labels[locked], arrays.colour[locked]]), axis=0)
    if len(np.unique(pairs[:, 0])) < len(pairs):
        raise ValueError("a group holds nodes that are locked to different groups")
    one = np.repeat(node, np.diff(arrays.apart_ptr))
    if (labels[one] == labels[arrays.apart_nbr]).any():
        raise ValueError("a group holds two nodes that must be apart")
    owner = np.repeat(node, np.diff(arrays.block_ptr))
    hard = arrays.block_weight[arrays.block_id] >= HARD
    places = np.unique(np.column_stack([arrays.block_id[hard], labels[owner[hard]]]), axis=0)
    if len(np.unique(places[:, 0])) < len(places):
        raise ValueError("a block that must stay whole lies in more than one group")


@njit(cache=True, nogil=True, inline="always")
def keeps_rules(
    arrays: Arrays, count: int, part: Piece, side: Bytes, block_side: NDArray[np.int8]
) -> bool:
    """Whether both new groups keep the hard rules, given that the old plan keeps them.

    `side` tells in which of the two each node of the piece is; `block_side` is scratch, all -1.
    """
    nodes, local = part.nodes, part.local
    seen_0, seen_1 = -1, -1
    for i in range(count):
        node = nodes[i]
        colour = arrays.colour[node]
        if colour >= 0:
            seen = seen_1 if side[i] else seen_0
            if 0 <= seen != colour:
                return False
            if side[i]:
                seen_1 = colour
            else:
                seen_0 = colour
        for x in range(arrays.apart_ptr[node], arrays.apart_ptr[node + 1]):
            j = local[arrays.apart_nbr[x]]
            if j >= 0 and side[j] == side[i]:
                return False
    return _blocks_whole(arrays, count, nodes, side, block_side)


@njit(cache=True, nogil=True, inline="always")
def _blocks_whole(
    arrays: Arrays, count: int, nodes: Ints, side: Bytes, block_side: NDArray[np.int8]
) -> bool:
    """Whether each hard block of the piece, whole before, lies on one side."""
    whole = True
    for i in range(count):
        for x in range(arrays.block_ptr[nodes[i]], arrays.block_ptr[nodes[i] + 1]):
            block = arrays.block_id[x]
            if arrays.block_weight[block] >= HARD:
                if block_side[block] < 0:
                    block_side[block] = side[i]
                whole &= block_side[block] == side[i]
    for i in range(count):
        for x in range(arrays.block_ptr[nodes[i]], arrays.block_ptr[nodes[i] + 1]):
            block_side[arrays.block_id[x]] = -1
    return whole
