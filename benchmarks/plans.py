"""The table of plans: this package and its peers on the same wijken, band and number of groups."""

import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.running import HERE, peers_python, run

# What is to be reached; the figures.
FIRST_SECONDS = {"netherlands": 1.0, "utrecht": 0.003}
NECESSARY = {"netherlands": 8, "utrecht": 1}
BEST_SECONDS, BEST_SHAPE = 20, 0.33
EXACT_SECONDS, UTRECHT_SECONDS, COUNTRY_SECONDS, COUNTRY_MB = 10.0, 3.0, 90.0, 4096.0
STEPS_A_SECOND = {"netherlands": 50_000, "utrecht": 80_000}
# spopt's max-p takes minutes on the whole country; longer than this is given up.
PEER_SECONDS = 600


def ours(*words: str) -> dict:
    return run(sys.executable, "-m", "benchmarks.ours_plans", *words)


def plans(name: str, folder: Path) -> bool:
    """Compare first plans, and the best plan of 20 seconds, with the peers'."""
    graph = str(folder / f"{name}.json")
    ours("export", name, graph)
    found = ours("first", name)
    good = found["valid"] == found["seeds"] and found["seconds"] <= FIRST_SECONDS[name]
    good &= found["cut"] == [NECESSARY[name]] * 2
    print(
        f"{name}: oi_geo first plan {found['seconds'] * 1e3:.2f} ms (slowest "
        f"{found['slowest'] * 1e3:.1f}), prepared in {found['prepare'] * 1e3:.1f} ms, "
        f"{found['valid']}/{found['seeds']} seeds valid, gemeenten cut {found['cut']} "
        f"{'ok' if good else 'MISSED'}"
    )
    if name == "netherlands":
        best = ours("best", name, str(BEST_SECONDS))
        shaped = best["gemeenten_gedeeld"] == NECESSARY[name] and not best["breaches"]
        shaped &= best["polsby_popper"] >= BEST_SHAPE and best["wall"] <= BEST_SECONDS + 1
        print(
            f"{name}: oi_geo best plan {best['wall']:.1f} s ({best['cpu']:.1f} s CPU), "
            f"{best['gemeenten_gedeeld']} gemeenten cut, Polsby-Popper "
            f"{best['polsby_popper']:.3f} {'ok' if shaped else 'MISSED'}"
        )
        good &= shaped
    for peer in ("gerrychain", "metis", "maxp"):
        _peer(peer, name, graph, str(folder / f"{peer}_{name}.json"))
    return good


def _peer(peer: str, name: str, graph: str, labels: str) -> None:
    try:
        took = run(
            peers_python(), str(HERE / "peers_plans.py"), peer, graph, labels, seconds=PEER_SECONDS
        )
    except subprocess.TimeoutExpired:
        print(f"{name}: {peer} given up after {PEER_SECONDS} s")
        return
    plan = ours("score", name, labels)
    print(
        f"{name}: {peer} {took['seconds']:.3f} s, {plan['in_band']}/{plan['groups']} in the band, "
        f"{plan['gemeenten_gedeeld']} gemeenten cut, Polsby-Popper {plan['polsby_popper']:.3f}"
    )


def exact() -> bool:
    """Prove optima; no peer can."""
    found, good = ours("exact"), True
    for row in found["rows"]:
        limit = EXACT_SECONDS
        if row["name"].startswith("337"):
            limit = COUNTRY_SECONDS
        elif "9" in row["name"]:
            limit = UTRECHT_SECONDS
        proven = row["status"] == "infeasible" or (
            row["status"] == "optimal" and row["gap"] is not None and row["gap"] < 1e-9
        )
        ok = proven and row["wall"] <= limit
        good &= ok
        print(
            f"exact {row['name']}: {row['nodes']} nodes, {row['sets']} sets, {row['status']}, "
            f"{row['groups']} groups, {row['wall']:.2f} s {'ok' if ok else 'MISSED'}"
        )
    good &= found["peak_mb"] <= COUNTRY_MB
    print(f"exact: peak {found['peak_mb']:.0f} MB")
    return good


def chains(name: str, folder: Path) -> bool:
    """Compare the steps a second of the chain with all statistics at each step."""
    mine = ours("chain", name, "50000")
    theirs = run(
        peers_python(), str(HERE / "peers_plans.py"), "chain", str(folder / f"{name}.json"),
        str(folder / f"gerrychain_{name}.json"), seconds=PEER_SECONDS,
    )  # fmt: skip
    ok = mine["per_second"] >= STEPS_A_SECOND[name]
    print(
        f"{name}: oi_geo {mine['per_second']:.0f} steps/s ({mine['accepted']:.0%} accepted: "
        f"{mine['accepted_per_second']:.0f} new plans/s), gerrychain ReCom "
        f"{theirs['per_second']:.0f} new plans/s: "
        f"{mine['accepted_per_second'] / theirs['per_second']:.0f}x {'ok' if ok else 'MISSED'}"
    )
    return ok


def cores() -> bool:
    """Measure what a second core adds, and what starting a second time costs."""
    one, two, start = (ours("ensemble", "1"), ours("ensemble", "2"), ours("start"))
    gain = one["wall"] / two["wall"]
    ok = gain >= 1.7 and start["seconds"] < 1.0
    print(
        f"ensemble on one core {one['wall']:.2f} s, on two {two['wall']:.2f} s: {gain:.2f}x; "
        f"compiled code ready in {start['seconds']:.2f} s {'ok' if ok else 'MISSED'}"
    )
    return ok


def all_plans() -> bool:
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        results = [plans("netherlands", folder), plans("utrecht", folder), exact()]
        results += [chains("netherlands", folder), chains("utrecht", folder), cores()]
    return all(results)
