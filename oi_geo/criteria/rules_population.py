"""Rules that count people: registered patients (ION), inhabitants, and the share represented."""

import math
from collections.abc import Callable
from dataclasses import replace

from oi_geo.criteria.bounds import Interval, largest, quotient, smallest
from oi_geo.criteria.evidence import Evidence
from oi_geo.criteria.finding import Verdict
from oi_geo.criteria.participation import (
    ION_UNKNOWN,
    Counted,
    has_practices,
    in_fte,
    lacking,
    list_is_silent,
    participants,
    represented,
    represented_from_elsewhere,
    ro_title,
)
from oi_geo.criteria.regel import Outcome, Regel, undetermined
from oi_geo.criteria.residents import localisation, registered
from oi_geo.criteria.rules_shape import contiguity
from oi_geo.sources.disciplines import WAARNEMER
from oi_geo.text import dutch_date, nl_count, nl_number, nl_percentage

# What a share can be where there is nothing to take a share of.
ANY_SHARE = Interval(0.0, 1.0)

NO_RESIDENCE = "waar de patiënten wonen, is niet bekend (een herkomsttabel geeft het: --herkomst)"
SILENT = (
    "De praktijkenlijst noemt geen huisarts in deze groep, en niet is opgegeven dat zij volledig "
    "is (--lijst volledig, of op Gegevens): wie hier werkt, is niet te bepalen."
)
NO_PRACTICES = "Er zijn geen praktijkgegevens, dus het aandeel of aantal is niet te bepalen."


def ion_deelnemers(evidence: Evidence, regel: Regel, group: str) -> Outcome:
    """Z1, Z7: registered patients of all participating huisarts practices in the group."""
    if not has_practices(evidence):
        return undetermined(group, NO_PRACTICES)
    if list_is_silent(evidence, group):
        return undetermined(group, SILENT)
    counted = participants(evidence, group)
    ion = counted.total("ion")
    text = f"De deelnemende praktijken hebben {_amount(ion)} ingeschreven patiënten (ION)"
    return _judged(regel, group, ion, text, [] if ion.is_exact else counted.missing("ion"))


def ion_vertegenwoordigd(evidence: Evidence, regel: Regel, group: str) -> Outcome:
    """U2: registered patients of the practices that the regio-organisatie represents."""
    if not has_practices(evidence):
        return undetermined(group, NO_PRACTICES)
    if list_is_silent(evidence, group):
        return undetermined(group, SILENT)
    choices = represented(evidence, group)
    ions = [counted.total("ion") for counted in choices]
    best, ion = _best(regel, choices, ions), largest(ions)
    who = _who(evidence, choices, ions, best, "de meeste ION")
    text = f"{who} hebben {_amount(ion)} ingeschreven patiënten (ION)"
    return _judged(regel, group, ion, text, [] if ion.is_exact else best.missing("ion"))


def inwoners(evidence: Evidence, regel: Regel, group: str) -> Outcome:
    """K1: inhabitants of the group's units according to CBS."""
    people = evidence.inhabitants(group)
    text = f"De groep telt {_amount(people)} inwoners (CBS)"
    return _judged(regel, group, people, text, _people_reasons(evidence, group))


def huisartsen_vertegenwoordigd(evidence: Evidence, regel: Regel, group: str) -> Outcome:
    """U1: share of the huisartsen represented, in one connected work area; the worst of the two.

    Huisartsen (persons) of the practices that the regio-organisatie represents, divided by those
    of all huisarts practices inside the group.
    """
    area = contiguity(evidence, group, failing=regel.failing)
    share = _share_outcome(evidence, regel, group)
    worst = min(share, area, key=lambda outcome: outcome.verdict.rank)
    both_bad = [x for x in (share, area) if x.verdict is worst.verdict]
    return replace(
        share,
        verdict=worst.verdict,
        text=f"{share.text} {area.text}",
        where=tuple(dict.fromkeys([*area.where, *share.where])),
        mendable=all(x.mendable for x in both_bad),
    )


def _share_outcome(evidence: Evidence, regel: Regel, group: str) -> Outcome:
    """Judge the share of huisartsen of the RO that represents most of them."""
    if not has_practices(evidence):
        return undetermined(group, NO_PRACTICES)
    choices = represented(evidence, group)
    shares = [counted.share("huisartsen") for counted in choices]
    known = [(c, s) for c, s in zip(choices, shares, strict=True) if s is not None]
    if not known:
        return undetermined(group, "Er zijn geen huisartsen in deze groep, dus er is geen aandeel.")
    share = largest([s for _, s in known])
    choices, values = [c for c, _ in known], [s for _, s in known]
    best = _best(regel, choices, values)
    who = _who(evidence, choices, values, best, "de meeste huisartsen")
    text = f"{who} tellen {_doctors(regel, best, share)}"
    reasons = [] if share.is_exact else best.missing("huisartsen", of_all=True)
    outcome = _judged(regel, group, share, text, reasons)
    return _with_list(evidence, outcome, best)


