"""Page Toets: choose a proposal, see the verdict per group and each finding on the map."""

import hashlib
from pathlib import Path

import streamlit as st

from oi_geo.criteria.finding import Finding
from oi_geo.criteria.kader import kader_names, load_kader
from oi_geo.errors import OiGeoError
from oi_geo.pipeline import Toets, example_files
from oi_geo.plan import PlanLevel, Scope
from oi_geo.report.conclusion import GroupResult, conclusion, group_results
from oi_geo.report.totals import group_measures, ion_text, measured_text
from oi_geo.study_area import StudyArea
from oi_geo.text import nl_count
from oi_geo.ui import cache
from oi_geo.ui.border_view import show_border_issues
from oi_geo.ui.choice_table import choice_table
from oi_geo.ui.downloads import show_downloads
from oi_geo.ui.html_table import Table, html_table
from oi_geo.ui.map_view import MapPage, focus_on, point_map, show_map
from oi_geo.ui.state import Session, current, tell_error
from oi_geo.ui.verdicts import chosen_of, conclusion_html, verdicts_html
from oi_geo.ui.words import LEVELS, example_badge, heading, plain, told

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
    ("ion", "ION", 0),
    ("praktijken", "Praktijken", 0),
    ("huisartsen", "Huisartsen", 0),
    ("oppervlakte_km2", "Oppervlakte (km²)", 1),
    ("delen", "Delen", 0),
    ("delen_met_verbindingen", "Delen, met verbindingen", 0),
    ("polsby_popper", "Polsby-Popper", 2),
    ("reock", "Reock", 2),
)

