"""Maps that hold a part of a gemeente: its shape, its inhabitants or supplied borders tell."""

import geopandas as gpd
import pytest
import shapely

from oi_geo.criteria.assess import assess
from oi_geo.criteria.kader import kader_names, load_kader
from oi_geo.pipeline import Inputs, load_area
from oi_geo.plan import Plan
from oi_geo.sources.completeness import incomplete_gemeenten
from oi_geo.study_area import gemeenten_of_units
from tests.conftest import draw
from tests.test_pipeline import gemeenten_file, wijken_file

KADERS = [load_kader(name) for name in kader_names()]
ALL = draw("ABcc\nABcc")
GEMEENTEN = gemeenten_of_units(ALL)
PART = ALL.drop("WK0001BB")


def clipped(units: gpd.GeoDataFrame, inwoners: float) -> gpd.GeoDataFrame:
    """The gemeenten drawn as far as the units go, with a number of inhabitants of GM0001."""
    frame = gemeenten_of_units(units)
    frame.loc["GM0001", "inwoners"] = inwoners
    return frame


@pytest.mark.parametrize(
    ("units", "gemeenten", "land", "told"),
    [
        (ALL, GEMEENTEN, True, []),
        (PART, GEMEENTEN, True, ["GM0001"]),  # the shape, and the people
        (PART, GEMEENTEN.assign(inwoners=float("nan")), True, ["GM0001"]),  # the shape alone
        (PART, clipped(PART, 2000.0), True, ["GM0001"]),  # the people alone
        (PART, clipped(PART, 1005.0), True, []),  # within rounding: 2 × 2,5
        (PART, clipped(PART, 1006.0), True, []),  # within what CBS does not know the wijk of
        (PART, clipped(PART, 1020.0), True, ["GM0001"]),
        (PART, clipped(PART, 900.0), True, []),  # too many people is no missing ground
        (PART.assign(inwoners=float("nan")), clipped(PART, 2000.0), True, []),
        (PART, GEMEENTEN.assign(inwoners=1000.0), False, []),  # ground without people may be water
        (PART, GEMEENTEN.assign(inwoners=1000.0), True, ["GM0001"]),
        (ALL, GEMEENTEN.drop("GM0001"), True, []),
    ],
)
def test_what_tells_that_a_gemeente_is_a_part(units, gemeenten, land, told) -> None:
    if told == [] and not land:
        gemeenten.loc["GM0002", "inwoners"] = 1000.0
    assert list(incomplete_gemeenten(units, gemeenten, land=land)) == told


@pytest.mark.parametrize("tolerance", [30, 120, 300])
def test_borders_that_were_drawn_apart_are_no_missing_ground(tolerance: float) -> None:
    coast = shapely.Point(150_000, 450_000).buffer(3_000, quad_segs=64)
    west = shapely.intersection(coast, shapely.box(140_000, 440_000, 150_000, 460_000))
    east = shapely.difference(coast, west)
    units = draw("Ab").set_geometry([west, east], crs=28992).assign(inwoners=float("nan"))
    simple = gemeenten_of_units(units)
    simple = simple.set_geometry(simple.geometry.simplify(tolerance).buffer(0))
    assert incomplete_gemeenten(units, simple, land=True) == {}


def verdicts(area, level: str) -> dict[str, str]:
    plan = Plan.from_mapping(dict.fromkeys(area.units.index[:1], "West"), area.units.index, level)
    return {f.rule: f for f in assess(area, plan, KADERS) if f.group == "West"}


def test_supplied_borders_tell_and_the_report_warns(tmp_path) -> None:
    wijken = wijken_file(tmp_path / "wijken.gpkg", "A.bb")
    borders = gemeenten_file(tmp_path / "gemeenten.gpkg", "AAbb")
    alone = load_area(Inputs(grenzen=wijken))
    assert verdicts(alone, "hub")["U4"].verdict == "voldoet"
    area = load_area(Inputs(grenzen=wijken, gemeentegrenzen=borders))
    assert list(area.incomplete) == ["GM0001"]
    assert any("maar een deel van" in m.melding for m in area.reports[0].messages)
    assert verdicts(area, "hub")["U4"].verdict == "niet te bepalen"
    for level in ("hub", "regio"):
        found = verdicts(area, level)["U5"]
        assert (found.verdict, found.value) == ("niet te bepalen", None)
        assert "maar een deel" in found.explanation


def test_supplied_borders_may_hold_more_gemeenten(tmp_path) -> None:
    wijken = wijken_file(tmp_path / "wijken.gpkg", "AA")
    borders = gemeenten_file(tmp_path / "gemeenten.gpkg", "AAbb")
    area = load_area(Inputs(grenzen=wijken, gemeentegrenzen=borders))
    assert not area.incomplete
    assert not any("andere indeling" in m.melding for m in area.reports[0].messages)


def test_a_cut_gemeente_stays_cut_and_has_no_share(tmp_path) -> None:
    wijken = wijken_file(tmp_path / "wijken.gpkg", "AB.c")
    borders = gemeenten_file(tmp_path / "gemeenten.gpkg", "ABBc")
    area = load_area(Inputs(grenzen=wijken, gemeentegrenzen=borders))
    found = verdicts(area, "regio")["U5"]
    assert (found.verdict, found.value) == ("signaal", 1)
    assert "dat maar deels op de kaart staat" in found.explanation
    assert "%" not in found.explanation
    assert verdicts(area, "hub")["U4"].verdict == "signaal"


@pytest.mark.real
def test_the_official_file_is_whole_and_a_part_of_it_is_not(shared_data, tmp_path) -> None:
    path = shared_data / "wijkenbuurten_2022_gegeneraliseerd.gpkg"
    assert load_area(Inputs(grenzen=path)).incomplete == {}
    part = tmp_path / "deel.gpkg"
    wijken = gpd.read_file(path, layer="wijken")
    wijken[wijken["gemeentecode"].isin(["GM0355"])].iloc[1:].to_file(part, layer="wijken")
    gpd.read_file(path, layer="gemeenten").to_file(part, layer="gemeenten")
    assert list(load_area(Inputs(grenzen=part)).incomplete) == ["GM0355"]
