"""The practices as dots: what they look like tells discipline, ION, and whether it is known."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
import shapely

from oi_geo.maps.layers import MapLayer, Style, describe, empty_layer, features_of
from oi_geo.study_area import StudyArea
from oi_geo.tally import HUISARTS, REGIO_ORGANISATIE
from oi_geo.text import nl_number

OTHER, ION_UNKNOWN = "anders", "huisarts zonder ION"
ESTIMATED = "plaats geschat"
# A practice without a point of its own is hollow, with a dotted rim, whatever it is.
ESTIMATED_RIM: Style = {"color": "#1a1a1a", "weight": 1.6, "fillOpacity": 0, "dashArray": "1 2.5"}
PRACTICE_DOTS: dict[str, Style] = {
    HUISARTS: {"color": "#3c3c3c", "weight": 1, "fillColor": "#ffffff", "fillOpacity": 0.85},
    ION_UNKNOWN: {
        "color": "#3c3c3c", "weight": 1, "fillColor": "#ffffff", "fillOpacity": 0.4,
        "dashArray": "2 2",
    },
    REGIO_ORGANISATIE: {
        "color": "#1a1a1a", "weight": 2.5, "fillColor": "#ffffff", "fillOpacity": 1,
    },
    OTHER: {
        "color": "#ffffff", "weight": 0.8, "fillColor": "#6b6b6b", "fillOpacity": 0.9,
    },
}  # fmt: skip
# Size of the dots that do not grow with ION, as a share of the largest dot.
DOT_SHARES = {ION_UNKNOWN: 0.55, REGIO_ORGANISATIE: 0.8, OTHER: 0.4}
SMALLEST_RADIUS, LARGEST_RADIUS = 2.0, 5.0
# How far apart practices without a point of their own are drawn in their unit.
SPREAD_M, GOLDEN_ANGLE = 120.0, np.pi * (3 - np.sqrt(5))


def practice_layer(area: StudyArea) -> MapLayer:
    """Draw the practices that stand in a unit as dots, the larger the more ION.

    One that was placed by its postcode has no point of its own: it is drawn in its unit, hollow,
    and its card says that the place is an estimate.
    """
    fields = {
        "discipline": "Discipline", "agb": "AGB", "ion": "ION", "huisartsen": "Huisartsen",
        "eenheid": area.level.capitalize(), "regio_organisatie": "Regio-organisatie",
        "wsv": "WSV", "verzekeraar": "Verzekeraar", "plaats_op_kaart": "Plaats op de kaart",
    }  # fmt: skip
    table = _with_points(area)
    table = table.sort_values("ion", ascending=False, na_position="first", kind="stable")
    other = (table["discipline"] != HUISARTS).to_numpy()
    rows = table[["naam", *fields]].astype("object")
    for name in ("ion", "huisartsen"):
        rows[name] = table[name].map(nl_number).astype("object")
        rows.loc[other & table[name].isna().to_numpy(), name] = None
    rows["naam"] = rows["naam"].fillna("Praktijk zonder naam")
    rows = rows.where(rows.notna(), None)
    kinds = practice_kinds(table)
    points = shapely.points(table[["x_rd", "y_rd"]].to_numpy(np.float64))
    layer = empty_layer("Praktijken", each=describe(fields, popup=True))
    estimated = table["plaats_op_kaart"].notna().to_numpy()
    styles = [
        {**style, **ESTIMATED_RIM} if guess else style
        for style, guess in zip(practice_styles(table, kinds), estimated, strict=True)
    ]
    signs = {*kinds, *([ESTIMATED] if estimated.any() else [])}
    told = zip(rows.to_dict("records"), styles, strict=True)
    features = features_of(points, [{**row, "stijl": style} for row, style in told])
    return MapLayer(layer, features, frozenset(signs), on_top=True)


def _with_points(area: StudyArea) -> pd.DataFrame:
    """Return the practices that have a point, or stand in a unit and get one there."""
    table = area.practices.assign(plaats_op_kaart=None)
    own = table[["x_rd", "y_rd"]].notna().all(axis=1)
    by_unit = table[~own & table["eenheid"].isin(area.units.index)].copy()
    if by_unit.empty:
        return table[own]
    # Those of one unit spread like the seeds of a sunflower, so that each can be seen.
    at = area.units.geometry.loc[by_unit["eenheid"]].representative_point()
    k = by_unit.groupby("eenheid").cumcount().to_numpy()
    radius, angle = SPREAD_M * np.sqrt(k), k * GOLDEN_ANGLE
    by_unit["x_rd"] = at.x.to_numpy() + radius * np.cos(angle)
    by_unit["y_rd"] = at.y.to_numpy() + radius * np.sin(angle)
    by_unit["plaats_op_kaart"] = "geschat uit de postcode"
    return pd.concat([table[own], by_unit])


def practice_kinds(practices: pd.DataFrame) -> list[str]:
    """Return which sign each practice gets: a key of `PRACTICE_DOTS`."""
    ion_unknown = practices["ion"].isna().to_numpy()
    kinds = practices["discipline"].where(practices["discipline"].isin(PRACTICE_DOTS), OTHER)
    return [
        ION_UNKNOWN if kind == HUISARTS and unknown else str(kind)
        for kind, unknown in zip(kinds, ion_unknown, strict=True)
    ]


def practice_styles(practices: pd.DataFrame, kinds: Sequence[str]) -> list[Style]:
    """Give each practice its dot; that of a huisarts grows with the root of its ION."""
    ion = np.nan_to_num(practices["ion"].to_numpy(np.float64))
    largest = float(np.clip(75 / np.sqrt(max(len(ion), 1)), SMALLEST_RADIUS * 1.6, LARGEST_RADIUS))
    share = np.sqrt(ion / max(float(ion.max(initial=0.0)), 1.0))
    by_ion = SMALLEST_RADIUS + (largest - SMALLEST_RADIUS) * share
    radius = [
        DOT_SHARES[kind] * largest if kind in DOT_SHARES else float(r)
        for kind, r in zip(kinds, by_ion, strict=True)
    ]
    return [
        {**PRACTICE_DOTS[kind], "radius": round(r, 1)}
        for kind, r in zip(kinds, radius, strict=True)
    ]
