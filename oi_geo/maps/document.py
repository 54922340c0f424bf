"""The HTML document around a folium map: no CDN, no tiles, nothing that a name can break.

Leaflet stands in the document itself. What comes from files is never handed to folium or branca,
which run every text through Jinja once more: it is embedded as JSON by `RawElement`, verbatim. A
content security policy keeps the document from loading anything, whatever is in it.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import folium
from branca.element import Element, MacroElement
from folium.map import Layer, LayerControl
from folium.template import Template
from markupsafe import escape

from oi_geo.maps.group_labels import GroupLabel
from oi_geo.maps.layers import MapLayer
from oi_geo.maps.legend import Frame, frame_html
from oi_geo.maps.themes import Theme, ThemeName

BACKGROUND_HOST = "https://service.pdok.nl"
BACKGROUND_TILES = (
    f"{BACKGROUND_HOST}/brt/achtergrondkaart/wmts/v2_0/grijs/EPSG:3857/{{z}}/{{x}}/{{y}}.png"
)
_LAYERS_ICON = (
    "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 26 26' fill='none' "
    "stroke='%23333' stroke-width='2'%3E%3Cpath d='M13 4l10 5-10 5L3 9z M3 13l10 5 10-5 M3 17l10 "
    "5 10-5'/%3E%3C/svg%3E"
)


@dataclass(frozen=True, eq=False)
class MapParts:
    """What a map document is made of.

    `layers` stand in drawing order, `labels` have the most important first,
    `bounds` is `[[south, west], [north, east]]`, `active` the theme that is on at the start.
    """

    layers: Sequence[MapLayer]
    themes: Sequence[Theme]
    active: ThemeName
    labels: Sequence[GroupLabel]
    bounds: list[list[float]]
    frame: Frame


class RawElement(Element):
    """Text that goes into the document as it is; branca's Element would run it as a template."""

    _template = Template("{{ this.text }}")

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text = text


class ThemeLayer(Layer):
    """A theme as a choice in the layer control."""

    _template = Template(
        "{% macro script(this, kwargs) %}"
        "var {{ this.get_name() }} = new oiGeo.Theme(oiData.themes[{{ this.position }}]);"
        "{% endmacro %}"
    )

    def __init__(self, title: str, position: int, *, show: bool) -> None:
        super().__init__(name=title, overlay=False, control=True, show=show)
        self._name = "Theme"
        self.position = position


class Script(MacroElement):
    """A line of JavaScript, made of names that this package chose."""

    _template = Template("{% macro script(this, kwargs) %}{{ this.code }}{% endmacro %}")

    def __init__(self, code: str) -> None:
        super().__init__()
        self._name = "Script"
        self.code = code


def safe_json(value: object) -> str:
    """Write JSON that can stand inside a script element: `<`, `>` and `&` become escapes."""
    text = json.dumps(value, ensure_ascii=True, allow_nan=False, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


@cache
def _asset(name: str) -> str:
    """Read a file of this package as text."""
    return files("oi_geo.maps").joinpath(name).read_text(encoding="utf-8")


@cache
def _styles() -> str:
    """Return Leaflet's style sheet without its images, then our own."""
    leaflet = _asset("assets/leaflet.css")
    for image in ("layers.png", "layers-2x.png"):
        leaflet = leaflet.replace(f"url(images/{image})", f'url("{_LAYERS_ICON}")')
    return leaflet.replace("url(images/marker-icon.png)", "none") + _asset("templates/map.css")


def _policy(*, background: bool) -> str:
    """Return the content security policy: nothing is loaded, but for tiles where asked for."""
    images = f"data: {BACKGROUND_HOST}" if background else "data:"
    return (
        f"default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; "
        f"img-src {images}; base-uri 'none'; form-action 'none'"
    )


def html_document(parts: MapParts, *, background: bool) -> str:
    """Render a map as one self-contained HTML document; the same parts give the same text."""
    (south, west), (north, east) = parts.bounds
    chart = folium.Map(
        location=[(south + north) / 2, (west + east) / 2],
        tiles=None,
        prefer_canvas=True,
        zoom_snap=0.25,
        attribution_control=background,
    )
    chart.default_js, chart.default_css = [], []
    root = chart.get_root()
    head = [
        f'<meta http-equiv="Content-Security-Policy" content="{_policy(background=background)}">',
        f"<title>{escape(parts.frame.title)}</title>",
        f"<!--\n{_asset('assets/LEAFLET-LICENSE')}\n-->",
        f"<style>{_styles()}</style>",
        f"<script>{_asset('assets/leaflet.js')}</script>",
        f"<script>{_asset('templates/map.js')}</script>",
        f"<script>var oiData = {safe_json(_data(parts))};</script>",
    ]
    for text in head:
        root.header.add_child(RawElement(text))
    root.html.add_child(RawElement(frame_html(parts.frame, parts.themes, parts.active)))
    named = _add_layers(chart, parts, background=background)
    html = root.render()
    for number, item in enumerate(named):
        html = html.replace(item.get_name(), f"oi_{number}")
    return html.replace("<html>", '<html lang="nl">', 1)


def _data(parts: MapParts) -> dict[str, object]:
    """Collect everything from files that the document holds."""
    return {
        "layers": [
            {"type": "FeatureCollection", "features": layer.features} for layer in parts.layers
        ],
        "themes": [
            {"name": t.name, "colours": t.colours, "index": t.index.tolist()} for t in parts.themes
        ],
        "labels": parts.labels,
    }


def _add_layers(chart: folium.Map, parts: MapParts, *, background: bool) -> list[Element]:
    """Add the layers and what binds them together to the map; returns every element in order."""
    elements: list[Element] = [_background()] if background else []
    for number, part in enumerate(parts.layers):
        name = part.layer.get_name()
        elements += [part.layer, Script(f"{name}.addData(oiData.layers[{number}]);")]
        if part.on_top:
            elements.append(Script(f"oiGeo.keepOnTop({chart.get_name()}, {name});"))
    themes = [
        ThemeLayer(theme.title, number, show=theme.name == parts.active)
        for number, theme in enumerate(parts.themes)
    ]
    labels = folium.FeatureGroup(name="Namen van de groepen", control=bool(parts.labels))
    names = ", ".join(theme.get_name() for theme in themes)
    start = (
        f"oiGeo.labels({chart.get_name()}, {labels.get_name()}, oiData.labels);"
        f"oiGeo.start({chart.get_name()}, [{names}], {parts.bounds});"
    )
    elements += [*themes, labels, LayerControl(), Script(start)]
    for element in elements:
        chart.add_child(element)
    return [chart, *elements]


def _background() -> folium.TileLayer:
    """Return PDOK's background map, the one thing on a map that needs internet."""
    return folium.TileLayer(
        BACKGROUND_TILES,
        attr="Achtergrond: BRT Achtergrondkaart, &copy; Kadaster (PDOK)",
        name="Achtergrondkaart",
        overlay=True,
        max_zoom=19,
    )
