"""Whether LLVM's code is faster than the baseline code in its place: turns with the one and with the other.

Other work on the machine slows all code, for longer than a turn takes. So turns alternate, each is compared with the
one before it, and the middle one of these ratios counts.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

    from engines.vm.aot.image import StoredRegion

TURN_INSNS: Final = 6_000_000
"""A turn retires so many instructions, at least."""
PAIRS: Final = 9
LEAST_SHARE: Final = 0.2
"""A turn in which LLVM's code retires less says nothing about it."""
PASSES: Final = 0.95
"""LLVM's code must take this part of the time of baseline code, or less."""
PATIENCE: Final = 30
"""Pairs of turns after which a trial without a verdict is over."""


class Trial:
    """Compares two layouts of installed code.

    Attributes:
        regions: LLVM's code on trial; empty while there is none. uses: whether the turn at hand has it installed.
        ratios: the time for an instruction with it, over that in the turn without it that followed.
        other: the regions that were installed in the turn before, oldest first.
    """

    def __init__(self) -> None:
        self.regions: list[StoredRegion] = []
        self.end()

    def end(self) -> list[StoredRegion]:
        """The code that was on trial, which is over."""
        regions, self.regions = self.regions, []
        self.uses = True
        self.ratios: list[float] = []
        self.other: list[StoredRegion] = []
        self._pairs = 0
        self._with: float | None = None
        self._clear()
        return regions

    def _clear(self) -> None:
        self._insns = self._inside = 0
        self._seconds = 0.0

    def begin(self, region: StoredRegion, without: list[StoredRegion]) -> None:
        """`region` was installed, where `without` was before. More of them may join a trial in its first turn."""
        if not self.regions:
            self.other = without
            self._clear()
        self.regions.append(region)

    def measure(self, insns: int, inside: int, seconds: float) -> bool:
        """`insns` retired in `seconds`, `inside` of them in LLVM's code; whether the turn is over."""
        self._insns += insns
        self._inside += inside
        self._seconds += seconds
        return bool(self.regions) and self._insns >= TURN_INSNS

    def turn(self, installed: list[StoredRegion]) -> list[StoredRegion]:
        """The turn with `installed` is over; what to install for the next one."""
        rate, share = self._seconds / self._insns, self._inside / self._insns
        if self.uses:
            self._with = rate if share >= LEAST_SHARE else None
        else:
            self._pairs += 1
            if self._with is not None:
                self.ratios.append(self._with / rate)
        self._clear()
        self.uses = not self.uses
        following, self.other = self.other, installed
        return following

    def verdict(self) -> bool | None:
        """Whether the code passes; None while that is not known."""
        if len(self.ratios) < PAIRS:
            return None
        return sorted(self.ratios)[len(self.ratios) // 2] <= PASSES

    @property
    def is_stuck(self) -> bool:
        """Whether there will be no verdict: the program does not spend its time in this code."""
        return self._pairs >= PATIENCE


__all__ = ["PAIRS", "TURN_INSNS", "Trial"]
