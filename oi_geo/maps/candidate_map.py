"""Small drawings of plans as SVG: cheap enough to draw again while a search runs.

A drawing stands on its own and makes no request. It is shown as an image, in which a browser runs
nothing, and every name in it is escaped. Shapes are simplified once, to the detail that a drawing
of this size shows, and keep sharing their borders. Measures are never taken on them.
"""

import base64
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from oi_geo.maps.drawing_labels import Fits, Labels
from oi_geo.maps.geometry import Shapes, border_lines, hatched, label_points
from oi_geo.maps.marks import Marks, group_marks
from oi_geo.maps.themes import Theme, group_theme
from oi_geo.plan import UNASSIGNED, Plan
from oi_geo.study_area import StudyArea

# Size of a drawing, in the units of its view box; on screen it takes the width that it gets.
WIDTH, MARGIN = 600.0, 8.0
HIGHEST = 660.0
LARGE, SMALL, SMALLEST = 19.0, 14.0, 10.0
# Above this number of groups their names are written small.
MANY_GROUPS = 12
MOST_LABELS = 40
# A label may touch the groups beside its own over this width, and stands in its own with the middle
# part (of its width and height) at least; what is left may lie outside all groups.
TOUCH, MIDDLE = 2.5, 0.7
HATCH_STEP = 9.0
NO_FILL = "#F4F4F4"
FIXED = " (vast)"

Labelling = Literal["namen", "nummers"]


@dataclass(frozen=True, eq=False)
class Canvas:
    """A study area made ready for drawings.

    Attributes
    ----------
    area : StudyArea
    shapes : ndarray of Polygon and MultiPolygon, shape (n_units,)
        Units in the view box of a drawing: x to the right and y downwards.
    height : float
        Height of the view box; its width is `WIDTH`.
    gemeenten : str
        Path of the gemeente borders.
    """

    area: StudyArea
    shapes: Shapes
    height: float
    gemeenten: str


def canvas_of(area: StudyArea) -> Canvas:
    """Simplify the units of an area to the detail of a drawing, and place them in its view box."""
    shapes = area.units.geometry.to_numpy()
    x0, y0, x1, y1 = shapely.total_bounds(shapes)
    scale = min(
        (WIDTH - 2 * MARGIN) / max(x1 - x0, 1.0), (HIGHEST - 2 * MARGIN) / max(y1 - y0, 1.0)
    )
    left = (WIDTH - scale * (x1 - x0)) / 2

    def place(points: NDArray[np.float64]) -> NDArray[np.float64]:
        x, y = points[:, 0], points[:, 1]
        return np.column_stack([left + (x - x0) * scale, MARGIN + (y1 - y) * scale])

    drawn = shapely.transform(shapely.coverage_simplify(shapes, 0.6 / scale), place)
    codes, _ = pd.factorize(area.units["gemeentecode"])
    borders = border_lines(_joined(drawn, codes, int(codes.max(initial=-1)) + 1))
    return Canvas(area, drawn, 2 * MARGIN + scale * (y1 - y0), _path(borders))


class PlanDrawing(NamedTuple):
    """A drawing of a plan, and the number and name of each group that its name found no room in."""

    svg: str
    numbered: tuple[tuple[str, str], ...]


def plan_svg(
    canvas: Canvas,
    plan: Plan,
    *,
    fixed: Collection[str] = (),
    labels: Labelling = "namen",
    marks: Marks | None = None,
) -> str:
    """Draw a plan where nothing is told beside it; see `draw_plan`."""
    return draw_plan(canvas, plan, fixed=fixed, labels=labels, marks=marks).svg


def draw_plan(
    canvas: Canvas,
    plan: Plan,
    *,
    fixed: Collection[str] = (),
    labels: Labelling = "namen",
    marks: Marks | None = None,
) -> PlanDrawing:
    """Draw a plan.

    Parameters
    ----------
    canvas : Canvas
        Of the area of the plan.
    plan : Plan
    fixed : collection of str
        Codes of units that are locked: they are hatched, and the name of their group says so.
    labels : {'namen', 'nummers'}
        What to write in the groups: their names as far as each fits in its own group, else their
        number; or the number of every one.
    marks : Marks, optional
        How the groups are marked, see `oi_geo.maps.marks.group_marks`.

    Returns
    -------
    PlanDrawing
        With an SVG document.
    """
    marks = marks or group_marks(canvas.area, [plan])[0]
    theme = group_theme(plan, marks)
    groups = _joined(canvas.shapes, theme.index, len(theme.colours))
    locked = plan.units.isin(list(fixed))
    parts = [
        f'<path d="{_path(shape, closed=True)}" fill="{colour}" fill-rule="evenodd"/>'
        for shape, colour in zip(groups, theme.colours, strict=True)
    ]
    parts += [_gemeenten(canvas), *_hatch(canvas, locked)]
    lines = _path(border_lines(groups))
    parts.append(f'<path d="{lines}" fill="none" stroke="#3A3A3A" stroke-width="1.8"/>')
    held = {plan.groups[i] for i in np.unique(plan.labels[locked]) if i != UNASSIGNED}
    written, numbered = _labels(canvas, groups, theme, held, labels)
    return PlanDrawing(_document(canvas, [*parts, *written]), numbered)


