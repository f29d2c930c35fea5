"""Compiled loops stop at any count, and round each operation as its own mode says, whatever the dynamic mode is."""

from __future__ import annotations

import platform
import struct

import pytest

from engines.vm.guests.riscv64.state import Hart
from engines.vm.isa.riscv64.coding import assemble
from engines.vm.memory.address_space import EXEC, READ, WRITE, AddressSpace
from engines.vm.tiers.interpreter.tier import InterpreterTier
from engines.vm.tiers.llvm.tier import LlvmTier

pytestmark = pytest.mark.skipif(platform.machine() != "x86_64", reason="runs x86_64 code directly")


def hart_with(text: str, frm: int = 0) -> Hart:
    memory = AddressSpace()
    memory.map(0x1000, 0x1000, READ | WRITE | EXEC)
    memory.write(0x1000, assemble(text))
    hart = Hart(memory)
    hart.cpu["pc"] = 0x1000
    hart.cpu["frm"] = frm
    for number, value in ((1, 1.0), (2, 3.0), (3, 0.1)):
        hart.cpu["f"][number] = int.from_bytes(struct.pack("<d", value), "little")
    return hart


def test_a_compiled_loop_stops_at_any_count() -> None:
    text = "addi a0, a0, 1\nxori a1, a0, 5\nadd a2, a2, a1\naddi a4, a4, -1\nbne a4, zero, -16\nebreak"
    tier, interpreter = LlvmTier(slice_insns=40, batch=1, background=False), InterpreterTier()
    hart, alone = hart_with(text), hart_with(text)
    hart.cpu["x"][14] = alone.cpu["x"][14] = 1_000  # a loop that misses its stop ends all the same
    tier.run(hart, 500)
    interpreter.run(alone, 500)
    assert tier.counters.installed
    for limit in range(1, 24):
        tier.run(hart, limit)
        interpreter.run(alone, limit)
        assert hart.cpu.tobytes() == alone.cpu.tobytes()


@pytest.mark.parametrize("frm", [0, 1, 2, 3])
def test_operations_round_as_their_own_mode_says(frm: int) -> None:
    text = "".join(
        f"fdiv.d f{4 + mode}, f1, f2, {name}\nfadd.d f{10 + mode}, f{10 + mode}, f3, {name}\n"
        for mode, name in enumerate(("rne", "rtz", "rdn", "rup", "rmm"))
    )
    text += "fdiv.d f20, f1, f2, dyn\nfadd.d f21, f21, f3, dyn\naddi a4, a4, -1\nbne a4, zero, -52\nebreak"
    hart, alone = hart_with(text, frm), hart_with(text, frm)
    hart.cpu["x"][14] = alone.cpu["x"][14] = 3_000
    tier = LlvmTier(slice_insns=40, batch=1, background=False)
    tier.run(hart, 40_000)
    InterpreterTier().run(alone, 40_000)
    assert tier.counters.installed
    assert hart.cpu.tobytes() == alone.cpu.tobytes()
