"""Measures per group: maps whose answer a reader sees, slow twins, and conservation."""

import math
import time

import geopandas as gpd
import networkx as nx
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from oi_geo.contiguity import Link
from oi_geo.metrics import measure
from oi_geo.placement import ELSEWHERE
from oi_geo.plan import Plan
from oi_geo.study_area import StudyArea, study_area
from tests.conftest import draw, practice_table
from tests.effort import tries
from tests.netherlands import UNICUM, netherlands

COLUMNS = [
    "eenheden", "inwoners", "inwoners_onbekend", "inwoners_65plus", "inwoners_65plus_onbekend",
    "inwoners_gedeeld", "ion", "ion_onbekend", "ion_dubbel", "ion_deelnemers",
    "ion_deelname_onbekend", "praktijken", "praktijken_geschat", "huisartsenpraktijken",
    "huisartsenpraktijken_geschat", "huisartsen", "huisartsen_onbekend", "huisartsen_dubbel",
    "huisartsen_deelnemers", "huisartsen_deelname_onbekend", "oppervlakte_km2", "omtrek_km",
    "delen", "delen_met_verbindingen", "polsby_popper", "reock", "convex_hull", "snijranden",
    "snijlijn_km", "gemeenten_geheel", "gemeenten_gedeeld", "gemeenten_onbekend", "gemeenten",
    "afstand_km",
]  # fmt: skip


def plan_of(area: StudyArea, **groups: str) -> Plan:
    """Make a plan from letters: `plan_of(area, Noord="ABc")`; lower case lies in GM0002."""
    assignment = {
        f"WK000{2 if letter.islower() else 1}{letter.upper() * 2}": group
        for group, letters in groups.items()
        for letter in letters
    }
    return Plan.from_mapping(assignment, area.units.index)


def test_a_drawn_map():
    # Cells of 1 km: Noord is A, c and the water-bound B; Zuid is d, a square of 2 km.
    area = study_area(draw("AAcB\nAA..\ndd..\ndd.."))
    found = measure(area, plan_of(area, Noord="ABc", Zuid="d"))
    assert found.columns.tolist() == COLUMNS
    assert found.index.tolist() == ["Noord", "Zuid"]
    assert found.index.name == "groep"
    noord, zuid = found.loc["Noord"], found.loc["Zuid"]
    assert (noord["eenheden"], noord["inwoners"], noord["inwoners_65plus"]) == (3, 3000, 600)
    assert (noord["oppervlakte_km2"], noord["omtrek_km"]) == pytest.approx((6, 12))
    assert (noord["snijranden"], noord["snijlijn_km"]) == (1, pytest.approx(2))
    assert noord["convex_hull"] == pytest.approx(6 / 7)
    assert noord["reock"] == pytest.approx(6 / (math.pi * 5))  # its diameter is the diagonal √20
    assert zuid["polsby_popper"] == pytest.approx(math.pi / 4)
    assert zuid["reock"] == pytest.approx(2 / math.pi)
    assert (noord["delen"], noord["delen_met_verbindingen"]) == (1, 1)
    assert noord["gemeenten_geheel"] == ("GM0001",)
    assert noord["gemeenten_gedeeld"] == zuid["gemeenten_gedeeld"] == ("GM0002",)
    assert (noord["gemeenten"], zuid["gemeenten"]) == (2, 1)
    assert zuid["gemeenten_geheel"] == ()


def test_a_hole_counts_in_the_perimeter_and_leaves_the_hull_alone():
    area = study_area(draw("AAA\nABA\nAAA"))
    ring = measure(area, plan_of(area, Ring="A")).loc["Ring"]
    assert (ring["oppervlakte_km2"], ring["omtrek_km"]) == pytest.approx((8, 16))
    assert ring["convex_hull"] == pytest.approx(8 / 9)
    assert (ring["snijranden"], ring["snijlijn_km"]) == (1, pytest.approx(4))


def test_parts_with_and_without_a_link():
    units = draw("A.B.C")
    area = study_area(units)
    ferry = Link("WK0001AA", "WK0001BB", "veer", "De pont vaart dagelijks")
    linked = study_area(units, graph=area.graph.with_links([ferry]))
    together = measure(linked, plan_of(linked, Alles="ABC")).loc["Alles"]
    assert (together["delen"], together["delen_met_verbindingen"]) == (3, 2)
    # The ferry's other end lies in another group, so it connects nothing in this one.
    apart = measure(linked, plan_of(linked, Een="AC", Twee="B")).loc["Een"]
    assert (apart["delen"], apart["delen_met_verbindingen"]) == (2, 2)


