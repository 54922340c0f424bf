"""What `oi-geo ensemble` says: one JSON document, or tables for a reader."""

import json
from pathlib import Path

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from oi_geo.candidates.context import Special, sentences
from oi_geo.candidates.situate import Context, Together
from oi_geo.commands.ensemble import Outcome
from oi_geo.commands.ensemble_files import SHARES
from oi_geo.commands.kandidaten_print import impossible_of, known, print_obstacles, print_reading
from oi_geo.commands.toets import wide_console
from oi_geo.report.context import (
    MEASURE_HEADS,
    drawn_text,
    measure_rows,
    shares_from,
)
from oi_geo.report.document import work_area_row
from oi_geo.text import nl_count, nl_list, nl_percentage


def print_json(outcome: Outcome, files: tuple[str, ...]) -> None:
    """Print the JSON document on stdout, and what the user should know on stderr."""
    print_reading(outcome.reports)
    for note in outcome.notes:
        typer.echo(note, err=True)
    found = document(outcome, files)
    typer.echo(json.dumps(found, ensure_ascii=False, indent=2, allow_nan=False))


def document(outcome: Outcome, files: tuple[str, ...]) -> dict[str, object]:
    """Put the outcome in the form of the JSON document; unknown figures are null.

    Parameters
    ----------
    outcome : Outcome
    files : tuple of str
        File of each of the nearest plans.
    """
    context, sampled = outcome.context, outcome.context.sampled
    return {
        "voorstel": outcome.proposal,
        "groepen": outcome.groups,
        "ketens": sampled.chains,
        "stappen": sampled.steps,
        "gemaakt": sampled.made,
        "geaccepteerd": sampled.accepted,
        "plannen": context.plans,
        "maten": {special.maat: _measure(special) for special in context.specials},
        "samen": [_together(one) for one in context.together] if context.converged else [],
        "dichtstbij": [
            {"bestand": name, "afstand": near.distance}
            for name, near in zip(files, context.nearest, strict=True)
        ],
        "werkgebied": work_area_row(outcome.problem.area),
        "onmogelijk": impossible_of(outcome.obstacles),
        "opmerkingen": list(outcome.notes),
        "seconden": round(outcome.seconds, 3),
    }


def _measure(special: Special) -> dict[str, object]:
    low, high = special.interval
    return {
        "waarde": known(special.waarde),
        "percentiel": known(special.percentiel),
        "interval": None if known(low) is None else [low, high],
        "aandeel_lager": known(special.aandeel_lager),
        "aandeel_gelijk": known(special.aandeel_gelijk),
        "aandeel_hoger": known(special.aandeel_hoger),
        "r_hat": known(special.r_hat),
        "ess_bulk": known(special.ess_bulk),
        "ess_tail": known(special.ess_tail),
        "geconvergeerd": special.geconvergeerd,
        "zin": special.zin,
    }


def _together(one: Together) -> dict[str, object]:
    doubts = [
        {"eenheid": d.eenheid, "erbij": d.erbij, "aandeel": d.aandeel, "zin": d.zin}
        for d in one.twijfel
    ]
    return {"groep": one.groep, "twijfel": doubts}


def print_tables(outcome: Outcome, folder: Path, files: tuple[str, ...]) -> None:
    """Print the place of the proposal, the doubtful units, what is impossible, and what to know."""
    print_reading(outcome.reports)
    console = wide_console()
    context, sampled = outcome.context, outcome.context.sampled
    if outcome.problem.area.is_example:
        console.print("[bold]Fictief voorbeeldgebied:[/] namen, codes en aantallen zijn verzonnen.")
    console.print(
        f"{nl_count(sampled.chains, 'keten', 'ketens')} van "
        f"{nl_count(sampled.made, 'stap', 'stappen')}; {nl_percentage(sampled.accepted)} van de "
        f"stappen veranderde het plan. Elk plan heeft "
        f"{nl_count(outcome.groups, 'groep', 'groepen')}.",
        highlight=False,
    )
    console.print(_measures(outcome))
    for sentence in sentences(context.specials):
        console.print(escape(sentence), highlight=False)
    if context.converged:
        if context.few and context.together:
            console.print(shares_from(context), highlight=False)
        _print_doubts(console, context.together)
    print_obstacles(console, outcome.obstacles)
    for note in outcome.notes:
        console.print(escape(note), highlight=False)
    if context.drawn:
        console.print(drawn_text(context), highlight=False)
    if files:
        near = nl_list(
            f"{name} ({nl_percentage(one.distance)})"
            for name, one in zip(files, context.nearest, strict=True)
        )
        sentence = f"Het dichtst bij het voorstel (mensen die van groep veranderen): {near}."
        console.print(sentence, highlight=False)
    console.print(
        escape(f"Geschreven in {folder}: {nl_list(_written(context, files))}."),
        highlight=False,
    )


def _written(context: Context, files: tuple[str, ...]) -> list[str]:
    """Name what was written."""
    kinds = {
        "context.md": True,
        SHARES: context.tells_shares,
        "plaatjes": context.spread,
        "plannen": files,
        "het ensemble": True,
    }
    return [kind for kind, there in kinds.items() if there]


def _measures(outcome: Outcome) -> Table:
    """Make the table of measures; nothing stands where nothing may be claimed."""
    table = Table(title=f"{outcome.proposal} tussen geldige plannen", title_justify="left")
    for head in MEASURE_HEADS:
        table.add_column(head, justify="left" if head in {"Maat", "Ketens eens"} else "right")
    for row in measure_rows(outcome.context.specials):
        table.add_row(*row)
    return table


def _print_doubts(console: Console, together: tuple[Together, ...]) -> None:
    """Print the border units that more often lie on the other side, per group."""
    if not any(one.twijfel for one in together):
        return
    table = Table(title="Twijfelachtige eenheden aan de rand", title_justify="left")
    table.add_column("Groep", overflow="fold")
    table.add_column("Toelichting", overflow="fold", ratio=1)
    for one in together:
        for doubt in one.twijfel:
            table.add_row(escape(one.groep), escape(doubt.zin))
    console.print(table)
