"""Grensproblematiek as tables: what the plan cuts, who belongs elsewhere, what is left over."""

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from oi_geo.codes import AREA_WORDS
from oi_geo.pipeline import Toets
from oi_geo.placement import BY_POSTCODE
from oi_geo.remainders import in_view
from oi_geo.report.totals import elsewhere_text, total_text
from oi_geo.tally import HUISARTS
from oi_geo.text import nl_count, nl_list, nl_number, nl_percentage
from oi_geo.ui.html_table import Table, html_table
from oi_geo.whole_map import around

OUTSIDE = "buiten alle groepen"
UNKNOWN = "onbekend"
NO_ION = "–"  # only huisartsen have patients on their name
KINDS = {"praktijk": "Praktijk", "wsv": "Wijksamenwerkingsverband"}
YES_NO = {True: "ja", False: "nee", None: "niet te bepalen"}


def show_border_issues(toets: Toets) -> None:
    """Show the grensproblematiek of a plan; the cut gemeenten are open from the start."""
    st.subheader("Grensproblematiek")
    tables = border_tables(toets)
    if not tables:
        st.caption("Geen grensproblematiek gevonden.")
    with st.container(key="grensproblematiek"):
        for number, table in enumerate(tables):
            with st.expander(table.title, expanded=number == 0):
                if table.note:
                    st.caption(table.note)
                st.html(html_table(table))


def which_ro(toets: Toets) -> str:
    """Say which RO is taken for that of a group, and how sure the places below are."""
    rows = toets.area.practices
    shown = rows["praktijk_id"].isin(toets.border.practices["praktijk_id"])
    number = int((shown & rows["plaatsing"].eq(BY_POSTCODE)).sum())
    told = nl_count(number, "rij staat", "rijen staan")
    places = f" Van de praktijken hieronder {told} op een geschatte plaats." if number else ""
    return (
        "De regio-organisatie van een groep is hier die met de meeste bekende ION van de "
        "huisartsenpraktijken die op de kaart in de groep staan, of zij deelnemen of niet. Z4, U1, "
        f"U2 en K3 tellen wat zeker in de groep staat en kunnen een andere RO noemen.{places}"
    )


def border_tables(toets: Toets) -> list[Table]:
    """Return the tables that have something to tell, with numbers and words in Dutch."""
    tables = [
        _cut_gemeenten(toets),
        _practices_elsewhere(toets),
        _in_two_organisations(toets),
        _remainders(toets),
    ]
    return [table for table in tables if table.rows]


def _cut_gemeenten(toets: Toets) -> Table:
    """One row per side of a cut gemeente."""
    shares = ("oppervlakte", "inwoners", "ion", "praktijken")
    listed = not toets.area.practices.empty
    rows = [
        [
            f"{side['gemeentenaam']} ({side['gemeentecode']})",
            side["groep"] or OUTSIDE,
            *(nl_percentage(side[f"aandeel_{share}"]) for share in shares),
            total_text(side["inwoners"], side["inwoners_onbekend"]),
            total_text(side["ion"], side["ion_onbekend"]) if listed else UNKNOWN,
            nl_number(side["praktijken"]) + elsewhere_text(side, "dit deel") if listed else UNKNOWN,
            nl_list(side["regio_organisaties"]) or UNKNOWN,
            nl_list(side["verzekeraars"]) or UNKNOWN,
        ]
        for side in toets.border.gemeenten.to_dict("records")
    ]
    numbers = ("% oppervlakte", "% inwoners", "% ION", "% praktijken", "Inwoners", "ION",
               "Praktijken")  # fmt: skip
    heads = ("Gemeente", "Deel in", *numbers, "Regio-organisaties", "Verzekeraars")
    count = nl_number(toets.border.gemeenten["gemeentecode"].nunique())
    return Table(f"Doorsneden gemeenten ({count})", heads, rows, frozenset(numbers))


