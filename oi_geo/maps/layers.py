"""The layers of a map: which shapes, in which style, with which words.

folium runs what it embeds through Jinja once more, so a name like `{{ 7 * 7 }}` in its data would
be executed. Every layer is therefore made empty, and its features travel beside it (see
`folium_map`), where names stay text.
"""

import json
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import folium
import numpy as np
import pandas as pd
import shapely
from folium.utilities import JsCode

from oi_geo.codes import AREA_WORDS
from oi_geo.criteria.finding import Finding, Verdict
from oi_geo.maps.geometry import Shapes, border_lines, hatched, mirrored, units_named, wgs84
from oi_geo.maps.themes import group_texts, ion_per_unit, share_65plus
from oi_geo.plan import Plan
from oi_geo.report.totals import unit_ion_texts
from oi_geo.study_area import StudyArea
from oi_geo.tally import HUISARTS, estimated
from oi_geo.text import nl_count, nl_number, nl_percentage

Style = dict[str, object]
Feature = dict[str, object]

UNIT_LINE: Style = {
    "color": "#4a4a4a", "weight": 0.5, "opacity": 0.45, "fillOpacity": 1, "fillColor": "#ffffff",
}  # fmt: skip
# Over a background map the units let it through.
UNIT_LINE_ON_BACKGROUND: Style = {**UNIT_LINE, "fillOpacity": 0.65}
GEMEENTE_LINE: Style = {"color": "#4a4a4a", "weight": 0.9, "opacity": 0.8}
# Above this number of gemeenten their borders are hairlines.
MANY_GEMEENTEN = 60
GEMEENTE_HAIRLINE: Style = {**GEMEENTE_LINE, "weight": 0.5, "opacity": 0.7}
GROUP_LINE: Style = {"color": "#2f2f2f", "weight": 2, "opacity": 0.95}
PROPOSED_LINE: Style = {"color": "#c44e00", "weight": 3.5, "opacity": 1, "interactive": False}
HATCH_LINE: Style = {"color": "#222222", "weight": 0.8, "opacity": 0.3}
SHARED_LINE: Style = {"color": "#222222", "weight": 1.4, "opacity": 0.55}
CASING: Style = {
    "color": "#ffffff",
    "weight": 5,
    "opacity": 0.9,
    "interactive": False,
}
FINDING_LINES: dict[Verdict, Style] = {
    Verdict.VOLDOET_NIET: {"color": "#b00020", "weight": 2.5},
    Verdict.SIGNAAL: {"color": "#8a4b00", "weight": 2.5, "dashArray": "8 5"},
}
LINK_LINES: dict[str, Style] = {
    "veer": {"color": "#0b3d91", "weight": 3, "dashArray": "2 7"},
    "verbinding": {"color": "#0b3d91", "weight": 3},
}


@dataclass(frozen=True, eq=False)
class MapLayer:
    """An empty folium layer, the GeoJSON features that belong in it, and its signs.

    `signs` are the keys in `legend.SIGNS` of what it draws; a layer with `on_top` stays above what
    is switched on later.
    """

    layer: folium.GeoJson
    features: list[Feature]
    signs: frozenset[str] = frozenset()
    on_top: bool = False


def features_of(shapes: Shapes, rows: Iterable[Mapping[Hashable, object]]) -> list[Feature]:
    """Make GeoJSON features (WGS84) from shapes in EPSG:28992 and their properties."""
    texts = shapely.to_geojson(wgs84(np.asarray(shapes, dtype=object)))
    return [
        {"type": "Feature", "properties": dict(row), "geometry": json.loads(text)}
        for text, row in zip(texts, rows, strict=True)
    ]


