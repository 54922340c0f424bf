"""What must hold of a plan, in Dutch words."""

from oi_geo.candidates.wishes import Whole, Wishes
from oi_geo.text import nl_count, nl_number

_KINDS = {"kern": "kernen", "wsv": "gebieden van WSV's"}


def hard_wholes(wishes: Wishes) -> tuple[Whole, ...]:
    """Return the divisions besides gemeenten whose parts may not be split."""
    return tuple(whole for whole in wishes.whole if whole.firm == "hard")


def counted_word(wishes: Wishes) -> str:
    """Name what the band counts."""
    return "inwoners" if wishes.counted == "inwoners" else "ION"


def whole_names(wishes: Wishes) -> list[str]:
    """Name what may not be split."""
    names = [_KINDS.get(whole.kind, whole.kind) for whole in hard_wholes(wishes)]
    return ["gemeenten", *names] if wishes.gemeente == "hard" else names


def rules_of(wishes: Wishes) -> list[str]:
    """Name what must hold besides the band and whole gemeenten."""
    found = [f"het aantal groepen ({nl_number(wishes.groups)})"] if wishes.groups else []
    if wishes.within is not None:
        found.append("hogere grenzen waar geen groep overheen gaat")
    found += [f"{_KINDS.get(whole.kind, whole.kind)} heel" for whole in hard_wholes(wishes)]
    for pairs, does, do in (
        (wishes.together, "dat bij elkaar hoort", "die bij elkaar horen"),
        (wishes.apart, "dat uit elkaar moet", "die uit elkaar moeten"),
    ):
        if pairs:
            found.append(nl_count(len(pairs), f"paar {does}", f"paren {do}"))
    if wishes.locks:
        found.append(nl_count(len(wishes.locks), "vaste eenheid", "vaste eenheden"))
    return found
