"""How long a test looks: `make test` tries some examples, `make test-all` (`--lang`) many more."""

look_long = False  # conftest.py sets it before the tests are collected


def tries(count: int) -> int:
    """Return how many examples a test tries: a third of a count, or four times as many."""
    return 4 * count if look_long else -(-count // 3)
