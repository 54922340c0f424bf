"""Options that commands share, with their Dutch explanations."""

from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer


class Niveau(StrEnum):
    """Level of the groups of a proposal."""

    REGIO = "regio"
    HUB = "hub"
    WIJK = "wijk"


class Omvang(StrEnum):
    """What a proposal is meant to be."""

    GEHEEL = "geheel"
    WERKGEBIED = "werkgebied"


class Lijst(StrEnum):
    """What a list of practices is."""

    VOLLEDIG = "volledig"
    LEDEN = "leden"


class Waarnemers(StrEnum):
    """Whether locums count as huisartsen."""

    NIET = "niet"
    MEETELLEN = "meetellen"


class Telling(StrEnum):
    """What a band counts."""

    INWONERS = "inwoners"
    ION = "ion"


class Geheel(StrEnum):
    """What may be asked to stay whole by preference."""

    GEMEENTE = "gemeente"
    KERN = "kern"
    WSV = "wsv"


class Heel(StrEnum):
    """What may be asked to stay whole."""

    GEMEENTE = "gemeente"
    KERN = "kern"
    WSV = "wsv"
    NIETS = "niets"


def _file(name: str, text: str, panel: str | None = None) -> object:
    return typer.Option(name, help=text, metavar="BESTAND", rich_help_panel=panel)


_WISHES, _SEARCH, _ENSEMBLE = "Wensen", "Zoeken", "Ensemble"

Voorstel = Annotated[
    Path,
    typer.Argument(
        help="Het voorstel: codelijst, tabel of getekende gebieden.", metavar="VOORSTEL"
    ),
]
Kolom = Annotated[
    str | None,
    typer.Option("--kolom", help="Kolom van het voorstel met de groepen.", metavar="NAAM"),
]
Grenzen = Annotated[Path | None, _file("--grenzen", "CBS-wijken, -buurten of -gemeenten.")]
Praktijken = Annotated[
    Path | None,
    _file("--praktijken", "Praktijken met ION, hun op naam ingeschreven patiënten (CSV of XLSX)."),
]
Postcodes = Annotated[
    Path | None,
    _file(
        "--postcodes", "Postcodes met een punt (x_rd, y_rd), voor praktijken zonder coördinaten."
    ),
]
Zorgkantoren = Annotated[Path | None, _file("--zorgkantoren", "Verzekeraar per gemeente.")]
Verbindingen = Annotated[
    Path | None,
    _file(
        "--verbindingen",
        "Bruggen, veren, tunnels en dijken die als verbinding tellen, met een reden.",
    ),
]
Gemeentegrenzen = Annotated[
    Path | None,
    _file(
        "--gemeentegrenzen", "Grenzen van hele gemeenten, om te zien of --grenzen ze heel heeft."
    ),
]
Gebied = Annotated[
    list[str] | None,
    typer.Option(
        "--gebied",
        help="Werkgebied: gemeenten (code of naam, met komma's ertussen), 'provincie X', "
        "'zorgkantoorregio X' of 'praktijken' (de gemeenten waar die staan); vaker te geven. De "
        "rest van de kaart blijft als omgeving.",
        metavar="GEBIED",
    ),
]
Woonplaatsen = Annotated[
    Path | None, _file("--herkomst", "Waar de patiënten van praktijken wonen.")
]
LijstOptie = Annotated[
    Lijst | None,
    typer.Option("--lijst", help="Noemt de praktijkenlijst alle praktijken, of alleen leden?"),
]
Peildatum = Annotated[
    datetime | None,
    typer.Option(
        "--peildatum", help="De dag die de praktijkenlijst beschrijft.",
        formats=["%Y-%m-%d", "%d-%m-%Y"], metavar="JJJJ-MM-DD",
    ),
]  # fmt: skip
WaarnemersOptie = Annotated[
    Waarnemers,
    typer.Option("--waarnemers", help="Tellen waarnemers mee als huisarts?"),
]
AlsJson = Annotated[bool, typer.Option("--json", help="Druk alleen de uitkomst af, als JSON.")]

