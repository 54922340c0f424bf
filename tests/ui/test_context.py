"""Page Context: questions, a run, what it says and what it does not say, taking over, files."""

import gc
import io
import math
import re
import weakref
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from oi_geo.candidates.context import Special
from oi_geo.candidates.situate import COUNTED_AT_ONCE
from oi_geo.candidates.standing import standing
from oi_geo.candidates.verify import breaches
from oi_geo.candidates.wishes import Weights, Whole, Wishes
from oi_geo.commands.ensemble_files import share_table
from oi_geo.maps.geometry import bounds_of
from oi_geo.metrics import measure
from oi_geo.pipeline import example_files, example_inputs, load_area, run_toets
from oi_geo.plan import Plan
from oi_geo.report.context import agreement_text
from oi_geo.ui import context as context_page
from oi_geo.ui import context_questions
from oi_geo.ui.cache import Question
from oi_geo.ui.candidate_cards import take_over
from oi_geo.ui.candidate_run import Order, Run
from oi_geo.ui.context_choices import Situating
from oi_geo.ui.context_questions import cuts_gemeente, default_band, group_sizes
from oi_geo.ui.context_regio import doubts_frame, place_of
from oi_geo.ui.context_run import BROKEN_OFF, NO_ROOM, ContextOrder, ContextRun
from oi_geo.ui.context_view import (
    distance_text,
    ensemble_text,
    percentile_text,
    r_hat_text,
    report,
)
from oi_geo.ui.context_wishes import Filled, carried, filled_by, preset_text
from oi_geo.ui.state import Session
from oi_geo.ui.taking_over import propose_plan
from oi_geo.ui.toets import OWN
from oi_geo.ui.words import plain
from tests.effort import HANGS_SECONDS
from tests.ui.conftest import TableReader, html_tables, run_page

QUICK = 2_000
BAND = (100_000, 250_000)


def context() -> None:
    from oi_geo.ui import context

    context.page()


def context_of_good() -> None:
    """The page for who came from Toets, with the proposal that is right."""
    from oi_geo.pipeline import example_files
    from oi_geo.ui import context
    from oi_geo.ui.cache import Question
    from oi_geo.ui.state import current

    session = current()
    if session.question is None:
        good = example_files().voorstel_goed
        session.question = Question(session.inputs(), good, "regio", ("unicum",))
    context.page()


@pytest.fixture(scope="module")
def area():
    return load_area(example_inputs())


@pytest.fixture(scope="module")
def toets(area):
    return run_toets(area, example_files().voorstel_goed, "regio", ("unicum",))


@pytest.fixture
def page(monkeypatch):
    monkeypatch.setitem(context_questions.EFFORTS, "snel", QUICK)
    page = run_page(context_of_good)
    page.selectbox(key="c_stappen").select("snel").run()
    return page


def session_of(page) -> Session:
    return page.session_state["oi_geo"]


def finish(page):
    """Wait for the run of a page, and show what came out."""
    session_of(page).situating.run.join(HANGS_SECONDS)
    page.run()
    assert not page.exception
    return page


def compared(page):
    """Compare with everything as it is filled in."""
    page.button(key="vergelijk").click().run()
    return finish(page)


def order(area, plan, steps=QUICK, **wishes) -> ContextOrder:
    asked = Wishes("regio", *BAND, **{"gemeente": "nee", **wishes})
    return ContextOrder(("x",), "voorstel.csv", area, plan, asked, steps)


def ran(what: ContextOrder, folder) -> ContextRun:
    run = ContextRun(what, folder)
    run.start()
    run.join(HANGS_SECONDS)
    assert not run.is_alive()
    return run


def html(page) -> str:
    return "".join(element.proto.body for element in page.get("html"))


def words(page) -> list[str]:
    """Everything that the page says in Markdown."""
    return [m.value for kind in ("markdown", "caption", "info", "warning") for m in page.get(kind)]


def test_without_a_proposal_the_page_says_where_to_find_one():
    page = run_page(context)
    assert "Toets" in page.info[0].value
    assert not page.button


