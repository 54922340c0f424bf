"""Making plans: one click, take one over, lock a group and run again, stop a run."""

import pytest
from playwright.sync_api import Page, expect

from oi_geo.criteria.finding import WHOLE_PLAN
from tests.e2e.pages import choose, choose_also, go_to, open_app, settled, verdicts
from tests.e2e.server import Server

pytestmark = pytest.mark.e2e


def press(page: Page, key: str) -> None:
    """Press a button of the app."""
    page.locator(f".st-key-{key}").get_by_role("button").click()


def start(page: Page, key: str) -> None:
    """Press a button that makes candidates, and see that a run has begun."""
    press(page, key)
    expect(page.locator(".st-key-bezig")).to_be_visible()


def wait_for_cards(page: Page) -> None:
    """Wait until a run has ended and its candidates are shown."""
    expect(page.locator(".st-key-bezig")).to_have_count(0)
    expect(page.locator(".st-key-kandidaat_0")).to_be_visible()
    settled(page)


def opened(page: Page, card: int, title: str) -> None:
    """Open a part of a card."""
    place = page.locator(f".st-key-kandidaat_{card} summary").filter(has_text=title)
    place.click()


def groups_of(page: Page, card: int) -> dict[str, str]:
    """Return the groups of a candidate with how many people each counts."""
    opened(page, card, "Groepen")
    table = page.locator(f".st-key-groepen_{card} table")
    expect(table).to_be_visible()
    cells = table.evaluate("t => [...t.rows].map(r => [...r.cells].map(c => c.textContent))")
    return dict(cells)


def test_from_wishes_to_a_tested_proposal(page: Page, server: Server) -> None:
    open_app(page, server.url)
    go_to(page, "Kandidaten")
    expect(page.get_by_text("Fictief voorbeeldgebied")).to_be_visible()
    start(page, "maak")
    wait_for_cards(page)
    for card in (0, 1):
        image = page.locator(f".st-key-kandidaat_{card} img.oi-drawing")
        assert image.evaluate("image => image.complete && image.naturalWidth") == 600
    made = groups_of(page, 0)
    assert len(made) == 2
    opened(page, 0, "Punten")
    expect(page.locator(".st-key-punten_0")).to_contain_text("Eén punt is hier")
    expect(page.locator(".st-key-kandidaat_0 .oi-broken li").first).to_be_visible()

    press(page, "neem_over_0")
    expect(page.get_by_text("Voorstel A is nu het voorstel op Toets en Kaart.")).to_be_visible()
    page.get_by_role("link", name="Bekijk op Toets").click()
    expect(page.get_by_role("heading", name="Toets", exact=True)).to_be_visible()
    settled(page)
    expect(page.get_by_text("In gebruik: voorstel_a.csv")).to_be_visible()
    assert set(verdicts(page)) == {*made, WHOLE_PLAN}

    go_to(page, "Kaart")
    expect(page.get_by_text("Met de groepen van voorstel_a.csv.")).to_be_visible()
    go_to(page, "Kandidaten")
    expect(page.locator(".st-key-kandidaat_0")).to_be_visible()  # the run is still there


def test_quick_answers_keep_the_usual_band(page: Page, server: Server) -> None:
    """Somebody answers the next question before the new band has been drawn."""
    open_app(page, server.url)
    go_to(page, "Kandidaten")
    for wait_ms in (40, 80, 120, 160, 200):
        for level, low, high in (
            ("Gemeentehubs", "20000", "80000"), ("Wijkverbanden", "10000", "20000"),
        ):  # fmt: skip
            choose(page, "k_niveau", level)
            page.wait_for_timeout(wait_ms)  # the subject: at every moment of the drawing
            choose(page, "k_tijd", "5 seconden" if level == "Gemeentehubs" else "10 seconden")
            for label, value in (("Minimum", low), ("Maximum", high)):
                # What the server takes it for, so that the first answer has arrived.
                told = page.get_by_text(f"{value[:-3]}.{value[-3:]} inwoners", exact=True)
                expect(told).to_have_count(1)
                settled(page)
                field = page.get_by_label(f"{label} per groep (inwoners)")
                expect(field).to_have_count(1)
                expect(field).to_have_value(value)
        page.reload()
        settled(page)
        go_to(page, "Kandidaten")


def test_a_locked_group_stays_and_a_run_goes_on_elsewhere(page: Page, server: Server) -> None:
    open_app(page, server.url)
    go_to(page, "Kandidaten")
    choose(page, "k_niveau", "Gemeentehubs")
    choose(page, "k_tijd", "5 seconden")
    start(page, "maak")
    wait_for_cards(page)
    before = groups_of(page, 0)
    group = min(before)

    choose_also(page, "k_vast_groepen", group)
    press(page, "zet_vast")
    expect(page.locator(".st-key-vast")).to_contain_text(f"{group} uit Voorstel A (precies zo)")
    settled(page)

    start(page, "opnieuw")
    wait_for_cards(page)
    again = groups_of(page, 0)
    assert again[group] == before[group]

    press(page, "los_0")
    expect(page.locator(".st-key-vast")).to_have_count(0)
    settled(page)
    page.get_by_role("heading", name="Kandidaten", exact=True).scroll_into_view_if_needed()
    choose(page, "k_niveau", "Wijkverbanden")
    choose(page, "k_tijd", "5 minuten")
    start(page, "maak")
    go_to(page, "Gegevens")  # the run goes on while somebody looks elsewhere
    go_to(page, "Kandidaten")
    wait_for_cards(page)
    # Runs on the example end within two seconds; stopping one is tested in tests/ui.
    assert len(groups_of(page, 0)) > len(before)
