"""Gadgets that trap, or may."""

from __future__ import annotations

from typing import Final

import numpy as np

from fuzz.strategies.riscv64.assembly import (
    C_NOP,
    Group,
    Signed,
    Words,
    access,
    register_immediate,
    register_register,
    upper,
)
from fuzz.strategies.riscv64.decoding import NUMBER_COMPRESSED, UNKNOWN
from fuzz.strategies.riscv64.emit_compute import FRM, compressed_fields, legal_rounding, operation
from fuzz.strategies.riscv64.emit_memory import aligned_offset, size_of
from fuzz.strategies.riscv64.encodings import (
    HIDDEN_CSRS,
    ILLEGAL_WORDS,
    NOISE_COMPRESSED,
    PRIVILEGED_WORDS,
    RESERVED_COMPRESSED,
    sanitised,
)
from fuzz.strategies.riscv64.gadgets import Kind
from fuzz.strategies.riscv64.instructions import (
    ATOMIC_SOURCE2,
    DESTINATION_MASK,
    DESTINATION_MODE,
    DESTINATION_SHIFT,
    MATCH,
    match_of,
    pool_entry,
)
from fuzz.strategies.riscv64.registers import destination
from harness.contract.layout import DATA_BYTES

_U: Final = np.uint32


def _ebreak(group: Group) -> None:
    short = match_of("c_ebreak") | C_NOP << _U(16)
    group.word(0, np.where(group.aux & _U(1), short, match_of("ebreak")))


def _ecall(group: Group) -> None:
    group.word(0, np.full(len(group), match_of("ecall")))


def _illegal(group: Group) -> None:
    group.word(0, ILLEGAL_WORDS.take(group.raw("imm") % _U(len(ILLEGAL_WORDS))))


def _privileged(group: Group) -> None:
    group.word(0, PRIVILEGED_WORDS.take(group.raw("imm") % _U(len(PRIVILEGED_WORDS))))


def _csr_illegal(group: Group) -> None:
    match = MATCH.take(pool_entry(Kind.CSR, group.raw("insn")))
    csr = HIDDEN_CSRS.take(group.raw("imm") % _U(len(HIDDEN_CSRS)))
    group.word(0, match | group.destination() << _U(7) | group.source("rs1") << _U(15) | csr << _U(20))


def _rounding_reserved(group: Group) -> None:
    number = pool_entry(Kind.ROUNDING_RESERVED, group.raw("insn"))
    rounding = (_U(5) + (group.aux & _U(1))) << _U(12)
    group.word(0, operation(group, number, group.source("rd"), rounding))


def _dynamic_reserved(group: Group) -> None:
    number = pool_entry(Kind.DYNAMIC_RESERVED, group.raw("insn"))
    group.word(0, register_immediate("csrrwi", 0, _U(5) + group.aux % _U(3), FRM))
    dynamic = np.full(len(group), 7 << 12, np.uint32)
    group.word(2, operation(group, number, group.source("rd"), dynamic))


def _at_offset(group: Group, number: np.ndarray[tuple[int], np.dtype[np.intp]], offset: Signed) -> None:
    """An access `offset` bytes into the data window, which may lie outside: two additions and the access's offset."""
    t = group.temporary
    distance = offset - group.base_offset
    first = np.clip(distance, -2048, 2047)
    second = np.clip(distance - first, -2048, 2047)
    group.word(0, register_immediate("addi", t, group.base, first))
    group.word(2, register_immediate("addi", t, t, second))
    group.word(4, access(group, number, t, distance - first - second))


def _upper_edge(group: Group) -> Signed:
    """0 or the size of the window, by one bit of `aux`."""
    return (group.aux & _U(1)).astype(np.int64) * DATA_BYTES


def _edge(group: Group) -> None:
    number = pool_entry(Kind.EDGE, group.raw("insn"))
    _at_offset(group, number, _upper_edge(group) + group.imm % 32 - 16 & -size_of(number))


def _straddle(group: Group) -> None:
    number = pool_entry(Kind.STRADDLE, group.raw("insn"))
    _at_offset(group, number, _upper_edge(group) - 1 - group.imm % (size_of(number) - 1))


