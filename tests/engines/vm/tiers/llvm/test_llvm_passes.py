"""What LLVM makes of selections: conditional moves, and no branches that depend on data."""

from __future__ import annotations

import platform

import capstone
import pytest

from engines.vm.runtime.image import link
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


def test_a_search_selects_its_half_without_a_branch() -> None:
    image = link(optimised_object(SEARCH, host_target()))
    machine = capstone.Cs(capstone.CS_ARCH_X86, capstone.CS_MODE_64)
    names = [insn.mnemonic for insn in machine.disasm(image.content, 0)]
    names = names[: names.index("ret")]
    assert sum(name.startswith("cmov") for name in names) == 1
    assert sum(name.startswith("j") for name in names) == 1, names  # the loop's
