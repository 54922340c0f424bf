"""Plans by the peers; runs in .bench-venv: `python peers_plans.py NAME GRAPH LABELS`.

GRAPH is what `ours_plans export` wrote; the labels of the plan go to LABELS.
"""

import json
import random
import sys
import time
import warnings
from functools import partial
from pathlib import Path

from timing import report

warnings.filterwarnings("ignore")
name, source, target = sys.argv[1:4]
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


def gerrychain_plan(seed):
    """Divide recursively with a surcharge on the borders of gemeenten (region-aware)."""
    from gerrychain.partition import recursive_tree_part  # noqa: PLC0415
    from gerrychain.tree import bipartition_tree  # noqa: PLC0415

    graph = chain_graph()
    start = time.process_time()
    assignment = recursive_tree_part(
        graph, range(K), MIDDLE, "pop", TOLERANCE,
        bipartition_tree_fn=partial(
            bipartition_tree, region_surcharge={"gem": 1.0}, max_attempts=100_000
        ),
        rng=random.Random(seed),
    )  # fmt: skip
    return time.process_time() - start, [int(assignment[i]) for i in range(N)]


def metis_plan():
    """Divide by METIS, borders in decametres as edge weights."""
    import pymetis  # noqa: PLC0415

    rows = [[] for _ in range(N)]
    for a, b, metres in zip(GRAPH["left"], GRAPH["right"], GRAPH["metres"], strict=True):
        same = GRAPH["gemeente"][a] == GRAPH["gemeente"][b]
        weight = max(1, round(metres / 10)) * (20 if same else 1)
        rows[a].append((b, weight))
        rows[b].append((a, weight))
    ptr, nbr, weights = [0], [], []
    for row in rows:
        nbr += [j for j, _ in row]
        weights += [w for _, w in row]
        ptr.append(len(nbr))
    start = time.process_time()
    _, labels = pymetis.part_graph(
        K, xadj=ptr, adjncy=nbr, eweights=weights, vweights=[int(p) for p in GRAPH["pop"]],
        options=pymetis.Options(ufactor=300, contig=True),
    )  # fmt: skip
    return time.process_time() - start, [int(x) for x in labels]


def maxp_plan():
    """Divide by spopt's max-p: as many groups of at least the minimum as it can make."""
    import geopandas as gpd  # noqa: PLC0415
    import numpy as np  # noqa: PLC0415
    import shapely  # noqa: PLC0415
    from libpysal.weights import W  # noqa: PLC0415
    from spopt.region import MaxPHeuristic  # noqa: PLC0415

    near = {i: [] for i in range(N)}
    for a, b in zip(GRAPH["left"], GRAPH["right"], strict=True):
        near[a].append(b)
        near[b].append(a)
    frame = gpd.GeoDataFrame(
        {"pop": GRAPH["pop"]}, geometry=[shapely.Point(i, 0) for i in range(N)], crs=28992
    )
    frame["one"] = 1.0
    np.random.seed(0)  # noqa: NPY002 (spopt takes the global state)
    start = time.process_time()
    model = MaxPHeuristic(
        frame, W(near, silence_warnings=True), ["one"], "pop", GRAPH["low"], 2, 1, 1
    )
    model.solve()
    names = {label: i for i, label in enumerate(sorted(set(model.labels_)))}
    return time.process_time() - start, [names[label] for label in model.labels_]


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
    plans = {"gerrychain": partial(gerrychain_plan, 1), "metis": metis_plan, "maxp": maxp_plan}
    seconds, labels = plans[name]()
    Path(target).write_text(json.dumps(labels))
    report(seconds=seconds)
