"""Inhabitants per area: CBS's numbers in persons, unknown where they are absent or impossible."""

import geopandas as gpd
import pandas as pd

from oi_geo.codes import AreaKind
from oi_geo.sources.layouts import KIND_WORD, Layout, known_numbers
from oi_geo.sources.lines import per_row
from oi_geo.sources.report import ReadReport
from oi_geo.text import nl_count, nl_list, nl_number

# More people than any area of the Netherlands has: about twice Amsterdam, the largest gemeente.
MOST_PEOPLE = 2_000_000


def add_inhabitants(
    frame: gpd.GeoDataFrame, layout: Layout, kind: AreaKind, report: ReadReport
) -> gpd.GeoDataFrame:
    """Add `inwoners` and `inwoners_65plus` in persons; NaN where they are not known.

    Parameters
    ----------
    frame : GeoDataFrame
        Indexed by row in the file, with `code` and, where the layer has them, `inwoners` and
        `percentage_65plus` as written.
    layout, kind
        The layer's layout and what its rows are.
    report : ReadReport
        Gets a `fout` for each impossible number, and a line on what is unknown or estimated.

    Returns
    -------
    GeoDataFrame
        The same rows. Where CBS writes 0 inhabitants and no percentage by age the number is
        unknown: the file does not tell nobody from a secret number.
    """
    people = _possible(frame, layout, "inwoners", MOST_PEOPLE, report)
    share = _possible(frame, layout, "percentage_65plus", 100, report)
    words = KIND_WORD[kind]
    if "percentage_65plus" in frame:
        silent = (people == 0) & known_numbers(frame["percentage_65plus"]).isna()
        if silent.any():
            report.warn(
                f"In {nl_count(int(silent.sum()), *words)} staat 0 inwoners zonder verdeling naar "
                "leeftijd. Het bestand zegt niet of daar niemand woont of dat het aantal geheim "
                "is; het geldt als onbekend, niet als nul: "
                f"{nl_list(frame.loc[silent, 'code'])}."
            )
        people = people.mask(silent)
        report.info(
            f"Inwoners van 65 jaar en ouder per {kind} zijn geschat: het afgeronde percentage van "
            "CBS maal het aantal inwoners."
        )
    missing = int(people.isna().sum()) if "inwoners" in frame else 0
    if missing:
        report.info(f"Van {nl_count(missing, *words)} is het aantal inwoners onbekend.")
    return frame.assign(inwoners=people, inwoners_65plus=people * share / 100)


def _possible(
    frame: gpd.GeoDataFrame, layout: Layout, name: str, most: int, report: ReadReport
) -> pd.Series:
    """Read a column as numbers from 0 to `most`; what else stands there is unknown, and said."""
    if name not in frame:
        return pd.Series(float("nan"), frame.index)
    numbers = known_numbers(frame[name])
    wrong = (numbers < 0) | (numbers > most)
    what = {"inwoners": "aantal inwoners", "percentage_65plus": "percentage"}[name]
    lines = {
        row: f"Laag {layout.layer.name}, kolom {layout.columns[name]}: {value:.10g} kan geen "
        f"{what} zijn; verwacht wordt 0 t/m {nl_number(most)}. Het geldt als onbekend."
        for row, value in numbers[wrong].items()
    }
    per_row(report.error, lines, f"kolom {layout.columns[name]}, geen mogelijk {what}")
    return numbers.mask(wrong)
