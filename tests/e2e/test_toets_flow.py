"""The main job: hand in a proposal, read the verdict, see where, take the map along."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from oi_geo.sources.example import ExampleFiles
from tests.e2e.chart import Chart, chart_on
from tests.e2e.inputs import LOOSE, NORTH, SOUTH, two_groups, wijken
from tests.e2e.pages import Grid, choose, go_to, open_app, table_rows, upload
from tests.e2e.server import Server
from tests.e2e.watch import opened_offline

pytestmark = pytest.mark.e2e


def hand_in(page: Page, server: Server, example: ExampleFiles) -> None:
    """Open the app and upload the proposal of which one wijk lies loose."""
    open_app(page, server.url)
    expect(page.get_by_text("Fictief voorbeeldgebied")).to_be_visible()
    go_to(page, "Toets")
    choose(page, "voorstel", "Eigen voorstel")
    upload(page, "upload_voorstel", "twee_groepen.csv", two_groups(example))
    expect(page.get_by_text("In gebruik: twee_groepen.csv")).to_be_visible()


def findings(page: Page) -> tuple[Grid, dict[tuple[str, str], int]]:
    """Return the table of findings, and the position of each by rule and group."""
    grid = Grid(page.locator(".st-key-bevindingen"))
    grid.wait_for("Hogermeer")
    rows = grid.rows()
    return grid, {(row["Regel"], row["Groep"]): i for i, row in enumerate(rows)}


def test_from_proposal_to_the_place_on_the_map(
    page: Page, server: Server, example: ExampleFiles
) -> None:
    hand_in(page, server, example)

    said = {row["Regel"].split()[0]: row for row in table_rows(page, "oordelen")}
    assert (said["Z2"][NORTH], said["Z2"][SOUTH]) == ("! signaal", "✗ voldoet niet")
    assert said["U2"][NORTH] == "✓ voldoet"

    chart = chart_on(page, "toets")
    assert sorted(chart.unit_codes()) == sorted(wijken(example).index)
    overview = chart.view()
    grid, position = findings(page)
    assert [row["Oordeel"] for row in grid.rows()][:3] == ["✗ voldoet niet"] * 3

    grid.click_row(position["Z2", SOUTH])
    told = page.locator(".st-key-bevinding")
    expect(told).to_contain_text("Z2 · Zuid: ✗ voldoet niet")
    expect(told).to_contain_text("Hogermeer")
    expect(told).to_contain_text(re.compile("Bron: .*Bijlage 1"))
    chart.wait_until_moved(overview)
    west, south, east, north = wijken(example).geometry[LOOSE].bounds
    lat, lon, zoom = chart.view()
    assert south < lat < north
    assert west < lon < east
    assert zoom > overview[2] + 1

    place = chart.view()
    grid.click_row(position["Z2", NORTH])
    expect(told).to_contain_text("Z2 · Noord: ! signaal")
    chart.wait_until_moved(place)


def test_the_finding_is_outlined_where_it_is(
    page: Page, server: Server, example: ExampleFiles
) -> None:
    hand_in(page, server, example)
    chart = chart_on(page, "toets")
    grid, position = findings(page)
    grid.click_row(position["Z2", SOUTH])
    expect(chart.frame.locator("html")).to_have_attribute("data-focus", re.compile("."))
    codes = chart.ask(
        """[...new Set(Object.values(map._layers)
            .filter(layer => layer.feature && layer.options.fill === false
                    && layer.feature.properties.code)
            .map(layer => layer.feature.properties.code))]"""
    )
    assert codes == [LOOSE]


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
