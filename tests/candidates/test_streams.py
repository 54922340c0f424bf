"""What is streamed comes back, half a run does not, and plans take little room."""

from types import GeneratorType

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from oi_geo.candidates.streams import ChainWriter, chains, read_measures, read_plans
from oi_geo.errors import UnusableFile

NODES = 6
SEGMENTS = st.lists(
    hnp.arrays(
        np.int32, st.tuples(st.integers(0, 5), st.just(NODES)), elements=st.integers(-1, 200)
    ),
    max_size=4,
)


@settings(max_examples=40)
@given(segments=SEGMENTS)
def test_plans_come_back_as_they_went(segments, tmp_path_factory):
    folder = tmp_path_factory.mktemp("plannen")
    sent = []
    with ChainWriter(folder, 3, ["a"], NODES) as writer:
        for labels in segments:
            steps = 10 * (len(sent) + np.arange(len(labels)))
            writer.add_plans(steps, labels)
            sent += list(zip(steps, labels, strict=True))
    back = list(read_plans(folder, 3))
    assert [plan.stap for plan in back] == [step for step, _ in sent]
    for plan, (_, labels) in zip(back, sent, strict=True):
        assert plan.keten == 3
        assert plan.labels.dtype == np.int32
        np.testing.assert_array_equal(plan.labels, labels)


@settings(max_examples=30)
@given(
    segments=st.lists(
        hnp.arrays(np.float64, st.tuples(st.integers(0, 6), st.just(2))), min_size=1, max_size=3
    )
)
def test_measures_come_back_as_they_went(segments, tmp_path_factory):
    folder = tmp_path_factory.mktemp("maten")
    values = np.concatenate(segments)
    for chain in (10, 2):
        done = 0
        with ChainWriter(folder, chain, ["snijlijn_km", "kleinste"], NODES) as writer:
            for part in segments:
                writer.add(done + np.arange(len(part)) + chain, part)
                done += len(part)
    frame = read_measures(folder)
    assert list(frame.columns) == ["keten", "stap", "snijlijn_km", "kleinste"]
    assert chains(folder) == [2, 10]
    for chain in (2, 10):
        mine = frame[frame["keten"] == chain]
        assert mine["stap"].tolist() == list(range(chain, chain + done))
        np.testing.assert_array_equal(mine[["snijlijn_km", "kleinste"]].to_numpy(), values)


def test_each_segment_is_a_row_group(tmp_path):
    with ChainWriter(tmp_path, 0, ["a"], 1) as writer:
        for start in (0, 5, 10):
            writer.add(start + np.arange(5), np.ones((5, 1)))
    assert pq.ParquetFile(tmp_path / "keten_0.parquet").num_row_groups == 3


def test_an_interrupted_run_leaves_nothing_that_looks_complete(tmp_path):
    # Killed: nothing after the last segment ran.
    writer = ChainWriter(tmp_path, 0, ["a"], 2)
    writer.add(np.arange(3), np.ones((3, 1)))
    writer.add_plans(np.arange(1), np.zeros((1, 2)))
    assert chains(tmp_path) == []
    with pytest.raises(UnusableFile, match="geen voltooide keten"):
        read_measures(tmp_path)
    writer.close()
    assert chains(tmp_path) == [0]
    assert {file.name for file in tmp_path.iterdir()} == {"keten_0.parquet", "plannen_0.parquet"}


def test_an_error_discards_the_chain_and_what_it_replaced(tmp_path):
    with ChainWriter(tmp_path, 0, ["a"], 1) as writer:
        writer.add(np.arange(1), np.ones((1, 1)))
    with pytest.raises(KeyboardInterrupt), ChainWriter(tmp_path, 0, ["a"], 1):
        raise KeyboardInterrupt
    assert list(tmp_path.iterdir()) == []


def test_wrong_shapes_are_refused(tmp_path):
    writer = ChainWriter(tmp_path, 0, ["a", "b"], 3)
    with pytest.raises(ValueError, match="values for 4 steps"):
        writer.add(np.arange(4), np.ones((4, 3)))
    with pytest.raises(ValueError, match="labels for 1 steps"):
        writer.add_plans(np.arange(1), np.zeros((1, 2)))
    writer.discard()


def test_a_damaged_file_gives_a_sentence(tmp_path):
    (tmp_path / "keten_0.parquet").write_bytes(b"PAR1 maar niet heus")
    with pytest.raises(UnusableFile, match=r"keten_0\.parquet is beschadigd"):
        read_measures(tmp_path)
    with pytest.raises(UnusableFile, match=r"plannen_0\.parquet is beschadigd of ontbreekt"):
        list(read_plans(tmp_path))


def test_changes_take_less_room_than_whole_plans(tmp_path):
    # As ReCom does: two of 117 groups are mixed at each stored step.
    rng = np.random.default_rng(5)
    plan = np.repeat(np.arange(117, dtype=np.int32), 28)
    plans = []
    for _ in range(300):
        touched = np.flatnonzero(np.isin(plan, rng.choice(117, 2, replace=False)))
        plan = plan.copy()
        plan[touched] = rng.permutation(plan[touched])
        plans.append(plan)
    labels = np.array(plans)
    with ChainWriter(tmp_path, 0, ["a"], labels.shape[1]) as writer:
        for start in range(0, 300, 100):
            writer.add_plans(np.arange(start, start + 100), labels[start : start + 100])
    dense = pa.table({"groep": list(labels)})
    pq.write_table(dense, tmp_path / "dicht.parquet", compression="zstd")
    sparse = (tmp_path / "plannen_0.parquet").stat().st_size
    # Compression finds much of the likeness of whole plans as well; in memory nothing does.
    assert sparse < (tmp_path / "dicht.parquet").stat().st_size
    assert sparse < labels.nbytes / 100


def test_plans_are_read_one_by_one_and_may_be_kept(tmp_path):
    with ChainWriter(tmp_path, 0, ["a"], 2) as writer:
        writer.add_plans(np.arange(2), np.array([[0, 0], [0, 1]]))
    found = read_plans(tmp_path)
    assert isinstance(found, GeneratorType)
    first, second = found
    assert first.labels.tolist() == [0, 0]
    assert second.labels.tolist() == [0, 1]
