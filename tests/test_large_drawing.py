"""A drawing of thousands of groups: the screen shows a bounded part, the documents show all."""

import json
import re
import time
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely

from oi_geo import cli
from oi_geo.commands.toets import MOST_FINDINGS, MOST_GROUPS
from oi_geo.sources.lines import MOST_LINES
from oi_geo.text import nl_number
from tests.test_growth import squares, tiles

CORNER = (150_000.0, 450_000.0)  # RD


@pytest.fixture
def toets(capsys):
    """Run `toets` in this process and return what it says."""

    def call(*words: object) -> str:
        with pytest.raises(SystemExit) as stop:
            cli.main(["toets", *(str(word) for word in words)])
        out, err = capsys.readouterr()
        assert stop.value.code in {None, 0, 1}, err
        return out

    return call


def wijken_of(side: int, path: Path) -> Path:
    """Write squares in the official layout of wijken."""
    units = squares(side, 1_000.0).rename(
        columns={"naam": "wijknaam", "inwoners": "aantal_inwoners"}
    )
    number = np.arange(len(units))
    units["wijkcode"] = [f"WK{1 + i // 90:04d}{1 + i % 90:02d}" for i in number]
    units["gemeentecode"] = [f"GM{1 + i // 90:04d}" for i in number]
    units["gemeentenaam"] = [f"Dam {1 + i // 90}" for i in number]
    units.geometry = units.translate(*CORNER)
    columns = ["wijkcode", "wijknaam", "gemeentecode", "gemeentenaam", "aantal_inwoners"]
    units.assign(water="NEE")[[*columns, "water", "geometry"]].to_file(path, layer="wijken")
    return path


def numbers_not_shown(out: str) -> tuple[int, ...]:
    """Read how many groups, findings and lines of the read report the screen leaves out."""
    left = re.search(r"Niet getoond: ([\d.]+) groep(?:en)? en ([\d.]+) bevinding(?:en)?;", out)
    lines = re.search(r"Leesverslag: nog ([\d.]+) regels?;", out)
    assert left
    assert lines
    return tuple(int(text.replace(".", "")) for text in (*left.groups(), lines.group(1)))


def assert_screen_is_bounded_and_documents_are_whole(out: str, folder: Path) -> dict:
    found = json.loads((folder / "toets.json").read_text(encoding="utf-8"))
    lines = found["leesverslag"]
    groups, findings, told = numbers_not_shown(out)
    assert groups == len(found["groepen"]) - MOST_GROUPS
    assert findings == len(found["bevindingen"]) - MOST_FINDINGS
    assert told == len(lines) - MOST_LINES
    # The rest is a line for each source, the heads, and texts that wrap.
    shown = MOST_GROUPS + MOST_FINDINGS + MOST_LINES
    assert len(out.splitlines()) < 12 * shown
    assert sum("doorsneden:" in line for line in out.splitlines()) <= MOST_LINES
    return found


def test_the_screen_is_bounded_and_the_documents_are_whole(toets, tmp_path):
    wijken = wijken_of(17, tmp_path / "w.gpkg")
    drawing = tiles(16, 17_000.0)
    path = tmp_path / "pc4.gpkg"
    frame = gpd.GeoDataFrame({"pc4": drawing.names}, geometry=drawing.shapes, crs=28992)
    frame.set_geometry(frame.translate(*CORNER)).to_file(path)
    out = toets(path, "--grenzen", wijken, "--niveau", "wijk", "--uit", tmp_path / "uit")
    found = assert_screen_is_bounded_and_documents_are_whole(out, tmp_path / "uit")
    assert len(found["groepen"]) == 256
    cut = [line for line in found["leesverslag"] if "doorsneden:" in line["melding"]]
    assert len(cut) > 200
    assert any(f"{nl_number(len(cut))} eenheden worden doorsneden" in line["melding"]
               for line in found["leesverslag"])  # fmt: skip


def postcode_areas(land: shapely.Geometry, number: int) -> list[shapely.Geometry]:
    """Divide land among random points, each of which gets what is nearest to it."""
    rng = np.random.default_rng(4)
    shapely.prepare(land)
    x0, y0, x1, y1 = land.bounds
    points = rng.uniform((x0, y0), (x1, y1), (8 * number, 2))
    points = points[shapely.contains_xy(land, points)][:number]
    assert len(points) == number
    cells = shapely.voronoi_polygons(shapely.multipoints(points), extend_to=land.envelope)
    return list(shapely.intersection(shapely.get_parts(cells), land))


@pytest.mark.real
@pytest.mark.slow
@pytest.mark.timing
@pytest.mark.usefixtures("quiet_machine")
def test_4068_areas_of_postcodes_over_the_wijken_take_less_than_half_a_minute(
    toets, tmp_path, shared_data
):
    wijken = shared_data / "wijkenbuurten_2022_gegeneraliseerd.gpkg"
    gemeenten = gpd.read_file(wijken, layer="gemeenten").geometry.to_numpy()
    areas = postcode_areas(shapely.union_all(gemeenten), 4068)
    path = tmp_path / "pc4.gpkg"
    names = [str(1000 + i) for i in range(len(areas))]
    gpd.GeoDataFrame({"pc4": names}, geometry=areas, crs=28992).to_file(path)
    begin = time.process_time()
    out = toets(path, "--grenzen", wijken, "--niveau", "wijk", "--uit", tmp_path / "uit")
    assert time.process_time() - begin < 30
    found = assert_screen_is_bounded_and_documents_are_whole(out, tmp_path / "uit")
    assert len(found["groepen"]) > 2000