def _wild(group: Group) -> None:
    number = pool_entry(Kind.WILD, group.raw("insn"))
    t = group.temporary
    variation = group.aux % _U(3)
    far = upper("lui", t, group.raw("imm") >> _U(12))
    group.word(0, np.where(variation == 0, far, register_immediate("addi", t, 0, 1)))
    shift = register_immediate("slli", t, t, 14 + (group.aux // _U(3) % _U(50)).astype(np.int64))
    group.word(2, np.where(variation == 0, register_immediate("addi", t, t, group.imm), shift))
    stay = register_immediate("addi", t, t, 0)
    group.word(4, np.where(variation == 2, register_register(match_of("add"), t, t, group.base), stay))
    group.word(6, access(group, number, t, group.imm & ~7))


def _code_write(group: Group) -> None:
    number = pool_entry(Kind.CODE_WRITE, group.raw("insn"))
    group.word(0, upper("auipc", group.temporary, 0))
    group.word(2, access(group, number, group.temporary, group.imm & ~7))


def _amo_misaligned(group: Group) -> None:
    number = pool_entry(Kind.AMO_MISALIGNED, group.raw("insn"))
    size = size_of(number)
    offset = aligned_offset(group, size) + 1 + (group.aux >> _U(2)).astype(np.int64) % (size - 1)
    t = group.temporary
    group.word(0, register_immediate("addi", t, group.base, offset))
    source2 = np.where(ATOMIC_SOURCE2.take(number), group.source("rs2"), _U(0))
    order = (group.aux & _U(3)) << _U(25)
    group.word(2, register_register(MATCH.take(number) | order, group.destination(), t, source2))


def _jump_wild(group: Group) -> None:
    t = group.temporary
    variation = group.aux % _U(3)
    far = upper("lui", t, group.raw("imm") >> _U(12))
    into_data = register_immediate("addi", t, group.base, group.imm)
    near_zero = register_immediate("addi", t, 0, group.imm)
    group.word(0, np.where(variation == 0, far, np.where(variation == 1, into_data, near_zero)))
    group.word(2, register_immediate("jalr", group.destination(), t, group.imm >> 3))


def _far(group: Group, register: Words | int) -> None:
    """A power of two from 2**14 on: nothing is mapped there."""
    group.word(0, register_immediate("addi", register, 0, np.ones(len(group), np.int64)))
    group.word(2, register_immediate("slli", register, register, 14 + (group.aux >> _U(2)).astype(np.int64) % 50))


def _amo_wild(group: Group) -> None:
    number = pool_entry(Kind.AMO_WILD, group.raw("insn"))
    _far(group, group.temporary)
    source2 = np.where(ATOMIC_SOURCE2.take(number), group.source("rs2"), _U(0))
    order = (group.aux & _U(3)) << _U(25)
    group.word(4, register_register(MATCH.take(number) | order, group.destination(), group.temporary, source2))


def _stack_wild(group: Group) -> None:
    _far(group, 2)
    group.word(4, compressed_fields(group, pool_entry(Kind.STACK_WILD, group.raw("insn"))) | C_NOP << _U(16))


def _scrambled(group: Group) -> Words:
    """32 bits from all of a slot's fields: the immediate alone is biased."""
    word = group.raw("imm") * _U(0x9E37_79B1)
    word ^= group.aux * _U(0x0101_6B2D)
    word ^= (group.field("length") << _U(24) | group.field("rs3") << _U(16) | group.field("rs2") << _U(8)) * _U(
        0x85EB_CA77
    )
    word ^= word >> _U(15)
    return word * _U(0x2C1B_3C6D)


_WITHOUT_DESTINATION: Final = np.isin(np.arange(128), (0x23, 0x27, 0x63))


def _noise(group: Group) -> None:
    number = pool_entry(Kind.NOISE, group.raw("insn"))
    valid = operation(group, number, group.field("rd"), legal_rounding(group))
    flipped = valid ^ _U(1) << (group.field("length") & _U(31))
    words = sanitised(np.where(group.aux % _U(3) == 0, _scrambled(group), flipped))
    own = words & _U(0xF80)
    safe = group.destination("rd") << _U(7)
    keep = _WITHOUT_DESTINATION.take(words & _U(127))
    group.word(0, words & ~_U(0xF80) | np.where(keep, own, safe))


def _noise_compressed(group: Group) -> None:
    half = NOISE_COMPRESSED.take(_scrambled(group) % _U(len(NOISE_COMPRESSED)))
    number = NUMBER_COMPRESSED.take(half).astype(np.intp)
    known = number != UNKNOWN
    number[~known] = 0
    shift, mask = DESTINATION_SHIFT.take(number), DESTINATION_MASK.take(number)
    safe = destination(DESTINATION_MODE.take(number), group.variant, (half & mask) >> shift)
    group.half(0, np.where(known, half & ~mask | safe << shift & mask, half))


def _reserved_compressed(group: Group) -> None:
    group.half(0, RESERVED_COMPRESSED.take(group.raw("imm") % _U(len(RESERVED_COMPRESSED))))


EMITTERS: Final = {
    Kind.EBREAK: _ebreak,
    Kind.ECALL: _ecall,
    Kind.ILLEGAL: _illegal,
    Kind.PRIVILEGED: _privileged,
    Kind.CSR_ILLEGAL: _csr_illegal,
    Kind.ROUNDING_RESERVED: _rounding_reserved,
    Kind.DYNAMIC_RESERVED: _dynamic_reserved,
    Kind.EDGE: _edge,
    Kind.STRADDLE: _straddle,
    Kind.WILD: _wild,
    Kind.CODE_WRITE: _code_write,
    Kind.AMO_MISALIGNED: _amo_misaligned,
    Kind.JUMP_WILD: _jump_wild,
    Kind.AMO_WILD: _amo_wild,
    Kind.STACK_WILD: _stack_wild,
    Kind.NOISE: _noise,
    Kind.NOISE_COMPRESSED: _noise_compressed,
    Kind.RESERVED_COMPRESSED: _reserved_compressed,
}
