"""A histogram of one measure over the sampled plans, with the proposal marked, as inline SVG.

Drawn as text without scripts, styles, identifiers or fonts from elsewhere, so that it can stand in
the app and in an exported page, any number of times. Blue and vermilion of Okabe and Ito differ
for every kind of colour vision, and the proposal differs in shape as well.
"""

import math
from collections.abc import Iterable
from html import escape
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from oi_geo.candidates.context import Special
from oi_geo.candidates.measures import MEASURES
from oi_geo.text import nl_number

WIDTH, HEIGHT = 640, 300
LEFT, RIGHT, TOP, BOTTOM = 58, 608, 84, 240
BLUE, GREY, VERMILION, INK, SOFT = "#0072B2", "#9AA3A9", "#C44E00", "#1A1A1A", "#56616A"
FONT = "font-family=\"system-ui, 'Segoe UI', Roboto, Arial, sans-serif\""
BINS = 36
WIDEST_BAR = 60
# Average width of a character of the font, as a share of its size.
CHARACTER = 0.55
# A preference, no verdict: there may be good reasons for the other side.
PREFERRED = {"hoger": "meestal liever hoger →", "lager": "← meestal liever lager", None: ""}


class Scale(NamedTuple):
    """From values to positions along an axis."""

    start: float
    end: float
    first: float
    last: float

    def at(self, value: float) -> float:
        """Return the position of a value."""
        share = (value - self.start) / (self.end - self.start)
        return self.first + share * (self.last - self.first)


def histogram_svg(special: Special, values: NDArray[np.float64], title: str) -> str:
    """Draw how a measure is spread over the plans, and where the proposal stands.

    Parameters
    ----------
    special : Special
        Place of the proposal (see `oi_geo.candidates.context.compare`).
    values : ndarray of float64
        The measure of all plans; any shape, NaN is left out.
    title : str
        Stands above the plot; escaped here.

    Returns
    -------
    str
        An `<svg>` element of 640 x 300 that scales with its place. Bars are grey where the chains
        have not converged, and the plot says so.
    """
    known = values[np.isfinite(values)].ravel()
    parts = [_text(LEFT - 44, 26, title, size=16, weight=600)]
    if known.size:
        edges = _edges(known, special.waarde)
        share = np.histogram(known, edges)[0] / known.size
        along = Scale(edges[0], edges[-1], LEFT, RIGHT)
        up = Scale(0.0, float(share.max()) * 1.05, BOTTOM, TOP)
        parts += [*_share_axis(up), *_bars(edges, share, along, up, special)]
        parts += [*_value_axis(special, along), *_marker(special, along)]
        parts += _legend(special, known.size)
    else:
        parts.append(_text(LEFT - 44, 60, "Van geen enkel plan bekend.", colour=SOFT))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        f'width="100%" style="max-width:{WIDTH}px;height:auto" {FONT} '
        f'aria-label="{escape(f"{title}. {special.zin}")}">'
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#FFFFFF"/>{"".join(parts)}</svg>'
    )


def _edges(values: NDArray[np.float64], proposal: float) -> NDArray[np.float64]:
    """Cut the axis into bins that hold all plans and the proposal."""
    shown = values if math.isnan(proposal) else np.append(values, proposal)
    low, high = float(shown.min()), float(shown.max())
    if (shown == np.round(shown)).all():
        # As many whole values in each bin, so that none is high by its width alone.
        step = math.ceil((high - low + 1) / BINS)
        return np.arange(low, high + step + 1, step) - 0.5
    if high - low <= 1e-9 * abs(high):
        margin = max(abs(high) * 0.05, 0.01)
        return np.linspace(low - margin, high + margin, 12)
    spare = (high - low) * 0.02
    return np.linspace(low - spare, high + spare, BINS + 1)


def _ticks(start: float, end: float, most: int, *, whole: bool = False) -> NDArray[np.float64]:
    """Choose round values (1, 2 or 5 times a power of ten apart) within an axis."""
    rough = (end - start) / most
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(f * power for f in (1, 2, 5, 10) if f * power >= rough * (1 - 1e-9))
    step = max(step, 1.0) if whole else step
    first, last = math.ceil(start / step - 1e-9), math.floor(end / step + 1e-9)
    return step * np.arange(first, last + 1, dtype=np.float64)


def _decimals(ticks: NDArray[np.float64]) -> int:
    """Count the decimals that tell ticks apart."""
    step = float(np.diff(ticks).min()) if len(ticks) > 1 else 1.0
    return max(0, -math.floor(math.log10(step) + 1e-9))


