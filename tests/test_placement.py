"""Placement: the unit that a reader sees on the drawn map, and no patient lost."""

import re

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from oi_geo.placement import place
from oi_geo.sources.report import ReadReport
from oi_geo.study_area import PRACTICE_COLUMNS, no_practices
from tests.conftest import draw, practice_table

# Lower left corner (150000, 450000), cells of 1000 m; `B` lies right of `A`, `C` above `A`.
MAP = draw(
    """
    CC.
    AB.
    """
)
A, B, C = "WK0001AA", "WK0001BB", "WK0001CC"
POSTCODES = pd.DataFrame(
    {"x_rd": [150_500.0, 151_500.0, 170_000.0, 151_000.0], "y_rd": [450_500.0] * 4},
    index=pd.Index(["1000", "1000BB", "2000", "3000"], name="postcode"),
)


def table(*rows: tuple[float | None, float | None, str | None, float | None]) -> pd.DataFrame:
    frame = practice_table(
        [
            {"naam": f"P{i}", "x_rd": x, "y_rd": y, "postcode": postcode, "ion": ion}
            for i, (x, y, postcode, ion) in enumerate(rows, start=2)
        ]
    )
    frame.index = pd.RangeIndex(2, len(rows) + 2, name="rij")
    return frame[PRACTICE_COLUMNS]


def at(report: ReadReport, row: int) -> str:
    return " ".join(m.melding for m in report.messages if m.rij == row)


@pytest.mark.parametrize(
    ("x", "y", "postcode", "unit", "how"),
    [
        (150_500, 450_500, None, A, "coördinaten"),
        (151_500, 450_500, "1000", B, "coördinaten"),
        (151_999, 451_001, None, C, "coördinaten"),
        (None, None, "1000", A, "postcode"),
        (None, None, "1000AA", A, "postcode"),
        (None, None, "1000BB", B, "postcode"),
        (None, None, "2000", None, "buiten het gebied"),
        (None, None, "4000", None, "niet geplaatst"),
        (None, None, None, None, "niet geplaatst"),
        (160_000, 450_500, None, None, "buiten het gebied"),
        (160_000, 450_500, "1000", None, "niet geplaatst"),
        (151_000, 450_500, None, A, "coördinaten"),
        (151_000, 451_000, None, A, "coördinaten"),
        (151_500, 451_000, None, B, "coördinaten"),
        (150_000, 450_000, None, A, "coördinaten"),
        (None, None, "3000", A, "postcode"),
    ],
)
def test_a_practice_stands_where_the_map_shows(x, y, postcode, unit, how):
    placed, _ = place(table((x, y, postcode, 100.0)), MAP, POSTCODES)
    found = placed["eenheid"].iloc[0]
    assert (None if pd.isna(found) else found) == unit
    assert placed["plaatsing"].tolist() == [how]


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        ((151_000, 450_500, None, 1.0), f"op de grens van {A} en {B} en is geplaatst in {A}"),
        ((151_000, 451_000, None, 1.0), f"grens van {A}, {B} en {C} en is geplaatst in {A}"),
        (
            (None, None, "3000", 1.0),
            f"staat volgens de postcode precies op de grens van {A} en {B}",
        ),
        ((160_000, 450_500, None, 1.0), "liggen buiten het gebied."),
        ((160_000, 450_500, "1000", 1.0), f"buiten het gebied (postcode 1000 zou {A} geven)"),
        ((160_000, 450_500, "2000", 1.0), "liggen buiten het gebied."),
        ((None, None, "2000", 1.0), "het punt van postcode 2000 ligt buiten het gebied"),
        ((None, None, "4000", 1.0), "van postcode 4000 is geen punt bekend"),
        ((None, None, None, 1.0), "er zijn geen coördinaten en geen postcode"),
    ],
)
def test_borders_and_unplaced_practices_are_reported_with_their_row(row, sentence):
    _, report = place(table((150_500, 450_500, None, 1.0), row), MAP, POSTCODES)
    assert sentence in at(report, 3)
    assert "'P3'" in at(report, 3)
    assert not at(report, 2)


def test_coordinates_decide_even_where_the_postcode_lies_on_a_border():
    _, report = place(table((150_500, 450_500, "3000", 1.0)), MAP, POSTCODES)
    assert not at(report, 2)


def test_the_lower_code_counts_whatever_the_order_of_the_units():
    practices = table((151_000, 450_500, None, 1.0))
    assert place(practices, MAP.iloc[::-1])[0]["eenheid"].tolist() == [A]


