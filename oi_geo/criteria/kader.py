"""Kader: a set of rules with their source, read from one TOML file and checked on reading."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import cast, get_args

from oi_geo.criteria.finding import RuleStatus
from oi_geo.criteria.regel import Regel
from oi_geo.criteria.rules import RULES
from oi_geo.errors import UnknownKader, UnusableFile
from oi_geo.plan import LEVEL_WORDS, PlanLevel
from oi_geo.text import dutch_date, nl_list

GENERAL = "algemeen"

_FOLDER = Path(__file__).parent
_HEAD = {"naam", "titel", "document", "geldig_vanaf", "regel"}
_TEXTS = ("id", "omschrijving", "functie", "eenheid", "status", "bron")
_NUMBERS = ("minimum", "maximum", "tolerantie")


@dataclass(frozen=True)
class Kader:
    """A toetsingskader.

    Attributes
    ----------
    naam, titel : str
        Name on the command line, and title for people.
    document : str
        The source document, with its number in the project's list.
    geldig_vanaf, geldig_tot : date
        First and last day on which the rules hold; None where no last day is known.
    regels : tuple of Regel
        The rules, in the order of the source table.
    """

    naam: str
    titel: str
    document: str
    geldig_vanaf: date
    regels: tuple[Regel, ...]
    geldig_tot: date | None = None

    def note(self, level: PlanLevel, day: date | None, today: date) -> str:
        """Say why a test by this kader says little: no rule at this level, or not in force.

        Parameters
        ----------
        level : {'regio', 'hub', 'wijk'}
            What the groups are.
        day : date, optional
            The day that the test is about (peildatum); without one it is about `today`.
        today : date
            Decides where `day` is not given; it is not named, so that the text stays the same.
        """
        if not self.speaks_of(level):
            return (
                f"Het kader '{self.titel}' heeft geen regels voor {LEVEL_WORDS[level][1]}: "
                "daaraan is hier niet getoetst."
            )
        when = f"op {dutch_date(day)}" if day else "vandaag"
        if self.in_force(day or today):
            return ""
        if (day or today) < self.geldig_vanaf:
            since = dutch_date(self.geldig_vanaf)
            return f"Het kader '{self.titel}' geldt vanaf {since} en gold {when} nog niet."
        until = dutch_date(cast("date", self.geldig_tot))
        return f"Het kader '{self.titel}' gold tot en met {until} en {when} niet meer."

    def short_note(self, level: PlanLevel, day: date | None) -> str:
        """Say what `note` says in a few words, for beside the title; without a day, of today."""
        if not self.speaks_of(level):
            return f"geen regels voor {LEVEL_WORDS[level][1]}"
        asked = day or datetime.now(tz=UTC).date()
        if self.in_force(asked):
            return ""
        if asked < self.geldig_vanaf:
            return f"geldt vanaf {dutch_date(self.geldig_vanaf)}"
        return f"gold t/m {dutch_date(cast('date', self.geldig_tot))}"

    def speaks_of(self, level: PlanLevel) -> bool:
        """Tell whether a rule is about groups of this level."""
        return any(level in regel.niveaus for regel in self.regels)

    def in_force(self, day: date) -> bool:
        """Tell whether the kader holds on a day."""
        return self.geldig_vanaf <= day <= (self.geldig_tot or date.max)


def lapsed(kaders: Sequence[Kader], day: date | None) -> dict[str, str]:
    """Return the kaders that are not in force on a day (today without one), with their titles.

    Where none is in force, somebody wants to know about just these: then they all count.
    """
    asked = day or datetime.now(tz=UTC).date()
    found = {kader.naam: kader.titel for kader in kaders if not kader.in_force(asked)}
    return found if len(found) < len(kaders) else {}


def deciding(kaders: Sequence[Kader], level: PlanLevel, day: date | None) -> tuple[str, ...]:
    """Return the names of the kaders that decide: they have rules at a level, and count (`lapsed`).

    Where there are none, only the general rules on the map itself are left.
    """
    left_out = {GENERAL, *lapsed(kaders, day)}
    found = (k.naam for k in kaders if k.naam not in left_out and k.speaks_of(level))
    return tuple(dict.fromkeys(found))


def kader_names() -> tuple[str, ...]:
    """Return the names that `load_kader` knows; the general rules always apply and are not one."""
    return tuple(sorted(p.stem for p in _FOLDER.glob("*.toml") if p.stem != GENERAL))


@cache
def load_kader(name: str) -> Kader:
    """Load one of the kaders of `kader_names()`, or the general rules by `GENERAL`.

    Raises
    ------
    UnknownKader
        If no kader has this name.
    """
    if name not in {*kader_names(), GENERAL}:
        raise UnknownKader(
            f"Het toetsingskader '{name}' bestaat niet; kies uit {nl_list(kader_names())}."
        )
    return read_kader(_FOLDER / f"{name}.toml")


def read_kader(path: Path) -> Kader:
    """Read a kader from a TOML file and check every field.

    Raises
    ------
    UnusableFile
        If something is missing, misspelt or contradictory; the sentence names the file, the rule
        and the field.
    """
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UnusableFile(f"{path.name} is geen geldig TOML-bestand: {error}.") from error
    if set(data) - {"geldig_tot"} != _HEAD:
        wrong = sorted((set(data) - {"geldig_tot"}) ^ _HEAD)
        raise UnusableFile(
            f"{path.name}: verwacht zijn precies de velden {nl_list(sorted(_HEAD))}; "
            f"ontbrekend of onbekend: {nl_list(wrong)}."
        )
    for name in ("naam", "titel", "document"):
        _need(isinstance(data[name], str), path.name, f"het veld {name} moet tekst zijn")
    _need(data["naam"] == path.stem, path.name, f"het veld naam moet '{path.stem}' zijn")
    day = data["geldig_vanaf"]
    _need(type(day) is date, path.name, "geldig_vanaf moet een datum zijn, zoals 2022-01-01")
    last = data.get("geldig_tot")
    _need(
        last is None or (type(last) is date and last >= day),
        path.name,
        "geldig_tot moet een datum zijn die niet voor geldig_vanaf ligt",
    )
    rows = data["regel"]
    _need(
        isinstance(rows, list) and all(isinstance(row, dict) for row in rows),
        path.name,
        "de regels moeten als [[regel]] in het bestand staan",
    )
    regels = tuple(_regel(path.name, number, row) for number, row in enumerate(rows, start=1))
    ids = [regel.id for regel in regels]
    _need(len(set(ids)) == len(ids), path.name, "een regel-id komt twee keer voor")
    return Kader(data["naam"], data["titel"], data["document"], day, regels, last)


def _regel(file: str, number: int, row: Mapping[str, object]) -> Regel:
    """Check one `[[regel]]` and make it a Regel."""
    place = f"{file}, regel {row.get('id', number)}"
    known = {*_TEXTS, *_NUMBERS, "niveaus"}
    unknown = sorted(set(row) - known)
    _need(not unknown, place, f"onbekend veld: {nl_list(unknown)}")
    texts: dict[str, str] = {}
    for name in _TEXTS:
        text = row.get(name)
        if not isinstance(text, str) or not text.strip():
            raise UnusableFile(f"{place}: het veld {name} ontbreekt of is geen tekst.")
        texts[name] = text
    numbers = {name: _number(place, name, row.get(name)) for name in _NUMBERS}
    low, high, margin = numbers["minimum"], numbers["maximum"], numbers["tolerantie"] or 0.0
    _need(
        low is None or high is None or low <= high, place, "het minimum is groter dan het maximum"
    )
    _need(0 <= margin < 1, place, "de tolerantie moet ten minste 0 en kleiner dan 1 zijn")
    status, levels = _status(place, texts.pop("status")), row.get("niveaus")
    _need(not margin or status == "in principe", place, "een tolerantie hoort bij 'in principe'")
    if not isinstance(levels, list) or not levels or set(levels) - set(get_args(PlanLevel)):
        raise UnusableFile(f"{place}: niveaus moet een lijst zijn van {_options(PlanLevel)}.")
    functions = {function.__name__ for function in RULES}
    _need(texts["functie"] in functions, place, f"de functie '{texts['functie']}' bestaat niet")
    return Regel(
        **texts, niveaus=tuple(levels), minimum=low, maximum=high, tolerantie=margin, status=status
    )


def _status(place: str, text: str) -> RuleStatus:
    for status in get_args(RuleStatus):
        if status == text:
            return cast("RuleStatus", status)
    raise UnusableFile(f"{place}: de status moet {_options(RuleStatus)} zijn, niet '{text}'.")


def _number(place: str, name: str, value: object) -> float | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise UnusableFile(f"{place}: het veld {name} moet een getal zijn, niet '{value}'.")
    return float(value)


def _options(literal: object) -> str:
    names = get_args(literal)
    return f"{', '.join(names[:-1])} of {names[-1]}"


def _need(good: bool, place: str, sentence: str) -> None:
    if not good:
        raise UnusableFile(f"{place}: {sentence}.")
