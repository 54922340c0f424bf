"""From files to a tested plan: the one way that command line, app and notebooks take."""

import atexit
import re
import tempfile
import threading
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import pandas as pd

from oi_geo.border_issues import BorderIssues, border_issues
from oi_geo.codes import AreaKind
from oi_geo.contiguity import Link, build_contiguity
from oi_geo.criteria.assess import assess, remainder_minimum
from oi_geo.criteria.finding import Finding
from oi_geo.criteria.kader import Kader, kader_names, load_kader
from oi_geo.errors import UnusableFile, disk_sentence
from oi_geo.flows import residence_of
from oi_geo.metrics import measure
from oi_geo.placement import place
from oi_geo.plan import Plan, PlanLevel, Scope
from oi_geo.sources.cbs import Boundaries, available_levels, read_boundaries
from oi_geo.sources.completeness import incomplete_gemeenten, warn_incomplete
from oi_geo.sources.example import ExampleFiles, write_example
from oi_geo.sources.lookups import read_insurers, read_links, read_postcodes
from oi_geo.sources.practice_checks import doubt_extent
from oi_geo.sources.practices import read_practices
from oi_geo.sources.proposals import is_drawn, proposal_unit_level, read_proposal
from oi_geo.sources.report import ReadReport
from oi_geo.study_area import NOTHING_SAID, PracticeList, Source, StudyArea, no_practices
from oi_geo.text import nl_list
from oi_geo.whole_map import cut_plan, note_cut
from oi_geo.work_area import work_area

GEO_ENDINGS = frozenset({".gpkg", ".shp", ".zip", ".geojson", ".json", ".parquet"})

Progress = Callable[[str], None]

_writing = threading.Lock()


def _silent(_: str) -> None:
    """Tell nobody what is being done."""


@dataclass(frozen=True)
class Inputs:
    """The files of a study area; only `grenzen` is needed.

    `gemeentegrenzen` gives the gemeente borders where `grenzen` has no gemeenten of its own;
    `gebied` asks for a work area in words (see `oi_geo.work_area`), nothing for the whole map;
    `herkomst` tells where patients live, `lijst` what is said of the list of practices.
    """

    grenzen: Path
    gemeentegrenzen: Path | None = None
    praktijken: Path | None = None
    postcodes: Path | None = None
    zorgkantoren: Path | None = None
    verbindingen: Path | None = None
    is_example: bool = False
    gebied: tuple[str, ...] = ()
    herkomst: Path | None = None
    lijst: PracticeList = NOTHING_SAID


@dataclass(frozen=True, eq=False)
class Toets:
    """A plan with everything that was found about it.

    `measures` has one row per group (see `oi_geo.metrics.measure`), `findings` stand worst first,
    `reports` are those of the study area and of the proposal.
    """

    area: StudyArea
    plan: Plan
    kaders: tuple[Kader, ...]
    measures: pd.DataFrame
    findings: list[Finding]
    border: BorderIssues
    reports: tuple[ReadReport, ...]
    sources: tuple[Source, ...]


def data_folders() -> tuple[Path, Path]:
    """Return `data/cbs_wijken` and `data/gemeentegrenzen`, here or beside the package."""
    root = next(
        (p for p in (Path.cwd(), Path(__file__).resolve().parents[1]) if (p / "data").is_dir()),
        Path.cwd(),
    )
    return root / "data" / "cbs_wijken", root / "data" / "gemeentegrenzen"


def boundary_files(folder: Path) -> list[Path]:
    """List the geographical files in a folder, the newest year in its name first."""
    if not folder.is_dir():
        return []
    files = [p for p in folder.iterdir() if p.suffix.lower() in GEO_ENDINGS and p.is_file()]
    return sorted(files, key=lambda p: (-(year_in_name(p) or 0), p.name))


def year_in_name(path: Path) -> int | None:
    """Return the year that a file name mentions, if it mentions one."""
    found = re.search(r"(?<!\d)(?:19|20)\d{2}(?!\d)", path.stem)
    return int(found.group()) if found else None


def example_files() -> ExampleFiles:
    """Write the fictional example region once per process, in a folder that goes with it.

    Raises
    ------
    UnusableFile
        If the temporary folder has no room for it, or cannot be written to.
    """
    with _writing:
        return _written_example()


@cache
def _written_example() -> ExampleFiles:
    try:
        with ExitStack() as going:
            folder = tempfile.TemporaryDirectory(prefix="oi_geo_voorbeeld_")
            files = write_example(Path(going.enter_context(folder)))
            atexit.register(going.pop_all().close)
            return files
    except OSError as error:
        raise UnusableFile(
            "Het fictieve voorbeeldgebied kan niet worden geschreven in de tijdelijke map. "
            f"{disk_sentence(error)}"
        ) from error


