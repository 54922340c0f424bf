"""The same ensemble on a Dask cluster: two workers, one of them killed while it works."""

import os
import signal
import sys
import warnings
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from oi_geo.candidates.ensemble import SEGMENT, sample
from oi_geo.candidates.streams import read_measures, read_plans
from tests.candidates.test_ensemble import problem

STEPS = 40 * SEGMENT


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="kills a process by a POSIX signal")
def test_a_lost_worker_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    import dask
    from distributed import LocalCluster

    # A new process runs the file of `__main__` again, and a page that was tested in this process
    # left a script there that is removed by now.
    monkeypatch.setitem(sys.modules, "__main__", ModuleType("__main__"))
    ask = problem()
    sample(ask, tmp_path / "here", steps=STEPS, chains=2, seed=3)
    # On a busy machine a worker takes long to start and to answer.
    patient = {
        "distributed.comm.timeouts.connect": "600s",
        "distributed.scheduler.worker-ttl": None,
    }
    with warnings.catch_warnings(), dask.config.set(patient):
        # Sockets of the worker that is killed are left to the garbage collector.
        warnings.simplefilter("ignore", ResourceWarning)
        with (
            LocalCluster(
                n_workers=2,
                threads_per_worker=1,
                processes=True,
                dashboard_address=None,
                local_directory=str(tmp_path / "dask"),  # not shared with what others left behind
            ) as cluster,
            cluster.get_client() as client,
        ):
            client.wait_for_workers(2, timeout=600)
            killed: list[int] = []

            def kill(share: float) -> None:
                """Kill one worker once a fifth is done."""
                if share > 0.2 and not killed:
                    victim = next(iter(cluster.workers.values()))
                    killed.append(victim.pid)
                    os.kill(victim.pid, signal.SIGKILL)

            made = sample(
                ask, tmp_path / "there", steps=STEPS, chains=2, seed=3,
                scheduler=cluster.scheduler_address, progress=kill,
            )  # fmt: skip
    assert killed
    assert made.made == STEPS
    assert read_measures(tmp_path / "here").equals(read_measures(tmp_path / "there"))
    here, there = (list(read_plans(tmp_path / name)) for name in ("here", "there"))
    assert all(np.array_equal(a.labels, b.labels) for a, b in zip(here, there, strict=True))
