"""The place of a proposal among plans: shares by counting, published intervals, Dutch sentences."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy.stats import binomtest, percentileofscore

from oi_geo.candidates.context import compare, sentences
from oi_geo.candidates.context_words import wilson
from oi_geo.candidates.measures import MEASURES

RNG_SEED = 11


def independent(low: int, high: int, chains: int = 4, draws: int = 2500) -> np.ndarray:
    """Draw chains that have converged: every value from low to high equally often in each."""
    rng = np.random.default_rng(RNG_SEED)
    values = np.resize(np.arange(low, high + 1), draws).astype(float)
    return np.stack([rng.permutation(values) for _ in range(chains)])


@pytest.mark.parametrize(
    ("hits", "size", "low", "high"),
    [
        # Newcombe (1998), Statistics in Medicine 17, 857-872, table I, method 3.
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_interval_as_published(hits, size, low, high):
    assert wilson(hits / size, size) == pytest.approx((low, high), abs=5e-5)


@given(size=st.integers(1, 5000), data=st.data())
def test_interval_as_scipy(size, data):
    hits = data.draw(st.integers(0, size))
    expected = binomtest(hits, size).proportion_ci(method="wilson")
    assert wilson(hits / size, size) == pytest.approx((expected.low, expected.high), abs=1e-12)


@settings(max_examples=25)
@given(value=st.integers(-1, 12))
def test_shares_by_counting(value):
    draws = independent(0, 10)
    (special,) = compare({"snijkanten": value}, {"snijkanten": draws}, groups=3)
    flat = draws.ravel().tolist()
    assert special.aandeel_lager == pytest.approx(sum(x < value for x in flat) / len(flat))
    assert special.aandeel_hoger == pytest.approx(sum(x > value for x in flat) / len(flat))
    assert special.aandeel_gelijk == pytest.approx(flat.count(value) / len(flat))
    assert special.percentiel == pytest.approx(percentileofscore(flat, value, "mean") / 100)
    low, high = special.interval
    assert 0 <= low <= special.percentiel <= high <= 1


def test_sentence_with_its_uncertainty():
    draws = (independent(0, 2499) + 0.5) / 2500
    (special,) = compare({"polsby_popper": 0.93}, {"polsby_popper": draws}, groups=9)
    size = min(special.ess_bulk, special.ess_tail, 10_000)
    low, high = (round(100 * x) for x in wilson(0.93, size))
    assert low < high
    assert special.zin == (
        f"Het voorstel is compacter dan {low} tot {high} % van 10.000 getrokken geldige "
        "plannen met hetzelfde aantal groepen (9)."
    )
    assert special.beter == "hoger"


def test_one_figure_where_rounding_leaves_one():
    draws = (independent(0, 24_999, draws=25_000) + 0.5) / 25_000
    (special,) = compare({"polsby_popper": 0.93}, {"polsby_popper": draws}, groups=9)
    assert "is compacter dan 93 % van 100.000 getrokken geldige plannen" in special.zin


def test_less_effective_plans_give_a_wider_interval():
    independent_draws = np.random.default_rng(4).normal(size=(4, 5000))
    slow = independent_draws.copy()
    for i in range(1, 5000):
        slow[:, i] = 0.7 * slow[:, i - 1] + math.sqrt(1 - 0.49) * slow[:, i]
    narrow, wide = (
        compare({"polsby_popper": 0.5}, {"polsby_popper": draws}, groups=2)[0]
        for draws in (independent_draws, slow)
    )
    # Standard errors go with the root of the effective size: 0.3 / 1.7 of the plans.
    ratio = np.ptp(wide.interval) / np.ptp(narrow.interval)
    assert ratio == pytest.approx(math.sqrt(1.7 / 0.3), rel=0.2)


@pytest.mark.parametrize(
    ("maat", "waarde", "words"),
    [
        ("polsby_popper", 99, "is compacter dan alle 10.000 getrokken"),
        ("polsby_popper", 1, "is minder compact dan alle 10.000 getrokken"),
        ("snijlijn_km", 1, "heeft een kortere snijlijn dan alle 10.000 getrokken"),
        ("gemeenten_gedeeld", 99, "heeft meer gedeelde gemeenten dan alle 10.000 getrokken"),
        ("kleinste", 99, "heeft een grotere kleinste groep dan alle 10.000 getrokken"),
        ("grootste", 1, "heeft een kleinere grootste groep dan alle 10.000 getrokken"),
        ("afwijking", 1, "wijkt minder van de gemiddelde omvang af dan alle 10.000 getrokken"),
        ("snijkanten", 99, "heeft meer doorsneden grenzen dan alle 10.000 getrokken"),
    ],
)
def test_extremes_in_words(maat, waarde, words):
    (special,) = compare({maat: waarde}, {maat: independent(5, 60)}, groups=4)
    assert special.zin.startswith("Het voorstel ")
    assert special.zin.endswith(" geldige plannen met hetzelfde aantal groepen (4).")
    assert words in special.zin
    assert special.percentiel in {0.0, 1.0}


def test_ties_are_named():
    draws = independent(8, 9)
    (special,) = compare({"gemeenten_gedeeld": 8}, {"gemeenten_gedeeld": draws}, groups=9)
    assert "evenveel gedeelde gemeenten als 49 tot 51 % van 10.000 getrokken" in special.zin
    assert special.zin.endswith("(9) en minder gedeelde gemeenten dan 49 tot 51 %.")
    assert special.percentiel == 0.25


def test_a_measure_that_is_the_same_in_all_plans():
    draws = {"gemeenten_gedeeld": np.full((4, 2500), 8.0), "snijkanten": independent(0, 99)}
    same, _ = compare({"gemeenten_gedeeld": 8, "snijkanten": 5}, draws, groups=9)
    assert same.zin == (
        "Het aantal gedeelde gemeenten is in alle 10.000 getrokken geldige plannen met hetzelfde "
        "aantal groepen (9) gelijk, en in het voorstel ook: 8."
    )
    assert same.vast
    assert same.aandeel_gelijk == 1
    # There is no place among plans that do not differ.
    assert np.isnan([same.percentiel, *same.interval]).all()
    more, _ = compare({"gemeenten_gedeeld": 9, "snijkanten": 5}, draws, groups=9)
    assert more.zin.endswith("(9) 8, en in het voorstel 9.")
    assert (more.aandeel_lager, math.isnan(more.percentiel)) == (1, True)


def test_a_still_length_is_written_with_its_unit():
    draws = {"snijlijn_km": np.full((4, 2500), 8.25), "snijkanten": independent(0, 99)}
    far, _ = compare({"snijlijn_km": 10.0}, draws, groups=2)
    assert far.zin.endswith("(2) 8,2 km, en in het voorstel 10,0 km.")


@pytest.mark.parametrize(
    ("others", "words"),
    [
        ([5.0, 1, 9], "is compacter dan 2 van de 3 ANDERE en minder compact dan 1."),
        ([1.0, 2], "is compacter dan beide ANDERE."),
        ([1.0, 2, 3], "is compacter dan alle 3 ANDERE."),
        ([9.0], "is minder compact dan het enige geldige plan dat ernaast gevonden is."),
        (
            [6.0, 6.0, 1, 9],
            "is even compact als 2 van de 4 ANDERE, compacter dan 1 en minder compact dan 1.",
        ),
    ],
)
def test_among_few_plans_a_rank_and_no_percentage(others, words):
    draws = {"polsby_popper": independent(1, 9)}
    among = {"polsby_popper": np.array(others)}
    (special,) = compare({"polsby_popper": 6.0}, draws, groups=2, others=among)
    plans = "geldige plannen die ernaast gevonden zijn"
    assert special.zin == f"Het voorstel {words.replace('ANDERE', plans)}"
    assert np.isnan([special.percentiel, special.aandeel_gelijk, *special.interval]).all()
    assert special.r_hat <= 1.01, "whether the chains agree is told all the same"


def test_without_any_other_plan_there_is_nothing_to_rank_among():
    draws = {"polsby_popper": independent(1, 9)}
    among = {"polsby_popper": np.array([])}
    (special,) = compare({"polsby_popper": 6.0}, draws, groups=2, others=among)
    assert "geen ander geldig plan gevonden" in special.zin


def test_one_reason_is_said_once_for_all_measures_that_it_concerns():
    apart = np.random.default_rng(2).normal(size=(4, 2500)) + np.arange(4)[:, None]
    wide = apart + 3 * np.arange(4)[:, None]
    draws = {
        "polsby_popper": independent(0, 99), "snijlijn_km": apart, "kleinste": wide,
        "grootste": independent(0, 99), "afwijking": independent(0, 99),
    }  # fmt: skip
    values = dict.fromkeys(["polsby_popper", "snijlijn_km", "kleinste"], 1.0)
    specials = compare(values, draws, groups=2)
    said = sentences(specials)
    assert said[0] == specials[0].zin
    assert said[1].startswith(
        "Voor de omvang van de grootste groep en de afwijking van de gemiddelde omvang is"
    )
    assert said[2].startswith(
        "Over de lengte van de snijlijn en de omvang van de kleinste groep in vergelijking"
    )
    # The worst of the two speaks for both.
    assert specials[2].r_hat > specials[1].r_hat
    assert said[2].endswith(specials[2].reden)
    assert len(said) == 3


def test_rounding_does_not_make_a_tie_a_difference():
    draws = independent(100, 200) / 3.0
    (special,) = compare(
        {"snijlijn_km": 50.0}, {"snijlijn_km": draws.astype(np.float32).astype(float)}, groups=2
    )
    assert special.aandeel_gelijk == pytest.approx((draws == 50.0).mean())
    assert special.aandeel_gelijk > 0


@settings(max_examples=25)
@given(
    draws=hnp.arrays(np.float64, (3, 30), elements=st.floats(-5, 5)),
    value=st.floats(-5, 5),
    maat=st.sampled_from(list(MEASURES)),
)
def test_nothing_is_claimed_without_convergence(draws, value, maat):
    # 90 plans can never count as 400 independent ones; a still measure alone proves nothing.
    apart = draws + np.array([[0.0], [100.0], [200.0]])
    (special,) = compare({maat: value}, {maat: apart}, groups=5)
    assert not special.geconvergeerd
    assert "%" not in special.zin
    assert "niets te zeggen" in special.zin
    assert "meer stappen" in special.zin
    assert np.isnan([special.percentiel, *special.interval, special.aandeel_lager]).all()
    assert np.isnan([special.aandeel_gelijk, special.aandeel_hoger]).all()


def test_one_chain_claims_nothing():
    (special,) = compare({"kleinste": 5}, {"kleinste": independent(0, 9, chains=1)}, groups=5)
    assert "ten minste twee ketens" in special.zin
    assert "%" not in special.zin


@pytest.mark.parametrize("proposal", [{}, {"polsby_popper": math.nan}])
def test_an_unknown_value_has_no_place(proposal):
    (special,) = compare(proposal, {"polsby_popper": independent(0, 9)}, groups=5)
    assert "niet te bepalen" in special.zin
    assert math.isnan(special.percentiel)
    assert special.geconvergeerd


def test_every_statistic_of_the_sampler_has_words():
    from oi_geo.candidates.sampler_state import STATISTICS

    assert set(STATISTICS) == set(MEASURES)
