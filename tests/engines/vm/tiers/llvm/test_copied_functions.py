"""Calls of small functions have their copies; a region depends on the code that they were made from."""

from __future__ import annotations

from engines.vm.isa.riscv64.coding import assemble
from engines.vm.tiers.llvm.copies import MOST_COPIED, copy_called
from engines.vm.tiers.llvm.region import End, Region, address, form

CODE = 0x1000
CALLS = "jal ra, 20\naddi a0, a0, 1\njal ra, 12\nbne a6, zero, -12\nebreak\n"
"""Of what follows, twice, in a loop."""


def region_of(text: str) -> Region:
    code = assemble(text)
    return form(CODE, lambda pc, size: code[pc - CODE : pc - CODE + size], lambda _: True, lambda _: True)


def copies(region: Region) -> list[int]:
    return [key for key in region.blocks if key != address(key)]


def test_each_call_has_its_copy_which_returns_behind_it() -> None:
    region = region_of(f"{CALLS}addi a6, a6, -1\nbeq a6, zero, 8\naddi a1, a1, 1\njalr zero, 0(ra)")
    ranges, insns = region.ranges(), region.insns
    copy_called(region, 100)
    returns = [block for block in region.blocks.values() if block.end is End.INDIRECT]
    assert sorted(block.targets for block in returns) == [(CODE + 4,), (CODE + 12,)]
    assert len(copies(region)) == 6 and CODE + 20 not in region.blocks
    assert region.insns == insns + 4
    assert region.ranges() == ranges
    assert region.contains(CODE + 24)


def test_copies_of_one_call_that_there_is_room_for() -> None:
    region = region_of(f"{CALLS}addi a6, a6, -1\naddi a1, a1, 1\njalr zero, 0(ra)")
    copy_called(region, 5)
    assert len(copies(region)) == 1 and CODE + 20 in region.blocks
    assert region.blocks[CODE + 20].targets == (CODE + 12,)


def test_what_loops_or_calls_or_is_large_or_does_not_return_has_no_copies() -> None:
    bodies = (
        "addi a6, a6, -1\nbne a6, zero, -4\njalr zero, 0(ra)",
        "addi t0, ra, 0\njal ra, 8\njalr zero, 0(t0)\nbne a1, zero, -4\njalr zero, 0(ra)",
        "addi a6, a6, -1\n" * MOST_COPIED + "jalr zero, 0(ra)",
        "addi a6, a6, -1\njalr zero, 0(a5)",
    )
    for body in bodies:
        region = region_of(CALLS + body)
        copy_called(region, 1_000)
        assert CODE + 20 in region.blocks
        assert not [key for key in copies(region) if address(key) == CODE + 20]
