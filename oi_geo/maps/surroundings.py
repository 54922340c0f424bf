"""What lies around a work area: the gemeenten that border on it, as a quiet background.

They are drawn in light grey with their names, tell their own facts under the pointer, and take part
in nothing: no theme, no legend class, no total.
"""

from collections.abc import Hashable
from dataclasses import dataclass

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from oi_geo.maps.geometry import DECIMALS, Shapes, dissolved, label_points, simplified, wgs84
from oi_geo.maps.group_labels import GroupLabel, name_lines
from oi_geo.maps.layers import MapLayer, Style, describe, empty_layer, features_of
from oi_geo.study_area import StudyArea
from oi_geo.text import nl_count, nl_number

SURROUNDINGS = "Omgeving van het werkgebied"
OUTSIDE_WORDS = "buiten het werkgebied"
REST_WORDS = "deel buiten het werkgebied"
SURROUNDINGS_STYLE: Style = {
    "color": "#b4b4b4", "weight": 0.8, "opacity": 1, "fillColor": "#f1f1f1", "fillOpacity": 1,
}  # fmt: skip
# How much of the surroundings shows around the work area, as a share of its extent.
VIEW_MARGIN = 0.06
# A name may stand in what is in view of its gemeente: how far that goes depends on the screen.
NAMED_WITHIN = (0.6, 0.25, 0.06)


@dataclass(frozen=True, eq=False)
class Surroundings:
    """The gemeenten around a work area.

    Attributes
    ----------
    table : DataFrame
        Indexed by gemeentecode, sorted: `naam`, `inwoners` (persons outside the work area),
        `onbekend` (of how many units these are not known) and `deel` (whether a part of the
        gemeente lies in the work area).
    shapes : ndarray of Polygon and MultiPolygon, EPSG:28992, one per row
        Their ground outside the work area, simplified for the screen.
    """

    table: pd.DataFrame
    shapes: Shapes


def bordering(area: StudyArea) -> NDArray[np.bool_]:
    """Mark the units around a work area that are drawn with it.

    Parameters
    ----------
    area : StudyArea
        A work area; `area.whole` is the map that it was cut from.

    Returns
    -------
    ndarray of bool, shape (n_units of the whole map,)
        Units outside it of gemeenten that share a border with it, or lie partly in it; nothing
        for an area that is a whole map itself.
    """
    if area.whole is None:
        return np.zeros(len(area.units), bool)
    units, graph = area.whole.units, area.whole.graph
    inside = units.index.isin(area.units.index)
    beside = np.zeros(len(units), bool)
    beside[graph.left[inside[graph.right]]] = True
    beside[graph.right[inside[graph.left]]] = True
    gemeente = units["gemeentecode"]
    return ~inside & gemeente.isin(gemeente[inside | beside]).to_numpy()


def drawn_shapes(area: StudyArea) -> tuple[Shapes, Surroundings | None]:
    """Simplify the units of an area for the screen, together with what lies around them.

    Returns
    -------
    shapes : ndarray of Polygon and MultiPolygon, EPSG:28992, shape (n_units,)
    around : Surroundings or None
        Fits the units without a gap; None where nothing is known around the area.
    """
    own = area.units.geometry.to_numpy()
    near = bordering(area)
    if area.whole is None or not near.any():
        return simplified(own), None
    units = area.whole.units[near]
    shapes = simplified(np.concatenate([own, units.geometry.to_numpy()]))
    codes, names = pd.factorize(units["gemeentecode"], sort=True)
    by = units.groupby("gemeentecode", sort=True)
    partly = names.isin(area.units["gemeentecode"])
    # CBS tells the inhabitants of a gemeente where those of its wijken are secret.
    told = area.whole.gemeenten["inwoners"].reindex(names).mask(partly)
    table = pd.DataFrame(
        {
            "naam": by["gemeentenaam"].first(),
            "inwoners": told.fillna(by["inwoners"].sum(min_count=1)),
            "onbekend": (by.size() - by["inwoners"].count()).where(told.isna(), 0),
            "deel": partly,
        },
        index=names,
    )
    return shapes[: len(own)], Surroundings(table, dissolved(shapes[len(own) :], codes, len(names)))


def surroundings_layer(around: Surroundings) -> MapLayer:
    """Draw the gemeenten around a work area; each tells its own facts under the pointer."""
    fields = {"ligging": "Ligging", "gemeentecode": "Code", "inwoners": "Inwoners"}
    table = around.table
    rows: list[dict[Hashable, object]] = [
        {
            "naam": name,
            "ligging": REST_WORDS if partly else OUTSIDE_WORDS,
            "gemeentecode": code,
            "inwoners": _people(known, unknown),
        }
        for code, name, partly, known, unknown in zip(
            table.index,
            *(table[column] for column in ("naam", "deel", "inwoners", "onbekend")),
            strict=True,
        )
    ]
    layer = empty_layer(SURROUNDINGS, style=SURROUNDINGS_STYLE, each=describe(fields))
    return MapLayer(layer, features_of(around.shapes, rows), frozenset({"omgeving"}))


def _people(known: float, unknown: int) -> str:
    """Write inhabitants, with the number of units that they are not known of."""
    if np.isnan(known) or not unknown:
        return nl_number(known)
    return f"{nl_number(known)} (van {nl_count(unknown, 'gebied', 'gebieden')} onbekend)"


def surroundings_labels(around: Surroundings, area: StudyArea) -> list[GroupLabel]:
    """Name the gemeenten around a work area: where they are in view at first, and in their middle.

    They have no number: what finds no room is told under the pointer.
    """
    views = [shapely.box(*_view(area, margin)) for margin in NAMED_WITHIN]
    labels = []
    for name, shape in zip(around.table["naam"], around.shapes, strict=True):
        seen = [shapely.intersection(shape, view) for view in views]
        parts = [part for part in (*seen, shape) if part.area > 0]
        points = label_points(np.array(parts, dtype=object))
        reach = shapely.distance(points, shapely.boundary(shape))
        places = [
            (float(lat), float(lon), round(float(metres)))
            for (lon, lat), metres in zip(
                shapely.get_coordinates(wgs84(points)), reach, strict=True
            )
        ]
        labels.append(GroupLabel(tuple(name_lines(name)), "", places))
    return labels


def _view(area: StudyArea, share: float) -> NDArray[np.float64]:
    """Return the bounds of an area with a margin, as a share of its extent."""
    bounds = np.asarray(area.units.total_bounds)
    margin = share * float((bounds[2:] - bounds[:2]).max())
    return bounds + np.array([-margin, -margin, margin, margin])


def wider(bounds: list[list[float]]) -> list[list[float]]:
    """Widen bounds in degrees, so that the surroundings show at the edges of the map."""
    corners = np.asarray(bounds)
    margin = VIEW_MARGIN * (corners[1] - corners[0])
    (south, west), (north, east) = np.round([corners[0] - margin, corners[1] + margin], DECIMALS)
    return [[float(south), float(west)], [float(north), float(east)]]
