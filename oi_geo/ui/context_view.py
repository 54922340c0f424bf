"""What an ensemble says of a proposal: sentences, plots, figures, the nearest plans, and files."""

import math
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import streamlit as st

from oi_geo.candidates.context import Special, sentences
from oi_geo.candidates.histogram import histogram_svg
from oi_geo.candidates.measures import MEASURES
from oi_geo.candidates.situate import Context
from oi_geo.candidates.wish_words import rules_of
from oi_geo.commands.ensemble_files import SHARES, share_table
from oi_geo.commands.ensemble_notes import unsettled_text
from oi_geo.criteria.kader import kader_names
from oi_geo.maps.marks import Marks
from oi_geo.plan import Plan
from oi_geo.report.context import agreement_text, context_markdown, drawn_text
from oi_geo.report.context_origin import Origin
from oi_geo.text import nl_count, nl_list, nl_number, nl_percentage
from oi_geo.ui.candidate_cards import drawing, plan_html
from oi_geo.ui.context_regio import chosen_group, share_map, show_regio
from oi_geo.ui.context_run import ContextOutcome, ContextRun
from oi_geo.ui.context_wishes import filled_by
from oi_geo.ui.downloads import csv_bytes
from oi_geo.ui.html_table import Table, html_table
from oi_geo.ui.state import Session
from oi_geo.ui.taking_over import file_name, plan_bytes, propose_plan
from oi_geo.ui.toets import page as toets_page
from oi_geo.ui.words import plain

NOTHING = "–"
PLOTS_PER_ROW = 2


def show_outcome(session: Session, run: ContextRun, outcome: ContextOutcome) -> None:
    """Show the outcome of a run."""
    context = outcome.context
    st.caption(plain(ensemble_text(outcome)))
    show_sentences(context)
    # What the page says above, with a button beside it, need not be said again.
    said = "" if context.converged else unsettled_text(context)
    for note in outcome.notes:
        if note != said:
            st.caption(plain(note))
    with st.expander("Cijfers per maat", expanded=True):
        with st.container(key="context_maten"):
            st.html(html_table(measures_table(context)))
        st.caption(
            "Percentiel: het deel van de plannen met een lagere waarde, plus de helft van de "
            "plannen met dezelfde waarde; tussen haakjes hoe nauwkeurig dat is (95 %-interval). "
            "Een streepje staat er waar een percentage niets zegt. "
            "R-hat vergelijkt de ketens: bij hoogstens 1,01 zijn zij het eens. Plannen na elkaar "
            "in een keten lijken op elkaar; het effectieve aantal zegt als hoeveel losse plannen "
            "zij tellen, en dat moeten er 400 zijn; anders staat er 'te weinig plannen'."
        )
    show_plots(context)
    show_nearest(session, run, context)
    if context.tells_shares:
        show_regio(session, run, context)
    show_files(run, outcome)


def ensemble_text(outcome: ContextOutcome) -> str:
    """Say what the proposal lies beside."""
    sampled, wishes = outcome.context.sampled, outcome.problem.wishes
    rules = rules_of(replace(wishes, groups=None))
    also = f"; verder {nl_list(rules)}" if rules else ""
    return (
        f"Naast plannen van {nl_count(sampled.groups, 'groep', 'groepen')} van "
        f"{filled_by(wishes).text}{also}. "
        f"{nl_count(sampled.chains, 'keten', 'ketens')} van {nl_number(sampled.made)} stappen, in "
        f"{nl_number(sampled.seconds)} s; {nl_percentage(sampled.accepted, 0)} van de stappen gaf "
        "een ander plan."
    )


def show_sentences(context: Context) -> None:
    """Say per measure where the proposal stands; one reason where nothing of it can be told."""
    known = [special for special in context.specials if not math.isnan(special.waarde)]
    with st.container(key="zinnen"):
        if known:
            st.markdown("\n".join(f"- {plain(sentence)}" for sentence in sentences(known)))
        else:
            st.info(
                "Van dit voorstel zijn de maten van een heel plan niet te bepalen, omdat het een "
                "deel van het gebied openlaat. Wel staat hieronder hoe de geldige plannen zijn."
            )


def measures_table(context: Context) -> Table:
    """Make the table of measures: value, place and whether the chains agree."""
    rows = [
        [
            MEASURES[special.maat].als,
            nl_number(special.waarde, MEASURES[special.maat].decimals),
            percentile_text(special),
            r_hat_text(special.r_hat),
            size_text(special),
            agreement_text(special, "nog niet"),
        ]
        for special in context.specials
    ]
    numbers = ("Voorstel", "Percentiel", "R-hat", "Effectief aantal plannen")
    heads = ("Maat", *numbers, "Zijn de ketens het eens?")
    return Table("Cijfers per maat", heads, rows, frozenset(numbers))


def percentile_text(special: Special) -> str:
    """Write a percentile with its interval, in whole percentages; nothing where none is claimed."""
    if math.isnan(special.percentiel):
        return NOTHING
    low, high = (round(100 * end) for end in special.interval)
    text = nl_percentage(special.percentiel, 0)
    return text if low == high else f"{text} ({low} tot {high} %)"


def r_hat_text(r_hat: float) -> str:
    """Write R-hat, rounded upwards so that it never looks better than it is."""
    if math.isnan(r_hat):
        return NOTHING
    return "zeer hoog" if math.isinf(r_hat) else nl_number(math.ceil(r_hat * 1000) / 1000, 3)


