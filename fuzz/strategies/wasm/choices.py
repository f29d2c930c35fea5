"""The choice sequence: where all randomness of a generated module comes from."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Final, TypeVar

Item = TypeVar("Item")

CHOICE_LIMIT: Final = 1 << 32
"""Choices are below this; wider numbers take two."""


class ChoiceSequence:
    """Draws numbers from `given`, then from `seed`'s generator, or zeros without one; `drawn` is what was drawn.

    A module drawn from `ChoiceSequence(seed=s)` is drawn again, equal, from `ChoiceSequence(given=first.drawn)`.
    """

    def __init__(self, given: Sequence[int] = (), seed: int | None = None) -> None:
        self._given = given
        self._random = None if seed is None else random.Random(seed)
        self.drawn: list[int] = []

    def below(self, limit: int) -> int:
        """A number from 0 to `limit` - 1; 0 is the simplest."""
        position = len(self.drawn)
        if position < len(self._given):
            value = self._given[position] % limit
        elif self._random is not None:
            value = self._random.randrange(limit)
        else:
            value = 0
        self.drawn.append(value)
        return value

    def chance(self, one_in: int) -> bool:
        """True once in `one_in` draws; False is the simpler."""
        return self.below(one_in) == one_in - 1

    def pick(self, items: Sequence[Item]) -> Item:
        """One of `items`; the first is the simplest."""
        return items[self.below(len(items))]

    def weighted(self, items: Sequence[tuple[int, Item]]) -> Item:
        """One of `(weight, item)`; the first is the simplest."""
        position = self.below(sum(weight for weight, _ in items))
        for weight, item in items:
            position -= weight
            if position < 0:
                return item
        raise ValueError(f"weights {[weight for weight, _ in items]} are not positive")
