"""Dutch number and list notation, so that every page and sentence writes them the same way."""

import math
import re
from collections.abc import Iterable
from datetime import date

MONTHS = (
    "januari", "februari", "maart", "april", "mei", "juni", "juli", "augustus", "september",
    "oktober", "november", "december",
)  # fmt: skip


def nl_number(value: float | None, decimals: int = 0) -> str:
    """Write a number in Dutch notation: `361805` as `361.805`, `0.5` as `0,5`.

    Parameters
    ----------
    value : float or None
        The number; None and NaN are written as `onbekend`: unknown is not zero.
    decimals : int
        Digits behind the comma.
    """
    if value is None or math.isnan(value):
        return "onbekend"
    text = f"{value:,.{decimals}f}"
    return text.replace(",", "\0").replace(".", ",").replace("\0", ".")


def nl_percentage(share: float | None, decimals: int = 1) -> str:
    """Write a share between 0 and 1 as a percentage: `0.853` as `85,3 %`."""
    if share is None or math.isnan(share):
        return "onbekend"
    return f"{nl_number(share * 100, decimals)} %"


def nl_list(items: Iterable[str], most: int = 8) -> str:
    """Join names as a Dutch enumeration, cut after `most`: `a, b en c` or `a, b en 7 andere`."""
    names = list(items)
    if len(names) > most:
        rest = len(names) - most
        names = [*names[:most], f"{nl_number(rest)} andere"]
    if len(names) < 2:  # noqa: PLR2004
        return "".join(names)
    return f"{', '.join(names[:-1])} en {names[-1]}"


def nl_count(number: int, singular: str, plural: str) -> str:
    """Write a count with its noun: `1 wijk`, `3.340 wijken`."""
    return f"{nl_number(number)} {singular if number == 1 else plural}"


def dutch_date(day: date) -> str:
    """Write a date in Dutch: `21 november 2025`."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def natural_key(name: str) -> tuple[list[tuple[int, int | str]], str]:
    """Return a sort key that puts `Regio 2` before `Regio 10` and pays no heed to case."""
    parts = re.findall(r"[0-9]+|[^0-9]+", name.casefold())
    return [(0, int(x)) if x.isdigit() and x.isascii() else (1, x) for x in parts], name
