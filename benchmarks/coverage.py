"""Large coverages for benchmarks, made consistently: neighbours share every vertex."""

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely


def dense_grid(side: int, vertices_per_edge: int, size_m: float = 1000.0) -> gpd.GeoDataFrame:
    """Make `side` x `side` cells whose borders wriggle, with this many vertices on each edge.

    Every edge is drawn once, by a seeded generator, and used by both of its cells.
    """
    rng = np.random.default_rng(20260101)
    t = np.linspace(0, 1, vertices_per_edge, endpoint=False)
    wave = np.sin(np.pi * t)
    shape = (side + 1, side, vertices_per_edge)
    wriggle = [np.round(rng.uniform(-80, 80, shape) * wave, 3) for _ in range(2)]
    along = np.round(t * size_m, 3)
    i = np.arange(side)
    line = np.arange(side + 1)
    # across[k, j]: the horizontal edge below row k at column j; up[k, j]: the vertical one.
    across = np.stack(
        [
            np.broadcast_to(i[None, :, None] * size_m + along, shape),
            line[:, None, None] * size_m + wriggle[0],
        ],
        -1,
    )
    up = np.stack(
        [
            line[:, None, None] * size_m + wriggle[1],
            np.broadcast_to(i[None, :, None] * size_m + along, shape),
        ],
        -1,
    )

    def corner(x, y):
        return np.stack(np.broadcast_arrays(x * size_m, y * size_m), -1)

    y, x = np.divmod(np.arange(side * side), side)
    south, north, west, east = across[y, x], across[y + 1, x], up[x, y], up[x + 1, y]
    rings = np.concatenate(
        [
            south,
            corner(x + 1, y)[:, None],
            east[:, 1:],
            corner(x + 1, y + 1)[:, None],
            north[:, :0:-1],
            corner(x, y + 1)[:, None],
            west[:, :0:-1],
        ],
        axis=1,
    )
    codes = pd.Index([f"WK{k // 100:04d}{k % 100:02d}" for k in range(side * side)], name="code")
    return gpd.GeoDataFrame(geometry=shapely.polygons(rings), index=codes, crs=28992)
