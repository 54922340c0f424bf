"""Make toets.png, the picture in the README: the page Toets with a proposal that has faults.

From the root of the project, where Chromium is: `python -m docs.beeld.maak_toets`.
"""

import tempfile
from pathlib import Path

from playwright.sync_api import expect, sync_playwright

from tests.e2e.chart import chart_on
from tests.e2e.pages import choose, go_to, open_app, settled
from tests.e2e.server import served
from tests.e2e.watch import launched, watched_page

PICTURE = Path(__file__).with_name("toets.png")
SIZE = {"width": 1400, "height": 1000}
PROPOSAL = "Voorbeeld: voorstel met fouten"
# Below the bar with the names of the pages.
TO_MAP = """() => {
    const conclusion = document.querySelector('.oi-conclusion');
    conclusion.style.scrollMarginTop = '80px';
    conclusion.scrollIntoView({ block: 'start' });
}"""


def main() -> None:
    """Take the picture."""
    with (
        tempfile.TemporaryDirectory() as folder,
        sync_playwright() as playwright,
        launched(playwright) as browser,
        served(Path(folder)) as server,
        watched_page(browser) as page,
    ):
        page.set_viewport_size(SIZE)
        open_app(page, server.url)
        go_to(page, "Toets")
        choose(page, "voorstel", PROPOSAL)
        expect(page.locator(".oi-conclusion")).to_be_visible()
        chart_on(page, "toets")
        settled(page)
        page.evaluate(TO_MAP)
        page.screenshot(path=PICTURE)


if __name__ == "__main__":
    main()
