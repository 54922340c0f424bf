"""More wishes: borders that no group crosses, pairs, today's proposal, and what counts most."""

from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import streamlit as st

from oi_geo.candidates.wishes import Weights
from oi_geo.commands.asked import Pairs, apart_pairs, together_pairs
from oi_geo.commands.wishes import divisions_of
from oi_geo.plan import UNASSIGNED
from oi_geo.sources.divisions import HOGERE_GRENS
from oi_geo.sources.report import ReadReport
from oi_geo.study_area import StudyArea
from oi_geo.tally import HUISARTS
from oi_geo.text import nl_list
from oi_geo.ui import cache
from oi_geo.ui.candidate_choices import Pair
from oi_geo.ui.state import Session
from oi_geo.ui.words import plain

NONE, INSURER, TABLE = "geen", "zorgkantoor", "tabel"
WITHIN = {NONE: "Geen", INSURER: "Zorgkantoorregio's", TABLE: "Een eigen tabel of tekening"}
# What a slider says, and how many times the usual weight that is.
STRENGTHS = {"Niet": 0.0, "Weinig": 0.3, "Gewoon": 1.0, "Veel": 3.0, "Heel veel": 10.0}
# Distance counts only for who asks for it; this is then its usual weight.
USUAL_DISTANCE = 1.0
PAIR_KINDS = {True: "bij elkaar", False: "uit elkaar"}


@dataclass(frozen=True, eq=False)
class MoreWishes:
    """What was asked under 'Meer wensen'; see `oi_geo.candidates.wishes.Wishes`."""

    within: pd.Series | None
    together: Pairs
    apart: Pairs
    today: pd.Series | None
    weights: Weights


def ask_more(session: Session, area: StudyArea) -> MoreWishes:
    """Ask for the wishes that few will have.

    Raises
    ------
    OiGeoError
        Where an uploaded table or the present proposal cannot be used.
    """
    within = _ask_within(session, area)
    together, apart = _ask_pairs(session, area)
    today = _ask_today(session, area)
    weights = _ask_weights(session, area, near_today=today is not None)
    return MoreWishes(within, together, apart, today, weights)


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


@st.cache_resource(max_entries=4, show_spinner=False)
def _divisions(
    key: tuple[str, ...],  # noqa: ARG001
    _area: StudyArea,
    _path: Path,
    _grenzen: Path,
) -> tuple[pd.Series, ReadReport]:
    return divisions_of(_area, _path, HOGERE_GRENS, grenzen=_grenzen)


def _ask_within(session: Session, area: StudyArea) -> pd.Series | None:
    """Ask which borders no group may cross."""
    offered = [kind for kind in WITHIN if kind != INSURER or area.insurers is not None]
    session.recall("k_binnen", NONE, offered)
    kind = st.selectbox(
        "Grenzen die geen groep mag kruisen", offered, key="k_binnen",
        format_func=WITHIN.__getitem__,
    )  # fmt: skip
    session.remember("k_binnen")
    if kind == INSURER:
        regions, shared = insurer_regions(area)
        if shared:
            st.caption(
                f"{plain(nl_list(shared))}: meer dan één zorgkantoor; het grootste telt voor de "
                "hele gemeente."
            )
        return regions
    if kind == NONE:
        return None
    making, inputs = session.making, session.inputs()
    st.file_uploader(
        "Tabel met code en naam van het gebied (CSV, XLSX), of getekende vlakken",
        key="upload_binnen", on_change=_keep_within, args=(session,),
    )  # fmt: skip
    if making.within is None:
        return None
    key = (*making.key, cache.file_key(making.within))
    series, report = _divisions(key, area, making.within, inputs.grenzen)
    st.caption(f"In gebruik: {plain(making.within.name)}")
    for message in report.messages:
        if message.ernst != "info":
            st.caption(plain(message.melding))
    return series


def _keep_within(session: Session) -> None:
    upload = st.session_state["upload_binnen"]
    kept = None if upload is None else session.keep(upload.name, upload.getvalue())
    session.making.within = kept


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
        state["k_paar_een"] = state["k_paar_ander"] = None


def place_names(area: StudyArea) -> dict[str, str]:
    """Return what gemeenten and then units are called, by code; a unit names its gemeente too."""
    units = area.units
    names = dict(units.drop_duplicates("gemeentecode").set_index("gemeentecode")["gemeentenaam"])
    names = {code: f"{name} (gemeente)" for code, name in sorted(names.items(), key=str)}
    if area.level != "gemeente":
        rows = zip(units.index, units["naam"], units["gemeentenaam"], strict=True)
        names |= {code: f"{name}, {gemeente} ({code})" for code, name, gemeente in rows}
    return names


def _ask_today(session: Session, area: StudyArea) -> pd.Series | None:
    """Ask whether to stay close to the proposal that was tested last, where it has these units."""
    question = session.question
    if question is None or question.inputs != session.inputs():
        return None
    session.recall("k_vandaag", False, (True, False))
    near = st.checkbox(
        f"Blijf dicht bij het voorstel dat nu op Toets staat ({plain(question.proposal.name)})",
        key="k_vandaag",
    )
    session.remember("k_vandaag")
    if not near:
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


def _ask_weights(session: Session, area: StudyArea, *, near_today: bool) -> Weights:
    """Ask what counts most; what has nothing to work on is not asked."""
    usual = Weights()
    asked = {"snijlijn": "Korte grenzen", "afwijking": "Gelijke grootte",
             "gemeenten": "Gemeenten heel"}  # fmt: skip
    if near_today:
        asked["wijziging"] = "Dicht bij vandaag"
    if (area.practices["discipline"].eq(HUISARTS) & area.practices["eenheid"].notna()).any():
        asked["afstand"] = "Dicht bij een praktijk"
    st.markdown("**Wat weegt zwaar?**")
    chosen = {}
    for column, (part, label) in zip(st.columns(len(asked)), asked.items(), strict=True):
        key = f"k_gewicht_{part}"
        session.recall(key, "Niet" if part == "afstand" else "Gewoon", STRENGTHS)
        strength = column.select_slider(label, list(STRENGTHS), key=key)
        session.remember(key)
        base = USUAL_DISTANCE if part == "afstand" else getattr(usual, part)
        chosen[part] = STRENGTHS[strength] * base
    return Weights(**chosen)
