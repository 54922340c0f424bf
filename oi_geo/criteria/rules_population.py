"""Rules that count people: registered patients (ION), inhabitants, and the share represented."""

import math

from oi_geo.criteria.bounds import Interval, largest, quotient, smallest
from oi_geo.criteria.evidence import Evidence
from oi_geo.criteria.finding import Verdict
from oi_geo.criteria.participation import (
    Counted,
    has_practices,
    lacking,
    participants,
    represented,
    ro_title,
)
from oi_geo.criteria.regel import Outcome, Regel
from oi_geo.criteria.rules_shape import contiguity
from oi_geo.text import nl_count, nl_number, nl_percentage

# What a share can be where there is nothing to take a share of.
ANY_SHARE = Interval(0.0, 1.0)

NO_PRACTICES = "Er zijn geen praktijkgegevens, dus dit is niet te bepalen."


def ion_deelnemers(evidence: Evidence, regel: Regel, group: str) -> Outcome:
    """Z1, Z7: registered patients of all participating huisarts practices in the group."""
    if not has_practices(evidence):
        return _unknown(group, NO_PRACTICES)
    counted = participants(evidence, group)
    ion = counted.total("ion")
    text = f"De deelnemende praktijken hebben {_amount(ion)} ingeschreven patiënten (ION)"
    return _judged(regel, group, ion, text, [] if ion.is_exact else counted.missing("ion"))


def ion_vertegenwoordigd(evidence: Evidence, regel: Regel, group: str) -> Outcome:
    """U2: registered patients of the practices that the regio-organisatie represents."""
    if not has_practices(evidence):
        return _unknown(group, NO_PRACTICES)
    choices = represented(evidence, group)
    ions = [counted.total("ion") for counted in choices]
    best, ion = _best(choices, ions), largest(ions)
    text = (
        f"De deelnemende praktijken{ro_title(best)} hebben {_amount(ion)} ingeschreven patiënten "
        "(ION)"
    )
    return _judged(regel, group, ion, text, [] if ion.is_exact else best.missing("ion"))


def inwoners(evidence: Evidence, regel: Regel, group: str) -> Outcome:
    """K1: inhabitants of the group's units according to CBS."""
    people = evidence.inhabitants(group)
    text = f"De groep telt {_amount(people)} inwoners (CBS)"
    return _judged(regel, group, people, text, _secret(evidence, group))


def huisartsen_vertegenwoordigd(evidence: Evidence, regel: Regel, group: str) -> Outcome:
    """U1: share of the huisartsen represented, in one connected work area; the worst of the two.

    Huisartsen (persons) of the practices that the regio-organisatie represents, divided by those
    of all huisarts practices inside the group.
    """
    area = contiguity(evidence, group, failing=regel.failing)
    if not has_practices(evidence):
        share = _unknown(group, NO_PRACTICES)
    else:
        choices = represented(evidence, group)
        shares = [counted.share("huisartsen") for counted in choices]
        share = _share_outcome(regel, group, choices, shares)
    worst = min(share, area, key=lambda outcome: outcome.verdict.rank)
    both_bad = [x for x in (share, area) if x.verdict is worst.verdict]
    return Outcome(
        group,
        worst.verdict,
        share.value,
        f"{share.text} {area.text}",
        where=area.where,
        mendable=all(x.mendable for x in both_bad),
    )


