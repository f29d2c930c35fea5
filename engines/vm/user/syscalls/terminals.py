"""ioctl: terminals, and the few requests that every file knows.

Source: ioctl_tty(2), uapi/asm-generic/ioctls.h, termbits.h.
"""

from __future__ import annotations

import os

from engines.vm.user.errno import Errno
from engines.vm.user.syscalls.table import system_call

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

    from engines.vm.user.process import Process


_READ, _WRITE, _VALUE = range(3)
"""The host fills the guest's buffer, or reads it, or the argument is an integer."""
_TERMIOS_BYTES: Final = 36
_FIONCLEX: Final = 0x5450
_FIOCLEX: Final = 0x5451
_TIOCGWINSZ: Final = 0x5413
_REQUESTS: Final[dict[int, tuple[int, int]]] = {
    0x5401: (_READ, _TERMIOS_BYTES),  # TCGETS
    0x5402: (_WRITE, _TERMIOS_BYTES),  # TCSETS
    0x5403: (_WRITE, _TERMIOS_BYTES),  # TCSETSW
    0x5404: (_WRITE, _TERMIOS_BYTES),  # TCSETSF
    0x5409: (_VALUE, 0),  # TCSBRK
    0x540A: (_VALUE, 0),  # TCXONC
    0x540B: (_VALUE, 0),  # TCFLSH
    0x540E: (_VALUE, 0),  # TIOCSCTTY
    0x540F: (_READ, 4),  # TIOCGPGRP
    0x5410: (_WRITE, 4),  # TIOCSPGRP
    0x5411: (_READ, 4),  # TIOCOUTQ
    _TIOCGWINSZ: (_READ, 8),
    0x5414: (_WRITE, 8),  # TIOCSWINSZ
    0x541B: (_READ, 4),  # FIONREAD
    0x5421: (_WRITE, 4),  # FIONBIO
    0x5422: (_VALUE, 0),  # TIOCNOTTY
    0x5429: (_READ, 4),  # TIOCGSID
    0x80045430: (_READ, 4),  # TIOCGPTN
    0x40045431: (_WRITE, 4),  # TIOCSPTLCK
}


@system_call(29, "ioctl", "fd ioctl ptr")
def ioctl(process: Process, fd: int, request: int, argument: int) -> int:
    host = process.files.get(fd)
    if request in (_FIOCLEX, _FIONCLEX):
        marked = process.files.close_on_exec
        (marked.add if request == _FIOCLEX else marked.discard)(fd)
        return 0
    known = _REQUESTS.get(request)
    if known is None:
        os.fstat(host)
        return -Errno.ENOTTY
    if request == _TIOCGWINSZ:  # as libraries ask each file that they write to: an error without fcntl
        os.get_terminal_size(host)
    import fcntl

    direction, size = known
    if direction == _VALUE:
        return fcntl.ioctl(host, request, argument & 0x7FFF_FFFF)
    data = bytearray(process.memory.read(argument, size) if direction == _WRITE else bytes(size))
    result: int = fcntl.ioctl(host, request, data)
    if direction == _READ:
        process.memory.write(argument, data)
    return result
