"""Page Kandidaten: questions, a run, cards, taking over, locks, and what is impossible."""

import base64
import gc
import io
import re
import time
import weakref
from collections import Counter
from dataclasses import replace
from html import escape

import pandas as pd
import pytest

import oi_geo.candidates.propose as propose_module
from oi_geo.candidates.naming import name_givers, plan_of
from oi_geo.candidates.points import points_note
from oi_geo.candidates.problem import build_problem
from oi_geo.candidates.propose import NOTHING_FOUND, propose
from oi_geo.candidates.search import Progress, search
from oi_geo.candidates.wishes import Weights, Whole, Wishes
from oi_geo.commands.wishes import idle_parts
from oi_geo.criteria.finding import Verdict
from oi_geo.criteria.kader import kader_names, load_kader
from oi_geo.errors import ImpossibleWishes
from oi_geo.maps.candidate_map import canvas_of, draw_plan, plan_svg
from oi_geo.maps.marks import group_marks
from oi_geo.metrics import measure
from oi_geo.pipeline import assess_plan, example_inputs, load_area, run_toets
from oi_geo.plan import Plan
from oi_geo.report.conclusion import lapsed_kaders
from oi_geo.study_area import study_area
from oi_geo.text import nl_number
from oi_geo.ui import cache
from oi_geo.ui import kandidaten as kandidaten_page
from oi_geo.ui.candidate_cards import groups_html, plan_csv, plan_html
from oi_geo.ui.candidate_choices import Lock, Making, Pair
from oi_geo.ui.candidate_locks import gemeente_lock, group_lock
from oi_geo.ui.candidate_questions import default_band
from oi_geo.ui.candidate_run import BROKEN_OFF, Order, Outcome, Run
from oi_geo.ui.candidate_verdicts import Judged, NotMet, judged, verdicts_html
from oi_geo.ui.candidate_wishes import insurer_regions
from oi_geo.ui.candidate_words import PART_WORDS, comparison, proof_text
from oi_geo.ui.state import Session
from oi_geo.ui.toets import OWN
from oi_geo.ui.words import plain, verdict_text
from tests.candidates.toy import plan_by_letters
from tests.conftest import draw
from tests.effort import HANGS_SECONDS
from tests.maps.reading import data_of, numbered_legend_of
from tests.ui.conftest import TableReader, run_page


def kandidaten() -> None:
    from oi_geo.ui import kandidaten

    kandidaten.page()


@pytest.fixture(scope="module")
def area():
    return load_area(example_inputs())


@pytest.fixture(scope="module")
def proposals(area):
    return propose(area, Wishes("regio", 100_000, 200_000), seconds=5)


@pytest.fixture
def page():
    return run_page(kandidaten)


def session_of(page) -> Session:
    return page.session_state["oi_geo"]


def finish(page):
    """Wait for the run of a page, and show what came out."""
    session_of(page).making.run.join(HANGS_SECONDS)
    page.run()
    assert not page.exception
    return page


def made(page):
    """Make candidates with everything as it is filled in."""
    page.button(key="maak").click().run()
    return finish(page)


def tables(page):
    return [t for element in page.get("html") for t in TableReader(element.proto.body).tables]


def facts(page) -> list[dict[str, str]]:
    return [dict(t.rows) for t in tables(page) if t.rows and t.rows[0][0] == "Groepen"]


def captions(page) -> list[str]:
    return [element.value for element in page.caption]


def warnings(page) -> list[str]:
    return [element.value for element in page.warning]


def hand_in(page, kind: str, name: str, *rows: str):
    """Upload a table under 'Meer wensen'."""
    content = "\n".join(rows).encode()
    page.file_uploader(key=f"upload_{kind}").upload(name, content).run()
    assert not page.exception


def asked_of(page) -> Wishes:
    """Return the wishes that a run is asked now; the run is stopped at once."""
    page.button(key="maak").click().run()
    run = session_of(page).making.run
    run.stop()
    run.join(HANGS_SECONDS)
    assert not page.exception
    return run.order.wishes


def order(area, wishes, **more) -> Order:
    return Order(("x",), area, wishes, (), seconds=5.0, **more)


def test_one_click_gives_candidates_within_the_band(page):
    assert not page.error
    made(page)
    plans = session_of(page).making.run.outcome.proposals.candidates
    assert len(plans) >= 2
    shown = facts(page)
    assert len(shown) == len(plans)
    for told, candidate in zip(shown, plans, strict=True):
        area = session_of(page).making.run.order.area
        people = measure(area, candidate.plan)["inwoners"]
        low, high = (int(re.sub(r"\D", "", told[f"{x} groep"])) for x in ("Kleinste", "Grootste"))
        assert (low, high) == (people.min(), people.max())
        assert 100_000 <= low <= high <= 200_000
        assert told["Bewijs"] == "geen bewijs"
    assert [s.value for s in page.subheader][:2] == ["Voorstel A", "Voorstel B"]


def test_a_card_counts_the_verdicts_that_toets_gives(page, tmp_path):
    made(page)
    run = session_of(page).making.run
    path = tmp_path / "plan.csv"
    path.write_bytes(plan_csv(run.outcome.proposals.candidates[0]))
    toets = run_toets(run.order.area, path, "regio", kader_names())
    worst: dict[tuple, Verdict] = {}
    for f in toets.findings:
        key = (f.kader, f.rule, f.group)
        if f.kader not in lapsed_kaders(toets):
            worst[key] = min(worst.get(key, f.verdict), f.verdict, key=lambda v: v.rank)
    assert run.outcome.verdicts[0].counts == Counter(worst.values())
    bad = {Verdict.VOLDOET_NIET, Verdict.SIGNAAL}
    not_met = {(v, rule, group) for (_, rule, group), v in worst.items() if v in bad}
    assert not_met
    assert not_met == {
        (rule.verdict, rule.rule.split()[0], group)
        for rule in run.outcome.verdicts[0].not_met
        for group in rule.groups or [None]
    }


