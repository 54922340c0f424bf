"""A map of an area or of a tested plan: one HTML document that opens without internet."""

import numpy as np
import pandas as pd
import shapely

from oi_geo.criteria.kader import deciding, lapsed
from oi_geo.maps.document import MapParts, html_document
from oi_geo.maps.geometry import Shapes, bounds_of, dissolved, label_points
from oi_geo.maps.group_labels import GroupLabel, group_labels
from oi_geo.maps.layers import (
    GROUP_LINE,
    UNIT_LINE,
    UNIT_LINE_ON_BACKGROUND,
    MapLayer,
    counted,
    cut_gemeenten,
    finding_layer,
    gemeente_layer,
    hatch_layer,
    line_layer,
    link_layer,
    shared_layer,
    unit_layer,
)
from oi_geo.maps.legend import Frame, source_line
from oi_geo.maps.marks import Marks, group_marks
from oi_geo.maps.practices import practice_layer
from oi_geo.maps.surroundings import (
    drawn_shapes,
    surroundings_labels,
    surroundings_layer,
    wider,
)
from oi_geo.maps.themes import ColourBy, group_texts, themes_of
from oi_geo.pipeline import Toets
from oi_geo.plan import LEVEL_WORDS, UNASSIGNED, Plan
from oi_geo.study_area import StudyArea
from oi_geo.text import nl_count
from oi_geo.whole_map import around


def toets_map_html(
    toets: Toets,
    *,
    title: str,
    colour_by: ColourBy = "groepen",
    background: bool = False,
    marks: Marks | None = None,
) -> str:
    """Draw a tested plan: groups, cut gemeenten, findings, practices and links.

    Parameters
    ----------
    toets : Toets
    title : str
        Stands above the map; any text.
    colour_by : {'groepen', 'inwoners', 'ion', '65plus'}
        The theme that is on at the start; the others are in the layer control.
    background : bool
        Whether to show PDOK's background map, which needs internet; without it the document makes
        no request at all, and is not able to.
    marks : Marks, optional
        How the groups are marked elsewhere; without it they are marked as if the plan stands alone.

    Returns
    -------
    str
        One self-contained HTML document.
    """
    plan = toets.plan
    count = nl_count(len(plan.groups), *LEVEL_WORDS[plan.level])
    number = len(_kaders(toets)[0])
    kaders = nl_count(number, "kader", "kaders") if number else "geen enkel kader"
    assigned = plan.units[plan.labels != UNASSIGNED]
    return _map(
        toets,
        toets.area,
        plan,
        title=title,
        subtitle=f"{count}: {counted(toets.area, assigned)}; getoetst aan {kaders}",
        colour_by=colour_by,
        background=background,
        marks=marks,
    )


def area_map_html(
    area: StudyArea,
    *,
    title: str = "",
    colour_by: ColourBy = "inwoners",
    plan: Plan | None = None,
    background: bool = False,
) -> str:
    """Draw a study area, with the groups of a plan where one is given; see `toets_map_html`."""
    return _map(
        None,
        area,
        plan,
        title=title or "Kaart van het gebied",
        subtitle=counted(area),
        colour_by=colour_by,
        background=background,
    )


def _map(
    toets: Toets | None,
    area: StudyArea,
    plan: Plan | None,
    *,
    title: str,
    subtitle: str,
    colour_by: ColourBy,
    background: bool,
    marks: Marks | None = None,
) -> str:
    """Put the layers of a map together, the lowest first."""
    shapes, outside = drawn_shapes(area)
    points = label_points(shapes)
    groups = None if plan is None else dissolved(shapes, plan.sure_labels, len(plan.groups))
    labels: list[GroupLabel] = []
    if plan is not None and groups is not None:
        marks = marks if marks and marks.fit(plan) else group_marks(area, [plan])[0]
        labels = group_labels(plan, marks, groups, points)
    style = UNIT_LINE_ON_BACKGROUND if background else UNIT_LINE
    bounds = bounds_of(area, () if plan is None else plan.units[plan.labels != UNASSIGNED])
    layers = [unit_layer(area, shapes, plan, style), *_border_layers(area, plan, shapes, groups)]
    if outside is not None:
        layers.insert(0, surroundings_layer(outside))
        labels += surroundings_labels(outside, area)
        bounds = wider(bounds)
    if toets is not None:
        without_force = lapsed(toets.kaders, area.practice_list.day)
        counting = [one for one in toets.findings if one.kader not in without_force]
        layers.append(finding_layer(area, toets.plan, counting, shapes))
    layers.append(link_layer(area, points))
    layers.append(practice_layer(area))
    layers = [layer for layer in layers if layer.features]
    themes = themes_of(area, plan, marks)
    signs = frozenset().union(*(layer.signs for layer in layers))
    kaders, left_out = ((), ()) if toets is None else _kaders(toets)
    parts = MapParts(
        layers=layers,
        themes=themes,
        active=colour_by if plan is not None or colour_by != "groepen" else "inwoners",
        labels=labels,
        bounds=bounds,
        frame=Frame(title, subtitle, source_line(area), signs, area.is_example, kaders, left_out),
    )
    return html_document(parts, background=background)


def _kaders(toets: Toets) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Name the kaders that the test comes down to, and those that do not count; each with why.

    A kader that is not in force counts where none is (see `lapsed`): then it says so as well.
    """
    level, day = toets.plan.level, toets.area.practice_list.day
    names = deciding(toets.kaders, level, day)
    told = [(kader, kader.short_note(level, day)) for kader in toets.kaders]
    titles = [(k.naam, f"{k.titel} ({why})" if why else k.titel) for k, why in told]
    return (
        tuple(title for naam, title in titles if naam in names),
        tuple(title for naam, title in titles if naam not in names),
    )


def _border_layers(
    area: StudyArea, plan: Plan | None, shapes: Shapes, groups: Shapes | None
) -> list[MapLayer]:
    """Draw gemeenten, those that the plan cuts, and groups."""
    codes, names = pd.factorize(area.units["gemeentecode"])
    gemeenten = dissolved(shapes, codes, len(names))
    borders = gemeente_layer(gemeenten)
    if plan is None or groups is None:
        return [borders]
    there = around(area, plan)  # what lies across the edge of a work area may cut a gemeente too
    cut = gemeenten[names.isin(cut_gemeenten(there.area, there.plan))]
    x0, y0, x1, y1 = shapely.total_bounds(shapes)
    extent = float(np.hypot(x1 - x0, y1 - y0))
    shared = plan.units.isin(list(plan.double))
    # Units that stand in the same groups have one outline together.
    kinds, found = pd.factorize(pd.Series(group_texts(plan)[shared], dtype="object"))
    outlined = np.concatenate([groups, dissolved(shapes[shared], kinds, len(found))])
    return [
        hatch_layer(cut, extent),
        shared_layer(shapes[shared], extent),
        borders,
        line_layer("Grenzen van de groepen", outlined, GROUP_LINE, "groepsgrens"),
    ]
