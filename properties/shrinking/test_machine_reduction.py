"""What reduction must reach: whichever instruction is wrong, the reproducer is that instruction and what feeds it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engines.vm.isa.riscv64 import INSTRUCTIONS
from fuzz.strategies.riscv64 import generate
from harness.compare.describe import compare_case
from harness.contract import Case, MachineCase, MachineObservation, Observation, Verdict
from harness.reduce.machine import Reduction, reduce_machine_case
from harness.reduce.search import instruction_count
from harness.subjects.riscv64_reference import ReferenceExecutor

MNEMONICS = (
    "add",
    "xor",
    "sltu",
    "sraw",
    "mulw",
    "srli",
    "lui",
    "lw",
    "lbu",
    "amoswap.w",
    "fadd.d",
    "fcvt.s.w",
    "fsgnj.s",
)
"""Their wrong forms write a result that differs in one bit."""
PROFILES = ("default", "fp", "memory", "atomic", "compressed")
MOST_PROGRAMS = 400
RIGHT = ReferenceExecutor()


class WrongInstruction(ReferenceExecutor):
    """The reference tier, in which one instruction flips the lowest bit of its result, while a case runs here."""

    def __init__(self, mnemonic: str) -> None:
        super().__init__()
        self.name = f"wrong-{mnemonic}"
        base = INSTRUCTIONS.by_mnemonic[mnemonic]
        self._changed = [i for i in INSTRUCTIONS if i is base or i.expands_to == base.name]
        self._file = "f" if mnemonic.startswith("f") else "x"

    def run(self, case: Case) -> Observation:
        saved = [instruction.semantics for instruction in self._changed]
        try:
            for instruction in self._changed:
                object.__setattr__(instruction, "semantics", self._wrong(instruction.semantics))
            return super().run(case)
        finally:
            for instruction, semantics in zip(self._changed, saved, strict=True):
                object.__setattr__(instruction, "semantics", semantics)

    def _wrong(self, right: Callable[..., None]) -> Callable[..., None]:
        def semantics(m: Any, rd: Any, *operands: Any) -> None:
            right(m, rd, *operands)
            registers = m.f if self._file == "f" else m.x
            registers[rd] = registers[rd] ^ 1

        return semantics


def signature(subject: ReferenceExecutor) -> Callable[[MachineCase], str | None]:
    """Which fields differ, and nothing more."""

    def of(case: MachineCase) -> str | None:
        ours, theirs = subject.run(case), RIGHT.run(case)
        assert isinstance(ours, MachineObservation)
        assert isinstance(theirs, MachineObservation)
        found = compare_case(case, ours, theirs)
        return "x or f differ" if found.verdict is Verdict.DIVERGED and set(found.fields) & {"x", "f"} else None

    return of


def reduced(mnemonic: str, seed: int) -> tuple[MachineCase, Reduction, Callable[[MachineCase], str | None]]:
    """The first program of `seed` that shows the wrong instruction, and its reduction."""
    subject = WrongInstruction(mnemonic)
    judge = signature(subject)
    for number in range(MOST_PROGRAMS):
        batch = generate(seed, number, 1, PROFILES[number % len(PROFILES)])
        case = batch.case(0).with_limit(2_000)
        if judge(case) is not None:
            return case, reduce_machine_case(case, subject, judge), judge
    raise AssertionError(f"{MOST_PROGRAMS} programs of seed {seed} do not show a wrong {mnemonic}")


@pytest.mark.evidence("HX-06")
@pytest.mark.parametrize("mnemonic", MNEMONICS)
def test_a_wrong_instruction_is_reduced_to_itself(mnemonic: str) -> None:
    """At most three instructions, the wrong one among them: a load may need its address made, nothing needs more."""
    case, found, judge = reduced(mnemonic, 11)
    assert found.instructions <= 3
    assert found.instructions == instruction_count(found.case) <= instruction_count(case)
    assert judge(found.case) == found.signature == judge(case)
    table = [
        i for i in INSTRUCTIONS if i.mnemonic == mnemonic or i.expands_to == INSTRUCTIONS.by_mnemonic[mnemonic].name
    ]
    halves = [int.from_bytes(found.case.code[at : at + 4], "little") for at in range(0, len(found.case.code), 2)]
    assert any(i.matches(word if i.length == 4 else word & 0xFFFF) for word in halves for i in table)


@settings(deadline=None, max_examples=5)
@given(st.integers(0, 1 << 32), st.sampled_from(("add", "lw", "fadd.d")))
def test_reduction_repeats_and_does_not_go_back(seed: int, mnemonic: str) -> None:
    """The same start gives the same result; reducing a result changes nothing that matters; states become plain."""
    case, first, judge = reduced(mnemonic, seed)
    subject = WrongInstruction(mnemonic)
    second = reduce_machine_case(case, subject, judge)
    assert (second.case.code, second.case.state.tobytes(), second.case.memory) == (
        first.case.code,
        first.case.state.tobytes(),
        first.case.memory,
    )
    again = reduce_machine_case(first.case, subject, judge)
    assert again.instructions <= first.instructions
    assert weight(again.case) <= weight(first.case) <= weight(case)


def weight(case: MachineCase) -> int:
    """Registers and bytes that are not zero."""
    return sum(int((case.state[name] != 0).sum()) for name in ("x", "f")) + sum(map(bool, case.memory))
