"""Printing system calls as they happen, in the format of `qemu-riscv64 -strace`."""

from __future__ import annotations

import os
from collections.abc import Callable

from engines.vm.memory.address_space import MemoryFault
from engines.vm.user import signals
from engines.vm.user.signals import SignalInfo

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

    from engines.vm.user.process import Process
    from engines.vm.user.syscalls.table import SystemCall

_OPEN_FLAGS: Final = {
    0o100: "O_CREAT",
    0o200: "O_EXCL",
    0o400: "O_NOCTTY",
    0o1000: "O_TRUNC",
    0o2000: "O_APPEND",
    0o4000: "O_NONBLOCK",
    0o10000: "O_DSYNC",
    0o100000: "O_LARGEFILE",
    0o200000: "O_DIRECTORY",
    0o400000: "O_NOFOLLOW",
    0o1000000: "O_NOATIME",
    0o2000000: "O_CLOEXEC",
    0o10000000: "O_PATH",
}
_AT_FLAGS: Final = {
    0x100: "AT_SYMLINK_NOFOLLOW",
    0x200: "AT_REMOVEDIR",
    0x400: "AT_SYMLINK_FOLLOW",
    0x800: "AT_NO_AUTOMOUNT",
    0x1000: "AT_EMPTY_PATH",
}
_PROT: Final = {1: "PROT_READ", 2: "PROT_WRITE", 4: "PROT_EXEC"}
_MAP: Final = {
    0x01: "MAP_SHARED",
    0x02: "MAP_PRIVATE",
    0x10: "MAP_FIXED",
    0x20: "MAP_ANONYMOUS",
    0x0800: "MAP_DENYWRITE",
    0x4000: "MAP_NORESERVE",
    0x8000: "MAP_POPULATE",
    0x20000: "MAP_STACK",
    0x100000: "MAP_FIXED_NOREPLACE",
}
_WHENCE: Final = {0: "SEEK_SET", 1: "SEEK_CUR", 2: "SEEK_END", 3: "SEEK_DATA", 4: "SEEK_HOLE"}
_CLOCKS: Final = {
    0: "CLOCK_REALTIME",
    1: "CLOCK_MONOTONIC",
    2: "CLOCK_PROCESS_CPUTIME_ID",
    3: "CLOCK_THREAD_CPUTIME_ID",
    4: "CLOCK_MONOTONIC_RAW",
    5: "CLOCK_REALTIME_COARSE",
    6: "CLOCK_MONOTONIC_COARSE",
    7: "CLOCK_BOOTTIME",
}
_HOW: Final = {0: "SIG_BLOCK", 1: "SIG_UNBLOCK", 2: "SIG_SETMASK"}
_FUTEX: Final = {0: "FUTEX_WAIT", 1: "FUTEX_WAKE", 3: "FUTEX_REQUEUE", 9: "FUTEX_WAIT_BITSET", 10: "FUTEX_WAKE_BITSET"}
_IOCTLS: Final = {
    0x5401: "TCGETS",
    0x5402: "TCSETS",
    0x5403: "TCSETSW",
    0x5404: "TCSETSF",
    0x540F: "TIOCGPGRP",
    0x5410: "TIOCSPGRP",
    0x5413: "TIOCGWINSZ",
    0x541B: "FIONREAD",
    0x5421: "FIONBIO",
}
_AT_FDCWD: Final = -100
_TEXT_BYTES: Final = 64


def _names(flags: dict[int, str], value: int) -> str:
    known = [name for bit, name in flags.items() if value & bit == bit]
    rest = value & ~sum(bit for bit in flags if value & bit == bit)
    if rest or not known:
        known.append(f"{rest:#x}" if rest else "0")
    return "|".join(known)


def _open_flags(value: int) -> str:
    access = ("O_RDONLY", "O_WRONLY", "O_RDWR", "3")[value & 3]
    rest = value & ~3
    return access + ("|" + _names(_OPEN_FLAGS, rest) if rest else "")


def _futex(value: int) -> str:
    text = _FUTEX.get(value & 0x7F, str(value & 0x7F))
    return text + ("|FUTEX_PRIVATE_FLAG" if value & 0x80 else "") + ("|FUTEX_CLOCK_REALTIME" if value & 0x100 else "")


_FORMATS: Final[dict[str, Callable[[int], str]]] = {
    "oflags": _open_flags,
    "atflags": lambda v: _names(_AT_FLAGS, v),
    "prot": lambda v: _names(_PROT, v) if v else "PROT_NONE",
    "mapflags": lambda v: _names(_MAP, v),
    "mode": lambda v: f"0{v:o}",
    "dirfd": lambda v: "AT_FDCWD" if v == _AT_FDCWD else str(v),
    "whence": lambda v: _WHENCE.get(v, str(v)),
    "clock": lambda v: _CLOCKS.get(v, str(v)),
    "how": lambda v: _HOW.get(v, str(v)),
    "signal": lambda v: signals.name(v) if v else "0",
    "futexop": _futex,
    "ioctl": lambda v: _IOCTLS.get(v, f"{v:#x}"),
    "ptr": lambda v: f"{v:#x}" if v else "NULL",
    "hex": lambda v: f"{v:#x}",
    "hex32": lambda v: f"{v:#x}",
}


class Strace:
    """Writes one line for every system call and signal to the host descriptor `fd`.

    The first half is written before the call, so that a call that never returns shows.
    """

    def __init__(self, fd: int, pid: int) -> None:
        self.fd = fd
        self.pid = pid
        self._open = False

    def enter(self, process: Process, entry: SystemCall | None, number: int, registers: list[int]) -> None:
        """`name(arguments)`; `registers` are the six argument registers."""
        if self._open:
            self.write(" = ?\n")
        if entry is None:
            text = f"unknown_{number}({','.join(f'{v:#x}' for v in registers)})"
        else:
            views = process.current.views
            values = [views[view][index] for view, index in entry.plan]
            shown = [_show(process, kind, value) for kind, value in zip(entry.kinds, values, strict=True)]
            text = f"{entry.name}({','.join(shown)})"
        self.write(f"{self.pid} {text}")
        self._open = True

    def leave(self, result: int | None) -> None:
        """` = result`; None for a call that set the registers itself."""
        if not self._open:
            return
        self._open = False
        if result is None:
            self.write("\n")
        elif -4096 < result < 0:
            self.write(f" = -1 errno={-result} ({os.strerror(-result)})\n")
        elif result > 0xFFFF:
            self.write(f" = {result:#x}\n")
        else:
            self.write(f" = {result}\n")

    def signal(self, info: SignalInfo) -> None:
        if self._open:
            self._open = False
            self.write(" = ? (interrupted)\n")
        self.write(
            f"--- {signals.name(info.number)} {{si_signo={info.number}, si_code={info.code}, "
            f"si_addr={info.address:#x}}} ---\n"
        )

    def write(self, text: str) -> None:
        os.write(self.fd, text.encode(errors="surrogateescape"))


def _show(process: Process, kind: str, value: int) -> str:
    if kind == "path":
        if not value:
            return "NULL"
        try:
            text = process.read_string(value)
        except MemoryFault:
            return f"{value:#x}"
        shown = text[:_TEXT_BYTES].decode("utf-8", "backslashreplace")
        return f'"{shown}"' + ("..." if len(text) > _TEXT_BYTES else "")
    return _FORMATS.get(kind, str)(value)
