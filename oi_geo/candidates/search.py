"""Search: first a valid plan, then better ones, from several independent runs.

The runs do not know of each other and each has its own random numbers, so that the outcome does
not depend on how many cores there are. It depends on the clock only where somebody sets a limit in
seconds or stops the search; the best plans so far are then kept.
"""

import os
import time
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from threading import Lock

import numpy as np

from oi_geo.candidates.anneal import Walk, anneal, start_walk
from oi_geo.candidates.arrays import HARD, Ints
from oi_geo.candidates.construct import construct
from oi_geo.candidates.distance import choose_different
from oi_geo.candidates.problem import Problem
from oi_geo.candidates.rng import State, states

# Runs of the search, and steps of each: enough for the plans of different runs to be equally good
# on the whole of the Netherlands (682 nodes) and far more than enough for a province.
RUNS = 8
STEPS_PER_NODE = 3_000
FEWEST_STEPS, MOST_STEPS = 150_000, 3_000_000
CHUNK = 25_000
# Temperatures in points; one point is one percent of all borders.
WARM, COOL = 1.0, 0.002
# A start that breaks something is improved in chunks of steps, and given up after so many of them.
REPAIR_CHUNKS, REPAIR_STEPS_PER_NODE = 40, 40
# Two plans count as different where at least this share of the people is in another group.
DIFFERENT = 0.05
# Other numbers of groups that are tried where the first does not work out, and wider bands from
# which a plan is brought back into the band by improvement.
OFFSETS = (0, 1, -1, 2, -2, 3, -3)
WIDER = (0.0, 0.15, 0.4)
TRIES = 4


@dataclass(frozen=True, eq=False)
class Found:
    """A valid plan: the group of each node, and its energy in points (less is better)."""

    labels: Ints
    energy: float
    n_groups: int


@dataclass(frozen=True, eq=False)
class Progress:
    """How far a search is: share done (0-1), seconds, and the best plan so far."""

    done: float
    seconds: float
    best: Found | None


@dataclass(frozen=True, eq=False)
class SearchResult:
    """The plans found, best first; `interrupted` tells that the search did not run to its end."""

    plans: tuple[Found, ...]
    seconds: float
    interrupted: bool


@dataclass(eq=False)
class _Board:
    """What the runs share: the plans so far, how far they are, and whether to stop."""

    deadline: float
    seconds_per_run: float
    stop: Callable[[], bool]
    steps: int
    cut_short: bool = False
    plans: dict[bytes, Found] = field(default_factory=dict)
    taken: int = 0
    lock: Lock = field(default_factory=Lock)

    def over(self) -> bool:
        return time.monotonic() > self.deadline or self.stop()

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
    started = time.monotonic()
    usual = np.clip(STEPS_PER_NODE * len(problem.arrays.pop), FEWEST_STEPS, MOST_STEPS)
    steps = CHUNK * max(1, round(effort * usual / CHUNK))
    threads = workers or os.cpu_count() or 1
    limit = np.inf if seconds is None else seconds
    board = _Board(started + limit, limit * min(threads, RUNS) / RUNS, stop, RUNS * steps)
    if not problem.solvable:
        return SearchResult((), 0.0, interrupted=False)
    with ThreadPoolExecutor(threads) as pool:
        waiting: set[Future[None]] = {
            pool.submit(_run, problem, rng, steps, board) for rng in states(seed, RUNS)
        }
        while waiting:
            done, waiting = wait(waiting, timeout=0.25, return_when=FIRST_COMPLETED)
            for future in done:
                future.result()
            took = time.monotonic() - started
            progress(Progress(board.taken / board.steps, took, board.best()))
    plans = sorted(board.plans.values(), key=lambda plan: (plan.energy, plan.labels.tobytes()))
    chosen = choose_different(
        [plan.labels for plan in plans],
        [plan.energy for plan in plans],
        problem.arrays.pop.astype(np.float64),
        count=count,
        minimum=different,
    )
    return SearchResult(
        tuple(plans[i] for i in chosen), time.monotonic() - started, interrupted=board.cut_short
    )


def first_plan(problem: Problem, rng: State, *, tries: int = TRIES) -> Found | None:
    """Make one valid plan as fast as possible; None where that fails, which proves nothing.

    Parameters
    ----------
    problem : Problem
    rng : ndarray of uint64, shape (4,)
        Moved on.
    tries : int
        How often the construction is tried per number of groups and width of the band.
    """
    for walk in _starts(problem, rng, tries):
        found = _valid(problem, walk)
        if found:
            return found
    return None


def _starts(problem: Problem, rng: State, tries: int) -> Iterator[Walk]:
    """Make walks that start at a plan, and improve each until the caller is content with it."""
    low, high = problem.wishes.low, problem.wishes.high
    steps = min(CHUNK, REPAIR_STEPS_PER_NODE * len(problem.arrays.pop))
    for wider in WIDER:
        least, most = max(1, int(low * (1 - wider))), int(high * (1 + wider))
        for groups in _numbers_of_groups(problem, least, most, rng):
            for _ in range(tries):
                label = construct(problem.arrays, problem.component, groups, least, most, rng)
                if not len(label):
                    break
                walk = start_walk(problem.arrays, problem.price, label, int(groups.sum()), rng)
                yield walk
                for _ in range(REPAIR_CHUNKS):
                    anneal(problem.arrays, problem.price, walk, steps, WARM, WARM)
                    rng[:] = walk.rng
                    yield walk


def _numbers_of_groups(problem: Problem, low: int, high: int, rng: State) -> Iterator[Ints]:
    """Yield the number of groups per connected part: as planned, then near it where it is free."""
    yield problem.groups
    if problem.wishes.groups is not None:
        return
    people = np.bincount(problem.component, problem.arrays.pop).astype(np.int64)
    least, most = -(-people // problem.wishes.high), people // problem.wishes.low
    near = [np.clip(problem.groups + i, least, most).astype(np.int32) for i in OFFSETS]
    seen = {problem.groups.tobytes()}
    for wanted in near:
        groups = wanted
        if len(people) > 1:
            groups = _for_each_part(problem, [wanted, *near], low, high, rng)
        if groups.tobytes() not in seen:
            seen.add(groups.tobytes())
            yield groups


def _for_each_part(problem: Problem, near: list[Ints], low: int, high: int, rng: State) -> Ints:
    """Choose for each connected part the first of some numbers of groups that can be made there."""
    chosen = problem.groups.copy()
    for part in range(len(chosen)):
        for groups in near:
            only = np.ones_like(chosen)
            only[part] = groups[part]
            if len(construct(problem.arrays, problem.component, only, low, high, rng)):
                chosen[part] = groups[part]
                break
    return chosen


def _valid(problem: Problem, walk: Walk) -> Found | None:
    """Return the best plan of a walk, if nothing that must hold is broken in it."""
    energy = walk.total[1] - problem.constant
    if energy > HARD / 2:
        return None
    return Found(walk.best.copy(), float(energy), len(walk.energy))


def _run(problem: Problem, rng: State, steps: int, board: _Board) -> None:
    """One run: a first plan, then annealing; the plans on the way are kept as well."""
    for walk in _starts(problem, rng, TRIES):
        found = _valid(problem, walk)
        if found:
            break
        if board.over():
            board.cut_short = True
            return
    else:
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
        found = _valid(problem, walk)
        if found:
            board.add(found)
