"""Constants near the edges: where engines go wrong."""

from __future__ import annotations

from typing import Final

from engines.rustwasm.wasm.module import Instruction
from engines.rustwasm.wasm.types import F32, F64, I32, I64, V128
from fuzz.strategies.wasm.choices import CHOICE_LIMIT, ChoiceSequence

_INTEGERS: Final = {
    bits: (
        0, 1, -1, 2, 3, 7, 8, 16, 31, 32, 33, 63, 64, 127, 128, 255, 256, -128, -129, 0x7FFF, 0x8000, 0xFFFF, 65_535,
        65_536, (1 << 31) - 1, -(1 << 31), -(1 << 31) + 1, (1 << (bits - 1)) - 1, -(1 << (bits - 1)), -(1 << (bits -
        1)) + 1,
    )
    for bits in (32, 64)
}  # fmt: skip

_F32: Final = (
    0x00000000, 0x80000000, 0x3F800000, 0xBF800000, 0x3F000000, 0x40200000, 0x40600000, 0x00000001, 0x807FFFFF,
    0x00800000, 0x7F7FFFFF, 0x7F800000, 0xFF800000, 0x7FC00000, 0x7F800001, 0xFFC12345, 0x4B000000, 0x4B000001,
    0x4F000000, 0xCF000000, 0x4F800000, 0x5F000000, 0xDF000001, 0x5F800000, 0x3EFFFFFF, 0xBF7FFFFF,
)  # fmt: skip
_F64: Final = (
    0x0000000000000000, 0x8000000000000000, 0x3FF0000000000000, 0xBFF0000000000000, 0x3FE0000000000000,
    0x4004000000000000, 0x0000000000000001, 0x800FFFFFFFFFFFFF, 0x0010000000000000, 0x7FEFFFFFFFFFFFFF,
    0x7FF0000000000000, 0xFFF0000000000000, 0x7FF8000000000000, 0x7FF0000000000001, 0xFFF8123456789ABC,
    0x41DFFFFFFFC00000, 0x41E0000000000000, 0xC1E0000000200000, 0x41EFFFFFFFE00000, 0x43E0000000000000,
    0xC3E0000000000000, 0x43F0000000000000, 0x4330000000000000, 0x4330000000000001, 0x36A0000000000000,
    0x47EFFFFFE0000000, 0x47EFFFFFF0000000, 0x3FDFFFFFFFFFFFFF,
)  # fmt: skip


def _integer(choices: ChoiceSequence, bits: int) -> int:
    if choices.chance(4):
        value = choices.below(CHOICE_LIMIT)
        if bits == 64:
            value |= choices.below(CHOICE_LIMIT) << 32
        return value - (1 << bits) if value >> (bits - 1) else value
    return choices.pick(_INTEGERS[bits])


def constant(choices: ChoiceSequence, type_: int) -> Instruction:
    """A constant of a number or vector type."""
    match type_:
        case _ if type_ == I32:
            return ("i32.const", _integer(choices, 32))
        case _ if type_ == I64:
            return ("i64.const", _integer(choices, 64))
        case _ if type_ == F32:
            return ("f32.const", choices.below(CHOICE_LIMIT) if choices.chance(6) else choices.pick(_F32))
        case _ if type_ == F64:
            bits = choices.below(CHOICE_LIMIT) << 32 | choices.below(CHOICE_LIMIT) if choices.chance(6) else None
            return ("f64.const", choices.pick(_F64) if bits is None else bits)
        case _ if type_ == V128:
            lanes = b"".join(choices.pick(_F64).to_bytes(8, "little") for _ in range(2))
            return ("v128.const", lanes)
    raise ValueError(f"type {type_} has no constants here; i32, i64, f32, f64 and v128 do")
