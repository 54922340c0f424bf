"""A work area cut from a map: the words that ask for it, and what stays known of the rest."""

import itertools
import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from oi_geo.border_issues import border_issues
from oi_geo.contiguity import build_contiguity
from oi_geo.criteria.assess import assess
from oi_geo.criteria.kader import kader_names, load_kader
from oi_geo.errors import ProposalMismatch, UnknownWorkArea
from oi_geo.metrics import measure
from oi_geo.pipeline import Inputs, load_area, run_toets
from oi_geo.plan import Plan
from oi_geo.report.document import document
from oi_geo.study_area import StudyArea, study_area
from oi_geo.whole_map import cut_area, cut_plan
from oi_geo.work_area import partly_inside, work_area
from tests.conftest import draw, practice_table
from tests.netherlands import UNICUM

KADERS = [load_kader(name) for name in kader_names()]
A, B, C, D = "WK0001AA", "WK0001BB", "WK0002CC", "WK0002DD"


def map_of(names: dict[str, str] | None = None, **more: object) -> StudyArea:
    """Draw two gemeenten side by side, under the given names."""
    units = draw("ABcd").assign(**more)
    if names:
        units["gemeentenaam"] = units["gemeentecode"].map(names)
    rows = [
        {"eenheid": A, "ion": 3000.0, "deelnemer": True, "regio_organisatie": "Ons"},
        {"eenheid": D, "ion": 2000.0, "deelnemer": False, "regio_organisatie": "Ons"},
    ]
    return study_area(units, practices=practice_table(rows))


def regions(area: StudyArea, rows: list[tuple[str, str, float]]) -> StudyArea:
    frame = pd.DataFrame(rows, columns=["gemeentecode", "zorgkantoor", "aandeel"])
    return replace(area, insurers=frame.assign(verzekeraar=pd.Series(pd.NA, dtype="str")))


@pytest.mark.parametrize(
    ("asked", "units"),
    [
        (["GM0001"], [A, B]),
        (["gm 0001"], [A, B]),
        (["Bovendam"], [A, B]),
        (["gemeente bovendam"], [A, B]),
        (["GM0002, Bovendam"], [A, B, C, D]),
        (["Bovendam en Onderdam"], [A, B, C, D]),
        (["Onderdam", "WK0001BB"], [B, C, D]),
        (["praktijken"], [A, B]),  # the practice in d is known to stay out
        (["waar mijn praktijken staan"], [A, B]),
    ],
)
def test_words_of_a_work_area(asked: list[str], units: list[str]) -> None:
    assert work_area(map_of(), asked).units.index.tolist() == units


def test_order_never_matters() -> None:
    area = map_of()
    found = {
        (tuple(cut.units.index), cut.work_area)
        for asked in itertools.permutations(["Onderdam", "GM0001", "WK0001BB"])
        for cut in [work_area(area, asked)]
    }
    assert len(found) == 1


def test_a_province_and_a_namesake_are_told_apart() -> None:
    units = draw("ABcd")
    codes = {"GM0001": "GM0344", "GM0002": "GM0310"}  # Utrecht and De Bilt
    units["gemeentecode"] = units["gemeentecode"].map(codes)
    units["gemeentenaam"] = units["gemeentecode"].map({"GM0344": "Utrecht", "GM0310": "De Bilt"})
    area = study_area(units)
    with pytest.raises(UnknownWorkArea, match="provincie Utrecht"):
        work_area(area, ["Utrecht"])
    assert len(work_area(area, ["provincie utrecht"]).units) == 4
    assert len(work_area(area, ["gemeente Utrecht"]).units) == 2
    # Of a gemeente that no table knows the province is unknown, and said.
    units.loc[[C, D], "gemeentecode"] = "GM9998"
    cut = work_area(study_area(units), ["provincie Utrecht"])
    assert len(cut.units) == 2
    assert any("GM9998" in m.melding for m in cut.reports[-1].messages)


def test_a_zorgkantoorregio_comes_from_the_table() -> None:
    area = map_of()
    with pytest.raises(UnknownWorkArea, match="--zorgkantoren"):
        work_area(area, ["zorgkantoorregio Midden"])
    area = regions(area, [("GM0001", "MIDDEN/WEST", 1.0), ("GM0002", "MIDDEN/WEST", 0.6)])
    cut = work_area(area, ["zorgkantoorregio midden/west"])
    assert len(cut.units) == 4
    assert any("voor een deel" in m.melding for m in cut.reports[-1].messages)


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ("Bovendm", "Bedoelt u Bovendam"),
        ("GM0009", "geen gemeente"),
        ("", "leeg"),
        (" , ", "leeg"),
    ],
)
def test_what_is_not_there_gets_a_sentence(asked: str, words: str) -> None:
    with pytest.raises(UnknownWorkArea, match=words):
        work_area(map_of(), [asked])


def test_namesakes_are_asked_for_their_code() -> None:
    area = map_of({"GM0001": "Bergen (NH.)", "GM0002": "Bergen (L.)"})
    with pytest.raises(UnknownWorkArea, match=r"GM0001 \(Bergen \(NH\.\)\) of GM0002"):
        work_area(area, ["Bergen"])
    assert work_area(area, ["Bergen (L)"]).units.index.tolist() == [C, D]


