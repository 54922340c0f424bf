"""A map of how much of one proposed regio lies with each unit, on average over an ensemble."""

import json
from collections.abc import Hashable

import numpy as np
import pandas as pd

from oi_geo.maps.document import MapParts, html_document
from oi_geo.maps.geometry import (
    Shapes,
    border_lines,
    bounds_of,
    dissolved,
    label_points,
    simplified,
)
from oi_geo.maps.group_labels import group_labels
from oi_geo.maps.layers import (
    CASING,
    PROPOSED_LINE,
    UNIT_LINE,
    MapLayer,
    counted,
    empty_layer,
    features_of,
    gemeente_layer,
    link_layer,
    unit_rows,
)
from oi_geo.maps.legend import Frame, source_line
from oi_geo.maps.marks import Marks, group_marks
from oi_geo.maps.themes import NO_SHARE, group_texts, group_theme, share_theme
from oi_geo.plan import Plan
from oi_geo.study_area import StudyArea
from oi_geo.text import nl_percentage


def share_map_html(
    area: StudyArea, plan: Plan, group: str, shares: pd.Series, marks: Marks | None = None
) -> str:
    """Draw how much of a proposed regio lies with each unit.

    Parameters
    ----------
    area : StudyArea
    plan : Plan
        The proposal, on the units of `area`; its groups are a second theme.
    group : str
        The regio, one of `plan.groups`; it is outlined.
    shares : Series of float
        Per unit code the mean share (0-1) of the people of the regio that lies with it; NaN for
        units that nothing is said of.
    marks : Marks, optional
        How the groups are marked elsewhere; without it they are marked as if the plan stands alone.

    Returns
    -------
    str
        One self-contained HTML document that makes no request.
    """
    shares = shares.reindex(area.units.index)
    shapes = simplified(area.units.geometry.to_numpy())
    points = label_points(shapes)
    marks = marks if marks and marks.fit(plan) else group_marks(area, [plan])[0]
    groups = dissolved(shapes, plan.sure_labels, len(plan.groups))
    codes, names = pd.factorize(area.units["gemeentecode"])
    gemeenten = dissolved(shapes, codes, len(names))
    layers = [
        _unit_layer(area, shapes, plan, shares),
        gemeente_layer(gemeenten),
        link_layer(area, points),
        _outline(groups[[plan.groups.index(group)]]),
    ]
    layers = [layer for layer in layers if layer.features]
    themes = [share_theme(shares), group_theme(plan, marks)]
    members = plan.members(group)
    parts = MapParts(
        layers=layers,
        themes=themes,
        active="samen",
        labels=group_labels(plan, marks, groups, points, chosen=group),
        bounds=bounds_of(area, [*members, *shares.index[shares > 0]]),
        frame=Frame(
            f"Wat hoort bij {group}?",
            f"Voorgesteld: {counted(area, members)}. De kleur van een {area.level} is het deel "
            "van de mensen van deze groep dat erbij ligt, gemiddeld over de plannen.",
            source_line(area),
            frozenset().union(*(layer.signs for layer in layers)),
            area.is_example,
        ),
    )
    return html_document(parts, background=False)


def _unit_layer(area: StudyArea, shapes: Shapes, plan: Plan, shares: pd.Series) -> MapLayer:
    """Draw the units; the tooltip tells the share, and where the proposal puts them."""
    fields = {
        "aandeel": "Deel van de groep erbij (gemiddeld)",
        "groep": "In het voorstel",
        "gemeentenaam": "Gemeente",
        "code": "Code",
        "inwoners": "Inwoners",
    }
    rows = (
        unit_rows(area)
        .assign(
            aandeel=[NO_SHARE if np.isnan(s) else nl_percentage(s, 0) for s in shares],
            groep=group_texts(plan),
        )
        .astype("object")
    )
    layer = empty_layer(
        area.level.capitalize(), style=UNIT_LINE, control=False,
        each=f"oiGeo.describeUnit({json.dumps(list(fields.items()))})",
    )  # fmt: skip
    return MapLayer(layer, features_of(shapes, rows.to_dict("records")))


def _outline(shape: Shapes) -> MapLayer:
    """Outline the proposed regio in a colour of its own: a chosen unit is outlined in black."""
    lines = border_lines(shape)
    rows: list[dict[Hashable, object]] = [
        {"stijl": {**CASING, "weight": 8}},
        {"stijl": PROPOSED_LINE},
    ]
    features = features_of(np.repeat(lines, 2), rows if len(lines) else [])
    layer = empty_layer("Grens van de voorgestelde groep")
    return MapLayer(layer, features, frozenset({"voorgesteld"}))
