"""What belongs to one proposed regio: a map of shares, and the doubtful units at its border."""

import hashlib
from collections.abc import Sequence

import pandas as pd
import streamlit as st

from oi_geo.candidates.situate import Context, Doubt, Together
from oi_geo.maps.geometry import bounds_of
from oi_geo.maps.share_map import share_map_html
from oi_geo.report.context import shares_from
from oi_geo.report.tables import neutralised
from oi_geo.study_area import StudyArea
from oi_geo.text import nl_percentage
from oi_geo.ui.context_run import ContextRun
from oi_geo.ui.map_view import Focus, MapPage, point_map, show_map
from oi_geo.ui.state import Session
from oi_geo.ui.words import LEVELS, plain

# What is always short stands in columns of so many pixels, so that names and all columns show.
NARROW = {
    "Voorstel": st.column_config.TextColumn(width=70),
    "Zit erbij (gemiddeld)": st.column_config.TextColumn(
        "Zit erbij", width=70, help="Gemiddeld over de plannen."
    ),
}


def show_regio(session: Session, run: ContextRun, context: Context) -> None:
    """Let somebody choose a regio, and show what lies with it how often."""
    st.subheader("Wat hoort bij elkaar?")
    st.caption(shares_caption(run.order.area, context))
    names = [one.groep for one in context.together]
    left, right = st.columns([3, 2])
    with left:
        kind = LEVELS[run.order.plan.level]
        key = regio_key(run)
        st.selectbox(
            f"{kind} van het voorstel", names, key=key,
            index=names.index(session.start(key, names[0], names)),
        )  # fmt: skip
        session.remember(key)
        one = chosen_group(run, context)
        with st.spinner("Kaart tekenen …"):
            chart = share_map(run, one)
        show_map(
            "samen", chart, title=f"Welk deel van {one.groep} ligt bij een gebied?", height=720
        )
    with right:
        show_doubts(run.order.area, one, chart.digest)


def shares_caption(area: StudyArea, context: Context) -> str:
    """Say what the colours of the map are, and of how few plans."""
    text = (
        f"De kleur van een {area.level} is het deel van de mensen van de gekozen groep dat bij die "
        f"{area.level} in de groep ligt, gemiddeld over de plannen."
    )
    return f"{text} {shares_from(context)}" if context.few else text


def regio_key(run: ContextRun) -> str:
    """Name the choice of a regio in the outcome of a run."""
    return f"c_regio_{run.folder.name}"


def chosen_group(run: ContextRun, context: Context) -> Together:
    """Return the regio that is chosen on the page."""
    chosen = st.session_state.get(regio_key(run))
    return next((one for one in context.together if one.groep == chosen), context.together[0])


def share_map(run: ContextRun, one: Together) -> MapPage:
    """Draw the map of a regio once."""
    return _share_map(run.folder.name, one.groep, run, one)


@st.cache_resource(max_entries=6, show_spinner=False)
def _share_map(key: str, group: str, _run: ContextRun, _one: Together) -> MapPage:  # noqa: ARG001
    html = share_map_html(_run.order.area, _run.order.plan, group, _one.aandeel, _run.marks[0])
    return MapPage(html, hashlib.sha256(html.encode()).hexdigest()[:16])


@st.fragment
def show_doubts(area: StudyArea, one: Together, digest: str) -> None:
    """List the doubtful units at the border of a regio; the chosen one is shown on the map."""
    st.markdown("**Twijfel aan de rand**")
    if not one.twijfel:
        st.caption(
            f"Geen {area.level} aan de rand zit vaker aan de andere kant dan het voorstel zegt."
        )
        point_map("samen")
        return
    st.caption("Klik op een regel om de plaats op de kaart te zien.")
    with st.container(key="twijfel"):
        event = st.dataframe(
            neutralised(doubts_frame(area, one.twijfel)),
            hide_index=True, on_select="rerun", selection_mode=["single-row", "single-cell"],
            key=f"twijfel_{digest}", column_config=NARROW,
        )  # fmt: skip
    row = chosen_row(event.selection.rows, event.selection.cells)
    if row is None or row >= len(one.twijfel):
        point_map("samen")
        return
    doubt = one.twijfel[row]
    point_map("samen", focus=place_of(area, f"{digest}-{row}", doubt.eenheid))
    with st.container(key="twijfelgeval", border=True):
        st.markdown(plain(doubt.zin))


def chosen_row(rows: Sequence[int], cells: Sequence[tuple[int, str]]) -> int | None:
    """Return the row that is chosen, by its check box or by a click on one of its cells."""
    if rows:
        return rows[0]
    return cells[0][0] if cells else None


def place_of(area: StudyArea, identity: str, code: str) -> Focus:
    """Return where a unit lies, with its neighbours around it."""
    graph, units = area.graph, area.units.index
    here = units.get_loc(code)
    around = [*graph.right[graph.left == here], *graph.left[graph.right == here], here]
    return Focus(identity, bounds_of(area, list(units[around])), (code,))


def doubts_frame(area: StudyArea, doubts: tuple[Doubt, ...]) -> pd.DataFrame:
    """Make the table of doubtful units, the most doubtful first."""
    units = area.units
    return pd.DataFrame(
        {
            area.level.capitalize(): [units["naam"][doubt.eenheid] for doubt in doubts],
            "Gemeente": [units["gemeentenaam"][doubt.eenheid] for doubt in doubts],
            "Voorstel": [doubt.plaats for doubt in doubts],
            "Zit erbij (gemiddeld)": [nl_percentage(doubt.aandeel, 0) for doubt in doubts],
        }
    )
