"""Content-addressed files: written whole or not at all, durable once `put` returns.

A blob is written to a temporary file, synced, renamed to its SHA-256, and the directory is synced, so that no crash
leaves half a blob under a final name.
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from engines.whole_file import replace_whole


class BlobError(RuntimeError):
    """A blob is missing or does not have the content that its name says."""


class BlobStore:
    """Blobs under `directory`, which is made when needed."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory

    def put(self, content: bytes) -> str:
        """Keep `content` and return its digest.

        Raises:
            OSError: the directory cannot be written (no space left, read-only).
        """
        digest = hashlib.sha256(content).hexdigest()
        path = self.path(digest)
        if path.exists():
            return digest
        new_directory = not path.parent.exists()
        path.parent.mkdir(parents=True, exist_ok=True)
        replace_whole(path, content, durable=True)
        sync_directory(path.parent)
        if new_directory:
            sync_directory(self.directory)
        return digest

    def get(self, digest: str) -> bytes:
        """The content of `digest`.

        Raises:
            BlobError: there is none, or it was changed on disk.
        """
        path = self.path(digest)
        try:
            content = path.read_bytes()
        except OSError as error:
            raise BlobError(f"blob {digest} cannot be read from {path}: {error.strerror}") from None
        if hashlib.sha256(content).hexdigest() != digest:
            raise BlobError(f"blob {path} was changed on disk: its content is not what its name says")
        return content

    def path(self, digest: str) -> Path:
        """Where the blob lies: two levels, so that no directory grows large."""
        return self.directory / digest[:2] / digest


def sync_directory(directory: Path) -> None:
    """Make the names in `directory` durable."""
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
