"""What the kaders say of a candidate: how many of each verdict, and which rules are not met."""

from collections import Counter
from dataclasses import dataclass
from html import escape

from oi_geo.criteria.finding import Finding, Verdict
from oi_geo.pipeline import Toets
from oi_geo.report.conclusion import (
    MAP_WORDS,
    NONE_COUNTS,
    deciding_kaders,
    lapsed_kaders,
    rules_of,
    worst_findings,
)
from oi_geo.text import nl_count, nl_list, nl_number
from oi_geo.ui.verdicts import kind_of
from oi_geo.ui.words import SYMBOLS

# Verdicts whose rules are named on a card, and how many rules and groups by name.
NAMED = (Verdict.VOLDOET_NIET, Verdict.SIGNAAL)
MOST_RULES, MOST_GROUPS = 4, 2


@dataclass(frozen=True)
class NotMet:
    """A rule that is not met.

    Attributes
    ----------
    verdict : Verdict
    rule : str
        Its id and what it asks.
    groups : tuple of str
        Groups of which it says so; empty where it speaks of the whole plan.
    """

    verdict: Verdict
    rule: str
    groups: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Judged:
    """How many of each verdict a plan gets, and the rules that it does not meet, worst first.

    `left_out` are the titles of kaders that do not count, because they are not in force. Where no
    kader counts, only the general rules were tested (`map_only`), and that approves of nothing.
    """

    counts: Counter[Verdict]
    not_met: tuple[NotMet, ...]
    left_out: tuple[str, ...] = ()
    map_only: bool = False


def judged(toets: Toets) -> Judged:
    """Count the worst verdict of each rule on each group, and name the rules that are not met.

    Of the kaders in force: others decide nothing.
    """
    lapsed = lapsed_kaders(toets)
    worst = [one for one in worst_findings(toets).values() if one.kader not in lapsed]
    texts = {key: f"{regel.id} {regel.omschrijving}" for key, regel in rules_of(toets).items()}
    found: dict[tuple[Verdict, str, str], list[Finding]] = {}
    for finding in worst:
        if finding.verdict in NAMED:
            found.setdefault((finding.verdict, finding.kader, finding.rule), []).append(finding)
    rules = [
        NotMet(verdict, texts[kader, rule], tuple(f.group for f in each if f.group is not None))
        for (verdict, kader, rule), each in found.items()
    ]
    rules.sort(key=lambda rule: (rule.verdict.rank, -len(rule.groups)))
    counts = Counter(finding.verdict for finding in worst)
    left_out = tuple(
        kader.titel
        for kader in toets.kaders
        if kader.naam in lapsed and kader.speaks_of(toets.plan.level)
    )
    return Judged(counts, tuple(rules), left_out, not deciding_kaders(toets))


def verdicts_html(verdicts: Judged) -> str:
    """Write how many of each verdict there are, worst first, and name the rules that are not met.

    Each verdict has its symbol and word; of many rules the worst are named.
    """
    counts = "".join(_count(verdicts, verdict) for verdict in Verdict if verdicts.counts[verdict])
    shown, rest = verdicts.not_met[:MOST_RULES], verdicts.not_met[MOST_RULES:]
    lines = [f'<li class="{kind_of(rule.verdict)}">{escape(not_met_text(rule))}</li>'
             for rule in shown]  # fmt: skip
    if rest:
        lines.append(f"<li>en nog {nl_count(len(rest), 'regel', 'regels')}</li>")
    named = f'<ul class="oi-broken" aria-label="Niet voldaan">{"".join(lines)}</ul>'
    titles = nl_list(f"'{title}'" for title in verdicts.left_out)
    note = f'<p class="oi-left-out">Telt niet mee, want niet van kracht: {escape(titles)}.</p>'
    only = f'<p class="oi-left-out">{escape(NONE_COUNTS)}</p>' if verdicts.map_only else ""
    return (
        f'{only}<ul class="oi-counts" aria-label="Oordelen">{counts}</ul>'
        + (named if lines else "")
        + (note if titles else "")
    )


def _count(verdicts: Judged, verdict: Verdict) -> str:
    """Write how many of a verdict there are; general rules that hold get no mark of approval."""
    number = nl_number(verdicts.counts[verdict])
    if verdicts.map_only and verdict is Verdict.VOLDOET:
        return f'<li class="oi-rest">{number} {escape(MAP_WORDS[verdict])}</li>'
    return (
        f'<li class="{kind_of(verdict)}">{SYMBOLS[verdict]} {number} {escape(verdict.value)}</li>'
    )


def not_met_text(rule: NotMet) -> str:
    """Write a rule that is not met: `✗ voldoet niet: Z2 Een regio is … (3 groepen)`."""
    text = f"{SYMBOLS[rule.verdict]} {rule.verdict.value}: {rule.rule.rstrip('.')}"
    if not rule.groups:
        return text
    if len(rule.groups) <= MOST_GROUPS:
        return f"{text} ({nl_list(rule.groups)})"
    return f"{text} ({nl_number(len(rule.groups))} groepen)"
