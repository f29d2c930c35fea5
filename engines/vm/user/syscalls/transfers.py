"""Reading and writing: what nearly all programs do, and most of them nothing else with files.

Source: read(2), write(2), readv(2), pread(2).
"""

from __future__ import annotations

import _struct as struct
import os

from engines.vm.memory.address_space import Access
from engines.vm.user.errno import Errno, GuestError
from engines.vm.user.host_signals import POLLIN, POLLOUT
from engines.vm.user.signals import Signal, SignalInfo
from engines.vm.user.syscalls.table import system_call

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

    from engines.vm.user.process import Process

MAX_TRANSFER_BYTES: Final = 0x7FFF_F000
"""What one read or write moves at most (MAX_RW_COUNT)."""
_MAX_VECTORS: Final = 1024


def vectors(process: Process, address: int, count: int, access: Access) -> list[memoryview]:
    """The non-empty buffers of an iovec array.

    Raises:
        GuestError: EINVAL, more than 1024 buffers or a total length beyond 2^63.
        MemoryFault: the array or a buffer is not accessible.
    """
    if not 0 <= count <= _MAX_VECTORS:
        raise GuestError(Errno.EINVAL)
    fields = struct.unpack(f"<{2 * count}Q", process.memory.read(address, 16 * count))
    views, left = [], MAX_TRANSFER_BYTES
    if sum(fields[1::2]) >> 63:
        raise GuestError(Errno.EINVAL)
    for base, size in zip(fields[::2], fields[1::2], strict=True):
        size = min(size, left)
        if size:
            views.append(process.memory.view(base, size, access))
            left -= size
    return views


def broken_pipe(process: Process) -> int:
    """What a write returns after which SIGPIPE is pending: nobody reads any more."""
    process.post(SignalInfo(Signal.SIGPIPE, pid=process.pid), process.current)
    return -Errno.EPIPE


@system_call(63, "read", "fd ptr size")
def read(process: Process, fd: int, buffer: int, size: int) -> int:
    host = process.files.get(fd)
    if process.must_wait and not await_file(process, host, POLLIN):
        return -Errno.EAGAIN
    return os.readv(host, [process.memory.view(buffer, min(size, MAX_TRANSFER_BYTES), Access.STORE)])


@system_call(64, "write", "fd ptr size")
def write(process: Process, fd: int, buffer: int, size: int) -> int:
    host = process.files.get(fd)
    if process.must_wait:
        await_file(process, host, POLLOUT)
    try:
        return os.write(host, process.memory.view(buffer, min(size, MAX_TRANSFER_BYTES)))
    except BrokenPipeError:
        return broken_pipe(process)


def await_file(process: Process, host: int, events: int) -> bool:
    """Before a blocking read or write: wait as `Process.block` says, unless the file is non-blocking."""
    if not os.get_blocking(host):
        return True
    return process.block(((host, events),))


@system_call(65, "readv", "fd ptr long")
def readv(process: Process, fd: int, vector: int, count: int) -> int:
    host = process.files.get(fd)
    buffers = vectors(process, vector, count, Access.STORE)
    if process.must_wait:
        await_file(process, host, POLLIN)
    return os.readv(host, buffers) if buffers else 0


@system_call(66, "writev", "fd ptr long")
def writev(process: Process, fd: int, vector: int, count: int) -> int:
    host = process.files.get(fd)
    buffers = vectors(process, vector, count, Access.LOAD)
    if process.must_wait:
        await_file(process, host, POLLOUT)
    try:
        return os.writev(host, buffers) if buffers else 0
    except BrokenPipeError:
        return broken_pipe(process)


@system_call(67, "pread64", "fd ptr size offset")
def pread64(process: Process, fd: int, buffer: int, size: int, offset: int) -> int:
    host = process.files.get(fd)
    return os.preadv(host, [process.memory.view(buffer, min(size, MAX_TRANSFER_BYTES), Access.STORE)], offset)


@system_call(68, "pwrite64", "fd ptr size offset")
def pwrite64(process: Process, fd: int, buffer: int, size: int, offset: int) -> int:
    host = process.files.get(fd)
    return os.pwrite(host, process.memory.view(buffer, min(size, MAX_TRANSFER_BYTES)), offset)


@system_call(69, "preadv", "fd ptr long offset")
def preadv(process: Process, fd: int, vector: int, count: int, offset: int) -> int:
    host = process.files.get(fd)
    buffers = vectors(process, vector, count, Access.STORE)
    return os.preadv(host, buffers, offset) if buffers else 0


@system_call(70, "pwritev", "fd ptr long offset")
def pwritev(process: Process, fd: int, vector: int, count: int, offset: int) -> int:
    host = process.files.get(fd)
    buffers = vectors(process, vector, count, Access.LOAD)
    return os.pwritev(host, buffers, offset) if buffers else 0


@system_call(286, "preadv2", "fd ptr long offset long uint")
def preadv2(process: Process, fd: int, vector: int, count: int, offset: int, high: int, flags: int) -> int:
    if flags:
        return -Errno.EOPNOTSUPP
    chosen = readv(process, fd, vector, count) if offset == -1 else preadv(process, fd, vector, count, offset)
    return chosen if chosen is not None else -Errno.EINVAL


@system_call(287, "pwritev2", "fd ptr long offset long uint")
def pwritev2(process: Process, fd: int, vector: int, count: int, offset: int, high: int, flags: int) -> int:
    if flags:
        return -Errno.EOPNOTSUPP
    chosen = writev(process, fd, vector, count) if offset == -1 else pwritev(process, fd, vector, count, offset)
    return chosen if chosen is not None else -Errno.EINVAL
