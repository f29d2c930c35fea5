"""File metadata: stat and statx, access, modes, owners, times, file systems, extended attributes.

Source: stat(2), statx(2), uapi/asm-generic/stat.h, uapi/linux/stat.h; statfs(2); utimensat(2).
"""

from __future__ import annotations

import _struct as struct
import os
import time

from engines.vm.user.errno import Errno
from engines.vm.user.syscalls.places import AT_EMPTY_PATH, AT_FDCWD, directory
from engines.vm.user.syscalls.table import system_call

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

    from engines.vm.user.process import Process

_STAT: Final = struct.Struct("<QQIIIIQ8xqi4xqqqqqqq8x")
_STATX: Final = struct.Struct("<IIQIIIHxxQQQQ64xIIII112x")
_STATX_TIME: Final = struct.Struct("<qIxxxx")
_STATX_BASIC_STATS: Final = 0x7FF
_AT_SYMLINK_NOFOLLOW: Final = 0x100
_AT_NO_AUTOMOUNT: Final = 0x800
_AT_EACCESS: Final = 0x200
_UTIME_NOW: Final = (1 << 30) - 1
_UTIME_OMIT: Final = (1 << 30) - 2
_NS: Final = 1_000_000_000
_STATFS_BYTES: Final = 120


def pack_stat(found: os.stat_result) -> bytes:
    """`struct stat` of asm-generic for 64-bit: 128 bytes."""
    return _STAT.pack(
        found.st_dev,
        found.st_ino,
        found.st_mode,
        found.st_nlink,
        found.st_uid,
        found.st_gid,
        found.st_rdev,
        found.st_size,
        found.st_blksize,
        found.st_blocks,
        *divmod(found.st_atime_ns, _NS),
        *divmod(found.st_mtime_ns, _NS),
        *divmod(found.st_ctime_ns, _NS),
    )


def pack_statx(found: os.stat_result) -> bytes:
    """`struct statx`: 256 bytes, STATX_BASIC_STATS filled in."""
    data = bytearray(
        _STATX.pack(
            _STATX_BASIC_STATS,
            found.st_blksize,
            0,
            found.st_nlink,
            found.st_uid,
            found.st_gid,
            found.st_mode,
            found.st_ino,
            found.st_size,
            found.st_blocks,
            0,
            os.major(found.st_rdev),
            os.minor(found.st_rdev),
            os.major(found.st_dev),
            os.minor(found.st_dev),
        )
    )
    for offset, moment in ((64, found.st_atime_ns), (96, found.st_ctime_ns), (112, found.st_mtime_ns)):
        _STATX_TIME.pack_into(data, offset, *divmod(moment, _NS))
    return bytes(data)


def _stat(process: Process, dirfd: int, name: bytes, flags: int) -> os.stat_result:
    if not name and flags & AT_EMPTY_PATH:
        return os.stat(b".") if dirfd == AT_FDCWD else os.stat(process.files.get(dirfd))
    if process.paths.proc_self(name, process.pid) == b"exe" and not flags & _AT_SYMLINK_NOFOLLOW:
        return os.stat(process.executable)
    where = directory(process, dirfd, name)
    return os.stat(process.paths.locate(name), dir_fd=where, follow_symlinks=not flags & _AT_SYMLINK_NOFOLLOW)


@system_call(80, "fstat", "fd ptr")
def fstat(process: Process, fd: int, buffer: int) -> int:
    process.memory.write(buffer, pack_stat(os.fstat(process.files.get(fd))))
    return 0


@system_call(79, "newfstatat", "dirfd path ptr atflags")
def newfstatat(process: Process, dirfd: int, path: int, buffer: int, flags: int) -> int:
    if flags & ~(_AT_SYMLINK_NOFOLLOW | _AT_NO_AUTOMOUNT | AT_EMPTY_PATH):
        return -Errno.EINVAL
    found = _stat(process, dirfd, process.read_string(path), flags)
    process.memory.write(buffer, pack_stat(found))
    return 0


@system_call(291, "statx", "dirfd path atflags hex32 ptr")
def statx(process: Process, dirfd: int, path: int, flags: int, mask: int, buffer: int) -> int:
    if mask >> 31 or flags & ~(_AT_SYMLINK_NOFOLLOW | _AT_NO_AUTOMOUNT | AT_EMPTY_PATH | 0x6000):
        return -Errno.EINVAL
    found = _stat(process, dirfd, process.read_string(path), flags)
    process.memory.write(buffer, pack_statx(found))
    return 0


def _statfs(target: bytes | int) -> bytes:
    """`struct statfs`, which every 64-bit Linux lays out the same way."""
    import ctypes

    from engines.vm.user.host_calls import call

    found = (ctypes.c_char * _STATFS_BYTES)()
    call("fstatfs" if isinstance(target, int) else "statfs", target, found)
    return bytes(found)


@system_call(43, "statfs", "path ptr")
def statfs(process: Process, path: int, buffer: int) -> int:
    process.memory.write(buffer, _statfs(process.paths.locate(process.read_string(path))))
    return 0


