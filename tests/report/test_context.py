"""The context of a proposal as Markdown: nothing twice, and no percentage that says nothing."""

from dataclasses import replace

import numpy as np
import pytest

from oi_geo.candidates.context import compare
from oi_geo.candidates.ensemble import sample
from oi_geo.candidates.problem import build_problem
from oi_geo.candidates.situate import situate
from oi_geo.candidates.wishes import Wishes
from oi_geo.commands.ensemble_notes import few_text, notes_on
from oi_geo.report.context import NOTHING, context_markdown, percentile_text
from tests.candidates.toy import plan_by_letters, toy

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


def written(context, notes=()) -> str:
    names = [f"{number}.csv" for number in range(len(context.nearest))]
    return context_markdown(context, title="T", notes=notes, nearest=names)


def test_few_plans_are_counted_in_words_and_not_in_percentages(context, problem, plan):
    assert context.converged
    [note] = [text for text in notes_on(problem, plan, context) if "gevonden" in text]
    assert note.startswith("Naast het voorstel zelf zijn er maar 6 andere geldige plannen gevonden")
    text = written(context, [note])
    place = text.split("## Twijfel")[0]
    assert "%" not in place.replace("95 %-interval", "")
    assert "Het voorstel is compacter dan alle 6 geldige plannen die ernaast gevonden" in place
    assert NOTHING not in place  # the chains agree; a percentage would say nothing


def test_how_often_the_proposal_was_drawn_stands_by_the_nearest_plans(context):
    text = written(context).split("## Het dichtst")[1]
    assert f"Het voorstel zelf is {context.drawn:,} keer".replace(",", ".") in text
    assert "| 0,0 % |" not in text
    alone = replace(context, nearest=())
    assert "keer getrokken" in written(alone)
    assert "staat niets in het gebied" not in written(alone)


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


def test_one_reason_stands_once(context):
    apart = np.random.default_rng(3).normal(size=(4, 500)) + np.arange(4)[:, None]
    draws = {"snijlijn_km": apart, "kleinste": apart + 1, "grootste": 2 * apart}
    specials = compare(dict.fromkeys(draws, 1.0), draws, groups=2)
    text = written(replace(context, specials=specials, draws=draws))
    assert text.count("R-hat 1,") == text.count("valt nog niets te zeggen") == 1
    assert {percentile_text(special) for special in specials} == {NOTHING}
