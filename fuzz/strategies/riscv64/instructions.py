"""Encoding tables derived from the instruction descriptions, as numpy arrays indexed by instruction number.

An instruction's number is its place in `engines.vm.isa.riscv64.INSTRUCTIONS`. `POOLS` says which instructions a gadget
chooses from; a choice `n` means entry `n % len(pool)`, so every choice is legal.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from engines.vm.isa.derive.effects import Control
from engines.vm.isa.describe import Field, Instruction, OperandKind
from engines.vm.isa.riscv64 import INSTRUCTIONS
from fuzz.strategies.riscv64.gadgets import Kind
from fuzz.strategies.riscv64.registers import DestinationMode

ALL: Final[tuple[Instruction, ...]] = tuple(INSTRUCTIONS)
NUMBER: Final[dict[str, int]] = {i.name: n for n, i in enumerate(ALL)}

_REGISTER_NAMES: Final = frozenset(("rd", "rs1", "rs2", "rs3", "rd'", "rs1'", "rs2'", "rm", "uimm"))


@cache
def match_of(name: str) -> np.uint32:
    """The fixed bits of instruction `name`."""
    return np.uint32(INSTRUCTIONS[name].match)


def _computes(i: Instruction) -> bool:
    e = i.effects
    return e.control is Control.NONE and not (e.load_bytes or e.store_bytes or e.csr)


def _accesses(i: Instruction) -> bool:
    return bool(i.effects.load_bytes or i.effects.store_bytes) and not i.effects.atomic


def writes_stack(i: Instruction) -> bool:
    """Whether the encoding itself names x2 as the destination."""
    return any(o.name == "rd" and o.field is None and o.constant == 2 for o in i.operands)


def _writes_x(i: Instruction) -> bool:
    return any(o.kind is OperandKind.X for o in i.writes)


def _rounds(i: Instruction) -> bool:
    """Whether rm matters to the result: engines differ on reserved modes in conversions that are always exact."""
    return i.effects.rounding and bool(i.effects.float_operations & {"add", "sub", "mul", "div", "sqrt", "fma"})


_RULES: Final[dict[Kind, Callable[[Instruction], bool]]] = {
    Kind.OP: lambda i: i.length == 4 and _computes(i),
    Kind.COMPRESSED: lambda i: i.length == 2 and _computes(i) and not writes_stack(i),
    Kind.MEMORY: lambda i: i.length == 4 and _accesses(i),
    Kind.MEMORY_COMPRESSED: lambda i: i.length == 2 and _accesses(i),
    Kind.AMO: lambda i: i.effects.atomic in ("amo", "conditional"),
    Kind.RESERVE: lambda i: i.effects.atomic == "reserve",
    Kind.CSR: lambda i: i.effects.csr,
    Kind.STACK_OP: lambda i: i.length == 4 and _computes(i) and _writes_x(i),
    Kind.STACK_WILD: lambda i: i.length == 2 and _accesses(i) and i.name.endswith("sp"),
    Kind.AMO_WILD: lambda i: i.effects.atomic in ("amo", "reserve"),
    Kind.BRANCH: lambda i: i.length == 4 and i.effects.control is Control.BRANCH,
    Kind.BRANCH_COMPRESSED: lambda i: i.length == 2 and i.effects.control is Control.BRANCH,
    Kind.ROUNDING_RESERVED: lambda i: i.length == 4 and _rounds(i),
    Kind.STRADDLE: lambda i: i.length == 4 and _accesses(i) and max(i.effects.load_bytes, i.effects.store_bytes) > 1,
    Kind.AMO_MISALIGNED: lambda i: bool(i.effects.atomic),
}
_SAME: Final[dict[Kind, Kind]] = {
    Kind.MEMORY_INDEXED: Kind.MEMORY,
    Kind.MEMORY_CROSSING: Kind.MEMORY,
    Kind.MEMORY_OVERWRITE: Kind.MEMORY,
    Kind.CSR_SEQUENCE: Kind.CSR,
    Kind.EDGE: Kind.MEMORY,
    Kind.WILD: Kind.MEMORY,
    Kind.DYNAMIC_RESERVED: Kind.ROUNDING_RESERVED,
    Kind.NOISE: Kind.OP,
}

POOLS: Final[dict[Kind, NDArray[np.intp]]] = {
    kind: np.array([n for n, i in enumerate(ALL) if rule(i)], np.intp) for kind, rule in _RULES.items()
}
"""Instruction numbers that a gadget chooses from."""
POOLS[Kind.MEMORY_CODE] = np.array([n for n in POOLS[Kind.MEMORY] if ALL[n].effects.load_bytes], np.intp)
POOLS[Kind.CODE_WRITE] = np.array([n for n in POOLS[Kind.MEMORY] if ALL[n].effects.store_bytes], np.intp)
POOLS.update({kind: POOLS[other] for kind, other in _SAME.items()})


def _column(function: Callable[[Instruction], int], dtype: type = np.uint32) -> NDArray[np.uint32]:
    return np.array([function(i) for i in ALL], dtype)


def _register_mask(i: Instruction) -> int:
    return sum(f.mask for f in i.fields if f.name in _REGISTER_NAMES)


def _immediates(i: Instruction) -> list[Field]:
    named = {"imm", "nzimm", "uimm", "nzuimm", "shamt", "pred", "succ", "fm"}
    return [f for f in i.fields if f.name in named and not (i.length == 4 and f.name == "uimm")]


def _lowest_required(i: Instruction) -> int:
    """The bit to set where the immediate bits of a compressed instruction must not all be zero."""
    masks = [f.mask for f in _immediates(i) if 0 in f.excluded]
    return masks[0] & -masks[0] if masks else 0


def _destination_mode(i: Instruction) -> int:
    """How the choice `rd` becomes the destination field (`registers.DESTINATION`)."""
    for f in i.fields:
        if f.name in ("rd", "rd'"):
            if f.kind is OperandKind.F:
                return DestinationMode.FLOAT
            if f.name == "rd'":
                return DestinationMode.POPULAR
            return DestinationMode.NONZERO if f.excluded else DestinationMode.ANY
    return DestinationMode.FLOAT


def _destination_shift(i: Instruction) -> int:
    return next((f.pieces[0].word_low for f in i.fields if f.name in ("rd", "rd'")), 7)


MATCH: Final = _column(lambda i: i.match)
REGISTERS: Final = _column(_register_mask)
"""Where `rd << 7 | rm << 12 | rs1 << 15 | rs2 << 20 | rs3 << 27` shows through, 32-bit instructions."""
IMMEDIATE: Final = _column(lambda i: sum(f.mask for f in _immediates(i)))
IMMEDIATE_SHIFT: Final = _column(lambda i: 12 if any(f.low == 12 for f in i.fields) else 20)
"""How far left a choice's immediate moves: 12 for the U format, 20 for the I format."""
REQUIRED_BIT: Final = _column(_lowest_required)
DESTINATION_MODE: Final = _column(_destination_mode)
DESTINATION_SHIFT: Final = _column(_destination_shift)
DESTINATION_MASK: Final = _column(lambda i: sum(f.mask for f in i.fields if f.name in ("rd", "rd'")))
BASE_MASK: Final = _column(lambda i: sum(f.mask for f in i.fields if f.name == "rs1'"))
SOURCE2_MASK: Final = _column(lambda i: sum(f.mask for f in i.fields if f.name in ("rs2", "rs2'")))
"""Of compressed instructions."""
SOURCE2_REQUIRED: Final = _column(lambda i: 4 * any(f.name == "rs2" and f.excluded for f in i.fields))
"""4 (bit 0 of the rs2 field) where rs2 = x0 is another instruction."""
ACCESS_BYTES: Final = _column(lambda i: max(i.effects.load_bytes, i.effects.store_bytes))
STORES: Final = _column(lambda i: i.effects.store_bytes > 0 and not i.effects.load_bytes)
ATOMIC_SOURCE2: Final = _column(lambda i: any(f.name == "rs2" for f in i.fields))


def pool_entry(kind: Kind, choice: NDArray[np.uint8]) -> NDArray[np.intp]:
    """Instruction numbers that the choices name in the pool of `kind`."""
    pool = POOLS[kind]
    return pool.take(np.remainder(choice, np.uint8(len(pool))))


def pieces_of(name: str, field: str) -> tuple[tuple[int, int, int], ...]:
    """(word_low, value_low, width mask) of each piece of a field."""
    return tuple((p.word_low, p.value_low, (1 << p.width) - 1) for p in INSTRUCTIONS[name].field(field).pieces)


def scattered(values: NDArray[np.int64], pieces: tuple[tuple[int, int, int], ...]) -> NDArray[np.uint32]:
    """Each value's bits at the field's places in the word; the value is in range."""
    low = values.astype(np.uint32)
    word = np.zeros(len(low), np.uint32)
    for word_low, value_low, mask in pieces:
        # One shift per piece: what has to move, masked where it is or where it goes.
        if word_low >= value_low:
            word |= (low & np.uint32(mask << value_low)) << np.uint32(word_low - value_low)
        else:
            word |= (low >> np.uint32(value_low - word_low)) & np.uint32(mask << word_low)
    return word
