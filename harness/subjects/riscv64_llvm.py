"""The LLVM tier of our RISC-V machine as an executor: compiles what it meets at once, in a small code cache."""

from __future__ import annotations

from engines.vm.tiers.llvm.tier import LlvmTier
from harness.subjects.riscv64_reference import ReferenceExecutor

FIRST_SLICE_INSNS = 20
"""So short a first slice makes each program ask for several regions."""
CACHE_BYTES = 1 << 17
"""A code cache that programs fill again and again."""


class LlvmExecutor(ReferenceExecutor):
    """Runs machine cases on `engines.vm.tiers.llvm`, with no threshold."""

    name = "riscv64-llvm"

    def __init__(self) -> None:
        super().__init__(
            LlvmTier(
                slice_insns=FIRST_SLICE_INSNS,
                capacity_bytes=CACHE_BYTES,
                batch=1,
                only_executed=False,
                background=False,
            )
        )
