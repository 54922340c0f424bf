"""Names and texts from files are data: they are shown, and never do anything."""

import re
import subprocess
import sys
from collections.abc import Sequence
from itertools import cycle, islice
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
from playwright.sync_api import Browser, Page, expect

from oi_geo.sources.example import ExampleFiles, example_files_in
from tests.e2e.chart import Chart, chart_on
from tests.e2e.inputs import csv_bytes, table, two_groups
from tests.e2e.pages import choose_group, go_to, open_app, upload, verdicts
from tests.e2e.server import REPO, Server
from tests.e2e.watch import opened_offline

pytestmark = pytest.mark.e2e

NAMES = [
    "<script>window.__pwned=1</script>",
    '<img src=x onerror="window.__pwned=1">',
    "</script><script>window.__pwned=1</script>",
    "`${window.__pwned=1}`",
    "'\"><svg onload=window.__pwned=1>",
    "[klik](javascript:window.__pwned=1)",
    "<b>vet</b> {{ 7 * 191 }} {% raw %}",
    "*nadruk* $x$ :smile: &lt;i&gt; \\u003cb",
]
GROUPS = (
    "</script><script>window.__pwned=1</script> Noord",
    '<img src=x onerror="window.__pwned=1">{{ 7 * 191 }} Zuid',
)
PROPOSAL = '<img src=x onerror="window.__pwned=1">.csv'
DONE = "[onerror], [onload], img[src='x'], a[href^='javascript'], svg svg"


def named(frame: pd.DataFrame, *columns: str) -> pd.DataFrame:
    """Give these columns a name that would like to be more than a name."""
    names = list(islice(cycle(NAMES), len(frame)))
    return frame.assign(**{column: names for column in columns if column in frame})


@pytest.fixture(scope="module")
def hostile(example: ExampleFiles, tmp_path_factory: pytest.TempPathFactory) -> ExampleFiles:
    """Write the example region with such names everywhere."""
    files = example_files_in(tmp_path_factory.mktemp("namen"))
    for layer in ("gemeenten", "wijken", "buurten"):
        frame = gpd.read_file(example.grenzen, layer=layer)
        named(frame, "gemeentenaam", "wijknaam", "buurtnaam").to_file(files.grenzen, layer=layer)
    practices = named(table(example.praktijken), "naam", "regio_organisatie", "wsv", "verzekeraar")
    files.praktijken.write_bytes(csv_bytes(practices))
    links = named(table(example.verbindingen), "reden")
    files.verbindingen.write_bytes(csv_bytes(links))
    files.zorgkantoren.write_bytes(
        csv_bytes(named(table(example.zorgkantoren), "zorgkantoor", "verzekeraar"))
    )
    (files.grenzen.parent / PROPOSAL).write_bytes(two_groups(example, *GROUPS))
    return files


def nothing_ran(page: Page) -> None:
    """Check that in no frame a name became a script, or anything else than text."""
    for frame in page.frames:
        assert frame.evaluate("typeof window.__pwned") == "undefined", frame.url
        assert frame.locator(DONE).count() == 0, frame.url
        assert "1337" not in frame.locator("body").inner_text(), "a template was executed"


def cards(chart: Chart, kind: str) -> tuple[set[str], str]:
    """Open the card of every layer of a kind; return the names on them, and all their words."""
    opened = chart.ask(
        """Object.values(map._layers)
            .filter(layer => layer instanceof L[argument] && layer.oiCard)
            .map(layer => {
                // In the page, where a name that is more than text would run.
                const card = document.body.appendChild(layer.oiCard(layer));
                const texts = [card.querySelector('.oi-name').textContent, card.textContent];
                card.remove();
                return texts;
            })""",
        kind,
    )
    return {name for name, _ in opened}, "\n".join(words for _, words in opened)


def loneliest(chart: Chart) -> tuple[float, float]:
    """Return the place of the practice that is farthest from any other."""
    lat, lon = chart.ask(
        """(() => {
            const places = Object.values(map._layers)
                .filter(layer => layer instanceof L.CircleMarker).map(layer => layer.getLatLng());
            const room = place => Math.min(...places.filter(other => other !== place)
                .map(other => map.distance(place, other)));
            const found = places.reduce((a, b) => room(a) > room(b) ? a : b);
            return [found.lat, found.lng];
        })()"""
    )
    return lat, lon


