"""The baseline compiler of our RISC-V machine as an executor: compiles what it meets at once, checks allocations."""

from __future__ import annotations

import math

from engines.vm.tiers.baseline.compiler import Options
from engines.vm.tiers.baseline.tier import BaselineTier
from harness.subjects.riscv64_reference import ReferenceExecutor

FIRST_SLICE_INSNS = 0
"""So short a first slice compiles the first instruction of each program, and what follows from there."""
CACHE_BYTES = 1 << 16
"""A code cache that programs fill again and again."""


class BaselineExecutor(ReferenceExecutor):
    """Runs machine cases on `engines.vm.tiers.baseline`, with no threshold and a small code cache."""

    name = "riscv64-baseline"

    def __init__(self) -> None:
        options = Options(check=True)
        tier = BaselineTier(options, FIRST_SLICE_INSNS, CACHE_BYTES, share=math.inf)
        super().__init__(tier)
