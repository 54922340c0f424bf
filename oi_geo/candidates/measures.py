"""The measures of an ensemble and how each is written: names, axes, comparisons, decimals."""

from typing import Literal, NamedTuple

from oi_geo.text import nl_number

Better = Literal["hoger", "lager"]


class Measure(NamedTuple):
    """How a measure is written: `als` names the axis, `verb` and what follows compare two plans.

    `better` is the direction that planners prefer, None where neither is better by itself; `unit`
    stands behind a value in a sentence.
    """

    naam: str
    als: str
    verb: str
    more: str
    less: str
    equal: str
    better: Better | None
    decimals: int
    unit: str = ""

    def value(self, value: float) -> str:
        """Write a value with its unit."""
        return nl_number(value, self.decimals) + self.unit


MEASURES = {
    "snijkanten": Measure(
        "het aantal doorsneden grenzen", "Doorsneden grenzen tussen eenheden (aantal)", "heeft",
        "meer doorsneden grenzen dan", "minder doorsneden grenzen dan",
        "evenveel doorsneden grenzen als", "lager", 0,
    ),
    "snijlijn_km": Measure(
        "de lengte van de snijlijn", "Snijlijn (km)", "heeft",
        "een langere snijlijn dan", "een kortere snijlijn dan", "een even lange snijlijn als",
        "lager", 1, " km",
    ),
    "polsby_popper": Measure(
        "de compactheid", "Compactheid (Polsby-Popper, gemiddelde van de groepen)", "is",
        "compacter dan", "minder compact dan", "even compact als", "hoger", 3,
    ),
    "gemeenten_gedeeld": Measure(
        "het aantal gedeelde gemeenten", "Gedeelde gemeenten (aantal)", "heeft",
        "meer gedeelde gemeenten dan", "minder gedeelde gemeenten dan",
        "evenveel gedeelde gemeenten als", "lager", 0,
    ),
    "kleinste": Measure(
        "de omvang van de kleinste groep", "Kleinste groep (personen)", "heeft",
        "een grotere kleinste groep dan", "een kleinere kleinste groep dan",
        "een even grote kleinste groep als", None, 0, " personen",
    ),
    "grootste": Measure(
        "de omvang van de grootste groep", "Grootste groep (personen)", "heeft",
        "een grotere grootste groep dan", "een kleinere grootste groep dan",
        "een even grote grootste groep als", None, 0, " personen",
    ),
    "afwijking": Measure(
        "de afwijking van de gemiddelde omvang", "Afwijking van de gemiddelde omvang (personen)",
        "wijkt",
        "meer van de gemiddelde omvang af dan", "minder van de gemiddelde omvang af dan",
        "evenveel van de gemiddelde omvang af als", "lager", 0, " personen",
    ),
}  # fmt: skip
