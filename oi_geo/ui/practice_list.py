"""What page Gegevens asks about the list of practices: is it complete, of which day, and locums."""

import streamlit as st

from oi_geo.study_area import PracticeList
from oi_geo.ui.state import LIST_KEYS, Session, read_day

EXTENTS = {
    "onbekend": "Dat weet ik niet",
    "volledig": "Alle praktijken van het gebied",
    "leden": "Alleen leden van een organisatie",
}


def remember_list(session: Session) -> None:
    """Take over what was answered since the page was drawn; it decides what the page shows."""
    session.remember(*LIST_KEYS)


def show_practice_list(session: Session, said: PracticeList) -> None:
    """Ask what the list of practices is."""
    st.caption(
        "Een aandeel van de huisartsen (U1, K3) is pas te bepalen als de lijst alle praktijken "
        "noemt, ook die niet deelnemen."
    )
    left, middle, right = st.columns(3)
    with left:
        extents = list(EXTENTS)
        st.selectbox(
            "Wat staat er in de praktijkenlijst?",
            extents,
            index=extents.index(session.start("lijst", "onbekend", extents)),
            format_func=EXTENTS.__getitem__,
            key="lijst",
        )
    with middle:
        text = st.text_input(
            "Peildatum van de lijst",
            session.start("peildatum", ""),
            key="peildatum",
            placeholder="dd-mm-jjjj",
            help="De dag die de lijst beschrijft; hij staat bij elk aandeel in de uitkomst.",
        )
        if text and read_day(text) is None:
            st.error("Dit is geen datum; schrijf hem als dag-maand-jaar, zoals 01-10-2025.")
    with right:
        st.checkbox(
            "Waarnemers tellen mee als huisarts",
            session.start("waarnemers", default=said.locums),
            key="waarnemers",
        )
