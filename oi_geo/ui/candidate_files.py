"""The uploaded tables under 'Meer wensen': kept, read once, and what reading them brought up."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import pandas as pd
import streamlit as st

from oi_geo.commands.wishes import divisions_of
from oi_geo.errors import OiGeoError
from oi_geo.flows import flows_of
from oi_geo.sources.divisions import BESTAAND, HOGERE_GRENS, KERNEN, DivisionKind
from oi_geo.sources.lookups import read_postcodes
from oi_geo.sources.report import ReadReport
from oi_geo.study_area import StudyArea
from oi_geo.text import nl_count
from oi_geo.ui import cache, reading
from oi_geo.ui.candidate_choices import WishKind
from oi_geo.ui.state import Session, tell_error
from oi_geo.ui.words import plain

DIVISIONS: dict[WishKind, DivisionKind] = {
    "binnen": HOGERE_GRENS,
    "kernen": KERNEN,
    "bestaand": BESTAAND,
}
LABELS: dict[WishKind, str] = {
    "binnen": "Tabel met code en naam van het gebied (CSV, XLSX), of getekende vlakken",
    "kernen": "Tabel met code en kern (CSV, XLSX), of getekende vlakken",
    "bestaand": "Tabel met code en groep van nu (CSV, XLSX), of getekende vlakken",
    "herkomst": "Tabel met praktijk, wijk of postcode, en aantal patiënten (CSV, XLSX)",
}

Table = TypeVar("Table")


@dataclass(eq=False)
class WishTables:
    """Asks for uploaded tables and reads them.

    Attributes
    ----------
    session : Session
    area : StudyArea
        Whose units the tables name.
    failed : bool
        True once a table could not be used and no other is; the page has then said why.
    """

    session: Session
    area: StudyArea
    failed: bool = False

    def division(self, kind: WishKind) -> pd.Series | None:
        """Ask for a table that gives units a name; None without one that can be used."""

        def read(path: Path) -> tuple[pd.Series, list[ReadReport]]:
            grenzen = self.session.inputs().grenzen
            series, report = _division(self._key(path), kind, self.area, path, grenzen)
            return series, [report]

        return self._ask(kind, read)

    def flows(self) -> pd.DataFrame | None:
        """Ask for a table of where patients live; None without one that can be used.

        Without one of its own the page uses that of Gegevens, where one is in use.
        """
        inputs = self.session.inputs()

        def read(path: Path) -> tuple[pd.DataFrame, list[ReadReport]]:
            return _flows(self._key(path), self.area, path, inputs.postcodes)

        there = None if self.area.residence is None else inputs.herkomst
        return self._ask("herkomst", read, there)

    def _ask(
        self,
        kind: WishKind,
        read: Callable[[Path], tuple[Table, list[ReadReport]]],
        there: Path | None = None,
    ) -> Table | None:
        """Ask for a table and read it; one that cannot be used never replaces the one in use.

        `there` is the one of page Gegevens, for where this page has none of its own.
        """
        making, key = self.session.making, f"upload_{kind}"
        st.file_uploader(LABELS[kind], key=key, on_change=_keep, args=(self.session, kind, key))
        waiting = making.handed_in.pop(kind, None)
        if waiting is not None:
            try:
                read(waiting)
            except OiGeoError as error:
                self.session.errors[_purpose(kind)] = str(error)
            else:
                making.files[kind] = waiting
        told = tell_error(self.session, _purpose(kind))
        own = making.files.get(kind)
        path = own or there
        if path is None:
            self.failed |= told
            return None
        if own is not None:
            drop = making.drop_file
            st.button("Niet meer gebruiken", key=f"weg_{kind}", on_click=drop, args=(kind,))
        try:
            table, reports = read(path)
        except OiGeoError as error:
            st.error(plain(str(error)))
            self.failed = True
            return None
        show_reading(path.name if own else f"{path.name} van de pagina Gegevens", reports)
        return table

    def _key(self, path: Path) -> cache.Key:
        return (*self.session.making.key, cache.file_key(path))


def show_reading(name: str, reports: list[ReadReport]) -> None:
    """Say which table is in use, and what reading it brought up."""
    messages = [message for report in reports for message in report.messages]
    doubtful = sum(message.ernst != "info" for message in messages)
    st.caption(f"In gebruik: {plain(name)}")
    if messages:
        count = nl_count(doubtful, "opmerking", "opmerkingen") if doubtful else "geen opmerkingen"
        with st.expander(f"Leesverslag van {plain(name)}: {count}"):
            for message in messages:
                where = "" if message.rij is None else f"Rij {message.rij}: "
                st.caption(where + plain(message.melding))


def _keep(session: Session, kind: WishKind, key: str) -> None:
    """Put an uploaded table ready for reading; the one in use stays so until it is read."""
    session.errors.pop(_purpose(kind), None)
    upload = st.session_state[key]
    if upload is None:
        return
    if (path := session.keep_for(_purpose(kind), upload.name, upload.getvalue())) is not None:
        session.making.handed_in[kind] = path


def _purpose(kind: WishKind) -> str:
    """Name what a table is for; page Gegevens has a table of homes as well."""
    return f"wens_{kind}"


@st.cache_resource(max_entries=8, show_spinner=False)
def _division(
    key: cache.Key,  # noqa: ARG001
    kind: WishKind,
    _area: StudyArea,
    _path: Path,
    _grenzen: Path,
) -> tuple[pd.Series, ReadReport]:
    return reading.read([_path], divisions_of, _area, _path, DIVISIONS[kind], grenzen=_grenzen)


@st.cache_resource(max_entries=4, show_spinner=False)
def _flows(
    key: cache.Key,  # noqa: ARG001
    _area: StudyArea,
    _path: Path,
    _postcodes: Path | None,
) -> tuple[pd.DataFrame, list[ReadReport]]:
    return reading.read([_path, _postcodes], _read_flows, _area, _path, _postcodes)


def _read_flows(
    area: StudyArea, path: Path, postcodes: Path | None
) -> tuple[pd.DataFrame, list[ReadReport]]:
    points = read_postcodes(postcodes)[0] if postcodes is not None else None
    return flows_of(area, path, points)
