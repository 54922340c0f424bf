"""Every world that a doubtful table may describe, and a twin that judges one world in plain Python.

The twin knows nothing of intervals or of the package. A world is complete: which units each group
has, every practice with its place, what it has and whom it counts for, and where patients live.
"""

from collections import defaultdict
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass, field
from itertools import product

A, B, C, ELSEWHERE = "WK0001AA", "WK0001BB", "WK0001CC", ""
WEST = "*"  # somewhere in West, whatever its units are
UNKNOWN = "niet te bepalen"

Row = dict[str, object]


@dataclass
class Case:
    """A doubtful table: values of a row may be None (unknown) or a tuple (one of these).

    `west` and `east` name the units of the groups, `left` those that are in none yet; `people` the
    inhabitants per unit (None: secret), `gemeente` those of all units together; `homes` the
    patients by (row, unit), unit None where nobody knows it; `seats` the units of the seats;
    `extent` what is said of the list.
    """

    rows: list[Row]
    west: tuple[str, ...] = (A,)
    east: tuple[str, ...] = (B,)
    left: tuple[str, ...] = ()
    people: dict[str, float | None] = field(default_factory=lambda: {A: 110_000.0, B: 110_000.0})
    gemeente: float = 220_000.0
    homes: dict[tuple[int, str | None], float] | None = None
    seats: dict[str, object] = field(default_factory=lambda: {"Alfa": A, "Beta": B})
    extent: str | None = None


@dataclass
class World:
    """One complete world: the rows that exist, the units of West, and who lives in West."""

    rows: list[Row]
    west: set[str]
    people: dict[str, float]
    living: dict[int, float]  # patients of each row that live in West
    seats: dict[str, str]


OPTIONS: dict[str, list[object]] = {
    "ion": [0.0, 1_000.0, 60_000.0, 95_000.0, 250_000.0],
    "huisartsen": [0.0, 1.0, 4.0, 60.0],
    "deelnemer": [True, False],
    "regio_organisatie": ["Alfa", "Beta"],
    "eenheid": [A, B, ELSEWHERE],
    "discipline": ["huisarts", "apotheek"],
}
# Who is not on the list: not in the organisation of the list, perhaps in another RO and a WSV.
STRANGERS: list[Row] = [
    {
        "ion": 50_000.0, "huisartsen": 60.0, "deelnemer": False, "regio_organisatie": ro,
        "eenheid": WEST, "discipline": "huisarts", "wsv": wsv,
    }
    for ro, wsv in ((None, None), ("Alfa", "W2"), ("Beta", "W1"))
]  # fmt: skip


def worlds(case: Case) -> Iterator[World]:
    """Enumerate the completions of a case."""
    for rows in _rows(case):
        for west, people in product(_units(case), _people(case)):
            for living, seats in product(_living(case, rows, west), _seats(case)):
                # Without any huisarts there is no list of practices to judge.
                if any(r["discipline"] == "huisarts" for r in rows if r["at"] is not None):
                    yield World(rows, west, people, living, seats)


def _rows(case: Case) -> Iterator[list[Row]]:
    choices = []
    for row in case.rows:
        cells = [[(name, v) for v in _values(case, row, name)] for name in (*OPTIONS, "wsv")]
        choices.append(_sensible(row, [dict(values) for values in product(*cells)]))
    for rows in product(*choices):
        named = [{**r, "at": i, "who": (i,)} for i, r in enumerate(rows)]
        for real in _not_twice(case, named):
            yield real
            if not _complete(case):
                yield from ([*real, {**stranger, "at": None}] for stranger in STRANGERS)


def _sensible(row: Row, completions: list[Row]) -> list[Row]:
    """A practice that does not take part and names no RO has none."""
    if row.get("regio_organisatie") is not None:
        return completions
    told = [r if r["deelnemer"] else {**r, "regio_organisatie": None} for r in completions]
    return list({str(r): r for r in told}.values())


