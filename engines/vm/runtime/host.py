"""Which machine we run on, found out without importing LLVM, and without `platform`, which takes longer than that."""

from __future__ import annotations

import os

from engines.vm.quick import once


def machine() -> str:
    """The host's architecture, as `platform.machine()` names it."""
    return os.uname().machine


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
