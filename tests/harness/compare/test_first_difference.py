"""Bisection to the first differing instruction, and errata that explain it, on toy executors."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pytest
import toy_executors as toy
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.compare.errata import errata_of, explain
from harness.compare.first_difference import ExecutedBits, continuation, first_difference, observe, path_of, start_of
from harness.contract import Capabilities, Case, End, MachineCase, MachineObservation, Observation, state_dtype
from harness.contract.layout import CODE_BASE, DATA_BYTES
from oracles.errata import Erratum, ErratumKind, InstructionPattern, Witness
from oracles.errata.rules import Rule

NEGATIVE = (1 << 64) - 3


def _case(code: bytes, limit_insns: int = 1000, **registers: int) -> MachineCase:
    state = np.zeros(1, state_dtype("riscv64"))
    state["pc"] = CODE_BASE
    for name, value in registers.items():
        state["x"][0][int(name[1:])] = value
    return MachineCase("riscv64", state[0], code, CODE_BASE, bytes(DATA_BYTES), limit_insns)


WRONG_AT = toy.mul(6, 10, 11)
CODE = toy.addi(5, 5, 1) * 3 + WRONG_AT + toy.addi(7, 6, 1) * 4 + toy.ebreak()


@settings(deadline=None, max_examples=60)
@given(st.integers(0, 40), st.integers(0, 40), st.integers(1, 100))
def test_the_first_differing_instruction_is_found_wherever_it_is(before: int, after: int, limit: int) -> None:
    code = toy.addi(5, 5, 1) * before + WRONG_AT + toy.addi(7, 6, 1) * after + toy.ebreak()
    case = _case(code, limit, x10=NEGATIVE, x11=NEGATIVE)
    found = first_difference(case, toy.ToyMachine(), toy.WrongMultiplier())
    if limit <= before:
        assert found is None
        return
    assert found is not None
    assert (found.index, found.pc) == (before, CODE_BASE + 4 * before)
    assert found.bits == int.from_bytes(WRONG_AT, "little")
    assert found.comparison.fields == ("x",)
    assert int(found.before.state["x"][5]) == before
    assert int(found.subject.state["x"][6]) == 9
    assert int(found.oracle.state["x"][6]) == 9 | 1 << 63


def test_there_is_none_where_they_agree_or_cannot_stop() -> None:
    agreeing = _case(CODE, x10=1, x11=NEGATIVE)
    assert first_difference(agreeing, toy.ToyMachine(), toy.WrongMultiplier()) is None
    inexact = toy.ToyMachine()
    inexact.capabilities = replace(toy.ToyMachine.capabilities, exact_limit=False)
    differing = _case(CODE, x10=NEGATIVE, x11=NEGATIVE)
    assert first_difference(differing, inexact, toy.WrongMultiplier()) is None


def test_the_path_and_the_bits_of_what_was_executed() -> None:
    case = _case(CODE)
    assert path_of(case, toy.ToyMachine(), 3) == [CODE_BASE, CODE_BASE + 4, CODE_BASE + 8]
    assert path_of(case, toy.ToyMachine(), 0) == []
    bits = ExecutedBits(case, toy.ToyMachine(), 4)
    assert list(bits) == [int.from_bytes(CODE[4 * i : 4 * i + 4], "little") for i in range(4)]
    assert list(reversed(bits)) == list(bits)[::-1]


def test_nobody_is_asked_for_the_instructions_before_until_they_are_looked_at() -> None:
    class Counting(toy.ToyMachine):
        runs = 0

        def run(self, case: Case) -> Observation:
            self.runs += 1
            return super().run(case)

    machine = Counting()
    bits = ExecutedBits(_case(CODE), machine, 3)
    assert machine.runs == 0
    assert bits[2] == bits[-1]
    asked = machine.runs
    assert asked > 0
    assert len(bits) == 3
    assert machine.runs == asked


def test_a_continuation_ends_like_the_whole() -> None:
    case = _case(CODE, x10=7, x11=6)
    machine = toy.ToyMachine()
    whole = observe(machine, case)
    for count in range(1, 8):
        rest = continuation(case, observe(machine, case.with_limit(count)), count)
        assert rest is not None
        seen = observe(machine, rest)
        assert seen.state.tobytes() == whole.state.tobytes()
        assert seen.retired + count == whole.retired
    assert continuation(case, whole, whole.retired) is None
    assert continuation(case.with_limit(3), observe(machine, case.with_limit(3)), 3) is None
    assert start_of(case).end is End.LIMIT


def _erratum(**changes: object) -> Erratum:
    witness_case = _case(WRONG_AT + toy.ebreak(), x10=NEGATIVE, x11=NEGATIVE)
    erratum = Erratum(
        id="toy-mul",
        oracle="wrong-multiplier",
        kind=ErratumKind.DEFECT,
        first_version=(1, 0),
        last_version=None,
        summary="The sign is wrong.",
        manual_section="none",
        manual_sentence="none",
        instructions=(InstructionPattern(0x0200_0033, 0xFE00_707F),),
        fields=frozenset({"x[rd]"}),
        condition=Rule("x[rs1] >> 63 == 1 and x[rs2] >> 63 == 1"),
        expect=Rule("oracle.x[rd] == subject.x[rd] ^ (1 << 63)"),
        final=None,
        witness=Witness(witness_case, {"x[6]": hex(9 | 1 << 63)}, {"x[6]": "0x9"}),
    )
    return replace(erratum, **changes)  # type: ignore[arg-type]


def test_an_erratum_explains_its_difference_and_the_rest_is_still_compared() -> None:
    case = _case(CODE, x10=NEGATIVE, x11=NEGATIVE)
    result = explain(case, toy.ToyMachine(), toy.WrongMultiplier(), (_erratum(),))
    assert (result.explained, result.counts) == (True, {"toy-mul": 1})
    twice = _case(WRONG_AT + toy.addi(5, 5, 1) + WRONG_AT + toy.ebreak(), x10=NEGATIVE, x11=NEGATIVE)
    assert explain(twice, toy.ToyMachine(), toy.WrongMultiplier(), (_erratum(),)).counts == {"toy-mul": 2}


@dataclass
class _AlsoWrongLater(toy.WrongMultiplier):
    """Wrong in `mul` and, later in the program, in a store: nothing known."""

    capabilities: Capabilities = toy.ToyMachine.capabilities

    def run(self, case: MachineCase) -> MachineObservation:  # type: ignore[override]
        seen = super().run(case)
        assert isinstance(seen, MachineObservation)
        dirty = bytearray(seen.memory)
        if any(dirty[:8]):
            dirty[0] ^= 0x10
        return replace(seen, memory=bytes(dirty))


def test_what_comes_after_an_erratum_is_not_excused() -> None:
    code = WRONG_AT + toy.addi(8, 8, 5) + toy.sd_window(8, 0) + toy.addi(5, 5, 1) + toy.ebreak()
    case = _case(code, x10=NEGATIVE, x11=NEGATIVE)
    also_wrong: Any = _AlsoWrongLater()  # it takes machine cases only
    result = explain(case, toy.ToyMachine(), also_wrong, (_erratum(),))
    assert not result.explained
    assert result.counts == {"toy-mul": 1}
    assert result.left is not None
    assert result.left.bits == int.from_bytes(toy.sd_window(8, 0), "little")
    assert result.left.comparison.fields == ("memory",)


@pytest.mark.parametrize(
    "change",
    [
        {"fields": frozenset({"f[rd]"})},
        {"condition": Rule("x[rs1] == 1")},
        {"expect": Rule("oracle.x[rd] == 0")},
        {"instructions": (InstructionPattern(0x33, 0xFE00_707F),)},
    ],
)
def test_an_erratum_of_other_fields_operands_results_or_instructions_excuses_nothing(change: dict[str, object]) -> None:
    case = _case(CODE, x10=NEGATIVE, x11=NEGATIVE)
    result = explain(case, toy.ToyMachine(), toy.WrongMultiplier(), (_erratum(**change),))
    assert not result.explained
    assert result.left is not None
    assert result.left.index == 3


def test_an_erratum_that_the_oracle_does_not_show_is_not_active(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("harness.compare.errata.load_errata", lambda: (_erratum(), _erratum(oracle="other")))
    assert [e.oracle for e in errata_of(toy.WrongMultiplier())] == ["wrong-multiplier"]
    repaired = toy.WrongMultiplier()
    monkeypatch.setattr(repaired, "product", toy.ToyMachine().product)
    assert errata_of(repaired) == ()


@pytest.mark.parametrize(
    ("answer", "active"),
    [
        ({"x[6]": "not 0x9"}, True),
        ({"x[6]": "not " + hex(9 | 1 << 63)}, False),
        ({"trap": "BREAKPOINT", "end": "TRAP", "fflags": "0x0", "retired": "0x1", "tval": "0x0"}, True),
        ({"trap": "LOAD_FAULT"}, False),
        ({"pc": hex(CODE_BASE + 4), "memory": {"0x90002000": "0000"}}, True),
        ({"memory": {"0x90002000": "01"}}, False),
        ({"f[1]": "0x0", "frm": "0x0"}, True),
    ],
)
def test_a_witness_may_speak_of_every_field(
    answer: dict[str, object], active: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    erratum = _erratum()
    erratum = replace(erratum, witness=replace(erratum.witness, oracle=answer))
    monkeypatch.setattr("harness.compare.errata.load_errata", lambda: (erratum,))
    assert bool(errata_of(toy.WrongMultiplier())) is active


def test_a_witness_of_an_unknown_field_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    erratum = _erratum()
    erratum = replace(erratum, witness=replace(erratum.witness, oracle={"mood": "0x1"}))
    monkeypatch.setattr("harness.compare.errata.load_errata", lambda: (erratum,))
    with pytest.raises(ValueError, match="a witness speaks of 'mood'; known"):
        errata_of(toy.WrongMultiplier())