def test_practices_without_a_place_make_no_work_area() -> None:
    with pytest.raises(UnknownWorkArea, match="--praktijken"):
        work_area(study_area(draw("AB")), ["praktijken"])


BIG = study_area(draw("AABBc\nDEFgc\nhiJkl\nmm.no"))


@settings(max_examples=40)
@given(hnp.arrays(bool, len(BIG.units)).filter(np.any))
def test_a_cut_graph_is_the_graph_of_the_units(inside: np.ndarray) -> None:
    cut = cut_area(BIG, inside)
    fresh = build_contiguity(BIG.units[inside])
    np.testing.assert_array_equal(cut.graph.left, fresh.left)
    np.testing.assert_array_equal(cut.graph.right, fresh.right)
    np.testing.assert_allclose(cut.graph.border_m, fresh.border_m)
    np.testing.assert_allclose(cut.graph.outer_m, fresh.outer_m)


@settings(max_examples=40)
@given(
    hnp.arrays(np.int32, len(BIG.units), elements=st.integers(-1, 1)),
    hnp.arrays(bool, len(BIG.units)),
    st.sampled_from(["regio", "hub"]),
)
def test_a_plan_is_judged_as_on_the_whole_map(
    labels: np.ndarray, more: np.ndarray, level: str
) -> None:
    """The work area holds all groups and some ground beside them: nothing may change."""
    inside = more | (labels >= 0)
    if not (labels == 0).any() or not (labels == 1).any():
        return
    plan = Plan(level, BIG.units.index, ("P", "Q"), labels, stated_scope="werkgebied")
    area = cut_area(BIG, inside)
    cut, notes = cut_plan(plan, area)
    assert not notes
    pd.testing.assert_frame_equal(measure(area, cut), measure(BIG, plan).loc[list(cut.groups)])
    here, there = (border_issues(*x, minimum=2500) for x in ((area, cut), (BIG, plan)))
    pd.testing.assert_frame_equal(here.gemeenten, there.gemeenten)
    pd.testing.assert_frame_equal(here.remainders, there.remainders)
    found = {(f.rule, f.group): f for f in assess(area, cut, KADERS)}
    for finding in assess(BIG, plan, KADERS):
        mine = found[finding.rule, finding.group]
        assert mine.verdict == finding.verdict
        if finding.rule != "G3":  # how many units of the map are left out
            assert mine == finding


def test_a_group_that_goes_on_outside_is_not_judged_on_its_part() -> None:
    area = map_of(inwoners=60_000.0)
    plan = Plan.from_mapping({A: "Noord", B: "Noord", C: "Noord", D: "Zuid"}, area.units.index)
    cut, notes = cut_plan(plan, work_area(area, ["Bovendam", "WK0002DD"]))
    assert cut.beyond == {"Noord": (C,)}
    assert "Noord loopt door buiten het werkgebied" in notes[0]
    found = {(f.rule, f.group): f for f in assess(work_area(area, ["GM0001", D]), cut, KADERS)}
    assert found["K1", "Noord"].verdict == "voldoet"  # 120.000, and more can only raise it
    assert found["Z2", "Noord"].verdict == "niet te bepalen"
    assert "door buiten het werkgebied" in found["Z2", "Noord"].explanation
    only, notes = cut_plan(plan, work_area(area, ["GM0001"]))
    assert only.groups == ("Noord",)
    assert "1 groep ligt geheel buiten" in notes[0]
    with pytest.raises(ProposalMismatch):
        cut_plan(Plan.from_mapping({D: "Zuid"}, area.units.index), work_area(area, ["GM0001"]))


def test_what_lies_outside_is_no_loss_of_patients() -> None:
    cut = work_area(map_of(), ["Bovendam"])
    assert (cut.ion_total, cut.ion_placed, cut.ion_unplaced) == (5000, 3000, 2000)
    assert cut.ion_outside == 2000
    assert partly_inside(cut) == []
    assert partly_inside(work_area(map_of(), [A])) == ["GM0001"]


@pytest.mark.real
def test_unicum_out_of_the_national_file(shared_data, tmp_path) -> None:
    path = shared_data / "wijkenbuurten_2022_gegeneraliseerd.gpkg"
    area = load_area(Inputs(grenzen=path, gebied=(",".join(sorted(UNICUM)),)))
    assert (len(area.units), area.units["inwoners"].sum()) == (62, 361_805)
    assert not area.incomplete
    proposal = tmp_path / "v.csv"
    proposal.write_text("eenheid,groep\n" + "".join(f"{c},UNICUM\n" for c in sorted(UNICUM)))
    found = run_toets(area, proposal, "regio")
    whole = run_toets(load_area(Inputs(grenzen=path)), proposal, "regio")
    verdicts = [{(f.rule, f.group): f.verdict for f in t.findings} for t in (found, whole)]
    assert verdicts[0] == verdicts[1]
    row = json.loads(json.dumps(document(found)["werkgebied"]))
    assert row["gemeenten"] == sorted(UNICUM)
    assert row["inwoners"] == 361_805
    assert len(load_area(Inputs(grenzen=path, gebied=("provincie Utrecht",))).gemeenten) == 26
