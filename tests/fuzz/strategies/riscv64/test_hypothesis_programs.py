"""Hypothesis draws the same programs and shrinks them to what matters."""

from __future__ import annotations

from random import Random

from hypothesis import Phase, find, given, settings

from fuzz.strategies.riscv64.choices import Choices
from fuzz.strategies.riscv64.emit import emit
from fuzz.strategies.riscv64.gadgets import Kind
from fuzz.strategies.riscv64.hypothesis_programs import cases, choices
from fuzz.strategies.riscv64.instructions import ALL, POOLS
from harness.contract.case import MachineCase

QUICK = settings(deadline=None, max_examples=3000, phases=(Phase.generate, Phase.shrink), database=None)


def uses(candidate: Choices, name: str) -> bool:
    rows = candidate.records(0)
    return any(ALL[POOLS[Kind.OP][r["insn"] % len(POOLS[Kind.OP])]].name == name for r in rows if r["kind"] == Kind.OP)


@settings(deadline=None, max_examples=40)
@given(cases("short"))
def test_examples_are_cases(case: MachineCase) -> None:
    assert case.isa == "riscv64"
    assert case.code


def test_a_program_with_one_guilty_instruction_shrinks_to_it() -> None:
    smallest = find(choices("short", 10), lambda c: uses(c, "div"), settings=QUICK, random=Random(1))
    assert len(smallest.records(0)) == 1
    assert not smallest.state["x"].any()
    assert not smallest.state["f"].any()
    row = smallest.records(0)[0]
    assert (row["rd"], row["rs1"], row["rs2"], row["imm"], row["aux"]) == (0, 0, 0, 0, 0)


def test_a_guilty_operand_stays_and_the_rest_goes() -> None:
    smallest = find(
        choices("short", 10), lambda c: bool((c.state["x"] == 1 << 63).any()), settings=QUICK, random=Random(1)
    )
    assert len(smallest.records(0)) == 0
    assert (smallest.state["x"] != 0).sum() == 1
    assert len(emit(smallest).case(0).code) == 4
