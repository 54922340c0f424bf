"""The table of plans: this package and its peers on the same wijken, band and number of groups."""

import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

from benchmarks.running import HERE, peers_python, run

# What is to be reached; the figures.
FIRST_SECONDS = {"netherlands": 1.0, "utrecht": 0.003}
NECESSARY = {"netherlands": 8, "utrecht": 1}
BEST_SECONDS, BEST_SHAPE = 20, 0.33
EXACT_SECONDS = {"province": 10.0, "nine": 3.0, "country": 90.0}
EXACT_ROWS, EXACT_MB = 14, 4096.0
STEPS_A_SECOND = {"netherlands": 50_000, "utrecht": 80_000}
# The illustration of the issue, and the same wijkverbanden for the whole country.
PROPOSALS = (
    ("unicum", "wijk", 10_000, 20_000, None, ["WK035300"]),
    ("unicum", "hub", 20_000, 70_000, None, []),
    ("netherlands", "wijk", 10_000, 20_000, 20, None),
)
# spopt's max-p takes minutes on the whole country; longer than this is given up. Skater and AZP
# were stopped after 300 s on the country when the issue was written.
PEER_SECONDS, SLOW_SECONDS = 600, 300
SEEDS = (1, 2, 3)
CORE_ROUNDS, CORE_GAIN = 3, 1.7


def ours(*words: str) -> dict:
    return run(sys.executable, "-m", "benchmarks.ours_plans", *words)


def verdict(good: bool) -> str:
    return "ok" if good else "MISSED"


def between(values: Iterable[float], digits: int = 0) -> str:
    """Write a range, or one figure where all are the same."""
    texts = [f"{value:.{digits}f}" for value in sorted(values)]
    return texts[0] if texts[0] == texts[-1] else f"{texts[0]}-{texts[-1]}"


def plans(name: str, folder: Path, *, everything: bool) -> bool:
    """Compare first plans, and the best plan of 20 seconds, with the peers'."""
    graph = folder / f"{name}.json"
    ours("export", name, str(graph))
    good = first_ok(name, ours("first", name))
    if name == "netherlands":
        good &= best_ok(name, ours("best", name, str(BEST_SECONDS)))
    for peer, settings in (("gerrychain", SEEDS), ("metis", ("own",))):
        _peer(name, graph, peer, settings, PEER_SECONDS)
    # With the library's own number of iterations max-p does not end on the country in ten minutes.
    _peer(name, graph, "maxp", ("defaults" if everything else "fewest",), PEER_SECONDS)
    for peer in ("skater", "azp"):
        if everything:
            _peer(name, graph, peer, ("defaults",), SLOW_SECONDS)
        elif name == "netherlands":
            print(
                f"{name}: {peer} stopped after {SLOW_SECONDS} s in the issue's own measurement; "
                "run again only by `python -m benchmarks.run --all`"
            )
    return good


def first_ok(name: str, found: dict) -> bool:
    """Judge the first plans given the prepared problem, and say what preparing adds."""
    limit, together = FIRST_SECONDS[name], found["prepare"] + found["seconds"]
    good = found["valid"] == found["seeds"] and found["seconds"] <= limit
    good &= found["cut"] == [NECESSARY[name]]
    print(
        f"{name}: oi_geo first plan {found['seconds'] * 1e3:.2f} ms (median of {found['seeds']} "
        f"seeds, slowest {found['slowest'] * 1e3:.1f}; limit {limit * 1e3:.0f}), {found['valid']}/"
        f"{found['seeds']} seeds valid, gemeenten cut {found['cut']} {verdict(good)}"
    )
    print(
        f"{name}: oi_geo prepared + first plan {together * 1e3:.2f} ms (prepared in "
        f"{found['prepare'] * 1e3:.2f}): {'within' if together <= limit else 'ABOVE'} that figure. "
        "The limit is for the first plan given the prepared problem, as building the "
        "peers' graphs is not timed either; but our contraction of gemeenten is in 'prepared', "
        "where gerrychain pays its region surcharge inside its timing"
    )
    return good


def best_ok(name: str, best: dict) -> bool:
    good = best["gemeenten_gedeeld"] == NECESSARY[name] and not best["breaches"]
    good &= best["polsby_popper"] >= BEST_SHAPE and best["wall"] <= BEST_SECONDS + 1
    print(
        f"{name}: oi_geo best plan {best['wall']:.1f} s ({best['cpu']:.1f} s CPU), "
        f"{best['gemeenten_gedeeld']} gemeenten cut, Polsby-Popper "
        f"{best['polsby_popper']:.3f} {verdict(good)}"
    )
    return good


