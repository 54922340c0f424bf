"""Rows of a practice list that are no practice: totals, subtotals, averages, rows without a name.

Whoever adds subtotals to a list and hands it in would otherwise have every patient counted twice.
"""

import re
from typing import Literal

import pandas as pd

from oi_geo.codes import parse_agb
from oi_geo.sources.lines import number_text, per_row
from oi_geo.sources.report import ReadReport

_KIND = r"(?:(?:sub|eind|deel|tussen|grand|generaal|algemeen)[\s-]*)?"
_SUM = rf"{_KIND}(?:tota(?:al|len|le|ls?)|som|sum)"
_OTHER = r"gemiddelden?|gemiddeld|average|mediaan|median|minimum|maximum|aantal|alle praktijken"
_BEGINS = re.compile(rf"\W*(?:{_SUM}|{_OTHER})\b", re.IGNORECASE)
_BARE = re.compile(rf"\W*(?:{_SUM}|{_OTHER})(?:\W|\d)*", re.IGNORECASE)
_IS_SUM = re.compile(rf"\W*{_SUM}\b", re.IGNORECASE)
_MENTIONS = re.compile(r"\b(?:sub|eind)?tota(?:al|len|l)\b", re.IGNORECASE)

# What a spreadsheet makes of an AGB code as a number: unreadable, but no empty cell.
_CODE_LIKE = re.compile(r"\d(?:[.,]\d+)?[eE]\+?\d+|\d{6,}")
_FEWEST_ADDED = 2

Sum = Literal["zeker", "mogelijk", ""]


def is_total_name(texts: pd.Series) -> pd.Series:
    """Tell which texts are `Totaal`, `Gemiddelde`, `Eindtotaal 2024` and the like, and no more."""
    return texts.str.fullmatch(_BARE, na=False).astype(bool)


def no_practice_rows(table: pd.DataFrame, ion: pd.Series, report: ReadReport) -> pd.Index:
    """Find totals rows and rows without name and AGB code, and report them.

    Only a row without AGB code can be a totals row. It is one where its name is `Totaal`,
    `Gemiddelde` and so on; where the name begins like that and there is no discipline; where
    such a word stands in the name and the ION is the sum of the rows above it (since a totals row)
    or of all rows; and where all those rows have an AGB code or a discipline, this one has neither,
    and its ION is that sum. What only looks like a totals row is kept with a warning.

    Parameters
    ----------
    table : DataFrame of str
        Cells under their canonical names, with at least `naam`, `agb` and `discipline`.
    ion : Series of float64
        Registered patients as read.
    report : ReadReport
        Receives a line per row.

    Returns
    -------
    pandas.Index
        Row numbers to set aside.
    """
    rows = _features(table)
    name, no_code = rows["label"], ~rows["code"]
    nameless = name.isna()
    sure = no_code & (rows["bare"] | (rows["begins"] & ~rows["discipline"]))
    outside = sure | (no_code & rows["mentions"] & ~rows["discipline"])
    sums = _sums(rows.assign(ion=ion, outside=outside))
    certain = sums.eq("zeker") | (sums.ne("") & rows["mentions"])
    aside = sure | (no_code & ~nameless & certain)
    _report_totals(name[aside], ion, aside | (nameless & certain), sums, report)
    _report_nameless(ion[nameless], sums, report)
    _report_doubtful(rows[~aside & ~nameless], sums, report)
    return table.index[aside | nameless]


def _features(table: pd.DataFrame) -> pd.DataFrame:
    """Say of each row what it is called, whether it has a code and discipline, and how it reads."""
    agb, discipline = table["agb"], table["discipline"]
    in_code = agb.str.match(_BEGINS, na=False)
    code = agb.map(
        lambda text: parse_agb(text)[0] is not None or _CODE_LIKE.search(text) is not None,
        na_action="ignore",
    ).eq(True)
    label = agb.where(in_code, table["naam"]).fillna(agb)
    begins = label.str.match(_BEGINS, na=False)
    return pd.DataFrame(
        {
            "label": label,
            "code": code,
            "discipline": discipline.notna() & ~discipline.str.match(_BEGINS, na=False),
            "bare": is_total_name(label),
            "begins": begins,
            "mentions": begins | label.str.contains(_MENTIONS, na=False),
        },
        index=table.index,
    )


