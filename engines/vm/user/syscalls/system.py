"""The system as the process sees it: uname, limits, memory, random numbers.

Source: uname(2), prlimit(2), sysinfo(2), getrandom(2).
"""

from __future__ import annotations

import _struct as struct
import os
import resource
import time

from engines.vm.user import riscv64
from engines.vm.user.errno import Errno
from engines.vm.user.stack import STACK_BYTES
from engines.vm.user.syscalls.table import system_call

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

    from engines.vm.user.process import Process

_UTS_FIELD_BYTES: Final = 65
_RELEASE: Final = b"6.1.0-counterproof"
_INFINITY: Final = 0xFFFF_FFFF_FFFF_FFFF
_RLIMIT_COUNT: Final = 16
_RLIMIT_STACK: Final = 3
_RLIMIT_NOFILE: Final = 7
_HOST_LIMITS: Final = frozenset((resource.RLIMIT_CPU, resource.RLIMIT_FSIZE, resource.RLIMIT_CORE))
"""Limits that mean the same for guest and emulator; the others would bind the emulator and stay the guest's own."""
_MAX_RANDOM_BYTES: Final = 1 << 25
_SYSINFO: Final = struct.Struct("<q3Q6QHxxxxxxQQIxxxx")


@system_call(160, "uname", "ptr")
def uname(process: Process, buffer: int) -> int:
    host = os.uname()
    node, version = os.fsencode(host.nodename), os.fsencode(host.version)
    fields = (b"Linux", node, _RELEASE, version, riscv64.UNAME_MACHINE, b"(none)")
    packed = b"".join(field[: _UTS_FIELD_BYTES - 1].ljust(_UTS_FIELD_BYTES, b"\0") for field in fields)
    process.memory.write(buffer, packed)
    return 0


def _limit(process: Process, which: int) -> tuple[int, int]:
    if which in process.limits:
        return process.limits[which]
    if which == _RLIMIT_STACK:
        return STACK_BYTES, _INFINITY
    if which == _RLIMIT_NOFILE:
        return process.files.limit, process.files.limit
    if which in _HOST_LIMITS:
        soft, hard = resource.getrlimit(which)
        return soft & _INFINITY, hard & _INFINITY
    return _INFINITY, _INFINITY


def _set_limit(process: Process, which: int, soft: int, hard: int) -> int:
    if soft > hard:
        return -Errno.EINVAL
    if hard > _limit(process, which)[1]:
        return -Errno.EPERM
    if which == _RLIMIT_NOFILE:
        process.files.limit = soft
    elif which in _HOST_LIMITS:
        host = tuple(-1 if value == _INFINITY else value for value in (soft, hard))
        resource.setrlimit(which, (host[0], host[1]))
    process.limits[which] = (soft, hard)
    return 0


@system_call(261, "prlimit64", "pid int ptr ptr")
def prlimit64(process: Process, pid: int, which: int, new: int, old: int) -> int:
    if not 0 <= which < _RLIMIT_COUNT:
        return -Errno.EINVAL
    if pid not in (0, process.pid):
        return -Errno.ESRCH
    wanted = struct.unpack("<QQ", process.memory.read(new, 16)) if new else None
    before = _limit(process, which)
    if wanted is not None:
        result = _set_limit(process, which, *wanted)
        if result:
            return result
    if old:
        process.memory.write(old, struct.pack("<QQ", *before))
    return 0


@system_call(163, "getrlimit", "int ptr")
def getrlimit(process: Process, which: int, buffer: int) -> int:
    return prlimit64(process, 0, which, 0, buffer)  # type: ignore[return-value]


@system_call(164, "setrlimit", "int ptr")
def setrlimit(process: Process, which: int, buffer: int) -> int:
    process.memory.read(buffer, 16)
    return prlimit64(process, 0, which, buffer, 0)  # type: ignore[return-value]


@system_call(179, "sysinfo", "ptr")
def sysinfo(process: Process, buffer: int) -> int:
    page = os.sysconf("SC_PAGE_SIZE")
    total, free = os.sysconf("SC_PHYS_PAGES") * page, os.sysconf("SC_AVPHYS_PAGES") * page
    loads = [round(load * 65536) for load in os.getloadavg()]
    uptime = int(time.clock_gettime(time.CLOCK_BOOTTIME))
    process.memory.write(buffer, _SYSINFO.pack(uptime, *loads, total, free, 0, 0, 0, 0, 1, 0, 0, 1))
    return 0


@system_call(278, "getrandom", "ptr size uint")
def getrandom(process: Process, buffer: int, size: int, flags: int) -> int:
    if flags & ~7:
        return -Errno.EINVAL
    size = min(size, _MAX_RANDOM_BYTES)
    process.memory.write(buffer, process.options.random(size))
    return size


@system_call(168, "getcpu", "ptr ptr ptr")
def getcpu(process: Process, cpu: int, node: int, cache: int) -> int:
    for address in (cpu, node):
        if address:
            process.memory.write(address, bytes(4))
    return 0


@system_call(283, "membarrier", "int uint int")
def membarrier(process: Process, command: int, flags: int, cpu: int) -> int:
    return -Errno.ENOSYS  # as a kernel without CONFIG_MEMBARRIER; known, so it is not counted as unknown


@system_call(293, "rseq", "ptr uint int uint")
def rseq(process: Process, area: int, size: int, flags: int, signature: int) -> int:
    return -Errno.ENOSYS


@system_call(258, "riscv_hwprobe", "ptr size size ptr uint")
def riscv_hwprobe(process: Process, pairs: int, count: int, cpu_count: int, cpus: int, flags: int) -> int:
    return -Errno.ENOSYS


@system_call(116, "syslog", "int ptr int")
def syslog(process: Process, action: int, buffer: int, size: int) -> int:
    return -Errno.EPERM
