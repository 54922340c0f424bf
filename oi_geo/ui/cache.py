"""What is computed once and kept: areas, tests and maps, by the checksums of their files.

The key of everything is what the files hold, so nothing is computed again on a click that changed
nothing, and a file that did change is always read anew. Errors are not kept. folium is imported
when the first map is drawn, because the first page has none.
"""

import hashlib
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import streamlit as st

from oi_geo.codes import AreaKind
from oi_geo.maps.marks import Marks
from oi_geo.maps.themes import ColourBy
from oi_geo.pipeline import Inputs, Toets, load_area, read_plan, toets_of_plan, unit_level_for
from oi_geo.plan import Plan, PlanLevel, Scope
from oi_geo.sources.proposals import group_columns
from oi_geo.sources.report import ReadReport, sha256_of
from oi_geo.study_area import StudyArea
from oi_geo.ui import reading
from oi_geo.ui.map_view import MapPage
from oi_geo.work_area import work_area

Key = tuple[str, ...]


@lru_cache(maxsize=64)
def _checksum(path: Path, size: int, changed_ns: int) -> str:  # noqa: ARG001
    """Return the checksum of a file; size and time of change tell whether it is still the same."""
    return sha256_of(path)


def file_key(path: Path | None) -> str:
    """Name a file by its name and what it holds."""
    if path is None:
        return ""
    stat = path.stat()
    return f"{path.name}:{_checksum(path, stat.st_size, stat.st_mtime_ns)}"


# What `Inputs` holds beside files.
_NO_FILES = {"is_example", "gebied", "lijst"}


def files_of(inputs: Inputs) -> dict[str, Path | None]:
    """Return the input files by kind."""
    return {kind: path for kind, path in vars(inputs).items() if kind not in _NO_FILES}


def inputs_key(inputs: Inputs) -> Key:
    """Name a set of input files by what they hold."""
    named = (f"{kind}={file_key(path)}" for kind, path in files_of(inputs).items())
    return (*named, str(inputs.is_example), str(inputs.lijst), *sorted(inputs.gebied))


@st.cache_resource(max_entries=4, show_spinner=False)
def _area(key: Key, level: AreaKind | None, _inputs: Inputs) -> StudyArea:  # noqa: ARG001
    if _inputs.gebied:
        return work_area(area_of(replace(_inputs, gebied=()), level), _inputs.gebied)
    return reading.read([*files_of(_inputs).values()], load_area, _inputs, level=level)


def area_of(inputs: Inputs, level: AreaKind | None = None) -> StudyArea:
    """Load a study area once; see `oi_geo.pipeline.load_area`."""
    return _area(inputs_key(inputs), level, inputs)


@st.cache_resource(max_entries=16, show_spinner=False)
def _unit_level(key: str, _proposal: Path) -> AreaKind | None:  # noqa: ARG001
    return reading.read([_proposal], unit_level_for, _proposal)


@st.cache_resource(max_entries=16, show_spinner=False)
def _group_columns(key: str, level: PlanLevel, _proposal: Path) -> tuple[str, ...]:  # noqa: ARG001
    return reading.read([_proposal], group_columns, _proposal, level)


def group_columns_of(proposal: Path, level: PlanLevel) -> tuple[str, ...]:
    """Look once which columns could hold the groups, where that has to be asked."""
    return _group_columns(file_key(proposal), level, proposal)


def unit_level_of(proposal: Path) -> AreaKind | None:
    """Look once which units a proposal names; see `oi_geo.pipeline.unit_level_for`."""
    return _unit_level(file_key(proposal), proposal)


@dataclass(frozen=True)
class Question:
    """What a test is asked: which proposal, on which files, at which level, by which kaders."""

    inputs: Inputs
    proposal: Path
    level: PlanLevel
    kaders: tuple[str, ...]
    scope: Scope | None = None
    kolom: str | None = None

    @property
    def files_key(self) -> Key:
        """Name the files by what they hold, and the column with the groups where it was chosen."""
        return (*inputs_key(self.inputs), file_key(self.proposal), self.kolom or "")


class Style(NamedTuple):
    """How a map opens: what it is coloured by, and whether PDOK's background is under it."""

    colour_by: ColourBy
    background: bool = False


@st.cache_resource(max_entries=2, show_spinner=False)
def _plan(
    key: Key,  # noqa: ARG001
    level: PlanLevel,
    kolom: str | None,
    _inputs: Inputs,
    _proposal: Path,
) -> tuple[Plan, ReadReport]:
    area = area_of(_inputs, unit_level_of(_proposal))
    return reading.read(
        [_proposal], read_plan, area, _proposal, level, grenzen=_inputs.grenzen, kolom=kolom
    )


def plan_of(
    inputs: Inputs, proposal: Path, level: PlanLevel, kolom: str | None = None
) -> tuple[Plan, ReadReport]:
    """Read a proposal once; see `oi_geo.pipeline.read_plan`."""
    return _plan((*inputs_key(inputs), file_key(proposal)), level, kolom, inputs, proposal)


@st.cache_resource(max_entries=8, show_spinner=False)
def _toets(
    key: Key,  # noqa: ARG001
    level: PlanLevel,
    kaders: tuple[str, ...],
    scope: Scope | None,
    kolom: str | None,
    _inputs: Inputs,
    _proposal: Path,
) -> Toets:
    area = area_of(_inputs, unit_level_of(_proposal))
    plan, report = plan_of(_inputs, _proposal, level, kolom)
    return toets_of_plan(area, plan, report, kaders, scope)


def toets_of(question: Question) -> Toets:
    """Test a proposal once; see `oi_geo.pipeline.run_toets`."""
    return _toets(
        question.files_key,
        question.level,
        question.kaders,
        question.scope,
        question.kolom,
        question.inputs,
        question.proposal,
    )


@st.cache_resource(max_entries=6, show_spinner=False)
def _toets_map(
    key: Key,  # noqa: ARG001
    style: Style,
    _question: Question,
    _marks: Marks | None,
) -> MapPage:
    from oi_geo.maps.folium_map import toets_map_html

    title = f"Toets van {_question.proposal.name}"
    return _page(
        toets_map_html(
            toets_of(_question),
            title=title,
            colour_by=style.colour_by,
            background=style.background,
            marks=_marks,
        )
    )


def toets_map(question: Question, style: Style, marks: Marks | None = None) -> MapPage:
    """Draw the map of a test once; `marks` is how its groups are marked, where they already are."""
    key = (*question.files_key, question.level, *question.kaders, str(question.scope))
    return _toets_map((*key, "" if marks is None else marks.digest), style, question, marks)


@st.cache_resource(max_entries=4, show_spinner=False)
def _area_map(key: Key, style: Style, _inputs: Inputs) -> MapPage:  # noqa: ARG001
    from oi_geo.maps.folium_map import area_map_html

    html = area_map_html(area_of(_inputs), colour_by=style.colour_by, background=style.background)
    return _page(html)


def area_map(inputs: Inputs, style: Style) -> MapPage:
    """Draw the map of a study area once."""
    return _area_map(inputs_key(inputs), style, inputs)


def _page(html: str) -> MapPage:
    """Add the checksum by which the browser sees that a map is the same."""
    return MapPage(html, hashlib.sha256(html.encode()).hexdigest()[:16])