def _values(case: Case, row: Row, name: str) -> list[object]:
    value = row.get(name)
    if isinstance(value, tuple):
        return list(value)
    if value is not None:
        return [value]
    if name == "deelnemer" and case.extent == "leden":
        return [True]
    if name == "wsv":
        # Only a practice of the group itself may be in a WSV unnamed: in one of the group.
        return [None, *sorted(_wsvs(case))] if _may_be_in_west(case, row) else [None]
    if name == "regio_organisatie" and not any(r.get(name) for r in case.rows):
        return [None]  # where nobody names an RO, all are of the same
    return OPTIONS[name]


def _may_be_in_west(case: Case, row: Row) -> bool:
    return bool(set(_values(case, row, "eenheid")) & {*case.west, *case.left})


def _wsvs(case: Case) -> set[str]:
    return {str(r["wsv"]) for r in case.rows if r.get("wsv") and _may_be_in_west(case, r)}


def _seats(case: Case) -> list[dict[str, str]]:
    places = [OPTIONS["eenheid"] if p is None else p for p in case.seats.values()]
    places = [p if isinstance(p, list | tuple) else [p] for p in places]
    return [dict(zip(case.seats, found, strict=True)) for found in product(*places)]


def _not_twice(case: Case, rows: list[Row]) -> Iterator[list[Row]]:
    """Rows of one AGB code, or of one practice with the same figures: all real, or one of them.

    The one that is real has the patients of the largest that says the same of it, and they live
    where all of them live.
    """
    clusters = defaultdict(list)
    for i, row in enumerate(case.rows):
        if row.get("agb"):
            clusters["agb", row["agb"]].append(i)
        elif row.get("praktijk_id") and not _per_person(case, row):
            clusters["id", row["praktijk_id"], rows[i]["ion"], rows[i]["huisartsen"]].append(i)
    several = [members for members in clusters.values() if len(members) > 1]
    for kept in product(*([None, *members] for members in several)):
        real = deepcopy(rows)
        gone = set()
        for one, members in zip(kept, several, strict=True):
            if one is not None:
                gone |= set(members) - {one}
                real[one]["who"] = tuple(members)
                alike = [i for i in members if _facts(case, rows[i]) == _facts(case, rows[one])]
                for column in ("ion", "huisartsen"):
                    real[one][column] = max(rows[i][column] for i in alike)
        yield [r for i, r in enumerate(real) if i not in gone]


def _per_person(case: Case, row: Row) -> bool:
    """One huisarts on each row of a practice without any ION: rows of persons."""
    mine = [r for r in case.rows if r.get("praktijk_id") == row["praktijk_id"]]
    return row["huisartsen"] == 1 and not any(r["ion"] for r in mine)


def _facts(case: Case, row: Row) -> tuple[object, ...]:
    same = tuple(row[name] for name in ("deelnemer", "regio_organisatie", "discipline", "wsv"))
    return (*same, row["eenheid"] in case.west)


def _complete(case: Case) -> bool:
    if case.extent:
        return case.extent == "volledig"
    return any(r["deelnemer"] is False and r["discipline"] == "huisarts" for r in case.rows)


def _units(case: Case) -> list[set[str]]:
    sure = set(case.west) - set(case.east)
    unsure = sorted(set(case.west) & set(case.east) | set(case.left))
    ways = product(*([set(), {unit}] for unit in unsure))
    # A group without any unit is no group.
    return [found for way in ways if (found := sure.union(*way))]


def _people(case: Case) -> list[dict[str, float]]:
    secret = [unit for unit, n in case.people.items() if n is None]
    known = {unit: n for unit, n in case.people.items() if n is not None}
    rest = case.gemeente - sum(known.values())
    if not secret:
        return [known]
    if len(secret) == 1:
        return [{**known, secret[0]: rest}]
    first, second = secret
    return [{first: x, second: rest - x} for x in (0.0, rest / 2, rest)]


