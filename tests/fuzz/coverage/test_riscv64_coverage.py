"""Coverage of cases written by hand, instruction by instruction."""

from __future__ import annotations

import struct

import numpy as np
import pytest

from engines.vm.isa.riscv64 import INSTRUCTIONS
from fuzz.coverage.operand_classes import FloatClass, IntegerClass
from fuzz.coverage.riscv64 import COMPUTED, Coverage, Hazard, coverage_of
from fuzz.strategies.riscv64 import coverage, generate
from fuzz.strategies.riscv64.instructions import NUMBER
from harness.contract import MachineBatch, MachineCase, state_dtype
from harness.contract.layout import CODE_BASE, DATA_BYTES


def batch_of(
    *words: int, x: dict[int, int] | None = None, f: dict[int, int] | None = None, skip: int = 0
) -> MachineBatch:
    """One case with this code; `skip` bytes lie before its entry."""
    code = b"".join(struct.pack("<I" if w & 3 == 3 else "<H", w) for w in words)
    state = np.zeros(1, state_dtype("riscv64"))
    state["pc"] = CODE_BASE + skip
    for register, value in (x or {}).items():
        state["x"][0, register] = value
    for register, value in (f or {}).items():
        state["f"][0, register] = value
    return MachineBatch.of([MachineCase("riscv64", state[0], code, CODE_BASE, bytes(DATA_BYTES))])


def word(name: str, **fields: int) -> int:
    return INSTRUCTIONS[name].encode(**fields)


def met(c: Coverage, name: str, source: int) -> dict[int, int]:
    row = c.operands[NUMBER[name], source]
    return {int(k): int(row[k]) for k in np.flatnonzero(row)}


def test_initial_operands_have_classes_and_later_ones_are_computed() -> None:
    code = [word("div", rd=5, rs1=6, rs2=7), word("div", rd=6, rs1=5, rs2=6), word("div", rd=1, rs1=6, rs2=0)]
    c = coverage_of(batch_of(*code, x={6: 1 << 63, 7: (1 << 64) - 1}))
    assert c.instructions[NUMBER["div"]] == c.instructions.sum() == 3
    assert met(c, "div", 0) == {IntegerClass.MIN_64: 1, COMPUTED: 2}
    assert met(c, "div", 1) == {IntegerClass.MINUS_ONE: 1, IntegerClass.MIN_64: 1, IntegerClass.ZERO: 1}


def test_singles_and_doubles_are_read_in_their_format() -> None:
    code = [word("fadd_s", rd=1, rs1=2, rs2=3, rm=1), word("fcvt_s_d", rd=4, rs1=2, rm=7), word("fsw", rs2=2, rs1=9)]
    c = coverage_of(batch_of(*code, f={2: 0x3FF0 << 48, 3: 0xFFFF_FFFF_7F80_0001}))
    assert met(c, "fadd_s", 0) == {FloatClass.UNBOXED: 1}
    assert met(c, "fadd_s", 1) == {FloatClass.SIGNALING_NAN: 1}
    assert met(c, "fcvt_s_d", 0) == {FloatClass.INTEGRAL: 1}
    assert c.rounding[NUMBER["fadd_s"]].tolist() == [0, 1, 0, 0, 0, 0, 0, 0]
    assert c.rounding[NUMBER["fcvt_s_d"], 7] == 1


def test_compressed_registers_and_lengths_are_read() -> None:
    code = [word("c_add", rd=9, rs2=10), word("c_sub", **{"rd'": 8, "rs2'": 11}), word("addi", rd=1, rs1=0, imm=-1)]
    c = coverage_of(batch_of(*code, x={9: 1, 10: 7, 8: 3, 11: 1 << 40}))
    assert met(c, "c_add", 0) == {IntegerClass.ONE: 1}
    assert met(c, "c_add", 1) == {IntegerClass.BESIDE_POWER: 1}
    assert met(c, "c_sub", 0) == {IntegerClass.BESIDE_POWER: 1}
    assert met(c, "c_sub", 1) == {IntegerClass.POWER_OF_TWO: 1}
    assert met(c, "addi", 0) == {IntegerClass.ZERO: 1}


