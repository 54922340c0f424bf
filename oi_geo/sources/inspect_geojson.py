"""Read a GeoJSON text as JSON before GDAL does: strictly, one feature at a time."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
from pyproj import CRS
from pyproj.exceptions import CRSError

from oi_geo.errors import UnsafeFile, UnusableFile
from oi_geo.sources.limits import Limits, too_many
from oi_geo.text import nl_count, nl_number

_EXPECTED = "verwacht wordt een GeoJSON-FeatureCollection"
_WGS84 = 4326
# How servers say how many features there are in all (OGC API Features, WFS).
_MATCHED = ("numberMatched", "totalFeatures")
_WHITE = re.compile(r"[ \t\n\r]*")
_CRS_NAME = re.compile(
    r"(?:urn:ogc:def:crs:|https?://www\.opengis\.net/def/crs/)?"
    r"(?:EPSG[:/](?:[\d.]*[:/])?(?P<epsg>\d{4,6})|OGC[:/][\d.]*[:/]?CRS84)",
    re.IGNORECASE,
)
# How deep the positions of each kind of shape lie: a Point is one position.
_DEPTH = {
    "Point": 0, "MultiPoint": 1, "LineString": 1, "MultiLineString": 2, "Polygon": 2,
    "MultiPolygon": 3,
}  # fmt: skip


def inspect_geojson(path: Path, label: str, limits: Limits) -> None:
    """Refuse what is no strict GeoJSON, refers to elsewhere, or is too large.

    Raises
    ------
    UnsafeFile
        A reference system by link (GDAL would fetch it), nesting without end, too many features or
        vertices.
    UnusableFile
        No UTF-8, no valid JSON, another kind of JSON, or coordinates that are no finite numbers.
    """
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise UnusableFile(f"{label} is geen tekst in UTF-8; {_EXPECTED} in UTF-8.") from None
    try:
        _Collection(text, label, limits).check()
    except RecursionError:
        raise UnsafeFile(f"{label} is te diep genest om te lezen; {_EXPECTED}.") from None
    except json.JSONDecodeError as error:
        raise UnusableFile(
            f"{label} is geen geldige JSON (regel {nl_number(error.lineno)}, teken "
            f"{nl_number(error.colno)}); {_EXPECTED}."
        ) from None
    except ValueError:
        raise UnusableFile(f"{label} bevat een onleesbaar groot getal; {_EXPECTED}.") from None


class _Collection:
    """One GeoJSON text, walked through without keeping its features in memory."""

    def __init__(self, text: str, label: str, limits: Limits) -> None:
        self._text = text
        self._label = label
        self._limits = limits
        self._features = 0
        self._vertices = 0
        self._decoder = json.JSONDecoder(
            parse_constant=self._refuse_constant, object_pairs_hook=self._unique
        )

    def check(self) -> None:
        """Walk through the whole text."""
        top = self._unique(list(self._members()))
        match top.get("type"):
            case "FeatureCollection" if "features" in top:
                self._check_complete(top)
            case "Feature":
                self._check_feature(top)
            case "Topology":
                raise UnusableFile(f"{self._label} is TopoJSON; {_EXPECTED}.")
            case found:
                what = f"‘type’ is {str(found)[:40]!r}" if found else "‘type’ ontbreekt"
                raise UnusableFile(
                    f"{self._label} is JSON maar geen GeoJSON ({what}); {_EXPECTED}."
                )
        for key, value in top.items():
            if key.casefold() == "crs":  # GDAL does not mind the case either
                self._check_crs(value)

    def _check_complete(self, top: dict[str, Any]) -> None:
        """Refuse a page of a longer list: a verdict on part of a map is no verdict.

        What counts is how many features there are: pages that were put together keep the links
        and numbers of the first.
        """
        counts = [top.get(name) for name in _MATCHED]
        matched = max((n for n in counts if isinstance(n, int)), default=None)
        links = top.get("links")
        following = isinstance(links, list) and any(
            isinstance(link, dict) and link.get("rel") == "next" for link in links
        )
        properties = top.get("properties")
        nested = properties if isinstance(properties, dict) else {}
        cut = True in (top.get("exceededTransferLimit"), nested.get("exceededTransferLimit"))
        if matched is not None and matched > self._features:
            part = f"{nl_number(self._features)} van de {nl_number(matched)} vlakken"
        elif matched is None and (following or cut):
            part = f"{nl_count(self._features, 'vlak', 'vlakken')}, en er volgen er meer"
        else:
            return
        raise UnusableFile(
            f"{self._label} is volgens zichzelf niet compleet ({part}); haal ook de volgende "
            "bladzijden op en zet alles samen in één bestand."
        )

    def _members(self) -> Iterator[tuple[str, Any]]:
        """Yield the members of the outer object; features are checked and then let go."""
        position = self._expect("{", 0)
        following = ","
        while following == ",":
            key, position = self._decoder.raw_decode(self._text, self._skip(position))
            if not isinstance(key, str):
                raise json.JSONDecodeError("key", self._text, position)
            position = self._skip(self._expect(":", position))
            if key == "features" and self._text[position : position + 1] == "[":
                position = self._walk_features(position)
                yield key, None
            else:
                value, position = self._decoder.raw_decode(self._text, position)
                yield key, value
            following, position = self._next(position, "}")
        if self._skip(position) != len(self._text):
            raise json.JSONDecodeError("extra", self._text, position)

    def _walk_features(self, position: int) -> int:
        """Check the features one by one; return the position behind the list."""
        position = self._expect("[", position)
        if self._text[self._skip(position) :][:1] == "]":
            return self._skip(position) + 1
        following = ","
        while following == ",":
            feature, position = self._decoder.raw_decode(self._text, self._skip(position))
            self._check_feature(feature)
            following, position = self._next(position, "]")
        return position

    def _check_feature(self, feature: Any) -> None:  # noqa: ANN401
        """Check one feature: its kind, its shape, its number."""
        self._features += 1
        if self._features > self._limits.rows:
            raise too_many(self._label, "of meer rijen", self._features, self._limits.rows)
        if not isinstance(feature, dict) or feature.get("type") != "Feature":
            self._refuse_feature("is geen Feature")
        if not isinstance(feature.get("properties", {}), dict | None):
            self._refuse_feature("heeft kenmerken die geen object zijn")
        if feature.get("geometry") is not None:
            self._check_geometry(feature["geometry"])

    def _check_geometry(self, geometry: Any) -> None:  # noqa: ANN401
        """Check that a shape is one of the GeoJSON kinds with finite coordinates."""
        kind = str(geometry.get("type")) if isinstance(geometry, dict) else None
        if kind == "GeometryCollection" and isinstance(geometry.get("geometries"), list):
            for part in geometry["geometries"]:
                self._check_geometry(part)
        elif kind not in _DEPTH:
            self._refuse_feature(f"heeft een vorm van een onbekende soort ({str(kind)[:40]!r})")
        if any(key.casefold() == "crs" for key in geometry):
            self._refuse_feature("heeft een eigen coördinatenstelsel")
        if kind in _DEPTH:
            self._check_coordinates(geometry.get("coordinates"), _DEPTH[kind])

    def _check_coordinates(self, coordinates: Any, depth: int) -> None:  # noqa: ANN401
        """Check that coordinates are pairs (or triples) of finite numbers, and count them."""
        try:
            for positions in _flatten(coordinates, depth):
                array = np.asarray(positions, dtype=np.float64)
                if len(array) and (array.ndim != 2 or array.shape[1] < 2):  # noqa: PLR2004
                    self._refuse_feature("heeft coördinaten die geen paren zijn")
                if not np.isfinite(array).all():
                    self._refuse_feature("heeft een oneindige coördinaat")
                self._vertices += len(array)
        except (TypeError, ValueError, OverflowError):
            self._refuse_feature("heeft coördinaten die geen getallen zijn")
        if self._vertices > self._limits.vertices:
            raise too_many(self._label, "of meer punten", self._vertices, self._limits.vertices)

    def _check_crs(self, crs: Any) -> None:  # noqa: ANN401
        """Allow a reference system by name only: one by link would be fetched."""
        if crs is None:
            return
        properties = crs.get("properties") if isinstance(crs, dict) else None
        name = properties.get("name") if isinstance(properties, dict) else None
        by_name = isinstance(crs, dict) and crs.get("type") == "name" and isinstance(name, str)
        found = _CRS_NAME.fullmatch(str(name)) if by_name else None
        if not found:
            raise UnsafeFile(
                f"{self._label} verwijst voor het coördinatenstelsel naar iets anders dan een "
                f"EPSG-naam; verwacht wordt bijvoorbeeld ‘urn:ogc:def:crs:EPSG::28992’."
            )
        try:
            CRS.from_epsg(int(found["epsg"] or _WGS84))
        except CRSError:  # GDAL would silently take it for degrees
            raise UnusableFile(
                f"{self._label} noemt een coördinatenstelsel dat niet bestaat "
                f"(EPSG:{found['epsg']}); verwacht wordt bijvoorbeeld EPSG:28992 (Rijksdriehoek)."
            ) from None

    def _refuse_feature(self, what: str) -> NoReturn:
        raise UnusableFile(
            f"{self._label} heeft een fout in feature {nl_number(self._features)}, die {what}; "
            f"{_EXPECTED} met geldige vormen."
        )

    def _refuse_constant(self, constant: str) -> NoReturn:
        raise UnusableFile(
            f"{self._label} bevat {constant} als getal, wat in JSON niet bestaat; {_EXPECTED} met "
            f"gewone getallen."
        )

    def _unique(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        """Make a dict of JSON members; a name that stands twice is read differently by others."""
        made = dict(pairs)
        if len(made) < len(pairs):
            raise UnsafeFile(
                f"{self._label} heeft een object waarin een naam twee keer staat; {_EXPECTED} met "
                f"elke naam één keer."
            )
        return made

    def _skip(self, position: int) -> int:
        found = _WHITE.match(self._text, position)
        return found.end() if found else position

    def _expect(self, sign: str, position: int) -> int:
        position = self._skip(position)
        if self._text[position : position + 1] != sign:
            raise json.JSONDecodeError(sign, self._text, position)
        return position + 1

    def _next(self, position: int, closing: str) -> tuple[str, int]:
        """Return the sign after a value, a comma or the closing one, and the place behind it."""
        position = self._skip(position)
        sign = self._text[position : position + 1]
        if sign not in {",", closing}:
            raise json.JSONDecodeError(sign, self._text, position)
        return sign, position + 1


def _flatten(coordinates: Any, depth: int) -> Iterator[Any]:  # noqa: ANN401
    """Yield the lists of positions of a shape."""
    if depth == 0:
        yield [coordinates] if coordinates else []
    elif depth == 1:
        yield coordinates
    else:
        for part in coordinates:
            yield from _flatten(part, depth - 1)
