"""Colours that stay apart for colour-blind eyes, and who gets which.

Group colours are light and calm, so that borders, names and dots speak; they were searched so that
any two differ as much as 24 light colours can for normal sight, deuteranopia and protanopia
(CIEDE2000, see the tests), the first ones most. Class colours are viridis from light to dark, so
that they also read in grey. Shares run from pale to dark blue, so that what is rare does not shout,
with steps larger than those of ColorBrewer's Blues (https://colorbrewer2.org/).
"""

from collections.abc import Collection, Iterable, Mapping
from functools import cache
from itertools import chain, combinations

import numpy as np
from numpy.typing import NDArray

GROUP_COLOURS = (
    "#89BAF1", "#F1F1A6", "#80BBA4", "#C9A764", "#C9F5F9", "#B6A5C1", "#EFC7CB", "#DB9A88",
    "#EBC984", "#DAF4D9", "#B7CEFD", "#E1BC9F", "#ECE2B7", "#A9ECDE", "#E698A1", "#BDBBDB",
    "#DFDDFE", "#BE9ED3", "#E2C9E4", "#C3D4B6", "#A4C9BA", "#8CB6B4", "#E2ADC7", "#EDA885",
)  # fmt: skip
CLASS_COLOURS = ("#FDE725", "#90D743", "#35B779", "#21918C", "#31688E", "#443983")
SHARE_COLOURS = ("#F7FBFF", "#CFE1F7", "#9CC9F0", "#64ABE6", "#3588D1", "#1A63AD", "#083A7A")
ZERO_COLOUR = "#FFFDF2"
UNKNOWN_COLOUR = "#B5B5B5"
NO_GROUP_COLOUR = "#F4F4F4"
# Of a unit in several groups: of no group alone; it is hatched as well.
SHARED_COLOUR = "#DCDCDC"

# Neighbours further apart than this (OKLab) are told apart at a glance; more is not sought.
CLEAR = 0.1
# How much a difference in lightness, the only one in grey, counts beside that in colour.
LIGHTNESS_SHARE = 0.4
# Rounding must not keep two colours swapping for ever.
SMALLEST_GAIN = 1e-6

# Below this sRGB is proportional to light (IEC 61966-2-1).
SRGB_KNEE = 0.04045
# Linear RGB to cone responses and from there to OKLab: Ottosson (2020),
# https://bottosson.github.io/posts/oklab/.
_CONES = np.array(
    [[0.4122214708, 0.5363325363, 0.0514459929], [0.2119034982, 0.6806995451, 0.1073969566],
     [0.0883024619, 0.2817188376, 0.6299787005]]
)  # fmt: skip
_OKLAB = np.array(
    [[0.2104542553, 0.7936177850, -0.0040720468], [1.9779984951, -2.4285922050, 0.4505937099],
     [0.0259040371, 0.7827717662, -0.8086757660]]
)  # fmt: skip
# What is seen without green cones, in linear RGB: Machado, Oliveira and Fernandes (2009).
_DEUTERANOPIA = np.array(
    [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413],
     [-0.011820, 0.042940, 0.968881]]
)  # fmt: skip


def mix(colour: str, other: str, share: float) -> str:
    """Mix two `#RRGGBB` colours: `share` (0-1) of the other one."""
    channels = (
        round((1 - share) * int(colour[i : i + 2], 16) + share * int(other[i : i + 2], 16))
        for i in (1, 3, 5)
    )
    return "#" + "".join(f"{channel:02X}" for channel in channels)


@cache
def group_colours() -> tuple[str, ...]:
    """Return the 24 group colours, then darker shades of them for when they run out."""
    return (*GROUP_COLOURS, *(mix(colour, "#404040", 0.35) for colour in GROUP_COLOURS))


