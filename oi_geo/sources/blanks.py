"""Words that people type in a cell of which they do not know what belongs in it."""

import re

import pandas as pd

from oi_geo.sources.lines import examples, rows_text
from oi_geo.sources.report import ReadReport
from oi_geo.text import nl_count

# A whole cell, in lower case; `geen RO` is no name either, `Geen Zorgen` is.
_BLANK = re.compile(
    r"[\s\-–—_?.…/*]*"
    r"|n\.? ?v\.? ?t\.?|n\.n\.b\.?|nnb|n\.t\.b\.?|ntb|n\.b\.?|#?n/[ab]|nan|null|none|onb\.?"
    r"|(?:nog )?(?:onbekend|niet bekend|niet ingevuld|niet opgegeven|in te vullen)|unknown"
    r"|(?:nog )?niet(?: aangesloten)?|niet van toepassing|niet beschikbaar|not applicable"
    r"|leeg|blanco|volgt(?: nog)?"
    r"|(?:nog )?geen(?: (?:ro|rho|reo|regio.?organisatie|organisatie|zorggroep|wsv|wijkverband"
    r"|(?:wijk)?samenwerkingsverband|verzekeraar|groep|regio|hub|code|agb|opgave|gegevens"
    r"|informatie|deelname|id|nummer|adres|discipline))?"
    r"|zie (?:opm(?:erking(?:en)?)?\.?|toelichting|notitie|noot)"
)

# What says nothing in a column of names: a tick, a yes or a no.
TICKS = frozenset({"0", "ja", "nee", "x", "✓", "✔"})
# What says nothing in a column of numbers, where no name is meant.
SHORT = frozenset({"nb", "na"})


def single_spaces(texts: pd.Series) -> pd.Series:
    """Write every cell with one space between its words and none around; missing stays missing."""
    plain = texts.astype("str").map(lambda text: " ".join(text.split()), na_action="ignore")
    return plain.astype("str")


def is_blank(texts: pd.Series, also: frozenset[str] = frozenset()) -> pd.Series:
    """Tell which cells are empty or hold a word for that, as `n.v.t.`, `(onbekend)` or `-`.

    Parameters
    ----------
    texts : Series of str
        Cells; case, outer spaces and brackets do not count.
    also : frozenset of str
        Other words that say nothing in this column, in lower case.

    Returns
    -------
    Series of bool
        Same index.
    """
    plain = {text: " ".join(text.lower().split()) for text in texts.dropna().unique()}
    words = {text: word.strip("()[]<> ") or word for text, word in plain.items()}
    blank = [t for t, word in words.items() if word in also or _BLANK.fullmatch(word)]
    return texts.isna() | texts.isin(blank)


def without_blanks(
    texts: pd.Series, column: str, report: ReadReport, also: frozenset[str] = frozenset()
) -> pd.Series:
    """Empty the cells that hold a word for an empty cell, with one line in the report.

    Parameters
    ----------
    texts : Series of str
        Cells, indexed by row number in the file.
    column : str
        The file's column name, for the message.
    report : ReadReport
        Receives the line.
    also : frozenset of str
        See `is_blank`.

    Returns
    -------
    Series of str
        Same index, missing where nothing is said.
    """
    blank = texts.notna() & is_blank(texts, also)
    if not blank.any():
        return texts
    many = blank.sum() > 1
    report.info(
        f"Kolom '{column}': {nl_count(int(blank.sum()), 'cel', 'cellen')} met "
        f"{examples(texts[blank])} {'zijn' if many else 'is'} gelezen als leeg "
        f"({rows_text(texts.index[blank])})."
    )
    return texts.mask(blank)
