"""The plot is well-formed, escaped, and its bars and marker stand where the figures say."""

import re
from xml.etree import ElementTree as ET

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oi_geo.candidates.context import compare
from oi_geo.candidates.histogram import BLUE, BOTTOM, GREY, LEFT, RIGHT, VERMILION, histogram_svg

SVG = "{http://www.w3.org/2000/svg}"


def plot(values: np.ndarray, waarde: float, maat: str = "gemeenten_gedeeld", title: str = "Titel"):
    (special,) = compare({maat: waarde}, {maat: values}, groups=3)
    return ET.fromstring(histogram_svg(special, values, title))


def bars(svg: ET.Element) -> list[tuple[float, float]]:
    """Return middle and height of each bar; those on the axis, not the key of the legend."""
    found = [
        {k: float(v) for k, v in rect.attrib.items() if k in {"x", "y", "width", "height"}}
        for rect in svg.iter(f"{SVG}rect")
        if rect.get("fill") in {BLUE, GREY}
    ]
    return [
        (r["x"] + r["width"] / 2, r["height"])
        for r in found
        if r["y"] + r["height"] == pytest.approx(BOTTOM, abs=0.2)
    ]


def marker(svg: ET.Element) -> float:
    """Return where the line of the proposal meets the axis."""
    (x,) = [
        float(line.attrib["x1"])
        for line in svg.iter(f"{SVG}line")
        if line.get("stroke") == VERMILION and float(line.attrib["y2"]) == BOTTOM
    ]
    return x


def words(svg: ET.Element) -> list[str]:
    return [text.text or "" for text in svg.iter(f"{SVG}text")]


def chains(values: list[float]) -> np.ndarray:
    rng = np.random.default_rng(0)
    return np.stack([rng.permutation(np.repeat(values, 250)) for _ in range(4)])


def test_heights_are_shares_and_the_marker_stands_on_its_bar():
    svg = plot(chains([8.0, 8, 8, 9]), 9)
    (x8, tall), (x9, low) = bars(svg)
    assert tall / low == pytest.approx(3, rel=0.01)
    assert LEFT < x8 < x9 < RIGHT
    assert marker(svg) == pytest.approx(x9, abs=0.2)
    assert "aandeel van 4.000 geldige plannen" in words(svg)
    assert "voorstel: 9" in words(svg)
    assert "← meestal liever lager" in words(svg)


def test_nothing_white_runs_through_the_bar_of_the_proposal():
    svg = plot(chains([8.0, 8, 8, 9]), 8)
    lines = [line for line in svg.iter(f"{SVG}line") if float(line.attrib["y2"]) == BOTTOM]
    assert {line.get("stroke") for line in lines if line.get("x1") == line.get("x2")} == {VERMILION}
    # The line rises above the tallest bar, so that it is seen whatever the colours.
    (line,) = lines[:1] if lines[0].get("stroke") == VERMILION else lines[-1:]
    assert float(line.attrib["y1"]) < BOTTOM - max(height for _, height in bars(svg)) - 10


def test_title_and_sentence_are_escaped():
    evil = '</svg><script>alert("1")</script> & \'co'
    svg = plot(chains([8.0, 9]), 9, title=evil)
    assert words(svg)[0] == evil
    assert svg.attrib["aria-label"].startswith(evil)
    assert not list(svg.iter(f"{SVG}script"))


def test_nothing_comes_from_elsewhere_and_nothing_can_clash():
    (special,) = compare({"kleinste": 1}, {"kleinste": chains([1.0, 2])}, groups=3)
    text = histogram_svg(special, chains([1.0, 2]), "Titel")
    assert text.startswith("<svg ")
    assert re.findall(r"https?://[^\"]*", text) == ["http://www.w3.org/2000/svg"]
    assert not re.search(r"\b(id|class|href|url)\b\s*[=(]|<style|<script|@import", text)


def test_without_convergence_the_plot_says_so():
    svg = plot(np.array([[1.0], [2.0]]) + np.random.default_rng(0).normal(0, 0.1, (2, 500)), 1.5)
    assert "nog geen uitspraak mogelijk" in words(svg)
    assert BLUE not in {rect.get("fill") for rect in svg.iter(f"{SVG}rect")}


def test_dutch_numbers_along_the_axis():
    compact = np.random.default_rng(0).normal(0.31, 0.01, (4, 500))
    assert {"0,30", "0,32"} <= set(words(plot(compact, 0.32, "polsby_popper")))
    people = np.random.default_rng(0).uniform(100_000, 104_000, (4, 500)).round()
    assert "102.000" in words(plot(people, 101_234, "kleinste"))


def test_unknown_proposal_and_unknown_plans():
    values = chains([8.0, 9])
    assert "voorstel onbekend" in words(plot(values, np.nan))
    assert "Van geen enkel plan bekend." in words(plot(np.full((4, 30), np.nan), 3))


@settings(max_examples=60)
@given(
    low=st.floats(-1e6, 1e6), spread=st.sampled_from([0.0, 1e-6, 0.01, 1.0, 5e5]),
    waarde=st.floats(-2e6, 2e6), whole=st.booleans(),
)  # fmt: skip
def test_any_values_fit_the_plot(low, spread, waarde, whole):
    values = low + spread * np.random.default_rng(1).random((2, 40))
    svg = plot(np.round(values) if whole else values, round(waarde) if whole else waarde)
    assert LEFT <= marker(svg) <= RIGHT
    assert all(LEFT <= x <= RIGHT for x, _ in bars(svg))
    assert bars(svg)
