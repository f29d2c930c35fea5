"""Every instruction where it matters, one per program: the words beside it, the edges of addresses, extreme operands.

What random programs seldom meet, all of it and always the same. A decoder that ignores a fixed bit or refuses a legal
word shows here, and so do a bounds check that is off by one and `INT_MIN / -1`.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from engines.vm.isa.describe import Instruction, OperandKind
from engines.vm.isa.riscv64 import INSTRUCTIONS
from fuzz.strategies.riscv64.operands import (
    DOUBLES,
    EXTREME_FLOATS,
    EXTREME_INTEGERS,
    INTEGERS,
    SINGLES,
    UNBOXED,
)
from fuzz.strategies.riscv64.profiles import SYSTEMATIC
from harness.contract import MachineBatch, state_dtype
from harness.contract.layout import CODE_BASE, CODE_SLOT_BYTES, DATA_BASE, DATA_BYTES, MAX_BATCH_CASES

ISA: Final = "riscv64"
LIMIT_INSNS: Final = 4
_STRIDE_BYTES: Final = 34
"""So far apart programs start in neighbouring homes: a jump by a power of two then meets no program of another case."""
_EBREAK: Final = 0x00100073
_ADDRESS: Final = DATA_BASE + 0x800
_MASK64: Final = (1 << 64) - 1
REGISTERS: Final = {"rd": 12, "rs1": 10, "rs2": 11, "rs3": 13}
"""The register of each register field, of integers and floats alike; x2 and x10 hold `_ADDRESS` where all is plain."""
SOURCES: Final = ("rs1", "rs2", "rs3")

ROW: Final = np.dtype([("word", "<u4"), ("bytes", "u1"), ("x", "<u8", 2), ("f", "<u8", 3)])
"""One program: its first instruction, how long that is, and what x10, x11, f10, f11 and f13 hold."""

EDGES: Final = tuple(
    (1 << bits) + offset & _MASK64
    for bits in (12, 31, 32, 36, 38, 39, 47, 48, 56, 63, 64)
    for offset in (-8, -4, 0, 4, 8)
)
"""Addresses on both sides of where an implementation's address arithmetic may end. Nothing is mapped there."""

_PLAIN_X: Final = (_ADDRESS, 11 * 0x9E37_79B9_7F4A_7C15 & _MASK64)
_PLAIN_F: Final = (0xFFFF_FFFF_4048_F5C3, 0xFFFF_FFFF_C2F6_E979, 0x3FF0_0000_0000_0000 + (13 << 45))


def _operand(instruction: Instruction, name: str) -> int:
    """A register of the program's own for a field, and its default for anything else."""
    field = instruction.field(name)
    wanted = REGISTERS.get(name.rstrip("'"), -1)
    is_register = field.kind in (OperandKind.X, OperandKind.F)
    return wanted if is_register and wanted in field.values and wanted not in field.excluded else field.default


@cache
def _word(instruction: Instruction) -> int:
    return instruction.encode(**{f.name: _operand(instruction, f.name) for f in instruction.fields})


def _words() -> Iterator[tuple[int, int, tuple[int, ...], tuple[int, ...]]]:
    """Every instruction with plain operands, and all words that differ from it in one bit."""
    found: dict[tuple[int, int], None] = {}
    for instruction in INSTRUCTIONS:
        plain = _word(instruction)
        for word in (plain, *(plain ^ 1 << bit for bit in range(8 * instruction.length))):
            # The length follows from the low two bits, so a flip among them may leave a word of the other length.
            length = 4 if word & 3 == 3 else 2
            found[word & (1 << 8 * length) - 1, length] = None
    for word, length in found:
        yield word, length, _PLAIN_X, _PLAIN_F


def _accesses() -> Iterator[tuple[int, int, tuple[int, ...], tuple[int, ...]]]:
    """Every load, store and atomic of 32 bits at every one of `EDGES`."""
    for instruction in INSTRUCTIONS:
        effects = instruction.effects
        if instruction.length == 4 and (effects.load_bytes or effects.store_bytes):
            for address in EDGES:
                yield _word(instruction), 4, (address, _PLAIN_X[1]), _PLAIN_F


def _operations() -> Iterator[tuple[int, int, tuple[int, ...], tuple[int, ...]]]:
    """Every instruction of 32 bits that computes, on each of its pool's values where it has one source, and on every
    pair or triple of extreme ones where it has more.
    """
    for instruction in INSTRUCTIONS:
        effects = instruction.effects
        kinds = [f.kind for f in instruction.fields if f.name in SOURCES]
        if instruction.length != 4 or effects.load_bytes or effects.store_bytes or not kinds:
            continue
        for values in itertools.product(pool(instruction), repeat=len(kinds)):
            if kinds[0] is OperandKind.X:
                yield _word(instruction), 4, (*values, *_PLAIN_X[len(values) :]), _PLAIN_F
            else:
                yield _word(instruction), 4, _PLAIN_X, (*values, *_PLAIN_F[len(values) :])


