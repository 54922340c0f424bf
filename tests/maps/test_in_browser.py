"""The exported map in a real browser, without a network: it draws, listens and asks for nothing."""

import re
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
import shapely.affinity
from playwright.sync_api import Browser, Frame, Page, sync_playwright

from oi_geo.criteria.finding import Verdict
from oi_geo.maps.folium_map import toets_map_html
from oi_geo.maps.geometry import bounds_of, wgs84
from oi_geo.plan import Plan
from oi_geo.study_area import StudyArea, study_area
from oi_geo.whole_map import cut_area
from tests.conftest import practice_table
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


def wait_until(frame: Frame | Page, condition: str, before: object = None) -> None:
    """Wait until an expression of JavaScript is true; the policy of a map bars Playwright's own."""
    frame.evaluate(
        "(before) => new Promise((done) => { const look = () => "
        f"({condition}) ? done() : requestAnimationFrame(look); look(); }})",
        before,
    )


def at_rest(frame: Frame | Page) -> None:
    """Wait until a map stands still, and for what comes in the next two drawings of the screen."""
    for _ in range(2):
        wait_until(frame, "!oi_0._animatingZoom && !(oi_0._panAnim && oi_0._panAnim._inProgress)")
        frame.evaluate(
            "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame("
            "() => setTimeout(done, 0))))"
        )


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
        self.get("(window.heard = 0, addEventListener('message', () => { window.heard += 1; }), 0)")
        self.said = 0
        self.rest()

    def rest(self) -> None:
        """Wait until the map stands still and has drawn what there is to draw."""
        at_rest(self.frame)

    def say(self, message: object) -> None:
        self.page.evaluate("(m) => frames[0].postMessage(m, '*')", message)
        self.said += 1
        wait_until(self.frame, "window.heard >= before", self.said)
        self.rest()

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
        self.rest()


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
def test_the_legend_stands_clear_of_the_map_and_is_whole(browser, tmp_path, width, height):
    area = toy_area(is_example=True)
    found = [finding(Verdict.VOLDOET_NIET, ("WK0001AA",))]
    html = toets_map_html(made_toets(area, toy_plan(area), found), title="Twee regio's")
    opened = Opened(browser, html, tmp_path, width, height)
    chart, legend, entries = opened.get(BOXES)
    drawing = opened.get("[oi_0.getSize().x, oi_0.getSize().y]")
    high = opened.get("document.documentElement.scrollHeight")
    opened.page.close()
    assert legend[1] >= chart[3] or legend[0] >= chart[2]  # below or beside
    assert len(entries) >= 11
    assert all(e[0] >= legend[0] and e[2] <= legend[2] for e in entries)
    assert all(e[1] >= legend[1] and e[3] <= legend[3] for e in entries)
    assert drawing[1] >= height / 2 - 1
    assert high == height or width < 500  # a narrow screen scrolls
    assert opened.errors == []