SHAPE_WORDS = (
    "Onbekend: zoveel eenheden zonder inwonertal, of rijen van praktijken zonder getal, zitten "
    "niet in het totaal. Niet geplaatst: van praktijken zonder bekende plaats, die in deze groep "
    "of elders kunnen staan. Polsby-Popper: hoe rond een gebied is (1 is een cirkel, bij 0 is de "
    "grens lang en grillig). Reock: welk deel het gebied vult van de kleinste cirkel eromheen."
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
    show_conclusion(toets)
    chart = show_verdicts_on_map(toets, question)
    show_measures(toets)
    show_border_issues(toets)
    show_downloads(toets, chart)


def ask(session: Session) -> cache.Question | None:
    """Let somebody choose proposal, level, scope and kaders."""
    left, middle, scope_column, right = st.columns([3, 2, 2, 5])
    with left:
        proposal = choose_proposal(session)
    with middle:
        level = st.selectbox(
            "Niveau",
            list(LEVELS),
            index=list(LEVELS).index(session.start("niveau", "regio", LEVELS)),
            format_func=LEVELS.__getitem__,
            key="niveau",
            placeholder="Kies een niveau",
        )
    with scope_column:
        scope = st.selectbox(
            "Omvang",
            list(SCOPES),
            index=list(SCOPES).index(session.start("omvang", "vanzelf", SCOPES)),
            format_func=lambda choice: SCOPES[choice][0],
            key="omvang",
            placeholder="Kies een omvang",
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
            select_all=False,
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
    chosen = session.start("kolom", None, columns)
    kolom = st.selectbox(
        "Kolom met de groepen",
        columns,
        index=columns.index(chosen) if chosen in columns else None,
        key="kolom",
        placeholder="Kies een kolom",
        help="Het voorstel zegt niet zeker welke kolom de groepen bevat.",
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
    chosen = st.selectbox(
        "Voorstel", options, index=options.index(first), key="voorstel",
        placeholder="Kies een voorstel",
    )  # fmt: skip
    if chosen != OWN:
        return offered[chosen]
    st.file_uploader(
        "Voorstel (CSV, XLSX of getekende vlakken)",
        key="upload_voorstel",
        on_change=keep_proposal,
        args=(session, "upload_voorstel"),
    )
    adopt_proposal(session)
    tell_error(session, "voorstel")
    if session.proposal is not None:
        st.caption(f"In gebruik: {plain(session.proposal.name)}")
        st.button(
            "Niet meer gebruiken", key="weg_voorstel", on_click=drop_proposal, args=(session,)
        )
    return session.proposal


def keep_proposal(session: Session, key: str) -> None:
    """Put an uploaded proposal ready for reading; the one in use stays so until it is read."""
    session.errors.pop("voorstel", None)
    upload = st.session_state[key]
    if upload is None:
        return
    if (path := session.keep_for("voorstel", upload.name, upload.getvalue())) is not None:
        session.handed_in = path


def drop_proposal(session: Session) -> None:
    """Use no own proposal any more."""
    session.proposal = None


def adopt_proposal(session: Session) -> None:
    """Read the uploaded proposal that waits; one that cannot be used is told and left out.

    One that leaves open in which column its groups stand can be used: the page asks.
    """
    path, session.handed_in = session.handed_in, None
    if path is None:
        return
    first: PlanLevel = "regio"
    level: PlanLevel = st.session_state.get("niveau") or session.start("niveau", first, LEVELS)
    try:
        if not cache.group_columns_of(path, level):
            cache.plan_of(session.inputs(), path, level)
    except OiGeoError as error:
        session.errors["voorstel"] = str(error)
    else:
        session.proposal = path


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


def show_conclusion(toets: Toets) -> None:
    """Say in one sentence what the test comes down to, and what to do next."""
    with st.container(key="slotsom"):
        st.html(conclusion_html(conclusion(toets)))


def show_verdicts_on_map(toets: Toets, question: cache.Question) -> MapPage:
    """Show the verdict per group beside the map; what is chosen moves the map to its place.

    The verdicts come first: they are there before the map is drawn.
    """
    left, right = st.columns([10, 11])
    with right:
        st.subheader("Oordeel per groep")
        verdicts_table(toets, digest_of(question))
    with left, st.container(key="kaart_blijft_staan"), st.spinner("Kaart tekenen …"):
        marks = current().marks.get(question.proposal)
        chart = cache.toets_map(question, cache.Style("groepen"), marks)
        show_map("toets", chart, title="Kaart van het voorstel", height=720)
    return chart


def digest_of(question: cache.Question) -> str:
    """Name a question in a few letters, so that what is chosen in its table belongs to it."""
    asked = (question.files_key, question.level, question.kaders, question.scope)
    return hashlib.sha256(repr(asked).encode()).hexdigest()[:16]


@st.fragment
def verdicts_table(toets: Toets, digest: str) -> None:
    """Show the verdicts; a chosen group unfolds, and it or its finding is shown on the map."""
    st.caption("Klik op een groep voor de uitleg, en op een bevinding voor de plaats op de kaart.")
    with st.container(key="oordelen"):
        chosen = choice_table(f"oordelen_{digest}", lambda choice: verdicts_html(toets, choice))
    found = chosen_of(group_results(toets), chosen)
    place = () if found is None else place_of(toets, *found)
    point_map("toets", focus=focus_on(toets.area, f"{digest}-{chosen}", place))
    if found is not None and found[1] is not None and not place:
        st.caption("Bij deze bevinding hoort geen plaats op de kaart.")


def show_measures(toets: Toets) -> None:
    """Show what was measured per group."""
    with st.expander("Kengetallen per groep"), st.container(key="kengetallen"):
        st.html(html_table(measures_table(toets)))
        st.caption(ion_balance(toets.area))
        st.caption(SHAPE_WORDS)


def measures_table(toets: Toets) -> Table:
    """Make the table of what was measured per group; beside a total stands what is unknown."""
    rows = [
        [
            str(group),
            *(measured_text(measured, name, decimals) for name, _, decimals in MEASURES),
        ]
        for group, measured in group_measures(toets).iterrows()
    ]
    heads = [head for _, head, _ in MEASURES]
    return Table("Kengetallen per groep", ["Groep", *heads], rows, frozenset(heads))


def ion_balance(area: StudyArea) -> str:
    """Say where the ION of the study area went: nothing is lost."""
    if area.practices.empty:
        return "ION onbekend: er zijn geen praktijken geladen."
    return f"ION van het hele gebied: {ion_text(area)}."


def place_of(toets: Toets, result: GroupResult, finding: Finding | None) -> tuple[str, ...]:
    """Return where a group or a finding shows: its own places, else its whole group."""
    if finding is not None and finding.where:
        return finding.where
    return () if result.group is None else tuple(toets.plan.members(result.group))