def _practices_elsewhere(toets: Toets) -> Table:
    """Practices that name another RO than the one of their group."""
    places, listed = toets.area.units["naam"], toets.area.practices
    with_ion = set(listed.loc[listed["discipline"] == HUISARTS, "praktijk_id"])
    rows = [
        [
            _text(practice["naam"]),
            _text(practice["agb"]),
            _place(places, practice["eenheid"]),
            practice["groep"],
            practice["regio_organisatie"],
            practice["ro_van_groep"],
            nl_number(practice["ion"]) if practice["praktijk_id"] in with_ion else NO_ION,
        ]
        for practice in toets.border.practices.to_dict("records")
    ]
    title = f"Praktijken van een andere regio-organisatie dan hun groep ({nl_number(len(rows))})"
    heads = ("Praktijk", "AGB-code", toets.area.level.capitalize(), "Groep", "Regio-organisatie",
             "Regio-organisatie van de groep", "ION")  # fmt: skip
    return Table(title, heads, rows, frozenset({"ION"}), which_ro(toets))


def _in_two_organisations(toets: Toets) -> Table:
    """Practices and WSVs that name two ROs or more."""
    places = toets.area.units["naam"]
    rows = [
        [
            _text(member["naam"]),
            KINDS[member["soort"]],
            nl_list(member["regio_organisaties"]),
            nl_list(_place(places, code) for code in member["eenheden"]),
        ]
        for member in toets.border.double.to_dict("records")
    ]
    title = f"In meer dan een regio-organisatie ({nl_number(len(rows))})"
    heads = ("Naam", "Soort", "Regio-organisaties", f"Staat in {toets.area.level}")
    return Table(title, heads, rows)


def _remainders(toets: Toets) -> Table:
    """One row per connected area outside all groups; only a regio has a minimum of its own."""
    is_regio, listed = toets.plan.level == "regio", not toets.area.practices.empty
    own, units = toets.area.units, around(toets.area, toets.plan).area.units
    names = units.groupby("gemeentecode")["gemeentenaam"].first()
    inside = names.index.isin(own["gemeentecode"])
    words = AREA_WORDS[toets.area.level]
    rows = [
        [
            _inside_first(rest["gemeenten"], names[inside], AREA_WORDS["gemeente"]),
            _inside_first(rest["eenheden"], own["naam"], words),
            total_text(rest["inwoners"], rest["inwoners_onbekend"]),
            total_text(rest["ion"], rest["ion_onbekend"]) if listed else UNKNOWN,
            YES_NO[rest["ingesloten"]],
            *((YES_NO[rest["te_klein"]], YES_NO[rest["te_klein_door_plan"]]) if is_regio else ()),
        ]
        for rest in in_view(toets.area, toets.border.remainders).to_dict("records")
    ]
    heads = ["In gemeente", words[1].capitalize(), "Inwoners", "ION", "Ingesloten door groepen"]
    if is_regio:
        heads += ["Te klein voor een eigen regio", "Te klein door dit voorstel"]
    title = f"Wat buiten alle groepen overblijft ({nl_number(len(rows))})"
    return Table(title, heads, rows, frozenset({"Inwoners", "ION"}))


def _inside_first(codes: Sequence[str], names: pd.Series, words: tuple[str, str]) -> str:
    """Name what lies in the work area, and count what a remainder holds beyond it."""
    inside = [names[code] for code in codes if code in names.index]
    beyond = len(codes) - len(inside)
    outside = f"{nl_count(beyond, *words)} buiten het werkgebied" if beyond else ""
    return "; ".join(filter(None, [nl_list(inside), outside]))


def _text(value: str | float | None) -> str:
    """Write a text that may be missing."""
    return value if isinstance(value, str) else UNKNOWN


def _place(names: pd.Series, code: str) -> str:
    """Write a unit by name and code."""
    return f"{names[code]} ({code})" if code in names.index else _text(code)
