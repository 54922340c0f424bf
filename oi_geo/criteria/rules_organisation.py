"""Rules about regio-organisaties (RO) and wijksamenwerkingsverbanden (WSV), from the practices."""

import math

import numpy as np
import pandas as pd

from oi_geo.criteria.bounds import Interval
from oi_geo.criteria.evidence import Evidence
from oi_geo.criteria.finding import Verdict
from oi_geo.criteria.names import is_nameless, one_ro_each, one_wsv_each
from oi_geo.criteria.participation import lacking, list_is_silent, represented
from oi_geo.criteria.regel import Outcome, Regel, undetermined
from oi_geo.several import usual_spelling
from oi_geo.sources.same_patients import least, most
from oi_geo.tally import REGIO_ORGANISATIE, plain
from oi_geo.text import nl_count, nl_list, nl_number, nl_percentage

ZERO = Interval.point(0.0)

SILENT = "De praktijkenlijst noemt geen huisarts in deze groep."
NO_RO = "Geen enkele praktijk noemt haar regio-organisatie (kolom regio_organisatie)."
NO_WSV = "Geen enkele praktijk noemt haar wijksamenwerkingsverband (kolom wsv)."
OTHER_RO = "een andere regio-organisatie noemen"
OTHER_RO_OF_WSV = "met hetzelfde WSV in een andere regio-organisatie deelnemen"


def een_regio_organisatie(evidence: Evidence, regel: Regel, group: str) -> Outcome:
    """Z4: the practices and WSVs in the group name one RO.

    Every RO that a practice here names is active here, whether or not the practice takes part in
    the organisation that the list is about. Who is not on a list that is not complete, may name
    another.
    """
    if not evidence.names_ro:
        return undetermined(group, NO_RO)
    if list_is_silent(evidence, group):
        return undetermined(group, SILENT)
    rows = evidence.rows_near(group)
    rows = rows[rows["discipline"].ne(REGIO_ORGANISATIE).fillna(value=True)]
    without_ro = rows[is_nameless(rows) & rows["meedoet"]]
    in_wsv = rows["wsvs"].astype(bool)
    named = rows[rows["ros"].astype(bool) & (in_wsv | rows["misschien_huisarts"])]
    is_sure = named["hier"] & named["vast"] & (in_wsv[named.index] | named["huisarts"])
    sure = one_ro_each(named[is_sure])
    endless = len(without_ro) or not evidence.list_is_complete
    highest = math.inf if endless else float(one_ro_each(named)["ro"].nunique())
    number = Interval(float(sure["ro"].nunique()), highest)
    verdict = regel.judge(number)
    ions = _ion_by_ro(evidence, sure)
    who = "in deze groep" if is_sure.all() else "die zeker in deze groep staan,"
    everyone = not without_ro["hier"].any()
    told = _ro_list(evidence, sure, ions, more=not number.is_exact, everyone=everyone)
    reasons = []
    if verdict is Verdict.NIET_TE_BEPALEN:
        unsure = int((~is_sure).sum())
        reasons = [*_ro_reasons(len(without_ro), unsure), *_unlisted(evidence, OTHER_RO)]
    where = tuple(sorted(sure.loc[sure["ro"].isin([*ions][1:]), "eenheid"].unique()))
    return Outcome(
        group,
        verdict,
        None if verdict is Verdict.NIET_TE_BEPALEN else number.low,
        f"De praktijken {who} noemen {told}; per regio is er één.{lacking(reasons)}",
        where,
        mendable=number.high < 1,
        bounds=number,
    )


def wsv_in_een_regio_organisatie(evidence: Evidence, regel: Regel, group: str) -> Outcome:
    """Z11: no WSV that stands in the group takes part in more than one RO, here or elsewhere.

    A WSV stands where a practice of it stands, also one that does not take part.
    """
    if not evidence.practices["wsvs"].astype(bool).any():
        return undetermined(group, NO_WSV)
    if not evidence.names_ro:
        return undetermined(group, NO_RO)
    near = evidence.rows_near(group)
    near = one_wsv_each(near[near["discipline"].ne(REGIO_ORGANISATIE).fillna(value=True)])
    surely_here = (near["hier"] & near["vast"]).groupby(near["verband"], sort=True).any()
    wsvs = evidence.verbanden.loc[surely_here.index]
    blank = near[~near["wsvs"].astype(bool) & near["misschien_huisarts"] & near["meedoet"]]
    if wsvs.empty and len(blank):
        return undetermined(
            group, "Van geen praktijk in deze groep is bekend bij welk WSV ze hoort."
        )
    if wsvs.empty and list_is_silent(evidence, group):
        return undetermined(group, SILENT)
    low = wsvs["ros"].where(surely_here, 0)
    number = Interval(float(low.max()), float(wsvs["ros_hoogstens"].max())) if len(wsvs) else ZERO
    if not evidence.list_is_complete:
        number = Interval(number.low, math.inf)
    verdict = regel.judge(number)
    decided = verdict is not Verdict.NIET_TE_BEPALEN
    bad = list(low.index[low > 1])
    text = _wsv_text(evidence, wsvs, bad)
    if not decided:
        reasons = [*_wsv_reasons(wsvs, blank), *_unlisted(evidence, OTHER_RO_OF_WSV)]
        text += lacking(reasons)
    where = tuple(sorted(near.loc[near["verband"].isin(bad), "eenheid"].dropna().unique()))
    return Outcome(group, verdict, number.low if decided else None, text, where, bounds=number)


