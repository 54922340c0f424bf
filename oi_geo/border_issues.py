"""Grensproblematiek: what a plan cuts through, what it leaves over, and who else is there.

A work area seldom coincides with gemeente borders, and the rest of a gemeente may belong to another
regio-organisatie (RO) and another insurer. These tables show each place where that happens.
"""

from dataclasses import dataclass
from typing import Literal

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from oi_geo.plan import Plan
from oi_geo.remainders import find_remainders
from oi_geo.several import fold, one_each, spellings, split_names
from oi_geo.study_area import StudyArea
from oi_geo.tally import (
    HUISARTS,
    REGIO_ORGANISATIE,
    count,
    distinct,
    estimated,
    names,
    plain,
    practice_labels,
    total,
    uncounted,
)
from oi_geo.whole_map import around


@dataclass(frozen=True, eq=False)
class BorderIssues:
    """Everything that lies across, against or outside the borders of a plan.

    Attributes
    ----------
    gemeenten : DataFrame
        One row per side of each gemeente that a group or the edge of the work area cuts, by
        gemeentecode and then in the order of the groups: `gemeentecode`, `gemeentenaam`, `groep`
        (None: outside all groups), `aandeel_oppervlakte`, `aandeel_inwoners`, `aandeel_ion`,
        `aandeel_praktijken` (0-1 of what is known, each adds up to 1 over the gemeente, NaN where
        nothing is known of the whole gemeente or the map holds only a part of it), `inwoners`,
        `inwoners_onbekend`, `ion`, `ion_onbekend`, `praktijken`, `praktijken_geschat` (of which the
        place is an estimate, that may lie on another side or in another gemeente),
        `regio_organisaties` and `verzekeraars` (sorted tuples), `eenheden` (tuple).
    practices : DataFrame
        Practices that name another RO than the one with most ION in the group they stand in:
        `praktijk_id`, `agb`, `naam`, `eenheid`, `groep`, `regio_organisatie`, `ro_van_groep`,
        `ion`. A group without a single largest RO has none.
    outsiders : DataFrame
        Huisarts practices that stand in a group and do not take part, largest first per group:
        `groep`, `praktijk_id`, `agb`, `naam`, `eenheid`, `regio_organisatie`, `huisartsen`, `ion`.
    double : DataFrame
        Practices and WSVs that name two or more ROs: `soort` (`praktijk` or `wsv`), `naam`,
        `regio_organisaties` (sorted tuple), `eenheden` (tuple).
    remainders : GeoDataFrame, EPSG:28992
        See `oi_geo.remainders.find_remainders`.
    """

    gemeenten: pd.DataFrame
    practices: pd.DataFrame
    outsiders: pd.DataFrame
    double: pd.DataFrame
    remainders: gpd.GeoDataFrame


def border_issues(
    area: StudyArea,
    plan: Plan,
    *,
    minimum: float,
    on: Literal["inwoners", "ion"] = "inwoners",
) -> BorderIssues:
    """Find the grensproblematiek of a plan.

    Names of ROs, WSVs and insurers that differ in case and spaces only are the same name. Rows with
    discipline `regio-organisatie` (the seat of an RO) are no practices and are left out.

    Parameters
    ----------
    area : StudyArea
        What the plan was made on; the gemeenten and remainders of a work area are looked at on the
        whole map that it was cut from.
    plan : Plan
        On the units of `area`; units without a group lie outside the work area.
    minimum : float
        Smallest number of `on` with which a remainder can stand on its own.
    on : {'inwoners', 'ion'}
        What the minimum counts.

    Raises
    ------
    ValueError
        If the plan was made for other units than those of `area`.
    """
    if not plan.units.equals(area.units.index):
        raise ValueError("the plan's units must be the area's units, in the same order")
    there = around(area, plan)
    practices = _without_seats(there.area.practices)
    whole = there.area.with_practices(practices)
    here = practices if there.area is area else _without_seats(area.practices)
    by_ro = _one_each(practices, "regio_organisatie")
    double = [
        _double(by_ro, "praktijk_id", "praktijk"),
        _double(_one_each(by_ro, "wsv"), "wsv", "wsv"),
    ]
    return BorderIssues(
        gemeenten=_cut_gemeenten(whole, there.plan, own=len(plan.groups)),
        practices=_other_ro(area.with_practices(here), plan),
        outsiders=_outsiders(area, plan),
        double=_here(pd.concat(double, ignore_index=True), area),
        remainders=find_remainders(area, plan, minimum=minimum, on=on),
    )


