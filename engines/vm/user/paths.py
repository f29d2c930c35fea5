"""Guest path names: the `-L PREFIX` overlay of a guest system's files, and the files of /proc/self that must speak of
the guest instead of the emulator.
"""

from __future__ import annotations

import os
import re
from typing import Final

_PROC_SELF: Final = re.compile(rb"/proc/(?:self|thread-self|(\d+))/(exe|cmdline|auxv|maps|environ)\Z")


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
        found = _PROC_SELF.match(path)
        if found is None or (found[1] is not None and int(found[1]) != pid):
            return b""
        return found[2]