def test_a_contradiction_is_one_sentence_and_bars_the_button(page):
    page.number_input(key="k_minimum_regio_inwoners").set_value(300_000).run()
    [error] = page.error
    assert error.value == (
        "De band 300.000 tot 200.000 kan niet: het minimum moet ten minste 1 zijn en het maximum "
        "niet kleiner dan het minimum."
    )
    assert page.button(key="maak").disabled
    page.number_input(key="k_maximum_regio_inwoners").set_value(400_000).run()
    assert not page.error
    assert not page.button(key="maak").disabled


def test_each_level_has_its_own_numbers_and_remembers_them(page):
    page.number_input(key="k_minimum_regio_inwoners").set_value(90_000).run()
    page.selectbox(key="k_niveau").select("wijk").run()
    assert page.number_input(key="k_minimum_wijk_inwoners").value == 10_000
    page.selectbox(key="k_niveau").select("regio").run()
    assert page.number_input(key="k_minimum_regio_inwoners").value == 90_000
    assert session_of(page).choices["k_minimum_regio_inwoners"] == 90_000


def test_ion_is_offered_where_practices_are(page, area):
    assert page.selectbox(key="k_telt").options == ["Inwoners", "ION"]
    bare = area.with_practices(area.practices.iloc[:0])
    assert default_band(bare, "regio", "inwoners") == (100_000, 200_000)
    assert default_band(bare, "regio", "ion") == (1, 1)  # never offered


def test_taking_over_makes_it_the_proposal_of_toets_and_kaart(page):
    made(page)
    page.button(key="neem_over_1").click().run()
    assert not page.exception
    session = session_of(page)
    candidate = session.making.run.outcome.proposals.candidates[1]
    table = pd.read_csv(io.BytesIO(session.proposal.read_bytes()), encoding="utf-8-sig", dtype=str)
    assert list(table.columns) == ["eenheid", "groep"]
    plan = candidate.plan
    assert dict(table.to_numpy()) == {
        u: plan.groups[i] for u, i in zip(plan.units, plan.labels, strict=True)
    }
    assert (session.choices["voorstel"], session.choices["niveau"]) == (OWN, "regio")
    assert session.question.proposal == session.proposal
    assert session.question.inputs == session.inputs()
    assert "Voorstel B is nu het voorstel op Toets en Kaart." in [s.value for s in page.success]


def test_a_locked_group_is_kept_by_the_next_run(page):
    page.selectbox(key="k_niveau").select("hub").run()
    page.selectbox(key="k_tijd").select(5).run()
    made(page)
    run = session_of(page).making.run
    plan = run.outcome.proposals.candidates[0].plan
    group = plan.groups[0]
    page.multiselect(key="k_vast_groepen").select(group).run()
    page.button(key="zet_vast").click().run()
    assert not page.exception
    locked = set(plan.members(group))
    assert set(session_of(page).making.locked) == locked
    page.button(key="opnieuw").click().run()
    finish(page)
    again = session_of(page).making.run
    assert again is not run
    assert again.outcome.proposals.candidates
    for candidate in again.outcome.proposals.candidates:
        assert set(candidate.plan.members(group)) == locked
    page.button(key="los_0").click().run()
    assert session_of(page).making.locks == []


def test_what_is_impossible_is_told_with_the_smallest_relaxation(page, monkeypatch):
    # Ten seconds are enough on a machine that does nothing else.
    monkeypatch.setattr(propose_module, "EXPLAIN_SECONDS", HANGS_SECONDS)
    page.number_input(key="k_maximum_regio_inwoners").set_value(110_000).run()
    page.number_input(key="k_minimum_regio_inwoners").set_value(100_000).run()
    made(page)
    [obstacle] = session_of(page).making.run.outcome.proposals.obstacles
    # 361.370 people: more than 3 x 110.000, fewer than 4 x 100.000
    assert "te veel voor 3 en te weinig voor 4 groepen" in page.error[0].value
    assert not facts(page)
    assert obstacle.fatal
    # The minimum that it names is the largest with which a plan exists.
    words = re.search(r"Kleinste verruiming: een minimum van ([\d.]+), of", page.error[0].value)
    minimum, order = int(words[1].replace(".", "")), session_of(page).making.run.order
    for low, plans in ((minimum, 1), (minimum + 1, 0)):
        wider = propose(order.area, replace(order.wishes, low=low), count=1, exact=True)
        assert len(wider.candidates) == plans


def test_pairs_reach_the_wishes(page):
    page.selectbox(key="k_paar_een").select_index(0).run()
    page.selectbox(key="k_paar_ander").select_index(1).run()
    page.selectbox(key="k_paar_soort").select_index(1).run()
    page.button(key="k_paar_erbij").click().run()
    assert not page.exception
    [pair] = session_of(page).making.pairs
    assert not pair.together
    made(page)
    run = session_of(page).making.run
    gemeente = run.order.area.units["gemeentecode"]
    for candidate in run.outcome.proposals.candidates:
        group = pd.Series(candidate.plan.labels, candidate.plan.units).groupby(gemeente)
        first, second = (set(group.get_group(code)) for code in (pair.first, pair.second))
        assert not first & second
    page.button(key="k_paar_weg_0").click().run()
    assert session_of(page).making.pairs == []


