"""A table of HTML of which something can be chosen, with the mouse or with the keyboard."""

from collections.abc import Callable
from importlib.resources import files

import streamlit as st

_component = st.components.v2.component(
    "oi_geo_choice_table",
    js=files("oi_geo.ui").joinpath("assets", "choice_table.js").read_text(encoding="utf-8"),
    isolate_styles=False,
)


def choice_table(key: str, write: Callable[[str], str]) -> str:
    """Mount a table and return what is chosen in it.

    Parameters
    ----------
    key : str
        Of the element; what is chosen is kept under `choice_key(key)`.
    write : callable
        Takes what is chosen, gives the table as HTML in which every text is escaped; what has
        an attribute `data-choice` can be chosen by that name.

    Returns
    -------
    str
        The name of what is chosen; empty where nothing is.
    """
    kept = choice_key(key)

    def keep() -> None:
        st.session_state[kept] = st.session_state[key]["choice"] or ""

    chosen = st.session_state.get(kept, "")
    _component(key=key, data={"table": write(chosen)}, on_choice_change=keep)
    return chosen


def choice_key(key: str) -> str:
    """Return where the session keeps what is chosen in a table."""
    return f"{key}_keuze"
