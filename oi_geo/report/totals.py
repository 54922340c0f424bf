"""Totals with what they leave out: a sum of what is known says how much is unknown."""

import math
from collections.abc import Hashable, Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from oi_geo.criteria.places import places_of
from oi_geo.metrics import perhaps_double
from oi_geo.pipeline import Toets
from oi_geo.plan import UNASSIGNED
from oi_geo.study_area import StudyArea
from oi_geo.tally import HUISARTS, REGIO_ORGANISATIE, practice_labels, total, uncounted
from oi_geo.text import nl_count, nl_number

# Which practices a total of a group is made of.
COUNTED_FROM = {
    "ion": "huisartsenpraktijken",
    "huisartsen": "huisartsenpraktijken",
    "praktijken": "praktijken",
}


def total_text(
    known: float, unknown: float, decimals: int = 0, *, double: float = 0, unplaced: float = 0
) -> str:
    """Write a known sum with what is doubtful about it, and what is missing from it.

    `46 (+ 77 onbekend)`; `29.253 (waarvan 1.885 misschien dubbel)`; `0 (+ 2.095 niet geplaatst)`:
    of practices without a place that may stand here (NaN: how many people is unknown). Where there
    is nothing to count from (NaN), all of it is unknown.
    """
    if math.isnan(known):
        return nl_number(known)
    told = [f"waarvan {nl_number(double, decimals)} misschien dubbel"] if double else []
    told += [f"+ {nl_number(unknown)} onbekend"] if unknown else []
    told += [f"+ {nl_number(unplaced, decimals)} niet geplaatst"] if unplaced else []
    return nl_number(known, decimals) + (f" ({'; '.join(told)})" if told else "")


def group_measures(toets: Toets) -> pd.DataFrame:
    """Return the measures per group, and beside them what the sums leave out.

    `fte` is NaN where the list gives none; what ends in `_niet_geplaatst` is of practices without a
    place that may stand in the group, in each of these groups once.
    """
    practices = toets.area.practices
    label = practice_labels(toets.area, toets.plan.sure_labels)
    label[practices["discipline"].ne(HUISARTS).to_numpy(bool)] = UNASSIGNED
    fte = total(label, len(toets.plan.groups), practices["fte"])
    return toets.measures.assign(
        fte=fte if practices["fte"].notna().any() else np.nan, **_unplaced(toets)
    )


def _unplaced(toets: Toets) -> dict[str, NDArray[np.float64]]:
    """Count per group what practices without a place that may stand there would add."""
    practices = toets.area.practices.reset_index(drop=True)
    rows = practices[practices["eenheid"].isna() & practices["discipline"].ne(REGIO_ORGANISATIE)]
    here = places_of(toets.area, toets.plan, rows).possibly.T.astype(np.float64)
    doctors = rows["discipline"].eq(HUISARTS).to_numpy(bool)
    found = {
        f"{name}_niet_geplaatst": _sum_or_unknown(here[:, doctors], rows[name][doctors])
        for name in ("ion", "huisartsen")
    }
    ids, _ = pd.factorize(rows["praktijk_id"])
    group, row = np.nonzero(here)
    practice = np.unique(np.stack([group, ids[row]]), axis=1)[0]
    counted = np.bincount(practice, minlength=len(here)).astype(np.float64)
    return {"praktijken_niet_geplaatst": counted, **found}


def _sum_or_unknown(here: NDArray[np.float64], values: pd.Series) -> NDArray[np.float64]:
    """Sum what is known per group; NaN where it has rows and of none of them it is known.

    `here` has shape (n_groups, n_rows): 1 where the row may stand in the group, else 0.
    """
    known = here @ values.notna().to_numpy(np.float64)
    sums: NDArray[np.float64] = here @ values.fillna(0.0).to_numpy(np.float64)
    return np.where((known == 0) & here.any(axis=1), np.nan, sums)