def test_reading_starts_at_the_entry() -> None:
    code = [word("c_nop", imm=0), word("add", rd=1, rs1=2, rs2=3)]
    assert coverage_of(batch_of(*code, skip=2)).instructions[NUMBER["c_nop"]] == 0
    with pytest.raises(ValueError, match="odd or outside"):
        coverage_of(batch_of(*code, skip=6))


def test_hazards() -> None:
    code = [
        word("add", rd=5, rs1=5, rs2=6),
        word("sub", rd=5, rs1=1, rs2=5),
        word("xor", rd=0, rs1=7, rs2=7),
        word("or", rd=2, rs1=0, rs2=0),
    ]
    c = coverage_of(batch_of(*code))
    rows = {
        name: {Hazard(int(h)) for h in np.flatnonzero(c.hazards[NUMBER[name]])} for name in ("add", "sub", "xor", "or")
    }
    assert rows["add"] == {Hazard.RD_IS_RS1}
    assert rows["sub"] == {Hazard.RD_IS_RS2, Hazard.READS_PREVIOUS, Hazard.OVERWRITES_PREVIOUS}
    assert rows["xor"] == {Hazard.RD_IS_X0, Hazard.RS1_IS_RS2}
    assert rows["or"] == {Hazard.RS1_IS_RS2}


def test_a_case_does_not_see_the_one_before_it() -> None:
    one = batch_of(word("add", rd=5, rs1=6, rs2=7), x={6: 1})
    two = batch_of(word("add", rd=8, rs1=5, rs2=7), x={5: 1})
    cases = [
        one.case(0),
        MachineCase("riscv64", two.case(0).state, two.case(0).code, CODE_BASE + 64, bytes(DATA_BYTES)),
    ]
    cases[1].state["pc"] = CODE_BASE + 64
    c = coverage_of(MachineBatch.of(cases))
    assert met(c, "add", 0) == {IntegerClass.ONE: 2}
    assert c.hazards[NUMBER["add"], Hazard.READS_PREVIOUS] == 0


def test_undefined_words_are_counted_by_length() -> None:
    assert coverage_of(batch_of(0, 0xFFFF_FFFF, 0x0000_006B, 0x0000_0001)).unknown.tolist() == [1, 2]


def test_addresses_are_not_to_be_covered() -> None:
    c = coverage_of(batch_of(word("ld", rd=1, rs1=2, imm=0), word("c_jr", rs1=1)))
    holes = c.missing_classes()
    assert not [h for h in holes if h.startswith(("ld ", "c.jr ", "sd rs1"))]
    assert "sd rs2 MIN_64" in holes


def test_sums_and_reports() -> None:
    first, second = generate(1, 0, 50), generate(1, 50, 50)
    total = coverage(first) + coverage(second)
    together = coverage(generate(1, 0, 100))
    assert total.cases == together.cases == 100
    assert np.array_equal(total.operands, together.operands)
    assert np.array_equal(total.hazards, together.hazards)
    assert f"instructions {total.covered_instructions}/{total.total_instructions}" in total.summary()
    table = total.table()
    assert all(i.mnemonic in table for i in INSTRUCTIONS)
    assert f"operand classes never met: {len(total.missing_classes())}" in table
    assert total.covered_classes + len(total.missing_classes()) == total.total_classes


def test_nothing_is_all_holes() -> None:
    empty = Coverage()
    assert len(empty.missing_instructions()) == empty.total_instructions
    assert len(empty.missing_classes()) == empty.total_classes
    assert "fadd.s rm=2" in empty.missing_rounding()


def test_other_isas_are_refused() -> None:
    batch = generate(1, 0, 1)
    object.__setattr__(batch, "isa", "arm64")
    with pytest.raises(ValueError, match="coverage of arm64 is not defined"):
        coverage_of(batch)
