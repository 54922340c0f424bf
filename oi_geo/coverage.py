"""Coverages made fit for contiguity, without moving any border by more than a tolerance.

A map is fit for contiguity when neighbours share their vertices (the coverage is noded) and do not
overlap, and when no narrow gap keeps them apart.
"""

from collections.abc import Callable
from functools import partial

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from oi_geo.coverage_faces import fill_slivers
from oi_geo.coverage_faults import HAIR_M, find_faults
from oi_geo.snapping import Bools, Floats, Shapes, snap_once

# Rounds of freezing units that a change would spoil.
_MOST_ROUNDS = 8

# A change of some polygons: from their shapes, their faulty edges and which of them may change, to
# shapes and which of them did.
Change = Callable[[Shapes, Shapes, Bools], tuple[Shapes, Bools]]


def mend_coverage(
    units: gpd.GeoDataFrame, tolerance_m: float = 1.0
) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame]:
    """Node borders and close what is narrower than the tolerance.

    Parameters
    ----------
    units : GeoDataFrame, EPSG:28992
        Valid polygons indexed by code.
    tolerance_m : float
        No border moves by more than this, in metres (Hausdorff distance of each boundary).

    Returns
    -------
    units : GeoDataFrame
        Same index, order and columns; the same geometry objects where nothing had to change.
    faults : GeoDataFrame, EPSG:28992
        As `find_faults`, those that were mended (`hersteld` True) and those that were left.

    Notes
    -----
    First vertices are put into edges that they lie on (within a millimetre), then borders are
    snapped to each other (see `oi_geo.snapping`), twice at most; slivers that are left are given
    to one of their neighbours (see `oi_geo.coverage_faces`), and what is open at their ends is
    snapped. A unit that a step would make invalid or split is left out of that step; the faults
    that remain are reported.
    """
    shapes = units.geometry.to_numpy()
    before = find_faults(units)
    if shapely.coverage_is_valid(shapes, gap_width=tolerance_m):
        return units, before
    result, moved = _noded(shapes, tolerance_m)

    # A little less than asked, because `_sound` draws its circles as polygons.
    step = tolerance_m * 0.995

    def fill(some: Shapes, _: Shapes, movable: Bools) -> tuple[Shapes, Bools]:
        return fill_slivers(some, movable, step)

    snap = partial(snap_once, tolerance_m=step)
    shrink = partial(snap, short_edges=True)
    # Measured in any case (inf): how far a border moves is known for each sliver only.
    for change, most in ((snap, step), (shrink, step), (fill, np.inf), (snap, step)):
        result, moved = _changed(shapes, result, moved, change, most, tolerance_m)
    if all(new is old for new, old in zip(result, shapes, strict=True)):
        return units, before
    mended = units.set_geometry(gpd.GeoSeries(result, units.index, crs=units.crs))
    return mended, _together(before, find_faults(mended), tolerance_m)


def _noded(shapes: Shapes, tolerance_m: float) -> tuple[Shapes, Floats]:
    """Put vertices into edges that they lie on; units for which that is not enough stay as drawn.

    Returns
    -------
    shapes : ndarray
    moved : ndarray of float64
        How far the border of each unit may have moved, in metres.
    """
    still = np.zeros(len(shapes))
    hair = min(HAIR_M, tolerance_m / 1000)
    snap = partial(snap_once, tolerance_m=hair)
    result, moved = _changed(shapes, shapes, still, snap, hair, tolerance_m)
    if not moved.any():
        return shapes, still
    left = ~shapely.is_empty(shapely.coverage_invalid_edges(result, gap_width=tolerance_m))
    return np.where(left, shapes, result), np.where(left, 0.0, moved)


def _changed(
    original: Shapes,
    shapes: Shapes,
    moved: Floats,
    change: Change,
    step: float,
    tolerance_m: float,
) -> tuple[Shapes, Floats]:
    """Change the faulty units and those beside them once, by `step` at most.

    Units that the change would spoil are left out, and it is tried again.

    Returns
    -------
    shapes : ndarray
    moved : ndarray of float64
        How far the border of each unit may have moved, in metres.
    """
    edges = shapely.coverage_invalid_edges(shapes, gap_width=tolerance_m)
    flagged = ~shapely.is_empty(edges)
    if not flagged.any():
        return shapes, moved
    tree = shapely.STRtree(shapes)
    near = tree.query(shapes[flagged], predicate="dwithin", distance=tolerance_m)[1]
    near = np.union1d(near, np.flatnonzero(flagged))
    movable = np.ones(len(near), bool)
    for _ in range(_MOST_ROUNDS):
        candidate, changed = change(shapes[near], edges[near], movable)
        far = changed & (moved[near] + step > tolerance_m)
        bad = changed & ~_sound(original[near], candidate, far, tolerance_m)
        if not bad.any():
            result, distance = shapes.copy(), moved.copy()
            result[near] = candidate
            distance[near[changed]] += step
            return result, distance
        movable = movable & ~bad
    return shapes, moved


def _sound(original: Shapes, candidate: Shapes, doubtful: Bools, tolerance_m: float) -> Bools:
    """Tell which shapes are valid, did not fall apart and, where in doubt, moved no farther."""
    good: Bools = shapely.is_valid(candidate)
    good &= shapely.get_num_geometries(candidate) <= shapely.get_num_geometries(original)
    check = np.flatnonzero(good & doubtful)
    old, new = shapely.boundary(original[check]), shapely.boundary(candidate[check])
    good[check] = shapely.covered_by(new, shapely.buffer(old, tolerance_m))
    good[check] &= shapely.covered_by(old, shapely.buffer(new, tolerance_m))
    return good


def _together(
    before: gpd.GeoDataFrame, after: gpd.GeoDataFrame, tolerance_m: float
) -> gpd.GeoDataFrame:
    """List the faults that are gone as mended, followed by those that are still there."""
    gone = np.ones(len(before), bool)
    was, still = shapely.STRtree(after.geometry.to_numpy()).query(
        before.geometry.to_numpy(), predicate="dwithin", distance=tolerance_m
    )
    same = [
        before["soort"].iloc[w] == after["soort"].iloc[s]
        and set(before["eenheden"].iloc[w]) == set(after["eenheden"].iloc[s])
        for w, s in zip(was, still, strict=True)
    ]
    gone[was[np.array(same, bool)]] = False
    mended = before[gone].assign(hersteld=True)
    return pd.concat([mended, after], ignore_index=True) if len(mended) else after
