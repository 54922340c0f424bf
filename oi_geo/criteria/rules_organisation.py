"""Rules about regio-organisaties (RO) and wijksamenwerkingsverbanden (WSV), from the practices."""

import math
from dataclasses import dataclass

import pandas as pd

from oi_geo.criteria.bounds import Interval, largest
from oi_geo.criteria.evidence import Evidence
from oi_geo.criteria.finding import Verdict
from oi_geo.criteria.participation import lacking, represented
from oi_geo.criteria.regel import Outcome, Regel
from oi_geo.tally import HUISARTS, REGIO_ORGANISATIE, plain
from oi_geo.text import nl_count, nl_list, nl_percentage

NO_RO = "Geen enkele praktijk noemt haar regio-organisatie (kolom regio_organisatie)."
WSV = ("WSV", "WSV's")
NO_WSV = "Geen enkele praktijk noemt haar wijksamenwerkingsverband (kolom wsv)."


def een_regio_organisatie(evidence: Evidence, regel: Regel, group: str) -> Outcome:
    """Z4: the participating practices and WSVs in the group name one RO."""
    if not evidence.names_ro:
        return _unknown(group, NO_RO)
    rows = _taking_part(evidence.rows_near(group))
    named = rows[rows["ro"].notna() & (rows["discipline"].eq(HUISARTS) | rows["verband"].notna())]
    sure = named[named["zeker"]]
    nameless = _nameless(rows)
    number = Interval(
        sure["ro"].nunique(), math.inf if len(nameless) else float(named["ro"].nunique())
    )
    verdict = regel.judge(number)
    text = f"De deelnemende praktijken in deze groep noemen {_ro_list(sure)}; per regio is er één."
    reasons = []
    if verdict is Verdict.NIET_TE_BEPALEN:
        reasons = _ro_reasons(nameless, named[~named["zeker"]])
    ion = sure.groupby("ro")["ion"].sum().sort_values(ascending=False, kind="stable")
    where = tuple(sorted(sure.loc[sure["ro"].isin(ion.index[1:]), "eenheid"].unique()))
    return Outcome(
        group,
        verdict,
        None if verdict is Verdict.NIET_TE_BEPALEN else number.low,
        f"{text}{lacking(reasons)}",
        where,
        mendable=number.high < 1,
    )


def wsv_in_een_regio_organisatie(evidence: Evidence, regel: Regel, group: str) -> Outcome:
    """Z11: no WSV that stands in the group takes part in more than one RO, here or elsewhere."""
    if evidence.practices["verband"].isna().all():
        return _unknown(group, NO_WSV)
    if not evidence.names_ro:
        return _unknown(group, NO_RO)
    near = _taking_part(evidence.rows_near(group))
    everywhere = _taking_part(evidence.practices)
    verbanden = [
        _Verband(str(name), everywhere[everywhere["verband"].eq(name)], here)
        for name, here in near.dropna(subset="verband").groupby("verband", sort=True)
    ]
    blank = near[near["verband"].isna() & near["discipline"].eq(HUISARTS) & near["geplaatst"]]
    if not verbanden and len(blank):
        return _unknown(group, "Van geen praktijk in deze groep is bekend bij welk WSV ze hoort.")
    number = largest([x.ros for x in verbanden] or [Interval.point(0)])
    if _could_clash(verbanden, blank):
        number = Interval(number.low, math.inf)
    verdict = regel.judge(number)
    bad = [x for x in verbanden if x.ros.low > 1]
    text = _wsv_text(verbanden, bad)
    reasons = []
    if verdict is Verdict.NIET_TE_BEPALEN:
        reasons = _wsv_reasons(verbanden, blank)
    where = tuple(sorted({code for x in bad for code in x.near["eenheid"].dropna()}))
    return Outcome(
        group,
        verdict,
        None if verdict is Verdict.NIET_TE_BEPALEN else number.low,
        f"{text}{lacking(reasons)}",
        where,
    )


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
        if ion.high >= most and ion.high > 0
    ]
    if not ros:
        return _unknown(group, "Geen deelnemende praktijk in deze groep noemt een RO.")
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
    name = seat["naam"].fillna(seat["regio_organisatie"]).iloc[0]
    inside = seat["groep"].eq(evidence.plan.groups.index(group))
    if inside.any():
        codes = tuple(seat.loc[inside, "eenheid"])
        text = f"De zetel van {name} ligt in deze groep ({evidence.unit_name(codes[0])})."
        return Outcome(group, Verdict.VOLDOET, 1.0, text, codes)
    if not seat["geplaatst"].all():
        return _unknown(group, f"De zetel van {name} is niet op de kaart geplaatst.")
    codes = tuple(seat["eenheid"])
    text = (
        f"De zetel van {name} ligt in {evidence.unit_name(codes[0])}, buiten deze groep; "
        "de RO moet in haar kernwerkgebied gevestigd zijn."
    )
    mendable = seat["eenheid"].isin(evidence.plan.unfinished_units).any()
    return Outcome(group, regel.failing, 0.0, text, codes, mendable=bool(mendable))


