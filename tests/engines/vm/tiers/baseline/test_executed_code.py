"""Regions have the code that was executed, and what they lead to becomes compiled as well, however seldom it runs."""

from __future__ import annotations

import platform

import pytest

from engines.vm.guests.riscv64.state import Hart
from engines.vm.isa.riscv64.coding import assemble
from engines.vm.memory.address_space import EXEC, READ, WRITE, AddressSpace
from engines.vm.tiers.baseline import tier as tier_module
from engines.vm.tiers.baseline.tier import BaselineTier, Unexecuted
from engines.vm.tiers.interpreter.tier import InterpreterTier

pytestmark = pytest.mark.skipif(platform.machine() != "x86_64", reason="runs x86_64 code directly")
CODE: int = 0x10000
LOOP = """
addi s0, s0, 1
andi t0, s0, 1023
bne t0, x0, 16
addi a0, a0, 7
xori a0, a0, 3
beq s0, x0, 16
bne s0, s2, -24
ebreak
addi a0, a0, 1
ebreak
"""
SELDOM, LATER, NEVER = CODE + 12, CODE + 24, CODE + 36
"""The fourth instruction runs once in 1,024 turns; the one after the first ebreak never does."""


def program() -> Hart:
    memory = AddressSpace()
    memory.map(CODE, 0x1000, READ | WRITE | EXEC)
    memory.write(CODE, assemble(LOOP, CODE))
    hart = Hart(memory)
    hart.cpu["pc"], hart.cpu["x"][18] = CODE, 100_000
    return hart


def test_what_is_seldom_executed_is_compiled_and_what_never_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tier_module, "LONGEST_SLICE", 487)
    hart, other = program(), program()
    tier = BaselineTier(slice_insns=61, share=1e9)
    stop = tier.run(hart)
    assert stop == InterpreterTier().run(other, 1 << 40)
    assert hart.cpu.tobytes() == other.cpu.tobytes()
    space = tier._space(hart.memory)
    assert SELDOM in space.heads and LATER in space.heads, [hex(pc) for pc in space.heads]
    assert space.heads[SELDOM] is not space.heads[CODE], "the region was made before that was executed"
    assert tier.counters.gaps == 1 and tier.measurements()["gaps closed"] == 1
    assert NEVER not in space.heads
    assert not any(start <= NEVER < end for r in space.regions.values() for start, end in r.ranges)


def test_code_is_executed_when_it_has_been_decoded_and_is_not_another_regions() -> None:
    hart = program()
    tier = BaselineTier(slice_insns=1 << 20)
    tier.run(hart, 5)
    table, limit = tier._space(hart.memory).decoded.table, hart.memory.limit
    never = Unexecuted(table, limit)
    assert CODE not in never and LATER not in never and SELDOM in never
    assert LATER in Unexecuted(table, limit, {LATER})
    assert limit in never and limit + (1 << 62) in never, "there is no entry for it"
