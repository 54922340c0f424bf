"""The map document: offline, small, with all layers and a legend of what is on it."""

import re
from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest

from oi_geo.criteria.finding import Verdict
from oi_geo.criteria.kader import load_kader
from oi_geo.maps.folium_map import area_map_html, toets_map_html
from oi_geo.maps.layers import cut_gemeenten, ion_texts
from oi_geo.maps.legend import SIGNS, column_width, source_line
from oi_geo.maps.practices import ESTIMATED, practice_layer
from oi_geo.study_area import Source, study_area
from oi_geo.text import dutch_date
from tests.conftest import draw, practice_table
from tests.maps.conftest import finding, made_toets, toy_area, toy_plan
from tests.maps.reading import Reader, data_of, layers_of, legend_of

LAYERS = {
    "eenheden", "Doorsneden gemeenten (gearceerd)", "Gemeentegrenzen", "Grenzen van de groepen",
    "Bevindingen", "Verbindingen", "Praktijken",
}  # fmt: skip


@pytest.fixture
def html(toets) -> str:
    return toets_map_html(toets, title="Twee regio's")


def addresses(html: str) -> set[str]:
    """Everything that a browser would fetch: attributes, and urls in style sheets."""
    reader = Reader(html)
    named = {a.get(key) for _, a in reader.tags for key in ("src", "href", "srcset", "data")}
    styles = set(re.findall(r"url\(['\"]?([^'\")]+)", " ".join(reader.scripts)))
    return {address for address in named | styles if address}


def test_it_loads_nothing(html):
    assert all(a.startswith(("data:", "#")) for a in addresses(html))
    assert not {"link", "img", "iframe", "object", "embed", "base"} & {
        t for t, _ in Reader(html).tags
    }
    policy = next(
        a["content"]
        for _, a in Reader(html).tags
        if a.get("http-equiv", "").startswith("Content-Sec")
    )
    assert "http" not in policy
    assert "default-src 'none'" in policy
    assert "pdok" not in html


def test_the_background_is_a_choice_that_names_its_source(toets):
    html = toets_map_html(toets, title="x", background=True)
    assert "https://service.pdok.nl/brt/achtergrondkaart/wmts/" in html
    assert "Kadaster (PDOK)" in html
    assert "img-src data: https://service.pdok.nl;" in html


def test_all_layers_are_there(html):
    assert set(layers_of(html)) == LAYERS


def test_an_area_without_plan_has_no_layers_of_one(area):
    assert set(layers_of(area_map_html(area))) == {
        "eenheden", "Gemeentegrenzen", "Verbindingen", "Praktijken",
    }  # fmt: skip


def test_every_unit_tells_what_is_known_of_it(html, area):
    units = {f["properties"]["code"]: f["properties"] for f in layers_of(html)["eenheden"]}
    assert set(units) == set(area.units.index)
    assert units["WK0001AA"] == {
        "naam": "Wijk A", "code": "WK0001AA", "gemeentenaam": "Bovendam",
        "gemeentecode": "GM0001", "groep": "Regio West", "inwoners": "1.000",
        "aandeel65": "20,0 %", "ion": "2.000",
    }  # fmt: skip
    assert units["WK0001BB"]["inwoners"] == units["WK0001BB"]["ion"] == "onbekend"
    assert units["WK0001FF"]["groep"] == "niet ingedeeld"


@pytest.mark.parametrize("theme", ["groepen", "inwoners", "ion", "65plus"])
def test_the_legend_names_exactly_the_classes_on_the_map(html, theme):
    drawn = next(t for t in data_of(html)["themes"] if t["name"] == theme)
    labels = legend_of(html, theme)
    assert len(labels) == len(set(labels)) == len(drawn["colours"]) == len(set(drawn["index"]))
    assert len(drawn["index"]) == 6
    if theme in {"inwoners", "ion", "65plus"}:
        assert labels[drawn["index"][1]] == "onbekend"  # wijk B


def test_only_the_chosen_theme_is_shown(toets):
    html = toets_map_html(toets, title="x", colour_by="ion")
    sections = {a["data-theme"]: "hidden" in a for t, a in Reader(html).tags if t == "section"}
    assert sections == {"groepen": True, "inwoners": True, "ion": False, "65plus": True}
    assert len(re.findall(r"new oiGeo\.Theme", html)) == 4
    added = re.findall(
        r"var (oi_\d+) = new oiGeo\.Theme\(oiData\.themes\[2\]\);\s*(oi_\d+)\.addTo", html
    )
    assert added
    assert added[0][0] == added[0][1]


def test_groups_need_a_plan(area):
    html = area_map_html(area, colour_by="groepen")
    assert [t["name"] for t in data_of(html)["themes"]] == ["inwoners", "ion", "65plus"]
    assert 'data-theme="inwoners">' in html


