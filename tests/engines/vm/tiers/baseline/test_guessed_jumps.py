"""Returns and indirect calls that a region looks for in one or two places lead where they lead in the interpreter."""

from __future__ import annotations

import math
import platform

import pytest

from engines.vm.guests.riscv64.state import Hart
from engines.vm.isa.riscv64.coding import assemble
from engines.vm.memory.address_space import EXEC, READ, WRITE, AddressSpace
from engines.vm.tiers.baseline.options import Options
from engines.vm.tiers.baseline.tier import BaselineTier
from engines.vm.tiers.interpreter.tier import InterpreterTier
from engines.vm.tiers.stop import StopReason

pytestmark = pytest.mark.skipif(platform.machine() != "x86_64", reason="runs x86_64 code directly")
CODE, OUTER = 0x1000, 0x1100
ONE_CALL = "addi a0, a0, 1\njal ra, 20\nbne a0, s2, -8\nebreak\nnop\nnop\nslli a1, a1, 1\nadd a1, a1, a0\nret\n"
TWO_CALLS = """
addi a0, a0, 1
jal ra, 28
xori a1, a1, 5
jal ra, 20
bne a0, s2, -16
ebreak
nop
nop
slli a1, a1, 1
add a1, a1, a0
ret
"""
THREE_CALLS = """
addi a0, a0, 1
jal ra, 36
xori a1, a1, 5
jal ra, 28
addi a1, a1, 3
jal ra, 20
bne a0, s2, -24
ebreak
nop
nop
slli a1, a1, 1
add a1, a1, a0
ret
"""
OTHER_LINK = """
addi a0, a0, 1
jal ra, 32
bne a0, s2, -8
ebreak
nop
nop
nop
nop
nop
andi t0, a0, 3
bnez t0, 8
mv ra, s3
slli a1, a1, 1
ret
"""
"""Every fourth return goes to `OUTER`, which is no part of the region, and from there back into it."""


def hart_with(text: str, low: int) -> Hart:
    memory = AddressSpace()
    memory.map(low, 0x1000, READ | WRITE | EXEC)
    memory.write(low, assemble(text, low))
    outer = low + OUTER - CODE
    memory.write(outer, assemble(f"addi a1, a1, 7\nj {low + 8 - outer - 4}\n", outer))
    hart = Hart(memory)
    hart.cpu["pc"], hart.cpu["x"][18], hart.cpu["x"][19] = low, 900, outer
    return hart


@pytest.mark.parametrize("low", [CODE, 0x8800_0000])
@pytest.mark.parametrize("text", [ONE_CALL, TWO_CALLS, THREE_CALLS, OTHER_LINK])
@pytest.mark.parametrize("slice_insns", [7, 64])
def test_returns_arrive_where_they_were_called_from(text: str, low: int, slice_insns: int) -> None:
    found, expected = hart_with(text, low), hart_with(text, low)
    tier = BaselineTier(Options(check=True), slice_insns=slice_insns, share=math.inf)
    stop = tier.run(found, 100_000)
    assert stop == InterpreterTier().run(expected, 100_000)
    assert stop.reason is StopReason.TRAP and tier.counters.installed
    assert found.cpu.tobytes() == expected.cpu.tobytes()
