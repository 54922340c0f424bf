"""Rules about the shape of a group: one connected area, whole gemeenten."""

from collections.abc import Hashable, Mapping
from typing import Any

import numpy as np
import pandas as pd
import shapely

from oi_geo.criteria.evidence import Evidence
from oi_geo.criteria.finding import Verdict
from oi_geo.criteria.regel import Outcome, Regel
from oi_geo.text import nl_count, nl_list, nl_number, nl_percentage


def aaneengesloten(evidence: Evidence, regel: Regel, group: str) -> Outcome:
    """Z2, G5: the group is one connected area, without and with registered links."""
    return contiguity(evidence, group, failing=regel.failing)


def contiguity(evidence: Evidence, group: str, *, failing: Verdict) -> Outcome:
    """Judge whether a group is connected; `failing` is the verdict where it is not."""
    if len(evidence.plan.shared_members(group)):
        return _with_shared_units(evidence, group, failing)
    bare = int(evidence.measured(group, "delen"))
    linked = int(evidence.measured(group, "delen_met_verbindingen"))
    pieces, loose = _pieces(evidence, group)
    if bare == 1:
        text = f"Het gebied is aaneengesloten.{pieces}"
        return Outcome(group, Verdict.VOLDOET, bare, text, loose)
    without, with_links = evidence.parts
    if linked == 1:
        text = (
            f"Zonder verbindingen bestaat het gebied uit {bare} delen; met "
            f"{nl_list(_links(evidence, group))} is het één geheel.{pieces}"
        )
        where = _smaller_parts(evidence, group, without)
        return Outcome(group, Verdict.SIGNAAL, bare, text, _with(where, loose), mendable=True)
    where = _smaller_parts(evidence, group, with_links)
    counted = "er zijn geen verbindingen geregistreerd"
    if evidence.area.graph.links:
        also = "ook" if linked == bare else f"en {linked}"
        counted = f"{also} als de geregistreerde verbindingen meetellen"
    text = (
        f"Het gebied bestaat uit {bare} delen ({counted}); buiten het grootste deel: "
        f"{nl_list(_names(evidence, where))}.{pieces}"
    )
    mendable = evidence.unfinished.could_join(group) or bool(evidence.plan.lost.get(group))
    return Outcome(group, failing, bare, text, _with(where, loose), mendable=mendable)


def _with_shared_units(evidence: Evidence, group: str, failing: Verdict) -> Outcome:
    """Judge a group with units that stand in other groups as well: each may belong to it or not."""
    always, never = _connected(evidence, group, links=False)
    always_linked, never_linked = _connected(evidence, group, links=True)
    shared = set(evidence.plan.shared_members(group))
    pieces, loose = _pieces(evidence, group)
    lead, where = _shared_lead(evidence, shared), _with(tuple(sorted(shared)), loose)
    if always:
        text = f"{lead}; het gebied is met en zonder aaneengesloten.{pieces}"
        return Outcome(group, Verdict.VOLDOET, 1, text, loose)
    if never_linked:
        text = f"{lead}; ook met wat gedeeld wordt, bestaat het gebied uit losse delen.{pieces}"
        return Outcome(
            group, failing, None, text, where, mendable=evidence.unfinished.could_join(group)
        )
    if never and always_linked:
        text = f"{lead}; het gebied is alleen met geregistreerde verbindingen één geheel.{pieces}"
        return Outcome(group, Verdict.SIGNAAL, None, text, where, mendable=True)
    text = f"{lead}; daarvan hangt af of het gebied aaneengesloten is.{pieces}"
    return Outcome(group, Verdict.NIET_TE_BEPALEN, None, text, where)


