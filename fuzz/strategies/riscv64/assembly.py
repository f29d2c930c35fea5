"""Writing encoded instructions into the code of many programs at once.

A `Group` is all slots of one gadget kind; gadgets ask it for operands and put words at parcels of their slot. The
builders below encode one instruction for every member of a group; register arguments are arrays or numbers.
"""

from __future__ import annotations

import sys
from functools import cached_property
from typing import Any, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from fuzz.strategies.riscv64.blending import blend
from fuzz.strategies.riscv64.instructions import DESTINATION_MODE, MATCH, STORES, match_of, pieces_of, scattered
from fuzz.strategies.riscv64.program_layout import Index, Layout
from fuzz.strategies.riscv64.registers import DESTINATION, VARIANTS, DestinationMode, Role, role_of

Words: TypeAlias = NDArray[np.uint32]
Signed: TypeAlias = NDArray[np.int64]
Register: TypeAlias = Words | int

_U: Final = np.uint32
_BRANCH_OFFSET: Final = pieces_of("beq", "imm")
_JUMP_OFFSET: Final = pieces_of("jal", "imm")
_COMPRESSED_BRANCH_OFFSET: Final = pieces_of("c_beqz", "imm")
_COMPRESSED_JUMP_OFFSET: Final = pieces_of("c_j", "imm")

C_NOP: Final = match_of("c_nop")


class Code:
    """The flat code of a chunk: as `parcels`, and as the 32-bit `words` that begin at each parcel, which overlap.

    Writing a word is one scattered store, however its address is aligned; parcels are in the host's order, so the word
    at a parcel has its low half there on a little-endian host, and every host that we generate on is one.
    """

    def __init__(self, parcels: int) -> None:
        assert sys.byteorder == "little"
        self.parcels = np.zeros(parcels, np.uint16)
        self.words: NDArray[np.uint32] = np.ndarray((max(0, parcels - 1),), np.uint32, self.parcels, 0, (2,))


class Group:
    """The slots of one kind in a layout.

    Attributes:
        layout: of the whole chunk.
        index: flat slot numbers, ascending.
        code: the flat code of the chunk.
    """

    def __init__(self, layout: Layout, index: Index, code: Code) -> None:
        self.layout, self.index, self.code = layout, index, code
        self.case: Index = layout.case_of_slot.take(index).astype(np.intp)
        self.place: Index = layout.slot_place.take(index).astype(np.intp)
        self.variant: NDArray[np.uint8] = layout.variant.take(self.case)

    def raw(self, name: str) -> NDArray[Any]:
        """A choice field as it is stored."""
        return self.layout.fields[name].take(self.index)

    def field(self, name: str) -> Words:
        return self.raw(name).astype(np.uint32)

    @cached_property
    def aux(self) -> Words:
        return self.field("aux")

    @cached_property
    def imm(self) -> Signed:
        """The low 12 bits of the immediate, signed."""
        return _signed12(self.field("imm"))

    def source(self, name: str) -> Words:
        """A register that is read: any."""
        return self.field(name) & _U(31)

    def destination(self, name: str = "rd", mode: NDArray[np.uint32] | int = DestinationMode.ANY) -> Words:
        """A register field that may be written (`registers.DESTINATION`)."""
        flat = (self.variant.astype(np.intp) + np.multiply(mode, VARIANTS, dtype=np.intp)) << 5
        flat |= self.raw(name) & np.uint8(31)
        return DESTINATION.take(flat).astype(np.uint32)

    def role(self, role: Role) -> Words:
        return role_of(role, self.variant)

    @cached_property
    def temporary(self) -> Words:
        return self.role(Role.TEMPORARY)

    @cached_property
    def base(self) -> Words:
        return self.role(Role.BASE)

    @cached_property
    def accumulator(self) -> Words:
        return self.role(Role.ACCUMULATOR)

    @cached_property
    def base_offset(self) -> Signed:
        """Where BASE points in the data window."""
        return self.layout.base.take(self.case)

    @cached_property
    def slot(self) -> Index:
        return self.index - self.case * self.layout.width

    @cached_property
    def region(self) -> NDArray[np.uint8]:
        return self.layout.region.take(self.index)

    def forward(self, most_slots: int) -> Signed:
        """Places of forward targets: up to `most_slots` slots are skipped, never past the end of the region."""
        skip = self.raw("length") % np.uint8(most_slots + 1)
        slot = np.minimum(self.slot + 1 + skip, self.layout.region_end[self.case, self.region])
        target: Signed = self.layout.place[self.case, slot].astype(np.int64)
        return target

    def word(self, parcel: int, words: Words) -> None:
        """Put 32-bit instructions at `parcel` of each slot."""
        self.code.words[self.place + parcel] = words

    def half(self, parcel: int, halves: NDArray[Any] | np.uint32) -> None:
        """Put 16-bit instructions at `parcel` of each slot."""
        self.code.parcels[self.place + parcel] = halves

    def choose(self, selector: Words, names: tuple[str, ...]) -> Words:
        """Fixed bits of one of the named instructions for each member."""
        return np.array([match_of(n) for n in names], np.uint32).take(selector % _U(len(names)))


