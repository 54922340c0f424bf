"""A finding: what one rule says about one group, with value, limit, source and place."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

# What stands where a finding is about no group; in brackets, since a group may be called anything.
WHOLE_PLAN = "(hele voorstel)"

RuleStatus = Literal["hard", "in principe", "signaal"]


class Verdict(StrEnum):
    """The four verdicts, worst first."""

    VOLDOET_NIET = "voldoet niet"
    NIET_TE_BEPALEN = "niet te bepalen"
    SIGNAAL = "signaal"
    VOLDOET = "voldoet"

    @property
    def rank(self) -> int:
        """Position from worst (0) to best (3)."""
        return list(Verdict).index(self)


@dataclass(frozen=True)
class Finding:
    """What one rule says about one group (or about the whole plan).

    Attributes
    ----------
    rule, kader : str
        Rule id (`Z1`) and the kader that sets it (`zorg-en-zekerheid-2022`).
    group : str or None
        Name of the group; None for the plan as a whole.
    verdict : Verdict
        One of four; never `voldoet` on missing data or unfinished work.
    value : float or None
        What was measured, in `unit`; None where it is unknown.
    limit : float, tuple of two floats or None
        The bound, or the band (inclusive).
    unit : str
        `ION`, `inwoners`, `aandeel` (0-1), `delen`, `aantal`, ….
    status : {'hard', 'in principe', 'signaal'}
        How binding the rule is.
    source : str
        Document and paragraph.
    explanation : str
        One or two Dutch sentences: why this verdict, with the numbers, and what is missing.
    where : tuple of str
        Codes of the units (or gemeenten) where it shows; empty where there is no place to show.
    bounds : tuple of two floats or None
        Between which values the truth lies, in `unit`; equal where it is known, the upper one
        infinite where nothing bounds it. None where the rule counts nothing.
    counts : tuple of two floats or None
        What a share is taken of: how many count, of how many; None where either is unknown.
    coverage : float or None
        Of a share over a list of practices: its ION in the group per inhabitant.
    """

    rule: str
    kader: str
    group: str | None
    verdict: Verdict
    value: float | None
    limit: float | tuple[float, float] | None
    unit: str
    status: RuleStatus
    source: str
    explanation: str
    where: tuple[str, ...] = ()
    bounds: tuple[float, float] | None = None
    counts: tuple[float, float] | None = None
    coverage: float | None = None


def worst_first(findings: Iterable[Finding]) -> list[Finding]:
    """Sort findings worst first, keeping the order of rules and groups among equals."""
    return sorted(findings, key=lambda finding: finding.verdict.rank)
