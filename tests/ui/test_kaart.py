"""Page Kaart: themes, background, and the groups of the last test."""

import json

import pytest

from oi_geo.maps import folium_map
from oi_geo.ui import cache
from oi_geo.ui.kaart import draw
from oi_geo.ui.map_view import focus_on
from tests.maps.conftest import toy_area
from tests.maps.reading import Reader
from tests.ui.conftest import run_page


def kaart() -> None:
    from oi_geo.ui import kaart

    kaart.page()


def toets_then_kaart() -> None:
    from oi_geo.ui import kaart, state, toets

    session = state.current()
    session.question = toets.ask(session)
    kaart.page()


def sent(page) -> list[dict]:
    return [json.loads(c.proto.json) for c in page.get("bidi_component")]


def legend_shown(html: str) -> list[str]:
    tags = Reader(html).tags
    return [a["data-theme"] for t, a in tags if t == "section" and "hidden" not in a]


def frame(page) -> dict:
    return next(data for data in sent(page) if "html" in data)


def pointer(page) -> dict:
    return next(data for data in sent(page) if "html" not in data)


@pytest.fixture
def page():
    return run_page(kaart)


def test_the_area_is_shown_without_a_plan(page):
    assert page.selectbox(key="thema").options == [
        "Inwoners", "ION (op naam ingeschreven patiënten)", "Aandeel 65 jaar en ouder",
    ]  # fmt: skip
    assert "Toets eerst een voorstel" in page.caption[0].value
    assert "Kaart van het gebied" in frame(page)["html"]
    assert pointer(page) == {"map": "kaart", "focus": None, "theme": "inwoners"}


def test_another_theme_sends_its_name_and_keeps_the_map(page):
    before = frame(page)["hash"]
    page.selectbox(key="thema").select("Aandeel 65 jaar en ouder").run()
    assert not page.exception
    assert pointer(page)["theme"] == "65plus"
    assert frame(page)["hash"] == before


def test_the_background_is_off_until_somebody_asks_for_it(page):
    assert page.toggle(key="achtergrond").value is False
    assert "pdok" not in frame(page)["html"]
    page.toggle(key="achtergrond").set_value(True).run()
    assert not page.exception
    assert "https://service.pdok.nl" in frame(page)["html"]
    assert "internet" in page.toggle(key="achtergrond").label


def test_the_groups_of_the_last_test_are_shown():
    page = run_page(toets_then_kaart)
    assert page.selectbox(key="thema").options[0] == "Groepen van het voorstel"
    assert "voorstel_goed.csv" in frame(page)["html"]


def test_nothing_is_drawn_again_for_another_theme(page, monkeypatch):
    def never(*args, **kwargs):
        raise AssertionError("computed again")

    monkeypatch.setattr(cache, "load_area", never)
    monkeypatch.setattr(folium_map, "area_map_html", never)
    page.selectbox(key="thema").select("ION (op naam ingeschreven patiënten)").run()
    assert not page.exception


def test_the_download_opens_in_the_chosen_colours(page):
    inputs = page.session_state["oi_geo"].inputs()
    html = draw(inputs, None, cache.Style("65plus")).html
    assert legend_shown(html) == ["65plus"]
    assert legend_shown(frame(page)["html"]) == ["inwoners"]


def test_a_focus_is_small_and_only_for_a_place():
    area = toy_area()
    focus = focus_on(area, "x-1", ("WK0001AA", "WK0001BB"))
    assert focus.codes == ("WK0001AA", "WK0001BB")
    assert len(json.dumps(vars(focus))) < 200
    assert focus_on(area, "x-2", ()) is None
