"""How tasks and processes end, and what they leave for others to find then: a few calls that nearly all programs make.

Source: exit(2), set_tid_address(2), get_robust_list(2).
"""

from __future__ import annotations

import _struct as struct

from engines.vm.user.errno import Errno
from engines.vm.user.process import Exit, ExitReason
from engines.vm.user.syscalls.table import system_call

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

    from engines.vm.user.process import Process

_ROBUST_HEAD_BYTES: Final = 24


@system_call(93, "exit", "int")
def exit_(process: Process, status: int) -> None:
    process.end_task(status)


@system_call(94, "exit_group", "int")
def exit_group(process: Process, status: int) -> None:
    process.exit = Exit(ExitReason.EXITED, status & 0xFF)
    process.attention = True


@system_call(96, "set_tid_address", "ptr")
def set_tid_address(process: Process, address: int) -> int:
    process.current.clear_child_tid = address
    return process.current.tid


@system_call(99, "set_robust_list", "ptr size")
def set_robust_list(process: Process, head: int, size: int) -> int:
    if size != _ROBUST_HEAD_BYTES:
        return -Errno.EINVAL
    process.current.robust_list = head
    return 0


@system_call(100, "get_robust_list", "pid ptr ptr")
def get_robust_list(process: Process, pid: int, head: int, size: int) -> int:
    task = process.tasks.get(pid or process.current.tid)
    if task is None:
        return -Errno.ESRCH
    process.memory.write(head, struct.pack("<Q", task.robust_list))
    process.memory.write(size, struct.pack("<Q", _ROBUST_HEAD_BYTES))
    return 0
