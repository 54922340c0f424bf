"""Words of the field that a reader of a workbook or report may not know, each in one sentence."""

from oi_geo.plan import PlanLevel

TERMS = {
    "ION": "Op naam ingeschreven patiënten: wie bij een huisartsenpraktijk staat ingeschreven.",
    "RO": "Regio-organisatie: de organisatie van eerstelijnszorgverleners in een regio.",
    "WSV": "Wijksamenwerkingsverband: zorgverleners die in een wijk samenwerken.",
    "Deelnemer": "Een praktijk die meedoet met de regio-organisatie die bij haar staat.",
    "Eenheid": "De wijk, buurt of gemeente waaruit groepen worden samengesteld.",
    "Groep": "Een regio, gemeentehub of wijkverband van het voorstel.",
    "Niet te bepalen": "Wat onbekend is, kan het oordeel nog omkeren; de toelichting zegt wat "
    "ontbreekt.",
    "Signaal": "Geen afkeuring: een afwijking van wat in principe geldt, om te bespreken.",
    "Rondheid": "Polsby-Popper: de oppervlakte gedeeld door die van een cirkel met dezelfde "
    "omtrek; 1 is een cirkel, bij 0 is de grens lang en grillig.",
    "sha256": "Een controlegetal: is het gelijk, dan is het bestand precies hetzelfde.",
}
OF_WIJKEN = {
    "Deelnemer": "Een praktijk die meedoet met het wijksamenwerkingsverband (WSV) dat bij haar "
    "staat.",
}


def terms(level: PlanLevel) -> dict[str, str]:
    """Return the words as they are meant where groups are of a level."""
    return TERMS | OF_WIJKEN if level == "wijk" else TERMS
