"""Beside other plans: compare, read, find a doubtful unit on the map, take along, take over."""

import csv
import io
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.chart import Chart, chart_on
from tests.e2e.pages import Grid, choose, go_to, open_app, settled, table_rows
from tests.e2e.server import Server
from tests.e2e.watch import opened_offline

pytestmark = pytest.mark.e2e

UNCLAIMED = "–"


def press(page: Page, key: str) -> None:
    """Press a button of the app."""
    page.locator(f".st-key-{key}").get_by_role("button").click()


def open_context(page: Page, server: Server, proposal: str, effort: str) -> None:
    """Come from Toets with one of the example's proposals."""
    open_app(page, server.url)
    go_to(page, "Toets")
    choose(page, "voorstel", proposal)
    go_to(page, "Context")
    expect(page.get_by_text("Fictief voorbeeldgebied").first).to_be_visible()
    choose(page, "c_stappen", effort)
    press(page, "vergelijk")


def wait_for_outcome(page: Page) -> None:
    """Wait until a run has ended and is shown."""
    expect(page.locator(".st-key-context_bezig")).to_have_count(0)
    expect(page.locator(".st-key-zinnen")).to_be_visible()
    settled(page)


def downloaded(page: Page, name: str, folder: Path) -> Path:
    """Press a button to download, and return the file."""
    with page.expect_download() as download:
        press(page, f"download_{name.replace('.', '_')}")
    file = folder / download.value.suggested_filename
    assert file.name.endswith(f"_{name}")
    download.value.save_as(file)
    return file


def drawn(page: Page) -> list[int]:
    """Return how wide each plot is as it was drawn; 0 for one that the browser cannot show."""
    plots = page.locator(".st-key-plaatjes img.oi-drawing")
    return plots.evaluate_all("images => images.map(i => i.complete ? i.naturalWidth : 0)")


def test_from_a_proposal_to_a_doubtful_unit(
    page: Page, server: Server, browser: Browser, tmp_path: Path
) -> None:
    open_context(page, server, "Voorbeeld: voorstel met fouten", "Snel (20.000 stappen)")
    wait_for_outcome(page)
    assert len(drawn(page)) == 6
    assert min(drawn(page)) > 0

    chart = chart_on(page, "samen")
    assert chart.theme() == "samen"
    assert len(chart.unit_codes()) == 93
    for colour in chart.legend().values():
        assert colour.startswith("#")
    chart.wait_until("map.getZoom() > 0", "the map does not stand still")
    before = chart.view()
    grid = Grid(page.locator(".st-key-twijfel"))
    grid.wait_for("binnen")
    doubt = grid.rows()[0]
    grid.click_row(0)
    told = page.locator(".st-key-twijfelgeval")
    expect(told).to_contain_text(doubt["Wijk"])
    expect(told).to_contain_text(doubt["Zit erbij"])
    chart.wait_until_moved(before)

    shares = downloaded(page, "samen.csv", tmp_path)
    rows = list(csv.DictReader(io.StringIO(shares.read_text(encoding="utf-8-sig"))))
    assert len(rows) == 93
    assert set(rows[0]) == {
        "eenheid",
        "Regio Boven-Merle",
        "Regio Merle-Zuid",
        "Regio Kraaienhorst",
    }
    document = downloaded(page, "samen.html", tmp_path)
    with opened_offline(browser, document) as alone:
        offline = Chart(alone.main_frame)
        offline.wait_until_ready()
        assert offline.legend() == chart.legend()
    assert downloaded(page, "context.md", tmp_path).read_text(encoding="utf-8").startswith("# ")


def test_a_run_goes_on_elsewhere_and_a_near_plan_is_taken_over(page: Page, server: Server) -> None:
    open_context(page, server, "Voorbeeld: voorstel dat klopt", "Grondig (2.000.000 stappen)")
    busy = page.locator(".st-key-context_bezig")
    expect(busy).to_contain_text("Plannen maken …")
    go_to(page, "Gegevens")
    go_to(page, "Context")
    expect(busy).to_be_visible()
    press(page, "context_stop")
    wait_for_outcome(page)
    expect(page.get_by_text("Het rekenen is ingekort")).to_be_visible()
    # A measure that is the same in all plans has no percentile either.
    claimed = {
        row["Maat"]: (row["Percentiel"] != UNCLAIMED, row["Zijn de ketens het eens?"] == "ja")
        for row in table_rows(page, "context_maten")
    }
    assert len(claimed) == 6
    assert all(place == agree for place, agree in claimed.values()), claimed

    press(page, "neem_plan_over_1")
    expect(page.get_by_text("Plan 1 is nu het voorstel op Toets en Kaart.")).to_be_visible()
    page.get_by_role("link", name="Bekijk op Toets").click()
    expect(page.get_by_role("heading", name="Toets", exact=True)).to_be_visible()
    settled(page)
    expect(page.get_by_text("In gebruik: plan_1.csv")).to_be_visible()
    go_to(page, "Context")
    expect(page.get_by_text("Deze uitkomst gaat over een ander voorstel")).to_be_visible()