def empty_layer(
    name: str,
    *,
    style: Style | None = None,
    each: str | None = None,
    control: bool = True,
    show: bool = True,
) -> folium.GeoJson:
    """Make a folium layer without features.

    Parameters
    ----------
    name : str
        What the layer control calls it; a fixed text, never a name from a file.
    style : dict, optional
        Style of all features; without it each feature carries its own as `stijl`.
    each : str, optional
        JavaScript that is called on every feature; without it nothing reacts to the pointer.
    """
    return folium.GeoJson(
        {"type": "FeatureCollection", "features": []},
        name=name,
        control=control,
        show=show,
        smooth_factor=0.5,
        on_each_feature=JsCode(each) if each else None,
        style=style or JsCode("oiGeo.ownStyle"),
        point_to_layer=JsCode("oiGeo.circle"),
        interactive=each is not None,
    )


def describe(fields: Mapping[str, str], *, popup: bool = False) -> str:
    """Write the JavaScript that shows these properties (name: Dutch label) under the pointer."""
    return f"oiGeo.describe({json.dumps(list(fields.items()))}, {json.dumps(popup)})"


def unit_rows(area: StudyArea) -> pd.DataFrame:
    """Return what every map tells of its units, as text, indexed by code."""
    units = area.units
    return pd.DataFrame(
        {
            "naam": units["naam"],
            "code": units.index,
            "gemeentenaam": units["gemeentenaam"],
            "gemeentecode": units["gemeentecode"],
            "inwoners": units["inwoners"].map(nl_number),
        }
    ).astype("object")


def unit_layer(
    area: StudyArea, shapes: Shapes, plan: Plan | None, style: Style = UNIT_LINE
) -> MapLayer:
    """Draw the units; the theme gives them their colour, the tooltip all that is known."""
    fields = {
        "code": "Code",
        "gemeentenaam": "Gemeente",
        "groep": "Groep",
        "inwoners": "Inwoners",
        "aandeel65": "65 jaar en ouder",
        "ion": "ION",
    }
    rows = unit_rows(area).assign(
        aandeel65=share_65plus(area).map(nl_percentage).astype("object"),
        ion=ion_texts(area),
    )
    if plan is not None:
        rows["groep"] = group_texts(plan)
    rows = rows.where(rows.notna(), None)
    layer = empty_layer(
        area.level.capitalize(), style=style, control=False,
        each=f"oiGeo.describeUnit({json.dumps(list(fields.items()))})",
    )  # fmt: skip
    return MapLayer(layer, features_of(shapes, rows.to_dict("records")))


def ion_texts(area: StudyArea) -> pd.Series:
    """Write the ION of each unit; where a practice in it may stand in another, that is said."""
    texts = unit_ion_texts(area, ion_per_unit(area))
    rows = area.practices[estimated(area, np.arange(len(area.units)))]
    doubtful = texts.index.isin(rows.loc[rows["discipline"].eq(HUISARTS), "eenheid"])
    return texts.mask(doubtful, texts + " (plaats geschat)")


def gemeente_layer(gemeenten: Shapes) -> MapLayer:
    """Draw the borders of gemeenten, finer where there are many."""
    style = GEMEENTE_LINE if len(gemeenten) <= MANY_GEMEENTEN else GEMEENTE_HAIRLINE
    return line_layer("Gemeentegrenzen", gemeenten, style, "gemeentegrens")


def line_layer(name: str, shapes: Shapes, style: Style, sign: str) -> MapLayer:
    """Draw the borders of dissolved shapes."""
    lines = border_lines(shapes[~shapely.is_empty(shapes)])
    features = features_of(lines, [{}] * len(lines))
    return MapLayer(empty_layer(name, style=style), features, frozenset({sign}))


def cut_gemeenten(area: StudyArea, plan: Plan) -> list[str]:
    """Return the codes of gemeenten whose units do not all lie in the same group alone."""
    at, groups = plan.memberships()
    parts = pd.Series(groups).groupby(area.units["gemeentecode"].to_numpy()[at]).nunique()
    return list(parts.index[parts > 1])


