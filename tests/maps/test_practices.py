"""Practices on the map: one sign per kind and point, which tells all that stand there."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from oi_geo.maps.folium_map import area_map_html
from oi_geo.maps.legend import SIGNS, symbol
from oi_geo.maps.practices import ESTIMATED, MOST_NAMED, practice_layer
from oi_geo.study_area import StudyArea, study_area
from tests.conftest import draw, practice_table
from tests.maps.conftest import NASTY
from tests.maps.reading import Reader, layers_of

HERE = {"x_rd": 500.0, "y_rd": 500.0, "eenheid": "WK0001AA"}
SEAT = {"discipline": "regio-organisatie", **HERE}


def with_practices(*rows: dict[str, object]) -> StudyArea:
    return study_area(draw("Ab"), practices=practice_table(list(rows)))


def signs_of(area: StudyArea) -> list[dict]:
    return [feature["properties"] for feature in practice_layer(area).features]


def many(number: int, **change: object) -> list[dict[str, object]]:
    return [
        {"naam": f"P{i}", "agb": f"0100{i:04}", "ion": 1000.0 + i, **HERE, **change}
        for i in range(number)
    ]


def test_several_at_one_point_are_one_sign_that_names_them_all():
    [sign] = signs_of(with_practices(*many(4, regio_organisatie="RO")))
    assert sign["naam"] == "4 praktijken"
    assert sorted(sign["lijst"]) == [f"P{i}, AGB 0100000{i}, ION 1.00{i}" for i in range(4)]
    assert sign["ion"] == "4.006"
    assert sign["regio_organisatie"] == "RO"


def test_a_practice_alone_has_its_own_card_and_no_list():
    [sign] = signs_of(with_practices(*many(1)))
    assert sign["naam"] == "P0"
    assert sign["agb"] == "01000000"
    assert "lijst" not in sign


def test_what_differs_is_said_to_differ():
    rows = [{**row, "wsv": f"W{i}"} for i, row in enumerate(many(2))]
    [sign] = signs_of(with_practices(*rows))
    assert sign["wsv"] == "verschillend"
    assert sign["verzekeraar"] is None


@pytest.mark.parametrize("more", [0, 1, 30])
def test_a_long_list_ends_with_the_number_of_the_others(more):
    [sign] = signs_of(with_practices(*many(MOST_NAMED + more)))
    assert sign["naam"] == f"{MOST_NAMED + more} praktijken"
    assert len(sign["lijst"]) == MOST_NAMED + (more > 0)
    assert not more or sign["lijst"][-1] == f"en nog {more}"


def test_a_seat_at_the_same_point_stays_apart_below_the_practices_and_is_a_square():
    seat, practices = signs_of(with_practices(*many(3), {"naam": "RO", **SEAT}))
    assert (seat["naam"], practices["naam"]) == ("RO", "3 praktijken")
    assert seat["stijl"]["square"]
    assert "square" not in practices["stijl"]
    assert seat["stijl"]["radius"] > practices["stijl"]["radius"]  # each can be pointed at


def test_seats_at_one_point_are_called_seats():
    [sign] = signs_of(with_practices({"naam": "RO1", **SEAT}, {"naam": "RO2", **SEAT}))
    assert sign["naam"] == "2 zetels"
    assert sorted(sign["lijst"]) == ["RO1", "RO2"]


def test_kinds_at_one_point_are_signs_of_their_own_the_smallest_on_top():
    others = [{"naam": "A", "discipline": "apotheek", **HERE},
              {"naam": "F", "discipline": "fysio", **HERE}]  # fmt: skip
    signs = signs_of(with_practices(*many(2), {"naam": "Zonder", **HERE}, *others))
    assert [sign["naam"] for sign in signs] == ["2 praktijken", "Zonder", "2 praktijken"]
    assert signs[-1]["discipline"] == "verschillend"
    assert sorted(signs[-1]["lijst"]) == ["A, apotheek", "F, fysio"]


def test_an_unknown_ion_at_a_point_is_not_counted_as_none():
    [sign] = signs_of(with_practices(*many(2, ion=np.nan)))
    assert sign["ion"] == "onbekend"
    assert sign["lijst"][0].endswith("ION onbekend")


def test_practices_of_which_the_place_is_estimated_stay_apart():
    rows = [{"naam": f"P{i}", "ion": 10.0, "eenheid": "WK0001AA"} for i in range(3)]
    layer = practice_layer(with_practices(*rows))
    assert len({str(feature["geometry"]) for feature in layer.features}) == 3
    assert ESTIMATED in layer.signs


def test_the_legend_draws_a_seat_as_a_square_and_a_practice_as_a_circle():
    assert "<rect" in symbol("regio-organisatie")
    assert "<circle" not in symbol("regio-organisatie")
    assert "<circle" in symbol("huisarts")
    html = area_map_html(with_practices({"naam": "RO", **SEAT}))
    assert SIGNS["regio-organisatie"] in Reader(html).texts


@pytest.mark.parametrize("text", NASTY)
def test_a_name_in_a_list_is_a_line_of_text(text):
    usual, html = (
        area_map_html(with_practices(*many(2, naam=name))) for name in ("Gewone naam", text)
    )
    [sign] = [feature["properties"] for feature in layers_of(html)["Praktijken"]]
    assert len(sign["lijst"]) == 2
    assert all(line.startswith(" ".join(text.split())) for line in sign["lijst"])
    assert [tag for tag, _ in Reader(html).tags] == [tag for tag, _ in Reader(usual).tags]


PLACES = st.tuples(
    st.sampled_from([100.0, 200.0]),
    st.sampled_from(["huisarts", "apotheek", "regio-organisatie"]),
    st.one_of(st.none(), st.integers(0, 5000)),
)


@given(st.lists(PLACES, min_size=1, max_size=40))
def test_every_practice_is_told_exactly_once(places):
    rows = [
        {"naam": f"P{i}", "x_rd": x, "y_rd": 500.0, "discipline": kind, "ion": ion,
         "eenheid": "WK0001AA"}
        for i, (x, kind, ion) in enumerate(places)
    ]  # fmt: skip
    features = practice_layer(with_practices(*rows)).features
    told = [feature["properties"] for feature in features]
    counted = [int(p["naam"].split()[0]) if "lijst" in p else 1 for p in told]
    assert sum(counted) == len(rows)
    seen = [(str(f["geometry"]), f["properties"]["stijl"]["color"],
             f["properties"]["stijl"].get("dashArray")) for f in features]  # fmt: skip
    assert len(set(seen)) == len(seen)
    assert pd.Series([p["stijl"]["radius"] for p in told]).is_monotonic_decreasing
