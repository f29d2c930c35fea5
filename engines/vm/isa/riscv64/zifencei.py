"""Zifencei, the instruction-fetch fence (Unprivileged ISA chapter 6)."""

from __future__ import annotations

from typing import Final

from engines.vm.isa.describe import Extension
from engines.vm.isa.machine import Machine
from engines.vm.isa.riscv64.fields import FIELDS, MANUAL

ZIFENCEI: Final = Extension("Zifencei", MANUAL, FIELDS)


@ZIFENCEI.clause(
    "6",
    """
    fence.i | imm[11:0] rs1 001 rd 0001111 | - | Makes earlier stores visible to later instruction fetches.
    """,
)
def fence_i(m: Machine, op: str) -> None:
    """imm, rs1 and rd "are reserved for finer-grain fences in future extensions"; implementations "shall ignore these
    fields"."""
    m.fence_i()
