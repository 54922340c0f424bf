r"""Markov chain over valid plans with a stated stationary distribution, compiled.

Metropolized forest recombination ("merge-split", Autry et al. 2021, with gamma = 0). A state is a
spanning forest F: one spanning tree T_i in each of the k connected groups, every group within the
band and no hard rule broken. The chain is reversible, and its stationary distribution is uniform
over the forests that it can reach; a plan stands for all its forests, so that plans come out in
proportion to the product over their groups of tau, the number of spanning trees of the graph inside
the group. Labels have no meaning.

One step
    1. Draw one of the C(F) cut edges. It names two groups A and B; s(A, B) edges run between them,
       so that they are chosen with probability s(A, B) / C(F). Let U be their union.
    2. Draw a uniform spanning tree T of U (Wilson). An edge of T is balanced if without it both
       sides lie in the band; T has b(T) of them. None: the step is refused. Otherwise one of them
       is drawn, and T without it gives the trees T1' and T2' of the new groups A' and B'.
    3. Refuse the step if A' or B' breaks a hard rule.
    4. Accept with probability min(1, r).

The ratio r
    The forest F' results from U by each seam edge e' between A' and B' (then T = T1' + e' + T2'),
    so the density of the proposal, given F, is

        q(F, F') = s(A, B) / C(F) · 1 / tau(U) · sum over e' of 1 / b(T1' + e' + T2'),

    and with A', B' and A, B exchanged for the way back, where C(F') = C(F) - s(A, B) + s(A', B').
    The target is uniform, so r = q(F', F) / q(F, F'), and tau(U) cancels. Where A' and B' are A and
    B again, F' may also be reached by another pair; each pair by itself is in detailed balance.

The sums in one pass
    Root T1' anywhere, let sub(i) be the people below node i and ok(x) whether x and its remainder
    in U both lie in the band. Without the edge from i to its parent, the part on the far side of
    the seam edge e' = (u, v) holds sub(i) people, or pop(A') - sub(i) where u lies below i. Hence

        b(T1' + e' + T2') = 1 + c(A') + d(u) + c(B') + d(v),
        c = sum over i of ok(sub(i)),   d(i) = d(parent) + ok(pop(A') - sub(i)) - ok(sub(i)),

    so that a step costs O(nodes and edges of U).

Whether every valid plan can be reached depends on the graph and the band, as with every
recombination chain; several chains from different plans tell.

References
----------
Autry, E., Carter, D., Herschlag, G., Hunter, Z. & Mattingly, J. (2021). Metropolized multiscale
forest recombination for redistricting. Multiscale Modeling & Simulation 19(4), 1885-1914.
Wilson, D. B. (1996). Generating random spanning trees more quickly than the cover time. STOC '96.
"""

from numba import njit

from oi_geo.candidates.arrays import Arrays, Floats, Ints
from oi_geo.candidates.rng import below, uniform
from oi_geo.candidates.sampler_accept import accept
from oi_geo.candidates.sampler_rules import has_rules, keeps_rules
from oi_geo.candidates.sampler_state import CUT, SPLIT, STATISTICS, State, start_state
from oi_geo.candidates.sampler_step import (
    Work,
    cut_tree,
    join,
    old_populations,
    seam_weight,
    work,
)
from oi_geo.candidates.trees import release, spanning_tree, subtree_population

__all__ = ["STATISTICS", "State", "run", "start_state"]


@njit(cache=True, nogil=True)
def run(
    arrays: Arrays,
    state: State,
    band: tuple[int, int],
    steps: int,
    every: int,
    out: Floats,
    labels_every: int,
    out_labels: Ints,
) -> int:
    """Make steps of the chain, in place; a run in pieces gives what one run gives.

    Parameters
    ----------
    arrays, state
        From `start_state`.
    band : tuple of int
        Fewest and most people of a group, both inclusive.
    steps : int
        Number of proposals, accepted or not.
    every, labels_every : int
        After how many steps each a row of statistics and a row of labels is written; 0 for never.
    out : ndarray of float64, shape (at least steps // every, len(STATISTICS))
        Written.
    out_labels : ndarray of int32, shape (at least steps // labels_every, n)
        Written.

    Returns
    -------
    int
        Number of steps that were accepted.

    Raises
    ------
    ValueError
        If `out` or `out_labels` is too short.
    """
    if every > 0 and len(out) < steps // every:
        raise ValueError("out is too short for the statistics")
    if labels_every > 0 and len(out_labels) < steps // labels_every:
        raise ValueError("out_labels is too short for the labels")
    w = work(len(arrays.pop), len(arrays.left), len(arrays.block_weight))
    ruled = has_rules(arrays)
    border, people = arrays.metres.sum(), arrays.pop.sum() / len(state.pop)
    accepted = 0
    until_row, until_labels, row, labels_row = every, labels_every, 0, 0
    for _ in range(steps):
        if state.counts[CUT] > 0:
            edge = state.cut[below(state.rng, state.counts[CUT])]
            accepted += _step(arrays, state, band, edge, ruled, w)
        until_row -= 1
        if until_row == 0:
            _record(state, border, people, out[row])
            row, until_row = row + 1, every
        until_labels -= 1
        if until_labels == 0:
            out_labels[labels_row] = state.labels
            labels_row, until_labels = labels_row + 1, labels_every
    return accepted


@njit(cache=True, nogil=True, inline="always")
def _step(
    arrays: Arrays, state: State, band: tuple[int, int], edge: int, ruled: bool, w: Work
) -> int:
    """Propose to split anew the two groups that `edge` lies between; 1 if accepted, else 0."""
    a, b = state.labels[arrays.left[edge]], state.labels[arrays.right[edge]]
    count, root = join(arrays, state, a, b, w)
    spanning_tree(count, root, w.part, state.rng)
    subtree_population(count, arrays.pop, w.part)
    low, high = band
    total = state.pop[a] + state.pop[b]
    bounds = max(low, total - high), min(high, total - low)
    side_1 = cut_tree(count, bounds, w, state.rng)
    taken = 0
    if side_1 > 0 and (not ruled or keeps_rules(arrays, count, w.part, w.side, w.block_side)):
        part = w.part
        new = seam_weight(
            count, bounds, (total - side_1, side_1), part.order, part.parent, w.side, w.seam, w
        )
        old_populations(count, arrays.pop, w)
        old = seam_weight(
            count, bounds, (state.pop[a], state.pop[b]),
            w.old_order, w.old_parent, w.old_side, w.old_seam, w,
        )  # fmt: skip
        s_old, s_new, c_old = w.old_seam.length[0], w.seam.length[0], state.counts[CUT]
        c_new = c_old - s_old + s_new
        if uniform(state.rng) * (s_old * c_new * new) < s_new * c_old * old:
            accept(arrays, state, a, b, count, side_1, w)
            taken = 1
    release(count, w.part)
    return taken


@njit(cache=True, nogil=True, inline="always")
def _record(state: State, border: float, mean: float, row: Floats) -> None:
    """Write the statistics of the plan as it stands."""
    pop, insides, shapes = state.pop, state.inside, state.roundness
    k = len(pop)
    smallest, largest = pop[0], pop[0]
    inside, shape, off = 0.0, 0.0, 0.0
    for group in range(k):
        inside += insides[group]
        shape += shapes[group]
        smallest, largest = min(smallest, pop[group]), max(largest, pop[group])
        off += abs(pop[group] - mean)
    row[0] = state.counts[CUT]
    row[1] = (border - inside) / 1000.0
    row[2] = shape / k
    row[3] = state.counts[SPLIT]
    row[4] = smallest
    row[5] = largest
    row[6] = off / k
