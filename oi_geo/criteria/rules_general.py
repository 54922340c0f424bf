"""Rules about the plan as a whole: gaps, overlaps, slivers, what is left out and left over."""

import pandas as pd

from oi_geo.criteria.evidence import Evidence
from oi_geo.criteria.finding import Verdict
from oi_geo.criteria.regel import Outcome, Regel
from oi_geo.text import nl_count, nl_list, nl_number


def gaten(evidence: Evidence, regel: Regel) -> Outcome:
    """G1: gaps between drawn groups, and units without a group that groups enclose."""
    drawn = _faults(evidence, "gat")
    rest = evidence.border.remainders
    enclosed = rest[rest["ingesloten"].astype(bool)]
    number = len(drawn) + len(enclosed)
    if not number:
        return _good("Er zijn geen gaten in de indeling.")
    texts = []
    if len(drawn):
        texts.append(f"{nl_count(len(drawn), 'gat', 'gaten')} tussen getekende gebieden")
    if len(enclosed):
        areas = nl_count(len(enclosed), "ingesloten gebied", "ingesloten gebieden")
        units = _units(evidence, _codes(enclosed))
        texts.append(f"{areas} zonder groep ({units})")
    where = tuple(dict.fromkeys([*_codes(drawn), *_codes(enclosed)]))
    mendable = drawn.empty and evidence.unfinished.could_come().issuperset(where)
    text = f"De indeling heeft {' en '.join(texts)}."
    return Outcome(None, regel.failing, number, text, where, mendable=mendable)


def overlappen(evidence: Evidence, regel: Regel) -> Outcome:
    """G2: units that the proposal puts in two groups, and drawn groups that overlap."""
    double, drawn = evidence.plan.double, _faults(evidence, "overlap")
    if not double and drawn.empty:
        return _good("Geen eenheid en geen gebied hoort bij twee groepen.")
    texts = []
    if double:
        listed = nl_list(
            f"{evidence.unit_names[code]} ({nl_list(groups)})" for code, groups in double.items()
        )
        number = nl_count(len(double), "eenheid hoort", "eenheden horen")
        texts.append(f"{number} bij meer dan één groep: {listed}.")
    if len(drawn):
        km2 = nl_number(float(drawn["oppervlakte_m2"].sum()) / 1e6, 2)
        number = nl_count(len(drawn), "overlap", "overlappen")
        pairs = nl_list(dict.fromkeys(nl_list(groups) for groups in drawn["groepen"]))
        texts.append(f"De getekende gebieden hebben {number} van samen {km2} km²: {pairs}.")
    where = tuple(dict.fromkeys([*double, *_codes(drawn)]))
    return Outcome(None, regel.failing, len(double) + len(drawn), " ".join(texts), where)


def snippers(evidence: Evidence, regel: Regel) -> Outcome:
    """G6: narrow strips between or inside drawn groups, left by the drawing."""
    found = _faults(evidence, "snipper")
    if found.empty:
        return _good("Er zijn geen snippers.")
    width = nl_number(float(found["breedte_m"].max()), 1)
    text = (
        f"De getekende gebieden hebben {nl_count(len(found), 'snipper', 'snippers')}: stroken van "
        f"ten hoogste {width} m breed die door het tekenen ontstaan."
    )
    return Outcome(None, regel.failing, len(found), text, _codes(found))


