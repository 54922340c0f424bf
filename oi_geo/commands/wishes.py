"""From what a user asks and hands in to wishes: for the command line and the app alike."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from oi_geo.candidates.wishes import Firmness, Weights, Whole, Wishes
from oi_geo.codes import AreaKind
from oi_geo.commands.asked import WHOLE_WEIGHTS, Asked, apart_pairs, together_pairs
from oi_geo.errors import ImpossibleWishes
from oi_geo.flows import flows_of
from oi_geo.pipeline import read_plan, unit_level_for
from oi_geo.plan import UNASSIGNED
from oi_geo.several import fold, one_each, spellings, split_names
from oi_geo.sources.divisions import (
    BESTAAND,
    HOGERE_GRENS,
    KERNEN,
    VASTE_GROEPEN,
    DivisionKind,
    read_division,
)
from oi_geo.sources.lookups import read_postcodes
from oi_geo.sources.proposals import is_drawn
from oi_geo.sources.report import ReadReport
from oi_geo.study_area import StudyArea
from oi_geo.tally import HUISARTS
from oi_geo.text import nl_count, nl_list

_MOST_NAMED = 6


@dataclass(frozen=True)
class WishFiles:
    """The files that say something about the wishes; `postcodes` only places the herkomst."""

    kernen: Path | None = None
    binnen: Path | None = None
    vast: Path | None = None
    bestaand: Path | None = None
    herkomst: Path | None = None
    postcodes: Path | None = None


def wishes_of(
    area: StudyArea,
    asked: Asked,
    files: WishFiles,
    *,
    grenzen: Path | None = None,
    progress: Callable[[str], None] = lambda _: None,
) -> tuple[Wishes, list[ReadReport]]:
    """Read the files and put everything that is asked together.

    Parameters
    ----------
    area : StudyArea
    asked : Asked
    files : WishFiles
    grenzen : Path, optional
        The file of the study area, for the buurten in it where a drawing cuts wijken.
    progress : callable, optional
        Told in Dutch what is being done.

    Returns
    -------
    wishes : Wishes
    reports : list of ReadReport
        One or more for each file that was read.

    Raises
    ------
    UnusableFile, ProposalMismatch, ImpossibleWishes
        With one Dutch sentence for the user.
    """
    reports: list[ReadReport] = []

    def read(path: Path | None, kind: DivisionKind) -> pd.Series | None:
        if path is None:
            return None
        progress(f"{path.name} lezen")
        series, report = divisions_of(area, path, kind, grenzen=grenzen)
        reports.append(report)
        if kind is HOGERE_GRENS and (note := unnamed_note(area, series)):
            report.warn(note)
        return series

    whole, gemeente = _whole_of(area, asked, read(files.kernen, KERNEN), reports)
    locks = read(files.vast, VASTE_GROEPEN)
    flows = None
    if files.herkomst is not None:
        progress(f"{files.herkomst.name} lezen")
        points = read_postcodes(files.postcodes)[0] if files.postcodes else None
        flows, more = flows_of(area, files.herkomst, points)
        reports += more
    wishes = Wishes(
        level=asked.level,
        low=asked.low,
        high=asked.high,
        counted=asked.counted,
        target=asked.target,
        groups=asked.groups,
        gemeente=gemeente,
        whole=whole,
        within=read(files.binnen, HOGERE_GRENS),
        together=together_pairs(asked.together, area),
        apart=apart_pairs(asked.apart, area),
        locks={} if locks is None else {str(code): str(name) for code, name in locks.items()},
        closed=_closed(asked.closed, locks),
        today=read(files.bestaand, BESTAAND),
        flows=flows,
        weights=Weights(**{k: v for k, v in asked.weights.items() if k not in WHOLE_WEIGHTS}),
    )
    return wishes, reports


def unit_level_of(files: WishFiles) -> AreaKind | None:
    """Return the unit level that the files need: buurten where one names buurten, else default."""
    named = (files.kernen, files.binnen, files.vast, files.bestaand)
    levels = [unit_level_for(path) for path in named if path is not None]
    return "buurt" if "buurt" in levels else None


def divisions_of(
    area: StudyArea,
    path: Path,
    kind: DivisionKind,
    *,
    grenzen: Path | None = None,
    name: str | None = None,
) -> tuple[pd.Series, ReadReport]:
    """Read a table or a drawing that gives units a name (see `read_division`).

    Returns
    -------
    series : Series of str
        Name per unit code; units without a name are not in it.
    report : ReadReport
    """
    if not is_drawn(path, name=name):
        return read_division(path, area, kind, name=name)
    plan, report = read_plan(area, path, "regio", name=name, grenzen=grenzen)
    inside = plan.labels != UNASSIGNED
    names = [plan.groups[label] for label in plan.labels[inside]]
    if plan.double:
        report.warn(
            f"Getekende gebieden overlappen: {nl_list(plan.double)} "
            f"{'ligt' if len(plan.double) == 1 else 'liggen'} in meer dan een; het eerste telt."
        )
    return pd.Series(names, plan.units[inside], dtype="str", name=kind.soort), report


def wsv_of(area: StudyArea) -> tuple[pd.Series, ReadReport]:
    """Give each unit the wijksamenwerkingsverband (WSV) of the practices that stand in it.

    Returns
    -------
    series : Series of str
        WSV per unit code; a unit with practices of several belongs to the one with most ION there.
    report : ReadReport
        Names the units with several WSV's.

    Raises
    ------
    ImpossibleWishes
        No placed practice names its WSV.
    """
    practices = area.practices.dropna(subset=["wsv"])
    rows = practices.dropna(subset=["eenheid"])
    if rows.empty:
        raise ImpossibleWishes(
            "Een WSV heel houden kan alleen met geplaatste praktijken die hun WSV noemen (kolom "
            "wsv); geef die met --praktijken of op de pagina Gegevens."
        )
    report = ReadReport("praktijken", "gebieden van WSV's", gelezen=len(practices))
    report.behouden = len(rows)
    named = one_each(rows, "wsv", split_names(rows["wsv"])).dropna(subset=["wsv"])
    spelling = named["wsv"].map(fold).map(spellings(named["wsv"]))
    ion = named["ion"].fillna(0).groupby([named["eenheid"], spelling.rename("wsv")]).sum()
    table = ion.reset_index().sort_values(["eenheid", "ion", "wsv"], ascending=[True, False, True])
    series = table.drop_duplicates("eenheid").set_index("eenheid")["wsv"]
    mixed = table["eenheid"][table["eenheid"].duplicated()].drop_duplicates()
    if len(mixed):
        chosen = nl_list((f"{code} bij {series[code]}" for code in mixed), _MOST_NAMED)
        count = nl_count(len(mixed), "eenheid staan", "eenheden staan")
        report.warn(
            f"In {count} praktijken van meer dan een WSV; zo'n eenheid hoort hier bij het WSV met "
            f"de meeste bekende ION daar: {chosen}."
        )
    if report.apart:
        count = nl_count(report.apart, "praktijk met een WSV is", "praktijken met een WSV zijn")
        report.warn(f"{count} niet geplaatst: daar telt niets van mee voor de gebieden van WSV's.")
    return series.reindex(area.units.index).dropna(), report


def left_out(area: StudyArea, wishes: Wishes, asked: Asked, files: WishFiles) -> list[str]:
    """Say which parts of what was asked have nothing to work on, in Dutch sentences."""
    wanted = ["stromen", *(["afstand"] if wishes.weights.afstand else [])]
    wanted += ["wijziging"] if "wijziging" in asked.weights else []
    notes = idle_parts(area, wishes, wanted)
    if files.kernen is not None and "kern" not in (*asked.whole, *asked.preferred):
        notes.append("De tabel van kernen doet niets zolang kernen niet heel hoeven te blijven.")
    return notes


def idle_parts(area: StudyArea, wishes: Wishes, wanted: Collection[str]) -> list[str]:
    """Say which of these parts of the objective have nothing to work on, in Dutch sentences.

    Parameters
    ----------
    area : StudyArea
    wishes : Wishes
    wanted : collection of str
        Any of `afstand`, `stromen` and `wijziging`.
    """
    notes = []
    if "afstand" in wanted and not has_gp(area):
        notes.append("Er zijn geen geplaatste huisartsenpraktijken: de afstand telt niet mee.")
    if "stromen" in wanted and wishes.flows is None:
        notes.append(
            "Er is geen herkomst van patiënten gegeven: patiënten die in een andere groep wonen "
            "dan hun praktijk tellen niet mee."
        )
    if "wijziging" in wanted and wishes.today is None:
        notes.append("Er is geen bestaande indeling gegeven: wijzigingen tellen niet mee.")
    return notes


def has_gp(area: StudyArea) -> bool:
    """Tell whether any huisartsenpraktijk is placed, so that distance can count."""
    practices = area.practices
    return bool((practices["discipline"].eq(HUISARTS) & practices["eenheid"].notna()).any())


def unnamed_note(area: StudyArea, division: pd.Series) -> str:
    """Say that units which lie in no higher division form one together; empty where all do."""
    unnamed = area.units.index.difference(division.index, sort=False)
    if unnamed.empty:
        return ""
    count = nl_count(len(unnamed), "eenheid staat", "eenheden staan")
    return (
        f"{count} niet in de tabel en {'vormt' if len(unnamed) == 1 else 'vormen samen'} een eigen "
        f"gebied: {nl_list(unnamed, _MOST_NAMED)}."
    )


def _whole_of(
    area: StudyArea, asked: Asked, kernen: pd.Series | None, reports: list[ReadReport]
) -> tuple[tuple[Whole, ...], Firmness]:
    """Collect what stays whole, and how firmly gemeenten do."""
    both = sorted(set(asked.whole) & set(asked.preferred))
    if both:
        raise ImpossibleWishes(
            f"Kies voor {nl_list(both)}: altijd heel, of bij voorkeur heel; niet allebei."
        )
    parts: list[Whole] = []
    for kind, weight in WHOLE_WEIGHTS.items():
        if kind not in (*asked.whole, *asked.preferred):
            continue
        if kind == "wsv":
            series, report = wsv_of(area)
            reports.append(report)
        elif kernen is not None:
            series = kernen
        else:
            raise ImpossibleWishes(
                "Om kernen heel te houden is een tabel van code en kern nodig; geef die met "
                "--kernen."
            )
        price = asked.weights.get(kind, weight)
        parts.append(Whole(kind, series, "hard" if kind in asked.whole else "voorkeur", price))
    if "gemeente" in asked.whole:
        return tuple(parts), "hard"
    return tuple(parts), "voorkeur" if "gemeente" in asked.preferred else "nee"


def _closed(texts: Sequence[str], locks: pd.Series | None) -> frozenset[str]:
    names = [" ".join(text.split()) for text in texts]
    locked = set() if locks is None else set(locks)
    unknown = [name for name in names if name not in locked]
    if unknown:
        raise ImpossibleWishes(
            f"Een groep die af is, moet in de tabel van vaste groepen staan; {nl_list(unknown)} "
            "staat daar niet in."
        )
    return frozenset(names)
