"""A Leaflet map as a test sees it: in its frame in the app, or in a file of its own."""

import time

from playwright.sync_api import Error, Frame, Locator, Page, expect

from tests.e2e.pages import settled
from tests.e2e.watch import WAIT_MS


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
        """Wait until the script of the map has run and the map fits the room that it has."""
        expect(self.frame.locator("html[data-ready=ja]")).to_have_count(1)
        self.wait_until("map.getSize().x > 40 && map.getSize().y > 40", "the map has no size")

    def wait_until(self, expression: str, otherwise: str, argument: object = None) -> None:
        """Wait until an expression in JavaScript is true; see `ask`."""
        deadline = time.monotonic() + WAIT_MS / 1000
        while not self.ask(expression, argument):
            assert time.monotonic() < deadline, otherwise
            self.frame.wait_for_timeout(20)

    def wait_until_moved(self, before: tuple[float, float, float]) -> None:
        """Wait until the map shows another place than before, and stands still there."""
        self.wait_until(
            """!map._animatingZoom && !(map._panAnim && map._panAnim._inProgress)
                && [map.getCenter().lat, map.getCenter().lng, map.getZoom()]
                    .some((value, i) => value !== argument[i])""",
            "the map did not move",
            list(before),
        )

    def ask(self, expression: str, argument: object = None) -> object:
        """Evaluate JavaScript in which `map` is the map and `argument` what is given."""
        code = f"argument => {{ const map = {self.MAP}; return {expression}; }}"
        return self.frame.evaluate(code, argument)

    def view(self) -> tuple[float, float, float]:
        """Return latitude, longitude and zoom of the map."""
        lat, lon, zoom = self.ask("[map.getCenter().lat, map.getCenter().lng, map.getZoom()]")
        return lat, lon, zoom

    def zoom_in(self) -> None:
        """Zoom in a little, as a user would, without leaving the place."""
        self.ask("(map.setZoom(map.getZoom() + 0.5, { animate: false }), true)")

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
                    item => [item.lastElementChild.textContent.trim(),
                             item.querySelector('rect')?.getAttribute('fill')
                             ?? item.querySelector('.oi-box').getAttribute('style')
                                .match(/background:\\s*([^;]+)/)[1]])"""
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
    """Scroll to the map of a page and return it once it is drawn; out of sight it waits.

    A page that is still being made anew may take the map away meanwhile: then the next one counts.
    """
    deadline = time.monotonic() + WAIT_MS / 1000
    while True:
        settled(page)
        try:
            return _chart_in_view(page, name)
        except Error as error:
            gone = "not attached" in error.message or "detached" in error.message
            if not gone or time.monotonic() > deadline:
                raise


def _chart_in_view(page: Page, name: str) -> Chart:
    locator = page.locator(f'iframe.oi-geo-map[data-map="{name}"]')
    page.wait_for_function(
        """name => {
            const frame = document.querySelector(`iframe.oi-geo-map[data-map="${name}"]`);
            return frame && frame.dataset.hash && frame.dataset.loaded === frame.dataset.hash;
        }""",
        arg=name,
    )
    locator.scroll_into_view_if_needed()
    frame = locator.element_handle().content_frame()
    assert frame is not None
    chart = Chart(frame, locator)
    chart.wait_until_ready()
    return chart
