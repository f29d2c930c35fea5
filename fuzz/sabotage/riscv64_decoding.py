"""Injected bugs in the instruction table: patterns, fields, reserved encodings."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from engines.vm.isa.riscv64 import INSTRUCTIONS
from fuzz.sabotage.bug import Area, Catalogue, change
from fuzz.sabotage.riscv64_encodings import change_field, swapped

BUGS: Final = Catalogue()


@BUGS.action("jal-offset-bits-swapped", Area.DECODER, "a scrambled immediate put together wrongly")
def _() -> None:
    change_field("jal", swapped(INSTRUCTIONS.by_mnemonic["jal"].field("imm"), 2, 3))


@BUGS.action("c-lwsp-offset-bits-swapped", Area.DECODER, "a compressed immediate put together wrongly")
def _() -> None:
    instruction = INSTRUCTIONS.by_mnemonic["c.lwsp"]
    name = next(o.field.name for o in instruction.operands if o.name == "imm" and o.field is not None)
    change_field("c.lwsp", swapped(instruction.field(name), 2, 6))


@BUGS.action("store-offset-unsigned", Area.DECODER, "a missing sign extension of an immediate")
def _() -> None:
    for mnemonic in ("sb", "sh", "sw", "sd"):
        field = INSTRUCTIONS.by_mnemonic[mnemonic].field("imm")
        change_field(mnemonic, replace(field, signed=False))


@BUGS.action("slliw-accepts-shamt-bit-5", Area.DECODER, "a reserved encoding accepted")
def _() -> None:
    instruction = INSTRUCTIONS.by_mnemonic["slliw"]
    change(instruction, mask=instruction.mask & ~(1 << 25))


@BUGS.action("c-addi4spn-zero-accepted", Area.DECODER, "a reserved compressed encoding accepted")
def _() -> None:
    instruction = INSTRUCTIONS.by_mnemonic["c.addi4spn"]
    for field in instruction.fields:
        if field.excluded:
            change_field("c.addi4spn", replace(field, excluded=frozenset()))


@BUGS.action("lr-accepts-rs2", Area.DECODER, "a fixed field not checked")
def _() -> None:
    for mnemonic in ("lr.w", "lr.d"):
        instruction = INSTRUCTIONS.by_mnemonic[mnemonic]
        change(instruction, mask=instruction.mask & ~(0x1F << 20))