def _sums(rows: pd.DataFrame) -> pd.Series:
    """Tell which rows without AGB code have the ION of the rows that they may add up.

    These are the rows above it, from the top or from below any earlier totals row (so that a total
    of subtotals is found as well), and all other rows of the list.

    Parameters
    ----------
    rows : DataFrame
        `_features` with `ion` and `outside`: no part of any sum, being called a total.

    Returns
    -------
    Series of str
        `zeker` where at least two rows are added up that all have an AGB code or a discipline,
        and this one has neither; `mogelijk` for another sum, empty where it is no sum. That one
        row has the number of the row above it says nothing, unless its name or lack of a code does.
    """
    known = rows["code"] | rows["discipline"]
    found: dict[int, Sum] = dict.fromkeys(rows.index, "")
    added = strangers = 0
    total = 0.0
    # Sum of the practices above each totals row: (how many have ION, how many have no code).
    starts: dict[float, tuple[int, int]] = {0.0: (0, 0)}
    fields = zip(rows.index, rows["ion"].fillna(0), rows["code"], known, rows["mentions"],
                 rows["outside"], strict=True)  # fmt: skip
    for row, value, has_code, is_known, mentions, outside in fields:
        start = starts.get(round(total - value, 1))
        if start and value > 0 and not has_code and added > start[0]:
            alone = not is_known and strangers == start[1]
            several = added - start[0] >= _FEWEST_ADDED
            if several or alone or mentions:
                found[row] = "zeker" if several and alone else "mogelijk"
        if outside or found[row] == "zeker" or (found[row] and mentions):
            starts[round(total, 1)] = (added, strangers)
            continue
        total += value
        added += value > 0
        strangers += not is_known and value > 0
    return _with_grand_totals(rows, pd.Series(found, dtype="str"), total)


def _with_grand_totals(rows: pd.DataFrame, found: pd.Series, total: float) -> pd.Series:
    """Mark the rows, wherever they stand, with the ION of all other rows together."""
    named = rows["outside"] | found.ne("")
    others = (rows["ion"] > 0) & ~named
    own = rows["ion"].where(others, 0.0)
    equal = ~rows["code"] & (rows["ion"] > 0) & (rows["ion"] - (total - own)).abs().lt(0.1)
    enough = others.sum() - others >= rows["mentions"].map({True: 1, False: _FEWEST_ADDED})
    strangers = others & ~rows["code"] & ~rows["discipline"]
    alone = ~rows["code"] & ~rows["discipline"] & (strangers.sum() - strangers).eq(0)
    new = equal & enough & found.eq("")
    return found.mask(new & alone, "zeker").mask(new & ~alone, "mogelijk")


def _report_totals(
    names: pd.Series, ion: pd.Series, apart: pd.Series, sums: pd.Series, report: ReadReport
) -> None:
    """Report each totals row, and where its ION is not the sum of anything."""
    practices = ion.mask(apart).fillna(0)
    total = practices.sum()
    blocks = practices.groupby(apart.cumsum()).sum()
    block_above = apart.cumsum() - 1
    lines: dict[int, str] = {}
    for row, name in zip(names.index, names, strict=True):
        line = f"Dit is een totaalrij ('{name}', ION {number_text(ion[row])}) en geen praktijk"
        line += "; de rij is apart gezet."
        if not _BEGINS.match(name):
            line += " Het ION is de som van andere rijen, en een AGB-code ontbreekt."
        elif _IS_SUM.match(name) and pd.notna(ion[row]) and not sums[row]:
            block = blocks.get(block_above[row], 0.0)
            if block not in {ion[row], total, 0.0}:
                line += f" De rijen erboven tellen op tot {number_text(block)}."
            if total != ion[row] and block != ion[row]:
                line += f" Alle praktijken samen tellen op tot {number_text(total)}."
        lines[row] = f"{line} Is het toch een praktijk, vul dan de AGB-code in."
    per_row(report.error, lines, "geen praktijk")


def _report_nameless(ion: pd.Series, sums: pd.Series, report: ReadReport) -> None:
    lines = {
        row: "De rij heeft geen naam en geen AGB-code en is apart gezet "
        f"(ION {number_text(value)}"
        + ("; dat is de som van andere rijen, dus dit lijkt een totaalrij" if sums[row] else "")
        + ")."
        for row, value in zip(ion.index, ion, strict=True)
    }
    per_row(report.error, lines, "geen naam en geen AGB-code")


def _report_doubtful(rows: pd.DataFrame, sums: pd.Series, report: ReadReport) -> None:
    """Warn of rows that are kept as practices, but are called or add up as totals rows do."""
    neither = ~rows["code"] & ~rows["discipline"]
    called = rows["begins"] | (rows["mentions"] & neither)
    lines = {
        row: f"De naam '{name}' lijkt die van een totaalrij; de rij is gehouden als praktijk. Is "
        "het een totaalrij, haal haar dan weg: haar ION en huisartsen tellen anders dubbel."
        for row, name in rows["label"][called].items()
    }
    per_row(report.warn, lines, "de naam lijkt die van een totaalrij")
    adds_up = ~called & sums[rows.index].ne("")
    lines = {
        row: f"Het ION van '{name}' is precies de som van andere rijen en een AGB-code ontbreekt; "
        "de rij is gehouden als praktijk. Is het een totaalrij, haal haar dan weg: haar ION en "
        "huisartsen tellen anders dubbel."
        for row, name in rows["label"][adds_up].items()
    }
    per_row(report.warn, lines, "het ION is de som van andere rijen")
