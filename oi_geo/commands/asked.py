"""What is asked of candidates, as it is typed: numbers, names, pairs and weights."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise, product

from oi_geo.candidates.wishes import Counted, Weights
from oi_geo.errors import ImpossibleWishes
from oi_geo.plan import PlanLevel
from oi_geo.sources.proposal_areas import known_areas
from oi_geo.study_area import StudyArea
from oi_geo.text import nl_list

# What may stay whole beside gemeenten, and the points that an extra piece of it costs by default.
WHOLE_WEIGHTS = {"kern": 2.0, "wsv": 2.0}
_NUMBER = re.compile(r"-?\d+(?:[.,]\d+)?")
_PAIR = 2

Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Asked:
    """What is asked beside the files.

    `whole` and `preferred` hold gemeente, kern or wsv; `together` and `apart` pairs of codes as
    they were typed (`WK034401 WK034402`); `weights` points by the names of
    `oi_geo.candidates.wishes.Weights`, and of `kern` and `wsv`.
    """

    level: PlanLevel
    low: int
    high: int
    counted: Counted = "inwoners"
    target: int | None = None
    groups: int | None = None
    whole: tuple[str, ...] = ("gemeente",)
    preferred: tuple[str, ...] = ()
    closed: tuple[str, ...] = ()
    together: tuple[str, ...] = ()
    apart: tuple[str, ...] = ()
    weights: Mapping[str, float] = field(default_factory=dict)


def asked_of(
    level: PlanLevel,
    band: tuple[int, int],
    *,
    counted: Counted,
    target: int | None = None,
    groups: int | None = None,
    whole: Sequence[str] | None = None,
    preferred: Sequence[str] | None = None,
    closed: Sequence[str] | None = None,
    together: Sequence[str] | None = None,
    apart: Sequence[str] | None = None,
    weights: Sequence[str] | None = None,
) -> Asked:
    """Put together what was typed: `whole` may hold `niets`, `weights` as `weights_of` reads them.

    Without `whole` gemeenten stay whole, unless that is a preference.

    Raises
    ------
    ImpossibleWishes
        `niets` beside something else, or a weight that cannot be read.
    """
    if whole and "niets" in whole and len(set(whole)) > 1:
        raise ImpossibleWishes(
            "Kies wat heel blijft, of 'niets' (--heel); beide tegelijk kan niet."
        )
    liked = tuple(map(str, preferred or ()))
    kept = tuple(map(str, whole)) if whole else ("gemeente",) * ("gemeente" not in liked)
    return Asked(
        level=level,
        low=band[0],
        high=band[1],
        counted=counted,
        target=target,
        groups=groups,
        whole=tuple(kind for kind in kept if kind != "niets"),
        preferred=liked,
        closed=tuple(closed or ()),
        together=tuple(together or ()),
        apart=tuple(apart or ()),
        weights=weights_of(weights or ()),
    )


def weights_of(texts: Iterable[str]) -> dict[str, float]:
    """Read weights as they are typed: `snijlijn=2`, `stromen=0,5`.

    Raises
    ------
    ImpossibleWishes
        Another name, no number, or a name that stands there twice.
    """
    names = [*vars(Weights()), *WHOLE_WEIGHTS]
    found: dict[str, float] = {}
    for text in texts:
        key, _, number = (part.strip() for part in text.partition("="))
        if key not in names or not _NUMBER.fullmatch(number):
            raise ImpossibleWishes(
                f"Het gewicht '{text}' is niet te lezen: verwacht wordt NAAM=GETAL, zoals "
                f"snijlijn=2, met als naam {nl_list(names, len(names))}."
            )
        if key in found:
            raise ImpossibleWishes(f"Het gewicht van {key} is meer dan eens gegeven.")
        found[key] = float(number.replace(",", "."))
        if found[key] < 0:
            raise ImpossibleWishes(f"Het gewicht van {key} kan niet kleiner dan nul zijn.")
    return found


def together_pairs(texts: Iterable[str], area: StudyArea) -> Pairs:
    """Read pairs of codes (`WK034401 WK034402`) that belong together, as pairs of units.

    A gemeente stands for all its units, which then belong together as well.

    Raises
    ------
    ImpossibleWishes
        No pair of different codes of the area.
    """
    chains = ([*first, *second] for first, second in _areas(texts, "bij elkaar", area))
    return tuple(pair for chain in chains for pair in pairwise(chain))


def apart_pairs(texts: Iterable[str], area: StudyArea) -> Pairs:
    """Read pairs of codes that must not share a group, as pairs of units.

    No unit of one gemeente shares a group with any unit of the other.

    Raises
    ------
    ImpossibleWishes
        No pair of different codes of the area.
    """
    return tuple(pair for ends in _areas(texts, "uit elkaar", area) for pair in product(*ends))


def _areas(texts: Iterable[str], what: str, area: StudyArea) -> list[tuple[list[str], list[str]]]:
    """Return the units of both ends of each pair."""
    known = known_areas(area)
    found = []
    for text in texts:
        typed = re.split(r"[\s,;]+", text.strip())
        codes = [known.code_of(part) or part for part in typed]
        unknown = [
            part for part, code in zip(typed, codes, strict=True) if code not in known.members
        ]
        units = [list(area.units.index[known.members[c]]) for c in codes if c in known.members]
        if unknown or len(units) != _PAIR or set(units[0]) & set(units[1]):
            why = (
                f"{nl_list(unknown)} komt in dit gebied niet voor"
                if any(unknown)
                else "verwacht worden codes van twee verschillende gebieden"
            )
            raise ImpossibleWishes(f"Twee gebieden {what}: '{text}' is niet te gebruiken; {why}.")
        found.append((units[0], units[1]))
    return found
