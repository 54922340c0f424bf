"""What stands in a cell, whatever its type, as the text that a person would read there."""

import datetime as dt

import numpy as np
import pandas as pd

_EXACT = 1e15  # whole numbers up to here are written without an exponent


def cell_text(value: object) -> str:
    """Write a cell of a workbook or a map as text that reads back to the same value."""
    if value is None:
        return ""
    if isinstance(value, bool | np.bool_):
        return "WAAR" if value else "ONWAAR"
    if isinstance(value, float):
        if value.is_integer() and abs(value) < _EXACT:
            return str(int(value))
        text = repr(float(value))
        # Three decimals would look like thousands in Dutch notation; four cannot.
        return f"{text}0" if len(text.partition(".")[2]) == len("000") else text
    if isinstance(value, dt.datetime) and value.time() == dt.time():
        return value.date().isoformat()
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace").strip()
    return str(value).strip()


def texts_of(values: pd.Series) -> pd.Series:
    """Write a column of any type as text: 3401 and 3401.0 are both `3401`; missing stays missing.

    Returns
    -------
    Series of str
        Same index.
    """
    return values.astype("object").map(cell_text, na_action="ignore").astype("str")
