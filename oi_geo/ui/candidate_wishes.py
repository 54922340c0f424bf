"""More wishes: borders, what stays whole, pairs, herkomst, today's division, and what weighs."""

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd
import streamlit as st

from oi_geo.candidates.wishes import Firmness, Weights, Whole
from oi_geo.commands.asked import WHOLE_WEIGHTS, Pairs, apart_pairs, together_pairs
from oi_geo.commands.wishes import has_gp, unnamed_note, wsv_of
from oi_geo.plan import UNASSIGNED
from oi_geo.study_area import StudyArea
from oi_geo.text import nl_list
from oi_geo.ui import cache
from oi_geo.ui.candidate_choices import Pair
from oi_geo.ui.candidate_files import WishTables, show_reading
from oi_geo.ui.state import Session
from oi_geo.ui.words import plain

NONE, INSURER, TABLE, TESTED = "geen", "zorgkantoor", "tabel", "toets"
WITHIN = {NONE: "Geen", INSURER: "Zorgkantoorregio's", TABLE: "Een eigen tabel of tekening"}
FIRMNESS: dict[Firmness, str] = {"hard": "Altijd", "voorkeur": "Liefst", "nee": "Hoeft niet"}
# What a slider says, and how many times the usual weight that is.
STRENGTHS = {"Niet": 0.0, "Weinig": 0.3, "Gewoon": 1.0, "Veel": 3.0, "Heel veel": 10.0}
# Distance counts only for who asks for it; this is then its usual weight.
USUAL_DISTANCE = 1.0
PAIR_KINDS = {True: "bij elkaar", False: "uit elkaar"}


@dataclass(frozen=True, eq=False)
class MoreWishes:
    """What was asked under 'Meer wensen'; see `oi_geo.candidates.wishes.Wishes`.

    `notes` are sentences on what a run should say of them.
    """

    within: pd.Series | None
    whole: tuple[Whole, ...]
    together: Pairs
    apart: Pairs
    flows: pd.DataFrame | None
    today: pd.Series | None
    weights: Weights
    notes: tuple[str, ...]


def ask_more(session: Session, area: StudyArea) -> MoreWishes | None:
    """Ask for the wishes that few will have; None where a table cannot be used, which is told.

    Raises
    ------
    OiGeoError
        Where the proposal on Toets cannot be used.
    """
    tables = WishTables(session, area)
    within, notes = _ask_within(session, area, tables)
    whole = _ask_whole(session, area, tables)
    together, apart = _ask_pairs(session, area)
    st.markdown("**Waar patiënten wonen**")
    flows = tables.flows()
    today = _ask_today(session, area, tables)
    offered = {"wijziging": today is not None, "stromen": flows is not None,
               "afstand": has_gp(area)}  # fmt: skip
    weights = _ask_weights(session, offered)
    if tables.failed:
        return None
    return MoreWishes(within, whole, together, apart, flows, today, weights, notes)


def insurer_regions(area: StudyArea) -> tuple[pd.Series, list[str]]:
    """Return the zorgkantoor of each unit, and the names of gemeenten that have more than one.

    A gemeente with several belongs to the one with the largest share of it.
    """
    if area.insurers is None:
        return pd.Series(dtype="str"), []
    table = area.insurers.sort_values("aandeel", ascending=False, kind="stable")
    first = table.drop_duplicates("gemeentecode").set_index("gemeentecode")["zorgkantoor"]
    count = table.groupby("gemeentecode")["zorgkantoor"].nunique()
    names = area.units.drop_duplicates("gemeentecode").set_index("gemeentecode")["gemeentenaam"]
    shared = [str(names[code]) for code in count.index[count > 1] if code in names.index]
    return area.units["gemeentecode"].map(first).dropna(), shared


def _ask_within(
    session: Session, area: StudyArea, tables: WishTables
) -> tuple[pd.Series | None, tuple[str, ...]]:
    """Ask which borders no group may cross; tell which units lie in none of the areas."""
    offered = [kind for kind in WITHIN if kind != INSURER or area.insurers is not None]
    kind = st.selectbox(
        "Grenzen die geen groep mag kruisen", offered, key="k_binnen",
        index=offered.index(session.start("k_binnen", NONE, offered)),
        format_func=WITHIN.__getitem__,
    )  # fmt: skip
    session.remember("k_binnen")
    regions = None
    if kind == INSURER:
        regions, shared = insurer_regions(area)
        if shared:
            st.caption(
                f"{plain(nl_list(shared))}: meer dan één zorgkantoor; het grootste telt voor de "
                "hele gemeente."
            )
    elif kind == TABLE:
        regions = tables.division("binnen")
    note = "" if regions is None else unnamed_note(area, regions)
    if not note:
        return regions, ()
    st.warning(plain(note))
    return regions, (note,)


def _ask_whole(session: Session, area: StudyArea, tables: WishTables) -> tuple[Whole, ...]:
    """Ask how firmly kernen, and the areas of WSV's where these are known, stay whole."""
    left, right = st.columns(2)
    found: list[Whole] = []
    with left:
        firm = _firmness(session, "Kernen heel houden", "k_kern")
        kernen = tables.division("kernen") if firm != "nee" else None
        if firm != "nee" and kernen is not None:
            found.append(Whole("kern", kernen, firm, WHOLE_WEIGHTS["kern"]))
        elif firm != "nee" and not tables.failed:
            st.caption("Zolang er geen tabel is, tellen kernen niet mee.")
    practices = area.practices
    if not (practices["wsv"].notna() & practices["eenheid"].notna()).any():
        return tuple(found)
    with right:
        firm = _firmness(session, "Gebieden van WSV's bij elkaar houden", "k_wsv")
        if firm != "nee":
            series, report = wsv_of(area)
            show_reading("de praktijken van de pagina Gegevens", [report])
            found.append(Whole("wsv", series, firm, WHOLE_WEIGHTS["wsv"]))
    return tuple(found)


