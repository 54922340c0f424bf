"""What comes out of assess: which rules at which level, in which order, with which source."""

import pytest

from oi_geo.border_issues import border_issues
from oi_geo.criteria.assess import assess
from oi_geo.criteria.finding import Verdict
from oi_geo.criteria.kader import load_kader
from oi_geo.metrics import measure
from oi_geo.plan import Plan, PlanLevel
from tests.criteria.toy import KADERS, A, B, area_of, practice

LEVELS = {
    "regio": {"Z1", "Z2", "Z4", "Z11", "U1", "U2", "U5", "K1", "K3", "K4"} | {"G4"},
    "hub": {"U4", "U5", "G5"},
    "wijk": {"Z7", "Z11", "G5"},
}
AREA = area_of("AB", [practice(A, 60_000.0), practice(B, None)])


def _plan(level: PlanLevel) -> Plan:
    return Plan.from_mapping({A: "West", B: "Oost"}, AREA.units.index, level)


@pytest.mark.parametrize("level", LEVELS)
def test_which_rules_apply_at_which_level(level: PlanLevel) -> None:
    found = assess(AREA, _plan(level), KADERS)
    assert {f.rule for f in found} == LEVELS[level] | {"G1", "G2", "G3", "G6"}
    assert len({(f.rule, f.group) for f in found}) == len(found)


def test_worst_first_and_stable() -> None:
    found = assess(AREA, _plan("regio"), KADERS)
    ranks = [f.verdict.rank for f in found]
    assert ranks == sorted(ranks)
    assert {ranks[0], ranks[-1]} == {Verdict.VOLDOET_NIET.rank, Verdict.VOLDOET.rank}
    order = [regel.id for kader in KADERS for regel in kader.regels]
    passed = [f.rule for f in found if f.verdict is Verdict.VOLDOET and not f.rule.startswith("G")]
    assert passed == sorted(passed, key=order.index)


def test_the_general_rules_always_apply_and_no_kader_twice() -> None:
    assert {f.kader for f in assess(AREA, _plan("regio"), [])} == {"algemeen"}
    twice = [load_kader("unicum"), load_kader("algemeen"), load_kader("unicum")]
    assert len(assess(AREA, _plan("regio"), twice)) == len(assess(AREA, _plan("regio"), twice[:1]))


def test_every_finding_carries_its_rule() -> None:
    regels = {r.id: (k.naam, r) for k in [*KADERS, load_kader("algemeen")] for r in k.regels}
    for level in LEVELS:
        for f in assess(AREA, _plan(level), KADERS):
            kader, regel = regels[f.rule]
            assert (f.kader, f.status, f.source) == (kader, regel.status, regel.bron)
            assert (f.unit, f.limit) == (regel.eenheid, regel.limit)
            assert f.value is None or isinstance(f.value, float)
            assert f.explanation.endswith(".")
            assert f.explanation[0].isupper() or f.explanation[0].isdigit()
            assert "nan" not in f.explanation
            assert set(f.where) <= set(AREA.units.index)


def test_given_measures_and_border_are_used() -> None:
    plan = _plan("regio")
    measures, border = measure(AREA, plan), border_issues(AREA, plan, minimum=100_000)
    given = assess(AREA, plan, KADERS, measures=measures, border=border)
    assert given == assess(AREA, plan, KADERS)
    measures.loc["West", ["delen", "delen_met_verbindingen"]] = 7
    changed = assess(AREA, plan, KADERS, measures=measures, border=border)
    assert [f.value for f in changed if (f.rule, f.group) == ("Z2", "West")] == [7.0]
