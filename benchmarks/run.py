"""Measure this package and its peers side by side and print the table: `make bench`.

`python -m benchmarks.run --all` also runs spopt's Skater and AZP, 300 s at most each.
"""

import argparse
import sys

from benchmarks.plans import all_plans
from benchmarks.quarters import country
from benchmarks.running import HERE, peers_python, run
from benchmarks.timing import wijken_file

LIMITS = {"libpysal": 20.0, "gerrychain": 40.0}
SIDES = (32, 60, 90, 118)  # 118 x 118 = 13.924 units, 5 million vertices
LARGE_SECONDS, LARGE_MB = 15.0, 2048.0


def contiguity() -> bool:
    """Compare the contiguity of 3.340 wijken: same edges, same lengths, how much faster."""
    ours = run(sys.executable, "-m", "benchmarks.ours", "netherlands")
    print(f"oi_geo       {ours['seconds']:7.3f} s  {ours['edges']} edges")
    lengths = {tuple(pair): metres for pair, metres in ours["pairs"]}
    python, good = peers_python(), True
    for name, wanted in LIMITS.items():
        peer = run(python, str(HERE / "peers.py"), name)
        theirs = {tuple(pair): metres for pair, metres in peer["pairs"]}
        same = theirs.keys() == lengths.keys()
        apart = max(abs(theirs[p] - lengths[p]) for p in lengths) if same else float("nan")
        ratio = peer["seconds"] / ours["seconds"]
        ok = same and apart < 0.01 and ratio >= wanted
        good &= ok
        print(
            f"{name:12} {peer['seconds']:7.3f} s  {peer['edges']} edges, same: {same}, lengths "
            f"within {apart:.2g} m, {ratio:.0f}x (wanted {wanted:.0f}x) {'ok' if ok else 'MISSED'}"
        )
    return good


def large() -> bool:
    """Measure growth up to 14.000 units with 5 million vertices."""
    good = True
    for side in SIDES:
        row = run(sys.executable, "-m", "benchmarks.ours", "large", str(side))
        ok = row["edges"] == row["expected"]
        ok &= row["wall"] <= LARGE_SECONDS and row["peak_mb"] <= LARGE_MB
        good &= ok
        print(
            f"{row['units']:6} units {row['vertices']:8} vertices {row['seconds']:6.2f} s CPU "
            f"{row['wall']:6.2f} s, {row['seconds'] / row['vertices'] * 1e6:.2f} s per million, "
            f"peak {row['peak_mb']:.0f} MB (of which the map {row['before_mb']:.0f}) "
            f"{'ok' if ok else 'MISSED'}"
        )
    return good


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure oi_geo and its peers side by side.")
    parser.add_argument("--all", action="store_true", help="also run spopt's Skater and AZP")
    asked, results = parser.parse_args(), []
    if wijken_file().exists():
        print("Contiguity of the Netherlands (3.340 wijken), process CPU time, median of 5")
        results.append(contiguity())
        print("Plans, proof and chains on the same wijken; CPU seconds unless said otherwise")
        results.append(all_plans(everything=asked.all))
        print("The whole country in buurten (quarters of wijken), by the command line")
        results.append(country())
    else:
        print("../shared/data is missing: the comparison with the peers is skipped")
    print("Large coverages")
    results.append(large())
    sys.exit(0 if all(results) else 1)


if __name__ == "__main__":
    main()
