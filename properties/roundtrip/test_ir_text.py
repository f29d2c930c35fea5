"""IR as text: blocks of generated programs are printed and parsed without loss, before and after optimisation."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engines.vm.ir.block import Block
from engines.vm.ir.parser import parse_block, parse_blocks
from engines.vm.ir.printer import print_block
from engines.vm.ir.verifier import verify
from engines.vm.lift.riscv64 import STATE, Lifter
from engines.vm.opt.pipeline import optimise
from fuzz.strategies.riscv64.choices import Choices
from fuzz.strategies.riscv64.emit import emit
from fuzz.strategies.riscv64.hypothesis_programs import any_choices, choices

PROGRAMS = st.one_of(
    choices("default", 12), choices("fp", 10), choices("atomic", 10), choices("control", 10), any_choices()
)


def parts(block: Block) -> tuple[object, ...]:
    return block.pc, block.code, block.pcs, block.end


@pytest.mark.evidence("HX-03")
@settings(deadline=None, max_examples=80)
@given(PROGRAMS, st.integers(1, 40), st.integers(0, 3))
def test_blocks_survive_as_text(program: Choices, limit_insns: int, branches: int) -> None:
    case = emit(program).case(0)
    pc = int(case.state["pc"])
    code = case.code[pc - case.code_address :]
    lifted = Lifter().block(code, pc, limit_insns, branches)
    verify(lifted)
    optimised = optimise(lifted)
    verify(optimised)
    for block in (lifted, optimised):
        text = print_block(block)
        again = parse_block(text, STATE)
        assert parts(again) == parts(block)
        assert print_block(again) == text
    assert [parts(b) for b in parse_blocks(print_block(lifted) + print_block(optimised), STATE)] == [
        parts(lifted),
        parts(optimised),
    ]


@settings(deadline=None, max_examples=60)
@given(PROGRAMS)
def test_lifting_and_optimising_repeat(program: Choices) -> None:
    """The same code gives the same text, whatever was lifted before; a second pass changes nothing more."""
    case = emit(program).case(0)
    pc = int(case.state["pc"])
    code = case.code[pc - case.code_address :]
    used = Lifter()
    used.block(code[2:] + b"\x01\x00", pc, 8)
    first, second = Lifter().block(code, pc), used.block(code, pc)
    assert print_block(first) == print_block(second)
    once = print_block(optimise(first))
    assert print_block(optimise(second)) == once