def one_of(texts: Sequence[str]) -> re.Pattern[str]:
    """Return a pattern that fits one of these texts and nothing else."""
    return re.compile("^(" + "|".join(map(re.escape, texts)) + ")$")


def names_are_text(page: Page, chart: Chart) -> None:
    """Read names on a map, by pointing and clicking and by opening every card."""
    place = chart.point_at(*loneliest(chart))
    page.mouse.move(*place)
    # The card of the practice, and under it that of the unit that it stands in.
    pointed = chart.frame.locator(".leaflet-tooltip .oi-name")
    expect(pointed).to_have_count(2)
    for card in pointed.all():
        expect(card).to_have_text(one_of(NAMES))
    page.mouse.click(*place)
    expect(chart.frame.locator(".leaflet-popup .oi-name")).to_have_text(one_of(NAMES))
    practices, _ = cards(chart, "CircleMarker")
    # Several at one point are one sign that says how many.
    assert {name for name in practices if not re.fullmatch(r"\d+ praktijken", name)} == set(NAMES)
    places, _ = cards(chart, "Polygon")
    assert set(NAMES) <= places
    _, reasons = cards(chart, "Polyline")
    assert all(f"Reden{name}" in reasons for name in NAMES[:2])
    assert set(chart.legend()) == set(GROUPS)
    labels = chart.frame.locator(".oi-label").all_text_contents()
    assert labels
    for label in labels:  # the number of its group, or as much of the name as fits
        parts = ["".join(part.split()) for part in label.split("…")]  # lines stand without a space
        squeezed = ["".join(group.split()) for group in GROUPS]
        assert label.isdigit() or any(all(p in group for p in parts) for group in squeezed), label
    nothing_ran(page)


def test_names_stay_text_in_the_app_and_in_its_file(
    page: Page, server: Server, browser: Browser, hostile: ExampleFiles, tmp_path: Path
) -> None:
    open_app(page, server.url)
    for kind in ("grenzen", "praktijken", "verbindingen", "zorgkantoren"):
        file: Path = getattr(hostile, kind)
        upload(page, f"upload_{kind}", file.name, file.read_bytes())
        expect(page.get_by_text(f"In gebruik: {file.name}")).to_be_visible()
    nothing_ran(page)

    go_to(page, "Toets")
    proposal = hostile.grenzen.parent / PROPOSAL
    upload(page, "upload_voorstel", PROPOSAL, proposal.read_bytes())
    chart = chart_on(page, "toets")
    assert set(GROUPS) <= set(verdicts(page))
    names_are_text(page, chart)
    for name in GROUPS:
        expect(choose_group(page, name).first).to_be_visible()
    nothing_ran(page)

    with page.expect_download() as download:
        page.locator(".st-key-download_kaart_html").get_by_role("button").click()
    file = tmp_path / "kaart.html"
    download.value.save_as(file)
    with opened_offline(browser, file) as document:
        names_are_text(document, ready(document))

    go_to(page, "Kaart")
    names_are_text(page, chart_on(page, "kaart"))


def test_names_stay_text_in_the_files_of_the_command_line(
    browser: Browser, hostile: ExampleFiles, tmp_path: Path
) -> None:
    options = [
        text
        for kind in ("grenzen", "praktijken", "verbindingen", "zorgkantoren", "postcodes")
        for text in (f"--{kind}", str(getattr(hostile, kind)))
        if getattr(hostile, kind).exists()
    ]
    command = [sys.executable, "-m", "oi_geo", "toets", str(hostile.grenzen.parent / PROPOSAL)]
    ran = subprocess.run(
        [*command, *options, "--uit", str(tmp_path)],
        cwd=REPO, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert ran.returncode == 1, ran.stderr  # something is "voldoet niet": a wijk lies loose
    with opened_offline(browser, tmp_path / "kaart.html") as document:
        names_are_text(document, ready(document))


def ready(page: Page) -> Chart:
    """Return the map of a document that is a map."""
    chart = Chart(page.main_frame)
    chart.wait_until_ready()
    return chart
