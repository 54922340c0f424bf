"""Colours that stay apart for colour-blind eyes, and who gets which.

Group colours are Okabe and Ito's seven (https://jfly.uni-koeln.de/color/) and two dark ones of
Paul Tol's (https://personal.sron.nl/~pault/); any two of them, and the grey of "no group", differ
by at least 17 in CIE Lab for normal sight, protanopia and deuteranopia (see the tests).
Class colours are viridis from light to dark, so that they also read in grey. Shares run from pale
to dark blue, so that what is rare does not shout, with steps larger than those of ColorBrewer's
Blues (https://colorbrewer2.org/).
"""

from collections.abc import Iterable, Mapping

GROUP_COLOURS = (
    "#56B4E9", "#E69F00", "#009E73", "#F0E442", "#CC79A7", "#0072B2", "#D55E00", "#332288",
    "#661100",
)  # fmt: skip
CLASS_COLOURS = ("#FDE725", "#90D743", "#35B779", "#21918C", "#31688E", "#443983")
SHARE_COLOURS = ("#F7FBFF", "#CFE1F7", "#9CC9F0", "#64ABE6", "#3588D1", "#1A63AD", "#083A7A")
ZERO_COLOUR = "#FFFDF2"
UNKNOWN_COLOUR = "#B5B5B5"
NO_GROUP_COLOUR = "#D9D9D9"

_TOWARDS = (("#FFFFFF", 0.45), ("#000000", 0.4), ("#FFFFFF", 0.7))


def mix(colour: str, other: str, share: float) -> str:
    """Mix two `#RRGGBB` colours: `share` (0-1) of the other one."""
    channels = (
        round((1 - share) * int(colour[i : i + 2], 16) + share * int(other[i : i + 2], 16))
        for i in (1, 3, 5)
    )
    return "#" + "".join(f"{channel:02X}" for channel in channels)


def group_colours() -> tuple[str, ...]:
    """Return the nine group colours, then lighter and darker shades for when they run out."""
    shades = (mix(c, other, share) for other, share in _TOWARDS for c in GROUP_COLOURS)
    return (*GROUP_COLOURS, *shades)


def colour_numbers(
    n: int, neighbours: Iterable[tuple[int, int]], wanted: Mapping[int, int] | None = None
) -> list[int]:
    """Give groups a number that differs from their neighbours' (DSATUR, Brélaz 1979).

    Parameters
    ----------
    n : int
        Number of groups.
    neighbours : iterable of (int, int)
        Pairs of groups that share a border.
    wanted : mapping of int to int, optional
        Number that a group should have, the most important group first; it gets another one where
        a neighbour that comes before it has that number.

    Returns
    -------
    list of int, length n
        Colour number per group, from 0 on. Where nothing is wanted the number that is used least
        so far is taken of those that are free, so that a small plan shows many colours.
    """
    around: list[set[int]] = [set() for _ in range(n)]
    for a, b in neighbours:
        if a != b:
            around[a].add(b)
            around[b].add(a)
    number = [-1] * n
    wishes = dict(wanted or {})
    used = [0] * max(n, len(GROUP_COLOURS), *(colour + 1 for colour in wishes.values()))
    for group, colour in wishes.items():
        if all(number[b] != colour for b in around[group]):
            number[group] = colour
            used[colour] += 1
    for _ in range(number.count(-1)):
        taken = [{number[b] for b in around[a] if number[b] >= 0} for a in range(n)]
        open_groups = (a for a in range(n) if number[a] < 0)
        group = max(open_groups, key=lambda a: (len(taken[a]), len(around[a]), -a))
        number[group] = _free_number(taken[group], used)
        used[number[group]] += 1
    return number


def _free_number(taken: set[int], used: list[int]) -> int:
    """Return the least used of the nine numbers that is free, else the first free one."""
    free = [c for c in range(len(GROUP_COLOURS)) if c not in taken]
    if free:
        return min(free, key=lambda c: (used[c], c))
    return next(c for c in range(len(GROUP_COLOURS), len(used)) if c not in taken)


def colours_for(
    n: int, neighbours: Iterable[tuple[int, int]], wanted: Mapping[int, int] | None = None
) -> list[str]:
    """Return one colour per group, never the same for neighbours while there are shades left.

    There are 36 shades; on a map seldom more than six are needed, because a group touches few
    others, and up to 36 groups differ from their neighbours whatever the map. See `colour_numbers`
    for `wanted`.
    """
    shades = group_colours()
    return [shades[number % len(shades)] for number in colour_numbers(n, neighbours, wanted)]
