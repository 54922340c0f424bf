"""Page Kandidaten: ask what is wanted, make candidates, compare, take one over, lock and go on."""

import weakref
from dataclasses import replace
from typing import TYPE_CHECKING

import streamlit as st

from oi_geo.candidates.obstacles import Obstacle
from oi_geo.candidates.propose import NOTHING_FOUND
from oi_geo.maps.candidate_map import places_svg
from oi_geo.plan import LEVEL_WORDS
from oi_geo.text import nl_number
from oi_geo.ui import cache
from oi_geo.ui.candidate_cards import drawing, show_cards
from oi_geo.ui.candidate_locks import show_locking, show_locks
from oi_geo.ui.candidate_questions import ask
from oi_geo.ui.candidate_run import Order, Outcome, Run
from oi_geo.ui.state import Session, current, on_press, pressed
from oi_geo.ui.turns import TURNS
from oi_geo.ui.words import example_badge, heading, plain, told

if TYPE_CHECKING:  # the page Context shows obstacles too
    from oi_geo.ui.context_run import ContextRun

# How often (seconds) the page looks how far a run is.
LOOK = 1.5


def page() -> None:
    """Show the page."""
    heading("Kandidaten")
    st.caption(
        "Laat regio's, gemeentehubs of wijkverbanden maken die aan uw wensen voldoen. Vergelijk "
        "ze, neem er een over, of zet vast wat goed is en zoek verder."
    )
    session = current()
    with told(), st.spinner("Gegevens lezen …"):
        inputs = session.inputs()
        area = cache.area_of(inputs)
    example_badge(area)
    making = session.making
    making.about(cache.inputs_key(inputs))
    order = ask(session, area)
    show_locks(making)
    again = making.run is not None
    st.button(
        "Maak opnieuw voorstellen" if again else "Maak voorstellen", type="primary",
        disabled=order is None, **on_press("maak"),
        help="Dezelfde wensen nog eens geeft een nieuwe poging: het zoeken begint dan ergens "
        "anders.",
    )  # fmt: skip
    if pressed("maak") | pressed("opnieuw") and order is not None:
        begin(session, order)
        st.rerun()
    run = making.run
    if run is None:
        return
    if run.busy:
        watch(run)
    elif run.outcome is None:
        st.error(plain(run.error))
    else:
        changed = order is not None and order.fingerprint != run.order.fingerprint
        if changed:
            st.info(
                "De wensen hierboven zijn anders dan die waarmee de voorstellen hieronder zijn "
                "gemaakt."
            )
        show_outcome(session, run, run.outcome, changed=changed)
        if making.locks:
            st.button(
                "Zoek opnieuw rond wat vaststaat", type="primary", disabled=order is None,
                **on_press("opnieuw"),
            )  # fmt: skip


def begin(session: Session, order: Order) -> None:
    """Start a run in place of the last one; it stops when the session goes."""
    run = Run(replace(order, seed=session.making.next_seed(order.fingerprint)))
    session.making.replace(run)
    weakref.finalize(session, run.ended.set)
    run.start()


@st.fragment(run_every=LOOK)
def watch(run: Run) -> None:
    """Show how far a run is and the best plan so far; look again until it has ended."""
    if not run.busy:
        st.rerun()
    with st.container(key="bezig", border=True):
        left, right = st.columns([1, 1])
        with left:
            st.progress(run.share, text=busy_text(run))
            st.button(
                "Stop en houd het beste", key="stop", on_click=run.stop,
                disabled=run.ended.is_set(),
            )  # fmt: skip
        with right:
            svg = run.best_svg()
            if svg is None:
                st.caption("Nog geen plan gevonden.")
            else:
                st.html(drawing(svg, "Het beste plan tot nu toe"))
                st.caption("Het beste plan tot nu toe.")


def busy_text(run: Run) -> str:
    """Say what a run is doing."""
    if run.ended.is_set():
        return "Stoppen …"
    if waiting := TURNS.text(run):
        return waiting
    if run.progress is None:
        return "Voorbereiden … (de allereerste keer ongeveer een halve minuut)"
    if run.share >= 1:
        return (
            "Controleren, bewijzen en toetsen …" if run.order.exact else "Controleren en toetsen …"
        )
    return f"Zoeken … {nl_number(run.progress.seconds)} s"


def show_outcome(session: Session, run: Run, outcome: Outcome, *, changed: bool) -> None:
    """Show what came out: what is impossible, the candidates, and what can be locked.

    `changed` tells that other wishes stand on the page by now.
    """
    proposals = outcome.proposals
    with st.container(key="uitkomst"):
        if proposals.obstacles:
            show_obstacles(run, proposals.obstacles)
        if proposals.candidates:
            st.header(f"Voorstellen voor {LEVEL_WORDS[run.order.wishes.level][1]}")
        if run.order.seed:
            which = "de wensen van toen" if changed else "deze wensen"
            st.caption(f"Poging {nl_number(run.order.seed + 1)} met {which}.")
        if not proposals.candidates and NOTHING_FOUND not in proposals.obstacles:
            st.warning("Er is geen plan gemaakt.")
        for note in dict.fromkeys((*run.order.notes, *proposals.notes)):
            st.caption(plain(note))
        show_cards(session, run, outcome)
        if proposals.candidates:
            show_locking(session.making, run, outcome)


def show_obstacles(run: "Run | ContextRun", obstacles: tuple[Obstacle, ...]) -> None:
    """Say what is impossible, why, and what would make it possible; number the places on a map."""
    st.header(f"Wat niet kan bij {LEVEL_WORDS[run.order.wishes.level][1]}")
    left, right = st.columns([1, 1])
    with left, st.container(key="onmogelijk"):
        for number, obstacle in enumerate(obstacles, 1):
            sentence = f"{number}. {obstacle.reason} Kleinste verruiming: {obstacle.relaxation}."
            (st.error if obstacle.fatal else st.warning)(plain(sentence))
    if not any(obstacle.where for obstacle in obstacles):
        return
    with right:
        svg = places_svg(run.canvas, [obstacle.where for obstacle in obstacles])
        st.html(drawing(svg, "Kaart van wat niet kan"))
        st.caption("De nummers staan bij de plaatsen op de kaart.")
