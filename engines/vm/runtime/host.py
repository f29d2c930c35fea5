"""Which machine we run on, found out without importing LLVM, and without `platform`, which takes longer than that."""

from __future__ import annotations

import os

from engines.vm.quick import once

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final


def machine() -> str:
    """The host's architecture, as `platform.machine()` names it."""
    return os.uname().machine


_AT_HWCAP2: Final = 26
_HWCAP2_FSGSBASE: Final = 2


def sets_segments() -> bool:
    """Whether programs may write the bases of fs and gs themselves: the processor can, and Linux 5.9 lets them.

    Source: getauxval(3); Linux, Documentation/arch/x86/x86_64/fsgs.rst.
    """
    try:
        with open("/proc/self/auxv", "rb") as file:
            words = memoryview(file.read()).cast("Q")
    except (OSError, TypeError):
        return False
    return any(words[at] == _AT_HWCAP2 and words[at + 1] & _HWCAP2_FSGSBASE for at in range(0, len(words) - 1, 2))


@once
def host_description() -> str:
    """Text that differs between hosts whose native code differs: architecture, processor model and features."""
    lines = [machine(), os.uname().sysname]
    wanted = ("model name", "flags", "Features", "isa", "uarch", "CPU implementer", "CPU part")
    try:
        with open("/proc/cpuinfo") as file:
            for line in file:
                if line == "\n":  # the system makes the text while it is read: that of the first processor is enough
                    break
                if line.partition(":")[0].strip() in wanted:
                    lines.append(line.rstrip("\n"))
    except OSError:
        return "\n".join(lines[:2])
    return "\n".join(lines)
