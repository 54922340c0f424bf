"""Page Kaart: the area, and the plan that was tested last, coloured by what one wants to see."""

import streamlit as st

from oi_geo.maps.themes import ColourBy
from oi_geo.ui import cache
from oi_geo.ui.map_view import MapPage, point_map, show_map
from oi_geo.ui.state import current
from oi_geo.ui.words import example_badge, heading, plain, told

THEMES: dict[ColourBy, str] = {
    "groepen": "Groepen van het voorstel",
    "inwoners": "Inwoners",
    "ion": "ION (op naam ingeschreven patiënten)",
    "65plus": "Aandeel 65 jaar en ouder",
}


def page() -> None:
    """Show the page."""
    heading("Kaart")
    session = current()
    with told():
        inputs = session.inputs()
        example_badge(cache.area_of(inputs))
        question = session.question
        if question is not None and question.inputs != inputs:
            question = None
        background = st.session_state.get("achtergrond", False)
        with st.spinner("Kaart tekenen …"):
            if question is None:
                chart = cache.area_map(inputs, background=background)
            else:
                chart = cache.toets_map(question, background=background)
    if question is None:
        st.caption("Toets eerst een voorstel om ook de groepen op de kaart te zien.")
    else:
        st.caption(f"Met de groepen van {plain(question.proposal.name)}.")
    choose(chart, with_groups=question is not None)
    show_map("kaart", chart, title="Kaart van het gebied", height=720)


def choose(chart: MapPage, *, with_groups: bool) -> None:
    """Offer what to colour by, the background and the download."""
    left, middle, right = st.columns([2, 2, 1], vertical_alignment="bottom")
    with left:
        choose_theme(with_groups=with_groups)
    with middle:
        st.toggle(
            "Achtergrondkaart van PDOK (hiervoor is internet nodig)",
            key="achtergrond",
            help="Haalt kaartbeelden op bij service.pdok.nl zolang deze schakelaar aan staat.",
        )
    with right:
        st.download_button(
            "Kaart (HTML)",
            lambda: chart.html,
            file_name="kaart.html",
            mime="text/html",
            key="download_kaart",
            on_click="ignore",
        )
    st.caption("Lagen zet u aan en uit met de knop rechtsboven in de kaart.")


@st.fragment
def choose_theme(*, with_groups: bool) -> None:
    """Let the map change colour; only the name of the theme goes to the browser."""
    offered = [theme for theme in THEMES if with_groups or theme != "groepen"]
    theme = st.selectbox("Kleur naar", offered, format_func=THEMES.__getitem__, key="thema")
    point_map("kaart", theme=theme)
