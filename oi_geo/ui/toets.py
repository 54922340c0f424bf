"""Page Toets: choose a proposal, see the verdict per group and the findings on the map."""

from collections.abc import Sequence
from pathlib import Path

import pandas as pd
import streamlit as st

from oi_geo.criteria.finding import WHOLE_PLAN, Finding
from oi_geo.criteria.kader import kader_names, load_kader
from oi_geo.pipeline import Toets, example_files
from oi_geo.plan import Scope
from oi_geo.report.tables import neutralised
from oi_geo.study_area import StudyArea
from oi_geo.text import nl_count, nl_number
from oi_geo.ui import cache
from oi_geo.ui.border_view import show_border_issues
from oi_geo.ui.downloads import show_downloads
from oi_geo.ui.html_table import Table, html_table
from oi_geo.ui.map_view import MapPage, focus_on, point_map, show_map
from oi_geo.ui.state import Session, current
from oi_geo.ui.verdicts import group_verdicts_html, plan_verdicts_html
from oi_geo.ui.words import LEVELS, example_badge, heading, plain, told, verdict_text

OWN = "Eigen voorstel"
# What a proposal may be meant to be, as it is offered; without a choice its size tells.
SCOPES: dict[str, tuple[str, Scope | None]] = {
    "vanzelf": ("Volgt uit het voorstel", None),
    "geheel": ("Hele gebied", "geheel"),
    "werkgebied": ("Werkgebied", "werkgebied"),
}
# What the table of measures shows: column, head, decimals.
MEASURES = (
    ("eenheden", "Eenheden", 0),
    ("inwoners", "Inwoners", 0),
    ("inwoners_onbekend", "Eenheden zonder inwonertal", 0),
    ("ion", "ION", 0),
    ("praktijken", "Praktijken", 0),
    ("huisartsen", "Huisartsen", 0),
    ("oppervlakte_km2", "Oppervlakte (km²)", 1),
    ("delen", "Delen", 0),
    ("delen_met_verbindingen", "Delen, met verbindingen", 0),
    ("polsby_popper", "Polsby-Popper", 2),
    ("reock", "Reock", 2),
)


def page() -> None:
    """Show the page."""
    heading("Toets")
    session = current()
    with told():
        example_badge(cache.area_of(session.inputs()))
        question = ask(session)
    session.question = question
    if question is None:
        return
    with told(), st.spinner("Voorstel toetsen …"):
        toets = cache.toets_of(question)
    show_reading(toets)
    show_verdicts(toets)
    with st.spinner("Kaart tekenen …"):
        marks = session.marks.get(question.proposal)
        chart = cache.toets_map(question, cache.Style("groepen"), marks)
    show_findings_on_map(toets, chart)
    show_border_issues(toets)
    show_downloads(toets, chart)


def ask(session: Session) -> cache.Question | None:
    """Let somebody choose proposal, level, scope and kaders."""
    left, middle, scope_column, right = st.columns([3, 2, 2, 4])
    with left:
        proposal = choose_proposal(session)
    with middle:
        level = st.selectbox(
            "Niveau",
            list(LEVELS),
            index=list(LEVELS).index(session.start("niveau", "regio", LEVELS)),
            format_func=LEVELS.__getitem__,
            key="niveau",
        )
    with scope_column:
        scope = st.selectbox(
            "Omvang",
            list(SCOPES),
            index=list(SCOPES).index(session.start("omvang", "vanzelf", SCOPES)),
            format_func=lambda choice: SCOPES[choice][0],
            key="omvang",
            help="Verdeelt het voorstel het hele gebied, of beschrijft het een werkgebied binnen "
            "een grotere kaart? Bij een verdeling van het geheel is wat ontbreekt nog niet af.",
        )
    with right:
        kaders = st.multiselect(
            "Toetsingskaders",
            kader_names(),
            default=session.start("kaders", list(kader_names()), kader_names()),
            format_func=lambda name: load_kader(name).titel,
            key="kaders",
            placeholder="Kies een of meer kaders",
        )
    session.remember("voorstel", "niveau", "omvang", "kaders")
    if not kaders:
        st.warning("Kies ten minste één toetsingskader.")
        return None
    if proposal is None:
        st.info("Kies of upload een voorstel om te toetsen.")
        return None
    kolom, asked = choose_column(session, cache.group_columns_of(proposal, level))
    if asked and kolom is None:
        st.info("Kies in welke kolom de groepen staan.")
        return None
    return cache.Question(session.inputs(), proposal, level, tuple(kaders), SCOPES[scope][1], kolom)


def choose_column(session: Session, columns: tuple[str, ...]) -> tuple[str | None, bool]:
    """Ask which column holds the groups where several can; also tells whether that was asked."""
    if not columns:
        return None, False
    session.recall("kolom", None, [None, *columns])
    kolom = st.selectbox(
        "Kolom met de groepen",
        columns,
        index=None,
        key="kolom",
        placeholder="Kies een kolom",
        help="Geen kolom van het voorstel heet 'groep', 'regio' of 'hub'.",
    )
    session.remember("kolom")
    return kolom, True


def choose_proposal(session: Session) -> Path | None:
    """Choose one of the example's proposals, or upload one."""
    offered: dict[str, Path | None] = {}
    if session.inputs().is_example:
        files = example_files()
        offered = {
            "Voorbeeld: voorstel dat klopt": files.voorstel_goed,
            "Voorbeeld: voorstel met fouten": files.voorstel_fout,
        }
    options = [*offered, OWN]
    first = session.start("voorstel", options[0], options)
    chosen = st.selectbox("Voorstel", options, index=options.index(first), key="voorstel")
    if chosen != OWN:
        return offered[chosen]
    st.file_uploader(
        "Voorstel (CSV, XLSX of getekende vlakken)",
        key="upload_voorstel",
        on_change=keep_proposal,
        args=(session, "upload_voorstel"),
    )
    if session.proposal is not None:
        st.caption(f"In gebruik: {plain(session.proposal.name)}")
    return session.proposal