def hatch_layer(shapes: Shapes, extent_m: float) -> MapLayer:
    """Hatch the gemeenten that the plan cuts."""
    lines = hatched(shapes, extent_m / 120)
    layer = empty_layer("Doorsneden gemeenten (gearceerd)", style=HATCH_LINE)
    return MapLayer(layer, features_of(lines, [{}] * len(lines)), frozenset({"doorsneden"}))


def shared_layer(shapes: Shapes, extent_m: float) -> MapLayer:
    """Hatch the units in several groups, the other way than gemeenten that the plan cuts."""
    lines = mirrored(hatched(mirrored(shapes), extent_m / 90))
    layer = empty_layer("In meer dan een groep (gearceerd)", style=SHARED_LINE)
    return MapLayer(layer, features_of(lines, [{}] * len(lines)), frozenset({"gedeeld"}))


def link_layer(area: StudyArea, points: Shapes) -> MapLayer:
    """Draw the registered links between two units; a ferry is dotted, the rest is drawn through."""
    fields = {"soort": "Soort", "reden": "Reden"}
    names, links = area.units["naam"], area.graph.links
    signs = ["veer" if link.soort == "veer" else "verbinding" for link in links]
    rows: list[dict[Hashable, object]] = [
        {
            "naam": f"{names[link.van]} – {names[link.naar]}",
            "soort": link.soort,
            "reden": link.reden,
            "stijl": LINK_LINES[sign],
        }
        for link, sign in zip(links, signs, strict=True)
    ]
    ends = shapely.get_coordinates(points[area.graph.link_positions().ravel()]).reshape(-1, 2, 2)
    layer = empty_layer("Verbindingen", each=describe(fields, popup=True))
    return MapLayer(layer, features_of(shapely.linestrings(ends), rows), frozenset(signs))


def finding_layer(
    area: StudyArea, plan: Plan, findings: Sequence[Finding], shapes: Shapes
) -> MapLayer:
    """Outline the places of findings that fail or signal, one per place, the worst on top.

    A rule that a group does not meet as a whole outlines the group.
    """
    places: dict[tuple[str, ...], list[Finding]] = {}
    for finding in findings:
        units = tuple(units_named(area, finding.where))
        if not units and finding.group is not None and finding.verdict is Verdict.VOLDOET_NIET:
            units = tuple(plan.members(finding.group))
        if units and finding.verdict in FINDING_LINES:
            places.setdefault(units, []).append(finding)
    rows: list[dict[Hashable, object]] = []
    outlines: list[object] = []
    signs = set()
    for units, found in reversed(places.items()):
        worst = min((f.verdict for f in found), key=lambda verdict: verdict.rank)
        text = "\n".join(f"{f.rule} ({f.verdict.value}): {f.explanation}" for f in found)
        groups = ", ".join(dict.fromkeys(f.group for f in found if f.group))
        told: dict[Hashable, object] = {
            "naam": groups or "Hele plan",
            "bevindingen": text,
            "stijl": FINDING_LINES[worst],
        }
        rows += [{"stijl": CASING}, told]
        place = shapely.union_all(shapes[area.units.index.get_indexer(units)])
        # A line, not a polygon: Leaflet's canvas would keep the pointer from all that lies inside.
        outlines += [shapely.boundary(place)] * 2
        signs.add(worst.value)
    layer = empty_layer("Bevindingen", each=describe({"bevindingen": "Bevindingen"}, popup=True))
    features = features_of(np.array(outlines, dtype=object), rows)
    return MapLayer(layer, features, frozenset(signs))


def counted(area: StudyArea, units: pd.Index | None = None) -> str:
    """Say how large the area, or a part of it, is: `90 wijken, 361.805 inwoners`."""
    inwoners = area.units["inwoners"] if units is None else area.units["inwoners"][units]
    unknown = int(inwoners.isna().sum())
    number = nl_count(len(inwoners), *AREA_WORDS[area.level])
    people = f"{number}, {nl_number(inwoners.sum())} inwoners"
    return f"{people} (van {nl_number(unknown)} onbekend)" if unknown else people
