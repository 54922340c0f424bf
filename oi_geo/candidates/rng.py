"""Random numbers for compiled code: xoshiro256++, the same on every machine.

References
----------
Blackman, D. & Vigna, S. (2021). Scrambled linear pseudorandom number generators. ACM Transactions
on Mathematical Software 47(4), 36.
"""

import numpy as np
from numba import njit
from numpy.typing import NDArray

State = NDArray[np.uint64]


def states(seed: int, count: int) -> list[State]:
    """Make independent generator states from one seed, by numpy's SeedSequence."""
    children = np.random.SeedSequence(seed).spawn(count)
    return [child.generate_state(4, np.uint64).astype(np.uint64) for child in children]


@njit(cache=True, nogil=True, inline="always")
def _rotated(x: np.uint64, k: int) -> np.uint64:
    return (x << np.uint64(k)) | (x >> np.uint64(64 - k))


@njit(cache=True, nogil=True)
def next_bits(state: State) -> np.uint64:
    """Return 64 random bits and move the state (four uint64) on."""
    result = _rotated(state[0] + state[3], 23) + state[0]
    shifted = state[1] << np.uint64(17)
    state[2] ^= state[0]
    state[3] ^= state[1]
    state[1] ^= state[2]
    state[0] ^= state[3]
    state[2] ^= shifted
    state[3] = _rotated(state[3], 45)
    return result


@njit(cache=True, nogil=True)
def uniform(state: State) -> float:
    """Return a float64 in [0, 1) with 53 random bits."""
    return (next_bits(state) >> np.uint64(11)) * (1.0 / 9007199254740992.0)


@njit(cache=True, nogil=True)
def below(state: State, n: int) -> int:
    """Return an integer in [0, n) for n < 2**31; the bias is below 2**-32."""
    high = next_bits(state) >> np.uint64(32)
    return int((high * np.uint64(n)) >> np.uint64(32))
