"""The report on the UNICUM example area: made from real boundaries, kept in docs.

`python -m tests.test_voorbeeld_unicum` writes it anew after a change that is meant.
"""

import tempfile
from pathlib import Path

import pandas as pd
import pytest

from oi_geo.criteria.finding import Verdict
from oi_geo.pipeline import Inputs, Toets, load_area, run_toets
from oi_geo.report.markdown import to_markdown
from oi_geo.sources.cbs import read_boundaries
from oi_geo.sources.example_practices import generate_practices
from tests.conftest import SHARED

REPORT = Path(__file__).resolve().parents[1] / "docs" / "voorbeeld_unicum.md"
BOUNDARIES = "wijkenbuurten_2022_gegeneraliseerd.gpkg"
GEMEENTEN = {
    "GM0312": "Bunnik", "GM0310": "De Bilt", "GM0321": "Houten", "GM0353": "IJsselstein",
    "GM0331": "Lopik", "GM0356": "Nieuwegein", "GM1581": "Utrechtse Heuvelrug",
    "GM0352": "Wijk bij Duurstede", "GM0355": "Zeist",
}  # fmt: skip
SEED = 2022


def unicum_toets(shared: Path, folder: Path) -> Toets:
    """Test the nine gemeenten as one regio, with practices made on their wijken."""
    units = read_boundaries(shared / BOUNDARIES, gemeenten=GEMEENTEN).units
    practices = generate_practices(
        units, seed=SEED, regio_organisaties=dict.fromkeys(GEMEENTEN, "UNICUM (voorbeeld)")
    )
    practices.to_csv(folder / "praktijken_gemaakt.csv", sep=";", index=False)
    proposal = pd.DataFrame({"gemeente": list(GEMEENTEN), "regio": "UNICUM (voorbeeld)"})
    proposal.to_csv(folder / "voorstel_unicum.csv", sep=";", index=False)
    inputs = Inputs(
        grenzen=shared / BOUNDARIES,
        praktijken=folder / "praktijken_gemaakt.csv",
        zorgkantoren=shared / "gemeente_zorgkantoor_2022.csv",
    )
    return run_toets(load_area(inputs), folder / "voorstel_unicum.csv", "regio")


def report(toets: Toets) -> str:
    """Write the report with the line that says what is real and what is made."""
    text = to_markdown(toets, title="Toets van het werkgebied van UNICUM (voorbeeld)")
    note = (
        "De grenzen en inwoneraantallen zijn die van het CBS van 2022 (gegeneraliseerd); de "
        f"praktijken zijn **verzonnen** door de generator van oi_geo (zaad {SEED}). De lijst van "
        "gemeenten is een illustratie, geen officiële lijst. Gemaakt met "
        "`python -m tests.test_voorbeeld_unicum`."
    )
    head, rest = text.split("\n\n", 1)
    return f"{head}\n\n{note}\n\n{rest}"


@pytest.fixture(scope="module")
def toets(shared_folder, tmp_path_factory):
    return unicum_toets(shared_folder, tmp_path_factory.mktemp("unicum"))


@pytest.mark.real
def test_the_report_in_docs_is_what_the_program_says(toets):
    assert REPORT.read_text(encoding="utf-8") == report(toets)


@pytest.mark.real
def test_the_area_is_the_published_one(toets):
    row = toets.measures.loc["UNICUM (voorbeeld)"]
    assert row["eenheden"] == 62
    assert row["inwoners"] == 361_805
    assert set(row["gemeenten_geheel"]) == set(GEMEENTEN)
    assert row["gemeenten_gedeeld"] == ()


@pytest.mark.real
def test_the_verdicts_are_those_that_a_reader_expects(toets):
    verdicts = {f.rule: f.verdict for f in toets.findings if f.group}
    # 361.805 inhabitants: far above the "in principe" band of Zorg en Zekerheid, and above every
    # minimum; nine whole gemeenten in one piece.
    assert verdicts["Z1"] is Verdict.SIGNAAL
    assert verdicts["Z2"] is Verdict.VOLDOET
    assert verdicts["U2"] is Verdict.VOLDOET
    assert verdicts["U5"] is Verdict.VOLDOET
    assert verdicts["K1"] is Verdict.VOLDOET


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as temporary:
        REPORT.write_text(report(unicum_toets(SHARED, Path(temporary))), encoding="utf-8")
