"""Whether a map holds whole gemeenten: what their own borders and their inhabitants tell.

A map that was cut in another program may hold only some wijken of a gemeente. Then nobody can say
of that gemeente whether it lies wholly in a group.
"""

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from oi_geo.placement import CIRCLE_M
from oi_geo.sources.report import ReadReport
from oi_geo.study_area import gemeenten_of_units
from oi_geo.tally import ROUNDING, WITHOUT_WIJK
from oi_geo.text import nl_list, nl_number

# Borders that were simplified apart differ in wider strips, on both sides: so far is looked.
WIDEST_STRIP_M = 1_000.0


def incomplete_gemeenten(
    units: gpd.GeoDataFrame, gemeenten: gpd.GeoDataFrame, *, land: bool
) -> dict[str, str]:
    """Tell of which gemeenten the units are only a part.

    A gemeente is incomplete where its own shape holds ground outside its units, or where its units,
    all with known inhabitants, count fewer people than it has, beyond rounding (to 5) and beyond
    the people of whom CBS does not know the wijk (`WITHOUT_WIJK`).

    Parameters
    ----------
    units : GeoDataFrame, EPSG:28992
        `gemeentecode`, `inwoners`, geometry.
    gemeenten : GeoDataFrame, EPSG:28992
        Indexed by gemeentecode: `inwoners` (NaN where unknown), geometry. Codes without units, and
        units of gemeenten that are not in it, tell nothing.
    land : bool
        Whether both are land only; if not, ground outside the units may be water, and tells nothing
        where the inhabitants agree.

    Returns
    -------
    dict of str to str
        By gemeentecode, in its order, a Dutch clause that says what tells so.
    """
    ours = gemeenten_of_units(units)
    ours = ours[ours.index.isin(gemeenten.index)]
    theirs = gemeenten.loc[ours.index]
    missing_m2 = _missing_m2(ours.geometry.to_numpy(), theirs.geometry.to_numpy())
    count = units["gemeentecode"].value_counts().reindex(ours.index)
    short = (theirs["inwoners"] - ours["inwoners"]).to_numpy(np.float64)
    slack = ROUNDING * (count.to_numpy() + 1)
    few = short > np.maximum(slack, WITHOUT_WIJK * theirs["inwoners"].to_numpy(np.float64))
    agree = np.abs(short) <= slack  # False where one of the numbers is unknown
    told: dict[str, str] = {}
    for i, code in enumerate(ours.index):
        if few[i]:
            told[str(code)] = (
                f"wat erin staat telt {nl_number(ours['inwoners'].iloc[i])} van de "
                f"{nl_number(theirs['inwoners'].iloc[i])} inwoners"
            )
        elif missing_m2[i] and (land or not agree[i]):
            water = "" if land else ", of dat is water"
            told[str(code)] = f"{nl_number(missing_m2[i] / 1e6, 2)} km² ervan ontbreekt{water}"
    return told


def _missing_m2(ours: NDArray[np.object_], theirs: NDArray[np.object_]) -> NDArray[np.float64]:
    """Measure the ground (m²) of each shape outside ours; 0 where only strips along borders are."""
    found = np.zeros(len(ours))
    smallest = np.pi * CIRCLE_M**2
    left = shapely.difference(theirs, ours)
    for i in np.flatnonzero(shapely.area(left) > smallest):
        over = shapely.difference(ours[i], theirs[i])
        width = CIRCLE_M
        while width < WIDEST_STRIP_M and not shapely.is_empty(shapely.buffer(over, -width)):
            width *= 2
        if not shapely.is_empty(shapely.buffer(left[i], -width)):
            found[i] = shapely.area(left[i])
    return found


def warn_contradictions(
    units: gpd.GeoDataFrame, gemeenten: gpd.GeoDataFrame, report: ReadReport
) -> None:
    """Say in the read report which gemeenten count fewer people than their known units together.

    Parameters
    ----------
    units, gemeenten
        See `incomplete_gemeenten`.
    report : ReadReport
        Gets one warning.
    """
    known = units.groupby("gemeentecode")["inwoners"].agg(["sum", "count"])
    whole = gemeenten["inwoners"].reindex(known.index)
    bad = known[known["sum"] - whole > ROUNDING * (known["count"] + 1)]
    if bad.empty:
        return
    each = (
        f"{gemeenten['naam'].get(code, code)} ({code}: {nl_number(whole[code])} tegen "
        f"{nl_number(people)})"
        for code, people in bad["sum"].items()
    )
    report.warn(
        "Het aantal inwoners van een gemeente is lager dan dat van haar eenheden samen, meer dan "
        f"door afronding kan: {nl_list(each, 20)}. Wat eenheden met een geheim aantal daar tellen, "
        "is dan onbekend."
    )


def warn_incomplete(told: dict[str, str], names: pd.Series, report: ReadReport) -> None:
    """Say in the read report which gemeenten the map holds only a part of."""
    if not told:
        return
    each = (f"{names.get(code, code)} ({code}: {why})" for code, why in told.items())
    listed = nl_list(each, 20)
    report.warn(
        f"Het bestand bevat maar een deel van {listed}. Of zo'n gemeente heel in een groep ligt, "
        "is niet te bepalen."
    )
