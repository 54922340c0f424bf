"""The context of a proposal as Markdown: nothing twice, and no percentage that says nothing."""

import re
from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from oi_geo.candidates.context import compare
from oi_geo.candidates.ensemble import sample
from oi_geo.candidates.problem import build_problem
from oi_geo.candidates.situate import situate
from oi_geo.candidates.wishes import Whole, Wishes
from oi_geo.commands.ensemble_notes import UNTOLD, few_text, notes_on, unsettled_text
from oi_geo.report.context import NOTHING, agreement_text, context_markdown, percentile_text
from oi_geo.report.context_origin import Origin
from oi_geo.study_area import Source
from tests.candidates.toy import code, plan_by_letters, toy

# Seven divisions of eight wijken into two groups of 3.000 to 5.000 people.
PICTURE = """
    ABCD
    EFGH
"""
PEOPLE = {"A": 900.0, "B": 1100.0, "C": 1000.0, "D": 1200.0, "E": 800.0, "F": 1000.0, "G": 1300.0}


@pytest.fixture(scope="module")
def problem():
    return build_problem(toy(PICTURE, PEOPLE), Wishes("wijk", 3000, 5000, gemeente="nee", groups=2))


@pytest.fixture(scope="module")
def plan(problem):
    return plan_by_letters(problem.area, "ABEF", "CDGH")


@pytest.fixture(scope="module")
def context(problem, plan, tmp_path_factory):
    folder = tmp_path_factory.mktemp("ensemble")
    return situate(problem, plan, sample(problem, folder, steps=20_000, chains=4, seed=1))


def written(context, problem, notes=(), **known) -> str:
    names = [f"{number}.csv" for number in range(len(context.nearest))]
    origin = Origin("t.csv", date(2026, 3, 1), problem, seed=1, **known)
    return context_markdown(context, origin, notes=notes, nearest=names)


def test_few_plans_are_counted_in_words_and_not_in_percentages(context, problem, plan):
    assert context.converged
    [note] = [text for text in notes_on(problem, plan, context) if "gevonden" in text]
    assert note.startswith("Naast het voorstel zelf zijn er maar 6 andere geldige plannen gevonden")
    text = written(context, problem, [note])
    place = text.split("## Plaats")[1].split("## Twijfel")[0]
    assert "%" not in place.replace("95 %-interval", "")
    assert "komen uit maar 7 verschillende plannen" in text.split("## Twijfel")[1]
    assert "Het voorstel is compacter dan alle 6 geldige plannen die ernaast gevonden" in place
    assert NOTHING not in place  # the chains agree; a percentage would say nothing


def test_how_often_the_proposal_was_drawn_stands_by_the_nearest_plans(context, problem):
    text = written(context, problem).split("## Het dichtst")[1]
    assert f"Het voorstel zelf is {context.drawn:,} keer".replace(",", ".") in text
    assert "| 0,0 % |" not in text
    alone = replace(context, nearest=())
    assert "keer getrokken" in written(alone, problem)
    assert "staat niets in het gebied" not in written(alone, problem)


def test_the_number_of_plans_found_in_good_dutch(context):
    said = {
        (different, drawn): few_text(replace(context, different=different, drawn=drawn))
        for different, drawn in [(1, 5), (2, 5), (3, 5), (1, 0), (3, 0)]
    }
    begins = {pair: text.split(" gevonden")[0] for pair, text in said.items()}
    assert begins == {
        (1, 5): "Er is geen ander geldig plan",
        (2, 5): "Naast het voorstel zelf is er maar 1 ander geldig plan",
        (3, 5): "Naast het voorstel zelf zijn er maar 2 andere geldige plannen",
        (1, 0): "Er is maar 1 geldig plan",
        (3, 0): "Er zijn maar 3 verschillende geldige plannen",
    }
    unknown = [replace(special, waarde=float("nan")) for special in context.specials]
    untold = few_text(replace(context, specials=tuple(unknown)))
    assert "vergeleken" not in untold
    assert "vergeleken" in said[3, 5]


