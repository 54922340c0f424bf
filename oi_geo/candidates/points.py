"""Points in words: how much of what each part of the objective counts, and what one point is."""

import numpy as np

from oi_geo.candidates.arrays import HARD
from oi_geo.candidates.assemble import M_PER_POINT, pairs_today
from oi_geo.candidates.candidate import Candidate
from oi_geo.candidates.problem import Problem
from oi_geo.text import nl_count, nl_number, nl_percentage

PART_NAMES = {
    "snijlijn": "Snijlijn",
    "afwijking": "Afwijking",
    "gemeenten": "Gemeenten",
    "gehelen": "Kernen, WSV's",
    "stromen": "Stromen",
    "afstand": "Afstand",
    "wijziging": "Wijziging",
}


def parts_used(problem: Problem) -> list[str]:
    """Name the parts that count, in the order of `PART_NAMES`."""
    one = one_point(problem)
    soft = _soft(problem)[problem.arrays.n_gemeenten :].any()
    return [part for part in PART_NAMES if part in one or (part == "gehelen" and soft)]


def one_point(problem: Problem) -> dict[str, float]:
    """Return how much of each part makes one point, for the parts that count.

    Returns
    -------
    dict of str to float
        Km for `snijlijn` and `afstand`, shares (0-1) for `afwijking` and `wijziging`, pieces for
        `gemeenten` and `gehelen`, patients for `stromen`. Without `gehelen` where kernen and WSV's
        weigh differently.
    """
    price, arrays, weights = problem.price, problem.arrays, problem.wishes.weights
    soft = _soft(problem)
    weighed = set(arrays.block_weight[arrays.n_gemeenten :][soft[arrays.n_gemeenten :]].tolist())
    each = {
        "snijlijn": price.border * 1e3,
        "afwijking": price.off_target * float(arrays.pop.sum()),
        "gemeenten": weights.gemeenten if soft[: arrays.n_gemeenten].any() else 0.0,
        "gehelen": weighed.pop() if len(weighed) == 1 else 0.0,
        "stromen": price.flow,
        "afstand": weights.afstand * 1e3 / M_PER_POINT if price.distance > 0 else 0.0,
        "wijziging": price.change * pairs_today(arrays),
    }
    return {part: 1 / points for part, points in each.items() if points > 0}


def amounts(problem: Problem, candidate: Candidate) -> dict[str, float]:
    """Return what the points of a plan are for, by the definition of the points.

    Parameters
    ----------
    problem : Problem
    candidate : Candidate
        A plan of this problem.

    Returns
    -------
    dict of str to float
        Per part that counts, in the units of `one_point`: km of border between groups, share of
        the people above or below the target, extra pieces, patients in another group than their
        practice, average km, and pairs of people that come together or part as a share of those
        together today. Border with what is already fixed counts half.
    """
    one = one_point(problem)
    found = {part: candidate.points[part] * one[part] for part in one}
    if "gehelen" in parts_used(problem):
        found["gehelen"] = _extra_pieces(problem, candidate)
    return found


def amount_text(part: str, amount: float, counted: str) -> str:
    """Write an amount with its unit; `counted` is the word for what the band counts."""
    if part == "snijlijn":
        return f"{nl_number(amount, 1)} km"
    if part == "afwijking":
        return f"{nl_percentage(amount)} van de {counted}"
    if part in {"gemeenten", "gehelen"}:
        return nl_count(round(amount), "extra stuk", "extra stukken")
    if part == "stromen":
        return nl_count(round(amount), "patiënt", "patiënten")
    if part == "afstand":
        return f"gemiddeld {nl_number(amount, 2)} km"
    return f"{nl_percentage(amount)} van de paren"


def points_note(problem: Problem) -> str:
    """Explain in Dutch what one point is in this problem, and that fewer are better."""
    one, target = one_point(problem), nl_number(problem.price.target)
    counted = "inwoners" if problem.wishes.counted == "inwoners" else "ION"
    words = {
        "snijlijn": "{km} km grens tussen groepen",
        "afwijking": f"{{share}} van de {counted} boven of onder het streefgetal van {target}",
        "gemeenten": "{pieces} van een gemeente",
        "gehelen": "{pieces} van een kern of het gebied van een WSV",
        "stromen": "{patients} met hun praktijk in een andere groep",
        "afstand": "{km} km gemiddelde afstand tot een praktijk",
        "wijziging": "{share} van de paren mensen die nu bij elkaar zitten",
    }
    texts = [
        words[part].format(
            km=_short(one[part]),
            share=f"{_short(one[part] * 100)} %",
            pieces=_pieces(one[part]),
            patients=f"{_short(one[part])} patiënten",
        )
        for part in PART_NAMES
        if part in one
    ]
    if not texts:
        return "Geen enkel onderdeel weegt mee; alle plannen hebben nul punten."
    last = f"{', '.join(texts[:-1])} of {texts[-1]}" if len(texts) > 1 else texts[0]
    note = f"Hoe minder punten, hoe beter. Eén punt is hier {last}; zie docs/methode.md."
    if "snijlijn" in one and (problem.alone or problem.wishes.finished):
        note += " De grens met een groep die apart staat of al vaststaat telt voor de helft."
    return note


def _short(number: float) -> str:
    """Write a number with as many decimals as its size deserves."""
    return nl_number(number, 2 if number < 1 else 1 if number < 100 else 0)  # noqa: PLR2004


def _pieces(number: float) -> str:
    return "één extra stuk" if number == 1 else f"{_short(number)} extra stuk"


def _soft(problem: Problem) -> np.ndarray:
    """Tell of each block whether it is whole by preference, at a price."""
    weight = problem.arrays.block_weight
    return (weight > 0) & (weight < HARD)


def _extra_pieces(problem: Problem, candidate: Candidate) -> float:
    """Count the pieces of kernen and WSV's beyond those that are necessary."""
    arrays, inside = problem.arrays, problem.node >= 0
    label = np.zeros(len(arrays.pop), np.int64)
    label[problem.node[inside]] = candidate.plan.labels[inside]
    owner = np.repeat(np.arange(len(arrays.pop)), np.diff(arrays.block_ptr))
    touched = np.unique(np.column_stack([arrays.block_id, label[owner]]), axis=0)[:, 0]
    extra = np.bincount(touched, minlength=len(arrays.block_weight)) - problem.pieces
    wanted = _soft(problem)
    wanted[: arrays.n_gemeenten] = False
    return float(extra[wanted].sum())
