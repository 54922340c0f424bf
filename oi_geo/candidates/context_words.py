"""The place of a proposal among sampled plans in Dutch: only as precise as the plans allow."""

import math

from oi_geo.candidates.measures import Measure
from oi_geo.text import nl_list

# Two-sided 95 % of the normal distribution.
Z_95 = 1.959963984540054

# Shares below half a percent are written as 0 %, so nothing is said of them.
HALF_PERCENT = 0.005


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


def shares_sentence(
    measure: Measure, shares: tuple[float, float, float], size: float, plans: str
) -> str:
    """Say which shares of the plans lie lower, equal and higher, the largest share first.

    The others are named only where values are often equal. `size` is the effective number of
    plans.
    """
    # A plan with a lower value makes the proposal the one that has more.
    words = (measure.more, measure.equal, measure.less)
    ranked = sorted(zip(shares, words, strict=True), key=lambda part: -part[0])
    (most, lead), *rest = ranked
    if most == 1:
        return f"Het voorstel {measure.verb} {lead} alle {plans}."
    parts = [f"{lead} {percent_text(most, size)} van {plans}"]
    if shares[1] >= HALF_PERCENT:
        rest = [part for part in rest if part[0] > HALF_PERCENT]
        parts += [f"{word} {percent_text(share, size)}" for share, word in rest]
    return f"Het voorstel {measure.verb} {nl_list(parts)}."


def percent_text(share: float, size: float) -> str:
    """Write a share between 0 and 1 with its uncertainty: `93 %`, `91 tot 95 %`."""
    low, high = (round(end * 100) for end in wilson(share, size))
    if low == high:
        return "meer dan 99 %" if low == 100 else f"{low} %"  # noqa: PLR2004
    return f"{low} tot {high} %"


def ranking_sentence(measure: Measure, counts: tuple[int, int, int]) -> str:
    """Say how many of the few plans that were found lie lower, equal and higher."""
    found = sum(counts)
    if found == 0:
        return f"Er is geen ander geldig plan gevonden om {measure.naam} mee te vergelijken."
    words = (measure.more, measure.equal, measure.less)
    ranked = sorted(zip(counts, words, strict=True), key=lambda part: -part[0])
    (most, lead), *rest = [part for part in ranked if part[0]]
    parts = [f"{lead} {_of_found(most, found)}", *(f"{word} {count}" for count, word in rest)]
    return f"Het voorstel {measure.verb} {nl_list(parts)}."


def _of_found(count: int, found: int) -> str:
    if found == 1:
        return "het enige geldige plan dat ernaast gevonden is"
    every = "beide" if found == 2 else f"alle {found}"  # noqa: PLR2004
    which = every if count == found else f"{count} van de {found}"
    return f"{which} geldige plannen die ernaast gevonden zijn"


def still_sentence(measure: Measure, own: float, theirs: float, plans: str, *, same: bool) -> str:
    """Say that a measure is the same in all plans, and whether it is in the proposal."""
    name, value = measure.naam[0].upper() + measure.naam[1:], measure.value(theirs)
    if same:
        return f"{name} is in alle {plans} gelijk, en in het voorstel ook: {value}."
    return f"{name} is in alle {plans} {value}, en in het voorstel {measure.value(own)}."
