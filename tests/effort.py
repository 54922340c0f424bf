"""How long a test looks: `make test` tries some examples, `make test-all` (`--lang`) many more."""

from collections.abc import Sequence
from typing import TypeVar

Case = TypeVar("Case")

look_long = False  # conftest.py sets it before the tests are collected


def tries(count: int) -> int:
    """Return how many examples a test tries: a third of a count, or four times as many."""
    return 4 * count if look_long else -(-count // 3)


def some(cases: Sequence[Case]) -> Sequence[Case]:
    """Return the cases that a test goes through: every third one, or all."""
    return cases if look_long else cases[::3]
