"""The candidates of a run as cards: map, figures, verdicts, why better or worse, and what next."""

from html import escape

import streamlit as st

from oi_geo.candidates.candidate import Candidate
from oi_geo.criteria.finding import Verdict
from oi_geo.maps.candidate_map import MANY_GROUPS, plan_svg, svg_uri
from oi_geo.maps.themes import group_theme
from oi_geo.metrics import measure
from oi_geo.text import nl_number
from oi_geo.ui.candidate_run import Outcome, Run, Verdicts
from oi_geo.ui.candidate_words import comparison, figure_rows, letter, proof_text
from oi_geo.ui.state import Session
from oi_geo.ui.taking_over import file_name, plan_bytes, propose_plan
from oi_geo.ui.toets import page as toets_page
from oi_geo.ui.verdicts import KINDS
from oi_geo.ui.words import SYMBOLS

PER_ROW = 3


def show_cards(session: Session, run: Run, outcome: Outcome) -> None:
    """Show the candidates, best first, a few on a row."""
    candidates = outcome.proposals.candidates
    for start in range(0, len(candidates), PER_ROW):
        columns = st.columns(PER_ROW)
        for column, position in zip(columns, range(start, len(candidates)), strict=False):
            with column, st.container(border=True, key=f"kandidaat_{position}", height="stretch"):
                _card(session, run, outcome, position)


def drawing(svg: str, title: str) -> str:
    """Write a drawing as an image for `st.html`."""
    return f'<img class="oi-drawing" src="{svg_uri(svg)}" alt="{escape(title)}">'


def _card(session: Session, run: Run, outcome: Outcome, position: int) -> None:
    candidate = outcome.proposals.candidates[position]
    name, wishes = letter(position), run.order.wishes
    st.subheader(name)
    # Many names do not fit in so small a map; they stand in the list, and on the large map below.
    few = len(candidate.plan.groups) <= MANY_GROUPS
    svg = plan_svg(run.canvas, candidate.plan, fixed=wishes.locks, labels=few)
    st.html(drawing(svg, f"Kaart van {name}"))
    st.html(facts_html(candidate, wishes.counted if wishes.counted == "inwoners" else "ION"))
    st.html(verdicts_html(outcome.verdicts[position]))
    st.html(f'<p class="oi-why">{escape(comparison(outcome.proposals.candidates, position))}</p>')
    with st.expander("Groepen"):
        st.html(groups_html(run, candidate))
    with st.container(horizontal=True, key=f"knoppen_{position}"):
        st.button(
            "Neem over", key=f"neem_over_{position}", on_click=take_over,
            args=(session, run, candidate, name),
            help="Maakt dit het voorstel dat Toets en Kaart laten zien.",
        )  # fmt: skip
        st.download_button(
            "Download (CSV)", lambda: plan_csv(candidate), file_name=file_name(name),
            mime="text/csv", key=f"download_kandidaat_{position}", on_click="ignore",
        )  # fmt: skip
    if session.making.taken == name:
        st.success(f"{name} is nu het voorstel op Toets en Kaart.")
        st.page_link(st.Page(toets_page, title="Toets", url_path="toets"), label="Bekijk op Toets")


def facts_html(candidate: Candidate, counted: str) -> str:
    """Write what is measured and proven of a candidate as a small table."""
    rows = [*figure_rows(candidate, counted), ("Bewijs", proof_text(candidate))]
    cells = "".join(
        f'<tr><th scope="row">{escape(label)}</th><td>{escape(value)}</td></tr>'
        for label, value in rows
    )
    return f'<table class="oi-facts"><tbody>{cells}</tbody></table>'


def verdicts_html(verdicts: Verdicts) -> str:
    """Write how many of each verdict a candidate gets, worst first, with symbol and word."""
    parts = [
        f'<li class="{KINDS[verdict].removeprefix("oi-verdict ")}">{SYMBOLS[verdict]} '
        f"{nl_number(verdicts[verdict])} {escape(verdict.value)}</li>"
        for verdict in Verdict
        if verdicts[verdict]
    ]
    return f'<ul class="oi-counts" aria-label="Oordelen">{"".join(parts)}</ul>'


def groups_html(run: Run, candidate: Candidate) -> str:
    """List the groups with their colour on the map and how many people they count."""
    area, wishes = run.order.area, run.order.wishes
    theme = group_theme(area, candidate.plan)
    colours = dict(zip(theme.labels, theme.colours, strict=True))
    people = measure(area, candidate.plan)[wishes.counted]
    rows = "".join(
        f'<tr><th scope="row"><span class="oi-swatch" style="background:{colours[group]}"></span>'
        f"{escape(group)}</th><td>{nl_number(people[group])}</td></tr>"
        for group in candidate.plan.groups
    )
    return f'<table class="oi-facts"><tbody>{rows}</tbody></table>'


def plan_csv(candidate: Candidate) -> bytes:
    """Write a candidate as a proposal: `eenheid,groep`."""
    return plan_bytes(candidate.plan)


def take_over(session: Session, run: Run, candidate: Candidate, name: str) -> None:
    """Make a candidate the proposal that Toets and Kaart show."""
    propose_plan(session, candidate.plan, name, run.order.kaders)
    session.making.taken = name