def places_svg(canvas: Canvas, places: Sequence[Collection[str]]) -> str:
    """Draw an area with numbered places (unit codes) outlined; a place without units is skipped."""
    outline = _path(canvas.shapes, closed=True)
    parts = [
        f'<path d="{outline}" fill="{NO_FILL}" stroke="#bbb" stroke-width="0.5"/>',
        _gemeenten(canvas),
    ]
    numbers = Labels(WIDTH, canvas.height)
    for number, codes in enumerate(places, 1):
        here = canvas.area.units.index.isin(list(codes))
        if not here.any():
            continue
        shape = shapely.coverage_union_all(canvas.shapes[here])
        path = _path(shape, closed=True)
        parts.append(
            f'<path d="{path}" fill="#b00020" fill-opacity="0.18" fill-rule="evenodd" '
            'stroke="#b00020" stroke-width="3.5" stroke-linejoin="round"/>'
        )
        [middle] = label_points(np.array([shape], dtype=object))
        if middle is not None:
            parts.append(numbers.put(str(number), middle.x, middle.y, LARGE * 1.4, always=True))
    return _document(canvas, parts)


def svg_uri(svg: str) -> str:
    """Return a drawing as the address of an image that holds all of it."""
    return f"data:image/svg+xml;base64,{base64.b64encode(svg.encode()).decode()}"


def _joined(shapes: Shapes, labels: NDArray[np.integer], n: int) -> Shapes:
    """Join the shapes of a coverage per label."""
    parts = [shapes[labels == label] for label in range(n)]
    return np.array([shapely.coverage_union_all(part) for part in parts], dtype=object)


def _gemeenten(canvas: Canvas) -> str:
    return f'<path d="{canvas.gemeenten}" fill="none" stroke="#6B6B6B" stroke-width="0.6"/>'


def _hatch(canvas: Canvas, locked: NDArray[np.bool_]) -> list[str]:
    """Hatch the units that are locked."""
    if not locked.any():
        return []
    whole = np.array([shapely.coverage_union_all(canvas.shapes[locked])], dtype=object)
    lines = shapely.get_parts(hatched(whole, HATCH_STEP))
    return [f'<path d="{_path(lines)}" fill="none" stroke="#111" stroke-width="0.9"/>']


def _labels(
    canvas: Canvas, shapes: Shapes, theme: Theme, held: Collection[str], labels: Labelling
) -> tuple[list[str], tuple[tuple[str, str], ...]]:
    """Write the names or numbers of groups, locked ones and then large ones first.

    `shapes` are those of the classes of the theme. A group that its name does not fit in gets its
    number, in smaller figures where it must; these are returned as well, with the name.
    """
    groups = [i for i, number in enumerate(theme.numbers) if number]
    points, room = label_points(shapes[groups]), Labels(WIDTH, canvas.height)
    names = [theme.labels[i] + (FIXED if theme.labels[i] in held else "") for i in groups]
    free = [theme.labels[i] not in held for i in groups]
    order = [i for i in np.lexsort((-shapely.area(shapes[groups]), free)) if points[i] is not None]
    name_size = LARGE if len(groups) <= MANY_GROUPS else SMALL
    inner = shapely.buffer(shapes, -TOUCH)
    shapely.prepare(shapes)
    fits = {i: _inside(shapes[groups[i]], np.delete(inner, groups[i])) for i in order}
    found: dict[int, str] = {}
    for i in order[:MOST_LABELS] if labels == "namen" else ():
        found[i] = room.put(names[i], points[i].x, points[i].y, name_size, fits=fits[i])
    left = [i for i in order if not found.get(i)]
    for size, within in ((LARGE, True), (SMALL, True), (SMALL, False), (SMALLEST, False)):
        for i in left:
            if not found.get(i):
                number, fit = theme.numbers[groups[i]], fits[i] if within else None
                found[i] = room.put(number, points[i].x, points[i].y, size, fits=fit)
    numbered = [(theme.numbers[groups[i]], names[i]) for i in left]
    return list(found.values()), tuple(sorted(numbered, key=lambda one: int(one[0])))


def _inside(own: shapely.Geometry, others: Shapes) -> Fits:
    """Return what tells whether a label stands in its own group, and over none of the others."""
    tree = shapely.STRtree(others)

    def fits(boxes: NDArray[np.float64]) -> NDArray[np.bool_]:
        half = np.column_stack([boxes[:, :2] - boxes[:, 2:], boxes[:, 2:] - boxes[:, :2]]) / 2
        middle = np.tile((boxes[:, :2] + boxes[:, 2:]) / 2, 2) + MIDDLE * half
        inside = shapely.covers(own, shapely.box(*middle.T))
        here = np.flatnonzero(inside)
        elsewhere, _ = tree.query(shapely.box(*boxes[here].T), predicate="intersects")
        inside[here[elsewhere]] = False
        return inside

    return fits


def _path(lines: Shapes, *, closed: bool = False) -> str:
    """Write lines or rings as the data of an SVG path, rounded to a tenth."""
    parts = shapely.get_parts(lines)
    rings = shapely.get_rings(parts) if closed else parts
    points, owner = shapely.get_coordinates(rings, return_index=True)
    if not len(points):
        return ""
    starts = np.flatnonzero(np.r_[True, owner[1:] != owner[:-1]])
    end = "Z" if closed else ""
    return "".join(
        "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in line) + end
        for line in np.split(points, starts[1:])
    )


def _document(canvas: Canvas, parts: Sequence[str]) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH:.0f} {canvas.height:.0f}" '
        f'width="{WIDTH:.0f}" height="{canvas.height:.0f}">{"".join(parts)}</svg>'
    )
