"""Page Context: how special is the proposal, beside thousands of other valid plans."""

import weakref
from dataclasses import replace

import streamlit as st

from oi_geo.commands.ensemble_notes import unsettled_text
from oi_geo.text import nl_number, nl_percentage
from oi_geo.ui import cache
from oi_geo.ui.context_questions import WHAT_IT_IS, ask, order_key
from oi_geo.ui.context_run import CHAINS, NO_ROOM, ContextOrder, ContextOutcome, ContextRun
from oi_geo.ui.context_view import show_outcome
from oi_geo.ui.kandidaten import LOOK, show_obstacles
from oi_geo.ui.state import Session, current, on_press, pressed, tell_error
from oi_geo.ui.toets import page as toets_page
from oi_geo.ui.turns import TURNS
from oi_geo.ui.words import LEVELS, example_badge, heading, plain, told

# How many times as many steps the button makes that is offered where the chains do not agree.
MORE = 4


def page() -> None:
    """Show the page."""
    heading("Context")
    st.caption("Hoe bijzonder is dit voorstel? Leg het naast duizenden andere geldige plannen.")
    session = current()
    with told(), st.spinner("Gegevens lezen …"):
        inputs = session.inputs()
        example_badge(cache.area_of(inputs))
    session.situating.about(cache.inputs_key(inputs))
    question = session.question
    if question is None or question.inputs != inputs:
        st.info("Kies eerst een voorstel op de pagina Toets; hier ziet u hoe bijzonder het is.")
        st.page_link(st.Page(toets_page, title="Toets", url_path="toets"), label="Naar Toets")
    else:
        ask_about(session, question)
    tell_error(session, "context")
    run = session.situating.run
    if run is None:
        return
    if run.is_alive():
        watch(run)
    elif run.outcome is None:
        st.error(plain(run.error))
    else:
        show(session, run, run.outcome)


def ask_about(session: Session, question: cache.Question) -> None:
    """Name the proposal, ask what the plans beside it must satisfy, and offer to begin."""
    with told(), st.spinner("Voorstel lezen …"):
        toets = cache.toets_of(question)
    st.markdown(f"**Voorstel:** {plain(question.proposal.name)} ({LEVELS[question.level].lower()})")
    order = ask(session, question, toets)
    st.caption(
        f"{WHAT_IT_IS} Er rekenen {CHAINS} ketens, elk vanaf een eigen plan; alleen over wat zij "
        "alle vier hetzelfde zien, wordt iets gezegd."
    )
    st.button(
        "Vergelijk opnieuw" if session.situating.run is not None else "Vergelijk",
        type="primary", disabled=order is None, **on_press("vergelijk"),
    )  # fmt: skip
    if pressed("vergelijk") and order is not None:
        begin(session, order)
        st.rerun()


def begin(session: Session, order: ContextOrder) -> None:
    """Start a run in place of the last one; it stops when the session goes."""
    session.errors.pop("context", None)
    try:
        run = ContextRun(order, session.folder)
    except OSError:
        session.errors["context"] = NO_ROOM
        return
    session.situating.replace(run)
    for event in (run.ended, run.enough):
        weakref.finalize(session, event.set)
    run.start()


@st.fragment(run_every=LOOK)
def watch(run: ContextRun) -> None:
    """Show how far a run is; look again until it has ended."""
    if not run.is_alive():
        st.rerun()
    with st.container(key="context_bezig", border=True):
        st.progress(run.share or 0.0, text=busy_text(run))
        st.button(
            "Stop en vergelijk met wat er is", key="context_stop", on_click=run.stop,
            disabled=run.stopping,
        )  # fmt: skip


def busy_text(run: ContextRun) -> str:
    """Say what a run is doing."""
    if run.stopping:
        return "Stoppen …"
    if waiting := TURNS.text(run):
        return waiting
    if run.comparing:
        return "Voorstel vergelijken …"
    if run.share is None:
        return "Eerste plannen maken …"
    return f"Plannen maken … {nl_percentage(run.share, 0)}"


def show(session: Session, run: ContextRun, outcome: ContextOutcome) -> None:
    """Show what came out, and first of all what it is about and what is impossible."""
    with st.container(key="context_uitkomst"):
        st.header(f"Uitkomst voor {plain(run.order.proposal)}")
        question = session.question
        if question is None or order_key(question) != run.order.key:
            st.info(
                "Deze uitkomst gaat over een ander voorstel dan er nu op Toets staat. Kies "
                "'Vergelijk opnieuw' voor het voorstel van nu."
            )
        if outcome.obstacles:
            show_obstacles(run, outcome.obstacles)
        if not outcome.context.converged:
            offer_more(session, run, outcome)
        show_outcome(session, run, outcome)


def offer_more(session: Session, run: ContextRun, outcome: ContextOutcome) -> None:
    """Say that the chains do not agree or are too short, and what helps."""
    steps = run.order.steps * MORE
    with st.container(key="niet_eens"):
        st.warning(unsettled_text(outcome.context))
        st.button(
            f"Reken met {MORE} keer zoveel stappen ({nl_number(steps)} per keten)",
            key="reken_langer", type="primary", on_click=begin,
            args=(session, replace(run.order, steps=steps)),
        )  # fmt: skip
