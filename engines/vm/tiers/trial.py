"""Whether LLVM's code is faster than the baseline code in its place: turns with the one and with the other.

Other work on the machine slows all code, for longer than a turn takes. So turns alternate, each is compared with the
one before it, and the middle one of these ratios counts.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

    from engines.vm.aot.image import StoredRegion

TURN_INSNS: Final = 12_000_000
"""A turn retires so many instructions, at least."""
PAIRS: Final = 9
LEAST_SHARE: Final = 0.2
"""A turn in which less is retired in the code says nothing for it; but against it, where what it replaced is missed."""
PASSES: Final = 0.95
"""LLVM's code must take this part of the time of baseline code, or less."""
TRUSTED: Final = 1.05
"""The same of functions that were translated: most are better, and so must be shown to be worse."""
SLOW: Final = 1.1
QUICK: Final = 0.85
"""Code that takes more than `SLOW` in each of `ENOUGH` pairs has failed, and passed if it takes less than `QUICK`."""
ENOUGH: Final = 3
PATIENCE: Final = 4
"""After so many pairs of turns in a row that said nothing, the program is elsewhere."""


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
        self._passes = PASSES
        self.other: list[StoredRegion] = []
        self._idle = 0
        self._with = self._share = 0.0
        self._clear()
        return regions

    def _clear(self) -> None:
        self._insns = self._inside = 0
        self._seconds = 0.0

    def begin(self, region: StoredRegion, without: list[StoredRegion], passes: float = PASSES) -> None:
        """`region` was installed, where `without` was before, and must take the part `passes` of its time or less. More
        of them may join a trial in its first turn."""
        if not self.regions:
            self.other, self._passes = without, passes
            self._clear()
        self.regions.append(region)

    def measure(self, insns: int, inside: int, seconds: float) -> bool:
        """`insns` retired in `seconds`, `inside` of them where the code is; whether the turn is over."""
        self._insns += insns
        self._inside += inside
        self._seconds += seconds
        return bool(self.regions) and self._insns >= TURN_INSNS

    def turn(self, installed: list[StoredRegion]) -> list[StoredRegion]:
        """The turn with `installed` is over; what to install for the next one."""
        rate = self._seconds / self._insns
        if self.uses:
            self._with, self._share = rate, self._inside / self._insns
        else:
            self._idle += 1
            ratio = self._with / rate
            if self._share >= LEAST_SHARE or ratio > SLOW:
                self.ratios.append(ratio)
                self._idle = 0
        self._clear()
        self.uses = not self.uses
        following, self.other = self.other, installed
        return following

    def verdict(self) -> bool | None:
        """Whether the code passes; None while that is not known."""
        if len(self.ratios) >= PAIRS:
            return sorted(self.ratios)[len(self.ratios) // 2] <= self._passes
        if len(self.ratios) >= ENOUGH and max(self.ratios) < QUICK:
            return True
        is_slow = len(self.ratios) >= ENOUGH and min(self.ratios) > SLOW
        return False if is_slow else None

    @property
    def is_idle(self) -> bool:
        """Whether the program does not spend its time in the code any more: to be tried at another time."""
        return self._idle >= PATIENCE


__all__ = ["ENOUGH", "PAIRS", "PASSES", "PATIENCE", "TRUSTED", "TURN_INSNS", "Trial"]