def many(n: int, long: bool = True) -> tuple[StudyArea, Plan]:
    """A square of n units that are a group each, with a practice in the middle of every unit."""
    side = int(np.ceil(np.sqrt(n)))
    codes = [f"WK{i:04}{i % 90 + 10}" for i in range(n)]
    boxes = [
        shapely.box(x, y, x + 1000, y + 1000)
        for x, y in ((150_000 + 1000 * (i % side), 450_000 + 1000 * (i // side)) for i in range(n))
    ]
    units = gpd.GeoDataFrame(
        {"naam": codes, "gemeentecode": "GM0001", "gemeentenaam": "Bovendam", "inwoners": 1000.0,
         "inwoners_65plus": 100.0},
        index=pd.Index(codes, name="code"), geometry=boxes, crs=28992,
    )  # fmt: skip
    practices = practice_table(
        [{"naam": f"P{i}{k}", "x_rd": box.centroid.x + 90 * k, "y_rd": box.centroid.y + 40 * k,
          "ion": 500.0 * (k + 3), "eenheid": code}
         for i, (box, code) in enumerate(zip(boxes, codes, strict=True)) for k in (-2, 0, 2)]
    )  # fmt: skip
    area = study_area(units, practices=practices)
    end = " Bovendam-Noordoost en omstreken" if long else ""
    names = tuple(f"Wijkverband{end} {i + 1}" for i in range(n))
    return area, Plan("wijk", area.units.index, names, np.arange(n, dtype=np.int32))


REACHED = """(() => { const legend = document.getElementById("oi-legend");
    return [...legend.querySelectorAll("li")].filter((e) => e.offsetHeight).every((e) => {
        e.scrollIntoView({block: "nearest"});
        const b = e.getBoundingClientRect(), l = legend.getBoundingClientRect();
        return b.top >= Math.max(l.top, 0) - 1 && b.bottom <= Math.min(l.bottom, innerHeight) + 1 &&
            b.left >= l.left && b.right <= l.right && e.scrollWidth <= e.clientWidth;
    }); })()"""


@pytest.mark.parametrize("n", [1, 4, 12, 25, 60])
@pytest.mark.parametrize(("width", "height"), [(735, 720), (1280, 800), (1920, 1080), (400, 700)])
def test_every_entry_of_a_long_legend_is_reached(browser, tmp_path, n, width, height):
    html = toets_map_html(made_toets(*many(n), []), title="Veel")
    opened = Opened(browser, html, tmp_path, width, height)
    chart, legend, entries = opened.get(BOXES)
    reached = opened.get(REACHED)
    opened.page.close()
    assert len(entries) >= n
    assert legend[1] >= chart[3] or legend[0] >= chart[2]
    assert chart[3] - chart[1] >= height / 2 - 1
    assert reached
    assert opened.errors == []


MARKS = """(() => { const frame = oi_0.getContainer().getBoundingClientRect();
    const labels = [...document.querySelectorAll(".oi-label")].map((e) => {
        const b = e.getBoundingClientRect();
        return [e.innerText, b.left - frame.left, b.top - frame.top, b.right - frame.left,
            b.bottom - frame.top]; });
    const dots = [];
    oi_0.eachLayer((l) => { if (l instanceof L.CircleMarker && l.options.opacity > 0) {
        const p = oi_0.latLngToContainerPoint(l.getLatLng());
        const r = l.getRadius() + l.options.weight / 2;
        dots.push(["", p.x - r, p.y - r, p.x + r, p.y + r]); } });
    return [labels, dots]; })()"""


NAMES_OFF = """document.querySelectorAll(".leaflet-control-layers-overlays label").forEach(
    (e) => { if (e.textContent.includes("Namen")) { e.querySelector("input").click(); } })"""


def overlap(a, b) -> bool:
    return a[1] < b[3] and b[1] < a[3] and a[2] < b[4] and b[2] < a[4]


@pytest.mark.parametrize("n", [1, 4, 12, 25, 60])
@pytest.mark.parametrize("width", [600, 1280, 1920])
def test_no_label_covers_another_one_or_a_dot(browser, tmp_path, n, width):
    """At first, after zooming in, and after moving aside; a group has its name or its number."""
    html = toets_map_html(made_toets(*many(n), []), title="Veel")
    opened = Opened(browser, html, tmp_path, width, 800)
    for step in ("0", "oi_0.zoomIn(1, {animate: false})", "oi_0.panBy([90, 60], {animate: false})"):
        opened.get(f"{step}; 0")
        opened.rest()
        labels, dots = opened.get(MARKS)
        assert labels
        assert not [(a, b) for a, b in combinations(labels, 2) if overlap(a, b)]
        assert not [(a, b) for a in labels for b in dots if overlap(a, b)]
        if step == "0":
            assert len(labels) == n
            assert len(dots) <= 3 * n
    opened.get(NAMES_OFF)
    opened.rest()
    labels, dots = opened.get(MARKS)
    opened.page.close()
    assert labels == []
    assert len(dots) == 3 * n  # what a label hid is there again
    assert opened.errors == []


def test_a_number_without_room_stands_beside_its_group_with_a_line(browser, tmp_path):
    """Nine groups of a hundred metres beside sixteen of a kilometre."""
    area, plan = many(25)
    shapes = area.units.geometry.to_numpy().copy()
    corners = [(150_000 + 100 * (i % 3), 452_000 + 100 * (i // 3)) for i in range(9)]
    shapes[:9] = [shapely.box(x, y, x + 100, y + 100) for x, y in corners]
    shapes[9:] = [shapely.affinity.translate(shape, 1000) for shape in shapes[9:]]
    small = study_area(area.units.set_geometry(gpd.GeoSeries(shapes, area.units.index, crs=28992)))
    opened = Opened(
        browser, toets_map_html(made_toets(small, plan, []), title="x"), tmp_path, 1000, 700
    )
    opened.rest()
    labels, _ = opened.get(MARKS)
    assert len(labels) == 25
    assert not [(a, b) for a, b in combinations(labels, 2) if overlap(a, b)]
    assert opened.get("document.querySelectorAll('.oi-line').length") > 3
    opened.get(f"{NAMES_OFF}; 0")
    opened.rest()
    assert opened.get("document.querySelectorAll('.oi-line').length") == 0
    opened.page.close()
    assert opened.errors == []


def test_a_unit_tells_its_facts_also_under_a_dot_a_finding_and_a_label(browser, tmp_path):
    area, plan = many(4, long=False)
    code = str(area.units.index[0])
    found = [finding(Verdict.VOLDOET_NIET, (code,), group=plan.groups[0])]
    html = toets_map_html(made_toets(area, plan, found), title="x")
    opened = Opened(browser, html, tmp_path, 1000, 700)
    box = area.units.geometry.iloc[0]
    for x, y in ((500, 500), (300, 200), (994, 400), (680, 580), (500, 480)):
        point = wgs84(np.array([shapely.Point(box.bounds[0] + x, box.bounds[1] + y)]))[0]
        left, top = opened.get(
            f"(() => {{ const p = oi_0.latLngToContainerPoint([{point.y}, {point.x}]);"
            "const b = oi_0.getContainer().getBoundingClientRect();"
            "return [p.x + b.left, p.y + b.top]; })()"
        )
        frame = opened.page.query_selector("iframe").bounding_box()
        opened.page.mouse.move(frame["x"] + left + 1, frame["y"] + top)
        opened.page.mouse.move(frame["x"] + left, frame["y"] + top)
        opened.rest()
        text = opened.get("document.querySelector('.oi-tip').innerText")
        assert code in text, (x, y)
        assert plan.groups[0] in text
    opened.page.close()
    assert opened.errors == []


CARDS = """[...document.querySelectorAll(
    ".leaflet-tooltip, .leaflet-popup, .leaflet-control-layers")]
    .filter((e) => e.offsetHeight).map((e) => { const b = e.getBoundingClientRect();
    return [e.className, b.left, b.top, b.right, b.bottom]; })"""


@pytest.mark.parametrize(("width", "height"), [(500, 520), (1000, 700)])
def test_tooltip_popup_and_layer_panel_do_not_cover_each_other(browser, tmp_path, width, height):
    html = toets_map_html(made_toets(*many(9), []), title="x")
    opened = Opened(browser, html, tmp_path, width, height)
    frame = opened.page.query_selector("iframe").bounding_box()
    chart = opened.get(BOXES)[0]
    together = 0
    for spot in range(9):
        opened.get(f"oi_0.closePopup(); oi_0.eachLayer((l) => {{ if (l.oiCard && l._popup && "
                   f"l.feature.properties.naam === 'P{spot}0') l.openPopup(); }}); 0")  # fmt: skip
        opened.rest()
        for fx, fy in ((0.2, 0.2), (0.5, 0.5), (0.8, 0.3), (0.4, 0.8), (0.6, 0.6)):
            x = frame["x"] + chart[0] + fx * (chart[2] - chart[0])
            y = frame["y"] + chart[1] + fy * (chart[3] - chart[1])
            opened.page.mouse.move(x, y)
            opened.page.mouse.move(x + 1, y)
            cards = opened.get(CARDS)
            together += len(cards) > 2
            assert not [(a, b) for a, b in combinations(cards, 2) if overlap(a, b)]
        toggle = opened.frame.query_selector(".leaflet-control-layers").bounding_box()
        opened.page.mouse.move(toggle["x"] + 15, toggle["y"] + 15)
        opened.rest()
        cards = opened.get(CARDS)
        assert any("expanded" in name for name, *_ in cards)
        assert not [(a, b) for a, b in combinations(cards, 2) if overlap(a, b)]
        opened.page.mouse.move(frame["x"] + chart[0] + 60, frame["y"] + chart[3] - 20)
    opened.page.close()
    assert together or width < 900  # a small map has room for one card only
    assert opened.errors == []


def test_a_place_of_many_units_is_outlined_as_one(browser, tmp_path):
    area, plan = many(9)
    opened = Opened(browser, toets_map_html(made_toets(area, plan, []), title="x"), tmp_path)
    codes = [str(code) for code in area.units.index]
    opened.say({"type": "oi-geo-focus", "focus": {"id": "1", "bounds": bounds_of(area, codes),
                                                  "codes": codes}})  # fmt: skip
    lines = opened.get(
        "(() => { const found = []; oi_0.eachLayer((l) => { if (l.options.weight === 3.5) "
        "found.push(...l.getLatLngs().map((ends) => ends.map((e) => [e.lng, e.lat]))); });"
        "return found; })()"
    )
    opened.page.close()
    outer = shapely.union_all(wgs84(area.units.geometry.to_numpy())).boundary
    drawn = shapely.union_all(shapely.linestrings(np.array(lines)))
    assert drawn.length == pytest.approx(outer.length, rel=1e-3)
    assert drawn.hausdorff_distance(outer) < 2e-5


def test_a_frame_without_a_size_fits_the_map_once_it_has_one(browser, tmp_path):
    area = toy_area()
    html = toets_map_html(made_toets(area, toy_plan(area), []), title="x")
    opened = Opened(browser, html, tmp_path, 0, 0)
    size = "[oi_0.getSize().x, oi_0.getZoom()]"
    assert opened.get(size)[0] == 0
    opened.page.evaluate(
        "document.querySelector('iframe').style.cssText = 'width:735px;height:720px'"
    )
    wait_until(opened.frame, "oi_0.getSize().x > 500")
    opened.rest()
    width, zoom = opened.get(size)
    opened_width = opened.get("oi_0.getContainer().clientWidth")
    tight = opened.get(f"oi_0.getBoundsZoom({bounds_of(area, ())})")
    opened.page.close()
    assert 500 < width == opened_width
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
    wait_until(page, f"String({view}) !== String(before)", before)
    at_rest(page)
    zoom, width, height = page.evaluate(view)
    legend = page.evaluate("document.getElementById('oi-legend').getBoundingClientRect().width")
    whole = page.evaluate(f"oi_0.getBounds().contains({bounds_of(area, ())})")
    tight = page.evaluate(f"oi_0.getBoundsZoom({bounds_of(area, ())})")
    sheet = page.evaluate("document.body.getBoundingClientRect().height")
    page.emulate_media(media="screen")
    wait_until(page, f"String({view}) === String(before)", before)
    at_rest(page)
    assert page.evaluate(view) == before
    pdf = page.pdf(prefer_css_page_size=True)
    page.close()
    assert width + legend == pytest.approx(277 / 25.4 * 96, abs=1)  # A4 lying, 10 mm around it
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
    opened.rest()
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


# The frame stands 8 pixels from the edges of the page.
PLACE = """(() => { const b = oi_0.getContainer().getBoundingClientRect(); let at = null;
    oi_0.eachLayer((l) => { if (l instanceof L.CircleMarker) { at = l.getLatLng(); } });
    const p = oi_0.latLngToContainerPoint(at); return [p.x + b.left + 8, p.y + b.top + 8]; })()"""
SIDE = """(() => { let r = 0;
    oi_0.eachLayer((l) => { if (l.options.square) { r = l.getRadius(); } }); return r; })()"""
POPUP = "document.querySelector('.leaflet-popup-content').innerText"


def test_practices_at_one_point_are_all_told_and_the_seat_there_as_well(browser, tmp_path):
    here = {"x_rd": 150_500.0, "y_rd": 451_500.0, "eenheid": "WK0001AA"}
    rows = [{"naam": f"<i>Praktijk {i}</i>", "ion": 2000.0, **here} for i in range(3)]
    seat = {"naam": "<b>RO</b>", "discipline": "regio-organisatie", **here}
    area = toy_area().with_practices(practice_table([*rows, seat]))
    html = toets_map_html(made_toets(area, toy_plan(area), []), title="Stapel")
    opened = Opened(browser, html, tmp_path)
    x, y = opened.get(PLACE)
    opened.page.mouse.move(x + 1, y + 1)
    opened.rest()
    assert "3 praktijken" in str(opened.get(TEXTS))
    assert "Praktijk 1" not in str(opened.get(TEXTS))  # the list is for the popup
    opened.page.mouse.click(x + 1, y + 1)
    opened.rest()
    told = str(opened.get(POPUP))
    assert all(f"<i>Praktijk {i}</i>, ION 2.000" in told for i in range(3)), told
    opened.get("(oi_0.closePopup(), 0)")
    opened.rest()
    x, y = opened.get(PLACE)  # the popup may have moved the map
    side = opened.get(SIDE)
    opened.page.mouse.click(x + side, y + side)  # a corner of the square
    opened.rest()
    assert str(opened.get(POPUP)).startswith("<b>RO</b>")
    opened.page.close()
    assert opened.errors == []


def test_what_lies_around_a_work_area_tells_its_own_facts(browser, tmp_path):
    whole = toy_area()
    inside = whole.units["gemeentecode"].eq("GM0001").to_numpy()
    area = cut_area(whole, inside)
    html = toets_map_html(made_toets(area, toy_plan(area), []), title="Werkgebied")
    seen = Opened(browser, html, tmp_path)
    names = seen.frame.locator(".oi-label.oi-beside").all_text_contents()
    assert names == ["Onderdam"]
    shape = shapely.union_all(whole.units.geometry[~inside].to_numpy())
    beside = shape & shapely.union_all(area.units.geometry.to_numpy()).buffer(300)
    [middle] = wgs84(np.array([beside.representative_point()], dtype=object))
    seen.point_at(middle.y, middle.x)
    told = seen.get(TEXTS)
    assert "Onderdam" in told
    assert "buiten het werkgebied" in told
    assert "GM0002" in told
    assert "Wijk" not in told
    # Choosing units or a theme never reaches it.
    seen.say({"type": "oi-geo-theme", "theme": "inwoners"})
    seen.say({"type": "oi-geo-focus", "focus": {"id": "x", "codes": ["GM0002"],
              "bounds": bounds_of(whole, ["GM0002"])}})  # fmt: skip
    assert seen.errors == []
    seen.page.close()
