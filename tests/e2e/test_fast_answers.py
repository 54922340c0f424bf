"""Somebody answers, and answers again, while the page is still drawing: nothing is lost."""

import signal
import sys

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.pages import go_to, open_app, settled
from tests.e2e.server import Server

pytestmark = pytest.mark.e2e

OTHER_WISHES = "De wensen hierboven zijn anders"


@pytest.fixture
def slow(page: Page) -> Page:
    """A page in a browser that takes six times as long to draw."""
    session = page.context.new_cdp_session(page)
    session.send("Emulation.setCPUThrottlingRate", {"rate": 6})
    return page


def pick(page: Page, key: str, option: str) -> None:
    """Choose an option without waiting for what comes of it."""
    page.locator(f".st-key-{key}").get_by_role("combobox").click()
    page.get_by_role("option", name=option, exact=True).click()


def box(page: Page, key: str) -> Locator:
    """Return the field of a widget."""
    return page.locator(f".st-key-{key} input").first


def press(page: Page, key: str) -> None:
    """Press a button."""
    page.locator(f".st-key-{key}").get_by_role("button").click()


def test_a_run_uses_the_number_that_was_typed_just_before(slow: Page, server: Server) -> None:
    """The click and the number go to the server at the same moment."""
    open_app(slow, server.url)
    go_to(slow, "Kandidaten")
    for minimum in ("90000", "80000", "70000"):
        box(slow, "k_minimum_regio_inwoners").fill(minimum)
        press(slow, "maak")
        expect(slow.locator(".st-key-bezig")).to_have_count(0)
        expect(slow.locator(".st-key-kandidaat_0")).to_be_visible()
        settled(slow)
        expect(box(slow, "k_minimum_regio_inwoners")).to_have_value(minimum)
        expect(slow.get_by_text(OTHER_WISHES)).to_have_count(0)


def test_a_run_follows_many_quick_answers(slow: Page, server: Server) -> None:
    open_app(slow, server.url)
    slow.get_by_role("link", name="Kandidaten", exact=True).click()
    pick(slow, "k_niveau", "Gemeentehubs")
    pick(slow, "k_tijd", "10 seconden")
    box(slow, "k_minimum_hub_inwoners").fill("15000")
    box(slow, "k_maximum_hub_inwoners").fill("90000")
    pick(slow, "k_gemeente_hub", "Liefst")
    press(slow, "maak")
    expect(slow.locator(".st-key-kandidaat_0")).to_be_visible()
    settled(slow)
    expect(slow.get_by_text(OTHER_WISHES)).to_have_count(0)
    for key, value in (
        ("k_niveau", "Gemeentehubs"), ("k_tijd", "10 seconden"),
        ("k_minimum_hub_inwoners", "15000"), ("k_maximum_hub_inwoners", "90000"),
        ("k_gemeente_hub", "Liefst"),
    ):  # fmt: skip
        expect(box(slow, key)).to_have_value(value)


def test_quick_answers_on_toets_all_stay(slow: Page, server: Server) -> None:
    open_app(slow, server.url)
    slow.get_by_role("link", name="Toets", exact=True).click()
    pick(slow, "niveau", "Gemeentehub")
    pick(slow, "omvang", "Werkgebied")
    pick(slow, "voorstel", "Voorbeeld: voorstel met fouten")
    settled(slow)
    for _ in range(2):  # the second time the page comes back from elsewhere
        for key, value in (
            ("niveau", "Gemeentehub"), ("omvang", "Werkgebied"),
            ("voorstel", "Voorbeeld: voorstel met fouten"),
        ):  # fmt: skip
            expect(box(slow, key)).to_have_value(value)
        expect(slow.locator(".st-key-oordelen table").first).to_be_visible()
        go_to(slow, "Gegevens")
        go_to(slow, "Toets")


@pytest.mark.skipif(sys.platform == "win32", reason="a program cannot be held up there")
def test_the_last_answers_before_another_page_stay(page: Page, server: Server) -> None:
    """The server looks at nothing until the question for the other page has come as well."""
    open_app(page, server.url)
    go_to(page, "Toets")
    expect(page.locator(".st-key-oordelen table").first).to_be_visible()
    for niveau, omvang in (("Gemeentehub", "Werkgebied"), ("Regio", "Hele gebied")):
        server.process.send_signal(signal.SIGSTOP)
        try:
            pick(page, "niveau", niveau)
            pick(page, "omvang", omvang)
            page.get_by_role("link", name="Kandidaten", exact=True).click()
        finally:
            server.process.send_signal(signal.SIGCONT)
        expect(page.get_by_role("heading", name="Kandidaten", exact=True)).to_be_visible()
        go_to(page, "Toets")
        expect(box(page, "niveau")).to_have_value(niveau)
        expect(box(page, "omvang")).to_have_value(omvang)
