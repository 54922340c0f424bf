"""Cells that name several organisations: `Alfa; Beta` is two names, `Almere en Omstreken` one.

Of `Gooi/Eemland` nobody can tell: where neither part stands alone elsewhere, it is unknown.
"""

import re
from collections.abc import Mapping

import pandas as pd

# What parts names wherever it stands, and what does so only between names that stand elsewhere in
# the column: a comma or "en" may be in a name. A slash of a web address or a tag parts nothing;
# any other does where one of its parts stands elsewhere.
_ALWAYS = re.compile(r"[;|\r\n]")
_SLASH = re.compile(r"(?<![<:/])/(?!/)")
_BETWEEN_NAMES = re.compile(r"\s*[,&+]\s*|\s+(?:[eé]n|-)\s+")


def split_names(texts: pd.Series) -> pd.Series:
    """Split every cell of a column into the names that it holds.

    Parameters
    ----------
    texts : Series of str
        Cells as they were read.

    Returns
    -------
    Series of tuple of str
        Index of `texts`: the names as written, each once (case and spaces make no other name), in
        the order of the cell; empty where the cell is, and where a slash makes it doubtful.
    """
    cells = texts.dropna().astype("str").unique()
    parts = {cell: [part for part in _ALWAYS.split(cell) if part.strip()] for cell in cells}
    known = {fold(part) for found in parts.values() for part in found}
    names = {
        cell: _once(
            [
                name
                for part in found
                for one in _slashed(part, known)
                for name in (_between(one, known) or [one])
            ]
        )
        for cell, found in parts.items()
    }
    return pd.Series([names.get(text, ()) for text in texts], texts.index, dtype=object)


def one_each(rows: pd.DataFrame, column: str, names: pd.Series) -> pd.DataFrame:
    """Repeat the rows that hold several names, so that a column holds one name on each row.

    Parameters
    ----------
    rows : DataFrame
    column : str
        What is written over, or made: str, missing where a row holds no name.
    names : Series of tuple of str
        The names that each row holds, as of `split_names`; index of `rows`.
    """
    if names.map(len).gt(1).any():
        return rows.assign(**{column: names}).explode(column).astype({column: "str"})
    return rows.assign(**{column: names.str[0].astype("str")})


def fold(name: str) -> str:
    """Fold case and spaces of one name."""
    return " ".join(name.split()).casefold()


def usual_spelling(names: pd.Series) -> str:
    """Return the spelling that occurs most, the first in the alphabet among equals."""
    counts = names.dropna().str.strip().value_counts()
    return _most_written({str(name): int(count) for name, count in counts.items()})


def spellings(names: pd.Series) -> dict[str, str]:
    """Return how most rows write each name (one on a row), by its folded name."""
    written: dict[str, dict[str, int]] = {}
    for name, count in names.dropna().str.strip().value_counts().items():
        if name:
            written.setdefault(fold(str(name)), {})[str(name)] = count
    return {name: _most_written(counts) for name, counts in written.items()}


def _most_written(counts: Mapping[str, int]) -> str:
    return min(counts, key=lambda spelling: (-counts[spelling], spelling))


def _slashed(text: str, known: set[str]) -> list[str]:
    """Split one text at its slashes; empty where that is doubtful."""
    parts = [part for part in _SLASH.split(text) if part.strip()]
    if len(parts) == 1 or any(fold(part) in known for part in parts):
        return parts
    return []


def _between(text: str, known: set[str]) -> list[str]:
    """Split one text where every part is a known name; empty where it cannot be."""
    for mark in _BETWEEN_NAMES.finditer(text):
        first, rest = text[: mark.start()], text[mark.end() :]
        if fold(first) in known:
            others = [rest] if fold(rest) in known else _between(rest, known)
            if others:
                return [first, *others]
    return []


def _once(names: list[str]) -> tuple[str, ...]:
    """Leave out names that are written again."""
    return tuple({fold(name): name.strip() for name in reversed(names)}.values())[::-1]
