"""Rules about the shape of a group: one connected area, whole gemeenten."""

from collections.abc import Hashable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from oi_geo.criteria.evidence import Evidence
from oi_geo.criteria.finding import Verdict
from oi_geo.criteria.regel import Outcome, Regel
from oi_geo.text import nl_count, nl_list, nl_percentage


def aaneengesloten(evidence: Evidence, regel: Regel, group: str) -> Outcome:
    """Z2, G5: the group is one connected area, without and with registered links."""
    return contiguity(evidence, group, failing=regel.failing)


def contiguity(evidence: Evidence, group: str, *, failing: Verdict) -> Outcome:
    """Judge whether a group is connected; `failing` is the verdict where it is not."""
    bare = int(evidence.measured(group, "delen"))
    linked = int(evidence.measured(group, "delen_met_verbindingen"))
    if bare == 1:
        return Outcome(group, Verdict.VOLDOET, bare, "Het gebied is aaneengesloten.")
    without, with_links = evidence.parts
    if linked == 1:
        text = (
            f"Zonder verbindingen bestaat het gebied uit {bare} delen; met "
            f"{nl_list(_links(evidence, group))} is het één geheel."
        )
        where = _smaller_parts(evidence, group, without)
        return Outcome(group, Verdict.SIGNAAL, bare, text, where, mendable=True)
    where = _smaller_parts(evidence, group, with_links)
    counted = "er zijn geen verbindingen geregistreerd"
    if evidence.area.graph.links:
        also = "ook" if linked == bare else f"en {linked}"
        counted = f"{also} als de geregistreerde verbindingen meetellen"
    text = (
        f"Het gebied bestaat uit {bare} delen ({counted}); buiten het grootste deel: "
        f"{nl_list(_names(evidence, where))}."
    )
    mendable = evidence.could_join(group) or bool(evidence.plan.lost.get(group))
    return Outcome(group, failing, bare, text, where, mendable=mendable)


def een_hub_per_gemeente(evidence: Evidence, regel: Regel, group: str) -> Outcome:
    """U4: the group is exactly one whole gemeente."""
    there = evidence.around
    units, plan = there.area.units, there.plan
    codes = units.loc[plan.members(group), "gemeentecode"].unique()
    names = units.drop_duplicates("gemeentecode").set_index("gemeentecode")["gemeentenaam"]
    if len(codes) > 1:
        text = (
            f"Deze hub omvat {len(codes)} gemeenten ({nl_list(names[codes])}); "
            "uitgangspunt is één gemeentehub per gemeente."
        )
        where = tuple(plan.members(group))
        return Outcome(group, regel.failing, len(codes), text, where)
    name = names[codes[0]]
    labels = plan.labels[units["gemeentecode"].eq(codes[0]).to_numpy(bool)]
    if (labels == labels[0]).all():
        if codes[0] in there.area.incomplete:
            text = f"Of deze hub de hele gemeente {name} is, is niet te zeggen: "
            text += _part_only(evidence, codes[0])
            return Outcome(group, Verdict.NIET_TE_BEPALEN, None, text, tuple(plan.members(group)))
        text = f"Deze hub is precies de gemeente {name}."
        return Outcome(group, Verdict.VOLDOET, 1, text)
    others = [plan.groups[i] for i in np.unique(labels[labels >= 0]) if plan.groups[i] != group]
    rest = f"de rest ligt in {nl_list(others)}" if others else "de rest hoort bij geen hub"
    text = (
        f"Deze hub is een deel van de gemeente {name}; {rest}. Een gemeente over hubs verdelen kan "
        "bij een grote, gevarieerde gemeente of bij meerdere kernen, met een beschreven verdeling."
    )
    rest_units = units.index[units["gemeentecode"].eq(codes[0])].difference(plan.members(group))
    return Outcome(
        group,
        regel.failing,
        len(others) + 1,
        text,
        tuple(rest_units),
        mendable=bool(rest_units.isin(evidence.plan.unfinished_units).all()),
    )


