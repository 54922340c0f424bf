"""The layouts in which CBS, Kadaster and PDOK publish areas, recognised by their columns.

| layout | code | water | inhabitants |
|---|---|---|---|
| wijken en buurten, 2022 and later | buurtcode, wijkcode, gemeentecode | water | aantal_inwoners |
| wijken en buurten, older shapefiles | BU_CODE, WK_CODE, GM_CODE | WATER or H2O | AANT_INW |
| gebiedsindelingen | statcode (its letters tell the kind of area) | | |
| Bestuurlijke Gebieden | identificatie and code, either way round | | |

Case, spaces and underscores do not matter; names cut at ten characters (shapefile) are known too.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import pandas as pd

from oi_geo.codes import AreaKind, area_kind, parse_area
from oi_geo.sources.column_names import column_key
from oi_geo.sources.geofile import Layer

# Values that CBS writes for secret, not yet or no longer published: at or below this, unknown.
SECRET = -99_990

# What one and what several areas are called.
KIND_WORD: dict[AreaKind, tuple[str, str]] = {
    "wijk": ("wijk", "wijken"),
    "buurt": ("buurt", "buurten"),
    "gemeente": ("gemeente", "gemeenten"),
}

_CODES: dict[AreaKind, tuple[str, ...]] = {
    "buurt": ("buurtcode", "bu_code"),
    "wijk": ("wijkcode", "wk_code"),
    "gemeente": ("gemeentecode", "gm_code", "gemeenteco"),
}
AREA_NAMES: dict[AreaKind, tuple[str, ...]] = {
    "buurt": ("buurtnaam", "bu_naam"),
    "wijk": ("wijknaam", "wk_naam"),
    "gemeente": ("gemeentenaam", "gm_naam", "gemeentena"),
}
_FIELDS: dict[str, tuple[str, ...]] = {
    "water": ("water", "h2o"),
    "inwoners": ("aantal_inwoners", "aant_inw", "aantal_inw"),
    "percentage_65plus": ("percentage_personen_65_jaar_en_ouder", "p_65_eo_jr"),
    "jaar": ("jaar",),
    "jrstatcode": ("jrstatcode",),
}
# What a column of inhabitants may be called that is none of the names above.
_PEOPLE = re.compile(r"inw|bevolking|population|persons|personen$|^aantalmensen")
_STAT = ("statcode", "statnaam")
_BESTUURLIJK = ("identificatie", "code", "naam")


@dataclass(frozen=True)
class Layout:
    """What the columns of one layer mean.

    Attributes
    ----------
    title : str
        Name of the layout in Dutch.
    layer : Layer
        The layer that it was found in.
    kind : {'wijk', 'buurt', 'gemeente'} or None
        What the rows are; None where only the codes tell (gebiedsindelingen).
    columns : mapping of str to str
        From our name (`code`, `naam`, `gemeentecode`, `gemeentenaam`, `water`, `inwoners`,
        `percentage_65plus`, `jaar`, `jrstatcode`, `andere_code`) to the column in the file.
    """

    title: str
    layer: Layer
    kind: AreaKind | None
    columns: Mapping[str, str]


def recognise_layouts(layer: Layer) -> list[Layout]:
    """List the layouts that the columns of a layer allow, the finest areas first.

    A layer of gemeenten may carry empty columns for buurten and wijken: which of the layouts it
    is, only the codes tell.
    """
    if layer.geometry_type is None:
        return []
    spelled = {column_key(name): name for name in reversed(layer.columns)}
    rest = _found(spelled, _FIELDS.items())
    found = []
    if all(name in spelled for name in _STAT):
        columns = {"code": spelled["statcode"], "naam": spelled["statnaam"], **rest}
        found.append(Layout("gebiedsindelingen", layer, None, columns))
    codes = _found(spelled, _CODES.items())
    names = _found(spelled, AREA_NAMES.items())
    kinds: tuple[AreaKind, ...] = ("buurt", "wijk", "gemeente")
    found += [_with_codes(layer, kind, codes, names, rest) for kind in kinds if kind in codes]
    if all(name in spelled for name in _BESTUURLIJK) and "ligtinprovinciecode" in spelled:
        columns = {
            "code": spelled["identificatie"],
            "andere_code": spelled["code"],
            "naam": spelled["naam"],
            **rest,
        }
        found.append(Layout("Bestuurlijke Gebieden", layer, "gemeente", columns))
    return found


def _with_codes(
    layer: Layer,
    kind: AreaKind,
    codes: Mapping[str, str],
    names: Mapping[str, str],
    rest: Mapping[str, str],
) -> Layout:
    """Make the layout of wijken en buurten in which the rows are of this kind."""
    columns = {"code": codes[kind], **rest}
    columns |= {"naam": names[kind]} if kind in names else {}
    if kind != "gemeente":
        columns |= {
            ours: found["gemeente"]
            for ours, found in (("gemeentecode", codes), ("gemeentenaam", names))
            if "gemeente" in found
        }
    old = column_key(codes[kind]) != _CODES[kind][0]
    title = "wijken en buurten (oudere kolomnamen)" if old else "wijken en buurten"
    return Layout(title, layer, kind, columns)


def unread_people(layout: Layout) -> list[str]:
    """Name the columns that look like inhabitants, where none was read as such."""
    if "inwoners" in layout.columns:
        return []
    return [name for name in layout.layer.columns if is_about_people(name)]


def is_about_people(column: str) -> bool:
    """Tell whether a column is named after inhabitants."""
    return _PEOPLE.search(column_key(column)) is not None


def _found(
    spelled: Mapping[str, str], wanted: Iterable[tuple[str, tuple[str, ...]]]
) -> dict[str, str]:
    """Find the columns that are there: our name to the spelling in the file."""
    return {
        ours: spelled[column_key(name)]
        for ours, names in wanted
        for name in reversed(names)
        if column_key(name) in spelled
    }


def kind_of_codes(codes: Iterable[object]) -> AreaKind | None:
    """Tell from their letters what the first readable codes name; None if they name no area."""
    for code in codes:
        kind = area_kind(str(code).strip().upper())
        if kind is not None:
            return kind
    return None


def known_numbers(values: pd.Series) -> pd.Series:
    """Turn a column into numbers in which CBS's special values (<= -99990) are missing."""
    numbers = pd.to_numeric(values, errors="coerce").astype("float64")
    return numbers.mask(numbers <= SECRET)


def gemeentecodes(frame: pd.DataFrame) -> pd.Series:
    """Read gemeentecodes from `code` and, where that holds none, from `andere_code`.

    Bestuurlijke Gebieden writes `GM0363` in one and `0363` in the other, either way round.
    """
    codes = frame["code"].map(lambda value: parse_area(value, "gemeente")).astype("str")
    if "andere_code" in frame:
        other = frame["andere_code"].map(lambda value: parse_area(value, "gemeente"))
        codes = codes.fillna(other.astype("str"))
    return codes
