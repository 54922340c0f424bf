"""Totals with what they leave out: a sum of what is known says how much is unknown."""

import math
from collections.abc import Hashable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from oi_geo.pipeline import Toets
from oi_geo.plan import UNASSIGNED
from oi_geo.study_area import StudyArea
from oi_geo.tally import HUISARTS, practice_labels, total
from oi_geo.text import nl_count, nl_number

# Which practices a total of a group is made of.
COUNTED_FROM = {
    "ion": "huisartsenpraktijken",
    "huisartsen": "huisartsenpraktijken",
    "praktijken": "praktijken",
}


def total_text(known: float, unknown: float, decimals: int = 0) -> str:
    """Write a known sum and how many are missing from it: `46 (+ 77 onbekend)`.

    Where there is nothing to count from (NaN), all of it is unknown.
    """
    if math.isnan(known):
        return nl_number(known)
    return nl_number(known, decimals) + (f" (+ {nl_number(unknown)} onbekend)" if unknown else "")


def group_measures(toets: Toets) -> pd.DataFrame:
    """Return the measures per group, with `fte` beside them: NaN where the list gives none."""
    practices = toets.area.practices
    label = practice_labels(toets.area, toets.plan.sure_labels)
    label[practices["discipline"].ne(HUISARTS).to_numpy(bool)] = UNASSIGNED
    fte = total(label, len(toets.plan.groups), practices["fte"])
    return toets.measures.assign(fte=fte if practices["fte"].notna().any() else np.nan)


def measured_text(measured: pd.Series, name: str, decimals: int = 0) -> str:
    """Write a measure of a group with what is unknown of it; huisartsen that are fte say so."""
    unknown = measured.get(f"{name}_onbekend", 0)
    text = total_text(measured[name], unknown, decimals)
    fte = measured.get("fte", 0.0)
    if name == "huisartsen" and unknown and fte > 0:
        told = f"{nl_number(fte, 1)} fte"
        text = f"{text}; {told}" if measured[name] else f"{told} (personen onbekend)"
    return text + estimated_text(measured, COUNTED_FROM.get(name, ""))


def estimated_text(
    measured: Mapping[Hashable, Any] | pd.Series, practices: str = "praktijken"
) -> str:
    """Say of how many practices under a total the place is an estimate that may lie elsewhere.

    `practices` is the count of the practices that the total is made of; empty for another total.
    """
    some = measured.get(f"{practices}_geschat", 0)
    if not some > 0:
        return ""
    if some == measured[practices]:
        return " (alle plaatsen geschat)"
    each = f"{nl_number(some)} van {nl_count(measured[practices], 'praktijk', 'praktijken')}"
    return f" (van {each} is de plaats geschat)"


def known_and_unknown(values: pd.Series, singular: str, plural: str) -> str:
    """Write the sum of what is known of a column, and of how many rows it is unknown."""
    unknown = int(values.isna().sum())
    if unknown == len(values):
        return "onbekend"
    told = f" (van {nl_count(unknown, singular, plural)} onbekend)" if unknown else ""
    return nl_number(values.sum()) + told


def ion_text(area: StudyArea) -> str:
    """Say where the ION of the study area went: nothing is lost, and what is unknown is told."""
    if area.practices.empty:
        return "onbekend: er zijn geen praktijken geladen"
    doctors = area.practices[area.practices["discipline"].eq(HUISARTS)]
    unknown = int(doctors["ion"].isna().sum())
    if unknown == len(doctors):
        return "onbekend: van geen praktijk is het ION bekend"
    told = f"; van {nl_count(unknown, 'rij', 'rijen')} van huisartsen onbekend" if unknown else ""
    outside = area.ion_outside
    if outside:
        told = f" (waarvan {nl_number(outside)} buiten het gebied){told}"
    return (
        f"totaal {nl_number(area.ion_total)} = geplaatst {nl_number(area.ion_placed)} + niet "
        f"geplaatst {nl_number(area.ion_unplaced)}{told}"
    )
