"""The texts in the code: numbers with their nouns, and sentences that can be read in one go."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import oi_geo

PACKAGE = Path(oi_geo.__file__).parent
# Nouns that have a singular; a count before one of them is written by `nl_count`.
PLURAL = re.compile(
    r" (?:\w+e )?(eenheden|gemeenten|groepen|praktijken|rijen|regels|gebieden|wijken|buurten|delen"
    r"|stukken|plannen|ketens|stappen|kolommen|lagen|hubs|wijkverbanden|vlakken|cellen|codes|namen"
    r"|meldingen|postcodes|bestanden|kaders|gaten|snippers|overlappen|verbindingen|waarden"
    r"|hoekpunten|regio's)\b"
)
# What is always more than one where it is written: a limit, or what the lines before it saw to.
SEVERAL = {
    "FEWEST_DRAWS", "CHAINS", "which", "bare", "parts[name]", "len(codes)", "len(km2)",
    "len(chosen)", "nl_number(number)", "nl_number(EFFORTS[name])", "nl_number(sampled.made)",
    "nl_number(limits.line_bytes)", "nl_number(LIMITS.rows)", "nl_number(LIMITS.columns)",
    "nl_number(MOST_CELLS)", "nl_number(width)", "nl_number(layer.rows)", "nl_number(n)",
    "nl_number(count)", "nl_number(matched)", "nl_number(distinct)", "nl_number(len(names))",
    "nl_number(len(area.units))", "nl_number(len(rule.groups))", "nl_number(len(found))",
    "nl_number(len(shown))", "count",
}  # fmt: skip
# With "{...}" for every value that is filled in; names and lists make a sentence longer still.
MOST_WORDS = 36


def texts() -> Iterator[tuple[str, ast.JoinedStr | ast.Constant]]:
    """Yield every text in the code with its place, docstrings and parts of f-strings left out."""
    for path in sorted(PACKAGE.rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        told = [node for node in ast.walk(tree) if isinstance(node, ast.JoinedStr)]
        skipped = {id(part) for text in told for part in text.values}
        skipped |= {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
        for node in ast.walk(tree):
            is_text = isinstance(node, ast.Constant) and isinstance(node.value, str)
            if (is_text or isinstance(node, ast.JoinedStr)) and id(node) not in skipped:
                yield f"{path.relative_to(PACKAGE)}:{node.lineno}", node


def written(node: ast.JoinedStr | ast.Constant) -> str:
    """Return a text with `{}` for what is filled in."""
    if isinstance(node, ast.Constant):
        return str(node.value)
    parts = (str(p.value) if isinstance(p, ast.Constant) else "{}" for p in node.values)
    return "".join(parts)


def bare_counts(node: ast.JoinedStr) -> list[str]:
    """Return the values that stand before a plural noun and are not counted by `nl_count`."""
    return [
        ast.unparse(value.value)
        for value, after in zip(node.values, node.values[1:], strict=False)
        if isinstance(value, ast.FormattedValue)
        and isinstance(after, ast.Constant)
        and PLURAL.match(str(after.value))
    ]


def test_a_count_and_its_noun_agree() -> None:
    found = [
        f"{place}: {value}"
        for place, node in texts()
        if isinstance(node, ast.JoinedStr)
        for value in bare_counts(node)
        if value not in SEVERAL
    ]
    assert found == []


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ('f"{len(x)} groepen gemaakt"', ["len(x)"]),
        ('f"{nl_number(n)} getrokken plannen"', []),
        ('f"{nl_number(n)} bewaarde plannen"', ["nl_number(n)"]),
        ("f\"{nl_count(n, 'groep', 'groepen')} gemaakt\"", []),
    ],
)
def test_the_search_for_counts_finds_them(text: str, values: list[str]) -> None:
    node = ast.parse(text, mode="eval").body
    assert isinstance(node, ast.JoinedStr)
    assert bare_counts(node) == values


def test_no_sentence_is_too_long_to_read() -> None:
    found = [
        f"{place}: {sentence}"
        for place, node in texts()
        if "provinces.py" not in place  # lists of codes
        for sentence in re.split(r"(?<=[.!?])\s+|\n", written(node))
        if len(sentence.split()) > MOST_WORDS
    ]
    assert found == []
