"""What errata explain, and what they do not."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.contract import MACHINE_FIELDS, End, MachineObservation, Trap, state_dtype
from harness.contract.layout import CODE_BASE, DATA_BASE, DATA_BYTES
from oracles.errata import Erratum, differences, explains, load_errata, tolerated
from oracles.errata.rules import ElementRule, Rule, RuleError, boxed_or_canonical, reservation_history, sext32

ERRATA = {e.id: e for e in load_errata("unicorn")}
FADD_S = 0x00C58553  # fadd.s fa0, fa1, fa2
BOX = 0xFFFF_FFFF_0000_0000
ONE, TWO, THREE = 0x3F80_0000, 0x4000_0000, 0x4040_0000


def state(**registers: int) -> np.void:
    record: np.void = np.zeros(1, state_dtype("riscv64"))[0]
    record["pc"] = CODE_BASE
    for name, value in registers.items():
        if name in ("pc", "fcsr"):
            record[name] = value
        else:
            record[name[0]][int(name[1:])] = value
    return record


def after(
    before: np.void, trap: Trap = Trap.NONE, tval: int = 0, memory: bytes = bytes(DATA_BYTES), **set_: int
) -> MachineObservation:
    record = before.copy()
    record["pc"] += 4 if trap is Trap.NONE else 0
    for name, value in set_.items():
        if name in ("pc", "fcsr"):
            record[name] = value
        else:
            record[name[0]][int(name[1:])] = value
    end = End.LIMIT if trap is Trap.NONE else End.TRAP
    return MachineObservation(end, trap, tval, record, memory, int(trap is Trap.NONE))


def explaining(
    bits: int, before: np.void, subject: MachineObservation, oracle: MachineObservation, executed: tuple[int, ...] = ()
) -> set[str]:
    return {e.id for e in ERRATA.values() if explains(e, bits, before, subject, oracle, executed)}


BOXED = state(f11=BOX | ONE, f12=BOX | TWO)
RIGHT = after(BOXED, f10=BOX | THREE)


def test_an_unboxed_result_is_explained() -> None:
    assert explaining(FADD_S, BOXED, RIGHT, after(BOXED, f10=THREE)) == {"unicorn-fp32-result-not-boxed"}


@pytest.mark.parametrize(
    "oracle",
    [
        after(BOXED, f10=THREE + 1),  # another value
        after(BOXED, f10=THREE, fcsr=1),  # a flag besides
        after(BOXED, f10=THREE, x10=1),  # a register that the instruction does not write
        after(BOXED, f10=BOX | THREE, f9=THREE),  # the right register is right, another is wrong
        after(BOXED, f10=THREE, pc=CODE_BASE + 8),
        after(BOXED, Trap.ILLEGAL_INSTRUCTION, FADD_S),
        after(BOXED, f10=THREE, memory=b"\x01" + bytes(DATA_BYTES - 1)),
        RIGHT,  # no difference: nothing to explain
    ],
)
def test_anything_beside_the_recorded_fields_and_values_is_not(oracle: MachineObservation) -> None:
    assert explaining(FADD_S, BOXED, RIGHT, oracle) == set()


def test_the_mirror_image_is_not_explained() -> None:
    assert explaining(FADD_S, BOXED, after(BOXED, f10=THREE), RIGHT) == set()


def test_another_instruction_is_not_explained() -> None:
    fadd_d = FADD_S | 1 << 25
    assert explaining(fadd_d, BOXED, RIGHT, after(BOXED, f10=THREE)) == set()


def test_unchecked_operands_need_an_operand_that_is_not_boxed() -> None:
    unboxed = state(f11=ONE, f12=BOX | TWO)
    canonical, low_halves = after(unboxed, f10=BOX | 0x7FC0_0000), after(unboxed, f10=THREE, fcsr=1)
    assert explaining(FADD_S, unboxed, canonical, low_halves) == {"unicorn-fp32-operand-box-unchecked-2"}
    assert explaining(FADD_S, BOXED, after(BOXED, f10=BOX | 0x7FC0_0000), after(BOXED, f10=THREE, fcsr=1)) == set()


AMOADD_W = 0x00B5262F  # amoadd.w a2, a1, (a0)
LR_W = 0x1005262F


def test_amo_causes_are_explained_for_amos_only() -> None:
    before = state(x10=DATA_BASE + 2)
    as_store = after(before, Trap.STORE_MISALIGNED, DATA_BASE + 2)
    as_load = after(before, Trap.LOAD_MISALIGNED, DATA_BASE + 2)
    assert explaining(AMOADD_W, before, as_store, as_load) == {"unicorn-amo-misaligned-cause"}
    assert explaining(AMOADD_W, before, as_load, as_store) == set()
    assert explaining(LR_W, before, as_store, as_load) == set()


SC_W = 0x18B6_262F  # sc.w a2, a1, (a2)
LR_D, SC_D, SD, C_SW, ADDI = 0x1005_352F, 0x18B5_352F, 0x00B5_3023, 0xC10C, 0x0000_0013


def test_an_sc_is_explained_by_what_was_executed_before() -> None:
    before = state(x12=DATA_BASE)
    failed, succeeded = after(before, x12=1), after(before, x12=0)
    assert explaining(SC_W, before, failed, succeeded) == set()
    assert explaining(SC_W, before, failed, succeeded, (LR_D, ADDI)) == {"unicorn-sc-ignores-size"}
    assert explaining(SC_W, before, failed, succeeded, (LR_W,)) == set()
    assert explaining(SC_W, before, failed, succeeded, (LR_D, SC_D)) == set()
    assert explaining(SC_W, before, succeeded, failed, (LR_W, SD)) == {"unicorn-sc-compares-value"}
    assert explaining(SC_W, before, succeeded, failed, (SD, LR_W)) == set()


def test_reservation_history() -> None:
    assert reservation_history(()) == (0, 0)
    assert reservation_history((LR_D, SD, C_SW, ADDI, AMOADD_W)) == (8, 3)
    assert reservation_history((LR_D, SC_W)) == (0, 0)
    assert reservation_history((SD, LR_W)) == (4, 0)


@given(st.integers(0, 2**64 - 1))
@settings(deadline=None)
def test_helper_values(value: int) -> None:
    low = value & 0xFFFF_FFFF
    assert sext32(value) == int(np.int64(np.int32(np.uint32(low)))) % 2**64
    assert boxed_or_canonical(value) == (low if value >> 32 == 0xFFFF_FFFF else 0x7FC0_0000)


def test_differences_name_fields_and_registers() -> None:
    first = after(BOXED)
    assert differences(first, first) == frozenset()
    second = after(BOXED, Trap.LOAD_FAULT, 5, b"\x01" + bytes(DATA_BYTES - 1), x3=1, f4=2, fcsr=0x21)
    everything = {"end", "trap", "tval", "retired", "memory", "pc", "x[3]", "f[4]", "fflags", "frm"}
    assert differences(first, second) == everything
    narrow = replace(second, observed=frozenset(MACHINE_FIELDS) - {"x", "fcsr", "retired"})
    assert differences(first, narrow) == everything - {"x[3]", "fflags", "frm", "retired"}


def test_a_tolerance_covers_a_final_state_without_steps() -> None:
    subject = np.array([[BOX | ONE, BOX | ONE, 7, BOX | ONE, ONE]], np.uint64)
    oracle = np.array([[ONE, TWO, 7, BOX | ONE, BOX | ONE]], np.uint64)
    (name, mask), *others = tolerated(ERRATA.values(), "f", subject, oracle).items()
    assert (name, others) == ("unicorn-fp32-result-not-boxed", [])
    assert mask.tolist() == [[True, False, False, False, False]]
    assert tolerated(ERRATA.values(), "x", subject, oracle) == {}


@pytest.mark.parametrize(
    "text", ["open('x')", "lambda: 1", "x.__class__", "bits; rd", "(yield)", "f'{rd}'", "x[0] if rd else __name__"]
)
def test_a_rule_cannot_run_code(text: str) -> None:
    with pytest.raises(RuleError, match="rule"):
        Rule(text)


@pytest.mark.parametrize(
    "text", ["subject.f", "subject[0]", "boxed(subject)", "other == 1", "subject == 1 or oracle == 1"]
)
def test_a_rule_over_arrays_is_narrower(text: str) -> None:
    with pytest.raises(RuleError):
        ElementRule(text)


def test_the_witness_of_each_single_instruction_defect_is_explained_by_its_record() -> None:
    fadd: Erratum = ERRATA["unicorn-fp32-result-not-boxed"]
    case = fadd.witness.case
    subject = after(case.state, f3=int(fadd.witness.right["f[3]"], 16))
    oracle = after(case.state, f3=int(fadd.witness.oracle["f[3]"], 16))
    assert explains(fadd, int.from_bytes(case.code[:4], "little"), case.state, subject, oracle)
