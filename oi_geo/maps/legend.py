"""Everything around the map: title, badge, legend, source line. Names are escaped by Jinja."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib.resources import files

import jinja2
from markupsafe import Markup

from oi_geo.maps.layers import (
    FINDING_LINES,
    GEMEENTE_LINE,
    GROUP_LINE,
    HATCH_LINE,
    LINK_LINES,
    PROPOSED_LINE,
    SHARED_LINE,
    Style,
)
from oi_geo.maps.practices import DOT_SHARES, ESTIMATED, ESTIMATED_RIM, PRACTICE_DOTS
from oi_geo.maps.surroundings import SURROUNDINGS_STYLE
from oi_geo.maps.themes import Theme
from oi_geo.study_area import StudyArea
from oi_geo.text import dutch_date

_LINES: dict[str, Style] = {
    "gemeentegrens": GEMEENTE_LINE,
    "groepsgrens": GROUP_LINE,
    "voorgesteld": PROPOSED_LINE,
    **{verdict.value: style for verdict, style in FINDING_LINES.items()},
    **LINK_LINES,
}

SIGNS = {
    "gemeentegrens": "gemeentegrens",
    "groepsgrens": "grens van een groep",
    "voorgesteld": "voorgestelde groep",
    "doorsneden": "doorsneden gemeente",
    "gedeeld": "gebied in meer dan een groep",
    "voldoet niet": "bevinding: voldoet niet",
    "signaal": "bevinding: signaal",
    "huisarts": "huisarts (groter: meer ION)",
    "huisarts zonder ION": "huisarts, ION onbekend",
    "regio-organisatie": "zetel regio-organisatie",
    "anders": "andere praktijk",
    ESTIMATED: "plaats geschat uit de postcode",
    "omgeving": "buiten het werkgebied",
    "verbinding": "brug, tunnel, dijk of anders",
    "veer": "veer",
}
# Pixels of a column: the widest label on one line, within reason; a longer one wraps.
NARROWEST, WIDEST, PER_LETTER, FOR_SIGN = 96, 160, 7, 34
SIGN_RADIUS = 5
# Above this number of classes the legend beside the map has two columns; on paper, above the second
# one, it follows the map on a page of its own.
MANY_CLASSES, TOO_MANY_FOR_A_SHEET = 24, 70


@dataclass(frozen=True)
class Frame:
    """The words around a map.

    `title` and `subtitle` stand above it, `source` below it; `signs` names the signs that are on
    it, keys of `SIGNS`; `kaders` are the titles of the kaders that the plan was tested against,
    `left_out` those that do not count, with the reason.
    """

    title: str
    subtitle: str
    source: str
    signs: frozenset[str]
    is_example: bool
    kaders: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()


def source_line(area: StudyArea) -> str:
    """Name what the map is drawn from, and when."""
    made = f"Kaart gemaakt op {dutch_date(datetime.now().astimezone().date())} met oi_geo."
    if area.is_example:
        return f"Fictief voorbeeldgebied: geen bestaande plaatsen, praktijken of cijfers. {made}"
    borders = [s for s in area.sources if s.naam == "grenzen"]
    years = ", ".join(str(s.jaar) for s in borders if s.jaar)
    others = [f"{s.naam}: {s.bestand}" for s in area.sources if s.naam != "grenzen"]
    names = "; ".join([*(s.bestand for s in borders), *others])
    kept = f" (bestanden: {names})" if names else ""
    return f"Bron: CBS/Kadaster Wijk- en Buurtkaart {years or 'zonder jaartal'}{kept}. {made}"


def symbol(name: str) -> Markup:
    """Draw one sign of the legend as SVG; nothing in it comes from a file."""
    if name in _LINES:
        style = _LINES[name]
        inner = Markup(
            '<path d="M1 7 H23" stroke="{}" stroke-width="{}" stroke-dasharray="{}"/>'
        ).format(style["color"], style["weight"], style.get("dashArray", "none"))
    elif name in PRACTICE_DOTS or name == ESTIMATED:
        style = PRACTICE_DOTS.get(name, {**ESTIMATED_RIM, "fillColor": "none"})
        radius = SIGN_RADIUS * DOT_SHARES.get(name, 1)
        circle = Markup('<circle cx="12" cy="7" r="{}"').format(radius)
        square = Markup('<rect x="{}" y="{}" width="{}" height="{}"').format(
            12 - radius, 7 - radius, 2 * radius, 2 * radius
        )
        inner = (square if style.get("square") else circle) + Markup(
            ' fill="{}" stroke="{}" stroke-width="{}" stroke-dasharray="{}"/>'
        ).format(
            style["fillColor"], style["color"], style["weight"], style.get("dashArray", "none")
        )
    elif name == "omgeving":
        inner = Markup('<rect x="1" y="1" width="22" height="12" fill="{}" stroke="{}"/>').format(
            SURROUNDINGS_STYLE["fillColor"], SURROUNDINGS_STYLE["color"]
        )
    else:
        starts, line = range(-10, 24, 5), HATCH_LINE if name == "doorsneden" else SHARED_LINE
        first, last = (0, 14) if name == "doorsneden" else (14, 0)  # as they slant on the map
        lines = " ".join(f"M{x} {first} L{x + 14} {last}" for x in starts)
        inner = Markup('<path d="{}" stroke="{}" stroke-width="{}" stroke-opacity="{}"/>').format(
            lines, line["color"], line["weight"], line["opacity"]
        )
    return Markup('<svg viewBox="0 0 24 14" fill="none" aria-hidden="true">{}</svg>').format(inner)


@cache
def _environment() -> jinja2.Environment:
    """Load the templates, with every value escaped."""
    folder = jinja2.FileSystemLoader(str(files("oi_geo.maps").joinpath("templates")))
    return jinja2.Environment(loader=folder, autoescape=True, trim_blocks=True, lstrip_blocks=True)


def column_width(labels: Sequence[str]) -> int:
    """Return how wide (pixels) a column of the legend should be for these labels."""
    longest = max((len(label) for label in labels), default=0)
    return min(max(FOR_SIGN + PER_LETTER * longest, NARROWEST), WIDEST)


def frame_html(frame: Frame, themes: Sequence[Theme], active: str) -> str:
    """Render title, legend and source line; only the legend of the active theme is visible."""
    most = max(len(theme.labels) for theme in themes)
    return _environment().get_template("frame.html").render(
        frame=frame,
        signs=[(symbol(name), SIGNS[name]) for name in SIGNS if name in frame.signs],
        themes=[
            (
                t,
                column_width(t.labels),
                list(zip(t.labels, t.colours, t.numbers, strict=True)),
            )
            for t in themes
        ],
        active=active,
        many=most > MANY_CLASSES,
        too_many=most > TOO_MANY_FOR_A_SHEET,
    )  # fmt: skip