def test_one_reason_stands_once(context, problem):
    apart = np.random.default_rng(3).normal(size=(4, 500)) + np.arange(4)[:, None]
    draws = {"snijlijn_km": apart, "kleinste": apart + 1, "grootste": 2 * apart}
    specials = compare(dict.fromkeys(draws, 1.0), draws, groups=2)
    text = written(replace(context, specials=specials, draws=draws), problem)
    assert text.count("R-hat 1,") == text.count("valt nog niets te zeggen") == 1
    assert {percentile_text(special) for special in specials} == {NOTHING}


def test_the_report_tells_what_it_was_made_from(context, problem):
    source = Source("grenzen", "wijken_2023.gpkg", "abc123", 2023)
    plots = {"grootste": "grootste.svg"}
    text = written(context, problem, sources=(source,), plots=plots, shares="samen.csv")
    rows = dict(re.findall(r"^\| ([^|]+) \| ([^|]+) \|$", text, re.MULTILINE))
    assert rows["Voorstel"] == "t.csv"
    assert rows["Datum"] == "1 maart 2026"
    assert rows["Niveau"] == "wijkverband"
    assert rows["Band per groep"] == "3.000 tot en met 5.000 inwoners"
    assert (rows["Blijft heel"], rows["Geldt verder"]) == ("niets", "niets")
    assert (rows["Groepen per plan"], rows["Seed"]) == ("2", "1")
    assert (rows["Ketens"], rows["Stappen per keten"]) == ("4", "20.000")
    assert "| grenzen | wijken_2023.gpkg | 2023 | `abc123` |" in text
    assert "[De omvang van de grootste groep](grootste.svg)" in text
    assert "samen.csv heeft een rij" in text
    assert "## Bestanden" not in written(context, problem)


def test_what_must_hold_is_in_the_report(context, problem):
    area = problem.area
    kernen = Whole("kern", area.units["gemeentecode"])
    firm = replace(
        problem.wishes, gemeente="hard", whole=(kernen,), apart=((code("A"), code("D")),)
    )
    rows = written(context, replace(problem, wishes=firm))
    assert "| Blijft heel | gemeenten en kernen |" in rows
    assert "| Geldt verder | 1 paar dat uit elkaar moet |" in rows


def test_what_stands_outside_the_comparison_is_named(tmp_path):
    area = toy(PICTURE, {**PEOPLE, "A": 9000.0})
    wishes = Wishes(
        "wijk", 2000, 5000, gemeente="nee", locks={code("H"): "Af"}, closed=frozenset({"Af"})
    )
    problem = build_problem(area, wishes)
    plan = plan_by_letters(area, "A", "BCD", "EFG", "H")
    context = situate(problem, plan, sample(problem, tmp_path, steps=200, chains=2, seed=1))
    [note] = [text for text in notes_on(problem, plan, context) if text.startswith("Buiten de")]
    assert note.startswith(
        "Buiten de vergelijking staat wat alleen al boven het maximum ligt: Wijk A (WK0001AA); wat "
        "al af is: Af. Alle maten, ook die van het voorstel,"
    )
    assert ", en 2 buiten de vergelijking |" in written(context, problem)
    # The largest group of what is divided, and not the wijk of 9.000.
    [largest] = [one for one in context.specials if one.maat == "grootste"]
    assert largest.waarde < 9000


def test_nothing_outside_is_said_where_everything_is_divided(context, problem, plan):
    assert not any("Buiten de vergelijking" in note for note in notes_on(problem, plan, context))


def test_which_condition_fails_is_told(context):
    one = context.specials[0]
    failing = {"geconvergeerd": False, "vast": False}
    short = replace(one, r_hat=1.008, ess_bulk=267.0, ess_tail=300.0, **failing)
    apart = replace(one, r_hat=1.02, ess_bulk=267.0, ess_tail=300.0, **failing)
    alone = replace(one, r_hat=float("nan"), ess_bulk=900.0, ess_tail=900.0, **failing)
    words = [agreement_text(special, "nog niet") for special in (short, apart, alone)]
    assert words == ["te weinig plannen", "nog niet", "nog niet"]
    said = {r: unsettled_text(replace(context, specials=r)) for r in ((short,), (short, apart))}
    assert said[short,].startswith("De ketens zijn het eens, maar")
    assert said[short, apart].startswith("De ketens zijn het nog niet over elke maat eens.")
    assert all(UNTOLD in text and "ruimere band" in text for text in said.values())