def test_the_band_just_holds_the_proposal(page, toets):
    people = measure(toets.area, toets.plan)["inwoners"]
    low = asked(page, "c_minimum").value
    high = asked(page, "c_maximum").value
    assert low <= people.min() < low + 5_000
    assert high - 5_000 < people.max() <= high
    assert low % 5_000 == high % 5_000 == 0
    assert asked(page, "c_telt").options == ["Inwoners", "ION"]
    asked(page, "c_telt").select("ion").run()
    ion = measure(toets.area, toets.plan)["ion"]
    assert 0 <= ion.min() - asked(page, "c_minimum").value < 5_000
    assert 0 <= asked(page, "c_maximum").value - ion.max() < 5_000


@pytest.mark.parametrize(
    ("sizes", "step", "band"),
    [
        ([100_000, 200_000], 5_000, (100_000, 200_000)),  # on the step: no wider than needed
        ([100_001, 199_999], 5_000, (100_000, 200_000)),
        ([3_740, 246_195], 5_000, (3_500, 250_000)),  # a small one is rounded by less
        ([499, 501], 500, (450, 550)),
        ([9, 10], 500, (9, 10)),
        ([0], 500, (1, 1)),  # a minimum of nought cannot be asked
    ],
)
def test_the_band_is_rounded_outward(sizes, step, band):
    assert default_band(np.array(sizes), step) == band


@given(st.lists(st.integers(1, 3_000_000), min_size=1), st.sampled_from([500, 1_000, 5_000]))
def test_the_band_holds_every_group_and_little_more(sizes, step):
    low, high = default_band(np.array(sizes), step)
    assert low <= min(sizes) < low + min(step, low + 1)
    assert high - min(step, max(sizes)) < max(sizes) <= high


def test_a_group_of_nobody_is_told_to_lie_outside_the_band():
    usual = Filled("inwoners", 1, 5_000, "hard")
    assert "valt buiten de band" in preset_text(None, usual, usual, 0)
    assert "waar het voorstel net in past" in preset_text(None, usual, usual, 1)


def test_sizes_are_those_of_the_measures(toets):
    for counted in ("inwoners", "ion"):
        sizes = group_sizes(toets.area, toets.plan, counted)
        assert sorted(sizes) == sorted(measure(toets.area, toets.plan)[counted])


