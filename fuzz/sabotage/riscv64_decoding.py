"""Injected bugs in the instruction table: patterns, fields, reserved encodings."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from engines.vm.isa.describe import Field, Instruction, Piece
from engines.vm.isa.riscv64 import INSTRUCTIONS
from fuzz.sabotage.bug import Area, Catalogue, change

BUGS: Final = Catalogue()


def _change_field(mnemonic: str, name: str, new: Field) -> None:
    instruction = INSTRUCTIONS.by_mnemonic[mnemonic]
    change(
        instruction,
        fields=tuple(new if f.name == name else f for f in instruction.fields),
        operands=tuple(
            replace(o, field=new) if o.field is not None and o.field.name == name else o for o in instruction.operands
        ),
    )


def _swap_value_bits(instruction: Instruction, name: str, a: int, b: int) -> Field:
    """The field with value bits `a` and `b` exchanged; pieces are cut into single bits first."""
    swap = {a: b, b: a}
    bits = [
        Piece(p.word_low + i, swap.get(p.value_low + i, p.value_low + i), 1)
        for p in instruction.field(name).pieces
        for i in range(p.width)
    ]
    return replace(instruction.field(name), pieces=tuple(bits))


@BUGS.action("jal-offset-bits-swapped", Area.DECODER, "a scrambled immediate put together wrongly")
def _() -> None:
    _change_field("jal", "imm", _swap_value_bits(INSTRUCTIONS.by_mnemonic["jal"], "imm", 2, 3))


@BUGS.action("c-lwsp-offset-bits-swapped", Area.DECODER, "a compressed immediate put together wrongly")
def _() -> None:
    instruction = INSTRUCTIONS.by_mnemonic["c.lwsp"]
    name = next(o.field.name for o in instruction.operands if o.name == "imm" and o.field is not None)
    _change_field("c.lwsp", name, _swap_value_bits(instruction, name, 2, 6))


@BUGS.action("store-offset-unsigned", Area.DECODER, "a missing sign extension of an immediate")
def _() -> None:
    for mnemonic in ("sb", "sh", "sw", "sd"):
        field = INSTRUCTIONS.by_mnemonic[mnemonic].field("imm")
        _change_field(mnemonic, "imm", replace(field, signed=False))


@BUGS.action("slliw-accepts-shamt-bit-5", Area.DECODER, "a reserved encoding accepted")
def _() -> None:
    instruction = INSTRUCTIONS.by_mnemonic["slliw"]
    change(instruction, mask=instruction.mask & ~(1 << 25))


@BUGS.action("c-addi4spn-zero-accepted", Area.DECODER, "a reserved compressed encoding accepted")
def _() -> None:
    instruction = INSTRUCTIONS.by_mnemonic["c.addi4spn"]
    for field in instruction.fields:
        if field.excluded:
            _change_field("c.addi4spn", field.name, replace(field, excluded=frozenset()))


@BUGS.action("lr-accepts-rs2", Area.DECODER, "a fixed field not checked")
def _() -> None:
    for mnemonic in ("lr.w", "lr.d"):
        instruction = INSTRUCTIONS.by_mnemonic[mnemonic]
        change(instruction, mask=instruction.mask & ~(0x1F << 20))
