"""Exceptions, changes of fcsr and sequences of CSR accesses, of cases and observations written by hand."""

from __future__ import annotations

import struct
from dataclasses import replace

import numpy as np
import pytest

from engines.vm.isa.riscv64 import INSTRUCTIONS
from fuzz.coverage.outcomes import CSRS, FETCH, FORMS, POSSIBLE, UNDEFINED, Change, Outcomes, outcomes_of
from fuzz.strategies.riscv64 import generate
from fuzz.strategies.riscv64.instructions import NUMBER
from harness.contract import BatchObservation, End, MachineBatch, MachineCase, Trap, state_dtype
from harness.contract.layout import CODE_BASE, DATA_BYTES
from harness.registry import create


def _word(name: str, **fields: int) -> int:
    return INSTRUCTIONS[name].encode(**fields)


def _batch(*words: int, fcsr: int = 0) -> MachineBatch:
    state = np.zeros(1, state_dtype("riscv64"))
    state["pc"], state["fcsr"] = CODE_BASE, fcsr
    code = b"".join(struct.pack("<I", word) for word in words)
    return MachineBatch.of([MachineCase("riscv64", state[0], code, CODE_BASE, bytes(DATA_BYTES))])


def _seen(trap: Trap, pc: int = CODE_BASE, fcsr: int = 0, end: End = End.TRAP) -> BatchObservation:
    seen = BatchObservation.empty("riscv64", 1)
    seen.end[:], seen.trap[:] = end, trap
    seen.state["pc"], seen.state["fcsr"] = pc, fcsr
    return seen


def _taken(outcomes: Outcomes) -> dict[tuple[int, int], int]:
    return {(int(n), int(t)): int(outcomes.traps[n, t]) for n, t in np.argwhere(outcomes.traps)}


def test_an_exception_belongs_to_the_instruction_at_the_final_pc() -> None:
    batch = _batch(_word("add", rd=1, rs1=2, rs2=3), _word("lw", rd=1, rs1=0, imm=0), 0)
    assert _taken(outcomes_of(batch, _seen(Trap.LOAD_FAULT, CODE_BASE + 4))) == {(NUMBER["lw"], Trap.LOAD_FAULT): 1}
    assert _taken(outcomes_of(batch, _seen(Trap.ILLEGAL_INSTRUCTION, CODE_BASE + 8))) == {
        (UNDEFINED, Trap.ILLEGAL_INSTRUCTION): 1
    }
    for pc in (CODE_BASE + 12, CODE_BASE - 2, 0, (1 << 64) - 2):
        assert _taken(outcomes_of(batch, _seen(Trap.FETCH_FAULT, pc))) == {(FETCH, Trap.FETCH_FAULT): 1}
    assert not _taken(outcomes_of(batch, _seen(Trap.NONE, end=End.LIMIT)))


def test_changes_of_fcsr_are_counted_of_runs_that_ended() -> None:
    batch = _batch(_word("ebreak"), fcsr=1 << 5 | 0b10010)
    found = outcomes_of(batch, _seen(Trap.BREAKPOINT, fcsr=3 << 5 | 0b00011))
    assert found.modes[1, 3] == found.modes.sum() == 1
    assert "frm rtz to rup" not in found.missing_modes()
    assert [int(row.argmax()) for row in found.flags] == [
        *(Change.RAISED, Change.STAYED_SET, Change.STAYED_CLEAR, Change.STAYED_CLEAR, Change.CLEARED)
    ]
    assert outcomes_of(batch, _seen(Trap.NONE, end=End.CRASH)).modes.sum() == 0


def test_neighbours_among_csr_accesses_are_counted_and_nothing_else() -> None:
    def access(form: str, csr: int) -> int:
        return INSTRUCTIONS[form].match | csr << 20 | 5 << 15

    code = (access("csrrw", 1), _word("add", rd=1, rs1=2, rs2=3), access("csrrsi", 3), access("csrrs", 0xC00))
    found = outcomes_of(_batch(*code, access("csrrci", 2)), _seen(Trap.BREAKPOINT))
    pairs = {tuple(map(int, pair)) for pair in np.argwhere(found.accesses)}
    first, second, third = (
        CSRS.index(csr) * 6 + FORMS.index(form)
        for csr, form in (("fflags", "csrrw"), ("fcsr", "csrrsi"), ("frm", "csrrci"))
    )
    assert pairs == {(first, second), (second, third)}
    assert "csrrw fflags, csrrsi fcsr" not in found.missing_accesses()
    assert len(found.missing_accesses()) == 18 * 18 - 2


def test_cases_do_not_run_into_each_other() -> None:
    one = _batch(INSTRUCTIONS["csrrw"].match | 1 << 20).case(0)
    state = one.state.copy()
    state["pc"] = CODE_BASE + 4
    both = MachineBatch.of([one, replace(one, state=state, code_address=CODE_BASE + 4)])
    seen = BatchObservation.empty("riscv64", 2)
    seen.end[:] = End.LIMIT
    assert outcomes_of(both, seen).accesses.sum() == 0


def test_every_exception_that_the_machine_takes_is_one_that_is_possible() -> None:
    executor = create("riscv64-reference", isolated=False)
    total = Outcomes()
    for profile in ("traps", "noise", "memory"):
        batch = generate(3, 0, 96, profile)
        total += outcomes_of(batch, executor.run_batch(batch))
    exact = {NUMBER[name] for name in NUMBER if name.startswith("fcvt")}
    surprising = [(n, t) for n, t in _taken(total) if not POSSIBLE[n, t] and n not in exact]
    assert not surprising
    assert total.traps.sum() > 150


def test_what_is_missing_is_what_is_possible_and_not_met() -> None:
    nothing = Outcomes()
    assert "amoadd.w store_fault" in nothing.missing_traps()
    assert "add load_fault" not in nothing.missing_traps()
    assert len(nothing.missing_traps()) == nothing.figures()["exceptions"][1] == POSSIBLE.sum()
    assert len(nothing.missing_flags()) == 20


def test_observations_of_other_cases_are_refused() -> None:
    with pytest.raises(ValueError, match="1 cases of riscv64 and observations of 2"):
        outcomes_of(_batch(0), BatchObservation.empty("riscv64", 2))