def test_a_point_touch_is_two_parts():
    area = study_area(draw("A.\n.B"))
    assert measure(area, plan_of(area, Een="AB")).loc["Een", "delen"] == 2


def test_unknown_inhabitants_are_counted_beside_the_sum():
    units = draw("ABC")
    units.loc["WK0001BB", ["inwoners", "inwoners_65plus"]] = np.nan
    units.loc["WK0001CC", "inwoners_65plus"] = np.nan
    area = study_area(units)
    found = measure(area, plan_of(area, Een="ABC")).loc["Een"]
    assert (found["inwoners"], found["inwoners_onbekend"]) == (2000, 1)
    assert (found["inwoners_65plus"], found["inwoners_65plus_onbekend"]) == (200, 2)


def test_practices_participation_and_what_is_unknown():
    a, b = "WK0001AA", "WK0001BB"
    rows = [
        # one practice with two AGB codes
        {"praktijk_id": "P", "eenheid": a, "ion": 2000, "huisartsen": 2, "deelnemer": True},
        {"praktijk_id": "P", "eenheid": a, "ion": 1000, "huisartsen": 1, "deelnemer": True},
        {"praktijk_id": "Q", "eenheid": a, "ion": 500, "huisartsen": np.nan, "deelnemer": False},
        {"praktijk_id": "R", "eenheid": a, "ion": np.nan, "huisartsen": 4, "deelnemer": None},
        {"praktijk_id": "S", "eenheid": a, "ion": 64, "huisartsen": 8, "deelnemer": None},
        {"praktijk_id": "T", "eenheid": a, "discipline": "apotheek", "deelnemer": True},
        {"praktijk_id": "U", "eenheid": a, "discipline": "regio-organisatie"},
        {"praktijk_id": "V", "eenheid": b, "ion": 7},
        {"praktijk_id": "W", "eenheid": None, "ion": 9},
    ]
    area = study_area(draw("ABC"), practices=practice_table(rows))
    found = measure(area, plan_of(area, Een="A", Leeg="C")).loc["Een"]
    assert found.loc["ion":"huisartsen_deelname_onbekend"].to_dict() == {
        "ion": 3564,
        "ion_onbekend": 1,
        "ion_dubbel": 0,
        "ion_deelnemers": 3000,
        "ion_deelname_onbekend": 64,
        "praktijken": 5,
        "praktijken_geschat": 0,
        "huisartsenpraktijken": 4,
        "huisartsenpraktijken_geschat": 0,
        "huisartsen": 15,
        "huisartsen_onbekend": 1,
        "huisartsen_dubbel": 0,
        "huisartsen_deelnemers": 3,
        "huisartsen_deelname_onbekend": 12,
    }


def test_what_may_be_said_twice_is_told_beside_the_sum():
    """One AGB code at two addresses, and a practice that repeats its figures on another row."""
    twice = {"ion": 500, "huisartsen": 2, "praktijk_id": "P"}
    rows = [
        {"eenheid": "WK0001AA", "ion": 300, "huisartsen": 1, "agb": "01000001"},
        {"eenheid": "WK0001AA", "ion": 200, "huisartsen": 3, "agb": "01000001"},
        {"eenheid": "WK0001BB", **twice},
        {"eenheid": "WK0001CC", **twice},
    ]
    area = study_area(draw("ABC"), practices=practice_table(rows))
    found = measure(area, plan_of(area, Een="A", Twee="B", Drie="C"))
    assert found["ion"].tolist() == [500, 500, 500]
    # Of the first two the largest surely counts; of the others neither group knows.
    assert found["ion_dubbel"].tolist() == [200, 500, 500]
    assert found["huisartsen_dubbel"].tolist() == [1, 2, 2]


def test_a_shared_unit_is_in_no_sum_and_told_in_each_group():
    area = study_area(draw("ABC", inwoners=1000.0))
    labels, double = np.array([0, 0, 1], np.int32), {"WK0001BB": ("Een", "Twee")}
    found = measure(area, Plan("regio", area.units.index, ("Een", "Twee"), labels, double=double))
    assert found["inwoners"].tolist() == [1000, 1000]
    assert found["inwoners_gedeeld"].tolist() == [1000, 1000]


