"""Injected bugs derived from the instruction table: one bit of a pattern, one property of a field.

Of everything that may be wrong with every row, a fixed few are taken: those whose names have the smallest hashes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from typing import Final

from engines.vm.isa.describe import Field, Instruction, OperandKind, Piece
from engines.vm.isa.riscv64 import INSTRUCTIONS
from fuzz.sabotage.bug import Area, Bug, change
from fuzz.sabotage.equivalent import ENCODINGS, argument

COUNT: Final = 80
_SCRAMBLED: Final = "an immediate or a register number put together wrongly"
_EXTENDED: Final = "an immediate extended wrongly"
_RESERVED: Final = "a reserved encoding accepted"
_REFUSED: Final = "a legal encoding refused"


def change_field(mnemonic: str, new: Field) -> None:
    """Put `new` in the place of the field of its name, in the pattern and in the operands."""
    instruction = INSTRUCTIONS.by_mnemonic[mnemonic]
    change(
        instruction,
        fields=tuple(new if f.name == new.name else f for f in instruction.fields),
        operands=tuple(
            replace(o, field=new) if o.field is not None and o.field.name == new.name else o
            for o in instruction.operands
        ),
    )


def swapped(field: Field, a: int, b: int) -> Field:
    """The field with value bits `a` and `b` exchanged; pieces are cut into single bits first."""
    swap = {a: b, b: a}
    bits = [
        Piece(p.word_low + i, swap.get(p.value_low + i, p.value_low + i), 1)
        for p in field.pieces
        for i in range(p.width)
    ]
    return replace(field, pieces=tuple(bits))


def _only_reserved(instruction: Instruction, bit: int) -> bool:
    """Whether the words that differ from this instruction's in fixed bit `bit` alone are no instruction's."""
    match = instruction.match ^ 1 << bit
    return not any(
        other is not instruction
        and other.length == instruction.length
        and not (match ^ other.match) & instruction.mask & other.mask
        for other in INSTRUCTIONS
    )


def possible(instruction: Instruction) -> Iterator[tuple[str, str, Callable[[], None]]]:
    """(name, class, injection) of everything that may be wrong with a row."""
    name = instruction.mnemonic.replace(".", "-")
    fixed = [bit for bit in range(8 * instruction.length) if instruction.mask >> bit & 1]
    for bit in fixed[2:]:
        if _only_reserved(instruction, bit):
            dropped = partial(
                change, instruction, mask=instruction.mask & ~(1 << bit), match=instruction.match & ~(1 << bit)
            )
            yield f"{name}-bit-{bit}-ignored", _RESERVED, dropped
            flipped = partial(change, instruction, match=instruction.match ^ 1 << bit)
            yield f"{name}-bit-{bit}-flipped", _REFUSED, flipped
    used = {o.field.name for o in instruction.operands if o.field is not None}
    for field in instruction.fields:
        spelt = field.name.replace("'", "-short")
        set_field = partial(change_field, instruction.mnemonic)
        if field.excluded:
            yield f"{name}-{spelt}-any", _RESERVED, partial(set_field, replace(field, excluded=frozenset()))
        if field.name not in used:
            continue
        if field.kind is OperandKind.IMMEDIATE:
            if field.low:
                smaller = tuple(replace(p, value_low=p.value_low - 1) for p in field.pieces)
                unscaled = replace(field, pieces=smaller, low=field.low - 1, bits=field.bits - 1)
                yield f"{name}-{spelt}-half", _SCRAMBLED, partial(set_field, unscaled)
            yield f"{name}-{spelt}-sign", _EXTENDED, partial(set_field, replace(field, signed=not field.signed))
        if field.bits - field.low >= 2 and field.kind is not OperandKind.ROUNDING:
            ends = swapped(field, field.low, field.bits - 1)
            yield f"{name}-{spelt}-ends-swapped", _SCRAMBLED, partial(set_field, ends)
            yield (
                f"{name}-{spelt}-neighbours-swapped",
                _SCRAMBLED,
                partial(set_field, swapped(field, field.low, field.low + 1)),
            )
        if field.base:
            yield f"{name}-{spelt}-base", _SCRAMBLED, partial(set_field, replace(field, base=0))


def _chosen() -> list[tuple[str, str, Callable[[], None]]]:
    found = [item for instruction in INSTRUCTIONS for item in possible(instruction)]
    return sorted(found, key=lambda item: hashlib.sha256(item[0].encode()).digest())[:COUNT]


BUGS: Final = [
    Bug(
        f"encoding-{name}",
        Area.DECODER,
        stands_for,
        inject,
        f"the row of the instruction table: {name}",
        equivalent=argument(ENCODINGS, f"encoding-{name}"),
        only_rows=True,
    )
    for name, stands_for, inject in _chosen()
]
