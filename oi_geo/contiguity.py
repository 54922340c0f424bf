"""The contiguity graph: which units share a border, how long it is, and what else links them.

Contiguity is strict (rook): two units are neighbours when they share a border of positive length.
A point touch is not contiguity. Bridges, ferries and the like are entries in a register of links,
each with a reason; every statement about parts can be made with and without them.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from oi_geo.borders import point_touches, shared_borders

# How far two digitisations of one border may lie apart (metres).
BORDER_TOLERANCE_M = 1.0

LinkKind = Literal["brug", "veer", "tunnel", "dijk", "overig"]


@dataclass(frozen=True)
class Link:
    """A registered connection between two units that need not share a border.

    `van` and `naar` are unit codes, `soort` is brug, veer, tunnel, dijk or overig, `reden` says in
    Dutch why it counts.
    """

    van: str
    naar: str
    soort: LinkKind
    reden: str


@dataclass(frozen=True, eq=False)
class ContiguityGraph:
    """Neighbours of a set of units as arrays of positions in `codes`.

    Attributes
    ----------
    codes : pandas.Index
        Unit codes, in the order of the study area.
    left, right : ndarray of int32, shape (n_edges,)
        The two ends of each shared border, `left < right`, sorted by (left, right).
    border_m : ndarray of float64, shape (n_edges,)
        Length of the shared border in metres, always positive.
    outer_m : ndarray of float64, shape (n_units,)
        Length of each unit's border that it shares with no other unit (coast, national border,
        edge of the study area), in metres.
    polygons : ndarray of shapely (Multi)Polygon, shape (n_units,)
        The units' shapes, EPSG:28992.
    links : tuple of Link
        Registered links whose two ends are both units of this graph.
    """

    codes: pd.Index
    left: NDArray[np.int32]
    right: NDArray[np.int32]
    border_m: NDArray[np.float64]
    outer_m: NDArray[np.float64]
    polygons: NDArray[np.object_]
    links: tuple[Link, ...] = ()

    @cached_property
    def touches(self) -> NDArray[np.int64]:
        """Pairs of positions that meet in points only, shape (n_touches, 2); no neighbours."""
        return point_touches(self.polygons, np.column_stack([self.left, self.right]))

    def with_links(self, links: Sequence[Link]) -> "ContiguityGraph":
        """Return the same graph with these links; links to units outside it are left out."""
        known = tuple(x for x in links if x.van in self.codes and x.naar in self.codes)
        return replace(self, links=known)

    def within(self, keep: NDArray[np.bool_]) -> "ContiguityGraph":
        """Return the graph of some of the units; borders with the others become outer border.

        Parameters
        ----------
        keep : ndarray of bool, shape (n_units,)
            Which units stay, in the same order.
        """
        position = np.cumsum(keep, dtype=np.int32) - 1
        left_in, right_in = keep[self.left], keep[self.right]
        both = left_in & right_in
        edge = left_in != right_in
        inner = np.where(left_in, self.left, self.right)[edge]
        lost_m = np.bincount(inner, self.border_m[edge], minlength=len(keep))
        return ContiguityGraph(
            codes=self.codes[keep],
            left=position[self.left[both]],
            right=position[self.right[both]],
            border_m=self.border_m[both],
            outer_m=(self.outer_m + lost_m)[keep],
            polygons=self.polygons[keep],
        ).with_links(self.links)

    def link_positions(self) -> NDArray[np.int32]:
        """Return the two ends of each link as positions, shape (n_links, 2)."""
        ends = [(self.codes.get_loc(x.van), self.codes.get_loc(x.naar)) for x in self.links]
        return np.array(ends, np.int32).reshape(-1, 2)

    def parts(
        self, labels: NDArray[np.int32] | None = None, *, links: bool = False
    ) -> NDArray[np.int32]:
        """Return the number of the connected part that each unit lies in.

        Parameters
        ----------
        labels : ndarray of int32, shape (n_units,), optional
            Group of each unit; only neighbours in the same group are connected, and units without
            a group (-1) are alone. Without it the whole graph is one group.
        links : bool
            Whether registered links connect as well.

        Returns
        -------
        ndarray of int32, shape (n_units,)
            Part number of each unit, from 0 on in order of first appearance.
        """
        left, right = self.left, self.right
        if links and self.links:
            ends = self.link_positions()
            left, right = np.r_[left, ends[:, 0]], np.r_[right, ends[:, 1]]
        if labels is not None:
            inside = (labels[left] == labels[right]) & (labels[left] >= 0)
            left, right = left[inside], right[inside]
        n = len(self.codes)
        matrix = coo_array((np.ones(len(left), np.int8), (left, right)), shape=(n, n))
        _, part = connected_components(matrix, directed=False)
        return pd.factorize(part)[0].astype(np.int32)


def build_contiguity(
    units: gpd.GeoDataFrame, *, tolerance_m: float = BORDER_TOLERANCE_M
) -> ContiguityGraph:
    """Build the contiguity graph of a coverage.

    Parameters
    ----------
    units : GeoDataFrame, EPSG:28992
        Polygons indexed by unit code.
    tolerance_m : float
        Borders that are not noded count as shared where they run within this distance in metres.

    Returns
    -------
    ContiguityGraph
        Without links; add them by `ContiguityGraph.with_links`.
    """
    polygons = units.geometry.to_numpy()
    found = shared_borders(polygons, tolerance_m)
    n = len(units)
    shared = np.bincount(found.pairs.ravel(), np.repeat(found.length_m, 2), minlength=n)
    return ContiguityGraph(
        codes=units.index,
        left=found.pairs[:, 0].astype(np.int32),
        right=found.pairs[:, 1].astype(np.int32),
        border_m=found.length_m,
        # What is left after the shared borders; rounding may leave minus a millionth of a metre.
        outer_m=np.maximum(found.outline_m - shared, 0.0),
        polygons=polygons,
    )
