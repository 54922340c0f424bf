"""Rules about regio-organisaties (RO) and wijksamenwerkingsverbanden (WSV), from the practices."""

import math

import pandas as pd

from oi_geo.criteria.bounds import Interval
from oi_geo.criteria.evidence import Evidence, nameless
from oi_geo.criteria.finding import Verdict
from oi_geo.criteria.participation import lacking, list_is_silent, represented, usual_spelling
from oi_geo.criteria.regel import Outcome, Regel
from oi_geo.tally import REGIO_ORGANISATIE, plain
from oi_geo.text import nl_count, nl_list, nl_percentage

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
        return _unknown(group, NO_RO)
    if list_is_silent(evidence, group):
        return _unknown(group, SILENT)
    rows = evidence.rows_near(group)
    rows = rows[rows["discipline"].ne(REGIO_ORGANISATIE).fillna(value=True)]
    named = rows[rows["ro"].notna() & (rows["verband"].notna() | rows["misschien_huisarts"])]
    is_sure = named["hier"] & named["vast"] & (named["verband"].notna() | named["huisarts"])
    sure = named[is_sure]
    without_ro = nameless(rows[rows["meedoet"]])
    number = Interval(
        float(sure["ro"].nunique()),
        math.inf
        if len(without_ro) or not evidence.list_is_complete
        else float(named["ro"].nunique()),
    )
    verdict = regel.judge(number)
    text = f"De praktijken in deze groep noemen {_ro_list(sure)}; per regio is er één."
    reasons = []
    if verdict is Verdict.NIET_TE_BEPALEN:
        reasons = [*_ro_reasons(without_ro, named[~is_sure]), *_unlisted(evidence, OTHER_RO)]
    ion = sure.groupby("ro")["ion"].sum().sort_values(ascending=False, kind="stable")
    where = tuple(sorted(sure.loc[sure["ro"].isin(ion.index[1:]), "eenheid"].unique()))
    return Outcome(
        group,
        verdict,
        None if verdict is Verdict.NIET_TE_BEPALEN else number.low,
        f"{text}{lacking(reasons)}",
        where,
        mendable=number.high < 1,
        bounds=number,
    )


def wsv_in_een_regio_organisatie(evidence: Evidence, regel: Regel, group: str) -> Outcome:
    """Z11: no WSV that stands in the group takes part in more than one RO, here or elsewhere.

    A WSV stands where a practice of it stands, also one that does not take part.
    """
    if evidence.practices["verband"].isna().all():
        return _unknown(group, NO_WSV)
    if not evidence.names_ro:
        return _unknown(group, NO_RO)
    near = evidence.rows_near(group)
    near = near[near["discipline"].ne(REGIO_ORGANISATIE).fillna(value=True)]
    surely_here = (near["hier"] & near["vast"]).groupby(near["verband"], sort=True).any()
    wsvs = evidence.verbanden.loc[surely_here.index]
    blank = near[near["verband"].isna() & near["misschien_huisarts"] & near["meedoet"]]
    if wsvs.empty and len(blank):
        return _unknown(group, "Van geen praktijk in deze groep is bekend bij welk WSV ze hoort.")
    if wsvs.empty and list_is_silent(evidence, group):
        return _unknown(group, SILENT)
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
        return _unknown(
            group, "De praktijktabel heeft geen rij met discipline regio-organisatie (de zetel)."
        )
    if not evidence.names_ro:
        return _unknown(group, NO_RO)
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
        return _unknown(group, "Geen praktijk in deze groep noemt met zekerheid haar RO.")
    outcomes = [_seat(evidence, regel, group, ro) for ro in ros]
    if len({outcome.verdict for outcome in outcomes}) > 1:
        return _unknown(
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
        return _unknown(
            group, "Van de regio-organisatie van deze groep staat geen zetel in de praktijktabel."
        )
    name = usual_spelling(seat["naam"].fillna(seat["regio_organisatie"]))
    label = evidence.plan.groups.index(group)
    places, rows_at = evidence.places, seat.index.to_numpy()
    sure, maybe = places.surely[rows_at, label], places.possibly[rows_at, label]
    if sure.any():
        codes = tuple(sorted(seat.loc[sure, "eenheid"]))
        text = f"De zetel van {name} ligt in deze groep ({evidence.unit_names[codes[0]]})."
        return Outcome(group, Verdict.VOLDOET, 1.0, text, codes)
    if maybe.any():
        how = (
            "niet precies genoeg geplaatst om te weten of zij in deze groep ligt"
            if seat.loc[maybe, "geplaatst"].any()
            else "niet op de kaart geplaatst"
        )
        return _unknown(group, f"De zetel van {name} is {how}.")
    codes = tuple(sorted(seat["eenheid"].dropna()))
    place = f"in {evidence.unit_names[codes[0]]}" if codes else "buiten het studiegebied"
    text = (
        f"De zetel van {name} ligt {place}, buiten deze groep; "
        "de RO moet in haar kernwerkgebied gevestigd zijn."
    )
    return Outcome(group, regel.failing, 0.0, text, codes, mendable=True)


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
    rows = evidence.practices
    rows = rows[rows["deelneemt"] & rows["verband"].isin(wsvs)].dropna(subset="ro")
    return nl_list(
        [
            f"WSV {usual_spelling(here['wsv'])} neemt deel in {nl_list(_titles(here))}"
            for _, here in rows.groupby("verband", sort=True)
        ]
    )


def _titles(rows: pd.DataFrame) -> list[str]:
    """Return the ROs as the table writes them, each once, in alphabetical order."""
    return list(rows.groupby("ro", sort=True)["regio_organisatie"].agg(usual_spelling))


def _ro_list(rows: pd.DataFrame) -> str:
    """Write the ROs of some rows with their share of the ION."""
    if rows.empty:
        return "geen regio-organisatie"
    ion = rows.groupby("ro")["ion"].sum()
    total = float(ion.sum())
    first = rows.groupby("ro")["regio_organisatie"].agg(usual_spelling)
    parts = [
        f"{first[ro]} ({nl_percentage(ion[ro] / total)} van de ION)" if total else first[ro]
        for ro in ion.sort_values(ascending=False, kind="stable").index
    ]
    return f"{nl_count(len(parts), 'regio-organisatie', 'regio-organisaties')}: {nl_list(parts)}"


def _ro_reasons(without_ro: pd.DataFrame, unsure: pd.DataFrame) -> list[str]:
    reasons = []
    if len(without_ro):
        number = nl_count(len(without_ro), "praktijk", "praktijken")
        reasons.append(f"van {number} is de regio-organisatie onbekend (kolom regio_organisatie)")
    if len(unsure):
        number = nl_count(len(unsure), "praktijk", "praktijken")
        works = "zij in deze groep werkt" if len(unsure) == 1 else "zij in deze groep werken"
        reasons.append(f"van {number} staat niet vast dat {works}")
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


def _unknown(group: str, text: str) -> Outcome:
    return Outcome(group, Verdict.NIET_TE_BEPALEN, None, text)