def test_a_zorgkantoor_border_is_not_crossed(page):
    page.selectbox(key="k_binnen").select("zorgkantoor").run()
    page.number_input(key="k_minimum_regio_inwoners").set_value(50_000).run()
    made(page)
    run = session_of(page).making.run
    regions, shared = insurer_regions(run.order.area)
    assert regions["WK900800"] == "MERLE ZUID"  # 79 % of GM9008
    assert len(shared) == 1
    assert run.outcome.proposals.candidates
    for candidate in run.outcome.proposals.candidates:
        group = pd.Series(candidate.plan.labels, candidate.plan.units)
        assert regions.groupby(group).nunique().max() == 1


def test_a_run_stops_and_keeps_the_best(area):
    run = Run(order(area, Wishes("wijk", 10_000, 20_000, gemeente="voorkeur")))
    run.order = replace(run.order, seconds=300.0)
    run.start()
    while run.best_svg() is None and run.busy:
        time.sleep(0.05)
    run.stop()
    run.join(HANGS_SECONDS)
    assert not run.busy
    assert run.best_svg() is run.best_svg()  # drawn anew only for another plan
    assert run.outcome.proposals.candidates
    assert run.outcome.proposals.interrupted


def test_a_new_run_replaces_the_old_and_the_session_ends_its_run(area, tmp_path):
    session = Session(tmp_path)
    wishes = Wishes("wijk", 10_000, 20_000, gemeente="voorkeur")
    kandidaten_page.begin(session, replace(order(area, wishes), seconds=300.0))
    first = session.making.run
    kandidaten_page.begin(session, replace(order(area, wishes), seconds=300.0))
    second = session.making.run
    assert first.ended.is_set()
    assert not second.ended.is_set()
    watched = weakref.ref(session)
    del session
    gc.collect()
    assert watched() is None
    assert second.ended.is_set()
    for run in (first, second):
        run.join(30)
        assert not run.busy


def test_wishes_that_cannot_be_are_told_by_the_run(area):
    run = Run(order(area, Wishes("regio", 100_000, 200_000, locks={"WK000000": "x"})))
    run.start()
    run.join(30)
    assert run.outcome is None
    assert run.error.startswith("Niet in het gebied, maar wel in de wensen: WK000000.")
    with pytest.raises(ImpossibleWishes, match="Niet in het gebied"):
        propose(area, run.order.wishes)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_run_that_breaks_off_says_so(area, tmp_path):
    run = Run(order(None, Wishes("regio", 100_000, 200_000)))
    run.start()
    run.join(30)
    assert (run.outcome, run.error) == (None, BROKEN_OFF)


def test_the_page_says_what_a_run_could_not_do(page):
    session = session_of(page)
    session.making.run = Run(order(None, Wishes("regio", 1, 2)), error="Zo kan het <b>niet</b>.")
    page.run()
    assert [e.value for e in page.error] == ["Zo kan het \\<b\\>niet\\</b\\>."]


def test_another_area_forgets_run_and_locks():
    making = Making(("a",))
    making.lock(Lock("Noord", ("WK1",), "Noord"))
    making.run = run = Run(order(None, Wishes("regio", 1, 2)))
    making.about(("a",))
    assert making.locks
    making.about(("b",))
    assert (making.run, making.locks, making.key) == (None, [], ("b",))
    assert run.ended.is_set()


def test_a_lock_gives_way_to_one_that_contradicts_it():
    making = Making()
    north, south = Lock("Noord", ("a", "b"), "1"), Lock("Zuid", ("c",), "2")
    for lock in (north, south, Lock("Noord", ("d",), "3")):
        making.lock(lock)
    assert making.locked == {"a": "Noord", "b": "Noord", "c": "Zuid", "d": "Noord"}
    making.lock(Lock("Oost", ("b",), "4"))  # shares a unit with the first
    assert making.locked == {"c": "Zuid", "d": "Noord", "b": "Oost"}
    making.lock(Lock("Noord", ("e",), "5", closed=True))  # finished: nothing else is in it
    assert making.locked == {"c": "Zuid", "b": "Oost", "e": "Noord"}
    assert making.closed == {"Noord"}
    making.add_pair(Pair("a", "b", together=True))
    making.add_pair(Pair("b", "a", together=False))
    assert making.pairs == [Pair("b", "a", together=False)]


def test_locks_hold_the_units_of_the_plan(area, proposals):
    plan = proposals.candidates[0].plan
    lock = group_lock(plan, plan.groups[0], "Voorstel A", closed=True)
    assert set(lock.codes) == set(plan.members(plan.groups[0]))
    gemeente = gemeente_lock(area, plan, "GM9008", "Voorstel A")
    units = area.units.index[area.units["gemeentecode"] == "GM9008"]
    assert set(gemeente.codes) == set(units)
    assert units[0] in plan.members(gemeente.group)


def test_a_gemeente_stays_with_the_gemeente_that_its_group_is_called_after():
    # Three gemeenten on a row and a large one: without the lock, Zuiderlaak goes with Groot.
    units = draw("AABB\nCCDD")
    names = dict(zip("ABCD", ("Dorsterwold", "Zuiderlaak", "Noorderlaak", "Groot"), strict=True))
    for letter, name in names.items():
        units.loc[f"WK0001{letter * 2}", ["gemeentecode", "gemeentenaam"]] = [f"GM{letter}", name]
    units["inwoners"] = [1500.0, 1000, 1000, 1400]
    area = study_area(units)
    plan = plan_by_letters(area, "AB", "CD")
    plan = replace(plan, groups=("Dorsterwold", "Groot"))
    lock = gemeente_lock(area, plan, "GMB", "Voorstel A")
    assert (lock.codes, lock.beside) == (("WK0001BB",), ("WK0001AA",))
    assert lock.label == "Zuiderlaak blijft bij Dorsterwold (Voorstel A)"
    making = Making()
    making.lock(lock)
    # Halves that pay for cutting the locked pair: only the lock keeps them together.
    today = pd.Series({"WK0001AA": "x", "WK0001CC": "x", "WK0001BB": "y", "WK0001DD": "y"})
    wishes = Wishes("hub", 1000, 4000, groups=2, today=today)
    free = propose(area, wishes, count=1, exact=True).candidates[0].plan
    assert set(free.members("Dorsterwold")) == {"WK0001AA", "WK0001CC"}
    held = replace(wishes, locks=making.locked, closed=making.closed)
    kept = propose(area, held, count=1, exact=True).candidates[0].plan
    assert {"WK0001AA", "WK0001BB"} <= set(kept.members("Dorsterwold"))
    assert not any("(" in group for group in kept.groups)


