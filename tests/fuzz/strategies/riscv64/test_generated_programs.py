"""What generated programs do when they run: they end, mostly by their own ebreak and mostly late."""

from __future__ import annotations

import numpy as np
import pytest

from fuzz.strategies.riscv64 import generate
from fuzz.strategies.riscv64.choices import Choices
from fuzz.strategies.riscv64.draw import draw
from fuzz.strategies.riscv64.emit import emit
from fuzz.strategies.riscv64.gadgets import Kind
from fuzz.strategies.riscv64.profiles import PROFILES
from harness.contract import BatchObservation, End, MachineBatch, Trap
from harness.contract.layout import CODE_BASE, CODE_BYTES
from harness.subjects.riscv64_reference import ReferenceExecutor


def run(batch: MachineBatch) -> BatchObservation:
    executor = ReferenceExecutor()
    try:
        return executor.run_batch(batch)
    finally:
        executor.close()


@pytest.mark.parametrize("profile", PROFILES)
def test_every_program_ends(profile: str) -> None:
    observed = run(generate(21, 0, 60, profile))
    assert (observed.end == End.TRAP).all()


def test_default_programs_run_far_and_trap_on_purpose_now_and_then() -> None:
    observed = run(generate(1, 0, 400))
    assert 70 < observed.retired.mean() < 140
    assert (observed.retired >= 30).mean() > 0.85
    own_end = observed.trap == Trap.BREAKPOINT
    assert 0.75 < own_end.mean() < 0.92
    others = {Trap(int(t)) for t in observed.trap}
    assert others >= {
        Trap.ILLEGAL_INSTRUCTION,
        Trap.LOAD_FAULT,
        Trap.STORE_FAULT,
        Trap.ENVIRONMENT_CALL,
        Trap.FETCH_FAULT,
    }


def test_short_programs_are_short() -> None:
    assert 4 < run(generate(1, 0, 200, "short")).retired.mean() < 20


def test_data_decides_control_flow() -> None:
    """A wrong result shows in where a program goes: with other operands, many programs retire another number of
    instructions."""
    choices = draw(4, 0, 120, PROFILES["default"])
    other = Choices(choices.slots, choices.state.copy())
    other.state["x"] ^= np.uint64(0x0101_0101_0101_0101)
    before, after = run(emit(choices)), run(emit(other))
    assert (before.retired != after.retired).mean() > 0.4


EXPECTED = {
    Kind.EBREAK: {Trap.BREAKPOINT},
    Kind.ECALL: {Trap.ENVIRONMENT_CALL},
    Kind.ILLEGAL: {Trap.ILLEGAL_INSTRUCTION},
    Kind.PRIVILEGED: {Trap.ILLEGAL_INSTRUCTION},
    Kind.CSR_ILLEGAL: {Trap.ILLEGAL_INSTRUCTION},
    Kind.ROUNDING_RESERVED: {Trap.ILLEGAL_INSTRUCTION},
    Kind.DYNAMIC_RESERVED: {Trap.ILLEGAL_INSTRUCTION},
    Kind.EDGE: {Trap.LOAD_FAULT, Trap.STORE_FAULT, Trap.BREAKPOINT},
    Kind.STRADDLE: {Trap.LOAD_FAULT, Trap.STORE_FAULT},
    Kind.WILD: {Trap.LOAD_FAULT, Trap.STORE_FAULT},
    Kind.CODE_WRITE: {Trap.STORE_FAULT},
    Kind.AMO_MISALIGNED: {Trap.LOAD_MISALIGNED, Trap.STORE_MISALIGNED},
    Kind.JUMP_WILD: {Trap.FETCH_FAULT},
    Kind.RESERVED_COMPRESSED: {Trap.ILLEGAL_INSTRUCTION},
    Kind.AMO_WILD: {Trap.LOAD_FAULT, Trap.STORE_FAULT},
    Kind.STACK_WILD: {Trap.LOAD_FAULT, Trap.STORE_FAULT},
    Kind.MEMORY_OVERWRITE: {Trap.BREAKPOINT},
    Kind.CSR_SEQUENCE: {Trap.BREAKPOINT},
    Kind.MEMORY: {Trap.BREAKPOINT},
    Kind.MEMORY_INDEXED: {Trap.BREAKPOINT},
    Kind.MEMORY_CROSSING: {Trap.BREAKPOINT},
    Kind.MEMORY_CODE: {Trap.BREAKPOINT},
    Kind.MEMORY_COMPRESSED: {Trap.BREAKPOINT},
    Kind.AMO: {Trap.BREAKPOINT},
    Kind.RESERVE: {Trap.BREAKPOINT},
    Kind.COUNTER: {Trap.BREAKPOINT},
    Kind.HINT: {Trap.BREAKPOINT},
    Kind.TABLE: {Trap.BREAKPOINT},
    Kind.INDIRECT: {Trap.BREAKPOINT},
    Kind.STACK_OP: {Trap.BREAKPOINT},
    Kind.STACK_ADJUST: {Trap.BREAKPOINT},
}


