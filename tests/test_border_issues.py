"""Grensproblematiek on drawn maps; shares add up to 1, ION and area to those of the gemeente."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from oi_geo.border_issues import BorderIssues, border_issues
from oi_geo.plan import Plan
from oi_geo.study_area import StudyArea, study_area
from tests.conftest import draw, practice_table
from tests.effort import tries
from tests.netherlands import UNICUM, netherlands

A, B, C, D = "WK0001AA", "WK0001BB", "WK0002CC", "WK0002DD"


def area_of(rows=(), picture="AABcc\nAABcd", **changes) -> StudyArea:
    """Bovendam is A (4 km²) and B (2 km²), Onderdam (GM0002) is c (3 km²) and d (1 km²)."""
    units = draw(picture).assign(**changes)
    return study_area(units, practices=practice_table(list(rows)))


def issues(area: StudyArea, plan: Plan) -> BorderIssues:
    return border_issues(area, plan, minimum=100_000)


def plan_of(area: StudyArea, assignment: dict[str, str]) -> Plan:
    return Plan.from_mapping(assignment, area.units.index)


def test_a_gemeente_cut_by_the_work_area_and_one_cut_by_two_groups():
    area = area_of(
        [
            {"eenheid": A, "ion": 3000, "regio_organisatie": "Ons", "verzekeraar": "VGZ"},
            {"eenheid": A, "ion": np.nan, "regio_organisatie": "Ons"},
            {"eenheid": B, "ion": 1000, "regio_organisatie": "Zij", "verzekeraar": "CZ"},
            {"eenheid": B, "discipline": "apotheek", "regio_organisatie": "Derde"},
            {"eenheid": B, "discipline": "regio-organisatie", "regio_organisatie": "Zetel"},
        ]
    )
    found = issues(area, plan_of(area, {A: "Noord", C: "Noord", D: "Zuid"})).gemeenten
    assert found.columns.tolist() == [
        *["gemeentecode", "gemeentenaam", "groep", "aandeel_oppervlakte", "aandeel_inwoners"],
        *["aandeel_ion", "aandeel_praktijken", "inwoners", "inwoners_onbekend", "ion"],
        *["ion_onbekend", "praktijken", "praktijken_geschat", "regio_organisaties"],
        *["verzekeraars", "eenheden"],
    ]
    key = ["gemeentecode", "gemeentenaam", "groep", "eenheden"]
    assert found[key].to_numpy().tolist() == [
        ["GM0001", "Bovendam", "Noord", (A,)],
        ["GM0001", "Bovendam", None, (B,)],
        ["GM0002", "Onderdam", "Noord", (C,)],
        ["GM0002", "Onderdam", "Zuid", (D,)],
    ]
    assert found["aandeel_oppervlakte"].tolist() == pytest.approx([4 / 6, 2 / 6, 3 / 4, 1 / 4])
    assert found["aandeel_inwoners"].tolist() == [0.5, 0.5, 0.5, 0.5]
    assert found["ion"].tolist() == [3000, 1000, 0, 0]
    assert found["ion_onbekend"].tolist() == [1, 0, 0, 0]
    assert found["praktijken"].tolist() == [2, 2, 0, 0]
    assert found["aandeel_ion"].tolist()[:2] == [0.75, 0.25]
    assert found["aandeel_praktijken"].tolist()[:2] == [0.5, 0.5]
    assert found["aandeel_ion"][2:].isna().all()  # no ION at all in Onderdam: no share of it
    assert found["regio_organisaties"].tolist() == [("Ons",), ("Derde", "Zij"), (), ()]
    assert found["verzekeraars"].tolist() == [("VGZ",), ("CZ",), (), ()]


def test_a_gemeente_wholly_inside_or_wholly_outside_is_not_cut():
    area = area_of()
    assert issues(area, plan_of(area, {A: "Noord", B: "Noord"})).gemeenten.empty
    assert issues(area, plan_of(area, {})).gemeenten.empty
    all_in_one = plan_of(area, dict.fromkeys([A, B, C, D], "Noord"))
    assert issues(area, all_in_one).gemeenten.empty


def test_groups_keep_the_order_of_the_plan_and_outside_comes_last():
    area = area_of(picture="ABC")
    plan = plan_of(area, {"WK0001CC": "Zuid", A: "Noord"})
    assert issues(area, plan).gemeenten["groep"].tolist() == ["Zuid", "Noord", None]


def test_unknown_inhabitants_are_left_out_of_the_share_and_counted():
    area = area_of(picture="ABC", inwoners=[1000.0, 3000.0, np.nan])
    plan = plan_of(area, {A: "Noord", "WK0001CC": "Noord"})
    found = issues(area, plan).gemeenten
    assert found["aandeel_inwoners"].tolist() == [0.25, 0.75]
    assert found["inwoners"].tolist() == [1000, 3000]
    assert found["inwoners_onbekend"].tolist() == [1, 0]
    unknown = area_of(picture="ABC", inwoners=np.nan)
    assert issues(unknown, plan).gemeenten["aandeel_inwoners"].isna().all()


def test_the_insurer_of_the_gemeente_stands_beside_those_of_the_practices():
    area = area_of([{"eenheid": A, "verzekeraar": "VGZ"}])
    insurers = pd.DataFrame(
        {
            "gemeentecode": ["GM0001", "GM0001", "GM0001", "GM0002"],
            "zorgkantoor": ["Utrecht", "Gooi", "Rest", "Utrecht"],
            "verzekeraar": ["Zilveren Kruis", "VGZ", "Nul", None],
            "aandeel": [0.9, 0.1, 0.0, 1.0],
        }
    )
    area = StudyArea("wijk", area.units, area.gemeenten, area.practices, area.graph, insurers)
    found = issues(area, plan_of(area, {A: "Noord", C: "Noord"})).gemeenten
    both = ("VGZ", "Zilveren Kruis")
    assert found["verzekeraars"].tolist() == [both, both, (), ()]


def test_practices_of_another_ro_than_their_group():
    rows = [
        {"praktijk_id": "1", "agb": "01000001", "eenheid": A, "ion": 3000, "naam": "Een"},
        {"praktijk_id": "2", "agb": "01000002", "eenheid": A, "ion": 2000, "naam": "Twee"},
        {"praktijk_id": "3", "agb": "02000003", "eenheid": A, "discipline": "apotheek"},
        {"praktijk_id": "4", "agb": "01000004", "eenheid": A, "ion": np.nan},
        {"praktijk_id": "5", "agb": "01000005", "eenheid": B, "ion": 9000},
    ]
    for row, ro in zip(rows, ["Ons", "Zij", "Zij", None, "Zij"], strict=True):
        row["regio_organisatie"] = ro
    area = area_of(rows)
    found = issues(area, plan_of(area, {A: "Noord", C: "Zuid"})).practices
    assert found.columns.tolist() == [
        *["praktijk_id", "agb", "naam", "eenheid", "groep", "regio_organisatie", "ro_van_groep"],
        "ion",
    ]
    assert found["agb"].tolist() == ["01000002", "02000003"]
    assert found.iloc[0].tolist() == ["2", "01000002", "Twee", A, "Noord", "Zij", "Ons", 2000]
    assert np.isnan(found.iloc[1]["ion"])


@pytest.mark.parametrize(
    "ion", [(3000, 3000), (np.nan, np.nan), (0, 0)], ids=["equal", "unknown", "none"]
)
def test_without_a_single_largest_ro_no_practice_is_called_foreign(ion):
    rows = [
        {"eenheid": A, "ion": ion[0], "regio_organisatie": "Ons"},
        {"eenheid": A, "ion": ion[1], "regio_organisatie": "Zij"},
    ]
    area = area_of(rows)
    assert issues(area, plan_of(area, {A: "Noord"})).practices.empty


def test_an_ro_without_known_ion_is_not_the_largest():
    rows = [
        {"eenheid": A, "ion": np.nan, "regio_organisatie": "Ons"},
        {"eenheid": A, "discipline": "apotheek", "regio_organisatie": "Zij"},
    ]
    area = area_of(rows)
    assert issues(area, plan_of(area, {A: "Noord"})).practices.empty


def test_the_ion_of_several_practices_makes_the_largest_ro():
    rows = [
        {"eenheid": A, "ion": 3000, "regio_organisatie": "Zij", "agb": "1"},
        {"eenheid": A, "ion": 2000, "regio_organisatie": "Ons", "agb": "2"},
        {"eenheid": B, "ion": 2000, "regio_organisatie": "Ons", "agb": "3"},
        # A pharmacy has no ION to weigh with, whatever its row says.
        {"eenheid": B, "ion": 9000, "regio_organisatie": "Zij", "agb": "4", "discipline": "a"},
    ]
    area = area_of(rows)
    found = issues(area, plan_of(area, {A: "Noord", B: "Noord"})).practices
    assert found["agb"].tolist() == ["1", "4"]


def test_practices_and_wsvs_in_two_ros():
    rows = [
        {"praktijk_id": "P", "naam": "Dubbel", "eenheid": A, "regio_organisatie": "Zij"},
        {"praktijk_id": "P", "naam": "Dubbel", "eenheid": B, "regio_organisatie": "Ons"},
        {"praktijk_id": "Q", "naam": "Enkel", "eenheid": A, "regio_organisatie": "Ons", "wsv": "W"},
        {"praktijk_id": "Q", "naam": "Enkel", "eenheid": A, "regio_organisatie": "Ons", "wsv": "W"},
        {"praktijk_id": "R", "naam": "Ver", "regio_organisatie": "Zij", "wsv": "W"},
        {"praktijk_id": "S", "naam": "Los", "eenheid": B, "wsv": "V"},
        {"praktijk_id": "T", "naam": "Vast", "eenheid": B, "wsv": "V", "regio_organisatie": "Ons"},
    ]
    area = area_of(rows)
    found = issues(area, plan_of(area, {A: "Noord"})).double
    assert found.to_dict("records") == [
        {
            "soort": "praktijk",
            "naam": "Dubbel",
            "regio_organisaties": ("Ons", "Zij"),
            "eenheden": (A, B),
        },
        {"soort": "wsv", "naam": "W", "regio_organisaties": ("Ons", "Zij"), "eenheden": (A,)},
    ]


def test_a_name_written_in_two_ways_is_one_name():
    rows = [
        {"praktijk_id": "P", "eenheid": A, "ion": 9, "regio_organisatie": "RO Ons", "wsv": "W"},
        {"praktijk_id": "P", "eenheid": A, "ion": 5, "regio_organisatie": "ro  ons ", "wsv": "w"},
        {"praktijk_id": "Q", "eenheid": A, "ion": 1, "regio_organisatie": " "},
    ]
    area = area_of(rows)
    found = issues(area, plan_of(area, {A: "Noord"}))
    assert found.gemeenten["regio_organisaties"].tolist() == [("RO Ons",), ()]
    assert found.practices.empty
    assert found.double.empty


def test_an_area_without_practices_has_empty_tables():
    area = area_of()
    found = issues(area, plan_of(area, {A: "Noord"}))
    assert found.practices.empty
    assert found.double.empty
    assert found.gemeenten[["praktijken", "ion"]].isna().all(axis=None)  # unknown, not nought


def test_a_plan_on_other_units_is_refused():
    area = area_of()
    with pytest.raises(ValueError, match="units"):
        issues(area, Plan.from_mapping({}, area.units.index[:2]))


MAP = study_area(draw("ABcd\nEBcf\nEGgh"))


@settings(max_examples=tries(80))
@given(
    hnp.arrays(np.int32, len(MAP.units), elements=st.integers(-1, 2)),
    st.integers(0, 2**32 - 1),
)
def test_every_cut_gemeente_is_conserved(labels, seed):
    rng = np.random.default_rng(seed)
    units = MAP.units.assign(inwoners=rng.choice([np.nan, 0.0, 500.0, 1500.0], len(MAP.units)))
    practices = practice_table(
        [
            {
                "praktijk_id": f"P{i}",
                "eenheid": rng.choice([*units.index]),
                "ion": rng.choice([np.nan, 1000.0, 2500.0]),
                "discipline": rng.choice(["huisarts", "apotheek", "regio-organisatie"]),
            }
            for i in range(12)
        ]
    )
    area = study_area(units, practices=practices, graph=MAP.graph)
    plan = Plan("regio", units.index, ("P", "Q", "R"), labels)
    found = issues(area, plan).gemeenten
    grouped = pd.Series(labels, units.index).groupby(units["gemeentecode"])
    cut = sorted(grouped.nunique()[lambda sides: sides > 1].index)
    assert found["gemeentecode"].unique().tolist() == cut
    assert len(found) == sum(grouped.nunique()[cut])
    huisarts = practices[practices["discipline"].eq("huisarts")]
    for code, rows in found.groupby("gemeentecode"):
        mine = units[units["gemeentecode"].eq(code)]
        here = huisarts[huisarts["eenheid"].isin(mine.index)]
        assert rows["aandeel_oppervlakte"].sum() == pytest.approx(1)
        assert rows["ion"].sum() == here["ion"].sum()
        assert rows["ion_onbekend"].sum() == here["ion"].isna().sum()
        assert rows["inwoners"].sum() == mine["inwoners"].sum()
        assert rows["inwoners_onbekend"].sum() == mine["inwoners"].isna().sum()
        assert sorted(u for side in rows["eenheden"] for u in side) == sorted(mine.index)
        others = practices[practices["eenheid"].isin(mine.index)]["discipline"]
        assert rows["praktijken"].sum() == others.ne("regio-organisatie").sum()
        for share in ["aandeel_inwoners", "aandeel_ion", "aandeel_praktijken"]:
            whole = rows[share.removeprefix("aandeel_")].sum()
            assert rows[share].isna().all() if whole == 0 else rows[share].sum() == pytest.approx(1)


@pytest.mark.real
def test_unicum_without_one_wijk_of_zeist(shared_data):
    area = netherlands(shared_data)
    code = area.units["gemeentecode"]
    whole = Plan.from_mapping(dict.fromkeys(code.index[code.isin(UNICUM)], "UNICUM"), code.index)
    assert issues(area, whole).gemeenten.empty
    zeist = code.index[code.eq("GM0355")]
    labels = np.where(code.index == zeist[0], -1, whole.labels).astype(np.int32)
    found = issues(area, Plan("regio", code.index, whole.groups, labels)).gemeenten
    assert found["groep"].tolist() == ["UNICUM", None]
    assert found["eenheden"].tolist() == [tuple(zeist[1:]), (zeist[0],)]
    here = area.area_km2[zeist]
    assert found["aandeel_oppervlakte"].tolist() == pytest.approx(
        [here.iloc[1:].sum() / here.sum(), here.iloc[0] / here.sum()]
    )
    assert found["inwoners"].sum() == area.units["inwoners"][zeist].sum()


def test_a_cell_that_names_two_ros_is_two_names():
    rows = [
        {"praktijk_id": "1", "agb": "01000001", "eenheid": A, "ion": 3000, "naam": "Een"},
        {"praktijk_id": "2", "agb": "01000002", "eenheid": A, "ion": 9000, "naam": "Twee"},
        {"praktijk_id": "3", "agb": "01000003", "eenheid": A, "ion": 1000, "naam": "Drie"},
    ]
    for row, ro in zip(rows, ["Ons", "Zij; ons", "Zij / Derde"], strict=True):
        row["regio_organisatie"] = ro
    area = area_of(rows)
    found = issues(area, plan_of(area, {A: "Noord"}))
    # The ION of a practice of two ROs tells of neither which is the largest.
    assert found.practices[["naam", "ro_van_groep"]].to_numpy().tolist() == [["Drie", "Ons"]]
    assert found.double[["naam", "regio_organisaties"]].to_numpy().tolist() == [
        ["Twee", ("Ons", "Zij")],
        ["Drie", ("Derde", "Zij")],
    ]
    assert found.gemeenten["regio_organisaties"].iloc[0] == ("Derde", "Ons", "Zij")
