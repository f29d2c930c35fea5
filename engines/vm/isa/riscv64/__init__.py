"""RISC-V, 64 bits: RV64IMAFDC, Zicsr and Zifencei; one file per extension, as the manuals name them.

V is an option, and takes time to read: `vector_coding` has the table with it.
"""

from __future__ import annotations

from typing import Final

from engines.vm.isa.describe import InstructionSet
from engines.vm.isa.riscv64.a import A
from engines.vm.isa.riscv64.c import C
from engines.vm.isa.riscv64.d import D
from engines.vm.isa.riscv64.f import F
from engines.vm.isa.riscv64.i import I
from engines.vm.isa.riscv64.m import M
from engines.vm.isa.riscv64.zicsr import ZICSR
from engines.vm.isa.riscv64.zifencei import ZIFENCEI

EXTENSIONS: Final = (I, ZIFENCEI, ZICSR, M, A, F, D, C)

INSTRUCTIONS: Final = InstructionSet(*EXTENSIONS)
"""Every instruction of this ISA."""

__all__ = ["EXTENSIONS", "INSTRUCTIONS"]
