"""The LLVM tier of our RISC-V machine as an executor: compiles what it meets at once, in a small code cache."""

from __future__ import annotations

from engines.vm.guests.riscv64.state import Hart, word_of
from engines.vm.tiers.llvm.tier import LlvmTier
from engines.vm.tiers.stop import NO_LIMIT, Stop
from harness.subjects.riscv64_reference import ReferenceExecutor

FIRST_SLICE_INSNS = 64
"""A whole block fits, which a shorter slice would interpret; programs that leave their first region ask for more."""
CACHE_BYTES = 1 << 17
"""A code cache that programs fill again and again."""
_PC, _FRM = word_of("pc"), word_of("frm")


class EagerLlvmTier(LlvmTier):
    """Compiles the region of the first instruction before that runs, and samples each run alike: what a program shows
    does not depend on those before it."""

    def __init__(self, slice_insns: int = FIRST_SLICE_INSNS) -> None:
        super().__init__(
            slice_insns=slice_insns,
            capacity_bytes=CACHE_BYTES,
            batch=1,
            only_executed=False,
            background=False,
        )

    def run(self, hart: Hart, limit_insns: int = NO_LIMIT) -> Stop:
        """As `LlvmTier.run`, from compiled code where the first instruction can be compiled."""
        self._slice = self._left = self._first
        self._inside = self._window = 0
        pc = hart.words[_PC]
        if not self.unavailable and pc < hart.memory.limit and self._has_llvm():
            space = self.space(hart.memory)
            if pc not in space.heads:
                self.request(space, pc, hart.words[_FRM])
        return super().run(hart, limit_insns)


class LlvmExecutor(ReferenceExecutor):
    """Runs machine cases on `engines.vm.tiers.llvm`, with no threshold."""

    name = "riscv64-llvm"

    def __init__(self) -> None:
        super().__init__(EagerLlvmTier())
