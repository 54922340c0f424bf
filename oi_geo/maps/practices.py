"""The practices as dots: what they look like tells discipline, ION, and whether it is known.

Those that look the same at the same point are one sign, of which the card tells them all: signs on
top of each other look like something else, and only the top one can be pointed at.
"""

from collections.abc import Hashable, Mapping, Sequence

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from oi_geo.maps.layers import MapLayer, Style, describe, empty_layer, features_of
from oi_geo.study_area import StudyArea
from oi_geo.tally import HUISARTS, REGIO_ORGANISATIE
from oi_geo.text import nl_count, nl_number

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
        "color": "#1a1a1a", "weight": 2, "fillColor": "#ffffff", "fillOpacity": 1, "square": True,
    },
    OTHER: {
        "color": "#ffffff", "weight": 0.8, "fillColor": "#6b6b6b", "fillOpacity": 0.9,
    },
}  # fmt: skip
# Size of the dots that do not grow with ION, as a share of the largest dot. The square of a seat is
# larger than any: a practice at the same point stands in it, and both can be pointed at.
DOT_SHARES = {ION_UNKNOWN: 0.55, REGIO_ORGANISATIE: 1.2, OTHER: 0.4}
SMALLEST_RADIUS, LARGEST_RADIUS = 2.0, 5.0
# How far apart practices without a point of their own are drawn in their unit.
SPREAD_M, GOLDEN_ANGLE = 120.0, np.pi * (3 - np.sqrt(5))
# How many practices at one point are named; of more, the rest is counted.
MOST_NAMED = 15
FIELDS = {
    "discipline": "Discipline", "agb": "AGB", "ion": "ION", "huisartsen": "Huisartsen",
    "eenheid": "Eenheid", "regio_organisatie": "Regio-organisatie",
    "wsv": "WSV", "verzekeraar": "Verzekeraar", "plaats_op_kaart": "Plaats op de kaart",
}  # fmt: skip
# What is told of each practice by itself, where several are one sign.
OWN_FIELDS = frozenset({"agb", "huisartsen", "ion"})
DIFFERENT = "verschillend"

Row = dict[Hashable, object]


def practice_layer(area: StudyArea) -> MapLayer:
    """Draw the practices that stand in a unit, those of one kind at one point as one sign.

    The sign of huisartsen is the larger the more ION. One that was placed by its postcode has no
    point of its own: it is drawn in its unit, hollow, and its card says that the place is an
    estimate.
    """
    table = _with_points(area)
    table = table.sort_values("ion", ascending=False, na_position="first", kind="stable")
    kinds = np.array(practice_kinds(table), dtype=object)
    guessed = table["plaats_op_kaart"].notna().to_numpy()
    keys = [table["x_rd"].to_numpy(), table["y_rd"].to_numpy(), kinds, guessed]
    number = table.groupby(keys, sort=False).ngroup().to_numpy()
    first = np.unique(number, return_index=True)[1]
    # Not known where it is not known of one of them.
    ion = np.bincount(number, table["ion"].to_numpy(np.float64), len(first)).astype(np.float64)
    styles = [
        {**style, **ESTIMATED_RIM} if guess else style
        for style, guess in zip(
            practice_styles(ion, list(kinds[first])), guessed[first], strict=True
        )
    ]
    rows = _sign_rows(table, number, ion)
    # The smaller on top, so that each can be pointed at.
    order = sorted(range(len(first)), key=lambda i: -float(str(styles[i]["radius"])))
    points = shapely.points(table[["x_rd", "y_rd"]].to_numpy(np.float64)[first[order]])
    signs = {*kinds, *([ESTIMATED] if guessed.any() else [])}
    features = features_of(points, [{**rows[i], "stijl": styles[i]} for i in order])
    fields = {**FIELDS, "eenheid": area.level.capitalize()}
    layer = empty_layer("Praktijken", each=describe(fields, popup=True))
    return MapLayer(layer, features, frozenset(signs), on_top=True)


def _sign_rows(
    table: pd.DataFrame, number: NDArray[np.integer], ion: NDArray[np.float64]
) -> list[Row]:
    """Return what each sign tells; `number` is the sign of each practice, `ion` that of a sign."""
    other = (table["discipline"] != HUISARTS).to_numpy()
    rows = table[["naam", *FIELDS]].astype("object")
    for name in ("ion", "huisartsen"):
        rows[name] = table[name].map(nl_number).astype("object")
        rows.loc[other & table[name].isna().to_numpy(), name] = None
    rows["naam"] = rows["naam"].fillna("Praktijk zonder naam")
    told: list[Row] = rows.where(rows.notna(), None).to_dict("records")
    by_sign: list[list[Row]] = [[] for _ in ion]
    for sign, row in zip(number, told, strict=True):
        by_sign[sign].append(row)
    return [
        of_sign[0] if len(of_sign) == 1 else _together(of_sign, float(total))
        for of_sign, total in zip(by_sign, ion, strict=True)
    ]


def _together(practices: Sequence[Row], ion: float) -> Row:
    """Tell of several practices that are one sign: their number, what they share, and a list."""
    seats = practices[0]["discipline"] == REGIO_ORGANISATIE
    words = ("zetel", "zetels") if seats else ("praktijk", "praktijken")
    shared: Row = {}
    for field in FIELDS.keys() - OWN_FIELDS:
        values = {row[field] for row in practices}
        shared[field] = values.pop() if len(values) == 1 else DIFFERENT
    if any(row["ion"] is not None for row in practices):
        shared["ion"] = nl_number(ion)
    lines = [_line(row) for row in practices[:MOST_NAMED]]
    if len(practices) > MOST_NAMED:
        lines.append(f"en nog {nl_number(len(practices) - MOST_NAMED)}")
    return {"naam": nl_count(len(practices), *words), **shared, "lijst": lines}


def _line(row: Mapping[Hashable, object]) -> str:
    """Write one practice of several on one line, whatever is in its name."""
    parts = [row["naam"], None if row["discipline"] in PRACTICE_DOTS else row["discipline"]]
    parts += [row[field] and f"{FIELDS[field]} {row[field]}" for field in ("agb", "ion")]
    return " ".join(", ".join(str(part) for part in parts if part is not None).split())


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


def practice_styles(ion: NDArray[np.float64], kinds: Sequence[str]) -> list[Style]:
    """Give each sign its style; that of huisartsen grows with the root of their ION."""
    ion = np.nan_to_num(ion)
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
