"""A row filter that GDAL and Arrow apply while reading, so that other rows stay on disk."""

from dataclasses import dataclass
from functools import reduce
from operator import or_

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray


@dataclass(frozen=True)
class Prefixes:
    """A row filter: keep rows whose text in `column` starts with one of `prefixes`, in any case."""

    column: str
    prefixes: tuple[str, ...]

    def sql(self, *, sqlite: bool) -> str:
        """Write the filter for GDAL; SQLite's LIKE ignores case, GDAL's own is called ILIKE."""
        name = self.column.replace('"', '""')
        like = "LIKE" if sqlite else "ILIKE"
        texts = [prefix.replace("'", "''") for prefix in self.prefixes]
        tests = [f"CAST(\"{name}\" AS CHARACTER(40)) {like} '{text}%'" for text in texts]
        return " OR ".join(tests)

    def keeps(self, values: pa.ChunkedArray) -> NDArray[np.bool_]:
        """Tell which values of a column pass."""
        text = values.cast(pa.string())
        starts = [pc.starts_with(text, prefix, ignore_case=True) for prefix in self.prefixes]
        return np.logical_or.reduce([s.fill_null(False).to_numpy() for s in starts])

    def expression(self) -> pc.Expression:
        """Write the filter for Arrow."""
        text = pc.field(self.column).cast(pa.string())
        tests = [pc.starts_with(text, prefix, ignore_case=True) for prefix in self.prefixes]
        return reduce(or_, tests)