def test_a_gemeente_that_gave_the_name_itself_and_a_group_of_another_name(area, proposals):
    plan = proposals.candidates[0].plan
    own = gemeente_lock(area, plan, "GM9008", "Voorstel A")
    leader, codes = name_givers(area, plan, own.group)
    code = area.units.loc[codes[0], "gemeentecode"]
    itself = gemeente_lock(area, plan, code, "Voorstel B")
    assert (set(itself.codes), itself.beside) == (set(codes), ())
    assert itself.label == f"{leader} blijft bij elkaar (Voorstel B)"
    other = replace(plan, groups=tuple(f"Groep {i}" for i in range(len(plan.groups))))
    lock = gemeente_lock(area, other, code, "Voorstel B")
    assert lock.label == f"{leader} blijft bij elkaar, in groep {lock.group} (Voorstel B)"


def test_locks_beside_the_same_gemeente_stand_together():
    making = Making()
    first = Lock("Noord", ("b",), "1", beside=("a",))
    second = Lock("Noord", ("c",), "2", beside=("a",))
    for lock in (first, second, second):
        making.lock(lock)
    assert making.locks == [first, second]
    assert making.locked == {"a": "Noord", "b": "Noord", "c": "Noord"}
    making.unlock(first)
    assert making.locked == {"a": "Noord", "c": "Noord"}
    making.lock(Lock("Zuid", ("d",), "3", beside=("a",)))  # a cannot be in two groups
    assert making.locked == {"d": "Zuid", "a": "Zuid"}


def test_the_comparison_names_what_differs(proposals):
    first = proposals.candidates[0]
    none = dict.fromkeys(PART_WORDS, 0.0)
    short = replace(first, points={**none, "snijlijn": 10.0, "afwijking": 5.0})
    equal = replace(first, points={**none, "snijlijn": 14.0, "afwijking": 2.0})
    assert comparison([short, equal], 0) == (
        "Vergeleken met het andere: kortere grenzen, maar minder gelijke groepen."
    )
    assert comparison([short, equal], 1) == (
        "Vergeleken met het andere: gelijkere groepen, maar langere grenzen."
    )
    assert comparison([short, short, short], 1) == "Vrijwel even goed als de andere."
    assert comparison([short], 0) == "Er is geen ander voorstel om mee te vergelijken."


def test_the_proof_in_words(proposals):
    first = proposals.candidates[0]
    assert proof_text([first], 0) == "geen bewijs"
    assert proof_text([replace(first, proof="optimaal", gap=0.0)], 0) == "bewezen de beste"
    some, much = (replace(first, proof="grens", gap=gap) for gap in (0.041, 0.25))
    assert proof_text([some, much], 0) == "hooguit 4,1 % beter mogelijk"
    assert proof_text([some, much], 1) == "hooguit 25 % beter mogelijk"


def test_behind_a_proven_plan_nothing_unknown_is_promised(proposals):
    none = dict.fromkeys(PART_WORDS, 0.0)
    best = replace(proposals.candidates[0], points={**none, "snijlijn": 50.0}, proof="optimaal")
    more = replace(best, points={**none, "snijlijn": 69.4}, proof="grens", gap=19.4 / 69.4)
    equal = replace(best)
    plans = [best, equal, more]
    assert [proof_text(plans, i) for i in range(3)] == [
        "bewezen de beste", "bewezen de beste", "38,8 % meer punten dan het bewezen beste plan",
    ]  # fmt: skip
    nothing = replace(best, points=none)
    assert proof_text([nothing, more], 1) == "meer punten dan het bewezen beste plan"


def items(html: str) -> list[str]:
    return re.findall(r"<li[^>]*>([^<]*)</li>", html)


def test_verdicts_carry_symbol_and_word():
    html = verdicts_html(Judged(Counter({Verdict.VOLDOET: 3, Verdict.VOLDOET_NIET: 1}), ()))
    shown = items(html)
    sign, word = verdict_text(Verdict.VOLDOET_NIET).split(" ", 1)
    assert shown[0] == f"{sign} 1 {word}"
    assert len(shown) == 2


def test_a_kader_that_is_not_in_force_is_named_as_left_out(area, proposals):
    """The card says which kaders do not count: the same as Toets leaves out."""
    kaders = [load_kader(name) for name in kader_names()]
    toets = assess_plan(area, proposals.candidates[0].plan, kaders)
    left_out = tuple(lapsed_kaders(toets).values())
    assert left_out
    assert judged(toets).left_out == left_out
    html = verdicts_html(judged(toets))
    assert all(escape(f"'{title}'") in html for title in left_out)
    assert html.count("niet van kracht") == 1
    counting = [k for k in kaders if k.naam not in lapsed_kaders(toets)]
    bare = judged(assess_plan(area, proposals.candidates[0].plan, counting))
    assert bare.counts == judged(toets).counts
    assert "niet van kracht" not in verdicts_html(bare)


