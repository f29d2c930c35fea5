"""Guest path names: the `-L PREFIX` overlay of a guest system's files, and the files of /proc/self that must speak of
the guest instead of the emulator.
"""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

_PROC_SELF: Final = frozenset((b"exe", b"cmdline", b"auxv", b"maps", b"environ"))


class GuestPaths:
    """Attributes:
    prefix: directory that is looked into first for absolute paths, without a trailing slash; empty for none.
    """

    def __init__(self, prefix: bytes = b"") -> None:
        self.prefix = prefix.rstrip(b"/")

    def locate(self, path: bytes) -> bytes:
        """The host path of guest path `path`: below the prefix where it exists there, else unchanged."""
        if self.prefix and path.startswith(b"/"):
            inside = self.prefix + path
            if os.path.lexists(inside):
                return inside
        return path

    def proc_self(self, path: bytes, pid: int) -> bytes:
        """The name of the /proc/self file that `path` means (`exe`, `maps`, …), or nothing."""
        parts = path.split(b"/")
        if len(parts) != 4 or parts[0] or parts[1] != b"proc" or parts[3] not in _PROC_SELF:
            return b""
        whose = parts[2]
        is_own = whose in (b"self", b"thread-self") or (whose.isdigit() and int(whose) == pid)
        return parts[3] if is_own else b""
