"""Texts of the pages: badge, errors, and names from files as plain text."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import as_file, files

import streamlit as st

from oi_geo.criteria.finding import Verdict
from oi_geo.errors import OiGeoError
from oi_geo.plan import LEVEL_WORDS
from oi_geo.study_area import StudyArea

SYMBOLS = {
    Verdict.VOLDOET_NIET: "✗",
    Verdict.NIET_TE_BEPALEN: "?",
    Verdict.SIGNAAL: "!",
    Verdict.VOLDOET: "✓",
}
LEVELS = {level: one.capitalize() for level, (one, _) in LEVEL_WORDS.items()}


def plain(text: str) -> str:
    """Escape text from a file for Markdown, so that it is shown and never does anything.

    Addresses (`www.`, `http://`, `@`) would become links even when escaped: a word joiner, which
    nobody sees, keeps them apart.
    """
    text = re.sub(r"(?i)(www|https?:|ftp:)(?=[./])|(?<=\w)(?=@)", "\\g<0>\u2060", text)
    return re.sub(r"([\\`*_\[\]<>$~#|&{}]|:(?=\S))", r"\\\1", text)


def verdict_text(verdict: Verdict) -> str:
    """Write a verdict with a symbol, so that it does not lean on colour: `✗ voldoet niet`."""
    return f"{SYMBOLS[verdict]} {verdict.value}"


def heading(title: str) -> None:
    """Put the title above a page, and Dutch where Streamlit's own words are English."""
    assets = files("oi_geo.ui").joinpath("assets")
    with as_file(assets.joinpath("style.css")) as style:
        st.html(style)
    script = assets.joinpath("dutch.js").read_text(encoding="utf-8")
    st.html(f"<script>{script}</script>", unsafe_allow_javascript=True)
    st.title(title)


def example_badge(area: StudyArea) -> None:
    """Say that the area is fictional, where it is."""
    if area.is_example:
        st.warning(
            "**Fictief voorbeeldgebied.** Plaatsen, praktijken, codes en cijfers bestaan niet."
        )


@contextmanager
def told() -> Iterator[None]:
    """Show an error for users as one sentence, and stop the page there."""
    try:
        yield
    except OiGeoError as error:
        st.error(plain(str(error)))
        st.stop()
