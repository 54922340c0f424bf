"""Page Gegevens: what is loaded, from which file, what reading it brought up, and uploads."""

from dataclasses import replace

import pandas as pd
import streamlit as st

from oi_geo.codes import AREA_WORDS
from oi_geo.errors import OiGeoError
from oi_geo.sources.report import ReadReport, messages_frame
from oi_geo.study_area import StudyArea
from oi_geo.text import nl_count, nl_list, nl_number
from oi_geo.ui import cache
from oi_geo.ui.html_table import Table, html_table
from oi_geo.ui.practice_list import remember_list, show_practice_list
from oi_geo.ui.sessions import KEPT
from oi_geo.ui.state import FileKind, Session, current, tell_error
from oi_geo.ui.words import example_badge, heading, plain
from oi_geo.ui.work_area import show_reset, show_work_area

KINDS: dict[FileKind, tuple[str, str]] = {
    "grenzen": (
        "Grenzen van wijken, buurten of gemeenten",
        "GeoPackage, shapefile (in een zip), GeoJSON of GeoParquet van CBS of PDOK.",
    ),
    "praktijken": (
        "Praktijken",
        "CSV of XLSX met AGB-code, naam, discipline, adres of coördinaten, ION en huisartsen.",
    ),
    "postcodes": ("Postcodes", "CSV met postcode of pc4, x_rd en y_rd."),
    "zorgkantoren": ("Zorgkantoren", "CSV met gemeentecode, zorgkantoor, verzekeraar en aandeel."),
    "verbindingen": ("Verbindingen", "CSV met van, naar, soort (brug, veer, tunnel …) en reden."),
    "herkomst": (
        "Herkomst van patiënten",
        "CSV of XLSX met praktijk of AGB-code, wijk, buurt of postcode, en aantal patiënten.",
    ),
}
SEVERITIES = ("fout", "waarschuwing", "info")
# More messages than this make a page slow, and nobody reads them.
MOST_MESSAGES = 1_000


def page() -> None:
    """Show the page."""
    heading("Gegevens")
    session = current()
    remember_list(session)
    with st.spinner("Gegevens lezen …"):
        adopt(session)
        try:
            inputs = session.inputs()
            area = cache.area_of(inputs)
        except OiGeoError as error:
            # A file in data/ that cannot be used, or an example that cannot be written, must not
            # bar the way to another one.
            st.error(plain(str(error)))
            if session.choices.get("gebied"):
                show_reset(session)
            st.subheader("Eigen bestanden")
            show_uploads(session)
            return
    example_badge(area)
    show_totals(area)
    st.subheader("Werkgebied")
    show_work_area(session)
    if inputs.praktijken is not None:
        st.subheader("De praktijkenlijst")
        show_practice_list(session, inputs.lijst)
    st.subheader("Wat er geladen is")
    with st.container(key="geladen"):
        st.html(html_table(loaded(area)))
    missing = [kind for kind in KINDS if getattr(inputs, kind) is None]
    if missing:
        st.caption(f"Niet geladen: {nl_list(missing)}.")
    st.subheader("Eigen bestanden")
    show_uploads(session)
    st.subheader("Leesverslag")
    show_report(session, area.reports)


def adopt(session: Session) -> None:
    """Read the uploaded files that wait; one that cannot be used is told and left out."""
    for kind in list(session.staged):
        path = session.staged.pop(kind, None)
        if path is None:  # another tab was first
            continue
        try:
            # A work area may name what only the files until now hold: the file is read without it.
            cache.area_of(replace(session.inputs({kind: path}), gebied=()))
        except OiGeoError as error:
            session.errors[kind] = str(error)
        else:
            session.use(kind, path)


def show_totals(area: StudyArea) -> None:
    """Show the size of the area and where its ION went: nothing is lost."""
    people = area.units["inwoners"]
    unknown = int(people.isna().sum())
    practices = area.practices
    ion_unknown = int((practices["ion"].isna() & (practices["discipline"] == "huisarts")).sum())
    some_ion = bool(practices["ion"].notna().any())
    figures = [
        (
            AREA_WORDS[area.level][1].capitalize(),
            nl_number(len(area.units)),
            f"in {nl_count(len(area.gemeenten), 'gemeente', 'gemeenten')}",
        ),
        (
            "Inwoners",
            nl_number(people.sum()),
            f"van {nl_number(unknown)} onbekend" if unknown else "",
        ),
        (
            "ION totaal",
            nl_number(area.ion_total) if some_ion else "onbekend",
            f"van {nl_count(ion_unknown, 'praktijk', 'praktijken')} onbekend"
            if ion_unknown
            else ("" if len(practices) else "er zijn geen praktijken geladen"),
        ),
    ]
    if some_ion:
        figures += [
            ("ION geplaatst", nl_number(area.ion_placed), ""),
            (
                "ION niet geplaatst",
                nl_number(area.ion_unplaced),
                f"waarvan {nl_number(area.ion_outside)} buiten het gebied"
                if area.ion_outside
                else "",
            ),
        ]
    for column, (label, value, note) in zip(st.columns(len(figures)), figures, strict=True):
        column.metric(label, value)
        column.caption(note)
    if some_ion:
        st.caption("ION totaal = ION geplaatst + ION niet geplaatst.")


