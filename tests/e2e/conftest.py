"""The app in a process of its own, and pages of a browser that are watched."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from oi_geo.sources.example import ExampleFiles, write_example
from tests.e2e.server import Server, served
from tests.e2e.watch import WAIT_MS, launched, watched_page

expect.set_options(timeout=WAIT_MS)


# Per package, because two of Playwright's loops do not fit in one process and other tests start
# their own.
@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Start a browser for all tests."""
    with sync_playwright() as playwright, launched(playwright) as browser:
        yield browser


@pytest.fixture(scope="package")
def server(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Start the app with the example region; it may not call anyone itself."""
    with served(tmp_path_factory.mktemp("app")) as server:
        yield server
        assert server.calls_outside() == []


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """Open a page that may not reach beyond this machine."""
    with watched_page(browser) as page:
        yield page


@pytest.fixture(scope="session")
def example(tmp_path_factory: pytest.TempPathFactory) -> ExampleFiles:
    """Write the files of the example region."""
    folder: Path = tmp_path_factory.mktemp("voorbeeld")
    return write_example(folder)