def _peer(name: str, graph: Path, peer: str, settings: Iterable[object], seconds: float) -> bool:
    """Run a peer once for each setting, and print medians and ranges; False when given up."""
    took, scores = [], []
    for setting in map(str, settings):
        labels = str(graph.with_name(f"{peer}_{setting}_{name}.json"))
        command = [str(HERE / "peers_plans.py"), peer, str(graph), labels, setting]
        try:
            took.append(run(peers_python(), *command, seconds=seconds))
        except subprocess.TimeoutExpired:
            print(f"{name}: {peer} ({setting}) given up after {seconds:.0f} s")
            return False
        except subprocess.CalledProcessError as error:
            why = (error.stderr.strip() or "no message").splitlines()[-1]
            print(f"{name}: {peer} ({setting}) stopped with an error: {why}")
            continue
        scores.append(ours("score", name, labels))
    if not scores:
        return False
    times = [row["seconds"] for row in took]
    spread = f" (median of {len(times)}: {between(times, 3)})" if len(times) > 1 else ""
    print(
        f"{name}: {peer} {statistics.median(times):.3f} s{spread}, "
        f"{between(row['in_band'] for row in scores)}/"
        f"{between(row['groups'] for row in scores)} in the band, "
        f"{between(row['gemeenten_gedeeld'] for row in scores)} gemeenten cut, Polsby-Popper "
        f"{between((row['polsby_popper'] for row in scores), 3)}"
    )
    seeds = f"; seeds {', '.join(map(str, settings))}" if len(times) > 1 else ""
    print(f"    {peer}: {took[0]['settings']}{seeds}")
    return True


def exact_ok(row: dict) -> bool:
    """Judge a proof: every ask of the issue has a plan, so nothing but an optimum will do."""
    limit = EXACT_SECONDS[row["kind"]]
    proven = row["status"] == "optimal" and row["gap"] is not None and row["gap"] < 1e-9
    ok = proven and row["wall"] <= limit
    gap = "none" if row["gap"] is None else f"{row['gap']:.1e}"
    print(
        f"exact {row['name']}: {row['nodes']} nodes, {row['sets']} sets, {row['status']} "
        f"(expected: optimal), gap {gap}, {row['groups']} groups beside {row['alone']} gemeenten "
        f"above the maximum, {row['wall']:.2f} s (limit {limit:.0f}) {verdict(ok)}"
    )
    return ok


def exact() -> bool:
    """Prove optima; no peer can."""
    found = ours("exact")
    rows = [exact_ok(row) for row in found["rows"]]
    good = len(rows) == EXACT_ROWS and found["peak_mb"] <= EXACT_MB
    print(f"exact: {len(rows)} asks, peak {found['peak_mb']:.0f} MB {verdict(good)}")
    return good and all(rows)


def proposal_ok(
    area: str, level: str, row: dict, expected: list[str] | None, seconds: int | None = None
) -> bool:
    """Judge candidates: at least one plan, and the places named that are impossible.

    Without `expected` places at least every unit above the maximum must be named.
    """
    named = set(row["impossible"])
    right = named == set(expected) if expected is not None else named >= set(row["too_large"])
    good = row["plans"] > 0 and right
    few, asked = 5, "" if seconds is None else f", asked to search {seconds} s"
    places = ", ".join(row["impossible"]) if len(named) <= few else f"{len(named)} units"
    print(
        f"{area}: oi_geo {level} of {row['units']} wijken {row['wall']:.2f} s wall "
        f"({row['cpu']:.2f} CPU{asked}), plans: {row['plans']}, the best of {row['groups']} "
        f"groups; impossible: {places or 'none'} ({len(row['too_large'])} wijken exceed the "
        f"maximum) {verdict(good)}"
    )
    return good


def proposals() -> bool:
    """Ask for wijkverbanden and hubs the way the app does; no peer was measured."""
    results = []
    for area, level, low, high, seconds, expected in PROPOSALS:
        words = [area, level, str(low), str(high)] + ([str(seconds)] if seconds else [])
        results.append(proposal_ok(area, level, ours("proposals", *words), expected, seconds))
    return all(results)


def chains(name: str, folder: Path) -> bool:
    """Compare the steps a second of the chain with all statistics at each step."""
    mine = ours("chain", name, "50000")
    theirs = run(
        peers_python(), str(HERE / "peers_plans.py"), "chain", str(folder / f"{name}.json"),
        str(folder / f"gerrychain_{SEEDS[0]}_{name}.json"), seconds=PEER_SECONDS,
    )  # fmt: skip
    ok = mine["per_second"] >= STEPS_A_SECOND[name]
    print(
        f"{name}: oi_geo {mine['per_second']:.0f} steps/s ({mine['accepted']:.0%} accepted: "
        f"{mine['accepted_per_second']:.0f} new plans/s), gerrychain ReCom "
        f"{theirs['per_second']:.0f} new plans/s: "
        f"{mine['accepted_per_second'] / theirs['per_second']:.0f}x {verdict(ok)}"
    )
    return ok


def cores() -> bool:
    """Measure what a second core adds, and what starting a second time costs."""
    one, two = [], []
    for _ in range(CORE_ROUNDS):  # in turn, so that other work on the machine hits both
        one.append(ours("ensemble", "1")["wall"])
        two.append(ours("ensemble", "2")["wall"])
    start = ours("start")
    gain = statistics.median(one) / statistics.median(two)
    ok = gain >= CORE_GAIN and start["seconds"] < 1.0
    print(
        f"ensemble on one core {statistics.median(one):.2f} s ({between(one, 2)}), on two "
        f"{statistics.median(two):.2f} s ({between(two, 2)}): {gain:.2f}x, medians of "
        f"{CORE_ROUNDS}; compiled code ready in {start['seconds']:.2f} s {verdict(ok)}"
    )
    return ok


def all_plans(*, everything: bool) -> bool:
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        results = [plans(name, folder, everything=everything) for name in NECESSARY]
        results += [exact(), proposals()]
        results += [chains("netherlands", folder), chains("utrecht", folder), cores()]
    return all(results)
