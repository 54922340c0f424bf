"""Every page without internet; files that are good, bad and unusable; and the watch itself."""

import json
import re

import pytest
from playwright.sync_api import Browser, Page, expect

from oi_geo.sources.example import ExampleFiles
from tests.e2e.chart import Chart, chart_on
from tests.e2e.inputs import csv_bytes, table, two_groups, wijken
from tests.e2e.pages import choose, go_to, message_with, open_app, settled, upload
from tests.e2e.server import Server
from tests.e2e.watch import WAIT_MS, Watch, nothing_went_wrong, watched_page

pytestmark = pytest.mark.e2e

THEMES = {
    "Groepen van het voorstel": "groepen",
    "Inwoners": "inwoners",
    "ION (op naam ingeschreven patiënten)": "ion",
    "Aandeel 65 jaar en ouder": "65plus",
}
# Words of Streamlit that a user of this app must not meet.
ENGLISH = re.compile(
    r"\b(Deploy|Rerun|Settings|Browse files|Upload|Drag and drop|Limit|Download as|Search"
    r"|Fullscreen|Choose an option|Select all|No results|empty|Stop|Running|None|nan|NaN)\b"
)


IN_A_FRAME = """
    const frame = document.createElement('iframe');
    frame.setAttribute('sandbox', 'allow-scripts');
    frame.srcdoc = {document};
    document.body.append(frame);
"""
FAULTS = [
    "new Image().src = 'http://example.org/'",
    "fetch('https://example.org/').catch(() => 0)",
    "new WebSocket('ws://example.org/')",
    "setTimeout(() => { throw new Error('example.org') })",
]


