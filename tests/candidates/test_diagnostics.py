"""Convergence against chains whose effective size and disagreement are known."""

import warnings

import numpy as np
import pandas as pd
import pytest

from oi_geo.candidates.diagnostics import ESS_LIMIT, R_HAT_LIMIT, after_burn_in, convergence


def ar1(phi: float, chains: int = 4, draws: int = 4000, seed: int = 1) -> np.ndarray:
    """Draw stationary chains x' = phi x + noise: their ESS is N (1 - phi) / (1 + phi)."""
    noise = np.random.default_rng(seed).normal(size=(draws, chains))
    x = np.empty((draws, chains))
    x[0] = noise[0] / np.sqrt(1 - phi**2)
    for i in range(1, draws):
        x[i] = phi * x[i - 1] + noise[i]
    return x.T


@pytest.mark.parametrize("phi", [0.0, 0.5, 0.8, -0.3])
def test_effective_size_of_autoregressive_chains(phi):
    row = convergence({"maat": ar1(phi)}).loc["maat"]
    assert row["ess_bulk"] == pytest.approx(16_000 * (1 - phi) / (1 + phi), rel=0.15)
    assert row["r_hat"] == pytest.approx(1, abs=0.01)
    assert row["geconvergeerd"]
    assert row["reden"] == ""


def test_same_figures_as_arviz():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)
        import arviz
    draws = ar1(0.9, draws=500) + np.arange(4)[:, None] * 0.1
    row = convergence({"maat": draws}).loc["maat"]
    assert row["r_hat"] == float(arviz.rhat(draws))
    assert row["ess_bulk"] == float(arviz.ess(draws, method="bulk"))
    assert row["ess_tail"] == float(arviz.ess(draws, method="tail"))


def test_chains_in_different_modes_have_not_converged():
    row = convergence({"maat": ar1(0.2) + np.array([[0], [0], [0], [6]])}).loc["maat"]
    assert row["r_hat"] > 1.2
    assert not row["geconvergeerd"]
    assert "meer stappen" in row["reden"]


def test_chains_that_still_drift_have_not_converged():
    drifting = ar1(0.0) + np.linspace(0, 3, 4000)
    assert not convergence({"maat": drifting}).loc["maat", "geconvergeerd"]


def test_too_few_effective_plans_say_how_many_more():
    # Independent plans, but few: 4 x 60 = 240 of them, so twice as many steps.
    for seed in range(20):
        few = convergence({"maat": ar1(0.0, draws=60, seed=seed)}).loc["maat"]
        if few["r_hat"] <= R_HAT_LIMIT and few[["ess_bulk", "ess_tail"]].min() > ESS_LIMIT / 2:
            break
    assert not few["geconvergeerd"]
    assert few["reden"].endswith("reken met ongeveer 2 keer zoveel stappen.")


def test_a_measure_that_never_changes():
    moving, still = ar1(0.1), np.full((4, 4000), 8.0)
    rows = convergence(
        {"a": moving, "vast": still, "eigen": still + np.array([[0], [0], [1], [1]])}
    )
    assert rows.loc["vast", "vast"]
    assert rows.loc["vast", "geconvergeerd"]
    assert np.isnan(rows.loc["vast", "r_hat"])
    assert not rows.loc["eigen", "vast"]
    assert not rows.loc["eigen", "geconvergeerd"]
    assert rows.loc["eigen", "r_hat"] == np.inf
    assert "eigen waarde" in rows.loc["eigen", "reden"]


def test_rounding_is_no_change():
    drift = 3200.0 + np.random.default_rng(0).normal(0, 1e-9, (4, 1000))
    assert convergence({"a": ar1(0.1, draws=1000), "km": drift}).loc["km", "vast"]


def test_where_nothing_moves_nothing_is_proved():
    row = convergence({"a": np.full((4, 100), 1.0), "b": np.full((4, 100), 0.0)}).loc["b"]
    assert row["vast"]
    assert not row["geconvergeerd"]
    assert "Geen enkele maat verandert" in row["reden"]


@pytest.mark.parametrize(
    ("draws", "reason"),
    [
        (ar1(0.0, chains=1), "Aan één keten"),
        (np.full((1, 400), 3.0), "Aan één keten"),
        (ar1(0.0, draws=10), "minder dan 20 plannen"),
        (np.where(np.arange(400) == 7, np.nan, ar1(0.0, draws=400)), "niet voor alle plannen"),
    ],
)
def test_what_cannot_be_judged_is_not_converged(draws, reason):
    row = convergence({"maat": draws}).loc["maat"]
    assert not row["geconvergeerd"]
    assert row["reden"].startswith(reason) or reason in row["reden"]


def test_two_chains_are_enough_to_disagree_or_agree():
    assert convergence({"maat": ar1(0.0, chains=2)}).loc["maat", "geconvergeerd"]
    apart = ar1(0.0, chains=2) + np.array([[0], [5]])
    assert not convergence({"maat": apart}).loc["maat", "geconvergeerd"]


def test_a_count_with_two_values_half_and_half():
    # The folded values are all the same there, which must not spoil R-hat.
    rng = np.random.default_rng(3)
    draws = np.stack([rng.permutation(np.repeat([8.0, 9.0], 500)) for _ in range(4)])
    assert convergence({"maat": draws}).loc["maat", "geconvergeerd"]


def test_burn_in_drops_the_first_fifth_of_each_chain():
    long = pd.DataFrame({"keten": 1, "stap": range(12), "km": np.arange(12) + 100.0})
    short = pd.DataFrame({"keten": 0, "stap": range(10), "km": np.arange(10.0)})
    draws = after_burn_in(pd.concat([long, short]))
    np.testing.assert_array_equal(draws["km"], [np.arange(2, 10), np.arange(102, 110)])
    assert after_burn_in(short, 0.0)["km"].shape == (1, 10)
