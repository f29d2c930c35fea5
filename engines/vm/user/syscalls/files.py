"""Open files: opening, seeking, duplicating, pipes, locks, fcntl.

Source: open(2), fcntl(2), dup(2), pipe(2), sendfile(2); uapi/asm-generic/fcntl.h.
"""

from __future__ import annotations

import fcntl
import os
import struct

from engines.vm.memory.address_space import Access
from engines.vm.user.errno import Errno, GuestError
from engines.vm.user.syscalls.places import directory
from engines.vm.user.syscalls.table import system_call
from engines.vm.user.syscalls.transfers import MAX_TRANSFER_BYTES, broken_pipe

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

    from engines.vm.user.process import Process


O_ACCMODE: Final = 3
O_CREAT: Final = 0o100
O_CLOEXEC: Final = 0o2000000
O_NONBLOCK: Final = 0o4000
O_TMPFILE: Final = 0o20200000
_O_FLAGS: Final[tuple[tuple[int, int], ...]] = (
    (0o100, os.O_CREAT),
    (0o200, os.O_EXCL),
    (0o400, os.O_NOCTTY),
    (0o1000, os.O_TRUNC),
    (0o2000, os.O_APPEND),
    (0o4000, os.O_NONBLOCK),
    (0o10000, os.O_DSYNC),
    (0o20000, os.O_ASYNC),
    (0o40000, os.O_DIRECT),
    (0o200000, os.O_DIRECTORY),
    (0o400000, os.O_NOFOLLOW),
    (0o1000000, os.O_NOATIME),
    (0o4010000, os.O_SYNC),
    (0o10000000, os.O_PATH),
    (0o20200000, os.O_TMPFILE),
)
"""asm-generic flag, the host's flag of the same meaning. O_LARGEFILE means nothing on a 64-bit host."""
_F_DUPFD, _F_GETFD, _F_SETFD, _F_GETFL, _F_SETFL = range(5)
_F_GETLK, _F_SETLK, _F_SETLKW, _F_SETOWN, _F_GETOWN = range(5, 10)
_F_OFD_GETLK, _F_OFD_SETLK, _F_OFD_SETLKW = 36, 37, 38
_F_DUPFD_CLOEXEC: Final = 1030
_F_SETPIPE_SZ, _F_GETPIPE_SZ, _F_ADD_SEALS, _F_GET_SEALS = 1031, 1032, 1033, 1034
_FLOCK: Final = struct.Struct("<hhxxxxqqixxxx")
_LOCK_COMMANDS: Final = frozenset((_F_GETLK, _F_SETLK, _F_SETLKW, _F_OFD_GETLK, _F_OFD_SETLK, _F_OFD_SETLKW))


def host_flags(flags: int) -> int:
    """open(2) flags of asm-generic as the host's."""
    result = flags & O_ACCMODE
    for guest, host in _O_FLAGS:
        if flags & guest == guest:
            result |= host
    return result


def guest_flags(flags: int) -> int:
    """The reverse of `host_flags`, as F_GETFL answers."""
    result = flags & O_ACCMODE
    for guest, host in _O_FLAGS:
        if host and flags & host == host:
            result |= guest
    return result


@system_call(56, "openat", "dirfd path oflags mode")
def openat(process: Process, dirfd: int, path: int, flags: int, mode: int) -> int:
    name = process.read_string(path)
    special = process.paths.proc_self(name, process.pid)
    if special and not flags & O_ACCMODE:
        host = open_proc_self(process, special)
    else:
        where = directory(process, dirfd, name)
        host = os.open(process.paths.locate(name), host_flags(flags) | os.O_CLOEXEC, mode & 0o7777, dir_fd=where)
    return process.files.add(host, close_on_exec=bool(flags & O_CLOEXEC))


def open_proc_self(process: Process, name: bytes) -> int:
    """A host descriptor for /proc/self/`name`, telling of the guest.

    Raises:
        OSError: the executable cannot be opened any more.
    """
    if name == b"exe":
        return os.open(process.executable, os.O_RDONLY | os.O_CLOEXEC)
    if name == b"cmdline":
        text = b"".join(argument + b"\0" for argument in process.argv)
    elif name == b"environ":
        text = b"".join(variable + b"\0" for variable in process.environment)
    elif name == b"auxv":
        text = process.map.stack.auxiliary_vector if process.map.stack else b""
    else:
        text = _maps(process)
    host = os.memfd_create("proc_self", os.MFD_CLOEXEC)
    os.write(host, text)
    os.lseek(host, 0, os.SEEK_SET)
    return host


