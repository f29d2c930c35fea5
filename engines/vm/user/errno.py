"""Linux error numbers, as asm-generic/errno-base.h and errno.h number them; every 64-bit guest of ours uses them.

Linux hosts on x86_64, arm64 and riscv64 use the same numbers, so an `OSError.errno` needs no translation there.
"""

from __future__ import annotations

import os

from engines.vm.enumeration import IntEnum
from engines.vm.errors import MachineError


class Errno(IntEnum):
    """What a system call returns, negated."""

    EPERM = 1
    ENOENT = 2
    ESRCH = 3
    EINTR = 4
    EIO = 5
    ENXIO = 6
    E2BIG = 7
    ENOEXEC = 8
    EBADF = 9
    ECHILD = 10
    EAGAIN = 11
    ENOMEM = 12
    EACCES = 13
    EFAULT = 14
    EBUSY = 16
    EEXIST = 17
    EXDEV = 18
    ENODEV = 19
    ENOTDIR = 20
    EISDIR = 21
    EINVAL = 22
    ENFILE = 23
    EMFILE = 24
    ENOTTY = 25
    EFBIG = 27
    ENOSPC = 28
    ESPIPE = 29
    EROFS = 30
    EMLINK = 31
    EPIPE = 32
    EDOM = 33
    ERANGE = 34
    EDEADLK = 35
    ENAMETOOLONG = 36
    ENOSYS = 38
    ENOTEMPTY = 39
    ELOOP = 40
    EOVERFLOW = 75
    ENOTSOCK = 88
    EDESTADDRREQ = 89
    EMSGSIZE = 90
    EPROTOTYPE = 91
    ENOPROTOOPT = 92
    EPROTONOSUPPORT = 93
    ESOCKTNOSUPPORT = 94
    EOPNOTSUPP = 95
    EAFNOSUPPORT = 97
    EADDRINUSE = 98
    EADDRNOTAVAIL = 99
    ENETUNREACH = 101
    ECONNRESET = 104
    EISCONN = 106
    ENOTCONN = 107
    ETIMEDOUT = 110
    ECONNREFUSED = 111
    EALREADY = 114
    EINPROGRESS = 115
    ECANCELED = 125


class GuestError(MachineError):
    """A system call fails with `number`; the dispatcher turns it into `-number` in the result register."""

    def __init__(self, number: Errno) -> None:
        super().__init__(number)
        self.number = number

    def __str__(self) -> str:
        return f"{self.number.name} ({os.strerror(self.number)})"
