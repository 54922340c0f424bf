"""The Netherlands as 25 regio's: size, time and shapes of the map on the real wijken."""

import json
import time

import numpy as np
import pytest
import shapely

from oi_geo.maps.folium_map import toets_map_html
from oi_geo.maps.geometry import simplified
from oi_geo.plan import Plan
from oi_geo.study_area import study_area
from tests.maps.conftest import made_toets
from tests.maps.reading import layers_of
from tests.netherlands import netherlands

pytestmark = pytest.mark.real


def regions(area, n: int) -> Plan:
    """Cut the country in strips of gemeenten from north to south."""
    middle = area.gemeenten.geometry.centroid.y.rank(ascending=False)
    strip = ((middle - 1) * n // len(middle)).astype(int)
    labels = area.units["gemeentecode"].map(strip).to_numpy(np.int32)
    return Plan("regio", area.units.index, tuple(f"Regio {i + 1}" for i in range(n)), labels)


def test_the_netherlands_fits_in_4_mb_and_takes_three_seconds_of_work(shared_data):
    area = netherlands(shared_data)
    toets = made_toets(area, regions(area, 25), [])
    start = time.process_time()
    html = toets_map_html(toets, title="Nederland")
    assert time.process_time() - start < 3
    assert len(html.encode()) < 4_000_000
    units = layers_of(html)["eenheden"]
    assert len(units) == 3340
    assert all(shapely.from_geojson(json.dumps(f["geometry"])).area > 0 for f in units)


def test_the_simplified_country_is_still_one_coverage(shared_data):
    shapes = netherlands(shared_data).units.geometry.to_numpy()
    result = simplified(shapes)
    assert shapely.coverage_is_valid(result)
    before, after = shapely.area(shapes), shapely.area(result)
    assert after.sum() == pytest.approx(before.sum(), rel=1e-3)
    tolerance = np.hypot(*np.diff(shapely.total_bounds(shapes).reshape(2, 2), axis=0)[0]) / 8_000
    assert tolerance < 60
    assert (np.abs(after - before) < shapely.length(shapes) * tolerance).all()


def wrinkled(shapes):
    """Give borders a vertex on every 10 metres and bends of some 8 metres, neighbours alike."""
    dense = shapely.segmentize(shapes, 10)

    def bend(points):
        x, y = np.round(points, 2).T
        bends = np.column_stack([np.sin(x / 23 + y / 31), np.cos(x / 29 - y / 19)])
        return np.round(points + 8 * bends, 2)

    return shapely.transform(dense, bend)


def test_a_province_stays_below_8_mb_however_dense_its_borders_are(shared_data):
    whole = netherlands(shared_data)
    box = shapely.box(10_000, 355_000, 78_000, 420_000)  # Zeeland and what lies beside it
    units = whole.units[shapely.within(whole.units.geometry.to_numpy(), box)]
    dense = units.set_geometry(shapely.make_valid(wrinkled(units.geometry.to_numpy())))
    assert shapely.get_num_coordinates(dense.geometry.to_numpy()).sum() > 250_000
    area = study_area(dense)
    plan = Plan("regio", area.units.index, ("Zeeland",), np.zeros(len(area.units), np.int32))
    html = toets_map_html(made_toets(area, plan, []), title="Zeeland")
    assert 1_000_000 < len(html.encode()) < 8_000_000