def gevestigd_in_werkgebied(evidence: Evidence, regel: Regel, group: str) -> Outcome:
    """K4: the seat of the RO that the group's practices name lies in the group."""
    if not evidence.practices["discipline"].eq(REGIO_ORGANISATIE).any():
        return undetermined(
            group, "De praktijktabel heeft geen rij met discipline regio-organisatie (de zetel)."
        )
    if not evidence.names_ro:
        return undetermined(group, NO_RO)
    choices = represented(evidence, group)
    ions = [counted.total("ion") for counted in choices]
    most = max(ion.low for ion in ions)
    ros = [
        counted.ro or ""
        for counted, ion in zip(choices, ions, strict=True)
        if ion.high >= most and (ion.high > 0 or counted.ro)
    ]
    fixed = choices[0].rows["vast"].to_numpy(bool)
    if not ros or not any((x.here & x.surely & fixed).any() for x in choices):
        return undetermined(group, "Geen praktijk in deze groep noemt met zekerheid haar RO.")
    outcomes = [_seat(evidence, regel, group, ro) for ro in ros]
    if len({outcome.verdict for outcome in outcomes}) > 1:
        return undetermined(
            group,
            "Niet bekend is welke regio-organisatie hier de meeste patiënten vertegenwoordigt.",
        )
    return outcomes[0]


def _seat(evidence: Evidence, regel: Regel, group: str, ro: str) -> Outcome:
    """Judge the seat of one RO (folded name; empty where the practices do not name it)."""
    rows = evidence.practices
    rows = rows[rows["discipline"].eq(REGIO_ORGANISATIE)]
    seat = rows[(rows["ro"].eq(ro) | plain(rows["naam"]).eq(ro)).fillna(value=False).astype(bool)]
    if not ro or seat.empty:
        return undetermined(
            group, "Van de regio-organisatie van deze groep staat geen zetel in de praktijktabel."
        )
    label = evidence.plan.groups.index(group)
    places, rows_at = evidence.places, seat.index.to_numpy()
    sure, maybe = places.surely[rows_at, label], places.possibly[rows_at, label]
    if sure.any():
        codes = tuple(sorted(seat.loc[sure, "eenheid"]))
        name = _seat_name(seat[sure])
        text = f"De zetel van {name} ligt in deze groep ({evidence.unit_names[codes[0]]})."
        return Outcome(group, Verdict.VOLDOET, 1.0, text, codes)
    name = _seat_name(seat)
    if maybe.any():
        how = (
            "niet precies genoeg geplaatst om te weten of zij in deze groep ligt"
            if seat.loc[maybe, "geplaatst"].any()
            else "niet op de kaart geplaatst"
        )
        return undetermined(group, f"De zetel van {name} is {how}.")
    codes = tuple(sorted(seat["eenheid"].dropna()))
    place = f"in {evidence.unit_names[codes[0]]}" if codes else "buiten het studiegebied"
    text = (
        f"De zetel van {name} ligt {place}, buiten deze groep; "
        "de RO moet in haar kernwerkgebied gevestigd zijn."
    )
    return Outcome(group, regel.failing, 0.0, text, codes, mendable=True)


def _seat_name(seats: pd.DataFrame) -> str:
    return usual_spelling(seats["naam"].fillna(seats["regio_organisatie"]))


def _wsv_text(evidence: Evidence, wsvs: pd.DataFrame, bad: list[str]) -> str:
    """Tell of the WSVs that stand here, or may; `bad` surely do and take part in several ROs."""
    if wsvs.empty:
        return "Er staat geen praktijk van een WSV in deze groep."
    if bad:
        return f"{_ros_of_wsvs(evidence, bad)}; een WSV kan maar in één RO deelnemen."
    elsewhere = list(wsvs.index[wsvs["ros"] > 1])
    if elsewhere:
        which = "dat WSV" if len(elsewhere) == 1 else "een van die WSV's"
        return f"{_ros_of_wsvs(evidence, elsewhere)}; of {which} in deze groep staat, is onbekend."
    number = nl_count(len(wsvs), "WSV", "WSV's")
    return f"Van {number} in deze groep is geen deelname in twee regio-organisaties bekend."


