"""Which registers have their values in variables only: fewest where ways meet, all that a loop writes in a loop."""

from __future__ import annotations

from engines.vm.isa.riscv64.coding import assemble
from engines.vm.tiers.llvm.operands import written
from engines.vm.tiers.llvm.region import Region, form
from engines.vm.tiers.llvm.unsaved import unsaved

CODE = 0x1000


def region_of(text: str, *outside: int) -> Region:
    code = assemble(text)

    def fetch(pc: int, size: int) -> bytes:
        return code[pc - CODE : pc - CODE + size] if pc >= CODE else b""

    return form(CODE, fetch, lambda pc: pc not in outside, lambda _: True)


def found(region: Region) -> dict[int, set[str]]:
    writes = {pc: frozenset(n for i in block.insns for n in written(i)) for pc, block in region.blocks.items()}
    return {pc - CODE: set(names) for pc, names in unsaved(region, writes).items()}


def test_where_ways_meet_only_what_all_of_them_wrote_is_unsaved() -> None:
    text = (
        "addi a1, a1, 1\nbeq a0, zero, 12\naddi a2, a2, 1\njal zero, 8\nfadd.d f4, f4, f1\n"
        "addi a3, a3, 1\njalr zero, 0(ra)"
    )
    assert found(region_of(text)) == {0: set(), 8: {"x11"}, 16: {"x11"}, 20: {"x11"}}


def test_all_that_a_loop_writes_is_unsaved_in_it_and_behind_it() -> None:
    text = "addi a1, a1, 1\naddi a2, a2, 1\nbne a0, zero, 8\naddi a3, a3, 1\nbne a2, zero, -12\naddi a4, a4, 1\nebreak"
    inside = {"x11", "x12", "x13"}
    assert found(region_of(text)) == {0: set(), 4: inside, 12: inside, 16: inside, 20: inside}


def test_a_loop_that_is_left_for_calls_saves_what_its_rounds_write() -> None:
    """Behind the call everything is in the record, and so it is where the loop begins."""
    text = "addi a1, a1, 1\njal ra, 16\naddi a2, a2, 1\nbne a2, zero, -12\nebreak\njalr zero, 0(ra)"
    region = region_of(text, CODE + 20)
    assert region.heads == [CODE, CODE + 8]
    assert found(region) == {0: set(), 8: set()}


def test_a_loop_inside_one_that_is_left_for_calls_does_not_save() -> None:
    text = (
        "addi a1, a1, 1\naddi a3, a3, 1\nbne a3, zero, -4\njal ra, 16\naddi a2, a2, 1\nbne a2, zero, -20\nebreak\n"
        "jalr zero, 0(ra)"
    )
    region = region_of(text, CODE + 28)
    assert region.heads == [CODE, CODE + 16]
    assert found(region) == {0: set(), 4: {"x11", "x13"}, 12: {"x11", "x13"}, 16: set()}
