"""Sockets: the host's, with the guest's buffers passed in place. Address layouts are the same on every Linux.

Source: socket(2), send(2), recv(2), recvmsg(2); uapi/asm-generic/socket.h.
"""

from __future__ import annotations

import ctypes
import os
import struct

from engines.vm.memory.address_space import Access
from engines.vm.user.errno import Errno
from engines.vm.user.host_calls import call
from engines.vm.user.host_signals import POLLIN, POLLOUT
from engines.vm.user.signals import Signal, SignalInfo
from engines.vm.user.syscalls.files import O_CLOEXEC, O_NONBLOCK
from engines.vm.user.syscalls.table import system_call
from engines.vm.user.syscalls.transfers import MAX_TRANSFER_BYTES, await_file, vectors

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

    from engines.vm.user.process import Process

_TYPE_MASK: Final = 0xF
_MAX_ADDRESS_BYTES: Final = 128
_MSG_NOSIGNAL: Final = 0x4000
_MSG_DONTWAIT: Final = 0x40
_MSGHDR: Final = struct.Struct("<QIxxxxQQQQixxxx")
_MAX_OPTION_BYTES: Final = 4096


def _pointer(process: Process, address: int, size: int, access: Access) -> ctypes.c_void_p:
    """Host address of a guest range that was checked; NULL for address 0.

    Raises:
        MemoryFault: the range does not permit `access`.
    """
    if not address:
        return ctypes.c_void_p(None)
    process.memory.view(address, size, access)
    return ctypes.c_void_p(process.memory.host_base + address)


def _await(process: Process, host: int, events: int, flags: int = 0) -> None:
    if process.must_wait and not flags & _MSG_DONTWAIT:
        await_file(process, host, events)


def _host_type(kind: int) -> int:
    return kind & _TYPE_MASK | (os.O_NONBLOCK if kind & O_NONBLOCK else 0) | os.O_CLOEXEC


@system_call(198, "socket", "int int int")
def socket(process: Process, family: int, kind: int, protocol: int) -> int:
    if kind & ~(_TYPE_MASK | O_NONBLOCK | O_CLOEXEC):
        return -Errno.EINVAL
    host = call("socket", family, _host_type(kind), protocol)
    return process.files.add(host, close_on_exec=bool(kind & O_CLOEXEC))


@system_call(199, "socketpair", "int int int ptr")
def socketpair(process: Process, family: int, kind: int, protocol: int, address: int) -> int:
    if kind & ~(_TYPE_MASK | O_NONBLOCK | O_CLOEXEC):
        return -Errno.EINVAL
    process.memory.view(address, 8, Access.STORE)
    pair = (ctypes.c_int * 2)()
    call("socketpair", family, _host_type(kind), protocol, pair)
    fds = [process.files.add(host, close_on_exec=bool(kind & O_CLOEXEC)) for host in pair]
    process.memory.write(address, struct.pack("<ii", *fds))
    return 0


@system_call(200, "bind", "fd ptr uint")
def bind(process: Process, fd: int, address: int, size: int) -> int:
    if size > _MAX_ADDRESS_BYTES:
        return -Errno.EINVAL
    return call("bind", process.files.get(fd), _pointer(process, address, size, Access.LOAD), size)


@system_call(201, "listen", "fd int")
def listen(process: Process, fd: int, backlog: int) -> int:
    return call("listen", process.files.get(fd), backlog)


@system_call(203, "connect", "fd ptr uint")
def connect(process: Process, fd: int, address: int, size: int) -> int:
    if size > _MAX_ADDRESS_BYTES:
        return -Errno.EINVAL
    return call("connect", process.files.get(fd), _pointer(process, address, size, Access.LOAD), size)


@system_call(202, "accept", "fd ptr ptr")
def accept(process: Process, fd: int, address: int, size_address: int) -> int:
    return _accept(process, fd, address, size_address, 0)


@system_call(242, "accept4", "fd ptr ptr oflags")
def accept4(process: Process, fd: int, address: int, size_address: int, flags: int) -> int:
    return _accept(process, fd, address, size_address, flags)


def _accept(process: Process, fd: int, address: int, size_address: int, flags: int) -> int:
    if flags & ~(O_NONBLOCK | O_CLOEXEC):
        return -Errno.EINVAL
    host = process.files.get(fd)
    _await(process, host, POLLIN)
    found, size = (ctypes.c_char * _MAX_ADDRESS_BYTES)(), ctypes.c_uint(_MAX_ADDRESS_BYTES)
    new = call("accept4", host, found, ctypes.byref(size), _host_type(flags))
    if address:
        _return_address(process, found.raw[: size.value], address, size_address)
    return process.files.add(new, close_on_exec=bool(flags & O_CLOEXEC))


def _return_address(process: Process, found: bytes, address: int, size_address: int) -> None:
    """Copy out a socket address as the kernel does: cut to the buffer's size, the true size reported."""
    room = process.memory.load(size_address, 4)
    process.memory.write(address, found[:room])
    process.memory.store(size_address, len(found), 4)


@system_call(204, "getsockname", "fd ptr ptr")
def getsockname(process: Process, fd: int, address: int, size_address: int) -> int:
    return _name(process, "getsockname", fd, address, size_address)


@system_call(205, "getpeername", "fd ptr ptr")
def getpeername(process: Process, fd: int, address: int, size_address: int) -> int:
    return _name(process, "getpeername", fd, address, size_address)


def _name(process: Process, function: str, fd: int, address: int, size_address: int) -> int:
    found, size = (ctypes.c_char * _MAX_ADDRESS_BYTES)(), ctypes.c_uint(_MAX_ADDRESS_BYTES)
    call(function, process.files.get(fd), found, ctypes.byref(size))
    _return_address(process, found.raw[: size.value], address, size_address)
    return 0