def test_general_rules_alone_approve_of_no_candidate(area, proposals):
    plan = replace(proposals.candidates[0].plan, level="wijk")
    kaders = [load_kader(name) for name in ("unicum", "zorg-en-zekerheid-2022")]
    assert not judged(assess_plan(area, proposals.candidates[0].plan, kaders)).map_only
    found = judged(assess_plan(area, plan, kaders))
    assert found.map_only
    html = verdicts_html(found)
    assert "aan geen geldend kader is getoetst" in html
    assert f"{found.counts[Verdict.VOLDOET]} nageleefd" in items(html)
    assert not re.search("✓|voldoet<|oi-complies", html)


def test_a_kader_without_rules_at_the_level_is_not_said_to_be_left_out(area, proposals):
    plan = replace(proposals.candidates[0].plan, level="hub")
    toets = assess_plan(area, plan, [load_kader(name) for name in kader_names()])
    assert lapsed_kaders(toets)
    assert judged(toets).left_out == ()


def test_rules_that_are_not_met_are_named_worst_first():
    fails, signals = Verdict.VOLDOET_NIET, Verdict.SIGNAAL
    rules = (
        NotMet(fails, "Z2 Een regio is heel.", ("A", "B", "C")),
        NotMet(fails, "Z4 Er is er één.", ("A", "<B>")),
        NotMet(signals, "G3 Het is een keuze.", ()),
    )
    assert items(verdicts_html(Judged(Counter({fails: 5, signals: 1}), rules)))[2:] == [
        "✗ voldoet niet: Z2 Een regio is heel (3 groepen)",
        "✗ voldoet niet: Z4 Er is er één (A en &lt;B&gt;)",
        "! signaal: G3 Het is een keuze",
    ]
    many = items(verdicts_html(Judged(Counter({fails: 9}), rules[:1] * 6)))
    assert many[1:] == ["✗ voldoet niet: Z2 Een regio is heel (3 groepen)"] * 4 + [
        "en nog 2 regels"
    ]


def test_rules_are_sorted_by_verdict_and_then_by_groups(area, proposals):
    plan = proposals.candidates[0].plan
    toets = assess_plan(area, plan, [load_kader("zorg-en-zekerheid-2022")])
    rules = judged(toets).not_met
    order = [(rule.verdict.rank, -len(rule.groups)) for rule in rules]
    assert order == sorted(order)
    assert {rule.verdict for rule in rules} == {Verdict.VOLDOET_NIET, Verdict.SIGNAAL}


def test_exact_proves_the_best(page):
    page.checkbox(key="k_bewijs").check().run()
    made(page)
    first, *others = facts(page)
    assert first["Bewijs"] == "bewezen de beste"
    assert others
    best, *rest = session_of(page).making.run.outcome.proposals.candidates
    for told, candidate in zip(others, rest, strict=True):
        share = nl_number((candidate.energy / best.energy - 1) * 100, 1)
        assert told["Bewijs"] == f"{share} % meer punten dan het bewezen beste plan"


def test_old_cards_say_which_level_they_are_for(page):
    page.selectbox(key="k_niveau").select("hub").run()
    made(page)
    assert [h.value for h in page.header] == ["Voorstellen voor gemeentehubs"]
    page.selectbox(key="k_niveau").select("wijk").run()
    assert facts(page)
    assert [h.value for h in page.header] == ["Voorstellen voor gemeentehubs"]


def test_a_target_is_optional_and_told_where_it_cannot_be(page, area):
    target = page.number_input(key="k_streefgetal_regio_inwoners")
    assert target.value is None
    assert asked_of(page).target is None
    page.number_input(key="k_streefgetal_regio_inwoners").set_value(50_000).run()
    [error] = page.error
    assert error.value.startswith("Het streefgetal 50.000 valt buiten de band")
    assert page.button(key="maak").disabled
    page.number_input(key="k_streefgetal_regio_inwoners").set_value(120_000).run()
    assert not page.error
    assert asked_of(page).target == 120_000


def test_areas_of_a_wsv_stay_whole(page, area):
    page.selectbox(key="k_wsv").select("voorkeur").run()
    page.selectbox(key="k_kern").select("hard").run()
    assert "Zolang er geen tabel is, tellen kernen niet mee." in captions(page)
    [part] = asked_of(page).whole
    assert (part.kind, part.firm) == ("wsv", "voorkeur")
    # Every unit with one WSV only belongs to that.
    known = area.practices.dropna(subset=["wsv", "eenheid"]).groupby("eenheid")["wsv"]
    single = known.first()[known.agg(lambda names: len(set(names)) == 1)]
    assert len(single) > 10
    assert part.parts[single.index].to_dict() == single.to_dict()
    assert any(text.startswith("In 11 eenheden staan praktijken") for text in captions(page))


def test_a_wsv_is_not_offered_where_no_placed_practice_names_one(page):
    session = session_of(page)
    bare = (b"agb,naam,discipline,x_rd,y_rd,ion\n"
            b"01900000,De Brug,huisarts,138553,452706,2582\n")  # fmt: skip
    session.use("praktijken", session.keep("zonder.csv", bare))
    page.run()
    assert not page.exception
    assert "k_wsv" not in [box.key for box in page.selectbox]
    assert "k_kern" in [box.key for box in page.selectbox]


def test_kernen_come_from_a_table(page, area):
    one, two, *_ = area.units.index
    page.selectbox(key="k_kern").select("hard").run()
    hand_in(page, "kernen", "kernen.csv", "code;kern", f"{one};Dorp", f"{two};Dorp", "WK0;Weg")
    [part] = asked_of(page).whole
    assert (part.kind, part.firm, part.parts.to_dict()) == (
        "kern", "hard", {one: "Dorp", two: "Dorp"},
    )  # fmt: skip
    assert "In gebruik: kernen.csv" in captions(page)
    [reading] = [e for e in page.expander if e.label.startswith("Leesverslag van kernen.csv")]
    assert reading.label.endswith(": 1 opmerking")
    assert any("WK0" in text.value for text in reading.caption)
    page.button(key="weg_kernen").click().run()
    assert asked_of(page).whole == ()


