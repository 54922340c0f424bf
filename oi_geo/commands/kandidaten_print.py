"""What `oi-geo kandidaten` says: one JSON document, or tables for a reader."""

import json
import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict
from functools import partial
from pathlib import Path

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from oi_geo.candidates.candidate import SIGNS, Candidate, behind_best, outside_band
from oi_geo.candidates.obstacles import Obstacle
from oi_geo.candidates.points import PART_NAMES, amount_text, amounts, parts_used, points_note
from oi_geo.codes import AREA_WORDS
from oi_geo.commands.kandidaten import WORKBOOK, Outcome
from oi_geo.commands.toets import wide_console
from oi_geo.metrics import measure
from oi_geo.report.document import work_area_row
from oi_geo.sources.report import ReadReport
from oi_geo.text import nl_count, nl_list, nl_number, nl_percentage

_MOST_CODES = 20
_PROOFS = {"optimaal": "optimaal", "grens": "begrensd", "geen": "geen bewijs"}


def print_json(outcome: Outcome) -> None:
    """Print the JSON document on stdout, and what the user should know on stderr."""
    print_reading(outcome.reports)
    for note in outcome.notes:
        typer.echo(note, err=True)
    typer.echo(json.dumps(document(outcome), ensure_ascii=False, indent=2, allow_nan=False))


def document(outcome: Outcome) -> dict[str, object]:
    """Put the outcome in the form of the JSON document; unknown figures are null."""
    found = outcome.proposals
    plans = [
        {
            "bestand": name,
            "groepen": len(candidate.plan.groups),
            "maten": {key: known(value) for key, value in asdict(candidate.figures).items()},
            "bewijs": candidate.proof,
            "kloof": known(candidate.gap),
        }
        for name, candidate in zip(outcome.files, found.candidates, strict=True)
    ]
    return {
        "plannen": plans,
        "onmogelijk": impossible_of(found.obstacles),
        "werkgebied": work_area_row(outcome.area),
        "seconden": round(outcome.seconds, 3),
    }


def impossible_of(obstacles: Sequence[Obstacle]) -> dict[str, object] | None:
    """Put what is impossible in the form of the JSON document; nothing where all is possible."""
    if not obstacles:
        return None
    where = dict.fromkeys(code for obstacle in obstacles for code in obstacle.where)
    changes = dict.fromkeys(obstacle.relaxation for obstacle in obstacles)
    return {
        "reden": " ".join(obstacle.reason for obstacle in obstacles),
        "waar": list(where),
        "kleinste_verruiming": "; ".join(changes),
    }


def known(value: float | None) -> float | None:
    """Return a number that JSON can hold, or nothing where it is unknown."""
    return None if value is None or not math.isfinite(value) else value


def print_reading(reports: Iterable[ReadReport]) -> None:
    """Say on stderr what the readers set aside or doubted."""
    for report in reports:
        for message in report.messages:
            if message.ernst != "info":  # never "fout": that is what a command says that fails
                row = "" if message.rij is None else f", rij {message.rij}"
                typer.echo(f"let op: {message.bestand}{row}: {message.melding}", err=True)


def print_tables(outcome: Outcome, folder: Path) -> None:
    """Print the plans with figures and points, what is impossible, and what to know."""
    print_reading(outcome.reports)
    console = wide_console()
    if outcome.area.is_example:
        console.print("[bold]Fictief voorbeeldgebied:[/] namen, codes en aantallen zijn verzonnen.")
    if outcome.files:
        console.print(_figures(outcome))
        for line in outside_lines(outcome):
            console.print(escape(line), highlight=False)
        console.print(_points(outcome))
        console.print(escape(points_note(outcome.proposals.problem)), highlight=False)
    else:
        console.print("[bold]Er is geen plan gemaakt.[/]")
    print_obstacles(console, outcome.proposals.obstacles)
    for note in outcome.notes:
        console.print(escape(note), highlight=False)
    written = (
        f"Geschreven in {folder}: {nl_list([*outcome.files, WORKBOOK])}." if outcome.files else ""
    )
    console.print(escape(f"{written} Zoektijd {nl_number(outcome.seconds, 1)} s.".strip()))


