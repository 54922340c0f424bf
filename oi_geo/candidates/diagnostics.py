"""Have the chains converged? R-hat and effective sample size per measure, and what would help.

Nothing may be claimed about an ensemble before several chains, from different starts, agree.

References
----------
Vehtari, A., Gelman, A., Simpson, D., Carpenter, B. & Bürkner, P.-C. (2021). Rank-normalization,
folding, and localization: an improved R-hat for assessing convergence of MCMC. Bayesian Analysis
16(2), 667-718.
"""

import math
import warnings
from collections.abc import Mapping
from types import ModuleType
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from oi_geo.text import nl_count, nl_number

Draws = Mapping[str, NDArray[np.float64]]

# Both limits: Vehtari et al. (2021), sections 4.2 and 4.3. Below an effective size of 400 the
# estimate of R-hat and of the effective size itself is not to be trusted.
R_HAT_LIMIT = 1.01
ESS_LIMIT = 400

# One chain can be stuck without showing it. Vehtari et al. advise four; two can disagree.
FEWEST_CHAINS = 2

# R-hat splits each chain in two, and tells nothing about halves of a few draws.
FEWEST_DRAWS = 20

# A chain starts at a plan that the search made, not at a draw from the distribution, so its first
# part is dropped. A fifth leaves most of the work in use (half, the older custom, wastes it), and
# too short a burn-in does not pass unseen: R-hat compares the first half of what is left with the
# second.
BURN_IN_SHARE = 0.2

# A measure that is kept up to date by adding and subtracting drifts by rounding.
STILL = 1e-9


class Convergence(NamedTuple):
    """Verdict on one measure; see `convergence` for the meaning of the fields."""

    r_hat: float
    ess_bulk: float
    ess_tail: float
    vast: bool
    geconvergeerd: bool
    reden: str


def after_burn_in(measures: pd.DataFrame, share: float = BURN_IN_SHARE) -> dict[str, NDArray]:
    """Arrange streamed measures by chain, without the first part of each chain.

    Parameters
    ----------
    measures : DataFrame
        `keten`, `stap` and the measures, as `oi_geo.candidates.streams.read_measures` gives them.
    share : float
        Share (0-1) of each chain that is dropped.

    Returns
    -------
    dict of str to ndarray of float64, shape (chains, draws)
        Chains that were stopped at different lengths all count up to the end of the shortest.
    """
    chains = [chain for _, chain in measures.sort_values("stap").groupby("keten", sort=True)]
    length = min(len(chain) for chain in chains)
    used = slice(math.ceil(length * share), length)
    names = measures.columns.drop(["keten", "stap"])
    return {
        str(name): np.stack([chain[name].to_numpy(np.float64)[used] for chain in chains])
        for name in names
    }


def convergence(values: Draws) -> pd.DataFrame:
    """Judge per measure whether the chains have converged.

    Parameters
    ----------
    values : mapping of str to ndarray of float64, shape (chains, draws)
        Draws after burn-in; NaN is unknown.

    Returns
    -------
    DataFrame
        Indexed by `maat`: `r_hat` (rank-normalised, split), `ess_bulk`, `ess_tail` (effective
        numbers of plans, by arviz), `vast` (one value in all chains, so that R-hat is undefined),
        `geconvergeerd`, and `reden`: a Dutch sentence that says what is wrong and what would help,
        empty where the chains have converged.

    Notes
    -----
    A measure that never changes counts as converged when all chains agree on its value and some
    other measure has converged: chains that have not mixed in anything may yet change this one.
    """
    stats = _arviz_stats()
    rows = [_judge(stats, draws) for draws in values.values()]
    moving = [row for row in rows if not row.vast]
    reason = _NOTHING_MOVES if not moving else _NOTHING_MIXES
    if not any(row.geconvergeerd for row in moving):
        rows = [
            row._replace(geconvergeerd=False, reden=row.reden or reason) if row.vast else row
            for row in rows
        ]
    index = pd.Index(list(values), name="maat", dtype="str")
    return pd.DataFrame(rows, index=index, columns=pd.Index(Convergence._fields))


def _arviz_stats() -> ModuleType:
    """Import arviz when it is needed (2 s), without its announcement of version 1."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", r"\s*ArviZ is undergoing", FutureWarning)
        import arviz  # noqa: PLC0415
    return arviz


def _is_still(draws: NDArray[np.float64]) -> bool:
    return bool(np.ptp(draws) <= STILL * np.abs(draws).max()) if draws.size else False


def _judge(stats: ModuleType, draws: NDArray[np.float64]) -> Convergence:
    unknown = (np.nan, np.nan, np.nan)
    if np.isnan(draws).any():
        return Convergence(*unknown, vast=False, geconvergeerd=False, reden=(
            "De maat is niet voor alle plannen bekend."
        ))  # fmt: skip
    vast = _is_still(draws)
    if draws.shape[1] < FEWEST_DRAWS:
        return Convergence(*unknown, vast=vast, geconvergeerd=False, reden=(
            f"Er zijn minder dan {FEWEST_DRAWS} plannen per keten; reken met meer stappen."
        ))  # fmt: skip
    if vast:
        reason = _ONE_CHAIN if len(draws) < FEWEST_CHAINS else ""
        return Convergence(*unknown, vast=True, geconvergeerd=not reason, reden=reason)
    with np.errstate(divide="ignore", invalid="ignore"):
        r_hat = float(stats.rhat(draws, method="rank")) if len(draws) > 1 else math.nan
        bulk = float(stats.ess(draws, method="bulk"))
        tail = float(stats.ess(draws, method="tail"))
    # Chains that each stand still have no variance within: R-hat is infinite, but for rounding.
    if len(draws) > 1 and (math.isnan(r_hat) or all(_is_still(chain) for chain in draws)):
        r_hat = math.inf
    reason = _why_not(len(draws), r_hat, min(bulk, tail))
    return Convergence(r_hat, bulk, tail, vast=False, geconvergeerd=not reason, reden=reason)


_NOTHING_MOVES = (
    "Geen enkele maat verandert: de ketens staan stil, of er is maar één geldig plan. Meer stappen "
    "of een ruimere band laten zien welke van de twee het is."
)
_NOTHING_MIXES = (
    "Deze maat veranderde niet, maar de ketens zijn het over de andere maten nog niet eens; reken "
    "met meer stappen."
)
_ONE_CHAIN = (
    "Aan één keten is niet te zien of zij vastzit; reken met ten minste twee ketens, liever vier."
)


def _why_not(chains: int, r_hat: float, ess: float) -> str:
    """Say in Dutch what keeps a measure that varies from being trusted; empty for nothing."""
    if chains < FEWEST_CHAINS:
        return _ONE_CHAIN
    if math.isinf(r_hat):
        return (
            "Elke keten houdt een eigen waarde vast; meer stappen helpen, en als dat niet genoeg "
            "is een ruimere band."
        )
    if not r_hat <= R_HAT_LIMIT:
        return (
            f"De ketens zijn het nog niet eens (R-hat {nl_number(max(r_hat, 1.011), 3)}; hoogstens "
            f"{nl_number(R_HAT_LIMIT, 3)} mag); reken met meer stappen."
        )
    if not ess >= ESS_LIMIT:
        return (
            f"De plannen lijken nog te veel op elkaar: zij tellen als "
            f"{nl_count(round(ess), 'onafhankelijk plan', 'onafhankelijke plannen')}, en "
            f"{ESS_LIMIT} zijn nodig; reken met ongeveer {nl_number(math.ceil(ESS_LIMIT / ess))} "
            "keer zoveel stappen."
        )
    return ""
