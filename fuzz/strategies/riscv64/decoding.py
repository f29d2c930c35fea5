"""Finding the instruction numbers of many encoded words at once, by table."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from engines.vm.isa.describe import Field, Instruction
from fuzz.strategies.riscv64.blending import blend
from fuzz.strategies.riscv64.instructions import ALL

UNKNOWN: Final = 255
"""No instruction of the table."""


def _excluded(words: NDArray[np.uint32], field: Field) -> NDArray[np.bool_]:
    value = np.zeros(len(words), np.int64)
    for p in field.pieces:
        value |= (words.astype(np.int64) >> p.word_low & (1 << p.width) - 1) << p.value_low
    if field.signed:
        value -= (value >> field.bits - 1) << field.bits
    return np.isin(value + field.base, list(field.excluded))


def _is(words: NDArray[np.uint32], instruction: Instruction) -> NDArray[np.bool_]:
    result = (words & np.uint32(instruction.mask)) == np.uint32(instruction.match)
    for field in instruction.constrained:
        result &= ~_excluded(words, field)
    return np.asarray(result)


def _compressed() -> NDArray[np.uint8]:
    words = np.arange(1 << 16, dtype=np.uint32)
    table = np.full(1 << 16, UNKNOWN, np.uint8)
    for number, instruction in enumerate(ALL):
        if instruction.length == 2:
            table[_is(words, instruction)] = number
    return table


NUMBER_COMPRESSED: Final = _compressed()
"""Instruction number of every 16-bit word."""


def _key(words: NDArray[np.uint32]) -> NDArray[np.uint32]:
    """20 bits that tell all 32-bit instructions apart: opcode[6:2], funct3, funct7, rs2."""
    key = words >> np.uint32(2) & np.uint32(0x1F)
    key |= words >> np.uint32(7) & np.uint32(0xE0)
    key |= words >> np.uint32(20) << np.uint32(8)
    return np.asarray(key)


def _full() -> NDArray[np.uint8]:
    table = np.full(1 << 20, UNKNOWN, np.uint8)
    for number, instruction in enumerate(ALL):
        if instruction.length == 4:
            free = ~np.uint32(instruction.mask) & np.uint32(0xFFF0_707C)
            bits = [np.uint32(1 << b) for b in range(32) if int(free) >> b & 1]
            words = np.array([instruction.match], np.uint32)
            for bit in bits:
                words = np.concatenate((words, words | bit))
            table[_key(words)] = number
    return table


NUMBER_FULL: Final = _full()
_MASK: Final = np.array([i.mask for i in ALL] + [0] * (256 - len(ALL)), np.uint32)
_MATCH: Final = np.array([i.match for i in ALL] + [0] * (256 - len(ALL)), np.uint32)


def decode(words: NDArray[np.uint32]) -> NDArray[np.uint8]:
    """Instruction number of each word (16-bit ones in the low half), `UNKNOWN` where the table has none."""
    full = NUMBER_FULL.take(_key(words))
    wrong = (words & _MASK.take(full)) != _MATCH.take(full)
    full |= np.negative(wrong.view(np.uint8))
    compressed = NUMBER_COMPRESSED.take(words & np.uint32(0xFFFF))
    return blend((words & np.uint32(3)) == 3, full, compressed)