def test_a_group_without_units_has_no_shape():
    area = study_area(draw("AB"))
    plan = Plan("regio", area.units.index, ("Een", "Leeg"), np.array([0, -1], np.int32))
    empty = measure(area, plan).loc["Leeg"]
    assert empty[["polsby_popper", "reock", "convex_hull", "afstand_km"]].isna().all()
    assert (empty["eenheden"], empty["oppervlakte_km2"], empty["omtrek_km"]) == (0, 0, 0)
    assert (empty["delen"], empty["gemeenten_geheel"], empty["gemeenten_gedeeld"]) == (0, (), ())


def test_a_plan_without_groups_gives_an_empty_table():
    area = study_area(draw("AB"))
    plan = Plan.from_mapping({}, area.units.index)
    assert measure(area, plan).columns.tolist() == COLUMNS
    assert len(measure(area, plan)) == 0


def test_a_plan_on_other_units_is_refused():
    area = study_area(draw("AB"))
    with pytest.raises(ValueError, match="units"):
        measure(area, Plan.from_mapping({}, area.units.index[::-1]))


def distance(rows, picture="AB", **groups):
    units = draw(picture)
    units.loc["WK0001BB", "inwoners"] = 3000
    area = study_area(units, practices=practice_table(rows))
    return measure(area, plan_of(area, **(groups or {"Een": "AB"})))["afstand_km"]


# The points of A and B in "AB" are the middles of their cells: (150500, 450500), (151500, 450500).
IN_A = {"eenheid": "WK0001AA", "x_rd": 150_500, "y_rd": 450_500}
IN_B = {"eenheid": "WK0001BB", "x_rd": 151_500, "y_rd": 450_500}


def test_distance_is_weighted_with_inhabitants():
    assert distance([IN_A])["Een"] == pytest.approx(0.75)  # 1000 at 0 km, 3000 at 1 km
    assert distance([IN_A, IN_B])["Een"] == 0


def test_distance_goes_to_participants_only_where_the_table_tells():
    known = [{**IN_A, "deelnemer": True}, {**IN_B, "deelnemer": False}]
    assert distance(known)["Een"] == pytest.approx(0.75)
    assert math.isnan(distance([{**IN_A, "deelnemer": False}])["Een"])
    assert math.isnan(distance([{**IN_A, "discipline": "apotheek"}])["Een"])
    # A pharmacy's participation says nothing about the huisartsen.
    assert distance([IN_A, {**IN_B, "discipline": "apotheek", "deelnemer": True}])[
        "Een"
    ] == pytest.approx(0.75)


def test_distance_stays_within_the_group():
    found = distance([IN_A], Een="A", Twee="B")
    assert found["Een"] == 0
    assert math.isnan(found["Twee"])


def test_distance_of_a_practice_without_coordinates_is_to_the_point_of_its_unit():
    assert distance([{"eenheid": "WK0001AA"}])["Een"] == pytest.approx(0.75)


def test_distance_without_known_inhabitants_is_unknown():
    units = draw("AB").assign(inwoners=np.nan)
    area = study_area(units, practices=practice_table([IN_A]))
    assert math.isnan(measure(area, plan_of(area, Een="AB")).loc["Een", "afstand_km"])


MAPS = {
    "grid": study_area(draw("ABCD\nEFGH\nIJKL\nMNOP\nabcd")),
    "irregular": study_area(draw("AABBC.\nDAEEC.\nDDF..G\nHDFFab\ncc.aab")),
}
labelings = st.sampled_from(sorted(MAPS)).flatmap(
    lambda name: st.tuples(
        st.just(name), hnp.arrays(np.int32, len(MAPS[name].units), elements=st.integers(-1, 3))
    )
)


