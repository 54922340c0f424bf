"""The conclusion of a test: what it counts, in which order, and the one thing to do next."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oi_geo.criteria.finding import Finding, Verdict, worst_first
from oi_geo.criteria.kader import kader_names, load_kader
from oi_geo.criteria.rules import RULES
from oi_geo.pipeline import Toets, assess_plan
from oi_geo.plan import Plan
from oi_geo.report.conclusion import (
    MAP_ONLY,
    SHORT,
    conclusion,
    deciding_kaders,
    group_results,
    rules_of,
    short_rule,
)
from oi_geo.study_area import study_area
from tests.conftest import draw

NO, UNKNOWN, SIGNAL, YES = Verdict
UNITS = draw("""
    ABCDE
""")
NAMES = "Noord", "Oost", "Zuid", "West", "Midden"
AREA = study_area(UNITS)
PLAN = Plan.from_mapping(dict(zip(UNITS.index, NAMES, strict=True)), UNITS.index)
BARE = assess_plan(AREA, PLAN, [load_kader("unicum")])


def finding(group: str | None, verdict: Verdict, rule: str = "U2", text: str = "Want.") -> Finding:
    kader = "algemeen" if rule.startswith("G") else "unicum"
    return Finding(rule, kader, group, verdict, None, None, "ION", "hard", "bron", text)


def told(*findings: Finding, plan: Plan = PLAN) -> Toets:
    return replace(BARE, plan=plan, findings=worst_first(findings))


@pytest.mark.parametrize(
    ("findings", "sentence"),
    [
        (
            [finding("Oost", NO), finding("Noord", YES)],
            "Dit voorstel voldoet niet: 1 van de 5 regio's (Oost).",
        ),
        (
            [finding(n, NO) for n in NAMES],
            "Dit voorstel voldoet niet: alle 5 regio's.",
        ),
        (
            [finding("Oost", NO), finding("Noord", UNKNOWN), finding("West", UNKNOWN)],
            ("Dit voorstel voldoet niet: 1 van de 5 regio's (Oost). "
            "Niet te bepalen: 2 van de 5 regio's (Noord en West)."),
        ),
        (
            [finding(None, NO, "G2"), finding("Noord", YES)],
            "Dit voorstel voldoet niet: het voorstel als geheel.",
        ),
        (
            [finding("Noord", UNKNOWN), finding("Oost", SIGNAL)],
            ("Of dit voorstel voldoet, is nog niet te bepalen: 1 van de 5 regio's (Noord). "
            "Daarnaast een signaal: 1 van de 5 regio's (Oost)."),
        ),
        (
            [finding("Noord", SIGNAL), finding(None, SIGNAL, "G3")],
            ("Dit voorstel voldoet aan alle harde eisen, met een signaal: 1 van de 5 regio's "
            "(Noord) en het voorstel als geheel."),
        ),
        (
            [finding("Noord", YES), finding("Noord", YES, "U1"), finding("Oost", YES)],
            "Dit voorstel voldoet aan alle 2 getoetste regels.",
        ),
        ([finding("Noord", YES)], "Dit voorstel voldoet aan de ene getoetste regel."),
    ],
)  # fmt: skip
def test_the_sentence(findings, sentence):
    assert conclusion(told(*findings)).sentence == sentence


LAPSED = load_kader("zorg-en-zekerheid-2022")


def by_lapsed(verdict: Verdict) -> Finding:
    return replace(finding("Noord", verdict, "Z4", "Twee."), kader=LAPSED.naam)


@pytest.mark.parametrize(
    ("day", "verdict"), [(date(2022, 12, 31), NO), (date(2023, 1, 1), YES), (None, YES)]
)
def test_a_kader_that_is_not_in_force_decides_nothing(day, verdict):
    area = replace(AREA, practice_list=replace(AREA.practice_list, day=day))
    both = replace(told(finding("Noord", YES), by_lapsed(NO)), area=area)
    both = replace(both, kaders=(replace(load_kader("unicum"), geldig_vanaf=date.min), LAPSED))
    said = conclusion(both)
    assert said.verdict is verdict
    assert {r.group: r.verdict for r in group_results(both)}["Noord"] is verdict
    assert ("telt niet mee in de conclusie" in " ".join(said.notes)) == (verdict is YES)


def test_a_kader_without_rules_at_the_level_says_nothing_that_could_count():
    toets = told(finding(None, YES, "G2"), plan=replace(PLAN, level="hub"))
    [note, *_] = conclusion(replace(toets, kaders=(LAPSED, load_kader("unicum")))).notes
    assert note == (
        f"Het kader '{LAPSED.titel}' heeft geen regels voor gemeentehubs: daaraan is hier niet "
        "getoetst."
    )


WIJKEN = replace(PLAN, level="wijk")
NONE_TESTED = "Er is aan geen enkel geldend kader getoetst, alleen aan"


@pytest.mark.parametrize(
    ("findings", "verdict", "sentence"),
    [
        ([finding(None, YES, "G2")], None, "1 algemene regel over de kaart zelf: 1 nageleefd."),
        (
            [finding("Noord", YES, "G5"), finding(None, YES, "G2"), by_lapsed(NO)],
            None,
            "2 algemene regels over de kaart zelf: 2 nageleefd.",
        ),
        (
            [finding("Noord", YES, "G5"), finding("Oost", SIGNAL, "G5"), finding(None, NO, "G2"),
             finding(None, UNKNOWN, "G1"), finding(None, YES, "G6")],
            NO,
            ("4 algemene regels over de kaart zelf: 1 niet nageleefd, 1 niet te bepalen, "
            "1 met een signaal en 1 nageleefd."),
        ),
    ],
)  # fmt: skip
def test_the_general_rules_alone_approve_of_nothing(findings, verdict, sentence):
    both = (load_kader("zilveren-kruis"), LAPSED)
    toets = replace(told(*findings, plan=WIJKEN), kaders=both)
    said = conclusion(toets)
    assert deciding_kaders(toets) == ()
    assert (said.verdict, said.sentence) == (verdict, f"{NONE_TESTED} {sentence}")
    assert said.next_step  # never "nothing to do"
    for result in group_results(toets):
        assert (result.word == MAP_ONLY) == (result.verdict is YES)
        assert result.word != YES.value


def test_a_group_that_a_kader_approves_of_says_so():
    [noord, *_] = group_results(told(finding("Noord", YES), finding("Oost", YES, "G5")))
    assert noord.word == YES.value


def test_who_asks_for_a_kader_that_is_not_in_force_alone_gets_its_verdict():
    said = conclusion(replace(told(by_lapsed(NO)), kaders=(LAPSED,)))
    assert said.verdict is NO
    assert "telt niet mee" not in " ".join(said.notes)


def test_one_group_is_not_counted_as_more():
    plan = replace(PLAN, groups=("Noord",), labels=PLAN.labels * 0)
    said = conclusion(told(finding("Noord", NO), plan=plan)).sentence
    assert said == "Dit voorstel voldoet niet: de enige regio (Noord)."


def test_nothing_tested_is_no_success():
    said = conclusion(told())
    assert said.verdict is None
    assert "niets getoetst" in said.sentence


def test_the_next_step_is_the_plainest_of_the_worst():
    long, short = "Er ontbreekt veel. " * 5, "Het gebied ligt in 2 delen."
    said = conclusion(
        told(finding("Oost", NO, "U1", long), finding("Oost", NO, "U5", short), finding("Zuid", NO))
    )
    assert said.next_step == f"Los eerst op: U5 (gedeelde gemeenten), Oost. {short}"
    assert conclusion(told(finding("Noord", YES))).next_step == ""


def test_unfinished_work_comes_before_what_it_makes_unknown():
    open_plan = replace(PLAN, groups=PLAN.groups[:4], labels=(PLAN.labels + 1) % 5 - 1)
    doubt = finding("Noord", UNKNOWN)
    assert conclusion(told(doubt, plan=open_plan)).next_step == (
        "Deel eerst 1 eenheid in die nog geen groep heeft; pas dan is er een eindoordeel."
    )
    lost = replace(open_plan, lost={"Noord": ("WK1", "WK2")})
    assert conclusion(told(doubt, plan=lost)).next_step.startswith(
        "Herstel eerst in het voorstel 2 gebieden die niet herkend zijn"
    )
    broken = conclusion(told(finding("Noord", NO), plan=lost))
    assert broken.next_step == "Los eerst op: U2 (aantal patiënten), Noord. Want."


@given(
    st.lists(
        st.tuples(st.sampled_from([*NAMES, None]), st.sampled_from(list(Verdict)),
                  st.sampled_from(["U1", "U2", "U5"])),
        max_size=15,
    )
)  # fmt: skip
def test_groups_stand_worst_first_and_none_is_lost(drawn):
    toets = told(*(finding(*one) for one in drawn))
    results = group_results(toets)
    kept = {(f.group, f.rule): f.verdict for r in results for f in r.findings}
    twin: dict = {}
    for group, verdict, rule in drawn:
        old = twin.get((group, rule), verdict)
        twin[group, rule] = min(old, verdict, key=lambda v: v.rank)
    assert kept == twin
    assert {r.group for r in results} - {None} == set(NAMES)

    def badness(result):
        ranks = sorted(f.verdict.rank for f in result.findings)
        return (ranks[0] if ranks else 4, *(-ranks.count(rank) for rank in range(3)))

    assert [badness(r) for r in results] == sorted(badness(r) for r in results)


def test_every_rule_of_every_kader_has_a_short_name():
    assert set(SHORT) == {rule.__name__ for rule in RULES}
    for name in kader_names():
        kader = load_kader(name)
        for regel in kader.regels:
            assert short_rule(regel).startswith(regel.id)
    assert ("unicum", "U1") in rules_of(BARE)