def niet_toegewezen(evidence: Evidence, regel: Regel) -> Outcome:
    """G3: units without a group: unfinished, in a gemeente of the plan, enclosed, or outside it."""
    plan, there = evidence.plan, evidence.around
    left_out = plan.unassigned
    unfinished = plan.unfinished_units
    if len(unfinished):
        text = f"{_still(len(unfinished))} niet toegewezen: {_units(evidence, tuple(unfinished))}."
        if plan.scope == "geheel" and plan.stated_scope is None:
            text += (
                " Het voorstel verdeelt ten minste de helft van het studiegebied over meer groepen "
                "en is daarom gelezen als indeling van het hele gebied; beschrijft het alleen een "
                "werkgebied, geef dat dan aan (omvang: werkgebied)."
            )
        return Outcome(None, Verdict.NIET_TE_BEPALEN, len(unfinished), text, tuple(unfinished))
    rest = evidence.border.remainders
    enclosed = _codes(rest[rest["ingesloten"].astype(bool)])
    # The rest of a gemeente may lie outside the work area, on the map that this was cut from.
    gemeente, outside = there.area.units["gemeentecode"], there.plan.unassigned
    own = (there.plan.labels >= 0) & (there.plan.labels < len(plan.groups))
    shared = outside[gemeente[outside].isin(gemeente[own]).to_numpy(bool)]
    where = tuple(outside[outside.isin([*enclosed, *shared])])
    if where:
        text = (
            f"{nl_count(len(where), 'eenheid zonder groep ligt', 'eenheden zonder groep liggen')} "
            "in een gemeente die deels in het plan ligt, of ingesloten tussen groepen: "
            f"{_units(evidence, where)}."
        )
        mendable = evidence.unfinished.could_come().issuperset(where)
        return Outcome(None, regel.failing, len(where), text, where, mendable=mendable)
    if left_out.empty:
        return _good("Alle eenheden horen bij een groep.")
    text = (
        f"{nl_count(len(left_out), 'eenheid ligt', 'eenheden liggen')} buiten alle groepen, in "
        "gemeenten waar het plan niet over gaat: het plan is gelezen als werkgebied binnen een "
        "grotere kaart."
    )
    return Outcome(None, Verdict.VOLDOET, len(left_out), text)


def te_kleine_rest(evidence: Evidence, regel: Regel) -> Outcome:
    """G4: remainders outside all groups that fall below the minimum because of the plan."""
    rest = evidence.border.remainders
    small = rest["te_klein_door_plan"]
    found, doubtful = rest[small.eq(other=True)], rest[small.isna()]
    least = nl_number(regel.minimum)
    if found.empty and doubtful.empty:
        return _good(f"Het plan laat geen gebied over met minder dan {least} inwoners.")
    texts, verdict = [], Verdict.NIET_TE_BEPALEN
    if len(found):
        verdict = regel.failing
        listed = nl_list(_people(row.inwoners, row.inwoners_onbekend) for row in found.itertuples())
        areas = nl_count(len(found), "gebied", "gebieden")
        texts.append(
            f"Door het plan {'blijft' if len(found) == 1 else 'blijven'} buiten de groepen {areas} "
            f"over met minder dan {least} inwoners ({listed})."
        )
    if len(doubtful):
        areas = nl_count(len(doubtful), "gebied", "gebieden")
        texts.append(f"Van {areas} buiten de groepen is het aantal inwoners niet helemaal bekend.")
    where = _codes(found if len(found) else doubtful)
    value = float(len(found)) if len(found) else None
    return Outcome(None, verdict, value, " ".join(texts), where, mendable=True)


def _people(known: float, unknown: int) -> str:
    """Write how many people live in an area of which some units are secret."""
    if not unknown:
        return nl_number(known)
    return f"ten minste {nl_number(known)}" if known else "een onbekend aantal"


def _faults(evidence: Evidence, soort: str) -> pd.DataFrame:
    faults = evidence.plan.faults
    return faults[faults["soort"].eq(soort)]


def _codes(rows: pd.DataFrame) -> tuple[str, ...]:
    """Return the unit codes of some rows, each once."""
    return tuple(dict.fromkeys(code for codes in rows["eenheden"] for code in codes))


def _units(evidence: Evidence, codes: tuple[str, ...]) -> str:
    return nl_list(evidence.unit_names[code] for code in codes)


def _still(number: int) -> str:
    return f"{nl_count(number, 'eenheid is', 'eenheden zijn')} nog"


def _good(text: str) -> Outcome:
    return Outcome(None, Verdict.VOLDOET, 0.0, text)