@system_call(206, "sendto", "fd ptr size hex32 ptr uint")
def sendto(process: Process, fd: int, buffer: int, size: int, flags: int, address: int, address_bytes: int) -> int:
    host = process.files.get(fd)
    size = min(size, MAX_TRANSFER_BYTES)
    data = _pointer(process, buffer, size, Access.LOAD)
    target = _pointer(process, address, min(address_bytes, _MAX_ADDRESS_BYTES), Access.LOAD)
    _await(process, host, POLLOUT, flags)
    try:
        return call("sendto", host, data, ctypes.c_size_t(size), flags | _MSG_NOSIGNAL, target, address_bytes)
    except BrokenPipeError:
        return _broken_pipe(process, flags)


def _broken_pipe(process: Process, flags: int) -> int:
    if not flags & _MSG_NOSIGNAL:
        process.post(SignalInfo(Signal.SIGPIPE, pid=process.pid), process.current)
    return -Errno.EPIPE


@system_call(207, "recvfrom", "fd ptr size hex32 ptr ptr")
def recvfrom(process: Process, fd: int, buffer: int, size: int, flags: int, address: int, size_address: int) -> int:
    host = process.files.get(fd)
    size = min(size, MAX_TRANSFER_BYTES)
    data = _pointer(process, buffer, size, Access.STORE)
    _await(process, host, POLLIN, flags)
    found, found_size = (ctypes.c_char * _MAX_ADDRESS_BYTES)(), ctypes.c_uint(_MAX_ADDRESS_BYTES)
    moved = call("recvfrom", host, data, ctypes.c_size_t(size), flags, found, ctypes.byref(found_size))
    if address:
        _return_address(process, found.raw[: found_size.value], address, size_address)
    return moved


def _host_message(process: Process, address: int, access: Access) -> tuple[bytearray, list[object], tuple[int, ...]]:
    """`struct msghdr` with host pointers, the objects it points to, and the guest's fields."""
    fields = _MSGHDR.unpack(process.memory.read(address, _MSGHDR.size))
    name, name_bytes, iov, iov_count, control, control_bytes, _ = fields
    buffers = vectors(process, iov, iov_count, access)
    host_iov = (ctypes.c_uint64 * (2 * len(buffers)))()
    # The views are of guest memory, so their addresses follow from the guest's own, in the same order.
    pairs = struct.unpack(f"<{2 * iov_count}Q", process.memory.read(iov, 16 * iov_count))
    kept = [(base, size) for base, size in zip(pairs[::2], pairs[1::2], strict=True) if size]
    for i, ((base, _), view) in enumerate(zip(kept, buffers, strict=False)):
        host_iov[2 * i], host_iov[2 * i + 1] = process.memory.host_base + base, len(view)
    name_pointer = _pointer(process, name, name_bytes, access).value or 0
    control_pointer = _pointer(process, control, min(control_bytes, 1 << 16), access).value or 0
    packed = _MSGHDR.pack(
        name_pointer, name_bytes, ctypes.addressof(host_iov), len(buffers), control_pointer, control_bytes, 0
    )
    return bytearray(packed), [host_iov], fields


@system_call(211, "sendmsg", "fd ptr hex32")
def sendmsg(process: Process, fd: int, address: int, flags: int) -> int:
    host = process.files.get(fd)
    message, _kept, fields = _host_message(process, address, Access.LOAD)
    if fields[5]:
        return -Errno.EOPNOTSUPP  # control messages carry descriptors, whose numbers are the guest's own
    _await(process, host, POLLOUT, flags)
    pointer = (ctypes.c_char * len(message)).from_buffer(message)
    try:
        return call("sendmsg", host, pointer, flags | _MSG_NOSIGNAL)
    except BrokenPipeError:
        return _broken_pipe(process, flags)


@system_call(212, "recvmsg", "fd ptr hex32")
def recvmsg(process: Process, fd: int, address: int, flags: int) -> int:
    host = process.files.get(fd)
    message, _kept, fields = _host_message(process, address, Access.STORE)
    struct.pack_into("<QQ", message, 32, 0, 0)  # no control messages: see sendmsg
    _await(process, host, POLLIN, flags)
    pointer = (ctypes.c_char * len(message)).from_buffer(message)
    moved = call("recvmsg", host, pointer, flags)
    answer = _MSGHDR.unpack(message)
    packed = _MSGHDR.pack(fields[0], answer[1], *fields[2:5], 0, answer[6])
    process.memory.write(address, packed)
    return moved


@system_call(208, "setsockopt", "fd int int ptr uint")
def setsockopt(process: Process, fd: int, level: int, option: int, value: int, size: int) -> int:
    if size > _MAX_OPTION_BYTES:
        return -Errno.EINVAL
    return call("setsockopt", process.files.get(fd), level, option, process.memory.read(value, size), size)


@system_call(209, "getsockopt", "fd int int ptr ptr")
def getsockopt(process: Process, fd: int, level: int, option: int, value: int, size_address: int) -> int:
    size = ctypes.c_uint(min(process.memory.load(size_address, 4), _MAX_OPTION_BYTES))
    found = (ctypes.c_char * _MAX_OPTION_BYTES)()
    call("getsockopt", process.files.get(fd), level, option, found, ctypes.byref(size))
    process.memory.write(value, found.raw[: size.value])
    process.memory.store(size_address, size.value, 4)
    return 0


@system_call(210, "shutdown", "fd int")
def shutdown(process: Process, fd: int, how: int) -> int:
    return call("shutdown", process.files.get(fd), how)
