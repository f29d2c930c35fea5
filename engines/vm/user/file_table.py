"""A guest process's file descriptors: which host descriptor stands behind each.

The numbers are the guest's own, lowest free first as POSIX wants, so our own files never show and the guest can never
close them.
"""

from __future__ import annotations

import os

from engines.vm.user.errno import Errno, GuestError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

MAX_FILES: Final = 1024


class FileTable:
    """Attributes:
    host: guest descriptor → host descriptor. Read it directly where speed counts.
    close_on_exec: guest descriptors with FD_CLOEXEC.
    limit: RLIMIT_NOFILE, one more than the highest legal descriptor.
    """

    def __init__(self, host: dict[int, int], limit: int = MAX_FILES) -> None:
        self.host = host
        self.close_on_exec: set[int] = set()
        self.limit = limit

    def get(self, fd: int) -> int:
        """The host descriptor of `fd`.

        Raises:
            GuestError: EBADF.
        """
        try:
            return self.host[fd]
        except KeyError:
            raise GuestError(Errno.EBADF) from None

    def add(self, host_fd: int, lowest: int = 0, *, close_on_exec: bool = False) -> int:
        """Give `host_fd` the lowest free descriptor from `lowest` on and own it.

        Raises:
            GuestError: EMFILE; `host_fd` is closed.
        """
        fd = lowest
        while fd in self.host:
            fd += 1
        if fd >= self.limit:
            os.close(host_fd)
            raise GuestError(Errno.EMFILE)
        self.host[fd] = host_fd
        if close_on_exec:
            self.close_on_exec.add(fd)
        return fd

    def replace(self, fd: int, host_fd: int, *, close_on_exec: bool = False) -> None:
        """Make `fd` mean `host_fd`, closing what it meant before.

        Raises:
            GuestError: EBADF, `fd` is not a legal descriptor; `host_fd` is closed.
        """
        if not 0 <= fd < self.limit:
            os.close(host_fd)
            raise GuestError(Errno.EBADF)
        if fd in self.host:
            self.close(fd)
        self.host[fd] = host_fd
        if close_on_exec:
            self.close_on_exec.add(fd)

    def close(self, fd: int) -> None:
        """Raises:
        GuestError: EBADF.
        OSError: as the host's close reports; the descriptor is gone nevertheless.
        """
        host_fd = self.get(fd)
        del self.host[fd]
        self.close_on_exec.discard(fd)
        os.close(host_fd)

    def close_marked(self) -> None:
        """Close what has FD_CLOEXEC: execve succeeded."""
        for fd in sorted(self.close_on_exec):
            self.close(fd)

    def close_all(self) -> None:
        for fd in list(self.host):
            self.close(fd)