def size_text(special: Special) -> str:
    """Write the effective number of plans."""
    return NOTHING if math.isnan(special.ess) else nl_number(special.ess)


def show_plots(context: Context) -> None:
    """Draw for each measure how it is spread over the plans, and where the proposal stands.

    A handful of plans has no spread to draw: the sentences tell how many there are.
    """
    if context.few:
        return
    st.subheader("Het voorstel tussen de andere plannen")
    with st.container(key="plaatjes"):
        columns = st.columns(PLOTS_PER_ROW)
        for number, special in enumerate(context.spread):
            title = MEASURES[special.maat].naam
            title = title[0].upper() + title[1:]
            svg = histogram_svg(special, context.draws[special.maat], title)
            columns[number % PLOTS_PER_ROW].html(drawing(svg, f"{title}. {special.zin}"))
    still = [MEASURES[special.maat].naam for special in context.specials if special.vast]
    if still:
        st.caption(f"In alle plannen gelijk, en daarom zonder plaatje: {nl_list(still)}.")


def show_nearest(session: Session, run: ContextRun, context: Context) -> None:
    """Show the plans that resemble the proposal most; each can be taken over or downloaded."""
    if not (context.nearest or context.drawn):
        return
    st.subheader("Geldige plannen die er het meest op lijken")
    if context.drawn:
        st.caption(drawn_text(context))
    if not context.nearest:
        st.caption("Een ander geldig plan is er niet gevonden.")
    counted = run.order.wishes.counted if run.order.wishes.counted == "inwoners" else "ION"
    for number, (column, near) in enumerate(
        zip(st.columns(max(len(context.nearest), 2)), context.nearest, strict=False), 1
    ):
        name = f"Plan {number}"
        with column, st.container(border=True, key=f"nabij_{number}"):
            st.markdown(f"**{name}**")
            st.html(plan_html(run.near_drawing(number, near.plan), f"Kaart van {name}"))
            st.markdown(distance_text(near.distance, counted))
            with st.container(horizontal=True, key=f"nabij_knoppen_{number}"):
                st.button(
                    "Neem over", key=f"neem_plan_over_{number}", on_click=take_over,
                    args=(session, run, near.plan, name, run.marks[number]),
                    help="Maakt dit het voorstel dat Toets en Kaart laten zien.",
                )  # fmt: skip
                st.download_button(
                    "Download (CSV)", _bytes_of(near.plan), file_name=file_name(name),
                    mime="text/csv", key=f"download_plan_{number}", on_click="ignore",
                )  # fmt: skip
            if session.situating.taken == name:
                st.success(f"{name} is nu het voorstel op Toets en Kaart.")
                st.page_link(
                    st.Page(toets_page, title="Toets", url_path="toets"), label="Bekijk op Toets"
                )


def distance_text(share: float, counted: str) -> str:
    """Say which share (0-1) of the people a plan puts elsewhere."""
    if share == 0:
        return f"Alle {counted} zitten in dezelfde groep als in het voorstel."
    least = 0.001
    text = nl_percentage(share) if share >= least else f"Minder dan {nl_percentage(least)}"
    return f"{text} van de {counted} zit in een andere groep dan in het voorstel."


def _bytes_of(plan: Plan) -> Callable[[], bytes]:
    return lambda: plan_bytes(plan)


def take_over(
    session: Session, run: ContextRun, plan: Plan, name: str, marks: Marks | None = None
) -> None:
    """Make a plan the proposal that Toets and Kaart show, marked as on its card."""
    kaders = session.question.kaders if session.question is not None else kader_names()
    kept = propose_plan(
        session, plan, name, tuple(kaders),
        wishes=run.order.wishes, origin="context", marks=marks,
    )  # fmt: skip
    if kept is not None:
        session.situating.taken = name


def show_files(run: ContextRun, outcome: ContextOutcome) -> None:
    """Offer the report, and where the chains agree the map and the shares."""
    st.subheader("Meenemen")
    context, proposal = outcome.context, run.order.proposal
    offers: list[tuple[str, str, str, Callable[[], str | bytes]]] = [
        ("Verslag (Markdown)", "context.md", "text/markdown", lambda: report(run, outcome))
    ]
    if context.tells_shares:
        one = chosen_group(run, context)
        offers += [
            (
                "Kaart van de groep (HTML)", "samen.html", "text/html",
                lambda: share_map(run, one).html,
            ),
            (
                "Aandelen per eenheid (CSV)", SHARES, "text/csv",
                lambda: csv_bytes(share_table(context)),
            ),
        ]  # fmt: skip
    with st.container(horizontal=True, key="context_meenemen"):
        for label, name, mime, make in offers:
            st.download_button(
                label, make, file_name=taken_along(proposal, name), mime=mime,
                key=f"download_{name.replace('.', '_')}", on_click="ignore",
            )  # fmt: skip


def taken_along(proposal: str, name: str) -> str:
    """Name a file after the proposal."""
    return f"{Path(proposal).stem}_{name}"


def report(run: ContextRun, outcome: ContextOutcome) -> str:
    """Write the report."""
    order = run.order
    shares = taken_along(order.proposal, SHARES) if outcome.context.tells_shares else ""
    return context_markdown(
        outcome.context,
        Origin(
            order.proposal, outcome.day, outcome.problem, order.seed, order.sources, shares=shares
        ),
        obstacles=outcome.obstacles,
        notes=(ensemble_text(outcome), *outcome.notes),
        nearest=[file_name(f"Plan {i}") for i in range(1, len(outcome.context.nearest) + 1)],
    )
