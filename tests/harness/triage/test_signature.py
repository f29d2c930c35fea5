"""Signatures: one cause gives one, different causes give different ones; addresses and values do not take part."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from harness.compare.describe import CaseComparison, compare_case
from harness.compare.first_difference import FirstDifference, start_of
from harness.contract import End, MachineCase, MachineObservation, Trap, Verdict, state_dtype
from harness.contract.layout import CODE_BASE, DATA_BYTES
from harness.triage.signature import machine_signature, mnemonic, program_signature

ADD = 0x0031_00B3
C_ADD = 0x908E


def _found(bits: int, pc: int = CODE_BASE, trap: Trap = Trap.NONE, **changed: int) -> FirstDifference:
    state = np.zeros(1, state_dtype("riscv64"))
    state["pc"] = pc
    case = MachineCase("riscv64", state[0], bits.to_bytes(4, "little"), CODE_BASE, bytes(DATA_BYTES))
    ours = MachineObservation(End.LIMIT, Trap.NONE, 0, state[0], bytes(DATA_BYTES), 1)
    other = state.copy()
    for name, value in changed.items():
        if name in ("x", "f"):
            other[name][0][value] = 77
        else:
            other[name] = value
    theirs = replace(ours, state=other[0])
    if trap is not Trap.NONE:
        theirs = replace(theirs, end=End.TRAP, trap=trap, tval=5, retired=0)
    return FirstDifference(0, pc, bits, start_of(case), ours, theirs, compare_case(case, ours, theirs))


def _signature(found: FirstDifference) -> str:
    return machine_signature("riscv64", found, found.comparison, found.subject, found.oracle)


def test_registers_values_and_addresses_do_not_take_part() -> None:
    one = _signature(_found(ADD, x=1))
    assert one == "riscv64 add: x differs"
    assert _signature(_found(ADD | 5 << 7, pc=CODE_BASE + 64, x=6)) == one


@pytest.mark.parametrize(
    ("found", "signature"),
    [
        (_found(C_ADD, x=1), "riscv64 c.add: x differs"),
        (_found(ADD, f=1), "riscv64 add: f differs"),
        (_found(ADD, fcsr=0x10), "riscv64 add: fflags differs"),
        (_found(ADD, fcsr=0xE1), "riscv64 add: fflags, frm differ"),
        (_found(ADD, trap=Trap.ILLEGAL_INSTRUCTION), "riscv64 add: subject goes on, oracle traps illegal_instruction"),
        (_found(0xFFFF_FFFF, x=1), "riscv64 undefined32: x differs"),
        (_found(0x8000, x=1), "riscv64 undefined16: x differs"),
    ],
)
def test_causes_have_different_signatures(found: FirstDifference, signature: str) -> None:
    assert _signature(found) == signature


def test_a_case_that_was_not_located_is_named_by_its_ends() -> None:
    found = _found(ADD, x=1)
    crashed = replace(found.oracle, end=End.CRASH)
    comparison = CaseComparison(Verdict.DIVERGED, ("end",))
    text = machine_signature("riscv64", None, comparison, found.subject, crashed)
    assert text == "riscv64 not located: subject reaches the limit, oracle crashes"


def test_mnemonics_of_other_isas_are_unknown() -> None:
    with pytest.raises(ValueError, match="no mnemonics are known for ISA 'z80'; known: riscv64"):
        mnemonic("z80", 0)


def test_what_follows_from_a_trap_is_no_part_of_the_cause() -> None:
    found = _found(ADD, trap=Trap.ILLEGAL_INSTRUCTION, x=1)
    assert _signature(found) == "riscv64 add: subject goes on, oracle traps illegal_instruction"
    trapped = replace(found.subject, end=End.TRAP, trap=Trap.BREAKPOINT, retired=0)
    comparison = CaseComparison(Verdict.DIVERGED, ("trap", "tval", "x"))
    both = replace(found, subject=trapped, comparison=comparison)
    assert _signature(both) == "riscv64 add: subject traps breakpoint, oracle traps illegal_instruction; x differs"
    same = replace(both, oracle=replace(trapped, tval=9), comparison=CaseComparison(Verdict.DIVERGED, ("tval",)))
    assert _signature(same) == "riscv64 add: tval differs where both trap breakpoint"


def test_a_program_is_named_by_itself_and_by_what_differs() -> None:
    assert program_signature("zstd O2", ("stdout", "exit_status")) == "program zstd O2: stdout, exit_status differ"
