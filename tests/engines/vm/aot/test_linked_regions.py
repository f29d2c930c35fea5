"""Regions of an image that jump to each other compute what they do where every way out goes through the table."""

from __future__ import annotations

import platform
import struct

import pytest

from engines.vm.aot import program_regions
from engines.vm.aot.bundles import bundled
from engines.vm.aot.image import StoredRegion
from engines.vm.aot.program_regions import ProgramRegions
from engines.vm.guests.riscv64.state import Hart
from engines.vm.isa.riscv64.coding import assemble
from engines.vm.memory.address_space import EXEC, PAGE_BYTES, READ, WRITE, AddressSpace
from engines.vm.tiers.ahead import AheadTier
from engines.vm.tiers.interpreter.tier import InterpreterTier
from engines.vm.tiers.llvm.tier import LlvmTier
from engines.vm.tiers.stop import StopReason

pytestmark = pytest.mark.skipif(platform.machine() != "x86_64", reason="translates for x86_64 and runs it")
CODE, DATA = 0x10000, 0x40000
FIRST, SECOND = CODE + 24, CODE + 36
CALLING = """
addi s0, zero, 300
jal ra, 20
jal ra, 28
addi s0, s0, -1
bne s0, zero, -12
ebreak
addi a0, a0, 3
sd a0, 0(a2)
jalr zero, 0(ra)
ld a1, 0(a2)
add a4, a4, a1
jalr zero, 0(ra)
"""
RETIRED = 1 + 300 * 10


LOOPING = """
addi s0, zero, 50
addi t0, zero, 5
jal ra, 16
addi s0, s0, -1
bne s0, zero, -12
ebreak
ld a1, 0(a2)
add a4, a4, a1
addi t0, t0, -1
bne t0, zero, -12
jalr zero, 0(ra)
"""
"""What is called accesses memory in a loop of its own."""


def loaded(*, guarded: bool, text: str = CALLING) -> Hart:
    memory = AddressSpace(guarded=guarded)
    memory.map(CODE, PAGE_BYTES, READ | EXEC)
    memory.place(CODE, assemble(text))
    memory.map(DATA, PAGE_BYTES, READ | WRITE)
    hart = Hart(memory)
    hart.cpu["pc"], hart.cpu["x"][12] = CODE, DATA
    return hart


def translated(
    monkeypatch: pytest.MonkeyPatch,
    *,
    guarded: bool,
    text: str = CALLING,
    starts: tuple[int, ...] = (CODE, FIRST, SECOND),
) -> list[StoredRegion]:
    """The caller and what it calls, each a region of its own."""
    monkeypatch.setattr(program_regions, "MOST_CALLED", 0)
    hart, tier = loaded(guarded=guarded, text=text), LlvmTier()
    tier.decoded_code(hart.memory)
    program = ProgramRegions(tier, hart, starts)
    regions, _, refused = program.compile(program.plan([CODE]), 1, lambda done, left: None)
    assert list(refused) == ["the first instruction is the interpreter's"]  # ebreak
    assert [region.faults is not None for region in regions] == [guarded] * len(regions)
    return regions


def test_ways_out_that_an_entry_is_known_for_lead_there(monkeypatch: pytest.MonkeyPatch) -> None:
    regions = translated(monkeypatch, guarded=True)
    assert {pc for region in regions for _, pc in region.links} >= {FIRST, SECOND, CODE + 8, CODE + 12}  # returns, too
    (whole,) = bundled(regions)
    base = 0
    inner: dict[int, int] = {}
    places = []
    for region in regions:
        inner |= {pc: base + offset for pc, offset in region.inner}
        places += [(base + at, pc) for at, pc in region.links]
        base += len(region.code) + -len(region.code) % 64
    led = {pc: at + 4 + struct.unpack_from("<i", whole.code, at)[0] for at, pc in places}
    assert led.keys() - inner.keys() == {CODE + 20}  # ebreak is the interpreter's
    assert all(led[pc] == inner[pc] for pc in led.keys() & inner.keys())
    assert not whole.links and not whole.inner


@pytest.mark.parametrize("together", [True, False])
@pytest.mark.parametrize("guarded", [True, False])
def test_linked_regions_stop_where_the_interpreter_does(
    monkeypatch: pytest.MonkeyPatch, guarded: bool, together: bool
) -> None:
    regions = translated(monkeypatch, guarded=guarded)
    for slice_insns in (7, 100, 1009, RETIRED):
        tier, plain = AheadTier(), InterpreterTier()
        tier.offer(bundled(regions) if together else regions)
        hart, other = loaded(guarded=guarded), loaded(guarded=False)
        for _ in range(RETIRED // slice_insns):
            assert tier.run(hart, slice_insns).reason is plain.run(other, slice_insns).reason is StopReason.LIMIT
            assert bytes(hart.cpu) == bytes(other.cpu)
        assert tier.run(hart) == plain.run(other)
        assert bytes(hart.cpu) == bytes(other.cpu)
        assert int(hart.cpu["retired"]) == RETIRED
        compiled = tier.decoded_code(hart.memory).context["compiled"]
        assert (0.9 * RETIRED if slice_insns > 1000 else 0) <= compiled <= RETIRED


def test_what_was_linked_is_not_entered_when_its_code_is_another(monkeypatch: pytest.MonkeyPatch) -> None:
    tier, plain = AheadTier(), InterpreterTier()
    tier.offer(bundled(translated(monkeypatch, guarded=True)))
    harts = loaded(guarded=True), loaded(guarded=False)
    for executor, hart in zip((tier, plain), harts, strict=True):
        executor.run(hart, 1000)
        hart.memory.place(SECOND + 4, assemble("sub a4, a4, a1"))
        assert executor.run(hart).reason is StopReason.TRAP
    assert tier.counters.installed and tier.cache.counters.invalidated
    assert bytes(harts[0].cpu) == bytes(harts[1].cpu)


def test_loops_of_linked_regions_find_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where they did not, each access would leave to the interpreter."""
    tier, plain = AheadTier(), InterpreterTier()
    tier.offer(bundled(translated(monkeypatch, guarded=True, text=LOOPING, starts=(CODE, FIRST))))
    hart, other = loaded(guarded=True, text=LOOPING), loaded(guarded=False, text=LOOPING)
    assert tier.run(hart) == plain.run(other)
    assert bytes(hart.cpu) == bytes(other.cpu)
    assert tier.decoded_code(hart.memory).context["compiled"] >= 0.95 * int(hart.cpu["retired"])


@pytest.mark.parametrize("change", ["addi ra, ra, 1", "addi ra, ra, 4", "addi ra, zero, 0", "xori ra, ra, -1"])
def test_returns_elsewhere_than_behind_a_call_go_there(monkeypatch: pytest.MonkeyPatch, change: str) -> None:
    """An odd address, whose bit 0 does not count; the second instruction behind a call; where no code is, or can be."""
    text = CALLING.replace("addi a0, a0, 3", change)
    tier, plain = AheadTier(), InterpreterTier()
    tier.offer(bundled(translated(monkeypatch, guarded=True, text=text)))
    hart, other = loaded(guarded=True, text=text), loaded(guarded=False, text=text)
    for limit in (3, 50, 1000):
        assert tier.run(hart, limit).reason is plain.run(other, limit).reason
        assert bytes(hart.cpu) == bytes(other.cpu)
