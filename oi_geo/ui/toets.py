"""Page Toets: choose a proposal, see the verdict per group and the findings on the map."""

from collections.abc import Sequence
from pathlib import Path

import pandas as pd
import streamlit as st

from oi_geo.criteria.finding import Finding, Verdict
from oi_geo.criteria.kader import GENERAL, kader_names, load_kader
from oi_geo.pipeline import Toets, example_files
from oi_geo.report.document import to_json
from oi_geo.report.tables import csv_text, finding_table, group_table
from oi_geo.text import nl_number
from oi_geo.ui import cache
from oi_geo.ui.map_view import MapPage, focus_on, point_map, show_map
from oi_geo.ui.state import Session, current
from oi_geo.ui.words import LEVELS, example_badge, heading, plain, told, verdict_text

OWN = "Eigen voorstel"
WHOLE_PLAN = "hele voorstel"
COLOURS = {
    Verdict.VOLDOET_NIET: "background-color: #f6d5d5",
    Verdict.NIET_TE_BEPALEN: "background-color: #e4e4e4",
    Verdict.SIGNAAL: "background-color: #fbe8c6",
    Verdict.VOLDOET: "background-color: #d9ead9",
}


def page() -> None:
    """Show the page."""
    heading("Toets")
    session = current()
    with told():
        example_badge(cache.area_of(session.inputs()))
        question = ask(session)
    session.question = question
    if question is None:
        st.info("Kies of upload een voorstel om te toetsen.")
        return
    with told(), st.spinner("Voorstel toetsen …"):
        toets = cache.toets_of(question)
    show_verdicts(toets)
    with st.spinner("Kaart tekenen …"):
        chart = cache.toets_map(question, cache.Style("groepen"))
    show_findings_on_map(toets, chart)
    show_downloads(toets, chart)


def ask(session: Session) -> cache.Question | None:
    """Let somebody choose proposal, level and kaders."""
    left, middle, right = st.columns([2, 1, 2])
    with left:
        proposal = choose_proposal(session)
    with middle:
        level = st.selectbox("Niveau", list(LEVELS), format_func=LEVELS.__getitem__, key="niveau")
    with right:
        kaders = st.multiselect(
            "Toetsingskaders",
            kader_names(),
            default=kader_names(),
            format_func=lambda name: load_kader(name).titel,
            key="kaders",
            placeholder="Kies een of meer kaders",
        )
    if proposal is None:
        return None
    if not kaders:
        st.warning("Kies ten minste één toetsingskader.")
        return None
    return cache.Question(session.inputs(), proposal, level, tuple(kaders))


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
    chosen = st.selectbox("Voorstel", options, key="voorstel")
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


def verdict_matrix(toets: Toets) -> pd.DataFrame:
    """Put the worst verdict of each rule (rows) on each group (columns)."""
    rules = {
        (kader.naam, regel.id): f"{regel.id} {regel.omschrijving}"
        for kader in (*toets.kaders, load_kader(GENERAL))
        for regel in kader.regels
    }
    found: dict[tuple[str, str], Verdict] = {}
    for finding in toets.findings:
        row = rules[finding.kader, finding.rule]
        found.setdefault((row, finding.group or WHOLE_PLAN), finding.verdict)
    rows = [row for row in dict.fromkeys(rules.values()) if any(r == row for r, _ in found)]
    groups = [WHOLE_PLAN, *toets.plan.groups]
    return pd.DataFrame(
        [
            [verdict_text(found[row, g]) if (row, g) in found else "" for g in groups]
            for row in rows
        ],
        index=pd.Index(rows, name="Regel"),
        columns=pd.Index(groups, dtype="object"),
    )


def show_verdicts(toets: Toets) -> None:
    """Show the verdict per rule and group, and what was measured per group."""
    st.subheader("Oordeel per groep")
    colours = {verdict_text(verdict): colour for verdict, colour in COLOURS.items()}
    matrix = verdict_matrix(toets)
    st.dataframe(
        matrix.style.map(lambda cell: colours.get(cell, "")),
        key="oordelen",
        height="content",
        column_config={"Regel": st.column_config.TextColumn(width=380)},
    )
    with st.expander("Kengetallen per groep"):
        columns = {
            "eenheden": 0, "inwoners": 0, "inwoners_onbekend": 0, "ion": 0, "praktijken": 0,
            "huisartsen": 0, "oppervlakte_km2": 1, "delen": 0, "delen_met_verbindingen": 0,
            "polsby_popper": 2, "reock": 2,
        }  # fmt: skip
        measures = toets.measures[list(columns)].astype("object")
        for name, decimals in columns.items():
            measures[name] = toets.measures[name].map(lambda x, d=decimals: nl_number(x, d))
        st.dataframe(measures, key="kengetallen")


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
        show_map("toets", chart, title="Kaart van het voorstel")
    with right:
        findings_table(toets, chart.digest)


@st.fragment
def findings_table(toets: Toets, digest: str) -> None:
    """Show the findings, worst first; the chosen one is written out and shown on the map."""
    st.caption("Klik op een bevinding om de plaats op de kaart te zien.")
    with st.container(key="bevindingen"):
        event = st.dataframe(
            findings_frame(toets.findings),
            hide_index=True,
            on_select="rerun",
            selection_mode=["single-row", "single-cell"],
            key=f"bevindingen_{digest}",
            height=480,
            column_config={"Toelichting": st.column_config.TextColumn(width="large")},
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


def show_downloads(toets: Toets, chart: MapPage) -> None:
    """Offer the outcome as files, each made when it is asked for."""
    stem = Path(toets.sources[-1].bestand).stem
    offers = [
        ("Kaart (HTML)", f"{stem}_kaart.html", "text/html", lambda: chart.html),
        ("Uitkomst (JSON)", f"{stem}_toets.json", "application/json", lambda: to_json(toets)),
        (
            "Bevindingen (CSV)",
            f"{stem}_bevindingen.csv",
            "text/csv",
            lambda: csv_text(finding_table(toets)),
        ),
        ("Groepen (CSV)", f"{stem}_groepen.csv", "text/csv", lambda: csv_text(group_table(toets))),
    ]
    for column, (label, name, mime, make) in zip(st.columns(4), offers, strict=True):
        key = f"download_{name.rpartition('_')[2].replace('.', '_')}"
        column.download_button(label, make, file_name=name, mime=mime, key=key, on_click="ignore")
