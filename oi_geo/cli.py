"""The command line: `python -m oi_geo` or `oi-geo`; everything that it says is Dutch."""

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from typer._click.exceptions import ClickException, NoArgsIsHelpError

from oi_geo import __version__
from oi_geo import cli_options as opt
from oi_geo.cli_dutch import DutchCommand, DutchGroup, speak_dutch, usage_sentence
from oi_geo.errors import OiGeoError

UNUSABLE = 2
# What typer makes of Ctrl+C, as shells do.
INTERRUPTED = 130

speak_dutch()
app = typer.Typer(
    cls=DutchGroup,
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode="rich",
    help="Regio's, gemeentehubs en wijkverbanden van de eerste lijn afbakenen en toetsen.",
)
gegevens = typer.Typer(
    cls=DutchGroup,
    no_args_is_help=True,
    help="Bekijk en controleer de bestanden waarmee getoetst wordt.",
)
app.add_typer(gegevens, name="gegevens")


@app.callback(invoke_without_command=True)
def root(
    version: Annotated[bool, typer.Option("--versie", help="Toon de versie en stop.")] = False,
) -> None:
    """Regio's, gemeentehubs en wijkverbanden van de eerste lijn afbakenen en toetsen."""
    if version:
        typer.echo(f"oi-geo {__version__}")
        raise typer.Exit


@app.command(cls=DutchCommand)
def toets(
    voorstel: Annotated[
        Path,
        typer.Argument(
            help="Het voorstel: codelijst, tabel of getekende gebieden.", metavar="VOORSTEL"
        ),
    ],
    grenzen: opt.Grenzen = None,
    praktijken: opt.Praktijken = None,
    postcodes: opt.Postcodes = None,
    zorgkantoren: opt.Zorgkantoren = None,
    verbindingen: opt.Verbindingen = None,
    kader: Annotated[
        list[str] | None,
        typer.Option(help="Toetsingskader; vaker te geven, standaard alle.", metavar="NAAM"),
    ] = None,
    niveau: opt.NiveauOptie = opt.Niveau.REGIO,
    omvang: Annotated[
        opt.Omvang | None,
        typer.Option(
            help="Verdeelt het voorstel het hele gebied, of is het een werkgebied? Standaard volgt "
            "dat uit wat het verdeelt.",
        ),
    ] = None,
    uit: Annotated[
        Path | None,
        typer.Option(help="Map voor het toetsdocument, de tabellen en de kaart.", metavar="MAP"),
    ] = None,
    als_json: Annotated[
        bool, typer.Option("--json", help="Druk alleen het toetsdocument af, als JSON.")
    ] = False,
) -> None:
    """Toets een voorstel aan de toetsingskaders.

    Zonder --grenzen worden de bestanden in data/cbs_wijken en data/gemeentegrenzen gebruikt, en
    anders het fictieve voorbeeldgebied.

    Uitkomst: 0 als niets 'voldoet niet', 1 als iets 'voldoet niet', 2 als de invoer niet
    bruikbaar is.
    """
    from oi_geo.commands import toets as run

    with progress_bar() as progress:
        result = run.run(
            voorstel,
            given=run.GivenFiles(grenzen, praktijken, postcodes, zorgkantoren, verbindingen),
            kaders=kader or (),
            level=niveau.value,
            scope=omvang.value if omvang else None,
            progress=progress,
        )
        if uit is not None:
            progress("Uitkomsten schrijven")
            run.write(result, uit)
    if als_json:
        run.print_json(result)
    else:
        run.print_tables(result, uit)
    raise typer.Exit(run.exit_status(result))


