"""How long a test looks: `make test-all` (`--lang`) tries more examples than `make test`."""

# Tests wait for a state; what is not there after this long hangs, also on a busy machine.
HANGS_SECONDS = 600

look_long = False  # conftest.py sets it before the tests are collected


def tries(count: int) -> int:
    """Return how many examples a test tries: a count, or four times as many."""
    return 4 * count if look_long else count
