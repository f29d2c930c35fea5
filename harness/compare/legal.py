"""Legal differences: answers of which the manual allows more than one, as data.

Each entry names one trap and the trap values that the manual allows for it. Two observations whose trap values differ,
but are both allowed, agree in `tval`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np
from numpy.typing import NDArray

from harness.contract import BatchObservation, MachineBatch, MachineCase, Trap


class TrapValue(StrEnum):
    """What a trap value may stand for."""

    ZERO = "zero"
    INSTRUCTION_BITS = "the instruction's bits"
    PC = "the instruction's address"


@dataclass(frozen=True)
class LegalDifference:
    """Trap values that the manual allows for one trap of one ISA.

    Attributes:
        name: short, for reports.
        isa: key of `STATE_DTYPES`.
        trap: the trap that this is about.
        allowed: every value that is right.
        source: document and section.
        sentence: the words that allow it.
    """

    name: str
    isa: str
    trap: Trap
    allowed: frozenset[TrapValue]
    source: str
    sentence: str


LEGAL_DIFFERENCES: Final = (
    LegalDifference(
        name="illegal instruction: tval is 0 or the bits",
        isa="riscv64",
        trap=Trap.ILLEGAL_INSTRUCTION,
        allowed=frozenset({TrapValue.ZERO, TrapValue.INSTRUCTION_BITS}),
        source="RISC-V Privileged ISA, §3.1.16 Machine Trap Value Register",
        sentence="The mtval register can optionally also be used to return the faulting instruction bits on an "
        "illegal-instruction exception.",
    ),
    LegalDifference(
        name="breakpoint: tval is 0 or the address",
        isa="riscv64",
        trap=Trap.BREAKPOINT,
        allowed=frozenset({TrapValue.ZERO, TrapValue.PC}),
        source="RISC-V Privileged ISA, §3.1.16 Machine Trap Value Register",
        sentence="If mtval is written with a nonzero value when a breakpoint, address-misaligned, access-fault, or "
        "page-fault exception occurs on an instruction fetch, load, or store, then mtval will contain the faulting "
        "virtual address.",
    ),
)


def allowed_trap_values(isa: str, trap: Trap) -> frozenset[TrapValue]:
    """Every trap value that the manual allows where it allows several; empty where it allows one only."""
    found: frozenset[TrapValue] = frozenset()
    for entry in LEGAL_DIFFERENCES:
        if entry.isa == isa and entry.trap == trap:
            found |= entry.allowed
    return found


def instruction_bits(case: MachineCase, pc: int) -> int:
    """The bits of the instruction at `pc`: 16 of them where the encoding says so, zero outside the case's code."""
    offset = pc - case.code_address
    if not 0 <= offset < len(case.code):
        return 0
    word = int.from_bytes(case.code[offset : offset + 4], "little")
    return word if word & 3 == 3 else word & 0xFFFF


def batch_instruction_bits(batch: MachineBatch, rows: NDArray[np.intp], pc: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """`instruction_bits` of case `rows[i]` at `pc[i]`, all at once."""
    width = batch.code.shape[1]
    offset = pc - batch.code_address[rows]
    inside = offset < batch.code_bytes[rows]
    start = np.where(inside, offset, np.uint64(0)).astype(np.intp)
    word = np.zeros(len(rows), np.uint64)
    for byte in range(4):
        at = start + byte
        defined = inside & (at < batch.code_bytes[rows])
        value = batch.code[rows, np.minimum(at, width - 1)].astype(np.uint64)
        word |= np.where(defined, value << np.uint64(8 * byte), np.uint64(0))
    wide = (word & np.uint64(3)) == np.uint64(3)
    return np.where(wide, word, word & np.uint64(0xFFFF))


def legal_trap_value_rows(
    batch: MachineBatch, subject: BatchObservation, oracle: BatchObservation, rows: NDArray[np.intp]
) -> NDArray[np.bool_]:
    """For `rows`, whose trap is the same on both sides: may the trap values differ as they do?"""
    legal = np.zeros(len(rows), np.bool_)
    for trap_number in np.unique(subject.trap[rows]):
        allowed = allowed_trap_values(batch.isa, Trap(int(trap_number)))
        if not allowed:
            continue
        here = np.flatnonzero(subject.trap[rows] == trap_number)
        both = np.ones(len(here), np.bool_)
        for side in (subject, oracle):
            one = np.zeros(len(here), np.bool_)
            for value in sorted(allowed):
                one |= side.tval[rows[here]] == _expected(value, batch, side, rows[here])
            both &= one
        legal[here] = both
    return legal


def _expected(
    value: TrapValue, batch: MachineBatch, side: BatchObservation, rows: NDArray[np.intp]
) -> NDArray[np.uint64]:
    pc: NDArray[np.uint64] = side.state["pc"][rows]
    if value is TrapValue.ZERO:
        return np.zeros(len(rows), np.uint64)
    if value is TrapValue.PC:
        return pc
    return batch_instruction_bits(batch, rows, pc)
