"""Ensemble: thousands of valid plans from several chains, streamed to files.

Each chain starts at a plan of its own and runs in segments. A segment is a pure function of the
state that it gets, so that it gives the same rows in a thread here, on another machine, or a second
time after a worker was lost; memory holds one segment per chain.
"""

import os
import socket
import time
from collections.abc import Callable, Iterator
from concurrent.futures import (
    FIRST_COMPLETED,
    CancelledError,
    Executor,
    Future,
    ThreadPoolExecutor,
    wait,
)
from contextlib import ExitStack, contextmanager
from copy import deepcopy
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

import numpy as np

from oi_geo.candidates.arrays import Arrays, Floats, Ints
from oi_geo.candidates.problem import Problem
from oi_geo.candidates.rng import State as RandomState
from oi_geo.candidates.rng import states
from oi_geo.candidates.sampler import STATISTICS, State, run, start_state
from oi_geo.candidates.starts import first_plan
from oi_geo.candidates.streams import ChainWriter
from oi_geo.errors import ImpossibleWishes, UnusableFile
from oi_geo.plan import UNASSIGNED, Plan

# Steps of one segment: below a second of work, and little to lose when a worker goes.
SEGMENT = 20_000
# Rows and plans that are kept of each chain, at most; both are taken at equal distances.
MOST_ROWS, MOST_PLANS = 20_000, 1_000
RETRIES = 10
# The port of a scheduler whose address names none, and how long it may take to answer.
DASK_PORT, DASK_SECONDS = 8786, 10


class Segment(NamedTuple):
    """What a segment hands over: the state after it, rows and plans, and how many were accepted."""

    state: State
    rows: Floats
    plans: Ints
    accepted: int


@dataclass(frozen=True)
class Thinning:
    """After how many steps a row of statistics, and a plan, is kept."""

    rows: int
    plans: int


@dataclass(frozen=True)
class Sampled:
    """An ensemble in a folder.

    Attributes
    ----------
    folder : Path
        Holds what `oi_geo.candidates.streams` reads.
    chains, steps : int
        Number of chains, and of steps that each was to make.
    made : int
        Steps of the shortest chain.
    accepted : float
        Share of the steps that changed the plan (0-1).
    groups : int
        Number of groups of each plan.
    thinning : Thinning
    seconds : float
    stopped : bool
        Whether a person ended it, not the clock.
    """

    folder: Path
    chains: int
    steps: int
    made: int
    accepted: float
    groups: int
    thinning: Thinning
    seconds: float
    stopped: bool = False


@dataclass(eq=False)
class _Chain:
    """A chain under way."""

    writer: ChainWriter
    state: State
    made: int = 0
    accepted: int = 0


