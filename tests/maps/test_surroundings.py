"""What is drawn around a work area, against the geometry of the whole map."""

from dataclasses import replace

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from oi_geo.maps.folium_map import area_map_html, toets_map_html
from oi_geo.maps.layers import counted
from oi_geo.maps.legend import SIGNS
from oi_geo.maps.surroundings import (
    OUTSIDE_WORDS,
    REST_WORDS,
    SURROUNDINGS,
    bordering,
    drawn_shapes,
)
from oi_geo.plan import Plan
from oi_geo.study_area import study_area
from oi_geo.whole_map import cut_area, cut_plan
from tests.conftest import draw
from tests.maps.conftest import made_toets
from tests.maps.reading import Reader, data_of, layers_of

# Six gemeenten; D and B meet in a point only.
PICTURE = """
    FFB.E
    AABCE
    DD.CE
"""


def drawn_map(picture=PICTURE):
    """A map in which every letter is a gemeente of its own, divided in wijken of one cell."""
    rows = [line.strip() for line in picture.strip().splitlines()]
    names = iter("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    cells = "\n".join("".join("." if x == "." else next(names) for x in row) for row in rows)
    units = draw(cells)
    flat = [x for row in rows for x in row if x != "."]
    assert len(flat) == len(units)
    units["gemeentecode"] = [f"GM{ord(x):04d}" for x in flat]
    units["gemeentenaam"] = [f"Dorp {x}" for x in flat]
    return study_area(units)


def gm(letters):
    return {f"GM{ord(x):04d}" for x in letters}


def by_geometry(whole, inside):
    """Gemeenten with ground outside that are cut, or share a border of some length."""
    units = whole.units
    cut = shapely.union_all(units.geometry[inside].to_numpy())
    found = set()
    for code, part in units[~inside].groupby("gemeentecode"):
        border = shapely.intersection(shapely.union_all(part.geometry.to_numpy()), cut)
        if shapely.length(border) > 0.01 or code in set(units["gemeentecode"][inside]):
            found.add(code)
    return found


@pytest.mark.parametrize(
    ("kept", "expected"),
    [
        ("A", "BDF"),
        ("B", "ACF"),
        ("D", "A"),
        ("E", "C"),
        ("F", "AB"),
        ("ABCDEF", ""),
        ("ABD", "CF"),
    ],
)
def test_only_gemeenten_that_share_a_border_are_drawn(kept, expected):
    whole = drawn_map()
    inside = whole.units["gemeentecode"].isin(gm(kept)).to_numpy()
    area = cut_area(whole, inside)
    assert set(whole.units["gemeentecode"][bordering(area)]) == gm(expected)
    assert by_geometry(whole, inside) == gm(expected)


@given(st.lists(st.booleans(), min_size=13, max_size=13).filter(any))
def test_any_work_area_is_surrounded_by_what_geometry_says(mask):
    whole = drawn_map()
    inside = np.array(mask)
    near = bordering(cut_area(whole, inside))
    assert set(whole.units["gemeentecode"][near]) == by_geometry(whole, inside)
    assert not (near & inside).any()
    # A gemeente is drawn with all of its ground outside.
    drawn = whole.units["gemeentecode"].isin(whole.units["gemeentecode"][near]).to_numpy()
    assert (near == (drawn & ~inside)).all()


def test_a_whole_map_has_no_surroundings():
    whole = drawn_map()
    assert not bordering(whole).any()
    html = area_map_html(whole)
    assert SURROUNDINGS not in layers_of(html)
    assert SIGNS["omgeving"] not in Reader(html).texts


def test_shapes_around_fit_those_inside():
    whole = drawn_map()
    shapes, around = drawn_shapes(
        cut_area(whole, whole.units["gemeentecode"].isin(gm("A")).to_numpy())
    )
    assert list(around.table["naam"]) == ["Dorp B", "Dorp D", "Dorp F"]
    assert shapely.coverage_is_valid(np.concatenate([shapes, around.shapes]))
    assert shapely.area(around.shapes) / 1e6 == pytest.approx([2, 2, 2])


def test_neighbours_tell_their_own_facts_and_change_no_total():
    whole = drawn_map()
    whole.units.loc[whole.units["gemeentecode"].isin(gm("F")), "inwoners"] = np.nan
    gemeenten = whole.gemeenten.copy()
    gemeenten.loc["GM0070", "inwoners"] = 4321.0
    gemeenten.loc["GM0066", "inwoners"] = np.nan
    whole = replace(whole, gemeenten=gemeenten)
    inside = whole.units["gemeentecode"].isin(gm("A")).to_numpy(copy=True)
    inside[np.flatnonzero(whole.units["gemeentecode"] == "GM0068")[0]] = True
    area = cut_area(whole, inside)
    html = area_map_html(area)
    told = {f["properties"]["naam"]: f["properties"] for f in layers_of(html)[SURROUNDINGS]}
    assert {n: (p["ligging"], p["inwoners"]) for n, p in told.items()} == {
        "Dorp B": (OUTSIDE_WORDS, "2.000"),
        "Dorp D": (REST_WORDS, "1.000"),
        "Dorp F": (OUTSIDE_WORDS, "4.321"),
    }
    assert SIGNS["omgeving"] in Reader(html).texts
    assert counted(area) == "3 wijken, 3.000 inwoners"
    assert counted(area) in Reader(html).texts
    data = data_of(html)
    assert len(layers_of(html)["eenheden"]) == 3
    assert all(len(theme["index"]) == 3 for theme in data["themes"])
    assert sorted(" ".join(label[0]) for label in data["labels"]) == ["Dorp B", "Dorp D", "Dorp F"]
    assert {label[1] for label in data["labels"]} == {""}
    # The lowest layer of all, so that it never lies over a group.
    assert data["layers"][0]["features"][0]["properties"]["ligging"]


def test_what_is_partly_unknown_around_says_so():
    whole = drawn_map()
    first = np.flatnonzero(whole.units["gemeentecode"] == "GM0069")
    whole.units.iloc[first[1], whole.units.columns.get_loc("inwoners")] = np.nan
    inside = np.zeros(len(whole.units), bool)
    inside[first[0]] = True
    told = layers_of(area_map_html(cut_area(whole, inside)))[SURROUNDINGS]
    people = {f["properties"]["naam"]: f["properties"]["inwoners"] for f in told}
    assert people["Dorp E"] == "1.000 (van 1 gebied onbekend)"


def test_hatching_looks_across_the_edge_of_the_work_area():
    whole = drawn_map()
    letters = whole.units["gemeentecode"].map(lambda code: chr(int(code[2:])))
    inside = letters.isin(["A"]).to_numpy(copy=True)
    inside[np.flatnonzero(letters == "D")[0]] = True
    area = cut_area(whole, inside)

    def hatched(plan):
        html = toets_map_html(made_toets(area, plan, []), title="x")
        return "Doorsneden gemeenten (gearceerd)" in layers_of(html)

    both = dict.fromkeys(whole.units.index[letters.isin(["A", "D"])], "Noord")
    plan, _ = cut_plan(Plan.from_mapping(both, whole.units.index), area)
    assert not hatched(plan)  # the group goes on outside, over all of D
    here = dict.fromkeys(area.units.index, "Noord")
    plan, _ = cut_plan(Plan.from_mapping(here, whole.units.index), area)
    assert hatched(plan)
    assert hatched(Plan.from_mapping(here, area.units.index))
