"""No English in anything that a user meets, whether it is seen, pointed at or read out."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from oi_geo.sources.example import ExampleFiles
from tests.e2e.inputs import wijken
from tests.e2e.pages import choose, go_to, open_app, settled, upload
from tests.e2e.server import Server
from tests.e2e.watch import watched_page
from tests.language import ENGLISH

pytestmark = pytest.mark.e2e

# Everything that has words in the document: what is seen, and what a screen reader says instead.
WORDS = """() => {
    const words = [];
    for (const element of document.body.querySelectorAll("*")) {
        if (["SCRIPT", "STYLE", "NOSCRIPT"].includes(element.tagName)) continue;
        if (element.dataset.testid === "stIconMaterial") continue; // the name of a picture
        for (const name of ["aria-label", "title", "placeholder", "alt", "aria-roledescription",
                            "aria-valuetext"]) {
            if (element.getAttribute(name)) words.push(element.getAttribute(name));
        }
        for (const node of element.childNodes) {
            if (node.nodeType === 3 && node.data.trim()) words.push(node.data.trim());
        }
    }
    return words;
}"""


def english(page: Page) -> list[str]:
    """Return every text that holds an English word; `enter` and `stop` are Dutch as well."""
    return sorted({text for text in page.evaluate(WORDS) if ENGLISH.search(text)})


def test_the_list_finds_what_streamlit_says() -> None:
    said = [
        "Select all", "Add files", "250MB per file", "Browse files", "Help for Omvang", "Upload",
        "No results", "Press Enter to apply", "3 options available.", "Link to heading",
        "Skip to main content", "Download as CSV", "Remove a.csv", "Choose an option",
    ]  # fmt: skip
    assert [text for text in said if not ENGLISH.search(text)] == []


def test_no_page_says_anything_in_english(browser: Browser, server: Server) -> None:
    """Also for somebody whose browser is English: the app is Dutch."""
    with watched_page(browser, locale="en-US") as page:
        open_app(page, server.url)
        expect(page.locator("html")).to_have_attribute("lang", "nl")
        assert english(page) == []
        upload(page, "upload_praktijken", "mijn bestand.csv", b"x" * 200)
        expect(page.get_by_role("button", name="mijn bestand.csv weghalen")).to_be_visible()
        assert english(page) == []
        for title in ("Toets", "Kandidaten", "Context", "Kaart"):
            go_to(page, title)
            expect(page.locator("[placeholder='Choose an option']")).to_have_count(0)
            assert english(page) == [], title


def test_what_unfolds_is_dutch_too(browser: Browser, server: Server) -> None:
    with watched_page(browser, locale="en-US") as page:
        open_app(page, server.url)
        go_to(page, "Toets")
        box = page.locator(".st-key-kaders input")
        box.click()
        expect(page.get_by_text("Niets gevonden")).to_be_visible()  # all are chosen
        assert english(page) == []
        page.keyboard.press("Escape")
        page.locator(".st-key-niveau").get_by_role("combobox").click()
        expect(page.get_by_role("option")).to_have_count(3)
        assert english(page) == []
        page.get_by_role("option", name="Gemeentehub", exact=True).click()
        settled(page)
        go_to(page, "Kandidaten")
        field = page.locator("input[type=number]").first
        field.fill("7")
        expect(page.get_by_text("Druk op Enter om dit te gebruiken")).to_be_visible()
        assert english(page) == []
        field.fill("0")
        field.press("Enter")
        assert english(page) == []


def test_words_from_files_are_left_as_they_are(
    browser: Browser, server: Server, example: ExampleFiles
) -> None:
    """A group may be called Search: only what Streamlit itself says is translated."""
    names = "Search", "Open", "Select all", "Remove this"
    with watched_page(browser) as page:
        open_app(page, server.url)
        go_to(page, "Toets")
        choose(page, "voorstel", "Eigen voorstel")
        codes = list(wijken(example).index[:4])
        lines = "".join(f"{code};{name}\n" for code, name in zip(codes, names, strict=True))
        upload(page, "upload_voorstel", "Add files.csv", f"wijk;groep\n{lines}".encode())
        expect(page.get_by_text("In gebruik: Add files.csv")).to_be_visible()
        rows = page.locator(".oi-groups tbody th")
        for name in names:
            expect(rows.filter(has_text=re.compile(f"^{name}$"))).to_have_count(1)
        expect(page.get_by_test_id("stFileChipName")).to_have_text("Add files.csv")
