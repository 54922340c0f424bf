"""What somebody should know about a proposal and its ensemble, in Dutch sentences."""

from dataclasses import replace

import numpy as np

from oi_geo.candidates.context import too_few
from oi_geo.candidates.ensemble import Sampled
from oi_geo.candidates.problem import Problem
from oi_geo.candidates.situate import SPLIT, Context
from oi_geo.candidates.verify import breaches
from oi_geo.plan import UNASSIGNED, Plan
from oi_geo.text import nl_count, nl_list, nl_number

_MOST_NAMED = 6
UNTOLD = "Daarom staat er niet welke eenheden hoe vaak samen in een groep zitten."


def divided_groups(problem: Problem, plan: Plan) -> int:
    """Count the groups of a plan that hold anything which the ensemble divides."""
    labels = plan.labels[problem.node >= 0]
    return len(np.unique(labels[labels != UNASSIGNED]))


def notes_on(problem: Problem, plan: Plan, context: Context) -> list[str]:
    """Say what the user should know about the proposal and the numbers, in Dutch sentences."""
    wishes = problem.wishes
    notes = [few_text(context)] if context.few and not context.split else []
    notes += [outside_text(problem)] if (problem.node < 0).any() else []
    notes += [*problem.notes, *_about(problem, plan, context.sampled)]
    if any(one.maat == "snijlijn_km" and one.waarde == 0 for one in context.specials):
        notes.append(
            "De snijlijn is de landgrens tussen groepen; waar water de groepen scheidt, telt zij "
            "als nul."
        )
    alone = {code for codes in problem.alone for code in codes}
    exempt = frozenset(
        name for name in plan.groups if name in wishes.closed or set(plan.members(name)) <= alone
    )
    # The number of groups has a sentence of its own.
    wrong = breaches(problem.area, replace(wishes, groups=None), plan, exempt=exempt)
    if wrong:
        rest = len(wrong) - _MOST_NAMED
        more = f" En zo nog {nl_count(rest, 'punt', 'punten')}." if rest > 0 else ""
        notes.append(
            "Het voorstel houdt zich niet aan de wensen; het is vergeleken met plannen die dat wel "
            f"doen. {' '.join(wrong[:_MOST_NAMED])}{more}"
        )
    if context.sampled.made < context.sampled.steps:
        ended = "omdat u stopte" if context.sampled.stopped else "door de tijdslimiet"
        notes.append(
            f"Het rekenen is ingekort {ended}; wat er al was, telt. Een volgende keer kan er iets "
            "anders uitkomen."
        )
    if context.cut_short:
        notes.append(
            f"Het vergelijken is door u ingekort: welke eenheden hoe vaak samen zitten en welke "
            f"plannen op het voorstel lijken, komt uit {nl_number(context.plans)} van de bewaarde "
            "plannen."
        )
    if not context.converged:
        notes.append(unsettled_text(context))
    return notes


def unsettled_text(context: Context) -> str:
    """Say why not everything can be told of these chains, and what helps."""
    if context.split:
        return f"{SPLIT} {UNTOLD}"
    lacking = [special for special in context.specials if not special.geconvergeerd]
    if all(too_few(special) for special in lacking):
        return (
            "De ketens zijn het eens, maar voor sommige maten zijn er nog te weinig plannen. "
            f"{UNTOLD} Meer stappen helpen; veranderen de plannen maar traag, dan helpt een "
            "ruimere band."
        )
    return (
        f"De ketens zijn het nog niet over elke maat eens. {UNTOLD} Meer stappen helpen meestal; "
        "in een krappe band worden de ketens het soms nooit eens, en dan helpt een ruimere band."
    )


def outside_text(problem: Problem) -> str:
    """Name what the ensemble does not divide, and say that no measure is about that."""
    units, wishes = problem.area.units, problem.wishes
    outside = units.index[problem.node < 0]
    large = [code for codes in problem.alone for code in codes]
    done = [code for code in outside if wishes.locks.get(code) in wishes.finished]
    rest = [code for code in outside if code not in {*large, *done}]
    named = {
        "wat alleen al boven het maximum ligt": [f"{units['naam'][c]} ({c})" for c in large],
        "wat al af is": sorted(wishes.finished),
        "wat in geen groep past": [f"{units['naam'][c]} ({c})" for c in rest],
    }
    parts = [f"{kind}: {nl_list(names, _MOST_NAMED)}" for kind, names in named.items() if names]
    return (
        f"Buiten de vergelijking staat {'; '.join(parts)}. Alle maten, ook die van het voorstel, "
        "gaan over wat het ensemble verdeelt."
    )


def few_text(context: Context) -> str:
    """Say that few different plans were found, and what that means for the sentences."""
    others, wider = context.different, "Een ruimere band geeft er meestal meer."
    if context.drawn:
        others -= 1
        if others == 0:
            return f"Er is geen ander geldig plan gevonden dan het voorstel zelf. {wider}"
        number = nl_count(others, "ander geldig plan", "andere geldige plannen")
        found = f"Naast het voorstel zelf {_are(others)} er maar {number} gevonden."
    else:
        number = nl_count(others, "geldig plan", "verschillende geldige plannen")
        found = f"Er {_are(others)} maar {number} gevonden."
    if any(special.told for special in context.specials):
        found += (
            " Het voorstel is daarom met elk daarvan vergeleken, zonder percentiel: dat zou vooral "
            "zeggen hoe vaak elk plan getrokken is."
        )
    return f"{found} {wider}"


def _are(number: int) -> str:
    return "is" if number == 1 else "zijn"


def _about(problem: Problem, plan: Plan, sampled: Sampled) -> list[str]:
    """Say where the proposal is no plan of the same kind as those of the ensemble."""
    if plan.scope == "werkgebied":
        sentence = (
            "Het voorstel verdeelt niet het hele gebied; de maten van hele plannen zijn er daarom "
            "niet van te bepalen, wel welke eenheden hoe vaak samen in een groep zitten."
        )
        return [sentence]
    found = []
    unplaced = plan.units[(plan.labels == UNASSIGNED) & (problem.node >= 0)]
    if len(unplaced):
        count = nl_count(len(unplaced), "eenheid", "eenheden")
        found.append(
            f"Het voorstel laat {count} zonder groep ({nl_list(unplaced, _MOST_NAMED)}); de maten "
            "van hele plannen zijn er daarom niet van te bepalen."
        )
    own = divided_groups(problem, plan)
    if own != sampled.groups:
        found.append(
            f"Het voorstel telt {nl_count(own, 'groep', 'groepen')} waar de plannen er "
            f"{sampled.groups} tellen; een verschil kan ook daarvan komen."
        )
    return found
