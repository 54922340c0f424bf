"""Tiny drawn maps whose answers a reader sees, and the real data where it is present."""

import signal
import time
from collections.abc import Iterator
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
import shapely
from hypothesis import HealthCheck, settings

from oi_geo.study_area import PRACTICE_COLUMNS, no_practices
from tests import effort
from tests.readonly import make_read_only

# Nothing is a fault because it took long: the machine may be busy with something else.
settings.register_profile("oi_geo", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("oi_geo")

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options that `make test-all` uses."""
    parser.addoption(
        "--alleen-lezen",
        action="store_true",
        help="what the package takes out of a frame cannot be written into",
    )
    parser.addoption(
        "--lang",
        action="store_true",
        help="try many more examples, and the seeded spoiled files at full length",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Say how long the tests look, before they are collected."""
    effort.look_long = config.getoption("--lang")


@pytest.fixture(scope="session", autouse=True)
def _read_only_arrays(request: pytest.FixtureRequest) -> Iterator[None]:
    """Lock the arrays of the whole session where `--alleen-lezen` asks for it."""
    with pytest.MonkeyPatch.context() as patch:
        if request.config.getoption("--alleen-lezen"):
            make_read_only(patch.setattr)
        yield


@pytest.fixture(scope="session")
def shared_folder() -> Path:
    """Folder with the real CBS data of 2022; the test is skipped where it is missing."""
    if not (SHARED / "wijkenbuurten_2022_gegeneraliseerd.gpkg").exists():
        pytest.skip("../shared/data is not present on this machine")
    return SHARED


@pytest.fixture
def shared_data(shared_folder: Path) -> Path:
    """Return the same folder under the name that single tests use."""
    return shared_folder


QUIET_SHARE, QUIET_WAIT_S = 0.75, 120


def idle_share(seconds: float = 2.0) -> float:
    """Return the share of the machine's processor time that nobody used for a while."""

    def read() -> tuple[int, int]:
        fields = [int(x) for x in Path("/proc/stat").read_text().splitlines()[0].split()[1:]]
        return fields[3] + fields[4], sum(fields)

    idle, total = read()
    time.sleep(seconds)
    idle_now, total_now = read()
    return (idle_now - idle) / max(total_now - total, 1)


@pytest.fixture
def quiet_machine() -> None:
    """Wait until nothing else runs: a limit in seconds says nothing on a busy machine."""
    if not Path("/proc/stat").exists():
        pytest.skip("how busy the machine is can only be told on Linux")
    deadline = time.monotonic() + QUIET_WAIT_S
    while (share := idle_share()) < QUIET_SHARE:
        if time.monotonic() > deadline:
            pytest.skip(f"other work keeps the machine busy ({share:.0%} idle): nothing to measure")


def draw(picture: str, size_m: float = 1000.0, inwoners: float = 1000.0) -> gpd.GeoDataFrame:
    """Draw a map with letters: each letter is a unit, each cell `size_m` wide, '.' is water.

    ::

        draw('''
            AAB
            AC.
        ''')

    gives three units WK0001AA, WK0001BB and WK0001CC in gemeente GM0001. A lower-case letter
    lies in gemeente GM0002 (`a` is WK0002AA). Every unit has `inwoners` inhabitants, a fifth of
    them 65 or older. The lower left corner lies at RD (150000, 450000).
    """
    rows = [line.strip() for line in picture.strip().splitlines()]
    cells: dict[str, list[shapely.Polygon]] = {}
    for y, line in enumerate(reversed(rows)):
        for x, letter in enumerate(line):
            if letter != ".":
                x0, y0 = 150_000 + x * size_m, 450_000 + y * size_m
                box = shapely.box(x0, y0, x0 + size_m, y0 + size_m)
                cells.setdefault(letter, []).append(box)
    letters = sorted(cells, key=lambda c: (c.islower(), c))
    gemeente = ["GM0002" if c.islower() else "GM0001" for c in letters]
    return gpd.GeoDataFrame(
        {
            "naam": [f"Wijk {c}" for c in letters],
            "gemeentecode": gemeente,
            "gemeentenaam": ["Onderdam" if c.islower() else "Bovendam" for c in letters],
            "inwoners": float(inwoners),
            "inwoners_65plus": float(inwoners) / 5,
        },
        index=pd.Index(
            [f"WK{g[2:]}{c.upper() * 2}" for c, g in zip(letters, gemeente, strict=True)],
            name="code",
        ),
        # unary_union keeps the corners where neighbours meet only if they are cut there, which
        # gives T-junctions on purpose: readers must cope with borders that are not noded.
        geometry=[shapely.union_all(cells[c]) for c in letters],
        crs=28992,
    )


def practice_table(rows: list[dict[str, object]]) -> pd.DataFrame:
    """Make a placed practice table from a few columns; what a row does not say is unknown."""
    if not rows:
        return no_practices()
    frame = pd.DataFrame(rows).reindex(columns=[*PRACTICE_COLUMNS, "eenheid", "plaatsing"])
    numbers = ["x_rd", "y_rd", "ion", "huisartsen", "fte"]
    text = [c for c in frame.columns if c not in {*numbers, "deelnemer"}]
    frame = frame.astype({**dict.fromkeys(numbers, "float64"), **dict.fromkeys(text, "str")})
    frame["deelnemer"] = frame["deelnemer"].astype("boolean")
    frame["discipline"] = frame["discipline"].fillna("huisarts")
    frame["praktijk_id"] = frame["praktijk_id"].fillna(
        pd.Series([f"P{i}" for i in range(len(frame))], frame.index)
    )
    frame["plaatsing"] = frame["eenheid"].isna().map({True: "niet geplaatst", False: "coördinaten"})
    return frame


@pytest.fixture
def usual_interrupt() -> Iterator[None]:
    """Let Ctrl+C interrupt as in a terminal: a run in the background inherits it ignored."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)