def huisartsen_en_inwoners_vertegenwoordigd(
    evidence: Evidence, regel: Regel, group: str
) -> Outcome:
    """K3: share of huisartsen and share of inhabitants represented; the smaller one decides.

    The share of inhabitants is the ION of the practices that the regio-organisatie represents,
    divided by the CBS inhabitants of the group, and counts as 1 at most.
    """
    if not has_practices(evidence):
        return _unknown(group, NO_PRACTICES)
    choices, people = represented(evidence, group), evidence.inhabitants(group)
    doctors = [counted.share("huisartsen") or ANY_SHARE for counted in choices]
    patients = [quotient(counted.total("ion"), people) or ANY_SHARE for counted in choices]
    pairs = [smallest([a, b.capped(1.0)]) for a, b in zip(doctors, patients, strict=True)]
    both, best = largest(pairs), _best(choices, pairs)
    at = choices.index(best)
    text = (
        f"De deelnemende praktijken{ro_title(best)} tellen {_part(regel, doctors[at])} van de "
        f"huisartsen; hun ingeschreven patiënten (ION) zijn {_part(regel, patients[at])} van de "
        "inwoners"
    )
    reasons = [] if choices[0].share("huisartsen") else ["in deze groep zijn geen huisartsen"]
    reasons += [] if people.high else ["in deze groep wonen geen mensen"]
    if not both.is_exact:
        unknown = [*best.missing("huisartsen", of_all=True), *best.missing("ion")]
        reasons += [*dict.fromkeys(unknown), *_secret(evidence, group)]
    outcome = _judged(regel, group, both, text, reasons)
    return _flag_above_one(outcome, patients[at])


def _flag_above_one(outcome: Outcome, patients: Interval) -> Outcome:
    """Say so where there are more registered patients than inhabitants."""
    if patients.low <= 1:
        return outcome
    text = (
        f"{outcome.text} Er staan meer patiënten ingeschreven dan er inwoners zijn "
        f"({nl_percentage(patients.low)}); dat telt als 100 %."
    )
    return Outcome(outcome.group, outcome.verdict, outcome.value, text, mendable=outcome.mendable)


def _share_outcome(
    regel: Regel, group: str, choices: list[Counted], shares: list[Interval | None]
) -> Outcome:
    known = [share for share in shares if share is not None]
    if not known:
        return _unknown(group, "Er zijn geen huisartsen in deze groep, dus er is geen aandeel.")
    share, best = largest(known), _best(choices, known)
    text = (
        f"De deelnemende praktijken{ro_title(best)} tellen {_part(regel, share)} van de huisartsen"
    )
    reasons = [] if share.is_exact else best.missing("huisartsen", of_all=True)
    return _judged(regel, group, share, text, reasons)


def _best(choices: list[Counted], values: list[Interval]) -> Counted:
    """Return the selection with the largest value: the RO that represents most."""
    return max(zip(choices, values, strict=True), key=lambda x: (x[1].low, x[1].high))[0]


def _judged(regel: Regel, group: str, value: Interval, text: str, reasons: list[str]) -> Outcome:
    """Turn a bounded value into an outcome; below the minimum, more units could still help."""
    verdict = regel.judge(value)
    decided = verdict is not Verdict.NIET_TE_BEPALEN
    return Outcome(
        group,
        verdict,
        value.low if decided else None,
        f"{text}; {regel.limit_text()}.{lacking(reasons)}",
        mendable=value.high < regel.band.low,
    )


def _unknown(group: str, text: str) -> Outcome:
    return Outcome(group, Verdict.NIET_TE_BEPALEN, None, text)


def _secret(evidence: Evidence, group: str) -> list[str]:
    number = int(evidence.measured(group, "inwoners_onbekend"))
    if not number:
        return []
    return [f"van {nl_count(number, 'eenheid', 'eenheden')} is het aantal inwoners onbekend"]


def _amount(value: Interval) -> str:
    """Write a bounded number: `93.250`, `ten minste 93.250`, `tussen 93.250 en 101.000`."""
    if value.is_exact:
        return nl_number(value.low)
    if math.isinf(value.high):
        return f"ten minste {nl_number(value.low)}"
    return f"tussen {nl_number(value.low)} en {nl_number(math.ceil(value.high))}"


def _part(regel: Regel, share: Interval) -> str:
    """Write a bounded share, with enough decimals to see on which side of the limit it lies."""
    if share.low == 0 and share.high >= 1:
        return "een onbekend deel"
    low, high = (_percentage(end, regel.band.low) for end in (share.low, share.high))
    if low == high:
        return low
    return f"ten minste {low}" if share.high >= 1 else f"tussen {low} en {high}"


def _percentage(share: float, limit: float) -> str:
    decimals = 1
    while decimals < 6 and share != limit and round(share * 100, decimals) == round(limit * 100, 6):  # noqa: PLR2004
        decimals += 1
    return nl_percentage(share, decimals)