def measured_text(measured: pd.Series, name: str, decimals: int = 0) -> str:
    """Write a measure of a group with what is unknown of it; huisartsen that are fte say so."""
    unknown, fte = measured.get(f"{name}_onbekend", 0), measured.get("fte", 0.0)
    text = total_text(
        measured[name], unknown, decimals,
        double=measured.get(f"{name}_dubbel", 0),
        unplaced=measured.get(f"{name}_niet_geplaatst", 0),
    )  # fmt: skip
    if name == "huisartsen" and unknown and fte > 0:
        told = f"{nl_number(fte, 1)} fte"
        text = f"{text}; {told}" if measured[name] else f"{told} (personen onbekend)"
    return text + elsewhere_text(measured, "deze groep", COUNTED_FROM.get(name, ""))


def elsewhere_text(
    measured: Mapping[Hashable, Any] | pd.Series, where: str, practices: str = "praktijken"
) -> str:
    """Say of how many practices under a total the estimated place may lie outside `where`.

    Not of how many the place is an estimate: most of those lie in `where` in any case. `practices`
    is the count of the practices that the total is made of; empty for another total.
    """
    some = measured.get(f"{practices}_geschat", 0)
    if not some > 0:
        return ""
    each = f"{nl_number(some)} van {nl_count(measured[practices], 'praktijk', 'praktijken')}"
    return f" ({each} {'kan' if some == 1 else 'kunnen'} ook buiten {where} staan)"


def practice_notes(measures: pd.DataFrame) -> list[str]:
    """Say per group what is doubtful of its practices, for where a table has no room for it."""
    names = {"ion": "ION", "praktijken": "praktijken", "huisartsen": "huisartsen"}
    doubts = [column for column in measures if str(column).endswith(("_dubbel", "_niet_geplaatst"))]
    rows = measures[
        (measures[doubts].ne(0) & measures["ion"].notna().to_numpy()[:, None]).any(axis=1)
    ]
    return [
        f"{group}: {'; '.join(f'{word} {measured_text(row, n)}' for n, word in names.items())}."
        for group, row in rows.iterrows()
    ]


def known_and_unknown(values: pd.Series, singular: str, plural: str) -> str:
    """Write the sum of what is known of a column, and of how many rows it is unknown."""
    unknown = int(values.isna().sum())
    if unknown == len(values):
        return "onbekend"
    told = f" (van {nl_count(unknown, singular, plural)} onbekend)" if unknown else ""
    return nl_number(values.sum()) + told


def double_ion(area: StudyArea, label: NDArray[np.int64], n: int) -> NDArray[np.float64]:
    """Sum per label of the practices the ION of huisartsen that rows may say twice."""
    is_doctor = area.practices["discipline"].eq(HUISARTS).to_numpy(bool)
    return perhaps_double(area, is_doctor, label, n, "ion")


def unit_ion_texts(area: StudyArea, ion: pd.Series) -> pd.Series:
    """Write the ION per unit with what may stand in it twice."""
    own = area.units.index.get_indexer(area.practices["eenheid"])
    double = double_ion(area, own.astype(np.int64), len(ion))
    written = [total_text(known, 0, double=twice) for known, twice in zip(ion, double, strict=True)]
    return pd.Series(written, ion.index, dtype=object)


def ion_text(area: StudyArea) -> str:
    """Say where the ION of the study area went: nothing is lost, and what is unknown is told."""
    if area.practices.empty:
        return "onbekend: er zijn geen praktijken geladen"
    doctors = area.practices["discipline"].eq(HUISARTS).to_numpy(bool)
    lacking = uncounted(area.practices, "ion")
    unknown, unclear = int((lacking & doctors).sum()), int((lacking & ~doctors).sum())
    if not area.practices["ion"].notna().any():
        return "onbekend: van geen praktijk is het ION bekend"
    told = f"; van {nl_count(unknown, 'rij', 'rijen')} van huisartsen onbekend" if unknown else ""
    if unclear:
        told += f"; van {nl_count(unclear, 'rij', 'rijen')} zonder discipline onbekend"
    outside = area.ion_outside
    if outside:
        told = f" (waarvan {nl_number(outside)} buiten het gebied){told}"
    everywhere = np.zeros(len(area.practices), np.int64)
    double = float(double_ion(area, everywhere, 1)[0])
    in_all = total_text(area.ion_total, 0, double=double)
    return (
        f"totaal {in_all} = geplaatst {nl_number(area.ion_placed)} + niet geplaatst "
        f"{nl_number(area.ion_unplaced)}{told}"
    )
