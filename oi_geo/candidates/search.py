"""Search: first a valid plan, then better ones, from several independent runs.

The runs do not know of each other and each has its own random numbers, so that the outcome does
not depend on how many cores there are. It depends on the clock only where somebody sets a limit in
seconds or stops the search; the best plans so far are then kept.
"""

import os
import time
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from threading import Lock

import numpy as np

from oi_geo.candidates.anneal import anneal
from oi_geo.candidates.group_number import best_number
from oi_geo.candidates.problem import Problem
from oi_geo.candidates.rng import State, states
from oi_geo.candidates.starts import (
    CHUNK,
    COOL,
    WARM,
    Found,
    best_different,
    ready,
    starts,
    valid,
)

# Runs of the search, and steps of each: enough for the plans of different runs to be equally good
# on the whole of the Netherlands (682 nodes) and far more than enough for a province. Up to 36
# nodes the fewest steps found the best plan in each of 80 searches; of 24 it is proven in a test.
RUNS = 8
STEPS_PER_NODE = 3_000
FEWEST_STEPS, MOST_STEPS = 50_000, 3_000_000
# Where the number of groups is free, at most this share of a time limit goes to choosing it.
PILOT_SHARE = 0.2
# Two plans count as different where at least this share of the people is in another group.
DIFFERENT = 0.05


@dataclass(frozen=True, eq=False)
class Progress:
    """How far a search is: share done (0-1), seconds, and the best plan so far of a problem."""

    done: float
    seconds: float
    best: Found | None
    problem: Problem


@dataclass(frozen=True, eq=False)
class SearchResult:
    """The plans found, best first; `interrupted` tells that the search did not run to its end."""

    plans: tuple[Found, ...]
    seconds: float
    interrupted: bool


@dataclass(eq=False)
class _Board:
    """What the runs share: the plans so far, how far they are, and whether to stop."""

    started: float
    seconds: float
    seconds_per_run: float
    stop: Callable[[], bool]
    steps: int
    cut_short: bool = False
    plans: dict[bytes, Found] = field(default_factory=dict)
    taken: int = 0
    lock: Lock = field(default_factory=Lock)

    def over(self) -> bool:
        return time.monotonic() - self.started > self.seconds or self.stop()

    def hurried(self, share: float) -> bool:
        """Tell whether this share of the time is over, and note that the clock decided."""
        late = time.monotonic() - self.started > share * self.seconds or self.stop()
        self.cut_short |= late
        return late

    def add(self, found: Found) -> None:
        with self.lock:
            self.plans.setdefault(found.labels.tobytes(), found)

    def best(self) -> Found | None:
        with self.lock:
            return min(self.plans.values(), key=lambda plan: plan.energy, default=None)


def search(
    problem: Problem,
    *,
    seed: int,
    count: int = 3,
    different: float = DIFFERENT,
    seconds: float | None = None,
    workers: int | None = None,
    stop: Callable[[], bool] = lambda: False,
    progress: Callable[[Progress], None] = lambda _: None,
    effort: float = 1.0,
) -> SearchResult:
    """Search for good plans.

    Parameters
    ----------
    problem : Problem
    seed : int
        The same seed gives the same plans, on any number of cores, unless the search is cut short.
    count : int
        How many plans are wanted.
    different : float
        Share of the people (0-1) in which two of them differ at least.
    seconds : float, optional
        Time limit; without it the search ends by itself.
    workers : int, optional
        Threads; all cores by default.
    stop : callable, optional
        Asked often whether to stop; what is found so far is returned.
    progress : callable, optional
        Told several times a second how far the search is.
    effort : float
        Share of the usual number of steps.

    Returns
    -------
    SearchResult
        No plans where none was found, which proves nothing.
    """
    if not problem.solvable:
        return SearchResult((), 0.0, interrupted=False)
    ready(problem)
    started = time.monotonic()
    usual = np.clip(STEPS_PER_NODE * len(problem.arrays.pop), FEWEST_STEPS, MOST_STEPS)
    steps = CHUNK * max(1, round(effort * usual / CHUNK))
    threads = workers or os.cpu_count() or 1
    limit = np.inf if seconds is None else seconds
    share = 1.0 if problem.wishes.groups is not None else 1.0 - PILOT_SHARE
    board = _Board(started, limit, limit * share * min(threads, RUNS) / RUNS, stop, RUNS * steps)
    first, *others = states(seed, RUNS + 1)
    problem = best_number(problem, first, lambda: board.hurried(PILOT_SHARE))
    with ThreadPoolExecutor(threads) as pool:
        waiting: set[Future[None]] = {
            pool.submit(_run, problem, rng, steps, board) for rng in others
        }
        while waiting:
            done, waiting = wait(waiting, timeout=0.25, return_when=FIRST_COMPLETED)
            for future in done:
                future.result()
            took = time.monotonic() - started
            progress(Progress(board.taken / board.steps, took, board.best(), problem))
    plans = sorted(board.plans.values(), key=lambda plan: (plan.energy, plan.labels.tobytes()))
    chosen = best_different(problem, plans, count, different)
    return SearchResult(tuple(chosen), time.monotonic() - started, interrupted=board.cut_short)


def _run(problem: Problem, rng: State, steps: int, board: _Board) -> None:
    """One run: a first plan, then annealing; the plans on the way are kept as well."""
    found = None
    for walk in starts(problem, rng, over=board.over):
        found = valid(problem, walk)
        if found or board.over():
            break
    board.cut_short |= found is None and board.over()
    if found is None:
        return
    board.add(found)
    chunks, began, warm, share = steps // CHUNK, time.monotonic(), WARM, 0.0
    for chunk in range(chunks):
        if board.over() or share >= 1.0:
            board.cut_short = True
            break
        # Under a time limit the temperature falls with the clock, so that every run cools down.
        share, clock = (chunk + 1) / chunks, (time.monotonic() - began) / board.seconds_per_run
        if clock > share:
            share, board.cut_short = clock, True
        cool = WARM * (COOL / WARM) ** min(share, 1.0)
        anneal(problem.arrays, problem.price, walk, CHUNK, warm, cool)
        warm = cool
        with board.lock:
            board.taken += CHUNK
        found = valid(problem, walk)
        if found:
            board.add(found)