def _without_seats(practices: pd.DataFrame) -> pd.DataFrame:
    """Leave the seats of ROs out, and write every name in one way."""
    practices = practices[practices["discipline"].ne(REGIO_ORGANISATIE)]
    found = {"verzekeraar": _one_spelling(practices["verzekeraar"])}
    for column in ("regio_organisatie", "wsv"):
        cells = split_names(practices[column])
        usual = spellings(cells.explode())
        joined = ["; ".join(usual[fold(name)] for name in cell) or None for cell in cells]
        found[column] = pd.Series(joined, practices.index, dtype="str")
    return practices.assign(**found)


def _one_each(practices: pd.DataFrame, column: str) -> pd.DataFrame:
    """Repeat the practices that name several organisations in a column: one name on each row."""
    return one_each(practices, column, split_names(practices[column]))


def _here(double: pd.DataFrame, area: StudyArea) -> pd.DataFrame:
    """Leave out what stands wholly outside a work area."""
    inside = set(area.units.index)
    near = [not units or bool(inside.intersection(units)) for units in double["eenheden"]]
    return double[np.array(near, bool)].reset_index(drop=True)


def _one_spelling(names_read: pd.Series) -> pd.Series:
    """Write names that differ in case and spaces only in the spelling that occurs most.

    Of spellings that occur as often the first in the alphabet, so that no order of rows matters.
    """
    return plain(names_read).map(spellings(names_read)).astype("str")


def _cut_gemeenten(area: StudyArea, plan: Plan, own: int) -> pd.DataFrame:
    """List the sides of the gemeenten that the first `own` groups cut."""
    sides, side = _sides(area, plan, own)
    n = len(sides)
    units = area.units
    at, doubt = practice_labels(area, side), estimated(area, side)
    huisarts = area.practices["discipline"].eq(HUISARTS).to_numpy(bool)
    ion, praktijk = area.practices["ion"], area.practices["praktijk_id"]
    ros = _one_each(area.practices.assign(at=at), "regio_organisatie")
    measures = pd.DataFrame(
        {
            "oppervlakte": total(side, n, area.area_km2),
            "inwoners": total(side, n, units["inwoners"]),
            "inwoners_onbekend": count(side, n, units["inwoners"].isna()),
            "ion": total(at[huisarts], n, ion[huisarts]),
            "ion_onbekend": count(at, n, uncounted(area.practices, "ion")),
            "praktijken": distinct(at, n, praktijk),
            "praktijken_geschat": distinct(at[doubt], n, praktijk[doubt]),
            "regio_organisaties": names(ros["at"].to_numpy(), n, ros["regio_organisatie"]),
            "verzekeraars": _insurers(area, sides, names(at, n, area.practices["verzekeraar"])),
            "eenheden": names(side, n, units.index.to_series()),
        }
    )
    if area.practices.empty:  # no list of practices: unknown, not nought
        measures = measures.assign(ion=np.nan, praktijken=np.nan, praktijken_geschat=np.nan)
    frame = pd.concat([sides, measures], axis=1)
    gemeente, codes = pd.factorize(frame["gemeentecode"])
    # Of a gemeente that the map holds only a part of, nobody knows how much the whole is.
    unknown = frame["gemeentecode"].isin(list(area.incomplete))
    for measure in ["oppervlakte", "inwoners", "ion", "praktijken"]:
        whole = pd.Series(total(gemeente, len(codes), frame[measure])[gemeente], frame.index)
        frame[f"aandeel_{measure}"] = frame[measure] / whole.mask(unknown)
    return frame[
        [
            *["gemeentecode", "gemeentenaam", "groep", "aandeel_oppervlakte", "aandeel_inwoners"],
            *["aandeel_ion", "aandeel_praktijken", "inwoners", "inwoners_onbekend", "ion"],
            *["ion_onbekend", "praktijken", "praktijken_geschat", "regio_organisaties"],
            *["verzekeraars", "eenheden"],
        ]
    ]


def _sides(area: StudyArea, plan: Plan, own: int) -> tuple[pd.DataFrame, NDArray[np.int64]]:
    """List the sides (gemeente x group, or outside) of the cut gemeenten, and label the units."""
    n = len(plan.groups)
    code = area.units["gemeentecode"]
    gemeente, gemeentecodes = pd.factorize(code, sort=True)
    group = np.where(plan.labels >= 0, plan.labels, n)
    keys, side = np.unique(gemeente.astype(np.int64) * (n + 1) + group, return_inverse=True)
    at, here = np.divmod(keys, n + 1)
    cut = (np.bincount(at) > 1)[at] & (np.bincount(at, here < own) > 0)[at]
    position = np.where(cut, np.cumsum(cut) - 1, -1)
    naam = area.units["gemeentenaam"].groupby(code).first()
    codes = pd.Series(gemeentecodes[at[cut]], dtype="str")
    group_names = np.array([*plan.groups, None], object)
    sides = pd.DataFrame(
        {
            "gemeentecode": codes,
            "gemeentenaam": codes.map(naam).astype("str"),
            "groep": pd.Series(group_names[here[cut]], dtype=object),
        }
    )
    return sides, position[side]


