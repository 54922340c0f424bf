"""Plans by oi_geo: `python -m benchmarks.ours_plans COMMAND …`; each function is a command.

`netherlands` are all wijken of 2022 with the register of six links, `utrecht` those of the
province, `unicum` those of the nine gemeenten of the UNICUM example.
"""

import json
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import cast

import numpy as np

from benchmarks.timing import cpu_seconds, report, wijken_file
from oi_geo.candidates.candidate import figures_of
from oi_geo.candidates.ensemble import SEGMENT, sample
from oi_geo.candidates.exact import solve_exact
from oi_geo.candidates.naming import plan_of
from oi_geo.candidates.problem import Problem, build_problem
from oi_geo.candidates.propose import propose
from oi_geo.candidates.rng import states
from oi_geo.candidates.sampler import STATISTICS, run, start_state
from oi_geo.candidates.search import search
from oi_geo.candidates.starts import first_plan
from oi_geo.candidates.verify import breaches
from oi_geo.candidates.wishes import Wishes
from oi_geo.plan import PlanLevel
from oi_geo.study_area import StudyArea
from tests.netherlands import (
    UNICUM,
    gemeente_level,
    netherlands,
    part_of,
    provinces,
    with_register,
)

LOW, HIGH = 100_000, 200_000
GROUPS = {"netherlands": 117, "utrecht": 9}
SEEDS = 100


def area_of(name: str) -> StudyArea:
    """Return the wijken of the Netherlands, the province of Utrecht, or the UNICUM example."""
    folder = wijken_file().parent
    whole = with_register(netherlands(folder))
    if name == "netherlands":
        return whole
    if name == "unicum":
        return part_of(whole, UNICUM)
    province = provinces(folder)
    return part_of(whole, set(province.index[province == "Utrecht"]))


def problem_of(name: str, *, whole: bool = True) -> Problem:
    """Ask for the regio's of the issue; with `whole` gemeenten up to the maximum are kept whole."""
    wishes = Wishes(
        level="regio", low=LOW, high=HIGH, groups=GROUPS[name], gemeente="hard" if whole else "nee"
    )
    return build_problem(area_of(name), wishes)


def export(name: str, path: str) -> None:
    """Write the graph of the wijken for the peers."""
    problem = problem_of(name, whole=False)
    arrays, units = problem.arrays, problem.area.units
    places = units.geometry.centroid
    graph = {
        "pop": arrays.pop.tolist(),
        "gemeente": units["gemeentecode"].tolist(),
        "x": places.x.tolist(),
        "y": places.y.tolist(),
        "area": arrays.area.tolist(),
        "outer": problem.area.graph.outer_m.tolist(),
        "left": arrays.left.tolist(),
        "right": arrays.right.tolist(),
        "metres": arrays.metres.tolist(),
        "groups": GROUPS[name],
        "low": LOW,
        "high": HIGH,
    }
    Path(path).write_text(json.dumps(graph))
    report(units=len(units))


def score(name: str, path: str) -> None:
    """Measure somebody's labels of the wijken as ours are measured."""
    problem = problem_of(name, whole=False)
    labels = np.asarray(json.loads(Path(path).read_text()), np.int32)
    figures = figures_of(problem, plan_of(problem, labels))
    people = np.bincount(labels, problem.arrays.pop)
    band = int(((people >= LOW) & (people <= HIGH)).sum())
    report(groups=len(people), in_band=band, **vars(figures))


def first(name: str, seeds: str = str(SEEDS)) -> None:
    """Make a first valid plan from each of 100 seeds, and have part 1 check each of them."""
    problem = problem_of(name)
    prepare, _ = cpu_seconds(lambda: build_problem(problem.area, problem.wishes))
    first_plan(problem, states(SEEDS, 1)[0])  # loads the compiled code
    seconds, valid, cut = [], 0, []
    for seed in range(int(seeds)):
        rng = states(seed, 1)[0]
        start = time.process_time()
        found = first_plan(problem, rng)
        seconds.append(time.process_time() - start)
        if found is not None:
            plan = plan_of(problem, found.labels)
            valid += not breaches(problem.area, problem.wishes, plan)
            cut.append(figures_of(problem, plan).gemeenten_gedeeld)
    report(
        seconds=float(np.median(seconds)), slowest=max(seconds), prepare=prepare, valid=valid,
        seeds=int(seeds), cut=sorted(set(cut)), nodes=len(problem.arrays.pop),
    )  # fmt: skip


def best(name: str, seconds: str) -> None:
    """Search for so many seconds and report the best plan."""
    problem = problem_of(name)
    wall, cpu = time.perf_counter(), time.process_time()
    found = search(problem, seed=1, count=1, seconds=float(seconds))
    took, used = time.perf_counter() - wall, time.process_time() - cpu
    plan = plan_of(problem, found.plans[0].labels)
    wrong = breaches(problem.area, problem.wishes, plan)
    report(wall=took, cpu=used, breaches=wrong, **vars(figures_of(problem, plan)))


