"""`oi-geo gegevens`: which files are there, and what reading them brings up."""

from collections.abc import Callable, Sequence
from pathlib import Path

from rich.markup import escape
from rich.table import Table

from oi_geo.commands.toets import wide_console
from oi_geo.errors import OiGeoError, UnusableFile
from oi_geo.pipeline import (
    Inputs,
    boundary_files,
    data_folders,
    default_inputs,
    example_files,
    load_area,
    read_plan,
    unit_level_for,
    year_in_name,
)
from oi_geo.placement import place
from oi_geo.sources.cbs import read_boundaries
from oi_geo.sources.lookups import read_insurers, read_links, read_postcodes
from oi_geo.sources.practices import read_practices
from oi_geo.sources.recognise import recognise
from oi_geo.sources.report import ReadReport, sha256_of
from oi_geo.sources.residence import read_residence
from oi_geo.text import nl_count, nl_number

# A screen shows this many lines of a read report; the documents of `toets` show all.
MOST_LINES = 200

READERS = {
    "grenzen": lambda path: read_boundaries(path).report,
    "postcodes": lambda path: read_postcodes(path)[1],
    "zorgkantoren": lambda path: read_insurers(path)[1],
    "verbindingen": lambda path: read_links(path)[1],
    "herkomst": lambda path: read_residence(path)[1],
}


def check(
    paths: Sequence[Path], boundaries: Path | None, progress: Callable[[str], None]
) -> tuple[list[ReadReport], list[str]]:
    """Read each file as what it looks like.

    Returns
    -------
    reports : list of ReadReport
        Of the files that could be used.
    failures : list of str
        One sentence for each file that could not.
    """
    reports: list[ReadReport] = []
    failures: list[str] = []
    for path in paths:
        progress(f"{path.name} lezen")
        try:
            reports += _check_one(path, boundaries, progress)
        except OiGeoError as error:
            failures.append(str(error))
    return reports, failures


def _check_one(
    path: Path, boundaries: Path | None, progress: Callable[[str], None]
) -> list[ReadReport]:
    if not path.exists():
        raise UnusableFile(f"Het bestand {path} bestaat niet.")
    kind = recognise(path)
    if kind in READERS:
        return [READERS[kind](path)]
    inputs = Inputs(grenzen=boundaries) if boundaries else default_inputs()
    if kind == "praktijken":
        table, report = read_practices(path)
        if boundaries is None:
            return [report]
        return [report, place(table, read_boundaries(boundaries).units)[1]]
    area = load_area(inputs, level=unit_level_for(path), progress=progress)
    return [read_plan(area, path, "regio", grenzen=inputs.grenzen)[1]]


def print_reports(reports: Sequence[ReadReport]) -> None:
    """Print each read report: the counts, then a table of messages."""
    console = wide_console()
    for report in reports:
        year = f", jaar {report.jaar}" if report.jaar else ""
        console.print(
            f"[bold]{escape(report.bestand)}[/] gelezen als {report.soort}{year}: "
            f"{nl_count(report.gelezen, 'rij', 'rijen')} gelezen, "
            f"{nl_number(report.behouden)} behouden, {nl_number(report.apart)} apart gezet",
            highlight=False,
        )
        if report.messages:
            table = Table(show_edge=False)
            for head in ("Ernst", "Rij", "Melding"):
                table.add_column(head)
            for message in report.messages[:MOST_LINES]:
                row = "" if message.rij is None else str(message.rij)
                table.add_row(message.ernst, row, escape(message.melding))
            console.print(table)
            rest = len(report.messages) - MOST_LINES
            if rest > 0:
                lines = nl_count(rest, "regel", "regels")
                console.print(f"Nog {lines} niet getoond; alle regels staan in `toets --json`.")


def print_list() -> None:
    """Print the files found in `data/`, else those of the example region."""
    console = wide_console()
    table = Table(title="Gevonden bestanden", title_justify="left")
    for head in ("Soort", "Bestand", "Jaar", "Grootte (MB)", "Controlegetal"):
        table.add_column(head)
    wijken, gemeenten = data_folders()
    found = [("wijken", p) for p in boundary_files(wijken)]
    found += [("gemeentegrenzen", p) for p in boundary_files(gemeenten)]
    if not found:
        console.print(
            f"In {escape(str(wijken))} en {escape(str(gemeenten))} staan geen grenzen; "
            "het fictieve voorbeeldgebied wordt gebruikt."
        )
        found = [("voorbeeld", path) for path in vars(example_files()).values()]
    for kind, path in found:
        year = year_in_name(path)
        size = nl_number(path.stat().st_size / 1e6, 1)
        table.add_row(kind, escape(path.name), str(year or ""), size, sha256_of(path)[:16])
    console.print(table)
