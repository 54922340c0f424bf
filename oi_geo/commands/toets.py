"""`oi-geo toets`: test a proposal and show or write the outcome."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from oi_geo.commands.long_work import unwritable
from oi_geo.criteria.finding import WHOLE_PLAN, Verdict
from oi_geo.errors import UnusableFile
from oi_geo.maps.folium_map import toets_map_html
from oi_geo.pipeline import (
    Inputs,
    Toets,
    default_inputs,
    load_area,
    run_toets,
    unit_level_for,
)
from oi_geo.plan import LEVEL_WORDS, PlanLevel, Scope
from oi_geo.report.conclusion import NOT_IN_FORCE, conclusion, group_results, lapsed_kaders
from oi_geo.report.document import to_json
from oi_geo.report.markdown import to_markdown
from oi_geo.report.tables import write_tables
from oi_geo.report.totals import group_measures, ion_text, measured_text, practice_notes
from oi_geo.report.workbook import workbook_bytes
from oi_geo.sources.lines import MOST_LINES
from oi_geo.sources.report import WORST_FIRST
from oi_geo.study_area import NOTHING_SAID, PracticeList
from oi_geo.text import nl_count, nl_list, nl_number
from oi_geo.together import together

PIPE_WIDTH = 140

# A screen shows this much; the documents show all.
MOST_GROUPS = 100
MOST_FINDINGS = 200

HEADS = {"ion": "ION", "oppervlakte_km2": "km²"}

STYLES = {
    Verdict.VOLDOET_NIET: "bold red",
    Verdict.NIET_TE_BEPALEN: "magenta",
    Verdict.SIGNAAL: "yellow",
    Verdict.VOLDOET: "green",
}


@dataclass(frozen=True)
class GivenFiles:
    """The files that the command line names."""

    grenzen: Path | None
    praktijken: Path | None
    postcodes: Path | None
    zorgkantoren: Path | None
    verbindingen: Path | None
    gemeentegrenzen: Path | None = None
    herkomst: Path | None = None


def inputs_of(
    given: GivenFiles, gebied: Sequence[str] = (), lijst: PracticeList = NOTHING_SAID
) -> Inputs:
    """Return the files to use: what is given, and without boundaries the default ones.

    `gebied` is the work area that is asked for, in words; `lijst` what is said of the practices.
    """
    base = default_inputs() if given.grenzen is None else Inputs(grenzen=given.grenzen)
    return replace(
        base,
        praktijken=given.praktijken or base.praktijken,
        postcodes=given.postcodes or base.postcodes,
        zorgkantoren=given.zorgkantoren or base.zorgkantoren,
        verbindingen=given.verbindingen or base.verbindingen,
        gemeentegrenzen=given.gemeentegrenzen or base.gemeentegrenzen,
        gebied=tuple(gebied),
        # Where patients live is about the practices of one list.
        herkomst=given.herkomst or (None if given.praktijken else base.herkomst),
        lijst=lijst,
    )


def run(
    proposal: Path,
    *,
    given: GivenFiles,
    kaders: Sequence[str],
    level: PlanLevel,
    scope: Scope | None,
    kolom: str | None = None,
    progress: Callable[[str], None],
    gebied: Sequence[str] = (),
    lijst: PracticeList = NOTHING_SAID,
) -> Toets:
    """Test a proposal against the files that were given, or the default ones."""
    for path in [proposal, *vars(given).values()]:
        if path is not None and not path.exists():
            raise UnusableFile(f"Het bestand {path} bestaat niet.")
    inputs = inputs_of(given, gebied, lijst)
    area = load_area(inputs, level=unit_level_for(proposal), progress=progress)
    return run_toets(
        area, proposal, level, kaders, grenzen=inputs.grenzen, scope=scope, kolom=kolom,
        progress=progress,
    )  # fmt: skip


def write(toets: Toets, folder: Path) -> None:
    """Write the JSON document, the tables (CSV, XLSX), a readable report and the map (HTML)."""
    title = f"Toets van {toets.sources[-1].bestand}"
    try:
        with together(folder) as made:
            (made / "toets.json").write_text(to_json(toets), encoding="utf-8")
            (made / "toets.xlsx").write_bytes(workbook_bytes(toets))
            write_tables(toets, made)
            (made / "verslag.md").write_text(to_markdown(toets, title=title), encoding="utf-8")
            (made / "kaart.html").write_text(toets_map_html(toets, title=title), encoding="utf-8")
    except OSError as error:
        raise unwritable(folder) from error


def exit_status(toets: Toets) -> int:
    """Return 1 where something does not comply, by whatever kader was asked for, else 0."""
    return int(any(f.verdict is Verdict.VOLDOET_NIET for f in toets.findings))


def print_json(toets: Toets) -> None:
    """Print the JSON document and nothing else."""
    typer.echo(to_json(toets))


def print_tables(toets: Toets, folder: Path | None) -> None:
    """Print what was tested, a table per group and the findings, worst first."""
    console = wide_console()
    _print_sources(console, toets)
    console.print(_group_table(toets, narrow=console.width < PIPE_WIDTH - 40))
    if toets.measures.filter(like="_onbekend").select_dtypes("number").gt(0).any(axis=None):
        told = "+ n?: van n eenheden (inwoners) of rijen van praktijken is het getal onbekend."
        console.print(told, style="dim")
    for note in practice_notes(group_measures(toets).head(MOST_GROUPS)):
        console.print(escape(note), style="dim")
    console.print(_finding_table(toets))
    left = max(len(toets.measures) - MOST_GROUPS, 0), max(len(toets.findings) - MOST_FINDINGS, 0)
    if any(left):
        groups = nl_count(left[0], "groep", "groepen")
        findings = nl_count(left[1], "bevinding", "bevindingen")
        console.print(f"Niet getoond: {groups} en {findings}; alles staat in --uit en --json.")
    console.print(f"ION: {ion_text(toets.area)}")
    _print_reading(console, toets)
    if folder is not None:
        console.print(
            f"Geschreven in {escape(str(folder))}: "
            "verslag.md, kaart.html, toets.json, toets.xlsx (Excel) en tabellen (CSV)."
        )


def wide_console() -> Console:
    """Return a console on stdout; a pipe has no width, so give it one that tables fit in."""
    console = Console()
    return console if console.is_terminal else Console(width=PIPE_WIDTH)


def _print_sources(console: Console, toets: Toets) -> None:
    if toets.area.is_example:
        console.print("[bold]Fictief voorbeeldgebied:[/] namen, codes en aantallen zijn verzonnen.")
    for source in toets.sources:
        year = f", {source.jaar}" if source.jaar else ""
        text = f"{source.naam}: {source.bestand}{year} (sha256 {source.sha256[:12]})"
        console.print(escape(text), style="dim", highlight=False)
    if toets.area.work_area:
        console.print(f"Werkgebied: {escape(nl_list(toets.area.work_area, 30))}", highlight=False)
    names = nl_list([kader.titel for kader in toets.kaders])
    level = LEVEL_WORDS[toets.plan.level][0]
    console.print(f"Niveau: {level}. Toetsingskaders: {escape(names)}.", highlight=False)
    told = conclusion(toets)
    for note in told.notes:
        console.print(f"[bold]let op:[/] {escape(note)}", highlight=False)
    console.print(f"[bold]{escape(told.sentence)}[/] {escape(told.next_step)}", highlight=False)


def _print_reading(console: Console, toets: Toets) -> None:
    """Print how the proposal was read, for that is the plan; the other reports are counted."""
    messages = [message for report in toets.reports for message in report.messages]
    told = sorted(toets.reports[-1].messages, key=lambda m: WORST_FIRST[m.ernst])[:MOST_LINES]
    for message in told:
        row = "" if message.rij is None else f", rij {message.rij}"
        head = "voorstel:" if message.ernst == "info" else "[bold]let op:[/]"
        console.print(
            f"{head} {escape(message.bestand)}{row}: {escape(message.melding)}", highlight=False
        )
    console.print(
        f"Leesverslag: nog {nl_count(len(messages) - len(told), 'regel', 'regels')}; "
        "te zien met --uit, --json of `gegevens controleer`."
    )


def _group_table(toets: Toets, *, narrow: bool) -> Table:
    """Make the table per group; a narrow screen leaves out what the documents show as well."""
    counts = ["eenheden", "inwoners", "ion"]
    if not narrow:
        counts += ["praktijken", "huisartsen", "oppervlakte_km2"]
    table = Table(title="Groepen", title_justify="left")
    table.add_column("Groep", overflow="fold", min_width=12)
    for name in counts:
        head = HEADS.get(name, name.capitalize())
        table.add_column(head, justify="right", no_wrap=True)  # a number is never cut short
    measures = group_measures(toets)
    doubtful = bool((measures["praktijken_geschat"] > 0).any())
    if doubtful:
        table.add_column(
            "Kan ook buiten de groep staan", justify="right", overflow="fold", min_width=10
        )
    table.add_column("Delen", min_width=8)
    table.add_column("Oordeel", min_width=12)
    said = {result.group: result for result in group_results(toets)}
    for group, row in measures.head(MOST_GROUPS).iterrows():
        cells = {name: nl_number(row[name]) for name in counts}
        for name in counts:
            if row.get(f"{name}_onbekend", 0) > 0:
                cells[name] += f" + {int(row[f'{name}_onbekend'])}?"
        if row["huisartsen_onbekend"] > 0 and row["fte"] > 0:
            cells["huisartsen"] = measured_text(row, "huisartsen")
        if doubtful:
            some, every = (nl_number(row[n]) for n in ("praktijken_geschat", "praktijken"))
            cells["elsewhere"] = f"{some} van {every}"
        parts = f"{row['delen']}"
        if row["delen"] != row["delen_met_verbindingen"]:
            parts += f" ({row['delen_met_verbindingen']} met verbindingen)"
        result = said[str(group)]
        worst = None if result.only_map_holds else result.verdict
        verdict = Text(result.word, style="" if worst is None else STYLES[worst])
        table.add_row(escape(str(group)), *cells.values(), parts, verdict)
    return table


def _finding_table(toets: Toets) -> Table:
    table = Table(title="Bevindingen, ergste eerst", title_justify="left", show_lines=True)
    for head in ("Oordeel", "Regel", "Groep"):
        table.add_column(head, overflow="fold")
    table.add_column("Toelichting en bron", overflow="fold", ratio=1)
    lapsed = lapsed_kaders(toets)
    for finding in toets.findings[:MOST_FINDINGS]:
        note = f"\n[dim]({NOT_IN_FORCE})[/]" if finding.kader in lapsed else ""
        table.add_row(
            Text(finding.verdict.value, style=STYLES[finding.verdict]),
            finding.rule,
            escape(finding.group or WHOLE_PLAN),
            f"{escape(finding.explanation)}\n[dim]{escape(finding.source)}[/]{note}",
        )
    return table
