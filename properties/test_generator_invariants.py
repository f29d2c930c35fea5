"""Invariants of generated programs, over everything that hypothesis can draw and mutators can leave behind.

Checked by running them on the reference tier: every program ends; registers kept for control survive every gadget; code
only goes where the program put it.
"""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from fuzz.strategies.riscv64.choices import Choices
from fuzz.strategies.riscv64.emit import emit
from fuzz.strategies.riscv64.emit_control import MOST_ITERATIONS
from fuzz.strategies.riscv64.hypothesis_programs import any_choices, choices
from fuzz.strategies.riscv64.mutate import mutate
from fuzz.strategies.riscv64.registers import FUNCTIONS, ROLE, VARIANTS, Role
from harness.contract import End, MachineObservation, Trap
from harness.contract.layout import CODE_BASE, CODE_BYTES
from harness.subjects.riscv64_reference import ReferenceExecutor

PROGRAMS = st.one_of(choices("default", 20), choices("noise", 12), choices("control", 20), any_choices())
LIMIT_INSNS = 20_000


def run(program: Choices) -> tuple[np.void, MachineObservation, int, int]:
    """(initial state, observation, first and last address of the code)."""
    case = emit(program, LIMIT_INSNS).case(0)
    executor = ReferenceExecutor()
    try:
        observed = executor.run(case)
    finally:
        executor.close()
    assert isinstance(observed, MachineObservation)
    return case.state, observed, case.code_address, case.code_address + len(case.code)


@settings(deadline=None, max_examples=200)
@given(PROGRAMS)
def test_programs_end_keep_their_registers_and_stay_inside(program: Choices) -> None:
    before, observed, start, end = run(program)
    assert observed.end is End.TRAP

    role = dict(zip(Role, ROLE[:, int(program.state["variant"][0]) % VARIANTS], strict=True))
    x = observed.state["x"]
    assert x[role[Role.BASE]] == before["x"][role[Role.BASE]]
    if observed.trap is Trap.BREAKPOINT:
        # Gadgets that write x2 repair it in their last instruction; only a trap can come in between.
        assert x[2] == before["x"][2]
    for link in (Role.LINK_1, Role.LINK_2, Role.LINK_3)[:FUNCTIONS]:
        assert start <= int(x[role[link]]) < end
    for counter in (Role.COUNTER, Role.COUNTER_LEAF):
        assert -20 < int(x[role[counter]].astype(np.int64)) <= MOST_ITERATIONS

    pc = int(observed.state["pc"])
    wild = observed.trap is Trap.FETCH_FAULT and not CODE_BASE <= pc < CODE_BASE + CODE_BYTES
    assert wild or start <= pc < end


@settings(deadline=None, max_examples=40)
@given(PROGRAMS, st.integers(0, 1 << 32))
def test_mutants_end_too(program: Choices, seed: int) -> None:
    _, observed, _, _ = run(mutate(program, seed))
    assert observed.end is End.TRAP


@settings(deadline=None, max_examples=40)
@given(PROGRAMS)
def test_choices_decide_everything(program: Choices) -> None:
    again = Choices.from_bytes(program.to_bytes())
    first, second = emit(program).case(0), emit(again).case(0)
    assert first.code == second.code
    assert first.memory == second.memory
    assert all(np.array_equal(first.state[n], second.state[n]) for n in first.state.dtype.names or ())
