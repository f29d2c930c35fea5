"""A disk cache of compiled code: files named by a hash of everything that they were made from.

A file holds a digest of its content, so that a damaged one is noticed, dropped and built again. Files appear whole
(written aside, synchronised, renamed), so any number of processes may share a directory.
"""

from __future__ import annotations

import mmap
import os

from engines.vm.runtime.digest import DIGEST_BYTES, FileDigests, digest

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from io import FileIO
    from pathlib import Path
    from typing import Final

VARIABLE: Final = "COUNTERPROOF_CACHE"
_MAGIC: Final = b"counterproof object 2\n"
_HEAD_BYTES: Final = len(_MAGIC) + DIGEST_BYTES
_KNOWN: Final = ".known"
"""What the directory with the digests of a cache's files has after its name."""


def cache_directory() -> Path:
    """Where caches live: the environment variable `COUNTERPROOF_CACHE`, or the user's cache directory."""
    from pathlib import Path

    return Path(cache_folder())


def cache_folder() -> str:
    """The same as text: what the start of a program needs no more for."""
    chosen = os.environ.get(VARIABLE)
    if chosen:
        return chosen
    if os.uname().sysname == "Linux":  # what platformdirs answers there; importing it takes a tenth of a start
        given = os.environ.get("XDG_CACHE_HOME", "").strip()
        return f"{given or os.path.expanduser('~/.cache')}/counterproof"
    import platformdirs

    return platformdirs.user_cache_dir("counterproof")


def content_key(parts: Iterable[str | bytes]) -> str:
    """A name for what was made from `parts`: equal only if all parts are, in order."""
    encoded = [part.encode() if isinstance(part, str) else part for part in parts]
    return digest(*(piece for data in encoded for piece in (len(data).to_bytes(8, "little"), data))).hex()


def private_view(file: FileIO, size: int) -> memoryview:
    """The first `size` bytes of a file, which must have them, for files that are replaced and not written again.

    Nothing is read before it is looked at, and what is written to the view goes to no file.
    """
    if not size:
        return memoryview(b"")
    return memoryview(mmap.mmap(file.fileno(), size, flags=mmap.MAP_PRIVATE, prot=mmap.PROT_READ | mmap.PROT_WRITE))


class ObjectCache:
    """Compiled code by key.

    Attributes:
        hits, misses, corrupt: how often `get` found, did not find, and found a damaged file.
    """

    def __init__(self, directory: Path | None = None) -> None:
        self._directory = str(directory) if directory else f"{cache_folder()}/objects"
        self.hits = 0
        self.misses = 0
        self.corrupt = 0

    def path(self, key: str) -> Path:
        from pathlib import Path

        return Path(self._name(key))

    def _name(self, key: str) -> str:
        return f"{self._directory}/{key}.bin"

    def get(self, key: str) -> bytes | None:
        """The content stored under `key`, or None. A damaged file counts as absent and is removed."""
        content = self.view(key)
        return None if content is None else bytes(content)

    def view(self, key: str) -> memoryview | None:
        """The same without a copy: what is written to the view goes to no file."""
        try:
            with open(self._name(key), "rb", buffering=0) as file:
                status = os.fstat(file.fileno())
                whole = private_view(file, status.st_size)
        except (FileNotFoundError, NotADirectoryError):
            self.misses += 1
            return None
        known = bytes.fromhex(FileDigests(self._directory + _KNOWN).of(status, whole, _HEAD_BYTES))
        if whole[:_HEAD_BYTES] != _MAGIC + known:
            self.corrupt += 1
            self.path(key).unlink(missing_ok=True)
            return None
        self.hits += 1
        return whole[_HEAD_BYTES:]

    def put(self, key: str, content: bytes) -> None:
        """Store `content` durably.

        Raises:
            OSError: the directory cannot be written.
        """
        import tempfile
        from pathlib import Path

        Path(self._directory).mkdir(parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(dir=self._directory, prefix=f"{key[:16]}.", suffix=".tmp")
        temporary = Path(name)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(_MAGIC + digest(content) + content)
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(self.path(key))
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
        directory = os.open(self._directory, os.O_RDONLY)
        try:
            os.fsync(directory)
        finally:
            os.close(directory)
