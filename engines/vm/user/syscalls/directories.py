"""The directory tree: names, links, listing, and the working directory.

Source: mkdirat(2), unlinkat(2), renameat2(2), linkat(2), symlinkat(2), readlinkat(2), getdents64(2), chdir(2).
"""

from __future__ import annotations

import os

from engines.vm.memory.address_space import Access
from engines.vm.user.errno import Errno
from engines.vm.user.syscalls.places import AT_EMPTY_PATH, directory
from engines.vm.user.syscalls.table import system_call
from engines.vm.user.syscalls.transfers import MAX_TRANSFER_BYTES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

    from engines.vm.user.process import Process

_AT_REMOVEDIR: Final = 0x200
_AT_SYMLINK_FOLLOW: Final = 0x400


@system_call(34, "mkdirat", "dirfd path mode")
def mkdirat(process: Process, dirfd: int, path: int, mode: int) -> int:
    name = process.read_string(path)
    os.mkdir(process.paths.locate(name), mode & 0o7777, dir_fd=directory(process, dirfd, name))
    return 0


@system_call(33, "mknodat", "dirfd path mode uint")
def mknodat(process: Process, dirfd: int, path: int, mode: int, device: int) -> int:
    name = process.read_string(path)
    os.mknod(process.paths.locate(name), mode, device, dir_fd=directory(process, dirfd, name))
    return 0


@system_call(35, "unlinkat", "dirfd path atflags")
def unlinkat(process: Process, dirfd: int, path: int, flags: int) -> int:
    name = process.paths.locate(process.read_string(path))
    if flags & ~_AT_REMOVEDIR:
        return -Errno.EINVAL
    (os.rmdir if flags else os.unlink)(name, dir_fd=directory(process, dirfd, name))
    return 0


@system_call(276, "renameat2", "dirfd path dirfd path uint")
def renameat2(process: Process, old_dirfd: int, old: int, new_dirfd: int, new: int, flags: int) -> int:
    source, target = process.read_string(old), process.read_string(new)
    source_fd, target_fd = directory(process, old_dirfd, source), directory(process, new_dirfd, target)
    here, there = (-100 if fd is None else fd for fd in (source_fd, target_fd))
    if flags:
        from engines.vm.user.host_calls import call

        return call("renameat2", here, process.paths.locate(source), there, process.paths.locate(target), flags)
    os.rename(process.paths.locate(source), process.paths.locate(target), src_dir_fd=source_fd, dst_dir_fd=target_fd)
    return 0


@system_call(37, "linkat", "dirfd path dirfd path atflags")
def linkat(process: Process, old_dirfd: int, old: int, new_dirfd: int, new: int, flags: int) -> int:
    source, target = process.read_string(old), process.read_string(new)
    if flags & ~(_AT_SYMLINK_FOLLOW | AT_EMPTY_PATH):
        return -Errno.EINVAL
    os.link(
        process.paths.locate(source),
        process.paths.locate(target),
        src_dir_fd=directory(process, old_dirfd, source),
        dst_dir_fd=directory(process, new_dirfd, target),
        follow_symlinks=bool(flags & _AT_SYMLINK_FOLLOW),
    )
    return 0


@system_call(36, "symlinkat", "path dirfd path")
def symlinkat(process: Process, target: int, dirfd: int, path: int) -> int:
    text, name = process.read_string(target), process.read_string(path)
    os.symlink(text, process.paths.locate(name), dir_fd=directory(process, dirfd, name))
    return 0


@system_call(78, "readlinkat", "dirfd path ptr int")
def readlinkat(process: Process, dirfd: int, path: int, buffer: int, size: int) -> int:
    if size <= 0:
        return -Errno.EINVAL
    name = process.read_string(path)
    if process.paths.proc_self(name, process.pid) == b"exe":
        target = os.path.realpath(process.executable)
    elif not name:
        target = os.readlink(b"/proc/self/fd/%d" % process.files.get(dirfd))
    else:
        target = os.readlink(process.paths.locate(name), dir_fd=directory(process, dirfd, name))
    process.memory.write(buffer, target[:size])
    return min(len(target), size)


@system_call(61, "getdents64", "fd ptr uint")
def getdents64(process: Process, fd: int, buffer: int, size: int) -> int:
    size = min(size, MAX_TRANSFER_BYTES)
    process.memory.view(buffer, size, Access.STORE)
    import ctypes

    from engines.vm.user.host_calls import call

    return call("getdents64", process.files.get(fd), ctypes.c_void_p(process.memory.host_base + buffer), size)


@system_call(17, "getcwd", "ptr size")
def getcwd(process: Process, buffer: int, size: int) -> int:
    path = os.getcwdb() + b"\0"
    if len(path) > size:
        return -Errno.ERANGE
    process.memory.write(buffer, path)
    return len(path)


@system_call(49, "chdir", "path")
def chdir(process: Process, path: int) -> int:
    os.chdir(process.paths.locate(process.read_string(path)))
    return 0


@system_call(50, "fchdir", "fd")
def fchdir(process: Process, fd: int) -> int:
    os.fchdir(process.files.get(fd))
    return 0


@system_call(166, "umask", "mode")
def umask(process: Process, mask: int) -> int:
    return os.umask(mask & 0o777)
