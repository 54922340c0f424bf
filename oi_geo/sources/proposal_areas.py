"""What a cell of a proposal may name: a CBS code in any spelling, or the name of a gemeente."""

import difflib
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from oi_geo.codes import AreaKind, area_kind, parse_area
from oi_geo.sources.plain_text import without_accents
from oi_geo.sources.unit_names import UnitNames, unit_names
from oi_geo.study_area import StudyArea

_KINDS: dict[str, AreaKind] = {"GM": "gemeente", "WK": "wijk", "BU": "buurt"}
_DIGITS: dict[AreaKind, int] = {"gemeente": 4, "wijk": 6, "buurt": 8}
_MOST_NAMES_JOINED = 6  # tokens in one name: `Nuenen, Gerwen en Nederwetten` has three

# Official names beside the ones that people use; keys as `name_key` makes them.
_DOUBLE_NAMES = {
    "denhaag": "sgravenhage",
    "denbosch": "shertogenbosch",
    "defriesemeren": "defryskemarren",
    "zuidwestfriesland": "sudwestfryslan",
    "noordoostfriesland": "noardeastfryslan",
    "nuenen": "nuenengerwenennederwetten",
}
# CBS tells namesakes apart by the province: `Bergen (NH.)` and `Bergen (L.)`.
_PROVINCES = {
    "limburg": "l",
    "noordholland": "nh",
    "zuidholland": "zh",
    "overijssel": "o",
    "zeeland": "z",
    "gelderland": "gld",
}


def name_key(name: str) -> str:
    """Reduce a gemeente's name to what people agree on: no case, accents, marks or `gemeente`."""
    base, suffix = _split_suffix(name)
    return _DOUBLE_NAMES.get(base, base) + suffix


def _split_suffix(name: str) -> tuple[str, str]:
    """Split `Bergen (NH.)` into the keys `bergen` and `nh`."""
    plain = re.sub(r"^\s*gemeente\s+|\(\s*gemeente\s*\)", "", without_accents(name))
    found = re.fullmatch(r"(.*?)\((.*)\)\s*", plain)
    base, suffix = found.groups() if found else (plain, "")
    base, suffix = (re.sub(r"[^a-z0-9]", "", part) for part in (base, suffix))
    return base, _PROVINCES.get(suffix, suffix)


def code_candidates(text: str, expected: AreaKind | None = None) -> list[str]:
    """List the area codes that a cell may stand for, likeliest first.

    Parameters
    ----------
    text : str
        The cell: `WK034401`, `wk0344 01`, `034401`, or `34401` after a spreadsheet.
    expected : {'wijk', 'buurt', 'gemeente'}, optional
        What the column is known to hold; otherwise the number of digits decides.

    Returns
    -------
    list of str
        Normalised codes; empty where the text is no code in any reading.
    """
    body = re.sub(r"[\s.\-]+", "", re.sub(r"\.0$", "", text.strip())).upper()
    if area_kind(body):
        return [body]
    found = re.fullmatch(r"(GM|WK|BU)(\d{1,8})", body)
    if found:
        code = parse_area(found.group(2), _KINDS[found.group(1)])
        return [code] if code else []
    by_length = sorted(_DIGITS, key=lambda kind: (_DIGITS[kind] < len(body), _DIGITS[kind]))
    kinds = dict.fromkeys([expected, *by_length] if expected else by_length)
    codes = [parse_area(body, kind) for kind in kinds]
    return [code for code in codes if code]


def lost_zeros(text: str, code: str) -> bool:
    """Tell whether a code was read from digits that had lost a leading zero."""
    digits = re.sub(r"\D", "", re.sub(r"\.0$", "", text.strip()))
    return digits != re.sub(r"\D", "", code) and code.endswith(digits)


