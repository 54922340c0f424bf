"""How special is this proposal? Its place among the sampled valid plans, per measure, in words.

Where the chains have not converged for a measure nothing is claimed, in words or in figures.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from oi_geo.candidates.diagnostics import Convergence, Draws, convergence
from oi_geo.text import nl_count, nl_list, nl_number

Better = Literal["hoger", "lager"]


class Measure(NamedTuple):
    """How a measure is written: `als` names the axis, `verb` and what follows compare two plans.

    `better` is the direction that planners prefer, None where neither is better by itself.
    """

    naam: str
    als: str
    verb: str
    more: str
    less: str
    equal: str
    better: Better | None
    decimals: int


MEASURES = {
    "snijkanten": Measure(
        "het aantal doorsneden grenzen", "Doorsneden grenzen tussen eenheden (aantal)", "heeft",
        "meer doorsneden grenzen dan", "minder doorsneden grenzen dan",
        "evenveel doorsneden grenzen als", "lager", 0,
    ),
    "snijlijn_km": Measure(
        "de lengte van de snijlijn", "Snijlijn (km)", "heeft",
        "een langere snijlijn dan", "een kortere snijlijn dan", "een even lange snijlijn als",
        "lager", 0,
    ),
    "polsby_popper": Measure(
        "de compactheid", "Compactheid (Polsby-Popper, gemiddelde van de groepen)", "is",
        "compacter dan", "minder compact dan", "even compact als", "hoger", 3,
    ),
    "gemeenten_gedeeld": Measure(
        "het aantal gedeelde gemeenten", "Gedeelde gemeenten (aantal)", "heeft",
        "meer gedeelde gemeenten dan", "minder gedeelde gemeenten dan",
        "evenveel gedeelde gemeenten als", "lager", 0,
    ),
    "kleinste": Measure(
        "de omvang van de kleinste groep", "Kleinste groep (personen)", "heeft",
        "een grotere kleinste groep dan", "een kleinere kleinste groep dan",
        "een even grote kleinste groep als", None, 0,
    ),
    "grootste": Measure(
        "de omvang van de grootste groep", "Grootste groep (personen)", "heeft",
        "een grotere grootste groep dan", "een kleinere grootste groep dan",
        "een even grote grootste groep als", None, 0,
    ),
    "afwijking": Measure(
        "de afwijking van de gemiddelde omvang", "Afwijking van de gemiddelde omvang (personen)",
        "wijkt",
        "meer van de gemiddelde omvang af dan", "minder van de gemiddelde omvang af dan",
        "evenveel van de gemiddelde omvang af als", "lager", 0,
    ),
}  # fmt: skip

# Two computations of one plan differ by rounding only, also when one of them went through float32.
SAME = 1e-6

# Two-sided 95 % of the normal distribution.
Z_95 = 1.959963984540054

# Shares below half a percent are written as 0 %, so nothing is said of them.
HALF_PERCENT = 0.005


@dataclass(frozen=True)
class Special:
    """The place of a proposal among the sampled plans, for one measure.

    Attributes
    ----------
    maat : str
        Key of `MEASURES`.
    waarde : float
        Of the proposal; NaN where it is unknown.
    aandeel_lager, aandeel_gelijk, aandeel_hoger : float
        Share (0-1) of the plans with a lower, an equal and a higher value; like the two fields
        below NaN where nothing may be claimed: chains that have not converged, an unknown value.
    percentiel : float
        Share (0-1) of the plans with a lower value and half of those with an equal one (mid-rank).
    interval : tuple of float
        95 % interval of `percentiel`, by the effective number of plans.
    r_hat, ess_bulk, ess_tail, geconvergeerd
        See `oi_geo.candidates.diagnostics.convergence`.
    zin : str
        The sentence for the report.
    beter : {'hoger', 'lager'} or None
        The direction that planners prefer.
    """

    maat: str
    waarde: float
    aandeel_lager: float
    aandeel_gelijk: float
    aandeel_hoger: float
    percentiel: float
    interval: tuple[float, float]
    r_hat: float
    ess_bulk: float
    ess_tail: float
    geconvergeerd: bool
    zin: str
    beter: Better | None


def compare(
    proposal: Mapping[str, float], draws: Draws, *, groups: int, own: int | None = None
) -> tuple[Special, ...]:
    """Place a proposal among the plans of an ensemble.

    Parameters
    ----------
    proposal : mapping of str to float
        Value of the proposal per measure; what is missing or NaN is unknown.
    draws : mapping of str to ndarray of float64, shape (chains, draws)
        Measures of the plans after burn-in, by keys of `MEASURES`.
    groups : int
        Number of groups in the plans.
    own : int, optional
        Number of groups in the proposal; by default that of the plans.

    Returns
    -------
    tuple of Special
        One per measure, in the order of `draws`.

    Raises
    ------
    KeyError
        If a measure is not one of `MEASURES`.

    Notes
    -----
    Plans of a chain resemble their predecessors, so a share is as uncertain as that of the
    effective number of independent plans: the smaller of bulk and tail ESS, and for a measure that
    never changes, which cannot tell its own, the smallest of the other measures. Draws that
    alternate may count for more than they are; never for more than there are.
    """
    verdicts = convergence(draws)
    number = f"hetzelfde aantal groepen ({groups})"
    if own not in {None, groups}:
        number = nl_count(groups, "groep", "groepen")
    sizes = verdicts[["ess_bulk", "ess_tail"]].min(axis=1)
    sizes = sizes.fillna(sizes.min())
    return tuple(
        _place(
            maat,
            float(proposal.get(maat, math.nan)),
            draws[maat],
            Convergence(*verdict),
            min(float(size), draws[maat].size),
            number,
        )
        for (maat, *verdict), size in zip(verdicts.itertuples(), sizes, strict=True)
    )


def wilson(share: float, size: float) -> tuple[float, float]:
    """Return the 95 % score interval of a share (0-1) seen in `size` independent draws.

    References
    ----------
    Wilson, E.B. (1927). Probable inference, the law of succession, and statistical inference.
    Journal of the American Statistical Association 22(158), 209-212.
    """
    z2 = Z_95**2
    centre = (share + z2 / (2 * size)) / (1 + z2 / size)
    half = Z_95 / (1 + z2 / size) * math.sqrt(share * (1 - share) / size + z2 / (4 * size**2))
    # At 0 and 1 one end is the share itself, but for rounding.
    return min(max(centre - half, 0.0), share), max(min(centre + half, 1.0), share)


def _place(
    maat: str,
    value: float,
    values: NDArray[np.float64],
    verdict: Convergence,
    size: float,
    number: str,
) -> Special:
    measure, (lower, equal, higher) = MEASURES[maat], _shares(value, values)
    known = verdict.geconvergeerd and not math.isnan(value)
    if math.isnan(value):
        zin = (
            f"Voor {measure.naam} is de plaats van het voorstel tussen de geldige plannen niet te "
            "bepalen: de waarde van het voorstel is onbekend."
        )
    elif not verdict.geconvergeerd:
        zin = (
            f"Over {measure.naam} in vergelijking met andere plannen valt nog niets te zeggen. "
            f"{verdict.reden}"
        )
    else:
        zin = _sentence(measure, (lower, equal, higher), size, values.size, number)
    percentile = lower + equal / 2 if known else math.nan
    return Special(
        maat=maat,
        waarde=value,
        aandeel_lager=lower if known else math.nan,
        aandeel_gelijk=equal if known else math.nan,
        aandeel_hoger=higher if known else math.nan,
        percentiel=percentile,
        interval=wilson(percentile, size) if known else (math.nan, math.nan),
        r_hat=verdict.r_hat,
        ess_bulk=verdict.ess_bulk,
        ess_tail=verdict.ess_tail,
        geconvergeerd=verdict.geconvergeerd,
        zin=zin,
        beter=measure.better,
    )


def _shares(value: float, values: NDArray[np.float64]) -> tuple[float, float, float]:
    """Return the shares of plans with a lower, an equal and a higher value; ties by `SAME`."""
    # By the largest value: a length of nought that was added and subtracted drifts a little.
    most = float(np.abs(values).max(initial=abs(value)))
    equal = np.abs(values - value) <= SAME * most
    lower = int(((values < value) & ~equal).sum())
    same = int(equal.sum())
    size = max(values.size, 1)  # of no plans at all every share is nothing
    return lower / size, same / size, (values.size - lower - same) / size


def _sentence(
    measure: Measure, shares: tuple[float, float, float], size: float, count: int, number: str
) -> str:
    """Say it in Dutch, the largest share first; the others only where values are often equal."""
    # A plan with a lower value makes the proposal the one that has more.
    words = (measure.more, measure.equal, measure.less)
    ranked = sorted(zip(shares, words, strict=True), key=lambda part: -part[0])
    (most, lead), *rest = ranked
    plans = f"{nl_number(count)} getrokken geldige plannen met {number}"
    if most == 1:
        return f"Het voorstel {measure.verb} {lead} alle {plans}."
    parts = [f"{lead} {_percent(most, size)} van {plans}"]
    if shares[1] >= HALF_PERCENT:
        parts += [f"{word} {_percent(share, size)}" for share, word in rest if share > HALF_PERCENT]
    return f"Het voorstel {measure.verb} {nl_list(parts)}."


def _percent(share: float, size: float) -> str:
    """Write a share between 0 and 1 with its uncertainty: `93 %`, `91 tot 95 %`."""
    low, high = (round(end * 100) for end in wilson(share, size))
    if low == high:
        return "meer dan 99 %" if low == 100 else f"{low} %"  # noqa: PLR2004
    return f"{low} tot {high} %"
