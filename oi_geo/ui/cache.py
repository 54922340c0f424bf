"""What is computed once and kept: areas, tests and maps, by the checksums of their files.

The key of everything is what the files hold, so nothing is computed again on a click that changed
nothing, and a file that did change is always read anew. Errors are not kept.
"""

import hashlib
from functools import lru_cache
from pathlib import Path

import streamlit as st

from oi_geo.codes import AreaKind
from oi_geo.maps.folium_map import area_map_html, toets_map_html
from oi_geo.pipeline import Inputs, Toets, load_area, run_toets, unit_level_for
from oi_geo.plan import PlanLevel
from oi_geo.sources.report import sha256_of
from oi_geo.study_area import StudyArea
from oi_geo.ui.map_view import MapPage

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


def inputs_key(inputs: Inputs) -> Key:
    """Name a set of input files by what they hold."""
    named = (
        f"{kind}={file_key(path)}" for kind, path in vars(inputs).items() if kind != "is_example"
    )
    return (*named, str(inputs.is_example))


@st.cache_resource(max_entries=4, show_spinner=False)
def _area(key: Key, level: AreaKind | None, _inputs: Inputs) -> StudyArea:  # noqa: ARG001
    return load_area(_inputs, level=level)


def area_of(inputs: Inputs, level: AreaKind | None = None) -> StudyArea:
    """Load a study area once; see `oi_geo.pipeline.load_area`."""
    return _area(inputs_key(inputs), level, inputs)


@st.cache_resource(max_entries=16, show_spinner=False)
def _unit_level(key: str, _proposal: Path) -> AreaKind | None:  # noqa: ARG001
    return unit_level_for(_proposal)


@st.cache_resource(max_entries=8, show_spinner=False)
def _toets(
    key: Key, level: PlanLevel, kaders: tuple[str, ...], _area_in: StudyArea, _proposal: Path
) -> Toets:  # noqa: ARG001
    return run_toets(_area_in, _proposal, level, kaders)
