"""A browser that is watched: what its pages ask for and which scripts fail.

Nothing but this machine has an address in it, so whatever a page asks of another machine fails.
Playwright tells of requests, but not of the first ones in a sandboxed frame, and the maps of the
app stand in one; those show as a failure in the console, which is listened to as well.
"""

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Playwright,
    Request,
    WebSocket,
)

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE localhost , EXCLUDE 127.0.0.1",
]
# A page takes seconds, on a machine that is busy with something else perhaps a minute.
WAIT_MS = 180_000


@contextmanager
def launched(playwright: Playwright) -> Iterator[Browser]:
    """Start Debian's chromium; without one the tests are skipped, but never in CI."""
    found = shutil.which("chromium")
    if found is None and "CI" not in os.environ:
        pytest.skip("chromium is not installed on this machine (apt-get install chromium)")
    assert found is not None, "CI runs these tests: apt-get install chromium"
    browser = playwright.chromium.launch(executable_path=found, headless=True, args=ARGUMENTS)
    yield browser
    browser.close()


@dataclass
class Watch:
    """Everything that the pages of a context asked for, and every script that failed."""

    addresses: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    script_errors: list[str] = field(default_factory=list)

    def over(self, context: BrowserContext) -> None:
        """Start watching a context: every frame of every page."""
        context.on("request", lambda request: self.addresses.append(request.url))
        context.on("requestfailed", self._failed)
        context.on("console", self._console)
        context.on("page", self._page)
        context.on("weberror", lambda event: self.script_errors.append(event.error.stack))

    def _failed(self, request: Request) -> None:
        self.failed.append(f"{request.url} {request.failure}")

    def _console(self, message: ConsoleMessage) -> None:
        if message.text.startswith("Failed to load resource"):
            self.addresses.append(message.location["url"])
        self.addresses += re.findall(r"^WebSocket connection to '([^']+)'", message.text)

    def _page(self, page: Page) -> None:
        page.on("websocket", self._websocket)

    def _websocket(self, websocket: WebSocket) -> None:
        self.addresses.append(websocket.url)

    def outside(self) -> list[str]:
        """Return what was asked of other machines."""
        return [address for address in self.addresses if not is_local(address)]


def nothing_went_wrong(watch: Watch) -> None:
    """Check that nothing was asked of another machine, and that no script failed."""
    assert not watch.outside(), watch.outside()
    assert not watch.script_errors, "\n".join(watch.script_errors)


def is_local(address: str) -> bool:
    """Tell whether an address is on this machine: the app, or part of a document itself."""
    parts = urlsplit(address)
    if parts.scheme in {"data", "blob", "about", "file"}:
        return True
    return parts.hostname in {"localhost", "127.0.0.1"}


@contextmanager
def watched_page(browser: Browser, *, locale: str = "nl-NL") -> Iterator[Page]:
    """Open a page; at the end nothing may have left this machine and no script have failed."""
    context = browser.new_context(viewport={"width": 1400, "height": 1200}, locale=locale)
    context.set_default_timeout(WAIT_MS)
    watch = Watch()
    watch.over(context)
    page = context.new_page()
    yield page
    exceptions = page.get_by_test_id("stException").count()
    context.close()
    assert watch.addresses, "the watch saw nothing at all"
    nothing_went_wrong(watch)
    assert exceptions == 0, "a traceback is shown"


@contextmanager
def opened_offline(browser: Browser, file: Path) -> Iterator[Page]:
    """Open a file of a map without any network; it may ask for nothing but itself."""
    context = browser.new_context(viewport={"width": 1200, "height": 900}, offline=True)
    context.set_default_timeout(WAIT_MS)
    watch = Watch()
    watch.over(context)
    page = context.new_page()
    page.goto(file.as_uri())
    yield page
    context.close()
    assert set(watch.addresses) == {file.as_uri()}, watch.addresses
    assert not watch.failed, watch.failed
    nothing_went_wrong(watch)
