"""Writing encoded instructions into the code of many programs at once.

`Slots` sorts the slots of a layout by kind. A `Group` is all slots of one gadget kind; gadgets ask it for operands and
put words at parcels of their slot. The builders below encode one instruction for every member of a group; register
arguments are arrays or numbers.
"""

from __future__ import annotations

import sys
from functools import cache
from typing import Any, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from fuzz.strategies.riscv64.blending import blend
from fuzz.strategies.riscv64.gadgets import Kind
from fuzz.strategies.riscv64.instructions import DESTINATION_MODE, MATCH, STORES, match_of, pieces_of, scattered
from fuzz.strategies.riscv64.layout_loop import COPIED_FIELDS, layout_loops
from fuzz.strategies.riscv64.program_layout import Index, Layout
from fuzz.strategies.riscv64.registers import DestinationMode, Role, destination, role_of

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


class Slots:
    """The used slots of a layout, sorted by kind: what is known of all slots of one kind is a slice of a column.

    Attributes:
        layout: of the whole chunk.
        code: the flat code of the chunk.
    """

    def __init__(self, layout: Layout, code: Code) -> None:
        self.layout, self.code = layout, code
        counts = layout.kind_counts.copy()
        counts[Kind.NONE] = 0
        self._ends = np.cumsum(counts)
        used = int(self._ends[-1])
        found = {name: np.empty(used, np.intp) for name in ("index", "case", "place", "variant", "region", "forward")}
        copies = {name: np.empty(used, layout.fields[name].dtype) for name in COPIED_FIELDS}
        pairs = [array for name in COPIED_FIELDS for array in (layout.fields[name], copies[name])]
        known = (layout.kind, layout.region, layout.place, layout.variant, layout.fields["length"], layout.region_end)
        begins = self._ends - counts
        shape = layout.count, layout.width, used
        layout_loops().call("sort_slots", *shape, *known, begins, *found.values(), *pairs)
        self._columns: dict[str, NDArray[Any]] = {**found, **copies}

    def group(self, kind: Kind) -> Group | None:
        """The slots of `kind`, which is not NONE, in the order of the layout; None where there are none."""
        first, end = int(self._ends[kind - 1]), int(self._ends[kind])
        return Group(self, slice(first, end)) if end > first else None

    def column(self, name: str) -> NDArray[Any]:
        """One value per used slot, made when it is first asked for and not to be written. `name`: a field of choices,
        as it is stored or followed by `!` as 32 bits; a role in lower case; or what is named in this class."""
        values = self._columns.get(name)
        if values is None:
            values = self._columns[name] = self._made(name)
            values.setflags(write=False)
        return values

    def _made(self, name: str) -> NDArray[Any]:
        layout = self.layout
        if name.endswith("!"):
            words: Words = self.column(name[:-1]).astype(np.uint32)
            return words
        match name:
            case "base offset":
                return layout.base.take(self._columns["case"])
            case "imm12":
                return _signed12(self.column("imm"))
            case "operands":
                packed = (self.column("rs1") & np.uint8(31)).astype(np.uint32) << _U(15)
                packed |= (self.column("rs2") & np.uint8(31)).astype(np.uint32) << _U(20)
                packed |= self.column("rs3!") << _U(27)
                return packed
        return role_of(Role[name.upper()], self.column("variant"))


class Group:
    """The slots of one kind. Its properties are slices of the columns of all."""

    def __init__(self, slots: Slots, members: slice) -> None:
        self._slots, self._members = slots, members
        self.layout, self.code = slots.layout, slots.code
        self.place: Index = self._column("place")

    def __len__(self) -> int:
        return len(self.place)

    def _column(self, name: str) -> NDArray[Any]:
        return self._slots.column(name)[self._members]

    def raw(self, name: str) -> NDArray[Any]:
        """A choice field as it is stored."""
        return self._column(name)

    def field(self, name: str) -> Words:
        return self._column(f"{name}!")

    @property
    def aux(self) -> Words:
        return self._column("aux!")

    @property
    def imm(self) -> Signed:
        """The low 12 bits of the immediate, signed."""
        return self._column("imm12")

    @property
    def operands(self) -> Words:
        """rs1, rs2 and rs3 at their places in a 32-bit instruction."""
        return self._column("operands")

    @property
    def index(self) -> Index:
        """Flat slot numbers, ascending."""
        return self._column("index")

    @property
    def case(self) -> Index:
        return self._column("case")

    @property
    def variant(self) -> Index:
        """The number of the assignment of registers to roles."""
        return self._column("variant")

    @property
    def temporary(self) -> Words:
        return self._column("temporary")

    @property
    def base(self) -> Words:
        return self._column("base")

    @property
    def accumulator(self) -> Words:
        return self._column("accumulator")

    @property
    def base_offset(self) -> Signed:
        """Where BASE points in the data window."""
        return self._column("base offset")

    @property
    def forward(self) -> Signed:
        """Places of forward targets: up to `BRANCH_SLOTS` slots are skipped, never past the end of the region."""
        return self._column("forward")

    @property
    def region(self) -> Index:
        return self._column("region")

    def source(self, name: str) -> Words:
        """A register that is read: any."""
        return self.field(name) & _U(31)

    def destination(self, name: str = "rd", mode: NDArray[np.uint32] | int = DestinationMode.ANY) -> Words:
        """A register field that may be written (`registers.DESTINATION`)."""
        return destination(mode, self.variant, self.raw(name) & np.uint8(31))

    def word(self, parcel: int, words: Words) -> None:
        """Put 32-bit instructions at `parcel` of each slot."""
        self.code.words[self.place + parcel] = words

    def half(self, parcel: int, halves: NDArray[Any] | np.uint32) -> None:
        """Put 16-bit instructions at `parcel` of each slot."""
        self.code.parcels[self.place + parcel] = halves

    def choose(self, selector: Words, names: tuple[str, ...]) -> Words:
        """Fixed bits of one of the named instructions for each member."""
        return _matches_of(names).take(selector % _U(len(names)))


