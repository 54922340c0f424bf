"""The exported map in a real browser, without a network: it draws, listens and asks for nothing."""

import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from oi_geo.criteria.finding import Verdict
from oi_geo.maps.folium_map import toets_map_html
from oi_geo.maps.geometry import bounds_of
from oi_geo.plan import Plan
from oi_geo.study_area import study_area
from tests.conftest import draw
from tests.maps.conftest import NASTY, finding, made_toets, toy_area, toy_plan

pytestmark = pytest.mark.e2e

ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
TEXTS = """[...document.querySelectorAll(".leaflet-tooltip, .leaflet-popup-content")]
    .map((card) => card.innerText).join("\\n")"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=ARGUMENTS)
        yield browser
        browser.close()


class Opened:
    """A page with the map in the frame that the app uses, and what went wrong in it."""

    def __init__(
        self, browser: Browser, html: str, folder: Path, width: int = 900, height: int = 650
    ) -> None:
        (folder / "kaart.html").write_text(html, encoding="utf-8")
        (folder / "buiten.html").write_text(
            '<!doctype html><iframe sandbox="allow-scripts" src="kaart.html" '
            f'style="width:{width}px;height:{height}px;border:0"></iframe>',
            encoding="utf-8",
        )
        self.page: Page = browser.new_page(viewport={"width": width + 40, "height": height + 50})
        self.errors: list[str] = []
        self.requests: list[str] = []
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("console", lambda m: self.errors.append(m.text) if m.type == "error" else None)
        self.page.on("dialog", lambda dialog: self.errors.append(dialog.message))
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.goto((folder / "buiten.html").as_uri())
        self.frame = self.page.frames[1]
        self.frame.wait_for_selector("html[data-ready=ja]", state="attached")
        self.page.wait_for_timeout(150)

    def say(self, message: object) -> None:
        self.page.evaluate("(m) => frames[0].postMessage(m, '*')", message)
        self.page.wait_for_timeout(120)

    def get(self, expression: str) -> object:
        return self.frame.evaluate(expression)

    def point_at(self, lat: float, lon: float) -> None:
        x, y = self.get(
            f"(() => {{ const p = oi_0.latLngToContainerPoint([{lat}, {lon}]);"
            "const b = oi_0.getContainer().getBoundingClientRect();"
            "return [p.x + b.left, p.y + b.top]; })()"
        )
        self.page.mouse.move(x + 6, y + 6)
        self.page.mouse.move(x + 8, y + 8)
        self.page.wait_for_timeout(150)


@pytest.fixture
def opened(browser, tmp_path) -> Iterator[Opened]:
    area = toy_area(is_example=True)
    found = [finding(Verdict.VOLDOET_NIET, ("WK0001AA",), explanation="<i>Te klein</i>")]
    html = toets_map_html(made_toets(area, toy_plan(area), found), title="Twee regio's")
    map_page = Opened(browser, html, tmp_path)
    yield map_page
    map_page.page.close()
    assert map_page.errors == []
    assert all(url.startswith("file://") for url in map_page.requests)
    assert len(map_page.requests) == 2


def test_polygons_are_drawn(opened):
    assert opened.get("document.querySelector('.oi-head').offsetHeight > 0")
    colours = opened.get(
        """(() => { const c = document.querySelector("canvas");
        const d = c.getContext("2d").getImageData(0, 0, c.width, c.height).data;
        const found = new Set();
        for (let i = 0; i < d.length; i += 4) {
            if (d[i + 3] > 180) { found.add([d[i] >> 4, d[i + 1] >> 4, d[i + 2] >> 4].join()); }
        }
        return found.size; })()"""
    )
    assert colours > 8
    assert opened.get("[...document.querySelectorAll('.oi-label')].map((e) => e.textContent)") == [
        "Regio West", "Regio Oost",
    ]  # fmt: skip


def test_labels_do_not_cover_each_other(opened):
    boxes = opened.get(
        """[...document.querySelectorAll(".oi-label")]
        .filter((e) => e.style.visibility !== "hidden")
        .map((e) => e.getBoundingClientRect()).map((b) => [b.left, b.top, b.right, b.bottom])"""
    )
    assert boxes
    for i, a in enumerate(boxes):
        for b in boxes[i + 1 :]:
            assert a[2] <= b[0] or b[2] <= a[0] or a[3] <= b[1] or b[3] <= a[1]


BOXES = """(() => { const box = (e) => { const b = e.getBoundingClientRect();
    return [b.left, b.top, b.right, b.bottom]; };
    const entries = [...document.querySelectorAll("#oi-legend li")].filter((e) => e.offsetHeight);
    return [box(document.querySelector(".folium-map")), box(document.getElementById("oi-legend")),
        entries.map(box)]; })()"""


@pytest.mark.parametrize(("width", "height"), [(735, 720), (1400, 900), (400, 700)])
def test_the_legend_stands_below_the_map_and_is_whole(browser, tmp_path, width, height):
    area = toy_area(is_example=True)
    found = [finding(Verdict.VOLDOET_NIET, ("WK0001AA",))]
    html = toets_map_html(made_toets(area, toy_plan(area), found), title="Twee regio's")
    opened = Opened(browser, html, tmp_path, width, height)
    chart, legend, entries = opened.get(BOXES)
    drawing = opened.get("[oi_0.getSize().x, oi_0.getSize().y]")
    high = opened.get("document.documentElement.scrollHeight")
    opened.page.close()
    assert legend[1] >= chart[3]
    assert len(entries) >= 11
    assert all(e[0] >= legend[0] and e[2] <= legend[2] for e in entries)
    assert all(e[1] >= legend[1] and e[3] <= legend[3] for e in entries)
    assert drawing[1] >= height / 2 - 1
    assert high == height or width < 500  # a narrow screen scrolls
    assert opened.errors == []


def test_25_groups_scroll_and_leave_the_map_its_room(browser, tmp_path):
    names = tuple(f"Wijkverband Bovendam-Noordoost en omstreken {i + 1}" for i in range(25))
    area = study_area(draw("".join(chr(65 + i) for i in range(25))))
    plan = Plan("wijk", area.units.index, names, np.arange(25, dtype=np.int32))
    html = toets_map_html(made_toets(area, plan, []), title="Veel")
    opened = Opened(browser, html, tmp_path, 735, 720)
    chart, legend, entries = opened.get(BOXES)
    opened.page.close()
    assert len(entries) >= 25
    assert legend[3] - legend[1] < 720 / 3
    assert chart[3] - chart[1] >= 360


def test_a_frame_without_a_size_fits_the_map_once_it_has_one(browser, tmp_path):
    area = toy_area()
    html = toets_map_html(made_toets(area, toy_plan(area), []), title="x")
    opened = Opened(browser, html, tmp_path, 0, 0)
    size = "[oi_0.getSize().x, oi_0.getZoom()]"
    assert opened.get(size)[0] == 0
    opened.page.evaluate(
        "document.querySelector('iframe').style.cssText = 'width:735px;height:720px'"
    )
    opened.page.wait_for_timeout(500)
    width, zoom = opened.get(size)
    tight = opened.get(f"oi_0.getBoundsZoom({bounds_of(area, ())})")
    opened.page.close()
    assert width == 735
    assert zoom == pytest.approx(tight, abs=0.3)
    assert opened.errors == []


def test_on_paper_it_is_one_sheet_with_everything(browser, tmp_path):
    """The map is drawn anew for the sheet, and as it was when the printer is done."""
    area = toy_area(is_example=True)
    html = toets_map_html(made_toets(area, toy_plan(area), []), title="Twee regio's")
    (tmp_path / "kaart.html").write_text(html, encoding="utf-8")
    page = browser.new_page(viewport={"width": 735, "height": 1200})
    page.goto((tmp_path / "kaart.html").as_uri())
    page.wait_for_selector("html[data-ready=ja]", state="attached")
    view = "[oi_0.getZoom(), oi_0.getSize().x, oi_0.getSize().y]"
    before = page.evaluate(view)
    page.emulate_media(media="print")
    page.wait_for_timeout(400)
    zoom, width, height = page.evaluate(view)
    whole = page.evaluate(f"oi_0.getBounds().contains({bounds_of(area, ())})")
    tight = page.evaluate(f"oi_0.getBoundsZoom({bounds_of(area, ())})")
    sheet = page.evaluate("document.body.getBoundingClientRect().height")
    page.emulate_media(media="screen")
    page.wait_for_timeout(400)
    assert page.evaluate(view) == before
    pdf = page.pdf(prefer_css_page_size=True)
    page.close()
    assert width == pytest.approx(277 / 25.4 * 96, abs=1)  # A4 lying, 10 mm around it
    assert whole
    assert zoom == pytest.approx(tight, abs=0.3)  # the area fills the sheet
    assert height < sheet <= 190 / 25.4 * 96
    assert len(re.findall(rb"/Type\s*/Page\b", pdf)) == 1


def test_the_theme_changes_map_and_legend_and_can_change_back(opened):
    for theme in ("ion", "groepen", "65plus", "inwoners"):
        opened.say({"type": "oi-geo-theme", "theme": theme})
        shown = opened.get(
            """[...document.querySelectorAll("section[data-theme]")]
            .filter((s) => s.offsetHeight > 0).map((s) => s.dataset.theme)"""
        )
        assert shown == [theme]
        assert opened.get("document.body.offsetHeight") > 100
    opened.say({"type": "oi-geo-theme", "theme": "bestaat niet"})
    assert opened.get("document.documentElement.dataset.theme") == "inwoners"


def test_a_focus_moves_the_map_and_nothing_else_does(opened):
    area = toy_area()
    bounds = bounds_of(area, ["WK0001BB"])
    before = opened.get("[oi_0.getZoom(), oi_0.getCenter().lat]")
    good = {"id": "1", "bounds": bounds, "codes": ["WK0001BB"]}
    for bad in (
        None, 5, "x", [], {}, {"type": "oi-geo-focus"}, {"type": "oi-geo-focus", "focus": "x"},
        {"type": "oi-geo-focus", "focus": {**good, "bounds": [[1, 2], [3, "4"]]}},
        {"type": "oi-geo-focus", "focus": {**good, "bounds": [[1, 2], [999, 4]]}},
        {"type": "oi-geo-focus", "focus": {**good, "codes": ["<img>"]}},
        {"type": "oi-geo-focus", "focus": {**good, "codes": "WK0001BB"}},
        {"type": "oi-geo-focus", "focus": {**good, "id": 7}},
    ):  # fmt: skip
        opened.say(bad)
    assert opened.get("[oi_0.getZoom(), oi_0.getCenter().lat]") == before
    opened.say({"type": "oi-geo-focus", "focus": good})
    opened.page.wait_for_timeout(400)
    assert opened.get("document.documentElement.dataset.focus") == "1"
    assert opened.get("oi_0.getZoom()") > before[0]
    middle = [(bounds[0][i] + bounds[1][i]) / 2 for i in (0, 1)]
    assert opened.get("[oi_0.getCenter().lat, oi_0.getCenter().lng]") == pytest.approx(
        middle, abs=1e-3
    )
    opened.say({"type": "oi-geo-focus", "focus": None})
    assert opened.get("document.documentElement.dataset.focus") == ""


def test_tooltips_tell_unit_and_practice_and_links_their_reason(opened):
    opened.point_at(52.0581, 5.3243)  # wijk A, west of its practice
    text = str(opened.get(TEXTS))
    for part in ("Wijk A", "WK0001AA", "Bovendam", "Regio West", "1.000", "20,0 %", "2.000"):
        assert part in text


@pytest.mark.parametrize("text", NASTY)
def test_a_nasty_name_is_read_on_the_card(browser, tmp_path, text):
    area = toy_area()
    area.units["naam"] = text
    html = toets_map_html(made_toets(area, toy_plan(area), []), title=text)
    opened = Opened(browser, html, tmp_path)
    opened.point_at(52.0581, 5.3243)
    name = opened.get("document.querySelector('.leaflet-tooltip .oi-name').textContent")
    heading = opened.get("document.querySelector('h1').textContent")
    opened.page.close()
    assert name == text
    assert heading == text
    assert opened.errors == []
