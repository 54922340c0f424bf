"""What a test does in the browser, and what it may rely on: pages, tables, maps, and a watch."""

import json
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    Frame,
    Locator,
    Page,
    Playwright,
    Request,
    WebSocket,
    expect,
)

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    # Nothing but this machine has an address, so that a request that slips through goes nowhere.
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE localhost , EXCLUDE 127.0.0.1",
]
WAIT_MS = 60_000
ROW_HEIGHT = 35


def launch(playwright: Playwright) -> Browser:
    """Start Debian's chromium; without one the tests are skipped, but never in CI."""
    found = shutil.which("chromium")
    if found is None and "CI" not in os.environ:
        pytest.skip("chromium is not installed on this machine (apt-get install chromium)")
    assert found is not None, "CI runs these tests: apt-get install chromium"
    return playwright.chromium.launch(executable_path=found, headless=True, args=ARGUMENTS)


@dataclass
class Watch:
    """Everything that the pages of a context asked for, and every script that failed."""

    addresses: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    script_errors: list[str] = field(default_factory=list)

    def over(self, context: BrowserContext) -> None:
        """Start watching a context; the requests of every frame of every page come by."""
        context.on("request", lambda request: self.addresses.append(request.url))
        context.on("requestfailed", self._failed)
        context.on("page", self._page)
        context.on(
            "weberror",
            lambda error: self.script_errors.append(f"{error.error} {error.error.stack}"),
        )

    def _failed(self, request: Request) -> None:
        self.failed.append(f"{request.url} {request.failure}")

    def _page(self, page: Page) -> None:
        page.on("websocket", self._websocket)

    def _websocket(self, websocket: WebSocket) -> None:
        self.addresses.append(websocket.url)

    def outside(self) -> list[str]:
        """Return the addresses that are not on this machine."""
        return [address for address in self.addresses if not is_local(address)]


def is_local(address: str) -> bool:
    """Tell whether an address is on this machine: the app, or part of a document itself."""
    parts = urlsplit(address)
    if parts.scheme in {"data", "blob", "about", "file"}:
        return True
    return parts.hostname in {"localhost", "127.0.0.1"}


@contextmanager
def watched_page(browser: Browser) -> Iterator[Page]:
    """Open a page; at the end nothing may have left this machine and no script have failed."""
    context = browser.new_context(viewport={"width": 1400, "height": 1200}, locale="nl-NL")
    context.set_default_timeout(WAIT_MS)
    watch = Watch()
    watch.over(context)
    page = context.new_page()
    yield page
    exceptions = page.get_by_test_id("stException").count()
    context.close()
    assert watch.addresses, "the watch saw nothing at all"
    assert not watch.outside(), watch.outside()
    assert not watch.script_errors, "\n".join(watch.script_errors)
    assert exceptions == 0, "a traceback is shown"


@contextmanager
def opened_offline(browser: Browser, file: Path) -> Iterator["Chart"]:
    """Open a file of a map without any network; it may ask for nothing but itself."""
    context = browser.new_context(viewport={"width": 1200, "height": 900}, offline=True)
    context.set_default_timeout(WAIT_MS)
    watch = Watch()
    watch.over(context)
    page = context.new_page()
    page.goto(file.as_uri())
    chart = Chart(page.main_frame)
    chart.wait_until_ready()
    yield chart
    context.close()
    assert watch.addresses == [file.as_uri()], watch.addresses
    assert not watch.failed, watch.failed
    assert not watch.script_errors, "\n".join(watch.script_errors)


def settled(page: Page) -> None:
    """Wait until the app is connected, has run its script and shows nothing stale."""
    page.wait_for_function(
        """() => {
            const app = document.querySelector('[data-testid=stApp]');
            return app && app.dataset.testScriptState === 'notRunning'
                && app.dataset.testConnectionState === 'CONNECTED'
                && !document.querySelector('[data-testid=stSpinner]')
                && !document.querySelector('[data-stale=true]');
        }"""
    )


def go_to(page: Page, title: str) -> None:
    """Go to one of the pages of the app by its menu."""
    page.get_by_role("link", name=title, exact=True).click()
    expect(page.get_by_role("heading", name=title, exact=True)).to_be_visible(timeout=WAIT_MS)
    settled(page)


def open_app(page: Page, url: str) -> None:
    """Open the first page of the app."""
    page.goto(url)
    expect(page.get_by_role("heading", name="Gegevens", exact=True)).to_be_visible(timeout=WAIT_MS)
    settled(page)


def choose(page: Page, key: str, option: str) -> None:
    """Choose an option of a select box."""
    page.locator(f".st-key-{key}").get_by_role("combobox").click()
    page.get_by_role("option", name=option, exact=True).click()
    settled(page)


def upload(page: Page, key: str, name: str, content: bytes) -> None:
    """Give a file to an uploader; the caller waits for what should come of it."""
    file = {"name": name, "mimeType": "application/octet-stream", "buffer": content}
    page.locator(f".st-key-{key} input[type=file]").set_input_files(file)


