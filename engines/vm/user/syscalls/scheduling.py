"""Scheduling and futexes.

Guest threads take turns on one host thread, so a futex is a queue entry of the process and no host call is needed.

Source: futex(2), sched_yield(2), sched_setaffinity(2), getpriority(2).
"""

from __future__ import annotations

import os
import struct
import time

from engines.vm.memory.address_space import MemoryFault
from engines.vm.user.errno import Errno
from engines.vm.user.syscalls.table import system_call
from engines.vm.user.task import FutexWait, Interrupted, Wait, WouldBlock

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

    from engines.vm.user.process import Process

_FUTEX_WAIT, _FUTEX_WAKE, _FUTEX_REQUEUE, _FUTEX_CMP_REQUEUE, _FUTEX_WAKE_OP = 0, 1, 3, 4, 5
_FUTEX_WAIT_BITSET, _FUTEX_WAKE_BITSET = 9, 10
_FUTEX_COMMAND_MASK: Final = 0x7F
_FUTEX_CLOCK_REALTIME: Final = 0x100
_ALL_BITS: Final = 0xFFFF_FFFF
_NS: Final = 1_000_000_000
_INT_MAX: Final = 0x7FFF_FFFF


@system_call(98, "futex", "ptr futexop uint ptr ptr uint")
def futex(process: Process, address: int, operation: int, value: int, timeout: int, second: int, third: int) -> int:
    command = operation & _FUTEX_COMMAND_MASK
    if address & 3:
        return -Errno.EINVAL
    if command in (_FUTEX_WAIT, _FUTEX_WAIT_BITSET):
        bitset = third if command == _FUTEX_WAIT_BITSET else _ALL_BITS
        deadline = _deadline(process, operation, command, timeout) if timeout else None
        return _wait(process, address, value, bitset, deadline) if bitset else -Errno.EINVAL
    if command in (_FUTEX_WAKE, _FUTEX_WAKE_BITSET):
        bitset = third if command == _FUTEX_WAKE_BITSET else _ALL_BITS
        return futex_wake(process, address, value, bitset) if bitset else -Errno.EINVAL
    if command in (_FUTEX_REQUEUE, _FUTEX_CMP_REQUEUE):
        if command == _FUTEX_CMP_REQUEUE and process.memory.load(address, 4) != third:
            return -Errno.EAGAIN
        woken = futex_wake(process, address, value)
        return woken + _requeue(process, address, second, timeout & _ALL_BITS)
    if command == _FUTEX_WAKE_OP:
        return _wake_op(process, address, value, timeout & _ALL_BITS, second, third)
    return -Errno.ENOSYS


def _deadline(process: Process, operation: int, command: int, timeout: int) -> int | None:
    """The end of a wait on the monotonic clock: FUTEX_WAIT takes a duration, FUTEX_WAIT_BITSET a point in time."""
    task = process.current
    seconds, nanoseconds = struct.unpack("<qq", process.memory.read(timeout, 16))
    if task.deadline_ns is None:
        wanted = seconds * _NS + nanoseconds
        if command == _FUTEX_WAIT:
            wanted += time.monotonic_ns()
        elif operation & _FUTEX_CLOCK_REALTIME:
            wanted += time.monotonic_ns() - time.time_ns()
        task.deadline_ns = wanted
    return task.deadline_ns


def _wait(process: Process, address: int, value: int, bitset: int, deadline_ns: int | None) -> int:
    task = process.current
    entry = task.futex
    if entry is None:
        if process.memory.load(address, 4) != value:
            return -Errno.EAGAIN
        entry = task.futex = FutexWait(address, bitset)
    elif entry.woken:
        task.futex = None
        return 0
    if process.deliverable(task):
        task.futex = None
        raise Interrupted
    if deadline_ns is not None and time.monotonic_ns() >= deadline_ns:
        task.futex = None
        return -Errno.ETIMEDOUT
    chosen = entry
    raise WouldBlock(Wait(deadline_ns=deadline_ns, until=lambda: chosen.woken))