def keep_proposal(session: Session, key: str) -> None:
    """Keep the uploaded proposal, or forget the one that was taken away."""
    upload = st.session_state[key]
    session.proposal = None if upload is None else session.keep(upload.name, upload.getvalue())


def show_reading(toets: Toets) -> None:
    """Show what reading the proposal brought up: above all what was not recognised."""
    messages = toets.reports[-1].messages
    lost = [message for message in messages if message.ernst == "fout"]
    if lost:
        number = nl_count(len(lost), "regel", "regels")
        st.error(
            f"Van het voorstel is niet alles herkend ({number}); de oordelen gaan over de rest. "
            "Zie het leesverslag hieronder."
        )
    if not messages:
        return
    title = f"Leesverslag van het voorstel ({nl_count(len(messages), 'regel', 'regels')})"
    with st.expander(title, expanded=bool(lost)), st.container(key="leesverslag_voorstel"):
        rows = [
            [m.ernst, "" if m.rij is None else str(m.rij), m.melding]
            for m in toets.reports[-1].messages
        ]
        st.html(html_table(Table("Leesverslag", ["Ernst", "Rij", "Melding"], rows, frozenset())))


def show_verdicts(toets: Toets) -> None:
    """Show the verdicts per group and on the whole proposal, and what was measured per group."""
    st.subheader("Oordeel per groep")
    with st.container(key="oordelen"):
        st.html(group_verdicts_html(toets) or "<p>Geen enkele regel gaat over een groep.</p>")
    whole = plan_verdicts_html(toets)
    if whole:
        st.subheader("Het hele voorstel")
        with st.container(key="oordelen_voorstel"):
            st.html(whole)
    with st.expander("Kengetallen per groep"), st.container(key="kengetallen"):
        st.html(html_table(measures_table(toets)))
        st.caption(ion_balance(toets.area))


def measures_table(toets: Toets) -> Table:
    """Make the table of what was measured per group."""
    rows = [
        [str(group), *(nl_number(measured[name], decimals) for name, _, decimals in MEASURES)]
        for group, measured in toets.measures.iterrows()
    ]
    heads = [head for _, head, _ in MEASURES]
    return Table("Kengetallen per groep", ["Groep", *heads], rows, frozenset(heads))


def ion_balance(area: StudyArea) -> str:
    """Say where the ION of the study area went: nothing is lost."""
    if area.practices.empty:
        return "ION onbekend: er zijn geen praktijken geladen."
    return (
        f"ION van het hele gebied: totaal {nl_number(area.ion_total)} = geplaatst "
        f"{nl_number(area.ion_placed)} + niet geplaatst {nl_number(area.ion_unplaced)}."
    )


def findings_frame(findings: Sequence[Finding]) -> pd.DataFrame:
    """Make the table of findings as it is shown, worst first."""
    return pd.DataFrame(
        {
            "Oordeel": [verdict_text(f.verdict) for f in findings],
            "Regel": [f.rule for f in findings],
            "Groep": [f.group or WHOLE_PLAN for f in findings],
            "Toelichting": [f.explanation for f in findings],
        }
    )


def show_findings_on_map(toets: Toets, chart: MapPage) -> None:
    """Show the map beside the findings; choosing a finding moves the map to its place."""
    st.subheader("Bevindingen op de kaart")
    left, right = st.columns([3, 2])
    with left:
        show_map("toets", chart, title="Kaart van het voorstel", height=720)
    with right:
        findings_table(toets, chart.digest)


@st.fragment
def findings_table(toets: Toets, digest: str) -> None:
    """Show the findings, worst first; the chosen one is written out and shown on the map."""
    st.caption("Klik op een bevinding om de plaats op de kaart te zien.")
    with st.container(key="bevindingen"):
        event = st.dataframe(
            neutralised(findings_frame(toets.findings)),
            hide_index=True,
            on_select="rerun",
            selection_mode=["single-row", "single-cell"],
            key=f"bevindingen_{digest}",
            height=480,
            column_config={
                "Groep": st.column_config.TextColumn(width="medium"),
                "Toelichting": st.column_config.TextColumn(width="large"),
            },
        )
    row = chosen_row(event.selection.rows, event.selection.cells)
    if row is None or row >= len(toets.findings):
        point_map("toets")
        return
    finding = toets.findings[row]
    place = focus_on(toets.area, f"{digest}-{row}", place_of(toets, finding))
    point_map("toets", focus=place)
    with st.container(key="bevinding", border=True):
        group = plain(finding.group or WHOLE_PLAN)
        st.markdown(f"**{finding.rule} · {group}: {verdict_text(finding.verdict)}**")
        st.text(finding.explanation)
        st.caption(f"Bron: {plain(finding.source)} ({finding.status})")
        if place is None:
            st.caption("Bij deze bevinding hoort geen plaats op de kaart.")


def place_of(toets: Toets, finding: Finding) -> tuple[str, ...]:
    """Return where a finding shows: its own places, else its whole group."""
    if finding.where or finding.group is None:
        return finding.where
    return tuple(toets.plan.members(finding.group))


def chosen_row(rows: Sequence[int], cells: Sequence[tuple[int, str]]) -> int | None:
    """Return the row that is chosen, by its check box or by a click on one of its cells."""
    if rows:
        return rows[0]
    return cells[0][0] if cells else None
