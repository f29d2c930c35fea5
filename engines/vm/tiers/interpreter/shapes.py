"""Shapes: which handler an instruction needs. One handler serves all words of one shape.

A shape is a base instruction, a length, and what the encoding fixes: operands that are constants (`c.li` is `addi`
with rs1 = x0) and operands that are one field (`c.addi` is `addi` with rd = rs1). What is left varies and lives in the
entry.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from engines.vm.isa.describe import Instruction, InstructionSet, OperandKind
from engines.vm.tiers.interpreter.layout import CSR_OFFSET, IMMEDIATE_OFFSET, SLOT_OFFSETS

DESTINATION = "rd"
"""The manual's name of the register operand that is written; all others are read."""


@dataclass(frozen=True)
class Constant:
    """An operand that the shape fixes."""

    value: int


@dataclass(frozen=True)
class Slot:
    """An operand that the entry holds, at a byte offset. `written` register slots hold 32 for x0."""

    offset: int
    written: bool = False


Place: TypeAlias = Constant | Slot


@dataclass(frozen=True)
class Shape:
    """One handler.

    Attributes:
        name: the base instruction's name.
        length: bytes of the instruction.
        places: where each operand of the semantics function is found, in order.
    """

    name: str
    length: int
    places: tuple[Place, ...]

    @property
    def symbol(self) -> str:
        parts = [self.name, str(self.length)]
        seen: dict[Slot, int] = {}
        for index, place in enumerate(self.places):
            if isinstance(place, Constant):
                parts.append(f"o{index}is{place.value}".replace("-", "m"))
            elif place in seen:
                parts.append(f"o{index}aso{seen[place]}")
            else:
                seen[place] = index
        return "_".join(parts)


def base_of(instruction: Instruction, table: InstructionSet) -> Instruction:
    """The instruction whose semantics a compressed one has; itself otherwise."""
    return table[instruction.expands_to] if instruction.expands_to else instruction


def shape_of(instruction: Instruction, fixed: dict[str, int] | None = None) -> Shape:
    """The shape of `instruction`, further specialised to the operand values in `fixed`.

    Raises:
        ValueError: the operands do not fit into an entry.
    """
    fixed = fixed or {}
    slots = iter(SLOT_OFFSETS)
    places: list[Place] = []
    taken: set[int] = set()
    merged: dict[str, Slot] = {}
    for operand in instruction.operands:
        field = operand.field
        if field is None:
            places.append(Constant(operand.constant))
            continue
        if operand.name in fixed:
            places.append(Constant(fixed[operand.name]))
            continue
        if field.name in merged:
            places.append(merged[field.name])
            continue
        if operand.kind is OperandKind.IMMEDIATE:
            slot = Slot(IMMEDIATE_OFFSET)
        elif operand.kind in (OperandKind.CSR, OperandKind.VTYPE):
            slot = Slot(CSR_OFFSET)
        else:
            written = operand.kind is OperandKind.X and operand.name == DESTINATION
            slot = Slot(next(slots), written)
            if operand.kind is OperandKind.F or (
                operand.kind is OperandKind.X and _never_zero(instruction, field.name)
            ):
                slot = Slot(slot.offset)
                merged[field.name] = slot
        if slot.offset in taken:
            raise ValueError(f"{instruction.name} has two operands for entry offset {slot.offset}: no room")
        taken.add(slot.offset)
        places.append(slot)
    return Shape(instruction.expands_to or instruction.name, instruction.length, tuple(places))


def _never_zero(instruction: Instruction, field_name: str) -> bool:
    field = instruction.field(field_name)
    return field.minimum > 0 or 0 in field.excluded
