"""The test as a readable text (Markdown): verdicts, groups, grensproblematiek, sources."""

import re
from collections import Counter
from collections.abc import Sequence

from oi_geo.codes import AREA_WORDS
from oi_geo.criteria.finding import WHOLE_PLAN, Verdict
from oi_geo.pipeline import Toets
from oi_geo.plan import LEVEL_WORDS
from oi_geo.report.conclusion import (
    MAP_WORDS,
    NONE_COUNTS,
    NOT_IN_FORCE,
    conclusion,
    deciding_kaders,
    lapsed_kaders,
)
from oi_geo.report.terms import terms
from oi_geo.report.totals import (
    elsewhere_text,
    group_measures,
    ion_text,
    measured_text,
    total_text,
)
from oi_geo.study_area import Source
from oi_geo.text import nl_count, nl_list, nl_number, nl_percentage


def to_markdown(toets: Toets, *, title: str) -> str:
    """Write a test as Markdown; the same test gives the same text (it carries no date)."""
    parts = [
        f"# {plain_text(title)}",
        _conclusion(toets),
        _introduction(toets),
        "## Oordelen",
        _verdicts(toets),
        "## Groepen",
        _groups(toets),
        "## Bevindingen, ergste eerst",
        _findings(toets),
        "## Grensproblematiek",
        _borders(toets),
        "## Leesverslag",
        _reading(toets),
        "## Bronnen",
        sources_table(toets.sources),
        "## Begrippen",
        "\n".join(f"- **{word}**: {text}" for word, text in terms(toets.plan.level).items()),
    ]
    return "\n\n".join(parts) + "\n"


def _conclusion(toets: Toets) -> str:
    """Say what the test comes down to, and what to do next."""
    told = conclusion(toets)
    first = plain_text(f"**{told.sentence}** {told.next_step}".strip())
    return "\n\n".join([first, *map(plain_text, told.notes)])


def _introduction(toets: Toets) -> str:
    area = toets.area
    lines = []
    if area.is_example:
        lines.append("**Fictief voorbeeldgebied**: namen, codes en aantallen zijn verzonnen.")
    kaders = nl_list([k.titel for k in toets.kaders])
    left_out = len(toets.plan.unassigned)
    lines.append(
        f"Niveau: {LEVEL_WORDS[toets.plan.level][0]}. Kaders: {plain_text(kaders)}. "
        f"{nl_count(len(toets.plan.groups), 'groep', 'groepen')}; "
        f"van de {nl_number(len(area.units))} {AREA_WORDS[area.level][1]} van het studiegebied "
        f"{'valt' if left_out == 1 else 'vallen'} er {nl_number(left_out)} buiten alle groepen."
    )
    lines.append(f"ION: {ion_text(area)}.")
    return "\n\n".join(lines)


def _verdicts(toets: Toets) -> str:
    """Count the verdicts per group, of the kaders in force."""
    lapsed = lapsed_kaders(toets)
    found = Counter((f.group, f.verdict) for f in toets.findings if f.kader not in lapsed)
    tested = {group for group, _ in found}
    rows = [
        [group or WHOLE_PLAN, *(str(found[group, verdict]) for verdict in Verdict)]
        for group in [*toets.plan.groups, None]
        if group in tested
    ]
    if deciding_kaders(toets):
        return markdown_table(["Groep", *(v.value for v in Verdict)], rows)
    return f"{NONE_COUNTS}\n\n{markdown_table(['Groep', *MAP_WORDS.values()], rows)}"


