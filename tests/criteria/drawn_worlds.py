"""Every way to finish a drawn plan, and a twin that judges one finished plan by its cells.

A picture is a rectangle of letters, each letter one unit of one cell; capitals and small letters
are two gemeenten. The twin walks over the cells and knows nothing of geometry or of the package.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import product

GROUPS = ("een", "twee")
MINIMUM = 100_000.0

World = dict[str, frozenset[str]]  # the groups of every unit
Cell = tuple[int, int]


@dataclass(frozen=True)
class Drawing:
    """A doubtful plan: `chosen` says in which groups each unit is, `left` what is unfinished.

    `people` gives the inhabitants by unit, None for a secret number; `gemeente` the totals.
    """

    picture: str
    chosen: Mapping[str, frozenset[str]]
    left: frozenset[str]
    people: Mapping[str, float | None]
    gemeente: Mapping[str, float]

    @property
    def cells(self) -> dict[Cell, str]:
        """The code of the unit on each cell."""
        return {
            (x, y): f"WK000{2 if letter.islower() else 1}{letter.upper() * 2}"
            for y, line in enumerate(self.picture.split())
            for x, letter in enumerate(line)
        }


def near(drawing: Drawing) -> dict[str, set[str]]:
    """Give the units that share a side with each unit."""
    cells = drawing.cells
    found: dict[str, set[str]] = {code: set() for code in cells.values()}
    for (x, y), code in cells.items():
        for beside in ((x + 1, y), (x - 1, y), (x, y + 1), (x, y - 1)):
            if beside in cells:
                found[code].add(cells[beside])
    return found


def parts(units: Iterable[str], beside: Mapping[str, set[str]]) -> list[set[str]]:
    """Divide units in those that hang together."""
    left, found = set(units), []
    while left:
        part, edge = set(), {min(left)}
        while edge:
            part |= edge
            edge = {n for unit in edge for n in beside[unit]} & left - part
        found.append(part)
        left -= part
    return found


def worlds(drawing: Drawing) -> Iterator[World]:
    """Enumerate the finished plans: shared units in one group or both, open ones anywhere near."""
    beside, choices = near(drawing), {}
    for code, groups in drawing.chosen.items():
        ways = [groups]
        if len(groups) > 1:
            ways += [frozenset({group}) for group in sorted(groups)]
        choices[code] = ways
    for cluster in parts(drawing.left, beside):
        around = {n for unit in cluster for n in beside[unit]}
        gemeenten = {unit[:6] for unit in cluster}
        reach = {
            group
            for unit, groups in drawing.chosen.items()
            for group in groups
            if unit in around or unit[:6] in gemeenten
        }
        for code in cluster:
            options = [frozenset({g}) for g in sorted(reach or GROUPS)]
            choices[code] = [frozenset(), *options]
    for world in product(*choices.values()):
        yield dict(zip(choices, world, strict=True))


def inhabitants(drawing: Drawing) -> Iterator[dict[str, float]]:
    """Enumerate how secret units of a gemeente can share what the others leave of its number."""
    ways = []
    for code, whole in drawing.gemeente.items():
        mine = {u: n for u, n in drawing.people.items() if u[2:6] == code[2:6]}
        secret = [u for u, n in mine.items() if n is None]
        rest = whole - sum(n for n in mine.values() if n is not None)
        splits = [[rest if u == all_of_it else 0.0 for u in secret] for all_of_it in secret]
        known = {u: n for u, n in mine.items() if n is not None}
        ways.append([{**known, **dict(zip(secret, s, strict=True))} for s in splits] or [known])
    for way in product(*ways):
        yield {u: n for part in way for u, n in part.items()}


def judge_group(drawing: Drawing, world: World, people: Mapping[str, float]) -> dict[str, str]:
    """Judge group een of a finished plan at every level."""
    inside = {u for u, groups in world.items() if "een" in groups}
    hubs = {u for u, groups in world.items() if groups}
    one = len(parts(inside, near(drawing))) == 1
    gemeenten = {u[:6] for u in inside}
    whole = {u for u in world if u[:6] in gemeenten} == inside
    cut = any(u[:6] in gemeenten for u in world if u not in inside)
    open_side = any(u[:6] in gemeenten for u in world if u not in hubs)
    return {
        "Z2": "voldoet" if one else "voldoet niet",
        "G5": "voldoet" if one else "signaal",
        "U4": "voldoet" if whole and len(gemeenten) == 1 else "signaal",
        "U5": "signaal" if cut else "voldoet",
        "U5 hub": "signaal" if open_side else "voldoet",
        "K1": "voldoet" if sum(people[u] for u in inside) >= MINIMUM else "voldoet niet",
    }


def judge_plan(drawing: Drawing, world: World, people: Mapping[str, float]) -> dict[str, str]:
    """Judge a finished plan as a whole: gaps, what is left out, and what is left over."""
    beside, cells = near(drawing), drawing.cells
    width, height = (max(xy) for xy in zip(*cells, strict=True))
    edge = {u for (x, y), u in cells.items() if x in (0, width) or y in (0, height)}
    inside = {u for u, groups in world.items() if groups}
    gemeenten = {u[:6] for u in inside}
    enclosed, small = set(), False
    for part in parts(set(world) - inside, beside):
        touches = any(beside[u] & inside for u in part)
        enclosed |= part if touches and not part & edge else set()
        mine = touches or any(u[:6] in gemeenten for u in part)
        few = sum(people[u] for u in part) < MINIMUM
        small |= mine and few and sum(people.values()) >= MINIMUM
    left = {u for u in world if u not in inside and (u in enclosed or u[:6] in gemeenten)}
    return {
        "G1": "signaal" if enclosed else "voldoet",
        "G3": "signaal" if left else "voldoet",
        "G4": "signaal" if small else "voldoet",
    }
