"""N-way voting: when executors disagree on a case, who stands against the majority?

Agreement is pairwise comparison, so executors that observe different fields can vote together. In each row, the largest
group whose members all agree with each other is the majority if it holds more than half of those that answered; the
others that diverge from it are guilty. Where there is no such group, nobody is named.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from harness.compare.machine import Row, compare_batches
from harness.contract import BatchObservation, End, MachineBatch


@dataclass(frozen=True, eq=False)
class Vote:
    """The outcome per row.

    Attributes:
        names: the voters, in order.
        guilty: (N, E) bool: voter e diverges from a majority.
        undecided: (N,) bool: somebody diverges, and there is no majority.
    """

    names: tuple[str, ...]
    guilty: NDArray[np.bool_]
    undecided: NDArray[np.bool_]

    def named(self, row: int) -> tuple[str, ...]:
        """The guilty ones of one row."""
        return tuple(name for name, guilty in zip(self.names, self.guilty[row], strict=True) if guilty)


def vote(batch: MachineBatch, observations: Mapping[str, BatchObservation]) -> Vote:
    """Let the executors of `observations` vote on every case of `batch`.

    Raises:
        ValueError: fewer than two voters.
    """
    names = tuple(observations)
    if len(names) < 2:
        raise ValueError(f"a vote needs at least two executors, got {', '.join(names) or 'none'}")
    count, voters = len(batch), len(names)
    answered = np.stack([observations[name].end != End.REFUSED for name in names], axis=1)
    pairs = list(combinations(range(voters), 2))
    verdicts = np.stack(
        [compare_batches(batch, observations[names[a]], observations[names[b]]).verdict for a, b in pairs], axis=1
    )
    guilty = np.zeros((count, voters), np.bool_)
    undecided = np.zeros(count, np.bool_)
    disputed = np.flatnonzero((verdicts == Row.DIVERGED).any(axis=1))
    if not len(disputed):
        return Vote(names, guilty, undecided)
    patterns = np.concatenate((verdicts[disputed], answered[disputed].astype(np.uint8)), axis=1)
    unique, inverse = np.unique(patterns, axis=0, return_inverse=True)
    for index, pattern in enumerate(unique):
        rows = disputed[inverse.reshape(-1) == index]
        verdict_of = {pair: int(v) for pair, v in zip(pairs, pattern, strict=False)}
        present = [e for e in range(voters) if pattern[len(pairs) + e]]
        named = _guilty(present, verdict_of)
        undecided[rows] = named is None
        for voter in named or ():
            guilty[rows, voter] = True
    return Vote(names, guilty, undecided)


def _guilty(present: list[int], verdict_of: Mapping[tuple[int, int], int]) -> tuple[int, ...] | None:
    """The voters against the largest agreeing group of more than half; None where there is none, or several that name
    different ones (agreement is not transitive where fields are unobserved)."""
    for size in range(len(present), max(1, len(present) // 2), -1):
        outcomes = {
            tuple(
                e
                for e in present
                if e not in group and any(verdict_of[min(e, g), max(e, g)] == Row.DIVERGED for g in group)
            )
            for group in combinations(present, size)
            if all(verdict_of[pair] == Row.AGREE for pair in combinations(group, 2))
        }
        if outcomes:
            return outcomes.pop() if len(outcomes) == 1 else None
    return None
