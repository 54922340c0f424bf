"""The commands that make plans: candidates, and an ensemble beside a proposal."""

from pathlib import Path
from typing import Annotated

import typer

from oi_geo import cli_options as opt
from oi_geo.cli_progress import progress_bar


def kandidaten(
    band: opt.Band,
    uit: Annotated[Path, typer.Option(help="Map voor de plannen.", metavar="MAP")],
    grenzen: opt.Grenzen = None,
    praktijken: opt.Praktijken = None,
    postcodes: opt.Postcodes = None,
    zorgkantoren: opt.Zorgkantoren = None,
    verbindingen: opt.Verbindingen = None,
    gemeentegrenzen: opt.Gemeentegrenzen = None,
    gebied: opt.Gebied = None,
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

    Een band is het minimum en het maximum van elke groep. In de map komen plan_1.csv en volgende
    (eenheid,groep; te lezen door `toets`) en, zonder --json, een werkmap voor Excel:
    kandidaten.xlsx.

    Afsluitcode: 0 als alles kan, 1 als iets onmogelijk is, 2 als de invoer niet bruikbaar is, 3 bij
    een fout in het programma zelf.
    """
    from oi_geo.commands import kandidaten as run
    from oi_geo.commands import kandidaten_print as show
    from oi_geo.commands.asked import asked_of
    from oi_geo.commands.kandidaten_workbook import candidates_workbook
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
            given=GivenFiles(
                grenzen, praktijken, postcodes, zorgkantoren, verbindingen, gemeentegrenzen
            ),
            gebied=gebied or (),
            files=WishFiles(kernen, binnen, vast, bestaand, herkomst),
            folder=uit,
            progress=progress,
        )
    if als_json:
        show.print_json(outcome)
    else:
        if outcome.files:
            run.write_workbook(candidates_workbook(outcome), uit)
        show.print_tables(outcome, uit)
    raise typer.Exit(run.exit_status(outcome))


def ensemble(
    voorstel: opt.Voorstel,
    band: opt.Band,
    uit: Annotated[Path, typer.Option(help="Map voor het ensemble en het verslag.", metavar="MAP")],
    grenzen: opt.Grenzen = None,
    praktijken: opt.Praktijken = None,
    postcodes: opt.Postcodes = None,
    zorgkantoren: opt.Zorgkantoren = None,
    verbindingen: opt.Verbindingen = None,
    kolom: opt.Kolom = None,
    gemeentegrenzen: opt.Gemeentegrenzen = None,
    gebied: opt.Gebied = None,
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
    stappen: opt.Stappen = 100_000,
    ketens: opt.Ketens = 4,
    tijd: opt.Rekentijd = None,
    dask: opt.Dask = None,
    seed: opt.Rekenzaad = 0,
    als_json: opt.AlsJson = False,
) -> None:
    """Zet een voorstel tussen duizenden geldige plannen, en zeg hoe bijzonder het is.

    Een ensemble is een grote steekproef uit alle plannen die aan de wensen voldoen. Zonder
    --groepen tellen de plannen evenveel groepen als een voorstel dat het hele gebied verdeelt.
    Ctrl+C stopt het rekenen; wat er al was, telt.

    Afsluitcode: 0 als alles kan, 1 als iets onmogelijk is, 2 als de invoer niet bruikbaar is of er
    geen geldig plan is om mee te beginnen, 3 bij een fout in het programma zelf.
    """
    from oi_geo.commands import ensemble as run
    from oi_geo.commands import ensemble_files as files
    from oi_geo.commands import ensemble_print as show
    from oi_geo.commands.asked import asked_of
    from oi_geo.commands.toets import GivenFiles
    from oi_geo.commands.wishes import WishFiles

    asked = asked_of(
        niveau.value, band, counted=op.value, target=doel, groups=groepen, whole=heel,
        preferred=voorkeur, closed=gesloten, together=samen, apart=apart, weights=gewicht,
    )  # fmt: skip
    with progress_bar() as progress:
        outcome = run.run(
            voorstel,
            asked,
            run.Sampling(stappen, ketens, seed, tijd, dask),
            given=GivenFiles(
                grenzen, praktijken, postcodes, zorgkantoren, verbindingen, gemeentegrenzen
            ),
            gebied=gebied or (),
            files=WishFiles(kernen, binnen, vast, bestaand, herkomst),
            folder=uit,
            kolom=kolom,
            progress=progress,
        )
        names = files.write(outcome, uit)
    if als_json:
        show.print_json(outcome, names)
    else:
        show.print_tables(outcome, uit, names)
    raise typer.Exit(run.exit_status(outcome))
