"""Which layer and which column of a geographical file hold a drawn proposal."""

from dataclasses import dataclass, field

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from oi_geo.errors import UnusableFile
from oi_geo.plan import PlanLevel
from oi_geo.sources.blanks import is_blank, single_spaces
from oi_geo.sources.cells import texts_of
from oi_geo.sources.column_names import column_key
from oi_geo.sources.geofile import Layer, list_layers, read_column, read_layer
from oi_geo.sources.limits import too_many
from oi_geo.sources.lines import quoted, rows_text
from oi_geo.sources.proposal_rows import UNIT_SYNONYMS, group_order, named_column
from oi_geo.sources.report import ReadReport
from oi_geo.sources.shapes import check_tangle
from oi_geo.sources.tables import match_columns
from oi_geo.sources.uploads import CheckedFile
from oi_geo.text import natural_key, nl_count, nl_list

# The table of units by groups grows with the groups; the Netherlands have 4.068 PC4 areas.
MOST_GROUPS = 5_000

_NAMES = {"naam": ("name", "label", "titel", "title", "omschrijving"), "code": ("id",)}

_NAMING = ("naam", "name", "code")
_MAY_HOLD_POLYGONS = ("Polygon", "Unknown", "Collection")


@dataclass(frozen=True, eq=False)
class Drawing:
    """Named groups as drawn.

    Attributes
    ----------
    names : tuple of str
        Names of the groups, sorted.
    shapes : ndarray of (Multi)Polygon, EPSG:28992
        One per group: all its polygons together.
    left_open : Geometry
        What the proposal shows and explicitly puts in no group; usually empty.
    """

    names: tuple[str, ...]
    shapes: NDArray[np.object_]
    left_open: shapely.Geometry = field(default_factory=shapely.Polygon)


def read_drawing(
    file: CheckedFile, level: PlanLevel, report: ReadReport, kolom: str | None = None
) -> Drawing:
    """Read the polygons of a proposal and put those with one name together.

    Raises
    ------
    UnusableFile, MissingCrs
        No layer with polygons, or nothing left of it.
    """
    layer, column = _choose_layer(list_layers(file), level, report)
    of_units = bool(match_columns(layer.columns, UNIT_SYNONYMS))
    if kolom is not None:
        column = named_column(layer.columns, kolom, report.bestand)
    elif column is None and not of_units:
        column = _naming_column(file, layer)
    frame = read_layer(file, layer, report, columns=[column] if column else [])
    check_tangle(frame.geometry.to_numpy(), report.bestand)
    if column is None and layer.columns:
        report.info(f"Kolommen die er wel zijn: {quoted(layer.columns, 12)}.")
    if frame.empty:
        raise UnusableFile(
            f"{report.bestand}: er is geen bruikbaar vlak gevonden; verwacht worden vlakken met een"
            " naam (kolom 'naam' of 'groep')."
        )
    if of_units and column is None:
        raise UnusableFile(
            f"{report.bestand}: dit lijkt een bestand met grenzen en geen voorstel; verwacht "
            "worden vlakken met de naam van hun groep (kolom 'groep', 'regio', 'hub' of 'naam')."
        )
    return drawing_of(frame, column, report, of_units=of_units)


def _naming_column(file: CheckedFile, layer: Layer) -> str | None:
    """Find a column that names the polygons though it is called otherwise.

    Of the columns with more than one value: the one whose name ends in `naam`, else in `code`.
    """
    values = {name: read_column(file, layer, name).astype("str") for name in layer.columns}
    several = [name for name, texts in values.items() if len(texts.dropna().unique()) > 1]
    for ending in _NAMING:
        for column in several:
            if column_key(column).endswith(ending):
                return column
    return None


