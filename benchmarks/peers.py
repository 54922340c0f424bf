"""Contiguity by the peers; runs in .bench-venv: `python peers.py libpysal|gerrychain`."""

import sys
import warnings

import geopandas as gpd
from timing import cpu_seconds, report, wijken_file

warnings.filterwarnings("ignore")
units = gpd.read_file(wijken_file(), layer="wijken")

if sys.argv[1] == "libpysal":
    from libpysal.graph import Graph

    seconds, graph = cpu_seconds(
        lambda: Graph.build_contiguity(units, rook=True, strict=True, by_perimeter=True)
    )
    table = graph.adjacency[graph.adjacency > 0]
    pairs = {(int(a), int(b)): float(m) for (a, b), m in table.items() if a < b}
else:
    import gerrychain

    seconds, graph = cpu_seconds(lambda: gerrychain.Graph.from_geodataframe(units))
    pairs = {
        (min(a, b), max(a, b)): float(data["shared_perim"])
        for a, b, data in graph.get_nx_graph().edges(data=True)
    }
report(seconds=seconds, edges=len(pairs), metres=sum(pairs.values()), pairs=sorted(pairs.items()))
