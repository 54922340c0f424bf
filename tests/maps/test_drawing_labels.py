"""Names on drawings: on the drawing, clear of each other, no wider than a browser shows them."""

import random
from collections.abc import Iterator
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st
from playwright.sync_api import Page, sync_playwright

from oi_geo.maps.drawing_labels import Labels, broken, text_width
from tests.e2e.watch import launched

WIDTH, HEIGHT = 600.0, 420.0
WORDS = st.text("abcdefgijlmnorstwABDMNWZ'", min_size=1, max_size=14)
NAMES = st.lists(WORDS, min_size=1, max_size=8).map(" ".join)


@given(st.lists(st.tuples(NAMES, st.floats(0, WIDTH), st.floats(0, HEIGHT)), max_size=30))
def test_names_stay_on_the_drawing_and_clear_of_each_other(wanted):
    room = Labels(WIDTH, HEIGHT)
    written = [room.put(name, x, y, 19.0) for name, x, y in wanted]
    assert len(room.taken) == sum(map(bool, written))
    if wanted:
        assert written[0]  # on an empty drawing there is always room
    for left, top, right, bottom in room.taken:
        assert left >= 0
        assert top >= 0
        assert right <= WIDTH
        assert bottom <= HEIGHT
    for i, a in enumerate(room.taken):
        for b in room.taken[:i]:
            assert a[2] <= b[0] or b[2] <= a[0] or a[3] <= b[1] or b[3] <= a[1]


def test_a_name_gives_way_to_the_one_before_it():
    room = Labels(WIDTH, HEIGHT)
    first, second = (room.put("Merlewaard", 300, 200, 19.0) for _ in range(2))
    assert first
    assert second
    full = Labels(60.0, 24.0)
    assert full.put("Merle", 30, 12, 19.0)
    assert full.put("Merle", 30, 12, 19.0) == ""
    assert "Merle" in full.put("Merle", 30, 12, 19.0, always=True)


@given(NAMES)
def test_a_long_name_takes_two_lines_and_keeps_its_words(name):
    lines = broken(name)
    assert " ".join(" ".join(lines).split()) == " ".join(name.split())
    assert len(lines) <= 2


def test_two_lines_are_about_as_long():
    assert broken("Merlewaard, Wijk 03 Noord") == ["Merlewaard,", "Wijk 03 Noord"]
    assert broken("Stroomhage") == ["Stroomhage"]


@pytest.fixture(scope="module")
def page() -> Iterator[Page]:
    with sync_playwright() as playwright, launched(playwright) as browser:
        yield browser.new_page()


@pytest.mark.e2e
def test_a_browser_shows_names_no_wider_than_was_reckoned(page):
    letters = "aaabcdeeeefghiiijklmnnnoopqrrsssttuvwxyz ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-'(),"
    chance = random.Random(1)
    names = ["".join(chance.choices(letters, k=k)).strip() for k in range(2, 30)] + [
        "Wijk 03 Merlewaard", "Utrechtse Heuvelrug", "Wwmm", "illit",
    ]  # fmt: skip
    room = Labels(2000.0, 9000.0)
    svg = "".join(room.put(name, 1000, 60 * i, 19.0) for i, name in enumerate(names, 1))
    page.set_content(f'<svg xmlns="http://www.w3.org/2000/svg" width="2000">{svg}</svg>')
    shown = page.eval_on_selector_all("text", "all => all.map(t => t.getBBox().width)")
    lines = [[t.text or "" for t in text] for text in ET.fromstring(f"<a>{svg}</a>")]
    assert len(shown) == len(names)
    for wide, rows in zip(shown, lines, strict=True):
        assert 0 < wide <= max(text_width(row, 19.0) for row in rows)
