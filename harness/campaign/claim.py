"""One campaign at a time in an output directory: two would count, resume and overwrite each other's work."""

from __future__ import annotations

import errno
import fcntl
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

LOCK: Final = "in-use"
_FLOCK: Final = "hhqqi"
"""`struct flock` of Linux: type, whence, start, length, pid."""


class InUseError(RuntimeError):
    """Another process works in this directory; the message says which."""


@contextmanager
def claimed(out: Path) -> Iterator[None]:
    """Keep `out`, which is made when needed, for this process. The system ends the claim with the process, however
    that ends; reading what is there (`status`, `report`, `triage`) needs no claim.

    Raises:
        InUseError: another process has it.
        OSError: the directory cannot be made, or not written.
    """
    out.mkdir(parents=True, exist_ok=True)
    with (out / LOCK).open("ab") as file:
        try:
            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            if error.errno not in (errno.EACCES, errno.EAGAIN):
                raise
            holder = _holder(file.fileno())
            raise InUseError(f"{out} is in use by {holder}: wait for it, or choose another --out") from None
        yield


def _holder(descriptor: int) -> str:
    """Who has the lock, as the system says."""
    asked = struct.pack(_FLOCK, fcntl.F_WRLCK, 0, 0, 0, 0)
    kind, _, _, _, pid = struct.unpack(_FLOCK, fcntl.fcntl(descriptor, fcntl.F_GETLK, asked))
    return f"process {pid}" if kind != fcntl.F_UNLCK and pid > 0 else "another process"
