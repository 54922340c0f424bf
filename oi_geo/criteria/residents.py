"""Inhabitants of a group that are registered with the practices that count, and how sure that is.

Where a table tells where patients live, they are counted by residence. Without one, the ION of all
practices that count, wherever they stand, is the most that can live in the group.
"""

import numpy as np
import pandas as pd

from oi_geo.criteria.bounds import Interval
from oi_geo.criteria.evidence import Evidence
from oi_geo.criteria.names import naming
from oi_geo.criteria.participation import Counted
from oi_geo.sources.same_patients import Mask, most
from oi_geo.told_twice import surely_told


def registered(evidence: Evidence, group: str, counted: Counted) -> Interval:
    """Bound the inhabitants of a group that are registered with the practices that count."""
    surely, possibly = _of_ro(evidence, counted.ro)
    residence = evidence.area.residence
    if residence is None:
        return Interval(0.0, most(evidence.practices["ion"].to_numpy(np.float64), possibly))
    pairs = evidence.residence_pairs
    here, maybe = evidence.homes_in(group)
    people = residence["aantal"].to_numpy(np.float64)
    counted_here = here & _every(pairs, surely, len(people))
    high = people[maybe & _some(pairs, possibly, len(people))].sum()
    low = float(surely_told(residence, counted_here).sum()) - _excess(evidence, counted_here)
    return Interval(low, float(high) + _untold(evidence, possibly))


def _excess(evidence: Evidence, counted: Mask) -> float:
    """Count what a table tells of practices beyond their ION: some of it is told twice.

    It may be what is counted here, as far as that goes.
    """
    over = evidence.told_beyond
    here = surely_told(evidence.residence, counted).reindex(over.index)
    return float(np.minimum(over, here).sum())


def localisation(evidence: Evidence, group: str) -> Interval | None:
    """Bound the localisation index of a group.

    Of the registered patients who live in the group, the share that is registered inside it
    (Goodman e.a. 2003, *Health Serv Res* 38(1):287). None without a residence table, without a
    complete list of practices (members alone would give 1), or where nobody lives.
    """
    residence = evidence.area.residence
    if residence is None or not evidence.list_is_complete:
        return None
    pairs, people = evidence.residence_pairs, residence["aantal"].to_numpy(np.float64)
    here, maybe = evidence.homes_in(group)
    label = evidence.plan.groups.index(group)
    inside = _every(pairs, evidence.places.surely[:, label], len(people))
    # A practice that the list does not hold may stand anywhere.
    strange = np.bincount(pairs["herkomst"], minlength=len(people)) == 0
    perhaps = strange | _some(pairs, evidence.places.possibly[:, label], len(people))
    sure = surely_told(residence, here & inside).sum()
    elsewhere = people[maybe & ~inside].sum()
    most_inside = people[maybe & perhaps].sum()
    others = surely_told(residence, here & ~perhaps).sum()
    # Patients of whom the table does not tell the home may all live here.
    practice, at = evidence.practices["misschien_huisarts"].to_numpy(bool), evidence.places
    elsewhere += _untold(evidence, practice & ~at.surely[:, label])
    most_inside += _untold(evidence, practice & at.possibly[:, label])
    if not sure + elsewhere or not most_inside + others:
        return None
    low = sure / (sure + elsewhere)
    high = 1.0 if np.isinf(most_inside) else most_inside / (most_inside + others)
    return Interval(float(low), float(high))


def _of_ro(evidence: Evidence, ro: str | None) -> tuple[Mask, Mask]:
    """Select, over the whole list, the practices that surely and possibly count for an RO."""
    rows = evidence.practices
    surely = rows["huisarts"] & rows["deelneemt"] & rows["vast"]
    possibly = rows["misschien_huisarts"] & rows["meedoet"]
    if ro is not None:
        same = naming(rows, ro)
        surely = surely & same & ~rows["meer"]
        possibly = possibly & (same | ~rows["ros"].astype(bool))
    return surely.to_numpy(bool), possibly.to_numpy(bool)


def _every(pairs: pd.DataFrame, mask: Mask, n: int) -> Mask:
    """Tell for each residence row whether all practice rows of its practice are in a mask."""
    matched = np.bincount(pairs["herkomst"], minlength=n)
    inside = np.bincount(pairs["herkomst"], mask[pairs["lijst"]], minlength=n)
    return (matched > 0) & (inside == matched)


def _some(pairs: pd.DataFrame, mask: Mask, n: int) -> Mask:
    """Tell for each residence row whether any practice row of its practice is in a mask."""
    return np.bincount(pairs["herkomst"], mask[pairs["lijst"]], minlength=n) > 0


def _untold(evidence: Evidence, possibly: Mask) -> float:
    """Bound the patients of practices that may count of whom the table does not tell the home.

    What the table tells of a name may be of another row with that name: only what is more than the
    ION of the rows that surely do not count is told of those that may.
    """
    residence, pairs = evidence.residence, evidence.residence_pairs
    ion = evidence.practices["ion"]
    name = residence["wie"].to_numpy()[pairs["herkomst"]]
    key = pd.Series(name, pairs["lijst"]).groupby(level=0).min().reindex(ion.index)
    # A practice of which the ION is unknown may have more patients than the table tells.
    whole = ion.fillna(np.inf)
    mine = whole.where(possibly, 0.0).groupby(key).sum()
    others = whole.mask(possibly, 0.0).groupby(key).sum()
    told = evidence.told.reindex(mine.index).fillna(0.0)
    rest = (mine - (told - others).clip(lower=0)).clip(lower=0).sum()
    return float(rest) + most(ion.to_numpy(np.float64), possibly & key.isna().to_numpy(bool))
