"""What a proposal names and the study area does not hold: a wrong year, or some wrong rows."""

from collections.abc import Iterable, Mapping
from pathlib import Path

from oi_geo.codes import AREA_WORDS, area_kind
from oi_geo.errors import OiGeoError, ProposalMismatch, UnusableFile
from oi_geo.sources.geofile import list_layers, read_column
from oi_geo.sources.lines import MOST_LINES
from oi_geo.sources.proposal_areas import KnownAreas
from oi_geo.sources.proposal_rows import Entry
from oi_geo.sources.report import ReadReport
from oi_geo.sources.uploads import checked_file
from oi_geo.text import nl_count, nl_list, nl_number

# From this share of unknown areas on, the proposal does not belong to these boundaries.
MOST_SHARE = 0.5
# A layer's column holds area codes where its first values are.
_SAMPLE = 3


def known_entries(
    entries: list[Entry],
    known: KnownAreas,
    report: ReadReport,
    jaar_bestanden: Mapping[int, Path],
    jaar: int | None,
) -> list[Entry]:
    """Keep the entries that the study area knows, and report the others.

    Parameters
    ----------
    entries : list of Entry
        What the rows name.
    known : KnownAreas
        The codes and names of the study area.
    report : ReadReport
        Receives at most 20 lines about unknown areas and one about the others.
    jaar_bestanden : mapping of int to Path
        Boundary files of other CBS years.
    jaar : int or None
        CBS year of the study area, where it is known.

    Raises
    ------
    UnusableFile
        The proposal is written in finer areas than the units.
    ProposalMismatch
        More than half of the distinct areas are unknown.
    """
    check_level(entries, known, report.bestand)
    kept = [e for e in entries if e.code in known.members]
    unknown_entries = [e for e in entries if e.code not in known.members]
    unknown = {_what(e): e for e in reversed(unknown_entries)}
    distinct = len({_what(e) for e in entries})
    if len(unknown) > MOST_SHARE * distinct:
        codes = [e.code for e in unknown.values() if e.code]
        if len(codes) * 2 >= len(unknown):
            raise _other_year(codes, distinct, report.bestand, jaar_bestanden, jaar)
        first = min(unknown_entries, key=lambda e: e.rij)
        kinds = dict.fromkeys([AREA_WORDS["gemeente"][1], AREA_WORDS[known.level][1]])
        rows = {entry.rij for entry in entries}
        wrong = {entry.rij for entry in unknown_entries}
        raise ProposalMismatch(
            f"{report.bestand}: in {nl_number(len(wrong))} van de "
            f"{nl_count(len(rows), 'rij', 'rijen')} is de naam niet herkend (rij {first.rij}: "
            f"'{first.tekst}'); verwacht worden CBS-codes, of namen "
            f"van {nl_list(kinds)} binnen de geladen grenzen, van hetzelfde CBS-jaar."
        )
    lines = sorted(unknown.values(), key=lambda e: e.rij)
    for entry in lines[:MOST_LINES]:
        report.error(_unknown_line(entry, known), entry.rij)
    if lines[MOST_LINES:]:
        count = nl_count(len(lines) - MOST_LINES, "onbekend gebied", "onbekende gebieden")
        report.error(f"Daarnaast nog {count}; ook die rijen zijn terzijde gelegd.")
    report.behouden -= len({e.rij for e in entries} - {e.rij for e in kept})
    return kept


def check_level(entries: Iterable[Entry], known: KnownAreas, bestand: str) -> None:
    """Refuse a proposal in finer areas than the units.

    Raises
    ------
    UnusableFile
        Naming the first such row and the boundaries that are needed.
    """
    finer = {"gemeente": ("wijk", "buurt"), "wijk": ("buurt",), "buurt": ()}[known.level]
    fine = [e for e in entries if e.code and area_kind(e.code) in finer]
    if fine:
        kind = "buurten" if any(area_kind(str(e.code)) == "buurt" for e in fine) else "wijken"
        have = AREA_WORDS[known.level][1]
        raise UnusableFile(
            f"{bestand}: het voorstel noemt {kind} (rij {fine[0].rij}: {fine[0].code}), maar de "
            f"geladen grenzen bevatten alleen {have}; kies grenzen met {kind}."
        )


