"""Unfinished plans: which units still have to get a group, and where each could go."""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse.csgraph import connected_components

from oi_geo.criteria.places import incidence
from oi_geo.plan import Plan
from oi_geo.whole_map import Around


@dataclass(frozen=True, eq=False)
class Unfinished:
    """What is still open of a plan.

    Attributes
    ----------
    plan : Plan
        The plan at hand.
    around : Around
        The same plan on the whole map; its groups come first there.
    """

    plan: Plan
    around: Around

    @cached_property
    def units(self) -> NDArray[np.bool_]:
        """Which units of the whole map still have to get a group, shape (n_units of that map,).

        Outside a work area those are the ones that the proposal left open there.
        """
        plan = self.plan
        codes = plan.unfinished_units
        if plan.whole is not None:
            scope = plan.stated_scope if plan.stated_scope == "werkgebied" else None
            codes = codes.union(replace(plan.whole, stated_scope=scope).unfinished_units)
        return np.asarray(self.around.plan.units.isin(codes))

    @cached_property
    def waiting(self) -> dict[str, int]:
        """How many open units could still come to each group (0 is left out)."""
        counts = self._reach.sum(axis=0)
        return {g: int(k) for g, k in zip(self.plan.groups, counts, strict=True) if k}

    @cached_property
    def number(self) -> int:
        """How many open units lie here or could come to any of the groups."""
        here = self.around.plan.units.isin(self.plan.units)[self.units]
        return int((here | self._reach.any(axis=1)).sum())

    @cached_property
    def _reach(self) -> NDArray[np.bool_]:
        """Which groups each open unit could still come to, shape (n_open, n_groups).

        Open units that hang together, by borders and links, are one cluster. A cluster waits on
        every group that it borders or is linked to, and on every group with units in one of its
        gemeenten, also units that stand in other groups as well; one that has neither (an island)
        could come to any group.
        """
        there, is_open = self.around, self.units
        if not is_open.any():
            return np.zeros((0, len(self.plan.groups)), bool)
        n = len(is_open)
        a, b = self._neighbours
        both = is_open[a] & is_open[b]
        _, cluster = connected_components(incidence(a[both], b[both], (n, n)), directed=False)
        cluster = pd.factorize(cluster[is_open])[0]  # of the open units only
        k = int(cluster.max()) + 1
        units = incidence(cluster, np.flatnonzero(is_open), (k, n))
        beside = units @ incidence(np.r_[a, b], np.r_[b, a], (n, n))
        gemeente, codes = pd.factorize(there.area.units["gemeentecode"])
        within = incidence(np.arange(n), gemeente, (n, len(codes)))
        unit, group = there.plan.memberships()
        member = incidence(unit[group >= 0], group[group >= 0], (n, len(there.plan.groups)))
        reach = (beside @ member + (units @ within) @ (within.T @ member)).toarray() > 0
        reach[~reach.any(axis=1)] = True
        return np.asarray(reach[cluster, : len(self.plan.groups)])

    @property
    def _neighbours(self) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """Pair the positions of units that share a border or are linked."""
        graph = self.around.area.graph
        ends = graph.link_positions()
        return np.r_[graph.left, ends[:, 0]], np.r_[graph.right, ends[:, 1]]

    def could_come(self, group: str | None = None) -> frozenset[str]:
        """Codes of the units that may yet turn out to be of a group (of any, without one).

        Where the proposal puts something in it that nobody knows, that may be any unit without a
        group.
        """
        lost = self.plan.lost if group is None else self.plan.lost.get(group)
        found = frozenset(self.around.plan.units[self.units])
        return found.union(self.around.plan.unassigned if lost else ())

    def could_join(self, group: str) -> bool:
        """Tell whether open and shared units could make one area of a group, links included.

        So could units of the group outside the work area.
        """
        if group in self.plan.beyond:
            return True
        there = self.around
        sure = there.plan.sure_labels == there.plan.groups.index(group)
        shared = there.plan.units.isin(there.plan.shared_members(group))
        joined = np.where(sure | shared | self.units, 0, -1).astype(np.int32)
        return len(np.unique(there.area.graph.parts(joined, links=True)[sure])) <= 1