def test_a_table_that_cannot_be_used_is_one_sentence_and_bars_the_button(page):
    page.selectbox(key="k_kern").select("hard").run()
    hand_in(page, "kernen", "leeg.csv", "a;b", "1;2")
    [error] = page.error
    assert "leeg.csv" in error.value
    assert page.button(key="maak").disabled
    assert page.select_slider(key="k_gewicht_snijlijn").value == "Gewoon"  # the rest stays
    page.button(key="gezien_wens_kernen").click().run()
    assert not page.error
    assert not page.button(key="maak").disabled


def test_a_table_that_cannot_be_used_never_replaces_the_one_in_use(page, area):
    one, two, *_ = area.units.index
    page.selectbox(key="k_kern").select("hard").run()
    hand_in(page, "kernen", "kernen.csv", "code;kern", f"{one};Dorp", f"{two};Dorp")
    page.file_uploader(key="upload_kernen").clear().run()
    hand_in(page, "kernen", "rapport.pdf", "%PDF-1.4")
    [error] = page.error
    assert "rapport.pdf" in error.value
    assert "In gebruik: kernen.csv" in captions(page)
    [part] = asked_of(page).whole
    assert part.parts.to_dict() == {one: "Dorp", two: "Dorp"}
    page.button(key="gezien_wens_kernen").click().run()
    assert not any("rapport.pdf" in error.value for error in page.error)


def test_where_patients_live_comes_from_a_table(page, area):
    placed = area.practices.dropna(subset=["eenheid"])
    practice, stands = placed["praktijk_id"].iloc[0], placed["eenheid"].iloc[0]
    home = area.units.index[-1]
    full = placed["postcode"].dropna().iloc[-1]
    hand_in(
        page, "herkomst", "herkomst.csv", "praktijk;wijk;postcode;aantal",
        f"{practice};{home};;30", f"{practice};{stands};;70", f"{practice};;{full};5",
    )  # fmt: skip
    assert page.select_slider(key="k_gewicht_stromen").value == "Gewoon"
    flows = asked_of(page).flows
    assert flows["aantal"].sum() == 105  # the postcode is placed by the table of the example
    assert set(flows["praktijk"]) == {stands}
    row = flows.set_index("woont")["aantal"]
    assert row[home] >= 30
    assert any(text.startswith("Herkomst van 105 patiënten") for text in captions(page))
    assert not any("geen herkomst" in text for text in session_of(page).making.run.order.notes)


def test_where_patients_live_on_gegevens_counts_here_as_well(page, area):
    """The file of Gegevens is used until the page has one of its own, and again after that."""
    placed = area.practices.dropna(subset=["eenheid"])
    practice, stands = placed["praktijk_id"].iloc[0], placed["eenheid"].iloc[0]
    session = session_of(page)
    rows = f"praktijk;wijk;aantal\n{practice};{stands};60\n{practice};{area.units.index[-1]};7"
    session.own["herkomst"] = session.keep("herkomst.csv", rows.encode())
    page.run()
    assert "In gebruik: herkomst.csv van de pagina Gegevens" in captions(page)
    assert page.select_slider(key="k_gewicht_stromen").value == "Gewoon"
    assert asked_of(page).flows["aantal"].sum() == 67
    assert not any("geen herkomst" in text for text in session.making.run.order.notes)
    hand_in(page, "herkomst", "eigen.csv", "praktijk;wijk;aantal", f"{practice};{stands};5")
    assert asked_of(page).flows["aantal"].sum() == 5
    page.button(key="weg_herkomst").click().run()
    assert asked_of(page).flows["aantal"].sum() == 67


def test_the_present_division_comes_from_a_table(page, area):
    page.selectbox(key="k_vandaag").select("tabel").run()
    first, second, *_ = area.units.index
    hand_in(page, "bestaand", "nu.csv", "eenheid;groep", f"{first};Oost", f"{second};West")
    page.select_slider(key="k_gewicht_wijziging").set_value("Veel").run()
    wishes = asked_of(page)
    assert wishes.today.to_dict() == {first: "Oost", second: "West"}
    assert wishes.weights.wijziging == 3 * Weights().wijziging


def test_the_present_division_may_be_the_proposal_on_toets(page):
    made(page)
    page.button(key="neem_over_0").click().run()
    page.selectbox(key="k_vandaag").select("toets").run()
    plan = session_of(page).making.run.outcome.proposals.candidates[0].plan
    today = asked_of(page).today
    assert today.to_dict() == {
        unit: plan.groups[label] for unit, label in zip(plan.units, plan.labels, strict=True)
    }


def without_homes(page) -> None:
    """Use a list of practices of one's own: the homes of the example go with its own list."""
    session_of(page).own["praktijken"] = example_inputs().praktijken
    page.run()


def test_what_has_nothing_to_work_on_is_told_with_the_outcome(page, area):
    without_homes(page)
    made(page)
    said = captions(page)
    assert any(text.startswith("Er is geen herkomst van patiënten gegeven") for text in said)
    assert "Er is geen bestaande indeling gegeven: wijzigingen tellen niet mee." in said
    assert not any("huisartsenpraktijken" in text for text in said)
    bare = area.with_practices(area.practices.iloc[:0])
    wishes = Wishes("regio", 100_000, 200_000)
    assert idle_parts(bare, wishes, ("afstand",)) == [
        "Er zijn geen geplaatste huisartsenpraktijken: de afstand telt niet mee."
    ]