NiveauOptie = Annotated[
    Niveau,
    typer.Option(
        "--niveau", help="Wat de groepen zijn: regio's, gemeentehubs of wijkverbanden (wijk)."
    ),
]
Band = Annotated[
    tuple[int, int],
    typer.Option(
        help="Minimum en maximum per groep; beide tellen mee.", metavar="MIN MAX",
        rich_help_panel=_WISHES,
    ),
]  # fmt: skip
Op = Annotated[Telling, typer.Option(help="Wat de band telt.", rich_help_panel=_WISHES)]
Doel = Annotated[
    int | None,
    typer.Option(
        help="Streefgetal per groep: liefst dicht daarbij, het hoeft niet.",
        metavar="N",
        rich_help_panel=_WISHES,
    ),
]
Groepen = Annotated[
    int | None,
    typer.Option(help="Aantal groepen; anders vrij.", metavar="N", rich_help_panel=_WISHES),
]
HeelOptie = Annotated[
    list[Heel] | None,
    typer.Option(
        "--heel",
        help="Wat altijd heel blijft: gemeenten, kernen, het gebied van een WSV "
        "(wijksamenwerkingsverband) of niets; vaker te geven, standaard gemeente. Een gemeente "
        "boven het maximum wordt hoe dan ook gedeeld.",
        metavar="gemeente|kern|wsv|niets",
        rich_help_panel=_WISHES,
    ),
]
Voorkeur = Annotated[
    list[Geheel] | None,
    typer.Option(
        help="Wat liefst heel blijft; vaker te geven.",
        metavar="gemeente|kern|wsv",
        rich_help_panel=_WISHES,
    ),
]
Kernen = Annotated[
    Path | None, _file("--kernen", "Tabel van code en kern (dorp of stad).", _WISHES)
]
Binnen = Annotated[
    Path | None,
    _file("--binnen", "Tabel van code en zorgkantoorregio, Wmo-regio of regio: geen groep gaat "
          "over die grens.", _WISHES),
]  # fmt: skip
Vast = Annotated[Path | None, _file("--vast", "Tabel van code en groep die vaststaat.", _WISHES)]
Gesloten = Annotated[
    list[str] | None,
    typer.Option(
        help="Vaste groep die af is; vaker te geven.", metavar="NAAM", rich_help_panel=_WISHES
    ),
]
Samen = Annotated[
    list[str] | None,
    typer.Option(
        help="Twee codes, bij elkaar; vaker te geven.", metavar='"CODE CODE"',
        rich_help_panel=_WISHES,
    ),
]  # fmt: skip
Apart = Annotated[
    list[str] | None,
    typer.Option(
        help="Twee codes, uit elkaar; vaker te geven.", metavar='"CODE CODE"',
        rich_help_panel=_WISHES,
    ),
]  # fmt: skip
Bestaand = Annotated[
    Path | None, _file("--bestaand", "Huidige indeling, om dicht bij te blijven.", _WISHES)
]
Herkomst = Annotated[
    Path | None, _file("--herkomst", "Waar de patiënten van elke praktijk wonen.", _WISHES)
]
Gewicht = Annotated[
    list[str] | None,
    typer.Option(
        help="Gewicht van een deel van het doel: snijlijn, afwijking, gemeenten, stromen, afstand, "
        "wijziging, kern of wsv; vaker te geven.",
        metavar="NAAM=GETAL",
        rich_help_panel=_WISHES,
    ),
]
Exact = Annotated[
    bool,
    typer.Option(
        "--exact",
        help="Ga ook na, als het kan, of er geen beter plan bestaat.",
        rich_help_panel=_SEARCH,
    ),
]
Aantal = Annotated[int, typer.Option(help="Aantal plannen.", metavar="K", rich_help_panel=_SEARCH)]
Tijd = Annotated[
    float | None,
    typer.Option(help="Hoogstens zoveel seconden zoeken.", metavar="S", rich_help_panel=_SEARCH),
]
Zaad = Annotated[
    int,
    typer.Option(
        "--seed",
        help="Begingetal van het toeval: hetzelfde getal geeft dezelfde plannen.",
        metavar="N",
        rich_help_panel=_SEARCH,
    ),
]
Stappen = Annotated[
    int,
    typer.Option(
        help="Stappen van elke keten; elke stap maakt een nieuw plan uit het vorige.",
        metavar="N",
        rich_help_panel=_ENSEMBLE,
    ),
]
Ketens = Annotated[
    int,
    typer.Option(
        help="Ketens (reeksen plannen), elk vanaf een eigen begin; zij moeten het eens worden.",
        metavar="C",
        rich_help_panel=_ENSEMBLE,
    ),
]
Dask = Annotated[
    str | None,
    typer.Option(
        help="Adres van een Dask-planner (tcp://naam:8786) om het rekenen aan over te laten.",
        metavar="ADRES",
        rich_help_panel=_ENSEMBLE,
    ),
]
Rekentijd = Annotated[
    float | None,
    typer.Option(
        "--tijd", help="Hoogstens zoveel seconden rekenen.", metavar="S", rich_help_panel=_ENSEMBLE
    ),
]
Rekenzaad = Annotated[
    int,
    typer.Option(
        "--seed",
        help="Begingetal van het toeval: hetzelfde getal geeft hetzelfde ensemble.",
        metavar="N",
        rich_help_panel=_ENSEMBLE,
    ),
]
