"""Where the name of a file begins, for all calls that take a descriptor beside it.

Source: openat(2).
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

    from engines.vm.user.process import Process

AT_FDCWD: Final = -100
AT_EMPTY_PATH: Final = 0x1000


def directory(process: Process, dirfd: int, name: bytes) -> int | None:
    """The host's `dir_fd` for a guest's *at call on `name`; None for the working directory or an absolute name.

    Raises:
        GuestError: EBADF.
    """
    return None if dirfd == AT_FDCWD or name.startswith(b"/") else process.files.get(dirfd)
