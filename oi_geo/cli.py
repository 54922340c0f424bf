"""The command line: `python -m oi_geo` or `oi-geo`; everything that it says is Dutch."""

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Annotated

import typer
from typer._click.exceptions import ClickException, NoArgsIsHelpError

from oi_geo import __version__
from oi_geo import cli_options as opt
from oi_geo.cli_dutch import (
    DutchCommand,
    DutchGroup,
    dutch_numbers,
    speak_dutch,
    usage_sentence,
)
from oi_geo.cli_plans import ensemble, kandidaten
from oi_geo.cli_progress import progress_bar
from oi_geo.errors import OiGeoError, disk_sentence

UNUSABLE = 2
# A fault of the program itself: 1 would say that a plan does not comply.
FAULT = 3
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
    voorstel: opt.Voorstel,
    grenzen: opt.Grenzen = None,
    praktijken: opt.Praktijken = None,
    postcodes: opt.Postcodes = None,
    zorgkantoren: opt.Zorgkantoren = None,
    verbindingen: opt.Verbindingen = None,
    gemeentegrenzen: opt.Gemeentegrenzen = None,
    gebied: opt.Gebied = None,
    herkomst: opt.Woonplaatsen = None,
    lijst: opt.LijstOptie = None,
    peildatum: opt.Peildatum = None,
    waarnemers: opt.WaarnemersOptie = opt.Waarnemers.NIET,
    kader: Annotated[
        list[str] | None,
        typer.Option(
            help="Toetsingskader: unicum, zilveren-kruis of zorg-en-zekerheid-2022; vaker te "
            "geven, standaard alle.",
            metavar="NAAM",
        ),
    ] = None,
    niveau: opt.NiveauOptie = opt.Niveau.REGIO,
    omvang: Annotated[
        opt.Omvang | None,
        typer.Option(
            help="Verdeelt het voorstel het hele gebied, of is het een werkgebied? Standaard volgt "
            "dat uit wat het verdeelt.",
        ),
    ] = None,
    kolom: opt.Kolom = None,
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

    Afsluitcode: 0 als geen regel 'voldoet niet' geeft, 1 als een regel dat wel geeft, 2 als de
    invoer niet bruikbaar is, 3 bij een fout in het programma zelf.
    """
    from oi_geo.commands import toets as run
    from oi_geo.study_area import PracticeList

    with progress_bar() as progress:
        result = run.run(
            voorstel,
            given=run.GivenFiles(
                grenzen,
                praktijken,
                postcodes,
                zorgkantoren,
                verbindingen,
                gemeentegrenzen,
                herkomst,
            ),
            gebied=gebied or (),
            lijst=PracticeList(
                extent=lijst.value if lijst else None,
                day=peildatum.date() if peildatum else None,
                locums=waarnemers is opt.Waarnemers.MEETELLEN,
            ),
            kaders=kader or (),
            level=niveau.value,
            scope=omvang.value if omvang else None,
            kolom=kolom,
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


app.command(cls=DutchCommand)(kandidaten)
app.command(cls=DutchCommand)(ensemble)


@gegevens.command("controleer", cls=DutchCommand)
def controleer(
    bestanden: Annotated[
        list[Path], typer.Argument(help="Een of meer bestanden.", metavar="BESTAND")
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
    from oi_geo.commands.long_work import unwritable
    from oi_geo.sources.example import example_files_in, write_example
    from oi_geo.together import together

    with progress_bar() as progress:
        progress("Voorbeeldgebied schrijven")
        try:
            with together(uit) as made:
                write_example(made)
        except OSError as error:
            raise unwritable(uit) from error
    typer.echo("Fictief voorbeeldgebied geschreven; namen, codes en aantallen zijn verzonnen:")
    for path in vars(example_files_in(uit)).values():
        typer.echo(f"  {path}")


@app.command("app", cls=DutchCommand)
def start_app(
    poort: Annotated[
        int,
        typer.Option(
            help="Poort op deze computer, het getal achter de dubbele punt in het adres.",
            metavar="GETAL",
            min=1,
            max=65_535,
        ),
    ] = 8501,
) -> None:
    """Start de app in de browser."""
    from oi_geo.commands import app as run

    raise typer.Exit(run.run(poort))


def main(argv: Sequence[str] | None = None) -> None:
    """Run the command line; a wrong input gives one sentence on stderr and exit status 2."""
    with _OwnFaults():
        sys.exit(_status(argv))


def _status(argv: Sequence[str] | None) -> int:
    """Run the command line and return its exit status."""
    try:
        words = dutch_numbers(sys.argv[1:] if argv is None else argv)
        status = app(args=words, prog_name="oi-geo", standalone_mode=False)
        if status == INTERRUPTED:
            typer.echo("Afgebroken.", err=True)
    except OiGeoError as error:
        status = _refuse(str(error))
    except ClickException as error:
        # Without arguments the help has been shown as the message; it needs no explanation.
        is_help = isinstance(error, NoArgsIsHelpError)
        status = _refuse(error.message if is_help else usage_sentence(error))
    except MemoryError:
        status = _refuse(
            "Er is niet genoeg werkgeheugen voor deze bestanden; sluit andere programma's, of kies "
            "een kleiner gebied."
        )
    except BrokenPipeError:
        # The reader of our output has gone (`| head`): nothing is left to say, nor to flush.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        status = 0
    except OSError as error:
        status = _refuse(disk_sentence(error))
    return int(status or 0)


class _OwnFaults:
    """What nobody foresaw ends with its traceback, for who mends it, and a status of its own."""

    def __enter__(self) -> None:
        pass

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if kind is None or error is None or issubclass(kind, SystemExit | KeyboardInterrupt):
            return
        sys.excepthook(kind, error, trace)
        typer.echo("Dit is een fout in het programma zelf; er is geen uitkomst.", err=True)
        raise SystemExit(FAULT)


def _refuse(sentence: str) -> int:
    typer.echo(sentence, err=True)
    return UNUSABLE
