"""Effects found by evaluation equal what the manual says, and semantics that break the algebra's rules are caught."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from engines.vm.isa.derive.effects import Control, Effects, probe
from engines.vm.isa.riscv64 import INSTRUCTIONS


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("add", Effects()),
        ("lhu", Effects(load_bytes=2)),
        ("c_fsdsp", Effects(store_bytes=8)),
        ("beq", Effects(control=Control.BRANCH)),
        ("c_bnez", Effects(control=Control.BRANCH)),
        ("jal", Effects(control=Control.JUMP)),
        ("c_j", Effects(control=Control.JUMP)),
        ("jalr", Effects(control=Control.INDIRECT)),
        ("c_jr", Effects(control=Control.INDIRECT)),
        ("ecall", Effects(control=Control.TRAP)),
        ("c_ebreak", Effects(control=Control.TRAP)),
        ("fence", Effects(fence=True)),
        ("fence_i", Effects(fence_i=True)),
        ("csrrwi", Effects(csr=True)),
        ("lr_d", Effects(load_bytes=8, atomic="reserve")),
        ("sc_w", Effects(store_bytes=4, atomic="conditional")),
        ("amomaxu_w", Effects(load_bytes=4, store_bytes=4, atomic="amo")),
        ("fnmadd_d", Effects(rounding=True, float_operations=frozenset(("fma",)))),
        ("fcvt_s_d", Effects(rounding=True, float_operations=frozenset(("convert",)))),
        ("fcvt_wu_s", Effects(rounding=True, float_operations=frozenset(("to_int",)))),
        ("fmin_s", Effects(float_operations=frozenset(("minimum",)))),
        ("fclass_d", Effects(float_operations=frozenset(("classify",)))),
        ("fsgnjx_s", Effects()),
    ],
)
def test_known_effects(name: str, expected: Effects) -> None:
    assert INSTRUCTIONS[name].effects == expected


def test_which_end_a_block_and_which_may_trap() -> None:
    ends = {i.name for i in INSTRUCTIONS if i.effects.ends_block}
    jumps = "jal jalr beq bne blt bge bltu bgeu c_j c_jr c_jalr c_beqz c_bnez"
    assert ends == {*jumps.split(), "ecall", "ebreak", "c_ebreak", "fence_i"}
    never = {"add", "c_li", "fsgnj_d", "fle_s", "fence", "jalr", "beq", "div"}
    assert not any(INSTRUCTIONS[name].effects.may_trap for name in never)
    assert all(INSTRUCTIONS[name].effects.may_trap for name in ("lw", "sd", "sc_w", "csrrs", "fadd_s", "ecall"))


def test_reads_and_writes_follow_the_manuals_names() -> None:
    def named(name: str) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
        record = INSTRUCTIONS[name]
        return [(o.name, o.kind.value) for o in record.reads], [(o.name, o.kind.value) for o in record.writes]

    assert named("fsd") == ([("rs1", "x"), ("rs2", "f")], [])
    assert named("fcvt_w_s") == ([("rs1", "f")], [("rd", "x")])
    assert named("c_addi16sp") == ([("rs1", "x")], [("rd", "x")])
    assert [o.value(INSTRUCTIONS["c_addi16sp"].encode(nzimm=16)) for o in INSTRUCTIONS["c_addi16sp"].reads] == [2]


@pytest.mark.parametrize(
    ("semantics", "message"),
    [
        (lambda m: m.x.__setitem__(1, m.x[2].trunc(32)), "written with 32 bits, needs 64"),
        (lambda m: m.x[1] + m.x[2].trunc(32), "operands of 64 and 32 bits"),
        (lambda m: 1 if m.x[1].eq(0) else 0, "use select"),
        (lambda m: m.x[1].select(m.x[1], m.x[2]), "select on 64 bits"),
        (lambda m: m.x[1].eq(0).select(m.x[1], m.x[2].trunc(8)), "operands of 64 and 8"),
        (lambda m: m.x[1].extract(60, 8), "bits 60 … 67 of a value of 64"),
        (lambda m: m.x[1].zext(32), "cannot extend 64 bits to 32"),
        (lambda m: m.x[1].trunc(65), "cannot truncate 64 bits to 65"),
        (lambda m: m.csr_exchange(0, 0, lambda old: old.trunc(32), reads=1, writes=1), "must give 64 bits"),
    ],
)
def test_semantics_that_break_the_rules_are_caught(semantics: Callable[[Any], Any], message: str) -> None:
    with pytest.raises(TypeError, match=message):
        probe(semantics, ())


def test_branching_on_registers_is_seen_through_arithmetic() -> None:
    def indirect(m: Any) -> None:
        m.jump((m.pc + 4) ^ (m.x[1] & 0))

    def direct(m: Any) -> None:
        m.jump(m.next_pc - m.const(8))

    assert probe(indirect, ()).control is Control.INDIRECT
    assert probe(direct, ()).control is Control.JUMP