def _groups(toets: Toets) -> str:
    rows = []
    for group, row in group_measures(toets).iterrows():
        parts = f"{row['delen']} ({row['delen_met_verbindingen']} met verbindingen)"
        rows.append(
            [
                str(group),
                nl_number(row["eenheden"]),
                *(measured_text(row, c) for c in ("inwoners", "ion", "praktijken", "huisartsen")),
                nl_number(row["oppervlakte_km2"], 1),
                parts,
                *(nl_number(row[c], 2) for c in ("polsby_popper", "reock")),
                f"{len(row['gemeenten_geheel'])} / {len(row['gemeenten_gedeeld'])}",
            ]
        )
    heads = ["Groep", "Eenheden", "Inwoners", "ION", "Praktijken", "Huisartsen", "km²", "Delen",
             "Rondheid (Polsby-Popper)", "Deel van de kleinste cirkel (Reock)",
             "Gemeenten heel / gedeeld"]  # fmt: skip
    return markdown_table(heads, rows)


def _findings(toets: Toets) -> str:
    lapsed = lapsed_kaders(toets)
    rows = [
        [
            f"**{f.verdict.value}**",
            f.rule,
            f.group or WHOLE_PLAN,
            f.explanation,
            f"{f.status}; {f.source}" + (f" ({NOT_IN_FORCE})" if f.kader in lapsed else ""),
        ]
        for f in toets.findings
    ]
    return markdown_table(["Oordeel", "Regel", "Groep", "Toelichting", "Status en bron"], rows)


def _borders(toets: Toets) -> str:
    if toets.border.gemeenten.empty:
        return "Geen enkele gemeente wordt doorsneden."
    rows = [
        [
            f"{row['gemeentenaam']} ({row['gemeentecode']})",
            row["groep"] or "buiten alle groepen",
            nl_percentage(row["aandeel_oppervlakte"]),
            nl_percentage(row["aandeel_inwoners"]),
            total_text(row["inwoners"], row["inwoners_onbekend"]),
            total_text(row["ion"], row["ion_onbekend"]),
            nl_number(row["praktijken"]) + elsewhere_text(row, "dit deel"),
            nl_list(row["regio_organisaties"]) or "onbekend",
            nl_list(row["verzekeraars"]) or "onbekend",
        ]
        for row in toets.border.gemeenten.to_dict("records")
    ]
    heads = ["Gemeente", "Deel in", "Oppervlakte", "Aandeel inwoners", "Inwoners", "ION",
             "Praktijken", "Regio-organisaties", "Verzekeraars"]  # fmt: skip
    return markdown_table(heads, rows)


def sources_table(sources: Sequence[Source]) -> str:
    """List the files that were read, with year and checksum."""
    rows = [
        [source.naam, source.bestand, str(source.jaar or ""), f"`{source.sha256}`"]
        for source in sources
    ]
    return markdown_table(["Soort", "Bestand", "Jaar", "sha256"], rows)


def _reading(toets: Toets) -> str:
    """Show what was set aside or doubted, and count the rest."""
    messages = [message for report in toets.reports for message in report.messages]
    grave = [message for message in messages if message.ernst != "info"]
    rest = nl_count(len(messages) - len(grave), "andere melding", "andere meldingen")
    closing = f"Daarnaast {rest} ter informatie; zie het volledige leesverslag."
    if not grave:
        return f"Niets is apart gezet of betwijfeld. {closing}"
    rows = [[m.ernst, m.bestand, "" if m.rij is None else str(m.rij), m.melding] for m in grave]
    return f"{markdown_table(['Ernst', 'Bestand', 'Rij', 'Melding'], rows)}\n\n{closing}"


def markdown_table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Write a table; what its cells hold is shown as text."""
    lines = [list(heads), ["---"] * len(heads), *([plain_text(c) for c in row] for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def plain_text(cell: str) -> str:
    """Show what comes from a file as text: no HTML, no table borders, no line breaks."""
    cell = re.sub(r"\s+", " ", cell)
    cell = re.sub(r"&(?=#?\w+;)", "&amp;", cell)  # a lone ampersand is itself in Markdown
    for sign, shown in (("<", "&lt;"), (">", "&gt;"), ("|", "\\|")):
        cell = cell.replace(sign, shown)
    return cell
