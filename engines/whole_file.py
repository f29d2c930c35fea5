"""Files that a user names, read and written whole: a device may have no end, and a file be larger than the memory."""

from __future__ import annotations

import errno
import os
import stat

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

MOST_BYTES: Final = 1 << 30
"""Of a program, a module, a case: far more than any has."""
_PIECE: Final = 1 << 20


def read_whole(path: str | os.PathLike[str], most: int = MOST_BYTES) -> bytes:
    """All bytes of a file, a pipe or a device that has an end.

    Raises:
        OSError: it cannot be read; EFBIG, where it has more than `most` bytes.
    """
    return read_with_status(path, most)[0]


def read_with_status(path: str | os.PathLike[str], most: int = MOST_BYTES) -> tuple[bytes, os.stat_result]:
    """As `read_whole`, and what `fstat` said before."""
    with open(path, "rb", buffering=0) as file:
        status = os.fstat(file.fileno())
        refuse_large(path, status.st_size, most)
        if stat.S_ISREG(status.st_mode):
            return file.read(), status
        pieces, have = [], 0
        while piece := file.read(_PIECE):
            pieces.append(piece)
            have += len(piece)
            refuse_large(path, have, most)
        return b"".join(pieces), status


def refuse_large(path: str | os.PathLike[str], size: int, most: int = MOST_BYTES) -> None:
    """Say that a file of `size` bytes is not read.

    Raises:
        OSError: EFBIG, where that is more than `most`.
    """
    if size > most:
        raise OSError(errno.EFBIG, f"more than {most:,} bytes, which is the most that is read", os.fspath(path))


def ask_writable(path: str | os.PathLike[str]) -> None:
    """Refuse now, before long work, where `replace_whole` could not begin to write.

    Raises:
        OSError: as it would.
    """
    there = os.path.realpath(path)
    if os.path.isdir(there):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), os.fspath(path))
    if os.path.isfile(there) or not os.path.exists(there):
        aside = _aside(there)
        with open(aside, "wb"):
            os.unlink(aside)


def replace_whole(
    path: str | os.PathLike[str], data: bytes, *, durable: bool = False, executable: bool = False
) -> None:
    """Write a file whole or not at all: whoever has mapped the one that was there keeps that.

    A device or a pipe is written to.

    Args:
        durable: what appears under the name is whole also after the machine stopped.
        executable: for whom it is readable.

    Raises:
        OSError: it cannot be written; what was there is unchanged.
    """
    there = os.path.realpath(path)
    if os.path.exists(there) and not os.path.isfile(there):
        with open(there, "wb") as file:
            file.write(data)
        return
    aside = _aside(there)
    try:
        with open(aside, "wb") as file:
            file.write(data)
            if durable:
                file.flush()
                os.fsync(file.fileno())
            if executable:
                mode = os.fstat(file.fileno()).st_mode
                os.fchmod(file.fileno(), mode | (mode & 0o444) >> 2)
        os.replace(aside, there)
    except BaseException:
        if os.path.exists(aside):
            os.unlink(aside)
        raise


def _aside(there: str) -> str:
    return f"{there}.{os.getpid()}.tmp"
