"""The app: `streamlit run app.py`."""

import streamlit as st

from oi_geo.ui import gegevens, kaart, toets

st.set_page_config(page_title="oi_geo: regio's toetsen", page_icon="🗺️", layout="wide")
st.navigation(
    [
        st.Page(gegevens.page, title="Gegevens", url_path="gegevens", default=True),
        st.Page(toets.page, title="Toets", url_path="toets"),
        st.Page(kaart.page, title="Kaart", url_path="kaart"),
    ],
    position="top",
).run()
