"""Zicsr, control and status register instructions (Unprivileged ISA chapter 7)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from engines.vm.isa.algebra import Value
from engines.vm.isa.describe import Extension
from engines.vm.isa.machine import Machine, Reg
from engines.vm.isa.riscv64.fields import FIELDS, MANUAL

ZICSR: Final = Extension("Zicsr", MANUAL, FIELDS)

UPDATE: Final[dict[str, Callable[[Any, Any], Any]]] = {
    "csrrw": lambda old, operand: operand,
    "csrrs": lambda old, operand: old | operand,
    "csrrc": lambda old, operand: old & ~operand,
}


@ZICSR.clause(
    "7.1",
    """
    csrrw  | csr rs1 001 rd 1110011  | rd, csr, rs1  | Reads a CSR and writes it.
    csrrs  | csr rs1 010 rd 1110011  | rd, csr, rs1  | Reads a CSR and sets the bits of a mask.
    csrrc  | csr rs1 011 rd 1110011  | rd, csr, rs1  | Reads a CSR and clears the bits of a mask.
    """,
)
def csr_register(m: Machine, op: str, rd: Reg, csr: Value, rs1: Reg) -> None:
    """csrrw with rd = x0 does not read; csrrs and csrrc with rs1 = x0 do not write, even though a mask of 0 held in
    another register does, and so traps on a read-only CSR."""
    operand = m.x[rs1]
    always = m.const(1, 1)
    swap = op == "csrrw"
    m.csr_exchange(
        csr,
        rd,
        lambda old: UPDATE[op](old, operand),
        reads=~m.is_x0(rd) if swap else always,
        writes=always if swap else ~m.is_x0(rs1),
    )


@ZICSR.clause(
    "7.1",
    """
    csrrwi | csr uimm[4:0] 101 rd 1110011 | rd, csr, uimm | Reads a CSR and writes a 5-bit constant.
    csrrsi | csr uimm[4:0] 110 rd 1110011 | rd, csr, uimm | Reads a CSR and sets the bits of a 5-bit constant.
    csrrci | csr uimm[4:0] 111 rd 1110011 | rd, csr, uimm | Reads a CSR and clears the bits of a 5-bit constant.
    """,
)
def csr_immediate(m: Machine, op: str, rd: Reg, csr: Value, uimm: Value) -> None:
    """The constant is zero-extended; csrrsi and csrrci with 0 do not write, csrrwi with rd = x0 does not read."""
    always = m.const(1, 1)
    swap = op == "csrrwi"
    m.csr_exchange(
        csr,
        rd,
        lambda old: UPDATE[op[:-1]](old, uimm),
        reads=~m.is_x0(rd) if swap else always,
        writes=always if swap else uimm.ne(0),
    )