class Grid:
    """A table of the app. It is painted; the words stand in the document for screen readers."""

    def __init__(self, page: Page, column: str) -> None:
        self.page, self.column = page, column
        self.locator = page.get_by_test_id("stDataFrame").filter(
            has=page.locator(f'[role=columnheader]:text-is("{column}")')
        )
        expect(self.locator).to_have_count(1, timeout=WAIT_MS)

    def columns(self) -> list[str]:
        """Return the column heads."""
        return self.locator.evaluate(
            "grid => [...grid.querySelectorAll('[role=columnheader]')].map(e => e.textContent)"
        )

    def rows(self) -> list[dict[str, str]]:
        """Return the rows that are in view."""
        cells: list[list[str]] = self.locator.evaluate(
            """grid => [...grid.querySelectorAll('tbody [role=row]')].map(
                row => [...row.querySelectorAll('[role=gridcell]')].map(e => e.textContent))"""
        )
        columns = self.columns()
        return [dict(zip(columns, row, strict=True)) for row in cells]

    def wait_for(self, text: str) -> None:
        """Wait until a cell in view holds this text."""
        self.page.wait_for_function(
            """([column, text]) => [...document.querySelectorAll('[data-testid=stDataFrame]')].some(
                grid => [...grid.querySelectorAll('[role=columnheader]')].some(
                        e => e.textContent === column)
                    && [...grid.querySelectorAll('[role=gridcell]')].some(
                        e => e.textContent.includes(text)))""",
            arg=[self.column, text],
        )

    def click_row(self, position: int) -> None:
        """Click on the row at this position in view."""
        over_canvas = self.locator.locator(".dvn-scroller")
        over_canvas.click(position={"x": 120, "y": ROW_HEIGHT * (position + 1.5)})


class Chart:
    """A Leaflet map in a document: in its frame in the app, or in a file of its own.

    The document forbids `eval`, which Playwright's `wait_for_function` needs: wait by locators.
    """

    MAP = """Object.keys(window).filter(name => /^(oi|map)_/.test(name))
        .map(name => window[name]).find(value => value instanceof L.Map)"""

    def __init__(self, frame: Frame, within: Locator | None = None) -> None:
        self.frame = frame
        self.within = within

    def wait_until_ready(self) -> None:
        """Wait until the script of the map has come to its end."""
        expect(self.frame.locator("html[data-ready=ja]")).to_have_count(1, timeout=WAIT_MS)

    def wait_until_moved(self, before: tuple[float, float, float]) -> None:
        """Wait until the map shows another place than before, and stands still there."""
        deadline = time.monotonic() + WAIT_MS / 1000
        while self.is_moving() or self.view() == before:
            assert time.monotonic() < deadline, "the map did not move"
            self.frame.wait_for_timeout(20)

    def is_moving(self) -> bool:
        """Tell whether the map is on its way to another place."""
        return self.ask("Boolean(map._animatingZoom || (map._panAnim && map._panAnim._inProgress))")

    def ask(self, expression: str, argument: object = None) -> object:
        """Evaluate JavaScript in which `map` is the map and `argument` what is given."""
        code = f"argument => {{ const map = {self.MAP}; return {expression}; }}"
        return json.loads(json.dumps(self.frame.evaluate(code, argument)))

    def view(self) -> tuple[float, float, float]:
        """Return latitude, longitude and zoom of the map."""
        lat, lon, zoom = self.ask("[map.getCenter().lat, map.getCenter().lng, map.getZoom()]")
        return lat, lon, zoom

    def unit_codes(self) -> list[str]:
        """Return the codes of the units that stand on the map as polygons."""
        return self.ask(
            """Object.values(map._layers).filter(layer => layer instanceof L.Polygon)
                .map(layer => layer.feature && layer.feature.properties.code).filter(Boolean)"""
        )

    def painted(self, colour: str) -> int:
        """Count the pixels that have this colour (`rgb(1, 2, 3)` or `#010203`)."""
        return self.ask(
            """(() => {
                const probe = document.createElement('canvas').getContext('2d');
                probe.fillStyle = argument; probe.fillRect(0, 0, 1, 1);
                const wanted = probe.getImageData(0, 0, 1, 1).data;
                const canvas = document.querySelector('.leaflet-overlay-pane canvas');
                const seen = canvas.getContext('2d')
                    .getImageData(0, 0, canvas.width, canvas.height).data;
                let count = 0;
                for (let i = 0; i < seen.length; i += 4) {
                    if (seen[i + 3] > 100 && [0, 1, 2].every(
                        k => Math.abs(seen[i + k] - wanted[k]) <= 3)) { count += 1; }
                }
                return count;
            })()""",
            colour,
        )

    def legend(self) -> dict[str, str]:
        """Return label and colour of the classes of the theme that is on."""
        return dict(
            self.ask(
                """[...document.querySelectorAll('#oi-legend section:not([hidden]) li')].map(
                    item => [item.textContent.trim(),
                             item.querySelector('rect').getAttribute('fill')])"""
            )
        )

    def theme(self) -> str:
        """Return the name of the theme that is on."""
        return self.ask("document.documentElement.dataset.theme")

    def point_at(self, lat: float, lon: float) -> tuple[float, float]:
        """Return where a place stands in the window, in pixels."""
        x, y = self.ask(
            """(() => {
                const box = map.getContainer().getBoundingClientRect();
                const point = map.latLngToContainerPoint(argument);
                return [box.left + point.x, box.top + point.y];
            })()""",
            [lat, lon],
        )
        if self.within is None:
            return x, y
        self.within.scroll_into_view_if_needed()
        box = self.within.bounding_box()
        assert box is not None
        return x + box["x"], y + box["y"]


def chart_on(page: Page, name: str) -> Chart:
    """Return the map of a page, once it is drawn."""
    locator = page.locator(f'iframe.oi-geo-map[data-map="{name}"]')
    page.wait_for_function(
        """name => {
            const frame = document.querySelector(`iframe.oi-geo-map[data-map="${name}"]`);
            return frame && frame.dataset.hash && frame.dataset.loaded === frame.dataset.hash;
        }""",
        arg=name,
    )
    frame = locator.element_handle().content_frame()
    assert frame is not None
    chart = Chart(frame, locator)
    chart.wait_until_ready()
    return chart
