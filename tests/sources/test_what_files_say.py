"""Files that say something of themselves: that they are a page of more, or under other names."""

import json

import geopandas as gpd
import pandas as pd
import pytest

from oi_geo.errors import UnusableFile, WhichColumn
from oi_geo.sources.cbs import read_boundaries
from oi_geo.sources.proposals import group_columns, read_proposal
from oi_geo.study_area import study_area
from tests.conftest import draw
from tests.sources.mapfiles import wijken

NEXT = [{"rel": "self", "href": "a"}, {"rel": "next", "href": "b"}]


def collection(path, **members):
    """Write the six wijken with more members beside the features."""
    top = json.loads(wijken().to_crs(4326).to_json())
    path.write_text(json.dumps({**members, **top, **members}))
    return path


@pytest.mark.parametrize(
    "members",
    [
        {"numberMatched": 25, "numberReturned": 6, "links": NEXT},
        {"numberMatched": 7},
        {"totalFeatures": 25, "numberReturned": 6},
        {"totalFeatures": "unknown", "links": NEXT},
        {"links": NEXT},
        {"exceededTransferLimit": True},
        {"properties": {"exceededTransferLimit": True}},
    ],
)
def test_a_page_of_a_longer_list_is_refused(tmp_path, members):
    with pytest.raises(UnusableFile, match="niet compleet"):
        read_boundaries(collection(tmp_path / "w.geojson", **members))


@pytest.mark.parametrize(
    "members",
    [
        {},
        {"numberMatched": 6, "numberReturned": 6, "links": NEXT[:1]},
        {"numberMatched": 6, "numberReturned": 2, "links": NEXT},  # pages that were put together
        {"numberMatched": 5},
        {"numberMatched": "unknown", "links": "b"},
        {"numberMatched": None, "links": [None]},
        {"exceededTransferLimit": False},
    ],
)
def test_a_whole_list_is_read(tmp_path, members):
    assert len(read_boundaries(collection(tmp_path / "w.geojson", **members)).units) == 5


@pytest.mark.parametrize("empty", [None, "", " ", "-"])
def test_a_layout_is_recognised_by_what_its_columns_hold(tmp_path, empty):
    frame = draw("AB").rename_axis("x")
    path = tmp_path / "g.geojson"
    gpd.GeoDataFrame(
        {
            "buurtcode": empty, "buurtnaam": None, "wijkcode": empty, "wijknaam": None,
            "gemeentecode": ["GM0990", "GM0991"], "gemeentenaam": ["Een", "Twee"],
            "aantal_inwoners": [60_000, 70_000],
        },
        geometry=list(frame.geometry), crs=28992,
    ).to_crs(4326).to_file(path, driver="GeoJSON")  # fmt: skip
    found = read_boundaries(path)
    assert found.level == "gemeente"
    assert found.units["inwoners"].tolist() == [60_000, 70_000]


def spelled(spelling):
    """Rename the columns of the wijken as some program would spell them."""
    names = {name: spelling(name) for name in wijken().columns if name != "geometry"}
    return wijken().rename(columns=names)


@pytest.mark.parametrize(
    "spelling",
    [
        str.upper,
        str.title,
        lambda n: n.replace("_", " "),
        lambda n: n.replace("_", "-"),
        lambda n: n.replace("_", ""),
        lambda n: "".join(w.title() if i else w for i, w in enumerate(n.split("_"))),
        lambda n: n.replace("code", "Code").replace("naam", "Naam"),
        lambda n: n.replace("code", "_code").replace("naam", " naam"),
    ],
)
def test_column_names_match_in_any_spelling(tmp_path, spelling):
    path = tmp_path / "w.gpkg"
    spelled(spelling).to_file(path, driver="GPKG")
    plain = tmp_path / "p.gpkg"
    wijken().to_file(plain, driver="GPKG")
    pd.testing.assert_frame_equal(
        pd.DataFrame(read_boundaries(path).units.drop(columns="geometry")),
        pd.DataFrame(read_boundaries(plain).units.drop(columns="geometry")),
    )