def _figures(outcome: Outcome) -> Table:
    """Make the table of what is measured of each plan."""
    plans = outcome.proposals.candidates

    def shared(one: Candidate) -> str:
        figures = one.figures
        return f"{figures.gemeenten_gedeeld} ({figures.gemeenten_noodzakelijk_gedeeld})"

    def proof(one: Candidate) -> str:
        gap = "" if not one.gap else f", hoogstens {nl_percentage(one.gap)} beter"
        return behind_best(plans, plans.index(one)) or _PROOFS[one.proof] + gap

    word = "ION" if outcome.proposals.problem.wishes.counted == "ion" else "inwoners"
    columns: dict[str, Callable[[Candidate], str]] = {
        "Groepen": lambda one: str(len(one.plan.groups)),
        f"Kleinste ({word})": lambda one: nl_number(one.figures.kleinste),
        f"Grootste ({word})": lambda one: nl_number(one.figures.grootste),
        "Snijlijn (km)": lambda one: nl_number(one.figures.snijlijn_km, 1),
        "Rondheid (1 is een cirkel)": lambda one: nl_number(one.figures.polsby_popper, 3),
        "Gemeenten gedeeld (noodzakelijk)": shared,
        "Bewijs": proof,
    }
    return _table("Plannen, beste eerst", outcome, columns)


def outside_lines(outcome: Outcome) -> list[str]:
    """Say per plan which groups lie outside the band, and how many units have no group."""
    problem = outcome.proposals.problem
    area, counted = problem.area, problem.wishes.counted
    lines = []
    for name, candidate in zip(outcome.files, outcome.proposals.candidates, strict=True):
        plan = candidate.plan
        people, marks = measure(area, plan)[counted], outside_band(problem, plan)
        said = []
        for mark, sign in SIGNS.items():
            groups = [f"{g} ({nl_number(people[g])})" for g in plan.groups if marks.get(g) == mark]
            said += [f"{sign} {mark}: {nl_list(groups, _MOST_CODES)}"] if groups else []
        if len(plan.unassigned):
            left = nl_count(len(plan.unassigned), *AREA_WORDS[area.level])
            said.append(f"zonder groep: {left}")
        lines += [f"{name}: {'; '.join(said)}."] if said else []
    return lines


def _points(outcome: Outcome) -> Table:
    """Make the table of the points of each part of the objective, with what they are for."""
    problem = outcome.proposals.problem
    word = "inwoners" if problem.wishes.counted == "inwoners" else "ION"

    def cell(part: str, one: Candidate) -> str:
        amount = amount_text(part, amounts(problem, one)[part], word)
        return f"{nl_number(one.points[part], 1)} ({amount})"

    columns: dict[str, Callable[[Candidate], str]] = {
        PART_NAMES[part]: partial(cell, part) for part in parts_used(problem)
    }
    columns["Totaal"] = lambda one: nl_number(one.energy, 1)
    return _table("Punten, minder is beter", outcome, columns)


def _table(title: str, outcome: Outcome, columns: dict[str, Callable[[Candidate], str]]) -> Table:
    table = Table(title=title, title_justify="left")
    table.add_column("Plan", no_wrap=True)
    for head in columns:
        table.add_column(head, justify="left" if head == "Bewijs" else "right")
    for name, candidate in zip(outcome.files, outcome.proposals.candidates, strict=True):
        table.add_row(name, *(cell(candidate) for cell in columns.values()))
    return table


def print_obstacles(console: Console, obstacles: Sequence[Obstacle]) -> None:
    """Print what stands in the way, where, and the smallest change that would help."""
    if not obstacles:
        return
    table = Table(title="Onmogelijk", title_justify="left", show_lines=True)
    table.add_column("Reden", overflow="fold", ratio=2)
    table.add_column("Waar", overflow="fold", ratio=1)
    table.add_column("Kleinste verruiming", overflow="fold", ratio=1)
    for obstacle in obstacles:
        where = nl_list(obstacle.where, _MOST_CODES)
        table.add_row(escape(obstacle.reason), escape(where), escape(obstacle.relaxation))
    console.print(table)