def futex_wake(process: Process, address: int, count: int, bitset: int = _ALL_BITS) -> int:
    """Wake up to `count` tasks that wait at `address`, first come first served; return how many."""
    woken = 0
    for task in process.tasks.values():
        entry = task.futex
        if entry is None or entry.woken or entry.address != address or not entry.bitset & bitset:
            continue
        if woken >= min(count, _INT_MAX):
            break
        entry.woken = True
        woken += 1
    return woken


def _requeue(process: Process, address: int, target: int, count: int) -> int:
    moved = 0
    for task in process.tasks.values():
        entry = task.futex
        if moved < count and entry and entry.address == address and not entry.woken:
            entry.address = target
            moved += 1
    return moved


def _wake_op(process: Process, address: int, count: int, second_count: int, second: int, code: int) -> int:
    operation, comparison = code >> 28 & 0xF, code >> 24 & 0xF
    operand, expected = _signed12(code >> 12), _signed12(code)
    if operation & 8:
        operand = 1 << (operand & 31)
    old = process.memory.load(second, 4)
    results = (operand, old + operand, old | operand, old & ~operand, old ^ operand)
    if operation & 7 >= len(results) or comparison > 5:
        return -Errno.ENOSYS
    process.memory.store(second, results[operation & 7], 4)
    signed = old - (1 << 32) if old >> 31 else old
    holds = (
        signed == expected,
        signed != expected,
        signed < expected,
        signed <= expected,
        signed > expected,
        signed >= expected,
    )[comparison]
    woken = futex_wake(process, address, count)
    return woken + (futex_wake(process, second, second_count) if holds else 0)


def _signed12(value: int) -> int:
    return (value & 0xFFF ^ 0x800) - 0x800


@system_call(124, "sched_yield")
def sched_yield(process: Process) -> int:
    process.yield_turn()
    return 0


@system_call(123, "sched_getaffinity", "pid size ptr")
def sched_getaffinity(process: Process, pid: int, size: int, buffer: int) -> int:
    if size < 8 or size % 8:
        return -Errno.EINVAL
    cpus = 1  # tasks take turns on one host thread
    process.memory.write(buffer, struct.pack("<Q", cpus))
    return 8


@system_call(122, "sched_setaffinity", "pid size ptr")
def sched_setaffinity(process: Process, pid: int, size: int, buffer: int) -> int:
    mask = process.memory.read(buffer, min(size, 128))
    return 0 if mask[:1] and mask[0] & 1 else -Errno.EINVAL


@system_call(120, "sched_getscheduler", "pid")
def sched_getscheduler(process: Process, pid: int) -> int:
    return 0


@system_call(121, "sched_getparam", "pid ptr")
def sched_getparam(process: Process, pid: int, buffer: int) -> int:
    process.memory.write(buffer, bytes(4))
    return 0


@system_call(119, "sched_setscheduler", "pid int ptr")
def sched_setscheduler(process: Process, pid: int, policy: int, buffer: int) -> int:
    return 0 if policy == 0 else -Errno.EPERM


@system_call(125, "sched_get_priority_max", "int")
def sched_get_priority_max(process: Process, policy: int) -> int:
    return {0: 0, 1: 99, 2: 99, 3: 0, 5: 0}.get(policy, -Errno.EINVAL)


@system_call(126, "sched_get_priority_min", "int")
def sched_get_priority_min(process: Process, policy: int) -> int:
    return {0: 0, 1: 1, 2: 1, 3: 0, 5: 0}.get(policy, -Errno.EINVAL)


@system_call(140, "setpriority", "int int int")
def setpriority(process: Process, which: int, who: int, priority: int) -> int:
    os.setpriority(which, who, priority)
    return 0


@system_call(141, "getpriority", "int int")
def getpriority(process: Process, which: int, who: int) -> int:
    return 20 - os.getpriority(which, who)


def wake_clear_child_tid(process: Process, address: int) -> None:
    """A task ended: its `clear_child_tid` becomes 0 and one waiter wakes. An address gone bad is ignored."""
    try:
        process.memory.store(address, 0, 4)
    except MemoryFault:
        return
    futex_wake(process, address, 1)