def test_signs_in_the_legend_are_those_on_the_map(html, area):
    signs = set(Reader(html).texts)
    assert {SIGNS[s] for s in ("veer", "verbinding", "doorsneden", "voldoet niet", "signaal",
                               "huisarts", "huisarts zonder ION", "anders")} <= signs  # fmt: skip
    assert SIGNS["regio-organisatie"] not in signs
    bare = Reader(area_map_html(area.with_practices(area.practices.iloc[:0]))).texts
    assert SIGNS["huisarts"] not in bare
    assert SIGNS["voldoet niet"] not in bare


def test_a_gemeente_is_cut_when_its_units_part(area):
    assert cut_gemeenten(area, toy_plan(area)) == ["GM0001", "GM0002"]
    whole = replace(toy_plan(area), labels=np.array([0, 0, 0, 0, 1, 1], np.int32))
    assert cut_gemeenten(area, whole) == []


def test_findings_that_comply_are_not_drawn(html):
    told = [f["properties"] for f in layers_of(html)["Bevindingen"] if "naam" in f["properties"]]
    assert [t["naam"] for t in told] == ["Regio Oost", "Regio West"]  # the worst is drawn last
    assert told[1]["bevindingen"] == f"K1 ({Verdict.VOLDOET_NIET.value}): Te weinig inwoners."


def test_dots_grow_with_ion(html):
    radius = {
        f["properties"]["naam"]: f["properties"]["stijl"]["radius"]
        for f in layers_of(html)["Praktijken"]
    }
    assert radius["Noord"] > radius["Zuid"] > radius["Apotheek"] - 1
    # area above the smallest dot is in proportion: 500 of 2000 gives half the extra radius
    assert (radius["Zuid"] - 2) / (radius["Noord"] - 2) == pytest.approx(0.5, abs=0.02)


def test_the_example_is_marked_and_official_data_name_their_source(area):
    assert "Fictief voorbeeldgebied" in Reader(area_map_html(toy_area(is_example=True))).texts
    official = replace(
        area,
        sources=(Source("grenzen", "wijkenbuurten_2022.gpkg", "ab", 2022),
                 Source("praktijken", "lijst.csv", "cd")),
    )  # fmt: skip
    html = area_map_html(official)
    assert "Fictief voorbeeldgebied" not in html
    line = source_line(official)
    assert line.startswith(
        "Bron: CBS/Kadaster Wijk- en Buurtkaart 2022 "
        "(bestanden: wijkenbuurten_2022.gpkg; praktijken: lijst.csv). Kaart gemaakt op "
    )
    assert line in Reader(html).texts


def test_dates_are_dutch():
    assert dutch_date(date(2026, 3, 1)) == "1 maart 2026"


def test_the_same_map_is_the_same_text(toets):
    assert toets_map_html(toets, title="x") == toets_map_html(toets, title="x")


def test_labels_stand_on_their_group_the_largest_first(html):
    assert [lines for lines, _, _ in data_of(html)["labels"]] == [["Regio West"], ["Regio Oost"]]


def test_a_map_without_practices_links_or_findings(area):
    bare = area.with_practices(area.practices.iloc[:0])
    bare = replace(bare, graph=bare.graph.with_links([]))
    html = toets_map_html(made_toets(bare, toy_plan(bare), []), title="x")
    assert set(layers_of(html)) == LAYERS - {"Bevindingen", "Verbindingen", "Praktijken"}


def test_a_plan_that_cuts_nothing_has_no_hatching(area):
    plan = replace(toy_plan(area), labels=np.array([0, 0, 0, 0, 1, 1], np.int32))
    html = toets_map_html(made_toets(area, plan, []), title="x")
    assert "Doorsneden gemeenten (gearceerd)" not in layers_of(html)
    assert SIGNS["doorsneden"] not in Reader(html).texts


def test_a_group_without_units_has_no_label(area):
    plan = replace(toy_plan(area), groups=("Regio West", "Regio Oost", "Leeg"))
    html = toets_map_html(made_toets(area, plan, []), title="x")
    assert "Leeg" not in html


def test_a_rule_that_a_whole_group_breaks_outlines_the_group_unless_its_kader_has_lapsed(area):
    plan = toy_plan(area)
    whole = finding(Verdict.VOLDOET_NIET, (), group="Regio Oost")
    lapsed = load_kader("zorg-en-zekerheid-2022")
    toets = made_toets(area, plan, [whole])
    assert "Te weinig inwoners." in toets_map_html(toets, title="x")
    by_lapsed = replace(whole, kader=lapsed.naam)
    both = replace(toets, kaders=(*toets.kaders, lapsed), findings=[by_lapsed])
    assert "Te weinig inwoners." not in toets_map_html(both, title="x")
    assert "Te weinig inwoners." in toets_map_html(replace(both, kaders=(lapsed,)), title="x")