def _ros_of_wsvs(evidence: Evidence, wsvs: list[str]) -> str:
    rows = one_ro_each(one_wsv_each(evidence.practices))
    rows = rows[rows["deelneemt"] & rows["verband"].isin(wsvs)].dropna(subset="ro")
    written = evidence.spelling["wsv"]
    return nl_list(
        [
            f"WSV {written[str(wsv)]} neemt deel in {nl_list(_titles(evidence, here))}"
            for wsv, here in rows.groupby("verband", sort=True)
        ]
    )


def _titles(evidence: Evidence, rows: pd.DataFrame) -> list[str]:
    """Return the ROs that practices name as the table writes them, in alphabetical order."""
    written = evidence.spelling["regio_organisatie"]
    return [written[ro] for ro in sorted(rows["ro"].unique())]


def _ion_by_ro(evidence: Evidence, rows: pd.DataFrame) -> dict[str, Interval]:
    """Bound the ION of every RO that practices name, largest first (one RO on each row)."""
    found = {str(ro): _ion(evidence, here[~here["meer"]], here) for ro, here in rows.groupby("ro")}
    return dict(sorted(found.items(), key=lambda pair: (-pair[1].low, -pair[1].high)))


def _ion(evidence: Evidence, surely: pd.DataFrame, possibly: pd.DataFrame) -> Interval:
    """Bound the ION of practices of which some surely and others possibly count."""
    ion = evidence.practices["ion"].to_numpy(np.float64)
    doctors = evidence.practices["misschien_huisarts"].to_numpy(bool)
    low, high = (doctors & evidence.practices.index.isin(rows.index) for rows in (surely, possibly))
    return Interval(least(ion, evidence.same["ion"], low), most(ion, high))


def _ro_list(
    evidence: Evidence, rows: pd.DataFrame, ions: dict[str, Interval], *, more: bool, everyone: bool
) -> str:
    """Write the ROs of practices with their share of the ION, or what is known of it.

    A share is told where all of the ION is known; `more` is whether there may be more ROs,
    `everyone` whether the rows are all practices that surely stand here.
    """
    if rows.empty:
        return "geen regio-organisatie"
    whole = _ion(evidence, rows, rows)
    known = whole.low > 0 and whole.is_exact and all(ion.is_exact for ion in ions.values())
    exact = everyone and known
    written = evidence.spelling["regio_organisatie"]
    parts = [
        f"{written[ro]} "
        + (f"({nl_percentage(ion.low / whole.low)} van de ION)" if exact else _known_ion(ion))
        for ro, ion in ions.items()
    ]
    number = nl_count(len(parts), "regio-organisatie", "regio-organisaties")
    return f"{'ten minste ' if more else ''}{number}: {nl_list(parts)}"


def _known_ion(ion: Interval) -> str:
    if ion.is_exact:
        return f"({nl_number(ion.low)} ION)"
    if math.isinf(ion.high):
        return f"(ten minste {nl_number(ion.low)} ION)" if ion.low else "(ION onbekend)"
    return f"({nl_number(ion.low)} tot {nl_number(ion.high)} ION)"


def _ro_reasons(without_ro: int, unsure: int) -> list[str]:
    reasons = []
    if without_ro:
        number = nl_count(without_ro, "praktijk", "praktijken")
        reasons.append(f"van {number} is de regio-organisatie onbekend (kolom regio_organisatie)")
    if unsure:
        number = nl_count(unsure, "praktijk", "praktijken")
        whose = "haar" if unsure == 1 else "hun"
        reasons.append(
            f"van {number} staat niet vast dat {whose} regio-organisatie hier telt (de plaats, de "
            "discipline of het WSV is onbekend, of rijen van één praktijk spreken elkaar tegen)"
        )
    return reasons


def _wsv_reasons(wsvs: pd.DataFrame, blank: pd.DataFrame) -> list[str]:
    reasons = []
    without_ro = int(wsvs["zonder_ro"].sum())
    unsure = int((wsvs["ros_hoogstens"] > 1).sum())
    if without_ro:
        number = nl_count(without_ro, "praktijk", "praktijken")
        reasons.append(f"van {number} is de regio-organisatie onbekend (kolom regio_organisatie)")
    elif unsure:
        number = nl_count(unsure, "WSV", "WSV's")
        reasons.append(
            f"van {number} is van een praktijk de deelname, de plaats of het WSV onbekend"
        )
    if len(blank):
        number = nl_count(len(blank), "praktijk", "praktijken")
        reasons.append(f"van {number} is het WSV onbekend (kolom wsv)")
    return reasons


def _unlisted(evidence: Evidence, does: str) -> list[str]:
    """Say what a practice may do that is not on a list that is not complete."""
    if evidence.list_is_complete:
        return []
    return [f"de lijst is niet volledig: een praktijk die er niet op staat, kan {does}"]
