"""Evidence: everything that a rule function may look at, gathered once per plan."""

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from oi_geo.border_issues import BorderIssues
from oi_geo.criteria.bounds import Interval
from oi_geo.placement import BY_POSTCODE, OUTSIDE
from oi_geo.plan import Plan
from oi_geo.study_area import StudyArea
from oi_geo.tally import HUISARTS, REGIO_ORGANISATIE, plain, practice_labels, unknown_people
from oi_geo.text import nl_count
from oi_geo.whole_map import Around, around

PRACTICE_COLUMNS = [
    *["naam", "discipline", "eenheid", "ion", "huisartsen", "deelnemer"],
    *["regio_organisatie", "wsv", "plaatsing"],
]


@dataclass(frozen=True, eq=False)
class Evidence:
    """A plan with what was measured of it.

    Attributes
    ----------
    area, plan
        What is tested.
    measures : DataFrame
        One row per group (see `oi_geo.metrics.measure`).
    border : BorderIssues
        See `oi_geo.border_issues.border_issues`.
    """

    area: StudyArea
    plan: Plan
    measures: pd.DataFrame
    border: BorderIssues

    @cached_property
    def practices(self) -> pd.DataFrame:
        """The practice table, with what the rules ask of every row.

        `groep` is the position of the group (-1: none), `geplaatst` whether it stands in a unit,
        `elders` whether it surely stands outside the study area;
        `ro` and `verband` are the regio-organisatie and the WSV without differences in case and
        spaces; `meedoet` is False for seats of ROs and for what surely does not take part,
        `deelneemt` True for what surely does, `zeker` for what also stands in a unit.
        """
        table = self.area.practices[PRACTICE_COLUMNS].reset_index(drop=True)
        maybe = table["deelnemer"].fillna(value=True).astype(bool)
        surely = table["deelnemer"].fillna(value=False).astype(bool)
        placed = table["eenheid"].isin(self.area.units.index)
        no_seat = table["discipline"].ne(REGIO_ORGANISATIE).fillna(value=True)
        return table.assign(
            groep=practice_labels(self.area, self.plan.labels),
            geplaatst=placed,
            elders=table["plaatsing"].eq(OUTSIDE).fillna(value=False).astype(bool),
            ro=plain(table["regio_organisatie"]),
            verband=plain(table["wsv"]),
            meedoet=maybe & no_seat,
            deelneemt=surely & no_seat,
            zeker=surely & no_seat & placed,
        )

    @cached_property
    def names_ro(self) -> bool:
        """Whether any practice names its RO (the row of a seat does not count)."""
        rows = self.practices
        return bool(rows.loc[rows["discipline"].ne(REGIO_ORGANISATIE), "ro"].notna().any())

    def rows_near(self, group: str) -> pd.DataFrame:
        """Return the practices that stand in a group, and those of which nobody knows where."""
        here, unplaced = self._positions
        inside = here[self.plan.groups.index(group)]
        return self.practices.take(np.sort(np.r_[inside, unplaced]))

    @cached_property
    def _positions(self) -> tuple[list[NDArray[np.intp]], NDArray[np.intp]]:
        """Positions of the practices per group, and of those that could stand in any unit."""
        label = self.practices["groep"].to_numpy()
        order = np.argsort(label, kind="stable")
        edges = np.searchsorted(label[order], np.arange(len(self.plan.groups) + 1))
        here = [order[a:b] for a, b in pairwise(edges)]
        return here, np.flatnonzero(~self.practices["geplaatst"] & ~self.practices["elders"])

    @cached_property
    def verbanden(self) -> pd.DataFrame:
        """One row per WSV (index `verband`): in how many ROs it takes part, over the whole table.

        `ros` and `ros_hoogstens` bound the number of ROs; `zonder_ro` counts its practices that do
        not name theirs (with one of those there is no upper bound).
        """
        rows = self.practices[self.practices["meedoet"]].dropna(subset="verband")
        rows = rows.assign(zonder_ro=rows.index.isin(nameless(rows).index))
        by = rows.groupby("verband", sort=True)
        without = by["zonder_ro"].sum()
        return pd.DataFrame(
            {
                "ros": rows["ro"].where(rows["deelneemt"]).groupby(rows["verband"]).nunique(),
                "ros_hoogstens": by["ro"].nunique().astype(float).where(without.eq(0), np.inf),
                "zonder_ro": without,
            }
        )

    @cached_property
    def parts(self) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
        """Part number of each unit within its group, without and with registered links."""
        graph, labels = self.area.graph, self.plan.labels
        return graph.parts(labels), graph.parts(labels, links=True)

    @cached_property
    def waiting(self) -> dict[str, int]:
        """How many unfinished units could still come to each group (0 is left out).

        Unfinished units that hang together, by borders and links, are one cluster. A cluster waits
        on every group that it borders or is linked to, and on every group with units in one of its
        gemeenten; one that has neither (an island) could come to any group.
        """
        graph, labels = self.area.graph, self.plan.labels
        unfinished = self.plan.units.isin(self.plan.unfinished_units)
        ends = graph.link_positions()
        a, b = np.r_[graph.left, ends[:, 0]], np.r_[graph.right, ends[:, 1]]
        both = unfinished[a] & unfinished[b]
        n = len(labels)
        matrix = coo_array((np.ones(both.sum(), np.int8), (a[both], b[both])), shape=(n, n))
        _, cluster = connected_components(matrix, directed=False)
        size = np.bincount(cluster, unfinished, minlength=n)
        inner, outer = np.r_[a, b], np.r_[b, a]
        edge = unfinished[inner] & (labels[outer] >= 0)
        reach = np.zeros((n, len(self.plan.groups)), bool)  # by cluster and group
        reach[cluster[inner[edge]], labels[outer[edge]]] = True
        gemeente = self.area.units["gemeentecode"].to_numpy()
        for code in np.unique(gemeente[unfinished]):
            here = gemeente == code
            groups = labels[here & (labels >= 0)]
            reach[np.ix_(np.unique(cluster[here & unfinished]), np.unique(groups))] = True
        reach[~reach.any(axis=1)] = True
        counts = size @ reach
        return {g: int(k) for g, k in zip(self.plan.groups, counts, strict=True) if k}

    def estimated_places(self, group: str) -> str:
        """Say how many huisarts practices in the group's gemeenten were placed by postcode.

        A postcode's point stands for all of its addresses, so such a practice may really stand in
        another unit nearby. Empty where there is none.
        """
        gemeente = self.area.units["gemeentecode"]
        here = self.practices["eenheid"].map(gemeente).isin(gemeente[self.plan.members(group)])
        rows = self.practices[here & self.practices["discipline"].eq(HUISARTS)]
        number = int(rows["plaatsing"].eq(BY_POSTCODE).sum())
        if not number:
            return ""
        return (
            f" Van {number} van de {nl_count(len(rows), 'huisartsenrij', 'huisartsenrijen')} in de "
            "gemeenten van deze groep is de plaats geschat uit de postcode."
        )

    def could_join(self, group: str) -> bool:
        """Tell whether unfinished units could make one area of a group, links included.

        So could units of the group outside the work area.
        """
        if group in self.plan.beyond:
            return True
        unfinished = self.plan.units.isin(self.plan.unfinished_units)
        inside = self.plan.labels == self.plan.groups.index(group)
        joined = np.where(inside | unfinished, 0, -1).astype(np.int32)
        return len(np.unique(self.area.graph.parts(joined, links=True)[inside])) == 1

    @cached_property
    def _unknown_people(self) -> pd.Series:
        """Most that the units without known inhabitants can hold together, per gemeente."""
        return unknown_people(self.area)

    def inhabitants(self, group: str) -> Interval:
        """Bound the inhabitants of a group: what is known, plus what the secret units may hold."""
        known = self.measured(group, "inwoners")
        units = self.area.units.loc[self.plan.members(group)]
        secret = units.loc[units["inwoners"].isna(), "gemeentecode"].unique()
        return Interval(known, known + float(self._unknown_people.reindex(secret).sum()))

    def measured(self, group: str, column: str) -> float:
        """Return one number of `measures`."""
        return float(self.measures[column][group])

    @cached_property
    def around(self) -> Around:
        """The plan on the whole map that the work area was cut from."""
        return around(self.area, self.plan)

    @cached_property
    def gemeente_names(self) -> dict[str, str]:
        """Name of each gemeente by its code, for sentences."""
        return dict(
            zip(self.area.units["gemeentecode"], self.area.units["gemeentenaam"], strict=True)
        )

    @cached_property
    def unit_names(self) -> dict[str, str]:
        """Name of each unit of the map, for sentences."""
        units = (self.area.whole or self.area).units
        return dict(zip(units.index, units["naam"].astype(str), strict=True))


def nameless(rows: pd.DataFrame) -> pd.DataFrame:
    """Select huisarts practices with patients (or unknown) that do not name their RO."""
    huisarts = rows["discipline"].eq(HUISARTS) | rows["discipline"].isna()
    return rows[huisarts & rows["ro"].isna() & rows["ion"].ne(0)]
