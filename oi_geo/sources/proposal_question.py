"""Which column holds the groups: asked wherever a table does not tell it beyond doubt."""

import re

import pandas as pd

from oi_geo.codes import area_kind
from oi_geo.errors import WhichColumn
from oi_geo.plan import PlanLevel
from oi_geo.sources.blanks import is_blank, single_spaces
from oi_geo.sources.layouts import AREA_NAMES, is_about_people
from oi_geo.sources.lines import quoted
from oi_geo.sources.plain_text import without_accents
from oi_geo.sources.proposal_rows import GROUP_SYNONYMS, Columns, group_order
from oi_geo.sources.tables import match_columns

# Columns that tell of an area what it is called or where it lies, and not in which group it is.
_FACTS: dict[str, tuple[str, ...]] = {
    **{f"{kind}naam": (*names, f"naam {kind}") for kind, names in AREA_NAMES.items()},
    "provincie": ("provincienaam", "provinciecode", "prov"),
    "plaats": ("woonplaats", "plaatsnaam"),
    "postcode": ("pc4", "pc6"),
    "jaar": ("jrstatcode", "peildatum"),
    "water": ("h2o",),
}
_GROUP_WORDS = frozenset(
    word
    for name, others in GROUP_SYNONYMS.items()
    for word in (name, *others)
    if word.isalpha()
)  # fmt: skip
_CHOOSE = "kies welke (--kolom NAAM, of de keuze op de pagina)"


def ask_which(frame: pd.DataFrame, columns: Columns, level: PlanLevel, bestand: str) -> None:
    """Refuse to guess where no column is surely the one with the groups.

    Without a column that is named after groups any other may hold them that looks like it: named
    after groups with something added (`regio1`, `hub_nieuw`), or with names that come back. Of
    several columns with the same name (`groep;groep`) none is taken as long as they differ.

    Raises
    ------
    WhichColumn
        With the columns to choose from.
    """
    rows = frame[frame[columns.unit].notna()]
    if columns.group is not None:
        able = _rivals(rows, columns.group, columns, level)
        if able:
            raise WhichColumn(
                f"{bestand}: de kolommen {quoted(able, 12)} kunnen elk de groepen bevatten en zijn "
                f"niet gelijk; {_CHOOSE}.",
                able,
            )
        return
    able = tuple(c for c in columns.others if _can_hold_groups(c, rows[c]))
    if able:
        raise WhichColumn(
            f"{bestand}: geen kolom heet 'groep', 'regio' of 'hub'; misschien staan de groepen in "
            f"{quoted(able, 12)}: {_CHOOSE}. Vormt alles samen één groep, laat andere kolommen dan "
            "weg.",
            able,
        )


def _rivals(rows: pd.DataFrame, group: str, columns: Columns, level: PlanLevel) -> tuple[str, ...]:
    """Return the columns that go by the same name as the chosen one, where they say otherwise."""
    order = group_order(level)
    own = next((name for name in order if match_columns([group], {name: order[name]})), None)
    if own is None:
        return ()
    alike = [c for c in columns.others if match_columns([c], {own: order[own]})]
    other = [c for c in alike if rows[c].notna().any() and _differ(rows[group], rows[c])]
    return (group, *other) if other else ()


def _differ(one: pd.Series, other: pd.Series) -> bool:
    """Tell whether two columns divide the rows differently; names for the same do not count."""
    pair = pd.DataFrame({"a": _names(one).fillna(""), "b": _names(other).fillna("")})
    return not len(pair.drop_duplicates()) == pair["a"].nunique() == pair["b"].nunique()


def _names(cells: pd.Series) -> pd.Series:
    """Return the names of groups in a column; missing where a cell leaves it open."""
    names = single_spaces(cells)
    return names.mask(is_blank(names))


def _can_hold_groups(column: str, cells: pd.Series) -> bool:
    """Tell whether a column may hold groups, by its name or by what stands in it.

    A column of numbers without a telling name only where they come back (group 1, 2); codes and
    names of areas, numbers of inhabitants and the like never.
    """
    names = _names(cells).dropna()
    if names.empty or sum(area_kind(n.upper()) is not None for n in names) > len(names) / 2:
        return False
    if not _GROUP_WORDS.isdisjoint(re.findall(r"[a-z]+", without_accents(column))):
        return True
    if match_columns([column], _FACTS) or is_about_people(column):
        return False
    several = names.nunique()
    if names.str.fullmatch(r"[\d.,\s%-]+").all():
        return 1 < several <= len(names) / 2
    return several < len(names)
