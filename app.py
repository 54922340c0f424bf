"""The app: `streamlit run app.py`.

Streamlit imports this file once for the server, and runs it as a script for every visit.
"""

import streamlit as st


def kandidaten() -> None:
    """Show the page Kandidaten; its compiled code loads when somebody opens it."""
    from oi_geo.ui import kandidaten

    kandidaten.page()


def context() -> None:
    """Show the page Context; its compiled code loads when somebody opens it."""
    from oi_geo.ui import context

    context.page()


def show() -> None:
    """Show the page that is asked for, and keep what was chosen on it."""
    from oi_geo.ui import gegevens, kaart, toets
    from oi_geo.ui.state import current, taken_away, tell_lapsed
    from oi_geo.ui.work_area import tell_unused

    st.set_page_config(page_title="oi_geo: regio's toetsen", page_icon="🗺️", layout="wide")
    # The first page stands at `/` only: its name as an address leads there.
    first = st.Page(gegevens.page, title="Gegevens", url_path="begin", default=True)

    def to_first() -> None:
        st.switch_page(first)

    chosen = st.navigation(
        [
            first,
            st.Page(to_first, title="Gegevens", url_path="gegevens", visibility="hidden"),
            st.Page(toets.page, title="Toets", url_path="toets"),
            st.Page(kandidaten, title="Kandidaten", url_path="kandidaten"),
            st.Page(context, title="Context", url_path="context"),
            st.Page(kaart.page, title="Kaart", url_path="kaart"),
        ],
        position="top",
    )
    session = current()
    session.take_answers()
    tell_lapsed(session)
    if chosen != first:
        tell_unused(session)
    try:
        with taken_away(session):
            chosen.run()
    finally:  # a page may end halfway
        session.save()


if __name__ == "__main__":
    show()
elif __name__ != "__mp_main__":  # not in a process that a page starts
    from starlette.middleware import Middleware

    from oi_geo.ui.server import Guard, lifespan

    app = st.App(__file__, lifespan=lifespan, middleware=[Middleware(Guard)])
