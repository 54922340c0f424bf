"""Plans by the peers; runs in .bench-venv: `python peers_plans.py NAME GRAPH LABELS [SETTING]`.

GRAPH is what `ours_plans export` wrote; the labels of the plan go to LABELS. SETTING is the seed
for gerrychain, and `defaults` or `fewest` iterations for maxp. Building a peer's graph is not
timed.
"""

import json
import random
import sys
import time
import warnings
from functools import partial
from pathlib import Path

from timing import ROUNDS, cpu_seconds, report

warnings.filterwarnings("ignore")
name, source, target = sys.argv[1:4]
setting = sys.argv[4] if len(sys.argv) > 4 else ""
GRAPH = json.loads(Path(source).read_text())
N, K = len(GRAPH["pop"]), GRAPH["groups"]
MIDDLE = (GRAPH["low"] + GRAPH["high"]) / 2
# A band of gerrychain is a centre with a tolerance.
TOLERANCE = (GRAPH["high"] - GRAPH["low"]) / (2 * MIDDLE)


def chain_graph():
    """Make gerrychain's graph."""
    import gerrychain  # noqa: PLC0415
    import networkx as nx  # noqa: PLC0415

    plain = nx.Graph()
    for i in range(N):
        plain.add_node(
            i, pop=GRAPH["pop"][i], gem=GRAPH["gemeente"][i], area=GRAPH["area"][i],
            boundary_node=GRAPH["outer"][i] > 0, boundary_perim=GRAPH["outer"][i],
        )  # fmt: skip
    for a, b, metres in zip(GRAPH["left"], GRAPH["right"], GRAPH["metres"], strict=True):
        plain.add_edge(a, b, shared_perim=metres)
    return gerrychain.Graph.from_networkx(plain)


def gerrychain_plan():
    """Divide recursively with a surcharge on the borders of gemeenten (region-aware)."""
    from gerrychain.partition import recursive_tree_part  # noqa: PLC0415
    from gerrychain.tree import bipartition_tree  # noqa: PLC0415

    graph, surcharge, attempts = chain_graph(), 1.0, 100_000
    start = time.process_time()
    assignment = recursive_tree_part(
        graph, range(K), MIDDLE, "pop", TOLERANCE,
        bipartition_tree_fn=partial(
            bipartition_tree, region_surcharge={"gem": surcharge}, max_attempts=attempts
        ),
        rng=random.Random(int(setting)),
    )  # fmt: skip
    said = (
        f"recursive_tree_part, {K} parts, centre {MIDDLE:.0f}, tolerance {TOLERANCE:.3f}, "
        f"bipartition_tree with region_surcharge {surcharge} per gemeente and max_attempts "
        f"{attempts}; the surcharge is paid inside the timing"
    )
    return time.process_time() - start, [int(assignment[i]) for i in range(N)], said


def metis_plan():
    """Divide by METIS, borders in decametres as edge weights; the median time of five."""
    import pymetis  # noqa: PLC0415

    within, slack = 20, 300
    rows = [[] for _ in range(N)]
    for a, b, metres in zip(GRAPH["left"], GRAPH["right"], GRAPH["metres"], strict=True):
        same = GRAPH["gemeente"][a] == GRAPH["gemeente"][b]
        weight = max(1, round(metres / 10)) * (within if same else 1)
        rows[a].append((b, weight))
        rows[b].append((a, weight))
    ptr, nbr, weights = [0], [], []
    for row in rows:
        nbr += [j for j, _ in row]
        weights += [w for _, w in row]
        ptr.append(len(nbr))
    people = [int(p) for p in GRAPH["pop"]]

    def work():
        return pymetis.part_graph(
            K, xadj=ptr, adjncy=nbr, eweights=weights, vweights=people,
            options=pymetis.Options(ufactor=slack, contig=True),
        )  # fmt: skip

    seconds, (_, labels) = cpu_seconds(work)
    said = (
        f"k-way, {K} parts, contig, ufactor {slack}, METIS's own seed (deterministic), vertices "
        f"weigh their inhabitants, edges their border in decametres, {within} times that within "
        f"a gemeente; median of {ROUNDS}"
    )
    return seconds, [int(x) for x in labels], said