@dataclass(frozen=True, eq=False)
class KnownAreas:
    """The areas that a proposal may name within one study area.

    Attributes
    ----------
    level : {'wijk', 'buurt', 'gemeente'}
        What the units are.
    members : mapping of str to ndarray of int
        Every known code (units, their wijken, their gemeenten) with the positions of its units.
    names : mapping of str to str
        Names of units and gemeenten by code.
    by_name, by_short_name : mapping of str to tuple of str
        Gemeentecodes by `name_key`, and by the name without its province.
    unit_names : UnitNames
        The names of wijken or buurten; empty where the units are gemeenten.
    """

    level: AreaKind
    members: Mapping[str, NDArray[np.intp]]
    names: Mapping[str, str]
    by_name: Mapping[str, tuple[str, ...]]
    by_short_name: Mapping[str, tuple[str, ...]]
    unit_names: UnitNames = field(default_factory=UnitNames)

    def code_of(self, text: str, expected: AreaKind | None = None) -> str | None:
        """Read a cell as a code: the first reading that is known, else the likeliest one."""
        codes = code_candidates(text, expected)
        return next((code for code in codes if code in self.members), codes[0] if codes else None)

    def gemeenten_named(self, text: str) -> tuple[str, ...]:
        """Return the gemeentecodes that a name may mean: none, one, or several namesakes."""
        exact = self.by_name.get(name_key(text))
        if exact:
            return exact
        base, suffix = _split_suffix(text)
        return (self.by_name if suffix else self.by_short_name).get(base, ())

    def units_named(
        self, text: str, expected: AreaKind | None = None, gemeente: str | None = None
    ) -> tuple[str, ...]:
        """Return the wijken or buurten that a name may mean, in the gemeente named beside it."""
        if expected not in {None, self.level}:
            return ()
        return self.unit_names.find(text, None if gemeente is None else self.gemeenten_of(gemeente))

    def gemeenten_of(self, text: str) -> tuple[str, ...]:
        """Return the gemeentecodes that a code or a name may mean."""
        code = self.code_of(text, "gemeente")
        if code is not None and code in self.members:
            return (code,)
        return self.gemeenten_named(text)

    def is_known(
        self, text: str, expected: AreaKind | None = None, gemeente: str | None = None
    ) -> bool:
        """Tell whether a text is a known code, or the name of a known gemeente, wijk or buurt."""
        return (
            self.code_of(text, expected) in self.members
            or bool(self.gemeenten_named(text))
            or bool(self.units_named(text, expected, gemeente))
        )

    def split(
        self, text: str, expected: AreaKind | None = None, gemeente: str | None = None
    ) -> list[str]:
        """Split a cell that holds several areas; a comma inside a known name does not split it."""
        return split_known(text, lambda piece: self.is_known(piece, expected, gemeente))

    def describe(self, code: str) -> str:
        """Write a code with its name: `WK034401 (Oost)`."""
        return f"{code} ({self.names[code]})" if self.names.get(code) else code

    def nearest(self, code: str) -> str | None:
        """Return the known code most like an unknown one, in the same gemeente if it has any."""
        alike = [c for c in self.members if c[:2] == code[:2]]
        same = [c for c in alike if c[2:6] == code[2:6]]
        found = difflib.get_close_matches(code, same, n=1, cutoff=0.5)
        found = found or difflib.get_close_matches(code, alike, n=1, cutoff=0.7)
        return found[0] if found else None

    def nearest_names(self, text: str) -> list[str]:
        """Return up to three names of known gemeenten most like an unknown name."""
        keys = difflib.get_close_matches(name_key(text), list(self.by_name), n=3, cutoff=0.6)
        return [self.names[code] for key in keys for code in self.by_name[key]]


def split_known(text: str, is_known: Callable[[str], bool]) -> list[str]:
    """Split a text at commas, slashes, lines and `en`, but never inside what is known as one."""
    if is_known(text):
        return [text.strip()]
    plain = re.sub(r"\b[aA]\s*/\s*[dD]\b", "aan den", text)
    tokens = re.split(r"(\s*[,;|/\n\r]\s*|\s+en\s+)", plain)
    pieces, at = [], 0
    while at < len(tokens):
        ends = range(min(len(tokens), at + 2 * _MOST_NAMES_JOINED - 1), at, -1)
        runs = ((end, "".join(tokens[at:end])) for end in ends if (end - at) % 2)
        end, run = next(((end, run) for end, run in runs if is_known(run)), (at + 1, tokens[at]))
        pieces.append(run.strip())
        at = end + 1
    return [piece for piece in pieces if piece]


def known_areas(area: StudyArea, inside: Collection[str] = frozenset()) -> KnownAreas:
    """Collect what a proposal may name: units, the wijken of buurten, and gemeenten with units.

    `inside` holds the units of the work area, if this is the map that it was cut from.
    """
    units = area.units
    positions = pd.Series(np.arange(len(units)), units.index)
    members = _positions(units["gemeentecode"].to_numpy())
    if area.level == "buurt":
        members |= _positions(("WK" + units.index.to_series().str.slice(2, 8)).to_numpy())
    members |= {str(code): np.array([at]) for code, at in positions.items()}
    gemeenten = units.drop_duplicates("gemeentecode").set_index("gemeentecode")["gemeentenaam"]
    gemeenten = area.gemeenten["naam"].reindex(gemeenten.index).fillna(gemeenten)
    names = {**units["naam"].dropna().to_dict(), **gemeenten.dropna().to_dict()}
    by_name: dict[str, tuple[str, ...]] = {}
    by_short: dict[str, tuple[str, ...]] = {}
    for code, name in gemeenten.dropna().items():
        short = _split_suffix(name)[0]
        by_name[name_key(name)] = (*by_name.get(name_key(name), ()), code)
        by_short[short] = (*by_short.get(short, ()), code)
    own = UnitNames() if area.level == "gemeente" else unit_names(units, inside)
    return KnownAreas(area.level, members, names, by_name, by_short, own)


def _positions(codes: NDArray[np.object_]) -> dict[str, NDArray[np.intp]]:
    """Return the positions at which each code stands."""
    groups = pd.Series(codes).groupby(codes).indices
    return {str(code): np.asarray(at) for code, at in groups.items() if code}