def thinning_for(steps: int) -> Thinning:
    """Keep as many rows and plans of a chain as are useful, and no more."""
    rows = max(1, -(-steps // MOST_ROWS))
    plans = rows * max(1, -(-steps // (rows * MOST_PLANS)))
    return Thinning(rows, plans)


def run_segment(
    arrays: Arrays, state: State, band: tuple[int, int], steps: int, thinning: Thinning
) -> Segment:
    """Make one segment of a chain; the state that is given stays as it is."""
    state = deepcopy(state)
    rows = np.empty((steps // thinning.rows, len(STATISTICS)))
    plans = np.empty((steps // thinning.plans, len(arrays.pop)), np.int32)
    accepted = run(arrays, state, band, steps, thinning.rows, rows, thinning.plans, plans)
    return Segment(state, rows, plans, accepted)


def sample(
    problem: Problem,
    folder: Path,
    *,
    steps: int,
    chains: int = 4,
    seed: int = 0,
    scheduler: str | None = None,
    workers: int | None = None,
    proposal: Plan | None = None,
    stop: Callable[[], bool] = lambda: False,
    progress: Callable[[float], None] = lambda _: None,
) -> Sampled:
    """Sample valid plans.

    Parameters
    ----------
    problem : Problem
        Its band, number of groups and other hard wishes hold for every plan.
    folder : Path
        Where the files go; what another ensemble left there is overwritten.
    steps : int
        Steps of each chain, accepted or not.
    chains : int
    seed : int
        The same seed gives the same files, wherever and in however many threads the chains run.
    scheduler : str, optional
        Address of a Dask scheduler (`tcp://…:8786`) whose workers have this package.
    workers : int, optional
        Threads on this machine; all cores by default.
    proposal : Plan, optional
        Where it is a valid plan of this problem, the first chain starts at it.
    stop : callable, optional
        Asked while first plans are made and between segments; the chains end there and what was
        made is kept.
    progress : callable, optional
        Told the share that is done (0-1).

    Raises
    ------
    ImpossibleWishes
        If no valid plan was found to start from.
    UnusableFile
        If the scheduler does not answer, or goes while the chains run.
    """
    started = time.monotonic()
    thinning = thinning_for(steps)
    begin = list(_starts(problem, chains, seed, stop, proposal))
    band = (problem.wishes.low, problem.wishes.high)
    _clear(folder)
    with ExitStack() as stack, _pool(scheduler, workers) as pool:
        under_way = [
            _Chain(
                stack.enter_context(ChainWriter(folder, i, STATISTICS, len(problem.arrays.pop))),
                state,
            )
            for i, state in enumerate(begin)
        ]

        def submit(chain: _Chain, size: int) -> "Future[Segment]":
            return pool.submit(run_segment, problem.arrays, chain.state, band, size, thinning)

        for _ in _advance(under_way, submit, steps, thinning, stop):
            progress(sum(chain.made for chain in under_way) / (chains * steps))
    return Sampled(
        folder=folder,
        chains=chains,
        steps=steps,
        made=min(chain.made for chain in under_way),
        accepted=sum(c.accepted for c in under_way) / max(sum(c.made for c in under_way), 1),
        groups=len(begin[0].pop),
        thinning=thinning,
        seconds=time.monotonic() - started,
    )


def _starts(
    problem: Problem,
    chains: int,
    seed: int,
    stop: Callable[[], bool],
    proposal: Plan | None,
) -> Iterator[State]:
    """Make the first state of each chain: at the proposal where that is valid, else a plan."""
    band = problem.wishes.low, problem.wishes.high
    first, *others = states(seed, chains)
    at_proposal = start_at(problem, proposal, first) if proposal is not None else None
    if at_proposal is not None:
        yield at_proposal
        problem = _with_number(problem, len(at_proposal.pop))
        parts = np.unique(np.column_stack([problem.component, at_proposal.labels]), axis=0)[:, 0]
        numbers = np.bincount(parts, minlength=len(problem.groups)).astype(np.int32)
        problem = replace(problem, groups=numbers)
    for rng in others if at_proposal is not None else (first, *others):
        found = first_plan(problem, rng, over=stop) if problem.solvable else None
        if found is None:
            if stop():
                raise ImpossibleWishes(
                    "Het rekenen is gestopt, door u of door de tijdslimiet, voordat er een geldig "
                    "plan was om het ensemble mee te beginnen."
                )
            raise ImpossibleWishes(
                "Er is geen geldig plan gevonden om het ensemble mee te beginnen; het commando "
                "kandidaten, of de pagina Kandidaten, zegt waarom."
            )
        problem = _with_number(problem, found.n_groups)
        yield start_state(problem.arrays, found.labels, band, rng)


def _with_number(problem: Problem, number: int) -> Problem:
    """Fix the number of groups: plans of another number would not compare."""
    held = len(problem.alone) + len(problem.wishes.finished)
    wishes = replace(problem.wishes, groups=number + held)
    return replace(problem.with_groups(number), wishes=wishes)


def start_at(problem: Problem, plan: Plan, rng: RandomState) -> State | None:
    """Make the state of a plan; None where it is no valid plan of what the problem divides."""
    inside = problem.node >= 0
    labels = np.full(len(problem.arrays.pop), UNASSIGNED, np.int32)
    labels[problem.node[inside]] = plan.labels[inside]
    if (labels[problem.node[inside]] != plan.labels[inside]).any() or (labels < 0).any():
        return None
    number = np.unique(labels, return_inverse=True)[1].astype(np.int32)
    if problem.asked not in {None, int(number.max(initial=-1)) + 1}:
        return None
    try:
        return start_state(problem.arrays, number, (problem.wishes.low, problem.wishes.high), rng)
    except ValueError:
        return None


def _advance(
    chains: list[_Chain],
    submit: Callable[[_Chain, int], "Future[Segment]"],
    steps: int,
    thinning: Thinning,
    stop: Callable[[], bool],
) -> Iterator[None]:
    """Run all chains to their end, segment by segment; yield after each that was written."""
    # The thinning divides every segment but the last, so that no row is lost in between.
    segment = max(thinning.plans, SEGMENT // thinning.plans * thinning.plans)

    def size(chain: _Chain) -> int:
        return min(segment, steps - chain.made)

    waiting = {submit(chain, size(chain)): chain for chain in chains}
    while waiting:
        done, _ = wait(waiting, return_when=FIRST_COMPLETED)
        for future in done:
            chain = waiting.pop(future)
            _keep(chain, future.result(), size(chain), thinning)
            if chain.made < steps and not stop():
                waiting[submit(chain, size(chain))] = chain
        yield


def _keep(chain: _Chain, segment: Segment, steps: int, thinning: Thinning) -> None:
    """Write what a segment brought, and move the chain on."""
    at = chain.made
    chain.writer.add(at + thinning.rows * np.arange(1, len(segment.rows) + 1), segment.rows)
    chain.writer.add_plans(
        at + thinning.plans * np.arange(1, len(segment.plans) + 1), segment.plans
    )
    chain.state = segment.state
    chain.made += steps
    chain.accepted += segment.accepted


def _clear(folder: Path) -> None:
    """Remove the chains of an earlier ensemble, which might have more of them."""
    for pattern in ("keten_*.parquet*", "plannen_*.parquet*"):
        for file in folder.glob(pattern):
            file.unlink()


@contextmanager
def _pool(scheduler: str | None, workers: int | None) -> Iterator[Executor]:
    """Give threads on this machine, or the workers of a Dask cluster."""
    if scheduler is None:
        with ThreadPoolExecutor(workers or os.cpu_count() or 1) as pool:
            yield pool
        return
    from distributed import Client, KilledWorker  # noqa: PLC0415 (slow, and only for a cluster)
    from distributed.comm.addressing import parse_address, parse_host_port  # noqa: PLC0415

    try:
        # A client that finds nobody takes long to give up, and shows a traceback when it goes.
        place = parse_host_port(parse_address(scheduler)[1], DASK_PORT)
        socket.create_connection(place, timeout=DASK_SECONDS).close()
        client = Client(scheduler, timeout=DASK_SECONDS, set_as_default=False)
    except (OSError, ValueError) as error:
        raise UnusableFile(
            f"De Dask-planner op {scheduler} antwoordt niet; verwacht wordt een adres zoals "
            "tcp://naam:8786."
        ) from error
    with client, client.get_executor(retries=RETRIES, pure=False) as pool:
        try:
            yield pool
        except (CancelledError, KilledWorker) as error:
            raise UnusableFile(
                f"De Dask-planner op {scheduler} of zijn laatste werker is onderweg weggevallen; "
                "het ensemble is niet af."
            ) from error