def _signed12(words: Words) -> Signed:
    bits = words.astype(np.int64)
    bits &= np.int64(0xFFF)
    bits ^= np.int64(0x800)
    bits -= np.int64(0x800)
    return bits


def _low12(value: Signed | int) -> Any:
    return (np.asarray(value, np.int64) & 0xFFF).astype(np.uint32) << _U(20)


def register_immediate(name: str, rd: Register, rs1: Register, imm: Signed | int) -> Words:
    """I format. `imm` is taken modulo 2**12."""
    word = match_of(name) | np.left_shift(rd, 7, dtype=np.uint32) | np.left_shift(rs1, 15, dtype=np.uint32)
    return np.asarray(word | _low12(imm))


def register_register(match: Words | np.uint32, rd: Register, rs1: Register, rs2: Register) -> Words:
    """R format."""
    word = match | np.left_shift(rd, 7, dtype=np.uint32) | np.left_shift(rs1, 15, dtype=np.uint32)
    return np.asarray(word | np.left_shift(rs2, 20, dtype=np.uint32))


def upper(name: str, rd: Register, imm: NDArray[Any] | int) -> Words:
    """U format; `imm` counts units of 4096 and is taken modulo 2**20."""
    high = (np.asarray(imm, np.int64) & 0xFFFFF).astype(np.uint32) << _U(12)
    return np.asarray(match_of(name) | np.left_shift(rd, 7, dtype=np.uint32) | high)


def access(group: Group, number: Index, base: Register, imm: Signed) -> Words:
    """Loads (to `rd`) and stores (of `rs2`), integer and FP, of mixed instruction numbers."""
    rd = group.destination("rd", DESTINATION_MODE.take(number)) << _U(7)
    load = rd | _low12(imm)
    low = imm.astype(np.uint32)
    store = group.source("rs2") << _U(20) | (low & _U(31)) << _U(7) | (low & _U(0xFE0)) << _U(20)
    operands = blend(STORES.take(number), store, load)
    return np.asarray(MATCH.take(number) | np.left_shift(base, 15, dtype=np.uint32) | operands)


def branch(match: Words | np.uint32, rs1: Register, rs2: Register, offset: Signed) -> Words:
    """B format; `offset` in bytes."""
    word = match | np.left_shift(rs1, 15, dtype=np.uint32) | np.left_shift(rs2, 20, dtype=np.uint32)
    return np.asarray(word | scattered(offset, _BRANCH_OFFSET))


def jump(rd: Register, offset: Signed) -> Words:
    """jal."""
    return np.asarray(match_of("jal") | np.left_shift(rd, 7, dtype=np.uint32) | scattered(offset, _JUMP_OFFSET))


def compressed_branch(match: Words, rs1: Words, offset: Signed) -> Words:
    """c.beqz, c.bnez; `rs1` is the three-bit field."""
    return match | rs1 << _U(7) | scattered(offset, _COMPRESSED_BRANCH_OFFSET)


def compressed_jump(offset: Signed) -> Words:
    """c.j."""
    return np.asarray(match_of("c_j") | scattered(offset, _COMPRESSED_JUMP_OFFSET))
