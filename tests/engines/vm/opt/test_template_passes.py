"""Passes written out per template leave what they leave of the blocks that these templates make."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engines.vm.hosts.host import x86_64
from engines.vm.ir.block import Block
from engines.vm.ir.ops import OPCODE
from engines.vm.isa.describe import Instruction
from engines.vm.isa.riscv64 import INSTRUCTIONS
from engines.vm.isa.riscv64.coding import assemble
from engines.vm.lift.riscv64 import Lifter, Outline
from engines.vm.opt.pipeline import optimise
from engines.vm.opt.templates import step_source
from engines.vm.tiers.baseline.compiler import BaselineCompiler
from engines.vm.tiers.baseline.tier import LAYOUT
from fuzz.strategies.riscv64.choices import Choices
from fuzz.strategies.riscv64.emit import emit
from fuzz.strategies.riscv64.hypothesis_programs import any_choices, choices
from tests.engines.vm.lift.test_lifting import words

PC = 0x10000
COMPILER = BaselineCompiler(x86_64(LAYOUT))
LIFTER = Lifter()
PROGRAMS = st.one_of(
    choices("default", 12), choices("fp", 10), choices("atomic", 10), choices("control", 10), any_choices()
)


def both(outline: Outline) -> tuple[Block, Block]:
    """The block after passes that are written out, and after those that look at each operation."""
    return COMPILER.optimised(outline), optimise(LIFTER.lifted(outline))


@pytest.mark.parametrize("instruction", list(INSTRUCTIONS), ids=lambda i: i.name)
def test_every_instruction_in_every_shape(instruction: Instruction) -> None:
    """Each twice in a row, too: the second knows what the first found out."""
    for word in words(instruction, 30):
        for times in (1, 2):
            written_out, looked_at = both(
                LIFTER.outline(word.to_bytes(instruction.length, "little") * times, PC, limit_insns=times)
            )
            assert written_out == looked_at, f"{instruction.name} {word:#x}"


@settings(deadline=None, max_examples=150)
@given(PROGRAMS, st.integers(1, 40))
def test_blocks_of_programs(program: Choices, limit_insns: int) -> None:
    case = emit(program).case(0)
    pc = int(case.state["pc"])
    written_out, looked_at = both(LIFTER.outline(case.code[pc - case.code_address :], pc, limit_insns))
    assert written_out == looked_at


@settings(deadline=None, max_examples=60)
@given(PROGRAMS, st.integers(2, 40), st.data())
def test_a_block_cut_in_two_is_two_blocks(program: Choices, limit_insns: int, data: st.DataObject) -> None:
    case = emit(program).case(0)
    pc = int(case.state["pc"])
    code = case.code[pc - case.code_address :]
    whole = LIFTER.outline(code, pc, limit_insns)
    if len(whole.words) < 2:
        return
    count = data.draw(st.integers(1, len(whole.words) - 1))
    there = whole.pcs[count]
    assert LIFTER.lifted(whole.first(count)) == LIFTER.block(code, pc, count)
    assert LIFTER.lifted(whole.rest(count)) == LIFTER.block(code[there - pc :], there, limit_insns - count)


def test_what_is_known_needs_no_code() -> None:
    written_out, _ = both(
        LIFTER.outline(assemble("addi a0, a0, 1\naddi a0, a0, -1\nld a1, 0(a0)\nld a2, 0(a0)", PC), PC, 4)
    )
    counts = [sum(i[0] == OPCODE[name] for i in written_out.code) for name in ("get.i64", "add.i64", "load.i64")]
    assert counts == [1, 0, 1]


def test_templates_that_cannot_be_written_out_are_refused() -> None:
    leaving = [(OPCODE["const.i1"], (), ("1",)), (OPCODE["exitif"], (0,), ("pc", "n"))]
    with pytest.raises(ValueError, match="exitif in its middle"):
        step_source(("o0",), leaving, ())
    with pytest.raises(ValueError, match="known must have other names"):
        step_source(("known",), [], ())
