"""Two proposals for the example region: one that is sound, and one with every fault."""

from collections.abc import Mapping

import geopandas as gpd
import pandas as pd
import shapely

from oi_geo.contiguity import ContiguityGraph, build_contiguity

NORTH, SOUTH, SMALL = "Regio Boven-Merle", "Regio Merle-Zuid", "Regio Kraaienhorst"
UNKNOWN_CODE = "WK900277"

# What is wrong with the drawn proposal, along the border between two regio's: widths in metres.
OVERLAP_M, GAP_M, SLIVER_M = 150.0, 400.0, 12.0
_WINDOW_M = 900.0


def sound_proposal(wijken: gpd.GeoDataFrame) -> pd.DataFrame:
    """Divide all wijken over two regio's with the river as their border.

    Parameters
    ----------
    wijken : GeoDataFrame, EPSG:28992
        Land wijken indexed by wijkcode, with `oever`.

    Returns
    -------
    DataFrame
        `eenheid` (wijkcode) and `groep`.
    """
    group = (wijken["oever"] == "zuid").map({True: SOUTH, False: NORTH})
    return pd.DataFrame({"eenheid": wijken.index, "groep": group.to_numpy()})


def faulty_proposal(wijken: gpd.GeoDataFrame, seats: tuple[str, str]) -> pd.DataFrame:
    """Spoil the sound proposal in every way.

    A regio that is far too small and cuts a gemeente without need; the seat of an RO in the
    other's regio, which makes two ROs in one; an enclave; a part cut off; a wijk in two groups,
    one left open, some left out, one of them enclosed; and a code that does not exist.

    Parameters
    ----------
    wijken : GeoDataFrame, EPSG:28992
        Land wijken indexed by wijkcode, with `oever`, `gemeentenaam` and `inwoners`.
    seats : tuple of two str
        Wijken in which the northern and the southern RO have their seat.

    Returns
    -------
    DataFrame
        `eenheid` and `groep`; the open wijk has an empty group.
    """
    graph = build_contiguity(wijken)
    group = sound_proposal(wijken).set_index("eenheid")["groep"]
    small = wijken.index[wijken["gemeentenaam"] == "Kraaienhorst"]
    group[small] = SMALL
    group[_neighbours(graph, small, wijken, "Merlewaard")[0]] = SMALL
    enclosed = [code for code in _enclosed(graph, group, wijken) if code not in seats]
    group[enclosed[0]] = SOUTH
    group[wijken.index[wijken["gemeentenaam"] == "Elzerveen"][-2:]] = SOUTH
    group[seats[1]] = NORTH
    left_out = [enclosed[1], *wijken.index[wijken["gemeentenaam"] == "Hazeldonk"][-2:]]
    spoiled = wijken.index[wijken["gemeentenaam"] == "Dorsterwold"]
    table = group.drop(left_out).rename("groep").rename_axis("eenheid").reset_index()
    table.loc[table["eenheid"] == spoiled[1], "groep"] = ""
    extra = pd.DataFrame(
        {"eenheid": [spoiled[2], UNKNOWN_CODE], "groep": [NORTH, SOUTH]}, dtype="str"
    )
    return pd.concat([table, extra], ignore_index=True)


def _neighbours(
    graph: ContiguityGraph, codes: pd.Index, wijken: gpd.GeoDataFrame, gemeente: str
) -> list[str]:
    """List the wijken of a gemeente that border some of these, in the order of their codes."""
    inside = graph.codes.isin(codes)
    beside = set(graph.codes[graph.right[inside[graph.left]]])
    beside |= set(graph.codes[graph.left[inside[graph.right]]])
    return [str(c) for c in wijken.index[wijken["gemeentenaam"] == gemeente] if c in beside]


def _enclosed(graph: ContiguityGraph, group: pd.Series, wijken: gpd.GeoDataFrame) -> list[str]:
    """List northern wijken with neighbours in their own group on all sides, fullest first.

    None of them borders another that is listed, so that each can be taken out alone.
    """
    label = group.reindex(graph.codes).to_numpy()
    differs = label[graph.left] != label[graph.right]
    edge = set(graph.left[differs]) | set(graph.right[differs])
    inner = [
        i for i in range(len(graph.codes))
        if i not in edge and graph.outer_m[i] < 1.0 and label[i] == NORTH
    ]  # fmt: skip
    inner.sort(key=lambda i: (-wijken["inwoners"].iloc[i], graph.codes[i]))
    chosen: list[int] = []
    pairs = set(zip(graph.left.tolist(), graph.right.tolist(), strict=True))
    for i in inner:
        if not any((min(i, j), max(i, j)) in pairs for j in chosen):
            chosen.append(i)
    return [str(graph.codes[i]) for i in chosen]


def drawn_proposal(wijken: gpd.GeoDataFrame, group: Mapping[str, str]) -> gpd.GeoDataFrame:
    """Draw a proposal as somebody would by hand: with an overlap, a gap and a sliver.

    All three lie along the border between the northern and the small regio. In the first place
    the northern polygon reaches `OVERLAP_M` into the other, in the second it stays `GAP_M` away
    from it, in the third `SLIVER_M`.

    Parameters
    ----------
    wijken : GeoDataFrame, EPSG:28992
        Land wijken indexed by wijkcode.
    group : mapping of str to str
        Wijkcode to regio; other wijken are in no polygon.

    Returns
    -------
    GeoDataFrame, EPSG:28992
        `regio` and geometry.
    """
    named = wijken.index.to_series().map(group)
    shapes = wijken[["geometry"]].assign(regio=named).dropna().dissolve("regio", method="coverage")
    north, small = shapes.geometry[NORTH], shapes.geometry[SMALL]
    border = shapely.line_merge(shapely.intersection(north.boundary, small.boundary))
    longest = max(shapely.get_parts(border), key=lambda part: part.length)
    overlap, gap, sliver = (
        shapely.buffer(longest.interpolate(along, normalized=True), _WINDOW_M)
        for along in (0.2, 0.5, 0.8)
    )
    beside = {m: shapely.buffer(small, m) for m in (GAP_M, SLIVER_M)}
    drawn = shapely.union(north, small & north.buffer(OVERLAP_M) & overlap)
    drawn = shapely.difference(drawn, beside[GAP_M] & gap)
    drawn = shapely.difference(drawn, beside[SLIVER_M] & sliver)
    shapes.loc[NORTH, "geometry"] = shapely.set_precision(drawn, 1.0)
    return shapes.reset_index()