@pytest.mark.parametrize("kind", EXPECTED, ids=lambda k: k.name)
def test_a_gadget_alone_traps_as_it_says(kind: Kind) -> None:
    choices = draw(8, 0, 60, PROFILES["traps"])
    slots = {name: field[:, 2:3].copy() for name, field in choices.slots.items()}
    slots["kind"][:] = kind
    observed = run(emit(Choices(slots, choices.state)))
    assert {Trap(int(t)) for t in observed.trap} == EXPECTED[kind]


def test_sc_succeeds_after_lr_and_fails_alone() -> None:
    choices = draw(8, 0, 80, PROFILES["short"])
    for kind, insn, result in ((Kind.RESERVE, 0, 0), (Kind.AMO, 0, 1)):
        slots = {name: field[:, :1].copy() for name, field in choices.slots.items()}
        slots["kind"][:] = kind
        slots["insn"][:] = insn
        slots["rd"][:] = slots["rs2"][:] = 31
        choices.state["variant"] = 0
        observed = run(emit(Choices(slots, choices.state)))
        assert (observed.state["x"][:, 31] == result).all()


def test_loops_repeat_and_calls_return() -> None:
    """A loop of n iterations around a call of a function of one instruction, and the way back to the end."""
    base = draw(0, 0, 8, PROFILES["short"])
    slots = {name: np.zeros((8, 4), field.dtype) for name, field in base.slots.items()}
    slots["kind"][:] = [Kind.LOOP, Kind.CALL, Kind.SECTION, Kind.COMPRESSED]
    slots["aux"][:, 0] = np.arange(8)
    base.state["slots"] = 4
    observed = run(emit(Choices(slots, base.state)))
    # head, then per iteration: call, compressed, return, count down, branch
    assert observed.retired.tolist() == [1 + 5 * (n + 1) for n in range(8)]
    assert (observed.trap == Trap.BREAKPOINT).all()


def test_a_loop_around_a_loop_in_a_function() -> None:
    base = draw(0, 0, 1, PROFILES["short"])
    slots = {name: np.zeros((1, 5), field.dtype) for name, field in base.slots.items()}
    slots["kind"][:] = [Kind.LOOP, Kind.CALL, Kind.SECTION, Kind.LOOP, Kind.COMPRESSED]
    slots["aux"][0, [0, 3]] = 2, 4
    base.state["slots"] = 5
    observed = run(emit(Choices(slots, base.state)))
    function = 1 + 5 * 3 + 1
    assert observed.retired[0] == 1 + 3 * (1 + function + 2)


def test_a_loop_in_a_loop_repeats_every_time() -> None:
    base = draw(0, 0, 1, PROFILES["short"])
    for inner, outer in ((1, 1), (2, 3), (8, 8)):
        slots = {name: np.zeros((1, 4), field.dtype) for name, field in base.slots.items()}
        slots["kind"][:] = [Kind.LOOP, Kind.LOOP, Kind.COMPRESSED, Kind.COMPRESSED]
        slots["length"][0, 0] = 2
        slots["aux"][0, :2] = outer - 1, inner - 1
        base.state["slots"] = 4
        observed = run(emit(Choices(slots, base.state)))
        assert observed.retired[0] == 1 + outer * (1 + inner * 3 + 1 + 2)
        assert observed.trap[0] == Trap.BREAKPOINT


@pytest.mark.parametrize("profile", ["traps", "memory"])
def test_wild_addresses_miss_the_code_arena(profile: str) -> None:
    observed = run(generate(31, 0, 250, profile))
    fetch = observed.trap == Trap.FETCH_FAULT
    target = observed.tval[fetch]
    assert not ((target >= CODE_BASE) & (target < CODE_BASE + CODE_BYTES)).any()