def _living(case: Case, rows: list[Row], west: set[str]) -> Iterator[dict[int, float]]:
    """Say how many patients of each row live in West; what no table tells is all or nothing."""
    known: dict[int, float] = defaultdict(float)
    loose: dict[int, float] = defaultdict(float)
    for row in rows:
        at = row["at"]
        if at is None:
            continue
        told = [(u, n) for (i, u), n in (case.homes or {}).items() if i in row["who"]]
        known[at] = sum(n for u, n in told if u in west)
        rest = max(0.0, float(row["ion"]) - sum(n for _, n in told))
        loose[at] = sum(n for u, n in told if u is None) + rest
    for here in product((False, True), repeat=len(loose)):
        yield {
            at: known[at] + (n if inside else 0.0)
            for (at, n), inside in zip(loose.items(), here, strict=True)
        }


def judge(world: World) -> dict[str, str]:
    """Judge group West of one world; `niet te bepalen` where a rule has nothing to judge."""
    doctors = [r for r in world.rows if r["discipline"] == "huisarts"]
    here = [r for r in doctors if r["eenheid"] in world.west | {WEST}]
    people = sum(world.people[u] for u in world.west)
    ion: dict[object, float] = defaultdict(float)
    count: dict[object, float] = defaultdict(float)
    living: dict[object, float] = defaultdict(float)
    for r in here:
        if r["deelnemer"]:
            ion[r["regio_organisatie"]] += float(r["ion"])
            count[r["regio_organisatie"]] += float(r["huisartsen"])
    for r in doctors:
        if r["deelnemer"]:
            living[r["regio_organisatie"]] += world.living.get(r["at"], 0.0)
    every = sum(float(r["huisartsen"]) for r in here)
    share = {ro: n / every for ro, n in count.items()} if every else {}
    found = {
        "Z1": "voldoet" if 100_000 <= sum(ion.values()) <= 200_000 else "signaal",
        "Z7": "voldoet" if 10_000 <= sum(ion.values()) <= 20_000 else "signaal",
        "U2": _limit(max(ion.values(), default=0.0) >= 100_000),
        "U1": _limit(max(share.values(), default=0.0) >= 0.85) if every else UNKNOWN,
        "K1": _limit(people >= 100_000),
        "K3": UNKNOWN,
    }
    if not any(r["discipline"] == "huisarts" for r in world.rows if r["at"] is not None):
        found |= dict.fromkeys(("Z1", "Z7", "U1", "U2"), UNKNOWN)  # no list of huisartsen at all
    elif people:
        both = [min(share.get(ro, 0.0 if every else 1.0), living[ro] / people) for ro in living]
        found["K3"] = _limit(max(both, default=0.0) >= 0.85)
        if not every and found["K3"] == "voldoet":
            found["K3"] = UNKNOWN  # without huisartsen there is no share of them
    elif every and max(share.values(), default=0.0) < 0.85:
        found["K3"] = "voldoet niet"  # nobody lives here, and the huisartsen alone decide
    return found | _organisations(world, ion)


def _organisations(world: World, ion: dict[object, float]) -> dict[str, str]:
    rows = world.rows
    if all(r["regio_organisatie"] is None for r in rows if r["at"] is not None):
        return dict.fromkeys(("Z4", "Z11", "K4"), UNKNOWN)
    here = [r for r in rows if r["eenheid"] in world.west | {WEST}]
    ros = {r["regio_organisatie"] for r in here if r["wsv"] or r["discipline"] == "huisarts"}
    ros -= {None}
    wsvs = {r["wsv"] for r in here} - {None}
    in_wsv = [r for r in rows if r["deelnemer"] or r["at"] is None]
    most = max(
        (len({r["regio_organisatie"] for r in in_wsv if r["wsv"] == w} - {None})
         for w in wsvs),
        default=0,
    )  # fmt: skip
    top = [ro for ro, n in ion.items() if n == max(ion.values())]
    seated = world.seats[str(top[0])] in world.west if len(top) == 1 and top[0] else None
    return {
        "Z4": _limit(len(ros) == 1),
        "Z11": _limit(most <= 1),
        "K4": UNKNOWN if seated is None else _limit(seated),
    }


def _limit(good: bool) -> str:
    return "voldoet" if good else "voldoet niet"
