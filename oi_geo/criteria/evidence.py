"""Evidence: everything that a rule function may look at, gathered once per plan."""

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from oi_geo.border_issues import BorderIssues
from oi_geo.criteria.bounds import Interval
from oi_geo.criteria.names import (
    NAMES,
    folded_names,
    is_nameless,
    one_ro_each,
    one_wsv_each,
    only_name,
)
from oi_geo.criteria.places import Places, places_of
from oi_geo.criteria.unfinished import Unfinished
from oi_geo.plan import Plan
from oi_geo.several import spellings, split_names
from oi_geo.sources.disciplines import WAARNEMER
from oi_geo.sources.same_patients import COUNTED, SameRows, same_rows
from oi_geo.study_area import StudyArea
from oi_geo.tally import REGIO_ORGANISATIE, least_people, most_people
from oi_geo.told_twice import surely_told
from oi_geo.whole_map import Around, around

PRACTICE_COLUMNS = [
    *["praktijk_id", "agb", "naam", "discipline", "eenheid", "ion", "huisartsen", "fte"],
    *["deelnemer", "regio_organisatie", "wsv", "plaatsing", "mogelijk"],
]
# What must be the same on rows that may be one practice, to say it of that practice.
_FACTS = ["discipline", "plek", "deelnemer", "ros", "wsvs"]


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
    _rows_near: dict[str, pd.DataFrame] = field(default_factory=dict, init=False)

    @cached_property
    def practices(self) -> pd.DataFrame:
        """The practice table, with what the rules ask of every row.

        `huisarts` is whether the row surely counts as huisarts, `misschien_huisarts` whether it may
        (its discipline is unknown); `geplaatst` whether it stands in a unit; `ros` and `wsvs` are
        the regio-organisaties and WSVs that it names (sorted tuples without differences in case
        and spaces), `ro` and `verband` the only one, missing where it names none or several; `meer`
        is whether it names several ROs; `meedoet` is False for seats of ROs and for what surely
        does not take part, `deelneemt` True for what surely does; `vast` is False for a row that
        may be the same practice as a row that says otherwise.
        """
        table = self.area.practices.reindex(columns=PRACTICE_COLUMNS).reset_index(drop=True)
        if self.area.practice_list.extent == "leden":
            # Whoever stands on a list of members takes part, unless the list says otherwise.
            table["deelnemer"] = table["deelnemer"].fillna(value=True)
        maybe = table["deelnemer"].fillna(value=True).astype(bool)
        surely = table["deelnemer"].fillna(value=False).astype(bool)
        no_seat = table["discipline"].ne(REGIO_ORGANISATIE).fillna(value=True)
        # A waarnemer has no patients of its own; a number that the list does give stands.
        locum = table["discipline"].eq(WAARNEMER).fillna(value=False)
        table["ion"] = table["ion"].mask(locum & table["ion"].isna(), 0.0)
        huisarts = table["discipline"].isin(self.area.practice_list.huisartsen)
        ros, wsvs = (folded_names(table[column]) for column in NAMES)
        table = table.assign(
            huisarts=huisarts,
            misschien_huisarts=huisarts | table["discipline"].isna(),
            geplaatst=table["eenheid"].isin(self.area.units.index),
            ros=ros,
            wsvs=wsvs,
            ro=only_name(ros),
            verband=only_name(wsvs),
            meer=ros.str.len().gt(1),
            meedoet=maybe & no_seat,
            deelneemt=surely & no_seat,
        )
        # Where it stands is a fact of a row where that is one group, or surely none.
        sure = self.places.surely
        place = np.where(sure.any(axis=1), sure.argmax(axis=1), -2 - np.arange(len(table)))
        table = table.assign(plek=np.where(self.places.possibly.any(axis=1), place, -1))
        same, sound = self.same["ion"], np.ones(len(table), bool)
        several = same.size > 1
        if several.any():
            facts = table.loc[several, _FACTS].astype("str").fillna("?")
            by = facts.groupby(same.label[several])
            sound[several] = by.transform("nunique").eq(1).all(axis=1)
        return table.assign(vast=sound)

    @cached_property
    def spelling(self) -> dict[str, dict[str, str]]:
        """Per column of `NAMES` how most rows write each organisation, by its folded name."""
        table = self.area.practices
        return {column: spellings(split_names(table[column]).explode()) for column in NAMES}

    @cached_property
    def same(self) -> dict[str, SameRows]:
        """Which rows may say the same patients or huisartsen twice."""
        return {column: same_rows(self.area.practices, column) for column in COUNTED}

    @cached_property
    def places(self) -> Places:
        """In which groups every practice surely and possibly stands."""
        return places_of(self.area, self.plan, self.area.practices)

    @property
    def residence(self) -> pd.DataFrame:
        """The table of where patients live; asked for only where there is one."""
        if self.area.residence is None:
            raise ValueError("there is no residence table")
        return self.area.residence

    @cached_property
    def residence_pairs(self) -> pd.DataFrame:
        """Positions of residence rows (`herkomst`) and of the practice rows (`lijst`) they name.

        A row that may be the same practice as one that is named, may be meant as well.
        """
        names = self.residence.reset_index(drop=True).rename_axis("herkomst").reset_index()
        rows = self.practices.rename_axis("lijst").reset_index()
        rows = rows[rows["misschien_huisarts"]]
        columns = ["herkomst", "lijst"]
        by_id = names.merge(rows, left_on="praktijk", right_on="praktijk_id")[columns]
        rest = names[~names["herkomst"].isin(by_id["herkomst"])].dropna(subset="agb")
        by_agb = rest.merge(rows, on="agb")[columns]
        named = pd.concat([by_id, by_agb], ignore_index=True)
        label = self.same["ion"].label
        alike = pd.DataFrame({"label": label, "rij": np.arange(len(label))})
        named = named.assign(label=label[named["lijst"]]).merge(alike, on="label")
        return named[["herkomst", "rij"]].drop_duplicates().set_axis(columns, axis=1)

    @cached_property
    def told(self) -> pd.Series:
        """Patients that the residence table surely tells of, by practice (`wie`)."""
        return surely_told(self.residence, np.ones(len(self.residence), bool))

    @cached_property
    def told_beyond(self) -> pd.Series:
        """How many of `told` are beyond the ION of the listed practices with that name."""
        pairs = self.residence_pairs
        name = self.residence["wie"].to_numpy()[pairs["herkomst"]]
        listed = pd.DataFrame({"naam": name, "lijst": pairs["lijst"]}).drop_duplicates()
        ion = self.practices["ion"].fillna(np.inf).to_numpy()[listed["lijst"]]
        whole = pd.Series(ion).groupby(listed["naam"].to_numpy()).sum()
        return (self.told.reindex(whole.index) - whole).clip(lower=0)

    def homes_in(self, group: str) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        """Tell which residence rows surely, and which possibly, are about a group."""
        label = self.plan.groups.index(group)
        return self._homes.surely[:, label], self._homes.possibly[:, label]

    @cached_property
    def _homes(self) -> Places:
        return places_of(self.area, self.plan, self.residence)

    @cached_property
    def list_is_complete(self) -> bool:
        """Whether the list of practices holds all huisartsen of the area.

        It does where its owner says so, or where it names a huisarts that does not take part: a
        list of members has none.
        """
        stated = self.area.practice_list.extent
        if stated is not None:
            return stated == "volledig"
        rows = self.practices
        return bool(
            (rows["huisarts"] & rows["deelnemer"].eq(other=False).fillna(value=False)).any()
        )

    @cached_property
    def names_ro(self) -> bool:
        """Whether any practice names its RO (the row of a seat does not count)."""
        rows = self.practices
        return bool(rows.loc[rows["discipline"].ne(REGIO_ORGANISATIE), "ros"].astype(bool).any())

    @cached_property
    def ros_of_participants(self) -> frozenset[str]:
        """Every RO that a huisarts practice names which takes part or may, on the whole map."""
        rows = self.practices
        named = rows.loc[rows["misschien_huisarts"] & rows["meedoet"], "ros"]
        return frozenset(named.explode().dropna())

    def near(self, group: str) -> NDArray[np.intp]:
        """Return the positions of the practices that stand in a group or may do so."""
        return np.flatnonzero(self.places.possibly[:, self.plan.groups.index(group)])

    def rows_near(self, group: str) -> pd.DataFrame:
        """Return the practices of `near`; `hier` tells which surely stand in the group."""
        if group not in self._rows_near:
            self._rows_near.clear()  # of one group only: a long list may be near every group
            rows = self.near(group)
            here = self.places.surely[rows, self.plan.groups.index(group)]
            self._rows_near[group] = self.practices.take(rows).assign(hier=here)
        return self._rows_near[group]

    def has_units(self, group: str) -> bool:
        """Tell whether a group has any unit, its own or shared."""
        label = self.plan.groups.index(group)
        return bool((self.plan.labels == label).any()) or len(self.plan.shared_members(group)) > 0

    def members_at(self, group: str) -> NDArray[np.intp]:
        """Return the positions of a group's units in the study area."""
        return np.flatnonzero(self.plan.labels == self.plan.groups.index(group))

    @cached_property
    def verbanden(self) -> pd.DataFrame:
        """One row per WSV (index `verband`): in how many ROs it takes part, over the whole table.

        `ros` and `ros_hoogstens` bound the number of ROs; `zonder_ro` counts its practices that do
        not name theirs (with one of those there is no upper bound). A practice that may stand where
        the WSV may stand and names no WSV, may be of it.
        """
        rows = self.practices
        rows = rows[rows["discipline"].ne(REGIO_ORGANISATIE).fillna(value=True)]
        silent = rows["meedoet"] & ~rows["wsvs"].astype(bool) & rows["misschien_huisarts"]
        blank = one_ro_each(rows[silent])
        rows = one_ro_each(one_wsv_each(rows).dropna(subset="verband"))
        rows = rows.assign(
            zonder_ro=rows["meedoet"] & is_nameless(rows),
            zeker_in=rows["ro"].where(rows["deelneemt"] & rows["vast"]),
        )
        by = rows.groupby("verband", sort=True)
        found = pd.DataFrame({"ros": by["zeker_in"].nunique(), "zonder_ro": by["zonder_ro"].sum()})
        # An empty RO stands for practices that do not name theirs.
        joins = self._meet(rows["verband"], blank["ro"].fillna(""))
        named = pd.concat([rows.loc[rows["meedoet"], ["verband", "ro"]], joins]).dropna()
        most = named.drop_duplicates().groupby("verband").size().reindex(found.index, fill_value=0)
        endless = found["zonder_ro"].gt(0) | found.index.isin(
            joins.loc[joins["ro"].eq(""), "verband"]
        )
        return found.assign(ros_hoogstens=most.astype(float).mask(endless, np.inf))

    def _meet(self, verband: pd.Series, ro: pd.Series) -> pd.DataFrame:
        """Pair labels of practices that may stand in one group (indexes are positions)."""
        there = self.around
        places = self.places
        if there.area is not self.area:
            places = places_of(there.area, there.plan, there.area.practices)
        stand = pd.DataFrame(places.possibly)
        left = stand.loc[verband.index].groupby(verband).any()
        right = stand.loc[ro.index].groupby(ro).any()
        both = left.to_numpy(np.float32) @ right.to_numpy(np.float32).T > 0
        i, j = np.nonzero(both)
        return pd.DataFrame({"verband": left.index[i], "ro": right.index[j]})

    @cached_property
    def parts(self) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
        """Part number of each unit within its group, without and with registered links."""
        graph, labels = self.area.graph, self.plan.labels
        return graph.parts(labels), graph.parts(labels, links=True)

    @cached_property
    def unfinished(self) -> Unfinished:
        """What is still open of the plan."""
        return Unfinished(self.plan, self.around)

    def inhabitants(self, group: str) -> Interval:
        """Bound the inhabitants of a group: what is known, and what more there may be.

        More are the people of secret units, bounded by their gemeente, and those of units that the
        proposal puts in other groups as well.
        """
        label = self.plan.groups.index(group)
        low, high = float(self._least_people[label]), float(self._most_people[label])
        shared = self.plan.units.isin(self.plan.shared_members(group))
        if shared.any():
            inside = shared | (self.plan.sure_labels == label)
            high = float(most_people(self.area, np.where(inside, 0, -1), 1)[0])
        return Interval(low, high)

    @cached_property
    def _least_people(self) -> NDArray[np.float64]:
        return least_people(self.area, self.plan.sure_labels, len(self.plan.groups))

    @cached_property
    def _most_people(self) -> NDArray[np.float64]:
        return most_people(self.area, self.plan.sure_labels, len(self.plan.groups))

    def measured(self, group: str, column: str) -> float:
        """Return one number of `measures`."""
        return float(self.measures[column][group])

    @cached_property
    def around(self) -> Around:
        """The plan on the whole map that the work area was cut from."""
        return around(self.area, self.plan)

    @property
    def gemeente_names(self) -> dict[str, str]:
        """Name of each gemeente of the map by its code, for sentences."""
        return self.around.area.gemeente_names

    @cached_property
    def unit_names(self) -> dict[str, str]:
        """Name of each unit of the map, for sentences."""
        units = self.around.area.units
        return dict(zip(units.index, units["naam"].astype(str), strict=True))