def test_leaflets_licence_travels_along(html):
    assert "Vladimir Agafonkin" in html
    assert "Redistributions in binary form must reproduce" in html


def test_the_kaders_are_named_in_the_legend_of_a_test_only(html, area):
    assert load_kader("unicum").titel in Reader(html).texts
    assert "Kaders" not in Reader(area_map_html(area)).texts


def test_only_kaders_that_count_are_named_as_tested_the_others_with_the_reason(area):
    names = ("unicum", "zilveren-kruis", "zorg-en-zekerheid-2022")
    kaders = [load_kader(name) for name in names]
    unicum, zk, lapsed = (kader.titel for kader in kaders)
    toets = replace(made_toets(area, toy_plan(area), []), kaders=tuple(kaders))
    texts = Reader(toets_map_html(toets, title="x")).texts
    assert any(text.endswith("; getoetst aan 2 kaders") for text in texts)
    assert f"{unicum}; {zk}" in texts
    assert f"Niet meegeteld: {lapsed} (gold t/m 31 december 2022)" in texts
    at_wijk = replace(toets, plan=replace(toets.plan, level="wijk"))
    texts = Reader(toets_map_html(at_wijk, title="x")).texts
    silent = [k for k in kaders if not k.speaks_of("wijk")]
    assert silent  # else this test says nothing
    for kader in silent:
        assert any(f"{kader.titel} (geen regels voor wijkverbanden)" in text for text in texts)
        assert kader.titel not in "; ".join(t for t in texts if not t.startswith("Niet meegeteld"))


@pytest.mark.parametrize(
    ("day", "counts", "left_out"),
    [
        (date(2022, 6, 1), "zorg-en-zekerheid-2022", ("unicum", "geldt vanaf 1 januari 2023")),
        (date(2023, 6, 1), "unicum", ("zorg-en-zekerheid-2022", "gold t/m 31 december 2022")),
    ],
)
def test_the_day_of_the_practice_list_decides_which_kader_counts(area, day, counts, left_out):
    at = replace(area, practice_list=replace(area.practice_list, day=day))
    kaders = tuple(map(load_kader, ("unicum", "zorg-en-zekerheid-2022")))
    toets = replace(made_toets(at, toy_plan(at), []), kaders=kaders)
    texts = Reader(toets_map_html(toets, title="x")).texts
    assert load_kader(counts).titel in texts
    name, why = left_out
    assert f"Niet meegeteld: {load_kader(name).titel} ({why})" in texts


def test_a_kader_alone_that_is_not_in_force_counts_and_says_so(area):
    lapsed = load_kader("zorg-en-zekerheid-2022")
    toets = replace(made_toets(area, toy_plan(area), []), kaders=(lapsed,))
    texts = Reader(toets_map_html(toets, title="x")).texts
    assert f"{lapsed.titel} (gold t/m 31 december 2022)" in texts
    assert any(text.endswith("; getoetst aan 1 kader") for text in texts)


def test_a_test_of_which_no_kader_counts_says_so(area):
    toets = made_toets(area, replace(toy_plan(area), level="wijk"), [])
    without = [k for k in map(load_kader, ("unicum", "zilveren-kruis")) if not k.speaks_of("wijk")]
    texts = Reader(toets_map_html(replace(toets, kaders=tuple(without)), title="x")).texts
    assert any(text.endswith("; getoetst aan geen enkel kader") for text in texts)


def test_a_column_is_as_wide_as_its_labels_within_reason():
    assert column_width(["A"]) < column_width(["Regio Noord-West"]) < column_width(["x" * 90]) < 200


def test_the_subtitle_counts_what_the_groups_hold(html):
    # Of the six wijken four are in a group; three of them have their 1.000 inhabitants known.
    expected = "2 regio's: 4 wijken, 3.000 inwoners (van 1 onbekend); getoetst aan 1 kader"
    assert expected in Reader(html).texts


@pytest.mark.parametrize("by_postcode", [True, False])
def test_a_place_that_is_estimated_shows_on_dot_legend_and_unit(by_postcode):
    practices = practice_table([{"naam": "P", "eenheid": "WK0001AA", "ion": 2000}])
    may = ("WK0001AA", "WK0002BB") if by_postcode else None
    point = {} if by_postcode else {"x_rd": 500.0, "y_rd": 500.0}
    practices = practices.assign(mogelijk=pd.Series([may], dtype=object), **point)
    area = study_area(draw("Ab"), practices=practices)
    drawn = practice_layer(area)
    [dot] = drawn.features
    assert (dot["properties"]["stijl"]["fillOpacity"] == 0) is by_postcode
    assert (ESTIMATED in drawn.signs) is by_postcode
    expected = "2.000 (plaats geschat)" if by_postcode else "2.000"
    assert ion_texts(area).tolist() == [expected, "0"]
