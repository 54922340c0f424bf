"""Obstacles: why a plan cannot exist, where, and the smallest change that would allow it."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from oi_geo.candidates.wishes import Wishes
from oi_geo.codes import AREA_WORDS
from oi_geo.study_area import StudyArea
from oi_geo.text import nl_count, nl_list, nl_number


@dataclass(frozen=True)
class Obstacle:
    """Something that stands in the way of a plan.

    Attributes
    ----------
    reason : str
        Dutch sentence.
    where : tuple of str
        Codes of the units concerned.
    relaxation : str
        The smallest change that takes this obstacle away, in Dutch.
    estimated : bool
        Whether the relaxation takes this obstacle away without a proof that a plan then exists.
    fatal : bool
        True where no plan exists at all; False where the rest of the area can still be divided.
    minimum : int
        The largest minimum with which this obstacle is gone; 0 where none is known.
    maximum : int
        As `minimum`: the smallest maximum.
    other : str
        What else might take it away, in Dutch; empty for nothing.
    link : tuple of str, optional
        The two units of the link that `other` proposes.
    """

    reason: str
    where: tuple[str, ...]
    relaxation: str
    fatal: bool = False
    estimated: bool = False
    minimum: int = 0
    maximum: int = 0
    other: str = ""
    link: tuple[str, str] | None = None


def too_large(area: StudyArea, wishes: Wishes, codes: Sequence[str], people: int) -> Obstacle:
    """Say that units which stay together exceed the maximum."""
    what = _named(area, codes)
    limit = f"het maximum van {nl_number(wishes.high)}"
    count = f"{nl_number(people)} {_word(wishes)}"
    if len(codes) == 1:
        parts = {"gemeente": "wijken", "wijk": "buurten"}.get(area.level)
        split = f", of kleinere eenheden: een bestand met alleen {parts}" if parts else ""
        return Obstacle(
            f"{what} telt {count}, meer dan {limit}, en is één {area.level}.",
            tuple(codes),
            f"een maximum van {nl_number(people)} of meer{split}",
            estimated=True,
            maximum=people,
            other=split.removeprefix(", of "),
        )
    must = (
        "moet bij elkaar blijven en telt"
        if _one(area, codes)
        else ("moeten bij elkaar blijven en tellen samen")
    )
    return Obstacle(
        f"{what} {must} {count}, meer dan {limit}.",
        tuple(codes),
        f"een maximum van {nl_number(people)} of meer, of een van deze wensen loslaten",
        estimated=True,
        maximum=people,
    )


def too_small(
    area: StudyArea,
    wishes: Wishes,
    inside: NDArray[np.bool_],
    people: int,
    others: NDArray[np.bool_],
    *,
    cut_off: bool,
    minimum: int,
) -> Obstacle:
    """Say that a connected part of the area stays below the minimum.

    `others` are the units that a link could lead to; `cut_off` tells that the part is a remainder
    beside an impossible place, not an island; `minimum` is needed at the most for all of it.
    """
    codes = tuple(area.units.index[inside])
    one = _one(area, codes)
    stays, hangs = ("blijft", "hangt") if one else ("blijven", "hangen")
    why = (
        f"{stays} over naast een onmogelijke plaats"
        if cut_off
        else f"{hangs} met niets anders samen"
    )
    # A minimum of nought cannot be asked.
    changes = [f"een minimum van {nl_number(people)} of minder"] if people else []
    link = _nearest(area, inside, others) if others.any() else None
    changes += [link[0]] if link else []
    return Obstacle(
        f"{_named(area, codes)} {why} en {_counts(one=one)} {nl_number(people)} {_word(wishes)}, "
        f"minder dan het minimum van {nl_number(wishes.low)}.",
        codes,
        ", of ".join(changes) or f"een gebied met meer {_word(wishes)}",
        estimated=True,
        minimum=minimum,
        other=link[0] if link else "",
        link=link[1] if link else None,
    )


def fits_nowhere(
    area: StudyArea, wishes: Wishes, codes: Sequence[str], most: int, least: int
) -> Obstacle:
    """Say that a node is in no possible group.

    `most` is what a group with it can count at most within the maximum, `least` at least from the
    minimum on (0 where that was not sought).
    """
    whole = " zolang heel blijft wat heel moet" if _keeps_whole(wishes) else ""
    higher = f", of een maximum van ten minste {nl_number(least)}" if least else ""
    split = ", of niet alles heel laten wat nu heel moet" if whole else ""
    fits = "past" if _one(area, codes) else "passen samen"
    return Obstacle(
        f"{_named(area, codes)} {fits} in geen enkele aaneengesloten groep van "
        f"{nl_number(wishes.low)} tot {nl_number(wishes.high)} {_word(wishes)}{whole}: wat er "
        "omheen ligt is te klein of te groot. Onder het maximum telt een groep ermee ten hoogste "
        f"{nl_number(most)}.",
        tuple(codes),
        f"voor deze plaats een minimum van {nl_number(most)} of minder{higher}{split}",
        estimated=True,
        minimum=most,
        maximum=least,
    )


def overfull(
    area: StudyArea,
    wishes: Wishes,
    codes: Sequence[str],
    centre: Sequence[str],
    people: tuple[int, int],
    minimum: int,
) -> Obstacle:
    """Say that units hang only from `centre`, and that what must join that is above the maximum.

    `people` are those of the units, and of all that must be in the group of `centre`; with the
    minimum (0 for none) something that hangs there can be a group by itself.
    """
    one = _one(area, codes)
    hangs, counts = ("hangt", "telt") if one else ("hangen", "tellen")
    own, together = map(nl_number, people)
    lower = f", een minimum van {nl_number(minimum)} of minder" if minimum else ""
    return Obstacle(
        f"{_named(area, codes)} {hangs} alleen via {_named(area, centre)} met de rest samen en "
        f"{counts} {own} {_word(wishes)}, te weinig voor een eigen groep; met al wat daar zo bij "
        f"moet zijn het er {together}, meer dan het maximum van {nl_number(wishes.high)}.",
        tuple(codes),
        f"een maximum van {together} of meer{lower}, of een verbinding met een andere buur",
        estimated=True,
        minimum=minimum,
        maximum=people[1],
        other="een verbinding met een andere buur",
    )


def hangs_apart(
    area: StudyArea,
    wishes: Wishes,
    codes: Sequence[str],
    rest: Sequence[str],
    via: Sequence[str],
    together: int,
    let_go: str,
) -> Obstacle:
    """Say that `codes` must stay with `rest`, and that what connects them makes it too large.

    `via` are the units between them, `together` the people of all, `let_go` the wish in words.
    """
    must, lies, hangs = (
        ("moet", "ligt", "hangt") if _one(area, codes) else ("moeten", "liggen", "hangen")
    )
    joins = "komt" if _one(area, via) else "komen"
    return Obstacle(
        f"{_named(area, codes)} {must} bij {_named(area, rest)} blijven maar {lies} daar los van, "
        f"en {hangs} er alleen mee samen als ten minste {_named(area, via)} erbij {joins}; samen "
        f"{nl_number(together)} {_word(wishes)}, meer dan het maximum van "
        f"{nl_number(wishes.high)}.",
        tuple(codes),
        f"een maximum van {nl_number(together)} of meer, een verbinding tussen deze delen, of "
        f"{let_go}",
        fatal=True,
        estimated=True,
        maximum=together,
        other="een verbinding tussen deze delen",
    )


def _nearest(
    area: StudyArea, inside: NDArray[np.bool_], others: NDArray[np.bool_]
) -> tuple[str, tuple[str, str]]:
    """Propose the shortest link from a part to other units, in words and as codes."""
    shapes = area.units.geometry.to_numpy()
    here, there = np.flatnonzero(inside), np.flatnonzero(others)
    tree = shapely.STRtree(shapes[there])
    (ends, found), metres = tree.query_nearest(shapes[here], return_distance=True)
    best = int(np.argmin(metres))
    van, naar = area.units.index[here[ends[best]]], area.units.index[there[found[best]]]
    text = (
        f"een verbinding tussen {_named(area, [van])} en {_named(area, [naar])} "
        f"(hemelsbreed {nl_number(metres[best] / 1e3, 1)} km)"
    )
    return text, (van, naar)


def no_number_fits(
    wishes: Wishes,
    codes: Sequence[str],
    people: int,
    *,
    alone: bool,
    area: StudyArea,
    asked: int | None,
) -> Obstacle:
    """Say that no number of groups fits a connected part: just too many people, or too few.

    With `asked` the change is for that number of groups, else for the nearest.
    """
    fewer, more = people // wishes.low, -(-people // wishes.high)
    high, low = -(-people // (asked or max(fewer, 1))), people // (asked or more)
    change = (
        f"een maximum van {nl_number(high)} of meer"
        if low >= wishes.low or (fewer >= 1 and high / wishes.high <= wishes.low / max(low, 1))
        else f"een minimum van {nl_number(low)} of minder"
    )
    what = "Het gebied" if alone else _named(area, codes)
    return Obstacle(
        f"{what} {_counts(one=alone or _one(area, codes))} {nl_number(people)} {_word(wishes)}: "
        f"te veel voor {fewer} en te weinig voor "
        f"{nl_count(fewer + 1, 'groep', 'groepen')} van {nl_number(wishes.low)} tot "
        f"{nl_number(wishes.high)}.",
        tuple(codes),
        change,
        fatal=True,
        estimated=True,
    )


def wrong_number(wishes: Wishes, least: int, most: int, people: int, held: int) -> Obstacle:
    """Say that the asked number of groups is not possible, and which are, by counting people.

    `least` and `most` are of the groups that are still to be made, `held` stand already.
    """
    asked = wishes.groups or 0
    numbers = f"{least}" if least == most else f"{least} tot en met {most}"
    stand = "staat" if held == 1 else "staan"
    beside = f", naast {nl_count(held, 'groep die', 'groepen die')} al vast{stand}" if held else ""
    nearest = min(max(asked, least + held), most + held)
    return Obstacle(
        f"Met {nl_count(asked, 'groep', 'groepen')} kan het niet: {nl_number(people)} "
        f"{_word(wishes)} in groepen van {nl_number(wishes.low)} tot {nl_number(wishes.high)} "
        f"vragen {numbers} {'groep' if most == 1 else 'groepen'}{beside}.",
        (),
        f"{nl_count(nearest, 'groep', 'groepen')}, alleen op aantallen gerekend",
        fatal=True,
        estimated=True,
    )


def contradiction(area: StudyArea, codes: Sequence[str], why: str, relaxation: str) -> Obstacle:
    """Say that wishes about these units contradict each other."""
    return Obstacle(f"{_named(area, codes)}: {why}.", tuple(codes), relaxation, fatal=True)


def _keeps_whole(wishes: Wishes) -> bool:
    return wishes.gemeente == "hard" or any(whole.firm == "hard" for whole in wishes.whole)


def _counts(*, one: bool) -> str:
    return "telt" if one else "tellen"


def _word(wishes: Wishes) -> str:
    return "inwoners" if wishes.counted == "inwoners" else "ION"


def _one(area: StudyArea, codes: Sequence[str]) -> bool:
    """Tell whether what `_named` names is one thing: a unit, or one gemeente as a whole."""
    return len(codes) == 1 or len(_whole_gemeenten(area, codes)) == 1


def _whole_gemeenten(area: StudyArea, codes: Sequence[str]) -> list[str]:
    """Return the names of the gemeenten that several units are, where they are whole gemeenten."""
    if len(codes) == 1 or area.level == "gemeente":
        return []
    own = dict.fromkeys(area.unit_names[code].gemeentecode for code in codes)
    whole = sum(area.gemeente_sizes[gemeente] for gemeente in own) == len(codes)
    return [area.gemeente_names[gemeente] for gemeente in own] if whole else []


def _named(area: StudyArea, codes: Sequence[str]) -> str:
    """Name units: by themselves when they are few, else by their gemeenten."""
    few = 4
    units = [area.unit_names[code] for code in codes]
    whole = _whole_gemeenten(area, codes)
    if whole:
        return nl_list([f"gemeente {name}" for name in whole], few + 2)
    if len(units) <= few or area.level == "gemeente":
        places = (_place(unit.naam, code, unit.gemeentenaam)
                  for code, unit in zip(codes, units, strict=True))  # fmt: skip
        return nl_list(places, few + 2)
    gemeenten = nl_list(dict.fromkeys(unit.gemeentenaam for unit in units), few + 2)
    return f"{nl_count(len(units), *AREA_WORDS[area.level])} in {gemeenten}"


def _place(name: str, code: str, gemeente: str) -> str:
    """Name a unit with its gemeente, where its own name does not tell: many are called Wijk 00."""
    return f"{name} ({code})" if gemeente in name else f"{name} in {gemeente} ({code})"
