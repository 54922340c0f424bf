"""Lines of a read report about many rows: the first ones row by row, the rest in one sentence."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import pandas as pd

from oi_geo.sources.report import ReadReport
from oi_geo.text import nl_count, nl_list, nl_number

# A wrong column gives a fault on every row; a reader learns nothing from the twenty-first.
MOST_LINES = 20


def rows_text(rows: Iterable[int], most: int = 8) -> str:
    """Write row numbers with runs taken together: `rij 4`, `rijen 4, 7 t/m 9 en 12`.

    After `most` runs the number of remaining rows follows: `rijen 4, 6 en 12 andere`.
    """
    numbers = pd.Series(sorted(set(rows)), dtype="int64")
    runs = [run for _, run in numbers.groupby(numbers - numbers.index)]
    parts = [
        str(run.iloc[0]) if len(run) == 1 else f"{run.iloc[0]} t/m {run.iloc[-1]}"
        for run in runs[:most]
    ]
    rest = sum(len(run) for run in runs[most:])
    if rest:
        parts.append(f"{nl_number(rest)} andere")
    return f"{'rij' if len(numbers) == 1 else 'rijen'} {nl_list(parts, most + 1)}"


def per_row(add: Callable[[str, int | None], None], lines: Mapping[Any, str], subject: str) -> None:
    """Add a line for each row, or after the first `MOST_LINES` one line for all the others.

    Parameters
    ----------
    add : callable
        `ReadReport.info`, `ReadReport.warn` or `ReadReport.error`.
    lines : mapping of int to str
        Row number to Dutch sentence.
    subject : str
        What the lines have in common, for the line about the rest: `onleesbare AGB-codes`.
    """
    rows = sorted(lines)
    for row in rows[:MOST_LINES]:
        add(lines[row], row)
    rest = rows[MOST_LINES:]
    if rest:
        others = nl_count(len(rest), "andere rij", "andere rijen")
        add(f"Hetzelfde ({subject}) geldt voor {others}: {rows_text(rest)}.", None)


def set_aside(
    table: pd.DataFrame, lines: Mapping[Any, str], subject: str, report: ReadReport
) -> pd.DataFrame:
    """Drop the rows that have a line, and put the lines in the report (see `per_row`)."""
    per_row(report.error, lines, subject)
    return table.drop(index=list(lines))


def examples(texts: pd.Series, most: int = 3) -> str:
    """Quote some distinct values of a column: `'a', 'b' en 4 andere`."""
    return quoted(texts.dropna().unique(), most)


def quoted(names: Iterable[str], most: int = 8) -> str:
    """Enumerate names between quotes: `'a', 'b' en 'c'`."""
    return nl_list((f"'{name}'" for name in names), most)


def number_text(value: float, most: int = 3) -> str:
    """Write a number with as many decimals as it has, at most `most`; missing is `onbekend`."""
    if pd.isna(value) or float(value).is_integer():
        return nl_number(value)
    return nl_number(value, most).rstrip("0").rstrip(",")


def negative_text(numbers: pd.Series) -> str:
    """Tell how many numbers are below 0, which no sum can hold; empty where none is."""
    below = int((numbers < 0).sum())
    if not below:
        return ""
    count = nl_count(below, "negatief getal telt", "negatieve getallen tellen")
    return f"; {count} in geen van deze sommen mee"
