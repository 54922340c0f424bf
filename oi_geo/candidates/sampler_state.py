"""State of the Markov chain over valid plans: a spanning forest and what each step needs of it."""

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from oi_geo.candidates import rng, trees
from oi_geo.candidates.arrays import Arrays, Floats, Ints, Longs
from oi_geo.candidates.sampler_rules import check_rules, has_rules

# What a row of `out` holds; lengths in km, shares 0-1, the last three in people.
STATISTICS = (
    "snijkanten", "snijlijn_km", "polsby_popper", "gemeenten_gedeeld", "kleinste", "grootste",
    "afwijking",
)  # fmt: skip

# Positions in `State.counts`.
CUT, SPLIT = 0, 1


class State(NamedTuple):
    """A plan of k groups as a spanning forest; n nodes, m edges. Picklable, changed in place.

    Attributes
    ----------
    labels : ndarray of int32, shape (n,)
        Group of each node, 0 … k - 1.
    parent : ndarray of int32, shape (n,)
        Parent of each node in the tree of its group, -1 for the root.
    head, follow : ndarray of int32, shapes (k,), (n,)
        The nodes of a group as a chain, parents before children: first node of each group, and the
        node after each node (-1 after the last).
    cut, place : ndarray of int32, shape (m,)
        Edges between two groups, the first `counts[CUT]` of `cut`; position of each edge in `cut`,
        -1 where it lies inside a group.
    counts : ndarray of int64, shape (2,)
        Number of cut edges, and of gemeenten that lie in more than one group.
    pop : ndarray of int64, shape (k,)
        People per group.
    inside, roundness : ndarray of float64, shape (k,)
        Border inside each group (m), and its Polsby-Popper ratio.
    here : ndarray of int32, shape (n_gemeenten, k)
        Number of nodes of each gemeente in each group.
    spread : ndarray of int32, shape (n_gemeenten,)
        Number of groups that each gemeente lies in.
    rng : ndarray of uint64, shape (4,)
    """

    labels: Ints
    parent: Ints
    head: Ints
    follow: Ints
    cut: Ints
    place: Ints
    counts: Longs
    pop: Longs
    inside: Floats
    roundness: Floats
    here: Ints
    spread: Ints
    rng: rng.State


def start_state(
    arrays: Arrays, labels: NDArray[np.int32], band: tuple[int, int], rng_state: rng.State
) -> State:
    """Start the chain at a valid plan, with a uniform spanning tree drawn in each group.

    Parameters
    ----------
    arrays : Arrays
        The problem; its graph is connected.
    labels : ndarray of int32, shape (n,)
        Group of each node; every number from 0 to k - 1 occurs.
    band : tuple of int
        Fewest and most people of a group, both inclusive.
    rng_state : ndarray of uint64, shape (4,)
        From `oi_geo.candidates.rng.states`; copied.

    Raises
    ------
    ValueError
        If the plan is not valid: a group is empty, not connected, outside the band or breaks a
        hard rule (locked colours, pairs apart, hard blocks).
    """
    n, m, k = len(arrays.pop), len(arrays.left), int(labels.max(initial=-1)) + 1
    if len(labels) != n or labels.min(initial=0) < 0:
        raise ValueError("every node needs a group")
    state = State(
        labels=labels.astype(np.int32),
        parent=np.full(n, -1, np.int32),
        head=np.full(k, -1, np.int32),
        follow=np.full(n, -1, np.int32),
        cut=np.zeros(m, np.int32),
        place=np.full(m, -1, np.int32),
        counts=np.zeros(2, np.int64),
        pop=np.zeros(k, np.int64),
        inside=np.zeros(k),
        roundness=np.zeros(k),
        here=np.zeros((arrays.n_gemeenten, k), np.int32),
        spread=np.zeros(arrays.n_gemeenten, np.int32),
        rng=rng_state.copy(),
    )
    if not _plant(arrays, state):
        raise ValueError("a group is empty or not connected")
    if (state.pop < band[0]).any() or (state.pop > band[1]).any():
        raise ValueError("a group lies outside the band")
    if has_rules(arrays):
        check_rules(arrays, state.labels)
    _count(arrays, state)
    return state


@njit(cache=True, nogil=True)
def _plant(arrays: Arrays, state: State) -> bool:
    """Draw a tree in each group and add up its people; False if a group is not one piece."""
    n = len(arrays.pop)
    part = trees.piece(n, len(arrays.left))
    planted = 0
    for start in range(n):
        group = state.labels[start]
        if state.head[group] >= 0:
            continue
        count = trees.gather(
            start, state.labels, group, group, arrays.ptr, arrays.nbr, arrays.eid, part
        )
        trees.spanning_tree(count, 0, part, state.rng)
        state.head[group] = part.nodes[part.order[0]]
        for x in range(count):
            i = part.order[x]
            node = part.nodes[i]
            state.pop[group] += arrays.pop[node]
            if x > 0:
                state.parent[node] = part.nodes[part.parent[i]]
                state.follow[part.nodes[part.order[x - 1]]] = node
        planted += count
        trees.release(count, part)
    return bool(planted == n and (state.head >= 0).all())


@njit(cache=True, nogil=True)
def _count(arrays: Arrays, state: State) -> None:
    """Fill what the chain keeps current: cut edges, borders, shapes and gemeenten."""
    labels, k = state.labels, len(state.pop)
    for edge in range(len(arrays.left)):
        group = labels[arrays.left[edge]]
        if group == labels[arrays.right[edge]]:
            state.inside[group] += arrays.metres[edge]
        else:
            state.place[edge] = state.counts[CUT]
            state.cut[state.counts[CUT]] = edge
            state.counts[CUT] += 1
    area, outline = np.zeros(k), np.zeros(k)
    for i in range(len(labels)):
        area[labels[i]] += arrays.area[i]
        outline[labels[i]] += arrays.perimeter[i]
        for x in range(arrays.block_ptr[i], arrays.block_ptr[i + 1]):
            if arrays.block_id[x] < arrays.n_gemeenten:
                state.here[arrays.block_id[x], labels[i]] += 1
    for group in range(k):
        state.roundness[group] = roundness(area[group], outline[group] - 2 * state.inside[group])
    for gemeente in range(arrays.n_gemeenten):
        state.spread[gemeente] = (state.here[gemeente] > 0).sum()
        state.counts[SPLIT] += state.spread[gemeente] > 1


@njit(cache=True, nogil=True)
def roundness(area: float, outline: float) -> float:
    """Return the Polsby-Popper ratio 4πA/P² (Polsby & Popper 1991), 0 without an outline."""
    if outline <= 0.0:
        return 0.0
    return 4.0 * np.pi * area / (outline * outline)