@pytest.mark.parametrize("sandboxed", [False, True])
@pytest.mark.parametrize("fault", FAULTS)
def test_the_watch_sees_what_goes_wrong(
    browser: Browser, server: Server, fault: str, sandboxed: bool
) -> None:
    """Without this, a test that finds nothing outside would prove nothing."""
    document = json.dumps(f"<script>{fault}</script>")
    watch, context = Watch(), browser.new_context()
    watch.over(context)
    page = context.new_page()
    page.goto(f"{server.url}/_stcore/health")  # any page: it is the watch that is tested
    page.evaluate(f"() => {{ {IN_A_FRAME.format(document=document) if sandboxed else fault} }}")
    for _ in range(WAIT_MS // 50):
        if watch.outside() or watch.script_errors:
            break
        page.wait_for_timeout(50)
    context.close()
    with pytest.raises(AssertionError, match=r"example\.org"):
        nothing_went_wrong(watch)


def test_bad_rows_are_told_by_row(page: Page, server: Server, example: ExampleFiles) -> None:
    practices = table(example.praktijken)
    practices.loc[3, "ion"] = "-12"  # row 5 of the file: the heads are row 1
    practices.loc[5, "agb"] = practices.loc[4, "agb"]
    open_app(page, server.url)
    upload(page, "upload_praktijken", "met fouten.csv", csv_bytes(practices))
    expect(page.get_by_text("In gebruik: met fouten.csv")).to_be_visible()

    def switch(severity: str) -> None:
        page.locator(".st-key-ernst").get_by_role("button", name=re.compile(severity)).click()
        settled(page)

    # One severity at a time, so that its rows are in view.
    switch("info")
    switch("waarschuwing")
    row = message_with(page, "-12 is negatief")
    assert (row["Bestand"], row["Rij"], row["Ernst"]) == ("met fouten.csv", "5", "fout")
    switch("waarschuwing")
    switch("fout")
    row = message_with(page, f"{practices.loc[4, 'agb']} staat in rijen 6 t/m 7")
    assert (row["Bestand"], row["Rij"], row["Ernst"]) == ("met fouten.csv", "6", "waarschuwing")


def test_an_unusable_file_is_one_sentence_and_changes_nothing(
    page: Page, server: Server, example: ExampleFiles
) -> None:
    open_app(page, server.url)
    inhabitants = page.get_by_test_id("stMetric").filter(has_text="Inwoners")
    expect(inhabitants).to_contain_text("361.370")
    upload(page, "upload_grenzen", "kaart.gpkg", b"Dit is geen kaart maar een zin.\n" * 20)
    alert = page.get_by_test_id("stAlert").filter(has_text="kaart.gpkg")
    expect(alert).to_have_count(1)
    sentence = alert.inner_text()
    assert sentence.rstrip().endswith(".")
    assert not re.search(r"Traceback|Error|Exception|sqlite|GDAL|/tmp", sentence)
    expect(inhabitants).to_contain_text("361.370")
    expect(page.get_by_text("Fictief voorbeeldgebied")).to_be_visible()

    own = table(example.praktijken).iloc[:2]
    upload(page, "upload_praktijken", "twee.csv", csv_bytes(own))
    total = page.get_by_test_id("stMetric").filter(has_text="ION totaal")
    expect(total).to_contain_text("7.295")  # 2582 + 4713
    page.locator(".st-key-naar_voorbeeld").get_by_role("button").click()
    expect(total).to_contain_text("353.804")
    expect(page.get_by_text("In gebruik")).to_have_count(0)


def test_an_unusable_proposal_is_one_sentence(page: Page, server: Server) -> None:
    open_app(page, server.url)
    go_to(page, "Toets")
    choose(page, "voorstel", "Eigen voorstel")
    upload(page, "upload_voorstel", "plaatje.csv", b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 8)
    alert = page.get_by_test_id("stAlert").filter(has_text="plaatje.csv")
    expect(alert).to_have_count(1)
    assert not re.search(r"Traceback|Error|Exception|/tmp", alert.inner_text())


def test_every_theme_colours_the_map(page: Page, server: Server, example: ExampleFiles) -> None:
    open_app(page, server.url)
    go_to(page, "Toets")
    choose(page, "voorstel", "Eigen voorstel")
    upload(page, "upload_voorstel", "twee_groepen.csv", two_groups(example))
    chart_on(page, "toets")
    go_to(page, "Kaart")
    chart = chart_on(page, "kaart")
    expect(page.locator(".st-key-achtergrond").get_by_role("switch")).not_to_be_checked()
    chart.zoom_in()
    view, codes = chart.view(), chart.unit_codes()
    assert sorted(codes) == sorted(wijken(example).index)
    for title, theme in THEMES.items():
        choose(page, "thema", title)
        expect(chart.frame.locator("html")).to_have_attribute("data-theme", theme)
        assert painted_in_full(chart)
        # Half a pixel or so is the legend, which is not equally high in every theme.
        assert chart.view() == pytest.approx(view, abs=0.002), "the map moved"
    assert chart.unit_codes() == codes


def painted_in_full(chart: Chart) -> bool:
    """Tell whether every colour on the map stands in the legend, and is really painted."""
    used: list[str] = chart.ask(
        """[...new Set(Object.values(map._layers)
            .filter(layer => layer instanceof L.Polygon && layer.feature?.properties.code)
            .filter(layer => map.getBounds().contains(layer.getBounds()))
            .map(layer => layer.options.fillColor))]"""
    )
    assert used
    assert set(used) <= set(chart.legend().values())
    return all(chart.painted(colour) > 100 for colour in used)


def test_the_background_is_asked_for_only_when_switched_on(
    browser: Browser, server: Server
) -> None:
    """The one request that leaves this machine, and only because somebody wanted it."""

    def switch_on() -> None:
        with watched_page(browser) as page:
            open_app(page, server.url)
            go_to(page, "Kaart")
            chart_on(page, "kaart")
            with page.expect_request(re.compile(r"^https://service\.pdok\.nl/")):
                page.locator(".st-key-achtergrond").get_by_role("paragraph").first.click()

    with pytest.raises(AssertionError, match=r"service\.pdok\.nl"):
        switch_on()


@pytest.mark.parametrize("title", ["Gegevens", "Toets", "Kaart"])
def test_a_page_speaks_dutch(page: Page, server: Server, title: str) -> None:
    open_app(page, server.url)
    if title != "Gegevens":
        go_to(page, title)
    words = page.locator("[data-testid=stApp]").inner_text()
    assert len(words) > 100
    assert ENGLISH.findall(words) == []
    # A box shows Streamlit's own hint for the moment until its choice is drawn.
    expect(page.locator("[placeholder='Choose an option']")).to_have_count(0)
    hints = page.locator("[placeholder]").evaluate_all("all => all.map(e => e.placeholder)")
    assert ENGLISH.findall("\n".join(hints)) == []
    for grid in page.get_by_test_id("stDataFrame").locator("visible=true").all():
        cells = grid.locator("[role=gridcell], [role=columnheader]").all_text_contents()
        assert ENGLISH.findall("\n".join(cells)) == []
        # Its buttons are English, and its download would skip the neutralising of formulas.
        grid.hover()
        expect(grid.get_by_test_id("stElementToolbar")).to_be_hidden()
