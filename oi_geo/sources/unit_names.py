"""Names of wijken and buurten: within the gemeente of their row, or where no other has the name."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

import pandas as pd

from oi_geo.sources.plain_text import letters_and_digits

# CBS numbers the wijken of a gemeente in their names: `Wijk 03 Oost`, `Wijk 03: Oost`.
_NUMBERED = re.compile(r"^\s*(?:wijk|buurt)\s*\d+[a-z]?\b[\s.:,;-]*(?=\w)", re.IGNORECASE)


def _keys(name: str) -> tuple[str, str]:
    """Reduce a name to its letters and digits: without its number, and as it stands."""
    return letters_and_digits(_NUMBERED.sub("", name)), letters_and_digits(name)


@dataclass(frozen=True, eq=False)
class UnitNames:
    """The names of the units of one map.

    Attributes
    ----------
    codes : mapping of str to tuple of str
        Unit codes by name, without case, accents, marks and CBS's number.
    full : mapping of str to str
        The name of each unit with its number, reduced in the same way.
    gemeente : mapping of str to str
        Gemeentecode of each unit.
    inside : collection of str
        Units of the work area, which go first where a name is not unique on the map.
    """

    codes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    full: Mapping[str, str] = field(default_factory=dict)
    gemeente: Mapping[str, str] = field(default_factory=dict)
    inside: Collection[str] = frozenset()

    def find(self, text: str, gemeenten: Collection[str] | None = None) -> tuple[str, ...]:
        """Return the units that a name may mean: none, one, or several namesakes.

        Parameters
        ----------
        text : str
            The name as it was written.
        gemeenten : collection of str, optional
            Codes of the gemeenten that it can lie in; anywhere where left out.
        """
        bare, full = _keys(text)
        found = self.codes.get(bare, ())
        if gemeenten is not None:
            found = tuple(code for code in found if self.gemeente[code] in gemeenten)
        # `Oost` means any numbered Oost, but in one gemeente it goes before `Wijk 03 Oost`.
        if bare != full or len({self.gemeente[code] for code in found}) == 1:
            found = tuple(code for code in found if self.full[code] == full) or found
        here = tuple(code for code in found if code in self.inside)
        return here if len(here) == 1 else found


def unit_names(units: pd.DataFrame, inside: Collection[str] = frozenset()) -> UnitNames:
    """Collect the names of units (`naam`, `gemeentecode`, by code); see `UnitNames`."""
    codes: dict[str, tuple[str, ...]] = {}
    full: dict[str, str] = {}
    for code, name in units["naam"].dropna().items():
        bare, full[str(code)] = _keys(name)
        codes[bare] = (*codes.get(bare, ()), str(code))
    gemeente = {str(code): str(gemeente) for code, gemeente in units["gemeentecode"].items()}
    return UnitNames(codes, full, gemeente, inside)