def oklab(colours: Collection[str], sight: NDArray[np.float64] | None = None) -> NDArray:
    """Return colours in OKLab.

    Parameters
    ----------
    colours : collection of str
        `#RRGGBB`.
    sight : ndarray, shape (3, 3), optional
        What eyes make of linear RGB; without it they see everything.

    Returns
    -------
    ndarray, shape (n_colours, 3)
        Lightness (0-1), green to red, blue to yellow.
    """
    rgb = np.array([[int(c[i : i + 2], 16) for i in (1, 3, 5)] for c in colours]) / 255
    linear = np.where(rgb <= SRGB_KNEE, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    if sight is not None:
        linear = np.clip(linear @ sight.T, 0, 1)
    return np.cbrt(linear @ _CONES.T) @ _OKLAB.T


@cache
def contrast() -> NDArray[np.float64]:
    """Return how far apart any two of `group_colours` are, at least, for usual and other eyes."""
    seen = [oklab(group_colours(), sight) for sight in (None, _DEUTERANOPIA)]
    apart = np.min([np.linalg.norm(c[:, None] - c[None], axis=2) for c in seen], axis=0)
    lightness = np.abs(seen[0][:, None, 0] - seen[0][None, :, 0])
    return apart + LIGHTNESS_SHARE * lightness


def colour_numbers(
    n: int,
    neighbours: Iterable[tuple[int, int]],
    wanted: Mapping[int, int] | None = None,
    together: Iterable[Collection[int]] | None = None,
) -> list[int]:
    """Give groups a colour that differs from their neighbours' (after DSATUR, Brélaz 1979).

    Parameters
    ----------
    n : int
        Number of groups.
    neighbours : iterable of (int, int)
        Pairs of groups that share a border.
    wanted : mapping of int to int, optional
        Colour that a group should have, the most important group first; it gets another one where
        a group that it must differ from, and that comes before it, has that colour.
    together : iterable of collections of int, optional
        Groups that stand on a map together, per map; without it all of them do. Of a map of at most
        24 groups no two get the same colour.

    Returns
    -------
    list of int, length n
        Position in `group_colours` per group. Neighbours get colours that are clearly apart, and
        of those the one that is used least.
    """
    touching: list[set[int]] = [set() for _ in range(n)]
    for a, b in neighbours:
        if a != b:
            touching[a].add(b)
            touching[b].add(a)
    maps = [range(n)] if together is None else together
    apart = [set(others) for others in touching]
    small = (m for m in maps if len(m) <= len(GROUP_COLOURS))
    for a, b in chain.from_iterable(combinations(m, 2) for m in small):
        apart[a].add(b)
        apart[b].add(a)
    return _coloured(n, touching, apart, dict(wanted or {}))


def _coloured(
    n: int, touching: list[set[int]], apart: list[set[int]], wanted: Mapping[int, int]
) -> list[int]:
    """Colour the most restricted group first; see `colour_numbers`."""
    most = len(group_colours())
    number = np.full(n, -1)
    taken = np.zeros((n, most), dtype=bool)
    used = np.zeros(most, dtype=np.int64)

    def give(group: int, colour: int) -> None:
        number[group] = colour
        used[colour] += 1
        taken[list(apart[group]), colour] = True

    for group, colour in wanted.items():
        if not taken[group, colour]:
            give(group, colour)
    degree = np.array([len(others) for others in touching], dtype=np.float64)
    while (number < 0).any():
        eager = taken.sum(axis=1) + degree / (n + 1)
        group = int(np.where(number < 0, eager, -1.0).argmax())
        around = [int(number[other]) for other in touching[group] if number[other] >= 0]
        give(group, _best(taken[group], used, around, min(n, len(GROUP_COLOURS))))
    found = [int(colour) for colour in number]
    return _swapped(found, touching, frozenset(wanted)) if n <= len(GROUP_COLOURS) else found


def _swapped(number: list[int], touching: list[set[int]], fixed: Collection[int]) -> list[int]:
    """Swap the colours of two groups as long as that sets neighbours further apart.

    What is made small is the sum of 1/contrast^4 over the neighbours: it looks at the worst pairs.
    """
    far = (np.maximum(contrast(), 1e-3) ** -4.0).tolist()
    free = [group for group in range(len(number)) if group not in fixed]
    swaps = list(combinations(free, 2))
    better = len(set(number)) == len(number)
    while better:
        better = False
        for a, b in swaps:
            x, y = number[a], number[b]
            gain = sum(far[x][number[o]] - far[y][number[o]] for o in touching[a] if o != b)
            gain += sum(far[y][number[o]] - far[x][number[o]] for o in touching[b] if o != a)
            if gain > SMALLEST_GAIN:
                number[a], number[b] = y, x
                better = True
    return number


def _best(taken: NDArray[np.bool_], used: NDArray[np.int64], around: list[int], first: int) -> int:
    """Return the free colour that is clear of those around it and used least.

    The first ones are looked at first: they are the furthest apart. Where every shade is taken,
    the one that is least like those around is used again.
    """
    for end in (first, len(GROUP_COLOURS), len(taken)):
        free = np.flatnonzero(~taken[:end])
        if len(free):
            break
    else:
        free = np.arange(len(taken))
    far = contrast()[free][:, around].min(axis=1, initial=CLEAR)
    return int(free[np.lexsort((free, used[free], -far))[0]])


def colours_for(
    n: int, neighbours: Iterable[tuple[int, int]], wanted: Mapping[int, int] | None = None
) -> list[str]:
    """Return one colour per group of one map; see `colour_numbers`."""
    shades = group_colours()
    return [shades[number] for number in colour_numbers(n, neighbours, wanted)]