def _firmness(session: Session, label: str, key: str) -> Firmness:
    firm: Firmness = st.selectbox(
        label, list(FIRMNESS), key=key, format_func=FIRMNESS.__getitem__,
        index=list(FIRMNESS).index(session.start(key, "nee", FIRMNESS)),
    )  # fmt: skip
    session.remember(key)
    return firm


def _ask_pairs(session: Session, area: StudyArea) -> tuple[Pairs, Pairs]:
    """Ask which units or gemeenten belong together, or apart, and list what was asked."""
    making, names = session.making, place_names(area)
    st.markdown("**Bij elkaar of uit elkaar**")
    columns = st.columns([3, 2, 3, 2], vertical_alignment="bottom")
    for column, label, key in (
        (columns[0], "Gebied", "k_paar_een"),
        (columns[2], "Met gebied", "k_paar_ander"),
    ):
        column.selectbox(
            label, list(names), key=key, index=None, format_func=names.__getitem__,
            placeholder="Kies een gemeente of een deel ervan",
        )  # fmt: skip
    columns[1].selectbox(
        "Hoort", list(PAIR_KINDS), format_func=PAIR_KINDS.__getitem__, key="k_paar_soort"
    )
    columns[3].button("Toevoegen", key="k_paar_erbij", on_click=_add_pair, args=(session,))
    for number, pair in enumerate(making.pairs):
        left, right = st.columns([8, 2], vertical_alignment="center")
        kind = "blijven bij elkaar" if pair.together else "blijven uit elkaar"
        left.markdown(f"{plain(names[pair.first])} en {plain(names[pair.second])} {kind}.")
        right.button(
            "Vergeten", key=f"k_paar_weg_{number}", on_click=making.drop_pair, args=(pair,)
        )
    typed = {together: [f"{p.first} {p.second}" for p in making.pairs if p.together is together]
             for together in (True, False)}  # fmt: skip
    return together_pairs(typed[True], area), apart_pairs(typed[False], area)


def _add_pair(session: Session) -> None:
    state = st.session_state
    first, second = state["k_paar_een"], state["k_paar_ander"]
    if first is not None and second is not None and first != second:
        session.making.add_pair(Pair(first, second, state["k_paar_soort"]))


def place_names(area: StudyArea) -> dict[str, str]:
    """Return what gemeenten and then units are called, by code; a unit names its gemeente too."""
    units = area.units
    names = dict(units.drop_duplicates("gemeentecode").set_index("gemeentecode")["gemeentenaam"])
    names = {code: f"{name} (gemeente)" for code, name in sorted(names.items(), key=str)}
    if area.level != "gemeente":
        rows = zip(units.index, units["naam"], units["gemeentenaam"], strict=True)
        names |= {code: f"{name}, {gemeente} ({code})" for code, name, gemeente in rows}
    return names


def _ask_today(session: Session, area: StudyArea, tables: WishTables) -> pd.Series | None:
    """Ask which present division to stay close to: an own table, or the proposal on Toets."""
    question = session.question
    offered = {NONE: "Geen", TABLE: "Een eigen tabel of tekening"}
    if question is not None and question.inputs == session.inputs():
        offered[TESTED] = f"Het voorstel dat nu op Toets staat ({question.proposal.name})"
    kind = st.selectbox(
        "Indeling van nu om dicht bij te blijven", list(offered), key="k_vandaag",
        index=list(offered).index(session.start("k_vandaag", NONE, offered)),
        format_func=offered.__getitem__,
    )  # fmt: skip
    session.remember("k_vandaag")
    if kind == TABLE:
        return tables.division("bestaand")
    if kind == NONE or question is None:
        return None
    plan = cache.toets_of(question).plan
    inside = plan.labels != UNASSIGNED
    names = [plan.groups[label] for label in plan.labels[inside]]
    today = pd.Series(names, plan.units[inside], dtype="str")
    if not today.index.isin(area.units.index).all():
        st.caption(
            "Dat voorstel gaat over buurten; hier worden wijken verdeeld. Het telt niet mee."
        )
        return None
    return today


def _ask_weights(session: Session, offered: Mapping[str, bool]) -> Weights:
    """Ask what counts most; what has nothing to work on is not asked."""
    usual = Weights()
    labels = {
        "snijlijn": "Korte grenzen",
        "afwijking": "Gelijke grootte",
        "gemeenten": "Gemeenten heel",
        "wijziging": "Dicht bij nu",
        "stromen": "Patiënt en praktijk samen",
        "afstand": "Dicht bij een praktijk",
    }
    asked = {part: label for part, label in labels.items() if offered.get(part, True)}
    st.markdown("**Wat weegt zwaar?**")
    chosen = {}
    for column, (part, label) in zip(st.columns(len(asked)), asked.items(), strict=True):
        key = f"k_gewicht_{part}"
        usually = session.start(key, "Niet" if part == "afstand" else "Gewoon", STRENGTHS)
        strength = column.select_slider(label, list(STRENGTHS), usually, key=key)
        session.remember(key)
        base = USUAL_DISTANCE if part == "afstand" else getattr(usual, part)
        chosen[part] = STRENGTHS[strength] * base
    return Weights(**chosen)
