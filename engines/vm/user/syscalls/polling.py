"""Waiting for many files: ppoll, pselect6, epoll.

Source: poll(2), select(2), epoll(7); uapi/linux/eventpoll.h.
"""

from __future__ import annotations

import ctypes
import os
import select
import struct

from engines.vm.memory.address_space import Access
from engines.vm.user.errno import Errno, GuestError
from engines.vm.user.host_calls import call
from engines.vm.user.syscalls.files import O_CLOEXEC
from engines.vm.user.syscalls.signals import read_mask, wait_with_mask
from engines.vm.user.syscalls.table import system_call
from engines.vm.user.task import Interrupted

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

    from engines.vm.user.process import Process

_POLLFD: Final = struct.Struct("<ihh")
_EPOLL_EVENT: Final = struct.Struct("<IxxxxQ")
"""Packed on x86_64 only; 16 bytes elsewhere."""
_EPOLL_CTL_ADD, _EPOLL_CTL_DEL, _EPOLL_CTL_MOD = 1, 2, 3
_MAX_EVENTS: Final = 1 << 20
_SELECT_FDS: Final = 1024
_NS: Final = 1_000_000_000
_POLLNVAL: Final = 0x20
_READ_EVENTS: Final = select.POLLIN | select.POLLHUP | select.POLLERR
_WRITE_EVENTS: Final = select.POLLOUT | select.POLLERR
_EXCEPT_EVENTS: Final = select.POLLPRI


def _timeout_ns(process: Process, address: int) -> int | None:
    if not address:
        return None
    seconds, nanoseconds = struct.unpack("<qq", process.memory.read(address, 16))
    if seconds < 0 or not 0 <= nanoseconds < _NS:
        raise GuestError(Errno.EINVAL)
    return int(seconds * _NS + nanoseconds)


