"""Where the returns of regions are expected to go: behind calls of other regions, through jumps between functions."""

from __future__ import annotations

import platform

import pytest

from engines.vm.aot import callers, program_regions
from engines.vm.aot.program_regions import ProgramRegions
from engines.vm.guests.riscv64.state import Hart
from engines.vm.isa.riscv64.coding import assemble
from engines.vm.memory.address_space import EXEC, PAGE_BYTES, READ, AddressSpace
from engines.vm.tiers.llvm.region import Region
from engines.vm.tiers.llvm.tier import LlvmTier

pytestmark = pytest.mark.skipif(platform.machine() != "x86_64", reason="looks for what x86_64 lacks")
CODE = 0x10000
FIRST, SECOND = CODE + 16, CODE + 24
PROGRAM = """
jal ra, 16
addi a0, a0, 1
jal ra, 16
ebreak
addi a1, a1, 1
jal zero, 4
addi a2, a2, 1
jalr zero, 0(ra)
"""
"""Two calls; the function called first goes on in the other one, which returns for both."""


def regions(monkeypatch: pytest.MonkeyPatch) -> dict[int, Region]:
    monkeypatch.setattr(program_regions, "MOST_CALLED", 0)
    memory = AddressSpace()
    memory.map(CODE, PAGE_BYTES, READ | EXEC)
    memory.place(CODE, assemble(PROGRAM))
    hart, tier = Hart(memory), LlvmTier()
    tier.decoded_code(memory)
    return {region.heads[0]: region for region, _ in ProgramRegions(tier, hart, (CODE, FIRST, SECOND)).plan([CODE])}


def test_returns_go_behind_calls_of_other_regions_and_of_who_jumps_there(monkeypatch: pytest.MonkeyPatch) -> None:
    found = regions(monkeypatch)
    assert found.keys() == {CODE, FIRST, SECOND}
    assert found[CODE].returned_to == ()
    assert found[FIRST].returned_to == (CODE + 4,)
    assert found[SECOND].returned_to == (CODE + 4,)  # behind the other call is what the interpreter executes


def test_what_is_called_from_everywhere_asks_the_table(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(callers, "MOST_CALLERS", 0)
    assert all(region.returned_to == () for region in regions(monkeypatch).values())