def _insurers(
    area: StudyArea, sides: pd.DataFrame, of_practices: list[tuple[str, ...]]
) -> list[tuple[str, ...]]:
    """Join the insurers that practices on a side name with those of the gemeente as a whole."""
    if area.insurers is None:
        return of_practices
    known = area.insurers[area.insurers["aandeel"].ne(0)].dropna(subset="verzekeraar")
    by_gemeente = known.groupby("gemeentecode")["verzekeraar"].agg(set).to_dict()
    return [
        tuple(sorted({*here, *by_gemeente.get(code, ())}))
        for here, code in zip(of_practices, sides["gemeentecode"], strict=True)
    ]


def _other_ro(area: StudyArea, plan: Plan) -> pd.DataFrame:
    frame = area.practices.assign(group=practice_labels(area, plan.labels))
    frame = frame[(frame["group"] >= 0) & frame["regio_organisatie"].notna()]
    frame["ro_van_groep"] = frame["group"].map(_largest_ro(frame)).astype("str")
    named = zip(frame["ro_van_groep"], split_names(frame["regio_organisatie"]), strict=True)
    other = np.array([ro not in ros for ro, ros in named], bool)
    frame = frame[other & frame["ro_van_groep"].notna()].sort_values(
        ["group", "praktijk_id", "agb"], kind="stable"
    )
    frame["groep"] = pd.Index(plan.groups, dtype="str").take(frame["group"].to_numpy())
    columns = ["praktijk_id", "agb", "naam", "eenheid", "groep", "regio_organisatie"]
    return frame[[*columns, "ro_van_groep", "ion"]].reset_index(drop=True)


def _outsiders(area: StudyArea, plan: Plan) -> pd.DataFrame:
    frame = area.practices.assign(group=practice_labels(area, plan.labels))
    out = frame["deelnemer"].eq(other=False).fillna(value=False).astype(bool)
    huisarts = frame["discipline"].isin(area.practice_list.huisartsen)
    frame = frame[out & huisarts & (frame["group"] >= 0)]
    keys = ["group", "huisartsen", "ion", "praktijk_id", "agb"]
    frame = frame.sort_values(keys, ascending=[True, False, False, True, True], kind="stable")
    frame["groep"] = pd.Index(plan.groups, dtype="str").take(frame["group"].to_numpy())
    columns = ["groep", "praktijk_id", "agb", "naam", "eenheid", "regio_organisatie"]
    return frame[[*columns, "huisartsen", "ion"]].reset_index(drop=True)


def _largest_ro(practices: pd.DataFrame) -> dict[int, str]:
    """Return the RO with most known ION per group; none where two are equal or nothing is known."""
    alone = split_names(practices["regio_organisatie"]).str.len().eq(1)
    huisarts = practices[alone & practices["discipline"].eq(HUISARTS) & practices["ion"].gt(0)]
    ion = huisarts.groupby(["group", "regio_organisatie"])["ion"].sum().reset_index()
    top = ion[ion["ion"].eq(ion.groupby("group")["ion"].transform("max"))]
    single = top.drop_duplicates("group", keep=False)
    return dict(zip(single["group"], single["regio_organisatie"], strict=True))


def _double(practices: pd.DataFrame, key: str, soort: str) -> pd.DataFrame:
    """List what names several ROs; each row of the practices names one organisation at most."""
    ros = practices[[key, "regio_organisatie"]].dropna().drop_duplicates()
    several = ros.loc[ros[key].duplicated(), key]
    known = practices[practices["regio_organisatie"].notna() & practices[key].isin(several)]
    rows = [
        {
            "soort": soort,
            "naam": name if soort == "wsv" else here["naam"].iloc[0],
            "regio_organisaties": tuple(sorted(here["regio_organisatie"].unique())),
            "eenheden": tuple(sorted(here["eenheid"].dropna().unique())),
        }
        for name, here in known.groupby(key)
    ]
    return pd.DataFrame(rows, columns=["soort", "naam", "regio_organisaties", "eenheden"])
