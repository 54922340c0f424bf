"""Names and texts from files are shown as text and never become HTML, script or template."""

import re
from dataclasses import replace

import pytest

from oi_geo.contiguity import Link
from oi_geo.criteria.finding import Verdict
from oi_geo.maps.document import safe_json
from oi_geo.maps.folium_map import area_map_html, toets_map_html
from oi_geo.maps.marks import natural_order
from oi_geo.plan import Plan
from oi_geo.study_area import StudyArea
from tests.maps.conftest import NASTY, finding, made_toets, toy_area
from tests.maps.reading import Reader, data_of, layers_of, legend_of


def named(text: str) -> StudyArea:
    """The toy area with this text wherever a file may bring one."""
    area = toy_area()
    units = area.units.assign(naam=text, gemeentenaam=text)
    practices = area.practices.assign(
        naam=text, agb=text, regio_organisatie=text, wsv=text, verzekeraar=text
    )
    graph = area.graph.with_links([Link("WK0001AA", "WK0002CC", "veer", text)])
    return replace(area, units=units, practices=practices, graph=graph)


def document_with(text: str) -> str:
    area = named(text)
    plan = Plan.from_mapping({"WK0001AA": text, "WK0002CC": "Ander"}, area.units.index)
    found = [finding(Verdict.VOLDOET_NIET, ("WK0001AA",), explanation=text, group=text)]
    return toets_map_html(made_toets(area, plan, found), title=text)


@pytest.fixture(scope="module")
def plain() -> Reader:
    return Reader(document_with("Gewone naam"))


@pytest.mark.parametrize("text", NASTY)
def test_a_name_adds_no_tag_and_no_attribute(text, plain):
    reader = Reader(document_with(text))
    assert [(tag, set(attrs)) for tag, attrs in reader.tags] == [
        (tag, set(attrs)) for tag, attrs in plain.tags
    ]


@pytest.mark.parametrize("text", NASTY)
def test_a_name_is_shown_to_the_letter(text):
    html = document_with(text)
    reader = Reader(html)
    layers = layers_of(html)
    assert text.strip() in reader.texts  # title and legend
    assert legend_of(html, "groepen") == [
        *sorted([text.strip(), "Ander"], key=natural_order), "niet ingedeeld",
    ]  # fmt: skip
    assert {unit["properties"]["naam"] for unit in layers["eenheden"]} == {text}
    assert {p["properties"]["agb"] for p in layers["Praktijken"]} == {text}
    assert layers["Verbindingen"][0]["properties"]["reden"] == text
    told = [f["properties"].get("bevindingen", "") for f in layers["Bevindingen"]]
    assert any(text in line for line in told)
    assert " ".join(text.split()) in {
        " ".join(" ".join(lines).split()) for lines, _, _ in data_of(html)["labels"]
    }


def test_nothing_in_a_name_is_run_as_a_template():
    html = document_with("{{ 7 * 191 }}{{ this.get_root() }}")
    assert "1337" not in html
    assert "{{ 7 * 191 }}" in html


def test_an_area_map_escapes_as_well():
    html = area_map_html(named("<script>alert(1)</script>"), title="<b>x</b>")
    assert "<script>alert(1)" not in html
    assert "<b>x</b>" not in html


@pytest.mark.parametrize("text", NASTY)
def test_json_cannot_leave_its_script_element(text):
    assert not re.search(r"[<>&\u2028\u2029]", safe_json([text]))


def test_tooltips_and_popups_are_built_from_text():
    """The script has no way to turn a string into HTML."""
    from importlib.resources import files

    script = files("oi_geo.maps").joinpath("templates/map.js").read_text(encoding="utf-8")
    for way in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(",
                "new Function", "setContent"):  # fmt: skip
        assert way not in script
