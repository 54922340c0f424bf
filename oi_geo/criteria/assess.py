"""Assess a plan: every rule of the chosen kaders, for every group, worst first."""

from collections.abc import Sequence
from dataclasses import replace

import pandas as pd

from oi_geo.border_issues import BorderIssues, border_issues
from oi_geo.criteria.evidence import Evidence
from oi_geo.criteria.finding import Finding, Verdict, worst_first
from oi_geo.criteria.kader import GENERAL, Kader, load_kader
from oi_geo.criteria.regel import Outcome, Regel
from oi_geo.criteria.rules import GROUP_RULES, PLAN_RULES, SUMS
from oi_geo.criteria.rules_general import te_kleine_rest
from oi_geo.metrics import measure
from oi_geo.plan import Plan
from oi_geo.study_area import StudyArea
from oi_geo.text import nl_count, nl_list

# What a proposal names and nobody knows stands in full in the read report.
MOST_NAMES = 3

_GROUP_RULES = {rule.__name__: rule for rule in GROUP_RULES}
_PLAN_RULES = {rule.__name__: rule for rule in PLAN_RULES}


def assess(
    area: StudyArea,
    plan: Plan,
    kaders: Sequence[Kader],
    *,
    measures: pd.DataFrame | None = None,
    border: BorderIssues | None = None,
) -> list[Finding]:
    """Test a plan against kaders; the general rules (`algemeen.toml`) always apply.

    Parameters
    ----------
    area : StudyArea
        What the plan was made on.
    plan : Plan
        On the units of `area`; its level decides which rules apply.
    kaders : sequence of Kader
        From `load_kader`; a kader that is named twice is applied once.
    measures, border
        What `oi_geo.metrics.measure` and `oi_geo.border_issues.border_issues` made of this plan;
        made here where they are not given.

    Returns
    -------
    list of Finding
        Worst first: one per rule and group, and one per rule about the plan as a whole.
    """
    evidence = Evidence(
        area,
        plan,
        measure(area, plan) if measures is None else measures,
        border_issues(area, plan, minimum=remainder_minimum()) if border is None else border,
    )
    chosen = dict.fromkeys([*(k.naam for k in kaders), GENERAL])
    by_name = {kader.naam: kader for kader in (*kaders, load_kader(GENERAL))}
    rules = [
        (by_name[name], regel)
        for name in chosen
        for regel in by_name[name].regels
        if plan.level in regel.niveaus
    ]
    outcomes = _outcomes(evidence, [regel for _, regel in rules])
    return worst_first(
        _finding(kader, regel, outcome)
        for (kader, regel), found in zip(rules, outcomes, strict=True)
        for outcome in found
    )


def remainder_minimum() -> float:
    """Return how many inhabitants a remainder needs at least, as the general rules state it."""
    rules = load_kader(GENERAL).regels
    return next(rule.band.low for rule in rules if rule.functie == te_kleine_rest.__name__)


def _outcomes(evidence: Evidence, rules: Sequence[Regel]) -> list[list[Outcome]]:
    """Apply each rule to the plan, or to each of its groups.

    Group by group: what the evidence keeps of one group serves all of its rules.
    """
    found: list[list[Outcome]] = [
        [_of_plan(evidence, regel)] if regel.functie in _PLAN_RULES else [] for regel in rules
    ]
    for group in evidence.plan.groups:
        for regel, outcomes in zip(rules, found, strict=True):
            if regel.functie in _GROUP_RULES:
                outcomes.append(_of_group(evidence, regel, group))
    return found


def _of_plan(evidence: Evidence, regel: Regel) -> Outcome:
    outcome = _PLAN_RULES[regel.functie](evidence, regel)
    lost = tuple(text for texts in evidence.plan.lost.values() for text in texts)
    return _weigh_unfinished(outcome, evidence.unfinished.number, lost)


def _of_group(evidence: Evidence, regel: Regel, group: str) -> Outcome:
    if not evidence.has_units(group):
        return _no_units(group, evidence.plan.lost.get(group, ()))
    outcome = _GROUP_RULES[regel.functie](evidence, regel, group)
    if outcome.verdict is Verdict.VOLDOET and _only_grows(regel):
        return outcome
    waiting, lost = evidence.unfinished.waiting.get(group, 0), evidence.plan.lost.get(group, ())
    return _weigh_unfinished(outcome, waiting, lost, len(evidence.plan.beyond.get(group, ())))


def _no_units(group: str, lost: Sequence[str]) -> Outcome:
    """Say that nothing can be told of a group without units, and why it has none."""
    text = "Deze groep heeft geen eenheden."
    if lost:
        text = f"Van deze groep is geen enkel gebied herkend ({nl_list(lost, MOST_NAMES)})."
    return Outcome(group, Verdict.NIET_TE_BEPALEN, None, text)


def _only_grows(regel: Regel) -> bool:
    """Tell whether more units cannot turn a pass: a sum with a minimum and no maximum."""
    return regel.functie in SUMS and regel.minimum is not None and regel.maximum is None


def _weigh_unfinished(
    outcome: Outcome, waiting: int, lost: Sequence[str], beyond: int = 0
) -> Outcome:
    """Withhold a verdict as long as units wait for a group, were not recognised or lie outside.

    `beyond` counts the units that the group has outside the work area.
    """
    stands = outcome.verdict is not Verdict.VOLDOET and not outcome.mendable
    if stands or not (waiting or lost or beyond):
        return outcome
    reasons = []
    if beyond:
        units = nl_count(beyond, "eenheid", "eenheden")
        reasons.append(f"de groep loopt met {units} door buiten het werkgebied")
    if waiting:
        here = ""
        if outcome.group is not None:
            here = f" en {'kan' if waiting == 1 else 'kunnen'} nog bij deze groep komen"
        reasons.append(
            f"{nl_count(waiting, 'eenheid is', 'eenheden zijn')} nog niet toegewezen{here}"
        )
    if lost:
        here = "" if outcome.group is None else " voor deze groep"
        number = nl_count(len(lost), "gebied", "gebieden")
        verb = "is" if len(lost) == 1 else "zijn"
        names = nl_list(lost, MOST_NAMES)
        reasons.append(f"{number} uit het voorstel{here} ({names}) {verb} niet herkend")
    text = f"{outcome.text} Maar {' en '.join(reasons)}; zolang is er geen eindoordeel."
    return replace(outcome, verdict=Verdict.NIET_TE_BEPALEN, text=text)


def _finding(kader: Kader, regel: Regel, outcome: Outcome) -> Finding:
    return Finding(
        rule=regel.id,
        kader=kader.naam,
        group=outcome.group,
        verdict=outcome.verdict,
        value=None if outcome.value is None else float(outcome.value),
        limit=regel.limit,
        unit=regel.eenheid,
        status=regel.status,
        source=regel.bron,
        explanation=outcome.text,
        where=outcome.where,
        bounds=None if outcome.bounds is None else (outcome.bounds.low, outcome.bounds.high),
        counts=outcome.counts,
        coverage=outcome.coverage,
    )
