"""`pytest --alleen-lezen`: whatever the package takes out of a frame cannot be written into.

Under pandas 3 an array from a frame is a view that may not be written into, unless the frame
happens to hold its columns apart: which it is depends on the dtypes of the file that was read.
Here it is always so, and so are the arrays of graphs and plans, which everybody shares.
"""

import dataclasses
import sys
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from oi_geo.contiguity import ContiguityGraph
from oi_geo.plan import Plan


def make_read_only(patch: Callable[[type, str, Any], None]) -> None:
    """Patch what hands out arrays; `patch(owner, name, value)` sets an attribute.

    Only callers inside the package get the arrays locked: pandas itself, and the tests, may write
    into what is theirs. A copy that was asked for (`copy=True`) is the caller's own.
    """
    for owner in (pd.DataFrame, pd.Series, pd.Index):
        patch(owner, "to_numpy", _locked_to_numpy(owner.to_numpy))
    for shared in (ContiguityGraph, Plan):
        patch(shared, "__init__", _locked_init(shared.__init__))


def lock(array: Any) -> Any:
    """Return a view of an array that cannot be written into; anything else as it is."""
    if isinstance(array, np.ndarray):
        array = array.view()
        array.flags.writeable = False
    return array


def _locked_to_numpy(original: Callable) -> Callable:
    def to_numpy(self, *args, **kwargs):
        array = original(self, *args, **kwargs)
        caller = sys._getframe(1).f_globals.get("__name__", "")
        ours = caller.startswith("oi_geo") and not kwargs.get("copy")
        return lock(array) if ours else array

    return to_numpy


def _locked_init(original: Callable) -> Callable:
    def init(self, *args, **kwargs):
        original(self, *args, **kwargs)
        for field in dataclasses.fields(self):
            object.__setattr__(self, field.name, lock(getattr(self, field.name)))

    return init
