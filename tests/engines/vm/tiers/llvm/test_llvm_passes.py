"""What LLVM makes of selections: conditional moves, and no branches that depend on data; and of sparse switches."""

from __future__ import annotations

import platform

import capstone
import pytest

from engines.vm.runtime.linker import link
from engines.vm.runtime.llvm import host_target
from engines.vm.tiers.llvm.passes import optimised_object

pytestmark = pytest.mark.skipif(platform.machine() != "x86_64", reason="reads x86_64 code")
SEARCH = """
define ptr @search(ptr %base, i64 %count, i64 %key) {
start:
  br label %loop
loop:
  %low = phi ptr [ %base, %start ], [ %next, %loop ]
  %size = phi i64 [ %count, %start ], [ %half, %loop ]
  %half = lshr i64 %size, 1
  %middle = getelementptr i64, ptr %low, i64 %half
  %value = load i64, ptr %middle
  %is_above = icmp slt i64 %value, %key
  %next = select i1 %is_above, ptr %middle, ptr %low
  %is_last = icmp ult i64 %half, 2
  br i1 %is_last, label %end, label %loop
end:
  ret ptr %next
}
"""


@pytest.fixture(scope="module", name="sparse_switch")
def _sparse_switch() -> str:
    """Ten functions of 40 bytes, as parcels."""
    names = range(10)
    cases = " ".join(f"i64 {0x800_000 + 20 * n}, label %f{n}" for n in names)
    blocks = "\n".join(f"f{n}:\n  %v{n} = mul i64 %a, {n * n + 3}\n  ret i64 %v{n}" for n in names)
    switch = f"switch i64 %t, label %no [ {cases} ]"
    return f"define i64 @call(i64 %t, i64 %a) {{\n  {switch}\n{blocks}\nno:\n  ret i64 0\n}}\n"


def test_targets_that_lie_apart_are_found_through_a_table(sparse_switch: str) -> None:
    machine = capstone.Cs(capstone.CS_ARCH_X86, capstone.CS_MODE_64)
    insns = list(machine.disasm(link(optimised_object(sparse_switch, host_target())).content, 0))
    assert sum(insn.mnemonic == "jmp" and insn.op_str.startswith("r") for insn in insns) == 1
    assert sum(insn.mnemonic.startswith("j") for insn in insns) == 2  # that, and one for what is in no table


def test_a_search_selects_its_half_without_a_branch() -> None:
    image = link(optimised_object(SEARCH, host_target()))
    machine = capstone.Cs(capstone.CS_ARCH_X86, capstone.CS_MODE_64)
    names = [insn.mnemonic for insn in machine.disasm(image.content, 0)]
    names = names[: names.index("ret")]
    assert sum(name.startswith("cmov") for name in names) == 1
    assert sum(name.startswith("j") for name in names) == 1, names  # the loop's
