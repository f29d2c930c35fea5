"""The judge of the comparison: canaries, and the agreement of what agreed before."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from typing import Final

import numpy as np

from fuzz.sabotage.judges import Budget, Kill, UnfitError
from fuzz.sabotage.judges.machine import Recorded, recorded
from harness.compare.canary import blind_spots
from harness.compare.machine import compare_batches
from harness.contract import BatchObservation
from harness.registry import create

BATCHES: Final = 24
"""Of the recorded ones: every profile has its turn twice."""


@dataclass(frozen=True, eq=False)
class _Seen:
    entry: Recorded
    honest: BatchObservation


class Comparison:
    """A comparison is found out when it misses planted differences, or sees some where there are none."""

    def __init__(self) -> None:
        self._seen: list[_Seen] = []

    def prepare(self) -> None:
        with closing(create("riscv64-interpreter", isolated=False)) as honest:
            self._seen = [_Seen(entry, honest.run_batch(entry.batch)) for entry in recorded()[:BATCHES]]
        for seen in self._seen[:2]:
            spots = blind_spots(seen.entry.batch, seen.honest, 0)
            if spots:
                raise UnfitError(f"without any bug, the comparison does not see {spots[0]}")

    def examine(self, budget: Budget) -> Kill | None:
        cases = 0
        for number, seen in enumerate(self._seen):
            cases += len(seen.entry.batch)
            spots = blind_spots(seen.entry.batch, seen.honest, number)
            if spots:
                return Kill("canaries", cases, f"the comparison does not see planted differences: {spots[0]}")
            comparison = compare_batches(seen.entry.batch, seen.honest, seen.entry.oracle)
            diverged = np.zeros(len(seen.entry.batch), np.bool_)
            diverged[comparison.diverged()] = True
            wrong = np.flatnonzero(diverged != seen.entry.excused)
            if len(wrong):
                return Kill("known agreement", cases, f"row {int(wrong[0])} of a batch that is known to agree")
            if comparison.discards():
                return Kill("known agreement", cases, f"discards: {comparison.discards()}")
        return None

    def noticed(self, how: str) -> Kill:
        """A comparison that raises stops every campaign."""
        return Kill("the comparison raises", 0, how.strip().splitlines()[-1])
