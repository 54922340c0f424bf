"""Wishes: what a planner asks of a plan, before anything is computed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import pandas as pd

from oi_geo.errors import ImpossibleWishes
from oi_geo.plan import PlanLevel
from oi_geo.study_area import StudyArea
from oi_geo.text import nl_list, nl_number

Counted = Literal["inwoners", "ion"]
Firmness = Literal["hard", "voorkeur", "nee"]

# Far above any use, and far below where preferences would weigh like what must hold.
MOST_WEIGHT = 100
MOST_PEOPLE = 1_000_000_000


@dataclass(frozen=True)
class Weights:
    """How much each part of the objective counts; 0 leaves a part out.

    At a weight of 1 one point of `snijlijn` is one percent of all borders between nodes (see
    `Problem`) that is cut, of `afwijking` one percent of the people above or below the target, of
    `gemeenten` one extra piece of a gemeente, of `stromen` one percent of the patients whose
    practice lies in another group, of `afstand` 100 m of average distance to the nearest practice
    of the group, of `wijziging` as many pairs of people that come together or part as one percent
    of the pairs who are in one group today.
    """

    snijlijn: float = 1.0
    afwijking: float = 0.5
    gemeenten: float = 2.0
    stromen: float = 1.0
    afstand: float = 0.0
    wijziging: float = 1.0


@dataclass(frozen=True, eq=False)
class Whole:
    """A division whose parts should not be split: kernen, or the area of each WSV.

    `parts` holds the name of the part per unit code (a unit that is not in it lies in no part);
    `firm` says whether a split is forbidden or costs `weight` points for each extra piece.
    """

    kind: str
    parts: pd.Series
    firm: Literal["hard", "voorkeur"] = "hard"
    weight: float = 2.0


@dataclass(frozen=True, eq=False)
class Wishes:
    """What is asked of a plan.

    Attributes
    ----------
    level : {'regio', 'hub', 'wijk'}
    low, high : int
        The band, both inclusive, in people of `counted`.
    counted : {'inwoners', 'ion'}
    target : int, optional
        What a group should count, softly; by default the average, with as many groups as bring
        that nearest to the middle of the band or, where it is given, with `groups`.
    groups : int, optional
        Number of groups; free without it.
    gemeente : {'hard', 'voorkeur', 'nee'}
        Whether a gemeente stays whole; one above `high` is cut by necessity.
    whole : tuple of Whole
        Other divisions whose parts should stay whole.
    within : pandas.Series, optional
        Division per unit code that no group may cross (zorgkantoorregio, Wmo-regio, the regio's of
        a plan of hubs); units that are not in it form a division of their own.
    together, apart : tuple of pairs of unit codes
    locks : mapping of unit code to group name
    closed : frozenset of str
        Names of locked groups that are finished: no unit is added to them.
    today : pandas.Series, optional
        Present group per unit code, to stay close to.
    flows : DataFrame, optional
        `woont` and `praktijk` (unit codes) and `aantal` (patients).
    weights : Weights
    """

    level: PlanLevel
    low: int
    high: int
    counted: Counted = "inwoners"
    target: int | None = None
    groups: int | None = None
    gemeente: Firmness = "hard"
    whole: tuple[Whole, ...] = ()
    within: pd.Series | None = None
    together: tuple[tuple[str, str], ...] = ()
    apart: tuple[tuple[str, str], ...] = ()
    locks: Mapping[str, str] = field(default_factory=dict)
    closed: frozenset[str] = frozenset()
    today: pd.Series | None = None
    flows: pd.DataFrame | None = None
    weights: Weights = field(default_factory=Weights)

    def __post_init__(self) -> None:
        if self.low < 1 or self.high < self.low:
            raise ImpossibleWishes(
                f"De band {nl_number(self.low)} tot {nl_number(self.high)} kan niet: het minimum "
                "moet ten minste 1 zijn en het maximum niet kleiner dan het minimum."
            )
        if self.high > MOST_PEOPLE:
            raise ImpossibleWishes(
                f"Een groep telt hoogstens {nl_number(MOST_PEOPLE)} mensen; het maximum is "
                f"{nl_number(self.high)}."
            )
        if self.groups is not None and self.groups < 1:
            raise ImpossibleWishes("Het aantal groepen moet ten minste 1 zijn.")
        prices = [*vars(self.weights).values(), *(whole.weight for whole in self.whole)]
        if not all(0 <= price <= MOST_WEIGHT for price in prices):
            raise ImpossibleWishes(
                f"Een gewicht is een getal van 0 tot en met {nl_number(MOST_WEIGHT)}."
            )
        if self.target is not None and not self.low <= self.target <= self.high:
            raise ImpossibleWishes(
                f"Het streefgetal {nl_number(self.target)} valt buiten de band van "
                f"{nl_number(self.low)} tot {nl_number(self.high)}."
            )

    @property
    def finished(self) -> frozenset[str]:
        """Names of the closed groups that hold any unit."""
        return self.closed & frozenset(self.locks.values())


def check_codes(wishes: Wishes, area: StudyArea) -> None:
    """Refuse wishes about units that the study area does not have.

    Raises
    ------
    ImpossibleWishes
        With the codes that are unknown.
    """
    named = [*wishes.locks, *(code for pair in (*wishes.together, *wishes.apart) for code in pair)]
    unknown = sorted({code for code in named if code not in area.units.index})
    if unknown:
        raise ImpossibleWishes(
            f"Niet in het gebied, maar wel in de wensen: {nl_list(unknown)}. Verwacht zijn codes "
            f"zoals {area.units.index[0]}."
        )
    if wishes.counted == "ion" and area.practices.empty:
        raise ImpossibleWishes(
            "Een band op ION kan alleen met een lijst van praktijken; geef die met --praktijken of "
            "op de pagina Gegevens."
        )
