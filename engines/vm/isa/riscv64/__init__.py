"""RISC-V, 64 bits: one file per extension, as the manuals name them."""

from __future__ import annotations

from typing import Final

from engines.vm.isa.describe import InstructionSet
from engines.vm.isa.riscv64.i import I

INSTRUCTIONS: Final = InstructionSet(I)
"""Every instruction of this ISA."""

__all__ = ["INSTRUCTIONS"]
