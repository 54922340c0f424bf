"""Codes of CBS areas, postcodes and AGB: text, never numbers.

A wijk is `WK0344AD`, a buurt `BU0344AD07`, a gemeente `GM0344`. The four digits are the gemeente,
the rest may hold letters. Postcodes are `3584` or `3584CJ`, AGB codes eight digits.
"""

import re
from typing import Literal

import pandas as pd

AreaKind = Literal["wijk", "buurt", "gemeente"]

# What an area of each kind is called: one, and more.
AREA_WORDS: dict[AreaKind, tuple[str, str]] = {
    "wijk": ("wijk", "wijken"),
    "buurt": ("buurt", "buurten"),
    "gemeente": ("gemeente", "gemeenten"),
}

_PREFIX: dict[AreaKind, str] = {"gemeente": "GM", "wijk": "WK", "buurt": "BU"}
_PATTERN: dict[AreaKind, re.Pattern[str]] = {
    "gemeente": re.compile(r"GM[0-9]{4}"),
    "wijk": re.compile(r"WK[0-9]{4}[0-9A-Z]{2}"),
    "buurt": re.compile(r"BU[0-9]{4}[0-9A-Z]{4}"),
}
_BODY_LENGTH: dict[AreaKind, int] = {"gemeente": 4, "wijk": 6, "buurt": 8}
_AGB_LENGTH = 8


def area_kind(code: str) -> AreaKind | None:
    """Return which kind of area a normalised code names, or None if it is no area code."""
    for kind, pattern in _PATTERN.items():
        if pattern.fullmatch(code):
            return kind
    return None


def parse_area(text: object, expected: AreaKind | None = None) -> str | None:
    """Normalise one area code.

    Parameters
    ----------
    text : object
        What stands in the cell. Case, spaces and a spreadsheet's trailing `.0` are forgiven.
    expected : {'wijk', 'buurt', 'gemeente'}, optional
        How to read a code without its letters: `0344` and `344` are gemeente GM0344, `034401` is
        wijk WK034401. Without it the number of digits decides (4, 6 or 8, nothing restored).

    Returns
    -------
    str or None
        The code, e.g. `WK034401`; None where the text is no area code.
    """
    if text is None or (isinstance(text, float) and pd.isna(text)):
        return None
    body = re.sub(r"[\s.\-]+", "", re.sub(r"\.0$", "", str(text).strip())).upper()
    if area_kind(body):
        return body
    if not re.fullmatch(r"[0-9]+[0-9A-Z]*", body):
        return None
    kinds: list[AreaKind] = [expected] if expected else ["gemeente", "wijk", "buurt"]
    for kind in kinds:
        length = _BODY_LENGTH[kind]
        padded = body.zfill(length) if expected and length - 3 <= len(body) else body
        code = _PREFIX[kind] + padded
        if len(padded) == length and area_kind(code) == kind:
            return code
    return None


def parse_areas(texts: pd.Series, expected: AreaKind | None = None) -> pd.Series:
    """Normalise a column of area codes (see `parse_area`); same index, missing where unreadable."""
    unique = {value: parse_area(value, expected) for value in texts.dropna().unique()}
    return texts.map(unique).astype("str")


def gemeente_of(codes: pd.Index | pd.Series) -> pd.Series:
    """Derive the gemeentecode from wijk or buurt codes: `WK0344AD` lies in `GM0344`."""
    text = codes.to_series() if isinstance(codes, pd.Index) else codes
    return "GM" + text.str.slice(2, 6)


def parse_pc4(text: object) -> str | None:
    """Return the four digits of a postcode (`3584 cj`, `3584CJ`, `3584`, `3584.0`), or None."""
    found = re.fullmatch(r"([1-9][0-9]{3})(?:\.0|\s*[A-Za-z]{2})?", str(text).strip())
    return found.group(1) if found else None


def parse_pc6(text: object) -> str | None:
    """Return a full postcode as `3584CJ`, or None if the two letters are missing or it is none."""
    found = re.fullmatch(r"([1-9][0-9]{3})\s*([A-Za-z]{2})", str(text).strip())
    return found.group(1) + found.group(2).upper() if found else None


def parse_agb(text: object) -> tuple[str | None, bool]:
    """Read one AGB code of eight digits.

    Returns
    -------
    code : str or None
        The eight digits; None where the text is no AGB code, as eight zeros are not.
    restored : bool
        True where a spreadsheet had stripped a leading zero (seven digits) and it was put back.
    """
    digits = re.sub(r"[\s.\-]", "", re.sub(r"\.0$", "", str(text).strip()))
    if re.fullmatch(r"[0-9]{8}", digits) and int(digits):
        return digits, False
    if re.fullmatch(r"[1-9][0-9]{6}", digits):
        return digits.zfill(_AGB_LENGTH), True
    return None, False
