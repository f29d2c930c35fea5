"""Who the process is: process, group and session ids, users and groups.

Source: getpid(2), getuid(2), setpgid(2), setsid(2), getgroups(2).
"""

from __future__ import annotations

import _struct as struct
import os

from engines.vm.user.errno import Errno
from engines.vm.user.syscalls.table import system_call

TYPE_CHECKING = False
if TYPE_CHECKING:
    from engines.vm.user.process import Process


@system_call(172, "getpid")
def getpid(process: Process) -> int:
    return process.pid


@system_call(173, "getppid")
def getppid(process: Process) -> int:
    return os.getppid()


@system_call(178, "gettid")
def gettid(process: Process) -> int:
    return process.current.tid


@system_call(174, "getuid")
def getuid(process: Process) -> int:
    return os.getuid()


@system_call(175, "geteuid")
def geteuid(process: Process) -> int:
    return os.geteuid()


@system_call(176, "getgid")
def getgid(process: Process) -> int:
    return os.getgid()


@system_call(177, "getegid")
def getegid(process: Process) -> int:
    return os.getegid()


@system_call(148, "getresuid", "ptr ptr ptr")
def getresuid(process: Process, real: int, effective: int, saved: int) -> int:
    for address, value in zip((real, effective, saved), os.getresuid(), strict=True):
        process.memory.write(address, struct.pack("<I", value))
    return 0


@system_call(150, "getresgid", "ptr ptr ptr")
def getresgid(process: Process, real: int, effective: int, saved: int) -> int:
    for address, value in zip((real, effective, saved), os.getresgid(), strict=True):
        process.memory.write(address, struct.pack("<I", value))
    return 0


@system_call(146, "setuid", "int")
def setuid(process: Process, uid: int) -> int:
    os.setuid(uid)
    return 0


@system_call(144, "setgid", "int")
def setgid(process: Process, gid: int) -> int:
    os.setgid(gid)
    return 0


@system_call(145, "setreuid", "int int")
def setreuid(process: Process, real: int, effective: int) -> int:
    os.setreuid(real, effective)
    return 0


@system_call(143, "setregid", "int int")
def setregid(process: Process, real: int, effective: int) -> int:
    os.setregid(real, effective)
    return 0


@system_call(147, "setresuid", "int int int")
def setresuid(process: Process, real: int, effective: int, saved: int) -> int:
    os.setresuid(real, effective, saved)
    return 0


@system_call(149, "setresgid", "int int int")
def setresgid(process: Process, real: int, effective: int, saved: int) -> int:
    os.setresgid(real, effective, saved)
    return 0


@system_call(158, "getgroups", "int ptr")
def getgroups(process: Process, size: int, buffer: int) -> int:
    groups = os.getgroups()
    if size:
        if size < len(groups):
            return -Errno.EINVAL
        process.memory.write(buffer, struct.pack(f"<{len(groups)}I", *groups))
    return len(groups)


@system_call(155, "getpgid", "pid")
def getpgid(process: Process, pid: int) -> int:
    return os.getpgid(pid)


@system_call(154, "setpgid", "pid pid")
def setpgid(process: Process, pid: int, group: int) -> int:
    os.setpgid(pid, group)
    return 0


@system_call(156, "getsid", "pid")
def getsid(process: Process, pid: int) -> int:
    return os.getsid(pid)


@system_call(157, "setsid")
def setsid(process: Process) -> int:
    os.setsid()
    return os.getsid(0)
