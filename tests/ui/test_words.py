"""Names and sentences from files stay text in Streamlit's Markdown."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from oi_geo.criteria.finding import Verdict
from oi_geo.ui.words import SYMBOLS, plain, verdict_text

ACTIVE = ["link", "image", "html_inline", "code_inline", "em", "strong", "s"]


def shown(text: str) -> tuple[str, set[str]]:
    """What CommonMark makes of one line: the visible text, and the kinds of markup in it."""
    [inline] = MarkdownIt("commonmark", {"html": True}).enable("strikethrough").parseInline(text)
    kinds = {token.type.removesuffix("_open").removesuffix("_close") for token in inline.children}
    # The word joiner that keeps addresses from becoming links is not to be seen.
    return "".join(token.content for token in inline.children).replace("\u2060", ""), kinds


@pytest.mark.parametrize(
    "text",
    [
        "![x](https://kwaad.nl/x.png)", "<img src=x onerror=alert(1)>", "[klik](https://kwaad.nl)",
        "**vet**", "`code`", "~~weg~~", "&lt;script&gt;", "__init__", "<https://kwaad.nl>",
    ],
)  # fmt: skip
def test_markup_is_shown_and_does_nothing(text):
    assert shown(text)[0] != text or set(ACTIVE) & shown(text)[1]  # it would do something
    visible, kinds = shown(plain(text))
    assert visible == text
    assert not set(ACTIVE) & kinds


@given(st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=40))
def test_any_line_is_shown_to_the_letter(text):
    visible, kinds = shown(plain("x" + text + "x"))
    assert visible == "x" + text + "x"
    assert not set(ACTIVE) & kinds


@pytest.mark.parametrize("text", [":red[x]", ":material/home:", "$x^2$", "{{x}}", "# kop", "a | b"])
def test_streamlits_own_markup_is_escaped(text):
    assert plain(text) != text
    assert shown(plain(text))[0] == text


@pytest.mark.parametrize("text", ["www.kwaad.nl.csv", "Zie https://kwaad.nl", "ik@kwaad.nl"])
def test_an_address_is_no_link(text):
    """GitHub's Markdown, which Streamlit uses, makes links of these even when escaped."""
    addresses = r"(?i)www\.|https?://|\w@\w"
    assert re.search(addresses, text)
    assert not re.search(addresses, plain(text).replace("\\", ""))


def test_a_verdict_has_a_symbol_of_its_own():
    assert len(set(SYMBOLS.values())) == len(Verdict)
    assert verdict_text(Verdict.VOLDOET_NIET) == "✗ voldoet niet"