def is_of_example(path: Path) -> bool:
    """Tell whether a file is one of the example region; it is not written for the question."""
    written = _written_example.cache_info().currsize > 0
    return written and path in vars(example_files()).values()


def example_inputs() -> Inputs:
    """Return the files of the fictional example region."""
    files = example_files()
    return Inputs(
        grenzen=files.grenzen,
        praktijken=files.praktijken,
        postcodes=files.postcodes,
        zorgkantoren=files.zorgkantoren,
        verbindingen=files.verbindingen,
        herkomst=files.herkomst,
        is_example=True,
    )


def default_inputs() -> Inputs:
    """Return the official files in `data/` if they are there, else the example region."""
    wijken, gemeenten = (boundary_files(folder) for folder in data_folders())
    if wijken:
        return Inputs(grenzen=wijken[0], gemeentegrenzen=gemeenten[0] if gemeenten else None)
    if gemeenten:
        return Inputs(grenzen=gemeenten[0])
    return example_inputs()


def load_area(
    inputs: Inputs, *, level: AreaKind | None = None, progress: Progress = _silent
) -> StudyArea:
    """Read all files of a study area and put them together.

    Parameters
    ----------
    inputs : Inputs
        The files.
    level : {'wijk', 'buurt', 'gemeente'}, optional
        What the units are; by default wijken where the file has them.
    progress : callable, optional
        Told in Dutch what is being done.

    Raises
    ------
    UnusableFile
        If one of the files cannot be used.
    UnknownWorkArea
        If the work area that is asked for is not on the map.
    """
    area = _whole_map(inputs, level, progress)
    return work_area(area, inputs.gebied) if inputs.gebied else area


def _whole_map(inputs: Inputs, level: AreaKind | None, progress: Progress) -> StudyArea:
    """Read all files, without cutting a work area."""
    progress("Grenzen lezen")
    bounds = _boundaries(inputs, level)
    reports, sources = [bounds.report], [source_of(bounds.report)]

    def keep(report: ReadReport) -> None:
        reports.append(report)
        sources.append(source_of(report))

    postcodes, insurers, practices = None, None, no_practices()
    links: tuple[Link, ...] = ()
    if inputs.postcodes:
        postcodes, report = read_postcodes(inputs.postcodes)
        keep(report)
    if inputs.zorgkantoren:
        insurers, report = read_insurers(inputs.zorgkantoren)
        keep(report)
    if inputs.praktijken:
        progress("Praktijken lezen en plaatsen")
        table, report = read_practices(inputs.praktijken)
        doubt_extent(table, inputs.lijst, report)
        keep(report)
        practices, report = place(table, bounds.units, postcodes)
        reports.append(replace(report, bestand=inputs.praktijken.name))
    if inputs.verbindingen:
        links, report = read_links(inputs.verbindingen)
        keep(report)
    progress("Aaneengeslotenheid bepalen")
    graph = build_contiguity(bounds.units).with_links(links)
    area = StudyArea(
        level=bounds.level,
        units=bounds.units,
        gemeenten=bounds.gemeenten,
        incomplete=bounds.incomplete,
        practices=practices,
        graph=graph,
        insurers=insurers,
        practice_list=inputs.lijst,
        sources=tuple(sources),
        reports=tuple(reports),
        is_example=inputs.is_example,
    )
    if inputs.herkomst is None:
        return area
    progress("Herkomst van patiënten lezen")
    residence, more = residence_of(area, inputs.herkomst, postcodes)
    return replace(
        area,
        residence=residence,
        sources=(*area.sources, source_of(more[0])),
        reports=(*area.reports, *more),
    )


def _boundaries(inputs: Inputs, level: AreaKind | None) -> Boundaries:
    """Read the boundaries, and look at gemeente borders from a file of their own if there is one.

    Those tell which gemeenten the boundaries hold only a part of, and are the borders where the
    boundaries have no gemeenten themselves.
    """
    bounds = read_boundaries(inputs.grenzen, level=level)
    if inputs.gemeentegrenzen is None:
        return bounds
    other = read_boundaries(inputs.gemeentegrenzen, level="gemeente")
    why = _other_division(bounds, other)
    if why:
        used = (
            " en niet gebruikt"
            if bounds.has_gemeenten
            else (" en niet gebruikt; de gemeenten zijn afgeleid uit de wijken")
        )
        bounds.report.warn(f"De gemeentegrenzen in {other.report.bestand} {why}{used}.")
        return bounds
    own = other.units.reindex(bounds.gemeenten.index)
    told = incomplete_gemeenten(bounds.units, other.units, land=False)
    new = {code: text for code, text in told.items() if code not in bounds.incomplete}
    warn_incomplete(new, own["naam"], bounds.report)
    gemeenten = bounds.gemeenten
    if not bounds.has_gemeenten:
        people = own["inwoners"].fillna(gemeenten["inwoners"].drop(list(told)))
        gemeenten = gemeenten.assign(inwoners=people).set_geometry(own.geometry)
    return replace(bounds, gemeenten=gemeenten, incomplete={**bounds.incomplete, **new})


