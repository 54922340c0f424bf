"""What goes along of the wishes that a plan was made with, to the plans that lie beside it."""

from dataclasses import replace
from typing import NamedTuple

from oi_geo.candidates.wish_words import hard_wholes, rules_of
from oi_geo.candidates.wishes import Counted, Firmness, Weights, Wishes
from oi_geo.text import nl_list, nl_number
from oi_geo.ui.context_choices import Adopted, Origin

MADE_BY: dict[Origin, str] = {
    "kandidaten": "Ingevuld staan de wensen waarmee Kandidaten dit plan maakte.",
    "context": "Ingevuld staan de wensen van de vergelijking waar dit plan uit komt.",
}


class Filled(NamedTuple):
    """What is filled in on the page: what is counted, the band, and whether gemeenten stay whole.

    There is no 'preferably' in `gemeente`: an ensemble knows what a plan must satisfy.
    """

    counted: Counted
    low: int
    high: int
    gemeente: Firmness

    @property
    def text(self) -> str:
        """Write it in words."""
        whole = "heel" if self.gemeente == "hard" else "gedeeld waar dat uitkomt"
        word = self.counted if self.counted == "inwoners" else "ION"
        return f"{nl_number(self.low)} tot {nl_number(self.high)} {word}, met gemeenten {whole}"


def filled_by(wishes: Wishes) -> Filled:
    """Return what the wishes that a plan was made with fill in."""
    firm: Firmness = "hard" if wishes.gemeente == "hard" else "nee"
    return Filled(wishes.counted, wishes.low, wishes.high, firm)


def carried(made: Wishes, asked: Filled) -> Wishes:
    """Put what is asked on the page in the place of what a plan was made with.

    What must hold goes along: borders, what stays whole, pairs, locks, the number of groups. What
    only weighs does not: an ensemble weighs nothing.
    """
    return replace(
        made,
        **asked._asdict(),
        target=None,
        whole=hard_wholes(made),
        today=None,
        flows=None,
        weights=Weights(),
    )


def preset_text(adopted: Adopted | None, usual: Filled, filled: Filled, smallest: int) -> str:
    """Say where what is filled in comes from, and what else holds for a plan that was made here.

    Parameters
    ----------
    adopted : Adopted or None
        The proposal, if it was made here.
    usual : Filled
        What the page filled in by itself.
    filled : Filled
        What is filled in now.
    smallest : int
        Size of the smallest group of the proposal.
    """
    if adopted is None and smallest < usual.low:
        return (
            f"Het minimum kan niet lager dan {nl_number(usual.low)}: de kleinste groep van het "
            "voorstel valt buiten de band."
        )
    if adopted is None:
        if filled == usual:
            return "Ingevuld staat een ronde band waar het voorstel net in past."
        return f"Het voorstel past net in een ronde band van {usual.text}."
    made = adopted.wishes
    own = filled_by(made)
    told = [MADE_BY[adopted.origin] if filled == own else f"Dit plan is gemaakt met {own.text}."]
    rules = rules_of(made)
    if rules:
        told.append(f"Ook hier geldt wat toen nog meer moest: {nl_list(rules)}.")
    soft = [made.gemeente, *(whole.firm for whole in made.whole)]
    if "voorkeur" in soft or made.target is not None:
        told.append("Wat toen liefst zo was, telt hier niet mee: een ensemble weegt niets af.")
    return " ".join(told)