def _poll(process: Process, wanted: dict[int, int], timeout_ns: int | None) -> dict[int, int]:
    """Poll host descriptors (host → events); return those that are ready with what they are ready for.

    Raises:
        Interrupted: a signal came first; such calls never restart.
        WouldBlock: see `Process.block`.
    """
    task = process.current
    poll = select.poll()
    for host, events in wanted.items():
        poll.register(host, events)
    if timeout_ns != 0 and process.must_wait:
        try:
            process.block(tuple(wanted.items()), timeout_ns)
        except Interrupted:
            raise Interrupted(restarts=False) from None
        ready = poll.poll(0)
    else:
        ready = poll.poll(None if timeout_ns is None else -(-timeout_ns // 1_000_000))
    if task.saved_mask is not None:
        mask, task.saved_mask = task.saved_mask, None
        process.set_blocked(task, mask)
    return dict(ready)


@system_call(73, "ppoll", "ptr uint ptr ptr size")
def ppoll(process: Process, address: int, count: int, timeout: int, mask: int, mask_bytes: int) -> int:
    if count > process.files.limit:
        return -Errno.EINVAL
    timeout_ns = _timeout_ns(process, timeout)
    if mask:
        wait_with_mask(process, read_mask(process, mask))
    entries = [_POLLFD.unpack(raw) for raw in _chunks(process.memory.read(address, 8 * count), 8)]
    wanted: dict[int, int] = {}
    invalid = 0
    for fd, events, _ in entries:
        host = process.files.host.get(fd)
        if host is not None:
            wanted[host] = wanted.get(host, 0) | events & 0x7FFF
        elif fd >= 0:
            invalid += 1
    ready = _poll(process, wanted, 0 if invalid else timeout_ns)
    answers, found = bytearray(), 0
    for fd, events, _ in entries:
        host = process.files.host.get(fd)
        if host is None:
            answer = _POLLNVAL if fd >= 0 else 0
        else:
            answer = ready.get(host, 0) & (events | select.POLLERR | select.POLLHUP | _POLLNVAL)
        found += bool(answer)
        answers += _POLLFD.pack(fd, events, answer)
    process.memory.write(address, answers)
    return found


def _chunks(data: bytes, size: int) -> list[bytes]:
    return [data[i : i + size] for i in range(0, len(data), size)]


@system_call(72, "pselect6", "int ptr ptr ptr ptr ptr")
def pselect6(process: Process, count: int, read: int, write: int, exceptional: int, timeout: int, mask: int) -> int:
    if count < 0:
        return -Errno.EINVAL
    count = min(count, _SELECT_FDS)
    size = (count + 63) // 64 * 8
    timeout_ns = _timeout_ns(process, timeout)
    sets = [
        (address, _READ_EVENTS if i == 0 else _WRITE_EVENTS if i == 1 else _EXCEPT_EVENTS)
        for i, address in enumerate((read, write, exceptional))
    ]
    bits = [int.from_bytes(process.memory.read(address, size), "little") if address else 0 for address, _ in sets]
    if mask:
        pointer, length = struct.unpack("<QQ", process.memory.read(mask, 16))
        if pointer and length == 8:
            wait_with_mask(process, read_mask(process, pointer))
    wanted: dict[int, int] = {}
    for chosen, (_, events) in zip(bits, sets, strict=True):
        for fd in range(count):
            if chosen >> fd & 1:
                host = process.files.get(fd)
                wanted[host] = wanted.get(host, 0) | events
    ready = _poll(process, wanted, timeout_ns)
    found = 0
    for chosen, (address, events) in zip(bits, sets, strict=True):
        answer = 0
        for fd in range(count):
            if chosen >> fd & 1 and ready.get(process.files.get(fd), 0) & events:
                answer |= 1 << fd
                found += 1
        if address:
            process.memory.write(address, answer.to_bytes(size, "little"))
    return found


@system_call(20, "epoll_create1", "oflags")
def epoll_create1(process: Process, flags: int) -> int:
    if flags & ~O_CLOEXEC:
        return -Errno.EINVAL
    host = call("epoll_create1", select.EPOLL_CLOEXEC)
    fd = process.files.add(host, close_on_exec=bool(flags & O_CLOEXEC))
    process.epoll_data[host] = {}
    return fd


@system_call(21, "epoll_ctl", "fd int fd ptr")
def epoll_ctl(process: Process, epfd: int, operation: int, fd: int, event: int) -> int:
    host, target = process.files.get(epfd), process.files.get(fd)
    watched = process.epoll_data.get(host)
    if watched is None or epfd == fd:
        return -Errno.EINVAL
    events, data = (0, 0) if operation == _EPOLL_CTL_DEL else _EPOLL_EVENT.unpack(process.memory.read(event, 16))
    poller = select.epoll.fromfd(os.dup(host))
    try:
        if operation == _EPOLL_CTL_ADD:
            poller.register(target, events)
        elif operation == _EPOLL_CTL_MOD:
            poller.modify(target, events)
        elif operation == _EPOLL_CTL_DEL:
            poller.unregister(target)
        else:
            return -Errno.EINVAL
    finally:
        poller.close()
    watched[target] = data
    return 0


@system_call(22, "epoll_pwait", "fd ptr int int ptr size")
def epoll_pwait(process: Process, epfd: int, address: int, count: int, timeout_ms: int, mask: int, size: int) -> int:
    host = process.files.get(epfd)
    watched = process.epoll_data.get(host)
    if watched is None or not 0 < count <= _MAX_EVENTS:
        return -Errno.EINVAL
    process.memory.view(address, 16 * count, Access.STORE)
    if mask:
        wait_with_mask(process, read_mask(process, mask))
    _poll(process, {host: select.POLLIN}, None if timeout_ms < 0 else timeout_ms * 1_000_000)
    poller = select.epoll.fromfd(os.dup(host))
    try:
        ready = poller.poll(0, count)
    finally:
        poller.close()
    process.memory.write(address, b"".join(_EPOLL_EVENT.pack(events, watched.get(fd, 0)) for fd, events in ready))
    return len(ready)


_TFD_FLAGS: Final = 0o2004000


@system_call(85, "timerfd_create", "clock oflags")
def timerfd_create(process: Process, clock: int, flags: int) -> int:
    if flags & ~_TFD_FLAGS:
        return -Errno.EINVAL
    host = call("timerfd_create", clock, (os.O_NONBLOCK if flags & 0o4000 else 0) | os.O_CLOEXEC)
    return process.files.add(host, close_on_exec=bool(flags & O_CLOEXEC))


@system_call(86, "timerfd_settime", "fd int ptr ptr")
def timerfd_settime(process: Process, fd: int, flags: int, new: int, old: int) -> int:
    before = (ctypes.c_char * 32)()
    call("timerfd_settime", process.files.get(fd), flags, process.memory.read(new, 32), before)
    if old:
        process.memory.write(old, bytes(before))
    return 0


@system_call(87, "timerfd_gettime", "fd ptr")
def timerfd_gettime(process: Process, fd: int, buffer: int) -> int:
    found = (ctypes.c_char * 32)()
    call("timerfd_gettime", process.files.get(fd), found)
    process.memory.write(buffer, bytes(found))
    return 0
