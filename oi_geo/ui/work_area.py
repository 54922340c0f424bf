"""The work area on page Gegevens: choose it in words, see what it holds, go back to the map."""

from dataclasses import replace
from typing import cast

import streamlit as st

from oi_geo.codes import AREA_WORDS
from oi_geo.errors import OiGeoError
from oi_geo.study_area import StudyArea
from oi_geo.text import nl_count, nl_list, nl_number
from oi_geo.ui import cache
from oi_geo.ui.state import Session
from oi_geo.ui.words import plain
from oi_geo.work_area import PRACTICES, Places, partly_inside

# The key of the choice in `Session.choices`: the words of `oi_geo.work_area`, empty for the map.
GEBIED = "gebied"
# The key of what was chosen last, in use or not.
MEANT = "gebied_bedoeld"
NOT_USED = (
    "Dit werkgebied is nog niet in gebruik: kies 'Dit werkgebied gebruiken', anders rekenen de "
    "pagina's er niet mee."
)
_GEMEENTEN, _PROVINCIE, _REGIO, _PRAKTIJKEN = (
    "gemeenten",
    "provincie",
    "zorgkantoorregio",
    "waar mijn praktijken staan",
)


def show_work_area(session: Session) -> None:
    """Offer the work areas of the map, say what the chosen one holds, and offer the way back."""
    inputs = session.inputs()
    if inputs.gebied:
        _in_use(session, cache.area_of(inputs))
    whole = cache.area_of(replace(inputs, gebied=()))
    kinds = [_GEMEENTEN, _PROVINCIE, _REGIO, _PRAKTIJKEN]
    kind = st.selectbox(
        "Werkgebied kiezen als",
        kinds,
        index=kinds.index(session.start("gebied_soort", _GEMEENTEN, kinds)),
        key="gebied_soort",
        help="Een werkgebied is een deel van de kaart. Wat eromheen ligt, blijft als omgeving.",
    )
    session.remember("gebied_soort")
    words = _words(session, whole, kind)
    session.choices[MEANT] = list(words)
    if not words or set(words) == set(inputs.gebied):
        return
    try:
        found = cache.area_of(replace(inputs, gebied=words))
    except OiGeoError as error:
        st.error(plain(str(error)))
        return
    st.caption(f"Dit werkgebied: {holds(found)}.")
    st.warning(NOT_USED)
    st.button(
        "Dit werkgebied gebruiken", key="gebied_gebruiken", on_click=choose, args=(session, words)
    )


def tell_unused(session: Session) -> None:
    """Say on another page that a work area was chosen and is not in use."""
    meant, used = (cast("list[str]", session.choices.get(key, [])) for key in (MEANT, GEBIED))
    if meant and set(meant) != set(used):
        st.info(f"Op Gegevens koos u een werkgebied. {NOT_USED}")


def choose(session: Session, words: tuple[str, ...]) -> None:
    """Use this work area from now on; nothing for the whole map."""
    session.choices[GEBIED] = session.choices[MEANT] = list(words)
    session.question = None


def show_reset(session: Session) -> None:
    """Offer the way back to the whole map, where a work area is in use."""
    st.button("Hele kaart gebruiken", key="gebied_weg", on_click=choose, args=(session, ()))


def holds(area: StudyArea) -> str:
    """Say how much a work area holds: gemeenten, units, inhabitants and what is unknown."""
    units, people = area.units, area.units["inwoners"]
    unknown = int(people.isna().sum())
    text = nl_count(units["gemeentecode"].nunique(), "gemeente", "gemeenten")
    if area.level != "gemeente":
        text += f", {nl_count(len(units), *AREA_WORDS[area.level])}"
    text += f", {nl_number(people.sum())} inwoners"
    if unknown:
        text += f" (van {nl_count(unknown, *AREA_WORDS[area.level])} onbekend)"
    partly = partly_inside(area)
    return f"{text}; van {nl_list(partly)} maar een deel" if partly else text


def _in_use(session: Session, area: StudyArea) -> None:
    st.success(plain(f"In gebruik: {nl_list(area.work_area)}. Dat zijn {holds(area)}."))
    show_reset(session)


def _words(session: Session, whole: StudyArea, kind: str) -> tuple[str, ...]:
    """Ask for the places of one kind, and return them as words of a work area."""
    places = Places(whole)
    if kind == _PRAKTIJKEN:
        return (PRACTICES,)
    if kind == _GEMEENTEN:
        names = whole.units.drop_duplicates("gemeentecode").set_index("gemeentecode")
        offered = sorted(names.index, key=lambda code: str(names["gemeentenaam"][code]))
        chosen = st.multiselect(
            "Gemeenten",
            offered,
            default=session.start("gebied_gemeenten", list[str](), offered),
            format_func=lambda code: f"{names['gemeentenaam'][code]} ({code})",
            placeholder="Kies gemeenten",
            key="gebied_gemeenten",
        )
        session.remember("gebied_gemeenten")
        return tuple(chosen)
    options = sorted(places.provinces if kind == _PROVINCIE else set(places.regions["zorgkantoor"]))
    if not options:
        st.info(
            "Van de gemeenten op deze kaart is geen provincie bekend."
            if kind == _PROVINCIE
            else "Daarvoor is een bestand met zorgkantoren per gemeente nodig (Eigen bestanden)."
        )
        return ()
    key = f"gebied_{kind}"
    before = session.start(key, None, options)
    name = st.selectbox(
        kind.capitalize(),
        options,
        index=options.index(before) if before in options else None,
        placeholder="Kies er een",
        key=key,
    )
    session.remember(key)
    return (f"{kind} {name}",) if name else ()