def _maps(process: Process) -> bytes:
    """The lines of /proc/self/maps: neighbouring pages of one permission are one region."""
    lines = []
    stack = process.map.stack
    for low, high in process.memory.regions():
        at = low
        while at < high:
            permission = process.memory.perm[at >> 12] & 7
            end = at
            while (
                end < high
                and process.memory.perm[end >> 12] & 7 == permission
                and not (stack and at < stack.low == end)
            ):
                end += 4096
            letters = "".join(c if permission & b else "-" for c, b in (("r", 1), ("w", 2), ("x", 4)))
            label = ""
            if stack and stack.low <= at < stack.top:
                label = "[stack]"
            elif process.map.brk_start <= at < process.map.brk:
                label = "[heap]"
            lines.append(f"{at:08x}-{end:08x} {letters}p 00000000 00:00 0 {label:>20}".rstrip() + "\n")
            at = end
    return "".join(lines).encode()


@system_call(57, "close", "fd")
def close(process: Process, fd: int) -> int:
    process.files.close(fd)
    return 0


@system_call(436, "close_range", "uint uint uint")
def close_range(process: Process, first: int, last: int, flags: int) -> int:
    if first > last or flags & ~6:
        return -Errno.EINVAL
    for fd in [fd for fd in process.files.host if first <= fd <= last]:
        if flags & 4:
            process.files.close_on_exec.add(fd)
        else:
            process.files.close(fd)
    return 0


@system_call(62, "lseek", "fd offset whence")
def lseek(process: Process, fd: int, offset: int, whence: int) -> int:
    host = process.files.get(fd)
    if not 0 <= whence <= 4:
        return -Errno.EINVAL
    return os.lseek(host, offset, whence)


@system_call(23, "dup", "fd")
def dup(process: Process, fd: int) -> int:
    return process.files.add(os.dup(process.files.get(fd)))


@system_call(24, "dup3", "fd fd oflags")
def dup3(process: Process, old: int, new: int, flags: int) -> int:
    host = process.files.get(old)
    if old == new or flags & ~O_CLOEXEC:
        return -Errno.EINVAL
    process.files.replace(new, os.dup(host), close_on_exec=bool(flags & O_CLOEXEC))
    return new


@system_call(59, "pipe2", "ptr oflags")
def pipe2(process: Process, address: int, flags: int) -> int:
    if flags & ~(O_CLOEXEC | O_NONBLOCK | 0o40000):
        return -Errno.EINVAL
    process.memory.view(address, 8, Access.STORE)
    read_end, write_end = os.pipe2(host_flags(flags) | os.O_CLOEXEC)
    marked = bool(flags & O_CLOEXEC)
    first = process.files.add(read_end, close_on_exec=marked)
    try:
        second = process.files.add(write_end, close_on_exec=marked)
    except GuestError:
        process.files.close(first)
        raise
    process.memory.write(address, struct.pack("<ii", first, second))
    return 0


@system_call(25, "fcntl", "fd int ulong")
def fcntl_(process: Process, fd: int, command: int, argument: int) -> int:
    files = process.files
    host = files.get(fd)
    if command in (_F_DUPFD, _F_DUPFD_CLOEXEC):
        if argument >= files.limit:
            return -Errno.EINVAL
        return files.add(os.dup(host), argument, close_on_exec=command == _F_DUPFD_CLOEXEC)
    if command == _F_GETFD:
        return int(fd in files.close_on_exec)
    if command == _F_SETFD:
        (files.close_on_exec.add if argument & 1 else files.close_on_exec.discard)(fd)
        return 0
    if command == _F_GETFL:
        return guest_flags(fcntl.fcntl(host, fcntl.F_GETFL))
    if command == _F_SETFL:
        fcntl.fcntl(host, fcntl.F_SETFL, host_flags(argument & 0xFFFF_FFFF))
        return 0
    if command in _LOCK_COMMANDS:
        record = bytearray(process.memory.read(argument, _FLOCK.size))
        answer = fcntl.fcntl(host, command, bytes(record))
        if command in (_F_GETLK, _F_OFD_GETLK):
            process.memory.write(argument, answer)
        return 0
    if command in (_F_SETPIPE_SZ, _F_GETPIPE_SZ, _F_ADD_SEALS, _F_GET_SEALS, _F_SETOWN, _F_GETOWN):
        return fcntl.fcntl(host, command, argument & 0x7FFF_FFFF)
    return -Errno.EINVAL


