"""Names on small drawings: clear of each other, and never cut off at the edge."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from html import escape
from itertools import product

# How wide letters are at most, in widths of the font size: those of DejaVu Sans Bold, which is
# wider than the system fonts that a browser may take instead.
NARROW, USUAL, CAPITAL, WIDE = 0.5, 0.72, 0.86, 1.11
NARROW_LETTERS, WIDE_LETTERS = frozenset(" iljIJft.,:;'’()-/|!"), frozenset("mwMW")
LINE, EDGE = 1.15, 3.0
# From this number of letters on a name goes on a second line, where it has more than one word.
LONG = 16
# Where a name may go when its own place is taken, in heights of a line.
NEAR = tuple(
    sorted(product((0, -1, 1, -2, 2), (0, -1, 1, -2, 2)), key=lambda p: p[0] ** 2 + p[1] ** 2)
)

Box = tuple[float, float, float, float]


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

    def put(self, text: str, x: float, y: float, size: float, *, always: bool = False) -> str:
        """Write a name with its middle at a point or near it, clear of the names so far.

        Where there is no room it is left out, or written over others if it must `always` show.

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
        for left, top in self._places(x - wide / 2, y - high / 2, wide, high, LINE * size):
            box = (left, top, left + wide, top + high)
            if not any(_overlap(box, other) for other in self.taken):
                self.taken.append(box)
                return _text(lines, left + wide / 2, top, size)
        return _text(lines, x, y - high / 2, size) if always else ""

    def _places(
        self, left: float, top: float, wide: float, high: float, step: float
    ) -> Iterator[tuple[float, float]]:
        """Propose places, the wished one first, each wholly on the drawing."""
        for down, aside in NEAR:
            yield (
                min(max(left + aside * step, EDGE), self.width - wide - EDGE),
                min(max(top + down * step / 2, EDGE), max(self.height - high - EDGE, EDGE)),
            )


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


def _overlap(a: Box, b: Box) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


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