def frame_and_weights():
    """Make what spopt works on: the places of the wijken as attributes, and their neighbours."""
    import geopandas as gpd  # noqa: PLC0415
    from libpysal.weights import W  # noqa: PLC0415

    near = {i: [] for i in range(N)}
    for a, b in zip(GRAPH["left"], GRAPH["right"], strict=True):
        near[a].append(b)
        near[b].append(a)
    columns = {"pop": GRAPH["pop"], "x": GRAPH["x"], "y": GRAPH["y"]}
    points = gpd.points_from_xy(GRAPH["x"], GRAPH["y"], crs=28992)
    return gpd.GeoDataFrame(columns, geometry=points), W(near, silence_warnings=True)


def solved(model):
    """Solve a model of spopt; return the CPU time and the labels from 0."""
    import numpy as np  # noqa: PLC0415

    np.random.seed(0)  # noqa: NPY002 (spopt takes the global state)
    start = time.process_time()
    model.solve()
    seconds = time.process_time() - start
    names = {label: i for i, label in enumerate(sorted(set(model.labels_)))}
    return seconds, [names[label] for label in model.labels_]


def maxp_plan():
    """Divide by spopt's max-p: as many groups of at least the minimum as it can make."""
    from spopt.region import MaxPHeuristic  # noqa: PLC0415

    few = {"max_iterations_construction": 1, "max_iterations_sa": 1} if setting == "fewest" else {}
    model = MaxPHeuristic(*frame_and_weights(), ["x", "y"], "pop", GRAPH["low"], **few)
    said = (
        f"threshold {model.threshold}, attributes x and y of the centroids, top_n {model.top_n}, "
        f"max_iterations_construction {model.max_iterations_construction}, max_iterations_sa "
        f"{model.max_iterations_sa}, policy {model.policy!r} "
        f"({'the fewest iterations' if few else 'the defaults of the library'})"
    )
    return *solved(model), said


def skater_plan():
    """Divide by spopt's Skater, which knows no band of people."""
    from spopt.region import Skater  # noqa: PLC0415

    model = Skater(*frame_and_weights(), ["x", "y"], n_clusters=K)
    return *solved(model), f"n_clusters {K}, attributes x and y, the library's defaults"


def azp_plan():
    """Divide by spopt's AZP, which knows no band of people."""
    from spopt.region import AZP  # noqa: PLC0415

    model = AZP(*frame_and_weights(), ["x", "y"], n_clusters=K, random_state=0)
    said = f"n_clusters {K}, attributes x and y, random_state 0, else the library's defaults"
    return *solved(model), said


def chain_speed():
    """Run gerrychain's ReCom with the same statistics at each step; return steps a second."""
    import math  # noqa: PLC0415

    from gerrychain import MarkovChain, Partition, accept, constraints, updaters  # noqa: PLC0415
    from gerrychain.proposals import recom  # noqa: PLC0415

    labels = json.loads(Path(target).read_text())
    wanted = {
        "pop": updaters.Tally("pop"), "area": updaters.Tally("area"),
        "perimeter": updaters.perimeter, "cut_edges": updaters.cut_edges,
        "exterior_boundaries": updaters.exterior_boundaries,
        "interior_boundaries": updaters.interior_boundaries,
        "cut_edges_by_part": updaters.cut_edges_by_part,
        "boundary_nodes": updaters.boundary_nodes,
        "gem": updaters.county_splits("gem", "gem"),
    }  # fmt: skip
    plan = Partition(chain_graph(), dict(enumerate(labels)), wanted)
    chain = MarkovChain(
        partial(recom, pop_col="pop", pop_target=MIDDLE, epsilon=TOLERANCE),
        [constraints.contiguous], accept.always_accept, plan, total_steps=CHAIN_STEPS,
    )  # fmt: skip
    start = time.process_time()
    for step in chain:
        shape = [4 * math.pi * step["area"][g] / step["perimeter"][g] ** 2 for g in step.parts]
        _ = len(step["cut_edges"]), sum(shape) / len(shape), len(step["gem"])
    return CHAIN_STEPS / (time.process_time() - start)


CHAIN_STEPS = 200

if name == "chain":
    report(per_second=chain_speed())
else:
    plans = {
        "gerrychain": gerrychain_plan, "metis": metis_plan, "maxp": maxp_plan,
        "skater": skater_plan, "azp": azp_plan,
    }  # fmt: skip
    seconds, labels, settings = plans[name]()
    Path(target).write_text(json.dumps(labels))
    report(seconds=seconds, settings=settings)
