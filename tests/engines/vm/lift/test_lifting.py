"""The lifter: every instruction in every shape, blocks of the right extent, and results equal to the reference tier."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engines.vm.ir.ops import OPS, REASONS
from engines.vm.ir.printer import print_block
from engines.vm.ir.verifier import verify
from engines.vm.isa.describe import Instruction
from engines.vm.isa.riscv64 import INSTRUCTIONS
from engines.vm.isa.riscv64.coding import assemble
from engines.vm.lift.legalise import Legaliser
from engines.vm.lift.nodes import Graph, LiftError
from engines.vm.lift.riscv64 import Lifter, make_template
from engines.vm.lift.shapes import shape_of, splitter
from engines.vm.lift.template import describe
from engines.vm.opt.pipeline import optimise
from fuzz.strategies.riscv64 import generate
from harness.contract import MachineBatch
from harness.subjects.riscv64_ir import IrExecutor, LiftedExecutor
from harness.subjects.riscv64_reference import ReferenceExecutor

PC = 0x10000
LEFT_TO_THE_INTERPRETER = {"ecall", "ebreak", "c_ebreak"}
"""They always trap: nothing could be gained."""


def words(instruction: Instruction, count: int) -> list[int]:
    """Words of an instruction: edges and random values in every field."""
    rng = random.Random(instruction.name)
    found = []
    for _ in range(count):
        word = instruction.match
        for field in instruction.fields:
            legal = [v for v in (*field.values[:6], *rng.choices(field.values, k=6)) if v not in field.excluded]
            word |= field.insert(rng.choice(legal))
        found.append(word)
    return found


@pytest.mark.parametrize("instruction", list(INSTRUCTIONS), ids=lambda i: i.name)
def test_every_instruction_lifts_in_every_shape(instruction: Instruction) -> None:
    lifter = Lifter()
    lifted = 0
    for word in words(instruction, 60):
        block = lifter.block(word.to_bytes(instruction.length, "little"), PC)
        verify(block)
        verify(optimise(block))
        if OPS[block.code[0][0]].operation != "interpret":
            lifted += 1
            continue
        reason = REASONS[block.code[0][2]]
        named = instruction.name in LEFT_TO_THE_INTERPRETER
        mode = any(f.name == "rm" and f.extract(word) in (5, 6) for f in instruction.fields)
        assert (reason == "trap" and named) or (reason == "csr" and "csr" in instruction.name) or mode, (
            f"{instruction.name} {word:#x} is left to the interpreter: {reason}"
        )
    if instruction.effects.csr:
        csr = lifter.block(instruction.encode(csr=3).to_bytes(4, "little"), PC)
        assert OPS[csr.code[0][0]].operation != "interpret"
    else:
        assert lifted or instruction.name in LEFT_TO_THE_INTERPRETER


@pytest.mark.parametrize("instruction", list(INSTRUCTIONS), ids=lambda i: i.name)
def test_the_key_of_a_word_decides_its_shape(instruction: Instruction) -> None:
    split = splitter(instruction)
    shapes: dict[object, object] = {}
    for word in words(instruction, 200):
        key, operands = split(word)
        values = instruction.decode(word)
        assert [o - 32 if k.kind == "f" else o for o, k in zip(operands, instruction.operands, strict=True)] == list(
            values
        )
        shape = shape_of(instruction, values)
        assert shapes.setdefault(key, shape) == shape, f"{word:#x}"


def block_of(text: str, **options: int) -> str:
    """IR text of a block of assembly."""
    return print_block(optimise(Lifter().block(assemble(text, PC), PC, **options)))


def test_a_block_ends_where_control_does() -> None:
    code = assemble("addi a0, a0, 1\nbnez a0, .-4\naddi a1, a1, 1\nret\nnop", PC)
    lifter = Lifter()
    assert [lifter.block(code, PC).insns, lifter.block(code, PC, branches=1).insns] == [2, 4]
    assert lifter.block(code, PC, branches=1).end == PC + 16
    assert lifter.block(code, PC, limit_insns=1).insns == 1
    assert lifter.block(code, PC).end == PC + 8


def test_jumps_carry_hints() -> None:
    for text, hint in {
        "jal ra, .+8": "call",
        "jal zero, .+8": "plain",
        "jalr zero, 0(ra)": "return",
        "jalr ra, 0(a0)": "call",
        "jalr ra, 0(t0)": "return-call",
        "jalr ra, 0(ra)": "call",
        "jalr zero, 0(a0)": "plain",
        "jalr t0, 0(a0)": "call",
        "jalr zero, 0(t0)": "return",
    }.items():
        last = block_of(text).splitlines()[-2]
        assert last.endswith(f", {hint}"), (text, last)


def test_code_that_cannot_be_fetched_or_decoded() -> None:
    lifter = Lifter()
    assert "interpret @0, fetch" in print_block(lifter.block(b"", PC))
    assert "interpret @0, fetch" in print_block(lifter.block(b"\x13\x00", PC))
    assert "interpret @1, illegal" in print_block(lifter.block(assemble("nop", PC) + b"\0\0", PC))
    assert "jump 0x10004, @1" in print_block(lifter.block(assemble("nop", PC) + b"\x13\x00", PC))
    assert lifter.counters.interpreted == {"fetch": 2, "illegal": 1}
    assert lifter.counters.insns == 5
    for pc, limit in ((PC + 1, 4), (PC, 0)):
        with pytest.raises(ValueError, match="must be even"):
            lifter.block(b"", pc, limit)


def test_a_branch_to_the_next_instruction_leaves_nowhere() -> None:
    assert "exitif" not in block_of("bnez a0, .+4\nnop\nret", branches=1)


def test_words_seen_before_cost_no_template() -> None:
    lifter = Lifter()
    code = assemble("add a0, a1, a2\nadd a3, a4, a5\nadd a0, zero, a2\nret", PC)
    lifter.block(code, PC)
    assert (lifter.counters.words, lifter.counters.templates) == (4, 3)
    lifter.block(code, PC)
    assert (lifter.counters.words, lifter.counters.templates) == (4, 3)


def test_idioms_become_one_operation() -> None:
    for text, operation in {
        "mulhsu a0, a1, a2": "mulhsu.i64",
        "div a0, a1, a2": "sdiv.i64",
        "remuw a0, a1, a2": "urem.i32",
        "fneg.d fa0, fa1": "fneg.f64",
        "fabs.s fa0, fa1": "fabs.f32",
        "fsgnj.d fa0, fa1, fa2": "fcopysign.f64",
        "flw fa0, 4(a0)": "load.f32",
        "lbu a0, 0(a1)": "load.u8",
        "fsw fa0, 0(a1)": "store.f32",
    }.items():
        assert operation in block_of(text + "\nret"), text
    assert "select" not in block_of("div a0, a1, a2\nret")
    assert "unbox" not in block_of("fadd.s fa0, fa1, fa2\nfadd.s fa0, fa0, fa0\nret").split("fadd.f32", 1)[1]


def test_what_templates_cannot_express_is_refused() -> None:
    graph = Graph()
    with pytest.raises(LiftError, match="has a width that the IR lacks"):
        Legaliser().as_integer(graph.effect("odd", 17))
    with pytest.raises(LiftError, match="no operation for"):
        Legaliser().as_integer(graph.pure("odd", 64, (graph.effect("get", 64, (), ("o0",)),)))
    with pytest.raises(TypeError, match="no truth value"):
        bool(graph.const(1, 64))


def test_a_template_can_be_read() -> None:
    add = INSTRUCTIONS["add"]
    operations, aside, ends = make_template(add, shape_of(add, (1, 2, 3)))
    assert (aside, ends) == (None, False)
    assert describe(operations) == "%0 = get.i64 o1\n%1 = get.i64 o2\n%2 = add.i64 %0, %1\nput.i64 %2, o0"


@pytest.fixture(scope="module")
def executors() -> tuple[ReferenceExecutor, LiftedExecutor, IrExecutor]:
    return ReferenceExecutor(), LiftedExecutor(), IrExecutor()


FIELDS = ("end", "trap", "tval", "state", "memory", "retired")


def differing(batch: MachineBatch, one: ReferenceExecutor, other: ReferenceExecutor) -> list[str]:
    ours, theirs = one.run_batch(batch), other.run_batch(batch)
    return [
        f"case {i}: {name}"
        for i in range(len(batch))
        for name in FIELDS
        if getattr(ours, name)[i].tobytes() != getattr(theirs, name)[i].tobytes()
    ]


@pytest.mark.parametrize("profile", ["default", "fp", "noise", "memory", "atomic", "compressed", "traps"])
def test_generated_programs(executors: tuple[ReferenceExecutor, ...], profile: str) -> None:
    batch = generate(11, 0, 60, profile)
    reference, lifted, optimised = executors
    assert differing(batch, reference, lifted) == []
    assert differing(batch, reference, optimised) == []


@settings(deadline=None, max_examples=15)
@given(st.integers(0, 2**32), st.integers(1, 40))
def test_any_limit(executors: tuple[ReferenceExecutor, ...], index: int, limit: int) -> None:
    batch = generate(index, 0, 2)
    for case in (batch.case(0), batch.case(1)):
        cut = MachineBatch.of([type(case)(case.isa, case.state, case.code, case.code_address, case.memory, limit)])
        assert differing(cut, executors[0], executors[2]) == []


def test_programs_run_on_blocks_and_not_on_the_reference_tier() -> None:
    executor = IrExecutor()
    executor.run_batch(generate(3, 0, 20))
    tier = executor._tier
    # What is left to the reference tier: CSRs, and what changes code.
    assert tier.blocks > 5 * tier.interpreted > 0  # type: ignore[attr-defined]