def test_gemeenten_stay_whole_where_the_proposal_keeps_them_whole(toets):
    gemeente = toets.area.units["gemeentecode"]
    people = toets.area.units["inwoners"].groupby(gemeente).sum()
    cut = pd.Series(toets.plan.labels).groupby(gemeente.to_numpy()).agg("nunique") > 1
    assert cut.sum() == 1  # the example cuts one, by a village beyond the river
    least = int(people[cut].max())
    assert cuts_gemeente(toets, least)
    assert not cuts_gemeente(toets, least - 1)  # above the maximum: a necessary cut
    half = sorted(people.index)[: len(people) // 2]
    names = {c: "a" if g in half else "b" for c, g in gemeente.items()}
    whole = replace(toets, plan=Plan.from_mapping(names, toets.area.units.index))
    assert not cuts_gemeente(whole, 10**9)


def test_one_click_places_the_proposal(page, toets):
    assert not page.error
    compared(page)
    run = session_of(page).situating.run
    assert run.order.steps == QUICK
    assert run.outcome.context.converged
    assert run.folder.parent == session_of(page).folder
    values = standing(run.outcome.problem, toets.plan)
    [sentences] = [m.value for m in page.markdown if m.value.startswith("- Het voorstel")]
    assert sentences.count("\n- ") == len(values) - 1
    assert "geldige plannen met hetzelfde aantal groepen (2)" in sentences
    table = next(t for t in html_tables(page) if t.heads[0] == "Maat")
    assert len(table.rows) == len(values)
    shown = dict(zip((r[0] for r in table.rows), table.rows, strict=True))
    small = shown["Kleinste groep (personen)"]
    assert int(small[1].replace(".", "")) == measure(toets.area, toets.plan)["inwoners"].min()
    assert all(row[-1].startswith("ja") for row in table.rows)
    assert all("%" in row[2] for row in table.rows)
    assert html(page).count('alt="') == len(values) + len(run.outcome.context.nearest)


def test_the_percentile_is_that_of_the_plans(page):
    compared(page)
    context = session_of(page).situating.run.outcome.context
    table = next(t for t in html_tables(page) if t.heads[0] == "Maat")
    for row, special in zip(table.rows, context.specials, strict=True):
        draws = context.draws[special.maat].ravel()
        same = np.isclose(draws, special.waarde, rtol=1e-9, atol=1e-6)
        rank = ((draws < special.waarde) & ~same).mean() + same.mean() / 2
        assert abs(int(re.match(r"\d+", row[2]).group()) - 100 * rank) <= 0.5


def test_nothing_is_claimed_where_the_chains_do_not_agree(page, area, toets):
    session = session_of(page)
    short = ran(order(area, toets.plan, steps=30), session.folder)
    assert not short.outcome.context.converged
    session.situating.run = short
    page.run()
    assert not page.exception
    assert any("nog niet over elke maat eens" in text for text in words(page))
    table = next(t for t in html_tables(page) if t.heads[0] == "Maat")
    assert {row[2] for row in table.rows} == {"–"}
    assert {row[-1] for row in table.rows} == {"nog niet"}
    assert not page.get("bidi_component")  # no map of how often
    said = "\n".join(m.value for m in page.markdown)
    assert said.count("valt nog niets te zeggen") == 1  # for all measures at once
    assert len(table.rows) == 6
    assert not re.search(r"\d %", said.replace("% van de inwoners zit", ""))
    assert not any(box.key.startswith("c_regio") for box in page.selectbox)
    context_text = report(short, short.outcome)
    assert "geen uitspraak" in context_text
    [button] = [b for b in page.button if b.key == "reken_langer"]
    assert "120 per keten" in button.label
    button.click().run()
    longer = session.situating.run
    assert longer is not short
    assert (longer.order.steps, longer.order.plan) == (120, toets.plan)
    assert not short.folder.exists()
    finish(page)


def test_the_nearest_plan_is_taken_over(page):
    compared(page)
    session = session_of(page)
    near = session.situating.run.outcome.context.nearest[1].plan
    page.button(key="neem_plan_over_2").click().run()
    assert not page.exception
    assert "Plan 2 is nu het voorstel op Toets en Kaart." in [s.value for s in page.success]
    text = session.proposal.read_bytes()
    table = pd.read_csv(io.BytesIO(text), encoding="utf-8-sig", dtype=str)
    assert dict(table.to_numpy()) == {
        u: near.groups[i] for u, i in zip(near.units, near.labels, strict=True)
    }
    assert (session.choices["voorstel"], session.choices["niveau"]) == (OWN, "regio")
    assert session.question.proposal == session.proposal
    assert session.question.kaders == ("unicum",)
    assert any("Deze uitkomst gaat over een ander voorstel" in i.value for i in page.info)
    assert "plan\\_2.csv" in page.markdown[0].value
    compared(page)  # and it can be compared itself
    assert session.situating.run.order.proposal == "plan_2.csv"
    assert session.situating.run.outcome.context.nearest[0].distance == 0


def asked(page, name: str):
    """Find a question of the page: its key also names what is asked about."""
    (widget,) = [w for w in (*page.number_input, *page.selectbox) if w.key.startswith(name)]
    return widget


def adopt(page, plan, wishes, origin="kandidaten") -> Session:
    """Take a plan over as the page Kandidaten does, and look at Context."""
    session = session_of(page)
    propose_plan(session, plan, "Voorstel A", ("unicum",), wishes=wishes, origin=origin)
    page.run()
    assert not page.exception
    return session


def filled(page) -> tuple[object, ...]:
    """Return what is filled in on the page."""
    numbers = [asked(page, f"c_{end}").value for end in ("minimum", "maximum")]
    return asked(page, "c_telt").value, *numbers, asked(page, "c_heel").value


def test_a_plan_of_kandidaten_is_compared_under_its_own_wishes(page, area, toets):
    codes = list(area.units.index)
    names = {code: toets.plan.groups[label] for code, label in zip(codes, toets.plan.labels,
                                                                   strict=True)}  # fmt: skip
    first = [code for code in codes if names[code] == toets.plan.groups[0]]
    second = next(code for code in codes if names[code] == toets.plan.groups[1])
    within = pd.Series(names)
    made = Wishes(
        "regio", 2_000, 12_000, counted="ion", target=9_000, gemeente="voorkeur",
        whole=(Whole("kern", pd.Series({first[0]: "K", first[1]: "K"})),
               Whole("wsv", pd.Series({first[2]: "W"}), "voorkeur")),
        within=within, together=((first[0], first[2]),), apart=((first[0], second),),
        locks={first[0]: names[first[0]]}, today=within, weights=Weights(gemeenten=7.0),
    )  # fmt: skip
    adopt(page, toets.plan, made)
    assert filled(page) == ("ion", 2_000, 12_000, "nee")
    [told] = [text for text in words(page) if text.startswith("Ingevuld")]
    assert told == (
        "Ingevuld staan de wensen waarmee Kandidaten dit plan maakte. Ook hier geldt wat toen nog "
        "meer moest: hogere grenzen waar geen groep overheen gaat, kernen heel, 1 paar dat bij "
        "elkaar hoort, 1 paar dat uit elkaar moet en 1 vaste eenheid. Wat toen liefst zo was, telt "
        "hier niet mee: een ensemble weegt niets af."
    )
    page.button(key="vergelijk").click().run()
    finish(page)
    asked = session_of(page).situating.run.order.wishes
    assert (asked.low, asked.high, asked.counted, asked.gemeente) == (2_000, 12_000, "ion", "nee")
    assert [whole.kind for whole in asked.whole] == ["kern"]
    assert asked.within is within
    assert (asked.together, asked.apart, asked.locks) == (made.together, made.apart, made.locks)
    assert (asked.target, asked.today, asked.weights) == (None, None, Weights())


def test_every_plan_beside_it_keeps_what_had_to_hold(area, toets, tmp_path):
    code = area.units.index[0]
    other = next(c for c, x in zip(area.units.index, toets.plan.labels, strict=True)
                 if x != toets.plan.labels[0])  # fmt: skip
    made = Wishes("regio", *BAND, gemeente="nee", apart=((code, other),), locks={code: "Vast"})
    asked = carried(made, filled_by(made))
    run = ran(replace(order(area, toets.plan), wishes=asked), tmp_path)
    assert run.error == ""
    for near in run.outcome.context.nearest:
        assert breaches(area, made, near.plan) == []
        assert "Vast" in near.plan.groups
    assert "verder 1 paar dat uit elkaar moet en 1 vaste eenheid" in ensemble_text(run.outcome)


def test_the_wishes_go_when_another_proposal_comes(page, toets):
    guess = filled(page)
    assert "Ingevuld staat een ronde band waar het voorstel net in past." in words(page)
    made = Wishes("regio", 70_000, 250_000, gemeente="hard")
    session = adopt(page, toets.plan, made)
    assert filled(page) == ("inwoners", 70_000, 250_000, "hard")
    asked(page, "c_telt").select("ion").run()
    assert filled(page)[:2] != ("ion", 70_000)  # a band of people says nothing of ION
    asked(page, "c_telt").select("inwoners").run()
    asked(page, "c_minimum").set_value(75_000).run()
    assert any(
        text.startswith("Dit plan is gemaakt met 70.000 tot 250.000 inwoners, met gemeenten heel.")
        for text in words(page)
    )
    # The very same file, uploaded: nothing is known of how it was made.
    path = session.keep(session.proposal.name, session.proposal.read_bytes())
    session.question = replace(session.question, proposal=path)
    page.run()
    assert filled(page) == guess
    assert "Ingevuld staat een ronde band waar het voorstel net in past." in words(page)


def test_a_near_plan_takes_the_wishes_of_its_run_along(page):
    asked(page, "c_minimum").set_value(90_000).run()
    compared(page)
    page.button(key="neem_plan_over_1").click().run()
    assert filled(page) == ("inwoners", 90_000, 215_000, "nee")
    assert any(
        text.startswith("Ingevuld staan de wensen van de vergelijking waar dit plan uit komt.")
        for text in words(page)
    )


def test_taking_over_on_kandidaten_keeps_the_wishes(area, toets, tmp_path):
    wishes = Wishes("regio", *BAND)
    candidate = SimpleNamespace(plan=toets.plan)
    what = Run(Order(("x",), area, wishes, ("unicum",)))
    session = Session(tmp_path)
    take_over(session, what, candidate, "Voorstel A")
    adopted = session.situating.adopted
    assert (adopted.wishes, adopted.origin) == (wishes, "kandidaten")
    assert adopted.is_asked(session.question)
    assert not adopted.is_asked(replace(session.question, level="hub"))


def test_a_measure_that_never_differs_has_no_plot(page, area, toets):
    session = session_of(page)
    asked = Wishes("regio", 30_000, 150_000, groups=4)
    run = ran(replace(order(area, toets.plan, steps=20_000), wishes=asked), session.folder)
    assert not run.outcome.context.few
    still = [one for one in run.outcome.context.specials if one.vast]
    assert [one.maat for one in still] == ["gemeenten_gedeeld"]
    session.situating.run = run
    page.run()
    assert not page.exception
    said = "In alle plannen gelijk, en daarom zonder plaatje: het aantal gedeelde gemeenten."
    assert said in words(page)
    plots = 5 + len(run.outcome.context.nearest)
    assert html(page).count('alt="') == plots
    table = next(t for t in html_tables(page) if t.heads[0] == "Maat")
    row = next(row for row in table.rows if row[0].startswith("Gedeelde gemeenten"))
    assert (row[2], row[-1]) in {("–", "ja, in alle plannen gelijk"), ("–", "nog niet")}


def test_of_few_plans_no_percentage_is_shown(page, area, toets):
    session = session_of(page)
    run = session.situating.run = ran(order(area, toets.plan, gemeente="hard"), session.folder)
    assert 0 < run.outcome.context.different < 50
    page.run()
    assert not page.exception
    assert any("geldige plannen gevonden." in text for text in words(page))
    table = next(t for t in html_tables(page) if t.heads[0] == "Maat")
    assert {row[2] for row in table.rows} == {"–"}
    said = [m.value for m in page.markdown if m.value.startswith("- Het voorstel")]
    assert len(said) == 1
    assert "%" not in said[0]
    assert html(page).count('alt="') == len(run.outcome.context.nearest)  # no plots of a spread


def test_comparing_can_be_stopped_as_well(area, toets, tmp_path):
    run = ContextRun(order(area, toets.plan), tmp_path)
    run.stop()
    assert (run.ended.is_set(), run.enough.is_set(), run.stopping) == (True, False, True)
    run.comparing = True
    assert not run.stopping  # the plans that were made are still to be compared
    run.stop()
    assert run.enough.is_set()
    run = ContextRun(order(area, toets.plan), tmp_path)
    run.enough.set()
    run.start()
    run.join(HANGS_SECONDS)
    context = run.outcome.context
    assert context.cut_short
    assert context.plans == COUNTED_AT_ONCE
    assert any("Het vergelijken is door u ingekort" in note for note in run.outcome.notes)


def test_the_map_is_of_the_chosen_regio(page, toets):
    compared(page)
    assert asked(page, "c_regio").options == list(toets.plan.groups)
    asked(page, "c_regio").select(toets.plan.groups[1]).run()
    assert not page.exception
    assert session_of(page).choices[asked(page, "c_regio").key] == toets.plan.groups[1]
    maps = [e.proto for e in page.get("bidi_component")]
    assert any(f"Wat hoort bij {toets.plan.groups[1]}?" in str(proto) for proto in maps)


def test_doubtful_units_are_listed_with_their_share(area, tmp_path):
    plan = run_toets(area, example_files().voorstel_fout, "regio", ()).plan
    run = ran(order(area, plan, steps=20_000), tmp_path)
    placed = {code for group in plan.groups for code in plan.members(group)}
    for one in run.outcome.context.together:
        frame = doubts_frame(area, one.twijfel)
        assert len(frame) == len(one.twijfel)
        members = set(plan.members(one.groep))
        for (_, row), doubt in zip(frame.iterrows(), one.twijfel, strict=True):
            assert row["Wijk"] == area.units["naam"][doubt.eenheid]
            place = "buiten" if doubt.eenheid in placed else "niet ingedeeld"
            assert row["Voorstel"] == ("binnen" if doubt.eenheid in members else place)
            share = one.aandeel[doubt.eenheid]
            assert (share < 0.5) == (doubt.eenheid in members)
            assert row["Zit erbij (gemiddeld)"] == f"{round(100 * share)} %"
    assert any(one.twijfel for one in run.outcome.context.together)


def test_a_doubtful_unit_is_shown_among_its_neighbours(area):
    code = "WK900400"
    shape = area.units.geometry[code]
    place = place_of(area, "x", code)
    assert place.codes == (code,)
    touching = area.units.index[area.units.geometry.distance(shape) < 0.01]
    assert len(touching) > 3
    assert place.bounds == bounds_of(area, list(touching))


def test_a_proposal_that_leaves_units_open_is_not_placed(page):
    session = session_of(page)
    wrong = example_files().voorstel_fout
    session.question = Question(session.inputs(), wrong, "regio", ("unicum",))
    page.run()
    compared(page)
    run = session.situating.run
    assert all(math.isnan(special.waarde) for special in run.outcome.context.specials)
    assert any("openlaat" in info.value for info in page.info)
    table = next(t for t in html_tables(page) if t.heads[0] == "Maat")
    assert {(row[1], row[2]) for row in table.rows} == {("onbekend", "–")}


def test_files_to_take_along(page):
    compared(page)
    run = session_of(page).situating.run
    labels = {b.proto.label for b in page.get("download_button")}
    offered = {"Verslag (Markdown)", "Kaart van de groep (HTML)", "Aandelen per eenheid (CSV)"}
    assert offered <= labels
    text = report(run, run.outcome)
    assert text.startswith("# Context van voorstel_goed.csv\n")
    assert "Fictief voorbeeldgebied" in text
    for source in run.order.sources:
        assert f"{source.bestand} | {source.jaar or ''} | `{source.sha256}`" in text
    named = {example_inputs().grenzen.name, "voorstel_goed.csv"}
    assert named <= {source.bestand for source in run.order.sources}
    assert "voorstel_goed_samen.csv heeft" in text
    for special in run.outcome.context.specials:
        assert special.zin in text
    table = share_table(run.outcome.context)
    shares = table.drop(columns="eenheid").to_numpy(np.float64)
    assert ((shares >= 0) & (shares <= 1 + 1e-9) | np.isnan(shares)).all()


def test_choices_survive_a_page_switch_and_go_with_the_proposal(page):
    asked(page, "c_minimum").set_value(120_000).run()
    asked(page, "c_heel").select("hard").run()
    session = session_of(page)
    again = run_again(page, session)
    assert asked(again, "c_minimum").value == 120_000
    assert asked(again, "c_heel").value == "hard"
    assert again.selectbox(key="c_stappen").value == "snel"
    wrong = example_files().voorstel_fout
    session.question = Question(session.inputs(), wrong, "regio", ("unicum",))
    again.run()
    assert asked(again, "c_minimum").value == 25_000  # of 27.610
    assert asked(again, "c_heel").value == "nee"
    assert again.selectbox(key="c_stappen").value == "snel"


def run_again(page, session):
    """Open the page anew in the same session: Streamlit forgot its widgets."""
    from streamlit.testing.v1 import AppTest

    again = AppTest.from_function(context_of_good, default_timeout=HANGS_SECONDS)
    again.session_state["oi_geo"] = session
    again.run()
    assert not again.exception
    return again


def test_the_outcome_survives_a_page_switch(page):
    compared(page)
    again = run_again(page, session_of(page))
    assert next(t for t in html_tables(again) if t.heads[0] == "Maat").rows


def test_a_band_that_cannot_be_is_told_at_once(page):
    asked(page, "c_minimum").set_value(300_000).run()
    assert page.error[0].value.startswith("De band 300.000 tot 215.000 kan niet")
    assert page.button(key="vergelijk").disabled


def test_what_is_impossible_is_told(page):
    asked(page, "c_minimum").set_value(190_000).run()
    compared(page)  # twice 190.000 is more people than there are
    assert session_of(page).situating.run.outcome is None
    assert "361.370 inwoners" in page.error[0].value


def test_too_small_a_band_is_told(page):
    asked(page, "c_minimum").set_value(3_000).run()
    asked(page, "c_maximum").set_value(9_000).run()
    asked(page, "c_heel").select("nee").run()
    compared(page)
    # two groups of at most 9.000 people do not hold everybody: no plan at all, in one sentence
    assert session_of(page).situating.run.outcome is None
    assert "Er is geen ensemble te maken." in page.error[0].value


def test_obstacles_of_a_run_are_shown(area, toets, tmp_path, page):
    people = area.units["inwoners"]
    largest = int(people.max())
    names = {code: code for code in area.units.index}
    plan = Plan.from_mapping(names, area.units.index, "wijk")
    wishes = Wishes("wijk", 1, largest - 1, groups=None, gemeente="nee")
    what = ContextOrder(("x",), "v.csv", area, replace(plan, stated_scope="werkgebied"), wishes, 50)
    session = session_of(page)
    run = session.situating.run = ran(what, session.folder)
    assert run.error == ""
    page.run()
    assert not page.exception
    told = [w.value for w in page.warning]
    assert [o.where for o in run.outcome.obstacles]
    for obstacle in run.outcome.obstacles:
        assert any(plain(obstacle.reason) in text for text in told)


def test_a_run_stops_and_keeps_what_was_made(area, toets, tmp_path):
    run = ContextRun(order(area, toets.plan, steps=50_000_000), tmp_path)
    run.start()
    deadline = 60
    while run.share is None and deadline > 0:
        run.join(0.05)
        deadline -= 0.05
    run.stop()
    run.join(HANGS_SECONDS)
    assert not run.is_alive()
    sampled = run.outcome.context.sampled
    assert 0 < sampled.made < sampled.steps
    assert any("ingekort" in note for note in run.outcome.notes)


def test_a_new_run_replaces_the_old_and_the_session_ends_its_run(area, toets, tmp_path):
    session = Session(tmp_path)
    context_page.begin(session, order(area, toets.plan, steps=50_000_000))
    first = session.situating.run
    context_page.begin(session, order(area, toets.plan, steps=50_000_000))
    second = session.situating.run
    assert first.ended.is_set()
    assert not second.ended.is_set()
    first.join(HANGS_SECONDS)
    assert not first.folder.exists()
    watched = weakref.ref(session)
    del session
    gc.collect()
    assert watched() is None
    second.join(HANGS_SECONDS)
    assert not second.is_alive()


def test_another_area_forgets_the_run(area, toets, tmp_path):
    situating = Situating()
    situating.about(("a",))
    situating.run = run = ContextRun(order(area, toets.plan), tmp_path)
    situating.about(("a",))
    assert situating.run is run
    situating.about(("b",))
    assert situating.run is None
    assert run.ended.is_set()
    assert not run.folder.exists()


def test_a_run_without_a_folder_says_so(area, toets, tmp_path):
    run = ContextRun(order(area, toets.plan), tmp_path)
    run.folder.rmdir()
    run.folder.write_text("in the way")
    run.start()
    run.join(HANGS_SECONDS)
    assert (run.outcome, run.error) == (None, NO_ROOM)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_run_that_breaks_off_says_so(area, toets, tmp_path):
    run = ran(replace(order(area, toets.plan), area=None), tmp_path)
    assert (run.outcome, run.error) == (None, BROKEN_OFF)


def special(**known) -> Special:
    fields = {
        "maat": "kleinste", "waarde": 1.0, "aandeel_lager": 0.0, "aandeel_gelijk": 0.0,
        "aandeel_hoger": 1.0, "percentiel": 0.93, "interval": (0.905, 0.951), "r_hat": 1.0,
        "ess_bulk": 500.0, "ess_tail": 450.0, "vast": False, "geconvergeerd": True, "reden": "",
        "zin": "", "beter": None,
    }  # fmt: skip
    return Special(**{**fields, **known})


def test_figures_in_words():
    nan = math.nan
    assert percentile_text(special()) == "93 % (90 tot 95 %)"
    assert percentile_text(special(percentiel=0.0, interval=(0.0, 0.001))) == "0 %"
    assert percentile_text(special(percentiel=nan, interval=(nan, nan))) == "–"
    assert r_hat_text(1.0101) == "1,011"  # above the limit, and never shown as if at it
    assert r_hat_text(nan) == "–"
    assert r_hat_text(math.inf) == "zeer hoog"
    assert agreement_text(special(), "nog niet") == "ja"
    assert agreement_text(special(vast=True), "nog niet") == "ja, in alle plannen gelijk"
    assert agreement_text(special(vast=True, geconvergeerd=False), "nog niet") == "nog niet"
    assert distance_text(0.123, "inwoners").startswith("12,3 % van de inwoners")
    assert distance_text(0.0004, "ION").startswith("Minder dan 0,1 % van de ION")
    assert distance_text(0.0, "inwoners").startswith("Alle inwoners")


def test_names_are_shown_and_never_do_anything(page, area, toets):
    nasty = "<img src=x onerror=alert(1)>"
    plan = Plan(toets.plan.level, toets.plan.units, (nasty, "b"), toets.plan.labels)
    session = session_of(page)
    what = replace(order(area, plan), proposal=f"{nasty}.csv")
    session.situating.run = run = ran(what, session.folder)
    page.run()
    assert not page.exception
    assert nasty in asked(page, "c_regio").options
    assert not any(tag == "img" and "onerror" in given
                   for element in page.get("html")
                   for tag, given in TableReader(element.proto.body).tags)  # fmt: skip
    assert [h.value for h in page.header] == [f"Uitkomst voor {plain(what.proposal)}"]
    assert nasty not in report(run, run.outcome)
