"""Lock what is good in a candidate, and see and take off what is locked."""

from typing import NamedTuple

import pandas as pd
import streamlit as st

from oi_geo.candidates.candidate import Candidate
from oi_geo.candidates.naming import name_givers
from oi_geo.maps.candidate_map import draw_plan
from oi_geo.plan import Plan
from oi_geo.study_area import StudyArea
from oi_geo.ui.candidate_cards import plan_html
from oi_geo.ui.candidate_choices import Lock, Making
from oi_geo.ui.candidate_run import Outcome, Run
from oi_geo.ui.candidate_words import letter
from oi_geo.ui.state import on_press, pressed
from oi_geo.ui.words import plain

FIRM = {True: "Precies zo", False: "Mag groeien"}


class Chosen(NamedTuple):
    """What should stay: groups, whether those are finished, and codes of gemeenten."""

    groups: tuple[str, ...]
    closed: bool
    gemeenten: tuple[str, ...]


def show_locking(making: Making, run: Run, outcome: Outcome) -> None:
    """Let somebody choose groups and gemeenten of a candidate that should stay as they are."""
    candidates = outcome.proposals.candidates
    st.subheader("Vastzetten en opnieuw zoeken")
    st.caption(
        "Kies wat goed is. De volgende keer blijft dat zo en wordt de rest eromheen gemaakt. Wat "
        "met een eerdere keuze botst, komt daarvoor in de plaats."
    )
    left, right = st.columns([1, 1])
    with left, st.container(key="vastzetten"):
        position = st.selectbox(
            "Voorstel", range(len(candidates)), format_func=letter, key="k_vast_voorstel"
        )
        candidate = candidates[position]
        chosen = _ask_locks(run.order.area, candidate)
        # Never disabled: somebody may press it before the page knows what was just chosen.
        st.button("Zet vast", **on_press("zet_vast"))
        if pressed("zet_vast"):
            if chosen.groups or chosen.gemeenten:
                add_locks(making, run.order.area, candidate, letter(position), chosen)
                st.rerun()
            st.info("Kies eerst een groep of een gemeente die goed is.")
    with right:
        marks = outcome.marks[position]
        drawn = draw_plan(run.canvas, candidate.plan, fixed=making.locked, marks=marks)
        st.html(plan_html(drawn, f"Kaart van {letter(position)} met wat vaststaat"))
        st.caption("Gearceerd is wat vaststaat." if making.locks else "Er staat nog niets vast.")


def _ask_locks(area: StudyArea, candidate: Candidate) -> Chosen:
    """Ask which groups and gemeenten of a candidate are good, and how firmly groups stay."""
    groups = st.multiselect(
        "Groepen die goed zijn", candidate.plan.groups, key="k_vast_groepen",
        placeholder="Kies groepen", select_all=False,
    )  # fmt: skip
    closed = st.radio(
        "Hoe vast?", list(FIRM), format_func=FIRM.__getitem__, key="k_vast_hoe", horizontal=True,
        help="Precies zo: de groep is af. Mag groeien: er kan nog iets bij komen.",
    )  # fmt: skip
    names = dict(area.units.groupby("gemeentecode")["gemeentenaam"].first())
    gemeenten = st.multiselect(
        "Gemeenten die in hun groep blijven", sorted(names, key=names.__getitem__),
        format_func=names.__getitem__, key="k_vast_gemeenten", placeholder="Kies gemeenten",
        select_all=False,
        help="Een gemeente blijft bij de gemeente waarnaar haar groep heet. De rest van de "
        "groep mag veranderen.",
    )  # fmt: skip
    return Chosen(tuple(groups), closed, tuple(gemeenten))


def add_locks(
    making: Making, area: StudyArea, candidate: Candidate, name: str, chosen: Chosen
) -> None:
    """Lock the chosen groups and gemeenten."""
    for group in chosen.groups:
        making.lock(group_lock(candidate.plan, group, name, closed=chosen.closed))
    for code in chosen.gemeenten:
        new = gemeente_lock(area, candidate.plan, code, name)
        if new is not None:
            making.lock(new)


def group_lock(plan: Plan, group: str, name: str, *, closed: bool) -> Lock:
    """Lock a whole group of a candidate."""
    firm = "precies zo" if closed else "mag groeien"
    return Lock(group, tuple(plan.members(group)), f"{group} uit {name} ({firm})", closed)


def gemeente_lock(area: StudyArea, plan: Plan, code: str, name: str) -> Lock | None:
    """Lock a gemeente into the group that holds most of its people; None where it has no group.

    A name alone keeps no neighbours, so that what gave the group its name is locked as well.
    """
    units = area.units[area.units["gemeentecode"] == code]
    labels = pd.Series(plan.labels, plan.units)[units.index]
    people = units["inwoners"].fillna(0).groupby(labels[labels >= 0]).sum()
    if people.empty:
        return None
    most = int(people.idxmax())
    group = plan.groups[most]
    own = tuple(labels.index[labels == most])
    leader, givers = name_givers(area, plan, group)
    beside = tuple(unit for unit in givers if unit not in own)
    whom = f"bij {leader}" if beside else "bij elkaar"
    where = "" if group == leader else f", in groep {group}"
    gemeente = str(units["gemeentenaam"].iloc[0])
    what = gemeente if len(own) == len(units) else f"{gemeente}, voor zover in deze groep,"
    label = f"{what} blijft {whom}{where} ({name})"
    return Lock(group, own, label, beside=beside)


def show_locks(making: Making) -> None:
    """List what is locked; each lock can be taken off."""
    if not making.locks:
        return
    with st.container(key="vast", border=True):
        st.markdown("**Staat vast bij de volgende keer**")
        for number, lock in enumerate(making.locks):
            left, right = st.columns([8, 2], vertical_alignment="center")
            left.markdown(plain(lock.label))
            right.button("Losmaken", key=f"los_{number}", on_click=making.unlock, args=(lock,))