def test_units_without_a_higher_division_share_one_and_it_is_told(page, area):
    page.selectbox(key="k_binnen").select("tabel").run()
    gemeenten = sorted(area.units["gemeentecode"].unique())
    rows = [f"{code};Noord" for code in gemeenten[1:]]
    hand_in(page, "binnen", "grenzen.csv", "code;zorgkantoor", *rows)
    left = int((area.units["gemeentecode"] == gemeenten[0]).sum())
    [told] = [text for text in warnings(page) if "een eigen gebied" in text]
    assert told.startswith(f"{left} eenheden staan niet in de tabel")
    page.button(key="maak").click().run()
    run = session_of(page).making.run
    run.stop()
    assert run.order.notes[0].startswith(f"{left} eenheden staan niet in de tabel")


def test_the_same_wishes_again_are_another_attempt(page):
    page.selectbox(key="k_tijd").select(5).run()
    made(page)
    assert not any("oging 1" in text for text in captions(page))  # there is no other to tell from
    made(page)
    assert "Poging 2 met deze wensen." in captions(page)
    assert session_of(page).making.run.order.seed == 1
    page.number_input(key="k_minimum_regio_inwoners").set_value(90_000).run()
    made(page)
    assert session_of(page).making.run.order.seed == 0
    assert not any("oging" in text for text in captions(page))
    page.number_input(key="k_minimum_regio_inwoners").set_value(100_000).run()
    made(page)
    assert "Poging 3 met deze wensen." in captions(page)
    page.number_input(key="k_minimum_regio_inwoners").set_value(90_000).run()
    assert "Poging 3 met de wensen van toen." in captions(page)


def test_wishes_are_the_same_by_what_they_hold(area):
    def mark(**more):
        return order(area, Wishes("regio", 1, 9, **more)).fingerprint

    def table(name):
        return pd.Series({"a": "x", "b": name})

    assert mark(today=table("y")) == mark(today=table("y"))
    assert mark(locks={"a": "x", "b": "y"}) == mark(locks={"b": "y", "a": "x"})
    assert mark(closed=frozenset("abc")) == mark(closed=frozenset("cba"))
    marks = [
        mark(), mark(today=table("y")), mark(today=table("z")), mark(within=table("y")),
        mark(whole=(Whole("kern", table("y")),)), mark(whole=(Whole("kern", table("z")),)),
        mark(locks={"a": "x"}), mark(target=5), mark(weights=Weights(snijlijn=2)),
        mark(flows=pd.DataFrame({"woont": ["a"], "praktijk": ["b"], "aantal": [1.0]})),
    ]  # fmt: skip
    assert len(set(marks)) == len(marks)


def test_the_same_attempt_gives_the_same_plans(area):
    runs = [Run(order(area, Wishes("regio", 100_000, 200_000), seed=seed)) for seed in (1, 1)]
    plans = []
    for run in runs:
        run.order = replace(run.order, seconds=60.0)
        run.start()
        run.join(HANGS_SECONDS)
        assert not run.outcome.proposals.interrupted
        plans.append([c.plan.labels.tolist() for c in run.outcome.proposals.candidates])
    assert plans[0] == plans[1] != []


def test_the_best_so_far_is_drawn_by_the_problem_that_it_belongs_to(area):
    wishes = Wishes("regio", 50_000, 200_000)
    lost = frozenset(area.units.index[area.units["gemeentecode"] == "GM9001"])
    whole, rest = build_problem(area, wishes), build_problem(area, wishes, leave_out=lost)
    assert len(whole.arrays.pop) != len(rest.arrays.pop)
    found = search(rest, seed=0, count=1, seconds=5).plans[0]
    run = Run(order(area, wishes), progress=Progress(0.5, 1.0, found, rest))
    assert run.best_svg() == plan_svg(run.canvas, plan_of(rest, found.labels), fixed={})


def test_the_live_drawing_keeps_the_colours_of_the_first_one(area):
    wishes = Wishes("hub", 20_000, 80_000)
    problem = build_problem(area, wishes)
    first, second = search(problem, seed=0, count=2, seconds=5).plans[:2]
    plans = [plan_of(problem, found.labels) for found in (first, second)]
    run = Run(order(area, wishes), progress=Progress(0.5, 1.0, first, problem))
    run.best_svg()
    run.progress = Progress(0.6, 2.0, second, problem)
    marks = group_marks(area, plans)
    assert run.best_svg() == plan_svg(run.canvas, plans[1], marks=marks[1])
    alone = group_marks(area, plans[1:])[0]
    assert run.best_svg() != plan_svg(run.canvas, plans[1], marks=alone)


def test_where_nothing_was_found_the_page_says_what_the_search_says(page, area):
    obstacle = NOTHING_FOUND
    run = Run(order(area, Wishes("regio", 100_000, 200_000)))
    nothing = replace(
        propose(area, run.order.wishes, seconds=5), candidates=(), obstacles=(obstacle,)
    )
    run.outcome = Outcome(nothing, ())
    session_of(page).making.run = run
    page.run()
    assert not page.exception
    [error] = page.error
    assert error.value.startswith(f"1. {obstacle.reason}")
    assert not any("geen plan" in text for text in warnings(page))


def test_the_time_of_a_proof_is_told(page):
    assert page.checkbox(key="k_bewijs").help.endswith(
        "Het bewijs kan na het zoeken nog eens zo lang duren."
    )