def _unknown_line(entry: Entry, known: KnownAreas) -> str:
    """Write one sentence about an unknown code or name, with what it may have meant."""
    if entry.code is not None:
        if area_kind(entry.code) == "gemeente":
            # One digit away lies quite another gemeente, so nothing near is worth naming.
            return (
                f"{entry.code} bestaat niet binnen de geladen grenzen; misschien is die gemeente "
                "opgeheven of van een ander CBS-jaar. Terzijde gelegd."
            )
        nearest = known.nearest(entry.code)
        hint = f"; het meest lijkt {known.describe(nearest)}" if nearest else ""
        return f"{entry.code} bestaat niet binnen de geladen grenzen{hint}. Terzijde gelegd."
    namesakes = known.gemeenten_named(entry.tekst)
    if namesakes:
        return (
            f"'{entry.tekst}' kan {nl_list((known.describe(c) for c in namesakes), 20)} zijn; "
            "geef de code of de volledige naam. Terzijde gelegd."
        )
    if entry.gemeente is not None and not known.gemeenten_of(entry.gemeente):
        return (
            f"'{entry.tekst}': de gemeente '{entry.gemeente}' komt binnen de geladen grenzen niet "
            "voor. Terzijde gelegd."
        )
    alike = known.units_named(entry.tekst, gemeente=entry.gemeente)
    if alike:
        where = dict.fromkeys(known.unit_names.gemeente[code] for code in alike)
        places = nl_list((known.names.get(code, code) for code in where), 20)
        word = AREA_WORDS["gemeente"][len(where) > 1]
        return (
            f"'{entry.tekst}' komt meer dan eens voor, in de {word} {places}; geef de code, of de "
            "gemeente in een kolom 'gemeente'. Terzijde gelegd."
        )
    near = known.nearest_names(entry.tekst)
    hint = f"; het meest lijkt {nl_list(near)}" if near else ""
    kinds = dict.fromkeys([AREA_WORDS["gemeente"][0], AREA_WORDS[known.level][0]])
    within = f" in de gemeente {entry.gemeente}" if entry.gemeente else ""
    return (
        f"'{entry.tekst}' is geen code en geen {' of '.join(kinds)}{within} binnen de geladen "
        f"grenzen{hint}. Terzijde gelegd."
    )


def _what(entry: Entry) -> str | tuple[str, str | None]:
    """Return what an entry names: a code, or a name with the gemeente beside it."""
    return entry.code or (entry.tekst, entry.gemeente)


def _other_year(
    codes: list[str],
    distinct: int,
    bestand: str,
    jaar_bestanden: Mapping[int, Path],
    jaar: int | None,
) -> ProposalMismatch:
    """Say in one sentence that a proposal belongs to another year, and to which if that is known.

    The year whose file knows most of the codes is named; of equals the latest.
    """
    wanted = set(codes)
    hits = {y: len(wanted & codes_in(p)) for y, p in jaar_bestanden.items() if y != jaar}
    best = max(hits, key=lambda year: (hits[year], year), default=None)
    mine = f" ({jaar})" if jaar else ""
    advice = "kies de grenzen van het jaar waarin het voorstel is gemaakt"
    if best is not None and hits[best] > MOST_SHARE * len(wanted):
        advice = (
            f"het bestand van {best} kent er {nl_number(hits[best])} van, kies de grenzen van "
            f"{best}"
        )
    return ProposalMismatch(
        f"{bestand}: het voorstel hoort bij een ander CBS-jaar (of een ander gebied) dan de geladen"
        f" grenzen{mine}: {nl_number(len(wanted))} van de {nl_number(distinct)} codes komen daarin "
        f"niet voor; {advice}."
    )


def codes_in(path: Path) -> set[str]:
    """Collect all area codes in a boundary file, without reading a shape.

    A file that cannot be read knows no codes: it is only asked for its year.
    """
    found: set[str] = set()
    try:
        with checked_file(path) as file:
            for layer in list_layers(file):
                for column in layer.columns:
                    sample = read_column(file, layer, column, _SAMPLE).dropna().astype("str")
                    if any(area_kind(text.strip()) for text in sample):
                        found |= set(read_column(file, layer, column).dropna().astype("str"))
    except OiGeoError:
        return found
    return found
