"""Evidence: everything that a rule function may look at, gathered once per plan."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from oi_geo.border_issues import BorderIssues
from oi_geo.criteria.bounds import Interval
from oi_geo.plan import Plan
from oi_geo.study_area import StudyArea
from oi_geo.tally import REGIO_ORGANISATIE, plain, practice_labels

# CBS rounds the inhabitants of a wijk, buurt or gemeente to 5: each may be 2.5 higher.
ROUNDING = 2.5


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
        """The practice table with `groep` (position, -1: in no group), `geplaatst` and `ro`.

        `ro` is the regio-organisatie and `verband` the WSV without differences in case and spaces.
        """
        table = self.area.practices
        return table.assign(
            groep=practice_labels(self.area, self.plan.labels),
            geplaatst=table["eenheid"].isin(self.area.units.index),
            ro=plain(table["regio_organisatie"]),
            verband=plain(table["wsv"]),
        )

    @cached_property
    def names_ro(self) -> bool:
        """Whether any practice names its RO (the row of a seat does not count)."""
        rows = self.practices
        return bool(rows.loc[rows["discipline"].ne(REGIO_ORGANISATIE), "ro"].notna().any())

    def rows_near(self, group: str) -> pd.DataFrame:
        """Return the practices that stand in a group, and those of which nobody knows where."""
        rows = self.practices
        return rows[rows["groep"].eq(self.plan.groups.index(group)) | ~rows["geplaatst"]]

    @cached_property
    def parts(self) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
        """Part number of each unit within its group, without and with registered links."""
        graph, labels = self.area.graph, self.plan.labels
        return graph.parts(labels), graph.parts(labels, links=True)

    @cached_property
    def waiting(self) -> dict[str, int]:
        """How many unfinished units lie against each group (0 is left out).

        Against a group lies every unfinished unit that shares a border or a link with it, directly
        or through other unfinished units.
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
        pairs = np.unique(np.column_stack([labels[outer[edge]], cluster[inner[edge]]]), axis=0)
        counts = np.bincount(pairs[:, 0], size[pairs[:, 1]], minlength=len(self.plan.groups))
        return {g: int(k) for g, k in zip(self.plan.groups, counts, strict=True) if k}

    @cached_property
    def _unknown_people(self) -> pd.Series:
        """Most that the units without known inhabitants can hold together, per gemeente.

        The gemeente's own number less what is known of its units; infinite without that number.
        """
        known = self.area.units.groupby("gemeentecode")["inwoners"].agg(["sum", "count"])
        whole = self.area.gemeenten["inwoners"].reindex(known.index)
        rest = whole - known["sum"] + ROUNDING * (known["count"] + 1)
        return rest.clip(lower=0).fillna(np.inf)

    def inhabitants(self, group: str) -> Interval:
        """Bound the inhabitants of a group: what is known, plus what the secret units may hold."""
        known = self.measured(group, "inwoners")
        units = self.area.units.loc[self.plan.members(group)]
        secret = units.loc[units["inwoners"].isna(), "gemeentecode"].unique()
        return Interval(known, known + float(self._unknown_people.reindex(secret).sum()))

    def measured(self, group: str, column: str) -> float:
        """Return one number of `measures`."""
        return float(self.measures[column][group])

    def unit_name(self, code: str) -> str:
        """Return the name of a unit, for a sentence."""
        return str(self.area.units["naam"][code])
