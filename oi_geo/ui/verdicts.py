"""The verdicts as a table: a row per group, worst first, with what does not hold as chips.

The row that is chosen unfolds into its findings; rules that hold take one line.
"""

from collections.abc import Mapping, Sequence

from oi_geo.criteria.finding import Finding, Verdict
from oi_geo.criteria.regel import Regel
from oi_geo.pipeline import Toets
from oi_geo.report.conclusion import (
    MAP_ONLY,
    NOT_IN_FORCE,
    Conclusion,
    GroupResult,
    complies_text,
    group_results,
    rules_of,
    short_rule,
)
from oi_geo.text import nl_number
from oi_geo.ui.html_table import cell, framed, row
from oi_geo.ui.words import SYMBOLS, verdict_text

KINDS = {
    Verdict.VOLDOET_NIET: "oi-verdict oi-fails",
    Verdict.NIET_TE_BEPALEN: "oi-verdict oi-unknown",
    Verdict.SIGNAAL: "oi-verdict oi-signals",
    Verdict.VOLDOET: "oi-verdict oi-complies",
}
Rules = Mapping[tuple[str, str], Regel]
HEADS = ("Groep", "Oordeel", "Wat niet voldoet, onbekend is of aandacht vraagt")
NOT_TESTED = "– geen regel"
# Rules that are unknown or a signal are named up to so many, else counted.
MOST_CHIPS = 2


def conclusion_html(told: Conclusion) -> str:
    """Write the sentence of conclusion and the one thing to do next."""
    kind = "" if told.verdict is None else kind_of(told.verdict)
    symbol = "" if told.verdict is None else f"{SYMBOLS[told.verdict]} "
    step = cell(told.next_step, tag="p", kind="oi-next") if told.next_step else ""
    sentence = cell(symbol + told.sentence, tag="p", kind="oi-sentence")
    notes = "".join(cell(note, tag="p", kind="oi-note") for note in told.notes)
    return f'<div class="oi-conclusion {kind}" role="status">{sentence}{step}{notes}</div>'


def verdicts_html(toets: Toets, chosen: str = "") -> str:
    """Write the verdict on each group, worst first.

    Parameters
    ----------
    toets : Toets
    chosen : str
        What is chosen, by its name (see below); the row that it is in is unfolded.

    Returns
    -------
    str
        HTML in which whatever can be chosen names itself in `data-choice`: `2` is the third group
        of `group_results`, `2.0` the first of its findings.
    """
    rules = rules_of(toets)
    lines = []
    for position, result in enumerate(group_results(toets)):
        opened = chosen.partition(".")[0] == str(position)
        lines.append(_group_row(result, str(position), _chips(result, rules), opened=opened))
        if opened:
            lines.append(_details_row(result, chosen, rules))
    head = row(cell(text, tag="th", scope="col") for text in HEADS)
    return framed("Oordeel per groep, ergste eerst", head, ["".join(lines)], kind="oi-groups")


def _group_row(result: GroupResult, choice: str, chips: str, *, opened: bool) -> str:
    """Write the row of a group: its name is the button that unfolds it."""
    said, kind = _verdict(result)
    name = cell(result.name, tag="span")
    button = (
        f'<button type="button" data-choice="{choice}" aria-expanded="{str(opened).lower()}">'
        f"{name}</button>"
    )
    cells = f'<th scope="row">{button}</th>{cell(said, kind=kind)}<td>{chips}</td>'
    state = ' class="oi-open"' if opened else ""
    return f'<tr data-choice="{choice}"{state}>{cells}</tr>'


def _verdict(result: GroupResult) -> tuple[str, str]:
    """Return the word for the verdict on a group and the class for its colour."""
    if result.verdict is None:
        return NOT_TESTED, ""
    if result.only_map_holds:
        return f"– {MAP_ONLY}", ""
    return verdict_text(result.verdict), KINDS[result.verdict]


