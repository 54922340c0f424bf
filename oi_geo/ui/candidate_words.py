"""Candidates in words: what is proven, and why one is better or worse than the others."""

from collections.abc import Sequence

from oi_geo.candidates.candidate import Candidate, behind_best
from oi_geo.text import nl_count, nl_list, nl_number, nl_percentage

# Part of the objective: what to say of fewer points, and of more.
PART_WORDS = {
    "snijlijn": ("kortere grenzen", "langere grenzen"),
    "afwijking": ("gelijkere groepen", "minder gelijke groepen"),
    "gemeenten": ("gemeenten in minder stukken", "gemeenten in meer stukken"),
    "gehelen": ("minder gebieden gesplitst", "meer gebieden gesplitst"),
    "stromen": (
        "minder patiënten met hun praktijk in een andere groep",
        "meer patiënten met hun praktijk in een andere groep",
    ),
    "afstand": ("dichter bij een praktijk", "verder van een praktijk"),
    "wijziging": ("dichter bij vandaag", "verder van vandaag"),
}
# From this share (0-1) on a percentage is written without a decimal.
WHOLE_PERCENTAGE = 0.1
# A difference of less than this share of all points (0-1) is not worth a word.
WORTH_SAYING = 0.02


def letter(position: int) -> str:
    """Name a candidate: A, B, C …."""
    return f"Voorstel {chr(ord('A') + position)}"


def proof_text(candidates: Sequence[Candidate], position: int) -> str:
    """Say what is proven about a candidate; for the arguments see `comparison`."""
    candidate, behind = candidates[position], behind_best(candidates, position)
    if behind is not None:
        return behind
    if candidate.proof == "optimaal":
        return "bewezen de beste"
    if candidate.proof == "grens" and candidate.gap is not None:
        share = candidate.gap
        return (
            f"hooguit {nl_percentage(share, 0 if share >= WHOLE_PERCENTAGE else 1)} beter mogelijk"
        )
    return "geen bewijs"


def comparison(candidates: Sequence[Candidate], position: int) -> str:
    """Say in a sentence why a candidate is better or worse than the others, by its points.

    Parameters
    ----------
    candidates : sequence of Candidate
        All of one run, best first.
    position : int
        Which of them to speak of.
    """
    mine = candidates[position]
    others = [other for i, other in enumerate(candidates) if i != position]
    if not others:
        return "Er is geen ander voorstel om mee te vergelijken."
    scale = sum(candidate.energy for candidate in candidates) / len(candidates)
    better: list[tuple[float, str]] = []
    worse: list[tuple[float, str]] = []
    for part, (fewer, more) in PART_WORDS.items():
        average = sum(other.points[part] for other in others) / len(others)
        difference = mine.points[part] - average
        if abs(difference) <= WORTH_SAYING * scale:
            continue
        if difference < 0:
            better.append((-difference, fewer))
        else:
            worse.append((difference, more))
    good = nl_list(words for _, words in sorted(better, reverse=True))
    bad = nl_list(words for _, words in sorted(worse, reverse=True))
    than = "het andere" if len(others) == 1 else "de andere"
    if good and bad:
        return f"Vergeleken met {than}: {good}, maar {bad}."
    if good or bad:
        return f"Vergeleken met {than}: {good or bad}."
    return f"Vrijwel even goed als {than}."


def figure_rows(candidate: Candidate, counted: str) -> list[tuple[str, str]]:
    """Return what is measured of a candidate, as label and value."""
    figures = candidate.figures
    needed = figures.gemeenten_noodzakelijk_gedeeld
    divided = nl_number(figures.gemeenten_gedeeld)
    if figures.gemeenten_gedeeld:
        divided += f", waarvan {nl_number(needed)} noodzakelijk"
    rows = [
        ("Groepen", nl_number(len(candidate.plan.groups))),
        ("Gedeelde gemeenten", divided),
        ("Snijlijn", f"{nl_number(figures.snijlijn_km, 1)} km"),
        ("Compactheid (Polsby-Popper)", nl_number(figures.polsby_popper, 2)),
        ("Kleinste groep", f"{nl_number(figures.kleinste)} {counted}"),
        ("Grootste groep", f"{nl_number(figures.grootste)} {counted}"),
    ]
    left = len(candidate.plan.unassigned)
    return [*rows, ("Zonder groep", nl_count(left, "eenheid", "eenheden"))] if left else rows
