"""Names of columns: given to every column, and found again under the names that people use."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from openpyxl.utils import get_column_letter

from oi_geo.errors import UnusableFile
from oi_geo.sources.lines import MOST_LINES, quoted
from oi_geo.sources.report import ReadReport
from oi_geo.text import nl_count

# Canonical column names with the other names that people give them.
Synonyms = Mapping[str, Sequence[str]]

_EXTRA = re.compile(
    r"\(.*?\)|\[.*?\]|\b(?:per|op|peildatum)\s+\d.*|\b\d{1,2}[-/]\d{1,2}(?:[-/]\d{2,4})?\b"
    r"|\b(?:19|20)\d\d\b",
    re.IGNORECASE,
)

# Words that people shorten in a column name, without case and accents.
_SHORTENED = {
    **dict.fromkeys(["ingeschr", "ingeschrev", "ingesch"], "ingeschreven"),
    **dict.fromkeys(["pat", "ptn", "patient"], "patienten"),
    **dict.fromkeys(["aant", "tot", "totaal"], "aantal"),
    **dict.fromkeys(["nr", "num"], "nummer"),
    **dict.fromkeys(["org", "organ"], "organisatie"),
    **dict.fromkeys(["prakt", "prak"], "praktijk"),
    **dict.fromkeys(["verz", "verzek"], "verzekeraar"),
    **dict.fromkeys(["deeln"], "deelnemer"),
    **dict.fromkeys(["ha"], "huisartsen"),
}
# Words that say nothing of what a column holds.
_FILLING = {"de", "het", "van", "per", "op", "in", "s"}

_LONGEST = 500  # no column name is longer; the pattern is slow on thousands of brackets


def unique_names(names: Sequence[str], nothing: set[int], report: ReadReport) -> list[str]:
    """Give every column its own name; report names that are missing or stand there twice.

    Parameters
    ----------
    names : sequence of str
        The header's cells, empty where a column has no name.
    nothing : set of int
        Positions of columns without a name and without a value, which need no line.
    report : ReadReport
        Receives a line per name that is missing or stood there before, the first ones only.

    Returns
    -------
    list of str
        As many names, all different: the second `ion` is `ion (2)`.
    """
    result: list[str] = []
    taken: set[str] = set()
    counts: Counter[str] = Counter()
    missing: list[str] = []
    double: list[str] = []
    for position, text in enumerate(names):
        letter = get_column_letter(position + 1)
        name = " ".join(text.split()) or f"kolom {letter}"
        if not text and position not in nothing:
            missing.append(f"Kolom {letter} heeft geen naam en heet hier '{name}'.")
        own = name
        while own in taken:
            counts[name] += 1
            own = f"{name} ({counts[name]})"
        if own != name:
            double.append(
                f"De kolomnaam '{name}' komt meer dan eens voor; de eerste telt en kolom {letter} "
                f"heet hier '{own}'."
            )
        taken.add(own)
        counts[name] = max(counts[name], 1)
        result.append(own)
    for add, sentences in ((report.info, missing), (report.warn, double)):
        for sentence in sentences[:MOST_LINES]:
            add(sentence)
        rest = len(sentences) - MOST_LINES
        if rest > 0:
            add(f"Hetzelfde geldt voor {nl_count(rest, 'andere kolom', 'andere kolommen')}.")
    return result


def column_key(text: str) -> str:
    """Reduce a column name to its letters and digits, without case and accents."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]", "", plain.lower())


def _bare(text: str) -> str:
    """Reduce a column name further: without brackets, `per 1-1-2022`, dates and years."""
    return column_key(_EXTRA.sub(" ", text[:_LONGEST]))


def _words(text: str) -> str:
    """Reduce a column name to its words, written out and in alphabetical order.

    One word alone is left as it stands: shortened, it may mean many things.
    """
    bare = re.sub(r"\bop naam\b", " ", _EXTRA.sub(" ", text[:_LONGEST]), flags=re.IGNORECASE)
    words = {column_key(word) for word in re.split(r"[\W_]+", bare)} - _FILLING - {""}
    if len(words) < 2:  # noqa: PLR2004
        return column_key(text)
    return " ".join(sorted({_SHORTENED.get(word, word) for word in words}))


def match_columns(columns: Iterable[str], synonyms: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Find the columns of a file under their canonical names.

    Case, accents, spaces and punctuation do not count; where no name fits, a name without
    brackets, years and `per 1-1-2022` is tried, then its words in any order, written out
    (`fte HA` is `huisartsen fte`).

    Parameters
    ----------
    columns : iterable of str
        The file's column names.
    synonyms : mapping of str to sequence of str
        Canonical name to other names, the most telling first; the canonical name itself counts.

    Returns
    -------
    dict of str to str
        Canonical name to the file's column; each column is used once.
    """
    left = list(columns)
    found: dict[str, str] = {}
    for reduce in (column_key, _bare, _words):
        reduced = [(reduce(column), column) for column in left]
        for canonical, others in synonyms.items():
            if canonical in found:
                continue
            keys = [(_words if reduce is _words else column_key)(w) for w in (canonical, *others)]
            fits = [(keys.index(key), i) for i, (key, _) in enumerate(reduced) if key in keys]
            if fits:
                found[canonical] = reduced.pop(min(fits)[1])[1]
        left = [column for _, column in reduced]
    return found


def require_columns(
    found: Mapping[str, str], needed: Sequence[str], columns: Iterable[str], bestand: str
) -> None:
    """Refuse a table that lacks a column, naming what is missing and what was found.

    Raises
    ------
    UnusableFile
        One of `needed` is not in `found`.
    """
    missing = [name for name in needed if name not in found]
    if missing:
        one = len(missing) == 1
        what = f"de kolom{'' if one else 'men'} {quoted(missing)} ontbre{'ekt' if one else 'ken'}"
        raise UnusableFile(f"‘{bestand}’: {what}; gevonden zijn {quoted(columns, 12)}.")