def _connected(evidence: Evidence, group: str, *, links: bool) -> tuple[bool, bool]:
    """Tell whether a group is connected whichever shared units it has, and whether it never is.

    With each single shared unit connected to the sure ones, any selection of them is; where all of
    them together do not join the sure ones, no selection does.
    """
    graph, plan = evidence.area.graph, evidence.plan
    sure = plan.sure_labels == plan.groups.index(group)
    shared = plan.units.get_indexer(plan.shared_members(group))
    ends = graph.link_positions() if links else np.empty((0, 2), np.intp)
    left, right = np.r_[graph.left, ends[:, 0]], np.r_[graph.right, ends[:, 1]]
    if not sure.any():
        # Any selection of them is connected where each borders on each.
        both = np.isin(left, shared) & np.isin(right, shared)
        pairs = {
            (int(min(a, b)), int(max(a, b))) for a, b in zip(left[both], right[both], strict=True)
        }
        return len(pairs) == len(shared) * (len(shared) - 1) // 2, False
    touching = np.r_[right[sure[left]], left[sure[right]]]

    def parts_of_sure(inside: np.ndarray) -> int:
        labels = np.where(inside, 0, -1).astype(np.int32)
        return len(np.unique(graph.parts(labels, links=links)[sure]))

    always = parts_of_sure(sure) == 1 and bool(np.isin(shared, touching).all())
    together = sure.copy()
    together[shared] = True
    return always, parts_of_sure(together) > 1


def een_hub_per_gemeente(evidence: Evidence, regel: Regel, group: str) -> Outcome:
    """U4: the group is exactly one whole gemeente."""
    if len(evidence.plan.shared_members(group)):
        return _hub_with_shared_units(evidence, regel, group)
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
        mendable=evidence.unfinished.could_come(group).issuperset(rest_units),
    )


def gedeelde_gemeenten(evidence: Evidence, regel: Regel, group: str) -> Outcome:
    """U5: every gemeente that the group's border cuts, with its parts and who else is there.

    At the level of hubs only what lies outside all hubs counts: how hubs share a gemeente is U4.
    """
    if len(evidence.plan.shared_members(group)):
        return _border_with_shared_units(evidence, regel, group)
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
    where = tuple(code for units in elsewhere["eenheden"] for code in units)
    return Outcome(
        group,
        regel.failing,
        len(cut),
        f"De grens loopt door {number}. {' '.join(texts)} {unsure_text}".rstrip(),
        where,
        mendable=evidence.unfinished.could_come(group).issuperset(where),
    )


def _hub_with_shared_units(evidence: Evidence, regel: Regel, group: str) -> Outcome:
    """U4 for a hub with units that stand in other hubs as well: each may belong to it or not."""
    sure, shared, gemeenten = _shared_units(evidence, group)
    whole = gemeenten.groupby(gemeenten).groups
    # What is not finished yet may still come to this hub.
    more = shared | evidence.unfinished.could_come(group)
    could = [c for c, units in whole.items() if sure <= set(units) <= sure | more]
    lead = _shared_lead(evidence, shared)
    where = tuple(sorted(shared))
    if could:
        text = f"{lead}; of deze hub precies één gemeente is, hangt daarvan af."
        return Outcome(group, Verdict.NIET_TE_BEPALEN, None, text, where)
    text = f"{lead}; met of zonder is deze hub niet precies één gemeente."
    return Outcome(group, regel.failing, None, text, where)


