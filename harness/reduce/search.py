"""The state of a search for a smaller case: the best so far, and the tests that may replace it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from harness.contract import MachineCase
from harness.reduce import riscv64

Signature: TypeAlias = Callable[[MachineCase], str | None]
"""The signature of the divergence that a case shows, or None when the executors agree on it."""


class Search:
    """The best case so far, and how many candidates may still be tried.

    Raises:
        ValueError: the start does not diverge.
    """

    def __init__(self, case: MachineCase, signature_of: Signature, max_attempts: int) -> None:
        found = signature_of(case)
        if found is None:
            raise ValueError("the case does not diverge, so there is nothing to reduce")
        self.best = case
        self.signature = found
        self.signature_of = signature_of
        self.left = max_attempts
        self.attempts = 0

    def keep(self, candidate: MachineCase) -> bool:
        """Replace the best case by `candidate` if that still shows the signature."""
        found = self._signature(candidate)
        if found != self.signature:
            return False
        self.best = candidate
        return True

    def refine(self, candidate: MachineCase) -> bool:
        """Replace the best case by `candidate` if that diverges at all, and go on with what it shows."""
        found = self._signature(candidate)
        if found is None:
            return False
        self.best, self.signature = candidate, found
        return True

    def _signature(self, candidate: MachineCase) -> str | None:
        """Of one more candidate; None where there may be no more."""
        if self.left == 0:
            return None
        self.left -= 1
        self.attempts += 1
        return self.signature_of(candidate)


def instruction_count(case: MachineCase) -> int:
    """Instructions in the code, a closing `ebreak` not counted."""
    instructions = riscv64.split(case.code)
    return len(instructions) - (instructions[-1:] == [riscv64.EBREAK])