@settings(max_examples=tries(100))
@given(labelings)
def test_shape_and_borders_equal_those_of_the_dissolved_groups(drawn):
    area, labels = MAPS[drawn[0]], drawn[1]
    plan = Plan("regio", area.units.index, ("P", "Q", "R", "S"), labels)
    found = measure(area, plan)
    assert found.index.tolist() == list(plan.groups)
    for number, group in enumerate(plan.groups):
        row, mine = found.loc[group], labels == number
        union = shapely.union_all(area.units.geometry.to_numpy()[mine])
        rest = shapely.union_all(area.units.geometry.to_numpy()[~mine])
        border = shapely.intersection(shapely.boundary(union), shapely.boundary(rest))
        assert row["oppervlakte_km2"] == pytest.approx(union.area / 1e6)
        assert row["omtrek_km"] == pytest.approx(union.length / 1e3)
        assert row["snijlijn_km"] == pytest.approx(
            border.length / 1e3 if mine.any() and not mine.all() else 0
        )
        if mine.any():
            assert row["polsby_popper"] == pytest.approx(4 * math.pi * union.area / union.length**2)
            radius = shapely.minimum_bounding_radius(union)
            assert row["reock"] == pytest.approx(union.area / (math.pi * radius**2))
            assert row["convex_hull"] == pytest.approx(union.area / union.convex_hull.area)


def slow_graph(units: gpd.GeoDataFrame) -> nx.Graph:
    graph = nx.Graph()
    graph.add_nodes_from(range(len(units)))
    shapes = units.geometry.to_numpy()
    for i in range(len(shapes)):
        for j in range(i):
            if shapely.intersection(shapes[i], shapes[j]).length > 0:
                graph.add_edge(i, j)
    return graph


SLOW = {name: slow_graph(area.units) for name, area in MAPS.items()}


@settings(max_examples=tries(100))
@given(labelings)
def test_parts_edges_and_gemeenten_equal_those_of_the_slow_twin(drawn):
    area, labels = MAPS[drawn[0]], drawn[1]
    graph, code = SLOW[drawn[0]], area.units["gemeentecode"].to_numpy()
    plan = Plan("regio", area.units.index, ("P", "Q", "R", "S"), labels)
    found = measure(area, plan)
    for number, group in enumerate(plan.groups):
        mine = set(np.flatnonzero(labels == number).tolist())
        row = found.loc[group]
        assert row["eenheden"] == len(mine)
        assert row["delen"] == nx.number_connected_components(graph.subgraph(mine))
        assert row["snijranden"] == sum((a in mine) != (b in mine) for a, b in graph.edges)
        touched = sorted({code[i] for i in mine})
        whole = tuple(g for g in touched if set(np.flatnonzero(code == g).tolist()) <= mine)
        assert row["gemeenten_geheel"] == whole
        assert row["gemeenten_gedeeld"] == tuple(g for g in touched if g not in whole)
        assert row["gemeenten"] == len(touched)


@settings(max_examples=tries(50))
@given(labelings, st.integers(0, 2**32 - 1))
def test_nothing_is_lost_between_groups_and_distance_equals_its_slow_twin(drawn, seed):
    area, labels = MAPS[drawn[0]], drawn[1]
    rng = np.random.default_rng(seed)
    n = len(area.units)
    units = area.units.assign(inwoners=np.where(rng.random(n) < 0.2, np.nan, rng.integers(0, 9, n)))
    practices = practice_table(
        [
            {
                "eenheid": area.units.index[rng.integers(n)],
                "x_rd": 150_000 + 5000 * rng.random(),
                "y_rd": 450_000 + 5000 * rng.random(),
                "ion": rng.choice([np.nan, 1000.0, 2500.0]),
            }
            for _ in range(rng.integers(0, 9))
        ]
    )
    whole = study_area(units, practices=practices, graph=area.graph)
    plan = Plan("regio", units.index, ("P", "Q", "R", "S"), labels)
    found = measure(whole, plan)
    grouped = pd.Series(labels, units.index)
    assert found["inwoners"].sum() == units["inwoners"][labels >= 0].sum()
    assert found["inwoners_onbekend"].sum() == units["inwoners"][labels >= 0].isna().sum()
    at = practices["eenheid"].map(grouped)
    assert found["ion"].sum() == practices["ion"][at >= 0].sum()
    assert found["oppervlakte_km2"].sum() == pytest.approx(whole.area_km2[labels >= 0].sum())
    points = units.geometry.representative_point()
    for number, group in enumerate(plan.groups):
        mine, seats = labels == number, practices[at == number]
        walks = [
            (people, min(math.dist((p.x, p.y), s) for s in seats[["x_rd", "y_rd"]].to_numpy()))
            for p, people in zip(points[mine], units["inwoners"][mine], strict=True)
            if people > 0 and len(seats)
        ]
        if not walks:
            assert math.isnan(found.loc[group, "afstand_km"])
            continue
        mean = sum(p * d for p, d in walks) / sum(p for p, _ in walks) / 1000
        assert found.loc[group, "afstand_km"] == pytest.approx(mean)