def loaded(area: StudyArea) -> Table:
    """Make the table of what is loaded, one row per file; placing the practices is one as well."""
    rows = [
        [
            report.soort,
            report.bestand,
            "" if report.jaar is None else str(report.jaar),
            report.sha256[:12],
            *map(nl_number, (report.gelezen, report.behouden, report.apart)),
        ]
        for report in area.reports
    ]
    numbers = ("Rijen gelezen", "Behouden", "Apart gezet")
    heads = ("Soort", "Bestand", "Jaar", "sha256", *numbers)
    return Table("Wat er geladen is", heads, rows, frozenset(numbers))


def show_uploads(session: Session) -> None:
    """Offer an upload per kind, and the way back to the example."""
    st.caption(
        "Een bestand blijft op de computer waarop de app draait, en wordt daar verwijderd "
        f"{KEPT}. Tot dan vindt u het terug als u de pagina ververst, de app opnieuw start of een "
        "tweede tabblad opent; in twee tabbladen telt wat u het laatst kiest. Eigen grenzen "
        "vervangen het hele gebied; voeg daarna ook eigen praktijken toe."
    )
    columns = st.columns(2)
    for number, (kind, (label, explanation)) in enumerate(KINDS.items()):
        with columns[number % 2]:
            key = f"upload_{kind}"
            st.file_uploader(
                label, key=key, help=explanation, on_change=stage, args=(session, kind, key)
            )
            tell_error(session, kind)
            if kind in session.own:
                st.success(f"In gebruik: {plain(session.own[kind].name)}")
                st.button(
                    "Niet meer gebruiken", key=f"weg_{kind}", on_click=session.use,
                    args=(kind, None),
                )  # fmt: skip
    st.button(
        "Terug naar het voorbeeldgebied",
        key="naar_voorbeeld",
        on_click=session.back_to_example,
        help="Vergeet de eigen bestanden en laadt het fictieve voorbeeldgebied.",
    )


def stage(session: Session, kind: FileKind, key: str) -> None:
    """Put an uploaded file ready for reading.

    What is in use stays so until another can be used, or 'Niet meer gebruiken' says otherwise: a
    browser empties the box of an uploader also where another file takes its place.
    """
    session.errors.pop(kind, None)
    upload = st.session_state[key]
    if upload is None:
        return
    if (path := session.keep_for(kind, upload.name, upload.getvalue())) is not None:
        session.staged[kind] = path


def show_report(session: Session, reports: tuple[ReadReport, ...]) -> None:
    """Show the messages of reading, filtered by severity."""
    messages = messages_frame(reports)
    counts = messages["ernst"].value_counts()
    chosen = st.pills(
        "Ernst",
        SEVERITIES,
        default=session.start("ernst", list(SEVERITIES), SEVERITIES),
        selection_mode="multi",
        format_func=lambda ernst: f"{ernst} ({nl_number(counts.get(ernst, 0))})",
        key="ernst",
    )
    session.remember("ernst")
    shown = messages[messages["ernst"].isin(chosen)]
    if messages.empty:
        st.info("Bij het lezen viel niets op.")
    else:
        with st.container(key="leesverslag"):
            st.html(html_table(messages_table(shown)))
        if len(shown) > MOST_MESSAGES:
            st.caption(
                f"Hier staan de eerste {nl_number(MOST_MESSAGES)} van {nl_number(len(shown))} "
                "meldingen, de ernstigste eerst. Kies bij Ernst welke u wilt zien."
            )


def messages_table(messages: pd.DataFrame) -> Table:
    """Make the table of messages, the most severe first, of as many as a page can hold."""
    worst_first = messages.sort_values(
        "ernst", key=lambda ernst: ernst.map(SEVERITIES.index), kind="stable"
    )
    rows = [
        [bestand, "" if pd.isna(rij) else str(rij), melding, ernst]
        for bestand, rij, melding, ernst in worst_first[:MOST_MESSAGES].itertuples(index=False)
    ]
    return Table("Leesverslag", ["Bestand", "Rij", "Melding", "Ernst"], rows)
