"""Proofs about whole blocks: every instruction's lifting is proved, and wrong blocks are refuted with an example."""

from __future__ import annotations

import random

import pytest
import z3
from hypothesis import given, settings
from hypothesis import strategies as st

from engines.vm.bits import Bits
from engines.vm.ir.block import Block
from engines.vm.ir.ops import OPCODE
from engines.vm.isa.describe import Instruction
from engines.vm.isa.riscv64 import INSTRUCTIONS
from engines.vm.isa.riscv64.coding import assemble
from engines.vm.lift.riscv64 import Lifter
from engines.vm.opt.pipeline import optimise
from engines.vm.smt.proofs import Outcome, prove_blocks, prove_lifted
from engines.vm.smt.terms import Term

PC = 0x10000
LIFTER = Lifter()


@pytest.mark.parametrize("instruction", list(INSTRUCTIONS), ids=lambda i: i.name)
def test_every_instruction_is_lifted_right(instruction: Instruction) -> None:
    rng = random.Random(instruction.name)
    for _ in range(2):
        word = instruction.match
        for field in instruction.fields:
            word |= field.insert(next(v for v in rng.choices(field.values, k=50) if v not in field.excluded))
        code = word.to_bytes(instruction.length, "little")
        block = LIFTER.block(code, PC)
        proof = prove_lifted(code, block)
        assert proof.holds, f"{word:#x}: {proof.outcome}: {proof.detail}"
        assert prove_blocks(block, optimise(block)).holds


def lifted(text: str) -> tuple[bytes, Block]:
    code = assemble(text, PC)
    return code, LIFTER.block(code, PC, branches=2)


def test_blocks_with_branches_loads_and_stores() -> None:
    code, block = lifted("lw a0, 4(a1)\naddi a0, a0, 1\nsw a0, 4(a1)\nbnez a0, .+40\nld a2, 0(a1)\nret")
    assert prove_lifted(code, block).holds
    assert prove_blocks(block, optimise(block)).holds


def changed(block: Block, old: str, new: tuple[int, ...] | None, at: int = 0) -> Block:
    """`block` with one instruction of the operation `old` replaced."""
    numbers = [n for n, i in enumerate(block.code) if i[0] == OPCODE[old]]
    code = list(block.code)
    was = code[numbers[at]]
    code[numbers[at]] = (*(new or ()), *was[len(new or ()) :])
    return block.with_code(code)


@pytest.mark.parametrize(
    ("text", "old", "new", "shows"),
    [
        ("add a0, a1, a2\nret", "add.i64", (OPCODE["sub.i64"],), "slot10: "),
        ("lw a0, 0(a1)\nret", "load.s32", (OPCODE["load.u32"],), "slot10: "),
        ("sw a0, 0(a1)\nret", "store.32", (OPCODE["store.16"],), "interpret: "),
        ("beqz a0, .+8", "eq.i64", (OPCODE["ne.i64"],), "pc: "),
        ("fadd.d fa0, fa1, fa2\nret", "fadd.f64", (OPCODE["fsub.f64"],), "slot42: "),
        ("div a0, a1, a2\nret", "sdiv.i64", (OPCODE["udiv.i64"],), "slot10: "),
        ("csrw fcsr, a0\nret", "setmode", (OPCODE["setflags"],), "flags: "),
    ],
)
def test_a_wrong_block_is_refuted(text: str, old: str, new: tuple[int, ...], shows: str) -> None:
    code, block = lifted(text)
    proof = prove_lifted(code, changed(block, old, new))
    assert proof.outcome is Outcome.REFUTED
    assert shows in proof.detail and " where " in proof.detail


def test_a_wrong_count_of_retired_instructions_is_refuted() -> None:
    code, block = lifted("nop\nnop\nret")
    last = block.code[-1]
    wrong = block.with_code([*block.code[:-1], (last[0], last[1], 2, last[3])])
    assert "retired: " in prove_lifted(code, wrong).detail


def test_a_put_that_moves_before_a_load_that_may_fault_is_refuted() -> None:
    """What an exit shows is proved too: here a1 would be seen changed although the load never happened."""
    code, block = lifted("ld a1, 0(a2)\nmv a1, a2\nret")
    get, load, put, *rest = block.code
    assert [i[0] for i in (load, put)] == [OPCODE["load.i64"], OPCODE["put.i64"]]
    early = block.with_code([get, (put[0], 0, put[2]), load, *rest])
    proof = prove_lifted(code, early)
    assert proof.outcome is Outcome.REFUTED
    assert "slot11: " in proof.detail


WORDS = st.sampled_from([0, 1, 2**63, 2**64 - 1, 2**31, 64]) | st.integers(0, 2**64 - 1)
OPERATIONS = ("__add__", "__sub__", "__mul__", "__and__", "__or__", "__xor__", "eq", "ne", "ult", "ule", "slt", "sle")


@settings(deadline=None, max_examples=40)
@given(WORDS, WORDS)
def test_terms_compute_as_bits(a: int, b: int) -> None:
    pairs = [(name, b) for name in OPERATIONS]
    pairs += [(name, b % 64) for name in ("shl", "lshr", "ashr")]
    pairs += [(name, b or 1) for name in ("udiv", "urem")]
    if not (a == 1 << 63 and b == 2**64 - 1):
        pairs += [(name, b or 1) for name in ("sdiv", "srem")]
    for name, second in pairs:
        term = getattr(Term.of(a, 64), name)(Term.of(second, 64))
        assert z3.simplify(term.t).as_long() == getattr(Bits(a, 64), name)(Bits(second, 64)).value, name
    for term, bits in (
        (Term.of(a, 64).extract(8, 16), Bits(a, 64).extract(8, 16)),
        (Term.of(a, 64).trunc(32).sext(64), Bits(a, 64).trunc(32).sext(64)),
        (Term.of(a, 64).trunc(32).zext(64), Bits(a, 64).trunc(32).zext(64)),
        (~-Term.of(a, 64), ~-Bits(a, 64)),
    ):
        assert z3.simplify(term.t).as_long() == bits.value


def test_terms_of_different_widths_do_not_mix() -> None:
    with pytest.raises(TypeError, match="widths differ: 64 and 32"):
        Term.of(1, 64) + Term.of(1, 32)
    with pytest.raises(TypeError, match="no truth value"):
        bool(Term.of(1, 1))
