"""Contiguity by oi_geo: `python -m benchmarks.ours netherlands|large SIDE`."""

import resource
import sys
import time

import geopandas as gpd
import shapely

from benchmarks.coverage import dense_grid
from benchmarks.timing import cpu_seconds, report, wijken_file
from oi_geo.contiguity import build_contiguity

if sys.argv[1] == "netherlands":
    units = gpd.read_file(wijken_file(), layer="wijken")
    seconds, graph = cpu_seconds(lambda: build_contiguity(units))
    edges = zip(graph.left.tolist(), graph.right.tolist(), strict=True)
    report(
        seconds=seconds,
        edges=len(graph.left),
        metres=float(graph.border_m.sum()),
        pairs=sorted(zip(edges, graph.border_m.tolist(), strict=True)),
    )
else:
    side = int(sys.argv[2])
    units = dense_grid(side, vertices_per_edge=90)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    wall, cpu = time.perf_counter(), time.process_time()
    graph = build_contiguity(units)
    report(
        units=len(units),
        vertices=int(shapely.get_num_coordinates(units.geometry).sum()),
        seconds=time.process_time() - cpu,
        wall=time.perf_counter() - wall,
        edges=len(graph.left),
        expected=2 * side * (side - 1),
        peak_mb=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        before_mb=before / 1024,
    )
