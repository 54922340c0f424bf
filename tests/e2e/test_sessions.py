"""What was loaded and chosen stays: after a reload or a crash, in a second tab; until it is old."""

import os
import stat
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from oi_geo.sources.example import ExampleFiles
from tests.e2e.inputs import csv_bytes, table, two_groups
from tests.e2e.pages import choose, go_to, open_app, settled, upload
from tests.e2e.server import Server, served
from tests.e2e.watch import WAIT_MS

pytestmark = pytest.mark.e2e

GONE = "Uw vorige sessie is verlopen."


@pytest.fixture
def tabs(browser: Browser) -> Iterator[BrowserContext]:
    """A browser of somebody, with tabs."""
    context = browser.new_context(viewport={"width": 1400, "height": 1200}, locale="nl-NL")
    context.set_default_timeout(WAIT_MS)
    yield context
    context.close()


def load_and_choose(page: Page, server: Server, example: ExampleFiles) -> None:
    """Load a list of practices and a proposal, and choose at every kind of question on Toets."""
    open_app(page, server.url)
    upload(page, "upload_praktijken", "mijn lijst.csv", csv_bytes(table(example.praktijken)[:2]))
    expect(page.get_by_text("In gebruik: mijn lijst.csv")).to_be_visible()
    go_to(page, "Toets")
    choose(page, "voorstel", "Eigen voorstel")
    upload(page, "upload_voorstel", "twee_groepen.csv", two_groups(example))
    expect(page.get_by_text("In gebruik: twee_groepen.csv")).to_be_visible()
    choose(page, "niveau", "Gemeentehub")
    choose(page, "omvang", "Werkgebied")
    wait_until_saved(page, server)


def wait_until_saved(page: Page, server: Server) -> None:
    """Wait for the last answer on disk: a page that is closed at once takes it along."""
    for _ in range(WAIT_MS // 50):
        if any('"werkgebied"' in path.read_text() for path in documents(server)):
            return
        page.wait_for_timeout(50)
    raise AssertionError("the last answer was not saved")


def documents(server: Server) -> list[Path]:
    """Return what the server wrote down of each session."""
    return [path for folder in server.sessions() for path in folder.glob("*.json")]


def is_all_there(page: Page) -> None:
    """Check, on the page Toets and on Gegevens, that everything is as it was chosen."""
    expect(page.get_by_role("heading", name="Toets", exact=True)).to_be_visible()
    settled(page)
    expect(page.get_by_text("In gebruik: twee_groepen.csv")).to_be_visible()
    for key, value in (("niveau", "Gemeentehub"), ("omvang", "Werkgebied")):
        expect(page.locator(f".st-key-{key} input").first).to_have_value(value)
    expect(page.get_by_text(GONE)).to_have_count(0)
    go_to(page, "Gegevens")
    expect(page.get_by_text("In gebruik: mijn lijst.csv")).to_be_visible()
    total = page.get_by_test_id("stMetric").filter(has_text="ION totaal")
    expect(total).to_contain_text("7.295")  # 2582 + 4713


def test_a_session_survives_reload_second_tab_and_crash(
    tabs: BrowserContext, example: ExampleFiles, tmp_path: Path
) -> None:
    page = tabs.new_page()
    with served(tmp_path) as server:
        load_and_choose(page, server, example)
        page.reload()
        is_all_there(page)
        second = tabs.new_page()
        second.goto(f"{server.url}/toets")
        is_all_there(second)
        second.close()
        is_private(server, tabs)
        server.process.kill()
        server.process.wait()
    with served(tmp_path, port=server.port) as again:
        page.goto(f"{again.url}/toets")
        is_all_there(page)

        [folder] = again.sessions()
        long_ago = time.time() - 25 * 3600
        os.utime(folder, (long_ago, long_ago))
        again.process.kill()
        again.process.wait()
    with served(tmp_path, port=server.port) as later:
        assert later.sessions() == []  # before anybody came
        page.goto(f"{later.url}/toets")
        expect(page.get_by_text(GONE)).to_be_visible()
        expect(page.get_by_text("In gebruik")).to_have_count(0)
        page.locator(".st-key-verlopen_gezien").get_by_role("button").click()
        expect(page.get_by_text(GONE)).to_have_count(0)


def is_private(server: Server, tabs: BrowserContext) -> None:
    """Check that only this user can read the files, and that the key stands nowhere."""
    [cookie] = [c for c in tabs.cookies() if c["name"] == f"oi_geo_{server.port}"]
    assert cookie["httpOnly"]
    # A link in a mail or on the intranet opens the session that the browser has.
    assert cookie["sameSite"] == "Lax"
    [folder] = server.sessions()
    for path in (folder.parent, folder, *folder.rglob("*")):
        assert cookie["value"] not in str(path)
        if sys.platform != "win32":
            mode = stat.S_IMODE(path.stat().st_mode)
            assert mode == (0o700 if path.is_dir() else 0o600), path
        if path.is_file():
            assert cookie["value"].encode() not in path.read_bytes()
    assert cookie["value"] not in (server.folder / "app.log").read_text()


def test_another_browser_sees_nothing_of_it(
    tabs: BrowserContext, browser: Browser, server: Server, example: ExampleFiles
) -> None:
    load_and_choose(tabs.new_page(), server, example)
    other = browser.new_context()
    page = other.new_page()
    open_app(page, server.url)
    expect(page.get_by_text("In gebruik")).to_have_count(0)
    expect(page.get_by_text(GONE)).to_have_count(0)  # it never had one
    other.close()


@pytest.mark.parametrize("value", ["x" * 43, "../" * 14 + "a", "%2e%2e%2f" * 4 + "abcdefg"])
def test_a_key_of_ones_own_making_opens_nothing(
    tabs: BrowserContext, server: Server, value: str
) -> None:
    before = {path.name for path in server.sessions()}
    tabs.add_cookies([{"name": f"oi_geo_{server.port}", "value": value, "url": server.url}])
    page = tabs.new_page()
    open_app(page, server.url)
    well_formed = len(value) == 43 and value.isalnum()
    expect(page.get_by_text(GONE)).to_have_count(1 if well_formed else 0)
    made = {path.name for path in server.sessions()} - before
    assert all(len(name) == 64 and name.isalnum() for name in made)
    assert len(made) <= 1


def test_the_first_page_is_found_by_its_name_too(page: Page, server: Server) -> None:
    page.goto(f"{server.url}/gegevens")
    expect(page.get_by_role("heading", name="Gegevens", exact=True)).to_be_visible()
    settled(page)
    expect(page).to_have_url(f"{server.url}/")
    expect(page.get_by_role("link", name="Gegevens", exact=True)).to_have_count(1)
    expect(page.get_by_role("dialog")).to_have_count(0)
