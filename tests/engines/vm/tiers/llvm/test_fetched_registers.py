"""Which registers are held where blocks begin: what is on all ways there, and what is sure to be read from there."""

from __future__ import annotations

import platform

import pytest

from engines.vm.tiers.llvm.fetched import fetched
from engines.vm.tiers.llvm.operands import read_first, reads, written
from engines.vm.tiers.llvm.tier import LlvmTier
from tests.engines.vm.tiers.llvm.test_llvm_exactness import hart_with, runs_alike
from tests.engines.vm.tiers.llvm.test_unsaved_registers import CODE, region_of


def found(text: str, *outside: int) -> dict[int, set[str]]:
    return {pc - CODE: set(names) for pc, names in fetched(region_of(text, *outside), {}).items()}


def test_what_instructions_read_and_write() -> None:
    block = region_of("add a1, a2, zero\nfsd f3, 8(a1)\nfmadd.d f4, f5, f6, f7\nebreak").blocks[CODE]
    assert [reads(insn) for insn in block.insns] == [["x12"], ["x11", "f3"], ["f5", "f6", "f7"]]
    assert [written(insn) for insn in block.insns] == [["x11"], [], ["f4"]]
    assert read_first(block.insns) == {"x12", "f3", "f5", "f6", "f7"}


MEETING = (
    "beq a0, zero, 12\nadd a1, a2, a3\njal zero, 12\nadd a4, a5, a5\naddi a6, a6, 1\n"
    "add a7, a2, a5\nbeq a7, zero, 8\nadd a6, a6, a3\njalr zero, 0(ra)"
)
"""One way reads a2 and a3, the other one a5; then both read a2 and a5, and some a3."""


def test_where_ways_meet_what_some_hold_and_all_read_on_is_held() -> None:
    assert found(MEETING) == {
        0: set(),
        4: {"x10"},
        12: {"x10"},
        20: {"x10", "x12", "x15"},
        28: {"x10", "x12", "x15", "x17"},
        32: {"x10", "x12", "x15", "x17"},
    }


def test_what_a_loop_reads_is_held_in_it() -> None:
    """What it reads in some rounds only, too: it would be read in each of them."""
    text = "addi a1, a1, 1\nbeq a0, a1, 8\nadd a2, a2, a3\nbne a2, zero, -12\nadd a4, a4, a5\nebreak"
    inside = {"x10", "x11", "x12", "x13"}
    assert found(text) == {0: inside, 8: inside, 12: inside, 16: inside}


def test_nothing_is_held_behind_a_call_that_leaves() -> None:
    text = "add a1, a1, a2\njal ra, 16\nadd a2, a2, a1\nbne a2, zero, -12\nebreak\njalr zero, 0(ra)"
    assert found(text, CODE + 20) == {0: {"x11", "x12"}, 8: set()}


@pytest.mark.skipif(platform.machine() != "x86_64", reason="runs x86_64 code directly")
def test_ways_that_read_different_registers_stop_at_any_count() -> None:
    """The loop around it is left in every round, so each begins with nothing held."""
    text = (
        "addi a0, a0, 1\nandi t0, a0, 1\nbeq t0, zero, 12\nadd a1, a2, a3\njal zero, 12\nadd a4, a5, a5\n"
        "addi a6, a6, 1\nadd a7, a2, a5\nandi t1, a0, 2\nbeq t1, zero, 12\nadd a6, a6, a3\nfadd.d f5, f5, f1\n"
        "add a2, a2, a6\nfadd.d f4, f4, f1\ncsrrs t2, fflags, zero\njal zero, -60"
    )
    tier = LlvmTier(slice_insns=40, batch=1, background=False)
    hart, alone = hart_with(text), hart_with(text)
    for one in (hart, alone):
        for number in range(11, 18):
            one.cpu["x"][number] = 5 * number
    runs_alike(tier, hart, alone, (2_000, *range(1, 60)))
