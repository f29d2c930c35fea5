"""Digests of files and of their content: BLAKE2b with 256 bits (RFC 7693).

It is in the interpreter itself, while `hashlib` loads OpenSSL, which takes a twentieth of a start, and it is quicker
than SHA-256 where the processor has no instructions for that. A large file's digest is remembered by what the file
system says of the file, as `make` and git do.
"""

from __future__ import annotations

import os
import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hashlib import blake2b
    from typing import Final
else:
    from _blake2 import blake2b

DIGEST_BYTES: Final = 32
_SETTLED_NS: Final = 2_000_000_000
"""A file that changed less long ago may change again without a change of its times, which go by ticks of the clock."""


def digest(*parts: bytes | memoryview) -> bytes:
    """`DIGEST_BYTES` bytes over the parts, one after the other."""
    state = blake2b(digest_size=DIGEST_BYTES)
    for part in parts:
        state.update(part)
    return state.digest()


class FileDigests:
    """Digests of files, remembered in `directory`: one small file there for each file, named by device and inode.

    A remembered digest counts only if size, time of change and time of status change are those that it was taken with,
    to the nanosecond, and were older than two seconds then. A memory that is damaged or cannot be written is none.
    """

    def __init__(self, directory: str) -> None:
        self._directory = directory

    def of(self, status: os.stat_result, content: bytes | memoryview, begin: int = 0) -> str:
        """The digest, in hexadecimal, of a file that has `status` and this content, from the offset `begin` on.

        What is remembered for one `begin` answers for every other, so a directory is for one.
        """
        seen = f"{status.st_size} {status.st_mtime_ns} {status.st_ctime_ns} "
        path = f"{self._directory}/{status.st_dev}-{status.st_ino}"
        try:
            with open(path, encoding="utf-8") as file:
                known = file.read()
        except (OSError, UnicodeDecodeError):
            known = ""
        found = known[len(seen) :]
        if known.startswith(seen) and len(found) == 2 * DIGEST_BYTES and not found.strip("0123456789abcdef"):
            return found
        found = digest(memoryview(content)[begin:]).hex()
        changed = max(status.st_mtime_ns, status.st_ctime_ns)
        if status.st_size == len(content) and changed + _SETTLED_NS < time.time_ns():
            self._remember(path, seen + found)
        return found

    def _remember(self, path: str, text: str) -> None:
        aside = f"{path}.{os.getpid()}.tmp"
        try:
            os.makedirs(self._directory, exist_ok=True)
            with open(aside, "w", encoding="utf-8") as file:
                file.write(text)
            os.replace(aside, path)
        except OSError:
            return


__all__ = ["DIGEST_BYTES", "FileDigests", "digest"]