def _share_axis(up: Scale) -> Iterable[str]:
    """Draw lines at round shares of the plans, and their percentages."""
    ticks = _ticks(0.0, up.end * 100, 5)
    decimals = _decimals(ticks)
    for tick in ticks:
        y = up.at(tick / 100)
        yield _line(LEFT, y, RIGHT, y, colour="#DDE3E8", width=1)
        label = f"{nl_number(tick, decimals)} %"
        yield _text(LEFT - 8, y + 4, label, size=11, colour=SOFT, anchor="end")


def _bars(
    edges: NDArray[np.float64], share: NDArray, along: Scale, up: Scale, special: Special
) -> Iterable[str]:
    colour = BLUE if special.geconvergeerd else GREY
    for left, right, height in zip(edges[:-1], edges[1:], share, strict=True):
        if height > 0:
            x, y, far = along.at(left), up.at(float(height)), along.at(right)
            gap = max(min((far - x) * 0.15, 6), far - x - WIDEST_BAR)
            yield (
                f'<rect x="{x + gap / 2:.1f}" y="{y:.1f}" width="{far - x - gap:.1f}" '
                f'height="{BOTTOM - y:.1f}" fill="{colour}"/>'
            )


def _value_axis(special: Special, along: Scale) -> Iterable[str]:
    """Draw the axis of the measure: round values, its name, and what planners prefer."""
    measure = MEASURES[special.maat]
    ticks = _ticks(along.start, along.end, 7, whole=measure.decimals == 0)
    decimals = _decimals(ticks)
    yield _line(LEFT, BOTTOM, RIGHT, BOTTOM, colour=INK, width=1)
    for tick in ticks:
        x = along.at(tick)
        yield _line(x, BOTTOM, x, BOTTOM + 5, colour=INK, width=1)
        label = nl_number(float(tick), decimals)
        yield _text(x, BOTTOM + 19, label, size=11, colour=SOFT, anchor="middle")
    yield _text(LEFT, BOTTOM + 44, measure.als, size=12)
    yield _text(RIGHT, BOTTOM + 44, PREFERRED[measure.better], size=12, colour=SOFT, anchor="end")


def _marker(special: Special, along: Scale) -> Iterable[str]:
    """Mark the proposal: a line through the plot with its value on a label above it."""
    if math.isnan(special.waarde):
        return
    x = along.at(special.waarde)
    words = f"voorstel: {nl_number(special.waarde, MEASURES[special.maat].decimals)}"
    half = len(words) * 12 * CHARACTER / 2 + 6
    middle = min(max(x, LEFT + half), RIGHT - half)
    yield _line(x, TOP - 8, x, BOTTOM, colour=VERMILION, width=2.5)
    yield (
        f'<rect x="{middle - half:.1f}" y="{TOP - 26}" width="{2 * half:.1f}" height="20" rx="3" '
        f'fill="{VERMILION}"/>'
    )
    yield _text(middle, TOP - 12, words, size=12, weight=600, colour="#FFFFFF", anchor="middle")


def _legend(special: Special, count: int) -> Iterable[str]:
    """Say what bars and line are, and warn where the chains have not converged."""
    colour = BLUE if special.geconvergeerd else GREY
    x, y = LEFT - 44.0, 48
    plans = f"aandeel van {nl_number(count)} geldige plannen"
    yield f'<rect x="{x:.1f}" y="{y - 10}" width="12" height="12" fill="{colour}"/>'
    yield _text(x + 18, y, plans, size=12)
    x += 18 + len(plans) * 12 * CHARACTER + 16
    if math.isnan(special.waarde):
        yield _text(x, y, "voorstel onbekend", size=12, colour=SOFT)
    else:
        yield _line(x + 6, y - 11, x + 6, y + 3, colour=VERMILION, width=2.5)
        yield _text(x + 16, y, "dit voorstel", size=12)
    if not special.geconvergeerd:
        words = "nog geen uitspraak mogelijk"
        yield _text(RIGHT, y, words, size=12, weight=600, anchor="end")


def _line(x1: float, y1: float, x2: float, y2: float, *, colour: str, width: float) -> str:
    return (
        f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{colour}" '
        f'stroke-width="{width}"/>'
    )


def _text(
    x: float,
    y: float,
    words: str,
    *,
    size: int = 13,
    weight: int = 400,
    colour: str = INK,
    anchor: str = "start",
) -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" font-weight="{weight}" '
        f'fill="{colour}" text-anchor="{anchor}">{escape(words)}</text>'
    )
