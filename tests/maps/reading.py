"""Read a map document back, without a browser."""

import json
import re
from html.parser import HTMLParser


def data_of(html: str) -> dict:
    """The data that the document holds."""
    return json.loads(re.search(r"<script>var oiData = (.*?);</script>", html, re.DOTALL).group(1))


def layers_of(html: str) -> dict[str, list[dict]]:
    """The features of each layer, by the name in the layer control (units: 'eenheden')."""
    data = data_of(html)
    block = re.search(r"overlays :\s*\{(.*?)\},", html, re.DOTALL).group(1)
    names = {v: json.loads(k) for k, v in re.findall(r'("[^"]*") : (oi_\d+)', block)}
    filled = re.findall(r"(oi_\d+)\.addData\(oiData\.layers\[(\d+)\]\)", html)
    return {
        names.get(variable, "eenheden"): data["layers"][int(number)]["features"]
        for variable, number in filled
    }


class Reader(HTMLParser):
    """Collects tags, attributes and visible texts of a document."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.scripts: list[str] = []
        self._inside = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        self._inside = tag

    def handle_endtag(self, tag):
        self._inside = ""

    def handle_data(self, data):
        if self._inside in {"script", "style"}:
            self.scripts.append(data)
        elif data.strip():
            self.texts.append(data.strip())


def legend_of(html: str, theme: str) -> list[str]:
    """The labels of one theme's legend, as they are read."""
    return [label for _, label in numbered_legend_of(html, theme)]


def numbered_legend_of(html: str, theme: str) -> list[tuple[str, str]]:
    """The number (empty where there is none) and the label of each class of one theme."""
    section = re.search(rf'<section data-theme="{theme}".*?</section>', html, re.DOTALL).group()
    rows = [Reader(row).texts for row in re.findall(r"<li>.*?</li>", section, re.DOTALL)]
    return [("", row[0]) if len(row) == 1 else (row[0], row[1]) for row in rows]
