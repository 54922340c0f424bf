"""StudyArea: units, gemeenten, practices and contiguity, validated once and then left alone."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache, cached_property
from typing import Literal, NamedTuple

import geopandas as gpd
import pandas as pd
import shapely

from oi_geo.codes import AreaKind
from oi_geo.contiguity import ContiguityGraph, build_contiguity
from oi_geo.placement import OUTSIDE
from oi_geo.sources.disciplines import HUISARTS, HUISARTSEN
from oi_geo.sources.report import ReadReport

CRS = "EPSG:28992"

UNIT_COLUMNS = ["naam", "gemeentecode", "gemeentenaam", "inwoners", "inwoners_65plus"]

PRACTICE_COLUMNS = [
    "praktijk_id", "agb", "naam", "discipline", "straat", "huisnummer", "postcode", "plaats",
    "x_rd", "y_rd", "ion", "huisartsen", "fte", "regio_organisatie", "wsv", "verzekeraar",
    "deelnemer",
]  # fmt: skip


@dataclass(frozen=True)
class Source:
    """A file that a verdict rests on: what it is, its name, checksum and CBS year."""

    naam: str
    bestand: str
    sha256: str
    jaar: int | None = None


@dataclass(frozen=True)
class PracticeList:
    """What the owner of a list of practices says about it.

    Attributes
    ----------
    extent : {'volledig', 'leden'}, optional
        Whether it holds all practices of the area, or the members of an organisation only; None
        where nobody said so.
    day : date, optional
        The day that the list describes (peildatum).
    locums : bool
        Whether waarnemers count as huisartsen.
    """

    extent: Literal["volledig", "leden"] | None = None
    day: date | None = None
    locums: bool = False

    @property
    def huisartsen(self) -> tuple[str, ...]:
        """Disciplines that count as huisarts."""
        return HUISARTSEN if self.locums else (HUISARTS,)


NOTHING_SAID = PracticeList()


def no_practices() -> pd.DataFrame:
    """Return an empty practice table with the columns that a placed one has."""
    return _empty_table().copy()


@cache
def _empty_table() -> pd.DataFrame:
    frame = pd.DataFrame({name: pd.Series(dtype="str") for name in PRACTICE_COLUMNS})
    numbers = dict.fromkeys(["x_rd", "y_rd", "ion", "huisartsen", "fte"], "float64")
    frame = frame.astype({**numbers, "deelnemer": "boolean"})
    texts = {"eenheid": pd.Series(dtype="str"), "plaatsing": pd.Series(dtype="str")}
    return frame.assign(**texts, mogelijk=pd.Series(dtype=object))


class UnitName(NamedTuple):
    """How a unit is called, and its gemeente."""

    naam: str
    gemeentecode: str
    gemeentenaam: str


@dataclass(frozen=True, eq=False)
class StudyArea:
    """Everything that a plan is tested against.

    Attributes
    ----------
    level : {'wijk', 'buurt', 'gemeente'}
        What the units are.
    units : GeoDataFrame, EPSG:28992
        Indexed by unit code, land only: `naam`, `gemeentecode`, `gemeentenaam`, `inwoners` and
        `inwoners_65plus` (persons; NaN where CBS keeps them secret), geometry.
    gemeenten : GeoDataFrame, EPSG:28992
        Indexed by gemeentecode: `naam`, `inwoners`, geometry (land part).
    practices : DataFrame
        One row per AGB code, `PRACTICE_COLUMNS` plus `eenheid` (unit code, missing where unplaced)
        and `plaatsing` (`coördinaten`, `postcode`, `niet geplaatst`, or `buiten het gebied` for
        what surely stands outside the study area; see `oi_geo.placement`), and optionally
        `mogelijk`: the units that it may stand in where its place is not exact. `ion`,
        `huisartsen` and `fte` are NaN where unknown, `deelnemer` is a nullable boolean, the
        text columns are missing where unknown. Discipline `huisarts`, `apotheek`,
        `regio-organisatie`, ….
    graph : ContiguityGraph
        Contiguity of the units, with the registered links.
    insurers : DataFrame or None
        `gemeentecode`, `zorgkantoor`, `verzekeraar`, `aandeel` (share 0-1 of the inhabitants).
    practice_list : PracticeList
        What is said of the practices as a list.
    residence : DataFrame or None
        Where registered patients live (see `oi_geo.flows.residence_of`).
    sources, reports
        The files read, and what was found in them.
    is_example : bool
        True for the fictional example region: every page and export says so.
    incomplete : mapping of str to str
        Gemeenten of which the map holds only a part, by gemeentecode, each with a Dutch clause that
        says what tells so (see `oi_geo.sources.completeness`).
    whole : StudyArea or None
        The map that this work area was cut from (see `oi_geo.whole_map`); None for a whole map.
    work_area : tuple of str
        What was asked as work area, in words (`provincie Utrecht`), sorted; empty for a whole map.
    """

    level: AreaKind
    units: gpd.GeoDataFrame
    gemeenten: gpd.GeoDataFrame
    practices: pd.DataFrame
    graph: ContiguityGraph
    insurers: pd.DataFrame | None = None
    practice_list: PracticeList = NOTHING_SAID
    residence: pd.DataFrame | None = None
    sources: tuple[Source, ...] = ()
    reports: tuple[ReadReport, ...] = ()
    is_example: bool = False
    incomplete: Mapping[str, str] = field(default_factory=dict)
    whole: "StudyArea | None" = None
    work_area: tuple[str, ...] = ()
    area_km2: pd.Series = field(init=False)

    def __post_init__(self) -> None:
        if self.units.index.has_duplicates:
            raise ValueError("unit codes must be unique")
        if not self.graph.codes.equals(self.units.index):
            raise ValueError("the graph's codes must be the units' codes, in the same order")
        area = pd.Series(shapely.area(self.units.geometry.to_numpy()) / 1e6, self.units.index)
        object.__setattr__(self, "area_km2", area)

    @cached_property
    def unit_names(self) -> dict[str, UnitName]:
        """Name and gemeente of each unit by its code."""
        columns = self.units[["naam", "gemeentecode", "gemeentenaam"]]
        rows = columns.itertuples(index=False, name=None)
        return dict(zip(self.units.index, map(UnitName._make, rows), strict=True))

    @cached_property
    def gemeente_names(self) -> dict[str, str]:
        """Name of each gemeente by its code: that of its first unit."""
        first = self.units.drop_duplicates("gemeentecode")
        return dict(zip(first["gemeentecode"], first["gemeentenaam"], strict=True))

    @cached_property
    def gemeente_sizes(self) -> Counter[str]:
        """Number of units of each gemeente by its code."""
        return Counter(name.gemeentecode for name in self.unit_names.values())

    @property
    def ion_total(self) -> float:
        """Registered patients of all practices, placed or not; unknown ION is left out."""
        return float(self.practices["ion"].sum())

    @property
    def ion_placed(self) -> float:
        """Registered patients of the practices that stand in a unit."""
        return float(self.practices.loc[self.practices["eenheid"].notna(), "ion"].sum())

    @property
    def ion_unplaced(self) -> float:
        """Registered patients of the practices that stand in no unit."""
        return float(self.practices.loc[self.practices["eenheid"].isna(), "ion"].sum())

    @property
    def ion_outside(self) -> float:
        """Registered patients of the practices that surely stand outside the study area."""
        outside = self.practices["plaatsing"].eq(OUTSIDE).fillna(value=False)
        return float(self.practices.loc[outside, "ion"].sum())

    def with_practices(self, practices: pd.DataFrame) -> "StudyArea":
        """Return the same area with another (placed) practice table."""
        return replace(self, practices=practices)


def study_area(
    units: gpd.GeoDataFrame,
    gemeenten: gpd.GeoDataFrame | None = None,
    practices: pd.DataFrame | None = None,
    *,
    level: AreaKind = "wijk",
    graph: ContiguityGraph | None = None,
) -> StudyArea:
    """Put units, gemeenten and placed practices together; what is left out is derived or empty.

    Without `gemeenten` their shapes and inhabitants are those of the units together (inhabitants
    unknown as soon as one unit's are).
    """
    if gemeenten is None:
        gemeenten = gemeenten_of_units(units)
    return StudyArea(
        level=level,
        units=units,
        gemeenten=gemeenten,
        practices=no_practices() if practices is None else practices,
        graph=build_contiguity(units) if graph is None else graph,
    )


def gemeenten_of_units(units: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Dissolve units into gemeenten: `naam`, `inwoners` (NaN if one is unknown), geometry."""
    by = units.groupby("gemeentecode", sort=True)
    shapes = by["geometry"].agg(lambda part: shapely.union_all(part.to_numpy()))
    people = by["inwoners"].agg(lambda part: part.sum(skipna=False))
    return gpd.GeoDataFrame(
        {"naam": by["gemeentenaam"].first(), "inwoners": people}, geometry=shapes, crs=units.crs
    )