def drawing_of(
    frame: gpd.GeoDataFrame, column: str | None, report: ReadReport, *, of_units: bool = False
) -> Drawing:
    """Put polygons with one name together.

    Parameters
    ----------
    frame : GeoDataFrame, EPSG:28992
        Polygons indexed by feature number.
    column : str or None
        Column with the names; without it the polygons are numbered.
    report : ReadReport
        Receives lines about polygons that were numbered, joined or left open.
    of_units : bool
        Whether the polygons are units (they have a code): one without a name is then left open;
        otherwise it is a group that was given no name.

    Raises
    ------
    UnusableFile
        All polygons are left open.
    UnsafeFile
        There are more than `MOST_GROUPS`.
    """
    names, is_open = _names(frame, column, report, of_units=of_units)
    shapes = frame.geometry.to_numpy()
    if is_open.all():
        raise UnusableFile(
            f"{report.bestand}: geen enkel vlak heeft een groep in kolom '{column}'; verwacht "
            "wordt de naam van de groep bij elk vlak."
        )
    left_open = shapely.union_all(shapes[is_open])
    shapes = shapes[~is_open]
    unique = sorted(names[~is_open].unique(), key=natural_key)
    if len(unique) > MOST_GROUPS:
        raise too_many(f"‘{report.bestand}’", "groepen", len(unique), MOST_GROUPS)
    position = pd.Index(unique).get_indexer(names[~is_open])
    counts = np.bincount(position)
    joined = [
        f"'{name}' ({count})" for name, count in zip(unique, counts, strict=True) if count > 1
    ]
    if joined:
        report.info(f"Vlakken met dezelfde naam vormen samen één groep: {nl_list(joined)}.")
    whole = np.empty(len(unique), dtype="object")
    for at in range(len(unique)):
        mine = shapes[position == at]
        whole[at] = shapely.union_all(mine) if len(mine) > 1 else mine[0]
    return Drawing(tuple(str(name) for name in unique), whole, left_open)


def _names(
    frame: gpd.GeoDataFrame, column: str | None, report: ReadReport, *, of_units: bool
) -> tuple[pd.Series, NDArray[np.bool_]]:
    """Return the name of each polygon, and which of them are left open."""
    numbered = pd.Series([f"groep {i}" for i in range(1, len(frame) + 1)], frame.index)
    if column is None:
        report.info(
            "De vlakken hebben geen kolom met een naam (zoals 'naam' of 'groep'); ze heten "
            f"{nl_list(numbered)}."
        )
        return numbered, np.zeros(len(frame), bool)
    report.info(f"De namen van de groepen komen uit kolom '{column}'.")
    names = single_spaces(texts_of(frame[column]).fillna(""))
    is_open = is_blank(names)
    nameless = (names == "") & (not of_units)
    is_open &= ~nameless
    for row in frame.index[nameless]:
        report.warn(f"Het vlak heeft geen naam in '{column}' en heet '{numbered[row]}'.", int(row))
    if is_open.any():
        count = nl_count(int(is_open.sum()), "vlak is", "vlakken zijn")
        report.info(f"{count} zonder groep: {rows_text(frame.index[is_open])}.")
    return names.mask(nameless, numbered), is_open.to_numpy()


def _choose_layer(
    layers: list[Layer], level: PlanLevel, report: ReadReport
) -> tuple[Layer, str | None]:
    """Take the layer with polygons that has the most telling column of names."""
    order = [*group_order(level), *_NAMES]
    rated: list[tuple[int, Layer, str | None]] = []
    for layer in layers:
        if any(kind in (layer.geometry_type or "") for kind in _MAY_HOLD_POLYGONS):
            found = match_columns(layer.columns, {**group_order(level), **_NAMES})
            best = next((name for name in order if name in found), None)
            rank = order.index(best) if best else len(order)
            rated.append((rank, layer, found[best] if best else None))
    if not rated:
        raise UnusableFile(
            f"{report.bestand}: er is geen laag met vlakken; verwacht worden vlakken met een naam."
        )
    _, layer, column = min(rated, key=lambda item: (item[0], item[1].rows))
    if len(rated) > 1:
        others = nl_list(f"'{other.name}'" for _, other, _ in rated if other is not layer)
        report.info(
            f"Gelezen is laag '{layer.name}' ({nl_count(layer.rows, 'vlak', 'vlakken')}); "
            f"niet gelezen: {others}."
        )
    return layer, column