@system_call(32, "flock", "fd int")
def flock(process: Process, fd: int, operation: int) -> int:
    fcntl.flock(process.files.get(fd), operation)
    return 0


@system_call(82, "fsync", "fd")
def fsync(process: Process, fd: int) -> int:
    os.fsync(process.files.get(fd))
    return 0


@system_call(83, "fdatasync", "fd")
def fdatasync(process: Process, fd: int) -> int:
    os.fdatasync(process.files.get(fd))
    return 0


@system_call(81, "sync")
def sync(process: Process) -> int:
    os.sync()
    return 0


@system_call(46, "ftruncate", "fd offset")
def ftruncate(process: Process, fd: int, size: int) -> int:
    if size < 0:
        return -Errno.EINVAL
    os.ftruncate(process.files.get(fd), size)
    return 0


@system_call(45, "truncate", "path offset")
def truncate(process: Process, path: int, size: int) -> int:
    name = process.read_string(path)
    if size < 0:
        return -Errno.EINVAL
    os.truncate(process.paths.locate(name), size)
    return 0


@system_call(47, "fallocate", "fd int offset offset")
def fallocate(process: Process, fd: int, mode: int, offset: int, size: int) -> int:
    host = process.files.get(fd)
    if mode:
        return -Errno.EOPNOTSUPP
    if offset < 0 or size <= 0:
        return -Errno.EINVAL
    os.posix_fallocate(host, offset, size)
    return 0


@system_call(223, "fadvise64", "fd offset offset int")
def fadvise64(process: Process, fd: int, offset: int, size: int, advice: int) -> int:
    os.posix_fadvise(process.files.get(fd), offset, size, advice)
    return 0


@system_call(71, "sendfile", "fd fd ptr size")
def sendfile(process: Process, output: int, source: int, offset: int, size: int) -> int:
    out_host, in_host = process.files.get(output), process.files.get(source)
    size = min(size, MAX_TRANSFER_BYTES)
    try:
        if not offset:
            return os.sendfile(out_host, in_host, None, size)
        at = struct.unpack("<q", process.memory.read(offset, 8))[0]
        moved = os.sendfile(out_host, in_host, at, size)
    except BrokenPipeError:
        return broken_pipe(process)
    process.memory.write(offset, struct.pack("<q", at + moved))
    return moved


@system_call(285, "copy_file_range", "fd ptr fd ptr size uint")
def copy_file_range(
    process: Process, source: int, source_offset: int, target: int, target_offset: int, size: int, flags: int
) -> int:
    in_host, out_host = process.files.get(source), process.files.get(target)
    if flags:
        return -Errno.EINVAL
    memory = process.memory
    source_at = struct.unpack("<q", memory.read(source_offset, 8))[0] if source_offset else None
    target_at = struct.unpack("<q", memory.read(target_offset, 8))[0] if target_offset else None
    moved = os.copy_file_range(in_host, out_host, min(size, MAX_TRANSFER_BYTES), source_at, target_at)
    if source_at is not None:
        memory.write(source_offset, struct.pack("<q", source_at + moved))
    if target_at is not None:
        memory.write(target_offset, struct.pack("<q", target_at + moved))
    return moved


@system_call(279, "memfd_create", "path uint")
def memfd_create(process: Process, name: int, flags: int) -> int:
    text = process.read_string(name)
    host = os.memfd_create(os.fsdecode(text), flags | os.MFD_CLOEXEC)
    return process.files.add(host, close_on_exec=bool(flags & os.MFD_CLOEXEC))


@system_call(19, "eventfd2", "uint oflags")
def eventfd2(process: Process, initial: int, flags: int) -> int:
    if flags & ~(1 | O_NONBLOCK | O_CLOEXEC):
        return -Errno.EINVAL
    host = os.eventfd(initial, host_flags(flags & O_NONBLOCK) | (flags & 1) | os.EFD_CLOEXEC)
    return process.files.add(host, close_on_exec=bool(flags & O_CLOEXEC))
