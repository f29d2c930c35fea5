"""Gadgets that access memory and stay inside the data window or the program's own code."""

from __future__ import annotations

from typing import Final

import numpy as np

from fuzz.strategies.riscv64.assembly import C_NOP, Group, Signed, access, register_immediate, register_register, upper
from fuzz.strategies.riscv64.blending import blend
from fuzz.strategies.riscv64.emit_compute import compressed_fields
from fuzz.strategies.riscv64.gadgets import Kind
from fuzz.strategies.riscv64.instructions import (
    ACCESS_BYTES,
    ALL,
    BASE_MASK,
    MATCH,
    NUMBER,
    STORES,
    match_of,
    pool_entry,
)
from fuzz.strategies.riscv64.program_layout import Index
from fuzz.strategies.riscv64.registers import DestinationMode
from harness.contract.layout import PAGE_BYTES

_U: Final = np.uint32
_COMPACT: Final = np.array([NUMBER.get(f"c_{i.name}", -1) for i in ALL], np.intp)
"""Number of the compressed form of each access, -1 where there is none."""


def size_of(number: Index) -> Signed:
    """Bytes of each access."""
    return ACCESS_BYTES.take(number).astype(np.int64)


def _memory(group: Group) -> None:
    number = pool_entry(Kind.MEMORY, group.raw("insn"))
    imm = group.imm
    aligned = ((group.aux & _U(6)) != 0).astype(np.int64)
    imm = imm & -(size_of(number) * aligned + 1 - aligned)
    by_stack = (group.aux & _U(0x18)) == 0
    base = blend(by_stack, np.full_like(group.base, 2), group.base)
    group.word(0, access(group, number, base, imm >> by_stack))


def _memory_compressed(group: Group) -> None:
    number = pool_entry(Kind.MEMORY_COMPRESSED, group.raw("insn"))
    base = (group.base - _U(8)) << _U(7) & BASE_MASK.take(number)
    group.half(0, compressed_fields(group, number) | base)


def _memory_indexed(group: Group) -> None:
    """`andi` keeps 11 bits of data as a positive index; the offset is not positive, so both edges are safe."""
    number = pool_entry(Kind.MEMORY_INDEXED, group.raw("insn"))
    t = group.temporary
    mask = np.where(group.aux & _U(3), 0x7F8, 0x7FF)
    group.word(0, register_immediate("andi", t, group.source("rs1"), mask))
    group.word(2, register_register(match_of("add"), t, t, group.base))
    group.word(4, access(group, number, t, -(group.imm & 0x7F8)))


def _memory_crossing(group: Group) -> None:
    number = pool_entry(Kind.MEMORY_CROSSING, group.raw("insn"))
    imm = PAGE_BYTES - group.base_offset + group.imm % 16 - 8
    group.word(0, access(group, number, group.base, imm))


def _memory_code(group: Group) -> None:
    number = pool_entry(Kind.MEMORY_CODE, group.raw("insn"))
    group.word(0, upper("auipc", group.temporary, 0))
    group.word(2, access(group, number, group.temporary, group.imm % 112 - 56))


def aligned_offset(group: Group, size: Signed) -> Signed:
    """Offsets from BASE of addresses that are multiples of `size`."""
    return ((group.imm >> 1) + group.base_offset & -size) - group.base_offset


def _memory_overwrite(group: Group) -> None:
    """One register is the address and what is loaded or stored; half of them, where there is a form, compressed."""
    number = pool_entry(Kind.MEMORY_OVERWRITE, group.raw("insn"))
    compact = _COMPACT.take(number)
    short = ((group.aux & _U(1)) != 0) & (compact >= 0)
    popular = group.destination("rd", DestinationMode.POPULAR)
    r = np.where(short, popular + _U(8), group.destination("rd", DestinationMode.NONZERO))
    offset = (group.imm >> 1) & -np.where(group.aux & _U(6), size_of(number), 1)
    group.word(0, register_immediate("addi", r, group.base, offset))
    # A floating-point load leaves the address alone; a store stores the FP register of the same number.
    long = MATCH.take(number) | r << _U(15) | np.where(STORES.take(number), r << _U(20), r << _U(7))
    half = MATCH.take(np.maximum(compact, 0)) | popular << _U(7) | popular << _U(2) | C_NOP << _U(16)
    group.word(2, np.where(short, half, long))


def _amo(group: Group) -> None:
    """One in four has its result in the register of its address."""
    number = pool_entry(Kind.AMO, group.raw("insn"))
    same = (group.aux & _U(0x18)) == 0
    rd = np.where(same, group.destination("rd", DestinationMode.NONZERO), group.destination())
    t = np.where(same, rd, group.temporary)
    group.word(0, register_immediate("addi", t, group.base, aligned_offset(group, size_of(number))))
    order = (group.aux & _U(3)) << _U(25)
    group.word(2, register_register(MATCH.take(number) | order, rd, t, group.source("rs2")))


def _reserve(group: Group) -> None:
    """One LR in four loads into the register of its address, of which the SC has a copy; one SC in four writes it."""
    number = pool_entry(Kind.RESERVE, group.raw("insn"))
    size = size_of(number)
    loaded, stored, done = (group.destination(name) for name in ("rd", "rs1", "rs2"))
    same = ((group.aux & _U(0x30)) == 0) & (loaded != 0)
    over = ((group.aux & _U(0xC0)) == 0) & (done != 0) & (done != loaded) & (done != stored)
    t = np.where(over, done, group.temporary)
    address = np.where(same, loaded, t)
    group.word(0, register_immediate("addi", t, group.base, aligned_offset(group, size)))
    group.word(2, register_immediate("addi", address, t, 0))
    group.word(4, register_register(MATCH.take(number) | (group.aux & _U(3)) << _U(25), loaded, address, 0))
    between = group.choose(group.aux >> _U(4), ("add", "xor", "or", "and", "sub", "sltu"))
    group.word(6, register_register(between, stored, loaded, group.source("rs3")))
    conditional = np.where(size == 8, MATCH[NUMBER["sc_d"]], MATCH[NUMBER["sc_w"]])
    order = (group.aux >> _U(2) & _U(3)) << _U(25)
    group.word(8, register_register(conditional | order, done, t, stored))


EMITTERS: Final = {
    Kind.MEMORY: _memory,
    Kind.MEMORY_COMPRESSED: _memory_compressed,
    Kind.MEMORY_INDEXED: _memory_indexed,
    Kind.MEMORY_CROSSING: _memory_crossing,
    Kind.MEMORY_CODE: _memory_code,
    Kind.MEMORY_OVERWRITE: _memory_overwrite,
    Kind.AMO: _amo,
    Kind.RESERVE: _reserve,
}
