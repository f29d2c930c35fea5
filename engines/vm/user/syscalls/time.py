"""Clocks, sleeping and timers.

Source: clock_gettime(2), clock_nanosleep(2), gettimeofday(2), times(2), getrusage(2), setitimer(2).
"""

from __future__ import annotations

import os
import resource
import struct
import time

from engines.vm.user.errno import Errno
from engines.vm.user.syscalls.processes import pack_rusage
from engines.vm.user.syscalls.table import system_call
from engines.vm.user.task import Interrupted

TYPE_CHECKING = False
if TYPE_CHECKING:
    import signal as host
    from typing import Final

    from engines.vm.user.process import Process
else:
    import _signal as host  # what `signal` wraps into enumerations

_TIMESPEC: Final = struct.Struct("<qq")
_NS: Final = 1_000_000_000
_CLOCKS: Final = frozenset((0, 1, 2, 3, 4, 5, 6, 7, 11))
_CLOCK_REALTIME: Final = 0
_CLOCK_MONOTONIC: Final = 1
_TIMER_ABSTIME: Final = 1
_TICKS_PER_SECOND: Final = 100


@system_call(113, "clock_gettime", "clock ptr")
def clock_gettime(process: Process, clock: int, buffer: int) -> int:
    if clock not in _CLOCKS:
        return -Errno.EINVAL
    process.memory.write(buffer, _TIMESPEC.pack(*divmod(time.clock_gettime_ns(clock), _NS)))
    return 0


@system_call(114, "clock_getres", "clock ptr")
def clock_getres(process: Process, clock: int, buffer: int) -> int:
    if clock not in _CLOCKS:
        return -Errno.EINVAL
    if buffer:
        process.memory.write(buffer, _TIMESPEC.pack(*divmod(round(time.clock_getres(clock) * _NS), _NS)))
    return 0


@system_call(112, "clock_settime", "clock ptr")
def clock_settime(process: Process, clock: int, buffer: int) -> int:
    process.memory.read(buffer, 16)
    return -Errno.EPERM


@system_call(169, "gettimeofday", "ptr ptr")
def gettimeofday(process: Process, buffer: int, zone: int) -> int:
    if buffer:
        process.memory.write(buffer, _TIMESPEC.pack(*divmod(time.time_ns() // 1000, 1_000_000)))
    if zone:
        process.memory.write(zone, bytes(8))
    return 0


@system_call(101, "nanosleep", "ptr ptr")
def nanosleep(process: Process, request: int, remaining: int) -> int:
    return _sleep(process, request, remaining, _CLOCK_MONOTONIC, absolute=False)


@system_call(115, "clock_nanosleep", "clock int ptr ptr")
def clock_nanosleep(process: Process, clock: int, flags: int, request: int, remaining: int) -> int:
    if clock not in _CLOCKS or clock == 3 or flags & ~_TIMER_ABSTIME:
        return -Errno.EINVAL
    return _sleep(process, request, remaining, clock, absolute=bool(flags))


def _sleep(process: Process, request: int, remaining: int, clock: int, *, absolute: bool) -> int:
    seconds, nanoseconds = _TIMESPEC.unpack(process.memory.read(request, 16))
    if seconds < 0 or not 0 <= nanoseconds < _NS:
        return -Errno.EINVAL
    duration = seconds * _NS + nanoseconds
    if absolute:
        duration = max(0, duration - time.clock_gettime_ns(clock))
    if not process.must_wait:
        time.sleep(duration / _NS)
        return 0
    try:
        process.block((), duration)
    except Interrupted:
        deadline = process.current.deadline_ns
        if remaining and not absolute and deadline is not None:
            left = max(0, deadline - time.monotonic_ns())
            process.memory.write(remaining, _TIMESPEC.pack(*divmod(left, _NS)))
        raise Interrupted(restarts=False) from None
    return 0


@system_call(153, "times", "ptr")
def times(process: Process, buffer: int) -> int:
    used = os.times()
    if buffer:
        ticks = [int(seconds * _TICKS_PER_SECOND) for seconds in used[:4]]
        process.memory.write(buffer, struct.pack("<4q", *ticks))
    return time.monotonic_ns() * _TICKS_PER_SECOND // _NS


@system_call(165, "getrusage", "int ptr")
def getrusage(process: Process, who: int, buffer: int) -> int:
    if who not in (0, -1, 1):
        return -Errno.EINVAL
    process.memory.write(buffer, pack_rusage(resource.getrusage(who)))
    return 0


@system_call(103, "setitimer", "int ptr ptr")
def setitimer(process: Process, which: int, new: int, old: int) -> int:
    if which not in (0, 1, 2):
        return -Errno.EINVAL
    interval_s, interval_us, value_s, value_us = struct.unpack("<4q", process.memory.read(new, 32)) if new else (0,) * 4
    if not (0 <= interval_us < 1_000_000 and 0 <= value_us < 1_000_000 and interval_s >= 0 and value_s >= 0):
        return -Errno.EINVAL
    before = host.setitimer(which, value_s + value_us / 1e6, interval_s + interval_us / 1e6)
    if old:
        process.memory.write(old, _pack_itimer(*before))
    return 0


@system_call(102, "getitimer", "int ptr")
def getitimer(process: Process, which: int, buffer: int) -> int:
    if which not in (0, 1, 2):
        return -Errno.EINVAL
    process.memory.write(buffer, _pack_itimer(*host.getitimer(which)))
    return 0


def _pack_itimer(value: float, interval: float) -> bytes:
    fields = [*divmod(round(interval * 1e6), 1_000_000), *divmod(round(value * 1e6), 1_000_000)]
    return struct.pack("<4q", *fields)
