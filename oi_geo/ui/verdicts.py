"""The verdicts as two tables: per rule and group, and per rule about the whole proposal."""

from collections.abc import Callable, Iterator

from oi_geo.criteria.finding import Finding, Verdict
from oi_geo.criteria.kader import GENERAL, Kader, load_kader
from oi_geo.criteria.regel import Regel
from oi_geo.pipeline import Toets
from oi_geo.ui.html_table import cell, framed, row
from oi_geo.ui.words import verdict_text

KINDS = {
    Verdict.VOLDOET_NIET: "oi-verdict oi-fails",
    Verdict.NIET_TE_BEPALEN: "oi-verdict oi-unknown",
    Verdict.SIGNAAL: "oi-verdict oi-signals",
    Verdict.VOLDOET: "oi-verdict oi-complies",
}
NOT_TESTED = "–"


def worst_findings(toets: Toets) -> dict[tuple[str, str, str | None], Finding]:
    """Return the worst finding per kader, rule and group (None: the whole proposal)."""
    worst: dict[tuple[str, str, str | None], Finding] = {}
    for finding in toets.findings:  # worst first
        worst.setdefault((finding.kader, finding.rule, finding.group), finding)
    return worst


def group_verdicts_html(toets: Toets) -> str:
    """Write the worst verdict of each rule (rows, under their kader) on each group (columns).

    Returns
    -------
    str
        HTML; empty where no rule speaks about a group.
    """
    found, groups = worst_findings(toets), toets.plan.groups

    def line(kader: Kader, regel: Regel) -> str | None:
        cells = [found.get((kader.naam, regel.id, group)) for group in groups]
        if not any(cells):
            return None
        return row([_rule(regel), *(_verdict(finding) for finding in cells)])

    head = row(cell(text, tag="th", scope="col") for text in ("Regel", *groups))
    return _by_kader(toets, "Oordeel per regel en groep", head, 1 + len(groups), line)


def plan_verdicts_html(toets: Toets) -> str:
    """Write the verdict of each rule about the whole proposal, with why; see above."""
    found = worst_findings(toets)

    def line(kader: Kader, regel: Regel) -> str | None:
        finding = found.get((kader.naam, regel.id, None))
        if finding is None:
            return None
        return row([_rule(regel), _verdict(finding), cell(finding.explanation, kind="oi-text")])

    heads = ("Regel", "Oordeel", "Toelichting")
    head = row(cell(text, tag="th", scope="col") for text in heads)
    return _by_kader(toets, "Oordeel over het hele voorstel", head, len(heads), line)


def _by_kader(
    toets: Toets,
    title: str,
    head: str,
    width: int,
    line: Callable[[Kader, Regel], str | None],
) -> str:
    """Put the rules of each kader under its title; a kader without a line is left out."""

    def bodies() -> Iterator[str]:
        for kader in (*toets.kaders, load_kader(GENERAL)):
            lines = [text for regel in kader.regels if (text := line(kader, regel))]
            if lines:
                name = cell(kader.titel, tag="span")
                yield (
                    f'<tr class="oi-kader"><th scope="rowgroup" colspan="{width}">{name}</th></tr>'
                    + "".join(lines)
                )

    parts = list(bodies())
    return framed(title, head, parts, kind="oi-rules") if parts else ""


def _rule(regel: Regel) -> str:
    """Write the head of a row: the id of the rule and what it asks."""
    return cell(f"{regel.id} {regel.omschrijving}", tag="th", scope="row")


def _verdict(finding: Finding | None) -> str:
    """Write a verdict: symbol, word and colour; the pointer shows why."""
    if finding is None:
        return cell(NOT_TESTED)
    return cell(
        verdict_text(finding.verdict), kind=KINDS[finding.verdict], hint=finding.explanation
    )
