"""Gadgets that compute: integer, multiply, floating point, CSRs, the accumulator."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from fuzz.strategies.riscv64.assembly import Group, Words, register_immediate, register_register
from fuzz.strategies.riscv64.encodings import HINTS
from fuzz.strategies.riscv64.gadgets import Kind
from fuzz.strategies.riscv64.instructions import (
    DESTINATION_MASK,
    DESTINATION_MODE,
    DESTINATION_SHIFT,
    IMMEDIATE,
    IMMEDIATE_SHIFT,
    MATCH,
    REGISTERS,
    REQUIRED_BIT,
    SOURCE2_MASK,
    SOURCE2_REQUIRED,
    match_of,
    pool_entry,
)
from fuzz.strategies.riscv64.program_layout import Index
from fuzz.strategies.riscv64.registers import DestinationMode

_U: Final = np.uint32
_LEGAL_ROUNDING: Final = np.array([0, 1, 2, 3, 4, 7, 7, 7], np.uint32) << _U(12)
FRM: Final = 2
FCSR: Final = 3


def operation(group: Group, number: Index, rd: Words, rounding: Words) -> Words:
    """One 32-bit computing instruction for each member; `rounding` already at bits 14:12."""
    registers = rd << _U(7)
    registers |= rounding
    registers |= group.operands
    registers &= REGISTERS.take(number)
    registers |= MATCH.take(number)
    immediate = group.raw("imm") << IMMEDIATE_SHIFT.take(number)
    immediate &= IMMEDIATE.take(number)
    registers |= immediate
    return registers


def legal_rounding(group: Group) -> Words:
    return _LEGAL_ROUNDING.take(group.raw("rm") & np.uint8(7))


def compressed_fields(group: Group, number: Index) -> Words:
    """Everything of a 16-bit instruction except a base register."""
    half = group.destination("rd", DESTINATION_MODE.take(number)) << DESTINATION_SHIFT.take(number)
    half &= DESTINATION_MASK.take(number)
    half |= MATCH.take(number)
    source = group.field("rs2") << _U(2)
    source &= SOURCE2_MASK.take(number)
    source |= SOURCE2_REQUIRED.take(number) * (source == 0)
    half |= source
    immediate = (group.raw("imm") ^ group.aux << _U(5)) & IMMEDIATE.take(number)
    immediate |= REQUIRED_BIT.take(number) * (immediate == 0)
    half |= immediate
    return half


def _op(group: Group) -> None:
    number = pool_entry(Kind.OP, group.raw("insn"))
    rd = group.destination("rd", DESTINATION_MODE.take(number))
    group.word(0, operation(group, number, rd, legal_rounding(group)))


def _compressed(group: Group) -> None:
    group.half(0, compressed_fields(group, pool_entry(Kind.COMPRESSED, group.raw("insn"))))


def _hint(group: Group) -> None:
    group.half(0, HINTS.take(group.raw("imm") % _U(len(HINTS))))


def _constant(group: Group) -> None:
    rd = group.destination("rd", DestinationMode.NONZERO)
    imm = group.raw("imm").astype(np.int64)
    group.word(0, register_immediate("addi", rd, 0, imm % 5 - 2))
    group.word(2, register_immediate("slli", rd, rd, (group.aux & _U(63)).astype(np.int64)))
    group.word(4, register_immediate("addi", rd, rd, group.raw("length").astype(np.int64) % 3 - 1))


def _folding(group: Group) -> Words:
    return group.choose(group.aux, ("xor", "add", "sub"))


def _fold(group: Group) -> None:
    accumulator = group.accumulator
    group.word(0, register_register(_folding(group), accumulator, accumulator, group.source("rs1")))


def _fold_float(group: Group) -> None:
    group.word(0, register_register(match_of("fmv_x_d"), group.temporary, group.source("rs1"), 0))
    group.word(2, register_register(_folding(group), group.accumulator, group.accumulator, group.temporary))


def _fold_flags(group: Group) -> None:
    group.word(0, register_immediate("csrrs", group.temporary, 0, FCSR))
    group.word(2, register_register(_folding(group), group.accumulator, group.accumulator, group.temporary))


def _mode(group: Group) -> Words:
    """A legal rounding mode, 0 … 4."""
    return group.raw("imm") % _U(5)


def _rounding(group: Group) -> None:
    group.word(0, register_immediate("csrrwi", group.destination(), _mode(group), FRM))


def _csr(group: Group) -> None:
    number = pool_entry(Kind.CSR, group.raw("insn"))
    which: NDArray[np.uint32] = group.aux % _U(3) + _U(1)
    group.word(0, MATCH.take(number) | group.destination() << _U(7) | group.source("rs1") << _U(15) | which << _U(20))
    # A legal rounding mode again; what the write left in frm is read, or nothing would ever see it.
    seen = np.where(group.aux & _U(4), group.destination(), group.temporary)
    group.word(2, register_immediate("csrrwi", seen, _mode(group), FRM))


def _csr_sequence(group: Group) -> None:
    """Forms and CSRs of both are independent of each other, so every pair comes."""
    for parcel, choice, which, rd, source in (
        (0, "insn", group.aux % _U(3), "rd", "rs1"),
        (2, "length", group.aux // _U(3) % _U(3), "rs3", "rs2"),
    ):
        match = MATCH.take(pool_entry(Kind.CSR_SEQUENCE, group.raw(choice)))
        registers = group.destination(rd) << _U(7) | group.source(source) << _U(15)
        group.word(parcel, match | registers | (which + _U(1)) << _U(20))
    group.word(4, register_immediate("csrrwi", group.temporary, _mode(group), FRM))


def _counter(group: Group) -> None:
    forms = group.choose(group.field("rm"), ("csrrs", "csrrc", "csrrsi", "csrrci"))
    group.word(0, forms | (group.aux % _U(3) + _U(0xC00)) << _U(20))


def _stack_op(group: Group) -> None:
    number = pool_entry(Kind.STACK_OP, group.raw("insn"))
    two = np.full(len(group), 2, np.uint32)
    group.word(0, operation(group, number, two, legal_rounding(group)))
    group.word(2, register_immediate("addi", 2, group.base, group.layout.stack.take(group.case)))


_ADJUSTMENTS: Final = tuple(16 * n for n in range(-31, 32) if n)


def _adjusting(imm: int) -> int:
    """The word of `c.addi16sp imm`: nzimm[9] 00010 nzimm[4|6|8:7|5]."""
    bit = [(imm >> b) & 1 for b in range(10)]
    return (
        int(match_of("c_addi16sp")) | bit[9] << 12 | bit[4] << 6 | bit[6] << 5 | bit[8] << 4 | bit[7] << 3 | bit[5] << 2
    )


_ADJUST: Final = np.array([_adjusting(n) for n in _ADJUSTMENTS], np.uint16)
_ADJUST_BACK: Final = np.array([_adjusting(-n) for n in _ADJUSTMENTS], np.uint16)


def _stack_adjust(group: Group) -> None:
    which = group.raw("imm") % _U(len(_ADJUST))
    group.half(0, _ADJUST.take(which))
    group.half(1, _ADJUST_BACK.take(which))


EMITTERS: Final = {
    Kind.OP: _op,
    Kind.COMPRESSED: _compressed,
    Kind.HINT: _hint,
    Kind.CONSTANT: _constant,
    Kind.FOLD: _fold,
    Kind.FOLD_FLOAT: _fold_float,
    Kind.FOLD_FLAGS: _fold_flags,
    Kind.ROUNDING: _rounding,
    Kind.CSR: _csr,
    Kind.CSR_SEQUENCE: _csr_sequence,
    Kind.COUNTER: _counter,
    Kind.STACK_OP: _stack_op,
    Kind.STACK_ADJUST: _stack_adjust,
}
