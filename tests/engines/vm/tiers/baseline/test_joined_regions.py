"""Functions that a region calls through a pointer become part of it, whenever samples find that they are hot."""

from __future__ import annotations

import math
import platform

import pytest

from engines.vm.guests.riscv64.state import Hart
from engines.vm.isa.riscv64.coding import assemble
from engines.vm.memory.address_space import EXEC, READ, WRITE, AddressSpace
from engines.vm.tiers.baseline import tier as tier_module
from engines.vm.tiers.baseline.tier import BaselineTier
from engines.vm.tiers.code_cache import CompiledSpace
from engines.vm.tiers.interpreter.tier import InterpreterTier
from engines.vm.tiers.stop import StopReason

pytestmark = pytest.mark.skipif(platform.machine() != "x86_64", reason="runs x86_64 code directly")
CODE, TABLE, FUNCTIONS, APART, COUNT = 0x10000, 0x30000, 0x11000, 0x100, 7
LOOP = """
addi s0, s0, 1
andi t0, s0, 7
slli t0, t0, 3
add t0, t0, s1
ld t1, 0(t0)
jalr ra, 0(t1)
bne s0, s2, -24
ebreak
"""


def program() -> Hart:
    """Calls seven functions by turns, the first of them twice as often."""
    memory = AddressSpace()
    memory.map(CODE, 0x2000, READ | WRITE | EXEC)
    memory.map(TABLE, 0x1000, READ | WRITE)
    memory.write(CODE, assemble(LOOP, CODE))
    for n in range(COUNT):
        at = FUNCTIONS + APART * n
        memory.write(at, assemble(f"addi a0, a0, {n + 1}\nxori a0, a0, {n}\nret\n", at))
    for n in range(8):
        memory.write(TABLE + 8 * n, (FUNCTIONS + APART * (n % COUNT)).to_bytes(8, "little"))
    hart = Hart(memory)
    hart.cpu["pc"], hart.cpu["x"][9], hart.cpu["x"][18] = CODE, TABLE, 40_000
    return hart


@pytest.mark.parametrize("share", [math.inf, 1e9])
def test_all_that_is_hot_is_in_one_region_at_last(share: float, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tier_module, "LONGEST_SLICE", 487)  # no multiple of how long the loop is
    hart, other = program(), program()
    tier = BaselineTier(slice_insns=61, share=share)
    stop = tier.run(hart)
    assert stop == InterpreterTier().run(other, 1 << 40)
    assert stop.reason is StopReason.TRAP and stop.cause == 3
    assert hart.cpu.tobytes() == other.cpu.tobytes()
    heads = tier.space(hart.memory).heads
    caller = heads[CODE + 24]
    inside = [heads.get(FUNCTIONS + APART * n) is caller for n in range(COUNT)]
    assert all(inside), f"{inside} after {tier.counters}"
    assert tier.counters.joined <= COUNT + 1


def test_far_direct_calls_are_told_from_indirect_ones() -> None:
    ends = tier_module._ends_in_indirect_call
    for text, indirect in (("jalr ra, 0(t1)", True), ("jalr ra, 8(ra)", False), ("jal ra, 64", False)):
        assert ends(assemble(f"{text}\n", CODE)) is indirect, text
    assert ends(bytes.fromhex("01000293"))  # c.nop; c.jalr t1
    assert ends(bytes.fromhex("0293"))
    assert not ends(bytes.fromhex("00000100"))
    assert not ends(b"")


def test_what_an_earlier_run_joined_is_not_joined_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tier_module, "LONGEST_SLICE", 487)
    maker = BaselineTier(slice_insns=61, share=1e9)
    first, second = program(), program()
    maker.run(first)
    assert maker.counters.joined > 1
    user = BaselineTier(slice_insns=61, share=1e9)
    user.offer(maker.compiled)
    user.run(second)
    assert (user.counters.joined, len(user.compiled)) == (0, 0)
    assert second.cpu.tobytes() == first.cpu.tobytes()


def test_most_samples_in_compiled_code_cost_no_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    """The next block that is not compiled is looked for in up to 128 steps, each as dear as a call from Python."""
    monkeypatch.setattr(tier_module, "LONGEST_SLICE", 2003)
    memory = AddressSpace()
    memory.map(CODE, 0x1000, READ | WRITE | EXEC)
    memory.write(CODE, assemble("addi s0, s0, 1\n" * 20 + "bne s0, s2, -80\nebreak\n", CODE))
    hart = Hart(memory)
    hart.cpu["pc"], hart.cpu["x"][18] = CODE, 400_000
    tier = BaselineTier(slice_insns=61, share=1e9)
    looked: list[int] = []
    look = tier._next_head

    def counted(space: CompiledSpace, hart: Hart, left: int) -> int:
        looked.append(look(space, hart, left))
        return looked[-1]

    monkeypatch.setattr(tier, "_next_head", counted)
    assert tier.run(hart).reason is StopReason.TRAP
    assert tier.counters.inside > 100
    assert 0 < len(looked) < tier.counters.samples // 4
