"""The main job: hand in a proposal, read the verdict, see where, take the map along."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from oi_geo.sources.example import ExampleFiles
from tests.e2e.chart import Chart, chart_on
from tests.e2e.inputs import LOOSE, NORTH, SOUTH, csv_bytes, table, two_groups, wijken
from tests.e2e.pages import (
    choose,
    choose_finding,
    choose_group,
    go_to,
    open_app,
    upload,
    verdicts,
)
from tests.e2e.server import Server
from tests.e2e.watch import opened_offline, watched_page

pytestmark = pytest.mark.e2e


def hand_in(page: Page, server: Server, example: ExampleFiles) -> None:
    """Open the app and upload the proposal of which one wijk lies loose."""
    open_app(page, server.url)
    expect(page.get_by_text("Fictief voorbeeldgebied")).to_be_visible()
    go_to(page, "Toets")
    choose(page, "voorstel", "Eigen voorstel")
    upload(page, "upload_voorstel", "twee_groepen.csv", two_groups(example))
    expect(page.get_by_text("In gebruik: twee_groepen.csv")).to_be_visible()


def test_from_proposal_to_the_place_on_the_map(
    page: Page, server: Server, example: ExampleFiles
) -> None:
    hand_in(page, server, example)
    expect(page.locator(".st-key-slotsom")).to_contain_text("Dit voorstel voldoet niet:")
    assert next(iter(verdicts(page).items())) == (SOUTH, "✗ voldoet niet")

    chart = chart_on(page, "toets")
    assert sorted(chart.unit_codes()) == sorted(wijken(example).index)
    overview = chart.view()
    found = choose_group(page, SOUTH)
    told = choose_finding(found, "Z2")
    expect(told).to_contain_text("✗ voldoet niet · Z2 ")
    expect(told).to_contain_text("Hogermeer")
    expect(told).to_contain_text(re.compile("Bron: .*Bijlage 1"))
    # The map moves to the group first, and then to the place of the finding.
    expect(chart.frame.locator("html")).to_have_attribute("data-focus", re.compile(r"-0\.[0-9]+$"))
    west, south, east, north = wijken(example).geometry[LOOSE].bounds
    lat, lon, zoom = chart.view()
    assert south < lat < north
    assert west < lon < east
    assert zoom > overview[2] + 1

    place = chart.view()
    found = choose_group(page, NORTH)
    told = choose_finding(found, "Z2")
    expect(told).to_contain_text("! signaal · Z2 ")
    chart.wait_until_moved(place)


def test_the_keys_do_what_the_mouse_does(page: Page, server: Server, example: ExampleFiles) -> None:
    hand_in(page, server, example)
    button = page.locator(".st-key-oordelen").get_by_role("button", name=NORTH, exact=True)
    button.focus()
    page.keyboard.press("Enter")
    expect(button).to_have_attribute("aria-expanded", "true")
    expect(button).to_be_focused()
    page.keyboard.press("Enter")
    expect(button).to_have_attribute("aria-expanded", "false")


def test_the_finding_is_outlined_where_it_is(
    page: Page, server: Server, example: ExampleFiles
) -> None:
    hand_in(page, server, example)
    chart = chart_on(page, "toets")
    choose_finding(choose_group(page, SOUTH), "Z2")
    expect(chart.frame.locator("html")).to_have_attribute("data-focus", re.compile(r"-0\.[0-9]+$"))
    # The outline lies on the unit and nowhere else.
    boxes = chart.ask(
        """(code => {
            const box = layer => layer.getBounds().toBBoxString();
            const layers = Object.values(map._layers);
            return [
                layers.filter(one => one.feature?.properties.code === code).map(box)[0],
                ...new Set(layers.filter(one => one instanceof L.Polyline && !one.feature
                    && one.options.interactive === false && one.options.weight === 7).map(box)),
            ];
        })(argument)""",
        LOOSE,
    )
    assert len(boxes) == 2
    assert boxes[0] == boxes[1]


def test_the_map_is_a_file_that_opens_without_internet(
    page: Page, server: Server, example: ExampleFiles, browser: Browser, tmp_path: Path
) -> None:
    hand_in(page, server, example)
    button: Locator = page.locator(".st-key-download_kaart_html").get_by_role("button")
    with page.expect_download() as download:
        button.click()
    assert download.value.suggested_filename == "twee_groepen_kaart.html"
    file = tmp_path / "kaart.html"
    download.value.save_as(file)
    assert file.stat().st_size < 8_000_000

    with opened_offline(browser, file) as document:
        chart = Chart(document.main_frame)
        chart.wait_until_ready()
        assert sorted(chart.unit_codes()) == sorted(wijken(example).index)
        legend = chart.legend()
        assert set(legend) == {NORTH, SOUTH}
        painted = {group: chart.painted(colour) for group, colour in legend.items()}
        assert min(painted.values()) > 2_000, painted
        expect(chart.frame.locator("#oi-legend")).to_be_visible()
        expect(chart.frame.get_by_text("Fictief voorbeeldgebied", exact=True)).to_be_visible()
        expect(chart.frame.locator(".leaflet-control-layers")).to_be_visible()


@pytest.mark.parametrize("groups", [4, 12, 25])
def test_nothing_lies_beyond_the_edge_of_a_table(
    browser: Browser, server: Server, example: ExampleFiles, groups: int
) -> None:
    """At 1.280 pixels: every group and every cell is in view without scrolling a table."""
    codes = list(wijken(example).index)
    lines = [f"{code};Regio met een lange naam {i % groups + 1}" for i, code in enumerate(codes)]
    with watched_page(browser) as page:
        page.set_viewport_size({"width": 1280, "height": 900})
        open_app(page, server.url)
        go_to(page, "Toets")
        choose(page, "voorstel", "Eigen voorstel")
        upload(page, "upload_voorstel", "lang.csv", "\n".join(["wijk;groep", *lines]).encode())
        rows = page.locator(".st-key-oordelen tbody tr")
        expect(rows).to_have_count(groups + 1)
        beyond = page.evaluate(
            """() => [...document.querySelectorAll(".oi-frame")]
                .filter(frame => frame.offsetParent && frame.scrollWidth > frame.clientWidth + 1)
                .map(frame => frame.getAttribute("aria-label"))"""
        )
        assert beyond == []
        frame = page.locator(".st-key-oordelen .oi-frame")
        assert frame.evaluate("e => e.scrollHeight <= e.clientHeight + 1")
        widths = page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
        assert widths[0] <= widths[1]


WHOLE = """(() => {
    const legend = document.querySelector('.oi-legend'), page = document.documentElement;
    return legend.scrollHeight <= legend.clientHeight + 1
        && page.scrollHeight <= window.innerHeight + 2 && map.getSize().y > 300;
})()"""


@pytest.mark.parametrize("width", [1280, 1400, 1920])
def test_the_legend_stands_there_whole(
    page: Page, server: Server, example: ExampleFiles, width: int
) -> None:
    """With 25 groups: nothing of legend or source line has to be scrolled to."""
    plan = table(example.voorstel_goed)
    plan["groep"] = [f"Samenwerking van wijken {i % 25}" for i in range(len(plan))]
    page.set_viewport_size({"width": width, "height": 1000})
    open_app(page, server.url)
    go_to(page, "Toets")
    choose(page, "voorstel", "Eigen voorstel")
    upload(page, "upload_voorstel", "veel.csv", csv_bytes(plan))
    expect(page.get_by_text("In gebruik: veel.csv")).to_be_visible()
    chart_on(page, "toets").wait_until(WHOLE, "the legend is cut")