def _chips(result: GroupResult, rules: Rules) -> str:
    """Write what does not hold as chips, and count what does.

    The rules that are broken are all named; of another verdict that many rules have, the number is
    given, so that what is wrong is not lost among what is unknown.
    """
    chips = []
    for verdict in Verdict:
        found, kind = result.of(verdict), kind_of(verdict)
        if verdict is Verdict.VOLDOET:
            text = complies_text(len(found), map_only=result.map_only)
            chips += [cell(text, tag="li", kind="oi-rest")] if found else []
        elif verdict is Verdict.VOLDOET_NIET or len(found) <= MOST_CHIPS:
            chips += [_chip(one, rules[one.kader, one.rule], kind) for one in found]
        else:
            hint = ", ".join(short_rule(rules[one.kader, one.rule]) for one in found)
            text = f"{verdict_text(verdict)}: {nl_number(len(found))} regels"
            chips.append(cell(text, tag="li", kind=kind, hint=hint))
    if result.not_in_force:
        hint = ", ".join(
            f"{one.verdict.value}: {short_rule(rules[one.kader, one.rule])}"
            for one in result.not_in_force
        )
        chips.append(cell(NOT_IN_FORCE, tag="li", kind="oi-rest", hint=hint))
    return f'<ul class="oi-counts">{"".join(chips)}</ul>'


def _chip(finding: Finding, regel: Regel, kind: str) -> str:
    """Write one rule as a chip; the pointer shows why."""
    hint = f"{finding.verdict.value}: {finding.explanation}"
    return cell(f"{SYMBOLS[finding.verdict]} {short_rule(regel)}", tag="li", kind=kind, hint=hint)


def _details_row(result: GroupResult, chosen: str, rules: Rules) -> str:
    """Write the findings of a group out; those that hold are folded into one line.

    Those of kaders that are not in force get a line of their own, since they do not count.
    """
    position = chosen.partition(".")[0]
    texts = [
        _finding(
            finding,
            rules[finding.kader, finding.rule],
            f"{position}.{number}",
            chosen,
            note=NOT_IN_FORCE if finding.kader in result.lapsed else "",
        )
        for number, finding in enumerate(result.findings)
    ]
    first = len(texts) - sum(one.verdict is Verdict.VOLDOET for one in result.findings)
    last = first + len(result.of(Verdict.VOLDOET))  # what holds stands last, in force first
    shown, held, lapsed = texts[:first], texts[first:last], texts[last:]
    opened = not shown
    folded = _folded(held, complies_text(len(held), map_only=result.map_only), opened=opened)
    folded += _folded(lapsed, f"{complies_text(len(lapsed))} ({NOT_IN_FORCE})", opened=opened)
    return f'<tr class="oi-details"><td colspan="{len(HEADS)}">{"".join(shown)}{folded}</td></tr>'


def _folded(texts: Sequence[str], summary: str, *, opened: bool) -> str:
    """Fold findings into one line; without any there is none."""
    if not texts:
        return ""
    head = cell(summary, tag="summary")
    return f"<details{' open' if opened else ''}>{head}{''.join(texts)}</details>"


def _finding(finding: Finding, regel: Regel, choice: str, chosen: str, *, note: str) -> str:
    """Write one finding out, with rule and source; its head is the button that shows the place."""
    told = f" ({note})" if note else ""
    text = f"{verdict_text(finding.verdict)} · {regel.id} {regel.omschrijving}{told}"
    head = cell(text, tag="span")
    here = " oi-chosen" if choice == chosen else ""
    return (
        f'<div class="oi-finding {kind_of(finding.verdict)}{here}">'
        f'<button type="button" data-choice="{choice}">{head}</button>'
        f"{cell(finding.explanation, tag='p')}"
        f"{cell(f'Bron: {finding.source} ({finding.status})', tag='p', kind='oi-source')}</div>"
    )


def kind_of(verdict: Verdict) -> str:
    """Return the class of style.css for the colour of a verdict."""
    return KINDS[verdict].removeprefix("oi-verdict ")


def chosen_of(
    results: Sequence[GroupResult], chosen: str
) -> tuple[GroupResult, Finding | None] | None:
    """Return what is chosen in the table: a group, with the finding where it was one of those."""
    if not chosen:
        return None
    position, _, number = chosen.partition(".")
    result = results[int(position)]
    return result, result.findings[int(number)] if number else None