@dataclass(frozen=True, eq=False)
class _Verband:
    """One WSV: its rows in the whole table, and those near the group."""

    name: str
    rows: pd.DataFrame
    near: pd.DataFrame

    @property
    def nameless(self) -> pd.DataFrame:
        return _nameless(self.rows)

    @property
    def ros(self) -> Interval:
        """Bound the number of ROs that it takes part in."""
        sure = self.rows.loc[self.rows["deelneemt"], "ro"].nunique()
        low = sure if self.near["zeker"].any() else 0
        return Interval(low, math.inf if len(self.nameless) else float(self.rows["ro"].nunique()))

    def describe(self) -> str:
        ros = self.rows.loc[self.rows["deelneemt"]].dropna(subset="ro")
        return f"WSV {self.near['wsv'].iloc[0].strip()} neemt deel in {nl_list(_titles(ros))}"


def _taking_part(rows: pd.DataFrame) -> pd.DataFrame:
    """Keep what (possibly) takes part, no RO itself; `zeker`: surely here and taking part."""
    part = rows["deelnemer"].fillna(value=True).astype(bool)
    rows = rows[part & rows["discipline"].ne(REGIO_ORGANISATIE)]
    takes_part = rows["deelnemer"].fillna(value=False).astype(bool)
    return rows.assign(deelneemt=takes_part, zeker=takes_part & rows["geplaatst"])


def _nameless(rows: pd.DataFrame) -> pd.DataFrame:
    """Select huisarts practices with patients (or unknown) that do not name their RO."""
    huisarts = rows["discipline"].eq(HUISARTS) | rows["discipline"].isna()
    return rows[huisarts & rows["ro"].isna() & rows["ion"].ne(0)]


def _wsv_text(verbanden: list[_Verband], bad: list[_Verband]) -> str:
    if bad:
        return f"{nl_list(x.describe() for x in bad)}; een WSV kan maar in één RO deelnemen."
    if not verbanden:
        return "Er staat geen praktijk van een WSV in deze groep."
    number = nl_count(len(verbanden), *WSV)
    return f"Van {number} in deze groep is geen deelname in twee regio-organisaties bekend."


def _could_clash(verbanden: list[_Verband], blank: pd.DataFrame) -> bool:
    """Tell whether a practice without a known WSV could bring a WSV into a second RO."""
    if blank.empty:
        return False
    ros = {ro for x in verbanden for ro in x.rows["ro"].dropna()} | set(blank["ro"].dropna())
    return len(ros) > 1 or len(_nameless(blank)) > 0


def _titles(rows: pd.DataFrame) -> list[str]:
    """Return the ROs as the table writes them, each once, in alphabetical order."""
    return list(rows.groupby("ro", sort=True)["regio_organisatie"].first().str.strip())


def _ro_list(rows: pd.DataFrame) -> str:
    """Write the ROs of some rows with their share of the ION."""
    if rows.empty:
        return "geen regio-organisatie"
    ion = rows.groupby("ro")["ion"].sum()
    total = float(ion.sum())
    first = rows.groupby("ro")["regio_organisatie"].first().str.strip()
    parts = [
        f"{first[ro]} ({nl_percentage(ion[ro] / total)} van de ION)" if total else first[ro]
        for ro in ion.sort_values(ascending=False, kind="stable").index
    ]
    return f"{nl_count(len(parts), 'regio-organisatie', 'regio-organisaties')}: {nl_list(parts)}"


def _ro_reasons(nameless: pd.DataFrame, unsure: pd.DataFrame) -> list[str]:
    reasons = []
    if len(nameless):
        number = nl_count(len(nameless), "praktijk", "praktijken")
        reasons.append(f"van {number} is de regio-organisatie onbekend (kolom regio_organisatie)")
    if len(unsure):
        number = nl_count(len(unsure), "praktijk", "praktijken")
        reasons.append(f"van {number} is onbekend of ze hier meedoen")
    return reasons


def _wsv_reasons(verbanden: list[_Verband], blank: pd.DataFrame) -> list[str]:
    nameless = sum(len(x.nameless) for x in verbanden)
    unsure = sum(x.ros.low <= 1 < x.ros.high for x in verbanden)
    reasons = []
    if nameless:
        number = nl_count(nameless, "praktijk", "praktijken")
        reasons.append(f"van {number} is de regio-organisatie onbekend (kolom regio_organisatie)")
    elif unsure:
        number = nl_count(unsure, *WSV)
        reasons.append(f"van {number} is onbekend of alle praktijken deelnemen, of waar ze liggen")
    if len(blank):
        number = nl_count(len(blank), "praktijk", "praktijken")
        reasons.append(f"van {number} is het WSV onbekend (kolom wsv)")
    return reasons


def _unknown(group: str, text: str) -> Outcome:
    return Outcome(group, Verdict.NIET_TE_BEPALEN, None, text)
