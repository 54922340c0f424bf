"""Snapping the borders of neighbouring polygons to each other, with a proven bound on the movement.

One pass moves vertices to vertices of a neighbour and bends edges through vertices of a neighbour,
each by at most the tolerance. Every edge p-q becomes a chain f(p), v1, ..., vk, f(q) whose vertices
lie within the tolerance of p, of points on p-q in the same order, and of q. Distance between two
segments that are run through together is convex, so the chain stays within the tolerance of the
edge everywhere (Frechet distance, and with it Hausdorff distance, at most the tolerance).
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.spatial import cKDTree

Shapes = NDArray[np.object_]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]

_POLYGON = 3
_CLOSED_RING = 4


@dataclass(frozen=True, eq=False)
class Rings:
    """Polygons as arrays.

    Attributes
    ----------
    unit, ring : ndarray of int, shape (n,)
        Polygon and ring of each vertex.
    offsets : tuple of three ndarrays
        Start of each ring, polygon part and unit, as in `shapely.to_ragged_array`.
    node : ndarray of int, shape (n,)
        Position in `place` of each vertex; vertices with the same coordinates share a node.
    place : ndarray of float64, shape (m, 2)
        Coordinates of the nodes.
    start : ndarray of int, shape (s,)
        First vertex of each edge; the second one is the next vertex.
    """

    unit: Ints
    ring: Ints
    offsets: tuple[Ints, Ints, Ints]
    node: Ints
    place: Floats
    start: Ints

    @classmethod
    def of(cls, shapes: Shapes) -> "Rings":
        """Take polygons apart."""
        _, xy, offsets = shapely.to_ragged_array(shapes)
        if (shapely.get_type_id(shapes) == _POLYGON).all():
            offsets = (*offsets, np.arange(len(shapes) + 1))
        rings, parts, units = offsets
        ring = np.repeat(np.arange(len(rings) - 1), np.diff(rings))
        unit = np.searchsorted(parts[units], ring, side="right") - 1
        flat, node = np.unique(xy[:, 0] + 1j * xy[:, 1], return_inverse=True)
        start = np.flatnonzero(np.r_[ring[1:] == ring[:-1], False])
        place = np.column_stack([flat.real, flat.imag])
        return cls(unit, ring, (rings, parts, units), node, place, start)

    def users(self) -> csr_array:
        """Return which unit uses which node, shape (nodes, units)."""
        ones = np.ones(len(self.node), np.int8)
        table = csr_array((ones, (self.node, self.unit)), shape=(len(self.place), self.n_units))
        table.data[:] = 1
        return table

    @property
    def n_units(self) -> int:
        """Number of polygons."""
        return len(self.offsets[2]) - 1

    def unmatched(self) -> Bools:
        """Tell which edges no other unit has, shape (s,)."""
        a, b = self.node[self.start], self.node[self.start + 1]
        key = np.minimum(a, b) * len(self.place) + np.maximum(a, b)
        _, place, count = np.unique(key, return_inverse=True, return_counts=True)
        return count[place] == 1


def snap_once(
    shapes: Shapes,
    faulty: Shapes,
    movable: Bools,
    tolerance_m: float,
    *,
    short_edges: bool = False,
) -> tuple[Shapes, Bools]:
    """Snap the borders of polygons to each other, once.

    Parameters
    ----------
    shapes : ndarray of Polygon or MultiPolygon, shape (n,)
        In metres.
    faulty : ndarray of LineString or MultiLineString, shape (n,)
        The edges of each polygon that do not match a neighbour; only their vertices move.
    movable : ndarray of bool, shape (n,)
        Which polygons may change; the others are context: their vertices stay.
    tolerance_m : float
        No border moves by more than this.
    short_edges : bool
        Whether faulty edges shorter than the tolerance may shrink to a point.

    Returns
    -------
    shapes : ndarray, shape (n,)
        The same objects where nothing changed. May be invalid, or None where a polygon lost its
        shape: the caller checks.
    changed : ndarray of bool, shape (n,)
    """
    rings = Rings.of(shapes)
    users = rings.users()
    edge = rings.start[rings.unmatched()]
    spots = shapely.get_coordinates(faulty)
    flagged = np.isin(rings.place[:, 0] + 1j * rings.place[:, 1], spots[:, 0] + 1j * spots[:, 1])
    ends = np.arange(len(rings.node)) if short_edges else np.r_[edge, edge + 1]
    active = np.unique(rings.node[ends])
    active = active[flagged[active]]
    fixed = (users @ (~movable).astype(np.int8)) > 0
    pairs = _near_pairs(rings, users, active, tolerance_m, short_edges=short_edges)
    target = _merge_vertices(rings, users, pairs, fixed)
    edge = edge[movable[rings.unit[edge]]]
    at, new = _bend_edges(rings, edge, active[target[active] == active], target, tolerance_m)
    return _rebuild(shapes, rings, target, at, new)


def _near_pairs(
    rings: Rings, users: csr_array, active: Ints, tolerance_m: float, *, short_edges: bool
) -> Ints:
    """Find the nodes that may merge, shape (k, 2).

    Two nodes of one unit do not: that would simplify a border that only looks rough.
    """
    pairs = cKDTree(rings.place[active]).query_pairs(tolerance_m, output_type="ndarray")
    pairs = active[pairs].reshape(-1, 2)
    if short_edges or not len(pairs):
        return pairs
    together = users[pairs[:, 0]].multiply(users[pairs[:, 1]]).sum(axis=1) > 0
    return pairs[~together]


def _merge_vertices(rings: Rings, users: csr_array, pairs: Ints, fixed: Bools) -> Ints:
    """Give each node the node that it moves to (itself where it stays), nearest pairs first."""
    target = np.arange(len(rings.place))
    a, b = pairs[:, 0], pairs[:, 1]
    distance = np.hypot(*(rings.place[a] - rings.place[b]).T)
    weight = np.asarray(users.sum(axis=1)).ravel() + np.where(fixed, users.shape[1], 0)
    swap = weight[a] < weight[b]
    a, b = np.where(swap, b, a), np.where(swap, a, b)
    stays = fixed.copy()
    for i in np.lexsort((b, a, distance)):
        keep, move = int(a[i]), int(b[i])
        if target[keep] != keep or target[move] != move:
            continue
        if stays[move]:
            keep, move = move, keep
        if not stays[move]:
            target[move], stays[keep] = keep, True
    return target


def _bend_edges(
    rings: Rings, edge: Ints, nodes: Ints, target: Ints, tolerance_m: float
) -> tuple[Ints, Ints]:
    """Find which nodes go into which edges.

    Returns
    -------
    at, new : ndarray of int, shape (k,)
        First vertex of the edge, and the node that comes after it; in order along each edge.
    """
    p, q = rings.place[rings.node[edge]], rings.place[rings.node[edge + 1]]
    lines = shapely.linestrings(np.stack([p, q], axis=1))
    points = shapely.points(rings.place[nodes])
    v, e = shapely.STRtree(lines).query(points, predicate="dwithin", distance=tolerance_m)
    along, way = rings.place[nodes[v]] - p[e], q[e] - p[e]
    length = np.einsum("ij,ij->i", way, way)
    part = np.einsum("ij,ij->i", along, way) / np.where(length > 0, length, 1.0)
    has = np.unique(target[rings.node] * rings.n_units + rings.unit)
    key = nodes[v] * rings.n_units + rings.unit[edge[e]]
    inside = (part > 0) & (part < 1) & ~np.isin(key, has)
    v, e, part, key = v[inside], e[inside], part[inside], key[inside]
    distance = shapely.distance(points[v], lines[e])
    nearest = np.lexsort((e, distance, key))
    first = nearest[np.unique(key[nearest], return_index=True)[1]]
    order = first[np.lexsort((nodes[v[first]], part[first], edge[e[first]]))]
    return edge[e[order]], nodes[v[order]]


def _rebuild(
    shapes: Shapes, rings: Rings, target: Ints, at: Ints, new: Ints
) -> tuple[Shapes, Bools]:
    """Put the polygons together again; the untouched ones stay the same objects."""
    moved = target[rings.node]
    touched = np.r_[rings.unit[moved != rings.node], rings.unit[at]]
    changed = np.isin(np.arange(rings.n_units), touched)
    node = np.insert(moved, at + 1, new)
    ring = np.insert(rings.ring, at + 1, rings.ring[at])
    keep = np.r_[True, (node[1:] != node[:-1]) | (ring[1:] != ring[:-1])]
    node, ring = node[keep], ring[keep]
    starts = np.searchsorted(ring, np.arange(len(rings.offsets[0])))
    sound = np.diff(starts) >= _CLOSED_RING
    _, parts, units = rings.offsets
    broken = np.unique(np.searchsorted(parts[units], np.flatnonzero(~sound), side="right") - 1)
    result = shapes.copy()
    whole = np.setdiff1d(np.flatnonzero(changed), broken)
    if len(whole):
        result[whole] = _assemble(rings.place[node], starts, parts, units, whole)
        single = whole[shapely.get_type_id(shapes[whole]) == _POLYGON]
        result[single] = shapely.get_geometry(result[single], 0)
    result[broken] = None
    return result, changed


def _assemble(xy: Floats, starts: Ints, parts: Ints, units: Ints, wanted: Ints) -> Shapes:
    """Build the wanted units as MultiPolygons from vertices and offsets."""
    shapes = []
    for unit in wanted:
        polygons = []
        for part in range(units[unit], units[unit + 1]):
            cut = starts[parts[part] : parts[part + 1] + 1]
            loops = [xy[i:j] for i, j in pairwise(cut)]
            polygons.append(shapely.Polygon(loops[0], loops[1:]))
        shapes.append(shapely.MultiPolygon(polygons))
    return np.array(shapes, dtype=object)
