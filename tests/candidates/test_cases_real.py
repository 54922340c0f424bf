"""Files on which relaxations and an ensemble went wrong, from the folder of cases."""

import json
from pathlib import Path

import pytest

from oi_geo.cli import main

RIGHT = {
    "real_6_4": (
        ["--niveau", "regio", "--groepen", "2", "--band", "237667", "396112"],
        ["binnen"],
        lambda text: "een minimum van 15.805" not in text.replace("en een minimum van 15.805", ""),
    ),
    "real_6_2": (
        [
            "--niveau",
            "regio",
            "--op",
            "ion",
            "--gewicht",
            "afwijking=1",
            "--band",
            "114848",
            "155383",
        ],
        ["binnen", "praktijken", "herkomst", "verbindingen"],
        lambda text: "maximum van 213.211" in text and "192.136" not in text,
    ),
    "toy_5_40": (
        ["--band", "14406", "22030", "--apart", "WK900400 WK900200"],
        ["binnen", "vast"],
        lambda text: "maximum van 28.425" in text and "27.450" not in text,
    ),
    "toy_2_97": (
        ["--groepen", "4", "--band", "11956", "14035", "--samen", "WK900100 WK900300"],
        [],
        lambda text: "8.220" not in text,
    ),
}
FILES = {"binnen": "binnen", "praktijken": "p", "herkomst": "h", "verbindingen": "l", "vast": "v"}


def cases(shared_data: Path) -> Path:
    folder = shared_data.parent / "cases" / "kandidaten"
    if not folder.is_dir():
        pytest.skip(f"{folder} is missing")
    return folder


def run(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> dict:
    with pytest.raises(SystemExit) as ended:
        main([*arguments, "--json"])
    assert ended.value.code in {0, 1}
    return json.loads(capsys.readouterr().out)


@pytest.mark.real
@pytest.mark.parametrize("name", RIGHT)
def test_relaxations_of_the_cases(name: str, shared_data: Path, tmp_path: Path, capsys):
    folder, (wishes, files, right) = cases(shared_data) / name, RIGHT[name]
    given = [part for f in files for part in (f"--{f}", str(folder / f"{FILES[f]}.csv"))]
    found = run(
        ["kandidaten", "--exact", "--grenzen", f"{folder}/g.gpkg", "--uit", f"{tmp_path}", *wishes,
         *given], capsys,
    )["onmogelijk"]  # fmt: skip
    assert right(found["kleinste_verruiming"])
    if name == "toy_2_97":
        assert "gemeente Gem1 en gemeente Gem3 moeten bij elkaar blijven" in found["reden"]
        assert "samen 16.175" in found["reden"]


@pytest.mark.real
def test_chains_that_cannot_reach_the_proposal(shared_data: Path, tmp_path: Path, capsys):
    folder = cases(shared_data) / "ensC_1_131"
    found = run(
        ["ensemble", f"{folder}/v.csv", "--grenzen", f"{folder}/g.gpkg", "--uit", f"{tmp_path}",
         "--band", "18003", "22913", "--stappen", "20000", "--ketens", "4", "--seed", "0",
         "--heel", "niets"], capsys,
    )  # fmt: skip
    assert all(one["percentiel"] is None for one in found["maten"].values())
    assert not any(one["geconvergeerd"] for one in found["maten"].values())
    assert any("waartussen geen stap van de ketens leidt" in note for note in found["opmerkingen"])
