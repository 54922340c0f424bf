"""The one JSON document of a test: the contract that other programs read."""

import json
import math
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from oi_geo.criteria.finding import Finding
from oi_geo.pipeline import Toets
from oi_geo.report.conclusion import deciding_kaders, kader_notes, lapsed_kaders
from oi_geo.report.totals import group_measures
from oi_geo.study_area import StudyArea
from oi_geo.work_area import partly_inside

Json = str | int | float | bool | None | Sequence["Json"] | Mapping[str, "Json"]

GROUP_COLUMNS = [
    "inwoners", "inwoners_onbekend", "ion", "praktijken", "huisartsen", "oppervlakte_km2", "delen",
    "delen_met_verbindingen", "polsby_popper", "reock", "gemeenten_geheel", "gemeenten_gedeeld",
    "gemeenten_onbekend", "inwoners_gedeeld", "ion_onbekend", "ion_dubbel", "huisartsen_onbekend",
    "huisartsen_dubbel", "ion_niet_geplaatst", "praktijken_niet_geplaatst",
    "huisartsen_niet_geplaatst", "praktijken_geschat",
]  # fmt: skip

PART_COLUMNS = [
    "groep", "aandeel_oppervlakte", "aandeel_inwoners", "inwoners", "ion", "praktijken",
    "inwoners_onbekend", "ion_onbekend",
]  # fmt: skip


def document(toets: Toets) -> Mapping[str, Json]:
    """Build the document of issue line 13; numbers are JSON numbers, unknown is null."""
    plan, area, without_force = toets.plan, toets.area, lapsed_kaders(toets)
    measures = group_measures(toets)[GROUP_COLUMNS].to_dict("index")
    return {
        "niveau": plan.level,
        "kaders": [kader.naam for kader in toets.kaders],
        "kaders_getoetst": list(deciding_kaders(toets)),
        "kaders_opmerkingen": list(kader_notes(toets)),
        "peildatum": area.practice_list.day.isoformat() if area.practice_list.day else None,
        "lijst": area.practice_list.extent,
        "bronnen": [vars(source) for source in toets.sources],
        "werkgebied": work_area_row(area),
        "groepen": [
            {
                "groep": group,
                "eenheden": list(plan.members(group)),
                "eenheden_gedeeld": list(plan.shared_members(group)),
                **{str(name): plain(value) for name, value in measures[group].items()},
            }
            for group in plan.groups
        ],
        "bevindingen": [
            {**finding_row(one), "kader": one.kader, "van_kracht": one.kader not in without_force}
            for one in toets.findings
        ],
        "grensproblematiek": border_rows(toets),
        "niet_deelnemend": frame_rows(toets.border.outsiders, list(toets.border.outsiders.columns)),
        "niet_toegewezen": list(plan.unassigned),
        "ion": {
            "totaal": plain(area.ion_total),
            "geplaatst": plain(area.ion_placed),
            "niet_geplaatst": plain(area.ion_unplaced),
            "waarvan_buiten_het_gebied": plain(area.ion_outside),
        },
        "leesverslag": [
            {name: plain(value) for name, value in vars(message).items()}
            for report in toets.reports
            for message in report.messages
        ],
    }


def work_area_row(area: StudyArea) -> Json:
    """Write which work area was cut from the map; null for the whole map."""
    if area.whole is None:
        return None
    return {
        "gevraagd": list(area.work_area),
        "gemeenten": sorted(area.units["gemeentecode"].unique()),
        "gemeenten_gedeeltelijk": partly_inside(area),
        "eenheden": len(area.units),
        "inwoners": plain(area.units["inwoners"].sum()),
        "inwoners_onbekend": int(area.units["inwoners"].isna().sum()),
    }


def finding_row(finding: Finding) -> Mapping[str, Json]:
    """Write one finding as a row of `bevindingen`."""
    limit = finding.limit
    return {
        "regel": finding.rule,
        "groep": finding.group,
        "oordeel": finding.verdict.value,
        "waarde": plain(finding.value),
        "grens": [plain(x) for x in limit] if isinstance(limit, tuple) else plain(limit),
        "eenheid": finding.unit,
        "status": finding.status,
        "bron": finding.source,
        "toelichting": finding.explanation,
        "waar": list(finding.where),
        "waarde_laag": plain(finding.bounds[0]) if finding.bounds else None,
        "waarde_hoog": plain(finding.bounds[1]) if finding.bounds else None,
        "teller": plain(finding.counts[0]) if finding.counts else None,
        "noemer": plain(finding.counts[1]) if finding.counts else None,
        "dekking": plain(finding.coverage),
    }


def border_rows(toets: Toets) -> list[Json]:
    """Write the cut gemeenten, each with its parts (groep null: outside all groups)."""
    rows: list[Json] = []
    for (code, name), parts in toets.border.gemeenten.groupby(
        ["gemeentecode", "gemeentenaam"], sort=True
    ):
        delen = frame_rows(parts, PART_COLUMNS)
        rows.append({"gemeentecode": str(code), "gemeentenaam": str(name), "delen": delen})
    return rows


def frame_rows(frame: pd.DataFrame, columns: Sequence[str]) -> list[Json]:
    """Write some columns of a table as a list of JSON objects."""
    cells = zip(*(frame[name].tolist() for name in columns), strict=True)
    return [dict(zip(columns, map(plain, row), strict=True)) for row in cells]


def plain(value: object) -> Json:
    """Turn a numpy or pandas value into a JSON value; unknown is null, whole numbers are int."""
    if isinstance(value, tuple | list):
        return [plain(x) for x in value]
    if value is None or value is pd.NA:
        return None
    if isinstance(value, str | bool):
        return value
    if isinstance(value, np.bool_):
        return bool(value)
    number = float(value)  # type: ignore[arg-type]
    if not math.isfinite(number):
        return None
    return int(number) if number.is_integer() else round(number, 6)


def to_json(toets: Toets) -> str:
    """Write the document as JSON text (UTF-8, readable)."""
    return json.dumps(document(toets), ensure_ascii=False, indent=1, allow_nan=False)
