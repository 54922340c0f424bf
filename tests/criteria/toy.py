"""A toy region for the rule tests: small drawn maps, complete practice rows, findings by rule."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

import geopandas as gpd
import pandas as pd

from oi_geo.criteria.assess import assess
from oi_geo.criteria.finding import Finding
from oi_geo.criteria.kader import kader_names, load_kader
from oi_geo.plan import Plan, PlanLevel, Scope
from oi_geo.study_area import PracticeList, StudyArea, study_area
from oi_geo.told_twice import TOLD
from tests.conftest import draw, practice_table

A, B, C = "WK0001AA", "WK0001BB", "WK0001CC"
NOTHING_SAID = PracticeList()
COMPLETE = PracticeList(extent="volledig")
KADERS = [load_kader(name) for name in kader_names()]


def practice(eenheid: str | None, ion: float | None = 1000.0, **more: object) -> dict[str, object]:
    """A participating huisarts practice of RO Alfa with one huisarts; `more` overrides."""
    row = {"eenheid": eenheid, "ion": ion, "huisartsen": 1.0, "deelnemer": True}
    return {**row, "regio_organisatie": "Alfa", "wsv": "W1", **more}


def area_of(
    picture: str = "A",
    rows: Iterable[dict[str, object]] = (),
    *,
    inwoners: float | Mapping[str, float] = 150_000.0,
    gemeenten: Mapping[str, float] | None = None,
    said: PracticeList = NOTHING_SAID,
    homes: Mapping[tuple[str, str | None], float] | None = None,
) -> StudyArea:
    """Draw a study area; `inwoners` per unit, `gemeenten` gives totals that the file states.

    `said` is what is said of the list; `homes` gives patients by (praktijk_id, unit): "" lives
    outside the map, None nobody knows where.
    """
    units = draw(picture)
    units["inwoners"] = inwoners if isinstance(inwoners, float) else pd.Series(inwoners)
    area = study_area(units, practices=practice_table(list(rows)))
    area = replace(area, practice_list=said, residence=None if homes is None else residence(homes))
    if gemeenten is None:
        return area
    frame = area.gemeenten.assign(inwoners=pd.Series(gemeenten, dtype=float))
    return replace(area, gemeenten=gpd.GeoDataFrame(frame, crs=28992))


def residence(homes: Mapping[tuple[str, str | None], float]) -> pd.DataFrame:
    """Make a placed table of where patients live (see `oi_geo.flows.residence_of`)."""
    way = {"": "buiten het gebied", None: "niet geplaatst"}
    who = {p: number for number, p in enumerate(dict.fromkeys(p for p, _ in homes))}
    rows = [
        {"praktijk": p, "agb": None, "aantal": n, **dict.fromkeys(TOLD, i), "wie": who[p],
         "soort": 0, "herhaald": 0.0, "eenheid": unit or None,
         "plaatsing": way.get(unit, "gebiedscode"),
         "mogelijk": None}
        for i, ((p, unit), n) in enumerate(homes.items())
    ]  # fmt: skip
    columns = ["praktijk", "agb", "aantal", *TOLD, "eenheid", "plaatsing", "mogelijk"]
    frame = pd.DataFrame(rows, columns=columns).astype({"agb": "str", "eenheid": "str"})
    return frame.astype(
        {"praktijk": "str", "plaatsing": "str", "aantal": "float64", "herhaald": "float64"}
    )


def findings(
    area: StudyArea,
    plan: Plan | Mapping[str, str],
    level: PlanLevel = "regio",
    *,
    scope: Scope | None = None,
) -> dict[tuple[str, str | None], Finding]:
    """Assess against all kaders; findings by (rule, group). A mapping is unit -> group."""
    if not isinstance(plan, Plan):
        plan = Plan.from_mapping(plan, area.units.index, level)
    if scope:
        plan = replace(plan, stated_scope=scope)
    return {(f.rule, f.group): f for f in assess(area, plan, KADERS)}


def verdict(rule: str, rows: Iterable[dict[str, object]], **more: object) -> Finding:
    """The finding of one rule for the single group West that covers the one unit A."""
    level = {"Z7": "wijk", "U4": "hub", "G5": "hub"}.get(rule, "regio")
    return findings(area_of("A", rows, **more), {A: "West"}, level)[rule, "West"]