def test_without_a_postcode_table_only_coordinates_place():
    placed, report = place(table((None, None, "1000", 5.0)), MAP)
    assert placed["plaatsing"].tolist() == ["niet geplaatst"]
    assert "van postcode 1000 is geen punt bekend" in at(report, 2)


def test_the_index_and_the_columns_stay():
    practices = table((150_500, 450_500, "1000", 5.0), (None, None, None, None))
    before = practices.copy()
    placed, report = place(practices, MAP)
    pd.testing.assert_frame_equal(practices, before)
    pd.testing.assert_frame_equal(placed[PRACTICE_COLUMNS], before)
    assert list(placed.columns) == [*PRACTICE_COLUMNS, "eenheid", "plaatsing", "mogelijk"]
    assert str(placed["eenheid"].dtype) == str(placed["plaatsing"].dtype) == "str"
    assert (report.gelezen, report.behouden) == (2, 2)


def test_no_practices_at_all():
    placed, report = place(no_practices(), MAP, POSTCODES)
    assert placed.empty
    assert list(placed.columns) == [*PRACTICE_COLUMNS, "eenheid", "plaatsing", "mogelijk"]
    assert "ION in totaal 0" in report.messages[0].melding


def test_totals_and_unknown_ion_are_said():
    rows = [
        (150_500, 450_500, None, 2095.0),
        (None, None, "1000", 1000.0),
        (None, None, None, 500.0),
        (150_500, 450_500, None, None),
    ]
    _, report = place(table(*rows), MAP, POSTCODES)
    text = "\n".join(m.melding for m in report.messages)
    assert (
        "ION in totaal 3.595: 2.095 geplaatst op coördinaten (2 rijen), 1.000 geplaatst op "
        "postcode (1 rij) en 500 niet geplaatst (1 rij)."
    ) in text
    assert "Van 1 huisartsenpraktijk is het ION onbekend" in text


# Multiples of 250 m hit corners and borders often; the map covers 2 x 2 km of these 4 x 4.
COORDINATE = st.none() | st.integers(-4, 12).map(lambda i: i * 250.0)
ROW = st.tuples(
    COORDINATE,
    COORDINATE,
    st.sampled_from([None, "1000", "1000BB", "1000CC", "2000", "3000", "4000"]),
    st.none() | st.integers(0, 30_000),
)


@settings(max_examples=60)
@given(st.lists(ROW, min_size=1, max_size=12))
def test_ion_in_is_placed_plus_unplaced_and_units_agree_with_brute_force(rows):
    practices = table(
        *(
            (None if x is None else 150_000 + x, None if y is None else 450_000 + y, postcode, ion)
            for x, y, postcode, ion in rows
        )
    )
    placed, report = place(practices, MAP, POSTCODES)
    is_placed = placed["plaatsing"].isin(["coördinaten", "postcode"])
    assert is_placed.equals(placed["eenheid"].notna())
    (total,) = [m.melding for m in report.messages if m.melding.startswith("ION in totaal")]
    words = re.findall(r"(onbekend|[\d.]*\d)(?= \w|:)", total)
    numbers = [0 if n == "onbekend" else int(n.replace(".", "")) for n in words]
    ion_in = sum(ion or 0 for *_, ion in rows)
    assert numbers[0] == ion_in
    assert (words[0] == "onbekend") == all(ion is None for *_, ion in rows)
    for ion, count in zip(words[1::2], words[2::2], strict=True):
        assert ion != "onbekend" or count != "0" or words[0] == "onbekend"
    assert placed.loc[is_placed, "ion"].sum() + placed.loc[~is_placed, "ion"].sum() == ion_in
    ions = numbers[1::2]
    assert sum(ions) == ion_in
    assert sum(ions[2:]) == placed.loc[~is_placed, "ion"].sum()
    for row in placed.itertuples():
        assert (row.eenheid if isinstance(row.eenheid, str) else None) == brute_force(row)


def brute_force(row) -> str | None:
    x, y = row.x_rd, row.y_rd
    if np.isnan(x) or np.isnan(y):
        code = row.postcode if isinstance(row.postcode, str) else ""
        key = next((key for key in (code, code[:4]) if key in POSTCODES.index), None)
        if key is None:
            return None
        x, y = POSTCODES.loc[key]
    touching = [code for code, shape in MAP.geometry.items() if shape.covers(shapely.Point(x, y))]
    return min(touching, default=None)


