"""Regel: one rule of a toetsingskader as data; Outcome: what its function says about a group."""

import math
from dataclasses import dataclass

from oi_geo.criteria.bounds import Interval
from oi_geo.criteria.finding import RuleStatus, Verdict
from oi_geo.plan import PlanLevel
from oi_geo.text import nl_number, nl_percentage

SHARE = "aandeel"


@dataclass(frozen=True)
class Regel:
    """One rule of a toetsingskader.

    Attributes
    ----------
    id : str
        As in the source table, e.g. `Z1`.
    niveaus : tuple of {'regio', 'hub', 'wijk'}
        Plan levels at which the rule applies.
    omschrijving : str
        The rule in one Dutch sentence.
    functie : str
        Name of the rule function (see `oi_geo.criteria.rules.RULES`).
    minimum, maximum : float or None
        Limits, inclusive, in `eenheid`; None where there is no limit on that side.
    tolerantie : float
        For 'ongeveer': the share by which the band is widened on both sides (0 is not at all).
    eenheid : str
        `ION`, `inwoners`, `aandeel` (0-1), `delen`, `aantal`, ….
    status : {'hard', 'in principe', 'signaal'}
        How binding the rule is.
    bron : str
        Document and paragraph.
    """

    id: str
    niveaus: tuple[PlanLevel, ...]
    omschrijving: str
    functie: str
    minimum: float | None
    maximum: float | None
    tolerantie: float
    eenheid: str
    status: RuleStatus
    bron: str

    @property
    def failing(self) -> Verdict:
        """The verdict for what lies outside the limits: only a hard rule rejects."""
        return Verdict.VOLDOET_NIET if self.status == "hard" else Verdict.SIGNAAL

    @property
    def limit(self) -> float | tuple[float, float] | None:
        """The bound, or the band, as the source states it (without tolerance)."""
        if self.minimum is None or self.minimum == self.maximum:
            return self.maximum
        return self.minimum if self.maximum is None else (self.minimum, self.maximum)

    @property
    def band(self) -> Interval:
        """The limits with the tolerance, as they are applied."""
        low = -math.inf if self.minimum is None else self.minimum * (1 - self.tolerantie)
        high = math.inf if self.maximum is None else self.maximum * (1 + self.tolerantie)
        return Interval(round(low, 9), round(high, 9))

    def judge(self, value: Interval | None) -> Verdict:
        """Give a verdict where both ends of the value agree, else `niet te bepalen`."""
        band = self.band
        if value is None:
            return Verdict.NIET_TE_BEPALEN
        if value.low >= band.low and value.high <= band.high:
            return Verdict.VOLDOET
        if value.high < band.low or value.low > band.high:
            return self.failing
        return Verdict.NIET_TE_BEPALEN

    def deciding(self, value: Interval) -> float | None:
        """Return the end of a bounded value that decides its verdict; None where none does."""
        if value.is_exact:
            return value.low
        if self.judge(value) is Verdict.NIET_TE_BEPALEN:
            return None
        return value.high if value.high < self.band.low else value.low

    def limit_text(self) -> str:
        """Write the limit as the end of a sentence: `nodig is ten minste 100.000`."""
        write = nl_percentage_short if self.eenheid == SHARE else nl_number
        margin = f" (met {nl_percentage(self.tolerantie)} marge)" if self.tolerantie else ""
        lead = "in principe " if self.status == "in principe" else ""
        if self.minimum is not None and self.maximum is not None:
            return f"{lead}zijn dat er {write(self.minimum)} tot {write(self.maximum)}{margin}"
        if self.minimum is not None:
            return f"nodig is {lead}ten minste {write(self.minimum)}{margin}"
        return f"toegestaan is {lead}ten hoogste {write(self.maximum)}{margin}"


@dataclass(frozen=True)
class Outcome:
    """What a rule function says about one group, before unfinished work is weighed in.

    Attributes
    ----------
    group : str or None
        None for the plan as a whole.
    verdict, value, text, where
        As in `Finding` (`text` is its explanation).
    mendable : bool
        Whether putting more units in the group could turn this verdict for the better.
    bounds, counts, coverage
        As in `Finding`.
    """

    group: str | None
    verdict: Verdict
    value: float | None
    text: str
    where: tuple[str, ...] = ()
    mendable: bool = False
    bounds: Interval | None = None
    counts: tuple[float, float] | None = None
    coverage: float | None = None


def undetermined(group: str | None, text: str) -> Outcome:
    """Return the outcome of a rule that cannot be judged, with the reason."""
    return Outcome(group, Verdict.NIET_TE_BEPALEN, None, text)


def nl_percentage_short(share: float | None) -> str:
    """Write a limit as a percentage without needless decimals: `0.85` as `85 %`."""
    if share is None:
        return nl_percentage(None)
    return nl_percentage(share, 0 if round(share * 100, 6).is_integer() else 1)