@app.command(cls=DutchCommand)
def kandidaten(
    band: opt.Band,
    uit: Annotated[Path, typer.Option(help="Map voor de plannen.", metavar="MAP")],
    grenzen: opt.Grenzen = None,
    praktijken: opt.Praktijken = None,
    postcodes: opt.Postcodes = None,
    zorgkantoren: opt.Zorgkantoren = None,
    verbindingen: opt.Verbindingen = None,
    niveau: opt.NiveauOptie = opt.Niveau.REGIO,
    op: opt.Op = opt.Telling.INWONERS,
    doel: opt.Doel = None,
    groepen: opt.Groepen = None,
    heel: opt.HeelOptie = None,
    voorkeur: opt.Voorkeur = None,
    kernen: opt.Kernen = None,
    binnen: opt.Binnen = None,
    vast: opt.Vast = None,
    gesloten: opt.Gesloten = None,
    samen: opt.Samen = None,
    apart: opt.Apart = None,
    bestaand: opt.Bestaand = None,
    herkomst: opt.Herkomst = None,
    gewicht: opt.Gewicht = None,
    exact: opt.Exact = False,
    aantal: opt.Aantal = 3,
    tijd: opt.Tijd = None,
    seed: opt.Zaad = 0,
    als_json: opt.AlsJson = False,
) -> None:
    """Maak plannen binnen een band, en zeg waar en waarom iets niet kan.

    Ctrl+C stopt het zoeken en bewaart het beste tot dan toe.

    Uitkomst: 0 als alles kan, 1 als iets onmogelijk is, 2 als de invoer niet bruikbaar is.
    """
    from oi_geo.commands import kandidaten as run
    from oi_geo.commands import kandidaten_print as show
    from oi_geo.commands.asked import asked_of
    from oi_geo.commands.toets import GivenFiles
    from oi_geo.commands.wishes import WishFiles

    asked = asked_of(
        niveau.value, band, counted=op.value, target=doel, groups=groepen, whole=heel,
        preferred=voorkeur, closed=gesloten, together=samen, apart=apart, weights=gewicht,
    )  # fmt: skip
    with progress_bar() as progress:
        outcome = run.run(
            asked,
            run.Effort(aantal, tijd, seed, exact),
            given=GivenFiles(grenzen, praktijken, postcodes, zorgkantoren, verbindingen),
            files=WishFiles(kernen, binnen, vast, bestaand, herkomst),
            folder=uit,
            progress=progress,
        )
    if als_json:
        show.print_json(outcome)
    else:
        show.print_tables(outcome, uit)
    raise typer.Exit(run.exit_status(outcome))


@gegevens.command("controleer", cls=DutchCommand)
def controleer(
    bestanden: Annotated[
        list[Path], typer.Argument(help="Een of meer bestanden.", metavar="BESTAND...")
    ],
    grenzen: opt.Grenzen = None,
) -> None:
    """Lees bestanden en toon het leesverslag; een voorstel wordt op de grenzen gelegd."""
    from oi_geo.commands import gegevens as run

    with progress_bar() as progress:
        reports, failures = run.check(bestanden, grenzen, progress)
    run.print_reports(reports)
    for sentence in failures:
        typer.echo(sentence, err=True)
    raise typer.Exit(UNUSABLE if failures else 0)


@gegevens.command("lijst", cls=DutchCommand)
def lijst() -> None:
    """Toon welke bestanden waar gevonden zijn, met jaar en controlegetal."""
    from oi_geo.commands import gegevens as run

    run.print_list()


@app.command(cls=DutchCommand)
def voorbeeld(
    uit: Annotated[Path, typer.Option(help="Map waarin de bestanden komen.", metavar="MAP")],
) -> None:
    """Schrijf het fictieve voorbeeldgebied als bestanden in de officiële indeling."""
    from oi_geo.sources.example import write_example

    with progress_bar() as progress:
        progress("Voorbeeldgebied schrijven")
        files = write_example(uit)
    typer.echo("Fictief voorbeeldgebied geschreven; namen, codes en aantallen zijn verzonnen:")
    for path in vars(files).values():
        typer.echo(f"  {path}")


@app.command("app", cls=DutchCommand)
def start_app(
    poort: Annotated[int, typer.Option(help="Poort op deze computer.")] = 8501,
) -> None:
    """Start de app in de browser."""
    from oi_geo.commands import app as run

    raise typer.Exit(run.run(poort))


@contextmanager
def progress_bar() -> Iterator[Callable[[str], None]]:
    """Show the steps of long work on a terminal (stderr), and nothing on a pipe."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(
        *columns, console=console, transient=True, disable=not console.is_terminal
    ) as bar:
        task = bar.add_task("Starten", total=None)
        yield lambda step: bar.update(task, description=step)


def main(argv: Sequence[str] | None = None) -> None:
    """Run the command line; a wrong input gives one sentence on stderr and exit status 2."""
    try:
        status = app(args=argv, prog_name="oi-geo", standalone_mode=False)
        if status == INTERRUPTED:
            typer.echo("Afgebroken.", err=True)
    except OiGeoError as error:
        status = _refuse(str(error))
    except ClickException as error:
        # Without arguments the help has been shown as the message; it needs no explanation.
        is_help = isinstance(error, NoArgsIsHelpError)
        status = _refuse(error.message if is_help else usage_sentence(error))
    except BrokenPipeError:
        # The reader of our output has gone (`| head`): nothing is left to say, nor to flush.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        status = 0
    sys.exit(status)


def _refuse(sentence: str) -> int:
    typer.echo(sentence, err=True)
    return UNUSABLE