@pytest.mark.parametrize("name", ["inwonersaantal", "AantInwoners2022", "bevolking", "population"])
def test_inhabitants_that_are_not_read_get_a_line(tmp_path, name):
    path = tmp_path / "w.gpkg"
    wijken().rename(columns={"aantal_inwoners": name}).to_file(path, driver="GPKG")
    found = read_boundaries(path)
    assert found.units["inwoners"].isna().all()
    assert any(name in m.melding and "aantal_inwoners" in m.melding for m in found.report.messages)


def drawn(path, **columns):
    area = study_area(draw("AB"))
    frame = gpd.GeoDataFrame(columns, geometry=list(area.units.geometry), crs=28992)
    frame.to_file(path, driver="GPKG")
    return area


@pytest.mark.parametrize(
    ("columns", "groups"),
    [
        ({"veiligheidsRegioCode": ["V1", "V2"], "veiligheidsRegioNaam": ["N", "Z"]}, ("N", "Z")),
        ({"postcode": [3401, 3402]}, ("3401", "3402")),
        ({"rayon_code": ["a", "b"], "land": ["NL", "NL"]}, ("a", "b")),
        ({"landnaam": ["NL", "NL"], "kleur": ["rood", "blauw"]}, ("groep 1", "groep 2")),
    ],
)
def test_polygons_are_named_by_what_looks_like_a_name(tmp_path, columns, groups):
    area = drawn(tmp_path / "v.gpkg", **columns)
    plan, report = read_proposal(tmp_path / "v.gpkg", area, "regio")
    assert plan.groups == groups
    if groups[0] == "groep 1":
        assert any("'kleur'" in m.melding for m in report.messages)
    named = read_proposal(tmp_path / "v.gpkg", area, "regio", kolom=list(columns)[-1].upper())[0]
    assert named.groups == tuple(sorted(set(map(str, list(columns.values())[-1]))))


LIST = "gemeentCode;gemeenteNaam;regioCode2;veiligheidsRegioNaam;Provincie\n" + "".join(
    f"GM000{g};{n};{c};{r};P\n"
    for g, n, c, r in [(1, "Bovendam", "V1", "Noord"), (2, "Onderdam", "V2", "Zuid"),
                       (1, "Bovendam", "V1", "Noord")]
)  # fmt: skip


def test_two_columns_that_can_hold_the_groups_are_asked_for(tmp_path):
    area = study_area(draw("AAb"))
    path = tmp_path / "v.csv"
    path.write_text(LIST)
    with pytest.raises(WhichColumn, match=r"'regioCode2' en 'veiligheidsRegioNaam'") as asked:
        read_proposal(path, area, "regio")
    assert asked.value.columns == ("regioCode2", "veiligheidsRegioNaam")
    assert group_columns(path, "regio") == asked.value.columns
    for kolom, groups in (
        ("veiligheidsregio naam", ("Noord", "Zuid")),
        ("REGIOCODE2", ("V1", "V2")),
        ("Provincie", ("P",)),
    ):
        plan, _ = read_proposal(path, area, "regio", kolom=kolom)
        assert plan.groups == groups
    with pytest.raises(UnusableFile, match="er is geen kolom 'x'; gevonden zijn 'gemeentCode'"):
        read_proposal(path, area, "regio", kolom="x")


@pytest.mark.parametrize("header", ["regio", "Groep", "veiligheidsRegioNaam;regio", "provincie"])
def test_nothing_is_asked_where_a_name_tells_or_one_column_is_left(tmp_path, header):
    path = tmp_path / "v.csv"
    two = ";x" * header.count(";")
    path.write_text(f"wijkcode;{header}\nWK0001AA;a{two}\nWK0001BB;b{two}\nWK0001CC;b{two}\n")
    assert group_columns(path, "regio") == ()
