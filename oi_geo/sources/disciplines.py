"""Disciplines of the eerste lijn: what people write for them, and one name for each."""

import re
import unicodedata

import pandas as pd

from oi_geo.sources.lines import per_row, rows_text
from oi_geo.sources.report import ReadReport
from oi_geo.text import nl_list

HUISARTS = "huisarts"
# A locum sees the patients of other practices and has none of their own.
WAARNEMER = "waarnemer"
HUISARTSEN = (HUISARTS, WAARNEMER)
OTHER = "overig"

# A post or dienst for the evening and the night: it has no patients of its own.
_NO_PATIENTS = (
    r"huisartsen(?:spoed|diensten)?.?post(?:en)?\b|spoedpost|spoedplein|huisartsendienst"
    r"|dienstenstructuur"
)
_LOCUM = r"\bwaarnem"
# A huisarts among others: `huisarts en POH`, not `praktijkondersteuner huisarts`.
_AND = re.compile(r"\s*[,;/+&|]\s*|\s+(?:en|met)\s+")
_ALONE = re.compile(r"huisarts(?:en)?(?:praktijk)?")

# In order: the first pattern that occurs decides, so that a huisartsenpost is no huisarts and an
# apotheekhoudende huisarts is one. Texts are compared in lower case and without accents.
_PATTERNS: dict[str, str] = {
    rf"{_NO_PATIENTS}|praktijkonderst|\bpoh\b|assistent|tandarts|mondhyg": OTHER,
    r"regio.?organisatie|regionale .*organisatie|huisartsenorganisatie|^(ro|rho|reo)$": (
        "regio-organisatie"
    ),
    _LOCUM: WAARNEMER,
    r"huisarts|^h\.?a\.?$": HUISARTS,
    "apothe|farmac": "apotheek",
    "fysio|^ft$": "fysiotherapie",
    "oefenth|cesar|mensendieck": "oefentherapie",
    "wijkverpl|thuiszorg|wijkzorg|verpleging en verzorging|verpleegkund|^vvt$": "wijkverpleging",
    "dietet|dietist|^dieet": "diëtetiek",
    "logoped": "logopedie",
    "ergoth|^ergo$": "ergotherapie",
    "podoth|podolog|^podo$": "podotherapie",
    r"psycho|psychi|\bggz\b|geestelijke gez": "psychologie",
    "verlosk|vroedv": "verloskunde",
    r"sociaal|welzijn|maatschappelijk|\bwmo\b|wijkteam|buurtteam": "sociaal domein",
    "^overige?$|^anders": OTHER,
}

DISCIPLINES: tuple[str, ...] = tuple(dict.fromkeys([*_PATTERNS.values()]))

# What the leading pair of an AGB code suggests; a code of a vestiging can start otherwise.
_AGB_PAIR = {"01": HUISARTS, "02": "apotheek", "04": "fysiotherapie", "91": "wijkverpleging"}


def parse_discipline(text: str) -> str | None:
    """Return the discipline that a text names, or None if it names none that is known."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    plain = " ".join(plain.split())
    found = next((name for pattern, name in _PATTERNS.items() if re.search(pattern, plain)), None)
    if found == OTHER and any(_ALONE.fullmatch(part) for part in _AND.split(plain)):
        return HUISARTS
    return found


def read_disciplines(
    texts: pd.Series | None,
    agb: pd.Series,
    ion: pd.Series,
    report: ReadReport,
    names: pd.Series | None = None,
) -> pd.Series:
    """Read a column of disciplines; where it says nothing, estimate and say so.

    Parameters
    ----------
    texts : Series of str, or None
        What the file says, indexed by row; None where it has no such column. A text that names
        no discipline (`HOED`) tells as much as an empty cell.
    agb : Series of str
        Readable AGB codes: their leading pair gives the estimate.
    ion : Series of float64
        Registered patients: only a huisarts has them, which gives the estimate where the AGB code
        suggests nothing.
    names : Series of str, optional
        Names of the practices: that of a huisartsenpost or a waarnemer without ION tells what its
        AGB code hides.
    report : ReadReport
        Receives what was read as what, unknown texts and estimates.

    Returns
    -------
    Series of str
        One of `DISCIPLINES`; missing where neither text, AGB code nor ION tells.
    """
    given = pd.Series(pd.NA, agb.index, dtype="str") if texts is None else texts
    known = {text: parse_discipline(text) for text in given.dropna().unique()}
    read = given.map(known).astype("str")
    changed = [f"'{text}' als {name}" for text, name in known.items() if name not in {None, text}]
    if changed:
        report.info(f"Disciplines zijn gelezen als volgt: {nl_list(changed, 30)}.")
    strange = given[given.notna() & read.isna()]
    lines = {
        row: f"Discipline '{text}' is onbekend en gelezen als een lege cel."
        for row, text in strange.items()
    }
    per_row(report.warn, lines, "onbekende disciplines")
    read = _estimated(read, agb, ion, report)
    if names is not None:
        read = _without_patients(read, names, ion, report)
    if read.isna().any():
        report.warn(
            f"De discipline ontbreekt en is niet te schatten ({rows_text(read.index[read.isna()])})"
            ": of zo'n rij als huisarts telt, is onzeker. Vul de kolom 'discipline' in."
        )
    return read


def _estimated(read: pd.Series, agb: pd.Series, ion: pd.Series, report: ReadReport) -> pd.Series:
    """Fill in what AGB code or else ION suggests, and say so."""
    by_code = agb.str.slice(0, 2).map(_AGB_PAIR).astype("str")
    estimate = by_code.where(by_code.notna() | ~ion.gt(0), HUISARTS)
    for discipline in estimate[read.isna()].dropna().unique():
        rows = estimate.index[read.isna() & estimate.eq(discipline)]
        report.warn(
            f"De discipline ontbreekt en is geschat uit AGB-code of ION: '{discipline}' "
            f"({rows_text(rows)}). Een kolom 'discipline' geeft zekerheid."
        )
    return read.fillna(estimate).astype("str")


def _without_patients(
    read: pd.Series, names: pd.Series, ion: pd.Series, report: ReadReport
) -> pd.Series:
    """Tell practices from what has no patients of its own, by name and ION.

    A huisartsenpost or waarnemer that is listed as huisarts is told by its name; a waarnemer with
    patients on its name has a practice.
    """
    plain = names.str.lower()
    own = read.eq(WAARNEMER) & ion.gt(0)
    if own.any():
        read = read.mask(own, HUISARTS)
        report.info(
            f"Een waarnemer met ingeschreven patiënten is gelezen als '{HUISARTS}' "
            f"({rows_text(own.index[own])})."
        )
    # `Huisartsenpraktijk Spoedplein` is none.
    post = plain.str.contains(_NO_PATIENTS, na=False) & ~plain.str.contains("praktijk", na=False)
    for told, discipline, noun in (
        (post, OTHER, "een huisartsenpost"),
        (plain.str.contains(_LOCUM, na=False), WAARNEMER, "een waarnemer"),
    ):
        unsure = read.eq(HUISARTS) | read.isna()
        found = unsure & ~ion.gt(0) & told
        if found.any():
            read = read.mask(found, discipline)
            report.info(
                f"De naam noemt {noun} en er is geen ION: gelezen als '{discipline}', zonder "
                f"patiënten van zichzelf ({rows_text(found.index[found])})."
            )
    return read
