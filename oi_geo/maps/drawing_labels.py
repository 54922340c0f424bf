"""Names on small drawings: clear of each other, and never cut off at the edge."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from html import escape
from itertools import product

import numpy as np
from numpy.typing import NDArray

# How wide letters are at most, in widths of the font size: those of DejaVu Sans Bold, which is
# wider than the system fonts that a browser may take instead.
NARROW, USUAL, CAPITAL, WIDE = 0.5, 0.72, 0.86, 1.11
NARROW_LETTERS, WIDE_LETTERS = frozenset(" iljIJft.,:;'’()-/|!"), frozenset("mwMW")
LINE, EDGE = 1.15, 3.0
# From this number of letters on a name goes on a second line, where it has more than one word.
LONG = 16

Box = tuple[float, float, float, float]
# Tells which of these boxes (left, top, right, bottom), shape (n, 4), a label may stand in.
Fits = Callable[[NDArray[np.float64]], NDArray[np.bool_]]


def _around(reach: int) -> NDArray[np.float64]:
    """Return steps down and aside from a place, the nearest first."""
    steps = range(-reach, reach + 1)
    near = sorted(product(steps, steps), key=lambda p: (p[0] ** 2 + p[1] ** 2, p))
    return np.array(near, dtype=np.float64)


# Where a name may go when its own place is taken, in heights of a line aside and half of them down;
# and where a label is sought that must fit somewhere.
NEAR, FAR = _around(2), _around(8)


@dataclass
class Labels:
    """The names on a drawing of this size, each put where there is room for it.

    Attributes
    ----------
    width, height : float
        Size of the drawing.
    taken : list of tuple of float
        Boxes (left, top, right, bottom) of the names so far.
    """

    width: float
    height: float
    taken: list[Box] = field(default_factory=list)

    def put(
        self,
        text: str,
        x: float,
        y: float,
        size: float,
        *,
        always: bool = False,
        fits: Fits | None = None,
    ) -> str:
        """Write a name with its middle at a point or near it, clear of the names so far.

        Where there is no room it is left out, or written over others if it must `always` show.
        What it must fit in is told by `fits`; without it, only the drawing bounds it.

        Returns
        -------
        str
            An SVG element.
        """
        lines = broken(text)
        wide = max(text_width(line, size) for line in lines)
        if wide > self.width - 2 * EDGE:
            size *= (self.width - 2 * EDGE) / wide
            wide = self.width - 2 * EDGE
        high = LINE * size * len(lines)
        steps = (NEAR if fits is None else FAR) * LINE * size
        left = np.clip(x - wide / 2 + steps[:, 1], EDGE, self.width - wide - EDGE)
        top = np.clip(y - high / 2 + steps[:, 0] / 2, EDGE, max(self.height - high - EDGE, EDGE))
        boxes = np.column_stack([left, top, left + wide, top + high])
        free = self._free(boxes)
        if fits is not None and free.any():
            free[free] = fits(boxes[free])
        if free.any():
            box = boxes[np.argmax(free)]
            self.taken.append((float(box[0]), float(box[1]), float(box[2]), float(box[3])))
            return _text(lines, box[0] + wide / 2, box[1], size)
        return _text(lines, x, y - high / 2, size) if always else ""

    def _free(self, boxes: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Tell which boxes are clear of the names so far."""
        a, b = boxes[:, None, :], np.array(self.taken, dtype=np.float64).reshape(-1, 4)[None]
        over = (a[..., :2] < b[..., 2:]) & (b[..., :2] < a[..., 2:])
        return ~np.any(np.all(over, axis=2), axis=1)


def text_width(text: str, size: float) -> float:
    """Return what a text is wide at most, in the unit of the font size."""
    return size * sum(
        NARROW if letter in NARROW_LETTERS
        else WIDE if letter in WIDE_LETTERS
        else CAPITAL if letter.isupper() or not letter.isalpha()
        else USUAL
        for letter in text
    )  # fmt: skip


def broken(text: str) -> list[str]:
    """Put a long name on two lines that are about as long; a word is never broken."""
    words = text.split()
    if len(text) < LONG or len(words) <= 1:
        return [text]
    splits = [(" ".join(words[:i]), " ".join(words[i:])) for i in range(1, len(words))]
    return list(min(splits, key=lambda lines: max(map(len, lines))))


def _text(lines: Sequence[str], x: float, top: float, size: float) -> str:
    rows = "".join(
        f'<tspan x="{x:.1f}" y="{top + (row + 0.8) * LINE * size:.1f}">{escape(line)}</tspan>'
        for row, line in enumerate(lines)
    )
    return (
        f'<text font-size="{size:.1f}" text-anchor="middle" '
        'font-family="system-ui, DejaVu Sans, sans-serif" font-weight="600" fill="#111" '
        'stroke="#fff" stroke-width="4" stroke-linejoin="round" paint-order="stroke">'
        f"{rows}</text>"
    )
