"""Which machine we run on, found out without importing LLVM, and without `platform`, which takes longer than that."""

from __future__ import annotations

import os
from functools import cache


def machine() -> str:
    """The host's architecture, as `platform.machine()` names it."""
    return os.uname().machine


@cache
def host_description() -> str:
    """Text that differs between hosts whose native code differs: architecture, processor model and features."""
    lines = [machine(), os.uname().sysname]
    try:
        with open("/proc/cpuinfo") as file:
            text = file.read()
    except OSError:
        return "\n".join(lines)
    wanted = ("model name", "flags", "Features", "isa", "uarch", "CPU implementer", "CPU part")
    first = text.partition("\n\n")[0]
    lines += [line for line in first.splitlines() if line.partition(":")[0].strip() in wanted]
    return "\n".join(lines)