def test_the_points_of_a_card_are_told_with_what_they_are_for(page):
    without_homes(page)
    made(page)
    found = session_of(page).making.run.outcome.proposals
    shown = [t for t in tables(page) if t.heads == ["Onderdeel", "Hoeveel", "Punten"]]
    assert len(shown) == len(found.candidates)
    for told, candidate in zip(shown, found.candidates, strict=True):
        rows = {name: (amount, points) for name, amount, points in told.rows}
        assert rows["Snijlijn"] == (
            f"{nl_number(candidate.figures.snijlijn_km, 1)} km",
            nl_number(candidate.points["snijlijn"], 1),
        )
        assert rows["Samen"] == ("", nl_number(candidate.energy, 1))
        assert "Stromen" not in rows  # nothing to work on
    assert plain(points_note(found.problem)) in captions(page)


def test_what_has_no_group_is_counted_with_a_right_plural():
    units = draw("AB.CD\n...EF")
    units["inwoners"] = [10.0, 10, 1000, 1000, 1000, 1000]
    area = study_area(units, level="gemeente")
    made = propose(area, Wishes("hub", 1000, 4000, gemeente="nee"), count=1, seconds=1)
    [told] = TableReader(groups_html(made.problem, made.candidates[0])).tables
    assert dict(told.rows)["Zonder groep"] == "2 gemeenten"


def test_groups_outside_the_band_are_marked_and_what_has_no_group_is_counted():
    # E alone exceeds the maximum; A is an island below the minimum.
    units = draw("A.BCDE\n..FGHE")
    units["inwoners"] = [900.0, 1000, 1000, 1000, 9000, 1000, 1000, 1000]
    area = study_area(units)
    made = propose(area, Wishes("wijk", 2000, 4000, gemeente="nee"), count=1, seconds=1)
    [candidate] = made.candidates
    [told] = TableReader(groups_html(made.problem, candidate)).tables
    big = next(g for g in candidate.plan.groups if "WK0001EE" in candidate.plan.members(g))
    rows = dict(told.rows)
    assert rows[f"{big} ▲ boven het maximum"] == "9.000"
    assert rows["Zonder groep"] == "1 wijk"
    assert sum("▲" in name or "▼" in name for name in rows) == 1
    closed = Wishes(
        "wijk", 2000, 4000, gemeente="nee", closed=frozenset({"Klein"}),
        locks={"WK0001BB": "Klein"},
    )  # fmt: skip
    made = propose(area, closed, count=1, seconds=1)
    [told] = TableReader(groups_html(made.problem, made.candidates[0])).tables
    assert dict(told.rows)["Klein ▼ onder het minimum"] == "1.000"


def test_the_same_marks_on_every_card_and_on_toets_and_kaart(page):
    """A group has one number and one colour on all cards, in lists as in drawings, and beyond."""
    page.selectbox(key="k_niveau").select("hub").run()
    made(page)
    session = session_of(page)
    run = session.making.run
    candidates = run.outcome.proposals.candidates
    assert len(candidates) >= 2
    lists = [e.proto.body for e in page.get("html") if "oi-swatch" in e.proto.body]
    drawn = [e.proto.body for e in page.get("html") if 'alt="Kaart van Voorstel' in e.proto.body]
    seen: dict[str, tuple[str, str]] = {}
    row = r'data-number="(\d+)" style="background:(#\w+)"></span>([^<]+)<'
    for html, image, candidate in zip(lists, drawn, candidates, strict=False):
        told = [(name.strip(), colour, number) for number, colour, name in re.findall(row, html)]
        assert {name for name, *_ in told} == {escape(name) for name in candidate.plan.groups}
        assert len({colour for _, colour, _ in told}) == len({n for *_, n in told}) == len(told)
        for name, *mark in told:
            assert seen.setdefault(name, tuple(mark)) == tuple(mark)
        svg = base64.b64decode(re.search(r"base64,([^\"]+)", image)[1]).decode()
        fills = re.findall(r'fill="(#\w+)" fill-rule', svg)
        assert fills[: len(told)] == [colour for _, colour, _ in told]
    page.button(key="neem_over_1").click().run()
    marks = session.marks[session.proposal]
    html = cache.toets_map(session.question, cache.Style("groepen"), marks).html
    for (number, name), colour in zip(
        numbered_legend_of(html, "groepen"), data_of(html)["themes"][0]["colours"], strict=True
    ):
        if number:
            assert seen[escape(name)] == (colour, number)


def test_the_first_value_of_a_widget_stands_in_its_call(tmp_path):
    """Put in the session state it is lost where somebody answers again before it is drawn."""
    session = Session(tmp_path)
    assert session.start("x", 3, range(9)) == 3
    session.choices["x"] = 7
    assert session.start("x", 3, range(9)) == 7
    assert session.start("x", 3, range(5)) == 3
    assert session.start("x", 3) == 7


def test_numbers_on_a_card_are_named_below_its_map(area):
    """What stands as a number on the map stands with its name in the card, or in its list."""
    canvas = canvas_of(area)
    long = area.units["gemeentenaam"] + ", Wijk 02 Noordwest en de Binnenstad <i>"
    plan = Plan.from_mapping(long.to_dict(), area.units.index)
    drawn = draw_plan(canvas, plan)
    assert drawn.numbered
    html = plan_html(drawn, "Kaart")
    numbers = group_marks(area, [plan])[0].numbers
    for number, name in drawn.numbered:
        assert numbers[name] == int(number)
        assert f"<b>{number}</b> {escape(name)}</li>" in html
    assert "<i>" not in html
    each = Plan.from_mapping(
        dict(zip(area.units.index, area.units.index, strict=True)), area.units.index
    )
    many = plan_html(draw_plan(canvas, each, labels="nummers"), "Kaart", elsewhere="Zie 'Groepen'.")
    assert "<li>" not in many
    assert escape("Zie 'Groepen'.") in many
