"""Indirect jumps are followed to where traces saw them go, and anywhere else they go where they must."""

from __future__ import annotations

import platform

import pytest

from engines.vm.guests.riscv64.state import Hart
from engines.vm.isa.riscv64.coding import assemble
from engines.vm.memory.address_space import EXEC, READ, WRITE, AddressSpace
from engines.vm.tiers.interpreter.tier import InterpreterTier
from engines.vm.tiers.llvm.tier import LlvmTier

pytestmark = pytest.mark.skipif(platform.machine() != "x86_64", reason="runs x86_64 code directly")
CODE, TABLE = 0x1000, 0x8000
FUNCTIONS = 5
FUNCTION_BYTES = 12
FIRST = CODE + 36
JUMP = CODE + 16

TEXT = (
    "addi t3, t3, 8\nandi t3, t3, 120\n"  # the next word of 16
    "add t4, t3, a1\nld t5, 0(t4)\n"
    "jalr ra, 0(t5)\n"  # its function
    "add a0, a0, ra\n"
    "jalr ra, 0(t5)\n"  # again, to return elsewhere
    "add a3, a3, ra\n"
    "jal zero, -32\n"
)


def hart_with(order: list[int]) -> Hart:
    memory = AddressSpace()
    memory.map(CODE, 0x1000, READ | WRITE | EXEC)
    memory.map(TABLE, 0x1000, READ | WRITE)
    code = assemble(TEXT)
    assert len(code) == FIRST - CODE
    for number in range(FUNCTIONS):
        code += assemble(f"addi a2, a2, {number + 1}\nxor a0, a0, a2\njalr zero, 0(ra)")
    memory.write(CODE, code)
    for index in range(16):
        function = order[index % len(order)]
        memory.write(TABLE + 8 * index, (FIRST + FUNCTION_BYTES * function).to_bytes(8, "little"))
    hart = Hart(memory)
    hart.cpu["pc"] = CODE
    hart.cpu["x"][11] = TABLE
    return hart


@pytest.mark.parametrize("order", [[0], [0, 1], [4, 2, 0, 1, 3]])
def test_calls_through_a_table_stay_in_the_region(order: list[int]) -> None:
    hart, alone = hart_with(order), hart_with(order)
    tier = LlvmTier(slice_insns=500, batch=1, background=False)
    for _ in range(4):
        tier.run(hart, 10_000)
    InterpreterTier().run(alone, 40_000)
    assert hart.cpu.tobytes() == alone.cpu.tobytes()
    assert tier.profile.seen[JUMP] == {FIRST + FUNCTION_BYTES * number for number in order}
    decoded = tier.decoded_code(hart.memory)
    before = int(decoded.context["compiled"])
    tier.run(hart, 10_000)
    assert int(decoded.context["compiled"]) - before > 9_000


def test_a_target_that_was_never_seen_is_reached_too() -> None:
    hart, alone = hart_with([0]), hart_with([0])
    tier, interpreter = LlvmTier(slice_insns=500, batch=1, background=False), InterpreterTier()
    for target in (FIRST, FIRST + 2 * FUNCTION_BYTES, FIRST + FUNCTION_BYTES):
        for one in (hart, alone):
            one.memory.write(TABLE + 24, target.to_bytes(8, "little"))
        tier.run(hart, 5_003)
        interpreter.run(alone, 5_003)
        assert hart.cpu.tobytes() == alone.cpu.tobytes()
    assert tier.counters.installed