def gedeelde_gemeenten(evidence: Evidence, regel: Regel, group: str) -> Outcome:
    """U5: every gemeente that the group's border cuts, with its parts and who else is there.

    At the level of hubs only what lies outside all hubs counts: how hubs share a gemeente is U4.
    """
    sides = evidence.border.gemeenten
    touched = set(evidence.measures["gemeenten_gedeeld"][group])
    sides = sides[sides["gemeentecode"].isin(touched)]
    elsewhere = sides[sides["groep"].ne(group)]
    if evidence.plan.level == "hub":
        elsewhere = elsewhere[~elsewhere["groep"].isin(evidence.plan.groups)]
    cut = sorted(set(elsewhere["gemeentecode"]))
    touched |= set(evidence.measures["gemeenten_onbekend"][group])
    unsure = sorted(touched & set(evidence.around.area.incomplete) - set(cut))
    unsure_text = " ".join(_unsure_text(evidence, code) for code in unsure)
    if not cut and unsure:
        members = evidence.area.units.loc[evidence.plan.members(group), "gemeentecode"]
        where = tuple(members.index[members.isin(unsure)])
        return Outcome(group, Verdict.NIET_TE_BEPALEN, None, unsure_text, where)
    if not cut:
        text = "De grens van dit gebied valt samen met gemeentegrenzen."
        if evidence.plan.level == "hub":
            text = "De buitengrens van het werkgebied loopt hier niet door een gemeente."
        return Outcome(group, Verdict.VOLDOET, 0, text)
    here = sides[sides["gemeentecode"].isin(cut)].groupby("gemeentecode", sort=True)
    texts = [_cut_text(evidence, code, rows, group) for code, rows in here]
    number = nl_count(len(cut), "gemeente", "gemeenten")
    unfinished = set(evidence.plan.unfinished_units)
    where = tuple(code for units in elsewhere["eenheden"] for code in units)
    return Outcome(
        group,
        regel.failing,
        len(cut),
        f"De grens loopt door {number}. {' '.join(texts)} {unsure_text}".rstrip(),
        where,
        mendable=set(where) <= unfinished,
    )


def _part_only(evidence: Evidence, code: str) -> str:
    """Say by what it is known that the map holds only a part of a gemeente, and what to do."""
    told = evidence.around.area.incomplete[code]
    return (
        f"het grenzenbestand bevat maar een deel van die gemeente ({told}). "
        "Nodig zijn grenzen met de hele gemeente."
    )


def _unsure_text(evidence: Evidence, code: str) -> str:
    name = evidence.gemeente_names[code]
    return f"Of de grens door {name} loopt, is niet te zeggen: {_part_only(evidence, code)}"


def _cut_text(evidence: Evidence, code: Hashable, sides: pd.DataFrame, group: str) -> str:
    """Describe one cut gemeente: the share inside the group, and each other side."""
    mine = sides["groep"].eq(group)
    name = sides["gemeentenaam"].iloc[0]
    rows = sides[~mine].to_dict("records")
    if code in evidence.around.area.incomplete:
        rest = nl_list(_side(row, None) for row in rows)
        return f"Van {name}, dat maar deels op de kaart staat, ligt een deel {rest}."
    by = "aandeel_inwoners" if sides["aandeel_inwoners"].notna().all() else "aandeel_oppervlakte"
    unit = "inwoners" if by == "aandeel_inwoners" else "oppervlakte"
    share = nl_percentage(float(sides.loc[mine, by].sum()))
    rest = nl_list(_side(row, by) for row in rows)
    return f"Van {name} ligt {share} van de {unit} in deze groep; de rest: {rest}."


def _side(row: Mapping[Hashable, Any], by: str | None) -> str:
    """Describe another side of a cut gemeente, with its share in column `by`."""
    where = "buiten alle groepen" if pd.isna(row["groep"]) else f"in {row['groep']}"
    notes = [nl_percentage(row[by])] if by else []
    for column, noun in (("regio_organisaties", "RO"), ("verzekeraars", "verzekeraar")):
        if row[column]:
            notes.append(f"{noun} {nl_list(row[column])}")
    return f"{where} ({', '.join(notes)})" if notes else where


def _links(evidence: Evidence, group: str) -> list[str]:
    """Describe the registered links that join different parts of a group."""
    part = pd.Series(evidence.parts[0], evidence.area.units.index)
    members = set(evidence.plan.members(group))
    return [
        f"{x.soort} {evidence.unit_names[x.van]} – {evidence.unit_names[x.naar]} ({x.reden})"
        for x in evidence.area.graph.links
        if x.van in members and x.naar in members and part[x.van] != part[x.naar]
    ]


def _smaller_parts(evidence: Evidence, group: str, part: np.ndarray) -> tuple[str, ...]:
    """Return the units outside the part with most units (most area among equals)."""
    members = evidence.plan.members(group)
    here = pd.DataFrame(
        {
            "part": pd.Series(part, evidence.area.units.index)[members],
            "km2": evidence.area.area_km2[members],
        }
    )
    size = here.groupby("part")["km2"].agg(["size", "sum"])
    main = size.sort_values(["size", "sum"], ascending=False, kind="stable").index[0]
    return tuple(here.index[here["part"].ne(main)])


def _names(evidence: Evidence, codes: tuple[str, ...]) -> list[str]:
    return [evidence.unit_names[code] for code in codes]