@system_call(44, "fstatfs", "fd ptr")
def fstatfs(process: Process, fd: int, buffer: int) -> int:
    process.memory.write(buffer, _statfs(process.files.get(fd)))
    return 0


@system_call(48, "faccessat", "dirfd path int")
def faccessat(process: Process, dirfd: int, path: int, mode: int) -> int:
    return _access(process, dirfd, path, mode, 0)


@system_call(439, "faccessat2", "dirfd path int atflags")
def faccessat2(process: Process, dirfd: int, path: int, mode: int, flags: int) -> int:
    if flags & ~(_AT_EACCESS | _AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH):
        return -Errno.EINVAL
    return _access(process, dirfd, path, mode, flags)


def _access(process: Process, dirfd: int, path: int, mode: int, flags: int) -> int:
    if mode & ~7:
        return -Errno.EINVAL
    name = process.read_string(path)
    _stat(process, dirfd, name, flags)  # says which error: os.access only says no
    if not name:
        return 0
    allowed = os.access(
        process.paths.locate(name),
        mode,
        dir_fd=directory(process, dirfd, name),
        effective_ids=bool(flags & _AT_EACCESS),
        follow_symlinks=not flags & _AT_SYMLINK_NOFOLLOW,
    )
    return 0 if allowed else -Errno.EACCES


@system_call(52, "fchmod", "fd mode")
def fchmod(process: Process, fd: int, mode: int) -> int:
    os.fchmod(process.files.get(fd), mode & 0o7777)
    return 0


@system_call(53, "fchmodat", "dirfd path mode")
def fchmodat(process: Process, dirfd: int, path: int, mode: int) -> int:
    name = process.read_string(path)
    os.chmod(process.paths.locate(name), mode & 0o7777, dir_fd=directory(process, dirfd, name))
    return 0


@system_call(55, "fchown", "fd int int")
def fchown(process: Process, fd: int, uid: int, gid: int) -> int:
    os.fchown(process.files.get(fd), uid, gid)
    return 0


@system_call(54, "fchownat", "dirfd path int int atflags")
def fchownat(process: Process, dirfd: int, path: int, uid: int, gid: int, flags: int) -> int:
    name = process.read_string(path)
    if not name and flags & AT_EMPTY_PATH:
        os.fchown(process.files.get(dirfd), uid, gid)
        return 0
    follow = not flags & _AT_SYMLINK_NOFOLLOW
    os.chown(process.paths.locate(name), uid, gid, dir_fd=directory(process, dirfd, name), follow_symlinks=follow)
    return 0


@system_call(88, "utimensat", "dirfd path ptr atflags")
def utimensat(process: Process, dirfd: int, path: int, times: int, flags: int) -> int:
    target: bytes | int
    if path:
        name = process.read_string(path)
        target, where = process.paths.locate(name), directory(process, dirfd, name)
    else:
        target, where = process.files.get(dirfd), None
    follow = not flags & _AT_SYMLINK_NOFOLLOW
    if not times:
        os.utime(target, dir_fd=where, follow_symlinks=follow)
        return 0
    fields = struct.unpack("<4q", process.memory.read(times, 32))
    pairs = [(fields[0], fields[1]), (fields[2], fields[3])]
    if any(not 0 <= ns < _NS and ns not in (_UTIME_NOW, _UTIME_OMIT) for _, ns in pairs):
        return -Errno.EINVAL
    if all(ns == _UTIME_OMIT for _, ns in pairs):
        return 0
    now = time.time_ns()
    kept = os.stat(target, dir_fd=where, follow_symlinks=follow)
    before = (kept.st_atime_ns, kept.st_mtime_ns)
    chosen = [
        now if ns == _UTIME_NOW else old if ns == _UTIME_OMIT else seconds * _NS + ns
        for (seconds, ns), old in zip(pairs, before, strict=True)
    ]
    os.utime(target, ns=(chosen[0], chosen[1]), dir_fd=where, follow_symlinks=follow)
    return 0


@system_call(8, "getxattr", "path path ptr size")
def getxattr(process: Process, path: int, name: int, buffer: int, size: int) -> int:
    return _attribute(process, process.paths.locate(process.read_string(path)), name, buffer, size, follow=True)


@system_call(9, "lgetxattr", "path path ptr size")
def lgetxattr(process: Process, path: int, name: int, buffer: int, size: int) -> int:
    return _attribute(process, process.paths.locate(process.read_string(path)), name, buffer, size, follow=False)


@system_call(10, "fgetxattr", "fd path ptr size")
def fgetxattr(process: Process, fd: int, name: int, buffer: int, size: int) -> int:
    return _attribute(process, process.files.get(fd), name, buffer, size, follow=True)


def _attribute(process: Process, target: bytes | int, name: int, buffer: int, size: int, *, follow: bool) -> int:
    value = os.getxattr(target, process.read_string(name), follow_symlinks=follow)
    if size:
        if len(value) > size:
            return -Errno.ERANGE
        process.memory.write(buffer, value)
    return len(value)