def test_a_list_without_a_coordinate_column_stands_at_the_points_of_its_units():
    """Its columns of numbers are one block, of which pandas gives out a view to read only."""
    area = study_area(draw("AB"))
    practices = practice_table([{"eenheid": code, "ion": 1.0} for code in area.units.index])
    numbers = np.full((len(practices), 2), np.nan)
    practices = practices.drop(columns=["x_rd", "y_rd"]).join(
        pd.DataFrame(numbers, practices.index, columns=["x_rd", "y_rd"])
    )
    found = measure(area.with_practices(practices), plan_of(area, Noord="A", Zuid="B"))
    assert found["afstand_km"].tolist() == [0, 0]


@pytest.mark.real
def test_the_work_area_of_unicum(shared_data):
    """The numbers of ../shared/data/README.md: 62 wijken, 361.805 inhabitants in 2022."""
    area = netherlands(shared_data)
    units = area.units
    inside = units["gemeentecode"].isin(UNICUM).to_numpy()
    plan = Plan("regio", units.index, ("UNICUM",), np.where(inside, 0, -1).astype(np.int32))
    found = measure(area, plan).loc["UNICUM"]
    assert (found["eenheden"], found["inwoners"]) == (62, 361_805)
    assert set(found["gemeenten_geheel"]) == UNICUM
    assert found["gemeenten_gedeeld"] == ()
    union = shapely.union_all(units.geometry.to_numpy()[inside])
    assert found["oppervlakte_km2"] == pytest.approx(union.area / 1e6)
    assert found["omtrek_km"] == pytest.approx(union.length / 1e3)
    assert found["delen"] == len(shapely.get_parts(union))
    assert 0 < found["polsby_popper"] < found["convex_hull"] < 1


@pytest.mark.real
def test_all_of_the_netherlands_in_25_groups_is_measured_at_once(shared_data):
    area = netherlands(shared_data)
    north = area.units.geometry.centroid.y.rank(method="first").to_numpy() - 1
    labels = (north * 25 // len(north)).astype(np.int32)
    plan = Plan("regio", area.units.index, tuple(f"R{i}" for i in range(25)), labels)
    start = time.process_time()
    found = measure(area, plan)
    assert time.process_time() - start < 0.5
    shapes = area.units.geometry.groupby(labels).agg(shapely.coverage_union_all)
    shapes = gpd.GeoSeries(shapes, crs=28992)
    assert found["omtrek_km"].to_numpy() == pytest.approx(shapes.length.to_numpy() / 1e3)
    assert found["oppervlakte_km2"].to_numpy() == pytest.approx(shapes.area.to_numpy() / 1e6)
    assert found["inwoners"].sum() == area.units["inwoners"].sum()


@given(st.data())
def test_practices_that_may_stand_in_another_group_are_counted(data):
    """The slow twin asks of every practice in which groups it may stand."""
    codes = ["WK0001AA", "WK0001BB", "WK0001CC", "WK0001DD"]
    groups = dict(
        zip(codes, data.draw(st.lists(st.sampled_from("XY-"), min_size=4, max_size=4)), strict=True)
    )
    plan_groups = {code: group for code, group in groups.items() if group != "-"}
    places = st.none() | st.lists(
        st.sampled_from([*codes, ELSEWHERE]), min_size=1, max_size=3, unique=True
    )
    rows, several = [], []
    for i in range(data.draw(st.integers(1, 5))):
        other = data.draw(places)
        at = data.draw(st.sampled_from(codes))
        kind = data.draw(st.sampled_from(["huisarts", "apotheek"]))
        rows.append({"praktijk_id": f"P{i}", "eenheid": at, "discipline": kind})
        several.append(None if other is None else tuple({*other, at}))
    practices = practice_table(rows).assign(mogelijk=pd.Series(several, dtype=object))
    area = study_area(draw("ABCD"), practices=practices)
    found = measure(area, Plan.from_mapping(plan_groups, area.units.index))
    for name in found.index:
        here = [
            row["discipline"]
            for row, may in zip(rows, several, strict=True)
            if groups[row["eenheid"]] == name and {groups.get(u, "-") for u in may or ()} - {name}
        ]
        assert found.loc[name, "praktijken_geschat"] == len(here)
        assert found.loc[name, "huisartsenpraktijken_geschat"] == here.count("huisarts")
