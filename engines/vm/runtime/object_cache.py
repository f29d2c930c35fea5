"""A disk cache of compiled code: files named by a hash of everything that they were made from.

A file holds a digest of its content, so that a damaged one is noticed, dropped and built again. Files appear whole
(written aside, synchronised, renamed), so any number of processes may share a directory.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Final

VARIABLE: Final = "COUNTERPROOF_CACHE"
_MAGIC: Final = b"counterproof object 1\n"
_DIGEST_BYTES: Final = 32


def cache_directory() -> Path:
    """Where caches live: the environment variable `COUNTERPROOF_CACHE`, or the user's cache directory."""
    chosen = os.environ.get(VARIABLE)
    if chosen:
        return Path(chosen)
    if os.uname().sysname == "Linux":  # what platformdirs answers there; importing it takes a tenth of a start
        given = os.environ.get("XDG_CACHE_HOME", "").strip()
        return Path(given or Path.home() / ".cache") / "counterproof"
    import platformdirs

    return Path(platformdirs.user_cache_dir("counterproof"))


def content_key(parts: Iterable[str | bytes]) -> str:
    """A name for what was made from `parts`: equal only if all parts are, in order."""
    digest = hashlib.sha256()
    for part in parts:
        data = part.encode() if isinstance(part, str) else part
        digest.update(len(data).to_bytes(8, "little"))
        digest.update(data)
    return digest.hexdigest()


class ObjectCache:
    """Compiled code by key.

    Attributes:
        hits, misses, corrupt: how often `get` found, did not find, and found a damaged file.
    """

    def __init__(self, directory: Path | None = None) -> None:
        self._directory = directory or cache_directory() / "objects"
        self.hits = 0
        self.misses = 0
        self.corrupt = 0

    def path(self, key: str) -> Path:
        return self._directory / f"{key}.bin"

    def get(self, key: str) -> bytes | None:
        """The content stored under `key`, or None. A damaged file counts as absent and is removed."""
        try:
            data = self.path(key).read_bytes()
        except (FileNotFoundError, NotADirectoryError):
            self.misses += 1
            return None
        head = len(_MAGIC)
        content = data[head + _DIGEST_BYTES :]
        if data[:head] != _MAGIC or data[head : head + _DIGEST_BYTES] != hashlib.sha256(content).digest():
            self.corrupt += 1
            self.path(key).unlink(missing_ok=True)
            return None
        self.hits += 1
        return content

    def put(self, key: str, content: bytes) -> None:
        """Store `content` durably.

        Raises:
            OSError: the directory cannot be written.
        """
        import tempfile

        self._directory.mkdir(parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(dir=self._directory, prefix=f"{key[:16]}.", suffix=".tmp")
        temporary = Path(name)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(_MAGIC + hashlib.sha256(content).digest() + content)
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
