"""Matches on numbers and characters: which values the arms so far take.

A sorted list of ranges tells it in few steps per arm, where the general rule (`exhaustiveness`) looks at every
arm before.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from typing import Final

from engines.rustwasm.typing import types as ty

SURROGATES: Final = range(0xD800, 0xE000)
"""What lies between two characters and is none (The Rust Reference, "Textual types")."""


class MatchedValues:
    """The values of an integer type, or of `char`, that were taken, as ranges with something between any two."""

    def __init__(self, kind: int) -> None:
        self._of_characters = kind == ty.CHAR
        self._starts: list[int] = []
        self._ends: list[int] = []

    def _place(self, value: int) -> int:
        """The value's place among those of its type: characters beside the surrogates are neighbours."""
        if not self._of_characters or value < SURROGATES[0]:
            return value
        return max(value, SURROGATES[-1] + 1) - len(SURROGATES)

    def _value(self, place: int) -> int:
        return place if not self._of_characters or place < SURROGATES[0] else place + len(SURROGATES)

    def missing(self, low: int, high: int) -> tuple[int, int] | None:
        """The first and last of the first values of a range that were not taken; None where all were."""
        low, high = self._place(low), self._place(high)
        at = bisect_right(self._starts, low) - 1
        if at >= 0:
            low = max(low, self._ends[at] + 1)
        if low > high:
            return None
        after = at + 1
        if after < len(self._starts):
            high = min(high, self._starts[after] - 1)
        return self._value(low), self._value(high)

    def take(self, low: int, high: int) -> None:
        """Let the values of a range be taken."""
        if low > high:
            return
        low, high = self._place(low), self._place(high)
        first, behind = bisect_left(self._ends, low - 1), bisect_right(self._starts, high + 1)
        if first < behind:
            low, high = min(low, self._starts[first]), max(high, self._ends[behind - 1])
        self._starts[first:behind] = [low]
        self._ends[first:behind] = [high]
