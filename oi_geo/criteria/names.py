"""The regio-organisaties (RO) and wijksamenwerkingsverbanden (WSV) that practices name.

A practice that names several ROs belongs to each of them: all of them are active where it stands.
How its patients and huisartsen are divided over them is unknown: nothing to all of each.
"""

import numpy as np
import pandas as pd

from oi_geo.several import fold, one_each, split_names
from oi_geo.sources.same_patients import Mask

# The columns that may hold several names.
NAMES = ("regio_organisatie", "wsv")


def folded_names(texts: pd.Series) -> pd.Series:
    """Give the names in every cell as a sorted tuple, without differences in case and spaces."""
    return split_names(texts).map(lambda names: tuple(sorted(map(fold, names))))


def only_name(names: pd.Series) -> pd.Series:
    """Take the name of the rows that have one; missing where there is none, or several."""
    return names.str[0].where(names.str.len().eq(1)).astype("str")


def is_nameless(rows: pd.DataFrame) -> pd.Series:
    """Tell which are huisarts practices that do not name their RO."""
    return rows["misschien_huisarts"] & ~rows["ros"].astype(bool)


def naming(rows: pd.DataFrame, ro: str) -> Mask:
    """Tell which practices name an RO, alone or among others."""
    found = rows["ro"].eq(ro).fillna(value=False).to_numpy(bool).copy()
    several = np.flatnonzero(rows["meer"])
    found[several] = [ro in names for names in rows["ros"].iloc[several]]
    return found


def one_ro_each(rows: pd.DataFrame) -> pd.DataFrame:
    """Repeat the practices that name several ROs, so that `ro` holds one name on each row."""
    return one_each(rows, "ro", rows["ros"])


def one_wsv_each(rows: pd.DataFrame) -> pd.DataFrame:
    """Repeat the practices that name several WSVs, so that `verband` holds one on each row."""
    return one_each(rows, "verband", rows["wsvs"])
