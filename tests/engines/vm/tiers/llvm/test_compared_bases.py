"""Which bases of accesses are compared where a region is entered or a loop begins: those that are sure to be used."""

from __future__ import annotations

import platform

import pytest

from engines.vm.tiers.llvm.bounds import Bounds
from engines.vm.tiers.llvm.region import Region
from tests.engines.vm.tiers.llvm.test_llvm_in_guarded_memory import compiled_at_once, hart_for, outcome
from tests.engines.vm.tiers.llvm.test_unsaved_registers import CODE, region_of


def wanted(region: Region) -> dict[int, list[int]]:
    return {pc - CODE: sorted(registers) for pc, registers in Bounds(region).wanted.items()}


def test_what_every_way_uses_is_compared() -> None:
    text = "beq a0, zero, 12\nld a1, 0(a2)\njal zero, 8\nld a1, 0(a3)\nld a1, 8(a4)\nbne a1, zero, -20\nebreak"
    assert wanted(region_of(text))[0] == [14]


@pytest.mark.parametrize("spin", ["jal zero, 0", "addi a0, a0, 1\njal zero, -4"])
def test_an_endless_loop_compares_nothing(spin: str) -> None:
    """No way leaves it, so nothing contradicts that all ways use everything: code for it was refused by LLVM."""
    assert all(not registers for registers in wanted(region_of(spin)).values())
    text = f"ld a1, 0(a2)\nbeq a0, zero, 8\njalr zero, 0(ra)\n{spin}"
    assert wanted(region_of(text))[0] == [12]


@pytest.mark.skipif(platform.machine() != "x86_64", reason="runs x86_64 code directly")
def test_an_endless_loop_is_compiled_and_runs() -> None:
    hart = hart_for("addi a0, a0, 1\njal zero, -4\nebreak\n")
    tier = compiled_at_once(hart)
    outcome(tier, hart)
    assert not tier.counters.refused
