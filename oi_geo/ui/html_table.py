"""Tables as HTML: cells wrap, the heads stay in view, and every text is escaped.

What comes from files are data. No text reaches the document but through `escape`, quotes included,
so that a name is shown to the letter and never does anything.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape


@dataclass(frozen=True)
class Table:
    """A table of texts.

    Attributes
    ----------
    title : str
        What the table is called, for whoever hears it instead of seeing it.
    heads : sequence of str
    rows : sequence of sequences of str
        As many cells as there are heads.
    numbers : set of str
        The heads of the columns that are written to the right.
    note : str
        What to know before one reads it; whoever shows the table writes it above.
    """

    title: str
    heads: Sequence[str]
    rows: Sequence[Sequence[str]]
    numbers: frozenset[str] = frozenset()
    note: str = ""


def cell(text: str, *, tag: str = "td", kind: str = "", hint: str = "", scope: str = "") -> str:
    """Write one cell; `kind` is a class of style.css, `hint` what the pointer shows."""
    given = (("class", kind), ("scope", scope), ("title", hint))
    attributes = "".join(f' {name}="{escape(value)}"' for name, value in given if value)
    return f"<{tag}{attributes}>{escape(text)}</{tag}>"


def row(cells: Iterable[str]) -> str:
    """Join cells to a row."""
    return f"<tr>{''.join(cells)}</tr>"


def framed(title: str, head: str, bodies: Iterable[str], *, kind: str = "") -> str:
    """Put rows in a table that scrolls in a frame of its own; the frame can be reached by key."""
    kinds = escape(f"oi-table {kind}".strip())
    parts = "".join(f"<tbody>{body}</tbody>" for body in bodies)
    return (
        f'<div class="oi-frame" role="region" tabindex="0" aria-label="{escape(title)}">'
        f'<table class="{kinds}"><thead>{head}</thead>{parts}</table></div>'
    )


def html_table(table: Table) -> str:
    """Write a table as HTML; the first column says what a row is about."""
    kinds = ["oi-number" if head in table.numbers else "" for head in table.heads]
    head = row(
        cell(text, tag="th", kind=kind, scope="col")
        for text, kind in zip(table.heads, kinds, strict=True)
    )
    lines = [
        row(
            [
                cell(texts[0], tag="th", kind=kinds[0], scope="row"),
                *(cell(text, kind=kind) for text, kind in zip(texts[1:], kinds[1:], strict=True)),
            ]
        )
        for texts in table.rows
    ]
    return framed(table.title, head, ["".join(lines)])
