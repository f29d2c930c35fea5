"""The LLVM tier of our RISC-V machine as an executor: compiles what it meets at once, in a small code cache."""

from __future__ import annotations

from engines.vm.tiers.llvm.tier import LlvmTier
from harness.subjects.riscv64_reference import ReferenceExecutor

FIRST_SLICE_INSNS = 3
"""So short a first slice compiles what each program does from its fourth instruction on."""
CACHE_BYTES = 1 << 17
"""A code cache that programs fill again and again."""


class LlvmExecutor(ReferenceExecutor):
    """Runs machine cases on `engines.vm.tiers.llvm`, with no threshold."""

    name = "riscv64-llvm"

    def __init__(self) -> None:
        tier = LlvmTier(slice_insns=FIRST_SLICE_INSNS, capacity_bytes=CACHE_BYTES, hot=1, only_executed=False)
        super().__init__(tier)