def pool(instruction: Instruction) -> tuple[int, ...]:
    """What each source register of an instruction that computes holds in turn: integers, or floats of the format that
    it reads and a few that are not. The more sources, the fewer. All sources of an instruction are of one kind.
    """
    kinds = [f.kind for f in instruction.fields if f.name in SOURCES]
    assert len(set(kinds)) == 1, instruction.mnemonic
    if kinds[0] is OperandKind.X:
        return EXTREME_INTEGERS if len(kinds) == 2 else INTEGERS
    single = _reads_singles(instruction)
    if len(kinds) == 1:
        return (*SINGLES, *UNBOXED) if single else DOUBLES
    extreme = tuple(v for v in EXTREME_FLOATS if (v >> 32 == 0xFFFF_FFFF) == single)
    if len(kinds) == 2:
        return (*extreme, *UNBOXED[:2]) if single else extreme
    return tuple(v for v in extreme if not v >> (31 if single else 63) & 1) + extreme[-1:]


def _reads_singles(instruction: Instruction) -> bool:
    """Whether the sources are singles: `.s` names the format, the last of two where it converts (fcvt.d.s)."""
    parts = instruction.mnemonic.split(".")[1:]
    return parts[-1] in ("s", "w") if len(parts) > 1 else parts == ["s"]


_SECTIONS: Final = {"words": _words, "accesses": _accesses, "operations": _operations}


@cache
def section(name: str) -> NDArray[np.void]:
    """The programs of one section, `words`, `accesses` or `operations`, as records of `ROW`, always in one order."""
    return np.array(list(dict.fromkeys(_SECTIONS[name]())), ROW)


@cache
def table() -> NDArray[np.void]:
    """All programs, as records of `ROW`: first the words, then the accesses, then the operations."""
    return np.concatenate([section(name) for name in _SECTIONS])


def programs() -> int:
    """How many there are."""
    return len(table())


def numbers(first: int, count: int) -> NDArray[np.int64]:
    """The numbers of the programs of a batch of listed programs.

    Raises:
        ValueError: `first` is negative, or `count` is not one of 1 … `MAX_BATCH_CASES`.
    """
    if first < 0 or not 0 < count <= MAX_BATCH_CASES:
        raise ValueError(f"programs from {first}, {count} of them; a batch holds 1 … {MAX_BATCH_CASES}, from 0 on")
    return np.arange(first, first + count)


def systematic(first: int, count: int, rows: NDArray[np.void] | None = None) -> MachineBatch:
    """The programs `first … first+count-1` of `rows` (all by default), which begin again after the last one: an
    instruction, then `ebreak`, from registers that make every plain access legal.

    Program i has the same state, code and address in every batch.

    Raises:
        ValueError: `first` is negative, or `count` is not one of 1 … `MAX_BATCH_CASES`.
    """
    number = numbers(first, count)
    rows = table() if rows is None else rows
    chosen = rows[number % len(rows)]
    states = np.zeros(count, state_dtype(ISA))
    states["x"][:, 1:] = [n * 0x9E37_79B9_7F4A_7C15 & _MASK64 for n in range(1, 32)]
    states["x"][:, 2] = _ADDRESS
    states["x"][:, 10:12] = chosen["x"]
    states["f"][:] = [0x3FF0_0000_0000_0000 + (n << 45) for n in range(32)]
    states["f"][:, [10, 11, 13]] = chosen["f"]
    home = number % MAX_BATCH_CASES
    states["pc"] = CODE_BASE + home * CODE_SLOT_BYTES + home * _STRIDE_BYTES % (CODE_SLOT_BYTES - 16)
    code = np.zeros((count, 8), np.uint8)
    code[:, :4] = chosen["word"].astype("<u4").view(np.uint8).reshape(-1, 4)
    ends = np.frombuffer(_EBREAK.to_bytes(4, "little"), np.uint8)
    for offset in range(4):
        code[np.arange(count), chosen["bytes"].astype(np.int64) + offset] = ends[offset]
    return MachineBatch(
        isa=ISA,
        initial=states,
        code=code,
        code_bytes=chosen["bytes"].astype(np.uint32) + np.uint32(4),
        code_address=states["pc"].astype(np.uint64),
        memory=np.frombuffer(bytes(range(256)) * (DATA_BYTES // 256), np.uint8)[None, :],
        limit_insns=LIMIT_INSNS,
        label=SYSTEMATIC,
    )
