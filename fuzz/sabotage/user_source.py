"""Injected bugs derived from the source of Linux user mode: loading, system calls, signals."""

from __future__ import annotations

from typing import Final

from fuzz.sabotage.bug import Area, Bug
from fuzz.sabotage.equivalent import USER
from fuzz.sabotage.source import source_bugs

_JUDGES: Final = ("programs",)
_COUNTS: Final = {
    "syscalls.files": 8,
    "syscalls.directories": 3,
    "syscalls.identity": 2,
    "syscalls.memory": 5,
    "syscalls.metadata": 3,
    "syscalls.polling": 3,
    "syscalls.processes": 5,
    "syscalls.scheduling": 3,
    "syscalls.signals": 4,
    "syscalls.sockets": 3,
    "syscalls.system": 2,
    "syscalls.time": 2,
    "elf": 4,
    "stack": 3,
    "signals": 4,
    "file_table": 2,
    "riscv64": 3,
}
"""Bugs by module of `engines.vm.user`."""

BUGS: Final[list[Bug]] = [
    bug
    for module, count in _COUNTS.items()
    for bug in source_bugs(f"engines.vm.user.{module}", Area.SYSTEM_CALLS, _JUDGES, count, equivalent=USER)
]