def test_what_lies_far_away_is_known_to_lie_outside():
    units = draw("AB")  # 150000-152000 by 450000-451000
    rows = [
        {"x_rd": 150_500.0, "y_rd": 450_500.0, "ion": 1.0},  # inside A
        {"x_rd": 153_001.0, "y_rd": 450_500.0, "ion": 2.0},  # 1.001 m east of B
        {
            "x_rd": 152_999.0,
            "y_rd": 450_500.0,
            "ion": 4.0,
        },  # 999 m east of B: may be a rough border
        {"x_rd": 190_000.0, "y_rd": 450_500.0, "ion": 8.0, "postcode": "3584"},  # postcode in A
        {"postcode": "9999", "ion": 16.0},  # point 5.001 m away
        {"postcode": "9998", "ion": 32.0},  # point 4.999 m away
        {"ion": 64.0},  # nothing known
    ]
    postcodes = pd.DataFrame(
        {"x_rd": [150_500.0, 157_001.0, 156_999.0], "y_rd": 450_500.0},
        index=["3584", "9999", "9998"],
    )
    placed, _ = place(practice_table(rows).drop(columns=["eenheid", "plaatsing"]), units, postcodes)
    assert placed["plaatsing"].tolist() == [
        "coördinaten",
        "buiten het gebied",
        "niet geplaatst",
        "niet geplaatst",
        "buiten het gebied",
        "niet geplaatst",
        "niet geplaatst",
    ]
    assert placed["eenheid"].notna().tolist() == [True] + [False] * 6


def reaches(x: float, y: float, metres: float, units: gpd.GeoDataFrame) -> tuple[str, ...] | None:
    """Where a practice may stand on a postcode point (x, y) with addresses so far away."""
    # Three more points at this distance make the reach of the first.
    turn = np.array([0, 2, 4]) * np.pi / 3
    points = np.vstack([[x, y], np.c_[x + metres * np.cos(turn), y + metres * np.sin(turn)]])
    table = pd.DataFrame(points, columns=["x_rd", "y_rd"], index=["1000", "2000", "3000", "4000"])
    rows = practice_table([{"postcode": "1000", "ion": 1.0}])
    placed, _ = place(rows.drop(columns=["eenheid", "plaatsing"]), units, table)
    found = placed["mogelijk"].iloc[0]
    return found if isinstance(found, tuple) else None


@settings(max_examples=60)
@given(st.floats(20, 900), st.floats(30, 480), st.floats(0, 300), st.floats(0, 360))
def test_the_outer_edge_is_a_border_as_any_other(metres, away, river, turn):
    """Twin: a strip of land along a river, then a second strip, then the edge of the map."""
    # The point stands `away` north of the south edge; 500 m wide strips with a river between them.
    strips = [shapely.box(-5000, 0, 5000, 500), shapely.box(-5000, 500 + river, 5000, 9000)]
    units = gpd.GeoDataFrame(
        {"gemeentecode": "GM0001"},
        index=["WK000101", "WK000102"],
        geometry=[shapely.affinity.rotate(strip, turn, (0, 0)) for strip in strips],
        crs=28992,
    )
    point = shapely.affinity.rotate(shapely.Point(0, away), turn, (0, 0))
    close = [abs(metres - away), abs(metres - (500 - away)), abs(metres - (500 + river - away))]
    if min(*close, abs(river - 50)) < 5:
        return
    expected = ["WK000101"]
    if metres > 500 + river - away:
        expected.append("WK000102")
    if metres > away or (river > 50 and metres > 500 - away):
        expected.append("")
    assert reaches(point.x, point.y, metres, units) == (
        tuple(expected) if len(expected) > 1 else None
    )


@pytest.mark.parametrize(
    ("row", "possible"),
    [
        ({"x_rd": 152_600.0, "y_rd": 450_500.0}, (B, "")),  # 600 m east of B, 1.600 m of A
        ({"x_rd": 150_500.0, "y_rd": 449_001.0}, (A, "")),  # 999 m south of A, 1.117 m of B
        ({"x_rd": 152_600.0, "y_rd": 450_500.0, "postcode": "1000"}, (A, B, "")),  # they disagree
        ({"postcode": "9000AA"}, (B, "")),  # 1.900 m east of B, and 1.000 m of reach
        ({"postcode": "9000BB"}, None),  # 2.100 m east of B
    ],
)
def test_a_point_outside_the_map_may_stand_in_the_units_nearby(row, possible):
    units = draw("AB")
    codes = pd.DataFrame(
        {"x_rd": [150_500.0, 153_900.0, 154_100.0], "y_rd": 450_500.0},
        index=["1000", "9000AA", "9000BB"],
    )
    placed, _ = place(practice_table([row]).drop(columns=["eenheid", "plaatsing"]), units, codes)
    found = placed["mogelijk"].iloc[0]
    assert placed["eenheid"].isna().all()
    assert placed["plaatsing"].tolist() == ["niet geplaatst" if possible else "buiten het gebied"]
    assert found == possible if possible else pd.isna(found)
