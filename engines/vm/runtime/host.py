"""Which processor we run on, for cache keys, found out without importing LLVM."""

from __future__ import annotations

import platform
from functools import cache
from pathlib import Path


@cache
def host_description() -> str:
    """Text that differs between hosts whose native code differs: architecture, processor model and features."""
    lines = [platform.machine(), platform.system()]
    try:
        text = Path("/proc/cpuinfo").read_text()
    except OSError:
        return "\n".join([*lines, platform.processor()])
    wanted = ("model name", "flags", "Features", "isa", "uarch", "CPU implementer", "CPU part")
    first = text.partition("\n\n")[0]
    lines += [line for line in first.splitlines() if line.partition(":")[0].strip() in wanted]
    return "\n".join(lines)
