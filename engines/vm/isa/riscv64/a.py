"""A, atomic instructions (Unprivileged ISA chapter 14).

The aq and rl bits order accesses among harts (§14.1); one hart sees its own accesses in program order, so semantics do
not take them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from engines.vm.isa.describe import Extension
from engines.vm.isa.machine import Machine, Reg
from engines.vm.isa.riscv64.fields import FIELDS, MANUAL

A: Final = Extension("A", MANUAL, FIELDS)

SIZE_BYTES: Final = {"w": 4, "d": 8}


def size_of(op: str) -> int:
    """Bytes that `amoadd.w`, `lr.d` … access."""
    return SIZE_BYTES[op.rpartition(".")[2]]


@A.clause(
    "14.2",
    """
    lr.w | 00010 aq rl 00000 rs1 010 rd 0101111 | rd, (rs1) | Loads 32 bits, sign-extended, and reserves them.
    lr.d | 00010 aq rl 00000 rs1 011 rd 0101111 | rd, (rs1) | Loads 64 bits and reserves them.
    """,
)
def load_reserved(m: Machine, op: str, rd: Reg, rs1: Reg) -> None:
    """The address must be naturally aligned."""
    m.x[rd] = m.load_reserved(m.x[rs1], size_of(op)).sext(64)


@A.clause(
    "14.2",
    """
    sc.w | 00011 aq rl rs2 rs1 010 rd 0101111 | rd, rs2, (rs1) | Stores 32 bits if they are still reserved.
    sc.d | 00011 aq rl rs2 rs1 011 rd 0101111 | rd, rs2, (rs1) | Stores 64 bits if they are still reserved.
    """,
)
def store_conditional(m: Machine, op: str, rd: Reg, rs1: Reg, rs2: Reg) -> None:
    """rd is 0 on success and 1 on failure. Either way the reservation is gone."""
    m.x[rd] = m.store_conditional(m.x[rs1], m.x[rs2].trunc(8 * size_of(op)))


UPDATE: Final[dict[str, Callable[[Any, Any], Any]]] = {
    "amoswap": lambda old, operand: operand,
    "amoadd": lambda old, operand: old + operand,
    "amoxor": lambda old, operand: old ^ operand,
    "amoand": lambda old, operand: old & operand,
    "amoor": lambda old, operand: old | operand,
    "amomin": lambda old, operand: old.slt(operand).select(old, operand),
    "amomax": lambda old, operand: operand.slt(old).select(old, operand),
    "amominu": lambda old, operand: old.ult(operand).select(old, operand),
    "amomaxu": lambda old, operand: operand.ult(old).select(old, operand),
}


@A.clause(
    "14.4",
    """
    amoswap.w | 00001 aq rl rs2 rs1 010 rd 0101111 | rd, rs2, (rs1) | Swaps 32 bits.
    amoadd.w  | 00000 aq rl rs2 rs1 010 rd 0101111 | rd, rs2, (rs1) | Adds to 32 bits in memory.
    amoxor.w  | 00100 aq rl rs2 rs1 010 rd 0101111 | rd, rs2, (rs1) | Exclusive-ors into 32 bits in memory.
    amoand.w  | 01100 aq rl rs2 rs1 010 rd 0101111 | rd, rs2, (rs1) | Ands into 32 bits in memory.
    amoor.w   | 01000 aq rl rs2 rs1 010 rd 0101111 | rd, rs2, (rs1) | Ors into 32 bits in memory.
    amomin.w  | 10000 aq rl rs2 rs1 010 rd 0101111 | rd, rs2, (rs1) | Signed minimum into 32 bits in memory.
    amomax.w  | 10100 aq rl rs2 rs1 010 rd 0101111 | rd, rs2, (rs1) | Signed maximum into 32 bits in memory.
    amominu.w | 11000 aq rl rs2 rs1 010 rd 0101111 | rd, rs2, (rs1) | Unsigned minimum into 32 bits in memory.
    amomaxu.w | 11100 aq rl rs2 rs1 010 rd 0101111 | rd, rs2, (rs1) | Unsigned maximum into 32 bits in memory.
    amoswap.d | 00001 aq rl rs2 rs1 011 rd 0101111 | rd, rs2, (rs1) | Swaps 64 bits.
    amoadd.d  | 00000 aq rl rs2 rs1 011 rd 0101111 | rd, rs2, (rs1) | Adds to 64 bits in memory.
    amoxor.d  | 00100 aq rl rs2 rs1 011 rd 0101111 | rd, rs2, (rs1) | Exclusive-ors into 64 bits in memory.
    amoand.d  | 01100 aq rl rs2 rs1 011 rd 0101111 | rd, rs2, (rs1) | Ands into 64 bits in memory.
    amoor.d   | 01000 aq rl rs2 rs1 011 rd 0101111 | rd, rs2, (rs1) | Ors into 64 bits in memory.
    amomin.d  | 10000 aq rl rs2 rs1 011 rd 0101111 | rd, rs2, (rs1) | Signed minimum into 64 bits in memory.
    amomax.d  | 10100 aq rl rs2 rs1 011 rd 0101111 | rd, rs2, (rs1) | Signed maximum into 64 bits in memory.
    amominu.d | 11000 aq rl rs2 rs1 011 rd 0101111 | rd, rs2, (rs1) | Unsigned minimum into 64 bits in memory.
    amomaxu.d | 11100 aq rl rs2 rs1 011 rd 0101111 | rd, rs2, (rs1) | Unsigned maximum into 64 bits in memory.
    """,
)
def atomic_memory_operation(m: Machine, op: str, rd: Reg, rs1: Reg, rs2: Reg) -> None:
    """rd gets the old value, sign-extended for .w even where the comparison is unsigned."""
    size_bytes = size_of(op)
    update = UPDATE[op.partition(".")[0]]
    old = m.amo(m.x[rs1], size_bytes, update, m.x[rs2].trunc(8 * size_bytes))
    m.x[rd] = old.sext(64)
