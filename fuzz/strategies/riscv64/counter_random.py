"""Random numbers that are a pure function of (seed, case, site).

The generator is SplitMix64 (Steele, Lea, Flood: "Fast splittable pseudorandom number generators", OOPSLA 2014) used by
counter: each case has a key, and word `site` of a case is the mixed value of `key + (site + 1) * GOLDEN`. So case i of
a seed needs none of the cases before it, and no numpy random machinery is involved: the same bits come out of every
numpy version on every platform.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

GOLDEN: Final = 0x9E37_79B9_7F4A_7C15
MASK64: Final = (1 << 64) - 1
FIRST: Final = np.uint64(0xBF58_476D_1CE4_E5B9)
SECOND: Final = np.uint64(0x94D0_49BB_1331_11EB)
_BLOCK_WORDS: Final = 16384
"""Words mixed at once: few enough to stay in the second-level cache over all eight steps."""
_CASE_STRIDE: Final = 0xD1B5_4A32_D192_ED03


def mixed(word: int) -> int:
    """SplitMix64's finaliser of one 64-bit integer."""
    word &= MASK64
    word = (word ^ word >> 30) * int(FIRST) & MASK64
    word = (word ^ word >> 27) * int(SECOND) & MASK64
    return word ^ word >> 31


def mix(words: NDArray[np.uint64], scratch: NDArray[np.uint64] | None = None) -> NDArray[np.uint64]:
    """SplitMix64's finaliser of every element, in place; returns `words`. `scratch` is of the same shape."""
    shifted = np.right_shift(words, np.uint64(30), out=scratch)
    words ^= shifted
    words *= FIRST
    np.right_shift(words, np.uint64(27), out=shifted)
    words ^= shifted
    words *= SECOND
    np.right_shift(words, np.uint64(31), out=shifted)
    words ^= shifted
    return words


def case_keys(seed: int, first_index: int, count: int) -> NDArray[np.uint64]:
    """(count,) keys of the cases `first_index …` of `seed`.

    Raises:
        ValueError: a negative seed, index or count.
    """
    if seed < 0 or first_index < 0 or count < 0:
        raise ValueError(f"seed {seed}, first_index {first_index} and count {count} must not be negative")
    root = mixed(mixed(seed & MASK64) ^ mixed((seed >> 64) + GOLDEN & MASK64))
    index = np.arange(count, dtype=np.uint64)
    index += np.uint64(first_index & MASK64)
    index *= np.uint64(_CASE_STRIDE)
    index += np.uint64(root)
    return mix(index)


def words(keys: NDArray[np.uint64], first_site: int, count: int) -> NDArray[np.uint64]:
    """(N, count) words: those of sites `first_site … first_site + count - 1` of each case."""
    sites = np.arange(first_site + 1, first_site + count + 1, dtype=np.uint64) * np.uint64(GOLDEN)
    result = np.empty((len(keys), count), np.uint64)
    rows = max(1, _BLOCK_WORDS // max(count, 1))
    scratch = np.empty((min(rows, len(keys)), count), np.uint64)
    for row in range(0, len(keys), rows):
        block = result[row : row + rows]
        np.add(keys[row : row + rows, None], sites, out=block)
        mix(block, scratch[: len(block)])
    return result


class Stream:
    """The words of one key, one after the other, for small tables built at import."""

    def __init__(self, key: int) -> None:
        self._key = mixed(key)
        self._site = 0

    def word(self) -> int:
        self._site += 1
        return mixed(self._key + self._site * GOLDEN)

    def below(self, bound: int) -> int:
        """An integer in `range(bound)`; the bias is below 2**-32 for the small bounds used here."""
        return (self.word() >> 32) * bound >> 32