def huisartsen_en_inwoners_vertegenwoordigd(
    evidence: Evidence, regel: Regel, group: str
) -> Outcome:
    """K3: share of huisartsen and share of inhabitants represented; the smaller one decides.

    The inhabitants are counted by residence where a table tells it. Without one, the ION of the RO
    divided by the inhabitants is an estimate that can reject but never approve: the patients of its
    practices may live elsewhere (see `oi_geo.criteria.residents`).
    """
    if not has_practices(evidence):
        return undetermined(group, NO_PRACTICES)
    if list_is_silent(evidence, group):
        return undetermined(group, SILENT)
    # An RO without a practice here may still have patients here.
    choices = [*represented(evidence, group), *represented_from_elsewhere(evidence, group)]
    people = evidence.inhabitants(group)
    doctors = [counted.share("huisartsen") or ANY_SHARE for counted in choices]
    homes = [
        (quotient(registered(evidence, group, c), people) or ANY_SHARE).capped(1.0) for c in choices
    ]
    pairs = [smallest([a, b]) for a, b in zip(doctors, homes, strict=True)]
    both, best = largest(pairs), _best(regel, choices, pairs, doctors)
    at = choices.index(best)
    who = _who(evidence, choices, pairs, best, "de hoogste uitkomst")
    text = (
        f"{who} tellen {_doctors(regel, best, doctors[at])}; "
        f"{_patients(evidence, regel, group, best, homes[at])}"
    )
    reasons = [] if people.high else ["in deze groep wonen geen mensen"]
    if not both.is_exact:
        patients = [text for text in best.missing("ion") if ION_UNKNOWN in text]
        reasons += [*best.missing("huisartsen", of_all=True), *patients]
        reasons += _people_reasons(evidence, group)
        if evidence.area.residence is None:
            reasons.append(NO_RESIDENCE)
    return _with_list(evidence, _judged(regel, group, both, text, reasons), best)


def _patients(
    evidence: Evidence, regel: Regel, group: str, counted: Counted, share: Interval
) -> str:
    """Write the share of inhabitants that is represented, by residence or as an estimate."""
    if evidence.area.residence is not None:
        text = f"bij hen staat {_part(regel, share)} van de inwoners ingeschreven (naar woonplaats)"
        index = localisation(evidence, group)
        if index is None:
            return text
        return f"{text}; de localisatie-index is {_part(regel, index)}"
    ratio = quotient(counted.total("ion"), evidence.inhabitants(group))
    if ratio is None or math.isinf(ratio.high):
        return "welk deel van de inwoners dat is, is niet te schatten"
    text = f"hun ION gedeeld door de inwoners is {_span(ratio, nl_percentage)} (een schatting)"
    if share.high < 1:
        text += f", en al hun ION samen is ten hoogste {_percentage(share.high, regel.band.low)}"
    return text


def _doctors(regel: Regel, counted: Counted, share: Interval) -> str:
    """Write the share of the huisartsen with its counts: `93,0 % (214 van 230)`."""
    part, whole = counted.total("huisartsen"), counted.whole("huisartsen")
    if whole.high == 0:
        return "geen deel van de huisartsen, want hier staan geen huisartsen"
    text = f"{_part(regel, share)} van de huisartsen"
    if part.low == 0 and math.isinf(part.high):
        return text
    return f"{text} ({_count(part)} van {_count(whole)})"


def _with_list(evidence: Evidence, outcome: Outcome, counted: Counted) -> Outcome:
    """Add what the list of practices covers, and where those are that do not take part."""
    ion, people = counted.listed("ion"), evidence.inhabitants(outcome.group or "")
    coverage = quotient(ion, people)
    parts = [_about_the_list(evidence)]
    if coverage is not None and not math.isinf(ion.high):
        parts.append(
            f"haar huisartsen hebben hier {_amount(ion)} ION op {_amount(people)} inwoners "
            f"({_span(coverage, nl_percentage)})"
        )
    locums = counted_locums(evidence, outcome.group or "")
    if locums:
        way = "tellen mee" if evidence.area.practice_list.locums else "tellen niet mee"
        parts.append(f"waarnemers ({locums}) {way} (instelling)")
    outside = counted.rows.loc[counted.rows["deelnemer"].eq(other=False) & counted.here, "eenheid"]
    part, whole = counted.total("huisartsen"), counted.whole("huisartsen")
    exact = part.is_exact and whole.is_exact
    return replace(
        outcome,
        text=" ".join(filter(None, [outcome.text, in_fte(counted), f"{'; '.join(parts)}."])),
        where=() if outcome.verdict is Verdict.VOLDOET else tuple(sorted(outside.unique())),
        counts=(part.low, whole.low) if exact else None,
        coverage=coverage.low if coverage is not None and coverage.is_exact else None,
    )


def _about_the_list(evidence: Evidence) -> str:
    """Say whether the list is complete, who says so, and of which day it is."""
    stated = evidence.area.practice_list
    day = f" (peildatum {dutch_date(stated.day)})" if stated.day else ""
    if stated.extent == "volledig":
        return f"De lijst is volgens opgave volledig{day}"
    if stated.extent == "leden":
        return f"De lijst bevat volgens opgave alleen leden{day}: wie er nog meer is, is onbekend"
    if evidence.list_is_complete:
        return f"De lijst noemt ook huisartsen die niet deelnemen en is gelezen als volledig{day}"
    return (
        f"De lijst{day} noemt geen huisarts die niet deelneemt, en niemand gaf op dat zij volledig "
        "is (--lijst volledig, of op Gegevens): hoeveel huisartsen er nog meer zijn, is onbekend"
    )


