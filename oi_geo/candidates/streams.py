"""Streaming an ensemble to Parquet: measures per step, and plans as changes.

Memory stays bounded by what one call hands over. A file gets its name only when it is complete: an
interrupted run leaves `.deel` files that no reader looks at.
"""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import NamedTuple, Self

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from oi_geo.errors import UnusableFile
from oi_geo.plan import UNASSIGNED

PART = ".deel"
PLANS_AT_ONCE = 16


class StoredPlan(NamedTuple):
    """A sampled plan: chain, step, and the group of each node (int32, -1 for none)."""

    keten: int
    stap: int
    labels: NDArray[np.int32]


class ChainWriter:
    """Write one chain: `keten_<n>.parquet` and `plannen_<n>.parquet`.

    Each call adds a row group. A plan is stored as the nodes whose group differs from that of the
    plan stored before it, and their new groups; the first differs from a plan without groups.

    Parameters
    ----------
    folder : Path
        Made where it does not exist.
    chain : int
    measures : sequence of str
        Names of the measures, in the order of the columns of `values`.
    n_nodes : int
    """

    def __init__(self, folder: Path, chain: int, measures: Sequence[str], n_nodes: int) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        # The measures come last: a chain counts as complete when its measures have their name.
        self._files = [folder / f"plannen_{chain}.parquet", folder / f"keten_{chain}.parquet"]
        # What an earlier run left under these names is not this chain.
        for file in reversed(self._files):
            file.unlink(missing_ok=True)
        self._measures = pa.schema(
            [("stap", pa.int64()), *((name, pa.float64()) for name in measures)]
        )
        self._changes = pa.schema(
            [
                ("stap", pa.int64()),
                ("knoop", pa.list_(pa.int32())),
                ("groep", pa.list_(pa.int32())),
            ],
            metadata={"knopen": str(n_nodes)},
        )
        # Positions of nodes rise, so that their differences are small numbers.
        self._writers = [
            pq.ParquetWriter(
                self._part(self._files[0]),
                self._changes,
                compression="zstd",
                use_dictionary=["groep.list.element"],
                column_encoding={"knoop.list.element": "DELTA_BINARY_PACKED"},
            ),
            pq.ParquetWriter(self._part(self._files[1]), self._measures, compression="zstd"),
        ]
        self._previous = np.full(n_nodes, UNASSIGNED, np.int32)

    @staticmethod
    def _part(file: Path) -> Path:
        return file.with_name(file.name + PART)

    def add(self, steps: NDArray, values: NDArray) -> None:
        """Add measures: steps (k,) and values (k, number of measures); NaN is unknown."""
        if values.shape != (len(steps), len(self._measures) - 1):
            raise ValueError(f"{values.shape} values for {len(steps)} steps")
        columns = [np.asarray(steps, np.int64), *np.asarray(values, np.float64).T]
        arrays = [pa.array(np.ascontiguousarray(column)) for column in columns]
        self._writers[1].write_batch(pa.record_batch(arrays, schema=self._measures))

    def add_plans(self, steps: NDArray, labels: NDArray) -> None:
        """Add plans: steps (p,) and the group of each node (p, n_nodes), -1 for none."""
        labels = np.asarray(labels, np.int32)
        if labels.shape != (len(steps), len(self._previous)):
            raise ValueError(f"{labels.shape} labels for {len(steps)} steps")
        if len(labels) == 0:
            return
        changed = labels != np.vstack([self._previous, labels[:-1]])
        offset = np.concatenate([[0], np.cumsum(changed.sum(axis=1))]).astype(np.int32)
        columns = [
            pa.array(np.asarray(steps, np.int64)),
            pa.ListArray.from_arrays(offset, np.nonzero(changed)[1].astype(np.int32)),
            pa.ListArray.from_arrays(offset, labels[changed]),
        ]
        self._writers[0].write_batch(pa.record_batch(columns, schema=self._changes))
        self._previous = labels[-1].copy()

    def close(self) -> None:
        """Finish both files and give them their names."""
        for writer in self._writers:
            writer.close()
        for file in self._files:
            self._part(file).replace(file)

    def discard(self) -> None:
        """Throw away what was written: the chain is not complete."""
        for writer, file in zip(self._writers, self._files, strict=True):
            writer.close()
            self._part(file).unlink(missing_ok=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if kind is None:
            self.close()
        else:
            self.discard()


def chains(folder: Path) -> list[int]:
    """Return the numbers of the complete chains in a folder, in order."""
    found = (re.fullmatch(r"keten_(\d+)\.parquet", file.name) for file in folder.glob("keten_*"))
    return sorted(int(match[1]) for match in found if match)


def read_measures(folder: Path) -> pd.DataFrame:
    """Read the measures of all complete chains.

    Returns
    -------
    DataFrame
        `keten` and `stap` (int64) and a float64 column per measure, sorted by chain and step.

    Raises
    ------
    UnusableFile
        If there is no complete chain, or a file is damaged.
    """
    found = chains(folder)
    if not found:
        raise UnusableFile(
            f"In de map {folder.name} staat geen voltooide keten; laat het ensemble eerst rekenen."
        )
    frames = []
    for chain in found:
        frame = _open(folder / f"keten_{chain}.parquet").read().to_pandas()
        frame.insert(0, "keten", chain)
        frames.append(frame)
    return pd.concat(frames, ignore_index=True)


def read_plans(folder: Path, chain: int | None = None) -> Iterator[StoredPlan]:
    """Yield the stored plans of one chain, or of all complete chains, one by one.

    Memory does not grow with the number of plans; each plan has labels of its own.

    Raises
    ------
    UnusableFile
        If a file is damaged.
    """
    for number in chains(folder) if chain is None else [chain]:
        file = _open(folder / f"plannen_{number}.parquet")
        labels = np.full(int(file.schema_arrow.metadata[b"knopen"]), UNASSIGNED, np.int32)
        for batch in file.iter_batches(PLANS_AT_ONCE):
            for step, nodes, groups in zip(*batch.columns, strict=True):
                labels[nodes.values.to_numpy()] = groups.values.to_numpy()
                yield StoredPlan(number, step.as_py(), labels.copy())


def _open(file: Path) -> pq.ParquetFile:
    try:
        return pq.ParquetFile(file)
    except (pa.ArrowInvalid, FileNotFoundError) as error:
        raise UnusableFile(
            f"{file.name} is beschadigd of ontbreekt; laat het ensemble opnieuw rekenen."
        ) from error
