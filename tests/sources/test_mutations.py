"""Whatever is wrong with a file, a reader reads it or refuses it in one sentence of Dutch."""

import random
from pathlib import Path

import pytest

from oi_geo.criteria.kader import kader_names, load_kader
from oi_geo.errors import OiGeoError
from oi_geo.pipeline import Inputs, assess_plan, load_area, run_toets
from oi_geo.placement import place
from oi_geo.plan import Plan
from oi_geo.sources.divisions import KERNEN, read_division
from oi_geo.sources.lookups import read_insurers, read_links, read_postcodes
from oi_geo.sources.practices import read_practices
from oi_geo.sources.recognise import recognise
from oi_geo.sources.residence import read_residence
from oi_geo.study_area import StudyArea
from tests.sources.mutations import Seed, mutated, seeds

SHORT, LONG = 150, 20_000


class Use:
    """Every use of a file, on one small study area."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.seeds = seeds(folder)
        self.grenzen = self._write("grenzen.gpkg", self._seed("grenzen", "gpkg"))
        self.area = load_area(Inputs(self.grenzen))
        codes = self.area.units.index
        self.plan = Plan.from_mapping(dict(zip(codes, "AABBB", strict=True)), codes)
        self.kaders = [load_kader(name) for name in kader_names()]
        self.practices = read_practices(self._write("p.csv", self._seed("praktijken", "csv")))[0]

    def _seed(self, role: str, ending: str) -> bytes:
        return next(s.content for s in self.seeds if (s.role, s.ending) == (role, ending))

    def _write(self, name: str, content: bytes) -> Path:
        path = self.folder / name
        path.write_bytes(content)
        return path

    def of(self, role: str, path: Path) -> None:
        """Use a file as what it is, up to the verdicts that depend on it."""
        match role:
            case "grenzen":
                assess_area(load_area(Inputs(path)), self.kaders)
            case "praktijken":
                self.assess(place(read_practices(path)[0], self.area.units)[0])
            case "postcodes":
                nowhere = self.practices.assign(x_rd=float("nan"), y_rd=float("nan"))
                self.assess(place(nowhere, self.area.units, read_postcodes(path)[0])[0])
            case "voorstel":
                run_toets(self.area, path, "regio")
            case "zorgkantoren":
                read_insurers(path)
            case "verbindingen":
                self.area.graph.with_links(read_links(path)[0])
            case "herkomst":
                read_residence(path)
            case "indeling":
                read_division(path, self.area, KERNEN)

    def assess(self, practices) -> None:
        assess_plan(self.area.with_practices(practices), self.plan, self.kaders)


def assess_area(area: StudyArea, kaders: list) -> None:
    codes = area.units.index
    plan = Plan.from_mapping({code: "AB"[i % 2] for i, code in enumerate(codes)}, codes)
    assess_plan(area, plan, kaders)


@pytest.fixture(scope="session")
def use(tmp_path_factory: pytest.TempPathFactory) -> Use:
    return Use(tmp_path_factory.mktemp("mutaties"))


def try_one(use: Use, number: int) -> list[str]:
    """Spoil one file by its number, and hand it to the reader of its role and to `recognise`.

    Returns what they say who refuse it.
    """
    refused = []
    rng = random.Random(number)
    seed: Seed = rng.choice(use.seeds)
    path = use.folder / f"bestand.{seed.ending}"
    path.write_bytes(mutated(seed, rng, use.folder))
    for work in (lambda: use.of(seed.role, path), lambda: recognise(path)):
        try:
            work()
        except OiGeoError as error:
            refused.append(str(error))
        except Exception as error:
            error.add_note(f"mutation {number}: {seed.role} as {seed.ending}")
            raise
    return refused


def test_no_spoiled_file_gives_anything_but_a_sentence(use: Use, request) -> None:
    """Seeded, so that each number is one file; the long run is part of `make test-all`."""
    count = LONG if request.config.getoption("--lang") else SHORT
    said = [text for number in range(count) for text in try_one(use, number)]
    assert 0 < len(said) < 2 * count  # it spoils files, and not all beyond use
    for text in said:
        assert text.strip()
        assert "\n" not in text
        assert str(use.folder) not in text
