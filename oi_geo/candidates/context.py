"""How special is this proposal? Its place among the sampled valid plans, per measure, in words.

Where the chains have not converged for a measure nothing is claimed, in words or in figures.
"""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from oi_geo.candidates.context_words import (
    ranking_sentence,
    shares_sentence,
    still_sentence,
    wilson,
)
from oi_geo.candidates.diagnostics import (
    ESS_LIMIT,
    R_HAT_LIMIT,
    Convergence,
    Draws,
    convergence,
)
from oi_geo.candidates.measures import MEASURES, Better
from oi_geo.text import nl_count, nl_list, nl_number

# Two computations of one plan differ by rounding only, also when one of them went through float32.
SAME = 1e-6


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
        below NaN where nothing may be claimed: chains that have not converged, an unknown value, so
        few different plans that a share of the draws tells how often each of them was drawn.
    percentiel : float
        Share (0-1) of the plans with a lower value and half of those with an equal one (mid-rank);
        also NaN where all plans have one value.
    interval : tuple of float
        95 % interval of `percentiel`, by the effective number of plans.
    r_hat, ess_bulk, ess_tail, vast, geconvergeerd, reden
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
    vast: bool
    geconvergeerd: bool
    reden: str
    zin: str
    beter: Better | None

    @property
    def told(self) -> bool:
        """Whether anything can be told of the place of the proposal."""
        return self.geconvergeerd and not math.isnan(self.waarde)

    @property
    def ess(self) -> float:
        """The effective number of plans: the smaller of the middle and the tails."""
        return float(np.minimum(self.ess_bulk, self.ess_tail))


def compare(
    proposal: Mapping[str, float],
    draws: Draws,
    *,
    groups: int,
    own: int | None = None,
    others: Mapping[str, NDArray[np.float64]] | None = None,
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
    others : mapping of str to ndarray of float64, shape (found,), optional
        Where few different plans were found: the measures of each of them but the proposal itself.
        The proposal is then ranked among those, and no share of the draws is given.

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
            None if others is None else others[maat],
        )
        for (maat, *verdict), size in zip(verdicts.itertuples(), sizes, strict=True)
    )


def withheld(special: Special, reason: str) -> Special:
    """Return a measure of which nothing is told, whatever its chains agree on."""
    nothing = replace(
        special, aandeel_lager=math.nan, aandeel_gelijk=math.nan, aandeel_hoger=math.nan,
        percentiel=math.nan, interval=(math.nan, math.nan), geconvergeerd=False, reden=reason,
    )  # fmt: skip
    said = _unknown([nothing]) if math.isnan(nothing.waarde) else _unsettled([nothing])
    return replace(nothing, zin=said)


def too_few(special: Special) -> bool:
    """Tell whether the chains agree on a measure, but count for too few independent plans."""
    return special.r_hat <= R_HAT_LIMIT and special.ess < ESS_LIMIT


def sentences(specials: Sequence[Special]) -> list[str]:
    """Say everything once: the place per measure, and each reason for saying nothing.

    Reasons that differ in their figures alone are one reason; the worst measure speaks for all.
    """
    said = [special.zin for special in specials if special.told]
    unknown = [special for special in specials if math.isnan(special.waarde)]
    if unknown:
        said.append(_unknown(unknown))
    reasons: dict[str, list[Special]] = {}
    for special in specials:
        if not (special.told or math.isnan(special.waarde)):
            reasons.setdefault(re.sub(r"[\d.,]+", "", special.reden), []).append(special)
    return said + [_unsettled(alike) for alike in reasons.values()]


def _unknown(specials: Sequence[Special]) -> str:
    names = nl_list(MEASURES[special.maat].naam for special in specials)
    return (
        f"Voor {names} is de plaats van het voorstel tussen de geldige plannen niet te bepalen: de "
        "waarde van het voorstel is onbekend."
    )


def _unsettled(specials: Sequence[Special]) -> str:
    names = nl_list(MEASURES[special.maat].naam for special in specials)
    worst = max(specials, key=lambda one: (np.nan_to_num(one.r_hat, posinf=np.inf), -one.ess))
    return (
        f"Over {names} in vergelijking met andere plannen valt nog niets te zeggen. {worst.reden}"
    )


def _place(
    maat: str,
    value: float,
    values: NDArray[np.float64],
    verdict: Convergence,
    size: float,
    number: str,
    others: NDArray[np.float64] | None,
) -> Special:
    known = verdict.geconvergeerd and not math.isnan(value)
    shares = (math.nan, math.nan, math.nan)
    if known and others is None:
        lower, equal, higher = _counts(value, values)
        shares = (lower / values.size, equal / values.size, higher / values.size)
    ranked = known and others is None and not verdict.vast
    percentile = shares[0] + shares[1] / 2 if ranked else math.nan
    special = Special(
        maat=maat,
        waarde=value,
        aandeel_lager=shares[0],
        aandeel_gelijk=shares[1],
        aandeel_hoger=shares[2],
        percentiel=percentile,
        interval=wilson(percentile, size) if ranked else (math.nan, math.nan),
        **verdict._asdict(),
        zin="",
        beter=MEASURES[maat].better,
    )
    return replace(special, zin=_sentence(special, values, size, number, others))


def _counts(value: float, values: NDArray[np.float64]) -> tuple[int, int, int]:
    """Count the plans with a lower, an equal and a higher value; ties by `SAME`."""
    # By the largest value: a length of nought that was added and subtracted drifts a little.
    most = float(np.abs(values).max(initial=abs(value)))
    equal = np.abs(values - value) <= SAME * most
    lower, same = int(((values < value) & ~equal).sum()), int(equal.sum())
    return lower, same, values.size - lower - same


def _sentence(
    special: Special,
    values: NDArray[np.float64],
    size: float,
    number: str,
    others: NDArray[np.float64] | None,
) -> str:
    """Say the place of the proposal in Dutch, or why there is none to say."""
    measure, value = MEASURES[special.maat], special.waarde
    if math.isnan(value):
        return _unknown([special])
    if not special.geconvergeerd:
        return _unsettled([special])
    plans = f"{nl_number(values.size)} getrokken geldige plannen met {number}"
    if others is not None:
        plans = "geldige plannen die gevonden zijn"
    if special.vast:
        same = _counts(value, values)[1] == values.size
        return still_sentence(measure, value, float(values.flat[0]), plans, same=same)
    if others is not None:
        return ranking_sentence(measure, _counts(value, others))
    shares = (special.aandeel_lager, special.aandeel_gelijk, special.aandeel_hoger)
    return shares_sentence(measure, shares, size, plans)