def _border_with_shared_units(evidence: Evidence, regel: Regel, group: str) -> Outcome:
    """U5 for a group with units that stand in other groups as well.

    A gemeente is cut whichever units the group has where one of its units surely lies inside and
    one surely outside; it may be cut where that hangs on a shared unit.
    """
    sure, shared, gemeenten = _shared_units(evidence, group)
    plan = evidence.around.plan
    hubs = plan.level == "hub"
    waiting = evidence.unfinished.could_come(group)
    outside = set(plan.unassigned) if hubs else set(plan.units) - sure - shared
    outside -= waiting
    always: list[str] = []
    maybe: list[str] = []
    for code, found in gemeenten.groupby(gemeenten).groups.items():
        units = set(found)
        if units & sure and units & outside:
            always.append(str(code))
        else:
            by_shared = units & shared and (units & outside if hubs else len(units) > 1)
            if by_shared or (units & (sure | shared) and units & waiting):
                maybe.append(str(code))
    unsure = set(evidence.around.area.incomplete) & set(gemeenten[sorted(sure | shared)])
    lead = _shared_lead(evidence, shared)
    if always:
        names = nl_list(evidence.gemeente_names[code] for code in always)
        text = f"De grens loopt hoe dan ook door {names}. {lead}."
        where = tuple(sorted(outside & set(gemeenten.index[gemeenten.isin(always)])))
        return Outcome(group, regel.failing, len(always), text, where)
    if maybe or unsure:
        texts = [f"{lead}."]
        if maybe:
            names = nl_list(evidence.gemeente_names[code] for code in sorted(maybe))
            texts = [f"{lead}; of de grens door {names} loopt, hangt daarvan af."]
        text = " ".join([*texts, *(_unsure_text(evidence, code) for code in sorted(unsure))])
        return Outcome(group, Verdict.NIET_TE_BEPALEN, None, text, tuple(sorted(shared)))
    text = f"{lead}; met of zonder loopt de grens niet door een gemeente."
    return Outcome(group, Verdict.VOLDOET, 0, text)


def _shared_units(evidence: Evidence, group: str) -> tuple[set[str], set[str], pd.Series]:
    """Return the sure and the shared units of a group, and the gemeente of every unit around."""
    there = evidence.around
    label = there.plan.groups.index(group)
    sure = set(there.plan.units[there.plan.sure_labels == label])
    return sure, set(there.plan.shared_members(group)), there.area.units["gemeentecode"]


def _shared_lead(evidence: Evidence, shared: set[str]) -> str:
    units = nl_count(len(shared), "eenheid staat", "eenheden staan")
    return f"{units} ook in een andere groep ({nl_list(_names(evidence, tuple(sorted(shared))))})"


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
    known = sides["aandeel_inwoners"].notna().all() and not sides["inwoners_onbekend"].any()
    by, unit = ("aandeel_inwoners", "inwoners") if known else ("aandeel_oppervlakte", "oppervlakte")
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


def _pieces(evidence: Evidence, group: str) -> tuple[str, tuple[str, ...]]:
    """Name the units of a group that lie in several separate pieces, and return their codes.

    A unit is never cut, so it is one part with everything that any of its pieces borders; whoever
    reads that a group is connected must know that the ground need not be.
    """
    shared = evidence.plan.units.get_indexer(evidence.plan.shared_members(group))
    at = np.union1d(evidence.members_at(group), shared)
    shapes = evidence.area.graph.polygons[at]
    several = np.flatnonzero(shapely.get_num_geometries(shapes) > 1)
    codes = tuple(evidence.area.units.index[at[several]])
    texts = []
    for code, shape in zip(codes, shapes[several], strict=True):
        km2 = np.sort(shapely.area(shapely.get_parts(shape)))[::-1] / 1e6
        sizes = [f"{nl_number(size, 1 if size >= 1 else 3)} km²" for size in km2]
        name = evidence.unit_names[code]
        texts.append(f"{name} bestaat uit {len(km2)} losse stukken ({nl_list(sizes)})")
    if not texts:
        return "", ()
    return f" Een eenheid telt als één geheel: {nl_list(texts)}.", codes


def _with(where: tuple[str, ...], more: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys([*where, *more]))


def _smaller_parts(evidence: Evidence, group: str, part: np.ndarray) -> tuple[str, ...]:
    """Return the units outside the part with most units (most area among equals)."""
    at = evidence.members_at(group)
    parts, place = np.unique(part[at], return_inverse=True)
    number = np.bincount(place)
    km2 = np.bincount(place, evidence.area.area_km2.to_numpy()[at])
    main = np.lexsort((np.arange(len(parts)), -km2, -number))[0]
    return tuple(evidence.area.units.index[at[place != main]])


def _names(evidence: Evidence, codes: tuple[str, ...]) -> list[str]:
    return [evidence.unit_names[code] for code in codes]
