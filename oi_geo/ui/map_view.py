"""Two small components: a map in a sandboxed frame, and a pointer that moves it.

The document of a map (up to 4 MB) is sent once and stays in the browser. The pointer is mounted
where a choice is made, in a fragment: what it sends is a place or a theme, some hundred bytes.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files

import streamlit as st

from oi_geo.maps.geometry import bounds_of
from oi_geo.maps.themes import ColourBy
from oi_geo.study_area import StudyArea


def _script(name: str) -> str:
    """Read a script of this package."""
    return files("oi_geo.ui").joinpath("assets", name).read_text(encoding="utf-8")


_frame = st.components.v2.component(
    "oi_geo_map_frame", js=_script("map_frame.js"), isolate_styles=False
)
_pointer = st.components.v2.component(
    "oi_geo_map_pointer", js=_script("map_pointer.js"), isolate_styles=False
)


@dataclass(frozen=True)
class MapPage:
    """The HTML document of a map and a checksum of it."""

    html: str
    digest: str


@dataclass(frozen=True)
class Focus:
    """A place to show on a map: WGS84 bounds, and the codes of what to outline there."""

    id: str
    bounds: list[list[float]]
    codes: tuple[str, ...]


def focus_on(area: StudyArea, identity: str, codes: Sequence[str]) -> Focus | None:
    """Return the place of these unit or gemeente codes, None where there is no place to show."""
    return Focus(identity, bounds_of(area, codes), tuple(codes)) if codes else None


def show_map(name: str, page: MapPage, *, title: str, height: int = 640) -> None:
    """Mount a map; `name` is what `point_map` calls it, `title` what a screen reader says."""
    data = {"map": name, "html": page.html, "hash": page.digest, "title": title, "height": height}
    _frame(key=f"map_{name}", data=data)


def point_map(name: str, *, focus: Focus | None = None, theme: ColourBy | None = None) -> None:
    """Let a map show a place, a theme, or (without focus) no place in particular."""
    place = None if focus is None else {**vars(focus), "codes": list(focus.codes)}
    _pointer(key=f"pointer_{name}", data={"map": name, "focus": place, "theme": theme}, height=1)
