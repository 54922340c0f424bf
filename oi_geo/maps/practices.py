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
PRACTICE_DOTS: dict[str, Style] = {
    HUISARTS: {"color": "#ffffff", "weight": 1, "fillColor": "#111111", "fillOpacity": 0.9},
    ION_UNKNOWN: {
        "color": "#111111", "weight": 1.5, "fillColor": "#ffffff", "fillOpacity": 0.9,
        "dashArray": "2 2",
    },
    REGIO_ORGANISATIE: {
        "color": "#111111", "weight": 3, "fillColor": "#ffffff", "fillOpacity": 1,
    },
    OTHER: {
        "color": "#111111", "weight": 1, "fillColor": "#ffffff", "fillOpacity": 0.9,
    },
}  # fmt: skip
# Size of the dots that do not grow with ION, as a share of the largest dot.
DOT_SHARES = {ION_UNKNOWN: 0.55, REGIO_ORGANISATIE: 0.8, OTHER: 0.4}
SMALLEST_RADIUS, LARGEST_RADIUS = 2.0, 9.0


def practice_layer(area: StudyArea) -> MapLayer:
    """Draw the practices with coordinates as dots, the larger the more ION."""
    fields = {
        "discipline": "Discipline", "agb": "AGB", "ion": "ION", "huisartsen": "Huisartsen",
        "eenheid": area.level.capitalize(), "regio_organisatie": "Regio-organisatie",
        "wsv": "WSV", "verzekeraar": "Verzekeraar",
    }  # fmt: skip
    table = area.practices[area.practices[["x_rd", "y_rd"]].notna().all(axis=1)]
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
    styles = practice_styles(table, kinds)
    told = zip(rows.to_dict("records"), styles, strict=True)
    features = features_of(points, [{**row, "stijl": style} for row, style in told])
    return MapLayer(layer, features, frozenset(kinds), on_top=True)


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
    largest = float(np.clip(120 / np.sqrt(max(len(ion), 1)), SMALLEST_RADIUS * 2, LARGEST_RADIUS))
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