def _other_division(bounds: Boundaries, other: Boundaries) -> str:
    """Say why gemeente borders are not those of the boundaries; empty where they are."""
    lacking = bounds.gemeenten.index.difference(other.units.index)
    if len(lacking):
        return f"horen bij een andere indeling (zij missen {nl_list(lacking)})"
    years = bounds.report.jaar, other.report.jaar
    if all(years) and years[0] != years[1]:
        return f"zijn van een ander jaar ({years[1]}, niet {years[0]})"
    return ""


def source_of(report: ReadReport) -> Source:
    """Return the source that a read report is about."""
    return Source(report.soort, report.bestand, report.sha256, report.jaar)


def unit_level_for(proposal: Path, *, name: str | None = None) -> AreaKind | None:
    """Return the unit level that a proposal needs: buurten where it names buurten, else default."""
    return "buurt" if proposal_unit_level(proposal, name=name) == "buurt" else None


def read_plan(
    area: StudyArea,
    proposal: Path,
    level: PlanLevel,
    *,
    name: str | None = None,
    grenzen: Path | None = None,
    kolom: str | None = None,
) -> tuple[Plan, ReadReport]:
    """Read a proposal against a study area.

    On a work area the proposal is read against the whole map and brought back. The years in
    `data/` help to name a wrong year. Where `grenzen` (the file of the study area) has
    buurten, a wijk that a drawn proposal cuts goes to the group with most of its inhabitants.
    """
    known = [path for folder in data_folders() for path in boundary_files(folder)]
    years = {year: path for path in reversed(known) if (year := year_in_name(path))}
    cut_wijken = area.level == "wijk" and is_drawn(proposal, name=name)
    buurten = None
    if grenzen and cut_wijken and "buurt" in available_levels(grenzen):
        buurten = read_boundaries(grenzen, level="buurt").units
    plan, report = read_proposal(
        proposal, area.whole or area, level, name=name, jaar_bestanden=years, parts=buurten,
        kolom=kolom, inside=frozenset(area.units.index) if area.whole is not None else frozenset(),
    )  # fmt: skip
    if area.whole is not None:
        plan, notes = cut_plan(plan, area)
        note_cut(report, notes)
    return plan, report


def run_toets(
    area: StudyArea,
    proposal: Path,
    level: PlanLevel,
    kaders: Sequence[str] = (),
    *,
    name: str | None = None,
    grenzen: Path | None = None,
    scope: Scope | None = None,
    kolom: str | None = None,
    progress: Progress = _silent,
) -> Toets:
    """Read a proposal and test it against kaders (by default all of them).

    Parameters
    ----------
    area : StudyArea
        What the proposal divides.
    proposal : Path
        See `oi_geo.sources.proposals.read_proposal`.
    level : {'regio', 'hub', 'wijk'}
        What the groups are.
    kaders : sequence of str
        Names of kaders; empty means all.
    name : str, optional
        What the user calls the proposal.
    grenzen : Path, optional
        The file of the study area, for the buurten in it (see `read_plan`).
    scope : {'geheel', 'werkgebied'}, optional
        What the proposal is meant to be (see `oi_geo.plan.Plan.scope`).
    kolom : str, optional
        The column of the proposal with its groups, where its name does not tell.
    progress : callable, optional
        Told in Dutch what is being done.

    Raises
    ------
    UnusableFile, ProposalMismatch, UnknownKader
        With one Dutch sentence for the user.
    """
    progress("Voorstel lezen")
    plan, report = read_plan(area, proposal, level, name=name, grenzen=grenzen, kolom=kolom)
    progress("Toetsen")
    return toets_of_plan(area, plan, report, kaders, scope)


def toets_of_plan(
    area: StudyArea,
    plan: Plan,
    report: ReadReport,
    kaders: Sequence[str] = (),
    scope: Scope | None = None,
) -> Toets:
    """Test a plan that was read; see `run_toets`, `report` is what reading it brought up."""
    chosen = [load_kader(kader) for kader in kaders or kader_names()]
    toets = assess_plan(area, replace(plan, stated_scope=scope), chosen)
    return replace(
        toets,
        reports=(*area.reports, report),
        sources=(*area.sources, source_of(report)),
    )


def assess_plan(area: StudyArea, plan: Plan, kaders: Sequence[Kader]) -> Toets:
    """Measure a plan, find its border issues and test it against kaders."""
    measures = measure(area, plan)
    border = border_issues(area, plan, minimum=remainder_minimum())
    return Toets(
        area=area,
        plan=plan,
        kaders=tuple(kaders),
        measures=measures,
        findings=assess(area, plan, kaders, measures=measures, border=border),
        border=border,
        reports=area.reports,
        sources=area.sources,
    )
