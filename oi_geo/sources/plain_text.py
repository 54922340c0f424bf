"""Names reduced to what people agree on: no case, no accents, no marks."""

import re
import unicodedata

from oi_geo.sources.column_names import column_key


def without_accents(text: str) -> str:
    """Write a text in lower case without accents; `a/d` in full."""
    plain = unicodedata.normalize("NFKD", text).casefold()
    plain = "".join(c for c in plain if not unicodedata.combining(c))
    return re.sub(r"\ba\s*[/.]\s*d\b\.?", "aan den", plain)


def letters_and_digits(text: str) -> str:
    """Reduce a name to its letters and digits, in lower case and without accents."""
    return column_key(without_accents(text))
