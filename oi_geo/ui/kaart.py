"""Page Kaart: the area, and the plan that was tested last, coloured by what one wants to see."""

import streamlit as st

from oi_geo.maps.marks import Marks
from oi_geo.maps.themes import ColourBy
from oi_geo.pipeline import Inputs
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
    if question is None:
        st.caption("Toets eerst een voorstel om ook de groepen op de kaart te zien.")
    else:
        st.caption(f"Met de groepen van {plain(question.proposal.name)}.")
    # What is asked seldom stands below the map, so that the map is on the first screen.
    above = st.container()
    background = st.toggle(
        "Achtergrondkaart van PDOK (hiervoor is internet nodig)",
        value=session.start("achtergrond", False),
        key="achtergrond",
        help="Haalt kaartbeelden op bij service.pdok.nl zolang deze schakelaar aan staat.",
    )
    session.remember("achtergrond")
    st.caption("Lagen zet u aan en uit met de knop rechtsboven in de kaart.")
    marks = None if question is None else session.marks.get(question.proposal)
    with above:
        choose_theme(inputs, question, marks, background=background)
        with told(), st.spinner("Kaart tekenen …"):
            first: ColourBy = "inwoners" if question is None else "groepen"
            chart = draw(inputs, question, cache.Style(first, background), marks)
        show_map("kaart", chart, title="Kaart van het gebied", height=720)


def draw(
    inputs: Inputs, question: cache.Question | None, style: cache.Style, marks: Marks | None = None
) -> MapPage:
    """Draw the plan that was tested last, or the area where there is none."""
    if question is None:
        return cache.area_map(inputs, style)
    return cache.toets_map(question, style, marks)


@st.fragment
def choose_theme(
    inputs: Inputs, question: cache.Question | None, marks: Marks | None, *, background: bool
) -> None:
    """Let the map change colour: only the name of the theme goes to the browser.

    The map on screen stays the one it is; the file to download is drawn in the chosen colours when
    somebody asks for it.
    """
    offered = [theme for theme in THEMES if question is not None or theme != "groepen"]
    left, right = st.columns([3, 2], vertical_alignment="bottom")
    with left:
        session = current()
        theme = st.selectbox(
            "Kleur naar",
            offered,
            index=offered.index(session.start("thema", offered[0], offered)),
            format_func=THEMES.__getitem__,
            key="thema",
            placeholder="Kies een kleur",
        )
        session.remember("thema")
        session.save()  # only this part of the page was run
        point_map("kaart", theme=theme)
    with right:
        st.download_button(
            "Kaart (HTML)",
            lambda: draw(inputs, question, cache.Style(theme, background), marks).html,
            file_name="kaart.html",
            mime="text/html",
            key="download_kaart",
            on_click="ignore",
        )
