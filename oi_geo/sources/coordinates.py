"""Points from a table: RD or degrees, and the ways in which people mix them up, named."""

from collections.abc import Mapping
from typing import Literal

import numpy as np
import pandas as pd
from pyproj import Transformer

from oi_geo.sources.lines import number_text, per_row
from oi_geo.sources.numbers import read_numbers
from oi_geo.sources.report import ReadReport
from oi_geo.study_area import CRS

Pair = Literal["rd", "graden"]

COORDINATE_SYNONYMS: dict[str, list[str]] = {
    "x_rd": ["rd_x", "x", "x-coördinaat", "x-coord", "xcoo", "x_rd_new"],
    "y_rd": ["rd_y", "y", "y-coördinaat", "y-coord", "ycoo", "y_rd_new"],
    "lon": ["longitude", "lengtegraad", "lng", "long", "geografische lengte"],
    "lat": ["latitude", "breedtegraad", "geografische breedte"],
}

_COLUMNS: dict[Pair, tuple[str, str]] = {"rd": ("x_rd", "y_rd"), "graden": ("lon", "lat")}

# The extent of RD (EPSG:28992) over the European Netherlands in metres, and the same in degrees.
_RD_BOX = (0.0, 300_000.0, 300_000.0, 630_000.0)
_DEGREE_BOX = (3.0, 50.5, 7.5, 54.0)
_KM_BOX = (1.0, 300.0, 300.0, 630.0)

_LOOKS_LIKE: dict[Pair, dict[str, str]] = {
    "rd": {
        "rd omgekeerd": "x en y lijken verwisseld; zet de kleinste van de twee in '{a}'",
        "graden": "dit lijken lengte- en breedtegraad; zet ze in kolommen 'lon' en 'lat'",
        "graden omgekeerd": "dit lijken breedte- en lengtegraad; zet ze in kolommen 'lat' en 'lon'",
    },
    "graden": {
        "graden omgekeerd": "lengte- en breedtegraad lijken verwisseld; zet de grootste van de "
        "twee in '{b}'",
        "rd": "dit lijken RD-coördinaten in meters; zet ze in kolommen 'x_rd' en 'y_rd'",
        "rd omgekeerd": "dit lijken RD-coördinaten in meters, y voor x; zet ze in kolommen 'y_rd' "
        "en 'x_rd'",
        "komma weg": "het decimaalteken lijkt weggevallen; typ de graden opnieuw, met komma of "
        "punt",
    },
}
_LOOKS_LIKE_ANY = {
    "nul": "nul en nul staat hier waarschijnlijk voor onbekend; laat de cellen dan leeg",
    "kilometer": "dit lijken kilometers; geef RD-coördinaten in meters",
    "": "dit punt ligt buiten Nederland; controleer de getallen",
}


def read_points(
    table: pd.DataFrame, columns: Mapping[str, str], report: ReadReport
) -> pd.DataFrame:
    """Read the coordinates of a table.

    What is wrong with a pair is recognised and named, never repaired: the pair is set aside. Where
    a row has both RD and degrees, RD counts and degrees fill in.

    Parameters
    ----------
    table : DataFrame of str
        Cells, with the canonical columns x_rd, y_rd, lon and lat as far as the file has them.
    columns : mapping of str to str
        Canonical name to the file's column, for the messages.
    report : ReadReport
        Receives a line for each pair that was set aside.

    Returns
    -------
    DataFrame of float64, EPSG:28992
        `x_rd` and `y_rd` in metres with the index of `table`; both NaN where unknown.
    """
    points = pd.DataFrame(np.nan, index=table.index, columns=["x_rd", "y_rd"])
    rd = _read_pair(table, columns, report, "rd")
    if rd is not None:
        points[["x_rd", "y_rd"]] = rd.to_numpy()
    degrees = _read_pair(table, columns, report, "graden")
    if degrees is not None:
        fill = (points["x_rd"].isna() & degrees.iloc[:, 0].notna()).to_numpy()
        to_rd = Transformer.from_crs("EPSG:4326", CRS, always_xy=True)
        pairs = degrees.to_numpy()[fill]
        points.loc[fill] = np.column_stack(to_rd.transform(pairs[:, 0], pairs[:, 1]))
    return points


def _read_pair(
    table: pd.DataFrame, columns: Mapping[str, str], report: ReadReport, pair: Pair
) -> pd.DataFrame | None:
    """Read one pair of columns; rows whose pair is unusable become NaN in both."""
    present = [name for name in _COLUMNS[pair] if name in columns]
    if not present:
        return None
    if len(present) == 1:
        (other,) = set(_COLUMNS[pair]) - set(present)
        report.warn(
            f"Kolom '{columns[present[0]]}' is niet gebruikt: de kolom '{other}' die er bij hoort "
            "ontbreekt."
        )
        return None
    a, b = (columns[name] for name in present)
    values = pd.DataFrame(
        {
            name: read_numbers(table[name], columns[name], report, grouped=pair == "rd")
            for name in present
        }
    )
    half = table[present].notna().sum(axis=1).eq(1)
    sentence = (
        f"Er is maar één coördinaat; '{a}' en '{b}' zijn allebei nodig, dus de plaats is onbekend "
        "gelaten."
    )
    per_row(report.error, dict.fromkeys(table.index[half], sentence), "maar één coördinaat")
    known = values.notna().all(axis=1)
    kind = pd.Series("onbekend", values.index).mask(known, _recognise(values))
    sentences = {**_LOOKS_LIKE[pair], **_LOOKS_LIKE_ANY}
    wrong = values[known & (kind != pair)]
    outside = _LOOKS_LIKE_ANY[""]
    lines = {
        row: f"De coördinaten {number_text(x, 6)} en {number_text(y, 6)} (kolommen '{a}' en "
        f"'{b}') zijn niet gebruikt: {sentences.get(kind[row], outside).format(a=a, b=b)}."
        for row, x, y in wrong.itertuples()
    }
    per_row(report.error, lines, f"coördinaten in '{a}' en '{b}' die niet kunnen kloppen")
    return values.where(kind == pair)


def _recognise(values: pd.DataFrame) -> pd.Series:
    """Say what each pair of numbers looks like; empty text where it looks like nothing known."""
    a, b = values.iloc[:, 0].to_numpy(), values.iloc[:, 1].to_numpy()

    def inside(x: np.ndarray, y: np.ndarray, box: tuple[float, float, float, float]) -> np.ndarray:
        west, south, east, north = box
        return (x >= west) & (x <= east) & (y >= south) & (y <= north)

    lost_mark = (a >= 1000) & (b >= 1000) & _starts_with(a, 3, 7, 1) & _starts_with(b, 50, 53, 2)  # noqa: PLR2004
    checks = {
        "rd": inside(a, b, _RD_BOX),
        "rd omgekeerd": inside(b, a, _RD_BOX),
        "graden": inside(a, b, _DEGREE_BOX),
        "graden omgekeerd": inside(b, a, _DEGREE_BOX),
        "kilometer": inside(a, b, _KM_BOX),
        "nul": (a == 0) & (b == 0),
        "komma weg": lost_mark,
    }
    found = np.select(list(checks.values()), [np.array(kind) for kind in checks], np.array(""))
    return pd.Series(found, values.index)


def _starts_with(values: np.ndarray, low: int, high: int, digits: int) -> np.ndarray:
    """Tell which positive numbers have first digits between `low` and `high`."""
    size = np.floor(np.log10(np.where(values > 0, values, 1.0)))
    first = np.floor(values / 10.0 ** (size - digits + 1))
    return (first >= low) & (first <= high)