@cache
def _matches_of(names: tuple[str, ...]) -> Words:
    return np.array([match_of(name) for name in names], np.uint32)


def _signed12(words: Words) -> Signed:
    bits = (words << _U(20)).view(np.int32)
    bits >>= np.int32(20)
    return bits.astype(np.int64)


def _encoded(match: Words | np.uint32 | int, *fields: tuple[Register | Signed, int]) -> Words:
    """`match` with each value's low bits at its place: as many as there are above `shift`, so of a value of more bits
    than its field the field has to be the highest in the word. Numbers are put together before arrays are."""
    fixed = 0
    word: Words | None = None
    for value, shift in fields:
        if isinstance(value, int):
            fixed |= value << shift
            continue
        bits = value.astype(np.uint32)  # a copy, so that this array can be written
        bits <<= np.uint32(shift)
        if word is None:
            word = bits
        else:
            word |= bits
    start = match | np.uint32(fixed & 0xFFFF_FFFF)
    if word is None:
        return np.asarray(start)
    word |= start
    return word


def register_immediate(name: str, rd: Register, rs1: Register, imm: Signed | int) -> Words:
    """I format. `imm` is taken modulo 2**12."""
    return _encoded(match_of(name), (rd, 7), (rs1, 15), (imm, 20))


def register_register(match: Words | np.uint32, rd: Register, rs1: Register, rs2: Register) -> Words:
    """R format."""
    return _encoded(match, (rd, 7), (rs1, 15), (rs2, 20))


def upper(name: str, rd: Register, imm: NDArray[Any] | int) -> Words:
    """U format; `imm` counts units of 4096 and is taken modulo 2**20."""
    return _encoded(match_of(name), (rd, 7), (imm, 12))


def access(group: Group, number: Index, base: Register, imm: Signed) -> Words:
    """Loads (to `rd`) and stores (of `rs2`), integer and FP, of mixed instruction numbers."""
    low = imm.astype(np.uint32)
    load = group.destination("rd", DESTINATION_MODE.take(number))
    load <<= _U(7)
    load |= low << _U(20)
    store = (group.field("rs2") << _U(20)) & _U(0x1F0_0000)
    store |= (low & _U(31)) << _U(7)
    store |= (low & _U(0xFE0)) << _U(20)
    operands = blend(STORES.take(number), store, load)
    operands |= _encoded(MATCH.take(number), (base, 15))
    return operands


def branch(match: Words | np.uint32, rs1: Register, rs2: Register, offset: Signed) -> Words:
    """B format; `offset` in bytes."""
    word = scattered(offset, _BRANCH_OFFSET)
    word |= _encoded(match, (rs1, 15), (rs2, 20))
    return word


def jump(rd: Register, offset: Signed) -> Words:
    """jal."""
    word = scattered(offset, _JUMP_OFFSET)
    word |= _encoded(match_of("jal"), (rd, 7))
    return word


def compressed_branch(match: Words, rs1: Words, offset: Signed) -> Words:
    """c.beqz, c.bnez; `rs1` is the three-bit field."""
    return match | rs1 << _U(7) | scattered(offset, _COMPRESSED_BRANCH_OFFSET)


def compressed_jump(offset: Signed) -> Words:
    """c.j."""
    return np.asarray(match_of("c_j") | scattered(offset, _COMPRESSED_JUMP_OFFSET))
