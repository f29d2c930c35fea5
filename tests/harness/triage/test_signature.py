"""Signatures: one cause gives one, different causes give different ones; addresses and values do not take part."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from harness.compare.describe import CaseComparison, compare_case
from harness.compare.first_difference import FirstDifference, start_of
from harness.contract import End, MachineCase, MachineObservation, Trap, Verdict, state_dtype
from harness.contract.layout import CODE_BASE, DATA_BYTES
from harness.triage.signature import machine_signature, mnemonic

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
    assert one == "riscv64 add: x: limit against limit"
    assert _signature(_found(ADD | 5 << 7, pc=CODE_BASE + 64, x=6)) == one


@pytest.mark.parametrize(
    ("found", "signature"),
    [
        (_found(C_ADD, x=1), "riscv64 c.add: x: limit against limit"),
        (_found(ADD, f=1), "riscv64 add: f: limit against limit"),
        (_found(ADD, fcsr=0x10), "riscv64 add: fflags: limit against limit"),
        (_found(ADD, fcsr=0xE1), "riscv64 add: fflags+frm: limit against limit"),
        (_found(ADD, trap=Trap.ILLEGAL_INSTRUCTION), "riscv64 add: end+trap: limit against illegal_instruction"),
        (_found(0xFFFF_FFFF, x=1), "riscv64 undefined32: x: limit against limit"),
        (_found(0x8000, x=1), "riscv64 undefined16: x: limit against limit"),
    ],
)
def test_causes_have_different_signatures(found: FirstDifference, signature: str) -> None:
    assert _signature(found) == signature


def test_a_case_that_was_not_located_is_named_by_its_ends() -> None:
    found = _found(ADD, x=1)
    crashed = replace(found.oracle, end=End.CRASH)
    comparison = CaseComparison(Verdict.DIVERGED, ("end",))
    text = machine_signature("riscv64", None, comparison, found.subject, crashed)
    assert text == "riscv64 not located: end: limit against crash"


def test_mnemonics_of_other_isas_are_unknown() -> None:
    with pytest.raises(ValueError, match="no mnemonics are known for ISA 'z80'; known: riscv64"):
        mnemonic("z80", 0)
