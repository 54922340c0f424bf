"""Plan: which unit belongs to which group, at one level (regio, gemeentehub or wijkverband)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

PlanLevel = Literal["regio", "hub", "wijk"]

# What a group of each level is called: one, and more.
LEVEL_WORDS: dict[PlanLevel, tuple[str, str]] = {
    "regio": ("regio", "regio's"),
    "hub": ("gemeentehub", "gemeentehubs"),
    "wijk": ("wijkverband", "wijkverbanden"),
}

UNASSIGNED = -1

# What a plan is meant to be: a division of the whole study area, so that what it leaves out is
# unfinished work, or a work area inside a larger map.
Scope = Literal["geheel", "werkgebied"]

# Unless the user says so, two groups or more that together hold this share of the units are read as
# a division of the whole; a single group never is.
WHOLE_AREA_SHARE = 0.5


def no_faults() -> gpd.GeoDataFrame:
    """Return an empty table of drawing faults (see `Plan.faults`)."""
    columns = ["soort", "groepen", "oppervlakte_m2", "breedte_m", "eenheden"]
    return gpd.GeoDataFrame(
        {name: [] for name in columns}, geometry=gpd.GeoSeries([], crs=28992), crs=28992
    )


@dataclass(frozen=True, eq=False)
class Plan:
    """A division of units into groups.

    Attributes
    ----------
    level : {'regio', 'hub', 'wijk'}
        What the groups are.
    units : pandas.Index
        Codes of all units of the study area, in its order.
    groups : tuple of str
        Names of the groups, in order of first appearance.
    labels : ndarray of int32, shape (n_units,)
        Position in `groups`, or -1 for a unit in no group. A unit in several groups has the first
        of them in the order of `groups`, for maps; what is counted uses `sure_labels`.
    open_units : frozenset of str
        Units that the proposal names but leaves without a group.
    double : mapping of str to tuple of str
        Units that the proposal puts in more than one group: they count from nothing to all in each.
    lost : mapping of str to tuple of str
        Per group what the proposal puts in it and the study area does not know, as it was written.
    stated_scope : {'geheel', 'werkgebied'}, optional
        What the user says that the plan is meant to be; without it `scope` makes a guess.
    beyond : mapping of str to tuple of str
        Per group its units outside the work area; empty on a whole map.
    whole : Plan or None
        This plan as it was read, on the map that the work area was cut from; its first groups are
        `groups` (see `oi_geo.whole_map`).
    faults : GeoDataFrame, EPSG:28992
        Faults of a drawn proposal: `soort` (overlap, gat, snipper), `groepen` and `eenheden`
        (tuples of str), `oppervlakte_m2`, `breedte_m`, geometry.
    """

    level: PlanLevel
    units: pd.Index
    groups: tuple[str, ...]
    labels: NDArray[np.int32]
    open_units: frozenset[str] = frozenset()
    double: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    faults: gpd.GeoDataFrame = field(default_factory=no_faults)
    lost: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    stated_scope: Scope | None = None
    beyond: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    whole: "Plan | None" = None

    def __post_init__(self) -> None:
        if len(self.labels) != len(self.units):
            raise ValueError(f"{len(self.labels)} labels for {len(self.units)} units")
        if len(self.labels) and int(self.labels.max()) >= len(self.groups):
            raise ValueError("a label points past the last group")

    @classmethod
    def from_mapping(
        cls, assignment: Mapping[str, str], units: pd.Index, level: PlanLevel = "regio"
    ) -> "Plan":
        """Build a plan from `{unit code: group name}`; units that are not named have no group."""
        names = tuple(dict.fromkeys(assignment.values()))
        position = {name: i for i, name in enumerate(names)}
        labels = np.array(
            [position[assignment[u]] if u in assignment else UNASSIGNED for u in units], np.int32
        )
        return cls(level=level, units=units, groups=names, labels=labels)

    def members(self, group: str) -> pd.Index:
        """Return the codes of the units in one group, each unit in one group only."""
        return self.units[self.labels == self.groups.index(group)]

    def shared_members(self, group: str) -> pd.Index:
        """Return the codes of the units that the proposal puts in this group and in others."""
        return self.units[self._shared_at.get(group, np.empty(0, np.intp))]

    @cached_property
    def _shared_at(self) -> dict[str, NDArray[np.intp]]:
        """Positions of the shared units, by group."""
        at, group = self.memberships()
        double = np.isin(at, np.flatnonzero(self.units.isin(list(self.double))))
        at, group = at[double], group[double]
        return {name: np.sort(at[group == g]) for g, name in enumerate(self.groups)}

    @cached_property
    def sure_labels(self) -> NDArray[np.int32]:
        """Labels of the units that are in one group only; -1 for all others."""
        return np.where(self.units.isin(list(self.double)), UNASSIGNED, self.labels)

    def memberships(self) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """Pair the position of every unit with its group or groups, -1 where it has none."""
        at = np.flatnonzero(~self.units.isin(list(self.double)))
        double = [
            (unit, self.groups.index(group))
            for code, groups in self.double.items()
            for unit in self.units.get_indexer(pd.Index([code]))
            for group in groups
        ]
        more = np.array(double, np.intp).reshape(-1, 2)
        return np.r_[at, more[:, 0]], np.r_[self.labels[at], more[:, 1]].astype(np.intp)

    @property
    def unassigned(self) -> pd.Index:
        """Codes of the units in no group."""
        return self.units[self.labels == UNASSIGNED]

    @property
    def scope(self) -> Scope:
        """What the plan is meant to be: as stated, else judged by its size (see the constants)."""
        if self.stated_scope is not None:
            return self.stated_scope
        assigned = (self.labels != UNASSIGNED).mean() if len(self.labels) else 0.0
        filled = len(set(self.memberships()[1]) - {UNASSIGNED})
        whole = filled > 1 and assigned >= WHOLE_AREA_SHARE
        return "geheel" if whole else "werkgebied"

    @property
    def unfinished_units(self) -> pd.Index:
        """Units that still have to be put in a group.

        Those that the proposal names without a group; and, where the plan is meant to divide the
        whole study area, every unit that is left out.
        """
        if self.scope == "geheel":
            return self.unassigned
        return self.unassigned[self.unassigned.isin(list(self.open_units))]