def counted_locums(evidence: Evidence, group: str) -> int:
    """Count the waarnemers that stand in a group or may do so."""
    return int(evidence.rows_near(group)["discipline"].eq(WAARNEMER).sum())


def _best(regel: Regel, choices: list[Counted], *values: list[Interval]) -> Counted:
    """Return the selection of the RO that represents most, by the first list of values.

    Of values that tell as little of the limit as each other, those of the next list decide, and at
    last the ION near the group: so the rules test the same RO where nothing sets ROs apart.
    """

    def size(at: int) -> tuple[float, ...]:
        counted = choices[at]
        first = values[0][at].capped(regel.band.low)
        bounds = [first, *(other[at] for other in values), counted.total("ion")]
        known = counted.rows.loc[counted.surely | counted.possibly, "ion"].sum()
        return (*(end for x in bounds for end in (x.low, x.high)), float(known))

    return choices[max(range(len(choices)), key=size)]


def _who(
    evidence: Evidence, choices: list[Counted], values: list[Interval], best: Counted, most: str
) -> str:
    """Write whose practices are counted, and why those of this RO where there are several."""
    text = f"De deelnemende praktijken{ro_title(evidence, best)}"
    others = [
        value
        for counted, value in zip(choices, values, strict=True)
        if counted is not best and (counted.surely | counted.possibly).any()
    ]
    if not best.ro or not others:
        return text
    value = values[choices.index(best)]
    if value.low >= max(other.high for other in others):
        return f"{text} (de RO met {most} hier)"
    if value.low > max(other.low for other in others):
        return f"{text} (voor zover bekend de RO met {most} hier)"
    return f"{text} (welke RO hier {most} heeft, is onbekend; dit is die met de meeste bekende ION)"


def _judged(regel: Regel, group: str, value: Interval, text: str, reasons: list[str]) -> Outcome:
    """Turn a bounded value into an outcome; below the minimum, more units could still help."""
    return Outcome(
        group,
        regel.judge(value),
        regel.deciding(value),
        f"{text}; {regel.limit_text()}.{lacking(reasons)}",
        mendable=value.high < regel.band.low,
        bounds=value,
    )


def _people_reasons(evidence: Evidence, group: str) -> list[str]:
    """Say why the inhabitants of a group are not known exactly."""
    reasons = []
    shared = evidence.plan.shared_members(group)
    if len(shared):
        units = nl_count(len(shared), "eenheid staat", "eenheden staan")
        reasons.append(f"{units} ook in een andere groep")
    members = evidence.plan.members(group).union(shared)
    number = int(evidence.area.units.loc[members, "inwoners"].isna().sum())
    if number:
        units = nl_count(number, "eenheid", "eenheden")
        reasons.append(f"van {units} is het aantal inwoners onbekend")
    return reasons


def _amount(value: Interval) -> str:
    """Write a bounded number: `93.250`, `ten minste 93.250`, `tussen 93.250 en 101.000`."""
    if value.is_exact:
        return nl_number(value.low)
    if math.isinf(value.high):
        return f"ten minste {nl_number(math.floor(value.low))}"
    return f"tussen {nl_number(math.floor(value.low))} en {nl_number(math.ceil(value.high))}"


def _count(value: Interval) -> str:
    """Write a bounded number of persons: `40`, `40 of 41`, `17 tot 34`, `40 of meer`."""
    if value.is_exact:
        return nl_number(value.low)
    if math.isinf(value.high):
        return f"{nl_number(value.low)} of meer" if value.low else "een onbekend aantal"
    joined = "of" if value.high - value.low == 1 else "tot"
    return f"{nl_number(value.low)} {joined} {nl_number(value.high)}"


def _span(value: Interval, write: Callable[[float], str]) -> str:
    """Write a bounded number in few words: `214`, `ten minste 214`, `17 tot 34`."""
    if value.is_exact:
        return write(value.low)
    if math.isinf(value.high):
        return f"ten minste {write(value.low)}"
    return f"{write(value.low)} tot {write(value.high)}"


def _part(regel: Regel, share: Interval) -> str:
    """Write a bounded share, with enough decimals to see on which side of the limit it lies."""
    if share.low == 0 and share.high >= 1:
        return "een onbekend deel"
    low, high = (_percentage(end, regel.band.low) for end in (share.low, share.high))
    if low == high:
        return low
    if share.low == 0:
        return f"ten hoogste {high}"
    return f"ten minste {low}" if share.high >= 1 else f"tussen {low} en {high}"


def _percentage(share: float, limit: float) -> str:
    decimals = 1
    while decimals < 6 and share != limit and round(share * 100, decimals) == round(limit * 100, 6):  # noqa: PLR2004
        decimals += 1
    return nl_percentage(share, decimals)