def exact(*only: str) -> None:
    """Prove the best plan of every province, of Utrecht in 9, and of the whole country."""
    folder = wijken_file().parent
    country = with_register(gemeente_level(netherlands(folder)))
    province = provinces(folder)
    asks: list[tuple[str, str, StudyArea, int | None]] = [
        ("province", name, part_of(country, set(province.index[province == name])), None)
        for name in sorted(set(province))
    ]
    small = set(country.units.index[country.units["inwoners"] <= HIGH])
    asks += [
        ("nine", "Utrecht, 9 groepen (wijken)", area_of("utrecht"), GROUPS["utrecht"]),
        ("country", f"{len(small)} gemeenten", part_of(country, small), None),
    ]
    asks = [ask for ask in asks if not only or ask[1] in only]
    _proof(*asks[0][2:])  # loads the compiled code
    rows = [
        {"kind": kind, "name": name, **_proof(area, groups)} for kind, name, area, groups in asks
    ]
    report(rows=rows, peak_mb=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


def _proof(area: StudyArea, groups: int | None) -> dict[str, object]:
    problem = build_problem(area, Wishes(level="regio", low=LOW, high=HIGH, groups=groups))
    wall, cpu = time.perf_counter(), time.process_time()
    start = search(problem, seed=0, count=1, effort=0.1).plans
    proof = solve_exact(problem, seconds=300, start=start[0] if start else None)
    gap = None
    if proof.found is not None:
        gap = abs(proof.found.energy - proof.bound) / proof.found.energy
    return {
        "status": proof.status, "sets": proof.n_sets, "gap": gap,
        "groups": proof.found.n_groups if proof.found else None,
        "nodes": len(problem.arrays.pop), "alone": len(problem.alone),
        "wall": time.perf_counter() - wall, "cpu": time.process_time() - cpu,
    }  # fmt: skip


def proposals(name: str, level: str, low: str, high: str, seconds: str | None = None) -> None:
    """Make candidates the way the app does: how long, how many, and what is impossible."""
    area = area_of(name)
    wishes = Wishes(level=cast("PlanLevel", level), low=int(low), high=int(high))
    limit = None if seconds is None else float(seconds)
    propose(area, wishes, seed=1, seconds=1.0)  # loads the compiled code
    wall, cpu = time.perf_counter(), time.process_time()
    made = propose(area, wishes, seed=1, seconds=limit)
    took, used = time.perf_counter() - wall, time.process_time() - cpu
    people = area.units["inwoners"]
    best = vars(made.candidates[0].figures) if made.candidates else None
    groups = len(made.candidates[0].plan.groups) if made.candidates else None
    report(
        wall=took, cpu=used, plans=len(made.candidates), groups=groups, best=best,
        impossible=sorted({code for obstacle in made.obstacles for code in obstacle.where}),
        too_large=sorted(people.index[people > wishes.high]), units=len(people),
        notes=made.notes, interrupted=made.interrupted,
    )  # fmt: skip


def chain(name: str, steps: str) -> None:
    """Run the chain on one core with all statistics at each step; five pieces, the median."""
    problem = problem_of(name, whole=False)
    band, count = (LOW, HIGH), int(steps)
    rng = states(1, 1)[0]
    state = start_state(problem.arrays, first_plan(problem, rng).labels, band, rng)
    out, none = np.empty((count, len(STATISTICS))), np.empty((0, 0), np.int32)
    run(problem.arrays, state, band, count // 10, 1, out, 0, none)
    seconds, accepted = [], 0
    for _ in range(5):
        start = time.process_time()
        accepted += run(problem.arrays, state, band, count, 1, out, 0, none)
        seconds.append(time.process_time() - start)
    per_second = count / float(np.median(seconds))
    share = accepted / (5 * count)
    report(per_second=per_second, accepted=share, accepted_per_second=per_second * share)


def ensemble(workers: str, steps: str = "200000") -> None:
    """Run two chains through the driver, files and all, on so many threads."""
    problem = problem_of("netherlands", whole=False)
    with tempfile.TemporaryDirectory() as folder:
        sample(problem, Path(folder), steps=SEGMENT, chains=2, workers=int(workers))
        start = time.perf_counter()
        made = sample(problem, Path(folder), steps=int(steps), chains=2, workers=int(workers))
        report(wall=time.perf_counter() - start, made=made.made, chains=made.chains)


def start() -> None:
    """Time loading the compiled search and chain in a fresh process, once they are cached."""
    problem = problem_of("utrecht")
    began = time.perf_counter()
    found = first_plan(problem, states(0, 1)[0])
    with tempfile.TemporaryDirectory() as folder:
        sample(problem, Path(folder), steps=1_000, chains=1, workers=1)
    report(seconds=time.perf_counter() - began, groups=found.n_groups)


COMMANDS: dict[str, Callable[..., None]] = {
    work.__name__: work
    for work in (export, score, first, best, exact, proposals, chain, ensemble, start)
}

if __name__ == "__main__":
    COMMANDS[sys.argv[1]](*sys.argv[2:])
