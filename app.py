"""The app: `streamlit run app.py`."""

import streamlit as st

from oi_geo.ui import gegevens, kaart, toets


def kandidaten() -> None:
    """Show the page Kandidaten; its compiled code loads when somebody opens it."""
    from oi_geo.ui import kandidaten

    kandidaten.page()


def context() -> None:
    """Show the page Context; its compiled code loads when somebody opens it."""
    from oi_geo.ui import context

    context.page()


st.set_page_config(page_title="oi_geo: regio's toetsen", page_icon="🗺️", layout="wide")
st.navigation(
    [
        st.Page(gegevens.page, title="Gegevens", url_path="gegevens", default=True),
        st.Page(toets.page, title="Toets", url_path="toets"),
        st.Page(kandidaten, title="Kandidaten", url_path="kandidaten"),
        st.Page(context, title="Context", url_path="context"),
        st.Page(kaart.page, title="Kaart", url_path="kaart"),
    ],
    position="top",
).run()
